//! What the service desk needs of a contract: Callipso has it, and what is wrong with it is told.

use vigie_contract::{
    Authority, AuthorityRule, Beyond, Channel, ClockRule, Condition, Contract, DelayKind, Escalation, Impact, Priority,
    Unless, Urgency, Watched, load,
};

use crate::{errors::check, folder};

fn base() -> Contract {
    load(&folder()).unwrap_or_else(|e| panic!("{e}")).base().contract.clone()
}

#[test]
fn callipso_has_the_thresholds_of_the_text_and_each_criterion_of_it() {
    let criteria = base().priorities.criteria;
    let alternatives = |impact| {
        let giving = criteria.iter().filter(move |c| c.impact == Some(impact));
        giving.flat_map(|c| c.when.clone()).collect::<Vec<_>>()
    };
    let worst = [
        vec![Condition::TotalOutage, Condition::UsersAbove(200)],
        vec![Condition::OutsideUsers],
        vec![Condition::CallersPerHourAbove(30)],
    ];
    assert_eq!(alternatives(Impact::One), worst);
    assert!(alternatives(Impact::Two).contains(&vec![Condition::TotalOutage, Condition::UsersAtMost(200)]));
    assert!(alternatives(Impact::Three).iter().all(|all| all.contains(&Condition::AcceptableConditions)));
    assert_eq!(criteria.iter().filter(|c| c.urgency == Some(Urgency::U1)).count(), 4);
}

#[test]
fn callipso_gives_a_rhythm_of_follow_up_to_what_may_be_major() {
    let major = base().priorities.major;
    let may_be: Vec<Priority> = major.auto.iter().chain(&major.by_decision).copied().collect();
    assert_eq!(major.follow_up.keys().copied().collect::<Vec<_>>(), may_be);
}

#[test]
fn a_criterion_that_can_never_hold_or_gives_nothing_is_refused() {
    let file = "priorities.toml";
    let when = "when = [[\"critical_site\"]]";
    check(file, when, "", "missing field `when`; remedy: add it to this element");
    check(file, when, "when = []", "the list of conditions is empty");
    check(file, when, "when = [[]]", "the list of conditions is empty");
    check(file, when, "when = [[\"raining\"]]", "unknown variant `raining`, expected one of `cercle0`, ");
    check(file, when, "impact = 1\nwhen = [[\"critical_site\"]]", "a criterion gives either an urgency or an impact");
    check(file, "id = \"vip\"", "id = \"cercle0\"", "the criterion `cercle0` is declared twice");
    check(file, "users_above = 200", "users_above = -1", "invalid value: integer `-1`, expected u32");
    check(file, "P1 = \"1 h\"", "P1 = \"0 h\"", "the rhythm of follow-up is zero");
}

#[test]
fn callipso_has_the_teams_that_the_text_names_and_every_case_finds_one() {
    let c = base();
    let team = |id: &str| c.team(&id.into()).unwrap();
    assert_eq!((team("go").levels.as_slice(), team("go").ezv.as_deref()), ([2].as_slice(), Some("SESN CALLIPSO")));
    assert_eq!(team("gu_noc").ezv.as_deref(), Some("GU ou portail"));
    assert_eq!(team("cds").levels, [0, 1]);
    assert_eq!((team("rtc").levels.as_slice(), team("gt").levels.as_slice()), ([3].as_slice(), [3].as_slice()));
    assert_eq!(c.teams.routes.iter().filter(|r| r.asks_nothing()).count(), 1);
}

#[test]
fn every_request_type_of_callipso_has_a_form_and_trainings_have_their_limits() {
    let c = base();
    for item in &c.catalogue.items {
        assert!(c.catalogue.form(item).any(|(_, required)| required), "{} asks for nothing", item.id);
    }
    let limit = |id: &str| {
        let item = c.catalogue.item(&id.into()).unwrap();
        item.limits.get("participants").map(|l| (l.most, l.beyond))
    };
    assert_eq!(limit("isicom_agent_training"), Some((10, Beyond::Warn)));
    assert_eq!(limit("isicom_supervisor_training"), Some((5, Beyond::Warn)));
    let studio = c.catalogue.item(&"studio_recording".into()).unwrap();
    assert_eq!((studio.urgent_channel, studio.urgent_raises.as_deref()), (Some(Channel::Mail), Some("studio_urgent")));
    let unused = c
        .catalogue
        .fields
        .iter()
        .find(|f| !c.catalogue.items.iter().any(|i| c.catalogue.form(i).any(|(asked, _)| asked.id == f.id)));
    assert_eq!(unused.map(|f| f.id.as_str()), None);
}

#[test]
fn a_major_change_of_callipso_needs_three_opinions_and_the_cab_and_a_standard_one_nothing() {
    let c = base();
    let kind = |id: &str| c.change_type(&id.into()).unwrap();
    assert_eq!(kind("major").opinions, ["architects".into(), "technical".into(), "operations".into()]);
    assert_eq!(kind("major").authority, AuthorityRule::Always(Authority::Cab));
    assert_eq!(kind("urgent").authority, AuthorityRule::Always(Authority::Ecab));
    let standard = kind("standard");
    assert_eq!(standard.authority, AuthorityRule::Always(Authority::PreAuthorised));
    assert!(standard.opinions.is_empty() && !standard.impact_study && !standard.notice);
    // No notice period is invented, and every service has a domain.
    assert!(c.changes.notices.iter().all(|n| n.delay.is_none()));
    assert!(c.changes.notices.iter().any(|n| n.services.is_empty()));
    let closing: Vec<&str> = c.changes.stages.iter().filter(|s| s.closes).map(|s| s.id.0.as_str()).collect();
    assert_eq!(closing, ["cause", "treatment", "execution", "documentation"]);
}

#[test]
fn teams_and_routes_name_only_what_is_declared() {
    let file = "teams.toml";
    check(file, "id = \"rtc\"", "id = \"go\"", "the team `go` is declared twice, first at teams.toml:");
    check(file, "roles = [\"noc\"]", "roles = [\"nok\"]", "there is no role `nok`");
    check(file, "pause = \"vendor\"", "pause = \"weather\"", "there is no reason of suspension `weather`");
    check(file, "team = \"gu_noc\"", "team = \"gu\"", "there is no team `gu`");
    check(file, "outside = \"HO\"", "outside = \"HNO\"", "there is no calendar `HNO`");
    check(file, "items = [\"deployment\"", "items = [\"x\", \"deployment\"", "there is no subject or request type `x`");
    check(file, "items = [\"deployment\"", "services = [\"x\"]\nitems = [\"deployment\"", "there is no service `x`");
    check(file, "id = \"changes\"", "id = \"problems\"", "the route `problems` is declared twice");
    check(file, "levels = [4]", "levels = [5]", "there is no level 5; remedy: write a level from 0 to 4");
}

#[test]
fn a_form_asks_only_for_declared_fields_each_once_and_bounds_only_numbers() {
    let file = "catalogue.toml";
    check(file, "asks = [\"line\", \"site\"", "asks = [\"lines\", \"site\"", "there is no field `lines`");
    check(file, "asks = [\"line\", \"site\"", "asks = [\"line\", \"line\"", "the field `line` is asked for twice");
    check(file, "limits = { participants", "limits = { attendees", "the form asks for no number `attendees`");
    check(file, "most = 10", "most = 0", "the limit is zero");
    check(file, "approval = \"operations_head\"", "approval = \"mayor\"", "there is no role `mayor`");
    check(file, "reserved_to = [\"rssi\"]", "reserved_to = [\"rsi\"]", "there is no role `rsi`");
    check(
        file,
        "raises = \"studio\"",
        "raises = \"video\"",
        "there is no obligation on `request.raised` of topic `video`; remedy: declare it, or write one of studio_urgent, studio",
    );
    check(
        file,
        "urgent_allowed = true\nasks = [\"guide\", \"script\"",
        "asks = [\"guide\", \"script\"",
        "`urgent_channel` is said of a request type that is never urgent; remedy: write `urgent_allowed = true`",
    );
    check(file, "kind = \"number\"", "kind = \"choice\"", "the list of choices is empty");
    check(
        file,
        "kind = \"choice\"\nchoices = [\n    { id = \"agent\"",
        "kind = \"text\"\nchoices = [\n    { id = \"agent\"",
        "the field `line_kind` is no choice and offers choices",
    );
    check(
        file,
        "{ id = \"functional\"",
        "{ id = \"agent\"",
        "the choice `agent` is declared twice, first at catalogue.toml:",
    );
    check(file, "id = \"target_site\"", "id = \"site\"", "the field `site` is declared twice");
    check(file, "{ fr = \"Casque\"", "{ fr = \" \"", "the French text is empty");
}

#[test]
fn changes_name_only_what_is_declared_and_give_each_notice_once() {
    let file = "changes.toml";
    check(file, "opinions = [\"architects\"", "opinions = [\"painters\"", "there is no college `painters`");
    check(file, "roles = [\"rtc\"", "roles = [\"rct\"", "there is no role `rct`");
    check(file, "low = \"process\", ", "", "nobody authorises a change of risk Low");
    check(file, "{ always = \"ecab\" }", "{ always = \"mayor\" }", "unknown variant `mayor`, expected one of ");
    check(file, "missing = \"change_notice\"", "missing = \"x\"", "there is no key of `missing` in contract.toml `x`");
    check(file, "missing = \"change_notice\"\n", "", "the notice of `telephony` is neither given nor missing, or both");
    check(file, "services = [\"isicom\"]", "services = [\"x\"]", "there is no service `x`");
    check(file, "id = \"urgent\"", "id = \"major\"", "the type of changes `major` is declared twice");
    check(file, "id = \"execution\"", "id = \"cause\"", "the stage `cause` is declared twice");
}

#[test]
fn the_question_at_closure_has_rising_answers_of_which_one_satisfies() {
    let file = "satisfaction.toml";
    check(file, "satisfied_from = 3", "satisfied_from = 5", "no answer has the score 5");
    check(file, "score = 2", "score = 1", "the scores of the answers do not rise");
    check(file, "open_for = \"30 days\"", "open_for = \"0 days\"", "the time to answer is zero");
    check(file, "classes = [\"incident\", \"request\"]", "classes = []", "the list of classes of cases is empty");
}

#[test]
fn callipso_escalates_each_priority_as_its_table_says_and_warns_before_each_clock() {
    let c = base();
    let rules = &c.escalations.rules;
    for delay in &c.priorities.delays {
        if matches!(delay.kind, DelayKind::EscalationFunctional | DelayKind::EscalationHierarchical) {
            let fires = |r: &&Escalation| r.on == Watched::Delay(delay.kind) && r.priorities.contains(&delay.priority);
            assert_eq!(rules.iter().filter(fires).count(), 1, "{} {:?}", delay.priority, delay.kind);
        }
    }
    let watched = |clock: &ClockRule| rules.iter().filter(|r| r.on == Watched::Clock(clock.id.clone())).count();
    let unwatched = c.clocks.clocks.iter().find(|clock| watched(clock) < 2);
    assert_eq!(unwatched.map(|clock| clock.id.0.as_str()), None);
    let p2 = rules.iter().find(|r| r.id.0 == "p2-functional").unwrap();
    assert_eq!(p2.unless, Some(Unless::Progress));
}

#[test]
fn a_rule_that_could_never_fire_or_that_nobody_hears_is_refused() {
    let file = "escalations.toml";
    check(file, "{ clock = \"take_in\" }", "{ clock = \"take\" }", "there is no clock `take`");
    check(file, "{ role = \"roc\" }", "{ role = \"rok\" }", "there is no role `rok`");
    check(file, "{ team = \"cds\" }", "{ team = \"csd\" }", "there is no team `csd`");
    check(file, "tell = [\"team_in_charge\"]", "tell = []", "the list of who hears is empty");
    check(file, "tell = [\"team_in_charge\"]", "tell = [\"obliged\"]", "only an obligation has a role that sees to it");
    check(file, "by = [\"in_app\"]", "by = []", "the list of channels is empty");
    check(file, "by = [\"in_app\"]", "by = [\"pigeon\"]", "unknown variant `pigeon`, expected one of `in_app`, ");
    check(file, "before = \"10 min\"", "before = \"0 min\"", "the time before is zero");
    check(
        file,
        "at = { before = \"10 min\" }",
        "at = \"reminders\"",
        "only obligations and third parties have reminders",
    );
    check(
        file,
        "at = \"reminders\"",
        "at = { share = \"50 %\" }",
        "a share is of the delay of a clock or of the table",
    );
    check(file, "priorities = [\"P1\"]\ntell", "priorities = [\"P1\"]\nsuspends = true\ntell", "accepted");
    check(
        file,
        "at = { before = \"10 min\" }",
        "suspends = true\nat = { before = \"10 min\" }",
        "`unless` and `suspends` are for a delay of the table",
    );
    check(
        file,
        "on = { delay = \"escalation_hierarchical\" }\npriorities = [\"P2\"]",
        "on = { delay = \"escalation_hierarchical\" }\npriorities = [\"P3\"]",
        "the table gives no EscalationHierarchical delay for P3: the rule would never fire",
    );
    check(file, "id = \"take-in-due\"", "id = \"take-in-soon\"", "the escalation `take-in-soon` is declared twice");
}
