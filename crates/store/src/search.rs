//! Full-text search in French over what was said, with the same answers on both engines.
//!
//! Words are folded here (case, accents, elisions) and a question is cut to its stems, so that neither
//! engine's own idea of French matters: SQLite (FTS5) and PostgreSQL (`tsvector`) only find the words that
//! begin so. The unit is one entry: all words of a question stand in what one entry says. Whoever erases
//! what was said MUST [`forget`] it in the same unit of work.

use std::{collections::HashSet, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Engine, Param, StoreError, Tx};

/// Bytes of folded text that are searched of one entry: PostgreSQL refuses a vector of more than a megabyte.
pub const MOST_BYTES: usize = 64 * 1024;
/// Bytes of one word; what follows is left out of it.
const MOST_OF_A_WORD: usize = 64;
/// Words of a question; what follows is left out.
const MOST_TERMS: usize = 8;
/// Entries that a question finds and its reader may read, the latest first: enough to page through, and bounded
/// whatever the word.
pub const MOST_FOUND: u32 = 2_000;
/// A stem shorter than this says too little.
const SHORTEST_STEM: usize = 4;

static FRENCH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::French));

/// Words that say nothing beside others.
const STOP: [&str; 33] = [
    "au", "aux", "avec", "ce", "ces", "dans", "de", "des", "du", "elle", "en", "est", "et", "il", "la", "le", "les",
    "leur", "mais", "ne", "nous", "on", "ou", "par", "pas", "pour", "qu", "que", "qui", "sur", "un", "une", "vous",
];

/// What one entry says.
#[derive(Clone, Debug)]
pub struct Spoken<'a> {
    /// The place of the entry in the journal.
    pub seq: u64,
    /// Of whom it speaks.
    pub subject: &'a str,
    /// The one party that may read it; absent when all may.
    pub side: Option<&'static str>,
    /// The words, [`fold`]ed.
    pub text: String,
}

/// Words as they are searched: in lower case, without accents, each once, cut by spaces.
#[must_use]
pub fn fold<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let (mut folded, mut seen) = (String::new(), HashSet::new());
    for word in texts.into_iter().flat_map(words) {
        if folded.len() + word.len() >= MOST_BYTES {
            break;
        }
        if seen.contains(&word) {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&word);
        seen.insert(word);
    }
    folded
}

/// The folded words of a text. An elided article or pronoun stands alone and is left out with all single letters.
fn words(text: &str) -> impl Iterator<Item = String> {
    raw_words(text).map(plain).filter(|word| is_word(word))
}

fn raw_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
}

fn is_word(word: &str) -> bool {
    word.chars().nth(1).is_some() || word.starts_with(|c: char| c.is_numeric())
}

fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            // Nothing else may stand in a word: both engines cut there.
            c if c.is_alphanumeric() => plain.push(c),
            _ => {}
        }
        if plain.len() >= MOST_OF_A_WORD {
            break;
        }
    }
    plain
}

/// The beginnings of words that a question asks for; empty when it asks for none.
#[must_use]
pub fn terms(question: &str) -> Vec<String> {
    let all: Vec<String> = raw_words(question).filter_map(term).collect();
    let telling: Vec<String> = all.iter().filter(|t| !STOP.contains(&t.as_str())).cloned().collect();
    let mut terms = if telling.is_empty() { all } else { telling };
    terms.truncate(MOST_TERMS);
    terms
}

/// A word of a question, cut to its stem when all forms of the word begin with it.
fn term(word: &str) -> Option<String> {
    let whole = plain(word);
    if !is_word(&whole) {
        return None;
    }
    let stem = plain(&FRENCH.stem(&word.to_lowercase()));
    Some(if stem.len() >= SHORTEST_STEM && whole.starts_with(&stem) { stem } else { whole })
}

/// A question as SQL and its values: the subjects of what was said.
#[derive(Clone, Debug)]
pub struct Question {
    /// Gives one column, `subject`; `?` stands for each of the values.
    pub sql: &'static str,
    /// In the order of their `?`.
    pub values: [String; 2],
}

/// Asks for the entries that say all these words and that a party may read; none when no word is asked for.
#[must_use]
pub fn question(engine: Engine, text: &str, reader: &str) -> Option<Question> {
    let terms = terms(text);
    if terms.is_empty() {
        return None;
    }
    let (each, and): (fn(&String) -> String, _) = match engine {
        Engine::Sqlite => (|term| format!("\"{term}\" *"), " AND "),
        Engine::Postgres => (|term| format!("{term}:*"), " & "),
    };
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT subject FROM (SELECT t.subject FROM said_words w CROSS JOIN said_text t ON t.seq = w.rowid \
             WHERE w.said_words MATCH ? AND (t.side IS NULL OR t.side = ?) ORDER BY w.rowid DESC LIMIT 2000)"
        }
        Engine::Postgres => {
            "SELECT t.subject FROM (SELECT subject FROM said_text WHERE words @@ to_tsquery('simple', ?) \
             AND (side IS NULL OR side = ?) ORDER BY seq DESC LIMIT 2000) t"
        }
    };
    let asked = terms.iter().map(each).collect::<Vec<_>>().join(and);
    Some(Question { sql, values: [asked, reader.to_owned()] })
}

/// Adds what new entries say; those that say nothing are left out.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, spoken: &[Spoken<'_>]) -> Result<(), StoreError> {
    let spoken = || spoken.iter().filter(|s| !s.text.is_empty());
    let seq = |s: &Spoken<'_>| Param::I64(i64::try_from(s.seq).unwrap_or(i64::MAX));
    let rows = spoken().map(|s| [seq(s), Param::Text(s.subject), s.side.into(), Param::Text(&s.text)]);
    tx.insert_many("said_text", &["seq", "subject", "side", "text"], rows)?;
    if tx.engine() == Engine::Sqlite {
        tx.insert_many("said_words", &["rowid", "text"], spoken().map(|s| [seq(s), Param::Text(&s.text)]))?;
    }
    Ok(())
}

/// Takes out all that entries of a subject say.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, subject: &str) -> Result<(), StoreError> {
    let of = "seq IN (SELECT seq FROM entry WHERE subject = $1)";
    if tx.engine() == Engine::Sqlite {
        let sql = format!(
            "INSERT INTO said_words (said_words, rowid, text) SELECT 'delete', seq, text FROM said_text WHERE {of}"
        );
        tx.execute(&sql, &[subject.into()])?;
    }
    tx.execute(&format!("DELETE FROM said_text WHERE {of}"), &[subject.into()])?;
    Ok(())
}

/// Takes out everything.
///
/// # Errors
/// Whatever the database says.
pub fn clear(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if tx.engine() == Engine::Sqlite {
        tx.execute("INSERT INTO said_words (said_words) VALUES ('delete-all')", &[])?;
    }
    tx.execute("DELETE FROM said_text", &[])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_alike_however_they_are_written() {
        for (text, folded) in [
            ("L’élève d'Aix-en-Provence", "eleve aix en provence"),
            ("L'e\u{301}le\u{300}ve", "eleve"),
            ("CŒUR cœur COEUR", "coeur"),
            ("n°12, poste 4571 ; n° 12", "12 poste 4571"),
            ("ﬁbre Ⅳ", "fibre iv"),
            ("<b>\"*:&|!()'\\", ""),
            ("   ", ""),
        ] {
            assert_eq!(fold([text]), folded, "{text}");
        }
        assert_eq!(fold(["Plus de tonalité", "tonalité revenue"]), "plus de tonalite revenue");
    }

    #[test]
    fn a_question_asks_for_stems_and_leaves_out_what_says_nothing() {
        for (text, asked) in [
            ("les téléphones de l'accueil", vec!["telephon", "accueil"]),
            ("téléphonie", vec!["telephon"]),
            ("pannes", vec!["pann"]),
            ("VG-2026-000123", vec!["vg", "2026", "000123"]),
            ("de la", vec!["de", "la"]),
            ("os", vec!["os"]),
            ("* ' \" :", vec![]),
        ] {
            assert_eq!(terms(text), asked, "{text}");
        }
        assert_eq!(terms("mot1 mot2 mot3 mot4 mot5 mot6 mot7 mot8 mot9").len(), MOST_TERMS);
    }

    #[test]
    fn what_is_searched_has_limits() {
        let long = "a".repeat(10_000);
        assert_eq!(fold([long.as_str()]).len(), MOST_OF_A_WORD);
        let many: String = (0..100_000).map(|n| format!("mot{n} ")).collect();
        let folded = fold([many.as_str()]);
        assert!(folded.len() < MOST_BYTES && folded.len() > MOST_BYTES - 100, "{}", folded.len());
    }
}
