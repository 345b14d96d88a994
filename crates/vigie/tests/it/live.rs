//! The server's own answers, from a store.

use std::sync::Arc;

use jiff::civil::date;
use vigie::{
    features::{
        judgement::{view::WhatIf, whatif::RowChange},
        people::{Accounts as _, Notice},
    },
    live::Live,
    web::source::Source as _,
};
use vigie_rules::judgement::{Judgement, Month};
use vigie_testkit::on_both;

use crate::support::{import, now, open, open_demo, run, seed};

#[test]
fn a_judged_month_is_kept_through_sign_ins_and_judged_again_after_a_fact() {
    on_both(|place| {
        let live = Live::new(open(place), false);
        let fact = |line: &str| _ = import(live.vigie(), "generic", &format!("number,opened at\n{line}\n"));
        let month = "2016-01".parse().unwrap();
        let judged = || live.judgement(month).unwrap();
        fact("A-1,2016-01-05 08:00");
        let first = judged();
        assert!(Arc::ptr_eq(&first, &judged()));
        live.note(&Notice::SignedIn { name: "claire".to_owned(), second: None, through: None, at: now() }).unwrap();
        assert!(Arc::ptr_eq(&first, &judged()), "a sign-in changes no month");
        fact("A-2,2016-01-06 08:00");
        let second = judged();
        assert!(!Arc::ptr_eq(&first, &second), "a fact does");
        assert!(second.unclassified > first.unclassified, "{} {}", first.unclassified, second.unclassified);
    });
}

/// Points by row.
fn points(judgement: &Judgement) -> Vec<(u8, u64)> {
    judgement.indicators.iter().map(|i| (i.row, i.points)).collect()
}

fn points_of(judgement: &Judgement, row: u8) -> u64 {
    judgement.indicators.iter().filter(|i| i.row == row).map(|i| i.points).sum()
}

#[test]
fn another_delay_for_a_row_changes_that_row_and_no_other() {
    on_both(|place| {
        let live = Live::new(open(place), false);
        let log = "number,opened at,resolved at,priority\n\
               A-1,2016-01-05 08:00,2016-01-05 15:00,P2\nA-2,2016-01-06 08:00,2016-01-08 17:00,P3\n";
        import(live.vigie(), "generic", log);
        let month = "2016-01".parse().unwrap();
        let real = live.judgement(month).unwrap();
        let with = |delay: &str| {
            let row = RowChange { row: 10, expected_time: Some(delay.parse().unwrap()), ..RowChange::default() };
            live.what_if(month, &WhatIf { row: Some(row), case: None }).unwrap()
        };
        assert!(points_of(&real, 10) > 0, "{:?}", points(&real));
        let (longer, shorter) = (with("80 h"), with("30 min"));
        assert_eq!(points_of(&longer, 10), 0, "restored within eighty hours");
        assert!(points_of(&shorter, 10) > points_of(&real, 10));
        let others = |j: &Judgement| points(j).into_iter().filter(|(row, _)| *row != 10).collect::<Vec<_>>();
        assert_eq!((others(&longer), others(&shorter)), (others(&real), others(&real)));
    });
}

#[test]
fn a_restoration_supposed_after_the_latest_fact_counts() {
    on_both(|place| {
        let live = Live::new(open(place), false);
        import(live.vigie(), "generic", "number,opened at,priority\nA-1,2016-01-05 08:00,P2\n");
        let month = "2016-01".parse().unwrap();
        let with = |at: &str| {
            let case = Some(("A-1".to_owned(), at.parse().unwrap()));
            live.what_if(month, &WhatIf { row: None, case }).unwrap()
        };
        assert_eq!(points_of(&live.judgement(month).unwrap(), 10), 0, "nothing is late yet");
        assert_eq!(points_of(&with("2016-01-05T09:00:00+01:00"), 10), 0, "in time");
        assert!(points_of(&with("2016-01-06T17:00:00+01:00"), 10) > 0, "late");
    });
}

#[test]
fn a_target_missed_by_nothing_says_that_no_step_has_started() {
    on_both(|place| {
        let log = "number,opened at,resolved at,priority\n\
               A-1,2016-01-05 09:00,2016-01-05 13:00,P2\nA-2,2016-01-05 09:00,2016-01-05 13:01,P2\n";
        let vigie = open(place);
        import(&vigie, "generic", log);
        drop(vigie);
        let note = "exactly at the delay: late, no started step";
        assert!(run(place, &["clock", "A-1"]).done().contains(note));
        let over = run(place, &["clock", "A-2"]).done();
        assert!(over.contains("over by 1 min") && !over.contains(note), "{over}");
    });
}

#[test]
fn another_delay_for_a_dated_duty_changes_its_row_and_no_other() {
    on_both(|place| {
        let vigie = open_demo(place);
        seed(&vigie, date(2026, 11, 24));
        let live = Live::new(vigie, true);
        let mut late = 0;
        for month in (0..12).map(|n| "2025-11".parse::<Month>().unwrap().plus(n)) {
            let real = live.judgement(month).unwrap();
            let with = |row: u8, delay: &str| {
                let change = RowChange { row, expected_time: Some(delay.parse().unwrap()), ..RowChange::default() };
                live.what_if(month, &WhatIf { row: Some(change), case: None }).unwrap()
            };
            // Minutes of the steering committee (3): five working days; updates of documents (31): two.
            for row in [3, 31].into_iter().filter(|row| points_of(&real, *row) > 0) {
                let (longer, shorter) = (with(row, "30 working days"), with(row, "1 working day"));
                assert_eq!(points_of(&longer, row), 0, "{month}, row {row}");
                assert!(points_of(&shorter, row) > points_of(&real, row), "{month}, row {row}");
                let others = |j: &Judgement| points(j).into_iter().filter(|(r, _)| *r != row).collect::<Vec<_>>();
                assert_eq!((others(&longer), others(&shorter)), (others(&real), others(&real)), "{month}, row {row}");
                late += 1;
            }
        }
        assert!(late >= 2, "the year has late minutes and late documents");
    });
}
