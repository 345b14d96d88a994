//! The names by which the rules of a contract refer to each other.
//!
//! Each kind of name is a type of its own, so that a clock is never looked up where a calendar is
//! meant. Whether a name is declared anywhere is for the checks to say, never for these types.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares a kind of name.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub String);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

text_id!(/** Names a calendar, such as `HO` or `24x7`. */ CalendarId);
text_id!(/** Names a clock, such as `restoration`. */ ClockId);
text_id!(/** Names an obligation, such as `dqa-ready`. */ ObligationId);
text_id!(/** Names a service of the perimeter, such as `toip`. */ ServiceId);
text_id!(/** Names a committee, such as `copil`. */ CommitteeId);
text_id!(/** Names a role, such as `roc`. */ RoleId);
text_id!(/** Names a reason for which a clock may stop, such as `user_unavailable`. */ PauseReasonId);
text_id!(/** Names an item of the request catalogue. */ CatalogueItemId);
text_id!(/** Names a criterion of urgency or impact, such as `outside-users`. */ CriterionId);
text_id!(/** Names a rule that routes new cases. */ RouteId);
text_id!(/** Names a resolution group, such as `go`. */ TeamId);
text_id!(/** Names a type of changes, such as `major`. */ ChangeTypeId);
text_id!(/** Names a college that gives its opinion on changes. */ CollegeId);
text_id!(/** Names a warning or an escalation, such as `p1-functional`. */ EscalationId);
text_id!(/** Names a stage of a problem, such as `cause`. */ StageId);
