//! Rules on each file of Rust.

use super::Finding;
use crate::tree::Tree;

/// Marks of work that is not done. They are put together here so that this file does not hold them.
const UNFINISHED: [&str; 5] = [
    concat!("#[", "ignore"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// The longest file that is still one room.
const LONGEST_LINES: usize = 600;

/// The length that a file aims at; a longer one that came back to it needs no excuse any more.
const AIM_LINES: usize = 400;

/// Longer files, with the reason why they are still one room; there is none.
const LONG: [(&str, &str); 0] = [];

/// Nothing unfinished, nothing switched off.
pub(super) fn unfinished(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.rust() {
        for (index, line) in text.lines().enumerate() {
            if let Some(mark) = UNFINISHED.iter().find(|mark| holds(line, mark)) {
                findings.push(Finding::at(
                    path,
                    index,
                    format!("`{mark}` marks what is not done: do it, or remove it"),
                ));
            }
        }
    }
    findings
}

/// Whether a line holds a mark; six crosses in a row are a pattern for a temporary name, not a mark.
fn holds(line: &str, mark: &str) -> bool {
    line.replace(&"X".repeat(6), "").contains(mark)
}

/// Every module of the sources opens with why it exists; a file of tests belongs to the module that it tests.
pub(super) fn opened_by_their_purpose(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|(path, text)| path.contains("src/") && !path.ends_with("tests.rs") && !text.starts_with("//! "))
        .map(|(path, _)| Finding::at(path, 0, "must open with `//!`: why it exists and what it must never do"))
        .collect()
}

/// No file is longer than a room, unless the list says why.
pub(super) fn one_room_each(tree: &Tree) -> Vec<Finding> {
    check_rooms(tree, &LONG)
}

fn check_rooms(tree: &Tree, long: &[(&str, &str)]) -> Vec<Finding> {
    let is_listed = |path: &str| long.iter().any(|(listed, _)| *listed == path);
    let is_longer = |text: &str, lines: usize| text.lines().count() > lines;
    let too_long =
        tree.rust().filter(|(path, text)| is_longer(text, LONGEST_LINES) && !is_listed(path)).map(|(path, text)| {
            Finding::new(path, format!("{} lines: split it along what it is about", text.lines().count()))
        });
    let stale = long.iter().filter(|(path, _)| !tree.text(path).is_some_and(|text| is_longer(text, AIM_LINES))).map(
        |(path, _)| Finding::new(*path, "is listed as long in xtask/src/house/sources.rs and is not: remove it there"),
    );
    too_long.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_of_unfinished_work_is_found_with_its_line() {
        for mark in UNFINISHED {
            let text = format!("//! A module.\nfn f() {{ {mark} }}\n");
            let places: Vec<_> = unfinished(&Tree::of(&[("src/a.rs", &text)])).into_iter().map(|f| f.place).collect();
            assert_eq!(places, ["src/a.rs:2"], "{mark}");
        }
    }

    #[test]
    fn a_finished_source_is_left_alone() {
        let text = format!("//! A module.\nconst NAME: &str = \"vigie-{}\";\n", "X".repeat(6));
        assert!(unfinished(&Tree::of(&[("src/a.rs", &text)])).is_empty());
    }

    #[test]
    fn a_source_opens_with_its_purpose_and_a_test_file_need_not() {
        let tree = Tree::of(&[
            ("a/src/told.rs", "//! Why.\n"),
            ("a/src/bare.rs", "fn f() {}\n"),
            ("a/src/b/tests.rs", "use super::*;\n"),
            ("a/tests/t.rs", "fn f() {}\n"),
        ]);
        let places: Vec<_> = opened_by_their_purpose(&tree).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["a/src/bare.rs:1"]);
    }

    #[test]
    fn a_file_may_have_as_many_lines_as_the_limit_and_no_more() {
        let at = "\n".repeat(LONGEST_LINES);
        let over = "\n".repeat(LONGEST_LINES + 1);
        let tree = Tree::of(&[("at.rs", &at), ("over.rs", &over), ("listed.rs", &over)]);
        let places: Vec<_> = check_rooms(&tree, &[("listed.rs", "because")]).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["over.rs"]);
    }

    #[test]
    fn an_exception_that_is_no_longer_needed_is_found() {
        let places: Vec<_> =
            check_rooms(&Tree::default(), &[("gone.rs", "because")]).into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["gone.rs"]);
    }
}
