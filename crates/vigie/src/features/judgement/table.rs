//! A judged month as CSV: exactly the table of the page, for a spreadsheet.

use vigie_reports::format::{self, Lang};
use vigie_rules::judgement::Judgement;

/// The table, one line for each row, UTF-8 with a byte order mark since spreadsheets ask for one.
///
/// # Errors
/// Never for text in memory; the writer's own otherwise.
pub fn month_csv(judgement: &Judgement, lang: Lang) -> Result<Vec<u8>, csv::Error> {
    // French spreadsheets read semicolons, since their decimals are commas.
    let separator = if lang == Lang::Fr { b';' } else { b',' };
    let mut out = csv::WriterBuilder::new().delimiter(separator).from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(match lang {
        Lang::Fr => [
            "Ligne",
            "Type",
            "Indicateur",
            "Population",
            "Mesuré",
            "Attendu",
            "Écart",
            "Pas",
            "Poids",
            "Points",
            "Mesuré (exact)",
        ],
        Lang::En => [
            "Row",
            "Type",
            "Indicator",
            "Population",
            "Measured",
            "Expected",
            "Gap",
            "Steps",
            "Weight",
            "Points",
            "Measured (exact)",
        ],
    })?;
    let shown = |q| format::quantity(q, lang);
    for r in &judgement.indicators {
        out.write_record([
            r.row.to_string(),
            r.key.clone().unwrap_or_default(),
            lang.label(&r.label).to_owned(),
            r.population.to_string(),
            r.measured.map(shown).unwrap_or_default(),
            r.expected.map(shown).unwrap_or_default(),
            r.gap.map(shown).unwrap_or_default(),
            r.steps.to_string(),
            r.weight.to_string(),
            r.points.to_string(),
            r.measured.map(format::exact).unwrap_or_default(),
        ])?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}
