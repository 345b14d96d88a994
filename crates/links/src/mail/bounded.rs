//! Whether HTML can be taken apart in a bounded time.
//!
//! HTML's own rules walk up all open elements at each paragraph, and compare each attribute of a tag
//! with those before it, so a mail of a few megabytes can keep a machine busy for hours. One pass over
//! the bytes, in the way in which a browser cuts them into tags, finds both before anything is built.
//! Writing it out again has its own such place: each character that is written as `&amp;` and the like
//! is searched for to the end of its text.

use super::limits::{MAX_HTML_ATTRIBUTES, MAX_HTML_DEPTH, MAX_HTML_ESCAPING};

/// Elements whose content is text up to their closing tag.
const RAW: [&str; 9] = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"];

/// Elements that are never open, or that the next of their kind closes: mails leave thousands unclosed.
const BY_ITSELF: [&str; 23] = [
    "p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "hr", "img", "input", "meta", "link", "base", "col",
    "area", "wbr", "embed", "param", "source", "track", "bgsound",
];

/// Elements that always part the text before them from the text behind.
const APART: [&str; 12] = ["p", "div", "br", "span", "a", "li", "b", "i", "font", "img", "strong", "em"];

/// The work of writing texts out: characters to be escaped times the length of their text.
#[derive(Default)]
struct Escaping {
    done: usize,
    bytes: usize,
    escapes: usize,
}

impl Escaping {
    fn text(&mut self, text: &str) {
        self.bytes = self.bytes.saturating_add(text.len());
        // 0xC2 starts a non-breaking space.
        let escaped = text.bytes().filter(|b| matches!(b, b'&' | b'<' | b'>' | b'"' | 0xc2)).count();
        self.escapes = self.escapes.saturating_add(escaped);
    }

    fn end(&mut self) {
        self.done = self.done.saturating_add(self.bytes.saturating_mul(self.escapes));
        (self.bytes, self.escapes) = (0, 0);
    }

    fn is_bounded(&self) -> bool {
        self.done.saturating_add(self.bytes.saturating_mul(self.escapes)) <= MAX_HTML_ESCAPING
    }
}

/// Whether no more elements are open at once, and no tag has more attributes, than a mail ever has.
pub(super) fn is_bounded(html: &str) -> bool {
    let mut depth = 0_usize;
    let mut escaping = Escaping::default();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        escaping.text(text);
        if !escaping.is_bounded() {
            return false;
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = after_comment(comment);
            continue;
        }
        let closing = after.starts_with('/');
        let inside = after.strip_prefix('/').unwrap_or(after);
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            // `a < b` is text; `<!doctype` and `<?xml` end at the next `>`.
            escaping.text("<");
            let odd = closing || inside.starts_with(['!', '?']);
            rest = if odd { inside.split_once('>').map_or("", |(_, rest)| rest) } else { inside };
            continue;
        }
        let (attributes, end) = tag(inside);
        if attributes > MAX_HTML_ATTRIBUTES {
            return false;
        }
        rest = inside.get(end..).unwrap_or_default();
        let name = name(inside);
        if APART.contains(&name.as_str()) && !closing {
            escaping.end();
        }
        let mut within = Escaping::default();
        within.text(inside.get(..end).unwrap_or_default());
        within.end();
        escaping.done = escaping.done.saturating_add(within.done);
        if BY_ITSELF.contains(&name.as_str()) {
            continue;
        }
        if closing {
            depth = depth.saturating_sub(1);
            continue;
        }
        if RAW.contains(&name.as_str()) {
            rest = after_raw(rest, &name);
            continue;
        }
        depth = depth.saturating_add(1);
        if depth > MAX_HTML_DEPTH {
            return false;
        }
    }
    escaping.text(rest);
    escaping.is_bounded()
}

fn name(tag: &str) -> String {
    let name = tag.chars().take_while(|c| !c.is_ascii_whitespace() && !matches!(c, '/' | '>')).take(12);
    name.map(|c| c.to_ascii_lowercase()).collect()
}

/// At most how many attributes a tag has, and where it ends.
fn tag(inside: &str) -> (usize, usize) {
    let mut attributes = 0_usize;
    let mut quote: Option<u8> = None;
    let mut apart = false;
    let mut after_equals = false;
    for (at, byte) in inside.bytes().enumerate() {
        if let Some(end) = quote {
            if byte == end {
                quote = None;
                apart = true;
            }
            continue;
        }
        match byte {
            b'>' => return (attributes, at.saturating_add(1)),
            // A quote opens a value only behind the sign; elsewhere it is a letter of a name.
            b'"' | b'\'' if after_equals => {
                quote = Some(byte);
                after_equals = false;
            }
            b'/' if !after_equals => apart = true,
            b'=' => {
                after_equals = true;
                apart = false;
            }
            byte if byte.is_ascii_whitespace() => apart = !after_equals,
            _ => {
                if apart {
                    attributes = attributes.saturating_add(1);
                }
                apart = false;
                after_equals = false;
            }
        }
    }
    (attributes, inside.len())
}

/// What follows a comment; it ends at `-->` or `--!>`, and at once as `<!-->` or `<!--->`.
fn after_comment(comment: &str) -> &str {
    let end = comment.match_indices('>').map(|(at, _)| at).find(|at| {
        let before = comment.get(..*at).unwrap_or_default();
        before.is_empty() || before == "-" || before.ends_with("--") || before.ends_with("--!")
    });
    end.and_then(|at| comment.get(at.saturating_add(1)..)).unwrap_or_default()
}

/// What follows the text of an element such as `script`, from its closing tag on.
fn after_raw<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, rest)| rest);
        }
        rest = after;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: bool) {
        assert_eq!(is_bounded(html), expected, "{}", html.chars().take(60).collect::<String>());
    }

    #[test]
    fn open_elements_are_counted_on_both_sides_of_the_limit() {
        check(&"<div>".repeat(400), true);
        check(&"<div>".repeat(401), false);
        check(&"<div></div>".repeat(5000), true);
        check(&"<p><br><td><li>".repeat(5000), true);
        check(&"<!-- <w:x> -->".repeat(5000), true);
        check(&format!("<script>{}</script>", "<div>".repeat(5000)), true);
        check(&"a < b ".repeat(5000), true);
    }

    #[test]
    fn attributes_are_counted_on_both_sides_of_the_limit() {
        let spaced = |n: usize| format!("<a{}>", (0..n).map(|i| format!(" a{i}=1")).collect::<String>());
        check(&spaced(1000), true);
        check(&spaced(1001), false);
        let joined = |n: usize| format!("<a{}>", (0..n).map(|i| format!("/a{i}")).collect::<String>());
        check(&joined(1000), true);
        check(&joined(1001), false);
        let quoted = |n: usize| format!("<a {}>", (0..n).map(|i| format!("a{i}=\">\"")).collect::<String>());
        check(&quoted(1001), false);
        check(&format!("<img src=\"data:image/png;base64,{}\">", "a/ b".repeat(100_000)), true);
    }

    #[test]
    fn the_work_of_escaping_is_counted_on_both_sides_of_the_limit() {
        // 20,000 characters in 100,000 bytes are the limit.
        check(&"&amp;".repeat(20_000), true);
        check(&"&amp;".repeat(20_001), false);
        check(&format!("<a title='{}'>", "&amp;".repeat(20_001)), false);
        check(&"&amp;</x>".repeat(20_001), false);
        check(&"<p>&amp;&nbsp;</p>".repeat(100_000), true);
    }

    #[test]
    fn nothing_hides_tags_from_the_count() {
        let deep = "<div>".repeat(401);
        for before in [
            "<!-->",
            "<!--->",
            "<!-- --!>",
            "<!----->",
            "<script>a<b c=\"</script>",
            "<x y=\"\">",
            "<x '>",
            "<!x>",
            "<?x>",
            "</ x>",
            "<a b=c\">",
        ] {
            check(&format!("{before}{deep}"), false);
        }
        for around in ["<!-- {} -->", "<a title=\"{}\">", "<style>{}</style>"] {
            check(&around.replace("{}", &deep), true);
        }
    }
}
