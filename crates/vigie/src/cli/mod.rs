//! The commands. Each reads its arguments, calls a feature, prints, and says what to do when it fails.

mod account;
mod arguments;
mod clock;
mod contract;
mod ezv;
mod help;
mod import;
mod instant;
mod judge;
mod mail;
mod out;
mod proof;
mod serve;
mod token;
mod webhook;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use vigie_reports::format::Lang;

use crate::{
    app::Place,
    features::post::Settings,
    said::{self, Said, Saying as _},
};

/// Vigie runs a managed-telephony contract and lets both parties verify it.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, about, max_term_width = 100)]
pub struct Cli {
    /// Language of what is printed.
    #[arg(long, global = true, value_enum, default_value_t = Language::Fr, env = "VIGIE_LANG")]
    lang: Language,
    #[command(subcommand)]
    command: Command,
}

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Français.
    Fr,
    /// English.
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Fr => Self::Fr,
            Language::En => Self::En,
        }
    }
}

/// Where the data and the contract are.
#[derive(Args, Clone, Debug)]
struct PlaceArgs {
    /// Data directory: the embedded database and the signing key.
    #[arg(long, default_value = "vigie-data", env = "VIGIE_DATA", value_name = "DIR")]
    data: PathBuf,
    /// PostgreSQL server to use instead of the embedded database.
    #[arg(long, env = "VIGIE_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Contract folder to use instead of the one that comes with the program.
    #[arg(long, env = "VIGIE_CONTRACT", value_name = "DIR")]
    contract: Option<PathBuf>,
    /// File of the signing key, when not in the data directory.
    #[arg(long, env = "VIGIE_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// How the desk's post is set up.
#[derive(Args, Clone, Debug)]
struct PostArgs {
    /// Settings of the desk's post: addresses, mailboxes, relay. Without them no mail comes or leaves.
    #[arg(long = "mail", env = "VIGIE_MAIL", value_name = "FILE")]
    post_file: Option<PathBuf>,
}

impl PostArgs {
    fn settings(&self) -> Result<Option<Settings>> {
        let settings = self.post_file.as_deref().map(Settings::load).transpose();
        settings.saying(|| Said::new("le courrier ne peut être mis en place", "the post cannot be set up"))
    }
}

impl From<PlaceArgs> for Place {
    fn from(args: PlaceArgs) -> Self {
        Self {
            data: args.data,
            database_url: args.database_url,
            contract: args.contract,
            key_file: args.key_file,
            demo: false,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server.
    Serve(serve::ServeArgs),
    /// Judge a month: indicators, points, and what is behind them.
    Judge(judge::JudgeArgs),
    /// Replay the clocks of a case.
    Clock(clock::ClockArgs),
    /// Take in an outside log.
    Import {
        #[command(subcommand)]
        what: import::What,
    },
    /// Read a contract folder.
    Contract {
        #[command(subcommand)]
        what: contract::What,
    },
    /// Write the whole journal as a file that anybody can verify.
    Export(proof::ExportArgs),
    /// Verify a journal, or an export of one.
    Verify(proof::VerifyArgs),
    /// Erase a personal text for good; the journal and its proofs stay whole.
    Erase(proof::EraseArgs),
    /// Make the read tables again from the journal.
    Rebuild(proof::RebuildArgs),
    /// Accounts of people who may sign in.
    Account {
        #[command(subcommand)]
        what: account::What,
    },
    /// The desk's post.
    Mail {
        #[command(subcommand)]
        what: mail::What,
    },
    /// The link with EZV, the customer's ITSM.
    Ezv {
        #[command(subcommand)]
        what: ezv::What,
    },
    /// Tokens with which programs call the API.
    Token {
        #[command(subcommand)]
        what: token::What,
    },
    /// Webhooks: who is told of what happens to cases.
    Webhook {
        #[command(subcommand)]
        what: webhook::What,
    },
}

/// Runs the command that the arguments name. Exit codes: 0 done, 1 failed, 2 refused what it was given.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match arguments::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let lang = Lang::from(cli.lang);
    let done = match cli.command {
        Command::Serve(args) => serve::run(args, lang),
        Command::Judge(args) => judge::run(args, lang),
        Command::Clock(args) => clock::run(&args, lang),
        Command::Import { what } => import::run(what, lang),
        Command::Contract { what } => contract::run(what, lang),
        Command::Export(args) => proof::export(args, lang),
        Command::Verify(args) => proof::verify(&args, lang),
        Command::Erase(args) => proof::erase(args, lang),
        Command::Rebuild(args) => proof::rebuild(args, lang),
        Command::Account { what } => account::run(what, lang),
        Command::Mail { what } => mail::run(what, lang),
        Command::Ezv { what } => ezv::run(what, lang),
        Command::Token { what } => token::run(what, lang),
        Command::Webhook { what } => webhook::run(what, lang),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{} {}", lang.pick("erreur :", "error:"), said::chain(&error, lang));
            ExitCode::FAILURE
        }
    }
}
