//! What is done around a case: tasks, links, cases that go on in another.

use axum::http::StatusCode;
use vigie_testkit::{Place, on_both};

use crate::{
    site::{Answer, Site},
    support::run,
};

#[track_caller]
fn done(site: &Site, session: &str, case: &str, act: &str, fields: &[(&str, &str)]) {
    let answer = site.act(session, case, act, fields);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}: {}", answer.words());
}

#[track_caller]
fn refused(answer: &Answer, words: &str) {
    assert!(answer.status.is_client_error(), "{}", answer.status);
    answer.says(&[words], &[]);
}

fn number(case: &str) -> &str {
    case.rsplit('/').next().unwrap()
}

/// The same words after the read tables were made again.
fn after_rebuild(place: &Place, site: Site, name: &str, path: &str) {
    let before = site.get(&site.session(name), path).words();
    drop(site);
    run(place, &["rebuild"]).done();
    let site = Site::new(place);
    assert_eq!(site.get(&site.session(name), path).words(), before);
}

#[test]
fn a_task_is_found_by_whoever_has_it_and_warns_when_its_case_ends() {
    on_both(|place| {
        let site = Site::new(place);
        let [martin, rossi, cds] = ["go.martin", "go.rossi", "cds.arnaud"].map(|name| site.session(name));
        let case = site.opened(&cds, "Plus de tonalité");
        done(&site, &martin, &case, "taken_in", &[]);
        let secret =
            [("texte", "Appeler le constructeur"), ("chez", "go.rossi"), ("dans", "4 h"), ("visibilite", "interne")];
        done(&site, &martin, &case, "task_added", &secret);
        done(&site, &cds, &case, "task_added", &[("texte", "Ouvrir le local"), ("visibilite", "tous")]);
        let own = site.get(&martin, &case);
        own.says(
            &["Appeler le constructeur", "Interne : titulaire seul", "go.rossi", "2 à faire", "Ouvrir le local"],
            &[],
        );
        let theirs = site.get(&cds, &case);
        theirs.says(&["Ouvrir le local", "1 à faire"], &["constructeur", "go.rossi"]);
        site.get(&rossi, "/taches").says(&["Appeler le constructeur", number(&case), "Plus de tonalité"], &["Ouvrir"]);
        site.get(&martin, "/taches").says(&["Aucune tâche à faire"], &["constructeur"]);
        site.get(&cds, "/taches?de=toutes").says(&["Ouvrir le local"], &["constructeur"]);
        // The other side's task does not exist, whoever guesses its number.
        refused(&site.act(&cds, &case, "task_done", &[("tache", "1")]), "Aucune tâche 1");
        own.says(&["2 tâches ne sont pas terminées"], &[]);
        done(&site, &rossi, &case, "task_done", &[("tache", "1"), ("retour", "taches")]);
        done(&site, &martin, &case, "task_dropped", &[("tache", "2")]);
        let page = site.get(&martin, &case);
        page.says(&["faite par go.rossi", "abandonnée par go.martin", "toutes faites"], &["ne sont pas terminées"]);
        done(&site, &martin, &case, "task_reopened", &[("tache", "2")]);
        site.get(&cds, &case).says(&["1 à faire", "Tâche reprise"], &["faite par"]);
        refused(&site.act(&martin, &case, "task_added", &[("chez", "go.martin")]), "champ");
        refused(&site.act(&martin, &case, "task_added", &[("texte", "x"), ("chez", "personne.ici")]), "personne.ici");
        after_rebuild(place, site, "cds.arnaud", "/taches?de=toutes");
    });
}

#[test]
fn the_tasks_of_the_contract_are_proposed_once_with_their_group_and_delay() {
    on_both(|place| {
        let site = Site::new(place);
        let [martin, cds] = ["go.martin", "cds.arnaud"].map(|name| site.session(name));
        let fields = [
            ("classe", "request"),
            ("titre", "Déménagement de deux postes"),
            ("type", "line_move"),
            ("sujet", "line_move"),
        ];
        let opened = site.post(&cds, "/dossiers/nouveau", &fields, &[]);
        let case = if opened.status == StatusCode::SEE_OTHER {
            opened.location().split('?').next().unwrap().to_owned()
        } else {
            // The form of a move asks for more than this; what it is about can be said afterwards.
            let plain = [("classe", "change"), ("titre", "Mise à jour du cœur")];
            let opened = site.post(&martin, "/dossiers/nouveau", &plain, &[]);
            assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.words());
            opened.location().split('?').next().unwrap().to_owned()
        };
        let page = site.get(&martin, &case);
        page.says(&["Le contrat prévoit pour ce type de dossier", "Ajouter les tâches cochées"], &[]);
        let rules: Vec<String> = page
            .body
            .split("name=\"regle\" value=\"")
            .skip(1)
            .map(|r| r.split('"').next().unwrap().to_owned())
            .collect();
        assert!(rules.len() >= 2, "{rules:?}");
        let mut fields = vec![("visibilite", "tous")];
        fields.extend(rules.iter().map(|rule| ("regle", rule.as_str())));
        done(&site, &martin, &case, "task_added", &fields);
        let page = site.get(&martin, &case);
        page.says(&[&format!("{} à faire", rules.len())], &["Le contrat prévoit"]);
        let title = page.body.split("<li class=\"task\">").nth(1).unwrap();
        assert!(title.contains("Échéance") || title.contains("reste") || title.contains("tnum"), "{title}");
    });
}

#[test]
fn a_link_shows_on_both_cases_with_its_relation_its_state_and_its_title() {
    on_both(|place| {
        let site = Site::new(place);
        let [martin, cds] = ["go.martin", "cds.arnaud"].map(|name| site.session(name));
        let (one, two) = (site.opened(&cds, "Plus de tonalité"), site.opened(&cds, "Baie en panne"));
        let link = [("systeme", "case"), ("reference", number(&two)), ("relation", "caused_by")];
        done(&site, &martin, &one, "linked", &link);
        site.get(&cds, &one).says(&["Causé par", number(&two), "Baie en panne", "Nouveau"], &[]);
        site.get(&cds, &two).says(&["Cause de", number(&one), "Plus de tonalité"], &[]);
        let nowhere = [("systeme", "case"), ("reference", "VG-2020-000001")];
        refused(&site.act(&martin, &one, "linked", &nowhere), "Aucun dossier VG-2020-000001");
        done(&site, &cds, &two, "unlinked", &[("systeme", "case"), ("reference", number(&one))]);
        for case in [&one, &two] {
            let page = site.get(&martin, case);
            page.says(&["Lien retiré"], &["Dossiers et références liés"]);
        }
    });
}

#[test]
fn a_duplicate_goes_on_in_another_case_which_keeps_the_earliest_start_and_can_be_separated() {
    on_both(|place| {
        let site = Site::new(place);
        let [martin, cds] = ["go.martin", "cds.arnaud"].map(|name| site.session(name));
        let (first, second) = (site.opened(&cds, "Plus de tonalité"), site.opened(&cds, "Téléphones muets"));
        let version = site.get(&cds, &first).hidden("version");
        let fields =
            [("acte", "noted"), ("version", version.as_str()), ("visibilite", "tous"), ("texte", "Photo jointe")];
        site.post(&cds, &format!("{first}/actes"), &fields, &[("fichiers", "baie.txt", b"photo".to_vec())]);
        done(&site, &martin, &first, "noted", &[("texte", "Encore eux"), ("visibilite", "interne")]);
        let merge =
            |case: &str, into: &str| site.act(&martin, case, "merged", &[("dans", into), ("texte", "Même panne")]);
        refused(&merge(&first, number(&first)), "même dossier");
        refused(&merge(&first, "VG-2020-000001"), "Aucun dossier");
        let start = |case: &str| {
            let clocks = site.get(&martin, &format!("{case}/horloges")).words();
            let head = clocks.split(" Cible").next().unwrap();
            head.rsplit("Début ").next().unwrap().to_owned()
        };
        let before = start(&second);
        assert_eq!(merge(&first, number(&second)).status, StatusCode::SEE_OTHER);

        let gone = site.get(&cds, &first);
        gone.says(&["Fusionné : continue dans", number(&second), "Même panne", "Séparer à nouveau"], &["Encore eux"]);
        let survivor = site.get(&cds, &second);
        survivor.says(
            &["Double fusionné :", number(&first), "baie.txt", "Un dossier en double continue ici"],
            &["Encore eux"],
        );
        site.get(&cds, "/dossiers?etat=merged").says(&[number(&first), "Fusionné"], &[number(&second)]);
        site.get(&cds, "/dossiers?etat=ouverts").says(&[number(&second)], &[number(&first)]);
        assert_ne!(start(&second), before, "the earliest identification is that of the duplicate");
        refused(&merge(&second, number(&first)), "absorbé");

        done(&site, &cds, &first, "separated", &[("texte", "Ce ne sont pas les mêmes postes")]);
        site.get(&cds, &first).says(&["Nouveau"], &["continue dans"]);
        site.get(&cds, &second).says(&["a été séparé"], &["Double fusionné :"]);
        assert_eq!(start(&second), before);
        done(&site, &martin, &first, "merged", &[("dans", number(&second)), ("texte", "Si, les mêmes")]);
        after_rebuild(place, site, "cds.arnaud", &second);
    });
}
