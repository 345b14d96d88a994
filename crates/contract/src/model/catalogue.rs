//! `catalogue.toml`: what users may report and ask for.
//!
//! A delay that the contract does not give stays absent: nobody may invent one.

use serde::{Deserialize, Serialize};

use super::{
    channel::Channel,
    entry::Class,
    form::{Field, Limits},
    name::{CalendarId, CatalogueItemId, RoleId, ServiceId, TeamId},
    rule::rule,
};
use crate::quantity::Delay;

/// `catalogue.toml`: incident subjects, request types and what they ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Incident subjects (3.7.1.5).
    #[serde(rename = "subject", default)]
    pub subjects: Vec<IncidentSubject>,
    /// Request types.
    #[serde(rename = "item", default)]
    pub items: Vec<CatalogueItem>,
    /// What forms ask for.
    #[serde(rename = "field", default)]
    pub fields: Vec<Field>,
    /// What is to be done on a case, in its order.
    #[serde(rename = "task", default)]
    pub tasks: Vec<TaskRule>,
}

impl Catalogue {
    /// The request type of that name.
    #[must_use]
    pub fn item(&self, id: &CatalogueItemId) -> Option<&CatalogueItem> {
        self.items.iter().find(|i| i.id == *id)
    }

    /// What is to be done on a case of that class about that subject or request type, in its order.
    pub fn tasks_of<'a>(&'a self, class: Class, item: Option<&'a str>) -> impl Iterator<Item = &'a TaskRule> {
        self.tasks.iter().filter(move |t| {
            t.class == class && (t.items.is_empty() || item.is_some_and(|i| t.items.iter().any(|known| known == i)))
        })
    }

    /// What the form of a request type asks for, in its order, and whether an answer is required.
    pub fn form<'a>(&'a self, item: &'a CatalogueItem) -> impl Iterator<Item = (&'a Field, bool)> {
        let field = |id: &String| self.fields.iter().find(|f| f.id == *id);
        let required = item.asks.iter().filter_map(field).map(|f| (f, true));
        required.chain(item.may_ask.iter().filter_map(field).map(|f| (f, false)))
    }
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
    /// Whether it may be asked for as urgent.
    #[serde(default)]
    pub urgent_allowed: bool,
    /// By which channel an urgent one must come for its delay to bind; absent means by any.
    #[serde(default)]
    pub urgent_channel: Option<Channel>,
    /// Fields that must be filled.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Fields that may be.
    #[serde(default)]
    pub may_ask: Vec<String>,
    /// How far its numbers may go.
    #[serde(default)]
    pub limits: Limits,
    /// The role that must approve it before work begins; absent means none.
    #[serde(default)]
    pub approval: Option<RoleId>,
    /// The only roles that may ask for it; empty means everybody.
    #[serde(default)]
    pub reserved_to: Vec<RoleId>,
    /// Topic of the `request.raised` entry that it makes, on which an obligation counts.
    #[serde(default)]
    pub raises: Option<String>,
    /// The same for an urgent one; absent takes the same topic.
    #[serde(default)]
    pub urgent_raises: Option<String>,
}
}

rule! {
/// Something to be done on each case of a kind.
pub struct TaskRule {
    /// Its name in facts.
    pub id: String,
    /// On cases of this class.
    pub class: Class,
    /// Only about these incident subjects or request types; empty means any.
    #[serde(default)]
    pub items: Vec<String>,
    /// The group that does it; absent means the one that has the case.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// By when, on the calendar of the case, from when it was added.
    #[serde(default)]
    pub within: Option<Delay>,
}
}
