//! The sum of 3.4.6.1 for anybody's numbers: measured, expected, step and weight give steps and points.
//!
//! Started steps come from the rules; this module only reads what was typed.

use jiff::SignedDuration;
use num_rational::Ratio;
use vigie_rules::{delay::started_steps, judgement::Quantity};

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// A percentage.
    Share(Ratio<i64>),
    /// A length of time.
    Time(SignedDuration),
}

impl Amount {
    /// For printing.
    pub(super) const fn quantity(self) -> Quantity {
        match self {
            Self::Share(share) => Quantity::Share(share),
            Self::Time(time) => Quantity::Time(time),
        }
    }
}

/// Longest length of time that is read, in hours: a year.
const MAX_HOURS: i64 = 8784;

/// Reads `88 %`, `99,5 %`, `2 h 45`, `2h45 min`, `30 min`; none when it is something else.
pub(super) fn parse(text: &str) -> Option<Amount> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if let Some(percent) = text.strip_suffix('%') {
        return share(percent).map(Amount::Share);
    }
    let (hours, rest) = match text.split_once('h') {
        Some((hours, rest)) => (whole(hours)?, rest),
        None => (0, text.strip_suffix("min").map(|_| text.as_str())?),
    };
    let minutes = rest.strip_suffix("min").unwrap_or(rest);
    let minutes = if minutes.is_empty() && text.contains('h') { 0 } else { whole(minutes)? };
    (hours <= MAX_HOURS && minutes <= MAX_HOURS * 60)
        .then(|| Amount::Time(SignedDuration::from_hours(hours) + SignedDuration::from_mins(minutes)))
}

/// Reads a percentage without its sign, with a comma or a point, between 0 and 100.
pub(super) fn share(text: &str) -> Option<Ratio<i64>> {
    let text = text.trim().replace(',', ".");
    let (units, decimals) = text.split_once('.').unwrap_or((&text, ""));
    if decimals.len() > 6 {
        return None;
    }
    let scale = 10_i64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let decimals = if decimals.is_empty() { 0 } else { whole(decimals)? };
    let percent = Ratio::new(whole(units)?.checked_mul(scale)?.checked_add(decimals)?, scale);
    let share = percent / Ratio::from_integer(100);
    (share <= Ratio::from_integer(1)).then_some(share)
}

fn whole(text: &str) -> Option<i64> {
    (text.len() <= 7 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Started steps and the gap that made them; none when the three are not of one kind or the step is
/// nothing.
pub(super) fn steps(measured: Amount, expected: Amount, step: Amount) -> Option<(Amount, u64)> {
    match (measured, expected, step) {
        (Amount::Share(measured), Amount::Share(expected), Amount::Share(step)) => {
            let gap = (expected - measured).max(Ratio::from_integer(0));
            (step > Ratio::from_integer(0)).then(|| (Amount::Share(gap), started_steps(gap, step)))
        }
        (Amount::Time(measured), Amount::Time(expected), Amount::Time(step)) => {
            let gap = (measured - expected).max(SignedDuration::ZERO);
            let seconds = |d: SignedDuration| Ratio::from_integer(d.as_secs());
            step.is_positive().then(|| (Amount::Time(gap), started_steps(seconds(gap), seconds(step))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(measured: &str, expected: &str, step: &str, wanted: u64) {
        let [measured, expected, step] = [measured, expected, step].map(|t| parse(t).unwrap());
        assert_eq!(steps(measured, expected, step).unwrap().1, wanted);
    }

    #[test]
    fn the_two_worked_examples_have_four_and_two_steps() {
        check("2h45", "1 h", "30 min", 4);
        check("88 %", "90 %", "1 %", 2);
    }

    #[test]
    fn a_step_that_is_only_started_counts_and_a_kept_promise_counts_nothing() {
        check("1 h", "1 h", "30 min", 0);
        check("1 h 01", "1 h", "30 min", 1);
        check("1 h 30 min", "1 h", "30 min", 1);
        check("89 %", "90 %", "1 %", 1);
        check("88,999999 %", "90 %", "1 %", 2);
        check("91 %", "90 %", "1 %", 0);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "%", "h", "min", "88", "101 %", "-1 %", "1 j", "9999999999 h", "1,2,3 %", "2 h x"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(steps(parse("1 h").unwrap(), parse("90 %").unwrap(), parse("1 %").unwrap()), None);
        assert_eq!(steps(parse("1 h").unwrap(), parse("1 h").unwrap(), parse("0 min").unwrap()), None);
    }
}
