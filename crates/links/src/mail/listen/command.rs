//! One line of a client, as a command.

use crate::mail::Address;

/// A command of a client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    Lhlo(String),
    Ehlo(String),
    Helo(String),
    /// `MAIL FROM:` with the sender and the size that the client announces, in bytes.
    Mail(Option<Address>, Option<u64>),
    Rcpt(Address),
    Data,
    Rset,
    Noop,
    Vrfy,
    Quit,
    /// A command that we know and do not offer.
    NotOffered,
    Unknown,
    /// A known command whose words are wrong; what is wrong.
    Wrong(&'static str),
    /// A parameter that we did not announce.
    Parameter,
}

impl Command {
    /// Reads a line without its end.
    pub(super) fn read(line: &str) -> Self {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" => hello(rest).map_or(Self::Wrong("a name is missing"), Self::Lhlo),
            "EHLO" => hello(rest).map_or(Self::Wrong("a name is missing"), Self::Ehlo),
            "HELO" => hello(rest).map_or(Self::Wrong("a name is missing"), Self::Helo),
            "MAIL" => mail(rest),
            "RCPT" => rcpt(rest),
            "DATA" if rest.is_empty() => Self::Data,
            "RSET" if rest.is_empty() => Self::Rset,
            "QUIT" if rest.is_empty() => Self::Quit,
            "DATA" | "RSET" | "QUIT" => Self::Wrong("it takes no argument"),
            "NOOP" => Self::Noop,
            "VRFY" => Self::Vrfy,
            "EXPN" | "HELP" | "TURN" | "ETRN" | "BDAT" | "AUTH" | "STARTTLS" | "SEND" | "SOML" | "SAML" => {
                Self::NotOffered
            }
            _ => Self::Unknown,
        }
    }
}

fn hello(rest: &str) -> Option<String> {
    let name: String = rest.split(' ').next()?.chars().filter(char::is_ascii_graphic).take(255).collect();
    (!name.is_empty()).then_some(name)
}

fn mail(rest: &str) -> Command {
    let Some((path, parameters)) = after(rest, "FROM:").and_then(path) else {
        return Command::Wrong("write MAIL FROM:<address>");
    };
    let mut size = None;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (name.to_ascii_uppercase().as_str(), value) {
            ("SIZE", value) => match value.parse() {
                Ok(bytes) => size = Some(bytes),
                Err(_) => return Command::Wrong("SIZE is not a number"),
            },
            ("BODY", value) if value.eq_ignore_ascii_case("7BIT") || value.eq_ignore_ascii_case("8BITMIME") => {}
            ("SMTPUTF8", "") => {}
            _ => return Command::Parameter,
        }
    }
    if path.is_empty() {
        return Command::Mail(None, size);
    }
    match address(path) {
        Some(address) => Command::Mail(Some(address), size),
        None => Command::Wrong("the sender is not an address"),
    }
}

fn rcpt(rest: &str) -> Command {
    let Some((path, parameters)) = after(rest, "TO:").and_then(path) else {
        return Command::Wrong("write RCPT TO:<address>");
    };
    if !parameters.trim().is_empty() {
        return Command::Parameter;
    }
    address(path).map_or(Command::Wrong("the recipient is not an address"), Command::Rcpt)
}

fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| text.get(word.len()..).unwrap_or_default().trim_start())
}

/// What stands in angle brackets, without the route that RFC 5321 says to ignore, and what follows.
fn path(text: &str) -> Option<(&str, &str)> {
    let (path, parameters) = text.strip_prefix('<')?.split_once('>')?;
    if !parameters.is_empty() && !parameters.starts_with(' ') {
        return None;
    }
    let path = if path.starts_with('@') { path.split_once(':')?.1 } else { path };
    Some((path, parameters))
}

/// An address; `postmaster` alone is one (RFC 5321, 4.5.1).
fn address(path: &str) -> Option<Address> {
    let lone = path.eq_ignore_ascii_case("postmaster");
    let parts = path.rsplit_once('@');
    let whole = parts.is_some_and(|(local, domain)| {
        // RFC 5321, 4.5.3.1.
        !local.is_empty()
            && local.len() <= 64
            && !domain.is_empty()
            && domain.len() <= 255
            && !domain.contains(['<', '>', '"'])
    });
    let clean = !path.contains(|c: char| c.is_control() || c.is_whitespace());
    ((whole || lone) && clean).then(|| Address { name: String::new(), address: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(address: &str) -> Address {
        Address { name: String::new(), address: address.to_owned() }
    }

    fn check(line: &str, expected: &Command) {
        assert_eq!(&Command::read(line), expected, "{line}");
    }

    #[test]
    fn commands_are_read_whatever_their_case() {
        check("lhlo mx.b.fr", &Command::Lhlo("mx.b.fr".to_owned()));
        check("EHLO [127.0.0.1] x", &Command::Ehlo("[127.0.0.1]".to_owned()));
        check("mail from:<a@b.fr>", &Command::Mail(Some(to("a@b.fr")), None));
        check("MAIL FROM: <a@b.fr> SIZE=12 BODY=8BITMIME SMTPUTF8", &Command::Mail(Some(to("a@b.fr")), Some(12)));
        check("MAIL FROM:<>", &Command::Mail(None, None));
        check("RCPT TO:<@relay.fr,@x.fr:é@b.fr>", &Command::Rcpt(to("é@b.fr")));
        check("RCPT TO:<Postmaster>", &Command::Rcpt(to("Postmaster")));
        check("noop anything", &Command::Noop);
        check("STARTTLS", &Command::NotOffered);
        check("XCLIENT a", &Command::Unknown);
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("EHLO", &Command::Wrong("a name is missing"));
        check("MAIL a@b.fr", &Command::Wrong("write MAIL FROM:<address>"));
        check("MAIL FROM:a@b.fr", &Command::Wrong("write MAIL FROM:<address>"));
        check("MAIL FROM:<a@b.fr>x", &Command::Wrong("write MAIL FROM:<address>"));
        check("MAIL FROM:<a b@c.fr>", &Command::Wrong("the sender is not an address"));
        check("MAIL FROM:<a@b.fr> SIZE=x", &Command::Wrong("SIZE is not a number"));
        check("MAIL FROM:<a@b.fr> RET=FULL", &Command::Parameter);
        check("RCPT TO:<>", &Command::Wrong("the recipient is not an address"));
        check("RCPT TO:<a@b.fr> NOTIFY=NEVER", &Command::Parameter);
        check("DATA now", &Command::Wrong("it takes no argument"));
        let local = "x".repeat(64);
        check(&format!("RCPT TO:<{local}@b.fr>"), &Command::Rcpt(to(&format!("{local}@b.fr"))));
        check(&format!("RCPT TO:<{local}x@b.fr>"), &Command::Wrong("the recipient is not an address"));
    }
}
