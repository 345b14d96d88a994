//! Changes and problems of the year.

use serde_json::json;
use vigie_contract::Contract;

use super::{
    book::{Book, Case, ezv, web},
    days::{Day, Days, HOUR, MINUTE, WORKING_DAY, instant},
    incidents::SBC_MONTH,
    rng::Rng,
    season::{self, Season},
    sites::Sites,
    tables,
};

/// Changes of a full year.
const CHANGES_A_YEAR: i64 = 64;
/// Months in which a problem is opened, and its priority.
const PROBLEMS: [(usize, u8); 6] = [(1, 3), (4, 2), (SBC_MONTH, 1), (7, 3), (9, 2), (11, 3)];

/// Writes all changes.
pub(super) fn changes(book: &mut Book, contract: &Contract, days: &Days, season: &Season<'_>, sites: &Sites) {
    let mut rng = Rng::new(0x00C4_A26E);
    let (past, current) = season.share(CHANGES_A_YEAR, &mut rng);
    let mut starts: Vec<&Day> =
        (0..past + current).filter_map(|n| season.day(n >= past, &mut rng)).filter(|d| d.worked).collect();
    starts.sort_by_key(|d| d.date);
    for (nth, day) in (1..).zip(starts) {
        change(book, contract, days, sites, day, nth, &mut rng);
    }
}

fn change(book: &mut Book, contract: &Contract, days: &Days, sites: &Sites, day: &Day, nth: i64, rng: &mut Rng) {
    let mut case = Case::new(book, "change", &format!("C{}_{nth:04}", day.date.strftime("%y%m%d")));
    let start = season::reported(day, rng);
    let place = rng.one(&sites.critical).or_else(|| sites.central.first()).map_or("HD13", |s| s.name.as_str());
    let title = format!("{} : {place}", rng.text(&tables::TITLES_CHANGE));
    let requester = ezv(tables::CUSTOMER_OPERATIONS);
    case.put(start, requester, "identified", json!({"source": "ezv", "title": title}));
    let kind = rng.one(&contract.catalogue.items).map(|i| i.id.clone());
    case.put(start + 2 * MINUTE, requester, "classified", json!({"site": place, "item": kind}));
    // Row 26: entered and an owner named within 8 h; row 27: proposal and impact within 4 days.
    let named = if rng.per_mille(30) { rng.between(9, 14) * HOUR } else { rng.skewed(20 * MINUTE, 7 * HOUR) };
    let owner = web(rng.text(&tables::GT));
    case.put(days.after(start, named), web(tables::RTC), "owner_named", json!({"note": owner.actor}));
    let proposed = if rng.per_mille(50) { rng.between(42, 60) * HOUR } else { named.max(rng.between(10, 36) * HOUR) };
    let proposed = days.after(start, proposed);
    case.put(proposed, owner, "delivered", json!({"document": "impact"}));
    case.put(proposed + 3 * MINUTE, web(tables::ROC), "delivered", json!({"document": "proposal"}));
    let agreed = days.after(proposed, rng.between(5, 40) * HOUR);
    if rng.per_mille(90) {
        case.put(agreed, requester, "cancelled", json!({"note": "Proposition non retenue"}));
        return;
    }
    let length = rng.between(6, 30) * WORKING_DAY;
    let due = days.after(agreed, length);
    case.put(agreed, web(tables::CUSTOMER_OPERATIONS), "agreed", json!({"due": instant(due)}));
    let share = if rng.per_mille(110) { rng.between(103, 160) } else { rng.between(55, 96) };
    let done = days.after(agreed, length * share / 100);
    case.put(done, owner, "restored", json!({"note": "Changement réalisé, retour arrière non nécessaire"}));
    case.put(
        days.after(done, rng.between(HOUR, 3 * WORKING_DAY)),
        web(tables::CUSTOMER_OPERATIONS),
        "closed",
        json!({}),
    );
}

/// Writes all problems; the one behind the bad month overran, and the steering committee confirmed it.
pub(super) fn problems(book: &mut Book, days: &Days, season: &Season<'_>, copil: Option<&Day>) {
    let mut rng = Rng::new(0x0092_061E);
    for (nth, (month, priority)) in (1..).zip(PROBLEMS) {
        let Some(day) = season.months.get(month).and_then(|m| m.iter().filter(|d| d.worked).nth(17)) else { continue };
        let mut case = Case::new(book, "problem", &format!("PB-{}-{nth:03}", day.date.year()));
        let start = season::reported(day, &mut rng);
        let title = tables::TITLES_PROBLEM.get(usize::try_from(nth - 1).unwrap_or(0)).copied().unwrap_or_default();
        let rtc = web(tables::RTC);
        case.put(start, rtc, "identified", json!({"source": "desk", "title": title}));
        case.put(start + MINUTE, rtc, "classified", json!({"priority": format!("P{priority}")}));
        case.put(days.after(start, 3 * HOUR), web(tables::ROC), "owner_named", json!({"note": tables::GT.first()}));
        let overran = month == SBC_MONTH;
        let agreed = days.after(start, 2 * WORKING_DAY);
        let length = if overran { 15 } else { 25 } * WORKING_DAY;
        case.put(
            agreed,
            web(tables::CUSTOMER_OPERATIONS),
            "agreed",
            json!({"due": instant(days.after(agreed, length))}),
        );
        let solved =
            days.after(agreed, if overran { length + 12 * WORKING_DAY } else { length * rng.between(60, 95) / 100 });
        case.put(solved, web(tables::RTC), "restored", json!({"note": "Cause supprimée, correctif déployé"}));
        case.put(days.after(solved, 2 * WORKING_DAY), web(tables::CUSTOMER_OPERATIONS), "closed", json!({}));
        if let Some(copil) = copil.filter(|_| overran) {
            let note = "Délai du problème dépassé, constat partagé";
            case.put(
                copil.hm(11, 40),
                web(tables::CONTRACT_MANAGER),
                "breach_confirmed",
                json!({"committee": "copil", "note": note}),
            );
        }
    }
}
