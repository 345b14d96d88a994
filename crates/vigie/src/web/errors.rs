//! What people read when something is not as it should be: what happened, what was kept, what to do next.
//!
//! An unexpected error shows its operation id and nothing of the inside; the log has the whole chain,
//! once, under the same id.

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{api, page::Page, prefs::Prefs, state::AppState};

/// What was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A page.
    Page,
    /// A month.
    Month,
    /// An indicator of the table.
    Indicator,
    /// A case.
    Case,
    /// A file of a case.
    File,
    /// An entry of the journal.
    Entry,
}

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Failure {
    /// It names something that does not exist.
    NotFound(Missing),
    /// It holds a value that cannot be read: the field.
    BadValue(&'static str),
    /// The viewer's role has no right to it: the right.
    Forbidden(&'static str),
    /// Something that nobody expected.
    Unexpected(anyhow::Error),
}

/// What the outermost layer needs to write the page.
#[derive(Clone, Debug)]
struct Note {
    what: &'static str,
    next: &'static str,
    detail: Option<String>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, note) = match self {
            Self::NotFound(missing) => {
                let (what, next) = match missing {
                    Missing::Page => ("error-no-page", "error-no-page-next"),
                    Missing::Month => ("error-no-month", "error-no-month-next"),
                    Missing::Indicator => ("error-no-indicator", "error-no-indicator-next"),
                    Missing::Case => ("error-no-case", "error-no-case-next"),
                    Missing::File => ("error-no-file", "error-no-file-next"),
                    Missing::Entry => ("error-no-entry", "error-no-entry-next"),
                };
                (StatusCode::NOT_FOUND, Note { what, next, detail: None })
            }
            Self::BadValue(field) => (
                StatusCode::BAD_REQUEST,
                Note { what: "error-bad-value", next: "error-bad-value-next", detail: Some(field.to_owned()) },
            ),
            Self::Forbidden(right) => (
                StatusCode::FORBIDDEN,
                Note { what: "error-forbidden", next: "error-forbidden-next", detail: Some(right.to_owned()) },
            ),
            Self::Unexpected(error) => {
                // The operation id is a field of the request's span, so this line has it too.
                tracing::error!(error = format!("{error:#}"), "a page failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Note { what: "error-unexpected", next: "error-unexpected-next", detail: None },
                )
            }
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(note);
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    status: u16,
    note: &'a Note,
}

/// Names one request.
#[derive(Clone, Debug)]
pub(crate) struct OperationId(pub(crate) String);

/// Outermost layer: names the request, logs it, and writes the page of every error, whoever made it.
pub(crate) async fn dress(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let operation = crate::now::name();
    let prefs = Prefs::from_headers(request.headers());
    let here = local_address(request.uri());
    let is_call = api::is_call(&request);
    let called_in = api::language(request.headers());
    let plain = wants_plain(request.uri());
    let span =
        tracing::info_span!("request", operation = %operation, method = %request.method(), path = request.uri().path());
    request.extensions_mut().insert(OperationId(operation.clone()));

    let answered = tracing::Instrument::instrument(next.run(request), span.clone());
    let mut response = answered.await;
    if is_call {
        response = api::tell(response, called_in, &operation);
    }
    let status = response.status();
    span.in_scope(|| tracing::info!(status = status.as_u16(), "answered"));
    if !(status.is_client_error() || status.is_server_error()) || plain || is_call || is_page(&response) {
        return response;
    }
    let note = response.extensions().get::<Note>().cloned().unwrap_or_else(|| by_status(status));
    let page = response
        .extensions()
        .get::<Page>()
        .cloned()
        .unwrap_or_else(|| Page::signed_out(prefs, here, operation, state.options.demo));
    let mut dressed = page.show_as(status, &ErrorPage { page: &page, status: status.as_u16(), note: &note });
    // What the first answer said besides its body stays true: `Allow`, a cleared cookie.
    for (name, value) in response.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    dressed
}

fn by_status(status: StatusCode) -> Note {
    let (what, next) = match status {
        StatusCode::NOT_FOUND => ("error-no-page", "error-no-page-next"),
        StatusCode::FORBIDDEN => ("error-cross-site", "error-cross-site-next"),
        StatusCode::METHOD_NOT_ALLOWED => ("error-method", "error-no-page-next"),
        StatusCode::PAYLOAD_TOO_LARGE => ("error-too-large", "error-too-large-next"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
            ("error-too-long", "error-too-long-next")
        }
        s if s.is_client_error() => ("error-bad-request", "error-bad-value-next"),
        _ => ("error-unexpected", "error-unexpected-next"),
    };
    Note { what, next, detail: None }
}

/// A page that a handler wrote itself, such as a form with its own message.
fn is_page(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"))
}

/// Probes and assets read no page.
fn wants_plain(uri: &Uri) -> bool {
    let path = uri.path();
    path.starts_with("/static/") || path.starts_with("/tile/") || path == "/healthz" || path == "/readyz"
}

/// Path and query, as a switch may come back to.
pub(crate) fn local_address(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}
