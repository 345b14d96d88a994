//! Where a clock could start and where it does.
//!
//! One candidate binds, by the contract's rules of 3.8; the others are kept and told why they do not.

use vigie_contract::{Class, DeskDirect, DoubleEntry, Source};

use super::StartReason;
use crate::{
    book::Book,
    life::{Candidate, Life},
};

/// The start of a life's clocks: the binding candidate and why.
#[must_use]
pub fn binding_start(book: &Book, class: Class, life: &Life) -> Option<(usize, StartReason)> {
    let rule = &book.contract.clocks.start;
    let candidates = || life.candidates.iter().enumerate();
    if class != Class::Incident {
        return candidates()
            .next()
            .map(|(i, _)| (i, if life.candidates.len() == 1 { StartReason::Only } else { StartReason::Earliest }));
    }
    let first = |wanted: &dyn Fn(&Candidate) -> bool| {
        candidates().find(|(_, c)| rule.candidates.contains(&c.source) && wanted(c)).map(|(i, _)| i)
    };
    let desk_direct = first(&|c| c.source == Source::Desk && c.direct);
    if rule.desk_direct == DeskDirect::DeskTime && desk_direct.is_some() {
        return desk_direct.map(|i| (i, StartReason::DeskDirect));
    }
    let has = |source: Source| life.candidates.iter().any(|c| c.source == source);
    let double = has(Source::Ezv) && has(Source::Desk);
    if double && rule.double_entry == DoubleEntry::EzvOnly {
        return first(&|c| c.source == Source::Ezv).map(|i| (i, StartReason::DoubleEntry));
    }
    // The desk's stamp does not count when on-site teams escalated the case (3.8); a direct one does.
    let identified = first(&|c| c.source != Source::Desk || c.direct);
    match identified {
        Some(i) if life.candidates.len() == 1 => Some((i, StartReason::Only)),
        Some(i) if double && life.candidates.get(i).is_some_and(|c| c.source == Source::Ezv) => {
            Some((i, StartReason::DoubleEntry))
        }
        Some(i) => Some((i, StartReason::Earliest)),
        // Nothing else identified it: the desk's stamp is all there is.
        None => first(&|_| true).map(|i| (i, StartReason::Only)),
    }
}

/// Why a candidate that does not bind does not.
pub(super) fn reason_of(book: &Book, binding: StartReason, start: &Candidate, other: &Candidate) -> StartReason {
    if !book.contract.clocks.start.candidates.contains(&other.source) {
        StartReason::NotCounted
    } else if binding == StartReason::DeskDirect {
        StartReason::NotDesk
    } else if other.source == Source::Desk && !other.direct && start.source != Source::Desk {
        StartReason::DeskSetAside
    } else if other.at < start.at {
        StartReason::DoubleEntry
    } else {
        StartReason::Later
    }
}
