//! What others' files and servers refuse, in French.

use vigie_links::{
    MappingError, Problem, ReadError, TlsError, Wanted,
    ezv::{EzvError, Unreadable},
    http::{AddressError, HttpError},
    ldap::{AskError, SettingsError},
    mail::{
        self, ComposeError,
        imap::ImapError,
        listen::Refusal,
        smtp::{RelayError, Unsent},
    },
    oidc, quoted,
    webhook::{BadSecret, Refused},
};

use super::French;

impl French for MappingError {
    fn fr(&self) -> String {
        format!("{}:{}:{} : {}", self.file, self.line, self.column, self.problem.fr())
    }
}

impl French for Problem {
    fn fr(&self) -> String {
        match self {
            Self::Unreadable { why } => format!(
                "la correspondance ne se lit pas ({why}) ; donner le chemin d'un fichier TOML en UTF-8"
            ),
            Self::Toml(message) => vigie_contract::toml_words::any_in_french(message),
            Self::UnknownColumn { name, declared } => {
                format!("la colonne `{name}` n'est pas déclarée ; sont déclarées {}", list(declared))
            }
            Self::UnknownTable { name, declared } => {
                format!("la table `{name}` n'est pas déclarée ; sont déclarées {}", list(declared))
            }
            Self::Value { what, value, remedy } => {
                format!("`{value}` ne convient pas ({}) ; écrire {}", what.fr, remedy.fr)
            }
            Self::Personal { name } => format!(
                "la colonne `{name}` est personnelle et ne doit pas entrer dans un corps ; retirer le champ, ou ôter la colonne de `personal`"
            ),
            Self::FieldSource => "un champ se remplit par exactement l'un de `column` et `value` ; `table` et `as` vont avec `column`, et s'excluent".to_owned(),
            Self::Body { why } => format!(
                "{why} ; corriger le champ, sa table, ou dire `required = true` pour ce dont l'évènement ne peut se passer"
            ),
            Self::Twice { what, name } => format!(
                "{} `{name}` s'y trouve deux fois, casse, accents et ponctuation mis à part ; n'en garder qu'une forme",
                what.fr
            ),
            Self::NoEvent => {
                "la correspondance n'a aucun [[event]] ; en ajouter un avec `kind` et `at`".to_owned()
            }
        }
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

impl French for ReadError {
    fn fr(&self) -> String {
        match self {
            Self::Io { line, source } => format!(
                "le fichier n'a pu être lu après la ligne {line} : {} ; toutes les lignes d'avant ont été reprises : relancer l'import",
                source.fr()
            ),
            Self::Sink { line, source: _ } => format!(
                "l'évènement ou le rejet de la ligne {line} n'a pu être gardé ; les lignes d'avant l'ont été : réparer la cause et relancer l'import"
            ),
            Self::NoHeader => "le fichier n'a pas de ligne d'en-tête ; rien n'a été repris : donner un fichier CSV dont la première ligne nomme les colonnes".to_owned(),
            Self::BrokenHeader { line, reason } => format!(
                "l'en-tête (ligne {line}) ne se lit pas ; rien n'a été repris : {}",
                reason.fr()
            ),
            Self::MissingColumns { wanted, one_of, found } => format!(
                "{} ; rien n'a été repris. Ses en-têtes sont : {}. Les ajouter à [columns] de la correspondance, ou vérifier le séparateur",
                lacks(wanted, one_of),
                quoted(found)
            ),
            Self::RepeatedHeader { header, column } => format!(
                "deux colonnes s'appellent `{header}`, que la correspondance lit comme `{column}` ; rien n'a été repris : en renommer une dans le fichier"
            ),
        }
    }
}

fn lacks(wanted: &[Wanted], one_of: &[Wanted]) -> String {
    let called = |c: &Wanted| format!("{} (appelé {})", c.name, quoted(&c.headers));
    let wanted = wanted.iter().map(called).collect::<Vec<_>>().join(", ");
    let one_of = one_of.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    match (wanted.is_empty(), one_of.is_empty()) {
        (_, true) => format!("il manque au fichier {wanted}"),
        (true, _) => format!("il faut au fichier au moins l'un de {one_of}"),
        _ => format!("il manque au fichier {wanted}, et il lui faut au moins l'un de {one_of}"),
    }
}

impl French for TlsError {
    fn fr(&self) -> String {
        match self {
            Self::NoRoots => "cette machine n'a pas de certificats racines : installer le paquet qui les porte (Debian : ca-certificates)".to_owned(),
            Self::Setup(_) => "TLS ne peut être mis en place".to_owned(),
        }
    }
}

impl French for AddressError {
    fn fr(&self) -> String {
        match self {
            Self::Malformed => "ce n'est pas une adresse : l'écrire https://hôte/chemin".to_owned(),
            Self::Open { host } => {
                format!("il faut parler à {host} par https ; seule cette machine s'en passe")
            }
            Self::Account => "une adresse ne porte pas de compte : l'ôter de l'adresse".to_owned(),
        }
    }
}

impl French for HttpError {
    fn fr(&self) -> String {
        match self {
            Self::Connect { place, source: _ } => {
                format!("{place} est injoignable : vérifier le nom, le port et le réseau")
            }
            Self::Inner { place } => {
                format!("{place} est dans un réseau intérieur, où ceci ne peut aller ; rien n'a été demandé")
            }
            Self::Tls(error) => error.fr(),
            Self::Certificate { place, source: _ } => {
                format!("{place} ne prouve pas qui il est : vérifier son certificat et les racines de cette machine")
            }
            Self::Slow { place, seconds } => format!("{place} n'a pas répondu en {seconds} s"),
            Self::TooLarge { place, limit_bytes } => {
                format!("{place} a répondu par plus de {limit_bytes} octets")
            }
            Self::Broken { place, source: _ } => {
                format!("la liaison avec {place} s'est rompue, ou ce qui en vient n'est pas du HTTP")
            }
            Self::Unwritable { place, source: _ } => format!(
                "ce qui est demandé à {place} ne peut s'écrire : un en-tête ou l'adresse contient ce qu'aucun ne peut contenir"
            ),
        }
    }
}

impl French for EzvError {
    fn fr(&self) -> String {
        match self {
            Self::Address(_) => "l'adresse d'EZV ne peut servir".to_owned(),
            Self::Http(error) => error.fr(),
            Self::Refused { status, said, retry_after: _ } if said.is_empty() => {
                format!("EZV a refusé, avec le statut {status}")
            }
            Self::Refused { status, said, retry_after: _ } => {
                format!("EZV a refusé, avec le statut {status} : {said}")
            }
            Self::Unreadable(error) => error.fr(),
        }
    }
}

impl French for Unreadable {
    fn fr(&self) -> String {
        match self {
            Self::Json => "EZV a répondu autre chose que du JSON".to_owned(),
            Self::Shape { what } => format!("il manque à la réponse d'EZV : {}", what.fr),
            Self::Ignored { what } => format!(
                "EZV n'a pas respecté ce qui était demandé ({}) : le nom du champ est-il le bon pour cette installation ?",
                what.fr
            ),
        }
    }
}

impl French for BadSecret {
    fn fr(&self) -> String {
        "un secret s'écrit `whsec_` suivi de 24 à 64 octets en base 64".to_owned()
    }
}

impl French for Refused {
    fn fr(&self) -> String {
        match self {
            Self::Headers => "un en-tête du message manque ou ne se lit pas",
            Self::Age => "le message a été signé il y a trop longtemps, ou par une horloge en avance",
            Self::Forged => "aucun secret connu n'a signé le message",
            Self::Replayed => "le message est déjà venu",
        }
        .to_owned()
    }
}

impl French for SettingsError {
    fn fr(&self) -> String {
        match self {
            Self::Unencrypted => "url n'est pas chiffrée : écrire ldaps://, ou start_tls = true, ou unencrypted = true si personne ne peut écouter".to_owned(),
            Self::NoName => "filter doit contenir {name}, par exemple (uid={name})".to_owned(),
            Self::Certificates { file, reason } => {
                let reason = match reason.as_str() {
                    "it holds no certificate in PEM" => "il ne contient aucun certificat en PEM",
                    other => other,
                };
                format!("{} : {reason}", file.display())
            }
            Self::Tls(error) => format!("TLS ne peut être mis en place : {error}"),
        }
    }
}

impl French for AskError {
    fn fr(&self) -> String {
        match self {
            Self::Silent { url, source: _ } => format!("l'annuaire {url} ne répond pas"),
            Self::Refused { url, what, code, text } => format!(
                "l'annuaire {url} refuse de {} (code {code} : {text}) ; vérifier son compte, base et filter",
                what.fr
            ),
            Self::Several { url } => {
                format!("l'annuaire {url} a plusieurs entrées pour un nom ; rendre le filtre plus étroit")
            }
        }
    }
}

impl French for oidc::SettingsError {
    fn fr(&self) -> String {
        match self {
            Self::Issuer { issuer, source } => format!("issuer `{issuer}` : {}", source.fr()),
            Self::Back(error) => format!("adresse : {}", error.fr()),
        }
    }
}

impl French for oidc::AskError {
    fn fr(&self) -> String {
        match self {
            Self::Silent(_) => "le fournisseur ne répond pas".to_owned(),
            Self::Elsewhere { place } => format!(
                "le fournisseur répond depuis {place}, qui n'est pas son hôte : l'ajouter à `hosts` si c'est juste"
            ),
            Self::Unusable { reason } => format!("ce que le fournisseur dit de lui-même ne peut servir : {reason}"),
            Self::Spent { reason } => format!("le fournisseur ne prend plus cela ({reason})"),
            Self::Refused { reason } => {
                format!("le fournisseur nous refuse ({reason}) ; vérifier client_id, son secret et l'adresse de retour")
            }
            Self::Token { reason } => format!("le jeton du fournisseur ne tient pas : {reason}"),
        }
    }
}

impl French for ComposeError {
    fn fr(&self) -> String {
        match self {
            Self::Id { id } => format!(
                "« {id} » ne peut faire partie de l'identifiant d'un courriel : donner 1 à 64 lettres, chiffres, `-`, `_` ou `.`"
            ),
            Self::Address { address } => format!(
                "« {address} » n'est pas une adresse à laquelle envoyer un courriel : la corriger ; rien n'a été envoyé"
            ),
            Self::Addressees { count } => format!(
                "un courriel a au moins un destinataire et pas plus que la limite, et celui-ci en a {count} : rien n'a été envoyé"
            ),
            Self::Write => "le courriel n'a pu être écrit : rien n'a été envoyé".to_owned(),
        }
    }
}

impl French for mail::Unreadable {
    fn fr(&self) -> String {
        match self {
            Self::Empty => {
                "le courriel est vide : rien n'a été lu ; garder les octets bruts et demander à l'expéditeur".to_owned()
            }
            Self::TooLarge { size_bytes } => format!(
                "le courriel a {size_bytes} octets, et on en lit au plus {} : garder les octets bruts et demander un autre moyen à l'expéditeur",
                mail::MAX_MAIL_BYTES
            ),
        }
    }
}

impl French for ImapError {
    fn fr(&self) -> String {
        match self {
            Self::Connect { host, port, source: _ } => {
                format!("{host}:{port} est injoignable : vérifier le nom, le port et le réseau")
            }
            Self::Tls(_) => "TLS avec le serveur de courriel n'est pas possible".to_owned(),
            Self::Name(host) => {
                format!("« {host} » n'est pas un nom de serveur : corriger host de la boîte")
            }
            Self::SignIn(_) => "le serveur de courriel refuse le compte : vérifier user, password ou token".to_owned(),
            Self::Folder { folder, source: _ } => {
                format!("le dossier « {folder} » ne se lit pas : vérifier son nom et les droits du compte")
            }
            Self::Protocol(_) => "l'échange avec le serveur de courriel s'est rompu : il sera repris".to_owned(),
            Self::Silent => "le serveur de courriel ne répond pas : il sera réinterrogé".to_owned(),
            Self::TooMany => {
                "le dossier contient trop de courriels non lus : en déplacer d'anciens ailleurs".to_owned()
            }
            Self::Kept(refusal) => {
                format!("le courriel n'a pu être gardé et reste sur le serveur : {}", refusal.fr())
            }
        }
    }
}

impl French for Refusal {
    /// What it says goes to mail servers of others, whose language is English.
    fn fr(&self) -> String {
        match self {
            Self::Later(told) => format!("pas maintenant ({told})"),
            Self::Never(told) => format!("jamais ({told})"),
        }
    }
}

impl French for Unsent {
    fn fr(&self) -> String {
        match self {
            Self::Later { why, may_have_arrived: _ } => {
                format!("le serveur de courriel n'a pas encore pris le courriel ({why}) : il sera réessayé")
            }
            Self::Never { why } => format!(
                "le serveur de courriel refuse le courriel ({why}) : corriger l'adresse ou le courriel, puis le renvoyer"
            ),
        }
    }
}

impl French for RelayError {
    fn fr(&self) -> String {
        format!(
            "le serveur de courriel « {} » ne peut servir : corriger son nom, ou les certificats racines de cette machine",
            self.host
        )
    }
}
