//! API tokens in the store.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use vigie_evidence::Origin;
use vigie_store::{JournalError, Param, Row, Store, StoreError};

use super::accounts::{account_named, append, entry};
use crate::{
    app::{Vigie, refused},
    features::people::{Account, Token},
    record::instant,
    said::Said,
};

/// A token is asked for again after so long: a revocation on another node is heard by then.
const KEPT: SignedDuration = SignedDuration::from_secs(1);
/// More tokens than this are not remembered.
const MOST: usize = 4_096;

/// Tokens seen a moment ago, since programs call many times in a second.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<[u8; 32], (Timestamp, Account, Token)>>);

impl Seen {
    pub(super) fn get(&self, hash: &[u8; 32], now: Timestamp) -> Option<(Account, Token)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, account, token) = seen.get(hash)?;
        let fresh = now.duration_since(*at) < KEPT && now >= *at;
        fresh.then(|| (account.clone(), token.clone()))
    }

    /// Asks the store again for each: one was just revoked here.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn put(&self, hash: [u8; 32], now: Timestamp, found: &(Account, Token)) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(hash, (now, found.0.clone(), found.1.clone()));
    }
}

const COLUMNS: &str = "hash, account, name, scopes, created_at, expires_at, revoked_at";

fn read(row: &Row<'_>) -> Result<Token, StoreError> {
    let hash = <[u8; 32]>::try_from(row.blob(0)?)
        .map_err(|_| StoreError::unreadable("the hash of a token", "it is not 32 bytes long"))?;
    Ok(Token {
        hash,
        account: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        scopes: row.text(3)?.split(' ').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
        created_at: instant(row.i64(4)?)?,
        expires_at: row.opt_i64(5)?.map(instant).transpose()?,
        revoked_at: row.opt_i64(6)?.map(instant).transpose()?,
    })
}

pub(super) fn token(store: &Store, seen: &Seen, hash: &[u8; 32], now: Timestamp) -> Result<Option<(Account, Token)>> {
    if let Some(found) = seen.get(hash, now) {
        return Ok(Some(found));
    }
    let sql = format!("SELECT {COLUMNS} FROM api_token WHERE hash = $1");
    let found = store.read(|tx| -> Result<_, StoreError> {
        let Some(token) = tx.query_opt(&sql, &[hash.into()], read)? else { return Ok(None) };
        Ok(account_named(tx, &token.account)?.map(|account| (account, token)))
    })?;
    if let Some(found) = &found {
        seen.put(*hash, now, found);
    }
    Ok(found)
}

/// All tokens, the latest first.
///
/// # Errors
/// When the store does not answer.
pub fn tokens(store: &Store) -> Result<Vec<Token>> {
    let sql = format!("SELECT {COLUMNS} FROM api_token ORDER BY created_at DESC, hash");
    Ok(store.read(|tx| tx.query_all(&sql, &[], read))?)
}

/// The tokens of an account, the latest first.
pub(super) fn of_account(store: &Store, account: &str) -> Result<Vec<Token>> {
    let sql = format!("SELECT {COLUMNS} FROM api_token WHERE account = $1 ORDER BY created_at DESC, hash");
    Ok(store.read(|tx| tx.query_all(&sql, &[account.into()], read))?)
}

/// Keeps a token, with an entry `account.token_created` that holds neither it nor its hash.
///
/// # Errors
/// When the account is unknown or the store refuses.
pub fn put_token(vigie: &Vigie, token: &Token) -> Result<()> {
    put(vigie, token, (Origin::Cli, "cli"))
}

/// The same by whoever does it, from where they do.
pub(super) fn put(vigie: &Vigie, token: &Token, (origin, actor): (Origin, &str)) -> Result<()> {
    let (t, actor) = (token.clone(), actor.to_owned());
    let journal = vigie.recorder.journal().clone();
    let write = move |tx: &mut vigie_store::Tx<'_>| -> Result<bool, JournalError> {
        if account_named(tx, &t.account)?.is_none() {
            return Ok(false);
        }
        let scopes = t.scopes.join(" ");
        tx.execute(
            "INSERT INTO api_token (hash, account, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                (&t.hash).into(),
                (&t.account).into(),
                (&t.name).into(),
                (&scopes).into(),
                t.created_at.as_microsecond().into(),
                t.expires_at.map(Timestamp::as_microsecond).into(),
            ],
        )?;
        let body = Map::from_iter([("token".to_owned(), t.name.into()), ("scopes".to_owned(), scopes.into())]);
        let fact = entry(origin, &actor, &t.account, "account.token_created", body, t.created_at);
        append(&journal, tx, fact)?;
        Ok(true)
    };
    if vigie.store.write(write).map_err(refused)? {
        return Ok(());
    }
    let account = &token.account;
    Err(Said::new(format!("aucun compte `{account}`"), format!("no account `{account}`")).into())
}

/// Revokes all tokens of that name of an account; gives how many there were.
///
/// # Errors
/// When the store refuses.
pub fn revoke_token(vigie: &Vigie, account: &str, name: &str, at: Timestamp) -> Result<u64> {
    revoke(vigie, (account, name), None, (Origin::Cli, "cli"), at)
}

/// The same by whoever does it, from where they do; only those that lend `scope` and nothing else, when it is given.
pub(super) fn revoke(
    vigie: &Vigie,
    (account, name): (&str, &str),
    scope: Option<&str>,
    (origin, actor): (Origin, &str),
    at: Timestamp,
) -> Result<u64> {
    let (account, name, actor) = (account.to_owned(), name.to_owned(), actor.to_owned());
    let scope = scope.map(str::to_owned);
    let journal = vigie.recorder.journal().clone();
    let write = move |tx: &mut vigie_store::Tx<'_>| -> Result<u64, JournalError> {
        let mut params = vec![(&account).into(), (&name).into(), at.as_microsecond().into()];
        params.extend(scope.as_ref().map(Param::from));
        let alone = if scope.is_some() { " AND scopes = $4" } else { "" };
        let sql = "UPDATE api_token SET revoked_at = $3 WHERE account = $1 AND name = $2 AND revoked_at IS NULL";
        let count = tx.execute(&format!("{sql}{alone}"), &params)?;
        if count > 0 {
            let body = Map::from_iter([("token".to_owned(), name.into())]);
            append(&journal, tx, entry(origin, &actor, &account, "account.token_revoked", body, at))?;
        }
        Ok(count)
    };
    vigie.store.write(write).map_err(refused)
}
