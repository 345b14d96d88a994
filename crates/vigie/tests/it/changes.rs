//! Changes through the pages and the kernel: study, opinions, sessions, votes, windows, execution, review.

use axum::http::StatusCode;
use jiff::{ToSpan as _, tz::TimeZone};
use vigie::now::now;
use vigie_testkit::{Place, on_both};

use crate::{
    site::{Answer, Site},
    support::run,
};

/// A change that somebody of the provider opened; its address.
#[track_caller]
fn opened(site: &Site, session: &str, title: &str, fields: &[(&str, &str)]) -> String {
    let mut all = vec![("classe", "change"), ("titre", title)];
    all.extend_from_slice(fields);
    let answer = site.post(session, "/dossiers/nouveau", &all, &[]);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    answer.location().split('?').next().unwrap().to_owned()
}

#[track_caller]
fn done(site: &Site, session: &str, case: &str, act: &str, fields: &[(&str, &str)]) {
    let answer = site.act(session, case, act, fields);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}: {}", answer.words());
}

#[track_caller]
fn refused(site: &Site, session: &str, case: &str, act: &str, fields: &[(&str, &str)], words: &[&str]) {
    let answer = site.act(session, case, act, fields);
    assert_eq!(answer.status, StatusCode::CONFLICT, "{act}: {}", answer.words());
    answer.says(words, &[]);
}

/// So many days ahead, as a form has it.
fn ahead(days: i64, time: &str) -> String {
    let day = now().to_zoned(TimeZone::UTC).date().checked_add(days.days()).unwrap();
    format!("{day}T{time}")
}

fn number(case: &str) -> &str {
    case.rsplit('/').next().unwrap()
}

/// Sends something to the page of sessions.
fn sit(site: &Site, session: &str, fields: &[(&str, &str)]) -> Answer {
    site.post(session, "/changements/cab", fields, &[])
}

/// Calls a session in a week; its number.
#[track_caller]
fn called(site: &Site, session: &str, committee: &str) -> String {
    let when = ahead(7, "14:00");
    let answer = sit(site, session, &[("quoi", "convoquer"), ("comite", committee), ("quand", &when)]);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    answer.location().rsplit('=').next().unwrap().to_owned()
}

#[track_caller]
fn attends(site: &Site, session: &str, sitting: &str, account: &str, instead_of: &str) {
    let fields = [("quoi", "participer"), ("seance", sitting), ("compte", account), ("pour", instead_of)];
    let answer = sit(site, session, &fields);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
}

const SECTIONS: [&str; 5] = ["perimeter", "method", "technical_risks", "security_risks", "organisation"];

#[test]
fn a_major_change_without_three_opinions_impact_study_and_cab_decision_cannot_be_scheduled_and_a_standard_change_needs_none()
 {
    on_both(|place| {
        let site = Site::new(place);
        let [rtc, head, architect] = ["rtc.blanc", "exploitation.duval", "projet.simon"].map(|name| site.session(name));
        let (from, to) = (ahead(20, "20:00"), ahead(20, "22:00"));
        let window = [("debut", from.as_str()), ("fin", to.as_str())];

        let standard = opened(&site, &rtc, "Ouvrir une ligne de test", &[]);
        refused(&site, &rtc, &standard, "planned", &window, &["il manque : son type"]);
        done(&site, &rtc, &standard, "assessed", &[("type", "standard")]);
        site.get(&rtc, &standard)
            .says(&["Rien ne manque : le changement peut être planifié", "préautorisé"], &["Collège d'architectes"]);
        done(&site, &rtc, &standard, "planned", &window);

        let major = opened(&site, &rtc, "Remplacer le cœur de téléphonie", &[("service", "call_server")]);
        done(&site, &rtc, &major, "assessed", &[("type", "major"), ("risque", "high")]);
        let still = |words: &[&str]| {
            refused(&site, &rtc, &major, "planned", &window, words);
            site.get(&rtc, &major).says(words, &["peut être planifié"]);
        };
        still(&["étude : Périmètre", "avis : Gestion technique", "décision : CAB"]);
        for section in SECTIONS {
            done(&site, &rtc, &major, "section_written", &[("section", section), ("texte", "Première version")]);
        }
        done(&site, &rtc, &major, "section_written", &[("section", "method"), ("texte", "Deuxième version")]);
        still(&["la validation de l'étude"]);
        site.get(&head, &major).says(&["Deuxième version", "Version précédente", "Première version", "version 2"], &[]);
        done(&site, &head, &major, "study_validated", &[]);
        // Nobody speaks for another college.
        let other = [("college", "architects"), ("favorable", "oui")];
        refused(&site, &rtc, &major, "opinion_given", &other, &["revient à : Chef de projet de la DSIUN"]);
        for (session, college, favourable) in
            [(&architect, "architects", "oui"), (&rtc, "technical", "oui"), (&head, "operations", "non")]
        {
            still(&["avis : "]);
            let said = [("college", college), ("favorable", favourable), ("texte", "Vu en revue")];
            done(&site, session, &major, "opinion_given", &said);
        }
        still(&["décision : CAB"]);
        // No decision without a session, and none without a vote.
        let decision = [("autorite", "cab"), ("decision", "oui"), ("seance", "cab-2026-01-01")];
        refused(&site, &head, &major, "decided", &decision, &["à l'ordre du jour"]);
        let session = called(&site, &rtc, "cab");
        done(&site, &rtc, &major, "tabled", &[("seance", &session)]);
        let decision = [("autorite", "cab"), ("decision", "oui"), ("seance", session.as_str())];
        refused(&site, &head, &major, "decided", &decision, &["attend au moins un vote"]);
        attends(&site, &head, &session, "exploitation.duval", "");
        let vote = [("seance", session.as_str()), ("vote", "for")];
        // To work on cases is not to sit on boards, at this door either.
        let [technician, desk] = ["go.martin", "cds.arnaud"].map(|name| site.session(name));
        attends(&site, &head, &session, "go.martin", "");
        refused(&site, &technician, &major, "voted", &vote, &["revient à"]);
        done(&site, &head, &major, "voted", &vote);
        refused(&site, &desk, &major, "decided", &decision, &["revient à"]);
        still(&["décision : CAB"]);
        refused(&site, &rtc, &major, "decided", &decision, &["revient à l'autre partie"]);
        done(&site, &head, &major, "decided", &decision);
        site.get(&rtc, &major).says(&["Rien ne manque : le changement peut être planifié"], &[]);
        // A study that changes is read again before anything is planned.
        done(&site, &rtc, &major, "section_written", &[("section", "method"), ("texte", "Troisième version")]);
        still(&["la validation de l'étude"]);
        done(&site, &head, &major, "study_validated", &[]);
        done(&site, &rtc, &major, "planned", &window);
        site.get(&rtc, &major).says(&["Fenêtre"], &["peut être planifié"]);

        // What is left of its delays changes from second to second; what follows does not.
        let after_clocks = |site: &Site, session: &str| {
            site.get(session, &major).words().split_once("Le changement ").unwrap().1.to_owned()
        };
        let page = after_clocks(&site, &rtc);
        drop(site);
        run(place, &["rebuild"]).done();
        run(place, &["verify"]).done();
        let site = Site::new(place);
        assert_eq!(after_clocks(&site, &site.session("rtc.blanc")), page, "after a rebuild it reads the same");
    });
}

#[test]
fn a_vote_stands_for_ever_and_only_who_attends_an_open_session_votes() {
    on_both(|place| {
        let site = Site::new(place);
        let [rtc, head, manager] = ["rtc.blanc", "exploitation.duval", "gestion.caron"].map(|name| site.session(name));
        let case = opened(&site, &rtc, "Mettre le SBC à niveau", &[]);
        done(&site, &rtc, &case, "assessed", &[("type", "urgent"), ("critere", "people_hit")]);
        let session = called(&site, &rtc, "ecab");
        assert!(session.starts_with("ecab-"), "{session}");
        done(&site, &rtc, &case, "tabled", &[("seance", &session)]);
        let vote = |who: &str, voice: &str| {
            let fields = [("quoi", "voter"), ("seance", session.as_str()), ("dossier", number(&case)), ("vote", voice)];
            sit(&site, who, &fields)
        };
        let absent = vote(&head, "for");
        assert_eq!(absent.status, StatusCode::CONFLICT);
        absent.says(&["revient à qui participe à la séance"], &[]);
        attends(&site, &rtc, &session, "exploitation.duval", "");
        attends(&site, &rtc, &session, "gestion.caron", "cds.arnaud");
        let page = format!("/changements/cab?seance={session}");
        site.get(&head, &page)
            .says(&["gestion.caron (délégué de cds.arnaud)", "Mettre le SBC à niveau", "Votre vote"], &[]);
        assert_eq!(vote(&head, "against").status, StatusCode::SEE_OTHER);
        // Whoever changes their mind has voted all the same.
        let again = vote(&head, "for");
        assert_eq!(again.status, StatusCode::CONFLICT);
        again.says(&["est déjà fait", "Contre 1", "Pour 0"], &[]);
        assert_eq!(vote(&manager, "abstain").status, StatusCode::SEE_OTHER);
        site.get(&head, &page).says(&["Contre 1", "Abstention 1"], &["Votre vote"]);
        let unknown = sit(&site, &head, &[("quoi", "participer"), ("seance", &session), ("compte", "personne")]);
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        let decide = [
            ("quoi", "decider"),
            ("seance", session.as_str()),
            ("dossier", number(&case)),
            ("autorite", "ecab"),
            ("decision", "non"),
            ("texte", "Trop de monde sur le pont ce soir"),
        ];
        assert_eq!(sit(&site, &manager, &decide).status, StatusCode::SEE_OTHER);
        site.get(&rtc, &case).says(&["Refusé · ECAB", "décision : ECAB", "Trop de monde sur le pont"], &[]);
        // Decided is decided: no later vote.
        attends(&site, &rtc, &session, "rtc.blanc", "");
        assert_eq!(vote(&rtc, "for").status, StatusCode::CONFLICT);
        assert_eq!(sit(&site, &rtc, &[("quoi", "clore"), ("seance", &session)]).status, StatusCode::SEE_OTHER);
        let late = sit(&site, &rtc, &[("quoi", "participer"), ("seance", &session), ("compte", "go.martin")]);
        assert_eq!(late.status, StatusCode::CONFLICT);
        late.says(&["La séance est close"], &[]);
        site.get(&rtc, "/changements/cab").says(&["Séances tenues"], &[]);
    });
}

#[test]
fn a_reader_sees_sessions_and_may_neither_call_nor_vote() {
    let site = Site::new(&Place::sqlite());
    let [reader, rtc] = ["lecteur", "rtc.blanc"].map(|name| site.session(name));
    let session = called(&site, &rtc, "cab");
    let page = site.get(&reader, "/changements/cab");
    page.says(&["Séances à tenir", &session], &["Convoquer une séance"]);
    let call = [("quoi", "convoquer"), ("comite", "cab"), ("quand", "2026-12-01T14:00")];
    assert_eq!(sit(&site, &reader, &call).status, StatusCode::FORBIDDEN);
    // Two sessions of a day have a number each; other committees authorise nothing.
    assert_eq!(called(&site, &rtc, "cab"), format!("{session}-2"));
    let other = sit(&site, &rtc, &[("quoi", "convoquer"), ("comite", "copil"), ("quand", "2026-12-01T14:00")]);
    assert_eq!(other.status, StatusCode::CONFLICT);
    other.says(&["n'autorise pas de changements"], &[]);
}

#[test]
fn the_calendar_shows_windows_and_those_that_get_in_each_others_way() {
    on_both(|place| {
        let site = Site::new(place);
        let rtc = site.session("rtc.blanc");
        let planned = |title: &str, service: &str, from: &str, to: &str| {
            let case = opened(&site, &rtc, title, &[("service", service)]);
            done(&site, &rtc, &case, "assessed", &[("type", "standard")]);
            let (from, to) = (ahead(3, from), ahead(3, to));
            done(&site, &rtc, &case, "planned", &[("debut", &from), ("fin", &to)]);
            case
        };
        let one = planned("Redémarrer la messagerie", "voicemail", "20:00", "22:00");
        let other = planned("Étendre la messagerie", "voicemail", "21:30", "23:00");
        let apart = planned("Changer un onduleur", "ups", "21:30", "23:00");
        let month = ahead(3, "").get(..7).unwrap().to_owned();
        let page = site.get(&rtc, &format!("/changements?mois={month}"));
        page.says(
            &[
                "Redémarrer la messagerie",
                "20:00–22:00",
                "3 fenêtres ce mois-ci",
                "Fenêtres en conflit",
                "Rien ne manque",
            ],
            &[],
        );
        let conflicts = page.words().split("Fenêtres en conflit").nth(1).unwrap().to_owned();
        assert!(conflicts.contains(number(&one)) && conflicts.contains(number(&other)));
        assert!(!conflicts.contains(number(&apart)));
        page.says(&["Téléphonie", "à donner par la convention de service"], &[]);
        done(&site, &rtc, &other, "cancelled", &[("texte", "Remplacé")]);
        site.get(&rtc, &format!("/changements?mois={month}"))
            .says(&["2 fenêtres ce mois-ci"], &["Fenêtres en conflit"]);
        assert_eq!(site.get(&rtc, "/changements?mois=demain").status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_change_that_was_backed_out_is_planned_again_and_reviewed_before_it_is_closed() {
    on_both(|place| {
        let site = Site::new(place);
        let [rtc, head] = ["rtc.blanc", "exploitation.duval"].map(|name| site.session(name));
        let case = opened(&site, &rtc, "Nouvelle version des postes", &[]);
        let risk = [("type", "normal"), ("risque", "low")];
        done(&site, &rtc, &case, "assessed", &risk);
        for section in SECTIONS {
            done(&site, &rtc, &case, "section_written", &[("section", section), ("texte", "Dit")]);
        }
        done(&site, &head, &case, "study_validated", &[]);
        done(&site, &rtc, &case, "decided", &[("autorite", "process"), ("decision", "oui")]);
        let (from, to) = (ahead(2, "20:00"), ahead(2, "22:00"));
        let backwards = [("debut", to.as_str()), ("fin", from.as_str())];
        refused(&site, &rtc, &case, "planned", &backwards, &["La fin précède le début"]);
        let window = [("debut", from.as_str()), ("fin", to.as_str())];
        refused(&site, &rtc, &case, "begun", &[], &["attend que le changement soit planifié"]);
        done(&site, &rtc, &case, "planned", &window);
        refused(&site, &rtc, &case, "restored", &[("texte", "Fait")], &["attend que l'exécution ait commencé"]);
        done(&site, &rtc, &case, "begun", &[]);
        done(&site, &rtc, &case, "backed_out", &[("texte", "Postes muets, image précédente remise")]);
        site.get(&rtc, &case).says(&["Retour arrière le", "Postes muets"], &[]);
        done(&site, &rtc, &case, "planned", &window);
        done(&site, &rtc, &case, "begun", &[]);
        done(&site, &rtc, &case, "restored", &[("texte", "Installée partout")]);
        done(&site, &head, &case, "restoration_validated", &[]);
        refused(&site, &rtc, &case, "closed", &[], &["attend la revue du changement"]);
        done(&site, &rtc, &case, "reviewed", &[("texte", "Essayer d'abord sur un site")]);
        done(&site, &rtc, &case, "closed", &[]);
        site.get(&rtc, &case).says(&["Clos", "Essayer d'abord sur un site"], &[]);
    });
}
