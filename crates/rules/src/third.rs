//! The clock of a third party: since when it has a matter, what it has promised, when it is reminded.
//!
//! It runs beside the clocks of the case and MUST NOT touch them: waiting for an operator, a cabler, an editor or a
//! vendor is no reason to suspend (3.7.1.2), and what the provider owes of the matter is to follow it (3, 3.7.1).

use jiff::{SignedDuration, Timestamp};
use vigie_contract::{Comparison, Delay, Direction, Support, Team, TeamId};

use crate::{
    book::Book,
    calendar::CalendarError,
    delay::instant_after,
    step::{Errand, Progress},
};

/// How a third party stands with one errand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThirdClock<'a> {
    /// Who it is in the contract.
    pub team: &'a Team,
    /// What the contract says of its support.
    pub support: &'a Support,
    /// What it was asked, and what became of it.
    pub errand: &'a Errand,
    /// For how long it has or had it, in all hours.
    pub had: SignedDuration,
    /// By when it has promised to solve it.
    pub due: Option<Timestamp>,
    /// Whether that has passed without its having solved, or had when it did.
    pub late: bool,
    /// When it is to be reminded next; none once it has solved.
    pub remind_at: Option<Timestamp>,
}

/// The third parties to which a case may be handed.
pub fn third_parties(book: &Book) -> impl Iterator<Item = (&Team, &Support)> {
    book.contract.teams.teams.iter().filter_map(|team| Some((team, team.support.as_ref()?)))
}

/// One of them.
#[must_use]
pub fn third_party<'b>(book: &'b Book, id: &TeamId) -> Option<(&'b Team, &'b Support)> {
    third_parties(book).find(|(team, _)| team.id == *id)
}

/// The clocks of all third parties that were asked, in the order in which they were; of one that the contract does
/// not know any more, none.
///
/// # Errors
/// When a calendar is not laid out that far.
pub fn clocks<'a>(
    book: &'a Book,
    progress: &'a Progress,
    now: Timestamp,
) -> Result<Vec<ThirdClock<'a>>, CalendarError> {
    let known = progress.thirds.iter().filter_map(|errand| Some((errand, third_party(book, &errand.third)?)));
    known.map(|(errand, (team, support))| clock(book, errand, team, support, now)).collect()
}

fn clock<'a>(
    book: &'a Book,
    errand: &'a Errand,
    team: &'a Team,
    support: &'a Support,
    now: Timestamp,
) -> Result<ThirdClock<'a>, CalendarError> {
    let calendar = book.calendar(&support.calendar);
    let after = |from: Timestamp, delay: Option<Delay>| match (delay, calendar) {
        (Some(delay), Some(calendar)) => {
            instant_after(from, delay, Direction::After, Comparison::Strict, calendar).map(Some)
        }
        _ => Ok(None),
    };
    let due = after(errand.asked_at, support.solves_within)?;
    let last_word = errand.reminders.iter().copied().chain(errand.heard_at).fold(errand.asked_at, Timestamp::max);
    let remind_at = if errand.solved_at.is_some() { None } else { after(last_word, support.remind_every)? };
    let until = errand.solved_at.unwrap_or(now);
    Ok(ThirdClock {
        team,
        support,
        errand,
        had: until.duration_since(errand.asked_at),
        late: due.is_some_and(|due| until > due),
        due,
        remind_at,
    })
}

#[cfg(test)]
mod tests;
