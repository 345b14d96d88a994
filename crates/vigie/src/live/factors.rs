//! Second factors and half-done sign-ins in the store.

use anyhow::Result;
use jiff::Timestamp;
use serde_json::{Map, Value};
use vigie_evidence::Origin;
use vigie_store::{Journal, JournalError, StoreError, Tx};

use super::{
    Live,
    accounts::{append, entry},
};
use crate::{
    app::{Vigie, refused},
    features::people::{Factor, Factors, Pending},
};

/// Forgets the second factor of an account for whoever lost both phone and recovery codes; gives whether there was
/// one.
///
/// # Errors
/// When the store refuses.
pub fn remove_factor(vigie: &Vigie, name: &str, at: Timestamp) -> Result<bool> {
    let journal = vigie.recorder.journal().clone();
    let name = name.to_owned();
    vigie.store.write(move |tx| remove(&journal, tx, (Origin::Cli, "cli"), &name, at)).map_err(refused)
}

fn remove(
    journal: &Journal,
    tx: &mut Tx<'_>,
    (origin, actor): (Origin, &str),
    name: &str,
    at: Timestamp,
) -> Result<bool, JournalError> {
    tx.execute("DELETE FROM recovery_code WHERE account = $1", &[name.into()])?;
    if tx.execute("DELETE FROM second_factor WHERE account = $1", &[name.into()])? == 0 {
        return Ok(false);
    }
    append(journal, tx, entry(origin, actor, name, "account.second_factor_removed", Map::new(), at))?;
    Ok(true)
}

fn put_codes(tx: &mut Tx<'_>, name: &str, codes: &[[u8; 32]]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM recovery_code WHERE account = $1", &[name.into()])?;
    for hash in codes {
        tx.execute("INSERT INTO recovery_code (hash, account) VALUES ($1, $2)", &[hash.into(), name.into()])?;
    }
    Ok(())
}

fn codes_left(tx: &mut Tx<'_>, name: &str) -> Result<u32, StoreError> {
    let sql = "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL";
    let left = tx.query_one(sql, &[name.into()], |r| r.u64(0))?;
    Ok(u32::try_from(left).unwrap_or(u32::MAX))
}

/// Steps are counted from 1970 and fit for ever.
fn as_number(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

impl Live {
    /// One unit of work that may write entries.
    fn unit<T: Send + 'static>(
        &self,
        work: impl Fn(&Journal, &mut Tx<'_>) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T> {
        let journal = self.vigie.recorder.journal().clone();
        self.vigie.store.write(move |tx| work(&journal, tx)).map_err(refused)
    }
}

impl Factors for Live {
    fn factor(&self, name: &str) -> Result<Option<Factor>> {
        let sql = "SELECT sealed, confirmed_at FROM second_factor WHERE account = $1";
        let found = self.vigie.store.read(|tx| -> Result<_, StoreError> {
            let row = tx.query_opt(sql, &[name.into()], |r| Ok((r.blob(0)?.to_vec(), r.opt_i64(1)?.is_some())))?;
            let Some((sealed, confirmed)) = row else { return Ok(None) };
            Ok(Some((sealed, confirmed, codes_left(tx, name)?)))
        })?;
        let Some((sealed, confirmed, codes_left)) = found else { return Ok(None) };
        Ok(Some(Factor { secret: self.vigie.seal.unseal(name, &sealed)?, confirmed, codes_left }))
    }

    fn propose_factor(&self, name: &str, secret: &[u8], at: Timestamp) -> Result<()> {
        let sealed = self.vigie.seal.seal(name, secret)?;
        let name = name.to_owned();
        self.unit(move |_, tx| {
            tx.execute(
                "INSERT INTO second_factor (account, sealed, proposed_at, last_step) VALUES ($1, $2, $3, 0) \
                 ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed, proposed_at = excluded.proposed_at \
                 WHERE second_factor.confirmed_at IS NULL",
                &[(&name).into(), (&sealed).into(), at.as_microsecond().into()],
            )?;
            Ok(())
        })
    }

    fn confirm_factor(&self, name: &str, step: u64, codes: &[[u8; 32]], at: Timestamp) -> Result<bool> {
        let (name, codes) = (name.to_owned(), codes.to_vec());
        self.unit(move |journal, tx| {
            let sql = "UPDATE second_factor SET confirmed_at = $2, last_step = $3 \
                       WHERE account = $1 AND confirmed_at IS NULL";
            let step = as_number(step);
            if tx.execute(sql, &[(&name).into(), at.as_microsecond().into(), step.into()])? == 0 {
                return Ok(false);
            }
            put_codes(tx, &name, &codes)?;
            let body = Map::from_iter([("factor".to_owned(), Value::from("totp"))]);
            append(journal, tx, entry(Origin::Web, &name, &name, "account.second_factor_set", body, at))?;
            Ok(true)
        })
    }

    fn use_step(&self, name: &str, step: u64) -> Result<bool> {
        let name = name.to_owned();
        self.unit(move |_, tx| {
            let sql = "UPDATE second_factor SET last_step = $2 WHERE account = $1 AND last_step < $2";
            Ok(tx.execute(sql, &[(&name).into(), as_number(step).into()])? == 1)
        })
    }

    fn use_recovery_code(&self, name: &str, hash: &[u8; 32], at: Timestamp) -> Result<Option<u32>> {
        let (name, hash) = (name.to_owned(), *hash);
        self.unit(move |journal, tx| {
            let sql = "UPDATE recovery_code SET used_at = $3 WHERE hash = $1 AND account = $2 AND used_at IS NULL";
            if tx.execute(sql, &[(&hash).into(), (&name).into(), at.as_microsecond().into()])? == 0 {
                return Ok(None);
            }
            let left = codes_left(tx, &name)?;
            let body = Map::from_iter([("left".to_owned(), Value::from(left))]);
            append(journal, tx, entry(Origin::Web, &name, &name, "account.recovery_code_used", body, at))?;
            Ok(Some(left))
        })
    }

    fn replace_recovery_codes(&self, name: &str, codes: &[[u8; 32]], at: Timestamp) -> Result<()> {
        let (name, codes) = (name.to_owned(), codes.to_vec());
        self.unit(move |journal, tx| {
            put_codes(tx, &name, &codes)?;
            append(journal, tx, entry(Origin::Web, &name, &name, "account.recovery_codes_replaced", Map::new(), at))
        })
    }

    fn remove_factor(&self, name: &str, at: Timestamp) -> Result<()> {
        let name = name.to_owned();
        self.unit(move |journal, tx| remove(journal, tx, (Origin::Web, &name), &name, at).map(|_| ()))
    }

    fn wait(&self, hash: &[u8; 32], pending: &Pending, until: Timestamp, now: Timestamp) -> Result<()> {
        let (hash, body) = (*hash, serde_json::to_string(pending)?);
        self.unit(move |_, tx| {
            tx.execute("DELETE FROM sign_in_step WHERE expires_at <= $1", &[now.as_microsecond().into()])?;
            let sql = "INSERT INTO sign_in_step (token_hash, body, expires_at) VALUES ($1, $2, $3)";
            tx.execute(sql, &[(&hash).into(), (&body).into(), until.as_microsecond().into()])?;
            Ok(())
        })
    }

    fn pending(&self, hash: &[u8; 32], now: Timestamp) -> Result<Option<Pending>> {
        let sql = "SELECT body FROM sign_in_step WHERE token_hash = $1 AND expires_at > $2";
        let body = self
            .vigie
            .store
            .read(|tx| tx.query_opt(sql, &[hash.into(), now.as_microsecond().into()], |r| Ok(r.text(0)?.to_owned())))?;
        Ok(body.map(|b| serde_json::from_str(&b)).transpose()?)
    }

    fn end_wait(&self, hash: &[u8; 32]) -> Result<bool> {
        let hash = *hash;
        self.unit(
            move |_, tx| Ok(tx.execute("DELETE FROM sign_in_step WHERE token_hash = $1", &[(&hash).into()])? == 1),
        )
    }
}
