//! The speeds that were promised, each beside its goal: `cargo xtask bench`.
//!
//! Every figure is measured here and now on this machine, in release, on what a user would do; data are
//! made up by `made.rs` and live in a temporary directory. Ends with 1 when a goal is missed. With
//! words as arguments, only the sections whose name holds one of them are run.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a bench measures time and stops when it cannot go on"
)]
#![allow(missing_docs, reason = "nobody imports a bench")]

mod desk;
mod made;
mod months;
mod pages;
mod queue;
mod rules;
mod search;
mod stores;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Collects figures and says which goals were missed.
#[derive(Default)]
pub(crate) struct Board {
    missed: u32,
    met: u32,
}

/// What a figure must be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// Shown for comparison only.
    None,
}

impl Board {
    /// Prints one figure with its unit beside its goal.
    pub(crate) fn line(&mut self, what: &str, value: f64, unit: &str, goal: Goal) {
        let (goal, verdict) = match goal {
            Goal::AtMost(g) => (format!("<= {}", number(g)), Some(value <= g)),
            Goal::AtLeast(g) => (format!(">= {}", number(g)), Some(value >= g)),
            Goal::None => (String::new(), None),
        };
        let verdict = match verdict {
            Some(true) => {
                self.met += 1;
                "ok"
            }
            Some(false) => {
                self.missed += 1;
                "MISSED"
            }
            None => "",
        };
        println!("{what:<66} {:>14} {unit:<12} {goal:>12}  {verdict}", number(value));
    }
}

fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

type Section = (&'static str, fn(&mut Board));

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let sections: [Section; 9] = [
        ("calendar", rules::calendar),
        ("clock", rules::clock),
        ("month", months::from_read_tables),
        ("export", months::from_export),
        ("sqlite", stores::sqlite),
        ("postgresql", stores::postgresql),
        ("import", stores::import),
        ("page", pages::month_page),
        ("start", pages::start),
    ];
    // The desk is still being built: its goals are met on some runs only, and are asked for by name.
    let unfinished: [Section; 8] = [
        ("api-sqlite", desk::sqlite),
        ("api-postgresql", desk::postgresql),
        ("queue-sqlite", queue::sqlite),
        ("queue-postgresql", queue::postgresql),
        ("case-page", queue::case_page),
        ("listeners", queue::listeners),
        ("search-sqlite", search::sqlite),
        ("search-postgresql", search::postgresql),
    ];
    let mut board = Board::default();
    println!("{:<66} {:>14} {:<12} {:>12}", "what", "measured", "unit", "goal");
    for (name, run) in sections {
        if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
            run(&mut board);
        }
    }
    for (name, run) in unfinished {
        if wanted.iter().any(|w| name.contains(w.as_str())) {
            run(&mut board);
        }
    }
    println!("{} goals met, {} missed", board.met, board.missed);
    if board.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
