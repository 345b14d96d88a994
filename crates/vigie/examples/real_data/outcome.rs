//! What checking a set gave.

/// Where a set stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All that was compared agrees.
    Agrees,
    /// Something differs, or nothing could be compared.
    Short,
    /// The folder is not there.
    Absent,
}

impl Status {
    /// Its word in the output.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Agrees => "ok",
            Self::Short => "SHORT",
            Self::Absent => "absent",
        }
    }
}

/// One line of the output, with the differences below it.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The set, or the part of it.
    pub(crate) set: String,
    /// What was counted, for people.
    pub(crate) figures: String,
    /// What differs, one line each.
    pub(crate) differences: Vec<String>,
    present: bool,
}

impl Outcome {
    /// A set that was compared; it falls short when anything differs.
    pub(crate) fn new(set: &str, figures: String, differences: Vec<String>) -> Self {
        Self { set: set.to_owned(), figures, differences, present: true }
    }

    /// A folder that is not there.
    pub(crate) fn absent(set: &str) -> Self {
        Self { set: set.to_owned(), figures: "no such folder".to_owned(), differences: Vec::new(), present: false }
    }

    /// A set that could not be read at all.
    pub(crate) fn broken(set: &str, error: &anyhow::Error) -> Self {
        Self::new(set, "could not be checked".to_owned(), vec![format!("{error:#}")])
    }

    /// Where it stands.
    pub(crate) fn status(&self) -> Status {
        match (self.present, self.differences.is_empty()) {
            (false, _) => Status::Absent,
            (true, true) => Status::Agrees,
            (true, false) => Status::Short,
        }
    }
}
