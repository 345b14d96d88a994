//! The program behind `vigie`: commands, server, jobs, and one folder per feature.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

// Samples name the crate as its users do.
#[cfg(test)]
extern crate self as vigie;

pub mod app;
pub mod cli;
pub mod demo;
pub mod features;
pub(crate) mod held;
pub mod live;
pub mod now;
pub mod record;
pub mod said;
pub mod seal;
pub mod settings_file;
pub mod web;
