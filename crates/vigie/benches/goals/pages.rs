//! The month's page and PDF, and the start of the server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use axum::{
    body::Body,
    http::{Request, header},
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use vigie::{
    app::Place,
    features::{
        judgement::view::Format,
        people::{Account, Accounts, Session, session_cookie},
    },
    live::{Live, put_account},
    web::{AppState, Lang, Options, Theme, router, source::Source},
};

use crate::{Board, Goal, made};

const CASES: u64 = 10_000;

/// A server in this process over so many cases, with somebody signed in; gives the cookie.
pub(crate) fn signed_in(place: &Place, cases: u64) -> (Arc<Live>, AppState, String) {
    let vigie = place.open().unwrap();
    made::record(&vigie, 0..cases);
    let now = vigie::now::now();
    let account = Account {
        name: "bench".into(),
        password_hash: String::new(),
        role: "contract_manager".into(),
        lang: Lang::default(),
        theme: Theme::default(),
        created_at: now,
        disabled_at: None,
        outside: None,
    };
    put_account(&vigie, &account).unwrap();
    let live = Arc::new(Live::new(vigie, false));
    let token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let expires_at: Timestamp = "2100-01-01T00:00:00Z".parse().unwrap();
    let token_hash = Sha256::digest(token.as_bytes()).into();
    live.add_session(&Session { token_hash, account: account.name, created_at: now, last_seen_at: now, expires_at })
        .unwrap();
    let state = AppState::new(Arc::<Live>::clone(&live), Arc::<Live>::clone(&live), Options::default());
    (live, state, format!("{}={token}", session_cookie(false)))
}

pub(crate) fn month_page(board: &mut Board) {
    let (_dir, place) = made::place();
    let (live, state, cookie) = signed_in(&place, CASES);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let get = || {
        let request =
            Request::get(format!("/mois/{}", made::MONTH)).header(header::COOKIE, &cookie).body(Body::empty()).unwrap();
        let start = Instant::now();
        let (status, length) = runtime.block_on(async {
            let response = router(state.clone()).oneshot(request).await.unwrap();
            let status = response.status();
            (status, axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().len())
        });
        assert_eq!(status, 200, "the month's page");
        assert!(length > 10_000, "a whole page");
        start.elapsed().as_secs_f64() * 1000.0
    };
    get();
    // One request in ten comes after a new fact, so that the month is judged again for it.
    let mut times: Vec<f64> = (0..200)
        .map(|n| {
            if n % 10 == 0 {
                made::record(live.vigie(), CASES + n..CASES + n + 1);
            }
            get()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    board.line("month page over 10,000 cases, median", times[100], "ms", Goal::None);
    board.line("month page over 10,000 cases, 95th percentile", times[190], "ms", Goal::AtMost(50.0));

    let month = made::MONTH.parse().unwrap();
    // The workbook has the months judged that both print. Of the PDF nothing was laid out in this process:
    // what typst remembers from one render to the next would make a second one look too good.
    live.report(month, Format::Xlsx, Lang::Fr).unwrap();
    let render = || {
        let start = Instant::now();
        let pdf = live.report(month, Format::Pdf, Lang::Fr).unwrap();
        (start.elapsed().as_secs_f64(), pdf)
    };
    let (first, pdf) = render();
    let (again, _) = render();
    let pages = pages_of(&pdf);
    board.line("pages of the month's PDF", pages, "pages", Goal::AtLeast(40.0));
    board.line("the month's PDF, its first render, for 40 pages", first * 40.0 / pages, "s", Goal::AtMost(1.0));
    board.line("  the same month again", again * 40.0 / pages, "s", Goal::None);
}

/// Pages of a PDF, as poppler counts them.
fn pages_of(pdf: &[u8]) -> f64 {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let info = Command::new("pdfinfo").arg(file.path()).output().expect("pdfinfo (poppler-utils)");
    let text = String::from_utf8_lossy(&info.stdout).into_owned();
    text.lines().find_map(|l| l.strip_prefix("Pages:")).unwrap().trim().parse().unwrap()
}

/// A child that is ended with the value.
pub(crate) struct Server(Child);

impl Server {
    /// Its process.
    pub(crate) fn id(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Starts the program on a directory and waits until it says that it is ready; gives it, its address and the
/// seconds taken.
pub(crate) fn ready(args: &[&str], data: &Path) -> (Server, String, f64) {
    let start = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut server = Server(child);
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let line = lines.find(|l| l.as_ref().unwrap().starts_with("listening on")).unwrap().unwrap();
    let address = line.trim_start_matches("listening on http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    (server, address, start.elapsed().as_secs_f64())
}

pub(crate) fn start(board: &mut Board) {
    let (dir, place) = made::place();
    let vigie = place.open().unwrap();
    made::record(&vigie, 0..100_000);
    drop(vigie);
    let (server, _, seconds) = ready(&[], dir.path());
    board.line("start with 100,000 cases, until ready", seconds, "s", Goal::AtMost(2.0));
    let resident = made::status_mib(&server.id(), "VmRSS:");
    board.line("  resident memory then", resident, "MiB", Goal::AtMost(200.0));
    drop(server);
    let empty = tempfile::tempdir().unwrap();
    let (_server, _, seconds) = ready(&["--demo"], &empty.path().join("data"));
    board.line("serve --demo, its year made, until ready", seconds, "s", Goal::AtMost(10.0));
}
