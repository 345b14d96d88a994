//! House commands: `cargo xtask COMMAND`.
//!
//! What continuous integration runs and what a person runs are the same commands, and they stand
//! here. Nothing here is part of the product, and nothing of the product may depend on it.

mod api;
mod browser;
mod ci;
mod house;
mod licences;
mod machine;
mod process;
mod server;
mod snapshots;
mod tally;
mod tree;
mod unused;

use std::{env, process::ExitCode};

use anyhow::{Result, bail};

use crate::{process::Run, tree::Tree};

const HELP: &str = "\
cargo xtask COMMAND

  ci [STEP...]           all that continuous integration runs, or only these steps
  house                  the rules of the house that no lint can hold
  bench [ARGS...]        each figure of speed beside its goal (release build)
  real-data [--dir DIR]  the checks against real data, by default in ../shared/data
  help                   this text

Steps of ci, in their order:
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    match command(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one command; true when all is well.
fn command(args: &[String]) -> Result<bool> {
    let (name, rest) = args.split_first().map_or(("help", [].as_slice()), |(name, rest)| (name.as_str(), rest));
    match name {
        "ci" => ci::run(rest),
        "house" => {
            let findings = house::check(&Tree::read()?, &tree::metadata()?);
            house::print(&findings);
            Ok(findings.is_empty())
        }
        "bench" => Run::cargo(["bench", "-p", "vigie", "--bench", "goals", "--"]).args(rest).succeeds(),
        "real-data" => {
            let default = ["--dir".to_owned(), "../shared/data".to_owned()];
            let rest = if rest.is_empty() { default.as_slice() } else { rest };
            let check = |package, example| {
                Run::cargo(["run", "--release", "-p", package, "--example", example, "--"]).args(rest).succeeds()
            };
            // Both are run, so that one that falls short hides nothing of the other.
            let (logs, mails) = (check("vigie", "real_data")?, check("vigie-links", "mail_data")?);
            Ok(logs && mails)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            ci::list_steps();
            Ok(true)
        }
        other => bail!("there is no command `{other}`; `cargo xtask help` lists them"),
    }
}
