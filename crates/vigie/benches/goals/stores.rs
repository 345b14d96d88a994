//! Durable commits on both engines, and the import of a log.

use std::{
    fmt::Write as _,
    io::Cursor,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use vigie::features::desk::import::{self, Source};
use vigie_evidence::{NewEntry, Origin, SigningKey, import_id, leaf_hash};
use vigie_links::Mapping;
use vigie_store::{Journal, Location, Store};
use vigie_testkit::{Cluster, Durability};

use crate::{Board, Goal, made};

const LOAD: Duration = Duration::from_secs(3);
const CALLERS: u64 = 64;

pub(crate) fn sqlite(board: &mut Board) {
    let dir = tempfile::tempdir().unwrap();
    commits(board, "SQLite, synchronous FULL", &Store::open(Location::Sqlite(dir.path().to_owned())).unwrap());
}

pub(crate) fn postgresql(board: &mut Board) {
    let cluster = Cluster::start(Durability::Full);
    commits(board, "PostgreSQL", &Store::open(Location::Postgres(cluster.create("bench"))).unwrap());
}

fn entry(n: u64) -> NewEntry {
    let mut entry = made::entries(n / 6)[0].clone();
    entry.id = import_id(entry.occurred_at, leaf_hash(&n.to_be_bytes()).0);
    entry.origin = Origin::Api;
    entry
}

fn commits(board: &mut Board, engine: &str, store: &Store) {
    let journal = Journal::new(SigningKey::from_seed([7; 32], "vigie/bench").unwrap());
    let next = AtomicU64::new(0);
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    let before = store.counters();
    let end = Instant::now() + LOAD;
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while Instant::now() < end {
                    let fact = entry(next.fetch_add(1, Ordering::Relaxed));
                    let journal = journal.clone();
                    store.write(move |tx| journal.append(tx, now, vec![fact])).unwrap();
                }
            });
        }
    });
    let after = store.counters();
    let units = next.load(Ordering::Relaxed) as f64;
    board.line(&format!("durable commits, 64 callers, {engine}"), units / LOAD.as_secs_f64(), "commits/s", Goal::None);
    let flushes = (after.commits - before.commits) as f64;
    board.line(&format!("commits per flush, 64 callers, {engine}"), units / flushes, "", Goal::AtLeast(30.0));

    let mut first = next.load(Ordering::Relaxed);
    // An import commits some thousands at a time; fewer are shown for comparison.
    for (batches, size, goal) in [(200_u64, 1_000_u64, Goal::None), (60, 5_000, Goal::AtLeast(100_000.0))] {
        let rate = batched(store, &journal, first, batches, size);
        board.line(&format!("entries in batches of {size}, {engine}"), rate, "entries/s", goal);
        first += batches * size;
    }
}

/// Entries committed per second, one batch after the other.
fn batched(store: &Store, journal: &Journal, first: u64, batches: u64, size: u64) -> f64 {
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    // Made beforehand: what is measured is the store.
    let prepared: Vec<Vec<NewEntry>> =
        (0..batches).map(|b| (0..size).map(|n| entry(first + b * size + n)).collect()).collect();
    let start = Instant::now();
    for facts in prepared {
        let journal = journal.clone();
        store.write(move |tx| journal.append(tx, now, facts)).unwrap();
    }
    (batches * size) as f64 / start.elapsed().as_secs_f64()
}

/// A log in ServiceNow's dialect: 36 columns, one row for each of six updates of a case.
fn log(cases: u64) -> String {
    let mut text = String::from(
        "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at\n",
    );
    let states = ["New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed"];
    for n in 0..cases {
        let (day, hour) = (1 + n % 28, 8 + n % 9);
        for (i, state) in states.iter().enumerate() {
            _ = writeln!(
                text,
                "INC{n:07},{state},TRUE,{i},0,{i},TRUE,Caller {c},Opened by  8,{day}/3/2016 {hour:02}:16,Created by 6,{day}/3/2016 {hour:02}:23,Updated by 21,{day}/3/2016 {hour:02}:{m},Phone,Location 143,Category 55,Subcategory 170,Symptom 72,?,2 - Medium,2 - Medium,3 - Moderate,Group 56,?,TRUE,FALSE,Do Not Notify,?,?,?,?,code 5,Resolved by 149,{day}/3/2016 {hour:02}:55,{day}/3/2016 {hour:02}:59",
                c = n % 4000,
                m = 24 + i * 5,
            );
        }
    }
    text
}

pub(crate) fn import(board: &mut Board) {
    let (_dir, place) = made::place();
    let vigie = place.open().unwrap();
    let mapping = Mapping::parse(include_str!("../../../../mappings/servicenow.toml"), "servicenow.toml").unwrap();
    let text = log(30_000);
    let start = Instant::now();
    let source = Source { name: "log.csv", mapping_name: "servicenow", mapping: &mapping };
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    let report = import::import(&vigie, source, Cursor::new(text.into_bytes()), Vec::new(), now, &mut |_| {}).unwrap();
    let took = start.elapsed().as_secs_f64();
    assert_eq!(report.summary.accepted, 180_000);
    board.line(
        "importing the ServiceNow dialect, durable",
        report.recorded.added as f64 / took,
        "events/s",
        Goal::AtLeast(60_000.0),
    );
}
