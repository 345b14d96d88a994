//! What was promised: the contract as data.
//!
//! A contract is a folder of TOML files (see `contracts/callipso/`). This crate gives its shape
//! ([`model`]), its quantities ([`quantity`]), and, beside them, the loader that reads a folder,
//! refuses what is wrong with its place, and keeps the versions that amendments make. It knows
//! nothing of what happened: no clock, no store, no network. Only the loader reads files.

pub mod model;
pub mod quantity;

pub use model::*;
pub use quantity::{Delay, DelayUnit, Factor, QuantityError, Rate};
