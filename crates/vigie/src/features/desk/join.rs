//! What is said of one case and holds of another too: links, and a case that goes on in another (3.7.1.2).
//!
//! Both are written in the unit of work that says the one, so that neither side of a link ever stands alone.
//! MUST NOT carry words or files over: each stays with its case, and whoever may not read it there may not
//! read it here.

use jiff::Timestamp;
use serde_json::{Map, Value};
use vigie_evidence::NewEntry;
use vigie_rules::{
    desk::{self, Asked, Other, Refusal},
    life::Life,
    relation::Relation,
    step::Step,
    work::Work,
};
use vigie_store::Tx;

use super::{
    DeskError,
    act::{Deed, Detail, entry},
    history,
};

/// The system whose references are numbers of this desk.
pub(super) const CASE: &str = "case";

/// The entries of other cases that follow from a deed on the case of that number, each with the number of its
/// case.
pub(super) fn others(
    tx: &mut Tx<'_>,
    deed: &Deed,
    asked: &Asked<'_>,
    own: &str,
    now: Timestamp,
) -> Result<Vec<(String, NewEntry)>, DeskError> {
    let work = match &deed.detail {
        Detail::Reference { reference, system, relation } if system == CASE => {
            let (system, reference, to) = (system.clone(), own.to_owned(), reference.as_str());
            let relation = relation.map(Relation::inverse);
            let body = Step::Linked { system, reference, relation }.body().map_err(DeskError::Texts)?;
            return on(tx, deed, own, to, "linked", body, now).map(|entry| vec![entry]);
        }
        Detail::Work(work, _) => work,
        _ => return Ok(Vec::new()),
    };
    let (to, counterpart) = match work {
        Work::Unlinked { system, reference } if system == CASE => {
            // What an import linked may lead nowhere.
            if history(tx, reference)?.is_none() {
                return Ok(Vec::new());
            }
            (reference, Work::Unlinked { system: system.clone(), reference: own.to_owned() })
        }
        Work::Merged { into } => {
            let found = history(tx, into)?.ok_or_else(|| DeskError::Unknown(into.clone()))?;
            let life = Life::read(&found, now);
            let other = Other { number: found.subject.number(), class: found.class, life: &life };
            desk::check_merge(own, asked, other)?;
            // What it absorbed is refused above: all of these are its own.
            let starts = asked.life.candidates.clone();
            (into, Work::Absorbed { duplicate: own.to_owned(), starts })
        }
        Work::Separated { from } => (from, Work::Released { duplicate: own.to_owned() }),
        _ => return Ok(Vec::new()),
    };
    let body = counterpart.body().map_err(DeskError::Texts)?;
    on(tx, deed, own, to, counterpart.verb().name(), body, now).map(|entry| vec![entry])
}

/// An entry of another case.
fn on(
    tx: &mut Tx<'_>,
    deed: &Deed,
    own: &str,
    to: &str,
    verb: &str,
    body: Map<String, Value>,
    now: Timestamp,
) -> Result<(String, NewEntry), DeskError> {
    let found = history(tx, to)?.filter(|h| h.class.is_case()).ok_or_else(|| DeskError::Unknown(to.to_owned()))?;
    let number = found.subject.number().to_owned();
    if number == own {
        return Err(Refusal::Unknown { what: "reference" }.into());
    }
    // The other may have been opened after what is written down here happened.
    let opened = found.events.first().map_or(deed.at, |e| e.at);
    let of = Deed { at: deed.at.max(opened), ..deed.clone() };
    Ok((number, entry(&of, found.class, &found.subject.0, now, verb, body)))
}
