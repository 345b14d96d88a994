//! What mails are, and which get an acknowledgement: the signs that mail programs and servers give.

use vigie_links::mail::{Kind, Mail, Ourselves, Outcome, Silence};

fn own() -> Ourselves {
    Ourselves { addresses: vec!["guichet@vigie.example".to_owned()], mark: "vigie-1".to_owned() }
}

fn parse(headers: &str, body: &str) -> Mail {
    Mail::parse(format!("{headers}\n\n{body}").as_bytes(), &|a| a.name.clone()).unwrap()
}

/// `None` expects an acknowledgement.
fn check(headers: &str, expected: Option<Silence>) {
    let headers = if headers.contains("From:") { headers.to_owned() } else { format!("From: a@b.fr\n{headers}") };
    let mail = parse(&format!("{headers}\nSubject: Panne"), "Plus de tonalité");
    let found = Kind::of(&mail, &own()).acknowledged(&mail, &own()).err();
    assert_eq!(found, expected, "{headers}");
}

#[test]
fn a_person_gets_an_acknowledgement_at_its_own_address() {
    let mail = parse("From: Jean <jean@b.fr>\nReply-To: other@c.fr\nSubject: Panne", "x");
    let kind = Kind::of(&mail, &own());
    assert_eq!(kind, Kind::Person);
    assert_eq!(kind.acknowledged(&mail, &own()).unwrap().address, "jean@b.fr");
}

#[test]
fn each_reason_against_an_acknowledgement_is_named() {
    check("X-Note: nothing", None);
    check("Auto-Submitted: no", None);
    check("Auto-Submitted: no (by hand)", None);
    check("Auto-Submitted: auto-replied", Some(Silence::Automatic));
    check("Auto-Submitted: Auto-Generated; owner-email=x@y.fr", Some(Silence::Automatic));
    check("Auto-Submitted: auto-forwarded", Some(Silence::AutoSubmitted));
    check("X-Autoreply: yes", Some(Silence::Automatic));
    check("X-Autoreply: no", None);
    check("Precedence: auto_reply", Some(Silence::Automatic));
    check("Precedence: bulk", Some(Silence::List));
    check("Precedence: first-class", None);
    check("List-Id: <l.b.fr>", Some(Silence::List));
    check("List-Unsubscribe: <mailto:u@b.fr>", Some(Silence::List));
    check("X-Auto-Response-Suppress: DR, OOF, AutoReply", Some(Silence::Suppressed));
    check("X-Auto-Response-Suppress: All", Some(Silence::Suppressed));
    check("X-Auto-Response-Suppress: DR, RN", None);
    check("X-Loop: another", Some(Silence::Looped));
    check("X-Loop: vigie-1", Some(Silence::Loop));
    check("Return-Path: <>", Some(Silence::NoReturnPath));
    check("Return-Path: <a@b.fr>", None);
    check("From: Guichet <Guichet+abc@Vigie.example>", Some(Silence::Loop));
    check("From: MAILER-DAEMON@b.fr", Some(Silence::Daemon));
    check("From: no-reply@b.fr", Some(Silence::NoReply));
    check("From: Ne pas répondre <ne-pas-repondre@b.fr>", Some(Silence::NoReply));
    check("From: reply@b.fr", None);
    check("From: a@b.fr\nSender: postmaster@b.fr", Some(Silence::Daemon));
    check("From: a@b.fr, c@b.fr", Some(Silence::SeveralAuthors));
    check("From: nobody at all", Some(Silence::NoAddress));
}

#[test]
fn an_answer_during_an_absence_is_known_by_its_subject_alone() {
    for subject in ["Réponse automatique : Panne", "Automatic reply: Panne", "Absence du bureau", "Out of Office: x"] {
        let kind = Kind::of(&parse(&format!("From: a@b.fr\nSubject: {subject}"), "x"), &own());
        assert_eq!(kind, Kind::Automatic { sign: "Subject".to_owned() }, "{subject}");
    }
    assert_eq!(Kind::of(&parse("From: a@b.fr\nSubject: Automate bloqué", "x"), &own()), Kind::Person);
}

fn failures(mail: &Mail) -> Vec<(String, Outcome, Option<String>)> {
    match Kind::of(mail, &own()) {
        Kind::Bounce(bounce) => bounce.failures.into_iter().map(|f| (f.address, f.outcome, f.status)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_report_of_rfc_3464_names_each_address_and_what_becomes_of_it() {
    let mail = parse(
        "From: MAILER-DAEMON@b.fr\nContent-Type: multipart/report; report-type=delivery-status; boundary=x",
        "--x\n\nSorry.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.fr\n\n\
         Original-Recipient: rfc822;Un@b.fr\nFinal-Recipient: rfc822; un@serveur.b.fr\nAction: failed\nStatus: 5.1.1 (no such user)\n\
         Diagnostic-Code: smtp; 550 User\n unknown\n\nFinal-Recipient: rfc822; deux@b.fr\nAction: delayed\nStatus: 4.4.7\n\n\
         Final-Recipient: rfc822; trois@b.fr\nAction: delivered\nStatus: 2.0.0\n--x\nContent-Type: message/rfc822\n\n\
         Message-ID: <m1@vigie.example>\nSubject: [VG-1] Panne\n\nx\n--x--",
    );
    assert_eq!(
        failures(&mail),
        [
            ("un@b.fr".to_owned(), Outcome::Permanent, Some("5.1.1".to_owned())),
            ("deux@b.fr".to_owned(), Outcome::Temporary, Some("4.4.7".to_owned())),
        ]
    );
    let Kind::Bounce(bounce) = Kind::of(&mail, &own()) else { panic!() };
    assert_eq!(bounce.failures[0].said, "550 User unknown");
    assert_eq!(bounce.originals[0].as_str(), "m1@vigie.example");
}

#[test]
fn reports_in_prose_name_the_address_and_not_those_to_ask() {
    let server =
        "From: Mail Delivery System <Mailer-Daemon@b.fr>\nTo: guichet+vg1.abc@vigie.example\nSubject: Undelivered";
    let check = |body: &str, address: &str, outcome: Outcome| {
        let found = failures(&parse(server, body));
        assert_eq!(found.iter().map(|f| (f.0.as_str(), f.1)).collect::<Vec<_>>(), [(address, outcome)], "{body}");
    };
    check(
        "The following address(es) failed:\n\n  un@b.fr\n    Unknown user\n\n------ This is a copy of the message ------\nTo: deux@b.fr",
        "un@b.fr",
        Outcome::Permanent,
    );
    check(
        "<un@b.fr>:\nSorry, no mailbox here by that name. (#5.1.1)\n\nQuestions: help@b.fr",
        "un@b.fr",
        Outcome::Permanent,
    );
    check(
        "Your message to\n\n  un@b.fr\n\nhas not yet been delivered. It will be retried.",
        "un@b.fr",
        Outcome::Temporary,
    );
}

#[test]
fn a_report_that_all_went_well_is_automatic_and_no_failure() {
    let mail = parse(
        "From: postmaster@b.fr\nContent-Type: multipart/report; boundary=x",
        "--x\n\nDelivered to the following recipients: un@b.fr\n--x\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; b.fr\n\nFinal-Recipient: rfc822; un@b.fr\nAction: relayed\nStatus: 2.0.0\n--x--",
    );
    assert_eq!(Kind::of(&mail, &own()), Kind::Automatic { sign: "delivery-status".to_owned() });
}

#[test]
fn a_person_who_speaks_of_a_failed_delivery_is_a_person() {
    let mail = parse("From: jean@b.fr\nSubject: Undelivered mail", "My mail to un@c.fr could not be delivered.");
    assert_eq!(Kind::of(&mail, &own()), Kind::Person);
}
