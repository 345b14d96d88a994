//! What a change still lacks before it may be planned, and a problem before it may be closed.
//!
//! The contract says what each type needs; what was done on the case is given. Nothing here decides in
//! somebody's place: it only tells what nobody has done yet.

use jiff::Timestamp;
use vigie_contract::{
    Authority, AuthorityRule, ChangeType, Class, CollegeId, Comparison, Direction, Notice, ProblemStage, Risk,
    ServiceId, StageId,
};

use crate::{book::Book, calendar::CalendarError, delay::instant_after, step::Progress};

/// What was done on a change so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFile {
    /// Its risk, once assessed.
    pub risk: Option<Risk>,
    /// Colleges that gave their opinion, favourable or not.
    pub opinions: Vec<CollegeId>,
    /// Sections of the impact study that are written.
    pub sections: Vec<String>,
    /// The customer validated the study.
    pub study_validated: bool,
    /// Criteria of urgency that somebody stated.
    pub urgent_criteria: Vec<String>,
    /// Who authorised it.
    pub authorised_by: Option<Authority>,
}

/// Something that a change lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Its type was not said, on which all else depends.
    Kind,
    /// Its risk was not assessed, on which the authority depends.
    Risk,
    /// None of the criteria of urgency was stated.
    UrgentCriteria,
    /// A section of its impact study.
    Section(String),
    /// The customer's validation of the study.
    Validation,
    /// The opinion of a college.
    Opinion(CollegeId),
    /// The decision of the authority.
    Decision(Authority),
}

/// Who authorises a change of that type; none while a risk is needed to tell.
#[must_use]
pub fn authority(kind: &ChangeType, risk: Option<Risk>) -> Option<Authority> {
    match &kind.authority {
        AuthorityRule::Always(authority) => Some(*authority),
        AuthorityRule::ByRisk(by) => by.get(&risk?).copied(),
    }
}

/// What a change lacks before it may be planned.
#[must_use]
pub fn lacks_of(book: &Book, progress: &Progress) -> Vec<Lack> {
    let kind = progress.kind.as_ref().and_then(|k| book.contract.change_type(k));
    kind.map_or_else(|| vec![Lack::Kind], |kind| lacks(book, kind, &progress.change_file()))
}

/// What a change of that type lacks before it may be planned, in the order in which it is done.
#[must_use]
pub fn lacks(book: &Book, kind: &ChangeType, file: &ChangeFile) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let authority = authority(kind, file.risk);
    if authority.is_none() {
        lacks.push(Lack::Risk);
    }
    if kind.states_urgency && file.urgent_criteria.is_empty() {
        lacks.push(Lack::UrgentCriteria);
    }
    if kind.impact_study {
        let sections = book.contract.changes.sections.iter().filter(|s| s.class == Class::Change);
        lacks.extend(sections.filter(|s| !file.sections.contains(&s.id)).map(|s| Lack::Section(s.id.clone())));
        if !file.study_validated {
            lacks.push(Lack::Validation);
        }
    }
    let opinions = kind.opinions.iter().filter(|c| !file.opinions.contains(c));
    lacks.extend(opinions.map(|c| Lack::Opinion(c.clone())));
    match authority {
        None | Some(Authority::PreAuthorised) => {}
        Some(wanted) if rank(file.authorised_by) >= rank(Some(wanted)) => {}
        Some(wanted) => lacks.push(Lack::Decision(wanted)),
    }
    lacks
}

/// A board may decide what the process could; the emergency board decides as the board does.
const fn rank(authority: Option<Authority>) -> u8 {
    match authority {
        None => 0,
        Some(Authority::PreAuthorised) => 1,
        Some(Authority::Process) => 2,
        Some(Authority::Cab | Authority::Ecab) => 3,
    }
}

/// The notice that changes of a service give: that of its domain, else that of the domain of all others.
#[must_use]
pub fn notice_of<'b>(book: &'b Book, service: Option<&ServiceId>) -> Option<&'b Notice> {
    let notices = &book.contract.changes.notices;
    let own = service.and_then(|s| notices.iter().find(|n| n.services.contains(s)));
    own.or_else(|| notices.iter().find(|n| n.services.is_empty()))
}

/// The earliest instant at which a change announced at `told` may begin; none when its type gives no
/// notice or the contract gives no value. Days and hours are those of the treatment window `calendar`.
///
/// # Errors
/// When the calendar is not laid out that far.
pub fn earliest_start(
    book: &Book,
    kind: &ChangeType,
    service: Option<&ServiceId>,
    told: Timestamp,
    calendar: &crate::calendar::Calendar,
) -> Result<Option<Timestamp>, CalendarError> {
    let delay = notice_of(book, service).filter(|_| kind.notice).and_then(|n| n.delay);
    delay.map(|d| instant_after(told, d, Direction::After, Comparison::Strict, calendar)).transpose()
}

/// The stages without which a problem cannot be closed and that are not done, in the contract's order.
pub fn open_stages<'b>(book: &'b Book, done: &[StageId]) -> impl Iterator<Item = &'b ProblemStage> {
    book.contract.changes.stages.iter().filter(|s| s.closes && !done.contains(&s.id))
}

/// The window of a planned change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Of which case.
    pub number: String,
    /// The service that it touches.
    pub service: Option<ServiceId>,
    /// The site that it touches.
    pub site: Option<String>,
    /// Its first instant.
    pub begins: Timestamp,
    /// Its last.
    pub ends: Timestamp,
}

/// Whether two changes may get in each other's way: at the same time, on the same service or site. What
/// nobody said of a change may be anything.
#[must_use]
pub fn conflict(one: &Window, other: &Window) -> bool {
    fn same<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
        one.zip(other).is_some_and(|(a, b)| a == b)
    }
    let unknown = |w: &Window| w.service.is_none() && w.site.is_none();
    let meet = one.begins < other.ends && other.begins < one.ends;
    let touch = same(one.service.as_ref(), other.service.as_ref()) || same(one.site.as_ref(), other.site.as_ref());
    one.number != other.number && meet && (touch || unknown(one) || unknown(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{at, book};

    fn told(kind: &str, file: &ChangeFile) -> Vec<String> {
        let book = book();
        let kind = book.contract.change_type(&kind.into()).unwrap();
        let word = |lack: &Lack| match lack {
            Lack::Section(s) => format!("section {s}"),
            Lack::Opinion(c) => format!("opinion {c}"),
            other => format!("{other:?}"),
        };
        lacks(&book, kind, file).iter().map(word).collect()
    }

    fn complete() -> ChangeFile {
        ChangeFile {
            opinions: vec!["architects".into(), "technical".into(), "operations".into()],
            sections: vec!["perimeter".into(), "risks".into()],
            study_validated: true,
            authorised_by: Some(Authority::Cab),
            ..ChangeFile::default()
        }
    }

    #[test]
    fn a_major_change_lacks_its_study_three_opinions_and_the_boards_decision() {
        assert_eq!(
            told("major", &ChangeFile::default()),
            [
                "section perimeter",
                "section risks",
                "Validation",
                "opinion architects",
                "opinion technical",
                "opinion operations",
                "Decision(Cab)"
            ]
        );
        assert!(told("major", &complete()).is_empty());
        let mut two = complete();
        two.opinions.pop();
        assert_eq!(told("major", &two), ["opinion operations"]);
        let process = ChangeFile { authorised_by: Some(Authority::Process), ..complete() };
        assert_eq!(told("major", &process), ["Decision(Cab)"]);
    }

    #[test]
    fn a_standard_change_lacks_nothing() {
        assert!(told("standard", &ChangeFile::default()).is_empty());
    }

    #[test]
    fn the_risk_of_a_normal_change_decides_who_authorises_it() {
        let file = |risk, by| ChangeFile { risk, authorised_by: by, ..ChangeFile::default() };
        assert_eq!(told("normal", &file(None, None)), ["Risk"]);
        assert_eq!(told("normal", &file(Some(Risk::Low), None)), ["Decision(Process)"]);
        assert!(told("normal", &file(Some(Risk::Medium), Some(Authority::Process))).is_empty());
        assert_eq!(told("normal", &file(Some(Risk::High), Some(Authority::Process))), ["Decision(Cab)"]);
        assert!(told("normal", &file(Some(Risk::High), Some(Authority::Cab))).is_empty());
    }

    #[test]
    fn an_urgent_change_states_why_and_waits_for_the_emergency_board() {
        assert_eq!(told("urgent", &ChangeFile::default()), ["UrgentCriteria", "Decision(Ecab)"]);
        let stated = ChangeFile {
            urgent_criteria: vec!["people".into()],
            authorised_by: Some(Authority::Ecab),
            ..ChangeFile::default()
        };
        assert!(told("urgent", &stated).is_empty());
    }

    #[test]
    fn a_notice_is_that_of_the_services_domain_and_an_absent_one_holds_nothing_up() {
        let book = book();
        let normal = book.contract.change_type(&"normal".into()).unwrap();
        let standard = book.contract.change_type(&"standard".into()).unwrap();
        let ho = book.calendar(&"HO".into()).unwrap();
        let start = |kind, service: Option<&str>| {
            let service = service.map(ServiceId::from);
            earliest_start(&book, kind, service.as_ref(), at("2026-03-12T10:00"), ho).unwrap()
        };
        assert_eq!(start(normal, Some("isi-com")), Some(at("2026-03-19T10:00")));
        assert_eq!(start(normal, Some("cabling")), None);
        assert_eq!(start(normal, None), None);
        assert_eq!(start(standard, Some("isi-com")), None);
    }

    #[test]
    fn a_problem_stays_open_until_each_stage_that_closes_it_is_done() {
        let book = book();
        let open = |done: &[&str]| {
            let done: Vec<StageId> = done.iter().map(|s| StageId::from(*s)).collect();
            open_stages(&book, &done).map(|s| s.id.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(open(&["workaround"]), ["cause", "documentation"]);
        assert_eq!(open(&["cause", "documentation"]), Vec::<String>::new());
    }

    #[test]
    fn changes_conflict_when_their_windows_meet_on_one_service_or_site_or_on_one_that_nobody_named() {
        let window = |number: &str, service: Option<&str>, site: Option<&str>, begins: &str, ends: &str| Window {
            number: number.into(),
            service: service.map(ServiceId::from),
            site: site.map(str::to_owned),
            begins: at(begins),
            ends: at(ends),
        };
        let own = window("C1", Some("toip"), Some("HD13"), "2026-03-12T20:00", "2026-03-12T22:00");
        for (other, expected) in [
            (window("C2", Some("toip"), None, "2026-03-12T21:59", "2026-03-12T23:00"), true),
            (window("C2", Some("toip"), None, "2026-03-12T22:00", "2026-03-12T23:00"), false),
            (window("C2", Some("dect"), Some("HD13"), "2026-03-12T19:00", "2026-03-12T20:01"), true),
            (window("C2", Some("dect"), Some("HD13"), "2026-03-12T19:00", "2026-03-12T20:00"), false),
            (window("C2", Some("dect"), Some("MDS"), "2026-03-12T20:00", "2026-03-12T22:00"), false),
            (window("C2", None, None, "2026-03-12T20:00", "2026-03-12T22:00"), true),
            (window("C1", Some("toip"), None, "2026-03-12T20:00", "2026-03-12T22:00"), false),
        ] {
            assert_eq!(conflict(&own, &other), expected, "{other:?}");
            assert_eq!(conflict(&other, &own), expected, "{other:?}");
        }
    }
}
