//! From what was said of an incident to its urgency, its impact and its priority, with the reason.
//!
//! The criteria and their thresholds are the contract's: nothing here knows a number. What a person
//! decides otherwise is kept apart ([`Override`]), so that both stay to be seen; it never changes what
//! the criteria gave.

use serde::{Deserialize, Serialize};
use vigie_contract::{Condition, Criterion, Impact, MatrixCell, Priority, ServiceId, SiteClass, Urgency};

use crate::{book::Book, fact::Classification};

/// How a service fails those whom it hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// Nothing works any more.
    Total,
    /// It works, worse than it should.
    Degraded,
    /// It works slowly.
    Slow,
    /// It is cut again and again.
    Recurrent,
}

/// What was said of an incident, as far as its priority depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circumstances {
    /// The service concerned.
    pub service: Option<ServiceId>,
    /// The site concerned, by any name.
    pub site: Option<String>,
    /// Whether the site is critical, said or known otherwise; absent takes the contract's class.
    pub critical_site: Option<bool>,
    /// It falls in a sensitive period of the business, which the customer keeps (AMB-38).
    pub sensitive_period: bool,
    /// A VIP asks for help.
    pub vip: bool,
    /// A VVIP asks for help; apart from VIP (AMB-39).
    pub vvip: bool,
    /// How the service fails; absent when it works.
    pub outage: Option<Outage>,
    /// Users hit or that it may hit; absent when unknown.
    pub users: Option<u32>,
    /// It hits people who are not of the customer's staff.
    pub outside_users: bool,
    /// Distinct callers of the last sixty minutes about the same (AMB-35); absent when unknown.
    pub callers_per_hour: Option<u32>,
    /// It runs on its backup or around the fault.
    pub backup_mode: bool,
    /// A major failure threatens: critical vulnerability, virus.
    pub unacceptable_risk: bool,
    /// The RA or the RE stated that one can work like that.
    pub acceptable: bool,
    /// Opened by a technical source, not by a user.
    pub technical: bool,
}

impl Circumstances {
    fn meet(&self, condition: Condition, book: &Book) -> bool {
        let cercle0 = || self.service.as_ref().is_some_and(|s| book.is_cercle0_service(s));
        let critical = || {
            let class = || self.site.as_ref().and_then(|s| book.site_class(s));
            self.critical_site.unwrap_or_else(|| class() == Some(SiteClass::Critical))
        };
        match condition {
            Condition::Cercle0 => cercle0(),
            Condition::StandardService => !cercle0(),
            Condition::CriticalSite => critical(),
            Condition::StandardSite => !critical(),
            Condition::SensitivePeriod => self.sensitive_period,
            Condition::Vip => self.vip,
            Condition::Vvip => self.vvip,
            Condition::StandardUser => !self.vip && !self.vvip,
            Condition::TotalOutage => self.outage == Some(Outage::Total),
            Condition::Degraded => self.outage == Some(Outage::Degraded),
            Condition::Slow => self.outage == Some(Outage::Slow),
            Condition::RecurrentCuts => self.outage == Some(Outage::Recurrent),
            Condition::UsersAbove(limit) => self.users.is_some_and(|n| n > limit),
            Condition::UsersAtMost(limit) => self.users.is_none_or(|n| n <= limit),
            Condition::OutsideUsers => self.outside_users,
            Condition::CallersPerHourAbove(limit) => self.callers_per_hour.is_some_and(|n| n > limit),
            Condition::BackupMode => self.backup_mode,
            Condition::UnacceptableRisk => self.unacceptable_risk,
            Condition::AcceptableConditions => self.acceptable,
            Condition::ConditionsNotAccepted => !self.acceptable,
        }
    }
}

/// A criterion that holds, and by which of its alternatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fired<'b> {
    /// The criterion.
    pub criterion: &'b Criterion,
    /// The conditions that are all met.
    pub conditions: &'b [Condition],
}

/// A priority with all that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed<'b> {
    /// The most pressing urgency of which a criterion holds.
    pub urgency: Urgency,
    /// The worst impact of which a criterion holds.
    pub impact: Impact,
    /// The criteria that gave the urgency, at least one.
    pub urgency_criteria: Vec<Fired<'b>>,
    /// The criteria that gave the impact, at least one.
    pub impact_criteria: Vec<Fired<'b>>,
    /// The cell of the matrix.
    pub cell: &'b MatrixCell,
    /// The priority: the cell's, or the floor of technical incidents when that is more pressing.
    pub priority: Priority,
    /// Whether the floor of technical incidents made it (AMB-32).
    pub floored: bool,
    /// Whether the delays of Cercle 0 and central sites apply (REQ16, REQ17).
    pub cercle0: bool,
}

impl Assessed<'_> {
    /// The classification to record: what was assessed, and what somebody decided otherwise.
    #[must_use]
    pub fn classification(&self, circumstances: &Circumstances, decided: Option<&Override>) -> Classification {
        Classification {
            urgency: Some(self.urgency),
            impact: Some(self.impact),
            priority: decided.map(Override::priority),
            ..known(circumstances)
        }
    }
}

/// Why no priority follows from what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unassessed {
    /// No criterion of urgency holds.
    #[error("no criterion of urgency of the contract holds; decide the priority and say why")]
    Urgency,
    /// No criterion of impact holds.
    #[error(
        "no criterion of impact of the contract holds; say how the service fails, for how many users, or what threatens"
    )]
    Impact,
    /// The matrix has no such cell.
    #[error("the matrix has no cell for urgency {urgency:?} and impact {}", u8::from(*.impact))]
    Cell {
        /// Row.
        urgency: Urgency,
        /// Column.
        impact: Impact,
    },
}

/// Works out the priority of an incident.
///
/// # Errors
/// When the contract's criteria or its matrix say nothing of such circumstances.
pub fn assess<'b>(book: &'b Book, circumstances: &Circumstances) -> Result<Assessed<'b>, Unassessed> {
    let priorities = &book.contract.priorities;
    let holding: Vec<Fired<'b>> = priorities.criteria.iter().filter_map(|c| fired(c, circumstances, book)).collect();
    let urgency = holding.iter().filter_map(|f| f.criterion.urgency).min().ok_or(Unassessed::Urgency)?;
    let impact = holding.iter().filter_map(|f| f.criterion.impact).min().ok_or(Unassessed::Impact)?;
    let cell = priorities
        .cells
        .iter()
        .find(|c| c.urgency == urgency && c.impact == impact)
        .ok_or(Unassessed::Cell { urgency, impact })?;
    let floor = priorities.major.technical_floor.filter(|_| circumstances.technical);
    let priority = floor.map_or(cell.priority, |floor| cell.priority.min(floor));
    let giving =
        |wanted: &dyn Fn(&Criterion) -> bool| holding.iter().copied().filter(|f| wanted(f.criterion)).collect();
    Ok(Assessed {
        urgency,
        impact,
        urgency_criteria: giving(&|c| c.urgency == Some(urgency)),
        impact_criteria: giving(&|c| c.impact == Some(impact)),
        cell,
        priority,
        floored: priority < cell.priority,
        cercle0: book.is_cercle0(&known(circumstances)),
    })
}

fn fired<'b>(criterion: &'b Criterion, circumstances: &Circumstances, book: &Book) -> Option<Fired<'b>> {
    let met = |conditions: &&'b Vec<Condition>| {
        !conditions.is_empty() && conditions.iter().all(|c| circumstances.meet(*c, book))
    };
    criterion.when.iter().find(met).map(|conditions| Fired { criterion, conditions })
}

/// What circumstances say of a case whatever its cell.
fn known(circumstances: &Circumstances) -> Classification {
    Classification {
        service: circumstances.service.clone(),
        site: circumstances.site.clone(),
        technical: Some(circumstances.technical),
        ..Classification::default()
    }
}

/// Longest reason of a decision, in bytes.
pub const MAX_REASON_BYTES: usize = 4000;

/// A priority that somebody decided, with the reason that the contract's criteria do not give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawOverride")]
pub struct Override {
    priority: Priority,
    reason: String,
}

#[derive(Deserialize)]
struct RawOverride {
    priority: Priority,
    reason: String,
}

/// Why a decision cannot be taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// No reason.
    #[error("a priority that is decided needs its reason; write it")]
    NoReason,
    /// Too long a reason.
    #[error("the reason has {bytes} bytes and may have {MAX_REASON_BYTES}; shorten it")]
    TooLong {
        /// How many bytes.
        bytes: usize,
    },
}

impl Override {
    /// A decision with its reason.
    ///
    /// # Errors
    /// When the reason is empty or too long.
    pub fn new(priority: Priority, reason: &str) -> Result<Self, OverrideError> {
        let reason = reason.trim();
        match reason.len() {
            0 => Err(OverrideError::NoReason),
            bytes if bytes > MAX_REASON_BYTES => Err(OverrideError::TooLong { bytes }),
            _ => Ok(Self { priority, reason: reason.to_owned() }),
        }
    }

    /// What was decided.
    #[must_use]
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl TryFrom<RawOverride> for Override {
    type Error = OverrideError;

    fn try_from(raw: RawOverride) -> Result<Self, OverrideError> {
        Self::new(raw.priority, &raw.reason)
    }
}

#[cfg(test)]
mod tests;
