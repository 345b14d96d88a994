//! Facts as the rules see them: the life of one case, order, committee or occurrence.
//!
//! An entry of the journal has a kind (`incident.restored`) and a JSON body. This module is the only
//! place that knows which kinds and bodies the rules read, and turns them into [`Fact`]s. A kind that
//! no rule reads is simply not a fact; a kind that is read but whose body does not fit is an error,
//! never a guess.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, Serialize};
use vigie_contract::{
    CatalogueItemId, Class, CommitteeId, Coverage, EventPattern, Impact, InfraKind, ObligationId, PauseReasonId,
    Priority, ServiceId, Source, Urgency, Verb,
};

use crate::{step::Step, work::Work};

/// What a history is about: `case/INC0000045`, `committee/copil-2026-03-12`, `occurrence/dqa-ready/2026-03`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(pub String);

impl Subject {
    /// The number that people say: all after the first slash.
    #[must_use]
    pub fn number(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(_, n)| n)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that happened to a subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened (not when it was recorded).
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
    /// Its entry in the journal; orders events of the same instant.
    pub seq: u64,
    /// What it was.
    pub fact: Fact,
}

/// All that happened to one subject, in the order of `(at, seq)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Whose.
    pub subject: Subject,
    /// What it is.
    pub class: Class,
    /// What happened.
    pub events: Vec<Event>,
}

impl History {
    /// Puts the events in the order that every rule relies on.
    pub fn sort(&mut self) {
        self.events.sort_by_key(|e| (e.at, e.seq));
    }
}

/// How a case was classified at some instant; absent fields leave the earlier value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Classification {
    /// Urgency by the contract's criteria.
    pub urgency: Option<Urgency>,
    /// Impact by the contract's criteria.
    pub impact: Option<Impact>,
    /// Priority when it was decided or imported as such; otherwise the matrix gives it.
    pub priority: Option<Priority>,
    /// Service concerned.
    pub service: Option<ServiceId>,
    /// Kind of infrastructure; absent takes the service's.
    pub infra: Option<InfraKind>,
    /// Site concerned.
    pub site: Option<String>,
    /// On the perimeter of REQ16 and REQ17 (central site or Cercle 0); absent takes the service's.
    pub cercle0: Option<bool>,
    /// How far the contract covers it; absent takes the service's.
    pub coverage: Option<Coverage>,
    /// Opened by a technical source, not by a user.
    pub technical: Option<bool>,
    /// Subject or request type.
    pub item: Option<CatalogueItemId>,
    /// Whether a request is urgent.
    pub urgent: Option<bool>,
}

/// Where the source's own state stands, for logs that give states and not acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Recorded, nobody has it yet.
    New,
    /// Somebody works on it.
    InProgress,
    /// Waiting.
    Pending,
    /// The source says that it is solved.
    Resolved,
    /// Closed.
    Closed,
    /// Void.
    Cancelled,
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The customer (row 17).
    Customer,
    /// The taskforce of a major incident.
    Taskforce,
    /// The users.
    Users,
}

/// What is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// Major incident report (RIM).
    Report,
    /// Major incident review (bilan).
    Review,
    /// Commercial proposal of a change.
    Proposal,
    /// Impact study of a change.
    Impact,
    /// Agenda and pack, before a committee.
    Pack,
    /// Minutes and actions, after a committee.
    Minutes,
    /// Anything else that an obligation names.
    Other,
}

/// When what happened, by the twin of a case in EZV: of a case that stands in both, these are the times
/// that count (3.8). The latest saying replaces the earlier ones; what is absent EZV does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Twin {
    /// When it was registered there.
    pub created_at: Option<Timestamp>,
    /// When it was taken in there.
    pub taken_in_at: Option<Timestamp>,
    /// When it was declared resolved there.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed there.
    pub closed_at: Option<Timestamp>,
}

/// One kind of thing that can happen, with what the rules need of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A candidate start. Kinds `*.identified`.
    Identified {
        /// By which source.
        source: Source,
        /// The customer opened it at the desk itself, without the on-site teams.
        direct: bool,
    },
    /// Kinds `*.classified`.
    Classified(Box<Classification>),
    /// A state as an outside log gives it. Kinds `*.observed`.
    Observed {
        /// The state.
        state: State,
        /// The reason, when pending.
        reason: Option<PauseReasonId>,
        /// What the log says of its class at that instant.
        classification: Option<Box<Classification>>,
    },
    /// The case is known by an outside log alone, which records neither notices nor documents: what
    /// nobody could have recorded is not held against anyone. Kinds `*.log_only`.
    LogOnly,
    /// A resolution group took it in. Kinds `*.taken_in`.
    TakenIn,
    /// An owner was named. Kinds `*.owner_named`.
    OwnerNamed,
    /// Kinds `*.paused`.
    Paused {
        /// Why.
        reason: PauseReasonId,
    },
    /// The customer accepted the pause in course or the last one. Kinds `*.pause_accepted`.
    PauseAccepted,
    /// The customer refused it. Kinds `*.pause_refused`.
    PauseRefused,
    /// Kinds `*.resumed`.
    Resumed,
    /// Restored, fulfilled, completed, resolved. Kinds `*.restored`.
    Restored,
    /// The customer refused the restoration. Kinds `*.restoration_refused`.
    RestorationRefused,
    /// The customer validated the restoration. Kinds `*.restoration_validated`.
    RestorationValidated,
    /// Closed, which validates. Kinds `*.closed`.
    Closed,
    /// Opened again. Kinds `*.reopened`.
    Reopened,
    /// Void: never counted. Kinds `*.cancelled`.
    Cancelled,
    /// Kinds `*.informed`.
    Informed {
        /// Who.
        audience: Audience,
    },
    /// Kinds `*.declared_major`.
    DeclaredMajor,
    /// Kinds `*.major_lifted`.
    MajorLifted,
    /// Kinds `*.delivered`.
    Delivered {
        /// What.
        document: Document,
    },
    /// A date agreed by both sides. Kinds `*.agreed` (an action, a deliverable, a change, a problem).
    Agreed {
        /// The instant by which it is due.
        #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
        due: Timestamp,
    },
    /// A committee sat. Kind `committee.held`.
    Held {
        /// Which.
        committee: CommitteeId,
    },
    /// A committee confirmed the breach. Kinds `finding.confirmed`, `problem.breach_confirmed`.
    Confirmed {
        /// Which.
        committee: CommitteeId,
    },
    /// The trigger of an obligation that is nothing else. Kinds `*.raised` (an order, a document, an action).
    Raised {
        /// Its type: `quality`, `security`, `assistance`, `audit`, `hardware`, ...
        topic: String,
    },
    /// What was due is done. Kinds `*.fulfilled`.
    Fulfilled,
    /// The occurrence of a recurring obligation. Kind `occurrence.opened`.
    Opened {
        /// Which obligation.
        obligation: ObligationId,
        /// The date of the recurrence.
        date: Date,
    },
    /// A step of a request, a change or a problem, or of a session about them.
    Step(Box<Step>),
    /// What the twin of a case in EZV says of its times. Kinds `*.twinned`.
    Twinned(Box<Twin>),
    /// What is done around a case: tasks, who follows it, time spent, cases that it is joined with.
    Work(Box<Work>),
}

/// Why an entry could not be read as a fact.
#[derive(Debug, thiserror::Error)]
#[error("the body of `{kind}` does not fit: {source}")]
pub struct FactError {
    /// Kind of the entry.
    pub kind: String,
    #[source]
    source: serde_json::Error,
}

/// Reads the kind of an entry: the class of its subject and the verb, or none when no rule reads it.
#[must_use]
pub fn split_kind(kind: &str) -> Option<(Class, &str)> {
    let (class, verb) = kind.split_once('.')?;
    Class::from_name(class).map(|c| (c, verb))
}

/// Whether the rules read an entry of that kind as a fact: it may change a judgement.
#[must_use]
pub fn is_read(kind: &str) -> bool {
    split_kind(kind).is_some_and(|(_, verb)| read_verb(verb).is_some())
}

/// The verb of that name. The breach of a problem is confirmed under a name that cannot be taken for a
/// confirmation of the problem itself.
fn read_verb(name: &str) -> Option<Verb> {
    if name == "breach_confirmed" { Some(Verb::Confirmed) } else { Verb::from_name(name) }
}

impl Fact {
    /// Reads an entry of the journal.
    ///
    /// `body` is the JSON text of the entry's body. Gives none for kinds that no rule reads.
    ///
    /// # Errors
    /// When the kind is read by the rules and its body does not fit.
    pub fn from_entry(kind: &str, body: &str) -> Result<Option<(Class, Self)>, FactError> {
        Self::read(kind, &mut serde_json::Deserializer::from_str(body))
    }

    /// The same from a body that is already a JSON value (`&Map`) or any other source of one.
    ///
    /// # Errors
    /// As [`Fact::from_entry`].
    pub fn read<'de, D>(kind: &str, body: D) -> Result<Option<(Class, Self)>, FactError>
    where
        D: Deserializer<'de, Error = serde_json::Error>,
    {
        #[derive(Deserialize)]
        struct Identified {
            source: Source,
            #[serde(default)]
            direct: bool,
        }
        #[derive(Deserialize)]
        struct Observed {
            state: State,
            #[serde(default)]
            reason: Option<PauseReasonId>,
            #[serde(default)]
            classification: Option<Box<Classification>>,
        }
        #[derive(Deserialize)]
        struct Paused {
            reason: PauseReasonId,
        }
        #[derive(Deserialize)]
        struct Informed {
            audience: Audience,
        }
        #[derive(Deserialize)]
        struct Delivered {
            document: Document,
        }
        #[derive(Deserialize)]
        struct Agreed {
            due: Timestamp,
        }
        #[derive(Deserialize)]
        struct Held {
            committee: CommitteeId,
        }
        #[derive(Deserialize)]
        struct Raised {
            topic: String,
        }
        #[derive(Deserialize)]
        struct Opened {
            obligation: ObligationId,
            date: Date,
        }
        fn read<'de, T, D>(kind: &str, body: D) -> Result<T, FactError>
        where
            T: Deserialize<'de>,
            D: Deserializer<'de, Error = serde_json::Error>,
        {
            T::deserialize(body).map_err(|source| FactError { kind: kind.to_owned(), source })
        }

        let Some((class, verb)) = split_kind(kind) else { return Ok(None) };
        let Some(verb) = read_verb(verb) else { return Ok(None) };
        let fact = match verb {
            Verb::Identified => {
                read::<Identified, _>(kind, body).map(|b| Self::Identified { source: b.source, direct: b.direct })?
            }
            Verb::Classified => Self::Classified(Box::new(read(kind, body)?)),
            Verb::Observed => read::<Observed, _>(kind, body).map(|b| Self::Observed {
                state: b.state,
                reason: b.reason,
                classification: b.classification,
            })?,
            Verb::LogOnly => Self::LogOnly,
            Verb::Twinned => Self::Twinned(Box::new(read(kind, body)?)),
            Verb::TakenIn => Self::TakenIn,
            Verb::OwnerNamed => Self::OwnerNamed,
            Verb::Paused => Self::Paused { reason: read::<Paused, _>(kind, body)?.reason },
            Verb::PauseAccepted => Self::PauseAccepted,
            Verb::PauseRefused => Self::PauseRefused,
            Verb::Resumed => Self::Resumed,
            Verb::Restored => Self::Restored,
            Verb::RestorationRefused => Self::RestorationRefused,
            Verb::RestorationValidated => Self::RestorationValidated,
            Verb::Closed => Self::Closed,
            Verb::Reopened => Self::Reopened,
            Verb::Cancelled => Self::Cancelled,
            Verb::Informed => Self::Informed { audience: read::<Informed, _>(kind, body)?.audience },
            Verb::DeclaredMajor => Self::DeclaredMajor,
            Verb::MajorLifted => Self::MajorLifted,
            Verb::Delivered => Self::Delivered { document: read::<Delivered, _>(kind, body)?.document },
            Verb::Agreed => Self::Agreed { due: read::<Agreed, _>(kind, body)?.due },
            Verb::Held => Self::Held { committee: read::<Held, _>(kind, body)?.committee },
            Verb::Confirmed => Self::Confirmed { committee: read::<Held, _>(kind, body)?.committee },
            Verb::Raised => Self::Raised { topic: read::<Raised, _>(kind, body)?.topic },
            Verb::Fulfilled => Self::Fulfilled,
            Verb::Opened => {
                read::<Opened, _>(kind, body).map(|b| Self::Opened { obligation: b.obligation, date: b.date })?
            }
            verb if Work::has(verb) => {
                let work = Work::read(verb, body);
                Self::Work(Box::new(work.map_err(|source| FactError { kind: kind.to_owned(), source })?))
            }
            verb => {
                let step = Step::read(verb, body);
                Self::Step(Box::new(step.map_err(|source| FactError { kind: kind.to_owned(), source })?))
            }
        };
        Ok(Some((class, fact)))
    }

    /// The verb of its kind, as [`Fact::from_entry`] reads it.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Identified { .. } => Verb::Identified,
            Self::Classified(_) => Verb::Classified,
            Self::Observed { .. } => Verb::Observed,
            Self::LogOnly => Verb::LogOnly,
            Self::TakenIn => Verb::TakenIn,
            Self::OwnerNamed => Verb::OwnerNamed,
            Self::Paused { .. } => Verb::Paused,
            Self::PauseAccepted => Verb::PauseAccepted,
            Self::PauseRefused => Verb::PauseRefused,
            Self::Resumed => Verb::Resumed,
            Self::Restored => Verb::Restored,
            Self::RestorationRefused => Verb::RestorationRefused,
            Self::RestorationValidated => Verb::RestorationValidated,
            Self::Closed => Verb::Closed,
            Self::Reopened => Verb::Reopened,
            Self::Cancelled => Verb::Cancelled,
            Self::Informed { .. } => Verb::Informed,
            Self::DeclaredMajor => Verb::DeclaredMajor,
            Self::MajorLifted => Verb::MajorLifted,
            Self::Delivered { .. } => Verb::Delivered,
            Self::Agreed { .. } => Verb::Agreed,
            Self::Held { .. } => Verb::Held,
            Self::Confirmed { .. } => Verb::Confirmed,
            Self::Raised { .. } => Verb::Raised,
            Self::Fulfilled => Verb::Fulfilled,
            Self::Opened { .. } => Verb::Opened,
            Self::Step(step) => step.verb(),
            Self::Twinned(_) => Verb::Twinned,
            Self::Work(work) => work.verb(),
        }
    }

    /// Whether it is what a pattern of the contract describes, on a subject of that class.
    #[must_use]
    pub fn matches(&self, class: Class, pattern: &EventPattern) -> bool {
        let Some((wanted, verb)) = split_kind(&pattern.kind) else { return false };
        wanted == class
            && read_verb(verb) == Some(self.verb())
            && pattern.with.iter().all(|(key, value)| self.says(key, value))
    }

    fn says(&self, key: &str, value: &str) -> bool {
        match (self, key) {
            (Self::Held { committee } | Self::Confirmed { committee }, "committee") => committee.0 == value,
            (Self::Raised { topic }, "topic") => topic == value,
            (Self::Delivered { document }, "document") => document.name() == value,
            (Self::Informed { audience }, "audience") => audience.name() == value,
            (Self::Opened { obligation, .. }, "obligation") => obligation.0 == value,
            _ => false,
        }
    }
}

impl Document {
    /// Its name in bodies and patterns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Review => "review",
            Self::Proposal => "proposal",
            Self::Impact => "impact",
            Self::Pack => "pack",
            Self::Minutes => "minutes",
            Self::Other => "other",
        }
    }
}

impl Audience {
    /// Its name in bodies and patterns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Taskforce => "taskforce",
            Self::Users => "users",
        }
    }
}

#[cfg(test)]
mod tests;
