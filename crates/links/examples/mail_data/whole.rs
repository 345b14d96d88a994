//! Mails without an expectation: none may crash, none may lose a word in silence.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
};

use anyhow::Result;
use serde_json::Value;
use vigie_links::mail::{Attachment, Mail};

use crate::{folder::Folder, tally::Tally};

/// How the checks read a mail.
pub(crate) fn parse(raw: &[u8]) -> Result<Mail, String> {
    let inline = |a: &Attachment| format!("/files/{}", a.name);
    match catch_unwind(AssertUnwindSafe(|| Mail::parse(raw, &inline))) {
        Ok(Ok(mail)) => Ok(mail),
        Ok(Err(refused)) => Err(refused.to_string()),
        Err(_) => Err("crashed".to_owned()),
    }
}

/// Reads every mail of a folder.
pub(crate) fn any(folder: &Folder) -> Result<Vec<Tally>> {
    let mut tally = Tally::new(folder.name());
    for path in folder.mails() {
        read(&mut tally, &path.file_name().unwrap_or_default().to_string_lossy(), &fs::read(path)?);
    }
    Ok(vec![tally])
}

/// Reads a mail and checks what must hold of any.
pub(crate) fn read(tally: &mut Tally, name: &str, raw: &[u8]) -> Option<Mail> {
    let mail = parse(raw);
    tally.check("read", mail.is_ok(), || format!("{name}: {}", mail.as_ref().err().cloned().unwrap_or_default()));
    let mail = mail.ok()?;
    for loss in &mail.losses {
        tally.explain(loss.code());
    }
    let safe = mail.html.as_ref().is_none_or(|h| {
        let html = h.html.to_lowercase();
        !["<script", "javascript:", " onload=", "src=\"http", " style="].iter().any(|bad| html.contains(bad))
    });
    tally.check("safe", safe, || format!("{name}: HTML is not safe"));
    let kept = kept(&mail, raw);
    tally.check("kept", kept.is_ok(), || format!("{name}: {}", kept.as_ref().err().cloned().unwrap_or_default()));
    let reply = mail.reply(None);
    let all: String = reply.spans().iter().map(|s| reply.words(s)).collect();
    tally.check("cut", all == mail.text, || format!("{name}: cutting changed the text"));
    Some(mail)
}

/// Whether the words of a mail without any encoding are in what was read of it.
fn kept(mail: &Mail, raw: &[u8]) -> Result<(), String> {
    let lower = String::from_utf8_lossy(raw).to_lowercase();
    let encoded = ["base64", "quoted-printable", "<html", "multipart/", "text/html", "message/", "utf-7"];
    let (Some((_, body)), false) = (
        lower.split_once("\n\n").or_else(|| lower.split_once("\r\n\r\n")),
        encoded.iter().any(|e| lower.contains(e)) || !raw.is_ascii(),
    ) else {
        return Ok(());
    };
    let mut read = mail.text.to_lowercase();
    for file in &mail.attachments {
        read.push_str(&String::from_utf8_lossy(&file.bytes).to_lowercase());
    }
    match body.split_whitespace().find(|word| word.chars().all(|c| c.is_ascii_graphic()) && !read.contains(word)) {
        Some(word) => Err(format!("“{word}” is nowhere")),
        None => Ok(()),
    }
}

/// Mails with what their own parser finds in them; ours uses that parser, so only our part is proved.
pub(crate) fn stalwart(folder: &Folder) -> Result<Vec<Tally>> {
    let mut tally = Tally::new(folder.name());
    for path in folder.mails() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(mail) = read(&mut tally, &name, &fs::read(path)?) else { continue };
        let Ok(text) = fs::read_to_string(path.with_extension("json")) else { continue };
        let expected: Value = serde_json::from_str(&text)?;
        let count = |key: &str| expected.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        let files = count("attachments");
        tally.check("files", mail.attachments.len() >= files, || {
            format!("{name}: {files} files, found {}", mail.attachments.len())
        });
    }
    Ok(vec![tally])
}
