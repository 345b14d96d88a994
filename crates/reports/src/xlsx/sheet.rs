//! One row of the table as a sheet: its parameters above, its items below, and formulas between them.

use num_rational::Ratio;
use rust_xlsxwriter::{Format, Worksheet};
use vigie_rules::judgement::{IndicatorResult, Item, Judgement, Quantity};

use super::{
    MAX_ITEMS, Style, WorkbookError,
    numbers::{cut, decimal, write_formula, write_formula_text, write_moment, write_whole},
    rule::{Steps, Unit, civil_seconds, div_up},
};
use crate::{
    format::{self, Lang},
    journal::JournalContext,
    words,
};

/// Where every sheet has its started steps and its points.
pub(super) const STEPS_CELL: &str = "$J$3";
pub(super) const POINTS_CELL: &str = "$N$3";

// Rows from 0: title, parameters (names, values, exact values), notes, then the items.
const NAMES: u32 = 1;
const VALUES: u32 = 2;
const EXACT: u32 = 3;
const NOTES: u32 = 4;
const HEAD: u32 = 5;
const FIRST: u32 = 6;

/// Columns of the items: A subject, B priority, C start, D due, E end, F elapsed, G target, H and I
/// the same as whole numbers, J overrun, K steps, L points, M reason, N exact steps.
const COLUMNS: usize = 14;
/// Columns of the parameters that every sheet has: steps, then weight, sum, cap and points.
const STEPS: u16 = 9;
const WEIGHT: u16 = 10;

/// Names of the sheets: `L11`, `L23 poste-fixe`, unique and within what the format allows.
pub(super) fn names(judgement: &Judgement, lang: Lang) -> Vec<String> {
    const MAX: usize = 31;
    let mut names: Vec<String> = Vec::with_capacity(judgement.indicators.len());
    for result in &judgement.indicators {
        let letter = lang.pick("L", "R");
        let key: String =
            result.key.iter().flat_map(|k| k.chars()).filter(|c| c.is_alphanumeric() || *c == '-').collect();
        let whole: String = format!("{letter}{} {key}", result.row).trim_end().chars().take(MAX).collect();
        let mut name = whole.clone();
        let mut n = 2;
        while names.iter().any(|other| other.to_lowercase() == name.to_lowercase()) {
            let suffix = format!(" ({n})");
            name = whole.chars().take(MAX - suffix.len()).chain(suffix.chars()).collect();
            n += 1;
        }
        names.push(name);
    }
    names
}

/// Writes a row's sheet.
///
/// # Errors
/// When the row has more items than a sheet can hold, or when the writer refuses a value.
pub(super) fn fill(
    page: &mut Worksheet,
    result: &IndicatorResult,
    context: &JournalContext,
    lang: Lang,
    style: &Style,
) -> Result<(), WorkbookError> {
    let count = result.items.len();
    let rows = u32::try_from(count).ok().filter(|_| count <= MAX_ITEMS);
    let rows = rows.ok_or(WorkbookError::TooManyItems { row: result.row, items: count })?;
    let unit = Unit::of(result);
    let notes = words::notes(result, lang);
    let steps = Steps::of(result, unit);
    Sheet { page, result, context, lang, style, last: FIRST + rows.max(1), unit, steps, notes }.fill()
}

struct Sheet<'a> {
    page: &'a mut Worksheet,
    result: &'a IndicatorResult,
    context: &'a JournalContext,
    lang: Lang,
    style: &'a Style,
    /// Number of the last row of items, counted from 1 as formulas do.
    last: u32,
    unit: Unit,
    steps: Steps,
    notes: Vec<String>,
}

impl Sheet<'_> {
    fn fill(mut self) -> Result<(), WorkbookError> {
        let (result, lang) = (self.result, self.lang);
        let (name, label) = (words::row_name(result), words::row_label(result, lang));
        let title = format!("{name} · {label} · {}", words::status(result.status, lang));
        self.text((0, 0), &title, &self.style.title)?;
        let by_item = match (result.measured, result.expected, result.step) {
            (Some(Quantity::Share(measured)), Some(Quantity::Share(expected)), Some(Quantity::Share(step))) => {
                self.rate(measured, expected, step)?;
                false
            }
            _ => {
                self.overruns()?;
                true
            }
        };
        self.points(by_item)?;
        self.items(by_item)?;
        self.text((NOTES, 0), &self.notes.join(" "), &self.style.text)?;
        self.page.set_freeze_panes(FIRST, 1)?;
        self.page.set_repeat_rows(HEAD, HEAD)?;
        Ok(())
    }

    fn text(&mut self, (row, column): (u32, u16), text: &str, format: &Format) -> Result<(), WorkbookError> {
        self.page.write_string_with_format(row, column, cut(text), format)?;
        Ok(())
    }

    fn whole(&mut self, cell: (u32, u16), n: i128) -> Result<(), WorkbookError> {
        Ok(write_whole(self.page, cell, n, &self.style.whole)?)
    }

    fn formula(&mut self, cell: (u32, u16), formula: &str, result: i128) -> Result<(), WorkbookError> {
        Ok(write_formula(self.page, cell, formula, result, &self.style.whole)?)
    }

    fn percent(&mut self, column: u16, formula: &str, (num, den): (i128, i128)) -> Result<(), WorkbookError> {
        write_formula_text(self.page, (VALUES, column), formula, decimal(num, den), &self.style.percent)?;
        self.exact(column, &Ratio::new(num, den.max(1)).to_string())
    }

    fn name(&mut self, column: u16, name: &str) -> Result<(), WorkbookError> {
        self.text((NAMES, column), name, &self.style.head)
    }

    fn exact(&mut self, column: u16, value: &str) -> Result<(), WorkbookError> {
        self.text((EXACT, column), value, &self.style.exact)
    }

    /// Counts the items below; the text is the same in both kinds of sheet.
    fn count(&mut self) -> Result<(), WorkbookError> {
        let count = i128::try_from(self.result.items.len()).unwrap_or(i128::MAX);
        self.formula((VALUES, 1), &format!("=COUNTA(A{}:A{})", FIRST + 1, self.last), count)
    }

    /// A note that a value of the sheet is the judge's.
    fn judged(&mut self) {
        let note = self.lang.pick(
            "Des pas sont donnés par le juge et non par une formule (égalité au délai, calendrier ou minimum de cas).",
            "Some steps are the judge's and not a formula's (exactly at the limit, calendar, or minimum of cases).",
        );
        self.notes.push(note.to_owned());
    }

    /// A rate over the month: cases, late ones counted below, promise and step as whole numbers.
    fn rate(&mut self, measured: Ratio<i64>, expected: Ratio<i64>, step: Ratio<i64>) -> Result<(), WorkbookError> {
        let lang = self.lang;
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
            self.name(column, name)?;
        }
        let cases = i128::from(self.result.population);
        let late = i128::try_from(self.result.items.len()).unwrap_or(i128::MAX);
        let parts = |r: Ratio<i64>| (i128::from(*r.numer()), i128::from(*r.denom()));
        let ((num, den), (en, ed), (sn, sd)) = (parts(measured), parts(expected), parts(step));
        self.whole((VALUES, 0), cases)?;
        self.count()?;
        if cases > 0 && (cases - late) * den == num * cases {
            self.formula((VALUES, 2), "=A3-B3", cases - late)?;
        } else {
            self.whole((VALUES, 2), cases * num / den.max(1))?;
            let note = lang.pick("Les cas dans le délai sont ceux du juge.", "Cases in time are the judge's.");
            self.notes.push(note.to_owned());
        }
        self.percent(3, "=IF(A3=0,0,C3/A3)", (num, den))?;
        for (column, n) in (4..).zip([en, ed, sn, sd]) {
            self.whole((VALUES, column), n)?;
        }
        self.exact(4, &format::fraction(expected))?;
        self.exact(6, &format::fraction(step))?;
        // All in whole numbers, over the common denominator of promise and measure.
        let gap = (en * den - num * ed).max(0);
        self.percent(8, "=IF(A3=0,0,MAX(0,(E3*A3-C3*F3)/(F3*A3)))", (gap, ed * den))?;
        let (over, width) = (gap * sd, ed * den * sn);
        let steps = i128::from(self.result.steps);
        if width > 0 && cases > 0 && div_up(over, width) == steps {
            let formula = "=IF(A3=0,0,ROUNDUP(MAX(0,(E3*A3-C3*F3)*H3)/(F3*A3*G3),0))";
            self.formula((VALUES, STEPS), formula, steps)?;
            self.exact(STEPS, &Ratio::new(over, width).to_string())?;
        } else {
            self.whole((VALUES, STEPS), steps)?;
            self.judged();
        }
        Ok(())
    }

    /// Rows judged item by item: the step, and the sum of the items' steps.
    fn overruns(&mut self) -> Result<(), WorkbookError> {
        let (result, lang) = (self.result, self.lang);
        self.name(0, lang.pick("Cas", "Cases"))?;
        self.whole((VALUES, 0), result.population.into())?;
        self.name(1, lang.pick("En cause", "At fault"))?;
        self.count()?;
        let unit = if matches!(self.steps, Steps::Civil { .. }) { Unit::Second } else { self.unit };
        self.name(2, &format!("{} ({})", lang.pick("Pas", "Step"), unit.name()))?;
        if let Some(step) = self.steps.step() {
            self.whole((VALUES, 2), step)?;
        }
        self.exact(2, &words::quantity(result.step, lang))?;
        let values = [
            (lang.pick("Mesuré", "Measured"), result.measured),
            (lang.pick("Attendu", "Expected"), result.expected),
            (lang.pick("Écart", "Gap"), result.gap),
        ];
        for (column, (name, value)) in (3..).zip(values) {
            self.name(column, name)?;
            if let Some(value) = value {
                self.text((VALUES, column), &format::quantity(value, lang), &self.style.text)?;
                self.exact(column, &format::exact(value))?;
            }
        }
        self.name(STEPS, lang.pick("Pas entamés", "Started steps"))?;
        let sum: u64 = result.items.iter().map(|i| i.steps).sum();
        if sum == result.steps {
            self.formula((VALUES, STEPS), &format!("=SUM(K{}:K{})", FIRST + 1, self.last), sum.into())?;
        } else {
            self.whole((VALUES, STEPS), result.steps.into())?;
        }
        Ok(())
    }

    /// Weight, points before the cap, cap, points: columns K to N of the parameters.
    fn points(&mut self, by_item: bool) -> Result<(), WorkbookError> {
        let (result, lang) = (self.result, self.lang);
        let names = [
            lang.pick("Poids", "Weight"),
            lang.pick("Avant plafond", "Before cap"),
            lang.pick("Plafond", "Cap"),
            "Points",
        ];
        for (column, name) in (WEIGHT..).zip(names) {
            self.name(column, name)?;
        }
        self.whole((VALUES, WEIGHT), result.weight.into())?;
        let before = i128::from(result.steps) * i128::from(result.weight);
        let of_items: i128 = result.items.iter().filter_map(|i| i.points).map(i128::from).sum();
        let formula = if by_item && of_items == before && !result.items.is_empty() {
            format!("=SUM(L{}:L{})", FIRST + 1, self.last)
        } else {
            "=J3*K3".to_owned()
        };
        self.formula((VALUES, WEIGHT + 1), &formula, before)?;
        let (cell, points) = ((VALUES, WEIGHT + 3), i128::from(result.points));
        if points < before {
            self.whole((VALUES, WEIGHT + 2), points)?;
        }
        if points <= before {
            write_formula(self.page, cell, "=IF(M3=\"\",L3,MIN(L3,M3))", points, &self.style.strong)?;
        } else {
            write_whole(self.page, cell, points, &self.style.strong)?;
        }
        Ok(())
    }

    fn items(&mut self, by_item: bool) -> Result<(), WorkbookError> {
        let (result, lang, unit) = (self.result, self.lang, self.unit.name());
        let overrun = if matches!(self.steps, Steps::Civil { .. }) { Unit::Second.name() } else { unit };
        let head: [(String, u8); COLUMNS] = [
            (lang.pick("Dossier", "Case").to_owned(), 22),
            (lang.pick("Priorité", "Priority").to_owned(), 10),
            (lang.pick("Début", "Start").to_owned(), 19),
            (lang.pick("Échéance", "Due").to_owned(), 19),
            (lang.pick("Fin", "End").to_owned(), 19),
            (lang.pick("Durée", "Elapsed").to_owned(), 15),
            (lang.pick("Délai", "Target").to_owned(), 15),
            (format!("{} ({unit})", lang.pick("Durée", "Elapsed")), 13),
            (format!("{} ({unit})", lang.pick("Délai", "Target")), 13),
            (format!("{} ({overrun})", lang.pick("Dépassement", "Overrun")), 14),
            (lang.pick("Pas entamés", "Started steps").to_owned(), 10),
            ("Points".to_owned(), 14),
            (lang.pick("Motif", "Reason").to_owned(), 48),
            (lang.pick("Pas, exact", "Steps, exact").to_owned(), 14),
        ];
        for (column, (name, width)) in (0..).zip(&head) {
            self.text((HEAD, column), name, &self.style.head)?;
            self.page.set_column_width(column, *width)?;
        }
        let mut judged = false;
        for (row, item) in (FIRST..).zip(&result.items) {
            self.item(row, item)?;
            let by_formula = self.item_sum(row, item, by_item)?;
            judged |= by_item && !by_formula;
        }
        if judged && self.steps != Steps::Given {
            self.judged();
        }
        Ok(())
    }

    /// What is known of an item, as it is.
    fn item(&mut self, row: u32, item: &Item) -> Result<(), WorkbookError> {
        self.text((row, 0), item.subject.number(), &self.style.text)?;
        if let Some(priority) = item.priority {
            self.text((row, 1), &priority.to_string(), &self.style.text)?;
        }
        for (column, at) in (2..).zip([item.start, item.due, item.stop]) {
            if let Some(at) = at {
                write_moment(self.page, (row, column), at, &self.context.zone, &self.style.moment)?;
            }
        }
        for (column, time) in (5..).zip([item.elapsed, item.target]) {
            if let Some(time) = time {
                self.text((row, column), &format::open_time(time, self.lang), &self.style.text)?;
                self.whole((row, column + 2), self.unit.whole(time))?;
            }
        }
        self.text((row, 12), &words::sentence(self.lang.label(&item.reason)), &self.style.wrapped)
    }

    /// Overrun, steps and points of an item; says whether a formula gives its steps.
    fn item_sum(&mut self, row: u32, item: &Item, by_item: bool) -> Result<bool, WorkbookError> {
        let n = row + 1;
        let overrun = match (self.steps, item.elapsed, item.target) {
            (Steps::Civil { .. }, _, _) => {
                civil_seconds(item, self.context).map(|s| (s, format!("=MAX(0,ROUND((E{n}-D{n})*86400,0))")))
            }
            (_, Some(elapsed), Some(target)) => {
                Some((self.unit.whole(elapsed) - self.unit.whole(target), format!("=MAX(0,H{n}-I{n})")))
            }
            _ => None,
        };
        let overrun = overrun.map(|(over, formula)| (over.max(0), formula));
        if let Some((over, formula)) = &overrun {
            self.formula((row, 9), formula, *over)?;
        }
        if !by_item {
            return Ok(false);
        }
        let steps = i128::from(item.steps);
        let by_formula = match (overrun, self.steps.step()) {
            (Some((over, _)), Some(step)) if div_up(over, step) == steps => {
                self.formula((row, 10), &format!("=ROUNDUP(J{n}/$C$3,0)"), steps)?;
                self.text((row, 13), &Ratio::new(over, step).to_string(), &self.style.exact)?;
                true
            }
            _ => {
                self.whole((row, 10), steps)?;
                false
            }
        };
        match item.points.map(i128::from) {
            Some(points) if points == steps * i128::from(self.result.weight) => {
                self.formula((row, 11), &format!("=K{n}*$K$3"), points)?;
            }
            Some(points) => self.whole((row, 11), points)?,
            None => {}
        }
        Ok(by_formula)
    }
}
