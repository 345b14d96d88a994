//! The month, the indicator, the what-if: figures that open on what made them.

mod calculator;
mod indicator;
mod month;
mod parts;
mod what_if;

pub(crate) use indicator::indicator;
pub(crate) use month::{latest, month, report};
pub(crate) use what_if::what_if;
