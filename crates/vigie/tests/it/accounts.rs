//! Who may sign in, from the commands' side.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use vigie::{
    features::people::{Accounts as _, Session},
    live::Live,
};
use vigie_testkit::{Place, on_both};

use crate::support::{journal_lines, now, open, program, reading, run};

const ROLE: &str = "contract_manager";

/// Gives the account that password, as typed on standard input.
fn add(place: &Place, name: &str, password: &str) {
    let mut command: Command = program(place);
    let mut child = command
        .args(["account", "add", name, "--role", ROLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Signs a browser of `jeanne` in; gives whether an earlier one still was.
fn browser(place: &Place) -> bool {
    let live = Live::new(open(place), false);
    let token_hash = [7; 32];
    let still = live.session(&token_hash).unwrap().is_some();
    if !still {
        let (account, at) = ("jeanne".to_owned(), now());
        let expires_at = at + jiff::SignedDuration::from_hours(1);
        live.add_session(&Session { token_hash, account, created_at: at, last_seen_at: at, expires_at }).unwrap();
    }
    still
}

#[test]
fn a_new_password_or_a_disabled_account_signs_out_and_is_in_the_journal_without_secrets() {
    on_both(|place| {
        add(place, "Jeanne", "first long password");
        assert!(!browser(place));
        assert!(browser(place), "a session lasts");
        add(place, "jeanne", "second long password");
        assert!(!browser(place), "no browser keeps the old password's session");
        run(place, &["account", "disable", "JEANNE"]).done();
        assert!(!browser(place), "nor a disabled account's");

        let listed = run(place, &["account", "list"]).done();
        assert!(listed.contains("jeanne") && listed.contains(ROLE) && listed.contains("disabled"), "{listed}");
        run(place, &["account", "disable", "jeanne"]).refused(1, &["`jeanne` is no account that may enter"]);
        run(place, &["account", "disable", "nobody"]).refused(1, &["account list"]);

        let lines = journal_lines(&reading(place));
        for (line, kind) in lines.iter().zip(["account.created", "account.changed", "account.disabled"]) {
            assert!(line.contains(&format!("\"kind\":\"{kind}\"")) && line.contains("account/jeanne"), "{line}");
            assert!(!line.contains("argon2") && !line.contains("long password"), "{line}");
        }
        assert_eq!(lines.len(), 3);
        run(place, &["verify"]).done();
    });
}
