//! EZV on this machine, with its bad days: what is read, what is asked, what is tried again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Map, json};
use vigie_links::{
    ezv::{Change, Client, Credentials, Draft, EzvError, Fields, NoteTo, Pace, Ticket, Unreadable, Window},
    http::HttpError,
};
use vigie_testkit::ezv::{Ezv, Failure, TOKEN};

fn fields() -> Fields {
    #[derive(serde::Deserialize)]
    struct Usual {
        fields: Fields,
    }
    let text = include_str!("../../../vigie/src/features/ezv/usual.toml");
    toml::from_str::<Usual>(text).unwrap().fields
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn client_with(ezv: &Ezv, token: &str, answer: Duration, page_size: usize) -> Client {
    let pace = Pace { between: Duration::ZERO, answer, again: Duration::from_millis(1), page_size };
    let zone = TimeZone::get("Europe/Paris").unwrap();
    Client::new(&ezv.base(), Credentials::Token(token.to_owned()), fields(), zone, pace).unwrap()
}

fn client(ezv: &Ezv) -> Client {
    client_with(ezv, TOKEN, Duration::from_secs(20), 3)
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

const NOON: &str = "2026-11-24T11:00:00Z";

/// Every number of a sweep, page after page, as they come.
async fn sweep(client: &Client, since: Timestamp) -> Result<Vec<String>, EzvError> {
    let mut seen = Vec::new();
    let mut window = Some(Window { since, offset: 0 });
    while let Some(now) = window {
        let page = client.changed(now).await?;
        seen.extend(page.stubs.iter().map(|s| s.number.clone()));
        window = now.after(&page, client.page_size());
    }
    seen.dedup();
    Ok(seen)
}

#[test]
fn a_ticket_is_read_with_its_number_its_times_and_its_words() {
    let ezv = Ezv::start(at(NOON));
    let number = ezv.register("I", "Plus de tonalité");
    ezv.at(at("2026-11-24T11:10:00Z"));
    ezv.status(&number, 12, "En cours");
    let ticket = run(client(&ezv).read(&number)).unwrap().unwrap();
    assert_eq!((ticket.number.as_str(), ticket.title.as_deref()), (number.as_str(), Some("Plus de tonalité")));
    assert_eq!(ticket.created_at, Some(at(NOON)));
    assert_eq!(ticket.taken_in_at, Some(at("2026-11-24T11:10:00Z")));
    assert_eq!((ticket.resolved_at, ticket.closed_at, ticket.reference), (None, None, None));
    assert_eq!(ticket.status.as_deref(), Some("En cours"));
    assert_eq!(ticket.requester.as_deref(), Some("Untel, Camille"));
    assert!(ticket.unread.is_empty());
    assert!(run(client(&ezv).read("I000000_000000")).unwrap().is_none());
}

#[test]
fn what_cannot_be_read_of_a_ticket_is_named_and_costs_nothing_else() {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let record = json!({ "rfc_number": "I1", "Submit_Date_UT": "hier", "CREATION_DATE_UT": "24/11/2026 12:00",
        "title": { "HREF": "x" }, "STATUS": 7, "URGENCY_ID": 1, "new": [null] });
    let ticket = Ticket::read(&record, &fields(), &zone).unwrap();
    assert_eq!(ticket.created_at, Some(at(NOON)));
    assert_eq!((ticket.title, ticket.status, ticket.urgency.as_deref()), (None, None, Some("1")));
    let unread: Vec<_> = ticket.unread.iter().map(|u| (u.field.as_str(), u.said.as_str())).collect();
    assert_eq!(unread, [("SUBMIT_DATE_UT", "hier")]);
    for none in [json!({}), json!([]), json!({ "RFC_NUMBER": "" }), json!({ "RFC_NUMBER": "../../x y" })] {
        assert!(Ticket::read(&none, &fields(), &zone).is_none(), "{none}");
    }
}

#[test]
fn a_sweep_sees_every_change_once_page_after_page() {
    let ezv = Ezv::start(at(NOON));
    let mut expected = Vec::new();
    for n in 0..8_i64 {
        // Four of one instant fill more than a page.
        ezv.at(at(NOON) + SignedDuration::from_secs(n.min(4)));
        expected.push(ezv.register("I", "Sans titre"));
    }
    assert_eq!(run(sweep(&client(&ezv), at(NOON))).unwrap(), expected);
    assert_eq!(run(sweep(&client(&ezv), at(NOON) + SignedDuration::from_secs(4))).unwrap(), expected[4..]);
    assert!(run(sweep(&client(&ezv), at(NOON) + SignedDuration::from_secs(5))).unwrap().is_empty());
}

#[test]
fn a_reading_is_tried_again_after_an_error_a_refusal_for_haste_and_bad_json_that_was_not_its_own() {
    let ezv = Ezv::start(at(NOON));
    let number = ezv.register("I", "Sans titre");
    for failures in [
        vec![Failure::Status(500), Failure::Status(503), Failure::Status(502)],
        vec![Failure::TooMany(0)],
        vec![Failure::Status(408)],
    ] {
        let count = failures.len();
        failures.into_iter().for_each(|f| ezv.fail(f));
        assert!(run(client(&ezv).read(&number)).unwrap().is_some());
        assert_eq!(ezv.asked().len(), count + 1);
    }
    (0..4).for_each(|_| ezv.fail(Failure::Status(500)));
    assert!(matches!(run(client(&ezv).read(&number)), Err(EzvError::Refused { status: 500, .. })));
    // Longer than anybody should wait in course of a reading.
    ezv.fail(Failure::TooMany(61));
    let Err(EzvError::Refused { status: 429, retry_after: Some(wait), .. }) = run(client(&ezv).read(&number)) else {
        panic!("it waited")
    };
    assert_eq!(wait, Duration::from_secs(61));
    ezv.fail(Failure::BadJson);
    assert!(matches!(run(client(&ezv).read(&number)), Err(EzvError::Unreadable(Unreadable::Json))));
}

#[test]
fn a_server_that_never_answers_is_left_after_a_while() {
    let ezv = Ezv::start(at(NOON));
    (0..4).for_each(|_| ezv.fail(Failure::Hang));
    let client = client_with(&ezv, TOKEN, Duration::from_millis(40), 3);
    assert!(matches!(run(client.read("I1")), Err(EzvError::Http(HttpError::Slow { .. }))));
}

#[test]
fn a_list_that_ignored_its_filter_or_its_order_is_refused() {
    let ezv = Ezv::start(at(NOON));
    for n in 0..3_i64 {
        ezv.at(at(NOON) + SignedDuration::from_secs(n));
        _ = ezv.register("I", "Sans titre");
    }
    let ignored = |since| match run(client(&ezv).changed(Window { since, offset: 0 })) {
        Err(EzvError::Unreadable(Unreadable::Ignored { what })) => what,
        other => panic!("{other:?}"),
    };
    ezv.fail(Failure::Unsorted);
    assert_eq!(ignored(at(NOON)).en, "the order of changes");
    ezv.fail(Failure::Unfiltered);
    assert_eq!(ignored(at(NOON) + SignedDuration::from_secs(2)).en, "the window of changes");
    // A search by our number that was ignored finds only what bears it.
    ezv.set(&ezv.numbers()[1], "EXTERNAL_REFERENCE", json!("VG-2026-000001"));
    ezv.fail(Failure::Unfiltered);
    assert_eq!(run(client(&ezv).bearing("VG-2026-000001")).unwrap(), [ezv.numbers()[1].clone()]);
}

#[test]
fn a_ticket_is_made_once_and_found_by_its_mark_when_the_answer_was_lost() {
    let ezv = Ezv::start(at(NOON));
    let client = client(&ezv);
    let mut fixed = Map::new();
    fixed.insert("catalog_code".to_owned(), json!("CALLIPSO_INC"));
    let draft = Draft {
        reference: "VG-2026-000001".to_owned(),
        title: "Plus de tonalité".to_owned(),
        description: "<b>Au</b> 3e".to_owned(),
        fixed,
    };
    ezv.fail(Failure::DoneButLost);
    let lost = run(client.create(&draft)).unwrap_err();
    assert!(!lost.was_not_done());
    let found = run(client.bearing("VG-2026-000001")).unwrap();
    assert_eq!(found, ezv.numbers());
    assert_eq!(run(client.description(&found[0])).unwrap().as_deref(), Some("Au 3e"));
    // Without a subject EZV refuses.
    let bare = Draft { fixed: Map::new(), ..draft };
    let refused = run(client.create(&bare)).unwrap_err();
    assert!(matches!(refused, EzvError::Refused { status: 590, .. }) && !refused.is_passing());
    assert_eq!(refused.to_string(), "EZV refused with status 590: no subject");
}

#[test]
fn a_ticket_is_suspended_goes_on_is_resolved_and_bears_notes() {
    let ezv = Ezv::start(at(NOON));
    let number = ezv.register("I", "Sans titre");
    let client = client(&ezv);
    let words = || ezv.ticket(&number).unwrap()["STATUS"]["STATUS_FR"].as_str().unwrap().to_owned();
    let end = Change::End { status_guid: Some("{5}".to_owned()) };
    for (change, expected) in [(Change::Suspend, "Suspendu"), (Change::Restart, "En cours"), (end, "Résolu")] {
        run(client.change(&number, &change, "Vigie")).unwrap();
        assert_eq!(words(), expected);
    }
    let to = NoteTo { action_type_id: "94".to_owned(), group_name: None };
    run(client.note(&number, &to, "Le lien est rétabli.")).unwrap();
    assert_eq!(ezv.notes(&number), ["Le lien est rétabli."]);
}

#[test]
fn no_error_and_no_debug_text_shows_what_proves_who_we_are() {
    let ezv = Ezv::start(at(NOON));
    let wrong = client_with(&ezv, "another-token", Duration::from_secs(20), 3);
    let error = run(wrong.read("I1")).unwrap_err();
    assert!(matches!(error, EzvError::Refused { status: 401, .. }) && error.was_not_done() && !error.is_passing());
    let told = format!("{error} {error:?} {wrong:?} {:?}", Credentials::Token("another-token".to_owned()));
    assert!(!told.contains("another-token"), "{told}");
}
