//! People whom a provider vouches for, before one on this machine.

use axum::http::StatusCode;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use vigie::{
    features::people::{Back, Leave, Refusal, Return, SignIn, SignInConfig, come_back, leave, resume},
    live::Live,
};
use vigie_testkit::{
    Place, on_both,
    provider::{CLIENT, Provider, parameter},
};

use crate::{
    site::{Answer, Site},
    support::{journal_lines, now, open},
};

/// The file of sign-in for that provider; `more` stands in it.
fn file(other: &Provider, more: &str) -> String {
    format!(
        "address = \"http://localhost:8013\"\n\
         [[provider]]\nid = \"cd13\"\nlabel = {{ fr = \"Compte du Département\", en = \"Department account\" }}\n\
         issuer = \"{}\"\nclient_id = \"{CLIENT}\"\nside = \"customer\"\n{more}\n\
         [[provider.role]]\ngroup = \"cds\"\nrole = \"cds\"\n\
         [[provider.role]]\ngroup = \"chiefs\"\nrole = \"operations_head\"\n",
        other.issuer()
    )
}

/// Claims of somebody in that group, around an instant.
fn claims(subject: &str, name: &str, group: &str, nonce: &str, at: Timestamp) -> Value {
    let at = at.as_second();
    json!({
        "sub": subject, "preferred_username": name, "groups": [group], "nonce": nonce, "iat": at, "exp": at + 300
    })
}

/// A browser that went to the provider.
struct Away {
    cookie: String,
    url: String,
}

fn away(site: &Site) -> Away {
    let answer = site.get("", "/connexion/fournisseur/cd13?retour=/compte");
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    Away { cookie: answer.cookie("vigie-away").unwrap(), url: answer.location() }
}

fn code(other: &Provider, away: &Away, (subject, name, group): (&str, &str, &str)) -> String {
    let claims = claims(subject, name, group, &parameter(&away.url, "nonce"), vigie::now::now());
    other.code(&parameter(&away.url, "code_challenge"), claims)
}

fn back(site: &Site, cookie: &str, state: &str, code: &str) -> Answer {
    site.get(cookie, &format!("/connexion/fournisseur/cd13/retour?state={state}&code={code}"))
}

/// A whole sign-in.
fn enter(site: &Site, other: &Provider, who: (&str, &str, &str)) -> Answer {
    let away = away(site);
    let code = code(other, &away, who);
    back(site, &away.cookie, &parameter(&away.url, "state"), &code)
}

#[test]
fn people_of_a_provider_enter_with_the_role_of_their_first_group_and_leave_entries() {
    on_both(|place| {
        let other = Provider::start();
        let site = Site::with_sign_in(place, &file(&other, ""));
        site.get("", "/connexion").says(&["Compte du Département", "ou avec un compte Vigie"], &[]);
        let answer = enter(&site, &other, ("s-1", "Alice", "cds"));
        assert_eq!(
            (answer.status, answer.location().as_str()),
            (StatusCode::SEE_OTHER, "/compte"),
            "{}",
            answer.words()
        );
        let session = answer.cookie("vigie-session").unwrap();
        site.get(&session, "/compte").says(&["alice", "(cds)", "le mot de passe se change là-bas"], &[]);
        // The account is the subject's, whatever the name; a new group gives a new role.
        let answer = enter(&site, &other, ("s-1", "alice.b", "chiefs"));
        site.get(&answer.cookie("vigie-session").unwrap(), "/compte").says(&["alice", "(operations_head)"], &[]);
        let answer = site.post_form("/deconnexion", &session, "");
        answer.says(&["Vous êtes déconnecté de Vigie"], &[]);
        assert_eq!(answer.links(&format!("{}/end?", other.issuer())).len(), 1);
        let journal = journal_lines(site.store()).join("\n");
        for said in ["\"directory\":\"cd13\",\"role\":\"cds\"", "\"provider\":\"cd13\""] {
            assert!(journal.contains(said), "{said} in {journal}");
        }
        for secret in ["code-", "refresh", "access"] {
            assert!(!journal.contains(secret), "{secret}");
        }
    });
}

#[test]
fn who_has_no_group_or_the_name_of_another_account_stays_outside() {
    on_both(|place| {
        let other = Provider::start();
        let site = Site::with_sign_in(place, &file(&other, ""));
        for (who, told) in [
            (("s-2", "zoe", "visitors"), "aucun de vos groupes"),
            (("s-3", "go.martin", "cds"), "celui d'un autre compte"),
            (("s-4", "", "cds"), "aucun de vos groupes"),
        ] {
            let answer = enter(&site, &other, who);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who:?}");
            assert!(answer.cookie("vigie-session").is_none());
            answer.says(&[told], &[]);
        }
        let journal = journal_lines(site.store()).join("\n");
        assert!(journal.contains("\"reason\":\"no_role\"") && journal.contains("\"reason\":\"taken\""), "{journal}");
    });
}

#[test]
fn a_return_that_is_replayed_forged_or_of_another_browser_is_refused_and_written_down() {
    on_both(|place| {
        let other = Provider::start();
        let site = Site::with_sign_in(place, &file(&other, ""));
        let who = ("s-1", "alice", "cds");
        let gone = away(&site);
        let (state, good) = (parameter(&gone.url, "state"), code(&other, &gone, who));
        let forged = "0".repeat(64);
        for (cookie, state, told) in [
            ("", state.as_str(), "pas été commencée dans ce navigateur"),
            (gone.cookie.as_str(), forged.as_str(), "n'est pas celui de la connexion"),
            (gone.cookie.as_str(), "", "n'est pas celui de la connexion"),
            (away(&site).cookie.as_str(), state.as_str(), "n'est pas celui de la connexion"),
        ] {
            let answer = back(&site, cookie, state, &good);
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            answer.says(&[told], &[]);
            assert!(answer.cookie("vigie-session").is_none());
        }
        let english = site.get(&format!("{}; lang=en", gone.cookie), "/connexion/fournisseur/cd13/retour?state=x");
        english.says(&["not that of the sign-in begun in this browser"], &[]);
        // None of that has ended what this browser began.
        assert!(back(&site, &gone.cookie, &state, &good).cookie("vigie-session").is_some());
        back(&site, &gone.cookie, &state, &good).says(&["a déjà servi"], &[]);

        let gone = away(&site);
        let state = parameter(&gone.url, "state");
        let answer = back(&site, &gone.cookie, &state, "invented");
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        answer.says(&["ne tient pas"], &["invented"]);
        let gone = away(&site);
        let path = "/connexion/fournisseur/cd13/retour?error=access_denied&error_description=%3Cb%3E&state=";
        site.get(&gone.cookie, &format!("{path}{}", parameter(&gone.url, "state"))).says(&["n'a pas confirmé"], &[]);
        let gone = away(&site);
        let mixed = format!("&iss=https%3A%2F%2Fevil.example&code={}", code(&other, &gone, who));
        let answer = back(&site, &gone.cookie, &parameter(&gone.url, "state"), &mixed);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(site.get("", "/connexion/fournisseur/other").status, StatusCode::NOT_FOUND);

        let journal = journal_lines(site.store()).join("\n");
        for reason in ["late", "forged", "token", "denied"] {
            assert!(journal.contains(&format!("\"reason\":\"{reason}\"")), "{reason}");
        }
    });
}

#[test]
fn the_way_back_is_open_for_a_quarter_of_an_hour_and_twenty_refusals_close_it_for_an_address() {
    on_both(|place| {
        let other = Provider::start();
        let (live, config) = ready(place, &other);
        for (after, opens) in [(899.seconds(), true), (900.seconds(), false)] {
            let (at, brought) = (now() + after, gone(&live, &config, &other, now(), now() + after));
            let found = come_back(&live, &config, &brought, "192.0.2.1", at).unwrap();
            assert_eq!(matches!(found, Back::Answered(SignIn::Opened { .. }, _)), opens, "{after:?}");
        }
        let nothing = Return { provider: "cd13".to_owned(), ..Return::default() };
        let refusal = |address: &str| match come_back(&live, &config, &nothing, address, now()).unwrap() {
            Back::Refused(refusal) => refusal,
            Back::Answered(..) => panic!("nothing opens"),
        };
        let found: Vec<Refusal> = (0..21).map(|_| refusal("192.0.2.9")).collect();
        assert!(found[..20].iter().all(|r| *r == Refusal::Late));
        assert_eq!((found[20], refusal("192.0.2.10")), (Refusal::Locked, Refusal::Late));
    });
}

fn ready(place: &Place, other: &Provider) -> (Live, SignInConfig) {
    let (vigie, path) = (open(place), place.data.join("sign-in.toml"));
    std::fs::write(&path, file(other, "")).unwrap();
    let config = SignInConfig::load(&path, &vigie.promise.history.base().contract).unwrap();
    (Live::new(vigie, false), config)
}

/// Somebody who left at one instant and is vouched for at another.
fn gone(live: &Live, config: &SignInConfig, other: &Provider, left: Timestamp, vouched: Timestamp) -> Return {
    let Leave::To { url, token } = leave(live, config, "cd13", "/", left).unwrap() else { panic!("it answers") };
    let claims = claims("s-1", "alice", "cds", &parameter(&url, "nonce"), vouched);
    let code = other.code(&parameter(&url, "code_challenge"), claims);
    let (provider, state) = ("cd13".to_owned(), parameter(&url, "state"));
    Return { provider, token: Some(token), state, code, ..Return::default() }
}

#[test]
fn who_may_enter_no_more_is_signed_out_within_five_minutes_and_a_new_group_gives_a_new_role() {
    on_both(|place| {
        let other = Provider::start();
        let (live, config) = ready(place, &other);
        let noon = now();
        let token = || match come_back(&live, &config, &gone(&live, &config, &other, noon, noon), "", noon).unwrap() {
            Back::Answered(SignIn::Opened { token, .. }, _) => token,
            _ => panic!("alice may enter"),
        };
        let role = |token: &str, after: jiff::Span| {
            resume(&live, &config, token, noon + after).unwrap().map(|a| a.role.0.clone())
        };
        let (first, second) = (token(), token());
        let renewed = |group: &str| other.renew(Some(claims("s-1", "alice", group, "", noon)));
        renewed("chiefs");
        assert_eq!(role(&first, 299.seconds()).as_deref(), Some("cds"));
        assert_eq!(role(&first, 300.seconds()).as_deref(), Some("operations_head"));
        other.renew(None);
        _ = other.asked();
        assert_eq!(role(&first, 599.seconds()).as_deref(), Some("operations_head"));
        assert_eq!(other.asked(), Vec::<String>::new());
        assert_eq!(role(&first, 600.seconds()), None);
        assert_eq!(role(&second, 601.seconds()), None, "signed out everywhere");
        let journal = journal_lines(&live.vigie().store).join("\n");
        assert_eq!(journal.matches("account.session_ended").count(), 1, "{journal}");

        let last = token();
        renewed("visitors");
        assert_eq!(role(&last, 300.seconds()), None, "no group gives a role any more");
        let last = token();
        drop(other);
        assert_eq!(role(&last, 300.seconds()).as_deref(), Some("cds"), "who is in stays in while it is silent");
    });
}

#[test]
fn a_factor_set_up_here_is_asked_unless_the_provider_vouches_for_it() {
    on_both(|place| {
        for (more, asked) in [("", true), ("second_factor = \"provider\"", false)] {
            let other = Provider::start();
            let site = Site::with_sign_in(place, &file(&other, more));
            let who = if asked { ("s-1", "alice", "cds") } else { ("s-2", "bob", "cds") };
            let answer = enter(&site, &other, who);
            let session = answer.cookie("vigie-session").unwrap();
            // Whoever has no password here has signed in a moment ago.
            crate::factors::set_up(&site, &session);
            let answer = enter(&site, &other, who);
            assert_eq!(answer.location().starts_with("/connexion/code"), asked, "{more}");
        }
    });
}
