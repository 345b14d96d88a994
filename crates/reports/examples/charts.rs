//! Prints a page with every chart, light above and dark below, to look at.
//!
//! `cargo run -p vigie-reports --example charts > charts.html`

use jiff::civil::date;
use num_rational::Ratio;
use vigie_reports::{
    chart::{
        ClockDrawing, Ink, Mark, MarkKind, STYLE, Segment, SegmentKind, case_clock, points_trend, rate_trend, sparkline,
    },
    format::Lang,
};
use vigie_rules::judgement::Month;

#[path = "../src/chart/sample.rs"]
mod sample;
use sample::clock;

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
