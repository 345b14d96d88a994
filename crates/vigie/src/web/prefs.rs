//! Language and theme: what a browser remembers, also before anybody signs in.
//!
//! Both live in cookies that hold nothing else, so that they persist without a script.

use axum::http::{HeaderMap, header};

use super::{Lang, i18n::Messages};

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Its name in HTML and in the cookie.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|t| t.code() == code)
    }

    /// What one press of the switch gives.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Auto => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::Auto,
        }
    }
}

/// What a browser prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefs {
    /// Language.
    pub lang: Lang,
    /// Theme.
    pub theme: Theme,
}

/// Name of the language's cookie.
pub(crate) const LANG_COOKIE: &str = "lang";
/// Name of the theme's cookie.
pub(crate) const THEME_COOKIE: &str = "theme";

impl Prefs {
    /// Reads the cookies of a request; what is absent or strange is the default.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        Self {
            lang: cookie(headers, LANG_COOKIE).and_then(|v| Lang::parse(&v)).unwrap_or_default(),
            theme: cookie(headers, THEME_COOKIE).and_then(|v| Theme::parse(&v)).unwrap_or_default(),
        }
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v.to_owned())
}

/// A cookie that persists for a year and that scripts cannot read.
pub(crate) fn remember(name: &str, value: &str, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cookies: &str, lang: Lang, theme: Theme) {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        assert_eq!(Prefs::from_headers(&headers), Prefs { lang, theme });
    }

    #[test]
    fn cookies_choose_language_and_theme_and_strange_ones_are_passed_over() {
        check("lang=en; theme=dark", Lang::En, Theme::Dark);
        check("theme=light", Lang::Fr, Theme::Light);
        check("lang=de; theme=\"><script>", Lang::Fr, Theme::Auto);
        check(";;=;lang", Lang::Fr, Theme::Auto);
    }
}
