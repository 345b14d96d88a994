//! A case that is with an operator, a cabler, an editor or a vendor: two clocks, never one for the other.

use jiff::{Timestamp, ToSpan};
use vigie::{
    app::{self, Vigie},
    features::{desk::act::Detail, notices::fire::Rounds, post::Settings},
    now::Clock,
    web::Options,
};
use vigie_contract::Party;
use vigie_links::mail::Mail;
use vigie_rules::{desk::Act, step::Step};
use vigie_store::journal;
use vigie_testkit::{Place, on_both};

use crate::{
    desk::{deed, done, opened},
    notices::{EVERYBODY, cut, pass, with_accounts},
    post::{Server, at, outbox, sends, settings},
    site::Site,
    support::{app_place, contract_copy, now, open},
};

/// A contract that knows where its operators are reached and what they have promised.
fn promised(place: &Place) -> Vigie {
    let contract = contract_copy(place);
    let path = format!("{contract}/teams.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let known = "kind = \"operator\"\nmail = \"support@operator.example\"\nphone = \"3900\"\nsolves_within = \"4 h\"";
    std::fs::write(&path, text.replacen("kind = \"operator\"", known, 1)).unwrap();
    app::Place { contract: Some(contract.into()), ..app_place(place) }.open().unwrap()
}

fn third(step: fn(vigie_contract::TeamId) -> Step, act: Act, at: Timestamp) -> vigie::features::desk::act::Deed {
    let detail = Detail::Step(step("operators".into()));
    vigie::features::desk::act::Deed { detail, ..deed(act, Party::Provider, at) }
}

/// S-53, word for word.
#[test]
fn a_third_party_ticket_holds_an_external_reference_and_reminders_and_the_titulaire_s_clock_shows_separately_from_the_third_party_s()
 {
    on_both(|place| {
        let server = Server::start(&[]);
        let post = Settings { relay: Some(server.relay()), ..settings() };
        let site = Site::by(promised(place), Options::default(), Some(post), Clock::set_to(now()));
        let (martin, arnaud) = (site.session("go.martin"), site.session("cds.arnaud"));
        let case = site.opened(&martin, "Plus de tonalité");
        let number = case.rsplit('/').next().unwrap();
        site.act(&martin, &case, "classified", &[("urgence", "U1"), ("impact", "2")]);
        site.act(&martin, &case, "taken_in", &[]);
        let before = crate::post::case(site.live(), number);
        let asked = [("tiers", "operators"), ("reference", "OP-2026-77")];
        assert_eq!(site.act(&martin, &case, "handed", &asked).location(), format!("{case}?fait=handed"));

        // The two clocks, each by its own name, with its own due time.
        let operators = "Opérateurs téléphoniques (trunk SIP, lignes directes)";
        let page = site.get(&martin, &case);
        page.says(
            &["Titulaire et tiers", "Horloge du titulaire", "court", "attendre un opérateur", operators, "OP-2026-77"],
            &["pas encore donnée"],
        );
        page.says(&["a le dossier depuis", "A promis pour le", "À relancer le", "support@operator.example"], &[]);
        site.get(&arnaud, &case).says(&["Titulaire et tiers", "OP-2026-77"], &["Relancer le tiers"]);
        site.get(&martin, "/dossiers").says(&[&format!("{operators} depuis")], &[]);
        let after = crate::post::case(site.live(), number);
        assert_eq!(
            (after.phase, &after.next_due),
            (before.phase, &before.next_due),
            "the provider's clock keeps running"
        );
        assert_eq!(after.reference, before.reference, "the number by which the customer knows the case is its own");
        site.get(&martin, "/dossiers?etat=tous&q=OP-2026-77").says(&[number], &["Aucun dossier"]);

        // Reminders: each an entry, and a mail to the address of the contract.
        site.act(&martin, &case, "reminded", &[("tiers", "operators"), ("texte", "Le site est coupé.")]);
        assert_eq!(outbox(site.live())[0], ("reminder".to_owned(), "waiting".to_owned()));
        sends(site.live(), &server, 60 * 24);
        let mails = server.mails();
        let (to, raw) = mails.last().unwrap();
        let mail = Mail::parse(raw.as_bytes(), &|a| a.name.clone()).unwrap();
        assert_eq!(to, &["support@operator.example"]);
        assert!(mail.subject.contains("Relance n° 1 : OP-2026-77"), "{}", mail.subject);
        for words in ["Votre référence : OP-2026-77", number, "Le site est coupé."] {
            assert!(mail.text.contains(words), "`{words}` is not in {}", mail.text);
        }
        assert!(!mail.text.contains("tonalité"), "nothing else of the case leaves");
        site.get(&martin, &case).says(&["Tiers relancé", "Relances 1, la dernière le"], &[]);

        // Answered, then solved: its clock stops and the provider's does not.
        site.act(&martin, &case, "third_answered", &[("tiers", "operators"), ("reference", "OP-2026-78")]);
        site.get(&martin, &case).says(&["A répondu le", "OP-2026-78"], &["pas encore donnée"]);
        site.act(&martin, &case, "third_solved", &[("tiers", "operators")]);
        let page = site.get(&martin, &case);
        page.says(&["a eu le dossier", "A résolu le", "Résolu par le tiers"], &["À relancer le"]);
        site.get(&martin, "/dossiers").says(&[], &[&format!("{operators} depuis")]);
        let last = crate::post::case(site.live(), number);
        assert_eq!((last.phase, &last.next_due), (before.phase, &before.next_due));
        // What is over is not reminded.
        let refused = site.act(&martin, &case, "reminded", &[("tiers", "operators")]);
        assert_eq!(refused.status, 409);
    });
}

#[test]
fn a_silent_third_party_calls_for_a_reminder_and_its_broken_promise_for_the_rtc() {
    on_both(|place| {
        let vigie = promised(place);
        with_accounts(&vigie, &EVERYBODY);
        with_accounts(&vigie, &[("rtc.blanc", "rtc")]);
        let case = opened(&vigie, at(0), vec![cut(3)]).remove(0);
        done(&vigie, &case.number, None, deed(Act::TakeIn, Party::Provider, at(5))).unwrap();
        let hand = third(|third| Step::Handed { third, reference: None }, Act::Hand, at(30));
        done(&vigie, &case.number, None, hand).unwrap();
        let fired = |rounds: &mut Rounds, now: Timestamp| -> Vec<(String, Vec<String>)> {
            let fired = pass(&vigie, rounds, now);
            let third = fired.into_iter().filter(|f| f.due.rule.0.starts_with("third-party"));
            third.map(|f| (f.due.rule.0.clone(), f.due.told.into_iter().collect())).collect()
        };
        let mut rounds = Rounds::default();
        // Four hours of silence, and four hours promised, from half past ten in Marseille.
        assert!(fired(&mut rounds, at(270) - 1.second()).is_empty());
        let both = fired(&mut rounds, at(270));
        let rules: Vec<&str> = both.iter().map(|(rule, _)| rule.as_str()).collect();
        assert_eq!(rules, ["third-party-due", "third-party-reminder"]);
        assert!(both[0].1.contains(&"rtc.blanc".to_owned()), "{both:?}");
        assert!(fired(&mut rounds, at(271)).is_empty(), "once");
        let solved = third(|third| Step::ThirdSolved { third }, Act::ThirdSolves, at(280));
        done(&vigie, &case.number, None, solved).unwrap();
        assert!(fired(&mut rounds, at(24 * 60)).is_empty());
    });
}

#[test]
fn one_without_an_address_is_called_and_a_rebuild_knows_who_has_the_case() {
    on_both(|place| {
        let vigie = open(place);
        let case = opened(&vigie, at(0), vec![cut(3)]).remove(0);
        let hand = third(|third| Step::Handed { third, reference: Some("OP-1".to_owned()) }, Act::Hand, at(1));
        done(&vigie, &case.number, None, hand).unwrap();
        let rows = || {
            let sql = "SELECT third, third_at, reference FROM desk_case";
            let read = |row: &vigie_store::Row<'_>| {
                let text = |index| Ok::<_, vigie_store::StoreError>(row.opt_text(index)?.map(str::to_owned));
                Ok((text(0)?, row.opt_i64(1)?, text(2)?))
            };
            vigie.store.read(|tx| tx.query_all(sql, &[], read)).unwrap()
        };
        let before = rows();
        assert_eq!(before, [(Some("operators".to_owned()), Some(at(1).as_microsecond()), None)]);
        let rulebook = vigie.promise.rulebook.clone();
        vigie.store.write(move |tx| vigie::record::rebuild(tx, &rulebook)).unwrap();
        assert_eq!(rows(), before);
        let remind = third(|third| Step::Reminded { third }, Act::Remind, at(2));
        done(&vigie, &case.number, None, remind).unwrap();
        let kinds = vigie.store.read(|tx| journal::entries_of(tx, &case.subject)).unwrap();
        assert_eq!(kinds.last().unwrap().kind, "incident.reminded");
    });
}
