//! Checks Vigie against real data that nobody here wrote: `cargo xtask real-data [--dir DIR]`.
//!
//! Each folder under DIR that a check knows gives one line: `set  status  figures`. A folder that is
//! absent is named as absent. Files are known by their columns, never by their names, so that other
//! parts of the same data can be put beside or instead of these. Nothing is written under DIR.
//! The exit code is 1 when a set falls short, 2 when the arguments are wrong.

mod awkward;
mod bizhours;
mod calendars;
mod folder;
mod holidays_fr;
mod logs;
mod outcome;
mod reading;
mod store;
mod time_lines;
mod working_days;

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::Result;

use crate::{
    folder::Folder,
    outcome::{Outcome, Status},
};

/// A set of real data: its folder and what is checked with it.
struct Set {
    folder: &'static str,
    check: fn(&Folder) -> Result<Vec<Outcome>>,
}

const SETS: [Set; 8] = [
    Set { folder: "bizhours", check: bizhours::check },
    Set { folder: "holidays-fr", check: holidays_fr::check },
    Set { folder: "itsm-servicenow", check: logs::servicenow },
    Set { folder: "itsm-bpi2013-problems", check: logs::closed_problems },
    Set { folder: "itsm-bpi2014-sample", check: logs::rabobank },
    Set { folder: "csv-import", check: awkward::csv_import },
    Set { folder: "naughty", check: awkward::naughty },
    Set { folder: "prep-tickets-sla", check: working_days::check },
];

/// At most so many differences of one set are printed.
const SHOWN: usize = 12;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let dir = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => PathBuf::from("../shared/data"),
        ["--dir", dir] => PathBuf::from(dir),
        _ => {
            eprintln!("usage: real_data [--dir DIR]");
            return ExitCode::from(2);
        }
    };
    println!("real data under {}", dir.display());
    let mut well = true;
    for set in &SETS {
        let outcomes = match Folder::open(&dir.join(set.folder)) {
            None => vec![Outcome::absent(set.folder)],
            Some(folder) => (set.check)(&folder).unwrap_or_else(|error| vec![Outcome::broken(set.folder, &error)]),
        };
        for outcome in outcomes {
            well &= outcome.status() != Status::Short;
            println!("{:<22} {:<6} {}", outcome.set, outcome.status().name(), outcome.figures);
            for difference in outcome.differences.iter().take(SHOWN) {
                println!("    {difference}");
            }
            if let Some(more @ 1..) = outcome.differences.len().checked_sub(SHOWN) {
                println!("    and {more} more");
            }
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
