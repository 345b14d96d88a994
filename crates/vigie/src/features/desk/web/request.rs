//! Requests of the catalogue: choosing a type, filling its form, and what the case then shows of it.
//!
//! The form is the contract's; what an answer may be is asked of the rules.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value;
use vigie_contract::{CatalogueItem, Channel, Class, FieldKind, Party};
use vigie_rules::{form::check_form, life::Life};

use super::{
    case::address,
    form::{Choice, Control, Field, Form, Problem},
    names::Names,
    seen::Seen,
};
use crate::{
    features::desk::{self, form_words, view::CaseFile},
    web::{AppState, Failure, Page, kit::Sent},
};

/// A type of request to choose.
pub(super) struct Tile {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) about: String,
}

/// What comes before the fields of the form in their names.
const PREFIX: &str = "champ-";

/// The field of a training's form that names its participants, one a line.
const ATTENDEES: &str = "attendees";

/// Longest attendance sheet, in names.
const MOST_ATTENDEES: usize = 200;

/// Whether somebody may ask for it: the desk writes down for anybody, the customer's roles for themselves.
pub(super) fn may_ask(page: &Page, item: &CatalogueItem) -> bool {
    let own = page.viewer.as_ref().is_some_and(|v| item.reserved_to.contains(&v.role));
    item.reserved_to.is_empty() || own || page.party() == Party::Provider
}

/// The catalogue, for whom may ask.
pub(super) fn tiles(names: Names<'_>) -> Vec<Tile> {
    let page = names.page;
    let items = names.contract.catalogue.items.iter().filter(|item| may_ask(page, item));
    items
        .map(|item| Tile {
            href: format!("/dossiers/nouveau?classe=request&sujet={}", item.id),
            name: page.label(&item.label).to_owned(),
            about: about(names, item).into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(" · "),
        })
        .collect()
}

/// What one should know of a type before asking for it: delays, urgency, approval.
pub(super) fn about(names: Names<'_>, item: &CatalogueItem) -> Vec<(String, String)> {
    let page = names.page;
    let delay = |delay| vigie_reports::format::delay(delay, page.lang());
    let mut about = Vec::new();
    let mut add = |key: &str, value: String| about.push((page.t(key), value));
    match (item.delay, item.urgent_delay) {
        (None, None) => add("request-delay", page.t("request-no-delay")),
        (normal, urgent) => {
            let normal = normal.map_or_else(|| page.t("request-no-delay"), delay);
            let urgent = urgent.map(|u| page.t1("request-urgent-delay", "delay", delay(u)));
            add("request-delay", [Some(normal), urgent].into_iter().flatten().collect::<Vec<_>>().join(", "));
        }
    }
    if let Some(channel) = item.urgent_channel {
        add("request-urgent", page.t1("request-urgent-by", "channel", by(page, channel)));
    }
    if let Some(role) = &item.approval {
        let approver = names.role(&role.0);
        add("request-approval", page.t1("request-approved-by", "role", approver));
    }
    about
}

fn by(page: &Page, channel: Channel) -> &'static str {
    let (fr, en) = form_words::by(channel);
    page.lang().pick(fr, en)
}

/// The fields that the form of a type asks for.
pub(super) fn fields(names: Names<'_>, form: &Form<'_>, item: &CatalogueItem) -> Vec<Field> {
    let page = names.page;
    let fields = names.contract.catalogue.form(item).map(|(field, required)| {
        let name = format!("{PREFIX}{}", field.id);
        let typed = form.sent.get(&name).to_owned();
        let line = |kind, known| Control::Line { kind, value: typed.clone(), known };
        let control = match field.kind {
            FieldKind::LongText => Control::Text { value: typed, rows: 3 },
            FieldKind::Choice => {
                let blank = if required { "choose" } else { "open-unknown" };
                let blank = Choice { value: String::new(), text: page.t(blank), chosen: false };
                let choices = field.choices.iter().map(|c| Choice {
                    value: c.id.clone(),
                    text: page.label(&c.label).to_owned(),
                    chosen: c.id == typed,
                });
                Control::Choice(std::iter::once(blank).chain(choices).collect())
            }
            FieldKind::Bool => Control::Check { on: !typed.is_empty() },
            FieldKind::Number => line("number", Vec::new()),
            FieldKind::Date => line("date", Vec::new()),
            FieldKind::Datetime => line("datetime-local", Vec::new()),
            FieldKind::Site => line("text", names.sites()),
            FieldKind::File => return form.files("fichiers", "note-files"),
            FieldKind::Text | FieldKind::Person | FieldKind::Line => line("text", Vec::new()),
        };
        let made = form.named(name, page.label(&field.label).to_owned(), control);
        let made = if required { made.required() } else { made };
        match &field.help {
            Some(help) => made.hint(page.label(help).to_owned()),
            None => made,
        }
    });
    fields.collect()
}

/// Whether the form of a type has a place for files.
pub(super) fn takes_files(names: Names<'_>, item: &CatalogueItem) -> bool {
    names.contract.catalogue.form(item).any(|(f, _)| f.kind == FieldKind::File)
}

/// What was answered, by the field's name; and what is wrong with it.
pub(super) fn read(
    names: Names<'_>,
    item: &CatalogueItem,
    sent: &Sent,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, String> {
    let page = names.page;
    if !may_ask(page, item) {
        problems.push(Problem::new("sujet", page.t("request-reserved")));
    }
    let catalogue = &names.contract.catalogue;
    let answers = catalogue.form(item).filter_map(|(field, _)| {
        let name = format!("{PREFIX}{}", field.id);
        let typed = match field.kind {
            FieldKind::Bool => sent.is_on(&name).to_string(),
            FieldKind::File => sent.files.first().map(|f| f.name.clone())?,
            _ => sent.said(&name)?,
        };
        Some((field.id.clone(), typed))
    });
    let answers = answers.collect();
    for (id, misfit) in check_form(catalogue, item, &answers).into_iter().filter(|(_, m)| m.refuses()) {
        problems.push(Problem::new(format!("{PREFIX}{id}"), page.label(&form_words::misfit(&misfit)).to_owned()));
    }
    answers
}

/// What the page of a request shows beside the rest.
#[derive(Default)]
pub(super) struct RequestPart {
    /// The form as it was filled: field, answer.
    pub(super) answers: Vec<(String, String)>,
    /// What both sides are warned of.
    pub(super) warnings: Vec<String>,
    /// How its approval stands, and whether it is given.
    pub(super) approval: Option<(String, bool)>,
    /// Where its attendance sheet is.
    pub(super) sheet: Option<String>,
}

/// Of a case; nothing for one that is no request.
pub(super) fn part(names: Names<'_>, file: &CaseFile, life: &Life) -> RequestPart {
    let page = names.page;
    let item = life.classification().and_then(|c| c.item.as_ref());
    let item = item.and_then(|id| names.contract.catalogue.item(id)).filter(|_| file.history.class == Class::Request);
    let Some(item) = item else { return RequestPart::default() };
    let answers = file.answers();
    let filled = names.contract.catalogue.form(item).filter_map(|(field, _)| {
        let typed = answers.get(&field.id)?;
        Some((page.label(&field.label).to_owned(), page.label(&form_words::answer(field, typed)).to_owned()))
    });
    let warned = form_words::warnings(names.contract, item, &answers);
    let mut warnings: Vec<String> =
        if answers.is_empty() { Vec::new() } else { warned.iter().map(|w| page.label(w).to_owned()).collect() };
    if asked_as_urgent(file) {
        warnings.push(page.label(&form_words::not_urgent(item)).to_owned());
    }
    let approval = item.approval.as_ref().map(|role| match life.progress().approval {
        None => (page.t1("request-awaits", "role", names.role(&role.0)), false),
        Some((at, true)) => (page.t1("request-approved-at", "at", page.format.second(at)), true),
        Some((at, false)) => (page.t1("request-refused-at", "at", page.format.second(at)), false),
    });
    let number = file.history.subject.number();
    let sheet = answers.contains_key(ATTENDEES).then(|| format!("{}/emargement", address(number)));
    RequestPart { answers: filled.collect(), warnings, approval, sheet }
}

/// Whether it was asked for as urgent and is not.
fn asked_as_urgent(file: &CaseFile) -> bool {
    let first = file.entries.first().and_then(|e| serde_json::from_str::<Value>(&e.body).ok());
    first.is_some_and(|body| body.get(desk::open::URGENT_ASKED).and_then(Value::as_bool).unwrap_or(false))
}

#[derive(Template)]
#[template(path = "attendance.html")]
struct AttendancePage<'a> {
    page: &'a Page,
    number: String,
    back: String,
    title: String,
    facts: Vec<(String, String)>,
    names: Vec<String>,
    blank: usize,
}

/// `GET /dossiers/{number}/emargement`: the attendance sheet of a training, to be printed and signed.
pub(crate) async fn attendance(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
) -> Result<Response, Failure> {
    let seen = Seen::load(&state, &page, &number, state.now()).await?;
    let (names, file, life) = (seen.names(&page), &seen.file, &seen.life);
    let part = part(names, file, life);
    let number = file.history.subject.number().to_owned();
    let given = file.answers();
    let Some(attendees) = given.get(ATTENDEES).filter(|_| part.sheet.is_some()) else {
        return Ok(Redirect::to(&address(&number)).into_response());
    };
    let people: Vec<String> =
        attendees.lines().map(str::trim).filter(|l| !l.is_empty()).take(MOST_ATTENDEES).map(str::to_owned).collect();
    // Whoever comes without having been named signs too.
    let foreseen = given.get("participants").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0).min(MOST_ATTENDEES);
    let label = names.contract.catalogue.fields.iter().find(|f| f.id == ATTENDEES);
    let label = label.map_or("", |f| page.label(&f.label));
    let subject = life.classification().and_then(|c| c.item.as_ref()).map(|id| names.item(&id.0));
    Ok(page.show(&AttendancePage {
        back: address(&number),
        title: subject.unwrap_or_else(|| file.title.clone().unwrap_or_default()),
        facts: part.answers.into_iter().filter(|(name, _)| name != label).collect(),
        blank: foreseen.saturating_sub(people.len()).max(2),
        names: people,
        number,
        page: &page,
    }))
}
