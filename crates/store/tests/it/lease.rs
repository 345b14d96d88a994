//! Work that one node at a time does: taken, taken again, taken over, given back.

use jiff::SignedDuration;
use vigie_store::{Store, StoreError, lease, lease::Lease};
use vigie_testkit::{Place, on_both};

use crate::{at, open};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

fn take(store: &Store, holder: &str, second: i64) -> Option<Lease> {
    let holder = holder.to_owned();
    store.write(move |tx| lease::take(tx, "mail/send", &holder, at(second), MINUTE)).unwrap()
}

fn holds(store: &Store, taken: &Lease) -> bool {
    store.read(|tx| lease::holds(tx, taken)).map_err(|e: StoreError| e).unwrap()
}

#[test]
fn a_lease_is_held_until_its_end_and_free_from_then_on() {
    on_both(|place| {
        let store = open(place);
        let first = take(&store, "a", 0).unwrap();
        assert_eq!((first.fence, first.until), (1, at(60)));
        assert_eq!(take(&store, "b", 0), None);
        assert_eq!(take(&store, "b", 59), None);
        let second = take(&store, "b", 60).unwrap();
        assert_eq!((second.fence, second.until), (2, at(120)));
        assert!(!holds(&store, &first), "whoever wakes up late must not write");
        assert!(holds(&store, &second));
        assert_eq!(take(&store, "a", 61), None);
    });
}

#[test]
fn whoever_holds_a_lease_takes_it_again_under_the_same_fence() {
    on_both(|place| {
        let store = open(place);
        let first = take(&store, "a", 0).unwrap();
        let again = take(&store, "a", 30).unwrap();
        assert_eq!((again.fence, again.until), (first.fence, at(90)));
        assert!(holds(&store, &first));
        // Nobody came after its end: it is still the same work of the same node.
        assert_eq!(take(&store, "a", 600).unwrap().fence, first.fence);
    });
}

#[test]
fn a_lease_that_is_given_back_is_free_at_once_and_its_fence_goes_on() {
    on_both(|place| {
        let store = open(place);
        let first = take(&store, "a", 0).unwrap();
        let given = first.clone();
        store.write(move |tx| lease::give_back(tx, &given)).map_err(|e: vigie_store::WriteError<_>| e).unwrap();
        let second = take(&store, "b", 1).unwrap();
        assert_eq!(second.fence, 2);
        // Too late: it is another's.
        store.write(move |tx| lease::give_back(tx, &first)).map_err(|e: vigie_store::WriteError<_>| e).unwrap();
        assert!(holds(&store, &second));
        assert_eq!(take(&store, "a", 2), None);
    });
}

#[test]
fn other_work_is_another_lease() {
    on_both(|place| {
        let store = open(place);
        let _first = take(&store, "a", 0).unwrap();
        let other = store.write(|tx| lease::take(tx, "mail/read", "b", at(0), MINUTE)).unwrap();
        assert_eq!(other.unwrap().fence, 1);
    });
}

#[test]
fn of_many_nodes_that_ask_at_once_one_gets_it() {
    let place = Place::postgres();
    let nodes: Vec<Store> = (0..6).map(|_| open(&place)).collect();
    let taken = std::thread::scope(|scope| {
        let asked: Vec<_> =
            nodes.iter().enumerate().map(|(n, store)| scope.spawn(move || take(store, &n.to_string(), 0))).collect();
        asked.into_iter().filter_map(|thread| thread.join().unwrap()).count()
    });
    assert_eq!(taken, 1);
}
