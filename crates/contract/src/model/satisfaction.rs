//! `satisfaction.toml`: what users are asked once their case is closed.

use serde::{Deserialize, Serialize};

use super::{
    entry::Class,
    rule::{Label, rule},
};
use crate::quantity::Delay;

/// `satisfaction.toml`: the question, if the contract asks one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Satisfaction {
    /// The question; its label is what people read.
    #[serde(default)]
    pub question: Option<SatisfactionQuestion>,
}

rule! {
/// A question that one click answers.
pub struct SatisfactionQuestion {
    /// Cases after which it is asked.
    pub classes: Vec<Class>,
    /// The answers, worst first.
    pub answers: Vec<SatisfactionAnswer>,
    /// The lowest score that counts as satisfied.
    pub satisfied_from: u8,
    /// How long after the closure it can be answered.
    pub open_for: Delay,
    /// Whether a text may be added.
    #[serde(default)]
    pub comment: bool,
}
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SatisfactionAnswer {
    /// Its score.
    pub score: u8,
    /// What a person reads.
    pub label: Label,
}
