//! Whole numbers, instants and formulas as cells, without ever losing a unit.

use jiff::{Timestamp, tz::TimeZone};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Worksheet, XlsxError};

use crate::format;

/// Row and column, from 0.
pub(super) type Cell = (u32, u16);

/// The largest whole number up to which a cell, which is a double, holds every one: 2^53.
const MAX_EXACT: i128 = 1 << 53;
/// A cell holds 32,767 characters.
const MAX_TEXT: usize = 32_000;

/// A whole number; as text when a cell could not hold it exactly.
pub(super) fn write_whole(
    page: &mut Worksheet,
    (row, column): Cell,
    n: i128,
    format: &Format,
) -> Result<(), XlsxError> {
    if n.abs() > MAX_EXACT {
        page.write_string_with_format(row, column, n.to_string(), format)?;
    } else {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53, which a double holds exactly")]
        page.write_number_with_format(row, column, n as f64, format)?;
    }
    Ok(())
}

/// A formula with its result, for viewers that do not compute.
pub(super) fn write_formula(
    page: &mut Worksheet,
    (row, column): Cell,
    formula: &str,
    result: i128,
    format: &Format,
) -> Result<(), XlsxError> {
    write_formula_text(page, (row, column), formula, result.to_string(), format)
}

/// The same with a result that is no whole number, written as a decimal.
pub(super) fn write_formula_text(
    page: &mut Worksheet,
    (row, column): Cell,
    formula: &str,
    result: String,
    format: &Format,
) -> Result<(), XlsxError> {
    page.write_formula_with_format(row, column, Formula::new(formula).set_result(result), format)?;
    Ok(())
}

/// An instant on the wall clock of `zone`; as text when the format has no such year.
pub(super) fn write_moment(
    page: &mut Worksheet,
    (row, column): Cell,
    at: Timestamp,
    zone: &TimeZone,
    style: &Format,
) -> Result<(), XlsxError> {
    match moment(at, zone) {
        Some(cell) => page.write_datetime_with_format(row, column, &cell, style)?,
        None => page.write_string_with_format(row, column, format::instant(at, zone), style)?,
    };
    Ok(())
}

fn moment(at: Timestamp, zone: &TimeZone) -> Option<ExcelDateTime> {
    let local = at.to_zoned(zone.clone());
    let part = |n: i8| u8::try_from(n).ok();
    // Serial dates before March 1900 differ between spreadsheets.
    let year = u16::try_from(local.year()).ok().filter(|y| (1901..=9999).contains(y))?;
    let day = ExcelDateTime::from_ymd(year, part(local.month())?, part(local.day())?).ok()?;
    day.and_hms(u16::from(part(local.hour())?), part(local.minute())?, part(local.second())?).ok()
}

/// `num / den` with fifteen decimals, as much as a spreadsheet shows; for cached results only.
pub(super) fn decimal(num: i128, den: i128) -> String {
    const SCALE: i128 = 1_000_000_000_000_000;
    let (sign, num) = if (num < 0) == (den < 0) { ("", num.abs()) } else { ("-", num.abs()) };
    let scaled = num.saturating_mul(SCALE) / den.abs().max(1);
    let text = format!("{}.{:015}", scaled / SCALE, scaled % SCALE);
    format!("{sign}{}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Text that fits a cell, without control characters.
pub(super) fn cut(text: &str) -> String {
    let clean = crate::words::printable(text);
    if clean.chars().count() <= MAX_TEXT { clean } else { clean.chars().take(MAX_TEXT).chain(['…']).collect() }
}
