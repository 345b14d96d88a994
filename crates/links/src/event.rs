//! What comes out of a file: events of cases, with an identity that a second run finds again.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Separates these keys from any other hash; a change of what is hashed needs another tag.
const KEY_TAG: &[u8] = b"vigie/case-event/v1";

/// Something that an outside file says of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvent {
    /// Line of the file on which its row starts, from 1.
    pub line: u64,
    /// Whose: `case/INC0000045`.
    pub subject: String,
    /// What: an entry kind that the rules read, such as `incident.observed`.
    pub kind: String,
    /// When it happened; to the microsecond, never after the `now` of the reading.
    pub occurred_at: Timestamp,
    /// The entry's body: objects, strings, booleans and integers of at most 2^53.
    pub body: Map<String, Value>,
}

impl CaseEvent {
    /// Identifies the event by what it says: SHA-256 over subject, kind, instant and body.
    ///
    /// The line does not count, so that the same event in another file, or twice in one file, has
    /// the same key and is stored once.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        let mut text = Vec::with_capacity(512);
        write_object(&mut text, &self.body);
        let mut hash = Sha256::new();
        for part in [
            KEY_TAG,
            self.subject.as_bytes(),
            self.kind.as_bytes(),
            &self.occurred_at.as_microsecond().to_be_bytes(),
            &text,
        ] {
            // The length first, so that no two lists of parts give the same bytes.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// Writes an object with its keys in order, whatever the order in which the map keeps them.
fn write_object(out: &mut Vec<u8>, map: &Map<String, Value>) {
    let mut members: Vec<(&String, &Value)> = map.iter().collect();
    if !members.is_sorted_by_key(|(key, _)| *key) {
        members.sort_unstable_by_key(|(key, _)| *key);
    }
    out.push(b'{');
    for (n, (key, value)) in members.into_iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_scalar(out, key);
        out.push(b':');
        match value {
            Value::Object(inner) => write_object(out, inner),
            other => write_scalar(out, other),
        }
    }
    out.push(b'}');
}

fn write_scalar<T: serde::Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // Writing JSON scalars into memory has no way to fail.
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(body: &str) -> CaseEvent {
        CaseEvent {
            line: 2,
            subject: "case/INC1".to_owned(),
            kind: "incident.observed".to_owned(),
            occurred_at: "2016-03-01T10:00:00Z".parse().unwrap(),
            body: serde_json::from_str(body).unwrap(),
        }
    }

    #[test]
    fn the_key_does_not_depend_on_the_line_or_on_the_order_of_the_body() {
        let one = event(r#"{"state":"new","classification":{"impact":2,"urgency":"U1"}}"#);
        let mut two = event(r#"{"classification":{"urgency":"U1","impact":2},"state":"new"}"#);
        two.line = 77;
        assert_eq!(one.key(), two.key());
    }

    #[test]
    fn the_key_changes_with_each_part_of_the_identity() {
        let base = event(r#"{"state":"new"}"#);
        let mut others = vec![event(r#"{"state":"closed"}"#), event(r#"{"state":{"new":true}}"#), event("{}")];
        others.push(CaseEvent { subject: "case/INC2".to_owned(), ..base.clone() });
        others.push(CaseEvent { kind: "incident.closed".to_owned(), ..base.clone() });
        others.push(CaseEvent { occurred_at: "2016-03-01T10:00:00.000001Z".parse().unwrap(), ..base.clone() });
        for other in others {
            assert_ne!(base.key(), other.key(), "{other:?}");
        }
    }
}
