//! Files that are meant to break an import: small odd CSVs of other projects, and naughty strings.
//!
//! What is required of each: no crash; every row accounted for; whatever is left out has a reason in
//! words; and a file that is refused as a whole says why.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
};

use anyhow::{Context, Result, bail};
use vigie_links::Mapping;

use crate::{
    folder::{Folder, name},
    outcome::Outcome,
    reading::{self, Reading},
};

/// Reads what the odd CSVs have in common: some name, some date, some words.
const LOOSE: &str = r#"
[case]
class = "incident"
number = "number"

[dialect]
separator = "auto"
encoding = "auto"
fallback_encoding = "windows-1252"
missing = [""]
zone = "Europe/Paris"
gap = "later"
fold = "earlier"
dates = ["iso", "%d/%m/%Y", "%Y/%m/%d", "%Y-%m-%d"]

[columns]
number = ["row", "id", "subject", "priority", "plain_header", "column a", "login"]
opened_at = ["start_date", "start", "due", "date", "parent", "value1"]

[[event]]
kind = "identified"
at = "opened_at"
[event.body]
source = { value = "desk" }
"#;

/// Odd CSVs, each through the loose mapping and through each that ships.
pub(crate) fn csv_import(folder: &Folder) -> Result<Vec<Outcome>> {
    let mappings = mappings()?;
    let mut tally = Tally::default();
    for path in folder.files("csv") {
        let bytes = fs::read(path).with_context(|| name(path))?;
        for (mapping_name, mapping) in &mappings {
            tally.try_on(&format!("{} with {mapping_name}", name(path)), &bytes, mapping);
        }
    }
    tally.into_outcomes("csv-import")
}

/// Naughty strings: each as a whole file, as a header, and as each field of a row.
pub(crate) fn naughty(folder: &Folder) -> Result<Vec<Outcome>> {
    let mappings = mappings()?;
    let mut tally = Tally::default();
    for path in folder.files("json") {
        let strings: Vec<String> = serde_json::from_str(&fs::read_to_string(path)?).with_context(|| name(path))?;
        for (mapping_name, mapping) in &mappings {
            for (index, text) in strings.iter().enumerate() {
                tally.try_on(&format!("string {index} as a file with {mapping_name}"), text.as_bytes(), mapping);
                let head = row(&[text, "number", "opened_at"])?;
                tally.try_on(&format!("string {index} as a header with {mapping_name}"), &head, mapping);
            }
            let table = table_of(&strings)?;
            tally.try_on(&format!("all strings as fields with {mapping_name}"), &table, mapping);
        }
    }
    tally.into_outcomes("naughty")
}

fn mappings() -> Result<Vec<(&'static str, Mapping)>> {
    let shipped = ["servicenow", "easyvista", "generic"];
    let mut all = vec![("a loose mapping", Mapping::parse(LOOSE, "loose")?)];
    for name in shipped {
        all.push((name, reading::mapping(name)?));
    }
    Ok(all)
}

/// A table that all mappings read, in which each string stands once in each column.
fn table_of(strings: &[String]) -> Result<Vec<u8>> {
    let header = ["number", "state", "opened_at", "sys_updated_at", "impact", "urgency", "priority", "location"];
    let good = ["INC1", "New", "2016-03-01 10:00", "2016-03-01 10:00", "1", "1", "1", "HD13"];
    let mut table = row(&header)?;
    for text in strings {
        for place in 0..good.len() {
            let fields: Vec<&str> =
                good.iter().enumerate().map(|(n, value)| if n == place { text.as_str() } else { *value }).collect();
            table.extend(row(&fields)?);
        }
    }
    Ok(table)
}

fn row(fields: &[&str]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(fields)?;
    writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))
}

/// What came of many trials.
#[derive(Default)]
struct Tally {
    trials: u64,
    refused: u64,
    rows: u64,
    events: u64,
    rejects: u64,
    differences: Vec<String>,
}

impl Tally {
    fn try_on(&mut self, what: &str, bytes: &[u8], mapping: &Mapping) {
        self.trials += 1;
        match catch_unwind(AssertUnwindSafe(|| Reading::of_bytes(bytes, mapping))) {
            Err(_) => self.differences.push(format!("{what}: crashed")),
            Ok(Err(refusal)) => {
                self.refused += 1;
                if refusal.to_string().trim().is_empty() {
                    self.differences.push(format!("{what}: refused without a reason"));
                }
            }
            Ok(Ok(reading)) => {
                self.rows += reading.summary.rows;
                self.events += reading.summary.events;
                self.rejects += u64::try_from(reading.rejects.len()).unwrap_or(u64::MAX);
                self.differences.extend(reading.faults().into_iter().map(|fault| format!("{what}: {fault}")));
            }
        }
    }

    fn into_outcomes(self, set: &str) -> Result<Vec<Outcome>> {
        if self.trials == 0 {
            bail!("no file was found");
        }
        let figures = format!(
            "{} trials, none crashed: {} files refused with a reason; {} rows gave {} events and {} rejects, each with a reason",
            self.trials, self.refused, self.rows, self.events, self.rejects
        );
        Ok(vec![Outcome::new(set, figures, self.differences)])
    }
}
