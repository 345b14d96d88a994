//! Calendars and clocks.

use std::{hint::black_box, time::Instant};

use jiff::{SignedDuration, Timestamp};
use vigie_rules::{clock, life::Life};

use crate::{Board, Goal, made};

/// Nanoseconds of one call of `work`, over `calls` calls.
fn nanoseconds(calls: u32, mut work: impl FnMut(u32)) -> f64 {
    for n in 0..calls / 10 {
        work(n);
    }
    let start = Instant::now();
    for n in 0..calls {
        work(n);
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}

pub(crate) fn calendar(board: &mut Board) {
    let promise = vigie::app::promise(None).unwrap();
    let base: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let book = promise.rulebook.at(base);
    let at = |n: u32| base + SignedDuration::from_secs(i64::from(n) * 7919 % 30_000_000);
    for rule in &book.contract.calendars {
        let calendar = book.calendar(&rule.id).unwrap();
        let ns = nanoseconds(2_000_000, |n| {
            _ = black_box(calendar.open_between(at(n), at(n.wrapping_mul(31))));
        });
        board.line(&format!("open time between two instants, {}", rule.id), ns, "ns", Goal::AtMost(150.0));
        let ns = nanoseconds(2_000_000, |n| {
            _ = black_box(calendar.add(at(n), SignedDuration::from_mins(i64::from(n % 6000))));
        });
        board.line(&format!("instant after some open time, {}", rule.id), ns, "ns", Goal::AtMost(150.0));
    }
}

pub(crate) fn clock(board: &mut Board) {
    let promise = vigie::app::promise(None).unwrap();
    let histories: Vec<_> = (0..1000).map(made::history).collect();
    let book = promise.rulebook.at(histories[0].events[0].at);
    let rule = book.clock(&"restoration".into()).unwrap();
    let as_of: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    let ns = nanoseconds(500_000, |n| {
        let history = &histories[(n % 1000) as usize];
        let life = Life::read(history, as_of);
        _ = black_box(clock::run(book, rule, history.class, &life, as_of).unwrap());
    });
    board.line("one case's full clock run (6 events)", ns / 1000.0, "µs", Goal::AtMost(3.0));
}
