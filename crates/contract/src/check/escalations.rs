//! Warnings and escalations: each can fire, and somebody hears it.

use super::{Checker, ids, names::Names};
use crate::{
    model::{Escalation, Label, Moment, Recipient, Watched},
    phrases,
    problem::Problem,
    tree::Step,
};

const FILE: &str = "escalations.toml";

pub(super) fn check(checker: &mut Checker<'_>) {
    let names = Names::of(checker.contract);
    let c = checker.contract;
    let teams = ids(&c.teams.teams, |t| t.id.clone());
    checker.unique(FILE, "escalation", phrases::ESCALATION, "id", ids(&c.escalations.rules, |r| r.id.clone()));
    for (i, rule) in c.escalations.rules.iter().enumerate() {
        let at = |rest: &[Step<'static>]| -> Vec<Step<'static>> {
            [Step::Key("escalation"), Step::Index(i)].into_iter().chain(rest.iter().copied()).collect()
        };
        if let Watched::Clock(clock) = &rule.on {
            checker.known(FILE, &at(&["on".into(), "clock".into()]), phrases::CLOCK, &clock.0, &names.clocks);
        }
        for (j, recipient) in rule.tell.iter().enumerate() {
            let place = at(&["tell".into(), j.into()]);
            match recipient {
                Recipient::Role(role) => checker.known(FILE, &place, phrases::ROLE, &role.0, &names.roles),
                Recipient::Team(team) => checker.known(FILE, &place, phrases::TEAM, &team.0, &teams),
                Recipient::Obliged if rule.on != Watched::Obligations => {
                    let reason = Label::new(
                        "seule une obligation a un rôle qui y veille",
                        "only an obligation has a role that sees to it",
                    );
                    let remedy = Label::new(
                        "écrire `owner`, `team_in_charge`, un rôle ou une équipe",
                        "write `owner`, `team_in_charge`, a role or a team",
                    );
                    checker.error(FILE, &place, Problem::Disagreement { reason, remedy });
                }
                Recipient::Owner | Recipient::TeamInCharge | Recipient::Obliged => {}
            }
        }
        if rule.tell.is_empty() {
            checker.error(FILE, &at(&["tell".into()]), Problem::Empty { what: phrases::HEARERS });
        }
        if rule.by.is_empty() {
            checker.error(FILE, &at(&["by".into()]), Problem::Empty { what: phrases::CHANNELS });
        }
        if let Moment::Before(delay) = rule.at
            && delay.amount == 0
        {
            checker.error(FILE, &at(&["at".into()]), Problem::Zero { what: phrases::TIME_BEFORE });
        }
        fires(checker, rule, &at(&["on".into()]), &at(&["at".into()]));
    }
}

/// What is watched and when the rule fires must go together, or it never would.
fn fires(checker: &mut Checker<'_>, rule: &Escalation, on: &[Step<'_>], at: &[Step<'_>]) {
    if rule.at == Moment::Reminders && !matches!(rule.on, Watched::Obligations | Watched::ThirdParty) {
        let reason = Label::new(
            "seuls les obligations et les tiers ont des rappels",
            "only obligations and third parties have reminders",
        );
        let remedy = Label::new(
            "écrire `due`, `{ before = ... }` ou `{ share = ... }`",
            "write `due`, `{ before = ... }` or `{ share = ... }`",
        );
        checker.error(FILE, at, Problem::Disagreement { reason, remedy });
    }
    if matches!(rule.at, Moment::Share(_))
        && matches!(rule.on, Watched::FollowUp | Watched::Obligations | Watched::ThirdParty)
    {
        let reason = Label::new(
            "une part est celle du délai d'une horloge ou du tableau",
            "a share is of the delay of a clock or of the table",
        );
        let remedy = Label::new("écrire `due` ou `{ before = ... }`", "write `due` or `{ before = ... }`");
        checker.error(FILE, at, Problem::Disagreement { reason, remedy });
    }
    if (rule.unless.is_some() || rule.suspends) && !matches!(rule.on, Watched::Delay(_)) {
        let reason = Label::new(
            "`unless` et `suspends` vont avec un délai du tableau",
            "`unless` and `suspends` are for a delay of the table",
        );
        let remedy =
            Label::new("les retirer, ou surveiller `{ delay = ... }`", "remove them, or watch `{ delay = ... }`");
        checker.error(FILE, on, Problem::Disagreement { reason, remedy });
    }
    if let Watched::Delay(kind) = &rule.on {
        let table = &checker.contract.priorities.delays;
        let has = |p: &crate::model::Priority| table.iter().any(|d| d.kind == *kind && d.priority == *p);
        let lacking = rule.priorities.iter().find(|p| !has(p)).copied();
        let empty = rule.priorities.is_empty() && !table.iter().any(|d| d.kind == *kind);
        if lacking.is_some() || empty {
            let who = lacking.map_or_else(
                || Label::new("quelque priorité que ce soit", "any priority"),
                |p| Label::new(format!("la priorité {p}"), p.to_string()),
            );
            let reason = Label::new(
                format!(
                    "le tableau ne donne pas de délai {kind:?} pour {} : la règle ne se déclencherait jamais",
                    who.fr
                ),
                format!("the table gives no {kind:?} delay for {}: the rule would never fire", who.en),
            );
            let remedy = Label::new(
                "ajouter le délai à priorities.toml, ou retirer la priorité",
                "add the delay to priorities.toml, or remove the priority",
            );
            checker.error(FILE, on, Problem::Disagreement { reason, remedy });
        }
    }
}
