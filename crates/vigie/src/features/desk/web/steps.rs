//! The forms of the steps of requests, changes and problems: what each asks, and what was answered.
//!
//! Whether a step may follow is asked of the rules alone; a form only offers what the contract knows.

use jiff::Timestamp;
use serde_json::Value;
use vigie_contract::{Authority, Label, Risk, Verb};
use vigie_rules::{
    change::authority,
    desk::{Act, Asked},
    fact::Document,
    sitting::Sitting,
    step::{Step, Voice},
    third::third_parties,
};

use super::{
    act::{MAX_REFERENCE, local_instant},
    form::{Field, Form},
    names::Names,
};
use crate::{
    features::desk::{act::Detail, step_words},
    web::{Page, kit::Sent},
};

/// Who sits at the page, on which case, and which sessions there are.
#[derive(Clone, Copy)]
pub(super) struct Acting<'a> {
    pub(super) names: Names<'a>,
    pub(super) asked: &'a Asked<'a>,
    pub(super) sittings: &'a [Sitting],
}

impl Acting<'_> {
    fn account(&self) -> &str {
        self.names.page.viewer.as_ref().map_or("", |v| v.name.as_str())
    }

    pub(super) fn wanted(&self) -> Option<Authority> {
        let progress = self.asked.life.progress();
        let kind = self.asked.book.contract.change_type(progress.kind.as_ref()?)?;
        authority(kind, progress.risk)
    }
}

/// What a step asks to be said; empty for an act that is none.
pub(super) fn fields(acting: &Acting<'_>, form: &Form<'_>, act: Act) -> Vec<Field> {
    let page = acting.names.page;
    let changes = &acting.asked.book.contract.changes;
    let progress = acting.asked.life.progress();
    let option = |id: &str, label: &Label| (id.to_owned(), page.label(label).to_owned());
    let spoken = |name: &str, key: &str| (name.to_owned(), page.t(key));
    match act {
        Act::Assess => {
            let kinds = changes.types.iter().map(|t| option(&t.id.0, &t.label)).collect();
            let risks = Risk::ALL.map(|r| spoken(risk_name(r), risk_key(r))).to_vec();
            let criteria = changes.urgent_criteria.iter().map(|c| option(&c.id, &c.label)).collect();
            vec![
                form.choice("type", "step-kind", Some("unchanged"), kinds),
                form.choice("risque", "step-risk", Some("unchanged"), risks),
                form.several("critere", "step-criteria", criteria),
            ]
        }
        Act::WriteSection => {
            let class = acting.asked.class;
            let sections = changes.sections.iter().filter(|s| s.class == class).map(|s| {
                let (id, text) = option(&s.id, &s.label);
                let written = progress.sections.contains(&s.id);
                (id, if written { page.t1("step-anew", "section", text) } else { text })
            });
            vec![form.choice("section", "step-section", Some("choose"), sections.collect()).required()]
        }
        Act::GiveOpinion => {
            let role = acting.asked.doer.role;
            let own = changes.colleges.iter().filter(|c| role.is_some_and(|r| c.roles.contains(r)));
            let opinions = vec![spoken("oui", "opinion-for"), spoken("non", "opinion-against")];
            vec![
                form.choice("college", "step-college", None, own.map(|c| option(&c.id.0, &c.label)).collect()),
                form.choice("favorable", "step-opinion", Some("choose"), opinions).required(),
                form.text("texte", "act-why-optional", 3),
            ]
        }
        Act::Table => {
            let wanted = acting.wanted();
            let open = acting.sittings.iter().filter(|s| s.held.is_none() && wanted.is_some_and(|w| s.speaks_for(w)));
            let field = form.choice("seance", "step-session", Some("choose"), sessions(page, open)).required();
            vec![field.hint(page.t("step-session-hint"))]
        }
        Act::Vote => {
            let voices = Voice::ALL.map(|v| spoken(v.name(), voice_key(v))).to_vec();
            let open = tabled(acting).filter(|s| s.attends(acting.account()));
            vec![
                form.choice("seance", "step-session", None, sessions(page, open)),
                form.choice("vote", "step-vote", Some("choose"), voices).required().hint(page.t("step-vote-hint")),
                form.text("texte", "act-why-optional", 3),
            ]
        }
        Act::Decide => {
            let wanted = acting.wanted();
            let by = wanted.map(|w| (authority_name(w).to_owned(), page.label(&step_words::authority(w)).to_owned()));
            let answers = vec![spoken("oui", "decision-granted"), spoken("non", "decision-refused")];
            let mut fields = vec![form.choice("autorite", "step-authority", None, by.into_iter().collect())];
            if wanted.is_some_and(|w| w.committee().is_some()) {
                fields.push(form.choice("seance", "step-session", None, sessions(page, tabled(acting))));
            }
            fields.push(form.choice("decision", "step-decision", Some("choose"), answers).required());
            fields.push(form.text("texte", "act-why-optional", 3));
            fields
        }
        Act::Plan => vec![
            form.line("debut", "step-begins", "datetime-local").required(),
            form.line("fin", "step-ends", "datetime-local").required(),
            form.text("texte", "act-why-optional", 2),
        ],
        Act::ReachStage => {
            let open = changes.stages.iter().filter(|s| !progress.stages.contains(&s.id));
            let stages = open.map(|s| {
                let text = page.t2("step-stage-of", "stage", page.label(&s.label), "proof", page.label(&s.proof));
                (s.id.0.clone(), text)
            });
            vec![form.choice("etape", "step-stage", Some("choose"), stages.collect()).required()]
        }
        Act::Agree => vec![form.line("echeance", "step-due", "datetime-local").required()],
        Act::Deliver => {
            let documents = [Document::Impact, Document::Proposal, Document::Other];
            let documents = documents.map(|d| spoken(d.name(), document_key(d))).to_vec();
            vec![
                form.choice("document", "step-document", Some("choose"), documents).required(),
                form.files("fichiers", "note-files"),
            ]
        }
        Act::Hand => {
            let known = third_parties(acting.asked.book).map(|(team, _)| option(&team.id.0, &team.label)).collect();
            vec![
                form.choice("tiers", "third-who", Some("choose"), known).required(),
                form.line("reference", "third-reference", "text").hint(page.t("third-reference-hint")),
                form.text("texte", "act-why-optional", 3),
                form.line("quand", "act-when", "datetime-local").hint(page.t("act-when-hint")),
            ]
        }
        Act::HearThird | Act::Remind | Act::ThirdSolves => {
            let names = acting.names;
            let asked = progress.thirds.iter().filter(|errand| errand.solved_at.is_none());
            let asked = asked.map(|errand| (errand.third.0.clone(), names.team(&errand.third.0))).collect();
            let mut fields = vec![form.choice("tiers", "third-who", None, asked)];
            if act == Act::HearThird {
                fields.push(form.line("reference", "third-reference", "text").hint(page.t("third-reference-hint")));
            }
            let text = form.text("texte", "act-why-optional", 3);
            fields.push(if act == Act::Remind { text.hint(page.t("third-remind-hint")) } else { text });
            fields.push(form.line("quand", "act-when", "datetime-local").hint(page.t("act-when-hint")));
            fields
        }
        _ => Vec::new(),
    }
}

/// The open sessions on whose agenda the change is.
fn tabled<'a>(acting: &Acting<'a>) -> impl Iterator<Item = &'a Sitting> {
    let progress = acting.asked.life.progress();
    acting.sittings.iter().filter(|s| s.held.is_none() && progress.sessions.contains(&s.number))
}

fn sessions<'a>(page: &Page, sittings: impl Iterator<Item = &'a Sitting>) -> Vec<(String, String)> {
    sittings.map(|s| (s.number.clone(), session_name(page, s))).collect()
}

/// `CAB, 26/11/2026 14:00`.
pub(super) fn session_name(page: &Page, sitting: &Sitting) -> String {
    format!("{}, {}", sitting.committee.0.to_uppercase(), page.format.instant(Some(sitting.begins)))
}

/// The particulars of a step's entry in words; empty for an entry that is none.
pub(super) fn told(names: Names<'_>, verb: &str, body: &Value) -> String {
    let page = names.page;
    let Some(step) = Verb::from_name(verb).and_then(|verb| Step::read(verb, body.clone()).ok()) else {
        return String::new();
    };
    let changes = &names.contract.changes;
    let instant = |at: Timestamp| page.format.instant(Some(at));
    let parts: Vec<Option<String>> = match &step {
        Step::Assessed { kind, risk, urgent_criteria } => {
            let criteria = urgent_criteria.iter().map(|id| {
                let found = changes.urgent_criteria.iter().find(|c| c.id == *id);
                Some(found.map_or_else(|| id.clone(), |c| page.label(&c.label).to_owned()))
            });
            let kind = kind.as_ref().map(|id| names.change_type(&id.0));
            [kind, risk.map(|r| page.t(risk_key(r)))].into_iter().chain(criteria).collect()
        }
        Step::SectionWritten { section } => vec![Some(names.section(section))],
        Step::OpinionGiven { college, favourable } => {
            let opinion = if *favourable { "opinion-for" } else { "opinion-against" };
            vec![Some(names.college(&college.0)), Some(page.t(opinion))]
        }
        Step::Tabled { session } => vec![Some(session.clone())],
        Step::Voted { session, vote, .. } => vec![Some(page.t(voice_key(*vote))), Some(session.clone())],
        Step::Decided { authority, granted, session } => {
            let decision = if *granted { "decision-granted" } else { "decision-refused" };
            let by = page.label(&step_words::authority(*authority)).to_owned();
            vec![Some(page.t(decision)), Some(by), session.clone()]
        }
        Step::Planned { begins, ends } => vec![Some(format!("{} → {}", instant(*begins), instant(*ends)))],
        Step::StageReached { stage } => vec![Some(names.stage(&stage.0))],
        Step::Handed { third, reference } | Step::ThirdAnswered { third, reference } => {
            vec![Some(names.team(&third.0)), reference.clone()]
        }
        Step::Reminded { third } | Step::ThirdSolved { third } => vec![Some(names.team(&third.0))],
        _ => Vec::new(),
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Reads the particulars of a step; `Err` names the field and the message of what is wrong with it.
pub(super) fn read(page: &Page, act: Act, sent: &Sent) -> Result<Detail, (&'static str, &'static str)> {
    let needed = |field: &'static str| sent.said(field).ok_or((field, "problem-choose"));
    let yes = |field: &'static str| match sent.get(field) {
        "oui" => Ok(true),
        "non" => Ok(false),
        _ => Err((field, "problem-choose")),
    };
    let instant = |field: &'static str| -> Result<Timestamp, (&'static str, &'static str)> {
        let typed = sent.said(field).ok_or((field, "problem-needed"))?;
        local_instant(page, &typed).ok_or((field, "problem-instant"))
    };
    let step = match act {
        Act::Assess => {
            let risk = Risk::ALL.into_iter().find(|r| risk_name(*r) == sent.get("risque"));
            let urgent_criteria: Vec<String> = sent.all("critere").map(str::to_owned).collect();
            let kind = sent.code("type");
            if kind.is_none() && risk.is_none() && urgent_criteria.is_empty() {
                return Err(("type", "problem-nothing-changed"));
            }
            Step::Assessed { kind, risk, urgent_criteria }
        }
        Act::WriteSection => Step::SectionWritten { section: needed("section")? },
        Act::GiveOpinion => {
            Step::OpinionGiven { college: needed("college")?.as_str().into(), favourable: yes("favorable")? }
        }
        Act::Table => Step::Tabled { session: needed("seance")? },
        Act::Vote => {
            let vote =
                Voice::ALL.into_iter().find(|v| v.name() == sent.get("vote")).ok_or(("vote", "problem-choose"))?;
            let voter = page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default();
            Step::Voted { session: needed("seance")?, voter, vote }
        }
        Act::Decide => {
            let all = [Authority::Process, Authority::Cab, Authority::Ecab];
            let authority = all.into_iter().find(|a| authority_name(*a) == sent.get("autorite"));
            let authority = authority.ok_or(("autorite", "problem-choose"))?;
            let session = if authority.committee().is_some() { Some(needed("seance")?) } else { None };
            Step::Decided { authority, granted: yes("decision")?, session }
        }
        Act::Plan => Step::Planned { begins: instant("debut")?, ends: instant("fin")? },
        Act::ReachStage => Step::StageReached { stage: needed("etape")?.as_str().into() },
        Act::Hand => Step::Handed { third: needed("tiers")?.as_str().into(), reference: reference(sent)? },
        Act::HearThird => Step::ThirdAnswered { third: needed("tiers")?.as_str().into(), reference: reference(sent)? },
        Act::Remind => Step::Reminded { third: needed("tiers")?.as_str().into() },
        Act::ThirdSolves => Step::ThirdSolved { third: needed("tiers")?.as_str().into() },
        Act::Agree => return Ok(Detail::Due(instant("echeance")?)),
        Act::Deliver => {
            let documents = [Document::Impact, Document::Proposal, Document::Other];
            let document = documents.into_iter().find(|d| d.name() == sent.get("document"));
            return document.map(Detail::Document).ok_or(("document", "problem-choose"));
        }
        _ => return Ok(Detail::None),
    };
    Ok(Detail::Step(step))
}

/// The number that another gave the matter, when it is said.
fn reference(sent: &Sent) -> Result<Option<String>, (&'static str, &'static str)> {
    let said = sent.said("reference");
    match &said {
        Some(text) if text.chars().count() > MAX_REFERENCE => Err(("reference", "problem-reference")),
        _ => Ok(said),
    }
}

pub(super) const fn risk_name(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
    }
}

pub(super) const fn risk_key(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "risk-low",
        Risk::Medium => "risk-medium",
        Risk::High => "risk-high",
    }
}

pub(super) const fn voice_key(voice: Voice) -> &'static str {
    match voice {
        Voice::For => "vote-for",
        Voice::Against => "vote-against",
        Voice::Abstain => "vote-abstain",
    }
}

const fn authority_name(authority: Authority) -> &'static str {
    match authority {
        Authority::PreAuthorised => "pre_authorised",
        Authority::Process => "process",
        Authority::Cab => "cab",
        Authority::Ecab => "ecab",
    }
}

pub(super) const fn document_key(document: Document) -> &'static str {
    match document {
        Document::Impact => "document-impact",
        Document::Proposal => "document-proposal",
        Document::Report => "document-report",
        Document::Review => "document-review",
        _ => "document-other",
    }
}
