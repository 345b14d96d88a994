//! Answers too large to be held: written by a blocking task, sent as they are made.
//!
//! The task waits for the reader, so that memory stays flat whatever the size, and MUST NOT wait for
//! ever: a reader that takes nothing for a while is given up.

use std::{
    io::{self, Write},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use tokio::{runtime::Handle, sync::mpsc, time::timeout};

use super::{errors::Failure, source::Answer, state::AppState};

/// Bytes sent at a time.
const CHUNK: usize = 64 * 1024;
/// Chunks made ahead of the reader.
const AHEAD: usize = 4;
/// A reader that takes no chunk for so long is gone.
const STALLED: Duration = Duration::from_secs(60);

impl AppState {
    /// Streams what `write` writes. An error before the first chunk is a page; a later one cuts the
    /// transfer, so that a part is never taken for the whole.
    ///
    /// # Errors
    /// What `write` fails with before it wrote a chunk.
    pub(crate) async fn stream(
        &self,
        write: impl FnOnce(&Self, &mut dyn Write) -> Answer<()> + Send + 'static,
    ) -> Result<Response, Failure> {
        let permit = self.streaming.clone().acquire_owned().await.map_err(|e| Failure::Unexpected(e.into()))?;
        let (sender, mut chunks) = mpsc::channel(AHEAD);
        let state = self.clone();
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let mut out = Chunks { full: Vec::with_capacity(CHUNK), sender, runtime };
            let done = write(&state, &mut out).and_then(|()| Ok(out.flush()?));
            if let Err(error) = done {
                // Nobody reads any more when this cannot be sent either.
                _ = out.send(Err(error));
            }
            drop(permit);
        });
        let first = chunks.recv().await.transpose().map_err(Failure::Unexpected)?;
        let mut first = first.map(Ok);
        let rest = futures_util::stream::poll_fn(move |cx| match first.take() {
            Some(chunk) => std::task::Poll::Ready(Some(chunk)),
            None => chunks.poll_recv(cx).map(|next| {
                next.map(|chunk| chunk.inspect_err(|e| tracing::error!(error = format!("{e:#}"), "a transfer was cut")))
            }),
        });
        Ok(Response::new(Body::from_stream(rest)))
    }
}

struct Chunks {
    full: Vec<u8>,
    sender: mpsc::Sender<Answer<Bytes>>,
    runtime: Handle,
}

impl Chunks {
    fn send(&self, chunk: Answer<Bytes>) -> io::Result<()> {
        let sent = self.runtime.block_on(async { timeout(STALLED, self.sender.send(chunk)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader went away")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")),
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.full.extend_from_slice(bytes);
        if self.full.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.full.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.full, Vec::with_capacity(CHUNK));
        self.send(Ok(chunk.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use axum::body::to_bytes;

    use super::*;
    use crate::web::{
        Options,
        sample::{People, Sample},
    };

    fn state() -> AppState {
        AppState::new(Arc::new(Sample), Arc::new(People::default()), Options::default())
    }

    #[tokio::test]
    async fn a_slow_reader_is_waited_for_and_gets_the_whole() {
        let written = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&written);
        let response = state()
            .stream(move |_, out| {
                for _ in 0..100 {
                    out.write_all(&[b'x'; CHUNK])?;
                    counter.fetch_add(1, Ordering::SeqCst);
                }
                Ok(())
            })
            .await
            .unwrap();
        // One taken as the first, one in the writer's hand.
        assert!(written.load(Ordering::SeqCst) <= AHEAD + 2, "no more is made than the reader lets go ahead");
        assert_eq!(to_bytes(response.into_body(), usize::MAX).await.unwrap().len(), 100 * CHUNK);
    }

    #[tokio::test]
    async fn an_error_at_once_is_a_page_and_a_later_one_cuts_the_transfer() {
        assert!(state().stream(|_, _| anyhow::bail!("nothing to send")).await.is_err());
        let response = state()
            .stream(|_, out| {
                out.write_all(&[b'x'; CHUNK])?;
                anyhow::bail!("the store went away")
            })
            .await
            .unwrap();
        assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
    }

    #[tokio::test]
    async fn a_reader_that_goes_away_ends_the_writing() {
        let (ended, end) = tokio::sync::oneshot::channel();
        let response = state()
            .stream(|_, out| {
                let done = std::iter::repeat_n((), 1_000).try_for_each(|()| out.write_all(&[b'x'; CHUNK]));
                _ = ended.send(done.map_err(|e| e.kind()));
                Ok(())
            })
            .await
            .unwrap();
        drop(response);
        assert_eq!(end.await.unwrap(), Err(io::ErrorKind::BrokenPipe));
    }
}
