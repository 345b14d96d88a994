//! Accounts that come from an OpenID Connect provider: made when their person first comes back from it, and asked for
//! again while they stay.
//!
//! A return that nobody here began, that comes late or twice, or that names another provider, opens nothing: the state
//! is the hash of a token that only the browser holds, and is used up by the first return.

use jiff::{SignedDuration, Timestamp};
use vigie_contract::{Label, RoleId};
use vigie_links::oidc::{self, AskError, Vouched};

use super::{
    Account, Accounts, Grant, Notice, Pending, Person, SignIn, SignInConfig,
    directory::{chain, left},
    sign_in::{Door, Proof, after_first, digest, random_token},
};

/// Who went to the provider comes back within so long: a password, a second factor and a slow phone.
const BACK_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// Whoever is signed in is asked for again after so long, as in a directory.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_mins(5);
/// After the provider did not answer, it is asked again sooner; meanwhile nobody else asks.
const RETRIED: SignedDuration = SignedDuration::from_mins(1);
/// A provider that cannot be asked again vouches for so long; then its people go there once more.
const WITHOUT_GRANT: SignedDuration = SignedDuration::from_hours(1);
/// Characters of a state: a SHA-256 in hexadecimal.
const STATE: usize = 64;

/// A provider of the file of sign-in.
#[derive(Debug)]
pub struct Provider {
    /// Kept with accounts that come from it, and part of its addresses here.
    pub id: String,
    /// What the button says.
    pub label: Label,
    /// Asks it.
    pub link: oidc::Provider,
    /// The first group of the list that somebody is in gives the role.
    pub roles: Vec<(String, RoleId)>,
    /// Whether a second factor is the provider's affair; otherwise one that is set up here is asked here.
    pub vouches_for_second: bool,
}

impl Provider {
    fn person(&self, vouched: &Vouched) -> Option<Person> {
        let (_, role) = self.roles.iter().find(|(group, _)| vouched.groups.contains(group))?;
        Some(Person { name: vouched.name.clone()?, subject: vouched.subject.clone(), role: role.clone() })
    }
}

/// Where a sign-in at a provider goes on.
pub enum Leave {
    /// There; the token is the browser's until it comes back.
    To {
        /// The provider's page.
        url: String,
        /// 256 random bits in hexadecimal.
        token: String,
    },
    /// It does not answer.
    Silent,
    /// There is no such provider.
    Unknown,
}

/// What a browser brings back from a provider.
#[derive(Clone, Debug, Default)]
pub struct Return {
    /// Which provider its address names.
    pub provider: String,
    /// The token that it was given when it left.
    pub token: Option<String>,
    /// `state`.
    pub state: String,
    /// `code`.
    pub code: String,
    /// `error`, when the provider let nobody in.
    pub error: Option<String>,
    /// `iss` (RFC 9207), when the provider sends it.
    pub issuer: Option<String>,
}

/// What coming back gives.
pub enum Back {
    /// As after a password, and where they wanted to go.
    Answered(SignIn, String),
    /// Nothing.
    Refused(Refusal),
}

/// Why nothing opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many refusals from that address; nothing was looked at.
    Locked,
    /// It was not begun in this browser, too long ago, or ended already.
    Late,
    /// State or issuer are not those of the sign-in that this browser began.
    Forged,
    /// The provider let nobody in.
    Denied,
    /// What the provider gave does not hold.
    Doubtful,
    /// The provider does not answer.
    Silent,
    /// None of their groups gives a role.
    WithoutRole,
    /// Their name is another account's, or their account may no longer enter.
    Taken,
}

impl Refusal {
    /// Its word in the journal; none when nothing was tried.
    const fn word(self) -> Option<&'static str> {
        Some(match self {
            Self::Late => "late",
            Self::Forged => "forged",
            Self::Denied => "denied",
            Self::Doubtful => "token",
            Self::WithoutRole => "no_role",
            Self::Taken => "taken",
            Self::Locked | Self::Silent => return None,
        })
    }
}

/// Begins a sign-in at a provider; `back` is where they want to go.
///
/// # Errors
/// When the store does not answer or the machine has no randomness.
pub fn leave(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    provider: &str,
    back: &str,
    now: Timestamp,
) -> anyhow::Result<Leave> {
    let Some(provider) = sign_in.provider(provider) else { return Ok(Leave::Unknown) };
    let token = random_token()?;
    let hash = digest(&token);
    let begun = match provider.link.begin(&state_of(&hash), now) {
        Ok(begun) => begun,
        Err(error) => {
            tracing::warn!(provider = provider.id, error = %chain(&error), "a provider cannot be used");
            return Ok(Leave::Silent);
        }
    };
    let pending = Pending::Provider {
        provider: provider.id.clone(),
        nonce: begun.nonce,
        verifier: begun.verifier,
        back: back.to_owned(),
    };
    accounts.wait(&hash, &pending, now + BACK_WITHIN, now)?;
    Ok(Leave::To { url: begun.url, token })
}

/// The state of a sign-in: what is kept of its token, so that nobody finds the token in it.
fn state_of(hash: &[u8; 32]) -> String {
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

/// Ends it.
///
/// # Errors
/// When the store does not answer or the machine has no randomness.
pub fn come_back(
    accounts: &dyn Accounts,
    sign_in: &SignInConfig,
    brought: &Return,
    address: &str,
    now: Timestamp,
) -> anyhow::Result<Back> {
    let door = Door::of_address(accounts, address, now)?;
    if door.is_locked() {
        return Ok(Back::Refused(Refusal::Locked));
    }
    let (refusal, name) = match ended(accounts, sign_in, brought, now)? {
        Ok((provider, vouched, back)) => match admitted(accounts, provider, &vouched, now)? {
            Ok(account) => {
                let proof = Proof { through: Some(provider.id.clone()), second: None };
                let asked = !provider.vouches_for_second;
                return Ok(Back::Answered(after_first(accounts, account, proof, asked, now)?, back));
            }
            Err(refusal) => (refusal, accounts.account_of(&provider.id, &vouched.subject)?.map(|a| a.name)),
        },
        Err(refusal) => (refusal, None),
    };
    if let Some(reason) = refusal.word() {
        let known = sign_in.provider(&brought.provider).map(|p| p.id.clone()).unwrap_or_default();
        // Those whom the provider knows have guessed nothing.
        if !matches!(refusal, Refusal::WithoutRole | Refusal::Taken) {
            door.count(accounts)?;
        }
        accounts.note(&Notice::ProviderRefused { provider: known, name, reason, at: now })?;
    }
    Ok(Back::Refused(refusal))
}

type Ended<'a> = Result<(&'a Provider, Vouched, String), Refusal>;

/// Whom the provider vouches for, and where they wanted to go. Whatever comes of it, this sign-in is over.
fn ended<'a>(
    accounts: &dyn Accounts,
    sign_in: &'a SignInConfig,
    brought: &Return,
    now: Timestamp,
) -> anyhow::Result<Ended<'a>> {
    let Some(token) = &brought.token else { return Ok(Err(Refusal::Late)) };
    let hash = digest(token);
    if brought.state.len() != STATE || brought.state != state_of(&hash) {
        return Ok(Err(Refusal::Forged));
    }
    let Some(Pending::Provider { provider, nonce, verifier, back }) = accounts.pending(&hash, now)? else {
        return Ok(Err(Refusal::Late));
    };
    // Whoever takes it off ends it: a second return finds nothing.
    if !accounts.end_wait(&hash)? {
        return Ok(Err(Refusal::Late));
    }
    let Some(provider) = sign_in.provider(&provider).filter(|p| p.id == brought.provider) else {
        return Ok(Err(Refusal::Forged));
    };
    if brought.issuer.as_ref().is_some_and(|iss| iss != provider.link.issuer()) {
        return Ok(Err(Refusal::Forged));
    }
    if brought.error.is_some() {
        return Ok(Err(Refusal::Denied));
    }
    match provider.link.finish(&brought.code, &nonce, verifier, now) {
        Ok(vouched) => Ok(Ok((provider, vouched, back))),
        Err(error) => {
            tracing::warn!(provider = provider.id, error = %chain(&error), "a provider vouched for nobody");
            Ok(Err(match error {
                AskError::Spent { .. } | AskError::Token { .. } => Refusal::Doubtful,
                _ => Refusal::Silent,
            }))
        }
    }
}

/// Their account, with the role that they have now, and what the provider is asked again with.
fn admitted(
    accounts: &dyn Accounts,
    provider: &Provider,
    vouched: &Vouched,
    now: Timestamp,
) -> anyhow::Result<Result<Box<Account>, Refusal>> {
    let Some(person) = provider.person(vouched) else { return Ok(Err(Refusal::WithoutRole)) };
    let Some(account) = accounts.admit(&person, &provider.id, now)? else { return Ok(Err(Refusal::Taken)) };
    accounts.keep_grant(&account.name, vouched.refresh.as_deref(), now + ASKED_AGAIN)?;
    Ok(Ok(Box::new(account)))
}

/// The account of a session that was opened at `since` as its provider knows it now; none when its person has left,
/// who is then signed out everywhere, or when the provider cannot be asked and the session is old. While the provider
/// does not answer the account stays as it was.
pub(super) fn still(
    accounts: &dyn Accounts,
    provider: &Provider,
    account: Account,
    since: Timestamp,
    now: Timestamp,
) -> anyhow::Result<Option<Account>> {
    let refresh = match accounts.take_grant(&account.name, now, now + RETRIED)? {
        Grant::Later => return Ok(Some(account)),
        Grant::Due(refresh) => refresh,
        Grant::None if now < since + WITHOUT_GRANT => return Ok(Some(account)),
        Grant::None => {
            accounts.note(&Notice::SessionEnded { name: account.name, at: now })?;
            return Ok(None);
        }
    };
    let subject = account.outside.as_ref().map(|o| o.subject.clone()).unwrap_or_default();
    let vouched = match provider.link.again(&refresh, &subject, now) {
        Ok(vouched) => vouched,
        Err(error) => {
            tracing::warn!(provider = provider.id, error = %chain(&error), "a provider could not be asked");
            return Ok(Some(account));
        }
    };
    // Their name may have changed there; the account keeps its own.
    let person = vouched.as_ref().and_then(|v| {
        let named = Vouched { name: Some(account.name.clone()), ..v.clone() };
        provider.person(&named)
    });
    let (Some(vouched), Some(person)) = (vouched, person) else { return left(accounts, account, now) };
    accounts.keep_grant(&account.name, vouched.refresh.as_deref(), now + ASKED_AGAIN)?;
    if person.role == account.role {
        return Ok(Some(account));
    }
    accounts.admit(&person, &provider.id, now)
}
