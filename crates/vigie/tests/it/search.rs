//! Finding a case by what was said of it.

use vigie_store::{StoreError, search};
use vigie_testkit::on_both;

use crate::{site::Site, support::run};

#[test]
fn a_case_is_found_by_its_title_its_notes_its_files_and_its_number_as_each_side_may_read_them() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, customer) = (site.session("go.martin"), site.session("cds.arnaud"));
        let case = site.opened(&customer, "Plus de tonalité à l’École d'Éguilles");
        site.opened(&customer, "Écran noir");
        let number = case.rsplit('/').next().unwrap().to_owned();
        let note = |session: &str, text: &str, seen: &str, files: &[(&str, &str, Vec<u8>)]| {
            let version = site.get(session, &case).hidden("version");
            let fields = [("acte", "noted"), ("version", version.as_str()), ("texte", text), ("visibilite", seen)];
            assert_eq!(site.post(session, &format!("{case}/actes"), &fields, files).status, 303);
        };
        note(
            &provider,
            "Carte remplacée dans le répartiteur",
            "tous",
            &[("fichiers", "schéma-baie.txt", b"x".to_vec())],
        );
        note(&provider, "Leur câblage est désastreux", "interne", &[]);
        let finds = |session: &str, q: &str| {
            let list = site.get(session, &format!("/dossiers?etat=tous&q={q}"));
            assert_eq!(list.status, 200, "{q}");
            list.body.contains(&format!("href=\"/dossiers/{number}\""))
        };
        for q in ["tonalites", "ecole+EGUILLES", "repartiteur", "tonalite+cartes", "schema", &number[..7]] {
            assert!(finds(&provider, q) && finds(&customer, q), "{q}");
        }
        assert!(finds(&provider, "cablage") && !finds(&customer, "cablage"), "what is internal is not searched");
        for q in ["orage", "ecran", "%25", "%27+OR+1%3D1", "%22%2A"] {
            assert!(!finds(&provider, q), "{q}");
        }
        drop(site);
        // Made again, the same is found.
        run(place, &["rebuild"]).done();
        let site = Site::new(place);
        let session = site.session("go.martin");
        assert!(site.get(&session, "/dossiers?etat=tous&q=repartiteur").body.contains(&number));
    });
}

#[test]
fn what_the_other_side_says_takes_no_room_among_what_is_found() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let case = site.opened(&session, "Répartiteur en panne");
        let number = case.rsplit('/').next().unwrap().to_owned();
        // More than a question finds, all of it later and the customer's own.
        let theirs = move |tx: &mut vigie_store::Tx<'_>| {
            let spoken: Vec<search::Spoken<'_>> = (0..=u64::from(search::MOST_FOUND))
                .map(|n| search::Spoken {
                    seq: 1_000_000 + n,
                    subject: "case/elsewhere",
                    side: Some("customer"),
                    text: search::fold(["répartiteur"]),
                })
                .collect();
            search::add(tx, &spoken)
        };
        site.store().write::<_, StoreError, _>(theirs).unwrap();
        let list = site.get(&session, "/dossiers?etat=tous&q=repartiteur");
        assert!(list.body.contains(&format!("href=\"/dossiers/{number}\"")));
    });
}

#[test]
fn what_was_erased_is_not_found_any_more_and_what_was_not_still_is() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let case = site.opened(&session, "Madame Quidam sans tonalité");
        let number = case.rsplit('/').next().unwrap().to_owned();
        let version = site.get(&session, &case).hidden("version");
        let fields = [("acte", "noted"), ("version", version.as_str()), ("texte", "Carte remplacée")];
        assert_eq!(site.post(&session, &format!("{case}/actes"), &fields, &[]).status, 303);
        let subject = format!("case/{number}");
        let entries = site.store().read(|tx| vigie_store::journal::entries_of(tx, &subject)).unwrap();
        let hash = entries[0].content[0].hash.to_hex();
        drop(site);
        run(place, &["erase", &hash, "--subject", &subject, "--reason", "gdpr-request"]).done();
        let site = Site::new(place);
        let session = site.session("go.martin");
        let list = |q: &str| site.get(&session, &format!("/dossiers?etat=tous&q={q}")).body.contains(&number);
        assert!(!list("quidam") && list("remplacee"));
        let left = "SELECT count(*) FROM said_text WHERE text LIKE '%quidam%'";
        let left = site.store().read(|tx| tx.query_one(left, &[], |row| row.i64(0))).map_err(|e: StoreError| e);
        assert_eq!(left.unwrap(), 0);
        drop(site);
        if place.url.is_none() {
            // PostgreSQL keeps dead rows until it vacuums; SQLite overwrites at once, in all of its files.
            for file in std::fs::read_dir(&place.data).unwrap().map(|f| f.unwrap().path()) {
                let bytes = std::fs::read(&file).unwrap().to_ascii_lowercase();
                assert!(!bytes.windows(6).any(|w| w == b"quidam"), "{}", file.display());
            }
        }
    });
}
