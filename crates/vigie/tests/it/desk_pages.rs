//! Cases opened and worked at the pages, over a real store on both engines.

use axum::http::StatusCode;
use vigie_testkit::on_both;

use crate::site::Site;

/// The largest file that a page takes (10 MiB).
const MOST: usize = 10 * 1024 * 1024;

#[test]
fn a_form_opens_a_case_and_sending_it_twice_opens_one() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let session = site.session("cds.arnaud");
        let form = site.get(&session, "/dossiers/nouveau");
        let id = form.hidden("id");
        let fields = [
            ("classe", "incident"),
            ("id", id.as_str()),
            ("titre", "Plus de tonalité"),
            ("texte", "Depuis ce matin, au deuxième étage."),
            ("demandeur", "Mme Untel"),
            ("service", "toip"),
            ("panne", "total"),
            ("utilisateurs", "250"),
        ];
        let first = site.post(&session, "/dossiers/nouveau", &fields, &[("fichiers", "baie.txt", b"photo".to_vec())]);
        let second = site.post(&session, "/dossiers/nouveau", &fields, &[]);
        assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, second.location()));
        let page = site.get(&session, &first.location());
        page.says(
            &[
                "enregistré le",
                "Plus de tonalité",
                "Depuis ce matin, au deuxième étage.",
                "Mme Untel",
                "baie.txt",
                "P2",
                "Gestion des opérations (GO)",
                "guichet unique, ouvert par la DSIUN",
            ],
            &[],
        );
        assert!(!page.body.contains("value=\"taken_in\""), "the customer does not take in");
        let list = site.get(&session, "/dossiers");
        assert_eq!(list.words().matches("Plus de tonalité").count(), 1);
    });
}

#[test]
fn a_wrong_field_says_which_and_keeps_what_was_typed() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let fields = [
            ("classe", "incident"),
            ("texte", "Une longue description <b>gardée</b>"),
            ("utilisateurs", "beaucoup"),
            ("courriel", "pas une adresse"),
            ("identifie", "2026-03-12T08:00"),
        ];
        let answer = site.post(&session, "/dossiers/nouveau", &fields, &[]);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says(
            &[
                "Un champ est à corriger",
                "Ce champ est nécessaire",
                "Écrivez un nombre entier",
                "n'est pas une adresse de courriel",
                "Dites aussi quelle source",
            ],
            &[],
        );
        assert!(answer.body.contains("Une longue description &#60;b&#62;gardée"), "{}", answer.body);
        assert!(
            answer.body.contains("aria-describedby=\"titre-problem\"") && answer.body.contains("value=\"beaucoup\"")
        );
    });
}

#[test]
fn internal_words_and_their_files_never_reach_the_other_side() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, customer) = (site.session("go.martin"), site.session("cds.arnaud"));
        let case = site.opened(&customer, "Écran noir");
        let note = |session: &str, visibility: &str, text: &str, file: &str| {
            let version = site.get(session, &case).hidden("version");
            let fields =
                [("acte", "noted"), ("version", version.as_str()), ("visibilite", visibility), ("texte", text)];
            let files = [("fichiers", file, text.as_bytes().to_vec())];
            let answer = site.post(session, &format!("{case}/actes"), &fields, &files);
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
        };
        note(&provider, "interne", "Leur câblage est désastreux", "secret.txt");
        note(&customer, "interne", "Le prestataire traîne", "plainte.txt");
        note(&provider, "tous", "Un technicien part sur site", "plan.txt");
        // A form that says nothing of it is internal: better kept than told.
        note(&provider, "", "Sans précision", "reste.txt");

        let ours = site.get(&provider, &case);
        ours.says(
            &["Leur câblage est désastreux", "Interne : titulaire seul", "secret.txt", "Visible des deux parties"],
            &["Le prestataire traîne", "plainte.txt"],
        );
        let hash = |page: &str, name: &str| {
            let before = page.split(name).next().unwrap();
            before.rsplit("/fichiers/").next().unwrap().split('"').next().unwrap().to_owned()
        };
        let (secret, plan) = (hash(&ours.body, "secret.txt"), hash(&ours.body, "plan.txt"));
        for path in [case.clone(), format!("{case}/ecritures"), format!("{case}/horloges"), "/dossiers".to_owned()] {
            let page = site.get(&customer, &path).body;
            for word in ["désastreux", "secret.txt", "Sans précision", "reste.txt"] {
                assert!(!page.contains(word), "{path} tells the customer `{word}`");
            }
        }
        site.get(&customer, &case).says(&["Le prestataire traîne", "Un technicien part sur site"], &[]);
        let fetched = |session: &str, hash: &str| site.get(session, &format!("{case}/fichiers/{hash}"));
        assert_eq!(fetched(&provider, &secret).body, "Leur câblage est désastreux");
        assert_eq!(fetched(&customer, &plan).body, "Un technicien part sur site");
        assert_eq!(fetched(&customer, &secret).status, StatusCode::NOT_FOUND);
        // Nor by way of another case.
        let other = site.opened(&provider, "Autre dossier");
        assert_eq!(site.get(&provider, &format!("{other}/fichiers/{secret}")).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_customer_refuses_a_restoration_and_only_then_validates_one() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, customer) = (site.session("go.martin"), site.session("cds.arnaud"));
        let case = site.opened(&customer, "Plus de tonalité");
        let done = |session: &str, act: &str, fields: &[(&str, &str)]| {
            let answer = site.act(session, &case, act, fields);
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}: {}", answer.words());
        };
        done(&provider, "taken_in", &[]);
        site.get(&provider, &case).says(&["En cours", "Chez go.martin"], &[]);
        done(&provider, "restored", &[("texte", "Carte remplacée")]);
        site.get(&provider, &case).says(&["Rétabli, à valider"], &["Votre réponse est attendue"]);
        site.get(&customer, &case).says(&["Votre réponse est attendue", "Refuser le rétablissement"], &[]);
        done(&customer, "restoration_refused", &[("texte", "Toujours rien au deuxième")]);
        site.get(&provider, &case).says(&["En cours", "Toujours rien au deuxième"], &[]);
        done(&provider, "restored", &[("texte", "Prise recâblée")]);
        done(&customer, "restoration_validated", &[]);
        done(&provider, "closed", &[]);
        site.get(&customer, &case).says(&["Clos", "Rouvrir"], &["Votre réponse est attendue"]);
    });
}

#[test]
fn a_stale_edit_says_what_came_in_between_and_keeps_what_was_typed() {
    on_both(|place| {
        let site = Site::new(place);
        let (one, two) = (site.session("go.martin"), site.session("go.rossi"));
        let case = site.opened(&one, "Plus de tonalité");
        let version = site.get(&one, &case).hidden("version");
        assert_eq!(site.act(&two, &case, "taken_in", &[]).status, StatusCode::SEE_OTHER);
        let fields = [("acte", "restored"), ("version", version.as_str()), ("texte", "Redémarré à distance")];
        let answer = site.post(&one, &format!("{case}/actes"), &fields, &[]);
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says(&["pendant que vous écriviez", "Pris en charge", "go.rossi", "Rien n'a été enregistré"], &[]);
        assert!(answer.body.contains(">Redémarré à distance</textarea>"), "{}", answer.body);
        // What one side keeps to itself is not told to the other, not even that it was done.
        let customer = site.session("cds.arnaud");
        let seen = site.get(&customer, &case).hidden("version");
        let aside = [("texte", "Leur câblage est désastreux"), ("visibilite", "interne")];
        assert_eq!(site.act(&two, &case, "noted", &aside).status, StatusCode::SEE_OTHER);
        let late = [("acte", "noted"), ("version", seen.as_str()), ("texte", "Toujours rien")];
        let told = site.post(&customer, &format!("{case}/actes"), &late, &[]);
        assert_eq!(told.status, StatusCode::CONFLICT);
        told.says(&["pendant que vous écriviez"], &["désastreux", "Note interne"]);
        assert_eq!(
            told.words().matches("go.rossi").count(),
            site.get(&customer, &case).words().matches("go.rossi").count()
        );
        // The version that was seen is stale by now.
        let version = site.get(&one, &case).hidden("version");
        let stale =
            site.post(&one, &format!("{case}/actes"), &[&fields[..1], &fields[2..], &[("version", "1")]].concat(), &[]);
        assert_eq!((stale.status, stale.hidden("version")), (StatusCode::CONFLICT, version));
        let answer = stale;
        // What is sent again carries the new version, and passes.
        let fields = [("acte", "restored"), ("version", &answer.hidden("version")), ("texte", "Redémarré à distance")];
        assert_eq!(site.post(&one, &format!("{case}/actes"), &fields, &[]).status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn what_may_not_follow_is_said_in_words_and_the_other_sides_acts_are_refused() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, customer) = (site.session("go.martin"), site.session("cds.arnaud"));
        let case = site.opened(&customer, "Plus de tonalité");
        let answer = site.act(&customer, &case, "taken_in", &[]);
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says(&["« Prendre en charge » revient à l'autre partie (titulaire)"], &[]);
        let answer = site.act(&provider, &case, "closed", &[]);
        answer.says(&["« Clore » ne peut pas suivre : le dossier est dans l'état « Nouveau »"], &[]);
        let answer = site.act(&provider, &case, "restored", &[("texte", " ")]);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says(&["Dites-le en quelques mots"], &[]);
        let answer = site.act(&provider, &case, "assigned", &[("equipe", "go"), ("chez", "inconnu")]);
        answer.says(&["Aucun compte ne s'appelle inconnu"], &[]);
        let reader = site.session("lecteur");
        assert_eq!(
            site.post(&reader, &format!("{case}/actes"), &[("acte", "noted")], &[]).status,
            StatusCode::FORBIDDEN
        );
    });
}

#[test]
fn a_file_may_be_as_large_as_the_limit_and_one_byte_more_is_refused_with_the_words_kept() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let case = site.opened(&session, "Plus de tonalité");
        let send = |files: &[(&str, &str, Vec<u8>)]| {
            let version = site.get(&session, &case).hidden("version");
            let fields = [("acte", "noted"), ("version", version.as_str()), ("texte", "Voir les photos")];
            site.post(&session, &format!("{case}/actes"), &fields, files)
        };
        let file = |size: usize| ("fichiers", "photo.bin", vec![b'x'; size]);
        assert_eq!(send(&[file(MOST)]).status, StatusCode::SEE_OTHER);
        let answer = send(&[file(MOST + 1), file(1)]);
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says(&["photo.bin dépasse 10 Mio", "Les fichiers sont à joindre de nouveau"], &[]);
        assert!(answer.body.contains(">Voir les photos</textarea>"));
        let many: Vec<_> = (0..11).map(|_| file(1)).collect();
        send(&many[..10]).says(&[], &["Pas plus de"]);
        send(&many).says(&["Pas plus de 10 fichiers"], &[]);
        let answer = send(&[file(MOST), file(MOST), file(MOST)]);
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        answer.says(&["La demande est trop grande"], &[]);
    });
}

#[test]
fn a_name_that_looks_like_our_own_and_markup_in_words_do_no_harm() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let case = site.opened(&session, "<script>alert(1)</script>");
        let version = site.get(&session, &case).hidden("version");
        let fields = [("acte", "noted"), ("version", version.as_str()), ("visibilite", "tous")];
        let files = [("fichiers", "texts", b"not json".to_vec())];
        assert_eq!(site.post(&session, &format!("{case}/actes"), &fields, &files).status, StatusCode::SEE_OTHER);
        let page = site.get(&session, &case);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        page.says(&["texts.bin"], &[]);
        drop(site);
        crate::support::run(place, &["rebuild"]).done();
    });
}

#[test]
fn the_queue_shows_what_presses_first_and_counts_its_views() {
    on_both(|place| {
        let site = Site::in_opening_hours(place);
        let session = site.session("go.martin");
        let plain = site.opened(&session, "Ordinaire");
        let fields = [("classe", "incident"), ("titre", "Pour une VVIP"), ("vip", "vvip"), ("service", "toip")];
        let vvip = site.post(&session, "/dossiers/nouveau", &fields, &[]).location();
        let number = |address: &str| address.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
        let list = site.get(&session, "/dossiers");
        let place_of = |what: &str| list.body.find(&format!("href=\"/dossiers/{what}\"")).unwrap();
        assert!(place_of(&number(&vvip)) < place_of(&number(&plain)), "a VVIP comes first");
        list.says(&["Ouverts 2", "À moi 0", "Nouveaux de mon groupe 2", "Rétablissement (GTR)", "reste"], &[]);
        assert_eq!(site.act(&session, &plain, "taken_in", &[]).status, StatusCode::SEE_OTHER);
        site.get(&session, "/dossiers?chez=moi&etat=ouverts").says(&["À moi 1", "Ordinaire"], &["Pour une VVIP"]);
        site.get(&session, "/dossiers?chez=personne").says(&["Pour une VVIP"], &["Ordinaire"]);
        site.get(&session, "/dossiers?vip=oui").says(&["VVIP"], &["Ordinaire"]);
        site.get(&session, "/dossiers?q=ORDIN").says(&["Ordinaire"], &["Pour une VVIP"]);
        site.get(&session, "/dossiers?etat=closed").says(&["Aucun dossier"], &[]);
        // A whole number goes to its case.
        assert_eq!(site.get(&session, &format!("/dossiers?q={}", number(&plain).to_lowercase())).location(), plain);
    });
}

#[test]
fn a_list_leaves_as_a_file_of_exactly_its_cases_and_no_cell_becomes_a_formula() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        site.opened(&session, "=cmd|calc");
        site.opened(&session, "Autre chose");
        let csv = site.get(&session, "/dossiers/liste/csv?q=calc");
        let lines: Vec<&str> = csv.body.lines().collect();
        assert_eq!(lines.len(), 2, "{}", csv.body);
        assert!(lines[1].contains(";'=cmd|calc;"), "{}", lines[1]);
        let xlsx = site.get(&session, "/dossiers/liste/xlsx");
        assert!(xlsx.body.starts_with("PK"), "a workbook");
        assert_eq!(site.get(&session, "/dossiers/liste/pdf").status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn many_cases_are_taken_in_at_once_and_each_that_is_not_says_why() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let (one, two) = (site.opened(&session, "Un"), site.opened(&session, "Deux"));
        let chosen = |case: &str| {
            let version = site.get(&session, case).hidden("version");
            format!("{}@{version}", case.rsplit('/').next().unwrap())
        };
        let (first, second) = (chosen(&one), chosen(&two));
        assert_eq!(site.act(&session, &two, "taken_in", &[]).status, StatusCode::SEE_OTHER);
        let fields = [("acte", "taken_in"), ("dossier", first.as_str()), ("dossier", second.as_str())];
        let answer = site.post(&session, "/dossiers/lot", &fields, &[]);
        answer.says(&["1 sur 2", "Quelqu'un a agi sur ce dossier"], &[]);
        site.get(&session, &one).says(&["En cours", "go.martin"], &[]);
        site.post(&session, "/dossiers/lot", &[("acte", "taken_in")], &[]).says(&["Aucun dossier n'était coché"], &[]);
        let fields = [("acte", "assigned"), ("dossier", first.as_str()), ("equipe", "ailleurs")];
        site.post(&session, "/dossiers/lot", &fields, &[]).says(&["Choisissez le groupe"], &[]);
    });
}

#[test]
fn a_call_gets_its_number_at_once_and_its_caller_is_found_the_next_time() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let form = site.get(&session, "/dossiers/appel");
        let id = form.hidden("id");
        // Three keys: the page, P1, Enter.
        let answer =
            site.post(&session, "/dossiers/appel", &[("id", &id), ("priorite", "P1"), ("appelant", "dsiun")], &[]);
        site.get(&session, &answer.location()).says(
            &["enregistré le", "P1", "Majeur", "Priorité P1 décidée à l'appel", "téléphone", "ouvert par la DSIUN"],
            &[],
        );
        let fields =
            [("demandeur", "Mme Carbonel"), ("telephone", "04.65.71.12.34"), ("service", "toip"), ("appelant", "site")];
        let answer = site.post(&session, "/dossiers/appel", &fields, &[]);
        site.get(&session, &answer.location()).says(&["Appel · Mme Carbonel"], &["ouvert par la DSIUN"]);
        let near = |typed: &str| site.get(&session, &format!("/dossiers/appel/proches?{typed}"));
        near("demandeur=carbon").says(&["Mme Carbonel", "04.65.71.12.34", "un dossier"], &[]);
        near("telephone=71+12").says(&["Mme Carbonel"], &[]);
        near("demandeur=zz").says(&["Personne de ce nom"], &["Carbonel"]);
        near("service=toip").says(&["Appel · Mme Carbonel", "Nouveau"], &[]);
    });
}

#[test]
fn whoever_listens_hears_of_a_case_that_changes_and_of_nothing_else() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let mut stream = site.listen(&session);
        let case = site.opened(&session, "Plus de tonalité");
        let number = case.rsplit('/').next().unwrap();
        let heard = site.hear(&mut stream);
        assert!(heard.starts_with(&format!("event: case\ndata: [\"{number}\",")), "{heard}");
        assert!(!heard.contains("tonalité"), "{heard}");
        site.stop();
        assert_eq!(site.hear(&mut stream), "", "a server that stops lets its listeners go");
    });
}
