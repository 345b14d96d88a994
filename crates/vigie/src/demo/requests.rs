//! The requests of the catalogue: about 1,900 a year, most of them lines, accounts and terminals.

use serde_json::json;
use vigie_contract::{CatalogueItem, Class, Contract};
use vigie_rules::fact::Classification;

use super::{
    days::{HOUR, MINUTE, WORKING_DAY},
    journal::{Case, Journal, ezv, phone, web},
    lives::World,
    numbers::Numbers,
    people::Caller,
    rng::Rng,
    season::{self, Season},
    sites::{Site, Sites},
    tables,
};

/// Requests of a full year. The text gives no volume (AMB-96); this is the demonstration's own.
const A_YEAR: i64 = 1900;

/// One request before its entries are written.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    /// When it was recorded.
    pub start: i64,
    item: &'a CatalogueItem,
    site: &'a Site,
}

/// Draws all requests, oldest first.
pub(super) fn plan<'a>(contract: &'a Contract, sites: &'a Sites, season: &Season<'_>) -> Vec<Request<'a>> {
    let mut rng = Rng::new(0x2EC_0E57);
    let items = &contract.catalogue.items;
    let (past, current) = season.share(A_YEAR, &mut rng);
    let mut requests = Vec::with_capacity(2200);
    for n in 0..past + current {
        // The first items of the catalogue are the ones that people ask for most.
        let place = rng.weighted((1..).take(items.len()).map(|rank| 6 + 120 / rank));
        let site = if rng.per_mille(300) { rng.one(&sites.critical) } else { rng.one(&sites.standard) };
        let (Some(item), Some(site), Some(day)) = (items.get(place), site, season.day(n >= past, &mut rng)) else {
            continue;
        };
        requests.push(Request { start: season::reported(day, &mut rng), item, site });
    }
    requests.sort_by_key(|r| r.start);
    requests
}

/// Writes the life of one request.
pub(super) fn life(
    journal: &mut Journal,
    world: &World<'_>,
    request: &Request<'_>,
    numbers: &mut Numbers,
    rng: &mut Rng,
) {
    let days = world.days;
    let Some(day) = days.holding(request.start) else { return };
    let direct = rng.per_mille(60);
    let number = if direct { numbers.desk(day) } else { numbers.ezv('S', day, rng) };
    let mut case = Case::new(journal, "request", &number);
    let start = request.start;
    let recorder = if direct { phone(tables::CUSTOMER_OPERATIONS) } else { ezv(rng.text(&tables::CDS)) };
    // Some labels begin with the requirement that they come from: "REQ08 : enregistrement studio".
    let label = request.item.label.fr.as_str();
    let label = label.split_once(" : ").filter(|(first, _)| first.starts_with("REQ")).map_or(label, |(_, rest)| rest);
    let title = format!("{label} : {}", request.site.name);
    let source = if direct { "desk" } else { "ezv" };
    let caller = Caller::anybody(rng);
    let technician = web(rng.text(&tables::GO));
    let urgent = rng.per_mille(70);
    let class = Classification {
        item: Some(request.item.id.0.as_str().into()),
        urgent: Some(urgent),
        site: Some(request.site.name.clone()),
        ..Classification::default()
    };
    let body = json!({
        "source": source,
        "direct": direct.then_some(true),
        "title": title,
        "commune": request.site.commune,
        "team": world.team(Class::Request, &class, start),
        "vip": caller.vip,
    });
    case.put_with(start, recorder, "identified", body, vec![("caller", caller.said())]);
    let classified = start + rng.between(10, 90);
    case.put(classified, recorder, "classified", json!(class));
    if rng.per_mille(25) {
        let cancelled = days.after(classified, rng.skewed(HOUR, 3 * WORKING_DAY));
        case.put(cancelled, recorder, "cancelled", json!({"note": "Demande retirée par le service"}));
        return;
    }
    let promised = if urgent { request.item.urgent_delay } else { request.item.delay };
    // Where the convention de service gives no delay, work takes what it takes: up to five days.
    let target = promised.and_then(vigie_contract::Delay::open_seconds).unwrap_or(if urgent {
        WORKING_DAY
    } else {
        5 * WORKING_DAY
    });
    let share = if rng.per_mille(60) { rng.skewed(102, 190) } else { rng.skewed(8, 92) };
    let open = (target * share / 100).max(20 * MINUTE);
    let taken_in = days.after(classified, rng.skewed(10 * MINUTE, 8 * HOUR).min(open / 2));
    case.take_in(taken_in, technician, world.go, technician);
    let restored = days.after(start, open);
    case.put(restored, technician, "restored", json!({"note": "Demande réalisée"}));
    case.put(days.after(restored, rng.between(HOUR, 4 * WORKING_DAY)), technician, "closed", json!({}));
}
