//! What features and settings of the program refuse, in French.

use vigie_contract::toml_words;

use super::{French, phrases::phrase};
use crate::{
    demo::DemoError,
    features::{
        desk::import::ImportError,
        ezv::{self, LinkError, export::ReconcileError},
        judgement::MonthError,
        people::{
            ConfigError, DirectoryError, MAX_PASSWORD_BYTES, MAX_PROVIDER_ID, MIN_PASSWORD_CHARS, PasswordError,
            ProviderError, SecretError,
        },
        post::{self, PostError},
        proof::ProofError,
    },
    record::RecordError,
    seal::{KEY_BYTES, SealError},
    settings_file::{Fault, FileError},
};

impl French for FileError {
    fn fr(&self) -> String {
        match self {
            Self::Unreadable { path, source: _ } => format!("{} : lecture impossible", path.display()),
            Self::TooLarge { path, limit_bytes } => {
                format!("{} a plus de {limit_bytes} octets : c'est un autre fichier", path.display())
            }
            Self::Wrong { path, line, column, fault } => {
                format!("{}:{line}:{column} : {}", path.display(), fault.fr())
            }
            Self::Variable(name) => {
                format!("l'environnement n'a pas de variable {name} : lui donner le secret, ou nommer un fichier")
            }
        }
    }
}

impl French for Fault {
    fn fr(&self) -> String {
        let wanted = |expected: &str| toml_words::expected_in_french(expected);
        match self {
            Self::Syntax(message) => {
                format!("ce n'est pas du TOML : {}", toml_words::syntax_in_french(message))
            }
            Self::UnknownKey { key, expected } => {
                format!("la clé `{key}` est inconnue ; attendu : {}", wanted(expected))
            }
            Self::MissingKey(key) => format!("la clé `{key}` manque"),
            Self::Value { key, expected } => {
                format!("la valeur de `{key}` ne convient pas ; attendu : {}", wanted(expected))
            }
            Self::Refused(key) => format!("la valeur de `{key}` ne se lit pas"),
        }
    }
}

impl French for post::SettingsError {
    fn fr(&self) -> String {
        match self {
            Self::File(error) => error.fr(),
            Self::Value { field, reason } => format!("`{field}` : {}", reason.fr),
        }
    }
}

impl French for ezv::SettingsError {
    fn fr(&self) -> String {
        match self {
            Self::File(error) => error.fr(),
            Self::Credentials => {
                "donner soit `token_file` ou `token_env`, soit un `login` avec `password_file` ou `password_env`"
                    .to_owned()
            }
            Self::Address(_) => "adresse de `base`".to_owned(),
            Self::Zone(zone) => format!("`zone` : cette machine ne connaît pas le fuseau `{zone}`"),
            Self::Bounds { field, found, bounds } => {
                format!("`{field}` vaut {found} : écrire {}", bounds.fr)
            }
        }
    }
}

impl French for ConfigError {
    fn fr(&self) -> String {
        match self {
            Self::File(error) => error.fr(),
            Self::Role { path, place, role, known } => {
                format!("{}, {place} : `{role}` n'est pas un rôle du contrat ; écrire l'un de {known}", path.display())
            }
            Self::Twice { path, id } => format!(
                "{} : il y a deux annuaires ou fournisseurs `{id}` ; les comptes gardent ce nom, donner le sien à chacun",
                path.display()
            ),
            Self::Directory { path, id, reason } => {
                format!("{}, annuaire `{id}` : {}", path.display(), reason.fr())
            }
            Self::Provider { path, id, reason } => {
                format!("{}, fournisseur `{id}` : {}", path.display(), reason.fr())
            }
        }
    }
}

impl French for DirectoryError {
    fn fr(&self) -> String {
        match self {
            Self::Link(error) => error.fr(),
            Self::HalfABind => "bind_dn veut bind_password_file, et inversement".to_owned(),
            Self::Secret(error) => error.fr(),
            Self::Side { role } => {
                format!("`{role}` est un rôle d'une autre partie que celle des gens de l'annuaire")
            }
        }
    }
}

impl French for SecretError {
    fn fr(&self) -> String {
        let Self { file, source } = self;
        let why = source.fr();
        format!("{} ne peut servir de mot de passe : {}", file.display(), phrase(&why))
    }
}

impl French for ProviderError {
    fn fr(&self) -> String {
        match self {
            Self::Link(error) => error.fr(),
            Self::Secret(error) => error.fr(),
            Self::Side { role } => {
                format!("`{role}` est un rôle d'une autre partie que celle des gens du fournisseur")
            }
            Self::Id => format!(
                "un id figure dans des adresses : l'écrire en minuscules, chiffres et tirets, {MAX_PROVIDER_ID} au plus"
            ),
            Self::NoAddress => {
                "écrire `address`, l'adresse à laquelle on atteint ce serveur, en tête du fichier".to_owned()
            }
        }
    }
}

impl French for PasswordError {
    fn fr(&self) -> String {
        match self {
            Self::TooShort => {
                format!("le mot de passe a moins de {MIN_PASSWORD_CHARS} caractères ; en choisir un plus long")
            }
            Self::TooLong => {
                format!("le mot de passe a plus de {MAX_PASSWORD_BYTES} octets ; en choisir un plus court")
            }
            Self::HasName => "le mot de passe contient le nom du compte ; en choisir un autre".to_owned(),
            Self::Hashing => "l'empreinte du mot de passe n'a pu être calculée ; recommencer, et regarder si la machine manque de mémoire".to_owned(),
        }
    }
}

impl French for SealError {
    fn fr(&self) -> String {
        match self {
            Self::File { path, source } => format!(
                "{} : la clé des secrets de comptes ne peut être lue ni créée : {}",
                path.display(),
                source.fr()
            ),
            Self::NoKey { path, found } => format!(
                "{} a {found} octets et non les {KEY_BYTES} d'une clé ; le restaurer depuis sa sauvegarde",
                path.display()
            ),
            Self::Randomness(why) => format!("la machine ne donne pas d'aléa : {why}"),
            Self::Closed { owner, path } => format!(
                "un secret scellé de {owner} ne s'ouvre pas avec {} ; restaurer ce fichier, ou faire reposer le second facteur",
                path.display()
            ),
        }
    }
}

impl French for RecordError {
    fn fr(&self) -> String {
        match self {
            Self::Fact { subject, source: _ } => format!("l'écriture au sujet de {subject} a été refusée"),
            Self::Journal(error) => error.fr(),
            Self::Store(error) => error.fr(),
            Self::Timeline(error) => error.fr(),
            Self::Pack { subject, source: _ } => {
                format!("la chronologie de {subject} n'a pu être empaquetée")
            }
        }
    }
}

impl French for DemoError {
    fn fr(&self) -> String {
        match self {
            Self::NoHours => "le contrat ne donne pas de plage de traitement pour P3, la démonstration ne sait donc pas quand on travaille ; l'ajouter à priorities.toml".to_owned(),
            Self::Contract(_) => "le contrat ne peut être préparé pour la démonstration".to_owned(),
            Self::Date(_) => "la démonstration ne peut être établie autour de cette date".to_owned(),
            Self::Duty(_) => {
                "une obligation récurrente ne peut être datée dans l'année de démonstration".to_owned()
            }
        }
    }
}

impl French for ImportError {
    fn fr(&self) -> String {
        match self {
            Self::Read(error) => error.fr(),
            Self::Write(error) => error.fr(),
            Self::Store(error) => error.fr(),
            Self::Rejects(_) => {
                "le fichier des rejets ne peut être écrit ; ce qui était importé reste, relancer l'import".to_owned()
            }
            Self::Thread => {
                "la lecture du fichier a fini trop tôt ; ce qui était importé reste, relancer l'import".to_owned()
            }
        }
    }
}

impl French for ReconcileError {
    fn fr(&self) -> String {
        match self {
            Self::Read(error) => error.fr(),
            Self::Case(error) => error.fr(),
            Self::Store(error) => error.fr(),
        }
    }
}

impl French for LinkError {
    fn fr(&self) -> String {
        match self {
            Self::Desk(error) => error.fr(),
            Self::Case(error) => error.fr(),
            Self::Record(error) => error.fr(),
            Self::Journal(error) => error.fr(),
            Self::Store(error) => error.fr(),
            Self::TakenOver => taken_over(),
        }
    }
}

fn taken_over() -> String {
    "un autre nœud a repris ce travail".to_owned()
}

impl French for PostError {
    fn fr(&self) -> String {
        match self {
            Self::Desk(error) => error.fr(),
            Self::Record(error) => error.fr(),
            Self::Journal(error) => error.fr(),
            Self::Store(error) => error.fr(),
            Self::Compose(error) => error.fr(),
            Self::Order(_) => "la commande d'un courriel ne peut être empaquetée ou lue".to_owned(),
            Self::Lost(id) => format!("l'écriture {id} est connue et ne se lit pas"),
            Self::Changed => "quelque chose a changé pendant la lecture du courriel : il sera relu".to_owned(),
            Self::TakenOver => taken_over(),
            Self::Unknown(mail) => format!("il n'y a pas de courriel {mail}"),
            Self::Decided => "quelqu'un a déjà tranché pour ce courriel".to_owned(),
        }
    }
}

impl French for MonthError {
    fn fr(&self) -> String {
        match self {
            Self::Judge(error) => error.fr(),
            Self::Store(error) => error.fr(),
            Self::Timeline(error) => error.fr(),
            Self::Export(error) => error.fr(),
            Self::Fact { seq, source: _ } => format!("l'écriture {seq} ne se lit pas comme un fait"),
            Self::Head(why) => format!("la tête du journal ne se lit pas : {why}"),
            Self::Unknown { month, span: None } => format!(
                "le journal ne dit rien de {month} : il n'a encore aucun dossier ; importer un journal ou en enregistrer un"
            ),
            Self::Unknown { month, span: Some((first, last)) } => {
                format!("le journal ne dit rien de {month} : il va de {first} à {last} ; demander l'un de ces mois")
            }
            Self::Thread => "un fil qui jugeait le mois a fini trop tôt ; le juger de nouveau".to_owned(),
        }
    }
}

impl French for ProofError {
    fn fr(&self) -> String {
        match self {
            Self::Store(error) => error.fr(),
            Self::Misfit(error) => error.fr(),
            Self::Empty => "le journal est vide : rien n'a encore été enregistré".to_owned(),
        }
    }
}
