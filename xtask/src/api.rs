//! The API, tried from its own description: schemathesis asks every call for what it promises and for what
//! it must refuse, once with a token of each side.
//!
//! An answer that the description does not hold, or an error of the server, fails. What is asked follows
//! from the seed, so that a run can be repeated.

use std::fs;

use anyhow::{Context, Result, ensure};
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

use crate::{
    process::Run,
    server::{self, Server},
    tally::Tally,
    tree,
};

/// What pip installs: schemathesis and all that it needs, each with its hashes.
const REQUIREMENTS: &str = "crates/vigie/tests/api/requirements.txt";
/// Where the server listens: a free port of this machine.
const ANYWHERE: &str = "127.0.0.1:0";
/// Who calls: one account of each side.
const ACCOUNTS: [&str; 2] = ["roc.perrin", "gestion.caron"];
/// What their tokens lend.
const SCOPES: [&str; 3] = ["desk.*", "change.vote", "people.read"];
/// What every answer is held to.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,allow_header_conformance";
/// What is asked follows from it.
const SEED: &str = "2026";
/// Cases of each call and phase: about half a minute a side on two cores.
const MOST_EXAMPLES: &str = "40";

/// Tries every call with a token of each side; true when all answers were as described.
pub(crate) fn run(tally: &mut Tally) -> Result<bool> {
    if !Run::cargo(["build", "-p", "vigie", "--bin", "vigie"]).succeeds()? {
        return Ok(false);
    }
    let target = tree::metadata()?.target_directory;
    let tool = tool(&target)?;
    let root = target.join("api-data");
    server::empty(&root)?;
    // Tokens are made while no server holds the data.
    drop(Server::start(&target, ANYWHERE, &["--demo", "--data", root.as_str()])?);
    let data = only_folder(&root.join("demo"))?;
    let tokens = ACCOUNTS.map(|account| token(&target, &data, account));
    let server = Server::start(&target, ANYWHERE, &["--data", data.as_str()])?;
    let mut well = true;
    for (account, token) in ACCOUNTS.into_iter().zip(tokens) {
        println!("as {account}:");
        well &= ask(&tool, &server, &token?, &root, tally)?;
    }
    Ok(well)
}

fn ask(tool: &Utf8Path, server: &Server, token: &str, folder: &Utf8Path, tally: &mut Tally) -> Result<bool> {
    let described = format!("{}/api/v1/openapi.json", server.url);
    let mut count = Count::default();
    let well = Run::new(tool.as_str())
        .args(["--no-color", "run", described.as_str(), "--header", &format!("Authorization: Bearer {token}")])
        .args(["--checks", CHECKS, "--seed", SEED, "--max-examples", MOST_EXAMPLES])
        .args(["--generation-database", "none", "--suppress-health-check", "all"])
        .args(["--continue-on-failure", "--warnings", "off"])
        // It leaves a folder of notes where it runs.
        .at(folder.as_std_path())
        .each_line(|line| count.read(line))?;
    let Count { tested, failed } = count;
    ensure!(tested > 0, "schemathesis tested no call; look at the lines above");
    tally.add(Tally { passed: tested.saturating_sub(failed), failed });
    Ok(well)
}

/// Calls that were tested, and those of them that fell short.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    tested: u64,
    failed: u64,
}

impl Count {
    /// Reads `  Tested: 12`, and the line that heads what a call did wrong: `____ GET /api/v1/cases ____`.
    fn read(&mut self, line: &str) {
        if let Some(tested) = line.trim().strip_prefix("Tested: ") {
            self.tested = tested.parse().unwrap_or(0);
        } else if line.starts_with("__") && line.contains(" /api/") {
            self.failed += 1;
        }
    }
}

/// The program of an environment of Python that holds what [`REQUIREMENTS`] names.
fn tool(target: &Utf8Path) -> Result<Utf8PathBuf> {
    let environment = target.join("api-python");
    let python = environment.join("bin/python");
    if !python.exists() {
        let made = Run::new("python3").args(["-m", "venv", environment.as_str()]).succeeds()?;
        ensure!(made, "Python made no environment in {environment}");
    }
    let installed = Run::new(python.as_str())
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            REQUIREMENTS,
        ])
        .succeeds()?;
    ensure!(installed, "pip could not bring what {REQUIREMENTS} names");
    Ok(environment.join("bin/schemathesis"))
}

fn token(target: &Utf8Path, data: &Utf8Path, account: &str) -> Result<String> {
    let scopes = SCOPES.iter().flat_map(|scope| ["--scope", scope]);
    let made = Run::new(target.join("debug/vigie").as_str())
        .args(["token", "create", account, "--name", "schemathesis", "--data", data.as_str()])
        .args(scopes)
        .output()?;
    Ok(made.trim().to_owned())
}

/// The demonstration keeps its data in a folder of the day.
fn only_folder(parent: &Utf8Path) -> Result<Utf8PathBuf> {
    let mut found = fs::read_dir(parent).with_context(|| format!("{parent} cannot be read"))?;
    let first = found.next().with_context(|| format!("{parent} is empty"))??;
    ensure!(found.next().is_none(), "{parent} holds more than one folder");
    Utf8PathBuf::try_from(first.path()).context("the folder's name is no UTF-8")
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn calls_that_were_tested_and_those_that_fell_short_are_counted() {
        let mut count = Count::default();
        for line in [
            "API Operations:",
            "  Selected: 12/12",
            "  Tested: 12",
            "_____________ GET /api/v1/cases/{number} _____________",
            "____________________________________",
            "    curl -X GET http://127.0.0.1:1/api/v1/cases",
        ] {
            count.read(line);
        }
        assert_eq!(count, Count { tested: 12, failed: 1 });
    }
}
