//! How people of this installation sign in, beyond accounts with a password: the file of `serve --sign-in`.
//!
//! It belongs to the installation and not to the contract: which roles there are is the contract's, how their
//! people prove who they are is not. MUST NOT hold a secret: it names the files that do.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::Deserialize;
use vigie_contract::{Contract, Party, RoleId};
use vigie_links::ldap;

use super::Directory;

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
    /// Two directories of one name.
    #[error("{path}: there are two directories `{id}`; accounts keep that name, so give each its own")]
    Twice {
        /// Where.
        path: PathBuf,
        /// Which.
        id: String,
    },
    /// A directory.
    #[error("{path}, directory `{id}`: {reason}")]
    Directory {
        /// Where.
        path: PathBuf,
        /// Which.
        id: String,
        /// What is wrong with it.
        reason: DirectoryError,
    },
}

/// What is wrong with a directory.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Its address or its certificates.
    #[error(transparent)]
    Link(#[from] ldap::SettingsError),
    /// A name without a password is an anonymous bind.
    #[error("bind_dn needs bind_password_file, and the other way round")]
    HalfABind,
    /// The file of a password.
    #[error("{file} cannot be used as a password: {source}")]
    Secret {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A role of another side.
    #[error("`{role}` is a role of another side than the directory's people")]
    Side {
        /// Which.
        role: String,
    },
}

/// How people sign in.
#[derive(Debug, Default)]
pub struct SignInConfig {
    /// Who needs a second factor.
    pub second_factor: SecondFactor,
    /// Directories that know people, in the order in which they are asked.
    pub directories: Vec<Directory>,
}

/// The same as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    second_factor: SecondFactor,
    #[serde(default, rename = "directory")]
    directories: Vec<DirectoryFile>,
}

/// A directory as it is written; see [`ldap::Settings`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DirectoryFile {
    id: String,
    url: String,
    #[serde(default)]
    start_tls: bool,
    #[serde(default)]
    unencrypted: bool,
    ca_file: Option<PathBuf>,
    bind_dn: Option<String>,
    bind_password_file: Option<PathBuf>,
    base: String,
    #[serde(default = "by_uid")]
    filter: String,
    #[serde(default = "uid")]
    name: String,
    #[serde(default = "entry_uuid")]
    subject: String,
    #[serde(default = "member_of")]
    groups: String,
    /// The side whose people these are: no role of another side is given.
    side: Party,
    #[serde(default, rename = "role")]
    roles: Vec<GroupRole>,
}

/// One row of the table of groups.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRole {
    group: String,
    role: String,
}

fn by_uid() -> String {
    "(uid={name})".to_owned()
}

fn uid() -> String {
    "uid".to_owned()
}

fn entry_uuid() -> String {
    "entryUUID".to_owned()
}

fn member_of() -> String {
    "memberOf".to_owned()
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
        let file: File = toml::from_str(&text).map_err(toml)?;
        for role in &file.second_factor.required {
            known_role(path, "second_factor.required", role, contract)?;
        }
        let mut directories: Vec<Directory> = Vec::new();
        for directory in file.directories {
            if directories.iter().any(|d| d.id == directory.id) {
                return Err(ConfigError::Twice { path: path.to_owned(), id: directory.id });
            }
            directories.push(directory.read(path, contract)?);
        }
        Ok(Self { second_factor: file.second_factor, directories })
    }

    /// Whether people of a role open no page without a second factor.
    #[must_use]
    pub fn asks_second_factor(&self, role: &RoleId) -> bool {
        self.second_factor.required.contains(&role.0)
    }
}

impl DirectoryFile {
    /// Makes it ready; files that it names are looked for beside the file of sign-in.
    fn read(self, path: &Path, contract: &Contract) -> Result<Directory, ConfigError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let of_directory = |reason| ConfigError::Directory { path: path.to_owned(), id: self.id.clone(), reason };
        let mut roles = Vec::with_capacity(self.roles.len());
        for row in self.roles {
            if known_role(path, "directory.role", &row.role, contract)? != self.side {
                return Err(of_directory(DirectoryError::Side { role: row.role }));
            }
            roles.push((row.group, RoleId(row.role)));
        }
        let bind = match (self.bind_dn, self.bind_password_file) {
            (None, None) => None,
            (Some(dn), Some(file)) => Some((dn, secret(&folder.join(file)).map_err(of_directory)?)),
            _ => return Err(of_directory(DirectoryError::HalfABind)),
        };
        let settings = ldap::Settings {
            url: self.url,
            start_tls: self.start_tls,
            unencrypted: self.unencrypted,
            ca_file: self.ca_file.map(|file| folder.join(file)),
            bind,
            base: self.base,
            filter: self.filter,
            name: self.name,
            subject: self.subject,
            groups: self.groups,
        };
        let link = ldap::Directory::new(settings).map_err(|e| of_directory(e.into()))?;
        Ok(Directory { id: self.id.clone(), link, roles, next: Mutex::default() })
    }
}

/// The first line of a file that holds a password.
fn secret(file: &Path) -> Result<String, DirectoryError> {
    let unreadable = |source| DirectoryError::Secret { file: file.to_owned(), source };
    let text = fs::read_to_string(file).map_err(unreadable)?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(unreadable(io::Error::other("its first line must be the password"))),
    }
}

/// The side of a role of the contract.
fn known_role(path: &Path, place: &'static str, role: &str, contract: &Contract) -> Result<Party, ConfigError> {
    if let Some(known) = contract.roles.iter().find(|r| r.id.0 == role) {
        return Ok(known.party);
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

    fn directory(url: &str, more: &str) -> String {
        format!("[[directory]]\nid = \"d\"\nurl = \"{url}\"\nbase = \"dc=x\"\nside = \"customer\"\n{more}\n")
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, told) in [
            ("[second_factor]\nrequired = [\"chief\"]", "`chief` is no role"),
            ("[second_factor]\nrequierd = []", "line 2"),
            ("[second_factor", "line 1"),
            (&directory("ldap://h", ""), "not encrypted"),
            (&directory("ldaps://h", "filter = \"(uid=*)\""), "must hold {name}"),
            (&directory("ldaps://h", "bind_dn = \"cn=vigie\""), "bind_password_file"),
            (&directory("ldaps://h", "ca_file = \"nowhere.pem\""), "nowhere.pem"),
            (&directory("ldaps://h", "bind_dn = \"cn=v\"\nbind_password_file = \"none\""), "none cannot be used"),
            (&directory("ldaps://h", "[[directory.role]]\ngroup = \"g\"\nrole = \"roc\""), "another side"),
            (&directory("ldaps://h", "[[directory.role]]\ngroup = \"g\"\nrole = \"x\""), "`x` is no role"),
            (&directory("ldaps://h", "").repeat(2), "two directories"),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(told), "{said}");
        }
        for (url, more) in [("ldaps://h", ""), ("ldap://h", "start_tls = true"), ("ldap://h", "unencrypted = true")] {
            assert_eq!(read(&directory(url, more)).unwrap().directories.len(), 1, "{url} {more}");
        }
        assert!(!read("").unwrap().asks_second_factor(&"roc".into()));
        assert!(read("[second_factor]\nrequired = [\"roc\"]").unwrap().asks_second_factor(&"roc".into()));
    }
}
