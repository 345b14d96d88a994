//! The dated duties of the year: committees, actions, findings, orders, documents, recurrences.

use jiff::{
    Span, ToSpan,
    civil::{Date, Weekday},
};
use serde_json::json;
use vigie_contract::{Committee, Contract};
use vigie_rules::recurrence::Recurrence;

use super::{
    days::{Day, Days, HOUR, WORKING_DAY, instant},
    journal::{Journal, web},
    rng::Rng,
    season::Season,
    tables,
};

/// The committee of the transition, which is over before the demonstrated year.
const INITIALISATION: &str = "initialisation";
/// The committee that steers; its papers are due before and after.
const COPIL: &str = "copil";
/// The committee that follows the work every week.
const COSUI: &str = "cosui";

/// Committees as they sat.
#[derive(Debug)]
pub(super) struct Sittings<'a>(Vec<(&'a str, &'a Day)>);

impl<'a> Sittings<'a> {
    /// All of the contract's rhythms from `first` to `last`, each on the next worked day.
    pub(super) fn new(contract: &'a Contract, days: &'a Days, first: Date, last: Date) -> Self {
        let dates = |committee: &Committee| {
            let rhythm = committee.rhythm.as_deref().and_then(|r| r.parse::<Recurrence>().ok());
            rhythm.map(|r| r.dates(first, first, last)).unwrap_or_default()
        };
        let worked = |date: Date| days.of(date).and_then(|d| if d.worked { Some(d) } else { days.worked_day(date, 1) });
        let held = contract.committees.iter().filter(|c| c.id.0 != INITIALISATION);
        let days = held.flat_map(|c| dates(c).into_iter().filter_map(worked).map(|day| (c.id.0.as_str(), day)));
        Self(days.collect())
    }

    /// The first sitting of a committee on or after a date.
    pub(super) fn after(&self, committee: &str, date: Date) -> Option<&'a Day> {
        self.0.iter().find(|(id, day)| *id == committee && day.date >= date).map(|(_, day)| *day)
    }
}

/// Writes everything.
pub(super) fn write(
    journal: &mut Journal,
    contract: &Contract,
    days: &Days,
    season: &Season<'_>,
    sittings: &Sittings<'_>,
) {
    let mut rng = Rng::new(0x057E_E217);
    committees(journal, contract, days, sittings, &mut rng);
    actions(journal, days, season, sittings, &mut rng);
    findings(journal, season, sittings);
    orders(journal, days, season, &mut rng);
    documents(journal, days, season, &mut rng);
}

fn committees(journal: &mut Journal, contract: &Contract, days: &Days, sittings: &Sittings<'_>, rng: &mut Rng) {
    let last_copil = sittings.0.iter().filter(|(id, _)| *id == COPIL).map(|(_, day)| day.date).max();
    for &(committee, day) in &sittings.0 {
        let subject = format!("committee/{committee}-{}", day.date);
        let title = contract.committees.iter().find(|c| c.id.0 == committee).map(|c| c.label.fr.as_str());
        let roc = web(tables::ROC);
        if committee != COSUI
            && let Some(before) = days.worked_day(day.date, -5)
        {
            let body = json!({"document": "pack", "committee": committee, "title": title});
            journal.put(before.hm(16, 20), roc, &subject, "committee.delivered", body);
        }
        let hour = if committee == COPIL { 10 } else { 14 };
        journal.put(day.hm(hour, 0), roc, &subject, "committee.held", json!({"committee": committee, "title": title}));
        // COSUI's minutes are due after three days and COPIL's after five: now and then they come later.
        let minutes = match committee {
            COPIL if Some(day.date) == last_copil => 7,
            COPIL => 4,
            COSUI if rng.per_mille(60) => 4,
            _ => rng.between(1, 2),
        };
        if let Some(after) = days.worked_day(day.date, minutes) {
            let body = json!({"document": "minutes", "committee": committee});
            journal.put(after.hm(15, 45), roc, &subject, "committee.delivered", body);
        }
    }
}

/// The first worked day of that name on or after a day of a month.
fn weekday_of<'a>(season: &Season<'a>, month: usize, from: i8, weekday: Weekday) -> Option<&'a Day> {
    season.months.get(month)?.iter().find(|d| d.date.day() >= from && d.is(weekday))
}

/// Actions agreed in the weekly committee, about one a month, every fifth late by a few days.
fn actions(journal: &mut Journal, days: &Days, season: &Season<'_>, sittings: &Sittings<'_>, rng: &mut Rng) {
    for (nth, (topic, title)) in (1_usize..).zip(tables::TITLES_ACTION) {
        let month = season.months.get((nth - 1) * season.months.len() / tables::TITLES_ACTION.len());
        let Some(day) = month.and_then(|m| m.first()).and_then(|d| sittings.after(COSUI, d.date)) else { continue };
        let subject = format!("action/ACT-{}-{nth:03}", day.date.year());
        let security = topic == "security";
        let owner = web(if security { tables::SECURITY } else { tables::ROC });
        let customer = web(if security { tables::RSSI } else { tables::CUSTOMER_OPERATIONS });
        journal.put(day.hm(14, 40), owner, &subject, "action.raised", json!({"topic": topic, "title": title}));
        let length = rng.between(10, 30);
        let Some(due) = days.worked_day(day.date, length) else { continue };
        journal.put(day.hm(14, 45), customer, &subject, "action.agreed", json!({"due": instant(due.hm(18, 0))}));
        let took = if nth % 5 == 0 { length + rng.between(1, 4) } else { length - rng.between(1, 6) };
        if let Some(done) = days.worked_day(day.date, took) {
            journal.put(done.hm(rng.between(9, 16), 20), owner, &subject, "action.fulfilled", json!({}));
        }
    }
}

/// Breaches that a committee confirmed: two of quality, one of security.
fn findings(journal: &mut Journal, season: &Season<'_>, sittings: &Sittings<'_>) {
    for (nth, (month, committee, title)) in (1..).zip(tables::FINDINGS) {
        let first = season.months.get(month).and_then(|m| m.first());
        let Some(day) = first.and_then(|d| sittings.after(committee, d.date)) else { continue };
        let actor = if committee == "cocyber" { tables::RSSI } else { tables::CONTRACT_MANAGER };
        let subject = format!("finding/MQT-{}-{nth:02}", day.date.year());
        let body = json!({"committee": committee, "title": title});
        journal.put(day.hm(15, 30), web(actor), &subject, "finding.confirmed", body);
    }
}

/// Orders of assistance, of a vulnerability audit and of hardware.
fn orders(journal: &mut Journal, days: &Days, season: &Season<'_>, rng: &mut Rng) {
    for (nth, (month, topic, title, late)) in (1..).zip(tables::ORDERS) {
        let Some(day) =
            weekday_of(season, month, 4, Weekday::Monday).or_else(|| weekday_of(season, month, 4, Weekday::Tuesday))
        else {
            continue;
        };
        let subject = format!("order/BC-{}-{nth:03}", day.date.year());
        journal.put(
            day.hm(11, 15),
            web(tables::CONTRACT_MANAGER),
            &subject,
            "order.raised",
            json!({"topic": topic, "title": title}),
        );
        // Less than 3 working days, 1 month, 2 months (rows 32 to 34).
        let length: Span = match (topic, late) {
            ("assistance", false) => 2.days(),
            ("assistance", true) => 8.days(),
            ("audit", false) => rng.between(20, 26).days(),
            ("audit", true) => 36.days(),
            (_, false) => rng.between(25, 55).days(),
            (_, true) => 68.days(),
        };
        let done = day.date.checked_add(length).ok().and_then(|date| days.of(date));
        let done = done.and_then(|d| if d.worked { Some(d) } else { days.worked_day(d.date, -1) });
        if let Some(done) = done {
            journal.put(done.hm(10, 30), web(tables::PROJECT), &subject, "order.fulfilled", json!({"topic": topic}));
        }
    }
}

/// Elements to capitalise in the documents (row 31), about three a month; one in fifteen late.
fn documents(journal: &mut Journal, days: &Days, season: &Season<'_>, rng: &mut Rng) {
    let mut nth = 0;
    for month in &season.months {
        for day in month.iter().filter(|d| d.worked && d.date.day() > 2).skip(2).step_by(7) {
            nth += 1;
            let hand = web(rng.text(&tables::GO));
            let subject = format!("document/DOC-{}-{nth:03}", day.date.year());
            let title = rng.text(&tables::TITLES_DOCUMENT);
            let raised = day.hm(rng.between(9, 16), 10);
            journal.put(raised, hand, &subject, "document.raised", json!({"topic": "update", "title": title}));
            let took = if nth % 15 == 0 { 3 * WORKING_DAY + HOUR } else { rng.skewed(2 * HOUR, 17 * HOUR) };
            journal.put(days.after(raised, took), hand, &subject, "document.fulfilled", json!({"topic": "update"}));
        }
    }
}
