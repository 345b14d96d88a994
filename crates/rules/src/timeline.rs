//! The compact form in which a read table keeps a history's events.
//!
//! It is a cache of the journal: `vigie rebuild` makes it again. A first byte names the form, so that a
//! program that does not know it says so instead of misreading.

use vigie_contract::Class;

use crate::fact::{Event, History, Subject};

/// The form written today. Change it with every change of [`crate::fact::Fact`].
const FORM: u8 = 4;

/// Why a kept timeline could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TimelineError {
    /// Written by another version of the program.
    #[error("the timeline of {subject} has the form {found}, and this program reads {FORM}; run `vigie rebuild`")]
    Form {
        /// Whose.
        subject: Subject,
        /// What was found.
        found: u8,
    },
    /// Damaged.
    #[error("the timeline of {subject} cannot be read; run `vigie rebuild`")]
    Damaged {
        /// Whose.
        subject: Subject,
        /// Why.
        #[source]
        source: postcard::Error,
    },
}

/// Packs events that are in order.
///
/// # Errors
/// Never for events that came from the journal; the encoder's own otherwise.
pub fn encode(events: &[Event]) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_extend(events, vec![FORM])
}

/// Unpacks the events of a subject.
///
/// # Errors
/// When the form is another program's or the bytes are damaged.
pub fn decode(subject: Subject, class: Class, bytes: &[u8]) -> Result<History, TimelineError> {
    match bytes.split_first() {
        Some((&FORM, rest)) => match postcard::from_bytes(rest) {
            Ok(events) => Ok(History { subject, class, events }),
            Err(source) => Err(TimelineError::Damaged { subject, source }),
        },
        Some((&found, _)) => Err(TimelineError::Form { subject, found }),
        None => Ok(History { subject, class, events: Vec::new() }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::fact::Fact;

    #[test]
    fn a_timeline_is_read_back_and_another_form_is_refused() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let events =
            vec![Event { at, seq: 7, fact: Fact::Agreed { due: at } }, Event { at, seq: 8, fact: Fact::Closed }];
        let mut bytes = encode(&events).unwrap();
        let subject = || Subject("case/1".into());
        assert_eq!(decode(subject(), Class::Incident, &bytes).unwrap().events, events);
        bytes[0] = 9;
        assert!(matches!(decode(subject(), Class::Incident, &bytes), Err(TimelineError::Form { found: 9, .. })));
        assert!(matches!(decode(subject(), Class::Incident, &[FORM, 255]), Err(TimelineError::Damaged { .. })));
    }
}
