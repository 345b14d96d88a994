//! The second factor, as people set it up, use it and lose it.

use axum::http::StatusCode;
use jiff::ToSpan as _;
use totp_rs::{Builder, Secret};
use vigie::{
    features::people::{Factors as _, Pending},
    live::{self, Live},
};
use vigie_testkit::{Place, on_both};

use crate::{
    site::{Answer, PASSWORD, Site},
    support::{journal_lines, now, open, reading, run},
};

const FACTOR: &str = "/compte/second-facteur";

/// The code that an application with this secret shows so many seconds from now.
fn code(secret: &str, later_s: i64) -> String {
    let at = vigie::now::now().as_second() + later_s;
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect::<Vec<_>>().join("&")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).unwrap_or_else(|| panic!("no `{start}` in {text}")).split(end).next().unwrap()
}

/// Sets a factor up; gives the secret and the recovery codes.
pub(crate) fn set_up(site: &Site, session: &str) -> (String, Vec<String>) {
    let page = site.post_form(&format!("{FACTOR}/secret"), session, &form(&[("password", PASSWORD)]));
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    assert!(page.body.contains("src=\"data:image/svg+xml;base64,"));
    let secret = between(&page.body, "id=\"secret\">", "<").replace(' ', "");
    let page = site.post_form(FACTOR, session, &form(&[("code", &code(&secret, 0))]));
    let codes: Vec<String> =
        page.body.split("<li><code>").skip(1).map(|c| c.split('<').next().unwrap().into()).collect();
    assert_eq!(codes.len(), 10, "{}", page.words());
    (secret, codes)
}

fn password(site: &Site, name: &str) -> Answer {
    site.post_form("/connexion", "", &form(&[("name", name), ("password", PASSWORD), ("retour", "/compte")]))
}

/// Gives the password, then that code.
fn sign_in(site: &Site, name: &str, code: &str) -> Answer {
    let first = password(site, name);
    assert_eq!(first.location(), "/connexion/code?retour=/compte");
    assert!(first.cookie("vigie-session").is_none(), "a password alone opens nothing");
    let waiting = first.cookie("vigie-second").unwrap();
    let page = site.get(&waiting, "/connexion/code?retour=/compte");
    assert!(page.words().contains(name), "{}", page.words());
    site.post_form("/connexion/code", &waiting, &form(&[("code", code), ("retour", "/compte")]))
}

fn opens(answer: &Answer) -> bool {
    let opened = answer.cookie("vigie-session").is_some();
    assert_eq!(answer.status, if opened { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED });
    opened
}

#[test]
fn a_secret_that_waits_for_its_code_is_not_shown_to_a_session_that_guesses() {
    on_both(|place| {
        let site = Site::new(place);
        let (owner, stolen) = (site.session("go.martin"), site.session("go.martin"));
        let begun = format!("password={}", PASSWORD.replace(' ', "+"));
        let shown = site.post_form(&format!("{FACTOR}/secret"), &owner, &begun);
        assert!(shown.body.contains("id=\"secret\""));
        let guess = site.post_form(FACTOR, &stolen, "code=000000");
        assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!guess.body.contains("id=\"secret\"") && !guess.body.contains("class=\"qr\""), "shown once");
        // Guesses count where wrong passwords do.
        let last = (0..20).map(|_| site.post_form(FACTOR, &stolen, "code=000000").status).last();
        assert_eq!(last, Some(StatusCode::TOO_MANY_REQUESTS));
    });
}

#[test]
fn codes_and_recovery_codes_open_once_and_leave_their_traces_without_secrets() {
    on_both(|place| {
        let site = Site::new(place);
        let (session, elsewhere) = (site.session("go.martin"), site.session("go.martin"));
        site.get(&session, "/compte").says(&["Second facteur"], &[]);

        let wrong = site.post_form(&format!("{FACTOR}/secret"), &session, "password=not+the+password");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.body.contains("id=\"secret\""), "a stolen session sets no factor");
        let (secret, codes) = set_up(&site, &session);
        assert_eq!(site.get(&elsewhere, "/compte").status, StatusCode::SEE_OTHER, "the other browser is signed out");
        let shown = site.get(&session, FACTOR);
        shown.says(&["10 codes de secours restent"], &[&codes[0]]);
        assert!(!shown.body.contains(&secret), "shown once");

        assert!(!opens(&sign_in(&site, "go.martin", "000 000")));
        // The code that confirmed is used up: the next one is taken, once.
        assert!(!opens(&sign_in(&site, "go.martin", &code(&secret, 0))));
        let next = code(&secret, 30);
        assert!(opens(&sign_in(&site, "go.martin", &next)));
        assert!(!opens(&sign_in(&site, "go.martin", &next)));
        let recovery = codes[3].to_uppercase().replace('-', " ");
        assert!(opens(&sign_in(&site, "go.martin", &recovery)));
        site.get(&session, FACTOR).says(&["9 codes de secours restent"], &[]);
        assert!(!opens(&sign_in(&site, "go.martin", &recovery)));

        let kinds = [
            "account.sign_in_refused",
            "account.second_factor_set",
            "account.recovery_code_used",
            "\"second\":\"totp\"",
            "\"second\":\"recovery_code\"",
            "\"second\":true",
        ];
        let journal = journal_lines(site.store()).join("\n");
        for kind in kinds {
            assert!(journal.contains(kind), "{kind} in {journal}");
        }
        let letters: Vec<String> = codes.iter().map(|c| c.replace('-', "")).collect();
        for secret in codes.iter().chain(&letters).chain([&secret]) {
            assert!(!journal.contains(secret.as_str()));
        }
        if place.url.is_none() {
            let raw = Secret::try_from_base32(&secret).unwrap();
            for file in ["vigie.db", "vigie.db-wal", "vigie.sqlite", "vigie.sqlite-wal"] {
                let bytes = std::fs::read(place.data.join(file)).unwrap_or_default();
                assert!(!bytes.windows(20).any(|w| w == raw.as_ref()), "{file} holds the secret");
            }
        }
    });
}

#[test]
fn other_codes_replace_all_earlier_ones_and_without_the_factor_a_password_is_enough() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let (_, codes) = set_up(&site, &session);
        let page = site.post_form(&format!("{FACTOR}/codes"), &session, &form(&[("code", &codes[0])]));
        let fresh = between(&page.body, "<li><code>", "<").to_owned();
        assert!(!opens(&sign_in(&site, "go.martin", &codes[1])));
        let page = site.post_form(&format!("{FACTOR}/retrait"), &session, &form(&[("code", &codes[1])]));
        page.says(&["Rien n'a été changé"], &[]);
        let page = site.post_form(&format!("{FACTOR}/retrait"), &session, &form(&[("code", &fresh)]));
        page.says(&["Commencer"], &[]);
        assert!(opens(&password(&site, "go.martin")));

        // Both phone and codes are lost: the operator forgets the factor.
        set_up(&site, &session);
        let removed = live::remove_factor(&open_again(site, place), "go.martin", now()).unwrap();
        assert!(removed);
        run(place, &["account", "forget-factor", "GO.Martin"]).refused(1, &["`go.martin` has no second factor"]);
        let journal = journal_lines(&reading(place)).join("\n");
        assert_eq!(journal.matches("account.second_factor_removed").count(), 2);
        assert_eq!(journal.matches("account.recovery_codes_replaced").count(), 1);
    });
}

/// The data again, after the server is gone.
fn open_again(site: Site, place: &Place) -> vigie::app::Vigie {
    drop(site);
    open(place)
}

#[test]
fn wrong_codes_and_wrong_passwords_count_at_one_door() {
    on_both(|place| {
        let site = Site::new(place);
        let (secret, codes) = set_up(&site, &site.session("go.martin"));
        let wrong = form(&[("name", "go.martin"), ("password", "not the password")]);
        for n in 0..2 {
            assert_eq!(site.post_form("/connexion", "", &wrong).status, StatusCode::UNAUTHORIZED, "password {n}");
        }
        let waiting = password(&site, "go.martin").cookie("vigie-second").unwrap();
        let give = |code: &str| site.post_form("/connexion/code", &waiting, &form(&[("code", code)])).status;
        for n in 0..3 {
            assert_eq!(give("000000"), StatusCode::UNAUTHORIZED, "code {n}");
        }
        // Five in all: neither the right code nor the right password is looked at.
        assert_eq!(give(&code(&secret, 30)), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(give(&codes[0]), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(password(&site, "go.martin").status, StatusCode::TOO_MANY_REQUESTS);
        assert!(opens(&password(&site, "go.rossi")), "the neighbour is not locked");
    });
}

#[test]
fn a_role_that_must_have_a_second_factor_opens_no_page_before() {
    on_both(|place| {
        let site = Site::with_sign_in(place, "[second_factor]\nrequired = [\"go_technician\"]");
        let session = site.session("go.martin");
        for path in ["/", "/dossiers", "/contrat", "/dossiers/flux", "/avis"] {
            assert_eq!(site.get(&session, path).location(), FACTOR, "{path}");
        }
        let page = site.get(&session, FACTOR);
        page.says(&["Votre rôle demande un second facteur"], &["Dossiers"]);
        assert_eq!(site.get(&site.session("cds.arnaud"), "/dossiers").status, StatusCode::OK, "another role");
        set_up(&site, &session);
        assert_eq!(site.get(&session, "/dossiers").status, StatusCode::OK);
        site.get(&session, FACTOR).says(&["Dossiers"], &["Votre rôle demande"]);
    });
}

#[test]
fn a_code_is_awaited_for_five_minutes_after_the_password_and_in_one_browser() {
    on_both(|place| {
        let site = Site::new(place);
        set_up(&site, &site.session("go.martin"));
        let answer = site.get("", "/connexion/code?retour=/dossiers");
        answer.says(&["Le code n'est plus attendu", "Mot de passe"], &[]);
        assert!(answer.body.contains("name=\"retour\" value=\"/dossiers\""));
        let answer = site.post_form("/connexion/code", "vigie-second=0000", "code=000000");
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        answer.says(&["Le code n'est plus attendu"], &[]);
        drop(site);

        let live = Live::new(open(place), false);
        let (hash, at) = ([7; 32], now());
        let pending = Pending::Second { account: "go.martin".to_owned(), through: None };
        live.wait(&hash, &pending, at + 5.minutes(), at).unwrap();
        assert_eq!(live.pending(&hash, at + 299.seconds()).unwrap(), Some(pending));
        assert_eq!(live.pending(&hash, at + 300.seconds()).unwrap(), None);
        assert!(live.end_wait(&hash).unwrap() && !live.end_wait(&hash).unwrap(), "it ends once");
    });
}
