//! Mappings that are wrong are refused with their place and the remedy.

use vigie_links::Mapping;

use crate::support::{read, small, small_mapping};

/// Replaces `old` in a good mapping and expects the refusal.
fn check(old: &str, new: &str, expected: &str) {
    let text = small();
    assert!(text.contains(old), "{old}");
    let error = Mapping::parse(&text.replacen(old, new, 1), "m.toml").unwrap_err().to_string();
    assert!(error.starts_with(expected), "{error}\n{expected}");
}

#[test]
fn a_good_mapping_is_read() {
    Mapping::parse(&small(), "m.toml").unwrap();
}

#[test]
fn unknown_keys_are_refused_with_their_place() {
    check("zone =", "zones =", "m.toml:8:1: unknown field `zones`, expected one of ");
    check("once = true", "one = true", "m.toml:26:1: unknown field `one`, expected one of ");
    check("required = true", "require = true", "m.toml:33:46: unknown field `require`");
    check("[dialect]", "[dialect", "m.toml:6:9: ");
}

#[test]
fn names_that_are_not_declared_are_refused_with_those_that_are() {
    check(
        "at = \"opened\"",
        "at = \"open\"",
        "m.toml:25:6: column `open` is not declared; declared are `caller`, `closed`, ",
    );
    check(
        "table = \"state\"",
        "table = \"states\"",
        "m.toml:33:37: table `states` is not declared; declared are `state`",
    );
    check("[\"caller\"]", "[\"callers\"]", "m.toml:2:13: column `callers` is not declared");
}

#[test]
fn values_that_are_none_of_the_accepted_ones_are_refused_with_the_remedy() {
    check("Europe/Paris", "Paris", "m.toml:8:8: `Paris` is not a time zone; write a name of the IANA database");
    check("%d/%m/%Y %H:%M", "%d/%m", "m.toml:9:10: `%d/%m` is not a date format; write `iso`, or year, month, day");
    check("[dialect]", "[dialect]\nseparator = \";;\"", "m.toml:7:13: `;;` is not a separator; write `auto`");
    check("[dialect]", "[dialect]\nencoding = \"utf-9\"", "m.toml:7:12: `utf-9` is not a encoding; write `auto`");
    check(
        "[dialect]",
        "[dialect]\ngap = \"never\"",
        "m.toml:7:7: `never` is not a choice between two instants; write `earlier`",
    );
    check("[dialect]", "[dialect]\ndecimal = \"'\"", "m.toml:7:11: `'` is not a decimal sign; write `.` or `,`");
    check("[dialect]", "[dialect]\nheader_line = 0", "m.toml:7:15: `0` is not a line of the header");
    check("kind = \"closed\"", "kind = \"incident.closed\"", "m.toml:37:8: `incident.closed` is not a kind of event");
    check("once = true", "once = \"row\"", "m.toml:26:8: `\"row\"` is not a value of `once`");
    check("class = \"incident\"", "class = \"committee\"", "m.toml:4:9: `committee` is not a class of cases");
    check("\"Done\" = { state = \"resolved\" }", "\"Done\" = 1.5", "m.toml:22:10: `1.5` is not a meaning");
}

#[test]
fn what_is_there_twice_is_refused() {
    check("[\"Opened\"]", "[\"Opened\", \"number\"]", "m.toml:12:10: header `number` is there twice");
    check("\"Done\" =", "\"new\" = { state = \"closed\" }\n\"Done\" =", "m.toml:22:9: value `new` is there twice");
}

#[test]
fn personal_columns_never_reach_a_body() {
    check(
        "title = { column = \"title\" }",
        "title = { column = \"caller\" }",
        "m.toml:34:20: column `caller` is personal",
    );
    let found =
        read(b"Number;Updated;State;Caller\n1;2016-03-01;New;Alice\n2;2016-03-01;New;?\n", &small_mapping()).unwrap();
    assert_eq!(found.summary.personal_left_out, 1);
    assert!(!found.told().contains("Alice"));
}

#[test]
fn bodies_that_the_rules_could_not_read_are_refused_before_any_file_is() {
    check(
        "{ state = \"resolved\" }",
        "{ state = \"solved\" }",
        "m.toml:33:9: the body of `incident.observed` does not fit: unknown variant `solved`",
    );
    check(
        "{ state = \"new\" }",
        "{ state = \"fresh\" }",
        "m.toml:33:9: the body of `incident.observed` does not fit: unknown variant `fresh`",
    );
    check(", required = true", "", "m.toml:33:9: the body of `incident.observed` does not fit: missing field `state`");
    check(
        "source = { value = \"ezv\" }",
        "source = { column = \"title\", required = true }",
        "m.toml:24:8: the body of `incident.identified` does not fit",
    );
    check(
        "source = { value = \"ezv\" }",
        "",
        "m.toml:24:8: the body of `incident.identified` does not fit: missing field `source`",
    );
    // The contract has three impacts: a bare number of the file could be any.
    check(
        "title = { column = \"title\" }",
        "\"classification.impact\" = { column = \"count\", as = \"integer\" }",
        "m.toml:34:27: the body of `incident.observed` does not fit",
    );
}

#[test]
fn a_field_has_exactly_one_source() {
    check(
        "title = { column = \"title\" }",
        "title = { column = \"title\", value = \"x\" }",
        "m.toml:34:9: a field is filled by exactly one of",
    );
    check(
        "title = { column = \"title\" }",
        "title = { required = true }",
        "m.toml:34:9: a field is filled by exactly one of",
    );
    check(
        "as = \"integer\"",
        "as = \"integer\", table = \"state\"",
        "m.toml:35:9: a field is filled by exactly one of",
    );
}

#[test]
fn a_mapping_that_is_not_there_says_so() {
    let error = Mapping::load(std::path::Path::new("no/such/mapping.toml")).unwrap_err().to_string();
    assert!(error.starts_with("no/such/mapping.toml:1:1: the mapping cannot be read ("), "{error}");
}
