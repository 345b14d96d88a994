//! What is refused, before a provider on this machine.

use serde_json::{Value, json};
use vigie_testkit::provider::{CLIENT, Provider as Other, parameter};

use super::*;

const NOON: &str = "2026-03-12T12:00:00Z";

fn now() -> Timestamp {
    NOON.parse().unwrap()
}

fn provider(other: &Other) -> Provider {
    Provider::new(Settings {
        issuer: other.issuer(),
        client_id: CLIENT.to_owned(),
        client_secret: Some("a secret".to_owned()),
        scopes: vec!["profile".to_owned()],
        name: "preferred_username".to_owned(),
        groups: "groups".to_owned(),
        hosts: Vec::new(),
        back: "http://localhost/back".to_owned(),
        after: "http://localhost/".to_owned(),
    })
    .unwrap()
}

/// Claims that hold at noon, with others instead.
fn claims(nonce: &str, instead: &Value) -> Value {
    let at = now().as_second();
    let mut claims = json!({
        "sub": "s-1", "preferred_username": "Alice", "groups": ["cds"], "nonce": nonce, "iat": at, "exp": at + 300
    });
    for (name, value) in instead.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

/// A whole sign-in at an instant.
fn vouch(provider: &Provider, other: &Other, instead: &Value, at: Timestamp) -> Result<Vouched, AskError> {
    let begun = provider.begin("state", at)?;
    let nonce = parameter(&begun.url, "nonce");
    assert_eq!(nonce, begun.nonce);
    let code = other.code(&parameter(&begun.url, "code_challenge"), claims(&nonce, instead));
    provider.finish(&code, &begun.nonce, begun.verifier, at)
}

#[track_caller]
fn refused(found: Result<Vouched, AskError>, told: &str) {
    let said = found.unwrap_err().to_string();
    assert!(said.contains(told), "{said}");
}

#[test]
fn who_is_vouched_for_has_the_name_and_the_groups_of_the_token() {
    let other = Other::start();
    let provider = provider(&other);
    let url = provider.begin("the-state", now()).unwrap().url;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("state", "the-state"),
        ("code_challenge_method", "S256"),
        ("scope", "openid+profile"),
        ("redirect_uri", "http%3A%2F%2Flocalhost%2Fback"),
    ] {
        assert_eq!(parameter(&url, name), value, "{url}");
    }
    let found = vouch(&provider, &other, &json!({}), now()).unwrap();
    let expected = Vouched {
        subject: "s-1".to_owned(),
        name: Some("alice".to_owned()),
        groups: vec!["cds".to_owned()],
        refresh: Some("refresh".to_owned()),
    };
    assert_eq!(found, expected);
    assert!(provider.sign_out(now()).unwrap().starts_with(&format!("{}/end?client_id=vigie", other.issuer())));
}

#[test]
fn a_token_of_another_issuer_audience_sign_in_or_time_is_refused() {
    let other = Other::start();
    let provider = provider(&other);
    let at = now().as_second();
    for (instead, told) in [
        (json!({"iss": "http://127.0.0.1:1"}), "issuer"),
        (json!({"aud": "somebody"}), "audience"),
        (json!({"aud": [CLIENT, "somebody"]}), "not a trusted audience"),
        (json!({"azp": "somebody"}), "another party"),
        (json!({"nonce": "another"}), "nonce mismatch"),
        (json!({"nonce": null}), "missing nonce"),
        (json!({"exp": at - 60}), "expired"),
        (json!({"iat": at + 61}), "future"),
        (json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}), "another access token"),
    ] {
        refused(vouch(&provider, &other, &instead, now()), told);
    }
    for instead in [json!({"exp": at - 59}), json!({"iat": at + 60}), json!({"azp": CLIENT})] {
        assert!(vouch(&provider, &other, &instead, now()).is_ok(), "{instead}");
    }
}

#[test]
fn a_token_without_a_signature_or_with_a_shared_secret_is_refused() {
    let other = Other::start();
    let provider = provider(&other);
    for algorithm in ["none", "HS256", "RS256"] {
        other.write_algorithm(algorithm);
        assert!(matches!(vouch(&provider, &other, &json!({}), now()), Err(AskError::Token { .. })), "{algorithm}");
    }
}

#[test]
fn a_new_key_is_fetched_once_when_a_token_names_it() {
    let other = Other::start();
    let provider = provider(&other);
    assert!(vouch(&provider, &other, &json!({}), now()).is_ok());
    _ = other.asked();
    assert!(vouch(&provider, &other, &json!({}), now()).is_ok());
    assert_eq!(other.asked(), ["/token"], "what is known is not asked again");
    other.turn_key();
    assert!(vouch(&provider, &other, &json!({}), now()).is_ok());
    assert_eq!(other.asked(), ["/token", "/.well-known/openid-configuration", "/keys"]);
    assert!(vouch(&provider, &other, &json!({}), now()).is_ok());
    assert_eq!(other.asked(), ["/token"]);
}

#[test]
fn a_code_opens_once_and_only_for_who_began() {
    let other = Other::start();
    let provider = provider(&other);
    let begun = provider.begin("state", now()).unwrap();
    let challenge = parameter(&begun.url, "code_challenge");
    let stolen = other.code(&challenge, claims(&begun.nonce, &json!({})));
    let another = provider.begin("state", now()).unwrap();
    let found = provider.finish(&stolen, &another.nonce, another.verifier, now());
    assert!(matches!(found, Err(AskError::Spent { .. })), "{found:?}");
    for code in [String::new(), "x".repeat(4_001)] {
        _ = other.asked();
        let begun = provider.begin("state", now()).unwrap();
        assert!(matches!(provider.finish(&code, "n", begun.verifier, now()), Err(AskError::Spent { .. })));
        assert_eq!(other.asked(), Vec::<String>::new(), "nothing is asked");
    }
}

#[test]
fn what_the_token_leaves_out_the_userinfo_says_of_the_same_person_only() {
    let other = Other::start();
    let provider = provider(&other);
    let without = json!({"preferred_username": null, "groups": null});
    other.tell(json!({"sub": "s-1", "preferred_username": "bob", "groups": ["roc"]}));
    let found = vouch(&provider, &other, &without, now()).unwrap();
    assert_eq!((found.name.as_deref(), found.groups), (Some("bob"), vec!["roc".to_owned()]));
    other.tell(json!({"sub": "s-2", "preferred_username": "bob", "groups": ["roc"]}));
    assert!(matches!(vouch(&provider, &other, &without, now()), Err(AskError::Token { .. })));
}

#[test]
fn whoever_has_left_or_is_somebody_else_is_vouched_for_no_more() {
    let other = Other::start();
    let provider = provider(&other);
    assert_eq!(provider.again("refresh", "s-1", now()).unwrap(), None);
    let again = |claims: Value| {
        other.renew(Some(claims));
        provider.again("refresh", "s-1", now()).unwrap().map(|v| v.groups)
    };
    assert_eq!(again(claims("", &json!({"nonce": null, "groups": ["roc"]}))), Some(vec!["roc".to_owned()]));
    assert_eq!(again(claims("", &json!({"sub": "s-2"}))), None);
}

#[test]
fn a_provider_that_is_silent_or_sends_us_elsewhere_is_not_followed() {
    let other = Other::start();
    let silent = Other::start();
    let quiet = provider(&silent);
    drop(silent);
    assert!(matches!(quiet.begin("state", now()), Err(AskError::Silent(_))));
    other.keep_keys_at("http://127.0.0.1:1");
    assert!(matches!(provider(&other).begin("state", now()), Err(AskError::Elsewhere { .. })));
    other.keep_keys_at(&other.issuer());
    // Named by another address, it says that it is another.
    let port = other.issuer().rsplit(':').next().unwrap().to_owned();
    let mut settings = provider(&other).settings.clone();
    settings.issuer = format!("http://localhost:{port}");
    assert!(matches!(Provider::new(settings.clone()).unwrap().begin("state", now()), Err(AskError::Unusable { .. })));
    settings.issuer = "http://idp.example".to_owned();
    assert!(Provider::new(settings).is_err(), "in the clear");
}
