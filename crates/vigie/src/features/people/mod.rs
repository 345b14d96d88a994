//! Accounts, sessions and sign-in.
//!
//! A password is kept only as an Argon2id hash, a session token only as its SHA-256, the secret of a second factor
//! only sealed: who reads the database can enter with none of them. Every sign-in and every refusal becomes an
//! entry of the journal.

mod accounts;
mod config;
mod directory;
mod factor;
mod password;
mod provider;
mod second;
mod sign_in;
mod tokens;
pub mod web;

pub use accounts::{Account, Accounts, Factors, Grant, Notice, Outside, Pending, Session};
pub(crate) use config::MAX_PROVIDER_ID;
pub use config::{ConfigError, DirectoryError, ProviderError, SecretError, SignInConfig};
pub use directory::{Directory, Person};
pub use factor::Factor;
pub(crate) use password::{MAX_LENGTH as MAX_PASSWORD_BYTES, MIN_LENGTH as MIN_PASSWORD_CHARS};
pub use password::{PasswordError, hash as hash_password};
pub use provider::{Back, Leave, Provider, Refusal, Return, come_back, leave};
pub use sign_in::{SignIn, close, open, resume, session_cookie};
pub use tokens::{Token, fresh_token, token_of, token_seen};
