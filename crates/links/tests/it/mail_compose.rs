//! Mails that leave: what they look like, that they come back readable, and what can never be slipped in.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use vigie_links::mail::{
    Address, CaseNumber, Claims, ComposeError, Composed, Doubt, Key, Kind, Known, Mail, MessageId, Ourselves, Outgoing,
    Place, Standing, TokenKeys, Writer,
};

fn keys() -> TokenKeys {
    TokenKeys::new([7; 32], &[])
}

fn address(name: &str, address: &str) -> Address {
    Address { name: name.to_owned(), address: address.to_owned() }
}

static FROM: LazyLock<Address> = LazyLock::new(|| address("Guichet Vigie", "guichet@vigie.example"));
static TO: LazyLock<Vec<Address>> = LazyLock::new(|| vec![address("Jérôme, Accueil", "jerome@b.fr")]);
static NUMBER: LazyLock<CaseNumber> = LazyLock::new(|| CaseNumber::new("VG-2026-000123").unwrap());
static ANSWERED: LazyLock<MessageId> = LazyLock::new(|| MessageId::new("a1@b.fr").unwrap());
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Paris").unwrap());

/// Composes an acknowledgement that a change made different.
fn compose<'a>(change: impl FnOnce(&mut Outgoing<'a>)) -> Result<Composed, ComposeError> {
    let mut mail = Outgoing {
        id: "0198c1f2-1",
        from: &FROM,
        to: &TO,
        cc: &[],
        case: Some(&NUMBER),
        subject: "Re: Plus de tonalité à l’accueil",
        text: "Reçu le 3 mars 2026 à 10:12:07.\n\n.\nÀ bientôt",
        html: Some("<p>Reçu le 3 mars 2026 à 10:12:07.</p>"),
        files: &[],
        answers: Some(&ANSWERED),
        references: &[],
        writer: Writer::Answering,
        date: "2026-03-03T09:12:07Z".parse().unwrap(),
        zone: &ZONE,
    };
    change(&mut mail);
    mail.compose(&keys(), "vigie-1")
}

#[test]
fn an_acknowledgement_looks_like_this() {
    let mail = compose(|_| {}).unwrap();
    insta::assert_snapshot!(String::from_utf8(mail.bytes).unwrap().replace('\r', ""), @r##"
    Date: Tue, 03 Mar 2026 10:12:07 +0100
    From: "Guichet Vigie" <guichet@vigie.example>
    To: =?utf-8?B?SsOpcsO0bWUsIEFjY3VlaWw=?= <jerome@b.fr>
    Message-ID: <0198c1f2-1@vigie.example>
    Subject: =?utf-8?Q?[VG-2026-000123_vug4i3xyye6wfhhs]_Re:_Plus_de_tonalit?=
     =?utf-8?Q?=C3=A9_=C3=A0_l=E2=80=99accueil?=
    Reply-To: "Guichet Vigie"
     <guichet+vg-2026-000123.vug4i3xyye6wfhhs@vigie.example>
    In-Reply-To: <a1@b.fr>
    References: <a1@b.fr>
    Auto-Submitted: auto-replied
    X-Auto-Response-Suppress: All
    X-Loop: vigie-1
    MIME-Version: 1.0
    Content-Type: multipart/alternative;
     boundary="=_b11a71bc9efd34ce36ce114d58608789"

    --=_b11a71bc9efd34ce36ce114d58608789
    Content-Type: text/plain; charset="utf-8"
    Content-Transfer-Encoding: quoted-printable

    Re=C3=A7u le 3 mars 2026 =C3=A0 10:12:07.

    .
    =C3=80 bient=C3=B4t
    --=_b11a71bc9efd34ce36ce114d58608789
    Content-Type: text/html; charset="utf-8"
    Content-Transfer-Encoding: quoted-printable

    <p>Re=C3=A7u le 3 mars 2026 =C3=A0 10:12:07.</p>
    --=_b11a71bc9efd34ce36ce114d58608789--
    "##);
    assert_eq!(mail.message_id.as_str(), "0198c1f2-1@vigie.example");
    assert_eq!(mail.envelope_from.address, "guichet+vg-2026-000123.vug4i3xyye6wfhhs@vigie.example");
}

#[test]
fn the_same_order_gives_the_same_bytes() {
    assert_eq!(compose(|_| {}), compose(|_| {}));
}

#[test]
fn what_was_written_is_read_back_and_known_as_ours() {
    let mail = compose(|_| {}).unwrap();
    let read = Mail::parse(&mail.bytes, &|a| a.name.clone()).unwrap();
    assert_eq!(read.text, "Reçu le 3 mars 2026 à 10:12:07.\n\n.\nÀ bientôt");
    assert_eq!(read.html.unwrap().html.trim(), "<p>Reçu le 3 mars 2026 à 10:12:07.</p>");
    assert_eq!(read.subject, "[VG-2026-000123 vug4i3xyye6wfhhs] Re: Plus de tonalité à l’accueil");
    assert_eq!(read.to[0].to_string(), "Jérôme, Accueil <jerome@b.fr>");
    assert_eq!(read.reply_to[0], Address { name: "Guichet Vigie".to_owned(), ..mail.envelope_from });
    assert_eq!(read.date.unwrap().to_string(), "2026-03-03T09:12:07Z");
    assert_eq!(read.losses, []);
    let read = Mail::parse(&mail.bytes, &|a| a.name.clone()).unwrap();
    let own = Ourselves { addresses: Vec::new(), mark: "vigie-1".to_owned() };
    assert_eq!(Kind::of(&read, &own), Kind::Loop { sign: "X-Loop".to_owned() });
}

#[test]
fn an_answer_to_it_finds_its_case_by_each_key_alone() {
    let sent = compose(|_| {}).unwrap();
    let number = CaseNumber::new("VG-2026-000123").unwrap();
    let known = Known {
        answered: [(sent.message_id.clone(), number.clone())].into(),
        cases: [(number.clone(), Standing::Party)].into(),
    };
    let subject = "Re: [VG-2026-000123 vug4i3xyye6wfhhs] Re: Plus";
    for (headers, key) in [
        (format!("In-Reply-To: {}", sent.message_id), Key::Answer(sent.message_id.clone())),
        (format!("To: {}", sent.envelope_from), Key::Address),
        (format!("Subject: {subject}"), Key::Subject),
    ] {
        let answer =
            Mail::parse(format!("From: jerome@b.fr\n{headers}\n\nMerci").as_bytes(), &|a| a.name.clone()).unwrap();
        let place = Claims::read(&answer, &Kind::Person, &keys(), &[]).place(&known);
        assert_eq!(place, (Place::Case { number: number.clone(), key }, Vec::<Doubt>::new()));
    }
}

#[test]
fn a_person_s_mail_does_not_say_that_a_machine_wrote_it() {
    let mail = compose(|m| m.writer = Writer::Person).unwrap();
    let text = String::from_utf8(mail.bytes).unwrap();
    assert!(!text.contains("Auto-Submitted") && !text.contains("X-Loop"));
    let notice = compose(|m| m.writer = Writer::Generating).unwrap();
    assert!(String::from_utf8(notice.bytes).unwrap().contains("Auto-Submitted: auto-generated\r\n"));
}

#[test]
fn no_value_can_add_a_header_or_an_addressee() {
    let mail = compose(|m| m.subject = "x\r\nBcc: spy@c.fr\r\n\r\nbody").unwrap();
    let read = Mail::parse(&mail.bytes, &|a| a.name.clone()).unwrap();
    assert_eq!(read.headers.get("Bcc"), None);
    assert!(read.subject.ends_with("x Bcc: spy@c.fr body"));

    let named = [address("Jean\r\nBcc: spy@c.fr", "jean@b.fr")];
    let mail = compose(|m| m.to = &named).unwrap();
    assert_eq!(Mail::parse(&mail.bytes, &|a| a.name.clone()).unwrap().headers.get("Bcc"), None);

    for bad in ["jean", "jean@", "@b.fr", "a@b.fr, c@d.fr", "a@b.fr\r\nBcc: x@y.fr", "<a@b.fr>", "a b@c.fr", "a@b@c.fr"]
    {
        let to = [address("", bad)];
        assert!(matches!(compose(|m| m.to = &to), Err(ComposeError::Address { .. })), "{bad}");
    }
    let long = [address("", &format!("{}@b.fr", "x".repeat(64)))];
    assert!(compose(|m| m.to = &long).is_ok());
    let long = [address("", &format!("{}@b.fr", "x".repeat(65)))];
    assert!(compose(|m| m.to = &long).is_err());
    assert_eq!(compose(|m| m.to = &[]), Err(ComposeError::Addressees { count: 0 }));
    for id in ["", "a b", "a@b", "é", &"x".repeat(65)] {
        assert!(matches!(compose(|m| m.id = id), Err(ComposeError::Id { .. })), "{id}");
    }
}

#[test]
fn a_token_that_an_answer_repeats_is_written_once() {
    let mail =
        compose(|m| m.subject = "RE: [vg-2026-000123 aaaa] [VG-2026-000123 vug4i3xyye6wfhhs] Plus [urgent]").unwrap();
    let read = Mail::parse(&mail.bytes, &|a| a.name.clone()).unwrap();
    assert_eq!(read.subject, "[VG-2026-000123 vug4i3xyye6wfhhs] RE: Plus [urgent]");
}

#[test]
fn a_long_exchange_keeps_its_first_mail_and_the_nearest() {
    let many: Vec<MessageId> = (0..30).map(|n| MessageId::new(&format!("m{n}@b.fr")).unwrap()).collect();
    let mail = compose(|m| m.references = &many).unwrap();
    let read = Mail::parse(&mail.bytes, &|a| a.name.clone()).unwrap();
    assert_eq!(read.references.len(), 20);
    assert_eq!(read.references[0].as_str(), "m0@b.fr");
    assert_eq!(read.references[1].as_str(), "m12@b.fr");
    assert_eq!(read.references[19].as_str(), "a1@b.fr");
}

#[test]
fn files_and_pictures_arrive_whole() {
    let html = "From: a@b.fr\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\nContent-ID: <p@b>\n\
                Content-Disposition: inline; filename=plan.png\n\n123\n--x\nContent-Type: text/csv\n\
                Content-Disposition: attachment; filename*=utf-8''relev%C3%A9.csv\n\na;b\n--x--\n";
    let files = Mail::parse(html.as_bytes(), &|a| a.name.clone()).unwrap().attachments;
    let mail = compose(|m| {
        m.html = Some("<img src=\"cid:p@b\">");
        m.files = &files;
    });
    let read = Mail::parse(&mail.unwrap().bytes, &|a| a.sha256.map(|b| format!("{b:02x}")).concat()).unwrap();
    let expected: Vec<_> = files.iter().map(|f| f.sha256).collect();
    assert_eq!(read.attachments.iter().map(|f| f.sha256).collect::<Vec<_>>(), expected);
    assert_eq!(read.attachments[1].name, "relevé.csv");
    assert!(read.html.unwrap().html.starts_with("<img src=\""));
}
