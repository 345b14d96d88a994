//! `priorities.toml`: how pressing a case is, and the delays that follow from it.
//!
//! The matrix, the delays, the windows and the overrides are data of the contract: no value of them
//! is ever written in code.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{clock::Comparison, criterion::Criterion, name::CalendarId, perimeter::InfraKind, rule::rule};
use crate::quantity::Delay;

/// `priorities.toml`: matrix, delays, overrides, classification criteria.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Priorities {
    /// Cells of the impact x urgency matrix.
    #[serde(rename = "cell")]
    pub cells: Vec<MatrixCell>,
    /// Delays by priority.
    #[serde(rename = "delay")]
    pub delays: Vec<PriorityDelay>,
    /// Windows in which a priority is taken in and treated.
    #[serde(rename = "window")]
    pub windows: Vec<PriorityWindow>,
    /// Delays that a perimeter imposes whatever the priority (REQ16, REQ17).
    #[serde(rename = "override", default)]
    pub overrides: Vec<DelayOverride>,
    /// What makes an urgency or an impact.
    #[serde(rename = "criterion", default)]
    pub criteria: Vec<Criterion>,
    /// What makes an incident major (AMB-40, AMB-02), and the floor of technical incidents (AMB-32).
    pub major: MajorRule,
}

/// Urgency of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
pub enum Urgency {
    /// Cercle 0, sensitive site, sensitive period, VIP or VVIP.
    U1,
    /// Otherwise.
    U2,
}

/// Impact of an incident, 1 the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Impact {
    /// Total break of service with more than 200 users, outside users, or more than 30 callers an hour.
    One,
    /// Cut of at most 200 users, recurrent degradation, unacceptable risk.
    Two,
    /// Degraded, working conditions acceptable.
    Three,
}

impl TryFrom<u8> for Impact {
    type Error = String;
    fn try_from(n: u8) -> Result<Self, String> {
        match n {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err(format!("impact {n} does not exist; write 1, 2 or 3")),
        }
    }
}

impl From<Impact> for u8 {
    fn from(impact: Impact) -> Self {
        match impact {
            Impact::One => 1,
            Impact::Two => 2,
            Impact::Three => 3,
        }
    }
}

/// Priority of a case, P1 the most pressing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names are the contract's own")]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
}

impl Priority {
    /// All of them, most pressing first.
    pub const ALL: [Self; 4] = [Self::P1, Self::P2, Self::P3, Self::P4];
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

rule! {
/// One cell of the matrix.
pub struct MatrixCell {
    /// Row.
    pub urgency: Urgency,
    /// Column.
    pub impact: Impact,
    /// What they give.
    pub priority: Priority,
}
}

/// What a delay of the table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayKind {
    /// GTI: until a resolution group takes the case in.
    TakeIn,
    /// GTR: until the service is restored, if validated at closure.
    Restoration,
    /// First notice of a major incident to the customer (3.4.6.1 row 17).
    InformationCustomer,
    /// Follow-up shared with the taskforce.
    InformationTaskforce,
    /// Message broadcast to users.
    InformationUsers,
    /// Functional escalation.
    EscalationFunctional,
    /// Hierarchical escalation.
    EscalationHierarchical,
}

rule! {
/// One delay of the table of 3.7.1.2.
pub struct PriorityDelay {
    /// Of which priority.
    pub priority: Priority,
    /// About what.
    pub kind: DelayKind,
    /// Only for this kind of infrastructure; absent means any.
    #[serde(default)]
    pub infra: Option<InfraKind>,
    /// How long.
    pub value: Delay,
    /// From when the delay costs points, when the promise itself is "immediate" (AMB-23).
    #[serde(default)]
    pub penal_threshold: Option<Delay>,
}
}

rule! {
/// When a priority is taken in and when it is treated.
pub struct PriorityWindow {
    /// Of which priority.
    pub priority: Priority,
    /// Calendar of take-in and information.
    pub take_in: CalendarId,
    /// Calendar of treatment: restoration counts in it.
    pub treatment: CalendarId,
}
}

/// How a perimeter's own delay meets the table's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideRule {
    /// The shorter of the two (AMB-22, default).
    Strictest,
    /// Only for impact 1.
    TotalOutageOnly,
}

rule! {
/// A delay imposed by Cercle 0 and central sites whatever the priority.
pub struct DelayOverride {
    /// About what.
    pub kind: DelayKind,
    /// How long.
    pub value: Delay,
    /// How it meets the table's delay.
    pub rule: OverrideRule,
    /// Whether a value equal to the delay is in time.
    pub comparison: Comparison,
}
}

rule! {
/// What makes an incident major.
pub struct MajorRule {
    /// Priorities that are major at once.
    pub auto: Vec<Priority>,
    /// Priorities that may be declared major by decision.
    pub by_decision: Vec<Priority>,
    /// The lowest priority of a technical incident (AMB-32); absent lets the matrix decide.
    #[serde(default)]
    pub technical_floor: Option<Priority>,
    /// How often the customer is told how a major incident gets on, by priority, in the priority's
    /// take-in window (3.7.1.3: "régulièrement"). It never costs points.
    #[serde(default)]
    pub follow_up: BTreeMap<Priority, Delay>,
}
}
