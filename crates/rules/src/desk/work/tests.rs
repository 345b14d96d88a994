use vigie_contract::{Impact, Party, Source, Urgency};

use super::{
    super::{Doer, Other, check as check_act, offered},
    *,
};
use crate::{
    book::Book,
    fact::{Classification, Fact},
    fixture::{at, book, history},
    life::Candidate,
    work::Effort,
};

use Party::{Customer, Provider};

fn done(work: Work) -> Fact {
    Fact::Work(Box::new(work))
}

fn life(facts: &[Fact]) -> Life {
    let facts: Vec<(&str, Fact)> = facts.iter().map(|f| ("2026-03-12T10:00", f.clone())).collect();
    Life::read(&history("case/1", Class::Incident, &facts), at("2026-12-31T10:00"))
}

fn asked<'a>(book: &'a Book, life: &'a Life, party: Party) -> Asked<'a> {
    Asked { book, class: Class::Incident, life, doer: Doer { party, role: None } }
}

fn may(work: &Work, facts: &[Fact], party: Party) -> Result<(), Refusal> {
    let (book, life) = (book(), life(facts));
    check_work(work, &asked(&book, &life, party), "ana")
}

fn added(task: u32, visible_to: Option<Party>) -> Work {
    Work::TaskAdded { task, rule: None, team: None, assignee: None, due: None, visible_to }
}

#[test]
fn a_task_that_a_side_may_not_know_of_does_not_exist_for_it() {
    let facts = [done(added(1, Some(Provider))), done(added(2, None))];
    let finish = |task| Work::TaskDone { task };
    assert_eq!(may(&finish(1), &facts, Provider), Ok(()));
    assert_eq!(may(&finish(1), &facts, Customer), Err(Refusal::Task(1)));
    assert_eq!(may(&finish(2), &facts, Customer), Ok(()));
    assert_eq!(may(&finish(3), &facts, Provider), Err(Refusal::Task(3)));
    let over = [&facts[..], &[done(finish(2))]].concat();
    assert_eq!(may(&finish(2), &over, Provider), Err(Refusal::Task(2)));
    assert_eq!(may(&Work::TaskReopened { task: 2 }, &over, Provider), Ok(()));
    let unknown = Work::TaskChanged { task: 2, team: Some("nobody".into()), assignee: None, due: None, place: None };
    assert_eq!(may(&unknown, &facts, Provider), Err(Refusal::Unknown { what: "team" }));
}

#[test]
fn one_follows_a_case_once_and_for_oneself() {
    let followed = |account: &str| Work::Followed { account: account.into() };
    assert_eq!(may(&followed("ana"), &[], Customer), Ok(()));
    assert_eq!(may(&followed("bob"), &[], Customer), Err(Refusal::NotOneself));
    let already = [done(followed("ana"))];
    assert_eq!(may(&followed("ana"), &already, Customer), Err(Refusal::Already { act: Act::Follow }));
    let unfollowed = Work::Unfollowed { account: "ana".into() };
    assert_eq!(may(&unfollowed, &already, Customer), Ok(()));
    assert_eq!(may(&unfollowed, &[], Customer), Err(Refusal::Already { act: Act::Unfollow }));
}

#[test]
fn a_day_has_so_many_minutes_and_only_a_correction_may_say_none() {
    let spent = |minutes, corrects| Work::TimeSpent {
        spent: 2,
        person: "ana".into(),
        effort: Effort::Travel,
        minutes,
        corrects,
    };
    let first =
        [done(Work::TimeSpent { spent: 1, person: "ana".into(), effort: Effort::Remote, minutes: 9, corrects: None })];
    for (minutes, corrects, expected) in [
        (0, None, Err(Refusal::Minutes(0))),
        (1, None, Ok(())),
        (1440, None, Ok(())),
        (1441, None, Err(Refusal::Minutes(1441))),
        (0, Some(1), Ok(())),
        (5, Some(2), Err(Refusal::Time(2))),
    ] {
        assert_eq!(may(&spent(minutes, corrects), &first, Provider), expected, "{minutes} {corrects:?}");
    }
    let act = Act::SpendTime;
    let (book, life) = (book(), life(&[]));
    assert_eq!(check_act(act, &asked(&book, &life, Customer)), Err(Refusal::Side { act, owner: Provider }));
}

fn classified(urgency: Urgency, impact: Impact) -> Fact {
    let classification = Classification { urgency: Some(urgency), impact: Some(impact), ..Classification::default() };
    Fact::Classified(Box::new(classification))
}

#[test]
fn a_case_goes_on_in_another_only_when_nothing_that_it_owes_is_lost() {
    let book = book();
    let pressing = life(&[classified(Urgency::U1, Impact::One)]);
    let plain = life(&[classified(Urgency::U2, Impact::Three)]);
    let over = life(&[Fact::TakenIn, Fact::Restored, Fact::Closed]);
    let check = |own: &Life, other: &Life, number, class, expected: Result<(), Unfit>| {
        let found = check_merge("VG-1", &asked(&book, own, Customer), Other { number, class, life: other });
        let expected = expected.map_err(|why| Refusal::Merge { number: number.to_owned(), why });
        assert_eq!(found, expected);
    };
    check(&plain, &pressing, "VG-2", Class::Incident, Ok(()));
    check(&plain, &plain, "VG-2", Class::Incident, Ok(()));
    check(&plain, &plain, "VG-1", Class::Incident, Err(Unfit::Same));
    check(&plain, &plain, "VG-2", Class::Request, Err(Unfit::Class));
    check(&plain, &over, "VG-2", Class::Incident, Err(Unfit::Over));
    check(&pressing, &plain, "VG-2", Class::Incident, Err(Unfit::Outranked));
}

#[test]
fn a_merged_case_is_void_until_it_is_separated_and_its_start_counts_where_it_goes_on() {
    let merged = done(Work::Merged { into: "VG-2".into() });
    let separated = done(Work::Separated { from: "VG-2".into() });
    let gone = life(&[Fact::TakenIn, merged.clone()]);
    assert_eq!(Phase::of(&gone), Phase::Merged);
    assert!(gone.cancelled.is_some(), "no row of a month counts it");
    let book = book();
    assert_eq!(offered(&asked(&book, &gone, Customer)), [Act::Note, Act::Link, Act::Separate, Act::Follow]);
    assert_eq!(Phase::of(&life(&[Fact::TakenIn, merged, separated])), Phase::InProgress);

    let start = Candidate { source: Source::Ezv, at: at("2026-03-12T08:00"), direct: false };
    let own = Fact::Identified { source: Source::Ezv, direct: false };
    let absorbed = done(Work::Absorbed { duplicate: "VG-1".into(), starts: vec![start] });
    let survivor = life(&[own.clone(), absorbed.clone()]);
    assert_eq!(survivor.candidates.first(), Some(&start));
    let act = Act::Merge;
    let refused = Refusal::Merge { number: "VG-1".into(), why: Unfit::Holds };
    assert_eq!(check_act(act, &asked(&book, &survivor, Provider)), Err(refused));
    let released = life(&[own, absorbed, done(Work::Released { duplicate: "VG-1".into() })]);
    assert_eq!(released.candidates.len(), 1);
}
