//! What holds of any mail, however it was damaged.

use jiff::tz::TimeZone;
use proptest::prelude::*;
use vigie_links::mail::{Address, Kind, Mail, MessageId, Ourselves, Outgoing, Reply, TokenKeys, Writer};

/// Pieces of mails in any order: what a parser must not trip over.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "From: a@b.fr\r\n",
        "Subject: =?utf-8?B?w6k=?=\n",
        "Content-Type: multipart/mixed; boundary=x\r\n",
        "Content-Type: multipart/alternative; boundary=\"y\"\r\n",
        "Content-Type: message/rfc822\n",
        "Content-Type: message/delivery-status\n",
        "Content-Type: text/html; charset=\"iso-8859-1\"\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n",
        "Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%A9/../x\r\n",
        "References: <a@b> <c@\r\n d>\r\n",
        "\r\n",
        "\n",
        "--x\r\n",
        "--x--\r\n",
        "--y\n",
        "w6kK",
        "=C3=A9=\r\n",
        "<p>a<script>b</script><blockquote>c",
        "> quoted\n",
        "Le 3 mars 2026, Jean a écrit :\n",
        "De : Jean\nEnvoyé : hier\nObjet : x\n",
        "Final-Recipient: rfc822; a@b.fr\nAction: failed\n",
        "\u{0}\u{feff}é",
    ];
    let piece = prop_oneof![
        8 => proptest::sample::select(pieces.map(|p| p.as_bytes().to_vec()).to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_become_a_mail_that_can_be_kept_and_shown(raw in damaged()) {
        let Ok(mail) = Mail::parse(&raw, &|a| format!("/files/{}", a.name)) else {
            prop_assert!(raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&raw).trim_ascii().is_empty());
            return Ok(());
        };
        prop_assert_eq!(mail.size_bytes, raw.len());
        prop_assert!(!mail.text.contains(['\0', '\r']) && !mail.subject.contains(['\n', '\0']));
        if let Some(safe) = &mail.html {
            prop_assert!(!safe.html.contains("<script"));
        }
        for file in &mail.attachments {
            prop_assert!(!file.name.is_empty() && !file.name.contains(['/', '\\', '\0', '\n']));
        }
        let own = Ourselves::default();
        let _ = Kind::of(&mail, &own).acknowledged(&mail, &own);
    }

    #[test]
    fn cutting_a_text_loses_nothing(lines in proptest::collection::vec(proptest::sample::select(vec![
        "Bonjour", "", "> a", "Le 3 mars 2026, Jean a écrit :", "On Mar 3, J <j@b.fr>", "wrote:", "De : Jean", "Objet : x",
        "Envoyé : hier", "-----Original Message-----", "____________", "---------- Forwarded message ---------", "\u{a0}é",
    ]), 0..30)) {
        let text = lines.join("\n");
        let reply = Reply::cut(&text, Some("Bonjour"));
        let all: String = reply.spans().iter().map(|s| reply.words(s)).collect();
        prop_assert_eq!(&all, &text);
        prop_assert!(text.trim().is_empty() || !reply.new_text().is_empty(), "something is new in every mail");
    }

    #[test]
    fn what_is_written_is_read_back(subject in "[ -~éàœ€漢]{0,120}", text in "[ -~\néàœ€漢]{0,400}", name in "[ -~é漢]{0,60}") {
        let from = Address { name, address: "guichet@vigie.example".to_owned() };
        let to = [Address { name: String::new(), address: "a@b.fr".to_owned() }];
        let mail = Outgoing {
            id: "1", from: &from, to: &to, cc: &[], case: None, subject: &subject, text: &text, html: None, files: &[],
            answers: None, references: &[], writer: Writer::Answering, date: "2026-03-03T09:12:07Z".parse().unwrap(),
            zone: &TimeZone::UTC,
        };
        let sent = mail.compose(&TokenKeys::new([7; 32], &[]), "m").unwrap();
        let read = Mail::parse(&sent.bytes, &|a| a.name.clone()).unwrap();
        prop_assert_eq!(read.message_ids, [MessageId::new("1@vigie.example").unwrap()]);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(words(&read.subject), words(&subject));
        prop_assert_eq!(words(&read.text), words(&text));
        prop_assert_eq!(&read.from[0].address, "guichet@vigie.example");
    }
}
