//! Each misfit, at its place, with its remedy.

use std::{collections::BTreeMap, fs};

use vigie_contract::{MAX_FILE_BYTES, MAX_FILES, load, parse};

use crate::{assert_told, edit, files, folder, told as english};

/// Reads Callipso after `file` was changed, and gives what is told.
#[track_caller]
fn told_after(file: &str, from: &str, to: &str) -> String {
    let mut files = files();
    edit(&mut files, file, from, to);
    parse(&files).map_or_else(|e| english(&e), |_| "accepted".to_owned())
}

#[track_caller]
pub(crate) fn check(file: &str, from: &str, to: &str, expected: &str) {
    assert_told(&told_after(file, from, to), expected);
}

#[test]
fn what_is_not_toml_is_refused_at_its_place() {
    check("roles.toml", "id = \"roc\"", "id = roc", "roles.toml:5:6: this is not TOML: ");
}

#[test]
fn unknown_keys_variants_and_kinds_are_refused_at_their_place() {
    check(
        "roles.toml",
        "id = \"roc\"",
        "id = \"roc\"\nwage = 3",
        "roles.toml:6:1: unknown field `wage`, expected one of `id`, `party`, `may`, `clause`, `label`, `from`, `to`, `doubts`, `choice`; remedy: remove it, or write one of the names expected",
    );
    check(
        "roles.toml",
        "[[role]]",
        "wage = 3\n[[role]]",
        "roles.toml:4:1: unknown field `wage`, expected `role`; remedy: ",
    );
    check(
        "roles.toml",
        "party = \"provider\"",
        "party = \"supplier\"",
        "roles.toml:6:9: unknown variant `supplier`, expected one of `provider`, `customer`, `third_party`; remedy: write one of the names expected",
    );
    check(
        "roles.toml",
        "party = \"provider\"\n",
        "",
        "roles.toml:4:1: missing field `party`; remedy: add it to this element",
    );
    check(
        "indicators.toml",
        "weight = 4",
        "weight = \"4\"",
        "indicators.toml:14:10: invalid type: string \"4\", expected u32; remedy: give a value of the kind expected",
    );
    check("perimeter.toml", "to = \"2026-12-31\"", "to = \"2026-13-31\"", "perimeter.toml:");
    check(
        "priorities.toml",
        "value = \"2 h\"",
        "value = \"two hours\"",
        "`two hours` is not a delay; remedy: write a whole number and a unit",
    );
    check(
        "indicators.toml",
        "expected = \"90 %\"",
        "expected = \"190 %\"",
        "`190 %` is not a rate; remedy: write `90 %`",
    );
    check(
        "calendars.toml",
        "\"08:00-18:00\"",
        "\"18:00-08:00\"",
        "calendars.toml:6:18: `18:00-08:00` closes before it opens; remedy: a window that passes midnight is two windows, one on each day",
    );
}

#[test]
fn names_declared_twice_are_refused_with_both_places() {
    check(
        "roles.toml",
        "id = \"rtc\"",
        "id = \"roc\"",
        "roles.toml:13:6: the role `roc` is declared twice, first at roles.toml:5:6; remedy: give it another name",
    );
    check(
        "priorities.toml",
        "impact = 2",
        "impact = 1",
        "the cell `U1 x 1` is declared twice, first at priorities.toml:4:11",
    );
    check(
        "priorities.toml",
        "impact = 2",
        "impact = 1",
        "the matrix has no cell for urgency U1 and impact 2; remedy: add a `[[cell]]` with its priority",
    );
    check(
        "obligations.toml",
        "id = \"copil-minutes\"",
        "id = \"copil-pack\"",
        "the obligation `copil-pack` is declared twice",
    );
}

#[test]
fn names_that_nothing_declares_are_refused() {
    check(
        "priorities.toml",
        "take_in = \"24x7\"",
        "take_in = \"24x8\"",
        "there is no calendar `24x8`; remedy: declare it, or write one of HO, 24x7, CDS-CALLS, CDS-OTHER",
    );
    check("clocks.toml", "fixed = \"HO\"", "fixed = \"OH\"", "there is no calendar `OH`");
    check(
        "catalogue.toml",
        "service = \"toip\"",
        "service = \"toips\"",
        "catalogue.toml:8:11: there is no service `toips`",
    );
    check("indicators.toml", "clock = \"restoration\"", "clock = \"restauration\"", "there is no clock `restauration`");
    check("indicators.toml", "obligation = \"dqa-ready\"", "obligation = \"dqa\"", "there is no obligation `dqa`");
    check("indicators.toml", "committees = [\"cocyber\"]", "committees = [\"cyber\"]", "there is no committee `cyber`");
    check("obligations.toml", "committee = \"copil\"", "committee = \"copill\"", "there is no committee `copill`");
    check("obligations.toml", "owner = \"roc\"", "owner = \"rock\"", "there is no role `rock`");
    check(
        "obligations.toml",
        "missing = \"vsr_duration\"",
        "missing = \"vsr\"",
        "there is no key of `missing` in contract.toml `vsr`",
    );
    check(
        "obligations.toml",
        "kind = \"committee.held\"",
        "kind = \"committee.hold\"",
        "there is no verb of entries `hold`; remedy: declare it, or write one of identified, classified, observed, taken_in, owner_named, ",
    );
    check(
        "obligations.toml",
        "kind = \"committee.held\"",
        "kind = \"committee.log_only\"",
        "there is no verb of entries `log_only`",
    );
    check(
        "obligations.toml",
        "kind = \"committee.held\"",
        "kind = \"comity.held\"",
        "there is no class of entries `comity`",
    );
    check(
        "committees.toml",
        "attendees = [\"management\"",
        "attendees = [\"boss\"",
        "committees.toml:9:14: there is no role `boss`",
    );
}

#[test]
fn windows_that_overlap_or_are_out_of_order_are_refused() {
    check(
        "calendars.toml",
        "mon = [\"08:00-18:00\"]",
        "mon = [\"08:00-12:00\", \"11:59-18:00\"]",
        "calendars.toml:6:34: the window 11:59-18:00 overlaps 08:00-12:00 or comes before it; remedy: write the windows of a day in order and apart",
    );
    check(
        "calendars.toml",
        "mon = [\"08:00-18:00\"]",
        "mon = [\"14:00-18:00\", \"08:00-12:00\"]",
        "the window 08:00-12:00 overlaps 14:00-18:00",
    );
    assert_eq!(
        told_after("calendars.toml", "mon = [\"08:00-18:00\"]", "mon = [\"08:00-12:00\", \"12:00-18:00\"]"),
        "accepted"
    );
}

#[test]
fn recurrences_and_zones_that_cannot_be_read_are_refused() {
    check(
        "committees.toml",
        "FREQ=WEEKLY;BYDAY=TU",
        "FREQ=WEEKLY;BYDAY=MA",
        "committees.toml:20:10: `FREQ=WEEKLY;BYDAY=MA` is not a recurrence that Vigie reads: `MA` is not a day such as MO, 2TU or -1FR; remedy: write for example `FREQ=MONTHLY;BYMONTHDAY=8`",
    );
    check(
        "obligations.toml",
        "FREQ=MONTHLY;BYMONTHDAY=8",
        "FREQ=MONTHLY;BYMONTHDAY=40",
        "`40` is not a whole number from 1 to 31",
    );
    check(
        "contract.toml",
        "Europe/Paris",
        "Europe/Marseille",
        "`Europe/Marseille` is not a time zone; remedy: write an IANA name such as `Europe/Paris`",
    );
}

#[test]
fn a_priority_of_the_matrix_needs_its_delays_and_windows() {
    check(
        "priorities.toml",
        "priority = \"P4\"\nkind = \"restoration\"",
        "priority = \"P4\"\nkind = \"take_in\"",
        "priority P4 is in the matrix and has no Restoration delay for NetworkToip infrastructure; remedy: add a `[[delay]]`",
    );
    check(
        "priorities.toml",
        "infra = \"other\"",
        "infra = \"network_toip\"",
        "priority P1 is in the matrix and has no Restoration delay for Other infrastructure",
    );
    check(
        "priorities.toml",
        "priority = \"P4\"\ntake_in",
        "priority = \"P3\"\ntake_in",
        "priority P4 is in the matrix and has no window of take-in and treatment",
    );
}

#[test]
fn zero_weights_and_steps_are_refused() {
    check(
        "indicators.toml",
        "weight = 4",
        "weight = 0",
        "indicators.toml:14:10: the weight is zero; remedy: write a value above zero; a row that must not count is `enabled = false`",
    );
    check("indicators.toml", "step = \"1 %\"", "step = \"0 %\"", "the step is zero");
    check("indicators.toml", "step = \"1 h\"", "step = \"0 h\"", "the step is zero");
}

#[test]
fn dates_in_the_wrong_order_are_refused() {
    check(
        "perimeter.toml",
        "to = \"2026-12-31\"",
        "from = 2027-01-01\nto = 2026-12-31",
        "it ends on 2026-12-31, before it begins on 2027-01-01; remedy: swap the dates or correct one",
    );
    check(
        "contract.toml",
        "zone =",
        "start = 2027-01-01\nend = 2026-01-01\nzone =",
        "it ends on 2026-01-01, before it begins on 2027-01-01",
    );
    assert_eq!(told_after("perimeter.toml", "to = \"2026-12-31\"", "from = 2026-12-31\nto = 2026-12-31"), "accepted");
}

#[test]
fn empty_texts_and_unsaid_choices_are_refused() {
    check("roles.toml", "clause = \"1.7.2\"", "clause = \" \"", "roles.toml:8:10: the clause is empty");
    check(
        "roles.toml",
        "label.en = \"Operational account manager (ROC)\"",
        "label.en = \"\"",
        "roles.toml:10:12: the English text is empty; remedy: write it; French and English are both read",
    );
    check(
        "calendars.toml",
        "label.fr = \"Heures ouvrées : lundi à vendredi, 8 h à 18 h, hors jours fériés\"",
        "label.fr = \"\"",
        "the French text is empty",
    );
    check("calendars.toml", "choice.fr", "#", "missing field `fr`");
    let mut all = files();
    let text = all.get_mut("calendars.toml").unwrap();
    *text = text.lines().filter(|l| !l.starts_with("choice")).collect::<Vec<_>>().join("\n");
    let told = english(&parse(&all).unwrap_err());
    assert!(told.contains("the rule settles a doubt and does not say which reading was chosen; remedy: add `choice.fr` and `choice.en`"), "{told}");
}

#[test]
fn a_due_time_is_given_once() {
    check(
        "obligations.toml",
        "missing = \"vsr_duration\"",
        "comparison = \"strict\"",
        "the due time is given 0 times over; remedy: write `offset`",
    );
    check(
        "obligations.toml",
        "missing = \"vsr_duration\"",
        "missing = \"vsr_duration\", offset = \"1 month\"",
        "the due time is given 2 times over",
    );
}

#[test]
fn rows_and_obligations_must_agree() {
    check(
        "obligations.toml",
        "indicator = 30\n",
        "",
        "row 30 measures `dqa-ready`, which does not say so; remedy: write `indicator = 30` in the obligation",
    );
    check(
        "obligations.toml",
        "indicator = 30",
        "indicator = 31",
        "it says that row 31 measures it, and row 31 does not",
    );
    check(
        "indicators.toml",
        "class = \"change\"",
        "class = \"request\"",
        "the clock `change_take_in` runs on changes and the population is requests",
    );
    check("roles.toml", "\"judgement.read\"", "\"judge\"", "`judge` is not a right; remedy: write `feature.action`");
}

#[test]
fn a_row_absent_or_double_is_a_warning_only() {
    let mut all = files();
    edit(&mut all, "indicators.toml", "row = 6\n", "row = 5\n");
    let warnings: Vec<String> = parse(&all).unwrap().warnings.iter().map(ToString::to_string).collect();
    assert!(warnings.iter().any(|w| w.contains("row 6 of the table of indicators is absent")), "{warnings:?}");
    assert!(warnings.iter().any(|w| w.contains("the row `5` is declared twice")), "{warnings:?}");
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_files() {
    let mut all = files();
    for (file, from, to) in [
        ("roles.toml", "party = \"provider\"", "party = \"nobody\""),
        ("roles.toml", "id = \"rtc\"", "name = \"rtc\""),
        ("clocks.toml", "stop = \"taken_in\"", "stop = \"never\""),
        ("calendars.toml", "[[calendar]]", "[[calender]]\n[[calendar]]"),
    ] {
        edit(&mut all, file, from, to);
    }
    let errors = parse(&all).unwrap_err();
    let places: Vec<&str> = errors.0.iter().map(|f| f.place.file.as_str()).collect();
    assert_eq!(places, ["calendars.toml", "clocks.toml", "roles.toml", "roles.toml"], "{errors}");
    assert!(errors.to_string().ends_with("4 problems; the contract is refused and nothing was changed"));
}

#[test]
fn files_that_no_contract_has_and_files_that_are_absent_are_refused() {
    let mut all = files();
    all.insert("prices.toml".into(), String::new());
    all.insert("amendments/notes.txt".into(), String::new());
    all.remove("roles.toml");
    let told = english(&parse(&all).unwrap_err());
    assert!(told.contains("prices.toml:1:1: `prices.toml` is not a file of a contract; remedy: remove it"), "{told}");
    assert!(told.contains("amendments/notes.txt:1:1: "), "{told}");
    assert!(told.contains("roles.toml:1:1: the file is absent; remedy: create it"), "{told}");
    assert!(english(&parse(&BTreeMap::new()).unwrap_err()).contains("14 problems"));
}

#[test]
fn sizes_have_limits_on_both_sides() {
    let limit = usize::try_from(MAX_FILE_BYTES).unwrap();
    let padded = |size: usize| {
        let mut all = files();
        let text = all.get_mut("roles.toml").unwrap();
        let room = size - text.len() - 1;
        text.push_str(&format!("#{}", "x".repeat(room)));
        assert_eq!(text.len(), size);
        parse(&all).map(|_| ()).map_err(|e| english(&e))
    };
    assert_eq!(padded(limit), Ok(()));
    let told = padded(limit + 1).unwrap_err();
    assert!(
        told.contains("roles.toml:1:1: the file has 1048577 bytes; a file of a contract has at most 1048576"),
        "{told}"
    );
    let many = |n: usize| {
        let mut all = files();
        for i in 0..n - all.len() {
            all.insert(format!("amendments/{i:03}.toml"), "broken".into());
        }
        english(&parse(&all).unwrap_err())
    };
    assert!(!many(MAX_FILES).contains("there are"));
    assert!(many(MAX_FILES + 1).contains("there are 101 files; a contract has at most 100"));
}

#[test]
fn a_folder_is_read_from_disk_as_its_files_are() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files() {
        fs::write(dir.path().join(name), text).unwrap();
    }
    fs::create_dir(dir.path().join("amendments")).unwrap();
    assert_eq!(load(dir.path()).unwrap(), load(&folder()).unwrap());
    fs::write(dir.path().join("notes.txt"), "x").unwrap();
    assert!(english(&load(dir.path()).unwrap_err()).contains("notes.txt:1:1: `notes.txt` is not a file of a contract"));
    fs::remove_file(dir.path().join("notes.txt")).unwrap();
    fs::write(dir.path().join("roles.toml"), [0xff, 0xfe]).unwrap();
    assert!(english(&load(dir.path()).unwrap_err()).contains("roles.toml:1:1: it cannot be read"));
    let absent = english(&load(&dir.path().join("absent")).unwrap_err());
    assert!(absent.contains("it cannot be read"), "{absent}");
}
