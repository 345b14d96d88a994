//! What goes out. Printing: whoever reads may go away (`vigie judge 2016-03 | head`), which ends the printing
//! and nothing else. Files: one that is there is whole.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write, stdout},
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::said::{Said, Saying as _};

/// Prints a text as it is.
///
/// # Errors
/// When it cannot be written for another reason than that nobody reads on.
pub(super) fn put(text: impl AsRef<[u8]>) -> Result<()> {
    let mut out = stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.saying(|| Said::new("la sortie ne peut être écrite", "the output cannot be written")),
    }
}

/// Writes a file that is there whole or not at all: an earlier one stays until the new one is complete.
///
/// # Errors
/// Whatever `write` says, or when the file cannot take its place.
pub(super) fn whole_file<T>(path: &Path, write: impl FnOnce(File) -> Result<T>) -> Result<T> {
    let cannot = || Said::cannot_write(path);
    if path.exists() && !path.is_file() {
        // A pipe or a device: nothing is replaced there.
        return write(File::options().write(true).open(path).saying(cannot)?);
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = File::create(&part).saying(cannot)?;
    let done = write(file).and_then(|done| {
        fs::rename(&part, path).saying(cannot)?;
        Ok(done)
    });
    if done.is_err() {
        // What could not be completed is of no use; failing to remove it changes nothing of what is told.
        let _ = fs::remove_file(&part);
    }
    done
}
