//! Webhooks signed after the Standard Webhooks convention: what we send, and what others send us.
//!
//! Signed is `id.timestamp.body` with HMAC-SHA256, so that neither the body nor its age can be changed.
//! Whoever receives MUST check the bytes as they came, before they are read as JSON, and MUST keep the ids
//! of [`TOLERANCE`] so that a message heard on the way opens nothing a second time.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use crate::http::{Address, Ask};

/// The header of the message's id, the same at each try.
pub const ID: &str = "webhook-id";
/// The header of the instant of this try, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header of the signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the clocks of sender and receiver may be apart, on either side.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// The version of a signature by a shared secret.
const VERSION: &str = "v1";
/// The convention's limits of a secret, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Signatures looked at: one, and some of secrets that are being replaced.
const MAX_SIGNATURES: usize = 16;
/// Characters of an id that are accepted.
const MAX_ID: usize = 256;

/// What both ends of an endpoint know. Never shown, but where it is made.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// Not a secret of the convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is `whsec_` and 24 to 64 bytes in base 64")]
pub struct BadSecret;

impl Secret {
    /// A fresh one from 32 random bytes of the operating system.
    ///
    /// # Errors
    /// When it gives none.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = vec![0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads `whsec_...`.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn parse(text: &str) -> Result<Self, BadSecret> {
        let bytes = text.trim().strip_prefix(PREFIX).and_then(|t| BASE64_STANDARD.decode(t).ok()).ok_or(BadSecret)?;
        if SECRET_BYTES.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSecret) }
    }

    /// The secret as its two ends write it down.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The signature of a message at an instant.
#[must_use]
pub fn sign(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> String {
    let signed = secret.mac(id, &at.as_second().to_string(), body).map(|mac| mac.finalize().into_bytes());
    format!("{VERSION},{}", BASE64_STANDARD.encode(signed.unwrap_or_default()))
}

/// A message ready to be sent: each try is signed anew, under the same id.
#[must_use]
pub fn message(address: &Address, secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> Ask {
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", "vigie".to_owned()),
        (ID, id.to_owned()),
        (TIMESTAMP, at.as_second().to_string()),
        (SIGNATURE, sign(secret, id, at, body)),
    ];
    Ask { method: Method::POST, address: address.clone(), headers, body: body.to_vec() }
}

/// What came with a message.
#[derive(Clone, Copy, Debug)]
pub struct Came<'a> {
    /// [`ID`].
    pub id: &'a str,
    /// [`TIMESTAMP`].
    pub timestamp: &'a str,
    /// [`SIGNATURE`].
    pub signature: &'a str,
}

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A header is missing or is none of the convention's.
    #[error("a header of the message is missing or unreadable")]
    Headers,
    /// It is older than [`TOLERANCE`], or from later than that.
    #[error("the message was signed too long ago, or by a clock that is ahead")]
    Age,
    /// No secret of ours signed it.
    #[error("no known secret signed the message")]
    Forged,
    /// It came before.
    #[error("the message came before")]
    Replayed,
}

/// Whether a message was signed by one of these secrets, just now, and comes for the first time.
/// `came_before` is asked only about messages that are genuine.
///
/// # Errors
/// [`Refused`].
pub fn verify(
    secrets: &[Secret],
    came: Came<'_>,
    body: &[u8],
    now: Timestamp,
    came_before: impl FnOnce(&str) -> bool,
) -> Result<(), Refused> {
    if came.id.is_empty() || came.id.len() > MAX_ID || came.timestamp.len() > 20 {
        return Err(Refused::Headers);
    }
    let at = came.timestamp.parse().ok().and_then(|s| Timestamp::from_second(s).ok()).ok_or(Refused::Headers)?;
    if now.duration_since(at).abs() > TOLERANCE {
        return Err(Refused::Age);
    }
    let signatures = came.signature.split_ascii_whitespace().take(MAX_SIGNATURES);
    let ours = signatures.filter_map(|s| BASE64_STANDARD.decode(s.strip_prefix(VERSION)?.strip_prefix(',')?).ok());
    // `verify_slice` takes the same time whatever is wrong.
    let is_genuine = |signature: &[u8]| {
        let macs = secrets.iter().filter_map(|s| s.mac(came.id, came.timestamp, body));
        macs.fold(false, |found, mac| found | mac.verify_slice(signature).is_ok())
    };
    let signatures: Vec<Vec<u8>> = ours.collect();
    if !signatures.iter().any(|s| is_genuine(s)) {
        return Err(Refused::Forged);
    }
    if came_before(came.id) { Err(Refused::Replayed) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vector that the convention's own libraries are tried with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn verified(signature: &str, body: &[u8], now: i64) -> Result<(), Refused> {
        let came = Came { id: MESSAGE, timestamp: "1614265330", signature };
        verify(&[Secret::parse(SECRET).unwrap()], came, body, at(now), |_| false)
    }

    #[test]
    fn the_vector_of_the_convention_is_signed_and_verified() {
        assert_eq!(sign(&Secret::parse(SECRET).unwrap(), MESSAGE, at(AT), BODY), SIGNED);
        assert_eq!(verified(SIGNED, BODY, AT), Ok(()));
        // Beside signatures of other secrets and other versions.
        let many = format!("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1a,xyz v2,{SIGNED} {SIGNED}");
        assert_eq!(verified(&many, BODY, AT), Ok(()));
    }

    #[test]
    fn a_message_is_believed_for_five_minutes_on_either_side() {
        for (now, expected) in [(300, Ok(())), (301, Err(Refused::Age)), (-300, Ok(())), (-301, Err(Refused::Age))] {
            assert_eq!(verified(SIGNED, BODY, AT + now), expected, "{now} s");
        }
    }

    #[test]
    fn whatever_was_changed_on_the_way_is_forged() {
        assert_eq!(verified(SIGNED, br#"{"test": 2432232315}"#, AT), Err(Refused::Forged));
        for signature in ["", "v1,", "v1", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,AAAA", "v1,%%%"] {
            assert_eq!(verified(signature, BODY, AT), Err(Refused::Forged), "{signature}");
        }
        let secrets = [Secret::parse(SECRET).unwrap()];
        let of = |id, timestamp| verify(&secrets, Came { id, timestamp, signature: SIGNED }, BODY, at(AT), |_| false);
        assert_eq!(of("msg_another", "1614265330"), Err(Refused::Forged));
        assert_eq!(of(MESSAGE, "1614265331"), Err(Refused::Forged));
        for (id, timestamp) in [("", "1614265330"), (MESSAGE, ""), (MESSAGE, "161426533.0"), (MESSAGE, "now")] {
            assert_eq!(of(id, timestamp), Err(Refused::Headers), "{id} {timestamp}");
        }
    }

    #[test]
    fn a_message_heard_on_the_way_opens_nothing_a_second_time() {
        let secrets = [Secret::fresh().unwrap(), Secret::parse(SECRET).unwrap()];
        let came = Came { id: MESSAGE, timestamp: "1614265330", signature: SIGNED };
        assert_eq!(verify(&secrets, came, BODY, at(AT), |id| id == MESSAGE), Err(Refused::Replayed));
        // Whether a forged one came before is not even asked.
        let forged = Came { signature: "v1,AAAA", ..came };
        assert_eq!(verify(&secrets, forged, BODY, at(AT), |_| panic!("asked")), Err(Refused::Forged));
    }

    #[test]
    fn a_secret_is_read_back_and_never_shown() {
        let secret = Secret::fresh().unwrap();
        assert_eq!(Secret::parse(&secret.reveal()).unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        for bytes in [23, 65] {
            let text = format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes]));
            assert_eq!(Secret::parse(&text), Err(BadSecret), "{bytes} bytes");
        }
        assert_eq!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Err(BadSecret));
    }
}
