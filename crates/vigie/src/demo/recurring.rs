//! The recurring duties of the contract, each occurrence done, most of them in time.
//!
//! When each is due is asked of the rules; nothing of the contract is known here.

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value};
use vigie_contract::{EventPattern, Obligation, Trigger};
use vigie_rules::{
    book::Book,
    obligation::{self, Occurrence},
};

use super::{
    DemoError,
    days::{Day, Days, HOUR, MINUTE},
    incidents::SHORTAGE_MONTH,
    journal::{Hand, Journal, web},
    rng::Rng,
    season::Season,
    tables,
};

/// Duties of the transition, which is over before the demonstrated year.
const OVER: [&str; 1] = ["initialisation-committee"];

/// Writes what fulfils each occurrence that falls due from `first` on.
pub(super) fn write(
    journal: &mut Journal,
    book: &Book,
    days: &Days,
    season: &Season<'_>,
    (first, last): (Date, Date),
) -> Result<(), DemoError> {
    let mut rng = Rng::new(0x2EC_0221);
    let recurs = |o: &&Obligation| matches!(o.trigger, Trigger::Recurrence(_)) && !OVER.contains(&o.id.0.as_str());
    for duty in book.contract.obligations.iter().filter(recurs) {
        let anchor = book.contract.frame.start.unwrap_or(first);
        for occurrence in obligation::recurring(book, duty, anchor, (first, last), Timestamp::MIN, |_| None)? {
            fulfil(journal, duty, &occurrence, days, season, &mut rng);
        }
    }
    Ok(())
}

fn fulfil(
    journal: &mut Journal,
    duty: &Obligation,
    occurrence: &Occurrence,
    days: &Days,
    season: &Season<'_>,
    rng: &mut Rng,
) {
    // A day ends at the next midnight, which still belongs to it.
    let due = occurrence.due.as_second() - 1;
    let Some(day) = days.holding(due) else { return };
    // The statistics of one month came two days late, when two technicians were missing.
    let shortage = season.month_of(day) == SHORTAGE_MONTH && !season.is_recent(day);
    let monthly = duty.indicator.is_some();
    let late = if monthly { shortage } else { rng.per_mille(12) };
    let at = done(day, due, late, monthly, days, rng);
    for pattern in &duty.fulfilled_by {
        journal.put(at, hand(duty, rng), &occurrence.subject.0, &pattern.kind, body(pattern, duty));
    }
}

/// When it was done: somewhat before it was due, or late.
fn done(day: &Day, due: i64, late: bool, by_days: bool, days: &Days, rng: &mut Rng) -> i64 {
    match (late, by_days) {
        (true, true) => day.at(2 * 24 * HOUR) + rng.between(9, 11) * HOUR,
        (true, false) => due + rng.between(12, 50) * MINUTE,
        (false, _) if due - day.at(0) < 12 * HOUR => due - rng.between(3, 35) * MINUTE,
        // What is due by the end of a day is done in working hours of that day or of the last worked one.
        (false, _) => {
            let worked = if day.worked { Some(day) } else { days.worked_day(day.date, -1) };
            worked.map_or(due, |d| d.hm(rng.between(9, 16), rng.below(60))).min(due)
        }
    }
}

/// Who does it: somebody of the role that owns the duty.
fn hand(duty: &Obligation, rng: &mut Rng) -> Hand {
    web(match duty.owner.0.as_str() {
        "go_technician" => rng.text(&tables::GO),
        "gt_engineer" => rng.text(&tables::GT),
        "noc" => rng.text(&tables::NOC),
        "rtc" => tables::RTC,
        "rssi" => tables::RSSI,
        "security_officer" => tables::SECURITY,
        "account_manager" => tables::ACCOUNT_MANAGER,
        "contract_manager" => tables::CONTRACT_MANAGER,
        "operations_head" => tables::CUSTOMER_OPERATIONS,
        _ => tables::ROC,
    })
}

/// What the pattern asks for, under the duty's own name.
fn body(pattern: &EventPattern, duty: &Obligation) -> Value {
    let asked = pattern.with.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str())));
    let title = ("title".to_owned(), Value::from(duty.label.fr.as_str()));
    Value::Object(asked.chain([title]).collect::<Map<_, _>>())
}
