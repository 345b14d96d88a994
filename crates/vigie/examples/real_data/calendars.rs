//! Calendars of other projects (`calendars.json`), laid out as calendars of our rules.
//!
//! A calendar gives weekly windows, holidays (`2016-11-01`, or `--05-01` for every year), breaks and
//! shifts on single days. A holiday closes the day; a shift replaces the week's windows; a break cuts
//! them. A window that closes no later than it opens runs past midnight and belongs to the day on
//! which it starts, so a holiday closes it whole.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::Deserialize;
use vigie_contract::{Holidays, WeeklyWindows, Window};
use vigie_rules::calendar::Calendar;

use crate::folder::{Folder, name};

/// First and last year laid out: well around every case.
const YEARS: std::ops::RangeInclusive<i16> = 1960..=2060;

const MINUTES_OF_DAY: u16 = 24 * 60;

type Span = (String, String);

#[derive(Deserialize)]
struct Source {
    tz: String,
    weekly: BTreeMap<String, Vec<Span>>,
    #[serde(default)]
    holidays: Vec<String>,
    #[serde(default)]
    breaks: BTreeMap<Date, Vec<Span>>,
    #[serde(default)]
    shifts: BTreeMap<Date, Vec<Span>>,
}

/// A calendar laid out day by day, so that what our week cannot say is said by days.
pub(crate) struct DayByDay {
    /// The zone of its windows.
    pub(crate) zone: TimeZone,
    /// The windows of each day that opens.
    pub(crate) days: BTreeMap<Date, Vec<Window>>,
}

/// All calendars of the folder by name.
pub(crate) fn read(folder: &Folder) -> Result<BTreeMap<String, DayByDay>> {
    let mut calendars = BTreeMap::new();
    for path in folder.files("json") {
        let text = std::fs::read_to_string(path).with_context(|| name(path))?;
        let Ok(sources) = serde_json::from_str::<BTreeMap<String, Source>>(&text) else { continue };
        for (id, source) in sources {
            let calendar = lay_out(&source).with_context(|| format!("{}: calendar {id}", name(path)))?;
            calendars.insert(id, calendar);
        }
    }
    Ok(calendars)
}

impl DayByDay {
    /// The calendar of our rules.
    pub(crate) fn calendar(&self) -> Result<Calendar> {
        Ok(Calendar::new(&self.zone, &WeeklyWindows::default(), Holidays::None, &self.days, YEARS)?)
    }
}

fn lay_out(source: &Source) -> Result<DayByDay> {
    let mut spans: BTreeMap<Date, Vec<(u16, u16)>> = BTreeMap::new();
    let mut date = Date::new(*YEARS.start(), 1, 1)?;
    let last = Date::new(*YEARS.end(), 12, 31)?;
    while date <= last {
        for (open, close) in windows_on(source, date)? {
            if open < close {
                spans.entry(date).or_default().push((open, close));
            } else {
                spans.entry(date).or_default().push((open, MINUTES_OF_DAY));
                spans.entry(date.tomorrow()?).or_default().push((0, close));
            }
        }
        date = date.tomorrow()?;
    }
    let mut days = BTreeMap::new();
    for (date, mut spans) in spans {
        spans.sort_unstable();
        days.insert(date, spans.into_iter().map(window).collect::<Result<Vec<_>>>()?);
    }
    Ok(DayByDay { zone: TimeZone::get(&source.tz)?, days })
}

/// The windows of one day, in minutes since its midnight.
fn windows_on(source: &Source, date: Date) -> Result<Vec<(u16, u16)>> {
    let every_year = format!("--{:02}-{:02}", date.month(), date.day());
    if source.holidays.iter().any(|day| *day == every_year || *day == date.to_string()) {
        return Ok(Vec::new());
    }
    let spans = match source.shifts.get(&date) {
        Some(shift) => shift.as_slice(),
        None => source.weekly.get(weekday(date)).map_or([].as_slice(), Vec::as_slice),
    };
    let mut windows = spans.iter().map(minutes).collect::<Result<Vec<_>>>()?;
    for cut in source.breaks.get(&date).into_iter().flatten() {
        let (from, to) = minutes(cut)?;
        windows = windows
            .into_iter()
            .flat_map(|(open, close)| [(open, close.min(from)), (open.max(to), close)])
            .filter(|(open, close)| open < close)
            .collect();
    }
    Ok(windows)
}

fn weekday(date: Date) -> &'static str {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match date.weekday() {
        Monday => "mon",
        Tuesday => "tue",
        Wednesday => "wed",
        Thursday => "thu",
        Friday => "fri",
        Saturday => "sat",
        Sunday => "sun",
    }
}

fn minutes(span: &Span) -> Result<(u16, u16)> {
    let one = |text: &str| -> Result<u16> {
        let (hours, minutes) = text.split_once(':').ok_or_else(|| anyhow!("`{text}` is not a time of day"))?;
        Ok(hours.parse::<u16>()? * 60 + minutes.parse::<u16>()?)
    };
    Ok((one(&span.0)?, one(&span.1)?))
}

fn window((open, close): (u16, u16)) -> Result<Window> {
    let time = |minutes: u16| {
        Time::new(i8::try_from(minutes / 60)?, i8::try_from(minutes % 60)?, 0, 0).map_err(anyhow::Error::from)
    };
    let close = if close == MINUTES_OF_DAY { None } else { Some(time(close)?) };
    Ok(Window { open: time(open)?, close })
}
