//! Every verb that a contract may name is read, and as what it says.

use super::*;

/// Holds what any verb needs.
const BODY: &str = r#"{
    "source": "ezv", "state": "new", "reason": "user_unavailable", "audience": "users", "document": "minutes",
    "due": "2026-03-12T08:00:00Z", "committee": "copil", "topic": "audit", "obligation": "dqa-ready", "date": "2026-03-08",
    "system": "ezv", "reference": "I1", "section": "risks", "college": "technical", "favourable": true,
    "session": "cab-1", "voter": "a", "vote": "for", "authority": "cab", "granted": true, "stage": "cause",
    "begins": "2026-03-12T20:00:00Z", "ends": "2026-03-12T22:00:00Z", "account": "a",
    "task": 1, "spent": 1, "person": "a", "effort": "remote", "minutes": 5, "into": "VG-1", "from": "VG-1",
    "duplicate": "VG-2", "starts": [],
    "third": "operators"
}"#;

fn pattern(kind: &str) -> EventPattern {
    EventPattern { kind: kind.to_owned(), with: [].into() }
}

#[test]
fn each_verb_of_a_contract_is_read_as_the_fact_that_its_patterns_match() {
    for verb in Verb::ALL {
        let kind = format!("problem.{}", verb.name());
        let (class, fact) = Fact::from_entry(&kind, BODY).unwrap().unwrap();
        assert_eq!((class, fact.verb()), (Class::Problem, verb));
        for other in Verb::ALL {
            let wanted = pattern(&format!("problem.{}", other.name()));
            assert_eq!(fact.matches(class, &wanted), other == verb, "{kind} as {}", wanted.kind);
        }
        assert!(!fact.matches(Class::Incident, &pattern(&kind)), "{kind} of an incident");
    }
}

#[test]
fn the_confirmed_breach_of_a_problem_is_a_confirmation() {
    let read = Fact::from_entry("problem.breach_confirmed", BODY).unwrap();
    assert_eq!(read, Some((Class::Problem, Fact::Confirmed { committee: "copil".into() })));
    let (class, fact) = read.unwrap();
    assert!(fact.matches(class, &pattern("problem.breach_confirmed")));
    assert!(fact.matches(class, &pattern("problem.confirmed")));
}

#[test]
fn what_no_rule_reads_is_no_fact_whatever_its_body() {
    for kind in ["incident", "incident.", "incident.noted", "incident.Restored", "site.restored", ".restored", ""] {
        assert_eq!(Fact::from_entry(kind, "no JSON").unwrap(), None, "{kind}");
    }
}
