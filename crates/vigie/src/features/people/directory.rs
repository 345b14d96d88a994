//! Accounts that come from a directory: made when their person first signs in, and looked up again while they stay.
//!
//! A name that is kept here with a password is never asked elsewhere, and a name of one directory never taken by
//! another: nobody may sign in as somebody else of the same name.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use vigie_contract::RoleId;
use vigie_links::ldap;

use super::{Account, Accounts, Notice, SignInConfig, provider};

/// Whoever is signed in is looked up again after so long: who has left is then signed out.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_mins(5);
/// After a directory did not answer, it is asked again sooner.
const RETRIED: SignedDuration = SignedDuration::from_mins(1);

/// A directory of the file of sign-in.
#[derive(Debug)]
pub struct Directory {
    /// Kept with accounts that come from it.
    pub id: String,
    /// Asks it.
    pub link: ldap::Directory,
    /// The first group of the list that somebody is in gives the role.
    pub roles: Vec<(String, RoleId)>,
    /// When each account is looked up again.
    pub(super) next: Mutex<HashMap<String, Timestamp>>,
}

/// Somebody whom others vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name of the account, lower case.
    pub name: String,
    /// What they are called there for ever.
    pub subject: String,
    /// The role that their groups give.
    pub role: RoleId,
}

/// What the directories say of a name and a password.
pub(super) enum Vouched {
    /// They are somebody's, who may enter.
    For(Box<Account>),
    /// They are somebody's, and none of their groups gives a role here.
    WithoutRole,
    /// Nobody's, or somebody's who has the name of another account, or may no longer enter.
    Nobody,
    /// A directory that might know does not answer.
    Silent,
}

impl Directory {
    /// The person of an entry; none when their groups give no role.
    fn person(&self, entry: &ldap::Entry) -> Option<Person> {
        let (_, role) = self.roles.iter().find(|(group, _)| entry.is_in(group))?;
        Some(Person { name: entry.name.to_lowercase(), subject: entry.subject.clone(), role: role.clone() })
    }

    /// Whether it is time to look an account up; whoever is told so does it, others go on meanwhile.
    fn is_due(&self, name: &str, now: Timestamp) -> bool {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if next.get(name).is_some_and(|at| now < *at) {
            return false;
        }
        next.insert(name.to_owned(), now + RETRIED);
        true
    }

    fn was_found(&self, name: &str, now: Timestamp) {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), now + ASKED_AGAIN);
    }
}

/// Asks the directory of an account, or all of them for a name that is no account's.
pub(super) fn vouch(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    from: Option<&str>,
    (name, password): (&str, &str),
    now: Timestamp,
) -> anyhow::Result<Vouched> {
    let mut vouched = Vouched::Nobody;
    for directory in sign_in.directories.iter().filter(|d| from.is_none_or(|id| d.id == id)) {
        let entry = match directory.link.check(name, password) {
            Ok(Some(entry)) => entry,
            Ok(None) => continue,
            Err(error) => {
                tracing::warn!(directory = directory.id, error = %chain(&error), "a directory could not be asked");
                vouched = Vouched::Silent;
                continue;
            }
        };
        let Some(person) = directory.person(&entry) else { return Ok(Vouched::WithoutRole) };
        let Some(account) = accounts.admit(&person, &directory.id, now)? else { return Ok(Vouched::Nobody) };
        directory.was_found(&account.name, now);
        return Ok(Vouched::For(Box::new(account)));
    }
    Ok(vouched)
}

/// The account of a session that was opened at `since` as its directory or provider knows it now; none when its person has left, who is then signed out
/// everywhere. While the directory does not answer the account stays as it was.
pub(super) fn still(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    account: Account,
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Option<Account>> {
    let Some(outside) = &account.outside else { return Ok(Some(account)) };
    if let Some(provider) = sign_in.provider_of(&account) {
        return provider::still(accounts, provider, account, since, now);
    }
    let Some(directory) = sign_in.directories.iter().find(|d| d.id == outside.directory) else {
        return left(accounts, account, now);
    };
    if !directory.is_due(&account.name, now) {
        return Ok(Some(account));
    }
    let entry = match directory.link.look_up(&account.name) {
        Ok(entry) => entry,
        Err(error) => {
            tracing::warn!(directory = directory.id, error = %chain(&error), "a directory could not be asked");
            return Ok(Some(account));
        }
    };
    let person = entry.filter(|e| e.subject == outside.subject).and_then(|e| directory.person(&e));
    let Some(person) = person else { return left(accounts, account, now) };
    directory.was_found(&account.name, now);
    if person.role == account.role {
        return Ok(Some(account));
    }
    accounts.admit(&person, &directory.id, now)
}

/// Signs somebody out everywhere whom nobody vouches for any more.
pub(super) fn left(accounts: &dyn Accounts, account: Account, now: Timestamp) -> anyhow::Result<Option<Account>> {
    accounts.remove_sessions(&account.name)?;
    accounts.note(&Notice::SessionEnded { name: account.name, at: now })?;
    Ok(None)
}

/// An error with what caused it, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |e| e.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
