//! The second factor: codes of RFC 6238 that an application shows, and recovery codes for the day when it is lost.
//!
//! Six digits of HMAC-SHA-1 every thirty seconds: what every application reads. Nothing here is kept or asked
//! of a store, and nothing MUST print a secret.

use jiff::Timestamp;
use qrcode::{QrCode, render::svg};
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::web::kit::encode;

/// RFC 4226, section 4, R6: 160 bits.
pub(crate) const SECRET_BYTES: usize = 20;
/// RFC 6238, section 5.2: thirty seconds.
const STEP_S: u64 = 30;
/// A code of the step before or after is taken too: clocks differ, and people type slowly.
const SKEW: u16 = 1;
/// Recovery codes given at once.
pub(crate) const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code, five bits each: it can only be guessed as a key can.
const RECOVERY_LENGTH: usize = 16;
/// Without letters that look like others (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The second factor of an account, as far as it was set up.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// The secret that the application holds too.
    pub secret: Vec<u8>,
    /// Whether a code has shown that the application holds it; only then is one asked.
    pub confirmed: bool,
    /// Recovery codes that were not used.
    pub codes_left: u32,
}

/// A fresh secret.
pub(crate) fn fresh_secret() -> anyhow::Result<[u8; SECRET_BYTES]> {
    let mut secret = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|e| anyhow::anyhow!("the machine gives no randomness: {e}"))?;
    Ok(secret)
}

/// The step whose code was typed, within one of now; none when no code fits. Compared in constant time.
pub(crate) fn step_of(secret: &[u8], typed: &str, now: Timestamp) -> anyhow::Result<Option<u64>> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    Ok(totp(secret)?.check(&digits, seconds))
}

/// The secret in letters, in groups of four, for applications that cannot see the picture.
pub(crate) fn spelled(secret: &[u8]) -> String {
    let letters = Secret::from(secret).to_base32();
    let groups: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|c| std::str::from_utf8(c).ok()).collect();
    groups.join(" ")
}

/// The picture that an application reads: an SVG with the border that readers need, dark on light in both themes.
pub(crate) fn picture(secret: &[u8], account: &str) -> anyhow::Result<String> {
    let letters = Secret::from(secret).to_base32();
    let uri = format!(
        "otpauth://totp/Vigie:{}?secret={letters}&issuer=Vigie&algorithm=SHA1&digits=6&period={STEP_S}",
        encode(account)
    );
    Ok(QrCode::new(uri)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}

fn totp(secret: &[u8]) -> anyhow::Result<Totp> {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(SKEW);
    let builder = builder.with_step_duration(STEP_S).with_secret(Secret::from(secret));
    builder.build().map_err(|e| anyhow::anyhow!("the secret of a second factor cannot be used: {e}"))
}

/// Fresh recovery codes, shown once, and what is kept of them.
pub(crate) fn fresh_codes() -> anyhow::Result<(Vec<String>, Vec<[u8; 32]>)> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    let mut hashes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0_u8; RECOVERY_LENGTH];
        getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the machine gives no randomness: {e}"))?;
        let letters = bytes.iter().filter_map(|b| LETTERS.get(usize::from(b & 31))).map(|b| char::from(*b));
        let mut code = String::with_capacity(RECOVERY_LENGTH + 3);
        for (at, letter) in letters.enumerate() {
            if at > 0 && at % 4 == 0 {
                code.push('-');
            }
            code.push(letter);
        }
        hashes.extend(recovery_hash(&code));
        codes.push(code);
    }
    Ok((codes, hashes))
}

/// What is kept of a recovery code, however it is typed; none when it is no such code.
pub(crate) fn recovery_hash(typed: &str) -> Option<[u8; 32]> {
    // Read no further than a code may be long.
    let letters = typed.chars().take(64).filter(|c| !c.is_whitespace() && *c != '-');
    let code: String = letters
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    let is_code = code.len() == RECOVERY_LENGTH && code.bytes().all(|b| LETTERS.contains(&b));
    is_code.then(|| Sha256::digest(code.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits are the code of six.
    const SECRET: &[u8] = b"12345678901234567890";

    fn step(code: &str, second: i64) -> Option<u64> {
        step_of(SECRET, code, Timestamp::from_second(second).unwrap()).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (second, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(step(&code[2..], second), Some(u64::try_from(second / 30).unwrap()), "{second}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_not_two() {
        // 287082 is the code of seconds 30 to 59.
        for (second, taken) in [(0, true), (29, true), (30, true), (59, true), (89, true), (90, false), (120, false)] {
            assert_eq!(step("287082", second), taken.then_some(1), "second {second}");
        }
    }

    #[test]
    fn spaces_are_passed_over_and_nothing_but_six_digits_is_a_code() {
        assert_eq!(step(" 287 082\t", 59), Some(1));
        for typed in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "+87082", "94287082"] {
            assert_eq!(step(typed, 59), None, "{typed}");
        }
    }

    #[test]
    fn a_recovery_code_reads_however_it_is_typed() {
        let (codes, hashes) = fresh_codes().unwrap();
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 10);
        let (code, hash) = (&codes[0], Some(hashes[0]));
        assert_eq!(recovery_hash(code), hash);
        assert_eq!(recovery_hash(&format!(" {} ", code.to_uppercase().replace('-', " "))), hash);
        assert_eq!(recovery_hash("oil0-0000-0000-0000"), recovery_hash("0110-0000-0000-0000"));
        for typed in ["", "123456", &code[..18], &format!("{code}0"), "uuuu-uuuu-uuuu-uuuu"] {
            assert_eq!(recovery_hash(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_picture_is_an_svg_and_the_letters_are_the_same_secret() {
        assert_eq!(spelled(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(picture(SECRET, "claire").unwrap().contains("<svg"));
    }
}
