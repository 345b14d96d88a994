//! What a decision on a mail does, made ready before the unit of work: cases, words, files, all packed.
//!
//! MUST NOT read or write a table: what it is made of was read before.

use jiff::Timestamp;
use vigie_contract::{Class, Party};
use vigie_evidence::{ContentRef, Hash, Origin};
use vigie_links::mail::{Attachment, CaseNumber, Kind};
use vigie_rules::{book::Rulebook, desk::Act, fact::Classification, routing::route};
use vigie_store::journal::MAX_CONTENT_BYTES;

use super::{
    ACTOR, Post,
    decide::{Acknowledge, Decision, Held},
    kept::Words,
    letter::{Contents, Letter},
    words,
};
use crate::features::desk::{
    DeskError,
    act::{self, Deed, Detail, PreparedDeed},
    open::{self, By, File, Opening, Prepared, salt},
    sheet::{MAX_LINE, MAX_TEXT, Texts},
};

/// Files of one mail that are shown on its case: an entry has at most 65,535 bytes, and the name of a file up
/// to 600. The others stay in the raw mail.
const MAX_FILES: usize = 60;
/// Characters of a mail that a list shows beside its subject.
const EXCERPT: usize = 2_000;

/// What a decision does, with all that takes time to make.
pub(super) enum Plan {
    Open {
        prepared: Box<Prepared>,
        follows: Option<CaseNumber>,
        acknowledge: Acknowledge,
        title: String,
    },
    Note {
        number: CaseNumber,
        deed: Box<PreparedDeed>,
    },
    Report {
        number: CaseNumber,
        deed: Box<PreparedDeed>,
    },
    /// Nothing besides keeping it.
    Keep,
}

impl Post {
    pub(super) fn plan(&self, letter: &Letter, decision: &Decision, now: Timestamp) -> Result<Plan, DeskError> {
        let Ok(contents) = &letter.read else { return Ok(Plan::Keep) };
        Ok(match decision {
            Decision::Open { follows, acknowledge, .. } => {
                self.plan_opening(contents, follows.clone(), acknowledge.clone(), now)?
            }
            Decision::Note { number, .. } => plan_note(contents, number.clone(), now)?,
            Decision::Report { number } => plan_report(contents, number.clone(), now)?,
            Decision::Duplicate(_) | Decision::Recorded(_) | Decision::Quarantine(_) => Plan::Keep,
        })
    }

    /// A new case of a mail.
    pub(super) fn plan_opening(
        &self,
        contents: &Contents,
        follows: Option<CaseNumber>,
        acknowledge: Acknowledge,
        now: Timestamp,
    ) -> Result<Plan, DeskError> {
        let mail = &contents.mail;
        let author = mail.from.first();
        let title = if mail.subject.is_empty() { "(sans objet)".to_owned() } else { mail.subject.clone() };
        // An answer repeats what its author had read; a call may consist of what it forwards.
        let text = if follows.is_some() { new_text(contents) } else { Some(mail.text.clone()) };
        let (text, files) = fitting(text, files(contents));
        let direct = contents.authors.first().is_some_and(|a| a.side == Party::Customer);
        let texts = Texts {
            title: Some(title.clone()),
            text,
            requester: author.map(|a| line(if a.name.is_empty() { &a.address } else { &a.name })),
            mail: author.map(|a| line(&a.address)),
            ..Texts::default()
        };
        let prepared = open::prepare(opening(&self.0.vigie.promise.rulebook, texts, files, direct, now), now)?;
        Ok(Plan::Open { prepared: Box::new(prepared), follows, acknowledge, title })
    }

    /// A new case of something that cannot be read: its bytes are its file.
    pub(super) fn plan_unread(&self, title: &str, raw: Option<Vec<u8>>, now: Timestamp) -> Result<Plan, DeskError> {
        let file = |bytes| File { name: "message.eml".to_owned(), media_type: "message/rfc822".to_owned(), bytes };
        let files = raw.into_iter().filter(|b| b.len() <= MAX_CONTENT_BYTES).map(file).collect();
        let texts = Texts { title: Some(title.to_owned()), ..Texts::default() };
        let prepared = open::prepare(opening(&self.0.vigie.promise.rulebook, texts, files, false, now), now)?;
        let acknowledge = Acknowledge::Held { to: None, why: Held::Imported };
        Ok(Plan::Open { prepared: Box::new(prepared), follows: None, acknowledge, title: title.to_owned() })
    }
}

fn opening(rulebook: &Rulebook, texts: Texts, files: Vec<File>, direct: bool, now: Timestamp) -> Opening {
    let classification = Classification::default();
    let routed = route(rulebook.at(now), Class::Incident, &classification, now);
    Opening {
        id: None,
        class: Class::Incident,
        by: by(),
        identified: Vec::new(),
        direct,
        texts,
        team: routed.map(|r| r.team.id.0.clone()),
        classification,
        vip: None,
        reference: None,
        files,
    }
}

fn by() -> By {
    By { actor: ACTOR.to_owned(), origin: Origin::Mail }
}

/// Words of a mail on a case.
pub(super) fn plan_note(contents: &Contents, number: CaseNumber, now: Timestamp) -> Result<Plan, DeskError> {
    let (text, files) = fitting(new_text(contents), files(contents));
    let text = text.or_else(|| files.is_empty().then(|| "(courriel sans texte)".to_owned()));
    let author = contents.mail.from.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let side = contents.authors.first().map_or(Party::ThirdParty, |a| a.side);
    let texts = Texts { text, author: Some(line(&author)), ..Texts::default() };
    let deed = Deed { texts, files, ..note(side, now) };
    Ok(Plan::Note { number, deed: Box::new(act::prepare(deed)?) })
}

/// What a delivery report says, for the provider's desk alone.
fn plan_report(contents: &Contents, number: CaseNumber, now: Timestamp) -> Result<Plan, DeskError> {
    let Kind::Bounce(bounce) = &contents.kind else { return Ok(Plan::Keep) };
    let texts = Texts { text: fitting(Some(words::report(bounce)), Vec::new()).0, ..Texts::default() };
    let deed = Deed { texts, internal: true, ..note(Party::Provider, now) };
    Ok(Plan::Report { number, deed: Box::new(act::prepare(deed)?) })
}

fn note(party: Party, now: Timestamp) -> Deed {
    Deed {
        act: Act::Note,
        at: now,
        by: by(),
        party,
        role: None,
        texts: Texts::default(),
        internal: false,
        files: Vec::new(),
        detail: Detail::None,
    }
}

pub(super) fn link(old: &CaseNumber, now: Timestamp) -> Deed {
    let detail = Detail::Reference { reference: old.to_string(), system: "case".to_owned(), relation: None };
    Deed { act: Act::Link, detail, ..note(Party::Provider, now) }
}

/// What a mail adds to the exchange; none when it adds nothing.
fn new_text(contents: &Contents) -> Option<String> {
    Some(contents.mail.reply(Some(words::ABOVE)).new_text()).filter(|text| !text.is_empty())
}

/// The files of a mail, as a case keeps them.
fn files(contents: &Contents) -> Vec<File> {
    let file = |a: &Attachment| File { name: a.name.clone(), media_type: a.media_type.clone(), bytes: a.bytes.clone() };
    let fits = |a: &&Attachment| a.bytes.len() <= MAX_CONTENT_BYTES;
    contents.mail.attachments.iter().filter(fits).take(MAX_FILES).map(file).collect()
}

/// A text that a case takes; a longer one begins there and stands whole in a file.
fn fitting(text: Option<String>, mut files: Vec<File>) -> (Option<String>, Vec<File>) {
    let Some(text) = text.filter(|t| !t.trim().is_empty()) else { return (None, files) };
    if text.chars().count() <= MAX_TEXT {
        return (Some(text), files);
    }
    let note = "\n\n[… texte-complet.txt]";
    let short: String = text.chars().take(MAX_TEXT.saturating_sub(note.len())).collect();
    let whole =
        File { name: "texte-complet.txt".to_owned(), media_type: "text/plain".to_owned(), bytes: text.into_bytes() };
    files.push(whole);
    (Some(format!("{short}{note}")), files)
}

/// A line that a case takes.
fn line(text: &str) -> String {
    text.chars().take(MAX_LINE).collect()
}

/// The contents of a mail's entry: what it says in short, then its bytes, in parts when they are many.
pub(super) fn pack(letter: &Letter) -> Result<Vec<(ContentRef, open::Packed)>, DeskError> {
    let mut packed = Vec::new();
    if let Ok(contents) = &letter.read {
        let author = contents.mail.from.first();
        let texts = Texts {
            title: Some(line(&contents.mail.subject)),
            text: Some(contents.mail.text.chars().take(EXCERPT).collect()),
            requester: author.map(|a| line(&a.name)),
            mail: author.map(|a| line(&a.address)),
            ..Texts::default()
        };
        packed.extend(Words::of(texts)?.map(|words| (words.named, words.packed)));
    }
    for (n, part) in letter.raw.chunks(MAX_CONTENT_BYTES).enumerate() {
        let name = if n == 0 { "message.eml".to_owned() } else { format!("message.eml.{}", n.saturating_add(1)) };
        let size_bytes = u64::try_from(part.len()).unwrap_or(u64::MAX);
        let named = ContentRef { name, media_type: "message/rfc822".to_owned(), size_bytes, hash: Hash([0; 32]) };
        packed.push((named, (salt()?, part.to_vec())));
    }
    Ok(packed)
}
