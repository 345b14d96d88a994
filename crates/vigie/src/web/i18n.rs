//! Every text that a page says, in French and in English, from one catalogue (`locales/`).
//!
//! Fluent chooses plurals; numbers and dates are formatted by [`super::Format`] and passed as text. A
//! text must never be written in a template or a handler: a test walks them all.

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid};

fluent_templates::static_loader! {
    static CATALOGUE = {
        locales: "locales",
        fallback_language: "fr",
        // The isolation marks that Fluent puts around arguments show as boxes in copies and exports.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static FRENCH: LanguageIdentifier = langid!("fr");
static ENGLISH: LanguageIdentifier = langid!("en");

pub use vigie_reports::format::Lang;

/// What a language can say of the interface.
pub trait Messages: Sized {
    /// The other one, for the switch.
    #[must_use]
    fn other(self) -> Self;

    /// Reads a code, `fr` or `en`.
    fn parse(code: &str) -> Option<Self>;

    /// The message of that key.
    fn t(self, key: &str) -> String;

    /// The message of that key with its arguments.
    fn t_with(self, key: &str, arguments: &[(&'static str, &dyn Argument)]) -> String;
}

impl Messages for Lang {
    fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }

    fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    fn t(self, key: &str) -> String {
        CATALOGUE.lookup(identifier(self), key)
    }

    fn t_with(self, key: &str, arguments: &[(&'static str, &dyn Argument)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
            arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), value.value())).collect();
        CATALOGUE.lookup_with_args(identifier(self), key, &arguments)
    }
}

fn identifier(lang: Lang) -> &'static LanguageIdentifier {
    match lang {
        Lang::Fr => &FRENCH,
        Lang::En => &ENGLISH,
    }
}

/// What may stand in a message: a text, or a count that chooses a plural.
pub trait Argument {
    /// As Fluent reads it.
    fn value(&self) -> FluentValue<'_>;
}

macro_rules! counts {
    ($($type:ty),*) => {$(
        impl Argument for $type {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}
counts!(u8, u16, u32, u64, usize, i64);

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    fn files(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, endings, found);
            } else if path.extension().is_some_and(|e| endings.iter().any(|w| e == *w)) {
                found.push(path);
            }
        }
    }

    fn keys(lang: &str) -> BTreeSet<String> {
        let mut found = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang), &["ftl"], &mut found);
        let mut keys = BTreeSet::new();
        for path in found {
            for line in fs::read_to_string(&path).unwrap().lines() {
                if let Some((key, _)) = line.split_once(" =")
                    && line.starts_with(|c: char| c.is_ascii_lowercase())
                {
                    assert!(keys.insert(key.to_owned()), "{key} is defined twice in {lang}");
                }
            }
        }
        keys
    }

    fn sources() -> String {
        let mut found = Vec::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &["rs", "html"], &mut found);
        found.iter().map(|p| fs::read_to_string(p).unwrap()).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        assert_eq!(keys("fr"), keys("en"));
    }

    #[test]
    fn every_key_is_used() {
        let sources = sources();
        let unused: Vec<_> = keys("fr").into_iter().filter(|k| !sources.contains(&format!("\"{k}\""))).collect();
        assert!(unused.is_empty(), "no page says {unused:?}; remove them from locales/");
    }

    #[test]
    fn every_key_that_a_page_names_exists() {
        let (sources, keys) = (sources(), keys("fr"));
        for call in [".t(\"", ".t1(\"", ".t2(\"", ".t_with(\""] {
            for rest in sources.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                // The pattern above also finds itself in this file.
                assert!(keys.contains(key) || !key.starts_with(|c: char| c.is_ascii_lowercase()), "no message {key}");
            }
        }
    }

    #[test]
    fn every_message_reads_in_both_languages() {
        let texts: String = ["fr", "en"]
            .into_iter()
            .flat_map(|lang| {
                let mut found = Vec::new();
                files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang), &["ftl"], &mut found);
                found
            })
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let names: BTreeSet<&str> =
            texts.split('$').skip(1).map(|rest| rest.split(|c| !is_name(c)).next().unwrap()).collect();
        let arguments: Vec<(&'static str, &dyn Argument)> =
            names.into_iter().map(|n| (&*n.to_owned().leak(), &2_u64 as &dyn Argument)).collect();
        for key in keys("fr") {
            for lang in [Lang::Fr, Lang::En] {
                let text = lang.t_with(&key, &arguments);
                assert!(!text.starts_with("Unknown localization"), "{key} in {}: {text}", lang.code());
            }
        }
    }
}
