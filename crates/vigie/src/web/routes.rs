//! The one table of routes: path, method, what it asks of who comes, handler.
//!
//! Nothing is served that is not here, and nothing stands here without its [`Access`]; a test walks the
//! table and knocks at every door.

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{Method, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodRouter, delete, get, patch, post},
};
use tower_http::limit::RequestBodyLimitLayer;

use super::{
    BODY_LIMIT, UPLOAD_LIMIT, api, assets,
    errors::{Failure, Missing},
    guard::guard,
    page::NavItem,
    rights::Access,
    state::AppState,
};
use crate::features::{
    calendar, contract, desk, ezv, judgement, notices, people, post::web as post_pages, proof, webhooks,
};

/// Reading indicators and their points.
pub(crate) const READ_JUDGEMENT: &str = "judgement.read";
/// Asking what would have been.
pub(crate) const WHAT_IF: &str = "judgement.whatif";
/// Reading cases and their clocks.
pub(crate) const READ_DESK: &str = "desk.read";
/// Opening and working cases.
pub(crate) const WRITE_DESK: &str = "desk.write";
/// Calling sessions of the boards, attending, voting and deciding there.
pub(crate) const VOTE: &str = "change.vote";
/// Reading mails that wait and mails that leave.
pub(crate) const READ_MAIL: &str = "mail.read";
/// Deciding on mails that wait, and sending one again.
pub(crate) const WRITE_MAIL: &str = "mail.write";
/// Reading proofs.
pub(crate) const READ_PROOF: &str = "proof.read";
/// Taking the whole journal away.
pub(crate) const EXPORT_PROOF: &str = "proof.export";
/// Reading the contract.
pub(crate) const READ_CONTRACT: &str = "contract.read";

/// What work on cases leads to, gathered in the navigation.
const OPERATIONS: Option<&str> = Some("nav-operations");
/// What the contract is judged and governed by, gathered in the navigation.
const GOVERNANCE: Option<&str> = Some("nav-governance");

/// The pages of the navigation, in order, each with the right that it asks. Those of one menu stand together: a
/// line of links holds five on a small screen and no more.
#[rustfmt::skip]
pub(crate) const NAVIGATION: [(&NavItem, &str); 7] = [
    (&NavItem { href: "/mois", key: "nav-months", icon: "calendar-month", shortcut: "m", menu: None }, READ_JUDGEMENT),
    (&NavItem { href: "/dossiers", key: "nav-cases", icon: "folder-open", shortcut: "d", menu: None }, READ_DESK),
    (&NavItem { href: "/changements", key: "nav-changes", icon: "calendar-month", shortcut: "h", menu: OPERATIONS }, READ_DESK),
    (&NavItem { href: "/problemes", key: "nav-problems", icon: "refresh", shortcut: "b", menu: OPERATIONS }, READ_DESK),
    (&NavItem { href: "/courrier", key: "nav-post", icon: "mail", shortcut: "o", menu: OPERATIONS }, READ_MAIL),
    (&NavItem { href: "/preuves", key: "nav-proofs", icon: "shield-check", shortcut: "p", menu: GOVERNANCE }, READ_PROOF),
    (&NavItem { href: "/contrat", key: "nav-contract", icon: "file-certificate", shortcut: "c", menu: GOVERNANCE }, READ_CONTRACT),
];

/// The other rights that links of pages depend on.
pub(crate) const LINKS: [&str; 5] = [WHAT_IF, EXPORT_PROOF, WRITE_DESK, VOTE, WRITE_MAIL];

/// One door.
pub(crate) struct Route {
    /// Its method, the one that `handler` answers.
    #[cfg_attr(not(test), expect(dead_code, reason = "the walk over all doors knocks with it"))]
    pub(crate) method: Method,
    /// Its path, as axum writes it.
    pub(crate) path: &'static str,
    /// What it asks.
    pub(crate) access: Access,
    /// The largest body that it takes, in bytes.
    limit: usize,
    handler: MethodRouter<AppState>,
}

fn read(path: &'static str, access: Access, handler: MethodRouter<AppState>) -> Route {
    Route { method: Method::GET, path, access, limit: BODY_LIMIT, handler }
}

fn write(path: &'static str, access: Access, handler: MethodRouter<AppState>) -> Route {
    Route { method: Method::POST, path, access, limit: BODY_LIMIT, handler }
}

/// A form that may bring files.
fn upload(path: &'static str, access: Access, handler: MethodRouter<AppState>) -> Route {
    Route { limit: UPLOAD_LIMIT, ..write(path, access, handler) }
}

/// A call of the API; its access is that of its token.
fn call(method: Method, path: &'static str, access: Access, handler: MethodRouter<AppState>) -> Route {
    Route { method, path, access, limit: BODY_LIMIT, handler }
}

/// Every door.
pub(crate) fn table() -> Vec<Route> {
    use Access::{Public, Right, SignedIn};
    vec![
        read("/healthz", Public, get(alive)),
        read("/readyz", Public, get(ready)),
        read("/static/{file}", Public, get(assets::serve)),
        read("/connexion", Public, get(people::web::sign_in_form)),
        write("/connexion", Public, post(people::web::sign_in)),
        read("/connexion/code", Public, get(people::web::second::code_form)),
        write("/connexion/code", Public, post(people::web::second::give)),
        read("/connexion/fournisseur/{provider}", Public, get(people::web::provider::leave)),
        read("/connexion/fournisseur/{provider}/retour", Public, get(people::web::provider::come_back)),
        write("/preferences", Public, post(people::web::preferences)),
        write("/deconnexion", SignedIn, post(people::web::sign_out)),
        read("/compte", SignedIn, get(people::web::account)),
        write("/compte/mot-de-passe", SignedIn, post(people::web::change_password)),
        read("/compte/second-facteur", SignedIn, get(people::web::second::factor)),
        write("/compte/second-facteur", SignedIn, post(people::web::second::confirm)),
        write("/compte/second-facteur/secret", SignedIn, post(people::web::second::propose)),
        write("/compte/second-facteur/codes", SignedIn, post(people::web::second::codes)),
        write("/compte/second-facteur/retrait", SignedIn, post(people::web::second::remove)),
        read("/compte/avis", SignedIn, get(notices::web::ways)),
        write("/compte/avis", SignedIn, post(notices::web::set_ways)),
        read("/compte/calendriers", Right(READ_DESK), get(calendar::web::calendars)),
        write("/compte/calendriers", Right(READ_DESK), post(calendar::web::make_address)),
        write("/compte/calendriers/retrait", Right(READ_DESK), post(calendar::web::revoke_address)),
        read("/aide", Public, get(super::help::help)),
        read("/", SignedIn, get(super::help::home)),
        read("/avis", SignedIn, get(notices::web::notices)),
        write("/avis", SignedIn, post(notices::web::read)),
        read("/mois", Right(READ_JUDGEMENT), get(judgement::web::latest)),
        read("/mois/{month}", Right(READ_JUDGEMENT), get(judgement::web::month)),
        read("/mois/{month}/rapport/{format}", Right(READ_JUDGEMENT), get(judgement::web::report)),
        read("/mois/{month}/indicateurs/{row}", Right(READ_JUDGEMENT), get(judgement::web::indicator)),
        read("/mois/{month}/simulation", Right(WHAT_IF), get(judgement::web::what_if)),
        read("/dossiers", Right(READ_DESK), get(desk::web::cases)),
        read("/dossiers/flux", Right(READ_DESK), get(desk::web::stream)),
        read("/dossiers/appel", Right(WRITE_DESK), get(desk::web::call)),
        write("/dossiers/appel", Right(WRITE_DESK), post(desk::web::take_call)),
        read("/dossiers/appel/proches", Right(WRITE_DESK), get(desk::web::near)),
        read("/dossiers/liste/{format}", Right(READ_DESK), get(desk::web::export)),
        read("/dossiers/vues", Right(READ_DESK), get(desk::web::saved_views)),
        write("/dossiers/vues", Right(READ_DESK), post(desk::web::save_view)),
        write("/dossiers/vues/{view}", Right(READ_DESK), post(desk::web::change_view)),
        write("/dossiers/lot", Right(WRITE_DESK), post(desk::web::bulk)),
        read("/dossiers/nouveau", Right(WRITE_DESK), get(desk::web::new_case)),
        upload("/dossiers/nouveau", Right(WRITE_DESK), post(desk::web::open_case)),
        read("/dossiers/priorite", Right(WRITE_DESK), get(desk::web::priority)),
        read("/dossiers/ezv", Right(READ_DESK), get(ezv::web::differences)),
        read("/dossiers/ezv/{format}", Right(READ_DESK), get(ezv::web::export)),
        read("/dossiers/{number}", Right(READ_DESK), get(desk::web::case)),
        read("/dossiers/{number}/actes/{verb}", Right(WRITE_DESK), get(desk::web::act_alone)),
        upload("/dossiers/{number}/actes", Right(WRITE_DESK), post(desk::web::act)),
        read("/dossiers/{number}/crise", Right(READ_DESK), get(desk::web::crisis)),
        read("/dossiers/{number}/rim", Right(READ_DESK), get(desk::web::rim)),
        upload("/dossiers/{number}/rim", Right(WRITE_DESK), post(desk::web::write_rim)),
        read("/dossiers/{number}/rim/pdf", Right(READ_DESK), get(desk::web::rim_pdf)),
        read("/dossiers/{number}/horloges", Right(READ_DESK), get(desk::web::clocks)),
        read("/dossiers/{number}/emargement", Right(READ_DESK), get(desk::web::attendance)),
        read("/dossiers/{number}/ecritures", Right(READ_DESK), get(desk::web::entries)),
        read("/dossiers/{number}/fichiers/{hash}", Right(READ_DESK), get(desk::web::file)),
        read("/taches", Right(READ_DESK), get(desk::web::tasks)),
        read("/changements", Right(READ_DESK), get(desk::web::changes)),
        read("/changements/cab", Right(READ_DESK), get(desk::web::board)),
        write("/changements/cab", Right(VOTE), post(desk::web::sit)),
        read("/problemes", Right(READ_DESK), get(desk::web::problems)),
        write("/problemes", Right(WRITE_DESK), post(desk::web::open_problem)),
        read("/demandes/hors-catalogue", Right(READ_DESK), get(desk::web::promotion)),
        read("/demandes/hors-catalogue/entree.toml", Right(READ_DESK), get(desk::web::promotion_entry)),
        read("/courrier", Right(READ_MAIL), get(post_pages::outbox)),
        write("/courrier/envois/{parcel}/nouvel-essai", Right(WRITE_MAIL), post(post_pages::send_again)),
        read("/courrier/quarantaine", Right(READ_MAIL), get(post_pages::quarantine)),
        read("/courrier/recus/{mail}", Right(READ_MAIL), get(post_pages::message)),
        read("/courrier/recus/{mail}/brut", Right(READ_MAIL), get(post_pages::raw)),
        read("/courrier/recus/{mail}/fichiers/{hash}", Right(READ_MAIL), get(post_pages::file)),
        write("/courrier/recus/{mail}/decision", Right(WRITE_MAIL), post(post_pages::decide)),
        read("/webhooks", Right(READ_DESK), get(webhooks::web::log)),
        write("/webhooks/renvois", Right(WRITE_DESK), post(webhooks::web::replay)),
        read("/preuves", Right(READ_PROOF), get(proof::web::proofs)),
        read("/preuves/export", Right(EXPORT_PROOF), get(proof::web::export)),
        read("/checkpoint", Right(READ_PROOF), get(proof::web::checkpoint)),
        read("/tile/{*path}", Right(READ_PROOF), get(proof::web::tile)),
        call(Method::GET, "/api/v1/openapi.json", Public, get(api::doc::describe)),
        call(Method::GET, "/api/v1/cases", Right(READ_DESK), get(desk::api::list)),
        call(Method::POST, "/api/v1/cases", Right(WRITE_DESK), post(desk::api::create)),
        call(Method::GET, "/api/v1/calendars/{calendar}", Access::Calendar, get(calendar::web::feed)),
        call(Method::GET, "/api/v1/views", Right(READ_DESK), get(desk::api::views::list)),
        call(Method::POST, "/api/v1/views", Right(READ_DESK), post(desk::api::views::save)),
        call(Method::PATCH, "/api/v1/views/{view}", Right(READ_DESK), patch(desk::api::views::change)),
        call(Method::DELETE, "/api/v1/views/{view}", Right(READ_DESK), delete(desk::api::views::remove)),
        call(Method::GET, "/api/v1/cases/{number}", Right(READ_DESK), get(desk::api::read)),
        call(Method::POST, "/api/v1/cases/{number}/acts", Right(WRITE_DESK), post(desk::api::act)),
        read("/contrat", Right(READ_CONTRACT), get(contract::web::contract)),
    ]
}

/// All doors with their guards, and a guarded page for what does not exist.
pub(crate) fn guarded(state: &AppState) -> Router<AppState> {
    let router = table().into_iter().fold(Router::new(), |router, route| {
        // Nothing is read of a body before the guard has let it in, and then no more than its limit.
        let limits = (DefaultBodyLimit::disable(), RequestBodyLimitLayer::new(route.limit));
        let handler = route.handler.route_layer(limits);
        let guarded = (state.clone(), route.access);
        if route.path.starts_with(api::ROOT) {
            let guard = middleware::from_fn_with_state(guarded, api::bearer::guard);
            return router.route(route.path, handler.route_layer(guard));
        }
        if api::takes_token(route.path) {
            let guard = middleware::from_fn_with_state(guarded, api::bearer::guard_or_page);
            return router.route(route.path, handler.route_layer(guard));
        }
        router.route(route.path, handler.route_layer(middleware::from_fn_with_state(guarded, guard)))
    });
    let public = middleware::from_fn_with_state((state.clone(), Access::Public), guard);
    router.fallback_service(Router::new().fallback(nothing_here).layer(public).with_state(state.clone()))
}

async fn nothing_here() -> Failure {
    Failure::NotFound(Missing::Page)
}

/// `GET /healthz`: the process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the data answer too.
async fn ready(State(state): State<AppState>) -> Response {
    match state.ask(|s| s.source.months()).await {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the data do not answer\n").into_response(),
    }
}
