//! What the page of a case shows of third parties: whose clock says what, each apart.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::ThirdKind;
use vigie_rules::{
    book::Book,
    clock::{ClockRun, End},
    life::Life,
    third::{self, ThirdClock},
};

use super::names::Names;
use crate::web::Page;

/// The clocks of both, side by side.
pub(super) struct ThirdPart {
    /// The provider's clock: its name, how it stands, and by when.
    pub(super) own: Vec<ClockLine>,
    /// Those of third parties.
    pub(super) thirds: Vec<ThirdView>,
}

/// One clock in words.
pub(super) struct ClockLine {
    pub(super) name: String,
    pub(super) state: String,
    pub(super) badge: &'static str,
    pub(super) due: String,
}

/// One errand in words.
pub(super) struct ThirdView {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) level: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) reference: Option<String>,
    /// For how long it has or had it.
    pub(super) had: String,
    pub(super) badge: &'static str,
    /// What, and when.
    pub(super) times: Vec<(String, String)>,
}

/// What is shown; nothing while no third party was asked.
pub(super) fn part(names: Names<'_>, book: &Book, life: &Life, runs: &[ClockRun<'_>], now: Timestamp) -> ThirdPart {
    let clocks = third::clocks(book, life.progress(), now).unwrap_or_default();
    if clocks.is_empty() {
        return ThirdPart { own: Vec::new(), thirds: Vec::new() };
    }
    let own = runs.iter().filter(|run| run.due.is_some()).map(|run| own_line(names.page, run)).collect();
    ThirdPart { own, thirds: clocks.iter().rev().map(|clock| view(names.page, clock)).collect() }
}

fn own_line(page: &Page, run: &ClockRun<'_>) -> ClockLine {
    let (key, badge) = match (run.end, run.late) {
        (End::Running, false) => ("third-own-runs", "badge-accent"),
        (End::Running, true) => ("third-own-late", "badge-bad"),
        (_, false) => ("third-own-stopped", "badge-good"),
        (_, true) => ("third-own-was-late", "badge-bad"),
    };
    ClockLine {
        name: page.label(&run.rule.label).to_owned(),
        state: page.t(key),
        badge,
        due: run.due.map(|at| page.format.second(at)).unwrap_or_default(),
    }
}

fn view(page: &Page, clock: &ThirdClock<'_>) -> ThirdView {
    let ThirdClock { team, support, errand, .. } = clock;
    let at = |at: Timestamp| page.format.second(at);
    // Nobody reads a wait to the microsecond.
    let had = page.format.time(Some(SignedDuration::from_secs(clock.had.as_secs())));
    let over = errand.solved_at.is_some();
    let reminders = u64::try_from(errand.reminders.len()).unwrap_or(u64::MAX);
    let reminded = errand
        .reminders
        .last()
        .map(|last| page.t2("third-reminded-times", "n", page.format.number(reminders), "at", at(*last)));
    let times = [
        ("third-asked", Some(at(errand.asked_at))),
        ("third-answered", errand.answered_at.map(at)),
        ("third-due", clock.due.map(at)),
        ("third-reminded", reminded),
        ("third-remind-at", clock.remind_at.map(at)),
        ("third-solved", errand.solved_at.map(at)),
    ];
    let contact: Vec<&str> = [&support.mail, &support.phone].into_iter().flatten().map(String::as_str).collect();
    ThirdView {
        name: page.label(&team.label).to_owned(),
        kind: kind_key(support.kind),
        level: support.level.as_ref().map(|level| page.label(level).to_owned()),
        contact: (!contact.is_empty()).then(|| contact.join(" · ")),
        reference: errand.reference.clone(),
        had: page.t1(if over { "third-had" } else { "third-has" }, "time", had),
        badge: match (over, clock.late) {
            (_, true) => "badge-bad",
            (true, false) => "badge-good",
            (false, false) => "badge-accent",
        },
        times: times.into_iter().filter_map(|(key, value)| Some((page.t(key), value?))).collect(),
    }
}

const fn kind_key(kind: ThirdKind) -> &'static str {
    match kind {
        ThirdKind::Operator => "third-operator",
        ThirdKind::Cabler => "third-cabler",
        ThirdKind::Editor => "third-editor",
        ThirdKind::Vendor => "third-vendor",
    }
}
