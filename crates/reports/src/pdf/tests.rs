use super::*;
use crate::sample::{self, HOSTILE};

fn render(lang: Lang, context: &JournalContext) -> Vec<u8> {
    PdfRenderer::new(&Fonts::bundled()).unwrap().journal(&sample::judgement(), context, lang).unwrap()
}

#[test]
fn a_journal_is_a_tagged_pdf_in_its_language_and_the_same_each_time() {
    let renderer = PdfRenderer::new(&Fonts::bundled()).unwrap();
    let make = |lang| renderer.journal(&sample::judgement(), &sample::context(), lang).unwrap();
    let (fr, en) = (make(Lang::Fr), make(Lang::En));
    assert!(fr.starts_with(b"%PDF-1.7"));
    let has = |bytes: &[u8], needle: &str| bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(has(&fr, "/Lang(fr)") && has(&en, "/Lang(en)"));
    assert!(has(&fr, "pdfuaid") && has(&fr, "/Outlines"));
    assert_eq!(make(Lang::Fr), fr);
}

#[test]
fn a_journal_without_history_checkpoint_provider_or_points_is_still_one() {
    let mut judgement = sample::judgement();
    judgement.indicators.clear();
    judgement.total_points = 0;
    let mut context = sample::context();
    context.history.clear();
    context.conventions.clear();
    context.provider = None;
    context.checkpoint_note.clear();
    context.point_value_cents = None;
    context.demo = false;
    let renderer = PdfRenderer::new(&Fonts::bundled()).unwrap();
    assert!(renderer.journal(&judgement, &context, Lang::Fr).unwrap().starts_with(b"%PDF"));
}

#[test]
fn hostile_text_is_never_markup() {
    // Markup in a text would either panic (`#panic()`) or vanish; the data keep it letter by letter.
    render(Lang::Fr, &sample::context());
    let data = serde_json::to_string(&model::journal(&sample::judgement(), &sample::context(), Lang::Fr)).unwrap();
    let kept = serde_json::to_string(&HOSTILE.replace('\u{1b}', " ")).unwrap();
    assert!(data.contains(kept.trim_matches('"')));
}

#[test]
fn files_that_are_no_fonts_are_refused() {
    assert!(matches!(PdfRenderer::new(&Fonts(vec![b"not a font"])), Err(PdfError::NoFont { given: 1 })));
    assert!(matches!(PdfRenderer::new(&Fonts::default()), Err(PdfError::NoFont { given: 0 })));
}

#[test]
fn a_section_with_more_cases_than_are_printed_says_how_many() {
    let mut judgement = sample::judgement();
    let items = |n: u32| (0..n).map(|i| sample::item(i, 300, 240, 1, Some(2))).collect::<Vec<_>>();
    let more = |n: u32, judgement: &mut Judgement| {
        judgement.indicators[0].items = items(n);
        let data = serde_json::to_value(model::journal(judgement, &sample::context(), Lang::En)).unwrap();
        data["sections"][0]["more"].as_str().map(|s| s.replace('\u{a0}', " "))
    };
    assert_eq!(more(400, &mut judgement), None);
    assert_eq!(more(401, &mut judgement).as_deref(), Some("1 more case in the XLSX workbook and the export."));
}
