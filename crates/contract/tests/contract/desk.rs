//! What the service desk needs of a contract: Callipso has it, and what is wrong with it is told.

use vigie_contract::{Condition, Contract, Impact, Priority, Urgency, load};

use crate::{errors::check, folder};

fn base() -> Contract {
    load(&folder()).unwrap_or_else(|e| panic!("{e}")).base().contract.clone()
}

#[test]
fn callipso_has_the_thresholds_of_the_text_and_each_criterion_of_it() {
    let criteria = base().priorities.criteria;
    let alternatives = |impact| {
        let giving = criteria.iter().filter(move |c| c.impact == Some(impact));
        giving.flat_map(|c| c.when.clone()).collect::<Vec<_>>()
    };
    let worst = [
        vec![Condition::TotalOutage, Condition::UsersAbove(200)],
        vec![Condition::OutsideUsers],
        vec![Condition::CallersPerHourAbove(30)],
    ];
    assert_eq!(alternatives(Impact::One), worst);
    assert!(alternatives(Impact::Two).contains(&vec![Condition::TotalOutage, Condition::UsersAtMost(200)]));
    assert!(alternatives(Impact::Three).iter().all(|all| all.contains(&Condition::AcceptableConditions)));
    assert_eq!(criteria.iter().filter(|c| c.urgency == Some(Urgency::U1)).count(), 4);
}

#[test]
fn callipso_gives_a_rhythm_of_follow_up_to_what_may_be_major() {
    let major = base().priorities.major;
    let may_be: Vec<Priority> = major.auto.iter().chain(&major.by_decision).copied().collect();
    assert_eq!(major.follow_up.keys().copied().collect::<Vec<_>>(), may_be);
}

#[test]
fn a_criterion_that_can_never_hold_or_gives_nothing_is_refused() {
    let file = "priorities.toml";
    let when = "when = [[\"critical_site\"]]";
    check(file, when, "", "missing field `when`; remedy: add it to this element");
    check(file, when, "when = []", "the list of conditions is empty");
    check(file, when, "when = [[]]", "the list of conditions is empty");
    check(file, when, "when = [[\"raining\"]]", "unknown variant `raining`, expected one of `cercle0`, ");
    check(file, when, "impact = 1\nwhen = [[\"critical_site\"]]", "a criterion gives either an urgency or an impact");
    check(file, "users_above = 200", "users_above = -1", "invalid value: integer `-1`, expected u32");
    check(file, "P1 = \"1 h\"", "P1 = \"0 h\"", "the rhythm of follow-up is zero");
}
