//! What a monthly journal says beyond the judged month: parties, history, conventions, checkpoint.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use vigie_contract::{CalendarRule, Contract, Label, Rule};
use vigie_rules::judgement::{IndicatorResult, Judgement, Month, Quantity};

use crate::format::Lang;

/// How many months a trend shows, the judged one included.
pub const TREND_MONTHS: u8 = 12;

/// What the program knows beside the judgement.
#[derive(Clone, Debug)]
pub struct JournalContext {
    /// The contract's name for people.
    pub contract_label: Label,
    /// Who pays and verifies.
    pub customer: Label,
    /// Who runs the service; absent until the contract is awarded.
    pub provider: Option<Label>,
    /// In which dates and times are printed.
    pub zone: TimeZone,
    /// When the journal is made: the only "now" that it knows.
    pub generated_at: Timestamp,
    /// Whether the data are a demonstration, which the journal then says on every page.
    pub demo: bool,
    /// The head of the journal that was judged.
    pub head: SignedHead,
    /// Money value of a point in euro cents; absent until entered (AMB-15).
    pub point_value_cents: Option<u32>,
    /// Earlier months, in any order; the judged month may be among them or not.
    pub history: Vec<PastMonth>,
    /// What each row is about, by its number: several rows have the same name (3.4.6.1).
    pub perimeters: BTreeMap<u8, Label>,
    /// The calendars in which clocks count.
    pub calendars: Vec<CalendarRule>,
    /// The readings that were chosen where the text leaves several open.
    pub conventions: Vec<Convention>,
}

/// A signed head of the journal of facts, and what verifies it; empty when there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedHead {
    /// The signed note, as it stands.
    pub note: String,
    /// The verifier key, as text.
    pub key: String,
}

/// What a trend needs of a judged month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastMonth {
    /// Which.
    pub month: Month,
    /// Sum of its points.
    pub total_points: u64,
    /// Its rows.
    pub rows: Vec<PastRow>,
}

/// What a trend needs of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRow {
    /// Row of 3.4.6.1.
    pub row: u8,
    /// Its type, for rows that are one indicator by type.
    pub key: Option<String>,
    /// Points.
    pub points: u64,
    /// What was measured.
    pub measured: Option<Quantity>,
}

/// A doubt of the contract and how it was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convention {
    /// The clause that leaves it open.
    pub clause: String,
    /// The rule that it touches.
    pub label: Label,
    /// The reading that was chosen, and why.
    pub choice: Label,
    /// The doubts that it settles, such as `AMB-01`.
    pub doubts: Vec<String>,
}

impl From<&Judgement> for PastMonth {
    fn from(judgement: &Judgement) -> Self {
        let row =
            |r: &IndicatorResult| PastRow { row: r.row, key: r.key.clone(), points: r.points, measured: r.measured };
        Self {
            month: judgement.month,
            total_points: judgement.total_points,
            rows: judgement.indicators.iter().map(row).collect(),
        }
    }
}

impl JournalContext {
    /// What a row is about; empty when the contract does not say.
    #[must_use]
    pub fn perimeter(&self, row: u8, lang: Lang) -> &str {
        self.perimeters.get(&row).map_or("", |label| lang.label(label))
    }

    /// Takes from a contract what a journal prints of it; the rest starts empty.
    ///
    /// `zone` is the contract's, already resolved.
    #[must_use]
    pub fn of_contract(contract: &Contract, zone: TimeZone, generated_at: Timestamp) -> Self {
        let frame = &contract.frame;
        Self {
            contract_label: frame.label.clone(),
            customer: frame.customer.clone(),
            provider: frame.provider.clone(),
            zone,
            generated_at,
            demo: false,
            head: SignedHead::default(),
            point_value_cents: frame.point_value_cents,
            history: Vec::new(),
            perimeters: contract.indicators.iter().map(|i| (i.row, i.perimeter.clone())).collect(),
            calendars: contract.calendars.clone(),
            conventions: conventions(contract),
        }
    }

    /// The months of a trend that ends with the judged month: oldest first, each once, the judged one
    /// last, at most [`TREND_MONTHS`]; months after it are left out.
    #[must_use]
    pub fn trend(&self, judgement: &Judgement) -> Vec<PastMonth> {
        let mut months: Vec<PastMonth> = self.history.iter().filter(|m| m.month < judgement.month).cloned().collect();
        months.push(PastMonth::from(judgement));
        months.sort_by_key(|m| m.month);
        months.dedup_by_key(|m| m.month);
        let skip = months.len().saturating_sub(usize::from(TREND_MONTHS));
        months.split_off(skip)
    }
}

impl PastMonth {
    /// The row of that number and type.
    #[must_use]
    pub fn row(&self, row: u8, key: Option<&str>) -> Option<&PastRow> {
        self.rows.iter().find(|r| r.row == row && r.key.as_deref() == key)
    }
}

/// Every reading chosen in a contract, in the order of its files.
fn conventions(contract: &Contract) -> Vec<Convention> {
    let mut found = Vec::new();
    let mut take = |rule: &dyn Rule| {
        if let Some(choice) = rule.choice() {
            found.push(Convention {
                clause: rule.clause().to_owned(),
                label: rule.label().clone(),
                choice: choice.clone(),
                doubts: rule.doubts().to_vec(),
            });
        }
    };
    contract.calendars.iter().for_each(|r| take(r));
    contract.priorities.delays.iter().for_each(|r| take(r));
    contract.priorities.windows.iter().for_each(|r| take(r));
    contract.priorities.overrides.iter().for_each(|r| take(r));
    take(&contract.priorities.major);
    take(&contract.clocks.start);
    take(&contract.clocks.priority_change);
    take(&contract.clocks.restoration);
    contract.clocks.pauses.iter().for_each(|r| take(r));
    contract.clocks.clocks.iter().for_each(|r| take(r));
    contract.indicators.iter().for_each(|r| take(r));
    contract.obligations.iter().for_each(|r| take(r));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_trend_ends_with_the_judged_month_and_holds_each_month_once() {
        let judgement = sample::judgement();
        let past = |count: i32| PastMonth { month: judgement.month.plus(count), total_points: 1, rows: Vec::new() };
        let mut context = sample::context();
        context.history = (-20..=3).rev().map(past).chain([past(-1)]).collect();
        let trend = context.trend(&judgement);
        assert_eq!(trend.len(), 12);
        assert_eq!(trend.first().unwrap().month, judgement.month.plus(-11));
        assert_eq!(trend.last().unwrap(), &PastMonth::from(&judgement));
        assert!(trend.windows(2).all(|w| w[0].month < w[1].month));
    }
}
