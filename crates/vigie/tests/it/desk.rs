//! Cases opened and worked at the desk, on both engines: numbers, acts, refusals, words.

use std::thread;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use vigie::{
    app::Vigie,
    features::desk::{
        DeskError,
        act::{self, Deed, Detail, Done},
        open::{self, By, Opened, Opening},
        sheet::Texts,
        together::Reception,
    },
};
use vigie_contract::{Class, Impact, Party, Source, Urgency};
use vigie_evidence::Origin;
use vigie_rules::{
    desk::{Act, Phase, Refusal},
    fact::Classification,
};
use vigie_store::{JournalError, StoreError, Tx, WriteError, journal};
use vigie_testkit::on_both;

use crate::support::{import, now, open as open_place, run};

pub(crate) fn by(actor: &str, origin: Origin) -> By {
    By { actor: actor.to_owned(), origin }
}

pub(crate) fn said(text: &str) -> Texts {
    Texts { text: Some(text.to_owned()), ..Texts::default() }
}

pub(crate) fn call(title: &str) -> Opening {
    Opening {
        id: None,
        class: Class::Incident,
        by: by("cds.martin", Origin::Phone),
        identified: Vec::new(),
        direct: true,
        texts: Texts { title: Some(title.to_owned()), requester: Some("Mme Untel".to_owned()), ..Texts::default() },
        classification: Classification {
            urgency: Some(Urgency::U1),
            impact: Impact::try_from(1).ok(),
            service: Some("toip".into()),
            ..Classification::default()
        },
        vip: None,
        team: Some("go".to_owned()),
        reference: None,
        files: Vec::new(),
    }
}

pub(crate) fn opened(vigie: &Vigie, now: Timestamp, calls: Vec<Opening>) -> Vec<Opened> {
    let prepared: Vec<_> = calls.into_iter().map(|c| open::prepare(c, now).unwrap()).collect();
    let recorder = vigie.recorder.clone();
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let open = move |tx: &mut Tx<'_>| open::open(tx, &recorder, &zone, now, &prepared.iter().collect::<Vec<_>>());
    vigie.store.write(open).unwrap()
}

pub(crate) fn deed(act: Act, party: Party, at: Timestamp) -> Deed {
    Deed {
        act,
        at,
        by: by("go.martin", Origin::Web),
        party,
        role: None,
        texts: if act.needs_words() { said("parce que") } else { Texts::default() },
        internal: false,
        files: Vec::new(),
        detail: Detail::None,
    }
}

pub(crate) fn done(
    vigie: &Vigie,
    case: &str,
    expected: Option<u64>,
    deed: Deed,
) -> Result<Done, WriteError<DeskError>> {
    let (recorder, case, now) = (vigie.recorder.clone(), case.to_owned(), deed.at);
    let prepared = act::prepare(deed).map_err(WriteError::Unit)?;
    vigie.store.write(move |tx| act::act(tx, &recorder, now, &case, expected, prepared))
}

/// What the list of cases says of one.
fn row(vigie: &Vigie, number: &str) -> Vec<String> {
    let sql =
        "SELECT phase, priority, title, requester, team, assignee, next_due_clock FROM desk_case WHERE number = $1";
    let read = |row: &vigie_store::Row<'_>| {
        (0..7).map(|n| Ok(row.opt_text(n)?.unwrap_or("-").to_owned())).collect::<Result<Vec<_>, StoreError>>()
    };
    vigie.store.read(|tx| tx.query_one(sql, &[number.into()], read)).unwrap()
}

#[test]
fn each_call_gets_the_next_number_of_its_year_and_its_stamp_at_once() {
    on_both(|place| {
        let vigie = open_place(place);
        let first = opened(&vigie, now(), vec![call("Plus de tonalité"), call("Écran noir")]);
        let numbers: Vec<&str> = first.iter().map(|o| o.number.as_str()).collect();
        assert_eq!(numbers, ["VG-2026-000001", "VG-2026-000002"]);
        // Half an hour before midnight UTC it is the next year in Marseille.
        let eve = "2026-12-31T23:30:00Z".parse().unwrap();
        assert_eq!(opened(&vigie, eve, vec![call("Bonne année")])[0].number, "VG-2027-000001");
        assert_eq!(row(&vigie, "VG-2026-000001"), ["new", "P1", "Plus de tonalité", "Mme Untel", "go", "-", "take_in"]);
        drop(vigie);
        run(place, &["verify"]).done();
    });
}

#[test]
fn a_number_that_an_imported_log_brought_along_is_not_given_again() {
    on_both(|place| {
        let vigie = open_place(place);
        let log = "number,opened at\nVG-2026-000001,2026-01-05 08:00\nVG-2026-000007,2026-01-06 08:00\n";
        import(&vigie, "generic", log);
        let cases = opened(&vigie, now(), vec![call("Suite"), call("Fin")]);
        let numbers: Vec<&str> = cases.iter().map(|o| o.number.as_str()).collect();
        assert_eq!(numbers, ["VG-2026-000008", "VG-2026-000009"]);
    });
}

#[test]
fn the_same_call_told_twice_opens_one_case() {
    on_both(|place| {
        let vigie = open_place(place);
        let id = Some("018f3c4e-0000-7000-8000-000000000001".parse().unwrap());
        let once = opened(&vigie, now(), vec![Opening { id, ..call("Une fois") }]);
        let twice = opened(&vigie, now() + 1.minute(), vec![Opening { id, ..call("Une fois") }, call("Une autre")]);
        assert_eq!((&twice[0].number, twice[0].known, twice[0].version), (&once[0].number, true, once[0].version));
        assert_eq!(twice[1].number, "VG-2026-000002");
    });
}

#[test]
fn callers_who_come_at_once_each_get_a_number_of_their_own_and_one_who_hangs_up_takes_no_line_along() {
    on_both(|place| {
        let vigie = open_place(place);
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let reception = Reception::new(vigie.store.clone(), vigie.recorder.clone(), zone);
        let twice = Some("018f3c4e-0000-7000-8000-000000000002".parse().unwrap());
        let mut numbers: Vec<String> = thread::scope(|scope| {
            let callers: Vec<_> = (0..64)
                .map(|n| {
                    let reception = &reception;
                    // The first two are the same call, told twice.
                    let id = if n < 2 { twice } else { None };
                    scope.spawn(move || reception.open(Opening { id, ..call(&format!("Appel {n}")) }, now()).unwrap())
                })
                .collect();
            callers.into_iter().map(|c| c.join().unwrap().number).collect()
        });
        numbers.sort();
        numbers.dedup();
        let expected: Vec<String> = (1..64).map(|n| format!("VG-2026-{n:06}")).collect();
        assert_eq!(numbers, expected);
        let kept = || vigie.store.read(|tx| tx.query_one("SELECT COUNT(*) FROM desk_case", &[], |row| row.i64(0)));
        assert_eq!(kept().unwrap(), 63);

        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        runtime.block_on(async {
            for n in 0..64 {
                // Nobody waits for these.
                drop(reception.open_soon(call(&format!("Raccroché {n}")), now()));
            }
            // The last ones are answered although all before them hung up.
            for n in 0..3 {
                reception.open_soon(call(&format!("Resté {n}")), now()).await.unwrap();
            }
        });
        drop(runtime);
        assert_eq!(kept().unwrap(), 63 + 64 + 3);
    });
}

#[test]
fn a_case_is_worked_from_its_opening_to_a_closure_that_the_customer_validated() {
    on_both(|place| {
        let vigie = open_place(place);
        let case = opened(&vigie, now(), vec![call("Plus de tonalité")]).remove(0);
        let mut version = case.version;
        let mut step = |minutes: i64, act: Act, party: Party, detail: Detail| {
            let deed = Deed { detail, ..deed(act, party, now() + minutes.minutes()) };
            let done = done(&vigie, &case.number, Some(version), deed).unwrap();
            version = done.version;
            done.phase
        };
        use Party::{Customer, Provider};
        let to = Detail::To { team: "go".to_owned(), assignee: Some("go.martin".to_owned()) };
        assert_eq!(step(5, Act::TakeIn, Provider, Detail::None), Phase::InProgress);
        assert_eq!(step(5, Act::Assign, Provider, to), Phase::InProgress);
        assert_eq!(step(9, Act::Pause, Provider, Detail::Pause("user_unavailable".into())), Phase::Paused);
        assert_eq!(step(10, Act::AcceptPause, Customer, Detail::None), Phase::Paused);
        assert_eq!(step(20, Act::Resume, Provider, Detail::None), Phase::InProgress);
        assert_eq!(step(30, Act::Restore, Provider, Detail::None), Phase::Restored);
        assert_eq!(step(40, Act::RefuseRestoration, Customer, Detail::None), Phase::InProgress);
        assert_eq!(step(50, Act::Restore, Provider, Detail::None), Phase::Restored);
        assert_eq!(step(60, Act::ValidateRestoration, Customer, Detail::None), Phase::Restored);
        assert_eq!(step(61, Act::Close, Provider, Detail::None), Phase::Closed);
        assert_eq!(
            row(&vigie, &case.number),
            ["closed", "P1", "Plus de tonalité", "Mme Untel", "go", "go.martin", "major-incident-report"]
        );
    });
}

#[test]
fn what_may_not_follow_is_refused_and_leaves_nothing() {
    on_both(|place| {
        let vigie = open_place(place);
        let case = opened(&vigie, now(), vec![call("Plus de tonalité")]).remove(0);
        let size = || vigie.store.read(journal::head).unwrap().size;
        let before = size();
        let refused = |deed: Deed, expected: Option<u64>| match done(&vigie, &case.number, expected, deed) {
            Err(WriteError::Unit(error)) => error,
            other => panic!("{other:?}"),
        };
        let later = now() + 1.minute();
        let error = refused(deed(Act::Close, Party::Provider, later), None);
        assert!(matches!(error, DeskError::Refused(Refusal::Phase { phase: Phase::New, .. })), "{error}");
        let error = refused(deed(Act::TakeIn, Party::Customer, later), None);
        assert!(matches!(error, DeskError::Refused(Refusal::Side { owner: Party::Provider, .. })), "{error}");
        let error = refused(deed(Act::TakeIn, Party::Provider, later), Some(case.version - 1));
        assert!(matches!(error, DeskError::Journal(JournalError::Stale { .. })), "{error}");
        let error = refused(Deed { texts: Texts::default(), ..deed(Act::Restore, Party::Provider, later) }, None);
        assert!(matches!(error, DeskError::Wordless), "{error}");
        let error = refused(deed(Act::Pause, Party::Provider, later), None);
        assert!(matches!(error, DeskError::Refused(_)), "{error}");
        let error = refused(deed(Act::TakeIn, Party::Provider, now() - 1.minute()), None);
        assert!(matches!(error, DeskError::When { .. }), "{error}");
        let missing = done(&vigie, "VG-2026-999999", None, deed(Act::TakeIn, Party::Provider, later));
        assert!(matches!(missing, Err(WriteError::Unit(DeskError::Unknown(_)))), "{missing:?}");
        assert_eq!(size(), before);
    });
}

#[test]
fn whoever_restores_a_case_that_nobody_took_in_has_taken_it_in() {
    on_both(|place| {
        let vigie = open_place(place);
        let case = opened(&vigie, now(), vec![call("Rétabli au téléphone")]).remove(0);
        let restored = done(&vigie, &case.number, None, deed(Act::Restore, Party::Provider, now() + 2.minutes()));
        assert_eq!(restored.unwrap().phase, Phase::Restored);
        let kinds: Vec<String> = vigie
            .store
            .read(|tx| journal::entries_of(tx, &case.subject))
            .unwrap()
            .into_iter()
            .map(|entry| entry.kind)
            .collect();
        assert_eq!(kinds, ["incident.identified", "incident.classified", "incident.taken_in", "incident.restored"]);
    });
}

#[test]
fn what_people_say_is_in_no_entry_and_comes_back_on_a_rebuild() {
    on_both(|place| {
        let vigie = open_place(place);
        let case = opened(&vigie, now(), vec![call("Plus de tonalité\u{7}")]).remove(0);
        let entries = vigie.store.read(|tx| journal::entries_of(tx, &case.subject)).unwrap();
        for entry in &entries {
            let bytes = entry.to_canonical().unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("Untel") && !text.contains("tonalité"), "{text}");
        }
        let before = row(&vigie, &case.number);
        assert_eq!(before[2], "Plus de tonalité");
        drop(vigie);
        run(place, &["rebuild"]).done();
        let vigie = open_place(place);
        assert_eq!(row(&vigie, &case.number), before);
        // The next number follows the last one also after a rebuild.
        assert_eq!(opened(&vigie, now(), vec![call("Suite")])[0].number, "VG-2026-000002");
    });
}

#[test]
fn what_was_erased_is_gone_from_the_list_too() {
    on_both(|place| {
        let vigie = open_place(place);
        let case = opened(&vigie, now(), vec![call("Plus de tonalité")]).remove(0);
        let entries = vigie.store.read(|tx| journal::entries_of(tx, &case.subject)).unwrap();
        let hash = entries[0].content[0].hash.to_hex();
        drop(vigie);
        run(place, &["erase", &hash, "--subject", &case.subject, "--reason", "gdpr-request"]).done();
        assert_eq!(row(&open_place(place), &case.number)[2..4], ["-", "-"]);
    });
}

#[test]
fn the_desks_stamp_binds_when_the_customer_calls_directly_and_an_earlier_alarm_when_the_teams_do() {
    on_both(|place| {
        let vigie = open_place(place);
        let alarm = vec![(Source::Alert, now() - 20.minutes())];
        let by_teams = Opening { direct: false, identified: alarm.clone(), ..call("Escalade") };
        let by_customer = Opening { identified: alarm, ..call("Direct") };
        let cases = opened(&vigie, now(), vec![by_teams, by_customer]);
        let starts: Vec<i64> = cases
            .iter()
            .map(|c| {
                let sql = "SELECT started_at FROM desk_case WHERE number = $1";
                vigie.store.read(|tx| tx.query_one(sql, &[(&c.number).into()], |row| row.i64(0))).unwrap()
            })
            .collect();
        assert_eq!(starts, [now() - 20.minutes(), now()].map(Timestamp::as_microsecond));
    });
}
