//! `vigie account`: who may sign in.

use std::{
    io::{BufRead, IsTerminal, stdin},
    process::ExitCode,
};

use anyhow::{Result, bail};
use clap::Subcommand;
use vigie_contract::RoleId;
use vigie_reports::format::{self, Lang};

use super::PlaceArgs;
use crate::{
    app::Place,
    features::people::{Account, hash_password},
    live,
    now::now,
    web,
};

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Make an account, or give it a new password and role; the password is read from standard input.
    ///
    /// Giving a new password signs out every browser of the account, and lets a disabled one enter again.
    Add {
        /// Name to sign in with.
        name: String,
        /// Role of the contract, such as contract_manager or roc.
        #[arg(long)]
        role: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Let an account no longer enter, and sign out every browser of it.
    Disable {
        /// Name to sign in with.
        name: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Forget the second factor of an account whose phone and recovery codes are both lost.
    ForgetFactor {
        /// Name to sign in with.
        name: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// List the accounts.
    List {
        #[command(flatten)]
        place: PlaceArgs,
    },
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    match what {
        What::Add { name, role, place } => add(&name, role, &place.into(), lang),
        What::Disable { name, place } => disable(&name, &place.into(), lang),
        What::ForgetFactor { name, place } => forget_factor(&name, &place.into(), lang),
        What::List { place } => list(&place.into(), lang),
    }
}

fn add(name: &str, role: String, place: &Place, lang: Lang) -> Result<ExitCode> {
    let vigie = place.open()?;
    let roles = &vigie.promise.history.base().contract.roles;
    if !roles.iter().any(|r| r.id.0 == role) {
        let known: Vec<&str> = roles.iter().map(|r| r.id.0.as_str()).collect();
        bail!(
            "`{role}` {} {}",
            lang.pick("n'est pas un rôle du contrat ; écrire", "is no role of the contract; write"),
            known.join(", ")
        );
    }
    if stdin().is_terminal() {
        eprintln!("{}", lang.pick("Mot de passe (une ligne) :", "Password (one line):"));
    }
    let mut password = String::new();
    stdin().lock().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    let name = name.to_lowercase();
    let account = Account {
        password_hash: hash_password(&name, password)?,
        role: RoleId(role),
        lang: Lang::default(),
        theme: web::Theme::default(),
        created_at: now(),
        disabled_at: None,
        outside: None,
        name,
    };
    live::put_account(&vigie, &account)?;
    println!("{} {}", lang.pick("compte prêt :", "account ready:"), account.name);
    Ok(ExitCode::SUCCESS)
}

fn disable(name: &str, place: &Place, lang: Lang) -> Result<ExitCode> {
    let vigie = place.open()?;
    let name = name.to_lowercase();
    if !live::disable_account(&vigie, &name, now())? {
        let (fr, en) = (
            "n'est pas un compte actif ; `vigie account list` les donne",
            "is no account that may enter; `vigie account list` gives them",
        );
        bail!("`{name}` {}", lang.pick(fr, en));
    }
    println!("{} {name}", lang.pick("compte désactivé :", "account disabled:"));
    Ok(ExitCode::SUCCESS)
}

fn forget_factor(name: &str, place: &Place, lang: Lang) -> Result<ExitCode> {
    let vigie = place.open()?;
    let name = name.to_lowercase();
    if !live::remove_factor(&vigie, &name, now())? {
        bail!("`{name}` {}", lang.pick("n'a pas de second facteur", "has no second factor"));
    }
    println!("{} {name}", lang.pick("second facteur oublié :", "second factor forgotten:"));
    Ok(ExitCode::SUCCESS)
}

fn list(place: &Place, lang: Lang) -> Result<ExitCode> {
    let (promise, store) = place.open_reading()?;
    let zone = promise.rulebook.zone();
    for account in live::accounts(&store)? {
        let since = match account.disabled_at {
            None => format!("{} {}", lang.pick("depuis le", "since"), format::instant(account.created_at, zone)),
            Some(at) => format!("{} {}", lang.pick("désactivé le", "disabled"), format::instant(at, zone)),
        };
        println!("{:<24} {:<24} {since}", account.name, account.role.0);
    }
    Ok(ExitCode::SUCCESS)
}
