//! When a target is used up, and by how much a run went beyond it.

use jiff::{SignedDuration, Timestamp};
use num_rational::Ratio;
use vigie_contract::{Comparison, Direction};

use super::{Segment, suspended_time};
use crate::{
    book::{Target, TargetOf},
    calendar::{Calendar, CalendarError},
    delay::instant_after,
};

/// Where a target leads from a start, over segments: the instant at which it is used up.
pub(super) fn due_over(
    calendar: &Calendar,
    segments: &[Segment],
    start: Timestamp,
    target: &TargetOf,
) -> Result<Timestamp, CalendarError> {
    match target.target {
        Target::Until(_) | Target::Civil(_) => {
            let base = match target.target {
                Target::Civil(delay) => instant_after(start, delay, Direction::After, target.comparison, calendar)?,
                Target::Until(at) => at,
                Target::Open(_) => start,
            };
            // A date is moved by the open time that accepted pauses took from it.
            let paused = suspended_time(segments);
            if paused.is_zero() { Ok(base) } else { calendar.add(base, paused) }
        }
        Target::Open(length) => {
            let mut left = length;
            let mut from = start;
            // A candidate earlier than the binding start: the time between the two would have counted.
            if let Some(first) = segments.first().filter(|s| s.from > start) {
                let open = calendar.open_between(start, first.from)?;
                if left <= open {
                    return calendar.add(start, left);
                }
                left -= open;
                from = first.from;
            }
            for segment in segments.iter().filter(|s| s.to > start) {
                let clipped = segment.from.max(start);
                if segment.kind.counts() {
                    let open = if clipped == segment.from {
                        segment.open
                    } else {
                        calendar.open_between(clipped, segment.to)?
                    };
                    if left <= open {
                        return calendar.add(clipped, left);
                    }
                    left -= open;
                }
                from = segment.to;
            }
            calendar.add(from, left)
        }
    }
}

/// Whether a run of `elapsed`, ended at `end` (or going on at `as_of`), is late for `factor` times the
/// target, and by how much open time.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn lateness(
    calendar: &Calendar,
    start: Timestamp,
    until: Timestamp,
    elapsed: SignedDuration,
    target: &TargetOf,
    factor: Ratio<i64>,
) -> Result<(bool, SignedDuration), CalendarError> {
    let one = Ratio::from_integer(1);
    let limit = match target.target {
        Target::Open(length) => target.penal_threshold.unwrap_or(length),
        Target::Civil(_) | Target::Until(_) if factor == one => {
            let due = match target.target {
                Target::Until(at) => at,
                Target::Civil(delay) => instant_after(start, delay, Direction::After, target.comparison, calendar)?,
                Target::Open(_) => until,
            };
            // The open time of pauses moves the due instant; what is left is compared as open time.
            let paused = calendar.open_between(start, until)? - elapsed;
            let moved = if paused.is_zero() { due } else { calendar.add(due, paused)? };
            let late = match target.comparison {
                // An inclusive civil delay already ends at the end of its day, which is the next day's start.
                Comparison::Inclusive => until > moved,
                Comparison::Strict => until >= moved,
            };
            let overrun = if until > moved { calendar.open_between(moved, until)? } else { SignedDuration::ZERO };
            return Ok((late, overrun));
        }
        Target::Civil(delay) => {
            let due = instant_after(start, delay, Direction::After, target.comparison, calendar)?;
            calendar.open_between(start, due)?
        }
        Target::Until(at) => calendar.open_between(start, at)?,
    };
    let limit = times(limit, factor);
    let late = match target.comparison {
        Comparison::Strict => elapsed >= limit,
        Comparison::Inclusive => elapsed > limit,
    };
    Ok((late, if elapsed > limit { elapsed - limit } else { SignedDuration::ZERO }))
}

/// A duration times an exact factor, rounded up to the microsecond.
#[must_use]
pub fn times(duration: SignedDuration, factor: Ratio<i64>) -> SignedDuration {
    let (numer, denom) = (i128::from(*factor.numer()), i128::from(*factor.denom()));
    let micros = (duration.as_micros() * numer + denom - 1).div_euclid(denom);
    SignedDuration::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}
