//! What becomes of a mail: the one decision, from what it says and what is known.
//!
//! Nothing is read, written or sent here, so that any decision can be made again and tried by hand. MUST
//! NOT let anybody's words reach a case of which they are no party, and MUST NOT lose a mail: whatever is
//! not decided is put aside with its reason.

use std::collections::HashMap;

use vigie_links::mail::{Address, Aside, CaseNumber, Doubt, Key, Kind, Known as Found, Ourselves, Place, Silence};
use vigie_rules::desk::Phase;

use super::{letter::Contents, settings::Limits};

/// What is known beside a mail.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The mails that it answers and the cases that it names, with the standing of its authors there.
    pub found: Found,
    /// How those cases stand.
    pub phases: HashMap<CaseNumber, Phase>,
    /// Of a case that is over, the open one that an earlier answer to it has opened.
    pub followed_by: HashMap<CaseNumber, CaseNumber>,
    /// The same mail came before, to another of our addresses.
    pub twin: Option<Twin>,
    /// How often its author was acknowledged.
    pub acknowledged: Acknowledged,
}

/// A mail that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Its id.
    pub id: String,
    /// Its case, when it has one.
    pub case: Option<CaseNumber>,
}

/// How often somebody was acknowledged lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// In the last hour.
    pub hour: u32,
    /// In the last 24 hours.
    pub day: u32,
}

/// What becomes of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A new case.
    Open {
        /// The case that is over and that it answers.
        follows: Option<CaseNumber>,
        /// Whether its author is told the number.
        acknowledge: Acknowledge,
        /// Claims that were not followed.
        doubts: Vec<Doubt>,
    },
    /// Words on a case.
    Note {
        /// The case.
        number: CaseNumber,
        /// What named it.
        key: Key,
        /// Claims that were not followed.
        doubts: Vec<Doubt>,
    },
    /// A mail of this case did not arrive.
    Report {
        /// The case.
        number: CaseNumber,
    },
    /// The same as a mail that came before.
    Duplicate(Twin),
    /// Nobody waits for an answer: it is kept.
    Recorded(Machine),
    /// Somebody has to look.
    Quarantine(Reason),
}

/// Which machine wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// It answers by itself, or tells of something.
    Automatic,
    /// It is ours.
    Loop,
}

impl Machine {
    /// Its name in tables and entries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Loop => "own_mail",
        }
    }
}

/// Whether the author of a new case is told its number by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acknowledge {
    /// At this address.
    To(Address),
    /// It is held back.
    Held {
        /// To whom it would go, when there is an address.
        to: Option<Address>,
        /// Why.
        why: Held,
    },
}

/// Why an acknowledgement is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The mail forbids it.
    Silence(Silence),
    /// This address was acknowledged too often lately.
    TooOften,
    /// The mail was brought as a file: it may be old.
    Imported,
}

impl Held {
    /// Its name in tables and entries.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Silence(silence) => silence.code(),
            Self::TooOften => "too_often",
            Self::Imported => "imported",
        }
    }
}

/// Why a mail waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing can be made of it.
    Unreadable,
    /// It is larger than what is taken.
    TooLarge,
    /// It names no author.
    NoAuthor,
    /// Our mail server found its author forged.
    Forged,
    /// It claims a case of which its author is no party.
    NotAParty(CaseNumber),
    /// It tells of a mail that is not known here.
    UnknownReport,
}

impl Reason {
    /// Its name in tables and entries.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::NoAuthor => "no_author",
            Self::Forged => "forged",
            Self::NotAParty(_) => "not_a_party",
            Self::UnknownReport => "unknown_report",
        }
    }
}

/// How the post is run, as far as a decision depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Ways<'s> {
    /// Our addresses.
    pub own: &'s Ourselves,
    /// How often one address is acknowledged.
    pub limits: Limits,
    /// Whether new mails are acknowledged at all.
    pub acknowledges: bool,
}

/// Decides what becomes of a mail.
#[must_use]
pub fn decide(contents: &Contents, known: &Known, ways: Ways<'_>) -> Decision {
    if let Some(twin) = &known.twin {
        return Decision::Duplicate(twin.clone());
    }
    let (place, doubts) = contents.claims.place(&known.found);
    let place = match (&contents.kind, place) {
        (Kind::Loop { .. }, _) | (_, Place::Aside(Aside::Ours)) => return Decision::Recorded(Machine::Loop),
        (_, Place::Report { number, .. }) => return Decision::Report { number },
        (_, Place::Aside(Aside::Report)) => return Decision::Quarantine(Reason::UnknownReport),
        (Kind::Automatic { .. }, _) => return Decision::Recorded(Machine::Automatic),
        (_, place) => place,
    };
    if contents.is_damaged() {
        return Decision::Quarantine(Reason::Unreadable);
    }
    if contents.mail.from.iter().all(|author| author.domain().is_empty()) {
        return Decision::Quarantine(Reason::NoAuthor);
    }
    if contents.is_forged {
        return Decision::Quarantine(Reason::Forged);
    }
    match place {
        Place::Aside(Aside::Stranger { number, .. }) => Decision::Quarantine(Reason::NotAParty(number)),
        Place::Case { number, key } => {
            if known.phases.get(&number).is_none_or(|phase| phase.is_open()) {
                return Decision::Note { number, key, doubts };
            }
            // Whoever answers a second time goes on where the first answer led.
            match known.followed_by.get(&number) {
                Some(open) => Decision::Note { number: open.clone(), key, doubts },
                None => {
                    Decision::Open { follows: Some(number), acknowledge: acknowledge(contents, known, ways), doubts }
                }
            }
        }
        _ => Decision::Open { follows: None, acknowledge: acknowledge(contents, known, ways), doubts },
    }
}

/// Whether the author of a new case is told its number.
#[must_use]
pub fn acknowledge(contents: &Contents, known: &Known, ways: Ways<'_>) -> Acknowledge {
    let author = contents.mail.from.first().filter(|a| !a.domain().is_empty());
    let held = |why| Acknowledge::Held { to: author.cloned(), why };
    match contents.kind.acknowledged(&contents.mail, ways.own) {
        Err(silence) => held(Held::Silence(silence)),
        Ok(_) if !ways.acknowledges => held(Held::Imported),
        Ok(_) if known.acknowledged.hour >= ways.limits.hour || known.acknowledged.day >= ways.limits.day => {
            held(Held::TooOften)
        }
        Ok(author) => Acknowledge::To(author.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::post::{
        letter::{Channel, Letter},
        settings::Settings,
    };
    use vigie_links::mail::{MessageId, Standing, TokenKeys};

    fn settings() -> Settings {
        let address = |text: &str| Address { name: String::new(), address: text.to_owned() };
        Settings {
            public: None,
            from: address("guichet@vigie.example"),
            own: Ourselves { addresses: vec!["guichet@vigie.example".to_owned()], mark: "vigie-1".to_owned() },
            keys: TokenKeys::new([7; 32], &[]),
            organisations: Vec::new(),
            authenticator: Some("mx.vigie.example".to_owned()),
            acknowledged: Limits { hour: 2, day: 4 },
            listen: None,
            mailboxes: Vec::new(),
            relay: None,
        }
    }

    fn number(text: &str) -> CaseNumber {
        CaseNumber::new(text).unwrap()
    }

    const PERSON: &str = "From: jean@a.example\r\nTo: guichet@vigie.example\r\nSubject: Panne\r\n";

    fn decided(mail: &str, known: &Known) -> Decision {
        let s = settings();
        let letter = Letter::read(mail.as_bytes().to_vec(), None, Channel::Listener, &s);
        let ways = Ways { own: &s.own, limits: s.acknowledged, acknowledges: true };
        decide(&letter.read.unwrap(), known, ways)
    }

    /// Two answers away: the case of `<a@x>` stands so, for an author of that standing.
    fn known(phase: Phase, standing: Standing) -> Known {
        let mut known = Known::default();
        known.found.answered.insert(MessageId::new("a@x").unwrap(), number("VG-2026-000001"));
        known.found.cases.insert(number("VG-2026-000001"), standing);
        known.phases.insert(number("VG-2026-000001"), phase);
        known
    }

    #[test]
    fn a_call_opens_a_case_and_its_author_is_told_unless_told_too_often() {
        for (hour, day, told) in [(0, 0, true), (1, 3, true), (2, 2, false), (0, 4, false)] {
            let known = Known { acknowledged: Acknowledged { hour, day }, ..Known::default() };
            let Decision::Open { acknowledge, follows: None, .. } = decided(&format!("{PERSON}\r\nx"), &known) else {
                panic!("not a new case")
            };
            assert_eq!(matches!(acknowledge, Acknowledge::To(_)), told, "{hour} {day}");
        }
    }

    #[test]
    fn an_answer_goes_to_its_case_while_it_is_open_and_opens_another_when_it_is_over() {
        let answer = format!("{PERSON}In-Reply-To: <a@x>\r\n\r\nMerci");
        for phase in Phase::ALL {
            let is_note = matches!(decided(&answer, &known(phase, Standing::Party)), Decision::Note { .. });
            assert_eq!(is_note, phase.is_open(), "{phase:?}");
        }
        let mut over = known(Phase::Closed, Standing::Party);
        assert!(
            matches!(decided(&answer, &over), Decision::Open { follows: Some(n), .. } if n == number("VG-2026-000001"))
        );
        over.followed_by.insert(number("VG-2026-000001"), number("VG-2026-000002"));
        assert!(matches!(decided(&answer, &over), Decision::Note { number: n, .. } if n == number("VG-2026-000002")));
    }

    #[test]
    fn a_stranger_never_reaches_a_case_open_or_over() {
        let answer = format!("{PERSON}In-Reply-To: <a@x>\r\n\r\nMerci");
        for phase in Phase::ALL {
            let decision = decided(&answer, &known(phase, Standing::Stranger));
            assert_eq!(decision, Decision::Quarantine(Reason::NotAParty(number("VG-2026-000001"))), "{phase:?}");
        }
    }

    #[test]
    fn machines_open_nothing_and_are_kept() {
        let none = Known::default();
        let auto = format!("{PERSON}Auto-Submitted: auto-replied\r\n\r\nJe suis absent");
        assert_eq!(decided(&auto, &none), Decision::Recorded(Machine::Automatic));
        let open = known(Phase::New, Standing::Party);
        let auto = format!("{PERSON}In-Reply-To: <a@x>\r\nAuto-Submitted: auto-replied\r\n\r\nJe suis absent");
        assert_eq!(decided(&auto, &open), Decision::Recorded(Machine::Automatic));
        let own = format!("{PERSON}X-Loop: vigie-1\r\n\r\nx");
        assert_eq!(decided(&own, &none), Decision::Recorded(Machine::Loop));
    }

    #[test]
    fn a_list_opens_a_case_that_nobody_is_told_of() {
        let list = format!("{PERSON}List-Id: <tous.a.example>\r\n\r\nPanne");
        let Decision::Open { acknowledge, .. } = decided(&list, &Known::default()) else { panic!("not a new case") };
        assert!(matches!(acknowledge, Acknowledge::Held { why: Held::Silence(Silence::List), to: Some(_) }));
    }

    #[test]
    fn what_cannot_be_trusted_or_read_waits_for_somebody() {
        let none = Known::default();
        let check =
            |mail: &str, reason: Reason| assert_eq!(decided(mail, &none), Decision::Quarantine(reason), "{mail}");
        check("no header at all", Reason::Unreadable);
        check("Subject: x\r\n\r\nx", Reason::NoAuthor);
        let forged = "Authentication-Results: mx.vigie.example; dmarc=fail\r\n";
        check(&format!("{forged}{PERSON}\r\nx"), Reason::Forged);
        let report = "From: MAILER-DAEMON@a.example\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\
                      \r\n<jean@b.example>: 550 unknown user\r\n";
        check(report, Reason::UnknownReport);
    }

    #[test]
    fn a_copy_is_known_whatever_else_it_says() {
        let twin = Twin { id: "1".to_owned(), case: None };
        let known = Known { twin: Some(twin.clone()), ..known(Phase::New, Standing::Stranger) };
        assert_eq!(decided(&format!("{PERSON}In-Reply-To: <a@x>\r\n\r\nx"), &known), Decision::Duplicate(twin));
    }
}
