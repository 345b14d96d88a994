//! Where it is kept: SQLite or PostgreSQL behind one writer.
//!
//! Features write plain SQL that is the same text on both engines; what must differ stands in the modules
//! named after the engine. Units of work are closures that one thread per node commits in groups; reads see
//! one snapshot each. MUST NOT know what an entry means, and MUST NOT acknowledge what is not durable.
//!
//! Rules for SQL that runs on both: placeholders `$1`, `$2`; `ON CONFLICT`, `RETURNING` and `->>` are the
//! same; `CAST(sum(x) AS BIGINT)` since PostgreSQL sums to NUMERIC; instants are BIGINT microseconds; text
//! is ordered by its bytes.

// Text is never cut at a byte that may lie inside a letter; tests cut what they wrote themselves.
#![cfg_attr(not(test), deny(clippy::string_slice))]

mod error;
pub mod journal;
pub mod lease;
mod location;
mod migrate;
mod pg;
mod readers;
pub mod search;
mod sqlite;
mod store;
mod tx;
mod value;
mod writer;

pub use error::{StoreError, WriteError};
pub use journal::{Appended, Content, Erasure, Journal, JournalError};
pub use location::{Engine, Location};
pub use store::Store;
pub use tx::Tx;
pub use value::{Param, Row, Values};
pub use writer::Counters;
