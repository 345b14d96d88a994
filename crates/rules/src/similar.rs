//! Incidents that recur, from which a problem is proposed (3.7.3.1).
//!
//! The contract says what similar incidents have in common, how many and within what time. A proposal is
//! never a problem: somebody opens one, or leaves it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vigie_contract::{Common, Comparison, Direction, Recurrence};

use crate::{
    calendar::{Calendar, CalendarError},
    delay::instant_after,
};

/// An incident as far as it may resemble another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its number.
    pub number: String,
    /// When it was opened.
    pub at: Timestamp,
    /// Its subject.
    pub item: Option<String>,
    /// Its service.
    pub service: Option<String>,
    /// Its site.
    pub site: Option<String>,
}

impl Seen {
    fn common(&self, what: Common) -> Option<&str> {
        match what {
            Common::Item => self.item.as_deref(),
            Common::Service => self.service.as_deref(),
            Common::Site => self.site.as_deref(),
        }
    }
}

/// Incidents that are similar enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal<'r> {
    /// By which rule.
    pub rule: &'r Recurrence,
    /// What they have in common.
    pub common: Vec<(Common, String)>,
    /// The incidents, the earliest first.
    pub cases: Vec<Seen>,
}

/// The proposals that follow from incidents, those with most incidents first; `calendar` counts the days
/// and hours of the rule.
///
/// An incident of which a common trait is not known resembles none. Whoever asks leaves out the incidents
/// that a problem has already.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn proposals<'r>(
    rules: &'r [Recurrence],
    seen: &[Seen],
    now: Timestamp,
    calendar: &Calendar,
) -> Result<Vec<Proposal<'r>>, CalendarError> {
    let mut proposals = Vec::new();
    for rule in rules {
        let since = instant_after(now, rule.within, Direction::Before, Comparison::Strict, calendar)?;
        let mut alike: BTreeMap<Vec<&str>, Vec<&Seen>> = BTreeMap::new();
        for incident in seen.iter().filter(|s| s.at >= since && s.at <= now) {
            let common: Option<Vec<&str>> = rule.same.iter().map(|what| incident.common(*what)).collect();
            if let Some(common) = common {
                alike.entry(common).or_default().push(incident);
            }
        }
        let enough =
            alike.into_iter().filter(|(_, cases)| cases.len() >= usize::try_from(rule.count).unwrap_or(usize::MAX));
        proposals.extend(enough.map(|(common, mut cases)| {
            cases.sort_by(|a, b| (a.at, &a.number).cmp(&(b.at, &b.number)));
            let common = rule.same.iter().copied().zip(common.into_iter().map(str::to_owned)).collect();
            Proposal { rule, common, cases: cases.into_iter().cloned().collect() }
        }));
    }
    proposals.sort_by(|a, b| b.cases.len().cmp(&a.cases.len()).then_with(|| a.common.cmp(&b.common)));
    Ok(proposals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{at, book};

    fn incident(number: &str, day: &str, item: Option<&str>, site: Option<&str>) -> Seen {
        let text = |t: Option<&str>| t.map(str::to_owned);
        Seen { number: number.into(), at: at(day), item: text(item), service: None, site: text(site) }
    }

    #[track_caller]
    fn check(seen: &[Seen], expected: &[&[&str]]) {
        let book = book();
        let calendar = book.calendar(&"HO".into()).unwrap();
        let rules = &book.contract.changes.recurrences;
        let found = proposals(rules, seen, at("2026-03-31T10:00"), calendar).unwrap();
        let found: Vec<Vec<&str>> = found.iter().map(|p| p.cases.iter().map(|c| c.number.as_str()).collect()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn two_similar_incidents_raise_a_proposal_and_one_does_not() {
        let first = incident("I1", "2026-03-12T10:00", Some("voicemail"), Some("HD13"));
        let second = incident("I2", "2026-03-10T10:00", Some("voicemail"), Some("HD13"));
        check(&[first.clone(), second.clone()], &[&["I2", "I1"]]);
        check(std::slice::from_ref(&first), &[]);
        check(&[first.clone(), incident("I3", "2026-03-12T11:00", Some("voicemail"), Some("MDS"))], &[]);
        check(&[first.clone(), incident("I3", "2026-03-12T11:00", Some("cabling"), Some("HD13"))], &[]);
        check(&[first, incident("I3", "2026-03-12T11:00", Some("voicemail"), None)], &[]);
        let unknown = incident("I4", "2026-03-12T11:00", None, Some("HD13"));
        check(&[unknown.clone(), Seen { number: "I5".into(), ..unknown }], &[]);
    }

    #[test]
    fn an_incident_counts_for_thirty_days_to_the_second() {
        let late = incident("I1", "2026-03-30T10:00", Some("voicemail"), Some("HD13"));
        let on = |day: &str| incident("I0", day, Some("voicemail"), Some("HD13"));
        check(&[on("2026-03-01T10:00"), late.clone()], &[&["I0", "I1"]]);
        check(&[on("2026-03-01T09:59:59"), late], &[]);
    }
}
