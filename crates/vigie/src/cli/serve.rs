//! `vigie serve`: the pages, and `vigie account`: who may sign in.

use std::{
    io::{BufRead, IsTerminal, stdin},
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use tracing_subscriber::EnvFilter;
use vigie_contract::RoleId;
use vigie_reports::format::{self, Lang};

use super::PlaceArgs;
use crate::{
    app::{Place, Vigie, is_demo},
    demo,
    features::people::{Account, hash_password},
    live::{self, Live},
    now::{Stopwatch, now},
    web::{self, AppState, Options},
};

/// How to serve.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Make a year of demonstration and serve that.
    #[arg(long)]
    demo: bool,
    /// Day around which the demonstration is made; today by default.
    #[arg(long, requires = "demo", value_name = "DATE")]
    demo_day: Option<Date>,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8013", env = "VIGIE_LISTEN", value_name = "ADDR")]
    listen: SocketAddr,
    /// Served over HTTPS by a proxy: cookies are then for HTTPS only.
    #[arg(long, env = "VIGIE_HTTPS")]
    https: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn run(args: ServeArgs, lang: Lang) -> Result<ExitCode> {
    let filter = EnvFilter::try_from_env("VIGIE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let watch = Stopwatch::start();
    let mut place = Place::from(args.place);
    let vigie = if args.demo { open_demo(&mut place, args.demo_day)? } else { place.open()? };
    // What the journal is, not how it was started: a demonstration says so whoever serves it.
    let demo = is_demo(vigie.recorder.journal().verifier().name());
    let live = Arc::new(Live::new(vigie, demo));
    let options = Options { demo, https: args.https, ..Options::default() };
    let state = AppState::new(Arc::<Live>::clone(&live), live, options);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(args.listen)
            .await
            .with_context(|| format!("{} cannot be listened on", args.listen))?;
        let address = listener.local_addr()?;
        println!("listening on http://{address}");
        let ms = i128::try_from(watch.elapsed().as_millis()).unwrap_or(0);
        println!("{} {} ms", lang.pick("démarré en", "started in"), format::number(ms, lang));
        if demo {
            announce(lang);
        }
        let service = web::router(state).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).with_graceful_shutdown(asked_to_stop()).await?;
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A commune as the build brings it.
#[derive(serde::Deserialize)]
struct Commune {
    name: String,
}

fn open_demo(place: &mut Place, day: Option<Date>) -> Result<Vigie> {
    let now = now();
    let promise = crate::app::promise(place.contract.as_deref())?;
    let today = day.unwrap_or_else(|| now.to_zoned(promise.rulebook.zone().clone()).date());
    place.demo = true;
    if place.database_url.is_none() {
        place.data = live::demo_place(&place.data, today)?;
    }
    let vigie = place.open()?;
    let communes: Vec<Commune> = serde_json::from_str(web::assets::COMMUNES_13)?;
    let names: Vec<&str> = communes.iter().map(|c| c.name.as_str()).collect();
    live::seed_demo(&vigie, today, &names, now)?;
    Ok(vigie)
}

fn announce(lang: Lang) {
    println!(
        "{}",
        lang.pick("Démonstration : données fictives. Comptes :", "Demonstration: fictional data. Accounts:")
    );
    for account in demo::accounts() {
        println!("  {:<20} {:<24} {}", account.name, account.password, lang.label(&account.label));
    }
}

/// Ends when the process is asked to stop; requests in course are then finished.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum AccountWhat {
    /// Make an account, or give it a new password and role; the password is read from standard input.
    Add {
        /// Name to sign in with.
        name: String,
        /// Role of the contract, such as contract_manager or roc.
        #[arg(long)]
        role: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

pub(super) fn account(what: AccountWhat, lang: Lang) -> Result<ExitCode> {
    let AccountWhat::Add { name, role, place } = what;
    let vigie = Place::from(place).open()?;
    let roles = &vigie.promise.history.base().contract.roles;
    if !roles.iter().any(|r| r.id.0 == role) {
        let known: Vec<&str> = roles.iter().map(|r| r.id.0.as_str()).collect();
        bail!(
            "`{role}` {} {}",
            lang.pick("n'est pas un rôle du contrat ; écrire", "is no role of the contract; write"),
            known.join(", ")
        );
    }
    if stdin().is_terminal() {
        eprintln!("{}", lang.pick("Mot de passe (une ligne) :", "Password (one line):"));
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
        name,
    };
    live::put_account(&vigie, &account)?;
    println!("{} {}", lang.pick("compte prêt :", "account ready:"), account.name);
    Ok(ExitCode::SUCCESS)
}
