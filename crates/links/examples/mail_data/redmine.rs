//! Mails of Redmine's own tests, with what it makes of them.

use anyhow::{Context as _, Result};
use serde_json::Value;
use vigie_links::mail::{Kind, Mail, Ourselves};

use crate::{folder::Folder, tally::Tally, whole};

pub(crate) fn check(folder: &Folder) -> Result<Vec<Tally>> {
    let mut all = Tally::new(folder.name());
    for path in folder.mails() {
        whole::read(&mut all, &path.file_name().unwrap_or_default().to_string_lossy(), &std::fs::read(path)?);
    }
    let mut tally = Tally::new("mail-redmine/expected");
    for row in folder.rows(&["file", "test", "expect"])? {
        let file = row.get("file").and_then(Value::as_str).context("no file")?;
        let expect = row.get("expect").context("no expectation")?;
        let mut raw = folder.read(file)?;
        if let Some(header) = text(expect, "prepend_header") {
            raw = [header.as_bytes(), b"\n", &raw].concat();
        }
        if let Some(subject) = text(expect, "subject_replaced_by") {
            let old = String::from_utf8(raw)?;
            let lines = old
                .lines()
                .map(|l| if l.starts_with("Subject:") { format!("Subject: {subject}") } else { l.to_owned() });
            raw = lines.collect::<Vec<_>>().join("\n").into_bytes();
        }
        match whole::parse(&raw) {
            Ok(mail) => compare(&mut tally, file, expect, &mail),
            Err(error) => tally.check("read", false, || format!("{file}: {error}")),
        }
    }
    Ok(vec![all, tally])
}

fn text<'a>(expect: &'a Value, key: &str) -> Option<&'a str> {
    expect.get(key).and_then(Value::as_str)
}

fn texts<'a>(expect: &'a Value, key: &str) -> Vec<&'a str> {
    expect.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn compare(tally: &mut Tally, file: &str, expect: &Value, mail: &Mail) {
    let reply = mail.reply(text(expect, "cut_at")).new_text();
    let body = squeezed(&reply);
    for key in ["body", "body_if_plain_preferred"] {
        if let Some(expected) = text(expect, key) {
            // Redmine writes a question mark where a byte means nothing, we the sign that Unicode has for it.
            let (expected, found) = (squeezed(expected), body.replace('\u{fffd}', "?"));
            if found != expected && found.contains(&expected) && key == "body_if_plain_preferred" {
                tally.explain("text and HTML one after the other are both the text");
                continue;
            }
            tally.check("body", expected == found, || format!("{file}: expected {expected:?}, found {found:?}"));
        }
    }
    for expected in texts(expect, "body_contains") {
        tally.check("body", body.contains(&squeezed(expected)), || format!("{file}: {expected:?} is not in {body:?}"));
    }
    for unwanted in texts(expect, "body_not_contains") {
        tally.check("cut", !body.contains(&squeezed(unwanted)), || format!("{file}: {unwanted:?} is in {body:?}"));
    }
    if let Some(expected) = text(expect, "subject") {
        if expected == "(no subject)" {
            tally.explain("a mail without a subject keeps an empty one");
        } else {
            tally.check("subject", mail.subject == expected, || format!("{file}: {expected:?}, {:?}", mail.subject));
        }
    }
    if let Some(expected) = text(expect, "subject_contains") {
        tally.check("subject", mail.subject.contains(expected), || format!("{file}: {expected:?}, {:?}", mail.subject));
    }
    if let Some(created) = expect.get("created").and_then(Value::as_bool) {
        let addresses = text(expect, "own_address").map(str::to_owned).into_iter().collect();
        let kind = Kind::of(mail, &Ourselves { addresses, mark: String::new() });
        let by_us = kind == Kind::Person && !mail.from.is_empty();
        tally.check("created", created == by_us, || format!("{file}: {created}, found {kind:?} from {:?}", mail.from));
    }
    if let Some(files) = expect.get("attachments").and_then(Value::as_array) {
        let found: Vec<String> =
            mail.attachments.iter().filter(|a| !a.bytes.is_empty()).map(|a| a.name.clone()).collect();
        if found.len() != mail.attachments.len() {
            tally.explain("an empty file is kept");
        }
        if found.len() > files.len() && !files.is_empty() {
            tally.explain("a file shown in the text is kept too");
        }
        let count = if files.is_empty() { found.is_empty() } else { found.len() >= files.len() };
        tally.check("files", count, || format!("{file}: {} files, found {found:?}", files.len()));
        for expected in files {
            let good = mail.attachments.iter().any(|a| fits(expected, a));
            let found = || mail.attachments.iter().map(|a| format!("{} {}", a.name, a.bytes.len())).collect::<Vec<_>>();
            tally.check("file", good, || format!("{file}: {expected}, found {:?}", found()));
        }
    }
}

/// Whether a file is the expected one, as far as the expectation says.
pub(crate) fn fits(expected: &Value, file: &vigie_links::mail::Attachment) -> bool {
    let sha256: String = file.sha256.iter().map(|b| format!("{b:02x}")).collect();
    text(expected, "filename").is_none_or(|name| name == file.name)
        && text(expected, "sha256").is_none_or(|sum| sum == sha256)
        && expected.get("size").and_then(Value::as_u64).is_none_or(|size| size == file.bytes.len() as u64)
}
