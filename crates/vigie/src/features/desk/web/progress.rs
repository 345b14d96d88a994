//! How far a change or a problem has come, for its page: what is missing, its study with all versions,
//! opinions, votes and decision, stages, and the cases that are linked to it.

use vigie_contract::{Authority, Class, Verb};
use vigie_rules::{
    book::Book,
    change::{authority, lacks_of},
    life::Life,
    step::{Step, Voice},
};

use super::{
    case::address,
    names::Names,
    steps::{risk_key, voice_key},
};
use crate::{
    features::desk::{
        step_words,
        view::{CaseFile, EntryView, Words},
    },
    web::{AppState, Failure, Page},
};

/// What the page shows.
#[derive(Default)]
pub(super) struct ProgressPart {
    /// Message of its title; empty for a case that has no such part.
    pub(super) title: &'static str,
    /// What a change lacks before it is planned, a problem before it is closed; absent when nobody asks any more.
    pub(super) missing: Option<Vec<String>>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) sections: Vec<SectionView>,
    pub(super) opinions: Vec<OpinionView>,
    pub(super) votes: Vec<VoteView>,
    pub(super) stages: Vec<StageView>,
}

/// A section of a study.
pub(super) struct SectionView {
    pub(super) title: String,
    /// The latest first.
    pub(super) versions: Vec<Version>,
}

/// What somebody wrote.
pub(super) struct Version {
    pub(super) text: String,
    pub(super) by: String,
}

/// The opinion of a college.
pub(super) struct OpinionView {
    pub(super) college: String,
    pub(super) said: Option<Said>,
}

/// What was said, by whom, with which words.
pub(super) struct Said {
    pub(super) yes: bool,
    pub(super) answer: String,
    pub(super) by: String,
    pub(super) text: String,
}

/// A vote.
pub(super) struct VoteView {
    pub(super) session: String,
    pub(super) voter: String,
    pub(super) voice: Voice,
    /// The same in words.
    pub(super) vote: String,
    pub(super) at: String,
    pub(super) text: String,
}

/// A stage of a problem.
pub(super) struct StageView {
    pub(super) title: String,
    pub(super) proof: String,
    pub(super) closes: bool,
    pub(super) reached: Option<Version>,
}

/// Of a case; nothing for one that is neither change nor problem.
pub(super) fn part(names: Names<'_>, book: &Book, file: &CaseFile, life: &Life) -> ProgressPart {
    let page = names.page;
    let class = file.history.class;
    let mut part = ProgressPart {
        title: match class {
            Class::Change => "progress-change",
            Class::Problem => "progress-problem",
            _ => return ProgressPart::default(),
        },
        ..ProgressPart::default()
    };
    let progress = life.progress();
    let said: Vec<(Step, &EntryView)> = file.entries.iter().filter_map(|e| Some((step(e)?, e))).collect();
    part.sections = sections(names, class, &said);
    if class == Class::Problem {
        part.stages = stages(names, &said);
        let closed = life.closed.is_some() || life.cancelled.is_some();
        let open = vigie_rules::change::open_stages(book, &progress.stages);
        part.missing = (!closed).then(|| open.map(|s| page.label(&s.label).to_owned()).collect());
        return part;
    }
    let settled =
        progress.planned.is_some() || progress.begun.is_some() || life.cancelled.is_some() || life.restored().is_some();
    let lacks = lacks_of(book, progress);
    let missing = lacks.iter().map(|l| page.label(&step_words::lack(Some(names.contract), l)).to_owned());
    part.missing = (!settled).then(|| missing.collect());
    part.facts = facts(names, life);
    let kind = progress.kind.as_ref().and_then(|k| book.contract.change_type(k));
    let colleges = kind.map(|k| k.opinions.as_slice()).unwrap_or_default();
    part.opinions = colleges.iter().map(|college| opinion(names, &college.0, &said)).collect();
    part.votes = votes(page, &said);
    part
}

fn step(entry: &EntryView) -> Option<Step> {
    Step::read(Verb::from_name(entry.verb())?, entry.json()).ok()
}

fn text(entry: &EntryView) -> String {
    match &entry.said {
        Words::Kept { texts, .. } => texts.text.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

fn by(page: &Page, entry: &EntryView) -> String {
    format!("{} · {}", entry.actor, page.format.second(entry.occurred_at))
}

fn version(page: &Page, entry: &EntryView) -> Version {
    Version { text: text(entry), by: by(page, entry) }
}

fn sections(names: Names<'_>, class: Class, said: &[(Step, &EntryView)]) -> Vec<SectionView> {
    let all = names.contract.changes.sections.iter().filter(|s| s.class == class);
    let view = |id: &str| {
        let written =
            said.iter().rev().filter(|(step, _)| matches!(step, Step::SectionWritten { section } if section == id));
        written.map(|(_, entry)| version(names.page, entry)).collect()
    };
    let views = all.map(|s| SectionView { title: names.page.label(&s.label).to_owned(), versions: view(&s.id) });
    let views: Vec<SectionView> = views.collect();
    // A study that nobody began and nobody must write is no part of the page.
    if views.iter().all(|v| v.versions.is_empty()) { Vec::new() } else { views }
}

fn stages(names: Names<'_>, said: &[(Step, &EntryView)]) -> Vec<StageView> {
    let page = names.page;
    let reached = |id: &str| {
        let found = said.iter().find(|(step, _)| matches!(step, Step::StageReached { stage } if stage.0 == id));
        found.map(|(_, entry)| version(page, entry))
    };
    let all = names.contract.changes.stages.iter();
    all.map(|s| StageView {
        title: page.label(&s.label).to_owned(),
        proof: page.label(&s.proof).to_owned(),
        closes: s.closes,
        reached: reached(&s.id.0),
    })
    .collect()
}

fn opinion(names: Names<'_>, id: &str, said: &[(Step, &EntryView)]) -> OpinionView {
    let page = names.page;
    let found = said.iter().rev().find_map(|(step, entry)| match step {
        Step::OpinionGiven { college, favourable } if college.0 == id => Some((*favourable, *entry)),
        _ => None,
    });
    let said = found.map(|(yes, entry)| Said {
        yes,
        answer: page.t(if yes { "opinion-for" } else { "opinion-against" }),
        by: by(page, entry),
        text: text(entry),
    });
    OpinionView { college: names.college(id), said }
}

fn votes(page: &Page, said: &[(Step, &EntryView)]) -> Vec<VoteView> {
    let views = said.iter().filter_map(|(step, entry)| match step {
        Step::Voted { session, voter, vote } => Some(VoteView {
            session: session.clone(),
            voter: voter.clone(),
            voice: *vote,
            vote: page.t(voice_key(*vote)),
            at: page.format.second(entry.occurred_at),
            text: text(entry),
        }),
        _ => None,
    });
    views.collect()
}

fn facts(names: Names<'_>, life: &Life) -> Vec<(String, String)> {
    let page = names.page;
    let progress = life.progress();
    let mut facts = Vec::new();
    let mut add = |key: &str, value: Option<String>| facts.extend(value.map(|v| (page.t(key), v)));
    let instant = |at| page.format.second(at);
    let minute = |at| page.format.instant(Some(at));
    add("step-kind", progress.kind.as_ref().map(|k| names.change_type(&k.0)));
    add("step-risk", progress.risk.map(|r| page.t(risk_key(r))));
    let kind = progress.kind.as_ref().and_then(|k| names.contract.change_type(k));
    let by = kind.and_then(|k| authority(k, progress.risk));
    add("progress-authority", by.map(|a: Authority| page.label(&step_words::authority(a)).to_owned()));
    let criteria = progress.urgent_criteria.iter().map(|id| {
        let found = names.contract.changes.urgent_criteria.iter().find(|c| c.id == *id);
        found.map_or_else(|| id.clone(), |c| page.label(&c.label).to_owned())
    });
    let criteria: Vec<String> = criteria.collect();
    add("step-criteria", (!criteria.is_empty()).then(|| criteria.join(" · ")));
    add("progress-study", progress.study_validated.map(instant));
    add("progress-agenda", (!progress.sessions.is_empty()).then(|| progress.sessions.join(", ")));
    let decision = progress.decision.as_ref().map(|d| {
        let said = page.t(if d.granted { "decision-granted" } else { "decision-refused" });
        format!("{said} · {} · {}", page.label(&step_words::authority(d.authority)), instant(d.at))
    });
    add("step-decision", decision);
    add("progress-window", progress.planned.map(|(begins, ends)| format!("{} → {}", minute(begins), minute(ends))));
    add("progress-begun", progress.begun.map(instant));
    add("progress-backed-out", progress.backed_out.map(instant));
    add("progress-reviewed", progress.reviewed.map(instant));
    facts
}

/// A problem that concerns an incident: it is linked to it, or it is known to give such incidents.
pub(super) struct Related {
    pub(super) href: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) linked: bool,
    /// How to work around it, when that was written down.
    pub(super) workaround: Option<String>,
}

/// Problems that an incident's page names, at most.
const MOST_RELATED: usize = 3;

/// The stages of a problem that make it worth knowing while it is open.
const WORTH_KNOWING: [&str; 2] = ["known_error", "workaround"];

/// The problems that concern an incident, those linked to it first.
pub(super) async fn related(
    state: &AppState,
    page: &Page,
    file: &CaseFile,
    life: &Life,
) -> Result<Vec<Related>, Failure> {
    if file.history.class != Class::Incident {
        return Ok(Vec::new());
    }
    let own = file.history.subject.number().to_owned();
    let class = life.classification().cloned().unwrap_or_default();
    let (reader, now) = (page.party(), state.now());
    let found = state
        .ask(move |s| {
            let mut found = Vec::new();
            for history in s.source.histories(Class::Problem)? {
                let problem = Life::read(&history, now);
                let progress = problem.progress();
                let linked = progress.links.iter().any(|l| l.is_case() && l.reference == own);
                let known = progress.stages.iter().any(|stage| WORTH_KNOWING.contains(&stage.0.as_str()));
                let of = problem.classification();
                let alike = of.is_some_and(|of| {
                    let fits = |known: Option<&str>, own: Option<&str>| known.is_none() || known == own;
                    of.item.is_some()
                        && of.item == class.item
                        && fits(of.site.as_deref(), class.site.as_deref())
                        && fits(of.service.as_ref().map(|x| x.0.as_str()), class.service.as_ref().map(|x| x.0.as_str()))
                });
                if linked || (known && alike && problem.cancelled.is_none()) {
                    found.push((linked, history.subject.number().to_owned()));
                }
            }
            found.sort_by_key(|(linked, _)| !linked);
            found.truncate(MOST_RELATED);
            found
                .into_iter()
                .map(|(linked, number)| Ok((linked, s.source.case(&number, reader)?)))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
    let related = found.into_iter().filter_map(|(linked, file)| {
        let file = file?;
        let number = file.history.subject.number().to_owned();
        let workaround = file.entries.iter().rev().find_map(|e| match step(e)? {
            Step::StageReached { stage } if stage.0 == "workaround" => Some(text(e)),
            _ => None,
        });
        let workaround = workaround.filter(|w| !w.is_empty());
        let title = file.title.clone().unwrap_or_default();
        Some(Related { href: address(&number), number, title, linked, workaround })
    });
    Ok(related.collect())
}
