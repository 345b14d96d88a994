//! `vigie serve`: the pages.

use std::{
    io::{IsTerminal, stderr},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Result;
use clap::Args;
use jiff::civil::Date;
use tokio::{sync::watch, task::JoinSet};
use tracing_subscriber::EnvFilter;
use vigie_reports::format::{self, Lang};
use vigie_rules::judgement::Month;

use super::{PlaceArgs, PostArgs, arguments};
use crate::{
    app::{Place, Vigie, is_demo},
    demo,
    features::{
        ezv::{self, Link},
        judgement,
        people::SignInConfig,
        post::{self, Hearer},
        webhooks,
    },
    live::{self, Live},
    now::{Stopwatch, now},
    said::{Said, Saying as _},
    web::{self, AppState, Options},
};

/// How to serve.
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Make a year of demonstration and serve that.
    #[arg(long)]
    demo: bool,
    /// Day around which the demonstration is made; today by default.
    #[arg(long, requires = "demo", value_name = "DATE", value_parser = arguments::day)]
    demo_day: Option<Date>,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8013", env = "VIGIE_LISTEN", value_name = "ADDR", value_parser = arguments::socket)]
    listen: SocketAddr,
    /// Served over HTTPS by a proxy: cookies are then for HTTPS only.
    #[arg(long, env = "VIGIE_HTTPS")]
    https: bool,
    /// Address of a reverse proxy whose X-Forwarded-For is believed; may be given several times.
    #[arg(long, env = "VIGIE_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDR", value_parser = arguments::address)]
    trusted_proxy: Vec<IpAddr>,
    /// How people sign in beyond accounts with a password (TOML): second factors, directories.
    #[arg(long, env = "VIGIE_SIGN_IN", value_name = "FILE")]
    sign_in: Option<PathBuf>,
    #[command(flatten)]
    post: PostArgs,
    /// Settings of the link with EZV. Without them no ticket comes or goes.
    #[arg(long, env = "VIGIE_EZV", value_name = "FILE")]
    ezv: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Files and connections that are asked of the machine: ten times the browsers that are promised.
const MOST_FILES: u64 = 20_000;

pub(super) fn run(args: ServeArgs, lang: Lang) -> Result<ExitCode> {
    let filter = EnvFilter::try_from_env("VIGIE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Colours are for eyes: a log in a file stays plain.
    let colours = stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(colours).init();
    let watch = Stopwatch::start();
    let settings = args.post.settings()?;
    let with_ezv = args
        .ezv
        .as_deref()
        .map(ezv::Settings::load)
        .transpose()
        .saying(|| Said::new("le lien avec EZV ne peut être mis en place", "the link with EZV cannot be set up"))?;
    let mut place = Place::from(args.place);
    let vigie = if args.demo { open_demo(&mut place, args.demo_day)? } else { place.open()? };
    let months = vigie.store.read(|tx| judgement::months(tx, &vigie.promise.rulebook))?;
    let latest = months.map(|span| judgement::last_over(span, now(), vigie.promise.rulebook.zone()));
    // What the journal is, not how it was started: a demonstration says so whoever serves it.
    let demo = is_demo(vigie.recorder.journal().verifier().name());
    let contract = &vigie.promise.history.base().contract;
    let sign_in = args.sign_in.map(|file| SignInConfig::load(&file, contract)).transpose()?.unwrap_or_default();
    let live = Live::new(vigie, demo);
    let live = match settings {
        Some(settings) => live.with_post(settings),
        None => live,
    };
    let live = Arc::new(match with_ezv {
        Some(settings) => {
            let zone = live.vigie().promise.rulebook.zone().clone();
            let link = Link::new(live.vigie().clone(), settings, zone)?;
            live.with_link(link)
        }
        None => live,
    });
    let options = Options { demo, https: args.https, trusted_proxies: args.trusted_proxy, sign_in: Arc::new(sign_in) };
    let (stopping, telling) = (Arc::clone(&live), Arc::clone(&live));
    let firing = Arc::clone(&live);
    let state = AppState::new(Arc::<Live>::clone(&live), live, options);
    // Each browser that listens holds a connection, and many machines allow a program a thousand until it asks.
    if let Err(error) = rlimit::increase_nofile_limit(MOST_FILES) {
        tracing::warn!(%error, "the number of connections could not be raised; few browsers may listen at once");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(args.listen).await.saying(|| {
            Said::new(format!("{} : écoute impossible", args.listen), format!("{} cannot be listened on", args.listen))
        })?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let hearer: Hearer = {
            let live = Arc::clone(&telling);
            Arc::new(move |change| live.tell(change))
        };
        let mut post = match telling.post() {
            Some(post) => post::serve(post, Arc::clone(&hearer), stopped.clone()).await?,
            None => JoinSet::new(),
        };
        let sender = webhooks::Sender::new(telling.vigie().clone());
        let mut exchanges = webhooks::serve(sender, stopped.clone());
        let mut linked = telling.link().map_or_else(JoinSet::new, |link| ezv::serve(link.clone(), hearer, stopped));
        println!("listening on http://{address}");
        let ms = i128::try_from(watch.elapsed().as_millis()).unwrap_or(0);
        println!("{} {} ms", lang.pick("démarré en", "started in"), format::number(ms, lang));
        if demo {
            announce(&place, latest, lang);
        }
        // It ends with the runtime; a pass in course is one unit of work, kept whole or not at all.
        tokio::spawn(fire_for_ever(firing));
        let service = web::router(state).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                asked_to_stop().await;
                // Listeners would be waited for until they go.
                stopping.end_changes();
                stop.send_replace(true);
            })
            .await?;
        // A mail that is on its way is kept or sent before the end.
        if tokio::time::timeout(LAST_MAILS, async { while post.join_next().await.is_some() {} }).await.is_err() {
            tracing::warn!("a mail was still on its way: its server keeps it");
        }
        // An exchange in course ends or is taken up by whoever comes next.
        _ = tokio::time::timeout(LAST_MAILS, async {
            while exchanges.join_next().await.is_some() {}
            while linked.join_next().await.is_some() {}
        })
        .await;
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(ExitCode::SUCCESS)
}

/// How long a mail that is on its way is waited for at the end.
const LAST_MAILS: Duration = Duration::from_secs(10);

fn open_demo(place: &mut Place, day: Option<Date>) -> Result<Vigie> {
    let now = now();
    let promise = crate::app::promise(place.contract.as_deref())?;
    let today = day.unwrap_or_else(|| now.to_zoned(promise.rulebook.zone().clone()).date());
    place.demo = true;
    if place.database_url.is_none() {
        place.data = live::demo_folder(&place.data, today)?;
    }
    let vigie = place.open()?;
    let communes = web::assets::communes()?;
    let names: Vec<&str> = communes.iter().map(String::as_str).collect();
    live::seed_demo(&vigie, today, &names, now)?;
    Ok(vigie)
}

/// Says how to enter the demonstration: with which account, and from where the other commands read it.
fn announce(place: &Place, latest: Option<Month>, lang: Lang) {
    println!(
        "{}",
        lang.pick("Démonstration : données fictives. Comptes :", "Demonstration: fictional data. Accounts:")
    );
    for account in demo::accounts() {
        println!("  {:<20} {:<24} {}", account.name, account.password, lang.label(&account.label));
    }
    println!("{} {}", lang.pick("Données :", "Data:"), place.data.display());
    if let Some(month) = latest {
        let judge = judge_command(place, month);
        println!("{} {judge}", lang.pick("Pour juger un mois :", "To judge a month:"));
    }
}

/// A command that judges a month of what is served, ready for a shell; the URL of a server may hold a
/// password and is left to the environment.
fn judge_command(place: &Place, month: Month) -> String {
    let mut command = format!("vigie judge {month} --data {}", quoted(&place.data));
    if let Some(contract) = &place.contract {
        command.push_str(&format!(" --contract {}", quoted(contract)));
    }
    if place.database_url.is_some() {
        command.push_str(" --database-url \"$VIGIE_DATABASE_URL\"");
    }
    command
}

/// A path as a shell takes it: in quotes unless it is made of plain characters alone.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// How long between two looks at what fires: a delay is told of within that.
const FIRE_EVERY: Duration = Duration::from_secs(5);

/// Fires warnings and escalations as they fall due.
async fn fire_for_ever(live: Arc<Live>) {
    let mut ticks = tokio::time::interval(FIRE_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let live = Arc::clone(&live);
        match tokio::task::spawn_blocking(move || live.fire(now())).await {
            Ok(Ok(fired)) if !fired.is_empty() => tracing::info!(fired = fired.len(), "warnings and escalations"),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(error = format!("{error:#}"), "nothing was fired; tried again soon"),
            Err(error) => tracing::error!(%error, "the pass of warnings broke off; tried again soon"),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_to_judge_can_be_pasted_and_holds_no_password() {
        let place = |data: &str, database_url: Option<&str>| Place {
            data: data.into(),
            database_url: database_url.map(str::to_owned),
            contract: None,
            key_file: None,
            demo: true,
        };
        let command = |place: &Place| judge_command(place, "2026-10".parse().unwrap());
        assert_eq!(command(&place("data/demo/2026-11-24", None)), "vigie judge 2026-10 --data data/demo/2026-11-24");
        assert_eq!(command(&place("l'essai", None)), r"vigie judge 2026-10 --data 'l'\''essai'");
        let server = command(&place("data", Some("postgres://vigie:secret@base/vigie")));
        assert_eq!(server, "vigie judge 2026-10 --data data --database-url \"$VIGIE_DATABASE_URL\"");
    }
}
