//! What if: the same month under another expected value, step or weight, or with a case restored at
//! another time. Nothing is stored; the same judge gives both figures.

use jiff::Timestamp;
use num_rational::Ratio;
use vigie_contract::{ClockId, ClockRule, Delay, Factor, Measure, Rate, TargetRule};
use vigie_rules::{
    book::Rulebook,
    fact::{Event, Fact, History},
};

/// Other values of one row; absent ones stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowChange {
    /// Which row of the table.
    pub row: u8,
    /// Another promised share, 0 to 1; rows that are a rate only.
    pub expected: Option<Ratio<i64>>,
    /// Another promised delay; rows that are not a rate only.
    pub expected_time: Option<Delay>,
    /// Another width of a step for rates, 0 to 1.
    pub share_step: Option<Ratio<i64>>,
    /// Another length of a step for overruns and lateness.
    pub step: Option<Delay>,
    /// Other points for each step.
    pub weight: Option<u32>,
    /// Another multiple of the target, for rates.
    pub factor: Option<Factor>,
}

/// The rulebook with a row changed in every version.
#[must_use]
pub fn with_row(rulebook: &Rulebook, change: &RowChange) -> Rulebook {
    rulebook.changed(|contract| {
        for indicator in contract.indicators.iter_mut().filter(|i| i.row == change.row) {
            if let Some(weight) = change.weight {
                indicator.weight = weight;
            }
            match &mut indicator.measure {
                Measure::CaseRate { expected, step, factor, .. } => {
                    if let Some(value) = change.expected {
                        *expected = Rate(value);
                    }
                    if let Some(value) = change.share_step {
                        *step = Rate(value);
                    }
                    if let Some(value) = change.factor {
                        *factor = value;
                    }
                }
                Measure::CaseOverrun { step, clock, .. } => {
                    *step = change.step.unwrap_or(*step);
                    let rule = contract.clocks.clocks.iter().find(|c| c.id == *clock).cloned();
                    if let Some((delay, rule)) = change.expected_time.zip(rule) {
                        // A clock of its own: the other rows keep the contract's.
                        let id = ClockId(format!("{clock}, row {}", indicator.row));
                        clock.clone_from(&id);
                        contract.clocks.clocks.push(ClockRule { id, target: TargetRule::Fixed(delay), ..rule });
                    }
                }
                Measure::ObligationLateness { step, obligation } => {
                    *step = change.step.unwrap_or(*step);
                    if let Some(delay) = change.expected_time {
                        for rule in contract.obligations.iter_mut().filter(|o| o.id == *obligation) {
                            rule.due.offset = Some(delay);
                        }
                    }
                }
                Measure::ConfirmedFindings { .. } => {}
            }
        }
    })
}

/// A history whose restoration lies elsewhere: what was said of restorations is replaced by one at
/// `at`, validated then.
pub fn restored_at(history: &mut History, at: Timestamp) {
    history.events.retain(|e| {
        !matches!(
            e.fact,
            Fact::Restored | Fact::RestorationRefused | Fact::RestorationValidated | Fact::Closed | Fact::Reopened
        )
    });
    let seq = history.events.iter().map(|e| e.seq).max().unwrap_or(0);
    history.events.push(Event { at, seq: seq.saturating_add(1), fact: Fact::Restored });
    history.events.push(Event { at, seq: seq.saturating_add(2), fact: Fact::RestorationValidated });
    history.sort();
}
