//! Webhooks: who is told, of what, how often, and with what proof; on both engines.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use vigie::features::webhooks::{
    Sender,
    store::{self, Endpoint},
};
use vigie_links::webhook::{Came, Refused, Secret, verify};
use vigie_store::Store;
use vigie_testkit::{Place, hook::Receiver, on_both};

use crate::{
    desk::opened,
    notices::cut,
    site::Site,
    support::{import, open, run},
};

fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    // What the desk stamps comes before: the desk's own clock is the machine's.
    let base = start.max(vigie::now::now());
    base + SignedDuration::from_secs(seconds)
}

fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn endpoint(data: &Store, receiver: &Receiver, kinds: &str) -> Secret {
    endpoint_named(data, receiver, "outils", kinds)
}

fn endpoint_named(data: &Store, receiver: &Receiver, name: &str, kinds: &str) -> Secret {
    let secret = Secret::fresh().unwrap();
    let one = Endpoint {
        id: name.to_owned(),
        url: receiver.url(),
        kinds: kinds.to_owned(),
        secret: secret.clone(),
        created_at: at(0),
        disabled_at: None,
    };
    data.write(move |tx| store::add(tx, &one)).unwrap();
    secret
}

fn send(sender: &Sender, now: Timestamp) -> usize {
    wait_for(sender.round(now)).unwrap().unwrap()
}

fn kinds(receiver: &Receiver) -> Vec<String> {
    let kind = |body: &[u8]| {
        let value: Value = serde_json::from_slice(body).unwrap();
        value["type"].as_str().unwrap().to_owned()
    };
    receiver.came().iter().map(|c| kind(&c.body)).collect()
}

#[test]
fn an_endpoint_is_told_what_it_asked_for_signed_and_without_a_word_of_anybody() {
    on_both(|place| {
        let site = Site::new(place);
        let receiver = Receiver::start();
        let sender = Sender::new(site.vigie().clone());
        let secret = endpoint(site.store(), &receiver, "case.opened case.taken_in");
        let session = site.session("go.martin");
        let case = site.opened(&session, "Plus de tonalité chez Mme Untel");
        site.act(&session, &case, "taken_in", &[]);
        assert_eq!(send(&sender, at(1)), 2);
        let came = receiver.came();
        assert_eq!(came.len(), 2);
        for (message, kind) in came.iter().zip(["case.opened", "case.taken_in"]) {
            let headers = Came { id: &message.id, timestamp: &message.timestamp, signature: &message.signature };
            let now = Timestamp::from_second(message.timestamp.parse().unwrap()).unwrap();
            assert_eq!(verify(std::slice::from_ref(&secret), headers, &message.body, now, |_| false), Ok(()));
            assert_eq!(verify(std::slice::from_ref(&secret), headers, b"{}", now, |_| false), Err(Refused::Forged));
            let body: Value = serde_json::from_slice(&message.body).unwrap();
            assert_eq!((&body["type"], &body["data"]["class"]), (&kind.into(), &"incident".into()));
            assert!(case.ends_with(body["data"]["case"].as_str().unwrap()));
            assert!(!String::from_utf8_lossy(&message.body).contains("Untel"), "words went out");
        }
        assert_eq!(send(&sender, at(2)), 0, "told twice");
    });
}

#[test]
fn what_the_contract_fires_is_an_event_of_its_own_and_an_old_log_is_none() {
    on_both(|place| {
        let site = Site::new(place);
        let receiver = Receiver::start();
        let sender = Sender::new(site.vigie().clone());
        _ = endpoint(site.store(), &receiver, "notice.*");
        let begin = site.now() - SignedDuration::from_mins(1);
        let case = opened(site.vigie(), begin, vec![cut(1)]).remove(0).number;
        import(site.vigie(), "generic", "number,opened at\nINC1,2026-01-05 08:00\n");
        let fired = site.live().fire(begin + SignedDuration::from_mins(30)).unwrap();
        assert_eq!(send(&sender, at(90_000)), fired.len());
        let came = receiver.came();
        let bodies: Vec<Value> = came.iter().map(|c| serde_json::from_slice(&c.body).unwrap()).collect();
        assert!(bodies.iter().all(|b| b["type"] == "notice.warned" || b["type"] == "notice.escalated"));
        let due = bodies.iter().find(|b| b["data"]["rule"] == "take-in-due").unwrap();
        assert_eq!((&due["type"], &due["data"]["case"]), (&"notice.escalated".into(), &case.into()));
        assert_eq!(due["data"]["priority"], "P1");
        assert!(due["data"]["due"].is_string() && due["data"].get("told").is_none(), "no account leaves: {due}");
        _ = endpoint_named(site.store(), &receiver, "tout", "case.* notice.*");
        import(site.vigie(), "generic", "number,opened at\nINC2,2026-01-05 08:00\n");
        assert_eq!(send(&sender, at(90_010)), 0, "an old log was told");
    });
}

#[test]
fn what_one_side_alone_may_read_is_told_to_nobody() {
    on_both(|place| {
        let site = Site::new(place);
        let receiver = Receiver::start();
        let sender = Sender::new(site.vigie().clone());
        _ = endpoint(site.store(), &receiver, "case.*");
        let session = site.session("go.martin");
        let case = site.opened(&session, "Plus de tonalité");
        for (text, visibility) in [("Pour nous", "interne"), ("Pour tous", "tous")] {
            site.act(&session, &case, "noted", &[("texte", text), ("visibilite", visibility)]);
        }
        send(&sender, at(1));
        let told = kinds(&receiver);
        assert_eq!(told.iter().filter(|k| *k == "case.noted").count(), 1, "{told:?}");
        assert_eq!(told[0], "case.opened");
    });
}

#[test]
fn a_message_that_nobody_takes_is_tried_again_under_its_id_and_given_up_at_last() {
    on_both(|place| {
        let site = Site::new(place);
        let receiver = Receiver::start();
        let sender = Sender::new(site.vigie().clone());
        _ = endpoint(site.store(), &receiver, "case.opened");
        let session = site.session("go.martin");
        site.opened(&session, "Plus de tonalité");
        let mut now = at(1);
        let mut ids = Vec::new();
        for _ in 0..10 {
            receiver.answer(500);
            assert_eq!(send(&sender, now), 0);
            let came = receiver.came();
            assert_eq!(came.len(), 1, "at {now}");
            ids.push(came[0].id.clone());
            // Not before its time.
            assert_eq!((send(&sender, now + SignedDuration::from_secs(4)), receiver.came().len()), (0, 0));
            now += SignedDuration::from_hours(25);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!((send(&sender, now), receiver.came().len()), (0, 0), "not given up");
        let page = site.get(&session, "/webhooks");
        page.says(&["Abandonné", &ids[0], "answered 500"], &["whsec_", "/webhooks/vigie"]);
        // Somebody sends it again, under its own id.
        let again = site.post_form("/webhooks/renvois", &session, &format!("message={}", ids[0]));
        assert_eq!(again.location(), "/webhooks");
        let later = now.max(vigie::now::now()) + SignedDuration::from_secs(1);
        assert_eq!(send(&sender, later), 1);
        assert_eq!(receiver.came()[0].id, ids[0]);
    });
}

#[test]
fn a_receiver_that_is_gone_for_good_is_told_nothing_more() {
    on_both(|place| {
        let site = Site::new(place);
        let receiver = Receiver::start();
        let sender = Sender::new(site.vigie().clone());
        _ = endpoint(site.store(), &receiver, "case.opened");
        let session = site.session("go.martin");
        site.opened(&session, "Plus de tonalité");
        receiver.answer(410);
        send(&sender, at(1));
        site.opened(&session, "Encore");
        assert_eq!((send(&sender, at(90_000)), receiver.came().len()), (0, 1));
    });
}

#[test]
fn one_node_at_a_time_sends() {
    let place = Place::postgres();
    let (one, two) = (Sender::new(open(&place)), Sender::new(open(&place)));
    let sent = wait_for(async { tokio::join!(one.round(at(1)), two.round(at(1))) });
    let held = [sent.0.unwrap(), sent.1.unwrap()].iter().filter(|r| r.is_some()).count();
    assert_eq!(held, 1);
}

#[test]
fn an_endpoint_is_added_listed_and_disabled_by_the_program_and_its_secret_is_shown_once() {
    on_both(|place| {
        import(&open(place), "generic", "number,opened at\nINC1,2026-01-05 08:00\n");
        let url = "https://outils.example.fr/webhooks";
        let said = run(place, &["webhook", "add", url, "--name", "outils", "--kind", "case.opened"]).done();
        let secret = said.lines().nth(1).unwrap().to_owned();
        assert!(Secret::parse(&secret).is_ok(), "{said}");
        let listed = run(place, &["webhook", "list"]).done();
        assert!(listed.contains(url) && listed.contains("case.opened") && !listed.contains("whsec_"), "{listed}");
        run(place, &["webhook", "add", url, "--name", "outils"]).refused(1, &["this name is taken"]);
        run(place, &["webhook", "add", "http://outils.example.fr/", "--name", "clair"]).refused(1, &["over https"]);
        run(place, &["webhook", "add", url, "--name", "faux", "--kind", "all"]).refused(1, &["is no kind"]);
        run(place, &["webhook", "replay"]).refused(1, &["no message to send again"]);
        run(place, &["webhook", "disable", "outils"]).done();
        assert!(run(place, &["webhook", "list"]).done().contains("disabled"));
        let out = format!("{}/journal.jsonl", place.data.display());
        run(place, &["export", &out]).done();
        assert!(!std::fs::read_to_string(&out).unwrap().contains(&secret));
    });
}
