use typst::layout::{Frame, FrameItem};

use super::*;
use crate::sample::{self, HOSTILE};

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
    context.head = crate::journal::SignedHead::default();
    context.point_value_cents = None;
    context.demo = false;
    let renderer = PdfRenderer::new(&Fonts::bundled()).unwrap();
    assert!(renderer.journal(&judgement, &context, Lang::Fr).unwrap().starts_with(b"%PDF"));
}

#[test]
fn a_paper_is_a_tagged_pdf_that_takes_whatever_people_wrote_for_words() {
    use crate::paper::{Paper, PaperSection, PaperTable};
    let paper = Paper {
        lang: Lang::Fr,
        title: "Rapport d'incident majeur".to_owned(),
        subtitle: "VG-2026-000123".to_owned(),
        contract: "Callipso".to_owned(),
        demo: None,
        facts: vec![("Début".to_owned(), "12/03/2026 16:20".to_owned())],
        sections: vec![PaperSection { title: "Chronologie".to_owned(), text: format!("{HOSTILE}\n\n#panic()") }],
        table: Some(PaperTable {
            title: "Actions".to_owned(),
            head: vec!["Action".to_owned(), "Pilote".to_owned()],
            rows: vec![vec![HOSTILE.to_owned(), "go.martin".to_owned()]],
        }),
        page_word: "Page".to_owned(),
        ident: "rim/VG-2026-000123".to_owned(),
        made_at: sample::context().generated_at,
    };
    let renderer = PdfRenderer::new(&Fonts::bundled()).unwrap();
    let bytes = renderer.paper(&paper).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7"));
    assert_eq!(renderer.paper(&paper).unwrap(), bytes);
    let bare = Paper { sections: Vec::new(), facts: Vec::new(), table: None, ..paper };
    assert!(renderer.paper(&bare).unwrap().starts_with(b"%PDF"));
}

/// All text that is set on the pages of the sample month, in order.
fn set_text(lang: Lang) -> String {
    fn walk(frame: &Frame, out: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => walk(&group.frame, out),
                FrameItem::Text(text) => out.push_str(&text.text),
                _ => {}
            }
        }
        out.push('\n');
    }
    let renderer = PdfRenderer::new(&Fonts::bundled()).unwrap();
    let data = serde_json::to_vec(&model::journal(&sample::judgement(), &sample::context(), lang)).unwrap();
    let now = datetime(sample::context().generated_at);
    let world = PaperWorld { renderer: &renderer, source: &renderer.journal, bytes: Bytes::new(data), now };
    let mut out = String::new();
    // Compiled for what the PDF writer takes, so that the type need not be named.
    let document = typst::compile(&world).output.unwrap();
    typst_pdf::pdf(&document, &PdfOptions::default()).unwrap();
    document.pages().iter().for_each(|page| walk(&page.frame, &mut out));
    out.replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn the_pages_hold_the_points_the_sums_and_the_cases() {
    let text = set_text(Lang::Fr);
    for expected in [
        "28",
        "4 pas entamés × 2 = 8 points",
        "3 pas entamés × 2 = 6 points",
        "INC0000046",
        "3 500,00 €",
        "87,67 % (64/73)",
        "DÉMONSTRATION",
        "vigie judge 2016-03",
    ] {
        assert!(text.contains(expected), "{expected} is missing from: {text}");
    }
    assert!(set_text(Lang::En).contains("3 started steps × 2 = 6 points"));
}

#[test]
fn hostile_text_is_set_letter_by_letter() {
    let text = set_text(Lang::Fr).replace('\n', "");
    assert!(text.contains("*#panic()* <b>&\"é"), "{text}");
    assert!(text.contains("— vigie/callipso *#panic()*"), "{text}");
}

#[test]
fn hostile_text_reaches_the_template_as_it_is() {
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
