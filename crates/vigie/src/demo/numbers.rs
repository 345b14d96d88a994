//! The numbers that cases carry: `VG-2026-000123` at the desk, `I260312_0045` in EZV.

use jiff::civil::Date;

use super::{days::Day, rng::Rng};

/// Numbers given so far; cases MUST ask in the order in which they start.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    year: i16,
    at_desk: i64,
    day: Option<Date>,
    in_ezv: i64,
}

impl Numbers {
    /// The desk's next number of the year.
    pub(super) fn desk(&mut self, day: &Day) -> String {
        if self.year != day.date.year() {
            self.year = day.date.year();
            self.at_desk = 0;
        }
        self.at_desk += 1;
        format!("VG-{}-{:06}", self.year, self.at_desk)
    }

    /// EZV's next number of the day; files of other teams take most of the numbers between.
    pub(super) fn ezv(&mut self, letter: char, day: &Day, rng: &mut Rng) -> String {
        if self.day != Some(day.date) {
            self.day = Some(day.date);
            self.in_ezv = 0;
        }
        self.in_ezv += rng.between(1, 12);
        format!("{letter}{}_{:04}", day.date.strftime("%y%m%d"), self.in_ezv)
    }
}
