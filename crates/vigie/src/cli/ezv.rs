//! `vigie ezv`: an export of EZV read beside our cases.

use std::{fmt::Write as _, fs::File, path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use vigie_reports::{
    format::{self, Lang},
    xlsx,
};

use super::{PlaceArgs, import, out};
use crate::{
    app::Place,
    features::{
        desk::web::{phase_key, sheet_csv},
        ezv::{
            compare::{Difference, Says},
            export::{self, Reconciled},
            web::{HEAD, binds_key, what_key},
        },
    },
    now::now,
    said::{Said, Saying as _},
    web::i18n::Messages as _,
};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Read an export of EZV beside our cases and say what differs. Changes nothing.
    Reconcile(ReconcileArgs),
}

/// Which export.
#[derive(Args, Debug)]
pub(super) struct ReconcileArgs {
    /// The CSV file.
    file: PathBuf,
    /// A mapping file, or one that comes with the program.
    #[arg(long, default_value = "easyvista", value_name = "MAPPING")]
    mapping: String,
    /// Read the rows as cases of this class instead of the mapping's: incident, request, problem, change.
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// Write the differences to this file, .csv or .xlsx, instead of showing them.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Differences that are shown; a file holds them all.
const SHOWN: usize = 200;

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    let What::Reconcile(args) = what;
    let mapping = import::mapping(&args.mapping, args.class.as_deref())?;
    let file = File::open(&args.file).saying(|| Said::cannot_open(&args.file))?;
    let (promise, store) = Place::from(args.place).open_reading()?;
    let zone = promise.rulebook.zone();
    let found = export::reconcile(&store, &mapping, file, now())?;
    let line = |d: &Difference| {
        let says = |says: &Says| match says {
            Says::Nothing => String::new(),
            Says::At(at) => format::instant(*at, zone),
            Says::Phase(phase) => lang.t(phase_key(*phase)),
            Says::Words(words) => words.clone(),
        };
        let text = |v: &Option<String>| v.clone().unwrap_or_default();
        let what = lang.t(what_key(d.what));
        [text(&d.case), text(&d.ticket), what, says(&d.ours), says(&d.theirs), lang.t(binds_key(d.binds))]
    };
    let rows: Vec<[String; 6]> = found.differences.iter().map(line).collect();
    let mut text = counts(&found, lang);
    match &args.out {
        Some(path) => {
            let head = HEAD.map(|key| lang.t(key));
            let bytes = match path.extension().and_then(|e| e.to_str()) {
                Some("csv") => sheet_csv(lang, &head, rows)?,
                Some("xlsx") => xlsx::table("EZV", &head, &rows)?,
                _ => {
                    let (fr, en) =
                        ("écrire un nom qui finit par .csv ou .xlsx", "write a name that ends in .csv or .xlsx");
                    bail!("{}{}{}", path.display(), lang.colon(), lang.pick(fr, en));
                }
            };
            std::fs::write(path, bytes).saying(|| Said::cannot_write(path))?;
            writeln!(text, "  {} {}", lang.pick("écarts écrits dans", "differences written to"), path.display())?;
        }
        None => {
            for [case, ticket, what, ours, theirs, binds] in rows.iter().take(SHOWN) {
                writeln!(text, "  {case:<16} {ticket:<20} {what} : {ours} / {theirs} → {binds}")?;
            }
            if rows.len() > SHOWN {
                let more = i128::try_from(rows.len().saturating_sub(SHOWN)).unwrap_or(0);
                let and = lang.pick("autres écarts : demandez un fichier par --out", "more: ask for a file with --out");
                writeln!(text, "  {} {and}", format::number(more, lang))?;
            }
        }
    }
    out::put(text)?;
    Ok(ExitCode::SUCCESS)
}

fn counts(found: &Reconciled, lang: Lang) -> String {
    let n = |count: usize| format::number(i128::try_from(count).unwrap_or(0), lang);
    let [rows, tickets, paired, differ] =
        [usize::try_from(found.summary.rows).unwrap_or(0), found.tickets, found.paired, found.differences.len()].map(n);
    match lang {
        Lang::Fr => format!("{rows} lignes, {tickets} tickets, {paired} connus au guichet, {differ} écarts\n"),
        Lang::En => format!("{rows} rows, {tickets} tickets, {paired} known at the desk, {differ} differences\n"),
    }
}
