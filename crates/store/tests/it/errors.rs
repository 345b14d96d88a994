//! A wrong place: each says what, where and what to do, and nothing is changed.

use vigie_store::{Location, Store, StoreError};
use vigie_testkit::Place;

use crate::{location, open};

fn refused(location: Location) -> String {
    let error = Store::open(location).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("unseen"), "a password is shown: {shown}");
    error.to_string()
}

fn check_url(url: &str, expected: &str) {
    let said = refused(Location::Postgres(url.to_owned()));
    assert!(said.contains(expected), "{url}: {said}");
}

#[test]
fn a_url_that_is_not_one_is_refused_with_what_is_wrong() {
    check_url("postgresql://vigie:unseen@db.example:notaport/vigie", "port");
    check_url("postgresql://vigie:unseen@db.example/vigie?sslmode=maybe", "sslmode");
    check_url("mysql://vigie:unseen@db.example/vigie", "database URL");
    check_url("", "names no host");
    check_url("postgresql://vigie:unseen@db.example/vigie?sslmode=require", "without TLS");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    check_url(
        "postgresql://vigie:unseen@127.0.0.1:1/vigie",
        "no PostgreSQL server answers at postgresql://vigie@127.0.0.1:1/vigie",
    );
    check_url("postgresql://vigie:unseen@/vigie?host=/nowhere", "no PostgreSQL server answers");
}

#[test]
fn a_database_or_user_that_the_server_does_not_know_is_refused_in_its_words() {
    let place = Place::postgres();
    let url = place.url.clone().unwrap();
    let name = url.split(['/', '?']).nth(3).unwrap().to_owned();
    check_url(&url.replace(&name, "nosuchdatabase"), "nosuchdatabase");
    check_url(&url.replace("vigie:", "nobody:"), "nobody");
}

#[test]
fn a_postgresql_database_of_another_program_is_refused_and_left_alone() {
    let place = Place::postgres();
    let url = place.url.clone().unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    client.batch_execute("CREATE TABLE migration (id INT); CREATE TABLE invoice (id INT)").unwrap();
    check_url(&url, "2 tables of another program");
    let tables =
        client.query_one("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'", &[]).unwrap();
    assert_eq!(tables.get::<_, i64>(0), 2);
}

#[test]
fn a_postgresql_database_that_is_not_utf8_is_refused() {
    let place = Place::postgres();
    let url = place.url.clone().unwrap();
    let name = url.split(['/', '?']).nth(3).unwrap().to_owned();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    client
        .batch_execute(&format!(
            "CREATE DATABASE {name}_latin ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        ))
        .unwrap();
    check_url(&url.replace(&name, &format!("{name}_latin")), "SQL_ASCII");
    client.batch_execute(&format!("DROP DATABASE {name}_latin WITH (FORCE)")).unwrap();
}

#[test]
fn a_second_writer_on_one_sqlite_directory_is_refused_with_the_pid_of_the_first() {
    let place = Place::sqlite();
    let first = open(&place);
    let said = refused(location(&place));
    assert!(said.contains(&format!("pid {}", std::process::id())), "{said}");
    drop(first);
    open(&place);
}

#[test]
fn an_sqlite_database_that_another_program_reads_opens_all_the_same() {
    let place = Place::sqlite();
    drop(open(&place));
    let other = rusqlite::Connection::open(place.data.join("vigie.db")).unwrap();
    other.execute_batch("BEGIN; SELECT count(*) FROM entry").unwrap();
    open(&place);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let place = Place::sqlite();
    std::fs::create_dir_all(&place.data).unwrap();
    let file = place.data.join("vigie.db");
    let text = "une lettre, pas une base ".repeat(100);
    std::fs::write(&file, &text).unwrap();
    let said = refused(location(&place));
    assert!(said.contains("is not a Vigie database"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn an_sqlite_file_of_another_program_is_refused_and_left_alone() {
    let place = Place::sqlite();
    std::fs::create_dir_all(&place.data).unwrap();
    let file = place.data.join("vigie.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE invoice (id)").unwrap();
    let before = std::fs::read(&file).unwrap();
    let said = refused(location(&place));
    assert!(said.contains("another program, with 1 table"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_data_directory_that_is_a_file_is_refused() {
    let place = Place::sqlite();
    std::fs::write(&place.data, "a file").unwrap();
    let said = refused(location(&place));
    assert!(said.contains(&place.data.display().to_string()), "{said}");
}

#[test]
fn a_new_data_directory_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::sqlite();
    drop(open(&place));
    let mode = std::fs::metadata(&place.data).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_duplicate_is_told_apart_from_other_refusals() {
    vigie_testkit::on_both(|place| {
        let store = open(place);
        let add = || {
            store.write(|tx| {
                tx.execute("INSERT INTO account (name, password_hash, role, language, theme, created_at) VALUES ('marie', 'h', 'roc', 'fr', 'auto', 1)", &[])
            })
        };
        add().unwrap();
        match add() {
            Err(vigie_store::WriteError::Unit(e @ StoreError::Duplicate { .. })) => {
                assert!(e.is_duplicate());
                assert!(e.to_string().contains("account"), "{e}");
            }
            other => panic!("{other:?}"),
        }
    });
}
