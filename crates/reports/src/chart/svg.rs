//! The few shapes that charts are made of, with escaping done in one place.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Ink;

/// A length in tenths of a pixel.
pub(super) type Tenths = i64;

/// Size of chart text.
pub(super) const FONT: Tenths = 110;
/// Advance of one terminal cell of text at [`FONT`], on the wide side so that labels never touch.
const CELL: Tenths = 64;

/// What a shape stands for, which gives its class on a page and its colour on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Text and marks.
    Ink,
    /// Axes, secondary text.
    Muted,
    /// Lines behind the values, which they must not cross out.
    Grid,
    /// A bar of points, counted time.
    Bar,
    /// The current value, a due time.
    Strong,
    /// What came too late.
    Late,
    /// Opening hours.
    Open,
    /// Time that a pause takes out.
    Pause,
}

impl Tone {
    /// Attributes for a filled shape.
    pub(super) fn fill(self, ink: Ink) -> &'static str {
        match (ink, self) {
            (Ink::Page, Self::Ink) => r#"class="chart-ink" fill="currentColor""#,
            (Ink::Page, Self::Muted | Self::Grid) => r#"class="chart-muted" fill="currentColor" fill-opacity=".75""#,
            (Ink::Page, Self::Bar) => r#"class="chart-bar" fill="currentColor" fill-opacity=".55""#,
            (Ink::Page, Self::Strong) => r#"class="chart-strong" fill="currentColor""#,
            (Ink::Page, Self::Late) => r#"class="chart-late" fill="currentColor""#,
            (Ink::Page, Self::Open) => r#"class="chart-open" fill="currentColor" fill-opacity=".1""#,
            (Ink::Page, Self::Pause) => r#"class="chart-pause" fill="currentColor" fill-opacity=".15""#,
            (Ink::Paper, Self::Ink) => r##"fill="#1b1f24""##,
            (Ink::Paper, Self::Muted | Self::Grid) => r##"fill="#57606a""##,
            (Ink::Paper, Self::Bar) => r##"fill="#5b84b1""##,
            (Ink::Paper, Self::Strong | Self::Late) => r##"fill="#8a1c1c""##,
            (Ink::Paper, Self::Open) => r##"fill="#e8eef5""##,
            (Ink::Paper, Self::Pause) => r##"fill="#f6ead2""##,
        }
    }

    /// Attributes for a line or an outline.
    pub(super) fn stroke(self, ink: Ink) -> &'static str {
        match (ink, self) {
            (Ink::Page, Self::Ink) => r#"class="chart-ink-line" fill="none" stroke="currentColor""#,
            (Ink::Page, Self::Muted) => {
                r#"class="chart-muted-line" fill="none" stroke="currentColor" stroke-opacity=".5""#
            }
            (Ink::Page, Self::Grid) => {
                r#"class="chart-grid-line" fill="none" stroke="currentColor" stroke-opacity=".18""#
            }
            (Ink::Page, Self::Bar) => r#"class="chart-bar-line" fill="none" stroke="currentColor" stroke-opacity=".8""#,
            (Ink::Page, Self::Strong) => r#"class="chart-strong-line" fill="none" stroke="currentColor""#,
            (Ink::Page, Self::Late) => r#"class="chart-late-line" fill="none" stroke="currentColor""#,
            (Ink::Page, Self::Open) => {
                r#"class="chart-open-line" fill="none" stroke="currentColor" stroke-opacity=".2""#
            }
            (Ink::Page, Self::Pause) => {
                r#"class="chart-pause-line" fill="none" stroke="currentColor" stroke-opacity=".8""#
            }
            (Ink::Paper, Self::Ink) => r##"fill="none" stroke="#1b1f24""##,
            (Ink::Paper, Self::Muted) => r##"fill="none" stroke="#8c959f""##,
            (Ink::Paper, Self::Grid) => r##"fill="none" stroke="#dce1e7""##,
            (Ink::Paper, Self::Bar) => r##"fill="none" stroke="#2f5f93""##,
            (Ink::Paper, Self::Strong | Self::Late) => r##"fill="none" stroke="#8a1c1c""##,
            (Ink::Paper, Self::Open) => r##"fill="none" stroke="#b6c7da""##,
            (Ink::Paper, Self::Pause) => r##"fill="none" stroke="#7a5b1e""##,
        }
    }
}

/// On which side of its point a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// An SVG element under construction.
pub(super) struct Svg {
    body: String,
    pub(super) ink: Ink,
}

impl Svg {
    pub(super) fn new(ink: Ink) -> Self {
        Self { body: String::new(), ink }
    }

    /// Adds what `std::fmt` wrote; writing to a string cannot fail.
    pub(super) fn raw(&mut self, args: std::fmt::Arguments<'_>) {
        let _ = self.body.write_fmt(args);
    }

    pub(super) fn rect(&mut self, x: Tenths, y: Tenths, width: Tenths, height: Tenths, attributes: &str) {
        self.raw(format_args!(
            r#"<rect x="{}" y="{}" width="{}" height="{}" {attributes}/>"#,
            px(x),
            px(y),
            px(width.max(0)),
            px(height.max(0))
        ));
    }

    pub(super) fn line(&mut self, (x1, y1): (Tenths, Tenths), (x2, y2): (Tenths, Tenths), attributes: &str) {
        self.raw(format_args!(r#"<path d="M{} {}L{} {}" {attributes}/>"#, px(x1), px(y1), px(x2), px(y2)));
    }

    /// A path through points, closed when `closed`.
    pub(super) fn path(&mut self, points: &[(Tenths, Tenths)], closed: bool, attributes: &str) {
        let mut d = String::new();
        for (i, (x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, px(*x), px(*y));
        }
        if closed {
            d.push('Z');
        }
        self.raw(format_args!(r#"<path d="{d}" {attributes}/>"#));
    }

    pub(super) fn circle(&mut self, (x, y): (Tenths, Tenths), r: Tenths, attributes: &str) {
        self.raw(format_args!(r#"<circle cx="{}" cy="{}" r="{}" {attributes}/>"#, px(x), px(y), px(r)));
    }

    pub(super) fn text(&mut self, x: Tenths, y: Tenths, anchor: Anchor, tone: Tone, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let fill = tone.fill(self.ink);
        self.raw(format_args!(r#"<text x="{}" y="{}"{anchor} {fill}>{}</text>"#, px(x), px(y), escape(text)));
    }

    /// The whole element. `id` must be unique in the page; what is no letter, digit or `-` is dropped.
    pub(super) fn finish(self, id: &str, width: Tenths, height: Tenths, title: &str, description: &str) -> String {
        let id = safe_id(id);
        let (class, colours) = match self.ink {
            Ink::Page => (r#" class="chart""#, ""),
            Ink::Paper => {
                ("", r##" color="#1b1f24" font-family="Inter, Libertinus Sans, Libertinus Serif, sans-serif""##)
            }
        };
        let (w, h) = (px(width), px(height));
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg"{class} viewBox="0 0 {w} {h}" width="{w}" height="{h}" font-size="{}"{colours} role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{}</svg>"#,
            px(FONT),
            escape(title),
            escape(description),
            self.body,
        )
    }
}

/// Only what may stand in an id and in a reference to it.
pub(super) fn safe_id(id: &str) -> String {
    let kept: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("c-{kept}")
}

/// Tenths of a pixel as SVG reads them: `12`, `12.5`.
pub(super) fn px(value: Tenths) -> String {
    let (sign, all) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    match all % 10 {
        0 => format!("{sign}{}", all / 10),
        tenth => format!("{sign}{}.{tenth}", all / 10),
    }
}

/// Room that a text takes, on the wide side.
pub(super) fn text_width(text: &str) -> Tenths {
    i64::try_from(text.width()).unwrap_or(i64::MAX / CELL).saturating_mul(CELL)
}

/// Cuts a text to the room that it has, with an ellipsis.
pub(super) fn fit(text: &str, room: Tenths) -> String {
    if text_width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_width(&kept) + CELL > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// Text inside XML: markup is escaped, characters that XML forbids are dropped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}
