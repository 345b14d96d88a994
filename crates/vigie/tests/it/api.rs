//! The API as a program meets it: tokens, problems, keys, versions, pages.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use vigie::{
    features::people::{Account, Token, fresh_token},
    live::{Live, put_account, put_token, revoke_token},
    now::now,
    web::{AppState, Lang, Options, Theme, router},
};
use vigie_testkit::{Place, on_both};

use crate::support::{journal_lines, open};

/// A server in this process, and tokens of both sides.
struct Api {
    runtime: tokio::runtime::Runtime,
    router: Router,
    live: Arc<Live>,
    /// Of a technician of the provider.
    provider: String,
    /// Of the customer's service desk.
    customer: String,
    /// Of the same, for reading only.
    reader: String,
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    /// The kind of a problem and the fields that it names.
    fn problem(&self) -> (u16, &str, Vec<&str>) {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json", "{}", self.body);
        assert_eq!(self.body["status"], self.status.as_u16());
        assert!(self.body["instance"].as_str().unwrap().starts_with("urn:vigie:operation:"));
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let pointers = errors.iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        (self.status.as_u16(), self.body["type"].as_str().unwrap().rsplit('/').next().unwrap(), pointers)
    }
}

impl Api {
    fn new(place: &Place) -> Self {
        let vigie = open(place);
        let account = |name: &str, role: &str| Account {
            name: name.to_owned(),
            password_hash: String::new(),
            role: role.into(),
            lang: Lang::default(),
            theme: Theme::default(),
            created_at: now(),
            disabled_at: None,
            outside: None,
        };
        put_account(&vigie, &account("go.martin", "go_technician")).unwrap();
        put_account(&vigie, &account("cds.untel", "cds")).unwrap();
        let token = |account: &str, name: &str, scopes: &[&str]| {
            let (token, hash) = fresh_token().unwrap();
            let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
            let (account, name) = (account.to_owned(), name.to_owned());
            let kept = Token { hash, account, name, scopes, created_at: now(), expires_at: None, revoked_at: None };
            put_token(&vigie, &kept).unwrap();
            token
        };
        let provider = token("go.martin", "ezv", &["desk.*"]);
        let customer = token("cds.untel", "portal", &["desk.read", "desk.write"]);
        let reader = token("cds.untel", "board", &["desk.read"]);
        let live = Arc::new(Live::new(vigie, false));
        let state = AppState::new(Arc::<Live>::clone(&live), Arc::<Live>::clone(&live), Options::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, router: router(state), live, provider, customer, reader }
    }

    fn ask(&self, method: Method, path: &str, token: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &self.reader, &[], "")
    }

    fn open(&self, token: &str, title: &str) -> Answer {
        self.ask(Method::POST, "/api/v1/cases", token, &[], &case(title).to_string())
    }

    fn act(&self, token: &str, number: &str, headers: &[(&str, &str)], act: &Value) -> Answer {
        self.ask(Method::POST, &format!("/api/v1/cases/{number}/acts"), token, headers, &act.to_string())
    }
}

fn case(title: &str) -> Value {
    json!({ "class": "incident", "title": title, "requester": "Mme Untel",
            "classification": { "urgency": "U1", "impact": 1, "service": "toip" } })
}

#[test]
fn a_case_is_opened_read_worked_and_answered_by_both_sides() {
    on_both(|place| {
        let api = Api::new(place);
        let opened = api.open(&api.customer, "Plus de tonalité");
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
        let number = opened.body["number"].as_str().unwrap().to_owned();
        assert!(number.starts_with("VG-") && number.ends_with("-000001"), "{number}");
        assert_eq!(opened.header(header::LOCATION), format!("/api/v1/cases/{number}"));
        let read = api.get(opened.header(header::LOCATION));
        assert_eq!(read.header(header::ETAG), opened.header(header::ETAG));
        assert_eq!((&read.body["phase"], &read.body["priority"]), (&json!("new"), &json!("P1")));
        assert_eq!(read.body["next_due"]["clock"], "take_in");
        let same = [("if-none-match", read.header(header::ETAG))];
        let unchanged = api.ask(Method::GET, opened.header(header::LOCATION), &api.reader, &same, "");
        assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);

        let steps = [
            (&api.provider, json!({ "act": "taken_in" }), "in_progress"),
            (&api.provider, json!({ "act": "assigned", "team": "go", "assignee": "go.martin" }), "in_progress"),
            (&api.provider, json!({ "act": "paused", "reason": "user_unavailable", "text": "absente" }), "paused"),
            (&api.customer, json!({ "act": "pause_accepted" }), "paused"),
            (&api.provider, json!({ "act": "resumed" }), "in_progress"),
            (&api.provider, json!({ "act": "restored", "text": "carte changée" }), "restored"),
            (&api.customer, json!({ "act": "restoration_refused", "text": "toujours muet" }), "in_progress"),
            (&api.provider, json!({ "act": "restored", "text": "câble changé" }), "restored"),
            (&api.customer, json!({ "act": "closed" }), "closed"),
        ];
        for (token, act, phase) in steps {
            let done = api.act(token, &number, &[], &act);
            assert_eq!((done.status, &done.body["phase"]), (StatusCode::OK, &json!(phase)), "{act}: {}", done.body);
        }
    });
}

#[test]
fn a_request_is_asked_for_with_the_fields_of_its_form_and_a_change_goes_through_its_steps() {
    on_both(|place| {
        let api = Api::new(place);
        let ask = |fields: Value| {
            let body = json!({ "class": "request", "title": "Ligne", "classification": { "item": "line_create" },
                               "fields": fields });
            api.ask(Method::POST, "/api/v1/cases", &api.customer, &[], &body.to_string())
        };
        let wrong = ask(json!({ "beneficiary": "Mme Durand", "line_kind": "fax", "colour": "red" }));
        assert_eq!(wrong.problem(), (422, "invalid", vec!["/fields/site", "/fields/line_kind", "/fields/colour"]));
        let right = ask(json!({ "beneficiary": "Mme Durand", "site": "HD13", "line_kind": "dect" }));
        assert_eq!(right.status, StatusCode::CREATED, "{}", right.body);
        let read = api.get(right.header(header::LOCATION)).body;
        assert_eq!(read["fields"]["line_kind"], "dect");
        let listed = api.get("/api/v1/cases?item=line_create").body;
        assert_eq!((&listed["total"], &listed["items"][0]["fields"]), (&json!(1), &Value::Null));

        let body = json!({ "class": "change", "title": "Ouvrir une tranche" });
        let opened = api.ask(Method::POST, "/api/v1/cases", &api.provider, &[], &body.to_string());
        let number = opened.body["number"].as_str().unwrap().to_owned();
        let plan =
            json!({ "act": "planned", "detail": { "begins": "2031-03-12T19:00:00Z", "ends": "2031-03-12T21:00:00Z" } });
        let early = api.act(&api.provider, &number, &[], &plan);
        assert_eq!(early.problem(), (409, "refused", vec![]));
        assert!(early.body["detail"].as_str().unwrap().contains("type"), "{}", early.body);
        let unread = json!({ "act": "assessed", "detail": { "risk": "huge" } });
        assert_eq!(api.act(&api.provider, &number, &[], &unread).problem(), (422, "invalid", vec!["/detail"]));
        let steps = [
            json!({ "act": "assessed", "detail": { "kind": "standard" } }),
            plan,
            json!({ "act": "begun" }),
            json!({ "act": "agreed", "due": "2031-03-20T12:00:00Z" }),
            json!({ "act": "delivered", "document": "impact" }),
            json!({ "act": "restored", "text": "Ouverte" }),
        ];
        for act in steps {
            let done = api.act(&api.provider, &number, &[], &act);
            assert_eq!(done.status, StatusCode::OK, "{act}: {}", done.body);
        }
        let read = api.get(opened.header(header::LOCATION)).body;
        let offered: Vec<&str> = read["offered"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
        assert!(offered.contains(&"restoration_validated") && !offered.contains(&"planned"), "{offered:?}");
    });
}

#[test]
fn the_same_key_opens_one_case_and_another_accounts_key_is_another() {
    on_both(|place| {
        let api = Api::new(place);
        let with_key = |token: &str| {
            let body = case("Une fois").to_string();
            api.ask(Method::POST, "/api/v1/cases", token, &[("idempotency-key", "ezv-4711")], &body)
        };
        let (once, twice, other) = (with_key(&api.customer), with_key(&api.customer), with_key(&api.provider));
        assert_eq!((once.status, twice.status), (StatusCode::CREATED, StatusCode::OK));
        assert_eq!(once.body, twice.body);
        assert_ne!(once.body["number"], other.body["number"]);
    });
}

#[test]
fn a_token_opens_only_what_it_lends_and_nothing_once_revoked() {
    on_both(|place| {
        let api = Api::new(place);
        assert_eq!(api.ask(Method::GET, "/api/v1/cases", "", &[], "").problem(), (401, "token", vec![]));
        let wrong = "vgt_0000000000000000000000000000000000000000000000000000000000000000";
        let refused = api.ask(Method::GET, "/api/v1/cases", wrong, &[], "");
        assert_eq!(refused.problem(), (401, "token", vec![]));
        assert_eq!(refused.header(header::WWW_AUTHENTICATE), "Bearer");
        assert_eq!(api.open(&api.reader, "Lecture seule").problem(), (403, "forbidden", vec![]));
        let lines = api.live.vigie().store.read(vigie_store::journal::head).unwrap().size;
        assert_eq!(lines, 6, "two accounts, three tokens, one refusal");

        // Another server asks the store anew; the running one hears of it within a second.
        revoke_token(api.live.vigie(), "cds.untel", "board", now()).unwrap();
        let fresh = Live::new(api.live.vigie().clone(), false);
        let state =
            AppState::new(Arc::new(Live::new(api.live.vigie().clone(), false)), Arc::new(fresh), Options::default());
        let later = Api { router: router(state), ..api };
        assert_eq!(later.get("/api/v1/cases").problem(), (401, "token", vec![]));
    });
}

#[test]
fn values_that_cannot_be_are_refused_by_field_in_the_callers_language() {
    on_both(|place| {
        let api = Api::new(place);
        let post = |body: &str| api.ask(Method::POST, "/api/v1/cases", &api.customer, &[], body);
        for (body, pointers) in [
            ("", vec![""]),
            ("{", vec![""]),
            (r#"{"class":"incident"}"#, vec![""]),
            (r#"{"class":"ticket","title":"x"}"#, vec!["/class"]),
            (r#"{"class":"incident","title":"x","colour":"red"}"#, vec!["/colour"]),
            (r#"{"class":"incident","title":"x","classification":{"impact":4}}"#, vec!["/classification/impact"]),
            (r#"{"class":"incident","title":"  "}"#, vec!["/text"]),
            (
                r#"{"class":"incident","title":"x","vip":"king","classification":{"service":"none","item":"none"}}"#,
                vec!["/classification/service", "/classification/item", "/vip"],
            ),
        ] {
            assert_eq!(post(body).problem(), (422, "invalid", pointers), "{body}");
        }
        for (media_type, status) in [
            ("application/json", 201),
            ("application/json; charset=utf-8", 201),
            ("application/problem+json", 201),
            ("text/plain", 415),
            ("application/x-www-form-urlencoded", 415),
            ("", 415),
        ] {
            let headers = [("content-type", media_type)];
            let answer = api.ask(Method::POST, "/api/v1/cases", &api.customer, &headers, &case("Type").to_string());
            assert_eq!(answer.status.as_u16(), status, "{media_type}: {}", answer.body);
        }
        let long = case(&"é".repeat(1_001)).to_string();
        assert_eq!(post(&long).problem(), (422, "invalid", vec!["/title"]));
        assert_eq!(post(&case(&"é".repeat(1_000)).to_string()).status, StatusCode::CREATED);
        let english = api.ask(Method::POST, "/api/v1/cases", &api.customer, &[("accept-language", "en")], "{");
        assert_eq!(english.body["title"], "Values refused");
        assert_eq!(post("{").body["title"], "Valeurs refusées");
        for (body, pointer) in [
            (r#"{"class":"change","title":"x"}"#, "/class"),
            (r#"{"class":"problem","title":"x"}"#, "/class"),
            (r#"{"class":"incident","title":"x","team":"go"}"#, "/team"),
            (r#"{"class":"incident","title":"x","direct":false}"#, "/direct"),
            (
                r#"{"class":"incident","title":"x","identified":[{"source":"alert","at":"2020-01-01T00:00:00Z"}]}"#,
                "/identified",
            ),
        ] {
            assert_eq!(post(body).problem(), (422, "invalid", vec![pointer]), "the customer: {body}");
            let provider = api.ask(Method::POST, "/api/v1/cases", &api.provider, &[], body);
            assert_eq!(provider.status, StatusCode::CREATED, "the provider: {}", provider.body);
        }
        for (body, pointer) in [
            (r#"{"class":"incident","title":"x","team":"nobody"}"#, "/team"),
            (
                r#"{"class":"incident","title":"x","identified":[{"source":"alert","at":"2999-01-01T00:00:00Z"}]}"#,
                "/identified",
            ),
        ] {
            let answer = api.ask(Method::POST, "/api/v1/cases", &api.provider, &[], body);
            assert_eq!(answer.problem(), (422, "invalid", vec![pointer]), "{body}");
        }
        assert_eq!(api.get("/api/v1/cases?limit=0").problem(), (422, "invalid", vec!["/limit"]));
        assert_eq!(api.get("/api/v1/cases?cursor=x").problem(), (422, "invalid", vec!["/cursor"]));
        assert_eq!(api.get("/api/v1/cases?colour=red").problem(), (422, "invalid", vec![""]));
        assert_eq!(api.get("/api/v1/nothing").problem(), (404, "not-found", vec![]));
        let wrong_method = api.ask(Method::DELETE, "/api/v1/cases", &api.customer, &[], "");
        assert_eq!(wrong_method.problem(), (405, "method", vec![]));
    });
}

#[test]
fn a_stale_or_impossible_act_says_what_came_in_between_or_why_not() {
    on_both(|place| {
        let api = Api::new(place);
        let opened = api.open(&api.customer, "Plus de tonalité");
        let number = opened.body["number"].as_str().unwrap().to_owned();
        let seen = [("if-match", opened.header(header::ETAG))];
        let take_in = json!({ "act": "taken_in" });
        assert_eq!(api.act(&api.customer, &number, &seen, &take_in).problem(), (409, "refused", vec![]));
        assert_eq!(api.act(&api.provider, &number, &seen, &take_in).status, StatusCode::OK);
        let stale = api.act(&api.provider, &number, &seen, &json!({ "act": "noted", "text": "trop tard" }));
        assert_eq!(stale.problem(), (412, "stale", vec![]));
        assert!(stale.body["detail"].as_str().unwrap().contains("incident.taken_in"), "{}", stale.body);
        let close = api.act(&api.provider, &number, &[], &json!({ "act": "closed" }));
        assert_eq!(close.problem(), (409, "refused", vec![]));
        let wordless = api.act(&api.provider, &number, &[], &json!({ "act": "restored" }));
        assert_eq!(wordless.problem(), (422, "invalid", vec!["/text"]));
        let nowhere = api.act(&api.provider, "VG-2026-999999", &[], &take_in);
        assert_eq!(nowhere.problem(), (404, "not-found", vec![]));
        let unknown = api.act(&api.provider, &number, &[], &json!({ "act": "danced" }));
        assert_eq!(unknown.problem(), (422, "invalid", vec!["/act"]));
        for (given, pointer) in [
            (json!({ "act": "assigned", "team": "nobody" }), "/team"),
            (json!({ "act": "assigned", "team": "go", "assignee": "nobody" }), "/assignee"),
        ] {
            assert_eq!(api.act(&api.provider, &number, &[], &given).problem(), (422, "invalid", vec![pointer]));
        }
    });
}

#[test]
fn pages_of_a_list_hold_every_case_once_with_the_total() {
    on_both(|place| {
        let api = Api::new(place);
        for n in 0..7 {
            api.open(&api.customer, &format!("Appel {n}"));
        }
        let (mut path, mut numbers) = ("/api/v1/cases?limit=3".to_owned(), Vec::new());
        loop {
            let page = api.get(&path);
            assert_eq!(page.body["total"], 7);
            let items = page.body["items"].as_array().unwrap();
            numbers.extend(items.iter().map(|i| i["number"].as_str().unwrap().to_owned()));
            let Some(next) = page.body["next"].as_str() else { break };
            path = format!("/api/v1/cases?limit=3&cursor={next}");
        }
        let sorted = {
            let mut sorted = numbers.clone();
            sorted.sort_by(|a, b| b.cmp(a));
            sorted.dedup();
            sorted
        };
        assert_eq!((numbers.len(), &numbers), (7, &sorted));
        assert_eq!(api.get("/api/v1/cases?phase=new&priority=P1").body["total"], 7);
        assert_eq!(api.get("/api/v1/cases?phase=closed").body["total"], 0);
        assert_eq!(api.get("/api/v1/cases?open=true&class=request").body["total"], 0);
    });
}

#[test]
fn the_description_names_every_refusal_and_no_secret_reaches_the_journal() {
    on_both(|place| {
        let api = Api::new(place);
        let described = api.get("/api/v1/openapi.json").body;
        assert!(described["openapi"].as_str().unwrap().starts_with("3.1"), "{}", described["openapi"]);
        let refusals = &described["paths"]["/api/v1/cases/{number}/acts"]["post"]["responses"];
        for status in ["401", "403", "404", "409", "412", "413", "415", "422", "500", "503"] {
            assert!(refusals[status].is_object(), "{status} is not described");
        }
        api.open(&api.customer, "Plus de tonalité");
        let lines = journal_lines(&api.live.vigie().store).join("\n");
        for secret in [&api.customer, &api.provider, &api.reader] {
            assert!(!lines.contains(secret.as_str()));
        }
        assert!(lines.contains("account.token_created") && !lines.contains("Untel\"") && !lines.contains("tonalité"));
    });
}
