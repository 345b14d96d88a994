//! Mailboxes of a real Dovecot, started for each test on loopback.

use std::{fs, sync::Mutex, time::Duration};

use tokio::{sync::watch, time::timeout};
use vigie_links::mail::{
    imap::{After, Fetched, ImapError, Keeper, Mailbox, Place, Reader, Secret},
    listen::{Kept, Refusal},
};
use vigie_testkit::Dovecot;

fn start() -> Dovecot {
    Dovecot::start(&["desk"])
}

fn mailbox(server: &Dovecot, after: After) -> Mailbox {
    Mailbox {
        host: "127.0.0.1".to_owned(),
        port: server.port,
        tls: false,
        user: "desk".to_owned(),
        secret: Secret::Password("secret".to_owned()),
        folder: "INBOX".to_owned(),
        after,
    }
}

/// Keeps mails in memory; refuses one for now when told, and says when it has so many.
#[derive(Default)]
struct Memory {
    mails: Mutex<Vec<Fetched>>,
    refused: Mutex<Option<Refusal>>,
    stop: Option<(usize, watch::Sender<bool>)>,
}

impl Memory {
    fn subjects(&self) -> Vec<String> {
        let text = |m: &Fetched| String::from_utf8(m.raw.clone().unwrap()).unwrap();
        self.mails.lock().unwrap().iter().map(|m| text(m).lines().next().unwrap().to_owned()).collect()
    }

    fn place(&self) -> Option<Place> {
        self.mails.lock().unwrap().last().map(|m| m.place)
    }
}

impl Keeper for Memory {
    async fn keep(&self, mail: Fetched) -> Result<Kept, Refusal> {
        if let Some(refusal) = self.refused.lock().unwrap().take() {
            return Err(refusal);
        }
        let mut mails = self.mails.lock().unwrap();
        mails.push(mail);
        if let Some((count, stop)) = &self.stop
            && mails.len() >= *count
        {
            stop.send(true).unwrap();
        }
        Ok(Kept { id: mails.len().to_string() })
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

#[test]
fn new_mails_are_kept_in_their_order_byte_for_byte_and_once() {
    let server = start();
    let big = "x".repeat(100) + "\n";
    server.deliver("desk", "1", "Subject: un\n\nPlus de tonalité\n");
    server.deliver("desk", "2", format!("Subject: deux\n\n{}", big.repeat(30_000)));
    run(async {
        let keeper = Memory::default();
        let mut reader = Reader::open(&mailbox(&server, After::Seen), None).await.unwrap();
        assert_eq!(reader.place().uid, 0);
        assert_eq!(reader.take_all(&keeper).await.unwrap(), 2);
        assert_eq!(keeper.subjects(), ["Subject: un", "Subject: deux"]);
        let first = keeper.mails.lock().unwrap()[0].raw.clone().unwrap();
        assert_eq!(first, "Subject: un\r\n\r\nPlus de tonalité\r\n".as_bytes());
        assert_eq!(
            keeper.mails.lock().unwrap()[1].raw.clone().unwrap().len(),
            30_000 * 102 + "Subject: deux\r\n\r\n".len()
        );
        assert_eq!(reader.take_all(&keeper).await.unwrap(), 0);

        // In a new conversation, from the place that was kept with the last mail.
        server.deliver("desk", "3", "Subject: trois\n\nx\n");
        let mut reader = Reader::open(&mailbox(&server, After::Leave), keeper.place()).await.unwrap();
        assert_eq!(reader.take_all(&keeper).await.unwrap(), 1);
        assert_eq!(keeper.subjects()[2], "Subject: trois");
    });
    let seen = fs::read_dir(server.maildir("desk").join("cur"))
        .unwrap()
        .filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().ends_with(":2,S"));
    assert_eq!(seen.count(), 2, "what was kept is marked, and nothing else");
}

#[test]
fn a_mail_that_cannot_be_kept_stays_and_comes_again() {
    let server = start();
    server.deliver("desk", "1", "Subject: un\n\nx\n");
    server.deliver("desk", "2", "Subject: deux\n\nx\n");
    run(async {
        let full = Refusal::Later("the disk is full".to_owned());
        let keeper = Memory { refused: Mutex::new(Some(full.clone())), ..Memory::default() };
        let mut reader = Reader::open(&mailbox(&server, After::Move("Kept".to_owned())), None).await.unwrap();
        assert!(matches!(reader.take_all(&keeper).await, Err(ImapError::Kept(refusal)) if refusal == full));
        assert_eq!(reader.take_all(&keeper).await.unwrap(), 2);
        assert_eq!(keeper.subjects(), ["Subject: un", "Subject: deux"]);
        let mut kept =
            Reader::open(&Mailbox { folder: "Kept".to_owned(), ..mailbox(&server, After::Leave) }, None).await.unwrap();
        assert_eq!(kept.take_all(&Memory::default()).await.unwrap(), 2, "both were moved");
    });
}

#[test]
fn a_server_that_numbers_anew_is_read_from_the_start() {
    let server = start();
    server.deliver("desk", "1", "Subject: un\n\nx\n");
    run(async {
        let keeper = Memory::default();
        let mut reader = Reader::open(&mailbox(&server, After::Leave), None).await.unwrap();
        let validity = reader.place().validity;
        reader.take_all(&keeper).await.unwrap();
        let other = Place { validity: validity - 1, uid: 1 };
        let mut reader = Reader::open(&mailbox(&server, After::Leave), Some(other)).await.unwrap();
        assert_eq!(reader.place(), Place { validity, uid: 0 });
        assert_eq!(reader.take_all(&keeper).await.unwrap(), 1);
    });
}

#[test]
fn a_mail_that_arrives_while_the_server_is_watched_is_taken_at_once() {
    let server = start();
    run(async {
        let (stop, stopped) = watch::channel(false);
        let keeper = Memory { stop: Some((2, stop)), ..Memory::default() };
        let reader = Reader::open(&mailbox(&server, After::Leave), None).await.unwrap();
        // An hour: only the server's own word can end the waiting.
        let follow = reader.follow(&keeper, Duration::from_hours(1), stopped);
        let deliver = async {
            server.deliver("desk", "1", "Subject: un\n\nx\n");
            server.deliver("desk", "2", "Subject: deux\n\nx\n");
        };
        let (followed, ()) = tokio::join!(timeout(Duration::from_mins(1), follow), deliver);
        followed.expect("a mail was not heard of").unwrap();
        assert_eq!(keeper.subjects(), ["Subject: un", "Subject: deux"]);
    });
}

#[test]
fn a_mail_that_arrives_while_others_are_taken_does_not_wait_for_the_next() {
    /// Delivers another mail while it keeps the first, so that the server speaks of it too early.
    struct Late<'a>(&'a Dovecot, Memory);
    impl Keeper for Late<'_> {
        async fn keep(&self, mail: Fetched) -> Result<Kept, Refusal> {
            if mail.place.uid == 1 {
                self.0.deliver("desk", "2", "Subject: deux\n\nx\n");
            }
            self.1.keep(mail).await
        }
    }
    let server = start();
    server.deliver("desk", "1", "Subject: un\n\nx\n");
    run(async {
        let (stop, stopped) = watch::channel(false);
        let keeper = Late(&server, Memory { stop: Some((2, stop)), ..Memory::default() });
        let reader = Reader::open(&mailbox(&server, After::Seen), None).await.unwrap();
        let follow = reader.follow(&keeper, Duration::from_hours(1), stopped);
        timeout(Duration::from_mins(1), follow).await.expect("it waited for the next mail").unwrap();
        assert_eq!(keeper.1.subjects(), ["Subject: un", "Subject: deux"]);
    });
}

#[test]
fn what_is_wrong_with_a_mailbox_is_named() {
    let server = start();
    run(async {
        let wrong = Mailbox { secret: Secret::Password("other".to_owned()), ..mailbox(&server, After::Leave) };
        assert!(matches!(Reader::open(&wrong, None).await, Err(ImapError::SignIn(_))));
        assert!(!format!("{wrong:?}").contains("other"), "secrets are not printed");
        let wrong = Mailbox { folder: "Nowhere".to_owned(), ..mailbox(&server, After::Leave) };
        assert!(matches!(Reader::open(&wrong, None).await, Err(ImapError::Folder { .. })));
        let wrong = Mailbox { tls: true, ..mailbox(&server, After::Leave) };
        assert!(matches!(Reader::open(&wrong, None).await, Err(ImapError::Connect { .. })), "no TLS is spoken there");
        let wrong = Mailbox { port: 1, ..mailbox(&server, After::Leave) };
        assert!(matches!(Reader::open(&wrong, None).await, Err(ImapError::Connect { .. })));
    });
}
