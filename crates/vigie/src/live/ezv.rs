//! What pages ask of the link with EZV: the twin of a case, and where both sides differ.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::{
    app::Vigie,
    features::{
        desk::{self, CaseError},
        ezv::{
            compare::{Binds, Difference, Says, Theirs, What, only_here, only_there, pair},
            store::{self, Known, Road},
            view::{Differences, Twin},
        },
    },
};

/// Tickets looked at for one page of differences.
const MOST: u32 = 2_000;
/// Cases that are over and changed within this are still looked at: a month is judged after its end.
const BACK: SignedDuration = SignedDuration::from_hours(62 * 24);

fn theirs(known: &Known) -> Theirs {
    Theirs {
        number: known.number.clone(),
        status: known.status.clone(),
        state: known.state,
        created_at: known.created_at,
        taken_in_at: known.taken_in_at,
        resolved_at: known.resolved_at,
        closed_at: known.closed_at,
        trouble: known.trouble.clone(),
    }
}

/// The twin of a case; none when EZV has none.
pub(super) fn twin(vigie: &Vigie, number: &str, now: Timestamp) -> Result<Option<Twin>> {
    let found = vigie.store.read(|tx| -> Result<_, CaseError> {
        // Most cases have no twin: their history is not unpacked to find that out.
        let sql = "SELECT subject FROM history WHERE number = $1 OR subject = $1 ORDER BY subject LIMIT 1";
        let Some(subject) = tx.query_opt(sql, &[number.into()], |row| Ok(row.text(0)?.to_owned()))? else {
            return Ok(None);
        };
        let mut tickets = store::twins(tx, &subject)?.into_iter();
        let Some(known) = tickets.next() else { return Ok(None) };
        let Some(history) = desk::history(tx, &subject)? else { return Ok(None) };
        let differences = pair(&history, &theirs(&known), now);
        Ok(Some(Twin { differences, others: tickets.map(|t| t.number).collect(), known, page: None }))
    })?;
    Ok(found)
}

/// Where both sides differ.
pub(super) fn differences(vigie: &Vigie, now: Timestamp) -> Result<Differences> {
    let since = now.checked_sub(BACK).unwrap_or(now);
    let found = vigie.store.read(|tx| -> Result<_, CaseError> {
        let linked = store::place(tx, Road::Out)?.is_some();
        let tickets = store::recent(tx, since, MOST)?;
        let mut lines = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let subjects: Vec<&str> = tickets.iter().filter_map(|t| t.subject.as_deref()).collect();
        let histories = desk::histories_of(tx, &subjects)?;
        for ticket in &tickets {
            let known = ticket.subject.as_ref().and_then(|subject| Some((subject, histories.get(subject)?)));
            let Some((subject, history)) = known else {
                lines.push(only_there(&theirs(ticket)));
                continue;
            };
            if !seen.insert(subject.clone()) {
                lines.push(twice(history.subject.number(), &ticket.number));
                continue;
            }
            lines.extend(pair(history, &theirs(ticket), now));
        }
        if linked {
            lines.extend(store::alone(tx, MOST)?.iter().map(|number| only_here(number)));
        }
        for task in store::failed(tx, MOST)? {
            lines.push(not_told(task.subject.strip_prefix("case/").unwrap_or(&task.subject), task.failure));
        }
        lines.sort_by(|a, b| (&a.case, &a.ticket, a.what).cmp(&(&b.case, &b.ticket, b.what)));
        let read_at = tickets.iter().map(|t| t.seen_at).max();
        let cut = tickets.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
        Ok(Differences { linked, tickets: tickets.len(), read_at, cut, lines })
    })?;
    Ok(found)
}

fn twice(case: &str, ticket: &str) -> Difference {
    Difference {
        case: Some(case.to_owned()),
        ticket: Some(ticket.to_owned()),
        what: What::Twice,
        ours: Says::Nothing,
        theirs: Says::Nothing,
        binds: Binds::Nobody,
    }
}

fn not_told(case: &str, failure: Option<String>) -> Difference {
    Difference {
        case: Some(case.to_owned()),
        ticket: None,
        what: What::Trouble,
        ours: Says::Nothing,
        theirs: failure.map_or(Says::Nothing, Says::Words),
        binds: Binds::Nobody,
    }
}
