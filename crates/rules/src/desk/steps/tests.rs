use vigie_contract::{Party, Risk};

use super::*;
use crate::{
    book::Book,
    desk::{self, Doer, offered},
    fact::{Classification, Fact},
    fixture::{at, book, history},
    life::Life,
    sitting::Attendee,
    step::Voice,
};

use Party::{Customer, Provider};

fn step(step: Step) -> Fact {
    Fact::Step(Box::new(step))
}

fn life(class: Class, facts: &[Fact]) -> Life {
    let facts: Vec<(&str, Fact)> = facts.iter().map(|f| ("2026-03-12T10:00", f.clone())).collect();
    Life::read(&history("case/1", class, &facts), at("2026-12-31T10:00"))
}

/// Asks with the role's side.
fn asked<'a>(book: &'a Book, class: Class, life: &'a Life, party: Party, role: &'a RoleId) -> Asked<'a> {
    Asked { book, class, life, doer: Doer { party, role: Some(role) } }
}

fn may(act: Act, class: Class, facts: &[Fact], party: Party, role: &str) -> Result<(), Refusal> {
    let (book, life, role) = (book(), life(class, facts), role.into());
    desk::check(act, &asked(&book, class, &life, party, &role))
}

fn assessed(kind: &str) -> Fact {
    step(Step::Assessed { kind: Some(kind.into()), risk: None, urgent_criteria: Vec::new() })
}

fn section(id: &str) -> Fact {
    step(Step::SectionWritten { section: id.into() })
}

fn opinion(college: &str) -> Fact {
    step(Step::OpinionGiven { college: college.into(), favourable: true })
}

fn decided(by: Authority, granted: bool) -> Fact {
    step(Step::Decided { authority: by, granted, session: by.committee().map(|_| "cab-1".to_owned()) })
}

fn planned() -> Fact {
    step(Step::Planned { begins: at("2026-03-20T20:00"), ends: at("2026-03-20T22:00") })
}

/// All that a major change needs before it is planned.
fn whole() -> Vec<Fact> {
    vec![
        assessed("major"),
        section("perimeter"),
        section("risks"),
        step(Step::StudyValidated),
        opinion("architects"),
        opinion("technical"),
        opinion("operations"),
        step(Step::Tabled { session: "cab-1".into() }),
        decided(Authority::Cab, true),
    ]
}

#[test]
fn a_major_change_is_planned_only_when_nothing_is_missing_and_a_standard_one_at_once() {
    let plan = |facts: &[Fact]| may(Act::Plan, Class::Change, facts, Provider, "rtc");
    assert_eq!(plan(&[]), Err(Refusal::Lacks { act: Act::Plan, lacks: vec![Lack::Kind] }));
    assert_eq!(plan(&[assessed("standard")]), Ok(()));
    assert_eq!(plan(&whole()), Ok(()));
    // Whatever is left out is named.
    for left_out in 1..whole().len() {
        let mut facts = whole();
        let fact = facts.remove(left_out);
        let is_agenda = matches!(&fact, Fact::Step(s) if matches!(**s, Step::Tabled { .. }));
        assert_eq!(plan(&facts).is_ok(), is_agenda, "{fact:?}");
    }
    let mut refused = whole();
    refused.pop();
    refused.push(decided(Authority::Cab, false));
    assert_eq!(plan(&refused), Err(Refusal::Lacks { act: Act::Plan, lacks: vec![Lack::Decision(Authority::Cab)] }));
}

#[test]
fn a_change_is_done_after_it_was_begun_and_begun_after_it_was_planned() {
    let check = |act, facts: &[Fact]| may(act, Class::Change, facts, Provider, "rtc");
    let first = |act, before| Err(Refusal::Before { act, before });
    let mut facts = vec![assessed("standard")];
    assert_eq!(check(Act::Begin, &facts), first(Act::Begin, Before::Plan));
    assert_eq!(check(Act::Restore, &facts), first(Act::Restore, Before::Begin));
    facts.push(planned());
    assert_eq!((check(Act::Begin, &facts), check(Act::BackOut, &facts)), (Ok(()), first(Act::BackOut, Before::Begin)));
    facts.push(step(Step::Begun));
    assert_eq!((check(Act::Restore, &facts), check(Act::BackOut, &facts)), (Ok(()), Ok(())));
    assert_eq!(check(Act::Plan, &facts), Err(Refusal::Already { act: Act::Begin }));
    facts.push(step(Step::BackedOut));
    assert_eq!(check(Act::Restore, &facts), first(Act::Restore, Before::Begin));
    assert_eq!((check(Act::Plan, &facts), check(Act::Review, &facts)), (Ok(()), Ok(())));
    assert_eq!(check(Act::Begin, &facts), first(Act::Begin, Before::Plan));
}

#[test]
fn a_major_change_is_looked_back_upon_before_it_is_closed_and_a_standard_one_need_not_be() {
    let done = |kind: &str| [assessed(kind), planned(), step(Step::Begun), Fact::Restored, Fact::RestorationValidated];
    let close = |facts: &[Fact]| may(Act::Close, Class::Change, facts, Provider, "rtc");
    assert_eq!(close(&done("standard")), Ok(()));
    assert_eq!(close(&done("major")), Err(Refusal::Before { act: Act::Close, before: Before::Review }));
    let mut reviewed = done("major").to_vec();
    reviewed.push(step(Step::Reviewed));
    assert_eq!(close(&reviewed), Ok(()));
}

#[test]
fn a_problem_cannot_close_without_cause_and_updated_documentation() {
    let close = |facts: &[Fact]| {
        let mut facts = facts.to_vec();
        facts.extend([Fact::Restored, Fact::RestorationValidated]);
        may(Act::Close, Class::Problem, &facts, Provider, "rtc")
    };
    let reached = |stage: &str| step(Step::StageReached { stage: stage.into() });
    let open = |stages: &[&str]| Err(Refusal::Stages { stages: stages.iter().map(|s| (*s).into()).collect() });
    assert_eq!(close(&[reached("workaround")]), open(&["cause", "documentation"]));
    assert_eq!(close(&[reached("cause")]), open(&["documentation"]));
    assert_eq!(close(&[reached("documentation"), reached("cause")]), Ok(()));
}

#[test]
fn a_request_that_needs_approval_is_fulfilled_only_after_the_named_role_gave_it() {
    let item =
        |id: &str| Fact::Classified(Box::new(Classification { item: Some(id.into()), ..Classification::default() }));
    let check = |act, facts: &[Fact], party, role: &str| may(act, Class::Request, facts, party, role);
    let waits = Err(Refusal::Before { act: Act::Restore, before: Before::Approval });
    let (yes, no) = (step(Step::Approved), step(Step::ApprovalRefused));
    assert_eq!(check(Act::Restore, &[item("training")], Provider, "rtc"), Ok(()));
    assert_eq!(check(Act::Restore, &[item("studio")], Provider, "rtc"), waits);
    assert_eq!(check(Act::TakeIn, &[item("studio")], Provider, "rtc"), Ok(()));
    assert_eq!(check(Act::Restore, &[item("studio"), no.clone()], Provider, "rtc"), waits);
    assert_eq!(check(Act::Restore, &[item("studio"), no, yes.clone()], Provider, "rtc"), Ok(()));
    assert_eq!(check(Act::Approve, &[item("studio")], Customer, "operations_head"), Ok(()));
    let role = Err(Refusal::Role { act: Act::Approve, roles: vec!["operations_head".into()] });
    assert_eq!(check(Act::Approve, &[item("studio")], Customer, "cds"), role);
    assert_eq!(check(Act::Approve, &[item("studio")], Provider, "roc"), role);
    let already = Err(Refusal::Already { act: Act::Approve });
    assert_eq!(check(Act::Approve, &[item("studio"), yes], Customer, "operations_head"), already);
    let needless = Err(Refusal::Needless { act: Act::Approve });
    assert_eq!(check(Act::Approve, &[item("training")], Customer, "operations_head"), needless);
}

fn says(facts: &[Fact], said: &Step, party: Party, role: &str, sitting: Option<&Sitting>) -> Result<(), Refusal> {
    let (book, life, role) = (book(), life(Class::Change, facts), role.into());
    check_step(said, &asked(&book, Class::Change, &life, party, &role), sitting, "anne", at("2026-03-12T10:00"))
}

fn sitting(held: bool) -> Sitting {
    Sitting {
        number: "cab-1".into(),
        committee: "cab".into(),
        begins: at("2026-03-12T14:00"),
        attendees: vec![Attendee { account: "anne".into(), instead_of: Some("paul".into()) }],
        held: held.then(|| at("2026-03-12T16:00")),
    }
}

#[test]
fn a_college_speaks_through_its_own_roles_alone() {
    let said = |college: &str| Step::OpinionGiven { college: college.into(), favourable: false };
    let facts = [assessed("major")];
    assert_eq!(says(&facts, &said("technical"), Provider, "rtc", None), Ok(()));
    let role = Err(Refusal::Role { act: Act::GiveOpinion, roles: vec!["rtc".into()] });
    assert_eq!(says(&facts, &said("technical"), Provider, "roc", None), role);
    assert_eq!(says(&facts, &said("nobody"), Provider, "rtc", None), Err(Refusal::Unknown { what: "college" }));
}

#[test]
fn whoever_attends_votes_once_on_what_is_on_the_agenda_while_the_session_lasts() {
    let vote =
        |session: &str, voter: &str| Step::Voted { session: session.into(), voter: voter.into(), vote: Voice::For };
    let tabled = [assessed("major"), step(Step::Tabled { session: "cab-1".into() })];
    let check = |facts: &[Fact], step: &Step, sitting: Option<&Sitting>| says(facts, step, Provider, "rtc", sitting);
    let first = |before| Err(Refusal::Before { act: Act::Vote, before });
    let open = sitting(false);
    assert_eq!(check(&tabled, &vote("cab-1", "anne"), Some(&open)), Ok(()));
    assert_eq!(check(&tabled, &vote("cab-1", "anne"), None), first(Before::Session));
    assert_eq!(check(&tabled, &vote("cab-1", "anne"), Some(&sitting(true))), first(Before::Session));
    assert_eq!(check(&tabled[..1], &vote("cab-1", "anne"), Some(&open)), first(Before::Agenda));
    // Nobody votes in another's name, nor without attending.
    assert_eq!(check(&tabled, &vote("cab-1", "paul"), Some(&open)), first(Before::Attendance));
    let empty = Sitting { attendees: Vec::new(), ..open.clone() };
    assert_eq!(check(&tabled, &vote("cab-1", "anne"), Some(&empty)), first(Before::Attendance));
    let mut voted = tabled.to_vec();
    voted.push(step(Step::Voted { session: "cab-1".into(), voter: "anne".into(), vote: Voice::Against }));
    assert_eq!(check(&voted, &vote("cab-1", "anne"), Some(&open)), Err(Refusal::Already { act: Act::Vote }));
}

#[test]
fn a_board_decides_after_a_vote_and_in_the_customers_name() {
    let decision = |authority, session: Option<&str>| Step::Decided {
        authority,
        granted: true,
        session: session.map(str::to_owned),
    };
    let tabled = [assessed("major"), step(Step::Tabled { session: "cab-1".into() })];
    let open = sitting(false);
    let check = |facts: &[Fact], step: &Step| says(facts, step, Customer, "operations_head", Some(&open));
    let before = Err(Refusal::Before { act: Act::Decide, before: Before::Vote });
    assert_eq!(check(&tabled, &decision(Authority::Cab, Some("cab-1"))), before);
    let mut voted = tabled.to_vec();
    voted.push(step(Step::Voted { session: "cab-1".into(), voter: "anne".into(), vote: Voice::For }));
    assert_eq!(check(&voted, &decision(Authority::Cab, Some("cab-1"))), Ok(()));
    let unknown = |what| Err(Refusal::Unknown { what });
    assert_eq!(check(&voted, &decision(Authority::Cab, None)), unknown("session"));
    assert_eq!(check(&voted, &decision(Authority::Process, None)), unknown("authority"));
    let side = Err(Refusal::Side { act: Act::Decide, owner: Customer });
    assert_eq!(may(Act::Decide, Class::Change, &voted, Provider, "rtc"), side);
    let low = step(Step::Assessed { kind: Some("normal".into()), risk: Some(Risk::Low), urgent_criteria: vec![] });
    assert_eq!(may(Act::Decide, Class::Change, &[low], Provider, "rtc"), Ok(()));
}

#[test]
fn a_window_begins_when_the_notice_allows_it_and_ends_after_it_begins() {
    let service = Classification { service: Some("isi-com".into()), ..Classification::default() };
    let facts = [assessed("normal"), Fact::Classified(Box::new(service))];
    let plan = |begins: &str, ends: &str| {
        says(&facts, &Step::Planned { begins: at(begins), ends: at(ends) }, Provider, "rtc", None)
    };
    // Five working days from Thursday the 12th.
    assert_eq!(plan("2026-03-19T10:00", "2026-03-19T12:00"), Ok(()));
    let earliest = at("2026-03-19T10:00");
    assert_eq!(plan("2026-03-19T09:59:59", "2026-03-19T12:00"), Err(Refusal::Notice { earliest }));
    assert_eq!(plan("2026-03-19T12:00", "2026-03-19T12:00"), Err(Refusal::Window));
}

#[test]
fn the_steps_of_one_class_are_offered_on_no_other() {
    let (book, role) = (book(), "rtc".into());
    for (class, act) in [(Class::Change, Act::Assess), (Class::Problem, Act::ReachStage)] {
        for other in [Class::Incident, Class::Request, Class::Problem, Class::Change] {
            let life = life(other, &[]);
            let offers = offered(&asked(&book, other, &life, Provider, &role)).contains(&act);
            assert_eq!(offers, other == class, "{act} on {other:?}");
        }
    }
}

#[test]
fn a_third_party_is_asked_once_until_it_has_solved_and_only_by_the_provider() {
    let third = || TeamId::from("operator");
    let hand = |reference: Option<&str>| Step::Handed { third: third(), reference: reference.map(str::to_owned) };
    let solved = Step::ThirdSolved { third: third() };
    let says = |facts: &[Fact], said: &Step| says(facts, said, Provider, "go_technician", None);
    assert_eq!(says(&[], &hand(None)), Ok(()));
    let unknown = Step::Handed { third: "cablers".into(), reference: None };
    assert_eq!(says(&[], &unknown), Err(Refusal::Unknown { what: "third" }), "nothing is known of its support");
    let asked = [step(hand(Some("OP-77")))];
    for again in [None, Some("OP-77")] {
        assert_eq!(says(&asked, &hand(again)), Err(Refusal::Already { act: Act::Hand }));
    }
    assert_eq!(says(&asked, &hand(Some("OP-78"))), Ok(()), "it gave another number");
    let nobody = |act| Err(Refusal::Before { act, before: Before::Third });
    assert_eq!(says(&[], &solved), nobody(Act::ThirdSolves));
    assert_eq!(says(&asked, &solved), Ok(()));
    let over = [asked[0].clone(), step(solved.clone())];
    assert_eq!(says(&over, &solved), nobody(Act::ThirdSolves));
    assert_eq!(says(&over, &hand(None)), Ok(()));
    let theirs = Err(Refusal::Side { act: Act::Hand, owner: Provider });
    assert_eq!(may(Act::Hand, Class::Incident, &[], Customer, "cds"), theirs);
    assert_eq!(may(Act::Remind, Class::Incident, &[], Provider, "roc"), nobody(Act::Remind));
    assert_eq!(may(Act::Remind, Class::Request, &asked, Provider, "roc"), Ok(()));
}
