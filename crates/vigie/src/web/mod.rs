//! The server's shell: routes, rights, preferences, messages, assets, error pages.
//!
//! Pages themselves live with their feature. Nothing here decides anything about a case or a month,
//! and no handler may be reached that is not in the one table of `routes`.

pub(crate) mod api;
pub mod assets;
mod chrome;
mod client;
mod errors;
mod format;
mod guard;
mod headers;
mod help;
pub mod i18n;
mod page;
mod prefs;
mod rights;
mod routes;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod sample_case;
mod sent;
pub mod source;
mod state;
mod stream;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::{Router, http::StatusCode, middleware};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer, timeout::TimeoutLayer};

pub use chrome::Safe;
pub use errors::{Failure, Missing};
pub use format::Format;
pub use i18n::Lang;
pub use page::{Crumb, NavItem, NavPlace, Page, Viewer};
pub use prefs::{Prefs, Theme};
pub(crate) use rights::covers;
pub use rights::{Access, may};
pub(crate) use routes::{READ_DESK, VOTE};
pub use state::{AppState, Options};

/// The largest form that a page without files takes, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The largest form with files, in bytes: what [`kit::MAX_FILES_BYTES`] allows, with its words.
const UPLOAD_LIMIT: usize = kit::MAX_FILES_BYTES + 2 * 1024 * 1024;

/// How long a page may take; the longest is a PDF of forty pages.
const PAGE_TIMEOUT: Duration = Duration::from_secs(60);

/// What features' handlers take from the shell.
pub(crate) mod kit {
    pub(crate) use super::{
        client::ClientAddress,
        guard::{encode, local_or_home},
        prefs::{LANG_COOKIE, THEME_COOKIE, cookie, remember},
        sent::{MAX_FILE_BYTES, MAX_FILES, MAX_FILES_BYTES, Refused, Sent},
    };
}

/// The whole server: every route behind its guard, inside limits, headers and error pages.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that sign-in knows addresses.
pub fn router(state: AppState) -> Router {
    // Last added is outermost: headers, then error pages, then limits, then the routes.
    routes::guarded(&state)
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIMEOUT))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), errors::dress))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.options.https, headers::secure))
        .with_state(state)
}
