//! The post at work: a listener on every node, and one reader for each mailbox and one sender among them.
//!
//! Every loop ends when it is told to, with its mail; what fails is tried again after a while and said in
//! the log without a name or a word of anybody.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
    time::sleep,
};
use vigie_links::mail::{
    imap::{Fetched, Keeper, Reader},
    listen::{self, Envelope, Kept, Refusal},
    smtp::Sender,
};
use vigie_store::lease::Lease;

use super::{
    Channel, Letter, Post,
    settings::{Listen, Watched},
    store,
};
use crate::{
    app::refused,
    features::desk::view::CaseChange,
    held::{asked, holder, while_held},
    now::now,
    said::{Said, Saying as _},
};

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
        let listener = TcpListener::bind(at).await.saying(|| {
            Said::new(
                format!("{at} : écoute des courriels impossible"),
                format!("{at} cannot be listened on for mails"),
            )
        })?;
        tracing::info!(address = %listener.local_addr().unwrap_or(at), "listening for mails");
        let (inbox, stop) = (Arc::clone(&inbox), stop.clone());
        tasks.spawn(async move {
            if let Err(error) = listen::serve(listener, listening, inbox, stop).await {
                tracing::error!(%error, "the listener for mails ended");
            }
        });
    }
    let data = post.0.vigie.store.clone();
    let holder = holder(&data);
    for watched in post.settings().mailboxes.clone() {
        let (post, data, inbox) = (post.clone(), data.clone(), Arc::clone(&inbox));
        let (holder, stop) = (holder.clone(), stop.clone());
        tasks.spawn(async move {
            let name = format!("mail/read/{}", watched.name());
            while_held(&data, &name, &holder, stop, |lease, stop| read(&post, &inbox, &watched, lease, stop)).await;
        });
    }
    if let Some(relay) = &post.settings().relay {
        let sender = Sender::new(relay)?;
        let (post, stop) = (post.clone(), stop.clone());
        tasks.spawn(async move {
            let work = |lease, stop| send(&post, &sender, &hearer, lease, stop);
            while_held(&data, "mail/send", &holder, stop, work).await;
        });
    }
    Ok(tasks)
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
