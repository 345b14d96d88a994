//! Where mails belong: each claim alone, claims against one another, and claims that are not believed.

use vigie_links::mail::{
    Address, Aside, CaseNumber, Claims, Doubt, Key, Kind, Known, Mail, MessageId, Ourselves, Place, Standing, TokenKeys,
};

fn keys() -> TokenKeys {
    TokenKeys::new([7; 32], &[])
}

fn number(n: u32) -> CaseNumber {
    CaseNumber::new(&format!("VG-2026-{n:06}")).unwrap()
}

fn id(text: &str) -> MessageId {
    MessageId::new(text).unwrap()
}

fn own() -> Address {
    Address { name: "Guichet".to_owned(), address: "guichet@vigie.example".to_owned() }
}

/// Cases 1 and 2 are open to the author, case 3 is another's; mail `m1` belongs to case 1, and so on.
fn place(headers: &str) -> (Place, Vec<Doubt>) {
    let headers = if headers.contains("From:") { headers.to_owned() } else { format!("From: a@b.fr\n{headers}") };
    let mail = Mail::parse(format!("{headers}\n\nx").as_bytes(), &|a| a.name.clone()).unwrap();
    let ourselves = Ourselves { addresses: vec![own().address], mark: "vigie-1".to_owned() };
    let known = Known {
        answered: [1, 2, 3].map(|n| (id(&format!("m{n}@vigie.example")), number(n))).into(),
        cases: [(number(1), Standing::Party), (number(2), Standing::Party), (number(3), Standing::Stranger)].into(),
    };
    Claims::read(&mail, &Kind::of(&mail, &ourselves), &keys(), &[]).place(&known)
}

fn check(headers: &str, place_expected: &Place, doubts_expected: &[Doubt]) {
    let (found, doubts) = place(headers);
    assert_eq!(&found, place_expected, "{headers}");
    assert_eq!(doubts, doubts_expected, "{headers}");
}

fn to(number: CaseNumber, key: Key) -> Place {
    Place::Case { number, key }
}

fn token(n: u32) -> String {
    keys().subject(&number(n))
}

fn plus(n: u32) -> String {
    keys().address(&number(n), &own()).address
}

#[test]
fn a_mail_that_claims_nothing_is_a_new_call() {
    check("Subject: Panne", &Place::New, &[]);
    check("Subject: [urgent] Panne\nTo: guichet+ventes@vigie.example", &Place::New, &[]);
    check("References: <unknown@b.fr>\nIn-Reply-To: <other@b.fr>", &Place::New, &[]);
}

#[test]
fn each_claim_alone_names_its_case() {
    let m1 = || Key::Answer(id("m1@vigie.example"));
    check("In-Reply-To: <m1@vigie.example>", &to(number(1), m1()), &[]);
    check("References: <m1@vigie.example> <x@b.fr>", &to(number(1), m1()), &[]);
    check(&format!("Subject: RE: {} Panne", token(1)), &to(number(1), Key::Subject), &[]);
    check(&format!("Subject: re: {} panne", token(1).to_uppercase()), &to(number(1), Key::Subject), &[]);
    check(&format!("Cc: {}", plus(1)), &to(number(1), Key::Address), &[]);
    check(&format!("To: {}", plus(1).to_uppercase()), &to(number(1), Key::Address), &[]);
}

#[test]
fn the_nearest_mail_wins_over_older_ones_and_over_tokens() {
    let m2 = Key::Answer(id("m2@vigie.example"));
    let older = Doubt::Other { number: number(1), key: Key::Answer(id("m1@vigie.example")) };
    check("References: <m1@vigie.example> <m2@vigie.example>", &to(number(2), m2.clone()), &[older]);
    let other = Doubt::Other { number: number(1), key: Key::Subject };
    check(&format!("In-Reply-To: <m2@vigie.example>\nSubject: {}", token(1)), &to(number(2), m2), &[other]);
    let other = Doubt::Other { number: number(1), key: Key::Subject };
    check(&format!("To: {}\nSubject: {}", plus(2), token(1)), &to(number(2), Key::Address), &[other]);
}

#[test]
fn nobody_writes_into_a_case_of_another_side_whatever_the_claim() {
    let aside = |key| Place::Aside(Aside::Stranger { number: number(3), key });
    check("In-Reply-To: <m3@vigie.example>", &aside(Key::Answer(id("m3@vigie.example"))), &[]);
    check(&format!("Subject: {}", token(3)), &aside(Key::Subject), &[]);
    check(&format!("To: {}", plus(3)), &aside(Key::Address), &[]);
}

#[test]
fn a_forged_damaged_or_unsigned_token_is_never_believed_and_is_named() {
    let forged = |key| [Doubt::Forged { number: number(1), key }];
    let other_key = TokenKeys::new([8; 32], &[]).subject(&number(1));
    check(&format!("Subject: {other_key}"), &Place::New, &forged(Key::Subject));
    check("Subject: [VG-2026-000001 aaaaaaaaaaaaaaaa]", &Place::New, &forged(Key::Subject));
    check(&format!("Subject: {}", token(1).replace(']', "x]")), &Place::New, &forged(Key::Subject));
    check("To: guichet+vg-2026-000001.aaaaaaaaaaaaaaaa@vigie.example", &Place::New, &forged(Key::Address));
    // The signature of another number.
    let moved = token(2).replace("VG-2026-000002", "VG-2026-000001");
    check(&format!("Subject: {moved}"), &Place::New, &forged(Key::Subject));
    // A number alone claims nothing.
    check("Subject: [VG-2026-000001] Panne", &Place::New, &[]);
    // A forged token beside a genuine claim changes nothing.
    let key = Key::Answer(id("m2@vigie.example"));
    check(
        &format!("In-Reply-To: <m2@vigie.example>\nSubject: {other_key}"),
        &to(number(2), key),
        &forged(Key::Subject),
    );
}

#[test]
fn a_genuine_token_of_a_case_that_does_not_exist_is_named() {
    let doubt = [Doubt::NoSuchCase { number: number(9), key: Key::Subject }];
    check(&format!("Subject: {}", token(9)), &Place::New, &doubt);
}

#[test]
fn our_own_mails_and_unknown_reports_are_put_aside() {
    check("From: guichet@vigie.example\nIn-Reply-To: <m1@vigie.example>", &Place::Aside(Aside::Ours), &[]);
    check("From: MAILER-DAEMON@b.fr\nSubject: Undelivered Mail", &Place::Aside(Aside::Report), &[]);
}

#[test]
fn a_report_goes_to_the_case_of_the_returned_mail_though_a_server_is_no_party() {
    let key = Key::Address;
    let headers = format!("From: MAILER-DAEMON@b.fr\nSubject: Undelivered Mail\nTo: {}", plus(3));
    check(&headers, &Place::Report { number: number(3), key }, &[]);
}

#[test]
fn a_replaced_key_still_verifies_and_no_longer_signs() {
    let old = TokenKeys::new([7; 32], &[]);
    let new = TokenKeys::new([9; 32], &[[7; 32]]);
    assert!(new.in_subject(&old.subject(&number(1)))[0].genuine);
    assert!(!old.in_subject(&new.subject(&number(1)))[0].genuine);
    assert!(new.in_address(&new.address(&number(1), &own())).unwrap().genuine);
    assert!(!format!("{new:?}").contains('9'), "keys are not printed");
}

#[test]
fn the_token_of_a_number_is_fixed_so_that_old_mails_stay_answerable() {
    assert_eq!(keys().subject(&number(123)), "[VG-2026-000123 vug4i3xyye6wfhhs]");
    assert_eq!(keys().sign(&number(123)).len(), 16);
}

#[test]
fn a_number_is_letters_digits_and_hyphens() {
    for good in ["VG-2026-000123", "vg-1", "123", &"9".repeat(40)] {
        assert!(CaseNumber::new(good).is_some(), "{good}");
    }
    for bad in ["", "VG", "12", "-12", "VG 12", "VG/12", "é12", &"9".repeat(41)] {
        assert!(CaseNumber::new(bad).is_none(), "{bad}");
    }
}
