//! Problems: proposed by incidents that recur, and closed only when their stages are reached.

use axum::http::StatusCode;
use vigie_testkit::{Place, on_both};

use crate::{site::Site, support::run};

#[track_caller]
fn incident(site: &Site, session: &str, title: &str, subject: &str, place: &str) -> String {
    let fields = [
        ("classe", "incident"),
        ("titre", title),
        ("service", "toip"),
        ("sujet", subject),
        ("site", place),
        ("panne", "degraded"),
    ];
    let answer = site.post(session, "/dossiers/nouveau", &fields, &[]);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    answer.location().split('?').next().unwrap().to_owned()
}

fn number(case: &str) -> &str {
    case.rsplit('/').next().unwrap()
}

#[track_caller]
fn done(site: &Site, session: &str, case: &str, act: &str, fields: &[(&str, &str)]) {
    let answer = site.act(session, case, act, fields);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}: {}", answer.words());
}

const PROPOSED: &str = "same_subject_and_site|cabling|HD13";

#[test]
fn two_similar_incidents_on_the_same_item_raise_a_problem_proposal_until_somebody_opens_it() {
    on_both(|place| {
        let site = Site::new(place);
        let [customer, rtc, reader] = ["cds.arnaud", "rtc.blanc", "lecteur"].map(|name| site.session(name));
        let first = incident(&site, &customer, "Prise morte", "cabling", "HD13");
        incident(&site, &customer, "Prise morte ailleurs", "cabling", "MDS Arles");
        site.get(&rtc, "/problemes").says(&["Aucun incident ne se répète"], &[]);
        let second = incident(&site, &customer, "Deux prises mortes", "cabling", "HD13");
        let void = incident(&site, &customer, "Erreur de saisie", "cabling", "HD13");
        done(&site, &customer, &void, "cancelled", &[("texte", "Ouvert deux fois")]);
        let page = site.get(&rtc, "/problemes");
        page.says(&["2 incidents", number(&first), number(&second), "Ouvrir ce problème"], &[number(&void)]);
        site.get(&reader, "/problemes").says(&["2 incidents"], &["Ouvrir ce problème"]);
        let open = || site.post(&rtc, "/problemes", &[("proposition", PROPOSED)], &[]);
        let answer = open();
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
        let problem = answer.location().split('?').next().unwrap().to_owned();
        site.get(&rtc, &problem).says(
            &["Incidents récurrents : Câblage capillaire · HD13", "Gestion technique", number(&first), number(&second)],
            &[],
        );
        for case in [&first, &second] {
            site.get(&customer, case).says(&["Problèmes qui concernent cet incident", number(&problem), "lié"], &[]);
        }
        // What a problem has proposes nothing more, and nobody opens the same twice.
        site.get(&rtc, "/problemes").says(&["Aucun incident ne se répète", "Incidents récurrents"], &[]);
        let again = open();
        assert_eq!(again.status, StatusCode::CONFLICT);
        again.says(&["Cette proposition n'est plus"], &[]);
        let before = site.get(&rtc, "/problemes").words();
        drop(site);
        run(place, &["rebuild"]).done();
        let site = Site::new(place);
        assert_eq!(
            site.get(&site.session("rtc.blanc"), "/problemes").words(),
            before,
            "after a rebuild it reads the same"
        );
    });
}

#[test]
fn a_problem_cannot_close_without_cause_treatment_and_updated_documentation() {
    on_both(|place| {
        let site = Site::new(place);
        let [rtc, head] = ["rtc.blanc", "exploitation.duval"].map(|name| site.session(name));
        let fields = [("classe", "problem"), ("titre", "Bornes DECT qui redémarrent"), ("priorite", "P3")];
        let answer = site.post(&rtc, "/dossiers/nouveau", &fields, &[]);
        let case = answer.location().split('?').next().unwrap().to_owned();
        done(&site, &rtc, &case, "taken_in", &[]);
        let reach = |stage: &str, text: &str| {
            done(&site, &rtc, &case, "stage_reached", &[("etape", stage), ("texte", text)]);
        };
        reach("workaround", "Redémarrer la borne");
        // What shows a stage is written down.
        let silent = site.act(&rtc, &case, "stage_reached", &[("etape", "cause")]);
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        done(&site, &rtc, &case, "restored", &[("texte", "Plus de redémarrage")]);
        done(&site, &head, &case, "restoration_validated", &[]);
        let closing = |who: &str, words: &[&str]| {
            let answer = site.act(who, &case, "closed", &[]);
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.words());
            answer.says(words, &[]);
        };
        closing(
            &rtc,
            &["Un problème ne se clôt pas avant ces étapes : Cause ; Traitement curatif ; Réalisation ; Documentation"],
        );
        reach("cause", "Lot de cartes défaillant");
        reach("treatment", "Remplacer le lot, nouveau standard de carte");
        // The customer may not close it either.
        closing(&head, &["avant ces étapes : Réalisation ; Documentation"]);
        reach("execution", "Huit bornes remplacées");
        closing(&rtc, &["avant ces étapes : Documentation"]);
        reach("documentation", "Fiches des huit bornes mises à jour");
        site.get(&rtc, &case).says(&["Toutes les étapes exigées sont franchies", "Fiches des huit bornes"], &[]);
        done(&site, &rtc, &case, "closed", &[]);
        site.get(&rtc, &case).says(&["Clos"], &["Avant de clore"]);
    });
}

#[test]
fn a_known_error_is_shown_on_incidents_of_the_same_subject_with_its_workaround() {
    let site = Site::new(&Place::sqlite());
    let [customer, rtc] = ["cds.arnaud", "rtc.blanc"].map(|name| site.session(name));
    incident(&site, &customer, "Prise morte", "cabling", "HD13");
    incident(&site, &customer, "Prise morte encore", "cabling", "HD13");
    let answer = site.post(&rtc, "/problemes", &[("proposition", PROPOSED)], &[]);
    let problem = answer.location().split('?').next().unwrap().to_owned();
    let workaround = [("etape", "workaround"), ("texte", "Brancher sur la prise voisine")];
    done(&site, &rtc, &problem, "stage_reached", &workaround);
    done(&site, &rtc, &problem, "stage_reached", &[("etape", "known_error"), ("texte", "Fiche KB-12")]);
    site.get(&rtc, "/problemes").says(&["Erreur connue"], &[]);
    let new = incident(&site, &customer, "Prise morte une fois de plus", "cabling", "HD13");
    site.get(&rtc, &new).says(&["erreur connue du même sujet", "Contournement : Brancher sur la prise voisine"], &[]);
    let other = incident(&site, &customer, "Autre site", "cabling", "MDS Arles");
    site.get(&rtc, &other).says(&[], &["erreur connue du même sujet"]);
}
