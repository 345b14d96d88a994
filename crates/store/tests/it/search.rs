//! What was said is found by its words, the same on both engines.

use vigie_store::{StoreError, Tx, search};
use vigie_testkit::on_both;

use crate::open;

/// The subjects that a question finds for a party, sorted.
fn found(tx: &mut Tx<'_>, text: &str, reader: &str) -> Result<Vec<String>, StoreError> {
    let Some(question) = search::question(tx.engine(), text, reader) else { return Ok(Vec::new()) };
    let sql = question.sql.replacen('?', "$1", 1).replacen('?', "$2", 1);
    let [words, side] = &question.values;
    let mut subjects = tx.query_all(&sql, &[words.into(), side.into()], |row| Ok(row.text(0)?.to_owned()))?;
    subjects.sort();
    subjects.dedup();
    Ok(subjects)
}

fn spoken<'a>(seq: u64, subject: &'a str, side: Option<&'static str>, text: &str) -> search::Spoken<'a> {
    search::Spoken { seq, subject, side, text: search::fold([text]) }
}

#[test]
fn what_was_said_is_found_by_its_words_by_those_who_may_read_it() {
    on_both(|place| {
        let store = open(place);
        store
            .write(|tx| {
                search::add(
                    tx,
                    &[
                        spoken(1, "case/1", None, "Plus de téléphone à l’accueil de l'Étang"),
                        spoken(2, "case/1", Some("provider"), "Leur câblage est désastreux"),
                        spoken(3, "case/2", None, "Pannes répétées de la téléphonie : œuvre d'un orage"),
                        spoken(4, "case/2", None, "*** ' \" & | !"),
                    ],
                )
            })
            .unwrap();
        for (text, provider, customer) in [
            ("telephonie", vec!["case/1", "case/2"], vec!["case/1", "case/2"]),
            ("ETANG", vec!["case/1"], vec!["case/1"]),
            ("l'accueil téléphone", vec!["case/1"], vec!["case/1"]),
            ("panne accueil", vec![], vec![]),
            ("cablages", vec!["case/1"], vec![]),
            ("oeuvre", vec!["case/2"], vec!["case/2"]),
            ("de la panne", vec!["case/2"], vec!["case/2"]),
            ("tel", vec!["case/1", "case/2"], vec!["case/1", "case/2"]),
            ("' OR 1=1 --", vec![], vec![]),
            ("\" * NEAR(", vec![], vec![]),
        ] {
            let of = |reader| store.read(|tx| found(tx, text, reader)).unwrap();
            assert_eq!((of("provider"), of("customer")), (owned(&provider), owned(&customer)), "{text}");
        }
        store.write(search::clear).unwrap();
        assert_eq!(store.read(|tx| found(tx, "téléphone", "provider")).unwrap(), Vec::<String>::new());
    });
}

fn owned(subjects: &[&str]) -> Vec<String> {
    subjects.iter().map(|s| (*s).to_owned()).collect()
}
