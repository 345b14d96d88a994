//! Pieces of sentences that crates without French hand over as they are: what was due, what was tried.
//!
//! `vigie-evidence` and `vigie-store` know no language. A test reads their sources and fails when they hand
//! over a piece that has no French here.

/// A piece in French; itself when it is of others.
pub(super) fn phrase(en: &str) -> &str {
    PHRASES.iter().find(|(known, _)| *known == en).map_or(en, |(_, fr)| fr)
}

/// English, French.
pub(super) const PHRASES: &[(&str, &str)] = &[
    // What was tried on a file.
    ("open", "l'ouvrir"),
    ("examine", "l'examiner"),
    ("read", "le lire"),
    ("write", "l'écrire"),
    ("create", "le créer"),
    ("lock", "le verrouiller"),
    ("open the database in", "y ouvrir la base"),
    ("start the writer thread for", "démarrer le fil d'écriture"),
    // What a database is not.
    ("it is not a connection string", "ce n'est pas une chaîne de connexion"),
    ("it names no host", "elle ne nomme pas d'hôte"),
    ("it was opened for reading", "il a été ouvert en lecture"),
    ("its file is not an SQLite database", "son fichier n'est pas une base SQLite"),
    (
        "sslmode=require is asked for, and this program speaks to PostgreSQL without TLS. Use a Unix socket, a private network or a tunnel",
        "sslmode=require est demandé, et ce programme parle à PostgreSQL sans TLS. Passer par une socket Unix, un réseau privé ou un tunnel",
    ),
    // What a file that holds a secret is not.
    ("its first line must be the password", "sa première ligne doit être le mot de passe"),
    // What a column should hold.
    ("a whole number", "un nombre entier"),
    ("a number from 0", "un nombre à partir de 0"),
    ("yes or no", "oui ou non"),
    ("text", "du texte"),
    ("bytes", "des octets"),
    ("a column", "une colonne"),
    ("a place in the journal", "une place du journal"),
    // What is due in an export.
    ("an entry and its leaf hash", "une écriture et son empreinte de feuille"),
    ("the checkpoint and its key", "le point de contrôle et sa clé"),
    ("the header of an export", "l'en-tête d'un export"),
    // What a field of an entry should be.
    (
        "one of web, api, mail, phone, supervision, import, job, demo, cli",
        "l'un de web, api, mail, phone, supervision, import, job, demo, cli",
    ),
    (
        "an instant such as 2026-03-01T08:00:00Z, in UTC, without trailing zeros",
        "un instant comme 2026-03-01T08:00:00Z, en UTC, sans zéros à la fin",
    ),
    ("a JSON object", "un objet JSON"),
    ("64 lower-case hexadecimal digits", "64 chiffres hexadécimaux en minuscules"),
    ("zero or more", "zéro ou plus"),
    ("a UUID of version 7 in lower case", "un UUID de version 7 en minuscules"),
    ("at most 2^53 - 1", "au plus 2^53 - 1"),
    // What canonical JSON asks.
    ("the end of the entry", "la fin de l'écriture"),
    ("the closing quote of a string", "le guillemet fermant d'un texte"),
    ("a control character as an escape", "un caractère de contrôle échappé"),
    ("a value in its shortest form", "une valeur sous sa forme la plus courte"),
    ("a key that sorts after the one before", "une clé qui se range après la précédente"),
    ("an escape in its shortest form", "un échappement sous sa forme la plus courte"),
    // What a signed note asks.
    ("it has more than 65,536 bytes", "elle a plus de 65 536 octets"),
    ("it holds control characters", "elle contient des caractères de contrôle"),
    ("no empty line stands before the signatures", "aucune ligne vide ne précède les signatures"),
    ("it is cut within a character", "elle est coupée au milieu d'un caractère"),
    (
        "its last line has no line feed, or it is not signed",
        "sa dernière ligne n'a pas de fin de ligne, ou elle n'est pas signée",
    ),
    ("it has more than 100 signatures", "elle a plus de 100 signatures"),
    ("a signature line is not `— <name> <base64>`", "une ligne de signature n'est pas `— <nom> <base64>`"),
    ("a signature line names no possible key", "une ligne de signature ne nomme aucune clé possible"),
    ("a signature is not base64", "une signature n'est pas en base64"),
    ("a signature is too short", "une signature est trop courte"),
    // What a checkpoint asks.
    ("ended by a line feed", "une fin de ligne"),
    ("the name of a journal", "le nom d'un journal"),
    ("a number of entries in decimal without leading zeros", "un nombre d'écritures en décimal, sans zéro en tête"),
    ("a SHA-256 root in base64", "une racine SHA-256 en base64"),
    ("an extension line; it is empty", "une ligne d'extension ; elle est vide"),
];
