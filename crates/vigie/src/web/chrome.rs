//! Small pieces of markup that every template asks for.

pub use askama::filters::Safe;

use super::assets;

/// An icon of the sprite; decorative, so the word beside it must say the same.
pub(crate) fn icon(name: &str) -> Safe<String> {
    Safe(format!(
        "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"{}#{name}\"/></svg>",
        assets::url("icons.svg")
    ))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    /// Names after each `call` in all templates and sources.
    fn named(folder: &Path, call: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, call, found);
            } else if path.extension().is_some_and(|e| e == "html") {
                let text = fs::read_to_string(&path).unwrap();
                found.extend(text.split(call).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }

    #[test]
    fn every_icon_that_a_template_names_is_in_the_sprite() {
        let house = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sprite = fs::read_to_string(house.join("web/icons.txt")).unwrap();
        let mut used = BTreeSet::new();
        named(&house.join("src"), ".icon(\"", &mut used);
        for icon in used {
            assert!(sprite.lines().any(|l| l == icon), "{icon} is not in web/icons.txt");
        }
    }
}
