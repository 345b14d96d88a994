//! From what a row has seen to its figure: gap, started steps, points, and why there is none.

use jiff::SignedDuration;
use num_rational::Ratio;
use vigie_contract::{ClockRule, Indicator, Label, Measure, Priority, TargetRule};

use super::Tally;
use crate::{
    book::Book,
    delay::{open_time, started_steps},
    judgement::{IndicatorResult, Item, Quantity, Status},
    words,
};

/// The figure of a row under one key.
pub(super) fn result(book: &Book, indicator: &Indicator, key: Option<String>, mut tally: Tally) -> IndicatorResult {
    tally.items.sort_by(|a, b| a.subject.cmp(&b.subject).then(a.start.cmp(&b.start)));
    tally.kept_items.sort_by(|a, b| a.subject.cmp(&b.subject));
    let mut r = IndicatorResult {
        key_label: key.as_ref().and_then(|k| type_label(book, k)),
        key,
        detail: indicator.detail.clone(),
        population: tally.decided,
        pending: tally.pending,
        ..IndicatorResult::blank(indicator.row, indicator.clause.clone(), indicator.label.clone(), indicator.weight)
    };
    describe(indicator, &mut r);
    if !indicator.enabled {
        r.status = Status::Disabled;
        r.notes.extend(indicator.choice.clone());
        return r;
    }
    if tally.without_target > 0 {
        r.notes.push(words::without_target(tally.without_target));
    }
    if tally.unrecorded > 0 {
        r.notes.push(words::unrecorded(tally.unrecorded));
    }
    if tally.decided == 0 {
        if let Some(why) =
            missing_value(book, indicator).or_else(|| (tally.without_target > 0).then(words::no_value_for_type))
        {
            r.status = Status::NotComputable;
            r.notes.insert(0, why);
        }
        return r;
    }
    measure(indicator, &tally, &mut r);
    r.points = r.steps.saturating_mul(u64::from(indicator.weight));
    if let Some(cap) = indicator.cap_points.map(u64::from).filter(|cap| r.points > *cap) {
        r.notes.push(words::capped(r.points, cap));
        r.points = cap;
    }
    r.status = if tally.items.is_empty() || (r.steps == 0 && matches!(indicator.measure, Measure::CaseRate { .. })) {
        Status::Met
    } else {
        Status::Missed
    };
    r.items = tally.items;
    r.kept = tally.kept_items;
    r
}

/// What people call a request or change type.
fn type_label(book: &Book, key: &str) -> Option<Label> {
    book.contract.catalogue.items.iter().find(|i| i.id.0 == key).map(|i| i.label.clone())
}

/// Why a row has no value whatever happened: the value that the contract lacks.
pub(super) fn missing_value(book: &Book, indicator: &Indicator) -> Option<Label> {
    match &indicator.measure {
        Measure::CaseOverrun { population, clock, .. } | Measure::CaseRate { population, clock, .. } => {
            let rule = book.clock(clock)?;
            lacks_target(book, rule, &population.priorities).then(|| words::no_delay(book, indicator, rule))
        }
        Measure::ObligationLateness { obligation, .. } => {
            let rule = book.contract.obligation(obligation)?;
            let key = rule.due.missing.as_ref()?;
            Some(book.contract.frame.missing.get(key).cloned().unwrap_or_else(|| rule.label.clone()))
        }
        Measure::ConfirmedFindings { .. } => None,
    }
}

fn lacks_target(book: &Book, rule: &ClockRule, priorities: &[Priority]) -> bool {
    match &rule.target {
        TargetRule::Catalogue => {
            book.contract.catalogue.items.iter().all(|i| i.delay.is_none() && i.urgent_delay.is_none())
        }
        TargetRule::ByPriority(by) => !priorities.iter().any(|p| by.contains_key(p)),
        TargetRule::PriorityDelay(_) | TargetRule::Fixed(_) | TargetRule::Agreed => false,
    }
}

/// What was promised, known without any case.
fn describe(indicator: &Indicator, r: &mut IndicatorResult) {
    match &indicator.measure {
        Measure::CaseRate { expected, step, .. } => {
            r.expected = Some(Quantity::Share(expected.0));
            r.step = Some(Quantity::Share(step.0));
        }
        Measure::CaseOverrun { step, .. } | Measure::ObligationLateness { step, .. } => {
            r.expected = Some(Quantity::Count(0));
            r.step = Some(step_quantity(*step));
        }
        Measure::ConfirmedFindings { .. } => {
            r.expected = Some(Quantity::Count(0));
            r.step = Some(Quantity::Count(1));
        }
    }
}

fn step_quantity(step: vigie_contract::Delay) -> Quantity {
    match (open_time(step), step.unit) {
        (Some(open), _) => Quantity::Time(open),
        (None, vigie_contract::DelayUnit::Week) => Quantity::Weeks(i64::from(step.amount)),
        (None, _) => Quantity::Days(i64::from(step.amount)),
    }
}

fn measure(indicator: &Indicator, tally: &Tally, r: &mut IndicatorResult) {
    let late = i64::try_from(tally.items.len()).unwrap_or(i64::MAX);
    match &indicator.measure {
        Measure::CaseRate { expected, step, .. } => {
            let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            let measured = Ratio::new(count(tally.kept), count(tally.decided).max(1));
            let gap = (expected.0 - measured).max(Ratio::from_integer(0));
            r.measured = Some(Quantity::Share(measured));
            r.gap = Some(Quantity::Share(gap));
            if tally.decided < u64::from(indicator.min_sample) {
                r.notes.push(words::below_sample(tally.decided, indicator.min_sample));
            } else {
                r.steps = started_steps(gap, step.0);
                // AMB-12: few cases make large penalties; the text gives no minimum, the reader is warned.
                if tally.decided < 10 && r.steps > 0 {
                    r.notes.push(words::small_sample(tally.decided));
                }
            }
        }
        Measure::CaseOverrun { step, .. } => {
            r.measured = Some(Quantity::Count(late));
            r.steps = tally.items.iter().map(|i| i.steps).sum();
            if open_time(*step).is_some() {
                let over = |i: &Item| {
                    i.elapsed.zip(i.target).map_or(SignedDuration::ZERO, |(e, t)| (e - t).max(SignedDuration::ZERO))
                };
                r.gap = Some(Quantity::Time(
                    tally.items.iter().map(over).fold(SignedDuration::ZERO, SignedDuration::saturating_add),
                ));
            } else {
                r.gap = Some(step_gap(*step, r.steps));
            }
        }
        Measure::ObligationLateness { step, .. } => {
            r.measured = Some(Quantity::Count(late));
            r.steps = tally.items.iter().map(|i| i.steps).sum();
            r.gap = Some(step_gap(*step, r.steps));
        }
        Measure::ConfirmedFindings { .. } => {
            r.measured = Some(Quantity::Count(late));
            r.gap = Some(Quantity::Count(late));
            r.steps = tally.items.iter().map(|i| i.steps).sum();
        }
    }
}

/// Started civil steps as a length.
fn step_gap(step: vigie_contract::Delay, steps: u64) -> Quantity {
    let length = i64::try_from(steps).unwrap_or(i64::MAX).saturating_mul(i64::from(step.amount));
    match step_quantity(step) {
        Quantity::Weeks(_) => Quantity::Weeks(length),
        _ => Quantity::Days(length),
    }
}
