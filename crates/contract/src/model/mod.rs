//! The shape of a contract: every rule that a folder such as `contracts/callipso/` may hold.
//!
//! These are data, without behaviour beyond look-ups: what follows from them is computed by
//! `vigie-rules`. Every rule carries its clause, its label in both languages, the days from and to
//! which it holds, and the doubts (`AMB-nn`) that its value settles. Each file of the folder has its
//! room (committees and roles share one, criteria and forms have one of their own), and so has what several files use: what every rule carries,
//! the names of rules, the kinds of entries.

mod calendar;
mod catalogue;
mod change;
mod channel;
mod clock;
mod criterion;
mod entry;
mod escalation;
mod form;
mod governance;
mod indicator;
mod name;
mod obligation;
mod perimeter;
mod priority;
mod rule;
mod satisfaction;
mod team;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::{
    calendar::{CalendarRule, ExceptionalDay, Holidays, WeeklyWindows, Window},
    catalogue::{Catalogue, CatalogueItem, IncidentSubject, TaskRule},
    change::{
        Authority, AuthorityRule, ChangeType, Changes, College, Common, Notice, ProblemStage, Recurrence, Risk,
        StudySection, UrgentCriterion,
    },
    channel::Channel,
    clock::{
        CalendarSource, ClockRule, Clocks, Comparison, DeskDirect, DoubleEntry, PauseRule, PriorityBinding,
        PriorityChangeRule, RefusedRestoration, RestorationRule, Source, StartRule, StopEvent, TargetRule,
    },
    criterion::{Condition, Criterion},
    entry::{Class, EventPattern, Verb},
    escalation::{Escalation, Escalations, Moment, Recipient, Unless, Watched},
    form::{Beyond, Choice, Field, FieldKind, Limit, Limits},
    governance::{Committee, Party, Role},
    indicator::{Attribution, Indicator, Measure, Population},
    name::{
        CalendarId, CatalogueItemId, ChangeTypeId, ClockId, CollegeId, CommitteeId, CriterionId, EscalationId,
        ObligationId, PauseReasonId, RoleId, RouteId, ServiceId, StageId, TeamId,
    },
    obligation::{Direction, Due, Obligation, Shift, Trigger},
    perimeter::{Coverage, InfraKind, Perimeter, Service, Site, SiteClass},
    priority::{
        DelayKind, DelayOverride, Impact, MajorRule, MatrixCell, OverrideRule, Priorities, Priority, PriorityDelay,
        PriorityWindow, Urgency,
    },
    rule::{Label, Rule},
    satisfaction::{Satisfaction, SatisfactionAnswer, SatisfactionQuestion},
    team::{Route, Support, Team, Teams, ThirdKind},
};

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
    /// `teams.toml`.
    pub teams: Teams,
    /// `changes.toml`.
    pub changes: Changes,
    /// `escalations.toml`.
    pub escalations: Escalations,
    /// `satisfaction.toml`.
    pub satisfaction: Satisfaction,
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

    /// The team of that name.
    #[must_use]
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.teams.iter().find(|t| t.id == *id)
    }

    /// The type of changes of that name.
    #[must_use]
    pub fn change_type(&self, id: &ChangeTypeId) -> Option<&ChangeType> {
        self.changes.types.iter().find(|t| t.id == *id)
    }

    /// The obligation of that name.
    #[must_use]
    pub fn obligation(&self, id: &ObligationId) -> Option<&Obligation> {
        self.obligations.iter().find(|o| o.id == *id)
    }
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
