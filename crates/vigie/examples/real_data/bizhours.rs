//! Business-time cases of other projects, and those of a French oracle, held against our calendar.
//!
//! A row whose `model` is `match` follows our conventions and must agree to the second. The others are
//! counted by convention: the source lets a result sit on closing time, or moves it to the next
//! opening, or works in whole days, which we decided otherwise (`docs/decisions/0005-clock-conventions.md`).

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use vigie_rules::calendar::Calendar;

use crate::{
    calendars,
    folder::{Folder, Row},
    outcome::Outcome,
    time_lines,
};

const COLUMNS: [&str; 6] = ["calendar", "op", "start", "end", "seconds", "expected"];

/// Checks every table of cases in the folder.
pub(crate) fn check(folder: &Folder) -> Result<Vec<Outcome>> {
    let laid_out = calendars::read(folder)?;
    let mut calendars = BTreeMap::new();
    for (id, days) in &laid_out {
        calendars.insert(id.clone(), days.calendar()?);
    }
    let mut compared: BTreeMap<&str, u32> = BTreeMap::new();
    let mut others: BTreeMap<String, u32> = BTreeMap::new();
    let mut differences = Vec::new();
    let mut oracle = (0_u32, Vec::new());
    for table in folder.tables(&COLUMNS)? {
        for row in &table.rows {
            let ours = !table.has("model") || row.get("model") == "match";
            if !ours {
                *others.entry(row.get("model").to_owned()).or_default() += 1;
                continue;
            }
            let difference = compare(row, &calendars).map_err(|error| anyhow!("{}: {error:#}", row.get("id")));
            let difference = difference.unwrap_or_else(|error| Some(error.to_string()));
            if table.has("model") {
                let op = ["add", "between", "open"].into_iter().find(|op| *op == row.get("op")).unwrap_or("other");
                *compared.entry(op).or_default() += 1;
                differences.extend(difference);
            } else {
                oracle.0 += 1;
                oracle.1.extend(difference);
            }
        }
    }
    let rows: u32 = compared.values().sum();
    if rows == 0 && oracle.0 == 0 {
        bail!("no table of cases was found");
    }
    let figures = format!(
        "{} of {rows} rows of our convention agree ({}); other conventions, not compared: {}",
        usize::try_from(rows)?.saturating_sub(differences.len()),
        list(&compared),
        if others.is_empty() { "none".to_owned() } else { list(&others) },
    );
    let oracle_figures =
        format!("{} of {} rows agree", usize::try_from(oracle.0)?.saturating_sub(oracle.1.len()), oracle.0);
    let mut outcomes = vec![Outcome::new("bizhours", figures, differences)];
    if oracle.0 > 0 {
        outcomes.push(Outcome::new("bizhours/oracle", oracle_figures, oracle.1));
    }
    outcomes.extend(time_lines::check(folder, &laid_out)?);
    Ok(outcomes)
}

fn list<K: AsRef<str>>(counts: &BTreeMap<K, u32>) -> String {
    counts.iter().map(|(name, n)| format!("{} {n}", name.as_ref())).collect::<Vec<_>>().join(", ")
}

/// None when our calendar gives what the row expects.
fn compare(row: &Row, calendars: &BTreeMap<String, Calendar>) -> Result<Option<String>> {
    let calendar =
        calendars.get(row.get("calendar")).with_context(|| format!("no calendar {}", row.get("calendar")))?;
    // The times of a row are written in its own zone, which may differ from the calendar's.
    let zone = match row.get("tz") {
        "" => calendar.zone().clone(),
        name => TimeZone::get(name)?,
    };
    let start = instant(row.get("start"), &zone)?;
    let (expected, found) = match row.get("op") {
        "add" => {
            let end = moved(calendar, start, row.get("seconds"))?;
            (civil(row.get("expected"), &zone)?.to_string(), end.to_zoned(zone).datetime().to_string())
        }
        "between" => {
            let end = instant(row.get("end"), &zone)?;
            let open = calendar.open_between(start, end)?.as_secs();
            // Some projects answer nothing when the end comes first; ours counts backward.
            let silent = end < start && row.get("expected") == "0";
            (row.get("expected").to_owned(), if silent { 0 } else { open }.to_string())
        }
        "open" => (row.get("expected").to_lowercase(), calendar.is_open(start)?.to_string()),
        other => bail!("`{other}` is not an operation that we know"),
    };
    let differs = || {
        let question =
            [row.get("calendar"), row.get("op"), row.get("start"), row.get("end"), row.get("seconds")].join(" ");
        format!("{}: {question}: expected {expected}, found {found}", row.get("id"))
    };
    Ok((expected != found).then(differs))
}

/// Moves by seconds of open time, which may have a fraction; `-0` asks for the last open instant.
fn moved(calendar: &Calendar, start: Timestamp, seconds: &str) -> Result<Timestamp> {
    let open = |text: &str| format!("PT{text}S").parse::<SignedDuration>().with_context(|| format!("`{text}` seconds"));
    Ok(match seconds.strip_prefix('-') {
        Some(back) => calendar.sub(start, open(back)?)?,
        None => calendar.add(start, open(seconds)?)?,
    })
}

/// An instant with its offset, or a civil time in a zone.
fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp> {
    match text.parse::<Timestamp>() {
        Ok(instant) => Ok(instant),
        Err(_) => Ok(zone.to_timestamp(civil(text, zone)?)?),
    }
}

fn civil(text: &str, zone: &TimeZone) -> Result<DateTime> {
    match text.parse::<Timestamp>() {
        Ok(instant) => Ok(instant.to_zoned(zone.clone()).datetime()),
        Err(_) => text.parse().with_context(|| format!("`{text}` is not a time")),
    }
}
