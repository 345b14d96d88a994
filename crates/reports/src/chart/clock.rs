//! The clock of one case on a time line: opening hours, what counted, pauses, and what happened when.

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};

use super::{
    Chart, DataTable, Ink,
    svg::{Anchor, Svg, Tenths, Tone, fit, px, safe_id, text_width},
};
use crate::format::{self, Lang};

const WIDTH: Tenths = 9600;
const LEFT: Tenths = 120;
/// Names of marks take at most a third of the drawing.
const LABEL_ROOM: Tenths = WIDTH / 3;
const LABEL_ROW: Tenths = 170;
const BAND: Tenths = 480;
const BAR_TOP: Tenths = 110;
const BAR: Tenths = 220;
/// By how much overdue time stands out of the bar, on either side.
const OVERDUE: Tenths = 30;
/// Drawings hold at most this many marks, segments and opening windows; the table holds them all.
const MAX_SHAPES: usize = 2000;

/// What happened to a clock, ready to be drawn.
#[derive(Clone, Debug)]
pub struct ClockDrawing {
    /// Left end of the line.
    pub from: Timestamp,
    /// Right end of the line; not before `from`.
    pub to: Timestamp,
    /// Opening windows `[open, close)` of the clock's calendar.
    pub open: Vec<(Timestamp, Timestamp)>,
    /// What the time was, one after the other.
    pub segments: Vec<Segment>,
    /// What happened when.
    pub marks: Vec<Mark>,
    /// In which the days are drawn and instants printed.
    pub zone: TimeZone,
}

/// A length of time of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// What it was for the clock.
    pub kind: SegmentKind,
    /// Why, in the reader's language.
    pub label: String,
}

/// What a length of time is for the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SegmentKind {
    /// It counts.
    Counted,
    /// It counts, and the clock was already late.
    Overdue,
    /// The calendar is closed.
    Closed,
    /// A pause that the contract allows and the customer accepted: it does not count.
    PauseAllowed,
    /// A pause that was claimed but does not hold: it counts.
    PauseClaimed,
}

impl SegmentKind {
    const ALL: [Self; 5] = [Self::Counted, Self::Overdue, Self::Closed, Self::PauseAllowed, Self::PauseClaimed];

    const fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Counted => lang.pick("temps compté", "counted time"),
            Self::Overdue => lang.pick("temps compté après l'échéance", "counted time past the due time"),
            Self::Closed => lang.pick("hors ouverture", "closed hours"),
            Self::PauseAllowed => lang.pick("pause acceptée (non comptée)", "accepted pause (not counted)"),
            Self::PauseClaimed => lang.pick("pause demandée mais comptée", "claimed pause, counted"),
        }
    }
}

/// An instant with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: MarkKind,
    /// Its name in the reader's language.
    pub label: String,
}

/// What happens at an instant; each kind has its own shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MarkKind {
    /// A start that was looked at and does not bind.
    Candidate,
    /// The start that binds.
    Start,
    /// A resolution group took the case in.
    TakeIn,
    /// Restored.
    Restored,
    /// A restoration that was refused, or a reopening.
    Refused,
    /// By when it is due.
    Due,
    /// Late from here on.
    Breach,
    /// The instant of the drawing.
    Now,
}

/// Draws a clock. `id` must be unique in the page; `title` names the case and the clock.
///
/// Marks outside `from..to` stand at the nearest end and keep their printed instant.
#[must_use]
pub fn case_clock(id: &str, title: &str, drawing: &ClockDrawing, lang: Lang, ink: Ink) -> Chart {
    let table = table(title, drawing, lang);
    let description = table.rows.iter().map(|r| r.join(" ")).collect::<Vec<_>>().join(lang.semicolon());
    let labels = place_labels(drawing);
    let rows = labels.labels.iter().map(|l| l.row + 1).max().unwrap_or(0);
    let band_top = LABEL_ROW * rows + 60;
    let plan = Plan { drawing, labels, lang, band_top, hatch: safe_id(id) };

    let mut svg = Svg::new(ink);
    plan.patterns(&mut svg);
    plan.opening(&mut svg);
    plan.segments(&mut svg);
    plan.axis(&mut svg);
    plan.marks(&mut svg);
    let bottom = plan.legend(&mut svg, band_top + BAND + 480);
    Chart { svg: svg.finish(id, WIDTH, bottom, title, &description), table }
}

/// The same facts in the order of time.
fn table(title: &str, drawing: &ClockDrawing, lang: Lang) -> DataTable {
    let at = |t: Timestamp| format::instant(t, &drawing.zone);
    let mut rows: Vec<(Timestamp, Vec<String>)> = Vec::new();
    for mark in &drawing.marks {
        rows.push((mark.at, vec![at(mark.at), String::new(), mark.label.clone()]));
    }
    for segment in &drawing.segments {
        let what = if segment.label.is_empty() {
            segment.kind.name(lang).to_owned()
        } else {
            format!("{} ({})", segment.kind.name(lang), segment.label)
        };
        rows.push((segment.from, vec![at(segment.from), at(segment.to), what]));
    }
    rows.sort_by_key(|r| r.0);
    let header = [lang.pick("Le", "At"), lang.pick("Jusqu'au", "Until"), lang.pick("Quoi", "What")];
    DataTable {
        caption: title.to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.into_iter().map(|r| r.1).collect(),
    }
}

/// Where an instant stands on the line.
#[derive(Clone, Copy)]
struct Axis {
    from: Timestamp,
    span: i128,
    right: Tenths,
}

impl Axis {
    fn new(drawing: &ClockDrawing, right: Tenths) -> Self {
        let span = drawing.to.as_nanosecond() - drawing.from.as_nanosecond();
        Self { from: drawing.from, span: span.max(1), right }
    }

    fn x(&self, at: Timestamp) -> Tenths {
        let since = (at.as_nanosecond() - self.from.as_nanosecond()).clamp(0, self.span);
        LEFT + i64::try_from(since * i128::from(self.right - LEFT) / self.span).unwrap_or(0)
    }
}

struct PlacedLabel<'a> {
    mark: &'a Mark,
    text: String,
    x: Tenths,
    row: Tenths,
}

struct Labels<'a> {
    axis: Axis,
    labels: Vec<PlacedLabel<'a>>,
}

/// Gives each mark's name a row above the band, so that no name covers another one or its leader.
///
/// Names stand to the right of their leader. Going from right to left, a name goes one row above every
/// name that it reaches over; its own leader then only passes where nothing to its right is written,
/// and names further left, which may reach over it, are higher still. The line ends early enough for
/// the last name to fit.
fn place_labels(drawing: &ClockDrawing) -> Labels<'_> {
    let text = |mark: &Mark| {
        let local = mark.at.to_zoned(drawing.zone.clone());
        let when = format!("{:02}/{:02} {:02}:{:02}", local.day(), local.month(), local.hour(), local.minute());
        format!("{} {when}", fit(&mark.label, LABEL_ROOM - text_width(&when) - 120))
    };
    let mut marks: Vec<(&Mark, String)> = drawing.marks.iter().take(MAX_SHAPES).map(|m| (m, text(m))).collect();
    marks.sort_by_key(|(m, _)| m.at);
    let widest = marks.iter().map(|(_, t)| text_width(t)).max().unwrap_or(0);
    let axis = Axis::new(drawing, WIDTH - LEFT - widest.min(LABEL_ROOM));

    let mut labels: Vec<PlacedLabel<'_>> = Vec::with_capacity(marks.len());
    for (mark, text) in marks.into_iter().rev() {
        let x = axis.x(mark.at);
        let end = x + text_width(&text) + 120;
        let row = labels.iter().filter(|l| l.x < end).map(|l| l.row + 1).max().unwrap_or(0);
        labels.push(PlacedLabel { mark, text, x, row });
    }
    Labels { axis, labels }
}

struct Plan<'a> {
    drawing: &'a ClockDrawing,
    labels: Labels<'a>,
    lang: Lang,
    band_top: Tenths,
    hatch: String,
}

impl Plan<'_> {
    fn x(&self, at: Timestamp) -> Tenths {
        self.labels.axis.x(at)
    }

    fn right(&self) -> Tenths {
        self.labels.axis.right
    }

    /// Hatchings, so that pauses differ from counted time without colour.
    fn patterns(&self, svg: &mut Svg) {
        let id = &self.hatch;
        let stroke = Tone::Pause.stroke(svg.ink);
        svg.raw(format_args!(
            r#"<defs><pattern id="{id}-h" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M-1 7L7 -1" {stroke}/></pattern><pattern id="{id}-x" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0L6 6M6 0L0 6" {stroke}/></pattern></defs>"#
        ));
    }

    fn opening(&self, svg: &mut Svg) {
        for (from, to) in
            self.drawing.open.iter().filter(|(f, t)| *t > self.drawing.from && *f < self.drawing.to).take(MAX_SHAPES)
        {
            let (x1, x2) = (self.x(*from), self.x(*to));
            svg.rect(x1, self.band_top, (x2 - x1).max(2), BAND, Tone::Open.fill(svg.ink));
        }
    }

    fn segments(&self, svg: &mut Svg) {
        let y = self.band_top + BAR_TOP;
        for segment in self.drawing.segments.iter().take(MAX_SHAPES) {
            let (x1, x2) = (self.x(segment.from), self.x(segment.to));
            let width = (x2 - x1).max(5);
            self.swatch(svg, segment.kind, (x1, y), (width, BAR));
            let counted = segment.to.duration_since(segment.from);
            let length = match segment.kind {
                SegmentKind::Closed => String::new(),
                _ => format::open_time(counted, self.lang),
            };
            let (middle, half) = (x1 + width / 2, text_width(&length) / 2 + 20);
            let crossed = self.labels.labels.iter().any(|l| (l.x - middle).abs() < half);
            if 2 * half <= width && !crossed {
                svg.text(middle, y + BAR + 125, Anchor::Middle, Tone::Muted, &length);
            }
        }
    }

    /// One stretch of the bar, or its sample in the legend.
    fn swatch(&self, svg: &mut Svg, kind: SegmentKind, (x, y): (Tenths, Tenths), (width, height): (Tenths, Tenths)) {
        let ink = svg.ink;
        let outline = |tone: Tone| tone.stroke(ink);
        match kind {
            SegmentKind::Counted => svg.rect(x, y, width, height, Tone::Bar.fill(ink)),
            // Thicker, so that it differs without colour.
            SegmentKind::Overdue => svg.rect(x, y - OVERDUE, width, height + 2 * OVERDUE, Tone::Late.fill(ink)),
            SegmentKind::Closed => svg.line(
                (x, y + height / 2),
                (x + width, y + height / 2),
                &format!(r#"{} stroke-dasharray="1 3""#, outline(Tone::Muted)),
            ),
            SegmentKind::PauseAllowed | SegmentKind::PauseClaimed => {
                let (base, pattern) =
                    if kind == SegmentKind::PauseAllowed { (Tone::Pause, "h") } else { (Tone::Bar, "x") };
                svg.rect(x, y, width, height, base.fill(ink));
                svg.rect(x, y, width, height, &format!(r#"fill="url(#{}-{pattern})""#, self.hatch));
                svg.rect(x, y, width, height, outline(Tone::Pause));
            }
        }
    }

    fn marks(&self, svg: &mut Svg) {
        let bottom = self.band_top + BAND;
        for label in &self.labels.labels {
            let top = self.band_top - 60 - LABEL_ROW * label.row - 100;
            let x = label.x;
            let ink = svg.ink;
            let (tone, line) = match label.mark.kind {
                MarkKind::Due => {
                    (Tone::Strong, format!(r#"{} stroke-width="2" stroke-dasharray="6 3""#, Tone::Strong.stroke(ink)))
                }
                MarkKind::Breach => (Tone::Late, format!(r#"{} stroke-width="2""#, Tone::Late.stroke(ink))),
                MarkKind::Start => (Tone::Ink, format!(r#"{} stroke-width="2""#, Tone::Ink.stroke(ink))),
                MarkKind::Candidate => (Tone::Muted, format!(r#"{} stroke-dasharray="2 2""#, Tone::Muted.stroke(ink))),
                _ => (Tone::Ink, Tone::Ink.stroke(ink).to_owned()),
            };
            svg.line((x, top), (x, bottom), &line);
            shape(svg, label.mark.kind, (x, self.band_top + BAR_TOP + BAR / 2));
            svg.text(x + 50, top + 80, Anchor::Start, tone, &label.text);
        }
    }

    /// Days below the band; hours too when the line is short enough for them.
    fn axis(&self, svg: &mut Svg) {
        let y = self.band_top + BAND;
        let (ink, lang) = (svg.ink, self.lang);
        svg.line((LEFT, y), (self.right(), y), Tone::Ink.stroke(ink));
        let mut next_free = LEFT - 1000;
        for day in self.midnights() {
            let x = self.x(day.timestamp());
            svg.line((x, y), (x, y + 60), Tone::Ink.stroke(ink));
            let name = format!("{} {:02}/{:02}", format::weekday_short(day.weekday(), lang), day.day(), day.month());
            if x >= next_free {
                svg.text(x, y + 310, Anchor::Start, Tone::Muted, &name);
                next_free = x + text_width(&name) + 60;
            }
        }
        let hours = self.labels.axis.span / 3_600_000_000_000;
        // An hour's name needs about 30 px, and the line is some 640 px at least: 20 names fit.
        let Some(step) = [1, 2, 3, 6, 12].into_iter().find(|s| hours / s <= 20) else { return };
        let start = self.drawing.from.to_zoned(self.drawing.zone.clone());
        let Ok(mut at) = start.start_of_day() else { return };
        while at.timestamp() <= self.drawing.to {
            if at.timestamp() >= self.drawing.from && i128::from(at.hour()) % step == 0 {
                let x = self.x(at.timestamp());
                svg.line((x, y), (x, y + 40), Tone::Ink.stroke(ink));
                svg.text(x, y + 160, Anchor::Middle, Tone::Muted, &format!("{}\u{a0}h", at.hour()));
            }
            let Ok(next) = at.checked_add(1.hour()) else { break };
            at = next;
        }
    }

    /// Local midnights of the line, thinned so that there are at most a few hundred; the line's own
    /// start stands for the first day.
    fn midnights(&self) -> Vec<Zoned> {
        let days = self.labels.axis.span / 86_400_000_000_000;
        let step = i64::try_from(days / 120).unwrap_or(i64::MAX).max(1);
        let first = self.drawing.from.to_zoned(self.drawing.zone.clone());
        let mut found = vec![first.clone()];
        let mut date = first.date();
        while let Some(at) = date.checked_add(step.days()).ok().and_then(|d| d.to_zoned(self.drawing.zone.clone()).ok())
        {
            if at.timestamp() > self.drawing.to || found.len() > MAX_SHAPES {
                break;
            }
            date = at.date();
            found.push(at);
        }
        found
    }

    /// Samples of what the drawing holds; gives the lower end of the drawing.
    fn legend(&self, svg: &mut Svg, y: Tenths) -> Tenths {
        let mut x = LEFT;
        let mut y = y;
        let mut place = |name: &str| {
            let width = 300 + text_width(name);
            if x + width > WIDTH && x > LEFT {
                (x, y) = (LEFT, y + 180);
            }
            let at = (x, y);
            x += width + 160;
            at
        };
        if !self.drawing.open.is_empty() {
            let name = self.lang.pick("heures ouvertes", "opening hours");
            let (x, y) = place(name);
            svg.rect(x, y, 220, 120, Tone::Open.fill(svg.ink));
            svg.rect(x, y, 220, 120, Tone::Open.stroke(svg.ink));
            svg.text(x + 280, y + 100, Anchor::Start, Tone::Ink, name);
        }
        for kind in SegmentKind::ALL.into_iter().filter(|k| self.drawing.segments.iter().any(|s| s.kind == *k)) {
            let (x, y) = place(kind.name(self.lang));
            self.swatch(svg, kind, (x, y), (220, 120));
            svg.text(x + 280, y + 100, Anchor::Start, Tone::Ink, kind.name(self.lang));
        }
        y + 200
    }
}

/// Each kind of mark has its own outline.
fn shape(svg: &mut Svg, kind: MarkKind, (x, y): (Tenths, Tenths)) {
    let ink = svg.ink;
    let triangle = [(x, y - 60), (x + 90, y), (x, y + 60)];
    let diamond = [(x, y - 70), (x + 70, y), (x, y + 70), (x - 70, y)];
    let hollow = |tone: Tone| match ink {
        // The page's own background shows through; on paper it is white.
        Ink::Page => tone.stroke(ink).to_owned(),
        Ink::Paper => tone.stroke(ink).replace(r#"fill="none""#, r##"fill="#ffffff""##),
    };
    match kind {
        MarkKind::Candidate => svg.path(&triangle, true, &hollow(Tone::Muted)),
        MarkKind::Start => svg.path(&triangle, true, Tone::Ink.fill(ink)),
        MarkKind::TakeIn => svg.circle((x, y), 55, &hollow(Tone::Ink)),
        MarkKind::Restored => svg.circle((x, y), 55, Tone::Ink.fill(ink)),
        MarkKind::Refused => {
            let (l, r, t, b) = (px(x - 50), px(x + 50), px(y - 50), px(y + 50));
            svg.raw(format_args!(
                r#"<path d="M{l} {t}L{r} {b}M{r} {t}L{l} {b}" {} stroke-width="2"/>"#,
                Tone::Ink.stroke(ink)
            ));
        }
        MarkKind::Due => svg.path(&diamond, true, &hollow(Tone::Strong)),
        MarkKind::Breach => svg.path(&diamond, true, Tone::Late.fill(ink)),
        MarkKind::Now => {}
    }
}
