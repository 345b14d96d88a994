//! Contract folders, read as a user would have them read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod amendments;
mod annexes;
mod callipso;
mod desk;
mod errors;
mod robust;

use std::{collections::BTreeMap, fs, path::PathBuf};

use vigie_contract::{ContractHistory, ContractVersion};

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

/// Replaces what stands first in a file; a text that it does not hold is a mistake of the test.
#[track_caller]
fn edit(files: &mut BTreeMap<String, String>, file: &str, from: &str, to: &str) {
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} does not hold {from}");
    *text = text.replacen(from, to, 1);
}

#[track_caller]
fn assert_told(told: &str, expected: &str) {
    assert!(told.contains(expected), "expected\n{expected}\nin\n{told}");
}

/// The version in force on a day.
fn on<'a>(history: &'a ContractHistory, day: &str) -> &'a ContractVersion {
    history.at(day.parse().unwrap())
}

fn has_site(history: &ContractHistory, day: &str, id: &str) -> bool {
    on(history, day).contract.perimeter.sites.iter().any(|s| s.id == id)
}
