//! How people of this installation sign in, beyond accounts with a password: the file of `serve --sign-in`.
//!
//! It belongs to the installation and not to the contract: which roles there are is the contract's, how their
//! people prove who they are is not. MUST NOT hold a secret: it names the files that do.

mod provider;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::Deserialize;
use vigie_contract::{Contract, Party, RoleId};
use vigie_links::ldap;

use super::{Account, Directory, Provider};
use crate::settings_file::{self, FileError};
pub(crate) use provider::MAX_ID as MAX_PROVIDER_ID;
pub use provider::ProviderError;
use provider::ProviderFile;

/// A larger file is a mistake.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why it cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file of sign-in.
    #[error(transparent)]
    File(#[from] FileError),
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
    /// Two directories or providers of one name.
    #[error("{path}: there are two directories or providers `{id}`; accounts keep that name, so give each its own")]
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
    /// A provider.
    #[error("{path}, provider `{id}`: {reason}")]
    Provider {
        /// Where.
        path: PathBuf,
        /// Which.
        id: String,
        /// What is wrong with it.
        reason: ProviderError,
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
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A role of another side.
    #[error("`{role}` is a role of another side than the directory's people")]
    Side {
        /// Which.
        role: String,
    },
}

/// A file that holds a password cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file} cannot be used as a password: {source}")]
pub struct SecretError {
    /// Which.
    pub file: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// How people sign in.
#[derive(Debug, Default)]
pub struct SignInConfig {
    /// Where people reach this server, such as `https://vigie.example.fr`.
    pub address: Option<String>,
    /// Who needs a second factor.
    pub second_factor: SecondFactor,
    /// Directories that know people, in the order in which they are asked.
    pub directories: Vec<Directory>,
    /// Providers that vouch for people.
    pub providers: Vec<Provider>,
}

/// The same as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    address: Option<String>,
    #[serde(default)]
    second_factor: SecondFactor,
    #[serde(default, rename = "directory")]
    directories: Vec<DirectoryFile>,
    #[serde(default, rename = "provider")]
    providers: Vec<ProviderFile>,
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
        let file: File = settings_file::read(path, MAX_BYTES)?;
        for role in &file.second_factor.required {
            known_role(path, "second_factor.required", role, contract)?;
        }
        let ids = file.directories.iter().map(|d| &d.id).chain(file.providers.iter().map(|p| &p.id));
        let mut known = BTreeSet::new();
        for id in ids {
            if !known.insert(id) {
                return Err(ConfigError::Twice { path: path.to_owned(), id: id.clone() });
            }
        }
        let address = file.address.as_deref();
        let providers =
            file.providers.into_iter().map(|p| p.read(path, address, contract)).collect::<Result<_, _>>()?;
        let directories = file.directories.into_iter().map(|d| d.read(path, contract)).collect::<Result<_, _>>()?;
        Ok(Self { address: file.address, second_factor: file.second_factor, directories, providers })
    }

    /// Whether somebody opens no page without a second factor of ours.
    #[must_use]
    pub fn asks_second_factor(&self, account: &Account) -> bool {
        self.second_factor.required.contains(&account.role.0)
            && !self.provider_of(account).is_some_and(|p| p.vouches_for_second)
    }

    /// The provider of that id.
    #[must_use]
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|p| p.id == id)
    }

    /// The provider that vouches for an account.
    #[must_use]
    pub fn provider_of(&self, account: &Account) -> Option<&Provider> {
        self.provider(&account.outside.as_ref()?.directory)
    }
}

impl DirectoryFile {
    /// Makes it ready; files that it names are looked for beside the file of sign-in.
    fn read(self, path: &Path, contract: &Contract) -> Result<Directory, ConfigError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let of_directory = |reason| ConfigError::Directory { path: path.to_owned(), id: self.id.clone(), reason };
        let other_side = |role| of_directory(DirectoryError::Side { role });
        let roles = roles_of(path, "directory.role", self.roles, self.side, contract, other_side)?;
        let bind = match (self.bind_dn, self.bind_password_file) {
            (None, None) => None,
            (Some(dn), Some(file)) => Some((dn, secret(&folder.join(file)).map_err(|e| of_directory(e.into()))?)),
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

/// The table of groups, whose roles are all of one side.
fn roles_of(
    path: &Path,
    place: &'static str,
    rows: Vec<GroupRole>,
    side: Party,
    contract: &Contract,
    other_side: impl Fn(String) -> ConfigError,
) -> Result<Vec<(String, RoleId)>, ConfigError> {
    let mut roles = Vec::with_capacity(rows.len());
    for row in rows {
        if known_role(path, place, &row.role, contract)? != side {
            return Err(other_side(row.role));
        }
        roles.push((row.group, RoleId(row.role)));
    }
    Ok(roles)
}

/// The first line of a file that holds a password.
fn secret(file: &Path) -> Result<String, SecretError> {
    let unreadable = |source| SecretError { file: file.to_owned(), source };
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
    use crate::features::people::{Accounts as _, Outside};

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
            ("[second_factor]\nrequierd = []", ":2:1: the key `second_factor.requierd` is unknown"),
            ("[second_factor", ":1:"),
            (&directory("ldap://h", ""), "not encrypted"),
            (&directory("ldaps://h", "filter = \"(uid=*)\""), "must hold {name}"),
            (&directory("ldaps://h", "bind_dn = \"cn=vigie\""), "bind_password_file"),
            (&directory("ldaps://h", "ca_file = \"nowhere.pem\""), "nowhere.pem"),
            (&directory("ldaps://h", "bind_dn = \"cn=v\"\nbind_password_file = \"none\""), "none cannot be used"),
            (&directory("ldaps://h", "[[directory.role]]\ngroup = \"g\"\nrole = \"roc\""), "another side"),
            (&directory("ldaps://h", "[[directory.role]]\ngroup = \"g\"\nrole = \"x\""), "`x` is no role"),
            (&directory("ldaps://h", "").repeat(2), "two directories or providers"),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(told), "{said}");
        }
        for (url, more) in [("ldaps://h", ""), ("ldap://h", "start_tls = true"), ("ldap://h", "unencrypted = true")] {
            assert_eq!(read(&directory(url, more)).unwrap().directories.len(), 1, "{url} {more}");
        }
    }

    #[test]
    fn a_provider_says_where_people_come_back_to_and_who_asks_for_the_second_factor() {
        let provider = |top: &str, more: &str| {
            format!(
                "{top}\n[second_factor]\nrequired = [\"roc\"]\n[[provider]]\nid = \"p\"\nlabel = {{ fr = \"a\", en = \"b\" }}\n\
                 issuer = \"https://idp.example\"\nclient_id = \"vigie\"\nside = \"provider\"\n{more}\n"
            )
        };
        let address = "address = \"https://vigie.example\"";
        for (top, more, told) in [
            ("", "", "write `address`"),
            (address, "client_secret_file = \"none\"", "none cannot be used"),
            (address, "[[provider.role]]\ngroup = \"g\"\nrole = \"cds\"", "another side"),
            ("address = \"http://vigie.example\"", "", "https"),
        ] {
            let said = read(&provider(top, more)).unwrap_err().to_string();
            assert!(said.contains(told), "{said}");
        }
        let twice = provider(address, "").replace("id = \"p\"", "id = \"d\"") + &directory("ldaps://h", "");
        assert!(read(&twice).unwrap_err().to_string().contains("two directories or providers"));
        let bad_id = provider(address, "").replace("id = \"p\"", "id = \"P/1\"");
        assert!(read(&bad_id).unwrap_err().to_string().contains("stands in addresses"));
        let mut account = crate::web::sample::People::default().account("claire").unwrap().unwrap();
        account.role = "roc".into();
        for (more, asked) in [("", true), ("second_factor = \"provider\"", false)] {
            let config = read(&provider(address, more)).unwrap();
            account.outside = None;
            assert!(config.asks_second_factor(&account), "an account of ours");
            account.outside = Some(Outside { directory: "p".to_owned(), subject: "s".to_owned() });
            assert_eq!(config.asks_second_factor(&account), asked, "{more}");
        }
        assert!(!read("").unwrap().asks_second_factor(&account));
    }
}
