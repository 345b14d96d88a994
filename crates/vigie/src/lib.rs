//! The program behind `vigie`: commands, server, jobs, and one folder per feature.

pub mod app;
pub mod cli;
pub mod demo;
pub mod features;
pub mod now;
pub mod record;
