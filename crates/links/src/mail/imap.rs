//! A mailbox of a mail server, read by IMAP (RFC 3501) as mails come.
//!
//! How far it was read is the caller's to keep, in the same transaction as the mail ([`Place`]): this
//! side has no memory, so a crash at any instant costs nothing but reading one mail again. A mail is
//! only marked or moved on the server once the caller has kept it. MUST NOT delete anything.

use std::{fmt, future::Future, io, time::Duration};

use async_imap::{Authenticator, Client, Session, types::UnsolicitedResponse};
use futures_util::TryStreamExt as _;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::watch,
    time::timeout,
};

use super::{
    MAX_MAIL_BYTES,
    listen::{Kept, Refusal},
};
use crate::tls::{self, TlsError};

/// How long a server may take to answer one command.
const ANSWER: Duration = Duration::from_mins(2);

/// How long a mail may take to arrive: 50 MiB over a slow line.
const TRANSFER: Duration = Duration::from_mins(10);

/// Mails of a mailbox that are listed at once.
const MAX_LISTED: usize = 1_000_000;

/// A mailbox and how to reach it.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// Its port: 993 with TLS.
    pub port: u16,
    /// TLS from the first byte. Without it, only a server on this machine should be read.
    pub tls: bool,
    /// The account.
    pub user: String,
    /// What proves the account.
    pub secret: Secret,
    /// The folder, such as `INBOX`.
    pub folder: String,
    /// What becomes of a mail on the server once it is kept.
    pub after: After,
}

/// What proves an account. Never printed.
#[derive(Clone)]
pub enum Secret {
    /// A password.
    Password(String),
    /// A token of OAuth 2, still valid (XOAUTH2).
    Token(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(..)",
            Self::Token(_) => "Token(..)",
        })
    }
}

/// What becomes of a mail on the server once it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Leave,
    /// It is marked as read.
    Seen,
    /// It goes to another folder of the mailbox, which must exist.
    Move(String),
}

/// How far a mailbox was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The server's numbering (UIDVALIDITY). When the server begins another, all is read again.
    pub validity: u32,
    /// The number of the last mail that was kept; 0 before the first.
    pub uid: u32,
}

/// A mail of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its place, to be kept with it.
    pub place: Place,
    /// Its bytes, as they came.
    pub raw: Result<Vec<u8>, TooLarge>,
}

/// A mail above the limit: it stays on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// Its size as the server says, in bytes.
    pub size_bytes: u64,
}

/// Where mails of a mailbox are kept.
pub trait Keeper: Send + Sync {
    /// Keeps a mail and its place together, and answers only when both are durable.
    ///
    /// [`Refusal::Later`] stops the reading: the same mail comes again. [`Refusal::Never`] says that the
    /// refusal itself was noted with the place: the next mail comes.
    fn keep(&self, mail: Fetched) -> impl Future<Output = Result<Kept, Refusal>> + Send;
}

/// Why a mailbox cannot be read. What was kept before is kept.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The server cannot be reached.
    #[error("{host}:{port} cannot be reached: check the name, the port and the network")]
    Connect {
        /// The server.
        host: String,
        /// Its port.
        port: u16,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// TLS cannot be spoken.
    #[error("TLS with the mail server is not possible")]
    Tls(#[from] TlsError),
    /// The name is none that a certificate could bear.
    #[error("“{0}” is not the name of a server: correct the mailbox's host")]
    Name(String),
    /// The server refuses the account.
    #[error("the mail server refuses the account: check user, password or token")]
    SignIn(#[source] async_imap::error::Error),
    /// The folder cannot be opened, or has no lasting numbers.
    #[error("the folder “{folder}” cannot be read: check its name and the account's rights")]
    Folder {
        /// The folder.
        folder: String,
        /// Why, when the server said it.
        #[source]
        source: Option<async_imap::error::Error>,
    },
    /// The server answered something else than what was asked.
    #[error("the conversation with the mail server broke off: it is tried again")]
    Protocol(#[from] async_imap::error::Error),
    /// The server is silent.
    #[error("the mail server does not answer: it is tried again")]
    Silent,
    /// More mails than are listed at once.
    #[error("the folder holds more than {MAX_LISTED} mails that were not read: move old ones elsewhere")]
    TooMany,
    /// The inbox refused for now.
    #[error("the mail could not be kept and stays on the server: {0}")]
    Kept(Refusal),
}

/// What `async-imap` needs of a stream.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for T {}

/// A folder that is open.
pub struct Reader {
    session: Session<Box<dyn Stream>>,
    mailbox: Mailbox,
    place: Place,
    can_idle: bool,
    /// The server spoke of new mails since they were listed last. It says so once, in the answer to
    /// whatever was asked then.
    told: bool,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("mailbox", &self.mailbox).field("place", &self.place).finish_non_exhaustive()
    }
}

impl Reader {
    /// Signs in and opens the folder. `known` is the place that was kept last.
    ///
    /// # Errors
    ///
    /// [`ImapError`] says what is wrong and what to do.
    pub async fn open(mailbox: &Mailbox, known: Option<Place>) -> Result<Self, ImapError> {
        let mut client = Client::new(stream(mailbox).await?);
        // The greeting comes before anything may be asked.
        within(ANSWER, client.read_response()).await?.map_err(async_imap::error::Error::from)?;
        let signed_in = match &mailbox.secret {
            Secret::Password(password) => within(ANSWER, client.login(&mailbox.user, password)).await?,
            Secret::Token(token) => {
                let bearer = Bearer(format!("user={}\x01auth=Bearer {token}\x01\x01", mailbox.user));
                within(ANSWER, client.authenticate("XOAUTH2", bearer)).await?
            }
        };
        let mut session = signed_in.map_err(|(error, _)| ImapError::SignIn(error))?;
        let can_idle = within(ANSWER, session.capabilities()).await??.has_str("IDLE");
        let folder = |source| ImapError::Folder { folder: mailbox.folder.clone(), source };
        let opened = within(ANSWER, session.select(&mailbox.folder)).await?.map_err(|error| folder(Some(error)))?;
        let validity = opened.uid_validity.ok_or_else(|| folder(None))?;
        let uid = known.filter(|place| place.validity == validity).map_or(0, |place| place.uid);
        Ok(Self { session, mailbox: mailbox.clone(), place: Place { validity, uid }, can_idle, told: true })
    }

    /// The place from which on mails are new here. Its validity differs from the known one when the server
    /// began another numbering; then mails come again that the keeper may have.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Fetches and keeps all new mails, oldest first, and says how many.
    ///
    /// # Errors
    ///
    /// [`ImapError`]; what was kept before is kept.
    pub async fn take_all(&mut self, keeper: &impl Keeper) -> Result<usize, ImapError> {
        self.listen();
        self.told = false;
        let listed = self.new_mails().await?;
        let count = listed.len();
        for (uid, size) in listed {
            let place = Place { uid, ..self.place };
            let too_large = usize::try_from(size).map_or(true, |size| size > MAX_MAIL_BYTES);
            let raw = if too_large {
                Err(TooLarge { size_bytes: u64::from(size) })
            } else {
                match self.fetch(uid).await? {
                    Some(raw) => Ok(raw),
                    // Somebody deleted it in between.
                    None => continue,
                }
            };
            let large = raw.is_err();
            let kept = keeper.keep(Fetched { place, raw }).await;
            if let Err(refusal @ Refusal::Later(_)) = kept {
                return Err(ImapError::Kept(refusal));
            }
            self.place = place;
            if kept.is_ok() && !large {
                self.done(uid).await?;
            }
            self.listen();
        }
        Ok(count)
    }

    /// Numbers and sizes of the new mails, in the order of their arrival.
    async fn new_mails(&mut self) -> Result<Vec<(u32, u32)>, ImapError> {
        let first = self.place.uid.saturating_add(1);
        let mut listed = Vec::new();
        {
            let query = self.session.uid_fetch(format!("{first}:*"), "(UID RFC822.SIZE)");
            let mut answers = within(ANSWER, query).await??;
            while let Some(answer) = within(ANSWER, answers.try_next()).await?? {
                // `*` is the last mail even when its number is below the first that was asked for.
                if let Some(uid) = answer.uid.filter(|uid| *uid >= first) {
                    listed.push((uid, answer.size.unwrap_or(u32::MAX)));
                }
                if listed.len() > MAX_LISTED {
                    return Err(ImapError::TooMany);
                }
            }
        }
        listed.sort_unstable();
        listed.dedup_by_key(|(uid, _)| *uid);
        Ok(listed)
    }

    async fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, ImapError> {
        let mut raw = None;
        // PEEK: what is read here is not read by anybody.
        let query = self.session.uid_fetch(uid.to_string(), "(UID BODY.PEEK[])");
        let mut answers = within(ANSWER, query).await??;
        while let Some(answer) = within(TRANSFER, answers.try_next()).await?? {
            if answer.uid == Some(uid) {
                raw = answer.body().map(<[u8]>::to_vec);
            }
        }
        Ok(raw)
    }

    /// Does on the server what is to be done with a mail that is kept.
    async fn done(&mut self, uid: u32) -> Result<(), ImapError> {
        match &self.mailbox.after {
            After::Leave => {}
            After::Seen => {
                let store = self.session.uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen)");
                let answers = within(ANSWER, store).await??;
                let _: Vec<_> = within(ANSWER, answers.try_collect()).await??;
            }
            After::Move(folder) => within(ANSWER, self.session.uid_mv(uid.to_string(), folder)).await??,
        }
        Ok(())
    }

    /// Waits until the server says that something changed (IDLE), or for `at_most`; without IDLE, just that
    /// long. Returns at once when the server spoke of new mails before.
    ///
    /// # Errors
    ///
    /// [`ImapError`] when the conversation broke off: open again.
    pub async fn wait(mut self, at_most: Duration) -> Result<Self, ImapError> {
        self.listen();
        if self.told {
            return Ok(self);
        }
        if !self.can_idle {
            tokio::time::sleep(at_most).await;
            return Ok(self);
        }
        let heard = self.session.unsolicited_responses.clone();
        let mut idle = self.session.idle();
        within(ANSWER, idle.init()).await??;
        // What came before the server began to wait is not said again.
        if !speaks_of_mails(&heard) {
            // The library's own time limit begins anew with each “still here” of a server.
            let (change, _stop) = idle.wait_with_timeout(at_most);
            if let Ok(change) = timeout(at_most, change).await {
                change?;
            }
        }
        let session = within(ANSWER, idle.done()).await??;
        Ok(Self { session, ..self })
    }

    /// Takes what the server said besides its answers; little of it is kept by the library.
    fn listen(&mut self) {
        self.told |= speaks_of_mails(&self.session.unsolicited_responses);
    }

    /// Takes all mails as they come, until `stop` says so. At least every `at_most` the folder is looked
    /// at, whatever the server says; RFC 2177 asks for less than 29 minutes.
    ///
    /// # Errors
    ///
    /// [`ImapError`]: wait a little, open again from the place that was kept.
    pub async fn follow(
        mut self,
        keeper: &impl Keeper,
        at_most: Duration,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), ImapError> {
        loop {
            self.take_all(keeper).await?;
            self = tokio::select! {
                waited = self.wait(at_most) => waited?,
                _ = async { stop.wait_for(|stop| *stop).await.is_err() } => return Ok(()),
            };
        }
    }
}

/// Whether the server said that mails came; empties the list of what it said.
fn speaks_of_mails(heard: &async_channel::Receiver<UnsolicitedResponse>) -> bool {
    let of_mails =
        |r: &UnsolicitedResponse| matches!(r, UnsolicitedResponse::Exists(_) | UnsolicitedResponse::Recent(_));
    std::iter::from_fn(|| heard.try_recv().ok()).filter(of_mails).count() > 0
}

/// The answer of OAuth 2 to a server's challenge (XOAUTH2); an error's details are answered with nothing.
struct Bearer(String);

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        std::mem::take(&mut self.0)
    }
}

async fn stream(mailbox: &Mailbox) -> Result<Box<dyn Stream>, ImapError> {
    let host = mailbox.host.as_str();
    let failed = |source| ImapError::Connect { host: host.to_owned(), port: mailbox.port, source };
    let tcp = within(ANSWER, TcpStream::connect((host, mailbox.port))).await?.map_err(failed)?;
    if !mailbox.tls {
        return Ok(Box::new(tcp));
    }
    let name = host.to_owned().try_into().map_err(|_| ImapError::Name(host.to_owned()))?;
    let tls = within(ANSWER, tls::connector()?.connect(name, tcp)).await?.map_err(failed)?;
    Ok(Box::new(tls))
}

async fn within<T>(limit: Duration, answer: impl Future<Output = T>) -> Result<T, ImapError> {
    timeout(limit, answer).await.map_err(|_| ImapError::Silent)
}
