//! Calendars behind a private address: who reads what with which token, and how an address is made and revoked.

use axum::http::{StatusCode, header};
use jiff::ToSpan as _;
use vigie::features::desk::{open::By, session::SessionDeed};
use vigie::web::source::Source as _;
use vigie_evidence::Origin;
use vigie_testkit::on_both;

use crate::site::Site;

/// Makes an address and gives its path and query.
fn address(site: &Site, session: &str, name: &str) -> String {
    let made = site.post(session, "/compte/calendriers", &[("nom", name)], &[]);
    assert_eq!(made.status, StatusCode::OK, "{}", made.words());
    let (_, rest) = made.body.split_once("/api/v1/calendars/due.ics").unwrap();
    format!("/api/v1/calendars/due.ics{}", rest.split('<').next().unwrap())
}

/// The lines of a calendar, unfolded.
fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

/// The values of a property, in their order.
fn values(text: &str, name: &str) -> Vec<String> {
    let start = format!("{name}:");
    lines(text).iter().filter_map(|l| l.strip_prefix(&start).map(str::to_owned)).collect()
}

#[test]
fn an_address_gives_what_is_due_to_its_account_and_keeps_the_names_of_what_moves() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let session = site.session("go.martin");
        let case = site.opened(&session, "Plus de tonalité, au deuxième");
        let number = case.rsplit('/').next().unwrap();
        let address = address(&site, &session, "Téléphone");
        let first = site.get("", &address);
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        assert_eq!(first.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
        assert_eq!(first.headers[header::CACHE_CONTROL], "no-store");
        let uids = values(&first.body, "UID");
        assert_eq!(uids.len(), 1, "{}", first.body);
        assert!(uids[0].starts_with(&format!("{number}/")));
        assert!(values(&first.body, "SUMMARY")[0].contains("Plus de tonalité\\, au deuxième"), "{}", first.body);
        assert_eq!(site.get("", &address).body, first.body, "nothing happened: the same bytes");
        // The take-in is kept; the next delay is another thing.
        assert_eq!(site.act(&session, &case, "taken_in", &[]).status, StatusCode::SEE_OTHER);
        let second = site.get("", &address).body;
        let sequence = |text: &str| values(text, "SEQUENCE")[0].parse::<u64>().unwrap();
        assert!(sequence(&second) > sequence(&first.body));
        // A case that is restored is due no more; another side's people see nothing of this group's.
        assert_eq!(site.act(&session, &case, "restored", &[("texte", "Fait")]).status, StatusCode::SEE_OTHER);
        assert!(values(&site.get("", &address).body, "SUMMARY").is_empty());
    });
}

#[test]
fn a_task_with_a_date_is_in_the_calendar_of_whoever_has_it_and_of_nobody_on_the_other_side() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let [martin, rossi, cds] = ["go.martin", "go.rossi", "cds.arnaud"].map(|name| site.session(name));
        let case = site.opened(&cds, "Plus de tonalité");
        let task =
            [("texte", "Appeler le constructeur"), ("chez", "go.rossi"), ("dans", "4 h"), ("visibilite", "interne")];
        assert_eq!(site.act(&martin, &case, "task_added", &task).status, StatusCode::SEE_OTHER);
        let has = |session: &str| {
            let text = site.get("", &address(&site, session, "Agenda")).body;
            values(&text, "SUMMARY").iter().any(|s| s.contains("Appeler le constructeur"))
        };
        assert_eq!((has(&rossi), has(&martin), has(&cds)), (true, false, false));
    });
}

#[test]
fn the_token_of_an_address_opens_calendars_alone_and_no_other_token_opens_them() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        site.opened(&session, "Plus de tonalité");
        let due = address(&site, &session, "Téléphone");
        let token = due.split_once("token=").unwrap().1.to_owned();
        let changes = due.replace("due.ics", "changes.ics");
        assert_eq!(site.get("", &changes).status, StatusCode::OK);
        for path in ["/api/v1/cases", "/api/v1/views", "/checkpoint"] {
            assert_eq!(site.call(&token, path).status, StatusCode::FORBIDDEN, "{path}");
        }
        let wide = site.token("go.martin", "wide", &["desk.*"]);
        for (path, status) in [
            (format!("/api/v1/calendars/due.ics?token={wide}"), StatusCode::FORBIDDEN),
            ("/api/v1/calendars/due.ics".to_owned(), StatusCode::UNAUTHORIZED),
            ("/api/v1/calendars/due.ics?token=vgt_00".to_owned(), StatusCode::UNAUTHORIZED),
            (due.replace("due.ics", "else.ics"), StatusCode::NOT_FOUND),
            // Elsewhere a token in the query is none.
            (format!("/api/v1/cases?token={wide}"), StatusCode::UNAUTHORIZED),
        ] {
            assert_eq!(site.get("", &path).status, status, "{path}");
        }
        // A session opens none: an address is read by a program.
        assert_eq!(site.get(&session, "/api/v1/calendars/due.ics").status, StatusCode::UNAUTHORIZED);
        // Shown once, kept nowhere.
        let page = site.get(&session, "/compte/calendriers");
        page.says(&["Téléphone", "Retirer"], &["Voici les adresses"]);
        assert!(!page.body.contains(&token));
        let journal = crate::support::journal_lines(site.store()).join("\n");
        assert!(journal.contains("calendar.read") && !journal.contains(&token));
        site.post(&session, "/compte/calendriers", &[("nom", "Téléphone")], &[]).says(&["porte ce nom"], &[]);
        // Nobody else revokes it, and no other token of the account can be revoked here.
        let other = site.session("go.rossi");
        let revoke =
            |session: &str, name: &str| site.post(session, "/compte/calendriers/retrait", &[("nom", name)], &[]);
        assert_eq!(revoke(&other, "Téléphone").status, StatusCode::NOT_FOUND);
        assert_eq!(revoke(&session, "wide").status, StatusCode::NOT_FOUND);
        assert_eq!(site.get("", &due).status, StatusCode::OK);
        assert_eq!(revoke(&session, "Téléphone").status, StatusCode::SEE_OTHER);
        assert_eq!(site.get("", &due).status, StatusCode::UNAUTHORIZED);
        site.get(&session, "/compte/calendriers").says(&["Aucune adresse"], &[]);
    });
}

#[test]
fn a_calendar_holds_the_sessions_and_duties_of_a_role_and_the_windows_of_changes() {
    on_both(|place| {
        let site = Site::demo(place, jiff::civil::date(2026, 11, 16));
        let session = site.session("rtc.blanc");
        let by = By { actor: "roc.perrin".to_owned(), origin: Origin::Web };
        let begins = site.now() + 72.hours();
        let deed = SessionDeed::Call { committee: "cab".into(), begins };
        let number = site.live().session(by, deed).unwrap();
        let due = address(&site, &session, "Agenda");
        let text = site.get("", &due).body;
        assert!(values(&text, "UID").iter().any(|uid| uid.starts_with(&format!("committee/{number}@"))), "{text}");
        assert!(values(&text, "SUMMARY").iter().any(|s| s.contains("Séance CAB")));
        assert!(values(&text, "UID").iter().any(|uid| uid.starts_with("occurrence/")), "duties that come back: {text}");
        let uids = values(&text, "UID");
        let once: std::collections::HashSet<_> = uids.iter().collect();
        assert_eq!(once.len(), uids.len(), "each thing stands once");
        // A technician sits on no board.
        let technician = site.session("go.martin");
        let own = site.get("", &address(&site, &technician, "Agenda")).body;
        assert!(!own.contains("Séance CAB"));
        let windows = site.get("", &due.replace("due.ics", "changes.ics")).body;
        assert!(!values(&windows, "DTEND").is_empty(), "{windows}");
        assert_eq!(values(&windows, "DTSTART").len(), values(&windows, "UID").len());
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
    });
}
