//! What is printed: the judged month as a table for a terminal, charts, a workbook and a PDF.
//!
//! Pure: values in, text or bytes out. Nothing here reads a clock, a file, the network or a database,
//! and nothing here computes a point: every figure comes from `vigie_rules::judgement`.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

pub mod chart;
pub mod format;
pub mod journal;
pub mod paper;
pub mod pdf;
pub mod text;
mod words;
pub mod xlsx;

#[cfg(test)]
mod sample;
