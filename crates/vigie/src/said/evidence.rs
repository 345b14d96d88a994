//! What does not fit in a journal, an export or a key, in French.

use vigie_evidence::{
    EntryError, KeptError, KeyError, Misfit, NoteError, ProofError, ReadError, What,
    canonical::{JsonError, MAX_DEPTH},
    checkpoint::CheckpointError,
    verify::Found,
};

use super::{French, phrases::phrase};

impl French for Misfit {
    fn fr(&self) -> String {
        let what = self.what.fr();
        match (self.seq, self.line) {
            (Some(seq), Some(line)) => format!("écriture {seq} (ligne {line}) : {what}"),
            (Some(seq), None) => format!("écriture {seq} : {what}"),
            (None, Some(line)) => format!("ligne {line} : {what}"),
            (None, None) => what,
        }
    }
}

impl French for What {
    fn fr(&self) -> String {
        match self {
            Self::Entry(error) => format!("ce n'est pas une écriture : {}", error.fr()),
            Self::Leaf { computed, written } => format!(
                "ses octets ont l'empreinte {computed}, mais {written} est écrite à côté : l'une des deux choses a été changée"
            ),
            Self::Seq { found, expected } => format!(
                "elle se trouve à la place {expected} mais dit être l'écriture {found} : des écritures manquent, sont doublées ou dans le désordre"
            ),
            Self::RecordedBackwards { before, found } => format!(
                "enregistrée à {found}, avant l'écriture qui la précède ({before}) : un journal ne va que vers l'avant"
            ),
            Self::Line(due) => {
                format!("attendu ici : {} ; la ligne a été changée ou est d'une autre nature", phrase(due))
            }
            Self::LineTooLong { limit } => {
                format!("la ligne dépasse {limit} octets, ce qu'aucune ligne d'un export ne fait")
            }
            Self::Truncated => {
                "l'export finit ici, avant d'être complet ; en obtenir une copie entière et vérifier celle-là"
                    .to_owned()
            }
            Self::Trailing => "quelque chose suit la dernière ligne de l'export ; rien ne doit la suivre".to_owned(),
            Self::Count { announced, found } => match found {
                Found::Only(n) => format!("l'en-tête annonce {announced} écritures, mais seules {n} suivent"),
                Found::More => format!("l'en-tête annonce {announced} écritures, mais davantage suivent"),
            },
            Self::Version { found } => {
                format!("l'export est de la version {found} ; ce programme lit la version 1")
            }
            Self::Origin { header, signed } => {
                format!("l'en-tête dit le journal `{header}`, le point de contrôle dit `{signed}`")
            }
            Self::Size { signed, found } => format!(
                "le point de contrôle a été signé sur {signed} écritures, non sur {found} : des écritures ont été retirées ou ajoutées"
            ),
            Self::Root { signed, computed } => format!(
                "la racine des écritures est {computed}, mais {signed} a été signée : une écriture a été changée en même temps que l'empreinte à côté d'elle ; comparer avec une autre copie de l'export pour la trouver"
            ),
            Self::Note(error) => format!("le point de contrôle est refusé : {}", error.fr()),
            Self::Kept(error) => format!("la tête gardée ne va pas avec ce journal : {}", error.fr()),
            Self::Key(error) => format!("la clé de vérification est refusée : {}", error.fr()),
            Self::UntrustedKey { found } => format!(
                "l'export nomme la clé `{found}`, qui n'est aucune de celles données ; obtenir la clé de vérification du journal auprès de qui la garde"
            ),
            Self::Read(error) => format!("la lecture a échoué : {}", error.fr()),
            Self::Write(error) => {
                format!("l'écriture a échoué : {} ; l'export n'est pas complet, le refaire", error.fr())
            }
        }
    }
}

impl French for KeptError {
    fn fr(&self) -> String {
        match self {
            Self::Note(error) => format!("elle est refusée : {}", error.fr()),
            Self::Journal { kept, found } => {
                format!("elle est celle du journal `{kept}`, et ce journal est `{found}`")
            }
            Self::Larger { kept, found } => format!(
                "elle couvre {kept} écritures, et le journal en a {found} : des écritures ont été retirées, ou c'est une copie plus ancienne"
            ),
            Self::Rewritten { size, kept, found } => format!(
                "elle a été signée sur la racine {kept} des {size} premières écritures, qui ont aujourd'hui la racine {found} : le journal a été réécrit ; garder la tête, et comparer avec un export de son époque pour trouver l'écriture"
            ),
        }
    }
}

impl French for KeyError {
    fn fr(&self) -> String {
        match self {
            Self::Form { expected } => format!("ce n'est pas une clé : écrire {}", phrase(expected)),
            Self::Name { name } => {
                format!("`{name}` ne peut nommer une clé : un nom n'a ni espace ni `+`, et au moins un caractère")
            }
            Self::Algorithm { name, algorithm } => {
                format!("la clé `{name}` est de nature {algorithm}, non Ed25519 (1)")
            }
            Self::Id { name } => {
                format!("la clé `{name}` est abîmée ou mal recopiée : son numéro n'est pas le sien")
            }
            Self::Point { name } => format!("la clé `{name}` ne contient pas de clé publique Ed25519 utilisable"),
        }
    }
}

impl French for NoteError {
    fn fr(&self) -> String {
        match self {
            Self::Malformed(why) => format!("ce n'est pas une note signée : {}", phrase(why)),
            Self::UnknownKey { signed_by, known } => format!(
                "signée par {signed_by}, où n'est aucune des clés connues ({known}) ; obtenir la clé de vérification du journal auprès de qui la garde"
            ),
            Self::BadSignature { name } => {
                format!("la signature de `{name}` n'est pas celle de ce point de contrôle : l'un des deux a été changé")
            }
            Self::Checkpoint(error) => error.fr(),
            Self::Origin { found, expected } => format!(
                "le point de contrôle est du journal `{found}`, mais la clé qui l'a signé est celle de `{expected}`"
            ),
        }
    }
}

impl French for CheckpointError {
    fn fr(&self) -> String {
        let Self { line, expected } = self;
        format!("point de contrôle, ligne {line} ; attendu : {}", phrase(expected))
    }
}

impl French for EntryError {
    fn fr(&self) -> String {
        match self {
            Self::Json(error) => error.fr(),
            Self::TooLong { field, length, limit } => format!(
                "`{field}` en prend {length}, plus que {limit} ; mettre les longs textes dans le dépôt de contenus et leur empreinte dans l'écriture"
            ),
            Self::Empty { field } => format!("`{field}` est vide ; chaque écriture dit qui, quoi et à quel sujet"),
            Self::Field { field, expected } => format!("`{field}` ne convient pas ; attendu : {}", phrase(expected)),
        }
    }
}

impl French for JsonError {
    fn fr(&self) -> String {
        match self {
            Self::Expected { at, expected } => format!(
                "octet {at} ; attendu : {} ; la forme canonique (RFC 8785) n'écrit chaque écriture que d'une façon",
                phrase(expected)
            ),
            Self::Float { number } => {
                format!("le nombre {number} n'est pas entier ; l'écrire comme texte, qui le garde exact")
            }
            Self::Integer { number } => format!(
                "le nombre entier {number} dépasse 2^53 - 1 en grandeur ; l'écrire comme texte, qui le garde exact"
            ),
            Self::Depth => format!(
                "listes et objets sont emboîtés sur plus de {MAX_DEPTH} niveaux ; répartir le corps sur moins de niveaux"
            ),
            Self::Utf8 { at } => format!("octet {at} : ce n'est pas de l'UTF-8"),
        }
    }
}

impl French for ProofError {
    fn fr(&self) -> String {
        match self {
            Self::Range { asked, size } => range(*asked, *size),
            Self::Length { found } => format!("la preuve a {found} empreintes, ce que son arbre ne demande pas"),
            Self::Root { computed, expected } => {
                format!("la preuve mène à la racine {computed}, non à {expected}")
            }
        }
    }
}

impl<E> French for ReadError<E> {
    fn fr(&self) -> String {
        match self {
            Self::Range { asked, size } => range(*asked, *size),
            Self::Source { level, index, source: _ } => {
                format!("la tuile {level}/{index} n'a pu être lue")
            }
            Self::Short { level, index, width, found } => format!(
                "la tuile {level}/{index} a {found} octets, moins que ses {width} empreintes ; refaire les tuiles depuis le journal"
            ),
        }
    }
}

fn range(asked: u64, size: u64) -> String {
    format!("un arbre de {size} écritures ne peut être interrogé sur {asked}")
}
