//! How many cases a question finds, kept as long as the journal does not grow: every page of the queue asks the
//! same few questions again after each change, and a hundred readers ask them together.
//!
//! Nothing stale is ever given: the size of the journal stands beside each count, and is read in the same snapshot.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Questions that are remembered; beyond, all are asked again.
const MOST: usize = 1_024;

/// What was counted in the journal as it is.
#[derive(Default)]
pub(super) struct Counts(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    size: u64,
    counted: HashMap<String, u64>,
}

impl Counts {
    /// What that question found in a journal of that size.
    pub(super) fn get(&self, size: u64, question: &str) -> Option<u64> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.size == size { kept.counted.get(question).copied() } else { None }
    }

    /// Keeps what a question found. What an older journal held goes.
    pub(super) fn put(&self, size: u64, question: String, found: u64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.size > size {
            return;
        }
        if kept.size < size || kept.counted.len() >= MOST {
            *kept = Kept { size, counted: HashMap::new() };
        }
        kept.counted.insert(question, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_holds_until_the_journal_grows() {
        let counts = Counts::default();
        counts.put(7, "open".to_owned(), 3);
        assert_eq!((counts.get(7, "open"), counts.get(7, "late"), counts.get(8, "open")), (Some(3), None, None));
        counts.put(8, "open".to_owned(), 4);
        // Whoever read an older snapshot says nothing of this one.
        counts.put(7, "open".to_owned(), 3);
        assert_eq!((counts.get(8, "open"), counts.get(7, "open")), (Some(4), None));
    }

    #[test]
    fn no_more_questions_are_remembered_than_there_is_room_for() {
        let counts = Counts::default();
        for n in 0..=MOST {
            counts.put(1, n.to_string(), 0);
        }
        assert_eq!((counts.get(1, "0"), counts.get(1, &MOST.to_string())), (None, Some(0)));
    }
}
