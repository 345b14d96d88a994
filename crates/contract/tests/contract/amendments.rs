use vigie_contract::{Condition, Contract, ContractHistory, DelayKind, InfraKind, Moment, Priority, parse};

use crate::{assert_told, files, has_site, on};

const AVENANT: &str = r#"
id = "avenant-1"
label = { fr = "Avenant 1", en = "Amendment 1" }
source = { fr = "COPIL du 12 mars 2026", en = "COPIL of 12 March 2026" }
clause = "3.2.2"
effective = 2026-04-01

[[set]]
file = "priorities.toml"
table = "delay"
select = { priority = "P3", kind = "restoration" }
key = "value"
value = "8 h"
"#;

fn amended(amendments: &[&str]) -> Result<ContractHistory, String> {
    let mut files = files();
    for (n, amendment) in (1..).zip(amendments) {
        files.insert(format!("amendments/avenant-{n}.toml"), (*amendment).to_owned());
    }
    parse(&files).map_err(|e| crate::told(&e))
}

fn gtr(contract: &Contract, priority: Priority) -> String {
    let fits = |d: &&vigie_contract::PriorityDelay| {
        d.priority == priority
            && d.kind == DelayKind::Restoration
            && d.infra.is_none_or(|i| i == InfraKind::NetworkToip)
    };
    contract.priorities.delays.iter().find(fits).unwrap().value.to_string()
}

#[test]
fn an_amended_gtr_holds_from_its_day_and_changes_nothing_before() {
    let history = amended(&[AVENANT]).unwrap();
    let on = |day| on(&history, day);
    assert_eq!(gtr(&on("2026-03-31").contract, Priority::P3), "10 h");
    assert_eq!(gtr(&on("2026-04-01").contract, Priority::P3), "8 h");
    assert_eq!(gtr(&on("2030-01-01").contract, Priority::P3), "8 h");
    let plain = parse(&files()).unwrap();
    assert_eq!(on("2026-03-31").contract, plain.base().contract);
    assert_eq!(on("2026-03-31").digest, plain.base().digest);
    // Only that value differs afterwards.
    let mut after = on("2026-04-01").contract.clone();
    for delay in &mut after.priorities.delays {
        if delay.priority == Priority::P3 && delay.kind == DelayKind::Restoration {
            delay.value = "10 h".parse().unwrap();
        }
    }
    assert_eq!(after, plain.base().contract);
    assert_eq!(on("2026-04-01").amendments[0].id, "avenant-1");
    let versions: Vec<&str> = history.versions().map(|v| v.id.as_str()).collect();
    assert_eq!(versions, ["base", "2026-04-01", "2027-01-01"]);
}

#[test]
fn an_amendment_may_add_an_element_and_end_one() {
    let head = AVENANT.split("[[set]]").next().unwrap();
    let changes = format!(
        r#"{head}
[[add]]
file = "perimeter.toml"
table = "site"
element = {{ id = "NEW", class = "central", clause = "2.1", label = {{ fr = "Nouveau", en = "New" }} }}

[[end]]
file = "perimeter.toml"
table = "site"
select = {{ id = "PIXELIA" }}

[[set]]
file = "contract.toml"
key = "start"
value = 2026-01-01

[[set]]
file = "priorities.toml"
table = "major"
key = "by_decision"
value = ["P2", "P3"]
"#
    );
    let history = amended(&[&changes]).unwrap();
    let sites = |day| ["NEW", "PIXELIA"].map(|id| has_site(&history, day, id));
    assert_eq!(sites("2026-03-31"), [false, true]);
    assert_eq!(sites("2026-04-01"), [true, false]);
    let after = &on(&history, "2026-04-01").contract;
    assert_eq!(after.frame.start.unwrap().to_string(), "2026-01-01");
    assert_eq!(after.priorities.major.by_decision, [Priority::P2, Priority::P3]);
}

#[test]
fn two_amendments_of_one_day_make_one_version() {
    let second = AVENANT.replace("avenant-1", "avenant-2").replace("\"8 h\"", "\"9 h\"");
    let history = amended(&[AVENANT, &second]).unwrap();
    let version = on(&history, "2026-04-01");
    assert_eq!(version.amendments.len(), 2);
    assert_eq!(gtr(&version.contract, Priority::P3), "9 h");
}

#[test]
fn a_wrong_amendment_is_refused_at_its_own_place() {
    let cases = [
        (
            AVENANT.replace("\"8 h\"", "\"soon\""),
            "amendments/avenant-1.toml:13:9: `soon` is not a delay; remedy: write a whole number and a unit, such as `30 min`, `2 h`, `5 working days`, `8 days`, `1 week`, `2 months`",
        ),
        (
            AVENANT.replace("\"P3\"", "\"P9\""),
            "amendments/avenant-1.toml:8:1: the selection fits 0 elements of `delay`; remedy: select by keys that only the wanted element has, as it stands on the effective day",
        ),
        (
            AVENANT.replace(", kind = \"restoration\"", ""),
            "amendments/avenant-1.toml:8:1: the selection fits 2 elements of `delay`; remedy: select by keys that only the wanted element has, as it stands on the effective day",
        ),
        (
            AVENANT.replace("priorities.toml", "prices.toml"),
            "amendments/avenant-1.toml:8:1: there is no file `prices.toml`; remedy: declare it, or write one of contract.toml, calendars.toml, perimeter.toml, priorities.toml, clocks.toml, catalogue.toml, indicators.toml, obligations.toml, committees.toml, roles.toml",
        ),
        (
            AVENANT.replace("key = \"value\"\n", ""),
            "amendments/avenant-1.toml:8:1: this entry of `set` is incomplete or says too much; remedy: write `file`, `table` and `select` (but for single tables), `key` and `value`",
        ),
        (
            AVENANT.replace("key = \"value\"", "key = \"valeur\""),
            "amendments/avenant-1.toml:13:9: unknown field `valeur`, expected one of `priority`, `kind`, `infra`, `value`, `penal_threshold`, `clause`, `label`, `from`, `to`, `doubts`, `choice`; remedy: remove it, or write one of the names expected",
        ),
        (
            AVENANT.replace("clause", "article"),
            "amendments/avenant-1.toml:5:1: unknown field `article`, expected one of `id`, `label`, `source`, `clause`, `effective`; remedy: remove it, or write one of the names expected",
        ),
    ];
    for (text, expected) in cases {
        assert_told(&amended(&[&text]).unwrap_err(), expected);
    }
}

#[test]
fn an_amendment_reaches_the_rules_of_the_desk_from_its_day_on() {
    let amendment = AVENANT.split("[[set]]").next().unwrap().to_owned()
        + r#"
[[set]]
file = "priorities.toml"
table = "criterion"
select = { id = "outside-users" }
key = "when"
value = [["outside_users", { users_above = 10 }]]

[[set]]
file = "escalations.toml"
table = "escalation"
select = { id = "take-in-soon" }
key = "at"
value = { before = "5 min" }

[[add]]
file = "teams.toml"
table = "team"
element = { id = "integrator", party = "third_party", clause = "3.7", label = { fr = "Intégrateur", en = "Integrator" } }
"#;
    let history = amended(&[&amendment]).unwrap();
    let on = |day| on(&history, day).contract.clone();
    let soon = |c: &Contract| c.escalations.rules.iter().find(|r| r.id.0 == "take-in-soon").map(|r| r.at);
    let (before, after) = (on("2026-03-31"), on("2026-04-01"));
    assert_eq!(soon(&before), Some(Moment::Before("10 min".parse().unwrap())));
    assert_eq!(soon(&after), Some(Moment::Before("5 min".parse().unwrap())));
    assert!(before.team(&"integrator".into()).is_none() && after.team(&"integrator".into()).is_some());
    let above = |c: &Contract| {
        c.priorities.criteria.iter().any(|k| k.when.iter().flatten().any(|w| *w == Condition::UsersAbove(10)))
    };
    assert!(!above(&before) && above(&after));
}
