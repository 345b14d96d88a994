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
}

impl Seen {
    /// Whether the value was said before.
    pub(crate) fn has(&mut self, value: &[u8]) -> bool {
        if self.young.contains(value) {
            return true;
        }
        let known = self.old.contains(value);
        if known {
            self.insert(value);
        }
        known
    }

    /// Remembers the value.
    pub(crate) fn insert(&mut self, value: &[u8]) {
        if value.len() > LONGEST {
            return;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(value.into());
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
            assert!(!seen.has(&value));
            seen.insert(&value);
            assert!(seen.has(&value));
            assert!(seen.has(&n.saturating_sub(GENERATION / 2).to_be_bytes()));
        }
        assert!(seen.young.len() <= GENERATION && seen.old.len() <= GENERATION);
        seen.insert(&[0; LONGEST + 1]);
        assert!(!seen.has(&[0; LONGEST + 1]));
    }
}
