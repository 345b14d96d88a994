//! Warnings and escalations: fired once each, whoever asks, and read by the people whom the contract names.

use std::{collections::BTreeSet, sync::Arc, thread};

use jiff::{Timestamp, ToSpan};
use vigie::{
    app::Vigie,
    features::{
        desk::open::Opening,
        notices::{
            fire::{self, Due, Fired, Outlet, Rounds},
            store::InApp,
        },
        people::Account,
    },
    live::put_account,
    web::{Lang, Theme},
};
use vigie_contract::{Channel, Impact, Party};
use vigie_rules::{desk::Act, fact::Classification};
use vigie_store::{StoreError, Tx, journal};
use vigie_testkit::{Place, on_both};

use crate::{
    desk::{call, deed, done, opened},
    site::Site,
    support::{open, run},
};

/// A Thursday, ten in the morning in Marseille.
pub(crate) const TEN: &str = "2026-11-26T09:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Somebody of each role.
pub(crate) fn with_accounts(vigie: &Vigie, accounts: &[(&str, &str)]) {
    for (name, role) in accounts {
        let account = Account {
            name: (*name).to_owned(),
            password_hash: "$none".to_owned(),
            role: (*role).into(),
            lang: Lang::Fr,
            theme: Theme::Auto,
            created_at: Timestamp::UNIX_EPOCH,
            disabled_at: None,
            outside: None,
        };
        put_account(vigie, &account).unwrap();
    }
}

pub(crate) const EVERYBODY: [(&str, &str); 4] =
    [("go.martin", "go_technician"), ("go.rossi", "go_technician"), ("roc.perrin", "roc"), ("cds.arnaud", "cds")];

/// A cut of some impact at ten.
pub(crate) fn cut(impact: u8) -> Opening {
    let call = call("Plus de tonalité");
    let impact = Impact::try_from(impact).ok();
    Opening { classification: Classification { impact, ..call.classification.clone() }, ..call }
}

/// One pass of one node.
pub(crate) fn pass(vigie: &Vigie, rounds: &mut Rounds, now: Timestamp) -> Vec<Fired> {
    let due = vigie.store.read(|tx| rounds.due(tx, &vigie.promise.rulebook, now)).unwrap();
    commit(vigie, now, due)
}

fn commit(vigie: &Vigie, now: Timestamp, due: Vec<Due>) -> Vec<Fired> {
    let recorder = vigie.recorder.clone();
    let outlets: Vec<Arc<dyn Outlet>> = vec![Arc::new(InApp)];
    vigie.store.write(move |tx| fire::commit(tx, &recorder, &outlets, now, due)).unwrap()
}

fn told(fired: &[Fired]) -> Vec<(String, Vec<&str>)> {
    fired.iter().map(|f| (f.due.rule.0.clone(), f.due.told.iter().map(String::as_str).collect())).collect()
}

fn entries(vigie: &Vigie, number: &str) -> Vec<String> {
    let subject = format!("case/{number}");
    let read = vigie.store.read(|tx| journal::entries_of(tx, &subject)).map_err(|e: StoreError| e).unwrap();
    read.into_iter().map(|e| e.kind).collect()
}

#[test]
fn a_warning_fires_at_its_second_once_and_reaches_the_team_that_has_the_case() {
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &EVERYBODY);
        let case = opened(&vigie, at(TEN), vec![cut(2)]).remove(0);
        let mut rounds = Rounds::default();
        // A P2 is taken in within 30 minutes; its team is warned ten minutes before.
        assert!(pass(&vigie, &mut rounds, at("2026-11-26T09:19:59Z")).is_empty());
        let fired = pass(&vigie, &mut rounds, at("2026-11-26T09:20:00Z"));
        assert_eq!(told(&fired), [("take-in-soon".to_owned(), vec!["go.martin", "go.rossi"])]);
        assert!(pass(&vigie, &mut rounds, at("2026-11-26T09:20:05Z")).is_empty());
        // Another run of the program knows no more than the journal.
        assert!(pass(&vigie, &mut Rounds::default(), at("2026-11-26T09:29:59Z")).is_empty());
        let fired = pass(&vigie, &mut rounds, at("2026-11-26T09:30:00Z"));
        assert_eq!(told(&fired), [("take-in-due".to_owned(), vec!["go.martin", "go.rossi", "roc.perrin"])]);
        assert_eq!(
            entries(&vigie, &case.number),
            ["incident.identified", "incident.classified", "incident.warned", "incident.escalated"]
        );
        drop(vigie);
        run(place, &["verify"]).done();
    });
}

#[test]
fn a_p1_escalates_at_once_to_the_chain_of_the_contract_on_both_sides() {
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &EVERYBODY);
        with_accounts(&vigie, &[("rtc.blanc", "rtc"), ("exploitation.faure", "operations_head")]);
        opened(&vigie, at("2026-11-28T02:00:00Z"), vec![cut(1)]);
        // A Saturday night: a P1 is taken in at any hour.
        let fired = pass(&vigie, &mut Rounds::default(), at("2026-11-28T02:00:00.000001Z"));
        let found = told(&fired);
        assert!(found.contains(&("p1-hierarchical".to_owned(), vec!["exploitation.faure", "roc.perrin"])), "{found:?}");
        assert!(found.contains(&("p1-functional".to_owned(), vec!["rtc.blanc"])), "{found:?}");
    });
}

#[test]
fn what_fell_due_while_no_node_ran_is_made_good_and_an_old_log_wakes_nobody() {
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &EVERYBODY);
        opened(&vigie, at(TEN), vec![cut(2)]);
        vigie.store.write(|tx| fire::mark(tx, at(TEN))).unwrap();
        let later = at(TEN) + 72.hours();
        let rules: Vec<String> =
            told(&pass(&vigie, &mut Rounds::default(), later)).into_iter().map(|(rule, _)| rule).collect();
        assert!(
            rules.contains(&"take-in-due".to_owned()) && rules.contains(&"restoration-due".to_owned()),
            "{rules:?}"
        );
        // Without a mark it is an old log: what fired three days ago is told to nobody.
        opened(&vigie, at(TEN), vec![cut(2)]);
        vigie.store.write(|tx| tx.execute("DELETE FROM counter WHERE name = 'notices/last_pass'", &[])).unwrap();
        assert!(pass(&vigie, &mut Rounds::default(), later).is_empty());
    });
}

#[test]
fn two_nodes_that_ask_at_once_fire_each_once() {
    let place = Place::postgres();
    let nodes = [open(&place), open(&place)];
    with_accounts(&nodes[0], &EVERYBODY);
    opened(&nodes[0], at(TEN), (0..20).map(|_| cut(2)).collect());
    let now = at("2026-11-26T09:30:00Z");
    // Both have asked before either writes.
    let asked: Vec<Vec<Due>> = nodes
        .iter()
        .map(|node| node.store.read(|tx| Rounds::default().due(tx, &node.promise.rulebook, now)).unwrap())
        .collect();
    assert_eq!((asked[0].len(), asked[1].len()), (40, 40));
    let fired: usize = thread::scope(|scope| {
        let runs: Vec<_> =
            nodes.iter().zip(asked).map(|(node, due)| scope.spawn(move || commit(node, now, due).len())).collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    assert_eq!(fired, 40);
    let count = |sql: &'static str| nodes[0].store.read(|tx| tx.query_one(sql, &[], |row| row.u64(0))).unwrap();
    let entries =
        count("SELECT COUNT(*) FROM entry WHERE kind LIKE 'incident.warned' OR kind LIKE 'incident.escalated'");
    assert_eq!((entries, count("SELECT COUNT(*) FROM notice WHERE account = 'go.martin'")), (40, 40));
}

#[test]
fn what_an_outlet_refuses_is_not_recorded_and_fires_at_the_next_pass() {
    struct Refuses;
    impl Outlet for Refuses {
        fn channel(&self) -> Channel {
            Channel::InApp
        }
        fn hand_over(&self, _: &mut Tx<'_>, _: &Fired, _: &BTreeSet<String>) -> Result<(), StoreError> {
            Err(StoreError::unreadable("the outlet", "full"))
        }
    }
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &EVERYBODY);
        let case = opened(&vigie, at(TEN), vec![cut(2)]).remove(0);
        let now = at("2026-11-26T09:20:00Z");
        let mut rounds = Rounds::default();
        let due = vigie.store.read(|tx| rounds.due(tx, &vigie.promise.rulebook, now)).unwrap();
        let recorder = vigie.recorder.clone();
        let outlets: Vec<Arc<dyn Outlet>> = vec![Arc::new(Refuses)];
        assert!(vigie.store.write(move |tx| fire::commit(tx, &recorder, &outlets, now, due)).is_err());
        rounds.forget();
        assert_eq!(entries(&vigie, &case.number).len(), 2);
        assert_eq!(pass(&vigie, &mut rounds, now).len(), 1);
    });
}

#[test]
fn a_warning_makes_no_form_stale_and_what_somebody_did_still_does() {
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &EVERYBODY);
        let case = opened(&vigie, at(TEN), vec![cut(2)]).remove(0);
        pass(&vigie, &mut Rounds::default(), at("2026-11-26T09:20:00Z"));
        let later = |minute: i64| at(TEN) + minute.minutes();
        let take_in = deed(Act::TakeIn, Party::Provider, later(21));
        assert!(done(&vigie, &case.number, Some(case.version), take_in).is_ok());
        let note = deed(Act::Note, Party::Provider, later(22));
        assert!(done(&vigie, &case.number, Some(case.version), note).is_err());
    });
}

#[test]
fn a_notice_rings_until_it_is_read_and_is_its_readers_alone() {
    on_both(|place| {
        let site = Site::new(place);
        let (martin, reader) = (site.session("go.martin"), site.session("lecteur"));
        // A P1 counts at any hour of any day.
        let begin = site.now() - 1.minute();
        let number = opened(site.live().vigie(), begin, vec![cut(1)]).remove(0).number;
        let case = format!("/dossiers/{number}");
        let mut stream = site.listen(&martin);
        let fired = site.live().fire(begin + 30.minutes()).unwrap();
        let heard: String = fired.iter().map(|_| site.hear(&mut stream)).collect();
        assert!(heard.contains(",true]") && heard.contains(",false]"), "a stream tells whom a notice reached: {heard}");
        let page = site.get(&martin, "/avis");
        page.says(
            &["Avis", "Prise en charge : délai épuisé", "Plus de tonalité", "Tout marquer comme lu"],
            &["Aucun avis"],
        );
        assert!(page.body.contains(&format!("href=\"{case}\"")));
        site.get(&martin, &case).says(&["Escalade", "avertis : go.martin, go.rossi, roc.perrin"], &[]);
        site.get(&reader, "/avis").says(&["Aucun avis"], &["Plus de tonalité"]);
        let first = page.hidden("lu");
        site.post_form("/avis", &reader, &format!("lu={first}"));
        assert_eq!(
            site.get(&martin, "/avis").body.matches("notice-unread").count(),
            page.body.matches("notice-unread").count()
        );
        let before = page.body.matches("notice-unread").count();
        site.post_form("/avis", &martin, &format!("lu={first}"));
        assert_eq!(site.get(&martin, "/avis").body.matches("notice-unread").count(), before - 1);
        let latest = page.hidden("jusque");
        site.post_form("/avis", &martin, &format!("jusque={latest}"));
        site.get(&martin, "/avis").says(&["Aucun avis"], &[]);
        site.get(&martin, "/avis?lesquels=tous").says(&["Prise en charge : délai épuisé"], &[]);
    });
}
