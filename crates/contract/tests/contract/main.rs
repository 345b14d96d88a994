//! Contract folders, read as a user would have them read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod amendments;
mod callipso;
mod errors;
mod robust;

use std::{collections::BTreeMap, fs, path::PathBuf};

/// The folder of the contract that Vigie ships with.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../contracts/callipso")
}

/// Its files by name.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_file() {
            files.insert(entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}
