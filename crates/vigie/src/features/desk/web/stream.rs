//! What changes, told as it happens (server-sent events), so that a list or a case is never stale unseen.
//!
//! A listener learns that a case changed and nothing of what was done: it asks for the page again, as its
//! reader may see it. A stream ends after a while, so that a session that ended hears no more.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream::unfold};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

use crate::{
    features::desk::view::CaseChange,
    web::{AppState, Page},
};

/// How long one stream lives; the browser then comes back by itself, past the guard.
const LIFE: Duration = Duration::from_secs(600);
/// Proxies give up connections on which nothing moves.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// `GET /dossiers/flux`.
pub(crate) async fn stream(
    State(state): State<AppState>,
    page: Page,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let account = page.viewer.map(|v| v.name).unwrap_or_default();
    #[expect(clippy::disallowed_methods, reason = "when a stream ends is no fact")]
    let heard = (state.source.changes(), Instant::now() + LIFE, account);
    let events = unfold(heard, |(mut changes, end, account)| async move {
        let event = next(&mut changes, end, &account).await?;
        Some((Ok(event), (changes, end, account)))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

/// The next event; none when the stream ends.
async fn next(changes: &mut Receiver<CaseChange>, end: Instant, account: &str) -> Option<Event> {
    match timeout_at(end, changes.recv()).await.ok()? {
        // Numbers are ours: letters, digits and marks that JSON needs not escape, but whose number it is matters.
        // The third member says that whoever listens has a notice of it.
        Ok(change) => {
            let told = change.told.iter().any(|name| name == account);
            Event::default().event("case").json_data((change.number, change.version, told)).ok()
        }
        Err(RecvError::Lagged(_)) => Some(Event::default().event("missed").data("")),
        Err(RecvError::Closed) => None,
    }
}
