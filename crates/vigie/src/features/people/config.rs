//! How people of this installation sign in, beyond accounts with a password: the file of `serve --sign-in`.
//!
//! It belongs to the installation and not to the contract: which roles there are is the contract's, how their
//! people prove who they are is not. MUST NOT hold a secret: it names the files that do.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use vigie_contract::{Contract, RoleId};

/// A larger file is a mistake.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file.
    #[error("{path}: the file of sign-in cannot be read: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Too large.
    #[error("{path} has more than {MAX_BYTES} bytes: it is no file of sign-in")]
    TooLarge {
        /// Where.
        path: PathBuf,
    },
    /// It does not read; the message shows the place.
    #[error("{path}: {source}")]
    Toml {
        /// Where.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: Box<toml::de::Error>,
    },
    /// A role that the contract has not.
    #[error("{path}, {place}: `{role}` is no role of the contract; write one of {known}")]
    Role {
        /// Where.
        path: PathBuf,
        /// Which value.
        place: &'static str,
        /// What it says.
        role: String,
        /// The roles that there are.
        known: String,
    },
}

/// How people sign in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInConfig {
    /// Who needs a second factor.
    #[serde(default)]
    pub second_factor: SecondFactor,
}

/// Who needs a second factor; whoever does not may still have one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// Roles that open no page without one.
    #[serde(default)]
    pub required: Vec<String>,
}

impl SignInConfig {
    /// Reads a file and holds it against the contract.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn load(path: &Path, contract: &Contract) -> Result<Self, ConfigError> {
        let refused = |source| ConfigError::File { path: path.to_owned(), source };
        if fs::metadata(path).map_err(refused)?.len() > MAX_BYTES {
            return Err(ConfigError::TooLarge { path: path.to_owned() });
        }
        let text = fs::read_to_string(path).map_err(refused)?;
        let toml = |source| ConfigError::Toml { path: path.to_owned(), source: Box::new(source) };
        let config: Self = toml::from_str(&text).map_err(toml)?;
        for role in &config.second_factor.required {
            known_role(path, "second_factor.required", role, contract)?;
        }
        Ok(config)
    }

    /// Whether people of a role open no page without a second factor.
    #[must_use]
    pub fn asks_second_factor(&self, role: &RoleId) -> bool {
        self.second_factor.required.contains(&role.0)
    }
}

fn known_role(path: &Path, place: &'static str, role: &str, contract: &Contract) -> Result<(), ConfigError> {
    if contract.roles.iter().any(|r| r.id.0 == role) {
        return Ok(());
    }
    let known: Vec<&str> = contract.roles.iter().map(|r| r.id.0.as_str()).collect();
    Err(ConfigError::Role { path: path.to_owned(), place, role: role.to_owned(), known: known.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SignInConfig, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        let promise = crate::app::promise(None).unwrap();
        SignInConfig::load(file.path(), &promise.history.base().contract)
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            ("[second_factor]\nrequired = [\"chief\"]", "`chief` is no role"),
            ("[second_factor]\nrequierd = []", "line 2"),
            ("[second_factor", "line 1"),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(told), "{said}");
        }
        assert!(!read("").unwrap().asks_second_factor(&"roc".into()));
        assert!(read("[second_factor]\nrequired = [\"roc\"]").unwrap().asks_second_factor(&"roc".into()));
    }
}
