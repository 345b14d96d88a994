//! Tokens with which programs call the API in an account's name, each for less than the account may do.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Account, Accounts};
use crate::web::covers;

/// What tokens begin with, so that a scanner of secrets knows one.
const PREFIX: &str = "vgt_";

/// A token as it is kept: its hash, never itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// Whose.
    pub account: String,
    /// What it is for, in its owner's words.
    pub name: String,
    /// The rights that it lends, such as `desk.read`; the account must have them too.
    pub scopes: Vec<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; absent means until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// From when it no longer opens anything.
    pub revoked_at: Option<Timestamp>,
}

impl Token {
    /// Whether it lends a right.
    #[must_use]
    pub fn covers(&self, right: &str) -> bool {
        self.scopes.iter().any(|scope| covers(scope, right))
    }

    /// Whether it opens anything at an instant.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|at| now < at) && self.revoked_at.is_none_or(|at| now < at)
    }
}

/// A fresh token, shown once, and its hash.
///
/// # Errors
/// When the machine has no randomness.
pub fn fresh_token() -> anyhow::Result<(String, [u8; 32])> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|e| anyhow::anyhow!("the machine gives no randomness: {e}"))?;
    let token = secret.iter().fold(PREFIX.to_owned(), |token, b| token + &format!("{b:02x}"));
    let hash = digest(&token);
    Ok((token, hash))
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The account and the token behind what a program sends; none when it opens nothing.
///
/// # Errors
/// When the store does not answer.
pub fn token_of(accounts: &dyn Accounts, token: &str, now: Timestamp) -> anyhow::Result<Option<(Account, Token)>> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    Ok(accounts.token(&digest(token), now)?.filter(|found| opens(found, now)))
}

/// The same as far as it was asked a moment ago: never blocks, and none says nothing.
#[must_use]
pub fn token_seen(accounts: &dyn Accounts, token: &str, now: Timestamp) -> Option<(Account, Token)> {
    accounts.token_seen(&digest(token), now).filter(|found| opens(found, now))
}

fn opens((account, token): &(Account, Token), now: Timestamp) -> bool {
    token.is_valid(now) && account.disabled_at.is_none_or(|at| now < at)
}
