//! All that continuous integration runs, in order, each step with its name, its duration and how to run it alone.
//!
//! Every step runs even when an earlier one failed, so that one run tells all that is wrong; only a
//! machine that lacks something stops it. One profile serves lints and tests, so that the
//! dependencies are compiled once for each.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{api, browser, house, licences, machine, process::Run, snapshots, tally::Tally, tree, tree::Tree, unused};

/// One step: its outcome and the tests that it counted.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn(&mut Tally) -> Result<bool>,
}

const STEPS: [Step; 10] = [
    Step { name: "machine", what: "what must be installed", run: |_| machine::prepare().map(|()| true) },
    Step { name: "format", what: "cargo fmt --check", run: |_| Run::cargo(["fmt", "--all", "--check"]).succeeds() },
    Step { name: "house", what: "the rules that no lint can hold", run: |_| check_house() },
    Step { name: "licences", what: "of all that we depend on", run: |_| check_licences() },
    Step { name: "unused", what: "declared dependencies that no source names", run: |_| check_unused() },
    Step {
        name: "clippy",
        what: "warnings denied",
        run: |_| Run::cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).succeeds(),
    },
    Step { name: "tests", what: "on both engines; orphan snapshots refused", run: run_tests },
    Step {
        name: "doc",
        what: "warnings denied, private items too: their readers are our own",
        run: |_| {
            Run::cargo(["doc", "--workspace", "--no-deps", "--document-private-items", "--keep-going"])
                .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links")
                .succeeds()
        },
    },
    Step { name: "api", what: "every call of the API, tried from its own description", run: api::run },
    Step { name: "browser", what: "the main journeys in Chromium", run: browser::run },
];

/// Prints the steps for the help text.
pub(crate) fn list_steps() {
    for step in &STEPS {
        println!("  {:<22} {}", step.name, step.what);
    }
}

/// Runs the steps of these names, or all; true when all went well.
pub(crate) fn run(names: &[String]) -> Result<bool> {
    if let Some(name) = names.iter().find(|name| !STEPS.iter().any(|step| step.name == name.as_str())) {
        bail!("there is no step `{name}`; `cargo xtask help` lists them");
    }
    let mut total = Tally::default();
    let mut summary = String::new();
    let started = Stopwatch::start();
    for step in STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)) {
        println!("\n== {}: {}", step.name, step.what);
        let watch = Stopwatch::start();
        let mut tally = Tally::default();
        let well = (step.run)(&mut tally).unwrap_or_else(|error| {
            println!("error: {error:#}");
            false
        });
        // A step that fails without naming a test still makes the whole fail.
        if !well && tally.failed == 0 {
            tally.failed = 1;
        }
        total.add(tally);
        let verdict = if well && tally.failed == 0 { "ok" } else { "FAILED" };
        let took = watch.seconds();
        println!("-- {} {verdict} in {took} s", step.name);
        write!(summary, "{:<10} {verdict:<6} {took:>5} s", step.name)?;
        if verdict != "ok" {
            println!("   alone: cargo xtask ci {}", step.name);
            write!(summary, "   alone: cargo xtask ci {}", step.name)?;
        }
        summary.push('\n');
        if step.name == "machine" && !well {
            break;
        }
    }
    println!("\n{summary}all in {} s", started.seconds());
    println!("{total}");
    Ok(total.failed == 0)
}

fn check_house() -> Result<bool> {
    let findings = house::check(&Tree::read()?, &tree::metadata()?);
    house::print(&findings);
    Ok(findings.is_empty())
}

fn check_licences() -> Result<bool> {
    let tree = Tree::read()?;
    let packages = licences::of_crates(&tree::metadata()?).into_iter().chain(licences::of_web_assets(&tree)?);
    let (mut looked_at, mut refused) = (0_u32, 0_u32);
    for package in packages {
        looked_at += 1;
        if !licences::is_accepted(&package.licence) {
            println!(
                "{} is under `{}`, which is not on our list (xtask/src/licences.rs)",
                package.name, package.licence
            );
            refused += 1;
        }
    }
    println!("{looked_at} packages, {refused} under a licence that is not on our list");
    Ok(refused == 0)
}

fn check_unused() -> Result<bool> {
    let unused = unused::find(&Tree::read()?, &tree::metadata()?);
    for finding in &unused {
        println!("{finding}");
    }
    Ok(unused.is_empty())
}

fn run_tests(tally: &mut Tally) -> Result<bool> {
    let used = snapshots::Used::new()?;
    let well = Run::cargo(["test", "--workspace", "--no-fail-fast"])
        .env("INSTA_SNAPSHOT_REFERENCES_FILE", used.file())
        .env("INSTA_UPDATE", "no")
        .each_line(|line| tally.read(line))?;
    let orphans = used.orphans(&Tree::read()?)?;
    for orphan in &orphans {
        println!("{orphan}: no test reads this snapshot; remove it");
    }
    Ok(well && orphans.is_empty())
}

/// Measures how long a step takes.
struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "the duration of a step is shown to people; no rule of the product reads it"
    )]
    fn start() -> Self {
        Self(Instant::now())
    }

    /// Whole seconds, rounded up.
    fn seconds(&self) -> u64 {
        (self.0.elapsed() + Duration::from_millis(999)).as_secs()
    }
}
