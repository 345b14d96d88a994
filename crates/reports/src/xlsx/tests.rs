use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};

use super::*;
use crate::sample::{self, HOSTILE};

fn open(lang: Lang) -> Xlsx<Cursor<Vec<u8>>> {
    let bytes = workbook(&sample::judgement(), &sample::context(), lang).unwrap();
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn value(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str, cell: (u32, u32)) -> Data {
    book.worksheet_range(sheet).unwrap().get_value(cell).cloned().unwrap_or_default()
}

fn formula(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str, cell: (u32, u32)) -> String {
    book.worksheet_formula(sheet).unwrap().get_value(cell).cloned().unwrap_or_default()
}

#[test]
fn the_summary_adds_the_sheets_by_reference_and_shows_its_cached_total() {
    let mut book = open(Lang::Fr);
    assert_eq!(book.sheet_names(), ["Synthèse", "L9", "L11", "L13", "L19", "L23 11", "L30"]);
    assert_eq!(formula(&mut book, "Synthèse", (6, 9)), "'L9'!$N$3");
    assert_eq!(formula(&mut book, "Synthèse", (12, 9)), "SUM(J7:J12)");
    assert_eq!(value(&mut book, "Synthèse", (12, 9)).as_f64(), Some(28.0));
    assert_eq!(value(&mut book, "Synthèse", (7, 11)), Data::String("64/73".into()));
}

#[test]
fn each_late_case_computes_its_steps_and_points_from_its_cells() {
    let mut book = open(Lang::Fr);
    let row = |book: &mut _, column| (formula(book, "L9", (7, column)), value(book, "L9", (7, column)).as_f64());
    assert_eq!(row(&mut book, 9), ("MAX(0,H8-I8)".into(), Some(9060.0)));
    assert_eq!(row(&mut book, 10), ("ROUNDUP(J8/$C$3,0)".into(), Some(3.0)));
    assert_eq!(row(&mut book, 11), ("K8*$K$3".into(), Some(6.0)));
    assert_eq!(value(&mut book, "L9", (7, 13)), Data::String("151/60".into()));
    assert_eq!(formula(&mut book, "L9", (2, 11)), "SUM(L7:L8)");
    assert_eq!(value(&mut book, "L9", (2, 13)).as_f64(), Some(8.0));
}

#[test]
fn a_rate_is_computed_on_whole_numbers_from_counted_cases() {
    let mut book = open(Lang::En);
    assert_eq!(formula(&mut book, "R11", (2, 1)), "COUNTA(A7:A15)");
    assert_eq!(formula(&mut book, "R11", (2, 2)), "A3-B3");
    assert_eq!(formula(&mut book, "R11", (2, 9)), "IF(A3=0,0,ROUNDUP(MAX(0,(E3*A3-C3*F3)*H3)/(F3*A3*G3),0))");
    assert_eq!(value(&mut book, "R11", (2, 9)).as_f64(), Some(3.0));
    assert_eq!(value(&mut book, "R11", (2, 13)).as_f64(), Some(6.0));
}

#[test]
fn days_of_lateness_are_computed_from_the_dates() {
    let mut book = open(Lang::Fr);
    assert_eq!(formula(&mut book, "L30", (6, 9)), "MAX(0,ROUND((E7-D7)*86400,0))");
    assert_eq!(value(&mut book, "L30", (6, 10)).as_f64(), Some(2.0));
    assert_eq!(value(&mut book, "L30", (2, 13)).as_f64(), Some(14.0));
}

#[test]
fn a_step_that_no_formula_gives_is_the_judges_and_says_so() {
    let mut judgement = sample::judgement();
    let row = &mut judgement.indicators[0];
    // Exactly at the target, where the target is strict: late, and one step has begun.
    row.items[0].elapsed = row.items[0].target;
    let mut book = Xlsx::new(Cursor::new(workbook(&judgement, &sample::context(), Lang::En).unwrap())).unwrap();
    assert_eq!(formula(&mut book, "R9", (6, 10)), "");
    assert_eq!(value(&mut book, "R9", (6, 10)).as_f64(), Some(1.0));
    assert!(value(&mut book, "R9", (4, 0)).as_string().unwrap().contains("the judge's"));
}

#[test]
fn a_cap_is_a_cell_of_the_formula() {
    let mut judgement = sample::judgement();
    judgement.indicators[0].points = 5;
    let mut book = Xlsx::new(Cursor::new(workbook(&judgement, &sample::context(), Lang::En).unwrap())).unwrap();
    assert_eq!(value(&mut book, "R9", (2, 11)).as_f64(), Some(8.0));
    assert_eq!(value(&mut book, "R9", (2, 12)).as_f64(), Some(5.0));
    assert_eq!(formula(&mut book, "R9", (2, 13)), "IF(M3=\"\",L3,MIN(L3,M3))");
}

#[test]
fn outside_text_is_never_a_formula() {
    let mut book = open(Lang::Fr);
    let plain = HOSTILE.replace('\u{1b}', " ");
    assert_eq!(value(&mut book, "L23 11", (6, 0)), Data::String(plain));
    assert_eq!(value(&mut book, "Synthèse", (10, 1)), Data::String("=1+1".into()));
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).unwrap();
        assert!(formulas.used_cells().all(|(_, _, f)| !f.contains("cmd") && f != "1+1"));
    }
}

#[test]
fn a_fraction_of_a_second_switches_the_sheet_to_microseconds() {
    let mut judgement = sample::judgement();
    let item = &mut judgement.indicators[0].items[0];
    item.elapsed = item.target.map(|t| t + jiff::SignedDuration::from_micros(1));
    let mut book = Xlsx::new(Cursor::new(workbook(&judgement, &sample::context(), Lang::Fr).unwrap())).unwrap();
    assert_eq!(value(&mut book, "L9", (6, 9)).as_f64(), Some(1.0));
    assert_eq!(value(&mut book, "L9", (6, 10)).as_f64(), Some(1.0));
    assert_eq!(value(&mut book, "L9", (5, 9)), Data::String("Dépassement (µs)".into()));
}

#[test]
fn the_same_month_gives_the_same_bytes() {
    let make = || workbook(&sample::judgement(), &sample::context(), Lang::Fr).unwrap();
    assert_eq!(make(), make());
}

#[test]
fn cached_decimals_are_cut_and_keep_their_sign() {
    assert_eq!(numbers::decimal(64, 73), "0.876712328767123");
    assert_eq!(numbers::decimal(-1, 4), "-0.25");
    assert_eq!(numbers::decimal(3, 1), "3");
    assert_eq!(numbers::decimal(0, 5), "0");
}
