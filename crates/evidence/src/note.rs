//! Signatures over checkpoints: C2SP signed-note with Ed25519, so that other people's tools verify them.
//!
//! A note is a text, an empty line, and signature lines `— <key name> <base64>`. Keys have text forms
//! of their own. A private key must never reach a log, an entry or an export: only
//! [`SigningKey::to_private_text`] gives it out, for the key file.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::checkpoint::{Checkpoint, CheckpointError};

/// Most bytes of a note.
pub const MAX_NOTE_BYTES: usize = 65_536;
/// Most signature lines of a note.
pub const MAX_SIGNATURES: usize = 100;

/// Says "Ed25519" in front of a key's bytes (C2SP signed-note).
const ALG_ED25519: u8 = 0x01;
const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";

/// Signs checkpoints. Its seed is wiped from memory when it is dropped.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

/// Verifies checkpoints: a name and a public key.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

/// Why a text is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form that keys have.
    #[error("not a key: write {expected}")]
    Form {
        /// The form.
        expected: &'static str,
    },
    /// A name that a note could not carry.
    #[error("`{name}` cannot name a key: a name has no spaces, no `+` and at least one character")]
    Name {
        /// The name.
        name: String,
    },
    /// A kind of key other than Ed25519.
    #[error("the key `{name}` is of kind {algorithm}, not Ed25519 (1)")]
    Algorithm {
        /// The key's name.
        name: String,
        /// The byte that says its kind.
        algorithm: u8,
    },
    /// The eight digits in the middle do not belong to the rest.
    #[error("the key `{name}` was damaged or mistyped: its number does not belong to it")]
    Id {
        /// The key's name.
        name: String,
    },
    /// The bytes are no point of the curve, or a weak one.
    #[error("the key `{name}` holds no usable Ed25519 public key")]
    Point {
        /// The key's name.
        name: String,
    },
}

/// Why a signed checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not of the form that notes have.
    #[error("not a signed note: {0}")]
    Malformed(&'static str),
    /// Nobody known has signed it.
    #[error(
        "signed by {signed_by}, and none of the known keys ({known}) is among them; obtain the journal's verifier key from who keeps it"
    )]
    UnknownKey {
        /// Names of the keys that signed.
        signed_by: String,
        /// Names of the keys that were given.
        known: String,
    },
    /// A signature does not belong to the text.
    #[error("the signature of `{name}` does not belong to this checkpoint: one of the two was changed")]
    BadSignature {
        /// The key's name.
        name: String,
    },
    /// The text that was signed is not a checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The key belongs to another journal.
    #[error("the checkpoint is of the journal `{found}`, but the key that signed it is that of `{expected}`")]
    Origin {
        /// Origin in the checkpoint.
        found: String,
        /// Name of the key that signed it.
        expected: String,
    },
}

impl SigningKey {
    /// The key of that seed, which MUST be 32 random bytes. `name` is the journal's origin.
    ///
    /// # Errors
    /// When the name cannot be that of a key.
    pub fn from_seed(seed: [u8; 32], name: &str) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    /// Reads a private key: `PRIVATE+KEY+<name>+<id>+<base64>`.
    ///
    /// # Errors
    /// When the text is not such a key; the error never holds the text.
    pub fn parse_private(text: &str) -> Result<Self, KeyError> {
        let expected = "PRIVATE+KEY+<name>+<8 hexadecimal digits>+<base64>";
        let rest = text.strip_prefix(PRIVATE_PREFIX).ok_or(KeyError::Form { expected })?;
        let (name, id, seed) = parse_key(rest, expected)?;
        let key = Self::from_seed(seed, name)?;
        if key.verifier().id == id { Ok(key) } else { Err(KeyError::Id { name: name.to_owned() }) }
    }

    /// The private key as text, for the key file and nothing else.
    #[must_use]
    pub fn to_private_text(&self) -> String {
        format!("{PRIVATE_PREFIX}{}", format_key(&self.name, self.verifier().id, &self.key.to_bytes()))
    }

    /// Its name, which is the origin of the checkpoints that it signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        let key = self.key.verifying_key();
        VerifierKey { name: self.name.clone(), id: key_id(&self.name, &key), key }
    }

    /// The signed note over a checkpoint, whose origin MUST be the key's name for it to verify.
    #[must_use]
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let text = checkpoint.to_text();
        let mut signature = self.verifier().id.to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {} {}\n", self.name, STANDARD.encode(signature))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl VerifierKey {
    /// Reads a verifier key: `<name>+<id>+<base64>`.
    ///
    /// # Errors
    /// When the text is not such a key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, point) = parse_key(text, "<name>+<8 hexadecimal digits>+<base64>")?;
        let named = || name.to_owned();
        let key = VerifyingKey::from_bytes(&point).map_err(|_| KeyError::Point { name: named() })?;
        if key.is_weak() {
            return Err(KeyError::Point { name: named() });
        }
        if key_id(name, &key) != id {
            return Err(KeyError::Id { name: named() });
        }
        Ok(Self { name: named(), id, key })
    }

    /// Its name, which is the origin of the checkpoints that it verifies.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_key(&self.name, self.id, self.key.as_bytes()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

/// Reads a signed checkpoint and verifies it.
///
/// At least one of `keys` must have signed it, every signature of theirs must hold, and the checkpoint
/// must be of the journal that the key is named after. Signatures of other keys say nothing, as
/// signed-note asks, so that witnesses may add theirs.
///
/// # Errors
/// With the first thing that does not fit.
pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Checkpoint, NoteError> {
    verify_signer(note, keys).map(|(checkpoint, _)| checkpoint)
}

/// As [`verify`]; gives the key that holds too.
pub(crate) fn verify_signer<'k>(
    note: &str,
    keys: &'k [VerifierKey],
) -> Result<(Checkpoint, &'k VerifierKey), NoteError> {
    let (text, signatures) = split_note(note)?;
    let mut signer = None;
    for (name, id, signature) in &signatures {
        let Some(key) = keys.iter().find(|k| k.name == *name && k.id == *id) else { continue };
        let bad = || NoteError::BadSignature { name: key.name.clone() };
        let signature = Signature::from_slice(signature).map_err(|_| bad())?;
        key.key.verify_strict(text.as_bytes(), &signature).map_err(|_| bad())?;
        signer.get_or_insert(key);
    }
    let Some(signer) = signer else {
        let names = |names: Vec<&str>| if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        return Err(NoteError::UnknownKey {
            signed_by: names(signatures.iter().map(|(name, ..)| *name).collect()),
            known: names(keys.iter().map(VerifierKey::name).collect()),
        });
    };
    let checkpoint = Checkpoint::from_text(text)?;
    if checkpoint.origin != signer.name {
        return Err(NoteError::Origin { found: checkpoint.origin, expected: signer.name.clone() });
    }
    Ok((checkpoint, signer))
}

/// What a note says, its signatures not verified.
pub(crate) fn claimed(note: &str) -> Result<Checkpoint, NoteError> {
    let (text, _) = split_note(note)?;
    Ok(Checkpoint::from_text(text)?)
}

/// Name, id and bytes of a signature line.
type SignatureLine<'a> = (&'a str, [u8; 4], Vec<u8>);

/// The text of a note, with its last line feed, and its signatures.
fn split_note(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), NoteError> {
    let malformed = NoteError::Malformed;
    if note.len() > MAX_NOTE_BYTES {
        return Err(malformed("it has more than 65,536 bytes"));
    }
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(malformed("it holds control characters"));
    }
    let at = note.rfind("\n\n").ok_or(malformed("no empty line stands before the signatures"))?;
    let (text, signatures) = note.split_at_checked(at + 1).ok_or(malformed("it is cut within a character"))?;
    let signatures = signatures
        .strip_prefix('\n')
        .and_then(|s| s.strip_suffix('\n'))
        .ok_or(malformed("its last line has no line feed, or it is not signed"))?;
    let mut lines = Vec::new();
    for line in signatures.split('\n') {
        if lines.len() == MAX_SIGNATURES {
            return Err(malformed("it has more than 100 signatures"));
        }
        let (name, encoded) = line
            .strip_prefix("— ")
            .and_then(|l| l.split_once(' '))
            .ok_or(malformed("a signature line is not `— <name> <base64>`"))?;
        check_name(name).map_err(|_| malformed("a signature line names no possible key"))?;
        let bytes = STANDARD.decode(encoded).map_err(|_| malformed("a signature is not base64"))?;
        let (id, signature) = bytes.split_first_chunk::<4>().ok_or(malformed("a signature is too short"))?;
        if signature.is_empty() {
            return Err(malformed("a signature is too short"));
        }
        lines.push((name, *id, signature.to_vec()));
    }
    Ok((text, lines))
}

/// The first four bytes of `SHA-256(name || 0x0A || 0x01 || public key)`.
fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ALG_ED25519])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    digest.first_chunk().copied().unwrap_or_default()
}

fn format_key(name: &str, id: [u8; 4], bytes: &[u8; 32]) -> String {
    let mut key = vec![ALG_ED25519];
    key.extend_from_slice(bytes);
    format!("{name}+{:08x}+{}", u32::from_be_bytes(id), STANDARD.encode(key))
}

/// Name, id and 32 key bytes of `<name>+<id>+<base64>`.
fn parse_key<'a>(text: &'a str, expected: &'static str) -> Result<(&'a str, [u8; 4], [u8; 32]), KeyError> {
    let form = || KeyError::Form { expected };
    // Base64 may hold a `+` too, so the text is cut from the front; names hold none.
    let (name, rest) = text.split_once('+').ok_or_else(form)?;
    let (id, encoded) = rest.split_once('+').ok_or_else(form)?;
    check_name(name)?;
    if id.len() != 8 || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(form());
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| form())?.to_be_bytes();
    let bytes = STANDARD.decode(encoded).map_err(|_| form())?;
    let (algorithm, key) = bytes.split_first().ok_or_else(form)?;
    if *algorithm != ALG_ED25519 {
        return Err(KeyError::Algorithm { name: name.to_owned(), algorithm: *algorithm });
    }
    Ok((name, id, key.try_into().map_err(|_| form())?))
}

fn check_name(name: &str) -> Result<(), KeyError> {
    let fits = !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control());
    if fits { Ok(()) } else { Err(KeyError::Name { name: name.chars().take(100).collect() }) }
}
