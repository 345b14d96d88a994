//! People of a directory, before a real slapd.

use axum::http::StatusCode;
use jiff::ToSpan as _;
use vigie::{
    features::people::{Accounts as _, SignIn, SignInConfig, open as sign_in, resume},
    live::Live,
};
use vigie_testkit::{
    Place, on_both,
    slapd::{ADMIN, ADMIN_PASSWORD, BASE, Slapd},
};

use crate::{
    site::{Answer, PASSWORD, Site},
    support::{journal_lines, now, open, run},
};

const KEY: &str = "the key to the directory";

/// A directory with people of each kind.
fn directory() -> Slapd {
    let slapd = Slapd::start();
    for uid in ["Alice", "bruno", "zoe", "go.martin"] {
        slapd.person(uid, KEY);
    }
    slapd.group("cds", &["Alice"]);
    slapd.group("chiefs", &["Alice", "bruno", "go.martin"]);
    slapd
}

/// The file of sign-in for that directory; `more` stands in it.
fn file(place: &Place, url: &str, more: &str) -> String {
    std::fs::create_dir_all(&place.data).unwrap();
    std::fs::write(place.data.join("bind"), format!("{ADMIN_PASSWORD}\n")).unwrap();
    format!(
        "[[directory]]\nid = \"dsiun\"\nurl = \"{url}\"\nbase = \"{BASE}\"\nside = \"customer\"\n\
         bind_dn = \"{ADMIN}\"\nbind_password_file = \"bind\"\n{more}\n\
         [[directory.role]]\ngroup = \"CN=cds, dc=example, dc=test\"\nrole = \"cds\"\n\
         [[directory.role]]\ngroup = \"cn=chiefs,{BASE}\"\nrole = \"operations_head\"\n"
    )
}

fn site(place: &Place, slapd: &Slapd) -> Site {
    let tls = format!("ca_file = \"{}\"", slapd.certificate.display());
    Site::with_sign_in(place, &file(place, &slapd.tls_url, &tls))
}

fn enter(site: &Site, name: &str, password: &str) -> Answer {
    let encoded = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02x}")).collect() };
    site.post_form("/connexion", "", &format!("name={}&password={}", encoded(name), encoded(password)))
}

fn opens(answer: &Answer) -> bool {
    answer.cookie("vigie-session").is_some()
}

#[test]
fn people_of_a_directory_enter_with_the_role_of_their_first_group_and_leave_entries() {
    on_both(|place| {
        let slapd = directory();
        let site = site(place, &slapd);
        let session = enter(&site, "ALICE", KEY).cookie("vigie-session").unwrap();
        site.get(&session, "/compte").says(&["alice", "(cds)"], &[]);
        let session = enter(&site, "bruno", KEY).cookie("vigie-session").unwrap();
        site.get(&session, "/compte").says(&["(operations_head)"], &[]);
        let form = format!("current={}&new=a+new+long+password&again=a+new+long+password", KEY.replace(' ', "+"));
        site.post_form("/compte/mot-de-passe", &session, &form).says(&["tenu par l'annuaire"], &[]);

        let answer = enter(&site, "zoe", KEY);
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        answer.says(&["aucun de vos groupes"], &[]);
        for (name, password) in [("alice", "wrong"), ("nobody", KEY)] {
            assert_eq!(enter(&site, name, password).status, StatusCode::UNAUTHORIZED, "{name}");
        }
        let journal = journal_lines(site.store()).join("\n");
        assert!(journal.contains("\"directory\":\"dsiun\",\"role\":\"cds\""), "{journal}");
        assert!(!journal.contains(KEY) && !journal.contains(ADMIN_PASSWORD));
    });
}

#[test]
fn a_name_kept_here_is_never_asked_of_a_directory_and_empty_or_crafted_names_find_nobody() {
    on_both(|place| {
        let slapd = directory();
        let site = site(place, &slapd);
        assert!(!opens(&enter(&site, "go.martin", KEY)), "the directory's password of a local name opens nothing");
        assert!(opens(&enter(&site, "go.martin", PASSWORD)));
        for name in ["*", "ali*", "alice)(uid=*", "*)(|(uid=alice", "alice\0", "alice\\2a", ""] {
            assert!(!opens(&enter(&site, name, KEY)), "{name:?}");
            let answer = enter(&site, name, "");
            assert!(!opens(&answer) && !answer.status.is_server_error(), "{name:?}");
        }
        assert!(!opens(&enter(&site, "alice", "")), "a bind without a password is anonymous, and none of ours");
    });
}

#[test]
fn a_directory_that_does_not_answer_says_so_and_local_accounts_still_enter() {
    on_both(|place| {
        let slapd = directory();
        let site = site(place, &slapd);
        let session = enter(&site, "alice", KEY).cookie("vigie-session").unwrap();
        drop(slapd);
        let answer = enter(&site, "alice", KEY);
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        answer.says(&["L'annuaire ne répond pas"], &[]);
        assert!(opens(&enter(&site, "go.martin", PASSWORD)));
        assert_eq!(site.get(&session, "/compte").status, StatusCode::OK, "who is in stays in");
    });
}

#[test]
fn start_tls_works_and_a_certificate_that_nobody_vouches_for_does_not() {
    let place = Place::sqlite();
    let slapd = directory();
    let tls = format!("start_tls = true\nca_file = \"{}\"", slapd.certificate.display());
    assert!(opens(&enter(&Site::with_sign_in(&place, &file(&place, &slapd.url, &tls)), "alice", KEY)));
    for (url, more) in [(&slapd.url, "start_tls = true"), (&slapd.tls_url, "")] {
        let place = Place::sqlite();
        let site = Site::with_sign_in(&place, &file(&place, url, more));
        assert_eq!(enter(&site, "alice", KEY).status, StatusCode::SERVICE_UNAVAILABLE, "{url}");
    }
}

#[test]
fn who_leaves_the_directory_loses_the_session_within_five_minutes_and_a_new_group_gives_a_new_role() {
    on_both(|place| {
        let slapd = directory();
        let tls = format!("ca_file = \"{}\"", slapd.certificate.display());
        let text = file(place, &slapd.tls_url, &tls);
        let (vigie, path) = (open(place), place.data.join("sign-in.toml"));
        std::fs::write(&path, text).unwrap();
        let config = SignInConfig::load(&path, &vigie.promise.history.base().contract).unwrap();
        let live = Live::new(vigie, false);
        let noon = now();
        let token = |name| match sign_in(&live, &config, (name, KEY), "192.0.2.1", noon).unwrap() {
            SignIn::Opened { token, .. } => token,
            _ => panic!("{name} may enter"),
        };
        let (alice, bruno) = (token("alice"), token("bruno"));
        let role = |token: &str, after: jiff::Span| {
            resume(&live, &config, token, noon + after).unwrap().map(|a| a.role.0.clone())
        };
        slapd.change(&format!("dn: uid=bruno,{BASE}\nchangetype: delete\n"));
        slapd.change(&format!("dn: cn=cds,{BASE}\nchangetype: delete\n"));
        assert_eq!(role(&bruno, 299.seconds()).as_deref(), Some("operations_head"));
        assert_eq!(role(&bruno, 300.seconds()), None);
        assert_eq!(role(&bruno, 301.seconds()), None);
        assert_eq!(role(&alice, 299.seconds()).as_deref(), Some("cds"));
        assert_eq!(role(&alice, 300.seconds()).as_deref(), Some("operations_head"));

        // Somebody else now has the name: not the same person, not the same account.
        slapd.change(&format!("dn: uid=Alice,{BASE}\nchangetype: delete\n"));
        slapd.person("alice", KEY);
        slapd.group("cds", &["alice"]);
        assert_eq!(role(&alice, 700.seconds()), None);
        let again = sign_in(&live, &config, ("alice", KEY), "192.0.2.1", noon).unwrap();
        assert!(matches!(again, SignIn::Refused));

        // What the operator disables stays so, whatever the directory says.
        assert!(live.account("bruno").unwrap().is_some());
        slapd.person("carla", KEY);
        slapd.change(&format!("dn: cn=chiefs,{BASE}\nchangetype: modify\nadd: member\nmember: uid=carla,{BASE}\n"));
        token("carla");
        let journal = journal_lines(&live.vigie().store).join("\n");
        assert_eq!(journal.matches("account.session_ended").count(), 2, "{journal}");
        drop(live);
        run(place, &["account", "disable", "carla"]).done();
        let live = Live::new(open(place), false);
        let again = sign_in(&live, &config, ("carla", KEY), "192.0.2.1", vigie::now::now()).unwrap();
        assert!(matches!(again, SignIn::Refused));
    });
}
