//! What every rule must have: a clause, both labels, dates in order, a choice for each doubt.
//!
//! These are looked for on the trees, so that no list of the model can be forgotten.

use toml::{Spanned, de::DeValue};

use crate::{
    phrases,
    problem::Problem,
    tree::{self, Node, Tree},
};

pub(super) fn check(tree: &Tree<'_>) -> Vec<(usize, Problem)> {
    let mut found = Vec::new();
    for root in tree.files.values() {
        walk(&Spanned::new(root.span(), DeValue::Table(root.get_ref().clone())), &mut found);
    }
    found
}

/// Looks at a table and at all inside it.
fn walk(node: &Node<'_>, found: &mut Vec<(usize, Problem)>) {
    match node.get_ref() {
        DeValue::Array(array) => array.iter().for_each(|item| walk(item, found)),
        DeValue::Table(table) => {
            let text = |key: &str| table.get(key).and_then(|n| n.get_ref().as_str().map(|t| (n.span().start, t)));
            let mut empty = |key: &str, what| {
                if let Some((at, _)) = text(key).filter(|(_, t)| t.trim().is_empty()) {
                    found.push((at, Problem::Empty { what }));
                }
            };
            empty("clause", phrases::CLAUSE);
            if table.len() == 2 && table.contains_key("fr") && table.contains_key("en") {
                empty("fr", phrases::FRENCH_TEXT);
                empty("en", phrases::ENGLISH_TEXT);
            }
            if let (Some(from), Some(to)) = (tree::day(table, "from"), tree::day(table, "to"))
                && to < from
            {
                found.push((
                    table.get("to").map_or(node.span().start, |n| n.span().start),
                    Problem::DatesReversed { from, to },
                ));
            }
            let doubts = table.get("doubts").filter(|d| d.get_ref().as_array().is_some_and(|a| !a.is_empty()));
            if let Some(doubts) = doubts
                && table.contains_key("clause")
                && !table.contains_key("choice")
            {
                found.push((doubts.span().start, Problem::ChoiceMissing { what: phrases::RULE_IN_DOUBT }));
            }
            for inner in table.values() {
                walk(inner, found);
            }
        }
        _ => {}
    }
}
