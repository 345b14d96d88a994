//! What holds for any bytes: no crash, every row counted once, the same outcome however the bytes come.

use std::io::{self, Read};

use proptest::prelude::*;
use vigie_links::read_events;

use crate::support::{Found, now, read, small_mapping};

/// Gives its bytes in pieces of the given size.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.0.len().min(buf.len()).min(self.1);
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// Fields that are good, odd or broken, so that rows of every kind come about.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("INC1".to_owned()),
        Just("New".to_owned()),
        Just("Waiting".to_owned()),
        Just("29/2/2016 01:16".to_owned()),
        Just("2016-03-27T02:30".to_owned()),
        Just("\"open".to_owned()),
        Just("\"a;b\"".to_owned()),
        Just("\"a\"\"b\n\"".to_owned()),
        Just("\"a\"b".to_owned()),
        Just("\0".to_owned()),
        "\\PC{0,12}",
        any::<i64>().prop_map(|n| n.to_string()),
    ]
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    let row = prop::collection::vec(field(), 0..9).prop_map(|fields| fields.join(";"));
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    prop::collection::vec((row, end), 0..30).prop_map(|rows| {
        let rows: String = rows.into_iter().map(|(row, end)| row + end).collect();
        format!("Number;Opened;Updated;Closed;State;Title;Count\n{rows}").into_bytes()
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_crash(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes, &small_mapping());
    }

    #[test]
    fn any_bytes_after_a_header_add_up(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let file = [&b"Number;Opened;Updated;State\n"[..], &bytes].concat();
        // A UTF-16 mark or a broken first line may spoil the header; the sums are checked by `read`.
        let _ = read(&file, &small_mapping());
    }

    #[test]
    fn rows_of_every_kind_add_up_and_a_second_run_says_the_same(file in file(), piece in 1_usize..50) {
        let first = read(&file, &small_mapping()).unwrap();
        let mut again = Found::default();
        let summary = read_events(Pieces(&file, piece), &small_mapping(), now(), &mut again).unwrap();
        prop_assert_eq!(first.keys(), again.keys());
        prop_assert_eq!(&first.rejects, &again.rejects);
        prop_assert_eq!(first.summary, summary);
    }

    #[test]
    fn a_good_row_is_taken_whatever_line_comes_before_it(line in "[^\n\r]{0,60}") {
        let file = format!("Number;Updated;State\n{line}\nGOOD;2016-03-01;New\n");
        let found = read(file.as_bytes(), &small_mapping()).unwrap();
        prop_assert!(found.events.iter().any(|e| e.subject == "case/GOOD"), "{}", found.refused());
    }
}
