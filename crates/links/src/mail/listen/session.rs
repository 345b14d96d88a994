//! The conversation, without input or output: bytes in, steps out.

use super::{Envelope, Kept, Refusal, command::Command};
use crate::mail::{Address, MAX_MAIL_BYTES, Ourselves};

/// A line of a command. RFC 5321 allows 512 bytes, and extensions some hundred more.
const MAX_LINE_BYTES: usize = 2_048;

/// Recipients of one mail. RFC 5321 asks for at least 100; a server splits what is refused with 452.
const MAX_RECIPIENTS: usize = 1_000;

/// Commands of one conversation: ten thousand mails to one recipient each. A server comes back.
const MAX_COMMANDS: u32 = 40_000;

/// Commands that cannot be followed, after which a client is not a mail server.
const MAX_ERRORS: u32 = 20;

/// Which protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// RFC 2033: one reply for each recipient.
    Lmtp,
    /// RFC 5321: one reply for a mail.
    Smtp,
}

/// How a listener presents itself and for whom it takes mails.
#[derive(Clone, Debug)]
pub struct Listening {
    /// Which protocol is spoken.
    pub protocol: Protocol,
    /// Our name in the greeting.
    pub name: String,
    /// The addresses for which mails are taken, with or without a `+` part. Others are refused.
    pub own: Ourselves,
}

/// What the loop does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Sends these bytes.
    Reply(Vec<u8>),
    /// Keeps this mail, then tells [`Session::kept`]; nothing else happens in between.
    Deliver {
        /// The mail, behind the `Return-Path` that the last server writes (RFC 5321, 4.4).
        raw: Vec<u8>,
        /// From whom and to whom.
        envelope: Envelope,
    },
    /// Sends these bytes and hangs up.
    Close(Vec<u8>),
}

/// A conversation with one client.
#[derive(Debug)]
pub struct Session {
    listening: Listening,
    state: State,
    input: Vec<u8>,
    /// The rest of a line that is too long is being skipped.
    skipping: bool,
    server: String,
    from: Option<Option<Address>>,
    recipients: Vec<Address>,
    data: Vec<u8>,
    /// The mail went past the limit: its bytes are dropped until it ends.
    overflow: bool,
    commands: u32,
    errors: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Commands,
    Data,
    Delivering,
    Closed,
}

impl Session {
    /// A conversation, and the greeting to send.
    #[must_use]
    pub fn new(listening: Listening) -> (Self, Vec<u8>) {
        let protocol = if listening.protocol == Protocol::Lmtp { "LMTP" } else { "ESMTP" };
        let greeting = reply(220, "", &format!("{} {protocol} Vigie", listening.name));
        let session = Self {
            listening,
            state: State::Commands,
            input: Vec::new(),
            skipping: false,
            server: String::new(),
            from: None,
            recipients: Vec::new(),
            data: Vec::new(),
            overflow: false,
            commands: 0,
            errors: 0,
        };
        (session, greeting)
    }

    /// Takes bytes of the client. All steps must be taken before the next bytes are, so that what waits
    /// here is no longer than one reading of the loop.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    /// The next step; `None` when more bytes are needed.
    pub fn step(&mut self) -> Option<Step> {
        match self.state {
            State::Commands => self.command_step(),
            State::Data => self.data_step(),
            State::Delivering | State::Closed => None,
        }
    }

    /// Whether a mail or a part of one is on its way, so that the client may be slow for a while.
    #[must_use]
    pub fn is_receiving(&self) -> bool {
        self.state == State::Data
    }

    /// What the inbox said of the mail of [`Step::Deliver`]: the replies to send.
    pub fn kept(&mut self, result: &Result<Kept, Refusal>) -> Vec<u8> {
        let line = |_: &Address| match result {
            Ok(kept) => reply(250, "2.0.0", &format!("kept as {}", kept.id)),
            Err(Refusal::Later(why)) => reply(451, "4.3.0", why),
            Err(Refusal::Never(why)) => reply(554, "5.6.0", why),
        };
        let replies = self.for_each_recipient(line);
        self.reset();
        self.state = State::Commands;
        replies
    }

    /// The words with which the listener hangs up.
    pub fn close(&mut self, why: &str) -> Vec<u8> {
        self.state = State::Closed;
        reply(421, "4.3.2", &format!("{} {why}", self.listening.name))
    }

    /// LMTP answers for each recipient, SMTP once (RFC 2033, 4.2).
    fn for_each_recipient(&self, line: impl Fn(&Address) -> Vec<u8>) -> Vec<u8> {
        match self.listening.protocol {
            Protocol::Lmtp => self.recipients.iter().flat_map(line).collect(),
            Protocol::Smtp => self.recipients.first().map(line).unwrap_or_default(),
        }
    }

    fn command_step(&mut self) -> Option<Step> {
        let end = self.input.windows(2).position(|two| two == b"\r\n");
        let Some(end) = end else {
            if self.input.len() > MAX_LINE_BYTES {
                self.skipping = true;
                // The last byte may be the first of the line's end.
                let last = self.input.pop();
                self.input.clear();
                self.input.extend(last);
            }
            return None;
        };
        let line: Vec<u8> = self.input.drain(..end.saturating_add(2)).take(end).collect();
        self.commands = self.commands.saturating_add(1);
        if self.commands > MAX_COMMANDS {
            return Some(Step::Close(self.close("too many commands: come back in a new connection")));
        }
        if std::mem::take(&mut self.skipping) || line.len() > MAX_LINE_BYTES {
            return Some(self.error(500, "5.5.2", "the line is too long"));
        }
        let Ok(line) = std::str::from_utf8(&line) else {
            return Some(self.error(500, "5.5.2", "the line is not UTF-8"));
        };
        Some(self.follow(Command::read(line)))
    }

    fn follow(&mut self, command: Command) -> Step {
        let lmtp = self.listening.protocol == Protocol::Lmtp;
        match command {
            Command::Lhlo(server) if lmtp => self.hello(server, true),
            Command::Ehlo(server) if !lmtp => self.hello(server, true),
            Command::Helo(server) if !lmtp => self.hello(server, false),
            Command::Lhlo(_) | Command::Ehlo(_) | Command::Helo(_) => {
                self.error(500, "5.5.1", if lmtp { "this is LMTP: say LHLO" } else { "this is SMTP: say EHLO" })
            }
            Command::Mail(..) if self.server.is_empty() => self.error(503, "5.5.1", "say who you are first"),
            Command::Mail(..) if self.from.is_some() => self.error(503, "5.5.1", "a mail was begun"),
            Command::Mail(_, Some(size)) if usize::try_from(size).map_or(true, |s| s > MAX_MAIL_BYTES) => {
                Step::Reply(too_large())
            }
            Command::Mail(from, _) => {
                self.from = Some(from);
                Step::Reply(reply(250, "2.1.0", "sender noted"))
            }
            Command::Rcpt(_) | Command::Data if self.from.is_none() => self.error(503, "5.5.1", "say MAIL first"),
            Command::Rcpt(_) if self.recipients.len() >= MAX_RECIPIENTS => {
                Step::Reply(reply(452, "4.5.3", "too many recipients"))
            }
            Command::Rcpt(to) => self.recipient(to),
            Command::Data if self.recipients.is_empty() => self.error(503, "5.5.1", "no recipient was taken"),
            Command::Data => {
                self.state = State::Data;
                self.overflow = false;
                self.data.clear();
                Step::Reply(reply(354, "", "end with a line of one dot"))
            }
            Command::Rset => {
                self.reset();
                Step::Reply(reply(250, "2.0.0", "forgotten"))
            }
            Command::Noop => Step::Reply(reply(250, "2.0.0", "here")),
            Command::Vrfy => Step::Reply(reply(252, "2.5.0", "send a mail and see")),
            Command::Quit => {
                self.state = State::Closed;
                Step::Close(reply(221, "2.0.0", "goodbye"))
            }
            Command::NotOffered => self.error(502, "5.5.1", "not offered here"),
            Command::Unknown => self.error(500, "5.5.1", "unknown command"),
            Command::Wrong(what) => self.error(501, "5.5.4", what),
            Command::Parameter => self.error(555, "5.5.4", "a parameter is not offered here"),
        }
    }

    fn hello(&mut self, server: String, extended: bool) -> Step {
        self.reset();
        self.server = server;
        let name = &self.listening.name;
        if !extended {
            return Step::Reply(reply(250, "", name));
        }
        let lines = format!(
            "250-{name}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {MAX_MAIL_BYTES}\r\n"
        );
        Step::Reply(lines.into_bytes())
    }

    fn recipient(&mut self, to: Address) -> Step {
        if !self.listening.own.are(&to) {
            // A client that tries addresses is no mail server of the house.
            return self.error(550, "5.1.1", "no such address here");
        }
        if !self.recipients.contains(&to) || self.listening.protocol == Protocol::Lmtp {
            self.recipients.push(to);
        }
        Step::Reply(reply(250, "2.1.5", "recipient noted"))
    }

    fn data_step(&mut self) -> Option<Step> {
        let input = std::mem::take(&mut self.input);
        let mut rest = input.as_slice();
        let mut ended = false;
        // Only CRLF ends a line: a lone LF that ended one would let a mail hide another (“smuggling”).
        while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
            let (line, after) = rest.split_at(end.saturating_add(2));
            rest = after;
            if self.is_at_start() && line == b".\r\n" {
                ended = true;
                break;
            }
            self.append(line);
        }
        // A dot at the start decides with what follows, and a CR may be half of the line's end: only a line
        // that is long enough for neither to matter is taken before it is whole.
        if !ended && rest.len() > 64 {
            let keep = usize::from(rest.last() == Some(&b'\r'));
            let (line, after) = rest.split_at(rest.len().saturating_sub(keep));
            rest = after;
            self.append(line);
        }
        self.input = rest.to_vec();
        ended.then(|| self.received())
    }

    fn is_at_start(&self) -> bool {
        self.data.is_empty() || self.data.ends_with(b"\r\n")
    }

    /// Adds a line, or the start of one, without the dot that the client put before another (RFC 5321, 4.5.2).
    fn append(&mut self, line: &[u8]) {
        let bytes = if self.is_at_start() { line.strip_prefix(b".").unwrap_or(line) } else { line };
        if self.overflow || self.data.len().saturating_add(bytes.len()) > MAX_MAIL_BYTES {
            self.overflow = true;
            // What tells where a line starts is all that is still needed.
            self.data.clear();
            self.data.extend_from_slice(if bytes.ends_with(b"\r\n") { b"\r\n" } else { b"x" });
        } else {
            self.data.extend_from_slice(bytes);
        }
    }

    fn received(&mut self) -> Step {
        if self.overflow {
            let replies = self.for_each_recipient(|_| too_large());
            self.reset();
            self.state = State::Commands;
            return Step::Reply(replies);
        }
        self.state = State::Delivering;
        let from = self.from.clone().flatten();
        let return_path = format!("Return-Path: <{}>\r\n", from.as_ref().map_or("", |a| a.address.as_str()));
        let raw = [return_path.as_bytes(), &std::mem::take(&mut self.data)].concat();
        let envelope = Envelope { from, recipients: self.recipients.clone(), server: self.server.clone() };
        Step::Deliver { raw, envelope }
    }

    fn reset(&mut self) {
        self.from = None;
        self.recipients.clear();
        self.data = Vec::new();
        self.overflow = false;
    }

    fn error(&mut self, code: u16, status: &str, what: &str) -> Step {
        self.errors = self.errors.saturating_add(1);
        if self.errors > MAX_ERRORS {
            return Step::Close(self.close("too many errors"));
        }
        Step::Reply(reply(code, status, what))
    }
}

fn too_large() -> Vec<u8> {
    reply(552, "5.3.4", &format!("a mail has at most {MAX_MAIL_BYTES} bytes"))
}

/// One line of a reply; what others wrote cannot break it into two.
fn reply(code: u16, status: &str, text: &str) -> Vec<u8> {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(400).collect();
    let space = if status.is_empty() { "" } else { " " };
    format!("{code} {status}{space}{text}\r\n").into_bytes()
}
