//! Where the generators write: entries up to the cut-off, then in the order in which they happened.

use serde_json::{Map, Value, json};

use super::{DemoEntry, days::instant};

/// Who does something, and through what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    /// Account name.
    pub actor: &'static str,
    /// Origin of the entry.
    pub origin: &'static str,
}

/// Somebody at a page of the program.
pub(super) const fn web(actor: &'static str) -> Hand {
    Hand { actor, origin: "web" }
}

/// Somebody who calls; the desk writes.
pub(super) const fn phone(actor: &'static str) -> Hand {
    Hand { actor, origin: "phone" }
}

/// Somebody in EZV, the customer's tool; the link brings it.
pub(super) const fn ezv(actor: &'static str) -> Hand {
    Hand { actor, origin: "api" }
}

/// The entries so far.
#[derive(Debug)]
pub(super) struct Journal {
    entries: Vec<DemoEntry>,
    cutoff: i64,
}

impl Journal {
    /// An empty one that refuses whatever happens after `cutoff`.
    pub(super) fn until(cutoff: i64) -> Self {
        Self { entries: Vec::with_capacity(20_000), cutoff }
    }

    /// The last second that is written.
    pub(super) const fn cutoff(&self) -> i64 {
        self.cutoff
    }

    /// Writes one entry, unless it lies in the future; says whether it was written.
    pub(super) fn put(&mut self, at: i64, hand: Hand, subject: &str, kind: &str, body: Value) -> bool {
        self.put_with(at, hand, subject, kind, body, Vec::new())
    }

    /// The same with personal text, which is kept apart from the body.
    pub(super) fn put_with(
        &mut self,
        at: i64,
        hand: Hand,
        subject: &str,
        kind: &str,
        body: Value,
        content: Vec<(&'static str, String)>,
    ) -> bool {
        if at > self.cutoff {
            return false;
        }
        let mut body = match body {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        // A field without a value is left out.
        body.retain(|_, value| !value.is_null());
        self.entries.push(DemoEntry {
            occurred_at: instant(at),
            actor: hand.actor.to_owned(),
            origin: hand.origin,
            subject: subject.to_owned(),
            kind: kind.to_owned(),
            body,
            content,
        });
        true
    }

    /// All of it in order; what happened to one subject at one instant stays as it was written.
    pub(super) fn sorted(mut self) -> Vec<DemoEntry> {
        self.entries.sort_by_key(|e| e.occurred_at);
        self.entries
    }
}

/// One case whose entries are being written.
#[derive(Debug)]
pub(super) struct Case<'b> {
    journal: &'b mut Journal,
    class: &'static str,
    subject: String,
}

impl<'b> Case<'b> {
    /// A case of that class under that number.
    pub(super) fn new(journal: &'b mut Journal, class: &'static str, number: &str) -> Self {
        Self { journal, class, subject: format!("case/{number}") }
    }

    /// Writes `<class>.<verb>`.
    pub(super) fn put(&mut self, at: i64, hand: Hand, verb: &str, body: Value) {
        self.journal.put(at, hand, &self.subject, &format!("{}.{verb}", self.class), body);
    }

    /// Somebody takes it in; from then on it is with `whom` of a group.
    pub(super) fn take_in(&mut self, at: i64, hand: Hand, team: &str, whom: Hand) {
        self.put(at, hand, "taken_in", json!({}));
        self.put(at, hand, "assigned", json!({"team": team, "assignee": whom.actor}));
    }

    /// Writes `<class>.<verb>` with a caller's name and words beside it.
    pub(super) fn put_with(
        &mut self,
        at: i64,
        hand: Hand,
        verb: &str,
        body: Value,
        content: Vec<(&'static str, String)>,
    ) {
        self.journal.put_with(at, hand, &self.subject, &format!("{}.{verb}", self.class), body, content);
    }
}
