//! By what people hear of warnings and escalations: once each, where they want it, and said when it fails.

use std::{collections::BTreeMap, thread};

use jiff::Timestamp;
use serde_json::{Value, json};
use vigie::{
    features::notices::ways::{Ways, Wish},
    live::Live,
    web::{Lang, source::Source as _},
};
use vigie_links::mail::Mail;
use vigie_store::journal;
use vigie_testkit::{Place, on_both};

use crate::{
    desk::opened,
    notices::{EVERYBODY, cut, with_accounts},
    post::{Server, at, comes, mail, outbox, sending_desk, sends},
    site::Site,
};

fn reached_at(address: &str) -> Ways {
    Ways { address: Some(address.to_owned()), ..Ways::default() }
}

/// A P2 that came in at the start, and the instant at which its take-in is late.
fn late(live: &Live) -> (String, Timestamp) {
    (opened(live.vigie(), at(0), vec![cut(2)]).remove(0).number, at(30))
}

/// The bodies of what fired on a case, by rule.
fn fired(live: &Live, number: &str) -> BTreeMap<String, Value> {
    let entries = live.vigie().store.read(|tx| journal::entries_of(tx, &format!("case/{number}"))).unwrap();
    let fired = entries.into_iter().filter(|e| e.body.contains_key("fires_at"));
    fired.map(|e| (e.body["rule"].as_str().unwrap().to_owned(), Value::Object(e.body))).collect()
}

fn read(raw: &str) -> Mail {
    Mail::parse(raw.as_bytes(), &|a| a.name.clone()).unwrap()
}

#[test]
fn an_escalation_leaves_as_one_mail_for_each_person_in_their_language_and_says_what_falls_due() {
    on_both(|place| {
        let server = Server::start(&[]);
        let live = sending_desk(place, &server);
        with_accounts(live.vigie(), &EVERYBODY);
        live.set_ways("go.martin", &reached_at("martin@provider.example")).unwrap();
        live.set_ways("roc.perrin", &reached_at("perrin@provider.example")).unwrap();
        let english = "UPDATE account SET language = 'en' WHERE name = 'roc.perrin'";
        live.vigie().store.write(|tx| tx.execute(english, &[])).unwrap();
        let (number, now) = late(&live);
        live.fire(now).unwrap();
        assert_eq!(sends(&live, &server, 30).sent, 2);
        assert_eq!(sends(&live, &server, 31).sent, 0, "once");
        let mut mails = server.mails();
        mails.sort();
        let to: Vec<&str> = mails.iter().flat_map(|(to, _)| to).map(String::as_str).collect();
        assert_eq!(to, ["martin@provider.example", "perrin@provider.example"], "each by themselves");
        let (french, english) = (read(&mails[0].1), read(&mails[1].1));
        let says = |mail: &Mail, words: &[&str]| {
            let text = format!("{}\n{}", mail.subject, mail.text).replace('\u{a0}', " ");
            for word in words {
                assert!(text.contains(word), "`{word}` is not in {text}");
            }
            assert!(!text.contains("tonalité"), "a word of somebody left: {text}");
        };
        let link = format!("https://vigie.example/dossiers/{number}");
        let due = "le 24 novembre 2026 à 10:30:00 CET";
        says(&french, &["Escalade : Prise en charge : délai épuisé", &number, "(P2)", due, &link, "3.7.1.2"]);
        let due = "on 24 November 2026 at 10:30:00 CET";
        says(&english, &["Escalation: Take-in: delay used up", &number, "(P2)", due, &link, "/compte/avis"]);
        assert_eq!(french.headers.get("Auto-Submitted"), Some("auto-generated"));
        // It tells nobody else where anybody is reached.
        assert!(!mails[0].1.contains("perrin@") && !mails[1].1.contains("martin@"));
    });
}

#[test]
fn whom_a_mail_does_not_reach_stands_in_the_entry_with_the_reason() {
    on_both(|place| {
        let server = Server::start(&[]);
        let live = sending_desk(place, &server);
        with_accounts(live.vigie(), &EVERYBODY);
        live.set_ways("go.rossi", &Ways { escalated: Wish::Least, ..reached_at("rossi@provider.example") }).unwrap();
        live.set_ways("roc.perrin", &reached_at("gone@provider.example")).unwrap();
        let (number, now) = late(&live);
        live.fire(now).unwrap();
        assert_eq!(sends(&live, &server, 30).sent, 1);
        let missed = |by: &str, why: &str, who: &str| json!({ "by": by, "why": why, "accounts": [who] });
        let entry = &fired(&live, &number)["take-in-due"];
        assert_eq!(entry["told"], json!(["go.martin", "go.rossi", "roc.perrin"]), "the bell rings for all");
        assert_eq!(
            entry["missed"],
            json!([missed("mail", "no_address", "go.martin"), missed("mail", "turned_off", "go.rossi")])
        );
        assert_eq!(fired(&live, &number)["take-in-soon"].get("missed"), None, "no mail was to leave");
        // What comes back for good is not tried again, until its owner says that it is right.
        let id = read(&server.mails()[0].1).message_ids[0].as_str().to_owned();
        let report = format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: guichet@vigie.example\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nNon remis.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; gone@provider.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 unknown\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n\r\n--b--\r\n"
        );
        assert_eq!(comes(&live, 31, &report).state, "report");
        assert_eq!(outbox(&live), [("notice".to_owned(), "returned".to_owned())]);
        let number = opened(live.vigie(), at(40), vec![cut(2)]).remove(0).number;
        live.fire(at(70)).unwrap();
        let told = fired(&live, &number)["take-in-due"]["missed"].clone();
        assert!(told.as_array().unwrap().contains(&missed("mail", "address_fails", "roc.perrin")), "{told}");
        assert!(live.ways("roc.perrin").unwrap().1);
        live.set_ways("roc.perrin", &reached_at("gone@provider.example")).unwrap();
        assert!(!live.ways("roc.perrin").unwrap().1);
    });
}

#[test]
fn what_the_contract_demands_reaches_also_whoever_wants_the_least() {
    on_both(|place| {
        let server = Server::start(&[]);
        let live = sending_desk(place, &server);
        with_accounts(live.vigie(), &EVERYBODY);
        let least = Ways { warned: Wish::Least, escalated: Wish::Least, ..reached_at("perrin@provider.example") };
        live.set_ways("roc.perrin", &least).unwrap();
        let number = opened(live.vigie(), at(0), vec![cut(1)]).remove(0).number;
        live.fire(at(1)).unwrap();
        sends(&live, &server, 1);
        let subjects: Vec<String> = server.mails().iter().map(|(_, raw)| read(raw).subject).collect();
        assert!(subjects.iter().any(|s| s.contains("escalade hiérarchique")), "{subjects:?}");
        let phone = json!({ "by": "phone", "why": "not_served", "accounts": ["roc.perrin"] });
        let entry = &fired(&live, &number)["p1-hierarchical"];
        assert!(entry["missed"].as_array().unwrap().contains(&phone), "somebody has to call: {entry}");
    });
}

#[test]
fn without_a_relay_the_entry_says_that_no_mail_leaves() {
    on_both(|place| {
        let live = crate::post::desk(place);
        with_accounts(live.vigie(), &EVERYBODY);
        live.set_ways("go.martin", &reached_at("martin@provider.example")).unwrap();
        let (number, now) = late(&live);
        live.fire(now).unwrap();
        assert!(outbox(&live).is_empty());
        assert_eq!(fired(&live, &number)["take-in-due"]["missed"][0]["why"], "not_served");
    });
}

#[test]
fn two_nodes_that_fire_at_once_order_and_send_each_mail_once() {
    let place = Place::postgres();
    let server = Server::start(&[]);
    let nodes = [sending_desk(&place, &server), sending_desk(&place, &server)];
    with_accounts(nodes[0].vigie(), &EVERYBODY);
    for (account, _) in EVERYBODY {
        nodes[0].set_ways(account, &reached_at(&format!("{account}@provider.example"))).unwrap();
    }
    opened(nodes[0].vigie(), at(0), (0..10).map(|_| cut(2)).collect());
    thread::scope(|scope| {
        for node in &nodes {
            scope.spawn(move || node.fire(at(30)).unwrap());
        }
    });
    // Three people hear of each of ten cases.
    let count = "SELECT COUNT(*) FROM mail_outbox WHERE kind = 'notice'";
    assert_eq!(nodes[0].vigie().store.read(|tx| tx.query_one(count, &[], |row| row.u64(0))).unwrap(), 30);
    let mut sent = 0;
    for turn in 0..10 {
        sent += sends(&nodes[turn % 2], &server, 30).sent;
    }
    assert_eq!(sent, 30);
    let mut all: Vec<String> = server.mails().iter().map(|(_, raw)| read(raw).message_ids[0].to_string()).collect();
    all.sort();
    all.dedup();
    assert_eq!((server.mails().len(), all.len()), (30, 30));
}

#[test]
fn a_mail_that_nobody_takes_is_told_on_its_case_to_the_provider_without_an_address() {
    on_both(|place| {
        let server = Server::start(&[crate::post::Does::Refuses]);
        let live = sending_desk(place, &server);
        with_accounts(live.vigie(), &EVERYBODY);
        live.set_ways("go.martin", &reached_at("martin@provider.example")).unwrap();
        let (number, now) = late(&live);
        live.fire(now).unwrap();
        assert_eq!(sends(&live, &server, 30).failed, 1);
        let entries = live.vigie().store.read(|tx| journal::entries_of(tx, &format!("case/{number}"))).unwrap();
        let last = entries.last().unwrap();
        assert_eq!((last.kind.as_str(), &last.body["account"]), ("incident.mail_failed", &json!("go.martin")));
        assert_eq!(last.body["visible_to"], "provider");
        assert!(!Value::Object(last.body.clone()).to_string().contains('@'));
    });
}

#[test]
fn each_person_says_at_their_account_how_they_are_reached() {
    on_both(|place| {
        let site = Site::new(place);
        let martin = site.session("go.martin");
        site.get(&martin, "/compte").says(&["Mes avis"], &[]);
        let page = site.get(&martin, "/compte/avis");
        page.says(&["Ce que le contrat impose", "P1 : escalade hiérarchique immédiate", "(3.7.1.2)"], &[]);
        let wrong = site.post_form("/compte/avis", &martin, "adresse=martin&avant=contract&apres=all");
        assert_eq!(wrong.status, 422);
        wrong.says(&["Rien n’a changé"], &[]);
        let form = "adresse=martin%40provider.example&avant=least&apres=all";
        assert_eq!(site.post_form("/compte/avis", &martin, form).location(), "/compte/avis?fait=oui");
        let (kept, fails) = site.live().ways("go.martin").unwrap();
        let expected = Ways {
            address: Some("martin@provider.example".to_owned()),
            warned: Wish::Least,
            escalated: Wish::All,
            lang: Lang::Fr,
        };
        assert_eq!((kept, fails), (expected, false));
        assert!(site.get(&martin, "/compte/avis").body.contains("value=\"martin@provider.example\""));
        let entries = site.store().read(|tx| journal::entries_of(tx, "account/go.martin")).unwrap();
        let last = entries.iter().rfind(|e| e.kind == "account.ways_changed").unwrap();
        assert_eq!(last.body["has_address"], true);
        assert!(!Value::Object(last.body.clone()).to_string().contains("provider.example"));
        assert_eq!(site.post_form("/compte/avis", &martin, "adresse=&avant=x&apres=all").status, 400);
    });
}

#[test]
fn an_answer_to_a_notice_reaches_its_case() {
    on_both(|place| {
        let server = Server::start(&[]);
        let live = sending_desk(place, &server);
        with_accounts(live.vigie(), &EVERYBODY);
        live.set_ways("go.martin", &reached_at("martin@provider.example")).unwrap();
        let (number, now) = late(&live);
        live.fire(now).unwrap();
        sends(&live, &server, 30);
        let id = read(&server.mails()[0].1).message_ids[0].as_str().to_owned();
        let answer = mail("martin@provider.example", "2@x", "Re", &format!("In-Reply-To: <{id}>\r\n"), "J’y suis");
        assert_eq!(comes(&live, 31, &answer).change.unwrap().number, number);
    });
}
