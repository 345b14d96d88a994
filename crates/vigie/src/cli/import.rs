//! `vigie import incidents FILE --mapping MAPPING.toml`.

use std::{
    fs::File,
    io::{BufWriter, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rust_embed::RustEmbed;
use vigie_links::Mapping;
use vigie_reports::format::{self, Lang};

use super::PlaceArgs;
use crate::{
    app::Place,
    features::desk::import::{self, Report, Source},
    now::{Stopwatch, now},
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

/// Reads a mapping file, or one that comes with the program.
pub(super) fn mapping(name: &str) -> Result<Mapping> {
    if let Some(file) = Mappings::get(&format!("{name}.toml")) {
        let text = String::from_utf8(file.data.into_owned()).context("a mapping of the program is not text")?;
        return Ok(Mapping::parse(&text, &format!("{name}.toml"))?);
    }
    if !Path::new(name).exists() {
        let known: Vec<String> = Mappings::iter().map(|n| n.trim_end_matches(".toml").to_owned()).collect();
        bail!("there is no mapping `{name}`: give the path of a TOML file, or one of {}", known.join(", "));
    }
    Ok(Mapping::load(Path::new(name))?)
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    let What::Incidents(args) = what;
    let mut mapping = mapping(&args.mapping)?;
    if let Some(class) = &args.class {
        let Some(class) = vigie_contract::Class::from_name(class) else {
            bail!("`{class}` is not a class of cases: write incident, request, problem or change");
        };
        mapping = mapping.with_class(class);
    }
    let path = &args.file;
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let length = file.metadata().map(|m| m.len()).unwrap_or(0);
    let place = Place::from(args.place);
    let watch = Stopwatch::start();

    if args.dry_run {
        let store = place.open_reading().ok().map(|(_, store)| store);
        let (report, rejects) = import::dry_run(store.as_ref(), &mapping, file, now())?;
        println!("{}", lang.pick("Essai : rien n'a été modifié.", "Dry run: nothing was changed."));
        show(&report, lang);
        for reject in &rejects {
            let reason = match lang {
                Lang::Fr => reject.reason.fr(),
                Lang::En => reject.reason.en(),
            };
            println!(
                "  {} {}, {} `{}` : {reason}",
                lang.pick("ligne", "line"),
                reject.line,
                reject.field,
                reject.value
            );
        }
        return Ok(ExitCode::SUCCESS);
    }

    let rejects = args.rejects.unwrap_or_else(|| {
        let mut name = path.as_os_str().to_owned();
        name.push(".rejects.csv");
        PathBuf::from(name)
    });
    let out = File::create(&rejects).with_context(|| format!("{} cannot be written", rejects.display()))?;
    let vigie = place.open()?;
    let bar = progress(length, lang);
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let source = Source { name: &name, mapping_name: &args.mapping, mapping: &mapping };
    let report =
        import::import(&vigie, source, file, BufWriter::new(out), now(), &mut |bytes| bar.set_position(bytes))?;
    bar.finish_and_clear();
    show(&report, lang);
    let seconds = watch.elapsed().as_millis();
    let total = report.recorded.added.saturating_add(report.recorded.known);
    let rate = u128::from(total).saturating_mul(1000).checked_div(seconds).unwrap_or(0);
    println!(
        "  {} {} ms ({} {})",
        lang.pick("durée", "took"),
        format::number(i128::try_from(seconds).unwrap_or(0), lang),
        format::number(i128::try_from(rate).unwrap_or(0), lang),
        lang.pick("évènements/s", "events/s")
    );
    if report.summary.rejected > 0 || report.summary.partial > 0 {
        println!("  {} {}", lang.pick("rejets expliqués dans", "rejects explained in"), rejects.display());
    }
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

fn show(report: &Report, lang: Lang) {
    let n = |value: u64| format::number(i128::from(value), lang);
    let s = &report.summary;
    println!(
        "  {} {} = {} {} + {} {} + {} {}",
        lang.pick("lignes", "rows"),
        n(s.rows),
        n(s.accepted),
        lang.pick("acceptées", "accepted"),
        n(s.partial),
        lang.pick("en partie", "in part"),
        n(s.rejected),
        lang.pick("rejetées", "rejected"),
    );
    println!("  {} {}", lang.pick("dossiers", "cases"), n(report.cases));
    println!(
        "  {} {} {}, {} {}",
        lang.pick("évènements", "events"),
        n(report.recorded.added),
        lang.pick("nouveaux", "new"),
        n(report.recorded.known),
        lang.pick("déjà connus", "already known"),
    );
    if let (Some(first), Some(last)) = (s.first, s.last) {
        println!("  {} {first} {} {last}", lang.pick("du", "from"), lang.pick("au", "to"));
    }
    for (reason, count) in &s.rejects {
        println!("  {} {reason} : {}", lang.pick("rejets", "rejects"), n(*count));
    }
}
