//! Delivery reports of RFC 3464, field by field.

use super::{Failure, Outcome};
use crate::mail::Mail;

/// Characters of a server's words that are kept.
pub(super) const SAID_CHARS: usize = 500;

/// Recipients of one report that are read.
const MAX_RECIPIENTS: usize = 1_000;

/// The failures that a report names: none when it reports that all went well, `None` when there is no
/// report or no recipient in it.
pub(super) fn read(mail: &Mail) -> Option<Vec<Failure>> {
    let mut failures: Vec<Failure> = Vec::new();
    let mut went_well = false;
    for file in mail.attachments.iter().filter(|a| a.media_type == "message/delivery-status") {
        let text = String::from_utf8_lossy(&file.bytes);
        // Some put the action among the fields of the whole report.
        let mut report = Fields::default();
        for fields in groups(&text).take(MAX_RECIPIENTS) {
            let recipient = fields.recipient();
            if recipient.is_none() {
                report = fields;
                continue;
            }
            let action = fields.get("action").unwrap_or_default().to_lowercase();
            went_well |= ["delivered", "relayed", "expanded"].iter().any(|word| action.starts_with(word));
            failures.extend(failure(&fields, &report));
        }
    }
    let mut seen = std::collections::HashSet::new();
    failures.retain(|f| seen.insert((f.address.clone(), f.outcome)));
    (went_well || !failures.is_empty()).then_some(failures)
}

fn failure(fields: &Fields, report: &Fields) -> Option<Failure> {
    let action = fields.get("action").or_else(|| report.get("action")).unwrap_or_default().to_lowercase();
    let status = fields.get("status").or_else(|| report.get("status")).and_then(status);
    let outcome = if action.starts_with("fail") {
        Outcome::Permanent
    } else if action.starts_with("delay") {
        Outcome::Temporary
    } else if action.is_empty() {
        // Without an action, the status alone speaks: 5.x.x is permanent, 4.x.x is not.
        match status.as_deref().and_then(|s| s.get(..1)) {
            Some("5") => Outcome::Permanent,
            Some("4") => Outcome::Temporary,
            _ => return None,
        }
    } else {
        return None;
    };
    let said = fields.get("diagnostic-code").unwrap_or_default();
    let said = said.split_once(';').map_or(said, |(_, words)| words).trim();
    Some(Failure { address: fields.recipient()?, outcome, status, said: said.chars().take(SAID_CHARS).collect() })
}

/// `5.1.1` at the start of a value.
fn status(value: &str) -> Option<String> {
    let code: String = value.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let numbers: Vec<&str> = code.split('.').collect();
    (numbers.len() == 3 && numbers.iter().all(|n| (1..=3).contains(&n.len()))).then_some(code)
}

/// The fields of one recipient, or of the whole report.
#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The address to which we wrote; else the one that it became.
    fn recipient(&self) -> Option<String> {
        ["original-recipient", "final-recipient", "x-actual-recipient"].iter().find_map(|name| {
            let value = self.get(name)?;
            let address = value.split_once(';').map_or(value, |(_, address)| address).trim();
            let address = address.trim_matches(['<', '>', ' ', '"']).trim_start_matches("mailto:").to_lowercase();
            // A server may rewrite the address it was given into `addr@host` of its own.
            (address.contains('@') && !address.contains(char::is_whitespace)).then_some(address)
        })
    }
}

/// The blocks of fields, which blank lines divide.
fn groups(text: &str) -> impl Iterator<Item = Fields> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        while lines.next_if(|l| l.trim().is_empty()).is_some() {}
        lines.peek()?;
        let mut fields: Vec<(String, String)> = Vec::new();
        while let Some(line) = lines.next_if(|l| !l.trim().is_empty()) {
            match line.split_once(':') {
                Some((name, value)) if !line.starts_with([' ', '\t']) => {
                    fields.push((name.trim().to_lowercase(), value.trim().to_owned()));
                }
                _ => {
                    if let Some((_, value)) = fields.last_mut() {
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                }
            }
        }
        Some(Fields(fields))
    })
}
