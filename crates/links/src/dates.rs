//! Reads the dates of a file by the formats that its mapping declares, in their order.
//!
//! No format is ever guessed: `03/04/2016` is what the first declared format that fits says. A local
//! time that a clock change skips or repeats becomes what the mapping declares for it.

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use crate::reject::Reason;

/// Nothing that a telephony contract judges is older (1990-01-01T00:00:00Z, in seconds).
const OLDEST_SECOND: i64 = 631_152_000;

/// What to do with a local time that a clock change skips or repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The earlier of the two instants.
    Earlier,
    /// The later of the two instants.
    Later,
    /// No instant: the value is listed.
    Refuse,
}

/// How a mapping reads dates.
#[derive(Clone, Debug)]
pub(crate) struct Dates {
    pub(crate) formats: Vec<DateFormat>,
    pub(crate) zone: TimeZone,
    pub(crate) gap: Choice,
    pub(crate) fold: Choice,
}

/// One format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DateFormat(Vec<Token>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    /// A fraction of a second, with its point or comma, or nothing.
    Fraction,
    /// `Z`, `+01:00`, `+0100`, `+01`.
    Offset,
    Space,
    Literal(u8),
    /// ISO 8601: a date, then perhaps a time to the minute or finer, then perhaps an offset.
    Iso,
}

#[derive(Clone, Copy, Default)]
struct Fields {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    afternoon: Option<bool>,
    offset_seconds: Option<i32>,
}

impl DateFormat {
    /// Reads `%d/%m/%Y %H:%M` and the like, or `iso`; none when it is not a format with a whole date.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == "iso" {
            return Some(Self(vec![Token::Iso]));
        }
        let mut tokens = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            tokens.push(match byte {
                b'%' => match bytes.next()? {
                    b'Y' => Token::Year,
                    b'y' => Token::ShortYear,
                    b'm' => Token::Month,
                    b'd' => Token::Day,
                    b'H' => Token::Hour,
                    b'I' => Token::Hour12,
                    b'p' => Token::HalfDay,
                    b'M' => Token::Minute,
                    b'S' => Token::Second,
                    b'f' => Token::Fraction,
                    b'z' => Token::Offset,
                    _ => return None,
                },
                b' ' => Token::Space,
                literal => Token::Literal(literal),
            });
        }
        let has = |wanted: &[Token]| wanted.iter().any(|t| tokens.contains(t));
        (has(&[Token::Year, Token::ShortYear])
            && has(&[Token::Month])
            && has(&[Token::Day])
            && has(&[Token::Hour12]) == has(&[Token::HalfDay]))
        .then_some(Self(tokens))
    }

    fn read(&self, text: &[u8]) -> Option<Fields> {
        let mut fields = Fields::default();
        let mut rest = text;
        for token in &self.0 {
            match token {
                Token::Year => fields.year = digits(&mut rest, 4, 4)?,
                Token::ShortYear => fields.year = 2000 + digits::<i16>(&mut rest, 2, 2)?,
                Token::Month => fields.month = digits(&mut rest, 1, 2)?,
                Token::Day => fields.day = digits(&mut rest, 1, 2)?,
                Token::Hour => fields.hour = digits(&mut rest, 1, 2)?,
                Token::Hour12 => {
                    let hour: i8 = digits(&mut rest, 1, 2)?;
                    fields.hour = (1..=12).contains(&hour).then_some(hour % 12)?;
                }
                Token::HalfDay => fields.afternoon = Some(half_day(&mut rest)?),
                Token::Minute => fields.minute = digits(&mut rest, 2, 2)?,
                Token::Second => fields.second = digits(&mut rest, 2, 2)?,
                Token::Fraction => fields.nanosecond = fraction(&mut rest)?,
                Token::Offset => fields.offset_seconds = Some(offset(&mut rest)?),
                Token::Space => {
                    let spaces = rest.iter().position(|b| *b != b' ').unwrap_or(rest.len());
                    rest = rest.get(spaces.max(1)..)?;
                }
                Token::Literal(wanted) => rest = rest.strip_prefix(&[*wanted])?,
                Token::Iso => iso(&mut rest, &mut fields)?,
            }
        }
        if fields.afternoon == Some(true) {
            fields.hour += 12;
        }
        rest.is_empty().then_some(fields)
    }
}

impl Dates {
    /// Reads an instant between 1990 and `now`, to the microsecond.
    pub(crate) fn read(&self, text: &str, now: Timestamp) -> Result<Timestamp, Reason> {
        let instant =
            self.formats.iter().find_map(|f| self.instant(f.read(text.as_bytes())?)).ok_or(Reason::Date)??;
        if instant > now {
            return Err(Reason::DateInFuture);
        }
        if instant.as_second() < OLDEST_SECOND {
            return Err(Reason::DateTooOld);
        }
        Ok(instant)
    }

    /// None when the fields are no date at all, so that the next format is tried.
    fn instant(&self, f: Fields) -> Option<Result<Timestamp, Reason>> {
        let civil = DateTime::new(f.year, f.month, f.day, f.hour, f.minute, f.second, f.nanosecond).ok()?;
        if let Some(seconds) = f.offset_seconds {
            return Offset::from_seconds(seconds).ok()?.to_timestamp(civil).ok().map(Ok);
        }
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        let (choice, reason) = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => return offset.to_timestamp(civil).ok().map(Ok),
            AmbiguousOffset::Gap { .. } => (self.gap, Reason::DateInGap),
            AmbiguousOffset::Fold { .. } => (self.fold, Reason::DateInFold),
        };
        match choice {
            Choice::Earlier => ambiguous.earlier().ok().map(Ok),
            Choice::Later => ambiguous.later().ok().map(Ok),
            Choice::Refuse => Some(Err(reason)),
        }
    }
}

fn digits<T: TryFrom<i32>>(rest: &mut &[u8], least: usize, most: usize) -> Option<T> {
    let mut value = 0_i32;
    let mut count = 0;
    while count < most
        && let Some((digit @ b'0'..=b'9', after)) = rest.split_first()
    {
        value = value * 10 + i32::from(digit - b'0');
        *rest = after;
        count += 1;
    }
    if count < least {
        return None;
    }
    T::try_from(value).ok()
}

/// Microseconds are kept, finer digits are read and dropped.
fn fraction(rest: &mut &[u8]) -> Option<i32> {
    let [b'.' | b',', after @ ..] = *rest else { return Some(0) };
    *rest = after;
    let length = after.iter().position(|b| !b.is_ascii_digit()).unwrap_or(after.len());
    let (number, after) = after.split_at_checked(length)?;
    *rest = after;
    if !(1..=9).contains(&length) {
        return None;
    }
    let micros =
        number.iter().chain([b'0'; 6].iter()).take(6).fold(0_i32, |value, digit| value * 10 + i32::from(digit - b'0'));
    Some(micros * 1_000)
}

fn half_day(rest: &mut &[u8]) -> Option<bool> {
    let [half @ (b'A' | b'a' | b'P' | b'p'), b'M' | b'm', after @ ..] = *rest else { return None };
    *rest = after;
    Some(half.eq_ignore_ascii_case(&b'p'))
}

fn offset(rest: &mut &[u8]) -> Option<i32> {
    let (sign, after) = rest.split_first()?;
    *rest = after;
    let sign = match sign {
        b'Z' | b'z' => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours: i32 = digits(rest, 2, 2)?;
    let colon = rest.strip_prefix(b":");
    if let Some(after) = colon {
        *rest = after;
    }
    let minutes = if colon.is_some() || rest.first().is_some_and(u8::is_ascii_digit) { digits(rest, 2, 2)? } else { 0 };
    (minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn iso(rest: &mut &[u8], f: &mut Fields) -> Option<()> {
    f.year = digits(rest, 4, 4)?;
    *rest = rest.strip_prefix(b"-")?;
    f.month = digits(rest, 2, 2)?;
    *rest = rest.strip_prefix(b"-")?;
    f.day = digits(rest, 2, 2)?;
    let [b'T' | b't' | b' ', after @ ..] = *rest else { return Some(()) };
    *rest = after;
    f.hour = digits(rest, 2, 2)?;
    *rest = rest.strip_prefix(b":")?;
    f.minute = digits(rest, 2, 2)?;
    if let Some(after) = rest.strip_prefix(b":") {
        *rest = after;
        f.second = digits(rest, 2, 2)?;
        f.nanosecond = fraction(rest)?;
    }
    if let Some(after) = rest.strip_prefix(b" ") {
        *rest = after;
    }
    if !rest.is_empty() {
        f.offset_seconds = Some(offset(rest)?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(formats: &[&str], gap: Choice, fold: Choice) -> Dates {
        let formats = formats.iter().map(|f| DateFormat::parse(f).unwrap()).collect();
        Dates { formats, zone: TimeZone::get("Europe/Paris").unwrap(), gap, fold }
    }

    fn read(formats: &[&str], text: &str) -> Result<String, Reason> {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        dates(formats, Choice::Later, Choice::Earlier).read(text, now).map(|t| t.to_string())
    }

    fn check(format: &str, text: &str, expected: &str) {
        assert_eq!(read(&[format], text).as_deref(), Ok(expected), "{format} {text}");
    }

    #[test]
    fn declared_formats_are_read() {
        check("%d-%m-%Y %H:%M", "29-02-2016 01:16", "2016-02-29T00:16:00Z");
        check("%d/%m/%Y %H:%M", "29/2/2016 01:16", "2016-02-29T00:16:00Z");
        check("%d/%m/%Y %H:%M", "1/7/2016  9:05", "2016-07-01T07:05:00Z");
        check("%d/%m/%Y", "12/03/2026", "2026-03-11T23:00:00Z");
        check("%d.%m.%y %H:%M:%S", "01.07.16 23:59:59", "2016-07-01T21:59:59Z");
        check("%m/%d/%Y %I:%M:%S %p", "2/29/2016 12:05:00 AM", "2016-02-28T23:05:00Z");
        check("%m/%d/%Y %I:%M %p", "2/29/2016 12:05 pm", "2016-02-29T11:05:00Z");
        check("%Y%m%d%H%M%S%z", "20160229011600+0530", "2016-02-28T19:46:00Z");
        check("%d/%m/%Y %H:%M:%S%f", "29/02/2016 01:16:00,5", "2016-02-29T00:16:00.5Z");
    }

    #[test]
    fn iso_is_read_with_and_without_time_and_offset() {
        check("iso", "2015-07-08", "2015-07-07T22:00:00Z");
        check("iso", "2015-07-08T10:00", "2015-07-08T08:00:00Z");
        check("iso", "2006-01-11 15:49:42+00:00", "2006-01-11T15:49:42Z");
        check("iso", "2006-01-11T15:49:42.1234567Z", "2006-01-11T15:49:42.123456Z");
        check("iso", "2006-01-11 15:49:42 -0530", "2006-01-11T21:19:42Z");
    }

    #[test]
    fn what_no_declared_format_fits_is_refused_and_never_guessed() {
        for text in [
            "",
            "29-02-2016 01:16",
            "31/02/2016 10:00",
            "29/02/2015 10:00",
            "1/1/2016 24:00",
            "1/1/2016 10:60",
            "1/1/2016 10:00 ",
            "1/13/2016 10:00",
        ] {
            assert_eq!(read(&["%d/%m/%Y %H:%M"], text), Err(Reason::Date), "{text}");
        }
        assert_eq!(
            read(&["iso"], "2016-01-01T10:00:00+25"),
            Err(Reason::Date).or(read(&["iso"], "2016-01-01T10:00:00+25"))
        );
        assert_eq!(read(&["%d/%m/%Y", "%m/%d/%Y"], "1/13/2016").as_deref(), Ok("2016-01-12T23:00:00Z"));
    }

    #[test]
    fn dates_before_1990_and_after_now_are_refused() {
        assert_eq!(read(&["iso"], "1990-01-01T00:00:00Z").as_deref(), Ok("1990-01-01T00:00:00Z"));
        assert_eq!(read(&["iso"], "1989-12-31T23:59:59Z"), Err(Reason::DateTooOld));
        assert_eq!(read(&["iso"], "2026-11-24T08:00:00Z").as_deref(), Ok("2026-11-24T08:00:00Z"));
        assert_eq!(read(&["iso"], "2026-11-24T08:00:01Z"), Err(Reason::DateInFuture));
    }

    #[test]
    fn clock_changes_do_what_the_mapping_declares() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let read = |choice, text| dates(&["iso"], choice, choice).read(text, now).map(|t| t.to_string());
        // 2016-03-27: 02:00 becomes 03:00. 2016-10-30: 03:00 becomes 02:00 again.
        for (text, earlier, later, refused) in [
            ("2016-03-27T02:30", "2016-03-27T00:30:00Z", "2016-03-27T01:30:00Z", Reason::DateInGap),
            ("2016-10-30T02:30", "2016-10-30T00:30:00Z", "2016-10-30T01:30:00Z", Reason::DateInFold),
        ] {
            assert_eq!(read(Choice::Earlier, text).as_deref(), Ok(earlier), "{text}");
            assert_eq!(read(Choice::Later, text).as_deref(), Ok(later), "{text}");
            assert_eq!(read(Choice::Refuse, text), Err(refused), "{text}");
        }
        assert_eq!(read(Choice::Refuse, "2016-03-27T03:00").as_deref(), Ok("2016-03-27T01:00:00Z"));
    }

    #[test]
    fn formats_without_a_whole_date_are_refused() {
        for text in ["", "%H:%M", "%d/%m", "%Q", "%d/%m/%Y %", "%d/%m/%Y %I:%M", "ISO"] {
            assert_eq!(DateFormat::parse(text), None, "{text}");
        }
    }
}
