//! Mails handed over to the house's mail server, by SMTP.
//!
//! A mail is sent from the caller's queue: it is taken from it only when the server says that it has
//! the mail. When the line breaks before that word comes, the mail goes again with the same identifier,
//! so that its readers see one mail. Signing (DKIM) is the server's: it signs whatever leaves the house.

use std::time::Duration;

use jiff::SignedDuration;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    address::Envelope,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};

use super::{Address, Composed};

/// How long the server may take for one answer (RFC 5321, 4.5.3.2: up to ten minutes after the mail; a
/// mail that comes twice is better than a queue that stands).
const ANSWER: Duration = Duration::from_mins(2);

/// Waiting times before each new try. The first are short, since an acknowledgement is owed at once; all
/// together make the five days after which RFC 5321 (4.5.4.1) lets a sender give up.
const WAITS: [SignedDuration; 8] = [
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(4),
];

/// Tries in all: the eight waits above make 7 h 52 min, and 28 more of four hours each 119 h 52 min.
const MAX_TRIES: usize = 37;

/// The mail server of the house and how to reach it.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port: 587 or 465 with TLS, 25 on this machine.
    pub port: u16,
    /// How the line is protected.
    pub protection: Protection,
    /// The account, when the server wants one.
    pub account: Option<Account>,
    /// The name that we give of ourselves.
    pub name: String,
}

/// How the line to a server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Not at all: only for a server on this machine.
    None,
    /// TLS after STARTTLS, or nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// An account at a mail server.
#[derive(Clone)]
pub struct Account {
    /// The account.
    pub user: String,
    /// Its password, or a token of OAuth 2 when `is_token`.
    pub secret: String,
    /// Whether the secret is a token (XOAUTH2).
    pub is_token: bool,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Why the server did not take a mail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// Not now: it is tried again.
    #[error("the mail server did not take the mail yet ({why}): it is tried again")]
    Later {
        /// What the server or the line said.
        why: String,
        /// The line broke, so that the server may have it all the same.
        may_have_arrived: bool,
    },
    /// Never: somebody has to look.
    #[error("the mail server refuses the mail ({why}): correct the address or the mail, then send it again")]
    Never {
        /// What the server said.
        why: String,
    },
}

/// A relay that cannot be used as it is described.
#[derive(Debug, thiserror::Error)]
#[error("the mail server “{host}” cannot be used: correct its name, or this machine's root certificates")]
pub struct RelayError {
    /// The server.
    pub host: String,
    #[source]
    source: lettre::transport::smtp::Error,
}

/// Hands mails over.
#[derive(Clone, Debug)]
pub struct Sender(AsyncSmtpTransport<Tokio1Executor>);

impl Sender {
    /// Prepares to speak with a server; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`RelayError`] when TLS cannot be set up for the name.
    pub fn new(relay: &Relay) -> Result<Self, RelayError> {
        let failed = |source| RelayError { host: relay.host.clone(), source };
        let parameters = || TlsParameters::new(relay.host.clone()).map_err(failed);
        let tls = match relay.protection {
            Protection::None => Tls::None,
            Protection::StartTls => Tls::Required(parameters()?),
            Protection::Tls => Tls::Wrapper(parameters()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .port(relay.port)
            .tls(tls)
            .hello_name(ClientId::Domain(relay.name.clone()))
            .timeout(Some(ANSWER));
        if let Some(account) = &relay.account {
            let mechanisms =
                if account.is_token { vec![Mechanism::Xoauth2] } else { vec![Mechanism::Plain, Mechanism::Login] };
            builder = builder
                .credentials(Credentials::new(account.user.clone(), account.secret.clone()))
                .authentication(mechanisms);
        }
        Ok(Self(builder.build()))
    }

    /// Speaks with the server and signs in, without a mail.
    ///
    /// # Errors
    ///
    /// [`Unsent`], with what the server or the line said.
    pub async fn probe(&self) -> Result<(), Unsent> {
        match self.0.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(Unsent::Later { why: "the server answers and is not ready".to_owned(), may_have_arrived: false })
            }
            Err(error) if error.is_permanent() => Err(Unsent::Never { why: said(&error) }),
            Err(error) => Err(Unsent::Later { why: said(&error), may_have_arrived: false }),
        }
    }

    /// Hands a mail over, and says what the server answered.
    ///
    /// # Errors
    ///
    /// [`Unsent`], with whether it is worth another try.
    pub async fn send(&self, mail: &Composed) -> Result<String, Unsent> {
        let address = |a: &Address| {
            a.address.parse().map_err(|_| Unsent::Never { why: format!("“{}” is not an address", a.address) })
        };
        let to = mail.recipients.iter().map(address).collect::<Result<Vec<_>, _>>()?;
        let envelope = Envelope::new(Some(address(&mail.envelope_from)?), to)
            .map_err(|_| Unsent::Never { why: "nobody to send it to".to_owned() })?;
        match self.0.send_raw(&envelope, &mail.bytes).await {
            Ok(answer) => Ok(answer.message().collect::<Vec<_>>().join(" ")),
            Err(error) if error.is_permanent() => Err(Unsent::Never { why: said(&error) }),
            // A server that answered does not have it; a line that broke leaves it open.
            Err(error) => {
                Err(Unsent::Later { why: said(&error), may_have_arrived: !error.is_transient() && !error.is_client() })
            }
        }
    }
}

/// An error with its causes, on one line of at most 300 characters.
fn said(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// How long to wait after a number of tries; `None` when it is time to give up and to tell somebody.
#[must_use]
pub fn wait_after(tries: usize) -> Option<SignedDuration> {
    if tries == 0 {
        return Some(SignedDuration::ZERO);
    }
    if tries >= MAX_TRIES {
        return None;
    }
    WAITS.get(tries.saturating_sub(1)).or(WAITS.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_five_days_and_first_soon() {
        assert_eq!(wait_after(0), Some(SignedDuration::ZERO));
        assert_eq!(wait_after(1), Some(SignedDuration::from_secs(30)));
        assert_eq!(wait_after(36), Some(SignedDuration::from_hours(4)));
        assert_eq!(wait_after(37), None);
        let all: SignedDuration = (0..).map_while(wait_after).sum();
        assert_eq!(all, SignedDuration::from_secs(119 * 3600 + 52 * 60 + 30));
    }
}
