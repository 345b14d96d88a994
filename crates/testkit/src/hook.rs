//! A receiver of webhooks on this machine, with its bad days.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};

/// A message that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// The body as it came.
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Inside {
    came: Vec<Came>,
    answers: VecDeque<u16>,
}

type Shared = Arc<Mutex<Inside>>;

/// A server; it ends when it is dropped.
pub struct Receiver {
    inside: Shared,
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

fn hold(shared: &Shared) -> MutexGuard<'_, Inside> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Receiver {
    /// Starts one that answers 200.
    #[must_use]
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for a receiver");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside: Shared = Arc::default();
        let router = Router::new().fallback(receive).with_state(Arc::clone(&inside));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { inside, address, runtime: Some(runtime) }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/webhooks/vigie", self.address)
    }

    /// Lets it answer the next message with that status, after what was said before.
    pub fn answer(&self, status: u16) {
        hold(&self.inside).answers.push_back(status);
    }

    /// What came since the last time.
    #[must_use]
    pub fn came(&self) -> Vec<Came> {
        std::mem::take(&mut hold(&self.inside).came)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut inside = hold(&shared);
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    inside.came.push(Came {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: body.to_vec(),
    });
    let status = inside.answers.pop_front().unwrap_or(200);
    StatusCode::from_u16(status).expect("a status")
}
