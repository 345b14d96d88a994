//! The thin edge: asks, waits between questions, and tries again what is safe to ask twice.

use std::{fmt, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::Method;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::{sync::Mutex, time::sleep};

use super::{
    answer::{self, Listed, Unreadable},
    question::{self, Change, Draft, NoteTo, Window},
    ticket::{Fields, Ticket},
};
use crate::http::{Address, AddressError, Answer, Ask, HttpError, Limits, Network, ask};

/// Bytes of one answer: a page of a thousand rows with all their columns takes a tenth of it.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// Tries of a reading, the first included.
const TRIES: u32 = 4;

/// The longest wait that a server may ask for in course of a reading; a longer one ends it.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What proves who we are. Never printed.
#[derive(Clone)]
pub enum Credentials {
    /// An access token.
    Token(String),
    /// A login and its password.
    Password {
        /// The login.
        login: String,
        /// Its password.
        password: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(..)",
            Self::Password { .. } => "Password(..)",
        })
    }
}

impl Credentials {
    fn header(&self) -> String {
        match self {
            Self::Token(token) => format!("Bearer {token}"),
            Self::Password { login, password } => {
                format!("Basic {}", BASE64_STANDARD.encode(format!("{login}:{password}")))
            }
        }
    }
}

/// How fast and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The least time between two questions.
    pub between: Duration,
    /// The longest wait for one answer; EZV itself gives up after 60 s.
    pub answer: Duration,
    /// The wait before the second try of a reading; it doubles at each.
    pub again: Duration,
    /// Rows of a page.
    pub page_size: usize,
}

/// Why EZV did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EzvError {
    /// The address in the settings cannot be used.
    #[error("the address of EZV cannot be used")]
    Address(#[from] AddressError),
    /// No answer came.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It refused.
    #[error("EZV refused with status {status}{}{said}", if said.is_empty() { "" } else { ": " })]
    Refused {
        /// The status.
        status: u16,
        /// What it said of it.
        said: String,
        /// For how long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// Its answer is of no use.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl EzvError {
    /// Whether the same question may be answered later, without anybody changing anything.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Http(HttpError::Unwritable { .. }) | Self::Address(_) => false,
            Self::Http(_) | Self::Unreadable(_) => true,
            // 590 is EZV's own word for what it could not do; 408 and 429 are about the moment.
            Self::Refused { status, .. } => *status == 408 || *status == 429 || (*status >= 500 && *status != 590),
        }
    }

    /// Whether what was asked was certainly not done.
    #[must_use]
    pub const fn was_not_done(&self) -> bool {
        match self {
            Self::Address(_) => true,
            Self::Http(error) => error.never_left(),
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 404 | 429),
            Self::Unreadable(_) => false,
        }
    }

    const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// Speaks with one installation of EZV.
pub struct Client {
    base: Address,
    credentials: Credentials,
    fields: Fields,
    zone: TimeZone,
    pace: Pace,
    /// Whoever asks holds it: questions go one after another. Whether one went before.
    turn: Mutex<bool>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// Prepares to speak; nothing is asked yet. `base` is the address of the API with its version and its
    /// account: `https://host/api/v1/50004`. Instants without an offset are of `zone`.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(
        base: &str,
        credentials: Credentials,
        fields: Fields,
        zone: TimeZone,
        pace: Pace,
    ) -> Result<Self, AddressError> {
        let base = Address::parse(base)?;
        Ok(Self { base, credentials, fields, zone, pace, turn: Mutex::new(false) })
    }

    /// One page of the tickets that changed, oldest change first.
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn changed(&self, window: Window) -> Result<Listed, EzvError> {
        let answer = self.read_on(&question::changed(&self.fields, window, self.pace.page_size)).await?;
        Ok(answer::listed(&answer.body, &self.fields, &self.zone, window)?)
    }

    /// Rows of a page.
    #[must_use]
    pub const fn page_size(&self) -> usize {
        self.pace.page_size
    }

    /// One ticket; none when EZV knows none of that number.
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn read(&self, number: &str) -> Result<Option<Ticket>, EzvError> {
        match self.read_on(&question::one(number)).await {
            Ok(answer) => Ok(Some(answer::one(&answer.body, &self.fields, &self.zone)?)),
            Err(EzvError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The description of a ticket, which EZV keeps beside it.
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn description(&self, number: &str) -> Result<Option<String>, EzvError> {
        match self.read_on(&format!("{}/description", question::one(number))).await {
            Ok(answer) => Ok(answer::memo(&answer.body, "description")?),
            Err(EzvError::Refused { status: 403 | 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The tickets that bear our number.
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn bearing(&self, reference: &str) -> Result<Vec<String>, EzvError> {
        let answer = self.read_on(&question::bearing(&self.fields, reference)).await?;
        Ok(answer::bearing(&answer.body, &self.fields, reference)?)
    }

    /// Makes a ticket and gives its number. Asked once: whether an error did it all the same is found with
    /// [`Client::bearing`].
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn create(&self, draft: &Draft) -> Result<String, EzvError> {
        let answer = self.ask(Method::POST, "requests", Some(&draft.body())).await?;
        Ok(answer::created(&answer.body)?)
    }

    /// Changes a ticket. Asked once.
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn change(&self, number: &str, change: &Change, comment: &str) -> Result<(), EzvError> {
        self.ask(Method::PUT, &question::one(number), Some(&change.body(comment))).await.map(|_| ())
    }

    /// Writes a note on a ticket. Asked once.
    ///
    /// # Errors
    /// [`EzvError`].
    pub async fn note(&self, number: &str, to: &NoteTo, text: &str) -> Result<(), EzvError> {
        let path = format!("{}/tasks", question::one(number));
        self.ask(Method::POST, &path, Some(&to.body(text))).await.map(|_| ())
    }

    /// A reading, tried again while it may still succeed.
    async fn read_on(&self, path: &str) -> Result<Answer, EzvError> {
        let mut wait = self.pace.again;
        for _ in 1..TRIES {
            match self.ask(Method::GET, path, None).await {
                Err(error) if error.is_passing() => {
                    let asked = error.wait().unwrap_or(wait);
                    if asked > LONGEST_WAIT {
                        return Err(error);
                    }
                    sleep(asked).await;
                    wait = wait.saturating_mul(2);
                }
                done => return done,
            }
        }
        self.ask(Method::GET, path, None).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, EzvError> {
        let mut turn = self.turn.lock().await;
        if std::mem::replace(&mut *turn, true) {
            sleep(self.pace.between).await;
        }
        let mut headers = vec![
            ("authorization", self.credentials.header()),
            ("accept", "application/json".to_owned()),
            ("user-agent", "vigie".to_owned()),
        ];
        let body = body.map(Value::to_string).unwrap_or_default().into_bytes();
        if !body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        let limits = Limits { time: self.pace.answer, answer_bytes: MAX_ANSWER_BYTES, network: Network::Any };
        let question = Ask { method, address: self.base.below(path)?, headers, body };
        let answer = ask(question, limits).await?;
        if answer.is_success() {
            return Ok(answer);
        }
        let said = answer::said(&answer.body);
        Err(EzvError::Refused { status: answer.status, said, retry_after: answer.retry_after })
    }
}
