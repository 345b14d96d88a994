//! Samples of what rules and reports refuse.

use vigie_contract::{Beyond, Class, Party, Urgency};
use vigie_reports::{pdf::PdfError, xlsx::WorkbookError};
use vigie_rules::{
    book::BookError,
    calendar::CalendarError,
    desk::{Act, Before, Phase, Refusal, Unfit},
    fact::Fact,
    form,
    judge::JudgeError,
    judgement::MonthError,
    priority::{OverrideError, Unassessed},
    recurrence::RecurrenceError,
    report::ReportRefusal,
    sitting,
    timeline::TimelineError,
};

use super::{Group, calendar, day, group, json_error, noon, s, subject};

pub(super) fn of_rules() -> Vec<Group> {
    vec![
        group!(
            "reports/src/xlsx.rs",
            "WorkbookError",
            [WorkbookError::TooManyItems { row: 1, items: 2 }, WorkbookError::TooManyRows { rows: 2 },],
            beyond["Write"]
        ),
        group!(
            "reports/src/pdf.rs",
            "PdfError",
            [PdfError::NoFont { given: 2 }, PdfError::Data(json_error()), PdfError::Layout(s("x")),]
        ),
        group!(
            "rules/src/calendar.rs",
            "CalendarError",
            [
                CalendarError::OutOfRange { instant: noon(), from: day(), to: noon() },
                CalendarError::NeverOpens { from: day(), to: noon() },
                calendar(),
            ]
        ),
        group!(
            "rules/src/timeline.rs",
            "TimelineError",
            [
                TimelineError::Form { subject: subject(), found: 1 },
                TimelineError::Damaged { subject: subject(), source: postcard::Error::DeserializeUnexpectedEnd },
            ]
        ),
        group!(
            "rules/src/priority.rs",
            "Unassessed",
            [
                Unassessed::Urgency,
                Unassessed::Impact,
                Unassessed::Cell { urgency: Urgency::U1, impact: 1.try_into().unwrap() },
            ]
        ),
        group!(
            "rules/src/priority.rs",
            "OverrideError",
            [OverrideError::NoReason, OverrideError::TooLong { bytes: 9 }]
        ),
        group!(
            "rules/src/book.rs",
            "BookError",
            [
                BookError::Zone(s("Europe/Pari")),
                BookError::Calendar { id: "HO".into(), source: calendar() },
                BookError::Empty,
            ]
        ),
        group!(
            "rules/src/judge.rs",
            "JudgeError",
            [JudgeError::Calendar { subject: subject(), source: calendar() }, JudgeError::Month(s("2026-03")),]
        ),
        group!("rules/src/fact.rs", "FactError", [Fact::from_entry("incident.paused", "{}").unwrap_err()]),
        group!("rules/src/recurrence.rs", "RecurrenceError", [RecurrenceError { rule: s("FREQ=X"), part: s("X") }],),
        group!("rules/src/judgement.rs", "MonthError", [MonthError(s("mars"))]),
        group!(
            "rules/src/form.rs",
            "Misfit",
            [
                form::Misfit::Required,
                form::Misfit::Unknown,
                form::Misfit::TooLong { bytes: 9, limit: 8 },
                form::Misfit::SeveralLines,
                form::Misfit::Number(s("x")),
                form::Misfit::Date(s("x")),
                form::Misfit::Datetime(s("x")),
                form::Misfit::Bool(s("x")),
                form::Misfit::Choice(s("x")),
                form::Misfit::Beyond { number: 9, most: 8, does: Beyond::Warn },
            ]
        ),
        group!(
            "rules/src/desk.rs",
            "Refusal",
            [
                Refusal::Phase { act: Act::Close, phase: Phase::New },
                Refusal::Side { act: Act::Close, owner: Party::Provider },
                Refusal::Class { act: Act::Close, class: Class::Request },
                Refusal::Already { act: Act::Close },
                Refusal::NoPause,
                Refusal::NotValidated,
                Refusal::Role { act: Act::Close, roles: vec![] },
                Refusal::Needless { act: Act::Close },
                Refusal::Unknown { what: "college" },
                Refusal::Before { act: Act::Close, before: Before::Vote },
                Refusal::Lacks { act: Act::Close, lacks: vec![] },
                Refusal::Stages { stages: vec![] },
                Refusal::Notice { earliest: noon() },
                Refusal::Window,
                Refusal::Task(3),
                Refusal::NotOneself,
                Refusal::Minutes(3),
                Refusal::Time(3),
                Refusal::Merge { number: s("INC1"), why: Unfit::Over },
                Refusal::Mention { account: s("x"), other_side: false },
            ]
        ),
        group!(
            "rules/src/report.rs",
            "ReportRefusal",
            [
                ReportRefusal::Side,
                ReportRefusal::NotMajor,
                ReportRefusal::NotOver,
                ReportRefusal::Missing(vec![]),
                ReportRefusal::NoReview,
                ReportRefusal::LooseAction(0),
            ]
        ),
        group!(
            "rules/src/sitting.rs",
            "Refused",
            [
                sitting::Refused::Committee,
                sitting::Refused::Over,
                sitting::Refused::Attends,
                sitting::Refused::Nobody,
                sitting::Refused::Unknown,
            ]
        ),
    ]
}
