//! Changes: which are under way and what each lacks, the windows of a month with their conflicts, and the
//! notice periods that the contract gives.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::Deserialize;
use vigie_contract::Class;
use vigie_rules::{
    book::Book,
    change::{Window, conflict, lacks_of},
    judgement::Month,
    life::Life,
};

use super::{
    case::address,
    names::{self, Names},
    steps::risk_key,
};
use crate::{
    features::desk::{
        self, step_words,
        view::{CaseQuery, CaseRow, CaseSort},
    },
    web::{AppState, Failure, Page},
};

/// Which month.
#[derive(Deserialize)]
pub(crate) struct Which {
    mois: Option<String>,
}

#[derive(Template)]
#[template(path = "changes.html")]
struct ChangesPage<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    month: String,
    previous: String,
    next: String,
    weekdays: Vec<String>,
    weeks: Vec<Vec<Day>>,
    planned: usize,
    conflicts: Vec<(Link, Link)>,
    notices: Vec<(String, String)>,
    may_write: bool,
}

/// A change under way.
struct Row {
    number: String,
    href: String,
    title: String,
    kind: String,
    risk: String,
    phase: (&'static str, &'static str, &'static str),
    /// What it lacks, in words; empty when it may be planned.
    missing: String,
    lacks: usize,
    window: String,
    conflicts: Vec<Link>,
}

/// A change by its number.
#[derive(Clone)]
struct Link {
    number: String,
    href: String,
    title: String,
}

/// A day of the calendar.
struct Day {
    number: i8,
    /// What a reader hears: the date in words.
    name: String,
    of_month: bool,
    today: bool,
    windows: Vec<WindowView>,
}

/// A window on one of its days.
struct WindowView {
    link: Link,
    hours: String,
    conflicts: bool,
}

/// Changes that one page looks at.
const MOST: u32 = 500;

/// `GET /changements`.
pub(crate) async fn changes(
    State(state): State<AppState>,
    page: Page,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    let now = state.now();
    let today = now.to_zoned(page.format.zone.clone()).date();
    let month = match which.mois.as_deref().filter(|m| !m.is_empty()) {
        None => Month { first: today.first_of_month() },
        Some(text) => {
            let first = format!("{text}-01").parse().map_err(|_| Failure::BadValue("mois"))?;
            Month { first }
        }
    };
    let query = CaseQuery {
        class: Some(Class::Change),
        sort: CaseSort::Number,
        descending: true,
        page_size: MOST,
        ..CaseQuery::default()
    };
    let (list, histories) =
        state.ask(move |s| Ok((s.source.cases(&query)?, s.source.histories(Class::Change)?))).await?;
    let rulebook = state.source.promise().rulebook;
    let current = rulebook.at(now);
    let names = Names { page: &page, contract: &current.contract };
    let lives: BTreeMap<String, Life> =
        histories.iter().map(|h| (h.subject.number().to_owned(), Life::read(h, now))).collect();
    let known: BTreeMap<&str, &CaseRow> = list.rows.iter().map(|r| (r.number.as_str(), r)).collect();
    let link = |number: &str| Link {
        number: number.to_owned(),
        href: address(number),
        title: known.get(number).and_then(|r| r.title.clone()).unwrap_or_default(),
    };
    let windows: Vec<Window> = lives.iter().filter_map(|(number, life)| window(number, life)).collect();
    let met = |own: &Window| windows.iter().filter(|other| conflict(own, other)).map(|w| link(&w.number)).collect();
    let rows = list.rows.iter().filter(|r| r.phase.is_open()).filter_map(|r| {
        let life = lives.get(&r.number)?;
        let book = desk::book_of(&rulebook, Class::Change, life);
        let conflicts = windows.iter().find(|w| w.number == r.number).map(met).unwrap_or_default();
        Some(row(Names { page: &page, contract: &book.contract }, book, r, life, conflicts))
    });
    let rows: Vec<Row> = rows.collect();
    let (first, weeks) = weeks(&page, month, today, &windows, &link);
    let ahead: Vec<&Window> = windows.iter().filter(|w| w.ends > now).collect();
    let mut conflicts = Vec::new();
    for (nth, one) in ahead.iter().enumerate() {
        let later = ahead.iter().skip(nth + 1).filter(|other| conflict(one, other));
        conflicts.extend(later.map(|other| (link(&one.number), link(&other.number))));
    }
    let notices = names.contract.changes.notices.iter().map(|n| {
        let delay = n.delay.map(|d| vigie_reports::format::delay(d, page.lang()));
        (page.label(&n.label).to_owned(), delay.unwrap_or_else(|| page.t("notice-none")))
    });
    let href = |m: Month| format!("/changements?mois={}#calendrier", vigie_reports::format::month_code(m));
    Ok(page.show(&ChangesPage {
        rows,
        month: page.format.month(month),
        previous: href(month.plus(-1)),
        next: href(month.plus(1)),
        weekdays: (0..7).filter_map(|n| first.checked_add(n.days()).ok()).map(|d| weekday(&page, d)).collect(),
        planned: weeks.iter().flatten().filter(|d| d.of_month).map(|d| d.windows.len()).sum(),
        weeks,
        conflicts,
        notices: notices.collect(),
        may_write: page.may("desk.write"),
        page: &page,
    }))
}

/// The window of a change that stands; a change that is void or done keeps none.
fn window(number: &str, life: &Life) -> Option<Window> {
    let (begins, ends) = life.progress().planned.filter(|_| life.cancelled.is_none())?;
    let class = life.classification();
    Some(Window {
        number: number.to_owned(),
        service: class.and_then(|c| c.service.clone()),
        site: class.and_then(|c| c.site.clone()),
        begins,
        ends,
    })
}

fn row(names: Names<'_>, book: &Book, row: &CaseRow, life: &Life, conflicts: Vec<Link>) -> Row {
    let page = names.page;
    let progress = life.progress();
    let lacks = if progress.begun.is_some() { Vec::new() } else { lacks_of(book, progress) };
    let missing = lacks.iter().map(|l| page.label(&step_words::lack(Some(names.contract), l)).to_owned());
    let window = progress.planned.map(|(begins, ends)| hours(page, begins, ends, true));
    Row {
        href: address(&row.number),
        number: row.number.clone(),
        title: row.title.clone().unwrap_or_default(),
        kind: progress.kind.as_ref().map(|k| names.change_type(&k.0)).unwrap_or_default(),
        risk: progress.risk.map(|r| page.t(risk_key(r))).unwrap_or_default(),
        phase: names::phase(row.phase),
        missing: missing.collect::<Vec<_>>().join(" · "),
        lacks: lacks.len(),
        window: window.unwrap_or_default(),
        conflicts,
    }
}

/// A window in words; with its days, or hours alone.
fn hours(page: &Page, begins: Timestamp, ends: Timestamp, days: bool) -> String {
    let local = |at: Timestamp| at.to_zoned(page.format.zone.clone());
    if days {
        return format!("{} → {}", page.format.instant(Some(begins)), page.format.instant(Some(ends)));
    }
    format!("{}–{}", local(begins).strftime("%H:%M"), local(ends).strftime("%H:%M"))
}

fn weekday(page: &Page, date: Date) -> String {
    page.t(match date.weekday().to_monday_zero_offset() {
        0 => "weekday-1",
        1 => "weekday-2",
        2 => "weekday-3",
        3 => "weekday-4",
        4 => "weekday-5",
        5 => "weekday-6",
        _ => "weekday-7",
    })
}

/// The weeks that hold a month, from a Monday on.
fn weeks(
    page: &Page,
    month: Month,
    today: Date,
    windows: &[Window],
    link: &impl Fn(&str) -> Link,
) -> (Date, Vec<Vec<Day>>) {
    let before = i64::from(month.first.weekday().to_monday_zero_offset());
    let first = month.first.checked_sub(before.days()).unwrap_or(month.first);
    let zone = &page.format.zone;
    let day_of = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let mut weeks = Vec::new();
    let mut date = first;
    loop {
        let mut week = Vec::with_capacity(7);
        for _ in 0..7 {
            // A window that ends at midnight has nothing of the day that begins then.
            let last = |w: &Window| day_of(w.ends.checked_sub(1.microsecond()).unwrap_or(w.ends));
            let there = windows.iter().filter(|w| day_of(w.begins) <= date && date <= last(w));
            let mut there: Vec<&Window> = there.collect();
            there.sort_by_key(|w| w.begins);
            week.push(Day {
                number: date.day(),
                name: page.format.date(date),
                of_month: date.first_of_month() == month.first,
                today: date == today,
                windows: there
                    .into_iter()
                    .map(|w| WindowView {
                        link: link(&w.number),
                        hours: hours(page, w.begins, w.ends, false),
                        conflicts: windows.iter().any(|other| conflict(w, other)),
                    })
                    .collect(),
            });
            let Ok(next) = date.tomorrow() else { return (first, weeks) };
            date = next;
        }
        weeks.push(week);
        if date.first_of_month() != month.first {
            return (first, weeks);
        }
    }
}
