//! Prints a page with every chart, light above and dark below, to look at.
//!
//! `cargo run -p vigie-reports --example charts > charts.html`

use jiff::{Timestamp, civil::date, tz::TimeZone};
use num_rational::Ratio;
use vigie_reports::{
    chart::{
        ClockDrawing, Ink, Mark, MarkKind, STYLE, Segment, SegmentKind, case_clock, points_trend, rate_trend, sparkline,
    },
    format::Lang,
};
use vigie_rules::judgement::Month;

fn main() {
    let months: Vec<(Month, u64)> = (4..=12)
        .map(|m| (2025, m))
        .chain((1..=3).map(|m| (2026, m)))
        .zip([14, 0, 3, 8, 120, 12, 7, 6, 5, 44, 3, 28])
        .map(|((y, m), p)| (Month { first: date(y, m, 1) }, p))
        .collect();
    let rates: Vec<_> = months
        .iter()
        .zip([91, 94, 0, 89, 90, 97, 93, 88, 96, 100, 92, 87])
        .map(|((m, _), r)| (*m, (r > 0).then(|| Ratio::new(r, 100))))
        .collect();
    println!(
        "<!doctype html><meta charset=utf-8><style>{STYLE} body {{ margin: 0; font: 14px sans-serif }} div {{ padding: 20px }} .dark {{ background: #14181d; color: #e6edf3; --chart-bar: #6ea8dc; --chart-strong: #ff8f8f }}</style>"
    );
    for (theme, lang) in [("light", Lang::Fr), ("dark", Lang::En)] {
        println!("<div class={theme}>");
        println!("{}", points_trend(&format!("{theme}-p"), "Points", &months, lang, Ink::Page).svg);
        println!("{}", rate_trend(&format!("{theme}-r"), "Taux", &rates, Ratio::new(9, 10), lang, Ink::Page).svg);
        println!("<p>{}</p>", sparkline(&format!("{theme}-s"), "Points", &months, lang, Ink::Page));
        println!(
            "{}",
            case_clock(
                &format!("{theme}-k"),
                "INC0000045",
                &clock("2026-03-12T13:00:00Z", "2026-03-13T16:00:00Z"),
                lang,
                Ink::Page
            )
            .svg
        );
        println!(
            "{}",
            case_clock(
                &format!("{theme}-l"),
                "INC0000045",
                &clock("2026-03-10T06:00:00Z", "2026-03-24T16:00:00Z"),
                lang,
                Ink::Paper
            )
            .svg
        );
        println!("</div>");
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_default()
}

fn clock(from: &str, to: &str) -> ClockDrawing {
    let segment = |from, to, kind, label: &str| Segment { from: at(from), to: at(to), kind, label: label.into() };
    let mark = |when, kind, label: &str| Mark { at: at(when), kind, label: label.into() };
    ClockDrawing {
        from: at(from),
        to: at(to),
        open: (10..=24)
            .filter(|d| ![14, 15, 21, 22].contains(d))
            .map(|d| (at(&format!("2026-03-{d}T07:00:00Z")), at(&format!("2026-03-{d}T17:00:00Z"))))
            .collect(),
        segments: vec![
            segment("2026-03-12T14:00:00Z", "2026-03-12T15:00:00Z", SegmentKind::Counted, ""),
            segment("2026-03-12T15:00:00Z", "2026-03-12T16:00:00Z", SegmentKind::PauseAllowed, "usager absent"),
            segment("2026-03-12T16:00:00Z", "2026-03-12T17:00:00Z", SegmentKind::PauseClaimed, "déplacement"),
            segment("2026-03-12T17:00:00Z", "2026-03-13T07:00:00Z", SegmentKind::Closed, ""),
            segment("2026-03-13T07:00:00Z", "2026-03-13T11:00:00Z", SegmentKind::Counted, ""),
        ],
        marks: vec![
            mark("2026-03-12T14:00:00Z", MarkKind::Start, "Début (EZV)"),
            mark("2026-03-12T14:02:00Z", MarkKind::Candidate, "Alerte de supervision"),
            mark("2026-03-12T14:20:00Z", MarkKind::TakeIn, "Prise en charge"),
            mark("2026-03-13T08:00:00Z", MarkKind::Due, "Échéance"),
            mark("2026-03-13T08:00:00Z", MarkKind::Breach, "En retard"),
            mark("2026-03-13T09:30:00Z", MarkKind::Refused, "Rétablissement refusé"),
            mark("2026-03-13T11:00:00Z", MarkKind::Restored, "Rétabli"),
        ],
        zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
    }
}
