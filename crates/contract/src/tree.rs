//! The contract as TOML trees whose every value knows where it was written.
//!
//! Amendments and effective dates act here, before anything is given a type, so that a value set by
//! an amendment is checked exactly as one of the base and is blamed at its own place.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeArray, DeString, DeTable, DeValue, Deserializer},
};

/// A value with its span in the common space of offsets.
pub(crate) type Node<'i> = Spanned<DeValue<'i>>;

/// One step from a value to one inside it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(key: &'a str) -> Self {
        Self::Key(key)
    }
}

impl From<usize> for Step<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The files of one version, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree<'i> {
    pub(crate) files: BTreeMap<&'i str, Spanned<DeTable<'i>>>,
}

/// A message and the offset that it is about.
pub(crate) type Blame = (usize, String);

/// Reads a file; gives all that is wrong with its syntax.
pub(crate) fn read<'i>(text: &'i str, base: usize) -> Result<Spanned<DeTable<'i>>, Vec<Blame>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let span = table.span();
        return Ok(Spanned::new(span.start + base..span.end + base, shift_table(table.into_inner(), base)));
    }
    Err(errors.iter().map(|e| (base + e.span().map_or(0, |s| s.start), e.message().to_owned())).collect())
}

/// Moves spans into the common space, and turns TOML dates into the text that the model reads.
fn shift<'i>(node: Node<'i>, base: usize) -> Node<'i> {
    let span = node.span();
    let value = match node.into_inner() {
        DeValue::Table(table) => DeValue::Table(shift_table(table, base)),
        DeValue::Array(mut array) => {
            for item in array.iter_mut() {
                let taken = std::mem::replace(item, Spanned::new(0..0, DeValue::Boolean(false)));
                *item = shift(taken, base);
            }
            DeValue::Array(array)
        }
        DeValue::Datetime(datetime) => DeValue::String(Cow::Owned(datetime.to_string())),
        other => other,
    };
    Spanned::new(span.start + base..span.end + base, value)
}

fn shift_table<'i>(table: DeTable<'i>, base: usize) -> DeTable<'i> {
    table
        .into_iter()
        .map(|(key, node)| {
            let span = key.span();
            (Spanned::new(span.start + base..span.end + base, key.into_inner()), shift(node, base))
        })
        .collect()
}

/// Gives a table its type. An element of a list that does not fit is set aside and reading goes on,
/// so that one look shows every misfit; at most `limit` of them are kept.
pub(crate) fn typed<T: DeserializeOwned>(table: &Spanned<DeTable<'_>>, limit: usize) -> Result<T, Vec<Blame>> {
    let mut rest = table.clone();
    let mut blames = Vec::new();
    loop {
        let error = match T::deserialize(Deserializer::from(rest.clone())) {
            Ok(value) if blames.is_empty() => return Ok(value),
            Ok(_) => return Err(blames),
            Err(error) => error,
        };
        let at = error.span().map_or(rest.span().start, |s| s.start);
        blames.push((at, error.message().to_owned()));
        if blames.len() >= limit || !set_aside(rest.get_mut(), at) {
            return Err(blames);
        }
    }
}

/// Removes the element of a top-level list, or the unknown top-level key, that holds `offset`.
fn set_aside(table: &mut DeTable<'_>, offset: usize) -> bool {
    let unknown = table.keys().find(|key| key.span().contains(&offset)).map(|key| key.get_ref().to_string());
    let mut removed = unknown.is_some_and(|key| table.remove(key.as_str()).is_some());
    for (_, node) in table.iter_mut() {
        if let DeValue::Array(array) = node.get_mut() {
            let all = std::mem::replace(array, DeArray::new());
            let before = all.len();
            *array = all.into_iter().filter(|item| !extent(item).contains(&offset)).collect();
            removed |= array.len() < before;
        }
    }
    removed
}

/// From the first to the last byte of a value: the span of a `[[table]]` covers its header only.
pub(crate) fn extent(node: &Node<'_>) -> std::ops::Range<usize> {
    let span = node.span();
    let inner: Vec<std::ops::Range<usize>> = match node.get_ref() {
        DeValue::Table(table) => table.iter().flat_map(|(k, v)| [k.span(), extent(v)]).collect(),
        DeValue::Array(array) => array.iter().map(extent).collect(),
        _ => Vec::new(),
    };
    inner.into_iter().fold(span, |whole, part| whole.start.min(part.start)..whole.end.max(part.end))
}

/// The text of a scalar, as an amendment selects by it.
pub(crate) fn scalar<'a>(value: &'a DeValue<'_>) -> Option<Cow<'a, str>> {
    match value {
        DeValue::String(text) => Some(Cow::Borrowed(text.as_ref())),
        DeValue::Integer(number) => Some(Cow::Borrowed(number.as_str())),
        DeValue::Boolean(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        _ => None,
    }
}

/// The day that a table gives under `key`.
pub(crate) fn day(table: &DeTable<'_>, key: &str) -> Option<Date> {
    table.get(key)?.get_ref().as_str()?.parse().ok()
}

impl<'i> Tree<'i> {
    /// The offset of what `path` leads to, or of the deepest value on the way that exists.
    pub(crate) fn offset(&self, file: &str, path: &[Step<'_>]) -> usize {
        let Some(root) = self.files.get(file) else { return 0 };
        let mut offset = root.span().start;
        let mut table = Some(root.get_ref());
        let mut array = None;
        for step in path {
            let next: Option<&Node<'_>> = match step {
                Step::Key(key) => table.and_then(|t| t.get(*key)),
                Step::Index(index) => array.and_then(|a: &DeArray<'_>| a.get(*index)),
            };
            let Some(node) = next else { break };
            offset = node.span().start;
            table = node.get_ref().as_table();
            array = node.get_ref().as_array();
        }
        offset
    }

    /// The days on which some element begins or ceases to hold: `from`, and the day after `to`.
    pub(crate) fn boundaries(&self) -> Vec<Date> {
        let mut days: Vec<Date> = self
            .elements()
            .flat_map(|element| [day(element, "from"), day(element, "to").and_then(|d| d.tomorrow().ok())])
            .flatten()
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    fn elements(&self) -> impl Iterator<Item = &DeTable<'i>> {
        self.files
            .values()
            .flat_map(|root| root.get_ref().values())
            .filter_map(|node| node.get_ref().as_array())
            .flat_map(|array| array.iter())
            .filter_map(|item| item.get_ref().as_table())
    }

    /// The same without the elements that do not hold on `day`; `None` is the day before all others.
    pub(crate) fn on(&self, date: Option<Date>) -> Self {
        let holds = |item: &Node<'_>| {
            let Some(table) = item.get_ref().as_table() else { return true };
            let (from, to) = (day(table, "from"), day(table, "to"));
            match date {
                Some(d) => from.is_none_or(|f| f <= d) && to.is_none_or(|t| d <= t),
                None => from.is_none(),
            }
        };
        let mut kept = self.clone();
        for root in kept.files.values_mut() {
            for (_, node) in root.get_mut().iter_mut() {
                if let DeValue::Array(array) = node.get_mut() {
                    let all = std::mem::replace(array, DeArray::new());
                    *array = all.into_iter().filter(holds).collect();
                }
            }
        }
        kept
    }
}

/// A key that amendments add where there was none.
pub(crate) fn key<'i>(name: &str, at: usize) -> Spanned<DeString<'i>> {
    Spanned::new(at..at, Cow::Owned(name.to_owned()))
}
