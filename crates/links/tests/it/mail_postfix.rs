//! The whole way of a mail through a real Postfix, started for each test on loopback: our sender hands it
//! over, Postfix queues it and hands it to our listener.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::tz::TimeZone;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    time::timeout,
};
use vigie_links::mail::{
    Address, CaseNumber, Claims, Composed, Key, Kind, Known, Mail, Ourselves, Outcome, Outgoing, Place, Silence,
    Standing, TokenKeys, Writer,
    listen::{Envelope, Inbox, Kept, Listening, Protocol, Refusal, serve},
    smtp::{Protection, Relay, Sender, Unsent},
};
use vigie_testkit::Postfix;

/// A mail server that hands all mails of `vigie.example` to a port, by LMTP.
fn postfix(lmtp_port: u16) -> Postfix {
    Postfix::start(&format!(
        "virtual_mailbox_domains = vigie.example\nvirtual_mailbox_maps = inline:{{ {{ guichet@vigie.example = ok }} }}\n\
         virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}\n\
         transport_maps = inline:{{ {{ refused.example = lmtp:inet:127.0.0.1:{lmtp_port} }} }}\n"
    ))
}

/// Keeps mails in memory and says so; refuses the first so many for now.
struct Memory {
    refusals: Mutex<u32>,
    kept: mpsc::UnboundedSender<Came>,
}

impl Inbox for Memory {
    async fn take(&self, raw: Vec<u8>, envelope: Envelope) -> Result<Kept, Refusal> {
        let mut refusals = self.refusals.lock().unwrap();
        if let Some(left) = refusals.checked_sub(1) {
            *refusals = left;
            return Err(Refusal::Later("the disk is full".to_owned()));
        }
        self.kept.send((raw, envelope)).unwrap();
        Ok(Kept { id: "m-1".to_owned() })
    }
}

fn own() -> Address {
    Address { name: "Guichet".to_owned(), address: "guichet@vigie.example".to_owned() }
}

fn keys() -> TokenKeys {
    TokenKeys::new([7; 32], &[])
}

fn jerome() -> Address {
    Address { name: "Jérôme".to_owned(), address: "jerome@b.fr".to_owned() }
}

/// A mail about nothing yet, or about a case.
fn compose(from: &Address, to: &[Address], case: Option<&CaseNumber>) -> Composed {
    let zone = TimeZone::UTC;
    let text = "Plus de tonalité à l’accueil.\n\n.\n..point\nDe : moi\n";
    let mail = Outgoing {
        id: "t-1",
        from,
        to,
        cc: &[],
        case,
        subject: "Panne à l’accueil",
        text,
        html: None,
        files: &[],
        answers: None,
        references: &[],
        writer: Writer::Person,
        date: "2026-03-03T09:12:07Z".parse().unwrap(),
        zone: &zone,
    };
    mail.compose(&keys(), "vigie-1").unwrap()
}

/// A mail as our listener took it.
type Came = (Vec<u8>, Envelope);

/// Sends a mail through Postfix to our listener, and says what came.
fn through_postfix(refusals: u32, mail: &Composed) -> (Result<String, Unsent>, Option<Came>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let postfix = postfix(listener.local_addr().unwrap().port());
        let (kept, mut came) = mpsc::unbounded_channel();
        let inbox = Arc::new(Memory { refusals: Mutex::new(refusals), kept });
        let (stop, stopped) = watch::channel(false);
        let addresses = Ourselves { addresses: vec![own().address], mark: String::new() };
        let listening = Listening { protocol: Protocol::Lmtp, name: "vigie.example".to_owned(), own: addresses };
        let server = tokio::spawn(serve(listener, listening, inbox, stopped));
        let relay = Relay {
            host: "127.0.0.1".to_owned(),
            port: postfix.port,
            protection: Protection::None,
            account: None,
            name: "client.b.fr".to_owned(),
        };
        let sent = Sender::new(&relay).unwrap().send(mail).await;
        let mail = if sent.is_ok() { timeout(Duration::from_mins(1), came.recv()).await.unwrap() } else { None };
        stop.send(true).unwrap();
        server.await.unwrap().unwrap();
        (sent, mail)
    })
}

#[test]
fn a_mail_goes_through_postfix_to_its_case_without_losing_a_character() {
    let number = CaseNumber::new("VG-2026-000123").unwrap();
    let to = keys().address(&number, &own());
    let (sent, mail) = through_postfix(0, &compose(&jerome(), std::slice::from_ref(&to), None));
    assert!(sent.unwrap().contains("queued as"));
    let (raw, envelope) = mail.unwrap();
    assert_eq!(envelope.from.unwrap().address, "jerome@b.fr");
    assert_eq!(envelope.recipients, [Address { name: String::new(), address: to.address }]);
    let mail = Mail::parse(&raw, &|a| a.name.clone()).unwrap();
    assert_eq!(mail.text, "Plus de tonalité à l’accueil.\n\n.\n..point\nDe : moi");
    assert_eq!(mail.subject, "Panne à l’accueil");
    assert_eq!(mail.message_ids[0].as_str(), "t-1@b.fr");
    assert_eq!(mail.headers.get("Return-Path"), Some("<jerome@b.fr>"));
    assert_eq!(mail.losses, []);
    let kind = Kind::of(&mail, &Ourselves::default());
    let known = Known { cases: [(number.clone(), Standing::Party)].into(), ..Known::default() };
    let (place, _) = Claims::read(&mail, &kind, &keys(), &envelope.recipients).place(&known);
    assert_eq!(place, Place::Case { number, key: Key::Address });
}

#[test]
fn a_mail_that_cannot_be_kept_yet_waits_in_postfix_and_comes_again() {
    let (sent, mail) = through_postfix(2, &compose(&jerome(), &[own()], None));
    assert!(sent.is_ok());
    let mail = Mail::parse(&mail.unwrap().0, &|a| a.name.clone()).unwrap();
    assert_eq!(mail.message_ids[0].as_str(), "t-1@b.fr");
}

#[test]
fn an_address_that_the_server_refuses_is_refused_for_good() {
    let bad = [Address { name: String::new(), address: "x@vigie.example".to_owned() }];
    let (sent, _) = through_postfix(0, &compose(&jerome(), &bad, None));
    assert!(matches!(sent, Err(Unsent::Never { .. })), "{sent:?}");
}

#[test]
fn the_report_that_postfix_writes_of_an_undelivered_answer_finds_its_case() {
    let number = CaseNumber::new("VG-2026-000123").unwrap();
    let to = [Address { name: String::new(), address: "Jean@refused.example".to_owned() }];
    let answer = compose(&own(), &to, Some(&number));
    let (sent, mail) = through_postfix(0, &answer);
    assert!(sent.is_ok());
    let (raw, envelope) = mail.unwrap();
    assert_eq!(envelope.from, None, "nobody answers a report");
    let mail = Mail::parse(&raw, &|a| a.name.clone()).unwrap();
    let ourselves = Ourselves { addresses: vec![own().address], mark: "vigie-1".to_owned() };
    let kind = Kind::of(&mail, &ourselves);
    assert_eq!(kind.acknowledged(&mail, &ourselves), Err(Silence::Bounce));
    let Kind::Bounce(bounce) = &kind else { panic!("{kind:?}") };
    assert_eq!(bounce.failures.len(), 1);
    let failure = &bounce.failures[0];
    assert_eq!((failure.address.as_str(), failure.outcome), ("jean@refused.example", Outcome::Permanent));
    assert_eq!((failure.status.as_deref(), failure.said.as_str()), (Some("5.1.1"), "550 5.1.1 no such address here"));
    assert_eq!(bounce.originals, std::slice::from_ref(&answer.message_id));
    // By the returned mail when we know it, else by the address to which the report came.
    let cases = [(number.clone(), Standing::Stranger)].into();
    let known = Known { answered: [(answer.message_id.clone(), number.clone())].into(), cases };
    let claims = Claims::read(&mail, &kind, &keys(), &envelope.recipients);
    let key = Key::Answer(answer.message_id);
    assert_eq!(claims.place(&known).0, Place::Report { number: number.clone(), key });
    let known = Known { answered: [].into(), ..known };
    assert_eq!(claims.place(&known).0, Place::Report { number, key: Key::Address });
}
