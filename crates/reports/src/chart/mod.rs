//! Charts drawn on the server as SVG, the same in page, mail and PDF.
//!
//! A chart has a title and a description for those who do not see it, and the same values as a table
//! beside it. It says nothing by colour alone: what differs in colour also differs in shape, hatching
//! or words. It has no `style` attribute, since pages live under a policy that forbids them: classes
//! (see [`STYLE`]) and presentation attributes do the work. Coordinates are whole tenths of a pixel,
//! so no binary float is needed anywhere.

mod clock;
#[cfg(test)]
mod sample;
mod svg;
mod trend;

pub use clock::{ClockDrawing, Mark, MarkKind, Segment, SegmentKind, case_clock};
pub use trend::{points_trend, rate_trend, sparkline};

/// Rules for the classes of page charts, to be served with the page's own style sheet.
///
/// Colours are custom properties (`--chart-bar`, ...) that fall back on the colour of the text, so a
/// chart is legible in any theme before the theme says anything.
pub const STYLE: &str = include_str!("../../templates/chart.css");

/// Where a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Inside a page: colours follow the page's text and [`STYLE`].
    Page,
    /// Alone, on white: colours are in the drawing.
    Paper,
}

/// A drawing and the same values as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// One `<svg>` element, without XML declaration.
    pub svg: String,
    /// Its text alternative.
    pub table: DataTable,
}

/// The values of a chart, for people and tools that read rather than see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataTable {
    /// What it is about.
    pub caption: String,
    /// Names of the columns.
    pub header: Vec<String>,
    /// Cells, as many in each row as there are columns.
    pub rows: Vec<Vec<String>>,
}

#[cfg(test)]
mod tests;
