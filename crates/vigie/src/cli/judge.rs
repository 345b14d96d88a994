//! `vigie judge 2016-03`: a month as a table, JSON, PDF or workbook.

use std::{
    fs::File,
    io::{BufReader, IsTerminal, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use vigie_evidence::{Trust, VerifierKey};
use vigie_reports::{format::Lang, journal::SignedHead, text::month_table};
use vigie_rules::{book::Rulebook, judgement::Month};

use super::{PlaceArgs, instant::Instant, out};
use crate::{
    app::{Place, is_demo, promise},
    features::judgement::{self, Ask, MonthError, chosen, json, report},
    now::now,
    said::{Said, Saying as _},
};

/// What to judge and how to show it.
#[derive(Args, Debug)]
pub(super) struct JudgeArgs {
    /// The month, such as 2016-03; the last that is over by default.
    month: Option<Month>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Also write the monthly journal as PDF.
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Also write the workbook with live formulas.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Judge from an export alone, without a database.
    #[arg(long, value_name = "EXPORT")]
    from: Option<PathBuf>,
    /// Key that must have signed the export (as `vigie verify` prints it); else the key in the export.
    #[arg(long, requires = "from", value_name = "KEY")]
    key: Option<String>,
    /// As known at this instant, such as 2016-04-08T09:00 in the contract's zone or 2016-04-08T07:00:00Z;
    /// else the latest fact. A time that a clock change skips or repeats is the earlier one.
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<Instant>,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For machines: exact values as text.
    Json,
}

/// Width of a table that no terminal asks for.
const DEFAULT_WIDTH: usize = 120;

pub(super) fn run(args: JudgeArgs, lang: Lang) -> Result<ExitCode> {
    let place = Place::from(args.place);
    let printed = args.pdf.is_some() || args.xlsx.is_some();
    let ask = |rulebook: &Rulebook| -> Result<(Ask<'_>, Timestamp)> {
        let as_of = args.as_of.map(|at| at.in_zone(rulebook.zone())).transpose()?;
        Ok((Ask { as_of, past: printed, ..Ask::default() }, as_of.unwrap_or_else(now)))
    };
    let (promise, judged, key) = match &args.from {
        Some(path) => {
            let promise = promise(place.contract.as_deref())?;
            let keys = args.key.as_deref().map(VerifierKey::parse).transpose()?;
            let file = File::open(path).saying(|| Said::cannot_open(path))?;
            let export = BufReader::with_capacity(1 << 20, file);
            let trust = keys.as_ref().map_or(Trust::KeyInExport, |k| Trust::Keys(std::slice::from_ref(k)));
            let (ask, at) = ask(&promise.rulebook)?;
            let month = |span| chosen(span, args.month, at, promise.rulebook.zone());
            let (judged, key) = judgement::from_export(export, trust, &promise.rulebook, month, ask)
                .saying(|| Said::new(path.display().to_string(), path.display().to_string()))?;
            (promise, judged, Some(key))
        }
        None => {
            let (promise, store) = place.open_reading()?;
            let (ask, at) = ask(&promise.rulebook)?;
            // One snapshot, so that the printed head is the one of the figures.
            let judged = store.read(|tx| -> Result<_, MonthError> {
                let span = judgement::months(tx, &promise.rulebook)?;
                let month = chosen(span, args.month, at, promise.rulebook.zone())?;
                judgement::from_store(tx, &promise.rulebook, month, ask)
            })?;
            // Only what is printed says how to verify it.
            let key = printed.then(|| place.verifier(&store, &promise)).transpose()?;
            (promise, judged, key)
        }
    };
    let demo = judged.checkpoint.as_ref().is_some_and(|c| is_demo(&c.origin));
    let head = SignedHead { note: judged.note.clone(), key: key.map_or_else(String::new, |k| k.to_string()) };
    let context = report::context(&promise.rulebook, judged.judgement.month, &judged.past, head, demo, now());
    if let Some(path) = &args.pdf {
        write(path, &report::pdf(&judged.judgement, &context, lang)?)?;
    }
    if let Some(path) = &args.xlsx {
        write(path, &vigie_reports::xlsx::workbook(&judged.judgement, &context, lang)?)?;
    }
    match args.format {
        Format::Table => {
            let width = terminal_width();
            out::put(month_table(&judged.judgement, promise.rulebook.zone(), lang, width))?;
        }
        Format::Json => out::put(json::to_json(&judged.judgement, judged.checkpoint.as_ref())?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    out::whole_file(path, |mut file| file.write_all(bytes).saying(|| Said::cannot_write(path)))
}

/// What the shell says; a pipe gets a fixed width, so that its bytes depend on nothing.
fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    columns.filter(|_| std::io::stdout().is_terminal()).unwrap_or(DEFAULT_WIDTH)
}
