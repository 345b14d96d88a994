//! Instants as an entry writes them: RFC 3339 in UTC, in one form only.
//!
//! `2026-03-01T08:00:00Z`, with a fraction only when it is not zero and without its trailing zeros.
//! This module must never accept a second spelling of an instant.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::Offset,
};

/// Writes an instant, or gives false when its year is not within 0000 to 9999 (RFC 3339 has no other).
pub(crate) fn write(out: &mut Vec<u8>, at: Timestamp) -> bool {
    let civil = Offset::UTC.to_datetime(at);
    let Ok(year) = u32::try_from(civil.year()) else { return false };
    let two = |n: i8| u32::from(n.unsigned_abs());
    digits(out, year, 4);
    out.push(b'-');
    digits(out, two(civil.month()), 2);
    out.push(b'-');
    digits(out, two(civil.day()), 2);
    out.push(b'T');
    digits(out, two(civil.hour()), 2);
    out.push(b':');
    digits(out, two(civil.minute()), 2);
    out.push(b':');
    digits(out, two(civil.second()), 2);
    let mut fraction = civil.subsec_nanosecond().unsigned_abs();
    if fraction > 0 {
        let mut width = 9;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        out.push(b'.');
        digits(out, fraction, width);
    }
    out.push(b'Z');
    true
}

/// Reads what [`write()`] writes, and nothing else.
pub(crate) fn read(text: &[u8]) -> Option<Timestamp> {
    let (civil, rest) = text.split_first_chunk::<19>()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', i0, i1, b':', s0, s1] = civil else {
        return None;
    };
    let nanosecond = match rest {
        [b'Z'] => 0,
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) && fraction.last() != Some(&b'0') => {
            let scale = 10_i32.pow(9 - u32::try_from(fraction.len()).ok()?);
            number(fraction)?.checked_mul(scale)?
        }
        _ => return None,
    };
    let two = |a: &u8, b: &u8| i8::try_from(number(&[*a, *b])?).ok();
    let date = Date::new(i16::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?, two(m0, m1)?, two(d0, d1)?).ok()?;
    let time = Time::new(two(h0, h1)?, two(i0, i1)?, two(s0, s1)?, nanosecond).ok()?;
    Offset::UTC.to_timestamp(DateTime::from_parts(date, time)).ok()
}

fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0_i32, |n, d| d.is_ascii_digit().then(|| n * 10 + i32::from(d - b'0')))
}

fn digits(out: &mut Vec<u8>, mut n: u32, width: usize) {
    let mut text = [b'0'; 9];
    for slot in text.iter_mut().rev().take(width) {
        let [digit, ..] = (n % 10).to_le_bytes();
        *slot = b'0' + digit;
        n /= 10;
    }
    out.extend_from_slice(text.get(9 - width..).unwrap_or_default());
}
