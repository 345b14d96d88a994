//! The words of a report: the draft that the time line gives, and the paper that is printed of it.
//!
//! A draft holds what the entries say and nothing else; what is for one side alone is left out, since the
//! customer reads it. What people must find out themselves, the corrective plan, stays empty.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use vigie_contract::{Contract, Party, Team};
use vigie_reports::paper::{Paper, PaperSection, PaperTable};
use vigie_rules::{
    book::Book,
    fact::Document,
    life::Life,
    report::{Report, Section},
};

use super::{names::Names, rim::section_keys, timeline};
use crate::{
    features::desk::{
        rim::{DRAFTED, WRITTEN},
        view::{CaseFile, EntryView},
    },
    web::{Lang, Page, Prefs, Theme},
};

/// A frame without a reader, for words that no page shows.
fn frame(lang: Lang, zone: TimeZone, contract: &Contract) -> Page {
    let mut page = Page::signed_out(Prefs { lang, theme: Theme::Auto }, String::new(), String::new(), false);
    page.format.zone = zone;
    page.contract = contract.frame.label.clone();
    page
}

/// The draft of a report in the contract's language, French.
pub(crate) fn draft_in_french(zone: TimeZone, book: &Book, file: &CaseFile, life: &Life) -> Report {
    let page = frame(Lang::Fr, zone, &book.contract);
    draft(Names { page: &page, contract: &book.contract }, book, file, life)
}

/// The draft of a report in the language of the page.
pub(super) fn draft(names: Names<'_>, book: &Book, file: &CaseFile, life: &Life) -> Report {
    let page = names.page;
    let lines = |wanted: &dyn Fn(&EntryView, &Value) -> bool| -> Vec<String> {
        let mut entries: Vec<&EntryView> = file.entries.iter().filter(|e| e.visible_to.is_none()).collect();
        entries.sort_by_key(|e| (e.occurred_at, e.seq));
        let kept = entries.into_iter().filter(|e| {
            let body = e.json();
            ![DRAFTED, WRITTEN].contains(&e.verb()) && wanted(e, &body)
        });
        kept.filter_map(|e| line(names, file.history.subject.number(), e)).collect()
    };
    let or_none = |found: Vec<String>| if found.is_empty() { page.t("rim-nothing-recorded") } else { found.join("\n") };
    let text = |body: &Value, key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let team =
        |body: &Value| text(body, "team").and_then(|id| names.contract.teams.teams.iter().find(|t| t.id.0 == id));
    let outside = |t: &&Team| t.party == Party::ThirdParty;
    let editor = |t: &&Team| outside(t) && t.levels.contains(&EDITORS);
    let head = summary(names, book, file, life);
    Report {
        chronology: std::iter::once(head).chain(lines(&|_, _| true)).collect::<Vec<_>>().join("\n"),
        customer: or_none(lines(&|e, _| CUSTOMER.contains(&e.verb()))),
        editor: or_none(lines(&|e, body| match e.verb() {
            "linked" => text(body, "system").as_deref() == Some("vendor"),
            "assigned" => team(body).as_ref().is_some_and(outside),
            "paused" => text(body, "reason").is_some_and(|r| r == "vendor" || r == "excluded_third_party"),
            _ => false,
        })),
        escalations: or_none(lines(&|e, body| e.verb() == "assigned" && team(body).as_ref().is_some_and(editor))),
        ..Report::default()
    }
}

/// The level of editors and manufacturers (AMB-71).
const EDITORS: u8 = 4;

/// What was exchanged with the customer's teams.
const CUSTOMER: [&str; 7] = [
    "informed",
    "noted",
    "pause_accepted",
    "pause_refused",
    "restoration_refused",
    "restoration_validated",
    "declared_major",
];

/// One entry in a line: when, what, in which words, by whom.
fn line(names: Names<'_>, number: &str, entry: &EntryView) -> Option<String> {
    let m = timeline::moment(names, number, entry)?;
    let detail = if m.detail.is_empty() { String::new() } else { format!(" ({})", m.detail) };
    let words =
        m.text.map(|text| format!("{}{}", names.page.lang().colon(), text.replace('\n', " "))).unwrap_or_default();
    Some(format!("{} · {}{detail}{words} · {}", m.at, m.title, m.actor))
}

/// How long it lasted, in a line.
fn summary(names: Names<'_>, book: &Book, file: &CaseFile, life: &Life) -> String {
    let page = names.page;
    let start = file.history.events.first().map(|e| e.at);
    let end = life.restored().map(|r| r.at);
    let priority = life.classification().and_then(|c| book.priority(c)).map(|p| p.to_string()).unwrap_or_default();
    let instant = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| page.format.second(at));
    let lasted = start.zip(end).map(|(from, to)| SignedDuration::from_mins(to.duration_since(from).as_mins()));
    page.lang_with(
        "rim-summary",
        &[
            ("priority", &priority),
            ("start", &instant(start)),
            ("end", &instant(end)),
            ("lasted", &page.format.time(lasted)),
        ],
    )
}

/// The report, or its review, as it is printed.
pub(super) fn paper(
    names: Names<'_>,
    book: &Book,
    file: &CaseFile,
    life: &Life,
    report: &Report,
    document: Document,
    now: Timestamp,
) -> Paper {
    let page = names.page;
    let number = file.history.subject.number();
    let review = document == Document::Review;
    let instant = |at: Timestamp| page.format.second(at);
    let mut facts = vec![(page.t("rim-case"), number.to_owned())];
    facts.extend(file.title.clone().map(|title| (page.t("rim-about"), title)));
    let priority = life.classification().and_then(|c| book.priority(c));
    facts.extend(priority.map(|p| (page.t("rim-priority"), p.to_string())));
    facts.extend(file.history.events.first().map(|e| (page.t("rim-start"), instant(e.at))));
    facts.extend(life.restored().map(|r| (page.t("case-restored"), instant(r.at))));
    facts.push((page.t("rim-made"), instant(now)));
    let section = |title: &str, text: &str| PaperSection { title: page.t(title), text: text.to_owned() };
    let sections = if review {
        vec![section("rim-review", &report.review)]
    } else {
        Section::ALL.into_iter().map(|s| section(section_keys(s).0, report.section(s))).collect()
    };
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(|| "–".to_owned(), |d| page.format.date(d));
    let rows = report.actions.iter().map(|a| vec![a.what.clone(), a.owner.clone(), date(a.due), date(a.done)]);
    let head = ["rim-action", "rim-action-owner", "rim-action-due", "rim-action-done"].map(|key| page.t(key));
    Paper {
        lang: page.lang(),
        title: page.t(if review { "rim-review-title" } else { "rim-title" }),
        subtitle: number.to_owned(),
        contract: page.label(&page.contract).to_owned(),
        demo: page.demo.then(|| page.t("demo-banner")),
        facts,
        sections,
        table: (!report.actions.is_empty()).then(|| PaperTable {
            title: page.t("rim-actions"),
            head: head.to_vec(),
            rows: rows.collect(),
        }),
        page_word: page.t("rim-page"),
        ident: format!("{}/{number}", document.name()),
        made_at: now,
    }
}
