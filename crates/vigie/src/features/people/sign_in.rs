//! Opening, resuming and closing a session.

use getrandom::fill;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    Account, Accounts, Notice, Pending, Session, SignInConfig,
    directory::{Vouched, still, vouch},
    password,
};

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
/// A second factor is awaited for so long after the password.
const SECOND_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// What trying to sign in gives.
pub enum SignIn {
    /// Signed in: the token for the cookie, and whose it is.
    Opened {
        /// 256 random bits in hexadecimal.
        token: String,
        /// Whose.
        account: Box<Account>,
    },
    /// The password is right, and the account has a second factor: the token that stands for it until then.
    Second {
        /// 256 random bits in hexadecimal.
        token: String,
    },
    /// The name or the password is wrong, or the account is disabled: the same answer for all.
    Refused,
    /// Too many failures; the door opens again a quarter of an hour after the last ones.
    Locked,
    /// A directory knows them, and none of their groups gives a role.
    WithoutRole,
    /// A directory that might know the name does not answer.
    Silent,
}

/// Tries a name and a password from an address.
///
/// # Errors
/// When the store does not answer or the machine has no randomness.
pub fn open(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    (name, password): (&str, &str),
    address: &str,
    now: Timestamp,
) -> anyhow::Result<SignIn> {
    let account = match check(accounts, sign_in, (name, password), address, now)? {
        Checked::Fits(account) => account,
        Checked::Refused => return Ok(SignIn::Refused),
        Checked::Locked => return Ok(SignIn::Locked),
        Checked::WithoutRole => return Ok(SignIn::WithoutRole),
        Checked::Silent => return Ok(SignIn::Silent),
    };
    after_first(accounts, account, Proof::default(), true, now)
}

/// What was proved at sign-in.
#[derive(Default)]
pub(super) struct Proof {
    /// The provider that vouched.
    pub(super) through: Option<String>,
    /// What was given besides.
    pub(super) second: Option<&'static str>,
}

/// Goes on after the first proof: asks for the second factor when one is set up and `asked`, or opens.
pub(super) fn after_first(
    accounts: &dyn Accounts,
    account: Box<Account>,
    proof: Proof,
    asked: bool,
    now: Timestamp,
) -> anyhow::Result<SignIn> {
    if !asked || !accounts.factor(&account.name)?.is_some_and(|f| f.confirmed) {
        return open_session(accounts, account, proof, now);
    }
    let token = random_token()?;
    let pending = Pending::Second { account: account.name, through: proof.through };
    accounts.wait(&digest(&token), &pending, now + SECOND_WITHIN, now)?;
    Ok(SignIn::Second { token })
}

/// Opens a session for who has proved everything that is asked.
pub(super) fn open_session(
    accounts: &dyn Accounts,
    account: Box<Account>,
    proof: Proof,
    now: Timestamp,
) -> anyhow::Result<SignIn> {
    let token = random_token()?;
    accounts.add_session(&Session {
        token_hash: digest(&token),
        account: account.name.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + ABSOLUTE,
    })?;
    let Proof { through, second } = proof;
    accounts.note(&Notice::SignedIn { name: account.name.clone(), second, through, at: now })?;
    Ok(SignIn::Opened { token, account })
}

/// 256 random bits in hexadecimal.
pub(super) fn random_token() -> anyhow::Result<String> {
    let mut secret = [0_u8; 32];
    fill(&mut secret).map_err(|e| anyhow::anyhow!("the machine gives no randomness: {e}"))?;
    Ok(secret.iter().map(|b| format!("{b:02x}")).collect())
}

/// What checking a name and a password gives.
pub(super) enum Checked {
    /// They fit, and the account may enter.
    Fits(Box<Account>),
    /// They do not: the failure is kept and noted.
    Refused,
    /// Too many failures: nothing was looked at, and nothing is written, so that who goes on trying
    /// does not fill the journal.
    Locked,
    /// A directory knows them, and none of their groups gives a role: noted, and no failure.
    WithoutRole,
    /// A directory that might know the name does not answer: nothing was tried, so nothing failed.
    Silent,
}

/// Checks a name and a password that somebody at an address gives; failures count whatever the door. A name that is
/// kept here is never asked elsewhere.
pub(super) fn check(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    (name, password): (&str, &str),
    address: &str,
    now: Timestamp,
) -> anyhow::Result<Checked> {
    let name = typed_name(name);
    let door = Door::before(accounts, &name, address, now)?;
    if door.is_locked() {
        return Ok(Checked::Locked);
    }
    let account = accounts.account(&name)?;
    let known = account.as_ref().map(|a| a.name.clone());
    let entered = match account {
        Some(account) if account.outside.is_none() => {
            password::fits(password, Some(&account.password_hash)).then(|| Box::new(account))
        }
        account => {
            let from = account.and_then(|a| a.outside).map(|o| o.directory);
            match vouch(accounts, sign_in, from.as_deref(), (&name, password), now)? {
                Vouched::For(account) => Some(account),
                // It costs what a wrong password of an account costs.
                Vouched::Nobody => {
                    _ = password::fits(password, None);
                    None
                }
                Vouched::WithoutRole => {
                    accounts.note(&Notice::SignInRefused {
                        name: Some(name),
                        locked: false,
                        second: false,
                        at: now,
                    })?;
                    return Ok(Checked::WithoutRole);
                }
                Vouched::Silent => return Ok(Checked::Silent),
            }
        }
    };
    let Some(account) = entered.filter(|a| a.disabled_at.is_none_or(|at| now < at)) else {
        door.refuse(accounts, known, false)?;
        return Ok(Checked::Refused);
    };
    Ok(Checked::Fits(account))
}

/// Characters of a name that are read; no account has more.
const MAX_NAME: usize = 100;

/// A name as it was typed, fit to be kept and looked for: no database holds every control character.
fn typed_name(name: &str) -> String {
    let seen = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    name.trim().to_lowercase().chars().map(seen).take(MAX_NAME).collect()
}

/// The door of one name and one address: passwords and codes that fail at it count together.
pub(super) struct Door<'a> {
    name: &'a str,
    address: &'a str,
    now: Timestamp,
    failures: (u32, u32),
}

impl<'a> Door<'a> {
    /// The door as it is found.
    pub(super) fn before(
        accounts: &dyn Accounts,
        name: &'a str,
        address: &'a str,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        Ok(Self { name, address, now, failures: accounts.failures(name, address, now - LOCKED)? })
    }

    /// The door of one address, for what comes without a name.
    pub(super) fn of_address(accounts: &dyn Accounts, address: &'a str, now: Timestamp) -> anyhow::Result<Self> {
        let (_, of_address) = accounts.failures("", address, now - LOCKED)?;
        Ok(Self { name: "", address, now, failures: (0, of_address) })
    }

    /// Keeps one more failure.
    pub(super) fn count(&self, accounts: &dyn Accounts) -> anyhow::Result<()> {
        accounts.add_failure(self.name, self.address, self.now)
    }

    /// Whether nothing is looked at any more.
    pub(super) fn is_locked(&self) -> bool {
        let (of_name, of_address) = self.failures;
        of_name >= FAILURES_OF_NAME || of_address >= FAILURES_OF_ADDRESS
    }

    /// Keeps one more failure and notes it; `known` is the account, when there is one.
    pub(super) fn refuse(self, accounts: &dyn Accounts, known: Option<String>, second: bool) -> anyhow::Result<()> {
        self.count(accounts)?;
        let (of_name, of_address) = self.failures;
        let after = Self { failures: (of_name.saturating_add(1), of_address.saturating_add(1)), ..self };
        let (locked, at) = (after.is_locked(), after.now);
        accounts.note(&Notice::SignInRefused { name: known, locked, second, at })
    }
}

/// Whose session a cookie's token is; none when it is unknown, over, of a disabled account, or of somebody whom a
/// directory knows no more.
///
/// # Errors
/// When the store does not answer.
pub fn resume(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    token: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Account>> {
    let hash = digest(token);
    let Some(session) = accounts.session(&hash)? else { return Ok(None) };
    if now >= session.expires_at || now >= session.last_seen_at + IDLE {
        accounts.remove_session(&hash)?;
        return Ok(None);
    }
    if now >= session.last_seen_at + SEEN_EVERY {
        accounts.touch_session(&hash, now)?;
    }
    let account = accounts.account(&session.account)?.filter(|a| a.disabled_at.is_none_or(|at| now < at));
    let Some(account) = account else { return Ok(None) };
    let account = still(accounts, sign_in, account, session.created_at, now)?;
    if account.is_none() {
        accounts.remove_session(&hash)?;
    }
    Ok(account)
}

/// Signs out, and says who did.
///
/// # Errors
/// When the store does not answer.
pub fn close(accounts: &dyn Accounts, token: &str, now: Timestamp) -> anyhow::Result<Option<Account>> {
    let hash = digest(token);
    let Some(session) = accounts.session(&hash)? else { return Ok(None) };
    accounts.remove_session(&hash)?;
    accounts.note(&Notice::SignedOut { name: session.account.clone(), at: now })?;
    accounts.account(&session.account)
}

/// What is kept of a token.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::web::sample::{PASSWORD, People, at};

    const NOON: &str = "2026-03-12T12:00:00Z";

    fn token(people: &People, now: Timestamp) -> String {
        match open(people, &SignInConfig::default(), ("claire", PASSWORD), "192.0.2.1", now).unwrap() {
            SignIn::Opened { token, .. } => token,
            _ => panic!("claire may enter"),
        }
    }

    fn outcome(people: &People, name: &str, password: &str, address: &str, now: Timestamp) -> &'static str {
        match open(people, &SignInConfig::default(), (name, password), address, now).unwrap() {
            SignIn::Opened { .. } => "opened",
            SignIn::Second { .. } => "second",
            SignIn::Refused => "refused",
            SignIn::Locked => "locked",
            SignIn::WithoutRole | SignIn::Silent => "directory",
        }
    }

    #[test]
    fn a_browser_that_is_not_seen_for_two_hours_is_signed_out() {
        let (people, noon) = (People::default(), at(NOON));
        for (after, stays) in [(7_199.seconds(), true), (7_200.seconds(), false)] {
            let token = token(&people, noon);
            assert_eq!(
                resume(&people, &SignInConfig::default(), &token, noon + after).unwrap().is_some(),
                stays,
                "{after:?}"
            );
        }
    }

    #[test]
    fn a_session_ends_after_twelve_hours_however_busy() {
        let (people, noon) = (People::default(), at(NOON));
        let token = token(&people, noon);
        for hour in 1..=11 {
            assert!(
                resume(&people, &SignInConfig::default(), &token, noon + hour.hours()).unwrap().is_some(),
                "hour {hour}"
            );
        }
        assert!(resume(&people, &SignInConfig::default(), &token, noon + 43_199.seconds()).unwrap().is_some());
        assert!(resume(&people, &SignInConfig::default(), &token, noon + 43_200.seconds()).unwrap().is_none());
    }

    #[test]
    fn five_failures_lock_a_name_for_a_quarter_of_an_hour_and_not_its_neighbour() {
        let (people, noon) = (People::default(), at(NOON));
        for _ in 0..5 {
            assert_eq!(outcome(&people, "claire", "wrong", "192.0.2.1", noon), "refused");
        }
        assert_eq!(outcome(&people, "claire", PASSWORD, "192.0.2.2", noon + 15.minutes()), "locked");
        assert_eq!(outcome(&people, "claire", PASSWORD, "192.0.2.2", noon + 901.seconds()), "opened");
        assert_eq!(outcome(&people, "martin", PASSWORD, "192.0.2.1", noon), "opened");
    }

    #[test]
    fn twenty_failures_from_one_address_lock_it_whatever_the_names() {
        let (people, noon) = (People::default(), at(NOON));
        for n in 0..20 {
            people.add_failure(&format!("somebody-{n}"), "192.0.2.1", noon).unwrap();
        }
        assert_eq!(outcome(&people, "claire", PASSWORD, "192.0.2.1", noon), "locked");
        assert_eq!(outcome(&people, "claire", PASSWORD, "192.0.2.2", noon), "opened");
    }

    #[test]
    fn the_failure_that_locks_says_so_in_the_journal_and_tries_at_a_locked_door_write_nothing() {
        let (people, noon) = (People::default(), at(NOON));
        for _ in 0..9 {
            outcome(&people, "claire", "wrong", "192.0.2.1", noon);
        }
        let notices = people.notices.lock().unwrap();
        let locks = |n: &Notice| matches!(n, Notice::SignInRefused { locked: true, .. });
        assert_eq!((notices.len(), notices.iter().position(locks)), (5, Some(4)));
    }

    #[test]
    fn the_store_holds_no_token_and_a_token_has_256_bits() {
        let (people, noon) = (People::default(), at(NOON));
        let token = token(&people, noon);
        assert_eq!(token.len(), 64);
        assert!(people.session(&digest(&token)).unwrap().is_some());
        assert!(resume(&people, &SignInConfig::default(), "", noon).unwrap().is_none());
        assert!(resume(&people, &SignInConfig::default(), &"0".repeat(64), noon).unwrap().is_none());
    }

    #[test]
    fn a_refused_name_that_is_no_account_is_not_written_down() {
        let people = People::default();
        assert_eq!(outcome(&people, "my-password", "wrong", "192.0.2.1", at(NOON)), "refused");
        let notices = people.notices.lock().unwrap();
        assert!(matches!(notices.last(), Some(Notice::SignInRefused { name: None, .. })));
    }
}
