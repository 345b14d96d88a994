//! Mails that leave: acknowledgements, answers and notices, sent until the server says that it has them, and
//! one mail to whoever reads them.

use jiff::SignedDuration;
use vigie_contract::Party;
use vigie_links::mail::{Mail, smtp::Sender};
use vigie_rules::desk::Act;
use vigie_store::lease;
use vigie_testkit::on_both;

use crate::post::{
    Does, Server, acts, at, called, comes, desk, file, kinds, mail, outbox, post, said, sends, token_address,
};

fn read(raw: &str) -> Mail {
    Mail::parse(raw.as_bytes(), &|a| a.name.clone()).unwrap()
}

#[test]
fn an_acknowledgement_leaves_with_number_time_and_a_way_to_answer() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[]));
        let number = called(&live);
        let round = sends(&live, &server, 0);
        assert_eq!((round.sent, round.later, round.failed), (1, 0, 0));
        assert_eq!(sends(&live, &server, 1).sent, 0, "once");
        let mails = server.mails();
        assert_eq!(mails[0].0, ["jean@customer.example"]);
        let sent = read(&mails[0].1);
        assert!(
            sent.subject.starts_with(&format!("[{number} ")) && sent.subject.ends_with("Enregistré : Panne"),
            "{}",
            sent.subject
        );
        assert!(
            sent.text.contains(&number) && sent.text.replace('\u{a0}', " ").contains("le 24 novembre 2026 à 10:00:00"),
            "{}",
            sent.text
        );
        assert_eq!(sent.in_reply_to[0].as_str(), "call-1@customer.example");
        assert_eq!(sent.reply_to[0].address, token_address(&number));
        assert_eq!(sent.headers.get("Auto-Submitted"), Some("auto-replied"));
        assert_eq!(kinds(&live, &number).last().unwrap(), "incident.mail_sent");
        assert_eq!(outbox(&live), [("acknowledgement".to_owned(), "sent".to_owned())]);
    });
}

#[test]
fn a_server_that_hangs_up_after_the_mail_gets_the_same_bytes_again_and_nothing_after() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[Does::HangsUp, Does::Defers]));
        let number = called(&live);
        assert_eq!(sends(&live, &server, 0).later, 1);
        // The first wait is thirty seconds, the second two minutes.
        assert!(sends(&live, &server, 0).is_empty());
        assert_eq!(sends(&live, &server, 1).later, 1);
        assert!(sends(&live, &server, 2).is_empty());
        assert_eq!(sends(&live, &server, 4).sent, 1);
        assert!(sends(&live, &server, 60).is_empty());
        let mails = server.mails();
        assert_eq!(mails.len(), 2, "one that it kept in silence, and one that it spoke of");
        assert_eq!(mails[0], mails[1], "the same identifier and the same bytes: one mail to whoever reads it");
        assert_eq!(kinds(&live, &number).iter().filter(|k| k.ends_with("mail_sent")).count(), 1);
    });
}

#[test]
fn a_mail_that_is_refused_for_good_is_told_on_its_case_and_goes_again_when_somebody_says_so() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[Does::Refuses]));
        let number = called(&live);
        assert_eq!(sends(&live, &server, 0).failed, 1);
        assert!(sends(&live, &server, 600).is_empty());
        assert_eq!(kinds(&live, &number).last().unwrap(), "incident.mail_failed");
        assert!(said(&live, &number, Party::Provider).contains("unknown user"));
        assert!(!said(&live, &number, Party::Customer).contains("unknown user"));
        let id = post(&live).outbox(Some("failed"), None, 0).unwrap().1[0].parcel.id.clone();
        let by = vigie::features::desk::open::By { actor: "go.martin".to_owned(), origin: vigie_evidence::Origin::Web };
        post(&live).send_again(&id, by.clone(), at(601)).unwrap();
        assert_eq!(sends(&live, &server, 601).sent, 1);
        assert!(post(&live).send_again(&id, by, at(602)).is_err(), "it arrived");
    });
}

#[test]
fn what_a_server_never_takes_is_given_up_after_five_days_and_said() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[]));
        let number = called(&live);
        let mut minutes = 0;
        let mut tries = 0;
        loop {
            server.next(Does::Defers);
            let round = sends(&live, &server, minutes);
            tries += round.later + round.failed;
            if round.failed > 0 {
                break;
            }
            minutes += 240;
            assert!(minutes < 60 * 24 * 10);
        }
        assert_eq!(tries, 37);
        assert_eq!(kinds(&live, &number).last().unwrap(), "incident.mail_failed");
        assert_eq!(post(&live).outbox(None, None, 0).unwrap().1[0].parcel.reason.as_deref(), Some("given_up"));
    });
}

#[test]
fn a_node_whose_lease_was_taken_over_sends_nothing() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[]));
        called(&live);
        let take = |holder: &'static str, minutes: i64| {
            let length = SignedDuration::from_secs(60);
            live.vigie()
                .store
                .write(move |tx| lease::take(tx, "mail/send", holder, at(minutes), length))
                .unwrap()
                .unwrap()
        };
        let (stale, fresh) = (take("one", 0), take("two", 1));
        let sender = Sender::new(&server.relay()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        assert!(runtime.block_on(post(&live).send_due(&sender, &stale, at(1))).is_err());
        assert!(server.mails().is_empty());
        assert_eq!(runtime.block_on(post(&live).send_due(&sender, &fresh, at(1))).unwrap().sent, 1);
    });
}

#[test]
fn what_the_provider_writes_for_all_leaves_as_an_answer_and_what_it_writes_for_itself_does_not() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[]));
        let number = called(&live);
        let colleague =
            mail("paul@customer.example", "2@x", "Re", "In-Reply-To: <call-1@customer.example>\r\n", "Moi aussi");
        comes(&live, 1, &colleague);
        acts(&live, &number, Party::Provider, Act::Note, "entre nous", true);
        acts(&live, &number, Party::Customer, Act::Note, "du client", false);
        acts(&live, &number, Party::Provider, Act::Note, "Un technicien passe à 14 h", false);
        assert_eq!(sends(&live, &server, 60 * 24).sent, 2);
        let mails = server.mails();
        let answer =
            mails.iter().map(|(to, raw)| (to, read(raw))).find(|(_, m)| m.text.contains("technicien")).unwrap();
        assert_eq!(*answer.0, ["paul@customer.example", "jean@customer.example"], "who wrote last, and who called");
        let answer = answer.1;
        assert_eq!(answer.in_reply_to[0].as_str(), "2@x");
        assert_eq!(answer.references[0].as_str(), "call-1@customer.example");
        assert_eq!(answer.reply_to[0].address, token_address(&number));
        assert_eq!(answer.headers.get("Auto-Submitted"), None, "a person wrote it");
        assert!(mails.iter().all(|(_, raw)| !raw.contains("entre nous") && !raw.contains("du client")));
        // Whoever answers this finds the case by our own identifier.
        let id = answer.message_ids[0].as_str();
        let back = mail("jean@customer.example", "3@x", "Re", &format!("In-Reply-To: <{id}>\r\n"), "Parfait");
        assert_eq!(comes(&live, 60 * 24 + 1, &back).change.unwrap().number, number);
    });
}

#[test]
fn a_restoration_asks_the_requester_to_validate() {
    on_both(|place| {
        let (live, server) = (desk(place), Server::start(&[]));
        let number = called(&live);
        acts(&live, &number, Party::Provider, Act::Restore, "carte changée", false);
        sends(&live, &server, 60 * 24);
        let notice = server.mails().iter().map(|(_, raw)| read(raw)).find(|m| m.subject.contains("à valider")).unwrap();
        assert!(notice.text.contains("carte changée") && notice.text.contains("Merci de valider"), "{}", notice.text);
        assert_eq!(notice.headers.get("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(file(&live, &number, Party::Customer).entries.last().unwrap().kind, "incident.mail_sent");
    });
}
