//! Mails as the world sends them: what is read, what is named as lost, what can never run.

use std::fmt::Write as _;

use vigie_links::mail::{Attachment, Loss, MAX_MAIL_BYTES, Mail, MessageId, Unreadable};

fn parse(raw: impl AsRef<[u8]>) -> Mail {
    Mail::parse(raw.as_ref(), &|a: &Attachment| format!("/files/{}", a.name)).unwrap()
}

#[test]
fn a_mail_of_a_french_outlook_is_read() {
    let mail = parse(
        "Return-Path: <jean.dupont@example.fr>\r\nMessage-ID: <a1@example.fr>\r\nIn-Reply-To: <z9@vigie.example>\r\n\
         References: <z8@vigie.example>\r\n <z9@vigie.example>\r\nFrom: =?iso-8859-1?Q?Jean_Dupont_=28Coll=E8ge=29?= \
         <jean.dupont@example.fr>\r\nTo: Guichet <guichet@vigie.example>, b@example.fr\r\n\
         Subject: =?utf-8?B?UGx1cyBkZSB0b25hbGl0w6k=?=\r\nDate: Tue, 3 Mar 2026 10:12:00 +0100\r\n\
         Content-Type: text/plain; charset=iso-8859-1\r\n\r\nL\u{0092}accueil n\u{0092}a plus de tonalit\u{00e9}.\r\n"
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect::<Vec<u8>>(),
    );
    assert_eq!(mail.message_ids[0].as_str(), "a1@example.fr");
    assert_eq!(
        mail.references.iter().map(MessageId::as_str).collect::<Vec<_>>(),
        ["z8@vigie.example", "z9@vigie.example"]
    );
    assert_eq!(mail.in_reply_to[0].to_string(), "<z9@vigie.example>");
    assert_eq!(mail.from[0].to_string(), "Jean Dupont (Collège) <jean.dupont@example.fr>");
    assert_eq!(mail.to.len(), 2);
    assert_eq!(mail.subject, "Plus de tonalité");
    assert_eq!(mail.date.unwrap().to_string(), "2026-03-03T09:12:00Z");
    assert_eq!(mail.text, "L’accueil n’a plus de tonalité.");
    assert_eq!(mail.headers.get("return-path"), Some("<jean.dupont@example.fr>"));
    assert_eq!(mail.losses, []);
}

#[test]
fn html_runs_nothing_and_loads_nothing_from_outside() {
    let html = "<p onclick=x>Oui<script>alert(1)</script><img src=cid:a@b><img src=https://spy.example/p.png alt=pixel>\
                <a href='javascript:x'>1</a><a href=/admin>2</a><a href=https://example.fr>3</a>\
                <style>*{}</style><iframe src=//x></iframe><svg><script>x</script></svg><b style='background:url(x)'>4</b>";
    let mail = parse(format!(
        "From: a@b.fr\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n{html}\n\
         --x\nContent-Type: image/png\nContent-ID: <a@b>\nContent-Disposition: inline; filename=plan.png\n\n123\n--x--\n"
    ));
    let safe = mail.html.unwrap();
    assert_eq!(
        safe.html.trim(),
        "<p>Oui<img src=\"/files/plan.png\"><img alt=\"pixel\"><a rel=\"noopener noreferrer nofollow\">1</a>\
         <a rel=\"noopener noreferrer nofollow\">2</a><a href=\"https://example.fr\" rel=\"noopener noreferrer nofollow\">3</a>\
         <b>4</b></p>"
    );
    assert_eq!(safe.pictures_blocked, 1);
    assert_eq!(mail.text, "Oui1234");
    assert!(mail.attachments[0].inline);
    assert_eq!(mail.attachments[0].bytes, b"123");
}

#[test]
fn html_becomes_text_with_its_lines_lists_and_quotations() {
    let mail = parse(
        "From: a@b.fr\nContent-Type: text/html\n\n<p>Bonjour,</p><ul><li>un</li><li>deux</li></ul><div>Le 3 mars 2026, \
         Jean a &eacute;crit&nbsp;:</div><blockquote>Vu&nbsp;?<br>Merci</blockquote>",
    );
    assert_eq!(mail.text, "Bonjour,\n\n- un\n- deux\n\nLe 3 mars 2026, Jean a écrit :\n> Vu ?\n> Merci");
    assert_eq!(mail.reply(None).new_text(), "Bonjour,\n\n- un\n- deux");
}

#[test]
fn bytes_that_are_no_mail_become_one_with_what_is_lost() {
    assert_eq!(parse("Plus de tonalité").text, "Plus de tonalité");
    assert_eq!(parse("Plus de tonalité").losses, [Loss::NoHeader]);
    assert_eq!(parse("From: a@b.fr").text, "");
    assert_eq!(parse("From: nobody at all\nDate: yesterday\n\nx").losses.len(), 2);
    let broken = parse(
        "From: a@b.fr\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: image/png\n\
                        Content-Transfer-Encoding: base64\n\n!!!!\n--x--",
    );
    assert_eq!(broken.attachments.len(), 1);
    assert!(broken.losses.iter().any(|l| matches!(l, Loss::Encoding { .. })));
    let nothing = |raw: &[u8]| Mail::parse(raw, &|a: &Attachment| a.name.clone());
    assert_eq!(nothing(b"\r\n \n"), Err(Unreadable::Empty));
}

#[test]
fn each_limit_holds_on_both_sides() {
    let whole = |size: usize| {
        let mut raw = b"From: a@b.fr\n\n".to_vec();
        raw.resize(size, b'x');
        Mail::parse(&raw, &|a: &Attachment| a.name.clone()).map(|m| m.size_bytes)
    };
    assert_eq!(whole(MAX_MAIL_BYTES), Ok(MAX_MAIL_BYTES));
    assert_eq!(whole(MAX_MAIL_BYTES + 1), Err(Unreadable::TooLarge { size_bytes: MAX_MAIL_BYTES + 1 }));

    let text = |size: usize| parse(format!("From: a@b.fr\n\n{}", "x".repeat(size)));
    assert_eq!(text(1 << 20).losses, []);
    assert_eq!(text((1 << 20) + 1).losses, [Loss::Text { size_bytes: (1 << 20) + 1 }]);
    assert_eq!(text((1 << 20) + 1).text.len(), 1 << 20);

    let headers = |count: usize| {
        let many = (0..count).fold(String::new(), |mut all, n| {
            let _ = writeln!(all, "X-H: {n}");
            all
        });
        parse(format!("{many}\nx"))
    };
    assert_eq!(headers(500).losses, []);
    assert_eq!(headers(501).losses, [Loss::Headers { count: 501 }]);

    let nested = |depth: usize| {
        let inner = (0..depth)
            .fold(String::new(), |all, n| all + &format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"));
        parse(format!("From: a@b.fr\n{inner}\n\nhello"))
    };
    assert!(!nested(200).losses.iter().any(|l| matches!(l, Loss::Structure { .. })));
    let refused = nested(201);
    assert_eq!(refused.losses, [Loss::Structure { containers: 201 }]);
    assert!(refused.text.contains("hello"), "the body stays readable");
    assert_eq!(refused.attachments.len(), 1);

    let deep = |depth: usize| parse(format!("From: a@b.fr\nContent-Type: text/html\n\n{}hello", "<div>".repeat(depth)));
    assert!(deep(400).html.is_some());
    let refused = deep(401);
    assert!(refused.html.is_none());
    assert_eq!(refused.text, "hello");
    assert!(refused.attachments.iter().any(|a| a.media_type == "text/html"));
}

#[test]
fn a_mail_in_a_mail_keeps_its_own_files_and_words() {
    let mail = parse(
        "From: a@b.fr\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nVoir le message joint.\n--x\n\
         Content-Type: message/rfc822\n\nFrom: c@d.fr\nSubject: Panne\n\nPlus rien.\n--x--\n",
    );
    assert_eq!(mail.text, "Voir le message joint.");
    assert_eq!(mail.attachments[0].name, "Panne.eml");
    assert_eq!(parse(&mail.attachments[0].bytes).text, "Plus rien.");
}
