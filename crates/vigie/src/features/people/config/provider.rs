//! A provider of OpenID Connect as the file of sign-in writes it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use vigie_contract::{Contract, Label, Party};
use vigie_links::oidc;

use super::{ConfigError, GroupRole, SecretError, roles_of, secret};
use crate::features::people::Provider;

/// Characters of an id: it stands in addresses.
pub(crate) const MAX_ID: usize = 40;

/// What is wrong with a provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Its addresses.
    #[error(transparent)]
    Link(#[from] oidc::SettingsError),
    /// The file of its secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A role of another side.
    #[error("`{role}` is a role of another side than the provider's people")]
    Side {
        /// Which.
        role: String,
    },
    /// Its id.
    #[error("an id stands in addresses: write it in small letters, digits and dashes, {MAX_ID} at most")]
    Id,
    /// Nowhere to send people back to.
    #[error("write `address`, the address at which people reach this server, at the top of the file")]
    NoAddress,
}

/// A provider as it is written; see [`oidc::Settings`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderFile {
    pub(super) id: String,
    label: Label,
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    #[serde(default = "profile")]
    scopes: Vec<String>,
    #[serde(default = "preferred_username")]
    name: String,
    #[serde(default = "groups")]
    groups: String,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    second_factor: Asked,
    /// The side whose people these are: no role of another side is given.
    side: Party,
    #[serde(default, rename = "role")]
    roles: Vec<GroupRole>,
}

/// Where a second factor is asked.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    #[default]
    Here,
    Provider,
}

fn profile() -> Vec<String> {
    vec!["profile".to_owned()]
}

fn preferred_username() -> String {
    "preferred_username".to_owned()
}

fn groups() -> String {
    "groups".to_owned()
}

impl ProviderFile {
    /// Makes it ready; nothing is asked yet. `address` is where people reach this server.
    pub(super) fn read(self, path: &Path, address: Option<&str>, contract: &Contract) -> Result<Provider, ConfigError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let id = self.id.clone();
        let wrong = |reason| ConfigError::Provider { path: path.to_owned(), id: id.clone(), reason };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > MAX_ID || !self.id.chars().all(plain) {
            return Err(wrong(ProviderError::Id));
        }
        let address = address.ok_or_else(|| wrong(ProviderError::NoAddress))?.trim_end_matches('/');
        let other_side = |role| wrong(ProviderError::Side { role });
        let roles = roles_of(path, "provider.role", self.roles, self.side, contract, other_side)?;
        let client_secret = self.client_secret_file.map(|file| secret(&folder.join(file))).transpose();
        let settings = oidc::Settings {
            issuer: self.issuer,
            client_id: self.client_id,
            client_secret: client_secret.map_err(|e| wrong(e.into()))?,
            scopes: self.scopes,
            name: self.name,
            groups: self.groups,
            hosts: self.hosts,
            back: format!("{address}/connexion/fournisseur/{id}/retour"),
            after: format!("{address}/connexion"),
        };
        let link = oidc::Provider::new(settings).map_err(|e| wrong(e.into()))?;
        let vouches_for_second = self.second_factor == Asked::Provider;
        Ok(Provider { id: self.id, label: self.label, link, roles, vouches_for_second })
    }
}
