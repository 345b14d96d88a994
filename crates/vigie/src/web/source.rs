//! What pages need to know, and nothing of where it is kept.
//!
//! The program answers from its store; page tests answer from memory. Calls may block: handlers make
//! them away from the server's threads.

use std::{io::Write, pin::Pin, sync::Arc};

use jiff::Timestamp;
use tokio::sync::broadcast;
use vigie_contract::{Class, Party};
use vigie_reports::paper::Paper;
use vigie_rules::{
    fact::History,
    judgement::{Judgement, Month},
    similar::Seen,
};
use vigie_store::WriteError;

use crate::{
    app::Promise,
    features::{
        calendar::{Dated, Owner},
        desk::{
            DeskError,
            act::{Deed, Done},
            open::{By, Opened, Opening},
            rim::Writing,
            saved::{self, Reader, SavedView, ViewError},
            session::SessionDeed,
            store::{CaseLine, Filter},
            tasks::{TaskLine, Whose},
            view::{Attachment, Caller, CaseChange, CaseFile, CaseList, CaseQuery},
        },
        ezv::view::{Differences, Twin},
        judgement::view::{Format as ReportFormat, WhatIf},
        notices::{self, Notice, ways::Ways},
        people::Token,
        post::Post,
        proof::view::{Continuity, Head, Inclusion},
        webhooks::store::{Endpoint, Message},
    },
};

use super::Lang;

/// What every call may fail with; pages show an operation id, the log the whole chain.
pub type Answer<T> = anyhow::Result<T>;

/// What is to come of a write to a case.
pub type Soon<T> = Pin<Box<dyn Future<Output = Result<T, WriteError<DeskError>>> + Send>>;

/// The data behind the pages.
pub trait Source: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// The contract with all its versions.
    fn promise(&self) -> Promise;

    /// The first and the last month that the journal speaks of; none while it is empty.
    ///
    /// # Errors
    /// When the store does not answer.
    fn months(&self) -> Answer<Option<(Month, Month)>>;

    /// A month, judged.
    ///
    /// # Errors
    /// When the store does not answer or a fact cannot be read.
    fn judgement(&self, month: Month) -> Answer<Arc<Judgement>>;

    /// The same month under other values; nothing is stored.
    ///
    /// # Errors
    /// As [`Source::judgement`].
    fn what_if(&self, month: Month, change: &WhatIf) -> Answer<Judgement>;

    /// A month as a file.
    ///
    /// # Errors
    /// As [`Source::judgement`], or when the file cannot be made.
    fn report(&self, month: Month, format: ReportFormat, lang: Lang) -> Answer<Vec<u8>>;

    /// Cases by filter, one page of them.
    ///
    /// # Errors
    /// When the store does not answer.
    fn cases(&self, query: &CaseQuery) -> Answer<CaseList>;

    /// How many cases each of these questions finds.
    ///
    /// # Errors
    /// When the store does not answer.
    fn case_counts(&self, queries: &[CaseQuery]) -> Answer<Vec<u64>>;

    /// The saved views that somebody sees, those that they keep in sight first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn views(&self, _reader: &Reader) -> Answer<Vec<SavedView>> {
        Ok(Vec::new())
    }

    /// Does something to saved views; gives the view as its reader has it then, none once it is gone.
    ///
    /// # Errors
    /// [`ViewError`] for what the reader can mend; when the store refuses.
    fn arrange(&self, _reader: &Reader, _deed: saved::Deed) -> Result<Option<SavedView>, WriteError<ViewError>> {
        Err(WriteError::Unit(ViewError::Unknown))
    }

    /// Those who asked for help before and whose name or number holds this text, the latest first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn callers(&self, text: &str) -> Answer<Vec<Caller>>;

    /// Hears of each case that changes from now on, once the change is durable. A listener that is too slow
    /// misses some and is told so; the channel closes when the server stops.
    fn changes(&self) -> broadcast::Receiver<CaseChange>;

    /// All that was said of a case and that this side may read; none when nobody has heard of it.
    ///
    /// # Errors
    /// When the store does not answer.
    fn case(&self, number: &str, reader: Party) -> Answer<Option<CaseFile>>;

    /// A file of a case by its hash in hexadecimal; none when the case has no such file, when this side may not
    /// read it, or when it was erased.
    ///
    /// # Errors
    /// When the store does not answer.
    fn attachment(&self, number: &str, hash: &str, reader: Party) -> Answer<Option<Attachment>>;

    /// How many cases fit a filter, and those after a subject, the greatest number first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn case_page(&self, filter: &Filter, after: Option<&str>, limit: u32) -> Answer<(u64, Vec<CaseLine>)>;

    /// The row of one case; none when nobody has heard of it.
    ///
    /// # Errors
    /// When the store does not answer.
    fn case_line(&self, number: &str) -> Answer<Option<CaseLine>>;

    /// Opens a case; gives its number and stamp once they are durable.
    ///
    /// # Errors
    /// [`DeskError`] for what the caller can mend; when the store refuses.
    fn open_case(&self, opening: Opening) -> Result<Opened, WriteError<DeskError>>;

    /// The same for a handler that waits without a thread.
    fn open_case_soon(&self, opening: Opening) -> Soon<Opened>;

    /// Does something to a case. `expected` is the version that the doer has seen.
    ///
    /// # Errors
    /// As [`Source::open_case`]; a refusal says why.
    fn act(&self, number: &str, expected: Option<u64>, deed: Deed) -> Result<Done, WriteError<DeskError>>;

    /// Tasks that are to be done on open cases and that this side knows of, what is due first first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn tasks(&self, _reader: Party, _whose: &Whose) -> Answer<Vec<TaskLine>> {
        Ok(Vec::new())
    }

    /// The twin of a case in EZV; none when it has none.
    ///
    /// # Errors
    /// When the store does not answer.
    fn ezv_twin(&self, _number: &str) -> Answer<Option<Twin>> {
        Ok(None)
    }

    /// Where EZV and the desk differ.
    ///
    /// # Errors
    /// When the store does not answer.
    fn ezv_differences(&self) -> Answer<Differences> {
        Ok(Differences::default())
    }

    /// Who is told of what happens, and the latest messages.
    ///
    /// # Errors
    /// When the store does not answer.
    fn webhooks(&self) -> Answer<(Vec<Endpoint>, Vec<Message>)> {
        Ok((Vec::new(), Vec::new()))
    }

    /// Sends a message again, or all that were given up.
    ///
    /// # Errors
    /// When the store does not answer.
    fn replay_webhooks(&self, _message: Option<&str>) -> Answer<()> {
        Ok(())
    }

    /// What is due to somebody, and the sessions on which they sit.
    ///
    /// # Errors
    /// When the store does not answer.
    fn due_to(&self, _owner: &Owner) -> Answer<Vec<Dated>> {
        Ok(Vec::new())
    }

    /// The windows of changes.
    ///
    /// # Errors
    /// When the store does not answer.
    fn change_windows(&self) -> Answer<Vec<Dated>> {
        Ok(Vec::new())
    }

    /// The journal's own name, which no other has.
    fn origin(&self) -> String {
        String::new()
    }

    /// The tokens of an account, the latest first.
    ///
    /// # Errors
    /// When the store does not answer.
    fn tokens_of(&self, _account: &str) -> Answer<Vec<Token>> {
        Ok(Vec::new())
    }

    /// Keeps a token that its account has made for itself.
    ///
    /// # Errors
    /// When the store refuses.
    fn add_token(&self, _token: &Token) -> Answer<()> {
        Ok(())
    }

    /// Lets the tokens of that name and that one scope open nothing any more, by its account's own wish.
    ///
    /// # Errors
    /// When the store refuses.
    fn revoke_token(&self, _account: &str, _name: &str, _scope: &str, _at: Timestamp) -> Answer<()> {
        Ok(())
    }

    /// The histories of all subjects of a class, the latest first: for classes of which there are few.
    ///
    /// # Errors
    /// When the store does not answer.
    fn histories(&self, class: Class) -> Answer<Vec<History>>;

    /// Does something to a session of a board; gives its number.
    ///
    /// # Errors
    /// As [`Source::open_case`]; a refusal says why.
    fn session(&self, by: By, deed: SessionDeed) -> Result<String, WriteError<DeskError>>;

    /// The incidents that were opened since an instant and are not void, as far as they may be alike.
    ///
    /// # Errors
    /// When the store does not answer.
    fn incidents_since(&self, since: Timestamp) -> Answer<Vec<Seen>>;

    /// Keeps or sends the report of a major incident. `expected` is the version of the case that its writer
    /// has seen.
    ///
    /// # Errors
    /// As [`Source::act`].
    fn write_report(
        &self,
        number: &str,
        expected: Option<u64>,
        writing: Writing,
    ) -> Result<Done, WriteError<DeskError>>;

    /// A paper as PDF.
    ///
    /// # Errors
    /// When it cannot be laid out.
    fn paper(&self, paper: &Paper) -> Answer<Vec<u8>>;

    /// How many notices an account has not read.
    ///
    /// # Errors
    /// When the store does not answer.
    fn unread(&self, account: &str) -> Answer<u64>;

    /// The latest notices of an account, those unread alone or all.
    ///
    /// # Errors
    /// When the store does not answer.
    fn notices(&self, account: &str, all: bool) -> Answer<Vec<Notice>>;

    /// Says that an account has read notices.
    ///
    /// # Errors
    /// When the store does not answer.
    fn read_notices(&self, account: &str, which: notices::store::Which, now: Timestamp) -> Answer<()>;

    /// How an account is reached besides the pages, and whether what was sent there came back.
    ///
    /// # Errors
    /// When the store does not answer.
    fn ways(&self, _account: &str) -> Answer<(Ways, bool)> {
        Ok((Ways::default(), false))
    }

    /// Keeps how an account is reached.
    ///
    /// # Errors
    /// When the store does not answer.
    fn set_ways(&self, _account: &str, _ways: &Ways) -> Answer<()> {
        Ok(())
    }

    /// The desk's post; none when it is not set up.
    fn post(&self) -> Option<Post> {
        None
    }

    /// Says that a case has changed by another way than this.
    fn changed(&self, _change: CaseChange) {}

    /// The latest signed head of the journal; none while it is empty.
    ///
    /// # Errors
    /// When the store does not answer.
    fn head(&self) -> Answer<Option<Head>>;

    /// The proof that an entry is in the journal; none when there is no such entry under the head.
    ///
    /// # Errors
    /// When the store does not answer.
    fn inclusion(&self, seq: u64) -> Answer<Option<Inclusion>>;

    /// The proof that the journal goes on from its first `old` entries; none when it never had that size.
    ///
    /// # Errors
    /// When the store does not answer.
    fn continuity(&self, old: u64) -> Answer<Option<Continuity>>;

    /// Writes the whole journal as JSONL.
    ///
    /// # Errors
    /// When the store does not answer, or writing fails.
    fn export(&self, out: &mut dyn Write) -> Answer<()>;

    /// A tile of the journal's tree by its path after `/tile/` (C2SP tlog-tiles); none when there is none.
    ///
    /// # Errors
    /// When the store does not answer.
    fn tile(&self, path: &str) -> Answer<Option<Vec<u8>>>;
}
