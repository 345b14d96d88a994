//! Whatever the bytes, reading answers.

use vigie_contract::parse;

use crate::files;

/// A small generator of the same numbers each time (SplitMix64), so that a failure can be met again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}

const BITS: [&str; 24] = [
    "\"",
    "[",
    "]",
    "{",
    "}",
    "=",
    "\n",
    "[[delay]]",
    "[[",
    "a.b.c = 1",
    "0",
    "-1",
    "99999999999999999999",
    "\u{0}",
    "é",
    "'''",
    "\\u12",
    "from = 2026-01-01\n",
    "to = 0001-01-01\n",
    "to = 9999-12-31\n",
    "inf",
    "id = \"\"\n",
    "#",
    "[set]",
];

#[test]
fn mutated_files_never_make_reading_panic() {
    let whole = files();
    let names: Vec<&String> = whole.keys().collect();
    let mut dice = Dice(7);
    for _ in 0..80 {
        let mut all = whole.clone();
        let name = names[dice.below(names.len())];
        let text = all.get_mut(name).unwrap();
        for _ in 0..=dice.below(4) {
            let letters: Vec<(usize, char)> = text.char_indices().collect();
            let at = letters[dice.below(letters.len())].0;
            match dice.below(4) {
                0 => text.insert_str(at, BITS[dice.below(BITS.len())]),
                1 => text.truncate(at),
                2 => drop(text.remove(at)),
                _ => {
                    let end = letters[dice.below(letters.len())].0;
                    let piece: String = text[at.min(end)..at.max(end)].chars().take(400).collect();
                    text.insert_str(at, &piece);
                }
            }
            if text.is_empty() {
                break;
            }
        }
        // Either answer is right; each must come, and every problem must have its words.
        if let Err(errors) = parse(&all) {
            assert!(!errors.0.is_empty());
            assert!(!crate::told(&errors).is_empty());
        }
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    for deep in [
        format!("x = {}{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("{} = 1", vec!["a"; 50_000].join(".")),
        format!("[{}]\n{} = 1", vec!["a"; 70].join("."), vec!["b"; 70].join(".")),
    ] {
        let mut all = files();
        all.insert("roles.toml".into(), deep);
        assert!(parse(&all).is_err());
    }
}

#[test]
fn a_contract_with_a_version_each_day_is_refused() {
    let mut all = files();
    let text = all.get_mut("perimeter.toml").unwrap();
    for day in 1..=28 {
        for month in 1..=9 {
            text.push_str(&format!(
                "\n[[site]]\nid = \"S{month}-{day}\"\nclass = \"standard\"\nclause = \"2\"\nlabel = {{ fr = \"S\", en = \"S\" }}\nfrom = 2025-{month:02}-{day:02}\n"
            ));
        }
    }
    let told = crate::told(&parse(&all).unwrap_err());
    assert!(told.contains("there are 254 days on which a rule begins or ends; a contract has at most 200"), "{told}");
}
