//! How much of a mail is read.
//!
//! Outside bytes are bounded before anything is made of them. What lies beyond a limit is named as a
//! loss and stays in the raw mail; it is never a reason to refuse the rest.

/// A whole mail, in bytes. Large providers send at most 25 MiB of files, a third more once encoded.
pub const MAX_MAIL_BYTES: usize = 50 << 20;

/// All header lines together. Mail servers refuse more (Postfix: 102,400).
pub(super) const MAX_HEADER_BLOCK_BYTES: usize = 256 << 10;

/// Header fields of a mail; a mail that went round many lists has about a hundred.
pub(super) const MAX_HEADERS: usize = 500;

/// The value of one header field: a thousand addresses.
pub(super) const MAX_HEADER_BYTES: usize = 64 << 10;

/// Addresses of one field.
pub(super) const MAX_ADDRESSES: usize = 1_000;

/// Identifiers in `References`. The last ones are kept: they are the nearest.
pub(super) const MAX_REFERENCES: usize = 200;

/// Longest identifier or address (RFC 5321 allows 320 for an address, RFC 5322 998 for a line).
pub(super) const MAX_ID_BYTES: usize = 998;

/// Characters of a subject.
pub(super) const MAX_SUBJECT_CHARS: usize = 1_000;

/// Containers in containers: the parser's work grows with their number times the mail's size, and a
/// mail of a hundred forwarded mails has about as many.
pub(super) const MAX_CONTAINERS: usize = 200;

/// Files of a mail.
pub(super) const MAX_ATTACHMENTS: usize = 500;

/// Text of a mail that is shown and searched: about 500 pages.
pub(super) const MAX_TEXT_BYTES: usize = 1 << 20;

/// HTML that is made safe. A long exchange made by Outlook has some 500 KiB.
pub(super) const MAX_HTML_BYTES: usize = 2 << 20;

/// Open elements in one another. HTML's own rules walk up all that is open at each paragraph, so the
/// work grows with this number times the length.
pub(super) const MAX_HTML_DEPTH: usize = 400;

/// Attributes of one tag. Each is compared with those before it.
pub(super) const MAX_HTML_ATTRIBUTES: usize = 1_000;

/// Characters to be escaped times the bytes of the text in which they stand: 20,000 in 100 KB.
pub(super) const MAX_HTML_ESCAPING: usize = 2_000_000_000;

/// Characters of a file's name. File systems allow 255 bytes.
pub(super) const MAX_NAME_CHARS: usize = 150;

/// Marks in square brackets of a subject that are tried as a token.
pub(super) const MAX_TOKENS: usize = 20;

/// Identifiers of `References` that we write: the first of the exchange and the nearest.
pub(super) const MAX_SENT_REFERENCES: usize = 20;
