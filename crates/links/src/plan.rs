//! A mapping laid over the header of one file: which column is where.
//!
//! Done once per file, so that a row costs no look-up of names.

use std::collections::HashMap;

use crate::{
    fold::fold,
    mapping::{EventRule, FieldRule, From, Mapping, When},
    reader::{ReadError, Wanted},
};

/// A mapping over a header.
pub(crate) struct Plan<'m> {
    /// Headers of the file, as they are written there.
    pub(crate) headers: Vec<String>,
    /// Where each column of the mapping is; none when the file lacks it.
    pub(crate) places: Vec<Option<usize>>,
    pub(crate) number: usize,
    /// Places of the personal columns.
    pub(crate) personal: Vec<usize>,
    /// Places of impact, urgency and priority.
    pub(crate) pairs: Option<[usize; 3]>,
    pub(crate) events: Vec<EventPlan<'m>>,
    /// Headers that no column of the mapping knows.
    pub(crate) unknown_headers: Vec<String>,
}

/// An event that this file can give.
pub(crate) struct EventPlan<'m> {
    pub(crate) rule: &'m EventRule,
    /// The whole kind: `incident.observed`.
    pub(crate) kind: String,
    pub(crate) at: usize,
    /// Conditions with the place of their column; none when the file lacks it.
    pub(crate) when: Vec<(Option<usize>, &'m When)>,
    /// Fields whose column the file has; constants have no place.
    pub(crate) fields: Vec<(Option<usize>, &'m FieldRule)>,
}

impl<'m> Plan<'m> {
    pub(crate) fn new(mapping: &'m Mapping, headers: Vec<String>) -> Result<Self, ReadError> {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, header) in headers.iter().enumerate() {
            let name = fold(header);
            if !name.is_empty() {
                by_name.entry(name).or_default().push(place);
            }
        }
        let mut places = Vec::with_capacity(mapping.columns.len());
        for column in &mapping.columns {
            places.push(match column.headers.iter().find_map(|h| by_name.get(&fold(h))).map(Vec::as_slice) {
                None | Some([]) => None,
                Some([one]) => Some(*one),
                Some([first, ..]) => {
                    return Err(ReadError::RepeatedHeader {
                        header: headers.get(*first).cloned().unwrap_or_default(),
                        column: column.name.clone(),
                    });
                }
            });
        }
        let place = |column: usize| places.get(column).copied().flatten();
        let events: Vec<_> = mapping.events.iter().filter_map(|rule| EventPlan::new(rule, mapping, &place)).collect();

        let lacking = |columns: Vec<usize>| -> Vec<Wanted> {
            let mut names = Vec::new();
            for column in columns.into_iter().filter(|c| place(*c).is_none()).filter_map(|c| mapping.columns.get(c)) {
                let wanted = Wanted { name: column.name.clone(), headers: column.headers.clone() };
                if !names.contains(&wanted) {
                    names.push(wanted);
                }
            }
            names
        };
        let wanted = lacking([&[mapping.number], mapping.required.as_slice()].concat());
        // No event can be: whatever is lacking for one would do.
        let one_of = if events.is_empty() {
            lacking(mapping.events.iter().flat_map(EventRule::needed_columns).collect())
        } else {
            Vec::new()
        };
        let Some(number) = place(mapping.number).filter(|_| wanted.is_empty() && !events.is_empty()) else {
            return Err(ReadError::MissingColumns { wanted, one_of, found: headers });
        };
        Ok(Self {
            personal: mapping.personal.iter().filter_map(|c| place(*c)).collect(),
            pairs: mapping.pairs.and_then(|[i, u, p]| Some([place(i)?, place(u)?, place(p)?])),
            unknown_headers: headers
                .iter()
                .enumerate()
                .filter(|(n, h)| !h.trim().is_empty() && !places.contains(&Some(*n)))
                .map(|(_, h)| h.clone())
                .collect(),
            headers,
            number,
            events,
            places,
        })
    }

    pub(crate) fn header(&self, place: usize) -> &str {
        self.headers.get(place).map_or("", String::as_str)
    }
}

impl<'m> EventPlan<'m> {
    /// None when the file lacks a column without which the event cannot be.
    fn new(rule: &'m EventRule, mapping: &Mapping, place: &impl Fn(usize) -> Option<usize>) -> Option<Self> {
        let mut fields = Vec::with_capacity(rule.fields.len());
        for field in &rule.fields {
            match field.from {
                From::Constant(_) => fields.push((None, field)),
                From::Column { column, .. } => match place(column) {
                    Some(at) => fields.push((Some(at), field)),
                    None if field.required => return None,
                    None => {}
                },
            }
        }
        Some(Self {
            rule,
            kind: format!("{}.{}", mapping.class.name(), rule.verb),
            at: place(rule.at)?,
            when: rule.when.iter().map(|w| (place(w.column), w)).collect(),
            fields,
        })
    }
}
