//! Twelve months at a glance: bars of points, a measured rate against what was promised, a sparkline.

use num_rational::Ratio;
use vigie_rules::judgement::Month;

use super::{
    Chart, DataTable, Ink,
    svg::{Anchor, Svg, Tenths, Tone, text_width},
};
use crate::{
    format::{self, Lang},
    journal::TREND_MONTHS,
};

const WIDTH: Tenths = 6400;
const HEIGHT: Tenths = 1900;
const LEFT: Tenths = 480;
const RIGHT: Tenths = 6320;
const TOP: Tenths = 240;
const BOTTOM: Tenths = 1500;

/// Points of each month as bars, the last month in evidence.
///
/// `id` must be unique in the page.
#[must_use]
pub fn points_trend(id: &str, title: &str, months: &[(Month, u64)], lang: Lang, ink: Ink) -> Chart {
    let mut svg = Svg::new(ink);
    let max = months.iter().map(|(_, p)| *p).max().unwrap_or(0).max(1);
    let (step, top) = nice_scale(max);
    let y = |value: u64| BOTTOM - scale(value.into(), top.into(), BOTTOM - TOP);
    let mut value = 0;
    while value <= top {
        svg.line((LEFT, y(value)), (RIGHT, y(value)), Tone::Grid.stroke(ink));
        svg.text(LEFT - 60, y(value) + 40, Anchor::End, Tone::Muted, &format::number(value.into(), lang));
        value += step;
    }
    let slots = Slots::new(months.len());
    for (i, (_, points)) in months.iter().enumerate() {
        let tone = if i + 1 == months.len() { Tone::Strong } else { Tone::Bar };
        let (x, width) = slots.bar(i);
        svg.rect(x, y(*points), width, BOTTOM - y(*points), tone.fill(ink));
        svg.text(slots.middle(i), y(*points) - 40, Anchor::Middle, Tone::Ink, &format::number((*points).into(), lang));
    }
    month_axis(&mut svg, &slots, months.iter().map(|(m, _)| *m), lang);
    let rows: Vec<Vec<String>> =
        months.iter().map(|(m, p)| vec![format::month(*m, lang), format::number((*p).into(), lang)]).collect();
    let description = sentence(&rows, lang);
    Chart {
        svg: svg.finish(id, WIDTH, HEIGHT, title, &description),
        table: DataTable {
            caption: title.to_owned(),
            header: vec![lang.pick("Mois", "Month").into(), "Points".into()],
            rows,
        },
    }
}

/// A measured share of each month as a line, with the promised share as a dashed one.
///
/// Months without measure leave a gap; months below the promise are squares, the others discs.
#[must_use]
pub fn rate_trend(
    id: &str,
    title: &str,
    months: &[(Month, Option<Ratio<i64>>)],
    expected: Ratio<i64>,
    lang: Lang,
    ink: Ink,
) -> Chart {
    let mut svg = Svg::new(ink);
    let lowest = months.iter().filter_map(|(_, r)| *r).chain([expected]).min().unwrap_or(expected);
    let floor = rate_floor(lowest);
    let one = Ratio::from_integer(1);
    let y = |rate: Ratio<i64>| {
        let part = (rate.min(one) - floor) / (one - floor);
        BOTTOM - scale((*part.numer()).into(), (*part.denom()).into(), BOTTOM - TOP)
    };
    for quarter in 0..=4 {
        let rate = floor + (one - floor) * Ratio::new(quarter, 4);
        svg.line((LEFT, y(rate)), (RIGHT, y(rate)), Tone::Grid.stroke(ink));
        if quarter % 2 == 0 {
            svg.text(LEFT - 60, y(rate) + 40, Anchor::End, Tone::Muted, &format::share(rate, lang));
        }
    }
    let promised = format!(r#"{} stroke-width="2" stroke-dasharray="7 4""#, Tone::Strong.stroke(ink));
    svg.line((LEFT, y(expected)), (RIGHT, y(expected)), &promised);
    let label = format!("{} {}", lang.pick("attendu", "expected"), format::share(expected, lang));
    svg.text(RIGHT, 130, Anchor::End, Tone::Strong, &label);
    svg.line((RIGHT - text_width(&label) - 400, 95), (RIGHT - text_width(&label) - 60, 95), &promised);

    let slots = Slots::new(months.len());
    let line = format!(r#"{} stroke-width="2""#, Tone::Bar.stroke(ink));
    let mut run: Vec<(Tenths, Tenths)> = Vec::new();
    for (i, (_, rate)) in months.iter().enumerate() {
        match rate {
            Some(rate) => run.push((slots.middle(i), y(*rate))),
            None => flush(&mut svg, &mut run, &line),
        }
    }
    flush(&mut svg, &mut run, &line);
    for (i, rate) in months.iter().enumerate().filter_map(|(i, (_, r))| r.map(|r| (i, r))) {
        let (x, at) = (slots.middle(i), y(rate));
        if rate < expected {
            svg.rect(x - 40, at - 40, 80, 80, Tone::Strong.fill(ink));
        } else {
            svg.circle((x, at), 40, Tone::Ink.fill(ink));
        }
    }
    month_axis(&mut svg, &slots, months.iter().map(|(m, _)| *m), lang);
    let none = lang.pick("sans mesure", "no measure");
    let rows: Vec<Vec<String>> = months
        .iter()
        .map(|(m, r)| vec![format::month(*m, lang), r.map_or(none.to_owned(), |r| format::share(r, lang))])
        .collect();
    let description = format!("{label}. {}", sentence(&rows, lang));
    Chart {
        svg: svg.finish(id, WIDTH, HEIGHT, title, &description),
        table: DataTable {
            caption: format!("{title} ({label})"),
            header: vec![lang.pick("Mois", "Month").into(), lang.pick("Mesuré", "Measured").into()],
            rows,
        },
    }
}

/// Bars without axes, to stand in a line of text or a cell; `title` says what they are.
#[must_use]
pub fn sparkline(id: &str, title: &str, months: &[(Month, u64)], lang: Lang, ink: Ink) -> String {
    const PITCH: Tenths = 80;
    const TALL: Tenths = 200;
    // A short past leaves room on the left, so that every sparkline has the same width and scale.
    let slots = months.len().max(usize::from(TREND_MONTHS));
    let mut svg = Svg::new(ink);
    let max = months.iter().map(|(_, p)| *p).max().unwrap_or(0).max(1);
    let mut x = 10 + PITCH * i64::try_from(slots - months.len()).unwrap_or(0);
    for (i, (_, points)) in months.iter().enumerate() {
        // A month without points keeps a thin foot, so that twelve months are always seen.
        let height = scale((*points).into(), max.into(), TALL - 10).max(10);
        let tone = if i + 1 == months.len() { Tone::Strong } else { Tone::Bar };
        svg.rect(x, TALL - height, PITCH - 20, height, tone.fill(ink));
        x += PITCH;
    }
    let rows: Vec<Vec<String>> =
        months.iter().map(|(m, p)| vec![format::month(*m, lang), format::number((*p).into(), lang)]).collect();
    svg.finish(id, x + 10, TALL, title, &sentence(&rows, lang))
}

fn flush(svg: &mut Svg, run: &mut Vec<(Tenths, Tenths)>, attributes: &str) {
    if run.len() > 1 {
        svg.path(run, false, attributes);
    }
    run.clear();
}

/// `mars 2016 : 8 ; avril 2016 : 6.` as people would read the values aloud.
fn sentence(rows: &[Vec<String>], lang: Lang) -> String {
    let items: Vec<String> = rows.iter().map(|r| r.join(lang.colon())).collect();
    format!("{}.", items.join(lang.semicolon()))
}

/// `value / of * length`, rounded down.
fn scale(value: i128, of: i128, length: Tenths) -> Tenths {
    i64::try_from(value * i128::from(length) / of.max(1)).unwrap_or(length)
}

/// A step of 1, 2 or 5 times a power of ten that gives at most four lines above zero, and their top.
fn nice_scale(max: u64) -> (u64, u64) {
    let mut power: u64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if max.div_ceil(step) <= 4 {
                return (step, max.div_ceil(step).saturating_mul(step));
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The foot of a rate axis: a multiple of 20 % with room below the lowest value.
fn rate_floor(lowest: Ratio<i64>) -> Ratio<i64> {
    let fifths = (lowest * Ratio::from_integer(5)).floor().to_integer();
    let fifths = if Ratio::new(fifths, 5) == lowest { fifths - 1 } else { fifths };
    Ratio::new(fifths.clamp(0, 4), 5)
}

/// Where the months stand between the two ends of the axis.
struct Slots {
    pitch: Tenths,
}

impl Slots {
    fn new(months: usize) -> Self {
        let n = i64::try_from(months).unwrap_or(1).max(1);
        Self { pitch: (RIGHT - LEFT) / n }
    }

    fn start(&self, i: usize) -> Tenths {
        LEFT + self.pitch * i64::try_from(i).unwrap_or(0)
    }

    fn middle(&self, i: usize) -> Tenths {
        self.start(i) + self.pitch / 2
    }

    /// Left edge and width of a bar: two thirds of the slot, at most 48 px.
    fn bar(&self, i: usize) -> (Tenths, Tenths) {
        let width = (self.pitch * 2 / 3).min(480);
        (self.middle(i) - width / 2, width)
    }
}

/// Names of the months, with the year under the first one and under each January.
fn month_axis(svg: &mut Svg, slots: &Slots, months: impl Iterator<Item = Month>, lang: Lang) {
    svg.line((LEFT, BOTTOM), (RIGHT, BOTTOM), Tone::Ink.stroke(svg.ink));
    for (i, month) in months.enumerate() {
        svg.text(slots.middle(i), BOTTOM + 160, Anchor::Middle, Tone::Ink, format::month_short(month, lang));
        if i == 0 || month.first.month() == 1 {
            svg.text(slots.middle(i), BOTTOM + 310, Anchor::Middle, Tone::Muted, &month.first.year().to_string());
        }
    }
}
