//! Mails become cases, words on cases, or wait for somebody; none is lost and none reaches another's case.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    process::Stdio,
};

use vigie::features::{
    desk::open::By,
    post::{PostError, Verdict, view::Which},
};
use vigie_contract::Party;
use vigie_evidence::Origin;
use vigie_links::mail::CaseNumber;
use vigie_rules::desk::{Act, Phase};
use vigie_store::{WriteError, journal};
use vigie_testkit::{Place, on_both};

use crate::{
    post::{
        acts, at, called, case, cases, closes, comes, comes_to, desk, file, kinds, mail, number, outbox, post, said,
        token_address,
    },
    support::{beside, program, reading, run},
};

fn by() -> By {
    By { actor: "go.martin".to_owned(), origin: Origin::Web }
}

#[test]
fn a_call_by_mail_gets_its_number_and_stamp_at_once_and_is_acknowledged() {
    on_both(|place| {
        let live = desk(place);
        let raw = mail("Jean Dupont <jean@customer.example>", "1@customer.example", "Panne", "", "Plus de tonalité");
        let taken = comes(&live, 0, &raw);
        let number = number(&taken);
        let line = case(&live, &number);
        assert_eq!((line.phase, line.opened_at, line.origin.as_str()), (Phase::New, at(0), "mail"));
        assert_eq!((line.title.as_deref(), line.requester.as_deref()), (Some("Panne"), Some("Jean Dupont")));
        assert_eq!(line.team.as_deref(), Some("go"), "routed as any other call");
        assert_eq!(kinds(&live, &number), ["incident.identified", "incident.mailed"]);
        assert!(said(&live, &number, Party::Customer).contains(&number), "the acknowledgement is on the case");
        assert_eq!(outbox(&live), [("acknowledgement".to_owned(), "waiting".to_owned())]);
        // The mail as it came, byte for byte, named by its entry.
        assert_eq!(post(&live).raw(&taken.id).unwrap().unwrap(), raw.as_bytes());
        let entries = live.vigie().store.read(|tx| journal::entries_of(tx, &format!("mail/{}", taken.id))).unwrap();
        assert_eq!(entries[0].kind, "mail.received");
        let text = serde_json::to_string(&entries[0].body).unwrap();
        assert!(!text.contains("jean") && !text.contains("Panne"), "no personal text in the journal: {text}");
    });
}

#[test]
fn an_answer_finds_its_case_by_what_it_answers_or_by_the_token_alone() {
    on_both(|place| {
        let live = desk(place);
        let number = called(&live);
        let token = token_address(&number);
        let subject = token.split(['+', '@']).nth(1).unwrap().split_once('.').unwrap().1;
        let subject = format!("RE: [{number} {subject}] Panne");
        let answers = [
            mail("jean@customer.example", "2@x", "Re: Panne", "References: <call-1@customer.example>\r\n", "Un"),
            mail("jean@customer.example", "3@x", &subject, "", "Deux"),
            mail("paul@customer.example", "4@x", "Panne", "In-Reply-To: <3@x>\r\n", "Trois, d'un collègue"),
        ];
        for (n, answer) in (1..).zip(&answers) {
            let taken = comes(&live, n, answer);
            assert_eq!(taken.change.unwrap().number, number, "{answer}");
        }
        let by_address = mail("jean@customer.example", "5@x", "Autre chose", "", "Quatre");
        assert_eq!(comes_to(&live, 9, &token, &by_address).change.unwrap().number, number);
        assert_eq!(cases(&live), 1);
        let said = said(&live, &number, Party::Customer);
        for word in ["Un", "Deux", "Trois", "Quatre", "paul@customer.example"] {
            assert!(said.contains(word), "{said}");
        }
        assert_eq!(case(&live, &number).requester.as_deref(), Some("Jean Dupont"), "who called stays");
        assert_eq!(outbox(&live).len(), 1, "an answer is not acknowledged");
    });
}

#[test]
fn what_an_answer_repeats_stays_out_and_what_it_brings_comes_along() {
    on_both(|place| {
        let live = desk(place);
        let number = called(&live);
        let answer = "From: jean@customer.example\r\nTo: guichet@vigie.example\r\nIn-Reply-To: <call-1@customer.example>\r\n\
            Subject: Re: Panne\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html\r\n\r\n<p>Voici</p><script>alert(1)</script><img src=\"cid:i@x\">\r\n\
            --b\r\nContent-Type: image/png; name=baie.png\r\nContent-ID: <i@x>\r\nContent-Disposition: inline\r\n\r\npng\r\n\
            --b\r\nContent-Type: text/plain; name=journal.txt\r\nContent-Disposition: attachment\r\n\r\nlog\r\n--b--\r\n";
        let taken = comes(&live, 1, answer);
        assert_eq!(taken.change.unwrap().number, number);
        let said = said(&live, &number, Party::Customer);
        assert!(said.contains("Voici") && said.contains("[baie.png]") && said.contains("[journal.txt]"), "{said}");
        assert!(!said.contains("alert"), "{said}");
        let quoted = mail(
            "jean@customer.example",
            "6@x",
            "Re",
            "In-Reply-To: <call-1@customer.example>\r\n",
            "Oui.\r\n\r\nLe 3 mars 2026 à 10:12, Guichet <guichet@vigie.example> a écrit :\r\n> Bonjour",
        );
        comes(&live, 2, &quoted);
        assert!(!crate::post::said(&live, &number, Party::Customer).contains("> Bonjour"));
    });
}

#[test]
fn a_stranger_with_somebody_else_s_token_reaches_no_case_until_somebody_lets_them_in() {
    on_both(|place| {
        let live = desk(place);
        let number = called(&live);
        let before = kinds(&live, &number);
        let taken =
            comes_to(&live, 1, &token_address(&number), &mail("eve@evil.example", "7@evil", "Panne", "", "Secret ?"));
        assert_eq!((taken.state.as_str(), &taken.change), ("quarantine", &None));
        let carrier =
            mail("tech@carrier.example", "8@carrier", "Re", "In-Reply-To: <call-1@customer.example>\r\n", "Réparé");
        let waiting = comes(&live, 2, &carrier);
        assert_eq!(waiting.state, "quarantine");
        assert_eq!(kinds(&live, &number), before, "nothing was added");
        let (total, lines) = post(&live).mails(Which::Waiting, 0).unwrap();
        assert_eq!(total, 2);
        assert_eq!(lines[0].row.reason.as_deref(), Some("not_a_party"));
        assert_eq!(lines[0].row.claimed.as_deref(), Some(number.as_str()));

        let attach = Verdict::Attach(CaseNumber::new(&number).unwrap());
        post(&live).settle(&waiting.id, attach.clone(), by(), at(3)).unwrap();
        assert!(said(&live, &number, Party::Customer).contains("Réparé"));
        let again = post(&live).settle(&waiting.id, attach, by(), at(4));
        assert!(matches!(again, Err(WriteError::Unit(PostError::Decided))), "{again:?}");
        // The carrier takes part from now on; the other stranger does not.
        let next = mail("chef@carrier.example", "9@carrier", "Re", "In-Reply-To: <8@carrier>\r\n", "Suite");
        assert_eq!(comes(&live, 5, &next).change.unwrap().number, number);
        assert_eq!(
            comes_to(&live, 6, &token_address(&number), &mail("eve@evil.example", "10@evil", "x", "", "?")).state,
            "quarantine"
        );
        let no_case = Verdict::Attach(CaseNumber::new("VG-2026-999999").unwrap());
        assert!(post(&live).settle(&taken.id, no_case, by(), at(7)).is_err());
        assert!(post(&live).settle(&taken.id, Verdict::Discard(" ".to_owned()), by(), at(7)).is_err());
        post(&live).settle(&taken.id, Verdict::Discard("hameçonnage".to_owned()), by(), at(7)).unwrap();
        assert_eq!(post(&live).mails(Which::Discarded, 0).unwrap().0, 1);
        let entries = live.vigie().store.read(|tx| journal::entries_of(tx, &format!("mail/{}", taken.id))).unwrap();
        assert_eq!((entries[1].kind.as_str(), entries[1].actor.as_str()), ("mail.discarded", "go.martin"));
    });
}

#[test]
fn a_forged_token_opens_a_case_of_its_own_and_shows_nothing_of_the_other() {
    on_both(|place| {
        let live = desk(place);
        let first = called(&live);
        let forged = format!("guichet+{}.aaaaaaaaaaaaaaaa@vigie.example", first.to_lowercase());
        let second =
            number(&comes_to(&live, 1, &forged, &mail("eve@evil.example", "1@evil", "Panne", "", "Au secours")));
        assert_ne!(first, second);
        assert_eq!(kinds(&live, &first), ["incident.identified", "incident.mailed"]);
    });
}

#[test]
fn machines_are_recorded_and_answered_by_nobody() {
    on_both(|place| {
        let live = desk(place);
        let number = called(&live);
        let before = kinds(&live, &number);
        let away = mail(
            "jean@customer.example",
            "11@x",
            "Absent",
            "In-Reply-To: <call-1@customer.example>\r\nAuto-Submitted: auto-replied\r\n",
            "Je reviens lundi",
        );
        let own = mail("jean@customer.example", "12@x", "Retour", "X-Loop: vigie-1\r\n", "x");
        let ours = mail("guichet@vigie.example", "13@x", "Retour", "", "x");
        for raw in [&away, &own, &ours] {
            assert_eq!(comes(&live, 1, raw).state, "recorded", "{raw}");
        }
        assert_eq!((cases(&live), outbox(&live).len()), (1, 1));
        assert_eq!(kinds(&live, &number), before);
        // Nothing is lost: somebody may still say that it is a call.
        let (total, lines) = post(&live).mails(Which::Recorded, 0).unwrap();
        assert_eq!(total, 3);
        let id = lines.iter().find(|l| l.subject.as_deref() == Some("Absent")).unwrap().row.id.clone();
        post(&live).settle(&id, Verdict::Release, by(), at(2)).unwrap();
        assert_eq!(cases(&live), 2);
        assert_eq!(outbox(&live)[0].1, "held", "a machine is not told its number either");
    });
}

#[test]
fn acknowledgements_of_one_address_are_bounded_and_each_that_is_held_back_is_on_its_case() {
    on_both(|place| {
        let live = desk(place);
        let mut numbers = Vec::new();
        // Three an hour and five a day: the fourth of the hour is held, and the sixth of the day.
        for (n, minutes) in [0, 1, 2, 3, 62, 63, 130, 200].into_iter().enumerate() {
            let raw = mail("jean@customer.example", &format!("r{n}@x"), "Panne", "", "x");
            numbers.push(number(&comes(&live, minutes, &raw)));
        }
        let held: Vec<bool> =
            numbers.iter().map(|n| kinds(&live, n).contains(&"incident.mail_held".to_owned())).collect();
        assert_eq!(held, [false, false, false, true, false, false, true, true]);
        assert!(numbers.iter().all(|n| case(&live, n).phase == Phase::New), "each call has its number all the same");
        let other = number(&comes(&live, 201, &mail("paul@customer.example", "p@x", "Panne", "", "x")));
        assert!(kinds(&live, &other).contains(&"incident.mailed".to_owned()), "another address is another matter");
    });
}

#[test]
fn the_same_mail_to_two_of_our_addresses_or_sent_twice_is_one_case() {
    on_both(|place| {
        let live = desk(place);
        let raw = mail("jean@customer.example", "1@x", "Panne", "", "Plus de tonalité");
        let first = comes_to(&live, 0, "guichet@vigie.example", &raw);
        let again = comes_to(&live, 1, "guichet@vigie.example", &raw);
        assert_eq!((again.id.as_str(), again.known), (first.id.as_str(), true));
        let other = comes_to(&live, 2, "incidents@vigie.example", &format!("Received: by elsewhere\r\n{raw}"));
        assert_eq!((other.state.as_str(), other.known), ("duplicate", false));
        assert_eq!((cases(&live), outbox(&live).len()), (1, 1));
        // Its identifier alone makes no copy: other words are another mail.
        let copied = comes(&live, 3, &mail("jean@customer.example", "1@x", "Panne", "", "Autre chose"));
        assert_eq!(copied.state, "case");
        let eve = comes(&live, 4, &mail("eve@evil.example", "1@x", "Panne", "", "Plus de tonalité"));
        assert_eq!((eve.state.as_str(), cases(&live)), ("case", 3));
    });
}

#[test]
fn what_cannot_be_read_waits_and_is_released_with_all_that_is_there() {
    on_both(|place| {
        let live = desk(place);
        let noise = comes(&live, 0, "\u{0}\u{1}no header here");
        let empty = comes(&live, 1, "");
        assert_eq!((noise.state.as_str(), empty.state.as_str(), cases(&live)), ("quarantine", "quarantine", 0));
        for taken in [&noise, &empty] {
            let settled = post(&live).settle(&taken.id, Verdict::Release, by(), at(2)).unwrap();
            let number = settled.change.unwrap().number;
            assert_eq!(case(&live, &number).phase, Phase::New);
        }
        assert_eq!(cases(&live), 2);
        assert_eq!(post(&live).mails(Which::Waiting, 0).unwrap().0, 0);
    });
}

#[test]
fn an_answer_to_a_closed_case_opens_one_that_is_linked_and_the_next_answer_goes_there() {
    on_both(|place| {
        let live = desk(place);
        let old = called(&live);
        closes(&live, &old);
        let answer = |id: &str, text: &str| {
            mail("jean@customer.example", id, "Re: Panne", "In-Reply-To: <call-1@customer.example>\r\n", text)
        };
        let new = number(&comes(&live, 10, &answer("20@x", "De nouveau en panne")));
        assert_ne!(old, new);
        assert_eq!(case(&live, &old).phase, Phase::Closed, "nothing is reopened by a mail");
        assert!(kinds(&live, &new).contains(&"incident.linked".to_owned()));
        assert!(
            said(&live, &new, Party::Customer).contains(&old),
            "the acknowledgement says why there is another number"
        );
        assert_eq!(number(&comes(&live, 11, &answer("21@x", "Encore"))), new);
        assert_eq!(cases(&live), 2);
    });
}

#[test]
fn a_mail_that_did_not_arrive_is_told_to_the_provider_on_its_case() {
    on_both(|place| {
        let live = desk(place);
        let number = called(&live);
        let id = post(&live).outbox(None, None, 0).unwrap().1[0].parcel.id.clone();
        let sent = live.vigie().store.write(|tx| tx.execute("UPDATE mail_outbox SET state = 'sent'", &[]));
        assert_eq!(sent.unwrap(), 1);
        let report = format!(
            "From: MAILER-DAEMON@customer.example\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
             Final-Recipient: rfc822; jean@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 unknown user\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}@vigie.example>\r\n\r\n--b--\r\n"
        );
        let taken = comes(&live, 1, &report);
        assert_eq!(taken.state, "report");
        assert!(said(&live, &number, Party::Provider).contains("unknown user"));
        assert!(!said(&live, &number, Party::Customer).contains("unknown user"));
        assert_eq!(outbox(&live), [("acknowledgement".to_owned(), "returned".to_owned())]);
        let unknown = report.replace(&id, "nobody");
        assert_eq!(comes(&live, 2, &unknown).state, "quarantine");
        assert_eq!(cases(&live), 1);
    });
}

#[test]
fn entries_of_the_post_are_read_again_as_they_were() {
    on_both(|place| {
        let live = desk(place);
        let number = called(&live);
        acts(&live, &number, Party::Provider, Act::Note, "Nous regardons", false);
        let before = (case(&live, &number), file(&live, &number, Party::Customer).entries);
        let rulebook = live.vigie().promise.rulebook.clone();
        live.vigie().store.write(move |tx| vigie::record::rebuild(tx, &rulebook)).unwrap();
        assert_eq!((case(&live, &number), file(&live, &number, Party::Customer).entries), before);
    });
}

/// A settings file beside a place, with these lines.
fn settings_file(place: &Place, more: &str) -> String {
    fs::write(beside(place, "key"), "0123456789abcdef0123456789abcdef").unwrap();
    let text = format!(
        "addresses = [\"guichet@vigie.example\"]\ntoken_key = {{ file = \"key\" }}\n\
         [[organisation]]\nname = \"DSIUN\"\nside = \"customer\"\ndomains = [\"customer.example\"]\n{more}"
    );
    crate::support::file(place, "mail.toml", text)
}

#[test]
fn a_folder_of_mails_is_imported_once_however_often_it_is_asked() {
    on_both(|place| {
        let settings = settings_file(place, "");
        let folder = beside(place, "Maildir");
        for name in ["new", "cur", "tmp"] {
            fs::create_dir_all(format!("{folder}/{name}")).unwrap();
        }
        let write = |name: &str, raw: &str| fs::write(format!("{folder}/{name}"), raw).unwrap();
        write("new/1", &mail("jean@customer.example", "1@x", "Panne", "", "x"));
        write("cur/2:2,S", &mail("jean@customer.example", "2@x", "Re", "In-Reply-To: <1@x>\r\n", "suite"));
        write("tmp/3", &mail("jean@customer.example", "3@x", "half", "", "x"));
        let mbox = mail("eve@evil.example", "4@x", "Re", "In-Reply-To: <1@x>\r\n", "x").replace("\r\n", "\n");
        write(
            "old.mbox",
            &format!("From eve Mon Jan  1 00:00:00 2026\n{mbox}\nFrom eve Mon Jan  1 00:00:00 2026\n{mbox}"),
        );
        let args = ["import", "mail", &folder, "--mail", &settings];
        let told = run(place, &args).done();
        for words in ["mails 4, 1 already known", "case 2", "quarantine 2"] {
            assert!(told.contains(words), "{told}");
        }
        let told = run(place, &args).done();
        assert!(told.contains("mails 4, 4 already known"), "{told}");
        let held = reading(place).read(|tx| {
            tx.query_one("SELECT count(*) FROM mail_outbox WHERE state = 'held' AND reason = 'imported'", &[], |row| {
                row.i64(0)
            })
        });
        assert_eq!(
            held.map_err(|e: vigie_store::StoreError| e).unwrap(),
            1,
            "nobody is written to, and the case says so"
        );
        run(place, &["import", "mail", &folder]).refused(1, &["--mail FILE"]);
    });
}

#[test]
fn a_mail_that_was_kept_by_a_server_that_died_before_it_said_so_is_one_case() {
    on_both(|place| {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings =
            settings_file(place, &format!("[listen]\naddress = \"127.0.0.1:{port}\"\nname = \"vigie.example\"\n"));
        let raw = mail("jean@customer.example", "1@x", "Panne", "", "x");
        let talk = format!(
            "LHLO mx\r\nMAIL FROM:<jean@customer.example>\r\nRCPT TO:<guichet@vigie.example>\r\nDATA\r\n{raw}.\r\n"
        );
        for round in 0..2 {
            let mut child = program(place)
                .args(["serve", "--listen", "127.0.0.1:0", "--mail", &settings])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
            assert!(log.any(|line| line.contains("listening for mails")));
            let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
            client.write_all(talk.as_bytes()).unwrap();
            // It is durable by now; whatever the server answers is not heard.
            assert!(log.any(|line| line.contains("a mail was kept")), "round {round}");
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let count = reading(place).read(|tx| tx.query_one("SELECT count(*) FROM desk_case", &[], |row| row.i64(0)));
        assert_eq!(count.map_err(|e: vigie_store::StoreError| e).unwrap(), 1);
    });
}

#[test]
fn settings_are_checked_before_anything_is_started() {
    let place = Place::sqlite();
    let settings = settings_file(&place, "typo = 1\n");
    run(&place, &["mail", "check", &settings]).refused(2, &["typo"]);
    run(&place, &["serve", "--mail", &settings]).refused(1, &["the post cannot be set up", "typo"]);
    assert!(!place.data.exists(), "nothing was made");
    let told = run(
        &place,
        &[
            "mail",
            "check",
            &settings_file(&place, "[relay]\nhost = \"127.0.0.1\"\nport = 1\nprotection = \"none\"\nname = \"x\"\n"),
        ],
    );
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.out.contains("guichet@vigie.example") && told.out.contains("relay 127.0.0.1:1 : failed"), "{told:?}");
}
