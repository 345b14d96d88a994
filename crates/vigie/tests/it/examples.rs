//! The two worked examples of 3.4.6.1, through a file, the journal and the printed judgement.

use std::fmt::Write as _;

use serde_json::Value;
use vigie_testkit::{Place, on_both};

use crate::support::{contract_amended, file, run};

/// Imports incidents and gives a row of the judged month.
fn judged(place: &Place, log: &str, more: &[&str], row: u64) -> Value {
    let log = file(place, "log.csv", log);
    run(place, &[&["import", "incidents", &log, "--mapping", "generic"], more].concat()).done();
    let json = run(place, &[&["judge", "2026-03", "--format", "json"], more].concat()).done();
    let json: Value = serde_json::from_str(&json).unwrap();
    json["indicators"].as_array().unwrap().iter().find(|i| i["row"] == row).unwrap().clone()
}

/// The first example: a promise of 1 h with steps of 30 min and a weight of 2.
const FIRST: &str = r#"
[[set]]
file = "priorities.toml"
table = "delay"
select = { priority = "P1", kind = "restoration", infra = "network_toip" }
key = "value"
value = "1 h"

[[set]]
file = "priorities.toml"
table = "delay"
select = { priority = "P1", kind = "restoration", infra = "other" }
key = "value"
value = "1 h"

[[set]]
file = "indicators.toml"
table = "indicator"
select = { row = 9 }
key = "measure"
value = { kind = "case_overrun", population = { class = "incident", priorities = ["P1", "P2"], major = true }, clock = "restoration", step = "30 min" }
"#;

#[test]
fn the_first_worked_example_gives_eight_points() {
    on_both(|place| {
        let contract = contract_amended(place, "2026-01-01", FIRST);
        // Opened and restored 2 h 45 later, within opening hours.
        let log = "number,opened at,resolved at,priority\nX-1,2026-03-03 09:00,2026-03-03 11:45,P1\n";
        let row = judged(place, log, &["--contract", &contract], 9);
        assert_eq!((&row["weight"], &row["steps"], &row["points"]), (&2.into(), &"4".into(), &"8".into()), "{row:#}");
        let item = &row["items"][0];
        assert_eq!((&item["case"], &item["points"]), (&"case/X-1".into(), &"8".into()));
        assert_eq!((&item["elapsed"], &item["target"]), (&"PT2H45M".into(), &"PT1H".into()));
    });
}

#[test]
fn the_second_worked_example_gives_six_points_in_the_contract_as_it_is() {
    on_both(|place| {
        let mut log = "number,opened at,resolved at,priority\n".to_owned();
        for n in 0..100 {
            // Twelve of a hundred P2 need more than the 4 h of their GTR.
            let minutes = if n < 12 { 241 } else { 239 };
            let (hour, minute) = (8 + minutes / 60, minutes % 60);
            let day = 2 + n % 4;
            writeln!(log, "X-{n:03},2026-03-{day:02} 08:00,2026-03-{day:02} {hour:02}:{minute:02},P2").unwrap();
        }
        let row = judged(place, &log, &[], 11);
        assert_eq!((&row["population"], &row["weight"]), (&100.into(), &3.into()));
        assert_eq!((&row["measured"], &row["expected"]), (&"22/25".into(), &"9/10".into()));
        assert_eq!((&row["steps"], &row["points"]), (&"2".into(), &"6".into()), "{row:#}");
        assert_eq!(row["items"].as_array().unwrap().len(), 12);
    });
}
