//! What the documents at the root say is still true.

use super::Finding;
use crate::tree::Tree;

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const GLOSSARY: &str = "GLOSSARY.md";
const CHANGELOG: &str = "CHANGELOG.md";
const DECISIONS: &str = "docs/decisions/";
const DEPENDENCIES: &str = "docs/decisions/0010-dependencies.md";

/// Every file, folder and crate that the architecture names exists.
pub(super) fn architecture(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(ARCHITECTURE) else { return vec![missing(ARCHITECTURE)] };
    let manifests: Vec<&str> =
        tree.texts().filter(|(path, _)| path.ends_with("Cargo.toml")).map(|(_, text)| text).collect();
    let is_crate = |name: &str| manifests.iter().any(|manifest| manifest.contains(&format!("name = \"{name}\"")));
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for name in quoted(line) {
            let is_path = !name.contains([' ', '(', ':', '<'])
                && (name.contains('/') || name.ends_with(".rs") || name.ends_with(".md") || name.ends_with(".toml"));
            if is_path && !tree.has(name) {
                findings.push(Finding::at(ARCHITECTURE, index, format!("`{name}` does not exist")));
            }
            if name.starts_with("vigie-") && !name.contains(['/', ' ', '.']) && !is_crate(name) {
                findings.push(Finding::at(ARCHITECTURE, index, format!("there is no crate `{name}`")));
            }
        }
    }
    findings
}

/// Every term of the glossary's first column is a word of the code, the contract or the texts, and stands once.
pub(super) fn glossary(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(GLOSSARY) else { return vec![missing(GLOSSARY)] };
    let is_used = |term: &str| {
        let spellings = [term.to_owned(), term.replace([' ', '-'], "_"), term.replace([' ', '-', '_'], "")];
        tree.texts().filter(|(path, _)| path.starts_with("crates/") || path.starts_with("contracts/")).any(
            |(_, text)| {
                let text = text.to_lowercase();
                spellings.iter().any(|spelling| text.contains(spelling))
            },
        )
    };
    let mut seen = Vec::new();
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with("| `")) {
        for term in line.split('|').nth(1).map(quoted).unwrap_or_default() {
            if seen.contains(&term) {
                findings.push(Finding::at(GLOSSARY, index, format!("`{term}` stands twice")));
            }
            if !is_used(&term.to_lowercase()) {
                findings.push(Finding::at(GLOSSARY, index, format!("nothing uses `{term}` any more")));
            }
            seen.push(term);
        }
    }
    findings
}

/// Decisions are numbered from 0001 without a gap, each with its title and its state.
pub(super) fn decisions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let records = tree.texts().filter(|(path, _)| path.starts_with(DECISIONS) && path.ends_with(".md"));
    for (index, (path, text)) in records.enumerate() {
        let number = format!("{:04}", index + 1);
        if !path.trim_start_matches(DECISIONS).starts_with(&format!("{number}-")) {
            findings.push(Finding::new(
                path,
                format!("the next decision is {number}: a number is missing or stands twice"),
            ));
            break;
        }
        if !text.starts_with("# ") {
            findings.push(Finding::at(path, 0, "must open with its title"));
        }
    }
    findings
}

/// A source that points at a decision points at one that exists.
pub(super) fn decisions_named(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            for named in line.split(DECISIONS).skip(1) {
                let end = named.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(named.len());
                let record = named.get(..end).unwrap_or_default();
                // Only a number names a record; anything else speaks of the folder.
                let is_record = record.len() > 4 && record.bytes().take(4).all(|b| b.is_ascii_digit());
                if is_record && !tree.has(&format!("{DECISIONS}{record}.md")) {
                    findings.push(Finding::at(path, index, format!("`{DECISIONS}{record}.md` does not exist")));
                }
            }
        }
    }
    findings
}

/// What a document links to within the repository exists, pictures too.
pub(super) fn links(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
                let elsewhere = target.is_empty() || target.contains("://");
                if !elsewhere && !tree.has(&joined(folder, target)) {
                    findings.push(Finding::at(path, index, format!("`{target}` does not exist")));
                }
            }
        }
    }
    findings
}

/// A path written relative to a folder, from the root.
fn joined(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// Every dependency that the workspace declares has its line in the decision on dependencies.
pub(super) fn dependencies(tree: &Tree) -> Vec<Finding> {
    let Some(record) = tree.text(DEPENDENCIES) else { return vec![missing(DEPENDENCIES)] };
    let manifest = tree.text("Cargo.toml").unwrap_or_default();
    let declared = manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once('=')?.0.trim()))
        .filter(|name| !name.is_empty() && !name.starts_with('#') && !name.starts_with("vigie-"));
    declared
        .filter(|name| !record.contains(&format!("`{name}`")))
        .map(|name| Finding::new(DEPENDENCIES, format!("`{name}` is declared and no line says why")))
        .collect()
}

/// What changed since the last version has its place.
pub(super) fn changelog(tree: &Tree) -> Vec<Finding> {
    match tree.text(CHANGELOG) {
        None => vec![missing(CHANGELOG)],
        Some(text) if text.lines().any(|line| line == "## Unreleased") => Vec::new(),
        Some(_) => vec![Finding::new(CHANGELOG, "has no section `## Unreleased`")],
    }
}

fn missing(path: &str) -> Finding {
    Finding::new(path, "is missing")
}

/// What stands between backquotes in a line.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(findings: Vec<Finding>) -> Vec<String> {
        findings.into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn the_architecture_may_only_name_what_exists() {
        let tree = Tree::of(&[
            (
                ARCHITECTURE,
                "`crates/a/` holds `vigie-a` and `crates/a/src/lib.rs`; `vigie judge 2016-03` runs it.\n`crates/b/` holds `vigie-b`.\n",
            ),
            ("crates/a/Cargo.toml", "name = \"vigie-a\"\n"),
            ("crates/a/src/lib.rs", ""),
        ]);
        assert_eq!(whats(architecture(&tree)), ["`crates/b/` does not exist", "there is no crate `vigie-b`"]);
    }

    #[test]
    fn a_term_of_the_glossary_is_used_and_stands_once() {
        let tree = Tree::of(&[
            (GLOSSARY, "| `take-in` | prise en charge | x |\n| `ghost` | fantôme | x |\n| `take-in` | encore | x |\n"),
            ("crates/a/src/lib.rs", "enum A { TakeIn }"),
        ]);
        assert_eq!(whats(glossary(&tree)), ["nothing uses `ghost` any more", "`take-in` stands twice"]);
    }

    #[test]
    fn a_gap_between_decisions_is_found() {
        let at = |name: &str| format!("{DECISIONS}{name}.md");
        let (first, second, third) = (at("0001-a"), at("0002-b"), at("0003-c"));
        assert!(decisions(&Tree::of(&[(&first, "# A\n"), (&second, "# B\n")])).is_empty());
        assert_eq!(decisions(&Tree::of(&[(&first, "# A\n"), (&third, "# C\n")])).len(), 1);
    }

    #[test]
    fn a_decision_that_does_not_exist_may_not_be_named() {
        let (there, not_there) = (format!("{DECISIONS}0001-a.md"), format!("{DECISIONS}0009-b.md"));
        let (right, wrong) =
            (format!("//! See `{there}`; all in `{DECISIONS}`.\n"), format!("//! See `{not_there}`.\n"));
        let tree = Tree::of(&[(&there, "# A\n"), ("src/a.rs", &right), ("src/b.rs", &wrong)]);
        let places: Vec<String> = decisions_named(&tree).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["src/b.rs:1"]);
    }

    #[test]
    fn a_link_leads_to_what_exists() {
        let guide =
            "[up](../../README.md#top) [beside](other.md) [out](https://example.org/x) [here](#part) ![gone](gone.png)";
        let tree =
            Tree::of(&[("docs/guide/a.md", guide), ("docs/guide/other.md", ""), ("README.md", "[a](docs/guide)")]);
        assert_eq!(whats(links(&tree)), ["`gone.png` does not exist"]);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let tree = Tree::of(&[
            (
                "Cargo.toml",
                "[workspace.dependencies]\nvigie-a = { path = \"a\" }\n\naxum = \"0.8\"\ncsv = \"1\"\n\n[workspace.lints]\nx = \"1\"\n",
            ),
            (DEPENDENCIES, "- `csv`: reading CSV.\n"),
        ]);
        assert_eq!(whats(dependencies(&tree)), ["`axum` is declared and no line says why"]);
    }

    #[test]
    fn the_changelog_has_a_place_for_what_is_new() {
        assert!(changelog(&Tree::of(&[(CHANGELOG, "# Changes\n\n## Unreleased\n")])).is_empty());
        assert_eq!(changelog(&Tree::of(&[(CHANGELOG, "# Changes\n")])).len(), 1);
        assert_eq!(whats(changelog(&Tree::default())), ["is missing"]);
    }
}
