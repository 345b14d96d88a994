//! An EZV on this machine: the part of EasyVista's REST API that we speak, in memory, with its bad days.
//!
//! It answers as the real one was seen to: names in capitals, numbers as text, filters that it does not
//! understand ignored in silence. Its clock is the test's, and what it shall do wrong is said beforehand
//! ([`Failure`]), in the order in which it shall happen.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// The token that it accepts.
pub const TOKEN: &str = "a-token-that-no-log-may-show";

/// What goes wrong, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It answers with that status and does nothing.
    Status(u16),
    /// It does what it is asked, and answers that it could not.
    DoneButLost,
    /// It asks to be left alone for so many seconds.
    TooMany(u64),
    /// It never answers.
    Hang,
    /// It answers something that is not JSON.
    BadJson,
    /// It answers a list with each row twice.
    DuplicatedRows,
    /// It answers a list in the wrong order.
    Unsorted,
    /// It ignores the filter of a list.
    Unfiltered,
}

/// A question that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its method and its path, with the query as it came.
    pub what: String,
    /// Its body.
    pub body: String,
}

#[derive(Default)]
struct Inside {
    tickets: BTreeMap<String, Map<String, Value>>,
    notes: BTreeMap<String, Vec<String>>,
    failures: VecDeque<Failure>,
    broken: BTreeSet<String>,
    asked: Vec<Asked>,
    now: Timestamp,
    skew: SignedDuration,
    made: u64,
    address: String,
}

type Shared = Arc<Mutex<Inside>>;

/// A server; it ends when it is dropped.
pub struct Ezv {
    inside: Shared,
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

fn hold(shared: &Shared) -> MutexGuard<'_, Inside> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ezv {
    /// Starts one whose clock shows that instant.
    #[must_use]
    pub fn start(now: Timestamp) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for EZV");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port for EZV");
        let address = listener.local_addr().expect("the address of EZV");
        let inside: Shared = Arc::default();
        {
            let mut own = hold(&inside);
            own.now = now;
            own.address = format!("http://{address}/api/v1/50004");
        }
        let router = Router::new()
            .route("/api/v1/50004/requests", get(list).post(create))
            .route("/api/v1/50004/requests/{number}", get(read).put(change))
            .route("/api/v1/50004/requests/{number}/description", get(description))
            .route("/api/v1/50004/requests/{number}/tasks", post(note))
            .with_state(Arc::clone(&inside));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { inside, address, runtime: Some(runtime) }
    }

    /// The address of its API.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}/api/v1/50004", self.address)
    }

    /// Sets its clock.
    pub fn at(&self, now: Timestamp) {
        hold(&self.inside).now = now;
    }

    /// Lets its clock go wrong by so much.
    pub fn skew(&self, by: SignedDuration) {
        hold(&self.inside).skew = by;
    }

    /// Lets something go wrong at the next question, after what was said before.
    pub fn fail(&self, failure: Failure) {
        hold(&self.inside).failures.push_back(failure);
    }

    /// Lets it fail at every reading of one ticket, or no longer.
    pub fn break_ticket(&self, number: &str, is_broken: bool) {
        let mut inside = hold(&self.inside);
        if is_broken {
            inside.broken.insert(number.to_owned());
        } else {
            inside.broken.remove(number);
        }
    }

    /// Registers a ticket by hand, as an agent does, and gives its number.
    pub fn register(&self, prefix: &str, title: &str) -> String {
        hold(&self.inside).register(prefix, title)
    }

    /// Sets a column of a ticket, as an agent does; the ticket changes now.
    pub fn set(&self, number: &str, column: &str, value: Value) {
        hold(&self.inside).set(number, column, value);
    }

    /// Gives a ticket another status now, with what the status writes.
    pub fn status(&self, number: &str, id: u32, words: &str) {
        hold(&self.inside).status(number, id, words);
    }

    /// A ticket as it stands.
    #[must_use]
    pub fn ticket(&self, number: &str) -> Option<Value> {
        hold(&self.inside).tickets.get(number).cloned().map(Value::Object)
    }

    /// The numbers of all tickets.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        hold(&self.inside).tickets.keys().cloned().collect()
    }

    /// The notes of a ticket.
    #[must_use]
    pub fn notes(&self, number: &str) -> Vec<String> {
        hold(&self.inside).notes.get(number).cloned().unwrap_or_default()
    }

    /// What was asked since the last time.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut hold(&self.inside).asked)
    }
}

impl Drop for Ezv {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A question that hangs would be waited for.
            runtime.shutdown_background();
        }
    }
}

impl Inside {
    /// An instant as EZV writes it: milliseconds and the offset of Paris in winter.
    fn stamp(&self) -> Value {
        let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
        let now = self.now.saturating_add(self.skew).expect("a clock within bounds");
        json!(now.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string())
    }

    fn register(&mut self, prefix: &str, title: &str) -> String {
        self.made += 1;
        let number = format!("{prefix}{}_{:06}", self.now.strftime("%y%m%d"), self.made);
        let stamp = self.stamp();
        let href = format!("{}/requests/{number}", self.address);
        let Value::Object(ticket) = json!({
            "HREF": href,
            "RFC_NUMBER": number,
            "TITLE": title,
            "STATUS": { "STATUS_ID": "1", "STATUS_GUID": "{1}", "STATUS_FR": "Nouveau", "STATUS_EN": "New" },
            "SUBMIT_DATE_UT": stamp,
            "LAST_UPDATE": stamp,
            "EXTERNAL_REFERENCE": "",
            "DESCRIPTION": { "HREF": format!("{href}/description") },
            "URGENCY_ID": "1",
            "IMPACT_ID": "2",
            "REQUESTOR": { "LAST_NAME": "Untel, Camille", "E_MAIL": "camille.untel@cd13.example", "PHONE_NUMBER": "" },
            "LOCATION": { "LOCATION_FR": "Hôtel du Département", "CITY": "Marseille" },
            "GROUP": { "GROUP_FR": "SESN CALLIPSO" },
            "E_A_COLUMN_OF_THIS_HOUSE": [1, 2, { "any": "thing" }],
        }) else {
            unreachable!("an object was written")
        };
        self.tickets.insert(number.clone(), ticket);
        number
    }

    fn set(&mut self, number: &str, column: &str, value: Value) {
        let stamp = self.stamp();
        let ticket = self.tickets.get_mut(number).expect("a ticket of that number");
        ticket.insert(column.to_owned(), value);
        ticket.insert("LAST_UPDATE".to_owned(), stamp);
    }

    fn status(&mut self, number: &str, id: u32, words: &str) {
        let stamp = self.stamp();
        let status = json!({ "STATUS_ID": id.to_string(), "STATUS_GUID": format!("{{{id}}}"), "STATUS_FR": words });
        self.set(number, "STATUS", status);
        let first = |ticket: &Map<String, Value>, column: &str| !ticket.contains_key(column);
        let ticket = self.tickets.get(number).expect("a ticket of that number").clone();
        match words {
            "En cours" if first(&ticket, "BEGIN_OF_HANDLING_UT") => self.set(number, "BEGIN_OF_HANDLING_UT", stamp),
            "Résolu" => self.set(number, "END_DATE_UT", stamp),
            "Clôturé" => {
                if first(&ticket, "END_DATE_UT") {
                    self.set(number, "END_DATE_UT", stamp.clone());
                }
                self.set(number, "CLOSING_DATE_UT", stamp);
            }
            _ => {}
        }
    }
}

/// What a handler may go on with.
#[derive(Default)]
struct Go {
    /// It is done, and the answer is lost.
    lost: bool,
    /// What is wrong with the list.
    list: Option<Failure>,
}

enum Turn {
    Go(Go),
    Answer(Response),
    Hang,
}

/// What a handler answers, or what stands in its way.
type Answer = Result<Response, Response>;

/// Whose turn it is: what a handler goes on with, or the answer instead.
async fn allowed(
    shared: &Shared,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Go, Response> {
    match turn(shared, method, uri, headers, body) {
        Turn::Go(go) => Ok(go),
        Turn::Answer(answer) => Err(answer),
        Turn::Hang => Err(hang().await),
    }
}

fn turn(shared: &Shared, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Turn {
    let mut inside = hold(shared);
    let what = format!("{method} {uri}");
    inside.asked.push(Asked { what, body: String::from_utf8_lossy(body).into_owned() });
    if headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(&format!("Bearer {TOKEN}")) {
        return Turn::Answer(refuse(401, "Invalid Login / Password"));
    }
    match inside.failures.pop_front() {
        None => Turn::Go(Go::default()),
        Some(Failure::Status(status)) => Turn::Answer(refuse(status, "a bad day")),
        Some(Failure::DoneButLost) => Turn::Go(Go { lost: true, list: None }),
        Some(Failure::TooMany(seconds)) => {
            let mut answer = refuse(429, "too many questions");
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Turn::Answer(answer)
        }
        Some(Failure::Hang) => Turn::Hang,
        Some(Failure::BadJson) => Turn::Answer((StatusCode::OK, "{\"records\": [").into_response()),
        Some(list) => Turn::Go(Go { lost: false, list: Some(list) }),
    }
}

async fn hang() -> Response {
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    refuse(504, "late")
}

fn refuse(status: u16, why: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, axum::Json(json!({ "error": why }))).into_response()
}

fn made(lost: bool, address: &str, number: &str) -> Response {
    if lost {
        return refuse(500, "the answer was lost");
    }
    (StatusCode::CREATED, axum::Json(json!({ "HREF": format!("{address}/requests/{number}") }))).into_response()
}

async fn list(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    let failure = allowed(&shared, &method, &uri, &headers, &Bytes::new()).await?.list;
    let inside = hold(&shared);
    let text = |t: &Map<String, Value>, column: &str| t.get(column).and_then(Value::as_str).unwrap_or("").to_owned();
    let search = query.get("search").cloned().unwrap_or_default();
    let search = if failure == Some(Failure::Unfiltered) { String::new() } else { search };
    let instant = |text: &str| text.parse::<Timestamp>().ok();
    let since = search.strip_prefix("LAST_UPDATE:(").and_then(|s| instant(s.strip_suffix(";)")?));
    let exact = search.split_once(":\"").and_then(|(column, rest)| Some((column.to_owned(), rest.strip_suffix('"')?)));
    let mut found: Vec<Map<String, Value>> = inside
        .tickets
        .values()
        .filter(|t| since.is_none_or(|since| instant(&text(t, "LAST_UPDATE")).is_some_and(|at| at >= since)))
        .filter(|t| exact.as_ref().is_none_or(|(column, value)| text(t, column) == *value))
        .cloned()
        .collect();
    if query.get("sort").is_some_and(|s| s == "LAST_UPDATE ASC") {
        found.sort_by_key(|t| instant(&text(t, "LAST_UPDATE")));
    }
    let number = |name: &str, usual: usize| query.get(name).and_then(|n| n.parse().ok()).unwrap_or(usual);
    let total = found.len();
    let page: Vec<Value> = found
        .into_iter()
        .skip(number("offset", 0))
        .take(number("max_rows", 100))
        .map(|mut t| {
            // A projection drops all that it does not name, nested objects before all.
            if let Some(fields) = query.get("fields") {
                t.retain(|column, _| fields.split(',').any(|f| f == column));
            }
            Value::Object(t)
        })
        .collect();
    let mut records = page.clone();
    match failure {
        Some(Failure::DuplicatedRows) => records = page.iter().flat_map(|r| [r.clone(), r.clone()]).collect(),
        Some(Failure::Unsorted) => records.reverse(),
        _ => {}
    }
    let answer = json!({
        "HREF": format!("{}/requests", inside.address),
        "record_count": records.len().to_string(),
        "total_record_count": total.to_string(),
        "records": records,
    });
    Ok(axum::Json(answer).into_response())
}

async fn create(State(shared): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Answer {
    let lost = allowed(&shared, &method, &uri, &headers, &body).await?.lost;
    let mut inside = hold(&shared);
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(asked) = sent.pointer("/requests/0").and_then(Value::as_object).cloned() else {
        return Err(refuse(400, "no requests"));
    };
    let Some(subject) = asked.get("catalog_code").and_then(Value::as_str) else {
        return Err(refuse(590, "no subject"));
    };
    let prefix = if subject.contains("INC") { "I" } else { "S" };
    let number = inside.register(prefix, asked.get("title").and_then(Value::as_str).unwrap_or(""));
    let reference = asked.get("external_reference").cloned().unwrap_or_default();
    inside.set(&number, "EXTERNAL_REFERENCE", reference);
    if let Some(text) = asked.get("description") {
        inside.set(&number, "_DESCRIPTION", text.clone());
    }
    Ok(made(lost, &inside.address, &number))
}

async fn read(
    State(shared): State<Shared>,
    Path(number): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    allowed(&shared, &method, &uri, &headers, &Bytes::new()).await?;
    let inside = hold(&shared);
    match inside.tickets.get(&number) {
        Some(_) if inside.broken.contains(&number) => Err(refuse(500, "this ticket is damaged")),
        Some(ticket) => Ok(axum::Json(ticket).into_response()),
        None => Err(refuse(404, "unknown")),
    }
}

async fn description(
    State(shared): State<Shared>,
    Path(number): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Answer {
    allowed(&shared, &method, &uri, &headers, &Bytes::new()).await?;
    let inside = hold(&shared);
    let text = inside.tickets.get(&number).and_then(|t| t.get("_DESCRIPTION")).cloned().unwrap_or_else(|| json!(""));
    Ok(axum::Json(json!({ "HREF": uri.path(), "DESCRIPTION": text })).into_response())
}

async fn change(
    State(shared): State<Shared>,
    Path(number): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let lost = allowed(&shared, &method, &uri, &headers, &body).await?.lost;
    let mut inside = hold(&shared);
    if !inside.tickets.contains_key(&number) {
        return Err(refuse(404, "unknown"));
    }
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(reference) = sent.get("external_reference") {
        inside.set(&number, "EXTERNAL_REFERENCE", reference.clone());
    } else if sent.get("suspended").is_some() {
        inside.status(&number, 10, "Suspendu");
    } else if sent.get("restarted").is_some() {
        inside.status(&number, 12, "En cours");
    } else if let Some(closed) = sent.get("closed") {
        let resolved = closed.get("status_guid").and_then(Value::as_str) == Some("{5}");
        let (id, words) = if resolved { (5, "Résolu") } else { (8, "Clôturé") };
        inside.status(&number, id, words);
    } else {
        return Err(refuse(400, "Nothing to update"));
    }
    Ok(made(lost, &inside.address, &number))
}

async fn note(
    State(shared): State<Shared>,
    Path(number): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let lost = allowed(&shared, &method, &uri, &headers, &body).await?.lost;
    let mut inside = hold(&shared);
    let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = sent.get("description").and_then(Value::as_str).unwrap_or("").to_owned();
    inside.notes.entry(number.clone()).or_default().push(text);
    // A note changes its ticket.
    let reference = inside.tickets.get(&number).and_then(|t| t.get("EXTERNAL_REFERENCE")).cloned().unwrap_or_default();
    inside.set(&number, "EXTERNAL_REFERENCE", reference);
    Ok(made(lost, &inside.address, &number))
}
