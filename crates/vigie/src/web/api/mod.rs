//! What all calls of `/api/v1` share: who calls, problems, and the description of the API.

pub(crate) mod bearer;
pub(crate) mod doc;
pub(crate) mod problem;

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

pub(crate) use bearer::Caller;
pub(crate) use problem::{FieldError, Problem, label};

use super::{Lang, i18n::Messages as _};

/// Where the API begins.
pub(crate) const ROOT: &str = "/api/";

/// Doors of pages that a token opens too: public formats that others' programs read.
const TAKE_TOKEN: [&str; 2] = ["/checkpoint", "/tile/"];

/// Whether a path is one of those.
pub(crate) fn takes_token(path: &str) -> bool {
    TAKE_TOKEN.iter().any(|door| path.starts_with(door))
}

/// Whether a program calls, and is to be answered as one.
pub(crate) fn is_call(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with(ROOT) || (takes_token(path) && bearer::token(request.headers()).is_some())
}

/// The language that a program asks for (RFC 9110, 12.5.4); French when it asks for none of ours.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut best: Option<(Lang, u16)> = None;
    for range in asked.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let Some(lang) = tag.split('-').next().and_then(|code| Lang::parse(&code.to_ascii_lowercase())) else {
            continue;
        };
        // Three decimals at most, read as thousandths.
        let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(1_000, thousandths);
        if weight > 0 && best.is_none_or(|(_, most)| weight > most) {
            best = Some((lang, weight));
        }
    }
    best.map_or_else(Lang::default, |(lang, _)| lang)
}

fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: u16 = format!("{part:0<3}").get(..3).and_then(|p| p.parse().ok()).unwrap_or(0);
    whole.parse::<u16>().unwrap_or(0).saturating_mul(1_000).saturating_add(part)
}

/// Writes the problem that a handler left, and one for what the layers refused without a body.
pub(crate) fn tell(mut response: Response, lang: Lang, operation: &str) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return problem.told(lang, operation);
    }
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    let is_json = |v: &axum::http::HeaderValue| v.as_bytes().starts_with(b"application/");
    if !refused || response.headers().get(header::CONTENT_TYPE).is_some_and(is_json) {
        return response;
    }
    let mut told = by_status(status).told(lang, operation);
    if let Some(allow) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, allow.clone());
    }
    told
}

fn by_status(status: StatusCode) -> Problem {
    let (kind, title, detail) = match status {
        StatusCode::NOT_FOUND => return Problem::not_found("Cette adresse"),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method",
            label("Méthode refusée", "Method refused"),
            label("Voir l'en-tête Allow.", "See the Allow header."),
        ),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "too-large",
            label("Demande trop grande", "Request too large"),
            label("Rien n'a été enregistré. Raccourcir la demande.", "Nothing was recorded. Shorten the request."),
        ),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => (
            "busy",
            label("Trop long", "Too long"),
            label(
                "Réessayer avec la même Idempotency-Key : rien ne sera fait deux fois.",
                "Try again with the same Idempotency-Key: nothing will be done twice.",
            ),
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => return Problem::media_type(),
        s if s.is_client_error() => (
            "malformed",
            label("Demande illisible", "Request unreadable"),
            label("Voir /api/v1/openapi.json.", "See /api/v1/openapi.json."),
        ),
        _ => return problem::unexpected(),
    };
    Problem::new(status, kind, title, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_that_a_program_prefers_among_ours() {
        for (asked, expected) in [
            ("en", Lang::En),
            ("en-GB,en;q=0.9", Lang::En),
            ("de, fr;q=0.5, en;q=0.8", Lang::En),
            ("en;q=0.5, fr", Lang::Fr),
            ("en;q=0", Lang::Fr),
            ("de", Lang::Fr),
            (";;=,", Lang::Fr),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, asked.parse().unwrap())]);
            assert_eq!(language(&headers), expected, "{asked}");
        }
    }
}
