//! The forms of what is done around a case, and what was answered: tasks, time spent, following, joined cases.
//!
//! Whether any of it may follow is asked of the rules alone.

use jiff::Timestamp;
use serde_json::Value;
use vigie_contract::{Contract, Delay, Verb};
use vigie_rules::{
    desk::Act,
    work::{Effort, Work},
};

use super::{
    act::{MAX_REFERENCE, local_instant},
    form::{Field, Form},
    names::Names,
};
use crate::{
    features::desk::{act::Detail, tasks::of_rule},
    web::{Page, kit::Sent},
};

/// How long a task may take, as a form offers it: the delay and its message.
const DELAYS: [(&str, &str); 5] = [
    ("2 h", "within-2h"),
    ("4 h", "within-4h"),
    ("1 working day", "within-1d"),
    ("2 working days", "within-2d"),
    ("5 working days", "within-5d"),
];

/// Whether an act is read here.
pub(super) const fn is_here(act: Act) -> bool {
    act.is_aside() || matches!(act, Act::Merge | Act::Separate | Act::Unlink)
}

/// Who does a task, by when: what its two forms share.
pub(super) fn who_and_when(names: Names<'_>, form: &Form<'_>) -> Vec<Field> {
    let page = names.page;
    let delays = DELAYS.map(|(delay, key)| (delay.to_owned(), page.t(key)));
    vec![
        form.choice("equipe", "case-team", Some("task-anybody"), names.teams()),
        form.line("chez", "case-assignee", "text").hint(page.t("act-assignee-hint")),
        form.choice("dans", "task-within", Some("task-no-due"), delays.to_vec()),
        form.line("echeance", "task-due", "datetime-local").hint(page.t("task-due-hint")),
    ]
}

/// What an act among the others of the page asks to be said.
pub(super) fn fields(form: &Form<'_>, act: Act) -> Vec<Field> {
    match act {
        Act::Merge => vec![form.line("dans", "merge-into", "text").required().hint(form.page.t("merge-hint"))],
        _ => Vec::new(),
    }
}

/// The words of an act: a task of the contract brings its own.
pub(super) fn words(page: &Page, contract: &Contract, act: Act, sent: &Sent) -> Option<String> {
    let rule = (act == Act::AddTask).then(|| of_rule(contract, sent.get("regle"))).flatten();
    rule.map(|(_, label)| page.label(label).to_owned()).or_else(|| sent.said("texte"))
}

/// Reads the particulars of an act; `Err` names the field and the message of what is wrong with it.
pub(super) fn read(
    page: &Page,
    contract: &Contract,
    act: Act,
    sent: &Sent,
) -> Result<Detail, (&'static str, &'static str)> {
    let number = |field: &'static str| sent.get(field).parse::<u32>().map_err(|_| (field, "problem-number"));
    let account = || page.viewer.as_ref().map(|v| v.name.clone()).unwrap_or_default();
    let due = || -> Result<Option<Timestamp>, (&'static str, &'static str)> {
        let Some(typed) = sent.said("echeance") else { return Ok(None) };
        local_instant(page, &typed).map(Some).ok_or(("echeance", "problem-instant"))
    };
    // A date that was typed says more than a delay.
    let within = || -> Result<Option<Delay>, (&'static str, &'static str)> {
        let typed = sent.said("dans").filter(|_| sent.said("echeance").is_none());
        typed.map(|d| d.parse().map_err(|_| ("dans", "problem-choose"))).transpose()
    };
    let mut limit = None;
    let work = match act {
        Act::AddTask => {
            let rule = sent.said("regle").map(|id| of_rule(contract, &id).ok_or(("regle", "problem-choose")));
            let (mut team, mut due) = (sent.said("equipe"), due()?);
            limit = within()?;
            let mut of = None;
            if let Some((rule, _)) = rule.transpose()? {
                of = Some(rule.id.clone());
                team = rule.team.as_ref().map(|t| t.0.clone());
                (due, limit) = (None, rule.within);
            }
            Work::TaskAdded { task: 0, rule: of, team, assignee: sent.said("chez"), due, visible_to: None }
        }
        Act::ChangeTask => {
            limit = within()?;
            let place = sent.said("place").map(|_| number("place")).transpose()?;
            let (task, team, assignee) = (number("tache")?, sent.said("equipe"), sent.said("chez"));
            Work::TaskChanged { task, team, assignee, due: due()?, place }
        }
        Act::FinishTask => Work::TaskDone { task: number("tache")? },
        Act::ReopenTask => Work::TaskReopened { task: number("tache")? },
        Act::DropTask => Work::TaskDropped { task: number("tache")? },
        Act::Follow => Work::Followed { account: account() },
        Act::Unfollow => Work::Unfollowed { account: account() },
        Act::SpendTime => Work::TimeSpent {
            spent: 0,
            person: sent.said("personne").unwrap_or_else(account),
            effort: Effort::from_name(sent.get("nature")).ok_or(("nature", "problem-choose"))?,
            minutes: number("minutes")?,
            corrects: sent.said("corrige").map(|_| number("corrige")).transpose()?,
        },
        Act::Merge => {
            let into = sent.said("dans").ok_or(("dans", "problem-needed"))?.to_uppercase();
            if into.chars().count() > MAX_REFERENCE {
                return Err(("dans", "problem-reference"));
            }
            Work::Merged { into }
        }
        Act::Separate => Work::Separated { from: String::new() },
        _ => Work::Unlinked { system: sent.get("systeme").to_owned(), reference: sent.get("reference").to_owned() },
    };
    Ok(Detail::Work(work, limit))
}

/// What an entry says of what was done around a case, in words; empty for one that is nothing of it.
pub(super) fn told(names: Names<'_>, verb: &str, body: &Value) -> Option<String> {
    let page = names.page;
    let verb = Verb::from_name(verb).filter(|v| Work::has(*v))?;
    let work = Work::read(verb, body.clone()).ok()?;
    let task = |n: u32| page.t1("task-number", "n", n);
    let parts: Vec<Option<String>> = match work {
        Work::TaskAdded { task: n, team, assignee, due, .. }
        | Work::TaskChanged { task: n, team, assignee, due, .. } => {
            let due = due.map(|at| page.t1("notice-due", "at", page.format.instant(Some(at))));
            vec![Some(task(n)), team.map(|t| names.team(&t)), assignee, due]
        }
        Work::TaskDone { task: n } | Work::TaskReopened { task: n } | Work::TaskDropped { task: n } => {
            vec![Some(task(n))]
        }
        Work::TimeSpent { person, effort, minutes, corrects, .. } => vec![
            Some(page.t1("time-minutes", "n", minutes)),
            Some(page.t(effort_key(effort))),
            Some(person),
            corrects.map(|n| page.t1("time-corrects", "n", n)),
        ],
        Work::Merged { into: number } | Work::Separated { from: number } => vec![Some(number)],
        Work::Absorbed { duplicate, .. } | Work::Released { duplicate } => vec![Some(duplicate)],
        Work::Unlinked { system, reference } => vec![Some(page.t(super::act::system_key(&system))), Some(reference)],
        Work::Followed { .. } | Work::Unfollowed { .. } => Vec::new(),
    };
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// The message that names how time was spent.
pub(super) const fn effort_key(effort: Effort) -> &'static str {
    match effort {
        Effort::Remote => "effort-remote",
        Effort::OnSite => "effort-on-site",
        Effort::Travel => "effort-travel",
    }
}
