//! What a program reads and says of what is done around a case: tasks, time, following, joined cases.

use serde_json::{Map, Value};
use vigie_contract::{Contract, Party, TaskRule, Verb};
use vigie_rules::{desk::Act, life::Life, work::Work};

use super::{
    read::{field, one_of},
    shapes::{CaseOut, LinkOut, TaskOut, WholeCaseOut},
};
use crate::{
    features::desk::{
        act::Detail,
        view::{CaseFile, Words},
    },
    web::api::{Caller, Problem},
};

/// Whether an act is read here.
pub(super) const fn is_here(act: Act) -> bool {
    act.is_aside() || matches!(act, Act::Merge | Act::Separate | Act::Unlink)
}

/// The particulars of an act, as the journal reads them from its body. Numbers are the case's to give, and
/// one's own name is one's account's.
pub(super) fn read(act: Act, mut body: Map<String, Value>, caller: &Caller) -> Result<Work, Problem> {
    let own = Value::String(caller.account.clone());
    match act {
        Act::AddTask => {
            body.insert("task".to_owned(), 0.into());
            body.remove("visible_to");
        }
        Act::SpendTime => {
            body.insert("spent".to_owned(), 0.into());
            body.entry("person").or_insert(own);
        }
        Act::Follow | Act::Unfollow => _ = body.insert("account".to_owned(), own),
        Act::Separate => _ = body.insert("from".to_owned(), Value::String(String::new())),
        _ => {}
    }
    let verb = Verb::from_name(act.verb()).ok_or_else(|| one_of("/act", &Act::ALL.map(Act::verb)))?;
    let unreadable = |e| field("/detail", format!("Lecture impossible : {e}"), format!("Cannot be read: {e}"));
    Work::read(verb, body).map_err(unreadable)
}

/// A task of the contract.
pub(super) fn rule<'c>(contract: &'c Contract, id: &str) -> Result<&'c TaskRule, Problem> {
    let tasks = &contract.catalogue.tasks;
    let known: Vec<&str> = tasks.iter().map(|t| t.id.as_str()).collect();
    tasks.iter().find(|t| t.id == id).ok_or_else(|| one_of("/detail/rule", &known))
}

/// A task of the contract has its group and its delay, as far as the caller said nothing else.
pub(super) fn of_rule(work: Work, rule: &TaskRule) -> Detail {
    let Work::TaskAdded { task, rule: id, team, assignee, due, visible_to } = work else {
        return Detail::Work(work, None);
    };
    let team = team.or_else(|| rule.team.as_ref().map(|t| t.0.clone()));
    let within = rule.within.filter(|_| due.is_none());
    Detail::Work(Work::TaskAdded { task, rule: id, team, assignee, due, visible_to }, within)
}

/// A case with all that only its own page tells.
pub(super) fn whole(
    case: CaseOut,
    file: &CaseFile,
    life: &Life,
    reader: Party,
    offered: Vec<&'static str>,
) -> WholeCaseOut {
    let load = life.workload();
    let title = |number: u32| {
        let of = file.entries.iter().rev().filter(|e| e.verb().starts_with("task_"));
        let mut of = of.filter(|e| e.json().get("task").and_then(Value::as_u64) == Some(u64::from(number)));
        of.find_map(|e| match &e.said {
            Words::Kept { texts, .. } => texts.text.clone(),
            _ => None,
        })
    };
    let tasks = load.tasks.iter().filter(|t| t.is_for(reader)).map(|t| TaskOut {
        task: t.number,
        title: title(t.number),
        team: t.team.clone(),
        assignee: t.assignee.clone(),
        due: t.due.map(|at| at.to_string()),
        done_at: t.done.map(|at| at.to_string()),
        dropped: t.dropped,
        internal: t.side.is_some(),
    });
    let links = life.progress().links.iter().map(|l| LinkOut {
        system: l.system.clone(),
        reference: l.reference.clone(),
        relation: l.relation.map(vigie_rules::relation::Relation::name),
    });
    WholeCaseOut {
        fields: file.answers(),
        tasks: tasks.collect(),
        links: links.collect(),
        merged_into: load.merged.as_ref().map(|(_, into)| into.clone()),
        absorbed: load.absorbed.iter().map(|(number, _)| number.clone()).collect(),
        offered,
        case,
    }
}
