//! What the service desk needs of a contract: teams, forms, changes, the question at closure.

use std::collections::BTreeSet;

use super::{Checker, ids, names::Names};
use crate::{
    model::{AuthorityRule, CatalogueItem, Class, FieldKind, Label, Party, Risk, Trigger},
    phrases,
    problem::Problem,
    tree::Step,
};

/// Highest level at which a team works: the makers (AMB-71).
const HIGHEST_LEVEL: u8 = 4;

pub(super) fn check(checker: &mut Checker<'_>) {
    let names = Names::of(checker.contract);
    declared_once(checker);
    teams(checker, &names);
    fields(checker);
    items(checker, &names);
    tasks(checker);
    changes(checker, &names);
    recurrences(checker);
    satisfaction(checker);
}

/// The path of a value inside the `index`th element of a list.
fn inside<'a>(table: &'a str, index: usize, rest: &[Step<'a>]) -> Vec<Step<'a>> {
    [Step::Key(table), Step::Index(index)].into_iter().chain(rest.iter().copied()).collect()
}

fn declared_once(checker: &mut Checker<'_>) {
    let c = checker.contract;
    let criteria = ids(&c.priorities.criteria, |r| r.id.clone());
    checker.unique("priorities.toml", "criterion", phrases::CRITERION, "id", criteria);
    checker.unique("teams.toml", "team", phrases::TEAM, "id", ids(&c.teams.teams, |r| r.id.clone()));
    checker.unique("teams.toml", "route", phrases::ROUTE, "id", ids(&c.teams.routes, |r| r.id.clone()));
    checker.unique("catalogue.toml", "field", phrases::FIELD, "id", ids(&c.catalogue.fields, |r| r.id.clone()));
    checker.unique("catalogue.toml", "task", phrases::TASK, "id", ids(&c.catalogue.tasks, |r| r.id.clone()));
    let changes = &c.changes;
    let file = "changes.toml";
    checker.unique(file, "type", phrases::CHANGE_TYPE, "id", ids(&changes.types, |r| r.id.clone()));
    checker.unique(file, "college", phrases::COLLEGE, "id", ids(&changes.colleges, |r| r.id.clone()));
    checker.unique(file, "urgent_criterion", phrases::CRITERION, "id", ids(&changes.urgent_criteria, |r| r.id.clone()));
    checker.unique(file, "notice", phrases::DOMAIN, "domain", ids(&changes.notices, |r| r.domain.clone()));
    let sections = ids(&changes.sections, |r| format!("{} {}", r.class.name(), r.id));
    checker.unique(file, "section", phrases::SECTION, "id", sections);
    checker.unique(file, "stage", phrases::STAGE, "id", ids(&changes.stages, |r| r.id.clone()));
    checker.unique(file, "recurrence", phrases::RECURRENCE, "id", ids(&changes.recurrences, |r| r.id.clone()));
}

fn teams(checker: &mut Checker<'_>, names: &Names) {
    let file = "teams.toml";
    let c = checker.contract;
    let teams = ids(&c.teams.teams, |t| t.id.clone());
    let reasons = ids(&c.clocks.pauses, |p| p.reason.clone());
    let mut asked: Vec<String> = ids(&c.catalogue.subjects, |s| s.id.clone());
    asked.extend(ids(&c.catalogue.items, |i| i.id.clone()));
    for (i, team) in c.teams.teams.iter().enumerate() {
        if let Some(support) = &team.support {
            let at = inside("team", i, &["support".into(), "calendar".into()]);
            checker.known(file, &at, phrases::CALENDAR, &support.calendar.0, &names.calendars);
            if team.party != Party::ThirdParty {
                let reason = Label::new("seul un tiers a un support", "only a third party has a support");
                let remedy = Label::new(
                    "écrire `party = \"third_party\"`, ou retirer le support",
                    "write `party = \"third_party\"`, or remove the support",
                );
                let problem = Problem::Disagreement { reason, remedy };
                checker.error(file, &inside("team", i, &["support".into()]), problem);
            }
        }
        for (j, role) in team.roles.iter().enumerate() {
            checker.known(file, &inside("team", i, &["roles".into(), j.into()]), phrases::ROLE, &role.0, &names.roles);
        }
        if let Some(reason) = &team.pause {
            checker.known(file, &inside("team", i, &["pause".into()]), phrases::SUSPENSION, &reason.0, &reasons);
        }
        for (j, level) in team.levels.iter().enumerate().filter(|(_, level)| **level > HIGHEST_LEVEL) {
            let reason = Label::new(format!("il n'y a pas de niveau {level}"), format!("there is no level {level}"));
            let remedy = Label::new(
                format!("écrire un niveau de 0 à {HIGHEST_LEVEL}"),
                format!("write a level from 0 to {HIGHEST_LEVEL}"),
            );
            checker.error(
                file,
                &inside("team", i, &["levels".into(), j.into()]),
                Problem::Disagreement { reason, remedy },
            );
        }
    }
    for (i, route) in c.teams.routes.iter().enumerate() {
        checker.known(file, &inside("route", i, &["team".into()]), phrases::TEAM, &route.team.0, &teams);
        if let Some(calendar) = &route.outside {
            checker.known(
                file,
                &inside("route", i, &["outside".into()]),
                phrases::CALENDAR,
                &calendar.0,
                &names.calendars,
            );
        }
        for (j, service) in route.services.iter().enumerate() {
            let at = inside("route", i, &["services".into(), j.into()]);
            checker.known(file, &at, phrases::SERVICE, &service.0, &names.services);
        }
        for (j, item) in route.items.iter().enumerate() {
            let at = inside("route", i, &["items".into(), j.into()]);
            checker.known(file, &at, phrases::SUBJECT_OR_ITEM, item, &asked);
        }
    }
}

/// A choice offers answers, and nothing else does.
fn fields(checker: &mut Checker<'_>) {
    let file = "catalogue.toml";
    for (i, field) in checker.contract.catalogue.fields.iter().enumerate() {
        let at = inside("field", i, &["choices".into()]);
        match (field.kind == FieldKind::Choice, field.choices.is_empty()) {
            (true, true) => checker.error(file, &at, Problem::Empty { what: phrases::CHOICES }),
            (false, false) => {
                let reason = Label::new(
                    format!("le champ `{}` n'est pas un choix et offre des choix", field.id),
                    format!("the field `{}` is no choice and offers choices", field.id),
                );
                let remedy = Label::new(
                    "écrire `kind = \"choice\"`, ou retirer les choix",
                    "write `kind = \"choice\"`, or remove the choices",
                );
                checker.error(file, &at, Problem::Disagreement { reason, remedy });
            }
            _ => {}
        }
        for (j, choice) in field.choices.iter().enumerate() {
            let earlier = field.choices.iter().take(j).position(|c| c.id == choice.id);
            if let Some(k) = earlier {
                let step = |n: usize| inside("field", i, &["choices".into(), n.into(), "id".into()]);
                let first = checker.sources.place(checker.tree.offset(file, &step(k)));
                let problem = Problem::Duplicate { what: phrases::CHOICE, id: choice.id.clone(), first };
                checker.error(file, &step(j), problem);
            }
        }
    }
}

/// Who does a task is a team of the contract, and it is asked for on cases that there are.
fn tasks(checker: &mut Checker<'_>) {
    let file = "catalogue.toml";
    let c = checker.contract;
    let teams = ids(&c.teams.teams, |t| t.id.clone());
    let classes = ids(&Class::CASES, |class| class.name());
    let mut asked: Vec<String> = ids(&c.catalogue.subjects, |s| s.id.clone());
    asked.extend(ids(&c.catalogue.items, |i| i.id.clone()));
    for (i, task) in c.catalogue.tasks.iter().enumerate() {
        checker.known(file, &inside("task", i, &["class".into()]), phrases::CASE_CLASS, task.class.name(), &classes);
        if let Some(team) = &task.team {
            checker.known(file, &inside("task", i, &["team".into()]), phrases::TEAM, &team.0, &teams);
        }
        for (j, item) in task.items.iter().enumerate() {
            let at = inside("task", i, &["items".into(), j.into()]);
            checker.known(file, &at, phrases::SUBJECT_OR_ITEM, item, &asked);
        }
    }
}

fn items(checker: &mut Checker<'_>, names: &Names) {
    let file = "catalogue.toml";
    let c = checker.contract;
    let fields = ids(&c.catalogue.fields, |f| f.id.clone());
    let topics: Vec<String> = c
        .obligations
        .iter()
        .filter_map(|o| match &o.trigger {
            Trigger::Event(event) if event.kind == "request.raised" => event.with.get("topic").cloned(),
            _ => None,
        })
        .collect();
    for (i, item) in c.catalogue.items.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for (key, list) in [("asks", &item.asks), ("may_ask", &item.may_ask)] {
            for (j, id) in list.iter().enumerate() {
                let at = inside("item", i, &[key.into(), j.into()]);
                checker.known(file, &at, phrases::FIELD, id, &fields);
                if !seen.insert(id) {
                    let reason = Label::new(
                        format!("le champ `{id}` est demandé deux fois"),
                        format!("the field `{id}` is asked for twice"),
                    );
                    let remedy = Label::new("garder l'un des deux", "keep one of the two");
                    checker.error(file, &at, Problem::Disagreement { reason, remedy });
                }
            }
        }
        limits(checker, i, item);
        let roles = item.approval.iter().map(|r| (inside("item", i, &["approval".into()]), r));
        let reserved = item.reserved_to.iter().enumerate();
        for (at, role) in roles.chain(reserved.map(|(j, r)| (inside("item", i, &["reserved_to".into(), j.into()]), r)))
        {
            checker.known(file, &at, phrases::ROLE, &role.0, &names.roles);
        }
        for (key, topic) in [("raises", &item.raises), ("urgent_raises", &item.urgent_raises)] {
            if let Some(topic) = topic {
                let at = inside("item", i, &[key.into()]);
                checker.known(file, &at, phrases::TOPIC, topic, &topics);
            }
        }
        let urgent = [
            ("urgent_delay", item.urgent_delay.is_some()),
            ("urgent_channel", item.urgent_channel.is_some()),
            ("urgent_raises", item.urgent_raises.is_some()),
        ];
        for (key, _) in urgent.into_iter().filter(|(_, said)| *said && !item.urgent_allowed) {
            let reason = Label::new(
                format!("`{key}` est dit d'un type de demande qui n'est jamais urgent"),
                format!("`{key}` is said of a request type that is never urgent"),
            );
            let remedy = Label::new(
                format!("écrire `urgent_allowed = true`, ou retirer `{key}`"),
                format!("write `urgent_allowed = true`, or remove `{key}`"),
            );
            checker.error(file, &inside("item", i, &[key.into()]), Problem::Disagreement { reason, remedy });
        }
    }
}

/// Only a number that the form asks for has a limit, and a limit above zero.
fn limits(checker: &mut Checker<'_>, index: usize, item: &CatalogueItem) {
    let file = "catalogue.toml";
    let c = checker.contract;
    for (id, limit) in &item.limits {
        let at = inside("item", index, &["limits".into(), id.as_str().into()]);
        let number = c.catalogue.form(item).any(|(f, _)| f.id == *id && f.kind == FieldKind::Number);
        if !number {
            let reason = Label::new(
                format!("le formulaire ne demande aucun nombre `{id}`"),
                format!("the form asks for no number `{id}`"),
            );
            let remedy = Label::new(
                format!("demander un champ `{id}` de nature `number`, ou retirer sa limite"),
                format!("ask for a field `{id}` of kind `number`, or remove its limit"),
            );
            checker.error(file, &at, Problem::Disagreement { reason, remedy });
        }
        if limit.most == 0 {
            checker.error(file, &at, Problem::Zero { what: phrases::LIMIT });
        }
    }
}

fn changes(checker: &mut Checker<'_>, names: &Names) {
    let file = "changes.toml";
    let c = checker.contract;
    let colleges = ids(&c.changes.colleges, |r| r.id.clone());
    for (i, kind) in c.changes.types.iter().enumerate() {
        for (j, college) in kind.opinions.iter().enumerate() {
            let at = inside("type", i, &["opinions".into(), j.into()]);
            checker.known(file, &at, phrases::COLLEGE, &college.0, &colleges);
        }
        if let AuthorityRule::ByRisk(by) = &kind.authority {
            for risk in Risk::ALL.into_iter().filter(|risk| !by.contains_key(risk)) {
                let reason = Label::new(
                    format!("personne n'autorise un changement de risque {risk:?}"),
                    format!("nobody authorises a change of risk {risk:?}"),
                );
                let remedy = Label::new(
                    "nommer une autorité pour `low`, `medium` et `high`",
                    "name an authority for `low`, `medium` and `high`",
                );
                checker.error(
                    file,
                    &inside("type", i, &["authority".into()]),
                    Problem::Disagreement { reason, remedy },
                );
            }
        }
    }
    for (i, college) in c.changes.colleges.iter().enumerate() {
        for (j, role) in college.roles.iter().enumerate() {
            checker.known(
                file,
                &inside("college", i, &["roles".into(), j.into()]),
                phrases::ROLE,
                &role.0,
                &names.roles,
            );
        }
    }
    for (i, notice) in c.changes.notices.iter().enumerate() {
        for (j, service) in notice.services.iter().enumerate() {
            let at = inside("notice", i, &["services".into(), j.into()]);
            checker.known(file, &at, phrases::SERVICE, &service.0, &names.services);
        }
        if let Some(key) = &notice.missing {
            let at = inside("notice", i, &["missing".into()]);
            checker.known(file, &at, phrases::MISSING_KEY, key, &names.missing);
        }
        if notice.delay.is_some() == notice.missing.is_some() {
            let reason = Label::new(
                format!("le préavis de `{}` n'est ni donné ni manquant, ou les deux", notice.domain),
                format!("the notice of `{}` is neither given nor missing, or both", notice.domain),
            );
            let remedy = Label::new("écrire `delay`, ou `missing = \"clé\"`", "write `delay`, or `missing = \"key\"`");
            checker.error(file, &inside("notice", i, &["domain".into()]), Problem::Disagreement { reason, remedy });
        }
    }
}

/// One incident recurs with nothing, and incidents that have nothing in common are not similar.
fn recurrences(checker: &mut Checker<'_>) {
    let file = "changes.toml";
    for (i, rule) in checker.contract.changes.recurrences.iter().enumerate() {
        if rule.count < 2 {
            let reason = Label::new(
                format!("{} incident ne se répète pas", rule.count),
                format!("{} incident does not recur", rule.count),
            );
            let remedy = Label::new("écrire 2 ou plus", "write 2 or more");
            let at = inside("recurrence", i, &["count".into()]);
            checker.error(file, &at, Problem::Disagreement { reason, remedy });
        }
        if rule.same.is_empty() {
            let at = inside("recurrence", i, &["same".into()]);
            checker.error(file, &at, Problem::Empty { what: phrases::COMMON });
        }
        if rule.within.amount == 0 {
            checker.error(
                file,
                &inside("recurrence", i, &["within".into()]),
                Problem::Zero { what: phrases::TIME_TO_LOOK_BACK },
            );
        }
    }
}

/// Scores rise from answer to answer, and one of them satisfies.
fn satisfaction(checker: &mut Checker<'_>) {
    let file = "satisfaction.toml";
    let Some(question) = &checker.contract.satisfaction.question else { return };
    let at = |key: &'static str| [Step::Key("question"), Step::Key(key)];
    if question.answers.len() < 2 {
        checker.error(file, &at("answers"), Problem::Empty { what: phrases::ANSWERS });
    }
    if question.classes.is_empty() {
        checker.error(file, &at("classes"), Problem::Empty { what: phrases::CASE_CLASSES });
    }
    if !question.answers.is_sorted_by(|a, b| a.score < b.score) {
        let reason = Label::new("les notes des réponses ne croissent pas", "the scores of the answers do not rise");
        let remedy = Label::new(
            "écrire la pire réponse d'abord, chacune avec une note plus haute",
            "write the worst answer first, each with a higher score",
        );
        checker.error(file, &at("answers"), Problem::Disagreement { reason, remedy });
    }
    if !question.answers.iter().any(|a| a.score == question.satisfied_from) {
        let reason = Label::new(
            format!("aucune réponse n'a la note {}", question.satisfied_from),
            format!("no answer has the score {}", question.satisfied_from),
        );
        let remedy = Label::new(
            "écrire la note de la première réponse qui satisfait",
            "write the score of the first answer that satisfies",
        );
        checker.error(file, &at("satisfied_from"), Problem::Disagreement { reason, remedy });
    }
    if question.open_for.amount == 0 {
        checker.error(file, &at("open_for"), Problem::Zero { what: phrases::TIME_TO_ANSWER });
    }
}
