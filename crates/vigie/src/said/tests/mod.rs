//! Every error of the workspace, tried: it has a French sentence, which is not its English one.

mod kernel;
mod links;
mod program;
mod rules;

use std::{collections::BTreeSet, fs, io::ErrorKind, path::PathBuf};

use jiff::civil::{Date, date};
use vigie_contract::Phrase;
use vigie_rules::{calendar::CalendarError, fact::Subject};
use vigie_store::{StoreError, WriteError};

use super::*;
use crate::record::RecordError;

/// Samples of one kind of error, where it is declared, and those of its variants that only its library can make.
struct Group {
    file: &'static str,
    name: &'static str,
    samples: Vec<Box<dyn Error>>,
    beyond: &'static [&'static str],
}

macro_rules! group {
    ($file:literal, $name:literal, [$($sample:expr),* $(,)?] $(, beyond [$($beyond:literal),*])? $(,)?) => {
        Group { file: $file, name: $name, samples: vec![$(Box::new($sample)),*], beyond: &[$($($beyond),*)?] }
    };
}
pub(super) use group;

const WORD: Phrase = Phrase::new("mot", "word");

fn s(text: &str) -> String {
    text.to_owned()
}

fn missing() -> StoreError {
    StoreError::Missing { place: s("vigie-data") }
}

fn not_found() -> io::Error {
    io::Error::from_raw_os_error(2)
}

fn day() -> Date {
    date(2026, 3, 1)
}

fn noon() -> jiff::Timestamp {
    "2026-03-01T11:00:00Z".parse().unwrap()
}

fn json_error() -> serde_json::Error {
    serde_json::from_str::<u8>("x").unwrap_err()
}

fn calendar() -> CalendarError {
    CalendarError::Years { first: 1990, last: 2060 }
}

fn subject() -> Subject {
    Subject(s("case/INC1"))
}

fn groups() -> Vec<Group> {
    [
        kernel::of_contract(),
        kernel::of_store(),
        kernel::of_evidence(),
        links::of_links(),
        rules::of_rules(),
        program::of_program(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn crates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Words that stand in no French sentence, outside what is quoted.
fn is_english(sentence: &str) -> bool {
    let bare: String = sentence.split('`').step_by(2).collect();
    let word = |w: &str| ["the", "is", "it", "not", "of", "and", "cannot", "holds", "has", "was"].contains(&w);
    bare.split(|c: char| !c.is_alphanumeric()).any(word)
}

#[test]
fn every_error_is_said_in_french() {
    for group in groups() {
        for error in &group.samples {
            let (fr, en) = (told(&**error, Lang::Fr), told(&**error, Lang::En));
            assert_ne!(fr, en, "{} {error:?}", group.name);
            assert!(!is_english(&fr), "{} {error:?}: {fr}", group.name);
            for plain in [" ;", " :", " ?", " !", "« ", " »"] {
                assert!(!fr.contains(plain), "a space that may break stands in: {fr}");
            }
        }
    }
}

/// The variants of an enum of errors as its file declares them; its own name for a struct.
fn declared(file: &str, name: &str) -> BTreeSet<String> {
    let source = fs::read_to_string(crates().join(file)).unwrap();
    if source.contains(&format!("pub struct {name}")) {
        return [name.to_owned()].into();
    }
    let from = source.find(&format!("pub enum {name}")).unwrap_or_else(|| panic!("{file} has no {name}"));
    let body = source[from..].split("\n}").next().unwrap();
    let variant = |line: &str| {
        let line = line.strip_prefix("    ")?;
        line.starts_with(|c: char| c.is_ascii_uppercase())
            .then(|| s(line.split(|c: char| !c.is_alphanumeric()).next().unwrap()))
    };
    body.lines().filter_map(variant).collect()
}

#[test]
fn every_variant_is_among_those_tried() {
    for Group { file, name, samples, beyond } in groups() {
        if name == "Problem" && file.starts_with("contract") {
            continue;
        }
        let debug = |e: &dyn Error| s(format!("{e:?}").split(|c: char| !c.is_alphanumeric()).next().unwrap());
        let tried: BTreeSet<String> = samples.iter().map(|e| debug(&**e)).chain(beyond.iter().map(|b| s(b))).collect();
        assert_eq!(tried, declared(file, name), "{file} {name}");
    }
}

/// The files of the crates that may declare errors.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_error_of_the_workspace_is_in_the_table() {
    let tried: BTreeSet<(PathBuf, String)> = groups()
        .iter()
        .map(|g| (crates().join(g.file), s(g.name)))
        .chain([(crates().join("vigie/src/said/mod.rs"), s("Said"))])
        .collect();
    let mut files = Vec::new();
    for name in ["contract", "evidence", "links", "reports", "rules", "store", "vigie"] {
        sources(&crates().join(name).join("src"), &mut files);
    }
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        for rest in source.split("thiserror::Error)]\n").skip(1) {
            // Attributes stand between; what is private reaches nobody as it is.
            let mut lines = rest.lines();
            let Some(line) = lines.find(|l| l.starts_with("pub ") || l.starts_with("enum ")) else { continue };
            if !line.starts_with("pub ") {
                continue;
            }
            let name: String =
                line.split(' ').nth(2).unwrap().chars().take_while(char::is_ascii_alphanumeric).collect();
            assert!(tried.contains(&(file.clone(), name.clone())), "{} {name} has no French here", file.display());
        }
    }
}

/// What a file hands over as pieces of sentences: the texts that follow one of these marks.
fn pieces(file: &str, marks: &[&str]) -> Vec<String> {
    let source = fs::read_to_string(crates().join(file)).unwrap();
    let source = source.split("#[cfg(test)]").next().unwrap();
    let text = |rest: &str| Some(s(rest.trim_start().strip_prefix('"')?.split('"').next().unwrap()));
    marks.iter().flat_map(|mark| source.split(mark).skip(1).filter_map(text).collect::<Vec<_>>()).collect()
}

#[test]
fn every_piece_of_a_sentence_has_its_french() {
    let known: BTreeSet<&str> = phrases::PHRASES.iter().map(|(en, _)| *en).collect();
    assert_eq!(known.len(), phrases::PHRASES.len(), "a piece is there twice");
    let mut seen = 0;
    for (file, marks) in [
        ("evidence/src/canonical.rs", &["self.expected(", "expected: "][..]),
        ("evidence/src/codec.rs", &["expected: ", "const INSTANT: &str = "]),
        ("evidence/src/export.rs", &["What::Line("]),
        ("evidence/src/note.rs", &["malformed("]),
        ("evidence/src/checkpoint.rs", &["err(1, ", "err(2, ", "err(3, ", "err(4 + empty, ", ".max(1), "]),
        ("store/src/journal/key.rs", &["file_error("]),
        ("store/src/journal/read.rs", &["what: "]),
        ("store/src/sqlite.rs", &["file_error(", "action: ", "reason: "]),
        ("store/src/store.rs", &["reason: "]),
        ("store/src/pg.rs", &["|| ", "reason: "]),
        ("store/src/value.rs", &["wrong(index, ", "null(index, ", "wanted: "]),
        ("store/src/writer.rs", &["action: "]),
    ] {
        for piece in pieces(file, marks) {
            assert!(known.contains(piece.as_str()), "{file} hands over `{piece}`, which has no French in phrases.rs");
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} were found: the marks no longer fit the sources");
}

#[test]
fn a_chain_says_each_cause_once_and_in_one_language() {
    let error = || Err::<(), _>(not_found()).saying(|| Said::cannot_open(Path::new("log.csv"))).unwrap_err();
    assert_eq!(chain(&error(), Lang::Fr), "log.csv\u{202f}: ouverture impossible\u{202f}: il n'y a rien sous ce nom");
    assert_eq!(chain(&error(), Lang::En), "log.csv cannot be opened: No such file or directory (os error 2)");
    let grouped = anyhow::Error::new(WriteError::<RecordError>::Group(std::sync::Arc::new(missing())));
    let said = chain(&grouped, Lang::Fr);
    assert!(said.ends_with("`vigie import` en crée une") && !is_english(&said), "{said}");
}

#[test]
fn what_others_say_keeps_their_words() {
    let wrapped = io::Error::new(ErrorKind::NotFound, "no such host is known");
    assert_eq!(told(&wrapped, Lang::Fr), "no such host is known");
    assert_eq!(told(&json_error(), Lang::Fr), json_error().to_string());
}
