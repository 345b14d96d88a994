//! A third party is reminded by mail, in the unit of the act that says so.
//!
//! It is told its own number, ours, since when it has the matter, and what the technician adds; nothing else of the
//! case. One without an address in the contract is called: then nothing leaves.

use jiff::{Timestamp, tz::TimeZone};
use vigie_contract::TeamId;
use vigie_links::mail::CaseNumber;
use vigie_reports::format::Lang;
use vigie_rules::{
    desk::Act,
    life::Life,
    step::{Errand, Step},
    third::third_party,
};
use vigie_store::{Tx, journal};

use super::{
    Post, PostError,
    outbox::{self, Addressee, Order, Purpose},
    store,
    words::{ABOVE, Said, moment},
};
use crate::features::desk::{
    self, DeskError,
    act::{Deed, Detail, Done},
};

/// A reminder that may have to leave as a mail.
#[derive(Clone, Debug)]
pub(crate) struct Reminding {
    third: TeamId,
    text: String,
}

impl Reminding {
    /// What a deed reminds of; none when it reminds nobody.
    pub(crate) fn of(deed: &Deed) -> Option<Self> {
        match (deed.act, &deed.detail) {
            (Act::Remind, Detail::Step(Step::Reminded { third })) => {
                Some(Self { third: third.clone(), text: deed.texts.text.clone().unwrap_or_default() })
            }
            _ => None,
        }
    }
}

impl Post {
    /// Orders the mail of a reminder that was just recorded; nothing when the contract gives the third party no
    /// address. Gives the version of the case afterwards.
    ///
    /// # Errors
    /// When the store refuses; the act is not kept then.
    pub(crate) fn remind(
        &self,
        tx: &mut Tx<'_>,
        now: Timestamp,
        number: &str,
        reminding: &Reminding,
        done: Done,
    ) -> Result<Done, PostError> {
        let Some(history) = desk::history(tx, number).map_err(DeskError::Case)? else { return Ok(done) };
        let (subject, life) = (history.subject.0.clone(), Life::read(&history, now));
        let book = desk::book_of(&self.0.vigie.promise.rulebook, history.class, &life);
        let errand = life.progress().errand(&reminding.third);
        let party = third_party(book, &reminding.third);
        let found = (store::number_of(&subject), errand, party);
        let (Some(number), Some(errand), Some((team, support))) = found else { return Ok(done) };
        let Some(address) = &support.mail else { return Ok(done) };
        let said = words(&number, errand, &reminding.text, &self.0.zone);
        let order = Order {
            text: None,
            mail: address.clone(),
            purpose: Purpose::Reminder,
            to: vec![Addressee { name: team.label.fr.clone(), address: address.clone() }],
            cc: Vec::new(),
            subject: said.subject,
            says: said.text,
            files: Vec::new(),
            in_reply_to: None,
            references: Vec::new(),
        };
        let of = (history.class, &number);
        outbox::order(tx, &self.0.vigie.recorder, &self.0.settings, now, of, &order, None)?;
        Ok(Done { version: journal::version_of(tx, &subject)?, ..done })
    }
}

/// The template: third parties of a French contract are written to in French.
fn words(number: &CaseNumber, errand: &Errand, text: &str, zone: &TimeZone) -> Said {
    let theirs = errand.reference.as_ref().map_or_else(String::new, |r| format!("Votre référence : {r}\n"));
    let since = moment(errand.asked_at, zone, Lang::Fr);
    let count = errand.reminders.len();
    let added = if text.is_empty() { String::new() } else { format!("\n{text}\n") };
    let of = errand.reference.as_deref().unwrap_or(number.as_str());
    Said {
        subject: format!("Relance n° {count} : {of}"),
        text: format!(
            "{ABOVE}\n\nBonjour,\n\nNous restons dans l’attente de votre réponse.\n\n{theirs}\
             Notre dossier : {number}\nDemande faite {since}\nRelance n° {count}\n{added}\n\
             Merci de répondre à ce courriel en indiquant l’avancement et la date de résolution prévue.\n"
        ),
    }
}
