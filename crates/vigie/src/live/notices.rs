//! The pass of warnings and escalations over the store, and telling whoever looks.

use std::{collections::HashMap, sync::PoisonError};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use vigie_contract::Party;
use vigie_rules::life::Life;
use vigie_store::{Tx, journal};

use super::{Live, cases};
use crate::{
    app::refused,
    features::{
        desk::{self, DeskError, rim, view::CaseChange},
        notices::fire::{self, Fired, Rounds},
    },
};

/// A major incident that ended longer ago has its report, or had none: an old log gets no drafts.
const DRAFTED_FOR: SignedDuration = SignedDuration::from_hours(62 * 24);

impl Live {
    /// Drafts the report of each major incident that has ended, from its time line (3.7.1.3).
    fn draft_reports(&self, now: Timestamp, seen: &mut HashMap<String, u64>) -> Result<()> {
        let rulebook = &self.vigie.promise.rulebook;
        let since = now.saturating_sub(DRAFTED_FOR).unwrap_or(now);
        let missing = self.vigie.store.read(|tx| rim::undrafted(tx, rulebook, since, now, seen))?;
        for (subject, restored_at) in missing {
            let Some(file) = cases::one(&self.vigie, &subject, Party::Provider)? else { continue };
            let life = Life::read(&file.history, now);
            let book = desk::book_of(rulebook, file.history.class, &life);
            let report = desk::web::draft_in_french(rulebook.zone().clone(), book, &file, &life);
            let recorder = self.vigie.recorder.clone();
            let put = move |tx: &mut Tx<'_>| rim::put_draft(tx, &recorder, now, &subject, restored_at, &report);
            if self.vigie.store.write(put).map_err(refused::<DeskError>)? {
                let (number, version) = (file.history.subject.number().to_owned(), file.version().saturating_add(1));
                self.tell(CaseChange { number, version, told: Vec::new() });
            }
        }
        Ok(())
    }

    /// Fires what is due at an instant and gives what was, and drafts the reports of what has ended; safe to
    /// repeat, and from several nodes at once.
    ///
    /// # Errors
    /// When the store does not answer. Nothing is lost: the next pass finds the same.
    pub fn fire(&self, now: Timestamp) -> Result<Vec<Fired>> {
        let mut rounds = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let pass = self.fire_due(&mut rounds, now).and_then(|fired| {
            let size = self.vigie.store.read(journal::head)?.size;
            if rounds.drafts(size) {
                self.draft_reports(now, &mut rounds.reported)?;
            }
            Ok(fired)
        });
        pass.inspect_err(|_| rounds.forget())
    }

    fn fire_due(&self, rounds: &mut Rounds, now: Timestamp) -> Result<Vec<Fired>> {
        let due = self.vigie.store.read(|tx| rounds.due(tx, &self.vigie.promise.rulebook, now))?;
        let marks = rounds.marks(now);
        if due.is_empty() && !marks {
            return Ok(Vec::new());
        }
        let (recorder, outlets) = (self.vigie.recorder.clone(), self.outlets.clone());
        let fired = self.vigie.store.write(move |tx| {
            let fired = fire::commit(tx, &recorder, &outlets, now, due)?;
            if marks {
                fire::mark(tx, now)?;
            }
            Ok(fired)
        });
        let fired = fired.map_err(refused::<DeskError>)?;
        if let Some(post) = self.post().filter(|_| !fired.is_empty()) {
            post.wake();
        }
        for f in &fired {
            let told = f.due.told.iter().cloned().collect();
            self.tell(CaseChange { number: f.due.number().to_owned(), version: f.seq.saturating_add(1), told });
        }
        Ok(fired)
    }
}
