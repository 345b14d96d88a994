//! What is done around a case and changes no clock: its tasks, who follows it, the time spent on it; and the
//! cases that it is joined with, whose earliest identification counts for both (3.7.1.2).
//!
//! Each is a fact of the case like a take-in. Whether one may follow is asked in [`crate::desk`], never here.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use vigie_contract::{Party, Verb};

use crate::{
    life::Candidate,
    step::{Tagged, members},
};

/// How time was spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// From afar.
    Remote,
    /// On the site.
    OnSite,
    /// On the way there and back.
    Travel,
}

impl Effort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Remote, Self::OnSite, Self::Travel];

    /// Its name in bodies and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Remote => "remote",
            Self::OnSite => "on_site",
            Self::Travel => "travel",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }
}

/// Something done around a case; its name is the verb of its entry, and its members are those of the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// A task; its title is the entry's words.
    TaskAdded {
        /// Its number on the case, from 1.
        task: u32,
        /// The rule of the contract that asks for it.
        #[serde(default)]
        rule: Option<String>,
        /// The group that does it.
        #[serde(default)]
        team: Option<String>,
        /// Somebody who does it, by account.
        #[serde(default)]
        assignee: Option<String>,
        /// By when.
        #[serde(default)]
        due: Option<Timestamp>,
        /// The one side that knows of it; absent when both do.
        #[serde(default)]
        visible_to: Option<Party>,
    },
    /// Who does it, by when, at which place: all three as they are from now on.
    TaskChanged {
        /// Its number.
        task: u32,
        /// The group that does it.
        #[serde(default)]
        team: Option<String>,
        /// Somebody who does it.
        #[serde(default)]
        assignee: Option<String>,
        /// By when.
        #[serde(default)]
        due: Option<Timestamp>,
        /// Its place among the tasks, from 1; absent leaves it where it is.
        #[serde(default)]
        place: Option<u32>,
    },
    /// It is done.
    TaskDone {
        /// Its number.
        task: u32,
    },
    /// It is not done after all.
    TaskReopened {
        /// Its number.
        task: u32,
    },
    /// Nobody has to do it.
    TaskDropped {
        /// Its number.
        task: u32,
    },
    /// Somebody wants to hear what is new.
    Followed {
        /// Who, by account.
        account: String,
    },
    /// Somebody has heard enough.
    Unfollowed {
        /// Who.
        account: String,
    },
    /// Time was spent.
    TimeSpent {
        /// Its number on the case, from 1.
        spent: u32,
        /// Whose, by account.
        person: String,
        /// How.
        effort: Effort,
        /// How long; zero takes back what it corrects.
        minutes: u32,
        /// The number that it stands in the place of.
        #[serde(default)]
        corrects: Option<u32>,
    },
    /// The case was about the same as another, which goes on in its place.
    Merged {
        /// The number of the other.
        into: String,
    },
    /// It goes on by itself again.
    Separated {
        /// The number of the other.
        from: String,
    },
    /// Another case goes on in this one.
    Absorbed {
        /// Its number.
        duplicate: String,
        /// When it was identified, by which sources: candidate starts of this one.
        starts: Vec<Candidate>,
    },
    /// It does no longer.
    Released {
        /// Its number.
        duplicate: String,
    },
    /// A link with another case or system no longer holds.
    Unlinked {
        /// `case`, `ezv`, `vendor`, ...
        system: String,
        /// The number there.
        reference: String,
    },
}

impl Work {
    /// Reads what an entry of that verb says from its body.
    ///
    /// # Errors
    /// When it is no such verb, or the body does not fit.
    pub fn read<'de, D>(verb: Verb, body: D) -> Result<Self, D::Error>
    where
        D: Deserializer<'de>,
    {
        Self::deserialize(Tagged { verb: verb.name(), body })
    }

    /// The verb of its entry.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::TaskAdded { .. } => Verb::TaskAdded,
            Self::TaskChanged { .. } => Verb::TaskChanged,
            Self::TaskDone { .. } => Verb::TaskDone,
            Self::TaskReopened { .. } => Verb::TaskReopened,
            Self::TaskDropped { .. } => Verb::TaskDropped,
            Self::Followed { .. } => Verb::Followed,
            Self::Unfollowed { .. } => Verb::Unfollowed,
            Self::TimeSpent { .. } => Verb::TimeSpent,
            Self::Merged { .. } => Verb::Merged,
            Self::Separated { .. } => Verb::Separated,
            Self::Absorbed { .. } => Verb::Absorbed,
            Self::Released { .. } => Verb::Released,
            Self::Unlinked { .. } => Verb::Unlinked,
        }
    }

    /// Whether that verb is one of these.
    #[must_use]
    pub const fn has(verb: Verb) -> bool {
        matches!(
            verb,
            Verb::TaskAdded
                | Verb::TaskChanged
                | Verb::TaskDone
                | Verb::TaskReopened
                | Verb::TaskDropped
                | Verb::Followed
                | Verb::Unfollowed
                | Verb::TimeSpent
                | Verb::Merged
                | Verb::Separated
                | Verb::Absorbed
                | Verb::Released
                | Verb::Unlinked
        )
    }

    /// The members of its body.
    ///
    /// # Errors
    /// Never for what is declared here; the encoder's own otherwise.
    pub fn body(&self) -> serde_json::Result<serde_json::Map<String, serde_json::Value>> {
        members(self)
    }

    /// The number of the task that it is about.
    #[must_use]
    pub const fn task(&self) -> Option<u32> {
        match self {
            Self::TaskAdded { task, .. }
            | Self::TaskChanged { task, .. }
            | Self::TaskDone { task }
            | Self::TaskReopened { task }
            | Self::TaskDropped { task } => Some(*task),
            _ => None,
        }
    }
}

/// A task as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number on the case, from 1.
    pub number: u32,
    /// The rule of the contract that asks for it.
    pub rule: Option<String>,
    /// The group that does it.
    pub team: Option<String>,
    /// Somebody who does it, by account.
    pub assignee: Option<String>,
    /// By when.
    pub due: Option<Timestamp>,
    /// The one side that knows of it.
    pub side: Option<Party>,
    /// When it was done.
    pub done: Option<Timestamp>,
    /// Nobody has to do it.
    pub dropped: bool,
}

impl Task {
    /// Whether somebody has to do it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.done.is_none() && !self.dropped
    }

    /// Whether that side knows of it.
    #[must_use]
    pub fn is_for(&self, side: Party) -> bool {
        self.side.is_none_or(|own| own == side)
    }
}

/// Time as it was spent, corrections taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Its number on the case, from 1.
    pub number: u32,
    /// Whose, by account.
    pub person: String,
    /// How.
    pub effort: Effort,
    /// How long.
    pub minutes: u32,
    /// When it was said to have been spent.
    pub at: Timestamp,
    /// A later one stands in its place.
    pub corrected: bool,
}

/// What was done around a case, as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Tasks, in the order in which they are to be done.
    pub tasks: Vec<Task>,
    /// The accounts that follow it.
    pub followers: Vec<String>,
    /// Time spent, in its order.
    pub spent: Vec<Spent>,
    /// The case that goes on in its place, and since when.
    pub merged: Option<(Timestamp, String)>,
    /// The cases that go on in this one, with their candidate starts.
    pub absorbed: Vec<(String, Vec<Candidate>)>,
}

impl Workload {
    /// Nothing.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self { tasks: Vec::new(), followers: Vec::new(), spent: Vec::new(), merged: None, absorbed: Vec::new() }
    }

    /// The task of that number.
    #[must_use]
    pub fn task(&self, number: u32) -> Option<&Task> {
        self.tasks.iter().find(|t| t.number == number)
    }

    /// Tasks that somebody of that side knows of and somebody has to do.
    pub fn open_tasks(&self, side: Party) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(move |t| t.is_open() && t.is_for(side))
    }

    /// Minutes spent, each correction in the place of what it corrects.
    #[must_use]
    pub fn minutes(&self) -> u64 {
        self.spent.iter().filter(|s| !s.corrected).map(|s| u64::from(s.minutes)).sum()
    }

    /// The number of the next task.
    #[must_use]
    pub fn next_task(&self) -> u32 {
        self.tasks.iter().map(|t| t.number).max().unwrap_or_default().saturating_add(1)
    }

    /// The number of the next time spent.
    #[must_use]
    pub fn next_spent(&self) -> u32 {
        self.spent.iter().map(|s| s.number).max().unwrap_or_default().saturating_add(1)
    }

    /// Takes up what was done; they MUST come in order.
    pub(crate) fn take(&mut self, at: Timestamp, work: &Work) {
        match work {
            Work::TaskAdded { task, rule, team, assignee, due, visible_to } => self.tasks.push(Task {
                number: *task,
                rule: rule.clone(),
                team: team.clone(),
                assignee: assignee.clone(),
                due: *due,
                side: *visible_to,
                done: None,
                dropped: false,
            }),
            Work::TaskChanged { task, team, assignee, due, place } => {
                self.change(*task, |t| {
                    t.team.clone_from(team);
                    t.assignee.clone_from(assignee);
                    t.due = *due;
                });
                if let Some(place) = place {
                    self.put(*task, *place);
                }
            }
            Work::TaskDone { task } => self.change(*task, |t| t.done = Some(at)),
            Work::TaskReopened { task } => self.change(*task, |t| (t.done, t.dropped) = (None, false)),
            Work::TaskDropped { task } => self.change(*task, |t| t.dropped = true),
            Work::Followed { account } => {
                if !self.followers.contains(account) {
                    self.followers.push(account.clone());
                }
            }
            Work::Unfollowed { account } => self.followers.retain(|a| a != account),
            Work::TimeSpent { spent, person, effort, minutes, corrects } => {
                if let Some(before) = corrects.and_then(|n| self.spent.iter_mut().find(|s| s.number == n)) {
                    before.corrected = true;
                }
                let (person, minutes) = (person.clone(), *minutes);
                self.spent.push(Spent {
                    number: *spent,
                    person,
                    effort: *effort,
                    minutes,
                    at,
                    corrected: minutes == 0,
                });
            }
            Work::Merged { into } => self.merged = Some((at, into.clone())),
            Work::Separated { .. } => self.merged = None,
            Work::Absorbed { duplicate, starts } => {
                self.absorbed.retain(|(number, _)| number != duplicate);
                self.absorbed.push((duplicate.clone(), starts.clone()));
            }
            Work::Released { duplicate } => self.absorbed.retain(|(number, _)| number != duplicate),
            Work::Unlinked { .. } => {}
        }
    }

    fn change(&mut self, number: u32, change: impl FnOnce(&mut Task)) {
        if let Some(task) = self.tasks.iter_mut().find(|t| t.number == number) {
            change(task);
        }
    }

    /// Puts a task at a place among the others, counted from 1.
    fn put(&mut self, number: u32, place: u32) {
        let Some(from) = self.tasks.iter().position(|t| t.number == number) else { return };
        let task = self.tasks.remove(from);
        let to = usize::try_from(place.saturating_sub(1)).unwrap_or(usize::MAX).min(self.tasks.len());
        self.tasks.insert(to, task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    fn added(task: u32, visible_to: Option<Party>) -> Work {
        Work::TaskAdded { task, rule: None, team: Some("go".into()), assignee: None, due: None, visible_to }
    }

    fn workload(work: &[Work]) -> Workload {
        let mut load = Workload::new();
        work.iter().enumerate().for_each(|(n, w)| load.take(at(i64::try_from(n).unwrap()), w));
        load
    }

    #[test]
    fn every_kind_of_work_reads_back_from_the_body_of_its_entry() {
        let candidate = Candidate { source: vigie_contract::Source::Ezv, at: at(1), direct: false };
        let all = [
            added(1, Some(Party::Provider)),
            Work::TaskChanged { task: 1, team: None, assignee: Some("a".into()), due: Some(at(3)), place: Some(2) },
            Work::TaskDone { task: 1 },
            Work::TaskReopened { task: 1 },
            Work::TaskDropped { task: 1 },
            Work::Followed { account: "a".into() },
            Work::Unfollowed { account: "a".into() },
            Work::TimeSpent { spent: 1, person: "a".into(), effort: Effort::OnSite, minutes: 45, corrects: None },
            Work::Merged { into: "VG-2026-000001".into() },
            Work::Separated { from: "VG-2026-000001".into() },
            Work::Absorbed { duplicate: "VG-2026-000002".into(), starts: vec![candidate] },
            Work::Released { duplicate: "VG-2026-000002".into() },
            Work::Unlinked { system: "case".into(), reference: "VG-2026-000002".into() },
        ];
        for work in all {
            assert!(Work::has(work.verb()));
            assert_eq!(Work::read(work.verb(), work.body().unwrap()).unwrap(), work);
        }
        assert!(Work::read(Verb::TaskDone, serde_json::Map::new()).is_err());
        assert!(!Work::has(Verb::Restored));
    }

    #[test]
    fn a_task_is_moved_done_and_taken_up_again_and_only_its_side_counts_it() {
        let moved = Work::TaskChanged { task: 3, team: None, assignee: None, due: None, place: Some(1) };
        let load = workload(&[added(1, None), added(2, Some(Party::Provider)), added(3, None), moved]);
        assert_eq!(load.tasks.iter().map(|t| t.number).collect::<Vec<_>>(), [3, 1, 2]);
        let open = |load: &Workload, side| load.open_tasks(side).map(|t| t.number).collect::<Vec<_>>();
        assert_eq!((open(&load, Party::Provider), open(&load, Party::Customer)), (vec![3, 1, 2], vec![3, 1]));
        let load = workload(&[added(1, None), Work::TaskDone { task: 1 }]);
        assert_eq!((open(&load, Party::Provider), load.next_task()), (vec![], 2));
        let load = workload(&[added(1, None), Work::TaskDone { task: 1 }, Work::TaskReopened { task: 1 }]);
        assert_eq!(open(&load, Party::Provider), [1]);
        let load = workload(&[added(1, None), Work::TaskDropped { task: 1 }]);
        assert_eq!(open(&load, Party::Provider), Vec::<u32>::new());
    }

    #[test]
    fn a_correction_stands_in_the_place_of_what_it_corrects_and_zero_takes_it_back() {
        let spent = |spent, minutes, corrects| Work::TimeSpent {
            spent,
            person: "a".into(),
            effort: Effort::Remote,
            minutes,
            corrects,
        };
        assert_eq!(workload(&[spent(1, 30, None), spent(2, 20, None)]).minutes(), 50);
        assert_eq!(workload(&[spent(1, 30, None), spent(2, 20, Some(1))]).minutes(), 20);
        assert_eq!(workload(&[spent(1, 30, None), spent(2, 0, Some(1))]).minutes(), 0);
    }
}
