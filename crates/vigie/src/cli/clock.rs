//! `vigie clock CASE`: the clocks of a case replayed, with every candidate and every stretch of time.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;
use vigie_reports::format::{self, Lang};
use vigie_rules::{book::Book, clock::ClockRun, life::Life};

use super::{PlaceArgs, instant::Instant, out};
use crate::{
    app::Place,
    features::{
        desk::{self, words},
        judgement::latest_fact,
    },
};

/// Which case, and as of when.
#[derive(Args, Debug)]
pub(super) struct ClockArgs {
    /// Number of the case, such as INC0000045.
    case: String,
    /// As known at this instant, such as 2016-03-01T09:00 in the contract's zone or 2016-03-01T08:00:00Z;
    /// else the latest fact of the journal. A time that a clock change skips or repeats is the earlier one.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Instant>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn run(args: &ClockArgs, lang: Lang) -> Result<ExitCode> {
    let (promise, store) = Place::from(args.place.clone()).open_reading()?;
    let found = store.read(|tx| desk::history(tx, &args.case))?;
    let Some(history) = found else {
        let (fr, en) = ("aucun dossier ne porte le numéro", "no case has the number");
        let (do_fr, do_en) = ("écrire le numéro tel que le donne sa source", "write the number as its source gives it");
        bail!("{} `{}` ; {}", lang.pick(fr, en), args.case, lang.pick(do_fr, do_en));
    };
    let latest = store.read(latest_fact)?.unwrap_or(Timestamp::UNIX_EPOCH);
    let as_of = args.at.map_or(Ok(latest), |at| at.in_zone(promise.rulebook.zone()))?;
    let life = Life::read(&history, as_of);
    let book = desk::book_of(&promise.rulebook, history.class, &life);
    let zone = book.zone();
    let title = lang.pick("connu au", "as known at");
    let contract = lang.pick("contrat", "contract");
    let mut text =
        format!("{} · {title} {} · {contract} {}\n", history.subject, format::instant(as_of, zone), book.version);
    let runs = desk::clocks(book, &history, &life, as_of)?;
    if runs.is_empty() {
        text.push_str(lang.pick("Aucune horloge ne court à cet instant.\n", "No clock runs at that instant.\n"));
    }
    for run in &runs {
        show(&mut text, run, book, lang)?;
    }
    out::put(text)?;
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut String, run: &ClockRun<'_>, book: &Book, lang: Lang) -> Result<()> {
    let zone = book.zone();
    let at = |t: Timestamp| format::instant(t, zone);
    let time = |d| format::open_time(d, lang);
    writeln!(
        out,
        "\n{} ({}), {} {}",
        lang.label(&run.rule.label),
        run.rule.clause,
        lang.pick("calendrier", "calendar"),
        run.calendar
    )?;
    let field = |fr: &'static str, en: &'static str| format!("  {:<14}", lang.pick(fr, en));
    if let Some(priority) = run.priority {
        let major = if run.major { lang.pick(" (majeur)", " (major)") } else { "" };
        writeln!(out, "{}{priority}{major}", field("priorité", "priority"))?;
    }
    writeln!(out, "{}{}", field("départ", "start"), at(run.start))?;
    let target = run.target.as_ref().map_or_else(
        || lang.pick("le contrat ne donne pas de valeur", "the contract gives no value").to_owned(),
        |t| words::target(t, lang, zone),
    );
    writeln!(out, "{}{target}", field("cible", "target"))?;
    if let Some(due) = run.due {
        writeln!(out, "{}{}", field("échéance", "due"), at(due))?;
    }
    writeln!(out, "{}{}", field("fin", "end"), words::end(run.end, lang, zone))?;
    writeln!(out, "{}{}", field("écoulé", "elapsed"), time(run.elapsed))?;
    let verdict = if run.target.is_none() {
        "—".to_owned()
    } else if words::exactly_at_target(run) {
        let (fr, en) =
            ("exactement au délai : en retard, sans pas entamé", "exactly at the delay: late, no started step");
        lang.pick(fr, en).to_owned()
    } else if run.late {
        let since = run.due.map(|d| format!(", {} {}", lang.pick("depuis le", "since"), at(d))).unwrap_or_default();
        format!("{} {}{since}", lang.pick("dépassé de", "over by"), time(run.overrun))
    } else {
        lang.pick("dans le délai", "in time").to_owned()
    };
    writeln!(out, "{}{verdict}", field("résultat", "result"))?;
    if !run.contractual {
        writeln!(
            out,
            "{}{}",
            field("portée", "scope"),
            lang.pick("indicatif : hors couverture complète", "indicative: not fully covered")
        )?;
    }
    writeln!(out, "  {}", lang.pick("départs candidats", "candidate starts"))?;
    for c in &run.candidates {
        let mark = if c.binds { "→" } else { " " };
        let due = c.due.map(|d| format!("{} {}", lang.pick("échéance", "due"), at(d))).unwrap_or_default();
        writeln!(
            out,
            "  {mark} {}  {:<34} {due}  {}",
            at(c.candidate.at),
            lang.label(&words::source(c.candidate.source, c.candidate.direct)),
            lang.label(&words::start_reason(c.reason))
        )?;
    }
    if run.by_priority.len() > 1 {
        writeln!(out, "  {}", lang.pick("priorités portées", "priorities held"))?;
        for p in &run.by_priority {
            let mark = if p.binds { "→" } else { " " };
            let due = p.due.map(at).unwrap_or_default();
            let late = if p.late { lang.pick("dépassé", "late") } else { lang.pick("dans le délai", "in time") };
            let owed = if p.owed { lang.pick(", dû avant le changement", ", owed before the change") } else { "" };
            writeln!(
                out,
                "  {mark} {} {} {}  {} {due}  {late}{owed}",
                p.priority,
                lang.pick("depuis", "since"),
                at(p.since),
                lang.pick("échéance", "due")
            )?;
        }
    }
    writeln!(out, "  {}", lang.pick("tranches", "stretches"))?;
    for s in &run.segments {
        let sign = if s.kind.counts() { "+" } else { "·" };
        writeln!(
            out,
            "  {sign} {} → {}  {:>14}  {}",
            at(s.from),
            at(s.to),
            time(s.open),
            lang.label(&words::segment(book, &s.kind))
        )?;
    }
    Ok(())
}
