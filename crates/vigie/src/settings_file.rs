//! Files of settings: read whole, or refused with the place of what is wrong.
//!
//! People put secrets where they should not, beside a slip of the pen. So a refusal names the file, the line,
//! the column, the key and what is expected there. MUST NOT show a value of the file, nor a line of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use vigie_contract::toml_words::Remark;

/// Why a file of settings, or a secret that it names, cannot be had. Holds no value of any file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is larger than such files are.
    #[error("{} has more than {limit_bytes} bytes: it is another file", path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// The most.
        limit_bytes: u64,
    },
    /// It says something else than such files do.
    #[error("{}:{line}:{column}: {fault}", path.display())]
    Wrong {
        /// Which.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong there.
        fault: Fault,
    },
    /// An environment variable is missing.
    #[error("the environment has no variable {0}: set it to the secret, or name a file")]
    Variable(String),
}

/// What is wrong at a place of a file. Names keys and never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not TOML; the reader's words, which quote nothing of the file.
    #[error("this is not TOML: {0}")]
    Syntax(String),
    /// A key that is none of those expected.
    #[error("the key `{key}` is unknown; expected {expected}")]
    UnknownKey {
        /// Its path.
        key: String,
        /// What is expected, in English.
        expected: String,
    },
    /// A key that must be there.
    #[error("the key `{0}` is missing")]
    MissingKey(String),
    /// A value that does not fit.
    #[error("the value of `{key}` does not fit; expected {expected}")]
    Value {
        /// The path of its key.
        key: String,
        /// What is expected, in English.
        expected: String,
    },
    /// A value that is refused without saying what would fit.
    #[error("the value of `{0}` cannot be read")]
    Refused(String),
}

/// Reads a file of settings of at most so many bytes.
///
/// # Errors
/// [`FileError`] with the place of what is wrong.
pub fn read<T: DeserializeOwned>(path: &Path, limit_bytes: u64) -> Result<T, FileError> {
    parse(path, &text(path, limit_bytes)?)
}

/// Reads settings that are at hand; `path` is what they are called.
///
/// # Errors
/// [`FileError::Wrong`].
pub fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, FileError> {
    let wrong = |offset: usize, fault| {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        FileError::Wrong {
            path: path.to_owned(),
            line: before.matches('\n').count().saturating_add(1),
            column: before.get(line_start..).unwrap_or("").chars().count().saturating_add(1),
            fault,
        }
    };
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let table = DeTable::parse(text).map_err(|e| wrong(start(&e), Fault::Syntax(e.message().to_owned())))?;
    toml::from_str(text).map_err(|error| {
        let at = start(&error);
        // What the file as a whole lacks is blamed on all of it.
        let key = if error.span() == Some(table.span()) { String::new() } else { key_at(&table, at) };
        wrong(at, fault(error.message(), key))
    })
}

/// Reads the text of a file of at most so many bytes.
///
/// # Errors
/// [`FileError::Unreadable`], [`FileError::TooLarge`].
pub fn text(path: &Path, limit_bytes: u64) -> Result<String, FileError> {
    let failed = |source| FileError::Unreadable { path: path.to_owned(), source };
    if fs::metadata(path).map_err(failed)?.len() > limit_bytes {
        return Err(FileError::TooLarge { path: path.to_owned(), limit_bytes });
    }
    fs::read_to_string(path).map_err(failed)
}

/// A secret that an environment variable holds.
///
/// # Errors
/// [`FileError::Variable`].
pub fn variable(name: &str) -> Result<String, FileError> {
    std::env::var(name).map_err(|_| FileError::Variable(name.to_owned()))
}

fn fault(message: &str, key: String) -> Fault {
    match Remark::of(message) {
        Remark::UnknownKey { expected, .. } => Fault::UnknownKey { key, expected: expected.to_owned() },
        Remark::UnknownName { expected, .. } | Remark::Kind { expected, .. } => {
            Fault::Value { key, expected: expected.to_owned() }
        }
        Remark::MissingKey(missing) if key.is_empty() => Fault::MissingKey(missing.to_owned()),
        Remark::MissingKey(missing) => Fault::MissingKey(format!("{key}.{missing}")),
        // Not TOML, and found before.
        Remark::TwiceKey(key) => Fault::Refused(key.to_owned()),
        Remark::Other(_) => Fault::Refused(key),
    }
}

/// The path of the key that stands at an offset, or of the one whose value does.
fn key_at(table: &Spanned<DeTable<'_>>, offset: usize) -> String {
    let mut path = Vec::new();
    walk(table.get_ref(), offset, &mut path);
    path.join(".")
}

fn walk<'t>(table: &'t DeTable<'_>, offset: usize, path: &mut Vec<&'t str>) {
    for (key, value) in table {
        if key.span().contains(&offset) || holds(value, offset) {
            path.push(key.get_ref());
            inside(value, offset, path);
            return;
        }
    }
}

fn inside<'t>(value: &'t Spanned<DeValue<'_>>, offset: usize, path: &mut Vec<&'t str>) {
    match value.get_ref() {
        DeValue::Table(table) => walk(table, offset, path),
        DeValue::Array(array) => {
            if let Some(item) = array.iter().find(|item| holds(item, offset)) {
                inside(item, offset, path);
            }
        }
        _ => {}
    }
}

/// Whether a value or anything in it stands at an offset: the span of a `[[table]]` covers its header only.
fn holds(value: &Spanned<DeValue<'_>>, offset: usize) -> bool {
    value.span().contains(&offset)
        || match value.get_ref() {
            DeValue::Table(table) => table.iter().any(|(k, v)| k.span().contains(&offset) || holds(v, offset)),
            DeValue::Array(array) => array.iter().any(|item| holds(item, offset)),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what cannot be read is looked at")]
    struct Sample {
        port: u16,
        password: Option<Hidden>,
        address: Option<std::net::SocketAddr>,
        #[serde(default)]
        mailbox: Vec<Mailbox>,
        #[serde(default)]
        words: BTreeMap<String, u8>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what cannot be read is looked at")]
    struct Mailbox {
        user: String,
        password: Hidden,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only what cannot be read is looked at")]
    enum Hidden {
        File(PathBuf),
        Env(String),
    }

    fn check(text: &str, expected: &str) {
        let told = parse::<Sample>(Path::new("s.toml"), text).unwrap_err().to_string();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn what_is_wrong_is_told_by_place_and_key_and_never_by_its_value() {
        check("port = \"hunter2\"", "s.toml:1:8: the value of `port` does not fit; expected u16");
        check(
            "port = 1\npassword = \"hunter2\"",
            "s.toml:2:12: the value of `password` does not fit; expected `file` or `env`",
        );
        check("port = 1\naddress = \"hunter2\"", "s.toml:2:11: the value of `address` cannot be read");
        check(
            "port = 1\npasword = \"hunter2\"",
            "s.toml:2:1: the key `pasword` is unknown; expected one of `port`, `password`, `address`, `mailbox`, `words`",
        );
        check("password = { file = \"hunter2\" }", "s.toml:1:1: the key `port` is missing");
        check("port = 1\n[words]\n\"é\" = \"hunter2\"", "s.toml:3:7: the value of `words.é` does not fit; expected u8");
        check(
            "port = 1\n[[mailbox]]\nuser = \"u\"\npassword = { env = \"X\" }\n[[mailbox]]\nuser = 7\npassword = \"hunter2\"",
            "s.toml:6:8: the value of `mailbox.user` does not fit; expected a string",
        );
        check("port = 1\n[[mailbox]]\nuser = \"hunter2\"", "s.toml:2:1: the key `mailbox.password` is missing");
    }

    #[test]
    fn what_is_not_toml_shows_nothing_of_its_line() {
        for text in [
            "password = hunter2",
            "password = \"hunter2",
            "hunter2",
            "password: hunter2",
            "a = 1 hunter2",
            "[hunter2",
            "a = 'hunter2",
        ] {
            let told = parse::<Sample>(Path::new("s.toml"), text).unwrap_err().to_string();
            assert!(told.starts_with("s.toml:1:") && told.contains("this is not TOML: "), "{told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
