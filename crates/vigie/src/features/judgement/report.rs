//! What the monthly journal and the workbook need beside the judgement: earlier months, readings chosen,
//! calendars, the signed head.

use std::borrow::Borrow;

use jiff::Timestamp;
use vigie_reports::{
    format::Lang,
    journal::{JournalContext, PastMonth, SignedHead},
    pdf::{Fonts, PdfError, PdfRenderer},
};
use vigie_rules::{
    book::Rulebook,
    judgement::{Judgement, Month},
};

/// All that the printed month says beside its figures.
#[must_use]
pub fn context(
    rulebook: &Rulebook,
    month: Month,
    past: &[impl Borrow<Judgement>],
    head: SignedHead,
    demo: bool,
    generated_at: Timestamp,
) -> JournalContext {
    // What people read as the moment of making needs no microseconds.
    let generated_at = Timestamp::from_second(generated_at.as_second()).unwrap_or(generated_at);
    let start = month.bounds(rulebook.zone()).map_or(generated_at, |(from, _)| from);
    let book = rulebook.at(start);
    let of_contract = JournalContext::of_contract(&book.contract, rulebook.zone().clone(), generated_at);
    let history = past.iter().map(|m| PastMonth::from(m.borrow())).collect();
    JournalContext { demo, head, history, ..of_contract }
}

/// What lays out the monthly journal; keep it from one to the next.
///
/// # Errors
/// When no font can be read.
pub fn renderer() -> Result<PdfRenderer, PdfError> {
    PdfRenderer::new(&Fonts::bundled().preferring(crate::web::assets::PDF_FONTS))
}

/// The monthly journal as PDF.
///
/// # Errors
/// When it cannot be laid out.
pub fn pdf(judgement: &Judgement, context: &JournalContext, lang: Lang) -> Result<Vec<u8>, PdfError> {
    renderer()?.journal(judgement, context, lang)
}
