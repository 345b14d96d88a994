//! `vigie export`, `vigie verify`, `vigie erase` and `vigie rebuild`.

use std::{
    fs::File,
    io::{BufReader, BufWriter, IsTerminal, Read as _, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Result, bail};
use clap::Args;
use vigie_evidence::{ExportReader, Hash, Kept, Origin, Trust, Verified, VerifierKey, note::MAX_NOTE_BYTES};
use vigie_reports::format::{self, Lang};
use vigie_store::journal::{self, Erasure};

use super::{PlaceArgs, out};
use crate::{
    app::{Place, refused},
    features::proof,
    live,
    now::now,
    record,
    said::{Said, Saying as _},
};

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
            let entries =
                out::whole_file(&path, |file| Ok(store.read(|tx| proof::export(tx, &key, BufWriter::new(file)))?))?;
            let (fr, en) = ("écritures exportées dans", "entries exported to");
            let entries = format::number(i128::from(entries), lang);
            let verifier = lang.pick("clé de vérification :", "verifier key:");
            out::put(format!("{entries} {} {}\n{verifier} {key}\n", lang.pick(fr, en), path.display()))?;
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
    /// A signed head kept earlier (a file of `/checkpoint`, or copied out of a monthly report) that the
    /// journal has to go on from.
    #[arg(long, value_name = "HEAD_FILE")]
    since: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn verify(args: &VerifyArgs, lang: Lang) -> Result<ExitCode> {
    let keys = args.key.iter().map(|k| VerifierKey::parse(k)).collect::<Result<Vec<_>, _>>()?;
    let kept = args.since.as_deref().map(read_head).transpose()?;
    let verified = match &args.export {
        Some(path) => {
            let file = File::open(path).saying(|| Said::cannot_open(path))?;
            let trust = if keys.is_empty() { Trust::KeyInExport } else { Trust::Keys(&keys) };
            let export = ExportReader::open(BufReader::with_capacity(1 << 20, file));
            export.and_then(|export| export.since(kept).finish(trust)).map_err(anyhow::Error::from)
        }
        None => {
            let place = Place::from(args.place.clone());
            let (promise, store) = place.open_reading()?;
            let keys = if keys.is_empty() { vec![place.verifier(&store, &promise)?] } else { keys.clone() };
            store.read(|tx| proof::verify(tx, &keys, kept)).map_err(anyhow::Error::from)
        }
    };
    match verified {
        Ok(verified) => {
            let mut text = shown(&verified, lang);
            if args.export.is_some() && keys.is_empty() {
                let fr = "Vérifié avec la clé que porte l'export : il est entier et inchangé depuis sa signature.\nPour prouver qui l'a signé, donner la clé obtenue par ailleurs avec --key.";
                let en = "Verified with the key inside the export: it is whole and unchanged since it was signed.\nTo prove who signed it, give the key obtained elsewhere with --key.";
                text.push_str(lang.pick(fr, en));
                text.push('\n');
            }
            out::put(text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            out::put(lang.pick("REFUSÉ\n", "REFUSED\n"))?;
            Err(error)
        }
    }
}

/// Reads a head that somebody kept.
fn read_head(path: &Path) -> Result<Kept> {
    let cannot = || Said::cannot_read(path);
    let limit = u64::try_from(MAX_NOTE_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path).saying(cannot)?.take(limit.saturating_add(1)).read_to_end(&mut bytes).saying(cannot)?;
    let text = String::from_utf8(bytes).ok();
    let not_text = || Said::new("ce n'est pas du texte", "it is not text");
    let head = text.ok_or_else(|| anyhow::Error::from(not_text())).and_then(|text| Ok(Kept::read(&text)?));
    head.saying(|| {
        let path = path.display();
        Said::new(
            format!(
                "{path} n'est pas une tête signée ; donner ce que la page des preuves télécharge comme /checkpoint, ou \
                 les lignes d'un rapport mensuel depuis le nom du journal jusqu'à la signature"
            ),
            format!(
                "{path} is not a signed head; give what the page of proofs downloads as /checkpoint, or the lines of a \
                 monthly report from the journal's name to the signature"
            ),
        )
    })
}

fn shown(verified: &Verified, lang: Lang) -> String {
    let mut text = lang.pick("VÉRIFIÉ\n", "VERIFIED\n").to_owned();
    let mut line =
        |fr, en, value: &dyn std::fmt::Display| text.push_str(&format!("  {:<12}{value}\n", lang.pick(fr, en)));
    line("journal", "journal", &verified.checkpoint.origin);
    line("écritures", "entries", &format::number(i128::from(verified.entries), lang));
    line("racine", "root", &verified.root);
    if let Some(last) = verified.last_recorded_at {
        line("jusqu'au", "until", &last);
    }
    if let Some(kept) = &verified.continues {
        let size = format::number(i128::from(kept.size), lang);
        let (fr, en) = ("écritures gardées et inchangées, racine", "entries kept and unchanged, root");
        line("prolonge", "continues", &format!("{size} {} {}", lang.pick(fr, en), kept.root));
    }
    text
}

/// What to erase, and why.
#[derive(Args, Debug)]
pub(super) struct EraseArgs {
    /// Hash of the text, in hexadecimal, as its entry gives it under `content`.
    #[arg(value_parser = hash)]
    hash: Hash,
    /// What it belonged to, such as case/INC0000045: the entry of the erasure stands there.
    #[arg(long)]
    subject: String,
    /// On what ground, as a short code such as gdpr-request; no personal text, it stays in the journal.
    #[arg(long, value_parser = reason_code, value_name = "CODE")]
    reason: String,
    #[command(flatten)]
    place: PlaceArgs,
}

fn hash(text: &str) -> Result<Hash, Said> {
    let (fr, en) = ("ce ne sont pas 64 chiffres hexadécimaux", "it is not 64 hexadecimal digits");
    Hash::from_hex(text).ok_or_else(|| Said::new(fr, en))
}

/// A code cannot hold what is to be erased.
fn reason_code(text: &str) -> Result<String, Said> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.is_empty() || text.len() > 40 || !text.bytes().all(plain) {
        return Err(Said::new(
            "écrire un code court de minuscules, chiffres et tirets, par exemple gdpr-request",
            "write a short code of lower-case letters, digits and hyphens, such as gdpr-request",
        ));
    }
    Ok(text.to_owned())
}

pub(super) fn erase(args: EraseArgs, lang: Lang) -> Result<ExitCode> {
    let vigie = Place::from(args.place).open()?;
    let (now, hash, subject) = (now(), args.hash, args.subject.clone());
    let named = vigie.store.read(|tx| journal::entries_of(tx, &subject))?;
    if !named.iter().flat_map(|e| &e.content).any(|c| c.hash == hash) {
        let (fr, en) = ("ne nomme pas ce texte ; rien n'a été effacé", "does not name that text; nothing was erased");
        bail!("`{subject}` {}", lang.pick(fr, en));
    }
    let erasure =
        Erasure { id: live::new_id(now), actor: "cli".to_owned(), origin: Origin::Cli, subject, reason: args.reason };
    let recorder = vigie.recorder.clone();
    let done = vigie.store.write(move |tx| recorder.erase(tx, now, &hash, erasure)).map_err(refused)?;
    let (hash, subject) = (hash.to_hex(), args.subject);
    println!(
        "{}",
        match done {
            Some(entry) => {
                let said = lang.pick("effacé ; l'écriture qui le dit est la", "erased; the entry that says so is");
                format!("{subject} {hash}\n{said} {}", entry.first_seq)
            }
            None => format!(
                "{subject} {hash}\n{}",
                lang.pick("était déjà effacé ; rien n'a changé", "was erased already; nothing changed")
            ),
        }
    );
    Ok(ExitCode::SUCCESS)
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
    out::put(format!("{} {}\n", format::number(i128::from(entries), lang), lang.pick(fr, en)))?;
    Ok(ExitCode::SUCCESS)
}
