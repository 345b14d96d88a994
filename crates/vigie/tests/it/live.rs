//! The server's own answers, from a store.

use std::sync::Arc;

use vigie::{
    features::people::{Accounts as _, Notice},
    live::Live,
    web::source::Source as _,
};
use vigie_testkit::on_both;

use crate::support::{import, now, open};

#[test]
fn a_judged_month_is_kept_through_sign_ins_and_judged_again_after_a_fact() {
    on_both(|place| {
        let live = Live::new(open(place), false);
        let fact = |line: &str| _ = import(live.vigie(), "generic", &format!("number,opened at\n{line}\n"));
        let month = "2016-01".parse().unwrap();
        let judged = || live.judgement(month).unwrap();
        fact("A-1,2016-01-05 08:00");
        let first = judged();
        assert!(Arc::ptr_eq(&first, &judged()));
        live.note(&Notice::SignedIn { name: "claire".to_owned(), at: now() }).unwrap();
        assert!(Arc::ptr_eq(&first, &judged()), "a sign-in changes no month");
        fact("A-2,2016-01-06 08:00");
        let second = judged();
        assert!(!Arc::ptr_eq(&first, &second), "a fact does");
        assert!(second.unclassified > first.unclassified, "{} {}", first.unclassified, second.unclassified);
    });
}
