//! `escalations.toml`: who is warned before a delay runs out, and who hears when it has.
//!
//! Roles and teams only. When each is due is computed by `vigie-rules`; whether it was sent is a fact.

use serde::{Deserialize, Serialize};

use super::{
    channel::Channel,
    name::{ClockId, EscalationId, RoleId, TeamId},
    priority::{DelayKind, Priority},
    rule::rule,
};
use crate::quantity::{Delay, Rate};

/// `escalations.toml`: warnings and escalations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Escalations {
    /// The rules, in no order that matters: each fires by itself.
    #[serde(rename = "escalation", default)]
    pub rules: Vec<Escalation>,
}

rule! {
/// One warning or escalation: what is watched, when it fires, who hears and by what.
pub struct Escalation {
    /// Its name in facts; once in use it is not given to another rule.
    pub id: EscalationId,
    /// What is watched.
    pub on: Watched,
    /// Only at these priorities; empty means at any.
    #[serde(default)]
    pub priorities: Vec<Priority>,
    /// Only for major incidents.
    #[serde(default)]
    pub major_only: bool,
    /// When it fires.
    #[serde(default)]
    pub at: Moment,
    /// What keeps it from firing.
    #[serde(default)]
    pub unless: Option<Unless>,
    /// For a delay of the table: whether pauses that count move it. A clock says so itself.
    #[serde(default)]
    pub suspends: bool,
    /// Who hears.
    pub tell: Vec<Recipient>,
    /// By what.
    pub by: Vec<Channel>,
    /// The contract itself asks for it: nobody may turn its channels off for themselves.
    #[serde(default)]
    pub demanded: bool,
}
}

/// What a rule watches.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    /// A clock, until the instant from which it costs.
    Clock(ClockId),
    /// A delay of the table of priorities, from the start of the incident until it is restored.
    Delay(DelayKind),
    /// The next information of the customer about a major incident.
    FollowUp,
    /// Every obligation that an event of the case starts.
    Obligations,
    /// What a third party that has the case has promised, and when it is to be reminded.
    ThirdParty,
}

/// When a rule fires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// When it is due.
    #[default]
    Due,
    /// This long before; never before the start.
    Before(Delay),
    /// When this share of the delay has passed.
    Share(Rate),
    /// At each reminder of the obligation, or when a third party is to be reminded.
    Reminders,
}

/// What keeps a rule from firing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unless {
    /// The group in charge got on with the case since it took it in (AMB-27).
    Progress,
}

/// Who hears.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Whoever has the case.
    Owner,
    /// The team that has it.
    TeamInCharge,
    /// The role that sees to the obligation.
    Obliged,
    /// Whoever holds this role.
    Role(RoleId),
    /// This team.
    Team(TeamId),
}
