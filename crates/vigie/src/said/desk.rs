//! What the desk refuses, in French, for commands that act on cases. Pages say it with their own words.

use vigie_rules::{
    desk::{Before, Refusal, Unfit},
    form::Misfit,
    priority::{MAX_REASON_BYTES, OverrideError, Unassessed},
    report::ReportRefusal,
    sitting::Refused,
};

use super::French;
use crate::features::desk::{
    CaseError, DeskError,
    saved::{MAX_NAME, MAX_QUESTION, MAX_VIEWS, ViewError},
};

impl French for Refusal {
    fn fr(&self) -> String {
        match self {
            Self::Phase { act, phase } => format!("`{act}` ne peut suivre : le dossier est `{}`", phase.name()),
            Self::Side { act, owner: _ } => format!("`{act}` revient à l'autre partie"),
            Self::Class { act, class } => format!("`{act}` n'a pas de sens sur la classe `{}`", class.name()),
            Self::Already { act } => format!("`{act}` est déjà fait"),
            Self::NoPause => "aucune suspension n'attend de réponse".to_owned(),
            Self::NotValidated => {
                "le client n'a pas validé le rétablissement ; le titulaire ne peut clore à sa place".to_owned()
            }
            Self::Role { act, roles: _ } => format!("`{act}` revient à un autre rôle"),
            Self::Needless { act } => format!("le contrat ne demande pas de `{act}` ici"),
            Self::Unknown { what } => format!("le contrat ne connaît pas cette valeur de `{what}`"),
            Self::Before { act, before } => format!("`{act}` vient après autre chose : {}", first(*before)),
            Self::Lacks { act, lacks } => format!("il manque {} chose(s) au changement avant `{act}`", lacks.len()),
            Self::Stages { stages } => {
                format!("il reste {} étape(s) au problème avant sa clôture", stages.len())
            }
            Self::Notice { earliest } => format!("le préavis le permet à partir de {earliest}"),
            Self::Window => "la fenêtre finit avant de commencer".to_owned(),
            Self::Task(number) => format!("il n'y a pas de tâche {number}"),
            Self::NotOneself => "un dossier n'est suivi que par son propre compte".to_owned(),
            Self::Minutes(minutes) => {
                format!("{minutes} minutes ne sont pas le temps d'une personne en un jour")
            }
            Self::Time(number) => format!("il n'y a pas de temps {number} qui ne soit déjà corrigé"),
            Self::Merge { number, why } => format!("il ne peut être fusionné dans {number} : {}", unfit(*why)),
            Self::Mention { account, other_side: _ } => format!("{account} ne peut le lire"),
        }
    }
}

const fn unfit(why: Unfit) -> &'static str {
    match why {
        Unfit::Same => "c'est le même",
        Unfit::Class => "il est d'une autre classe",
        Unfit::Over => "il est terminé, annulé ou lui-même fusionné",
        Unfit::Outranked => "il presse moins",
        Unfit::Holds => "des dossiers continuent déjà dans celui-ci",
    }
}

const fn first(before: Before) -> &'static str {
    match before {
        Before::Approval => "l'approbation de la demande",
        Before::Study => "une étude qui a de quoi lire",
        Before::Agenda => "l'inscription à l'ordre du jour",
        Before::Session => "une session convoquée et en cours",
        Before::Attendance => "la présence de qui vote",
        Before::Vote => "un vote",
        Before::Plan => "une fenêtre pour le changement",
        Before::Begin => "le début de l'exécution",
        Before::Review => "le bilan du changement",
        Before::Third => "la saisie d'un tiers, qui n'a pas encore résolu",
    }
}

impl French for ReportRefusal {
    fn fr(&self) -> String {
        match self {
            Self::Side => "le rapport d'un incident majeur est celui du titulaire".to_owned(),
            Self::NotMajor => "seul un incident majeur a un rapport".to_owned(),
            Self::NotOver => "l'incident n'est pas rétabli : son rapport ne peut être complet".to_owned(),
            Self::Missing(sections) => {
                let names: Vec<_> = sections.iter().map(|s| s.name()).collect();
                format!("des rubriques manquent : {}", names.join(", "))
            }
            Self::NoReview => "la revue manque".to_owned(),
            Self::LooseAction(index) => {
                format!("l'action {} n'a pas de responsable ou pas de date", index.saturating_add(1))
            }
        }
    }
}

impl French for Refused {
    fn fr(&self) -> String {
        match self {
            Self::Committee => "ce comité n'autorise pas de changements",
            Self::Over => "la session est terminée",
            Self::Attends => "ce compte assiste déjà à la session",
            Self::Nobody => "personne n'assiste à la session",
            Self::Unknown => "aucune session de ce nom n'a été convoquée",
        }
        .to_owned()
    }
}

impl French for Misfit {
    fn fr(&self) -> String {
        match self {
            Self::Required => "une réponse est demandée".to_owned(),
            Self::Unknown => "le formulaire n'a pas ce champ".to_owned(),
            Self::TooLong { bytes, limit } => {
                format!("la réponse a {bytes} octets et peut en avoir {limit} ; la raccourcir")
            }
            Self::SeveralLines => "la réponse a plusieurs lignes ; en écrire une".to_owned(),
            Self::Number(text) => format!("`{text}` n'est pas un nombre entier ; n'écrire que des chiffres"),
            Self::Date(text) => format!("`{text}` n'est pas un jour ; l'écrire comme 2026-03-12"),
            Self::Datetime(text) => {
                format!("`{text}` n'est pas un jour et une heure ; l'écrire comme 2026-03-12T14:30")
            }
            Self::Bool(text) => format!("`{text}` n'est ni `true` ni `false`"),
            Self::Choice(text) => format!("`{text}` n'est pas l'un des choix"),
            Self::Beyond { number, most, does: _ } => format!("{number} dépasse les {most} convenus"),
        }
    }
}

impl French for Unassessed {
    fn fr(&self) -> String {
        match self {
            Self::Urgency => "aucun critère d'urgence du contrat n'est rempli ; décider la priorité et dire pourquoi".to_owned(),
            Self::Impact => "aucun critère d'impact du contrat n'est rempli ; dire comment le service est atteint, pour combien d'utilisateurs, ou ce qui menace".to_owned(),
            Self::Cell { urgency, impact } => {
                format!("la matrice n'a pas de case pour l'urgence {urgency:?} et l'impact {}", u8::from(*impact))
            }
        }
    }
}

impl French for OverrideError {
    fn fr(&self) -> String {
        match self {
            Self::NoReason => "une priorité décidée veut son motif ; l'écrire".to_owned(),
            Self::TooLong { bytes } => {
                format!("le motif a {bytes} octets et peut en avoir {MAX_REASON_BYTES} ; le raccourcir")
            }
        }
    }
}

impl French for ViewError {
    fn fr(&self) -> String {
        match self {
            Self::Name { found } => {
                format!("le nom d'une vue a 1 à {MAX_NAME} caractères ; celui-ci en a {found}")
            }
            Self::Question { found } => {
                format!("la question a {found} caractères ; on en garde au plus {MAX_QUESTION}")
            }
            Self::TooMany => {
                format!("un compte garde au plus {MAX_VIEWS} vues ; en retirer une d'abord")
            }
            Self::Taken => "une autre vue porte ce nom".to_owned(),
            Self::OtherTeam(team) => format!("qui partage avec le groupe `{team}` en fait partie"),
            Self::Unknown => "il n'y a pas de telle vue".to_owned(),
            Self::Owner { owner } => format!("seul {owner} peut changer cette vue"),
            Self::Store(error) => error.fr(),
        }
    }
}

impl French for CaseError {
    fn fr(&self) -> String {
        match self {
            Self::Store(error) => error.fr(),
            Self::Timeline(error) => error.fr(),
            Self::Calendar { subject, source: _ } => format!("les horloges de {subject} ne peuvent être rejouées"),
        }
    }
}

impl French for DeskError {
    fn fr(&self) -> String {
        match self {
            Self::Record(error) => error.fr(),
            Self::Journal(error) => error.fr(),
            Self::Store(error) => error.fr(),
            Self::Case(error) => error.fr(),
            Self::Refused(error) => error.fr(),
            Self::Report(error) => error.fr(),
            Self::Unknown(number) => format!("il n'y a pas de dossier {number}"),
            Self::Wordless => {
                "des mots manquent : un titre pour ouvrir un dossier, un motif où l'acte en veut un".to_owned()
            }
            Self::TooLong { field, found, limit } => {
                format!("`{field}` a {found} caractères ; on en garde au plus {limit}")
            }
            Self::Detail(act) => format!("les précisions données ne sont pas celles de `{act}`"),
            Self::When { at } => format!("{at} précède l'ouverture du dossier, ou est encore à venir"),
            Self::Texts(_) => "ce qui a été dit ne peut être empaqueté".to_owned(),
            Self::Random => "le système ne donne pas d'octets aléatoires pour un sel".to_owned(),
            Self::Uncounted => "le délai finit hors des années pour lesquelles les calendriers sont établis".to_owned(),
            Self::Session(error) => error.fr(),
            Self::Post(_) => "ce qui devait partir par courriel n'a pu être commandé".to_owned(),
            Self::Lost(id) => format!("l'écriture {id} est connue et ne se lit pas"),
        }
    }
}
