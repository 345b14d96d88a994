//! Files of a case: what is wrong with those that come in, and how they are handed out again.
//!
//! A file is what a stranger sent. It is never shown as a page of ours: it is saved, under a policy that
//! lets nothing in it run, and its type is named only when no browser would act upon it.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::form::{self, Problem};
use crate::web::{
    AppState, Failure, Missing, Page,
    kit::{MAX_FILE_BYTES, MAX_FILES, MAX_FILES_BYTES, Refused, Sent, encode},
};

/// What is wrong with the files that were sent.
pub(super) fn upload_problems(page: &Page, sent: &Sent) -> Vec<Problem> {
    let problem = |refused: &Refused| {
        let text = match refused {
            Refused::TooLarge(name) => {
                page.t2("problem-file-large", "name", name, "limit", form::size(page, MAX_FILE_BYTES))
            }
            Refused::TooMany => page.t2(
                "problem-files-many",
                "n",
                u64::try_from(MAX_FILES).unwrap_or(u64::MAX),
                "limit",
                form::size(page, MAX_FILES_BYTES),
            ),
        };
        Problem::new("fichiers", text)
    };
    let mut problems: Vec<Problem> = sent.refused.iter().map(problem).collect();
    problems.dedup();
    problems
}

/// Types that are handed out under their own name: no browser runs anything of them under the policy below.
const INERT: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"];

/// `GET /dossiers/{number}/fichiers/{hash}`.
pub(crate) async fn file(
    State(state): State<AppState>,
    page: Page,
    Path((number, hash)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let reader = page.party();
    let found = state.ask(move |s| s.source.attachment(&number, &hash, reader)).await?;
    let file = found.ok_or(Failure::NotFound(Missing::File))?;
    let media_type = INERT.into_iter().find(|t| *t == file.media_type).unwrap_or("application/octet-stream");
    let mut response = ([(header::CONTENT_TYPE, media_type)], file.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    // The name stands in percent-encoding alone (RFC 6266): nothing of it can end the header.
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(&file.name).replace('/', "%2F"));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
