//! What the tests share: a place to work in, the program run as a process, logs made up on the spot.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, DateTime},
};
use vigie::{
    app::{self, Vigie},
    features::{
        desk::import::{self, Report, Source},
        judgement::{self, Ask, Judged, json},
    },
    live, web,
};
use vigie_links::Mapping;
use vigie_store::{Location, Store, StoreError, journal, lease, lease::Lease};
use vigie_testkit::Place;

/// The instant of every import made inside a test, after all that the logs say.
pub(crate) const NOW: &str = "2026-11-24T09:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The place as the program names it.
pub(crate) fn app_place(place: &Place) -> app::Place {
    app::Place {
        data: place.data.clone(),
        database_url: place.url.clone(),
        contract: None,
        key_file: None,
        demo: false,
    }
}

pub(crate) fn open(place: &Place) -> Vigie {
    app_place(place).open().unwrap()
}

/// The same, with a journal that says that it is a demonstration.
pub(crate) fn open_demo(place: &Place) -> Vigie {
    app::Place { demo: true, ..app_place(place) }.open().unwrap()
}

pub(crate) fn reading(place: &Place) -> Store {
    Store::open_reading(Location::new(&place.data, place.url.as_deref())).unwrap()
}

/// What a run of the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The standard output of a run that succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.out
    }

    /// A run that ended with that code and told each of these.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, told: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for words in told {
            assert!(self.err.contains(words) || self.out.contains(words), "`{words}` is not told in {self:#?}");
        }
        let all = format!("{}{}", self.out, self.err);
        for never in ["unseen", "panicked", "RUST_BACKTRACE"] {
            assert!(!all.contains(never), "`{never}` is told in {self:#?}");
        }
    }
}

/// The program about to run on a place, in English, hearing nothing from the environment.
pub(crate) fn program(place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
    for name in ["VIGIE_CONTRACT", "VIGIE_KEY_FILE", "VIGIE_DATABASE_URL", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command.env("VIGIE_LANG", "en").env("VIGIE_DATA", &place.data).stdin(Stdio::null());
    if let Some(url) = &place.url {
        command.env("VIGIE_DATABASE_URL", url);
    }
    command
}

pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    // Numbers and their units are held together by spaces that no line breaks at.
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs the program on a place.
pub(crate) fn run(place: &Place, args: &[&str]) -> Said {
    said(program(place).args(args))
}

/// A file beside the data of a place, and its path as an argument.
pub(crate) fn file(place: &Place, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = beside(place, name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The path of a file beside the data of a place.
pub(crate) fn beside(place: &Place, name: &str) -> String {
    place.data.parent().unwrap().join(name).to_str().unwrap().to_owned()
}

/// The shipped contract copied beside the data of a place; gives its folder.
pub(crate) fn contract_copy(place: &Place) -> String {
    let folder = PathBuf::from(beside(place, "contract"));
    fs::create_dir_all(&folder).unwrap();
    for shipped in fs::read_dir(root().join("contracts/callipso")).unwrap().map(|f| f.unwrap().path()) {
        fs::copy(&shipped, folder.join(shipped.file_name().unwrap())).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

/// The same with an amendment that makes these changes from a day on.
pub(crate) fn contract_amended(place: &Place, day: &str, changes: &str) -> String {
    let contract = contract_copy(place);
    let amendments = Path::new(&contract).join("amendments");
    fs::create_dir_all(&amendments).unwrap();
    let head = format!(
        r#"
id = "avenant-1"
label = {{ fr = "Avenant 1", en = "Amendment 1" }}
source = {{ fr = "Comité de pilotage", en = "Steering committee" }}
clause = "3.2.2"
effective = {day}
"#
    );
    fs::write(amendments.join("avenant-1.toml"), head + changes).unwrap();
    contract
}

/// A shipped mapping.
pub(crate) fn mapping(name: &str) -> Mapping {
    Mapping::load(&root().join(format!("mappings/{name}.toml"))).unwrap()
}

/// Imports a text inside this process, as at [`NOW`]; also gives the rejects file.
pub(crate) fn import(vigie: &Vigie, mapping_name: &str, text: &str) -> (Report, String) {
    let mapping = mapping(mapping_name);
    let source = Source { name: "log.csv", mapping_name, mapping: &mapping };
    let mut rejects = Vec::new();
    let file = std::io::Cursor::new(text.as_bytes().to_vec());
    let report = import::import(vigie, source, file, &mut rejects, now(), &mut |_| ()).unwrap();
    (report, String::from_utf8(rejects).unwrap())
}

/// A month judged from the read tables.
pub(crate) fn judge(vigie: &Vigie, month: &str) -> Judged {
    let rulebook = &vigie.promise.rulebook;
    vigie.store.read(|tx| judgement::from_store(tx, rulebook, month.parse().unwrap(), Ask::default())).unwrap()
}

/// A judged month as JSON, the signed head left out: two journals are signed by two keys.
pub(crate) fn json_without_head(judged: &Judged) -> String {
    String::from_utf8(json::to_json(&judged.judgement, None).unwrap()).unwrap()
}

/// The journal, one line for each entry, as two runs at two hours must agree on it: canonical bytes but
/// for when they were recorded, and for the hour at which an import says that it ended.
pub(crate) fn journal_lines(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    let mut each = |_, _: &[u8], bytes: &[u8]| {
        let mut line = std::str::from_utf8(bytes).unwrap().to_owned();
        cut(&mut line, "\"recorded_at\":\"");
        if line.contains("\"kind\":\"import.completed\"") {
            cut(&mut line, "\"occurred_at\":\"");
        }
        lines.push(line);
        Ok(())
    };
    store.read(|tx| journal::for_each_entry(tx, 0..u64::MAX, &mut each)).map_err(|e: StoreError| e).unwrap();
    lines
}

/// Empties the text that begins after `start`.
fn cut(line: &mut String, start: &str) {
    let from = line.find(start).unwrap() + start.len();
    let length = line[from..].find('"').unwrap();
    line.replace_range(from..from + length, "");
}

/// The first place at which two journals differ, told shortly.
#[track_caller]
pub(crate) fn assert_same_journal(found: &[String], expected: &[String], what: &str) {
    if let Some(at) = found.iter().zip(expected).position(|(a, b)| a != b) {
        panic!("{what}: entry {at} is\n{}\nand not\n{}", found[at], expected[at]);
    }
    assert_eq!(found.len(), expected.len(), "{what}: number of entries");
}

/// Fills an empty store with the year that `serve --demo` shows.
pub(crate) fn seed(vigie: &Vigie, today: Date) {
    let communes = web::assets::communes().unwrap();
    let communes: Vec<&str> = communes.iter().map(String::as_str).collect();
    live::seed_demo(vigie, today, &communes, now()).unwrap();
}

/// Columns of a made-up log in the ServiceNow dialect.
const HEADER: &str = "number,incident_state,sys_updated_at,opened_at,resolved_at,closed_at,impact,urgency,priority,\
                      assignment_group,location,caller_id,closed_code,sys_mod_count\n";

/// A log in the ServiceNow dialect: four rows for each of `cases` incidents of the first half of 2016, the
/// same for the same number. Some are late, and some wait.
pub(crate) fn servicenow_log(cases: u32) -> String {
    let mut text = HEADER.to_owned();
    let first: DateTime = "2016-01-04T08:00".parse().unwrap();
    for n in 0..cases {
        let mut chance = Chance::new(0xC0FF_EE00 + u64::from(n));
        // Spread over 177 days.
        let opened = first + (i64::from(n) * 254_880 / i64::from(cases)).minutes();
        let (impact, urgency, priority) = chance.of([
            ("1 - High", "1 - High", "1 - Critical"),
            ("1 - High", "2 - Medium", "2 - High"),
            ("2 - Medium", "2 - Medium", "3 - Moderate"),
            ("2 - Medium", "3 - Low", "3 - Moderate"),
            ("3 - Low", "3 - Low", "4 - Low"),
        ]);
        let resolved = opened + (20 + i64::from(chance.below(3_000))).minutes();
        let closed = resolved + (24 * (1 + i64::from(chance.below(5)))).hours();
        let waits = chance.of(["Awaiting User Info", "Awaiting Vendor", "Active"]);
        let seen = opened + (1 + i64::from(chance.below(18))).minutes();
        let states = [("New", opened), (waits, seen), ("Resolved", resolved), ("Closed", closed)];
        let day = |t: DateTime| t.strftime("%d-%m-%Y %H:%M").to_string();
        for (update, (state, at)) in states.into_iter().enumerate() {
            writeln!(
                text,
                "INC{n:07},{state},{},{},{},{},{impact},{urgency},{priority},Group {},Location {},Caller {},code {},{update}",
                day(at),
                day(opened),
                day(resolved),
                day(closed),
                chance.below(40),
                chance.below(200),
                chance.below(5_000),
                chance.below(17),
            )
            .unwrap();
        }
    }
    text
}

/// A small source of chance (SplitMix64): the same seed gives the same run.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        u32::try_from((z ^ (z >> 31)) % u64::from(limit)).unwrap()
    }

    /// One of a few.
    pub(crate) fn of<T: Copy>(&mut self, choices: impl AsRef<[T]>) -> T {
        let choices = choices.as_ref();
        choices[usize::try_from(self.below(u32::try_from(choices.len()).unwrap())).unwrap()]
    }
}

/// Waits for a work of the program, on a runtime of its own.
pub(crate) fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The work of that name is that holder's from now on, for a minute.
pub(crate) fn lease(data: &Store, work: &'static str, holder: &'static str, now: Timestamp) -> Lease {
    let length = SignedDuration::from_mins(1);
    data.write(move |tx| lease::take(tx, work, holder, now, length)).unwrap().unwrap()
}
