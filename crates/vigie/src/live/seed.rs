//! The demonstration: a deterministic year of Callipso in a store of its own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Result;
use jiff::{Timestamp, civil::Date};
use vigie_contract::RoleId;
use vigie_evidence::{ContentRef, NewEntry, Origin, content_hash, import_id, leaf_hash};
use vigie_store::{StoreError, journal};

use super::accounts::{accounts as kept_accounts, put_account};
use crate::{
    app::{Vigie, is_demo, refused},
    demo::{self, DemoEntry},
    features::{
        desk::sheet::{TEXTS, Texts},
        people::{Account, hash_password},
    },
    record::{RecordError, Told},
    said::{Said, Saying as _},
    web::{Lang, Theme},
};

/// Entries committed at a time.
const BATCH: usize = 5_000;

/// The folder of a day's demonstration inside a data directory: another day makes another year, so each
/// has its own, and those of other days are removed.
///
/// # Errors
/// When the folder of another day cannot be removed.
pub fn folder(data: &Path, today: Date) -> Result<PathBuf> {
    let root = data.join("demo");
    let own = root.join(today.to_string());
    let Ok(days) = std::fs::read_dir(&root) else { return Ok(own) };
    for day in days.flatten().map(|d| d.path()).filter(|d| *d != own) {
        // Only folders named after a day are the demonstration's.
        let is_day = day.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.parse::<Date>().is_ok());
        if is_day {
            std::fs::remove_dir_all(&day).saying(|| {
                let day = day.display();
                Said::new(format!("{day} : suppression impossible"), format!("{day} cannot be removed"))
            })?;
        }
    }
    Ok(own)
}

/// Fills a store with the demonstrated year, and makes its accounts; does nothing in a store that
/// already has all of it, and goes on where an earlier start was cut.
///
/// # Errors
/// When the store holds a real journal, the year cannot be made, or the store refuses.
pub fn demo(vigie: &Vigie, today: Date, communes: &[&str], now: Timestamp) -> Result<()> {
    let origin = vigie.recorder.journal().verifier().name().to_owned();
    if !is_demo(&origin) {
        let said = Said::new(
            format!(
                "le journal `{origin}` n'est pas une démonstration : le servir sans --demo, ou donner à --demo un autre dossier ou une autre base"
            ),
            format!(
                "the journal `{origin}` is not a demonstration: serve it without --demo, or give --demo another data directory or database"
            ),
        );
        return Err(said.into());
    }
    // The accounts come last: when they are there, all is there.
    let accounts = demo::accounts();
    let there = kept_accounts(&vigie.store)?;
    let missing: Vec<_> = accounts.iter().filter(|a| !there.iter().any(|m| m.name == a.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let midnight = today.to_zoned(vigie.promise.rulebook.zone().clone())?.timestamp();
    let book = vigie.promise.rulebook.at(midnight);
    let entries = demo::year(today, &book.contract, communes)?;
    let mut batch = Vec::with_capacity(BATCH);
    let mut last = BTreeMap::new();
    for (index, entry) in (0_u64..).zip(entries) {
        if let Some((year, number)) = desk_number(&entry.subject) {
            let highest = last.entry(year).or_insert(number);
            *highest = number.max(*highest);
        }
        batch.push(prepare(entry, index)?);
        if batch.len() == BATCH {
            commit(vigie, now, std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))?;
        }
    }
    commit(vigie, now, batch)?;
    go_on_after(vigie, last)?;
    // Hashing is slow on purpose; the accounts of the demonstration share one password.
    let mut hashed: Option<(&str, String)> = None;
    // Those that are there stay as they are: each that is made is an entry.
    for account in missing {
        let hash = match &hashed {
            Some((password, hash)) if *password == account.password => hash.clone(),
            _ => hash_password(account.name, account.password)?,
        };
        hashed = Some((account.password, hash.clone()));
        put_account(
            vigie,
            &Account {
                name: account.name.to_owned(),
                password_hash: hash,
                role: RoleId(account.role.0.clone()),
                lang: Lang::default(),
                theme: Theme::default(),
                created_at: now,
                disabled_at: None,
                outside: None,
            },
        )?;
    }
    Ok(())
}

/// The year and the number of a case that the desk numbered: `case/VG-2026-000123`.
fn desk_number(subject: &str) -> Option<(String, i64)> {
    let (year, number) = subject.strip_prefix("case/VG-")?.split_once('-')?;
    Some((year.to_owned(), number.parse().ok()?))
}

/// The desk gives its next numbers after those of the demonstration, never the same again.
fn go_on_after(vigie: &Vigie, last: BTreeMap<String, i64>) -> Result<()> {
    vigie
        .store
        .write(move |tx| -> Result<(), StoreError> {
            let sql = "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = \
                       CASE WHEN counter.value < excluded.value THEN excluded.value ELSE counter.value END";
            for (year, number) in last {
                tx.execute(sql, &[(&format!("case/{year}")).into(), number.into()])?;
            }
            Ok(())
        })
        .map_err(refused)
}

/// A fact with the words that go to the content store.
struct Prepared {
    told: Told,
    words: Option<([u8; 32], Vec<u8>)>,
}

fn prepare(demo: DemoEntry, index: u64) -> Result<Prepared> {
    // Fictional people need no random salt, and a demonstration must come out the same each time.
    let seed = leaf_hash(format!("{index}/{}/{}/{}", demo.subject, demo.kind, demo.occurred_at).as_bytes());
    let texts = texts(demo.content);
    let mut content = Vec::new();
    let mut words = None;
    if !texts.is_empty() {
        let salt = leaf_hash(format!("{seed}/{TEXTS}").as_bytes()).0;
        let bytes = serde_json::to_vec(&texts).saying(|| {
            let (fr, en) = (
                "les mots de la démonstration ne peuvent être empaquetés",
                "the words of the demonstration cannot be packed",
            );
            Said::new(fr, en)
        })?;
        content.push(ContentRef {
            name: TEXTS.to_owned(),
            media_type: "application/json".to_owned(),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            hash: content_hash(&salt, &bytes),
        });
        words = Some((salt, bytes));
    }
    let entry = NewEntry {
        id: import_id(demo.occurred_at, seed.0),
        occurred_at: demo.occurred_at,
        actor: demo.actor,
        origin: Origin::from_name(demo.origin).unwrap_or(Origin::Demo),
        subject: demo.subject,
        kind: demo.kind,
        body: demo.body,
        content,
    };
    Ok(Prepared { told: Told { entry, texts }, words })
}

/// A caller is `Name, telephone`.
fn texts(content: Vec<(&'static str, String)>) -> Texts {
    let mut texts = Texts::default();
    for (name, said) in content {
        match (name, said.split_once(", ")) {
            ("caller", Some((who, phone))) => {
                texts.requester = Some(who.to_owned());
                texts.phone = Some(phone.to_owned());
            }
            ("caller", None) => texts.requester = Some(said),
            _ => texts.text = Some(said),
        }
    }
    texts
}

fn commit(vigie: &Vigie, now: Timestamp, batch: Vec<Prepared>) -> Result<()> {
    let recorder = vigie.recorder.clone();
    vigie
        .store
        .write(move |tx| -> Result<(), RecordError> {
            let mut facts = Vec::with_capacity(batch.len());
            for Prepared { told, words } in batch {
                if let Some((salt, bytes)) = words {
                    journal::put_content(tx, &salt, &bytes)?;
                }
                facts.push(told);
            }
            recorder.record_with(tx, now, facts).map(|_| ())
        })
        .map_err(refused)
}
