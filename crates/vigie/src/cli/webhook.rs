//! `vigie webhook`: who is told of what happens to cases.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Result, bail};
use clap::Subcommand;
use vigie_links::{http::Address, webhook::Secret};
use vigie_reports::format::{self, Lang};

use super::{PlaceArgs, out};
use crate::{
    app::{Place, refused},
    features::webhooks::{
        ALL, NOTICES, is_kind,
        store::{self, Endpoint},
    },
    now::now,
    said::{Said, Saying as _},
};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Tell an address of what happens from now on, and print its secret once.
    Add {
        /// The address; https unless it is on this machine.
        url: String,
        /// What it is called, such as `supervision`.
        #[arg(long)]
        name: String,
        /// Of what it is told: case.*, notice.*, case.opened, notice.escalated, ...; may be given several times.
        #[arg(long = "kind", default_values = [ALL, NOTICES])]
        kinds: Vec<String>,
        /// The address may stand in an inner network or on this machine.
        #[arg(long)]
        inside: bool,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// List who is told.
    List {
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Send a message again under its own id, or all that were given up.
    Replay {
        /// The message; all that were given up without it.
        message: Option<String>,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Tell an address nothing more.
    Disable {
        /// What it is called.
        name: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    match what {
        What::Add { url, name, kinds, inside, place } => add(&url, name, &kinds, inside, &place.into(), lang),
        What::List { place } => list(&place.into(), lang),
        What::Replay { message, place } => replay(message, &place.into(), lang),
        What::Disable { name, place } => disable(name, &place.into(), lang),
    }
}

fn add(url: &str, name: String, kinds: &[String], inside: bool, place: &Place, lang: Lang) -> Result<ExitCode> {
    let address = Address::parse(url).saying(|| Said::new("l'adresse", "the address"))?;
    // What a name stands for is looked at each time that something is sent.
    if !inside && address.is_inner() {
        let (fr, en) = (
            "cette adresse est d'un réseau intérieur : ajoutez --inside si c'est voulu",
            "this address is of an inner network: add --inside if that is meant",
        );
        bail!("{}", lang.pick(fr, en));
    }
    if let Some(kind) = kinds.iter().find(|kind| !is_kind(kind)) {
        let (fr, en) = (
            "n'est pas une nature : écrivez case.*, notice.*, case.opened, notice.escalated…",
            "is no kind: write case.*, notice.*, case.opened, notice.escalated...",
        );
        bail!("`{kind}` {}", lang.pick(fr, en));
    }
    let usable = !name.is_empty()
        && name.len() <= 60
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !usable {
        let (fr, en) =
            ("un nom s'écrit en minuscules, chiffres et tirets", "write a name in small letters, digits, hyphens");
        bail!("{}", lang.pick(fr, en));
    }
    let vigie = place.open()?;
    let known = vigie.store.read(store::endpoints)?;
    if known.iter().any(|e| e.id == name) {
        bail!("{} {name}", lang.pick("ce nom est déjà pris :", "this name is taken:"));
    }
    let secret = Secret::fresh().map_err(|e| {
        Said::new(
            format!("le système ne donne pas d'octets aléatoires : {e}"),
            format!("the system gives no random bytes: {e}"),
        )
    })?;
    let endpoint = Endpoint {
        id: name,
        url: url.to_owned(),
        kinds: kinds.join(" "),
        inside,
        secret: secret.clone(),
        created_at: now(),
        disabled_at: None,
    };
    let told = endpoint.id.clone();
    vigie.store.write(move |tx| store::add(tx, &endpoint)).map_err(refused)?;
    let (fr, en) = ("est prévenu. Son secret, montré cette seule fois :", "is told. Its secret, shown this once:");
    out::put(format!("{told} {}\n{}\n", lang.pick(fr, en), secret.reveal()))?;
    Ok(ExitCode::SUCCESS)
}

fn list(place: &Place, lang: Lang) -> Result<ExitCode> {
    let (promise, data) = place.open_reading()?;
    let zone = promise.rulebook.zone();
    let mut text = String::new();
    let counts = data.read(store::counts)?;
    for e in data.read(store::endpoints)? {
        let state = match e.disabled_at {
            Some(at) => format!("{} {}", lang.pick("arrêté le", "disabled"), format::instant(at, zone)),
            None => format!("{} {}", lang.pick("depuis le", "since"), format::instant(e.created_at, zone)),
        };
        let (sent, given_up) = counts.iter().find(|c| c.0 == e.id).map_or((0, 0), |c| (c.1, c.2));
        let (taken, lost) = (lang.pick("reçus", "taken"), lang.pick("abandonnés", "given up"));
        writeln!(text, "{:<20} {:<40} {:<28} {state}, {sent} {taken}, {given_up} {lost}", e.id, e.url, e.kinds)?;
    }
    out::put(text)?;
    Ok(ExitCode::SUCCESS)
}

fn replay(message: Option<String>, place: &Place, lang: Lang) -> Result<ExitCode> {
    let vigie = place.open()?;
    let sent = vigie.store.write(move |tx| store::replay(tx, message.as_deref(), now())).map_err(refused)?;
    if sent == 0 {
        bail!("{}", lang.pick("aucun message à renvoyer", "there is no message to send again"));
    }
    out::put(format!("{sent} {}\n", lang.pick("message(s) à renvoyer", "message(s) to be sent again")))?;
    Ok(ExitCode::SUCCESS)
}

fn disable(name: String, place: &Place, lang: Lang) -> Result<ExitCode> {
    let vigie = place.open()?;
    let told = name.clone();
    if !vigie.store.write(move |tx| store::disable(tx, &name, now())).map_err(refused)? {
        bail!("{} {told}", lang.pick("aucun destinataire de ce nom :", "nobody of this name is told:"));
    }
    out::put(format!("{told} {}\n", lang.pick("n'est plus prévenu", "is told nothing more")))?;
    Ok(ExitCode::SUCCESS)
}
