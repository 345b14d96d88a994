//! The entries of each incident, from its identification to its closure.

use serde_json::{Value, json};
use vigie_contract::{Contract, InfraKind, PauseRule, Priority};

use super::{
    days::{Days, HOUR, MINUTE, WORKING_DAY},
    incidents::{End, Found, Pause, Plan},
    journal::{Case, Hand, Journal, ezv, phone, web},
    numbers::Numbers,
    rng::Rng,
    tables, titles,
};

/// Who speaks for the customer's operations.
const CUSTOMER: Hand = web(tables::CUSTOMER_OPERATIONS);

/// What the lives need besides their plans.
pub(super) struct World<'a> {
    days: &'a Days,
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

/// One incident whose entries are being written.
struct Life<'l> {
    case: Case<'l>,
    world: &'l World<'l>,
    plan: &'l Plan<'l>,
    rng: &'l mut Rng,
    /// Who works on it.
    technician: Hand,
    /// Open seconds from the start to the restoration.
    open: i64,
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
    let share = match (plan.late, plan.major, plan.review_late) {
        (false, true, _) => rng.between(35, 90),
        (false, false, _) => rng.skewed(6, 93),
        // The first failure of the border controller lasted more than twice its target (row 12).
        (true, true, true) => rng.between(205, 240),
        (true, true, false) => rng.between(110, 180),
        (true, false, _) => rng.skewed(104, 235),
    };
    let open = (plan.target(world.infra(plan)) * share / 100).max(8 * MINUTE);
    let technician = web(rng.text(&tables::GO));
    let case = Case::new(journal, "incident", &number);
    Life { case, world, plan, rng, technician, open }.write();
}

impl Life<'_> {
    fn write(mut self) {
        let recorder = self.identify();
        let classified = self.plan.start + self.rng.between(20, 200);
        self.case.put(classified, recorder, "classified", classification(self.plan));
        self.take_in(classified);
        match self.plan.end {
            End::Open => return,
            End::Cancelled => {
                let note = self.rng.text(&tables::CANCELLED_BECAUSE);
                self.case.put(self.after(self.open), self.technician, "cancelled", json!({"note": note}));
                return;
            }
            End::Plain | End::Refused | End::Reopened => {}
        }
        if self.plan.major {
            self.major();
        }
        match self.plan.pause {
            Pause::None => {}
            Pause::Accepted => self.pause_accepted(),
            Pause::Refused => self.pause_refused(),
        }
        if self.plan.end == End::Refused {
            self.refuse();
        }
        let restored = self.after(self.open);
        self.restore(restored);
        if self.plan.major {
            self.report(restored);
        }
        self.close(restored);
    }

    /// The instant when so many open seconds have passed since the start.
    fn after(&self, open: i64) -> i64 {
        self.world.days.after(self.plan.start, open)
    }

    /// Some open minutes after the start, and before the restoration.
    fn minutes_later(&mut self, low: i64, high: i64) -> i64 {
        let wait = (self.rng.between(low, high) * MINUTE).min(self.open / 2);
        self.after(wait)
    }

    /// Writes the identifications; gives who classifies the case.
    fn identify(&mut self) -> Hand {
        let start = self.plan.start;
        let desk = ezv(self.rng.text(&tables::CDS));
        let noc = self.rng.text(&tables::NOC);
        let caller = caller(self.plan, self.rng);
        let on_site = if self.world.days.is_open(start) { self.technician } else { web(noc) };
        match self.plan.found {
            Found::Ezv => self.case.put_with(start, desk, "identified", self.first("ezv"), caller),
            Found::Double => {
                self.case.put_with(start, desk, "identified", self.first("ezv"), caller);
                let again = self.minutes_later(4, 35);
                self.case.put(again, phone(noc), "identified", json!({"source": "desk"}));
            }
            Found::Direct => {
                self.case.put_with(start, phone(CUSTOMER.actor), "identified", self.first("desk"), caller);
            }
            Found::Alert => {
                let supervision = Hand { actor: tables::SUPERVISION, origin: "supervision" };
                self.case.put(start, supervision, "identified", self.first("alert"));
            }
            Found::AlertThenEzv => {
                let supervision = Hand { actor: tables::SUPERVISION, origin: "supervision" };
                self.case.put(start, supervision, "identified", self.first("alert"));
                let recorded = self.minutes_later(7, 55);
                self.case.put_with(recorded, desk, "identified", json!({"source": "ezv"}), caller);
            }
            Found::DailyTest => {
                let tests = Hand { actor: tables::DAILY_TESTS, origin: "job" };
                self.case.put(start, tests, "identified", self.first("daily_test"));
            }
            Found::Mail => {
                let mail = Hand { actor: tables::CUSTOMER_OPERATIONS, origin: "mail" };
                self.case.put_with(start, mail, "identified", self.first("information_emitted"), caller);
                let read = self.minutes_later(2, 20);
                self.case.put(read, on_site, "identified", json!({"source": "information_received"}));
            }
        }
        if matches!(self.plan.found, Found::Ezv | Found::Double) { desk } else { on_site }
    }

    /// What the first identification says.
    fn first(&self, source: &str) -> Value {
        let plan = self.plan;
        json!({
            "source": source,
            "direct": (plan.found == Found::Direct).then_some(true),
            "title": plan.title,
            "subject": plan.subject.id,
            "commune": plan.site.commune,
            "requester": plan.vip,
        })
    }

    fn take_in(&mut self, classified: i64) {
        let rng = &mut *self.rng;
        let (at, hand) = match self.plan.priority {
            // P1 is taken in at any hour (3.7.1.2), by central supervision.
            Priority::P1 => (classified + rng.between(20, 150), web(rng.text(&tables::NOC))),
            priority => {
                let most = if self.plan.late { 50 } else { 26 };
                let soon = priority == Priority::P2 || self.plan.cercle0;
                let wait = if soon { rng.skewed(2, most) * MINUTE } else { rng.skewed(6 * MINUTE, 5 * HOUR) };
                (self.world.days.after(classified, wait.min(self.open / 3)), self.technician)
            }
        };
        self.case.put(at, hand, "taken_in", json!({}));
        // Once in a while a case turns out to be wider than it looked.
        let may_widen = self.plan.priority == Priority::P4 && !self.plan.late && self.open < 8 * HOUR;
        if may_widen && self.rng.per_mille(22) {
            let body = json!({"impact": 2, "note": "Tout l'étage est concerné, pas un seul poste"});
            self.case.put(self.after(self.open / 2), self.technician, "classified", body);
        }
    }

    /// A pause for a reason of the contract, which the customer accepts: it is taken off the clock.
    fn pause_accepted(&mut self) {
        let Some(rule) = self.rng.one(&self.world.allowed) else { return };
        let (from, length) = (self.open / 2, self.rng.skewed(HOUR, 2 * WORKING_DAY));
        self.case.put(
            self.after(from),
            self.technician,
            "paused",
            json!({"reason": rule.reason, "note": rule.label.fr}),
        );
        self.case.put(self.after(from + length / 4), CUSTOMER, "pause_accepted", json!({}));
        self.case.put(self.after(from + length), self.technician, "resumed", json!({}));
        self.open += length;
    }

    /// A pause for a vendor, for parts or for travel, which the customer refuses: the clock runs on.
    fn pause_refused(&mut self) {
        let Some(rule) = self.rng.one(&self.world.refused) else { return };
        let (open, hand) = (self.open, self.technician);
        let note = "Motif non prévu au contrat : le délai continue de courir";
        self.case.put(self.after(open / 2), hand, "paused", json!({"reason": rule.reason, "note": rule.label.fr}));
        self.case.put(self.after(open * 5 / 8), CUSTOMER, "pause_refused", json!({"note": note}));
        self.case.put(self.after(open * 3 / 4), hand, "resumed", json!({}));
    }

    fn refuse(&mut self) {
        let note = "Service rétabli, en attente de confirmation";
        self.case.put(self.after(self.open / 2), self.technician, "restored", json!({"note": note}));
        let note = self.rng.text(&tables::REFUSED_BECAUSE);
        self.case.put(self.after(self.open * 3 / 4), CUSTOMER, "restoration_refused", json!({"note": note}));
    }

    fn restore(&mut self, at: i64) {
        let note = self.rng.text(&tables::RESTORED_BY);
        self.case.put(at, self.technician, "restored", json!({"note": note}));
    }

    /// What a major incident asks for at once (3.7.1.3): declaration, and notices to the customer, the
    /// users and the taskforce.
    fn major(&mut self) {
        let (start, restored) = (self.plan.start, self.after(self.open));
        let (noc, cds) = (web(self.rng.text(&tables::NOC)), ezv(self.rng.text(&tables::CDS)));
        let by_rule = self.plan.priority == Priority::P1;
        let why = if by_rule { "P1 : majeur d'office" } else { "P2 : décision de la DSIUN et du responsable GO" };
        self.case.put(start + self.rng.between(4, 5) * MINUTE, noc, "declared_major", json!({"note": why}));
        // When a major incident goes badly, the customer also learns it after the 15 minutes of row 17.
        let informed = if self.plan.late { self.rng.between(17, 24) } else { self.rng.between(6, 13) };
        let mut inform = |minutes: i64, hand: Hand, audience: &str, note: &str| {
            let body = json!({"audience": audience, "note": note});
            self.case.put(start + minutes * MINUTE, hand, "informed", body);
        };
        inform(informed, noc, "customer", "Appel puis SMS à la DSIUN");
        inform(self.rng.between(12, 19), cds, "users", "Bandeau d'information et message d'accueil");
        inform(self.rng.between(22, 34), web(tables::ROC), "taskforce", "Premier point de situation");
        let hours = ((restored - start) / HOUR).min(2);
        for hour in 1..=hours {
            inform(hour * 60 + self.rng.below(20) - 10, web(tables::ROC), "taskforce", "Point de situation");
        }
    }

    /// What it asks for afterwards: the report and the review within five working days.
    fn report(&mut self, restored: i64) {
        let days = self.world.days;
        let report = days.after(restored, self.rng.between(15, 35) * HOUR);
        let review = if self.plan.review_late { 72 } else { self.rng.between(36, 46) };
        let body = json!({"document": "report", "note": "RIM : chronologie, échanges, escalades, actions"});
        self.case.put(report, web(tables::ROC), "delivered", body);
        let body = json!({"document": "review", "note": "Bilan et plan d'actions"});
        self.case.put(days.after(restored, review * HOUR), web(tables::ROC), "delivered", body);
    }

    fn close(&mut self, restored: i64) {
        let days = self.world.days;
        let mut at = days.after(restored, self.rng.skewed(8 * MINUTE, 9 * HOUR));
        if self.plan.major || self.plan.end == End::Refused || self.rng.per_mille(620) {
            self.case.put(at, CUSTOMER, "restoration_validated", json!({}));
        }
        at = days.after(at, self.rng.between(HOUR, 3 * WORKING_DAY));
        self.case.put(at, self.technician, "closed", json!({}));
        if self.plan.end == End::Reopened {
            at = days.after(at, self.rng.between(HOUR, 2 * WORKING_DAY));
            let desk = ezv(self.rng.text(&tables::CDS));
            self.case.put(at, desk, "reopened", json!({"note": "Le défaut est revenu"}));
            at = days.after(at, self.rng.skewed(20 * MINUTE, 3 * HOUR));
            self.restore(at);
            self.case.put(days.after(at, 2 * HOUR), self.technician, "closed", json!({}));
        }
    }
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
