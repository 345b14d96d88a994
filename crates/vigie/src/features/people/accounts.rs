//! What is kept of people who may sign in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vigie_contract::RoleId;

use super::{Factor, Person, Token};
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
    /// Who vouches for its person, when no password is kept here.
    pub outside: Option<Outside>,
}

/// Where the person of an account is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The directory.
    pub directory: String,
    /// What they are called there for ever.
    pub subject: String,
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

/// A sign-in that is half done, kept under the hash of a token that its browser holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Pending {
    /// The password was right; the second factor is asked.
    Second {
        /// Whose.
        account: String,
        /// The provider that they came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        through: Option<String>,
    },
    /// They went to a provider.
    Provider {
        /// Which.
        provider: String,
        /// What its token must repeat.
        nonce: String,
        /// What proves that whoever comes back is who left.
        verifier: String,
        /// Where they want to go.
        back: String,
    },
}

/// With what a provider is asked again for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Nothing: it gave none.
    None,
    /// It is not yet time, or somebody else asks.
    Later,
    /// This, now.
    Due(String),
}

/// What the journal says of sign-ins. It never holds a password, nor a name that is no account's:
/// people type passwords into the wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Kind `account.signed_in`.
    SignedIn {
        /// Who.
        name: String,
        /// What was given besides the password, such as `totp`.
        second: Option<&'static str>,
        /// The provider that vouched for them.
        through: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Kind `account.sign_in_refused`.
    SignInRefused {
        /// Who, when the account exists.
        name: Option<String>,
        /// Whether this failure locks the door; tries at a locked door are not written down.
        locked: bool,
        /// Whether the password was right and the second factor was not.
        second: bool,
        /// When.
        at: Timestamp,
    },
    /// Kind `account.sign_in_refused`: somebody came back from a provider, and nothing opened.
    ProviderRefused {
        /// The provider; empty when there is no such.
        provider: String,
        /// Who, when the account exists.
        name: Option<String>,
        /// Why, in a word.
        reason: &'static str,
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
    /// Kind `account.session_ended`: its directory or provider knows the person no more, gives them no role, or cannot
    /// be asked.
    SessionEnded {
        /// Whose.
        name: String,
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
pub trait Accounts: Factors + Send + Sync + 'static {
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
    /// The account of a person whom a directory vouches for: made when there is none, with the role that it has now.
    /// None when another account has the name, or this one may no longer enter.
    fn admit(&self, person: &Person, directory: &str, at: Timestamp) -> anyhow::Result<Option<Account>>;
    /// The account of somebody whom a directory or provider knows by that subject.
    fn account_of(&self, directory: &str, subject: &str) -> anyhow::Result<Option<Account>>;
    /// Keeps, sealed, with what a provider is asked again for an account from then on; none forgets it.
    fn keep_grant(&self, name: &str, grant: Option<&str>, ask_at: Timestamp) -> anyhow::Result<()>;
    /// With what a provider is asked again, when it is time; nobody else is told so until `next`.
    fn take_grant(&self, name: &str, now: Timestamp, next: Timestamp) -> anyhow::Result<Grant>;
    /// Forgets all sessions of an account.
    fn remove_sessions(&self, name: &str) -> anyhow::Result<()>;
    /// Keeps language and theme.
    fn set_preferences(&self, name: &str, lang: Lang, theme: Theme) -> anyhow::Result<()>;
    /// Keeps a new password hash.
    fn set_password(&self, name: &str, password_hash: &str) -> anyhow::Result<()>;
    /// Writes an entry of the journal.
    fn note(&self, notice: &Notice) -> anyhow::Result<()>;
}

/// Where second factors are kept, and sign-ins that are half done. Calls may block.
///
/// Each change writes its entry in the same unit; no entry holds a secret, a code or a hash of one. Every method
/// fails when the store does not answer.
#[expect(clippy::missing_errors_doc, reason = "said once for all, above")]
pub trait Factors {
    /// The second factor of an account, confirmed or not.
    fn factor(&self, name: &str) -> anyhow::Result<Option<Factor>>;
    /// Keeps a secret that no code has confirmed, instead of an earlier one of the kind; a confirmed one stays.
    fn propose_factor(&self, name: &str, secret: &[u8], at: Timestamp) -> anyhow::Result<()>;
    /// From now on codes are asked. The step is used up; these are the hashes of the recovery codes. False when
    /// there was nothing to confirm.
    fn confirm_factor(&self, name: &str, step: u64, codes: &[[u8; 32]], at: Timestamp) -> anyhow::Result<bool>;
    /// Uses a step up; false when it, or a later one, was used before.
    fn use_step(&self, name: &str, step: u64) -> anyhow::Result<bool>;
    /// Uses a recovery code up and gives how many are left; none when it is none of the account's, or was used.
    fn use_recovery_code(&self, name: &str, hash: &[u8; 32], at: Timestamp) -> anyhow::Result<Option<u32>>;
    /// Other recovery codes instead of all earlier ones.
    fn replace_recovery_codes(&self, name: &str, codes: &[[u8; 32]], at: Timestamp) -> anyhow::Result<()>;
    /// Forgets the factor and its recovery codes.
    fn remove_factor(&self, name: &str, at: Timestamp) -> anyhow::Result<()>;
    /// Keeps a sign-in that is half done, and forgets those that are over at `now`.
    fn wait(&self, hash: &[u8; 32], pending: &Pending, until: Timestamp, now: Timestamp) -> anyhow::Result<()>;
    /// The sign-in that waits under a hash, unless it is over.
    fn pending(&self, hash: &[u8; 32], now: Timestamp) -> anyhow::Result<Option<Pending>>;
    /// Ends it; false when somebody else did.
    fn end_wait(&self, hash: &[u8; 32]) -> anyhow::Result<bool>;
}
