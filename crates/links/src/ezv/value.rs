//! Looking into a JSON answer whose names come in any case.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// Characters of one value that are read; EZV's own columns are shorter.
const MAX_LINE: usize = 1_000;
/// Characters of a description that are read.
const MAX_TEXT: usize = 200_000;

/// A member of an object, whatever the case of its name.
pub(super) fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// What a dotted name leads to.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, member)
}

/// A scalar as text, tidied; an empty one says nothing.
pub(super) fn text(value: &Value, limit: usize) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let kept: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).take(limit).collect();
    (!kept.is_empty()).then_some(kept)
}

/// A value of one line.
pub(super) fn line(value: &Value) -> Option<String> {
    text(value, MAX_LINE).map(|t| t.replace(['\n', '\t'], " "))
}

/// A value of many lines.
pub(super) fn lines(value: &Value) -> Option<String> {
    text(value, MAX_TEXT)
}

/// Years for which calendars are laid out: an instant beyond them is a mistake that no clock can count.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2060;

/// Forms without an offset that EZV's settings allow.
const CIVIL: [&str; 5] =
    ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"];

/// An instant. With an offset it is what it says; without one it is of `zone`, and a clock change takes
/// the later reading of a skipped hour and the earlier of a repeated one, as exports are read.
pub(super) fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let found = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => {
            let civil = CIVIL.iter().find_map(|form| DateTime::strptime(form, text).ok())?;
            civil.to_zoned(zone.clone()).ok()?.timestamp()
        }
    };
    let found = Timestamp::from_microsecond(found.as_microsecond()).ok()?;
    YEARS.contains(&found.to_zoned(TimeZone::UTC).year()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_with_its_offset_or_in_the_zone_of_ezv() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        for (text, expected) in [
            ("2026-08-17T15:40:41.610+02:00", Some("2026-08-17T13:40:41.61Z")),
            ("2026-01-01T09:00:00Z", Some("2026-01-01T09:00:00Z")),
            ("2026-01-01 09:00:00", Some("2026-01-01T08:00:00Z")),
            ("01/07/2026 09:00", Some("2026-07-01T07:00:00Z")),
            // Skipped and repeated hours.
            ("29/03/2026 02:30:00", Some("2026-03-29T01:30:00Z")),
            ("25/10/2026 02:30:00", Some("2026-10-25T00:30:00Z")),
            ("1989-12-31T23:59:59Z", None),
            ("1990-01-01T00:00:00Z", Some("1990-01-01T00:00:00Z")),
            ("2060-12-31T23:59:59Z", Some("2060-12-31T23:59:59Z")),
            ("2061-01-01T00:00:00Z", None),
            ("0001-01-01T00:00:00Z", None),
            ("hier", None),
            ("", None),
        ] {
            assert_eq!(instant(text, &zone), expected.map(|t| t.parse().unwrap()), "{text}");
        }
    }
}
