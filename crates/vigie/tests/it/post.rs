//! What the tests of the desk's post share: settings, mails, and a mail server that does as it is told.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use vigie::{
    features::{
        desk::{
            act::{Deed, Detail},
            open::By,
            sheet::Texts,
            store::{self, CaseLine},
            view::{CaseFile, Words},
        },
        post::{Channel, Letter, Organisation, Post, Round, Settings, Taken, settings::Limits},
    },
    live::Live,
    web::source::Source as _,
};
use vigie_contract::Party;
use vigie_evidence::Origin;
use vigie_links::mail::{
    Address, CaseNumber, Ourselves, TokenKeys,
    smtp::{Protection, Relay, Sender},
};
use vigie_rules::desk::Act;
use vigie_store::{StoreError, lease};
use vigie_testkit::Place;

use crate::support::{now, open};

pub(crate) fn address(text: &str) -> Address {
    Address { name: String::new(), address: text.to_owned() }
}

pub(crate) fn settings() -> Settings {
    let organisation = |name: &str, side, domain: &str| Organisation {
        name: name.to_owned(),
        side,
        domains: vec![domain.to_owned()],
        addresses: Vec::new(),
    };
    Settings {
        public: Some("https://vigie.example".to_owned()),
        from: Address { name: "Guichet".to_owned(), ..address("guichet@vigie.example") },
        own: Ourselves {
            addresses: vec!["guichet@vigie.example".to_owned(), "incidents@vigie.example".to_owned()],
            mark: "vigie-1".to_owned(),
        },
        keys: keys(),
        organisations: vec![
            organisation("DSIUN", Party::Customer, "customer.example"),
            organisation("Intégrateur", Party::Provider, "provider.example"),
            organisation("Opérateur", Party::ThirdParty, "carrier.example"),
        ],
        authenticator: None,
        acknowledged: Limits { hour: 3, day: 5 },
        listen: None,
        mailboxes: Vec::new(),
        relay: None,
    }
}

pub(crate) fn keys() -> TokenKeys {
    TokenKeys::new([7; 32], &[])
}

/// The address at which answers to a case arrive.
pub(crate) fn token_address(number: &str) -> String {
    keys().address(&CaseNumber::new(number).unwrap(), &address("guichet@vigie.example")).address
}

/// A desk whose post hands its mails to that server.
pub(crate) fn sending_desk(place: &Place, server: &Server) -> Live {
    Live::new(open(place), false).with_post(Settings { relay: Some(server.relay()), ..settings() })
}

/// A desk with its post.
pub(crate) fn desk(place: &Place) -> Live {
    Live::new(open(place), false).with_post(settings())
}

pub(crate) fn post(live: &Live) -> &Post {
    live.post().unwrap()
}

/// A mail as a mail server hands it over, some minutes after the start of the test.
pub(crate) fn comes(live: &Live, minutes: i64, raw: &str) -> Taken {
    comes_to(live, minutes, "guichet@vigie.example", raw)
}

pub(crate) fn comes_to(live: &Live, minutes: i64, to: &str, raw: &str) -> Taken {
    let letter = Letter::read(raw.as_bytes().to_vec(), Some(&[address(to)]), Channel::Listener, post(live).settings());
    post(live).take(letter, at(minutes), None).unwrap()
}

pub(crate) fn at(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// The head of a mail from somebody, with its own identifier.
pub(crate) fn mail(from: &str, id: &str, subject: &str, more: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nTo: guichet@vigie.example\r\nMessage-ID: <{id}>\r\nSubject: {subject}\r\n{more}\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

/// A call of Jean, and its case.
pub(crate) fn called(live: &Live) -> String {
    let taken = comes(
        live,
        0,
        &mail("Jean Dupont <jean@customer.example>", "call-1@customer.example", "Panne", "", "Plus de tonalité"),
    );
    number(&taken)
}

#[track_caller]
pub(crate) fn number(taken: &Taken) -> String {
    assert_eq!(taken.state, "case", "{taken:?}");
    taken.change.as_ref().unwrap().number.clone()
}

pub(crate) fn case(live: &Live, number: &str) -> CaseLine {
    live.case_line(number).unwrap().unwrap()
}

pub(crate) fn cases(live: &Live) -> u64 {
    let count = live.vigie().store.read(|tx| store::page(tx, &store::Filter::default(), None, 100));
    count.map_err(|e: StoreError| e).unwrap().0
}

/// The kinds of the entries of a case, in their order.
pub(crate) fn kinds(live: &Live, number: &str) -> Vec<String> {
    file(live, number, Party::Provider).entries.into_iter().map(|e| e.kind).collect()
}

pub(crate) fn file(live: &Live, number: &str, reader: Party) -> CaseFile {
    live.case(number, reader).unwrap().unwrap()
}

/// All that a side may read on a case: authors, texts, names of files.
pub(crate) fn said(live: &Live, number: &str, reader: Party) -> String {
    let mut all = String::new();
    for entry in file(live, number, reader).entries {
        if let Words::Kept { texts, files } = entry.said {
            let parts = [texts.title, texts.requester, texts.author, texts.text];
            parts.into_iter().flatten().for_each(|p| all.push_str(&format!("{p}\n")));
            files.into_iter().for_each(|f| all.push_str(&format!("[{}]\n", f.name)));
        }
    }
    all
}

/// Somebody of a side acts on a case at a page.
pub(crate) fn acts(live: &Live, number: &str, party: Party, act: Act, text: &str, internal: bool) {
    let deed = Deed {
        act,
        at: case(live, number).changed_at,
        by: By { actor: "go.martin".to_owned(), origin: Origin::Web },
        party,
        role: None,
        texts: Texts { text: Some(text.to_owned()).filter(|t| !t.is_empty()), ..Texts::default() },
        internal,
        files: Vec::new(),
        detail: Detail::None,
    };
    live.act(number, None, deed).unwrap();
}

/// Restores, validates and closes a case.
pub(crate) fn closes(live: &Live, number: &str) {
    acts(live, number, Party::Provider, Act::Restore, "carte changée", false);
    acts(live, number, Party::Customer, Act::ValidateRestoration, "", false);
    acts(live, number, Party::Customer, Act::Close, "", false);
}

/// What the mail server does with the next mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Takes it.
    Takes,
    /// Has it, and hangs up before it says so.
    HangsUp,
    /// Refuses it for now.
    Defers,
    /// Refuses it for good.
    Refuses,
}

/// A mail that a server has: to whom it goes, and its bytes.
type Had = (Vec<String>, String);

/// A mail server on loopback; what is not said it takes.
pub(crate) struct Server {
    pub(crate) port: u16,
    mails: Arc<Mutex<Vec<Had>>>,
    todo: Arc<Mutex<VecDeque<Does>>>,
}

impl Server {
    pub(crate) fn start(todo: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mails, todo) = (Arc::default(), Arc::new(Mutex::new(todo.iter().copied().collect())));
        let (kept, orders) = (Arc::clone(&mails), Arc::clone(&todo));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (kept, orders) = (Arc::clone(&kept), Arc::clone(&orders));
                std::thread::spawn(move || _ = speak(&stream.unwrap(), &kept, &orders));
            }
        });
        Self { port, mails, todo }
    }

    /// The mails that it has: to whom, and their bytes.
    pub(crate) fn mails(&self) -> Vec<Had> {
        self.mails.lock().unwrap().clone()
    }

    pub(crate) fn next(&self, does: Does) {
        self.todo.lock().unwrap().push_back(does);
    }

    pub(crate) fn relay(&self) -> Relay {
        Relay {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            protection: Protection::None,
            account: None,
            name: "vigie.example".to_owned(),
        }
    }
}

fn speak(stream: &TcpStream, kept: &Mutex<Vec<Had>>, orders: &Mutex<VecDeque<Does>>) -> std::io::Result<()> {
    let mut out = stream;
    let mut lines = BufReader::new(stream).lines();
    out.write_all(b"220 mx.example ESMTP\r\n")?;
    let mut to = Vec::new();
    while let Some(line) = lines.next().transpose()? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match word.as_str() {
            "EHLO" => out.write_all(b"250-mx.example\r\n250 8BITMIME\r\n")?,
            "RCPT" => {
                to.push(line.split(['<', '>']).nth(1).unwrap_or_default().to_owned());
                out.write_all(b"250 ok\r\n")?;
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let mut raw = String::new();
                while let Some(line) = lines.next().transpose()?.filter(|l| l != ".") {
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push('\n');
                }
                let does = orders.lock().unwrap().pop_front().unwrap_or(Does::Takes);
                if matches!(does, Does::Takes | Does::HangsUp) {
                    kept.lock().unwrap().push((std::mem::take(&mut to), raw));
                }
                match does {
                    Does::Takes => out.write_all(b"250 queued as 1\r\n")?,
                    Does::HangsUp => return Ok(()),
                    Does::Defers => out.write_all(b"451 busy\r\n")?,
                    Does::Refuses => out.write_all(b"550 5.1.1 unknown user\r\n")?,
                }
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"250 ok\r\n")?,
        }
    }
    Ok(())
}

/// Sends what is due at an instant.
pub(crate) fn sends(live: &Live, server: &Server, minutes: i64) -> Round {
    let held = live
        .vigie()
        .store
        .write(move |tx| lease::take(tx, "mail/send", "this test", at(minutes), SignedDuration::from_secs(60)))
        .unwrap()
        .unwrap();
    let sender = Sender::new(&server.relay()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(post(live).send_due(&sender, &held, at(minutes))).unwrap()
}

/// The states of the mails that leave, the latest first.
pub(crate) fn outbox(live: &Live) -> Vec<(String, String)> {
    let (_, lines) = post(live).outbox(None, None, 0).unwrap();
    lines.into_iter().map(|l| (l.parcel.kind, l.parcel.state)).collect()
}
