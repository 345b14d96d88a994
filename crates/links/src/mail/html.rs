//! HTML of a mail, made safe to show, and made text.
//!
//! What is shown runs nothing and loads nothing from outside: a picture that a sender serves tells who
//! reads, when and where. Only pictures that came with the mail are shown, at an address that the
//! caller gives. `style` attributes go too: the pages forbid them.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use ammonia::{Builder, UrlRelative};

use super::{bounded::is_bounded, limits::MAX_HTML_BYTES};

/// Elements whose content is for programs, never for readers.
const NOT_FOR_READERS: [&str; 7] = ["script", "style", "title", "template", "noembed", "noframes", "select"];

/// HTML that may stand in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeHtml {
    /// Well-formed HTML of a few harmless elements.
    pub html: String,
    /// Pictures that were not loaded from outside.
    pub pictures_blocked: u32,
}

/// Makes HTML safe; `None` when it is too long (2 MiB), too deep (400 open elements) or has tags of more
/// than 1,000 attributes.
///
/// `pictures` gives, for the content identifier of a picture of the mail, the address at which it is
/// served. Any other picture is left out and counted.
#[must_use]
pub fn safe_html(html: &str, pictures: &HashMap<String, String>) -> Option<SafeHtml> {
    if html.len() > MAX_HTML_BYTES || !is_bounded(html) {
        return None;
    }
    let blocked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&blocked);
    let pictures = pictures.clone();
    let mut builder = Builder::default();
    builder
        .clean_content_tags(NOT_FOR_READERS.into())
        .url_schemes(["http", "https", "mailto", "tel", "cid"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("img", "src") => {
                let own = strip_prefix(value, "cid:").and_then(|id| pictures.get(id.trim_matches(['<', '>'])));
                if own.is_none() {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
                own.map(|address| Cow::Owned(address.clone()))
            }
            // A relative address would lead into our own pages.
            ("a", "href") => {
                let outside = ["http:", "https:", "mailto:", "tel:"].iter().any(|s| strip_prefix(value, s).is_some());
                outside.then_some(Cow::Borrowed(value))
            }
            (_, "cite" | "src" | "href") => None,
            _ => Some(Cow::Borrowed(value)),
        });
    let html = builder.clean(html).to_string();
    Some(SafeHtml { html, pictures_blocked: blocked.load(Ordering::Relaxed) })
}

/// The text of HTML: that of its safe form, or, when that is refused, what stands between its tags.
pub(crate) fn to_text(html: &str) -> String {
    match safe_html(html, &HashMap::new()) {
        Some(safe) => Writer::default().write(&safe.html),
        None => bare(html),
    }
}

/// Text as HTML.
pub(super) fn of_text(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>\n");
    format!("<div>{escaped}</div>\n")
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let text = text.trim();
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}

/// What stands between tags, without understanding any of it.
fn bare(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut hidden: Option<&str> = None;
    for piece in html.split('<') {
        let (tag, after) = piece.split_once('>').unwrap_or(("", piece));
        let tag = tag.get(..8).unwrap_or(tag).to_ascii_lowercase();
        if let Some(name) = hidden {
            if tag.trim_start_matches('/').starts_with(name) && tag.starts_with('/') {
                hidden = None;
            } else {
                continue;
            }
        } else {
            hidden = ["script", "style"].into_iter().find(|name| tag.starts_with(name));
            if hidden.is_some() {
                continue;
            }
        }
        if ["br", "p", "/p", "div", "/div", "tr", "/tr", "li", "h"].iter().any(|block| tag.starts_with(block)) {
            text.push('\n');
        }
        text.push_str(&unescaped(after));
    }
    text
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let plain = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Cow::Owned(plain.replace("&amp;", "&"))
}

/// Writes the text of HTML that the cleaner made: every tag closed, every text escaped.
#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks owed before the next word.
    breaks: usize,
    space: bool,
    /// `blockquote`s around.
    quotes: usize,
    /// `pre`s around: blanks count.
    pre: usize,
}

impl Writer {
    fn write(mut self, html: &str) -> String {
        let mut rest = html;
        while let Some((text, after)) = rest.split_once('<') {
            self.text(text);
            // The cleaner escapes `>` in text and `<` everywhere; in attributes a `>` may stand in quotes.
            let end = tag_end(after);
            self.tag(after.get(..end).unwrap_or_default());
            rest = after.get(end.saturating_add(1)..).unwrap_or_default();
        }
        self.text(rest);
        self.out
    }

    fn tag(&mut self, tag: &str) {
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
        match name {
            "br" => self.breaks = self.breaks.saturating_add(1),
            "blockquote" => {
                self.breaks = self.breaks.max(1);
                self.quotes = if closing { self.quotes.saturating_sub(1) } else { self.quotes.saturating_add(1) };
            }
            "pre" => {
                self.breaks = self.breaks.max(1);
                self.pre = if closing { self.pre.saturating_sub(1) } else { self.pre.saturating_add(1) };
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "hr" => {
                self.breaks = self.breaks.max(2);
            }
            "div" | "tr" | "li" | "dt" | "dd" | "center" | "article" | "aside" | "header" | "footer" | "figure"
            | "caption" | "details" | "summary" => {
                self.breaks = self.breaks.max(1);
                if name == "li" && !closing {
                    self.word("-");
                    self.space = true;
                }
            }
            "td" | "th" => self.space = true,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let text = unescaped(text);
        if self.pre > 0 {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.breaks = self.breaks.saturating_add(1);
                }
                if !line.trim().is_empty() {
                    self.word(line);
                }
            }
            return;
        }
        let blank = |c: char| c.is_whitespace();
        for word in text.split_inclusive(blank) {
            let bare = word.trim_matches(blank);
            if bare.is_empty() {
                self.space = true;
                continue;
            }
            self.word(bare);
            self.space = bare.len() < word.len();
        }
    }

    fn word(&mut self, word: &str) {
        if self.out.is_empty() {
            self.mark();
        } else if self.breaks > 0 {
            // More than one blank line says nothing more.
            for _ in 0..self.breaks.min(3) {
                self.out.push('\n');
                self.mark();
            }
        } else if self.space {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.out.push_str(word);
    }

    fn mark(&mut self) {
        for _ in 0..self.quotes.min(20) {
            self.out.push_str("> ");
        }
    }
}

/// Where a tag ends, quotes respected; the end of the text when it does not.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at,
            _ => {}
        }
    }
    tag.len()
}
