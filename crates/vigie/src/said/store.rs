//! Errors of the store and of its journal, in French.

use std::sync::Arc;

use vigie_store::{JournalError, StoreError, WriteError};

use super::{French, phrases::phrase};

impl French for StoreError {
    fn fr(&self) -> String {
        match self {
            Self::Url { reason } => format!(
                "l'URL de la base ne se lit pas : {}. Attendu : postgresql://UTILISATEUR@HÔTE:PORT/BASE",
                phrase(reason)
            ),
            Self::NoServer { place, reason } => format!(
                "aucun serveur PostgreSQL ne répond à {place} : {reason}. Le démarrer ou corriger --database-url ; rien n'a été changé"
            ),
            Self::Refused { place, reason } => format!(
                "le serveur refuse {place} : {reason}. Corriger l'utilisateur, le mot de passe ou le nom de la base ; rien n'a été changé"
            ),
            Self::Locked { path, holder } => {
                let who = holder.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
                format!(
                    "{} est utilisé par un autre processus Vigie{who}. L'arrêter, ou passer par ses pages ; rien n'a été changé",
                    path.display()
                )
            }
            Self::Busy { place } => format!(
                "{place} est occupé : un autre programme le tient verrouillé. Rien de cette opération n'a été gardé ; recommencer"
            ),
            Self::ReadOnly { place, reason } => format!(
                "{place} est en lecture seule : {}. Rien n'a été changé ; donner au programme le droit d'écrire, ou un autre lieu",
                phrase(reason)
            ),
            Self::Full { place } => format!(
                "il n'y a plus de place à {place}. Ce qui était acquitté est gardé, cette opération ne l'est pas ; libérer de la place et recommencer"
            ),
            Self::Newer { place, found, needs, known } => format!(
                "{place} a été porté au niveau {found} par un Vigie plus récent et veut le niveau {needs} ; ce programme connaît le niveau {known}. Prendre le programme plus récent ; rien n'a été changé"
            ),
            Self::Older { place, found, known } => format!(
                "{place} est au niveau {found} et ce programme veut le niveau {known}. Démarrer une fois `vigie serve` : il met la base à niveau"
            ),
            Self::NotVigie { place, reason } => format!(
                "{place} n'est pas une base Vigie : {}. Rien n'a été changé ; donner un autre lieu",
                phrase(reason)
            ),
            Self::Missing { place } => {
                format!("il n'y a pas de base Vigie à {place}. `vigie serve` ou `vigie import` en crée une")
            }
            Self::Damaged { place, reason } => format!(
                "{place} est abîmé : {reason}. Ne plus y écrire, en garder une copie, et restaurer la dernière sauvegarde"
            ),
            Self::Inconsistent { reason } => format!(
                "le journal ne va pas avec sa tête : {reason}. Rien n'a été écrit ; lancer `vigie verify`, et restaurer la dernière sauvegarde s'il échoue"
            ),
            Self::File { action, path, source } => {
                format!("{} : impossible de {} : {}", path.display(), phrase(action), source.fr())
            }
            Self::Duplicate { constraint } => format!("une ligne de même clé est déjà là ({constraint})"),
            Self::Statement { sql, code, reason } => {
                format!("une instruction a échoué ({code}) : {reason}, dans : {sql}")
            }
            Self::Lost { place, reason } => format!(
                "la connexion à {place} a été perdue : {reason}. Ce qui n'était pas acquitté est peut-être gardé ; regarder avant de recommencer"
            ),
            Self::Column { index, wanted, found } => {
                format!("la colonne {index} contient {found} ; attendu : {}", phrase(wanted))
            }
            Self::NoRow { sql } => format!("aucune ligne ne répond : {sql}"),
            Self::Unreadable { what, source } => format!("lecture impossible ({what}) : {source}"),
            Self::NulInText => {
                "un texte contient le caractère NUL (U+0000), qui ne peut être gardé ; le retirer".to_owned()
            }
            Self::Range { what, value } => format!("hors limites ({}) : {value}", phrase(what)),
            Self::Doomed => {
                "une instruction précédente de la même unité a échoué ; rien de l'unité n'est gardé".to_owned()
            }
            Self::GaveUp => "le moteur a abandonné la transaction pendant une autre opération du même groupe (disque plein ou défaillant) ; rien de cette opération n'a été gardé".to_owned(),
            Self::Stopped => {
                "l'écrivain s'est arrêté ; rien de cette opération n'a été gardé. Redémarrer le programme".to_owned()
            }
            Self::Nested => "une unité de travail ne peut en commencer une autre".to_owned(),
            Self::Unsupported(what) => phrase(what).to_owned(),
        }
    }
}

impl French for Arc<StoreError> {
    fn fr(&self) -> String {
        (**self).fr()
    }
}

impl<E: French> French for WriteError<E> {
    fn fr(&self) -> String {
        match self {
            Self::Unit(error) => error.fr(),
            Self::Panicked(words) => {
                format!("l'opération a échoué à l'intérieur du programme ({words}) ; rien n'en a été gardé")
            }
            Self::Store(error) => error.fr(),
            Self::Group(_) => "le groupe d'opérations n'a pu être validé ; rien n'en a été gardé".to_owned(),
        }
    }
}

impl French for JournalError {
    fn fr(&self) -> String {
        match self {
            Self::Store(error) => error.fr(),
            Self::Entry { index, subject, source } => {
                format!("le fait {index} de {subject} ne peut être une écriture : {}", source.fr())
            }
            Self::Stale { subject, expected: _, found: _, seq, kind } => format!(
                "{subject} a changé depuis sa lecture : l'écriture {seq} ({kind}) est venue entre-temps. Rien n'a été écrit ; le relire"
            ),
            Self::Unknown { subject, expected, found } => format!(
                "{subject} n'a jamais eu la version {expected} ; il est à la version {found}. Rien n'a été écrit ; le relire"
            ),
            Self::TooLarge { size, limit } => format!(
                "un contenu de {size} octets dépasse la limite de {limit}. Rien n'a été écrit ; le partager ou s'en passer"
            ),
            Self::NoContent { hash } => format!("aucun contenu {hash} n'est gardé ici"),
            Self::Key { place, source } => format!(
                "{place} ne contient pas de clé de signature : {}. Restaurer le fichier depuis sa sauvegarde",
                source.fr()
            ),
            Self::KeyMode { place, mode } => {
                format!("{place} peut être lu par d'autres (mode {mode:o}). Lancer : chmod 600 {place}")
            }
            Self::KeyMissing { place, size } => format!(
                "le journal a {size} écritures signées et {place} est absent. Restaurer le fichier de la clé ; une nouvelle clé romprait la chaîne des têtes"
            ),
            Self::WrongKey { place, source } => {
                format!("{place} n'est pas la clé de ce journal : {}", source.fr())
            }
        }
    }
}
