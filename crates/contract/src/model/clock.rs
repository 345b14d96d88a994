//! `clocks.toml`: where clocks start, when they stop, what may suspend them.
//!
//! Each place where the text leaves a choice is a value here, named after its readings, so that the
//! choice is made in the contract and never in the code that counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    entry::Class,
    name::{CalendarId, ClockId, PauseReasonId},
    priority::{DelayKind, Priority},
    rule::rule,
};
use crate::quantity::Delay;

/// `clocks.toml`: where clocks start, when they stop, what may suspend them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Which candidate start binds.
    pub start: StartRule,
    /// What a change of priority does.
    pub priority_change: PriorityChangeRule,
    /// What a refused restoration and a reopening do.
    pub restoration: RestorationRule,
    /// The reasons for which a clock may be suspended.
    #[serde(rename = "pause", default)]
    pub pauses: Vec<PauseRule>,
    /// The clocks.
    #[serde(rename = "clock")]
    pub clocks: Vec<ClockRule>,
}

rule! {
/// Which candidate start binds.
pub struct StartRule {
    /// The sources that count as identification.
    pub candidates: Vec<Source>,
    /// When the customer opened the case at the desk.
    pub desk_direct: DeskDirect,
    /// When the case is in EZV and at the desk.
    pub double_entry: DoubleEntry,
}
}

/// Where an incident was first identified (3.7.1.2 note 1, 3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Registration of the incident in EZV, the customer's ITSM.
    Ezv,
    /// An alert of local or remote supervision or of another technical tool.
    Alert,
    /// A daily test that failed.
    DailyTest,
    /// Information emitted by the customer, when its emission can be proved.
    InformationEmitted,
    /// Information received by the provider.
    InformationReceived,
    /// The stamp of the provider's single point of contact.
    Desk,
}

/// What binds when the customer opened the case directly at the desk (AMB-31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskDirect {
    /// The desk's own stamp (literal reading of 3.8).
    DeskTime,
    /// The earliest of all.
    EarliestOfAll,
}

/// What binds when EZV and the desk both recorded the case (3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubleEntry {
    /// The desk's stamp is set aside; EZV's counts with the other identifications, the earliest binds.
    Ezv,
    /// EZV's stamp binds even when an alert came earlier.
    EzvOnly,
}

rule! {
/// Which priority binds when it changed.
pub struct PriorityChangeRule {
    /// Which.
    pub binding: PriorityBinding,
}
}

/// What a change of priority does to a running clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorityBinding {
    /// The latest priority binds, but a target already exceeded at the change stays owed.
    KeepOwed,
    /// The strictest priority ever held binds.
    Strictest,
    /// The first priority binds.
    AtStart,
    /// The latest binds whatever was owed.
    Latest,
}

rule! {
/// What a refusal and a reopening do.
pub struct RestorationRule {
    /// After a refusal.
    pub refused: RefusedRestoration,
    /// Whether time between a validated restoration and a reopening counts.
    pub reopened_counts: bool,
}
}

/// What happens to the time between a restoration and its refusal (AMB-42).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedRestoration {
    /// It counts: the restoration is void.
    Void,
    /// The customer's time to answer is left out.
    ExcludeValidation,
}

rule! {
/// A reason for which a clock was or may be suspended.
pub struct PauseRule {
    /// Its name in facts.
    pub reason: PauseReasonId,
    /// Whether it may suspend at all; travel, parts and vendors may not.
    pub allowed: bool,
    /// Whether the customer must accept it for it to count.
    pub needs_acceptance: bool,
}
}

rule! {
/// One clock.
pub struct ClockRule {
    /// Its name.
    pub id: ClockId,
    /// On what it runs.
    pub class: Class,
    /// What stops it.
    pub stop: StopEvent,
    /// How long it may run.
    pub target: TargetRule,
    /// In which calendar.
    pub calendar: CalendarSource,
    /// Whether exactly the target is in time.
    pub comparison: Comparison,
    /// Whether pauses suspend it.
    pub suspends: bool,
    /// Only for major incidents.
    #[serde(default)]
    pub major_only: bool,
}
}

/// What stops a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopEvent {
    /// First take-in by a resolution group.
    TakenIn,
    /// Restoration, fulfilment or completion, unless refused.
    Restored,
    /// First notice to the customer.
    InformedCustomer,
    /// First follow-up to the taskforce.
    InformedTaskforce,
    /// First message to users.
    InformedUsers,
    /// An owner was named.
    OwnerNamed,
    /// Proposal and impact study both delivered.
    ProposalAndImpactDelivered,
}

/// Where a clock finds its target.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetRule {
    /// The delay of the case's priority, with its overrides.
    PriorityDelay(DelayKind),
    /// One value for all.
    Fixed(Delay),
    /// The catalogue item's, urgent or not.
    Catalogue,
    /// The delay agreed on the case itself.
    Agreed,
    /// A value by priority from the convention de service; absent priorities are not computable.
    ByPriority(BTreeMap<Priority, Delay>),
}

/// In which calendar a clock counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarSource {
    /// The treatment window of the case's priority.
    Treatment,
    /// The take-in window of the case's priority.
    TakeIn,
    /// Always this one.
    Fixed(CalendarId),
}

/// Whether a value equal to its limit is in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `<`: equal is late.
    #[default]
    Strict,
    /// `<=`: equal is in time.
    Inclusive,
}
