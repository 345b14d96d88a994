//! `obligations.toml`: what is due at a date, what triggers it and what fulfils it.
//!
//! These are the duties that no clock of a case counts. Their dates are computed from the facts by
//! `vigie-rules`, never stored.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::{
    clock::Comparison,
    entry::EventPattern,
    governance::Party,
    name::{CalendarId, ObligationId, RoleId},
    rule::rule,
};
use crate::quantity::Delay;

rule! {
/// Something dated that is due.
pub struct Obligation {
    /// Its name.
    pub id: ObligationId,
    /// What starts it.
    pub trigger: Trigger,
    /// Only when the subject is a major incident.
    #[serde(default)]
    pub major_only: bool,
    /// When it is due.
    pub due: Due,
    /// The entries that fulfil it, all of them.
    pub fulfilled_by: Vec<EventPattern>,
    /// Who owes it.
    pub party: Party,
    /// Which role sees to it.
    pub owner: RoleId,
    /// How long before the due time people are reminded.
    #[serde(default)]
    pub reminders: Vec<Delay>,
    /// The indicator row that its lateness feeds.
    #[serde(default)]
    pub indicator: Option<u8>,
    /// Entries of the register that it restates, such as `C-3.4.3-06`.
    #[serde(default)]
    pub register: Vec<String>,
}
}

/// What an obligation starts from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// At each date of an RFC 5545 recurrence (`FREQ=MONTHLY;BYMONTHDAY=8`), in the contract's zone.
    Recurrence(String),
    /// At each entry of this kind.
    Event(EventPattern),
}

/// When an obligation is due.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// How far from the trigger; absent when the contract gives no value, with `missing` saying which.
    #[serde(default)]
    pub offset: Option<Delay>,
    /// Before or after it.
    #[serde(default)]
    pub direction: Direction,
    /// In which calendar.
    pub calendar: CalendarId,
    /// Whether exactly then is in time.
    #[serde(default)]
    pub comparison: Comparison,
    /// Closed days.
    #[serde(default)]
    pub shift: Shift,
    /// Time of day by which it is due; absent keeps the trigger's, or the end of the day for dates.
    #[serde(default)]
    pub time: Option<Time>,
    /// The trigger itself carries the due instant (`due` in its body): an agreed date. With an
    /// `offset`, it counts from that instant and not from the trigger's own.
    #[serde(default)]
    pub agreed: bool,
    /// Key of `contract.missing` when the contract does not give the value.
    #[serde(default)]
    pub missing: Option<String>,
}

/// On which side of the trigger an obligation falls due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// After it.
    #[default]
    After,
    /// Before it.
    Before,
}

/// What to do with a due date that falls on a closed day (AMB-19).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// Keep the literal day.
    #[default]
    None,
    /// The last open day before.
    PreviousWorkingDay,
    /// The first open day after.
    NextWorkingDay,
    /// Nothing is due that day: the occurrence does not exist (daily duties of working days).
    Skip,
}
