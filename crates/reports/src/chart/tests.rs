use jiff::civil::date;
use num_rational::Ratio;
use vigie_rules::judgement::Month;

use super::{
    sample::{at, clock},
    *,
};
use crate::{format::Lang, sample::HOSTILE};

fn months(values: &[u64]) -> Vec<(Month, u64)> {
    (1..=12).zip(values).map(|(m, v)| (Month { first: date(2026, m, 1) }, *v)).collect()
}

/// The invented case, whose last mark has a hostile name.
fn drawing() -> ClockDrawing {
    let mut drawing = clock("2026-03-12T13:00:00Z", "2026-03-13T16:00:00Z");
    drawing.marks.last_mut().unwrap().label = HOSTILE.into();
    drawing
}

fn every_chart(ink: Ink) -> Vec<String> {
    let rates: Vec<_> = months(&[1; 12])
        .into_iter()
        .zip(0..)
        .map(|((m, _), i)| (m, (i != 4).then(|| Ratio::new(88 + i, 100))))
        .collect();
    Lang::ALL
        .into_iter()
        .flat_map(|lang| {
            [
                points_trend("p", HOSTILE, &months(&[0, 3, 8, 0, 12, 400, 7, 6, 5, 4, 3, 28]), lang, ink).svg,
                points_trend("empty", "", &[], lang, ink).svg,
                rate_trend("r", HOSTILE, &rates, Ratio::new(9, 10), lang, ink).svg,
                rate_trend("all", "t", &[], Ratio::new(1, 1), lang, ink).svg,
                sparkline("s", HOSTILE, &months(&[0, 3, 8]), lang, ink),
                case_clock("k", HOSTILE, &drawing(), lang, ink).svg,
            ]
        })
        .collect()
}

#[test]
fn every_chart_is_well_formed_titled_and_free_of_style_attributes() {
    for ink in [Ink::Page, Ink::Paper] {
        for svg in every_chart(ink) {
            let document = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{e}: {svg}"));
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            let ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
            assert!(root.attribute("aria-labelledby").unwrap().split(' ').all(|id| ids.contains(&id)));
            assert!(document.descendants().all(|n| n.attribute("style").is_none()
                && n.tag_name().name() != "style"
                && n.tag_name().name() != "script"));
        }
    }
}

#[test]
fn page_charts_take_their_colours_from_the_page_and_paper_charts_from_themselves() {
    assert!(every_chart(Ink::Page).iter().all(|s| !s.contains("#1b") && s.contains("currentColor")));
    assert!(every_chart(Ink::Paper).iter().all(|s| !s.contains("currentColor") && !s.contains("class=")));
}

#[test]
fn outside_text_stays_text() {
    let svg = case_clock("x\"><script>", HOSTILE, &drawing(), Lang::Fr, Ink::Page).svg;
    let document = roxmltree::Document::parse(&svg).unwrap();
    let title = document.descendants().find(|n| n.has_tag_name(("http://www.w3.org/2000/svg", "title"))).unwrap();
    assert_eq!(title.text().unwrap(), HOSTILE.replace('\u{1b}', ""));
}

#[test]
fn the_table_beside_a_chart_holds_the_same_values() {
    let chart = points_trend("p", "Points", &months(&[5, 0, 1200]), Lang::Fr, Ink::Page);
    assert_eq!(chart.table.header, ["Mois", "Points"]);
    assert_eq!(chart.table.rows[2], ["mars 2026", "1\u{202f}200"]);
    let clock = case_clock("k", "t", &drawing(), Lang::Fr, Ink::Page);
    assert_eq!(clock.table.rows.len(), 13);
    assert_eq!(clock.table.rows[0], ["12/03/2026 15:00", "", "Début (EZV)"]);
    assert!(clock.table.rows.iter().all(|r| r.len() == clock.table.header.len()));
}

/// Left end, right end and baseline, in tenths of a pixel, of each name above the band.
fn names(svg: &str) -> Vec<(i64, i64, i64)> {
    let document = roxmltree::Document::parse(svg).unwrap();
    let tenths = |n: &roxmltree::Node<'_, '_>, a: &str| {
        let text = n.attribute(a).unwrap();
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        whole.parse::<i64>().unwrap() * 10 + tenth.parse::<i64>().unwrap()
    };
    document
        .descendants()
        .filter(|n| {
            n.tag_name().name() == "text" && n.attribute("text-anchor").is_none() && n.text().unwrap().contains("03 ")
        })
        .map(|n| (tenths(&n, "x"), tenths(&n, "x") + svg::text_width(n.text().unwrap()), tenths(&n, "y")))
        .collect()
}

#[test]
fn names_of_marks_never_cover_each_other_and_stay_inside() {
    let names = names(&case_clock("k", "t", &drawing(), Lang::Fr, Ink::Page).svg);
    assert_eq!(names.len(), 7);
    for (i, a) in names.iter().enumerate() {
        assert!(a.1 <= 9600, "{a:?} leaves the drawing");
        for b in &names[i + 1..] {
            assert!(a.2 != b.2 || a.1 <= b.0 || b.1 <= a.0, "{a:?} covers {b:?}");
        }
    }
}

#[test]
fn time_past_the_due_time_differs_by_shape_and_by_word() {
    let svg = case_clock("k", "t", &drawing(), Lang::En, Ink::Page).svg;
    let document = roxmltree::Document::parse(&svg).unwrap();
    let heights = |class: &str| -> Vec<String> {
        let drawn =
            document.descendants().filter(|n| n.tag_name().name() == "rect" && n.attribute("class") == Some(class));
        drawn.map(|n| n.attribute("height").unwrap().to_owned()).collect()
    };
    assert_eq!(heights("chart-late"), ["28", "18"], "in the bar and in the legend");
    assert!(heights("chart-bar").iter().all(|h| ["22", "12"].contains(&h.as_str())));
    let description = document.descendants().find(|n| n.tag_name().name() == "desc").unwrap().text().unwrap();
    assert!(description.contains("13/03/2026 09:00 13/03/2026 12:00 counted time past the due time"), "{description}");
}

#[test]
fn a_length_is_not_written_where_a_mark_would_cross_it() {
    let mut crossed = drawing();
    crossed.segments.truncate(1);
    crossed.marks.truncate(1);
    let lengths =
        |drawing: &ClockDrawing| case_clock("k", "t", drawing, Lang::En, Ink::Page).svg.matches(">1\u{a0}h<").count();
    assert_eq!(lengths(&crossed), 1);
    crossed.marks.push(Mark { at: at("2026-03-12T14:30:00Z"), kind: MarkKind::TakeIn, label: "in".into() });
    assert_eq!(lengths(&crossed), 0);
}

#[test]
fn a_clock_of_ten_years_or_of_no_length_is_drawn_without_delay() {
    let mut long = drawing();
    long.to = at("2036-03-12T13:00:00Z");
    let svg = case_clock("k", "t", &long, Lang::En, Ink::Page).svg;
    assert!(svg.len() < 200_000, "{}", svg.len());
    let mut none = drawing();
    none.to = none.from;
    roxmltree::Document::parse(&case_clock("k", "t", &none, Lang::En, Ink::Page).svg).unwrap();
}

#[test]
fn a_sparkline_of_two_months_is_as_wide_as_one_of_twelve() {
    let view = |n: usize| {
        let svg = sparkline("s", "t", &months(&[3; 12])[..n], Lang::Fr, Ink::Page);
        roxmltree::Document::parse(&svg).unwrap().root_element().attribute("viewBox").unwrap().to_owned()
    };
    assert_eq!(view(2), view(12));
    assert_eq!(view(0), view(12));
}
