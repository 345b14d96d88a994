//! Names: each declared once, each reference to one that exists.

use std::collections::BTreeSet;

use super::{Checker, ids};
use crate::{
    model::{CalendarSource, Class, Contract, EventPattern, Label, Measure, Trigger, Verb},
    phrases,
    problem::Problem,
    tree::Step,
};

/// The values of an entry's body that `vigie-rules` compares.
const BODY_KEYS: [&str; 5] = ["committee", "topic", "document", "audience", "obligation"];

pub(super) fn check(checker: &mut Checker<'_>) {
    declared_once(checker);
    let c = checker.contract;
    let names = Names::of(c);
    let calendar = |k: &mut Checker<'_>, file: &str, path: &[Step<'_>], id: &str| {
        k.known(file, path, phrases::CALENDAR, id, &names.calendars);
    };

    for (i, window) in c.priorities.windows.iter().enumerate() {
        calendar(checker, "priorities.toml", &["window".into(), i.into(), "take_in".into()], &window.take_in.0);
        calendar(checker, "priorities.toml", &["window".into(), i.into(), "treatment".into()], &window.treatment.0);
    }
    for (i, clock) in c.clocks.clocks.iter().enumerate() {
        if let CalendarSource::Fixed(id) = &clock.calendar {
            calendar(checker, "clocks.toml", &["clock".into(), i.into(), "calendar".into(), "fixed".into()], &id.0);
        }
    }
    for (i, subject) in c.catalogue.subjects.iter().enumerate() {
        checker.known(
            "catalogue.toml",
            &["subject".into(), i.into(), "service".into()],
            phrases::SERVICE,
            &subject.service.0,
            &names.services,
        );
    }
    for (i, item) in c.catalogue.items.iter().enumerate() {
        calendar(checker, "catalogue.toml", &["item".into(), i.into(), "calendar".into()], &item.calendar.0);
    }
    for (i, committee) in c.committees.iter().enumerate() {
        for (j, role) in committee.attendees.iter().enumerate() {
            checker.known(
                "committees.toml",
                &["committee".into(), i.into(), "attendees".into(), j.into()],
                phrases::ROLE,
                &role.0,
                &names.roles,
            );
        }
    }
    indicators(checker, &names);
    obligations(checker, &names);
}

/// The names that rules may refer to.
pub(super) struct Names {
    pub(super) calendars: Vec<String>,
    pub(super) services: Vec<String>,
    pub(super) clocks: Vec<String>,
    pub(super) obligations: Vec<String>,
    pub(super) committees: Vec<String>,
    pub(super) roles: Vec<String>,
    pub(super) missing: Vec<String>,
}

impl Names {
    pub(super) fn of(c: &Contract) -> Self {
        Self {
            calendars: ids(&c.calendars, |r| r.id.clone()),
            services: ids(&c.perimeter.services, |r| r.id.clone()),
            clocks: ids(&c.clocks.clocks, |r| r.id.clone()),
            obligations: ids(&c.obligations, |r| r.id.clone()),
            committees: ids(&c.committees, |r| r.id.clone()),
            roles: ids(&c.roles, |r| r.id.clone()),
            missing: c.frame.missing.keys().cloned().collect(),
        }
    }
}

fn declared_once(checker: &mut Checker<'_>) {
    let c = checker.contract;
    checker.unique("calendars.toml", "calendar", phrases::CALENDAR, "id", ids(&c.calendars, |r| r.id.clone()));
    checker.unique("perimeter.toml", "service", phrases::SERVICE, "id", ids(&c.perimeter.services, |r| r.id.clone()));
    checker.unique("perimeter.toml", "site", phrases::SITE, "id", ids(&c.perimeter.sites, |r| r.id.clone()));
    checker.unique(
        "priorities.toml",
        "cell",
        phrases::CELL,
        "urgency",
        ids(&c.priorities.cells, |r| format!("{:?} x {}", r.urgency, u8::from(r.impact))),
    );
    let delays = ids(&c.priorities.delays, |r| match r.infra {
        Some(infra) => format!("{} {:?} {infra:?}", r.priority, r.kind),
        None => format!("{} {:?}", r.priority, r.kind),
    });
    checker.unique("priorities.toml", "delay", phrases::DELAY, "kind", delays);
    checker.unique(
        "priorities.toml",
        "window",
        phrases::WINDOW,
        "priority",
        ids(&c.priorities.windows, |r| r.priority),
    );
    checker.unique(
        "priorities.toml",
        "override",
        phrases::OVERRIDE,
        "kind",
        ids(&c.priorities.overrides, |r| format!("{:?}", r.kind)),
    );
    checker.unique(
        "clocks.toml",
        "pause",
        phrases::PAUSE_REASON,
        "reason",
        ids(&c.clocks.pauses, |r| r.reason.clone()),
    );
    checker.unique("clocks.toml", "clock", phrases::CLOCK, "id", ids(&c.clocks.clocks, |r| r.id.clone()));
    checker.unique("catalogue.toml", "subject", phrases::SUBJECT, "id", ids(&c.catalogue.subjects, |r| r.id.clone()));
    checker.unique("catalogue.toml", "item", phrases::ITEM, "id", ids(&c.catalogue.items, |r| r.id.clone()));
    checker.unique("obligations.toml", "obligation", phrases::OBLIGATION, "id", ids(&c.obligations, |r| r.id.clone()));
    checker.unique("committees.toml", "committee", phrases::COMMITTEE, "id", ids(&c.committees, |r| r.id.clone()));
    checker.unique("roles.toml", "role", phrases::ROLE, "id", ids(&c.roles, |r| r.id.clone()));
}

fn indicators(checker: &mut Checker<'_>, names: &Names) {
    let c = checker.contract;
    let mut seen = BTreeSet::new();
    for indicator in &c.indicators {
        let row = indicator.row;
        let index = checker.index_of_row(row);
        if !seen.insert(row) {
            let path = [Step::Key("indicator"), Step::Index(index), Step::Key("row")];
            let first = checker.sources.place(checker.tree.offset("indicators.toml", &path));
            checker.warning(
                "indicators.toml",
                &path,
                Problem::Duplicate { what: phrases::ROW, id: row.to_string(), first },
            );
        }
        let at = |key: &'static str| [Step::Key("indicator"), Step::Index(index), Step::Key("measure"), Step::Key(key)];
        match &indicator.measure {
            Measure::CaseOverrun { clock, population, .. } | Measure::CaseRate { clock, population, .. } => {
                checker.known("indicators.toml", &at("clock"), phrases::CLOCK, &clock.0, &names.clocks);
                if let Some(rule) = c.clock(clock).filter(|r| r.class != population.class) {
                    let (runs_on, counted) = (rule.class.name(), population.class.name());
                    let reason = Label::new(
                        format!(
                            "l'horloge `{clock}` court sur la classe `{runs_on}` et la population est de la classe `{counted}`"
                        ),
                        format!("the clock `{clock}` runs on {runs_on}s and the population is {counted}s"),
                    );
                    let remedy = Label::new(
                        "donner une population de la classe de l'horloge, ou une autre horloge",
                        "give a population of the clock's class, or another clock",
                    );
                    checker.error("indicators.toml", &at("clock"), Problem::Disagreement { reason, remedy });
                }
            }
            Measure::ObligationLateness { obligation, .. } => {
                checker.known(
                    "indicators.toml",
                    &at("obligation"),
                    phrases::OBLIGATION,
                    &obligation.0,
                    &names.obligations,
                );
                if let Some(rule) = c.obligation(obligation).filter(|o| o.indicator != Some(row)) {
                    let reason = Label::new(
                        format!("la ligne {row} mesure `{obligation}`, qui ne le dit pas"),
                        format!("row {row} measures `{obligation}`, which does not say so"),
                    );
                    let remedy = match rule.indicator {
                        Some(other) => Label::new(
                            format!("l'obligation dit la ligne {other} ; corriger l'une des deux"),
                            format!("the obligation says row {other}; correct one of the two"),
                        ),
                        None => Label::new(
                            format!("écrire `indicator = {row}` dans l'obligation"),
                            format!("write `indicator = {row}` in the obligation"),
                        ),
                    };
                    checker.error("indicators.toml", &at("obligation"), Problem::Disagreement { reason, remedy });
                }
            }
            Measure::ConfirmedFindings { committees } => {
                for committee in committees {
                    checker.known(
                        "indicators.toml",
                        &at("committees"),
                        phrases::COMMITTEE,
                        &committee.0,
                        &names.committees,
                    );
                }
            }
        }
    }
    // Only gaps are odd: how many rows there are is the contract's own affair.
    let last = c.indicators.last().map_or(0, |i| i.row);
    for row in (1..=last).filter(|row| !seen.contains(row)) {
        checker.warning("indicators.toml", &[], Problem::RowMissing { row });
    }
}

fn obligations(checker: &mut Checker<'_>, names: &Names) {
    let c = checker.contract;
    for (i, obligation) in c.obligations.iter().enumerate() {
        let at = |rest: &[Step<'static>]| -> Vec<Step<'static>> {
            [Step::Key("obligation"), Step::Index(i)].into_iter().chain(rest.iter().copied()).collect()
        };
        let file = "obligations.toml";
        checker.known(file, &at(&["owner".into()]), phrases::ROLE, &obligation.owner.0, &names.roles);
        checker.known(
            file,
            &at(&["due".into(), "calendar".into()]),
            phrases::CALENDAR,
            &obligation.due.calendar.0,
            &names.calendars,
        );
        if let Some(key) = &obligation.due.missing {
            checker.known(file, &at(&["due".into(), "missing".into()]), phrases::MISSING_KEY, key, &names.missing);
        }
        if let Trigger::Event(pattern) = &obligation.trigger {
            event(checker, &at(&["trigger".into(), "event".into()]), pattern, names);
        }
        for (j, pattern) in obligation.fulfilled_by.iter().enumerate() {
            event(checker, &at(&["fulfilled_by".into(), j.into()]), pattern, names);
        }
        if obligation.fulfilled_by.is_empty() {
            checker.error(file, &at(&["fulfilled_by".into()]), Problem::Empty { what: phrases::FULFILMENTS });
        }
        if let Some(row) = obligation.indicator {
            let measured = c.indicators.iter().any(|ind| {
                ind.row == row && matches!(&ind.measure, Measure::ObligationLateness { obligation: id, .. } if *id == obligation.id)
            });
            if !measured {
                let reason = Label::new(
                    format!("elle dit que la ligne {row} la mesure, et la ligne {row} ne le fait pas"),
                    format!("it says that row {row} measures it, and row {row} does not"),
                );
                let remedy = Label::new(
                    format!("retirer `indicator`, ou mesurer `{}` à la ligne {row}", obligation.id),
                    format!("remove `indicator`, or measure `{}` in row {row}", obligation.id),
                );
                checker.error(file, &at(&["indicator".into()]), Problem::Disagreement { reason, remedy });
            }
        }
    }
}

/// Checks that a pattern describes entries that the rules read.
fn event(checker: &mut Checker<'_>, at: &[Step<'static>], pattern: &EventPattern, names: &Names) {
    let file = "obligations.toml";
    let inside =
        |rest: &[Step<'static>]| -> Vec<Step<'static>> { at.iter().copied().chain(rest.iter().copied()).collect() };
    let (class, verb) = pattern.kind.split_once('.').unwrap_or((&pattern.kind, ""));
    checker.known(file, &inside(&["kind".into()]), phrases::ENTRY_CLASS, class, &ids(&Class::ALL, |c| c.name()));
    // Nothing is due from how a case is known.
    let mut verbs = Verb::ALL.to_vec();
    verbs.retain(|v| *v != Verb::LogOnly);
    checker.known(file, &inside(&["kind".into()]), phrases::ENTRY_VERB, verb, &ids(&verbs, |v| v.name()));
    for (key, value) in &pattern.with {
        checker.known(file, &inside(&["with".into()]), phrases::BODY_VALUE, key, &BODY_KEYS.map(str::to_owned));
        if key == "committee" {
            checker.known(
                file,
                &inside(&["with".into(), "committee".into()]),
                phrases::COMMITTEE,
                value,
                &names.committees,
            );
        }
    }
}
