//! What is kept of people who may sign in.

use jiff::Timestamp;
use vigie_contract::RoleId;

use super::Token;
use crate::web::{Lang, Theme};

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Name typed at sign-in, lower case.
    pub name: String,
    /// Argon2id, in PHC string form.
    pub password_hash: String,
    /// Role in the contract, which gives the rights.
    pub role: RoleId,
    /// Language of choice.
    pub lang: Lang,
    /// Theme of choice.
    pub theme: Theme,
    /// Since when.
    pub created_at: Timestamp,
    /// From when the account may no longer enter.
    pub disabled_at: Option<Timestamp>,
}

/// One browser that is signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token in the browser's cookie.
    pub token_hash: [u8; 32],
    /// Whose.
    pub account: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Last seen, to a minute.
    pub last_seen_at: Timestamp,
    /// Ends then, however busy.
    pub expires_at: Timestamp,
}

/// What the journal says of sign-ins. It never holds a password, nor a name that is no account's:
/// people type passwords into the wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Kind `account.signed_in`.
    SignedIn {
        /// Who.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// Kind `account.sign_in_refused`.
    SignInRefused {
        /// Who, when the account exists.
        name: Option<String>,
        /// Whether this failure locks the door; tries at a locked door are not written down.
        locked: bool,
        /// When.
        at: Timestamp,
    },
    /// Kind `account.signed_out`.
    SignedOut {
        /// Who.
        name: String,
        /// When.
        at: Timestamp,
    },
    /// Kind `account.refused`: a page for which the role has no right.
    Refused {
        /// Who.
        name: String,
        /// The right that was missing.
        right: &'static str,
        /// When.
        at: Timestamp,
    },
    /// Kind `account.password_changed`.
    PasswordChanged {
        /// Whose.
        name: String,
        /// When.
        at: Timestamp,
    },
}

/// Where accounts are kept. Calls may block.
///
/// Every method fails when the store does not answer.
#[expect(clippy::missing_errors_doc, reason = "said once for all, above")]
pub trait Accounts: Send + Sync + 'static {
    /// The account of that name.
    fn account(&self, name: &str) -> anyhow::Result<Option<Account>>;
    /// Failures to sign in since an instant: under that name, and from that address.
    fn failures(&self, name: &str, address: &str, since: Timestamp) -> anyhow::Result<(u32, u32)>;
    /// Keeps one more failure.
    fn add_failure(&self, name: &str, address: &str, at: Timestamp) -> anyhow::Result<()>;
    /// Keeps a session.
    fn add_session(&self, session: &Session) -> anyhow::Result<()>;
    /// The session of that token hash.
    fn session(&self, token_hash: &[u8; 32]) -> anyhow::Result<Option<Session>>;
    /// Says when a session was last seen.
    fn touch_session(&self, token_hash: &[u8; 32], at: Timestamp) -> anyhow::Result<()>;
    /// Forgets a session.
    fn remove_session(&self, token_hash: &[u8; 32]) -> anyhow::Result<()>;
    /// Forgets all sessions of an account but one.
    fn remove_other_sessions(&self, name: &str, kept: &[u8; 32]) -> anyhow::Result<()>;
    /// The API token of that hash with its account, as known at most a second ago.
    fn token(&self, hash: &[u8; 32], now: Timestamp) -> anyhow::Result<Option<(Account, Token)>>;
    /// The same as far as it was asked a moment ago: never blocks.
    fn token_seen(&self, _hash: &[u8; 32], _now: Timestamp) -> Option<(Account, Token)> {
        None
    }
    /// Keeps language and theme.
    fn set_preferences(&self, name: &str, lang: Lang, theme: Theme) -> anyhow::Result<()>;
    /// Keeps a new password hash.
    fn set_password(&self, name: &str, password_hash: &str) -> anyhow::Result<()>;
    /// Writes an entry of the journal.
    fn note(&self, notice: &Notice) -> anyhow::Result<()>;
}
