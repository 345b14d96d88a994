//! What a program sent, checked field by field, and what it is told when the desk refuses.

use axum::http::{HeaderMap, StatusCode, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vigie_contract::{Class, Contract, Party, Verb};
use vigie_evidence::{Origin, import_id};
use vigie_rules::{book::Book, desk::Act, fact::Classification, form::check_form, step::Step, work::Work};
use vigie_store::{JournalError, WriteError};

use super::{
    around,
    shapes::{Kind, NewAct, NewCase},
};
use crate::{
    features::desk::{
        DeskError,
        act::{Deed, Detail},
        admit::{Misfit, misfits, send},
        form_words,
        open::{By, Opening},
        sheet::Texts,
        words,
    },
    web::{
        Failure,
        api::{Caller, FieldError, Problem, label},
    },
};

/// Characters of a code: a group, a site, a reference.
const MAX_CODE: usize = 200;

pub(super) fn field(pointer: &str, fr: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::invalid(vec![FieldError { pointer: pointer.to_owned(), detail: label(fr, en) }])
}

pub(super) fn one_of(pointer: &str, known: &[&str]) -> Problem {
    let known = known.join(", ");
    field(pointer, format!("Écrire l'un de : {known}."), format!("Write one of: {known}."))
}

/// Reads a body of JSON. One that says that it is something else is not guessed at.
pub(super) fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    if headers.get(header::CONTENT_TYPE).is_some_and(|v| !is_json(v.as_bytes())) {
        return Err(Problem::media_type());
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let pointer: String = e.path().iter().filter_map(pointer_part).collect();
        field(&pointer, format!("Lecture impossible : {}", e.inner()), format!("Cannot be read: {}", e.inner()))
    })?;
    reader.end().map_err(|e| field("", format!("Lecture impossible : {e}"), format!("Cannot be read: {e}")))?;
    Ok(read)
}

/// `application/json`, or a type that ends in `+json` (RFC 6839), whatever its parameters.
fn is_json(value: &[u8]) -> bool {
    let essence = value.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"application/json") || essence.to_ascii_lowercase().ends_with(b"+json")
}

/// A step of a path as a JSON pointer has it (RFC 6901).
fn pointer_part(step: &Segment) -> Option<String> {
    match step {
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Enum { .. } | Segment::Unknown => None,
    }
}

pub(super) fn cursor(text: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let read = bytes.and_then(|b| String::from_utf8(b).ok()).filter(|s| s.starts_with("case/"));
    read.ok_or_else(|| field("/cursor", "Reprendre le `next` de la page d'avant.", "Take `next` of the page before."))
}

/// The id of the first entry that a key opens: the same key of the same account gives the same.
pub(super) fn key(headers: &HeaderMap, caller: &Caller) -> Result<Option<Uuid>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    if value.is_empty() || value.len() > MAX_CODE {
        let (fr, en) = (format!("1 à {MAX_CODE} caractères."), format!("1 to {MAX_CODE} characters."));
        return Err(field("/Idempotency-Key", fr, en));
    }
    let digest = Sha256::new()
        .chain_update(caller.account.as_bytes())
        .chain_update([0])
        .chain_update(value.as_bytes())
        .finalize();
    Ok(Some(import_id(Timestamp::UNIX_EPOCH, digest.into())))
}

pub(super) fn expected(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
    let (fr, en) = ("Renvoyer l'ETag du dossier.", "Send the ETag of the case.");
    version.map(Some).ok_or_else(|| field("/If-Match", fr, en))
}

pub(super) fn class_of(name: &str) -> Result<Class, Problem> {
    let known = Class::from_name(name).filter(|c| c.is_case());
    known.ok_or_else(|| one_of("/class", &Class::CASES.map(Class::name)))
}

pub(super) fn opening(
    new: NewCase,
    id: Option<Uuid>,
    caller: &Caller,
    book: &Book,
    now: Timestamp,
) -> Result<Opening, Problem> {
    let contract = &book.contract;
    let class = class_of(&new.class)?;
    let mut errors = Vec::new();
    let classification = kind(new.classification, contract, &mut errors);
    for (pointer, value) in [("/team", &new.team), ("/reference", &new.reference)] {
        code(pointer, value.as_deref(), &mut errors);
    }
    if new.vip.as_deref().is_some_and(|v| v != "vip" && v != "vvip") {
        let detail = label("Écrire vip ou vvip.", "Write vip or vvip.");
        errors.push(FieldError { pointer: "/vip".to_owned(), detail });
    }
    let answers = new.fields.unwrap_or_default();
    let item = classification.item.as_ref().and_then(|id| contract.catalogue.item(id));
    let reserved = item.is_some_and(|i| !i.reserved_to.is_empty() && !i.reserved_to.contains(&caller.role));
    if class == Class::Request && reserved && caller.party == Party::Customer {
        let detail = label("Réservé à d'autres rôles.", "Reserved to other roles.");
        errors.push(FieldError { pointer: "/classification/item".to_owned(), detail });
    }
    match item.filter(|_| class == Class::Request) {
        Some(item) if !answers.is_empty() => {
            let misfits = check_form(&contract.catalogue, item, &answers).into_iter().filter(|(_, m)| m.refuses());
            errors.extend(misfits.map(|(id, misfit)| FieldError {
                pointer: format!("/fields/{}", id.replace('~', "~0").replace('/', "~1")),
                detail: form_words::misfit(&misfit),
            }));
        }
        None if !answers.is_empty() => {
            let detail =
                label("Seule une demande du catalogue a un formulaire.", "Only a request of the catalogue has a form.");
            errors.push(FieldError { pointer: "/fields".to_owned(), detail });
        }
        _ => {}
    }
    let mut opening = Opening {
        id,
        class,
        by: by(caller),
        identified: new.identified.into_iter().map(|s| (s.source, s.at)).collect(),
        direct: new.direct.unwrap_or(caller.party == Party::Customer),
        texts: Texts {
            title: Some(new.title),
            text: new.text,
            requester: new.requester,
            mail: new.mail,
            phone: new.phone,
            answers,
            author: None,
        },
        classification,
        vip: new.vip,
        team: new.team,
        reference: new.reference,
        files: Vec::new(),
    };
    errors.extend(misfits(&opening, caller.party, book, now).into_iter().map(told_of));
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    send(&mut opening, book, now);
    Ok(opening)
}

/// A value with which a side may not open a case, as an error of its field.
fn told_of(misfit: Misfit) -> FieldError {
    let (pointer, fr, en) = match misfit {
        Misfit::Class => (
            "/class",
            "Le client ouvre des incidents et des demandes ; le titulaire, aussi ce qui en découle.",
            "The customer opens incidents and requests; the provider also what follows from them.",
        ),
        Misfit::UnknownTeam => ("/team", "Groupe inconnu du contrat.", "No group of the contract."),
        Misfit::TeamNotTheirs => (
            "/team",
            "Le titulaire choisit le groupe qui traite ; ne rien écrire ici.",
            "The provider chooses the group that works on it; leave this out.",
        ),
        Misfit::IdentifiedNotTheirs => (
            "/identified",
            "Le titulaire dit quand une autre source l'a vu ; ne rien écrire ici.",
            "The provider says when another source has seen it; leave this out.",
        ),
        Misfit::IdentifiedLater => ("/identified", "Un instant encore à venir.", "An instant that is still to come."),
        Misfit::DirectNotTheirs => (
            "/direct",
            "Un appel du client est toujours direct (3.8) ; ne rien écrire ici.",
            "A call of the customer is always direct (3.8); leave this out.",
        ),
    };
    FieldError { pointer: pointer.to_owned(), detail: label(fr, en) }
}

fn by(caller: &Caller) -> By {
    By { actor: caller.account.clone(), origin: Origin::Api }
}

fn code(pointer: &str, value: Option<&str>, errors: &mut Vec<FieldError>) {
    let length = value.map_or(0, |v| v.chars().count());
    if length > MAX_CODE || value.is_some_and(|v| v.trim().is_empty() || v.contains(char::is_control)) {
        let detail =
            label(format!("1 à {MAX_CODE} caractères imprimables."), format!("1 to {MAX_CODE} printable characters."));
        errors.push(FieldError { pointer: pointer.to_owned(), detail });
    }
}

fn kind(kind: Kind, contract: &Contract, errors: &mut Vec<FieldError>) -> Classification {
    let mut unknown = |pointer: &str, known: bool, fr: &str, en: &str| {
        if !known {
            errors.push(FieldError { pointer: pointer.to_owned(), detail: label(fr, en) });
        }
    };
    if let Some(id) = &kind.service {
        let known = contract.perimeter.services.iter().any(|s| s.id.0 == *id);
        unknown("/classification/service", known, "Service inconnu du contrat.", "No service of the contract.");
    }
    if let Some(id) = &kind.item {
        let catalogue = &contract.catalogue;
        let known = catalogue.subjects.iter().any(|s| s.id == *id) || catalogue.items.iter().any(|i| i.id.0 == *id);
        unknown(
            "/classification/item",
            known,
            "Ni sujet ni type du catalogue.",
            "No subject or type of the catalogue.",
        );
    }
    code("/classification/site", kind.site.as_deref(), errors);
    Classification {
        urgency: kind.urgency,
        impact: kind.impact,
        priority: kind.priority,
        service: kind.service.as_deref().map(Into::into),
        site: kind.site,
        item: kind.item.as_deref().map(Into::into),
        urgent: kind.urgent,
        technical: kind.technical,
        ..Classification::default()
    }
}

pub(super) fn deed(new: NewAct, caller: &Caller, now: Timestamp, contract: &Contract) -> Result<Deed, Problem> {
    let act = Act::from_verb(&new.act).ok_or_else(|| one_of("/act", &Act::ALL.map(Act::verb)))?;
    let particulars = new.detail;
    let missing = |pointer: &str| field(pointer, "Nécessaire à cet acte.", "Needed by this act.");
    let mut errors = Vec::new();
    for (pointer, value) in
        [("/team", &new.team), ("/assignee", &new.assignee), ("/reference", &new.reference), ("/system", &new.system)]
    {
        code(pointer, value.as_deref(), &mut errors);
    }
    let detail = match act {
        Act::Pause => {
            let reason = new.reason.ok_or_else(|| missing("/reason"))?;
            let pauses = &contract.clocks.pauses;
            if !pauses.iter().any(|p| p.reason.0 == reason) {
                let known: Vec<&str> = pauses.iter().map(|p| p.reason.0.as_str()).collect();
                return Err(one_of("/reason", &known));
            }
            Detail::Pause(reason.as_str().into())
        }
        Act::Assign => {
            let team = new.team.ok_or_else(|| missing("/team"))?;
            let known: Vec<&str> = contract.teams.teams.iter().map(|t| t.id.0.as_str()).collect();
            if !known.contains(&team.as_str()) {
                return Err(one_of("/team", &known));
            }
            Detail::To { team, assignee: new.assignee }
        }
        Act::Classify => {
            let given = new.classification.ok_or_else(|| missing("/classification"))?;
            Detail::Class(Box::new(kind(given, contract, &mut errors)))
        }
        Act::Inform => Detail::Told(new.audience.ok_or_else(|| missing("/audience"))?),
        Act::Link => Detail::Reference {
            reference: new.reference.ok_or_else(|| missing("/reference"))?,
            system: new.system.ok_or_else(|| missing("/system"))?,
            relation: new.relation,
        },
        Act::Agree => Detail::Due(new.due.ok_or_else(|| missing("/due"))?),
        Act::Deliver => Detail::Document(new.document.ok_or_else(|| missing("/document"))?),
        Act::Assess
        | Act::WriteSection
        | Act::GiveOpinion
        | Act::Table
        | Act::Vote
        | Act::Decide
        | Act::Plan
        | Act::ReachStage
        | Act::Hand
        | Act::HearThird
        | Act::Remind
        | Act::ThirdSolves => Detail::Step(step(act, particulars, caller)?),
        act if around::is_here(act) => {
            Detail::Work(around::read(act, particulars.unwrap_or_default(), caller)?, new.within)
        }
        _ => Detail::None,
    };
    let rule = match &detail {
        Detail::Work(Work::TaskAdded { rule: Some(rule), .. }, _) => Some(around::rule(contract, rule)?),
        _ => None,
    };
    let detail = match (detail, rule) {
        (Detail::Work(work, None), Some(rule)) => around::of_rule(work, rule),
        (detail, _) => detail,
    };
    let text = new.text.or_else(|| rule.map(|r| r.label.fr.clone()));
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    Ok(Deed {
        act,
        at: new.at.unwrap_or(now),
        by: by(caller),
        party: caller.party,
        role: Some(caller.role.clone()),
        texts: Texts { text, ..Texts::default() },
        internal: new.internal,
        files: Vec::new(),
        detail,
    })
}

/// The particulars of a step, as the journal reads them from its body. Nobody votes in another's name.
fn step(act: Act, given: Option<Map<String, Value>>, caller: &Caller) -> Result<Step, Problem> {
    let mut body = given.ok_or_else(|| field("/detail", "Nécessaire à cet acte.", "Needed by this act."))?;
    if act == Act::Vote {
        body.insert("voter".to_owned(), Value::String(caller.account.clone()));
    }
    let verb = Verb::from_name(act.verb()).ok_or_else(|| one_of("/act", &Act::ALL.map(Act::verb)))?;
    let unreadable = |e| field("/detail", format!("Lecture impossible : {e}"), format!("Cannot be read: {e}"));
    Step::read(verb, body).map_err(unreadable)
}

/// A refusal of the desk as a problem.
pub(super) fn told(error: WriteError<DeskError>) -> Problem {
    let error = match error {
        WriteError::Unit(error) => error,
        other => return Problem::from(Failure::Unexpected(anyhow::Error::new(other))),
    };
    match error {
        DeskError::Unknown(number) => Problem::not_found(&number),
        DeskError::Refused(refusal) => Problem::new(
            StatusCode::CONFLICT,
            "refused",
            label("Acte refusé", "Act refused"),
            words::refusal(None, &refusal),
        ),
        DeskError::Journal(JournalError::Stale { kind, .. }) => stale(&kind),
        DeskError::Journal(JournalError::Unknown { .. }) => stale("?"),
        DeskError::Uncounted => field(
            "/within",
            "L'échéance tombe hors des calendriers du contrat.",
            "It would be due outside the calendars of the contract.",
        ),
        DeskError::Wordless => field("/text", "Dire pourquoi, ou de quoi il s'agit.", "Say why, or what it is about."),
        DeskError::TooLong { field: name, found, limit } => field(
            &format!("/{name}"),
            format!("{found} caractères ; {limit} au plus, rien n'est coupé."),
            format!("{found} characters; at most {limit}, nothing is cut."),
        ),
        DeskError::When { .. } => field(
            "/at",
            "Avant l'ouverture du dossier, ou encore à venir.",
            "Before the case was opened, or still to come.",
        ),
        other => Problem::from(Failure::Unexpected(anyhow::Error::new(other))),
    }
}

fn stale(kind: &str) -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "stale",
        label("Dossier changé entre-temps", "The case has changed"),
        label(
            format!("L'écriture {kind} est arrivée entre-temps. Rien n'a été enregistré ; relire le dossier."),
            format!("Entry {kind} came in between. Nothing was recorded; read the case again."),
        ),
    )
}
