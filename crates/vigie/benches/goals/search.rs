//! Finding cases by what was said of them, among a million.

use std::time::Instant;

use jiff::Timestamp;
use vigie::{
    app::{Place, Vigie},
    features::desk::view::CaseQuery,
    live::Live,
    web::source::Source as _,
};
use vigie_contract::Party;
use vigie_store::{Param, search};
use vigie_testkit::{Cluster, Durability};

use crate::{Board, Goal};

const CASES: u32 = 1_000_000;
const BATCH: u32 = 10_000;
/// One in all cases, one in a thousand, one in eight, all of them.
const QUESTIONS: [&str; 6] =
    ["dossier777777", "autocommutateur panne", "téléphones de l'accueil", "secteur42", "ligne", "bonjour merci panne"];

pub(crate) fn sqlite(board: &mut Board) {
    let dir = tempfile::tempdir().unwrap();
    found(board, "SQLite", &Place { data: dir.path().to_owned(), ..Place::default() });
}

pub(crate) fn postgresql(board: &mut Board) {
    let (dir, cluster) = (tempfile::tempdir().unwrap(), Cluster::start(Durability::None));
    let database_url = Some(cluster.create("bench"));
    found(board, "PostgreSQL", &Place { data: dir.path().to_owned(), database_url, ..Place::default() });
}

fn found(board: &mut Board, engine: &str, place: &Place) {
    let vigie = place.open().unwrap();
    fill(&vigie);
    let live = Live::new(vigie, false);
    let mut times = Vec::new();
    for round in 0..10 {
        for text in QUESTIONS {
            let query = CaseQuery {
                text: text.to_owned(),
                open: round % 2 == 0,
                reader: Party::Provider,
                ..CaseQuery::default()
            };
            let start = Instant::now();
            let list = live.cases(&query).unwrap();
            times.push(start.elapsed().as_secs_f64() * 1e3);
            assert!(list.total > 0, "{text}");
        }
    }
    times.sort_by(f64::total_cmp);
    let name = format!("full-text search, 1,000,000 cases, {engine}, 95th percentile");
    board.line(&name, times[times.len() * 95 / 100], "ms", Goal::AtMost(50.0));
}

/// Cases that each say some twenty words, written as the desk writes them.
fn fill(vigie: &Vigie) {
    const COMMON: [&str; 12] = [
        "Bonjour, le téléphone de l'accueil ne sonne plus depuis ce matin",
        "Panne totale de l'autocommutateur, plus aucun appel entrant",
        "Coupures répétées en cours de communication sur la ligne",
        "Merci de créer une ligne pour un nouvel agent",
        "Le poste affiche un message d'erreur au démarrage",
        "Impossible de transférer un appel vers un autre site",
        "La messagerie vocale n'enregistre plus les messages",
        "Écho et voix hachée pendant les appels extérieurs",
        "Numéro en dérangement pour les usagers",
        "Changement de nom sur l'annuaire téléphonique",
        "Le standard ne reçoit plus les débordements du soir",
        "Renvoi impossible vers le portable d'astreinte",
    ];
    let columns = [
        "subject",
        "number",
        "class",
        "phase",
        "open",
        "major",
        "title",
        "origin",
        "opened_at",
        "changed_at",
        "version",
    ];
    let at = Timestamp::UNIX_EPOCH.as_microsecond();
    for from in (0..CASES).step_by(BATCH as usize) {
        let texts: Vec<(String, String)> = (from..from + BATCH)
            .map(|n| {
                let said = COMMON[n as usize % COMMON.len()];
                (format!("case/VG-2026-{n:07}"), format!("dossier{n} secteur{} rue{} : {said}", n % 1000, n % 8))
            })
            .collect();
        let write = move |tx: &mut vigie_store::Tx<'_>| {
            let rows = texts.iter().map(|(subject, text)| {
                [
                    Param::Text(subject),
                    Param::Text(&subject[5..]),
                    "incident".into(),
                    "new".into(),
                    true.into(),
                    false.into(),
                    Param::Text(text),
                    "mail".into(),
                    at.into(),
                    at.into(),
                    1_i64.into(),
                ]
            });
            tx.insert_many("desk_case", &columns, rows)?;
            let spoken: Vec<search::Spoken<'_>> = (from..)
                .zip(&texts)
                .map(|(n, (subject, text))| search::Spoken {
                    seq: u64::from(n),
                    subject,
                    side: None,
                    text: search::fold([text.as_str(), "Merci de rappeler au 04 91 12 34 56 avant midi, cordialement"]),
                })
                .collect();
            search::add(tx, &spoken)
        };
        vigie.store.write(write).unwrap();
    }
}
