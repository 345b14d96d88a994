//! The one place that reads the clock; everything else takes `now` as a parameter.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// The present instant, to the microsecond, which is what the store keeps.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge where the clock is read")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// Names something that happens now, in the order of time: a request, a run of a node.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge where the clock is read")]
pub fn name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Measures how long something takes, for progress and logs.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the edge where the clock is read")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since it was started.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
