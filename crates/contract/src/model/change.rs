//! `changes.toml`: what a change needs before it is done, and a problem before it is closed.
//!
//! Who decided what on a given change is a fact of that change, never a value here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    entry::Class,
    name::{ChangeTypeId, CollegeId, RoleId, ServiceId, StageId},
    rule::{Label, rule},
};
use crate::quantity::Delay;

/// `changes.toml`: types of changes, opinions, notice periods, studies, and the stages of a problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Types of changes (3.7.3.2).
    #[serde(rename = "type", default)]
    pub types: Vec<ChangeType>,
    /// Those whose opinion a major change needs.
    #[serde(rename = "college", default)]
    pub colleges: Vec<College>,
    /// Criteria that make a change urgent.
    #[serde(rename = "urgent_criterion", default)]
    pub urgent_criteria: Vec<UrgentCriterion>,
    /// Notice periods by domain.
    #[serde(rename = "notice", default)]
    pub notices: Vec<Notice>,
    /// Sections of impact studies (3.7.3.3).
    #[serde(rename = "section", default)]
    pub sections: Vec<StudySection>,
    /// Stages of a problem (3.7.3.1).
    #[serde(rename = "stage", default)]
    pub stages: Vec<ProblemStage>,
    /// What makes incidents recur, so that a problem is proposed.
    #[serde(rename = "recurrence", default)]
    pub recurrences: Vec<Recurrence>,
}

rule! {
/// A type of changes.
pub struct ChangeType {
    /// Its name in facts.
    pub id: ChangeTypeId,
    /// Who authorises it.
    pub authority: AuthorityRule,
    /// Whose opinions must have been given before.
    #[serde(default)]
    pub opinions: Vec<CollegeId>,
    /// Whether an impact study, validated by the customer, comes first.
    #[serde(default)]
    pub impact_study: bool,
    /// Whether the notice periods of the domains apply.
    #[serde(default)]
    pub notice: bool,
    /// Whether its steps are written down beforehand.
    #[serde(default)]
    pub predefined_steps: bool,
    /// Whether the criteria of urgency are stated on it.
    #[serde(default)]
    pub states_urgency: bool,
    /// Whether it is looked back upon before it is closed.
    #[serde(default)]
    pub review: bool,
}
}

/// Who authorises a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// Nobody: it was authorised once for all.
    PreAuthorised,
    /// The people who run the process.
    Process,
    /// The change advisory board.
    Cab,
    /// The emergency change advisory board.
    Ecab,
}

impl Authority {
    /// The committee that decides in its name; none when no committee does.
    #[must_use]
    pub const fn committee(self) -> Option<&'static str> {
        match self {
            Self::PreAuthorised | Self::Process => None,
            Self::Cab => Some("cab"),
            Self::Ecab => Some("ecab"),
        }
    }
}

/// Level of risk of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Known, and undone at once.
    Low,
    /// In between.
    Medium,
    /// A service may be lost.
    High,
}

impl Risk {
    /// All of them, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

/// How the authority over a type of changes is found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorityRule {
    /// Always the same.
    Always(Authority),
    /// According to the risk (AMB-94).
    ByRisk(BTreeMap<Risk, Authority>),
}

rule! {
/// People who give an opinion together.
pub struct College {
    /// Its name in facts.
    pub id: CollegeId,
    /// The roles that speak for it.
    #[serde(default)]
    pub roles: Vec<RoleId>,
}
}

rule! {
/// Something that makes a change urgent.
pub struct UrgentCriterion {
    /// Its name in facts.
    pub id: String,
}
}

rule! {
/// How long before a change of a domain people are told.
pub struct Notice {
    /// Its name in facts.
    pub domain: String,
    /// The services of the domain; empty means those of no other.
    #[serde(default)]
    pub services: Vec<ServiceId>,
    /// How long; absent when the contract gives no value, with `missing` saying which.
    #[serde(default)]
    pub delay: Option<Delay>,
    /// Key of `contract.missing` when the contract does not give the value.
    #[serde(default)]
    pub missing: Option<String>,
}
}

rule! {
/// A section of an impact study or of a problem's diagnosis.
pub struct StudySection {
    /// Its name in facts.
    pub id: String,
    /// Of the studies of which class: changes or problems.
    pub class: Class,
}
}

rule! {
/// A stage of a problem.
pub struct ProblemStage {
    /// Its name in facts.
    pub id: StageId,
    /// Whether a problem cannot be closed without it.
    pub closes: bool,
    /// What shows that it is done.
    pub proof: Label,
}
}

rule! {
/// When similar incidents are so many that a problem is proposed.
pub struct Recurrence {
    /// Its name.
    pub id: String,
    /// What they have in common.
    pub same: Vec<Common>,
    /// From how many on.
    pub count: u32,
    /// How far back one looks.
    pub within: Delay,
}
}

/// What similar incidents have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Common {
    /// The subject of the catalogue.
    Item,
    /// The service.
    Service,
    /// The site.
    Site,
}
