//! What a mapping accepts where it names something, in both languages.

use vigie_contract::Phrase;

/// A thing that a mapping names, and what may be written for it.
pub(super) struct Accepted {
    pub(super) what: Phrase,
    pub(super) remedy: Phrase,
}

const fn accepted(what: Phrase, remedy: Phrase) -> Accepted {
    Accepted { what, remedy }
}

pub(super) const HEADER: Phrase = Phrase::new("l'en-tête", "header");
pub(super) const TABLE_VALUE: Phrase = Phrase::new("la valeur", "value");

pub(super) const SEPARATOR: Accepted = accepted(
    Phrase::new("séparateur", "separator"),
    Phrase::new("`auto`, `tab`, ou un seul caractère, par exemple `;`", "`auto`, `tab`, or one character such as `;`"),
);
pub(super) const QUOTE: Accepted = accepted(
    Phrase::new("guillemet", "quote"),
    Phrase::new(
        "un seul caractère, par exemple `\"`, ou rien quand les valeurs ne sont jamais entre guillemets",
        "one character such as `\"`, or nothing when values are never quoted",
    ),
);
pub(super) const HEADER_LINE: Accepted = accepted(
    Phrase::new("ligne de l'en-tête", "line of the header"),
    Phrase::new("une ligne de 1 à 1000", "a line from 1 to 1000"),
);
pub(super) const DECIMAL: Accepted =
    accepted(Phrase::new("signe décimal", "decimal sign"), Phrase::new("`.` ou `,`", "`.` or `,`"));
pub(super) const ZONE: Accepted = accepted(
    Phrase::new("fuseau horaire", "time zone"),
    Phrase::new(
        "un nom de la base de l'IANA, par exemple `Europe/Paris`",
        "a name of the IANA database such as `Europe/Paris`",
    ),
);
pub(super) const DATE_FORMATS: Accepted = accepted(
    Phrase::new("liste de formats de date", "list of date formats"),
    Phrase::new(
        "au moins un, par exemple `%d/%m/%Y %H:%M` ou `iso`",
        "at least one, such as `%d/%m/%Y %H:%M` or `iso`",
    ),
);
pub(super) const DATE_FORMAT: Accepted = accepted(
    Phrase::new("format de date", "date format"),
    Phrase::new(
        "`iso`, ou année, mois, jour et heure avec %Y %y %m %d %H %I %p %M %S %f %z",
        "`iso`, or year, month, day and time with %Y %y %m %d %H %I %p %M %S %f %z",
    ),
);
pub(super) const ENCODING: Accepted = accepted(
    Phrase::new("encodage", "encoding"),
    Phrase::new(
        "`auto`, `utf-8`, `windows-1252`, `iso-8859-1`, `shift_jis`, `utf-16le` ou un autre nom de l'Encoding Standard",
        "`auto`, `utf-8`, `windows-1252`, `iso-8859-1`, `shift_jis`, `utf-16le` or another name of the Encoding Standard",
    ),
);
pub(super) const CHOICE: Accepted = accepted(
    Phrase::new("choix entre deux instants", "choice between two instants"),
    Phrase::new("`earlier`, `later` ou `refuse`", "`earlier`, `later` or `refuse`"),
);
pub(super) const CLASS: Accepted = accepted(
    Phrase::new("classe de dossiers", "class of cases"),
    Phrase::new("`incident`, `request`, `problem` ou `change`", "`incident`, `request`, `problem` or `change`"),
);
pub(super) const HEADERS: Accepted = accepted(
    Phrase::new("liste d'en-têtes", "list of headers"),
    Phrase::new("au moins un en-tête que la colonne peut avoir", "at least one header that the column may have"),
);
pub(super) const MEANING: Accepted = accepted(
    Phrase::new("sens", "meaning"),
    Phrase::new(
        "un texte, un nombre entier, un booléen, ou une table de ceux-ci",
        "a string, a whole number, a boolean, or a table of those",
    ),
);
pub(super) const ONCE: Accepted = accepted(
    Phrase::new("valeur de `once`", "value of `once`"),
    Phrase::new("`true`, `false` ou `\"case\"`", "`true`, `false` or `\"case\"`"),
);
pub(super) const CONDITION: Accepted = accepted(
    Phrase::new("condition", "condition"),
    Phrase::new("`equals` ou `absent`, pas les deux", "`equals` or `absent`, not both"),
);
pub(super) const KIND: Accepted = accepted(
    Phrase::new("nature d'évènement", "kind of event"),
    Phrase::new(
        "ce que lisent les règles, sans la classe : `identified`, `observed`, `classified`, `taken_in`, `paused`, `restored`, `closed`…",
        "what the rules read, without the class: `identified`, `observed`, `classified`, `taken_in`, `paused`, `restored`, `closed`, ...",
    ),
);
pub(super) const PATH: Accepted = accepted(
    Phrase::new("chemin d'un champ", "path of a field"),
    Phrase::new(
        "un à quatre noms séparés par des points, par exemple `classification.priority`",
        "one to four names with points between, such as `classification.priority`",
    ),
);
pub(super) const VALUE: Accepted = accepted(
    Phrase::new("valeur", "value"),
    Phrase::new("un texte, un nombre entier ou un booléen", "a string, a whole number or a boolean"),
);
pub(super) const FORM: Accepted = accepted(
    Phrase::new("forme", "form"),
    Phrase::new("`text`, `integer`, `number` ou `date`", "`text`, `integer`, `number` or `date`"),
);
