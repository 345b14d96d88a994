//! The program behind `vigie`: commands, server, jobs, and one folder per feature.

pub mod demo;
