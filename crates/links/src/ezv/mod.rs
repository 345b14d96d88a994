//! EZV, the customer's EasyVista Service Manager, by its REST API.
//!
//! What an answer says is read here as far as it can be, and what could not be read is named: a field that
//! is new, missing or damaged never costs the ticket. Which of EZV's fields and words means what is the
//! caller's table ([`Fields`]), since each installation names its own. Questions and readings are pure
//! functions of bytes; only [`Client`] touches the network.
//!
//! Two habits of that API shape this module: a filter or an order that it does not understand is ignored
//! in silence, so that every answer is checked against what was asked; and a creation that it refuses may
//! have been done all the same, so that a creation is never tried again without looking for its mark.
//!
//! This module MUST NOT store anything, read a clock, or decide what follows from a ticket.

mod answer;
mod client;
mod question;
mod ticket;
mod value;

pub use answer::{Listed, Stub, Unreadable, created, listed, memo};
pub use client::{Client, Credentials, EzvError, Pace};
pub use question::{Change, Draft, NoteTo, Window};
pub use ticket::{Fields, Ticket, Unread};
