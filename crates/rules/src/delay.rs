//! From a delay of the contract to an instant, and from lateness to started steps.
//!
//! - Minutes and hours are open time of the rule's calendar.
//! - Working days, days, weeks, months and years are civil: the time of day is kept. An inclusive
//!   delay ("dans les 5 jours", "au plus tard le 8") then lasts to the end of its last day; a strict
//!   one ("< 2 jours") ends at the very instant, and doing it exactly then is late.

use jiff::{SignedDuration, Span, Timestamp, ToSpan, Zoned};
use num_rational::Ratio;
use vigie_contract::{Comparison, Delay, DelayUnit, Direction};

use crate::calendar::{Calendar, CalendarError};

/// A delay of minutes or hours as open time; none for civil delays.
#[must_use]
pub fn open_time(delay: Delay) -> Option<SignedDuration> {
    delay.open_seconds().map(SignedDuration::from_secs)
}

/// `times` civil delays after an instant (before it when negative), the time of day kept.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn civil(at: &Zoned, delay: Delay, times: i64, calendar: &Calendar) -> Result<Zoned, CalendarError> {
    let amount = i64::from(delay.amount).saturating_mul(times);
    let never = |_| CalendarError::OutOfRange { instant: at.timestamp(), from: at.date(), to: at.timestamp() };
    let span: Span = match delay.unit {
        DelayUnit::WorkingDay => {
            let day = calendar.add_open_days(at.date(), amount)?;
            return day.to_datetime(at.time()).to_zoned(at.time_zone().clone()).map_err(never);
        }
        DelayUnit::Day => Span::new().try_days(amount).map_err(never)?,
        DelayUnit::Week => Span::new().try_weeks(amount).map_err(never)?,
        DelayUnit::Month => Span::new().try_months(amount).map_err(never)?,
        DelayUnit::Year => Span::new().try_years(amount).map_err(never)?,
        DelayUnit::Minute | DelayUnit::Hour => Span::new(),
    };
    at.checked_add(span).map_err(never)
}

/// The instant at which `delay` has passed since `at` (or before which it must be done).
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn instant_after(
    at: Timestamp,
    delay: Delay,
    direction: Direction,
    comparison: Comparison,
    calendar: &Calendar,
) -> Result<Timestamp, CalendarError> {
    let sign = match direction {
        Direction::After => 1,
        Direction::Before => -1,
    };
    if let Some(open) = open_time(delay) {
        return match direction {
            Direction::After => calendar.add(at, open),
            Direction::Before => calendar.sub(at, open),
        };
    }
    let zoned = at.to_zoned(calendar.zone().clone());
    let moved = civil(&zoned, delay, sign, calendar)?;
    match comparison {
        Comparison::Strict => Ok(moved.timestamp()),
        Comparison::Inclusive => end_of_day(&moved).ok_or(CalendarError::NeverOpens { from: zoned.date(), to: at }),
    }
}

/// Midnight at the end of that civil day.
#[must_use]
pub fn end_of_day(at: &Zoned) -> Option<Timestamp> {
    let tomorrow = at.date().checked_add(1.day()).ok()?;
    tomorrow.to_zoned(at.time_zone().clone()).ok().map(|z| z.timestamp())
}

/// How many steps of `step` have started between `due` and `done`: the least `n` such that `done` is
/// not after `due` plus `n` steps. Zero when done in time.
///
/// "Tout pas commencé est comptabilisé" (3.4.6.1).
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn started_steps_after(
    due: Timestamp,
    done: Timestamp,
    step: Delay,
    calendar: &Calendar,
) -> Result<u64, CalendarError> {
    if done <= due || step.amount == 0 {
        return Ok(0);
    }
    if let Some(open) = open_time(step) {
        return Ok(started_steps(micros(calendar.open_between(due, done)?), micros(open)));
    }
    let mut from = due.to_zoned(calendar.zone().clone());
    if step.unit == DelayUnit::WorkingDay && !calendar.opens_on(from.date()) {
        // Days on which nothing opens are no step: lateness begins with the next open day.
        let next = calendar.add_open_days(from.date(), 1)?;
        let out = CalendarError::OutOfRange { instant: due, from: next, to: done };
        from = next.to_zoned(calendar.zone().clone()).map_err(|_| out)?;
        if done <= from.timestamp() {
            return Ok(0);
        }
    }
    // The step is at least a civil day, so the number of days bounds the number of steps.
    let (mut low, mut high) = (0_i64, done.duration_since(due).as_hours() / 23 + 2);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if civil(&from, step, middle, calendar)?.timestamp() >= done {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(u64::try_from(high).unwrap_or(0))
}

/// Microseconds as an exact number.
#[must_use]
pub fn micros(duration: SignedDuration) -> Ratio<i64> {
    Ratio::from_integer(i64::try_from(duration.as_micros()).unwrap_or(if duration.is_negative() {
        i64::MIN
    } else {
        i64::MAX
    }))
}

/// Steps of width `step` that a gap has started: the ceiling of their ratio; zero without a gap.
///
/// "L'écart entre la mesure effectuée et la mesure attendue par unité de pas, sachant que tout pas
/// commencé est comptabilisé" (3.4.6.1).
#[must_use]
pub fn started_steps(gap: Ratio<i64>, step: Ratio<i64>) -> u64 {
    let zero = Ratio::from_integer(0);
    if gap <= zero || step <= zero {
        return 0;
    }
    // In 128 bits, since microseconds times denominators may pass 64.
    let wide = |r: Ratio<i64>| Ratio::new_raw(i128::from(*r.numer()), i128::from(*r.denom()));
    u64::try_from((wide(gap) / wide(step)).ceil().to_integer()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::tz::TimeZone;
    use vigie_contract::{Holidays, WeeklyWindows};

    use super::*;

    fn ho() -> Calendar {
        let w = vec!["08:00-18:00".parse().unwrap()];
        let weekly = WeeklyWindows {
            mon: w.clone(),
            tue: w.clone(),
            wed: w.clone(),
            thu: w.clone(),
            fri: w,
            ..Default::default()
        };
        let zone = TimeZone::get("Europe/Paris").unwrap();
        Calendar::new(&zone, &weekly, Holidays::FrenchMetropole, &BTreeMap::new(), 2025..=2027).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse::<jiff::civil::DateTime>()
            .unwrap()
            .to_zoned(TimeZone::get("Europe/Paris").unwrap())
            .unwrap()
            .timestamp()
    }

    fn check(start: &str, delay: &str, direction: Direction, comparison: Comparison, due: &str) {
        let got = instant_after(at(start), delay.parse().unwrap(), direction, comparison, &ho());
        assert_eq!(got, Ok(at(due)), "{start} {delay} {direction:?} {comparison:?}");
    }

    #[test]
    fn inclusive_days_last_to_the_end_of_their_last_day_and_strict_ones_to_the_instant() {
        use Comparison::{Inclusive, Strict};
        use Direction::{After, Before};
        check("2026-03-12T10:00:00", "5 working days", After, Inclusive, "2026-03-20T00:00:00");
        check("2026-03-12T10:00:00", "2 working days", After, Strict, "2026-03-16T10:00:00");
        check("2026-03-12T10:00:00", "3 working days", Before, Inclusive, "2026-03-10T00:00:00");
        check("2026-01-31T10:00:00", "1 month", After, Strict, "2026-02-28T10:00:00");
        check("2026-03-28T10:00:00", "1 day", After, Strict, "2026-03-29T10:00:00");
        check("2026-03-12T17:00:00", "2 h", After, Strict, "2026-03-13T09:00:00");
    }

    #[test]
    fn a_day_late_starts_right_after_the_due_instant() {
        let check = |done: &str, step: &str, n: u64| {
            let got = started_steps_after(at("2026-03-20T00:00:00"), at(done), step.parse().unwrap(), &ho());
            assert_eq!(got, Ok(n), "{done} {step}");
        };
        check("2026-03-19T23:59:59", "1 day", 0);
        check("2026-03-20T00:00:00", "1 day", 0);
        check("2026-03-20T00:00:01", "1 day", 1);
        check("2026-03-21T00:00:00", "1 day", 1);
        check("2026-03-21T00:00:01", "1 day", 2);
        // A weekend has no working day.
        check("2026-03-22T12:00:00", "1 working day", 1);
        check("2026-03-23T12:00:00", "1 working day", 2);
        check("2026-03-27T00:00:00", "1 week", 1);
        check("2026-03-27T00:00:01", "1 week", 2);
        check("2026-03-20T10:00:00", "1 h", 2);
        check("2026-03-20T10:00:01", "1 h", 3);
    }

    #[test]
    fn lateness_that_begins_on_a_closed_day_counts_from_the_next_open_one() {
        let check = |due: &str, done: &str, n: u64| {
            let got = started_steps_after(at(due), at(done), "1 working day".parse().unwrap(), &ho());
            assert_eq!(got, Ok(n), "due {due}, done {done}");
        };
        // Due at the end of Friday: Saturday costs nothing, Monday is the first day, Tuesday the second.
        check("2026-03-28T00:00:00", "2026-03-28T12:00:00", 0);
        check("2026-03-28T00:00:00", "2026-03-30T09:00:00", 1);
        check("2026-03-28T00:00:00", "2026-03-31T09:00:00", 2);
        // Due at the end of the eve of a holiday.
        check("2026-05-08T00:00:00", "2026-05-11T09:00:00", 1);
    }

    #[test]
    fn the_first_worked_example_has_four_started_steps() {
        // 3.4.6.1 example 1: expected 1 h, measured 2 h 45, step 30 min.
        let gap = SignedDuration::from_mins(165 - 60);
        assert_eq!(started_steps(micros(gap), micros(SignedDuration::from_mins(30))), 4);
    }

    #[test]
    fn the_second_worked_example_has_two_started_steps_and_89_percent_is_one_step_exactly() {
        let percent = |n| Ratio::new(n, 100);
        assert_eq!(started_steps(percent(90) - percent(88), percent(1)), 2);
        assert_eq!(started_steps(percent(90) - percent(89), percent(1)), 1);
        assert_eq!(started_steps(percent(90) - percent(90), percent(1)), 0);
        assert_eq!(started_steps(Ratio::new(9, 10) - Ratio::new(177, 199), percent(1)), 2);
    }
}
