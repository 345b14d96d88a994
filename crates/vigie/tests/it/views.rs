//! Saved and shared views of the queue, its columns, its print, and what is edited in it; on both engines.

use axum::http::{Method, StatusCode};
use serde_json::json;
use vigie_testkit::on_both;

use crate::site::{Answer, Site};

/// Keeps a question at the page.
fn keep(site: &Site, session: &str, name: &str, question: &str, audience: &str) -> Answer {
    let fields = [("nom", name), ("question", question), ("pour", audience), ("epingle", "oui")];
    site.post(session, "/dossiers/vues", &fields, &[])
}

/// The ids of the views on the page that arranges them, in their order.
fn ids(page: &Answer) -> Vec<String> {
    let parts = page.body.split("action=\"/dossiers/vues/").skip(1);
    let mut ids: Vec<String> = parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

/// The names of the views there.
fn names(page: &Answer) -> Vec<String> {
    let rows = page.body.split("<th scope=\"row\"><a href=\"").skip(1);
    rows.map(|row| row.split_once('>').unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

fn arrange(site: &Site, session: &str, id: &str, fields: &[(&str, &str)]) -> Answer {
    site.post(session, &format!("/dossiers/vues/{id}"), fields, &[])
}

#[test]
fn a_view_keeps_filters_order_and_columns_and_counts_what_it_holds_now() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        site.get(&session, "/dossiers/vues").says(&["Aucune vue enregistrée", "Filtrez la file"], &[]);
        // The page and what no filter knows are left out.
        let asked = "etat=ouverts&classe=incident&tri=-debut&col=site&col=etat&page=3&rien=1";
        let kept = keep(&site, &session, " Sites  du soir ", asked, "own");
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.words());
        assert_eq!(kept.location(), "/dossiers?etat=ouverts&classe=incident&tri=-debut&col=etat%2Csite");
        let page = site.get(&session, &kept.location());
        page.says(&["Sites du soir 0"], &[]);
        site.opened(&session, "Plus de tonalité");
        let page = site.get(&session, &kept.location());
        page.says(&["Sites du soir 1", "Dossier État Site VG-"], &[]);
        assert!(page.body.contains("aria-current=\"page\""), "the view says that one is in it");
        // Under the same name it takes the new question over.
        keep(&site, &session, "Sites du soir", "etat=tous", "own");
        let arranged = site.get(&session, "/dossiers/vues");
        assert_eq!(names(&arranged), ["Sites du soir"]);
        arranged.says(&["État : Tous"], &["Type : Incident"]);
    });
}

#[test]
fn what_one_side_shares_never_appears_on_the_other() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, colleague, customer) =
            (site.session("go.martin"), site.session("rtc.blanc"), site.session("cds.arnaud"));
        keep(&site, &provider, "Pour tous les nôtres", "etat=tous&q=secret", "side");
        keep(&site, &provider, "Pour la GO", "etat=new", "team:go");
        keep(&site, &provider, "Pour moi", "etat=paused", "own");
        let of = |session: &str| names(&site.get(session, "/dossiers/vues"));
        assert_eq!(of(&provider), ["Pour tous les nôtres", "Pour la GO", "Pour moi"]);
        assert_eq!(of(&site.session("go.rossi")), ["Pour la GO", "Pour tous les nôtres"]);
        assert_eq!(of(&colleague), ["Pour tous les nôtres"]);
        assert!(of(&customer).is_empty());
        let queue = site.get(&customer, "/dossiers");
        assert!(!queue.body.contains("nôtres") && !queue.body.contains("secret"));
        // Nor by its number: whoever does not see it is told that there is none.
        let id = ids(&site.get(&provider, "/dossiers/vues"))[0].clone();
        for what in ["retirer", "epingler", "monter", "modifier"] {
            let fields = [("quoi", what), ("nom", "À nous"), ("pour", "side")];
            assert_eq!(arrange(&site, &customer, &id, &fields).status, StatusCode::NOT_FOUND, "{what}");
        }
        // A colleague pins it for themselves, and may not rename it nor take it away.
        assert_eq!(arrange(&site, &colleague, &id, &[("quoi", "epingler")]).status, StatusCode::SEE_OTHER);
        site.get(&colleague, "/dossiers").says(&["Pour tous les nôtres 0"], &[]);
        let renamed = arrange(&site, &colleague, &id, &[("quoi", "modifier"), ("nom", "À moi"), ("pour", "own")]);
        assert_eq!(renamed.status, StatusCode::FORBIDDEN);
        renamed.says(&["Seul go.martin peut modifier cette vue", "Rien n’a été changé"], &[]);
        assert_eq!(arrange(&site, &colleague, &id, &[("quoi", "retirer")]).status, StatusCode::FORBIDDEN);
        // Who manages the people of the side clears up after them.
        let manager = site.session("roc.perrin");
        assert_eq!(arrange(&site, &manager, &id, &[("quoi", "retirer")]).status, StatusCode::SEE_OTHER);
        assert_eq!(of(&provider), ["Pour la GO", "Pour moi"]);
        // One shares with a group of one's own.
        let answer = keep(&site, &provider, "Pour le GT", "etat=new", "team:gt");
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says(&["On partage avec un groupe dont on fait partie"], &[]);
    });
}

#[test]
fn views_are_pinned_ordered_renamed_and_taken_away() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        for name in ["Un", "Deux", "Trois"] {
            keep(&site, &session, name, &format!("etat=tous&q={name}"), "own");
        }
        let shown = || site.get(&session, "/dossiers/vues");
        let id = |name: &str| {
            let page = shown();
            let at = names(&page).iter().position(|n| n == name).unwrap();
            ids(&page)[at].clone()
        };
        let done = |name: &str, what: &str| {
            assert_eq!(arrange(&site, &session, &id(name), &[("quoi", what)]).status, StatusCode::SEE_OTHER, "{what}");
        };
        assert_eq!(names(&shown()), ["Un", "Deux", "Trois"]);
        done("Trois", "monter");
        assert_eq!(names(&shown()), ["Un", "Trois", "Deux"]);
        done("Un", "descendre");
        assert_eq!(names(&shown()), ["Trois", "Un", "Deux"]);
        // At either end nothing moves.
        done("Trois", "monter");
        done("Deux", "descendre");
        assert_eq!(names(&shown()), ["Trois", "Un", "Deux"]);
        done("Trois", "detacher");
        assert_eq!(names(&shown()), ["Un", "Deux", "Trois"]);
        done("Trois", "monter");
        assert_eq!(names(&shown()), ["Un", "Deux", "Trois"], "what is kept aside stays aside");
        let change = |name: &str, to: &str| {
            let fields = [("quoi", "modifier"), ("nom", to), ("pour", "own")];
            arrange(&site, &session, &id(name), &fields)
        };
        assert_eq!(change("Un", "Premier").status, StatusCode::SEE_OTHER);
        change("Premier", "Deux").says(&["Une autre de vos vues porte ce nom"], &[]);
        change("Premier", &"é".repeat(61)).says(&["Un nom a 1 à 60 caractères"], &[]);
        assert_eq!(change("Premier", &"é".repeat(60)).status, StatusCode::SEE_OTHER);
        done("Deux", "retirer");
        assert_eq!(names(&shown()), ["é".repeat(60), "Trois".to_owned()]);
    });
}

#[test]
fn programs_keep_and_arrange_the_same_views() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let (own, reader, customer) = (
            site.token("go.martin", "one", &["desk.*"]),
            site.token("rtc.blanc", "two", &["desk.read"]),
            site.token("cds.arnaud", "three", &["desk.*"]),
        );
        let ask = |token: &str, method: Method, path: &str, body: serde_json::Value| {
            let answer = site.send(token, method, path, &body.to_string());
            (answer.status, serde_json::from_str::<serde_json::Value>(&answer.body).unwrap_or_default())
        };
        let new = json!({"name": "Ouverts", "question": "etat=ouverts&page=2", "audience": "side"});
        let (status, view) = ask(&own, Method::POST, "/api/v1/views", new);
        assert_eq!(
            (status, &view["count"], &view["question"]),
            (StatusCode::CREATED, &json!(0), &json!("etat=ouverts"))
        );
        site.opened(&session, "Plus de tonalité");
        let (_, seen) = ask(&reader, Method::GET, "/api/v1/views", json!({}));
        let first = &seen["items"][0];
        assert_eq!((&first["name"], &first["count"], &first["pinned"]), (&json!("Ouverts"), &json!(1), &json!(false)));
        assert_eq!(ask(&customer, Method::GET, "/api/v1/views", json!({})).1, json!({"items": []}));
        site.get(&session, "/dossiers").says(&["Ouverts 1"], &[]);
        let path = format!("/api/v1/views/{}", view["id"].as_str().unwrap());
        let (status, view) =
            ask(&own, Method::PATCH, &path, json!({"name": "Tout", "pinned": false, "audience": "own"}));
        assert_eq!((status, &view["name"], &view["audience"]), (StatusCode::OK, &json!("Tout"), &json!("own")));
        for (token, method, body, status) in [
            (&reader, Method::DELETE, json!({}), 404),
            (&customer, Method::PATCH, json!({"pinned": true}), 404),
            (&own, Method::PATCH, json!({}), 422),
            (&own, Method::PATCH, json!({"move": "left"}), 422),
            (&own, Method::PATCH, json!({"audience": "team"}), 422),
            (&own, Method::PATCH, json!({"audience": "team", "team": "gt"}), 422),
            (&own, Method::PATCH, json!({"name": " "}), 422),
            (&own, Method::DELETE, json!({}), 204),
            (&own, Method::DELETE, json!({}), 404),
        ] {
            let asked = format!("{method} {body}");
            assert_eq!(ask(token, method, &path, body).0.as_u16(), status, "{asked}");
        }
    });
}

#[test]
fn the_files_and_the_print_are_the_list_that_is_shown() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        site.opened(&session, "Plus de tonalité");
        site.opened(&session, "Écran noir");
        let asked = "etat=ouverts&q=tonalit%C3%A9&col=priorite,site";
        let csv = site.get(&session, &format!("/dossiers/liste/csv?{asked}"));
        assert_eq!(
            csv.body.lines().next().unwrap().trim_start_matches('\u{feff}'),
            "Dossier;Type;Majeur;VIP;En une ligne;Demandeur;Priorité;Site"
        );
        assert_eq!((csv.body.lines().count(), csv.body.contains("Écran noir")), (2, false));
        let print = site.get(&session, &format!("/dossiers/liste/impression?{asked}"));
        print.says(
            &["1 dossier", "go.martin", "Numéro, titre, demandeur : tonalité", "État : Ouverts", "Plus de tonalité"],
            &["Écran noir"],
        );
        assert!(print.body.contains("data-print") && !print.body.contains("class=\"edit\""));
        site.get(&session, "/dossiers/liste/impression?q=zzzz").says(&["Aucun dossier"], &[]);
    });
}

#[test]
fn a_cell_leads_to_its_act_and_what_is_refused_is_said_there() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let (one, two) = (site.session("go.martin"), site.session("go.rossi"));
        let case = site.opened(&one, "Plus de tonalité");
        let list = site.get(&one, "/dossiers");
        let links = list.links(&format!("{case}/actes/"));
        assert!(links[0].starts_with(&format!("{case}/actes/classified?champ=urgence&liste=/dossiers")), "{links:?}");
        let assign = links.iter().find(|l| l.contains("/assigned?")).unwrap();
        let page = site.get(&one, assign);
        page.says(&["Affecter VG-", "Plus de tonalité", "Groupe", "Chez"], &[]);
        assert!(page.body.contains("<option value=\"go\" selected>"), "the group that it has stands in the form");
        let version = page.hidden("version");
        let send = |session: &str, version: &str, chez: &str| {
            let fields = [
                ("acte", "assigned"),
                ("version", version),
                ("retour", "liste"),
                ("liste", "/dossiers?etat=ouverts"),
                ("equipe", "go"),
                ("chez", chez),
            ];
            site.post(session, &format!("{case}/actes"), &fields, &[])
        };
        let unknown = send(&one, &version, "personne.inconnu");
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        unknown.says(&["Affecter VG-", "Aucun compte ne s'appelle personne.inconnu"], &["Fil d"]);
        let done = send(&two, &version, "go.rossi");
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/dossiers?etat=ouverts".to_owned()));
        let stale = send(&one, &version, "go.martin");
        assert_eq!(stale.status, StatusCode::CONFLICT);
        stale.says(&["pendant que vous écriviez", "Affecté", "go.rossi", "Rien n'a été enregistré"], &[]);
        assert!(stale.body.contains("value=\"go.martin\""), "what was typed is kept");
        assert_eq!(send(&one, &stale.hidden("version"), "go.martin").status, StatusCode::SEE_OTHER);
        // The customer gives no case to the provider's people; both classify.
        let customer = site.session("cds.arnaud");
        let list = site.get(&customer, "/dossiers");
        assert!(list.links(&format!("{case}/actes/assigned")).is_empty());
        assert!(!list.links(&format!("{case}/actes/classified")).is_empty());
        site.get(&customer, &format!("{case}/actes/assigned")).says(&["revient à l'autre partie"], &["Chez"]);
        assert!(site.get(&site.session("lecteur"), "/dossiers").links(&format!("{case}/actes")).is_empty());
        // Nobody is sent elsewhere by a form.
        let fields = [("acte", "noted"), ("texte", "Vu"), ("retour", "liste"), ("liste", "//evil.example")];
        assert_eq!(site.post(&one, &format!("{case}/actes"), &fields, &[]).location(), "/");
    });
}

#[test]
fn many_cases_taken_in_at_once_stay_with_their_groups() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let (technician, noc) = (site.session("go.martin"), site.session("rtc.blanc"));
        let case = site.opened(&technician, "Plus de tonalité");
        let number = case.rsplit('/').next().unwrap();
        let version = site.get(&noc, &case).hidden("version");
        let chosen = format!("{number}@{version}");
        let fields = [("acte", "taken_in"), ("dossier", chosen.as_str())];
        site.post(&noc, "/dossiers/lot", &fields, &[]).says(&["1 sur 1"], &[]);
        site.get(&noc, &case)
            .says(&["Gestion des opérations (GO)", "Chez rtc.blanc"], &["Affecté Responsable technique"]);
    });
}

#[test]
fn a_list_is_sorted_either_way_with_what_has_no_value_last_and_paged_without_a_gap() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let session = site.session("go.martin");
        let cases: Vec<String> = (1..=4).map(|n| site.opened(&session, &format!("Panne {n}"))).collect();
        for case in &cases[..2] {
            assert_eq!(site.act(&session, case, "restored", &[("texte", "Fait")]).status, StatusCode::SEE_OTHER);
        }
        let order = |asked: &str| -> Vec<usize> {
            let links = site.get(&session, &format!("/dossiers?{asked}")).links("/dossiers/VG-");
            let numbers = links.iter().filter(|l| !l.contains("/actes/"));
            numbers.map(|l| cases.iter().position(|c| c == l).unwrap() + 1).collect()
        };
        assert_eq!(order("etat=tous&tri=numero"), [1, 2, 3, 4]);
        assert_eq!(order("etat=tous&tri=-numero"), [4, 3, 2, 1]);
        assert_eq!(order("etat=tous&tri=fin")[2..], [3, 4]);
        assert_eq!(order("etat=tous&tri=-fin")[2..], [4, 3], "what has not ended comes last either way");
        for asked in [
            "etat=ouverts",
            "etat=attente",
            "etat=restored&tri=echeance",
            "etat=closed",
            "etat=tous&priorite=P3&tri=-priorite",
            "etat=tous&retard=oui",
            "etat=ouverts&chez=moi&service=toip&equipe=go&tri=debut",
            "etat=tous&vip=oui&majeur=oui&du=oui",
            "etat=ouverts&avant=2026-01-01&q=panne",
        ] {
            let page = site.get(&session, &format!("/dossiers?{asked}"));
            assert_eq!(page.status, StatusCode::OK, "{asked}");
            let shown = order(asked).len();
            page.says(&[&format!("{shown} dossier")], &[]);
        }
    });
}

#[test]
fn a_caller_is_found_whatever_the_case_and_the_accents_of_the_name() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let fields =
            [("classe", "incident"), ("titre", "Panne"), ("demandeur", "Éloïse D’ÉGUILLES"), ("panne", "total")];
        assert_eq!(site.post(&session, "/dossiers/nouveau", &fields, &[]).status, StatusCode::SEE_OTHER);
        for typed in ["elo", "%C3%89LO%C3%8FSE", "%C3%A9lo%C3%AFse+d", "eguilles"] {
            let near = site.get(&session, &format!("/dossiers/appel/proches?demandeur={typed}"));
            assert!(near.body.contains("Éloïse"), "{typed}: {}", near.words());
        }
        for typed in ["zo", "%25", "_"] {
            let near = site.get(&session, &format!("/dossiers/appel/proches?demandeur={typed}"));
            assert!(!near.body.contains("Éloïse"), "{typed}");
        }
    });
}
