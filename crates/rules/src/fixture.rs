//! A small contract and small histories for the tests of this crate.

mod desk;

use std::sync::LazyLock;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::de::DeserializeOwned;
use vigie_contract::{
    Catalogue, Changes, Class, Clocks, Contract, Escalations, Frame, Indicator, Perimeter, Priorities, Satisfaction,
    Source, Teams,
};

use crate::{
    book::{Book, Rulebook},
    fact::{Classification, Event, Fact, History, Subject},
};

fn toml<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

#[derive(serde::Deserialize)]
struct Rows<T> {
    row: Vec<T>,
}

/// `clause` and `label` for every table of a fixture.
fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    toml::<Rows<T>>(&about(text)).row
}

/// `PRINTED` stands for what every indicator has printed of it.
fn indicators() -> Vec<Indicator> {
    let label = "{ fr = \"é\", en = \"e\" }";
    let printed =
        ["service", "perimeter", "expected_text", "step_text"].map(|key| format!("{key} = {label}\n")).concat();
    rows(&INDICATORS.replace("PRINTED", &format!("{printed}ABOUT")))
}

fn about(text: &str) -> String {
    text.replace("ABOUT", "clause = \"1\"\nlabel = { fr = \"é\", en = \"e\" }")
}

/// Callipso's delays and clocks, in short.
pub(crate) fn contract() -> Contract {
    let mut delays = String::new();
    for (priority, infra, hours) in
        [("P1", "network_toip", 2), ("P1", "other", 4), ("P2", "", 4), ("P3", "", 10), ("P4", "", 30)]
    {
        let infra = if infra.is_empty() { String::new() } else { format!("infra = \"{infra}\"") };
        delays += &format!(
            "[[delay]]\npriority = \"{priority}\"\nkind = \"restoration\"\nvalue = \"{hours} h\"\n{infra}\nABOUT\n"
        );
    }
    for (priority, take_in) in [("P1", "24x7"), ("P2", "HO"), ("P3", "HO"), ("P4", "HO")] {
        delays +=
            &format!("[[window]]\npriority = \"{priority}\"\ntake_in = \"{take_in}\"\ntreatment = \"HO\"\nABOUT\n");
    }
    for (urgency, impact, priority) in
        [("U1", 1, "P1"), ("U1", 2, "P2"), ("U1", 3, "P3"), ("U2", 1, "P2"), ("U2", 2, "P3"), ("U2", 3, "P4")]
    {
        delays += &format!("[[cell]]\nurgency = \"{urgency}\"\nimpact = {impact}\npriority = \"{priority}\"\nABOUT\n");
    }
    delays +=
        "[[delay]]\npriority = \"P1\"\nkind = \"take_in\"\nvalue = \"0 min\"\npenal_threshold = \"30 min\"\nABOUT\n";
    delays += "[[delay]]\npriority = \"P2\"\nkind = \"take_in\"\nvalue = \"30 min\"\nABOUT\n";
    for (priority, kind, value) in [
        ("P1", "escalation_functional", "0 min"),
        ("P1", "escalation_hierarchical", "0 min"),
        ("P2", "escalation_functional", "2 h"),
        ("P2", "escalation_hierarchical", "4 h"),
        ("P3", "escalation_functional", "2 working days"),
        ("P4", "escalation_functional", "5 working days"),
    ] {
        delays += &format!("[[delay]]\npriority = \"{priority}\"\nkind = \"{kind}\"\nvalue = \"{value}\"\nABOUT\n");
    }
    for (kind, value) in [("restoration", "2 h"), ("take_in", "30 min")] {
        delays += &format!(
            "[[override]]\nkind = \"{kind}\"\nvalue = \"{value}\"\nrule = \"strictest\"\ncomparison = \"strict\"\nABOUT\n"
        );
    }
    for (gives, when) in [
        ("urgency = \"U1\"", "[[\"cercle0\"]]"),
        ("urgency = \"U1\"", "[[\"critical_site\"]]"),
        ("urgency = \"U1\"", "[[\"sensitive_period\"]]"),
        ("urgency = \"U1\"", "[[\"vip\"], [\"vvip\"]]"),
        ("urgency = \"U2\"", "[[\"standard_user\"]]"),
        ("impact = 1", "[[\"total_outage\", { users_above = 200 }]]"),
        ("impact = 1", "[[\"outside_users\"]]"),
        ("impact = 1", "[[{ callers_per_hour_above = 30 }]]"),
        ("impact = 2", "[[\"total_outage\", { users_at_most = 200 }]]"),
        ("impact = 2", "[[\"degraded\", \"conditions_not_accepted\"], [\"recurrent_cuts\"]]"),
        ("impact = 2", "[[\"backup_mode\"], [\"unacceptable_risk\"]]"),
        ("impact = 3", "[[\"degraded\", \"acceptable_conditions\"]]"),
    ] {
        let id = when.replace(|c: char| !c.is_ascii_alphanumeric(), "");
        delays += &format!("[[criterion]]\nid = \"{id}\"\n{gives}\nwhen = {when}\nABOUT\n");
    }
    let priorities = about(&format!(
        "{delays}\n[major]\nauto = [\"P1\"]\nby_decision = [\"P2\"]\ntechnical_floor = \"P2\"\nfollow_up = {{ P1 = \"1 h\", P2 = \"2 h\" }}\nABOUT\n"
    ));
    let clocks = about(
        r#"
[start]
candidates = ["ezv", "alert", "daily_test", "information_emitted", "information_received", "desk"]
desk_direct = "desk_time"
double_entry = "ezv"
ABOUT
[priority_change]
binding = "keep_owed"
ABOUT
[restoration]
refused = "void"
reopened_counts = false
ABOUT
[[pause]]
reason = "user_unavailable"
allowed = true
needs_acceptance = true
ABOUT
[[pause]]
reason = "vendor"
allowed = false
needs_acceptance = true
ABOUT
[[clock]]
id = "restoration"
class = "incident"
stop = "restored"
target = { priority_delay = "restoration" }
calendar = "treatment"
comparison = "strict"
suspends = true
ABOUT
[[clock]]
id = "take-in"
class = "incident"
stop = "taken_in"
target = { priority_delay = "take_in" }
calendar = "take_in"
comparison = "inclusive"
suspends = false
ABOUT
[[clock]]
id = "information"
class = "incident"
stop = "informed_customer"
target = { fixed = "15 min" }
calendar = "take_in"
comparison = "inclusive"
suspends = false
major_only = true
ABOUT
[[clock]]
id = "fulfilment"
class = "request"
stop = "restored"
target = "catalogue"
calendar = { fixed = "HO" }
comparison = "strict"
suspends = true
ABOUT
[[clock]]
id = "proposal"
class = "change"
stop = "proposal_and_impact_delivered"
target = { fixed = "4 working days" }
calendar = { fixed = "HO" }
comparison = "strict"
suspends = false
ABOUT
"#,
    );
    Contract {
        frame: toml::<Frame>(
            r#"
id = "test"
zone = "Europe/Paris"
label = { fr = "é", en = "e" }
customer = { fr = "é", en = "e" }
source = { fr = "é", en = "e" }
"#,
        ),
        calendars: rows(
            r#"
[[row]]
id = "HO"
holidays = "french_metropole"
weekly = { mon = ["08:00-18:00"], tue = ["08:00-18:00"], wed = ["08:00-18:00"], thu = ["08:00-18:00"], fri = ["08:00-18:00"] }
ABOUT
[[row]]
id = "24x7"
weekly = { mon = ["00:00-24:00"], tue = ["00:00-24:00"], wed = ["00:00-24:00"], thu = ["00:00-24:00"], fri = ["00:00-24:00"], sat = ["00:00-24:00"], sun = ["00:00-24:00"] }
ABOUT
"#,
        ),
        perimeter: toml::<Perimeter>(&about(
            r#"
[[service]]
id = "isi-com"
infra = "network_toip"
cercle0 = true
coverage = "full"
ABOUT
[[service]]
id = "cabling"
infra = "other"
coverage = "excluded"
ABOUT
[[site]]
id = "HD13"
class = "central"
aliases = ["CD13"]
ABOUT
"#,
        )),
        priorities: toml::<Priorities>(&priorities),
        clocks: toml::<Clocks>(&clocks),
        catalogue: toml::<Catalogue>(&about(&format!(
            "{}{}",
            desk::FORMS,
            "[[item]]\nid = \"move\"\ncalendar = \"HO\"\nABOUT\n[[item]]\nid = \"line\"\ndelay = \"20 h\"\nurgent_delay = \"5 h\"\ncalendar = \"HO\"\nurgent_allowed = true\nABOUT\n"
        ))),
        indicators: indicators(),
        obligations: rows(OBLIGATIONS),
        committees: rows("[[row]]\nid = \"copil\"\nABOUT\n"),
        roles: Vec::new(),
        teams: toml::<Teams>(&about(desk::TEAMS)),
        changes: toml::<Changes>(&about(desk::CHANGES)),
        escalations: toml::<Escalations>(&about(desk::ESCALATIONS)),
        satisfaction: Satisfaction::default(),
    }
}

const INDICATORS: &str = r#"
[[row]]
row = 9
weight = 2
enabled = true
measure = { kind = "case_overrun", clock = "restoration", step = "1 h", population = { class = "incident", priorities = ["P1", "P2"], major = true } }
PRINTED
[[row]]
row = 10
weight = 1
enabled = true
measure = { kind = "case_overrun", clock = "restoration", step = "2 h", population = { class = "incident", priorities = ["P2", "P3", "P4"], major = false } }
PRINTED
[[row]]
row = 14
weight = 3
enabled = true
measure = { kind = "case_rate", clock = "restoration", factor = "1", expected = "90 %", step = "1 %", population = { class = "incident", priorities = ["P3", "P4"] } }
PRINTED
[[row]]
row = 16
weight = 1
enabled = false
measure = { kind = "case_rate", clock = "restoration", factor = "1", expected = "90 %", step = "2 %", population = { class = "incident", priorities = ["P3", "P4"] } }
choice = { fr = "doublon", en = "duplicate" }
PRINTED
[[row]]
row = 17
weight = 10
enabled = true
measure = { kind = "case_overrun", clock = "information", step = "5 min", population = { class = "incident", priorities = ["P1", "P2"], major = true } }
PRINTED
[[row]]
row = 6
weight = 10
enabled = true
measure = { kind = "confirmed_findings", committees = ["copil"] }
PRINTED
[[row]]
row = 18
weight = 5
enabled = true
measure = { kind = "obligation_lateness", obligation = "report", step = "1 working day" }
PRINTED
[[row]]
row = 23
weight = 1
enabled = true
measure = { kind = "case_rate", clock = "fulfilment", factor = "1", expected = "80 %", step = "1 %", by_type = true, population = { class = "request" } }
PRINTED
[[row]]
row = 30
weight = 7
enabled = true
measure = { kind = "obligation_lateness", obligation = "dqa", step = "1 day" }
PRINTED
"#;

const OBLIGATIONS: &str = r#"
[[row]]
id = "report"
trigger = { event = { kind = "incident.restored" } }
major_only = true
due = { offset = "5 working days", calendar = "HO", comparison = "inclusive" }
reminders = ["1 working day"]
fulfilled_by = [{ kind = "incident.delivered", with = { document = "report" } }, { kind = "incident.delivered", with = { document = "review" } }]
party = "provider"
owner = "roc"
ABOUT
[[row]]
id = "dqa"
trigger = { recurrence = "FREQ=MONTHLY;BYMONTHDAY=8" }
due = { calendar = "HO", comparison = "inclusive" }
fulfilled_by = [{ kind = "occurrence.fulfilled" }]
party = "provider"
owner = "roc"
ABOUT
"#;

/// Laid out once: calendars take a while without optimisation.
static BOOK: LazyLock<Book> = LazyLock::new(|| Book::new("v1".into(), None, contract()).unwrap());

pub(crate) fn book() -> Book {
    BOOK.clone()
}

pub(crate) fn rulebook() -> Rulebook {
    Rulebook::new(vec![book()]).unwrap()
}

/// An instant of Paris, written `2026-03-12T10:00`.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse::<DateTime>().unwrap().to_zoned(TimeZone::get("Europe/Paris").unwrap()).unwrap().timestamp()
}

pub(crate) fn history(subject: &str, class: Class, facts: &[(&str, Fact)]) -> History {
    let event = |(i, (when, fact)): (usize, &(&str, Fact))| Event { at: at(when), seq: i as u64, fact: fact.clone() };
    let mut history =
        History { subject: Subject(subject.into()), class, events: facts.iter().enumerate().map(event).collect() };
    history.sort();
    history
}

pub(crate) fn ezv() -> Fact {
    identified(Source::Ezv)
}

pub(crate) fn identified(source: Source) -> Fact {
    Fact::Identified { source, direct: false }
}

pub(crate) fn priority(p: vigie_contract::Priority) -> Fact {
    Fact::Classified(Box::new(Classification { priority: Some(p), ..Classification::default() }))
}
