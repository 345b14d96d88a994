//! French public holidays as two published packages list them, held against those that we compute.
//!
//! The two packages disagree on Whit Monday from 2005 to 2007 (the day of solidarity): the law kept it
//! among the holidays (Code du travail L3133-1), and so do we. Nothing else may differ.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use jiff::{ToSpan, civil::Date};
use vigie_contract::Holidays;
use vigie_rules::holiday::{easter, holidays};

use crate::{folder::Folder, outcome::Outcome};

/// Checks every table of holidays in the folder.
pub(crate) fn check(folder: &Folder) -> Result<Vec<Outcome>> {
    let mut listed: BTreeMap<(String, i16), BTreeSet<Date>> = BTreeMap::new();
    let mut disputed: BTreeSet<Date> = BTreeSet::new();
    for table in folder.tables(&["zone", "date"])? {
        let opinions: Vec<&String> = table.columns().iter().filter(|column| column.starts_with("in_")).collect();
        for row in &table.rows {
            let date: Date = row.get("date").parse()?;
            listed.entry((row.get("zone").to_owned(), date.year())).or_default().insert(date);
            if opinions.iter().any(|column| row.get(column) != "1") {
                disputed.insert(date);
            }
        }
    }
    let mut differences = Vec::new();
    let mut days = 0;
    for ((zone, year), theirs) in &listed {
        let kind = match zone.to_lowercase().as_str() {
            "metropole" => Holidays::FrenchMetropole,
            "alsace-moselle" => Holidays::FrenchAlsaceMoselle,
            other => bail!("`{other}` is not a zone that we know"),
        };
        let ours: BTreeSet<Date> = holidays(kind, *year).into_iter().map(|holiday| holiday.date).collect();
        days += theirs.len();
        differences.extend(theirs.difference(&ours).map(|date| format!("{zone} {date}: listed, not computed")));
        let only_ours = ours.difference(theirs).filter(|date| !is_solidarity_day(**date));
        differences.extend(only_ours.map(|date| format!("{zone} {date}: computed, not listed")));
    }
    differences
        .extend(disputed.iter().filter(|d| !is_solidarity_day(**d)).map(|d| format!("{d}: the two packages disagree")));
    if listed.is_empty() {
        bail!("no table of holidays was found");
    }
    let figures = format!(
        "{days} days in {} years of zones agree; {} disputed between the packages (Whit Monday 2005-2007)",
        listed.len(),
        disputed.len()
    );
    Ok(vec![Outcome::new("holidays-fr", figures, differences)])
}

fn is_solidarity_day(date: Date) -> bool {
    let whit_monday = easter(date.year()).and_then(|easter| easter.checked_add(50.days()).ok());
    (2005..=2007).contains(&date.year()) && whit_monday == Some(date)
}
