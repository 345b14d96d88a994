//! What every rule of a contract says of itself: its clause, its label, its days, its doubts.
//!
//! These fields are declared once, here, so that no rule can be written without saying where it comes
//! from. A field that only some rules have never belongs here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What every rule of a contract can say of itself.
pub trait Rule {
    /// The clause that says so.
    fn clause(&self) -> &str;
    /// Its name for people.
    fn label(&self) -> &Label;
    /// First day on which it holds.
    fn from(&self) -> Option<Date>;
    /// Last day on which it holds.
    fn to(&self) -> Option<Date>;
    /// The doubts that it settles.
    fn doubts(&self) -> &[String];
    /// The reading that was chosen.
    fn choice(&self) -> Option<&Label>;
    /// Whether it holds on `day`.
    fn holds_on(&self, day: Date) -> bool {
        self.from().is_none_or(|d| d <= day) && self.to().is_none_or(|d| day <= d)
    }
}

/// A text that a person reads, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// French, the language of the contract.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Label {
    /// A text in both languages.
    #[must_use]
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }
}

/// Declares a rule of the contract: its own fields plus those that every rule carries.
macro_rules! rule {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident : $ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
            /// The clause that says so, as printed in the contract (`3.4.6.1`).
            pub clause: String,
            /// What a person calls it.
            pub label: $crate::model::Label,
            /// First day on which it holds; absent means from the start of the contract.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub from: Option<jiff::civil::Date>,
            /// Last day on which it holds; absent means to the end of the contract.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub to: Option<jiff::civil::Date>,
            /// The doubts that this value settles, such as `AMB-01`.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub doubts: Vec<String>,
            /// Which reading was chosen and why, when the text leaves it open.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub choice: Option<$crate::model::Label>,
        }

        impl $crate::model::Rule for $name {
            fn clause(&self) -> &str { &self.clause }
            fn label(&self) -> &$crate::model::Label { &self.label }
            fn from(&self) -> Option<jiff::civil::Date> { self.from }
            fn to(&self) -> Option<jiff::civil::Date> { self.to }
            fn doubts(&self) -> &[String] { &self.doubts }
            fn choice(&self) -> Option<&$crate::model::Label> { self.choice.as_ref() }
        }
    };
}

pub(super) use rule;
