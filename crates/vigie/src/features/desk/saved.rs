//! Views of the queue that people keep: a question under a name, for oneself or shared with one's group or side.
//!
//! A view holds a question and never its answer: whoever opens it sees the cases that they may see now. What one
//! side shares, the other side MUST never read, not even its name. Views are how people arrange their work: no
//! facts, so they are in no entry and a rebuild leaves them alone.

use jiff::Timestamp;
use vigie_contract::{Contract, Party, RoleId};
use vigie_store::{Param, Row, StoreError, Tx};

use crate::{live::new_id, web::may};

/// Characters of a name: what a pill of the page shows.
pub const MAX_NAME: usize = 60;
/// Characters of a question: every filter and a sentence to search for.
pub const MAX_QUESTION: usize = 1_000;
/// Views of one account.
pub const MAX_VIEWS: u64 = 100;
/// Views that one reader sees: a side that shares more has to clear up.
const MOST_SEEN: u32 = 300;
/// Who may take away what others of their side share.
const MANAGE_PEOPLE: &str = "people.manage";

/// For whom a view is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// For whoever made it.
    Own,
    /// For those of this group.
    Team(String),
    /// For the whole side.
    Side,
}

impl Audience {
    /// Its name in forms, in the API and in the database.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team(_) => "team",
            Self::Side => "side",
        }
    }

    /// The group, when it is for one.
    #[must_use]
    pub fn team(&self) -> Option<&str> {
        match self {
            Self::Team(team) => Some(team),
            Self::Own | Self::Side => None,
        }
    }
}

/// A view as one reader has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Names it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The account that made it.
    pub owner: String,
    /// For whom it is.
    pub audience: Audience,
    /// The question, as the address of the queue has it, without the page.
    pub question: String,
    /// Whether this reader keeps it in sight.
    pub pinned: bool,
}

/// Who reads and arranges views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The account.
    pub account: String,
    /// Its side.
    pub party: Party,
    /// The groups whose members have its role.
    pub teams: Vec<String>,
    /// Whether they may take away what others of their side share.
    pub tidies: bool,
}

impl Reader {
    /// Somebody of that role.
    #[must_use]
    pub fn new(account: String, party: Party, role: &RoleId, contract: &Contract) -> Self {
        let teams = contract.teams.teams.iter().filter(|t| t.roles.contains(role)).map(|t| t.id.0.clone());
        Self { account, party, teams: teams.collect(), tidies: may(contract, role, MANAGE_PEOPLE) }
    }

    fn checks(&self, audience: &Audience) -> Result<(), ViewError> {
        match audience {
            Audience::Team(team) if !self.teams.contains(team) => Err(ViewError::OtherTeam(team.clone())),
            _ => Ok(()),
        }
    }
}

/// What is done to views.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Keeps a question under a name. A view of one's own that has the name takes the question over.
    Save {
        /// The name.
        name: String,
        /// The question.
        question: String,
        /// For whom.
        audience: Audience,
        /// Whether it stays in sight.
        pinned: bool,
    },
    /// Gives a view another name and other readers.
    Change {
        /// Which.
        id: String,
        /// The name.
        name: String,
        /// For whom.
        audience: Audience,
    },
    /// Keeps a view in this reader's sight, or no longer.
    Pin {
        /// Which.
        id: String,
        /// Whether it stays in sight.
        pinned: bool,
    },
    /// Moves a view among those of this reader that are pinned as it is.
    Move {
        /// Which.
        id: String,
        /// Towards the beginning.
        up: bool,
    },
    /// Takes a view away, for all who saw it.
    Remove {
        /// Which.
        id: String,
    },
}

/// Why a view was left as it was.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// It has no name, or too long a one.
    #[error("the name of a view has 1 to {MAX_NAME} characters; this one has {found}")]
    Name {
        /// How many characters.
        found: usize,
    },
    /// Its question is too long.
    #[error("the question is {found} characters long; at most {MAX_QUESTION} are kept")]
    Question {
        /// How many characters.
        found: usize,
    },
    /// The account has enough of them.
    #[error("an account keeps at most {MAX_VIEWS} views; take one away first")]
    TooMany,
    /// Another view of the account has the name.
    #[error("another view has this name")]
    Taken,
    /// Whoever shares with a group is of it.
    #[error("whoever shares with the group `{0}` is of it")]
    OtherTeam(String),
    /// This reader sees no such view.
    #[error("there is no such view")]
    Unknown,
    /// It is somebody else's.
    #[error("only {owner} may change this view")]
    Owner {
        /// Whose.
        owner: String,
    },
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Those that a reader sees: their own, and what their group or side shares; pinned ones first, then in the order
/// that the reader gave them.
///
/// # Errors
/// Whatever the database says.
pub fn views(tx: &mut Tx<'_>, reader: &Reader) -> Result<Vec<SavedView>, StoreError> {
    let mut params: Vec<Param<'_>> = vec![(&reader.account).into(), reader.party.name().into()];
    let teams: Vec<String> = (1..).zip(&reader.teams).map(|(n, _)| format!("${}", n + 2)).collect();
    params.extend(reader.teams.iter().map(Param::from));
    let of_team = if teams.is_empty() {
        String::new()
    } else {
        format!(" OR (v.audience = 'team' AND v.team IN ({}))", teams.join(", "))
    };
    let sql = format!(
        "SELECT v.id, v.name, v.owner, v.audience, v.team, v.question, p.pinned \
         FROM saved_view v LEFT JOIN saved_view_place p ON p.view = v.id AND p.account = $1 \
         WHERE v.owner = $1 OR (v.party = $2 AND (v.audience = 'side'{of_team})) \
         ORDER BY p.pinned IS NULL, p.pinned DESC, p.place IS NULL, p.place, v.name, v.id LIMIT {MOST_SEEN}"
    );
    tx.query_all(&sql, &params, read)
}

fn read(row: &Row<'_>) -> Result<SavedView, StoreError> {
    let audience = match (row.text(3)?, row.opt_text(4)?) {
        ("side", _) => Audience::Side,
        ("team", Some(team)) => Audience::Team(team.to_owned()),
        _ => Audience::Own,
    };
    Ok(SavedView {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        owner: row.text(2)?.to_owned(),
        audience,
        question: row.text(5)?.to_owned(),
        pinned: row.opt_i64(6)?.is_some_and(|pinned| pinned != 0),
    })
}

/// Does it; gives the view as its reader has it then, none once it is gone.
///
/// # Errors
/// [`ViewError`]; nothing is kept then.
pub fn act(tx: &mut Tx<'_>, reader: &Reader, deed: Deed, now: Timestamp) -> Result<Option<SavedView>, ViewError> {
    let id = match deed {
        Deed::Save { name, question, audience, pinned } => {
            save(tx, reader, (&name, &question), &audience, pinned, now)?
        }
        Deed::Change { id, name, audience } => {
            let name = tidy(&name)?;
            reader.checks(&audience)?;
            let view = seen(tx, reader, &id)?;
            if view.owner != reader.account {
                return Err(ViewError::Owner { owner: view.owner });
            }
            let sql = "SELECT 1 FROM saved_view WHERE owner = $1 AND name = $2 AND id <> $3";
            let known = [(&reader.account).into(), (&name).into(), (&id).into()];
            if tx.query_opt(sql, &known, |_| Ok(()))?.is_some() {
                return Err(ViewError::Taken);
            }
            tx.execute(
                "UPDATE saved_view SET name = $2, audience = $3, team = $4, party = $5 WHERE id = $1",
                &[
                    (&id).into(),
                    (&name).into(),
                    audience.name().into(),
                    audience.team().into(),
                    reader.party.name().into(),
                ],
            )?;
            id
        }
        Deed::Pin { id, pinned } => {
            seen(tx, reader, &id)?;
            let others = views(tx, reader)?.into_iter().filter(|v| v.id != id).map(|v| (v.id, v.pinned));
            let mut all: Vec<(String, bool)> = others.collect();
            // The newcomer comes last among its like.
            let at = all.iter().filter(|(_, p)| *p || !pinned).count();
            all.insert(at, (id.clone(), pinned));
            arrange(tx, reader, &all)?;
            id
        }
        Deed::Move { id, up } => {
            let mut all: Vec<(String, bool)> = views(tx, reader)?.into_iter().map(|v| (v.id, v.pinned)).collect();
            let at = all.iter().position(|(known, _)| *known == id).ok_or(ViewError::Unknown)?;
            let other = if up { at.checked_sub(1) } else { Some(at.saturating_add(1)) };
            let like = |n: usize| all.get(n).map(|(_, pinned)| *pinned);
            if let Some(other) = other.filter(|n| like(*n).is_some() && like(*n) == like(at)) {
                all.swap(at, other);
                arrange(tx, reader, &all)?;
            }
            id
        }
        Deed::Remove { id } => {
            let view = seen(tx, reader, &id)?;
            if view.owner != reader.account && !reader.tidies {
                return Err(ViewError::Owner { owner: view.owner });
            }
            tx.execute("DELETE FROM saved_view_place WHERE view = $1", &[(&id).into()])?;
            tx.execute("DELETE FROM saved_view WHERE id = $1", &[(&id).into()])?;
            return Ok(None);
        }
    };
    seen(tx, reader, &id).map(Some)
}

fn save(
    tx: &mut Tx<'_>,
    reader: &Reader,
    (name, question): (&str, &str),
    audience: &Audience,
    pinned: bool,
    now: Timestamp,
) -> Result<String, ViewError> {
    let name = tidy(name)?;
    let found = question.chars().count();
    if found > MAX_QUESTION {
        return Err(ViewError::Question { found });
    }
    reader.checks(audience)?;
    let sql = "SELECT id FROM saved_view WHERE owner = $1 AND name = $2";
    let known = tx.query_opt(sql, &[(&reader.account).into(), (&name).into()], |row| Ok(row.text(0)?.to_owned()))?;
    let id = known.clone().unwrap_or_else(|| new_id(now).simple().to_string());
    if known.is_none() {
        let sql = "SELECT COUNT(*) FROM saved_view WHERE owner = $1";
        if tx.query_one(sql, &[(&reader.account).into()], |row| row.u64(0))? >= MAX_VIEWS {
            return Err(ViewError::TooMany);
        }
    }
    tx.execute(
        "INSERT INTO saved_view (id, owner, party, audience, team, name, question, saved_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET party = excluded.party, \
         audience = excluded.audience, team = excluded.team, question = excluded.question, saved_at = excluded.saved_at",
        &[
            (&id).into(),
            (&reader.account).into(),
            reader.party.name().into(),
            audience.name().into(),
            audience.team().into(),
            (&name).into(),
            question.into(),
            now.as_microsecond().into(),
        ],
    )?;
    act(tx, reader, Deed::Pin { id: id.clone(), pinned }, now)?;
    Ok(id)
}

/// The view of that id, as far as this reader sees it.
fn seen(tx: &mut Tx<'_>, reader: &Reader, id: &str) -> Result<SavedView, ViewError> {
    views(tx, reader)?.into_iter().find(|v| v.id == id).ok_or(ViewError::Unknown)
}

/// Writes down a reader's whole order.
fn arrange(tx: &mut Tx<'_>, reader: &Reader, order: &[(String, bool)]) -> Result<(), StoreError> {
    tx.execute("DELETE FROM saved_view_place WHERE account = $1", &[(&reader.account).into()])?;
    let rows = (0_i64..).zip(order).map(|(place, (view, pinned))| {
        [Param::Text(&reader.account), Param::Text(view), place.into(), i64::from(*pinned).into()]
    });
    tx.insert_many("saved_view_place", &["account", "view", "place", "pinned"], rows)?;
    Ok(())
}

fn tidy(name: &str) -> Result<String, ViewError> {
    let name: String =
        name.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).collect();
    match name.chars().count() {
        1..=MAX_NAME => Ok(name),
        found => Err(ViewError::Name { found }),
    }
}
