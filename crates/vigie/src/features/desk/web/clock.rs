//! A clock as a page shows it: the verdict, the time line, every candidate start, every stretch.

use jiff::{SignedDuration, Timestamp};
use vigie_reports::chart::{self, ClockDrawing, Ink, Mark, MarkKind, Segment as Drawn, SegmentKind as DrawnKind};
use vigie_rules::{
    book::{Book, Target},
    clock::{ClockRun, SegmentKind},
};

use crate::{
    features::desk::words,
    web::{Page, Safe},
};

/// One clock as text and drawing.
pub(super) struct ClockView {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) clause: String,
    pub(super) calendar: String,
    pub(super) priority: String,
    pub(super) major: bool,
    pub(super) contractual: bool,
    pub(super) verdict: Verdict,
    pub(super) start: String,
    pub(super) target: String,
    pub(super) due: String,
    pub(super) end: String,
    pub(super) elapsed: String,
    pub(super) overrun: Option<String>,
    /// Late by nothing.
    pub(super) exact: bool,
    pub(super) left: Option<String>,
    pub(super) drawing: Safe<String>,
    pub(super) candidates: Vec<CandidateView>,
    pub(super) priorities: Vec<PriorityView>,
    pub(super) segments: Vec<SegmentView>,
}

/// How it stands: icon, word and colour say the same.
pub(super) struct Verdict {
    pub(super) key: &'static str,
    pub(super) icon: &'static str,
    pub(super) class: &'static str,
}

/// A candidate start.
pub(super) struct CandidateView {
    pub(super) at: String,
    pub(super) source: String,
    pub(super) due: String,
    pub(super) reason: String,
    pub(super) binds: bool,
}

/// A priority that was held.
pub(super) struct PriorityView {
    pub(super) priority: String,
    pub(super) since: String,
    pub(super) target: String,
    pub(super) due: String,
    pub(super) late: bool,
    pub(super) owed: bool,
    pub(super) binds: bool,
}

/// A stretch of time.
pub(super) struct SegmentView {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) open: String,
    pub(super) counts: bool,
    pub(super) what: String,
}

pub(super) fn view(page: &Page, book: &Book, run: &ClockRun<'_>, as_of: Timestamp, number: usize) -> ClockView {
    let format = &page.format;
    let zone = &format.zone;
    let lang = page.lang();
    let running = run.end.at().is_none();
    let no_target = || page.t("clock-no-target");
    let calendar = book
        .contract
        .calendar(run.calendar)
        .map_or_else(|| run.calendar.to_string(), |c| page.label(&c.label).to_owned());
    let name = page.label(&run.rule.label).to_owned();
    ClockView {
        anchor: format!("horloge-{number}"),
        clause: run.rule.clause.clone(),
        calendar,
        priority: run.priority.map(|p| p.to_string()).unwrap_or_default(),
        major: run.major,
        contractual: run.contractual,
        verdict: verdict(run, running),
        start: format.instant(Some(run.start)),
        target: run.target.as_ref().map_or_else(no_target, |t| words::target(t, lang, zone)),
        due: format.instant(run.due),
        end: words::end(run.end, lang, zone),
        elapsed: format.time(Some(run.elapsed)),
        overrun: run.late.then(|| format.time(Some(run.overrun))),
        exact: words::exactly_at_target(run),
        left: left(run, running).map(|d| format.time(Some(d))),
        drawing: Safe(draw(page, book, run, as_of, &name, number)),
        name,
        candidates: run
            .candidates
            .iter()
            .map(|c| CandidateView {
                at: format.instant(Some(c.candidate.at)),
                source: page.label(&words::source(c.candidate.source, c.candidate.direct)).to_owned(),
                due: format.instant(c.due),
                reason: page.label(&words::start_reason(c.reason)).to_owned(),
                binds: c.binds,
            })
            .collect(),
        priorities: run
            .by_priority
            .iter()
            .filter(|_| run.by_priority.len() > 1)
            .map(|p| PriorityView {
                priority: p.priority.to_string(),
                since: format.instant(Some(p.since)),
                target: p.target.as_ref().map_or_else(no_target, |t| words::target(t, lang, zone)),
                due: format.instant(p.due),
                late: p.late,
                owed: p.owed,
                binds: p.binds,
            })
            .collect(),
        segments: run
            .segments
            .iter()
            .map(|s| SegmentView {
                from: format.instant(Some(s.from)),
                to: format.instant(Some(s.to)),
                open: format.time(Some(s.open)),
                counts: s.kind.counts(),
                what: page.label(&words::segment(book, &s.kind)).to_owned(),
            })
            .collect(),
    }
}

fn verdict(run: &ClockRun<'_>, running: bool) -> Verdict {
    let (key, icon, class) = match (run.target.is_some(), run.late, running) {
        (false, ..) => ("clock-not-computable", "alert-triangle", "badge-warn"),
        (true, true, true) => ("clock-late-running", "alert-triangle", "badge-bad"),
        (true, true, false) => ("clock-late", "circle-x", "badge-bad"),
        (true, false, true) => ("clock-running", "clock", "badge-accent"),
        (true, false, false) => ("clock-in-time", "circle-check", "badge-good"),
    };
    Verdict { key, icon, class }
}

/// Open time left before it is late; none once it stopped, is late, or has a civil target.
fn left(run: &ClockRun<'_>, running: bool) -> Option<SignedDuration> {
    match run.target.as_ref().map(|t| t.target) {
        Some(Target::Open(target)) if running && !run.late => target.checked_sub(run.elapsed),
        _ => None,
    }
}

/// Room beside the first and the last mark, in tenths of what is drawn.
const MARGIN_SHARE: i32 = 20;

fn draw(page: &Page, book: &Book, run: &ClockRun<'_>, as_of: Timestamp, name: &str, number: usize) -> String {
    let stop = run.end.at();
    let mut marks: Vec<Mark> = Vec::new();
    let mut mark = |at: Timestamp, kind: MarkKind, label: String| marks.push(Mark { at, kind, label });
    for c in &run.candidates {
        let source = page.label(&words::source(c.candidate.source, c.candidate.direct)).to_owned();
        let kind = if c.binds { MarkKind::Start } else { MarkKind::Candidate };
        mark(c.candidate.at, kind, source);
    }
    if let Some(due) = run.due {
        let (kind, key) = if run.late { (MarkKind::Breach, "clock-overdue") } else { (MarkKind::Due, "col-due") };
        mark(due, kind, page.t(key));
    }
    match stop {
        Some(at) => mark(at, MarkKind::Restored, page.t("clock-stopped")),
        None => mark(as_of, MarkKind::Now, page.t("clock-as-of")),
    }
    let first = marks.iter().map(|m| m.at).min().unwrap_or(run.start);
    let last = marks.iter().map(|m| m.at).chain(stop).max().unwrap_or(as_of);
    let margin = last.duration_since(first) / MARGIN_SHARE;
    let (from, to) = (first.saturating_sub(margin).unwrap_or(first), last.saturating_add(margin).unwrap_or(last));
    let open = book.calendar(run.calendar).map(|c| c.intervals(from, to)).unwrap_or_default();
    let drawing = ClockDrawing {
        from,
        to,
        segments: segments(page, book, run, &open),
        open,
        marks,
        zone: page.format.zone.clone(),
    };
    let title = page.t1("clock-drawing", "name", name);
    chart::case_clock(&format!("clock-{number}"), &title, &drawing, page.lang(), Ink::Page).svg
}

/// The stretches of a clock, cut where its calendar closes and where it became late.
fn segments(page: &Page, book: &Book, run: &ClockRun<'_>, open: &[(Timestamp, Timestamp)]) -> Vec<Drawn> {
    let mut drawn = Vec::new();
    for s in &run.segments {
        let kind = match s.kind {
            SegmentKind::Counted | SegmentKind::RefusedRestoration => DrawnKind::Counted,
            SegmentKind::NotAllowed(_) | SegmentKind::NotAccepted(_) => DrawnKind::PauseClaimed,
            _ if s.kind.counts() => DrawnKind::Counted,
            _ => DrawnKind::PauseAllowed,
        };
        let label = if s.kind == SegmentKind::Counted {
            String::new()
        } else {
            page.label(&words::segment(book, &s.kind)).to_owned()
        };
        let mut at = s.from;
        let inside = open.iter().map(|(a, b)| ((*a).max(s.from), (*b).min(s.to))).filter(|(a, b)| a < b);
        for (from, to) in inside {
            if at < from {
                drawn.push(Drawn { from: at, to: from, kind: DrawnKind::Closed, label: String::new() });
            }
            let due = run.due.filter(|_| run.late && kind == DrawnKind::Counted).unwrap_or(to).clamp(from, to);
            for (from, to, kind) in [(from, due, kind), (due, to, DrawnKind::Overdue)] {
                if from < to {
                    drawn.push(Drawn { from, to, kind, label: label.clone() });
                }
            }
            at = to;
        }
        if at < s.to {
            drawn.push(Drawn { from: at, to: s.to, kind: DrawnKind::Closed, label: String::new() });
        }
    }
    drawn
}
