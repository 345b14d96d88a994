//! The rejects file: CSV that opens safely in a spreadsheet.

use std::io::{self, Write};

use crate::reject::{Lost, Reject};

/// Writes rejects as CSV in UTF-8: line, field, value, reason, its French and English text, and what
/// was lost.
pub struct RejectsFile<W: Write> {
    inner: csv::Writer<W>,
}

impl<W: Write> RejectsFile<W> {
    /// Starts the file with its header.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(writer: W) -> io::Result<Self> {
        let mut inner = csv::Writer::from_writer(writer);
        inner.write_record(["line", "field", "value", "reason", "fr", "en", "lost"]).map_err(io::Error::from)?;
        Ok(Self { inner })
    }

    /// Adds a reject.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        let lost = match reject.lost {
            Lost::Row => "row",
            Lost::Field => "field",
        };
        self.inner
            .write_record([
                &reject.line.to_string(),
                &safe(&reject.field),
                &safe(&reject.value),
                reject.reason.code(),
                &reject.reason.fr(),
                &reject.reason.en(),
                lost,
            ])
            .map_err(io::Error::from)
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> io::Result<W> {
        self.inner.into_inner().map_err(|e| io::Error::new(e.error().kind(), e.to_string()))
    }
}

/// A leading apostrophe makes a spreadsheet show what it would otherwise compute (CSV injection).
fn safe(value: &str) -> String {
    let formula = value.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\\', '|', '%']);
    if formula { format!("'{value}") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reject::Reason;

    #[test]
    fn the_file_gives_line_field_value_and_reason_and_no_formula() {
        let mut file = RejectsFile::new(Vec::new()).unwrap();
        for value in ["32/01/2016", "=cmd|' /C calc'!A0", "-100", "\t@SUM(A1)", "a \"b\", c"] {
            file.write(&Reject::new(7, "Date de création", value.as_bytes(), Reason::Date, Lost::Field)).unwrap();
        }
        let text = String::from_utf8(file.finish().unwrap()).unwrap();
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        let values: Vec<&str> = rows.iter().map(|r| &r[2]).collect();
        assert_eq!(values, ["32/01/2016", "'=cmd|' /C calc'!A0", "'-100", "'\\t@SUM(A1)", "a \"b\", c"]);
        assert_eq!(
            rows[0].iter().take(4).collect::<Vec<_>>(),
            ["7", "Date de création", "32/01/2016", "date_unreadable"]
        );
        assert_eq!(&rows[0][6], "field");
    }
}
