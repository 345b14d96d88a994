//! What a program reads when something is not as it should be: RFC 9457 problem details.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use vigie_contract::Label;

use crate::web::{Failure, Lang};

/// Where the kinds of problem are described: a page of this server.
const TYPES: &str = "/api/v1/problems";

/// A problem about to be told. What it says is in both languages until the caller's is known.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Told>);

#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    kind: &'static str,
    title: Label,
    detail: Label,
    errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Clone, Debug)]
pub(crate) struct FieldError {
    /// Its place in the request, as a JSON pointer (RFC 6901).
    pub(crate) pointer: String,
    /// What is wrong with it, and what would be right.
    pub(crate) detail: Label,
}

/// The body of an answer that tells a problem (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Which kind of problem.
    r#type: String,
    /// The kind in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What happened here, and what to do.
    detail: String,
    /// The operation, as the server's log names it.
    instance: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// Its place in the request (JSON pointer).
    pointer: String,
    /// What is wrong with it.
    detail: String,
}

pub(crate) fn label(fr: impl Into<String>, en: impl Into<String>) -> Label {
    Label { fr: fr.into(), en: en.into() }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, kind: &'static str, title: Label, detail: Label) -> Self {
        Self(Box::new(Told { status, kind, title, detail, errors: Vec::new() }))
    }

    /// 422: the request was understood and cannot be done as it is.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let title = label("Valeurs refusées", "Values refused");
        let detail = label(
            "Rien n'a été enregistré. Corriger les champs nommés et renvoyer la demande.",
            "Nothing was recorded. Correct the fields named and send the request again.",
        );
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, detail);
        problem.0.errors = errors;
        problem
    }

    /// 404.
    pub(crate) fn not_found(what: &str) -> Self {
        let detail = label(format!("{what} n'existe pas ici."), format!("{what} does not exist here."));
        Self::new(StatusCode::NOT_FOUND, "not-found", label("Introuvable", "Not found"), detail)
    }

    /// 415.
    pub(crate) fn media_type() -> Self {
        let title = label("Type de contenu refusé", "Media type refused");
        let detail =
            label("Envoyer du JSON : Content-Type: application/json.", "Send JSON: Content-Type: application/json.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", title, detail)
    }

    /// The answer in a language, naming the operation.
    pub(crate) fn told(self, lang: Lang, operation: &str) -> Response {
        let say = |label: &Label| lang.label(label).to_owned();
        let told = *self.0;
        let errors = told.errors.iter().map(|e| FieldProblem { pointer: e.pointer.clone(), detail: say(&e.detail) });
        let body = ProblemBody {
            r#type: format!("{TYPES}/{}", told.kind),
            title: say(&told.title),
            status: told.status.as_u16(),
            detail: say(&told.detail),
            instance: format!("urn:vigie:operation:{operation}"),
            errors: errors.collect(),
        };
        let mut response = (told.status, Json(body)).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        if told.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound(_) => Self::not_found("Cette adresse"),
            Failure::BadValue(field) => {
                let detail = label("Valeur illisible.", "This value cannot be read.");
                Self::invalid(vec![FieldError { pointer: format!("/{field}"), detail }])
            }
            Failure::Forbidden(right) => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                label("Droit absent", "Right missing"),
                label(format!("Le droit {right} manque."), format!("The right {right} is missing.")),
            ),
            Failure::Unexpected(error) => {
                tracing::error!(error = format!("{error:#}"), "a call of the API failed");
                unexpected()
            }
        }
    }
}

/// 500: nothing of the inside is told.
pub(crate) fn unexpected() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected",
        label("Erreur inattendue", "Unexpected error"),
        label(
            "Ce qui a été acquitté est gardé. Réessayer avec la même Idempotency-Key ; sinon donner l'opération au support.",
            "What was acknowledged is kept. Try again with the same Idempotency-Key; else give the operation to support.",
        ),
    )
}

/// A problem on its way out: the outermost layer knows the language and the operation.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
