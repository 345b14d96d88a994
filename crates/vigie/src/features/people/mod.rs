//! Accounts, sessions and sign-in.
//!
//! A password is kept only as an Argon2id hash, a session token only as its SHA-256: who reads the
//! database can enter with neither. Every sign-in and every refusal becomes an entry of the journal.

mod accounts;
mod password;
mod sign_in;
mod tokens;
pub mod web;

pub use accounts::{Account, Accounts, Notice, Session};
pub use password::{PasswordError, hash as hash_password};
pub use sign_in::{SignIn, close, open, resume, session_cookie};
pub use tokens::{Token, fresh_token, token_of, token_seen};
