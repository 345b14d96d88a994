//! What a program sends about cases, and what it is answered.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema},
};
use vigie_contract::{Class, Delay, Impact, Priority, Source, Urgency};
use vigie_rules::{
    desk::{Act, Phase},
    fact::{Audience, Document},
    relation::Relation,
};

use crate::{features::desk::store::CaseLine, web::api::doc::choice};

fn classes() -> RefOr<Schema> {
    choice(Class::CASES.map(Class::name))
}

fn phases() -> RefOr<Schema> {
    choice(Phase::ALL.map(Phase::name))
}

fn acts() -> RefOr<Schema> {
    choice(Act::ALL.map(Act::verb))
}

fn priorities() -> RefOr<Schema> {
    choice(["P1", "P2", "P3", "P4"])
}

/// A call for help.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCase {
    /// `incident`, `request`, `problem` or `change`.
    #[schema(schema_with = classes)]
    pub(super) class: String,
    /// What it is about, in a line.
    #[schema(example = "Plus de tonalité au 3e étage")]
    pub(super) title: String,
    /// All that is known.
    pub(super) text: Option<String>,
    /// Who asks for help.
    pub(super) requester: Option<String>,
    /// Where to write to them.
    pub(super) mail: Option<String>,
    /// Where to call them.
    pub(super) phone: Option<String>,
    /// `vip` or `vvip`, when they are one.
    pub(super) vip: Option<String>,
    /// The resolution group that it goes to.
    pub(super) team: Option<String>,
    /// Its number in the caller's system.
    pub(super) reference: Option<String>,
    /// The customer opens it itself, without the on-site teams (3.8); else as the account's side says.
    pub(super) direct: Option<bool>,
    /// When it was identified elsewhere, beside the desk's own stamp.
    #[serde(default)]
    pub(super) identified: Vec<Stamp>,
    /// How it is classified so far.
    #[serde(default)]
    pub(super) classification: Kind,
    /// Of a request: what is answered to the form of its type, by the field's name. When given, the form is
    /// checked as a page checks it.
    #[serde(default)]
    pub(super) fields: Option<BTreeMap<String, String>>,
}

/// When a case was identified elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stamp {
    /// `ezv`, `alert`, `daily_test`, `information_emitted` or `information_received`.
    #[schema(value_type = String, example = "ezv")]
    pub(super) source: Source,
    /// When (RFC 3339).
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
}

/// How a case is classified; what is absent stays as it was.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Kind {
    /// `U1` or `U2`.
    #[schema(value_type = Option<String>)]
    pub(super) urgency: Option<Urgency>,
    /// 1, 2 or 3.
    #[schema(value_type = Option<u8>)]
    pub(super) impact: Option<Impact>,
    /// `P1` to `P4`: only to override the matrix.
    #[schema(value_type = Option<String>)]
    pub(super) priority: Option<Priority>,
    /// A service of the contract's perimeter.
    pub(super) service: Option<String>,
    /// A site.
    pub(super) site: Option<String>,
    /// A subject or a request type of the contract's catalogue.
    pub(super) item: Option<String>,
    /// A request on the urgent path.
    pub(super) urgent: Option<bool>,
    /// Opened by a technical source, not by a user.
    pub(super) technical: Option<bool>,
}

/// Something done to a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAct {
    /// The verb, as the case's `offered` lists it.
    #[schema(schema_with = acts)]
    pub(super) act: String,
    /// What is said; needed where the act must be explained.
    pub(super) text: Option<String>,
    /// When it happened, when not now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) at: Option<Timestamp>,
    /// Only the own side may read the text.
    #[serde(default)]
    pub(super) internal: bool,
    /// Of `paused`: a reason of the contract.
    pub(super) reason: Option<String>,
    /// Of `assigned`: the group.
    pub(super) team: Option<String>,
    /// Of `assigned`: somebody of it.
    pub(super) assignee: Option<String>,
    /// Of `classified`.
    pub(super) classification: Option<Kind>,
    /// Of `informed`: `customer`, `taskforce` or `users`.
    #[schema(value_type = Option<String>)]
    pub(super) audience: Option<Audience>,
    /// Of `linked`: the number in another system.
    pub(super) reference: Option<String>,
    /// Of `linked`: which system, such as `ezv`.
    pub(super) system: Option<String>,
    /// Of `linked` to `case`: `duplicate_of`, `has_duplicate`, `caused_by`, `causes`, `child_of`, `parent_of` or
    /// `relates_to`. The other case is linked back.
    #[schema(value_type = Option<String>)]
    pub(super) relation: Option<Relation>,
    /// Of `task_added` and `task_changed`: how long it may take, on the calendar of the case (`4 h`,
    /// `2 working days`); instead of `due` in `detail`.
    #[schema(value_type = Option<String>, example = "2 working days")]
    pub(super) within: Option<Delay>,
    /// Of `agreed`: by when (RFC 3339).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) due: Option<Timestamp>,
    /// Of `delivered`: `proposal`, `impact` or `other`.
    #[schema(value_type = Option<String>)]
    pub(super) document: Option<Document>,
    /// Of the steps of changes and problems, the members of their entries: of `assessed` `kind`, `risk` and
    /// `urgent_criteria`; of `section_written` `section`; of `opinion_given` `college` and `favourable`; of
    /// `tabled` `session`; of `voted` `session` and `vote` (`for`, `against`, `abstain`); of `decided`
    /// `authority`, `granted` and, for a board, `session`; of `planned` `begins` and `ends`; of
    /// `stage_reached` `stage`. Of what is done around a case: of `task_added` `rule` (a task of the contract,
    /// else `text` is its title), `team`, `assignee` and `due`; of `task_changed` those and `task` and
    /// `place`; of `task_done`, `task_reopened` and `task_dropped` `task`; of `time_spent` `effort` (`remote`,
    /// `on_site`, `travel`), `minutes`, `person` and `corrects`; of `merged` `into`; of `unlinked` `system` and
    /// `reference`.
    #[schema(value_type = Option<Object>)]
    pub(super) detail: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A case.
#[derive(Serialize, ToSchema)]
pub(crate) struct CaseOut {
    pub(super) number: String,
    #[schema(schema_with = classes)]
    pub(super) class: &'static str,
    #[schema(schema_with = phases)]
    pub(super) phase: &'static str,
    pub(super) priority: Option<String>,
    pub(super) major: bool,
    pub(super) vip: Option<String>,
    pub(super) title: Option<String>,
    pub(super) requester: Option<String>,
    pub(super) team: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) service: Option<String>,
    pub(super) site: Option<String>,
    pub(super) item: Option<String>,
    pub(super) origin: String,
    pub(super) reference: Option<String>,
    #[schema(format = DateTime)]
    pub(super) opened_at: String,
    #[schema(format = DateTime)]
    pub(super) changed_at: String,
    #[schema(format = DateTime)]
    pub(super) restored_at: Option<String>,
    /// The delay that is due first.
    pub(super) next_due: Option<DueOut>,
    /// Grows with each entry of the case; the `ETag` holds it.
    pub(super) version: u64,
    /// Where it is read.
    pub(super) href: String,
}

/// A case, with what only its own page tells.
#[derive(Serialize, ToSchema)]
pub(crate) struct WholeCaseOut {
    #[serde(flatten)]
    pub(super) case: CaseOut,
    /// What was answered to the form of a request, by the field's name.
    pub(super) fields: BTreeMap<String, String>,
    /// Its tasks, in their order, as far as the caller's side knows of them.
    pub(super) tasks: Vec<TaskOut>,
    /// What is linked.
    pub(super) links: Vec<LinkOut>,
    /// The case that goes on in its place.
    pub(super) merged_into: Option<String>,
    /// The cases that go on in it.
    pub(super) absorbed: Vec<String>,
    /// The acts that may follow, for the caller's side and role.
    #[schema(value_type = Vec<String>)]
    pub(super) offered: Vec<&'static str>,
}

/// A task of a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskOut {
    /// Its number on the case: `task` of the acts that change it.
    pub(super) task: u32,
    /// Its title; absent when it was erased.
    pub(super) title: Option<String>,
    pub(super) team: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) due: Option<String>,
    /// When it was done.
    pub(super) done_at: Option<String>,
    /// Nobody has to do it.
    pub(super) dropped: bool,
    /// Only the caller's side knows of it.
    pub(super) internal: bool,
}

/// What is linked to a case.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkOut {
    /// `case`, `ezv`, `vendor`, ...
    pub(super) system: String,
    pub(super) reference: String,
    /// `duplicate_of`, `caused_by`, `child_of`, `relates_to`, or one of them seen from the other side.
    pub(super) relation: Option<&'static str>,
}

/// A delay that runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct DueOut {
    #[schema(format = DateTime)]
    pub(super) at: String,
    /// The clock of the contract.
    pub(super) clock: String,
}

/// A case that was just opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenedOut {
    /// The number to say.
    pub(super) number: String,
    /// The desk's stamp.
    #[schema(format = DateTime)]
    pub(super) at: String,
    /// Its version, as the `ETag` holds it.
    pub(super) version: u64,
    /// Where it is read.
    pub(super) href: String,
}

/// How a case stands after an act.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoneOut {
    pub(super) number: String,
    #[schema(schema_with = phases)]
    pub(super) phase: &'static str,
    pub(super) version: u64,
    /// Tasks that the caller's side has still to do: worth a look before a case is closed.
    pub(super) open_tasks: usize,
}

/// One page of cases.
#[derive(Serialize, ToSchema)]
pub(crate) struct CasesOut {
    /// How many there are in all pages.
    pub(super) total: u64,
    /// Those of this page, the latest number first.
    pub(super) items: Vec<CaseOut>,
    /// The `cursor` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// Which cases.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// `incident`, `request`, `problem` or `change`.
    #[param(schema_with = classes)]
    pub(super) class: Option<String>,
    /// `new`, `in_progress`, `paused`, `restored`, `closed`, `cancelled` or `merged`.
    #[param(schema_with = phases)]
    pub(super) phase: Option<String>,
    /// `true` for those with something left to do.
    pub(super) open: Option<bool>,
    /// The subject or the request type.
    pub(super) item: Option<String>,
    /// The resolution group.
    pub(super) team: Option<String>,
    /// The account.
    pub(super) assignee: Option<String>,
    /// `P1` to `P4`.
    #[param(schema_with = priorities)]
    pub(super) priority: Option<String>,
    /// The number in another system.
    pub(super) reference: Option<String>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
    /// 1 to 200; 50 by default.
    #[param(minimum = 1, maximum = 200)]
    pub(super) limit: Option<u32>,
}

impl From<CaseLine> for CaseOut {
    fn from(line: CaseLine) -> Self {
        Self {
            href: href(&line.number),
            number: line.number,
            class: line.class.name(),
            phase: line.phase.name(),
            priority: line.priority,
            major: line.major,
            vip: line.vip,
            title: line.title,
            requester: line.requester,
            team: line.team,
            assignee: line.assignee,
            service: line.service,
            site: line.site,
            item: line.item,
            origin: line.origin,
            reference: line.reference,
            opened_at: line.opened_at.to_string(),
            changed_at: line.changed_at.to_string(),
            restored_at: line.restored_at.map(|t| t.to_string()),
            next_due: line.next_due.map(|(at, clock)| DueOut { at: at.to_string(), clock }),
            version: line.version,
        }
    }
}

pub(super) fn href(number: &str) -> String {
    format!("/api/v1/cases/{number}")
}
