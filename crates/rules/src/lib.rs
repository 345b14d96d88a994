//! What follows: pure rules from facts, contract and `now` to decisions.
//!
//! Nothing here reads a clock, a file, a database or the network. All instants are UTC; all civil
//! reasoning names its zone and its calendar; durations, rates and points are exact.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

pub mod book;
pub mod calendar;
pub mod change;
pub mod clock;
pub mod delay;
pub mod desk;
pub mod escalation;
pub mod fact;
#[cfg(test)]
mod fixture;
pub mod form;
pub mod holiday;
pub mod judge;
pub mod judgement;
pub mod life;
pub mod major;
pub mod obligation;
pub mod priority;
pub mod recurrence;
pub mod relation;
pub mod report;
pub mod routing;
pub mod similar;
pub mod sitting;
pub mod step;
pub mod third;
pub mod timeline;
pub mod twin;
pub mod words;
pub mod work;
