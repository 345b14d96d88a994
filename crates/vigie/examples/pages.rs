//! Scratch: the sample pages on a port.
#![allow(missing_docs, dead_code, unreachable_pub, clippy::all)]
#[path = "../src/web/sample.rs"]
mod sample;
#[path = "../src/web/sample_case.rs"]
mod sample_case;
use std::{net::SocketAddr, sync::Arc};
#[tokio::main]
async fn main() {
    tracing_subscriber::fmt::init();
    let state = vigie::web::AppState::new(
        Arc::new(sample::Sample),
        Arc::new(sample::People::default()),
        vigie::web::Options { demo: true, https: false },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await.unwrap();
    axum::serve(listener, vigie::web::router(state).into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
}
