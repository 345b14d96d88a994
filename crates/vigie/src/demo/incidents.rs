//! The incidents of the year: what breaks, where, when, how it is found out and how it ends.
//!
//! Each is drawn here as a [`Plan`]; `stories` makes major ones of a few, and `lives` writes them all.

use vigie_contract::{Contract, Impact, IncidentSubject, Priority, ServiceId, Urgency};
use vigie_rules::fact::Classification;

use super::{
    days::Day,
    people::Caller,
    rng::Rng,
    season::{self, Season},
    sites::{Site, Sites},
    stories, titles,
};

/// The bad month in which the border controller fails twice, counted from the oldest.
pub(super) const SBC_MONTH: usize = 5;
/// The bad month in which two technicians are missing.
pub(super) const SHORTAGE_MONTH: usize = 9;

/// How the case came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The service desk recorded it in EZV.
    Ezv,
    /// It was recorded in EZV, then called in to the provider's desk as well.
    Double,
    /// The customer called the provider's desk itself.
    Direct,
    /// Supervision saw it; nobody recorded it in EZV.
    Alert,
    /// Supervision saw it before the users' case was recorded in EZV.
    AlertThenEzv,
    /// A morning test call failed.
    DailyTest,
    /// The customer wrote a mail to the provider.
    Mail,
}

/// How the case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Restored and closed.
    Plain,
    /// The customer refused a first restoration.
    Refused,
    /// Opened again after closure.
    Reopened,
    /// Void: a duplicate or a mistake.
    Cancelled,
    /// Still being worked on.
    Open,
}

/// Why the clock was stopped for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// It was not.
    None,
    /// For a reason that the contract allows, accepted by the customer.
    Accepted,
    /// For a vendor or for parts, which the contract does not allow; refused.
    Refused,
}

/// One incident before its entries are written.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    /// First identification.
    pub start: i64,
    /// Month of the year, from the oldest.
    pub month: usize,
    /// Subject of the catalogue.
    pub subject: &'a IncidentSubject,
    /// Where.
    pub site: &'a Site,
    /// How urgent.
    pub urgency: Urgency,
    /// How wide.
    pub impact: Impact,
    /// What the matrix gives.
    pub priority: Priority,
    /// Service concerned.
    pub service: &'a ServiceId,
    /// The VIP or VVIP who is concerned.
    pub vip: Option<Caller>,
    /// How it came to be known.
    pub found: Found,
    /// How it ends.
    pub end: End,
    /// Whether its clock was stopped.
    pub pause: Pause,
    /// Restored too late.
    pub late: bool,
    /// Declared major.
    pub major: bool,
    /// Major, and its review was handed over too late.
    pub review_late: bool,
    /// Short title in French.
    pub title: String,
}

impl Plan<'_> {
    /// How the desk classifies it.
    pub(super) fn classification(&self) -> Classification {
        Classification {
            urgency: Some(self.urgency),
            impact: Some(self.impact),
            service: Some(self.service.clone()),
            site: Some(self.site.name.clone()),
            technical: Some(self.is_technical()),
            item: Some(self.subject.id.as_str().into()),
            ..Classification::default()
        }
    }

    /// Whether supervision alone found it.
    pub(super) const fn is_technical(&self) -> bool {
        matches!(self.found, Found::Alert | Found::DailyTest)
    }
}

/// Draws all incidents, oldest first.
pub(super) fn plan<'a>(contract: &'a Contract, sites: &'a Sites, season: &Season<'_>) -> Vec<Plan<'a>> {
    let mut rng = Rng::new(0x1AC1_DE27);
    let mut plans = Vec::with_capacity(1000);
    for subject in &contract.catalogue.subjects {
        let (past, current) = season.share(i64::from(subject.volume_2024), &mut rng);
        for n in 0..past + current {
            let Some(day) = season.day(n >= past, &mut rng) else { continue };
            let Some(mut plan) = ordinary(contract, subject, sites, day, &mut rng) else { continue };
            plan.month = season.month_of(day);
            plan.late = rng.per_mille(match (plan.pause, plan.month) {
                (Pause::Refused, _) => 500,
                (_, SHORTAGE_MONTH) => 170,
                (_, SBC_MONTH) => 120,
                _ => 55,
            });
            // What presses is not left lying: of it, only today's cases are still open.
            let may_wait = if plan.priority <= Priority::P2 { season.is_today(day) } else { season.is_recent(day) };
            if may_wait && rng.per_mille(450) {
                plan.end = End::Open;
            }
            plans.push(plan);
        }
    }
    stories::tell(&mut plans, contract, sites, season, &mut rng);
    plans.sort_by_key(|p| p.start);
    plans
}

/// An incident like most others.
fn ordinary<'a>(
    contract: &'a Contract,
    subject: &'a IncidentSubject,
    sites: &'a Sites,
    day: &Day,
    rng: &mut Rng,
) -> Option<Plan<'a>> {
    let priority = match rng.below(1000) {
        0..92 => Priority::P2,
        92..545 => Priority::P3,
        _ => Priority::P4,
    };
    // The matrix of 3.7.1.2, read backwards.
    let (urgency, impact) = match (priority, rng.below(100)) {
        (Priority::P1, _) => (Urgency::U1, Impact::One),
        (Priority::P2, 0..80) => (Urgency::U1, Impact::Two),
        (Priority::P2, _) => (Urgency::U2, Impact::One),
        (Priority::P3, 0..45) => (Urgency::U1, Impact::Three),
        (Priority::P3, _) => (Urgency::U2, Impact::Two),
        (Priority::P4, _) => (Urgency::U2, Impact::Three),
    };
    // VIPs and VVIPs are urgent wherever they are; otherwise urgency comes from the site.
    let (site, vip) = match (urgency, rng.below(100)) {
        (Urgency::U1, 0..8) => (rng.one(&sites.standard)?, Some(Caller::vvip(rng))),
        (Urgency::U1, 8..36) => (rng.one(&sites.standard)?, Some(Caller::vip(rng))),
        (Urgency::U1, 36..50) if priority == Priority::P2 => (rng.one(&sites.central)?, None),
        (Urgency::U1, _) => (rng.one(&sites.critical)?, None),
        (Urgency::U2, _) => (rng.one(&sites.standard)?, None),
    };
    // Technical incidents are P1 or P2 (3.7.1.2); users tell of the rest, unless supervision was first.
    let found = match (priority, rng.below(100)) {
        (Priority::P1 | Priority::P2, 0..42) => Found::Alert,
        (Priority::P1 | Priority::P2, 42..55) => Found::DailyTest,
        (Priority::P1 | Priority::P2, 55..70) | (_, 0..9) => Found::AlertThenEzv,
        (_, 9..21) => Found::Double,
        (_, 21..34) => Found::Direct,
        (_, 34..36) => Found::Mail,
        _ => Found::Ezv,
    };
    // Nobody is at work to report on a closed day: what is known of it, supervision saw. No machine knows
    // that it concerns a VIP: that, somebody told.
    let found = match found {
        Found::Alert | Found::DailyTest if vip.is_some() => Found::AlertThenEzv,
        Found::Alert | Found::AlertThenEzv => found,
        _ if !day.worked => Found::AlertThenEzv,
        _ => found,
    };
    let start = match found {
        Found::Alert | Found::AlertThenEzv => season::alerted(day, rng),
        Found::DailyTest => season::tested(day, rng),
        _ => season::reported(day, rng),
    };
    let end = match rng.below(1000) {
        0..14 => End::Refused,
        14..39 => End::Reopened,
        39..57 => End::Cancelled,
        _ => End::Plain,
    };
    let pause = match rng.below(1000) {
        _ if end != End::Plain => Pause::None,
        0..62 => Pause::Accepted,
        62..80 => Pause::Refused,
        _ => Pause::None,
    };
    let matter = titles::draw(contract, subject, urgency == Urgency::U1, rng);
    let (site, vip) = match matter.site.and_then(|name| sites.named(name)) {
        Some(only) => (only, None),
        None => (site, vip),
    };
    Some(Plan {
        start,
        month: 0,
        subject,
        site,
        urgency,
        impact,
        priority,
        service: matter.service,
        vip,
        found,
        end,
        pause,
        late: false,
        major: false,
        review_late: false,
        title: matter.title,
    })
}
