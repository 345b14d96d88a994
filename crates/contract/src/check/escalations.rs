//! Warnings and escalations: each can fire, and somebody hears it.

use super::{Checker, ids, names::Names};
use crate::{
    model::{Escalation, Moment, Recipient, Watched},
    problem::Problem,
    tree::Step,
};

const FILE: &str = "escalations.toml";

pub(super) fn check(checker: &mut Checker<'_>) {
    let names = Names::of(checker.contract);
    let c = checker.contract;
    let teams = ids(&c.teams.teams, |t| t.id.clone());
    checker.unique(FILE, "escalation", "escalation", "id", ids(&c.escalations.rules, |r| r.id.clone()));
    for (i, rule) in c.escalations.rules.iter().enumerate() {
        let at = |rest: &[Step<'static>]| -> Vec<Step<'static>> {
            [Step::Key("escalation"), Step::Index(i)].into_iter().chain(rest.iter().copied()).collect()
        };
        if let Watched::Clock(clock) = &rule.on {
            checker.known(FILE, &at(&["on".into(), "clock".into()]), "clock", &clock.0, &names.clocks);
        }
        for (j, recipient) in rule.tell.iter().enumerate() {
            let place = at(&["tell".into(), j.into()]);
            match recipient {
                Recipient::Role(role) => checker.known(FILE, &place, "role", &role.0, &names.roles),
                Recipient::Team(team) => checker.known(FILE, &place, "team", &team.0, &teams),
                Recipient::Obliged if rule.on != Watched::Obligations => {
                    let reason = "only an obligation has a role that sees to it".to_owned();
                    let remedy = "write `owner`, `team_in_charge`, a role or a team".into();
                    checker.error(FILE, &place, Problem::Disagreement { reason, remedy });
                }
                Recipient::Owner | Recipient::TeamInCharge | Recipient::Obliged => {}
            }
        }
        if rule.tell.is_empty() {
            checker.error(FILE, &at(&["tell".into()]), Problem::Empty { what: "list of who hears" });
        }
        if rule.by.is_empty() {
            checker.error(FILE, &at(&["by".into()]), Problem::Empty { what: "list of channels" });
        }
        if let Moment::Before(delay) = rule.at
            && delay.amount == 0
        {
            checker.error(FILE, &at(&["at".into()]), Problem::Zero { what: "time before" });
        }
        fires(checker, rule, &at(&["on".into()]), &at(&["at".into()]));
    }
}

/// What is watched and when the rule fires must go together, or it never would.
fn fires(checker: &mut Checker<'_>, rule: &Escalation, on: &[Step<'_>], at: &[Step<'_>]) {
    let disagree = |reason: &str, remedy: &str| Problem::Disagreement { reason: reason.into(), remedy: remedy.into() };
    if rule.at == Moment::Reminders && !matches!(rule.on, Watched::Obligations | Watched::ThirdParty) {
        let problem = disagree(
            "only obligations and third parties have reminders",
            "write `due`, `{ before = ... }` or `{ share = ... }`",
        );
        checker.error(FILE, at, problem);
    }
    if matches!(rule.at, Moment::Share(_))
        && matches!(rule.on, Watched::FollowUp | Watched::Obligations | Watched::ThirdParty)
    {
        let problem =
            disagree("a share is of the delay of a clock or of the table", "write `due` or `{ before = ... }`");
        checker.error(FILE, at, problem);
    }
    if (rule.unless.is_some() || rule.suspends) && !matches!(rule.on, Watched::Delay(_)) {
        let problem =
            disagree("`unless` and `suspends` are for a delay of the table", "remove them, or watch `{ delay = ... }`");
        checker.error(FILE, on, problem);
    }
    if let Watched::Delay(kind) = &rule.on {
        let table = &checker.contract.priorities.delays;
        let has = |p: &crate::model::Priority| table.iter().any(|d| d.kind == *kind && d.priority == *p);
        let lacking = rule.priorities.iter().find(|p| !has(p)).copied();
        let empty = rule.priorities.is_empty() && !table.iter().any(|d| d.kind == *kind);
        if lacking.is_some() || empty {
            let who = lacking.map_or_else(|| "any priority".to_owned(), |p| p.to_string());
            let reason = format!("the table gives no {kind:?} delay for {who}: the rule would never fire");
            let remedy = "add the delay to priorities.toml, or remove the priority".to_owned();
            checker.error(FILE, on, Problem::Disagreement { reason, remedy });
        }
    }
}
