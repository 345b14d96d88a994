//! What was promised: the contract as data.
//!
//! A contract is a folder of TOML files (see `contracts/callipso/`). This crate gives its shape
//! ([`model`]), its quantities ([`quantity`]), and, beside them, the loader that reads a folder,
//! refuses what is wrong with its place, and keeps the versions that amendments make. It knows
//! nothing of what happened: no clock, no store, no network. Only the loader reads files.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

mod amend;
mod check;
mod french;
mod history;
mod load;
pub mod model;
mod phrases;
mod place;
mod problem;
pub mod quantity;
mod recurrence;
pub mod show;
pub mod toml_words;
mod tree;

pub use amend::AmendmentInfo;
pub use french::io_in_french;
pub use history::{ContractHistory, ContractVersion};
pub use load::{FILES, MAX_FILE_BYTES, MAX_FILES, MAX_VERSIONS, load, parse};
pub use model::*;
pub use place::Place;
pub use problem::{ContractErrors, Finding, Phrase, Problem};
pub use quantity::{Delay, DelayUnit, Factor, QuantityError, Rate};
