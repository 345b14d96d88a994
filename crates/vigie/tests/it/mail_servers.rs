//! The whole way through real servers: Postfix takes the mail, Dovecot keeps it until it is read by IMAP, and
//! what the desk answers stands in the caller's own mailbox.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use vigie::{
    features::post::{self as desk_post, Settings, settings::Watched},
    live::Live,
};
use vigie_contract::Party;
use vigie_links::mail::{
    Composed, Mail, MessageId,
    imap::{After, Fetched, Keeper, Mailbox, Reader, Secret},
    listen::{Kept, Refusal},
    smtp::{Protection, Relay, Sender},
};
use vigie_rules::desk::Act;
use vigie_testkit::{Dovecot, Postfix, on_both};

use crate::{
    post::{acts, address, cases, kinds, mail, settings},
    support::open,
};

fn mailbox(server: &Dovecot, user: &str) -> Mailbox {
    Mailbox {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        tls: false,
        user: user.to_owned(),
        secret: Secret::Password("secret".to_owned()),
        folder: "INBOX".to_owned(),
        after: After::Seen,
    }
}

/// Reads until there are so many mails.
struct Until {
    mails: Mutex<Vec<Vec<u8>>>,
    count: usize,
    stop: watch::Sender<bool>,
}

impl Keeper for Until {
    async fn keep(&self, mail: Fetched) -> Result<Kept, Refusal> {
        let mut mails = self.mails.lock().unwrap();
        mails.push(mail.raw.unwrap());
        if mails.len() >= self.count {
            self.stop.send_replace(true);
        }
        Ok(Kept { id: mails.len().to_string() })
    }
}

/// The mails of a user, once there are so many.
async fn mails(server: &Dovecot, user: &str, count: usize) -> Vec<Mail> {
    let (stop, stopped) = watch::channel(false);
    let keeper = Until { mails: Mutex::default(), count, stop };
    let reader = Reader::open(&mailbox(server, user), None).await.unwrap();
    let read = timeout(Duration::from_mins(2), reader.follow(&keeper, Duration::from_secs(5), stopped)).await;
    read.unwrap_or_else(|_| panic!("{user} did not get {count} mails")).unwrap();
    let mails = keeper.mails.into_inner().unwrap();
    mails.iter().map(|raw| Mail::parse(raw, &|a| a.name.clone()).unwrap()).collect()
}

fn sent(raw: &str, to: &str) -> Composed {
    Composed {
        bytes: raw.as_bytes().to_vec(),
        message_id: MessageId::new("any@customer.example").unwrap(),
        envelope_from: address("jean@customer.example"),
        recipients: vec![address(to)],
    }
}

#[test]
fn a_call_through_postfix_and_dovecot_is_acknowledged_and_answered_in_the_caller_s_mailbox() {
    on_both(|place| {
        let dovecot = Dovecot::start(&["guichet", "jean"]);
        let mailboxes = [("guichet@vigie.example", "guichet"), ("jean@customer.example", "jean")];
        let domains = "vigie.example, customer.example";
        let postfix = Postfix::start(&Postfix::into_mailboxes(&dovecot, domains, &mailboxes));
        let relay = Relay {
            host: "127.0.0.1".to_owned(),
            port: postfix.port,
            protection: Protection::None,
            account: None,
            name: "vigie.example".to_owned(),
        };
        let watched = Watched { mailbox: mailbox(&dovecot, "guichet"), look_every_s: 5 };
        let settings = Settings { mailboxes: vec![watched], relay: Some(relay.clone()), ..settings() };
        let live = Arc::new(Live::new(open(place), false).with_post(settings));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (stop, stopped) = watch::channel(false);
            let (tell, mut heard) = mpsc::unbounded_channel();
            let hearer = Arc::new(move |change| _ = tell.send(change));
            let mut tasks = desk_post::serve(live.post().unwrap(), hearer, stopped).await.unwrap();
            let outside = Sender::new(&relay).unwrap();
            let call = mail(
                "Jean <jean@customer.example>",
                "call@customer.example",
                "Panne",
                "",
                "Plus de tonalité à l’accueil",
            );
            outside.send(&sent(&call, "guichet@vigie.example")).await.unwrap();

            let told = mails(&dovecot, "jean", 1).await.remove(0);
            assert_eq!(told.in_reply_to[0].as_str(), "call@customer.example");
            let number = told.subject.split(['[', ' ']).nth(1).unwrap().to_owned();
            assert!(told.text.contains(&number), "{}", told.text);

            let (desk, asked) = (Arc::clone(&live), number.clone());
            let answered = move || acts(&desk, &asked, Party::Provider, Act::Note, "Un technicien passe à 14 h", false);
            tokio::task::spawn_blocking(answered).await.unwrap();
            let answer = mails(&dovecot, "jean", 2).await.remove(1);
            assert!(answer.text.contains("Un technicien passe à 14 h"), "{}", answer.text);

            // Jean's program answers to where the answer says.
            let back = mail("jean@customer.example", "back@customer.example", "Re: Panne", "", "Parfait, merci");
            outside.send(&sent(&back, &answer.reply_to[0].address)).await.unwrap();
            let notes = || {
                let (desk, asked) = (Arc::clone(&live), number.clone());
                let count = move || kinds(&desk, &asked).iter().filter(|k| *k == "incident.noted").count();
                tokio::task::spawn_blocking(count)
            };
            while notes().await.unwrap() < 2 {
                timeout(Duration::from_mins(2), heard.recv()).await.expect("the answer did not reach its case");
            }
            stop.send_replace(true);
            while tasks.join_next().await.is_some() {}
        });
        assert_eq!(cases(&live), 1);
    });
}
