//! The queue: which cases, in which order, and what may be done to many at once. Filters, order and page
//! stand in the address, so that a view is a link.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use vigie_contract::{Class, Priority};
use vigie_rules::{
    book::Book,
    desk::{Act, Phase},
};

use super::{
    case::address as case_address,
    columns::{self, Shown},
    edit,
    names::{self, Names},
    question::Question,
    views::{self, Pill, Saving},
};
use crate::{
    features::desk::view::{CaseQuery, CaseRow, CaseSort},
    web::{AppState, Failure, Page, kit::encode},
};

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesPage<'a> {
    page: &'a Page,
    question: &'a Question,
    views: Vec<Pill>,
    /// Saved views that are not kept in sight.
    others: Vec<Pill>,
    saving: Saving,
    /// Every column that may be chosen: code, message, whether it is shown.
    choices: Vec<(&'static str, &'static str, bool)>,
    states: Vec<(&'static str, &'static str)>,
    classes: Vec<(&'static str, &'static str)>,
    services: Vec<(String, String)>,
    teams: Vec<(String, String)>,
    people: Vec<(String, String)>,
    may_write: bool,
    filtered: bool,
    columns: Vec<Column>,
    rows: Vec<RowView>,
    here: String,
    /// The same inside another address.
    here_encoded: String,
    csv: String,
    xlsx: String,
    print: String,
    total: u64,
    range: String,
    total_text: String,
    previous: Option<String>,
    next: Option<String>,
}

/// A column; one that sorts has an address.
pub(super) struct Column {
    /// Which, as addresses name it.
    pub(super) code: &'static str,
    pub(super) key: &'static str,
    pub(super) href: Option<String>,
    pub(super) numeric: bool,
    /// `ascending`, `descending`, or none when it does not sort.
    pub(super) order: Option<&'static str>,
}

/// One case as text.
pub(super) struct RowView {
    pub(super) number: String,
    pub(super) href: String,
    pub(super) version: u64,
    pub(super) title: Option<String>,
    pub(super) requester: Option<String>,
    pub(super) class: &'static str,
    pub(super) priority: String,
    pub(super) major: bool,
    pub(super) vip: Option<String>,
    pub(super) phase: (&'static str, &'static str, &'static str),
    pub(super) team: String,
    pub(super) assignee: String,
    pub(super) start: String,
    pub(super) due: Due,
    /// The third party that has it and for how long; the due time beside it is the provider's.
    pub(super) third: Option<String>,
    pub(super) stop: String,
    pub(super) service: String,
    pub(super) site: String,
    pub(super) subject: String,
    pub(super) opened: String,
    pub(super) reference: String,
    /// Whether whoever reads it may give it to somebody, and classify it.
    pub(super) assigns: bool,
    pub(super) classifies: bool,
}

/// What is or was due: icon, words and colour say the same.
pub(super) struct Due {
    pub(super) cause: String,
    pub(super) at: String,
    pub(super) left: Option<String>,
    pub(super) icon: &'static str,
    pub(super) badge: &'static str,
}

/// `GET /dossiers`.
pub(crate) async fn cases(
    State(state): State<AppState>,
    page: Page,
    Query(mut question): Query<Question>,
) -> Result<Response, Failure> {
    let now = state.now();
    if question.is_bare() {
        question.etat = "ouverts".to_owned();
    }
    let rulebook = state.source.promise().rulebook;
    let book = rulebook.at(now);
    let names = Names { page: &page, contract: &book.contract };
    let query = question.read(&page, now);
    let views = views::built_in(names, now);
    let reader = views::reader(&page, names.contract);
    let (asking, listed, asked) = (page.clone(), query.clone(), views.clone());
    let (list, saved, counts) = state
        .ask(move |s| {
            let saved = s.source.views(&reader)?;
            let pinned = saved.iter().filter(|v| v.pinned).map(|v| Question::of(&v.question));
            let questions = asked.into_iter().map(|(.., question)| question).chain(pinned);
            let asked: Vec<CaseQuery> = questions.map(|q| q.read(&asking, now)).collect();
            Ok((s.source.cases(&listed)?, saved, s.source.case_counts(&asked)?))
        })
        .await?;
    // Whoever types a whole number goes to it.
    if let [only] = list.rows.as_slice()
        && only.number.eq_ignore_ascii_case(&query.text)
    {
        return Ok(Redirect::to(&case_address(&only.number)).into_response());
    }
    let first = u64::from(query.page) * u64::from(query.page_size);
    let shown = u64::try_from(list.rows.len()).unwrap_or(u64::MAX);
    let at = |number: u32| question.address("/dossiers", None, Some(number));
    let here = question.address("/dossiers", None, Some(query.page.saturating_add(1)));
    let columns_shown = columns::chosen(&question.col);
    let (views, others) = views::pills(&page, &question, views, &saved, &counts);
    Ok(page.show(&CasesPage {
        page: &page,
        views,
        others,
        saving: views::saving(names, &question, &saved),
        choices: Shown::ALL.map(|c| (c.code(), c.key(), columns_shown.contains(&c))).to_vec(),
        states: STATES.to_vec(),
        classes: Class::CASES.map(|c| (c.name(), class_key(c))).to_vec(),
        services: names.services(),
        teams: names.teams(),
        people: people(&page, &question),
        may_write: page.may("desk.write"),
        filtered: !question.is_open_alone(),
        columns: columns(&question, &query, &columns_shown),
        rows: list.rows.iter().map(|r| row(names, book, r, now)).collect(),
        csv: question.address("/dossiers/liste/csv", None, None),
        xlsx: question.address("/dossiers/liste/xlsx", None, None),
        print: question.address("/dossiers/liste/impression", None, None),
        here_encoded: encode(&here),
        here,
        total: list.total,
        range: page.lang_with(
            "pager-range",
            &[
                ("from", &page.format.number(first.saturating_add(1).min(list.total))),
                ("to", &page.format.number(first.saturating_add(shown))),
                ("total", &page.format.number(list.total)),
            ],
        ),
        total_text: page.format.number(list.total),
        // Addresses count pages from 1, as people do.
        previous: (query.page > 0).then(|| at(query.page)),
        next: (first.saturating_add(shown) < list.total && shown > 0).then(|| at(query.page.saturating_add(2))),
        question: &question,
    }))
}

/// States of the filter, with their messages.
pub(super) const STATES: [(&str, &str); 10] = [
    ("ouverts", "state-open"),
    ("attente", "state-waiting"),
    ("new", "phase-new"),
    ("in_progress", "phase-in-progress"),
    ("paused", "phase-paused"),
    ("restored", "phase-restored"),
    ("closed", "phase-closed"),
    ("cancelled", "phase-cancelled"),
    ("merged", "phase-merged"),
    ("tous", "state-all"),
];

/// With whom, as the filter offers it: also whom the address names.
fn people(page: &Page, question: &Question) -> Vec<(String, String)> {
    let mut people = vec![("moi".to_owned(), page.t("with-me")), ("personne".to_owned(), page.t("with-nobody"))];
    if !people.iter().any(|(name, _)| *name == question.chez) && !question.chez.is_empty() {
        people.push((question.chez.clone(), question.chez.clone()));
    }
    people
}

/// The heads of the list: the case, then the columns that are shown.
pub(super) fn columns(question: &Question, query: &CaseQuery, shown: &[Shown]) -> Vec<Column> {
    let head = |code: &'static str, key: &'static str, sort: Option<CaseSort>, numeric: bool| {
        let Some(sort) = sort else { return Column { code, key, href: None, numeric, order: None } };
        let name = CaseSort::ALL.into_iter().find(|(s, _)| *s == sort).map_or("", |(_, name)| name);
        let current = sort == query.sort;
        // A second press turns the order round.
        let descending = if current { !query.descending } else { matches!(sort, CaseSort::Start | CaseSort::Stop) };
        let order = format!("{}{name}", if descending { "-" } else { "" });
        let href = Some(question.address("/dossiers", Some(&order), None));
        let order = current.then_some(if query.descending { "descending" } else { "ascending" });
        Column { code, key, href, numeric, order }
    };
    let case = head("dossier", "col-case", Some(CaseSort::Number), false);
    let others = shown.iter().map(|c| head(c.code(), c.key(), c.sort(), c.is_numeric()));
    std::iter::once(case).chain(others).collect()
}

/// The message that names a class.
pub(super) const fn class_key(class: Class) -> &'static str {
    match class {
        Class::Incident => "class-incident",
        Class::Request => "class-request",
        Class::Problem => "class-problem",
        Class::Change => "class-change",
        _ => "class-other",
    }
}

pub(super) fn row(names: Names<'_>, book: &Book, row: &CaseRow, now: Timestamp) -> RowView {
    let page = names.page;
    RowView {
        href: case_address(&row.number),
        number: row.number.clone(),
        version: row.version,
        title: row.title.clone(),
        requester: row.requester.clone(),
        class: class_key(row.class),
        priority: row.priority.clone().unwrap_or_default(),
        major: row.major,
        vip: row.vip.as_ref().map(|v| v.to_uppercase()),
        phase: names::phase(row.phase),
        team: row.team.as_ref().map(|t| names.team(t)).unwrap_or_default(),
        assignee: row.assignee.clone().unwrap_or_default(),
        start: row.start.map(|t| page.format.second(t)).unwrap_or_default(),
        due: due(names, book, row, now),
        third: row.third.as_ref().map(|(third, at)| {
            let had = SignedDuration::from_mins(now.duration_since(*at).as_mins());
            names.page.t2("third-has-it", "who", names.team(third), "time", names.page.format.time(Some(had)))
        }),
        stop: row.stop.map(|t| page.format.second(t)).unwrap_or_default(),
        service: row.service.as_ref().map(|id| names.service(id)).unwrap_or_default(),
        site: row.site.clone().unwrap_or_default(),
        subject: row.item.as_ref().map(|id| names.item(id)).unwrap_or_default(),
        opened: page.format.second(row.opened),
        reference: row.reference.clone().unwrap_or_default(),
        assigns: edit::may_offer(page, Act::Assign, row.phase),
        classifies: edit::may_offer(page, Act::Classify, row.phase),
    }
}

/// The next thing due while a case is open; whether the delay was kept once it is over.
fn due(names: Names<'_>, book: &Book, row: &CaseRow, now: Timestamp) -> Due {
    let page = names.page;
    let nothing = || Due { cause: String::new(), at: String::new(), left: None, icon: "circle-minus", badge: "" };
    if let Some((at, clock)) = row.next_due.as_ref() {
        let late = *at < now;
        let (from, to) = if late { (*at, now) } else { (now, *at) };
        let priority = row.priority.as_deref().and_then(|p| Priority::ALL.into_iter().find(|q| q.to_string() == p));
        let rule = book.contract.clocks.clocks.iter().find(|c| c.id.0 == *clock);
        let duty = || book.contract.obligations.iter().find(|o| o.id.0 == *clock);
        let calendar = rule.and_then(|r| book.calendar_of(r, priority)).map(|(_, calendar)| calendar);
        let calendar = calendar.or_else(|| book.calendar(&duty()?.due.calendar));
        let length = calendar.and_then(|c| c.open_between(from, to).ok()).unwrap_or_else(|| to.duration_since(from));
        // To the minute: a list is glanced at.
        let length = SignedDuration::from_mins(length.as_mins());
        let key = if late { "due-late-by" } else { "due-left" };
        let soon = length <= SOON;
        return Due {
            cause: names.clock(clock),
            at: page.format.second(*at),
            left: Some(page.t1(key, "time", page.format.time(Some(length)))),
            icon: if late { "alert-triangle" } else { "clock" },
            badge: match (late, soon) {
                (true, _) => "badge-bad",
                (false, true) => "badge-warn",
                (false, false) => "",
            },
        };
    }
    let Some(due) = row.due else { return nothing() };
    if matches!(row.phase, Phase::Cancelled | Phase::Merged) {
        return nothing();
    }
    let late = row.stop.unwrap_or(now) > due;
    Due {
        cause: String::new(),
        at: page.format.second(due),
        left: Some(page.t(if late { "case-late" } else { "case-in-time" })),
        icon: if late { "circle-x" } else { "circle-check" },
        badge: if late { "badge-bad" } else { "badge-good" },
    }
}

/// What is due within an hour of open time is soon.
const SOON: SignedDuration = SignedDuration::from_hours(1);
