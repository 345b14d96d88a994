//! The entries of each incident, from its identification to its closure.

use serde_json::{Value, json};
use vigie_contract::{Class, ClockId, PauseRule, Priority};
use vigie_rules::{
    book::{Book, Target},
    fact::Classification,
    routing,
};

use super::{
    days::{Days, HOUR, MINUTE, WORKING_DAY, instant},
    incidents::{End, Found, Pause, Plan},
    journal::{Case, Hand, Journal, ezv, phone, web},
    numbers::Numbers,
    people::Caller,
    rng::Rng,
    tables,
};

/// Who speaks for the customer's operations.
const CUSTOMER: Hand = web(tables::CUSTOMER_OPERATIONS);

/// What the lives need besides their plans.
pub(super) struct World<'a> {
    /// The days, and the hours of work.
    pub days: &'a Days,
    /// The group of on-site operations.
    pub go: &'a str,
    /// The group of central supervision.
    noc: &'a str,
    book: &'a Book,
    /// Reasons for which a clock may stop.
    allowed: Vec<&'a PauseRule>,
    /// Reasons for which it may not.
    refused: Vec<&'a PauseRule>,
}

impl<'a> World<'a> {
    /// The world of one contract.
    pub(super) fn new(days: &'a Days, book: &'a Book) -> Self {
        let (allowed, refused) = book.contract.clocks.pauses.iter().partition(|p| p.allowed);
        let of = |role: &str| {
            let team = book.contract.teams.teams.iter().find(|t| t.roles.iter().any(|r| r.0 == role));
            team.map_or("", |t| t.id.0.as_str())
        };
        Self { days, go: of("go_technician"), noc: of("noc"), book, allowed, refused }
    }

    /// The group that a new case goes to.
    pub(super) fn team(&self, class: Class, classification: &Classification, at: i64) -> Option<&'a str> {
        team(self.book, class, classification, at)
    }

    /// Open seconds within which the contract wants an incident restored; a day where it gives none.
    fn target(&self, plan: &Plan<'_>, classification: &Classification) -> i64 {
        let rule = self.book.clock(&ClockId::from("restoration"));
        let target = rule.and_then(|r| self.book.target(r, Some(plan.priority), classification, None));
        match target.map(|t| t.target) {
            Some(Target::Open(open)) => open.as_secs(),
            _ => WORKING_DAY,
        }
    }
}

/// The group that the contract's routes give a new case.
pub(super) fn team<'b>(book: &'b Book, class: Class, classification: &Classification, at: i64) -> Option<&'b str> {
    routing::route(book, class, classification, instant(at)).map(|r| r.team.id.0.as_str())
}

/// One incident whose entries are being written.
struct Life<'l> {
    case: Case<'l>,
    world: &'l World<'l>,
    plan: &'l Plan<'l>,
    class: Classification,
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
    let class = plan.classification();
    let open = (world.target(plan, &class) * share / 100).max(8 * MINUTE);
    // What supervision detects, it handles itself; the rest is for the teams on site (3.7.1.5).
    let technician = web(rng.text(if plan.is_technical() { &tables::NOC[..] } else { &tables::GO[..] }));
    let case = Case::new(journal, "incident", &number);
    Life { case, world, plan, class, rng, technician, open }.write();
}

impl Life<'_> {
    fn write(mut self) {
        let recorder = self.identify();
        let classified = self.plan.start + self.rng.between(20, 200);
        self.case.put(classified, recorder, "classified", json!(self.class));
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
        let caller = self.plan.vip.clone().unwrap_or_else(|| Caller::agent(self.rng));
        let said = words(self.plan, &caller, self.rng);
        let on_site = if self.world.days.is_open(start) { self.technician } else { web(noc) };
        let supervision = Hand { actor: tables::SUPERVISION, origin: "supervision" };
        match self.plan.found {
            Found::Ezv => self.called(start, desk, "ezv", &caller, said),
            Found::Double => {
                self.called(start, desk, "ezv", &caller, said);
                let again = self.minutes_later(4, 35);
                self.case.put(again, phone(noc), "identified", json!({"source": "desk"}));
            }
            Found::Direct => self.called(start, phone(CUSTOMER.actor), "desk", &caller, said),
            Found::Alert => self.case.put(start, supervision, "identified", self.first("alert", None)),
            Found::AlertThenEzv => {
                self.case.put(start, supervision, "identified", self.first("alert", None));
                let recorded = self.minutes_later(7, 55);
                let body = json!({"source": "ezv", "vip": caller.vip});
                self.case.put_with(recorded, desk, "identified", body, said);
            }
            Found::DailyTest => {
                let tests = Hand { actor: tables::DAILY_TESTS, origin: "job" };
                self.case.put(start, tests, "identified", self.first("daily_test", None));
            }
            Found::Mail => {
                let mail = Hand { actor: tables::CUSTOMER_OPERATIONS, origin: "mail" };
                self.called(start, mail, "information_emitted", &caller, said);
                let read = self.minutes_later(2, 20);
                self.case.put(read, on_site, "identified", json!({"source": "information_received"}));
            }
        }
        if matches!(self.plan.found, Found::Ezv | Found::Double) { desk } else { on_site }
    }

    /// A first identification by somebody who calls, writes or has it recorded.
    fn called(&mut self, at: i64, hand: Hand, source: &str, caller: &Caller, said: Said) {
        self.case.put_with(at, hand, "identified", self.first(source, caller.vip), said);
    }

    /// What the first identification says.
    fn first(&self, source: &str, vip: Option<&str>) -> Value {
        let plan = self.plan;
        json!({
            "source": source,
            "direct": (plan.found == Found::Direct).then_some(true),
            "title": plan.title,
            "subject": plan.subject.id,
            "commune": plan.site.commune,
            "team": self.world.team(Class::Incident, &self.class, plan.start),
            "vip": vip,
        })
    }

    fn take_in(&mut self, classified: i64) {
        let rng = &mut *self.rng;
        let (at, hand) = match self.plan.priority {
            // P1 is taken in at any hour (3.7.1.2), by central supervision.
            Priority::P1 => (classified + rng.between(20, 150), web(rng.text(&tables::NOC))),
            priority => {
                let most = if self.plan.late { 50 } else { 26 };
                let soon = priority == Priority::P2 || self.world.book.is_cercle0(&self.class);
                let wait = if soon { rng.skewed(2, most) * MINUTE } else { rng.skewed(6 * MINUTE, 5 * HOUR) };
                (self.world.days.after(classified, wait.min(self.open / 3)), self.technician)
            }
        };
        let team = if self.plan.is_technical() { self.world.noc } else { self.world.go };
        self.case.take_in(at, hand, team, self.technician);
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

/// What people said, by name.
type Said = Vec<(&'static str, String)>;

/// A caller with their words: content, never body.
fn words(plan: &Plan<'_>, caller: &Caller, rng: &mut Rng) -> Said {
    let description = format!("{}. {}", plan.title, rng.text(&tables::CALLER_WORDS));
    vec![("caller", caller.said()), ("description", description)]
}
