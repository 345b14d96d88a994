//! The signed token that says to which case an answer belongs.
//!
//! It stands in the subject, `[VG-2026-000123 k3f9…]`, and in the address to answer to,
//! `guichet+vg-2026-000123.k3f9…@`. A case number alone is a guess that anyone can make; a token cannot
//! be made without the key. It proves only that we once wrote this number to somebody: what its bearer
//! may do is decided elsewhere.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Address, limits::MAX_TOKENS};

/// Bytes of the signature that a token keeps: 80 bits, so that a million guesses a second for a century
/// find one with a chance of one in 400 million. Sixteen letters are still typed by hand if need be.
const SIGNATURE_BYTES: usize = 10;

/// Characters of a token's signature: five bits each.
const SIGNATURE_CHARS: usize = SIGNATURE_BYTES * 8 / 5;

/// RFC 4648's base 32 in lower case: mail programs change the case of subjects and addresses.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What is signed besides the number, so that the key's other uses can never make a token.
const PURPOSE: &[u8] = b"vigie mail token 1\0";

/// The number of a case as people write it, such as `VG-2026-000123`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// Takes a number of capital letters, digits and hyphens, 3 to 40 of them, with a digit; small letters
    /// become capitals.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let number = text.trim().to_ascii_uppercase();
        let usable = (3..=40).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && number.bytes().any(|b| b.is_ascii_digit())
            && number.starts_with(|c: char| c.is_ascii_alphanumeric());
        usable.then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The keys of tokens: the first signs, all verify, so that a key can be replaced.
#[derive(Clone)]
pub struct TokenKeys(Vec<[u8; 32]>);

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKeys({} keys)", self.0.len())
    }
}

impl TokenKeys {
    /// The key that signs, and older ones that are still believed.
    #[must_use]
    pub fn new(signing: [u8; 32], older: &[[u8; 32]]) -> Self {
        Self([&[signing], older].concat())
    }

    /// The signature of a number, sixteen letters and digits.
    #[must_use]
    pub fn sign(&self, number: &CaseNumber) -> String {
        let Some(signed) = self.0.first().and_then(|key| signed(key, number)) else { return String::new() };
        let bytes = signed.finalize().into_bytes();
        let mut text = String::with_capacity(SIGNATURE_CHARS);
        let mut bits = 0_u32;
        let mut held = 0_u32;
        for byte in bytes.iter().take(SIGNATURE_BYTES) {
            held = held << 8 | u32::from(*byte);
            bits = bits.saturating_add(8);
            while bits >= 5 {
                bits = bits.saturating_sub(5);
                let letter = usize::try_from(held >> bits & 31).ok().and_then(|at| ALPHABET.get(at));
                text.extend(letter.map(|l| char::from(*l)));
            }
            held &= (1 << bits) - 1;
        }
        text
    }

    /// Whether a signature is ours, compared in constant time.
    fn verify(&self, number: &CaseNumber, signature: &[u8]) -> bool {
        let ours = |key| signed(key, number).is_some_and(|s| s.verify_truncated_left(signature).is_ok());
        signature.len() == SIGNATURE_BYTES && self.0.iter().any(ours)
    }

    /// The mark of a case in a subject.
    #[must_use]
    pub fn subject(&self, number: &CaseNumber) -> String {
        format!("[{number} {}]", self.sign(number))
    }

    /// The address at which answers to a case arrive: ours, with the token after a `+`.
    #[must_use]
    pub fn address(&self, number: &CaseNumber, own: &Address) -> Address {
        let token = format!("{}.{}", number.as_str().to_lowercase(), self.sign(number));
        Address { name: own.name.clone(), address: format!("{}+{token}@{}", own.local(), own.domain()) }
    }

    /// Reads what stands for a token in a subject: `[number signature]`.
    #[must_use]
    pub fn in_subject(&self, subject: &str) -> Vec<Token> {
        let marks = subject.split('[').skip(1).filter_map(|rest| rest.split_once(']')).take(MAX_TOKENS);
        marks.filter_map(|(mark, _)| self.read(mark.trim(), &[' ', '\u{a0}'])).collect()
    }

    /// Reads what stands for a token after the `+` of an address.
    #[must_use]
    pub fn in_address(&self, address: &Address) -> Option<Token> {
        self.read(address.local().split_once('+')?.1, &['.'])
    }

    fn read(&self, text: &str, between: &[char]) -> Option<Token> {
        let (number, signature) = text.split_once(between)?;
        let number = CaseNumber::new(number)?;
        let genuine = decode(signature.trim()).is_some_and(|signature| self.verify(&number, &signature));
        Some(Token { number, genuine })
    }
}

/// Something in the form of a token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// The number that it names.
    pub number: CaseNumber,
    /// Whether we signed it. When not, it was forged or damaged, and says nothing.
    pub genuine: bool,
}

fn signed(key: &[u8; 32], number: &CaseNumber) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(PURPOSE);
    mac.update(number.as_str().as_bytes());
    Some(mac)
}

/// The bytes of a signature; `None` when it has another length or another letter.
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() != SIGNATURE_CHARS {
        return None;
    }
    let mut bytes = Vec::with_capacity(SIGNATURE_BYTES);
    let mut bits = 0_u32;
    let mut held = 0_u32;
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|l| *l == letter.to_ascii_lowercase())?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits = bits.saturating_add(5);
        if bits >= 8 {
            bits = bits.saturating_sub(8);
            bytes.push(u8::try_from(held >> bits & 255).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}
