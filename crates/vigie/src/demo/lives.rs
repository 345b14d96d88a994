//! The entries of each incident, from its identification to its closure.

use serde_json::{Map, Value, json};
use vigie_contract::{Contract, InfraKind, PauseRule, Priority};

use super::{
    days::{Days, HOUR, MINUTE, WORKING_DAY},
    incidents::{End, Found, Pause, Plan},
    journal::{Case, Hand, Journal, ezv, phone, web},
    numbers::Numbers,
    rng::Rng,
    tables, titles,
};

/// What the lives need besides their plans.
pub(super) struct World<'a> {
    /// Opening hours.
    pub days: &'a Days,
    /// What was promised.
    contract: &'a Contract,
    /// Reasons for which a clock may stop.
    allowed: Vec<&'a PauseRule>,
    /// Reasons for which it may not.
    refused: Vec<&'a PauseRule>,
}

impl<'a> World<'a> {
    /// The world of one contract.
    pub(super) fn new(days: &'a Days, contract: &'a Contract) -> Self {
        let (allowed, refused) = contract.clocks.pauses.iter().partition(|p| p.allowed);
        Self { days, contract, allowed, refused }
    }

    fn infra(&self, plan: &Plan<'_>) -> InfraKind {
        titles::service(self.contract, &plan.service.0).map_or(InfraKind::NetworkToip, |s| s.infra)
    }
}

/// Writes the whole life of one incident.
pub(super) fn incident(
    journal: &mut Journal,
    world: &World<'_>,
    plan: &Plan<'_>,
    numbers: &mut Numbers,
    rng: &mut Rng,
) {
    let Some(day) = world.days.holding(plan.start) else { return };
    let in_ezv = matches!(plan.found, Found::Ezv | Found::Double | Found::AlertThenEzv);
    let number = if in_ezv { numbers.ezv('I', day, rng) } else { numbers.desk(day) };
    let mut case = Case::new(journal, "incident", &number);

    let technician = web(rng.text(if day.worked { &tables::GO } else { &tables::NOC }));
    let recorder = identify(&mut case, world, plan, technician, rng);
    let classified = plan.start + rng.between(20, 200);
    case.put(classified, recorder, "classified", classification(plan));

    if plan.end == End::Cancelled {
        let taken_in = world.days.after(classified, rng.between(5, 40) * MINUTE);
        case.put(taken_in, technician, "taken_in", json!({}));
        let cancelled = world.days.after(taken_in, rng.skewed(10, 180) * MINUTE);
        case.put(cancelled, technician, "cancelled", json!({"note": rng.text(&tables::CANCELLED_BECAUSE)}));
        return;
    }

    let target = plan.target(world.infra(plan));
    let share = match (plan.late, plan.major, plan.review_late) {
        (false, ..) => rng.skewed(6, 93),
        // The first failure of the border controller lasted more than twice its target (row 12).
        (true, true, true) => rng.between(205, 240),
        (true, true, false) => rng.between(110, 180),
        (true, false, _) => rng.skewed(104, 235),
    };
    let mut open = (target * share / 100).max(4 * MINUTE);
    take_in(&mut case, world, plan, technician, classified, open, rng);
    if plan.end == End::Open {
        return;
    }
    if plan.major {
        major(&mut case, plan, rng);
    }
    open += pause(&mut case, world, plan, technician, open, rng);
    if plan.end == End::Refused {
        let first = world.days.after(plan.start, open / 2);
        case.put(first, technician, "restored", json!({"note": "Service rétabli, en attente de confirmation"}));
        let refused = world.days.after(plan.start, open * 3 / 4);
        case.put(
            refused,
            web(tables::CUSTOMER_OPERATIONS),
            "restoration_refused",
            json!({"note": rng.text(&tables::REFUSED_BECAUSE)}),
        );
    }
    let restored = world.days.after(plan.start, open);
    case.put(restored, technician, "restored", json!({"note": rng.text(&tables::RESTORED_BY)}));
    if plan.major {
        after_major(&mut case, world, plan, restored, rng);
    }
    close(&mut case, world, plan, technician, restored, rng);
}

/// Writes the identifications; gives who classifies the case.
fn identify(case: &mut Case<'_>, world: &World<'_>, plan: &Plan<'_>, technician: Hand, rng: &mut Rng) -> Hand {
    let start = plan.start;
    let first = |source: &str, direct: bool| {
        let mut body = Map::new();
        body.insert("source".to_owned(), json!(source));
        if direct {
            body.insert("direct".to_owned(), json!(true));
        }
        body.insert("title".to_owned(), json!(plan.title));
        body.insert("subject".to_owned(), json!(plan.subject.id));
        body.insert("commune".to_owned(), json!(plan.site.commune));
        if let Some(vip) = &plan.vip {
            body.insert("requester".to_owned(), json!(vip));
        }
        Value::Object(body)
    };
    let desk_agent = ezv(rng.text(&tables::CDS));
    let supervision = Hand { actor: tables::SUPERVISION, origin: "supervision" };
    let caller = caller(plan, rng);
    match plan.found {
        Found::Ezv => case.put_with(start, desk_agent, "identified", first("ezv", false), caller),
        Found::Double => {
            case.put_with(start, desk_agent, "identified", first("ezv", false), caller);
            let again = start + rng.between(4, 35) * MINUTE;
            case.put(again, phone(rng.text(&tables::NOC)), "identified", json!({"source": "desk"}));
        }
        Found::Direct => {
            case.put_with(start, phone(tables::CUSTOMER_OPERATIONS), "identified", first("desk", true), caller);
        }
        Found::Alert => case.put(start, supervision, "identified", first("alert", false)),
        Found::AlertThenEzv => {
            case.put(start, supervision, "identified", first("alert", false));
            let recorded = world.days.after(start, rng.between(7, 55) * MINUTE);
            case.put_with(recorded, desk_agent, "identified", json!({"source": "ezv"}), caller);
        }
        Found::DailyTest => case.put(
            start,
            Hand { actor: tables::DAILY_TESTS, origin: "job" },
            "identified",
            first("daily_test", false),
        ),
        Found::Mail => {
            let mail = Hand { actor: tables::CUSTOMER_OPERATIONS, origin: "mail" };
            case.put_with(start, mail, "identified", first("information_emitted", false), caller);
            let read = world.days.after(start, rng.between(2, 20) * MINUTE);
            case.put(read, technician, "identified", json!({"source": "information_received"}));
        }
    }
    if matches!(plan.found, Found::Ezv | Found::Double) { desk_agent } else { technician }
}

fn classification(plan: &Plan<'_>) -> Value {
    json!({
        "urgency": plan.urgency,
        "impact": plan.impact,
        "service": plan.service,
        "site": plan.site.name,
        "technical": matches!(plan.found, Found::Alert | Found::DailyTest),
        "item": plan.subject.id,
    })
}

/// A caller's name, number (of the block kept for fiction) and words: content, never body.
fn caller(plan: &Plan<'_>, rng: &mut Rng) -> Vec<(&'static str, String)> {
    let name = rng.text(&tables::CALLERS);
    let phone = format!("04 65 71 {:02} {:02}", rng.below(100), rng.below(100));
    vec![
        ("caller", format!("{name}, {phone}")),
        ("description", format!("{}. {}", plan.title, rng.text(&tables::CALLER_WORDS))),
    ]
}

fn take_in(
    case: &mut Case<'_>,
    world: &World<'_>,
    plan: &Plan<'_>,
    technician: Hand,
    classified: i64,
    open: i64,
    rng: &mut Rng,
) {
    let (at, hand) = match plan.priority {
        // P1 is taken in at any hour (3.7.1.2), by central supervision when nobody is on site.
        Priority::P1 => (classified + rng.between(20, 150), web(rng.text(&tables::NOC))),
        Priority::P2 => {
            (world.days.after(classified, rng.skewed(2, if plan.late { 50 } else { 26 }) * MINUTE), technician)
        }
        _ if plan.cercle0 => (world.days.after(classified, rng.skewed(3, 24) * MINUTE), technician),
        _ => (world.days.after(classified, rng.skewed(6 * MINUTE, 5 * HOUR).min(open / 2)), technician),
    };
    case.put(at, hand, "taken_in", json!({}));
    // Once in a while a case turns out to be wider than it looked.
    if plan.priority == Priority::P4 && !plan.late && open < 8 * HOUR && rng.per_mille(22) {
        let again = world.days.after(at, open / 4);
        case.put(
            again,
            technician,
            "classified",
            json!({"impact": 2, "note": "Tout l'étage est concerné, pas un seul poste"}),
        );
    }
}

fn pause(case: &mut Case<'_>, world: &World<'_>, plan: &Plan<'_>, technician: Hand, open: i64, rng: &mut Rng) -> i64 {
    let days = world.days;
    let from = days.after(plan.start, open / 2);
    match plan.pause {
        Pause::None => 0,
        Pause::Accepted => {
            let Some(rule) = rng.one(&world.allowed) else { return 0 };
            let length = rng.skewed(HOUR, 2 * WORKING_DAY);
            case.put(from, technician, "paused", json!({"reason": rule.reason, "note": rule.label.fr}));
            case.put(days.after(from, length / 4), web(tables::CUSTOMER_OPERATIONS), "pause_accepted", json!({}));
            case.put(days.after(from, length), technician, "resumed", json!({}));
            length
        }
        Pause::Refused => {
            let Some(rule) = rng.one(&world.refused) else { return 0 };
            case.put(from, technician, "paused", json!({"reason": rule.reason, "note": rule.label.fr}));
            let note = "Motif non prévu au contrat : le délai continue de courir";
            case.put(
                days.after(from, open / 8),
                web(tables::CUSTOMER_OPERATIONS),
                "pause_refused",
                json!({"note": note}),
            );
            case.put(days.after(from, open / 4), technician, "resumed", json!({}));
            0
        }
    }
}

/// What a major incident asks for at once (3.7.1.3): declaration, notices to the customer, the users, the taskforce.
fn major(case: &mut Case<'_>, plan: &Plan<'_>, rng: &mut Rng) {
    let noc = web(rng.text(&tables::NOC));
    let start = plan.start;
    let reason = if plan.priority == Priority::P1 {
        "P1 : majeur d'office"
    } else {
        "P2 : décision conjointe DSIUN et responsable GO"
    };
    case.put(start + rng.between(3, 5) * MINUTE, noc, "declared_major", json!({"note": reason}));
    // When a major incident goes badly, the customer also learns it after the 15 minutes of row 17.
    let informed = if plan.late { rng.between(17, 24) } else { rng.between(6, 13) };
    case.put(
        start + informed * MINUTE,
        noc,
        "informed",
        json!({"audience": "customer", "note": "Appel puis SMS à la DSIUN"}),
    );
    case.put(
        start + rng.between(12, 19) * MINUTE,
        ezv(rng.text(&tables::CDS)),
        "informed",
        json!({"audience": "users", "note": "Bandeau d'information et message d'accueil"}),
    );
    for hour in 0..2 {
        let at = start + hour * HOUR + rng.between(32, 55) * MINUTE;
        case.put(at, web(tables::ROC), "informed", json!({"audience": "taskforce", "note": "Point de situation"}));
    }
}

/// What it asks for afterwards: the report and the review within five working days.
fn after_major(case: &mut Case<'_>, world: &World<'_>, plan: &Plan<'_>, restored: i64, rng: &mut Rng) {
    let report = world.days.after(restored, rng.between(15, 35) * HOUR);
    case.put(
        report,
        web(tables::ROC),
        "delivered",
        json!({"document": "report", "note": "RIM : chronologie, échanges, escalades, actions"}),
    );
    let review = world.days.after(restored, if plan.review_late { 72 * HOUR } else { rng.between(36, 46) * HOUR });
    case.put(
        review.max(report),
        web(tables::ROC),
        "delivered",
        json!({"document": "review", "note": "Bilan et plan d'actions"}),
    );
}

fn close(case: &mut Case<'_>, world: &World<'_>, plan: &Plan<'_>, technician: Hand, restored: i64, rng: &mut Rng) {
    let days = world.days;
    let mut at = days.after(restored, rng.skewed(8 * MINUTE, 9 * HOUR));
    if plan.major || plan.end == End::Refused || rng.per_mille(620) {
        case.put(at, web(tables::CUSTOMER_OPERATIONS), "restoration_validated", json!({}));
    }
    at = days.after(at, rng.between(HOUR, 3 * WORKING_DAY));
    case.put(at, technician, "closed", json!({}));
    if plan.end == End::Reopened {
        let reopened = days.after(at, rng.between(HOUR, 2 * WORKING_DAY));
        case.put(reopened, ezv(rng.text(&tables::CDS)), "reopened", json!({"note": "Le défaut est revenu"}));
        let again = days.after(reopened, rng.skewed(20 * MINUTE, 3 * HOUR));
        case.put(again, technician, "restored", json!({"note": rng.text(&tables::RESTORED_BY)}));
        case.put(days.after(again, 2 * HOUR), technician, "closed", json!({}));
    }
}
