//! A folder of data and the tables in it.

use std::{
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use anyhow::{Context, Result};

/// A folder of one set, with the files in it and below it.
pub(crate) struct Folder {
    files: Vec<PathBuf>,
}

impl Folder {
    /// Lists a folder; none when it is not there.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        if !path.is_dir() {
            return None;
        }
        let mut files = Vec::new();
        list(path, &mut files);
        files.sort();
        Some(Self { files })
    }

    /// The files whose name ends so, in the order of their paths.
    pub(crate) fn files(&self, ending: &str) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path).filter(move |path| path.extension().is_some_and(|e| e == ending))
    }

    /// The comma-separated tables that have all these columns.
    pub(crate) fn tables(&self, columns: &[&str]) -> Result<Vec<Table>> {
        let tables = self.files("csv").map(Table::read).collect::<Result<Vec<_>>>()?;
        Ok(tables.into_iter().filter(|table| columns.iter().all(|column| table.has(column))).collect())
    }
}

fn list(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            list(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// Last part of a path, for messages.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A comma-separated table with a header.
pub(crate) struct Table {
    /// Its rows.
    pub(crate) rows: Vec<Row>,
    columns: Rc<[String]>,
}

/// One row.
pub(crate) struct Row {
    columns: Rc<[String]>,
    values: Vec<String>,
}

impl Table {
    /// Reads a file; a row of another width keeps what it has.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let place = || name(path);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).with_context(place)?;
        let columns: Rc<[String]> = reader
            .byte_headers()
            .with_context(place)?
            .iter()
            .map(|h| String::from_utf8_lossy(h).trim().to_owned())
            .collect();
        let mut rows = Vec::new();
        for record in reader.byte_records() {
            let record = record.with_context(place)?;
            let values = record.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect();
            rows.push(Row { columns: Rc::clone(&columns), values });
        }
        Ok(Self { rows, columns })
    }

    /// Whether it has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|c| c == column)
    }

    /// Its columns.
    pub(crate) fn columns(&self) -> &[String] {
        &self.columns
    }
}

impl Row {
    /// The value in a column, empty when there is none.
    pub(crate) fn get(&self, column: &str) -> &str {
        let place = self.columns.iter().position(|c| c == column);
        place.and_then(|place| self.values.get(place)).map_or("", String::as_str)
    }
}
