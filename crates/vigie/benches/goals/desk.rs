//! The desk under load: cases opened through the API over TCP, durable, by many clients at once.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::net::TcpListener;
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
    let clients: Vec<_> = (0..CLIENTS)
        .map(|n| {
            let token = token.clone();
            thread::spawn(move || client(address, &token, n, start))
        })
        .collect();
    let mut times: Vec<f64> = clients.into_iter().flat_map(|c| c.join().unwrap()).collect();
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
fn client(address: SocketAddr, token: &str, client: usize, start: Instant) -> Vec<f64> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut times, mut n, mut line, mut body) = (Vec::new(), 0, String::new(), Vec::new());
    while start.elapsed() < WARM + LOAD {
        let case = format!(
            r#"{{"class":"incident","title":"Plus de tonalité au poste {n}","text":"Le poste de l'accueil ne sonne plus depuis ce matin.","requester":"Agent {client}","mail":"agent{client}@example.org","team":"go","classification":{{"urgency":"U2","impact":2,"service":"toip"}}}}"#
        );
        n += 1;
        let request = format!(
            "POST /api/v1/cases HTTP/1.1\r\nHost: vigie\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{case}",
            case.len()
        );
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        line.clear();
        reader.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 201"), "{line}");
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body).unwrap();
        if start.elapsed() > WARM {
            times.push(sent.elapsed().as_secs_f64());
        }
    }
    times
}
