//! What fires now, and its entries: a step that any node may take at any time.
//!
//! [`Rounds::due`] reads and asks the rules, [`commit`] writes. A firing's entry has an id that follows from
//! its key, so that the journal itself refuses a second one, whatever two nodes believe; whoever reaches
//! people is handed it in the same unit of work. MUST NOT read the clock.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vigie_contract::{Channel, Class, EscalationId, Moment, ObligationId, Party, Priority, Recipient};
use vigie_evidence::{NewEntry, Origin, import_id};
use vigie_rules::{
    book::Rulebook,
    escalation::{self, Firing},
    fact::History,
    life::Life,
};
use vigie_store::{StoreError, Tx, journal};

use super::people::{Holder, People};
use crate::{
    features::desk::{self, CaseError, DeskError},
    record::Recorder,
};

/// The verb of a warning's entry.
pub const WARNED: &str = "warned";
/// The verb of an escalation's.
pub const ESCALATED: &str = "escalated";
/// Who writes them.
pub const ACTOR: &str = "vigie";

/// An event that is written down late may make something fire earlier: passes look back this far.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);
/// How far ahead a case is planned; one that nothing happens to is planned again then.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A major incident owes its report after it is closed; no longer than this (the judge's margin).
const OWES: SignedDuration = SignedDuration::from_hours(62 * 24);
/// The last pass is written down this often: what fires while no node runs is made good from there.
const MARK_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// Where it stands among the counters.
const MARK: &str = "notices/last_pass";

/// A firing that is due, with whom it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The id of its entry.
    pub id: Uuid,
    /// Tells it from all others for ever.
    pub key: String,
    /// `case/VG-2026-000123`.
    pub subject: String,
    /// The class of the case.
    pub class: Class,
    /// The rule of the contract.
    pub rule: EscalationId,
    /// Whether a delay has run out, or is about to.
    pub escalated: bool,
    /// When the rule says that it fires.
    pub at: Timestamp,
    /// When what it is about is due.
    pub due: Timestamp,
    /// The priority at which it fires.
    pub priority: Option<Priority>,
    /// The obligation, when it is about one.
    pub obligation: Option<ObligationId>,
    /// Whom the contract names.
    pub tell: Vec<Recipient>,
    /// By what.
    pub by: Vec<Channel>,
    /// Whether the contract itself asks for it: nobody has turned its channels off then.
    pub demanded: bool,
    /// The accounts that these are today.
    pub told: BTreeSet<String>,
}

impl Due {
    /// The number that people say.
    #[must_use]
    pub fn number(&self) -> &str {
        self.subject.strip_prefix("case/").unwrap_or(&self.subject)
    }

    /// The verb of its entry.
    #[must_use]
    pub const fn verb(&self) -> &'static str {
        if self.escalated { ESCALATED } else { WARNED }
    }
}

/// A firing that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// What.
    pub due: Due,
    /// Place of its entry.
    pub seq: u64,
    /// When it was told.
    pub at: Timestamp,
}

/// Why a way does not reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Miss {
    /// Nothing here serves this way: somebody has to do it by hand.
    NotServed,
    /// Nobody knows where to reach them.
    NoAddress,
    /// What was sent there came back.
    AddressFails,
    /// They want it not, and the contract leaves it to them.
    TurnedOff,
}

impl Miss {
    /// Its name in entries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotServed => "not_served",
            Self::NoAddress => "no_address",
            Self::AddressFails => "address_fails",
            Self::TurnedOff => "turned_off",
        }
    }
}

/// Whom a way reaches of those who hear of a firing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Those whom it reaches.
    pub reached: BTreeSet<String>,
    /// Those whom it was to reach and does not.
    pub missed: BTreeMap<Miss, BTreeSet<String>>,
}

/// A way to reach people.
///
/// It is asked and handed each firing inside the unit of work that records it: what it writes is kept if and
/// only if the firing is. MUST NOT wait for anybody; whoever sends does so later, from what was written.
pub trait Outlet: Send + Sync {
    /// Which way of the contract it is.
    fn channel(&self) -> Channel;

    /// Whom it reaches. Asked also when the rule does not name it: somebody may wish for more than that.
    ///
    /// # Errors
    /// Whatever the database says; nothing is recorded then.
    fn reach(&self, _tx: &mut Tx<'_>, due: &Due) -> Result<Reach, StoreError> {
        let reached = if due.by.contains(&self.channel()) { due.told.clone() } else { BTreeSet::new() };
        Ok(Reach { reached, ..Reach::default() })
    }

    /// Takes over one firing for those whom it reaches.
    ///
    /// # Errors
    /// Whatever the database says; nothing is recorded then.
    fn hand_over(&self, tx: &mut Tx<'_>, fired: &Fired, reached: &BTreeSet<String>) -> Result<(), StoreError>;
}

/// What is known of the cases between passes: when each is worth looking at again.
#[derive(Debug, Default)]
pub struct Rounds {
    /// By subject: the version looked at, and the next firing if nothing else happens.
    known: HashMap<String, (u64, Timestamp)>,
    /// The journal's size and the instant until which nothing was due then.
    quiet: Option<(u64, Timestamp)>,
    marked: Option<Timestamp>,
    /// The journal's size when reports were last drafted.
    drafted: Option<u64>,
    /// Major incidents that lacked no draft, by subject: the version that was looked at.
    pub(crate) reported: HashMap<String, u64>,
}

/// A case that a pass looks at.
struct Open {
    subject: String,
    version: u64,
    holder: Holder,
}

impl Rounds {
    /// What is due at an instant and not recorded yet, in no order.
    ///
    /// Costs a look at the journal's size while nothing happens, one narrow row of each open case when
    /// something did, and a replay of those that changed.
    ///
    /// # Errors
    /// When the store does not answer or a history cannot be read.
    pub fn due(&mut self, tx: &mut Tx<'_>, rulebook: &Rulebook, now: Timestamp) -> Result<Vec<Due>, CaseError> {
        let size = journal::head(tx)?.size;
        if self.quiet.is_some_and(|(seen, until)| seen == size && now < until) {
            return Ok(Vec::new());
        }
        let from = look_back(tx, now)?;
        let people = People::read(tx)?;
        let mut due = Vec::new();
        let mut known = HashMap::with_capacity(self.known.len());
        for case in open_cases(tx, now)? {
            if let Some(seen) = self.known.get(&case.subject).filter(|(v, next)| *v == case.version && now < *next) {
                known.insert(case.subject, *seen);
                continue;
            }
            let Some(history) = desk::history(tx, &case.subject)? else { continue };
            let next = plan(tx, rulebook, &people, &case, &history, (from, now), &mut due)?;
            known.insert(case.subject, (case.version, next));
        }
        self.known = known;
        let ids: Vec<Uuid> = due.iter().map(|d| d.id).collect();
        let recorded = journal::known_ids(tx, &ids)?;
        due.retain(|d| !recorded.contains(&d.id));
        let until = self.known.values().map(|(_, next)| *next).min().unwrap_or(Timestamp::MAX);
        self.quiet = due.is_empty().then_some((size, until));
        Ok(due)
    }

    /// Forgets all plans: what was due could not be recorded.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether reports are to be drafted: the journal, now of that size, has grown since they were; says so once.
    pub fn drafts(&mut self, size: u64) -> bool {
        self.drafted.replace(size) != Some(size)
    }

    /// Whether the pass at this instant should be written down, by [`mark`]; says so once.
    pub fn marks(&mut self, now: Timestamp) -> bool {
        let due = self.marked.is_none_or(|last| now.duration_since(last) >= MARK_EVERY);
        if due {
            self.marked = Some(now);
        }
        due
    }
}

/// Writes down that all that was due until then was told.
///
/// # Errors
/// Whatever the database says.
pub fn mark(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO counter (name, value) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE counter.value < excluded.value";
    tx.execute(sql, &[MARK.into(), now.as_microsecond().into()]).map(|_| ())
}

/// From when on a pass asks: before the last one that was written down. The first pass of all looks back
/// no further than any other, so that an old log that was imported wakes nobody.
fn look_back(tx: &mut Tx<'_>, now: Timestamp) -> Result<Timestamp, StoreError> {
    let sql = "SELECT value FROM counter WHERE name = $1";
    let last = tx.query_opt(sql, &[MARK.into()], |row| row.i64(0))?;
    let last = last.map(crate::record::instant).transpose()?.map_or(now, |last| last.min(now));
    Ok(last.saturating_sub(LOOK_BACK).unwrap_or(last))
}

fn open_cases(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Open>, StoreError> {
    let since = now.saturating_sub(OWES).unwrap_or(now).as_microsecond();
    let sql = "SELECT subject, version, team, assignee FROM desk_case WHERE open = $1 UNION ALL \
               SELECT subject, version, team, assignee FROM desk_case \
               WHERE major = $1 AND restored_at > $2 AND open <> $1";
    tx.query_all(sql, &[true.into(), since.into()], |row| {
        let text = |index| Ok::<_, StoreError>(row.opt_text(index)?.map(str::to_owned));
        Ok(Open {
            subject: row.text(0)?.to_owned(),
            version: row.u64(1)?,
            holder: Holder { team: text(2)?, assignee: text(3)? },
        })
    })
}

/// Adds what is due of one case; gives when it is worth looking at again.
fn plan(
    tx: &mut Tx<'_>,
    rulebook: &Rulebook,
    people: &People,
    case: &Open,
    history: &History,
    (from, now): (Timestamp, Timestamp),
    due: &mut Vec<Due>,
) -> Result<Timestamp, CaseError> {
    let horizon = now.saturating_add(AHEAD).unwrap_or(now);
    let life = Life::read(history, now);
    let book = desk::book_of(rulebook, history.class, &life);
    let contract = &book.contract;
    let progress = progress(tx, &case.subject, |actor| people.party(contract, actor) == Some(Party::Provider))?;
    let firings = match escalation::firings(book, history, &progress, (from, horizon)) {
        Ok(firings) => firings,
        Err(error) => {
            // Beyond the years for which calendars are laid out: nothing can be said until something happens.
            tracing::warn!(case = %case.subject, %error, "what fires on a case cannot be said");
            return Ok(horizon);
        }
    };
    let next = firings.iter().map(|f| f.at).find(|at| *at > now).unwrap_or(horizon);
    let now_due = firings.into_iter().filter(|f| f.at <= now);
    due.extend(now_due.map(|firing| {
        of(firing, case, history.class, |f| people.reached(contract, &f.rule.tell, &case.holder, f.obligation))
    }));
    Ok(next)
}

fn of(firing: Firing<'_>, case: &Open, class: Class, told: impl Fn(&Firing<'_>) -> BTreeSet<String>) -> Due {
    // The key alone: a pause may move the instant, and must not make it another firing.
    let id = import_id(Timestamp::UNIX_EPOCH, Sha256::digest(firing.key.as_bytes()).into());
    Due {
        id,
        told: told(&firing),
        subject: case.subject.clone(),
        class,
        rule: firing.rule.id.clone(),
        escalated: firing.rule.at == Moment::Due,
        at: firing.at,
        due: firing.due,
        priority: firing.priority,
        obligation: firing.obligation.cloned(),
        tell: firing.rule.tell.clone(),
        by: firing.rule.by.clone(),
        demanded: firing.rule.demanded,
        key: firing.key,
    }
}

/// When the group in charge got on with it, as no fact says: work notes and transfers (AMB-27).
fn progress(tx: &mut Tx<'_>, subject: &str, is_ours: impl Fn(&str) -> bool) -> Result<Vec<Timestamp>, StoreError> {
    let entries = journal::entries_of(tx, subject)?;
    let worked = entries.into_iter().filter(|e| e.kind.ends_with(".noted") || e.kind.ends_with(".assigned"));
    Ok(worked.filter(|e| is_ours(&e.actor)).map(|e| e.occurred_at).collect())
}

/// Records what is due and hands it to whoever reaches people; what another node was quicker with is left out.
///
/// # Errors
/// When the store or an outlet refuses; nothing is kept then.
pub fn commit(
    tx: &mut Tx<'_>,
    recorder: &Recorder,
    outlets: &[Arc<dyn Outlet>],
    now: Timestamp,
    due: Vec<Due>,
) -> Result<Vec<Fired>, DeskError> {
    let ids: Vec<Uuid> = due.iter().map(|d| d.id).collect();
    let mut known = journal::known_ids(tx, &ids)?;
    let mut fresh: Vec<Due> = due.into_iter().filter(|d| known.insert(d.id)).collect();
    fresh.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    let mut reaches = Vec::with_capacity(fresh.len());
    for due in &fresh {
        reaches.push(outlets.iter().map(|outlet| outlet.reach(tx, due)).collect::<Result<Vec<_>, _>>()?);
    }
    let entries = fresh.iter().zip(&reaches).map(|(due, reaches)| entry(due, &missed(due, outlets, reaches), now));
    let first = recorder.record(tx, now, entries.collect())?.first_seq;
    let mut told = Vec::with_capacity(fresh.len());
    for ((seq, due), reaches) in (first..).zip(fresh).zip(reaches) {
        let fired = Fired { due, seq, at: now };
        for (outlet, reach) in outlets.iter().zip(reaches).filter(|(_, reach)| !reach.reached.is_empty()) {
            outlet.hand_over(tx, &fired, &reach.reached)?;
        }
        told.push(fired);
    }
    Ok(told)
}

/// Whom the ways of the rule do not reach, and why. Webhooks have their road of their own: they read the journal.
fn missed(due: &Due, outlets: &[Arc<dyn Outlet>], reaches: &[Reach]) -> Vec<Value> {
    let row = |channel: Channel, why: Miss, accounts: &BTreeSet<String>| serde_json::json!({ "by": channel_name(channel), "why": why.name(), "accounts": accounts });
    let served = outlets.iter().map(|o| o.channel()).chain([Channel::Webhook]).collect::<BTreeSet<_>>();
    let unserved = due.by.iter().filter(|c| !served.contains(c) && !due.told.is_empty());
    let unserved = unserved.map(|channel| row(*channel, Miss::NotServed, &due.told));
    let missed = outlets.iter().zip(reaches).flat_map(|(outlet, reach)| {
        reach.missed.iter().map(move |(why, accounts)| row(outlet.channel(), *why, accounts))
    });
    missed.chain(unserved).collect()
}

fn entry(due: &Due, missed: &[Value], now: Timestamp) -> NewEntry {
    let text = |text: &str| Value::String(text.to_owned());
    let mut body = Map::new();
    body.insert("rule".to_owned(), text(&due.rule.0));
    body.insert("fires_at".to_owned(), text(&due.at.to_string()));
    body.insert("due".to_owned(), text(&due.due.to_string()));
    body.insert("by".to_owned(), due.by.iter().map(|c| text(channel_name(*c))).collect());
    body.insert("told".to_owned(), due.told.iter().map(|account| text(account)).collect());
    if !missed.is_empty() {
        body.insert("missed".to_owned(), missed.to_vec().into());
    }
    body.extend(due.priority.map(|p| ("priority".to_owned(), Value::String(p.to_string()))));
    body.extend(due.obligation.as_ref().map(|o| ("obligation".to_owned(), text(&o.0))));
    NewEntry {
        id: due.id,
        occurred_at: now,
        actor: ACTOR.to_owned(),
        origin: Origin::Job,
        subject: due.subject.clone(),
        kind: format!("{}.{}", due.class.name(), due.verb()),
        body,
        content: Vec::new(),
    }
}

/// The name of a channel in entries.
#[must_use]
pub const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::InApp => "in_app",
        Channel::Mail => "mail",
        Channel::Webhook => "webhook",
        Channel::Phone => "phone",
    }
}
