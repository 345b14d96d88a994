//! With what providers are asked again, sealed in the store.

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use vigie_store::{StoreError, Tx};

use crate::{
    app::{Vigie, refused},
    features::people::Grant,
};

/// Under whose name it is sealed: nothing else that is sealed for the account opens in its place.
fn owner(name: &str) -> String {
    format!("grant/{name}")
}

/// Keeps it, or forgets it.
pub(super) fn keep(vigie: &Vigie, name: &str, grant: Option<&str>, ask_at: Timestamp) -> Result<()> {
    let sealed = grant.map(|g| vigie.seal.seal(&owner(name), g.as_bytes())).transpose()?;
    let name = name.to_owned();
    vigie
        .store
        .write(move |tx| match &sealed {
            Some(sealed) => tx
                .execute(
                    "INSERT INTO provider_grant (account, sealed, ask_at) VALUES ($1, $2, $3) ON CONFLICT (account) \
                     DO UPDATE SET sealed = excluded.sealed, ask_at = excluded.ask_at",
                    &[(&name).into(), sealed.into(), ask_at.as_microsecond().into()],
                )
                .map(|_| ()),
            None => forget(tx, &name),
        })
        .map_err(refused)
}

/// Forgets it.
pub(super) fn forget(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM provider_grant WHERE account = $1", &[name.into()]).map(|_| ())
}

/// Forgets those of accounts that nobody is signed in with.
pub(super) fn forget_unused(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let sql = "DELETE FROM provider_grant WHERE account NOT IN (SELECT account FROM session)";
    tx.execute(sql, &[]).map(|_| ())
}

/// Gives it to one of those who ask when it is time.
pub(super) fn take(vigie: &Vigie, name: &str, now: Timestamp, next: Timestamp) -> Result<Grant> {
    let sql = "SELECT sealed, ask_at FROM provider_grant WHERE account = $1";
    let found =
        vigie.store.read(|tx| tx.query_opt(sql, &[name.into()], |row| Ok((row.blob(0)?.to_vec(), row.i64(1)?))))?;
    let Some((sealed, ask_at)) = found else { return Ok(Grant::None) };
    if now.as_microsecond() < ask_at {
        return Ok(Grant::Later);
    }
    let (account, next) = (name.to_owned(), next.as_microsecond());
    let sql = "UPDATE provider_grant SET ask_at = $2 WHERE account = $1 AND ask_at = $3";
    let taken = vigie
        .store
        .write(move |tx| tx.execute(sql, &[(&account).into(), next.into(), ask_at.into()]))
        .map_err(refused)?;
    if taken == 0 {
        return Ok(Grant::Later);
    }
    let grant = String::from_utf8(vigie.seal.unseal(&owner(name), &sealed)?);
    Ok(Grant::Due(grant.context("what a provider is asked again with is no text")?))
}
