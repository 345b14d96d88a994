//! `vigie token`: with what programs call the API.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::{Timestamp, civil::Date};
use vigie_reports::format::{self, Lang};

use super::{PlaceArgs, arguments, out};
use crate::{
    app::Place,
    features::people::{Token, fresh_token},
    live,
    now::now,
};

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Make a token for an account, and print it once.
    Create {
        /// The account in whose name the program calls.
        account: String,
        /// What it is for, such as `ezv`.
        #[arg(long)]
        name: String,
        /// A right that it lends, such as desk.read; may be given several times.
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// The first day on which it opens nothing (YYYY-MM-DD).
        #[arg(long, value_parser = arguments::day)]
        until: Option<Date>,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Let the tokens of a name open nothing any more.
    Revoke {
        /// The account.
        account: String,
        /// The name of its token.
        name: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// List the tokens; they themselves are kept nowhere.
    List {
        #[command(flatten)]
        place: PlaceArgs,
    },
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    match what {
        What::Create { account, name, scopes, until, place } => {
            create(account.to_lowercase(), name, scopes, until, &place.into(), lang)
        }
        What::Revoke { account, name, place } => revoke(&account.to_lowercase(), &name, &place.into(), lang),
        What::List { place } => list(&place.into(), lang),
    }
}

fn create(
    account: String,
    name: String,
    scopes: Vec<String>,
    until: Option<Date>,
    place: &Place,
    lang: Lang,
) -> Result<ExitCode> {
    let vigie = place.open()?;
    if scopes.iter().any(|s| s.is_empty() || s.contains(char::is_whitespace)) {
        let (fr, en) =
            ("un droit s'écrit desk.read, desk.write ou desk.*", "write a right as desk.read, desk.write or desk.*");
        bail!("{}", lang.pick(fr, en));
    }
    let zone = vigie.promise.rulebook.zone();
    let expires_at = until.map(|day| day.to_zoned(zone.clone()).map(|z| z.timestamp())).transpose()?;
    let (token, hash) = fresh_token()?;
    live::put_token(&vigie, &Token { hash, account, name, scopes, created_at: now(), expires_at, revoked_at: None })?;
    let told = lang.pick("jeton, montré cette seule fois :", "token, shown this once:");
    eprintln!("{told}");
    out::put(format!("{token}\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn revoke(account: &str, name: &str, place: &Place, lang: Lang) -> Result<ExitCode> {
    let vigie = place.open()?;
    if live::revoke_token(&vigie, account, name, now())? == 0 {
        bail!("{} {account} {name}", lang.pick("aucun jeton actif :", "no token in force:"));
    }
    println!("{} {account} {name}", lang.pick("jeton révoqué :", "token revoked:"));
    Ok(ExitCode::SUCCESS)
}

fn list(place: &Place, lang: Lang) -> Result<ExitCode> {
    let (promise, store) = place.open_reading()?;
    let zone = promise.rulebook.zone();
    let on = |at: Timestamp| format::instant(at, zone);
    for t in live::tokens(&store)? {
        let end = match (t.revoked_at, t.expires_at) {
            (Some(at), _) => format!("{} {}", lang.pick("révoqué le", "revoked"), on(at)),
            (None, Some(at)) => format!("{} {}", lang.pick("jusqu'au", "until"), on(at)),
            (None, None) => format!("{} {}", lang.pick("depuis le", "since"), on(t.created_at)),
        };
        println!("{:<24} {:<16} {:<32} {end}", t.account, t.name, t.scopes.join(" "));
    }
    Ok(ExitCode::SUCCESS)
}
