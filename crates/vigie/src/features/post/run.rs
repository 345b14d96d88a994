//! The post at work: a listener on every node, and one reader for each mailbox and one sender among them.
//!
//! Every loop ends when it is told to, with its mail; what fails is tried again after a while and said in
//! the log without a name or a word of anybody.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
    time::sleep,
};
use uuid::Uuid;
use vigie_links::mail::{
    imap::{Fetched, Keeper, Reader},
    listen::{self, Envelope, Kept, Refusal},
    smtp::Sender,
};
use vigie_store::{Engine, lease, lease::Lease};

use super::{
    Channel, Letter, Post,
    settings::{Listen, Watched},
    store,
};
use crate::{app::refused, features::desk::view::CaseChange, live::new_id, now::now};

/// A lease is taken for so long: a node that died is replaced then.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// It is taken again that often, so that two refusals in a row lose nothing.
const AGAIN: Duration = Duration::from_secs(20);
/// How long to wait after trouble, or for a lease that another has.
const PAUSE: Duration = Duration::from_secs(15);
/// How often the sender looks for what other nodes have ordered.
const LOOK: Duration = Duration::from_secs(2);
/// Mails that are read at once: each may be 50 MiB, and is held a few times over.
const READ_AT_ONCE: usize = 8;

/// Hears of cases that changed.
pub type Hearer = Arc<dyn Fn(CaseChange) + Send + Sync>;

/// Where mails are kept.
pub struct Inbox {
    post: Post,
    places: Semaphore,
    hearer: Hearer,
}

impl Inbox {
    /// Keeps mails in that post, and says which cases changed.
    #[must_use]
    pub fn new(post: Post, hearer: Hearer) -> Self {
        Self { post, places: Semaphore::new(READ_AT_ONCE), hearer }
    }

    async fn keep(
        &self,
        read: impl FnOnce(&Post) -> Letter + Send + 'static,
        under: Option<Lease>,
    ) -> Result<Kept, Refusal> {
        let closing = || Refusal::Later("the desk is closing: come back later".to_owned());
        let _place = self.places.acquire().await.map_err(|_| closing())?;
        let post = self.post.clone();
        let taken = tokio::task::spawn_blocking(move || {
            let letter = read(&post);
            post.take(letter, now(), under.as_ref())
        });
        match taken.await.map_err(|_| closing())? {
            Ok(taken) => {
                tracing::info!(id = taken.id, state = taken.state, known = taken.known, "a mail was kept");
                if let Some(change) = taken.change {
                    (self.hearer)(change);
                }
                Ok(Kept { id: taken.id })
            }
            Err(error) => {
                let error = refused(error);
                tracing::error!(error = format!("{error:#}"), "a mail could not be kept; its server keeps it");
                Err(Refusal::Later("it cannot be kept now: try again".to_owned()))
            }
        }
    }
}

impl listen::Inbox for Inbox {
    async fn take(&self, raw: Vec<u8>, envelope: Envelope) -> Result<Kept, Refusal> {
        let read = move |post: &Post| Letter::read(raw, Some(&envelope.recipients), Channel::Listener, post.settings());
        self.keep(read, None).await
    }
}

/// Where mails of one mailbox are kept, while its lease is held.
struct Reading {
    inbox: Arc<Inbox>,
    name: String,
    lease: Lease,
}

impl Keeper for Reading {
    async fn keep(&self, mail: Fetched) -> Result<Kept, Refusal> {
        let channel = Channel::Mailbox { name: self.name.clone(), place: mail.place };
        let read = move |post: &Post| match mail.raw {
            Ok(raw) => Letter::read(raw, None, channel, post.settings()),
            Err(large) => Letter::too_large(channel, large.size_bytes),
        };
        self.inbox.keep(read, Some(self.lease.clone())).await
    }
}

/// Starts all that the settings ask for. The tasks end some time after `stop` says so.
///
/// # Errors
/// When the listener's address cannot be had, or the relay cannot be used as it is described.
pub async fn serve(post: &Post, hearer: Hearer, stop: watch::Receiver<bool>) -> Result<JoinSet<()>> {
    let mut tasks = JoinSet::new();
    let inbox = Arc::new(Inbox::new(post.clone(), Arc::clone(&hearer)));
    if let Some(Listen { at, listening }) = post.settings().listen.clone() {
        let listener = TcpListener::bind(at).await.with_context(|| format!("{at} cannot be listened on for mails"))?;
        tracing::info!(address = %listener.local_addr().unwrap_or(at), "listening for mails");
        let (inbox, stop) = (Arc::clone(&inbox), stop.clone());
        tasks.spawn(async move {
            if let Err(error) = listen::serve(listener, listening, inbox, stop).await {
                tracing::error!(%error, "the listener for mails ended");
            }
        });
    }
    let holder = holder(post);
    for watched in post.settings().mailboxes.clone() {
        let (post, holder, stop, inbox) = (post.clone(), holder.clone(), stop.clone(), Arc::clone(&inbox));
        tasks.spawn(async move {
            let name = format!("mail/read/{}", watched.name());
            while_held(&post, &name, &holder, stop, |lease, stop| read(&post, &inbox, &watched, lease, stop)).await;
        });
    }
    if let Some(relay) = &post.settings().relay {
        let sender = Sender::new(relay)?;
        let (post, stop) = (post.clone(), stop.clone());
        tasks.spawn(async move {
            let work = |lease, stop| send(&post, &sender, &hearer, lease, stop);
            while_held(&post, "mail/send", &holder, stop, work).await;
        });
    }
    Ok(tasks)
}

/// Who takes leases. On SQLite there is one node, which need not wait for the lease of its own last run.
fn holder(post: &Post) -> String {
    match post.0.vigie.store.engine() {
        Engine::Sqlite => "the only node".to_owned(),
        Engine::Postgres => Uuid::simple(new_id(now())).to_string(),
    }
}

/// Does a work while its lease is held, again and again, until it is to stop.
async fn while_held<W: Future<Output = Result<()>>>(
    post: &Post,
    name: &str,
    holder: &str,
    mut stop: watch::Receiver<bool>,
    work: impl Fn(Lease, watch::Receiver<bool>) -> W,
) {
    while !*stop.borrow() {
        match take(post, name, holder).await {
            Ok(Some(lease)) => {
                let (end, ended) = watch::channel(false);
                let work = work(lease.clone(), ended);
                tokio::pin!(work);
                let done = loop {
                    tokio::select! {
                        done = &mut work => break done,
                        () = asked(&mut stop) => {
                            end.send_replace(true);
                            break work.await;
                        }
                        () = sleep(AGAIN) => {
                            if !matches!(take(post, name, holder).await, Ok(Some(_))) {
                                end.send_replace(true);
                            }
                        }
                    }
                };
                if let Err(error) = done {
                    tracing::warn!(work = name, error = format!("{error:#}"), "it is tried again");
                }
                if *stop.borrow() {
                    give_back(post, lease).await;
                    return;
                }
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(work = name, error = format!("{error:#}"), "no lease can be had"),
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = asked(&mut stop) => {}
        }
    }
}

/// Waits until it is to stop, or nobody is left who could say so.
async fn asked(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn take(post: &Post, name: &str, holder: &str) -> Result<Option<Lease>> {
    let (store, name, holder) = (post.0.vigie.store.clone(), name.to_owned(), holder.to_owned());
    let taken = move || store.write(move |tx| lease::take(tx, &name, &holder, now(), LEASE));
    tokio::task::spawn_blocking(taken).await?.map_err(refused)
}

async fn give_back(post: &Post, held: Lease) {
    let store = post.0.vigie.store.clone();
    let given = tokio::task::spawn_blocking(move || store.write(move |tx| lease::give_back(tx, &held)));
    if !matches!(given.await, Ok(Ok(()))) {
        tracing::info!("a lease could not be given back: it ends by itself");
    }
}

/// Reads a mailbox until the conversation breaks off or it is to stop.
async fn read(
    post: &Post,
    inbox: &Arc<Inbox>,
    watched: &Watched,
    lease: Lease,
    stop: watch::Receiver<bool>,
) -> Result<()> {
    let name = watched.name();
    let (store, asked) = (post.0.vigie.store.clone(), name.clone());
    let place = tokio::task::spawn_blocking(move || store.read(|tx| store::place(tx, &asked))).await??;
    let reader = Reader::open(&watched.mailbox, place).await?;
    tracing::info!(mailbox = name, "reading a mailbox");
    let keeper = Reading { inbox: Arc::clone(inbox), name, lease };
    Ok(reader.follow(&keeper, Duration::from_secs(watched.look_every_s), stop).await?)
}

/// Sends what is due until it is to stop.
async fn send(
    post: &Post,
    sender: &Sender,
    hearer: &Hearer,
    lease: Lease,
    mut stop: watch::Receiver<bool>,
) -> Result<()> {
    while !*stop.borrow() {
        let round = post.send_due(sender, &lease, now()).await?;
        let idle = round.is_empty();
        round.changes.into_iter().for_each(|change| hearer(change));
        if idle {
            tokio::select! {
                () = post.0.ordered.notified() => {}
                () = sleep(LOOK) => {}
                () = asked(&mut stop) => {}
            }
        }
    }
    Ok(())
}
