//! Printing: whoever reads may go away (`vigie judge 2016-03 | head`), which ends the printing and nothing else.

use std::io::{ErrorKind, Write, stdout};

use anyhow::{Context, Result};

/// Prints a text as it is.
///
/// # Errors
/// When it cannot be written for another reason than that nobody reads on.
pub(super) fn put(text: impl AsRef<[u8]>) -> Result<()> {
    let mut out = stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.context("the output cannot be written"),
    }
}
