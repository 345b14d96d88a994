//! `vigie contract check DIR` and `vigie contract show DIR --at DATE`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Subcommand;
use jiff::{civil::Date, tz::TimeZone};
use vigie_contract::{
    ContractHistory, load,
    show::{self, Language, Summary},
};
use vigie_reports::format::Lang;

use super::{arguments, out};
use crate::{now::now, said};

/// What to do with a contract folder.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Read it, and print what it holds or where it is wrong. Exit code 0 or 2.
    Check {
        /// The contract folder.
        dir: PathBuf,
    },
    /// Print every rule in force on a day.
    Show {
        /// The contract folder.
        dir: PathBuf,
        /// The day, such as 2026-03-01; today by default.
        #[arg(long, value_name = "DATE", value_parser = arguments::day)]
        at: Option<Date>,
    },
}

fn read(dir: &std::path::Path, lang: Lang) -> Result<ContractHistory, ExitCode> {
    load(dir).map_err(|errors| {
        let told = said::told(&errors, lang);
        eprintln!("{} {} :\n{told}", lang.pick("dossier du contrat", "contract folder"), dir.display());
        ExitCode::from(2)
    })
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    let done = match what {
        What::Check { dir } => {
            read(&dir, lang).map(|history| Summary::of(&history, history.at(today())).render(language(lang)))
        }
        What::Show { dir, at } => {
            read(&dir, lang).map(|history| show::render(history.at(at.unwrap_or_else(today)), language(lang)))
        }
    };
    Ok(match done {
        Ok(text) => {
            out::put(text)?;
            ExitCode::SUCCESS
        }
        Err(code) => code,
    })
}

const fn language(lang: Lang) -> Language {
    match lang {
        Lang::Fr => Language::Fr,
        Lang::En => Language::En,
    }
}

fn today() -> Date {
    now().to_zoned(TimeZone::system()).date()
}
