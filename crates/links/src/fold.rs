//! How names written by people are compared: `N° de l'Incident`, `n de l incident` and
//! `N_DE_LINCIDENT` are one name.
//!
//! Used for header names and for the left side of value tables, never for what is stored.

/// The letters and digits of a name, in lower case, without accents.
///
/// A name without any letter or digit stays as it is (trimmed), so that `?` and `*` differ.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
            'ç' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ñ' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            // The sign of `N°` is typed as a degree or as an ordinal, which counts as a letter.
            'º' | 'ª' => {}
            _ if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    if out.is_empty() { text.trim().to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn names_that_differ_by_case_accents_and_punctuation_are_one_name() {
        for (a, b) in [
            ("N° de l'incident", "nº DE L’INCIDENT"),
            ("Date de création", "date_de_creation"),
            ("  Priorité ", "PRIORITE"),
            ("e\u{301}tat", "état"),
            ("sys_updated_at", "Sys Updated At"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
        assert_ne!(fold("?"), fold("*"));
        assert_ne!(fold("件名"), fold("開始"));
    }
}
