//! The server's answers, from the store: what pages ask through `web::source::Source`.
//!
//! Judged months are kept as long as no fact that the rules read is added, so that a page costs a
//! look-up: a sign-in makes the journal grow and changes no month. Nothing stale is ever shown.

mod accounts;
mod cases;
mod counts;
mod ezv;
mod factors;
mod grants;
mod notices;
mod proofs;
mod seed;
mod tokens;

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use anyhow::{Context, Result, anyhow};
use jiff::Timestamp;
use tokio::sync::broadcast;
use vigie_contract::{Class, Party};
use vigie_evidence::{Checkpoint, Origin};
use vigie_reports::{journal::SignedHead, paper::Paper, pdf::PdfRenderer, xlsx};
use vigie_rules::{
    fact::{self, History},
    judgement::{Judgement, Month},
    similar::Seen,
};
use vigie_store::{JournalError, StoreError, Tx, WriteError, journal};

pub(crate) use accounts::new_id;
pub use accounts::{accounts, disable_account, put_account};
pub use factors::remove_factor;
pub use seed::{demo as seed_demo, folder as demo_folder};
pub use tokens::{put_token, revoke_token, tokens};

use crate::{
    app::{Promise, Vigie, refused},
    features::{
        calendar::{self, Dated, Owner},
        desk::{
            DeskError,
            act::{self, Deed, Done},
            open::{By, Opened, Opening},
            rim::{self, Writing},
            saved::{self, Reader, SavedView, ViewError},
            session::{self, SessionDeed},
            store::{self, CaseLine, Filter},
            tasks::{self, TaskLine, Whose},
            together::Reception,
            view::{Attachment, Caller, CaseChange, CaseFile, CaseList, CaseQuery},
        },
        ezv::{
            Link,
            view::{Differences, Twin},
        },
        judgement::{
            self, Ask, json, report, table,
            view::{Format, WhatIf},
            whatif,
        },
        notices::{
            Notice,
            fire::{Outlet, Rounds},
            store::{self as notice_store, InApp, Which},
            ways::{self, Ways},
        },
        people::Token,
        post::{self, Post, Reminding, Settings, Spoken},
        proof::{
            self,
            view::{Continuity, Head, Inclusion},
        },
        webhooks::{
            self,
            store::{Endpoint, Message},
        },
    },
    now::{Clock, now},
    web::{
        Lang,
        source::{Answer, Soon, Source},
    },
};

/// Answers from the store.
pub struct Live {
    vigie: Vigie,
    demo: bool,
    reception: Reception,
    /// Who waits for changes of cases; none once it stops.
    changes: Mutex<Option<broadcast::Sender<CaseChange>>>,
    rounds: Mutex<Rounds>,
    outlets: Vec<Arc<dyn Outlet>>,
    tokens: tokens::Seen,
    counts: counts::Counts,
    months: Mutex<Months>,
    renderer: OnceLock<PdfRenderer>,
    /// The desk's post, when it is set up.
    post: Option<Post>,
    /// The link with EZV, when it is set up.
    link: Option<Link>,
    clock: Clock,
}

/// Judged months, of the facts among the first `size` entries of the journal.
#[derive(Default)]
struct Months {
    size: u64,
    judged: HashMap<(Month, Option<u8>), Kept>,
}

/// A judged month, and the head of the journal at the moment when it was.
#[derive(Clone)]
struct Kept {
    judgement: Arc<Judgement>,
    head: Signed,
}

/// A head as it was verified when it was signed, and the note of it; nothing while the journal is empty.
type Signed = (Option<Checkpoint>, String);

/// Changes that a slow listener may lag behind before it misses some.
const CHANGES_KEPT: usize = 1_024;

/// More new entries than this are not looked through: an import.
const LOOKED_THROUGH: u64 = 1_000;

/// Whether a journal that grew from `before` to `size` entries may hold a fact that it did not.
fn has_new_facts(tx: &mut Tx<'_>, before: u64, size: u64) -> Result<bool, StoreError> {
    if size.checked_sub(before).is_none_or(|new| new > LOOKED_THROUGH) {
        return Ok(true);
    }
    let mut facts = false;
    let range = [before, size].map(|n| i64::try_from(n).unwrap_or(i64::MAX).into());
    tx.query("SELECT kind FROM entry WHERE seq >= $1 AND seq < $2", &range, |row| {
        facts |= fact::is_read(row.text(0)?);
        Ok(())
    })?;
    Ok(facts)
}

impl Live {
    /// Answers from that data.
    #[must_use]
    pub fn new(vigie: Vigie, demo: bool) -> Self {
        let zone = vigie.promise.rulebook.at(now()).zone().clone();
        let reception = Reception::new(vigie.store.clone(), vigie.recorder.clone(), zone);
        Self {
            vigie,
            demo,
            reception,
            changes: Mutex::new(Some(broadcast::channel(CHANGES_KEPT).0)),
            rounds: Mutex::default(),
            outlets: vec![Arc::new(InApp)],
            tokens: tokens::Seen::default(),
            counts: counts::Counts::default(),
            months: Mutex::default(),
            renderer: OnceLock::new(),
            post: None,
            link: None,
            clock: Clock::default(),
        }
    }

    /// The same by another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same with the desk's post: what is written on a case that came by mail leaves as a mail.
    #[must_use]
    pub fn with_post(self, settings: Settings) -> Self {
        let zone = self.vigie.promise.rulebook.at(now()).zone().clone();
        let sends = settings.relay.is_some();
        let post = Post::new(self.vigie.clone(), settings, zone);
        let mut outlets = self.outlets;
        if sends {
            outlets.push(Arc::new(post.clone()));
        }
        Self { post: Some(post), outlets, ..self }
    }

    /// The same with the link to EZV.
    #[must_use]
    pub fn with_link(self, link: Link) -> Self {
        Self { link: Some(link), ..self }
    }

    /// The link with EZV, when it is set up.
    #[must_use]
    pub const fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// The desk's post, when it is set up.
    #[must_use]
    pub const fn post(&self) -> Option<&Post> {
        self.post.as_ref()
    }

    /// Tells whoever listens that a case changed; nobody need.
    pub fn tell(&self, change: CaseChange) {
        if let Some(changes) = self.changes.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            _ = changes.send(change);
        }
    }

    /// Ends what is heard of changes, so that a server that stops waits for no listener.
    pub fn end_changes(&self) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The data behind it.
    #[must_use]
    pub const fn vigie(&self) -> &Vigie {
        &self.vigie
    }

    fn judged(&self, month: Month, row: Option<u8>) -> Result<Kept> {
        let size = self.vigie.store.read(journal::head)?.size;
        let before = self.months.lock().unwrap_or_else(PoisonError::into_inner).size;
        let stale = before != size && self.vigie.store.read(|tx| has_new_facts(tx, before, size))?;
        {
            let mut months = self.months.lock().unwrap_or_else(PoisonError::into_inner);
            // Another request may have looked in the meantime.
            if months.size == before {
                months.size = size;
                if stale {
                    months.judged.clear();
                }
            }
            if months.size == size
                && let Some(kept) = months.judged.get(&(month, row))
            {
                return Ok(kept.clone());
            }
        }
        let ask = Ask { keep_row: row, ..Ask::default() };
        let rulebook = &self.vigie.promise.rulebook;
        let judged = self.vigie.store.read(|tx| judgement::from_store(tx, rulebook, month, ask))?;
        let kept = Kept { judgement: Arc::new(judged.judgement), head: (judged.checkpoint, judged.note) };
        let mut months = self.months.lock().unwrap_or_else(PoisonError::into_inner);
        if months.size == size {
            months.judged.insert((month, row), kept.clone());
        }
        Ok(kept)
    }

    /// The latest head under which a judged month is still the same: entries that are no facts (a sign-in)
    /// change no figure, and whoever judges the export of this moment gets these very bytes.
    fn head_of(&self, judged: &Kept) -> Result<Signed> {
        let (own, _) = &judged.head;
        let before = own.as_ref().map_or(0, |c| c.size);
        let latest = self.vigie.store.read(|tx| -> Result<_, StoreError> {
            let head = journal::head(tx)?;
            Ok((head.size > before && !has_new_facts(tx, before, head.size)?).then_some(head.note))
        })?;
        Ok(match latest {
            Some(note) => (Some(judgement::read_head(&note)?), note),
            None => judged.head.clone(),
        })
    }

    fn past(&self, month: Month) -> Result<Vec<Arc<Judgement>>> {
        let earlier = judgement::earlier_months(self.months()?, month);
        earlier.into_iter().map(|m| Ok(self.judged(m, None)?.judgement)).collect()
    }

    fn renderer(&self) -> Result<&PdfRenderer> {
        if let Some(renderer) = self.renderer.get() {
            return Ok(renderer);
        }
        let renderer = report::renderer()?;
        Ok(self.renderer.get_or_init(|| renderer))
    }
}

impl Source for Live {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn promise(&self) -> Promise {
        self.vigie.promise.clone()
    }

    fn months(&self) -> Answer<Option<(Month, Month)>> {
        Ok(self.vigie.store.read(|tx| judgement::months(tx, &self.vigie.promise.rulebook))?)
    }

    fn judgement(&self, month: Month) -> Answer<Arc<Judgement>> {
        Ok(self.judged(month, None)?.judgement)
    }

    fn what_if(&self, month: Month, change: &WhatIf) -> Answer<Judgement> {
        let own = &self.vigie.promise.rulebook;
        let changed = change.row.as_ref().map(|row| whatif::with_row(own, row));
        let rulebook = changed.as_ref().unwrap_or(own);
        let restore = |history: &mut History| {
            if let Some((_, restored)) = change.case.as_ref().filter(|(n, _)| n == history.subject.number()) {
                whatif::restored_at(history, *restored);
            }
        };
        let judged = self.vigie.store.read(|tx| {
            // A restoration supposed after the latest fact is known too.
            let restored = change.case.as_ref().map(|(_, restored)| *restored);
            let as_of = judgement::latest_fact(tx)?.max(restored);
            judgement::from_store(tx, rulebook, month, Ask { change: Some(&restore), as_of, ..Ask::default() })
        })?;
        Ok(judged.judgement)
    }

    fn report(&self, month: Month, format: Format, lang: Lang) -> Answer<Vec<u8>> {
        let judged = self.judged(month, None)?;
        if format == Format::Csv {
            return Ok(table::month_csv(&judged.judgement, lang)?);
        }
        let (checkpoint, note) = self.head_of(&judged)?;
        if format == Format::Json {
            return Ok(json::to_json(&judged.judgement, checkpoint.as_ref())?);
        }
        let rulebook = &self.vigie.promise.rulebook;
        let key = self.vigie.recorder.journal().verifier().to_string();
        let head = SignedHead { note, key };
        let context = report::context(rulebook, month, &self.past(month)?, head, self.demo, self.clock.now());
        match format {
            Format::Xlsx => Ok(xlsx::workbook(&judged.judgement, &context, lang)?),
            _ => Ok(self.renderer()?.journal(&judged.judgement, &context, lang)?),
        }
    }

    fn cases(&self, query: &CaseQuery) -> Answer<CaseList> {
        cases::list(&self.vigie, &self.counts, query)
    }

    fn case_counts(&self, queries: &[CaseQuery]) -> Answer<Vec<u64>> {
        cases::counts(&self.vigie, &self.counts, queries)
    }

    fn views(&self, reader: &Reader) -> Answer<Vec<SavedView>> {
        Ok(self.vigie.store.read(|tx| saved::views(tx, reader))?)
    }

    fn arrange(&self, reader: &Reader, deed: saved::Deed) -> Result<Option<SavedView>, WriteError<ViewError>> {
        let (reader, clock) = (reader.clone(), self.clock);
        self.vigie.store.write(move |tx| saved::act(tx, &reader, deed, clock.now()))
    }

    fn callers(&self, text: &str) -> Answer<Vec<Caller>> {
        cases::callers(&self.vigie, text)
    }

    fn changes(&self) -> broadcast::Receiver<CaseChange> {
        match self.changes.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(changes) => changes.subscribe(),
            // It stops: what is heard is the end.
            None => broadcast::channel(1).1,
        }
    }

    fn case(&self, number: &str, reader: Party) -> Answer<Option<CaseFile>> {
        cases::one(&self.vigie, number, reader)
    }

    fn attachment(&self, number: &str, hash: &str, reader: Party) -> Answer<Option<Attachment>> {
        cases::attachment(&self.vigie, number, hash, reader)
    }

    fn case_page(&self, filter: &Filter, after: Option<&str>, limit: u32) -> Answer<(u64, Vec<CaseLine>)> {
        Ok(self.vigie.store.read(|tx| store::page(tx, filter, after, limit))?)
    }

    fn case_line(&self, number: &str) -> Answer<Option<CaseLine>> {
        Ok(self.vigie.store.read(|tx| store::one(tx, number))?)
    }

    fn open_case(&self, opening: Opening) -> Result<Opened, WriteError<DeskError>> {
        let opened = self.reception.open(opening, self.clock.now())?;
        self.tell(CaseChange { number: opened.number.clone(), version: opened.version, told: Vec::new() });
        Ok(opened)
    }

    fn open_case_soon(&self, opening: Opening) -> Soon<Opened> {
        let opened = self.reception.open_soon(opening, self.clock.now());
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let opened = opened.await?;
            if let Some(changes) = changes {
                _ = changes.send(CaseChange {
                    number: opened.number.clone(),
                    version: opened.version,
                    told: Vec::new(),
                });
            }
            Ok(opened)
        })
    }

    fn act(&self, number: &str, expected: Option<u64>, deed: Deed) -> Result<Done, WriteError<DeskError>> {
        let said = self.post.clone().zip(Spoken::of(&deed));
        let reminding = self.post.clone().zip(Reminding::of(&deed));
        let prepared = act::prepare(deed).map_err(WriteError::Unit)?;
        let (recorder, asked, clock) = (self.vigie.recorder.clone(), number.to_owned(), self.clock);
        let done = self.vigie.store.write(move |tx| {
            let now = clock.now();
            let done = act::act(tx, &recorder, now, &asked, expected, prepared)?;
            let ordered = match (said, reminding) {
                (Some((post, spoken)), _) => post.speak(tx, now, &asked, &spoken, done),
                (None, Some((post, reminding))) => post.remind(tx, now, &asked, &reminding, done),
                (None, None) => Ok(done),
            };
            ordered.map_err(|e| DeskError::Post(e.into()))
        })?;
        if let Some(post) = &self.post {
            post.wake();
        }
        for (number, version) in &done.others {
            self.tell(CaseChange { number: number.clone(), version: *version, told: Vec::new() });
        }
        self.tell(CaseChange { number: number.to_owned(), version: done.version, told: done.told.clone() });
        Ok(done)
    }

    fn tasks(&self, reader: Party, whose: &Whose) -> Answer<Vec<TaskLine>> {
        Ok(self.vigie.store.read(|tx| tasks::open(tx, reader, whose))?)
    }

    fn due_to(&self, owner: &Owner) -> Answer<Vec<Dated>> {
        let (rulebook, now) = (&self.vigie.promise.rulebook, self.clock.now());
        Ok(self.vigie.store.read(|tx| calendar::store::due_to(tx, rulebook, owner, now))?)
    }

    fn change_windows(&self) -> Answer<Vec<Dated>> {
        Ok(self.vigie.store.read(|tx| calendar::store::changes(tx, self.clock.now()))?)
    }

    fn origin(&self) -> String {
        self.vigie.recorder.journal().verifier().name().to_owned()
    }

    fn tokens_of(&self, account: &str) -> Answer<Vec<Token>> {
        tokens::of_account(&self.vigie.store, account)
    }

    fn add_token(&self, token: &Token) -> Answer<()> {
        tokens::put(&self.vigie, token, (Origin::Web, &token.account))
    }

    fn revoke_token(&self, account: &str, name: &str, scope: &str, at: Timestamp) -> Answer<()> {
        tokens::revoke(&self.vigie, (account, name), Some(scope), (Origin::Web, account), at)?;
        self.tokens.forget();
        Ok(())
    }

    fn histories(&self, class: Class) -> Answer<Vec<History>> {
        Ok(self.vigie.store.read(|tx| session::histories(tx, class))?)
    }

    fn session(&self, by: By, deed: SessionDeed) -> Result<String, WriteError<DeskError>> {
        let (recorder, clock) = (self.vigie.recorder.clone(), self.clock);
        let zone = self.vigie.promise.rulebook.at(clock.now()).zone().clone();
        self.vigie.store.write(move |tx| session::act(tx, &recorder, &zone, clock.now(), &by, deed))
    }

    fn incidents_since(&self, since: Timestamp) -> Answer<Vec<Seen>> {
        Ok(self.vigie.store.read(|tx| store::incidents_since(tx, since))?)
    }

    fn write_report(
        &self,
        number: &str,
        expected: Option<u64>,
        writing: Writing,
    ) -> Result<Done, WriteError<DeskError>> {
        let (recorder, asked, clock) = (self.vigie.recorder.clone(), number.to_owned(), self.clock);
        let rulebook = Arc::clone(&self.vigie.promise.rulebook);
        let done = self
            .vigie
            .store
            .write(move |tx| rim::write(tx, &recorder, &rulebook, clock.now(), &asked, expected, writing))?;
        self.tell(CaseChange { number: number.to_owned(), version: done.version, told: Vec::new() });
        Ok(done)
    }

    fn paper(&self, paper: &Paper) -> Answer<Vec<u8>> {
        Ok(self.renderer()?.paper(paper)?)
    }

    fn unread(&self, account: &str) -> Answer<u64> {
        Ok(self.vigie.store.read(|tx| notice_store::unread(tx, account))?)
    }

    fn notices(&self, account: &str, all: bool) -> Answer<Vec<Notice>> {
        Ok(self.vigie.store.read(|tx| notice_store::notices(tx, account, all))?)
    }

    fn read_notices(&self, account: &str, which: Which, now: Timestamp) -> Answer<()> {
        let account = account.to_owned();
        self.vigie.store.write(move |tx| notice_store::set_read(tx, &account, which, now)).map_err(refused)
    }

    fn ways(&self, account: &str) -> Answer<(Ways, bool)> {
        Ok(self.vigie.store.read(|tx| -> Result<_, StoreError> {
            let ways = ways::one(tx, account)?.unwrap_or_default();
            let fails = ways.address.as_ref().map(|address| post::fails(tx, address)).transpose()?;
            Ok((ways, fails.unwrap_or_default()))
        })?)
    }

    fn set_ways(&self, account: &str, ways: &Ways) -> Answer<()> {
        let (account, ways, clock) = (account.to_owned(), ways.clone(), self.clock);
        let journal = self.vigie.recorder.journal().clone();
        let kept = move |tx: &mut Tx<'_>| -> Result<(), JournalError> {
            if let Some(address) = &ways.address {
                post::forgive(tx, address)?;
            }
            ways::put(tx, &journal, &account, &ways, clock.now())
        };
        self.vigie.store.write(kept).map_err(refused)
    }

    fn post(&self) -> Option<Post> {
        self.post.clone()
    }

    fn changed(&self, change: CaseChange) {
        self.tell(change);
    }

    fn ezv_twin(&self, number: &str) -> Answer<Option<Twin>> {
        let twin = ezv::twin(&self.vigie, number, self.clock.now())?;
        Ok(twin.map(|t| Twin { page: self.link.as_ref().and_then(|l| l.page_of(&t.known.number)), ..t }))
    }

    fn ezv_differences(&self) -> Answer<Differences> {
        ezv::differences(&self.vigie, self.clock.now())
    }

    fn webhooks(&self) -> Answer<(Vec<Endpoint>, Vec<Message>)> {
        let read = |tx: &mut Tx<'_>| -> Result<_, StoreError> {
            Ok((webhooks::store::endpoints(tx)?, webhooks::store::latest(tx, webhooks::web::SHOWN)?))
        };
        Ok(self.vigie.store.read(read)?)
    }

    fn replay_webhooks(&self, message: Option<&str>) -> Answer<()> {
        let (message, clock) = (message.map(str::to_owned), self.clock);
        let again = move |tx: &mut Tx<'_>| webhooks::store::replay(tx, message.as_deref(), clock.now());
        self.vigie.store.write(again).map(|_| ()).map_err(refused)
    }

    fn head(&self) -> Answer<Option<Head>> {
        proofs::head(&self.vigie)
    }

    fn inclusion(&self, seq: u64) -> Answer<Option<Inclusion>> {
        proofs::inclusion(&self.vigie, seq)
    }

    fn continuity(&self, old: u64) -> Answer<Option<Continuity>> {
        proofs::continuity(&self.vigie, old)
    }

    fn export(&self, out: &mut dyn Write) -> Answer<()> {
        let key = self.vigie.recorder.journal().verifier();
        self.vigie.store.read(|tx| proof::export(tx, &key, out)).context("the journal cannot be exported")?;
        Ok(())
    }

    fn tile(&self, path: &str) -> Answer<Option<Vec<u8>>> {
        proofs::tile(&self.vigie, path).map_err(|e| anyhow!(e))
    }
}
