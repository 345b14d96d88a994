//! Warnings and escalations as mails: one for each person whom the contract names, in their own language.
//!
//! The firing's entry is the order: the mail is made of it, of the contract and of the account at each try, so
//! that nothing personal is written down beside them. A mail says which case and what falls due when, never
//! what somebody wrote. MUST NOT reach anybody whom the firing does not name.

use std::collections::BTreeSet;

use serde_json::Value;
use vigie_contract::{Channel, Contract};
use vigie_evidence::Entry;
use vigie_links::mail::Address;
use vigie_reports::format::Lang;
use vigie_store::{StoreError, Tx, journal};

use super::{
    Post, PostError,
    outbox::{self, Addressee, Order, Parcel, Purpose},
    parties::address_hash,
    store,
    words::{Said, moment},
};
use crate::{
    features::notices::{
        fire::{Due, ESCALATED, Fired, Miss, Outlet, Reach},
        ways::{self, Ways},
    },
    live::new_id,
};

impl Outlet for Post {
    fn channel(&self) -> Channel {
        Channel::Mail
    }

    fn reach(&self, tx: &mut Tx<'_>, due: &Due) -> Result<Reach, StoreError> {
        let known = ways::of(tx, &due.told)?;
        let mut reach = Reach::default();
        for account in &due.told {
            let ways = known.get(account).cloned().unwrap_or_default();
            let missed = match &ways.address {
                _ if !ways.wants_mail(due) && !due.by.contains(&Channel::Mail) => continue,
                _ if !ways.wants_mail(due) => Miss::TurnedOff,
                None => Miss::NoAddress,
                Some(address) if fails(tx, address)? => Miss::AddressFails,
                Some(_) => {
                    reach.reached.insert(account.clone());
                    continue;
                }
            };
            reach.missed.entry(missed).or_default().insert(account.clone());
        }
        Ok(reach)
    }

    fn hand_over(&self, tx: &mut Tx<'_>, fired: &Fired, reached: &BTreeSet<String>) -> Result<(), StoreError> {
        let known = ways::of(tx, reached)?;
        for (account, address) in known.iter().filter_map(|(account, ways)| Some((account, ways.address.as_ref()?))) {
            let id = new_id(fired.at).simple().to_string();
            let hash = address_hash(&bare(address));
            let sql = "INSERT INTO mail_outbox (id, kind, case_subject, entry_id, address, account, state, tries, \
                       next_at, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7, $7)";
            let params = [
                (&id).into(),
                Purpose::Notice.name().into(),
                (&fired.due.subject).into(),
                fired.due.id.as_bytes().into(),
                (&hash).into(),
                account.into(),
                fired.at.as_microsecond().into(),
            ];
            tx.execute(sql, &params)?;
            store::thread(tx, [format!("{id}@{}", self.settings().from.domain()).as_str()], &fired.due.subject)?;
        }
        Ok(())
    }
}

impl Post {
    /// What a parcel is made of; none when it was erased, or when its account is no longer reached by mail.
    pub(super) fn order_of(&self, tx: &mut Tx<'_>, parcel: &Parcel) -> Result<Option<Order>, PostError> {
        let Some(account) = &parcel.account else { return outbox::ordered(tx, parcel) };
        let Some((ways, address)) = ways::one(tx, account)?.and_then(|w| Some((w.clone(), w.address?))) else {
            return Ok(None);
        };
        let entry = journal::entry_by_id(tx, parcel.entry_id)?.ok_or(PostError::Lost(parcel.entry_id))?;
        let said = self.said(&entry, &ways);
        Ok(Some(Order {
            text: None,
            // The page of what leaves says who, and leaves the address where it is kept.
            mail: account.clone(),
            purpose: Purpose::Notice,
            to: vec![Addressee { name: account.clone(), address }],
            cc: Vec::new(),
            subject: said.subject,
            says: said.text,
            files: Vec::new(),
            in_reply_to: None,
            references: Vec::new(),
        }))
    }

    /// A firing in words.
    fn said(&self, entry: &Entry, ways: &Ways) -> Said {
        let lang = ways.lang;
        let contract = &self.0.vigie.promise.rulebook.at(entry.occurred_at).contract;
        let body = Value::Object(entry.body.clone());
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let number = entry.subject.strip_prefix("case/").unwrap_or(&entry.subject);
        let (rule, clause) = rule(contract, text("rule").unwrap_or_default(), lang);
        let about = text("obligation").and_then(|id| contract.obligations.iter().find(|o| o.id.0 == id));
        let kind = match (entry.kind.ends_with(ESCALATED), lang) {
            (true, Lang::Fr) => "Escalade",
            (true, Lang::En) => "Escalation",
            (false, Lang::Fr) => "Avertissement",
            (false, Lang::En) => "Warning",
        };
        let colon = lang.colon();
        let mut lines = vec![format!("{kind}{colon}{rule}")];
        lines.extend(about.map(|o| lang.label(&o.label).to_owned()));
        let at_priority = text("priority").map_or_else(String::new, |p| format!(" ({p})"));
        lines.push(format!("{} {number}{at_priority}", lang.pick("Dossier", "Case")));
        if let Some(due) = text("due").and_then(|due| due.parse().ok()) {
            lines.push(format!("{}{colon}{}", lang.pick("Échéance", "Due"), moment(due, &self.0.zone, lang)));
        }
        let public = self.settings().public.as_deref();
        lines.extend(public.map(|at| format!("\n{at}/dossiers/{number}")));
        let account = public.map_or_else(String::new, |at| format!("{colon}{at}/compte/avis"));
        lines.push(match lang {
            Lang::Fr => format!(
                "\n-- \nLe contrat (article {clause}) vous nomme pour cet avis. \
                 Ce qui vous vient par courriel se règle dans votre compte{account}"
            ),
            Lang::En => format!(
                "\n-- \nThe contract (clause {clause}) names you for this notice. \
                 What reaches you by mail is set in your account{account}"
            ),
        });
        lines.push(String::new());
        Said { subject: format!("{kind}{colon}{rule}"), text: lines.join("\n") }
    }
}

/// What a rule says and its clause; its name when the contract has it no longer.
fn rule<'c>(contract: &'c Contract, id: &'c str, lang: Lang) -> (&'c str, &'c str) {
    let known = contract.escalations.rules.iter().find(|rule| rule.id.0 == id);
    known.map_or((id, "3.7.1.2"), |rule| (lang.label(&rule.label), rule.clause.as_str()))
}

/// Whether what was sent to an address came back for good.
///
/// # Errors
/// Whatever the database says.
pub(crate) fn fails(tx: &mut Tx<'_>, address: &str) -> Result<bool, StoreError> {
    store::fails(tx, &bare(address))
}

/// Forgets that an address failed: its owner says that it is theirs.
///
/// # Errors
/// Whatever the database says.
pub(crate) fn forgive(tx: &mut Tx<'_>, address: &str) -> Result<(), StoreError> {
    store::forgive(tx, &bare(address))
}

fn bare(address: &str) -> Address {
    Address { name: String::new(), address: address.to_owned() }
}
