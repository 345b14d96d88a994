//! What of a mail is new, and what it repeats of earlier mails.
//!
//! The text is only marked, never changed: all spans joined are the text, so a wrong guess hides some
//! words behind “earlier text” and loses none. When everything would be hidden, everything is new.

use std::ops::Range;

/// A stretch of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Place in the text, in bytes.
    pub range: Range<usize>,
    /// Whether it repeats an earlier mail.
    pub earlier: bool,
}

/// The text of a mail, in spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    text: &'a str,
    spans: Vec<Span>,
}

impl<'a> Reply<'a> {
    /// Tells new from earlier text. `above` is the line under which our own mails ask not to write.
    #[must_use]
    pub fn cut(text: &'a str, above: Option<&str>) -> Self {
        let lines: Vec<Line<'_>> = lines(text);
        let mut spans: Vec<Span> = Vec::new();
        let mut all_earlier = false;
        // A forwarded mail is what the sender wants to show: its header ends nothing.
        let mut forwarded = false;
        let mut skip = 0_usize;
        for (number, line) in lines.iter().enumerate() {
            let rest = lines.get(number..).unwrap_or_default();
            let earlier = if all_earlier {
                true
            } else if skip > 0 {
                skip = skip.saturating_sub(1);
                true
            } else if is_forward(line.text) {
                forwarded = true;
                false
            } else if is_end(rest, above, forwarded) {
                all_earlier = true;
                true
            } else if let Some(header) = quote_header(rest) {
                skip = header.saturating_sub(1);
                // What follows such a line without a mark is the earlier mail all the same.
                let next = rest.get(header..).unwrap_or_default().iter().find(|l| !l.text.trim().is_empty());
                all_earlier = !next.is_some_and(|l| is_marked(l.text));
                true
            } else {
                is_marked(line.text)
            };
            push(&mut spans, line.range.clone(), earlier);
        }
        let new = |s: &Span| !s.earlier && !text.get(s.range.clone()).unwrap_or_default().trim().is_empty();
        if !spans.iter().any(new) {
            spans = vec![Span { range: 0..text.len(), earlier: false }];
        }
        Self { text, spans }
    }

    /// The spans: in order, without a gap, the whole text.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The words of a span.
    #[must_use]
    pub fn words(&self, span: &Span) -> &'a str {
        self.text.get(span.range.clone()).unwrap_or_default()
    }

    /// The new text alone, without blank lines around it.
    #[must_use]
    pub fn new_text(&self) -> String {
        let new: String = self.spans.iter().filter(|s| !s.earlier).map(|s| self.words(s)).collect();
        new.trim().to_owned()
    }
}

struct Line<'a> {
    range: Range<usize>,
    /// Without its end of line.
    text: &'a str,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut at = 0_usize;
    text.split_inclusive('\n')
        .map(|line| {
            let range = at..at.saturating_add(line.len());
            at = range.end;
            Line { range, text: line.trim_end_matches(['\n', '\r']) }
        })
        .collect()
}

fn push(spans: &mut Vec<Span>, range: Range<usize>, earlier: bool) {
    match spans.last_mut() {
        Some(last) if last.earlier == earlier => last.range.end = range.end,
        _ => spans.push(Span { range, earlier }),
    }
}

fn is_marked(line: &str) -> bool {
    line.starts_with('>') || line.starts_with(" >") || line.starts_with("| ")
}

fn is_forward(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let words = ["forwarded message", "message transféré", "begin forwarded message", "début du message transféré"];
    words.iter().any(|w| line.trim_matches(['-', ' ', ':', '>']) == *w)
}

/// Whether from here on all is an earlier mail.
fn is_end(rest: &[Line<'_>], above: Option<&str>, forwarded: bool) -> bool {
    let Some(line) = rest.first() else { return false };
    let text = line.text.trim();
    if above.is_some_and(|above| text.trim_start_matches(['>', ' ']) == above.trim()) {
        return true;
    }
    let words = text.trim_matches(|c: char| c == '-' || c == '_' || c.is_whitespace()).to_lowercase();
    let ruled = text.starts_with("--") || text.starts_with("__");
    let original = [
        "original message",
        "original appointment",
        "message d'origine",
        "message d’origine",
        "message original",
        "message initial",
        "reply message",
        "ursprüngliche nachricht",
        "mensaje original",
        "messaggio originale",
    ];
    if ruled && original.contains(&words.as_str()) {
        return true;
    }
    if forwarded {
        return false;
    }
    // Outlook draws a line above its block.
    let drawn = text.len() >= 5 && text.chars().all(|c| c == '_' || c == '-');
    if drawn {
        let near = rest.iter().take(3).skip(1);
        let below = near.zip(1..).find(|(l, _)| !l.text.trim().is_empty());
        return below.is_some_and(|(_, at)| is_header_block(rest.get(at..).unwrap_or_default()));
    }
    is_header_block(rest)
}

/// The words with which a mail program names the fields of the mail that it quotes.
const FIELDS: [(&str, &[&str]); 4] = [
    ("from", &["from", "de", "von", "da", "expéditeur"]),
    ("sent", &["sent", "date", "envoyé", "envoyé le", "gesendet", "datum", "inviato", "enviado", "enviado el"]),
    ("to", &["to", "à", "a", "an", "para", "destinataire", "pour"]),
    ("subject", &["subject", "objet", "betreff", "oggetto", "asunto", "sujet"]),
];

fn field(line: &str) -> Option<&'static str> {
    let line = line.trim().trim_start_matches(['*', '>', ' ']);
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(['*', ' ', '\u{a0}', '\u{202f}']).to_lowercase();
    let field = FIELDS.iter().find(|(_, names)| names.contains(&name.as_str()))?.0;
    (!value.is_empty()).then_some(field)
}

/// Whether a block such as Outlook's stands here: a sender, and two of date, addressee and subject
/// within six lines.
fn is_header_block(rest: &[Line<'_>]) -> bool {
    if rest.first().and_then(|l| field(l.text)) != Some("from") {
        return false;
    }
    let mut found: Vec<&str> = Vec::new();
    for line in rest.iter().take(7).skip(1) {
        if let Some(name) = field(line.text).filter(|name| !found.contains(name) && *name != "from") {
            found.push(name);
        }
    }
    found.len() >= 2
}

/// How many lines a quote's header such as “Le ... a écrit :” takes here; `None` when there is none.
fn quote_header(rest: &[Line<'_>]) -> Option<usize> {
    const STARTS: [&str; 8] = ["le ", "on ", "am ", "el ", "il ", "em ", "den ", "op "];
    // How a date starts when not with a figure: days in French, English and German, months in English.
    const DAYS: [&str; 31] = [
        "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb",
        "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mo", "di", "mi", "do", "fr", "so",
    ];
    const ENDS: [&str; 10] = [
        "a écrit",
        "écrit",
        "wrote",
        "schrieb",
        "escribió",
        "ha scritto",
        "escreveu",
        "skrev",
        "het volgende geschreven",
        "a ecrit",
    ];
    let first = rest.first()?.text.trim_start_matches(['>', ' ']).to_lowercase();
    // “John Smith <john@example.com> wrote:” has no date before it.
    let after = STARTS.iter().find_map(|start| first.strip_prefix(start));
    let starts = after.is_some_and(|after| {
        after.starts_with(|c: char| c.is_ascii_digit()) || DAYS.iter().any(|day| after.starts_with(day))
    });
    let named = first.contains('@') || first.contains('<');
    if !starts && !named {
        return None;
    }
    let mut joined = String::new();
    // Long names and addresses are folded over up to four lines.
    for (number, line) in rest.iter().take(4).enumerate() {
        let text = line.text.trim_start_matches(['>', ' ']).trim();
        if text.is_empty() {
            return None;
        }
        joined.push(' ');
        joined.push_str(&text.to_lowercase());
        let end = joined.trim_end_matches(|c: char| c == ':' || c.is_whitespace());
        // “schrieb Max Muster:” has the verb before the name.
        let verb_inside = joined.contains(" schrieb ") && starts;
        if joined.ends_with(':') && (ENDS.iter().any(|verb| end.ends_with(verb)) || verb_inside) {
            return Some(number.saturating_add(1));
        }
        if joined.len() > 400 || !starts && number > 0 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let reply = Reply::cut(text, Some("--- Répondez au-dessus de cette ligne ---"));
        assert_eq!(reply.new_text(), expected, "{text}");
        let all: String = reply.spans().iter().map(|s| reply.words(s)).collect();
        assert_eq!(all, text);
    }

    #[test]
    fn quote_headers_of_mail_programs_are_known() {
        check("Oui.\n\nLe 3 mars 2026 à 10:12, Jean Dupont <jean@example.fr> a écrit :\n> Vu ?\n", "Oui.");
        check("Oui.\n\nLe mar. 3 mars 2026 à 10:12, Un Nom Bien Long\n<jean@example.fr> a écrit :\n\n> Vu ?\n", "Oui.");
        check("Oui.\n\nLe 03/03/2026 à 10:12, Jean a écrit\u{a0}:\nVu ?\nMerci.", "Oui.");
        check("Yes.\n\nOn Tue, Mar 3, 2026 at 10:12 AM John <j@example.com> wrote:\n> Seen?", "Yes.");
        check("Yes.\n\nJohn Smith <j@example.com> wrote:\n> Seen?", "Yes.");
        check("Ja.\n\nAm 03.03.2026 um 10:12 schrieb Max:\n> Gesehen?", "Ja.");
    }

    #[test]
    fn blocks_of_outlook_end_the_new_text() {
        check("Oui.\n\nDe : Jean\nEnvoyé : mardi 3 mars 2026 10:12\nÀ : Support\nObjet : Panne\n\nVu ?", "Oui.");
        check(
            "Yes.\n\n________________________________\nFrom: John\nSent: Tuesday\nTo: Desk\nSubject: x\n\nSeen?",
            "Yes.",
        );
        check("Yes.\n-----Original Message-----\nFrom: John\n\nSeen?", "Yes.");
        check("Oui.\n-----Message d’origine-----\nDe : Jean\n\nVu ?", "Oui.");
    }

    #[test]
    fn our_own_line_ends_the_new_text() {
        check("Oui.\n\n--- Répondez au-dessus de cette ligne ---\nDossier 12", "Oui.");
    }

    #[test]
    fn answers_between_and_below_quotes_stay() {
        check("> Quand ?\nDemain.\n> Où ?\nIci.", "Demain.\nIci.");
        check("On Mar 3, John wrote:\n> Seen?\n\nYes.", "Yes.");
    }

    #[test]
    fn a_mail_that_would_be_hidden_whole_is_new() {
        check("> Un\n> Deux", "> Un\n> Deux");
        check(
            "De : Jean\nEnvoyé : hier\nObjet : Panne\n\nPlus de tonalité",
            "De : Jean\nEnvoyé : hier\nObjet : Panne\n\nPlus de tonalité",
        );
        check("", "");
    }

    #[test]
    fn words_that_only_look_like_a_header_stay() {
        check(
            "Le technicien est passé 2 fois.\nIl a écrit :\nrien.",
            "Le technicien est passé 2 fois.\nIl a écrit :\nrien.",
        );
        check("De : la part de tous.\nMerci.", "De : la part de tous.\nMerci.");
        check(
            "---------- Forwarded message ---------\nFrom: a@example.com\n\nx",
            "---------- Forwarded message ---------\nFrom: a@example.com\n\nx",
        );
    }
}
