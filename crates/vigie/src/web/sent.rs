//! What a form sends: its words and its files, read with a limit on each.
//!
//! A form that goes wrong keeps what was typed, so words are read to the end even when a file is too
//! large; the bytes of such a file are passed over, never kept.

use axum::{
    Form, RequestExt,
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::header,
    response::{IntoResponse, Response},
};

use super::state::AppState;
use crate::features::desk::open::File;

/// Bytes of one file: a long PDF, a photograph.
pub(crate) const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;
/// Bytes of all files of one form.
pub(crate) const MAX_FILES_BYTES: usize = 25 * 1024 * 1024;
/// Files of one form.
pub(crate) const MAX_FILES: usize = 10;
/// Bytes of one field: more than the longest note has (200,000 characters).
const MAX_FIELD_BYTES: usize = 1024 * 1024;
/// Fields of one form: a bulk action names a page of cases.
const MAX_FIELDS: usize = 400;
/// Characters of a file's name; longer ones lose their middle, not their ending.
const MAX_FILE_NAME: usize = 200;

/// A file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is too large: its name.
    TooLarge(String),
    /// There are too many, or they are too large together.
    TooMany,
}

/// What was sent.
#[derive(Clone, Default)]
pub(crate) struct Sent {
    fields: Vec<(String, String)>,
    pub(crate) files: Vec<File>,
    pub(crate) refused: Vec<Refused>,
}

impl Sent {
    /// The words of a field, trimmed; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// The same, none when empty.
    pub(crate) fn said(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.trim())
    }

    /// The same as a code of the contract.
    pub(crate) fn code<T: for<'a> From<&'a str>>(&self, name: &str) -> Option<T> {
        Some(self.get(name)).filter(|v| !v.is_empty()).map(T::from)
    }

    /// Whether a box was checked.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Gives a field a value that nobody typed: what a form begins with.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.into()));
    }

    /// Adds a value to a field, as an address that names it twice does.
    pub(crate) fn add(&mut self, name: &str, value: String) {
        self.fields.push((name.to_owned(), value));
    }

    async fn take(&mut self, mut field: Field<'_>) -> Result<(), Response> {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(file_name) = field.file_name().map(tidy_name) else {
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(IntoResponse::into_response)? {
                if bytes.len() + chunk.len() > MAX_FIELD_BYTES {
                    return Err(axum::http::StatusCode::PAYLOAD_TOO_LARGE.into_response());
                }
                bytes.extend_from_slice(&chunk);
            }
            self.fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            return Ok(());
        };
        let media_type = field.content_type().unwrap_or("application/octet-stream").chars().take(100).collect();
        let before: usize = self.files.iter().map(|f| f.bytes.len()).sum();
        let (mut bytes, mut refused) = (Vec::new(), None);
        while let Some(chunk) = field.chunk().await.map_err(IntoResponse::into_response)? {
            if refused.is_some() {
                continue;
            }
            let size = bytes.len() + chunk.len();
            if size > MAX_FILE_BYTES {
                refused = Some(Refused::TooLarge(file_name.clone()));
            } else if before + size > MAX_FILES_BYTES || self.files.len() >= MAX_FILES {
                refused = Some(Refused::TooMany);
            } else {
                bytes.extend_from_slice(&chunk);
            }
        }
        match refused {
            Some(why) => self.refused.push(why),
            // A file field that was left alone sends a file without a name.
            None if file_name.is_empty() => {}
            None => self.files.push(File { name: file_name, media_type, bytes }),
        }
        Ok(())
    }
}

impl FromRequest<AppState> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).map(|v| v.as_bytes().to_ascii_lowercase());
        let mut sent = Self::default();
        if kind.is_some_and(|k| k.starts_with(b"multipart/form-data")) {
            let mut parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
            while let Some(field) = parts.next_field().await.map_err(IntoResponse::into_response)? {
                sent.take(field).await?;
                if sent.fields.len() > MAX_FIELDS {
                    return Err(axum::http::StatusCode::PAYLOAD_TOO_LARGE.into_response());
                }
            }
        } else {
            let Form(fields) =
                request.extract().await.map_err(|e: axum::extract::rejection::FormRejection| e.into_response())?;
            sent.fields = fields;
        }
        Ok(sent)
    }
}

/// A name without folders and without marks that a terminal or a browser would act upon.
fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: Vec<char> = last.chars().filter(|c| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(c)).collect();
    let surplus = kept.len().saturating_sub(MAX_FILE_NAME);
    let middle = kept.len().saturating_sub(surplus) / 2;
    let name: String = kept.iter().take(middle).chain(kept.iter().skip(middle + surplus)).collect();
    name.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_without_folders_and_without_marks_that_turn_text_round() {
        for (given, expected) in [
            ("C:\\photos\\baie.jpg", "baie.jpg"),
            ("../../etc/passwd", "passwd"),
            ("fac\u{202e}fdp.exe", "facfdp.exe"),
            ("a\nb.txt", "ab.txt"),
            ("", ""),
        ] {
            assert_eq!(tidy_name(given), expected);
        }
        let long = tidy_name(&format!("{}.pdf", "x".repeat(400)));
        assert!(long.chars().count() == MAX_FILE_NAME && long.ends_with(".pdf"));
    }
}
