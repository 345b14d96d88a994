//! The one place that reads the clock; everything else takes `now` as a parameter.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// The present instant, to the microsecond, which is what the store keeps.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the edge where the clock is read")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

/// The clock that a server reads: the machine's, or one that was set and goes on from there. What is open or closed
/// then does not hang on the hour at which a test runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    ahead: SignedDuration,
}

impl Clock {
    /// A clock that shows this instant now.
    #[must_use]
    pub fn set_to(at: Timestamp) -> Self {
        Self { ahead: at.duration_since(now()) }
    }

    /// What it shows.
    #[must_use]
    pub fn now(self) -> Timestamp {
        now().saturating_add(self.ahead).unwrap_or(Timestamp::MAX)
    }
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
