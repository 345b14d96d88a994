//! Remembers what a file already said, so that a log whose every row repeats the date of opening
//! gives one opening.
//!
//! The memory is bounded: what was not said again for long is forgotten, and the event then comes
//! out a second time with the same key, which the store drops. It never forgets the other way: an
//! event that was not said yet always comes out, because whole values are compared and not hashes.

use std::collections::HashSet;

/// How many values one generation keeps; two are alive.
const GENERATION: usize = 65_536;
/// A longer value is not remembered; with two generations this bounds the memory at 64 MiB.
const LONGEST: usize = 512;

/// The values seen lately.
#[derive(Default)]
pub(crate) struct Seen {
    young: HashSet<Box<[u8]>>,
    old: HashSet<Box<[u8]>>,
    /// The last known value of each event: logs come case by case, so this answers most questions.
    last: Vec<Vec<u8>>,
}

impl Seen {
    /// Whether the value was said before; `event` numbers what says it.
    pub(crate) fn has(&mut self, event: usize, value: &[u8]) -> bool {
        if self.last.get(event).is_some_and(|last| last == value) {
            return true;
        }
        if self.young.contains(value) {
            self.is_last(event, value);
            return true;
        }
        let known = self.old.contains(value);
        if known {
            self.insert(event, value);
        }
        known
    }

    /// Remembers the value.
    pub(crate) fn insert(&mut self, event: usize, value: &[u8]) {
        if value.len() > LONGEST {
            return;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(value.into());
        self.is_last(event, value);
    }

    fn is_last(&mut self, event: usize, value: &[u8]) {
        if self.last.len() <= event {
            self.last.resize_with(event + 1, Vec::new);
        }
        if let Some(last) = self.last.get_mut(event) {
            last.clear();
            last.extend_from_slice(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_lately_is_known_and_what_was_not_said_never_is() {
        let mut seen = Seen::default();
        for n in 0..3 * GENERATION {
            let value = n.to_be_bytes();
            assert!(!seen.has(0, &value));
            seen.insert(0, &value);
            assert!(seen.has(0, &value));
            assert!(seen.has(0, &n.saturating_sub(GENERATION / 2).to_be_bytes()));
        }
        assert!(seen.young.len() <= GENERATION && seen.old.len() <= GENERATION);
        seen.insert(0, &[0; LONGEST + 1]);
        assert!(!seen.has(0, &[0; LONGEST + 1]));
    }
}
