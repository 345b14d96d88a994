//! `perimeter.toml`: which services and sites the contract covers, and how far.
//!
//! Only what a delay depends on stands here; this is no inventory of the estate.

use serde::{Deserialize, Serialize};

use super::{name::ServiceId, rule::rule};

/// `perimeter.toml`: services, site classes, Cercle 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Perimeter {
    /// Services operated.
    #[serde(rename = "service")]
    pub services: Vec<Service>,
    /// Sites that matter to a rule, by class.
    #[serde(rename = "site", default)]
    pub sites: Vec<Site>,
}

rule! {
/// A service of the perimeter.
pub struct Service {
    /// Its name in facts and rules.
    pub id: ServiceId,
    /// Which restoration delay of a P1 it has (3.7.1.2).
    pub infra: InfraKind,
    /// Whether it is indispensable to the institution (3.7.3.4).
    #[serde(default)]
    pub cercle0: bool,
    /// How far the contract covers it (chapter 3, coverage table).
    pub coverage: Coverage,
    /// Open 24 hours a day and needing special watch.
    #[serde(default)]
    pub always_open: bool,
}
}

rule! {
/// A named site whose class changes a delay.
pub struct Site {
    /// Short name, such as `HD13`.
    pub id: String,
    /// Its class.
    pub class: SiteClass,
    /// Other spellings met in the contract and in the customer's tools.
    #[serde(default)]
    pub aliases: Vec<String>,
}
}

/// Classes of sites that delays depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteClass {
    /// Holds central infrastructure: Cercle 0 delays apply.
    Central,
    /// Remote and sensitive (more than 50 agents, or by use): urgency U1.
    Critical,
    /// Any other.
    Standard,
}

/// Kind of infrastructure, which gives the restoration delay of a P1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InfraKind {
    /// Networks and telephony over IP.
    #[default]
    NetworkToip,
    /// Any other infrastructure.
    Other,
}

/// How far the contract covers a service; only full coverage makes a delay contractual (AMB-41).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// Delays are contractual.
    #[default]
    Full,
    /// Delays are indicative.
    Partial,
    /// Followed only.
    Excluded,
}
