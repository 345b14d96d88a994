//! What leads a change of the year to its window: type, study, opinions, a session of the board, execution.

use serde_json::json;

use super::{
    days::{Days, HOUR, MINUTE, instant},
    journal::{Case, Hand, Journal, web},
    tables,
};

/// When a change passed its other milestones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Milestones {
    pub named: i64,
    pub proposed: i64,
    pub agreed: i64,
    pub done: i64,
}

/// Type and risk of the nth change: most are standard, one in five is major.
fn kind(nth: i64) -> (&'static str, &'static str) {
    match nth % 10 {
        0 | 5 => ("major", "high"),
        2 | 7 => ("normal", "low"),
        9 => ("normal", "high"),
        4 => ("urgent", "medium"),
        _ => ("standard", "low"),
    }
}

/// Sections of the study (3.7.3.3) with what stands in them.
const STUDY: [(&str, &str); 5] = [
    ("perimeter", "Le site et les services qui en dépendent ; aucun autre service n'est touché."),
    ("method", "Sauvegarde, intervention, essais d'appels entrants et sortants, retour arrière en vingt minutes."),
    ("technical_risks", "Perte des communications en cours pendant la bascule ; secours par le lien de repli."),
    ("security_risks", "Aucune ouverture de flux ; comptes d'administration inchangés."),
    ("organisation", "Intervention hors des heures ouvrées, surveillance renforcée le lendemain matin."),
];

/// Writes the steps of one change.
pub(super) fn write(journal: &mut Journal, days: &Days, number: &str, nth: i64, owner: Hand, at: Milestones) {
    let Milestones { named, proposed, agreed, done } = at;
    let (kind, risk) = kind(nth);
    let (rtc, customer) = (web(tables::RTC), web(tables::CUSTOMER_OPERATIONS));
    let cutoff = journal.cutoff();
    let board = match (kind, risk) {
        ("major", _) | ("normal", "high") => Some("cab"),
        ("urgent", _) => Some("ecab"),
        _ => None,
    };
    // What is still to come goes to the next session, where nobody has decided yet.
    let pending = board.is_some() && done > cutoff;
    let next = days.holding(cutoff).and_then(|today| days.worked_day(today.date, 3));
    let sitting = if pending { next } else { days.holding(agreed) };
    let session = board.zip(sitting).map(|(board, day)| (board, format!("{board}-{}", day.date), day.hm(14, 0)));

    let mut case = Case::new(journal, "change", number);
    let criteria = if kind == "urgent" { json!(["people_hit", "public_service"]) } else { json!([]) };
    case.put(named + 10 * MINUTE, rtc, "assessed", json!({"kind": kind, "risk": risk, "urgent_criteria": criteria}));
    if matches!(kind, "major" | "normal") {
        for (minute, (section, text)) in (1..).zip(STUDY) {
            let words = vec![("text", text.to_owned())];
            case.put_with(proposed + minute * MINUTE, owner, "section_written", json!({"section": section}), words);
        }
        case.put(agreed - HOUR, customer, "study_validated", json!({}));
    }
    if kind == "major" {
        let colleges = [("technical", rtc), ("operations", customer), ("architects", web("projet.masson"))];
        for (nth, (college, who)) in (1..).zip(colleges) {
            // The architects have not yet answered on what is still to come.
            if pending && college == "architects" {
                continue;
            }
            let body = json!({"college": college, "favourable": true});
            case.put(agreed - HOUR + nth * 5 * MINUTE, who, "opinion_given", body);
        }
    }
    if let Some((board, session, _)) = &session {
        case.put(agreed - 40 * MINUTE, rtc, "tabled", json!({"session": session}));
        if !pending {
            for (nth, who) in (1..).zip([customer, rtc, web(tables::RSSI)]) {
                let body = json!({"session": session, "voter": who.actor, "vote": "for"});
                case.put(agreed - 20 * MINUTE + nth * MINUTE, who, "voted", body);
            }
            let body = json!({"authority": board, "granted": true, "session": session});
            case.put(agreed - 10 * MINUTE, customer, "decided", body);
        }
    } else if kind == "normal" {
        case.put(agreed - 10 * MINUTE, rtc, "decided", json!({"authority": "process", "granted": true}));
    }
    if !pending {
        // People plan by the hour.
        let begins = (done - 2 * HOUR) / HOUR * HOUR;
        let ends = begins + 4 * HOUR;
        case.put(agreed + 6 * MINUTE, rtc, "planned", json!({"begins": instant(begins), "ends": instant(ends)}));
        case.put(begins, owner, "begun", json!({}));
        if kind != "standard" {
            let words = vec![("text", "Réalisé comme prévu ; la documentation est à jour.".to_owned())];
            case.put_with(done + 30 * MINUTE, rtc, "reviewed", json!({}), words);
        }
    }
    let Some((board, session, begins)) = session else { return };
    let subject = format!("committee/{session}");
    let called = json!({"committee": board, "begins": instant(begins)});
    journal.put(agreed - HOUR, rtc, &subject, "committee.called", called);
    for (nth, who) in (1..).zip([customer, rtc, web(tables::RSSI)]) {
        let body = json!({"account": who.actor});
        journal.put(agreed - 30 * MINUTE + nth * MINUTE, rtc, &subject, "committee.attended", body);
    }
    if !pending {
        journal.put(agreed, rtc, &subject, "committee.held", json!({"committee": board}));
    }
}
