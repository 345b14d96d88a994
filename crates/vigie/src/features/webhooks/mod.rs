//! Webhooks: others are told of what happens to cases, once each, at least.
//!
//! The journal is the outbox. What stands in it was made durable with the deed itself, and each endpoint
//! knows the first entry that it was not told of: so no deed goes untold, whichever node dies, and none
//! costs more for being told. A message says that something happened and to what, never what was said: its
//! reader asks the API for what its token may read. Entries that only one side may read are told to nobody.
//! MUST NOT show a secret but where it is made.

mod run;
pub mod store;
pub(crate) mod web;

use serde::Serialize;
use serde_json::{Map, Value};
use vigie_evidence::{EntryRef, Origin};
use vigie_rules::fact::split_kind;

use super::{
    desk::view::visible_to,
    notices::fire::{ESCALATED, WARNED},
};
pub use run::{Sender, WORK, serve};

/// The first entry of a case.
const OPENED: &str = "case.opened";
/// Everything that is done to cases.
pub const ALL: &str = "case.*";
/// Every warning and escalation of the contract.
pub const NOTICES: &str = "notice.*";

/// The kind under which an entry is told: `case.opened` for the first of a case, `notice.warned` and
/// `notice.escalated` for what the contract fires, else `case.` and its verb. None for what is told to nobody:
/// what only one side may read, and what an old log says, which happened long ago.
#[must_use]
pub fn kind_of(entry: &EntryRef<'_>, is_first: bool) -> Option<String> {
    let (class, verb) = split_kind(&entry.kind)?;
    let is_case = class.is_case() && entry.subject.starts_with("case/");
    if !is_case || entry.origin == Origin::Import || visible_to(entry.body).is_some() {
        return None;
    }
    Some(match verb {
        _ if is_first => OPENED.to_owned(),
        WARNED | ESCALATED => format!("notice.{verb}"),
        _ => format!("case.{verb}"),
    })
}

/// Whether an endpoint that asked for these kinds is told of one.
#[must_use]
pub fn wants(kinds: &str, kind: &str) -> bool {
    let family = |wanted: &str| wanted.strip_suffix('*').is_some_and(|family| kind.starts_with(family));
    kinds.split_ascii_whitespace().any(|wanted| wanted == kind || family(wanted))
}

/// Whether somebody may ask for such a kind.
#[must_use]
pub fn is_kind(kind: &str) -> bool {
    let verb = kind.strip_prefix("case.").unwrap_or_default();
    let known = [ALL, NOTICES, "notice.warned", "notice.escalated"];
    known.contains(&kind)
        || (!verb.is_empty() && verb.len() <= 40 && verb.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
}

/// The body of a message: the same bytes at each try, since it follows from the entry alone.
#[must_use]
pub fn body(entry: &EntryRef<'_>, kind: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct Message<'a> {
        r#type: &'a str,
        timestamp: String,
        data: Map<String, Value>,
    }
    let number = entry.subject.strip_prefix("case/").unwrap_or(&entry.subject);
    let class = entry.kind.split_once('.').map_or("", |(class, _)| class);
    let mut data: Map<String, Value> = [
        ("case", number.into()),
        ("class", class.into()),
        ("entry", entry.seq.into()),
        ("entry_id", entry.id.to_string().into()),
        ("occurred_at", entry.occurred_at.to_string().into()),
        ("origin", entry.origin.name().into()),
        ("href", format!("/api/v1/cases/{number}").into()),
    ]
    .map(|(key, value): (&str, Value)| (key.to_owned(), value))
    .into_iter()
    .collect();
    if kind.starts_with("notice.") {
        // Which rule of the contract and when it falls due: words of the contract, not of anybody.
        let body: Map<String, Value> = serde_json::from_str(entry.body).unwrap_or_default();
        data.extend(body.into_iter().filter(|(key, _)| ["rule", "due", "priority", "obligation"].contains(&&**key)));
    }
    let message = Message { r#type: kind, timestamp: entry.recorded_at.to_string(), data };
    // Texts and numbers of our own: writing them into memory has no way to fail.
    serde_json::to_vec(&message).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_told_what_it_asked_for() {
        for (kinds, kind, expected) in [
            ("case.*", "case.restored", true),
            ("case.opened case.restored", "case.restored", true),
            ("case.opened", "case.restored", false),
            ("", "case.restored", false),
            ("case.*", "notice.warned", false),
            ("notice.*", "notice.warned", true),
            ("notice.escalated", "notice.warned", false),
        ] {
            assert_eq!(wants(kinds, kind), expected, "{kinds} / {kind}");
        }
        for (kind, expected) in [
            ("case.*", true),
            ("notice.*", true),
            ("notice.warned", true),
            ("notice.read", false),
            ("case.restored", true),
            ("case.", false),
            ("*", false),
            ("case.Rest", false),
        ] {
            assert_eq!(is_kind(kind), expected, "{kind}");
        }
    }
}
