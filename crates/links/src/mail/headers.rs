//! The header fields of a mail, unfolded, by name.

use super::{
    address::clean,
    limits::{MAX_HEADER_BYTES, MAX_HEADERS},
    loss::Loss,
};

/// All header fields of a mail in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Reads the header lines of a mail that was repaired.
    pub(super) fn read(block: &[u8], losses: &mut Vec<Loss>) -> Self {
        let text = String::from_utf8_lossy(block);
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut count = 0_usize;
        for line in text.split('\n') {
            let line = line.trim_end_matches('\r');
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut().filter(|_| count <= MAX_HEADERS) {
                    value.push_str(line);
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            let name = name.trim();
            if name.is_empty() || name.contains(char::is_whitespace) {
                continue;
            }
            count = count.saturating_add(1);
            if count <= MAX_HEADERS {
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
        if count > MAX_HEADERS {
            losses.push(Loss::Headers { count });
        }
        for (name, value) in &mut fields {
            if value.len() > MAX_HEADER_BYTES {
                losses.push(Loss::Header { name: name.clone(), size_bytes: value.len() });
                value.truncate(value.floor_char_boundary(MAX_HEADER_BYTES));
            }
            *value = clean(value);
        }
        Self(fields)
    }

    /// The first value of a field, not decoded; the name's case does not matter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Each value of a field, not decoded.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
