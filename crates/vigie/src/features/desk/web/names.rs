//! What people call what facts name by its code: services, subjects, groups, phases, acts.
//!
//! The contract's own labels where it has one, the messages of the catalogue otherwise, and the code itself
//! for what neither knows. MUST NOT decide anything.

use vigie_contract::{CatalogueItemId, Class, Contract, Label, Party, RoleId, ServiceId};
use vigie_rules::{
    desk::{Act, Phase},
    life::Life,
};

use crate::web::Page;

/// The names that one page gives, under one version of the contract.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) page: &'a Page,
    pub(super) contract: &'a Contract,
}

impl Names<'_> {
    fn label(&self, label: Option<&Label>, code: &str) -> String {
        label.map_or_else(|| code.to_owned(), |l| self.page.label(l).to_owned())
    }

    pub(super) fn service(&self, id: &str) -> String {
        let found = self.contract.perimeter.services.iter().find(|s| s.id.0 == id);
        self.label(found.map(|s| &s.label), id)
    }

    /// A subject of incidents or a type of request.
    pub(super) fn item(&self, id: &str) -> String {
        let subject = self.contract.catalogue.subjects.iter().find(|s| s.id == id).map(|s| &s.label);
        let item = || self.contract.catalogue.items.iter().find(|i| i.id.0 == id).map(|i| &i.label);
        self.label(subject.or_else(item), id)
    }

    pub(super) fn pause(&self, id: &str) -> String {
        let found = self.contract.clocks.pauses.iter().find(|p| p.reason.0 == id);
        self.label(found.map(|p| &p.label), &id.replace('_', " "))
    }

    pub(super) fn team(&self, id: &str) -> String {
        let found = self.contract.teams.teams.iter().find(|t| t.id.0 == id);
        self.label(found.map(|t| &t.label), id)
    }

    pub(super) fn role(&self, id: &str) -> String {
        let found = self.contract.roles.iter().find(|r| r.id.0 == id);
        self.label(found.map(|r| &r.label), id)
    }

    pub(super) fn change_type(&self, id: &str) -> String {
        let found = self.contract.changes.types.iter().find(|t| t.id.0 == id);
        self.label(found.map(|t| &t.label), id)
    }

    pub(super) fn section(&self, id: &str) -> String {
        let found = self.contract.changes.sections.iter().find(|s| s.id == id);
        self.label(found.map(|s| &s.label), id)
    }

    pub(super) fn college(&self, id: &str) -> String {
        let found = self.contract.changes.colleges.iter().find(|c| c.id.0 == id);
        self.label(found.map(|c| &c.label), id)
    }

    pub(super) fn stage(&self, id: &str) -> String {
        let found = self.contract.changes.stages.iter().find(|s| s.id.0 == id);
        self.label(found.map(|s| &s.label), id)
    }

    /// A clock, or a duty that a case has started.
    pub(super) fn clock(&self, id: &str) -> String {
        let clock = self.contract.clocks.clocks.iter().find(|c| c.id.0 == id).map(|c| &c.label);
        let duty = || self.contract.obligations.iter().find(|o| o.id.0 == id).map(|o| &o.label);
        self.label(clock.or_else(duty), id)
    }

    /// The groups of resolution, as a form offers them.
    pub(super) fn teams(&self) -> Vec<(String, String)> {
        let all = self.contract.teams.teams.iter();
        all.map(|t| (t.id.0.clone(), self.page.label(&t.label).to_owned())).collect()
    }

    pub(super) fn knows_team(&self, id: &str) -> bool {
        self.contract.teams.teams.iter().any(|t| t.id.0 == id)
    }

    /// The group whose members have this role.
    pub(super) fn team_of(&self, role: &RoleId) -> Option<String> {
        self.contract.teams.teams.iter().find(|t| t.roles.contains(role)).map(|t| t.id.0.clone())
    }

    /// The services, as a form offers them.
    pub(super) fn services(&self) -> Vec<(String, String)> {
        let all = self.contract.perimeter.services.iter();
        all.map(|s| (s.id.0.clone(), self.page.label(&s.label).to_owned())).collect()
    }

    /// What a case of that class may be about.
    pub(super) fn items(&self, class: Class) -> Vec<(String, String)> {
        let catalogue = &self.contract.catalogue;
        let text = |label: &Label| self.page.label(label).to_owned();
        if class == Class::Request {
            return catalogue.items.iter().map(|i| (i.id.0.clone(), text(&i.label))).collect();
        }
        catalogue.subjects.iter().map(|s| (s.id.clone(), text(&s.label))).collect()
    }

    /// The reasons for which a case may be suspended, and whether each stops the clocks.
    pub(super) fn pauses(&self) -> Vec<(String, String)> {
        let all = self.contract.clocks.pauses.iter();
        all.map(|p| {
            let effect = match (p.allowed, p.needs_acceptance) {
                (false, _) => "pause-counts",
                (true, true) => "pause-if-accepted",
                (true, false) => "pause-suspends",
            };
            (p.reason.0.clone(), format!("{} ({})", self.page.label(&p.label), self.page.t(effect)))
        })
        .collect()
    }

    /// The named sites, as a hint for typing.
    pub(super) fn sites(&self) -> Vec<String> {
        self.contract.perimeter.sites.iter().map(|s| s.id.clone()).collect()
    }

    pub(super) fn knows_service(&self, id: &ServiceId) -> bool {
        self.contract.perimeter.services.iter().any(|s| s.id == *id)
    }

    pub(super) fn knows_item(&self, class: Class, id: &CatalogueItemId) -> bool {
        self.items(class).iter().any(|(known, _)| *known == id.0)
    }

    pub(super) fn party(&self, party: Party) -> String {
        self.page.t(party_key(party))
    }
}

/// The message that names a side.
pub(super) const fn party_key(party: Party) -> &'static str {
    match party {
        Party::Provider => "party-provider",
        Party::Customer => "party-customer",
        Party::ThirdParty => "party-third",
    }
}

/// How a phase looks: its message, its icon and its colour say the same.
pub(super) const fn phase(phase: Phase) -> (&'static str, &'static str, &'static str) {
    match phase {
        Phase::New => ("phase-new", "inbox", "badge-accent"),
        Phase::InProgress => ("phase-in-progress", "progress", "badge-accent"),
        Phase::Paused => ("phase-paused", "clock-pause", "badge-warn"),
        Phase::Restored => ("phase-restored", "circle-check", "badge-good"),
        Phase::Closed => ("phase-closed", "lock", ""),
        Phase::Cancelled => ("phase-cancelled", "circle-minus", ""),
        Phase::Merged => ("phase-merged", "link", ""),
    }
}

/// The message that names a phase.
pub(crate) const fn phase_key(standing: Phase) -> &'static str {
    phase(standing).0
}

/// How the phase of a case looks on its own page, which knows whether its restoration was answered.
pub(super) fn standing(life: &Life) -> (&'static str, &'static str, &'static str) {
    let standing = Phase::of(life);
    match life.restored().filter(|_| standing == Phase::Restored) {
        Some(restoration) if restoration.validated_at.is_some() => ("phase-validated", "circle-check", "badge-good"),
        Some(_) => ("phase-to-validate", "circle-check", "badge-good"),
        None => phase(standing),
    }
}

/// What an act is called on its button, with its icon.
pub(super) const fn act(act: Act) -> (&'static str, &'static str) {
    match act {
        Act::TakeIn => ("act-take-in", "user-check"),
        Act::Assign => ("act-assign", "users"),
        Act::Classify => ("act-classify", "adjustments"),
        Act::Note => ("act-note", "message"),
        Act::Pause => ("act-pause", "clock-pause"),
        Act::AcceptPause => ("act-accept-pause", "check"),
        Act::RefusePause => ("act-refuse-pause", "x"),
        Act::Resume => ("act-resume", "player-play"),
        Act::Restore => ("act-restore", "circle-check"),
        Act::RefuseRestoration => ("act-refuse-restoration", "x"),
        Act::ValidateRestoration => ("act-validate-restoration", "check"),
        Act::Close => ("act-close", "lock"),
        Act::Reopen => ("act-reopen", "lock-open"),
        Act::Cancel => ("act-cancel", "circle-minus"),
        Act::DeclareMajor => ("act-declare-major", "alert-triangle"),
        Act::LiftMajor => ("act-lift-major", "circle-check"),
        Act::Inform => ("act-inform", "speakerphone"),
        Act::NameOwner => ("act-name-owner", "user-check"),
        Act::Link => ("act-link", "link"),
        Act::Approve => ("act-approve", "check"),
        Act::RefuseApproval => ("act-refuse-approval", "x"),
        Act::Assess => ("act-assess", "adjustments"),
        Act::WriteSection => ("act-write-section", "file-text"),
        Act::ValidateStudy => ("act-validate-study", "check"),
        Act::RefuseStudy => ("act-refuse-study", "x"),
        Act::GiveOpinion => ("act-give-opinion", "message"),
        Act::Table => ("act-table", "calendar-month"),
        Act::Vote => ("act-vote", "users"),
        Act::Decide => ("act-decide", "circle-check"),
        Act::Plan => ("act-plan", "calendar-month"),
        Act::Begin => ("act-begin", "player-play"),
        Act::BackOut => ("act-back-out", "refresh"),
        Act::Review => ("act-review", "search"),
        Act::ReachStage => ("act-reach-stage", "circle-check"),
        Act::Agree => ("act-agree", "calendar-month"),
        Act::Deliver => ("act-deliver", "file-text"),
        Act::AddTask => ("act-add-task", "plus"),
        Act::ChangeTask => ("act-change-task", "adjustments"),
        Act::FinishTask => ("act-finish-task", "check"),
        Act::ReopenTask => ("act-reopen-task", "refresh"),
        Act::DropTask => ("act-drop-task", "x"),
        Act::Follow => ("act-follow", "bell"),
        Act::Unfollow => ("act-unfollow", "circle-minus"),
        Act::SpendTime => ("act-spend-time", "clock"),
        Act::Merge => ("act-merge", "link"),
        Act::Separate => ("act-separate", "external-link"),
        Act::Unlink => ("act-unlink", "x"),
        Act::Hand => ("act-hand", "external-link"),
        Act::HearThird => ("act-hear-third", "message"),
        Act::Remind => ("act-remind", "bell"),
        Act::ThirdSolves => ("act-third-solves", "circle-check"),
    }
}

/// What a time line says of an entry by its verb, with its icon; none for what only machines read.
pub(super) fn told(verb: &str) -> Option<(&'static str, &'static str)> {
    Some(match verb {
        "identified" => ("told-identified", "bell"),
        "observed" => ("told-observed", "bell"),
        "taken_in" => ("told-taken-in", "user-check"),
        "assigned" => ("told-assigned", "users"),
        "classified" => ("told-classified", "adjustments"),
        "noted" => ("told-noted", "message"),
        "paused" => ("told-paused", "clock-pause"),
        "pause_accepted" => ("told-pause-accepted", "check"),
        "pause_refused" => ("told-pause-refused", "x"),
        "resumed" => ("told-resumed", "player-play"),
        "restored" => ("told-restored", "circle-check"),
        "restoration_refused" => ("told-restoration-refused", "x"),
        "restoration_validated" => ("told-restoration-validated", "check"),
        "closed" => ("told-closed", "lock"),
        "reopened" => ("told-reopened", "lock-open"),
        "cancelled" => ("told-cancelled", "circle-minus"),
        "declared_major" => ("told-declared-major", "alert-triangle"),
        "major_lifted" => ("told-major-lifted", "circle-check"),
        "informed" => ("told-informed", "speakerphone"),
        "owner_named" => ("told-owner-named", "user-check"),
        "linked" => ("told-linked", "link"),
        "twinned" => ("told-twinned", "refresh"),
        "delivered" => ("told-delivered", "file-text"),
        "report_drafted" => ("told-report-drafted", "file-text"),
        "report_written" => ("told-report-written", "file-text"),
        "warned" => ("told-warned", "clock"),
        "escalated" => ("told-escalated", "alert-triangle"),
        "agreed" => ("told-agreed", "calendar-month"),
        "approved" => ("told-approved", "check"),
        "approval_refused" => ("told-approval-refused", "x"),
        "assessed" => ("told-assessed", "adjustments"),
        "section_written" => ("told-section-written", "file-text"),
        "study_validated" => ("told-study-validated", "check"),
        "study_refused" => ("told-study-refused", "x"),
        "opinion_given" => ("told-opinion-given", "message"),
        "tabled" => ("told-tabled", "calendar-month"),
        "voted" => ("told-voted", "users"),
        "decided" => ("told-decided", "circle-check"),
        "planned" => ("told-planned", "calendar-month"),
        "begun" => ("told-begun", "player-play"),
        "backed_out" => ("told-backed-out", "refresh"),
        "reviewed" => ("told-reviewed", "search"),
        "stage_reached" => ("told-stage-reached", "circle-check"),
        "task_added" => ("told-task-added", "plus"),
        "task_changed" => ("told-task-changed", "adjustments"),
        "task_done" => ("told-task-done", "check"),
        "task_reopened" => ("told-task-reopened", "refresh"),
        "task_dropped" => ("told-task-dropped", "x"),
        "time_spent" => ("told-time-spent", "clock"),
        "merged" => ("told-merged", "link"),
        "separated" => ("told-separated", "external-link"),
        "absorbed" => ("told-absorbed", "link"),
        "released" => ("told-released", "external-link"),
        "unlinked" => ("told-unlinked", "x"),
        "handed" => ("told-handed", "external-link"),
        "third_answered" => ("told-third-answered", "message"),
        "reminded" => ("told-reminded", "bell"),
        "third_solved" => ("told-third-solved", "circle-check"),
        "mailed" => ("told-mailed", "mail"),
        "mail_held" => ("told-mail-held", "mail-pause"),
        "mail_sent" => ("told-mail-sent", "mail-check"),
        "mail_failed" => ("told-mail-failed", "mail-x"),
        "mail_ordered_again" => ("told-mail-again", "mail"),
        _ => return None,
    })
}

/// The message that a time line says of an entry by its verb.
pub(crate) fn told_key(verb: &str) -> Option<&'static str> {
    told(verb).map(|(key, _)| key)
}

/// The message that names what a mail of ours is for.
pub(crate) fn purpose_key(purpose: &str) -> &'static str {
    match purpose {
        "acknowledgement" => "mail-acknowledgement",
        "restored" => "mail-restored",
        "notice" => "mail-notice",
        "reminder" => "mail-reminder",
        _ => "mail-answer",
    }
}

/// The message that names a door.
pub(super) fn origin_key(origin: &str) -> &'static str {
    match origin {
        "web" => "origin-web",
        "api" => "origin-api",
        "mail" => "origin-mail",
        "phone" => "origin-phone",
        "supervision" => "origin-supervision",
        "import" => "origin-import",
        _ => "origin-other",
    }
}
