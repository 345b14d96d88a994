//! The list of cases, and one case with its clocks and its entries.

mod case;
mod clock;
mod list;

pub(crate) use case::case;
pub(crate) use list::cases;
