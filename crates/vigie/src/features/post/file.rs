//! Mails brought as files: a maildir, a folder of `.eml` files, one of them, or an mbox.
//!
//! They go the same way as those that a server hands over, one after the other in the order of their names,
//! so that an answer finds what it answers. A second run adds nothing. MUST NOT change a file.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use anyhow::Result;
use jiff::Timestamp;
use vigie_links::mail::MAX_MAIL_BYTES;

use super::{Channel, Letter, Post};
use crate::{
    app::refused,
    said::{Said, Saying as _},
};

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Mails that were read.
    pub mails: u64,
    /// Mails that were kept before.
    pub known: u64,
    /// How many came to each state: `case`, `duplicate`, `report`, `recorded`, `quarantine`.
    pub states: std::collections::BTreeMap<String, u64>,
    /// Mails that are too large: where each is.
    pub too_large: Vec<String>,
}

/// The files of a path, in the order of their names, with their bytes in all.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(path: &Path) -> Result<(Vec<PathBuf>, u64)> {
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    let mut bytes = 0_u64;
    if path.is_file() {
        return Ok((vec![path.to_owned()], fs::metadata(path)?.len()));
    }
    while let Some(folder) = folders.pop() {
        let read = fs::read_dir(&folder).saying(|| Said::cannot_read(&folder))?;
        for entry in read {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let name = entry.file_name();
            if kind.is_dir() {
                // What stands in a maildir's `tmp` is not delivered yet.
                if name != "tmp" {
                    folders.push(path);
                }
            } else if kind.is_file() && is_mail(&path) {
                bytes = bytes.saturating_add(entry.metadata()?.len());
                found.push(path);
            }
        }
    }
    // A maildir's names begin with the second of the delivery, whichever of its folders they stand in.
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    Ok((found, bytes))
}

/// Whether a file of a folder is a mail: by its ending, or because it stands in a maildir.
fn is_mail(path: &Path) -> bool {
    let in_maildir = path.parent().and_then(Path::file_name).is_some_and(|name| name == "cur" || name == "new");
    let ending = path.extension().is_some_and(|e| ["eml", "mbox"].iter().any(|known| e.eq_ignore_ascii_case(known)));
    in_maildir || ending
}

impl Post {
    /// Takes all mails of some files; `progress` hears how many bytes are done.
    ///
    /// # Errors
    /// When a file cannot be read or a mail cannot be kept; what was kept before stays, and a second run goes on.
    pub fn import(
        &self,
        files: &[PathBuf],
        now: impl Fn() -> Timestamp,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Report> {
        let mut report = Report::default();
        let mut done = 0_u64;
        for path in files {
            let file = File::open(path).saying(|| Said::cannot_open(path))?;
            each(BufReader::new(file), &mut |size, raw| {
                done = done.saturating_add(size);
                report.mails = report.mails.saturating_add(1);
                match raw {
                    Some(raw) => {
                        let letter = Letter::read(raw, None, Channel::Import, self.settings());
                        let taken = self.take(letter, now(), None).map_err(refused)?;
                        report.known = report.known.saturating_add(u64::from(taken.known));
                        let count = report.states.entry(taken.state).or_default();
                        *count = count.saturating_add(1);
                    }
                    None => report.too_large.push(format!("{} ({size})", path.display())),
                }
                progress(done);
                Ok(())
            })
            .saying(|| {
                let path = path.display();
                Said::new(
                    format!("{path} : la lecture n'est pas allée au bout"),
                    format!("{path} was not read to its end"),
                )
            })?;
        }
        Ok(report)
    }
}

/// The line with which an mbox begins each mail.
const FROM: &[u8] = b"From ";

/// Hands over each mail of a file, with its size; none when it is too large.
fn each(mut file: impl BufRead, take: &mut dyn FnMut(u64, Option<Vec<u8>>) -> Result<()>) -> Result<()> {
    let is_mbox = file.fill_buf()?.starts_with(FROM);
    if !is_mbox {
        let mut raw = Vec::new();
        let limit = u64::try_from(MAX_MAIL_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        let mut size = u64::try_from(file.by_ref().take(limit).read_to_end(&mut raw)?).unwrap_or(u64::MAX);
        if raw.len() > MAX_MAIL_BYTES {
            size = size.saturating_add(io::copy(&mut file, &mut io::sink())?);
            return take(size, None);
        }
        return take(size, Some(raw));
    }
    let mut mail = Gathered::default();
    let mut line = Vec::new();
    let mut after_blank = true;
    loop {
        line.clear();
        let read = read_line(&mut file, &mut line)?;
        if read == 0 {
            return if mail.begun { take(mail.size, mail.whole()) } else { Ok(()) };
        }
        if after_blank && line.starts_with(FROM) {
            if std::mem::replace(&mut mail.begun, true) {
                let done = std::mem::replace(&mut mail, Gathered { begun: true, ..Gathered::default() });
                take(done.size, done.whole())?;
            }
            mail.size = mail.size.saturating_add(read);
            after_blank = false;
            continue;
        }
        after_blank = line.iter().all(|b| matches!(b, b'\r' | b'\n'));
        mail.add(&line, read);
    }
}

/// Bytes of a line that are read at once; a longer line comes in several pieces.
const MAX_LINE: u64 = 1 << 20;

fn read_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<u64> {
    let read = file.by_ref().take(MAX_LINE).read_until(b'\n', line)?;
    Ok(u64::try_from(read).unwrap_or(u64::MAX))
}

/// A mail of an mbox as far as it was read.
#[derive(Default)]
struct Gathered {
    begun: bool,
    size: u64,
    raw: Vec<u8>,
    too_large: bool,
}

impl Gathered {
    fn add(&mut self, line: &[u8], size: u64) {
        self.size = self.size.saturating_add(size);
        // `>From ` stands for `From ` (mboxrd), `>>From ` for `>From `.
        let quoted = line.iter().position(|b| *b != b'>').filter(|n| *n > 0);
        let is_quoted = quoted.is_some_and(|n| line.get(n..).is_some_and(|rest| rest.starts_with(FROM)));
        let line = if is_quoted { line.get(1..).unwrap_or_default() } else { line };
        if self.too_large || self.raw.len().saturating_add(line.len()) > MAX_MAIL_BYTES {
            self.too_large = true;
            self.raw = Vec::new();
        } else {
            self.raw.extend_from_slice(line);
        }
    }

    fn whole(mut self) -> Option<Vec<u8>> {
        // The blank line before the next mail is not its own.
        if self.raw.ends_with(b"\n\n") {
            self.raw.pop();
        } else if self.raw.ends_with(b"\r\n\r\n") {
            self.raw.truncate(self.raw.len().saturating_sub(2));
        }
        (!self.too_large).then_some(self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(file: &str) -> Vec<String> {
        let mut mails = Vec::new();
        each(file.as_bytes(), &mut |_, raw| {
            mails.push(String::from_utf8(raw.unwrap()).unwrap());
            Ok(())
        })
        .unwrap();
        mails
    }

    #[test]
    fn an_mbox_is_taken_apart_at_its_lines_and_a_lone_mail_is_whole() {
        assert_eq!(mails("Subject: a\n\nx\n"), ["Subject: a\n\nx\n"]);
        let mbox = "From a@b Mon Jan  1\nSubject: a\n\nx\n>From here\n>>From there\n\nFrom c@d Mon Jan  1\nSubject: b\n\nIt came\nFrom me.\n";
        let expected = ["Subject: a\n\nx\nFrom here\n>From there\n", "Subject: b\n\nIt came\nFrom me.\n"];
        assert_eq!(mails(mbox), expected);
        assert_eq!(mails(""), [""]);
    }
}
