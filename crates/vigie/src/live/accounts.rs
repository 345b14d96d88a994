//! Accounts, sessions and refusals in the store.

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;
use vigie_contract::RoleId;
use vigie_evidence::{NewEntry, Origin};
use vigie_store::{Journal, JournalError, Row, Store, StoreError, Tx};

use super::{Live, grants, tokens};
use crate::{
    app::{Vigie, refused},
    features::people::{Account, Accounts, Grant, Notice, Outside, Person, Session, Token},
    record::instant,
    web::{Lang, Theme, i18n::Messages as _},
};

fn read_account(row: &Row<'_>) -> Result<Account, StoreError> {
    Ok(Account {
        name: row.text(0)?.to_owned(),
        password_hash: row.text(1)?.to_owned(),
        role: RoleId::from(row.text(2)?),
        lang: Lang::parse(row.text(3)?).unwrap_or_default(),
        theme: Theme::parse(row.text(4)?).unwrap_or_default(),
        created_at: instant(row.i64(5)?)?,
        disabled_at: row.opt_i64(6)?.map(instant).transpose()?,
        outside: match (row.opt_text(7)?, row.opt_text(8)?) {
            (Some(directory), Some(subject)) => {
                Some(Outside { directory: directory.to_owned(), subject: subject.to_owned() })
            }
            _ => None,
        },
    })
}

fn read_session(row: &Row<'_>) -> Result<Session, StoreError> {
    let token_hash = <[u8; 32]>::try_from(row.blob(0)?)
        .map_err(|_| StoreError::unreadable("the hash of a session", "it is not 32 bytes long"))?;
    Ok(Session {
        token_hash,
        account: row.text(1)?.to_owned(),
        created_at: instant(row.i64(2)?)?,
        last_seen_at: instant(row.i64(3)?)?,
        expires_at: instant(row.i64(4)?)?,
    })
}

/// What a failure is counted under: a name or an address, never mixed.
fn by_name(name: &str) -> String {
    format!("name:{name}")
}

fn by_address(address: &str) -> String {
    format!("address:{address}")
}

/// Failures older than this are forgotten: no lock lasts that long.
const FAILURES_KEPT_US: i64 = 24 * 3_600_000_000;

const COLUMNS: &str = "name, password_hash, role, language, theme, created_at, disabled_at, directory, subject";

/// All accounts, by name.
///
/// # Errors
/// When the store does not answer.
pub fn accounts(store: &Store) -> Result<Vec<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM account ORDER BY name");
    Ok(store.read(|tx| tx.query_all(&sql, &[], read_account))?)
}

/// Keeps an account, or its new password and role: whoever was signed in under the old ones no longer
/// is. Entry `account.created` or `account.changed`, in the same unit; it holds no secret.
///
/// # Errors
/// When the store refuses.
pub fn put_account(vigie: &Vigie, account: &Account) -> Result<()> {
    let a = account.clone();
    let journal = vigie.recorder.journal().clone();
    vigie
        .store
        .write(move |tx| -> Result<(), JournalError> {
            let known = tx.query_opt("SELECT 1 FROM account WHERE name = $1", &[(&a.name).into()], |_| Ok(()))?;
            let kind = if known.is_some() { "account.changed" } else { "account.created" };
            tx.execute(
                "INSERT INTO account (name, password_hash, role, language, theme, created_at, disabled_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, NULL) \
                 ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role, \
                 disabled_at = NULL, directory = NULL, subject = NULL",
                &[
                    (&a.name).into(),
                    (&a.password_hash).into(),
                    (&a.role.0).into(),
                    a.lang.code().into(),
                    a.theme.code().into(),
                    a.created_at.as_microsecond().into(),
                ],
            )?;
            tx.execute("DELETE FROM session WHERE account = $1", &[(&a.name).into()])?;
            let mut body = Map::new();
            body.insert("role".to_owned(), Value::String(a.role.0));
            append(&journal, tx, entry(Origin::Cli, "cli", &a.name, kind, body, a.created_at))
        })
        .map_err(refused)
}

/// Lets an account no longer enter and forgets its sessions, with an entry `account.disabled`; gives
/// whether there was one that could.
///
/// # Errors
/// When the store refuses.
pub fn disable_account(vigie: &Vigie, name: &str, at: Timestamp) -> Result<bool> {
    let name = name.to_owned();
    let journal = vigie.recorder.journal().clone();
    vigie
        .store
        .write(move |tx| -> Result<bool, JournalError> {
            let sql = "UPDATE account SET disabled_at = $2 WHERE name = $1 AND disabled_at IS NULL";
            if tx.execute(sql, &[(&name).into(), at.as_microsecond().into()])? == 0 {
                return Ok(false);
            }
            tx.execute("DELETE FROM session WHERE account = $1", &[(&name).into()])?;
            append(&journal, tx, entry(Origin::Cli, "cli", &name, "account.disabled", Map::new(), at))?;
            Ok(true)
        })
        .map_err(refused)
}

pub(super) fn append(journal: &Journal, tx: &mut Tx<'_>, entry: NewEntry) -> Result<(), JournalError> {
    journal.append(tx, entry.occurred_at, vec![entry]).map(|_| ())
}

/// What the journal says of an account.
pub(super) fn entry(
    origin: Origin,
    actor: &str,
    account: &str,
    kind: &str,
    body: Map<String, Value>,
    occurred_at: Timestamp,
) -> NewEntry {
    NewEntry {
        id: new_id(occurred_at),
        occurred_at,
        actor: actor.to_owned(),
        origin,
        subject: format!("account/{account}"),
        kind: kind.to_owned(),
        body,
        content: Vec::new(),
    }
}

/// The account of that name.
pub(super) fn account_named(tx: &mut Tx<'_>, name: &str) -> Result<Option<Account>, StoreError> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM account WHERE name = $1"), &[name.into()], read_account)
}

/// The account of somebody whom a directory or provider knows by that subject.
fn account_of(tx: &mut Tx<'_>, directory: &str, subject: &str) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM account WHERE directory = $1 AND subject = $2");
    tx.query_opt(&sql, &[directory.into(), subject.into()], read_account)
}

/// The account of a person whom a directory vouches for; see [`Accounts::admit`].
fn admit(
    journal: &Journal,
    tx: &mut Tx<'_>,
    person: &Person,
    directory: &str,
    at: Timestamp,
) -> Result<Option<Account>, JournalError> {
    let known = account_of(tx, directory, &person.subject)?;
    let (name, kind) = match known {
        Some(account) if account.disabled_at.is_some_and(|end| end <= at) => return Ok(None),
        Some(account) if account.role == person.role => return Ok(Some(account)),
        Some(account) => {
            let sql = "UPDATE account SET role = $2 WHERE name = $1";
            tx.execute(sql, &[(&account.name).into(), (&person.role.0).into()])?;
            (account.name, "account.changed")
        }
        None if account_named(tx, &person.name)?.is_some() => return Ok(None),
        None => {
            tx.execute(
                "INSERT INTO account (name, password_hash, role, language, theme, created_at, directory, subject) \
                 VALUES ($1, '', $2, $3, $4, $5, $6, $7)",
                &[
                    (&person.name).into(),
                    (&person.role.0).into(),
                    Lang::default().code().into(),
                    Theme::default().code().into(),
                    at.as_microsecond().into(),
                    directory.into(),
                    (&person.subject).into(),
                ],
            )?;
            (person.name.clone(), "account.created")
        }
    };
    let body = Map::from_iter([
        ("role".to_owned(), Value::from(person.role.0.as_str())),
        ("directory".to_owned(), Value::from(directory)),
    ]);
    append(journal, tx, entry(Origin::Web, &name, &name, kind, body, at))?;
    Ok(account_named(tx, &name)?)
}

impl Live {
    fn execute(&self, sql: &'static str, params: Vec<Owned>) -> Result<()> {
        self.vigie
            .store
            .write(move |tx| {
                let params: Vec<_> = params.iter().map(Owned::param).collect();
                tx.execute(sql, &params)
            })
            .map_err(refused)?;
        Ok(())
    }
}

/// A parameter that travels to the writer's thread.
enum Owned {
    Text(String),
    Number(i64),
    Bytes([u8; 32]),
}

impl Owned {
    const fn param(&self) -> vigie_store::Param<'_> {
        match self {
            Self::Text(t) => vigie_store::Param::Text(t.as_str()),
            Self::Number(n) => vigie_store::Param::I64(*n),
            Self::Bytes(b) => vigie_store::Param::Blob(b),
        }
    }
}

fn text(t: &str) -> Owned {
    Owned::Text(t.to_owned())
}

impl Accounts for Live {
    fn account(&self, name: &str) -> Result<Option<Account>> {
        Ok(self.vigie.store.read(|tx| account_named(tx, name))?)
    }

    fn failures(&self, name: &str, address: &str, since: Timestamp) -> Result<(u32, u32)> {
        let sql = "SELECT COUNT(*) FROM sign_in_failure WHERE account = $1 AND at >= $2";
        let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let (name, address) = (by_name(name), by_address(address));
        let counts = self.vigie.store.read(|tx| -> Result<_, StoreError> {
            let mut of = |who: &String| tx.query_one(sql, &[who.into(), since.as_microsecond().into()], |r| r.u64(0));
            Ok((of(&name)?, of(&address)?))
        })?;
        Ok((count(counts.0), count(counts.1)))
    }

    fn add_failure(&self, name: &str, address: &str, at: Timestamp) -> Result<()> {
        let (name, address, at) = (by_name(name), by_address(address), at.as_microsecond());
        self.vigie
            .store
            .write(move |tx| {
                tx.execute("DELETE FROM sign_in_failure WHERE at < $1", &[(at - FAILURES_KEPT_US).into()])?;
                for who in [&name, &address] {
                    tx.execute("INSERT INTO sign_in_failure (account, at) VALUES ($1, $2)", &[who.into(), at.into()])?;
                }
                Ok::<_, StoreError>(())
            })
            .map_err(refused)
    }

    fn add_session(&self, session: &Session) -> Result<()> {
        self.execute(
            "INSERT INTO session (token_hash, account, created_at, last_seen_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            vec![
                Owned::Bytes(session.token_hash),
                text(&session.account),
                Owned::Number(session.created_at.as_microsecond()),
                Owned::Number(session.last_seen_at.as_microsecond()),
                Owned::Number(session.expires_at.as_microsecond()),
            ],
        )
    }

    fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>> {
        let sql = "SELECT token_hash, account, created_at, last_seen_at, expires_at FROM session WHERE token_hash = $1";
        Ok(self.vigie.store.read(|tx| tx.query_opt(sql, &[token_hash.into()], read_session))?)
    }

    fn touch_session(&self, token_hash: &[u8; 32], at: Timestamp) -> Result<()> {
        let at = Owned::Number(at.as_microsecond());
        self.execute("UPDATE session SET last_seen_at = $2 WHERE token_hash = $1", vec![Owned::Bytes(*token_hash), at])
    }

    fn remove_session(&self, token_hash: &[u8; 32]) -> Result<()> {
        let hash = *token_hash;
        self.vigie
            .store
            .write(move |tx| {
                tx.execute("DELETE FROM session WHERE token_hash = $1", &[(&hash).into()])?;
                grants::forget_unused(tx)
            })
            .map_err(refused)
    }

    fn remove_other_sessions(&self, name: &str, kept: &[u8; 32]) -> Result<()> {
        self.execute(
            "DELETE FROM session WHERE account = $1 AND token_hash <> $2",
            vec![text(name), Owned::Bytes(*kept)],
        )
    }

    fn token(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<(Account, Token)>> {
        tokens::token(&self.vigie.store, &self.tokens, hash, now)
    }

    fn token_seen(&self, hash: &[u8; 32], now: Timestamp) -> Option<(Account, Token)> {
        self.tokens.get(hash, now)
    }

    fn admit(&self, person: &Person, directory: &str, at: Timestamp) -> Result<Option<Account>> {
        let (person, directory) = (person.clone(), directory.to_owned());
        let journal = self.vigie.recorder.journal().clone();
        self.vigie.store.write(move |tx| admit(&journal, tx, &person, &directory, at)).map_err(refused)
    }

    fn account_of(&self, directory: &str, subject: &str) -> Result<Option<Account>> {
        Ok(self.vigie.store.read(|tx| account_of(tx, directory, subject))?)
    }

    fn keep_grant(&self, name: &str, grant: Option<&str>, ask_at: Timestamp) -> Result<()> {
        grants::keep(&self.vigie, name, grant, ask_at)
    }

    fn take_grant(&self, name: &str, now: Timestamp, next: Timestamp) -> Result<Grant> {
        grants::take(&self.vigie, name, now, next)
    }

    fn remove_sessions(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.vigie
            .store
            .write(move |tx| {
                tx.execute("DELETE FROM session WHERE account = $1", &[(&name).into()])?;
                grants::forget(tx, &name)
            })
            .map_err(refused)
    }

    fn set_preferences(&self, name: &str, lang: Lang, theme: Theme) -> Result<()> {
        self.execute(
            "UPDATE account SET language = $2, theme = $3 WHERE name = $1",
            vec![text(name), text(lang.code()), text(theme.code())],
        )
    }

    fn set_password(&self, name: &str, password_hash: &str) -> Result<()> {
        self.execute("UPDATE account SET password_hash = $2 WHERE name = $1", vec![text(name), text(password_hash)])
    }

    fn note(&self, notice: &Notice) -> Result<()> {
        let (kind, name, at) = match notice {
            Notice::SignedIn { name, at, .. } => ("account.signed_in", Some(name), *at),
            Notice::SignInRefused { name, at, .. } | Notice::ProviderRefused { name, at, .. } => {
                ("account.sign_in_refused", name.as_ref(), *at)
            }
            Notice::SignedOut { name, at } => ("account.signed_out", Some(name), *at),
            Notice::Refused { name, at, .. } => ("account.refused", Some(name), *at),
            Notice::SessionEnded { name, at } => ("account.session_ended", Some(name), *at),
            Notice::PasswordChanged { name, at } => ("account.password_changed", Some(name), *at),
        };
        let mut body = Map::new();
        match notice {
            Notice::SignInRefused { locked, second, .. } => {
                body.insert("locked".to_owned(), Value::Bool(*locked));
                if *second {
                    body.insert("second".to_owned(), Value::Bool(true));
                }
            }
            Notice::SignedIn { second, through, .. } => {
                body.extend(second.map(|second| ("second".to_owned(), Value::from(second))));
                body.extend(through.iter().map(|p| ("provider".to_owned(), Value::from(p.as_str()))));
            }
            Notice::ProviderRefused { provider, reason, .. } => {
                body.insert("locked".to_owned(), Value::Bool(false));
                body.insert("provider".to_owned(), Value::from(provider.as_str()));
                body.insert("reason".to_owned(), Value::from(*reason));
            }
            Notice::Refused { right, .. } => _ = body.insert("right".to_owned(), Value::String((*right).to_owned())),
            _ => {}
        }
        // A name that is no account's is never written down: people type passwords into the wrong field.
        let who = name.map_or("unknown", String::as_str);
        let entry = entry(Origin::Web, who, who, kind, body, at);
        let journal = self.vigie.recorder.journal().clone();
        self.vigie.store.write(move |tx| append(&journal, tx, entry)).map_err(refused)
    }
}

/// A fresh UUID version 7 at that instant.
pub(crate) fn new_id(at: Timestamp) -> Uuid {
    let micros = at.as_microsecond().max(0).unsigned_abs();
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0).saturating_mul(1000);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, micros / 1_000_000, nanos))
}
