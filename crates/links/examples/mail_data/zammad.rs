//! Mails of Zammad's own tests, with what it makes of them.

use anyhow::{Context as _, Result};
use mail_parser::MessageParser;
use serde_json::Value;
use vigie_links::mail::{Kind, Loss, Mail, Ourselves};

use crate::{folder::Folder, redmine::fits, tally::Tally, whole};

pub(crate) fn check(folder: &Folder) -> Result<Vec<Tally>> {
    let mut all = Tally::new(folder.name());
    for path in folder.mails() {
        whole::read(&mut all, &path.file_name().unwrap_or_default().to_string_lossy(), &std::fs::read(path)?);
    }
    Ok(vec![all, parsed(folder)?, processed(folder)?, answered(folder)?])
}

fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row.get(key).and_then(Value::as_str)
}

fn parsed(folder: &Folder) -> Result<Tally> {
    let mut tally = Tally::new("mail-zammad/parsed");
    for row in folder.rows(&["file", "subject", "attachments"])? {
        let file = text(&row, "file").context("no file")?;
        let raw = folder.read(file)?;
        let mail = match whole::parse(&raw) {
            Ok(mail) => mail,
            Err(error) => {
                tally.check("read", false, || format!("{file}: {error}"));
                continue;
            }
        };
        compare(&mut tally, file, &row, &raw, &mail);
    }
    Ok(tally)
}

fn compare(tally: &mut Tally, file: &str, row: &Value, raw: &[u8], mail: &Mail) {
    let from = mail.from.first().or(mail.reply_to.first()).or(mail.sender.first());
    if let Some(expected) = text(row, "from_email") {
        let found = from.map(|a| a.address.as_str()).unwrap_or_default();
        tally.check("from", expected.eq_ignore_ascii_case(found), || format!("{file}: {expected:?}, {found:?}"));
    }
    if let Some(expected) = text(row, "from_display_name") {
        let found = from.map(|a| a.name.as_str()).unwrap_or_default();
        let expected = &expected.split_whitespace().collect::<Vec<_>>().join(" ");
        if expected != found && !found.is_ascii() && std::str::from_utf8(raw).is_err() {
            tally.explain("a header's own bytes are read in the mail's character set");
        } else {
            tally.check("name", expected == found, || format!("{file}: {expected:?}, {found:?}"));
        }
    }
    for (key, found) in [("to", &mail.to), ("cc", &mail.cc)] {
        let Some(expected) = text(row, key) else { continue };
        let good = found.iter().all(|a| expected.contains(&a.address)) && found.is_empty() == expected.is_empty();
        tally.check("addressees", good, || format!("{file}: {key} {expected:?}, {found:?}"));
    }
    if let Some(expected) = text(row, "subject") {
        let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
        tally.check("subject", expected == mail.subject, || format!("{file}: {expected:?}, {:?}", mail.subject));
    }
    if let Some(expected) = text(row, "body") {
        body(tally, file, expected, raw, mail);
    }
    for expected in row.get("attachments").and_then(Value::as_array).into_iter().flatten() {
        if text(expected, "filename") == Some("message.html") {
            tally.explain("the original HTML stays in the raw mail, not as a file");
            continue;
        }
        let found = || mail.attachments.iter().map(|a| format!("{} {}", a.name, a.bytes.len())).collect::<Vec<_>>();
        let mut good = mail.attachments.iter().any(|a| fits(expected, a));
        let nameless = serde_json::json!({ "sha256": expected.get("sha256"), "size": expected.get("size") });
        if !good && mail.attachments.iter().any(|a| a.name.starts_with("file-") && fits(&nameless, a)) {
            tally.explain("a file without a name is called file-N");
            good = true;
        }
        tally.check("file", good, || format!("{file}: {expected}, found {:?}", found()));
    }
}

/// Compares words: their own HTML is made by other rules than ours.
fn body(tally: &mut Tally, name: &str, expected: &str, raw: &[u8], mail: &Mail) {
    let mut missing = missing(expected, mail);
    if !missing.is_empty() {
        let titles = titles(raw);
        let before = missing.len();
        missing.retain(|word| !titles.contains(word));
        if missing.len() < before {
            tally.explain("the title of a page is not its text");
        }
    }
    if !missing.is_empty() && mail.losses.iter().any(|l| matches!(l, Loss::Charset { .. })) {
        tally.explain("an unknown character set is read as UTF-8 or Windows-1252");
        return;
    }
    if !missing.is_empty() && mail.text.contains('\u{fffd}') {
        tally.explain("a byte that means nothing in the declared character set stays visible as such");
        return;
    }
    tally.check("body", missing.is_empty(), || format!("{name}: nowhere: {missing:?}"));
}

/// The titles of a mail's pages.
fn titles(raw: &[u8]) -> String {
    let Some(message) = MessageParser::default().parse(raw) else { return String::new() };
    let pages = message.parts.iter().filter_map(|p| if p.is_text_html() { p.text_contents() } else { None });
    let title = |page: &str| {
        let page = page.replace("<TITLE>", "<title>").replace("</TITLE>", "</title>");
        Some(page.split_once("<title>")?.1.split_once("</title>")?.0.to_owned())
    };
    pages.filter_map(title).collect()
}

/// Words of the expected body that are not in ours.
fn missing(expected: &str, mail: &Mail) -> Vec<String> {
    let page = Words(mail.html.as_ref().map_or("", |h| h.html.as_str())).all().concat();
    let text = Words(&mail.text).all().concat();
    // Zammad's own text of a mail without any.
    let expected = expected.replace("no visible content", "");
    Words(&expected).all().into_iter().filter(|word| !page.contains(word) && !text.contains(word)).collect()
}

/// Words of HTML or text, without tags.
struct Words<'a>(&'a str);

impl Words<'_> {
    fn all(&self) -> Vec<String> {
        let mut text = String::new();
        for (number, piece) in self.0.split('<').enumerate() {
            match piece.split_once('>') {
                Some((_, after)) if number > 0 => {
                    text.push(' ');
                    text.push_str(after);
                }
                _ => text.push_str(piece),
            }
        }
        let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&amp;", "&")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

fn processed(folder: &Folder) -> Result<Tally> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut tally = Tally::new("mail-zammad/processed");
    for row in folder.rows(&["id", "accepted", "raw_base64"])? {
        let id = text(&row, "id").context("no id")?;
        let raw = match (text(&row, "raw"), text(&row, "raw_base64")) {
            (Some(raw), _) => raw.as_bytes().to_vec(),
            (None, Some(raw)) => STANDARD.decode(raw)?,
            _ => continue,
        };
        let Some(mail) = whole::read(&mut tally, id, &raw) else { continue };
        let result = row.get("result");
        if let Some(expected) = result.and_then(|r| r.get("0")).and_then(|t| text(t, "title")).filter(|t| *t != "-") {
            tally.check("subject", expected == mail.subject, || format!("{id}: {expected:?}, {:?}", mail.subject));
        }
        let article = result.and_then(|r| r.get("1"));
        if let Some(expected) = article.and_then(|a| text(a, "body")) {
            body(&mut tally, id, expected, &raw, &mail);
        }
        let users = row.get("verify").and_then(|v| v.get("users")).and_then(Value::as_array);
        for user in users.into_iter().flatten() {
            let Some(email) = text(user, "email") else { continue };
            let mut all = mail.from.iter().chain(&mail.to).chain(&mail.cc).chain(&mail.reply_to);
            let found = all.any(|a| a.address.eq_ignore_ascii_case(email));
            tally
                .check("people", found, || format!("{id}: {email} not in {:?} {:?} {:?}", mail.from, mail.to, mail.cc));
        }
    }
    Ok(tally)
}

/// Whether an automatic answer may be sent.
fn answered(folder: &Folder) -> Result<Tally> {
    let mut tally = Tally::new("mail-zammad/answered");
    for row in folder.rows(&["id", "raw", "send_auto_response"])? {
        let id = text(&row, "id").context("no id")?;
        let expected = row.get("send_auto_response").and_then(Value::as_bool).context("no expectation")?;
        let mail = match whole::parse(text(&row, "raw").unwrap_or_default().as_bytes()) {
            Ok(mail) => mail,
            Err(error) => {
                tally.check("answered", !expected, || format!("{id}: {error}"));
                continue;
            }
        };
        let own = Ourselves::default();
        let kind = Kind::of(&mail, &own);
        let found = kind.acknowledged(&mail, &own);
        tally.check("answered", found.is_ok() == expected, || format!("{id}: {expected}, found {found:?} as {kind:?}"));
    }
    Ok(tally)
}
