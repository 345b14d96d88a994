//! The pages over a real store, asked as a browser does.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use jiff::{Timestamp, civil::Date};
use tower::ServiceExt as _;
use vigie::{
    app::Vigie,
    features::{
        people::{Account, SignInConfig, Token, fresh_token, hash_password},
        post::Settings,
    },
    live::{Live, put_account, put_token},
    now::Clock,
    web::{AppState, Lang, Options, Theme, router, source::Source as _},
};
use vigie_store::Store;
use vigie_testkit::Place;

use crate::support::{now, open, open_demo, seed};

pub(crate) const PASSWORD: &str = "une phrase assez longue";

/// A server on a place of its own, with an account of each kind.
pub(crate) struct Site {
    router: Router,
    live: Arc<Live>,
    runtime: tokio::runtime::Runtime,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The body as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn location(&self) -> String {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap()).to_owned()
    }

    /// The cookie of that name that it sets, as a browser sends it back.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap());
        let mut pairs = cookies.map(|c| c.split(';').next().unwrap());
        pairs.find(|pair| pair.split('=').next() == Some(name)).map(str::to_owned)
    }

    /// The text as a reader sees it, without marks and runs of spaces.
    pub(crate) fn words(&self) -> String {
        let mut text = String::new();
        for part in self.body.split('<') {
            text.push(' ');
            text.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
        }
        text.replace("&#39;", "'").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub(crate) fn says(&self, wanted: &[&str], unwanted: &[&str]) {
        let words = self.words();
        for part in wanted {
            assert!(words.contains(part), "does not say `{part}`:\n{words}");
        }
        for part in unwanted {
            assert!(!words.contains(part), "says `{part}`:\n{words}");
        }
    }

    /// Addresses of the links that begin so, in the order of the page.
    pub(crate) fn links(&self, start: &str) -> Vec<String> {
        let mark = format!("href=\"{start}");
        let rest = self.body.split(&mark).skip(1).filter_map(|rest| rest.split_once('"'));
        rest.map(|(end, _)| format!("{start}{end}").replace("&amp;", "&")).collect()
    }

    /// The value of the first hidden field of that name.
    #[track_caller]
    pub(crate) fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.body.split(&start).nth(1).unwrap_or_else(|| panic!("no hidden `{name}` in {}", self.body));
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A file to send: field, name, bytes.
pub(crate) type Upload<'a> = (&'a str, &'a str, Vec<u8>);

impl Site {
    pub(crate) fn new(place: &Place) -> Self {
        Self::of(open(place), Options::default())
    }

    /// A server whose people sign in as that file says.
    pub(crate) fn with_sign_in(place: &Place, config: &str) -> Self {
        let vigie = open(place);
        let file = place.data.join("sign-in.toml");
        std::fs::write(&file, config).unwrap();
        let sign_in = SignInConfig::load(&file, &vigie.promise.history.base().contract).unwrap();
        Self::of(vigie, Options { sign_in: Arc::new(sign_in), ..Options::default() })
    }

    /// A server in the middle of a working morning, whenever the test runs.
    pub(crate) fn in_opening_hours(place: &Place) -> Self {
        Self::by(open(place), Options::default(), None, Clock::set_to(now()))
    }

    /// A server of demonstration, on the year that `serve --demo` shows.
    pub(crate) fn demo(place: &Place, today: Date) -> Self {
        let vigie = open_demo(place);
        seed(&vigie, today);
        Self::of(vigie, Options { demo: true, ..Options::default() })
    }

    /// A server with the desk's post.
    pub(crate) fn with_post(place: &Place) -> Self {
        Self::with(open(place), Options::default(), Some(crate::post::settings()))
    }

    fn of(vigie: Vigie, options: Options) -> Self {
        Self::with(vigie, options, None)
    }

    fn with(vigie: Vigie, options: Options, post: Option<Settings>) -> Self {
        Self::by(vigie, options, post, Clock::default())
    }

    pub(crate) fn by(vigie: Vigie, options: Options, post: Option<Settings>, clock: Clock) -> Self {
        let password_hash = hash_password("nobody-has-this-name", PASSWORD).unwrap();
        let accounts = [
            ("go.martin", "go_technician"),
            ("go.rossi", "go_technician"),
            ("roc.perrin", "roc"),
            ("cds.arnaud", "cds"),
            ("rtc.blanc", "rtc"),
            ("gestion.caron", "contract_manager"),
            ("exploitation.duval", "operations_head"),
            ("projet.simon", "customer_project_manager"),
            ("lecteur", "reader"),
            ("gestion.untel", "contract_manager"),
        ];
        for (name, role) in accounts {
            let account = Account {
                name: name.to_owned(),
                password_hash: password_hash.clone(),
                role: role.into(),
                lang: Lang::Fr,
                theme: Theme::Auto,
                created_at: Timestamp::UNIX_EPOCH,
                disabled_at: None,
                outside: None,
            };
            put_account(&vigie, &account).unwrap();
        }
        let live = Live::new(vigie, options.demo).with_clock(clock);
        let live = Arc::new(match post {
            Some(settings) => live.with_post(settings),
            None => live,
        });
        let router = router(AppState::new(live.clone(), live.clone(), options));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { router, live, runtime }
    }

    /// The present instant, as the server takes it.
    pub(crate) fn now(&self) -> Timestamp {
        self.live.now()
    }

    /// The server's own answers.
    pub(crate) fn live(&self) -> &Live {
        &self.live
    }

    fn ask(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            let body = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status, headers: parts.headers, body, bytes }
        })
    }

    /// A session of that account.
    pub(crate) fn session(&self, name: &str) -> String {
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        self.post_form("/connexion", "", &form).cookie("vigie-session").unwrap()
    }

    pub(crate) fn get(&self, session: &str, path: &str) -> Answer {
        self.ask(Request::get(path).header(header::COOKIE, session).body(Body::empty()).unwrap())
    }

    /// A token of that account that lends these rights.
    pub(crate) fn token(&self, account: &str, name: &str, scopes: &[&str]) -> String {
        let (token, hash) = fresh_token().unwrap();
        let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
        let (account, name) = (account.to_owned(), name.to_owned());
        let created_at = vigie::now::now();
        let kept = Token { hash, account, name, scopes, created_at, expires_at: None, revoked_at: None };
        put_token(self.vigie(), &kept).unwrap();
        token
    }

    /// Asks as a program does.
    pub(crate) fn call(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.ask(request.body(Body::empty()).unwrap())
    }

    /// Sends as a program does.
    pub(crate) fn send(&self, token: &str, method: Method, path: &str, body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.ask(request.body(Body::from(body.to_owned())).unwrap())
    }

    pub(crate) fn post_form(&self, path: &str, session: &str, form: &str) -> Answer {
        let request = Request::builder().method(Method::POST).uri(path).header(header::COOKIE, session);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).unwrap())
    }

    /// A form with files, as a browser sends it.
    pub(crate) fn post(&self, session: &str, path: &str, fields: &[(&str, &str)], files: &[Upload<'_>]) -> Answer {
        const MARK: &str = "a-mark-that-no-file-holds";
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: text/plain\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{MARK}--\r\n").as_bytes());
        let request = Request::post(path)
            .header(header::COOKIE, session)
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={MARK}"));
        self.ask(request.body(Body::from(body)).unwrap())
    }

    /// Opens a case at the page and gives its address.
    #[track_caller]
    pub(crate) fn opened(&self, session: &str, title: &str) -> String {
        let fields = [("classe", "incident"), ("titre", title), ("service", "toip"), ("panne", "total")];
        let answer = self.post(session, "/dossiers/nouveau", &fields, &[]);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
        answer.location().split('?').next().unwrap().to_owned()
    }

    /// Does something at the page of a case, with the version that the page shows.
    pub(crate) fn act(&self, session: &str, case: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.get(session, case).hidden("version");
        let mut all = vec![("acte", act), ("version", version.as_str())];
        all.extend_from_slice(fields);
        self.post(session, &format!("{case}/actes"), &all, &[])
    }

    /// A stream of changes.
    pub(crate) fn listen(&self, session: &str) -> axum::body::BodyDataStream {
        let request = Request::get("/dossiers/flux").header(header::COOKIE, session).body(Body::empty()).unwrap();
        let response = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        response.into_body().into_data_stream()
    }

    /// What comes next on a stream; empty at its end.
    pub(crate) fn hear(&self, stream: &mut axum::body::BodyDataStream) -> String {
        let next = self.runtime.block_on(futures_util::StreamExt::next(stream));
        next.map(|bytes| String::from_utf8_lossy(&bytes.unwrap()).into_owned()).unwrap_or_default()
    }

    /// The program behind it.
    pub(crate) fn vigie(&self) -> &Vigie {
        self.live.vigie()
    }

    /// The store behind it.
    pub(crate) fn store(&self) -> &Store {
        &self.live.vigie().store
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&self) {
        self.live.end_changes();
    }
}
