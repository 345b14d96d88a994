//! Reports of failed deliveries written as prose.
//!
//! Mail servers say it in hundreds of ways, but all name the address, near words that say what failed,
//! before they show the mail itself. So the notice is cut off where the mail starts, and an address
//! counts when such words stand near it and none say that it is somebody to ask.

use std::collections::HashSet;

use super::{Failure, Ourselves, Outcome, acknowledge, dsn::SAID_CHARS};
use crate::mail::{Address, Mail};

/// Lines of a notice that are read; what is longer is the mail itself.
const MAX_LINES: usize = 400;

/// Bytes of a line that are read.
const MAX_LINE_BYTES: usize = 1_000;

/// Bytes of a file of words that are read.
const MAX_FILE_BYTES: usize = 64 << 10;

/// Addresses of a notice that are read.
const MAX_FAILURES: usize = 200;

/// Lines before and after an address in which words about it are looked for.
const NEAR: usize = 4;

/// Whether a subject is one of those that mail servers give to such reports.
pub(super) fn is_subject(subject: &str) -> bool {
    let subject = subject.to_lowercase();
    let words = [
        "undeliver",
        "delivery status",
        "delivery fail",
        "delivery problem",
        "delivery notification",
        "delivery report",
        "delivery error",
        "delivery has failed",
        "delivery failed",
        "failure notice",
        "failed delivery",
        "returned mail",
        "returned to sender",
        "return to sender",
        "mail delivery",
        "message delivery",
        "could not be delivered",
        "nondeliverable",
        "non-deliver",
        "mail failure",
        "mail system error",
        "message status",
        "undelivered",
        "unknown user",
        "user unknown",
        "rejected mail",
        "warning: could not send",
        "warning: message",
        "delivery delayed",
        "delayed mail",
        "non remis",
        "échec de la remise",
        "echec de la remise",
        "non distribu",
        "notification d'état de remise",
        "unzustellbar",
        "returned email",
        "mail returned",
        "bounced",
        "permanent delivery failure",
        "problem delivering",
    ];
    words.iter().any(|word| subject.contains(word))
}

/// Whether the author's name is that of a mail server.
pub(super) fn is_server_name(mail: &Mail) -> bool {
    let words = [
        "mail delivery",
        "mail system",
        "mail subsystem",
        "mailer",
        "postmaster",
        "system administrator",
        "mail server",
        "mail administrator",
        "mailadmin",
        "system attendant",
        "delivery subsystem",
        "delivery system",
        "internet mail",
        "mail router",
        "mail agent",
        "transfer agent",
    ];
    mail.from
        .iter()
        .any(|a| words.iter().any(|w| a.name.to_lowercase().contains(w) || a.local().to_lowercase().contains(w)))
}

/// The failures that a notice names.
pub(super) fn read(mail: &Mail, own: &Ourselves) -> Vec<Failure> {
    let mut text = mail.text.clone();
    // Some send their words as a file beside the returned mail.
    for file in
        mail.attachments.iter().filter(|a| a.media_type.starts_with("text/plain") || a.media_type.is_empty()).take(3)
    {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(file.bytes.get(..MAX_FILE_BYTES).unwrap_or(&file.bytes)));
    }
    let lines: Vec<&str> = notice(&text);
    let whole = one_line(&lines);
    let mut seen: HashSet<String> =
        mail.to.iter().chain(&mail.cc).chain(&mail.from).chain(&mail.reply_to).map(Address::key).collect();
    let mut failures: Vec<Failure> = Vec::new();
    let mut add = |address: &str, near: &str| {
        let address = address.to_lowercase();
        let ours = Address { name: String::new(), address: address.clone() };
        if failures.len() >= MAX_FAILURES
            || own.are(&ours)
            || acknowledge::is_daemon(&ours)
            || !seen.insert(address.clone())
        {
            return;
        }
        let outcome = outcome(near, &whole, &mail.subject);
        failures.push(Failure {
            address,
            outcome,
            status: status(near),
            said: near.chars().take(SAID_CHARS).collect(),
        });
    };
    for value in mail.headers.all("X-Failed-Recipients") {
        for address in addresses(value).into_iter().take(MAX_FAILURES) {
            let at = lines.iter().position(|l| l.to_lowercase().contains(&address.to_lowercase()));
            add(address, &at.map(|at| near(&lines, at)).unwrap_or_default());
        }
    }
    let says_failed = FAILED.iter().any(|word| whole.contains(word));
    for (number, line) in lines.iter().enumerate() {
        let found = addresses(line);
        let above = lines.get(..number).unwrap_or_default().iter().rev().find(|l| !l.trim().is_empty());
        let of_sender = above.is_some_and(|l| l.trim().to_lowercase().ends_with("sent by"));
        if found.is_empty() || of_sender || is_aside(line) {
            continue;
        }
        let from = number.saturating_sub(NEAR);
        let around =
            lines.get(from..lines.len().min(number.saturating_add(NEAR).saturating_add(1))).unwrap_or_default();
        let around = one_line(around);
        let alone = line.trim().trim_matches(['<', '>', ':', '"', '\'', '.', ',', ';', '-', '*']).len()
            <= found.iter().map(|a| a.len()).sum::<usize>().saturating_add(4);
        if FAILED.iter().any(|word| around.contains(word)) || alone && says_failed {
            let near = near(&lines, number);
            for address in found {
                add(address, &near);
            }
        }
    }
    if failures.is_empty() {
        for address in local_names(&lines, mail) {
            let outcome = outcome("", &whole, &mail.subject);
            failures.push(Failure { address, outcome, status: None, said: String::new() });
        }
    }
    failures
}

/// Names without a domain in an indented list below “the following recipients”: a server writes its own
/// users so.
fn local_names(lines: &[&str], mail: &Mail) -> Vec<String> {
    let Some(domain) = mail.from.first().map(Address::domain).filter(|d| d.contains('.')) else { return Vec::new() };
    let Some(at) = lines.iter().position(|l| l.to_lowercase().contains("following recipient")) else {
        return Vec::new();
    };
    let list = lines.get(at.saturating_add(1)..).unwrap_or_default();
    let names = list.iter().skip_while(|l| l.trim().is_empty()).take_while(|l| l.starts_with([' ', '\t']));
    let is_name = |n: &&str| !n.is_empty() && n.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
    names.map(|l| l.trim()).filter(is_name).map(|n| format!("{n}@{domain}").to_lowercase()).collect()
}

/// Words that say that something was not delivered.
const FAILED: [&str; 62] = [
    "not be delivered",
    "undeliver",
    "could not deliver",
    "couldn't deliver",
    "unable to deliver",
    "not deliver",
    "wasn't able to deliver",
    "delivery failed",
    "delivery to the following",
    "failed to deliver",
    "following recipient",
    "following address",
    "failed recipient",
    "user unknown",
    "unknown user",
    "no such user",
    "no such",
    "unknown or illegal",
    "not known",
    "unknown address",
    "unknown recipient",
    "recipient unknown",
    "does not exist",
    "doesn't exist",
    "not exist",
    "not found",
    "invalid",
    "no mailbox",
    "mailbox unavailable",
    "mailbox is full",
    "mailbox full",
    "over quota",
    "quota",
    "exceeds allowed size",
    "exceeded",
    "disabled",
    "inactive",
    "suspended",
    "discontinued",
    "permanent fatal errors",
    "fatal error",
    "rejected",
    "refused",
    "not accept",
    "bounced",
    "relay",
    "host unknown",
    "no longer",
    "not listed",
    "delivery error",
    "delivery problem",
    "could not be reached",
    "not reach",
    "hors service",
    "n'a pas pu être",
    "n’a pas pu être",
    "boîte pleine",
    "unrecognized",
    "not our customer",
    "will be retried",
    "still being",
    "not yet been delivered",
];

/// Words that say that the server goes on trying.
const TRYING: [&str; 25] = [
    "will be retried",
    "will keep trying",
    "will continue trying",
    "not been delivered yet",
    "not delivered yet",
    "not be delivered yet",
    "still trying",
    "will continue to",
    "will retry",
    "still be attempted",
    "not yet been delivered",
    "not yet delivered",
    "has been delayed",
    "is delayed",
    "delivery delayed",
    "temporary",
    "warning message only",
    "do not need to resend",
    "no action is required",
    "try to deliver",
    "keep trying",
    "retrying",
    "could not yet be delivered",
    "transient",
    "still undelivered",
];

/// The lines before the mail itself.
fn notice(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().take(MAX_LINES) {
        let line = line.get(..line.floor_char_boundary(MAX_LINE_BYTES)).unwrap_or(line);
        if is_copy(line) && lines.iter().any(|l| !addresses(l).is_empty()) {
            break;
        }
        lines.push(line);
    }
    lines
}

/// Lines as one in small letters, so that words that a line's end parts are found.
fn one_line(lines: &[&str]) -> String {
    lines.iter().flat_map(|l| l.split_whitespace()).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether from this line on the returned mail is shown.
fn is_copy(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let header =
        ["received:", "return-path:", "message-id:", "dkim-signature:", "mime-version:", "x-mailer:", "content-type:"];
    let words = [
        "copy of the message",
        "copy of your message",
        "original message follows",
        "message header follows",
        "original message headers",
        "message text follows",
        "returned message",
        "original message",
        "unsent message",
        "below this line",
        "start of the original",
        "headers of the original",
        "the message that you sent",
        "your message follows",
        "included below",
        "first few lines of",
    ];
    header.iter().any(|h| lower.starts_with(h))
        || lower.starts_with('-') && words.iter().any(|w| lower.contains(w))
        || words.iter().any(|w| {
            lower.trim_matches(['-', '.', ':', ' ', '*']) == *w
                || (lower.ends_with(':') || lower.ends_with('.'))
                    && lower.len() < 70
                    && lower.contains(w)
                    && lower.contains("follow")
        })
}

/// Whether the line's address is somebody to ask, the sender, or a server's own.
fn is_aside(line: &str) -> bool {
    let lower = line.to_lowercase();
    let words = [
        "assistance",
        "contact",
        "please send",
        "please forward",
        "please e-mail",
        "please email",
        "further information",
        "questions",
        "mailto:",
        "generated from",
        "from:",
        "sender:",
        "a message sent by",
        "reply-to:",
        "message-id",
        "you sent",
        "mail from",
        "helo",
        "ehlo",
        "support@",
    ];
    words.iter().any(|word| lower.contains(word))
}

/// The line of an address and what follows of its explanation, on one line.
fn near(lines: &[&str], at: usize) -> String {
    let after = lines.get(at..).unwrap_or_default().iter().take(NEAR).take_while(|l| !l.trim().is_empty());
    after.map(|l| l.trim()).collect::<Vec<_>>().join(" ")
}

fn outcome(near: &str, whole: &str, subject: &str) -> Outcome {
    let near = near.to_lowercase();
    let subject = subject.to_lowercase();
    let given_up = ["giving up", "given up", "permanent", "fatal"];
    if given_up.iter().any(|w| near.contains(w)) || status(&near).is_some_and(|s| s.starts_with('5')) {
        return Outcome::Permanent;
    }
    let trying = TRYING.iter().any(|w| whole.contains(w)) || subject.contains("warning") || subject.contains("delay");
    if trying && !given_up.iter().any(|w| whole.contains(w)) { Outcome::Temporary } else { Outcome::Permanent }
}

/// A status code of RFC 3463 in prose: `5.1.1`.
fn status(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|word| word.trim_matches('.')).find_map(|word| {
        let numbers: Vec<&str> = word.split('.').collect();
        let [class, subject, detail] = numbers.as_slice() else { return None };
        let short = |n: &str| (1..=3).contains(&n.len());
        (matches!(*class, "4" | "5") && short(subject) && short(detail)).then(|| word.to_owned())
    })
}

/// The addresses in a line.
fn addresses(line: &str) -> Vec<&str> {
    let apart = |c: char| {
        c.is_whitespace()
            || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '[' | ']' | '\'' | ':' | '|' | '=' | '{' | '}')
    };
    let mut found: Vec<&str> = Vec::new();
    for word in line.split(apart) {
        let word = word.trim_matches(['.', '*', '-', '!', '?', '…']);
        let Some((local, domain)) = word.split_once('@') else { continue };
        let usable = !local.is_empty() && domain.contains('.') && !domain.contains('@') && word.len() <= 320;
        let plain = domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if usable && plain && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}
