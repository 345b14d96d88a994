//! The demonstration's dice: a fixed sequence, so that the same day always gives the same year.
//!
//! It MUST NOT be used for anything that has to be hard to guess.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    /// A sequence of its own for each `seed`.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; zero when `n` is not positive.
    pub(super) fn below(&mut self, n: i64) -> i64 {
        let scaled = (u128::from(self.next()) * u128::try_from(n).unwrap_or(0)) >> 64;
        i64::try_from(scaled).unwrap_or(0)
    }

    /// A number in `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    /// A number in `low..=high` that leans towards `low`, as the time that work takes does.
    pub(super) fn skewed(&mut self, low: i64, high: i64) -> i64 {
        let most = self.below(high - low + 1);
        low + self.below(most + 1)
    }

    /// True `share` times out of a thousand.
    pub(super) fn per_mille(&mut self, share: i64) -> bool {
        self.below(1000) < share
    }

    /// One of `choices`, or none when there is none.
    pub(super) fn one<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let count = i64::try_from(choices.len()).ok()?;
        choices.get(usize::try_from(self.below(count)).ok()?)
    }

    /// One of `texts`, or nothing when there is none.
    pub(super) fn text<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        self.one(texts).copied().unwrap_or_default()
    }

    /// The place of one of `weights`, drawn in proportion to them.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = i64> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            left -= weight;
            if left < 0 {
                return place;
            }
        }
        0
    }
}
