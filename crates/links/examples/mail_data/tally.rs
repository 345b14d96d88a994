//! What checking a set gave.

use std::collections::BTreeMap;

/// Counts of one set.
pub(crate) struct Tally {
    pub(crate) set: String,
    compared: BTreeMap<&'static str, (u32, u32)>,
    /// Differences that a rule of ours explains, by the rule's name.
    explained: BTreeMap<&'static str, u32>,
    pub(crate) differences: Vec<String>,
}

impl Tally {
    pub(crate) fn new(set: &str) -> Self {
        Self { set: set.to_owned(), compared: BTreeMap::new(), explained: BTreeMap::new(), differences: Vec::new() }
    }

    /// A set that could not be read.
    pub(crate) fn broken(set: &str, error: &anyhow::Error) -> Self {
        let mut tally = Self::new(set);
        tally.differences.push(format!("{error:#}"));
        tally
    }

    /// Counts one comparison.
    pub(crate) fn check(&mut self, what: &'static str, agrees: bool, difference: impl FnOnce() -> String) {
        let (good, all) = self.compared.entry(what).or_default();
        *all += 1;
        if agrees {
            *good += 1;
        } else {
            self.differences.push(format!("{what}: {}", difference()));
        }
    }

    /// Counts a difference that a rule of ours wants.
    pub(crate) fn explain(&mut self, rule: &'static str) {
        *self.explained.entry(rule).or_default() += 1;
    }

    /// The counts in words.
    pub(crate) fn figures(&self) -> String {
        let compared = self.compared.iter().map(|(what, (good, all))| format!("{what} {good}/{all}"));
        let mut text = compared.collect::<Vec<_>>().join(", ");
        if !self.explained.is_empty() {
            let rules = self.explained.iter().map(|(rule, n)| format!("{rule} {n}")).collect::<Vec<_>>();
            text = format!("{text}; by our rules: {}", rules.join(", "));
        }
        text
    }
}
