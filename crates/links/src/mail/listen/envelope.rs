//! What a server says of a mail besides the mail, and what the inbox answers.

use crate::mail::Address;

/// From whom and to whom a server said that a mail goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Where reports go; none when the server said that nobody wants them.
    pub from: Option<Address>,
    /// Our addresses to which it goes, at least one.
    pub recipients: Vec<Address>,
    /// The name that the server gave of itself.
    pub server: String,
}

/// The mail is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Under which name, for the server's log.
    pub id: String,
}

/// The mail was not taken. What the text says, people read in reports of the server: plain English, no
/// secret, nothing internal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not now: the server keeps it and tries again. For all that is our own trouble.
    #[error("{0}")]
    Later(String),
    /// Never: the server sends it back. Only for a mail that can never be kept.
    #[error("{0}")]
    Never(String),
}
