//! The read tables hold nothing that the journal does not: thrown away, they come back the same.

use jiff::civil::date;
use vigie::app::Vigie;
use vigie_store::{StoreError, Tx};
use vigie_testkit::{Place, on_both};

use crate::support::{import, open, open_demo, run, seed, servicenow_log};

/// Every column of every row of the read tables.
fn rows(vigie: &Vigie) -> Vec<String> {
    let histories = "SELECT subject, class, number, first_at, last_at, open, version, timeline, priority, started_at, \
                     restored_at, due_at, matters_until FROM history ORDER BY subject";
    let cases = "SELECT subject, number, class, phase, priority, vip, title, requester, team, assignee, service, site, \
                 item, origin, reference, next_due_clock, open, major, opened_at, changed_at, version, started_at, \
                 restored_at, due_at, next_due_at FROM desk_case ORDER BY subject";
    let read = |tx: &mut Tx<'_>| {
        let mut rows = tx.query_all(histories, &[], |row| {
            let texts = (row.text(0)?, row.text(1)?, row.text(2)?, row.opt_text(8)?);
            let known = (row.i64(3)?, row.i64(4)?, row.bool(5)?, row.i64(6)?, row.i64(12)?);
            let maybe = (row.opt_i64(9)?, row.opt_i64(10)?, row.opt_i64(11)?);
            Ok(format!("{texts:?} {known:?} {maybe:?} {:?}", row.blob(7)?))
        })?;
        rows.extend(tx.query_all(cases, &[], |row| {
            let texts = (0..16).map(|n| row.opt_text(n)).collect::<Result<Vec<_>, _>>()?;
            let flags = (row.bool(16)?, row.bool(17)?);
            let numbers = (18..25).map(|n| row.opt_i64(n)).collect::<Result<Vec<_>, _>>()?;
            Ok(format!("{texts:?} {flags:?} {numbers:?}"))
        })?);
        let said = "SELECT seq, subject, side, text FROM said_text ORDER BY seq";
        rows.extend(tx.query_all(said, &[], |row| {
            Ok(format!("{} {} {:?} {}", row.i64(0)?, row.text(1)?, row.opt_text(2)?, row.text(3)?))
        })?);
        Ok::<_, StoreError>(rows)
    };
    vigie.store.read(read).unwrap()
}

#[track_caller]
fn check(place: &Place, fill: impl Fn(&Vigie)) -> Vec<String> {
    let vigie = open(place);
    fill(&vigie);
    let before = rows(&vigie);
    assert!(before.len() > 100);
    // A row that the journal does not have goes, and one that is spoilt is mended.
    vigie
        .store
        .write(|tx| {
            tx.execute(
                "UPDATE history SET priority = 'P9', last_at = 0 WHERE subject = (SELECT MAX(subject) FROM history)",
                &[],
            )?;
            tx.execute(
                "UPDATE desk_case SET title = 'spoilt' WHERE subject = (SELECT MAX(subject) FROM desk_case)",
                &[],
            )?;
            tx.execute("DELETE FROM history WHERE subject = (SELECT MIN(subject) FROM history)", &[])
        })
        .unwrap();
    assert_ne!(rows(&vigie), before);
    drop(vigie);
    let said = run(place, &["rebuild"]).done();
    assert!(said.contains("entries read again, read tables rebuilt"), "{said}");
    let after = rows(&open(place));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
    run(place, &["verify"]).done();
    before
}

#[test]
fn the_read_tables_of_an_imported_log_are_rebuilt_the_same() {
    let text = servicenow_log(500);
    let both = [Place::sqlite(), Place::postgres()].map(|place| check(&place, |v| _ = import(v, "servicenow", &text)));
    assert_eq!(both[0], both[1], "and are the same on both engines");
}

#[test]
fn the_read_tables_of_the_demonstrated_year_are_rebuilt_the_same() {
    on_both(|place| {
        // The first opening names the journal.
        drop(open_demo(place));
        check(place, |v| seed(v, date(2026, 11, 24)));
    });
}
