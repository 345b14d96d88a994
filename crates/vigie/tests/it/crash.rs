//! An import that is killed at any moment, or that fills the disk, and is run again, leaves the journal of one
//! undisturbed run.

use std::{
    ffi::OsStr,
    fs,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use vigie::now::Stopwatch;
use vigie_store::{Store, journal};
use vigie_testkit::{Place, on_both};

use crate::support::{
    Chance, app_place, assert_same_journal, beside, file, journal_lines, program, reading, run, said, servicenow_log,
};

/// Cases of the log, four rows each: several batches, so that a kill may fall between them and inside them.
const CASES: u32 = 10_000;
/// Times that the import is killed before it may run to its end.
const KILLS: u32 = 5;
/// Chooses when each kill falls; told by a failure.
const SEED: u64 = 0x5EED_2016;

/// Imports in one go on a place of its own; also says how long that took on this machine, today.
fn undisturbed(log: &str) -> (Vec<String>, Duration) {
    let place = Place::sqlite();
    let log = file(&place, "log.csv", log);
    let watch = Stopwatch::start();
    run(&place, &["import", "incidents", &log, "--mapping", "servicenow"]).done();
    let took = watch.elapsed();
    (journal_lines(&reading(&place)), took)
}

#[test]
fn an_import_killed_at_random_points_and_run_again_leaves_the_journal_of_one_undisturbed_run() {
    let text = servicenow_log(CASES);
    let (expected, whole) = undisturbed(&text);
    on_both(|place| {
        let log = file(place, "log.csv", &text);
        let rejects = beside(place, "rejects.csv");
        let args = ["import", "incidents", &log, "--mapping", "servicenow", "--rejects", &rejects];
        let mut chance = Chance::new(SEED);
        let mut kills = Vec::new();
        for round in 0..KILLS {
            // Chosen as hundredths of an undisturbed run, so that it matters not how fast the machine is. Each
            // round is given longer than the one before: it first goes over what is already there.
            let delay = whole * (10 * round + 2 + chance.below(20)) / 100;
            let mut child = program(place).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(delay);
            child.kill().unwrap();
            child.wait().unwrap();
            kills.push((delay.as_millis(), size(place)));
        }
        let what = format!("seed {SEED:#x}, kills (after ms, entries then kept): {kills:?}");
        eprintln!("{}: {what}", place.engine_name());
        let done = run(place, &args);
        assert_eq!(done.code, Some(0), "{what}: {done:#?}");
        assert_same_journal(&journal_lines(&reading(place)), &expected, &what);
        run(place, &["verify"]).done();
        let amid = kills.iter().filter(|(_, n)| (1..expected.len() as u64).contains(n)).count();
        assert!(amid > 0, "no kill fell in the middle of the work, so that nothing was tried: {what}");
    });
}

/// Entries kept so far; none while there is no database.
fn size(place: &Place) -> u64 {
    Store::open_reading(app_place(place).location()).map_or(0, |store| store.read(journal::head).unwrap().size)
}

/// Room of the small disk: enough for a first batch, not for the log.
const ROOM: &str = "6m";
/// Runs `verify` after the import has ended, so that the journal is looked at on the disk that is still full.
const ON_A_SMALL_DISK: &str = r#"
mount -t tmpfs -o size="$ROOM" tmpfs "$VIGIE_DATA" || exit 90
"$@"; code=$?
"$1" verify || exit 91
cp -a "$VIGIE_DATA/." "$COPY" || exit 92
exit $code
"#;

#[test]
fn an_import_that_fills_the_disk_says_so_and_goes_on_once_there_is_room() {
    let text = servicenow_log(CASES);
    let (expected, _) = undisturbed(&text);
    let (small, roomy) = (Place::sqlite(), Place::sqlite());
    let log = file(&small, "log.csv", &text);
    fs::create_dir_all(&small.data).unwrap();
    fs::create_dir_all(&roomy.data).unwrap();
    let mut shell = Command::new("unshare");
    shell
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh", env!("CARGO_BIN_EXE_vigie")])
        .args(["import", "incidents", &log, "--mapping", "servicenow"])
        .envs(program(&small).get_envs().filter_map(|(name, value)| Some((name, value?))))
        .envs([("ROOM", OsStr::new(ROOM)), ("COPY", roomy.data.as_os_str())]);
    said(&mut shell).refused(1, &["no room is left", "free some space"]);

    let kept = size(&roomy);
    assert!((1..expected.len() as u64).contains(&kept), "{kept} entries were kept of {}", expected.len());
    run(&roomy, &["import", "incidents", &log, "--mapping", "servicenow"]).done();
    assert_same_journal(&journal_lines(&reading(&roomy)), &expected, "after the disk was full");
}
