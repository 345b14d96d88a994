//! Any bytes as an answer of EZV: no crash, no number that breaks an address, no instant beyond calendars.
#![no_main]

use jiff::{Timestamp, tz::TimeZone};
use libfuzzer_sys::fuzz_target;
use vigie_links::ezv::{Fields, Ticket, Window, created, listed, memo};

fn fields() -> Fields {
    let name = |n: &str| vec![n.to_owned(), format!("STATUS.{n}")];
    Fields {
        created_at: name("SUBMIT_DATE_UT"),
        taken_in_at: name("START_DATE_UT"),
        resolved_at: name("END_DATE_UT"),
        closed_at: name("CLOSING_DATE_UT"),
        updated_at: "LAST_UPDATE".to_owned(),
        reference: "EXTERNAL_REFERENCE".to_owned(),
        status: name("STATUS_FR"),
        title: name("TITLE"),
        description: name("DESCRIPTION"),
        requester: name("REQUESTOR"),
        mail: name("E_MAIL"),
        phone: name("PHONE_NUMBER"),
        site: name("LOCATION"),
        group: name("GROUP"),
        urgency: name("URGENCY_ID"),
        impact: name("IMPACT_ID"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let zone = TimeZone::UTC;
    let window = Window { since: Timestamp::UNIX_EPOCH, offset: 0 };
    if let Ok(page) = listed(bytes, &fields(), &zone, window) {
        assert!(page.stubs.len() <= page.rows && page.stubs.iter().all(|s| s.updated_at >= window.since));
        if let Some(next) = window.after(&page, 1) {
            assert!(next.since > window.since || next.offset > window.offset);
        }
    }
    let _ = memo(bytes, "description");
    if let Ok(number) = created(bytes) {
        assert!(!number.contains(['/', '?', '#', ' ']));
    }
    if let Ok(record) = serde_json::from_slice(bytes)
        && let Some(ticket) = Ticket::read(&record, &fields(), &zone)
    {
        for at in [ticket.created_at, ticket.taken_in_at, ticket.resolved_at, ticket.closed_at].into_iter().flatten() {
            assert!((1990..=2060).contains(&at.to_zoned(zone.clone()).year()));
        }
    }
});
