//! What the monthly journal and the workbook need beside the judgement: earlier months, readings chosen,
//! calendars, the signed head.

use jiff::Timestamp;
use vigie_reports::{
    format::Lang,
    journal::{JournalContext, PastMonth},
    pdf::{Fonts, PdfError, PdfRenderer},
};
use vigie_rules::{
    book::Rulebook,
    judgement::{Judgement, Month},
};
use vigie_store::Tx;

use super::{Ask, MonthError, from_store};

/// Months that a trend shows beside the judged one.
pub const TREND_MONTHS: i32 = 11;

/// The months before `month`, judged, for the trends.
///
/// # Errors
/// As [`from_store`].
pub fn past(tx: &mut Tx<'_>, rulebook: &Rulebook, month: Month) -> Result<Vec<PastMonth>, MonthError> {
    let known = super::months(tx, rulebook)?;
    let mut list = Vec::new();
    for back in (1..=TREND_MONTHS).rev() {
        let earlier = month.plus(-back);
        if known.is_some_and(|(first, _)| earlier >= first) {
            list.push(PastMonth::from(&from_store(tx, rulebook, earlier, Ask::default())?.judgement));
        }
    }
    Ok(list)
}

/// All that the printed month says beside its figures.
#[must_use]
pub fn context(
    rulebook: &Rulebook,
    month: Month,
    history: Vec<PastMonth>,
    checkpoint_note: String,
    demo: bool,
    generated_at: Timestamp,
) -> JournalContext {
    let start = month.bounds(rulebook.zone()).map_or(generated_at, |(from, _)| from);
    let book = rulebook.at(start);
    let of_contract = JournalContext::of_contract(&book.contract, rulebook.zone().clone(), generated_at);
    JournalContext { demo, checkpoint_note, history, ..of_contract }
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
