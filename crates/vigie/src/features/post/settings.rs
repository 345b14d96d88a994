//! How the desk's post is set up: one TOML file, read once at the start.
//!
//! A secret never stands in the file: the file says in which other file or in which environment variable
//! it is. MUST NOT print, log or keep a secret anywhere else.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use vigie_contract::{Label, Party};
use vigie_links::mail::{
    Address, Ourselves, TokenKeys,
    imap::{After, Mailbox, Secret},
    listen::{Listening, Protocol},
    smtp::{Account, Protection, Relay},
};

use super::parties::Organisation;
use crate::settings_file::{self, FileError};

/// Bytes of a settings file: some dozen mailboxes need a few thousand.
const MAX_FILE_BYTES: u64 = 256 * 1024;
/// Bytes of a secret: a token of OAuth 2 has some thousand.
const MAX_SECRET_BYTES: u64 = 16 * 1024;
/// Bytes of the key of tokens: what SHA-256 makes of fewer could be guessed.
const MIN_KEY_BYTES: usize = 32;

/// The settings of the post, with their secrets.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address from which the desk writes.
    pub from: Address,
    /// Where people open the pages, `https://...` without an end; mails lead nowhere without it.
    pub public: Option<String>,
    /// All our addresses and our mark.
    pub own: Ourselves,
    /// The keys of the tokens in subjects and addresses.
    pub keys: TokenKeys,
    /// Who belongs to which side.
    pub organisations: Vec<Organisation>,
    /// The server whose `Authentication-Results` is believed.
    pub authenticator: Option<String>,
    /// How often one address is acknowledged.
    pub acknowledged: Limits,
    /// Where mails are handed to us.
    pub listen: Option<Listen>,
    /// Which mailboxes are read.
    pub mailboxes: Vec<Watched>,
    /// To whom mails are handed over.
    pub relay: Option<Relay>,
}

/// How often one address is acknowledged at most: more than a call centre opens, less than a machine that
/// answers itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// In one hour.
    pub hour: u32,
    /// In 24 hours.
    pub day: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { hour: 20, day: 120 }
    }
}

/// Where mails are handed to us.
#[derive(Clone, Debug)]
pub struct Listen {
    /// Address and port, on this machine or a network of the house.
    pub at: SocketAddr,
    /// How.
    pub listening: Listening,
}

/// A mailbox that is read.
#[derive(Clone, Debug)]
pub struct Watched {
    /// How to reach it.
    pub mailbox: Mailbox,
    /// It is looked at that often even when the server says nothing, in seconds.
    pub look_every_s: u64,
}

impl Watched {
    /// What it is called: folder, account and server.
    #[must_use]
    pub fn name(&self) -> String {
        let Mailbox { folder, user, host, port, .. } = &self.mailbox;
        format!("{folder} {user} {host}:{port}")
    }
}

/// Why settings cannot be used. Says no secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file, or one that it names.
    #[error(transparent)]
    File(#[from] FileError),
    /// A value makes no sense.
    #[error("`{field}`: {}", reason.en)]
    Value {
        /// Which.
        field: &'static str,
        /// What is wrong and what to do.
        reason: Label,
    },
}

/// A file of settings as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    addresses: Vec<String>,
    #[serde(default)]
    name: String,
    mark: Option<String>,
    public_address: Option<String>,
    token_key: Hidden,
    #[serde(default)]
    older_token_keys: Vec<Hidden>,
    authentication_results: Option<String>,
    #[serde(default)]
    acknowledge: Limits,
    #[serde(default, rename = "organisation")]
    organisations: Vec<OrganisationFile>,
    listen: Option<ListenFile>,
    #[serde(default, rename = "mailbox")]
    mailboxes: Vec<MailboxFile>,
    relay: Option<RelayFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganisationFile {
    name: String,
    side: Party,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListenFile {
    address: SocketAddr,
    #[serde(default)]
    protocol: ProtocolName,
    name: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ProtocolName {
    #[default]
    Lmtp,
    Smtp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailboxFile {
    host: String,
    port: Option<u16>,
    #[serde(default = "yes")]
    tls: bool,
    user: String,
    password: Option<Hidden>,
    token: Option<Hidden>,
    #[serde(default = "inbox")]
    folder: String,
    move_to: Option<String>,
    #[serde(default = "yes")]
    mark_seen: bool,
    #[serde(default = "five_minutes")]
    look_every_s: u64,
}

const fn yes() -> bool {
    true
}

fn inbox() -> String {
    "INBOX".to_owned()
}

const fn five_minutes() -> u64 {
    300
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelayFile {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    protection: ProtectionName,
    user: Option<String>,
    password: Option<Hidden>,
    token: Option<Hidden>,
    name: String,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ProtectionName {
    None,
    #[default]
    StartTls,
    Tls,
}

/// Where a secret is.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Hidden {
    File(PathBuf),
    Env(String),
}

impl Hidden {
    /// The secret without the line end that editors add; `beside` is the folder of the settings.
    fn read(&self, beside: &Path) -> Result<String, SettingsError> {
        let text = match self {
            Self::File(path) => settings_file::text(&beside.join(path), MAX_SECRET_BYTES)?,
            Self::Env(name) => settings_file::variable(name)?,
        };
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }

    /// The secret as a key of tokens.
    fn key(&self, beside: &Path) -> Result<[u8; 32], SettingsError> {
        let secret = self.read(beside)?;
        if secret.len() < MIN_KEY_BYTES {
            let found = secret.len();
            let reason = Label::new(
                format!(
                    "elle a {found} caractères, et moins de {MIN_KEY_BYTES} se devinent : en faire une avec `openssl rand -hex 32`"
                ),
                format!(
                    "it has {found} characters, and fewer than {MIN_KEY_BYTES} can be guessed: make one with `openssl rand -hex 32`"
                ),
            );
            return Err(SettingsError::Value { field: "token_key", reason });
        }
        Ok(Sha256::digest(secret.as_bytes()).into())
    }
}

impl Settings {
    /// Reads a file of settings and the secrets that it names.
    ///
    /// # Errors
    /// [`SettingsError`] with what is wrong and where.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let file: File = settings_file::read(path, MAX_FILE_BYTES)?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let mut addresses = Vec::with_capacity(file.addresses.len());
        for text in &file.addresses {
            addresses.push(address("addresses", text)?.key());
        }
        let Some(first) = file.addresses.first() else {
            let reason = Label::new(
                "la liste est vide : donner au moins l'adresse à laquelle on écrit au guichet",
                "it is empty: give at least the address at which the desk is written to",
            );
            return Err(SettingsError::Value { field: "addresses", reason });
        };
        let from = Address { name: file.name, ..address("addresses", first)? };
        let mark = file.mark.unwrap_or_else(|| format!("vigie {}", from.address));
        let own = Ourselves { addresses, mark };
        let older = file.older_token_keys.iter().map(|k| k.key(beside)).collect::<Result<Vec<_>, _>>()?;
        let listen = file.listen.map(|l| Listen {
            at: l.address,
            listening: Listening {
                protocol: match l.protocol {
                    ProtocolName::Lmtp => Protocol::Lmtp,
                    ProtocolName::Smtp => Protocol::Smtp,
                },
                name: l.name,
                own: own.clone(),
            },
        });
        Ok(Self {
            keys: TokenKeys::new(file.token_key.key(beside)?, &older),
            organisations: file.organisations.into_iter().map(organisation).collect::<Result<_, _>>()?,
            authenticator: file.authentication_results,
            acknowledged: file.acknowledge,
            listen,
            mailboxes: file.mailboxes.iter().map(|m| watched(m, beside)).collect::<Result<_, _>>()?,
            relay: file.relay.map(|r| relay(r, beside)).transpose()?,
            public: file.public_address.as_deref().map(public_address).transpose()?,
            from,
            own,
        })
    }
}

fn address(field: &'static str, text: &str) -> Result<Address, SettingsError> {
    let found = Address { name: String::new(), address: text.trim().to_owned() };
    let whole = !found.domain().is_empty() && !found.local().is_empty() && !found.local().contains(['+', ' ', '<']);
    if whole {
        return Ok(found);
    }
    let reason = Label::new(
        format!("« {text} » n'est pas une adresse de la forme guichet@example.fr, sans `+`"),
        format!("“{text}” is not an address of the form guichet@example.fr, without a `+`"),
    );
    Err(SettingsError::Value { field, reason })
}

fn public_address(text: &str) -> Result<String, SettingsError> {
    let text = text.trim().trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    if !host.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "?#<>\"".contains(c)) {
        return Ok(text.to_owned());
    }
    let reason = Label::new(
        format!("« {text} » n'est pas une adresse de la forme https://vigie.example.fr"),
        format!("“{text}” is not an address of the form https://vigie.example.fr"),
    );
    Err(SettingsError::Value { field: "public_address", reason })
}

fn organisation(file: OrganisationFile) -> Result<Organisation, SettingsError> {
    let mut addresses = Vec::with_capacity(file.addresses.len());
    for text in &file.addresses {
        addresses.push(address("organisation.addresses", text)?.key());
    }
    let domains = file.domains.iter().map(|d| d.trim_start_matches('@').to_lowercase()).collect();
    Ok(Organisation { name: file.name, side: file.side, domains, addresses })
}

fn watched(file: &MailboxFile, beside: &Path) -> Result<Watched, SettingsError> {
    let secret = match (&file.password, &file.token) {
        (Some(password), None) => Secret::Password(password.read(beside)?),
        (None, Some(token)) => Secret::Token(token.read(beside)?),
        _ => {
            let reason = Label::new(
                "donner soit password, soit token, sous la forme { file = \"...\" } ou { env = \"...\" }",
                "give either password or token, as { file = \"...\" } or { env = \"...\" }",
            );
            return Err(SettingsError::Value { field: "mailbox", reason });
        }
    };
    // RFC 2177: a server may end what is silent for half an hour.
    if !(1..=1_740).contains(&file.look_every_s) {
        let reason = Label::new("donner de 1 à 1740 secondes", "give 1 to 1740 seconds");
        return Err(SettingsError::Value { field: "mailbox.look_every_s", reason });
    }
    let after = match &file.move_to {
        Some(folder) => After::Move(folder.clone()),
        None if file.mark_seen => After::Seen,
        None => After::Leave,
    };
    Ok(Watched {
        mailbox: Mailbox {
            host: file.host.clone(),
            port: file.port.unwrap_or(if file.tls { 993 } else { 143 }),
            tls: file.tls,
            user: file.user.clone(),
            secret,
            folder: file.folder.clone(),
            after,
        },
        look_every_s: file.look_every_s,
    })
}

fn relay(file: RelayFile, beside: &Path) -> Result<Relay, SettingsError> {
    let account = match (file.user, &file.password, &file.token) {
        (None, None, None) => None,
        (Some(user), Some(password), None) => Some(Account { user, secret: password.read(beside)?, is_token: false }),
        (Some(user), None, Some(token)) => Some(Account { user, secret: token.read(beside)?, is_token: true }),
        _ => {
            let reason = Label::new(
                "donner user avec soit password, soit token, ou aucun des trois",
                "give user with either password or token, or none of them",
            );
            return Err(SettingsError::Value { field: "relay", reason });
        }
    };
    let (protection, port) = match file.protection {
        ProtectionName::None => (Protection::None, 25),
        ProtectionName::StartTls => (Protection::StartTls, 587),
        ProtectionName::Tls => (Protection::Tls, 465),
    };
    Ok(Relay { host: file.host, port: file.port.unwrap_or(port), protection, account, name: file.name })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn load(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "0123456789abcdef0123456789abcdef\n").unwrap();
        fs::write(folder.path().join("secret"), "hush\n").unwrap();
        let path = folder.path().join("mail.toml");
        fs::write(&path, text).unwrap();
        Settings::load(&path)
    }

    const SMALL: &str = "addresses = [\"Guichet@vigie.example\"]\ntoken_key = { file = \"key\" }\n";

    #[test]
    fn a_small_file_is_enough_and_a_large_one_is_read_whole() {
        let small = load(SMALL).unwrap();
        assert_eq!(small.own.addresses, ["guichet@vigie.example"]);
        assert!(small.listen.is_none() && small.mailboxes.is_empty() && small.relay.is_none());
        let large = load(&format!(
            "{SMALL}name = \"Guichet\"\n[[organisation]]\nname = \"DSIUN\"\nside = \"customer\"\ndomains = [\"@Customer.example\"]\n\
             [listen]\naddress = \"127.0.0.1:2525\"\nname = \"vigie.example\"\n\
             [[mailbox]]\nhost = \"imap.example\"\nuser = \"guichet\"\npassword = {{ file = \"secret\" }}\n\
             [relay]\nhost = \"smtp.example\"\nname = \"vigie.example\"\nuser = \"guichet\"\npassword = {{ file = \"secret\" }}\n"
        ))
        .unwrap();
        assert_eq!(large.mailboxes[0].name(), "INBOX guichet imap.example:993");
        assert_eq!(large.relay.as_ref().unwrap().port, 587);
        assert_eq!(large.organisations[0].domains, ["customer.example"]);
        assert!(!format!("{large:?}").contains("hush"), "secrets are not printed");
    }

    #[test]
    fn what_cannot_be_used_is_named_and_no_secret_with_it() {
        let check = |text: &str, told: &str| {
            let error = load(text).unwrap_err();
            let source = std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
            assert!(format!("{error} {source}").contains(told), "{error} {source}");
        };
        check("addresses = []\ntoken_key = { file = \"key\" }", "at least the address");
        check("addresses = [\"guichet\"]\ntoken_key = { file = \"key\" }", "guichet@example.fr");
        check("addresses = [\"a@b\"]\ntoken_key = { file = \"secret\" }", "can be guessed");
        check("addresses = [\"a@b\"]\ntoken_key = { file = \"nowhere\" }", "nowhere cannot be read");
        check("addresses = [\"a@b\"]\ntoken_key = { env = \"VIGIE_NO_SUCH\" }", "VIGIE_NO_SUCH");
        check(
            "addresses = [\"a@b\"]\ntoken_key = \"0123456789\"",
            "mail.toml:2:13: the value of `token_key` does not fit; expected `file` or `env`",
        );
        check(&format!("{SMALL}typo = 1"), "typo");
        check(&format!("{SMALL}[[mailbox]]\nhost = \"x\"\nuser = \"y\""), "either password or token");
    }
}
