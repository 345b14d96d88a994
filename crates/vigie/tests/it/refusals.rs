//! What a command refuses: it says what, where and what to do, and loses nothing.

use std::path::Path;

use vigie_testkit::{Place, on_both};

use crate::support::{beside, contract_copy, file, open, program, reading, run, said};

const LOG: &str = "number,opened at,resolved at,priority\nA-1,2016-01-05 08:00,2016-01-05 09:00,P3\n";

/// A journal of one case; gives its log.
fn filled(place: &Place) -> String {
    let log = file(place, "log.csv", LOG);
    run(place, &["import", "incidents", &log, "--mapping", "generic"]).done();
    log
}

#[test]
fn a_wrong_contract_is_refused_with_file_line_column_and_remedy() {
    on_both(|place| {
        let log = filled(place);
        let contract = contract_copy(place);
        run(place, &["contract", "check", &contract]).done();
        let priorities = Path::new(&contract).join("priorities.toml");
        let text = std::fs::read_to_string(&priorities).unwrap();
        let line = text.lines().position(|l| l == "value = \"10 h\"").unwrap() + 1;
        std::fs::write(&priorities, text.replace("\"10 h\"", "\"10 hh\"")).unwrap();
        let told = [&format!("priorities.toml:{line}:9: `10 hh` is not a delay"), "remedy: write", contract.as_str()];
        run(place, &["contract", "check", &contract]).refused(2, &told);
        run(place, &["contract", "show", &contract]).refused(2, &told);
        run(place, &["judge", "2016-01", "--contract", &contract]).refused(1, &told);
        run(place, &["import", "incidents", &log, "--mapping", "generic", "--contract", &contract]).refused(1, &told);

        let nowhere = beside(place, "nowhere");
        run(place, &["contract", "check", &nowhere]).refused(2, &[&nowhere, "No such file or directory"]);
    });
}

#[test]
fn a_wrong_mapping_is_refused_with_line_and_column_and_nothing_is_made() {
    on_both(|place| {
        let log = file(place, "log.csv", LOG);
        let import = |mapping: &str| run(place, &["import", "incidents", &log, "--mapping", mapping]);
        let broken = file(place, "broken.toml", "[case]\nclass = incident\n");
        import(&broken).refused(1, &["broken.toml:2:9: "]);
        let shipped = std::fs::read_to_string(crate::support::root().join("mappings/generic.toml")).unwrap();
        let unknown = file(place, "unknown.toml", shipped.replace("at = \"closed_at\"", "at = \"closd_at\""));
        import(&unknown).refused(1, &["unknown.toml:", "column `closd_at` is not declared; declared are"]);
        let said = import("servicenov");
        assert!(!said.err.contains("README"), "{said:?}");
        said.refused(1, &["no mapping `servicenov`", "easyvista, generic, servicenow"]);
        run(place, &["import", "incidents", &log, "--mapping", "generic", "--class", "ticket"])
            .refused(1, &["`ticket` is not a class", "incident, request, problem or change"]);
        assert!(!place.data.exists() && !Path::new(&beside(place, "log.csv.rejects.csv")).exists());
    });
}

#[test]
fn a_file_that_is_not_the_log_announced_is_refused_with_what_it_lacks() {
    on_both(|place| {
        let log = filled(place);
        let before = reading(place).read(vigie_store::journal::head).unwrap();
        let import = |file: &str| run(place, &["import", "incidents", file, "--mapping", "servicenow"]);
        import(&log)
            .refused(1, &["the file lacks updated_at", "\"sys_updated_at\"", "\"opened at\"", "nothing was taken"]);
        import(&file(place, "empty.csv", "")).refused(1, &["no header row", "nothing was taken"]);
        let absent = beside(place, "absent.csv");
        import(&absent).refused(1, &[&absent, "cannot be opened"]);
        assert_eq!(reading(place).read(vigie_store::journal::head).unwrap(), before);
    });
}

#[test]
fn a_wrong_database_url_is_refused_and_its_password_never_shown() {
    let place = Place::sqlite();
    let check = |url: &str, told: &[&str]| {
        said(program(&place).env("VIGIE_DATABASE_URL", url).args(["judge", "2016-01"])).refused(1, told);
        said(program(&place).args(["rebuild", "--database-url", url])).refused(1, told);
    };
    check("mysql://vigie:unseen@db.example/vigie", &["database URL", "postgresql://USER@HOST:PORT/DATABASE"]);
    check(
        "postgresql://vigie:unseen@127.0.0.1:1/vigie",
        &["no PostgreSQL server answers at postgresql://vigie@127.0.0.1:1/vigie", "nothing was changed"],
    );
    let server = Place::postgres();
    let url = server.url.clone().unwrap();
    let name = url.split(['/', '?']).nth(3).unwrap();
    check(
        &url.replace(name, "nosuchdatabase"),
        &["nosuchdatabase", "Correct the user, the password or the database name"],
    );
    let help = run(&place, &["judge", "--help"]).done();
    assert!(help.contains("VIGIE_DATABASE_URL"), "{help}");
    let shown = said(program(&place).env("VIGIE_DATABASE_URL", &url).args(["judge", "--help"])).done();
    assert!(!shown.contains("unseen"), "{shown}");
}

#[test]
fn an_sqlite_file_in_which_another_program_writes_is_refused_to_writers_and_open_to_readers() {
    let place = Place::sqlite();
    let log = filled(&place);
    let rejects = file(&place, "log.csv.rejects.csv", "kept");
    let writer = open(&place);
    let told =
        [&format!("in use by another Vigie process (pid {})", std::process::id()), "Stop it", "nothing was changed"];
    run(&place, &["import", "incidents", &log, "--mapping", "generic"]).refused(1, &told);
    run(&place, &["rebuild"]).refused(1, &told);
    assert_eq!(
        std::fs::read_to_string(&rejects).unwrap(),
        "kept",
        "what an earlier import rejected is still explained"
    );
    run(&place, &["judge", "2016-01"]).done();
    run(&place, &["clock", "A-1"]).done();
    run(&place, &["verify"]).done();
    drop(writer);
    run(&place, &["import", "incidents", &log, "--mapping", "generic"]).done();
}

#[test]
fn what_does_not_exist_is_named_with_what_to_write_instead() {
    on_both(|place| {
        filled(place);
        run(place, &["judge", "2016-13"]).refused(2, &["`2016-13` is not a month", "such as `2026-03`"]);
        run(place, &["judge", "mars"]).refused(2, &["`mars` is not a month"]);
        run(place, &["clock", "INC404"]).refused(1, &["no case has the number `INC404`", "the number as"]);
        let example = ["2026-10-15T10:00 for the contract's own time", "2026-10-15T08:00:00Z for UTC"];
        run(place, &["clock", "A-1", "--at", "demain"]).refused(2, &["demain", "--at", example[0], example[1]]);
        run(place, &["judge", "2016-01", "--as-of", "2016-01-32"]).refused(2, &["--as-of", example[0], example[1]]);
        for (args, option) in [(["clock", "A-1"], "--at"), (["judge", "2016-01"], "--as-of")] {
            let at = |instant: &str| run(place, &[&args[..], &[option, instant]].concat()).done();
            assert_eq!(at("2016-01-05T10:00"), at("2016-01-05T09:00:00Z"), "{option} in the contract's zone");
        }
        let absent = beside(place, "absent.jsonl");
        run(place, &["verify", &absent]).refused(1, &[&absent, "cannot be opened"]);
        run(place, &["judge", "2016-01", "--from", &absent]).refused(1, &[&absent, "cannot be opened"]);
        let unwritable = beside(place, "no/such/folder.pdf");
        for option in ["--pdf", "--xlsx"] {
            run(place, &["judge", "2016-01", option, &unwritable]).refused(1, &[&unwritable, "cannot be written"]);
        }
        run(place, &["export", &unwritable]).refused(1, &[&unwritable, "cannot be written"]);
    });
}

#[test]
fn where_nothing_was_recorded_yet_is_said_and_nothing_is_made() {
    on_both(|place| {
        for args in
            [&["judge", "2016-01"][..], &["verify"], &["clock", "A-1"], &["export", &beside(place, "out.jsonl")]]
        {
            run(place, args).refused(1, &["there is no Vigie database at", "`vigie import` creates one"]);
        }
        assert!(!place.data.exists() && !Path::new(&beside(place, "out.jsonl")).exists());
    });
}

/// Runs a command in French and looks at what it refuses; nothing of the English may be left in it.
#[track_caller]
fn refused_in_french(place: &Place, args: &[&str], code: i32, told: &[&str]) {
    let said = said(program(place).env("VIGIE_LANG", "fr").args(args));
    let all = format!("{}{}", said.out, said.err);
    // What files, keys and settings are called is the same in both languages.
    let bare: String = all.split('`').step_by(2).collect();
    // And the operating system speaks its own language.
    let bare = bare.replace("(os error ", "(");
    for english in [" the ", " is ", " cannot ", " not ", "error", "remedy", "Usage", " nothing ", " expected"] {
        assert!(!bare.contains(english), "`{english}` is left in {said:#?}");
    }
    said.refused(code, told);
}

#[test]
fn a_wrong_contract_mapping_or_log_is_refused_in_french() {
    on_both(|place| {
        let log = filled(place);
        let contract = contract_copy(place);
        let priorities = Path::new(&contract).join("priorities.toml");
        let text = std::fs::read_to_string(&priorities).unwrap();
        let line = text.lines().position(|l| l == "value = \"10 h\"").unwrap() + 1;
        std::fs::write(&priorities, text.replace("\"10 h\"", "\"10 hh\"")).unwrap();
        let told = [
            &format!("priorities.toml:{line}:9 : `10 hh` n'est pas un délai ; remède : écrire un nombre entier"),
            "le contrat est refusé et rien n'a été changé",
            contract.as_str(),
        ];
        refused_in_french(place, &["contract", "check", &contract], 2, &told);
        refused_in_french(place, &["judge", "2016-01", "--contract", &contract], 1, &told);
        let nowhere = beside(place, "nowhere");
        refused_in_french(place, &["contract", "check", &nowhere], 2, &[&nowhere, "il n'y a rien sous ce nom"]);

        let import = |file: &str, mapping: &str, code, told: &[&str]| {
            refused_in_french(place, &["import", "incidents", file, "--mapping", mapping], code, told);
        };
        let shipped = std::fs::read_to_string(crate::support::root().join("mappings/generic.toml")).unwrap();
        let unknown = file(place, "unknown.toml", shipped.replace("at = \"closed_at\"", "at = \"closd_at\""));
        import(&log, &unknown, 1, &["unknown.toml:", "la colonne `closd_at` n'est pas déclarée ; sont déclarées"]);
        import(&log, "servicenov", 1, &["pas de correspondance `servicenov`", "easyvista, generic, servicenow"]);
        import(
            &log,
            "servicenow",
            1,
            &["il manque au fichier updated_at", "\"sys_updated_at\"", "rien n'a été repris"],
        );
        import(&file(place, "empty.csv", ""), "servicenow", 1, &["pas de ligne d'en-tête", "rien n'a été repris"]);
        let absent = beside(place, "absent.csv");
        import(&absent, "servicenow", 1, &[&absent, "ouverture impossible", "il n'y a rien sous ce nom"]);
        let ticket = ["import", "incidents", &log, "--mapping", "generic", "--class", "ticket"];
        refused_in_french(place, &ticket, 1, &["`ticket` n'est pas une classe de dossiers"]);
    });
}

#[test]
fn a_wrong_place_or_period_is_refused_in_french() {
    on_both(|place| {
        for args in [&["judge", "2016-01"][..], &["verify"], &["clock", "A-1"]] {
            refused_in_french(place, args, 1, &["pas de base Vigie à", "`vigie import` en crée une"]);
        }
        filled(place);
        for month in ["1999-01", "2031-01"] {
            let told = [&format!("le journal ne dit rien de {month} : il va de 2016-"), "demander l'un de ces mois"];
            refused_in_french(place, &["judge", month], 1, &told);
        }
        refused_in_french(place, &["clock", "INC404"], 1, &["aucun dossier ne porte le numéro `INC404`"]);
        let unwritable = beside(place, "no/such/folder.pdf");
        refused_in_french(place, &["export", &unwritable], 1, &[&unwritable, "écriture impossible"]);
        let key = file(place, "other.key", "PRIVATE+KEY+x");
        refused_in_french(place, &["verify", "--key-file", &key], 1, &["peut être lu par d'autres (mode 6", &key]);
    });
    let place = Place::sqlite();
    for (url, told) in [
        (
            "mysql://vigie:unseen@db.example/vigie",
            &["l'URL de la base ne se lit pas", "postgresql://UTILISATEUR@HÔTE"][..],
        ),
        (
            "postgresql://vigie:unseen@127.0.0.1:1/vigie",
            &["aucun serveur PostgreSQL ne répond à postgresql://vigie@127.0.0.1:1/vigie", "rien n'a été changé"],
        ),
    ] {
        refused_in_french(&place, &["rebuild", "--database-url", url], 1, told);
    }
    filled(&place);
    let writer = open(&place);
    let told = [&format!("utilisé par un autre processus Vigie (pid {})", std::process::id()), "rien n'a été changé"];
    refused_in_french(&place, &["rebuild"], 1, &told);
    drop(writer);
}

#[test]
fn what_does_not_verify_is_told_in_french() {
    on_both(|place| {
        filled(place);
        let export = beside(place, "out.jsonl");
        run(place, &["export", &export]).done();
        let text = std::fs::read_to_string(&export).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let tampered = file(place, "tampered.jsonl", text.replacen("incident.identified", "incident.identifiee", 1));
        refused_in_french(place, &["verify", &tampered], 1, &["REFUSÉ", "écriture 0 (ligne 2) :", "l'une des deux"]);
        let short = file(place, "short.jsonl", lines[..lines.len() - 1].join("\n") + "\n");
        refused_in_french(place, &["verify", &short], 1, &["REFUSÉ", "l'export finit ici, avant d'être complet"]);
        let judge = ["judge", "2016-01", "--from", &short];
        refused_in_french(place, &judge, 1, &["l'export finit ici", &short]);
        refused_in_french(place, &["verify", &export, "--key", "x"], 1, &["ce n'est pas une clé : écrire"]);
        let note = file(place, "head.txt", "hello\n");
        refused_in_french(place, &["verify", "--since", &note], 1, &["n'est pas une tête signée", "note signée"]);
    });
}

#[test]
fn settings_that_hold_a_secret_are_refused_without_it() {
    let place = Place::sqlite();
    let mail =
        file(&place, "mail.toml", "addresses = [\"a@b.example\"]\ntoken_key = \"unseen0123456789unseen0123456789\"\n");
    run(&place, &["mail", "check", &mail])
        .refused(2, &["mail.toml:2:13: the value of `token_key` does not fit; expected `file` or `env`"]);
    refused_in_french(
        &place,
        &["mail", "check", &mail],
        2,
        &["mail.toml:2:13 : la valeur de `token_key` ne convient pas"],
    );
    let ezv = file(&place, "ezv.toml", "base = \"https://ezv.example\"\ntoken = \"unseen\"\n");
    run(&place, &["serve", "--ezv", &ezv]).refused(1, &["ezv.toml:2:1: the key `token` is unknown; expected one of"]);
    refused_in_french(&place, &["serve", "--ezv", &ezv], 1, &["ezv.toml:2:1 : la clé `token` est inconnue"]);
    let sign_in = file(&place, "sign-in.toml", "[[directory]]\nid = \"d\"\nurl = unseen\n");
    run(&place, &["serve", "--sign-in", &sign_in]).refused(1, &["sign-in.toml:3:7: this is not TOML: "]);
    refused_in_french(&place, &["serve", "--sign-in", &sign_in], 1, &["sign-in.toml:3:7 : ce n'est pas du TOML"]);
}

#[test]
fn an_empty_journal_is_not_exported_and_an_earlier_file_is_left_alone() {
    on_both(|place| {
        drop(open(place));
        let earlier = file(place, "out.jsonl", "kept");
        let told = ["the journal is empty: nothing has been recorded yet"];
        run(place, &["export", &earlier]).refused(1, &told);
        run(place, &["verify"]).refused(1, &told);
        assert_eq!(std::fs::read_to_string(&earlier).unwrap(), "kept");
        let beside = std::fs::read_dir(place.data.parent().unwrap()).unwrap().count();
        assert_eq!(beside, 2, "the data directory and the file; nothing half-written");
        let told = ["the journal says nothing of 2016-01: it holds no case yet; import a log or record one"];
        run(place, &["judge", "2016-01", "--format", "json"]).refused(1, &told);
        run(place, &["judge"]).refused(1, &["the journal says nothing of ", "it holds no case yet"]);
    });
}

#[test]
fn a_month_of_which_the_journal_says_nothing_is_refused_with_those_it_knows() {
    on_both(|place| {
        filled(place);
        for month in ["1999-01", "2031-01"] {
            run(place, &["judge", month]).refused(
                1,
                &[&format!("the journal says nothing of {month}: it goes from 2016-"), "ask for one of these months"],
            );
        }
    });
}

#[test]
fn a_dry_run_tells_a_wrong_database_from_an_empty_one() {
    let place = Place::sqlite();
    let log = file(&place, "log.csv", crate::support::servicenow_log(2));
    assert!(run(&place, &["import", "incidents", &log, "--mapping", "servicenow", "--dry-run"]).done().contains("0 "));
    let wrong = [
        "import",
        "incidents",
        &log,
        "--mapping",
        "servicenow",
        "--dry-run",
        "--database-url",
        "postgresql://x@127.0.0.1:1/z",
    ];
    run(&place, &wrong).refused(1, &["127.0.0.1"]);
}

#[test]
fn a_reader_that_goes_away_ends_the_printing_without_an_alarm() {
    on_both(|place| {
        filled(place);
        let contract = crate::support::root().join("contracts/callipso");
        for args in [
            vec!["contract", "show", contract.to_str().unwrap()],
            vec!["judge", "2016-01"],
            vec!["clock", "A-1"],
            vec!["verify"],
        ] {
            let mut child = program(place)
                .args(&args)
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let ended = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8(ended.stderr).unwrap(), "", "{args:?}");
        }
    });
}
