//! The desk under load: cases opened through the API over TCP, durable, by many clients at once.

use std::{
    net::SocketAddr,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use vigie::{
    app::Place,
    features::people::{Account, Token, fresh_token},
    live::{Live, put_account, put_token},
    web::{AppState, Lang, Options, Theme, router},
};
use vigie_testkit::{Cluster, Durability};

use crate::{Board, Goal};

const CLIENTS: usize = 64;
const WARM: Duration = Duration::from_millis(500);
const LOAD: Duration = Duration::from_secs(4);

pub(crate) fn sqlite(board: &mut Board) {
    let dir = tempfile::tempdir().unwrap();
    created(board, "SQLite", 10_000.0, &Place { data: dir.path().to_owned(), ..Place::default() });
}

pub(crate) fn postgresql(board: &mut Board) {
    let (dir, cluster) = (tempfile::tempdir().unwrap(), Cluster::start(Durability::Full));
    let database_url = Some(cluster.create("bench"));
    created(board, "PostgreSQL", 5_000.0, &Place { data: dir.path().to_owned(), database_url, ..Place::default() });
}

/// Opens cases for some seconds; each client waits for its answer before it sends the next.
fn created(board: &mut Board, engine: &str, goal: f64, place: &Place) {
    let vigie = place.open().unwrap();
    let now = vigie::now::now();
    let account = Account {
        name: "bench".into(),
        password_hash: String::new(),
        role: "cds".into(),
        lang: Lang::default(),
        theme: Theme::default(),
        created_at: now,
        disabled_at: None,
        outside: None,
    };
    put_account(&vigie, &account).unwrap();
    let (token, hash) = fresh_token().unwrap();
    let (account, name, scopes) = (account.name, "load".to_owned(), vec!["desk.*".to_owned()]);
    let kept = Token { hash, account, name, scopes, created_at: now, expires_at: None, revoked_at: None };
    put_token(&vigie, &kept).unwrap();
    let store = vigie.store.clone();
    let live = Arc::new(Live::new(vigie, false));
    let state = AppState::new(Arc::<Live>::clone(&live), live, Options::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async move { axum::serve(listener, service).await });

    let start = Instant::now();
    // All clients on one thread of their own, so that what is measured is the server.
    let clients = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let clients: Vec<_> =
                (0..CLIENTS).map(|n| tokio::spawn(client(address, token.clone(), n, start))).collect();
            let mut times = Vec::new();
            for client in clients {
                times.extend(client.await.unwrap());
            }
            times
        })
    });
    let mut times: Vec<f64> = clients.join().unwrap();
    let rate = times.len() as f64 / LOAD.as_secs_f64();
    times.sort_by(f64::total_cmp);
    let p99 = times[times.len() * 99 / 100] * 1000.0;
    let kept = store.read(|tx| tx.query_one("SELECT COUNT(*) FROM desk_case", &[], |row| row.u64(0))).unwrap();
    assert!(kept >= times.len() as u64, "every answered case is kept");
    board.line(
        &format!("cases created through the API, durable, {CLIENTS} clients, {engine}"),
        rate,
        "cases/s",
        Goal::AtLeast(goal),
    );
    board.line(&format!("  99th percentile, {engine}"), p99, "ms", Goal::AtMost(50.0));
    runtime.shutdown_background();
}

/// One client; gives the seconds of each answer after the warm-up.
async fn client(address: SocketAddr, token: String, client: usize, start: Instant) -> Vec<f64> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut times, mut answer) = (Vec::new(), Vec::new());
    for n in 0.. {
        if start.elapsed() > WARM + LOAD {
            break;
        }
        let case = format!(
            r#"{{"class":"incident","title":"Plus de tonalité au poste {n}","text":"Le poste de l'accueil ne sonne plus depuis ce matin.","requester":"Agent {client}","mail":"agent{client}@example.org","team":"go","classification":{{"urgency":"U2","impact":2,"service":"toip"}}}}"#
        );
        let request = format!(
            "POST /api/v1/cases HTTP/1.1\r\nHost: vigie\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{case}",
            case.len()
        );
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        answer.clear();
        while !is_whole(&answer) {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "the server hung up");
        }
        assert!(answer.starts_with(b"HTTP/1.1 201"), "{}", String::from_utf8_lossy(&answer));
        if start.elapsed() > WARM {
            times.push(sent.elapsed().as_secs_f64());
        }
    }
    times
}

/// Whether an answer has its head and as many bytes as that says.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")).and_then(|l| l.trim().parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}
