//! The demonstrated year, as the program keeps and judges it.

use jiff::civil::{Date, date};
use vigie::features::judgement::{self, last_over};
use vigie_rules::judgement::Month;
use vigie_testkit::{Place, on_both};

use crate::{
    site::Site,
    support::{json_without_head, judge, open_demo, seed},
};

const TODAY: Date = date(2026, 11, 24);

#[test]
fn every_month_of_the_demonstrated_year_is_judged_and_the_same_on_both_engines() {
    let both = [Place::sqlite(), Place::postgres()].map(|place| {
        let vigie = open_demo(&place);
        seed(&vigie, TODAY);
        let head = vigie.store.read(vigie_store::journal::head).unwrap();
        seed(&vigie, TODAY);
        assert_eq!(vigie.store.read(vigie_store::journal::head).unwrap(), head, "made once");

        let (first, last) = vigie.store.read(|tx| judgement::months(tx, &vigie.promise.rulebook)).unwrap().unwrap();
        assert_eq!((Month::of(date(2025, 11, 1)), Month::of(TODAY)), (first, last));
        (0..13).map(|n| judge(&vigie, &first.plus(n).to_string())).collect::<Vec<_>>()
    });
    for (sqlite, postgres) in both[0].iter().zip(&both[1]) {
        let month = sqlite.judgement.month;
        assert_eq!(json_without_head(sqlite), json_without_head(postgres), "{month}");
        let points = sqlite.judgement.total_points;
        assert_eq!(points, sqlite.judgement.indicators.iter().map(|i| i.points).sum::<u64>(), "{month}");
        // A provider that holds, with bad weeks: never a disaster, and only the month in course, which has few
        // cases yet, may be without a point.
        assert!((u64::from(month != Month::of(TODAY))..400).contains(&points), "{month}: {points} points");
        assert_eq!(sqlite.judgement.unclassified, 0, "{month}");
    }
}

#[test]
fn a_demonstration_that_was_cut_is_completed_and_a_real_journal_is_never_mixed_with_one() {
    on_both(|place| {
        let vigie = open_demo(place);
        seed(&vigie, TODAY);
        let accounts = |v: &vigie::app::Vigie| {
            v.store.read(|tx| tx.query_one("SELECT COUNT(*) FROM account", &[], |row| row.u64(0))).unwrap()
        };
        let (made, head) = (accounts(&vigie), vigie.store.read(vigie_store::journal::head).unwrap().size);
        let cut = vigie.store.write(|tx| tx.execute("DELETE FROM account WHERE name LIKE 'g%'", &[])).unwrap();
        assert!((1..made).contains(&cut), "{cut} of {made}");
        seed(&vigie, TODAY);
        // Each account that is made again is an entry; nothing else is.
        assert_eq!((accounts(&vigie), vigie.store.read(vigie_store::journal::head).unwrap().size), (made, head + cut));

        let real = place.another();
        let vigie = crate::support::open(&real);
        let refused = vigie::live::seed_demo(&vigie, TODAY, &[], crate::support::now()).unwrap_err();
        assert!(refused.to_string().contains("is not a demonstration"), "{refused}");
    });
}

#[test]
fn vips_stand_out_in_the_queue_and_are_never_more_than_the_contract_counts() {
    on_both(|place| {
        let site = Site::demo(place, TODAY);
        let flags = site.store().read(|tx| {
            let sql = "SELECT vip, COUNT(DISTINCT requester), COUNT(*) FROM desk_case WHERE vip IS NOT NULL \
                       GROUP BY vip ORDER BY vip";
            let mut flags = Vec::new();
            tx.query(sql, &[], |row| {
                flags.push((row.text(0)?.to_owned(), row.u64(1)?, row.u64(2)?));
                Ok(())
            })?;
            Ok::<_, vigie_store::StoreError>(flags)
        });
        let [(vip, vips, of_vips), (vvip, vvips, of_vvips)] = &flags.unwrap()[..] else { panic!("two flags") };
        assert_eq!((vip.as_str(), vvip.as_str()), ("vip", "vvip"));
        // 328 VIPs and 43 VVIPs (3.7.1.5), each of whom may call more than once.
        assert!((60..=328).contains(vips) && of_vips >= vips, "{vips} VIPs with {of_vips} cases");
        assert!((20..=43).contains(vvips) && of_vvips >= vvips, "{vvips} VVIPs with {of_vvips} cases");

        let session = site.session("go.martin");
        let all = site.get(&session, "/dossiers?vip=oui&etat=tous");
        let star = |flag: &str| all.body.contains(&format!("</svg>{flag}</span>"));
        assert!(star("VIP") && star("VVIP"), "{}", all.words());
        for (view, what) in
            [("vip=oui&etat=ouverts", "a VIP"), ("chez=moi", "mine"), ("equipe=go&etat=new", "my group's")]
        {
            let page = site.get(&session, &format!("/dossiers?{view}"));
            assert!(
                !page.links("/dossiers/VG-").is_empty() || page.body.contains("<th scope=\"row\">"),
                "{what}: {}",
                page.words()
            );
        }
    });
}

#[test]
fn last_month_is_the_one_that_is_over_where_the_contract_is() {
    let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
    let month = |text: &str| text.parse::<Month>().unwrap();
    let span = (month("2025-11"), month("2026-11"));
    let check = |now: &str, expected: &str| {
        assert_eq!(last_over(span, now.parse().unwrap(), &zone), month(expected), "{now}");
    };
    check("2026-11-24T09:00:00Z", "2026-10");
    // Midnight in Paris is 23:00 UTC in winter.
    check("2026-11-30T22:59:59Z", "2026-10");
    check("2026-11-30T23:00:00Z", "2026-11");
    check("2031-01-01T00:00:00Z", "2026-11");
    check("2025-12-01T00:00:00Z", "2025-11");
    // While none is over, the first is all there is to see.
    check("2025-11-30T22:59:59Z", "2026-11");
}
