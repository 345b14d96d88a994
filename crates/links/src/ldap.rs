//! People of a directory, asked by LDAP: whose password it is, and in which groups they are.
//!
//! We bind and read, and never write there. A password MUST NOT travel in the clear unless the operator says so, and
//! an empty one never at all: a directory takes a bind without a password for an anonymous one, and says yes
//! (RFC 4513, section 5.1.2).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use ldap3::{LdapConn, LdapConnSettings, Scope, SearchEntry, SearchOptions, ldap_escape};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use vigie_contract::Phrase;

/// A directory that says nothing for so long does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
const LET_IN: Phrase = Phrase::new("laisser entrer son propre compte", "let its own account in");
const CHECK_A_PASSWORD: Phrase = Phrase::new("vérifier un mot de passe", "check a password");
const BE_SEARCHED: Phrase = Phrase::new("être interrogé", "be searched");
/// Characters of a name that may be looked for.
const MAX_NAME: usize = 100;

/// Answers to a bind that say nothing of the password (RFC 4511, appendix A.2): a stronger way of proof is required,
/// confidentiality is required, busy, unavailable.
const CANNOT_SAY: [u32; 4] = [8, 13, 51, 52];

/// Which directory, and how people stand in it.
#[derive(Clone)]
pub struct Settings {
    /// `ldaps://host` or `ldap://host`, with a port if need be.
    pub url: String,
    /// Encrypts `ldap://` before anything is said.
    pub start_tls: bool,
    /// Allows `ldap://` without StartTLS.
    pub unencrypted: bool,
    /// Certificates to trust instead of the machine's.
    pub ca_file: Option<PathBuf>,
    /// Who looks people up, with the password; nobody means anonymously.
    pub bind: Option<(String, String)>,
    /// Where people are looked for, with all that is below.
    pub base: String,
    /// How; `{name}` is what was typed, escaped.
    pub filter: String,
    /// Attribute that holds the name to call them by.
    pub name: String,
    /// Attribute that stays when the name changes.
    pub subject: String,
    /// Attribute that holds their groups.
    pub groups: String,
}

/// Why a directory cannot be used so.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Passwords would travel in the clear.
    #[error("url is not encrypted: write ldaps://, or start_tls = true, or unencrypted = true if nobody can listen")]
    Unencrypted,
    /// Nothing says whom to look for.
    #[error("filter must hold {{name}}, as in (uid={{name}})")]
    NoName,
    /// The file of certificates.
    #[error("{file}: {reason}")]
    Certificates {
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Why a directory did not say who somebody is.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No connection, or no answer in time.
    #[error("the directory at {url} does not answer")]
    Silent {
        /// Where.
        url: String,
        /// What the connection says.
        source: Box<ldap3::LdapError>,
    },
    /// It does not let us look.
    #[error("the directory at {url} refuses to {what} (code {code}: {text}); check its account, base and filter")]
    Refused {
        /// Where.
        url: String,
        /// What was asked.
        what: Phrase,
        /// Its result code (RFC 4511, appendix A).
        code: u32,
        /// Its words.
        text: String,
    },
    /// The filter fits more than one.
    #[error("the directory at {url} has several entries for one name; make the filter narrower")]
    Several {
        /// Where.
        url: String,
    },
}

/// Somebody as a directory knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What they are called.
    pub name: String,
    /// What they are called for ever; the distinguished name when the attribute is absent.
    pub subject: String,
    /// Their groups.
    pub groups: Vec<String>,
}

impl Entry {
    /// Whether they are in a group. Distinguished names are compared without regard to case and to spaces after
    /// commas.
    #[must_use]
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|g| plain_dn(g) == plain_dn(group))
    }
}

/// A directory, ready to be asked. Calls block; each has a connection of its own.
pub struct Directory {
    settings: Settings,
    tls: Arc<ClientConfig>,
}

/// Shows no password.
impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({})", self.settings.url)
    }
}

impl Directory {
    /// Makes ready.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let encrypted = settings.url.starts_with("ldaps://") || settings.start_tls;
        if !encrypted && !settings.unencrypted {
            return Err(SettingsError::Unencrypted);
        }
        if !settings.filter.contains("{name}") {
            return Err(SettingsError::NoName);
        }
        let tls = tls(settings.ca_file.as_deref())?;
        Ok(Self { settings, tls })
    }

    /// Who it is, when name and password are somebody's.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn check(&self, name: &str, password: &str) -> Result<Option<Entry>, AskError> {
        if password.is_empty() {
            return Ok(None);
        }
        let mut connection = self.connect()?;
        let Some((dn, entry)) = self.find(&mut connection, name)? else { return Ok(None) };
        let bound = connection.with_timeout(PATIENCE).simple_bind(&dn, password).map_err(|e| self.silent(e))?;
        _ = connection.unbind();
        match bound.rc {
            0 => Ok(Some(entry)),
            code if CANNOT_SAY.contains(&code) => Err(self.refused(CHECK_A_PASSWORD, code, bound.text)),
            _ => Ok(None),
        }
    }

    /// Who has that name now.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn look_up(&self, name: &str) -> Result<Option<Entry>, AskError> {
        let mut connection = self.connect()?;
        let found = self.find(&mut connection, name)?;
        _ = connection.unbind();
        Ok(found.map(|(_, entry)| entry))
    }

    fn connect(&self) -> Result<LdapConn, AskError> {
        let settings = LdapConnSettings::new()
            .set_conn_timeout(PATIENCE)
            .set_config(Arc::clone(&self.tls))
            .set_starttls(self.settings.start_tls);
        let mut connection = LdapConn::with_settings(settings, &self.settings.url).map_err(|e| self.silent(e))?;
        if let Some((dn, password)) = &self.settings.bind {
            let bound = connection.with_timeout(PATIENCE).simple_bind(dn, password).map_err(|e| self.silent(e))?;
            if bound.rc != 0 {
                return Err(self.refused(LET_IN, bound.rc, bound.text));
            }
        }
        Ok(connection)
    }

    /// The one entry of a name.
    fn find(&self, connection: &mut LdapConn, name: &str) -> Result<Option<(String, Entry)>, AskError> {
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Ok(None);
        }
        let Settings { base, filter, name: called, subject, groups, .. } = &self.settings;
        let found = connection
            .with_search_options(SearchOptions::new().sizelimit(2))
            .with_timeout(PATIENCE)
            .search(base, Scope::Subtree, &filter.replace("{name}", &ldap_escape(name)), [called, subject, groups])
            .map_err(|e| self.silent(e))?;
        // 4 is "size limit exceeded": there are more than two.
        if found.1.rc != 0 && found.1.rc != 4 {
            return Err(self.refused(BE_SEARCHED, found.1.rc, found.1.text));
        }
        let mut entries = found.0.into_iter().filter(|e| !e.is_ref() && !e.is_intermediate());
        let Some(entry) = entries.next().map(SearchEntry::construct) else { return Ok(None) };
        if entries.next().is_some() {
            return Err(AskError::Several { url: self.settings.url.clone() });
        }
        let first = |attribute: &str| values(&entry, attribute).into_iter().next();
        let known = Entry {
            name: first(called).unwrap_or_else(|| name.to_owned()),
            subject: first(subject).unwrap_or_else(|| plain_dn(&entry.dn)),
            groups: values(&entry, groups),
        };
        Ok(Some((entry.dn, known)))
    }

    fn silent(&self, source: ldap3::LdapError) -> AskError {
        AskError::Silent { url: self.settings.url.clone(), source: Box::new(source) }
    }

    fn refused(&self, what: Phrase, code: u32, text: String) -> AskError {
        AskError::Refused { url: self.settings.url.clone(), what, code, text }
    }
}

/// The values of an attribute, whose name is read without regard to case; bytes that are no text as hexadecimal.
fn values(entry: &SearchEntry, attribute: &str) -> Vec<String> {
    if let Some((_, texts)) = entry.attrs.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute)) {
        return texts.clone();
    }
    let hex = |bytes: &Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect();
    let found = entry.bin_attrs.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute));
    found.map(|(_, values)| values.iter().map(hex).collect()).unwrap_or_default()
}

fn plain_dn(dn: &str) -> String {
    dn.split(',').map(|part| part.trim().to_lowercase()).collect::<Vec<_>>().join(",")
}

/// How servers are trusted: by these certificates, or by the machine's.
fn tls(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, SettingsError> {
    let mut roots = RootCertStore::empty();
    if let Some(file) = ca_file {
        let refused = |reason: String| SettingsError::Certificates { file: file.to_owned(), reason };
        for certificate in CertificateDer::pem_file_iter(file).map_err(|e| refused(e.to_string()))? {
            let certificate = certificate.map_err(|e| refused(e.to_string()))?;
            roots.add(certificate).map_err(|e| refused(e.to_string()))?;
        }
        if roots.is_empty() {
            return Err(refused("it holds no certificate in PEM".to_owned()));
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
    };

    use super::*;

    /// A tag and a length that fits one byte.
    fn ber(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        [&[tag, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
    }

    /// A directory that finds one entry and answers the bind that follows with a code.
    fn directory(code: u8) -> Directory {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ldap://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let done = |operation: u8, code: u8| ber(operation, &[&[0x0a, 1, code], &[4, 0], &[4, 0]]);
            let message = |number: u8, operation: &[u8]| ber(0x30, &[&[2, 1, number], operation]);
            let entry = ber(0x64, &[&ber(4, &[b"uid=alice"]), &ber(0x30, &[])]);
            let mut asked = [0; 1_024];
            assert!(stream.read(&mut asked).unwrap() > 0);
            stream.write_all(&[message(1, &entry), message(1, &done(0x65, 0))].concat()).unwrap();
            assert!(stream.read(&mut asked).unwrap() > 0);
            stream.write_all(&message(2, &done(0x61, code))).unwrap();
            // Until the client has gone.
            while stream.read(&mut asked).is_ok_and(|n| n > 0) {}
        });
        let [base, name, subject, groups] = ["dc=x", "uid", "entryUUID", "memberOf"].map(str::to_owned);
        let filter = "(uid={name})".to_owned();
        let (start_tls, unencrypted, ca_file, bind) = (false, true, None, None);
        let settings = Settings { url, start_tls, unencrypted, ca_file, bind, base, filter, name, subject, groups };
        Directory::new(settings).unwrap()
    }

    #[test]
    fn a_directory_that_cannot_say_is_told_apart_from_a_wrong_password() {
        assert!(directory(0).check("alice", "key").unwrap().is_some());
        // 49 is "invalid credentials", 53 "unwilling to perform": an account that may not enter.
        for code in [49, 53] {
            assert!(directory(code).check("alice", "key").unwrap().is_none(), "{code}");
        }
        for code in [8, 13, 51, 52] {
            let said = directory(code).check("alice", "key").unwrap_err().to_string();
            assert!(said.contains(&format!("refuses to check a password (code {code}")), "{said}");
        }
    }
}
