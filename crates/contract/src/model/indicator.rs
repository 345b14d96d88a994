//! `indicators.toml`: the table of 3.4.6.1, a row at a time.
//!
//! A row says what is measured, on which cases, and what a step costs. It never says how a measure is
//! computed: that is for `vigie-rules`.

use serde::{Deserialize, Serialize};

use super::{
    entry::Class,
    name::{ClockId, CommitteeId, ObligationId},
    priority::Priority,
    rule::{Label, rule},
};
use crate::quantity::{Delay, Factor, Rate};

rule! {
/// One row of the table of 3.4.6.1.
pub struct Indicator {
    /// Its number in the table, from 1.
    pub row: u8,
    /// Prestation column.
    pub service: Label,
    /// Périmètre column.
    pub perimeter: Label,
    /// Précision périmètre column.
    #[serde(default)]
    pub detail: Option<Label>,
    /// Mesure attendue, as printed.
    pub expected_text: Label,
    /// Pas, as printed.
    pub step_text: Label,
    /// Poids: points for each started step.
    pub weight: u32,
    /// How it is measured.
    pub measure: Measure,
    /// Whether it counts; a disabled row says why in `choice`.
    pub enabled: bool,
    /// By which instant a case belongs to the month.
    #[serde(default)]
    pub attribution: Attribution,
    /// Below this many cases the rate is not judged (AMB-12).
    #[serde(default)]
    pub min_sample: u32,
    /// Most points in a period; absent means no limit (AMB-12).
    #[serde(default)]
    pub cap_points: Option<u32>,
}
}

/// How an indicator is measured.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// For each case: the started steps by which it overran its target.
    CaseOverrun {
        /// Which cases.
        population: Population,
        /// Which clock.
        clock: ClockId,
        /// Length of a step: open time for minutes and hours, civil days or weeks otherwise.
        step: Delay,
        /// Only cases whose breach a committee confirmed (problems, AMB-06).
        #[serde(default)]
        confirmed_only: bool,
    },
    /// For the period: the share of cases within `factor` times their target.
    CaseRate {
        /// Which cases.
        population: Population,
        /// Which clock.
        clock: ClockId,
        /// How many times the target.
        factor: Factor,
        /// The share that was promised.
        expected: Rate,
        /// Width of a step.
        step: Rate,
        /// One indicator by request or change type.
        #[serde(default)]
        by_type: bool,
    },
    /// For each occurrence of an obligation: the started steps by which it was late.
    ObligationLateness {
        /// Which obligation.
        obligation: ObligationId,
        /// Length of a step.
        step: Delay,
    },
    /// For each breach confirmed by one of these committees: one step.
    ConfirmedFindings {
        /// Committees whose decision counts.
        committees: Vec<CommitteeId>,
    },
}

/// Which cases an indicator looks at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// Of this class.
    pub class: Class,
    /// Of one of these priorities; empty means any.
    #[serde(default)]
    pub priorities: Vec<Priority>,
    /// Only major ones, only others, or both.
    #[serde(default)]
    pub major: Option<bool>,
}

/// By which instant a case belongs to a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The binding start of its clock.
    #[default]
    Start,
    /// Its restoration; open cases belong to no period yet.
    Restoration,
}
