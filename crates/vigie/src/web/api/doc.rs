//! The description of the API (OpenAPI 3.1), made from the code.
//!
//! What every call may answer besides its own is added here, once, from what the call takes: a token, a
//! part of its path, values, a body. MUST NOT promise an answer that nothing gives.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi, ToSchema as _,
    openapi::{
        Components, Content, Header, Ref, RefOr, ResponseBuilder,
        path::{Operation, ParameterIn},
        response,
        schema::{ObjectBuilder, Schema, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::problem::ProblemBody;
use crate::features::{calendar, desk};

/// What problems are sent as.
const PROBLEM: &str = "application/problem+json";

/// The calls, before what all of them share is added.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vigie",
        description = "Cases, their acts and their clocks. Times are RFC 3339 in UTC; problems are RFC 9457; \
                       `Accept-Language` chooses French or English. A list gives its total and `next`, the cursor \
                       of its next page. What may be asked twice takes an `Idempotency-Key`; what somebody else \
                       may have changed takes the `If-Match` of what was read."
    ),
    paths(
        desk::api::create, desk::api::list, desk::api::read, desk::api::act, desk::api::views::list,
        desk::api::views::save, desk::api::views::change, desk::api::views::remove, calendar::web::feed, describe,
    ),
    components(schemas(ProblemBody)),
    modifiers(&Bearer, &Refusals)
)]
struct Api;

/// The description with all that it shares.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// Describes the API (OpenAPI 3.1).
#[utoipa::path(
    get, path = "/api/v1/openapi.json", operation_id = "describe", tag = "description",
    responses((status = 200, description = "This document", body = Object, content_type = "application/json"))
)]
pub(crate) async fn describe() -> Response {
    Json(document()).into_response()
}

/// The schema of a text that is one of these.
pub(crate) fn choice<'a>(names: impl IntoIterator<Item = &'a str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
}

/// Tokens made by `vigie token create`.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        api.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// A refusal that calls share: its status, its name in the document, when it is given, and what it says.
struct Refusal {
    status: StatusCode,
    name: &'static str,
    given: fn(&Operation) -> bool,
    says: &'static str,
}

const REFUSALS: [Refusal; 9] = [
    Refusal {
        status: StatusCode::BAD_REQUEST,
        name: "Malformed",
        given: has_path,
        says: "The address cannot be read: a part of it is no UTF-8",
    },
    Refusal {
        status: StatusCode::UNAUTHORIZED,
        name: "TokenMissing",
        given: is_secured,
        says: "The token is missing, unknown, revoked or over",
    },
    Refusal {
        status: StatusCode::FORBIDDEN,
        name: "RightMissing",
        given: is_secured,
        says: "The account or its token lacks the right; says which",
    },
    Refusal { status: StatusCode::NOT_FOUND, name: "NotFound", given: has_path, says: "Nothing here has that name" },
    Refusal {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        name: "TooLarge",
        given: has_body,
        says: "The body is larger than the call takes; nothing was kept",
    },
    Refusal {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        name: "MediaType",
        given: has_body,
        says: "The body is of another media type than the call takes",
    },
    Refusal {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        name: "Invalid",
        given: has_values,
        says: "Values refused, each by its place; nothing was kept",
    },
    Refusal {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        name: "Unexpected",
        given: reads,
        says: "An error of the server; names the operation",
    },
    Refusal {
        status: StatusCode::SERVICE_UNAVAILABLE,
        name: "Busy",
        given: reads,
        says: "It took too long; may be asked again with the same Idempotency-Key",
    },
];

fn is_secured(call: &Operation) -> bool {
    call.security.as_ref().is_some_and(|s| !s.is_empty())
}

fn has_parameter(call: &Operation, wanted: impl Fn(&ParameterIn) -> bool) -> bool {
    let parameters = call.parameters.iter().flatten();
    parameters.into_iter().any(|p| matches!(p, RefOr::T(p) if wanted(&p.parameter_in)))
}

fn has_path(call: &Operation) -> bool {
    has_parameter(call, |place| *place == ParameterIn::Path)
}

fn has_body(call: &Operation) -> bool {
    call.request_body.is_some()
}

fn has_values(call: &Operation) -> bool {
    has_body(call) || has_parameter(call, |place| *place != ParameterIn::Path)
}

/// Whether it reads or writes the store at all.
fn reads(call: &Operation) -> bool {
    is_secured(call) || has_values(call)
}

/// Adds to each call the refusals that it may give.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        REFUSALS.iter().for_each(|refusal| add(components, refusal));
        for item in api.paths.paths.values_mut() {
            let calls = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
            calls.into_iter().flatten().for_each(complete);
        }
    }
}

fn add(components: &mut Components, refusal: &Refusal) {
    let mut told = ResponseBuilder::new().description(refusal.says).content(PROBLEM, problem());
    if refusal.status == StatusCode::UNAUTHORIZED {
        told = told.header("WWW-Authenticate", Header::default());
    }
    components.responses.insert(refusal.name.to_owned(), told.build().into());
}

fn problem() -> Content {
    Content::new(Some(Ref::from_schema_name(ProblemBody::name())))
}

fn complete(call: &mut Operation) {
    for refusal in REFUSALS.iter().filter(|r| (r.given)(call)).collect::<Vec<_>>() {
        let known = call.responses.responses.entry(refusal.status.as_str().to_owned());
        known.or_insert_with(|| RefOr::Ref(Ref::from_response_name(refusal.name)));
    }
    // What a call says of its own refusals is told as a problem too.
    for (status, told) in &mut call.responses.responses {
        if let RefOr::T(response::Response { content, .. }) = told
            && content.is_empty()
            && (status.starts_with('4') || status.starts_with('5'))
        {
            content.insert(PROBLEM.to_owned(), RefOr::T(problem()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::{api::ROOT, routes::table};

    #[test]
    fn every_call_of_the_table_is_described_and_no_other() {
        let doors = table().into_iter().filter(|r| r.path.starts_with(ROOT));
        let doors: BTreeSet<_> = doors.map(|r| format!("{} {}", r.method, r.path)).collect();
        let mut described = BTreeSet::new();
        for (path, item) in document().paths.paths {
            let calls = [
                ("GET", item.get),
                ("PUT", item.put),
                ("POST", item.post),
                ("PATCH", item.patch),
                ("DELETE", item.delete),
            ];
            described.extend(calls.into_iter().filter(|(_, c)| c.is_some()).map(|(m, _)| format!("{m} {path}")));
        }
        assert_eq!(described, doors);
    }

    #[test]
    fn every_refusal_is_a_problem_and_every_secured_call_tells_of_tokens_and_rights() {
        for (path, item) in document().paths.paths {
            for call in [item.get, item.put, item.post, item.patch, item.delete].into_iter().flatten() {
                let told = &call.responses.responses;
                assert!(!is_secured(&call) || (told.contains_key("401") && told.contains_key("403")), "{path}");
                assert_eq!(told.contains_key("413") && told.contains_key("415"), has_body(&call), "{path}");
                for (status, told) in told {
                    let RefOr::T(told) = told else { continue };
                    let is_problem = told.content.contains_key(PROBLEM);
                    assert_eq!(is_problem, status.as_str() >= "400", "{path} {status}");
                }
            }
        }
    }
}
