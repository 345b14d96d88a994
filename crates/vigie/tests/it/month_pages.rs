//! The pages of a month over the demonstrated year: from a figure to its proof, what if, and files.

use jiff::civil::{Date, date};
use serde_json::Value;
use vigie_store::journal;
use vigie_testkit::on_both;

use crate::{
    site::{Answer, Site},
    support::journal_lines,
};

const TODAY: Date = date(2026, 11, 24);
/// A month that is over, with late incidents that waited.
const MONTH: &str = "/mois/2026-10";

/// The judged month, as its JSON file says it.
fn judged(site: &Site, session: &str) -> Value {
    serde_json::from_str(&site.get(session, &format!("{MONTH}/rapport/json")).body).unwrap()
}

/// Points of a row, all its keys together.
fn points(judged: &Value, row: u64) -> u64 {
    let rows = judged["indicators"].as_array().unwrap().iter().filter(|i| i["row"] == row);
    rows.map(|i| i["points"].as_str().unwrap().parse::<u64>().unwrap()).sum()
}

fn page(site: &Site, session: &str, path: &str) -> Answer {
    let answer = site.get(session, path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.words());
    answer
}

/// The cases whose clocks the table of an indicator's page leads to.
fn cases_of(items: &Answer) -> Vec<String> {
    items.links("/dossiers/").iter().filter_map(|link| Some(link.strip_suffix("/horloges")?.to_owned())).collect()
}

#[test]
fn a_figure_opens_on_its_cases_a_case_on_its_clock_and_its_entries_on_their_proof() {
    on_both(|place| {
        let site = Site::demo(place, TODAY);
        let session = site.session("gestion.untel");
        let month = page(&site, &session, MONTH);
        let judged = judged(&site, &session);
        month.says(&[&format!("Points de pénalité {}", judged["total_points"].as_str().unwrap())], &[]);
        let banner = "Démonstration : toutes les données de cette instance sont inventées.";
        let row = format!("{MONTH}/indicateurs/10");
        assert!(month.links(MONTH).iter().any(|link| link.starts_with(&row)), "{:?}", month.links(MONTH));
        let cases = cases_of(&page(&site, &session, &row));
        assert!(!cases.is_empty(), "row 10 has late incidents");
        // All that is drawn of a clock; gives whether closed hours are, and an accepted pause.
        let drawn = |case: &String| {
            let clocks = page(&site, &session, &format!("{case}/horloges"));
            let drawn = clocks.body.split("<desc").nth(1).and_then(|rest| rest.split("</desc>").next()).unwrap();
            for what in ["temps compté", "Échéance", "fin"] {
                assert!(drawn.contains(what), "{case}: no `{what}` in {drawn}");
            }
            clocks.says(&[banner], &[]);
            (drawn.contains("hors ouverture"), drawn.contains("pause acceptée (non comptée)"))
        };
        assert!(cases.iter().map(drawn).filter(|(closed, _)| *closed).count() > 0, "none went over a night");
        // And one that waited, whether late or not.
        let lines = journal_lines(site.store());
        let accepted = lines.iter().find(|line| line.contains("\"kind\":\"incident.pause_accepted\"")).unwrap();
        let number = accepted.split("\"subject\":\"case/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        assert!(drawn(&format!("/dossiers/{number}")).1, "the accepted pause of {number} is drawn");
        let case = cases.first().unwrap();
        page(&site, &session, case).says(&[banner], &[]);
        let entries = page(&site, &session, &format!("{case}/ecritures"));
        let proofs = entries.links("/preuves?ecriture=");
        assert!(proofs.len() >= 4, "{proofs:?}");
        for proof in proofs {
            page(&site, &session, &proof).says(&["La preuve tient", banner], &[]);
        }
        for path in [MONTH, &row, "/dossiers", "/dossiers/nouveau", "/dossiers/appel", "/contrat", "/compte", "/aide"] {
            page(&site, &session, path).says(&[banner], &[]);
        }
    });
}

#[test]
fn a_what_if_moves_points_as_its_values_say_and_stores_nothing() {
    on_both(|place| {
        let site = Site::demo(place, TODAY);
        let session = site.session("gestion.untel");
        let judged = judged(&site, &session);
        let total: u64 = judged["total_points"].as_str().unwrap().parse().unwrap();
        let head = || site.store().read(journal::head).unwrap();
        let before = head();
        // Real and supposed points of the month.
        let supposed = |question: &str| {
            let words = page(&site, &session, &format!("{MONTH}/simulation?{question}")).words();
            let figure = |name: &str| {
                let rest = words.split(name).nth(1).unwrap_or_else(|| panic!("no `{name}`: {words}"));
                let digits: String =
                    rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || c.is_whitespace()).collect();
                digits.replace(char::is_whitespace, "").parse::<u64>().unwrap_or_else(|_| panic!("{name}: {words}"))
            };
            assert_eq!(figure("Réel"), total, "{question}");
            figure("Simulé")
        };
        let row = points(&judged, 10);
        assert!(row > 0);
        let weight = judged["indicators"].as_array().unwrap().iter().find(|i| i["row"] == 10).unwrap()["weight"]
            .as_u64()
            .unwrap();
        assert_eq!(supposed(&format!("ligne=10&poids={}", weight * 3)), total + 2 * row, "three times the weight");
        assert_eq!(supposed("ligne=10&poids=0"), total - row);
        assert_eq!(supposed("ligne=10&attendu=2000+h"), total - row, "nobody is late");
        assert!(supposed("ligne=10&attendu=10+min") > total);
        assert!(supposed("ligne=10&pas=1+min") > total && supposed("ligne=10&pas=2000+h") <= total);
        let case = cases_of(&page(&site, &session, &format!("{MONTH}/indicateurs/10"))).remove(0);
        let number = case.rsplit('/').next().unwrap();
        assert!(supposed(&format!("dossier={number}&retabli=2026-10-01T00:00")) < total, "restored in time");
        assert_eq!(head(), before, "nothing was stored");
    });
}

#[test]
fn the_files_of_a_month_are_what_their_names_say() {
    on_both(|place| {
        let site = Site::demo(place, TODAY);
        let session = site.session("gestion.untel");
        for (ending, media, start) in [
            ("pdf", "application/pdf", &b"%PDF-"[..]),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
            ("csv", "text/csv; charset=utf-8", b""),
            ("json", "application/json", b"{"),
        ] {
            let file = page(&site, &session, &format!("{MONTH}/rapport/{ending}"));
            assert_eq!(file.headers["content-type"], media);
            let name = file.headers["content-disposition"].to_str().unwrap();
            assert!(name.starts_with("attachment") && name.contains(&format!(".{ending}")), "{name}");
            assert!(file.bytes.starts_with(start) && file.bytes.len() > 1_000, "{ending}: {} bytes", file.bytes.len());
        }
        assert_eq!(site.get(&session, &format!("{MONTH}/rapport/doc")).status, 404);
        assert_eq!(site.get("", &format!("{MONTH}/rapport/pdf")).status, 303, "only who has signed in");
    });
}
