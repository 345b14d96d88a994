//! Every door, who may pass it, and what pages say.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{
    Access, AppState, Options, router,
    routes::table,
    sample::{PASSWORD, People, Sample},
    source::Source as _,
};
use crate::features::people::{Accounts as _, Notice, session_cookie};

const SESSION_COOKIE: &str = session_cookie(false);

struct Site {
    router: Router,
    people: Arc<People>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    fn cookie(&self, name: &str) -> Option<String> {
        let start = format!("{name}=");
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|v| v.to_str().unwrap())
            .find(|v| v.starts_with(&start))
            .map(|v| v[start.len()..].split(';').next().unwrap().to_owned())
    }
}

fn site() -> Site {
    let people = Arc::new(People::default());
    let state = AppState::new(Arc::new(Sample), people.clone(), Options { demo: true, ..Options::default() });
    Site { router: router(state), people }
}

impl Site {
    async fn ask(&self, method: Method, path: &str, cookies: &str, form: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::COOKIE, cookies);
        if form.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(form.map_or_else(Body::empty, |f| Body::from(f.to_owned()))).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, path: &str, cookies: &str) -> Answer {
        self.ask(Method::GET, path, cookies, None).await
    }

    async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let form = format!("name={name}&password={}&retour=/compte", password.replace(' ', "+"));
        self.ask(Method::POST, "/connexion", "", Some(&form)).await
    }

    async fn session(&self, name: &str) -> String {
        let token = self.sign_in(name, PASSWORD).await.cookie(SESSION_COOKIE).unwrap();
        format!("{SESSION_COOKIE}={token}")
    }
}

/// A path of the table with every part filled in.
fn filled(path: &str) -> String {
    path.replace("liste/{format}", "liste/csv")
        .replace("ezv/{format}", "ezv/csv")
        .replace("{month}", "2026-03")
        .replace("{row}", "9")
        .replace("{format}", "json")
        .replace("{verb}", "assigned")
        .replace("{view}", "00")
        .replace("{calendar}", "due.ics")
        .replace("{number}", "VG-2026-000123")
        .replace("{hash}", "aa")
        .replace("{*path}", "0/000.p/7")
        .replace("{file}", "nothing.css")
        .replace("{mail}", "00")
        .replace("{parcel}", "00")
}

#[tokio::test]
async fn every_door_but_the_public_ones_sends_who_is_signed_out_to_sign_in() {
    let site = site();
    for route in table() {
        let answer = site.ask(route.method.clone(), &filled(route.path), "", Some("")).await;
        // A program is told that its token is missing; a person is sent to sign in.
        let sent_away = if route.path.starts_with("/api/") {
            answer.status == StatusCode::UNAUTHORIZED && answer.body.contains("/problems/token")
        } else {
            answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/connexion?retour=")
        };
        assert_eq!(sent_away, route.access != Access::Public, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_role_without_the_right_is_refused_at_every_door_that_asks_one_and_the_refusal_is_noted() {
    let site = site();
    let session = site.session("nobody").await;
    // No session opens the API: its own test asks with tokens.
    for route in table().into_iter().filter(|r| !r.path.starts_with("/api/")) {
        let Access::Right(right) = route.access else { continue };
        let answer = site.ask(route.method.clone(), &filled(route.path), &session, None).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {}", route.method, route.path);
        // Tiles are read by programs, which get no page.
        assert!(answer.body.contains(right) || route.path.starts_with("/tile/"), "the page names the right {right}");
        let last = site.people.notices.lock().unwrap().last().cloned();
        assert!(matches!(last, Some(Notice::Refused { right: noted, .. }) if noted == right));
    }
}

#[tokio::test]
async fn a_role_with_the_right_passes_every_door() {
    let site = site();
    let (claire, martin) = (site.session("claire").await, site.session("martin").await);
    let doors = table().into_iter().filter(|r| r.method == Method::GET && r.access != Access::Public);
    for route in doors.filter(|r| !r.path.starts_with("/api/")) {
        // The post is the provider's desk's alone.
        let session = if route.path.starts_with("/courrier") { &martin } else { &claire };
        let answer = site.get(&filled(route.path), session).await;
        let passed = answer.status.is_success()
            || (answer.status.is_redirection() && !answer.location().starts_with("/connexion"));
        assert!(passed, "{} gives {}", route.path, answer.status);
    }
}

#[tokio::test]
async fn navigation_shows_only_what_the_role_may_open() {
    let site = site();
    let session = site.session("martin").await;
    let page = site.get("/compte", &session).await.body;
    assert!(page.contains("href=\"/dossiers\""));
    assert!(!page.contains("href=\"/preuves\"") && !page.contains("href=\"/mois\""));
}

#[tokio::test]
async fn sign_in_opens_a_session_that_sign_out_ends() {
    let site = site();
    let answer = site.sign_in("Claire", PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/compte"));
    let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let session = format!("{SESSION_COOKIE}={}", answer.cookie(SESSION_COOKIE).unwrap());
    assert_eq!(site.get("/compte", &session).await.status, StatusCode::OK);
    site.ask(Method::POST, "/deconnexion", &session, None).await;
    assert_eq!(site.get("/compte", &session).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn over_https_the_session_belongs_to_this_host_and_pages_insist_on_encryption() {
    let people = Arc::new(People::default());
    let state = AppState::new(Arc::new(Sample), people.clone(), Options { https: true, ..Options::default() });
    let site = Site { router: router(state), people };
    let answer = site.sign_in("claire", PASSWORD).await;
    let cookie = answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("Path=/") && cookie.contains("Secure"), "{cookie}");
    assert!(answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    let session = format!("{}={}", session_cookie(true), answer.cookie(session_cookie(true)).unwrap());
    assert_eq!(site.get("/compte", &session).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_disabled_account_read_the_same() {
    let site = site();
    let mut pages = Vec::new();
    for (name, password) in [("claire", "wrong password"), ("unknown", PASSWORD), ("gone", PASSWORD)] {
        let answer = site.sign_in(name, password).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
        pages.push(answer.body.replace(&format!("value=\"{name}\""), ""));
    }
    assert!(pages.windows(2).all(|p| p[0] == p[1]));
}

#[tokio::test]
async fn the_fifth_failure_locks_the_name_for_the_right_password_too() {
    let site = site();
    for n in 1..=5 {
        assert_eq!(site.sign_in("claire", "wrong password").await.status, StatusCode::UNAUTHORIZED, "failure {n}");
    }
    assert_eq!(site.sign_in("claire", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let locked = site.people.notices.lock().unwrap().last().cloned();
    assert!(matches!(locked, Some(Notice::SignInRefused { locked: true, .. })));
}

#[tokio::test]
async fn wrong_current_passwords_lock_the_change_of_a_password_and_the_sign_in() {
    let site = site();
    let session = site.session("claire").await;
    let change = |current: &str| {
        let form = format!("current={}&new=a+longer+phrase&again=a+longer+phrase", current.replace(' ', "+"));
        let (site, session) = (&site, &session);
        async move { site.ask(Method::POST, "/compte/mot-de-passe", session, Some(&form)).await.status }
    };
    for n in 1..=5 {
        assert_eq!(change("wrong password").await, StatusCode::UNPROCESSABLE_ENTITY, "failure {n}");
    }
    assert_eq!(change(PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(site.sign_in("claire", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn clients_of_a_trusted_proxy_do_not_lock_each_other_out() {
    let people = Arc::new(People::default());
    let proxy = std::net::SocketAddr::from(([10, 0, 0, 1], 4711));
    let options = Options { trusted_proxies: vec![proxy.ip()], ..Options::default() };
    let router = router(AppState::new(Arc::new(Sample), people.clone(), options));
    for n in 0..20 {
        people.add_failure(&format!("somebody-{n}"), "192.0.2.1", Sample.now()).unwrap();
    }
    for (client, expected) in [("192.0.2.1", StatusCode::TOO_MANY_REQUESTS), ("192.0.2.2", StatusCode::SEE_OTHER)] {
        let request = Request::post("/connexion")
            .extension(axum::extract::ConnectInfo(proxy))
            .header("x-forwarded-for", client)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("name=claire&password={}", PASSWORD.replace(' ', "+"))))
            .unwrap();
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), expected, "{client}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_pages_have_no_inline_script_or_style() {
    let site = site();
    let session = site.session("claire").await;
    for route in table().into_iter().filter(|r| r.method == Method::GET) {
        let answer = site.get(&filled(route.path), &session).await;
        let policy = answer.headers.get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{}", route.path);
        for forbidden in [" style=\"", "<style", " onclick=", "<script>", "javascript:"] {
            assert!(!answer.body.contains(forbidden), "{} holds {forbidden}", route.path);
        }
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_with_a_page() {
    let site = site();
    let request = Request::builder()
        .method(Method::POST)
        .uri("/preferences")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("theme=dark"))
        .unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("La demande vient d’un autre site".replace('’', "&#39;").as_str()));
}

#[tokio::test]
async fn language_and_theme_come_back_to_the_same_page_and_persist() {
    let site = site();
    let answer = site.ask(Method::POST, "/preferences", "", Some("lang=en&theme=dark&retour=/aide?x=1")).await;
    assert_eq!(answer.location(), "/aide?x=1");
    assert_eq!((answer.cookie("lang").as_deref(), answer.cookie("theme").as_deref()), (Some("en"), Some("dark")));
    let page = site.get("/connexion", "lang=en; theme=dark").await.body;
    assert!(page.contains("<html lang=\"en\" data-theme=\"dark\">") && page.contains("Sign in"));
}

#[tokio::test]
async fn a_page_that_does_not_exist_says_so_in_both_languages_with_an_operation_id() {
    let site = site();
    for (lang, text) in [("fr", "Cette page n&#39;existe pas"), ("en", "This page does not exist")] {
        let answer = site.get("/rien", &format!("lang={lang}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.body.contains(text), "{}", answer.body);
        assert!(answer.body.contains("<code class=\"break\">"));
    }
}

#[tokio::test]
async fn the_demonstration_says_so_on_every_page() {
    let site = site();
    let session = site.session("claire").await;
    for path in ["/connexion", "/rien", "/compte", "/aide"] {
        let cookies = if path == "/connexion" { "" } else { session.as_str() };
        assert!(site.get(path, cookies).await.body.contains("class=\"demo\""), "{path}");
    }
}

/// The text of a page as a reader sees it, without marks and runs of spaces.
fn words(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
    }
    text.replace("&#39;", "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks what pages say to the contract manager, in French.
async fn says(path: &str, wanted: &[&str], unwanted: &[&str]) {
    let site = site();
    let session = site.session("claire").await;
    let answer = site.get(path, &session).await;
    let text = words(&answer.body);
    for part in wanted {
        assert!(text.contains(part), "{path} says `{part}`:\n{text}");
    }
    for part in unwanted {
        assert!(!text.contains(part), "{path} does not say `{part}`:\n{text}");
    }
}

#[tokio::test]
async fn months_open_on_the_last_that_is_over_and_the_one_in_course_is_said_to_be_provisional() {
    let site = site();
    let session = site.session("claire").await;
    let latest = site.get("/mois", &session).await;
    assert_eq!(latest.location(), "/mois/2026-03");
    let last = site.get("/mois/2026-03", &session).await;
    assert!(last.body.contains("rel=\"next\" href=\"/mois/2026-04\" data-key=\"]\""), "{}", last.body);
    assert!(words(&last.body).contains("Avril 2026 (provisoire)"), "{}", words(&last.body));
    assert!(!words(&last.body).contains("Le mois est en cours"), "{}", words(&last.body));
    says("/mois/2026-04", &["Mois provisoire Le mois est en cours"], &["Mai 2026"]).await;
}

#[tokio::test]
async fn the_month_shows_its_points_its_rows_and_that_it_is_provisional() {
    says(
        "/mois/2026-03",
        &[
            "Indicateurs de mars 2026",
            "Mars 2026 : indicateurs",
            "Points de pénalité 34",
            "Mois provisoire",
            "87,67 %",
            "Non calculable",
            "Total 34",
        ],
        &["Rien à mesurer"],
    )
    .await;
}

#[tokio::test]
async fn an_indicator_writes_its_sum_out_with_the_numbers_of_the_month() {
    says("/mois/2026-03/indicateurs/9", &["Pas entamés : 3 + 1 = 4.", "poids 2 : 8 points", "VG-2026-000123"], &[])
        .await;
    says("/mois/2026-03/indicateurs/11", &["64 sur 73 dans le délai", "3 pas entamés × poids 3 = 9 points"], &[]).await;
}

#[tokio::test]
async fn a_case_is_shown_as_it_was_known_at_the_asked_instant() {
    let drawn = ["En retard · +5 h 25 min", "Échéance dépassée", "temps compté après l'échéance"];
    says("/dossiers/VG-2026-000123/horloges", &drawn, &["tel qu'il était connu"]).await;
    says("/dossiers/VG-2026-000123/ecritures", &["incident.restored"], &[]).await;
    says(
        "/dossiers/VG-2026-000123/horloges?au=2026-03-12T17:30",
        &["tel qu'il était connu le 12/03/2026 17:30", "En cours", "7 écritures plus tardives"],
        &["Fin 13/03/2026"],
    )
    .await;
}

#[tokio::test]
async fn a_case_says_how_it_stands_who_has_it_and_what_its_reader_may_do() {
    says(
        "/dossiers/VG-2026-000123",
        &[
            "Plus de tonalité à l'accueil",
            "Rétabli et validé",
            "VIP",
            "Gestion des opérations (GO)",
            "go.martin",
            "Mme Aubert",
            "Déclaré rétabli",
            "Clore",
        ],
        // Claire is the customer: what the provider does is not hers, and there is no restoration left to answer.
        &["Prendre en charge le dossier Écrire", "Suspendre", "Valider le rétablissement"],
    )
    .await;
}

#[tokio::test]
async fn a_reader_without_the_right_to_write_gets_no_form() {
    let site = site();
    let session = site.session("martin").await;
    let page = site.get("/dossiers/VG-2026-000123", &session).await.body;
    assert!(page.contains("/actes"), "a technician writes");
    let session = site.session("lea").await;
    let page = site.get("/dossiers/VG-2026-000123", &session).await.body;
    assert!(!page.contains("/actes"), "a reader does not");
}

#[tokio::test]
async fn a_file_is_saved_under_a_policy_that_runs_nothing_and_under_a_name_that_cannot_leave_its_header() {
    let site = site();
    let session = site.session("claire").await;
    for (hash, media_type) in [("aa", "image/png"), ("bb", "application/octet-stream")] {
        let answer = site.get(&format!("/dossiers/VG-2026-000123/fichiers/{hash}"), &session).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap();
        assert_eq!(header("content-type"), media_type);
        assert_eq!(header("content-disposition"), "attachment; filename*=UTF-8''baie%20d%27%C3%A9t%C3%A9.png");
        assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
    assert_eq!(site.get("/dossiers/VG-2026-000123/fichiers/cc", &session).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_two_worked_examples_of_3_4_6_1_give_8_and_6_points() {
    let page = "/mois/2026-03/simulation";
    says(
        &format!("{page}?mesure=2+h+45&promis=1+h&tranche=30+min&valeur=2"),
        &["4 pas entamés × poids 2 = 8 points"],
        &[],
    )
    .await;
    says(
        &format!("{page}?mesure=88+%25&promis=90+%25&tranche=1+%25&valeur=3"),
        &["2 pas entamés × poids 3 = 6 points"],
        &[],
    )
    .await;
}

#[tokio::test]
async fn a_what_if_shows_both_figures_or_says_what_cannot_be_read() {
    let page = "/mois/2026-03/simulation";
    says(&format!("{page}?ligne=11&poids=6"), &["Réel", "Simulé", "rien n'est enregistré"], &[]).await;
    says(&format!("{page}?ligne=9&attendu=4+h&pas=30+min"), &["Réel", "Simulé"], &["ne se lit pas"]).await;
    says(&format!("{page}?ligne=9&attendu=95+%25"), &["L'attendu ne se lit pas"], &["Simulé"]).await;
    says(&format!("{page}?ligne=11&attendu=101"), &["L'attendu ne se lit pas"], &["Simulé"]).await;
    says(&format!("{page}?dossier=RIEN&retabli=2026-03-12T10:00"), &["Aucune écriture du journal"], &["Simulé"]).await;
    says(&format!("{page}?dossier=VG-2026-000123"), &["indiquez quand il aurait été rétabli"], &[]).await;
}

#[tokio::test]
async fn the_contract_can_be_searched_and_read_as_of_a_day() {
    says("/contrat?q=AMB-02", &["Un P2 majeur compte ici"], &["Calendriers"]).await;
    says("/contrat?q=zzzz", &["Aucune règle ne correspond"], &[]).await;
    says("/contrat?le=hier", &["Une valeur de l'adresse ne se lit pas", "Rien de ce qui était enregistré"], &[]).await;
}

#[tokio::test]
async fn the_whole_journal_is_exported_however_long() {
    let site = site();
    let session = site.session("claire").await;
    let answer = site.get("/preuves/export", &session).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/jsonl");
    assert_eq!(answer.body.lines().count(), super::sample::EXPORTED_LINES);
}

#[tokio::test]
async fn a_proof_is_shown_step_by_step_and_an_entry_beyond_the_head_is_explained() {
    says("/preuves?ecriture=3", &["Preuve de l'écriture 3", "La preuve tient", "Avec la voisine de gauche"], &[]).await;
    says("/preuves?ecriture=7", &["dépasse la dernière tête signée"], &["La preuve tient"]).await;
    says("/preuves?ecriture=x", &["est un nombre entier"], &[]).await;
}
