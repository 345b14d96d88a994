//! The signing key in its file, beside the database and never in it.
//!
//! MUST NOT show the key: not in an error, not in a log, not in `Debug`.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use vigie_evidence::SigningKey;

use super::JournalError;
use crate::sqlite::file_error;

/// A key file holds one line of about 100 characters and a name; more is another file.
const MAX_KEY_FILE_BYTES: u64 = 4_096;

/// The key of a file, when the file is there.
pub(super) fn read(path: &Path) -> Result<Option<SigningKey>, JournalError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(file_error("open", path, e).into()),
    };
    let mode = file.metadata().map_err(|e| file_error("examine", path, e))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(JournalError::KeyMode { place: path.display().to_string(), mode });
    }
    let mut text = String::new();
    file.take(MAX_KEY_FILE_BYTES).read_to_string(&mut text).map_err(|e| file_error("read", path, e))?;
    let key = SigningKey::parse_private(text.trim_end());
    key.map(Some).map_err(|source| JournalError::Key { place: path.display().to_string(), source })
}

/// Makes a key and its file; on the disk before anything is signed with it.
pub(super) fn create(path: &Path, name: &str, seed: [u8; 32]) -> Result<SigningKey, JournalError> {
    let key = SigningKey::from_seed(seed, name)
        .map_err(|source| JournalError::Key { place: path.display().to_string(), source })?;
    let write = || {
        // Written apart and then named: a program killed in between leaves no half of a key, which the next
        // start could not read. Naming fails when there is a key: two programs cannot each make one.
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}", std::process::id()));
        let part = PathBuf::from(part);
        // Of a killed start that had this number; `create_new` then gives the file its mode.
        let _ = fs::remove_file(&part);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        writeln!(file, "{}", key.to_private_text())?;
        file.sync_all()?;
        let named = fs::hard_link(&part, path);
        fs::remove_file(&part)?;
        named?;
        let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(directory)?.sync_all()
    };
    write().map_err(|e| file_error("write", path, e))?;
    Ok(key)
}
