//! Where a mail belongs: to a case, to a new one, or aside.
//!
//! A mail claims a case by the mails that it answers, by a token in the address that it was sent to,
//! and by a token in its subject. The first claim that holds names the case; then its author's side
//! must be a party of that case, or the mail is put aside, so that nobody's words reach another's
//! case. A claim that does not hold is never believed and is named.
//!
//! The decision is in two steps, so that the caller looks up everything at once: [`Claims::read`] says
//! what to look up, [`Claims::place`] decides.

use std::collections::HashMap;

use super::{
    Kind, Mail, MessageId,
    token::{CaseNumber, Token, TokenKeys},
};

/// What a mail claims to belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// The mails that it answers, the nearest first; of a bounce, the mail that it returns.
    pub answered: Vec<MessageId>,
    /// Tokens in the addresses that it was sent to.
    in_addresses: Vec<Token>,
    /// Tokens in its subject.
    in_subject: Vec<Token>,
    nature: Nature,
}

/// As far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    Words,
    Report,
    Ours,
}

/// What the caller found of a mail's claims.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The case of each mail of [`Claims::answered`] that we sent or received.
    pub answered: HashMap<MessageId, CaseNumber>,
    /// The cases named by [`Claims::numbers`] or found for an answered mail, and whether the organisation
    /// of every author of this mail is a party of it. A case that is missing here does not exist.
    pub cases: HashMap<CaseNumber, Standing>,
}

/// Whether a mail's authors take part in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Each author's organisation is a party.
    Party,
    /// At least one author's organisation is not, or is unknown.
    Stranger,
}

/// Which claim named the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The mail answers this one.
    Answer(MessageId),
    /// The token in the address.
    Address,
    /// The token in the subject.
    Subject,
}

/// Where a mail belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its words go to this case.
    Case {
        /// The case.
        number: CaseNumber,
        /// What named it.
        key: Key,
    },
    /// It reports on the delivery of a mail of this case: its failures go to the case's internal side, its
    /// words nowhere, for a mail server is no party.
    Report {
        /// The case.
        number: CaseNumber,
        /// What named it.
        key: Key,
    },
    /// It is a new call.
    New,
    /// It waits for somebody to decide.
    Aside(Aside),
}

/// Why a mail was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aside {
    /// It is one of our own mails that came back.
    Ours,
    /// It is a delivery report of which no mail of ours is known.
    Report,
    /// It claims a case of which its author is no party.
    Stranger {
        /// The case that it claims.
        number: CaseNumber,
        /// What named it.
        key: Key,
    },
}

impl Aside {
    /// The reason's name, stable, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Ours => "own_mail",
            Self::Report => "unknown_report",
            Self::Stranger { .. } => "not_a_party",
        }
    }

    /// The reason in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Ours => "one of our own mails came back".to_owned(),
            Self::Report => "a delivery report about a mail that is not known here".to_owned(),
            Self::Stranger { number, .. } => format!("it answers case {number}, of which its author is not a party"),
        }
    }

    /// The reason in French.
    #[must_use]
    pub fn fr(&self) -> String {
        match self {
            Self::Ours => "un de nos propres messages est revenu".to_owned(),
            Self::Report => "un avis de remise sur un message inconnu ici".to_owned(),
            Self::Stranger { number, .. } => {
                format!("il répond au dossier {number}, dont son auteur n’est pas partie")
            }
        }
    }
}

/// A claim that was not believed, or that contradicts the one that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A token that we never signed, or that was damaged on its way.
    Forged {
        /// The number that it names.
        number: CaseNumber,
        /// Where it stood.
        key: Key,
    },
    /// A genuine claim to a case that does not exist.
    NoSuchCase {
        /// The number that it names.
        number: CaseNumber,
        /// Where it stood.
        key: Key,
    },
    /// A genuine claim to another case than the one that was chosen.
    Other {
        /// The number that it names.
        number: CaseNumber,
        /// Where it stood.
        key: Key,
    },
}

impl Doubt {
    /// The doubt's name, stable, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forged { .. } => "token_forged",
            Self::NoSuchCase { .. } => "no_such_case",
            Self::Other { .. } => "another_case",
        }
    }

    /// The doubt in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Forged { number, .. } => {
                format!("it bears a token for case {number} that is forged or damaged: it was not believed")
            }
            Self::NoSuchCase { number, .. } => format!("it names case {number}, which does not exist"),
            Self::Other { number, .. } => format!("it also names case {number}"),
        }
    }

    /// The doubt in French.
    #[must_use]
    pub fn fr(&self) -> String {
        match self {
            Self::Forged { number, .. } => {
                format!("il porte un jeton du dossier {number} faux ou abîmé : il n’a pas été cru")
            }
            Self::NoSuchCase { number, .. } => format!("il nomme le dossier {number}, qui n’existe pas"),
            Self::Other { number, .. } => format!("il nomme aussi le dossier {number}"),
        }
    }
}

impl Claims {
    /// Reads what a mail claims. `envelope` holds the addresses to which the server was told to deliver it,
    /// which headers need not repeat.
    #[must_use]
    pub fn read(mail: &Mail, kind: &Kind, keys: &TokenKeys, envelope: &[super::Address]) -> Self {
        let nature = match kind {
            Kind::Loop { .. } => Nature::Ours,
            Kind::Bounce(_) => Nature::Report,
            Kind::Person | Kind::Automatic { .. } | Kind::List { .. } => Nature::Words,
        };
        let mut answered: Vec<MessageId> = Vec::new();
        if let Kind::Bounce(bounce) = kind {
            answered.extend(bounce.originals.iter().cloned());
        }
        // What it answers first, then the exchange from its end: the nearest mail knows best.
        answered.extend(mail.in_reply_to.iter().chain(mail.references.iter().rev()).cloned());
        let mut seen = std::collections::HashSet::new();
        answered.retain(|id| seen.insert(id.clone()));
        let mut in_addresses: Vec<Token> = Vec::new();
        for token in envelope.iter().chain(&mail.to).chain(&mail.cc).filter_map(|a| keys.in_address(a)) {
            if !in_addresses.contains(&token) {
                in_addresses.push(token);
            }
        }
        Self { answered, in_addresses, in_subject: keys.in_subject(&mail.subject), nature }
    }

    /// The numbers of genuine tokens, to be looked up.
    pub fn numbers(&self) -> impl Iterator<Item = &CaseNumber> {
        self.in_addresses.iter().chain(&self.in_subject).filter(|t| t.genuine).map(|t| &t.number)
    }

    /// Decides where the mail belongs, and names each claim that was not followed.
    #[must_use]
    pub fn place(&self, known: &Known) -> (Place, Vec<Doubt>) {
        let mut doubts = Vec::new();
        let mut chosen: Option<(CaseNumber, Key)> = None;
        let answers = self.answered.iter().filter_map(|id| {
            let number = known.answered.get(id)?;
            Some((number, true, Key::Answer(id.clone())))
        });
        let addresses = self.in_addresses.iter().map(|t| (&t.number, t.genuine, Key::Address));
        let subjects = self.in_subject.iter().map(|t| (&t.number, t.genuine, Key::Subject));
        for (number, genuine, key) in answers.chain(addresses).chain(subjects) {
            let number = number.clone();
            let doubt = if !genuine {
                Doubt::Forged { number, key }
            } else if !known.cases.contains_key(&number) {
                Doubt::NoSuchCase { number, key }
            } else {
                match &chosen {
                    None => {
                        chosen = Some((number, key));
                        continue;
                    }
                    Some((other, _)) if *other == number => continue,
                    Some(_) => Doubt::Other { number, key },
                }
            };
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
        }
        let place = match (self.nature, chosen) {
            (Nature::Ours, _) => Place::Aside(Aside::Ours),
            (Nature::Report, Some((number, key))) => Place::Report { number, key },
            (Nature::Report, None) => Place::Aside(Aside::Report),
            (Nature::Words, None) => Place::New,
            (Nature::Words, Some((number, key))) => match known.cases.get(&number) {
                Some(Standing::Party) => Place::Case { number, key },
                Some(Standing::Stranger) | None => Place::Aside(Aside::Stranger { number, key }),
            },
        };
        (place, doubts)
    }
}
