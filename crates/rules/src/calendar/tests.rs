//! Both sides of every convention of the calendar, and its properties against a plain model.

use std::sync::LazyLock;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn weekly(windows: &[&str], days: usize) -> WeeklyWindows {
    let w: Vec<Window> = windows.iter().map(|t| t.parse().unwrap()).collect();
    let day = |n: usize| if n < days { w.clone() } else { Vec::new() };
    WeeklyWindows { mon: day(0), tue: day(1), wed: day(2), thu: day(3), fri: day(4), sat: day(5), sun: day(6) }
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn ho() -> &'static Calendar {
    static HO: LazyLock<Calendar> = LazyLock::new(|| {
        Calendar::new(&paris(), &weekly(&["08:00-18:00"], 5), Holidays::FrenchMetropole, &BTreeMap::new(), 2015..=2030)
            .unwrap()
    });
    &HO
}

fn always() -> &'static Calendar {
    static ALWAYS: LazyLock<Calendar> = LazyLock::new(|| {
        Calendar::new(&paris(), &weekly(&["00:00-24:00"], 7), Holidays::None, &BTreeMap::new(), 2015..=2030).unwrap()
    });
    &ALWAYS
}

fn sundays(window: &str) -> Calendar {
    let weekly = WeeklyWindows { sun: vec![window.parse().unwrap()], ..WeeklyWindows::default() };
    Calendar::new(&paris(), &weekly, Holidays::None, &BTreeMap::new(), 2026..=2026).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(paris()).unwrap().timestamp()
}

fn hours(h: i64) -> SignedDuration {
    SignedDuration::from_hours(h)
}

#[test]
fn opening_time_is_open_and_closing_time_is_closed() {
    let ho = ho();
    for (text, open) in [
        ("2026-03-12T07:59:59.999999", false),
        ("2026-03-12T08:00:00", true),
        ("2026-03-12T17:59:59.999999", true),
        ("2026-03-12T18:00:00", false),
        ("2026-03-14T10:00:00", false),
        ("2026-05-01T10:00:00", false),
    ] {
        assert_eq!(ho.is_open(at(text)), Ok(open), "{text}");
    }
}

#[test]
fn a_delay_that_ends_at_closing_time_is_due_at_closing_time() {
    let ho = ho();
    for (start, length, due) in [
        ("2026-03-12T16:00:00", 2 * 3600 - 1, "2026-03-12T17:59:59"),
        ("2026-03-12T16:00:00", 2 * 3600, "2026-03-12T18:00:00"),
        ("2026-03-12T16:00:00", 2 * 3600 + 1, "2026-03-13T08:00:01"),
        ("2026-03-12T18:00:00", 3600, "2026-03-13T09:00:00"),
        ("2026-03-13T17:30:00", 3600, "2026-03-16T08:30:00"),
        ("2026-04-30T17:00:00", 2 * 3600, "2026-05-04T09:00:00"),
    ] {
        assert_eq!(ho.add(at(start), SignedDuration::from_secs(length)), Ok(at(due)), "{start} + {length} s");
    }
}

#[test]
fn moving_by_nothing_goes_to_the_next_open_instant_and_backward_to_the_last_closing() {
    let ho = ho();
    assert_eq!(ho.add(at("2026-03-12T10:00:00"), hours(0)), Ok(at("2026-03-12T10:00:00")));
    assert_eq!(ho.add(at("2026-03-12T18:00:00"), hours(0)), Ok(at("2026-03-13T08:00:00")));
    assert_eq!(ho.sub(at("2026-03-14T10:00:00"), hours(0)), Ok(at("2026-03-13T18:00:00")));
    assert_eq!(ho.sub(at("2026-03-12T10:00:00"), hours(0)), Ok(at("2026-03-12T10:00:00")));
    assert_eq!(ho.sub(at("2026-03-12T10:00:00"), hours(2)), Ok(at("2026-03-12T08:00:00")));
    assert_eq!(ho.sub(at("2026-03-12T10:00:00"), hours(3)), Ok(at("2026-03-11T17:00:00")));
}

#[test]
fn a_sunday_of_a_clock_change_counts_23_or_25_hours_on_a_calendar_that_never_closes() {
    let always = always();
    assert_eq!(always.open_between(at("2026-03-29T00:00:00"), at("2026-03-30T00:00:00")), Ok(hours(23)));
    assert_eq!(always.open_between(at("2026-10-25T00:00:00"), at("2026-10-26T00:00:00")), Ok(hours(25)));
    assert_eq!(always.add(at("2026-03-29T00:00:00"), hours(24)), Ok(at("2026-03-30T01:00:00")));
}

#[test]
fn an_opening_time_that_the_clock_change_skips_comes_as_long_after_the_gap_as_it_stood_in_it() {
    let c = sundays("02:30-05:00");
    // 02:00 becomes 03:00: 02:30 is half an hour into the gap, so the desk opens at 03:30 summer time.
    for (text, open) in [
        ("2026-03-29T00:59:59Z", false),
        ("2026-03-29T01:00:00Z", false), // 03:00, the end of the gap
        ("2026-03-29T01:29:59.999999Z", false),
        ("2026-03-29T01:30:00Z", true),
        ("2026-03-29T02:59:59.999999Z", true),
        ("2026-03-29T03:00:00Z", false), // 05:00
    ] {
        assert_eq!(c.is_open(text.parse().unwrap()), Ok(open), "{text}");
    }
    let (from, to) = (at("2026-03-29T00:00:00"), at("2026-03-30T00:00:00"));
    assert_eq!(c.open_between(from, to), Ok(SignedDuration::from_mins(90)));
    assert_eq!(c.add(from, SignedDuration::from_mins(30)), Ok("2026-03-29T02:00:00Z".parse().unwrap()));
}

#[test]
fn an_opening_time_that_the_clock_change_repeats_is_taken_the_first_time() {
    let c = sundays("02:30-05:00");
    // 03:00 summer time becomes 02:00: 02:30 comes at 00:30 and at 01:30 UTC.
    for (text, open) in [
        ("2026-10-25T00:29:59.999999Z", false),
        ("2026-10-25T00:30:00Z", true),
        ("2026-10-25T01:00:00Z", true), // 02:00 again: what has opened does not close
        ("2026-10-25T01:29:59Z", true),
        ("2026-10-25T03:59:59.999999Z", true),
        ("2026-10-25T04:00:00Z", false), // 05:00 winter time
    ] {
        assert_eq!(c.is_open(text.parse().unwrap()), Ok(open), "{text}");
    }
    let (from, to) = (at("2026-10-25T00:00:00"), at("2026-10-26T00:00:00"));
    assert_eq!(c.open_between(from, to), Ok(SignedDuration::from_mins(210)));
    assert_eq!(c.sub(to, SignedDuration::from_mins(210)), Ok("2026-10-25T00:30:00Z".parse().unwrap()));
}

#[test]
fn a_sunday_without_a_clock_change_opens_as_it_is_written() {
    let c = sundays("02:30-05:00");
    for day in ["2026-03-22", "2026-04-05", "2026-10-18", "2026-11-01"] {
        let (open, close) = (at(&format!("{day}T02:30:00")), at(&format!("{day}T05:00:00")));
        assert_eq!(c.intervals(at(&format!("{day}T00:00:00")), at(&format!("{day}T23:59:59"))), [(open, close)]);
    }
}

#[test]
fn open_time_backward_is_negative() {
    let ho = ho();
    let (a, b) = (at("2026-03-12T09:00:00"), at("2026-03-13T09:00:00"));
    assert_eq!(ho.open_between(a, b), Ok(hours(10)));
    assert_eq!(ho.open_between(b, a), Ok(hours(-10)));
}

#[test]
fn exceptional_days_replace_the_week_and_the_holiday() {
    let exceptions =
        BTreeMap::from([(date(2026, 5, 1), vec!["09:00-12:00".parse().unwrap()]), (date(2026, 3, 12), vec![])]);
    let c = Calendar::new(&paris(), &weekly(&["08:00-18:00"], 5), Holidays::FrenchMetropole, &exceptions, 2026..=2026)
        .unwrap();
    assert_eq!(c.open_between(at("2026-05-01T00:00:00"), at("2026-05-02T00:00:00")), Ok(hours(3)));
    assert_eq!(c.open_between(at("2026-03-12T00:00:00"), at("2026-03-13T00:00:00")), Ok(hours(0)));
    assert!(c.opens_on(date(2026, 5, 1)));
    assert!(!c.opens_on(date(2026, 3, 12)));
}

#[test]
fn open_days_skip_weekends_and_holidays_in_both_directions() {
    let ho = ho();
    assert_eq!(ho.add_open_days(date(2026, 4, 30), 1), Ok(date(2026, 5, 4)));
    assert_eq!(ho.add_open_days(date(2026, 5, 4), -1), Ok(date(2026, 4, 30)));
    assert_eq!(ho.add_open_days(date(2026, 5, 2), 0), Ok(date(2026, 5, 2)));
}

#[test]
fn instants_outside_the_years_laid_out_are_refused() {
    let ho = ho();
    assert!(matches!(ho.is_open(at("2014-12-31T12:00:00")), Err(CalendarError::OutOfRange { .. })));
    assert!(matches!(ho.add(at("2030-12-31T17:00:00"), hours(2)), Err(CalendarError::NeverOpens { .. })));
    let never =
        Calendar::new(&paris(), &WeeklyWindows::default(), Holidays::None, &BTreeMap::new(), 2026..=2026).unwrap();
    assert!(matches!(never.add(at("2026-03-12T09:00:00"), hours(1)), Err(CalendarError::NeverOpens { .. })));
    assert_eq!(never.open_between(at("2026-03-12T09:00:00"), at("2026-03-13T09:00:00")), Ok(hours(0)));
}

/// The slow model: walk minute by minute.
fn minutes_open(c: &Calendar, a: Timestamp, b: Timestamp) -> i64 {
    let (mut t, mut n) = (a, 0);
    while t < b {
        n += i64::from(c.is_open(t).unwrap());
        t += SignedDuration::from_mins(1);
    }
    n
}

proptest! {
    #[test]
    fn open_time_agrees_with_walking_minute_by_minute(start in 0_i64..500_000, length in 0_i64..6_000) {
        let ho = ho();
        let a = at("2026-01-01T00:00:00") + SignedDuration::from_mins(start);
        let b = a + SignedDuration::from_mins(length);
        prop_assert_eq!(ho.open_between(a, b).unwrap(), SignedDuration::from_mins(minutes_open(ho, a, b)));
    }

    #[test]
    fn adding_open_time_and_measuring_it_are_inverse(start in 0_i64..40_000_000, length in 0_i64..4_000_000) {
        let ho = ho();
        let a = at("2025-06-01T00:00:00") + SignedDuration::from_secs(start);
        let d = SignedDuration::from_secs(length);
        let due = ho.add(a, d).unwrap();
        prop_assert_eq!(ho.open_between(a, due).unwrap(), d);
        // It is the earliest such instant: a microsecond before, less has passed.
        if length > 0 {
            let before = due - SignedDuration::from_micros(1);
            prop_assert!(ho.open_between(a, before).unwrap() < d);
        }
    }

    #[test]
    fn open_time_is_additive(start in 0_i64..40_000_000, first in 0_i64..2_000_000, second in 0_i64..2_000_000) {
        let always = always();
        let ho = ho();
        for c in [always, ho] {
            let a = at("2025-06-01T00:00:00") + SignedDuration::from_secs(start);
            let b = a + SignedDuration::from_secs(first);
            let d = b + SignedDuration::from_secs(second);
            prop_assert_eq!(c.open_between(a, b).unwrap() + c.open_between(b, d).unwrap(), c.open_between(a, d).unwrap());
        }
    }
}
