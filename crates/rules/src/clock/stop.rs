//! What stops a clock, and what could not have been recorded to stop it.

use jiff::Timestamp;
use vigie_contract::{ClockRule, StopEvent};

use super::End;
use crate::{fact::Document, life::Life};

/// When the event that stops a clock happened.
pub(super) fn stop_of(rule: &ClockRule, life: &Life) -> End {
    let plain = |at: Option<Timestamp>| at.map_or(End::Running, End::Stopped);
    let notice = |at: Option<Timestamp>| match (at, life.restored()) {
        (Some(at), _) => End::Stopped(at),
        (None, Some(restoration)) => End::Moot(restoration.at),
        (None, None) => End::Running,
    };
    match rule.stop {
        // Whoever restores a service has taken the case in by then.
        StopEvent::TakenIn => plain(life.taken_in.into_iter().chain(life.restored().map(|r| r.at)).min()),
        StopEvent::Restored => match life.restored() {
            None => End::Running,
            Some(r) if r.validated_at.is_some() => End::Validated(r.at),
            Some(r) => End::Stopped(r.at),
        },
        StopEvent::InformedCustomer => notice(life.informed_customer),
        StopEvent::InformedTaskforce => notice(life.informed_taskforce),
        StopEvent::InformedUsers => notice(life.informed_users),
        StopEvent::OwnerNamed => plain(life.owner_named),
        StopEvent::ProposalAndImpactDelivered => {
            plain(life.delivered(Document::Proposal).zip(life.delivered(Document::Impact)).map(|(a, b)| a.max(b)))
        }
    }
}

/// Whether what stops the clock could not have been recorded: the case is known by a log alone.
#[must_use]
pub const fn is_unrecorded(rule: &ClockRule, life: &Life) -> bool {
    life.log_only
        && match rule.stop {
            StopEvent::InformedCustomer => life.informed_customer.is_none(),
            StopEvent::InformedTaskforce => life.informed_taskforce.is_none(),
            StopEvent::InformedUsers => life.informed_users.is_none(),
            StopEvent::OwnerNamed => life.owner_named.is_none(),
            StopEvent::ProposalAndImpactDelivered => life.delivered.is_empty(),
            StopEvent::TakenIn | StopEvent::Restored => false,
        }
}
