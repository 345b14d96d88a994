//! A realistic year of Callipso, made up: what `serve --demo` shows before any real fact exists.
//!
//! The same day and the same contract MUST always give the same year, byte for byte. The generators
//! MUST NOT read a clock, a file or a source of randomness, and MUST NOT judge: what is late follows
//! from the rules alone. Every person is invented, and their words are content, never body.

use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::{Map, Value};
use vigie_contract::Contract;
use vigie_rules::{
    book::{Book, BookError},
    calendar::CalendarError,
};

mod accounts;
mod changes;
mod days;
mod incidents;
mod journal;
mod lives;
mod numbers;
mod people;
mod recurring;
mod requests;
mod rng;
mod season;
mod sites;
mod steering;
mod steps;
mod stories;
mod tables;
#[cfg(test)]
mod tests;
mod titles;

pub use accounts::{DemoAccount, accounts};

/// One thing that happened, ready to become an entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoEntry {
    /// When.
    pub occurred_at: Timestamp,
    /// Account of who did it, such as `go.martin`.
    pub actor: String,
    /// Through what: `web`, `api`, `mail`, `phone`, `supervision` or `job`.
    pub origin: &'static str,
    /// To what, such as `case/VG-2026-000123`.
    pub subject: String,
    /// What, such as `incident.restored` (see `vigie_rules::fact`).
    pub kind: String,
    /// The facts of it.
    pub body: Map<String, Value>,
    /// Personal text by name (`caller`, `description`), for the content store.
    pub content: Vec<(&'static str, String)>,
}

/// Why no year could be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The contract says nowhere when a P3 is treated.
    #[error(
        "the contract gives no treatment window for P3, so the demonstration does not know when people work; add it to priorities.toml"
    )]
    NoHours,
    /// The contract cannot be applied at all.
    #[error("the contract cannot be made ready for the demonstration")]
    Contract(#[from] BookError),
    /// A date is out of reach.
    #[error("the demonstration cannot be laid out around that date")]
    Date(#[from] jiff::Error),
    /// A duty falls outside the years of its calendar.
    #[error("a recurring duty cannot be dated in the demonstrated year")]
    Duty(#[from] CalendarError),
}

/// Makes the twelve full months before today's and the current one up to noon, in order of time.
///
/// `communes` are the names over which the remote sites are spread.
///
/// # Errors
/// When the contract lacks hours or cannot be applied, or `today` is out of the reach of calendars.
pub fn year(today: Date, contract: &Contract, communes: &[&str]) -> Result<Vec<DemoEntry>, DemoError> {
    let first = today.first_of_month().checked_sub(12.months())?;
    let rules = Book::new("demo".to_owned(), None, contract.clone())?;
    // Some days before, for what committees are owed; some months after, for dates that were agreed.
    let days = days::Days::new(&rules, first.checked_sub(1.month())?, today.checked_add(6.months())?)?;
    let noon = days.of(today).map_or(i64::MIN, |d| d.hm(12, 0));
    let season = season::Season::new(&days, first, today);
    let sites = sites::sites(&contract.perimeter, communes);
    let mut journal = journal::Journal::until(noon);

    cases(&mut journal, &rules, &days, &season, &sites);
    changes::changes(&mut journal, &rules, &days, &season, &sites);
    let sittings = steering::Sittings::new(contract, &days, first, today.tomorrow()?);
    changes::problems(&mut journal, &rules, &days, &season, &sittings);
    steering::write(&mut journal, contract, &days, &season, &sittings);
    recurring::write(&mut journal, &rules, &days, &season, (first, today.tomorrow()?))?;
    Ok(journal.sorted())
}

/// Incidents and requests share the desk's numbers, so they are written in the order of their starts.
fn cases(
    journal: &mut journal::Journal,
    book: &Book,
    days: &days::Days,
    season: &season::Season<'_>,
    sites: &sites::Sites,
) {
    let world = lives::World::new(days, book);
    let contract = &book.contract;
    let (mut numbers, mut rng) = (numbers::Numbers::default(), rng::Rng::new(0xCA11_1950));
    let mut requests = requests::plan(contract, sites, season).into_iter().peekable();
    for incident in incidents::plan(contract, sites, season) {
        while let Some(request) = requests.next_if(|r| r.start <= incident.start) {
            requests::life(journal, &world, &request, &mut numbers, &mut rng);
        }
        lives::incident(journal, &world, &incident, &mut numbers, &mut rng);
    }
    for request in requests {
        requests::life(journal, &world, &request, &mut numbers, &mut rng);
    }
}
