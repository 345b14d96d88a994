//! Where something stands in the files of a contract.
//!
//! All files of a folder share one space of byte offsets, one after the other, so that a tree that
//! mixes values of a base file with values of an amendment still knows where each was written.
//! Offsets must never be read outside this module: people are shown file, line and column.

use std::fmt;

/// A position in a file of the contract's folder; lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// File, relative to the folder.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The files of a folder, laid end to end.
pub(crate) struct Sources<'i> {
    files: Vec<(usize, &'i str, &'i str)>,
    end: usize,
}

impl<'i> Sources<'i> {
    pub(crate) const fn new() -> Self {
        Self { files: Vec::new(), end: 0 }
    }

    /// Adds a file and gives the offset of its first byte.
    pub(crate) fn add(&mut self, file: &'i str, text: &'i str) -> usize {
        let base = self.end;
        self.files.push((base, file, text));
        // One byte between files, so that the end of one is not the start of the next.
        self.end = base + text.len() + 1;
        base
    }

    /// The place of an offset of the common space.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let index = self.files.partition_point(|(base, ..)| *base <= offset).saturating_sub(1);
        let Some((base, file, text)) = self.files.get(index) else { return Self::whole("") };
        let before = text.get(..offset.saturating_sub(*base)).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            file: (*file).to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or("").chars().count() + 1,
        }
    }

    /// The place of a file as a whole: its first character.
    pub(crate) fn whole(file: &str) -> Place {
        Place { file: file.to_owned(), line: 1, column: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_shown_as_file_line_and_column_counted_in_characters() {
        let mut sources = Sources::new();
        let a = sources.add("a.toml", "x = 1\né = 2\n");
        let b = sources.add("b.toml", "y = 3");
        assert_eq!(sources.place(a).to_string(), "a.toml:1:1");
        assert_eq!(sources.place(a + 9).to_string(), "a.toml:2:3");
        assert_eq!(sources.place(b).to_string(), "b.toml:1:1");
        assert_eq!(sources.place(b + 4).to_string(), "b.toml:1:5");
    }
}
