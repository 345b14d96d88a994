//! Secrets of accounts that must be read again (a hash would not do), sealed before they reach the
//! database.
//!
//! The key lies in a file beside the signing key, never in the database: who reads one without the other
//! reads nothing. MUST NOT print a key or what is sealed.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

pub(crate) const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Why a secret is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file of the key.
    #[error("{path}: the key of accounts' secrets cannot be read or made: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no key.
    #[error("{path} holds {found} bytes and not the {KEY_BYTES} of a key; restore it from its backup")]
    NoKey {
        /// Where.
        path: PathBuf,
        /// How many.
        found: usize,
    },
    /// No random bytes.
    #[error("the machine gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// Another key, or bytes that were changed.
    #[error("a sealed secret of {owner} does not open with {path}; restore that file, or let the factor be set anew")]
    Closed {
        /// Whose.
        owner: String,
        /// The key's file.
        path: PathBuf,
    },
}

/// Seals and opens. XChaCha20-Poly1305, with a random nonce of 24 bytes for each secret, bound to its owner: a row
/// that is moved to another account opens nothing.
#[derive(Clone)]
pub struct Seal {
    cipher: Arc<XChaCha20Poly1305>,
    path: PathBuf,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Seal {
    /// The key of that file; made when there is none.
    ///
    /// # Errors
    /// When the file can be neither read nor made, or is no key.
    pub fn open(path: &Path) -> Result<Self, SealError> {
        let refused = |source| SealError::File { path: path.to_owned(), source };
        let key = match fs::read(path) {
            Ok(key) => key,
            Err(e) if e.kind() == io::ErrorKind::NotFound => match make(path)? {
                Some(key) => key,
                // Another node was quicker.
                None => fs::read(path).map_err(refused)?,
            },
            Err(source) => return Err(refused(source)),
        };
        let cipher = XChaCha20Poly1305::new_from_slice(&key)
            .map_err(|_| SealError::NoKey { path: path.to_owned(), found: key.len() })?;
        Ok(Self { cipher: Arc::new(cipher), path: path.to_owned() })
    }

    /// Seals a secret of an account.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(SealError::Randomness)?;
        let payload = Payload { msg: secret, aad: owner.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| self.closed(owner))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for that account.
    ///
    /// # Errors
    /// When it was sealed with another key or for another account, or changed since.
    pub fn unseal(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(|| self.closed(owner))?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| self.closed(owner))
    }

    fn closed(&self, owner: &str) -> SealError {
        SealError::Closed { owner: owner.to_owned(), path: self.path.clone() }
    }
}

/// A new key, whole or not there at all; none when the file has come up meanwhile.
fn make(path: &Path) -> Result<Option<Vec<u8>>, SealError> {
    let refused = |source| SealError::File { path: path.to_owned(), source };
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key).map_err(SealError::Randomness)?;
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).and_then(|mut f| {
            f.write_all(&key)?;
            f.sync_all()
        });
    // A link never replaces what is there.
    let made = written.and_then(|()| fs::hard_link(&part, path));
    _ = fs::remove_file(&part);
    match made {
        Ok(()) => Ok(Some(key.to_vec())),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(source) => Err(refused(source)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_opens_for_its_owner_and_with_its_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.key");
        let seal = Seal::open(&path).unwrap();
        let sealed = seal.seal("claire", b"a secret").unwrap();
        assert!(!sealed.windows(8).any(|w| w == b"a secret"));
        assert_eq!(Seal::open(&path).unwrap().unseal("claire", &sealed).unwrap(), b"a secret");
        assert_ne!(sealed, seal.seal("claire", b"a secret").unwrap(), "never twice the same");
        assert!(seal.unseal("martin", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(seal.unseal("claire", &other).is_err(), "byte {at}");
        }
        let another = Seal::open(&folder.path().join("another.key")).unwrap();
        assert!(another.unseal("claire", &sealed).unwrap_err().to_string().contains("another.key"));
        assert!(seal.unseal("claire", &sealed[..23]).is_err());
    }

    #[test]
    fn the_key_is_its_owners_alone_and_a_damaged_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.key");
        Seal::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        for bytes in [31, 33] {
            fs::write(&path, vec![7; bytes]).unwrap();
            assert!(Seal::open(&path).unwrap_err().to_string().contains(&format!("{bytes} bytes")));
        }
    }
}
