//! Major incidents: opened by rule or by decision, timed to the second, led in the war room, reported and judged.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp, ToSpan};
use vigie::{
    app::Vigie,
    features::{
        desk::{
            DeskError,
            act::{Deed, Detail},
            open::{By, File},
            rim::{self, Step, Writing},
        },
        notices::fire::Rounds,
    },
};
use vigie_contract::Party;
use vigie_evidence::Origin;
use vigie_rules::{
    desk::Act,
    fact::{Audience, Document},
    judgement::IndicatorResult,
    report::{Action, Report, ReportRefusal, Section},
};
use vigie_store::{Content, StoreError, WriteError, journal};
use vigie_testkit::on_both;

use crate::{
    desk::{call, deed, done, opened, said},
    notices::{TEN, at, cut, pass, with_accounts},
    site::Site,
    support::{judge, open, run},
};

fn rules(vigie: &Vigie, rounds: &mut Rounds, now: Timestamp) -> Vec<String> {
    pass(vigie, rounds, now).into_iter().map(|f| f.due.rule.0).collect()
}

fn told(audience: Audience, at: Timestamp, words: &str) -> Deed {
    Deed { detail: Detail::Told(audience), texts: said(words), ..deed(Act::Inform, Party::Provider, at) }
}

/// A report with all its sections.
fn whole() -> Report {
    let mut report = Report { review: "Le lien de secours n'était pas surveillé".to_owned(), ..Report::default() };
    for section in Section::ALL {
        *report.section_mut(section) = format!("mots de {}", section.name());
    }
    report.actions.push(Action {
        what: "Surveiller le lien de secours".to_owned(),
        owner: "go.martin".to_owned(),
        due: "2026-12-15".parse().ok(),
        done: None,
    });
    report
}

fn write(
    vigie: &Vigie,
    number: &str,
    now: Timestamp,
    party: Party,
    report: Report,
    send: Option<Document>,
) -> Result<(), WriteError<DeskError>> {
    let pdf = || File { name: "papier.pdf".to_owned(), media_type: "application/pdf".to_owned(), bytes: vec![1] };
    let by = By { actor: "go.martin".to_owned(), origin: Origin::Web };
    let step = send.map_or(Step::Keep, |document| Step::Send(document, pdf()));
    let writing = Writing { by, party, report, step };
    let (recorder, rulebook) = (vigie.recorder.clone(), vigie.promise.rulebook.clone());
    let number = number.to_owned();
    vigie.store.write(move |tx| rim::write(tx, &recorder, &rulebook, now, &number, None, writing).map(|_| ()))
}

/// A P1 that begins at ten of a day and is restored an hour later, validated.
fn ended(vigie: &Vigie, begin: Timestamp) -> String {
    let number = opened(vigie, begin, vec![cut(1)]).remove(0).number;
    let later = |minutes: i64| begin + minutes.minutes();
    done(vigie, &number, None, deed(Act::TakeIn, Party::Provider, later(5))).unwrap();
    done(vigie, &number, None, deed(Act::Restore, Party::Provider, later(60))).unwrap();
    done(vigie, &number, None, deed(Act::ValidateRestoration, Party::Customer, later(70))).unwrap();
    number
}

#[test]
fn a_p1_is_major_by_rule_and_its_delays_run_to_the_second() {
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &[("go.martin", "go_technician"), ("roc.perrin", "roc"), ("cds.arnaud", "cds")]);
        let case = opened(&vigie, at(TEN), vec![cut(1)]).remove(0);
        let mut rounds = Rounds::default();
        let begin = at(TEN);
        rules(&vigie, &mut rounds, begin + 1.second());
        let minute = |n: i64| begin + n.minutes();
        let second = SignedDuration::from_secs(1);
        let mut check = |due: Timestamp, rule: &str| {
            assert!(!rules(&vigie, &mut rounds, due - second).contains(&rule.to_owned()), "{rule} comes too early");
            assert!(rules(&vigie, &mut rounds, due).contains(&rule.to_owned()), "{rule} does not come");
        };
        check(minute(10), "customer-notice-soon");
        check(minute(15), "customer-notice-due");
        check(minute(20), "users-due");
        check(minute(50), "follow-up-soon");
        check(minute(60), "follow-up-due");
        // Once the customer is told, the next one is due an hour later.
        done(&vigie, &case.number, None, told(Audience::Customer, minute(70), "Nous cherchons")).unwrap();
        let mut check = |due: Timestamp, rule: &str| {
            assert!(!rules(&vigie, &mut rounds, due - second).contains(&rule.to_owned()), "{rule} comes too early");
            assert!(rules(&vigie, &mut rounds, due).contains(&rule.to_owned()), "{rule} does not come");
        };
        check(minute(130), "follow-up-due");
    });
}

#[test]
fn a_p2_is_major_by_a_decision_with_its_reason_and_owes_what_a_major_one_owes() {
    on_both(|place| {
        let vigie = open(place);
        with_accounts(&vigie, &[("go.martin", "go_technician"), ("roc.perrin", "roc")]);
        let case = opened(&vigie, at(TEN), vec![cut(2)]).remove(0);
        let mut rounds = Rounds::default();
        assert!(!rules(&vigie, &mut rounds, at(TEN) + 16.minutes()).contains(&"customer-notice-due".to_owned()));
        let declare = deed(Act::DeclareMajor, Party::Customer, at(TEN) + 17.minutes());
        done(&vigie, &case.number, None, declare).unwrap();
        // It was owed before anybody decided: it is told at once.
        assert!(
            rules(&vigie, &mut rounds, at(TEN) + 17.minutes() + 1.second()).contains(&"customer-notice-due".to_owned())
        );
        let number = case.number;
        let refused = write(&vigie, &number, at(TEN) + 20.minutes(), Party::Provider, whole(), Some(Document::Report));
        assert!(matches!(refused, Err(WriteError::Unit(DeskError::Report(ReportRefusal::NotOver)))));
        assert!(write(&vigie, &number, at(TEN) + 20.minutes(), Party::Provider, whole(), None).is_ok());
    });
}

#[test]
fn the_draft_of_a_report_is_made_once_and_holds_what_the_time_line_says() {
    on_both(|place| {
        let site = Site::new(place);
        let vigie = site.live().vigie();
        let begin = site.now() - 3.hours();
        let later = |minutes: i64| begin + minutes.minutes();
        let number = opened(vigie, begin, vec![cut(1)]).remove(0).number;
        let act = |deed: Deed| done(vigie, &number, None, deed).unwrap();
        act(deed(Act::TakeIn, Party::Provider, later(4)));
        act(told(Audience::Customer, later(12), "Nos équipes sont mobilisées"));
        act(Deed { texts: said("Leur câblage"), internal: true, ..deed(Act::Note, Party::Provider, later(20)) });
        act(Deed {
            detail: Detail::To { team: "editors".to_owned(), assignee: None },
            ..deed(Act::Assign, Party::Provider, later(30))
        });
        site.live().fire(later(89)).unwrap();
        assert_eq!(kinds(vigie, &number, "report_drafted"), 0, "nothing is over yet");
        act(Deed { texts: said("Carte remplacée"), ..deed(Act::Restore, Party::Provider, later(90)) });
        site.live().fire(later(91)).unwrap();
        site.live().fire(later(92)).unwrap();
        assert_eq!(kinds(vigie, &number, "report_drafted"), 1);
        let draft = latest(vigie, &number, "report_drafted");
        assert!(
            draft.chronology.contains("Nos équipes sont mobilisées") && draft.chronology.contains("Carte remplacée")
        );
        assert!(draft.chronology.starts_with("Priorité P1."), "{}", draft.chronology);
        assert!(draft.customer.contains("Nos équipes sont mobilisées"));
        assert!(draft.editor.contains("Éditeurs, niveau 4") && draft.escalations.contains("Éditeurs, niveau 4"));
        assert!(draft.corrective.is_empty(), "people must find it out");
        let all: String = Section::ALL.into_iter().map(|s| draft.section(s)).collect();
        assert!(!all.contains("Leur câblage"), "the customer reads it");
        drop(site);
        run(place, &["verify"]).done();
    });
}

#[test]
fn an_incident_that_lacks_no_draft_is_not_unpacked_again_before_something_happens_to_it() {
    on_both(|place| {
        let vigie = open(place);
        let number = ended(&vigie, at(TEN));
        let subject = format!("case/{number}");
        let (since, now) = (at(TEN) - 1.hours(), at(TEN) + 2.hours());
        let mut seen = std::collections::HashMap::new();
        let mut look = |vigie: &Vigie| {
            vigie.store.read(|tx| rim::undrafted(tx, &vigie.promise.rulebook, since, now, &mut seen)).unwrap()
        };
        let missing = look(&vigie);
        assert_eq!(missing.iter().map(|(s, _)| s.as_str()).collect::<Vec<_>>(), [subject.as_str()]);
        let (recorder, report, restored) = (vigie.recorder.clone(), whole(), missing[0].1);
        let told = subject.clone();
        let put = move |tx: &mut vigie_store::Tx<'_>| rim::put_draft(tx, &recorder, now, &told, restored, &report);
        assert!(vigie.store.write::<_, DeskError, _>(put).unwrap());
        assert!(look(&vigie).is_empty());
        // What is looked at no more need not even be readable.
        let spoil = "UPDATE history SET timeline = $2 WHERE subject = $1";
        let (asked, nothing) = (subject.clone(), Vec::<u8>::from([255]));
        let kept = vigie.store.read(|tx| {
            tx.query_one("SELECT timeline FROM history WHERE subject = $1", &[(&asked).into()], |r| {
                Ok(r.blob(0)?.to_vec())
            })
        });
        let kept: Vec<u8> = kept.map_err(|e: StoreError| e).unwrap();
        let put = |bytes: Vec<u8>| {
            let subject = subject.clone();
            vigie.store.write(move |tx| tx.execute(spoil, &[(&subject).into(), (&bytes).into()])).unwrap();
        };
        put(nothing);
        assert!(look(&vigie).is_empty());
        put(kept);
        done(&vigie, &number, None, deed(Act::Close, Party::Customer, now)).unwrap();
        assert!(look(&vigie).is_empty(), "it is looked at again, and lacks nothing");
    });
}

fn kinds(vigie: &Vigie, number: &str, verb: &str) -> usize {
    let subject = format!("case/{number}");
    let entries = vigie.store.read(|tx| journal::entries_of(tx, &subject)).map_err(|e: StoreError| e).unwrap();
    entries.into_iter().filter(|e| e.kind.ends_with(verb)).count()
}

/// The report that the latest entry of a verb holds.
fn latest(vigie: &Vigie, number: &str, verb: &str) -> Report {
    let subject = format!("case/{number}");
    let read = vigie.store.read(|tx| {
        let entries = journal::entries_of(tx, &subject)?;
        let entry = entries.into_iter().rev().find(|e| e.kind.ends_with(verb)).unwrap();
        let hash = entry.content.iter().find(|c| c.name == rim::CONTENT).unwrap().hash;
        journal::content(tx, &hash)
    });
    match read.map_err(|e: StoreError| e).unwrap() {
        Some(Content::Kept(bytes)) => rim::read(&bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_report_after_its_five_working_days_is_late_and_judged_by_row_18() {
    on_both(|place| {
        let vigie = open(place);
        // A Thursday; the eleventh of November is a holiday: due at the end of Friday the 13th.
        let begin = at("2026-11-05T09:00:00Z");
        let limit = at("2026-11-13T23:00:00Z");
        let [in_time, late, never] = [0; 3].map(|_| ended(&vigie, begin));
        let send = |number: &str, now: Timestamp, document| {
            write(&vigie, number, now, Party::Provider, whole(), Some(document)).unwrap();
        };
        // What is late over the weekend costs from Monday on.
        for (number, when) in [(&in_time, limit), (&late, limit + 57.hours())] {
            send(number, at("2026-11-06T09:00:00Z"), Document::Report);
            // Report and review are both due: the later counts.
            send(number, when, Document::Review);
        }
        // The facts go on to the 23rd.
        opened(&vigie, at("2026-11-23T09:00:00Z"), vec![call("Plus tard")]);
        let row = row_18(&vigie);
        let points = |number: &str| {
            let item = row.items.iter().find(|i| i.subject.number() == number);
            item.and_then(|i| i.points).unwrap_or_default()
        };
        assert_eq!(points(&in_time), 0);
        // A step is a day, and a started one counts: weight 5.
        assert_eq!(points(&late), 5);
        assert!(points(&never) > 5, "{row:?}");
        let owed = "SELECT COUNT(*) FROM desk_case WHERE phase IN ('restored', 'closed') AND next_due_at IS NOT NULL \
                    AND next_due_clock = 'major-incident-report'";
        assert_eq!(vigie.store.read(|tx| tx.query_one(owed, &[], |row| row.u64(0))).unwrap(), 1);
        drop(vigie);
        run(place, &["rebuild"]).done();
        let vigie = open(place);
        assert_eq!(vigie.store.read(|tx| tx.query_one(owed, &[], |row| row.u64(0))).unwrap(), 1);
    });
}

fn row_18(vigie: &Vigie) -> IndicatorResult {
    let judged = judge(vigie, "2026-11");
    judged.judgement.indicators.iter().find(|i| i.row == 18).unwrap().clone()
}

#[test]
fn a_late_report_shows_on_its_case_and_in_the_list_of_what_is_owed() {
    on_both(|place| {
        let site = Site::new(place);
        let session = site.session("go.martin");
        let number = ended(site.live().vigie(), site.now() - (20 * 24).hours());
        let case = format!("/dossiers/{number}");
        let owed = "Incident majeur : rapport complet (RIM) et bilan sous 5 jours";
        site.get(&session, &case).says(&[owed, "en retard de"], &[]);
        site.get(&session, &format!("{case}/rim")).says(&[owed, "en retard de", "Chronologie des événements"], &[]);
        site.get(&session, "/dossiers?du=oui").says(&["Documents dus", &number, owed], &[]);
        let fresh = site.opened(&session, "Autre chose");
        let page = site.get(&session, &fresh);
        page.says(&[], &[owed]);
        assert!(!page.body.contains("/crise\""), "what is not major has no war room");
    });
}

#[test]
fn the_war_room_names_informs_and_attaches_and_the_customer_reads_without_what_is_internal() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, customer) = (site.session("go.martin"), site.session("cds.arnaud"));
        let begin = site.now() - 5.minutes();
        let number = opened(site.live().vigie(), begin, vec![cut(1)]).remove(0).number;
        let child = site.opened(&provider, "Poste 12 muet");
        let (case, room) = (format!("/dossiers/{number}"), format!("/dossiers/{number}/crise"));
        site.get(&provider, &room).says(
            &[
                "Prochaine information attendue",
                "Information du CD13 (incident majeur)",
                "personne n’est nommé",
                "Informer",
            ],
            &["Service rétabli"],
        );
        let post = |fields: &[(&str, &str)]| {
            let mut all = vec![("retour", "crise")];
            all.extend_from_slice(fields);
            let answer = site.post(&provider, &format!("{case}/actes"), &all, &[]);
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
            assert!(answer.location().starts_with(&room), "{}", answer.location());
        };
        post(&[("acte", "owner_named"), ("siege", "commander"), ("compte", "go.rossi")]);
        post(&[("acte", "owner_named"), ("siege", "commander"), ("compte", "go.martin")]);
        post(&[("acte", "owner_named"), ("siege", "customer"), ("texte", "Mme Aubert, poste 4000")]);
        post(&[("acte", "informed"), ("public", "customer"), ("texte", "Nos équipes sont mobilisées")]);
        let reference = child.rsplit('/').next().unwrap();
        post(&[("acte", "linked"), ("systeme", "case"), ("reference", reference)]);
        site.act(&provider, &case, "noted", &[("texte", "Leur câblage est désastreux"), ("visibilite", "interne")]);
        let page = site.get(&provider, &room);
        page.says(
            &[
                "Pilote de crise go.martin",
                "go.rossi",
                "Mme Aubert, poste 4000",
                "Nos équipes sont mobilisées",
                "Poste 12 muet",
                "Leur câblage est désastreux",
                "Dans le délai",
            ],
            &[],
        );
        let theirs = site.get(&customer, &room);
        theirs.says(
            &["go.martin", "Nos équipes sont mobilisées", "Délais en cours"],
            &["désastreux", "Rattacher un dossier"],
        );
        assert!(!theirs.body.contains("name=\"acte\""), "the customer's room has no form");
        let model = site.get(&provider, &format!("{room}?modele=premier&langue=en"));
        model.says(&[&format!("Major incident {number}: Plus de tonalité"), "Next information by"], &[]);
        let wall = site.get(&provider, &format!("{room}?mural=oui"));
        assert!(wall.body.contains("room-wall") && !wall.body.contains("name=\"acte\""));
        let wrong =
            site.post(&provider, &format!("{case}/actes"), &[("acte", "owner_named"), ("siege", "technical")], &[]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says(&["Dites qui : un compte, ou un nom ci-dessous."], &[]);
        // What is not major has no room.
        assert_eq!(site.get(&provider, &format!("{child}/crise")).location(), child);
        assert_eq!(site.get(&provider, &format!("{child}/rim")).location(), child);
    });
}

#[test]
fn a_report_is_sent_whole_by_the_provider_and_the_customer_reads_what_was_sent() {
    on_both(|place| {
        let site = Site::new(place);
        let (provider, customer, reader) =
            (site.session("go.martin"), site.session("cds.arnaud"), site.session("lecteur"));
        let number = ended(site.live().vigie(), site.now() - 5.hours());
        let rim = format!("/dossiers/{number}/rim");
        site.get(&customer, &rim).says(&["Le rapport n’est pas encore remis"], &["Enregistrer une version"]);
        assert_eq!(site.get(&customer, &format!("{rim}/pdf")).location(), rim);
        let version = site.get(&provider, &rim).hidden("version");
        // The platform drafts while somebody writes: that keeps nobody from sending what they wrote.
        site.live().fire(site.now()).unwrap();
        let mut fields = vec![
            ("version", version.as_str()),
            ("chronology", "10 h : coupure du lien"),
            ("customer", "Informée à 10 h 12"),
            ("editor", "Ticket ouvert à 10 h 20"),
            ("escalations", "Aucune"),
            ("corrective", " "),
            ("geste", "report"),
        ];
        let missing = site.post(&provider, &rim, &fields, &[]);
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        missing.says(&["Il manque : Plan d’actions correctives", "10 h : coupure du lien"], &[]);
        fields[5] = ("corrective", "Doubler le lien");
        assert_eq!(site.post(&reader, &rim, &fields, &[]).status, StatusCode::FORBIDDEN);
        let theirs = site.post(&customer, &rim, &fields, &[]);
        assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY);
        theirs.says(&["est celui du titulaire"], &[]);
        let kept = site.post(&provider, &rim, &[&fields[..6], &[("geste", "garder")]].concat(), &[]);
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.words());
        site.get(&customer, &rim).says(&["Le rapport n’est pas encore remis"], &["coupure du lien"]);
        let stale = site.post(&provider, &rim, &fields, &[]);
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let version = site.get(&provider, &rim).hidden("version");
        fields[0] = ("version", version.as_str());
        // A review that is still a draft stays with the provider when the report leaves.
        let sent = site.post(&provider, &rim, &[&fields[..], &[("review", "Encore un brouillon")]].concat(), &[]);
        assert_eq!(sent.location(), format!("{rim}?fait=report"), "{}", sent.words());
        site.get(&provider, &rim).says(&["Encore un brouillon"], &[]);
        site.get(&provider, &sent.location()).says(&["Le rapport est remis", "Version du RIM enregistrée"], &[]);
        let page = site.get(&customer, &rim);
        page.says(
            &["coupure du lien", "Doubler le lien", "Rapport (RIM)"],
            &["Enregistrer une version", "Versions", "Encore un brouillon"],
        );
        assert_eq!(site.get(&customer, &format!("{rim}/pdf?document=review")).location(), rim);
        for part in page.body.split("/fichiers/").skip(1) {
            let hash = part.split('"').next().unwrap();
            let kept = site.get(&customer, &format!("/dossiers/{number}/fichiers/{hash}"));
            assert!(!kept.body.contains("brouillon"), "{hash}");
        }
        let sheet = site.store().read(|tx| journal::entries_of(tx, &format!("case/{number}"))).unwrap();
        for content in sheet.iter().flat_map(|entry| &entry.content) {
            let kept = site.get(&customer, &format!("/dossiers/{number}/fichiers/{}", content.hash.to_hex()));
            assert!(!kept.body.contains("brouillon"), "{}", content.name);
        }
        let file = page.body.split("/fichiers/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let pdf = site.get(&customer, &format!("/dossiers/{number}/fichiers/{file}"));
        assert!(pdf.body.starts_with("%PDF"));
        assert!(site.get(&customer, &format!("{rim}/pdf")).body.starts_with("%PDF"));
        // The review is owed too: a loose action keeps it back.
        let version = site.get(&provider, &rim).hidden("version");
        let mut review =
            [&fields[1..6], &[("version", version.as_str()), ("review", "Mal surveillé"), ("quoi", "Doubler")]]
                .concat();
        review.extend([("qui", ""), ("avant", "2026-12-15"), ("fait", ""), ("geste", "review")]);
        site.post(&provider, &rim, &review, &[]).says(&["L’action 1 n’a pas de responsable ou pas de date."], &[]);
        let last = review.iter().position(|(name, _)| *name == "qui").unwrap();
        review[last] = ("qui", "go.martin");
        assert_eq!(site.post(&provider, &rim, &review, &[]).location(), format!("{rim}?fait=review"));
        site.get(&customer, &rim).says(&["Mal surveillé", "Doubler", "go.martin", "15 décembre 2026", "remis le"], &[]);
        site.get(&provider, "/dossiers?du=oui").says(&[], &[&number]);
    });
}
