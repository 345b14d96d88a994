//! `catalogue.toml`: what users may report and ask for.
//!
//! A delay that the contract does not give stays absent: nobody may invent one.

use serde::{Deserialize, Serialize};

use super::{
    name::{CalendarId, CatalogueItemId, ServiceId},
    rule::rule,
};
use crate::quantity::Delay;

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
