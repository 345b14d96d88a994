//! What is wrong with a contract folder, in French.
//!
//! Beside [`crate::problem`], whose sentences are English: every kind of problem has both, or this does not
//! compile. MUST NOT say less than the English: what, where, and what would be right.

use std::io::ErrorKind;

use crate::{
    load::FILES,
    problem::{ContractErrors, Finding, Problem},
    quantity::QuantityError,
    toml_words::{self, Remark},
};

impl QuantityError {
    /// The same in French.
    #[must_use]
    pub fn fr(&self) -> String {
        let (what, remedy) = self.parts_fr();
        format!("{what} ; {remedy}")
    }

    fn parts_fr(&self) -> (String, &'static str) {
        match self {
            Self::Delay(text) => (
                format!("`{text}` n'est pas un délai"),
                "écrire un nombre entier et une unité, par exemple `30 min`, `2 h`, `5 working days`, `8 days`, `1 week`, `2 months`",
            ),
            Self::Rate(text) => {
                (format!("`{text}` n'est pas un taux"), "écrire `90 %`, `99.5 %` ou `2/3`, entre 0 et 100 %")
            }
            Self::Factor(text) => {
                (format!("`{text}` n'est pas un facteur"), "écrire un nombre positif, par exemple `1`, `1.5` ou `2`")
            }
            Self::Window(text) => (
                format!("`{text}` n'est pas une plage"),
                "écrire l'heure d'ouverture et celle de fermeture, par exemple `08:00-18:00` (`24:00` est la fin du jour)",
            ),
            Self::WindowReversed(text) => (
                format!("`{text}` ferme avant d'ouvrir"),
                "une plage qui passe minuit s'écrit en deux plages, une sur chaque jour",
            ),
        }
    }

    /// The error that an English sentence is, for readers who are given the sentence alone.
    pub(crate) fn told(message: &str) -> Option<Self> {
        let rest = message.strip_prefix('`')?;
        [Self::Delay, Self::Rate, Self::Factor, Self::Window, Self::WindowReversed].into_iter().find_map(|kind| {
            // The remedy quotes too: the value ends where the rest is the sentence of its kind.
            rest.match_indices("` ")
                .map(|(at, _)| kind(rest.split_at(at).0.to_owned()))
                .find(|e| e.to_string() == message)
        })
    }
}

impl Problem {
    /// What is wrong, in French.
    #[must_use]
    pub fn fr(&self) -> String {
        match self {
            Self::UnknownFile { name } => format!("`{name}` n'est pas un fichier de contrat"),
            Self::MissingFile => "le fichier est absent".to_owned(),
            Self::Unreadable { kind, reason } => format!("lecture impossible : {}", io_in_french(*kind, reason)),
            Self::TooLarge { size_bytes, limit_bytes } => {
                format!("le fichier a {size_bytes} octets ; un fichier de contrat en a au plus {limit_bytes}")
            }
            Self::TooMany { what, count, limit } => {
                format!("il y a {count} {} ; un contrat en a au plus {limit}", what.fr)
            }
            Self::Syntax { reason } => {
                format!("ce n'est pas du TOML : {}", toml_words::syntax_in_french(reason))
            }
            Self::Shape { reason, remedy } => match QuantityError::told(&format!("{reason}; {remedy}")) {
                Some(told) => told.parts_fr().0,
                None => toml_words::in_french(reason),
            },
            Self::Duplicate { what, id, first } => {
                format!("`{id}` ({}) se trouve deux fois, la première en {first}", what.fr)
            }
            Self::UnknownReference { what, id, .. } => format!("`{id}` n'existe pas ({})", what.fr),
            Self::Windows { first, second } => format!("la plage {second} recouvre {first} ou vient avant elle"),
            Self::Recurrence { text, reason } => {
                format!("`{text}` n'est pas une récurrence que Vigie lit : {}", reason.fr)
            }
            Self::Zone { zone } => format!("`{zone}` n'est pas un fuseau horaire"),
            Self::CellMissing { urgency, impact } => {
                format!("la matrice n'a pas de case pour l'urgence {urgency:?} et l'impact {}", u8::from(*impact))
            }
            Self::DelayMissing { priority, kind, infra } => format!(
                "la priorité {priority} est dans la matrice et n'a pas de délai {kind:?} pour l'infrastructure {infra:?}"
            ),
            Self::WindowMissing { priority } => format!(
                "la priorité {priority} est dans la matrice et n'a pas de plage de prise en charge et de traitement"
            ),
            Self::Zero { what } => format!("{} : la valeur est zéro", what.fr),
            Self::DatesReversed { from, to } => format!("la fin, le {to}, précède le début, le {from}"),
            Self::Empty { what } => format!("{} : rien n'est écrit", what.fr),
            Self::ChoiceMissing { what } => format!("{} et rien ne dit quelle lecture a été retenue", what.fr),
            Self::Due { ways } => match ways {
                0 => "l'échéance n'est pas donnée".to_owned(),
                _ => format!("l'échéance est donnée {ways} fois"),
            },
            Self::Amendment { reason, .. } | Self::Disagreement { reason, .. } => reason.fr.clone(),
            Self::Selection { table, count } => match count {
                0 => format!("la sélection ne désigne aucun élément de `{table}`"),
                _ => format!("la sélection désigne {count} éléments de `{table}`"),
            },
            Self::RowMissing { row } => format!("la ligne {row} du tableau des indicateurs est absente"),
        }
    }

    /// What would be right, in French.
    #[must_use]
    pub fn remedy_fr(&self) -> String {
        let text = match self {
            Self::UnknownFile { .. } => {
                return format!("le retirer, ou le nommer comme l'un de {} ou `amendments/*.toml`", FILES.join(", "));
            }
            Self::MissingFile => "le créer ; une liste vide est un fichier vide là où le contrat n'en a pas",
            Self::Unreadable { .. } => "vérifier le nom du dossier et qui peut le lire",
            Self::TooLarge { .. } => "n'y garder que des règles ; textes et chiffres du passé vont ailleurs",
            Self::TooMany { .. } => "partager le dossier en plusieurs contrats, ou réunir des avenants",
            Self::Syntax { .. } => {
                "corriger la ligne ; les textes vont entre guillemets droits, les listes entre crochets"
            }
            Self::Shape { reason, remedy } => match QuantityError::told(&format!("{reason}; {remedy}")) {
                Some(told) => told.parts_fr().1,
                None => shape_remedy(reason),
            },
            Self::Amendment { remedy, .. } | Self::Disagreement { remedy, .. } => return remedy.fr.clone(),
            Self::Duplicate { .. } => {
                "donner un autre nom, ou laisser la première finir (`to`) avant que celle-ci commence (`from`)"
            }
            Self::UnknownReference { known, .. } if known.is_empty() => "déclarer ce nom ; aucun n'est déclaré",
            Self::UnknownReference { known, .. } => {
                return format!("déclarer ce nom, ou écrire l'un de {}", known.join(", "));
            }
            Self::Windows { .. } => "écrire les plages d'un jour dans l'ordre et séparées",
            Self::Recurrence { .. } => "écrire par exemple `FREQ=MONTHLY;BYMONTHDAY=8` ou `FREQ=WEEKLY;BYDAY=MO,TU`",
            Self::Zone { .. } => "écrire un nom de l'IANA, par exemple `Europe/Paris`",
            Self::CellMissing { .. } => "ajouter une `[[cell]]` avec sa priorité",
            Self::DelayMissing { .. } => "ajouter un `[[delay]]`, sans `infra` s'il est le même pour toutes",
            Self::WindowMissing { .. } => {
                "ajouter une `[[window]]` avec les calendriers de prise en charge et de traitement"
            }
            Self::Zero { .. } => {
                "écrire une valeur au-dessus de zéro ; une ligne qui ne doit pas compter est `enabled = false`"
            }
            Self::DatesReversed { .. } => "échanger les dates ou en corriger une",
            Self::Empty { .. } => "l'écrire ; le français et l'anglais sont lus tous les deux",
            Self::ChoiceMissing { .. } => "ajouter `choice.fr` et `choice.en`",
            Self::Due { .. } => "écrire `offset`, ou `agreed = true`, ou `missing = \"clé\"`",
            Self::Selection { .. } => {
                "choisir par des clés que seul l'élément voulu possède, tel qu'il est le jour d'effet"
            }
            Self::RowMissing { .. } => "rien, si le contrat n'a pas cette ligne",
        };
        text.to_owned()
    }
}

fn shape_remedy(reason: &str) -> &'static str {
    match Remark::of(reason) {
        Remark::UnknownKey { .. } => "la retirer, ou écrire l'un des noms attendus",
        Remark::UnknownName { .. } => "écrire l'un des noms attendus",
        Remark::MissingKey(_) => "l'ajouter à cet élément",
        Remark::TwiceKey(_) => "n'en garder qu'une",
        Remark::Kind { .. } | Remark::Other(_) => "donner une valeur de la nature attendue",
    }
}

/// What the operating system says, in French for what happens often; its own words for the rest.
#[must_use]
pub fn io_in_french(kind: ErrorKind, words: &str) -> String {
    let said = match kind {
        ErrorKind::NotFound => "il n'y a rien sous ce nom",
        ErrorKind::PermissionDenied => "l'accès est refusé",
        ErrorKind::AlreadyExists => "ce nom est déjà pris",
        ErrorKind::StorageFull => "il n'y a plus de place sur le disque",
        ErrorKind::ReadOnlyFilesystem => "le disque est en lecture seule",
        ErrorKind::IsADirectory => "c'est un dossier",
        ErrorKind::NotADirectory => "un dossier du chemin n'en est pas un",
        ErrorKind::InvalidData => "ce n'est pas du texte UTF-8",
        ErrorKind::UnexpectedEof => "le texte finit trop tôt",
        ErrorKind::BrokenPipe => "personne ne lit plus",
        ErrorKind::AddrInUse => "cette adresse est déjà prise",
        ErrorKind::AddrNotAvailable => "cette machine n'a pas cette adresse",
        ErrorKind::ConnectionRefused => "la connexion est refusée",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => "la connexion a été coupée",
        ErrorKind::TimedOut => "rien n'a répondu à temps",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => "le réseau n'y mène pas",
        ErrorKind::OutOfMemory => "la machine manque de mémoire",
        _ => return words.to_owned(),
    };
    said.to_owned()
}

impl Finding {
    /// What, where and what would be right, in French.
    #[must_use]
    pub fn fr(&self) -> String {
        format!("{} : {} ; remède : {}", self.place, self.problem.fr(), self.problem.remedy_fr())
    }
}

impl ContractErrors {
    /// Every problem on its line, then what becomes of the contract, in French.
    #[must_use]
    pub fn fr(&self) -> String {
        let mut text: String = self.0.iter().map(|finding| format!("{}\n", finding.fr())).collect();
        let plural = if self.0.len() > 1 { "s" } else { "" };
        text.push_str(&format!("{} problème{plural} ; le contrat est refusé et rien n'a été changé", self.0.len()));
        text
    }
}
