//! `teams.toml`: who works on cases, at which level, and who gets which case first.
//!
//! Teams only: no person is ever named in a contract. Who holds a case now is a fact of that case.

use serde::{Deserialize, Serialize};

use super::{
    entry::Class,
    governance::Party,
    name::{CalendarId, PauseReasonId, RoleId, RouteId, ServiceId, TeamId},
    rule::{Label, rule},
};
use crate::quantity::Delay;

/// `teams.toml`: resolution groups, and the rules that choose the first one of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Teams {
    /// Resolution groups of both sides and of third parties.
    #[serde(rename = "team", default)]
    pub teams: Vec<Team>,
    /// Whether the customer reads how much time the provider spent on cases.
    #[serde(default)]
    pub shares_time: bool,
    /// Which team a new case goes to: the first route that fits; one that asks nothing is tried last,
    /// wherever it stands, so that an amendment can add another.
    #[serde(rename = "route", default)]
    pub routes: Vec<Route>,
}

rule! {
/// A resolution group.
pub struct Team {
    /// Its name in facts.
    pub id: TeamId,
    /// Levels at which it works (3.7): 0 and 1 take calls, 2 operates, 3 is technical, 4 is the maker.
    #[serde(default)]
    pub levels: Vec<u8>,
    /// Its side.
    pub party: Party,
    /// Its name in EZV; absent where the text does not give it.
    #[serde(default)]
    pub ezv: Option<String>,
    /// Other names, former ones included: a new name loses no history (AMB-100).
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The roles of its members.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// The reason of suspension that waiting for it means, for a third party.
    #[serde(default)]
    pub pause: Option<PauseReasonId>,
    /// What is known of the support of a third party; cases are handed only to those that have it.
    #[serde(default)]
    pub support: Option<Support>,
}
}

/// The support of a third party: where it is asked, and what it has promised. What is absent it has not promised, or
/// nobody has written down.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// What it is.
    pub kind: ThirdKind,
    /// Where it is written to.
    #[serde(default)]
    pub mail: Option<String>,
    /// Where it is called.
    #[serde(default)]
    pub phone: Option<String>,
    /// The level of support that was bought of it.
    #[serde(default)]
    pub level: Option<Label>,
    /// By which calendar its delays count.
    pub calendar: CalendarId,
    /// Within which it has promised to solve, from when it was asked.
    #[serde(default)]
    pub solves_within: Option<Delay>,
    /// After how long without a word it is reminded.
    #[serde(default)]
    pub remind_every: Option<Delay>,
}

/// What a third party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThirdKind {
    /// Of telephone lines and links.
    Operator,
    /// Of the cabling of buildings.
    Cabler,
    /// Of software.
    Editor,
    /// Of equipment.
    Vendor,
}

rule! {
/// Where a new case goes. What a route leaves out, it does not ask.
pub struct Route {
    /// Its name in facts and amendments.
    pub id: RouteId,
    /// Only cases of this class.
    #[serde(default)]
    pub class: Option<Class>,
    /// Only cases about one of these services.
    #[serde(default)]
    pub services: Vec<ServiceId>,
    /// Only these incident subjects or request types.
    #[serde(default)]
    pub items: Vec<String>,
    /// Only while this calendar is closed.
    #[serde(default)]
    pub outside: Option<CalendarId>,
    /// The team.
    pub team: TeamId,
}
}

impl Route {
    /// Whether it fits every case.
    #[must_use]
    pub const fn asks_nothing(&self) -> bool {
        self.class.is_none() && self.services.is_empty() && self.items.is_empty() && self.outside.is_none()
    }
}
