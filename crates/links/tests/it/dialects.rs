//! One content, every dialect: the same events come out.

use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};
use vigie_links::Mapping;

use crate::support::{read, small, small_mapping};

const ROWS: [[&str; 5]; 3] = [
    ["Number", "Opened", "Updated", "State", "Title"],
    ["INC1", "29/2/2016 01:16", "29/2/2016 09:30", "New", "Téléphone muet; \"fax\"\r\n, étage 3"],
    ["INC1", "29/2/2016 01:16", "1/3/2016 10:00", "Done", "Réglé"],
];

fn written(separator: &str, quote: &str, end: &str) -> String {
    let field = |text: &str| {
        if text.contains(separator) || text.contains(quote) || text.contains('\n') {
            format!("{quote}{}{quote}", text.replace(quote, &quote.repeat(2)))
        } else {
            text.to_owned()
        }
    };
    ROWS.iter().map(|row| row.map(field).join(separator) + end).collect()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

/// A mapping with other lines in `[dialect]`.
fn with(dialect: &str) -> Mapping {
    Mapping::parse(&small().replace("[dialect]\n", &format!("[dialect]\n{dialect}\n")), "dialect.toml").unwrap()
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    encoding.encode(text).0.into_owned()
}

#[test]
fn every_separator_line_end_and_quote_gives_the_same_events() {
    let expected = read(written(",", "\"", "\n").as_bytes(), &small_mapping()).unwrap();
    insta::assert_snapshot!(expected.told(), @r#"
    2 case/INC1 incident.identified 2016-02-29T00:16:00Z {"source":"ezv"}
    2 case/INC1 incident.observed 2016-02-29T08:30:00Z {"state":"new","title":"Téléphone muet; \"fax\"\r\n, étage 3"}
    4 case/INC1 incident.observed 2016-03-01T09:00:00Z {"state":"resolved","title":"Réglé"}
    "#);
    for separator in [",", ";", "\t", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let found = read(written(separator, "\"", end).as_bytes(), &small_mapping()).unwrap();
            assert_eq!(found.keys(), expected.keys(), "{separator:?} {end:?}");
            assert_eq!(found.summary.separator.to_string(), separator);
        }
        let declared = with(&format!("separator = {separator:?}\nquote = \"'\""));
        let found = read(written(separator, "'", "\n").as_bytes(), &declared).unwrap();
        assert_eq!(found.keys(), expected.keys(), "{separator:?}");
    }
}

#[test]
fn every_encoding_gives_the_same_events() {
    let text = written(";", "\"", "\r\n");
    let expected = read(text.as_bytes(), &small_mapping()).unwrap();
    let marked = format!("\u{feff}{text}").into_bytes();
    for (file, mapping, name) in [
        (marked, small_mapping(), "UTF-8"),
        (encoded(&text, WINDOWS_1252), small_mapping(), "windows-1252"),
        (encoded(&text, WINDOWS_1252), with("encoding = \"iso-8859-1\""), "windows-1252"),
        (utf16(&text, u16::to_le_bytes), small_mapping(), "UTF-16LE"),
        (utf16(&text, u16::to_be_bytes), with("encoding = \"utf-8\""), "UTF-16BE"),
        (utf16(&text, u16::to_le_bytes)[2..].to_vec(), with("encoding = \"utf-16le\""), "UTF-16LE"),
    ] {
        let found = read(&file, &mapping).unwrap();
        assert_eq!(found.keys(), expected.keys(), "{name}");
        assert_eq!(found.summary.encoding, name);
    }
}

#[test]
fn a_japanese_file_is_read_in_its_own_encoding() {
    let text = "Number;Updated;State;Title\nINC1;2019-05-28T10:00;New;電話が繋がらない\n";
    let found = read(&encoded(text, SHIFT_JIS), &with("encoding = \"shift_jis\"")).unwrap();
    insta::assert_snapshot!(found.told(), @r#"2 case/INC1 incident.observed 2019-05-28T08:00:00Z {"state":"new","title":"電話が繋がらない"}"#);
}

#[test]
fn headers_are_found_by_any_of_their_names_and_in_any_order() {
    let found = read("sujet ; STATE;n°;  Updated\nA;New;7;2019-05-28\n".as_bytes(), &small_mapping()).unwrap();
    insta::assert_snapshot!(found.told(), @r#"2 case/7 incident.observed 2019-05-27T22:00:00Z {"state":"new","title":"A"}"#);
}

#[test]
fn lines_before_the_header_are_left_out_as_declared() {
    let file = "Export of 12/03/2026\n\nNumber;Updated;State\n7;2019-05-28;New\n";
    let found = read(file.as_bytes(), &with("header_line = 3")).unwrap();
    assert_eq!((found.events.len(), found.events[0].line), (1, 4));
}

#[test]
fn a_file_without_rows_is_fine_and_a_file_without_header_is_not() {
    let found = read(b"Number;Updated;State", &small_mapping()).unwrap();
    assert_eq!((found.summary.rows, found.summary.events), (0, 0));
    for nothing in ["", "\n\n", "\u{feff}"] {
        let error = read(nothing.as_bytes(), &small_mapping()).unwrap_err();
        assert!(error.to_string().starts_with("the file has no header row"), "{error}");
    }
}
