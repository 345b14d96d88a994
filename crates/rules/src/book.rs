//! A contract made ready to apply: calendars laid out, references resolved, one book per version.
//!
//! A case keeps the book in force at its clock start; a period is judged by the book in force on its
//! first day. Building a book is the only slow step; every question afterwards is a look-up.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use vigie_contract::{
    CalendarId, CalendarSource, CatalogueItem, ClockId, ClockRule, Comparison, Contract, Coverage, Delay, DelayKind,
    Impact, InfraKind, OverrideRule, Priority, ServiceId, SiteClass, TargetRule, Urgency,
};

use crate::{
    calendar::{Calendar, CalendarError},
    delay::open_time,
    fact::Classification,
    life::Life,
};

/// One version of a contract, ready to apply.
#[derive(Clone, Debug)]
pub struct Book {
    /// Version id.
    pub version: String,
    /// From when it is in force; absent for the first.
    pub effective: Option<Date>,
    /// The contract's own words.
    pub contract: Contract,
    zone: TimeZone,
    calendars: BTreeMap<CalendarId, Arc<Calendar>>,
    services: BTreeMap<String, (InfraKind, bool, Coverage)>,
    /// Site names and aliases, lower case.
    sites: BTreeMap<String, SiteClass>,
}

/// Why a contract could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// Its zone is not in the IANA database.
    #[error("the zone `{0}` is not known; write an IANA name such as `Europe/Paris`")]
    Zone(String),
    /// A calendar could not be laid out.
    #[error("the calendar `{id}` could not be laid out")]
    Calendar {
        /// Which.
        id: CalendarId,
        #[source]
        /// Why.
        source: CalendarError,
    },
    /// There is no version at all.
    #[error("the contract has no version")]
    Empty,
}

/// What a clock may run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// This much open time on the clock's calendar.
    Open(SignedDuration),
    /// A civil delay from the start.
    Civil(Delay),
    /// Until an agreed instant.
    Until(Timestamp),
}

/// Why a clock has the target that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetReason {
    /// The table's delay for the priority.
    Table,
    /// REQ16 or REQ17: central site or Cercle 0, stricter than the table.
    Cercle0,
    /// The clock's own fixed delay.
    Fixed,
    /// The catalogue item's delay.
    Catalogue,
    /// The date agreed on the case.
    Agreed,
}

/// A target with its reason and its comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetOf {
    /// How long.
    pub target: Target,
    /// Why.
    pub reason: TargetReason,
    /// Whether exactly the target is in time.
    pub comparison: Comparison,
    /// From when it costs points, when the promise itself is "immediate".
    pub penal_threshold: Option<SignedDuration>,
}

impl Book {
    /// Makes a version ready.
    ///
    /// # Errors
    /// When its zone is unknown or a calendar cannot be laid out.
    pub fn new(version: String, effective: Option<Date>, contract: Contract) -> Result<Self, BookError> {
        Self::after(None, version, effective, contract)
    }

    /// The same, sharing the calendars that `before` already laid out.
    ///
    /// # Errors
    /// As [`Book::new`].
    pub fn after(
        before: Option<&Self>,
        version: String,
        effective: Option<Date>,
        contract: Contract,
    ) -> Result<Self, BookError> {
        let zone = TimeZone::get(&contract.frame.zone).map_err(|_| BookError::Zone(contract.frame.zone.clone()))?;
        let mut calendars = BTreeMap::new();
        for rule in &contract.calendars {
            let same = before.filter(|b| b.zone == zone && b.contract.calendar(&rule.id) == Some(rule));
            if let Some(laid_out) = same.and_then(|b| b.calendar(&rule.id)) {
                calendars.insert(rule.id.clone(), Arc::clone(laid_out));
                continue;
            }
            let calendar = Calendar::from_rule(rule, &zone, Calendar::YEARS)
                .map_err(|source| BookError::Calendar { id: rule.id.clone(), source })?;
            calendars.insert(rule.id.clone(), Arc::new(calendar));
        }
        let services =
            contract.perimeter.services.iter().map(|s| (s.id.0.clone(), (s.infra, s.cercle0, s.coverage))).collect();
        let names = |s: &vigie_contract::Site| {
            std::iter::once(&s.id).chain(&s.aliases).map(|n| n.to_lowercase()).collect::<Vec<_>>()
        };
        let sites = contract.perimeter.sites.iter().flat_map(|s| names(s).into_iter().map(|n| (n, s.class))).collect();
        Ok(Self { version, effective, contract, zone, calendars, services, sites })
    }

    /// The zone of the contract's civil times.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// A calendar by its name.
    #[must_use]
    pub fn calendar(&self, id: &CalendarId) -> Option<&Arc<Calendar>> {
        self.calendars.get(id)
    }

    /// A clock by its name.
    #[must_use]
    pub fn clock(&self, id: &ClockId) -> Option<&ClockRule> {
        self.contract.clock(id)
    }

    /// The priority of a classification: the one decided or imported, else the matrix's, raised to
    /// the floor of technical incidents (AMB-32).
    #[must_use]
    pub fn priority(&self, c: &Classification) -> Option<Priority> {
        if c.priority.is_some() {
            return c.priority;
        }
        let cell = self.cell(c.urgency?, c.impact?)?;
        let floor = self.contract.priorities.major.technical_floor.filter(|_| c.technical == Some(true));
        Some(floor.map_or(cell, |floor| cell.min(floor)))
    }

    /// The priority that a cell of the matrix gives.
    #[must_use]
    pub fn cell(&self, urgency: Urgency, impact: Impact) -> Option<Priority> {
        self.contract.priorities.cells.iter().find(|c| c.urgency == urgency && c.impact == impact).map(|c| c.priority)
    }

    /// Kind of infrastructure: the case's own, else its service's, else network and telephony.
    #[must_use]
    pub fn infra(&self, c: &Classification) -> InfraKind {
        c.infra.or_else(|| self.service(c).map(|s| s.0)).unwrap_or_default()
    }

    fn service(&self, c: &Classification) -> Option<&(InfraKind, bool, Coverage)> {
        c.service.as_ref().and_then(|s| self.services.get(&s.0))
    }

    /// Whether REQ16 and REQ17 apply: said on the case, or by its service, or by a central site.
    #[must_use]
    pub fn is_cercle0(&self, c: &Classification) -> bool {
        c.cercle0.unwrap_or_else(|| {
            self.service(c).is_some_and(|s| s.1)
                || c.site.as_ref().is_some_and(|s| self.site_class(s) == Some(SiteClass::Central))
        })
    }

    /// The class of a site that the contract names, by any of its names.
    #[must_use]
    pub fn site_class(&self, site: &str) -> Option<SiteClass> {
        self.sites.get(&site.to_lowercase()).copied()
    }

    /// Whether a service is of Cercle 0.
    #[must_use]
    pub fn is_cercle0_service(&self, service: &ServiceId) -> bool {
        self.services.get(&service.0).is_some_and(|s| s.1)
    }

    /// How far the contract covers the case; only full coverage is contractual (AMB-41).
    #[must_use]
    pub fn coverage(&self, c: &Classification) -> Coverage {
        c.coverage.or_else(|| self.service(c).map(|s| s.2)).unwrap_or_default()
    }

    /// Whether an incident of that priority and life is major.
    #[must_use]
    pub fn is_major(&self, priority: Option<Priority>, life: &Life) -> bool {
        life.declared_major.is_some() || priority.is_some_and(|p| self.contract.priorities.major.auto.contains(&p))
    }

    /// Whether an incident could be major at any priority that it ever held: a cheap no.
    #[must_use]
    pub fn may_be_major(&self, life: &Life) -> bool {
        life.declared_major.is_some() || life.classifications.iter().any(|(_, c)| self.is_major(self.priority(c), life))
    }

    /// The calendar in which a clock counts for a priority.
    #[must_use]
    pub fn calendar_of(&self, rule: &ClockRule, priority: Option<Priority>) -> Option<(&CalendarId, &Arc<Calendar>)> {
        let window = || self.contract.priorities.windows.iter().find(|w| Some(w.priority) == priority);
        let id = match &rule.calendar {
            CalendarSource::Fixed(id) => id,
            CalendarSource::Treatment => &window()?.treatment,
            CalendarSource::TakeIn => &window()?.take_in,
        };
        self.calendars.get_key_value(id)
    }

    /// The item of the catalogue that a case asks for.
    #[must_use]
    pub fn item(&self, c: &Classification) -> Option<&CatalogueItem> {
        let id = c.item.as_ref()?;
        self.contract.catalogue.items.iter().find(|i| i.id == *id)
    }

    /// How long a clock may run; none when the contract gives no value.
    #[must_use]
    pub fn target(
        &self,
        rule: &ClockRule,
        priority: Option<Priority>,
        c: &Classification,
        agreed: Option<Timestamp>,
    ) -> Option<TargetOf> {
        let plain = |delay: Delay, reason| TargetOf {
            target: open_time(delay).map_or(Target::Civil(delay), Target::Open),
            reason,
            comparison: rule.comparison,
            penal_threshold: None,
        };
        match &rule.target {
            TargetRule::PriorityDelay(kind) => self.table_delay(rule, *kind, priority?, c),
            TargetRule::Fixed(delay) => Some(plain(*delay, TargetReason::Fixed)),
            TargetRule::Catalogue => {
                let item = self.item(c)?;
                let delay = if c.urgent == Some(true) { item.urgent_delay.or(item.delay) } else { item.delay };
                delay.map(|d| plain(d, TargetReason::Catalogue))
            }
            TargetRule::Agreed => agreed.map(|at| TargetOf {
                target: Target::Until(at),
                reason: TargetReason::Agreed,
                comparison: rule.comparison,
                penal_threshold: None,
            }),
            TargetRule::ByPriority(by) => match agreed {
                // A date entered on the problem itself is as good as a value of the convention (AMB-06).
                Some(at) => Some(TargetOf {
                    target: Target::Until(at),
                    reason: TargetReason::Agreed,
                    comparison: rule.comparison,
                    penal_threshold: None,
                }),
                None => by.get(&priority?).map(|d| plain(*d, TargetReason::Fixed)),
            },
        }
    }

    fn table_delay(
        &self,
        rule: &ClockRule,
        kind: DelayKind,
        priority: Priority,
        c: &Classification,
    ) -> Option<TargetOf> {
        let infra = self.infra(c);
        let row = self
            .contract
            .priorities
            .delays
            .iter()
            .filter(|d| d.priority == priority && d.kind == kind)
            .find(|d| d.infra.is_none_or(|i| i == infra));
        let from_table = row.and_then(|row| {
            Some(TargetOf {
                target: Target::Open(open_time(row.value)?),
                reason: TargetReason::Table,
                comparison: rule.comparison,
                penal_threshold: row.penal_threshold.and_then(open_time),
            })
        });
        let total_outage = c.impact == Some(Impact::One);
        let imposed = self
            .contract
            .priorities
            .overrides
            .iter()
            .filter(|o| o.kind == kind && (o.rule == OverrideRule::Strictest || total_outage))
            .find(|_| self.is_cercle0(c))
            .and_then(|o| Some((open_time(o.value)?, o.comparison)));
        match (from_table, imposed) {
            (
                Some(TargetOf { target: Target::Open(table), penal_threshold, comparison: own, .. }),
                Some((value, comparison)),
            ) if value < penal_threshold.unwrap_or(table)
                    // As long, but strict where the table is not: stricter all the same (REQ17).
                    || (value == penal_threshold.unwrap_or(table)
                        && comparison == Comparison::Strict
                        && own == Comparison::Inclusive) =>
            {
                Some(TargetOf {
                    target: Target::Open(value),
                    reason: TargetReason::Cercle0,
                    comparison,
                    penal_threshold: None,
                })
            }
            (None, Some((value, comparison))) => Some(TargetOf {
                target: Target::Open(value),
                reason: TargetReason::Cercle0,
                comparison,
                penal_threshold: None,
            }),
            (table, _) => table,
        }
    }
}

/// All versions of a contract, ready to apply.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Holds from the beginning.
    first: Arc<Book>,
    /// The later versions with the instant from which each holds, in order.
    later: Vec<(Timestamp, Arc<Book>)>,
}

impl Rulebook {
    /// Puts versions in order; the one without a date, or else the earliest, holds from the beginning.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(books: Vec<Book>) -> Result<Self, BookError> {
        let midnight = |b: &Book| b.effective.and_then(|d| d.to_zoned(b.zone.clone()).ok()).map(|z| z.timestamp());
        let mut books: Vec<_> = books.into_iter().map(|b| (midnight(&b), Arc::new(b))).collect();
        books.sort_by_key(|(at, _)| *at);
        let mut books = books.into_iter();
        let (_, first) = books.next().ok_or(BookError::Empty)?;
        Ok(Self { first, later: books.filter_map(|(at, book)| Some((at?, book))).collect() })
    }

    /// The version in force at an instant; before the first, the first.
    #[must_use]
    pub fn at(&self, instant: Timestamp) -> &Arc<Book> {
        let index = self.later.partition_point(|(from, _)| *from <= instant);
        index.checked_sub(1).and_then(|i| self.later.get(i)).map_or(&self.first, |(_, book)| book)
    }

    /// The versions, in order.
    pub fn versions(&self) -> impl Iterator<Item = &Arc<Book>> {
        std::iter::once(&self.first).chain(self.later.iter().map(|(_, b)| b))
    }

    /// The zone of the first version: months are months of it.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        self.first.zone()
    }

    /// A rulebook in which every version is changed by `change`: for what-if questions.
    #[must_use]
    pub fn changed(&self, mut change: impl FnMut(&mut Contract)) -> Self {
        let mut copy = |book: &Arc<Book>| {
            let mut copy = Book::clone(book);
            change(&mut copy.contract);
            Arc::new(copy)
        };
        Self { first: copy(&self.first), later: self.later.iter().map(|(at, book)| (*at, copy(book))).collect() }
    }
}
