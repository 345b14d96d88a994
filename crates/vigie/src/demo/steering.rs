//! The dated duties of the year: committees, actions, findings, orders, documents, recurrences.

use jiff::{Span, ToSpan, civil::Weekday};
use serde_json::json;

use super::{
    book::{Book, Hand, web},
    days::{Day, Days, HOUR, WORKING_DAY, instant},
    rng::Rng,
    season::Season,
    tables,
};

/// Months in which the steering committee sits (every six months).
const COPIL_MONTHS: [usize; 2] = [2, 8];

/// The committees' steady features.
struct Sitting {
    committee: &'static str,
    title: &'static str,
    hour: i64,
    /// Worked days until the minutes; the contract gives three (COSUI) or five (COPIL).
    minutes_after: i64,
}

/// Where the first worked day of that name on or after a day of the month lies.
fn nth_weekday<'a>(season: &Season<'a>, month: usize, from: i8, weekday: Weekday) -> Option<&'a Day> {
    season.months.get(month)?.iter().find(|d| d.date.day() >= from && d.is(weekday))
}

fn copil_day<'a>(season: &Season<'a>, month: usize) -> Option<&'a Day> {
    nth_weekday(season, month, 10, Weekday::Tuesday)
}

/// The first steering committee that comes after a month.
pub(super) fn copil_after<'a>(season: &Season<'a>, month: usize) -> Option<&'a Day> {
    COPIL_MONTHS.iter().filter(|m| **m > month).find_map(|m| copil_day(season, *m))
}

/// Writes everything.
pub(super) fn write(book: &mut Book, days: &Days, season: &Season<'_>) {
    let mut rng = Rng::new(0x057E_E217);
    committees(book, days, season, &mut rng);
    actions(book, days, season, &mut rng);
    findings(book, season);
    orders(book, days, season, &mut rng);
    documents(book, days, season, &mut rng);
}

fn committees(book: &mut Book, days: &Days, season: &Season<'_>, rng: &mut Rng) {
    for month in COPIL_MONTHS {
        let Some(day) = copil_day(season, month) else { continue };
        if let Some(before) = days.worked_day(day.date, -5) {
            let body = json!({"document": "pack", "committee": "copil", "title": "COPIL semestriel : support et ordre du jour"});
            book.put(
                before.hm(16, 20),
                web(tables::ROC),
                &format!("committee/copil-{}", day.date),
                "committee.delivered",
                body,
            );
        }
        // The second one's minutes came two worked days late.
        let minutes_after = if month == COPIL_MONTHS[1] { 7 } else { 4 };
        sit(book, days, day, &Sitting { committee: "copil", title: "COPIL semestriel", hour: 10, minutes_after });
    }
    for day in season.months.iter().flat_map(|m| m.iter()).filter(|d| d.is(Weekday::Thursday)) {
        let minutes_after = if rng.per_mille(60) { 4 } else { rng.between(1, 2) };
        sit(book, days, day, &Sitting { committee: "cosui", title: "COSUI hebdomadaire", hour: 9, minutes_after });
    }
    for month in (1..season.months.len()).step_by(2) {
        let Some(day) = nth_weekday(season, month, 15, Weekday::Wednesday) else { continue };
        sit(
            book,
            days,
            day,
            &Sitting { committee: "cocyber", title: "Comité cybersécurité", hour: 14, minutes_after: 2 },
        );
    }
}

fn sit(book: &mut Book, days: &Days, day: &Day, sitting: &Sitting) {
    let committee = sitting.committee;
    let subject = format!("committee/{committee}-{}", day.date);
    book.put(
        day.hm(sitting.hour, 0),
        web(tables::ROC),
        &subject,
        "committee.held",
        json!({"committee": committee, "title": sitting.title}),
    );
    if let Some(after) = days.worked_day(day.date, sitting.minutes_after) {
        let body = json!({"document": "minutes", "committee": committee});
        book.put(after.hm(15, 45), web(tables::ROC), &subject, "committee.delivered", body);
    }
}

/// Actions agreed in committee: one a month or so, some late.
fn actions(book: &mut Book, days: &Days, season: &Season<'_>, rng: &mut Rng) {
    for (nth, title) in (1_usize..).zip(tables::TITLES_ACTION) {
        let (topic, title) = title;
        let Some(day) =
            nth_weekday(season, (nth - 1) * season.months.len() / tables::TITLES_ACTION.len(), 3, Weekday::Thursday)
        else {
            continue;
        };
        let subject = format!("action/ACT-{}-{nth:03}", day.date.year());
        let (owner, customer) = if topic == "security" {
            (tables::SECURITY, tables::RSSI)
        } else {
            (tables::ROC, tables::CUSTOMER_OPERATIONS)
        };
        book.put(day.hm(9, 40), web(owner), &subject, "action.raised", json!({"topic": topic, "title": title}));
        let length = rng.between(10, 30);
        let Some(due) = days.worked_day(day.date, length) else { continue };
        book.put(
            day.hm(9, 45),
            web(customer),
            &subject,
            "action.agreed",
            json!({"topic": topic, "due": instant(due.hm(18, 0))}),
        );
        // Every fifth is late by a few days.
        let done = if nth % 5 == 0 { length + rng.between(1, 4) } else { length - rng.between(1, 6) };
        if let Some(done) = days.worked_day(day.date, done) {
            book.put(
                done.hm(rng.between(9, 16), 20),
                web(owner),
                &subject,
                "action.fulfilled",
                json!({"topic": topic}),
            );
        }
    }
}

/// Breaches that a committee confirmed: two of quality, one of security.
fn findings(book: &mut Book, season: &Season<'_>) {
    for (nth, (month, committee, title)) in (1..).zip(tables::FINDINGS) {
        let day = match committee {
            "copil" => copil_day(season, month),
            "cocyber" => nth_weekday(season, month, 15, Weekday::Wednesday),
            _ => nth_weekday(season, month, 8, Weekday::Thursday),
        };
        let Some(day) = day else { continue };
        let actor = if committee == "cocyber" { tables::RSSI } else { tables::CONTRACT_MANAGER };
        let subject = format!("finding/MQT-{}-{nth:02}", day.date.year());
        book.put(
            day.hm(15, 30),
            web(actor),
            &subject,
            "finding.confirmed",
            json!({"committee": committee, "title": title}),
        );
    }
}

/// Orders of assistance, of a vulnerability audit and of hardware.
fn orders(book: &mut Book, days: &Days, season: &Season<'_>, rng: &mut Rng) {
    for (nth, (month, topic, title, late)) in (1..).zip(tables::ORDERS) {
        let Some(day) =
            nth_weekday(season, month, 4, Weekday::Monday).or_else(|| nth_weekday(season, month, 4, Weekday::Tuesday))
        else {
            continue;
        };
        let subject = format!("order/BC-{}-{nth:03}", day.date.year());
        book.put(
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
            book.put(done.hm(10, 30), web(tables::PROJECT), &subject, "order.fulfilled", json!({"topic": topic}));
        }
    }
}

/// Elements to capitalise in the documents (row 31), about three a month; one in fifteen late.
fn documents(book: &mut Book, days: &Days, season: &Season<'_>, rng: &mut Rng) {
    let mut nth = 0;
    for month in &season.months {
        for day in month.iter().filter(|d| d.worked && d.date.day() > 2).skip(2).step_by(7) {
            nth += 1;
            let hand = web(rng.text(&tables::GO));
            let subject = format!("document/DOC-{}-{nth:03}", day.date.year());
            let title = rng.text(&tables::TITLES_DOCUMENT);
            let raised = day.hm(rng.between(9, 16), 10);
            book.put(raised, hand, &subject, "document.raised", json!({"topic": "update", "title": title}));
            let took = if nth % 15 == 0 { 3 * WORKING_DAY + HOUR } else { rng.skewed(2 * HOUR, 17 * HOUR) };
            let done = Hand { actor: hand.actor, origin: "web" };
            book.put(days.after(raised, took), done, &subject, "document.fulfilled", json!({"topic": "update"}));
        }
    }
}
