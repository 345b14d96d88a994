//! One invented month that every test of this crate prints, with all that can go wrong in a text.

use jiff::{SignedDuration, civil::date, tz::TimeZone};
use num_rational::Ratio;
use vigie_contract::{ClockId, Label, Priority};
use vigie_rules::{
    fact::Subject,
    judgement::{IndicatorResult, Item, Judgement, Month, Quantity, Status},
};

use crate::journal::{Convention, JournalContext, PastMonth, SignedHead};

/// Text that is markup for typst, a formula for a spreadsheet, XML and a terminal sequence.
pub(crate) const HOSTILE: &str = "=cmd|' /C calc'!A0 *#panic()* <b>&\"é\u{1b}[31m";

pub(crate) fn label(fr: &str, en: &str) -> Label {
    Label { fr: fr.to_owned(), en: en.to_owned() }
}

fn blank(row: u8, fr: &str, en: &str) -> IndicatorResult {
    IndicatorResult::blank(row, "3.4.6.1".to_owned(), label(fr, en), 1)
}

/// A case that took `elapsed` minutes of open time where `target` were allowed.
pub(crate) fn item(number: u32, elapsed: i64, target: i64, steps: u64, points: Option<u64>) -> Item {
    let start = "2016-03-10T09:00:00Z".parse().unwrap();
    Item {
        subject: Subject(format!("case/INC{number:07}")),
        points,
        steps,
        reason: label("Rétabli après le délai", "Restored after the target"),
        priority: Some(Priority::P1),
        clock: Some(ClockId::from("restoration")),
        start: Some(start),
        stop: Some(start + SignedDuration::from_mins(elapsed)),
        due: Some(start + SignedDuration::from_mins(target)),
        elapsed: Some(SignedDuration::from_mins(elapsed)),
        target: Some(SignedDuration::from_mins(target)),
    }
}

/// The two worked examples of 3.4.6.1 (8 and 6 points) with rows of every status.
pub(crate) fn judgement() -> Judgement {
    let hour = Quantity::Time(SignedDuration::from_hours(1));
    let per_case = IndicatorResult {
        population: 12,
        measured: Some(Quantity::Count(2)),
        expected: Some(Quantity::Count(0)),
        gap: Some(Quantity::Count(2)),
        step: Some(hour),
        steps: 4,
        weight: 2,
        points: 8,
        status: Status::Missed,
        items: vec![item(45, 300, 240, 1, Some(2)), item(46, 391, 240, 3, Some(6))],
        ..blank(9, "Résolution d'un incident P1/P2", "Resolution of a P1/P2 incident")
    };
    let rate = IndicatorResult {
        population: 73,
        measured: Some(Quantity::Share(Ratio::new(64, 73))),
        expected: Some(Quantity::Share(Ratio::new(9, 10))),
        gap: Some(Quantity::Share(Ratio::new(9, 10) - Ratio::new(64, 73))),
        step: Some(Quantity::Share(Ratio::new(1, 100))),
        steps: 3,
        weight: 2,
        points: 6,
        status: Status::Missed,
        pending: 1,
        items: (0..9).map(|n| item(100 + n, 250 + i64::from(n), 240, 0, None)).collect(),
        ..blank(11, "Résolution des incidents P1/P2 dans le mois", "Resolution of P1/P2 incidents in the month")
    };
    let hostile = IndicatorResult {
        key: Some("=1+1".to_owned()),
        key_label: None,
        detail: None,
        population: 1,
        measured: Some(Quantity::Share(Ratio::new(1, 1))),
        expected: Some(Quantity::Share(Ratio::new(4, 5))),
        step: Some(Quantity::Share(Ratio::new(1, 100))),
        status: Status::Met,
        items: vec![Item {
            subject: Subject(format!("case/{HOSTILE}")),
            reason: label(HOSTILE, HOSTILE),
            ..item(1, 1, 2, 0, None)
        }],
        ..blank(23, HOSTILE, HOSTILE)
    };
    let missing = IndicatorResult {
        population: 4,
        weight: 4,
        status: Status::NotComputable,
        notes: vec![label(
            "Non calculable : la convention de service ne donne pas le délai d'un problème P1.",
            "Not computable: the convention de service gives no delay for a P1 problem.",
        )],
        ..blank(19, "Respect des délais des problèmes P1", "P1 problems within their delay")
    };
    let late = IndicatorResult {
        population: 1,
        measured: Some(Quantity::Days(2)),
        expected: Some(Quantity::Days(0)),
        gap: Some(Quantity::Days(2)),
        step: Some(Quantity::Days(1)),
        steps: 2,
        weight: 7,
        points: 14,
        status: Status::Missed,
        items: vec![Item {
            subject: Subject("occurrence/dqa-ready/2016-03".to_owned()),
            reason: label("Remis deux jours après l'échéance du 8", "Delivered two days after the 8th"),
            priority: None,
            clock: None,
            elapsed: None,
            target: None,
            ..item(0, 2880, 0, 2, Some(14))
        }],
        ..blank(
            30,
            "Disponibilité des éléments nécessaires aux statistiques DQA",
            "Availability of the inputs to DQA statistics",
        )
    };
    let disabled = IndicatorResult {
        status: Status::Disabled,
        notes: vec![label("Désactivé : double de la ligne 11 (AMB-01).", "Disabled: duplicate of row 11 (AMB-01).")],
        ..blank(13, "Résolution des incidents P1/P2 dans le mois", "Resolution of P1/P2 incidents in the month")
    };
    Judgement {
        contract: "callipso".to_owned(),
        version: "2016-01-01".to_owned(),
        month: Month { first: date(2016, 3, 1) },
        as_of: "2016-04-01T06:30:00Z".parse().unwrap(),
        total_points: 28,
        unclassified: 0,
        indicators: vec![per_case, rate, disabled, missing, hostile, late],
    }
}

/// The parties and the past of [`judgement`].
pub(crate) fn context() -> JournalContext {
    let judgement = judgement();
    let past = |back: i32| PastMonth {
        month: judgement.month.plus(-back),
        total_points: u64::from(back.unsigned_abs()) * 3,
        rows: PastMonth::from(&judgement).rows,
    };
    JournalContext {
        contract_label: label("Téléphonie fixe Callipso", "Callipso fixed telephony"),
        customer: label("Département des Bouches-du-Rhône", "Bouches-du-Rhône county council"),
        provider: Some(label(HOSTILE, HOSTILE)),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        generated_at: "2016-04-02T07:00:00Z".parse().unwrap(),
        demo: true,
        head: SignedHead {
            note: "vigie/callipso\n1234\nabc=\n\n— vigie/callipso *#panic()*\n".to_owned(),
            key: "vigie/callipso+00000000+*#panic()*".to_owned(),
        },
        point_value_cents: Some(12_500),
        history: (1..12).map(past).collect(),
        perimeters: [(9, label("Gestion des incidents, majeurs", "Incident management, major"))].into(),
        calendars: Vec::new(),
        conventions: vec![Convention {
            clause: "3.4.6.1".to_owned(),
            label: label("Lignes 11 et 13", "Rows 11 and 13"),
            choice: label("La ligne 13 double la ligne 11 : désactivée.", "Row 13 duplicates row 11: disabled."),
            doubts: vec!["AMB-01".to_owned()],
        }],
    }
}
