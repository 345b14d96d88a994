//! The licences of all that is linked or served, held against a list.
//!
//! An expression is accepted when a choice in it leads only to licences of the list. A package that
//! states none is refused: nobody may redistribute what has no licence.

use anyhow::{Context, Result};
use cargo_metadata::Metadata;

use crate::tree::Tree;

/// Licences that EUPL-1.2 code may be distributed with, as SPDX writes them.
const ACCEPTED: [&str; 16] = [
    "0BSD",
    // How one npm package writes 0BSD.
    "BSD-0-Clause",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "EUPL-1.2",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// A package and the expression of its licence; empty when it states none.
pub(crate) struct Licensed {
    pub(crate) name: String,
    pub(crate) licence: String,
}

/// All crates of the workspace and of all that it depends on.
pub(crate) fn of_crates(metadata: &Metadata) -> Vec<Licensed> {
    let licensed = |p: &cargo_metadata::Package| Licensed {
        name: format!("{} {}", p.name, p.version),
        licence: p.license.clone().unwrap_or_default(),
    };
    metadata.packages.iter().map(licensed).collect()
}

/// All packages of the npm lock files.
pub(crate) fn of_web_assets(tree: &Tree) -> Result<Vec<Licensed>> {
    let mut all = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with("package-lock.json")) {
        let lock: serde_json::Value = serde_json::from_str(text).with_context(|| format!("{path} is not JSON"))?;
        let Some(packages) = lock.get("packages").and_then(|p| p.as_object()) else { continue };
        // The entry without a name is the project itself.
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            let licence = package.get("license").and_then(|l| l.as_str()).unwrap_or_default();
            all.push(Licensed { name: name.clone(), licence: licence.to_owned() });
        }
    }
    Ok(all)
}

/// Whether a choice in the SPDX expression leads only to licences of the list.
pub(crate) fn is_accepted(expression: &str) -> bool {
    // Before SPDX 2, cargo wrote a choice with a slash.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// `a OR b`: one suffices, and all of it is read.
fn any_of(words: &mut Words<'_>) -> bool {
    let mut accepted = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        accepted |= all_of(words);
    }
    accepted
}

/// `a AND b`, which binds more tightly than `OR`.
fn all_of(words: &mut Words<'_>) -> bool {
    let mut accepted = one(words);
    while words.next_if_eq(&"AND").is_some() {
        accepted &= one(words);
    }
    accepted
}

fn one(words: &mut Words<'_>) -> bool {
    match words.next() {
        Some("(") => {
            let accepted = any_of(words);
            words.next_if_eq(&")").is_some() && accepted
        }
        Some(name) => {
            // An exception only adds to what a licence allows.
            let complete = words.next_if_eq(&"WITH").is_none() || words.next().is_some();
            complete && ACCEPTED.contains(&name)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[test]
    fn one_accepted_choice_suffices() {
        assert!(is_accepted("MIT"));
        assert!(is_accepted("MIT OR Apache-2.0"));
        assert!(is_accepted("GPL-3.0-only OR MIT"));
        assert!(is_accepted("MIT/Apache-2.0"));
        assert!(is_accepted("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only"));
    }

    #[test]
    fn all_that_hold_together_must_be_accepted() {
        assert!(is_accepted("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_accepted("MIT AND GPL-3.0-only"));
        assert!(!is_accepted("MIT AND (GPL-3.0-only OR AGPL-3.0-only)"));
    }

    #[test]
    fn what_is_absent_or_does_not_parse_is_refused() {
        assert!(!is_accepted(""));
        assert!(!is_accepted("AGPL-3.0-only"));
        assert!(!is_accepted("(MIT"));
        assert!(!is_accepted("MIT Apache-2.0"));
    }
}
