//! The first page and the help.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::page::Page;
use crate::features::people;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage<'a> {
    page: &'a Page,
}

#[derive(Template)]
#[template(path = "nothing.html")]
struct NothingPage<'a> {
    page: &'a Page,
}

/// `GET /aide`.
pub(crate) async fn help(page: Page) -> Response {
    page.show(&HelpPage { page: &page })
}

/// `GET /`: the first page that the role may open.
pub(crate) async fn home(page: Page) -> Response {
    match page.nav.first() {
        _ if page.must_enrol => Redirect::to(people::web::FACTOR_PAGE).into_response(),
        Some(first) => Redirect::to(first.href).into_response(),
        None => page.show(&NothingPage { page: &page }),
    }
}
