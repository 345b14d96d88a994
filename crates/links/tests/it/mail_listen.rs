//! The listener, as mail servers speak with it: byte by byte, over a socket, and through a client that
//! others wrote.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex},
};

use lettre::{SmtpTransport, Transport as _, address::Envelope as Sent};
use proptest::prelude::*;
use tokio::{net::TcpListener, sync::watch};
use vigie_links::mail::{
    MAX_MAIL_BYTES, Ourselves,
    listen::{Envelope, Inbox, Kept, Listening, Protocol, Refusal, Session, Step, serve},
};

fn listening(protocol: Protocol) -> Listening {
    let own = Ourselves { addresses: vec!["guichet@vigie.example".to_owned()], mark: String::new() };
    Listening { protocol, name: "vigie.example".to_owned(), own }
}

/// What a client reads when it sends this in pieces of a size, and what was delivered.
fn speak(
    protocol: Protocol,
    sent: &[u8],
    piece: usize,
    result: &Result<Kept, Refusal>,
) -> (String, Vec<(Vec<u8>, Envelope)>) {
    let (mut session, mut heard) = Session::new(listening(protocol));
    let mut delivered = Vec::new();
    for bytes in sent.chunks(piece.max(1)) {
        session.feed(bytes);
        while let Some(step) = session.step() {
            match step {
                Step::Reply(reply) | Step::Close(reply) => heard.extend(reply),
                Step::Deliver { raw, envelope } => {
                    delivered.push((raw, envelope));
                    heard.extend(session.kept(result));
                }
            }
        }
    }
    (String::from_utf8(heard).unwrap(), delivered)
}

fn kept() -> Result<Kept, Refusal> {
    Ok(Kept { id: "m-7".to_owned() })
}

const TWO_RECIPIENTS: &str = "LHLO mx.b.fr\r\nMAIL FROM:<a@b.fr> SIZE=40 BODY=8BITMIME\r\nRCPT TO:<guichet@vigie.example>\r\n\
    RCPT TO:<other@vigie.example>\r\nRCPT TO:<guichet+vg-1.abc@vigie.example>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.a\r\nb\r\n.\r\nQUIT\r\n";

#[test]
fn a_conversation_in_lmtp_goes_like_this() {
    let (heard, delivered) = speak(Protocol::Lmtp, TWO_RECIPIENTS.as_bytes(), 7, &kept());
    insta::assert_snapshot!(heard.replace('\r', ""), @r"
    220 vigie.example LMTP Vigie
    250-vigie.example
    250-PIPELINING
    250-8BITMIME
    250-SMTPUTF8
    250-ENHANCEDSTATUSCODES
    250 SIZE 52428800
    250 2.1.0 sender noted
    250 2.1.5 recipient noted
    550 5.1.1 no such address here
    250 2.1.5 recipient noted
    354 end with a line of one dot
    250 2.0.0 kept as m-7
    250 2.0.0 kept as m-7
    221 2.0.0 goodbye
    ");
    assert_eq!(delivered.len(), 1);
    let (raw, envelope) = &delivered[0];
    assert_eq!(raw, b"Return-Path: <a@b.fr>\r\nSubject: x\r\n\r\n.\r\na\r\nb\r\n");
    assert_eq!(envelope.server, "mx.b.fr");
    let recipients: Vec<_> = envelope.recipients.iter().map(|a| a.address.as_str()).collect();
    assert_eq!(recipients, ["guichet@vigie.example", "guichet+vg-1.abc@vigie.example"]);
}

#[test]
fn each_recipient_hears_the_same_refusal_in_lmtp_and_smtp_says_it_once() {
    let later = Err(Refusal::Later("the disk is full\r\n250 forged".to_owned()));
    let (heard, _) = speak(Protocol::Lmtp, TWO_RECIPIENTS.as_bytes(), 4096, &later);
    assert_eq!(heard.matches("451 4.3.0 the disk is full  250 forged\r\n").count(), 2);
    let smtp = TWO_RECIPIENTS.replace("LHLO", "EHLO");
    let never = Err(Refusal::Never("unreadable".to_owned()));
    let (heard, _) = speak(Protocol::Smtp, smtp.as_bytes(), 4096, &never);
    assert_eq!(heard.matches("554 5.6.0 unreadable\r\n").count(), 1);
}

fn check(protocol: Protocol, sent: &str, expected: &str) {
    let (heard, _) = speak(protocol, sent.as_bytes(), 4096, &kept());
    let last = heard.trim_end().rsplit("\r\n").next().unwrap_or_default();
    assert_eq!(last, expected, "{sent:?}");
}

#[test]
fn commands_out_of_order_and_wrong_words_are_refused_by_name() {
    let hello = "EHLO a\r\n";
    check(Protocol::Smtp, "MAIL FROM:<a@b.fr>\r\n", "503 5.5.1 say who you are first");
    check(Protocol::Smtp, "LHLO a\r\n", "500 5.5.1 this is SMTP: say EHLO");
    check(Protocol::Lmtp, "EHLO a\r\n", "500 5.5.1 this is LMTP: say LHLO");
    check(Protocol::Smtp, "HELO a\r\n", "250 vigie.example");
    check(Protocol::Smtp, &format!("{hello}DATA\r\n"), "503 5.5.1 say MAIL first");
    check(Protocol::Smtp, &format!("{hello}RCPT TO:<a@b.fr>\r\n"), "503 5.5.1 say MAIL first");
    check(Protocol::Smtp, &format!("{hello}MAIL FROM:<>\r\nDATA\r\n"), "503 5.5.1 no recipient was taken");
    check(Protocol::Smtp, &format!("{hello}MAIL FROM:<>\r\nMAIL FROM:<>\r\n"), "503 5.5.1 a mail was begun");
    check(Protocol::Smtp, &format!("{hello}MAIL FROM:<>\r\nRSET\r\nMAIL FROM:<>\r\n"), "250 2.1.0 sender noted");
    check(Protocol::Smtp, &format!("{hello}MAIL FROM:<>\r\nRCPT TO:<x@y.fr>\r\n"), "550 5.1.1 no such address here");
    check(Protocol::Smtp, "VRFY guichet\r\n", "252 2.5.0 send a mail and see");
    check(Protocol::Smtp, "NOOP\r\n", "250 2.0.0 here");
    check(Protocol::Smtp, "AUTH PLAIN\r\n", "502 5.5.1 not offered here");
    check(Protocol::Smtp, "GET / HTTP/1.1\r\n", "500 5.5.1 unknown command");
    check(Protocol::Smtp, &"x\r\n".repeat(21), "421 4.3.2 vigie.example too many errors");
    check(Protocol::Smtp, &"x\r\n".repeat(20), "500 5.5.1 unknown command");
}

#[test]
fn sizes_hold_on_both_sides() {
    let announced = |size: usize| format!("EHLO a\r\nMAIL FROM:<> SIZE={size}\r\n");
    check(Protocol::Smtp, &announced(MAX_MAIL_BYTES), "250 2.1.0 sender noted");
    check(Protocol::Smtp, &announced(MAX_MAIL_BYTES + 1), "552 5.3.4 a mail has at most 52428800 bytes");

    let line = |length: usize| format!("NOOP {}\r\n", "x".repeat(length - 5));
    check(Protocol::Smtp, &line(2048), "250 2.0.0 here");
    check(Protocol::Smtp, &line(2049), "500 5.5.2 the line is too long");
    check(Protocol::Smtp, &format!("{}NOOP\r\n", line(100_000)), "250 2.0.0 here");

    let to = |count: usize| {
        format!(
            "EHLO a\r\nMAIL FROM:<>\r\n{}",
            (0..count).map(|n| format!("RCPT TO:<guichet+{n}@vigie.example>\r\n")).collect::<String>()
        )
    };
    check(Protocol::Smtp, &to(1000), "250 2.1.5 recipient noted");
    check(Protocol::Smtp, &to(1001), "452 4.5.3 too many recipients");

    let mail = |size: usize| {
        let mut sent = b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<guichet@vigie.example>\r\nDATA\r\n".to_vec();
        let end = sent.len() + size - 2;
        while sent.len() + 1000 < end {
            sent.extend([b'x'; 998]);
            sent.extend(b"\r\n");
        }
        sent.resize(end, b'x');
        sent.extend(b"\r\n.\r\nNOOP\r\n");
        speak(Protocol::Smtp, &sent, 1 << 16, &kept())
    };
    let (heard, delivered) = mail(MAX_MAIL_BYTES);
    assert!(heard.contains("250 2.0.0 kept as m-7"));
    assert_eq!(delivered[0].0.len(), MAX_MAIL_BYTES + "Return-Path: <>\r\n".len());
    let (heard, delivered) = mail(MAX_MAIL_BYTES + 1);
    assert!(
        heard.ends_with("552 5.3.4 a mail has at most 52428800 bytes\r\n250 2.0.0 here\r\n"),
        "the conversation goes on"
    );
    assert_eq!(delivered.len(), 0);
}

#[test]
fn a_mail_cannot_hide_another_behind_a_lone_line_feed() {
    for end in ["\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n\0.\r\n"] {
        let sent = format!(
            "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<guichet@vigie.example>\r\nDATA\r\nx{end}MAIL FROM:<forged@b.fr>\r\n\
             RCPT TO:<guichet@vigie.example>\r\nDATA\r\nforged\r\n.\r\n"
        );
        let (_, delivered) = speak(Protocol::Smtp, sent.as_bytes(), 4096, &kept());
        assert_eq!(delivered.len(), 1, "{end:?}");
        assert_eq!(delivered[0].1.from, None);
    }
}

proptest! {
    #[test]
    fn however_the_bytes_arrive_the_conversation_is_the_same(piece in 1_usize..200, body in "[.a\r\n]{0,200}") {
        let sent = format!("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<guichet@vigie.example>\r\nDATA\r\n{body}\r\n.\r\nNOOP\r\n");
        let whole = speak(Protocol::Smtp, sent.as_bytes(), usize::MAX, &kept());
        prop_assert_eq!(speak(Protocol::Smtp, sent.as_bytes(), piece, &kept()), whole);
    }

    #[test]
    fn what_a_client_stuffs_is_delivered_as_it_was(lines in proptest::collection::vec("[.a ]{0,100}", 0..20), piece in 1_usize..200) {
        let body: String = lines.iter().map(|l| format!("{l}\r\n")).collect();
        let stuffed: String = lines.iter().map(|l| if l.starts_with('.') { format!(".{l}\r\n") } else { format!("{l}\r\n") }).collect();
        let sent = format!("EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<guichet@vigie.example>\r\nDATA\r\n{stuffed}.\r\n");
        let (_, delivered) = speak(Protocol::Smtp, sent.as_bytes(), piece, &kept());
        let expected = format!("Return-Path: <>\r\n{body}").into_bytes();
        prop_assert_eq!(&delivered[0].0, &expected);
    }

    #[test]
    fn no_bytes_crash_a_conversation(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = speak(Protocol::Lmtp, &bytes, 13, &kept());
    }
}

/// Keeps mails in memory; refuses those that say so.
#[derive(Default)]
struct Memory(Mutex<Vec<(Vec<u8>, Envelope)>>);

impl Inbox for Memory {
    async fn take(&self, raw: Vec<u8>, envelope: Envelope) -> Result<Kept, Refusal> {
        if String::from_utf8_lossy(&raw).contains("disk full") {
            return Err(Refusal::Later("the disk is full".to_owned()));
        }
        let mut mails = self.0.lock().unwrap();
        mails.push((raw, envelope));
        Ok(Kept { id: format!("m-{}", mails.len()) })
    }
}

/// Starts a listener on loopback, lets a blocking client speak with it, and stops it.
fn with_listener(protocol: Protocol, client: impl FnOnce(SocketAddr) + Send + 'static) -> Vec<(Vec<u8>, Envelope)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let inbox = Arc::new(Memory::default());
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(serve(listener, listening(protocol), Arc::clone(&inbox), stopped));
        tokio::task::spawn_blocking(move || client(address)).await.unwrap();
        stop.send(true).unwrap();
        server.await.unwrap().unwrap();
    });
    let mails = inbox.0.lock().unwrap();
    mails.clone()
}

#[test]
fn a_client_that_others_wrote_hands_over_mails_and_hears_of_a_full_disk() {
    let mails = with_listener(Protocol::Smtp, |address| {
        let client = SmtpTransport::builder_dangerous("127.0.0.1").port(address.port()).build();
        let envelope =
            Sent::new(Some("a@b.fr".parse().unwrap()), vec!["guichet@vigie.example".parse().unwrap()]).unwrap();
        let heard = client.send_raw(&envelope, b"Subject: un\r\n\r\n.point").unwrap();
        assert!(heard.message().any(|line| line.contains("kept as m-1")));
        let full = client.send_raw(&envelope, b"Subject: disk full\r\n\r\nx\r\n").unwrap_err();
        assert!(full.is_transient(), "{full}");
        let big = vec![b'x'; 3 << 20];
        client.send_raw(&envelope, &[b"Subject: trois\r\n\r\n".as_slice(), &big, b"\r\n"].concat()).unwrap();
        let stranger = Sent::new(None, vec!["other@vigie.example".parse().unwrap()]).unwrap();
        assert!(client.send_raw(&stranger, b"x\r\n").unwrap_err().is_permanent());
    });
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].0, b"Return-Path: <a@b.fr>\r\nSubject: un\r\n\r\n.point\r\n");
    assert!(mails[1].0.len() > 3 << 20);
}

#[test]
fn commands_that_come_together_are_all_answered_and_the_end_is_clean() {
    let mails = with_listener(Protocol::Lmtp, |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(TWO_RECIPIENTS.as_bytes()).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        assert_eq!(heard.matches("kept as m-1").count(), 2);
        assert!(heard.ends_with("221 2.0.0 goodbye\r\n"));
        // One that breaks off in the middle of a mail leaves nothing behind.
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(TWO_RECIPIENTS.split("\r\n.\r\n").next().unwrap().as_bytes()).unwrap();
    });
    assert_eq!(mails.len(), 1);
}

#[test]
fn a_silent_client_is_told_when_the_listener_closes() {
    let (told, tell) = std::sync::mpsc::channel();
    let mails = with_listener(Protocol::Lmtp, move |address| {
        let mut stream = TcpStream::connect(address).unwrap();
        let mut greeting = [0; 4];
        stream.read_exact(&mut greeting).unwrap();
        std::thread::spawn(move || {
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            told.send(rest).unwrap();
        });
    });
    assert!(mails.is_empty());
    assert!(tell.recv().unwrap().ends_with("421 4.3.2 vigie.example is closing: come back later\r\n"));
}
