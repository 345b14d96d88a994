//! The mappings that are shipped, on files of their kind.

use encoding_rs::WINDOWS_1252;
use vigie_contract::Class;
use vigie_links::Mapping;

use crate::support::read;

fn shipped(name: &str) -> Mapping {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    Mapping::load(&folder.join(name)).unwrap()
}

#[test]
fn every_shipped_mapping_is_good() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    let files = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    let files: Vec<_> = files.filter(|f| f.extension().is_some_and(|e| e == "toml")).collect();
    assert!(files.len() >= 3);
    for file in files {
        Mapping::load(&file).unwrap_or_else(|e| panic!("{e}"));
    }
}

#[test]
fn a_servicenow_log_gives_one_opening_one_restoration_one_closure_and_each_state() {
    let head = "number,incident_state,caller_id,opened_at,sys_updated_at,impact,urgency,priority,assignment_group,resolved_at,closed_at";
    let rest = "\"2 - Medium\",3 - Low,4 - Low,Group 70,29/2/2016 11:29,5/3/2016 12:00";
    let file = format!(
        "{head}\n\
         INC0000045,New,Caller 2403,29/2/2016 01:16,29/2/2016 01:23,{rest}\n\
         INC0000045,Awaiting User Info,Caller 2403,29/2/2016 01:16,29/2/2016 08:53,{rest}\n\
         INC0000045,-100,Caller 2403,29/2/2016 01:16,29/2/2016 09:00,{rest}\n\
         INC0000045,Closed,Caller 2403,29/2/2016 01:16,5/3/2016 12:00,{rest}\n"
    );
    let found = read(file.as_bytes(), &shipped("servicenow.toml")).unwrap();
    insta::assert_snapshot!(found.told(), @r#"
    2 case/INC0000045 incident.identified 2016-02-29T00:16:00Z {"source":"ezv"}
    2 case/INC0000045 incident.observed 2016-02-29T00:23:00Z {"classification":{"impact":2,"priority":"P4","urgency":"U2"},"group":"Group 70","source_impact":"2 - Medium","source_priority":"4 - Low","source_state":"New","source_urgency":"3 - Low","state":"new"}
    2 case/INC0000045 incident.restored 2016-02-29T10:29:00Z {}
    2 case/INC0000045 incident.closed 2016-03-05T11:00:00Z {}
    2 case/INC0000045 incident.log_only 2016-02-29T00:16:00Z {}
    3 case/INC0000045 incident.observed 2016-02-29T07:53:00Z {"classification":{"impact":2,"priority":"P4","urgency":"U2"},"group":"Group 70","reason":"user_unavailable","source_impact":"2 - Medium","source_priority":"4 - Low","source_state":"Awaiting User Info","source_urgency":"3 - Low","state":"pending"}
    5 case/INC0000045 incident.observed 2016-03-05T11:00:00Z {"classification":{"impact":2,"priority":"P4","urgency":"U2"},"group":"Group 70","source_impact":"2 - Medium","source_priority":"4 - Low","source_state":"Closed","source_urgency":"3 - Low","state":"closed"}
    "#);
    insta::assert_snapshot!(found.refused(), @r#"
    4 "incident_state" "-100": value_unknown (Field)
    "#);
    assert_eq!(found.summary.repeated, 12);
    assert_eq!(found.summary.personal_left_out, 4);
    let matrix = found.summary.pairs.matrix();
    assert_eq!(matrix[&("2 - Medium", "3 - Low")].keys().collect::<Vec<_>>(), [&"4 - Low"]);

    // The dates of another export of the same log.
    let other = file.replace("/2/", "-02-").replace("/3/", "-03-").replace("5-03", "05-03");
    assert_eq!(read(other.as_bytes(), &shipped("servicenow.toml")).unwrap().keys(), found.keys());
}

#[test]
fn an_easyvista_export_is_read_with_french_headers_and_with_field_names() {
    let french = "N° de l'incident;Date de création;Date de prise en charge;Date de résolution;Date de clôture;Impact;Urgence;Priorité;Sujet;Site;Groupe\r\n\
         I260312_00012;12/03/2026 14:05;12/03/2026 14:20;12/03/2026 16:00;13/03/2026 09:00;2 - Moyen;Moyenne;P3;Poste muet de M. Durand;Collège Longchamp;GO Téléphonie\r\n";
    let found = read(&WINDOWS_1252.encode(french).0, &shipped("easyvista.toml")).unwrap();
    insta::assert_snapshot!(found.told(), @r#"
    2 case/I260312_00012 incident.identified 2026-03-12T13:05:00Z {"source":"ezv"}
    2 case/I260312_00012 incident.classified 2026-03-12T13:05:00Z {"group":"GO Téléphonie","impact":2,"priority":"P3","site":"Collège Longchamp","source_impact":"2 - Moyen","source_priority":"P3","source_urgency":"Moyenne","urgency":"U2"}
    2 case/I260312_00012 incident.taken_in 2026-03-12T13:20:00Z {}
    2 case/I260312_00012 incident.restored 2026-03-12T15:00:00Z {}
    2 case/I260312_00012 incident.closed 2026-03-13T08:00:00Z {}
    2 case/I260312_00012 incident.log_only 2026-03-12T13:05:00Z {}
    "#);
    assert_eq!((found.summary.encoding, found.summary.personal_left_out), ("windows-1252", 1));

    let header = french.split_once("\r\n").unwrap().0;
    let fields = "RFC_NUMBER;SUBMIT_DATE_UT;BEGIN_OF_HANDLING_UT;END_DATE_UT;CLOSING_DATE_UT;IMPACT_ID;URGENCY_ID;PRIORITY_ID;SHORT_DESCRIPTION;LOCATION_FR;GROUP_FR";
    let named = format!("\u{feff}{}", french.replace(header, fields));
    assert_eq!(read(named.as_bytes(), &shipped("easyvista.toml")).unwrap().keys(), found.keys());
}

#[test]
fn the_generic_mapping_reads_a_process_log_of_problems() {
    let file = "org:group,concept:name,impact,product,lifecycle:transition,time:timestamp,case:concept:name\n\
         Line A2,Queued,Major,PROD1,Awaiting Assignment,2006-01-11 15:49:42+00:00,1-109\n\
         Line A2,Accepted,Low,PROD1,In Progress,2012-03-15 11:53:52+00:00,1-109\n\
         Line A2,Completed,Low,PROD1,Closed,2012-03-16 11:53:52+00:00,1-109\n";
    let mapping = shipped("generic.toml").with_class(Class::Problem);
    let found = read(file.as_bytes(), &mapping).unwrap();
    insta::assert_snapshot!(found.told(), @r#"
    2 problem/1-109 problem.identified 2006-01-11T15:49:42Z {"source":"ezv"}
    2 problem/1-109 problem.observed 2006-01-11T15:49:42Z {"classification":{"impact":1},"group":"Line A2","product":"PROD1","source_impact":"Major","source_state":"Awaiting Assignment","source_step":"Queued","state":"new"}
    2 problem/1-109 problem.log_only 2006-01-11T15:49:42Z {}
    3 problem/1-109 problem.observed 2012-03-15T11:53:52Z {"classification":{"impact":3},"group":"Line A2","product":"PROD1","source_impact":"Low","source_state":"In Progress","source_step":"Accepted","state":"in_progress"}
    4 problem/1-109 problem.observed 2012-03-16T11:53:52Z {"classification":{"impact":3},"group":"Line A2","product":"PROD1","source_impact":"Low","source_state":"Closed","source_step":"Completed","state":"closed"}
    "#);
}

#[test]
fn the_generic_mapping_reads_a_list_of_cases() {
    let file = "Référence;Statut;Ouvert le;Résolu le;Priorité;Lieu\nD-1;Clos;01/07/2025 08:00;01/07/2025 09:30;P1;Marseille\nD-2;Nouveau;02/07/2025;;p9;\nD-3;Annulé;02/07/2025;;;\n";
    let found = read(file.as_bytes(), &shipped("generic.toml")).unwrap();
    insta::assert_snapshot!(found.told(), @r#"
    2 case/D-1 incident.identified 2025-07-01T06:00:00Z {"source":"ezv"}
    2 case/D-1 incident.classified 2025-07-01T06:00:00Z {"priority":"P1","site":"Marseille","source_priority":"P1"}
    2 case/D-1 incident.restored 2025-07-01T07:30:00Z {}
    2 case/D-1 incident.log_only 2025-07-01T06:00:00Z {}
    3 case/D-2 incident.identified 2025-07-01T22:00:00Z {"source":"ezv"}
    3 case/D-2 incident.classified 2025-07-01T22:00:00Z {"source_priority":"p9"}
    3 case/D-2 incident.log_only 2025-07-01T22:00:00Z {}
    4 case/D-3 incident.identified 2025-07-01T22:00:00Z {"source":"ezv"}
    4 case/D-3 incident.classified 2025-07-01T22:00:00Z {}
    4 case/D-3 incident.cancelled 2025-07-01T22:00:00Z {}
    4 case/D-3 incident.log_only 2025-07-01T22:00:00Z {}
    "#);
    insta::assert_snapshot!(found.refused(), @r#"
    3 "Priorité" "p9": value_unknown (Field)
    "#);
}
