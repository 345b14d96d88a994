//! A form as data: each field with its label, what was typed, and what is wrong with it.
//!
//! One template shows any field, so that a label, a hint and a problem are tied to their control the same
//! way everywhere.

use std::borrow::Cow;

use crate::web::{Page, kit::Sent};

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) field: Cow<'static, str>,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(field: impl Into<Cow<'static, str>>, text: String) -> Self {
        Self { field: field.into(), text }
    }
}

/// One field.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) id: String,
    pub(super) name: Cow<'static, str>,
    pub(super) label: String,
    pub(super) hint: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) required: bool,
    pub(super) control: Control,
}

/// How it is typed.
#[derive(Clone)]
pub(super) enum Control {
    /// One line; `kind` is that of the input. What it may be completed with.
    Line { kind: &'static str, value: String, known: Vec<String> },
    /// Many lines.
    Text { value: String, rows: u8 },
    /// One of these.
    Choice(Vec<Choice>),
    /// Yes or no.
    Check { on: bool },
    /// Any of these.
    Several(Vec<Choice>),
    /// Files, each of so many bytes at most.
    Files { most_bytes: usize, too_large: String },
}

/// One possible answer.
#[derive(Clone)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) chosen: bool,
}

/// Makes the fields of one form.
pub(super) struct Form<'a> {
    pub(super) page: &'a Page,
    /// What tells its fields apart from those of another form of the page.
    pub(super) prefix: &'a str,
    pub(super) sent: &'a Sent,
    pub(super) problems: &'a [Problem],
}

impl Form<'_> {
    fn field(&self, name: &'static str, key: &str, control: Control) -> Field {
        self.named(name, self.page.t(key), control)
    }

    /// A field of the contract, which has its own label.
    pub(super) fn named(&self, name: impl Into<Cow<'static, str>>, label: String, control: Control) -> Field {
        let name = name.into();
        let found: Vec<&str> = self.problems.iter().filter(|p| p.field == name).map(|p| p.text.as_str()).collect();
        Field {
            id: if self.prefix.is_empty() { name.to_string() } else { format!("{}-{name}", self.prefix) },
            name,
            label,
            hint: None,
            problem: (!found.is_empty()).then(|| found.join(" ")),
            required: false,
            control,
        }
    }

    pub(super) fn line(&self, name: &'static str, key: &str, kind: &'static str) -> Field {
        self.field(name, key, Control::Line { kind, value: self.sent.get(name).to_owned(), known: Vec::new() })
    }

    pub(super) fn text(&self, name: &'static str, key: &str, rows: u8) -> Field {
        self.field(name, key, Control::Text { value: self.sent.get(name).to_owned(), rows })
    }

    /// `blank` is the message of the answer that says nothing; none when one must be given.
    pub(super) fn choice(
        &self,
        name: &'static str,
        key: &str,
        blank: Option<&str>,
        options: Vec<(String, String)>,
    ) -> Field {
        let typed = self.sent.get(name);
        let blank = blank.map(|key| (String::new(), self.page.t(key)));
        let choices = blank.into_iter().chain(options);
        let choices = choices.map(|(value, text)| Choice { chosen: value == typed, value, text });
        self.field(name, key, Control::Choice(choices.collect()))
    }

    pub(super) fn several(&self, name: &'static str, key: &str, options: Vec<(String, String)>) -> Field {
        let chosen = |value: &str| self.sent.all(name).any(|typed| typed == value);
        let choices = options.into_iter().map(|(value, text)| Choice { chosen: chosen(&value), value, text });
        self.field(name, key, Control::Several(choices.collect()))
    }

    pub(super) fn check(&self, name: &'static str, key: &str) -> Field {
        self.field(name, key, Control::Check { on: self.sent.is_on(name) })
    }

    pub(super) fn files(&self, name: &'static str, key: &str) -> Field {
        let most_bytes = crate::web::kit::MAX_FILE_BYTES;
        let too_large = self.page.t1("file-too-large-here", "limit", size(self.page, most_bytes));
        self.field(name, key, Control::Files { most_bytes, too_large })
    }
}

impl Field {
    pub(super) fn hint(self, text: String) -> Self {
        Self { hint: Some(text), ..self }
    }

    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn known(mut self, values: Vec<String>) -> Self {
        if let Control::Line { known, .. } = &mut self.control {
            *known = values;
        }
        self
    }

    /// What its control is described by, for who does not see it.
    pub(super) fn described_by(&self) -> String {
        let parts = [("hint", self.hint.is_some()), ("problem", self.problem.is_some())];
        let ids: Vec<String> =
            parts.iter().filter(|(_, there)| *there).map(|(part, _)| format!("{}-{part}", self.id)).collect();
        ids.join(" ")
    }
}

/// A number of bytes in the largest unit that leaves it whole enough to be read.
pub(super) fn size(page: &Page, bytes: impl TryInto<u64>) -> String {
    let bytes = bytes.try_into().unwrap_or(u64::MAX);
    let (key, n) = match bytes {
        0..=1023 => ("size-bytes", bytes),
        1024..=1_048_575 => ("size-kib", bytes.div_ceil(1024)),
        _ => ("size-mib", bytes.div_ceil(1_048_576)),
    };
    page.t1(key, "n", page.format.number(i64::try_from(n).unwrap_or(i64::MAX)))
}
