//! `calendars.toml`: when the service is open.
//!
//! Windows are civil times of the contract's zone; what they are as instants, clock changes and
//! holidays included, is computed by `vigie-rules` and never here.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    name::CalendarId,
    rule::{Label, rule},
};
use crate::quantity::QuantityError;

rule! {
/// A weekly calendar of opening hours with its holidays and exceptional days.
pub struct CalendarRule {
    /// Its name in other rules.
    pub id: CalendarId,
    /// Opening windows by day of the week; a day that is absent is closed.
    pub weekly: WeeklyWindows,
    /// Which public holidays close it.
    #[serde(default)]
    pub holidays: Holidays,
    /// Days that open or close otherwise than the week says.
    #[serde(default)]
    pub exceptions: Vec<ExceptionalDay>,
}
}

/// Half-open windows `[open, close)` of each day of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeeklyWindows {
    /// Monday.
    pub mon: Vec<Window>,
    /// Tuesday.
    pub tue: Vec<Window>,
    /// Wednesday.
    pub wed: Vec<Window>,
    /// Thursday.
    pub thu: Vec<Window>,
    /// Friday.
    pub fri: Vec<Window>,
    /// Saturday.
    pub sat: Vec<Window>,
    /// Sunday.
    pub sun: Vec<Window>,
}

/// One opening of one day, `[open, close)`, written `08:00-18:00`; `24:00` is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Opening time of day.
    pub open: Time,
    /// Closing time of day, or `None` for midnight at the end of the day.
    pub close: Option<Time>,
}

/// Which public holidays close a calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holidays {
    /// None: the calendar opens on holidays too.
    #[default]
    None,
    /// The eleven of Code du travail L3133-1.
    FrenchMetropole,
    /// The same with Good Friday and Saint Stephen's day (Alsace-Moselle, L3134-13).
    FrenchAlsaceMoselle,
}

/// A day that opens or closes otherwise than the week says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionalDay {
    /// The day.
    pub date: Date,
    /// Its windows; empty means closed.
    pub windows: Vec<Window>,
    /// Why.
    pub label: Label,
}

impl FromStr for Window {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let err = || QuantityError::Window(text.to_owned());
        let (open, close) = text.split_once('-').ok_or_else(err)?;
        let clock = |t: &str| Time::strptime("%H:%M", t.trim()).map_err(|_| err());
        let open = clock(open)?;
        let close = if close.trim() == "24:00" { None } else { Some(clock(close)?) };
        if close.is_some_and(|c| c <= open) {
            return Err(QuantityError::WindowReversed(text.to_owned()));
        }
        Ok(Self { open, close })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let close = self.close.map_or_else(|| "24:00".to_owned(), |c| c.strftime("%H:%M").to_string());
        write!(f, "{}-{close}", self.open.strftime("%H:%M"))
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        String::deserialize(de)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, ser: S) -> Result<S::Ok, S::Error> {
        ser.collect_str(self)
    }
}
