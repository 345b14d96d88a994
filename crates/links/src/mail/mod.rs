//! Mail, as facts: what a message says, what it is, where it belongs, and what we answer.
//!
//! Everything here is a function of bytes and of what the caller knows, so that any mail can be read
//! again years later with the same result. A mail is whatever the world sends: it is read as far as it
//! can be, what could not be read is named ([`Loss`]), and only the caller's raw copy is the original.
//!
//! This module MUST NOT store anything, read a clock, fetch what a mail points to, or believe a header:
//! a header says who claims to write, never who does.

mod address;
mod attachment;
mod body;
mod bounded;
mod compose;
mod headers;
mod html;
pub mod imap;
mod kind;
mod limits;
pub mod listen;
mod loss;
mod names;
mod parse;
mod repair;
mod reply;
pub mod smtp;
mod thread;
mod token;

pub use address::{Address, MessageId};
pub use attachment::Attachment;
pub use compose::{ComposeError, Composed, Outgoing, Writer};
pub use headers::Headers;
pub(crate) use html::to_text as text_of_html;
pub use html::{SafeHtml, safe_html};
pub use kind::{Bounce, Failure, Kind, Ourselves, Outcome, Silence};
pub use limits::MAX_MAIL_BYTES;
pub use loss::{Loss, Unreadable};
pub use parse::Mail;
pub use reply::{Reply, Span};
pub use thread::{Aside, Claims, Doubt, Key, Known, Place, Standing};
pub use token::{CaseNumber, Token, TokenKeys};
