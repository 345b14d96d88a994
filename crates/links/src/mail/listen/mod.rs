//! A listener to which a mail server hands mails, by LMTP (RFC 2033) or SMTP (RFC 5321).
//!
//! It stands behind a mail server of the house, on loopback or a private network: that server faces the
//! world, checks senders and speaks TLS. What is promised here is one thing: the final reply to a mail
//! is given only when [`Inbox::take`] says that the mail is kept, so that a crash at any instant leaves
//! it with us or with the server, never with nobody. A server that did not hear the reply sends the
//! mail again, so the inbox must know a mail that it has.
//!
//! [`Session`] speaks the protocol and does no input or output; [`converse`] and [`serve`] are the
//! loop around it. MUST NOT relay: a recipient that is not ours is refused.

mod command;
mod envelope;
mod server;
mod session;

pub use envelope::{Envelope, Kept, Refusal};
pub use server::{Inbox, converse, serve};
pub use session::{Listening, Protocol, Session, Step};
