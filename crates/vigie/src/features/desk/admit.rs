//! What each side may say when it opens a case; the same at every door.
//!
//! The customer asks for help. What follows from a call (problems, changes, the group that works on it,
//! when it was seen elsewhere, that the on-site teams handed it over) is the provider's to say: each of
//! these moves a clock or somebody's work.

use jiff::Timestamp;
use vigie_contract::{Class, Party};
use vigie_rules::{book::Book, routing::route};

use super::open::Opening;

/// Classes of which a side may open cases.
#[must_use]
pub const fn classes(party: Party) -> &'static [Class] {
    match party {
        Party::Provider => &Class::CASES,
        Party::Customer | Party::ThirdParty => &[Class::Incident, Class::Request],
    }
}

/// A value with which a case may not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The side opens no cases of this class.
    Class,
    /// The contract has no such group.
    UnknownTeam,
    /// The provider sends its own cases to its groups.
    TeamNotTheirs,
    /// The provider says when another source has seen it.
    IdentifiedNotTheirs,
    /// It was seen elsewhere at an instant that is still to come.
    IdentifiedLater,
    /// A call of the customer is one, whatever it says.
    DirectNotTheirs,
}

/// What a side may not say of an opening at `now`.
#[must_use]
pub fn misfits(opening: &Opening, party: Party, book: &Book, now: Timestamp) -> Vec<Misfit> {
    let provider = party == Party::Provider;
    let team = opening.team.as_ref();
    let found = [
        (!classes(party).contains(&opening.class), Misfit::Class),
        (team.is_some() && !provider, Misfit::TeamNotTheirs),
        (
            provider && team.is_some_and(|t| !book.contract.teams.teams.iter().any(|k| k.id.0 == *t)),
            Misfit::UnknownTeam,
        ),
        (!opening.identified.is_empty() && !provider, Misfit::IdentifiedNotTheirs),
        (opening.identified.iter().any(|(_, at)| *at > now), Misfit::IdentifiedLater),
        (!opening.direct && !provider, Misfit::DirectNotTheirs),
    ];
    found.into_iter().filter_map(|(is, misfit)| is.then_some(misfit)).collect()
}

/// Sends an opening that names no group to the first one of the contract's routing.
pub fn send(opening: &mut Opening, book: &Book, now: Timestamp) {
    if opening.team.is_none() {
        let routed = route(book, opening.class, &opening.classification, now);
        opening.team = routed.map(|r| r.team.id.0.clone());
    }
}
