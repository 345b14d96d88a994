//! By what people and programs are reached, and reach the desk.

use serde::{Deserialize, Serialize};

/// A way to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// On the pages of the program.
    InApp,
    /// E-mail.
    Mail,
    /// A program of one of the sides, called by HTTP.
    Webhook,
    /// Telephone.
    Phone,
}
