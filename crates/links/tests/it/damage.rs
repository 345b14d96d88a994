//! Damaged files: what is wrong is listed with its place and its reason, and takes nothing good with it.

use std::io::{self, Read};

use jiff::Timestamp;
use vigie_links::{CaseEvent, Lost, ReadError, Reject, Sink, SinkError, read_events};

use crate::support::{now, read, small_mapping};

const HEADER: &str = "Number;Opened;Updated;Closed;State;Title;Count\n";

fn check(rows: &[u8], refused: &str, events: usize) {
    let file = [HEADER.as_bytes(), rows].concat();
    let found = read(&file, &small_mapping()).unwrap();
    assert_eq!((found.refused().as_str(), found.events.len()), (refused, events), "{}", rows.escape_ascii());
}

#[test]
fn a_bad_field_drops_only_what_needs_it() {
    // A date: its event. A value that the event needs: the event. A value for people: itself.
    check(b"1;31/02/2016 10:00;2016-03-01;;New;;\n", r#"2 "Opened" "31/02/2016 10:00": date_unreadable (Field)"#, 1);
    check(b"1;2016-03-01;2016-03-01;;-100;;\n", r#"2 "State" "-100": value_unknown (Field)"#, 1);
    check(b"1;2016-03-01;2016-03-01;;?;;\n", r#"2 "State" "?": value_missing (Field)"#, 1);
    check(b"1;2016-03-01;2016-03-01;;New;;12x\n", r#"2 "Count" "12x": integer_unreadable (Field)"#, 2);
    check(
        b"1;2016-03-01;2016-03-01;;New;;1234567890123456\n",
        r#"2 "Count" "1234567890123456": number_too_long (Field)"#,
        2,
    );
    check(b"1;2016-03-01;2016-03-01;;New;a\0b;\n", r#"2 "Title" "a\\u{0}b": nul_character (Field)"#, 2);
    check(b"1;2016-03-01;2016-03-01;;New;;\n", "", 2);
}

#[test]
fn dates_are_believed_between_1990_and_the_import() {
    check(b"1;1989-12-31T23:59:59Z;;;;;\n", r#"2 "Opened" "1989-12-31T23:59:59Z": date_too_old (Row)"#, 0);
    check(b"1;1990-01-01T00:00:00Z;;;;;\n", "", 1);
    check(b"1;2026-11-24T08:00:00Z;;;;;\n", "", 1);
    check(b"1;2026-11-24T08:00:01Z;;;;;\n", r#"2 "Opened" "2026-11-24T08:00:01Z": date_in_future (Row)"#, 0);
}

#[test]
fn a_bad_key_or_a_broken_record_drops_the_row_and_the_next_one_is_read() {
    for (bad, refused) in [
        (&b";2016-03-01;;;;;\n"[..], r#"2 "Number" "": number_missing (Row)"#),
        (b"?;2016-03-01;;;;;\n", r#"2 "Number" "?": number_missing (Row)"#),
        (b"a\x07;2016-03-01;;;;;\n", r#"2 "Number" "a\\u{7}": number_invalid (Row)"#),
        (b"1;2016-03-01\n", r#"2 "" "1 2016-03-01": column_count (Row)"#),
        (b"1;2016-03-01;;;;;;x\n", r#"2 "" "1 2016-03-01      x": column_count (Row)"#),
        (b"1;2016-03-01;;;;\"x\"y;\n", r#"2 "" "1;2016-03-01;;;;\"x\"y;": text_after_quote (Row)"#),
        (b"1;2016-03-01;;;;\"x;\n", r#"2 "" "1;2016-03-01;;;;\"x;": quote_open (Row)"#),
        (b"1;;;;New;x;1\n", r#"2 "Number" "1": no_event (Row)"#),
        (b"\n1;2016-03-01\n", r#"3 "" "1 2016-03-01": column_count (Row)"#),
    ] {
        check(&[bad, b"2;2016-03-01;;;;;\n"].concat(), refused, 1);
    }
}

#[test]
fn empty_fields_after_the_last_column_are_harmless() {
    check(b"1;2016-03-01;;;;;;;;\n", "", 1);
}

#[test]
fn a_case_number_has_at_most_100_bytes() {
    let row = |n: usize| format!("{};2016-03-01;;;;;\n", "x".repeat(n)).into_bytes();
    check(&row(100), "", 1);
    let value = "x".repeat(101);
    check(&row(101), &format!("2 \"Number\" {value:?}: number_invalid (Row)"), 0);
}

#[test]
fn bytes_that_are_not_text_are_listed_with_their_field() {
    let file = [
        HEADER.as_bytes(),
        "1;2016-03-01;2016-03-01;;New;été à Forêt;\n".as_bytes(),
        b"2;2016-03-01;2016-03-01;;New;caf\xe9;\n\xff;;;;;;\n",
    ]
    .concat();
    let found = read(&file, &small_mapping()).unwrap();
    insta::assert_snapshot!(found.refused(), @r#"
    3 "Title" "caf\\xe9": invalid_bytes (Field)
    4 "Number" "\\xff": invalid_bytes (Row)
    "#);
    assert_eq!((found.summary.accepted, found.summary.partial, found.summary.rejected), (1, 1, 1));
    assert_eq!(found.events.len(), 4);
}

#[test]
fn strange_values_survive_as_they_are() {
    for value in [
        "=1+1",
        "-100",
        "'; DROP TABLE entries; --",
        "<script>alert(1)</script>",
        "${jndi:ldap://x}",
        "\u{202e}txt.exe",
        "Z\u{351}\u{36b}a\u{308}lgo",
        "👩‍👩‍👧 ﷽",
        "null",
        "NaN",
        "1e309",
        "\\u0000",
        "  spaces kept  ",
        "ﬁ ǅ ß İ",
        "\u{7f}\u{1b}[31m",
        "{\"state\":\"closed\"}",
    ] {
        let file = format!("{HEADER}1;;2016-03-01;;New;\"{}\";\n", value.replace('"', "\"\""));
        let found = read(file.as_bytes(), &small_mapping()).unwrap();
        assert_eq!(found.events[0].body["title"], *value);
        assert_eq!(found.refused(), "");
    }
    let found = read(format!("{HEADER}../é 😀'--;2016-03-01;;;;;\n").as_bytes(), &small_mapping()).unwrap();
    assert_eq!(found.events[0].subject, "case/../é 😀'--");
}

#[test]
fn a_reject_shows_the_start_of_a_long_value() {
    let file = format!("{HEADER}1;2016-03-01;{};;;;\n", "é".repeat(500));
    let found = read(file.as_bytes(), &small_mapping()).unwrap();
    assert_eq!(found.rejects[0].value.chars().count(), 201);
    assert_eq!(found.rejects[0].lost, Lost::Field);
}

#[test]
fn a_file_that_lacks_a_column_says_what_it_has_and_what_is_wanted() {
    let error = read(b"Id;Updated\n1;2016-03-01\n", &small_mapping()).unwrap_err();
    insta::assert_snapshot!(error, @r#"the file lacks number (called "Number", "N°"), and needs at least one of opened, state, closed; nothing was taken. Its headers are: "Id", "Updated". Add them to the mapping's [columns], or check the separator"#);
    let error = read(b"Number;Title\n1;a\n", &small_mapping()).unwrap_err();
    assert!(error.to_string().starts_with("the file needs at least one of opened, updated, state, closed;"), "{error}");
}

#[test]
fn two_columns_of_one_name_are_refused_only_when_the_mapping_reads_them() {
    let error = read(b"Number;Updated;State;state\n1;2016-03-01;New;Done\n", &small_mapping()).unwrap_err();
    assert!(matches!(error, ReadError::RepeatedHeader { ref column, .. } if column == "state"), "{error}");
    assert!(read(b"Number;Updated;State;x;x\n1;2016-03-01;New;;\n", &small_mapping()).is_ok());
}

#[test]
fn a_header_that_is_no_record_is_refused() {
    let error = read(b"Number;\"Updated\n1;2016-03-01\n", &small_mapping()).unwrap_err();
    insta::assert_snapshot!(error, @"the header row (line 1) cannot be read; nothing was taken: a quote is opened and never closed: close it or double it");
}

/// Fails after its first bytes, as a disk or a network does.
struct Cut<'a>(&'a [u8]);

impl Read for Cut<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("unplugged"));
        }
        self.0.read(buf)
    }
}

/// Refuses its third event.
#[derive(Default)]
struct Full(usize);

impl Sink for Full {
    fn event(&mut self, _: CaseEvent) -> Result<(), SinkError> {
        self.0 += 1;
        if self.0 > 2 { Err("disk full".into()) } else { Ok(()) }
    }

    fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
        Ok(())
    }
}

#[test]
fn a_source_or_a_sink_that_fails_ends_the_reading_and_says_where() {
    let file = format!("{HEADER}{}", "1;;2016-03-01;;New;;\n".repeat(10_000));
    let error = read_events(Cut(file.as_bytes()), &small_mapping(), now(), &mut Full(usize::MAX / 2)).unwrap_err();
    assert!(matches!(error, ReadError::Sink { .. }), "{error}");
    let error = read_events(file.as_bytes(), &small_mapping(), now(), &mut Full::default()).unwrap_err();
    assert!(matches!(error, ReadError::Sink { line: 4, .. }), "{error}");
    let error =
        read_events(Cut(HEADER.as_bytes()), &small_mapping(), Timestamp::MAX, &mut Full::default()).unwrap_err();
    assert!(matches!(error, ReadError::Io { line: 0, .. }), "{error}");
}
