//! Who hears of what was done to a case, beside those whom the contract names: people mentioned in a note,
//! and those who follow the case.
//!
//! A notice is written in the unit of work of what it tells. MUST NOT tell anybody of what they may not read.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vigie_contract::{Contract, Party, RoleId};
use vigie_rules::desk::{Act, Refusal};
use vigie_store::{Param, StoreError, Tx, Values};

use super::{DeskError, act::Deed};
use crate::web::{READ_DESK, may};

/// The kind of a notice that somebody was mentioned.
pub(crate) const MENTIONED: &str = "mentioned";
/// The kind of a notice that a case that one follows goes on.
pub(crate) const NEWS: &str = "news";
/// Accounts that one note mentions at most: more is a list of recipients.
const MOST: usize = 20;

/// The entry that is told.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    /// Of which case.
    pub(super) subject: &'a str,
    /// Its place in the journal.
    pub(super) seq: u64,
    /// When it was recorded.
    pub(super) at: Timestamp,
}

/// The names after an `@` that begins a word, each once, in small letters.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '@' && !before.is_alphanumeric() {
            let name: String = rest.clone().take_while(|c| c.is_alphanumeric() || ".-_".contains(*c)).collect();
            let name = name.trim_end_matches(['.', '-', '_']).to_lowercase();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        before = c;
    }
    names.truncate(MOST);
    names
}

/// The accounts that a note mentions; a word that is nobody's name is a word.
///
/// # Errors
/// [`Refusal::Mention`] when one of them may not read it.
pub(super) fn mentioned(tx: &mut Tx<'_>, contract: &Contract, deed: &Deed) -> Result<Vec<String>, DeskError> {
    let text = deed.texts.text.as_deref().filter(|_| deed.act == Act::Note).unwrap_or_default();
    let wanted = names(text);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut known: BTreeMap<String, RoleId> = BTreeMap::new();
    let asked: Vec<&str> = wanted.iter().map(String::as_str).collect();
    tx.query_in("SELECT name, role, disabled_at FROM account WHERE name", Values::Texts(&asked), |row| {
        if row.opt_i64(2)?.is_none() {
            known.insert(row.text(0)?.to_owned(), RoleId::from(row.text(1)?));
        }
        Ok(())
    })?;
    for (account, role) in &known {
        let side = contract.roles.iter().find(|r| r.id == *role).map_or(Party::ThirdParty, |r| r.party);
        let other_side = deed.internal && side != deed.party;
        if other_side || !may(contract, role, READ_DESK) {
            return Err(Refusal::Mention { account: account.clone(), other_side }.into());
        }
    }
    Ok(known.into_keys().filter(|account| *account != deed.by.actor).collect())
}

/// Writes the notices of what was done, and gives the accounts that have one.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    said: Said<'_>,
    deed: &Deed,
    mentioned: Vec<String>,
    followers: &[String],
) -> Result<Vec<String>, StoreError> {
    let news = !deed.internal && !deed.act.is_aside();
    let following = followers.iter().filter(|f| news && **f != deed.by.actor && !mentioned.contains(f));
    let told: Vec<(String, &str)> = following.map(|f| (f.clone(), NEWS)).collect();
    let told: Vec<(String, &str)> = mentioned.into_iter().map(|m| (m, MENTIONED)).chain(told).collect();
    let columns = ["account", "seq", "subject", "kind", "rule", "at", "due_at", "actor"];
    let at = said.at.as_microsecond();
    let rows = told.iter().map(|(account, kind)| {
        [
            Param::Text(account),
            i64::try_from(said.seq).unwrap_or(i64::MAX).into(),
            Param::Text(said.subject),
            (*kind).into(),
            // No rule of the contract: what was done.
            deed.act.verb().into(),
            at.into(),
            at.into(),
            Param::Text(&deed.by.actor),
        ]
    });
    tx.insert_many("notice", &columns, rows)?;
    Ok(told.into_iter().map(|(account, _)| account).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_follows_an_at_that_begins_a_word() {
        for (text, expected) in [
            ("Voir avec @go.martin, puis @ROC.Perrin.", &["go.martin", "roc.perrin"][..]),
            ("@a-b @a-b (@c_d)", &["a-b", "c_d"]),
            ("jean@exemple.fr écrit à @", &[]),
            ("", &[]),
            ("fin @zoé", &["zoé"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
        let many: String = (0..30).map(|n| format!("@n{n} ")).collect();
        assert_eq!(names(&many).len(), MOST);
    }
}
