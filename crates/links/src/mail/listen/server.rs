//! The loop around a conversation: sockets, time limits, and the inbox.

use std::{future::Future, io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
    time::timeout,
};

use super::{Envelope, Kept, Listening, Refusal, Session, Step};

/// How long a client may be silent (RFC 5321, 4.5.3.2.7).
const SILENCE: Duration = Duration::from_mins(5);

/// How long a client may take to read a reply.
const READING: Duration = Duration::from_mins(1);

/// Conversations at once; a mail server of the house opens some dozen.
const MAX_CONVERSATIONS: usize = 200;

/// Bytes taken from a socket at once.
const READ_BYTES: usize = 64 << 10;

/// Where mails are kept.
pub trait Inbox: Send + Sync + 'static {
    /// Keeps a mail, and answers only when it is durable. The same mail may come twice.
    fn take(&self, raw: Vec<u8>, envelope: Envelope) -> impl Future<Output = Result<Kept, Refusal>> + Send;
}

/// Takes mails on a socket until `stop` says so; conversations at work then end with their mail.
///
/// # Errors
///
/// When the socket itself fails. Trouble with one client ends that conversation only.
pub async fn serve<I: Inbox>(
    listener: TcpListener,
    listening: Listening,
    inbox: Arc<I>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(MAX_CONVERSATIONS));
    let mut conversations = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped(&mut stop) => break,
            Some(_) = conversations.join_next(), if !conversations.is_empty() => continue,
        };
        let (mut stream, _) = match accepted {
            Ok(accepted) => accepted,
            // A client that left before it was accepted, or too many open files: others still come.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error),
        };
        let (listening, inbox, stop) = (listening.clone(), Arc::clone(&inbox), stop.clone());
        let place = Arc::clone(&places).try_acquire_owned();
        conversations.spawn(async move {
            let Ok(_place) = place else {
                let (mut session, _) = Session::new(listening);
                let _ = stream.write_all(&session.close("is busy: come back later")).await;
                return;
            };
            // A client that breaks off has its mail still, or hears of it when it asks again.
            let _ = converse(stream, listening, inbox.as_ref(), stop).await;
        });
    }
    while conversations.join_next().await.is_some() {}
    Ok(())
}

/// Speaks with one client over any stream, a local socket for instance.
///
/// # Errors
///
/// When the client breaks off, or stays silent for five minutes.
pub async fn converse<S, I>(
    mut stream: S,
    listening: Listening,
    inbox: &I,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Inbox,
{
    let (mut session, greeting) = Session::new(listening);
    send(&mut stream, &greeting).await?;
    let mut bytes = vec![0; READ_BYTES];
    loop {
        // Replies to commands that came together leave together (RFC 2920).
        let mut replies = Vec::new();
        while let Some(step) = session.step() {
            match step {
                Step::Reply(reply) => replies.extend(reply),
                Step::Deliver { raw, envelope } => replies.extend(session.kept(&inbox.take(raw, envelope).await)),
                Step::Close(reply) => {
                    replies.extend(reply);
                    send(&mut stream, &replies).await?;
                    return stream.shutdown().await;
                }
            }
        }
        send(&mut stream, &replies).await?;
        let read = tokio::select! {
            read = timeout(SILENCE, stream.read(&mut bytes)) => read,
            // A mail that is on its way is taken to its end.
            _ = stopped(&mut stop), if !session.is_receiving() => {
                send(&mut stream, &session.close("is closing: come back later")).await?;
                return stream.shutdown().await;
            }
        };
        let Ok(read) = read else {
            send(&mut stream, &session.close("heard nothing for five minutes")).await?;
            return stream.shutdown().await;
        };
        match read? {
            0 => return Ok(()),
            count => session.feed(bytes.get(..count).unwrap_or_default()),
        }
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let write = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    timeout(READING, write).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Waits until the listener is to stop, or nobody is left who could say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
