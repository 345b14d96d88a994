//! Addresses and identifiers, as they are compared.

use std::{borrow::Cow, fmt};

use super::limits::MAX_ID_BYTES;

/// Who a mail names: an address and the name beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The name beside the address; empty when there is none. It proves nothing.
    pub name: String,
    /// The address as it was written; always `local@domain`, or a lone local part such as `MAILER-DAEMON`.
    pub address: String,
}

impl Address {
    /// Takes an address as a header gave it; `None` when there is none in it.
    pub(super) fn read(name: Option<&str>, address: Option<&str>) -> Option<Self> {
        let name = unquoted(&clean(name.unwrap_or_default()));
        let mut address = clean(address.unwrap_or_default());
        if !address.contains('@') {
            // Some write the address where the name belongs, or twice.
            if let Some(found) = first_address(&name) {
                address = found.to_owned();
            }
        } else if let Some(found) = first_address(&address) {
            address = found.to_owned();
        }
        let usable = !address.is_empty() && address.len() <= MAX_ID_BYTES && !address.contains(char::is_whitespace);
        if !usable {
            return None;
        }
        let name = if name == address { String::new() } else { name };
        Some(Self { name, address })
    }

    /// Takes a header's whole value when the list in it could not be read.
    pub(super) fn alone(value: &str) -> Option<Self> {
        let lone = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
        // A mail server signs as `MAILER-DAEMON`.
        if lone { Self::read(None, Some(value)) } else { Self::read(Some(value), None) }
    }

    /// The address in the form in which two are compared: lower case.
    ///
    /// RFC 5321 lets a server tell local parts apart by case; none of those in use does.
    #[must_use]
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }

    /// What stands before the last `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.address.rsplit_once('@').map_or(self.address.as_str(), |(local, _)| local)
    }

    /// What stands after the last `@`, in lower case; empty when there is none.
    #[must_use]
    pub fn domain(&self) -> String {
        self.address.rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_lowercase())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { f.write_str(&self.address) } else { write!(f, "{} <{}>", self.name, self.address) }
    }
}

/// The identifier of a mail, without its angle brackets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Takes an identifier with or without angle brackets; `None` when it is empty, too long or holds
    /// blanks or control characters.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let id = text.trim().trim_start_matches('<').trim_end_matches('>');
        let usable = !id.is_empty()
            && id.len() <= MAX_ID_BYTES
            && !id.contains(|c: char| c.is_whitespace() || c.is_control() || c == '<' || c == '>');
        usable.then(|| Self(id.to_owned()))
    }

    /// All identifiers of a header's value, in order, each once.
    pub(super) fn all(value: &str) -> Vec<Self> {
        let mut ids = Vec::new();
        let mut rest = value;
        while let Some((_, after)) = rest.split_once('<') {
            let Some((id, next)) = after.split_once('>') else { break };
            // A folded identifier is one identifier.
            let joined: String = id.chars().filter(|c| !c.is_whitespace()).collect();
            ids.extend(Self::new(&joined));
            rest = next;
        }
        if ids.is_empty() {
            ids.extend(value.split_whitespace().filter(|word| word.contains('@')).filter_map(Self::new));
        }
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(id.clone()));
        ids
    }

    /// The identifier without its angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// One line, without control characters, quotes or blanks around it.
pub(super) fn clean(text: &str) -> String {
    let text: Cow<'_, str> = text.into();
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = String::with_capacity(spaced.len());
    for word in spaced.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// A name without the quotes that some programs encode or double.
fn unquoted(name: &str) -> String {
    let inner = ['"', '\''].into_iter().find_map(|q| name.strip_prefix(q)?.strip_suffix(q));
    inner.unwrap_or(name).trim().to_owned()
}

/// The first thing in a text that looks like an address.
fn first_address(text: &str) -> Option<&str> {
    let apart = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '[' | ']' | '\'');
    text.split(apart).map(|word| word.trim_start_matches("mailto:").trim_end_matches(['.', ':'])).find(|word| {
        word.split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
    })
}
