//! What a TOML reader says of a file, taken apart and said in French.
//!
//! The reader's words are English sentences of known shapes. Whoever must not show a value of the file takes
//! [`Remark::of`] and leaves the value out; whoever may shows [`in_french`]. A sentence of unknown shape stays
//! English: nothing here may guess at what it says.

use crate::quantity::QuantityError;

/// One sentence of the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark<'m> {
    /// A key that is none of those expected.
    UnknownKey {
        /// The key.
        key: &'m str,
        /// What is expected, in English.
        expected: &'m str,
    },
    /// A value that is none of the names expected.
    UnknownName {
        /// The value.
        value: &'m str,
        /// What is expected, in English.
        expected: &'m str,
    },
    /// A key that must be there.
    MissingKey(&'m str),
    /// A key that is there twice.
    TwiceKey(&'m str),
    /// A value of another kind.
    Kind {
        /// The value, with its kind in English.
        value: &'m str,
        /// What is expected, in English.
        expected: &'m str,
    },
    /// Something else, which may hold a value.
    Other(&'m str),
}

impl<'m> Remark<'m> {
    /// Takes a sentence apart.
    #[must_use]
    pub fn of(message: &'m str) -> Self {
        let named = |rest: &'m str| {
            let (name, expected) = rest.rsplit_once("`, expected ")?;
            Some((name, expected))
        };
        if let Some((key, expected)) = message.strip_prefix("unknown field `").and_then(named) {
            return Self::UnknownKey { key, expected };
        }
        if let Some((value, expected)) = message.strip_prefix("unknown variant `").and_then(named) {
            return Self::UnknownName { value, expected };
        }
        let quoted = |start: &str| message.strip_prefix(start).and_then(|rest| rest.strip_suffix('`'));
        if let Some(key) = quoted("missing field `") {
            return Self::MissingKey(key);
        }
        if let Some(key) = quoted("duplicate field `") {
            return Self::TwiceKey(key);
        }
        // A value may hold these words too: what is expected stands after the last of them.
        let kinds = ["invalid type: ", "invalid value: ", "invalid length "];
        if let Some(rest) = kinds.iter().find_map(|start| message.strip_prefix(start))
            && let Some((value, expected)) = rest.rsplit_once(", expected ")
        {
            return Self::Kind { value, expected };
        }
        Self::Other(message)
    }
}

/// A sentence of the reader about the shape of a file, in French.
#[must_use]
pub fn in_french(message: &str) -> String {
    match Remark::of(message) {
        Remark::UnknownKey { key, expected } => {
            format!("clé inconnue `{key}` ; attendu : {}", expected_in_french(expected))
        }
        Remark::UnknownName { value, expected } => {
            format!("valeur inconnue `{value}` ; attendu : {}", expected_in_french(expected))
        }
        Remark::MissingKey(key) => format!("la clé `{key}` manque"),
        Remark::TwiceKey(key) => format!("la clé `{key}` est donnée deux fois"),
        Remark::Kind { value, expected } => {
            format!("{} ne convient pas ; attendu : {}", kind_in_french(value), expected_in_french(expected))
        }
        Remark::Other(message) => match QuantityError::told(message) {
            Some(told) => told.fr(),
            None => format!("le lecteur TOML dit « {message} »"),
        },
    }
}

/// A sentence of the reader about the shape of a file or about its syntax, in French.
#[must_use]
pub fn any_in_french(message: &str) -> String {
    match Remark::of(message) {
        Remark::Other(message) if QuantityError::told(message).is_none() => syntax_in_french(message),
        _ => in_french(message),
    }
}

/// A value with its kind.
fn kind_in_french(value: &str) -> String {
    let kinds = [
        ("string ", "le texte "),
        ("integer ", "le nombre entier "),
        ("floating point ", "le nombre "),
        ("boolean ", "la valeur "),
    ];
    let kind = kinds.iter().find_map(|(en, fr)| value.strip_prefix(en).map(|rest| format!("{fr}{rest}")));
    kind.unwrap_or_else(|| match value {
        "sequence" => "une liste".to_owned(),
        "map" => "une table".to_owned(),
        other => format!("« {other} »"),
    })
}

/// What is expected.
#[must_use]
pub fn expected_in_french(expected: &str) -> String {
    if let Some(names) = expected.strip_prefix("one of ") {
        return format!("l'un de {names}");
    }
    let said = match expected {
        "a string" => "un texte",
        "a boolean" => "`true` ou `false`",
        "u8" | "u16" | "u32" | "u64" | "usize" => "un nombre entier à partir de 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "un nombre entier",
        "f32" | "f64" => "un nombre",
        "a sequence" => "une liste",
        "a map" => "une table",
        "string or table" => "un texte ou une table",
        other if other.starts_with("struct ") => "une table",
        other if other.starts_with("a sequence of ") => "une liste",
        other => return other.replace("` or `", "` ou `"),
    };
    said.to_owned()
}

/// A sentence of the reader about its syntax, in French: what is wrong, then what was expected.
#[must_use]
pub fn syntax_in_french(message: &str) -> String {
    let (what, expected) = message.split_once(", expected ").map_or((message, None), |(w, e)| (w, Some(e)));
    let Some((_, said)) = SYNTAX.iter().find(|(en, _)| *en == what) else {
        return format!("le lecteur TOML dit « {message} »");
    };
    match expected {
        None => (*said).to_owned(),
        Some("nothing") => format!("{said} ; rien n'est attendu là"),
        Some(expected) => {
            let words = EXPECTED.iter().find(|(en, _)| *en == expected).map_or(expected, |(_, fr)| fr);
            format!("{said} ; attendu : {words}")
        }
    }
}

/// What the reader finds wrong with the syntax.
const SYNTAX: &[(&str, &str)] = &[
    ("`_` may only go between digits", "`_` ne va qu'entre deux chiffres"),
    ("carriage return must be followed by newline", "un retour de chariot n'est pas suivi d'une fin de ligne"),
    ("duplicate key", "la clé est donnée deux fois"),
    ("extra `=`", "il y a un `=` de trop"),
    ("extra assignment between key-value pairs", "il y a un `=` de trop"),
    ("extra comma in array", "il y a une virgule de trop dans la liste"),
    ("extra comma in inline table", "il y a une virgule de trop dans la table"),
    ("integers with a radix cannot be signed", "un nombre hexadécimal, octal ou binaire n'a pas de signe"),
    ("invalid comment character", "un commentaire contient un caractère interdit"),
    ("invalid inline table element", "un élément de la table ne se lit pas"),
    ("invalid key-value pair", "la ligne n'est pas de la forme `clé = valeur`"),
    ("invalid unquoted key", "une clé sans guillemets contient un caractère interdit"),
    ("invalid value", "la valeur ne se lit pas"),
    ("key with no value", "la clé n'a pas de valeur"),
    ("keys cannot be multi-line basic strings", "une clé ne s'étend pas sur plusieurs lignes"),
    ("keys cannot be multi-line literal strings", "une clé ne s'étend pas sur plusieurs lignes"),
    ("missing assignment between key-value pairs", "il manque un `=` entre la clé et sa valeur"),
    ("missing comma between array elements", "il manque une virgule entre deux éléments de la liste"),
    ("missing comma between key-value pairs", "il manque une virgule entre deux éléments de la table"),
    ("missing key for inline table element", "un élément de la table n'a pas de clé"),
    ("missing opening quote", "il manque un guillemet ouvrant"),
    ("missing value", "il manque une valeur"),
    ("missing value for key", "la clé n'a pas de valeur"),
    ("radix must be lowercase", "`0x`, `0o` et `0b` s'écrivent en minuscules"),
    ("redundant integer number prefix", "le préfixe du nombre est de trop"),
    ("redundant numeric sign", "le signe du nombre est de trop"),
    ("string values must be quoted", "un texte s'écrit entre guillemets"),
    ("too few unicode value digits", "il manque des chiffres au caractère Unicode"),
    ("unclosed array", "la liste n'est pas fermée"),
    ("unclosed array table", "l'en-tête de table n'est pas fermé"),
    ("unclosed inline table", "la table n'est pas fermée"),
    ("unclosed table", "l'en-tête de table n'est pas fermé"),
    ("unexpected `=` in array", "il y a un `=` dans la liste"),
    ("unexpected content", "il y a du texte de trop"),
    ("unexpected content between comment and newline", "il y a du texte après le commentaire"),
    ("unexpected key or value", "il y a une clé ou une valeur de trop"),
    ("unexpected leading zero", "le nombre commence par un zéro"),
    ("unexpected sign", "il y a un signe de trop"),
    ("unquoted keys cannot be empty", "une clé est vide"),
    ("cannot extend value of type array with a dotted key", "une liste ne se complète pas par une clé à points"),
    (
        "cannot extend value of type inline table with a dotted key",
        "une table entre accolades ne se complète pas par une clé à points",
    ),
    ("cannot recurse further; max recursion depth met", "l'emboîtement est trop profond"),
    ("invalid binary number", "le nombre binaire ne se lit pas"),
    ("invalid boolean", "la valeur n'est ni `true` ni `false`"),
    ("invalid date-time", "la date ne se lit pas"),
    ("invalid exponent", "l'exposant du nombre ne se lit pas"),
    ("invalid float", "le nombre ne se lit pas"),
    ("invalid fraction", "la partie décimale du nombre ne se lit pas"),
    ("invalid hexadecimal number", "le nombre hexadécimal ne se lit pas"),
    ("invalid integer number", "le nombre entier ne se lit pas"),
    ("invalid key", "la clé ne se lit pas"),
    ("invalid mantissa", "le nombre ne se lit pas"),
    ("invalid octal number", "le nombre octal ne se lit pas"),
    ("invalid string", "le texte ne se lit pas"),
    ("invalid table", "l'en-tête de table ne se lit pas"),
    ("missing escaped value", "il manque le caractère échappé"),
    ("invalid basic string", "le texte entre guillemets n'est pas fermé"),
    ("invalid literal string", "le texte entre apostrophes n'est pas fermé"),
    ("invalid multi-line basic string", "le texte entre triples guillemets n'est pas fermé"),
    ("invalid multi-line literal string", "le texte entre triples apostrophes n'est pas fermé"),
];

/// What the reader would have liked better.
const EXPECTED: &[(&str, &str)] = &[
    ("newline", "une fin de ligne"),
    ("literal string", "un texte entre guillemets"),
    ("key", "une clé"),
    ("value", "une valeur"),
    ("`=`", "`=`"),
    ("`\"`", "`\"`"),
    ("`'`", "`'`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what cannot be read is looked at")]
    struct Sample {
        count: u32,
        name: String,
        side: crate::Party,
        many: Option<Vec<String>>,
        sure: Option<bool>,
        within: Option<crate::Delay>,
    }

    fn check(text: &str, expected: &str) {
        let error = toml::from_str::<Sample>(text).unwrap_err();
        assert_eq!(in_french(error.message()), expected, "{}", error.message());
    }

    #[test]
    fn every_sentence_about_the_shape_is_said_in_french() {
        let with = |more: &str| format!("count = 1\nname = \"n\"\nside = \"provider\"\n{more}");
        check("count = 1", "la clé `name` manque");
        check("count = \"one\"", "le texte \"one\" ne convient pas ; attendu : un nombre entier à partir de 0");
        check("count = -1", "le nombre entier `-1` ne convient pas ; attendu : un nombre entier à partir de 0");
        check("name = [1]", "une liste ne convient pas ; attendu : un texte");
        check("name = 1.5", "le nombre `1.5` ne convient pas ; attendu : un texte");
        check(&with("sure = 3"), "le nombre entier `3` ne convient pas ; attendu : `true` ou `false`");
        check(&with("many = true"), "la valeur `true` ne convient pas ; attendu : une liste");
        check("side = \"us\"", "valeur inconnue `us` ; attendu : l'un de `provider`, `customer`, `third_party`");
        check(
            &with("nam = 1"),
            "clé inconnue `nam` ; attendu : l'un de `count`, `name`, `side`, `many`, `sure`, `within`",
        );
        check(
            &with("within = \"soon\""),
            "`soon` n'est pas un délai ; écrire un nombre entier et une unité, par exemple `30 min`, `2 h`, \
             `5 working days`, `8 days`, `1 week`, `2 months`",
        );
    }

    #[test]
    fn a_value_that_holds_the_readers_own_words_is_told_from_what_is_expected() {
        let message = "invalid type: string \"x, expected y\", expected u32";
        assert_eq!(Remark::of(message), Remark::Kind { value: "string \"x, expected y\"", expected: "u32" });
    }

    #[test]
    fn mistakes_of_syntax_are_said_in_french() {
        for text in [
            "a",
            "a =",
            "a = b",
            "= 1",
            "a = 1 2",
            "a = [1 2]",
            "a = [1,, 2]",
            "a = { b = 1 c = 2 }",
            "a = [1",
            "a = { b = 1",
            "[a",
            "[[a]",
            "a = \"x",
            "a = 'x",
            "a == 1",
            "a = 01",
            "a = 1__0",
            "a = +-1",
            "a = 0X1",
            "a b = 1",
            "a = 1\na = 2",
            "a = +0x1",
            "é = 1",
            "a = \"\\u12\"",
            "a = tru",
            "a.=1",
            "\"\"\"a\"\"\" = 1",
            "a = {,}",
            "a = [,]",
        ] {
            let Err(error) = toml::from_str::<toml::Table>(text) else { continue };
            let said = syntax_in_french(error.message());
            assert!(!said.starts_with("le lecteur TOML"), "{text}: {said}");
        }
    }
}
