//! Working days with bank holidays: an exercise of Preppin' Data with its published answer.
//!
//! The folder holds an answer (`Start Date`, `Today`, `Working Days`), the days of leave by year, and
//! a statement that lists the bank holidays; the rest of its files are inputs of other countries. We
//! lay out a calendar that closes on weekends and on the listed days, and count the days on which it
//! opens, less the leave. Exercises that measure something else are listed as such.

use std::{collections::BTreeMap, fs};

use anyhow::Result;
use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use vigie_contract::{Holidays, WeeklyWindows, Window};
use vigie_rules::calendar::Calendar;

use crate::{
    folder::{Folder, name},
    outcome::Outcome,
};

/// Checks every answer in the folder.
pub(crate) fn check(folder: &Folder) -> Result<Vec<Outcome>> {
    let mut differences = Vec::new();
    let answers = folder.tables(&["Start Date", "Today", "Working Days"])?;
    let closed = bank_holidays(folder)?;
    let mut leave = 0_i64;
    for table in folder.tables(&["Year", "Holidays"])?.iter().filter(|t| t.columns().len() == 2) {
        for row in &table.rows {
            leave += row.get("Holidays").parse::<i64>()?;
        }
    }
    let office = Window { open: Time::constant(8, 0, 0, 0), close: Some(Time::constant(18, 0, 0, 0)) };
    let open = || vec![office];
    let week =
        WeeklyWindows { mon: open(), tue: open(), wed: open(), thu: open(), fri: open(), ..WeeklyWindows::default() };
    let exceptions: BTreeMap<Date, Vec<Window>> = closed.iter().map(|day| (*day, Vec::new())).collect();
    let calendar = Calendar::new(&TimeZone::UTC, &week, Holidays::None, &exceptions, 2000..=2040)?;
    let mut compared = 0;
    for row in answers.iter().flat_map(|table| &table.rows) {
        let (start, end) = (day(row.get("Start Date"))?, day(row.get("Today"))?);
        let (mut date, mut worked) = (start, -leave);
        while date < end {
            date = date.tomorrow()?;
            worked += i64::from(calendar.opens_on(date));
        }
        compared += 1;
        if worked.to_string() != row.get("Working Days") {
            differences.push(format!("{start} to {end}: expected {}, found {worked}", row.get("Working Days")));
        }
    }
    let statements = folder.files("md").filter(|path| name(path) == "query.md").count();
    let figures = format!(
        "{compared} answer in working days compared ({} bank holidays); {} exercises measure something else",
        closed.len(),
        statements.saturating_sub(compared)
    );
    Ok(vec![Outcome::new("prep-tickets-sla", figures, differences)])
}

/// The days that a statement lists, one `- 2019-04-19` a line.
fn bank_holidays(folder: &Folder) -> Result<Vec<Date>> {
    let mut days = Vec::new();
    for path in folder.files("md") {
        for line in fs::read_to_string(path)?.lines() {
            days.extend(line.trim().strip_prefix("- ").and_then(|day| day.parse::<Date>().ok()));
        }
    }
    Ok(days)
}

fn day(text: &str) -> Result<Date> {
    Ok(Date::strptime("%d/%m/%Y", text)?)
}
