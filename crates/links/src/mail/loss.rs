//! What of a mail could not be read, in words that the service desk understands.

use super::limits;

/// A mail of which nothing can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is no byte but blanks.
    #[error("the mail is empty: nothing was read; keep the raw bytes and ask the sender")]
    Empty,
    /// It is larger than [`limits::MAX_MAIL_BYTES`].
    #[error(
        "the mail has {size_bytes} bytes, and at most {} are read: keep the raw bytes and ask the sender for another way",
        limits::MAX_MAIL_BYTES
    )]
    TooLarge {
        /// The size found.
        size_bytes: usize,
    },
}

/// Something of a mail that was not read. The raw mail still has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Loss {
    /// No header was found: the whole is taken as text.
    NoHeader,
    /// The header lines together are too long: those past the limit were left out.
    HeaderBlock {
        /// Their size.
        size_bytes: usize,
    },
    /// Too many header fields: the last ones were left out.
    Headers {
        /// How many there are.
        count: usize,
    },
    /// A header field was cut.
    Header {
        /// Its name.
        name: String,
        /// Its size.
        size_bytes: usize,
    },
    /// Too many addresses in a field: the last ones were left out.
    Addresses {
        /// The field.
        name: String,
        /// How many there are.
        count: usize,
    },
    /// Something that stands where an address should, and is none.
    Address {
        /// The field.
        name: String,
    },
    /// The date cannot be read.
    Date,
    /// The parts are nested too deeply: the body is one file.
    Structure {
        /// How many containers there are.
        containers: usize,
    },
    /// The parser gave up: the body is one file.
    Parser,
    /// The content of a part is not what its encoding says: it was kept as it came.
    Encoding {
        /// Place of the part, from 0.
        part: usize,
    },
    /// The character set is unknown: the text was read as UTF-8 or Windows-1252.
    Charset {
        /// Its name.
        name: String,
    },
    /// The text was cut.
    Text {
        /// Its size.
        size_bytes: usize,
    },
    /// The HTML is too long or nested too deeply to be shown: it is a file, and its text was taken.
    Html {
        /// Its size.
        size_bytes: usize,
    },
    /// Too many files: the last ones were left out.
    Attachments {
        /// How many there are.
        count: usize,
    },
}

impl Loss {
    /// The loss's name, stable, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoHeader => "no_header",
            Self::HeaderBlock { .. } => "header_block_too_long",
            Self::Headers { .. } => "too_many_headers",
            Self::Header { .. } => "header_cut",
            Self::Addresses { .. } => "too_many_addresses",
            Self::Address { .. } => "address_unreadable",
            Self::Date => "date_unreadable",
            Self::Structure { .. } => "too_many_containers",
            Self::Parser => "structure_unreadable",
            Self::Encoding { .. } => "encoding_broken",
            Self::Charset { .. } => "charset_unknown",
            Self::Text { .. } => "text_cut",
            Self::Html { .. } => "html_not_shown",
            Self::Attachments { .. } => "too_many_attachments",
        }
    }

    /// The loss in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::NoHeader => "no header: the whole mail was read as text".to_owned(),
            Self::HeaderBlock { size_bytes } => {
                format!(
                    "the headers have {size_bytes} bytes: those past {} were left out",
                    limits::MAX_HEADER_BLOCK_BYTES
                )
            }
            Self::Headers { count } => {
                format!("{count} headers: those past {} were left out", limits::MAX_HEADERS)
            }
            Self::Header { name, size_bytes } => {
                format!("the header {name} has {size_bytes} bytes: it was cut")
            }
            Self::Addresses { name, count } => {
                format!("{count} addresses in {name}: those past {} were left out", limits::MAX_ADDRESSES)
            }
            Self::Address { name } => format!("{name} holds something that is not an address"),
            Self::Date => "the date cannot be read".to_owned(),
            Self::Structure { containers } => {
                format!("{containers} containers in one another: the body was kept as one file")
            }
            Self::Parser => "the structure cannot be read: the body was kept as one file".to_owned(),
            Self::Encoding { part } => format!("part {part} is damaged: it was kept as it came"),
            Self::Charset { name } => {
                format!("unknown character set “{name}”: the text was read as UTF-8 or Windows-1252")
            }
            Self::Text { size_bytes } => {
                format!("the text has {size_bytes} bytes: the first {} are shown", limits::MAX_TEXT_BYTES)
            }
            Self::Html { size_bytes } => {
                format!(
                    "the HTML has {size_bytes} bytes and cannot be shown: it was kept as a file, and its text is shown"
                )
            }
            Self::Attachments { count } => {
                format!("{count} files: those past {} were left out", limits::MAX_ATTACHMENTS)
            }
        }
    }

    /// The loss in French.
    #[must_use]
    pub fn fr(&self) -> String {
        match self {
            Self::NoHeader => "aucun en-tête : tout le message a été lu comme du texte".to_owned(),
            Self::HeaderBlock { size_bytes } => format!(
                "les en-têtes font {size_bytes} octets : la suite au-delà de {} a été laissée",
                limits::MAX_HEADER_BLOCK_BYTES
            ),
            Self::Headers { count } => {
                format!("{count} en-têtes : ceux au-delà de {} ont été laissés", limits::MAX_HEADERS)
            }
            Self::Header { name, size_bytes } => {
                format!("l’en-tête {name} fait {size_bytes} octets : il a été coupé")
            }
            Self::Addresses { name, count } => {
                format!("{count} adresses dans {name} : celles au-delà de {} ont été laissées", limits::MAX_ADDRESSES)
            }
            Self::Address { name } => format!("{name} contient autre chose qu’une adresse"),
            Self::Date => "la date est illisible".to_owned(),
            Self::Structure { containers } => {
                format!("{containers} conteneurs imbriqués : le corps a été gardé comme un fichier")
            }
            Self::Parser => "la structure est illisible : le corps a été gardé comme un fichier".to_owned(),
            Self::Encoding { part } => format!("la partie {part} est abîmée : elle a été gardée telle quelle"),
            Self::Charset { name } => {
                format!("jeu de caractères « {name} » inconnu : le texte a été lu en UTF-8 ou en Windows-1252")
            }
            Self::Text { size_bytes } => {
                format!("le texte fait {size_bytes} octets : les {} premiers sont montrés", limits::MAX_TEXT_BYTES)
            }
            Self::Html { size_bytes } => format!(
                "le HTML fait {size_bytes} octets et ne peut être montré : il a été gardé comme un fichier, et son texte est montré"
            ),
            Self::Attachments { count } => {
                format!("{count} fichiers : ceux au-delà de {} ont été laissés", limits::MAX_ATTACHMENTS)
            }
        }
    }
}
