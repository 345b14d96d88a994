//! What a page knows besides its own content: who reads it, in which language, where they are.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{Html, IntoResponse, Response},
};
use jiff::tz::TimeZone;
use vigie_contract::{Label, Party, RoleId};

use super::{
    assets, chrome,
    chrome::Safe,
    format::Format,
    i18n::{Argument, Lang, Messages},
    prefs::{Prefs, Theme},
};

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Name of the account.
    pub name: String,
    /// Role in the contract.
    pub role: RoleId,
    /// What people call the role.
    pub role_label: Label,
    /// The role's side; a role that the contract does not know is nobody's.
    pub party: Party,
    /// What people call the provider through which they sign in; whoever has one has no password.
    pub provider: Option<Label>,
}

/// A page of the navigation that the viewer may open.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// Where.
    pub href: &'static str,
    /// Message key of its name.
    pub key: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// Shortcut after `g`.
    pub shortcut: &'static str,
    /// Message key of the menu in which it stands; none for a link of the line itself.
    pub menu: Option<&'static str>,
}

/// What stands at one place of the navigation.
#[derive(Clone, Copy, Debug)]
pub struct NavPlace<'a> {
    /// Message key of the menu; none for a page that stands in the line itself.
    pub menu: Option<&'static str>,
    /// Its pages; one when it is no menu.
    pub items: &'a [NavItem],
}

/// One step of the way to a page.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Its text.
    pub text: String,
    /// Its address; none for the page itself.
    pub href: Option<String>,
}

/// The frame of one page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Language and theme.
    pub prefs: Prefs,
    /// Prints numbers and dates.
    pub format: Format,
    /// Path and query of this page, for the switches that come back to it.
    pub here: String,
    /// Names this request in the log and on an error page.
    pub operation: String,
    /// Who reads; none before sign-in.
    pub viewer: Option<Viewer>,
    /// What the viewer may open.
    pub nav: Vec<NavItem>,
    /// The rights of the viewer that are not a page of the navigation.
    pub rights: Vec<&'static str>,
    /// Notices that the viewer has not read.
    pub unread: u64,
    /// Whether the viewer must set up a second factor before any page opens.
    pub must_enrol: bool,
    /// Name of the contract.
    pub contract: Label,
    /// Whether the data are a demonstration.
    pub demo: bool,
}

impl Page {
    /// A frame for who is not signed in.
    #[must_use]
    pub fn signed_out(prefs: Prefs, here: String, operation: String, demo: bool) -> Self {
        Self {
            prefs,
            format: Format { lang: prefs.lang, zone: TimeZone::UTC },
            here,
            operation,
            viewer: None,
            nav: Vec::new(),
            rights: Vec::new(),
            unread: 0,
            must_enrol: false,
            contract: Label::default(),
            demo,
        }
    }

    /// Language of the page.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.prefs.lang
    }

    /// Theme of the page.
    #[must_use]
    pub fn theme(&self) -> Theme {
        self.prefs.theme
    }

    /// The language that the switch gives.
    #[must_use]
    pub fn lang_switch(&self) -> Lang {
        self.lang().other()
    }

    /// The theme in words.
    #[must_use]
    pub fn theme_name(&self) -> String {
        self.t(match self.theme() {
            Theme::Auto => "theme-auto",
            Theme::Light => "theme-light",
            Theme::Dark => "theme-dark",
        })
    }

    /// A message.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.lang().t(key)
    }

    /// A message with one argument.
    #[must_use]
    pub fn t1(&self, key: &str, name: &'static str, value: impl Argument) -> String {
        self.lang().t_with(key, &[(name, &value)])
    }

    /// A message with two arguments.
    #[must_use]
    pub fn t2(
        &self,
        key: &str,
        one: &'static str,
        first: impl Argument,
        two: &'static str,
        second: impl Argument,
    ) -> String {
        self.lang().t_with(key, &[(one, &first), (two, &second)])
    }

    /// A message with many arguments.
    #[must_use]
    pub fn lang_with(&self, key: &str, arguments: &[(&'static str, &dyn Argument)]) -> String {
        self.lang().t_with(key, arguments)
    }

    /// The side of a label that this page reads.
    #[must_use]
    pub fn label<'a>(&self, label: &'a Label) -> &'a str {
        self.lang().label(label)
    }

    /// An icon; the word beside it must say the same.
    #[must_use]
    pub fn icon(&self, name: &str) -> Safe<String> {
        chrome::icon(name)
    }

    /// The address of an asset.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// Whether a page of the navigation holds this one.
    #[must_use]
    pub fn is_here(&self, href: &str) -> bool {
        let path = self.here.split('?').next().unwrap_or_default();
        path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The navigation as it is laid out. A menu of which the viewer may open one page is that page.
    #[must_use]
    pub fn places(&self) -> Vec<NavPlace<'_>> {
        let groups = self.nav.chunk_by(|a, b| a.menu.is_some() && a.menu == b.menu);
        let menu = |items: &[NavItem]| items.first().filter(|_| items.len() > 1).and_then(|first| first.menu);
        groups.map(|items| NavPlace { menu: menu(items), items }).collect()
    }

    /// Whether this page is one of these.
    #[must_use]
    pub fn is_among(&self, items: &[NavItem]) -> bool {
        items.iter().any(|item| self.is_here(item.href))
    }

    /// Whether the viewer may open that page of the navigation.
    #[must_use]
    pub fn may_open(&self, href: &str) -> bool {
        self.nav.iter().any(|n| n.href == href)
    }

    /// Whether the viewer has one of the rights that links depend on.
    #[must_use]
    pub fn may(&self, right: &str) -> bool {
        self.rights.contains(&right)
    }

    /// The side for which the viewer reads and acts.
    #[must_use]
    pub fn party(&self) -> Party {
        self.viewer.as_ref().map_or(Party::ThirdParty, |v| v.party)
    }

    /// The answer that shows a template.
    #[must_use]
    pub fn show(&self, template: &impl Template) -> Response {
        self.show_as(StatusCode::OK, template)
    }

    /// The same under another status.
    #[must_use]
    pub fn show_as(&self, status: StatusCode, template: &impl Template) -> Response {
        match template.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(operation = %self.operation, %error, "a template could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Page {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // The guard puts it there; a handler outside the table of routes has none and must not answer.
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
