//! `vigie export`, `vigie verify` and `vigie rebuild`.

use std::{
    fs::File,
    io::{BufReader, BufWriter, IsTerminal, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use vigie_evidence::{Trust, Verified, VerifierKey, verify_export};
use vigie_reports::format::{self, Lang};

use super::PlaceArgs;
use crate::{app::Place, features::proof, record};

/// Where to write the export.
#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// The file; standard output by default.
    file: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn export(args: ExportArgs, lang: Lang) -> Result<ExitCode> {
    let place = Place::from(args.place);
    let (promise, store) = place.open_reading()?;
    let key = place.verifier(&store, &promise)?;
    match args.file {
        Some(path) => {
            let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
            let entries = store.read(|tx| proof::export(tx, &key, BufWriter::new(file)))?;
            let (fr, en) = ("écritures exportées dans", "entries exported to");
            println!("{} {} {}", format::number(i128::from(entries), lang), lang.pick(fr, en), path.display());
            println!("{} {key}", lang.pick("clé de vérification :", "verifier key:"));
        }
        None if stdout().is_terminal() => {
            bail!("{}", lang.pick("donner un fichier, ou rediriger la sortie", "give a file, or redirect the output"))
        }
        None => _ = store.read(|tx| proof::export(tx, &key, BufWriter::new(stdout().lock())))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What to verify.
#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// An export; without it, the journal of the data directory or server.
    export: Option<PathBuf>,
    /// Key that must have signed it; may be given several times.
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn verify(args: &VerifyArgs, lang: Lang) -> Result<ExitCode> {
    let keys = args.key.iter().map(|k| VerifierKey::parse(k)).collect::<Result<Vec<_>, _>>()?;
    let verified = match &args.export {
        Some(path) => {
            let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
            let trust = if keys.is_empty() { Trust::KeyInExport } else { Trust::Keys(&keys) };
            verify_export(BufReader::with_capacity(1 << 20, file), trust).map_err(anyhow::Error::from)
        }
        None => {
            let place = Place::from(args.place.clone());
            let (promise, store) = place.open_reading()?;
            let keys = if keys.is_empty() { vec![place.verifier(&store, &promise)?] } else { keys.clone() };
            store.read(|tx| proof::verify(tx, &keys)).map_err(anyhow::Error::from)
        }
    };
    match verified {
        Ok(verified) => {
            show(&verified, lang);
            if args.export.is_some() && keys.is_empty() {
                let fr = "Vérifié avec la clé que porte l'export : il est entier et inchangé depuis sa signature.\nPour prouver qui l'a signé, donner la clé obtenue par ailleurs avec --key.";
                let en = "Verified with the key inside the export: it is whole and unchanged since it was signed.\nTo prove who signed it, give the key obtained elsewhere with --key.";
                println!("{}", lang.pick(fr, en));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("{}", lang.pick("REFUSÉ", "REFUSED"));
            Err(error)
        }
    }
}

fn show(verified: &Verified, lang: Lang) {
    println!("{}", lang.pick("VÉRIFIÉ", "VERIFIED"));
    println!("  {:<12}{}", lang.pick("journal", "journal"), verified.checkpoint.origin);
    println!("  {:<12}{}", lang.pick("écritures", "entries"), format::number(i128::from(verified.entries), lang));
    println!("  {:<12}{}", lang.pick("racine", "root"), verified.root);
    if let Some(last) = verified.last_recorded_at {
        println!("  {:<12}{last}", lang.pick("jusqu'au", "until"));
    }
}

/// Where the journal is.
#[derive(Args, Debug)]
pub(super) struct RebuildArgs {
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn rebuild(args: RebuildArgs, lang: Lang) -> Result<ExitCode> {
    let vigie = Place::from(args.place).open()?;
    let rulebook = Arc::clone(&vigie.promise.rulebook);
    let entries = vigie.store.write(move |tx| record::rebuild(tx, &rulebook))?;
    let (fr, en) = ("écritures relues, tables de lecture refaites", "entries read again, read tables rebuilt");
    println!("{} {}", format::number(i128::from(entries), lang), lang.pick(fr, en));
    Ok(ExitCode::SUCCESS)
}
