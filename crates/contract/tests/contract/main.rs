//! Contract folders, read as a user would have them read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod amendments;
mod annexes;
mod callipso;
mod desk;
mod errors;
mod robust;

use std::{collections::BTreeMap, fs, path::PathBuf};

use vigie_contract::{ContractErrors, ContractHistory, ContractVersion, Finding};

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

/// What is told of a refused contract, in English; its French is held to it: it is there, it is another, and its
/// spaces are French ones.
#[track_caller]
fn told(errors: &ContractErrors) -> String {
    for Finding { problem, .. } in &errors.0 {
        for (fr, en) in [(problem.fr(), problem.to_string()), (problem.remedy_fr(), problem.remedy())] {
            assert_ne!(fr, en);
            assert!(![" ;", " :", " ?", " !", "« ", " »"].iter().any(|plain| fr.contains(plain)), "{fr}");
            let english = |word: &str| ["the", "is", "write", "and", "not", "of", "to"].contains(&word);
            let bare: String = fr.split('`').step_by(2).collect();
            assert!(!bare.split([' ', ';', ':', ',']).any(english) || fr.contains("le lecteur TOML"), "{fr}");
        }
    }
    assert!(errors.fr().ends_with("le contrat est refusé et rien n'a été changé"));
    errors.to_string()
}

/// The version in force on a day.
fn on<'a>(history: &'a ContractHistory, day: &str) -> &'a ContractVersion {
    history.at(day.parse().unwrap())
}

fn has_site(history: &ContractHistory, day: &str, id: &str) -> bool {
    on(history, day).contract.perimeter.sites.iter().any(|s| s.id == id)
}
