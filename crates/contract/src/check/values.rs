//! Values: complete where they must be, in order, and above zero.

use jiff::tz::TimeZone;

use super::Checker;
use crate::{
    model::{
        CalendarRule, DelayKind, Impact, InfraKind, Label, Measure, Priority, Trigger, Urgency, WeeklyWindows, Window,
    },
    phrases,
    problem::Problem,
    recurrence,
    tree::Step,
};

pub(super) fn check(checker: &mut Checker<'_>) {
    frame(checker);
    calendars(checker);
    priorities(checker);
    criteria(checker);
    indicators(checker);
    recurrences(checker);
    dues(checker);
    rights(checker);
}

fn frame(checker: &mut Checker<'_>) {
    let frame = &checker.contract.frame;
    if TimeZone::get(&frame.zone).is_err() {
        checker.error("contract.toml", &["zone".into()], Problem::Zone { zone: frame.zone.clone() });
    }
    if let (Some(from), Some(to)) = (frame.start, frame.end)
        && to < from
    {
        checker.error("contract.toml", &["end".into()], Problem::DatesReversed { from, to });
    }
}

/// The days of the week with their names in the file, Monday first.
fn days(weekly: &WeeklyWindows) -> [(&'static str, &[Window]); 7] {
    [
        ("mon", &weekly.mon),
        ("tue", &weekly.tue),
        ("wed", &weekly.wed),
        ("thu", &weekly.thu),
        ("fri", &weekly.fri),
        ("sat", &weekly.sat),
        ("sun", &weekly.sun),
    ]
}

fn calendars(checker: &mut Checker<'_>) {
    let file = "calendars.toml";
    for (i, calendar) in checker.contract.calendars.iter().enumerate() {
        let at = |rest: &[Step<'static>]| -> Vec<Step<'static>> {
            [Step::Key("calendar"), Step::Index(i)].into_iter().chain(rest.iter().copied()).collect()
        };
        for (day, windows) in days(&calendar.weekly) {
            in_order(checker, file, &at(&["weekly".into(), day.into()]), windows);
        }
        for (j, exception) in calendar.exceptions.iter().enumerate() {
            in_order(checker, file, &at(&["exceptions".into(), j.into(), "windows".into()]), &exception.windows);
        }
        never_opens(checker, &at(&["weekly".into()]), calendar);
        let dates = calendar.exceptions.iter().enumerate();
        for (j, exception) in dates {
            let earlier = calendar.exceptions.iter().take(j).position(|e| e.date == exception.date);
            if let Some(k) = earlier {
                let first = checker
                    .sources
                    .place(checker.tree.offset(file, &at(&["exceptions".into(), k.into(), "date".into()])));
                let problem =
                    Problem::Duplicate { what: phrases::EXCEPTIONAL_DAY, id: exception.date.to_string(), first };
                checker.error(file, &at(&["exceptions".into(), j.into(), "date".into()]), problem);
            }
        }
    }
}

/// A calendar that is never open would make every due time infinite.
fn never_opens(checker: &mut Checker<'_>, at: &[Step<'_>], calendar: &CalendarRule) {
    if days(&calendar.weekly).iter().all(|(_, windows)| windows.is_empty()) {
        checker.error("calendars.toml", at, Problem::Empty { what: phrases::WEEK });
    }
}

fn in_order(checker: &mut Checker<'_>, file: &str, at: &[Step<'_>], windows: &[Window]) {
    for (index, pair) in windows.windows(2).enumerate() {
        if let [first, second] = pair
            && first.close.is_none_or(|close| second.open < close)
        {
            let path: Vec<Step<'_>> = at.iter().copied().chain([Step::Index(index + 1)]).collect();
            checker.error(file, &path, Problem::Windows { first: first.to_string(), second: second.to_string() });
        }
    }
}

fn priorities(checker: &mut Checker<'_>) {
    let p = &checker.contract.priorities;
    let file = "priorities.toml";
    for urgency in [Urgency::U1, Urgency::U2] {
        for impact in [Impact::One, Impact::Two, Impact::Three] {
            if !p.cells.iter().any(|c| c.urgency == urgency && c.impact == impact) {
                checker.error(file, &["cell".into()], Problem::CellMissing { urgency, impact });
            }
        }
    }
    for priority in Priority::ALL {
        let Some(cell) = p.cells.iter().position(|c| c.priority == priority) else { continue };
        let at: [Step<'_>; 3] = ["cell".into(), cell.into(), "priority".into()];
        for infra in [InfraKind::NetworkToip, InfraKind::Other] {
            let fits = |d: &crate::model::PriorityDelay| {
                d.priority == priority && d.kind == DelayKind::Restoration && d.infra.is_none_or(|i| i == infra)
            };
            if !p.delays.iter().any(fits) {
                checker.error(file, &at, Problem::DelayMissing { priority, kind: DelayKind::Restoration, infra });
            }
        }
        if !p.windows.iter().any(|w| w.priority == priority) {
            checker.error(file, &at, Problem::WindowMissing { priority });
        }
    }
    for (i, rule) in p.overrides.iter().enumerate() {
        if rule.value.amount == 0 {
            checker.error(
                file,
                &["override".into(), i.into(), "value".into()],
                Problem::Zero { what: phrases::IMPOSED_DELAY },
            );
        }
    }
}

/// A criterion gives an urgency or an impact, and can hold.
fn criteria(checker: &mut Checker<'_>) {
    let file = "priorities.toml";
    for (i, criterion) in checker.contract.priorities.criteria.iter().enumerate() {
        let at = |key: &'static str| [Step::Key("criterion"), Step::Index(i), Step::Key(key)];
        if criterion.urgency.is_some() == criterion.impact.is_some() {
            let reason = Label::new(
                "un critère donne soit une urgence, soit un impact",
                "a criterion gives either an urgency or an impact",
            );
            let remedy = Label::new(
                "écrire l'un des deux ; un autre critère peut donner l'autre",
                "write one of the two; another criterion can give the other",
            );
            checker.error(file, &at("urgency"), Problem::Disagreement { reason, remedy });
        }
        if criterion.when.is_empty() || criterion.when.iter().any(Vec::is_empty) {
            checker.error(file, &at("when"), Problem::Empty { what: phrases::CONDITIONS });
        }
    }
    for (priority, rhythm) in &checker.contract.priorities.major.follow_up {
        if rhythm.amount == 0 {
            let name = priority.to_string();
            let at: [Step<'_>; 3] = ["major".into(), "follow_up".into(), name.as_str().into()];
            checker.error(file, &at, Problem::Zero { what: phrases::RHYTHM });
        }
    }
}

fn indicators(checker: &mut Checker<'_>) {
    let file = "indicators.toml";
    // Offsets by the order of the file; the model's rows are sorted.
    let rows = &checker.contract.indicators;
    for indicator in rows {
        let nth = checker.index_of_row(indicator.row);
        let at = |rest: &[Step<'static>]| -> Vec<Step<'static>> {
            [Step::Key("indicator"), Step::Index(nth)].into_iter().chain(rest.iter().copied()).collect()
        };
        if indicator.row == 0 {
            checker.error(file, &at(&["row".into()]), Problem::Zero { what: phrases::ROW });
        }
        if indicator.weight == 0 {
            checker.error(file, &at(&["weight".into()]), Problem::Zero { what: phrases::WEIGHT });
        }
        let zero = match &indicator.measure {
            Measure::CaseOverrun { step, .. } | Measure::ObligationLateness { step, .. } => step.amount == 0,
            Measure::CaseRate { step, .. } => *step.0.numer() == 0,
            Measure::ConfirmedFindings { committees } => {
                if committees.is_empty() {
                    checker.error(
                        file,
                        &at(&["measure".into(), "committees".into()]),
                        Problem::Empty { what: phrases::COMMITTEES },
                    );
                }
                false
            }
        };
        if zero {
            checker.error(file, &at(&["measure".into(), "step".into()]), Problem::Zero { what: phrases::STEP });
        }
        if !indicator.enabled && indicator.choice.is_none() {
            checker.error(file, &at(&["enabled".into()]), Problem::ChoiceMissing { what: phrases::ROW_DISABLED });
        }
    }
}

fn recurrences(checker: &mut Checker<'_>) {
    for (i, committee) in checker.contract.committees.iter().enumerate() {
        if let Some(rhythm) = &committee.rhythm {
            recurs(checker, "committees.toml", &["committee".into(), i.into(), "rhythm".into()], rhythm);
        }
    }
    for (i, obligation) in checker.contract.obligations.iter().enumerate() {
        if let Trigger::Recurrence(text) = &obligation.trigger {
            recurs(
                checker,
                "obligations.toml",
                &["obligation".into(), i.into(), "trigger".into(), "recurrence".into()],
                text,
            );
        }
    }
}

fn recurs(checker: &mut Checker<'_>, file: &str, at: &[Step<'_>], text: &str) {
    if let Err(reason) = recurrence::check(text) {
        checker.error(file, at, Problem::Recurrence { text: text.to_owned(), reason });
    }
}

/// A due time is given once: an offset, an agreed date, a missing value, or the date itself.
fn dues(checker: &mut Checker<'_>) {
    for (i, obligation) in checker.contract.obligations.iter().enumerate() {
        let due = &obligation.due;
        let at: [Step<'_>; 3] = ["obligation".into(), i.into(), "due".into()];
        let recurs = matches!(obligation.trigger, Trigger::Recurrence(_));
        let given = due.offset.is_some() || due.agreed || recurs;
        let ways = usize::from(given) + usize::from(due.missing.is_some());
        if ways != 1 {
            checker.error("obligations.toml", &at, Problem::Due { ways });
        }
        if recurs && due.agreed {
            let reason = Label::new(
                "une date qui revient ne porte pas de date convenue",
                "a recurring date carries no agreed date",
            );
            let remedy =
                Label::new("retirer `agreed`, ou partir d'un évènement", "remove `agreed`, or start it from an event");
            checker.error("obligations.toml", &at, Problem::Disagreement { reason, remedy });
        }
    }
}

/// Rights are `feature.action`, in lower case; `*` stands for all actions of a feature.
fn rights(checker: &mut Checker<'_>) {
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    for (i, role) in checker.contract.roles.iter().enumerate() {
        for (j, right) in role.may.iter().enumerate() {
            let good =
                right.split_once('.').is_some_and(|(feature, action)| word(feature) && (action == "*" || word(action)));
            if !good {
                let reason = Label::new(format!("`{right}` n'est pas un droit"), format!("`{right}` is not a right"));
                let remedy = Label::new(
                    "écrire `domaine.action`, par exemple `judgement.read` ou `judgement.*`",
                    "write `feature.action`, such as `judgement.read` or `judgement.*`",
                );
                checker.error(
                    "roles.toml",
                    &["role".into(), i.into(), "may".into(), j.into()],
                    Problem::Disagreement { reason, remedy },
                );
            }
        }
    }
}
