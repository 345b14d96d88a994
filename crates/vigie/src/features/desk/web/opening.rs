//! A call for help written down at a page: the form, what is wrong with it, and the case that it becomes.
//!
//! The form carries the id of the case's first entry, so that sending it twice opens one case. What was
//! typed is kept whatever is wrong.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;
use vigie_contract::{CatalogueItem, Class, Party, Priority, Source};
use vigie_evidence::Origin;
use vigie_rules::{
    book::Book,
    fact::Classification,
    priority::{Circumstances, Outage, Override, assess},
};
use vigie_store::WriteError;

use super::{
    act::{MAX_REFERENCE, by, local_instant, too_long},
    case::address,
    form::{Control, Field, Form, Problem},
    list::class_key,
    names::Names,
    request::{self, Tile},
    upload::upload_problems,
};
use crate::{
    features::desk::{
        DeskError,
        admit::{classes, send},
        open::Opening,
        sheet::Texts,
    },
    live::new_id,
    web::{AppState, Crumb, Failure, Page, kit::Sent},
};

/// Which form.
#[derive(Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    classe: String,
    #[serde(default)]
    sujet: String,
    /// What it is about, when another page proposes it.
    #[serde(default)]
    titre: String,
    #[serde(default)]
    reference: String,
}

#[derive(Template)]
#[template(path = "new_case.html")]
struct NewCasePage<'a> {
    page: &'a Page,
    crumbs: Vec<Crumb>,
    classes: Vec<(&'static str, &'static str, bool)>,
    id: String,
    class: &'static str,
    problems: usize,
    refused: Option<String>,
    files_again: bool,
    groups: Vec<Group>,
    assessed: Option<String>,
    /// The catalogue, while no type is chosen.
    catalogue: Vec<Tile>,
    /// The type that is chosen.
    item: String,
    about: Vec<(String, String)>,
}

/// Fields that belong together.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) fields: Vec<Field>,
    /// Folded away until somebody needs it.
    pub(super) folded: bool,
}

/// `GET /dossiers/nouveau`.
pub(crate) async fn new_case(State(state): State<AppState>, page: Page, Query(which): Query<Which>) -> Response {
    let mut sent = Sent::default();
    sent.set("classe", which.classe);
    sent.set("sujet", which.sujet);
    sent.set("titre", which.titre);
    sent.set("reference", which.reference);
    sent.set("id", new_id(state.now()).to_string());
    form(&state, &page, &sent, &[], None, StatusCode::OK)
}

fn form(
    state: &AppState,
    page: &Page,
    sent: &Sent,
    problems: &[Problem],
    refused: Option<String>,
    status: StatusCode,
) -> Response {
    let rulebook = state.source.promise().rulebook;
    let book = rulebook.at(state.now());
    let names = Names { page, contract: &book.contract };
    let class = class_of(page, sent);
    let item = asked_item(names, class, sent);
    let catalogue = if class == Class::Request && item.is_none() { request::tiles(names) } else { Vec::new() };
    page.show_as(
        status,
        &NewCasePage {
            page,
            crumbs: vec![
                Crumb { text: page.t("nav-cases"), href: Some("/dossiers".to_owned()) },
                Crumb { text: page.t("open-title"), href: None },
            ],
            classes: classes(page.party()).iter().map(|c| (c.name(), class_key(*c), *c == class)).collect(),
            id: sent.get("id").to_owned(),
            class: class.name(),
            problems: problems.len(),
            refused,
            files_again: !sent.files.is_empty(),
            groups: groups(names, class, sent, problems),
            catalogue,
            item: item.map(|i| i.id.0.clone()).unwrap_or_default(),
            about: item.map(|i| request::about(names, i)).unwrap_or_default(),
            assessed: (class == Class::Incident).then(|| assessed_words(page, book, sent)),
        },
    )
}

fn class_of(page: &Page, sent: &Sent) -> Class {
    let allowed = classes(page.party());
    Class::from_name(sent.get("classe")).filter(|c| allowed.contains(c)).unwrap_or(Class::Incident)
}

/// The type of request that is asked for; none for another class, or while none is chosen.
fn asked_item<'a>(names: Names<'a>, class: Class, sent: &Sent) -> Option<&'a CatalogueItem> {
    names.contract.catalogue.item(&sent.code("sujet")?).filter(|_| class == Class::Request)
}

/// The groups of a request: what its form asks, then the rest.
fn request_groups(names: Names<'_>, item: &CatalogueItem, form: &Form<'_>) -> Vec<Group> {
    let page = names.page;
    let mut asked = request::fields(names, form, item);
    if item.urgent_allowed {
        let urgent = form.check("urgent", "open-urgent");
        asked.push(match item.urgent_channel {
            Some(_) => urgent.hint(page.t("request-urgent-hint")),
            None => urgent,
        });
    }
    let mut what = vec![
        form.line("titre", "open-what", "text").hint(page.t("request-title-hint")),
        form.text("texte", "request-more", 3),
    ];
    if !request::takes_files(names, item) {
        what.push(form.files("fichiers", "note-files"));
    }
    vec![
        Group { title: page.label(&item.label).to_owned(), fields: asked, folded: false },
        Group { title: page.t("open-group-what"), fields: what, folded: false },
    ]
}

fn groups(names: Names<'_>, class: Class, sent: &Sent, problems: &[Problem]) -> Vec<Group> {
    let page = names.page;
    let form = Form { page, prefix: "", sent, problems };
    let group = |key: &str, fields: Vec<Field>| Group { title: page.t(key), fields, folded: false };
    let what = vec![
        form.line("titre", "open-what", "text").required(),
        form.text("texte", "open-description", 5),
        form.files("fichiers", "note-files"),
    ];
    let mut who = vec![
        form.line("demandeur", "case-requester", "text"),
        form.line("telephone", "open-phone", "tel"),
        form.line("courriel", "open-mail", "email"),
    ];
    let vips = vec![("vip".to_owned(), "VIP".to_owned()), ("vvip".to_owned(), "VVIP".to_owned())];
    who.push(form.choice("vip", "open-vip", Some("open-no-vip"), vips));
    let asked = asked_item(names, class, sent);
    let mut groups = match asked {
        Some(item) => request_groups(names, item, &form),
        None => vec![group("open-group-what", what), group("open-group-place", place_fields(names, &form, class))],
    };
    if class == Class::Incident {
        groups.push(group("open-group-how", how_fields(&form)));
    } else if class != Class::Request {
        let decided = form.choice("priorite", "col-priority", Some("open-no-priority"), super::act::priorities());
        groups.push(group("open-group-how", vec![decided]));
    }
    groups.push(group("open-group-who", who));
    let mut rest = Vec::new();
    if asked.is_some() {
        rest.push(form.choice("service", "case-service", Some("open-unknown"), names.services()));
    }
    if page.party() == Party::Provider {
        rest.push(form.choice("equipe", "case-team", Some("open-by-route"), names.teams()));
        rest.push(form.check("direct", "open-direct").hint(page.t("open-direct-hint")));
        rest.push(form.choice("source", "open-source", Some("open-no-source"), sources(page)));
        rest.push(form.line("identifie", "open-identified", "datetime-local"));
    }
    rest.push(form.line("reference", "open-reference", "text"));
    let folded = !problems.iter().any(|p| ["source", "identifie", "equipe", "reference"].contains(&&*p.field));
    groups.push(Group { folded, ..group("open-group-rest", rest) });
    groups
}

/// About what, and where.
pub(super) fn place_fields(names: Names<'_>, form: &Form<'_>, class: Class) -> Vec<Field> {
    let subject = if class == Class::Request { "open-request" } else { "case-subject" };
    let mut fields = vec![
        form.choice("service", "case-service", Some("open-unknown"), names.services()),
        form.choice("sujet", subject, Some("open-unknown"), names.items(class)),
        form.line("site", "case-site", "text").known(names.sites()),
    ];
    if class == Class::Request {
        fields.swap(0, 1);
    }
    fields
}

/// What makes the priority of an incident.
pub(super) fn how_fields(form: &Form<'_>) -> Vec<Field> {
    let page = form.page;
    let outages = ["total", "degraded", "slow", "recurrent"];
    let outages = outages.map(|o| (o.to_owned(), page.t(outage_key(o)))).to_vec();
    vec![
        form.choice("panne", "open-outage", Some("open-unknown"), outages),
        form.line("utilisateurs", "open-users", "number"),
        form.check("exterieurs", "open-outside"),
        form.check("secours", "open-backup"),
        form.check("risque", "open-risk"),
    ]
}

fn outage_key(outage: &str) -> &'static str {
    match outage {
        "total" => "outage-total",
        "degraded" => "outage-degraded",
        "slow" => "outage-slow",
        _ => "outage-recurrent",
    }
}

/// The other sources that may have identified it before the desk did.
fn sources(page: &Page) -> Vec<(String, String)> {
    let all = [
        (Source::Ezv, "ezv"),
        (Source::Alert, "alert"),
        (Source::DailyTest, "daily_test"),
        (Source::InformationEmitted, "information_emitted"),
        (Source::InformationReceived, "information_received"),
    ];
    let words = |source| page.label(&crate::features::desk::words::source(source, false)).to_owned();
    all.map(|(source, name)| (name.to_owned(), words(source))).to_vec()
}

/// What was said of an incident, as far as its priority depends on it.
pub(super) fn circumstances(sent: &Sent) -> Circumstances {
    Circumstances {
        service: sent.code("service"),
        site: sent.said("site"),
        vip: sent.get("vip") == "vip",
        vvip: sent.get("vip") == "vvip",
        outage: match sent.get("panne") {
            "total" => Some(Outage::Total),
            "degraded" => Some(Outage::Degraded),
            "slow" => Some(Outage::Slow),
            "recurrent" => Some(Outage::Recurrent),
            _ => None,
        },
        users: sent.get("utilisateurs").parse().ok(),
        outside_users: sent.is_on("exterieurs"),
        backup_mode: sent.is_on("secours"),
        unacceptable_risk: sent.is_on("risque"),
        technical: matches!(sent.get("source"), "alert" | "daily_test"),
        ..Circumstances::default()
    }
}

/// The priority that follows from what was said, with the cell and the criteria; or what is missing.
pub(super) fn assessed_words(page: &Page, book: &Book, sent: &Sent) -> String {
    let said = circumstances(sent);
    if said == Circumstances::default() {
        return page.t("assess-nothing");
    }
    match assess(book, &said) {
        Err(_) => page.t("assess-missing"),
        Ok(a) => {
            let labels = a.urgency_criteria.iter().chain(&a.impact_criteria).map(|f| page.label(&f.criterion.label));
            let why: Vec<&str> = labels.collect();
            page.lang_with(
                "assess-is",
                &[
                    ("priority", &a.priority.to_string()),
                    ("urgency", &format!("{:?}", a.urgency)),
                    ("impact", &u8::from(a.impact)),
                    ("why", &why.join(" ; ")),
                ],
            )
        }
    }
}

#[derive(Template)]
#[template(source = "{{ text }}", ext = "html")]
struct PriorityPart {
    text: String,
}

/// `GET /dossiers/priorite`: the priority of what is being typed, as a part of a page.
pub(crate) async fn priority(
    State(state): State<AppState>,
    page: Page,
    Query(fields): Query<Vec<(String, String)>>,
) -> Response {
    let mut sent = Sent::default();
    for (name, value) in fields {
        sent.set(&name, value);
    }
    let rulebook = state.source.promise().rulebook;
    page.show(&PriorityPart { text: assessed_words(&page, rulebook.at(state.now()), &sent) })
}

/// `POST /dossiers/nouveau`.
pub(crate) async fn open_case(State(state): State<AppState>, page: Page, sent: Sent) -> Result<Response, Failure> {
    match opened(&state, &page, &sent, Origin::Web).await? {
        Ok(number) => Ok(Redirect::to(&format!("{}?ouvert=oui", address(&number))).into_response()),
        Err((problems, refused)) => {
            Ok(form(&state, &page, &sent, &problems, refused, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

/// What is wrong with a form, and why nothing was opened.
pub(super) type Wrong = (Vec<Problem>, Option<String>);

/// Opens the case of a form and gives its number.
pub(super) async fn opened(
    state: &AppState,
    page: &Page,
    sent: &Sent,
    origin: Origin,
) -> Result<Result<String, Wrong>, Failure> {
    let mut problems = upload_problems(page, sent);
    let rulebook = state.source.promise().rulebook;
    let now = state.now();
    let opening = read(page, rulebook.at(now), sent, origin, now, &mut problems);
    if !problems.is_empty() {
        return Ok(Err((problems, None)));
    }
    match state.ask(move |s| Ok(s.source.open_case(opening))).await? {
        Ok(opened) => Ok(Ok(opened.number)),
        Err(WriteError::Unit(DeskError::Wordless)) => {
            problems.push(Problem::new("titre", page.t("problem-needed")));
            Ok(Err((problems, None)))
        }
        Err(WriteError::Unit(DeskError::TooLong { field, found, limit })) => {
            problems.push(too_long(page, field, found, limit));
            Ok(Err((problems, None)))
        }
        Err(error) => Err(Failure::Unexpected(error.into())),
    }
}

fn read(
    page: &Page,
    book: &Book,
    sent: &Sent,
    origin: Origin,
    now: jiff::Timestamp,
    problems: &mut Vec<Problem>,
) -> Opening {
    let names = Names { page, contract: &book.contract };
    let class = class_of(page, sent);
    let mut wrong = |field: &'static str, key: &str| problems.push(Problem::new(field, page.t(key)));
    let asked = asked_item(names, class, sent);
    if class == Class::Request && asked.is_none() {
        wrong("sujet", "problem-choose");
    }
    // A request is called by what it asks for when nobody gave it a name.
    let title = sent.said("titre").or_else(|| asked.map(|item| request_title(page, item, sent)));
    if title.is_none() {
        wrong("titre", "problem-needed");
    }
    if sent.said("service").is_some_and(|s| !names.knows_service(&s.as_str().into())) {
        wrong("service", "problem-choose");
    }
    if sent.said("sujet").is_some_and(|s| !names.knows_item(class, &s.as_str().into())) {
        wrong("sujet", "problem-choose");
    }
    if sent.said("utilisateurs").is_some_and(|n| n.parse::<u32>().is_err()) {
        wrong("utilisateurs", "problem-number");
    }
    if sent.said("courriel").is_some_and(|m| !m.contains('@') || m.contains(char::is_whitespace)) {
        wrong("courriel", "problem-mail");
    }
    if sent.said("equipe").is_some_and(|t| !names.knows_team(&t)) {
        wrong("equipe", "problem-choose");
    }
    if sent.get("reference").chars().count() > MAX_REFERENCE {
        wrong("reference", "problem-reference");
    }
    let provider = page.party() == Party::Provider;
    let source = serde_json::from_value::<Source>(sent.get("source").into()).ok().filter(|_| provider);
    let at = sent.said("identifie").filter(|_| provider).map(|typed| local_instant(page, &typed));
    let identified = match (source, at) {
        (Some(source), Some(Some(at))) if at <= now => vec![(source, at)],
        (_, Some(Some(at))) if at > now => {
            wrong("identifie", "problem-future");
            Vec::new()
        }
        (None, Some(_)) => {
            wrong("source", "problem-source");
            Vec::new()
        }
        (Some(_), _) => {
            wrong("identifie", "problem-instant");
            Vec::new()
        }
        (None, None) => Vec::new(),
    };
    let answers = asked.map(|item| request::read(names, item, sent, problems)).unwrap_or_default();
    let decided = decided(page, sent);
    let classification = classification(book, class, sent, decided.as_ref());
    let team = sent.said("equipe").filter(|_| provider);
    let mut opening = Opening {
        id: Uuid::parse_str(sent.get("id")).ok(),
        class,
        by: by(page, origin),
        identified,
        direct: !provider || sent.is_on("direct"),
        texts: Texts {
            title,
            answers,
            text: sent.said("texte").or_else(|| decided.map(|d| d.reason().to_owned())),
            requester: sent.said("demandeur"),
            mail: sent.said("courriel"),
            phone: sent.said("telephone"),
            author: None,
        },
        team,
        classification,
        vip: sent.said("vip").filter(|v| v == "vip" || v == "vvip"),
        reference: sent.said("reference"),
        files: sent.files.clone(),
    };
    send(&mut opening, book, now);
    opening
}

/// What it asks for, and for whom or where.
fn request_title(page: &Page, item: &CatalogueItem, sent: &Sent) -> String {
    let about = ["champ-beneficiary", "champ-account_holder", "champ-call_centre", "champ-site"];
    let about = about.into_iter().find_map(|field| sent.said(field));
    let parts = [Some(page.label(&item.label).to_owned()), about];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The priority that whoever hears the call decides; the reason is what they wrote down.
fn decided(page: &Page, sent: &Sent) -> Option<Override> {
    let priority = Priority::ALL.into_iter().find(|p| p.to_string() == sent.get("priorite"))?;
    let said = page.t1("call-decided", "priority", priority.to_string());
    Override::new(priority, &said).ok()
}

fn classification(book: &Book, class: Class, sent: &Sent, decided: Option<&Override>) -> Classification {
    let item = sent.code("sujet");
    let plain = Classification {
        service: sent.code("service"),
        site: sent.said("site"),
        item: item.clone(),
        ..Classification::default()
    };
    match class {
        Class::Incident => {
            let said = circumstances(sent);
            match assess(book, &said) {
                Ok(assessed) => Classification { item, ..assessed.classification(&said, decided) },
                Err(_) => Classification {
                    technical: said.technical.then_some(true),
                    priority: decided.map(Override::priority),
                    ..plain
                },
            }
        }
        Class::Request => {
            Classification { urgent: Some(sent.is_on("urgent")), site: sent.said("champ-site").or(plain.site), ..plain }
        }
        _ => Classification { priority: decided.map(Override::priority), ..plain },
    }
}
