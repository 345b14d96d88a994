//! The queue over 100,000 cases, the page of a case with a long life, and two thousand browsers that listen.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};
use tower::ServiceExt;
use vigie::{
    app::Place,
    features::people::{Token, fresh_token},
    live::put_token,
    web::{AppState, router},
};
use vigie_evidence::{NewEntry, Origin, import_id, leaf_hash};
use vigie_testkit::{Cluster, Durability};

use crate::{Board, Goal, made, pages};

const CASES: u64 = 100_000;

/// What addresses of the queue filter, none to many.
const FILTERS: [&str; 15] = [
    "etat=tous",
    "etat=ouverts",
    "etat=attente",
    "etat=closed",
    "etat=tous&classe=incident",
    "etat=tous&priorite=P3",
    "etat=tous&equipe=go",
    "etat=ouverts&equipe=gt",
    "etat=ouverts&chez=moi",
    "etat=tous&chez=personne",
    "etat=tous&service=toip&vip=oui",
    "etat=tous&majeur=oui",
    "etat=tous&retard=oui",
    "etat=ouverts&avant=2026-06-01",
    "etat=tous&classe=change&priorite=P1",
];
/// In which orders.
const ORDERS: [&str; 11] =
    ["", "numero", "-numero", "priorite", "-priorite", "debut", "-debut", "echeance", "-echeance", "fin", "-fin"];

/// Spreads the cases over groups, people, services and phases, one in thirty-three of them open.
const SPREAD: &str = "UPDATE desk_case SET \
    open = ((version / 6) % 33 = 0), \
    phase = CASE (version / 6) % 33 WHEN 0 THEN CASE (version / 198) % 4 WHEN 0 THEN 'new' WHEN 1 THEN 'restored' \
        ELSE 'in_progress' END ELSE 'closed' END, \
    team = CASE (version / 6) % 5 WHEN 0 THEN 'go' WHEN 1 THEN 'gu_noc' WHEN 2 THEN 'gt' WHEN 3 THEN 'rtc' END, \
    assignee = CASE (version / 6) % 3 WHEN 0 THEN 'go.martin' WHEN 1 THEN 'bench' END, \
    service = CASE (version / 6) % 4 WHEN 0 THEN 'sda' WHEN 1 THEN 'acd' ELSE 'toip' END, \
    vip = CASE (version / 6) % 40 WHEN 0 THEN 'vip' WHEN 1 THEN 'vvip' END, \
    major = ((version / 6) % 500 = 0), \
    next_due_at = CASE WHEN (version / 6) % 33 = 0 THEN due_at END, \
    next_due_clock = CASE WHEN (version / 6) % 33 = 0 THEN 'restoration' END";

pub(crate) fn sqlite(board: &mut Board) {
    let dir = tempfile::tempdir().unwrap();
    queue(board, "SQLite", &Place { data: dir.path().to_owned(), ..Place::default() });
}

pub(crate) fn postgresql(board: &mut Board) {
    let (dir, cluster) = (tempfile::tempdir().unwrap(), Cluster::start(Durability::Full));
    let database_url = Some(cluster.create("bench"));
    queue(board, "PostgreSQL", &Place { data: dir.path().to_owned(), database_url, ..Place::default() });
}

/// Asks for a page in this process and gives the milliseconds that it took.
fn get(runtime: &tokio::runtime::Runtime, state: &AppState, cookie: &str, path: &str) -> f64 {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let start = Instant::now();
    runtime.block_on(async {
        let response = router(state.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().len() > 5_000, "a whole page");
    });
    start.elapsed().as_secs_f64() * 1000.0
}

fn queue(board: &mut Board, engine: &str, place: &Place) {
    let (live, state, cookie) = pages::signed_in(place, CASES);
    live.vigie().store.write(|tx| tx.execute(SPREAD, &[])).unwrap();
    if place.database_url.is_some() {
        live.vigie().store.write(|tx| tx.batch("ANALYZE desk_case")).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    get(&runtime, &state, &cookie, "/dossiers");
    let mut times = Vec::new();
    let mut worst = (0.0, String::new());
    for (n, (filter, order)) in FILTERS.iter().flat_map(|f| ORDERS.map(|o| (*f, o))).enumerate() {
        // One in ten comes after a change, so that all that is counted is counted again for it.
        if n % 10 == 0 {
            made::record(live.vigie(), CASES + n as u64..CASES + n as u64 + 1);
        }
        let path = format!("/dossiers?{filter}&tri={order}");
        let took = get(&runtime, &state, &cookie, &path);
        if took > worst.0 {
            worst = (took, path);
        }
        times.push(took);
    }
    times.sort_by(f64::total_cmp);
    let what = |which: &str| format!("queue of 100,000 cases, any filter and order, {which}, {engine}");
    board.line(&what("median"), times[times.len() / 2], "ms", Goal::None);
    board.line(&what("95th percentile"), times[times.len() * 95 / 100], "ms", Goal::AtMost(30.0));
    board.line(&format!("  the slowest: {}", worst.1), worst.0, "ms", Goal::None);
}

/// The page of a case of which two hundred things are written.
pub(crate) fn case_page(board: &mut Board) {
    let (_dir, place) = made::place();
    let (live, state, cookie) = pages::signed_in(&place, 1_000);
    let begin: Timestamp = "2026-03-02T07:00:00Z".parse().unwrap();
    let entry = |n: i64| {
        let (kind, body) = match n {
            0 => ("incident.identified", json!({"source": "ezv", "title": "Plus de tonalité au deuxième étage"})),
            1 => ("incident.classified", json!({"priority": "P3", "service": "toip"})),
            2 => ("incident.taken_in", json!({})),
            _ if n % 20 == 0 => ("incident.paused", json!({"reason": "customer"})),
            _ if n % 20 == 5 => ("incident.resumed", json!({})),
            _ => ("incident.noted", json!({})),
        };
        let occurred_at = begin + SignedDuration::from_mins(n * 7);
        NewEntry {
            id: import_id(occurred_at, leaf_hash(format!("long/{n}").as_bytes()).0),
            occurred_at,
            actor: "go.martin".into(),
            origin: Origin::Import,
            subject: "case/VG-2026-900000".into(),
            kind: kind.into(),
            body: body.as_object().cloned().unwrap_or_else(Map::new),
            content: Vec::new(),
        }
    };
    let recorder = live.vigie().recorder.clone();
    let facts: Vec<NewEntry> = (0..200).map(entry).collect();
    live.vigie()
        .store
        .write(move |tx| recorder.record(tx, "2026-05-01T00:00:00Z".parse().unwrap(), facts).map(|_| ()))
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut times: Vec<f64> =
        (0..220).map(|_| get(&runtime, &state, &cookie, "/dossiers/VG-2026-900000")).skip(20).collect();
    times.sort_by(f64::total_cmp);
    board.line("page of a case with 200 events, median", times[100], "ms", Goal::None);
    board.line("page of a case with 200 events, 95th percentile", times[190], "ms", Goal::AtMost(20.0));
}

/// Browsers that listen at once.
const LISTENERS: usize = 2_000;

/// A server of its own, so that its memory can be told from that of the listeners.
pub(crate) fn listeners(board: &mut Board) {
    rlimit::increase_nofile_limit(4 * LISTENERS as u64).unwrap();
    let (dir, place) = made::place();
    let (live, state, cookie) = pages::signed_in(&place, 1_000);
    let (token, hash) = fresh_token().unwrap();
    let (account, name, scopes) = ("bench".to_owned(), "load".to_owned(), vec!["desk.*".to_owned()]);
    let created_at = vigie::now::now();
    let kept = Token { hash, account, name, scopes, created_at, expires_at: None, revoked_at: None };
    put_token(live.vigie(), &kept).unwrap();
    drop((live, state));
    let (server, address, _) = pages::ready(&[], dir.path());
    let resident = || made::status_mib(&server.id(), "VmRSS:");
    let before = resident();
    let address: SocketAddr = address.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (delay, with_listeners) = runtime.block_on(async {
        let mut streams = Vec::with_capacity(LISTENERS);
        for _ in 0..LISTENERS {
            streams.push(listen(address, &cookie).await);
        }
        let with_listeners = resident();
        let body = r#"{"class":"incident","title":"Plus de tonalité"}"#;
        let call = format!(
            "POST /api/v1/cases HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let start = Instant::now();
        let heard: Vec<_> = streams.into_iter().map(|stream| tokio::spawn(hear(stream))).collect();
        let mut caller = TcpStream::connect(address).await.unwrap();
        caller.write_all(call.as_bytes()).await.unwrap();
        let mut answer = String::new();
        caller.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        let mut last = Duration::ZERO;
        for one in heard {
            last = last.max(one.await.unwrap().duration_since(start));
        }
        (last.as_secs_f64(), with_listeners)
    });
    board.line("2,000 browsers listening, resident memory of the server", with_listeners, "MiB", Goal::AtMost(300.0));
    board.line("  of which since they came", with_listeners - before, "MiB", Goal::None);
    board.line("  from a call until the last of them has heard of its case", delay, "s", Goal::AtMost(1.0));
}

/// A stream of changes that has begun.
async fn listen(address: SocketAddr, cookie: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let ask = format!("GET /dossiers/flux HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut stream = BufReader::with_capacity(1_024, stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    while line.trim_end() != "" {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
    }
    stream
}

/// Waits until a stream tells of a case; gives when it did.
async fn hear(mut stream: BufReader<TcpStream>) -> Instant {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the stream ended");
        if line.starts_with("event: case") {
            return Instant::now();
        }
    }
}
