//! Webhooks: who is told, of what, how often, and with what proof; on both engines.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::watch;
use vigie::features::webhooks::{
    Sender, WORK,
    store::{self, Endpoint},
};
use vigie_links::webhook::{Came, Refused, Secret, verify};
use vigie_store::{Store, lease::Lease};
use vigie_testkit::{Place, hook::Receiver, on_both};

use crate::{
    desk::opened,
    notices::cut,
    site::Site,
    support::{import, lease, open, run, wait_for},
};

fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    // What the desk stamps comes before: the desk's own clock is the machine's.
    let base = start.max(vigie::now::now());
    base + SignedDuration::from_secs(seconds)
}

fn endpoint(data: &Store, receiver: &Receiver, kinds: &str) -> Secret {
    endpoint_named(data, receiver, "outils", kinds)
}

fn endpoint_named(data: &Store, receiver: &Receiver, name: &str, kinds: &str) -> Secret {
    let one = made(name, receiver, kinds);
    let secret = one.secret.clone();
    data.write(move |tx| store::add(tx, &one)).unwrap();
    secret
}

fn made(name: &str, receiver: &Receiver, kinds: &str) -> Endpoint {
    Endpoint {
        id: name.to_owned(),
        url: receiver.url(),
        kinds: kinds.to_owned(),
        secret: Secret::fresh().unwrap(),
        inside: true,
        created_at: at(0),
        disabled_at: None,
    }
}

fn round(sender: &Sender, lease: &Lease, now: Timestamp) -> anyhow::Result<usize> {
    wait_for(sender.round(lease, &watch::channel(false).1, now))
}

fn send(data: &Store, sender: &Sender, now: Timestamp) -> usize {
    round(sender, &lease(data, WORK, "this test", now), now).unwrap()
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
        assert_eq!(send(site.store(), &sender, at(1)), 2);
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
        assert_eq!(send(site.store(), &sender, at(2)), 0, "told twice");
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
        assert_eq!(send(site.store(), &sender, at(90_000)), fired.len());
        let came = receiver.came();
        let bodies: Vec<Value> = came.iter().map(|c| serde_json::from_slice(&c.body).unwrap()).collect();
        assert!(bodies.iter().all(|b| b["type"] == "notice.warned" || b["type"] == "notice.escalated"));
        let due = bodies.iter().find(|b| b["data"]["rule"] == "take-in-due").unwrap();
        assert_eq!((&due["type"], &due["data"]["case"]), (&"notice.escalated".into(), &case.into()));
        assert_eq!(due["data"]["priority"], "P1");
        assert!(due["data"]["due"].is_string() && due["data"].get("told").is_none(), "no account leaves: {due}");
        _ = endpoint_named(site.store(), &receiver, "tout", "case.* notice.*");
        import(site.vigie(), "generic", "number,opened at\nINC2,2026-01-05 08:00\n");
        assert_eq!(send(site.store(), &sender, at(90_010)), 0, "an old log was told");
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
        send(site.store(), &sender, at(1));
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
            assert_eq!(send(site.store(), &sender, now), 0);
            let came = receiver.came();
            assert_eq!(came.len(), 1, "at {now}");
            ids.push(came[0].id.clone());
            // Not before its time.
            assert_eq!(
                (send(site.store(), &sender, now + SignedDuration::from_secs(4)), receiver.came().len()),
                (0, 0)
            );
            now += SignedDuration::from_hours(25);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!((send(site.store(), &sender, now), receiver.came().len()), (0, 0), "not given up");
        let page = site.get(&session, "/webhooks");
        page.says(&["Abandonné", &ids[0], "answered 500"], &["whsec_", "/webhooks/vigie"]);
        // Somebody sends it again, under its own id.
        let again = site.post_form("/webhooks/renvois", &session, &format!("message={}", ids[0]));
        assert_eq!(again.location(), "/webhooks");
        let later = now.max(vigie::now::now()) + SignedDuration::from_secs(1);
        assert_eq!(send(site.store(), &sender, later), 1);
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
        send(site.store(), &sender, at(1));
        site.opened(&session, "Encore");
        assert_eq!((send(site.store(), &sender, at(90_000)), receiver.came().len()), (0, 1));
    });
}

#[test]
fn a_node_whose_work_was_taken_over_sends_nothing() {
    let place = Place::postgres();
    let nodes = [open(&place), open(&place)];
    let receiver = Receiver::start();
    _ = endpoint(&nodes[0].store, &receiver, "case.*");
    opened(&nodes[0], at(-60), vec![cut(2)]);
    let senders = nodes.each_ref().map(|node| Sender::new(node.clone()));
    let stale = lease(&nodes[0].store, WORK, "one", at(0));
    let fresh = lease(&nodes[1].store, WORK, "two", at(60));
    assert!(round(&senders[0], &stale, at(60)).is_err());
    assert!(receiver.came().is_empty());
    assert_eq!(round(&senders[1], &fresh, at(60)).unwrap(), receiver.came().len());
    // One that is told to stop does no further step.
    opened(&nodes[0], at(-60), vec![cut(2)]);
    let (stop, stopped) = watch::channel(false);
    stop.send_replace(true);
    assert_eq!(wait_for(senders[1].round(&fresh, &stopped, at(61))).unwrap(), 0);
    assert!(receiver.came().is_empty());
}

#[test]
fn a_receiver_that_never_answers_keeps_nobody_waiting_and_rests() {
    on_both(|place| {
        let site = Site::new(place);
        // It takes connections and says nothing.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", silent.local_addr().unwrap());
        let dead = Endpoint { url, ..made("a-silent", &Receiver::start(), "case.*") };
        site.store().write(move |tx| store::add(tx, &dead)).unwrap();
        let receiver = Receiver::start();
        _ = endpoint_named(site.store(), &receiver, "b-lively", "case.*");
        let sender = Sender::new(site.vigie().clone()).with_patience(Duration::from_millis(200));
        opened(site.vigie(), at(-60), (0..20).map(|_| cut(2)).collect());
        let now = at(1);
        let sent = send(site.store(), &sender, now);
        assert_eq!((sent, receiver.came().len()), (40, 40), "all of a round, beside the dead one");
        // One try told enough: the others wait together for a minute, without a try of their own.
        let due = |seconds| {
            let then = now + SignedDuration::from_secs(seconds);
            let due = site.store().read(|tx| store::due(tx, "a-silent", then, 100)).unwrap();
            (due.len(), due.iter().filter(|m| m.tries > 0).count())
        };
        assert_eq!((due(4), due(5), due(59), due(60)), ((0, 0), (1, 1), (1, 1), (40, 1)));
    });
}

#[test]
fn a_receiver_in_an_inner_network_is_told_only_when_the_operator_said_so() {
    on_both(|place| {
        let add = ["webhook", "add", "http://127.0.0.1:9/", "--name", "dedans"];
        run(place, &add).refused(1, &["inner network", "--inside"]);
        run(place, &[&add[..], &["--inside"]].concat()).done();
        run(place, &["webhook", "disable", "dedans"]).done();
        let site = Site::new(place);
        let receiver = Receiver::start();
        let inner = Endpoint { inside: false, ..made("outils", &receiver, "case.opened") };
        site.store().write(move |tx| store::add(tx, &inner)).unwrap();
        let sender = Sender::new(site.vigie().clone());
        opened(site.vigie(), at(-60), vec![cut(2)]);
        assert_eq!(send(site.store(), &sender, at(1)), 0);
        assert!(receiver.came().is_empty());
        let session = site.session("go.martin");
        site.get(&session, "/webhooks").says(&["stands in an inner network"], &[]);
    });
}

#[test]
fn old_messages_are_forgotten_and_counted() {
    on_both(|place| {
        let site = Site::new(place);
        let receiver = Receiver::start();
        let sender = Sender::new(site.vigie().clone());
        _ = endpoint(site.store(), &receiver, "case.opened");
        opened(site.vigie(), at(-60), vec![cut(2), cut(2)]);
        receiver.answer(200);
        receiver.answer(500);
        let made = at(1);
        assert_eq!(send(site.store(), &sender, made), 1);
        let days = move |n: i64| made + SignedDuration::from_hours(24 * n);
        let prune = |now| {
            let held = lease(site.store(), WORK, "this test", now);
            wait_for(sender.prune(&held, now)).unwrap()
        };
        let counts = || site.store().read(store::counts).unwrap();
        assert_eq!(prune(days(62)), 0, "not a moment too soon");
        assert_eq!(prune(days(62) + SignedDuration::from_secs(1)), 1, "what still waits stays");
        assert_eq!(counts(), [("outils".to_owned(), 1, 0)]);
        site.store().write(move |tx| store::disable(tx, "outils", days(63))).unwrap();
        assert_eq!(prune(days(63)), 1);
        assert_eq!(counts(), [("outils".to_owned(), 1, 1)]);
        assert!(site.store().read(|tx| store::latest(tx, 10)).unwrap().is_empty());
    });
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
