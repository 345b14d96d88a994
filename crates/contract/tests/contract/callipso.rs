use std::collections::BTreeSet;

use vigie_contract::{
    Contract, ContractHistory, Impact, Measure, Priority, Urgency, load,
    show::{Language, Summary, render, sections},
};

use crate::{folder, has_site};

fn history() -> ContractHistory {
    load(&folder()).unwrap_or_else(|e| panic!("{e}"))
}

fn base() -> Contract {
    history().base().contract.clone()
}

#[test]
fn callipso_has_the_rows_and_the_weights_of_the_table() {
    let c = base();
    let rows: Vec<u8> = c.indicators.iter().map(|i| i.row).collect();
    assert_eq!(rows, (1..=34).collect::<Vec<u8>>());
    let weights: Vec<u32> = c.indicators.iter().map(|i| i.weight).collect();
    let printed =
        [4, 2, 4, 1, 1, 10, 1, 10, 2, 1, 3, 6, 2, 2, 4, 1, 10, 5, 4, 2, 1, 1, 1, 2, 3, 1, 3, 1, 3, 7, 10, 3, 1, 1];
    assert_eq!(weights, printed);
    let disabled: Vec<u8> = c.indicators.iter().filter(|i| !i.enabled).map(|i| i.row).collect();
    assert_eq!(disabled, [13, 16]);
    assert!(history().warnings.is_empty());
}

#[test]
fn callipso_has_the_matrix_of_the_text() {
    let cells = base().priorities.cells;
    let give = |u, i| cells.iter().find(|c| c.urgency == u && c.impact == i).map(|c| c.priority);
    let expected = [
        (Urgency::U1, Impact::One, Priority::P1),
        (Urgency::U1, Impact::Two, Priority::P2),
        (Urgency::U1, Impact::Three, Priority::P3),
        (Urgency::U2, Impact::One, Priority::P2),
        (Urgency::U2, Impact::Two, Priority::P3),
        (Urgency::U2, Impact::Three, Priority::P4),
    ];
    for (urgency, impact, priority) in expected {
        assert_eq!(give(urgency, impact), Some(priority));
    }
    assert_eq!(cells.len(), expected.len());
}

#[test]
fn callipso_has_the_volumes_of_2024() {
    let subjects = base().catalogue.subjects;
    assert_eq!(subjects.len(), 22);
    assert_eq!(subjects.iter().map(|s| s.volume_2024).sum::<u32>(), 780);
}

#[test]
fn callipso_invents_no_delay_of_requests_problems_or_money() {
    let c = base();
    assert!(c.catalogue.items.iter().all(|i| i.delay.is_none() && i.urgent_delay.is_none()));
    assert_eq!(c.frame.point_value_cents, None);
    assert_eq!((c.frame.start, c.frame.end), (None, None));
}

#[test]
fn the_obligations_that_rows_measure_have_their_agreed_names() {
    let measured: Vec<(u8, String)> = base()
        .indicators
        .into_iter()
        .filter_map(|i| match i.measure {
            Measure::ObligationLateness { obligation, .. } => Some((i.row, obligation.0)),
            _ => None,
        })
        .collect();
    let expected = [
        (1, "transition-deliverables"),
        (2, "copil-pack"),
        (3, "copil-minutes"),
        (4, "cosui-minutes"),
        (5, "quality-action"),
        (7, "security-action"),
        (18, "major-incident-report"),
        (30, "dqa-ready"),
        (31, "document-update"),
        (32, "assistance-resource"),
        (33, "vulnerability-audit"),
        (34, "hardware-delivery"),
    ];
    assert_eq!(measured, expected.map(|(row, id)| (row, id.to_owned())));
}

#[test]
fn arenc_is_a_central_site_until_the_end_of_2026() {
    let history = history();
    assert!(has_site(&history, "2026-12-31", "ARENC"));
    assert!(!has_site(&history, "2027-01-01", "ARENC"));
    let versions: Vec<&str> = history.versions().map(|v| v.id.as_str()).collect();
    assert_eq!(versions, ["base", "2027-01-01"]);
    let digests: BTreeSet<&str> = history.versions().map(|v| v.digest.as_str()).collect();
    assert_eq!(digests.len(), 2);
}

#[test]
fn what_a_contract_shows_is_in_the_language_asked_for() {
    let history = history();
    let (fr, en) = (render(history.base(), Language::Fr), render(history.base(), Language::En));
    assert!(fr.contains("P1\u{a0}: GTR des infrastructures réseaux et ToIP"));
    assert!(fr.contains("3 jours ouvrés avant"));
    assert!(en.contains("P1: GTR of network and ToIP infrastructure"));
    assert!(en.contains("3 working days before"));
    let shown: usize = sections(history.base(), Language::En).iter().map(|s| s.rules.len()).sum();
    let c = base();
    let rules = c.calendars.len()
        + c.perimeter.services.len()
        + c.perimeter.sites.len()
        + c.priorities.cells.len()
        + c.priorities.delays.len()
        + c.priorities.windows.len()
        + c.priorities.overrides.len()
        + c.priorities.criteria.len()
        + c.clocks.pauses.len()
        + c.clocks.clocks.len()
        + c.catalogue.subjects.len()
        + c.catalogue.items.len()
        + c.indicators.len()
        + c.obligations.len()
        + c.committees.len()
        + c.roles.len()
        + c.teams.teams.len()
        + c.teams.routes.len()
        + c.catalogue.fields.len()
        + c.catalogue.tasks.len()
        + c.changes.types.len()
        + c.changes.colleges.len()
        + c.changes.urgent_criteria.len()
        + c.changes.notices.len()
        + c.changes.sections.len()
        + c.changes.stages.len()
        + c.changes.recurrences.len()
        + c.escalations.rules.len();
    // The start, priority change, restoration and major rules are single, and so is the question at closure.
    assert_eq!(shown, rules + 5);
}

#[test]
fn the_summary_says_what_callipso_holds_and_what_it_lacks() {
    let history = history();
    let summary = Summary::of(&history, history.base());
    let text = summary.render(Language::En);
    // Digests change with any comment of the folder; doubts are long and shown by the guide.
    let until_doubts = text.split("\nDoubts settled").next().unwrap();
    let steady: Vec<&str> = until_doubts.lines().filter(|l| !l.contains("version ")).collect();
    insta::assert_snapshot!(steady.join("\n"), @r#"
    Callipso: fixed telephony of the Département des Bouches-du-Rhône

    Rules read (31)
    Count  Kind
    ─────  ────────────────────────────────────────
    4      Calendars
    28     Services
    6      Sites
    6      Priority matrix
    18     Delays by priority
    4      Windows by priority
    2      Imposed delays (Cercle 0, central sites)
    14     Criteria of urgency and impact
    1      Major incidents
    3      Start, priority, restoration
    11     Reasons of suspension
    10     Clocks
    22     Incident subjects
    23     Request types
    34     Fields of forms
    5      Tasks of cases
    34     Indicators
    77     Obligations
    11     Committees
    16     Roles
    14     Resolution groups
    5      Routing of cases
    5      Types of changes
    3      Colleges
    4      Criteria of an urgent change
    4      Notice periods
    7      Sections of studies
    6      Stages of a problem
    2      Recurring incidents
    33     Warnings and escalations
    1      Satisfaction

    Disabled rows (2)
    Row  Indicator                                                 Reason
    ───  ────────────────────────────────────────────────────────  ────────────────────────────────────────────────────────
    13   Resolution of the P1/P2 incidents of the month (Major)    Disabled (AMB-01): repeats row 11 with weight 2 instead
                                                                   of 3; a committee's decision may enable it with another
                                                                   measure.
    16   Resolution of the P3/P4 incidents of the month (Not       Disabled (AMB-01): repeats row 14 with weight 1 instead
         major)                                                    of 2; a committee's decision may enable it with another
                                                                   measure.

    Rows that cannot be computed (7)
    Row  Indicator                                                 Missing value
    ───  ────────────────────────────────────────────────────────  ────────────────────────────────────────────────────────
    19   Respect of delays (P1)                                    the convention de service gives no delay for P1
    20   Respect of delays (P2)                                    the convention de service gives no delay for P2
    21   Respect of delays (P3)                                    the convention de service gives no delay for P3
    22   Handling of a catalogue request (Urgent and not urgent)   the convention de service gives no GTR for 23 request
                                                                   types out of 23
    23   Handling of catalogue requests (one indicator by request  the convention de service gives no GTR for 23 request
         type) (Urgent and not urgent)                             types out of 23
    24   Handling of catalogue requests (one indicator by request  the convention de service gives no GTR for 23 request
         type) (Urgent and not urgent)                             types out of 23
    25   Handling of catalogue requests (one indicator by request  the convention de service gives no GTR for 23 request
         type) (Urgent and not urgent)                             types out of 23

    Values that the text leaves out (26)
    Key                    Value                                                     Obligations waiting
    ─────────────────────  ────────────────────────────────────────────────────────  ────────────────────────────────────────────────────────
    backup_site            backup site that follows ARENC, unknown before 2026
                           (2.1.2)
    catalogue_delays       GTR of each request type, urgent or not (convention de
                           service, AMB-08)
    change_notice          notice periods of changes by domain (AMB-94)
    change_types           list of the change request types followed one by one
                           (convention de service, AMB-09)
    checklists             content and method of the daily, weekly and monthly
                           check lists (convention de service, 3.4.1)
    circle1_services       list of the services of Cercle 1 (AMB-36)
    contract_dates         start and end dates of the contract, phases and renewals
                           (figure missing from chapter 1.6, AMB-61)
    deliverable_review     delay to validate a deliverable after its second          deliverable-review
                           transfer (3.5.5 limits their number, not their length)
    major_follow_up        rhythm of information during a major incident (3.7.1.3
                           says "regularly")
    major_threshold        level above which an incident is major (AMB-40)
    minutes_delay          delay to hand over the minutes of committees other than   cocyber-minutes, costra-minutes
                           the steering and follow-up committees
    obsolescence_notice    delay to report an announced obsolescence (3.7.2.2 gives  obsolescence-notice
                           none)
    on_demand_delay        delay to answer services on demand (COSTRA, dry-run       reversibility-dry-run, costra-convened, training-agents,
                           reversibility, trainings, visits, ad-hoc indicators)      training-supervisors, training-cds, preventive-visit,
                                                                                     ad-hoc-indicator
    point_value            value in euros of a penalty point (CCAP not supplied,
                           AMB-15)
    problem_delays         resolution delays of problems P1, P2 and P3 (clause
                           3.7.3.1 refers to the convention de service, AMB-07)
    reversibility_overlap  length of the overlap phase of reversibility (AMB-66)
    reversibility_update   delay to update the reversibility plan after a change of  reversibility-plan-on-change
                           services (3.1.2 gives the yearly rhythm only)
    satisfaction           questions, scale and target of the satisfaction
                           questionnaire (EZV, 3.4.6)
    saturation_notice      notice before a resource saturates (3.7.2.2 asks for      saturation-notice
                           "before any performance loss")
    sensitive_periods      sensitive business periods that give urgency U1 (AMB-38)
    stock_thresholds       floor thresholds of stocks (convention de service,        stock-threshold
                           3.7.1.6)
    studio_delay           delay of a studio recording that is not urgent (AMB-45)   studio-standard
    support_delay          delay to hand over the support and agenda of committees   cosui-support
                           other than the steering committee
    vsr_duration           longest duration of the VSR step (figure missing from     vsr-step
                           chapter 3.1.1, AMB-60)
    vsr_penalty_rule       penalties after a second rejection of the VSR record      vsr-second-rejection
                           (CCAP not supplied, AMB-15)
    vvip_targets           delays of VVIP users (3.7.1.5 asks for the shortest
                           delay without a value, AMB-39)
    "#);
}
