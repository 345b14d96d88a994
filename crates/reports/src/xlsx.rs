//! The month as a workbook whose points are live formulas, so that a reader can redo the sum.
//!
//! A summary sheet refers to one sheet per row; each sheet computes its steps and points from the
//! elapsed times, targets, step and weight that stand in its cells. Rates are computed on whole
//! numbers, never on decimals: a spreadsheet's `(0.9-0.89)/0.01` is not one. A formula is written only
//! where it gives what the judge found; anything else stands as a value with a note that says so.
//! Outside text is always written as text, so that none of it is ever a formula.

mod numbers;
mod rule;
mod sheet;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use vigie_rules::judgement::Judgement;

use crate::{
    format::{self, Lang},
    journal::JournalContext,
    words::{self, printable},
};

/// Rows that one sheet may hold, below the format's own 1,048,576.
pub const MAX_ITEMS: usize = 1_000_000;

/// Why a workbook could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// More items than a sheet has rows.
    #[error("row {row} has {items} late cases and a sheet holds {MAX_ITEMS}; export the month as JSON instead")]
    TooManyItems {
        /// Row of 3.4.6.1.
        row: u8,
        /// How many.
        items: usize,
    },
    /// A list with more rows than a sheet has.
    #[error("the list has {rows} rows and a sheet holds {MAX_ITEMS}; filter it first")]
    TooManyRows {
        /// How many.
        rows: usize,
    },
    /// The writer refused something.
    #[error("the workbook could not be written")]
    Write(#[from] XlsxError),
}

/// Formats shared by all sheets.
struct Style {
    title: Format,
    head: Format,
    text: Format,
    wrapped: Format,
    whole: Format,
    percent: Format,
    moment: Format,
    strong: Format,
    exact: Format,
}

impl Style {
    fn new() -> Self {
        let base = Format::new().set_align(FormatAlign::Top);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: base
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_border_bottom(FormatBorder::Thin)
                .set_background_color(0x00E8_EEF5),
            text: base.clone(),
            wrapped: base.clone().set_text_wrap(),
            whole: base.clone().set_num_format("#,##0"),
            percent: base.clone().set_num_format("0.00%"),
            moment: base.clone().set_num_format("dd/mm/yyyy hh:mm:ss").set_align(FormatAlign::Left),
            strong: base.clone().set_bold().set_num_format("#,##0"),
            exact: base.set_font_name("Consolas").set_font_size(9),
        }
    }
}

/// The workbook's bytes. The same judgement, context and language give the same bytes.
///
/// # Errors
/// When a row has more items than a sheet can hold, or when the writer refuses a value.
pub fn workbook(judgement: &Judgement, context: &JournalContext, lang: Lang) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(judgement, context, lang)?);
    let style = Style::new();
    let names = sheet::names(judgement, lang);
    let mut sheets = Vec::with_capacity(names.len());
    for (result, name) in judgement.indicators.iter().zip(&names) {
        let mut page = Worksheet::new();
        page.set_name(name)?;
        print_setup(&mut page, judgement, lang)?;
        sheet::fill(&mut page, result, context, lang, &style)?;
        sheets.push(page);
    }
    let mut first = Worksheet::new();
    first.set_name(lang.pick("Synthèse", "Summary"))?;
    print_setup(&mut first, judgement, lang)?;
    summary(&mut first, judgement, context, lang, &style, &names)?;
    book.push_worksheet(first);
    for page in sheets {
        book.push_worksheet(page);
    }
    Ok(book.save_to_buffer()?)
}

/// A list as a workbook of one sheet: a head that stays in sight and filters, then its rows, all text.
///
/// # Errors
/// When there are more rows than a sheet can hold, or when the writer refuses a value.
pub fn table(name: &str, head: &[String], rows: &[impl AsRef<[String]>]) -> Result<Vec<u8>, WorkbookError> {
    /// The format's longest cell, in characters.
    const LONGEST: usize = 32_767;
    if rows.len() > MAX_ITEMS {
        return Err(WorkbookError::TooManyRows { rows: rows.len() });
    }
    let style = Style::new();
    let mut page = Worksheet::new();
    page.set_name(name)?;
    page.set_freeze_panes(1, 0)?;
    for (column, title) in (0_u16..).zip(head) {
        page.write_string_with_format(0, column, printable(title), &style.head)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(row.as_ref()).filter(|(_, cell)| !cell.is_empty()) {
            let text: String = printable(cell).chars().take(LONGEST).collect();
            page.write_string(line, column, text)?;
        }
    }
    let (last, wide) = (u32::try_from(rows.len()).unwrap_or(u32::MAX), u16::try_from(head.len()).unwrap_or(u16::MAX));
    page.autofilter(0, 0, last, wide.saturating_sub(1))?;
    page.autofit();
    let mut book = Workbook::new();
    book.push_worksheet(page);
    Ok(book.save_to_buffer()?)
}

fn properties(judgement: &Judgement, context: &JournalContext, lang: Lang) -> Result<DocProperties, WorkbookError> {
    let made = ExcelDateTime::from_timestamp(context.generated_at.as_second())?;
    let title = format!("{} - {}", lang.label(&context.contract_label), format::month(judgement.month, lang));
    Ok(DocProperties::new().set_title(printable(&title)).set_author("Vigie").set_creation_datetime(&made))
}

fn print_setup(page: &mut Worksheet, judgement: &Judgement, lang: Lang) -> Result<(), WorkbookError> {
    const A4: u8 = 9;
    // `&` starts a code in headers and footers; it is doubled to stay itself.
    let name = printable(&judgement.contract).replace('&', "&&");
    page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    page.set_footer(format!("&L{name} - {}&R&P / &N", format::month(judgement.month, lang)));
    Ok(())
}

/// The table of all rows, with points taken by reference from each sheet.
fn summary(
    page: &mut Worksheet,
    judgement: &Judgement,
    context: &JournalContext,
    lang: Lang,
    style: &Style,
    names: &[String],
) -> Result<(), WorkbookError> {
    const HEAD: u32 = 5;
    let mut lines = vec![
        format!("{} · {}", lang.label(&context.contract_label), format::month(judgement.month, lang)),
        format!("{}{}{}", lang.pick("Version du contrat", "Contract version"), lang.colon(), judgement.version),
        format!(
            "{}{}{}",
            lang.pick("Faits connus jusqu'au", "Facts known until"),
            lang.colon(),
            format::instant(judgement.as_of, &context.zone)
        ),
        lang.pick(
            "Chaque point vient de la feuille de sa ligne ; les formules s'y refont.",
            "Each point comes from its row's sheet, where the formulas can be redone.",
        )
        .to_owned(),
    ];
    if context.demo {
        lines.push(lang.pick("DÉMONSTRATION : données inventées", "DEMONSTRATION: invented data").to_owned());
    }
    for (row, line) in (0..).zip(&lines) {
        let format = if row == 0 { &style.title } else { &style.text };
        page.write_string_with_format(row, 0, printable(line), format)?;
    }
    let head = [
        (lang.pick("N°", "No"), 6),
        (lang.pick("Type", "Type"), 14),
        (lang.pick("Indicateur", "Indicator"), 52),
        (lang.pick("Cas", "Cases"), 9),
        (lang.pick("Mesuré", "Measured"), 14),
        (lang.pick("Attendu", "Expected"), 12),
        (lang.pick("Écart", "Gap"), 14),
        (lang.pick("Pas entamés", "Started steps"), 10),
        (lang.pick("Poids", "Weight"), 8),
        ("Points", 9),
        (lang.pick("État", "Status"), 15),
        (lang.pick("Mesuré, exact", "Measured, exact"), 16),
        (lang.pick("Notes", "Notes"), 60),
        (lang.pick("Périmètre", "Perimeter"), 36),
    ];
    for (column, (name, width)) in (0..).zip(head) {
        page.write_string_with_format(HEAD, column, name, &style.head)?;
        page.set_column_width(column, width)?;
    }
    page.set_freeze_panes(HEAD + 1, 3)?;
    page.set_repeat_rows(HEAD, HEAD)?;
    let mut row = HEAD + 1;
    for (result, name) in judgement.indicators.iter().zip(names) {
        numbers::write_whole(page, (row, 0), result.row.into(), &style.text)?;
        page.write_string_with_format(row, 1, printable(result.key.as_deref().unwrap_or_default()), &style.text)?;
        page.write_string_with_format(row, 2, printable(lang.label(&result.label)), &style.wrapped)?;
        numbers::write_whole(page, (row, 3), result.population.into(), &style.whole)?;
        for (column, value) in (4..).zip([
            words::quantity(result.measured, lang),
            words::quantity(result.expected, lang),
            words::gap(result, lang),
        ]) {
            page.write_string_with_format(row, column, value, &style.text)?;
        }
        let steps = format!("='{name}'!{}", sheet::STEPS_CELL);
        numbers::write_formula(page, (row, 7), &steps, result.steps.into(), &style.whole)?;
        numbers::write_whole(page, (row, 8), result.weight.into(), &style.whole)?;
        let points = format!("='{name}'!{}", sheet::POINTS_CELL);
        numbers::write_formula(page, (row, 9), &points, result.points.into(), &style.whole)?;
        page.write_string_with_format(row, 10, words::status(result.status, lang), &style.text)?;
        let exact = result.measured.map(format::exact).unwrap_or_default();
        page.write_string_with_format(row, 11, exact, &style.exact)?;
        page.write_string_with_format(row, 12, numbers::cut(&words::notes(result, lang).join(" ")), &style.wrapped)?;
        let about = numbers::cut(context.perimeter(result.row, lang));
        page.write_string_with_format(row, 13, about, &style.wrapped)?;
        row += 1;
    }
    page.write_string_with_format(row, 2, "Total", &style.strong)?;
    if row == HEAD + 1 {
        numbers::write_whole(page, (row, 9), judgement.total_points.into(), &style.strong)?;
    } else {
        let sum = format!("=SUM(J{}:J{row})", HEAD + 2);
        numbers::write_formula(page, (row, 9), &sum, judgement.total_points.into(), &style.strong)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
