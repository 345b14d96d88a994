//! How the link with EZV is set up: one TOML file, read once at the start.
//!
//! What is usual of an installation stands in `usual.toml`; the file names what is its own. A secret never
//! stands in the file: the file says in which other file or in which environment variable it is.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Map, Value};
use vigie_contract::{Class, Impact, PauseReasonId, Phrase, Urgency};
use vigie_links::{
    ezv::{Client, Credentials, Fields, NoteTo, Pace},
    http::{Address, AddressError},
};
use vigie_rules::fact::State;

use crate::settings_file::{self, FileError};

/// What is usual.
const USUAL: &str = include_str!("usual.toml");
/// Bytes of a settings file: its tables have some hundred lines.
const MAX_FILE_BYTES: u64 = 256 * 1024;
/// Bytes of a secret.
const MAX_SECRET_BYTES: u64 = 16 * 1024;

/// What a status of EZV means here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// The state.
    pub state: State,
    /// Why it waits, when it does.
    #[serde(default)]
    pub reason: Option<PauseReasonId>,
}

/// What is asked of EZV when a case comes to a state.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct End {
    /// The status in which a ticket is ended, by its identifier there.
    pub status_guid: Option<String>,
}

/// What goes to EZV when a case changes; what is absent stays here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Push {
    /// A suspension suspends the ticket, and its end lets it go on.
    pub suspensions: bool,
    /// A restoration ends the ticket in this status.
    pub restored: Option<End>,
    /// A closure ends it in this one.
    pub closed: Option<End>,
}

/// The settings of the link, with their secret.
#[derive(Clone, Debug)]
pub struct Settings {
    base: String,
    credentials: Credentials,
    zone: TimeZone,
    pace: Pace,
    /// How often EZV is asked what changed.
    pub poll: Duration,
    /// Tickets that changed before are not read, unless they are twins of cases.
    pub since: Timestamp,
    /// Groups whose tickets are ours, in small letters; empty means all that the account sees.
    pub groups: Vec<String>,
    /// The address of a ticket's page for people; `{number}` stands for its number.
    pub page: Option<String>,
    /// Where a ticket's particulars stand.
    pub fields: Fields,
    /// What the first letters of a number say.
    pub classes: BTreeMap<String, Class>,
    /// What EZV's words mean, in small letters.
    pub statuses: BTreeMap<String, Meaning>,
    /// What EZV's urgencies mean.
    pub urgencies: BTreeMap<String, Urgency>,
    /// What EZV's impacts mean.
    pub impacts: BTreeMap<String, Impact>,
    /// With what a twin is made, by class; a class that is absent gets none.
    pub create: BTreeMap<Class, Map<String, Value>>,
    /// What goes out when a case changes.
    pub push: Push,
    /// As what notes are written; absent means that none go out.
    pub notes: Option<NoteTo>,
}

/// Why settings cannot be used. Says no secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file, or one that it names.
    #[error(transparent)]
    File(#[from] FileError),
    /// Nothing or too much proves who we are.
    #[error("give either `token_file` or `token_env`, or a `login` with `password_file` or `password_env`")]
    Credentials,
    /// The address cannot be used.
    #[error("`base`")]
    Address(#[from] AddressError),
    /// The zone is unknown.
    #[error("`zone`: this machine knows no zone `{0}`")]
    Zone(String),
    /// A number is out of its bounds.
    #[error("`{field}` is {found}: write {bounds}")]
    Bounds {
        /// Which.
        field: &'static str,
        /// What was found.
        found: u64,
        /// What would be right.
        bounds: Phrase,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    fields: Fields,
    classes: BTreeMap<String, Class>,
    statuses: BTreeMap<String, Meaning>,
    urgencies: BTreeMap<String, Urgency>,
    impacts: BTreeMap<String, Impact>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    base: String,
    token_file: Option<PathBuf>,
    token_env: Option<String>,
    login: Option<String>,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    #[serde(default = "paris")]
    zone: String,
    #[serde(default = "sixty")]
    poll_seconds: u64,
    #[serde(default = "hundred")]
    page_size: u64,
    #[serde(default = "sixty")]
    questions_per_minute: u64,
    #[serde(default = "sixty")]
    answer_seconds: u64,
    since: Timestamp,
    #[serde(default)]
    groups: Vec<String>,
    page: Option<String>,
    fields: Option<Fields>,
    classes: Option<BTreeMap<String, Class>>,
    statuses: Option<BTreeMap<String, Meaning>>,
    urgencies: Option<BTreeMap<String, Urgency>>,
    impacts: Option<BTreeMap<String, Impact>>,
    #[serde(default)]
    create: BTreeMap<Class, Map<String, Value>>,
    #[serde(default)]
    push: Push,
    notes: Option<NoteTo>,
}

fn paris() -> String {
    "Europe/Paris".to_owned()
}

const fn sixty() -> u64 {
    60
}

const fn hundred() -> u64 {
    100
}

impl Settings {
    /// Reads a file and the secret that it names.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        let file: File = settings_file::read(path, MAX_FILE_BYTES)?;
        let usual: Usual = settings_file::parse(Path::new("usual.toml"), USUAL)?;
        let beside = |p: &PathBuf| path.parent().map_or_else(|| p.clone(), |parent| parent.join(p));
        let credentials = match (&file.token_file, &file.token_env, &file.login) {
            (Some(token), None, None) => Credentials::Token(secret(&beside(token))?),
            (None, Some(token), None) => Credentials::Token(settings_file::variable(token)?),
            (None, None, Some(login)) => {
                let password = match (&file.password_file, &file.password_env) {
                    (Some(file), None) => secret(&beside(file))?,
                    (None, Some(name)) => settings_file::variable(name)?,
                    _ => return Err(SettingsError::Credentials),
                };
                Credentials::Password { login: login.clone(), password }
            }
            _ => return Err(SettingsError::Credentials),
        };
        Address::parse(&file.base)?;
        let within = |field, found: u64, range: std::ops::RangeInclusive<u64>, bounds| {
            if range.contains(&found) { Ok(found) } else { Err(SettingsError::Bounds { field, found, bounds }) }
        };
        let poll = within(
            "poll_seconds",
            file.poll_seconds,
            5..=86_400,
            Phrase::new("5 à 86400 secondes", "5 to 86400 seconds"),
        )?;
        let rows = within("page_size", file.page_size, 1..=1_000, Phrase::new("1 à 1000 lignes", "1 to 1000 rows"))?;
        let often =
            within("questions_per_minute", file.questions_per_minute, 1..=6_000, Phrase::new("1 à 6000", "1 to 6000"))?;
        let answer = within(
            "answer_seconds",
            file.answer_seconds,
            1..=300,
            Phrase::new("1 à 300 secondes", "1 to 300 seconds"),
        )?;
        let small = |text: String| text.trim().to_lowercase();
        let statuses = file.statuses.unwrap_or(usual.statuses);
        Ok(Self {
            base: file.base,
            credentials,
            zone: TimeZone::get(&file.zone).map_err(|_| SettingsError::Zone(file.zone.clone()))?,
            pace: Pace {
                between: Duration::from_millis(60_000_u64.checked_div(often).unwrap_or(1_000)),
                answer: Duration::from_secs(answer),
                again: Duration::from_secs(1),
                page_size: usize::try_from(rows).unwrap_or(100),
            },
            poll: Duration::from_secs(poll),
            since: file.since,
            groups: file.groups.into_iter().map(small).collect(),
            page: file.page,
            fields: file.fields.unwrap_or(usual.fields),
            classes: file.classes.unwrap_or(usual.classes),
            statuses: statuses.into_iter().map(|(words, meaning)| (small(words), meaning)).collect(),
            urgencies: file.urgencies.unwrap_or(usual.urgencies),
            impacts: file.impacts.unwrap_or(usual.impacts),
            create: file.create,
            push: file.push,
            notes: file.notes,
        })
    }

    /// Another pace, for tests that shall not wait.
    #[must_use]
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    pub(super) fn client(&self) -> Result<Client, AddressError> {
        Client::new(&self.base, self.credentials.clone(), self.fields.clone(), self.zone.clone(), self.pace)
    }

    /// The class of a ticket by its number; none for what is not ours to take.
    #[must_use]
    pub fn class_of(&self, number: &str) -> Option<Class> {
        let letters: String = number.chars().take_while(char::is_ascii_alphabetic).collect();
        self.classes.get(&letters).or_else(|| self.classes.get(letters.get(..1)?)).copied()
    }

    /// What a status means; none when the settings do not know its words.
    #[must_use]
    pub fn meaning(&self, words: &str) -> Option<&Meaning> {
        self.statuses.get(&words.trim().to_lowercase())
    }

    /// The address of a ticket's page for people.
    #[must_use]
    pub fn page_of(&self, number: &str) -> Option<String> {
        self.page.as_ref().map(|page| page.replace("{number}", number))
    }
}

fn secret(path: &Path) -> Result<String, SettingsError> {
    Ok(settings_file::text(path, MAX_SECRET_BYTES)?.trim().to_owned())
}
