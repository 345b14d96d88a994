//! One section for each figure that needs explaining: the row, its year, and the items behind it.

use num_rational::Ratio;
use serde::Serialize;
use vigie_rules::judgement::{IndicatorResult, Item, Month, Quantity};

use super::model::{Picture, whole};
use crate::{
    chart::{Ink, points_trend, rate_trend},
    format::{self, Lang},
    journal::{JournalContext, PastMonth},
    words::{self, breakable},
};

/// A printed section lists at most so many items; the workbook and the export hold them all.
pub(super) const MAX_ITEMS: usize = 400;

#[derive(Serialize)]
pub(super) struct Section {
    title: String,
    about: String,
    clause: String,
    status: &'static str,
    facts: Vec<Fact>,
    /// The sum as it would be written by hand; none when there is nothing to compute.
    sum: Option<String>,
    trend: Option<Picture>,
    notes: Vec<String>,
    items: Vec<Line>,
    /// The longest number of a case among them, of which their column takes its width.
    widest_case: String,
    /// That more items exist than are printed.
    more: Option<String>,
    /// Whether items have times and points of their own.
    timed: bool,
    pointed: bool,
}

#[derive(Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Line {
    case: String,
    priority: String,
    start: String,
    due: String,
    stop: String,
    elapsed: String,
    target: String,
    steps: String,
    points: String,
    reason: String,
}

pub(super) fn section(result: &IndicatorResult, trend: &[PastMonth], context: &JournalContext, lang: Lang) -> Section {
    let fact = |name, value| Fact { name, value };
    let hidden = result.items.len().saturating_sub(MAX_ITEMS);
    let more = (hidden > 0).then(|| {
        let rest = format::count(
            u64::try_from(hidden).unwrap_or(u64::MAX),
            lang,
            lang.pick("autre dossier", "more case"),
            lang.pick("autres dossiers", "more cases"),
        );
        format!("{rest} {}", lang.pick("dans le classeur XLSX et l'export.", "in the XLSX workbook and the export."))
    });
    let mut facts = vec![
        fact(lang.pick("Cas", "Cases"), whole(result.population, lang)),
        fact(lang.pick("Mesuré", "Measured"), measured(result, lang)),
        fact(lang.pick("Attendu", "Expected"), words::quantity(result.expected, lang)),
        fact(lang.pick("Écart", "Gap"), words::gap(result, lang)),
        fact(lang.pick("Pas", "Step"), words::quantity(result.step, lang)),
        fact(lang.pick("Poids", "Weight"), whole(result.weight.into(), lang)),
    ];
    facts.retain(|f| f.value != words::NONE);
    Section {
        title: format!("{} {} · {}", lang.pick("Ligne", "Row"), result.row, breakable(&words::row_label(result, lang))),
        about: breakable(context.perimeter(result.row, lang)),
        clause: breakable(&result.clause),
        status: words::status(result.status, lang),
        facts,
        sum: sum(result, lang),
        trend: picture(result, trend, lang),
        notes: words::notes(result, lang).iter().map(|n| breakable(n)).collect(),
        items: result.items.iter().take(MAX_ITEMS).map(|i| line(i, context, lang)).collect(),
        widest_case: widest_case(result),
        more,
        timed: result.items.iter().any(|i| i.elapsed.is_some() || i.target.is_some()),
        pointed: result.items.iter().any(|i| i.points.is_some()),
    }
}

/// At least as wide as an ordinary number, so that the columns of a short list stand as those of the others;
/// a number of more than 24 characters wraps.
fn widest_case(result: &IndicatorResult) -> String {
    let numbers = result.items.iter().take(MAX_ITEMS).map(|i| i.subject.number());
    let widest = numbers.chain(["INC0000000"]).max_by_key(|number| number.chars().count()).unwrap_or_default();
    widest.chars().take(24).collect()
}

/// A share with its exact fraction, anything else as it prints.
fn measured(result: &IndicatorResult, lang: Lang) -> String {
    match result.measured {
        Some(Quantity::Share(share)) if !(share * Ratio::from_integer(100)).is_integer() => {
            format!("{} ({})", format::share(share, lang), format::fraction(share))
        }
        other => words::quantity(other, lang),
    }
}

fn sum(result: &IndicatorResult, lang: Lang) -> Option<String> {
    if result.steps == 0 && result.points == 0 {
        return None;
    }
    let steps = format::count(
        result.steps,
        lang,
        lang.pick("pas entamé", "started step"),
        lang.pick("pas entamés", "started steps"),
    );
    let product = result.steps.saturating_mul(u64::from(result.weight));
    let points = format::count(product, lang, "point", "points");
    let cap = if product == result.points {
        String::new()
    } else {
        format!(", {} {}", lang.pick("ramenés à", "brought to"), whole(result.points, lang))
    };
    Some(format!("{steps} × {} = {points}{cap}", whole(result.weight.into(), lang)))
}

/// The measured rate over the year where it is one, the points elsewhere; none for a single month.
fn picture(result: &IndicatorResult, trend: &[PastMonth], lang: Lang) -> Option<Picture> {
    let rows: Vec<(Month, _)> =
        trend.iter().filter_map(|m| m.row(result.row, result.key.as_deref()).map(|r| (m.month, r))).collect();
    if rows.len() < 2 {
        return None;
    }
    let name = words::row_name(result);
    if let Some(Quantity::Share(expected)) = result.expected {
        let share = |q: Option<Quantity>| if let Some(Quantity::Share(s)) = q { Some(s) } else { None };
        let rates: Vec<_> = rows.iter().map(|(m, r)| (*m, share(r.measured))).collect();
        if rates.iter().all(|(_, r)| r.is_none()) {
            return None;
        }
        let title = format!("{} {name}", lang.pick("Taux mesuré, ligne", "Measured rate, row"));
        return Some(Picture::of(rate_trend("rate", &title, &rates, expected, lang, Ink::Paper), lang));
    }
    let points: Vec<_> = rows.iter().map(|(m, r)| (*m, r.points)).collect();
    if points.iter().all(|(_, p)| *p == 0) {
        return None;
    }
    let title = format!("{} {name}", lang.pick("Points, ligne", "Points, row"));
    Some(Picture::of(points_trend("points", &title, &points, lang, Ink::Paper), lang))
}

fn line(item: &Item, context: &JournalContext, lang: Lang) -> Line {
    let at = |t: Option<jiff::Timestamp>, none: &str| {
        t.map_or_else(|| none.to_owned(), |t| format::instant(t, &context.zone))
    };
    let time = |t: Option<jiff::SignedDuration>| t.map_or_else(String::new, |t| format::open_time(t, lang));
    Line {
        case: breakable(item.subject.number()),
        priority: item.priority.map_or_else(String::new, |p| p.to_string()),
        start: at(item.start, ""),
        due: at(item.due, ""),
        // A finding has neither due nor end; anything else without an end still runs.
        stop: at(item.stop, if item.due.is_some() { lang.pick("en cours", "running") } else { "" }),
        elapsed: time(item.elapsed),
        target: time(item.target),
        steps: whole(item.steps, lang),
        points: item.points.map_or_else(String::new, |p| whole(p, lang)),
        reason: breakable(&words::sentence(lang.label(&item.reason))),
    }
}
