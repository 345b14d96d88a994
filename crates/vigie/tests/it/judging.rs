//! The same facts give the same bytes: on either engine, twice, and from an export alone.

use vigie_testkit::{Place, on_both};

use crate::support::{beside, file, import, json_without_head, judge, open, root, run, servicenow_log};

const MONTHS: [&str; 3] = ["2016-01", "2016-03", "2016-06"];

#[test]
fn one_log_gives_the_same_judgement_on_both_engines() {
    let text = servicenow_log(600);
    let judged: Vec<_> = [Place::sqlite(), Place::postgres()]
        .iter()
        .map(|place| {
            let vigie = open(place);
            import(&vigie, "servicenow", &text);
            MONTHS.map(|month| {
                let judged = judge(&vigie, month);
                (json_without_head(&judged), judged.checkpoint.map(|c| (c.size, c.root)))
            })
        })
        .collect();
    for (month, (sqlite, postgres)) in MONTHS.iter().zip(judged[0].iter().zip(&judged[1])) {
        assert!(sqlite.0.contains("\"case\": \"case/INC"), "{month} has late cases");
        assert_eq!(sqlite.0, postgres.0, "{month}");
        // Taken in at the same instant, both journals even have the same root: they differ by their name only.
        assert_eq!(sqlite.1, postgres.1, "{month}");
    }
}

#[test]
fn a_month_judged_twice_and_from_its_export_gives_the_same_bytes() {
    on_both(|place| {
        let log = file(place, "log.csv", servicenow_log(400));
        run(place, &["import", "incidents", &log, "--mapping", "servicenow"]).done();
        let export = beside(place, "journal.jsonl");
        run(place, &["export", &export]).done();

        // Whoever checks has the export and the contract, and nothing else.
        let elsewhere = Place::sqlite();
        let contract = root().join("contracts/callipso");
        for month in MONTHS {
            let judge = ["judge", month, "--format", "json"];
            let once = run(place, &judge).done();
            assert_eq!(run(place, &judge).done(), once, "{month}, twice");
            let from = [&judge[..], &["--from", &export, "--contract", contract.to_str().unwrap()]].concat();
            assert_eq!(run(&elsewhere, &from).done(), once, "{month}, from the export");
            assert!(once.contains("\"checkpoint\": {"), "{once}");
        }
        // Without a month, the last that is over: of all, or at the instant as of which it is judged.
        let contract = contract.to_str().unwrap();
        for more in [&[][..], &["--as-of", "2016-03-31T21:59:59Z"], &["--as-of", "2016-03-31T22:00:00Z"]] {
            let judge = [&["judge", "--format", "json"], more].concat();
            let once = run(place, &judge).done();
            let from = [&judge[..], &["--from", &export, "--contract", contract]].concat();
            assert_eq!(run(&elsewhere, &from).done(), once, "{more:?}, from the export");
            let month = match more.last() {
                None => "2016-07",
                Some(at) if at.ends_with("21:59:59Z") => "2016-02",
                Some(_) => "2016-03",
            };
            assert!(once.contains(&format!("\"period\": \"{month}\"")), "{more:?}: {once}");
        }
        assert!(!elsewhere.data.exists(), "judging from an export makes no data directory");
    });
}

#[test]
fn what_was_imported_in_another_order_is_judged_the_same() {
    let text = servicenow_log(300);
    let (header, rows) = text.split_once('\n').unwrap();
    let backwards: String = rows.lines().rev().fold(format!("{header}\n"), |text, row| text + row + "\n");
    let of = |place: &Place, text: &str| {
        let vigie = open(place);
        import(&vigie, "servicenow", text);
        MONTHS.map(|month| json_without_head(&judge(&vigie, month)))
    };
    on_both(|place| assert_eq!(of(place, &text), of(&place.another(), &backwards)));
}

#[test]
fn a_judgement_of_the_past_does_not_change_when_another_month_comes_in() {
    on_both(|place| {
        let vigie = open(place);
        let text = "number,opened at,resolved at,priority\nA-1,2016-01-05 08:00,2016-01-06 17:00,P3\n";
        import(&vigie, "generic", text);
        let points = |month: &str| judge(&vigie, month).judgement.total_points;
        let january = points("2016-01");
        assert_eq!((january > 0, points("2016-02")), (true, 0));
        import(&vigie, "generic", &text.replace("A-1", "A-2").replace("2016-01", "2016-02"));
        assert_eq!((points("2016-01"), points("2016-02") > 0), (january, true));
    });
}
