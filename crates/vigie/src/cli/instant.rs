//! An instant as people type it: exact, or as the clock on the contract's wall showed it.

use std::str::FromStr;

use anyhow::Result;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::said::Said;

/// What `--at` and `--as-of` take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Instant {
    /// With its offset.
    Exact(Timestamp),
    /// Without: in the contract's zone.
    Civil(DateTime),
}

impl FromStr for Instant {
    type Err = Said;

    fn from_str(text: &str) -> Result<Self, Said> {
        if let Ok(exact) = text.parse() {
            return Ok(Self::Exact(exact));
        }
        // A civil reading would drop an offset that it cannot use; one that is there must be read exactly.
        let time = text.split_once(['T', 't', ' ']).map_or("", |(_, time)| time);
        text.parse().ok().filter(|_| !time.contains(['Z', 'z', '+', '-'])).map(Self::Civil).ok_or_else(|| {
            Said::new(
                "écrire 2026-10-15T10:00 pour l'heure du contrat, ou 2026-10-15T08:00:00Z pour UTC",
                "write 2026-10-15T10:00 for the contract's own time, or 2026-10-15T08:00:00Z for UTC",
            )
        })
    }
}

impl Instant {
    /// The instant in that zone. A civil time that a clock change skips or repeats is the earlier of its
    /// two readings: what was not known yet is then never shown.
    ///
    /// # Errors
    /// When no instant of the calendar is meant.
    pub(super) fn in_zone(self, zone: &TimeZone) -> Result<Timestamp> {
        match self {
            Self::Exact(at) => Ok(at),
            Self::Civil(time) => zone.to_ambiguous_timestamp(time).earlier().map_err(|e| {
                Said::new(
                    format!("{time} ne peut être un instant ({e}) ; en écrire un comme 2026-10-15T10:00"),
                    format!("{time} cannot be an instant ({e}); write one such as 2026-10-15T10:00"),
                )
                .into()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_civil_time_is_the_contracts_and_an_exact_one_is_its_own() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        for (text, expected) in [
            ("2026-10-15T10:00", "2026-10-15T08:00:00Z"),
            ("2026-10-15 10:00:30", "2026-10-15T08:00:30Z"),
            ("2026-12-15T10:00", "2026-12-15T09:00:00Z"),
            ("2026-10-15", "2026-10-14T22:00:00Z"),
            ("2026-10-15T10:00Z", "2026-10-15T10:00:00Z"),
            ("2026-10-15T10:00+05:00", "2026-10-15T05:00:00Z"),
            // Skipped on 29 March: an hour before 03:30 summer time.
            ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
            ("2026-03-29T02:30", "2026-03-29T00:30:00Z"),
            ("2026-03-29T03:00", "2026-03-29T01:00:00Z"),
            // Repeated on 25 October: the first time.
            ("2026-10-25T01:59:59", "2026-10-24T23:59:59Z"),
            ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            ("2026-10-25T03:00", "2026-10-25T02:00:00Z"),
        ] {
            let read: Instant = text.parse().unwrap();
            assert_eq!(read.in_zone(&paris).unwrap(), expected.parse().unwrap(), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused_with_an_example() {
        for text in ["", "yesterday", "10:00", "2026-13-01T10:00", "2026-10-15T25:00", "2026-10-15T10:00+99:00"] {
            assert!(
                text.parse::<Instant>().unwrap_err().to_string().contains("2026-10-15T10:00 for the contract"),
                "{text}"
            );
        }
    }
}
