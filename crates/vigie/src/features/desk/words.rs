//! The words for what a clock says and for what is done to a case, in both languages.

use jiff::{Timestamp, tz::TimeZone};
use vigie_contract::{Contract, Label, Party, PauseReasonId, Source};
use vigie_reports::format::{self, Lang};
use vigie_rules::{
    book::{Book, Target, TargetOf, TargetReason},
    clock::{ClockRun, End, SegmentKind, StartReason},
    desk::{Act, Phase, Refusal},
};

use super::step_words;

fn label(fr: &str, en: &str) -> Label {
    Label { fr: fr.to_owned(), en: en.to_owned() }
}

/// The source of a candidate start.
#[must_use]
pub fn source(source: Source, direct: bool) -> Label {
    match (source, direct) {
        (Source::Ezv, _) => label("dossier EZV", "EZV record"),
        (Source::Alert, _) => label("alerte de supervision", "supervision alert"),
        (Source::DailyTest, _) => label("test journalier en échec", "failed daily test"),
        (Source::InformationEmitted, _) => label("information émise par la DSIUN", "information emitted by the DSIUN"),
        (Source::InformationReceived, _) => label("information reçue", "information received"),
        (Source::Desk, true) => label("guichet unique, ouvert par la DSIUN", "desk, opened by the DSIUN"),
        (Source::Desk, false) => label("guichet unique", "desk"),
    }
}

/// Why a candidate binds or not.
#[must_use]
pub const fn start_reason_text(reason: StartReason) -> (&'static str, &'static str) {
    match reason {
        StartReason::Earliest => {
            ("retenu : première identification (3.7.1.2, 3.8)", "binds: earliest identification (3.7.1.2, 3.8)")
        }
        StartReason::DeskDirect => {
            ("retenu : ouvert directement au guichet (3.8)", "binds: opened directly at the desk (3.8)")
        }
        StartReason::DoubleEntry => (
            "retenu : horodatage EZV d'un dossier enregistré deux fois (3.8)",
            "binds: EZV's stamp of a case recorded twice (3.8)",
        ),
        StartReason::Only => ("retenu : seul horodatage", "binds: the only stamp"),
        StartReason::DeskSetAside => (
            "écarté : escalade, l'horodatage du guichet ne compte pas (3.8)",
            "set aside: escalated, the desk's stamp does not count (3.8)",
        ),
        StartReason::NotDesk => ("écarté : c'est le guichet qui fait foi", "set aside: the desk's stamp counts"),
        StartReason::Later => ("plus tardif", "later"),
        StartReason::NotCounted => ("source non retenue par le contrat", "not a source that the contract counts"),
    }
}

/// Why a candidate binds or not.
#[must_use]
pub fn start_reason(reason: StartReason) -> Label {
    let (fr, en) = start_reason_text(reason);
    label(fr, en)
}

/// A reason for a pause: the contract's words, else the source's.
fn pause(book: &Book, reason: &PauseReasonId) -> Label {
    let known = book.contract.clocks.pauses.iter().find(|p| p.reason == *reason);
    known.map_or_else(|| label(&reason.0.replace('_', " "), &reason.0.replace('_', " ")), |p| p.label.clone())
}

/// What a stretch of time was.
#[must_use]
pub fn segment(book: &Book, kind: &SegmentKind) -> Label {
    let with = |reason: &PauseReasonId, fr: &str, en: &str| {
        let reason = pause(book, reason);
        Label { fr: format!("{fr} : {}", reason.fr), en: format!("{en}: {}", reason.en) }
    };
    match kind {
        SegmentKind::Counted => label("compté", "counted"),
        SegmentKind::Suspended(r) => with(r, "suspendu, motif admis et accepté", "suspended, allowed and accepted"),
        SegmentKind::NotAllowed(r) => with(r, "compté, motif non admis", "counted, reason not allowed"),
        SegmentKind::NotAccepted(r) => with(r, "compté, suspension non acceptée", "counted, pause not accepted"),
        SegmentKind::RefusedRestoration => label("compté, rétablissement refusé", "counted, restoration refused"),
        SegmentKind::Validation => label("non compté, délai de validation", "not counted, time to validate"),
        SegmentKind::Restored => label("non compté, rétabli et validé", "not counted, restored and validated"),
    }
}

/// A target and why it is that.
#[must_use]
pub fn target(target: &TargetOf, lang: Lang, zone: &TimeZone) -> String {
    let length = match target.target {
        Target::Open(length) if length.is_zero() => lang.pick("immédiat", "immediate").to_owned(),
        Target::Open(length) => format::open_time(length, lang),
        Target::Civil(delay) => format::delay(delay, lang),
        Target::Until(at) => format::instant(at, zone),
    };
    let why = match target.reason {
        TargetReason::Table => lang.pick("tableau 3.7.1.2", "table of 3.7.1.2"),
        TargetReason::Cercle0 => lang.pick("Cercle 0 ou site central, 3.7.3.4", "Cercle 0 or central site, 3.7.3.4"),
        TargetReason::Fixed => lang.pick("délai du contrat", "contract's delay"),
        TargetReason::Catalogue => lang.pick("catalogue", "catalogue"),
        TargetReason::Agreed => lang.pick("date convenue", "agreed date"),
    };
    let penal = target
        .penal_threshold
        .map(|t| format!(", {} {}", lang.pick("pénalisé à partir de", "penal from"), format::open_time(t, lang)));
    format!("{length} ({why}{})", penal.unwrap_or_default())
}

/// Whether a clock is late by nothing: a strict target of open time, met exactly. No step has started.
#[must_use]
pub fn exactly_at_target(run: &ClockRun<'_>) -> bool {
    let open = matches!(run.target.as_ref().map(|t| t.target), Some(Target::Open(_)));
    open && run.late && run.overrun.is_zero()
}

/// How a clock ended.
#[must_use]
pub fn end(end: End, lang: Lang, zone: &TimeZone) -> String {
    let at = |t: Timestamp| format::instant(t, zone);
    match end {
        End::Running => lang.pick("en cours", "running").to_owned(),
        End::Stopped(t) => at(t),
        End::Moot(t) => {
            format!("{} ({})", at(t), lang.pick("jamais fait, fin de l'incident", "never done, the incident ended"))
        }
        End::Validated(t) => format!("{} ({})", at(t), lang.pick("validé", "validated")),
    }
}

/// How a case stands.
#[must_use]
pub fn phase(phase: Phase) -> Label {
    match phase {
        Phase::New => label("nouveau", "new"),
        Phase::InProgress => label("en cours", "in progress"),
        Phase::Paused => label("suspendu", "suspended"),
        Phase::Restored => label("rétabli", "restored"),
        Phase::Closed => label("clos", "closed"),
        Phase::Cancelled => label("annulé", "cancelled"),
        Phase::Merged => label("fusionné", "merged"),
    }
}

/// An act, as a button says it.
#[must_use]
pub fn act(act: Act) -> Label {
    match act {
        Act::TakeIn => label("prendre en charge", "take in"),
        Act::Assign => label("affecter", "assign"),
        Act::Classify => label("qualifier", "classify"),
        Act::Note => label("écrire", "write"),
        Act::Pause => label("suspendre", "suspend"),
        Act::AcceptPause => label("accepter la suspension", "accept the suspension"),
        Act::RefusePause => label("refuser la suspension", "refuse the suspension"),
        Act::Resume => label("reprendre", "resume"),
        Act::Restore => label("déclarer rétabli", "declare restored"),
        Act::RefuseRestoration => label("refuser le rétablissement", "refuse the restoration"),
        Act::ValidateRestoration => label("valider le rétablissement", "validate the restoration"),
        Act::Close => label("clore", "close"),
        Act::Reopen => label("rouvrir", "reopen"),
        Act::Cancel => label("annuler", "cancel"),
        Act::DeclareMajor => label("déclarer majeur", "declare major"),
        Act::LiftMajor => label("lever le caractère majeur", "lift the major state"),
        Act::Inform => label("informer", "inform"),
        Act::NameOwner => label("nommer un pilote", "name an owner"),
        Act::Link => label("lier", "link"),
        step => step_words::act(step),
    }
}

/// Why an act may not follow, and what may; `contract` names what the refusal speaks of, else its codes do.
#[must_use]
pub fn refusal(contract: Option<&Contract>, refusal: &Refusal) -> Label {
    let both = |words: &Label, fr: String, en: String| Label {
        fr: format!("« {} » {fr}", words.fr),
        en: format!("\"{}\" {en}", words.en),
    };
    match refusal {
        Refusal::Phase { act: tried, phase: stands } => {
            let stands = phase(*stands);
            let fr = format!("n'est pas possible : le dossier est {}.", stands.fr);
            both(&act(*tried), fr, format!("is not possible: the case is {}.", stands.en))
        }
        Refusal::Side { act: tried, owner } => {
            let (fr, en) = match owner {
                Party::Provider => ("du titulaire", "the provider's"),
                Party::Customer => ("du bénéficiaire", "the customer's"),
                Party::ThirdParty => ("d'un tiers", "a third party's"),
            };
            both(&act(*tried), format!("est un acte {fr}."), format!("is {en} act."))
        }
        Refusal::Class { act: tried, .. } => both(
            &act(*tried),
            "n'a pas de sens pour ce type de dossier.".to_owned(),
            "has no meaning on this kind of case.".to_owned(),
        ),
        Refusal::Already { act: tried } => {
            both(&act(*tried), "est déjà fait.".to_owned(), "is done already.".to_owned())
        }
        Refusal::NoPause => label("Aucune suspension n'attend de réponse.", "No suspension waits for an answer."),
        Refusal::NotValidated => label(
            "Le bénéficiaire n'a pas validé le rétablissement : le titulaire ne peut pas clore à sa place.",
            "The customer has not validated the restoration: the provider may not close in its place.",
        ),
        step => step_words::refusal(contract, step, act),
    }
}
