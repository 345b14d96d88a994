//! What is due, as calendars that people's own programs read (RFC 5545): what is due to one account, and the
//! windows of changes.
//!
//! A calendar program keeps an address and no password, so the address itself holds a token. It MUST open nothing
//! but these calendars, is shown once, and is in no log: it stands in the query, which no line of the log holds.

mod ics;
pub(crate) mod store;
pub mod web;

use jiff::Timestamp;
use vigie_contract::{Label, Party};

/// What the token of an address lends, and nothing else: no role has it, so that it opens no other door.
pub(crate) const SCOPE: &str = "calendar.read";

/// Something dated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Names it for ever, whatever its date becomes: `VG-2026-000123/restoration`.
    pub key: String,
    /// Grows with each change of it.
    pub sequence: u64,
    /// When it last changed.
    pub changed: Timestamp,
    /// When it is due, or begins.
    pub at: Timestamp,
    /// When it ends; absent for what is due at an instant.
    pub until: Option<Timestamp>,
    /// What it is, as the contract or the catalogue calls it.
    pub what: What,
    /// Of which case, when it is of one: its number, and what it is about.
    pub case: Option<(String, Option<String>)>,
    /// It will not take place.
    pub cancelled: bool,
}

/// What is dated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A delay of a case: the priority and the clock or duty.
    Delay {
        /// The priority, when it has one.
        priority: Option<String>,
        /// The contract's name of the clock or the duty.
        label: Label,
    },
    /// A task of a case: its number there and its title.
    Task(u32, Option<String>),
    /// A duty of the contract.
    Duty(Label),
    /// A session of a board.
    Session(String),
    /// The window of a change.
    Change,
}

/// For whom a calendar is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The account.
    pub account: String,
    /// The role that it has.
    pub role: vigie_contract::RoleId,
    /// Its side: what the other keeps to itself is not told.
    pub party: Party,
    /// The groups whose members have that role.
    pub teams: Vec<String>,
    /// Whether it sits on boards.
    pub sits: bool,
}
