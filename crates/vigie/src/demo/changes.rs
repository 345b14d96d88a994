//! Changes and problems of the year.

use serde_json::json;
use vigie_contract::Class;
use vigie_rules::{book::Book, fact::Classification};

use super::{
    days::{Day, Days, HOUR, MINUTE, WORKING_DAY, instant},
    incidents::SBC_MONTH,
    journal::{Case, Journal, ezv, web},
    lives,
    rng::Rng,
    season::{self, Season},
    sites::Sites,
    steering::Sittings,
    steps::{self, Milestones},
    tables,
};

/// Changes of a full year.
const CHANGES_A_YEAR: i64 = 64;

/// Writes all changes.
pub(super) fn changes(journal: &mut Journal, book: &Book, days: &Days, season: &Season<'_>, sites: &Sites) {
    let mut rng = Rng::new(0x00C4_A26E);
    let (past, current) = season.share(CHANGES_A_YEAR, &mut rng);
    let mut starts: Vec<&Day> =
        (0..past + current).filter_map(|n| season.day(n >= past, &mut rng)).filter(|d| d.worked).collect();
    starts.sort_by_key(|d| d.date);
    for (nth, day) in (1..).zip(starts) {
        change(journal, book, days, sites, day, nth, &mut rng);
    }
}

fn change(journal: &mut Journal, book: &Book, days: &Days, sites: &Sites, day: &Day, nth: i64, rng: &mut Rng) {
    let number = format!("C{}_{nth:04}", day.date.strftime("%y%m%d"));
    let mut case = Case::new(journal, "change", &number);
    let start = season::reported(day, rng);
    let place = rng.one(&sites.critical).or_else(|| sites.central.first()).map_or("HD13", |s| s.name.as_str());
    let (title, item) = rng.one(&tables::CHANGES).copied().unwrap_or_default();
    let item = book.contract.catalogue.items.iter().find(|i| i.id.0 == item).map(|i| &i.id);
    let title = format!("{title} : {place}");
    let requester = ezv(tables::CUSTOMER_OPERATIONS);
    let team = lives::team(book, Class::Change, &Classification::default(), start);
    case.put(start, requester, "identified", json!({"source": "ezv", "title": title, "team": team}));
    case.put(start + 2 * MINUTE, requester, "classified", json!({"site": place, "item": item}));
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
    let share = if rng.per_mille(60) { rng.between(103, 160) } else { rng.between(55, 96) };
    let done = days.after(agreed, length * share / 100);
    case.put(done, owner, "restored", json!({"note": "Changement réalisé, retour arrière non nécessaire"}));
    case.put(
        days.after(done, rng.between(HOUR, 3 * WORKING_DAY)),
        web(tables::CUSTOMER_OPERATIONS),
        "closed",
        json!({}),
    );
    let named = days.after(start, named);
    steps::write(journal, days, &number, nth, owner, Milestones { named, proposed, agreed, done });
}

/// Writes all problems; the one behind the bad month overran, and the weekly committee confirmed it.
pub(super) fn problems(journal: &mut Journal, book: &Book, days: &Days, season: &Season<'_>, sittings: &Sittings<'_>) {
    let mut rng = Rng::new(0x0092_061E);
    let (rtc, customer) = (web(tables::RTC), web(tables::CUSTOMER_OPERATIONS));
    for (nth, (month, priority, title)) in (1..).zip(tables::PROBLEMS) {
        let Some(day) = season.months.get(month).and_then(|m| m.iter().filter(|d| d.worked).nth(14)) else { continue };
        let mut case = Case::new(journal, "problem", &format!("PB-{}-{nth:03}", day.date.year()));
        let start = season::reported(day, &mut rng);
        let team = lives::team(book, Class::Problem, &Classification::default(), start);
        case.put(start, rtc, "identified", json!({"source": "desk", "title": title, "team": team}));
        case.put(start + MINUTE, rtc, "classified", json!({"priority": priority}));
        case.put(days.after(start, 3 * HOUR), web(tables::ROC), "owner_named", json!({"note": rng.text(&tables::GT)}));
        let overran = month == SBC_MONTH;
        let agreed = days.after(start, 2 * WORKING_DAY);
        let length = if overran { 10 } else { 25 } * WORKING_DAY;
        case.put(agreed, customer, "agreed", json!({"due": instant(days.after(agreed, length))}));
        let took = if overran { length + 12 * WORKING_DAY } else { length * rng.between(60, 95) / 100 };
        let solved = days.after(agreed, took);
        case.put(solved, rtc, "restored", json!({"note": "Cause supprimée, correctif déployé"}));
        case.put(days.after(solved, 2 * WORKING_DAY), customer, "closed", json!({}));
        let sitting = days.holding(solved).and_then(|d| sittings.after("cosui", d.date.tomorrow().ok()?));
        if let Some(sitting) = sitting.filter(|_| overran) {
            let body = json!({"committee": "cosui", "note": "Délai du problème dépassé, constat partagé"});
            case.put(sitting.hm(15, 10), web(tables::CONTRACT_MANAGER), "breach_confirmed", body);
        }
    }
}
