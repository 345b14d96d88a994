//! Work that one node at a time does: who does it, and for how long.
//!
//! A node takes a lease for a while and takes it again before the while ends. A node that stood still may
//! wake up and believe that it has what another has by now, and clocks of nodes differ: so whoever writes
//! under a lease MUST ask [`holds`] in the same unit of work. Writers take turns, so that the answer is
//! true until the unit is committed. What a node does outside the database is not held by this: it MUST be
//! safe to do twice.

use jiff::{SignedDuration, Timestamp};

use crate::{StoreError, Tx};

/// A lease that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The work.
    pub name: String,
    /// Who took it: one run of one node, never the same again.
    pub holder: String,
    /// Grows each time the work changes hands; it stays while the same holder takes it again.
    pub fence: i64,
    /// From then on another may take it.
    pub until: Timestamp,
}

/// Takes a lease that is free or one's own, or leaves it with whoever has it.
///
/// # Errors
/// Whatever the database says.
pub fn take(
    tx: &mut Tx<'_>,
    name: &str,
    holder: &str,
    now: Timestamp,
    length: SignedDuration,
) -> Result<Option<Lease>, StoreError> {
    let until = now.saturating_add(length).unwrap_or(now);
    let sql = "INSERT INTO lease (name, holder, fence, until_at) VALUES ($1, $2, 1, $3) \
               ON CONFLICT (name) DO UPDATE SET \
                   fence = CASE WHEN lease.holder = excluded.holder THEN lease.fence ELSE lease.fence + 1 END, \
                   holder = excluded.holder, until_at = excluded.until_at \
               WHERE lease.holder = excluded.holder OR lease.until_at <= $4 RETURNING fence";
    let params = [name.into(), holder.into(), until.as_microsecond().into(), now.as_microsecond().into()];
    let fence = tx.query_opt(sql, &params, |row| row.i64(0))?;
    Ok(fence.map(|fence| Lease { name: name.to_owned(), holder: holder.to_owned(), fence, until }))
}

/// Whether nobody has taken the work over. Its time may have passed: as long as nobody came, it is held.
///
/// # Errors
/// Whatever the database says.
pub fn holds(tx: &mut Tx<'_>, lease: &Lease) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM lease WHERE name = $1 AND holder = $2 AND fence = $3";
    let params = [(&lease.name).into(), (&lease.holder).into(), lease.fence.into()];
    Ok(tx.query_opt(sql, &params, |_| Ok(()))?.is_some())
}

/// Gives a lease back, so that the next need not wait for its end; one that another has is left alone.
///
/// # Errors
/// Whatever the database says.
pub fn give_back(tx: &mut Tx<'_>, lease: &Lease) -> Result<(), StoreError> {
    // The row stays: its fence must go on growing.
    let sql = "UPDATE lease SET until_at = 0 WHERE name = $1 AND holder = $2 AND fence = $3";
    tx.execute(sql, &[(&lease.name).into(), (&lease.holder).into(), lease.fence.into()]).map(|_| ())
}
