//! The program opened on its data: contract, store, journal, in the order in which each can fail.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Result;
use rust_embed::RustEmbed;
use vigie_contract::ContractHistory;
use vigie_evidence::VerifierKey;
use vigie_rules::book::{Book, Rulebook};
use vigie_store::{Journal, Location, Store, WriteError};

use crate::{
    record::{self, Recorder},
    said::{Said, Saying as _},
    seal::Seal,
};

/// The contract that comes with the program.
#[derive(RustEmbed)]
#[folder = "../../contracts/callipso"]
struct Callipso;

/// Where the data and the promise are.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The data directory: the embedded database and the signing key.
    pub data: PathBuf,
    /// A PostgreSQL server instead of the embedded database.
    pub database_url: Option<String>,
    /// A contract folder instead of the one that comes with the program.
    pub contract: Option<PathBuf>,
    /// Where the signing key is, when not in the data directory.
    pub key_file: Option<PathBuf>,
    /// The data are a demonstration: the journal's own name then says so, in every proof and report.
    pub demo: bool,
}

/// A contract read and made ready.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its versions.
    pub history: Arc<ContractHistory>,
    /// The same, ready to apply.
    pub rulebook: Arc<Rulebook>,
}

/// The program opened on its data.
#[derive(Clone, Debug)]
pub struct Vigie {
    /// The promise.
    pub promise: Promise,
    /// The data.
    pub store: Store,
    /// Records facts; signs the journal.
    pub recorder: Recorder,
    /// Seals the secrets of accounts.
    pub seal: Seal,
}

/// Reads a contract folder, or the contract that comes with the program.
///
/// # Errors
/// With every place at which the contract is wrong.
pub fn promise(dir: Option<&Path>) -> Result<Promise> {
    let history = match dir {
        Some(dir) => vigie_contract::load(dir).saying(|| {
            let dir = dir.display();
            Said::new(format!("dossier du contrat {dir}"), format!("contract folder {dir}"))
        })?,
        None => vigie_contract::parse(&built_in()?)?,
    };
    let mut books: Vec<Book> = Vec::new();
    for v in history.versions() {
        // Short, and still enough to tell two contracts apart: 64 bits of the digest of its files.
        let digest = v.digest.get(..16).unwrap_or(&v.digest);
        books.push(Book::after(books.last(), format!("{}+{digest}", v.id), v.effective, v.contract.clone())?);
    }
    Ok(Promise { history: Arc::new(history), rulebook: Arc::new(Rulebook::new(books)?) })
}

fn built_in() -> Result<BTreeMap<String, String>> {
    Callipso::iter()
        .map(|name| {
            let file = Callipso::get(&name).ok_or_else(|| {
                Said::new(format!("{name} n'est pas dans le programme"), format!("{name} is not in the program"))
            })?;
            let text = String::from_utf8(file.data.into_owned())
                .saying(|| Said::new(format!("{name} n'est pas du texte"), format!("{name} is not text")))?;
            Ok((name.into_owned(), text))
        })
        .collect()
}

/// What stands in the name of a demonstration's journal.
const DEMO_MARK: &str = "/demo-";

/// Whether a journal's name says that it is a demonstration.
#[must_use]
pub fn is_demo(origin: &str) -> bool {
    origin.contains(DEMO_MARK)
}

impl Place {
    /// The place of the database.
    #[must_use]
    pub fn location(&self) -> Location {
        Location::new(&self.data, self.database_url.as_deref())
    }

    /// Where the signing key is.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data.join("signing.key"))
    }

    /// Where the key of accounts' secrets is: beside the signing key.
    #[must_use]
    pub fn accounts_key_file(&self) -> PathBuf {
        self.key_file().with_file_name("accounts.key")
    }

    /// Opens for reading, beside whoever writes.
    ///
    /// # Errors
    /// When the contract or the store cannot be read.
    pub fn open_reading(&self) -> Result<(Promise, Store)> {
        let promise = promise(self.contract.as_deref())?;
        Ok((promise, Store::open_reading(self.location())?))
    }

    /// Opens for reading and writing; creates what is absent.
    ///
    /// # Errors
    /// When the contract cannot be read, the store cannot be opened, or the key is not the journal's.
    pub fn open(&self) -> Result<Vigie> {
        let promise = promise(self.contract.as_deref())?;
        let store = Store::open(self.location())?;
        let journal = self.journal(&store, &promise)?;
        let recorder = Recorder::new(journal, Arc::clone(&promise.rulebook));
        let rulebook = Arc::clone(&promise.rulebook);
        if let Some(entries) = store.write(move |tx| record::catch_up(tx, &rulebook)).map_err(refused)?
            && entries > 0
        {
            tracing::info!(entries, "read tables brought forward");
        }
        let seal = Seal::open(&self.accounts_key_file())?;
        Ok(Vigie { promise, store, recorder, seal })
    }

    fn journal(&self, store: &Store, promise: &Promise) -> Result<Journal> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).map_err(|e| {
            Said::new(
                format!("le système ne donne pas d'octets aléatoires pour une clé de signature : {e}"),
                format!("the system gives no random bytes for a signing key: {e}"),
            )
        })?;
        let mut mark = [0_u8; 4];
        getrandom::fill(&mut mark).map_err(|e| {
            Said::new(
                format!("le système ne donne pas d'octets aléatoires pour le nom d'un journal : {e}"),
                format!("the system gives no random bytes for a journal's name: {e}"),
            )
        })?;
        // A journal's name must be its own: two installations of one contract sign two journals.
        let contract = &promise.history.base().contract.frame.id;
        let kind = if self.demo { DEMO_MARK } else { "/" };
        let name = format!("vigie/{contract}{kind}{:08x}", u32::from_be_bytes(mark));
        if let Some(parent) = self.key_file().parent() {
            std::fs::create_dir_all(parent).saying(|| {
                let parent = parent.display();
                Said::new(format!("{parent} : création impossible"), format!("{parent} cannot be made"))
            })?;
        }
        Ok(Journal::open(store, &self.key_file(), &name, seed)?)
    }

    /// The key that verifies the journal of this place.
    ///
    /// # Errors
    /// When the key file is not there or is not the journal's.
    pub fn verifier(&self, store: &Store, promise: &Promise) -> Result<VerifierKey> {
        Ok(self.journal(store, promise)?.verifier())
    }
}

/// Turns the refusal of a unit of work into an error of the program.
#[must_use]
pub fn refused<E: std::error::Error + Send + Sync + 'static>(error: WriteError<E>) -> anyhow::Error {
    anyhow::Error::new(error)
}
