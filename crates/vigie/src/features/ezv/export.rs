//! An export of EZV read beside our cases: what differs, without taking anything in.

use std::{
    collections::{BTreeMap, HashSet},
    io::Read,
};

use jiff::Timestamp;
use vigie_contract::Class;
use vigie_links::{CaseEvent, Mapping, ReadError, Reject, Sink, SinkError, Summary, read_events};
use vigie_rules::fact::{Fact, State};
use vigie_store::{Store, StoreError};

use super::{
    compare::{Difference, Theirs, only_here, only_there, pair},
    store,
};
use crate::features::desk::{self, CaseError};

/// Tickets of one export.
const MOST: usize = 500_000;

/// Why an export could not be read beside our cases. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A case cannot be read.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an export says, beside what we say.
#[derive(Debug)]
pub struct Reconciled {
    /// What the file held.
    pub summary: Summary,
    /// Tickets of the file.
    pub tickets: usize,
    /// Tickets of which a case is known.
    pub paired: usize,
    /// What differs, by our number, then by EZV's.
    pub differences: Vec<Difference>,
}

#[derive(Default)]
struct Tickets(BTreeMap<String, Theirs>);

impl Sink for Tickets {
    fn event(&mut self, event: CaseEvent) -> Result<(), SinkError> {
        let number = event.subject.strip_prefix("case/").unwrap_or(&event.subject).to_owned();
        if self.0.len() >= MOST && !self.0.contains_key(&number) {
            return Err(SinkError::from("the file has more tickets than any export"));
        }
        let ticket = self.0.entry(number.clone()).or_insert_with(|| Theirs { number, ..Theirs::default() });
        let at = event.occurred_at;
        let fact = Fact::read(&event.kind, &event.body).map_err(|e| SinkError::from(e.to_string().as_str()))?;
        let moved_on = |ticket: &mut Theirs, state| ticket.state = Some(later(ticket.state, state));
        match fact.map(|(_, fact): (Class, Fact)| fact) {
            Some(Fact::Identified { .. }) => ticket.created_at = Some(at),
            Some(Fact::TakenIn) => {
                ticket.taken_in_at = Some(at);
                moved_on(ticket, State::InProgress);
            }
            Some(Fact::Restored) => {
                ticket.resolved_at = Some(at);
                moved_on(ticket, State::Resolved);
            }
            Some(Fact::Closed) => {
                ticket.closed_at = Some(at);
                moved_on(ticket, State::Closed);
            }
            Some(Fact::Cancelled) => ticket.state = Some(State::Cancelled),
            Some(Fact::Observed { state, .. }) => {
                ticket.state = Some(state);
                let words = event.body.get("source_state").and_then(|v| v.as_str());
                ticket.status = words.map(str::to_owned).or(ticket.status.take());
            }
            _ => {}
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Which of two states a life comes to later.
fn later(known: Option<State>, other: State) -> State {
    let rank = |s: State| match s {
        State::New => 0,
        State::InProgress | State::Pending => 1,
        State::Resolved => 2,
        State::Closed | State::Cancelled => 3,
    };
    known.filter(|own| rank(*own) >= rank(other)).unwrap_or(other)
}

/// Reads an export beside our cases.
///
/// # Errors
/// [`ReconcileError`].
pub fn reconcile<R: Read + Send + 'static>(
    data: &Store,
    mapping: &Mapping,
    file: R,
    now: Timestamp,
) -> Result<Reconciled, ReconcileError> {
    let mut tickets = Tickets::default();
    let summary = read_events(file, mapping, now, &mut tickets)?;
    let (mut differences, mut paired) = (Vec::new(), 0_usize);
    let theirs = &tickets.0;
    data.read(|tx| -> Result<(), ReconcileError> {
        let mut known = HashSet::new();
        for ticket in theirs.values() {
            let Some(subject) = store::case_of(tx, &ticket.number, None)? else {
                differences.push(only_there(ticket));
                continue;
            };
            if let Some(history) = desk::history(tx, &subject)? {
                paired = paired.saturating_add(1);
                differences.extend(pair(&history, ticket, now));
            }
            known.insert(subject);
        }
        // Within the days of the file: a case of before or after is no difference.
        let (Some(first), Some(last)) = (summary.first, summary.last) else { return Ok(()) };
        let sql = "SELECT subject, number FROM desk_case WHERE opened_at >= $1 AND opened_at <= $2 ORDER BY subject";
        let span = [first.as_microsecond().into(), last.as_microsecond().into()];
        let ours = tx.query_all(sql, &span, |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))?;
        differences.extend(ours.iter().filter(|(s, _)| !known.contains(s)).map(|(_, number)| only_here(number)));
        Ok(())
    })?;
    differences.sort_by(|a, b| (&a.case, &a.ticket, a.what).cmp(&(&b.case, &b.ticket, b.what)));
    Ok(Reconciled { summary, tickets: tickets.0.len(), paired, differences })
}
