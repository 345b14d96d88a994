//! The shape of a contract: every rule that a folder such as `contracts/callipso/` may hold.
//!
//! These are data, without behaviour beyond look-ups: what follows from them is computed by
//! `vigie-rules`. Every rule carries its clause, its label in both languages, the days from and to
//! which it holds, and the doubts (`AMB-nn`) that its value settles.

use std::{collections::BTreeMap, fmt};

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::quantity::{Delay, Factor, Rate};

/// A text that a person reads, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// French, the language of the contract.
    pub fr: String,
    /// English.
    pub en: String,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub String);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(/** Names a calendar, such as `HO` or `24x7`. */ CalendarId);
text_id!(/** Names a clock, such as `restoration`. */ ClockId);
text_id!(/** Names an obligation, such as `dqa-ready`. */ ObligationId);
text_id!(/** Names a service of the perimeter, such as `toip`. */ ServiceId);
text_id!(/** Names a committee, such as `copil`. */ CommitteeId);
text_id!(/** Names a role, such as `roc`. */ RoleId);
text_id!(/** Names a reason for which a clock may stop, such as `user_unavailable`. */ PauseReasonId);
text_id!(/** Names an item of the request catalogue. */ CatalogueItemId);

/// Declares a rule of the contract: its own fields plus those that every rule carries.
macro_rules! rule {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident : $ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
            /// The clause that says so, as printed in the contract (`3.4.6.1`).
            pub clause: String,
            /// What a person calls it.
            pub label: Label,
            /// First day on which it holds; absent means from the start of the contract.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub from: Option<Date>,
            /// Last day on which it holds; absent means to the end of the contract.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub to: Option<Date>,
            /// The doubts that this value settles, such as `AMB-01`.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub doubts: Vec<String>,
            /// Which reading was chosen and why, when the text leaves it open.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub choice: Option<Label>,
        }

        impl Rule for $name {
            fn clause(&self) -> &str { &self.clause }
            fn label(&self) -> &Label { &self.label }
            fn from(&self) -> Option<Date> { self.from }
            fn to(&self) -> Option<Date> { self.to }
            fn doubts(&self) -> &[String] { &self.doubts }
            fn choice(&self) -> Option<&Label> { self.choice.as_ref() }
        }
    };
}

/// What every rule of a contract can say of itself.
pub trait Rule {
    /// The clause that says so.
    fn clause(&self) -> &str;
    /// Its name for people.
    fn label(&self) -> &Label;
    /// First day on which it holds.
    fn from(&self) -> Option<Date>;
    /// Last day on which it holds.
    fn to(&self) -> Option<Date>;
    /// The doubts that it settles.
    fn doubts(&self) -> &[String];
    /// The reading that was chosen.
    fn choice(&self) -> Option<&Label>;
    /// Whether it holds on `day`.
    fn holds_on(&self, day: Date) -> bool {
        self.from().is_none_or(|d| d <= day) && self.to().is_none_or(|d| day <= d)
    }
}

/// A whole contract as in force on one day (see [`crate::ContractHistory::at`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contract {
    /// Parties, period, zone.
    pub frame: Frame,
    /// `calendars.toml`.
    pub calendars: Vec<CalendarRule>,
    /// `perimeter.toml`.
    pub perimeter: Perimeter,
    /// `priorities.toml`.
    pub priorities: Priorities,
    /// `clocks.toml`.
    pub clocks: Clocks,
    /// `catalogue.toml`.
    pub catalogue: Catalogue,
    /// `indicators.toml`, in row order.
    pub indicators: Vec<Indicator>,
    /// `obligations.toml`.
    pub obligations: Vec<Obligation>,
    /// `committees.toml`.
    pub committees: Vec<Committee>,
    /// `roles.toml`.
    pub roles: Vec<Role>,
}

/// `contract.toml`: who promised what to whom, and when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Short name of the contract, such as `callipso`; also the folder's name.
    pub id: String,
    /// Name for people.
    pub label: Label,
    /// Who pays and verifies.
    pub customer: Label,
    /// Who runs the service; absent until the contract is awarded.
    #[serde(default)]
    pub provider: Option<Label>,
    /// The text that it restates.
    pub source: Label,
    /// IANA zone of every civil time of the contract.
    pub zone: String,
    /// First day; absent when the text does not give it (AMB-61).
    #[serde(default)]
    pub start: Option<Date>,
    /// Last day; absent when the text does not give it (AMB-61).
    #[serde(default)]
    pub end: Option<Date>,
    /// Money value of a penalty point, in euro cents; absent until entered (AMB-15).
    #[serde(default)]
    pub point_value_cents: Option<u32>,
    /// Values that the text leaves out and that nobody may invent: key, then what is missing.
    #[serde(default)]
    pub missing: BTreeMap<String, Label>,
    /// What separates a committee's decision from a rule, and every other doubt settled contract-wide.
    #[serde(default)]
    pub doubts: Vec<String>,
}

rule! {
/// A weekly calendar of opening hours with its holidays and exceptional days.
pub struct CalendarRule {
    /// Its name in other rules.
    pub id: CalendarId,
    /// Opening windows by day of the week; a day that is absent is closed.
    pub weekly: WeeklyWindows,
    /// Which public holidays close it.
    #[serde(default)]
    pub holidays: Holidays,
    /// Days that open or close otherwise than the week says.
    #[serde(default)]
    pub exceptions: Vec<ExceptionalDay>,
}
}

/// Half-open windows `[open, close)` of each day of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeeklyWindows {
    /// Monday.
    pub mon: Vec<Window>,
    /// Tuesday.
    pub tue: Vec<Window>,
    /// Wednesday.
    pub wed: Vec<Window>,
    /// Thursday.
    pub thu: Vec<Window>,
    /// Friday.
    pub fri: Vec<Window>,
    /// Saturday.
    pub sat: Vec<Window>,
    /// Sunday.
    pub sun: Vec<Window>,
}

/// One opening of one day, `[open, close)`, written `08:00-18:00`; `24:00` is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Opening time of day.
    pub open: Time,
    /// Closing time of day, or `None` for midnight at the end of the day.
    pub close: Option<Time>,
}

/// Which public holidays close a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holidays {
    /// None: the calendar opens on holidays too.
    #[default]
    None,
    /// The eleven of Code du travail L3133-1.
    FrenchMetropole,
    /// The same with Good Friday and Saint Stephen's day (Alsace-Moselle, L3134-13).
    FrenchAlsaceMoselle,
}

/// A day that opens or closes otherwise than the week says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionalDay {
    /// The day.
    pub date: Date,
    /// Its windows; empty means closed.
    pub windows: Vec<Window>,
    /// Why.
    pub label: Label,
}

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
    /// What makes an urgency or an impact, for people to read.
    #[serde(rename = "criterion", default)]
    pub criteria: Vec<Criterion>,
    /// What makes an incident major (AMB-40, AMB-02), and the floor of technical incidents (AMB-32).
    pub major: MajorRule,
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
/// One criterion of urgency or impact, for people to read on a form.
pub struct Criterion {
    /// The urgency that it gives.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// The impact that it gives.
    #[serde(default)]
    pub impact: Option<Impact>,
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
}
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
/// Which priority binds when it changed.
pub struct PriorityChangeRule {
    /// Which.
    pub binding: PriorityBinding,
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
/// What a refusal and a reopening do.
pub struct RestorationRule {
    /// After a refusal.
    pub refused: RefusedRestoration,
    /// Whether time between a validated restoration and a reopening counts.
    pub reopened_counts: bool,
}
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

/// A class of things that have a life and therefore a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Something broke.
    Incident,
    /// Something of the catalogue is asked for.
    Request,
    /// The cause of incidents.
    Problem,
    /// A modification of the estate.
    Change,
    /// A committee's sitting.
    Committee,
    /// An action agreed in a committee.
    Action,
    /// A breach of the requirements, confirmed by a committee.
    Finding,
    /// An order to the provider.
    Order,
    /// An element of knowledge to be put in the documents.
    Document,
    /// A deliverable of a transition step.
    Deliverable,
    /// One occurrence of a recurring obligation.
    Occurrence,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Incident,
        Self::Request,
        Self::Problem,
        Self::Change,
        Self::Committee,
        Self::Action,
        Self::Finding,
        Self::Order,
        Self::Document,
        Self::Deliverable,
        Self::Occurrence,
    ];

    /// The class of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// Its name in entry kinds (`incident.restored`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Request => "request",
            Self::Problem => "problem",
            Self::Change => "change",
            Self::Committee => "committee",
            Self::Action => "action",
            Self::Finding => "finding",
            Self::Order => "order",
            Self::Document => "document",
            Self::Deliverable => "deliverable",
            Self::Occurrence => "occurrence",
        }
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

/// `catalogue.toml`: incident subjects and request types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Incident subjects (3.7.1.5).
    #[serde(rename = "subject", default)]
    pub subjects: Vec<IncidentSubject>,
    /// Request types.
    #[serde(rename = "item", default)]
    pub items: Vec<CatalogueItem>,
}

rule! {
/// An incident subject of the customer's ITSM, with its volume of 2024.
pub struct IncidentSubject {
    /// Its name in facts.
    pub id: String,
    /// The service that it belongs to.
    pub service: ServiceId,
    /// Incidents treated in 2024 (3.7.1.5).
    #[serde(default)]
    pub volume_2024: u32,
}
}

rule! {
/// A request type; its delays are empty until the convention de service gives them (AMB-08).
pub struct CatalogueItem {
    /// Its name in facts.
    pub id: CatalogueItemId,
    /// GTR when not urgent.
    #[serde(default)]
    pub delay: Option<Delay>,
    /// GTR when urgent.
    #[serde(default)]
    pub urgent_delay: Option<Delay>,
    /// In which calendar.
    pub calendar: CalendarId,
}
}

/// By which instant a case belongs to a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The binding start of its clock.
    #[default]
    Start,
    /// Its restoration; open cases belong to no period yet.
    Restoration,
}

/// Which cases an indicator looks at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Of this class.
    pub class: Class,
    /// Of one of these priorities; empty means any.
    #[serde(default)]
    pub priorities: Vec<Priority>,
    /// Only major ones, only others, or both.
    #[serde(default)]
    pub major: Option<bool>,
}

/// How an indicator is measured.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// For each case: the started steps by which it overran its target.
    CaseOverrun {
        /// Which cases.
        population: Population,
        /// Which clock.
        clock: ClockId,
        /// Length of a step: open time for minutes and hours, civil days or weeks otherwise.
        step: Delay,
        /// Only cases whose breach a committee confirmed (problems, AMB-06).
        #[serde(default)]
        confirmed_only: bool,
    },
    /// For the period: the share of cases within `factor` times their target.
    CaseRate {
        /// Which cases.
        population: Population,
        /// Which clock.
        clock: ClockId,
        /// How many times the target.
        factor: Factor,
        /// The share that was promised.
        expected: Rate,
        /// Width of a step.
        step: Rate,
        /// One indicator by request or change type.
        #[serde(default)]
        by_type: bool,
    },
    /// For each occurrence of an obligation: the started steps by which it was late.
    ObligationLateness {
        /// Which obligation.
        obligation: ObligationId,
        /// Length of a step.
        step: Delay,
    },
    /// For each breach confirmed by one of these committees: one step.
    ConfirmedFindings {
        /// Committees whose decision counts.
        committees: Vec<CommitteeId>,
    },
}

rule! {
/// One row of the table of 3.4.6.1.
pub struct Indicator {
    /// Its number in the table, from 1.
    pub row: u8,
    /// Prestation column.
    pub service: Label,
    /// Périmètre column.
    pub perimeter: Label,
    /// Précision périmètre column.
    #[serde(default)]
    pub detail: Option<Label>,
    /// Mesure attendue, as printed.
    pub expected_text: Label,
    /// Pas, as printed.
    pub step_text: Label,
    /// Poids: points for each started step.
    pub weight: u32,
    /// How it is measured.
    pub measure: Measure,
    /// Whether it counts; a disabled row says why in `choice`.
    pub enabled: bool,
    /// By which instant a case belongs to the month.
    #[serde(default)]
    pub attribution: Attribution,
    /// Below this many cases the rate is not judged (AMB-12).
    #[serde(default)]
    pub min_sample: u32,
    /// Most points in a period; absent means no limit (AMB-12).
    #[serde(default)]
    pub cap_points: Option<u32>,
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

/// Entries of a kind whose body holds these values.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventPattern {
    /// Entry kind, such as `committee.held`.
    pub kind: String,
    /// Values that the body must hold, such as `committee = "copil"`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
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

/// Which party owes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The provider.
    Provider,
    /// The customer.
    Customer,
    /// A third party, such as an operator or a manufacturer.
    ThirdParty,
}

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

rule! {
/// A committee and its rhythm.
pub struct Committee {
    /// Its name in facts.
    pub id: CommitteeId,
    /// Other names of the text (AMB-48, AMB-49).
    #[serde(default)]
    pub aliases: Vec<String>,
    /// RFC 5545 recurrence; absent when held on demand.
    #[serde(default)]
    pub rhythm: Option<String>,
    /// Must be held in person.
    #[serde(default)]
    pub in_person: bool,
    /// Roles that attend.
    #[serde(default)]
    pub attendees: Vec<RoleId>,
}
}

rule! {
/// A role, its side, and what it may do.
pub struct Role {
    /// Its name.
    pub id: RoleId,
    /// Its side.
    pub party: Party,
    /// What it may do, as `feature.action`; `*` means all of a feature (`judgement.*`).
    pub may: Vec<String>,
}
}

impl Contract {
    /// The calendar of that name.
    #[must_use]
    pub fn calendar(&self, id: &CalendarId) -> Option<&CalendarRule> {
        self.calendars.iter().find(|c| c.id == *id)
    }

    /// The clock of that name.
    #[must_use]
    pub fn clock(&self, id: &ClockId) -> Option<&ClockRule> {
        self.clocks.clocks.iter().find(|c| c.id == *id)
    }

    /// The obligation of that name.
    #[must_use]
    pub fn obligation(&self, id: &ObligationId) -> Option<&Obligation> {
        self.obligations.iter().find(|o| o.id == *id)
    }
}

mod window_text {
    //! `08:00-18:00` as text.
    use std::{fmt, str::FromStr};

    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use super::Window;

    impl FromStr for Window {
        type Err = String;

        fn from_str(text: &str) -> Result<Self, String> {
            let err = || {
                format!(
                    "`{text}` is not a window; write opening and closing time of day, such as `08:00-18:00` (`24:00` is the end of the day)"
                )
            };
            let (open, close) = text.split_once('-').ok_or_else(err)?;
            let clock = |t: &str| Time::strptime("%H:%M", t.trim()).map_err(|_| err());
            let open = clock(open)?;
            let close = if close.trim() == "24:00" { None } else { Some(clock(close)?) };
            if close.is_some_and(|c| c <= open) {
                return Err(format!(
                    "`{text}` closes before it opens; a window that passes midnight is two windows, one on each day"
                ));
            }
            Ok(Self { open, close })
        }
    }

    impl fmt::Display for Window {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let close = self.close.map_or_else(|| "24:00".to_owned(), |c| c.strftime("%H:%M").to_string());
            write!(f, "{}-{close}", self.open.strftime("%H:%M"))
        }
    }

    impl<'de> Deserialize<'de> for Window {
        fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
            String::deserialize(de)?.parse().map_err(de::Error::custom)
        }
    }

    impl Serialize for Window {
        fn serialize<S: Serializer>(&self, ser: S) -> Result<S::Ok, S::Error> {
            ser.collect_str(self)
        }
    }
}
