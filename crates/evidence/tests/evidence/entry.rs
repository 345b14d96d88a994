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

fn with_body(body: &Value) -> Entry {
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

#[test]
fn content_is_left_out_when_there_is_none() {
    let line = String::from_utf8(entry(0).to_canonical().unwrap()).unwrap();
    assert!(!line.contains("content"));
    let with_empty = line.replacen(",\"id\"", ",\"content\":[],\"id\"", 1);
    assert!(Entry::from_canonical(with_empty.as_bytes()).is_err());
}

#[test]
fn keys_sort_by_utf16_code_units() {
    // U+FB33 is one code unit above the surrogates that write U+1F600; in UTF-8 it comes first.
    let entry = with_body(&json!({"\u{fb33}": 1, "\u{1f600}": 2, "\u{20ac}": 3, "\r": 4, "1": 5, "\u{80}": 6, "ö": 7}));
    let line = entry.to_canonical().unwrap();
    assert_eq!(line, theirs(&entry));
    assert_eq!(Entry::from_canonical(&line).unwrap(), entry);
    let text = String::from_utf8(line).unwrap();
    assert!(text.contains("{\"\\r\":4,\"1\":5,\"\u{80}\":6,\"ö\":7,\"€\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}"));
    let swapped = text.replace("\"\u{1f600}\":2,\"\u{fb33}\":1", "\"\u{fb33}\":1,\"\u{1f600}\":2");
    assert!(matches!(Entry::from_canonical(swapped.as_bytes()), Err(EntryError::Json(JsonError::Expected { .. }))));
}

#[test]
fn another_spelling_of_the_same_entry_is_refused() {
    let text = String::from_utf8(entry(1).to_canonical().unwrap()).unwrap();
    let check = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let other = text.replacen(from, to, 1);
        let refusal = EntryRef::from_canonical(other.as_bytes());
        assert!(refusal.is_err(), "{other} was accepted");
    };
    for (from, to) in [
        ("{\"actor\"", " {\"actor\""),
        ("\"seq\":1", "\"seq\": 1"),
        ("\"seq\":1", "\"seq\":01"),
        ("\"seq\":1", "\"seq\":1.0"),
        ("\"seq\":1", "\"seq\":-1"),
        ("\"seq\":1", "\"seq\":-0"),
        ("\"seq\":1", "\"seq\":1e0"),
        ("\"seq\":1", "\"seq\":9007199254740992"),
        ("\"seq\":1,", ""),
        ("\"seq\":1,", "\"seq\":1,\"sfx\":1,"),
        ("\"n\":1,", "\"n\":1,\"n\":1,"),
        ("\"n\":1,", "\"n\":1.5,"),
        ("\"n\":1,", "\"n\":nul,"),
        ("\"n\":1,", "\"n\":[1,],"),
        ("\"n\":1,", "\"n\":NaN,"),
        ("guichet", "\\u0067uichet"),
        ("guichet", "\\/guichet"),
        ("guichet", "\\u000Aguichet"),
        ("guichet", "\\u000aguichet"),
        ("guichet", "\u{1}guichet"),
        ("Hôtel", "H\\u00f4tel"),
        ("\"import\"", "\"fax\""),
        ("\"import\"", "\"Import\""),
        ("01.007Z", "01.0070Z"),
        ("01.007Z", "01.Z"),
        ("01.007Z", "01.007+00:00"),
        ("01.007Z", "01.007z"),
        ("01.007Z", "60.007Z"),
        ("2026-01-01T", "2026-02-30T"),
        ("2026-01-01T", "2026-01-01 "),
        ("2026-01-01T", "+002026-01-01T"),
        ("019b78c9", "019B78C9"),
        ("-7ae1-", "-4ae1-"),
        ("-819c-", "-019c-"),
        ("019b78c9-f8cf", "019b78c9f8cf"),
        ("76b538", "76B538"),
        ("\"size_bytes\":5", "\"size_bytes\":-5"),
        ("\"actor\":\"guichet:a.martin\"", "\"actor\":\"\""),
        ("case/VG-2026-000001\"}", "case/VG-2026-000001\"}\n"),
        ("case/VG-2026-000001\"}", "case/VG-2026-000001\""),
    ] {
        check(from, to);
    }
}

#[test]
fn numbers_that_are_not_exact_are_refused_on_both_ways() {
    let highest = i64::try_from(MAX_INTEGER).unwrap();
    for n in [0, 1, -1, highest, -highest] {
        let entry = with_body(&json!({"n": n}));
        let line = entry.to_canonical().unwrap();
        assert_eq!(line, theirs(&entry));
        assert_eq!(Entry::from_canonical(&line).unwrap(), entry);
    }
    let line = String::from_utf8(with_body(&json!({"n": 12345})).to_canonical().unwrap()).unwrap();
    for (n, text) in [
        (json!(highest + 1), "9007199254740992"),
        (json!(-highest - 1), "-9007199254740992"),
        (json!(u64::MAX), "18446744073709551615"),
    ] {
        let refused = EntryError::Json(JsonError::Integer { number: text.to_owned() });
        assert_eq!(with_body(&json!({"n": [n]})).to_canonical().unwrap_err(), refused);
        assert_eq!(Entry::from_canonical(line.replace("12345", text).as_bytes()).unwrap_err(), refused);
    }
    let refused = EntryError::Json(JsonError::Float { number: "0.5".to_owned() });
    assert_eq!(with_body(&json!({"n": 0.5})).to_canonical().unwrap_err(), refused);
    assert_eq!(Entry::from_canonical(line.replace("12345", "0.5").as_bytes()).unwrap_err(), refused);
}

#[test]
fn every_limit_holds_on_both_sides() {
    let name = |n: usize| "é".repeat(n / 2);
    for (length, fits) in [(MAX_NAME_BYTES, true), (MAX_NAME_BYTES + 2, false)] {
        for entry in [
            Entry { actor: name(length), ..entry(0) },
            Entry { kind: name(length), ..entry(0) },
            Entry { subject: name(length), ..entry(0) },
            Entry {
                content: vec![ContentRef {
                    name: name(length),
                    media_type: "a/b".to_owned(),
                    size_bytes: 0,
                    hash: Hash([0; 32]),
                }],
                ..entry(0)
            },
        ] {
            assert_eq!(entry.to_canonical().is_ok(), fits, "{length}");
        }
    }
    let room = MAX_ENTRY_BYTES - with_body(&json!({"t": ""})).to_canonical().unwrap().len();
    let longest = with_body(&json!({"t": "x".repeat(room)}));
    let line = longest.to_canonical().unwrap();
    assert_eq!(line.len(), MAX_ENTRY_BYTES);
    assert_eq!(Entry::from_canonical(&line).unwrap(), longest);
    let mut out = b"kept".to_vec();
    let refused = with_body(&json!({"t": "x".repeat(room + 1)})).canonical_into(&mut out).unwrap_err();
    assert_eq!(refused, EntryError::TooLong { field: "entry", length: MAX_ENTRY_BYTES + 1, limit: MAX_ENTRY_BYTES });
    assert_eq!(out, b"kept");

    let nested = |depth: usize| (1..depth).fold(json!({}), |inner, _| json!({"d": inner}));
    let deepest = with_body(&nested(MAX_DEPTH));
    assert_eq!(Entry::from_canonical(&deepest.to_canonical().unwrap()).unwrap(), deepest);
    assert_eq!(with_body(&nested(MAX_DEPTH + 1)).to_canonical().unwrap_err(), EntryError::Json(JsonError::Depth));
    let line = String::from_utf8(with_body(&json!({})).to_canonical().unwrap()).unwrap();
    let too_deep = line.replace("\"body\":{}", &format!("\"body\":{}", nested(MAX_DEPTH + 1)));
    assert_eq!(Entry::from_canonical(too_deep.as_bytes()).unwrap_err(), EntryError::Json(JsonError::Depth));
    let far_too_deep = line.replace("\"body\":{}", &format!("\"body\":{}", "{\"a\":".repeat(9_000)));
    assert!(Entry::from_canonical(far_too_deep.as_bytes()).is_err());
}

#[test]
fn instants_outside_rfc_3339_and_ids_of_other_versions_have_no_canonical_form() {
    let outside = Entry { occurred_at: Timestamp::MIN, ..entry(0) };
    assert!(matches!(outside.to_canonical(), Err(EntryError::Field { field: "occurred_at", .. })));
    let nil = Entry { id: "00000000-0000-0000-0000-000000000000".parse().unwrap(), ..entry(0) };
    assert!(matches!(nil.to_canonical(), Err(EntryError::Field { field: "id", .. })));
    for at in ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59.999999999Z", "9999-12-30T22:00:00.5Z"] {
        let entry = Entry { occurred_at: at.parse().unwrap(), ..entry(0) };
        let line = entry.to_canonical().unwrap();
        assert!(String::from_utf8(line.clone()).unwrap().contains(at));
        assert_eq!(Entry::from_canonical(&line).unwrap(), entry);
    }
}

#[test]
fn an_import_gives_the_same_id_twice_and_another_to_another_fact() {
    let at: Timestamp = "2016-03-01T08:00:00Z".parse().unwrap();
    let id = import_id(at, [1; 32]);
    assert_eq!(id, import_id(at, [1; 32]));
    assert_ne!(id, import_id(at, [2; 32]));
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(id.get_timestamp().unwrap().to_unix().0, 1_456_819_200);
    let before_1970 = import_id("1960-01-01T00:00:00Z".parse().unwrap(), [1; 32]);
    assert_eq!(before_1970.get_timestamp().unwrap().to_unix().0, 0);
}

/// Any JSON value whose numbers are exact, with the characters that canonical forms get wrong.
fn any_value() -> impl Strategy<Value = Value> {
    let text =
        prop_oneof![any::<String>(), "[\u{0}-\u{24}\\\\/\u{7f}-\u{a0}\u{2028}\u{d7ff}\u{e000}\u{fb33}\u{1f600}]{0,6}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991..=9_007_199_254_740_991_i64).prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..6)
                .prop_map(|m| Value::Object(m.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_entry_is_written_as_serde_jcs_writes_it_and_comes_back(
        body in prop::collection::btree_map(any::<String>(), any_value(), 0..5),
        actor in ".{1,20}", subject in any::<String>(), nanosecond in -62_000_000_000_000_000_000_i128..253_000_000_000_000_000_000,
        origin in prop::sample::select(&Origin::ALL[..]),
    ) {
        let occurred_at = Timestamp::from_nanosecond(nanosecond).unwrap();
        let entry = Entry { body: body.into_iter().collect(), actor, subject: format!("case/{subject}"), occurred_at, origin, ..entry(4) };
        let line = entry.to_canonical().unwrap();
        let theirs = theirs(&entry);
        prop_assert_eq!(String::from_utf8_lossy(&line), String::from_utf8_lossy(&theirs));
        prop_assert_eq!(Entry::from_canonical(&line).unwrap(), entry);
    }

    #[test]
    fn bytes_never_make_the_reader_panic_and_what_it_accepts_is_canonical(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..4), noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = Entry::from_canonical(&noise);
        let mut line = entry(1).to_canonical().unwrap();
        for (at, byte, how) in edits {
            let at = at.index(line.len());
            match how {
                0 => line[at] = byte,
                1 => line.insert(at, byte),
                _ => drop(line.remove(at)),
            }
        }
        if let Ok(entry) = Entry::from_canonical(&line) {
            prop_assert_eq!(entry.to_canonical().unwrap(), line);
        }
    }
}
