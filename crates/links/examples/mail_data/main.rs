//! Checks the reading of mail against mails that nobody here wrote: `mail_data [--dir DIR]`.
//!
//! Each folder under DIR gives one line or more: `set  status  figures`, as `cargo xtask real-data` does.
//! Folders may hold their mails in a `.tar.xz`, which is taken out into a temporary folder. Where a rule
//! of ours differs from what another desk does, the difference is counted under the rule's name.
//! The exit code is 1 when a set falls short, 2 when the arguments are wrong.

mod bounces;
mod folder;
mod redmine;
mod tally;
mod whole;
mod zammad;

use std::{env, path::PathBuf, process::ExitCode};

use anyhow::Result;

use crate::{folder::Folder, tally::Tally};

/// A set of mails: its folder and what is checked with it.
struct Set {
    folder: &'static str,
    check: fn(&Folder) -> Result<Vec<Tally>>,
}

const SETS: [Set; 7] = [
    Set { folder: "mail-redmine", check: redmine::check },
    Set { folder: "mail-zammad", check: zammad::check },
    Set { folder: "mail-bounces", check: bounces::check },
    Set { folder: "mail-stalwart", check: whole::stalwart },
    Set { folder: "mail-cpython", check: whole::any },
    Set { folder: "mail-rt", check: whole::any },
    Set { folder: "mail-freescout", check: whole::any },
];

/// At most so many differences of one set are printed.
const SHOWN: usize = 12;

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (dir, shown) = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => (PathBuf::from("../shared/data"), SHOWN),
        ["--dir", dir] => (PathBuf::from(dir), SHOWN),
        ["--dir", dir, "--all"] => (PathBuf::from(dir), usize::MAX),
        _ => {
            eprintln!("usage: mail_data [--dir DIR [--all]]");
            return ExitCode::from(2);
        }
    };
    println!("mails under {}", dir.display());
    let mut well = true;
    for set in &SETS {
        let Ok(Some(folder)) = Folder::open(&dir.join(set.folder)) else {
            println!("{:<22} {:<6} no such folder", set.folder, "absent");
            continue;
        };
        let tallies = (set.check)(&folder).unwrap_or_else(|error| vec![Tally::broken(set.folder, &error)]);
        for tally in tallies {
            well &= tally.differences.is_empty();
            let status = if tally.differences.is_empty() { "ok" } else { "SHORT" };
            println!("{:<22} {status:<6} {}", tally.set, tally.figures());
            for difference in tally.differences.iter().take(shown) {
                println!("    {difference}");
            }
            if let Some(more @ 1..) = tally.differences.len().checked_sub(shown) {
                println!("    and {more} more");
            }
        }
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
