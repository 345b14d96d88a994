//! What every handler can reach.

use std::{net::IpAddr, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::Semaphore;

use super::{
    errors::Failure,
    source::{Answer, Source},
};
use crate::features::people::{Accounts, SignInConfig};

/// How the server was started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Says on every page that it is a demonstration.
    pub demo: bool,
    /// Served over HTTPS (by a proxy): cookies are then `Secure`.
    pub https: bool,
    /// Reverse proxies whose `X-Forwarded-For` is believed; none are by default.
    pub trusted_proxies: Vec<IpAddr>,
    /// How people of this installation sign in.
    pub sign_in: Arc<SignInConfig>,
}

/// Shared by all requests.
#[derive(Clone)]
pub struct AppState {
    /// The data behind the pages.
    pub source: Arc<dyn Source>,
    /// Accounts, sessions and refusals.
    pub accounts: Arc<dyn Accounts>,
    /// How the server was started.
    pub options: Options,
    /// So many passwords are hashed at once: each takes 64 MiB, and anybody may ask.
    pub(crate) hashing: Arc<Semaphore>,
    /// So many large answers are sent at once: each holds one of the store's few readers.
    pub(crate) streaming: Arc<Semaphore>,
}

/// Passwords hashed at once.
const HASHING: usize = 2;
/// Large answers sent at once.
const STREAMING: usize = 2;

impl AppState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(source: Arc<dyn Source>, accounts: Arc<dyn Accounts>, options: Options) -> Self {
        let [hashing, streaming] = [HASHING, STREAMING].map(|n| Arc::new(Semaphore::new(n)));
        Self { source, accounts, options, hashing, streaming }
    }

    /// Runs a blocking question away from the server's threads.
    ///
    /// # Errors
    /// What the question fails with, as a page that shows an operation id.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Self) -> Answer<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let state = self.clone();
        tokio::task::spawn_blocking(move || question(&state))
            .await
            .map_err(|e| Failure::Unexpected(anyhow::Error::new(e)))?
            .map_err(Failure::Unexpected)
    }

    /// The contract's zone at an instant, UTC when the machine does not know it.
    pub(crate) fn zone(&self, zone: &str) -> TimeZone {
        TimeZone::get(zone).unwrap_or_else(|error| {
            tracing::error!(zone, %error, "the contract's zone is unknown here; pages show UTC");
            TimeZone::UTC
        })
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.source.now()
    }
}
