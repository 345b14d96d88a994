//! The monthly journal and other papers as PDF: tagged, with bookmarks, made by typst as a library.
//!
//! Templates are ours and fixed; what changes comes to one as one JSON file of texts that are already
//! printed (module `model`), so that nothing a person ever wrote can be markup. The world that typst sees
//! holds the template, the data and the fonts that the program gives: no disk, no network, no packages, and
//! `today` is the instant of generation.

mod model;
mod sections;
mod texts;

use jiff::{Timestamp, tz::TimeZone};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use vigie_rules::judgement::Judgement;

use crate::{format::Lang, journal::JournalContext, paper::Paper};

const JOURNAL: (&str, &str) = ("/journal.typ", include_str!("../templates/journal.typ"));
const PAPER: (&str, &str) = ("/paper.typ", include_str!("../templates/paper.typ"));
const DATA_PATH: &str = "/data.json";
/// Results of typst's memoisation that were not used for so many renders are dropped.
const KEEP_RENDERS: usize = 10;

/// Font files (TTF or OTF) that the journal may use, in order of preference.
///
/// The template asks for Inter, then Libertinus Serif; for DejaVu Sans Mono in the signed note.
#[derive(Clone, Debug, Default)]
pub struct Fonts(pub Vec<&'static [u8]>);

impl Fonts {
    /// Those that come with typst: enough for a journal without any other font.
    #[must_use]
    pub fn bundled() -> Self {
        Self(typst_assets::fonts().collect())
    }

    /// With these before the others.
    #[must_use]
    pub fn preferring(mut self, fonts: &[&'static [u8]]) -> Self {
        self.0.splice(0..0, fonts.iter().copied());
        self
    }
}

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// No file given as a font was one.
    #[error("none of the {given} font files given can be read as a TTF or OTF font")]
    NoFont {
        /// How many were given.
        given: usize,
    },
    /// It could not be put into the template's data.
    #[error("the data of the document could not be written")]
    Data(#[from] serde_json::Error),
    /// Typst refused the document.
    #[error("the document could not be laid out: {0}")]
    Layout(String),
}

/// Makes journals and papers; keeps the parsed fonts and typst's library from one to the next.
pub struct PdfRenderer {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    data: FileId,
    journal: Source,
    paper: Source,
    standards: PdfStandards,
}

impl PdfRenderer {
    /// Reads the fonts once.
    ///
    /// # Errors
    /// When none of the files is a font.
    pub fn new(fonts: &Fonts) -> Result<Self, PdfError> {
        let given = fonts.0.len();
        let fonts: Vec<Font> = fonts.0.iter().flat_map(|data| Font::iter(Bytes::new(*data))).collect();
        if fonts.is_empty() {
            return Err(PdfError::NoFont { given });
        }
        let template = |(path, text): (&str, &str)| Ok::<_, PdfError>(Source::new(file_id(path)?, text.to_owned()));
        let standards =
            PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| PdfError::Layout(e.message().to_string()))?;
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            data: file_id(DATA_PATH)?,
            journal: template(JOURNAL)?,
            paper: template(PAPER)?,
            standards,
        })
    }

    /// The journal's bytes, conforming to PDF/UA-1. The same input gives the same bytes.
    ///
    /// # Errors
    /// When typst refuses the document, which is a fault of the template and says where.
    pub fn journal(&self, judgement: &Judgement, context: &JournalContext, lang: Lang) -> Result<Vec<u8>, PdfError> {
        let data = serde_json::to_vec(&model::journal(judgement, context, lang))?;
        let ident = format!("vigie/{}/{}", judgement.contract, judgement.month);
        self.render(&self.journal, data, ident, context.generated_at)
    }

    /// A paper's bytes, under the same terms.
    ///
    /// # Errors
    /// As [`PdfRenderer::journal`].
    pub fn paper(&self, paper: &Paper) -> Result<Vec<u8>, PdfError> {
        self.render(
            &self.paper,
            serde_json::to_vec(&paper.printable())?,
            format!("vigie/{}", paper.ident),
            paper.made_at,
        )
    }

    fn render(&self, source: &Source, data: Vec<u8>, ident: String, made_at: Timestamp) -> Result<Vec<u8>, PdfError> {
        let result = self.lay_out(source, data, ident, made_at);
        // Also after an error: a failing template must not make the process grow.
        comemo::evict(KEEP_RENDERS);
        result
    }

    fn lay_out(&self, source: &Source, data: Vec<u8>, ident: String, made_at: Timestamp) -> Result<Vec<u8>, PdfError> {
        let now = datetime(made_at);
        let world = PaperWorld { renderer: self, source, bytes: Bytes::new(data), now };
        let document = typst::compile(&world).output.map_err(|errors| explain(&world, &errors))?;
        let options = PdfOptions {
            ident: Smart::Custom(ident),
            creator: Smart::Custom(Some("Vigie".to_owned())),
            timestamp: now.map(typst_pdf::Timestamp::new_utc),
            standards: self.standards.clone(),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| explain(&world, &errors))
    }
}

fn file_id(path: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(path).map_err(|e| PdfError::Layout(format!("{path}: {e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn datetime(at: Timestamp) -> Option<Datetime> {
    let utc = at.to_zoned(TimeZone::UTC);
    let part = |n: i8| u8::try_from(n).ok();
    Datetime::from_ymd_hms(
        utc.year().into(),
        part(utc.month())?,
        part(utc.day())?,
        part(utc.hour())?,
        part(utc.minute())?,
        part(utc.second())?,
    )
}

/// Typst's complaints with the lines of the template that they are about.
fn explain(world: &PaperWorld<'_>, errors: &[SourceDiagnostic]) -> PdfError {
    let lines = errors.iter().map(|e| {
        let range = typst::WorldExt::range(world, e.span);
        let line = range.and_then(|r| world.source.lines().byte_to_line(r.start));
        let name = world.source.id().get().vpath().get_without_slash();
        let place = line.map_or_else(String::new, |l| format!("{name}:{}: ", l + 1));
        let hints: String = e.hints.iter().map(|h| format!(" ({})", h.v)).collect();
        format!("{place}{}{hints}", e.message)
    });
    PdfError::Layout(lines.collect::<Vec<_>>().join("; "))
}

/// All that typst may see while it makes one document.
struct PaperWorld<'r> {
    renderer: &'r PdfRenderer,
    source: &'r Source,
    bytes: Bytes,
    now: Option<Datetime>,
}

impl World for PaperWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.renderer.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.renderer.book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(absent(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.renderer.data { Ok(self.bytes.clone()) } else { Err(absent(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.renderer.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        self.now
    }
}

fn absent(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}

#[cfg(test)]
mod tests;
