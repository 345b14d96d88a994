//! People whom an OpenID Connect provider vouches for: authorisation code with PKCE, and nothing else.
//!
//! Signatures, issuer, audience and nonce are the `openidconnect` crate's to check; which hosts are asked, which
//! algorithms count, and what a clock may differ by are ours. MUST NOT ask a host that the operator did not name,
//! follow a redirection, take a token that is signed with a shared secret or not at all, or print a code or a token.

mod claims;
#[cfg(test)]
mod tests;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdTokenFields, IssuerUrl, LogoutRequest,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};

use crate::http::{self, Address, AddressError, Answer, Ask, HttpError, Limits, Network};
use claims::{All, groups, text};

/// What a provider is waited for, and how much is read of one answer: documents of discovery and keys have a few kB.
const LIMITS: Limits = Limits { time: Duration::from_secs(5), answer_bytes: 512 * 1024, network: Network::Any };
/// What its clock may differ from ours by.
const SKEW: SignedDuration = SignedDuration::from_secs(60);
/// What it says of itself is asked again after so long; keys also as soon as one is missing.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Characters of a code that are passed on; a longer one is none.
const MAX_CODE: usize = 4_000;
/// Characters of a name; no account has more.
const MAX_NAME: usize = 100;
/// With it the provider lets itself be asked again while its person is away, and asks their consent for that.
const OFFLINE: &str = "offline_access";

/// Signed with a key that the provider alone has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Tokens = StandardTokenResponse<
    IdTokenFields<
        All,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Party = Client<
    All,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Which provider, and what it calls things.
#[derive(Clone)]
pub struct Settings {
    /// Its issuer, exactly as its tokens name it.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret that it shares with us; none for a public client.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds the name to call people by.
    pub name: String,
    /// The claim that holds their groups: a text or a list; points lead into objects.
    pub groups: String,
    /// Further hosts that it answers from, beside the issuer's own: `host` or `host:port`.
    pub hosts: Vec<String>,
    /// Where it sends people back to.
    pub back: String,
    /// Where it sends people who have signed out.
    pub after: String,
}

/// Why a provider cannot be used so.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Its address.
    #[error("issuer `{issuer}`: {source}")]
    Issuer {
        /// What is written.
        issuer: String,
        /// What is wrong with it.
        source: AddressError,
    },
    /// Where it sends people back to.
    #[error("address: {0}")]
    Back(AddressError),
}

/// Why a provider vouched for nobody.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It cannot be reached, or says nothing in time.
    #[error("the provider does not answer")]
    Silent(#[source] HttpError),
    /// It sends us to a host that the operator did not name.
    #[error("the provider answers from {place}, which is not its own host: add it to `hosts` if it is right")]
    Elsewhere {
        /// Host and port.
        place: String,
    },
    /// What it says of itself cannot be used.
    #[error("what the provider says of itself cannot be used: {reason}")]
    Unusable {
        /// Why.
        reason: String,
    },
    /// It refuses the code or the token that was given to it: used, too old, or of somebody who has left.
    #[error("the provider takes this no more ({reason})")]
    Spent {
        /// Its word.
        reason: String,
    },
    /// It refuses us.
    #[error("the provider refuses us ({reason}); check client_id, its secret and the address of return")]
    Refused {
        /// Its words.
        reason: String,
    },
    /// Its token does not hold.
    #[error("the provider's token does not hold: {reason}")]
    Token {
        /// What is wrong with it.
        reason: String,
    },
}

/// How a sign-in begins.
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What the token must repeat.
    pub nonce: String,
    /// What proves that whoever ends it began it.
    pub verifier: String,
}

/// Somebody as a provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// What they are called there for ever.
    pub subject: String,
    /// What to call them; none when the claim is absent or no name.
    pub name: Option<String>,
    /// Their groups.
    pub groups: Vec<String>,
    /// What the provider may be asked again with.
    pub refresh: Option<String>,
}

/// A provider, ready to be asked. Calls block.
pub struct Provider {
    settings: Settings,
    issuer: IssuerUrl,
    places: Vec<String>,
    known: Mutex<Option<(Timestamp, ProviderMetadataWithLogout)>>,
}

/// Shows no secret.
impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.settings.issuer)
    }
}

impl Provider {
    /// Makes ready; nothing is asked yet.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let refused = |source| SettingsError::Issuer { issuer: settings.issuer.clone(), source };
        let mut places = vec![Address::parse(&settings.issuer).map_err(refused)?.place()];
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| refused(AddressError::Malformed))?;
        for address in [&settings.back, &settings.after] {
            Address::parse(address).map_err(SettingsError::Back)?;
        }
        let with_port = |host: &String| if host.contains(':') { host.clone() } else { format!("{host}:443") };
        places.extend(settings.hosts.iter().map(with_port));
        Ok(Self { settings, issuer, places, known: Mutex::default() })
    }

    /// What its tokens name it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where to send who wants to sign in; `state` comes back with them.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn begin(&self, state: &str, now: Timestamp) -> Result<Begun, AskError> {
        let party = self.party(&self.metadata(now)?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new(state.to_owned());
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let mut request = party
            .authorize_url(flow, move || state, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge);
        if self.settings.scopes.iter().any(|s| s == OFFLINE) {
            request = request.add_prompt(CoreAuthPrompt::Consent);
        }
        let (url, _, nonce) = request.url();
        Ok(Begun { url: url.into(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() })
    }

    /// Who came back with a code.
    ///
    /// # Errors
    /// [`AskError`].
    pub fn finish(&self, code: &str, nonce: &str, verifier: String, now: Timestamp) -> Result<Vouched, AskError> {
        if code.is_empty() || code.len() > MAX_CODE {
            return Err(AskError::Spent { reason: "no code".to_owned() });
        }
        let metadata = self.metadata(now)?;
        let party = self.party(&metadata)?;
        let request = party
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|e| unusable(&e))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let tokens = request.request(&|r| self.exchange(r)).map_err(refusal)?;
        if tokens.id_token().is_none() {
            return Err(AskError::Token { reason: "there is none".to_owned() });
        }
        let vouched = self.read(&metadata, &tokens, Some(&Nonce::new(nonce.to_owned())), now)?;
        vouched.ok_or_else(|| AskError::Token { reason: "there is none".to_owned() })
    }

    /// The same person as the provider knows them now; none when it knows them no more, or gives a token of somebody
    /// else. A provider that renews without saying who it is about vouches with its userinfo.
    ///
    /// # Errors
    /// [`AskError`], but never [`AskError::Spent`].
    pub fn again(&self, refresh: &str, subject: &str, now: Timestamp) -> Result<Option<Vouched>, AskError> {
        let metadata = self.metadata(now)?;
        let party = self.party(&metadata)?;
        let token = RefreshToken::new(refresh.to_owned());
        let request = party.exchange_refresh_token(&token).map_err(|e| unusable(&e))?;
        let tokens = match request.request(&|r| self.exchange(r)).map_err(refusal) {
            Ok(tokens) => tokens,
            Err(AskError::Spent { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(mut vouched) = self.read(&metadata, &tokens, None, now)? else {
            return Err(AskError::Token { reason: "nothing says whom it is about".to_owned() });
        };
        // A provider that does not change it keeps it good.
        vouched.refresh.get_or_insert_with(|| refresh.to_owned());
        Ok(Some(vouched).filter(|v| v.subject == subject))
    }

    /// Where to send who wants to sign out there too; none when the provider has no such place, or does not answer.
    #[must_use]
    pub fn sign_out(&self, now: Timestamp) -> Option<String> {
        let metadata = self.metadata(now).ok()?;
        let end = metadata.additional_metadata().end_session_endpoint.clone()?;
        let after = PostLogoutRedirectUrl::new(self.settings.after.clone()).ok()?;
        let request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(after);
        Some(request.http_get_url().into())
    }

    /// What it says of itself, with its keys.
    fn metadata(&self, now: Timestamp) -> Result<ProviderMetadataWithLogout, AskError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read_at, metadata)) = known
            && now < read_at + KNOWN_FOR
        {
            return Ok(metadata);
        }
        self.discover(now)
    }

    fn discover(&self, now: Timestamp) -> Result<ProviderMetadataWithLogout, AskError> {
        let found = ProviderMetadataWithLogout::discover(&self.issuer, &|r| self.exchange(r));
        let metadata = found.map_err(|error| match error {
            openidconnect::DiscoveryError::Request(error) => error.into(),
            openidconnect::DiscoveryError::Response(status, _, _) => {
                AskError::Unusable { reason: format!("it answers {status}") }
            }
            error => unusable(&error),
        })?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, metadata.clone()));
        Ok(metadata)
    }

    fn party(&self, metadata: &ProviderMetadataWithLogout) -> Result<Party, AskError> {
        let Settings { client_id, client_secret, back, .. } = &self.settings;
        let secret = client_secret.clone().map(ClientSecret::new);
        let party = Party::from_provider_metadata(metadata.clone(), ClientId::new(client_id.clone()), secret);
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |m: CoreClientAuthMethod| methods.is_none_or(|all| all.contains(&m));
        let auth =
            if takes(CoreClientAuthMethod::ClientSecretBasic) { AuthType::BasicAuth } else { AuthType::RequestBody };
        let back = RedirectUrl::new(back.clone()).map_err(|e| unusable(&e))?;
        Ok(party.set_auth_type(auth).set_redirect_uri(back))
    }

    /// Whom tokens are about; none when nothing in them says so.
    fn read(
        &self,
        metadata: &ProviderMetadataWithLogout,
        tokens: &Tokens,
        nonce: Option<&Nonce>,
        now: Timestamp,
    ) -> Result<Option<Vouched>, AskError> {
        let checked = self.claims(metadata, tokens, nonce, now);
        // A key that is missing may be new: keys are read again, once.
        let (subject, mut said) = match checked {
            Err(Doubt::Key(_)) => {
                let metadata = self.discover(now)?;
                self.claims(&metadata, tokens, nonce, now).map_err(AskError::from)?
            }
            other => other.map_err(AskError::from)?,
        };
        let party = self.party(metadata)?;
        let complete = said.contains_key(&self.settings.name) && !groups(&said, &self.settings.groups).is_empty();
        let subject = match subject {
            Some(subject) if complete || party.user_info_url().is_none() => subject,
            subject => {
                let known = subject.clone().map(openidconnect::SubjectIdentifier::new);
                let request = party.user_info(tokens.access_token().clone(), known).map_err(|e| unusable(&e))?;
                let more = request.require_signed_response(false).request(&|r| self.exchange(r));
                let more: openidconnect::UserInfoClaims<All, CoreGenderClaim> = more.map_err(userinfo_refusal)?;
                // What the signed token says comes first.
                for (name, value) in claims::as_map(&more)? {
                    said.entry(name).or_insert(value);
                }
                more.subject().as_str().to_owned()
            }
        };
        let name = text(&said, &self.settings.name);
        let name = name.map(|n| n.trim().to_lowercase());
        let fits = |n: &String| !n.is_empty() && n.chars().count() <= MAX_NAME && !n.chars().any(char::is_control);
        Ok(Some(Vouched {
            subject,
            name: name.filter(fits),
            groups: groups(&said, &self.settings.groups),
            refresh: tokens.refresh_token().map(|t| t.secret().clone()),
        }))
    }

    /// The subject and all claims of the signed token, checked; neither when there is no token.
    fn claims(
        &self,
        metadata: &ProviderMetadataWithLogout,
        tokens: &Tokens,
        nonce: Option<&Nonce>,
        now: Timestamp,
    ) -> Result<(Option<String>, claims::Said), Doubt> {
        let Some(token) = tokens.id_token() else { return Ok((None, claims::Said::default())) };
        let party = self.party(metadata).map_err(Doubt::Ask)?;
        let (early, late) = (instant(now - SKEW), instant(now + SKEW));
        let verifier = party
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || early)
            .set_issue_time_verifier_fn(move |at| if at <= late { Ok(()) } else { Err("issued in the future".into()) });
        let repeats = |found: Option<&Nonce>| match nonce {
            Some(nonce) => openidconnect::NonceVerifier::verify(nonce, found),
            None => Ok(()),
        };
        let said = token.claims(&verifier, repeats)?;
        if said.authorized_party().is_some_and(|azp| **azp != *self.settings.client_id) {
            return Err(Doubt::Other("it was made for another party".to_owned()));
        }
        if let Some(expected) = said.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(Doubt::Key)?;
            let found =
                AccessTokenHash::from_token(tokens.access_token(), token.signing_alg().map_err(Doubt::Key)?, key);
            if found.ok().as_ref() != Some(expected) {
                return Err(Doubt::Other("it belongs to another access token".to_owned()));
            }
        }
        Ok((Some(said.subject().as_str().to_owned()), claims::as_map(said).map_err(Doubt::Ask)?))
    }

    /// One exchange, with a named host.
    fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (parts, body) = request.into_parts();
        let address = Address::parse(&parts.uri.to_string())?;
        if !self.places.contains(&address.place()) {
            return Err(CallError::Elsewhere { place: address.place() });
        }
        let mut headers = Vec::new();
        for name in ["accept", "authorization", "content-type"] {
            if let Some(value) = parts.headers.get(name).and_then(|v| v.to_str().ok()) {
                headers.push((name, value.to_owned()));
            }
        }
        let Answer { status, body, .. } =
            http::ask_blocking(Ask { method: parts.method, address, headers, body }, LIMITS)?;
        let mut response = HttpResponse::new(body);
        *response.status_mut() = ::http::StatusCode::from_u16(status).unwrap_or(::http::StatusCode::BAD_GATEWAY);
        Ok(response)
    }
}

/// An instant as the crate keeps it.
fn instant(at: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(at.as_second(), 0).unwrap_or_default()
}

/// Why one exchange came to nothing.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("{place} is not the provider's host")]
    Elsewhere { place: String },
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl From<CallError> for AskError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Address(error) => unusable(&error),
            CallError::Elsewhere { place } => Self::Elsewhere { place },
            CallError::Http(error) => Self::Silent(error),
        }
    }
}

/// What is wrong with a token.
enum Doubt {
    /// No key of the provider fits; there may be a new one.
    Key(openidconnect::SignatureVerificationError),
    Other(String),
    Ask(AskError),
}

impl From<openidconnect::ClaimsVerificationError> for Doubt {
    fn from(error: openidconnect::ClaimsVerificationError) -> Self {
        match error {
            openidconnect::ClaimsVerificationError::SignatureVerification(error) => Self::Key(error),
            error => Self::Other(error.to_string()),
        }
    }
}

impl From<Doubt> for AskError {
    fn from(doubt: Doubt) -> Self {
        match doubt {
            Doubt::Key(error) => Self::Token { reason: error.to_string() },
            Doubt::Other(reason) => Self::Token { reason },
            Doubt::Ask(error) => error,
        }
    }
}

fn unusable(error: &dyn std::error::Error) -> AskError {
    AskError::Unusable { reason: error.to_string() }
}

fn refusal(error: RequestTokenError<CallError, StandardErrorResponse<CoreErrorResponseType>>) -> AskError {
    match error {
        RequestTokenError::ServerResponse(said) if *said.error() == CoreErrorResponseType::InvalidGrant => {
            AskError::Spent { reason: "invalid_grant".to_owned() }
        }
        RequestTokenError::ServerResponse(said) => AskError::Refused { reason: said.error().as_ref().to_owned() },
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::Parse(error, _) => {
            AskError::Unusable { reason: format!("its tokens do not read: {}", error.path()) }
        }
        RequestTokenError::Other(_) => AskError::Unusable { reason: "its answer is no token".to_owned() },
    }
}

fn userinfo_refusal(error: openidconnect::UserInfoError<CallError>) -> AskError {
    match error {
        openidconnect::UserInfoError::Request(error) => error.into(),
        openidconnect::UserInfoError::ClaimsVerification(error) => AskError::Token { reason: error.to_string() },
        openidconnect::UserInfoError::Response(status, _, _) => {
            AskError::Unusable { reason: format!("its userinfo answers {status}") }
        }
        error => unusable(&error),
    }
}
