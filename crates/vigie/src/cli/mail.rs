//! `vigie mail check FILE`: says what settings of the post say, and tries the connections.

use std::{fmt::Write as _, net::TcpListener, path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Subcommand;
use vigie_links::mail::{imap::Reader, listen::Protocol, smtp::Sender};
use vigie_reports::format::Lang;

use super::out;
use crate::{features::post::Settings, said::chain};

/// What to do with the post.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Say what a file of settings says, and try the connections. Exit: 0 all well, 1 a connection fails, 2 refused.
    Check {
        /// The file.
        #[arg(env = "VIGIE_MAIL")]
        file: PathBuf,
    },
}

pub(super) fn run(what: What, lang: Lang) -> Result<ExitCode> {
    let What::Check { file } = what;
    let settings = match Settings::load(&file) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{} {}", lang.pick("refusé :", "refused:"), chain(&error.into(), lang));
            return Ok(ExitCode::from(2));
        }
    };
    out::put(told(&settings, lang)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let failed = runtime.block_on(try_all(&settings, lang))?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn told(settings: &Settings, lang: Lang) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let t = |fr, en| lang.pick(fr, en);
    writeln!(text, "{} {}", t("adresses :", "addresses:"), settings.own.addresses.join(", "))?;
    writeln!(text, "{} {}", t("écrit depuis :", "writes from:"), settings.from)?;
    for o in &settings.organisations {
        let members: Vec<&str> = o.domains.iter().chain(&o.addresses).map(String::as_str).collect();
        writeln!(
            text,
            "{} {} ({}) : {}",
            t("organisation", "organisation"),
            o.name,
            side(o.side, lang),
            members.join(", ")
        )?;
    }
    if let Some(server) = &settings.authenticator {
        writeln!(text, "{} {server}", t("authentification vérifiée par :", "authentication verified by:"))?;
    }
    let limits = settings.acknowledged;
    writeln!(
        text,
        "{} {} / h, {} / 24 h",
        t("accusés par adresse, au plus :", "acknowledgements for one address, at most:"),
        limits.hour,
        limits.day
    )?;
    if settings.listen.is_none() && settings.mailboxes.is_empty() {
        writeln!(
            text,
            "{}",
            t(
                "attention : aucun courriel n'arrive (ni listen ni mailbox)",
                "note: no mail comes in (neither listen nor mailbox)"
            )
        )?;
    }
    if settings.relay.is_none() {
        writeln!(
            text,
            "{}",
            t("attention : aucun courriel ne part (pas de relay)", "note: no mail leaves (no relay)")
        )?;
    }
    Ok(text)
}

fn side(side: vigie_contract::Party, lang: Lang) -> &'static str {
    use vigie_contract::Party;
    match side {
        Party::Provider => lang.pick("titulaire", "provider"),
        Party::Customer => lang.pick("client", "customer"),
        Party::ThirdParty => lang.pick("tiers", "third party"),
    }
}

/// Tries each connection, and says whether one failed.
async fn try_all(settings: &Settings, lang: Lang) -> Result<bool> {
    let mut failed = false;
    let mut say = |what: String, tried: Result<()>| {
        failed |= tried.is_err();
        match tried {
            Ok(()) => out::put(format!("{what} : {}\n", lang.pick("bien", "well"))),
            Err(error) => out::put(format!("{what} : {} {}\n", lang.pick("échec,", "failed,"), chain(&error, lang))),
        }
    };
    if let Some(listen) = &settings.listen {
        let protocol = if listen.listening.protocol == Protocol::Lmtp { "LMTP" } else { "SMTP" };
        let what = format!("{} {protocol} {}", lang.pick("écoute", "listener"), listen.at);
        say(what, TcpListener::bind(listen.at).map(drop).map_err(Into::into))?;
    }
    for watched in &settings.mailboxes {
        let opened = Reader::open(&watched.mailbox, None).await;
        say(format!("{} {}", lang.pick("boîte", "mailbox"), watched.name()), opened.map(drop).map_err(Into::into))?;
    }
    if let Some(relay) = &settings.relay {
        let what = format!("{} {}:{}", lang.pick("relais", "relay"), relay.host, relay.port);
        let probed = match Sender::new(relay) {
            Ok(sender) => sender.probe().await.map_err(Into::into),
            Err(error) => Err(error.into()),
        };
        say(what, probed)?;
    }
    Ok(failed)
}
