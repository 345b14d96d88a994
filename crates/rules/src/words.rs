//! The sentences that go with a figure, in both languages: why a case counts, why a row has no value.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::{ClockRule, CommitteeId, Indicator, Label};

use crate::{
    book::Book,
    clock::{ClockRun, is_cercle0_target},
    obligation::Occurrence,
};

fn label(fr: String, en: String) -> Label {
    Label { fr, en }
}

/// Open time as people write it: `2 h 45 min`, `45 min`, `30 s`; never in days, since a day of open
/// time is ten hours here and twenty-four there.
#[must_use]
pub fn open_time(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (h, m, s) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    let parts = [(h, "h"), (m, "min"), (s, "s")];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n != 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if said.is_empty() { "0 s".to_owned() } else { said.join(" ") }
}

/// Why a case is late.
#[must_use]
pub fn late(run: &ClockRun<'_>, overrun: SignedDuration, open_at: Option<Timestamp>) -> Label {
    let over = open_time(overrun);
    let (mut fr, mut en) = match open_at {
        Some(_) => (format!("dépassement de {over}, en cours"), format!("over by {over}, still running")),
        None => (format!("dépassement de {over}"), format!("over by {over}")),
    };
    if is_cercle0_target(run.target.as_ref()) {
        fr.push_str(" (Cercle 0)");
        en.push_str(" (Cercle 0)");
    }
    if let Some(owed) = run.by_priority.iter().find(|r| r.binds && r.owed) {
        fr.push_str(&format!(" ; dû en {} avant le changement de priorité", owed.priority));
        en.push_str(&format!("; owed at {} before the priority changed", owed.priority));
    }
    label(fr, en)
}

/// A case or occurrence that was in time.
#[must_use]
pub fn in_time() -> Label {
    label("dans le délai".into(), "in time".into())
}

/// Why an occurrence is late.
#[must_use]
pub fn occurrence_late(occurrence: &Occurrence, _as_of: Timestamp) -> Label {
    if occurrence.fulfilled.is_some() {
        label("remis après l'échéance".into(), "done after it was due".into())
    } else {
        label("échéance passée, toujours attendu".into(), "past due, still awaited".into())
    }
}

/// A finding that a committee confirmed.
#[must_use]
pub fn confirmed(book: &Book, committee: &CommitteeId) -> Label {
    let name = book.contract.committees.iter().find(|c| c.id == *committee).map(|c| &c.label);
    let (fr, en) = name.map_or((committee.0.as_str(), committee.0.as_str()), |l| (l.fr.as_str(), l.en.as_str()));
    label(format!("manquement constaté en {fr}"), format!("finding confirmed by {en}"))
}

/// The convention de service gives no delay.
#[must_use]
pub fn no_delay(_book: &Book, _indicator: &Indicator, rule: &ClockRule) -> Label {
    label(
        format!("la convention de service ne donne pas de délai pour : {}", rule.label.fr),
        format!("the convention de service gives no delay for: {}", rule.label.en),
    )
}

/// Cases were set aside for want of a delay.
#[must_use]
pub fn without_target(count: u64) -> Label {
    label(
        format!("{count} dossier(s) sans délai contractuel, non comptés"),
        format!("{count} case(s) without a contractual delay, not counted"),
    )
}

/// Cases known by a log that does not record what the row is about.
#[must_use]
pub fn unrecorded(count: u64) -> Label {
    label(
        format!("{count} dossier(s) connus par un journal externe qui n'enregistre pas ces envois : non jugés"),
        format!("{count} case(s) known by an outside log that does not record these: not judged"),
    )
}

/// No case of that type has a delay.
#[must_use]
pub fn no_value_for_type() -> Label {
    label(
        "la convention de service ne donne pas de délai pour ce type".into(),
        "the convention de service gives no delay for this type".into(),
    )
}

/// The points were capped.
#[must_use]
pub fn capped(points: u64, cap: u64) -> Label {
    label(format!("{points} points plafonnés à {cap}"), format!("{points} points, capped at {cap}"))
}

/// Too few cases to be judged.
#[must_use]
pub fn below_sample(count: u64, minimum: u32) -> Label {
    label(
        format!("{count} dossier(s), sous le minimum de {minimum} : non pénalisé"),
        format!("{count} case(s), below the minimum of {minimum}: no points"),
    )
}

/// Few cases, large penalty (AMB-12).
#[must_use]
pub fn small_sample(count: u64) -> Label {
    label(
        format!("échantillon faible : {count} dossier(s) (AMB-12)"),
        format!("small sample: {count} case(s) (AMB-12)"),
    )
}
