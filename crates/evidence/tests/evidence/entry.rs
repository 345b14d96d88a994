//! Entries: one form, the one of RFC 8785, and nothing else accepted.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vigie_evidence::{
    ContentRef, Entry, EntryError, EntryRef, Hash, MAX_ENTRY_BYTES, MAX_NAME_BYTES, Origin,
    canonical::{JsonError, MAX_DEPTH, MAX_INTEGER},
    import_id,
};

use crate::entry;

/// What serde_jcs, which we did not write, makes of the same entry.
fn theirs(entry: &Entry) -> Vec<u8> {
    let mut value = json!({
        "seq": entry.seq, "recorded_at": entry.recorded_at.to_string(), "id": entry.id.to_string(),
        "occurred_at": entry.occurred_at.to_string(), "actor": entry.actor, "origin": entry.origin.name(),
        "subject": entry.subject, "kind": entry.kind, "body": entry.body,
    });
    if !entry.content.is_empty() {
        value["content"] = entry
            .content
            .iter()
            .map(|c| json!({"name": c.name, "media_type": c.media_type, "size_bytes": c.size_bytes, "hash": c.hash.to_hex()}))
            .collect();
    }
    serde_jcs::to_vec(&value).unwrap()
}

fn with_body(body: Value) -> Entry {
    Entry { body: body.as_object().unwrap().clone(), ..entry(0) }
}

#[test]
fn an_entry_is_one_line_of_sorted_keys() {
    let line = String::from_utf8(entry(1).to_canonical().unwrap()).unwrap();
    assert_eq!(
        line,
        r#"{"actor":"guichet:a.martin","body":{"classification":{"impact":"site","site":"Hôtel du Département","urgency":"high"},"n":1,"state":"in_progress"},"content":[{"hash":"76b538daf752ad7741370c2e350f6207bfacddd5eb8f6aecb472e1ba40eb2b1d","media_type":"text/plain","name":"description","size_bytes":5}],"id":"019b78c9-f8cf-7ae1-819c-0cbd378e46c9","kind":"incident.observed","occurred_at":"2026-01-01T09:01:01.007Z","origin":"import","recorded_at":"2026-01-01T09:01:01.007Z","seq":1,"subject":"case/VG-2026-000001"}"#
    );
}

#[test]
fn an_entry_comes_back_from_its_line() {
    for seq in 0..20 {
        let entry = entry(seq);
        let line = entry.to_canonical().unwrap();
        assert_eq!(line, theirs(&entry));
        assert_eq!(Entry::from_canonical(&line).unwrap(), entry);
    }
}
