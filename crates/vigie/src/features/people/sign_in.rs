//! Opening, resuming and closing a session.

use getrandom::fill;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{Account, Accounts, Notice, Session, password};

/// The cookie that holds the session's token. Over HTTPS its name makes browsers refuse it from a
/// neighbouring host or an unencrypted page.
#[must_use]
pub const fn session_cookie(https: bool) -> &'static str {
    if https { "__Host-vigie-session" } else { "vigie-session" }
}

/// A browser that is not seen for so long is signed out.
const IDLE: SignedDuration = SignedDuration::from_hours(2);
/// However busy, a session ends after a working day.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// Last seen is kept to this precision, so that reading pages does not write each time.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// So many failures under one name lock it.
const FAILURES_OF_NAME: u32 = 5;
/// So many from one address lock it; a whole office may share one.
const FAILURES_OF_ADDRESS: u32 = 20;
/// For how long.
const LOCKED: SignedDuration = SignedDuration::from_mins(15);

/// What trying to sign in gives.
pub enum SignIn {
    /// Signed in: the token for the cookie, and whose it is.
    Opened {
        /// 256 random bits in hexadecimal.
        token: String,
        /// Whose.
        account: Box<Account>,
    },
    /// The name or the password is wrong, or the account is disabled: the same answer for all.
    Refused,
    /// Too many failures; the door opens again a quarter of an hour after the last ones.
    Locked,
}

/// Tries a name and a password from an address.
///
/// # Errors
/// When the store does not answer or the machine has no randomness.
pub fn open(
    accounts: &dyn Accounts,
    name: &str,
    password: &str,
    address: &str,
    now: Timestamp,
) -> anyhow::Result<SignIn> {
    let name = name.trim().to_lowercase();
    let account = accounts.account(&name)?;
    let known = account.as_ref().map(|a| a.name.clone());
    let (of_name, of_address) = accounts.failures(&name, address, now - LOCKED)?;
    if of_name >= FAILURES_OF_NAME || of_address >= FAILURES_OF_ADDRESS {
        accounts.note(&Notice::SignInRefused { name: known, locked: true, at: now })?;
        return Ok(SignIn::Locked);
    }
    let fits = password::fits(password, account.as_ref().map(|a| a.password_hash.as_str()));
    let Some(account) = account.filter(|a| fits && a.disabled_at.is_none_or(|at| now < at)) else {
        accounts.add_failure(&name, address, now)?;
        accounts.note(&Notice::SignInRefused { name: known, locked: false, at: now })?;
        return Ok(SignIn::Refused);
    };
    let mut secret = [0_u8; 32];
    fill(&mut secret).map_err(|e| anyhow::anyhow!("the machine gives no randomness: {e}"))?;
    let token: String = secret.iter().map(|b| format!("{b:02x}")).collect();
    accounts.add_session(&Session {
        token_hash: digest(&token),
        account: account.name.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + ABSOLUTE,
    })?;
    accounts.note(&Notice::SignedIn { name: account.name.clone(), at: now })?;
    Ok(SignIn::Opened { token, account: Box::new(account) })
}

/// Whose session a cookie's token is; none when it is unknown, over, or of a disabled account.
///
/// # Errors
/// When the store does not answer.
pub fn resume(accounts: &dyn Accounts, token: &str, now: Timestamp) -> anyhow::Result<Option<Account>> {
    let hash = digest(token);
    let Some(session) = accounts.session(&hash)? else { return Ok(None) };
    if now >= session.expires_at || now >= session.last_seen_at + IDLE {
        accounts.remove_session(&hash)?;
        return Ok(None);
    }
    if now >= session.last_seen_at + SEEN_EVERY {
        accounts.touch_session(&hash, now)?;
    }
    Ok(accounts.account(&session.account)?.filter(|a| a.disabled_at.is_none_or(|at| now < at)))
}

/// Signs out.
///
/// # Errors
/// When the store does not answer.
pub fn close(accounts: &dyn Accounts, token: &str, now: Timestamp) -> anyhow::Result<()> {
    let hash = digest(token);
    if let Some(session) = accounts.session(&hash)? {
        accounts.remove_session(&hash)?;
        accounts.note(&Notice::SignedOut { name: session.account, at: now })?;
    }
    Ok(())
}

/// What is kept of a token.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
