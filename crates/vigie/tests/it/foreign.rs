//! What the server gives out, read and verified by code that nobody here wrote.

use axum::http::{StatusCode, header};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{Hash, TileHashReader, TileReader};
use vigie_testkit::{Place, on_both};

use crate::{
    site::Site,
    support::{beside, import, root, run, said, servicenow_log},
};

/// Tiles as the server gives them to a program with a token.
struct Served<'a> {
    site: &'a Site,
    token: &'a str,
}

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &tlog_tiles::Tile| {
            // Go's paths name the height, those of C2SP do not: it is always 8.
            let answer = self.site.call(self.token, &tile.path().replacen("tile/8/", "/tile/", 1));
            assert_eq!((answer.status, answer.bytes.len() % 32), (StatusCode::OK, 0), "{}", tile.path());
            answer.bytes
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// The checkpoint of a note, when that key has signed it.
fn verified(note: &[u8], key: &str) -> Option<tlog_tiles::Checkpoint> {
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(key).unwrap())]);
    let note = Note::from_bytes(note).ok()?;
    let (by_key, others) = note.verify(&known).ok()?;
    assert_eq!((by_key.len(), others.len()), (1, 0));
    Some(tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap())
}

#[test]
fn tlog_tiles_proves_an_entry_and_continuity_from_what_a_token_may_read() {
    on_both(|place| {
        let site = Site::new(place);
        let token = site.token("lecteur", "witness", &["proof.read"]);
        let key = site.vigie().recorder.journal().verifier().to_string();
        let head = || {
            let answer = site.call(&token, "/checkpoint");
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            verified(&answer.bytes, &key).unwrap()
        };
        import(site.vigie(), "servicenow", &servicenow_log(30));
        let old = head();
        import(site.vigie(), "servicenow", &servicenow_log(90));
        let new = head();
        assert!(old.size() > 100 && new.size() > 256 + old.size() / 2, "more than one tile: {}", new.size());
        assert_eq!(Some(new.origin()), key.split('+').next());

        let served = Served { site: &site, token: &token };
        let hashes = TileHashReader::new(new.size(), *new.hash(), &served);
        let continuity = tlog_tiles::prove_tree(new.size(), old.size(), &hashes).unwrap();
        tlog_tiles::check_tree(&continuity, new.size(), *new.hash(), old.size(), *old.hash()).unwrap();
        let forged = Hash([1; 32]);
        assert!(tlog_tiles::check_tree(&continuity, new.size(), *new.hash(), old.size(), forged).is_err());

        // Each entry of a bundle stands behind its length in two bytes (C2SP tlog-tiles).
        let bundle = site.call(&token, "/tile/entries/000").bytes;
        let mut rest = bundle.as_slice();
        for index in 0..256 {
            let (length, after) = rest.split_first_chunk::<2>().unwrap();
            let (entry, after) = after.split_at(u16::from_be_bytes(*length).into());
            rest = after;
            if index % 51 == 0 {
                let proof = tlog_tiles::prove_record(new.size(), index, &hashes).unwrap();
                let leaf = tlog_tiles::record_hash(entry);
                tlog_tiles::check_record(&proof, new.size(), *new.hash(), index, leaf).unwrap();
                assert!(tlog_tiles::check_record(&proof, new.size(), *new.hash(), index, forged).is_err());
            }
        }
        assert!(rest.is_empty());
    });
}

#[test]
fn signed_note_verifies_the_head_of_an_export_and_no_changed_one() {
    on_both(|place| {
        let site = Site::new(place);
        import(site.vigie(), "servicenow", &servicenow_log(20));
        let export = site.get(&site.session("gestion.untel"), "/preuves/export");
        let last: serde_json::Value = serde_json::from_str(export.body.lines().last().unwrap()).unwrap();
        let (note, key) = (last["checkpoint"].as_str().unwrap(), last["key"].as_str().unwrap());
        assert_eq!(key, site.vigie().recorder.journal().verifier().to_string());
        let entries = u64::try_from(export.body.lines().count() - 2).unwrap();
        assert_eq!(verified(note.as_bytes(), key).unwrap().size(), entries);
        let changed = note.replacen(&format!("\n{entries}\n"), &format!("\n{}\n", entries - 1), 1);
        assert_ne!(changed, note);
        assert!(verified(changed.as_bytes(), key).is_none());
    });
}

#[test]
fn checkpoint_and_tiles_open_to_a_token_with_the_right_and_to_no_other() {
    on_both(|place| {
        let site = Site::new(place);
        let good = site.token("lecteur", "witness", &["proof.read"]);
        let doors = ["/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/1"];
        let refused = |token: &str, status: StatusCode, kind: &str| {
            for door in doors {
                let answer = site.call(token, door);
                assert_eq!(answer.status, status, "{door}");
                assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json");
                assert!(answer.body.contains(&format!("/problems/{kind}\"")), "{}", answer.body);
            }
        };
        for door in doors {
            assert_eq!(site.call(&good, door).status, StatusCode::OK, "{door}");
        }
        refused("vgt_nobody-has-this-one", StatusCode::UNAUTHORIZED, "token");
        // Neither a token lent for less nor one of a role that may not read proofs.
        refused(&site.token("lecteur", "board", &["desk.read"]), StatusCode::FORBIDDEN, "forbidden");
        refused(&site.token("go.martin", "all", &["proof.*", "desk.*"]), StatusCode::FORBIDDEN, "forbidden");
        // A token opens these doors and no page.
        for page in ["/preuves", "/preuves/export", "/mois"] {
            let answer = site.call(&good, page);
            assert!(answer.location().starts_with("/connexion"), "{page}: {}", answer.status);
        }
        let revoked = site.token("lecteur", "former", &["proof.read"]);
        vigie::live::revoke_token(site.vigie(), "lecteur", "former", vigie::now::now()).unwrap();
        refused(&revoked, StatusCode::UNAUTHORIZED, "token");
        // Nobody at all is sent to sign in, as a person would be.
        assert!(site.get("", "/checkpoint").location().starts_with("/connexion"));
    });
}

#[test]
fn the_recipe_on_the_page_of_proofs_gives_the_very_bytes_of_the_months_page() {
    on_both(|place| {
        let site = Site::new(place);
        import(site.vigie(), "servicenow", &servicenow_log(60));
        let session = site.session("gestion.untel");
        let folder = Place::sqlite();
        let download = |path: &str, name: &str| {
            let answer = site.get(&session, path);
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            std::fs::write(beside(&folder, name), &answer.bytes).unwrap();
            answer.bytes
        };
        let page = site.get(&session, "/preuves");
        let commands: Vec<Vec<String>> = page
            .body
            .split("<pre")
            .filter_map(|part| part.split_once('>')?.1.split_once("</pre>")?.0.strip_prefix("vigie "))
            .map(|line| line.replace("&#39;", "").replace('\'', "").split(' ').map(str::to_owned).collect())
            .collect();
        let [since, verify, judge] = commands.as_slice() else { panic!("{commands:?}") };
        download("/checkpoint", &since[3]);
        // The journal grows by a sign-in, which changes no figure.
        site.session("lecteur");
        download("/preuves/export", "vigie-export.jsonl");
        let json = download(&format!("/mois/{}/rapport/json", judge[1]), "month.json");
        std::os::unix::fs::symlink(root().join("contracts"), beside(&folder, "contracts")).unwrap();
        let typed = |args: &[String]| {
            let mut program = crate::support::program(&folder);
            said(program.current_dir(folder.data.parent().unwrap()).args(args)).done()
        };
        assert!(typed(since).contains("entries kept and unchanged"));
        assert!(typed(verify).starts_with("VERIFIED"));
        assert_eq!(typed(judge).into_bytes(), json);
        assert!(!folder.data.exists());
    });
}

#[test]
fn the_page_of_proofs_gives_the_proof_that_the_journal_goes_on_from_a_size_that_it_had() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("lecteur");
        let note = site.get(&session, "/checkpoint").body;
        let size: u64 = note.lines().nth(1).unwrap().parse().unwrap();
        let page = site.get(&session, &format!("/preuves?depuis={}", size - 1));
        let text = page.body.split(&format!("old {}\n", size - 1)).nth(1).unwrap_or_else(|| panic!("{}", page.words()));
        let (proof, head) = text.split_once("\n\n").unwrap();
        assert!(head.starts_with(&note), "{head}");
        let hashes = |text: &str| text.lines().map(|l| vigie_evidence::Hash::from_base64(l).unwrap()).collect();
        let proof: Vec<_> = hashes(proof);
        let expected = site.store().read(|tx| vigie_store::journal::consistency(tx, size - 1, size)).unwrap();
        assert_eq!(proof, expected);
        for (asked, told) in
            [("0", "jamais eu cette taille"), ("999999", "jamais eu cette taille"), ("x", "nombre entier")]
        {
            let page = site.get(&session, &format!("/preuves?depuis={asked}"));
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{asked}");
            page.says(&[told], &[]);
        }
        run(place, &["verify", "--since", &crate::support::file(place, "kept.note", &note)]).done();
    });
}
