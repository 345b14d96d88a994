//! What must hold between the rules of a contract once each has its shape.
//!
//! Every check runs, on one version at a time; none stops at its first problem. A check never
//! changes the contract and never knows Callipso: another folder is checked the same.

mod desk;
mod escalations;
mod names;
mod parts;
mod values;

use std::collections::BTreeMap;

use crate::{
    model::Contract,
    place::Sources,
    problem::{Phrase, Problem},
    tree::{self, Node, Step, Tree},
};

/// Problems with their offsets.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) errors: Vec<(usize, Problem)>,
    pub(crate) warnings: Vec<(usize, Problem)>,
}

/// Checks what every rule must have, on trees that no date has filtered: a rule that never holds is
/// looked at too.
pub(crate) fn check_parts(tree: &Tree<'_>) -> Vec<(usize, Problem)> {
    parts::check(tree)
}

/// Checks one version.
pub(crate) fn check(tree: &Tree<'_>, contract: &Contract, sources: &Sources<'_>) -> Seen {
    let mut checker = Checker { tree, contract, sources, seen: Seen::default() };
    names::check(&mut checker);
    values::check(&mut checker);
    desk::check(&mut checker);
    escalations::check(&mut checker);
    checker.seen
}

/// One version under examination.
struct Checker<'a> {
    tree: &'a Tree<'a>,
    contract: &'a Contract,
    sources: &'a Sources<'a>,
    seen: Seen,
}

impl Checker<'_> {
    fn error(&mut self, file: &str, path: &[Step<'_>], problem: Problem) {
        self.seen.errors.push((self.tree.offset(file, path), problem));
    }

    fn warning(&mut self, file: &str, path: &[Step<'_>], problem: Problem) {
        self.seen.warnings.push((self.tree.offset(file, path), problem));
    }

    /// Where a row stands in the file: the model sorts rows, the file may not.
    fn index_of_row(&self, row: u8) -> usize {
        let rows = self.tree.files.get("indicators.toml").and_then(|root| root.get_ref().get("indicator"));
        let wanted = row.to_string();
        let is_it = |item: &Node<'_>| {
            let cell = item.get_ref().as_table().and_then(|t| t.get("row"));
            cell.and_then(|n| tree::scalar(n.get_ref())).is_some_and(|text| text == wanted)
        };
        rows.and_then(|n| n.get_ref().as_array()).and_then(|list| list.iter().position(is_it)).unwrap_or(0)
    }

    /// Refuses two elements of one list with one name.
    fn unique(
        &mut self,
        file: &str,
        table: &'static str,
        what: Phrase,
        key: &str,
        ids: impl IntoIterator<Item = String>,
    ) {
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        for (index, id) in ids.into_iter().enumerate() {
            if let Some(earlier) = first.get(&id) {
                let place = self.sources.place(self.tree.offset(file, &[table.into(), (*earlier).into(), key.into()]));
                self.error(
                    file,
                    &[table.into(), index.into(), key.into()],
                    Problem::Duplicate { what, id, first: place },
                );
            } else {
                first.insert(id, index);
            }
        }
    }

    /// Refuses a name that is not among `known`.
    fn known(&mut self, file: &str, path: &[Step<'_>], what: Phrase, id: &str, known: &[String]) {
        if known.iter().any(|k| k == id) {
            return;
        }
        let mut shown = known.to_vec();
        shown.truncate(12);
        self.error(file, path, Problem::UnknownReference { what, id: id.to_owned(), known: shown });
    }
}

/// The names of a list.
fn ids<T, I: ToString>(list: &[T], id: impl Fn(&T) -> I) -> Vec<String> {
    list.iter().map(|item| id(item).to_string()).collect()
}
