//! HTTP to systems of others: one question, one answer, and a limit on everything.
//!
//! A connection serves one exchange; what we ask of others is seldom and must not hang on a line that a
//! firewall forgot. Nothing is followed: a redirection is an answer like another, so that no secret goes
//! where nobody sent it. MUST NOT say a header or an address beyond its host in any error.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};

use crate::tls::{self, TlsError};

/// Characters of an address: more than any server accepts in a request line.
const MAX_ADDRESS: usize = 8_000;

/// Where to ask. Only this machine is spoken to without TLS.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
    host: String,
    port: u16,
    tls: bool,
}

/// Why an address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is not one.
    #[error("this is not an address: write it as https://host/path")]
    Malformed,
    /// It would be read on the way.
    #[error("{host} must be spoken to over https; without it only this machine is")]
    Open {
        /// The host.
        host: String,
    },
    /// It carries a name and a password, which logs of others would show.
    #[error("an address carries no account: take it out of the address")]
    Account,
}

impl Address {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        if text.len() > MAX_ADDRESS {
            return Err(AddressError::Malformed);
        }
        let uri: Uri = text.trim().parse().map_err(|_| AddressError::Malformed)?;
        let authority = uri.authority().ok_or(AddressError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(AddressError::Account);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if is_this_machine(&host) => false,
            Some("http") => return Err(AddressError::Open { host }),
            _ => return Err(AddressError::Malformed),
        };
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        if host.is_empty() {
            return Err(AddressError::Malformed);
        }
        Ok(Self { uri, host, port, tls })
    }

    /// The same host with `rest` after this address's path: `rest` MUST be encoded ([`encode`]).
    ///
    /// # Errors
    /// [`AddressError::Malformed`].
    pub fn below(&self, rest: &str) -> Result<Self, AddressError> {
        let base = self.uri.path().trim_end_matches('/');
        let authority = self.uri.authority().ok_or(AddressError::Malformed)?;
        let scheme = if self.tls { "https" } else { "http" };
        Self::parse(&format!("{scheme}://{authority}{base}/{rest}"))
    }

    /// The host and the port, which may be shown.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether it names this machine or an inner network outright. A name may still stand for one: that is seen only
    /// when it is asked.
    #[must_use]
    pub fn is_inner(&self) -> bool {
        is_this_machine(&self.host) || self.host.parse().is_ok_and(is_inner)
    }
}

/// Shows no path: tokens stand in some.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.place())
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Whether an address is not of the public network: this machine, a house's own network, one that only neighbours
/// reach (where clouds keep their secrets), one that nobody has, or one of these in another dress.
#[must_use]
pub fn is_inner(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            // RFC 6598 (shared by a carrier), RFC 2544 (measurements), RFC 1122 (this network), RFC 1112 (reserved).
            let shared = a == 100 && (64..128).contains(&b);
            let measured = a == 198 && (b == 18 || b == 19);
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || shared || measured || a == 0 || a >= 224
        }
        IpAddr::V6(ip) => {
            let [a, b, .., y, z] = ip.segments();
            let [high, low] = [y, z].map(u16::to_be_bytes);
            let within = Ipv4Addr::new(high[0], high[1], low[0], low[1]);
            // RFC 6052: an address of the old network behind a translator.
            let translated = a == 0x64 && b == 0xff9b;
            let unlocal = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast();
            unlocal
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ((translated || ip.to_ipv4_mapped().is_some() || ip.to_ipv4().is_some())
                    && is_inner(IpAddr::V4(within)))
        }
    }
}

/// A text as a part of a path or of a query (RFC 3986, 2.3).
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A question.
#[derive(Clone)]
pub struct Ask {
    /// Its method.
    pub method: Method,
    /// Where.
    pub address: Address,
    /// Its headers, beside `host` and the length.
    pub headers: Vec<(&'static str, String)>,
    /// Its body; empty for none.
    pub body: Vec<u8>,
}

/// Shows no header: one of them proves who we are.
impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ask({} {:?}, {} bytes)", self.method, self.address, self.body.len())
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// For how long it asks to be left alone.
    pub retry_after: Option<Duration>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether it was done.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// Why no answer came. What was asked may have been done all the same, unless it never left.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The server cannot be reached: nothing was asked.
    #[error("{place} cannot be reached: check the name, the port and the network")]
    Connect {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It stands in an inner network, where this may not go: nothing was asked.
    #[error("{place} stands in an inner network, where this may not go")]
    Inner {
        /// Host and port.
        place: String,
    },
    /// TLS cannot be spoken from here: nothing was asked.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The server's certificate does not hold: nothing was asked.
    #[error("{place} does not prove who it is: check its certificate and this machine's roots")]
    Certificate {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It took too long.
    #[error("{place} did not answer within {seconds} s")]
    Slow {
        /// Host and port.
        place: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The answer is too long.
    #[error("{place} answered with more than {limit_bytes} bytes")]
    TooLarge {
        /// Host and port.
        place: String,
        /// The limit.
        limit_bytes: usize,
    },
    /// The line broke, or what came is not HTTP.
    #[error("the line to {place} broke, or what came over it is not HTTP")]
    Broken {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: hyper::Error,
    },
    /// What is asked cannot be written as HTTP.
    #[error("what is asked of {place} cannot be written: a header or the address holds what none may hold")]
    Unwritable {
        /// Host and port.
        place: String,
        /// Why.
        #[source]
        source: http::Error,
    },
}

impl HttpError {
    /// Whether nothing was asked, so that asking again does nothing twice.
    #[must_use]
    pub const fn never_left(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::Inner { .. }
                | Self::Tls(_)
                | Self::Certificate { .. }
                | Self::Unwritable { .. }
        )
    }
}

/// Where what is asked may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Anywhere: whoever set the address up meant it.
    Any,
    /// Not to this machine nor to an inner network: others name the address, or what it stands for.
    Public,
}

/// How much is waited and read, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For one exchange, from the connection to the last byte.
    pub time: Duration,
    /// Of one answer.
    pub answer_bytes: usize,
    /// Where.
    pub network: Network,
}

/// Asks, once.
///
/// # Errors
/// [`HttpError`].
pub async fn ask(ask: Ask, limits: Limits) -> Result<Answer, HttpError> {
    let place = ask.address.place();
    let slow = HttpError::Slow { place, seconds: limits.time.as_secs() };
    timeout(limits.time, exchange(ask, limits)).await.unwrap_or(Err(slow))
}

/// The same for a caller that has a thread to wait on. MUST NOT be called from a thread that drives others' work.
///
/// # Errors
/// [`HttpError`].
pub fn ask_blocking(ask: Ask, limits: Limits) -> Result<Answer, HttpError> {
    let place = ask.address.place();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| HttpError::Connect { place, source })?;
    runtime.block_on(self::ask(ask, limits))
}

async fn exchange(ask: Ask, limits: Limits) -> Result<Answer, HttpError> {
    let Address { host, port, tls, .. } = ask.address.clone();
    let place = ask.address.place();
    let unreachable = |source| HttpError::Connect { place: place.clone(), source };
    // Looked up once: what is checked here is what is spoken to.
    let mut found: Vec<SocketAddr> = lookup_host((host.as_str(), port)).await.map_err(unreachable)?.collect();
    if limits.network == Network::Public {
        found.retain(|at| !is_inner(at.ip()));
        if found.is_empty() {
            return Err(HttpError::Inner { place });
        }
    }
    let tcp = TcpStream::connect(found.as_slice()).await.map_err(unreachable)?;
    if !tls {
        return speak(tcp, ask, limits).await;
    }
    let doubtful = |source| HttpError::Certificate { place: place.clone(), source };
    let name = ServerName::try_from(host).map_err(|e| doubtful(std::io::Error::other(e)))?;
    let stream = tls::connector()?.connect(name, tcp).await.map_err(doubtful)?;
    speak(stream, ask, limits).await
}

async fn speak<S>(stream: S, ask: Ask, limits: Limits) -> Result<Answer, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let place = ask.address.place();
    let broken = |source| HttpError::Broken { place: place.clone(), source };
    let request = write(&ask).map_err(|source| HttpError::Unwritable { place: place.clone(), source })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // The connection is driven beside the exchange and ends with it.
    let mut driver = JoinSet::new();
    driver.spawn(async move { _ = connection.await });
    let answer = sender.send_request(request).await.map_err(broken)?;
    let (parts, body) = answer.into_parts();
    let retry_after = parts.headers.get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
    let body = Limited::new(body, limits.answer_bytes).collect().await.map_err(|error| {
        match error.downcast::<hyper::Error>() {
            Ok(source) => broken(*source),
            Err(error) => {
                debug_assert!(error.is::<LengthLimitError>());
                HttpError::TooLarge { place: place.clone(), limit_bytes: limits.answer_bytes }
            }
        }
    })?;
    Ok(Answer {
        status: parts.status.as_u16(),
        retry_after: retry_after.map(Duration::from_secs),
        body: body.to_bytes().to_vec(),
    })
}

fn write(ask: &Ask) -> Result<Request<Full<Bytes>>, http::Error> {
    let uri = &ask.address.uri;
    let target = uri.path_and_query().map_or("/", |p| p.as_str());
    let mut request = Request::builder().method(ask.method.clone()).uri(target);
    if let Some(authority) = uri.authority() {
        request = request.header(header::HOST, authority.as_str());
    }
    for (name, value) in &ask.headers {
        request = request.header(*name, value);
    }
    request.body(Full::new(Bytes::from(ask.body.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for (text, expected) in [
            ("https://ezv.example.fr/api/v1/50004", Ok("ezv.example.fr:443")),
            ("https://ezv.example.fr:8443/", Ok("ezv.example.fr:8443")),
            ("http://127.0.0.1:8080/x", Ok("127.0.0.1:8080")),
            ("http://[::1]:8080/x", Ok("::1:8080")),
            ("http://localhost/x", Ok("localhost:80")),
            ("http://ezv.example.fr/", Err(AddressError::Open { host: "ezv.example.fr".to_owned() })),
            ("https://name:word@ezv.example.fr/", Err(AddressError::Account)),
            ("ftp://ezv.example.fr/", Err(AddressError::Malformed)),
            ("/requests", Err(AddressError::Malformed)),
            ("", Err(AddressError::Malformed)),
        ] {
            let found = Address::parse(text).map(|a| a.place());
            assert_eq!(found, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn inner_networks_are_known_in_every_dress() {
        for (text, expected) in [
            ("127.0.0.1", true),
            ("10.0.0.1", true),
            ("9.255.255.255", false),
            ("172.15.255.255", false),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("169.254.169.254", true),
            ("100.63.255.255", false),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("198.18.0.1", true),
            ("0.0.0.0", true),
            ("223.255.255.255", false),
            ("224.0.0.1", true),
            ("255.255.255.255", true),
            ("8.8.8.8", false),
            ("::1", true),
            ("::", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("ff02::1", true),
            ("::ffff:10.0.0.1", true),
            ("::ffff:8.8.8.8", false),
            ("64:ff9b::7f00:1", true),
            ("64:ff9b::808:808", false),
            ("2001:4860:4860::8888", false),
        ] {
            assert_eq!(is_inner(text.parse().unwrap()), expected, "{text}");
        }
        let inner = |text: &str| Address::parse(text).unwrap().is_inner();
        assert!(inner("http://localhost/x") && inner("https://192.168.1.1/") && inner("https://[fd00::1]/"));
        assert!(!inner("https://tools.example.fr/"));
    }

    #[test]
    fn what_stands_below_an_address_keeps_its_path_and_no_error_shows_it() {
        let base = Address::parse("https://ezv.example.fr/api/v1/50004/").unwrap();
        let one = base.below(&format!("requests/{}", encode("I26 é/1"))).unwrap();
        assert_eq!(one.uri, "https://ezv.example.fr/api/v1/50004/requests/I26%20%C3%A9%2F1");
        assert_eq!(format!("{one:?}"), "Address(ezv.example.fr:443)");
    }
}
