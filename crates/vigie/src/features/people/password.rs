//! Passwords: hashed with Argon2id, checked in constant effort, long rather than complicated.
//!
//! The cost is the second recommended option of RFC 9106, section 4: 64 MiB, three passes, four lanes.
//! Length follows the ANSSI's and the CNIL's advice: twelve characters at least when the door locks
//! after a few failures.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

/// Shortest password, in characters.
pub(crate) const MIN_LENGTH: usize = 12;
/// Longest password, in bytes: longer ones only cost time.
pub(crate) const MAX_LENGTH: usize = 256;

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// Why a password cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("the password has fewer than {MIN_LENGTH} characters; choose a longer one")]
    TooShort,
    /// Too long.
    #[error("the password has more than {MAX_LENGTH} bytes; choose a shorter one")]
    TooLong,
    /// It names its owner.
    #[error("the password contains the name of the account; choose another")]
    HasName,
    /// The machine could not hash it.
    #[error("the password could not be hashed; try again, and look whether the machine is short of memory")]
    Hashing,
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash that is kept of a new password, with a salt of its own.
///
/// # Errors
/// When it is too short, too long, or holds the account's name.
pub fn hash(name: &str, password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < MIN_LENGTH {
        return Err(PasswordError::TooShort);
    }
    if password.len() > MAX_LENGTH {
        return Err(PasswordError::TooLong);
    }
    if password.to_lowercase().contains(&name.to_lowercase()) {
        return Err(PasswordError::HasName);
    }
    hasher()?.hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(|_| PasswordError::Hashing)
}

/// Whether a password fits a hash. Without a hash it spends the same effort and says no, so that an
/// unknown name takes as long as a wrong password.
pub(crate) fn fits(password: &str, hash: Option<&str>) -> bool {
    // Of no password: only its parameters matter.
    const NOBODY: &str =
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let password = if password.len() > MAX_LENGTH { "" } else { password };
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let fits = hasher().is_ok_and(|h| h.verify_password(password.as_bytes(), &parsed).is_ok());
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        let kept = hash("claire", "correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"));
        assert!(fits("correct horse battery", Some(&kept)));
        assert!(!fits("correct horse batterY", Some(&kept)));
        assert!(!fits("correct horse battery", None));
        assert!(!fits("", Some("not a hash")));
    }

    #[test]
    fn eleven_characters_are_too_few_and_twelve_enough() {
        assert_eq!(hash("claire", "elevenchars").unwrap_err(), PasswordError::TooShort);
        assert!(hash("claire", "twelve chars").is_ok());
    }

    #[test]
    fn a_password_is_neither_endless_nor_the_name() {
        assert!(hash("claire", &"x".repeat(256)).is_ok());
        assert_eq!(hash("claire", &"x".repeat(257)).unwrap_err(), PasswordError::TooLong);
        assert_eq!(hash("claire", "Claire-2026-ete").unwrap_err(), PasswordError::HasName);
    }
}
