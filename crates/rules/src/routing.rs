//! Which team a new case goes to.
//!
//! The contract's routes decide, in their order. Who holds a case afterwards is what people recorded,
//! and never asked here.

use jiff::Timestamp;
use vigie_contract::{Class, Route, Team};

use crate::{book::Book, fact::Classification};

/// A team with the route that chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routed<'b> {
    /// The team.
    pub team: &'b Team,
    /// Why.
    pub route: &'b Route,
}

/// The team of a new case at an instant: that of the first route that fits, those that ask nothing
/// last; none when none does.
#[must_use]
pub fn route<'b>(book: &'b Book, class: Class, c: &Classification, at: Timestamp) -> Option<Routed<'b>> {
    let routes = &book.contract.teams.routes;
    let route = routes
        .iter()
        .filter(|r| !r.asks_nothing())
        .find(|r| fits(book, r, class, c, at))
        .or_else(|| routes.iter().find(|r| r.asks_nothing()))?;
    book.contract.team(&route.team).map(|team| Routed { team, route })
}

fn fits(book: &Book, route: &Route, class: Class, c: &Classification, at: Timestamp) -> bool {
    // Whether a calendar is closed beyond what is laid out cannot be said: the route does not fit.
    let is_closed = |id| book.calendar(id).is_some_and(|calendar| calendar.is_open(at).is_ok_and(|open| !open));
    route.class.is_none_or(|wanted| wanted == class)
        && (route.services.is_empty() || c.service.as_ref().is_some_and(|s| route.services.contains(s)))
        && (route.items.is_empty() || c.item.as_ref().is_some_and(|i| route.items.contains(&i.0)))
        && route.outside.as_ref().is_none_or(is_closed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{at, book};

    fn check(class: Class, c: &Classification, when: &str, expected: &str) {
        let book = book();
        let team = route(&book, class, c, at(when)).map(|r| r.team.id.0.clone());
        assert_eq!(team.as_deref(), Some(expected), "{class:?} {when}");
    }

    #[test]
    fn the_first_route_that_fits_decides() {
        let plain = Classification::default();
        check(Class::Problem, &plain, "2026-03-12T10:00", "gt");
        check(Class::Request, &plain, "2026-03-12T10:00", "go");
        let move_ = Classification { item: Some("move".into()), ..plain.clone() };
        check(Class::Request, &move_, "2026-03-12T10:00", "rtc");
        check(Class::Incident, &move_, "2026-03-12T10:00", "go");
        let cabling = Classification { service: Some("cabling".into()), ..plain };
        check(Class::Incident, &cabling, "2026-03-12T10:00", "cablers");
    }

    #[test]
    fn at_night_an_incident_goes_to_whoever_watches_until_the_very_opening() {
        let plain = Classification::default();
        check(Class::Incident, &plain, "2026-03-12T07:59:59", "noc");
        check(Class::Incident, &plain, "2026-03-12T08:00", "go");
        check(Class::Incident, &plain, "2026-03-12T17:59:59", "go");
        check(Class::Incident, &plain, "2026-03-12T18:00", "noc");
        check(Class::Incident, &plain, "2026-03-14T10:00", "noc");
        check(Class::Request, &plain, "2026-03-14T10:00", "go");
    }
}
