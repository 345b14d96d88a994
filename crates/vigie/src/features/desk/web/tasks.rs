//! The tasks of a case as its page shows them, and the page on which people find theirs.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use vigie_rules::{
    desk::{Act, Asked, check},
    work::{Task, Work},
};

use super::{
    case::address,
    form::{Field, Form, Problem},
    names::{Names, party_key},
    work,
};
use crate::{
    features::desk::{
        tasks::{TaskLine, Whose},
        view::{CaseFile, EntryView, Words},
    },
    record::main_clock,
    web::{AppState, Failure, Page, kit::Sent},
};

/// The tasks of one case.
#[derive(Default)]
pub(super) struct TasksPart {
    pub(super) rows: Vec<TaskView>,
    /// How many are still to be done, in words.
    pub(super) left: String,
    pub(super) may_add: bool,
    /// What the form of a new one asks.
    pub(super) add: Vec<Field>,
    /// The form was sent, and something is wrong.
    pub(super) open: bool,
    /// Tasks that the contract asks for and nobody has added: name, label.
    pub(super) proposed: Vec<(String, String)>,
    pub(super) own_side: String,
}

/// One of them.
pub(super) struct TaskView {
    pub(super) number: u32,
    pub(super) title: String,
    pub(super) who: String,
    pub(super) due: Option<Due>,
    /// Who did it and when, or that nobody has to.
    pub(super) over: Option<String>,
    pub(super) dropped: bool,
    pub(super) only_for: Option<String>,
    /// What the form that changes it asks; empty when nobody may.
    pub(super) change: Vec<Field>,
    pub(super) may_reopen: bool,
}

/// By when.
pub(super) struct Due {
    pub(super) at: String,
    pub(super) left: String,
    pub(super) late: bool,
}

/// Of a case, for whoever reads its page.
pub(super) fn part(
    names: Names<'_>,
    asked: &Asked<'_>,
    file: &CaseFile,
    now: Timestamp,
    may_write: bool,
    tried: Option<(Act, &Sent, &[Problem])>,
) -> TasksPart {
    let page = names.page;
    let load = asked.life.workload();
    let side = page.party();
    let may = |act| may_write && check(act, asked).is_ok();
    let said: Vec<(Work, &EntryView)> = file.entries.iter().filter_map(|e| Some((read(e)?, e))).collect();
    let contract = &asked.book.contract;
    let item = asked.life.classification().and_then(|c| c.item.as_ref()).map(|i| i.0.as_str());
    let known = |id: &str| load.tasks.iter().any(|t| t.rule.as_deref() == Some(id) && t.is_for(side));
    let proposed = contract.catalogue.tasks_of(asked.class, item).filter(|rule| !known(&rule.id));
    let may_add = may(Act::AddTask);
    let empty = Sent::default();
    let mine = tried.filter(|(act, ..)| *act == Act::AddTask);
    let (sent, problems) = mine.map_or((&empty, [].as_slice()), |(_, sent, problems)| (sent, problems));
    let form = Form { page, prefix: "task_added", sent, problems };
    let mut add = vec![form.line("texte", "task-title", "text").required()];
    add.extend(work::who_and_when(names, &form));
    let open = load.open_tasks(side).count();
    let view = |task: &Task| view(names, asked, task, &said, now, (may(Act::ChangeTask), may(Act::ReopenTask)));
    TasksPart {
        rows: load.tasks.iter().filter(|t| t.is_for(side)).map(view).collect(),
        left: page.t1("tasks-left", "n", open),
        add: if may_add { add } else { Vec::new() },
        open: mine.is_some(),
        proposed: if may_add {
            proposed.map(|rule| (rule.id.clone(), page.label(&rule.label).to_owned())).collect()
        } else {
            Vec::new()
        },
        may_add,
        own_side: page.t(party_key(side)),
    }
}

fn read(entry: &EntryView) -> Option<Work> {
    let verb = vigie_contract::Verb::from_name(entry.verb()).filter(|v| Work::has(*v))?;
    Work::read(verb, entry.json()).ok()
}

fn view(
    names: Names<'_>,
    asked: &Asked<'_>,
    task: &Task,
    said: &[(Work, &EntryView)],
    now: Timestamp,
    (may_change, may_reopen): (bool, bool),
) -> TaskView {
    let page = names.page;
    let of = |(work, _): &&(Work, &EntryView)| work.task() == Some(task.number);
    let title = said.iter().rev().filter(of).find_map(|(_, entry)| match &entry.said {
        Words::Kept { texts, .. } => texts.text.clone(),
        _ => None,
    });
    let ended = said.iter().rev().filter(of).find(|(work, _)| !matches!(work, Work::TaskChanged { .. }));
    let over = ended.filter(|_| !task.is_open()).map(|(_, entry)| {
        let key = if task.dropped { "task-dropped-by" } else { "task-done-by" };
        page.t2(key, "who", &entry.actor, "at", page.format.second(entry.occurred_at))
    });
    let who = [task.team.as_ref().map(|t| names.team(t)), task.assignee.clone()];
    TaskView {
        number: task.number,
        title: title.unwrap_or_else(|| page.t("words-erased")),
        who: who.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        due: task.due.map(|due| when(names, asked, due, now)),
        dropped: task.dropped,
        over,
        only_for: task.side.map(|side| page.t1("internal-to", "side", names.party(side))),
        change: if may_change && task.is_open() { change(names, task) } else { Vec::new() },
        may_reopen: may_reopen && !task.is_open(),
    }
}

/// The form that changes a task begins with what it is.
fn change(names: Names<'_>, task: &Task) -> Vec<Field> {
    let page = names.page;
    let mut sent = Sent::default();
    sent.set("equipe", task.team.clone().unwrap_or_default());
    sent.set("chez", task.assignee.clone().unwrap_or_default());
    if let Some(due) = task.due {
        let local = due.to_zoned(page.format.zone.clone()).datetime();
        sent.set("echeance", local.strftime("%Y-%m-%dT%H:%M").to_string());
    }
    let prefix = format!("tache-{}", task.number);
    let form = Form { page, prefix: &prefix, sent: &sent, problems: &[] };
    let mut fields = work::who_and_when(names, &form);
    fields.push(form.line("place", "task-place", "number"));
    fields.push(form.line("texte", "task-title-anew", "text"));
    fields
}

/// What is left until a due time, in the open time of the case's calendar.
fn when(names: Names<'_>, asked: &Asked<'_>, due: Timestamp, now: Timestamp) -> Due {
    let (page, book) = (names.page, asked.book);
    let priority = asked.life.classification().and_then(|c| book.priority(c));
    let calendar = main_clock(book, asked.class).and_then(|rule| book.calendar_of(rule, priority));
    let late = due < now;
    let (from, to) = if late { (due, now) } else { (now, due) };
    let open = calendar.and_then(|(_, c)| c.open_between(from, to).ok()).unwrap_or_else(|| to.duration_since(from));
    let left = page.format.time(Some(jiff::SignedDuration::from_mins(open.as_mins())));
    Due {
        at: page.format.second(due),
        left: page.t1(if late { "due-late-by" } else { "due-left" }, "time", left),
        late,
    }
}

/// Whose tasks a page lists.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Which {
    de: String,
}

#[derive(Template)]
#[template(path = "tasks.html")]
struct TasksPage<'a> {
    page: &'a Page,
    which: &'a str,
    rows: Vec<Row>,
    may_write: bool,
}

/// A task in the list.
struct Row {
    task: u32,
    title: String,
    who: String,
    due: Option<(String, bool)>,
    number: String,
    href: String,
    case_title: Option<String>,
    version: u64,
}

/// `GET /taches`: one's own, those that wait for somebody of one's group, or all.
pub(crate) async fn tasks(
    State(state): State<AppState>,
    page: Page,
    Query(asked): Query<Which>,
) -> Result<Response, Failure> {
    let now = state.now();
    let rulebook = state.source.promise().rulebook;
    let names = Names { page: &page, contract: &rulebook.at(now).contract };
    let which = match asked.de.as_str() {
        known @ ("groupe" | "toutes") => known,
        _ => "moi",
    };
    let whose = whose(names, which);
    let reader = page.party();
    let lines = state.ask(move |s| s.source.tasks(reader, &whose)).await?;
    let rows = lines.into_iter().map(|line| row(names, line, now)).collect();
    Ok(page.show(&TasksPage { page: &page, which, rows, may_write: page.may("desk.write") }))
}

fn whose(names: Names<'_>, which: &str) -> Whose {
    let viewer = names.page.viewer.as_ref();
    let teams = names.contract.teams.teams.iter().filter(|t| viewer.is_some_and(|v| t.roles.contains(&v.role)));
    match which {
        // Nobody is in a group of no name.
        "groupe" => {
            let mut teams: Vec<String> = teams.map(|t| t.id.0.clone()).collect();
            teams.push(String::new());
            Whose { assignee: None, teams }
        }
        "toutes" => Whose::default(),
        _ => Whose { assignee: Some(viewer.map(|v| v.name.clone()).unwrap_or_default()), teams: Vec::new() },
    }
}

fn row(names: Names<'_>, line: TaskLine, now: Timestamp) -> Row {
    let page = names.page;
    let who = [line.team.as_ref().map(|t| names.team(t)), line.assignee];
    Row {
        task: line.task,
        title: line.title.unwrap_or_else(|| page.t("words-erased")),
        who: who.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        due: line.due.map(|at| (page.format.second(at), at < now)),
        href: format!("{}#taches", address(&line.case)),
        number: line.case,
        case_title: line.case_title,
        version: line.version,
    }
}
