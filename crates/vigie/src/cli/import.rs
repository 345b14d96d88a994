//! `vigie import incidents FILE --mapping MAPPING.toml`.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufWriter, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rust_embed::RustEmbed;
use vigie_contract::Class;
use vigie_links::Mapping;
use vigie_reports::format::{self, Lang};
use vigie_store::{Store, StoreError};

use super::{PlaceArgs, PostArgs, out};
use crate::{
    app::Place,
    features::{
        desk::import::{self, Report, Source},
        post::{Post, file},
    },
    now::{Stopwatch, now},
    said::{Said, Saying as _},
};

/// The mappings that come with the program.
#[derive(RustEmbed)]
#[folder = "../../mappings"]
struct Mappings;

/// What to import.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// A CSV log or export of incidents, requests, problems or changes.
    Incidents(ImportArgs),
    /// Mails: a maildir, a folder of .eml files, one of them, or an mbox. Nobody is written to.
    Mail(MailArgs),
}

/// Which mails.
#[derive(Args, Debug)]
pub(super) struct MailArgs {
    /// The folder or the file.
    path: PathBuf,
    #[command(flatten)]
    post: PostArgs,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Which file, and how to read it.
#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// The CSV file.
    file: PathBuf,
    /// A mapping file, or one that comes with the program: servicenow, easyvista, generic.
    #[arg(long, value_name = "MAPPING")]
    mapping: String,
    /// Read the rows as cases of this class instead of the mapping's: incident, request, problem, change.
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// Show what would happen and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Where what could not be read is listed; FILE.rejects.csv by default.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Reads a mapping file, or one that comes with the program; `class` stands for the mapping's own.
pub(super) fn mapping(name: &str, class: Option<&str>) -> Result<Mapping> {
    let mapping = named(name)?;
    let Some(class) = class else { return Ok(mapping) };
    let Some(known) = Class::from_name(class) else {
        let said = Said::new(
            format!("`{class}` n'est pas une classe de dossiers : écrire incident, request, problem ou change"),
            format!("`{class}` is not a class of cases: write incident, request, problem or change"),
        );
        return Err(said.into());
    };
    Ok(mapping.with_class(known))
}

fn named(name: &str) -> Result<Mapping> {
    if let Some(file) = Mappings::get(&format!("{name}.toml")) {
        let text = String::from_utf8(file.data.into_owned()).saying(|| {
            Said::new("une correspondance du programme n'est pas du texte", "a mapping of the program is not text")
        })?;
        return Ok(Mapping::parse(&text, &format!("{name}.toml"))?);
    }
    if !Path::new(name).exists() {
        let known: Vec<String> = Mappings::iter().filter_map(|n| n.strip_suffix(".toml").map(str::to_owned)).collect();
        let known = known.join(", ");
        let said = Said::new(
            format!(
                "il n'y a pas de correspondance `{name}` : donner le chemin d'un fichier TOML, ou l'une de {known}"
            ),
            format!("there is no mapping `{name}`: give the path of a TOML file, or one of {known}"),
        );
        return Err(said.into());
    }
    Ok(Mapping::load(Path::new(name))?)
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    let args = match what {
        What::Incidents(args) => args,
        What::Mail(args) => return mails(args, lang),
    };
    let mapping = mapping(&args.mapping, args.class.as_deref())?;
    let path = &args.file;
    let file = File::open(path).saying(|| Said::cannot_open(path))?;
    let length = file.metadata().map_or(0, |m| m.len());
    let place = Place::from(args.place);
    let watch = Stopwatch::start();

    if args.dry_run {
        let store = match Store::open_reading(place.location()) {
            Ok(store) => Some(store),
            // Nothing has been recorded yet: all would be new.
            Err(StoreError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let (report, rejects) = import::dry_run(store.as_ref(), &mapping, file, now())?;
        let mut text = lang.pick("Essai : rien n'a été modifié.\n", "Dry run: nothing was changed.\n").to_owned();
        show(&mut text, &report, lang)?;
        for reject in &rejects {
            let reason = match lang {
                Lang::Fr => reject.reason.fr(),
                Lang::En => reject.reason.en(),
            };
            let line = lang.pick("ligne", "line");
            writeln!(text, "  {line} {}, {} `{}` : {reason}", reject.line, reject.field, reject.value)?;
        }
        out::put(text)?;
        return Ok(ExitCode::SUCCESS);
    }

    let rejects = args.rejects.unwrap_or_else(|| {
        let mut name = path.as_os_str().to_owned();
        name.push(".rejects.csv");
        PathBuf::from(name)
    });
    // The store first: when it refuses, what an earlier import explained is still there.
    let vigie = place.open()?;
    let listed = File::create(&rejects).saying(|| Said::cannot_write(&rejects))?;
    let bar = progress(length, lang);
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let source = Source { name: &name, mapping_name: &args.mapping, mapping: &mapping };
    let report =
        import::import(&vigie, source, file, BufWriter::new(listed), now(), &mut |bytes| bar.set_position(bytes))?;
    bar.finish_and_clear();
    let mut text = String::new();
    show(&mut text, &report, lang)?;
    let seconds = watch.elapsed().as_millis();
    let total = report.recorded.added.saturating_add(report.recorded.known);
    let rate = u128::from(total).saturating_mul(1000).checked_div(seconds).unwrap_or(0);
    writeln!(
        text,
        "  {} {} ms ({} {})",
        lang.pick("durée", "took"),
        format::number(i128::try_from(seconds).unwrap_or(0), lang),
        format::number(i128::try_from(rate).unwrap_or(0), lang),
        lang.pick("évènements/s", "events/s")
    )?;
    if report.summary.rejected > 0 || report.summary.partial > 0 {
        writeln!(text, "  {} {}", lang.pick("rejets expliqués dans", "rejects explained in"), rejects.display())?;
    }
    out::put(text)?;
    Ok(ExitCode::SUCCESS)
}

fn mails(args: MailArgs, lang: Lang) -> Result<ExitCode> {
    let Some(settings) = args.post.settings()? else {
        let (fr, en) = (
            "donner --mail FICHIER : quels courriels sont les nôtres et qui appartient à quelle partie y est écrit",
            "give --mail FILE: what is our own mail, and who belongs to which side, stands there",
        );
        bail!("{}", lang.pick(fr, en));
    };
    let (files, bytes) = file::files(&args.path).saying(|| Said::cannot_read(&args.path))?;
    let place = Place::from(args.place);
    let watch = Stopwatch::start();
    let vigie = place.open()?;
    let zone = vigie.promise.rulebook.at(now()).zone().clone();
    let post = Post::new(vigie, settings, zone);
    let bar = progress(bytes, lang);
    let report = post.import(&files, now, &mut |done| bar.set_position(done))?;
    bar.finish_and_clear();
    let n = |value: u64| format::number(i128::from(value), lang);
    let mut text = String::new();
    let known = lang.pick("déjà connus", "already known");
    writeln!(text, "  {} {}, {} {known}", lang.pick("courriels", "mails"), n(report.mails), n(report.known))?;
    for (state, count) in &report.states {
        writeln!(text, "  {state} {}", n(*count))?;
    }
    for place in &report.too_large {
        writeln!(text, "  {} {place}", lang.pick("trop grand, non repris :", "too large, not taken:"))?;
    }
    let took = watch.elapsed().as_millis();
    writeln!(text, "  {} {} ms", lang.pick("durée", "took"), format::number(i128::try_from(took).unwrap_or(0), lang))?;
    out::put(text)?;
    Ok(ExitCode::SUCCESS)
}

fn progress(length: u64, lang: Lang) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let text = lang.pick("{bar:40} {bytes}/{total_bytes}, reste {eta}", "{bar:40} {bytes}/{total_bytes}, {eta} left");
    if let Ok(style) = ProgressStyle::with_template(text) {
        bar.set_style(style);
    }
    bar
}

fn show(text: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    let n = |value: u64| format::number(i128::from(value), lang);
    let s = &report.summary;
    writeln!(
        text,
        "  {} {} = {} {} + {} {} + {} {}",
        lang.pick("lignes", "rows"),
        n(s.rows),
        n(s.accepted),
        lang.pick("acceptées", "accepted"),
        n(s.partial),
        lang.pick("en partie", "in part"),
        n(s.rejected),
        lang.pick("rejetées", "rejected"),
    )?;
    writeln!(text, "  {} {}", lang.pick("dossiers", "cases"), n(report.cases))?;
    writeln!(
        text,
        "  {} {} {}, {} {}",
        lang.pick("évènements", "events"),
        n(report.recorded.added),
        lang.pick("nouveaux", "new"),
        n(report.recorded.known),
        lang.pick("déjà connus", "already known"),
    )?;
    if let (Some(first), Some(last)) = (s.first, s.last) {
        writeln!(text, "  {} {first} {} {last}", lang.pick("du", "from"), lang.pick("au", "to"))?;
    }
    for (reason, count) in &s.rejects {
        writeln!(text, "  {} {reason} : {}", lang.pick("rejets", "rejects"), n(*count))?;
    }
    Ok(())
}
