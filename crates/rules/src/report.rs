//! The report of a major incident (RIM, 3.7.1.3): its five sections, its review, and when it may be sent.
//!
//! Which delay it has is an obligation of the contract like any other; here stands what it must hold.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vigie_contract::{Class, Party};

use crate::{fact::Document, life::Life};

/// The five sections that 3.7.1.3 names, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What happened, and above all what the provider did.
    Chronology,
    /// Exchanges with the teams of the DSIUN.
    Customer,
    /// Exchanges with an editor.
    Editor,
    /// Escalations made to the editor.
    Escalations,
    /// What is done so that it does not happen again.
    Corrective,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Chronology, Self::Customer, Self::Editor, Self::Escalations, Self::Corrective];

    /// Its name in forms and contents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chronology => "chronology",
            Self::Customer => "customer",
            Self::Editor => "editor",
            Self::Escalations => "escalations",
            Self::Corrective => "corrective",
        }
    }
}

/// A corrective action: who does what by when, and whether it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub what: String,
    /// Who sees to it.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// When it was done.
    pub done: Option<Date>,
}

/// A report as people write it; it is kept whole with each version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// Section [`Section::Chronology`].
    pub chronology: String,
    /// Section [`Section::Customer`].
    pub customer: String,
    /// Section [`Section::Editor`].
    pub editor: String,
    /// Section [`Section::Escalations`].
    pub escalations: String,
    /// Section [`Section::Corrective`].
    pub corrective: String,
    /// The review: what is learnt from it.
    pub review: String,
    /// The actions that the review decides.
    pub actions: Vec<Action>,
}

impl Report {
    /// What one paper holds of it: the report its sections, the review what was learnt, both the actions. What
    /// another paper holds may still be a draft.
    #[must_use]
    pub fn part(&self, document: Document) -> Self {
        match document {
            Document::Review => Self { review: self.review.clone(), actions: self.actions.clone(), ..Self::default() },
            _ => Self { review: String::new(), ..self.clone() },
        }
    }

    /// The words of a section.
    #[must_use]
    pub fn section(&self, section: Section) -> &str {
        match section {
            Section::Chronology => &self.chronology,
            Section::Customer => &self.customer,
            Section::Editor => &self.editor,
            Section::Escalations => &self.escalations,
            Section::Corrective => &self.corrective,
        }
    }

    /// The same, to be written.
    pub fn section_mut(&mut self, section: Section) -> &mut String {
        match section {
            Section::Chronology => &mut self.chronology,
            Section::Customer => &mut self.customer,
            Section::Editor => &mut self.editor,
            Section::Escalations => &mut self.escalations,
            Section::Corrective => &mut self.corrective,
        }
    }
}

/// What keeps a report from being written or sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefusal {
    /// The provider reports; the customer reads.
    #[error("the report of a major incident is the provider's")]
    Side,
    /// Nothing major happened.
    #[error("only a major incident has a report")]
    NotMajor,
    /// The incident is not over.
    #[error("the incident is not restored: its report cannot be complete")]
    NotOver,
    /// Sections have no words.
    #[error("sections are missing: {}", .0.iter().map(|s| s.name()).collect::<Vec<_>>().join(", "))]
    Missing(Vec<Section>),
    /// The review has no words.
    #[error("the review is missing")]
    NoReview,
    /// An action that nobody sees to, or that has no date, is none (C-3.7.1.3-04).
    #[error("action {} has no owner or no date", .0 + 1)]
    LooseAction(usize),
}

/// Whether a side may write the report of a case.
///
/// # Errors
/// Why not.
pub fn may_write(class: Class, major: bool, party: Party) -> Result<(), ReportRefusal> {
    if party != Party::Provider {
        return Err(ReportRefusal::Side);
    }
    if class != Class::Incident || !major {
        return Err(ReportRefusal::NotMajor);
    }
    Ok(())
}

/// Whether a document may be sent as it stands: a missing section blocks it (C-3.7.1.3-03).
///
/// # Errors
/// Why not.
pub fn may_send(document: Document, report: &Report, life: &Life) -> Result<(), ReportRefusal> {
    if life.restored().is_none() {
        return Err(ReportRefusal::NotOver);
    }
    let blank = |text: &str| text.trim().is_empty();
    if document == Document::Review {
        if blank(&report.review) {
            return Err(ReportRefusal::NoReview);
        }
        let loose = |a: &Action| blank(&a.what) || blank(&a.owner) || a.due.is_none();
        return report.actions.iter().position(loose).map_or(Ok(()), |n| Err(ReportRefusal::LooseAction(n)));
    }
    let missing: Vec<Section> = Section::ALL.into_iter().filter(|s| blank(report.section(*s))).collect();
    if missing.is_empty() { Ok(()) } else { Err(ReportRefusal::Missing(missing)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        fixture::{at, ezv, history},
    };

    fn life(facts: &[(&str, Fact)]) -> Life {
        Life::read(&history("case/1", Class::Incident, facts), at("2026-03-20T00:00"))
    }

    #[test]
    fn only_the_provider_reports_and_only_what_was_major() {
        assert_eq!(may_write(Class::Incident, true, Party::Provider), Ok(()));
        assert_eq!(may_write(Class::Incident, true, Party::Customer), Err(ReportRefusal::Side));
        assert_eq!(may_write(Class::Incident, false, Party::Provider), Err(ReportRefusal::NotMajor));
        assert_eq!(may_write(Class::Request, true, Party::Provider), Err(ReportRefusal::NotMajor));
    }

    #[test]
    fn a_missing_section_or_an_incident_in_course_blocks_the_report() {
        let over = life(&[("2026-03-12T03:00", ezv()), ("2026-03-12T09:00", Fact::Restored)]);
        let mut report = Report::default();
        for section in Section::ALL {
            assert!(
                matches!(may_send(Document::Report, &report, &over), Err(ReportRefusal::Missing(m)) if m[0] == section)
            );
            *report.section_mut(section) = "mots".to_owned();
        }
        assert_eq!(may_send(Document::Report, &report, &over), Ok(()));
        report.editor = " \n".to_owned();
        assert_eq!(may_send(Document::Report, &report, &over), Err(ReportRefusal::Missing(vec![Section::Editor])));
        let running = life(&[("2026-03-12T03:00", ezv())]);
        assert_eq!(may_send(Document::Report, &report, &running), Err(ReportRefusal::NotOver));
    }

    #[test]
    fn a_review_has_words_and_each_of_its_actions_somebody_and_a_date() {
        let over = life(&[("2026-03-12T03:00", ezv()), ("2026-03-12T09:00", Fact::Restored)]);
        let mut report = Report::default();
        let check = |report: &Report| may_send(Document::Review, report, &over);
        assert_eq!(check(&report), Err(ReportRefusal::NoReview));
        report.review = "Ce qui a manqué".to_owned();
        assert_eq!(check(&report), Ok(()));
        report.actions.push(Action { what: "Doubler le lien".to_owned(), ..Action::default() });
        assert_eq!(check(&report), Err(ReportRefusal::LooseAction(0)));
        report.actions[0].owner = "go.martin".to_owned();
        assert_eq!(check(&report), Err(ReportRefusal::LooseAction(0)));
        report.actions[0].due = "2026-04-01".parse().ok();
        assert_eq!(check(&report), Ok(()));
    }
}
