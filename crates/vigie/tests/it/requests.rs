//! Requests of the catalogue: forms, limits, urgency, approval, attendance, and what is outside.

use std::fs;

use axum::http::StatusCode;
use vigie_store::journal;
use vigie_testkit::{Place, on_both};

use crate::{
    site::{Answer, Site},
    support::{contract_copy, run},
};

/// Asks for something of the catalogue at the page.
fn ask(site: &Site, session: &str, item: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("classe", "request"), ("sujet", item)];
    all.extend_from_slice(fields);
    site.post(session, "/dossiers/nouveau", &all, &[])
}

#[track_caller]
fn asked(site: &Site, session: &str, item: &str, fields: &[(&str, &str)]) -> String {
    let answer = ask(site, session, item, fields);
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    answer.location().split('?').next().unwrap().to_owned()
}

const TRAINING: [(&str, &str); 3] = [
    ("champ-call_centre", "MDPH"),
    ("champ-attendees", "Mme Aubert\nM. Bruno\n\nMme Chabot"),
    ("champ-training_mode", "classroom"),
];

#[test]
fn a_chosen_type_shows_its_fields_and_what_is_answered_stands_on_the_case() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("cds.arnaud");
        let catalogue = site.get(&session, "/dossiers/nouveau?classe=request");
        catalogue
            .says(&["Que demandez-vous ?", "Création d'une ligne", "GTR à donner par la convention de service"], &[]);
        let form = site.get(&session, "/dossiers/nouveau?classe=request&sujet=line_create");
        form.says(
            &["Bénéficiaire", "Type de ligne", "Poste d'agent", "Le profil type, ou un poste"],
            &["Texte à enregistrer"],
        );
        let wrong =
            ask(&site, &session, "line_create", &[("champ-beneficiary", "Mme Durand"), ("champ-line_kind", "fax")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says(&["Une réponse est nécessaire", "Choisissez une valeur de la liste"], &[]);
        assert!(wrong.body.contains("value=\"Mme Durand\"") && wrong.body.contains("champ-site-problem"));
        let answers = [("champ-beneficiary", "Mme Durand"), ("champ-site", "HD13"), ("champ-line_kind", "dect")];
        let case = asked(&site, &session, "line_create", &answers);
        site.get(&session, &case).says(
            &[
                "Création d'une ligne · Mme Durand",
                "Formulaire",
                "Bénéficiaire Mme Durand",
                "Type de ligne DECT",
                "Site HD13",
            ],
            &[],
        );
    });
}

#[test]
fn ten_agents_are_as_agreed_and_eleven_are_told_to_both_sides_without_being_refused() {
    let site = Site::new(&Place::sqlite());
    let (customer, provider) = (site.session("cds.arnaud"), site.session("go.martin"));
    let with = |item: &str, n: &str| {
        let mut fields = TRAINING.to_vec();
        fields.push(("champ-participants", n));
        asked(&site, &customer, item, &fields)
    };
    for (item, good, beyond, warned) in [
        ("isicom_agent_training", "10", "11", "11 pour 10 convenus"),
        ("isicom_supervisor_training", "5", "6", "6 pour 5 convenus"),
    ] {
        site.get(&customer, &with(item, good)).says(&["Formulaire"], &["convenus"]);
        let case = with(item, beyond);
        for session in [&customer, &provider] {
            site.get(session, &case).says(&[warned], &[]);
        }
    }
}

#[test]
fn a_training_gives_an_attendance_sheet_with_a_line_for_each_name_and_room_for_who_comes_besides() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("cds.arnaud");
        let mut fields = TRAINING.to_vec();
        fields.push(("champ-participants", "7"));
        let case = asked(&site, &session, "isicom_agent_training", &fields);
        let sheet = site.get(&session, &format!("{case}/emargement"));
        sheet.says(
            &["Feuille d'émargement", "Mme Aubert", "M. Bruno", "Mme Chabot", "Centre d'appels MDPH", "En salle"],
            &[],
        );
        // A head, three names, four places left of seven.
        assert_eq!(sheet.body.matches("<tr>").count(), 1 + 3 + 4);
        let other = site.opened(&session, "Plus de tonalité");
        assert_eq!(site.get(&session, &format!("{other}/emargement")).location(), other);
    });
}

const STUDIO: [(&str, &str); 4] = [
    ("champ-guide", "3000"),
    ("champ-script", "Nos bureaux sont fermés."),
    ("champ-voice", "female"),
    ("champ-music", "none"),
];

#[test]
fn a_studio_recording_is_urgent_by_mail_alone_and_raises_its_obligation() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("cds.arnaud");
        let form = site.get(&session, "/dossiers/nouveau?classe=request&sujet=studio_recording");
        form.says(&["délai urgent pour une demande reçue par courriel", "Chef d'exploitation de la DSIUN"], &[]);
        let mut fields = STUDIO.to_vec();
        fields.push(("urgent", "oui"));
        let case = asked(&site, &session, "studio_recording", &fields);
        site.get(&session, &case).says(&["le délai urgent ne court que pour une demande reçue par courriel"], &[]);
        let entries = site.get(&session, &format!("{case}/ecritures"));
        entries.says(&["request.raised"], &[]);
        let body = entries.body.replace("&#34;", "\"").replace("&quot;", "\"");
        assert!(body.contains("\"topic\":\"studio\"") && !body.contains("studio_urgent"), "{body}");
        assert!(body.contains("\"urgent\":false") && body.contains("\"urgent_asked\":true"));
    });
}

#[test]
fn a_request_waits_for_the_role_that_approves_it_and_nobody_elses_approval_counts() {
    on_both(|place| {
        let site = Site::new(place);
        let [customer, head, provider] = ["cds.arnaud", "exploitation.duval", "go.martin"].map(|n| site.session(n));
        let case = asked(&site, &customer, "studio_recording", &STUDIO);
        let done = |session: &str, act: &str, fields: &[(&str, &str)]| {
            let answer = site.act(session, &case, act, fields);
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{act}: {}", answer.words());
        };
        done(&provider, "taken_in", &[]);
        site.get(&provider, &case).says(&["En attente de l'approbation de : Chef d'exploitation"], &["Approuver"]);
        let early = site.act(&provider, &case, "restored", &[("texte", "Enregistré")]);
        assert_eq!(early.status, StatusCode::CONFLICT);
        early.says(&["attend l'approbation de la demande"], &[]);
        let other = site.act(&customer, &case, "approved", &[]);
        assert_eq!(other.status, StatusCode::CONFLICT);
        other.says(&["revient à : Chef d'exploitation de la DSIUN"], &[]);
        site.get(&head, &case).says(&["Approuver", "Refuser l'approbation"], &[]);
        done(&head, "approval_refused", &[("texte", "Le texte est à revoir")]);
        site.get(&customer, &case).says(&["Approbation refusée le", "Le texte est à revoir"], &[]);
        done(&head, "approved", &[]);
        done(&provider, "restored", &[("texte", "Enregistré")]);
        site.get(&customer, &case).says(&["Demande approuvée le", "Rétabli, à valider"], &[]);
    });
}

#[test]
fn a_reserved_type_is_neither_shown_nor_taken_from_other_roles() {
    let site = Site::new(&Place::sqlite());
    let [cds, project] = ["cds.arnaud", "projet.simon"].map(|n| site.session(n));
    let page = "/dossiers/nouveau?classe=request";
    site.get(&cds, page).says(&["équipes d'exploitation"], &["équipes projets"]);
    site.get(&project, page).says(&["équipes projets"], &["équipes d'exploitation"]);
    let fields = [("champ-project", "SBC"), ("champ-description", "Ouvrir un flux")];
    let refused = ask(&site, &cds, "internal_project", &fields);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    asked(&site, &project, "internal_project", &fields);
}

#[test]
fn what_comes_back_outside_the_catalogue_becomes_an_entry_that_the_contract_takes() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("gestion.caron");
        let page = "/demandes/hors-catalogue";
        site.get(&session, page).says(&["Aucune demande hors catalogue"], &[]);
        let number = |case: String| case.rsplit('/').next().unwrap().to_owned();
        let cases = ["Accès VPN · Mme A", "Accès VPN · M. B", "Prêt d'un vidéoprojecteur"].map(|title| {
            let fields = [("titre", title), ("champ-description", "Pour les astreintes")];
            number(asked(&site, &session, "off_catalogue", &fields))
        });
        let list = site.get(&session, page);
        list.says(&["Accès VPN · Mme A", "Prêt d'un vidéoprojecteur"], &[]);
        assert!(
            list.body.find("Accès VPN").unwrap() < list.body.find("Prêt d").unwrap(),
            "what comes back stands first"
        );
        let none = site.get(&session, &format!("{page}?nom=vpn&fr=x&en=x"));
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        none.says(&["Cochez au moins une demande"], &[]);
        let known = site.get(&session, &format!("{page}?dossier={}&nom=ups&fr=x&en=x", cases[0]));
        known.says(&["a déjà une entrée de ce nom"], &[]);
        let query =
            format!("dossier={}&dossier={}&nom=vpn_access&fr=Acc%C3%A8s+%22VPN%22&en=VPN+access", cases[0], cases[1]);
        let shown = site.get(&session, &format!("{page}?{query}"));
        shown.says(&["Texte à soumettre", &cases[0], &cases[1]], &[]);
        let text = site.get(&session, &format!("{page}/entree.toml?{query}")).body;
        assert!(text.contains("label.fr = \"Accès \\\"VPN\\\"\""), "{text}");
        let contract = contract_copy(place);
        let catalogue = format!("{contract}/catalogue.toml");
        let before = fs::read_to_string(&catalogue).unwrap();
        let at = before.find("# Ce que les formulaires demandent.").unwrap();
        fs::write(&catalogue, format!("{}\n{text}\n{}", &before[..at], &before[at..])).unwrap();
        run(place, &["contract", "check", &contract]).done();
    });
}

#[test]
fn the_answers_of_a_form_are_contents_that_an_entry_only_commits_to() {
    let place = Place::sqlite();
    let site = Site::new(&place);
    let session = site.session("cds.arnaud");
    let answers = [("champ-beneficiary", "Mme Introuvable"), ("champ-site", "HD13"), ("champ-line_kind", "dect")];
    asked(&site, &session, "line_create", &answers);
    let store = crate::support::reading(&place);
    let mut told = 0;
    store
        .read(|tx| {
            journal::for_each_entry(tx, 0..u64::MAX, &mut |_, _: &[u8], bytes: &[u8]| {
                told += usize::from(String::from_utf8_lossy(bytes).contains("Introuvable"));
                Ok(())
            })
        })
        .map_err(|e: vigie_store::StoreError| e)
        .unwrap();
    assert_eq!(told, 0, "no entry holds what was answered");
}
