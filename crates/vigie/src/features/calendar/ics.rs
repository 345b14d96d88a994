//! Dated things as iCalendar (RFC 5545). Times are UTC, so that no zone needs to be described; folding and escaping
//! are the crate's.

use icalendar::{Calendar, Component as _, Event, Property};
use jiff::Timestamp;

use super::{Dated, What};
use crate::web::{
    Lang,
    i18n::{Argument, Messages as _},
};

/// Where the calendar comes from, and in which words it speaks.
pub(super) struct Speaking<'a> {
    pub(super) lang: Lang,
    /// The address of this server, without the last slash.
    pub(super) base: &'a str,
    /// The journal's own name, which makes names unique among servers.
    pub(super) origin: &'a str,
}

/// A calendar under a name. The same things give the same bytes.
pub(super) fn write(speaking: &Speaking<'_>, name: &str, dated: &[Dated]) -> String {
    let mut calendar = Calendar::empty();
    for (property, value) in
        [("VERSION", "2.0"), ("PRODID", "-//Vigie//Vigie//FR"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH")]
    {
        calendar.append_property(Property::new(property, value));
    }
    calendar.name(name);
    // Programs that obey ask again after a quarter of an hour.
    calendar.append_property(Property::new("REFRESH-INTERVAL", "PT15M").add_parameter("VALUE", "DURATION").done());
    calendar.append_property(Property::new("X-PUBLISHED-TTL", "PT15M"));
    for one in dated {
        calendar.push(event(speaking, one));
    }
    calendar.done().to_string()
}

fn event(speaking: &Speaking<'_>, dated: &Dated) -> Event {
    let Speaking { lang, base, origin } = speaking;
    let mut event = Event::new();
    event.uid(&format!("{}@{origin}", dated.key));
    event.add_property("DTSTAMP", utc(dated.changed));
    event.add_property("LAST-MODIFIED", utc(dated.changed));
    // RFC 5545, 3.8.7.4: it grows with each revision, in 31 bits.
    event.sequence(u32::try_from(dated.sequence).unwrap_or(u32::MAX) & 0x7fff_ffff);
    event.add_property("DTSTART", utc(dated.at));
    if let Some(until) = dated.until.filter(|until| *until > dated.at) {
        event.add_property("DTEND", utc(until));
    }
    let title = dated.case.as_ref().and_then(|(_, title)| title.as_deref());
    let number = dated.case.as_ref().map(|(number, _)| number.as_str());
    let (what, path) = match &dated.what {
        What::Delay { priority, label } => {
            let priority = priority.as_deref().map(|p| format!("{p} ")).unwrap_or_default();
            (format!("{priority}{}", lang.label(label)), None)
        }
        What::Task(task, title) => {
            let task: &dyn Argument = task;
            (title.clone().unwrap_or_else(|| lang.t_with("calendar-task", &[("task", task)])), None)
        }
        What::Duty(label) => (lang.label(label).to_owned(), None),
        What::Session(board) => {
            let board: &dyn Argument = board;
            (lang.t_with("calendar-session", &[("board", board)]), Some("/changements/cab".to_owned()))
        }
        What::Change => (lang.t("class-change"), None),
    };
    let parts = [number.map(str::to_owned), Some(what), title.map(str::to_owned)];
    event.summary(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
    if let Some(path) = path.or_else(|| number.map(|n| format!("/dossiers/{n}"))) {
        event.add_property("URL", format!("{base}{path}"));
    }
    // What is due takes nobody's time; what takes place does.
    let free = matches!(dated.what, What::Delay { .. } | What::Task(..) | What::Duty(_));
    event.add_property("TRANSP", if free { "TRANSPARENT" } else { "OPAQUE" });
    event.add_property("STATUS", if dated.cancelled { "CANCELLED" } else { "CONFIRMED" });
    event.done()
}

/// An instant in UTC, in whole seconds: `20261124T203500Z`.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use vigie_contract::Label;

    use super::*;

    fn dated(title: &str) -> Dated {
        Dated {
            key: "VG-2026-000123/restoration".to_owned(),
            sequence: 42,
            changed: "2026-11-24T08:00:00.5Z".parse().unwrap(),
            at: "2026-11-24T20:35:00Z".parse().unwrap(),
            until: None,
            what: What::Delay {
                priority: Some("P2".to_owned()),
                label: Label { fr: "Rétablissement (GTR)".to_owned(), en: "Restoration".to_owned() },
            },
            case: Some(("VG-2026-000123".to_owned(), Some(title.to_owned()))),
            cancelled: false,
        }
    }

    const SPEAKING: Speaking<'_> =
        Speaking { lang: Lang::Fr, base: "https://vigie.example", origin: "vigie.example/callipso" };

    #[test]
    fn lines_are_folded_at_75_bytes_within_no_letter_and_marks_are_escaped() {
        let title = "é".repeat(80) + ", ; \\ et\nla suite";
        let text = write(&SPEAKING, "À faire", &[dated(&title)]);
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.replace("\r\n", "").contains('\n'), "lines end as RFC 5545 says");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("é\\, \\; \\\\ et\\nla suite\r\n"), "{unfolded}");
        for line in [
            "UID:VG-2026-000123/restoration@vigie.example/callipso",
            "SEQUENCE:42",
            "DTSTAMP:20261124T080000Z",
            "DTSTART:20261124T203500Z",
            "TRANSP:TRANSPARENT",
            "URL:https://vigie.example/dossiers/VG-2026-000123",
            "VERSION:2.0",
        ] {
            assert!(unfolded.contains(&format!("\r\n{line}\r\n")), "no {line} in {unfolded}");
        }
        for name in ["PRODID", "VERSION", "METHOD", "DTSTAMP", "UID", "DTSTART"] {
            assert_eq!(unfolded.matches(&format!("\r\n{name}:")).count(), 1, "{name} stands once in {unfolded}");
        }
    }

    #[test]
    fn the_same_things_give_the_same_bytes_and_a_change_keeps_its_name() {
        let one = dated("Plus de tonalité");
        assert_eq!(
            write(&SPEAKING, "x", std::slice::from_ref(&one)),
            write(&SPEAKING, "x", std::slice::from_ref(&one))
        );
        let moved = Dated { at: "2026-11-25T07:00:00Z".parse().unwrap(), sequence: 43, ..one.clone() };
        let uid = |dated: &Dated| {
            let text = write(&SPEAKING, "x", std::slice::from_ref(dated));
            text.lines().find(|l| l.starts_with("UID:")).unwrap().to_owned()
        };
        assert_eq!(uid(&one), uid(&moved));
    }

    #[test]
    fn a_window_has_an_end_and_one_that_is_called_off_says_so() {
        let until = Some("2026-11-24T22:00:00Z".parse().unwrap());
        let change = Dated { until, what: What::Change, cancelled: true, ..dated("Mise à jour") };
        let text = write(&SPEAKING, "x", &[change]);
        for line in ["DTEND:20261124T220000Z", "STATUS:CANCELLED", "TRANSP:OPAQUE"] {
            assert!(text.contains(line), "{text}");
        }
    }
}
