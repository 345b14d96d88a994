//! From which address a request comes.
//!
//! Behind a reverse proxy every connection has the proxy's address. `X-Forwarded-For` says for whom it
//! asks, but anybody can write that header: MUST NOT be read unless the connection itself comes from a
//! proxy that the operator named.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use super::state::AppState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that failures of sign-in are counted under; empty when the server knows none.
#[derive(Clone, Debug)]
pub(crate) struct ClientAddress(pub(crate) String);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
        let client = peer.map(|p| behind(p, &parts.headers, &state.options.trusted_proxies));
        Ok(Self(client.map_or_else(String::new, |c| c.to_string())))
    }
}

/// The last address of the chain that is no trusted proxy. What lies to the left of it, or of a part
/// that cannot be read, may be invented and is not looked at.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|t| t.to_canonical() == *address);
    let mut client = peer.to_canonical();
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    for part in values.flat_map(|v| v.to_str().unwrap_or_default().rsplit(',')) {
        if !is_trusted(&client) {
            break;
        }
        let Some(before) = address(part.trim()) else { break };
        client = before.to_canonical();
    }
    client
}

/// Some proxies write the port too, and brackets around IPv6.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    text.parse::<SocketAddr>().ok().map(|s| s.ip()).or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_says_last_is_the_client() {
        let trusted: Vec<IpAddr> = ["10.0.0.1", "10.0.0.2", "2001:db8::1"].map(|a| a.parse().unwrap()).into();
        let check = |peer: &str, forwarded: &[&str], expected: &str| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, value.parse().unwrap());
            }
            let client = behind(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(client.to_string(), expected, "{peer} {forwarded:?}");
        };
        check("192.0.2.9", &[], "192.0.2.9");
        check("192.0.2.9", &["198.51.100.7"], "192.0.2.9");
        check("10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.1, 198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.1, 198.51.100.7, 10.0.0.2"], "198.51.100.7");
        check("10.0.0.1", &["203.0.113.1", "198.51.100.7"], "198.51.100.7");
        check("2001:db8::1", &["[2001:db8::5]:4711"], "2001:db8::5");
        check("10.0.0.1", &["198.51.100.7:50000"], "198.51.100.7");
        check("10.0.0.1", &["198.51.100.7, nonsense"], "10.0.0.1");
        check("10.0.0.1", &[], "10.0.0.1");
    }
}
