//! An OpenID Connect provider on this machine, which says whatever a test wants said.
//!
//! It has no page to sign in at: a test takes nonce and challenge out of the address that a browser would be sent
//! to, and asks for a code. It checks the proof of the code (RFC 7636), and gives each code once.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What it calls us.
pub const CLIENT: &str = "vigie";

struct Inside {
    key: u8,
    algorithm: String,
    codes: HashMap<String, (String, Value)>,
    renewed: Option<Value>,
    userinfo: Value,
    keys_at: String,
    asked: Vec<String>,
}

type Shared = Arc<Mutex<Inside>>;

/// A provider; it ends when it is dropped.
pub struct Provider {
    inside: Shared,
    address: SocketAddr,
    runtime: Option<tokio::runtime::Runtime>,
}

fn hold(shared: &Shared) -> MutexGuard<'_, Inside> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider {
    /// Starts one that knows nobody.
    #[must_use]
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for a provider");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Mutex::new(Inside {
            key: 1,
            algorithm: "EdDSA".to_owned(),
            codes: HashMap::new(),
            renewed: None,
            userinfo: json!({}),
            keys_at: format!("http://{address}"),
            asked: Vec::new(),
        }));
        let router = Router::new().fallback(answer).with_state((Arc::clone(&inside), format!("http://{address}")));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { inside, address, runtime: Some(runtime) }
    }

    /// Its issuer.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Signs with another key from now on, and shows no other.
    pub fn turn_key(&self) {
        let mut inside = hold(&self.inside);
        inside.key = inside.key.wrapping_add(1);
    }

    /// Writes another algorithm into its tokens; `none` leaves the signature out.
    pub fn write_algorithm(&self, algorithm: &str) {
        algorithm.clone_into(&mut hold(&self.inside).algorithm);
    }

    /// A code that gives a token of these claims to whoever began with that challenge.
    #[must_use]
    pub fn code(&self, challenge: &str, claims: Value) -> String {
        let mut inside = hold(&self.inside);
        let code = format!("code-{}", inside.asked.len() + inside.codes.len());
        inside.codes.insert(code.clone(), (challenge.to_owned(), claims));
        code
    }

    /// What it says from now on when it is asked again; nothing makes it refuse.
    pub fn renew(&self, claims: Option<Value>) {
        hold(&self.inside).renewed = claims;
    }

    /// What its userinfo says.
    pub fn tell(&self, claims: Value) {
        hold(&self.inside).userinfo = claims;
    }

    /// Says that its keys are at another host.
    pub fn keep_keys_at(&self, origin: &str) {
        origin.clone_into(&mut hold(&self.inside).keys_at);
    }

    /// The paths that were asked for since the last time.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut hold(&self.inside).asked)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The value of a parameter of a query.
#[must_use]
pub fn parameter(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').unwrap_or_default();
    of_form(query, name)
}

fn of_form(form: &str, name: &str) -> String {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(n, _)| *n == name).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
}

async fn answer(State((shared, issuer)): State<(Shared, String)>, uri: Uri, body: String) -> Response {
    let mut inside = hold(&shared);
    inside.asked.push(uri.path().to_owned());
    let said = match uri.path() {
        "/.well-known/openid-configuration" => Some(json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{}/keys", inside.keys_at),
            "end_session_endpoint": format!("{issuer}/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        })),
        "/keys" => Some(json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": format!("key-{}", inside.key),
            "x": BASE64.encode(signing(inside.key).verifying_key().as_bytes()),
        }]})),
        "/token" => token(&mut inside, &issuer, &body),
        "/userinfo" => Some(inside.userinfo.clone()),
        _ => None,
    };
    let (status, said) = match said {
        Some(said) => (StatusCode::OK, said),
        None => (StatusCode::BAD_REQUEST, json!({"error": "invalid_grant"})),
    };
    (status, [(header::CONTENT_TYPE, "application/json")], said.to_string()).into_response()
}

fn token(inside: &mut Inside, issuer: &str, body: &str) -> Option<Value> {
    let claims = if of_form(body, "grant_type") == "refresh_token" {
        inside.renewed.clone()?
    } else {
        let (challenge, claims) = inside.codes.remove(&of_form(body, "code"))?;
        let proof = BASE64.encode(Sha256::digest(of_form(body, "code_verifier").as_bytes()));
        (proof == challenge).then_some(claims)?
    };
    let mut all = json!({"iss": issuer, "aud": CLIENT});
    let said = claims.as_object().expect("claims are an object").clone();
    all.as_object_mut().expect("an object").extend(said);
    Some(json!({
        "access_token": "access", "token_type": "Bearer", "expires_in": 60, "refresh_token": "refresh",
        "id_token": signed(inside, &all),
    }))
}

fn signing(key: u8) -> SigningKey {
    SigningKey::from_bytes(&[key; 32])
}

fn signed(inside: &Inside, claims: &Value) -> String {
    let head = json!({"alg": inside.algorithm, "kid": format!("key-{}", inside.key)});
    let text = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(claims.to_string()));
    let signature = signing(inside.key).sign(text.as_bytes()).to_bytes();
    if inside.algorithm == "none" { format!("{text}.") } else { format!("{text}.{}", BASE64.encode(signature)) }
}
