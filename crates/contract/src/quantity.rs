//! Quantities as the contract writes them: delays with their unit, rates, factors.
//!
//! They are exact: `90 %` is the rational 9/10, never a binary float, so that 90 % minus 89 % is one
//! step of 1 % and not two. A delay keeps the unit of the text, because "3 working days" and "30 h"
//! are not the same promise on every calendar.

use std::{fmt, str::FromStr};

use num_rational::Ratio;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The unit in which a delay is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DelayUnit {
    /// Minutes of open time on the rule's calendar.
    Minute,
    /// Hours of open time on the rule's calendar.
    Hour,
    /// Days on which the rule's calendar opens; the time of day is kept.
    WorkingDay,
    /// Civil days of the contract's zone; the time of day is kept.
    Day,
    /// Seven civil days.
    Week,
    /// Civil months; the 31st becomes the last day of a shorter month.
    Month,
    /// Civil years.
    Year,
}

impl DelayUnit {
    const WORDS: [(&'static str, DelayUnit); 14] = [
        ("min", Self::Minute),
        ("minute", Self::Minute),
        ("minutes", Self::Minute),
        ("h", Self::Hour),
        ("hour", Self::Hour),
        ("hours", Self::Hour),
        ("working day", Self::WorkingDay),
        ("working days", Self::WorkingDay),
        ("day", Self::Day),
        ("days", Self::Day),
        ("week", Self::Week),
        ("weeks", Self::Week),
        ("month", Self::Month),
        ("months", Self::Month),
    ];

    fn parse(word: &str) -> Option<Self> {
        match word {
            "year" | "years" => Some(Self::Year),
            _ => Self::WORDS.iter().find(|(w, _)| *w == word).map(|(_, u)| *u),
        }
    }
}

/// A promised length of time, such as `2 h`, `15 min`, `5 working days`, `1 month`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delay {
    /// How many units; zero means "immediately".
    pub amount: u32,
    /// The unit of the text.
    pub unit: DelayUnit,
}

impl Delay {
    /// The length in seconds when the unit has one whatever the date (minutes and hours), else none.
    #[must_use]
    pub const fn open_seconds(self) -> Option<i64> {
        match self.unit {
            DelayUnit::Minute => Some(self.amount as i64 * 60),
            DelayUnit::Hour => Some(self.amount as i64 * 3600),
            _ => None,
        }
    }
}

/// Why a quantity of a contract file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a delay.
    #[error(
        "`{0}` is not a delay; write a whole number and a unit, such as `30 min`, `2 h`, `5 working days`, `8 days`, `1 week`, `2 months`"
    )]
    Delay(String),
    /// Not a rate.
    #[error("`{0}` is not a rate; write `90 %`, `99.5 %` or `2/3`, between 0 and 100 %")]
    Rate(String),
    /// Not a factor.
    #[error("`{0}` is not a factor; write a positive number such as `1`, `1.5` or `2`")]
    Factor(String),
    /// Not a window of a day.
    #[error(
        "`{0}` is not a window; write opening and closing time of day, such as `08:00-18:00` (`24:00` is the end of the day)"
    )]
    Window(String),
    /// A window whose end is not after its beginning.
    #[error("`{0}` closes before it opens; a window that passes midnight is two windows, one on each day")]
    WindowReversed(String),
}

impl FromStr for Delay {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let err = || QuantityError::Delay(text.to_owned());
        let trimmed = text.trim();
        let split = trimmed.find(|c: char| !c.is_ascii_digit()).ok_or_else(err)?;
        let (number, word) = trimmed.split_at(split);
        // A delay of more than ten million units is a slip of the pen, and would overflow seconds.
        let amount = number.parse::<u32>().ok().filter(|n| *n <= 10_000_000).ok_or_else(err)?;
        let unit = DelayUnit::parse(word.trim()).ok_or_else(err)?;
        Ok(Self { amount, unit })
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount > 1 { "s" } else { "" };
        match self.unit {
            DelayUnit::Minute => write!(f, "{} min", self.amount),
            DelayUnit::Hour => write!(f, "{} h", self.amount),
            DelayUnit::WorkingDay => write!(f, "{} working day{plural}", self.amount),
            DelayUnit::Day => write!(f, "{} day{plural}", self.amount),
            DelayUnit::Week => write!(f, "{} week{plural}", self.amount),
            DelayUnit::Month => write!(f, "{} month{plural}", self.amount),
            DelayUnit::Year => write!(f, "{} year{plural}", self.amount),
        }
    }
}

/// Reads a decimal such as `99.5` as an exact rational.
fn decimal(text: &str) -> Option<Ratio<i64>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty()
        || fraction.len() > 9
        || whole.len() > 9
        || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let scale = 10_i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    Some(Ratio::new(whole.checked_mul(scale)?.checked_add(fraction)?, scale))
}

fn fraction(text: &str) -> Option<Ratio<i64>> {
    let (n, d) = text.split_once('/')?;
    let (n, d): (i64, i64) = (n.trim().parse().ok()?, d.trim().parse().ok()?);
    (d > 0 && n >= 0).then(|| Ratio::new(n, d))
}

macro_rules! text_quantity {
    ($name:ident) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
                let text = String::deserialize(de)?;
                text.parse().map_err(de::Error::custom)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, ser: S) -> Result<S::Ok, S::Error> {
                ser.collect_str(self)
            }
        }
    };
}

/// A share of a whole between 0 and 1, exact; written `90 %` or `2/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rate(pub Ratio<i64>);

impl FromStr for Rate {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let value = match text.trim().strip_suffix('%') {
            Some(percent) => decimal(percent.trim()).map(|v| v / Ratio::from_integer(100)),
            None => fraction(text),
        };
        value.filter(|v| *v <= Ratio::from_integer(1)).map(Self).ok_or_else(|| QuantityError::Rate(text.to_owned()))
    }
}

impl fmt::Display for Rate {
    /// `90 %` when a hundredth of a percent is enough to be exact, else the fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0 * Ratio::from_integer(10_000);
        if !hundredths.is_integer() {
            return write!(f, "{}/{}", self.0.numer(), self.0.denom());
        }
        let (whole, rest) = (hundredths.to_integer() / 100, hundredths.to_integer() % 100);
        match rest {
            0 => write!(f, "{whole} %"),
            r if r % 10 == 0 => write!(f, "{whole}.{} %", r / 10),
            r => write!(f, "{whole}.{r:02} %"),
        }
    }
}

/// A positive multiple of a target, exact; written `1`, `1.5`, `2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Factor(pub Ratio<i64>);

impl FromStr for Factor {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let value = decimal(text.trim()).or_else(|| fraction(text));
        value.filter(|v| *v > Ratio::from_integer(0)).map(Self).ok_or_else(|| QuantityError::Factor(text.to_owned()))
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.0 * Ratio::from_integer(10);
        match (tenths.is_integer(), tenths.to_integer() / 10, tenths.to_integer() % 10) {
            (true, whole, 0) => write!(f, "{whole}"),
            (true, whole, tenth) => write!(f, "{whole}.{tenth}"),
            (false, ..) => write!(f, "{}/{}", self.0.numer(), self.0.denom()),
        }
    }
}

text_quantity!(Delay);
text_quantity!(Rate);
text_quantity!(Factor);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_read_with_their_unit_and_printed_as_they_were() {
        for text in
            ["15 min", "2 h", "3 working days", "1 working day", "8 days", "1 week", "2 months", "1 year", "0 min"]
        {
            assert_eq!(text.parse::<Delay>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn delays_without_a_number_or_a_known_unit_are_refused() {
        for text in ["", "h", "2", "-2 h", "1.5 h", "2 fortnights", "99999999999 h"] {
            assert_eq!(text.parse::<Delay>(), Err(QuantityError::Delay(text.to_owned())));
        }
    }

    #[test]
    fn rates_are_exact() {
        assert_eq!("90 %".parse::<Rate>().unwrap().0, Ratio::new(9, 10));
        assert_eq!("99.5%".parse::<Rate>().unwrap().0, Ratio::new(199, 200));
        assert_eq!("2/3".parse::<Rate>().unwrap().to_string(), "2/3");
        assert_eq!("99.5 %".parse::<Rate>().unwrap().to_string(), "99.5 %");
        assert!("101 %".parse::<Rate>().is_err());
        assert!("ninety".parse::<Rate>().is_err());
    }

    #[test]
    fn factors_are_exact_and_positive() {
        assert_eq!("1.5".parse::<Factor>().unwrap().0, Ratio::new(3, 2));
        assert_eq!("1.5".parse::<Factor>().unwrap().to_string(), "1.5");
        assert!("0".parse::<Factor>().is_err());
    }
}
