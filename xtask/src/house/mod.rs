//! The rules of the house that no lint can hold.
//!
//! Each rule is a function from the repository to what breaks it, so that it is tested on a few
//! lines of text. A rule never repairs anything and knows no exception that it does not explain.

mod arrows;
mod documents;
mod files;
mod sources;

use cargo_metadata::Metadata;

use crate::tree::Tree;

/// A place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// File, or file and line.
    pub(crate) place: String,
    /// What is wrong and what would be right.
    pub(crate) what: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    fn at(path: &str, line_index: usize, what: impl Into<String>) -> Self {
        Self::new(format!("{path}:{}", line_index + 1), what)
    }
}

/// All that breaks a rule, in the order of the rules.
pub(crate) fn check(tree: &Tree, metadata: &Metadata) -> Vec<Finding> {
    let of_metadata = [arrows::between_crates(metadata), arrows::pure_crates(metadata)];
    let of_tree = [
        sources::unfinished(tree),
        sources::opened_by_their_purpose(tree),
        sources::one_room_each(tree),
        files::free_of_this_machine(tree),
        files::small(tree),
        files::locks_without_addresses(tree),
        documents::architecture(tree),
        documents::glossary(tree),
        documents::decisions(tree),
        documents::decisions_named(tree),
        documents::links(tree),
        documents::dependencies(tree),
        documents::changelog(tree),
    ];
    of_metadata.into_iter().chain(of_tree).flatten().collect()
}

/// Prints the findings, or that there is none.
pub(crate) fn print(findings: &[Finding]) {
    for finding in findings {
        println!("{}: {}", finding.place, finding.what);
    }
    match findings.len() {
        0 => println!("the house follows its rules"),
        1 => println!("1 place breaks a rule"),
        n => println!("{n} places break a rule"),
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::{Tree, metadata};

    #[test]
    fn this_repository_follows_its_rules() {
        let findings = super::check(&Tree::read().expect("the files"), &metadata().expect("cargo's metadata"));
        assert_eq!(findings, []);
    }
}
