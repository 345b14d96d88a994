//! What makes the year worth reading: the major incidents and the month in which the border
//! controller failed.
//!
//! They are made of ordinary incidents, whose subject and month stay, so that the volumes do too.

use vigie_contract::{Contract, Impact, IncidentSubject, Priority, Urgency};

use super::{
    days::{Day, MINUTE},
    incidents::{End, Found, Pause, Plan, SBC_MONTH},
    rng::Rng,
    season::Season,
    sites::{Site, Sites},
    titles::{self, Matter},
};

/// Months of the P1s of `titles::MAJOR`, one each; with the two of [`SBC_MONTH`] there are nine.
const P1_MONTHS: [usize; 7] = [0, 2, 3, 6, 8, 10, 11];
/// Months of the P1s that are restored too late, besides those of [`SBC_MONTH`].
pub(super) const LATE_P1_MONTHS: [usize; 2] = [3, 11];
/// Month in which a P2 is declared major by decision.
const P2_MAJOR_MONTH: usize = 7;
/// Month of a case that is late although its clock was stopped with the customer's consent: the last full
/// one, so that a time line with both is never far.
const PAUSED_AND_LATE_MONTH: usize = 11;

/// Tells the year's stories.
pub(super) fn tell<'a>(
    plans: &mut [Plan<'a>],
    contract: &'a Contract,
    sites: &'a Sites,
    season: &Season<'_>,
    rng: &mut Rng,
) {
    let Some(subject) = contract.catalogue.subjects.iter().max_by_key(|s| s.volume_2024) else { return };
    for (month, (title, place)) in P1_MONTHS.into_iter().zip(&titles::MAJOR) {
        let site = sites.named(place).or_else(|| rng.one(&sites.critical));
        let (Some(plan), Some(site)) = (one_of(plans, month, subject, rng), site) else { continue };
        become_p1(plan, Matter::new(contract, subject, title), site);
        plan.late = LATE_P1_MONTHS.contains(&month);
    }
    let failures = sbc_failures(season);
    for plan in plans.iter_mut().filter(|p| p.month == SBC_MONTH && p.subject.id == subject.id) {
        if rng.per_mille(550) {
            become_sbc_victim(plan, contract, &failures, rng);
        }
    }
    for (nth, failure) in (0..).zip(&failures) {
        let site = sites.named("HD13").or_else(|| sites.central.first());
        let (Some(plan), Some(site)) = (one_of(plans, SBC_MONTH, subject, rng), site) else { continue };
        become_p1(plan, Matter::new(contract, subject, &titles::SBC), site);
        plan.start = *failure;
        plan.late = true;
        plan.review_late = nth == 0;
    }
    if let Some(plan) = plans.iter_mut().find(|p| p.month == P2_MAJOR_MONTH && p.priority == Priority::P2) {
        become_major(plan);
    }
    // Of Cercle 0, with its own targets, only urgent ones are.
    let urgent = |p: &Plan<'a>| p.urgency == Urgency::U1;
    let simple = |p: &&mut Plan<'a>| p.end == End::Plain && !p.major && !urgent(p) && p.priority == Priority::P3;
    if let Some(plan) = plans.iter_mut().filter(simple).find(|p| p.month == PAUSED_AND_LATE_MONTH) {
        plan.pause = Pause::Accepted;
        plan.late = true;
    }
}

/// An incident of the month on that subject which is not major yet.
fn one_of<'p, 'a>(
    plans: &'p mut [Plan<'a>],
    month: usize,
    subject: &IncidentSubject,
    rng: &mut Rng,
) -> Option<&'p mut Plan<'a>> {
    let fits = |p: &&mut Plan<'a>| p.month == month && !p.major && p.subject.id == subject.id;
    let mut fitting: Vec<_> = plans.iter_mut().filter(fits).collect();
    let drawn = rng.below(i64::try_from(fitting.len()).ok()?);
    let place = usize::try_from(drawn).ok().filter(|p| *p < fitting.len())?;
    Some(fitting.swap_remove(place))
}

fn become_major(plan: &mut Plan<'_>) {
    plan.major = true;
    plan.pause = Pause::None;
    plan.end = End::Plain;
    plan.late = false;
}

fn become_p1<'a>(plan: &mut Plan<'a>, matter: Matter<'a>, site: &'a Site) {
    become_major(plan);
    plan.site = site;
    plan.title = matter.title;
    plan.service = matter.service;
    (plan.urgency, plan.impact, plan.priority) = (Urgency::U1, Impact::One, Priority::P1);
    plan.found = if plan.found == Found::Ezv { Found::AlertThenEzv } else { Found::Alert };
    plan.vip = None;
}

/// When the border controller fails: on a morning of the second week, then three worked days later.
fn sbc_failures(season: &Season<'_>) -> Vec<i64> {
    let days = season.months.get(SBC_MONTH).copied().unwrap_or_default();
    let worked: Vec<&Day> = days.iter().filter(|d| d.worked && d.date.day() >= 8).collect();
    let at = |nth: usize, hour, minute| worked.get(nth).map(|d| d.hm(hour, minute));
    [at(1, 9, 12), at(4, 14, 3)].into_iter().flatten().collect()
}

/// Turns an incident into one that users reported while calls from outside failed.
fn become_sbc_victim<'a>(plan: &mut Plan<'a>, contract: &'a Contract, failures: &[i64], rng: &mut Rng) {
    let (Some(failure), Some(title)) = (rng.one(failures), rng.one(&titles::SBC_VICTIMS)) else { return };
    let matter = Matter::new(contract, plan.subject, title);
    plan.start = failure + 6 * MINUTE + rng.skewed(0, 150 * MINUTE);
    plan.found = Found::Ezv;
    (plan.urgency, plan.impact, plan.priority) = (Urgency::U2, Impact::Two, Priority::P3);
    plan.vip = None;
    plan.pause = Pause::None;
    plan.late = false;
    plan.title = matter.title;
    plan.service = matter.service;
}
