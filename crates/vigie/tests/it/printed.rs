//! What `vigie judge` prints beside its table: the journal as PDF, and a workbook that works its points out.

use std::{
    fs,
    io::{Cursor, Read as _, Write as _},
    path::Path,
    process::Command,
};

use jiff::civil::{Date, date};
use serde_json::Value;
use vigie_testkit::{Place, on_both};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::support::{beside, file, open_demo, run, said, seed, servicenow_log};

const TODAY: Date = date(2026, 11, 24);

/// Judges a month into both files; gives the JSON printed in the same run.
fn print(place: &Place, month: &str) -> (Value, String, String) {
    let (pdf, xlsx) = (beside(place, "mois.pdf"), beside(place, "mois.xlsx"));
    let said = run(place, &["judge", month, "--format", "json", "--pdf", &pdf, "--xlsx", &xlsx]).done();
    (serde_json::from_str(&said).unwrap(), pdf, xlsx)
}

/// A text that a program of the machine prints.
fn told(program: &str, args: &[&str]) -> String {
    said(Command::new(program).args(args)).done()
}

#[test]
fn a_month_is_written_as_a_pdf_whose_pages_say_its_points() {
    on_both(|place| {
        let log = file(place, "log.csv", servicenow_log(400));
        run(place, &["import", "incidents", &log, "--mapping", "servicenow"]).done();
        let (judged, pdf, _) = print(place, "2016-03");
        assert!(fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
        let about = told("pdfinfo", &[&pdf]);
        let pages = about.lines().find_map(|l| l.strip_prefix("Pages:")).unwrap().trim().parse::<u32>().unwrap();
        assert!(pages >= 10, "{about}");
        let text = told("pdftotext", &["-layout", &pdf, "-"]).replace('\u{202f}', "");
        let points = judged["total_points"].as_str().unwrap();
        let digits = |text: &str| text.replace([',', ' ', '\u{a0}'], "");
        assert!(digits(&text).contains(&format!("{points}penaltypoints")), "{points} points are not in the text");
        let root = judged["checkpoint"]["root"].as_str().unwrap();
        assert!(digits(&text).replace('\n', "").contains(&root[..16]), "the head's root {root} is printed");
        // Whoever keeps the report keeps the head: its lines, copied, hold the journal to its past.
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let first = lines.iter().position(|l| l.starts_with("vigie/callipso/")).unwrap();
        let last = lines.iter().position(|l| l.starts_with("— vigie/callipso/")).unwrap();
        let kept = file(place, "kept.note", lines[first..=last].join("\n"));
        let said = run(place, &["verify", "--since", &kept]).done();
        assert!(said.contains("entries kept and unchanged"), "{said}");
        for case in judged["indicators"][0]["items"].as_array().into_iter().flatten().take(5) {
            let number = case["case"].as_str().unwrap().trim_start_matches("case/");
            assert!(text.contains(number), "{number}");
        }
    });
}

/// The workbook with the value of every formula taken out, so that only its formulas say anything; also how many.
fn without_results(xlsx: &str) -> (Vec<u8>, usize) {
    let mut book = ZipArchive::new(Cursor::new(fs::read(xlsx).unwrap())).unwrap();
    let mut bare = ZipWriter::new(Cursor::new(Vec::new()));
    let mut formulas = 0;
    for n in 0..book.len() {
        let mut part = book.by_index(n).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name.starts_with("xl/worksheets/sheet") {
            let text = String::from_utf8(bytes).unwrap();
            let mut kept = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once("</f><v>") {
                kept.push_str(before);
                kept.push_str("</f>");
                rest = after.split_once("</v>").unwrap().1;
                formulas += 1;
            }
            kept.push_str(rest);
            bytes = kept.into_bytes();
        }
        bare.start_file(name, SimpleFileOptions::default()).unwrap();
        bare.write_all(&bytes).unwrap();
    }
    (bare.finish().unwrap().into_inner(), formulas)
}

/// Every sheet as a spreadsheet program works it out anew, in order.
fn recalculated(place: &Place, book: &[u8]) -> Vec<Vec<csv::StringRecord>> {
    let bare = file(place, "bare.xlsx", book);
    let folder = beside(place, "sheets");
    fs::create_dir_all(&folder).unwrap();
    let target = format!("{folder}/%n.csv");
    let mut program = Command::new("ssconvert");
    program.args(["--recalc", "-S", "-T", "Gnumeric_stf:stf_csv", &bare, &target]).env("HOME", &folder);
    said(&mut program).done();
    let sheet = |n: usize| Path::new(&folder).join(format!("{n}.csv"));
    let read = |path| {
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path);
        reader.unwrap().into_records().map(Result::unwrap).collect()
    };
    let sheets = (0..).map(sheet).take_while(|path| path.exists()).map(read).collect();
    fs::remove_dir_all(&folder).unwrap();
    sheets
}

fn whole(cell: &str) -> u64 {
    cell.replace([',', ' ', '\u{a0}'], "").parse().unwrap_or_else(|_| panic!("`{cell}` is not a whole number"))
}

#[test]
fn the_workbooks_formulas_worked_out_by_another_program_give_the_judges_points() {
    on_both(|place| {
        let vigie = open_demo(place);
        seed(&vigie, TODAY);
        drop(vigie);
        let mut kinds = std::collections::BTreeSet::new();
        for month in ["2026-03", "2026-06", "2026-09", "2026-10"] {
            let (judged, _, xlsx) = print(place, month);
            let (bare, formulas) = without_results(&xlsx);
            let rows = judged["indicators"].as_array().unwrap();
            assert!(formulas > 4 * rows.len(), "{formulas} formulas");
            let sheets = recalculated(place, &bare);
            assert_eq!(sheets.len(), rows.len() + 1, "a summary, and a sheet for each indicator");
            // The summary's table begins at row 7 and has the points in column J; so does its total.
            let summary = |line: usize| whole(&sheets[0][line][9]);
            for (n, row) in rows.iter().enumerate() {
                let points: u64 = row["points"].as_str().unwrap().parse().unwrap();
                let of_sheet = whole(&sheets[n + 1][2][13]);
                assert_eq!((of_sheet, summary(6 + n)), (points, points), "{month}, row {}", row["row"]);
                if points > 0 {
                    kinds.insert(row["row"].as_u64().unwrap());
                }
            }
            let total: u64 = judged["total_points"].as_str().unwrap().parse().unwrap();
            assert_eq!(summary(6 + rows.len()), total, "{month}");
        }
        assert!(kinds.len() >= 6, "points of few kinds only: {kinds:?}");
    });
}
