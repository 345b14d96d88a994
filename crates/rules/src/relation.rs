//! What one case is to another. Whatever is said of one is said of the other, seen from its side.

use serde::{Deserialize, Serialize};

/// What a linked case is to the case that links it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It is about the same, and that one goes on.
    DuplicateOf,
    /// The other way round.
    HasDuplicate,
    /// That one is its cause.
    CausedBy,
    /// It is the cause of that one.
    Causes,
    /// It is a part of that one.
    ChildOf,
    /// That one is a part of it.
    ParentOf,
    /// It has to do with that one.
    RelatesTo,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::RelatesTo,
        Self::DuplicateOf,
        Self::HasDuplicate,
        Self::CausedBy,
        Self::Causes,
        Self::ChildOf,
        Self::ParentOf,
    ];

    /// The same, seen from the other case.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::DuplicateOf => Self::HasDuplicate,
            Self::HasDuplicate => Self::DuplicateOf,
            Self::CausedBy => Self::Causes,
            Self::Causes => Self::CausedBy,
            Self::ChildOf => Self::ParentOf,
            Self::ParentOf => Self::ChildOf,
            Self::RelatesTo => Self::RelatesTo,
        }
    }

    /// Its name in bodies and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DuplicateOf => "duplicate_of",
            Self::HasDuplicate => "has_duplicate",
            Self::CausedBy => "caused_by",
            Self::Causes => "causes",
            Self::ChildOf => "child_of",
            Self::ParentOf => "parent_of",
            Self::RelatesTo => "relates_to",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

/// What is linked to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// `case`, `ezv`, `vendor`, ...
    pub system: String,
    /// The number there.
    pub reference: String,
    /// What it is to the case; absent when nobody said.
    pub relation: Option<Relation>,
}

impl Link {
    /// Whether it leads to a case of this desk.
    #[must_use]
    pub fn is_case(&self) -> bool {
        self.system == "case"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_one_case_is_said_of_the_other_from_its_side() {
        for relation in Relation::ALL {
            assert_eq!(relation.inverse().inverse(), relation);
            assert_eq!(Relation::from_name(relation.name()), Some(relation));
            assert_eq!(relation.inverse() == relation, relation == Relation::RelatesTo);
        }
    }
}
