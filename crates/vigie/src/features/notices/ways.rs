//! How a person wants to hear of warnings and escalations besides the pages: their address, and what goes there.
//!
//! The bell of the pages always rings. MUST NOT keep anybody from what the contract itself demands, and MUST
//! NOT write an address into the journal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value};
use vigie_contract::Channel;
use vigie_evidence::{NewEntry, Origin};
use vigie_store::{Journal, JournalError, Row, StoreError, Tx, Values};

use super::fire::Due;
use crate::{
    live::new_id,
    web::{Lang, i18n::Messages as _},
};

/// What somebody wants by mail of a kind of notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// What the contract sends by mail.
    #[default]
    AsWritten,
    /// All that reaches them.
    All,
    /// Nothing but what the contract demands.
    Least,
}

impl Wish {
    /// All of them, in the order of a form.
    pub const ALL: [Self; 3] = [Self::AsWritten, Self::All, Self::Least];

    /// Its name in tables, forms and entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsWritten => "contract",
            Self::All => "all",
            Self::Least => "least",
        }
    }

    /// The wish of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wish| wish.name() == name)
    }
}

/// How one person is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Where mails go; none while nobody has said.
    pub address: Option<String>,
    /// What of warnings goes there.
    pub warned: Wish,
    /// What of escalations.
    pub escalated: Wish,
    /// In which language.
    pub lang: Lang,
}

impl Ways {
    /// Whether a firing goes to this person by mail.
    #[must_use]
    pub fn wants_mail(&self, due: &Due) -> bool {
        let written = due.by.contains(&Channel::Mail);
        match if due.escalated { self.escalated } else { self.warned } {
            Wish::AsWritten => written,
            Wish::All => true,
            Wish::Least => written && due.demanded,
        }
    }
}

/// Whether an address can be written to: short enough, one `@`, a domain, nothing that ends a header or begins
/// another address.
#[must_use]
pub fn is_address(text: &str) -> bool {
    // RFC 5321, 4.5.3.1.3.
    let fits =
        text.len() <= 254 && text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()\\".contains(c));
    fits && matches!(text.split_once('@'), Some((local, domain)) if !local.is_empty() && !domain.contains('@')
        && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.'))
}

const COLUMNS: &str = "a.name, a.language, w.address, w.warned, w.escalated";
const FROM: &str = "account a LEFT JOIN notice_way w ON w.account = a.name";

fn read(row: &Row<'_>) -> Result<(String, Ways), StoreError> {
    let wish = |index| Ok::<_, StoreError>(row.opt_text(index)?.and_then(Wish::from_name).unwrap_or_default());
    let ways = Ways {
        address: row.opt_text(2)?.map(str::to_owned),
        warned: wish(3)?,
        escalated: wish(4)?,
        lang: Lang::parse(row.text(1)?).unwrap_or_default(),
    };
    Ok((row.text(0)?.to_owned(), ways))
}

/// How these accounts are reached; those that may no longer enter are left out.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, accounts: &BTreeSet<String>) -> Result<BTreeMap<String, Ways>, StoreError> {
    let names: Vec<&str> = accounts.iter().map(String::as_str).collect();
    let mut found = BTreeMap::new();
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE a.disabled_at IS NULL AND a.name");
    tx.query_in(&sql, Values::Texts(&names), |row| {
        let (account, ways) = read(row)?;
        found.insert(account, ways);
        Ok(())
    })?;
    Ok(found)
}

/// How one account is reached; none when it may not enter.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, account: &str) -> Result<Option<Ways>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE a.disabled_at IS NULL AND a.name = $1");
    Ok(tx.query_opt(&sql, &[account.into()], read)?.map(|(_, ways)| ways))
}

/// Keeps how an account is reached, with an entry that says what changed and not where.
///
/// # Errors
/// Whatever the database says.
pub fn put(tx: &mut Tx<'_>, journal: &Journal, account: &str, ways: &Ways, now: Timestamp) -> Result<(), JournalError> {
    let sql = "INSERT INTO notice_way (account, address, warned, escalated) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (account) DO UPDATE SET address = excluded.address, warned = excluded.warned, \
               escalated = excluded.escalated";
    let (warned, escalated) = (ways.warned.name(), ways.escalated.name());
    tx.execute(sql, &[account.into(), ways.address.as_ref().into(), warned.into(), escalated.into()])?;
    let body = Map::from_iter([
        ("has_address".to_owned(), Value::Bool(ways.address.is_some())),
        ("warned".to_owned(), warned.into()),
        ("escalated".to_owned(), escalated.into()),
    ]);
    let entry = NewEntry {
        id: new_id(now),
        occurred_at: now,
        actor: account.to_owned(),
        origin: Origin::Web,
        subject: format!("account/{account}"),
        kind: "account.ways_changed".to_owned(),
        body,
        content: Vec::new(),
    };
    journal.append(tx, now, vec![entry]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(by: &[Channel], escalated: bool, demanded: bool) -> Due {
        Due {
            id: uuid::Uuid::nil(),
            key: String::new(),
            subject: "case/VG-2026-000001".to_owned(),
            class: vigie_contract::Class::Incident,
            rule: "take-in-due".into(),
            escalated,
            at: Timestamp::UNIX_EPOCH,
            due: Timestamp::UNIX_EPOCH,
            priority: None,
            obligation: None,
            tell: Vec::new(),
            by: by.to_vec(),
            demanded,
            told: BTreeSet::new(),
        }
    }

    #[test]
    fn everybody_chooses_for_warnings_and_escalations_and_nobody_chooses_off_what_the_contract_demands() {
        use Channel::{InApp, Mail};
        use Wish::{All, AsWritten, Least};
        let check = |wish: Wish, by: &[Channel], demanded: bool, expected: bool| {
            for escalated in [false, true] {
                let (warned, other) = if escalated { (AsWritten, wish) } else { (wish, AsWritten) };
                let ways = Ways { warned, escalated: other, ..Ways::default() };
                assert_eq!(ways.wants_mail(&due(by, escalated, demanded)), expected, "{wish:?} {by:?} {demanded}");
            }
        };
        check(AsWritten, &[InApp, Mail], false, true);
        check(AsWritten, &[InApp], false, false);
        check(All, &[InApp], false, true);
        check(Least, &[InApp, Mail], false, false);
        check(Least, &[InApp, Mail], true, true);
        check(Least, &[InApp], true, false);
    }

    #[test]
    fn an_address_is_one_address() {
        for (text, expected) in [
            ("go.martin@vigie.example", true),
            ("go+astreinte@vigie.example", true),
            ("go.martin", false),
            ("@vigie.example", false),
            ("go@vigie", false),
            ("go@.example", false),
            ("a@b.fr,c@d.fr", false),
            ("a@b.fr\r\nBcc: c@d.fr", false),
            ("A <a@b.fr>", false),
            ("a@b@c.fr", false),
        ] {
            assert_eq!(is_address(text), expected, "{text:?}");
        }
        let long = |n: usize| format!("{}@b.fr", "a".repeat(n));
        assert!(is_address(&long(249)) && !is_address(&long(250)));
    }
}
