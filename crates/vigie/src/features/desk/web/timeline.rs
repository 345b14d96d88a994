//! The one time line of a case: what was done and said, latest first, in words.
//!
//! What is for one side alone looks unlike the rest (a word, an icon and a colour), and what is the other
//! side's is not here at all.

use serde_json::Value;
use vigie_contract::{Party, Source};

use vigie_rules::{fact::Document, relation::Relation};

use super::{
    act::system_key,
    form, links,
    names::{Names, origin_key, purpose_key, told},
    steps, work,
};
use crate::features::{
    desk::{
        rim,
        seat::Seat,
        sheet::Texts,
        view::{CaseFile, EntryView, FileView, Words},
        words,
    },
    notices::web::{obligation_text, rule_text},
    post,
};
use crate::web::Page;

/// Something that was done or said.
pub(super) struct Moment {
    pub(super) seq: u64,
    pub(super) icon: &'static str,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) actor: String,
    pub(super) origin: &'static str,
    pub(super) at: String,
    /// When it was written down, if that was later by a minute or more.
    pub(super) recorded: Option<String>,
    pub(super) text: Option<String>,
    pub(super) erased: bool,
    pub(super) files: Vec<FileLink>,
    /// The one side that reads it, in words; none when both do.
    pub(super) only_for: Option<String>,
    /// Its text is one that the desk writes by itself: folded away.
    pub(super) folded: bool,
    /// Whether there is something to read, not only that something was done.
    pub(super) is_said: bool,
}

/// A file to download.
pub(super) struct FileLink {
    pub(super) name: String,
    pub(super) size: String,
    pub(super) href: String,
}

/// What this side may know, latest first.
pub(super) fn moments(names: Names<'_>, file: &CaseFile) -> Vec<Moment> {
    let mut order: Vec<&EntryView> = file.entries.iter().collect();
    order.sort_by_key(|e| (e.occurred_at, e.seq));
    let number = file.history.subject.number();
    order.into_iter().rev().filter_map(|entry| moment(names, number, entry)).collect()
}

/// A minute: what was written down within it was written at once.
const AT_ONCE_SECONDS: i64 = 60;

/// What one entry says to this side; none when it is not for it, or tells people nothing.
pub(super) fn moment(names: Names<'_>, number: &str, entry: &EntryView) -> Option<Moment> {
    let page = names.page;
    // Not even that something was done: the other side learns nothing of what is kept from it.
    if entry.visible_to.is_some_and(|side| side != page.party()) {
        return None;
    }
    let verb = entry.verb();
    let (key, icon) = told(verb)?;
    let (texts, files, erased) = match &entry.said {
        Words::Kept { texts, files } => (texts.clone(), files.as_slice(), false),
        Words::Erased => (Texts::default(), [].as_slice(), true),
        Words::None | Words::Hidden => (Texts::default(), [].as_slice(), false),
    };
    let late = entry.recorded_at.duration_since(entry.occurred_at).as_secs() >= AT_ONCE_SECONDS;
    let files = files_of(page, number, files);
    Some(Moment {
        seq: entry.seq,
        icon,
        title: page.t(key),
        detail: match &texts.mail {
            Some(to) if verb == "mailed" || verb == "mail_held" => {
                format!("{} · {to}", detail(names, verb, &entry.body))
            }
            _ => detail(names, verb, &entry.body),
        },
        actor: actor(names, entry, &texts),
        origin: origin_key(&entry.origin),
        at: page.format.second(entry.occurred_at),
        // The demonstration writes a whole year down in one go.
        recorded: (late && entry.origin != "import" && !page.demo).then(|| page.format.second(entry.recorded_at)),
        folded: verb == "mailed" || verb == "mail_held",
        is_said: texts.text.is_some() || !files.is_empty() || erased,
        text: texts.text,
        erased,
        files,
        only_for: entry.visible_to.map(|side| only_for(names, side)),
    })
}

/// The files of an entry, to download; a version of a report is read at its own page.
pub(super) fn files_of(page: &Page, number: &str, files: &[FileView]) -> Vec<FileLink> {
    let href = |hash: &str| format!("/dossiers/{}/fichiers/{hash}", crate::web::kit::encode(number));
    let shown = files.iter().filter(|f| f.name != rim::CONTENT);
    shown
        .map(|f| FileLink { name: f.name.clone(), size: form::size(page, f.size_bytes), href: href(&f.hash) })
        .collect()
}

/// Who did it: an account, the author of a mail, or the post itself.
fn actor(names: Names<'_>, entry: &EntryView, texts: &Texts) -> String {
    if entry.actor != post::ACTOR {
        return entry.actor.clone();
    }
    let author = texts.author.clone().or_else(|| texts.requester.clone());
    author.unwrap_or_else(|| names.page.t("mail-desk"))
}

fn only_for(names: Names<'_>, side: Party) -> String {
    names.page.t1("internal-to", "side", names.party(side))
}

/// The particulars of an entry in words.
fn detail(names: Names<'_>, verb: &str, body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let said = |parts: Vec<Option<String>>| parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let page = names.page;
    let owned = |key: &str| text(key).map(str::to_owned);
    match verb {
        "identified" => {
            let source = text("source").and_then(|s| serde_json::from_value::<Source>(Value::from(s)).ok());
            let direct = body.get("direct").and_then(Value::as_bool).unwrap_or(false);
            said(vec![source.map(|s| page.label(&words::source(s, direct)).to_owned()), owned("reference")])
        }
        "classified" => said(vec![
            owned("priority"),
            owned("urgency"),
            body.get("impact").and_then(Value::as_u64).map(|n| page.t1("told-impact", "n", n)),
            text("service").map(|id| names.service(id)),
            text("item").map(|id| names.item(id)),
            owned("site"),
            body.get("urgent").and_then(Value::as_bool).filter(|u| *u).map(|_| page.t("told-urgent")),
        ]),
        "assigned" => said(vec![text("team").map(|id| names.team(id)), owned("assignee")]),
        "paused" => said(vec![text("reason").map(|id| names.pause(id))]),
        "observed" => said(vec![owned("state"), text("reason").map(|id| names.pause(id))]),
        "informed" => said(vec![text("audience").map(|a| page.t(audience_key(a)))]),
        "mailed" | "mail_held" | "mail_sent" | "mail_failed" | "mail_ordered_again" => said(vec![
            text("mail").map(|purpose| page.t(purpose_key(purpose))),
            owned("account"),
            text("reason").map(|code| page.label(&post::reason(code)).to_owned()),
        ]),
        "warned" | "escalated" => fired(names, &body),
        "owner_named" => {
            let seat = text("seat").and_then(Seat::from_name);
            said(vec![seat.map(|s| page.t(super::crisis::seat_key(s))), owned("account")])
        }
        "linked" => {
            let relation = text("relation").and_then(Relation::from_name);
            let relation = relation.map(|r| page.t(links::relation_key(r)));
            let system = owned("system").filter(|s| s != "case").map(|s| page.t(system_key(&s)));
            said(vec![relation, system, owned("reference")])
        }
        "twinned" => said(vec![owned("reference"), owned("status")]),
        "agreed" => {
            let due = text("due").and_then(|t| t.parse().ok());
            said(vec![due.map(|at| page.format.instant(Some(at)))])
        }
        "delivered" => {
            let documents = [Document::Impact, Document::Proposal, Document::Report, Document::Review];
            let known = documents.into_iter().find(|d| Some(d.name()) == text("document"));
            said(vec![known.map(|d| page.t(steps::document_key(d)))])
        }
        _ => work::told(names, verb, &body).unwrap_or_else(|| steps::told(names, verb, &body)),
    }
}

/// What fired, and whom it reached.
fn fired(names: Names<'_>, body: &Value) -> String {
    let page = names.page;
    let text = |key: &str| body.get(key).and_then(Value::as_str);
    let told = body.get("told").and_then(Value::as_array);
    let told: Vec<&str> = told.into_iter().flatten().filter_map(Value::as_str).collect();
    let who = if told.is_empty() { page.t("told-to-nobody") } else { page.t1("told-to", "who", told.join(", ")) };
    let rule = text("rule").map(|id| rule_text(page, names.contract, id));
    let obligation = text("obligation").map(|id| obligation_text(page, names.contract, id));
    let missed = body.get("missed").and_then(Value::as_array).into_iter().flatten();
    let missed = missed.filter_map(|row| missed_text(page, row));
    [rule, obligation, Some(who)].into_iter().flatten().chain(missed).collect::<Vec<_>>().join(" · ")
}

/// Whom a way did not reach, and why.
fn missed_text(page: &Page, row: &Value) -> Option<String> {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let key = match (text("by")?, text("why")?) {
        ("phone", _) => "missed-phone",
        ("mail", "not_served") => return Some(page.t("missed-no-mail")),
        (_, "no_address") => "missed-no-address",
        (_, "address_fails") => "missed-address-fails",
        (_, "turned_off") => "missed-turned-off",
        _ => return None,
    };
    let accounts = row.get("accounts").and_then(Value::as_array)?;
    let accounts: Vec<&str> = accounts.iter().filter_map(Value::as_str).collect();
    Some(page.t1(key, "who", accounts.join(", ")))
}

/// The message that names who is told.
pub(super) fn audience_key(audience: &str) -> &'static str {
    match audience {
        "taskforce" => "audience-taskforce",
        "users" => "audience-users",
        _ => "audience-customer",
    }
}
