//! Who writes: which organisation an address belongs to, and whether the receiving server believes it.

use sha2::{Digest as _, Sha256};
use vigie_contract::Party;
use vigie_links::mail::{Address, Headers};

/// People who belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// What it is called; its members take part in a case under this name.
    pub name: String,
    /// For which side they speak.
    pub side: Party,
    /// Their domains, in lower case; what lies below a domain belongs to it.
    pub domains: Vec<String>,
    /// Members whose domain is not the organisation's, in lower case.
    pub addresses: Vec<String>,
}

impl Organisation {
    fn has(&self, address: &Address) -> bool {
        let (key, domain) = (address.key(), address.domain());
        let below =
            |own: &String| domain == *own || domain.strip_suffix(own.as_str()).is_some_and(|d| d.ends_with('.'));
        self.addresses.contains(&key) || self.domains.iter().any(below)
    }
}

/// Somebody who writes, as cases know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Under which name they take part in a case: an organisation, or the hash of an address.
    pub party: String,
    /// For which side they speak; somebody of no known organisation speaks for nobody but themselves.
    pub side: Party,
}

impl Member {
    /// Who has this address.
    #[must_use]
    pub fn of(address: &Address, organisations: &[Organisation]) -> Self {
        match organisations.iter().find(|o| o.has(address)) {
            Some(organisation) => Self { party: format!("org {}", organisation.name), side: organisation.side },
            None => Self { party: format!("address {}", hex(&address_hash(address))), side: Party::ThirdParty },
        }
    }

    /// Whether they take part in a case: as one of its two sides, or because they were let in.
    #[must_use]
    pub fn takes_part(&self, parties: &[String]) -> bool {
        self.side != Party::ThirdParty || parties.contains(&self.party)
    }
}

/// Under which an address is kept in tables: not the address itself, which is personal.
#[must_use]
pub(super) fn address_hash(address: &Address) -> [u8; 32] {
    Sha256::digest(address.key().as_bytes()).into()
}

/// Bytes as lower-case hexadecimal.
#[must_use]
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether the receiving server found the author forged (RFC 8601): DMARC failed, by the newest header of
/// that server. Headers below it are the sender's own words.
#[must_use]
pub(super) fn is_forged(headers: &Headers, authenticator: &str) -> bool {
    let verdict = headers.all("Authentication-Results").find(|value| {
        let server = value.split([';', ' ', '\t']).next().unwrap_or_default();
        server.eq_ignore_ascii_case(authenticator)
    });
    verdict.is_some_and(|value| {
        let mut results = value.split(';').skip(1).filter_map(|r| r.split_whitespace().next());
        results.any(|result| result.eq_ignore_ascii_case("dmarc=fail"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_links::mail::Mail;

    fn address(text: &str) -> Address {
        Address { name: String::new(), address: text.to_owned() }
    }

    #[test]
    fn members_are_known_by_domain_or_address_and_others_speak_for_themselves() {
        let known = [Organisation {
            name: "DSIUN".to_owned(),
            side: Party::Customer,
            domains: vec!["customer.example".to_owned()],
            addresses: vec!["paul@free.example".to_owned()],
        }];
        for (text, side) in [
            ("jean@customer.example", Party::Customer),
            ("Jean@Ecole.Customer.Example", Party::Customer),
            ("jean@notcustomer.example", Party::ThirdParty),
            ("Paul@free.example", Party::Customer),
            ("jean@free.example", Party::ThirdParty),
        ] {
            assert_eq!(Member::of(&address(text), &known).side, side, "{text}");
        }
        let jean = Member::of(&address("jean@free.example"), &known);
        assert_eq!(jean, Member::of(&address("JEAN@free.example"), &known));
        assert!(!jean.takes_part(&[]) && jean.takes_part(std::slice::from_ref(&jean.party)));
        assert!(!jean.party.contains("jean"), "an address is not written down");
    }

    #[test]
    fn only_the_own_server_says_who_is_forged() {
        let check = |headers: &str, forged: bool| {
            let mail = Mail::parse(format!("{headers}From: a@b.fr\r\n\r\nx").as_bytes(), &|_| String::new()).unwrap();
            assert_eq!(is_forged(&mail.headers, "mx.vigie.example"), forged, "{headers}");
        };
        let own = "Authentication-Results: mx.vigie.example; spf=pass smtp.mailfrom=b.fr; dmarc=";
        check(&format!("{own}fail header.from=b.fr\r\n"), true);
        check(&format!("{own}pass\r\n"), false);
        check(&format!("{own}pass\r\n{own}fail\r\n"), false);
        check("Authentication-Results: mx.other.example; dmarc=fail\r\n", false);
        check("", false);
    }
}
