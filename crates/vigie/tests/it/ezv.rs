//! The link with EZV, against an EZV on this machine with its bad days, on both engines.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;
use tokio::sync::watch;
use vigie::{
    app::Vigie,
    features::{
        desk::{
            self,
            act::{Deed, Detail},
            open::Opening,
            sheet::Texts,
        },
        ezv::{
            Link, Round, Settings, Under, WORK,
            compare::{Binds, What},
            export,
            store::{self, Road},
        },
    },
};
use vigie_contract::{Class, Party, Source};
use vigie_evidence::Origin;
use vigie_links::{Mapping, ezv::Pace};
use vigie_rules::{
    clock,
    desk::{Act, Phase},
    life::Life,
};
use vigie_store::{Engine, StoreError, journal};
use vigie_testkit::{
    Place,
    ezv::{Ezv, Failure, TOKEN},
    on_both,
};

use crate::{
    desk::{by, call as phoned, deed, done, opened},
    site::Site,
    support::{file, import, lease, open as open_place, root, run, wait_for},
};

const NINE: &str = "2026-11-24T08:00:00Z";

fn nine(minutes: i64) -> Timestamp {
    let nine: Timestamp = NINE.parse().unwrap();
    nine + SignedDuration::from_mins(minutes)
}

/// Settings as an operator writes them.
fn settings(place: &Place, ezv: &Ezv) -> Settings {
    _ = file(place, "ezv.token", TOKEN);
    let text = format!(
        "base = \"{}\"\ntoken_file = \"ezv.token\"\nsince = \"2026-11-01T00:00:00Z\"\npage_size = 3\n\
         groups = [\"SESN CALLIPSO\"]\npage = \"https://ezv.example.fr/ticket/{{number}}\"\n\
         [create.incident]\ncatalog_code = \"CALLIPSO_INC\"\n\
         [push]\nsuspensions = true\nrestored = {{ status_guid = \"{{5}}\" }}\nclosed = {{ status_guid = \"{{8}}\" }}\n\
         [notes]\naction_type_id = \"94\"\n",
        ezv.base()
    );
    let path = file(place, "ezv.toml", text);
    Settings::load(path.as_ref()).unwrap().with_pace(Pace {
        between: Duration::ZERO,
        answer: Duration::from_secs(20),
        again: Duration::from_millis(1),
        page_size: 3,
    })
}

fn link(place: &Place, vigie: &Vigie, ezv: &Ezv) -> Link {
    Link::new(vigie.clone(), settings(place, ezv), TimeZone::get("Europe/Paris").unwrap()).unwrap()
}

/// The work is that holder's from a minute on.
fn under(link: &Link, holder: &'static str, minute: i64) -> Under {
    Under { lease: lease(link.store(), WORK, holder, nine(minute)), stop: watch::channel(false).1 }
}

fn round(link: &Link, ezv: &Ezv, minute: i64) -> Round {
    ezv.at(nine(minute));
    wait_for(link.round(&under(link, "this test", minute), nine(minute))).unwrap()
}

/// A call at the desk, at a minute.
fn call(vigie: &Vigie, minute: i64) -> String {
    let opening =
        Opening { by: by("cds.arnaud", Origin::Phone), direct: false, team: None, ..phoned("Plus de tonalité") };
    opened(vigie, nine(minute), vec![opening]).remove(0).number
}

fn does(vigie: &Vigie, case: &str, act: Act, party: Party, minute: i64) {
    let texts = Texts { text: Some("Le lien est rétabli.".to_owned()), ..Texts::default() };
    let detail = if act == Act::Pause { Detail::Pause("vendor".into()) } else { Detail::None };
    done(vigie, case, None, Deed { texts, detail, ..deed(act, party, nine(minute)) }).unwrap();
}

fn life(vigie: &Vigie, case: &str, minute: i64) -> Life {
    let history = vigie.store.read(|tx| desk::history(tx, case)).unwrap().unwrap();
    Life::read(&history, nine(minute))
}

fn phase(vigie: &Vigie, case: &str) -> Phase {
    Phase::of(&life(vigie, case, 10_000))
}

fn entries(vigie: &Vigie) -> u64 {
    vigie.store.read(journal::head).unwrap().size
}

fn cases(vigie: &Vigie) -> Vec<String> {
    let sql = "SELECT number FROM desk_case ORDER BY number";
    vigie.store.read(|tx| tx.query_all(sql, &[], |row| Ok(row.text(0)?.to_owned()))).unwrap()
}

fn twin_of(vigie: &Vigie, case: &str) -> Option<String> {
    let subject = format!("case/{case}");
    vigie.store.read(|tx| store::twins(tx, &subject)).unwrap().into_iter().next().map(|t| t.number)
}

/// S-23, word for word.
#[test]
fn tickets_read_from_ezv_keep_their_identifiers_and_timestamps_a_gu_ticket_shows_its_ezv_twin_and_the_ezv_value_is_the_one_used_in_calculations()
 {
    on_both(|place| {
        let site = Site::new(place);
        let vigie = site.vigie();
        let ezv = Ezv::start(nine(0));
        let link = link(place, vigie, &ezv);
        // A ticket of EZV becomes a case that keeps EZV's number and times.
        let ticket = ezv.register("I", "Poste 4 muet");
        ezv.at(nine(12));
        ezv.status(&ticket, 12, "En cours");
        assert_eq!(round(&link, &ezv, 15).opened, 1);
        let case = cases(vigie)[0].clone();
        let known = vigie.store.read(|tx| store::ticket(tx, &ticket)).unwrap().unwrap();
        assert_eq!((known.created_at, known.taken_in_at), (Some(nine(0)), Some(nine(12))));
        let own = life(vigie, &case, 20);
        assert_eq!(own.taken_in, Some(nine(12)));

        // A ticket of the single point of contact shows its twin in EZV.
        let desk = call(vigie, 30);
        does(vigie, &desk, Act::TakeIn, Party::Provider, 31);
        round(&link, &ezv, 33);
        let twin = twin_of(vigie, &desk).unwrap();
        assert_eq!(ezv.ticket(&twin).unwrap()["EXTERNAL_REFERENCE"], json!(desk));
        let session = site.session("go.martin");
        let page = site.get(&session, &format!("/dossiers/{desk}"));
        page.says(&["Jumeau dans EZV", &twin, "Ces horodatages d'EZV sont ceux des calculs (3.8)."], &[]);
        assert_eq!(link.page_of(&twin).unwrap(), format!("https://ezv.example.fr/ticket/{twin}"));

        // What EZV says is what is calculated with, for the start, the take-in and the restoration.
        ezv.at(nine(40));
        ezv.set(&twin, "SUBMIT_DATE_UT", json!("2026-11-24T09:25:00.000+01:00"));
        ezv.set(&twin, "BEGIN_OF_HANDLING_UT", json!("2026-11-24T09:36:00.000+01:00"));
        round(&link, &ezv, 41);
        does(vigie, &desk, Act::Restore, Party::Provider, 50);
        round(&link, &ezv, 55);
        let life = life(vigie, &desk, 60);
        let book = desk::book_of(&vigie.promise.rulebook, Class::Incident, &life);
        let (start, _) = clock::binding_start(book, Class::Incident, &life).unwrap();
        assert_eq!((life.candidates[start].source, life.candidates[start].at), (Source::Ezv, nine(25)));
        assert_eq!(life.taken_in, Some(nine(36)));
        assert_eq!(life.restored().unwrap().at, nine(55));
    });
}

#[test]
fn what_is_done_in_ezv_is_done_here_once_with_its_times_and_never_goes_back() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        let ticket = ezv.register("I", "Poste 4 muet");
        round(&link, &ezv, 1);
        let case = cases(&vigie)[0].clone();
        assert_eq!(phase(&vigie, &case), Phase::New);
        for (minute, id, words, expected) in [
            (10, 12, "En cours", Phase::InProgress),
            (20, 10, "Suspendu", Phase::Paused),
            (30, 12, "En cours", Phase::InProgress),
            (40, 5, "Résolu", Phase::Restored),
            (50, 12, "Rouvert", Phase::InProgress),
            (60, 8, "Clôturé", Phase::Closed),
        ] {
            ezv.at(nine(minute));
            ezv.status(&ticket, id, words);
            round(&link, &ezv, minute + 2);
            assert_eq!(phase(&vigie, &case), expected, "{words}");
            let size = entries(&vigie);
            // Read again, told again: nothing is added and nothing goes back.
            round(&link, &ezv, minute + 3);
            assert_eq!(entries(&vigie), size, "{words}");
        }
        assert!(ezv.asked().iter().all(|a| a.what.starts_with("GET ")), "something went back");
        assert_eq!(life(&vigie, &case, 100).closed, Some(nine(60)));
        drop((link, vigie));
        run(place, &["verify"]).done();
    });
}

#[test]
fn what_is_done_here_is_done_in_ezv_and_what_comes_back_is_not_taken_for_somebody() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        round(&link, &ezv, 0);
        let case = call(&vigie, 1);
        round(&link, &ezv, 2);
        let twin = twin_of(&vigie, &case).unwrap();
        let words = || ezv.ticket(&twin).unwrap()["STATUS"]["STATUS_FR"].as_str().unwrap().to_owned();
        does(&vigie, &case, Act::TakeIn, Party::Provider, 5);
        for (minute, act, party, expected) in [
            (10, Act::Pause, Party::Provider, "Suspendu"),
            (20, Act::Resume, Party::Provider, "En cours"),
            (30, Act::Restore, Party::Provider, "Résolu"),
            (40, Act::ValidateRestoration, Party::Customer, "Résolu"),
            (50, Act::Close, Party::Provider, "Clôturé"),
        ] {
            does(&vigie, &case, act, party, minute);
            round(&link, &ezv, minute + 1);
            assert_eq!(words(), expected, "{act}");
            let before = phase(&vigie, &case);
            round(&link, &ezv, minute + 2);
            assert_eq!(phase(&vigie, &case), before, "{act} came back");
        }
        does(&vigie, &case, Act::Note, Party::Provider, 60);
        round(&link, &ezv, 61);
        round(&link, &ezv, 62);
        let notes = ezv.notes(&twin);
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with("Le lien est rétabli.") && notes[0].contains(&case), "{}", notes[0]);
        assert_eq!(ezv.numbers().len(), 1);
    });
}

#[test]
fn a_twin_is_made_once_whatever_is_lost_on_the_way() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        round(&link, &ezv, 0);
        let case = call(&vigie, 1);
        // The list and the search answer; EZV makes the ticket and its answer is lost.
        ezv.fail(Failure::Status(200));
        _ = ezv.asked();
        round(&link, &ezv, 2);
        let asked = ezv.asked();
        assert!(asked.iter().any(|a| a.what.contains("EXTERNAL_REFERENCE%3A%22VG-")), "no search by our number");
        // Every later round, whatever goes wrong in it, leaves one ticket.
        for (minute, failure) in [(10, Failure::DoneButLost), (40, Failure::BadJson)] {
            ezv.fail(failure);
            round(&link, &ezv, minute);
        }
        round(&link, &ezv, 90);
        assert_eq!(ezv.numbers().len(), 1);
        assert_eq!(twin_of(&vigie, &case), ezv.numbers().first().cloned());
    });
}

#[test]
fn a_creation_whose_answer_was_lost_is_found_by_its_mark() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        round(&link, &ezv, 0);
        let case = call(&vigie, 1);
        // Sweep, search, creation: the third question is done and its answer lost.
        (0..2).for_each(|_| ezv.fail(Failure::DuplicatedRows));
        ezv.fail(Failure::DoneButLost);
        let lost = round(&link, &ezv, 2);
        assert_eq!((lost.told, ezv.numbers().len()), (0, 1));
        assert_eq!(twin_of(&vigie, &case), None);
        assert_eq!(round(&link, &ezv, 4).told, 1);
        assert_eq!((ezv.numbers().len(), twin_of(&vigie, &case)), (1, ezv.numbers().first().cloned()));
    });
}

#[test]
fn a_note_waits_for_the_twin_whose_creation_failed() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        round(&link, &ezv, 0);
        let case = call(&vigie, 1);
        does(&vigie, &case, Act::TakeIn, Party::Provider, 1);
        // Sweep and search answer, the creation fails; the note comes while the creation waits.
        (0..2).for_each(|_| ezv.fail(Failure::DuplicatedRows));
        ezv.fail(Failure::Status(500));
        round(&link, &ezv, 2);
        assert_eq!(twin_of(&vigie, &case), None);
        does(&vigie, &case, Act::Note, Party::Provider, 2);
        round(&link, &ezv, 2);
        (3..8).for_each(|minute| _ = round(&link, &ezv, minute));
        let twin = twin_of(&vigie, &case).unwrap();
        assert_eq!((ezv.numbers().len(), ezv.notes(&twin).len()), (1, 1));
    });
}

#[test]
fn trouble_of_ezv_ends_a_round_and_the_next_goes_on_where_it_ended() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        for n in 0..7 {
            ezv.at(nine(n));
            _ = ezv.register("I", "Sans titre");
        }
        for trouble in [Failure::BadJson, Failure::TooMany(600), Failure::Unsorted, Failure::Status(403)] {
            ezv.fail(trouble.clone());
            let ended = round(&link, &ezv, 10);
            assert!(ended.trouble.is_some(), "{trouble:?}");
        }
        assert!(cases(&vigie).is_empty());
        // Rows that come twice open nothing twice.
        ezv.fail(Failure::DuplicatedRows);
        assert_eq!(round(&link, &ezv, 11).opened, 7);
        round(&link, &ezv, 12);
        assert_eq!(cases(&vigie).len(), 7);
        assert_eq!(vigie.store.read(|tx| store::place(tx, Road::In)).unwrap(), Some(nine(6).as_microsecond()));
    });
}

#[test]
fn a_clock_of_ezv_that_is_ahead_writes_nothing_into_our_future() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        ezv.skew(SignedDuration::from_mins(7));
        let ticket = ezv.register("I", "Sans titre");
        ezv.status(&ticket, 12, "En cours");
        round(&link, &ezv, 1);
        let case = cases(&vigie)[0].clone();
        assert_eq!(phase(&vigie, &case), Phase::InProgress);
        let subject = format!("case/{case}");
        let all = vigie.store.read(|tx| journal::entries_of(tx, &subject)).unwrap();
        assert!(all.iter().all(|e| e.occurred_at <= nine(1)), "an entry of the future");
        // What EZV says is kept as it says it, and counts once its time has come.
        assert_eq!(life(&vigie, &case, 20).taken_in, Some(nine(7)));
    });
}

#[test]
fn a_ticket_of_another_group_or_kind_is_left_alone_and_an_imported_one_is_joined() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        let other = ezv.register("I", "Imprimante");
        ezv.set(&other, "GROUP", json!({ "GROUP_FR": "POSTES DE TRAVAIL" }));
        _ = ezv.register("X", "Ni incident ni demande");
        assert_eq!((round(&link, &ezv, 1).opened, cases(&vigie).len()), (0, 0));
        // A case that somebody opened with EZV's number, from a log or by hand, is the ticket's.
        let ticket = ezv.register("I", "Poste 4 muet");
        let log = format!("N° d'incident;Date de création\n{ticket};24/11/2026 09:00\n");
        import(&vigie, "easyvista", &log);
        assert_eq!(round(&link, &ezv, 5).opened, 0);
        assert_eq!((cases(&vigie), twin_of(&vigie, &ticket)), (vec![ticket.clone()], Some(ticket)));
    });
}

#[test]
fn two_nodes_that_ask_at_once_give_one_case() {
    let place = Place::postgres();
    let (one, two) = (open_place(&place), open_place(&place));
    let ezv = Ezv::start(nine(0));
    for _ in 0..5 {
        _ = ezv.register("I", "Sans titre");
    }
    let links = [link(&place, &one, &ezv), link(&place, &two, &ezv)];
    ezv.at(nine(1));
    let (stale, fresh) = (under(&links[0], "one", 1), under(&links[1], "two", 3));
    // One that believes that it still has the work asks nothing and writes nothing: its lease was taken over.
    assert!(wait_for(links[0].round(&stale, nine(3))).is_err());
    assert!(cases(&one).is_empty() && !ezv.asked().iter().any(|a| a.what.contains("requests/I")));
    assert_eq!(wait_for(links[1].round(&fresh, nine(3))).unwrap().opened, 5);
    // One that is to stop ends before its next step.
    _ = ezv.register("I", "Sans titre");
    let (stop, stopped) = watch::channel(false);
    stop.send_replace(true);
    let ended = Under { stop: stopped, ..fresh.clone() };
    assert_eq!(wait_for(links[1].round(&ended, nine(4))).unwrap().opened, 0);
    assert_eq!(wait_for(links[1].round(&fresh, nine(4))).unwrap().opened, 1);
    assert_eq!(cases(&two).len(), 6);
}

#[test]
fn a_ticket_that_cannot_be_taken_is_set_aside_and_the_others_go_on() {
    on_both(|place| {
        let site = Site::new(place);
        let vigie = site.vigie();
        let ezv = Ezv::start(nine(0));
        let link = link(place, vigie, &ezv);
        let good = ezv.register("I", "Poste 4 muet");
        let bad = ezv.register("I", "Poste 5 muet");
        let last = ezv.register("I", "Poste 6 muet");
        ezv.break_ticket(&bad, true);
        let first = round(&link, &ezv, 1);
        assert_eq!((first.opened, first.aside, first.trouble), (2, 1, None));
        let known = |number: &str| vigie.store.read(|tx| store::ticket(tx, number)).unwrap().unwrap();
        assert!(known(&bad).subject.is_none() && known(&good).subject.is_some() && known(&last).subject.is_some());
        let session = site.session("go.martin");
        let page = site.get(&session, "/dossiers/ezv");
        page.says(&["Mis de côté", &bad, "n’ont pas pu être pris", "repris dès qu’il change"], &[]);
        // It is not asked about again for nothing.
        _ = ezv.asked();
        round(&link, &ezv, 2);
        assert!(!ezv.asked().iter().any(|a| a.what.contains(&bad)));
        // It is tried again when a quarter of an hour has passed, and as soon as it changes.
        round(&link, &ezv, 15);
        assert!(!ezv.asked().iter().any(|a| a.what.contains(&bad)));
        assert_eq!(round(&link, &ezv, 16).trouble, None);
        assert!(ezv.asked().iter().any(|a| a.what.contains(&bad)), "a quarter of an hour has passed");
        ezv.break_ticket(&bad, false);
        ezv.status(&bad, 12, "En cours");
        assert_eq!(round(&link, &ezv, 17).opened, 1);
        assert!(known(&bad).subject.is_some() && known(&bad).trouble.is_none());
        site.get(&session, "/dossiers/ezv").says(&[], &["Mis de côté"]);
    });
}

#[test]
fn an_ezv_that_answers_for_no_ticket_sets_none_aside() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        let all: Vec<String> = (0..5).map(|_| ezv.register("I", "Sans titre")).collect();
        all.iter().for_each(|number| ezv.break_ticket(number, true));
        let ended = round(&link, &ezv, 1);
        assert!((ended.aside, ended.opened) == (0, 0) && ended.trouble.is_some(), "{ended:?}");
        all.iter().for_each(|number| ezv.break_ticket(number, false));
        assert_eq!(round(&link, &ezv, 2).opened, 5);
    });
}

#[test]
fn a_ticket_that_is_not_ours_is_asked_about_once() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        let other = ezv.register("I", "Imprimante");
        ezv.set(&other, "GROUP", json!({ "GROUP_FR": "POSTES DE TRAVAIL" }));
        _ = ezv.asked();
        round(&link, &ezv, 1);
        let about = |ezv: &Ezv| ezv.asked().iter().filter(|a| a.what.contains(&other)).count();
        assert_eq!(about(&ezv), 1, "its description is not asked for");
        round(&link, &ezv, 2);
        assert_eq!(about(&ezv), 0);
        ezv.at(nine(3));
        ezv.set(&other, "GROUP", json!({ "GROUP_FR": "SESN CALLIPSO" }));
        assert_eq!(round(&link, &ezv, 4).opened, 1, "it is ours now");
    });
}

#[test]
fn what_became_of_old_tasks_is_forgotten_and_counted() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        round(&link, &ezv, 0);
        let case = call(&vigie, 1);
        assert_eq!(round(&link, &ezv, 2).told, 1);
        does(&vigie, &case, Act::Note, Party::Provider, 3);
        round(&link, &ezv, 4);
        let prune = |minute: i64| wait_for(link.prune(&under(&link, "this test", minute), nine(minute))).unwrap();
        let (ended, days) = (|| vigie.store.read(store::ended).unwrap(), |days: i64| 24 * 60 * days);
        let before = ended();
        assert_eq!((prune(days(62) + 2), prune(days(62) + 3), prune(days(70))), (0, 1, 1), "62 days after their end");
        assert_eq!((before, ended()), ((2, 0), (2, 0)));
    });
}

#[test]
fn a_case_is_found_by_the_number_of_another_system_without_a_scan() {
    on_both(|place| {
        let vigie = open_place(place);
        let plan = vigie.store.write(|tx| -> Result<String, StoreError> {
            let explain = match tx.engine() {
                Engine::Sqlite => "EXPLAIN QUERY PLAN",
                Engine::Postgres => {
                    // A small table is read whole, whatever its indexes.
                    tx.execute("SET LOCAL enable_seqscan = off", &[])?;
                    "EXPLAIN"
                }
            };
            let column = usize::from(tx.engine() == Engine::Sqlite) * 3;
            let lines = tx.query_all(&format!("{explain} {}", store::BY_REFERENCE), &["I1".into()], |row| {
                Ok(row.text(column)?.to_owned())
            })?;
            Ok(lines.join("\n"))
        });
        let plan = plan.unwrap();
        assert!(plan.contains("desk_case_reference") && !plan.contains("SCAN") && !plan.contains("Seq Scan"), "{plan}");
    });
}

#[test]
fn the_read_tables_made_again_are_the_same_with_ezv() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        let ticket = ezv.register("I", "Poste 4 muet");
        ezv.at(nine(10));
        ezv.status(&ticket, 5, "Résolu");
        round(&link, &ezv, 12);
        let rows = |vigie: &Vigie| {
            let sql = "SELECT number, phase, reference, started_at, restored_at, version FROM desk_case";
            let read = |row: &vigie_store::Row<'_>| {
                let texts = [row.text(0)?, row.text(1)?, row.text(2)?].map(str::to_owned);
                Ok((texts, row.opt_i64(3)?, row.opt_i64(4)?, row.i64(5)?))
            };
            vigie.store.read(|tx| tx.query_all(sql, &[], read)).unwrap()
        };
        let before = rows(&vigie);
        assert_eq!(before[0].1, Some(nine(0).as_microsecond()));
        assert_eq!(before[0].2, Some(nine(10).as_microsecond()));
        drop((link, vigie));
        run(place, &["rebuild"]).done();
        assert_eq!(rows(&open_place(place)), before);
    });
}

#[test]
fn an_export_of_ezv_is_read_beside_our_cases_and_the_page_tells_the_same_kinds_of_differences() {
    on_both(|place| {
        let site = Site::new(place);
        let vigie = site.vigie();
        let ezv = Ezv::start(nine(0));
        let link = link(place, vigie, &ezv);
        round(&link, &ezv, 0);
        let desk = call(vigie, 5);
        does(vigie, &desk, Act::TakeIn, Party::Provider, 6);
        round(&link, &ezv, 7);
        let twin = twin_of(vigie, &desk).unwrap();
        let alone = call(vigie, 8);
        let log = format!(
            "N° d'incident;Date de création;Date de prise en charge;Date de résolution;Statut;Date de dernière modification\n\
             {twin};24/11/2026 09:05;24/11/2026 09:30;;En cours;24/11/2026 09:30\n\
             I261124_999999;24/11/2026 09:00;;;Nouveau;24/11/2026 09:10\n"
        );
        let mapping = Mapping::load(&root().join("mappings/easyvista.toml")).unwrap();
        let found = export::reconcile(&vigie.store, &mapping, std::io::Cursor::new(log.clone()), nine(60)).unwrap();
        let told: Vec<_> =
            found.differences.iter().map(|d| (d.case.clone(), d.ticket.clone(), d.what, d.binds)).collect();
        assert_eq!(
            told,
            [
                (None, Some("I261124_999999".to_owned()), What::OnlyThere, Binds::Ezv),
                (Some(desk.clone()), Some(twin.clone()), What::TakenIn, Binds::Ezv),
                (Some(alone.clone()), None, What::OnlyHere, Binds::Desk),
            ]
        );
        // The same by the program, with a file of the differences.
        let path = file(place, "export.csv", log);
        let out = format!("{path}.out.csv");
        let said = run(place, &["ezv", "reconcile", &path, "--out", &out]).done();
        assert!(said.contains("2 tickets, 1 known at the desk, 3 differences"), "{said}");
        assert!(std::fs::read_to_string(&out).unwrap().contains("Taken in"));

        let session = site.session("cds.arnaud");
        let page = site.get(&session, "/dossiers/ezv");
        page.says(&["Écarts avec EZV", "Seulement au guichet", &alone, &desk, "Ce qui engage"], &["I261124_999999"]);
        let csv = site.get(&session, "/dossiers/ezv/csv");
        assert!(csv.body.contains("Seulement au guichet"), "{}", csv.body);
        assert!(!site.get(&session, "/dossiers/ezv/xlsx").bytes.is_empty());
    });
}

#[test]
fn no_entry_no_export_and_no_row_holds_what_proves_who_we_are() {
    on_both(|place| {
        let vigie = open_place(place);
        let ezv = Ezv::start(nine(0));
        let link = link(place, &vigie, &ezv);
        _ = ezv.register("I", "Sans titre");
        ezv.fail(Failure::Status(401));
        let ended = round(&link, &ezv, 1);
        assert!(!ended.trouble.unwrap().contains(TOKEN));
        round(&link, &ezv, 2);
        let shown = format!("{link:?}");
        assert!(!shown.contains(TOKEN), "{shown}");
        drop((link, vigie));
        let out = format!("{}/journal.jsonl", place.data.display());
        run(place, &["export", &out]).done();
        assert!(!std::fs::read_to_string(&out).unwrap().contains(TOKEN));
    });
}
