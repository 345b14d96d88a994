//! Who we talk to: outside files turned into facts.
//!
//! An outside system never speaks our words. What its columns and values mean is declared in a
//! mapping ([`Mapping`], TOML), never in code, and [`read_events`] turns a file of any length and
//! any CSV dialect into [`CaseEvent`]s with a bounded amount of memory. Whatever cannot be read is
//! a [`Reject`] that says where and why, and takes nothing good with it.
//!
//! This crate MUST NOT store anything, read a clock, or know a given file: a file that needs
//! special care gets another mapping.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

mod dates;
mod decode;
mod event;
pub mod ezv;
mod fold;
pub mod http;
pub mod ldap;
pub mod mail;
mod mapping;
pub mod oidc;
mod once;
mod plan;
mod reader;
mod records;
mod reject;
mod rejects;
mod rows;
mod summary;
mod tls;
pub mod webhook;

pub use event::CaseEvent;
pub use mapping::{Mapping, MappingError, Problem};
pub use reader::{ReadError, Sink, SinkError, Wanted, quoted, read_events};
pub use reject::{Lost, Reason, Reject};
pub use rejects::RejectsFile;
pub use summary::{Pairs, Summary};
pub use tls::TlsError;
