//! What makes an urgency or an impact, said so that a machine can tell.
//!
//! The vocabulary is closed and small: whether a condition holds is computed by `vigie-rules` from what
//! was said of an incident. Thresholds are data of the contract and never stand in code.

use serde::{Deserialize, Serialize};

use super::{
    name::CriterionId,
    priority::{Impact, Urgency},
    rule::rule,
};

rule! {
/// One criterion of urgency or impact.
pub struct Criterion {
    /// Its name in facts and amendments.
    pub id: CriterionId,
    /// The urgency that it gives.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// The impact that it gives.
    #[serde(default)]
    pub impact: Option<Impact>,
    /// When it holds: one of these alternatives does, and all conditions of it (AMB-33).
    pub when: Vec<Vec<Condition>>,
}
}

/// What may be asked of the circumstances of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Its service is of Cercle 0.
    Cercle0,
    /// It is not.
    StandardService,
    /// Its site is critical (AMB-37).
    CriticalSite,
    /// It is not.
    StandardSite,
    /// It falls in a sensitive period of the business (AMB-38).
    SensitivePeriod,
    /// A VIP asks for help.
    Vip,
    /// A VVIP asks for help.
    Vvip,
    /// Neither does.
    StandardUser,
    /// Nothing works any more for those whom it hits.
    TotalOutage,
    /// It works, worse than it should.
    Degraded,
    /// It works slowly.
    Slow,
    /// It is cut again and again.
    RecurrentCuts,
    /// It hits more than this many users.
    UsersAbove(u32),
    /// It hits at most this many users; an unknown number is not known to be more.
    UsersAtMost(u32),
    /// It hits people who are not of the customer's staff.
    OutsideUsers,
    /// More than this many distinct callers in an hour report it (AMB-35).
    CallersPerHourAbove(u32),
    /// It runs on its backup or around the fault.
    BackupMode,
    /// A major failure threatens: critical vulnerability, virus.
    UnacceptableRisk,
    /// Somebody entitled stated that one can work like that (RA or RE).
    AcceptableConditions,
    /// Nobody stated it.
    ConditionsNotAccepted,
}
