//! What one may do to a case: the forms that its life allows, and what becomes of what they send.
//!
//! Whether an act may follow is asked of the rules alone. A form that is refused comes back with all that
//! was typed; one that comes after somebody else's act also says what came in between.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, civil::DateTime};
use vigie_contract::{Class, Impact, Party, Priority, Urgency};
use vigie_evidence::Origin;
use vigie_rules::{
    book::Book,
    desk::{Act, Refusal, offered},
    fact::{Audience, Classification},
    relation::Relation,
};
use vigie_store::{JournalError, WriteError};

use super::{
    case::{Told, show},
    edit::{self, Tried},
    form::{Field, Form, Problem},
    names::{self, Names},
    steps::{self, Acting},
    upload::upload_problems,
    work,
};
use crate::{
    features::desk::{
        DeskError,
        act::{Deed, Detail, Done},
        open::By,
        seat::Seat,
        sheet::Texts,
        words,
    },
    web::{
        AppState, Failure, Missing, Page, VOTE,
        kit::{Sent, encode, local_or_home},
    },
};

/// One act as a page offers it.
pub(super) struct ActView {
    pub(super) verb: &'static str,
    pub(super) name: String,
    pub(super) icon: &'static str,
    pub(super) primary: bool,
    /// It waits for this side: shown in the box above all else.
    pub(super) awaited: bool,
    pub(super) fields: Vec<Field>,
    /// What to know before.
    pub(super) warning: Option<String>,
    /// Typed already, and not yet done.
    pub(super) open: bool,
}

/// The acts that a life allows this side; the note has its own place on the page and is not among them.
pub(super) fn views(acting: &Acting<'_>, tried: Option<(Act, &Sent, &[Problem])>) -> Vec<ActView> {
    let (names, party) = (acting.names, acting.asked.doer.party);
    let empty = Sent::default();
    // What a board does is for those who sit on boards.
    let sits = names.page.may(VOTE);
    let boards =
        |act: Act| act == Act::Vote || (act == Act::Decide && acting.wanted().is_some_and(|a| a.committee().is_some()));
    let acts = offered(acting.asked).into_iter().filter(|act| !has_own_place(*act) && (sits || !boards(*act)));
    acts.map(|act| {
        let mine = tried.filter(|(tried, ..)| *tried == act);
        let (sent, problems) = mine.map_or((&empty, [].as_slice()), |(_, sent, problems)| (sent, problems));
        let (key, icon) = names::act(act);
        ActView {
            verb: act.verb(),
            name: names.page.t(key),
            icon,
            primary: matches!(
                act,
                Act::TakeIn
                    | Act::Restore
                    | Act::ValidateRestoration
                    | Act::AcceptPause
                    | Act::Close
                    | Act::Approve
                    | Act::ValidateStudy
            ),
            // Who must approve is one role, and whoever is offered it has that role.
            awaited: party == Party::Customer
                && (act.side() == Some(Party::Customer) || matches!(act, Act::Approve | Act::RefuseApproval)),
            fields: fields(acting, act, sent, problems),
            warning: warning(acting, act),
            open: mine.is_some(),
        }
    })
    .collect()
}

/// What whoever does it should know before.
fn warning(acting: &Acting<'_>, act: Act) -> Option<String> {
    let ends = matches!(act, Act::Close | Act::ValidateRestoration | Act::Restore | Act::Cancel | Act::Merge);
    let page = acting.names.page;
    let open = acting.asked.life.workload().open_tasks(page.party()).count();
    (ends && open > 0).then(|| page.t1("tasks-still-open", "n", open))
}

/// Whether an act has its own form on the page, beside what it is about.
const fn has_own_place(act: Act) -> bool {
    act.is_aside() || matches!(act, Act::Note | Act::Unlink)
}

/// What an act asks to be said.
fn fields(acting: &Acting<'_>, act: Act, sent: &Sent, problems: &[Problem]) -> Vec<Field> {
    let (names, class) = (acting.names, acting.asked.class);
    let page = names.page;
    let form = Form { page, prefix: act.verb(), sent, problems };
    let mut fields = steps::fields(acting, &form, act);
    fields.extend(work::fields(&form, act));
    match act {
        Act::Pause => fields.push(form.choice("motif", "act-reason", Some("choose"), names.pauses()).required()),
        Act::Assign => {
            fields.push(form.choice("equipe", "case-team", Some("choose"), names.teams()).required());
            fields.push(form.line("chez", "case-assignee", "text").hint(page.t("act-assignee-hint")));
        }
        Act::Classify => {
            fields.push(form.choice("service", "case-service", Some("unchanged"), names.services()));
            fields.push(form.line("site", "case-site", "text").known(names.sites()));
            fields.push(form.choice("sujet", "case-subject", Some("unchanged"), names.items(class)));
            if class == Class::Incident {
                let impacts = ["1", "2", "3"].map(|n| (n.to_owned(), n.to_owned())).to_vec();
                let urgencies = ["U1", "U2"].map(|u| (u.to_owned(), u.to_owned())).to_vec();
                fields.push(form.choice("urgence", "case-urgency", Some("unchanged"), urgencies));
                fields.push(form.choice("impact", "case-impact", Some("unchanged"), impacts));
            }
            let decided = form.choice("priorite", "act-decided", Some("act-by-matrix"), priorities());
            fields.push(decided.hint(page.t("act-decided-hint")));
        }
        Act::Inform => {
            let audiences = ["customer", "taskforce", "users"];
            let audiences = audiences.map(|a| (a.to_owned(), page.t(super::timeline::audience_key(a))));
            fields.push(form.choice("public", "act-audience", None, audiences.to_vec()));
        }
        Act::NameOwner if class == Class::Incident => fields.extend(super::crisis::name_fields(&form)),
        Act::Link => {
            let systems = ["ezv", "vendor", "case", "other"];
            let systems = systems.map(|s| (s.to_owned(), page.t(system_key(s))));
            fields.push(form.choice("systeme", "act-system", None, systems.to_vec()));
            fields.push(form.line("reference", "case-reference", "text").required());
            let relations = Relation::ALL.map(|r| (r.name().to_owned(), page.t(super::links::relation_key(r))));
            let relation = form.choice("relation", "link-relation", None, relations.to_vec());
            fields.push(relation.hint(page.t("link-relation-hint")));
        }
        _ => {}
    }
    let reason = |key: &str| form.text("texte", key, 3);
    match act {
        Act::Restore => fields.push(reason("act-restore-words").required()),
        Act::Inform => fields.push(reason("act-inform-words").required()),
        Act::WriteSection => fields.push(form.text("texte", "step-section-text", 8).required()),
        Act::ReachStage => fields.push(reason("step-stage-words").required()),
        Act::Review => fields.push(reason("step-review-words").required()),
        _ if act.needs_words() => fields.push(reason("act-why").required()),
        Act::Classify | Act::Assign => fields.push(reason("act-why-optional")),
        _ => {}
    }
    if matches!(act, Act::Restore | Act::Pause | Act::Resume | Act::Inform) {
        fields.push(form.line("quand", "act-when", "datetime-local").hint(page.t("act-when-hint")));
    }
    fields
}

pub(super) fn priorities() -> Vec<(String, String)> {
    Priority::ALL.map(|p| (p.to_string(), p.to_string())).to_vec()
}

pub(super) fn system_key(system: &str) -> &'static str {
    match system {
        "ezv" => "system-ezv",
        "vendor" => "system-vendor",
        "case" => "system-case",
        _ => "system-other",
    }
}

/// `POST /dossiers/{number}/actes`.
pub(crate) async fn act(
    State(state): State<AppState>,
    page: Page,
    Path(number): Path<String>,
    sent: Sent,
) -> Result<Response, Failure> {
    let Some(act) = Act::from_verb(sent.get("acte")) else { return Err(Failure::BadValue("acte")) };
    let rulebook = state.source.promise().rulebook;
    let now = state.now();
    let mut problems = upload_problems(&page, &sent);
    let read = read_deed(&page, rulebook.at(now), act, &sent, now, &mut problems);
    let named = match act {
        Act::Assign | Act::AddTask | Act::ChangeTask => Some("chez"),
        Act::NameOwner => Some("compte"),
        Act::SpendTime => Some("personne"),
        _ => None,
    };
    if let Some((field, name)) = named.and_then(|field| Some((field, sent.said(field)?))) {
        let asked = name.clone();
        if state.ask(move |s| s.accounts.account(&asked)).await?.is_none() {
            let text = page.t1("problem-no-account", "name", name);
            problems.push(Problem::new(field, text));
        }
    }
    let more = more(&page, rulebook.at(now), act, &sent, now, &mut problems);
    let Some(deed) = read.filter(|_| problems.is_empty()) else {
        let tried = Tried { act, sent: &sent, problems: &problems, why: None };
        return again(&state, &page, &number, StatusCode::UNPROCESSABLE_ENTITY, tried).await;
    };
    let expected = sent.get("version").parse::<u64>().ok();
    let asked = number.clone();
    let done: Result<Done, WriteError<DeskError>> = state
        .ask(move |s| {
            let mut done = s.source.act(&asked, expected, deed);
            for deed in more {
                done = done.and_then(|_| s.source.act(&asked, None, deed));
            }
            Ok(done)
        })
        .await?;
    let (status, why) = match done {
        Ok(_) if sent.get("retour") == edit::LIST => {
            return Ok(Redirect::to(local_or_home(sent.get("liste"))).into_response());
        }
        Ok(_) => {
            if sent.get("retour") == "taches" {
                return Ok(Redirect::to("/taches").into_response());
            }
            let room = if sent.get("retour") == "crise" { "/crise" } else { "" };
            let to = format!("/dossiers/{}{room}?fait={}", encode(&number), act.verb());
            return Ok(Redirect::to(&to).into_response());
        }
        Err(WriteError::Unit(error)) => {
            let names = Names { page: &page, contract: &rulebook.at(now).contract };
            refused(names, &number, error, &mut problems)?
        }
        Err(error) => return Err(Failure::Unexpected(error.into())),
    };
    again(&state, &page, &number, status, Tried { act, sent: &sent, problems: &problems, why: Some(why) }).await
}

/// Shows the form again where it stood: on the page of the case, or alone where the queue had opened it.
async fn again(
    state: &AppState,
    page: &Page,
    number: &str,
    status: StatusCode,
    tried: Tried<'_>,
) -> Result<Response, Failure> {
    if tried.sent.get("retour") == edit::LIST {
        return edit::again(state, page, number, status, tried).await;
    }
    let Tried { act, sent, problems, why } = tried;
    show(state, page, number, status, Told::Tried { act, sent, problems, why }).await
}

/// The other deeds of a form that adds several tasks of the contract at once.
fn more(page: &Page, book: &Book, act: Act, sent: &Sent, now: Timestamp, problems: &mut Vec<Problem>) -> Vec<Deed> {
    let rules = sent.all("regle").skip(1).filter(|_| act == Act::AddTask);
    let of = rules.filter_map(|rule| {
        let mut one = sent.clone();
        one.set("regle", rule);
        read_deed(page, book, act, &one, now, problems)
    });
    of.collect()
}

/// What the line says once an act is done.
pub(super) fn done_words(page: &Page, act: Act) -> String {
    page.t1("case-done", "act", page.t(names::act(act).0))
}

/// Why an act was not done.
pub(super) enum Why {
    /// Somebody was quicker: the version that the doer had seen.
    Stale(u64),
    /// In words.
    Words(String),
}

/// What to answer; whatever the doer cannot mend is an error of the page.
fn refused(
    names: Names<'_>,
    number: &str,
    error: DeskError,
    problems: &mut Vec<Problem>,
) -> Result<(StatusCode, Why), Failure> {
    let page = names.page;
    let words = |key: &str| Why::Words(page.t(key));
    let why = match error {
        // Of another case than the page's: the form names it.
        DeskError::Unknown(other) if other != number => Why::Words(page.t1("problem-no-case", "number", other)),
        DeskError::Unknown(_) => return Err(Failure::NotFound(Missing::Case)),
        DeskError::Uncounted => words("problem-instant"),
        DeskError::Journal(JournalError::Stale { expected, .. }) => {
            return Ok((StatusCode::CONFLICT, Why::Stale(expected)));
        }
        DeskError::Refused(refusal) => return Ok((StatusCode::CONFLICT, Why::Words(refusal_words(names, refusal)))),
        DeskError::Wordless => {
            problems.push(Problem::new("texte", page.t("problem-wordless")));
            words("problem-below")
        }
        DeskError::TooLong { field, found, limit } => {
            problems.push(too_long(page, field, found, limit));
            words("problem-below")
        }
        DeskError::When { .. } => {
            problems.push(Problem::new("quand", page.t("problem-when")));
            words("problem-below")
        }
        DeskError::Journal(JournalError::Unknown { .. }) => words("problem-version"),
        error => return Err(Failure::Unexpected(error.into())),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, why))
}

/// A field that holds too many characters.
pub(super) fn too_long(page: &Page, field: &'static str, found: usize, limit: usize) -> Problem {
    let field = match field {
        "title" => "titre",
        "requester" => "demandeur",
        "mail" => "courriel",
        "phone" => "telephone",
        _ => "texte",
    };
    let number = |n: usize| page.format.number(i64::try_from(n).unwrap_or(i64::MAX));
    Problem::new(field, page.t2("problem-too-long", "found", number(found), "limit", number(limit)))
}

/// Why the rules refused, in words.
pub(super) fn refusal_words(names: Names<'_>, refusal: Refusal) -> String {
    let page = names.page;
    let name = |act: Act| page.t(names::act(act).0);
    match refusal {
        Refusal::Phase { act, phase } => {
            page.t2("refused-phase", "act", name(act), "phase", page.t(names::phase(phase).0))
        }
        Refusal::Side { act, owner } => {
            page.t2("refused-side", "act", name(act), "side", page.t(names::party_key(owner)))
        }
        Refusal::Class { act, .. } => page.t1("refused-class", "act", name(act)),
        Refusal::Already { act } => page.t1("refused-already", "act", name(act)),
        Refusal::NoPause => page.t("refused-no-pause"),
        Refusal::NotValidated => page.t("refused-not-validated"),
        step => page.label(&words::refusal(Some(names.contract), &step)).to_owned(),
    }
}

/// A local date and time as a form gives it.
pub(super) fn local_instant(page: &Page, text: &str) -> Option<Timestamp> {
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(page.format.zone.clone()).ok().map(|z| z.timestamp())
}

/// Who sits at this page.
pub(super) fn by(page: &Page, origin: Origin) -> By {
    By { actor: page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default(), origin }
}

/// Reads a deed; none when something cannot be read, which is then among the problems.
fn read_deed(
    page: &Page,
    book: &Book,
    act: Act,
    sent: &Sent,
    now: Timestamp,
    problems: &mut Vec<Problem>,
) -> Option<Deed> {
    let names = Names { page, contract: &book.contract };
    let mut wrong = |field: &'static str, key: &str| problems.push(Problem::new(field, page.t(key)));
    let text = work::words(page, &book.contract, act, sent);
    if act.needs_words() && text.is_none() && sent.files.is_empty() {
        wrong("texte", "problem-wordless");
    }
    let at = match sent.said("quand") {
        None => now,
        Some(typed) => match local_instant(page, &typed) {
            Some(at) if at <= now => at,
            Some(_) => {
                wrong("quand", "problem-future");
                return None;
            }
            None => {
                wrong("quand", "problem-instant");
                return None;
            }
        },
    };
    let detail = match act {
        Act::Pause => {
            let reason = sent.get("motif");
            if !book.contract.clocks.pauses.iter().any(|p| p.reason.0 == reason) {
                wrong("motif", "problem-choose");
                return None;
            }
            Detail::Pause(reason.into())
        }
        Act::Assign => {
            let team = sent.get("equipe").to_owned();
            if !names.knows_team(&team) {
                wrong("equipe", "problem-choose");
                return None;
            }
            Detail::To { team, assignee: sent.said("chez") }
        }
        Act::TakeIn => {
            // Whoever takes it in has it, in the group that has it, else in their own.
            let viewer = page.viewer.as_ref();
            viewer.map_or(Detail::None, |v| Detail::Mine { own: names.team_of(&v.role), assignee: v.name.clone() })
        }
        Act::Classify => {
            let classification = Classification {
                urgency: [Urgency::U1, Urgency::U2].into_iter().find(|u| format!("{u:?}") == sent.get("urgence")),
                impact: sent.get("impact").parse::<u8>().ok().and_then(|n| Impact::try_from(n).ok()),
                priority: Priority::ALL.into_iter().find(|p| p.to_string() == sent.get("priorite")),
                service: sent.code("service").filter(|s| names.knows_service(s)),
                site: sent.said("site"),
                item: sent.code("sujet"),
                ..Classification::default()
            };
            if classification == Classification::default() {
                wrong("service", "problem-nothing-changed");
            }
            if classification.priority.is_some() && text.is_none() {
                wrong("texte", "problem-decided-why");
            }
            Detail::Class(Box::new(classification))
        }
        Act::Inform => Detail::Told(match sent.get("public") {
            "taskforce" => Audience::Taskforce,
            "users" => Audience::Users,
            _ => Audience::Customer,
        }),
        Act::NameOwner => match Seat::from_name(sent.get("siege")) {
            Some(seat) => {
                let account = sent.said("compte");
                if account.is_none() && text.is_none() {
                    wrong("compte", "problem-nobody-named");
                }
                Detail::Named { seat, account }
            }
            None => Detail::None,
        },
        Act::Link => {
            let Some(reference) = sent.said("reference") else {
                wrong("reference", "problem-needed");
                return None;
            };
            if reference.chars().count() > MAX_REFERENCE {
                wrong("reference", "problem-reference");
                return None;
            }
            let system = ["ezv", "vendor", "case"].into_iter().find(|s| *s == sent.get("systeme")).unwrap_or("other");
            let relation = Relation::from_name(sent.get("relation")).filter(|_| system == "case");
            Detail::Reference { reference, system: system.to_owned(), relation }
        }
        act if work::is_here(act) => match work::read(page, &book.contract, act, sent) {
            Ok(detail) => detail,
            Err((field, key)) => {
                wrong(field, key);
                return None;
            }
        },
        step => match steps::read(page, step, sent) {
            Ok(detail) => detail,
            Err((field, key)) => {
                wrong(field, key);
                return None;
            }
        },
    };
    Some(Deed {
        act,
        at,
        by: by(page, Origin::Web),
        party: page.party(),
        role: page.viewer.as_ref().map(|v| v.role.clone()),
        texts: Texts { text, ..Texts::default() },
        internal: matches!(act, Act::Note | Act::AddTask) && sent.get("visibilite") != "tous",
        files: sent.files.clone(),
        detail,
    })
}

/// Characters of a reference in another system.
pub(super) const MAX_REFERENCE: usize = 100;
