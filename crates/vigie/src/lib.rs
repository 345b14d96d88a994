//! The program behind `vigie`: commands, server, jobs, and one folder per feature.

// Samples name the crate as its users do.
#[cfg(test)]
extern crate self as vigie;

pub mod app;
pub mod cli;
pub mod demo;
pub mod features;
pub mod live;
pub mod now;
pub mod record;
pub mod seal;
pub mod web;
