//! Taking in a log: once, whole, and with every loss explained.

use vigie_store::journal;
use vigie_testkit::on_both;

use std::process::{Command, Stdio};

use crate::support::{beside, file, import, journal_lines, open, program, reading, run, said, servicenow_log};

/// A log in the generic dialect: what is good in it, and one thing of each kind that is not.
const MIXED: &str = "\
number;opened at;resolved at;priority;state
A-1;2016-03-01 08:00;2016-03-01 09:30;P1;
A-2;2016-03-31 25:99;2016-03-01 09:30;P3;
A-3;2016-03-02 08:00;not a date;P3;
;2016-03-02 08:00;;P3;
A-5;2016-03-03 08:00;;P9;
A-6;2016-03-04 08:00;2016-03-04 10:00
A-7;2999-01-01 08:00;;P2;
A-8;2016-03-05 08:00;2016-03-07 10:00;P4;
";

#[test]
fn a_log_imported_twice_adds_nothing() {
    on_both(|place| {
        let vigie = open(place);
        let text = servicenow_log(300);
        let (first, _) = import(&vigie, "servicenow", &text);
        assert_eq!((first.recorded.added, first.recorded.known), (first.summary.events, 0));
        assert_eq!((first.summary.rows, first.cases), (1_200, 300));
        let head = vigie.store.read(journal::head).unwrap();
        assert_eq!(head.size, first.recorded.added + 1, "the events, and that the file was taken in");

        let (second, _) = import(&vigie, "servicenow", &text);
        assert_eq!((second.recorded.added, second.recorded.known), (0, first.recorded.added));
        assert_eq!(vigie.store.read(journal::head).unwrap(), head, "the very same signed head");
    });
}

#[test]
fn a_longer_log_of_the_same_cases_adds_only_what_is_new() {
    on_both(|place| {
        let vigie = open(place);
        let text = servicenow_log(40);
        let (rows, cut) = (text.lines().count(), 100);
        let begun: String = text.split_inclusive('\n').take(cut).collect();
        let (first, _) = import(&vigie, "servicenow", &begun);
        let (second, _) = import(&vigie, "servicenow", &text);
        assert_eq!(second.recorded.known, first.recorded.added);
        assert!(second.recorded.added >= (rows - cut) as u64, "{second:?}");

        let other = place.another();
        let at_once = open(&other);
        import(&at_once, "servicenow", &text);
        let histories = |v: &vigie::app::Vigie| {
            let sql = "SELECT subject FROM history ORDER BY subject";
            v.store.read(|tx| tx.query_all(sql, &[], |row| Ok(row.text(0)?.to_owned()))).unwrap()
        };
        assert_eq!(histories(&vigie), histories(&at_once));
        let sorted = |mut lines: Vec<String>| {
            // The numbers differ, for the first file was said to be in before the second began.
            for line in &mut lines {
                let at = line.find("\"seq\":").unwrap();
                let end = line[at..].find(',').unwrap() + at;
                line.replace_range(at..end, "");
            }
            lines.retain(|line| !line.contains("\"kind\":\"import.completed\""));
            lines.sort();
            lines
        };
        assert_eq!(sorted(journal_lines(&vigie.store)), sorted(journal_lines(&at_once.store)));
    });
}

#[test]
fn what_cannot_be_read_is_explained_and_takes_nothing_good_with_it() {
    on_both(|place| {
        let vigie = open(place);
        let (report, rejects) = import(&vigie, "generic", MIXED);
        let s = &report.summary;
        assert_eq!(s.rows, 8);
        assert_eq!(s.rows, s.accepted + s.partial + s.rejected);
        assert_eq!((s.accepted, s.partial, s.rejected), (2, 3, 3), "{s:?}");
        assert_eq!(report.recorded.added, s.events);

        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(rejects.as_bytes()).into_records().map(Result::unwrap).collect();
        let told: Vec<(&str, &str, &str, &str)> = rows.iter().map(|r| (&r[0], &r[1], &r[2], &r[3])).collect();
        assert_eq!(
            told,
            [
                ("3", "opened at", "2016-03-31 25:99", "date_unreadable"),
                ("4", "resolved at", "not a date", "date_unreadable"),
                ("5", "number", "", "number_missing"),
                ("6", "priority", "P9", "value_unknown"),
                ("7", "", "A-6 2016-03-04 08:00 2016-03-04 10:00", "column_count"),
                ("8", "opened at", "2999-01-01 08:00", "date_in_future"),
            ]
        );
        assert_eq!(rows.len() as u64, s.rejects.values().sum::<u64>(), "each counted reject is in the file");
        assert!(rows.iter().all(|r| !r[4].is_empty() && !r[5].is_empty()), "each is explained in both languages");

        let sql = "SELECT number FROM history ORDER BY number";
        let kept = vigie.store.read(|tx| tx.query_all(sql, &[], |row| Ok(row.text(0)?.to_owned()))).unwrap();
        assert_eq!(kept, ["A-1", "A-2", "A-3", "A-5", "A-8"]);
    });
}

#[test]
fn a_file_mended_after_its_rejects_adds_only_what_was_mended() {
    on_both(|place| {
        let vigie = open(place);
        let (first, _) = import(&vigie, "generic", MIXED);
        let mended = MIXED.replace("not a date", "2016-03-02 11:00").replace(";P9;", ";P2;");
        let (second, rejects) = import(&vigie, "generic", &mended);
        assert_eq!(second.recorded.known, first.recorded.added - 1, "the classification of A-5 without a priority");
        assert_eq!(second.recorded.added, 2, "a restoration and a classification");
        assert!(!rejects.contains("not a date") && !rejects.contains("P9"), "{rejects}");
    });
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    on_both(|place| {
        let log = file(place, "log.csv", MIXED);
        let dry = ["import", "incidents", &log, "--mapping", "generic", "--dry-run"];
        let said = run(place, &dry).done();
        assert!(said.contains("Dry run: nothing was changed."), "{said}");
        assert!(said.contains("line 4") && said.contains("not a date"), "{said}");
        assert!(!place.data.exists(), "not even a data directory");
        assert!(!std::fs::exists(beside(place, "log.csv.rejects.csv")).unwrap());

        run(place, &["import", "incidents", &log, "--mapping", "generic"]).done();
        let before = journal_lines(&reading(place));
        let again = run(place, &dry).done();
        assert!(again.contains("events 0 new"), "{again}");
        assert_eq!(journal_lines(&reading(place)), before);
    });
}

#[test]
fn what_a_dry_run_announces_is_what_the_import_does() {
    on_both(|place| {
        let log = file(place, "log.csv", servicenow_log(50));
        let args = ["import", "incidents", &log, "--mapping", "servicenow"];
        let announced = run(place, &[&args[..], &["--dry-run"]].concat()).done();
        let done = run(place, &args).done();
        let figures = |text: &str| {
            text.lines().filter(|l| l.starts_with("  ") && !l.contains("took")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(figures(&announced), figures(&done));
    });
}

#[test]
fn a_long_import_shows_how_far_it_is_to_a_terminal_and_to_nothing_else() {
    on_both(|place| {
        let log = file(place, "log.csv", servicenow_log(10_000));
        let args = ["import", "incidents", &log, "--mapping", "servicenow"];
        // `script` gives the program a terminal; what it draws comes back with the table.
        let command = format!("{} {}", env!("CARGO_BIN_EXE_vigie"), args.join(" "));
        let mut shell = Command::new("script");
        shell.args(["-qec", &command, "/dev/null"]).envs(program(place).get_envs().filter_map(|(n, v)| Some((n, v?))));
        let drawn = said(shell.env("TERM", "xterm").stdin(Stdio::null())).done();
        let steps: std::collections::BTreeSet<&str> =
            drawn.split('\r').filter_map(|line| line.split_once('/')?.0.rsplit(' ').nth(1)).collect();
        assert!(drawn.contains(" left") && steps.len() > 2, "{steps:?} {drawn}");
        assert!(drawn.contains("cases 10,000"), "the table follows: {drawn}");
        let piped = run(place, &args);
        assert_eq!((piped.code, piped.err.as_str()), (Some(0), ""), "{piped:?}");
    });
}
