//! One row of the table as a sheet: its parameters above, its items below, and formulas between them.

use num_rational::Ratio;
use rust_xlsxwriter::Worksheet;
use vigie_rules::judgement::{IndicatorResult, Item, Judgement, Quantity};

use super::{
    MAX_ITEMS, Style, WorkbookError,
    numbers::{cut, decimal, write_formula, write_formula_text, write_moment, write_whole},
};
use crate::{
    format::{self, Lang},
    journal::JournalContext,
    words,
};

/// Where a sheet's steps and points stand, for references such as `$N$3`.
pub(super) struct Total {
    pub(super) steps: &'static str,
    pub(super) points: &'static str,
}

const TOTAL: Total = Total { steps: "$J$3", points: "$N$3" };

// Rows from 0: parameters (names, values, exact values), notes, then the items.
const NAMES: u32 = 1;
const VALUES: u32 = 2;
const EXACT: u32 = 3;
const NOTES: u32 = 4;
const HEAD: u32 = 5;
const FIRST: u32 = 6;

/// Columns: A subject, B priority, C start, D due, E stop, F elapsed, G target, H and I the same as
/// whole numbers, J overrun, K steps, L points, M reason, N exact steps.
const COLUMNS: u16 = 14;

const MICROS_PER_SECOND: i128 = 1_000_000;
const SECONDS_PER_DAY: i128 = 86_400;

/// Names of the sheets: `L11`, `L23 poste-fixe`, unique and within what the format allows.
pub(super) fn names(judgement: &Judgement, lang: Lang) -> Vec<String> {
    const MAX: usize = 31;
    let mut names: Vec<String> = Vec::with_capacity(judgement.indicators.len());
    for result in &judgement.indicators {
        let letter = lang.pick("L", "R");
        let key: String =
            result.key.iter().flat_map(|k| k.chars()).filter(|c| c.is_alphanumeric() || *c == '-').collect();
        let mut name: String = format!("{letter}{} {key}", result.row).trim_end().chars().take(MAX).collect();
        let mut n = 2;
        while names.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            let suffix = format!(" ({n})");
            name = name.chars().take(MAX - suffix.len()).chain(suffix.chars()).collect();
            n += 1;
        }
        names.push(name);
    }
    names
}

/// How the steps of a row's items follow from its cells.
#[derive(Clone, Copy)]
enum Steps {
    /// Open time over a step of open time, in this unit.
    Open { step: i128, unit: Unit },
    /// Civil time between due and done over a step of so many seconds.
    Civil { step: i128 },
    /// A step each (findings): nothing to compute.
    Given,
}

/// In what times are written as whole numbers: seconds unless one of them has a fraction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Second,
    Microsecond,
}

impl Unit {
    fn of(self, time: jiff::SignedDuration) -> i128 {
        match self {
            Self::Second => time.as_micros() / MICROS_PER_SECOND,
            Self::Microsecond => time.as_micros(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Microsecond => "µs",
        }
    }
}

fn unit(result: &IndicatorResult) -> Unit {
    let step = if let Some(Quantity::Time(t)) = result.step { Some(t) } else { None };
    let mut times = result.items.iter().flat_map(|i| [i.elapsed, i.target]).chain([step]).flatten();
    if times.any(|t| t.subsec_nanos() != 0) { Unit::Microsecond } else { Unit::Second }
}

fn steps(result: &IndicatorResult) -> Steps {
    let unit = unit(result);
    match result.step {
        Some(Quantity::Time(step)) if unit.of(step) > 0 => Steps::Open { step: unit.of(step), unit },
        Some(Quantity::Days(n)) if n > 0 => Steps::Civil { step: i128::from(n) * SECONDS_PER_DAY },
        Some(Quantity::Weeks(n)) if n > 0 => Steps::Civil { step: i128::from(n) * 7 * SECONDS_PER_DAY },
        _ => Steps::Given,
    }
}

/// Division rounded up, for a positive divisor.
fn div_up(num: i128, den: i128) -> i128 {
    num.div_euclid(den) + i128::from(num.rem_euclid(den) != 0)
}

/// Whole seconds of wall clock from due to done, when both are known.
fn civil_seconds(item: &Item, context: &JournalContext) -> Option<i128> {
    let local = |at: jiff::Timestamp| at.to_zoned(context.zone.clone()).datetime();
    let (due, stop) = (local(item.due?), local(item.stop?));
    if due.subsec_nanosecond() != 0 || stop.subsec_nanosecond() != 0 {
        return None;
    }
    Some(stop.duration_since(due).as_secs().into())
}

/// Writes a row's sheet and says where its totals stand.
pub(super) fn fill(
    page: &mut Worksheet,
    result: &IndicatorResult,
    context: &JournalContext,
    lang: Lang,
    style: &Style,
) -> Result<Total, WorkbookError> {
    if result.items.len() > MAX_ITEMS {
        return Err(WorkbookError::TooManyItems { row: result.row, items: result.items.len() });
    }
    let title = format!(
        "{} · {} · {}",
        words::row_name(result),
        words::row_label(result, lang),
        words::status(result.status, lang)
    );
    page.write_string_with_format(0, 0, cut(&title), &style.title)?;
    let count = u32::try_from(result.items.len()).unwrap_or(u32::MAX);
    let last = FIRST + count.max(1);
    let rate = match (result.measured, result.expected, result.step) {
        (Some(Quantity::Share(measured)), Some(Quantity::Share(expected)), Some(Quantity::Share(step))) => {
            Some((measured, expected, step))
        }
        _ => None,
    };
    let mut notes = words::notes(result, lang);
    let by_item = match rate {
        Some(shares) => {
            rate_parameters(page, result, shares, last, lang, style, &mut notes)?;
            false
        }
        None => {
            item_parameters(page, result, last, lang, style)?;
            true
        }
    };
    points(page, result, by_item, last, lang, style)?;
    items(page, result, context, lang, style, by_item, &mut notes)?;
    page.write_string_with_format(NOTES, 0, cut(&notes.join(" ")), &style.text)?;
    page.set_freeze_panes(FIRST, 1)?;
    page.set_repeat_rows(HEAD, HEAD)?;
    Ok(TOTAL)
}

fn parameter(page: &mut Worksheet, column: u16, name: &str, style: &Style) -> Result<(), WorkbookError> {
    page.write_string_with_format(NAMES, column, name, &style.head)?;
    Ok(())
}

fn exact(page: &mut Worksheet, column: u16, value: &str, style: &Style) -> Result<(), WorkbookError> {
    page.write_string_with_format(EXACT, column, value, &style.exact)?;
    Ok(())
}

/// A rate over the month: cases, late ones counted below, promise and step as whole numbers.
fn rate_parameters(
    page: &mut Worksheet,
    result: &IndicatorResult,
    (measured, expected, step): (Ratio<i64>, Ratio<i64>, Ratio<i64>),
    last: u32,
    lang: Lang,
    style: &Style,
    notes: &mut Vec<String>,
) -> Result<(), WorkbookError> {
    let names = [
        lang.pick("Cas", "Cases"),
        lang.pick("Hors délai", "Late"),
        lang.pick("Dans le délai", "In time"),
        lang.pick("Mesuré", "Measured"),
        lang.pick("Attendu : numérateur", "Expected: numerator"),
        lang.pick("Attendu : dénominateur", "Expected: denominator"),
        lang.pick("Pas : numérateur", "Step: numerator"),
        lang.pick("Pas : dénominateur", "Step: denominator"),
        lang.pick("Écart", "Gap"),
        lang.pick("Pas entamés", "Started steps"),
    ];
    for (column, name) in (0..).zip(names) {
        parameter(page, column, name, style)?;
    }
    let population = i128::from(result.population);
    let late = i128::try_from(result.items.len()).unwrap_or(i128::MAX);
    let (num, den) = (i128::from(*measured.numer()), i128::from(*measured.denom()));
    write_whole(page, (VALUES, 0), population, &style.whole)?;
    write_formula(page, (VALUES, 1), &format!("=COUNTA(A{}:A{last})", FIRST + 1), late, &style.whole)?;
    if population > 0 && (population - late) * den == num * population {
        write_formula(page, (VALUES, 2), "=A3-B3", population - late, &style.whole)?;
    } else {
        write_whole(page, (VALUES, 2), population * num / den.max(1), &style.whole)?;
        notes.push(lang.pick("Les cas dans le délai sont ceux du juge.", "Cases in time are the judge's.").to_owned());
    }
    write_formula_text(page, (VALUES, 3), "=IF(A3=0,0,C3/A3)", decimal(num, den), &style.percent)?;
    exact(page, 3, &format::fraction(measured), style)?;
    for (column, n) in (4..).zip([*expected.numer(), *expected.denom(), *step.numer(), *step.denom()]) {
        write_whole(page, (VALUES, column), n.into(), &style.whole)?;
    }
    exact(page, 4, &format::fraction(expected), style)?;
    exact(page, 6, &format::fraction(step), style)?;
    // All in whole numbers, over the common denominator of promise and measure.
    let (en, ed) = (i128::from(*expected.numer()), i128::from(*expected.denom()));
    let (sn, sd) = (i128::from(*step.numer()), i128::from(*step.denom()));
    let gap = (en * den - num * ed).max(0);
    write_formula_text(
        page,
        (VALUES, 8),
        "=IF(A3=0,0,MAX(0,(E3*A3-C3*F3)/(F3*A3)))",
        decimal(gap, ed * den),
        &style.percent,
    )?;
    exact(page, 8, &Ratio::new(gap, (ed * den).max(1)).to_string(), style)?;
    let steps = if population == 0 || sn == 0 { 0 } else { div_up(gap * sd, ed * den * sn) };
    if steps == i128::from(result.steps) && sn > 0 {
        write_formula(
            page,
            (VALUES, 9),
            "=IF(A3=0,0,ROUNDUP(MAX(0,(E3*A3-C3*F3)*H3)/(F3*A3*G3),0))",
            steps,
            &style.whole,
        )?;
        exact(page, 9, &Ratio::new(gap * sd, (ed * den * sn).max(1)).to_string(), style)?;
    } else {
        write_whole(page, (VALUES, 9), result.steps.into(), &style.whole)?;
        notes.push(judged(lang));
    }
    Ok(())
}

/// Rows judged item by item: the step, and the sum of the items' steps.
fn item_parameters(
    page: &mut Worksheet,
    result: &IndicatorResult,
    last: u32,
    lang: Lang,
    style: &Style,
) -> Result<(), WorkbookError> {
    parameter(page, 0, lang.pick("Cas", "Cases"), style)?;
    write_whole(page, (VALUES, 0), result.population.into(), &style.whole)?;
    parameter(page, 1, lang.pick("En cause", "At fault"), style)?;
    let count = i128::try_from(result.items.len()).unwrap_or(i128::MAX);
    write_formula(page, (VALUES, 1), &format!("=COUNTA(A{}:A{last})", FIRST + 1), count, &style.whole)?;
    let (step, name) = match steps(result) {
        Steps::Open { step, unit } => (Some(step), unit.name()),
        Steps::Civil { step } => (Some(step), "s"),
        Steps::Given => (None, ""),
    };
    parameter(page, 2, &format!("{} ({name})", lang.pick("Pas", "Step")), style)?;
    if let Some(step) = step {
        write_whole(page, (VALUES, 2), step, &style.whole)?;
    }
    if let Some(step) = result.step {
        exact(page, 2, &format::quantity(step, lang), style)?;
    }
    for (column, (name, value)) in (3..).zip([
        (lang.pick("Mesuré", "Measured"), result.measured),
        (lang.pick("Attendu", "Expected"), result.expected),
        (lang.pick("Écart", "Gap"), result.gap),
    ]) {
        parameter(page, column, name, style)?;
        if let Some(value) = value {
            page.write_string_with_format(VALUES, column, format::quantity(value, lang), &style.text)?;
            exact(page, column, &format::exact(value), style)?;
        }
    }
    parameter(page, 9, lang.pick("Pas entamés", "Started steps"), style)?;
    let sum: u64 = result.items.iter().map(|i| i.steps).sum();
    if sum == result.steps {
        write_formula(page, (VALUES, 9), &format!("=SUM(K{}:K{last})", FIRST + 1), sum.into(), &style.whole)?;
    } else {
        write_whole(page, (VALUES, 9), result.steps.into(), &style.whole)?;
    }
    Ok(())
}

/// Weight, points before the cap, cap, points: columns K to N of the parameters.
fn points(
    page: &mut Worksheet,
    result: &IndicatorResult,
    by_item: bool,
    last: u32,
    lang: Lang,
    style: &Style,
) -> Result<(), WorkbookError> {
    let names =
        [lang.pick("Poids", "Weight"), lang.pick("Avant plafond", "Before cap"), lang.pick("Plafond", "Cap"), "Points"];
    for (column, name) in (10..).zip(names) {
        parameter(page, column, name, style)?;
    }
    write_whole(page, (VALUES, 10), result.weight.into(), &style.whole)?;
    let product = u128::from(result.steps) * u128::from(result.weight);
    let item_sum: u128 = result.items.iter().filter_map(|i| i.points).map(u128::from).sum();
    let formula = if by_item && item_sum == product && !result.items.is_empty() {
        format!("=SUM(L{}:L{last})", FIRST + 1)
    } else {
        "=J3*K3".to_owned()
    };
    let before = i128::try_from(product).unwrap_or(i128::MAX);
    write_formula(page, (VALUES, 11), &formula, before, &style.whole)?;
    if i128::from(result.points) < before {
        write_whole(page, (VALUES, 12), result.points.into(), &style.whole)?;
    }
    if i128::from(result.points) <= before {
        write_formula(page, (VALUES, 13), "=IF(M3=\"\",L3,MIN(L3,M3))", result.points.into(), &style.strong)?;
    } else {
        write_whole(page, (VALUES, 13), result.points.into(), &style.strong)?;
    }
    Ok(())
}

fn judged(lang: Lang) -> String {
    lang.pick(
        "Des pas sont donnés par le juge et non par une formule (égalité au délai, calendrier ou minimum de cas).",
        "Some steps are the judge's and not a formula's (exactly at the limit, calendar, or minimum of cases).",
    )
    .to_owned()
}

fn items(
    page: &mut Worksheet,
    result: &IndicatorResult,
    context: &JournalContext,
    lang: Lang,
    style: &Style,
    by_item: bool,
    notes: &mut Vec<String>,
) -> Result<(), WorkbookError> {
    let unit = unit(result);
    let rule = steps(result);
    let head: [(String, u8); COLUMNS as usize] = [
        (lang.pick("Dossier", "Case").to_owned(), 22),
        (lang.pick("Priorité", "Priority").to_owned(), 10),
        (lang.pick("Début", "Start").to_owned(), 19),
        (lang.pick("Échéance", "Due").to_owned(), 19),
        (lang.pick("Fin", "End").to_owned(), 19),
        (lang.pick("Durée", "Elapsed").to_owned(), 15),
        (lang.pick("Délai", "Target").to_owned(), 15),
        (format!("{} ({})", lang.pick("Durée", "Elapsed"), unit.name()), 13),
        (format!("{} ({})", lang.pick("Délai", "Target"), unit.name()), 13),
        (
            format!(
                "{} ({})",
                lang.pick("Dépassement", "Overrun"),
                if matches!(rule, Steps::Civil { .. }) { "s" } else { unit.name() }
            ),
            14,
        ),
        (lang.pick("Pas entamés", "Started steps").to_owned(), 10),
        ("Points".to_owned(), 14),
        (lang.pick("Motif", "Reason").to_owned(), 48),
        (lang.pick("Pas, exact", "Steps, exact").to_owned(), 14),
    ];
    for (column, (name, width)) in (0..).zip(&head) {
        page.write_string_with_format(HEAD, column, name, &style.head)?;
        page.set_column_width(column, *width)?;
    }
    let mut given = false;
    for (row, item) in (FIRST..).zip(&result.items) {
        let n = row + 1;
        page.write_string_with_format(row, 0, cut(item.subject.number()), &style.text)?;
        if let Some(priority) = item.priority {
            page.write_string_with_format(row, 1, priority.to_string(), &style.text)?;
        }
        for (column, at) in (2..).zip([item.start, item.due, item.stop]) {
            if let Some(at) = at {
                write_moment(page, (row, column), at, &context.zone, &style.moment)?;
            }
        }
        for (column, time) in (5..).zip([item.elapsed, item.target]) {
            if let Some(time) = time {
                page.write_string_with_format(row, column, format::open_time(time, lang), &style.text)?;
                write_whole(page, (row, column + 2), unit.of(time), &style.whole)?;
            }
        }
        page.write_string_with_format(row, 12, cut(&words::sentence(lang.label(&item.reason))), &style.wrapped)?;
        // Overrun and step, both in whole numbers, when the cells give them.
        let overrun = match (rule, item.elapsed, item.target) {
            (Steps::Civil { step }, _, _) => {
                civil_seconds(item, context).map(|s| (s.max(0), step, format!("=MAX(0,ROUND((E{n}-D{n})*86400,0))")))
            }
            (Steps::Open { step, .. }, Some(e), Some(t)) => {
                Some(((unit.of(e) - unit.of(t)).max(0), step, format!("=MAX(0,H{n}-I{n})")))
            }
            (_, Some(e), Some(t)) => Some(((unit.of(e) - unit.of(t)).max(0), 0, format!("=MAX(0,H{n}-I{n})"))),
            _ => None,
        };
        if let Some((over, _, formula)) = &overrun {
            write_formula(page, (row, 9), formula, *over, &style.whole)?;
        }
        if !by_item {
            continue;
        }
        match overrun {
            Some((over, step, _)) if step > 0 && div_up(over, step) == i128::from(item.steps) => {
                write_formula(page, (row, 10), &format!("=ROUNDUP(J{n}/$C$3,0)"), item.steps.into(), &style.whole)?;
                page.write_string_with_format(row, 13, Ratio::new(over, step).to_string(), &style.exact)?;
            }
            _ => {
                given |= !matches!(rule, Steps::Given);
                write_whole(page, (row, 10), item.steps.into(), &style.whole)?;
            }
        }
        match item.points {
            Some(points) if u128::from(points) == u128::from(item.steps) * u128::from(result.weight) => {
                write_formula(page, (row, 11), &format!("=K{n}*$K$3"), points.into(), &style.whole)?;
            }
            Some(points) => write_whole(page, (row, 11), points.into(), &style.whole)?,
            None => {}
        }
    }
    if given {
        notes.push(judged(lang));
    }
    Ok(())
}
