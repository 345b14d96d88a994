//! What is written down on the way of a request, a change or a problem, and how far each has come.
//!
//! A step is a fact of the case like a take-in or a restoration; [`Progress`] is what all of them come to.
//! Whether a step may follow is asked in [`crate::desk`], never here.

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeSeed, EnumAccess, IgnoredAny, IntoDeserializer, VariantAccess, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};
use vigie_contract::{Authority, ChangeTypeId, CollegeId, CommitteeId, Risk, StageId, TeamId, Verb};

use crate::{
    change::ChangeFile,
    relation::{Link, Relation},
};

/// What somebody says to a change in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// Do it.
    For,
    /// Do not.
    Against,
    /// Neither.
    Abstain,
}

impl Voice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::For, Self::Against, Self::Abstain];

    /// Its name in bodies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstain => "abstain",
        }
    }
}

/// A step; its name is the verb of its entry, and its members are those of the entry's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Another case, or a reference of another system.
    Linked {
        /// `case`, `ezv`, `vendor`, ...
        system: String,
        /// The number there.
        reference: String,
        /// What it is to this case.
        #[serde(default)]
        relation: Option<Relation>,
    },
    /// Whoever must approve the request did.
    Approved,
    /// Whoever must approve the request refused.
    ApprovalRefused,
    /// What is known of a change; what is absent stays as it was.
    Assessed {
        /// Its type.
        #[serde(default)]
        kind: Option<ChangeTypeId>,
        /// Its risk.
        #[serde(default)]
        risk: Option<Risk>,
        /// The criteria that make it urgent.
        #[serde(default)]
        urgent_criteria: Vec<String>,
    },
    /// A section of a study; its words are the entry's.
    SectionWritten {
        /// Which.
        section: String,
    },
    /// The customer validated the study.
    StudyValidated,
    /// The customer refused the study.
    StudyRefused,
    /// The opinion of a college; its words are the entry's.
    OpinionGiven {
        /// Whose.
        college: CollegeId,
        /// Whether it is for the change.
        favourable: bool,
    },
    /// The change is on the agenda of a session.
    Tabled {
        /// Its number: `cab-2026-11-26`.
        session: String,
    },
    /// A vote, which nothing overwrites.
    Voted {
        /// In which session.
        session: String,
        /// Whose, by account.
        voter: String,
        /// What was said.
        vote: Voice,
    },
    /// The authority decided.
    Decided {
        /// In whose name.
        authority: Authority,
        /// Whether the change may be done.
        granted: bool,
        /// In which session; absent when no committee decides.
        #[serde(default)]
        session: Option<String>,
    },
    /// The window of a change.
    Planned {
        /// Its first instant.
        begins: Timestamp,
        /// Its last.
        ends: Timestamp,
    },
    /// The execution began.
    Begun,
    /// The change was undone.
    BackedOut,
    /// The change was looked back upon.
    Reviewed,
    /// A stage of a problem was reached; what shows it is the entry's words.
    StageReached {
        /// Which.
        stage: StageId,
    },
    /// A session was called.
    Called {
        /// Of which committee.
        committee: CommitteeId,
        /// When it begins.
        begins: Timestamp,
    },
    /// Somebody attends a session.
    Attended {
        /// Who, by account.
        account: String,
        /// In whose place, when they are a delegate.
        #[serde(default)]
        instead_of: Option<String>,
    },
    /// A third party was asked, or gave another number.
    Handed {
        /// Which, by its team.
        third: TeamId,
        /// Its own number of the matter, once it has given one.
        #[serde(default)]
        reference: Option<String>,
    },
    /// The third party answered.
    ThirdAnswered {
        /// Which.
        third: TeamId,
        /// Its own number of the matter, when it gives it now.
        #[serde(default)]
        reference: Option<String>,
    },
    /// The third party solved its part.
    ThirdSolved {
        /// Which.
        third: TeamId,
    },
    /// The third party was reminded.
    Reminded {
        /// Which.
        third: TeamId,
    },
}

impl Step {
    /// Reads the step of a verb from the body of its entry.
    ///
    /// # Errors
    /// When no step has that verb, or the body does not fit.
    pub fn read<'de, D>(verb: Verb, body: D) -> Result<Self, D::Error>
    where
        D: Deserializer<'de>,
    {
        Self::deserialize(Tagged { verb: verb.name(), body })
    }

    /// The verb of its entry.
    #[must_use]
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Linked { .. } => Verb::Linked,
            Self::Approved => Verb::Approved,
            Self::ApprovalRefused => Verb::ApprovalRefused,
            Self::Assessed { .. } => Verb::Assessed,
            Self::SectionWritten { .. } => Verb::SectionWritten,
            Self::StudyValidated => Verb::StudyValidated,
            Self::StudyRefused => Verb::StudyRefused,
            Self::OpinionGiven { .. } => Verb::OpinionGiven,
            Self::Tabled { .. } => Verb::Tabled,
            Self::Voted { .. } => Verb::Voted,
            Self::Decided { .. } => Verb::Decided,
            Self::Planned { .. } => Verb::Planned,
            Self::Begun => Verb::Begun,
            Self::BackedOut => Verb::BackedOut,
            Self::Reviewed => Verb::Reviewed,
            Self::StageReached { .. } => Verb::StageReached,
            Self::Called { .. } => Verb::Called,
            Self::Attended { .. } => Verb::Attended,
            Self::Handed { .. } => Verb::Handed,
            Self::ThirdAnswered { .. } => Verb::ThirdAnswered,
            Self::ThirdSolved { .. } => Verb::ThirdSolved,
            Self::Reminded { .. } => Verb::Reminded,
        }
    }

    /// The members of its body.
    ///
    /// # Errors
    /// Never for the steps declared here; the encoder's own otherwise.
    pub fn body(&self) -> serde_json::Result<serde_json::Map<String, serde_json::Value>> {
        members(self)
    }
}

/// The members of a variant, without what it does not say.
pub(crate) fn members(tagged: &impl Serialize) -> serde_json::Result<serde_json::Map<String, serde_json::Value>> {
    let serde_json::Value::Object(tagged) = serde_json::to_value(tagged)? else { return Ok(Default::default()) };
    let Some((_, serde_json::Value::Object(mut body))) = tagged.into_iter().next() else {
        return Ok(Default::default());
    };
    body.retain(|_, value| !value.is_null());
    Ok(body)
}

/// An enum whose name and content stand apart: the verb of an entry, and its body.
pub(crate) struct Tagged<D> {
    pub(crate) verb: &'static str,
    pub(crate) body: D,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Tagged<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Tagged<D> {
    type Error = D::Error;
    type Variant = Body<D>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Body<D>), D::Error> {
        let name: StrDeserializer<'_, D::Error> = self.verb.into_deserializer();
        Ok((seed.deserialize(name)?, Body(self.body)))
    }
}

pub(crate) struct Body<D>(D);

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Body<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        IgnoredAny::deserialize(self.0).map(|_| ())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, D::Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct("body", fields, visitor)
    }
}

/// A vote as it was cast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// In which session.
    pub session: String,
    /// Whose, by account.
    pub voter: String,
    /// What was said.
    pub vote: Voice,
}

/// A decision as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// In whose name.
    pub authority: Authority,
    /// Whether the change may be done.
    pub granted: bool,
    /// In which session.
    pub session: Option<String>,
}

/// How far a request, a change or a problem has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is linked, in the order of the first saying; the latest relation holds.
    pub links: Vec<Link>,
    /// The latest answer of whoever must approve, and when.
    pub approval: Option<(Timestamp, bool)>,
    /// Type of the change.
    pub kind: Option<ChangeTypeId>,
    /// Its risk.
    pub risk: Option<Risk>,
    /// The criteria that make it urgent.
    pub urgent_criteria: Vec<String>,
    /// Sections of the study that are written.
    pub sections: Vec<String>,
    /// When the customer validated the study as it stands.
    pub study_validated: Option<Timestamp>,
    /// The latest opinion of each college, in the order of their first.
    pub opinions: Vec<(CollegeId, bool)>,
    /// Sessions on whose agenda the change is.
    pub sessions: Vec<String>,
    /// Votes, the first of each voter in each session.
    pub ballots: Vec<Ballot>,
    /// The latest decision on the change as it was assessed.
    pub decision: Option<Decision>,
    /// Its window.
    pub planned: Option<(Timestamp, Timestamp)>,
    /// When its execution began.
    pub begun: Option<Timestamp>,
    /// When it was undone.
    pub backed_out: Option<Timestamp>,
    /// When it was looked back upon.
    pub reviewed: Option<Timestamp>,
    /// Stages of the problem that were reached, in their order.
    pub stages: Vec<StageId>,
    /// What third parties were asked, in the order in which they were.
    pub thirds: Vec<Errand>,
}

/// What a third party was asked, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Which third party, by its team.
    pub third: TeamId,
    /// Its own number of the matter.
    pub reference: Option<String>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it first answered.
    pub answered_at: Option<Timestamp>,
    /// When it last answered.
    pub heard_at: Option<Timestamp>,
    /// When it solved its part.
    pub solved_at: Option<Timestamp>,
    /// When it was reminded.
    pub reminders: Vec<Timestamp>,
}

impl Progress {
    /// Nothing was done yet.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self {
            links: Vec::new(),
            approval: None,
            kind: None,
            risk: None,
            urgent_criteria: Vec::new(),
            sections: Vec::new(),
            study_validated: None,
            opinions: Vec::new(),
            sessions: Vec::new(),
            ballots: Vec::new(),
            decision: None,
            planned: None,
            begun: None,
            backed_out: None,
            reviewed: None,
            stages: Vec::new(),
            thirds: Vec::new(),
        }
    }

    /// What a third party was asked and has not solved.
    #[must_use]
    pub fn errand(&self, third: &TeamId) -> Option<&Errand> {
        self.thirds.iter().rfind(|errand| errand.third == *third && errand.solved_at.is_none())
    }

    /// The errand of a third party that is not over; a number that it gives now replaces an earlier one.
    fn errand_mut(&mut self, third: &TeamId, reference: Option<&String>) -> Option<&mut Errand> {
        let found = self.thirds.iter_mut().rfind(|errand| errand.third == *third && errand.solved_at.is_none())?;
        if reference.is_some() {
            found.reference = reference.cloned();
        }
        Some(found)
    }

    fn hand(&mut self, at: Timestamp, third: &TeamId, reference: Option<&String>) {
        if self.errand_mut(third, reference).is_some() {
            return;
        }
        self.thirds.push(Errand {
            third: third.clone(),
            reference: reference.cloned(),
            asked_at: at,
            answered_at: None,
            heard_at: None,
            solved_at: None,
            reminders: Vec::new(),
        });
    }

    /// Takes up a step; they MUST come in order.
    pub(crate) fn take(&mut self, at: Timestamp, step: &Step) {
        match step {
            Step::Linked { system, reference, relation } => self.link(system, reference, *relation),
            Step::Approved => self.approval = Some((at, true)),
            Step::ApprovalRefused => self.approval = Some((at, false)),
            Step::Assessed { kind, risk, urgent_criteria } => self.assess(kind.as_ref(), *risk, urgent_criteria),
            Step::SectionWritten { section } => {
                add(&mut self.sections, section.clone());
                // What was validated is no longer what stands there.
                self.study_validated = None;
            }
            Step::StudyValidated => self.study_validated = Some(at),
            Step::StudyRefused => self.study_validated = None,
            Step::OpinionGiven { college, favourable } => match self.opinions.iter_mut().find(|(c, _)| c == college) {
                Some((_, said)) => *said = *favourable,
                None => self.opinions.push((college.clone(), *favourable)),
            },
            Step::Tabled { session } => add(&mut self.sessions, session.clone()),
            Step::Voted { session, voter, vote } => {
                if !self.has_voted(session, voter) {
                    self.ballots.push(Ballot { session: session.clone(), voter: voter.clone(), vote: *vote });
                }
            }
            Step::Decided { authority, granted, session } => {
                let session = session.clone();
                self.decision = Some(Decision { at, authority: *authority, granted: *granted, session });
            }
            Step::Planned { begins, ends } => self.planned = Some((*begins, *ends)),
            Step::Begun => {
                self.begun = Some(at);
                self.backed_out = None;
                self.reviewed = None;
            }
            Step::BackedOut => {
                self.backed_out = Some(at);
                self.begun = None;
                // To try again is to plan again.
                self.planned = None;
            }
            Step::Reviewed => self.reviewed = Some(at),
            Step::StageReached { stage } => add(&mut self.stages, stage.clone()),
            Step::Handed { third, reference } => self.hand(at, third, reference.as_ref()),
            Step::ThirdAnswered { third, reference } => {
                if let Some(errand) = self.errand_mut(third, reference.as_ref()) {
                    errand.answered_at.get_or_insert(at);
                    errand.heard_at = Some(at);
                }
            }
            Step::ThirdSolved { third } => {
                if let Some(errand) = self.errand_mut(third, None) {
                    errand.solved_at = Some(at);
                }
            }
            Step::Reminded { third } => {
                if let Some(errand) = self.errand_mut(third, None) {
                    errand.reminders.push(at);
                }
            }
            Step::Called { .. } | Step::Attended { .. } => {}
        }
    }

    fn assess(&mut self, kind: Option<&ChangeTypeId>, risk: Option<Risk>, urgent_criteria: &[String]) {
        let before = (self.kind.clone(), self.risk);
        if kind.is_some() {
            self.kind = kind.cloned();
        }
        self.risk = risk.or(self.risk);
        if !urgent_criteria.is_empty() {
            self.urgent_criteria = urgent_criteria.to_vec();
        }
        // Whoever decided has decided on another change.
        if before != (self.kind.clone(), self.risk) {
            self.decision = None;
            self.planned = None;
        }
    }

    fn link(&mut self, system: &str, reference: &str, relation: Option<Relation>) {
        match self.links.iter_mut().find(|l| l.system == system && l.reference == reference) {
            Some(known) => known.relation = relation.or(known.relation),
            None => self.links.push(Link { system: system.to_owned(), reference: reference.to_owned(), relation }),
        }
    }

    /// Forgets a link.
    pub(crate) fn unlink(&mut self, system: &str, reference: &str) {
        self.links.retain(|link| link.system != system || link.reference != reference);
    }

    /// Whether somebody voted in a session.
    #[must_use]
    pub fn has_voted(&self, session: &str, voter: &str) -> bool {
        self.ballots.iter().any(|b| b.session == session && b.voter == voter)
    }

    /// What was done on a change so far, as far as its planning depends on it.
    #[must_use]
    pub fn change_file(&self) -> ChangeFile {
        ChangeFile {
            risk: self.risk,
            opinions: self.opinions.iter().map(|(college, _)| college.clone()).collect(),
            sections: self.sections.clone(),
            study_validated: self.study_validated.is_some(),
            urgent_criteria: self.urgent_criteria.clone(),
            authorised_by: self.decision.as_ref().filter(|d| d.granted).map(|d| d.authority),
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, new: T) {
    if !list.contains(&new) {
        list.push(new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::at;

    #[test]
    fn a_step_is_read_back_from_its_verb_and_body() {
        let steps = [
            Step::Approved,
            Step::Assessed { kind: Some("major".into()), risk: Some(Risk::High), urgent_criteria: vec![] },
            Step::OpinionGiven { college: "technical".into(), favourable: false },
            Step::Voted { session: "cab-1".into(), voter: "a".into(), vote: Voice::Abstain },
            Step::Decided { authority: Authority::Process, granted: true, session: None },
            Step::Planned { begins: at("2026-03-12T20:00"), ends: at("2026-03-12T22:00") },
            Step::Attended { account: "a".into(), instead_of: Some("b".into()) },
            Step::Handed { third: "operators".into(), reference: Some("OP-77".into()) },
            Step::ThirdSolved { third: "operators".into() },
        ];
        for step in steps {
            let mut body = step.body().unwrap();
            body.insert("visible_to".to_owned(), "provider".into());
            assert_eq!(Step::read(step.verb(), body).unwrap(), step);
        }
        assert!(Step::read(Verb::Voted, serde_json::Map::new()).is_err());
        assert!(Step::read(Verb::Restored, serde_json::Map::new()).is_err());
    }

    #[test]
    fn a_section_written_anew_is_no_longer_validated() {
        let mut progress = Progress::default();
        let written = Step::SectionWritten { section: "risks".into() };
        for step in [&written, &Step::StudyValidated, &written] {
            progress.take(at("2026-03-12T10:00"), step);
        }
        assert_eq!((progress.sections, progress.study_validated), (vec!["risks".to_owned()], None));
    }

    #[test]
    fn a_vote_is_not_overwritten_and_another_type_voids_the_decision() {
        let mut progress = Progress::default();
        let vote = |vote| Step::Voted { session: "cab-1".into(), voter: "a".into(), vote };
        let decided = Step::Decided { authority: Authority::Cab, granted: true, session: Some("cab-1".into()) };
        let assessed = |kind: &str| Step::Assessed { kind: Some(kind.into()), risk: None, urgent_criteria: Vec::new() };
        for step in [assessed("major"), vote(Voice::Against), vote(Voice::For), decided, assessed("major")] {
            progress.take(at("2026-03-12T10:00"), &step);
        }
        assert_eq!(progress.ballots.iter().map(|b| b.vote).collect::<Vec<_>>(), [Voice::Against]);
        assert_eq!(progress.change_file().authorised_by, Some(Authority::Cab));
        progress.take(at("2026-03-12T11:00"), &assessed("normal"));
        assert_eq!(progress.change_file().authorised_by, None);
    }
}
