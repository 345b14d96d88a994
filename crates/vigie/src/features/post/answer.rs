//! What the desk writes on a case that came by mail leaves as a mail, in the unit of work of the act.

use jiff::Timestamp;
use vigie_contract::{Class, Party};
use vigie_links::mail::{Address, CaseNumber};
use vigie_rules::{desk::Act, life::Life};
use vigie_store::{StoreError, Tx, journal};

use super::{
    Post, PostError,
    outbox::{self, Addressee, Enclosed, Order, Purpose},
    store, words,
};
use crate::features::desk::{
    self, DeskError,
    act::{Deed, Done},
    sheet::TEXTS,
};

/// Bytes of files that an answer carries: what every mail server takes once a third was added by encoding.
/// Larger ones are named and stay with the case.
const MAX_FILES_BYTES: u64 = 7 * 1024 * 1024;

/// What of a deed may have to leave as a mail.
#[derive(Clone, Debug)]
pub(crate) struct Spoken {
    purpose: Purpose,
    text: String,
}

impl Spoken {
    /// What a deed says to the other side by mail; none when it says nothing.
    pub(crate) fn of(deed: &Deed) -> Option<Self> {
        if deed.party != Party::Provider || deed.internal {
            return None;
        }
        let purpose = match deed.act {
            Act::Note => Purpose::Answer,
            Act::Restore => Purpose::Restored,
            _ => return None,
        };
        Some(Self { purpose, text: deed.texts.text.clone().unwrap_or_default() })
    }
}

impl Post {
    /// Orders the mail that carries what was just said on a case; nothing when the case did not come by mail.
    /// Gives the version of the case afterwards.
    ///
    /// # Errors
    /// When the store refuses; the act is not kept then.
    pub(crate) fn speak(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        number: &str,
        spoken: &Spoken,
        done: Done,
    ) -> Result<Done, PostError> {
        let Some(history) = desk::history(tx, number).map_err(DeskError::Case)? else { return Ok(done) };
        let subject = history.subject.0.clone();
        let Some(number) = store::number_of(&subject) else { return Ok(done) };
        let life = Life::read(&history, now);
        let joined = life.workload().absorbed.iter().map(|(duplicate, _)| format!("case/{duplicate}"));
        let mut answered = false;
        // Whoever wrote to a case that goes on in this one is answered too, each apart: nobody is shown another's
        // address.
        for of in std::iter::once(subject.clone()).chain(joined) {
            answered |= self.answer(tx, now, (history.class, &subject, &number), &of, spoken, done.version)?;
        }
        if !answered {
            return Ok(done);
        }
        Ok(Done { version: journal::version_of(tx, &subject)?, ..done })
    }

    /// Orders the mail to those who wrote to the case `of`, which is the case that was spoken on or goes on in
    /// it; says whether anybody had. `version` is the one after the words.
    fn answer(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        (class, subject, number): (Class, &str, &CaseNumber),
        of: &str,
        spoken: &Spoken,
        version: u64,
    ) -> Result<bool, PostError> {
        let mails = store::of_case(tx, of)?;
        let (Some(first), Some(last)) = (mails.first(), mails.last()) else { return Ok(false) };
        let author = |tx: &mut Tx<'_>, row: &store::Row| -> Result<_, PostError> {
            let kept = store::kept(tx, row.entry_id, false)?;
            let texts = kept.texts;
            let address = texts.mail.map(|address| Address { name: texts.requester.unwrap_or_default(), address });
            Ok((address, kept.language))
        };
        let (opener, reader) = author(tx, first)?;
        let (latest, _) = author(tx, last)?;
        // Whoever wrote last is answered; whoever opened the case reads along.
        let Some(to) = latest.or_else(|| opener.clone()) else { return Ok(false) };
        let cc: Vec<Addressee> = opener.iter().filter(|o| o.key() != to.key()).map(Addressee::from).collect();
        let title = tx.query_opt("SELECT title FROM desk_case WHERE subject = $1", &[subject.into()], |row| {
            Ok(row.opt_text(0)?.map(str::to_owned))
        })?;
        let title = title.flatten().unwrap_or_default();
        let (files, left_out) = files(tx, version)?;
        let said = match spoken.purpose {
            Purpose::Restored => words::restored(number, &title, &spoken.text, now, &self.0.zone, reader),
            _ => words::answer(number, &title, &spoken.text, &left_out),
        };
        let everyone: Vec<&str> =
            [&to].into_iter().map(|a| a.address.as_str()).chain(cc.iter().map(|a| a.address.as_str())).collect();
        let order = Order {
            text: None,
            mail: everyone.join(", "),
            purpose: spoken.purpose,
            cc,
            to: vec![Addressee::from(&to)],
            subject: said.subject,
            says: said.text,
            files,
            in_reply_to: last.message_id.clone(),
            references: self.exchange(tx, of, &mails)?,
        };
        let recorder = &self.0.vigie.recorder;
        outbox::order(tx, recorder, &self.0.settings, now, (class, number), &order, None)?;
        Ok(true)
    }

    /// Tells the sender that there may be something to send.
    pub(crate) fn wake(&self) {
        self.0.ordered.notify_one();
    }

    /// All mails of a case, theirs and ours, in the order of time.
    fn exchange(&self, tx: &mut Tx<'_>, subject: &str, mails: &[store::Row]) -> Result<Vec<String>, StoreError> {
        let domain = self.0.settings.from.domain();
        let sql =
            "SELECT id, created_at FROM mail_outbox WHERE case_subject = $1 AND state <> 'held' AND account IS NULL";
        let ours = |row: &vigie_store::Row<'_>| Ok((row.i64(1)?, true, format!("{}@{domain}", row.text(0)?)));
        let mut all = tx.query_all(sql, &[subject.into()], ours)?;
        // What we wrote in the unit that kept their mail came after it.
        all.extend(mails.iter().filter_map(|m| Some((m.received_at, false, m.message_id.clone()?))));
        all.sort();
        Ok(all.into_iter().map(|(_, _, id)| id).collect())
    }
}

/// The files of the entry before a version, as far as a mail carries them, and the names of the others.
fn files(tx: &mut Tx<'_>, version: u64) -> Result<(Vec<Enclosed>, Vec<String>), StoreError> {
    let entry = journal::entry(tx, version.saturating_sub(1))?;
    let (mut files, mut left_out, mut size_bytes) = (Vec::new(), Vec::new(), 0_u64);
    for file in entry.into_iter().flat_map(|e| e.content).filter(|c| c.name != TEXTS) {
        let with = size_bytes.saturating_add(file.size_bytes);
        if with > MAX_FILES_BYTES {
            left_out.push(file.name);
        } else {
            size_bytes = with;
            files.push(Enclosed { name: file.name, media_type: file.media_type, hash: file.hash.to_hex() });
        }
    }
    Ok((files, left_out))
}
