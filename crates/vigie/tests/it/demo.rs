//! The demonstrated year, as the program keeps and judges it.

use jiff::civil::{Date, date};
use vigie::features::judgement;
use vigie_rules::judgement::Month;
use vigie_testkit::{Place, on_both};

use crate::support::{json_without_head, judge, open_demo, seed};

const TODAY: Date = date(2026, 11, 24);

#[test]
fn every_month_of_the_demonstrated_year_is_judged_and_the_same_on_both_engines() {
    let both = [Place::sqlite(), Place::postgres()].map(|place| {
        let vigie = open_demo(&place);
        seed(&vigie, TODAY);
        let head = vigie.store.read(vigie_store::journal::head).unwrap();
        seed(&vigie, TODAY);
        assert_eq!(vigie.store.read(vigie_store::journal::head).unwrap(), head, "made once");

        let (first, last) = vigie.store.read(|tx| judgement::months(tx, &vigie.promise.rulebook)).unwrap().unwrap();
        assert_eq!((Month::of(date(2025, 11, 1)), Month::of(TODAY)), (first, last));
        (0..13).map(|n| judge(&vigie, &first.plus(n).to_string())).collect::<Vec<_>>()
    });
    for (sqlite, postgres) in both[0].iter().zip(&both[1]) {
        let month = sqlite.judgement.month;
        assert_eq!(json_without_head(sqlite), json_without_head(postgres), "{month}");
        let points = sqlite.judgement.total_points;
        assert_eq!(points, sqlite.judgement.indicators.iter().map(|i| i.points).sum::<u64>(), "{month}");
        // A provider that holds, with bad weeks: never without a point, never a disaster. The month in course
        // has few cases yet, of which one weighs much.
        assert!(month == Month::of(TODAY) || (1..400).contains(&points), "{month}: {points} points");
        assert_eq!(sqlite.judgement.unclassified, 0, "{month}");
    }
}

#[test]
fn a_demonstration_that_was_cut_is_completed_and_a_real_journal_is_never_mixed_with_one() {
    on_both(|place| {
        let vigie = open_demo(place);
        seed(&vigie, TODAY);
        let accounts = |v: &vigie::app::Vigie| {
            v.store.read(|tx| tx.query_one("SELECT COUNT(*) FROM account", &[], |row| row.u64(0))).unwrap()
        };
        let (made, head) = (accounts(&vigie), vigie.store.read(vigie_store::journal::head).unwrap().size);
        let cut = vigie.store.write(|tx| tx.execute("DELETE FROM account WHERE name LIKE 'g%'", &[])).unwrap();
        assert!((1..made).contains(&cut), "{cut} of {made}");
        seed(&vigie, TODAY);
        // Each account that is made again is an entry; nothing else is.
        assert_eq!((accounts(&vigie), vigie.store.read(vigie_store::journal::head).unwrap().size), (made, head + cut));

        let real = place.another();
        let vigie = crate::support::open(&real);
        let refused = vigie::live::seed_demo(&vigie, TODAY, &[], crate::support::now()).unwrap_err();
        assert!(refused.to_string().contains("is not a demonstration"), "{refused}");
    });
}
