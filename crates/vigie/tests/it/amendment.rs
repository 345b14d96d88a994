//! A contract that changes from a day on changes nothing of what began before.

use serde_json::Value;
use vigie_testkit::on_both;

use crate::support::{contract_amended, file, run};

/// The day from which the GTR of a P3 is 8 h.
const DAY: &str = "2026-03-16";
const SHORTER_GTR: &str = r#"
[[set]]
file = "priorities.toml"
table = "delay"
select = { priority = "P3", kind = "restoration" }
key = "value"
value = "8 h"
"#;

/// Each took 9 h of opening: in time under 10 h, late under 8 h.
const LOG: &str = "\
number,opened at,resolved at,priority
BEFORE,2026-03-12 08:00,2026-03-12 17:00,P3
EVE,2026-03-15 23:59,2026-03-16 17:00,P3
MORNING,2026-03-16 00:00,2026-03-16 17:00,P3
AFTER,2026-03-19 08:00,2026-03-19 17:00,P3
";

#[test]
fn a_gtr_amended_from_a_day_on_binds_what_starts_on_that_day_and_nothing_before() {
    on_both(|place| {
        let log = file(place, "log.csv", LOG);
        run(place, &["import", "incidents", &log, "--mapping", "generic"]).done();
        let contract = contract_amended(place, DAY, SHORTER_GTR);
        let judge = |more: &[&str]| -> Value {
            let args = [&["judge", "2026-03", "--format", "json"], more].concat();
            serde_json::from_str(&run(place, &args).done()).unwrap()
        };
        let late = |judged: &Value| -> Vec<String> {
            let row = judged["indicators"].as_array().unwrap().iter().find(|i| i["row"] == 10).unwrap();
            row["items"].as_array().unwrap().iter().map(|i| i["case"].as_str().unwrap().to_owned()).collect()
        };
        let plain = judge(&[]);
        assert_eq!(late(&plain), Vec::<String>::new());
        let amended = judge(&["--contract", &contract]);
        assert_eq!(late(&amended), ["case/AFTER", "case/MORNING"]);
        // The month began under the first version.
        assert!(amended["version"].as_str().unwrap().starts_with("base+"), "{}", amended["version"]);

        for (case, gtr) in [("BEFORE", "10 h"), ("EVE", "10 h"), ("MORNING", "8 h"), ("AFTER", "8 h")] {
            let clock = run(place, &["clock", case, "--contract", &contract]).done();
            assert!(clock.contains(gtr), "{case}: {clock}");
            assert_eq!(clock.contains("over by"), gtr == "8 h", "{case}: {clock}");
        }
    });
}

#[test]
fn an_amendment_is_shown_from_its_day_on() {
    on_both(|place| {
        let contract = contract_amended(place, DAY, SHORTER_GTR);
        let on = |day: &str| run(place, &["contract", "show", &contract, "--at", day]).done();
        assert_ne!(on("2026-03-15"), on("2026-03-16"));
        assert!(!on("2026-03-15").contains("Amendment 1") && on("2026-03-16").contains("Amendment 1"));
        assert!(run(place, &["contract", "check", &contract]).done().contains("version 2026-03-16"));
    });
}
