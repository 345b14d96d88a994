use jiff::civil::date;

use super::*;

/// Ordinary spaces for the eye: the kinds of spaces have a test of their own.
fn plain(text: &str) -> String {
    text.replace([NO_BREAK, NARROW], " ")
}

#[test]
fn shares_are_rounded_half_to_even_at_the_second_decimal() {
    let check = |num, den, fr: &str, en: &str| {
        let value = Ratio::new(num, den);
        assert_eq!((plain(&share(value, Lang::Fr)), plain(&share(value, Lang::En))), (fr.to_owned(), en.to_owned()));
    };
    check(68, 73, "93,15 %", "93.15 %");
    check(9, 10, "90 %", "90 %");
    check(199, 200, "99,50 %", "99.50 %");
    // Both sides of a half, and a half with an even and an odd digit before it.
    check(931_649, 1_000_000, "93,16 %", "93.16 %");
    check(93_165, 100_000, "93,16 %", "93.16 %");
    check(93_175, 100_000, "93,18 %", "93.18 %");
    check(931_651, 1_000_000, "93,17 %", "93.17 %");
    check(-1, 3, "-33,33 %", "-33.33 %");
    check(0, 1, "0 %", "0 %");
    check(12, 1, "1 200 %", "1,200 %");
}

#[test]
fn a_share_that_is_only_close_to_a_whole_percentage_keeps_its_decimals() {
    assert_eq!(plain(&share(Ratio::new(899_999_999, 1_000_000_000), Lang::Fr)), "90,00 %");
    assert_eq!(plain(&share(Ratio::new(900_000_001, 1_000_000_000), Lang::En)), "90.00 %");
    assert_eq!(fraction(Ratio::new(136, 146)), "68/73");
}

#[test]
fn thousands_stand_apart_with_the_space_or_the_comma_of_the_language() {
    assert_eq!(number(999, Lang::Fr), "999");
    assert_eq!(number(1000, Lang::Fr), "1\u{202f}000");
    assert_eq!(number(-1_234_567, Lang::En), "-1,234,567");
    assert_eq!(count(12_345, Lang::Fr, "dossier", "dossiers"), "12\u{202f}345\u{a0}dossiers");
}

#[test]
fn zero_is_singular_in_french_and_plural_in_english() {
    let both = |n| (plain(&count(n, Lang::Fr, "dossier", "dossiers")), plain(&count(n, Lang::En, "case", "cases")));
    assert_eq!(both(0), ("0 dossier".into(), "0 cases".into()));
    assert_eq!(both(1), ("1 dossier".into(), "1 case".into()));
    assert_eq!(both(2), ("2 dossiers".into(), "2 cases".into()));
}

#[test]
fn open_time_stays_in_hours_and_keeps_what_is_below_a_second() {
    let check = |time: SignedDuration, expected: &str| assert_eq!(plain(&open_time(time, Lang::Fr)), expected);
    check(SignedDuration::ZERO, "0 min");
    check(SignedDuration::from_secs(59), "59 s");
    check(SignedDuration::from_secs(60), "1 min");
    check(SignedDuration::from_secs(2 * 3600 + 45 * 60), "2 h 45 min");
    check(SignedDuration::from_secs(27 * 3600), "27 h");
    check(SignedDuration::from_secs(1234 * 3600 + 1), "1 234 h 1 s");
    check(SignedDuration::new(30 * 60, 1000), "30 min 0,000001 s");
    check(SignedDuration::from_secs(-90), "-1 min 30 s");
    assert_eq!(plain(&civil_time(SignedDuration::from_secs(27 * 3600), Lang::Fr)), "1 j 3 h");
    assert_eq!(plain(&civil_time(SignedDuration::from_secs(27 * 3600), Lang::En)), "1 d 3 h");
}

#[test]
fn quantities_print_with_their_unit_and_their_exact_value() {
    let check = |value, fr: &str, exactly: &str| {
        assert_eq!((plain(&quantity(value, Lang::Fr)).as_str(), exact(value).as_str()), (fr, exactly));
    };
    check(Quantity::Share(Ratio::new(2, 3)), "66,67 %", "2/3");
    check(Quantity::Time(SignedDuration::from_mins(90)), "1 h 30 min", "5400");
    check(Quantity::Time(SignedDuration::from_millis(1500)), "1,5 s", "3/2");
    check(Quantity::Days(1), "1 jour", "1");
    check(Quantity::Weeks(-2), "-2 semaines", "-2");
    check(Quantity::Count(4200), "4 200", "4200");
}

#[test]
fn dates_and_months_follow_the_language() {
    assert_eq!(plain(&date_long(date(2026, 3, 12), Lang::Fr)), "12 mars 2026");
    assert_eq!(plain(&date_long(date(2026, 8, 1), Lang::Fr)), "1er août 2026");
    assert_eq!(plain(&date_long(date(2026, 3, 12), Lang::En)), "12 March 2026");
    let december = Month { first: date(2025, 12, 1) };
    assert_eq!(
        (month(december, Lang::Fr), month(december, Lang::En)),
        ("décembre 2025".into(), "December 2025".into())
    );
    assert_eq!((month_short(december, Lang::Fr), month_short(december, Lang::En)), ("déc.", "Dec"));
    assert_eq!(month_code(december), "2025-12");
}

#[test]
fn instants_show_seconds_only_when_there_are_some_and_tell_the_two_autumn_hours_apart() {
    let paris = TimeZone::get("Europe/Paris").unwrap();
    let check = |at: &str, expected: &str| assert_eq!(instant(at.parse().unwrap(), &paris), expected);
    check("2026-03-12T13:05:00Z", "12/03/2026 14:05");
    check("2026-03-12T13:05:07Z", "12/03/2026 14:05:07");
    check("2026-03-12T13:05:07.25Z", "12/03/2026 14:05:07.25");
    check("2026-10-25T00:30:00Z", "25/10/2026 02:30 (UTC+02)");
    check("2026-10-25T01:30:00Z", "25/10/2026 02:30 (UTC+01)");
}

#[test]
fn money_is_printed_to_the_cent() {
    assert_eq!(plain(&euros(125_050, Lang::Fr)), "1 250,50 €");
    assert_eq!(euros(5, Lang::En), "€0.05");
}

#[test]
fn a_delay_of_the_contract_is_worded_in_each_language() {
    for (text, fr) in [
        ("15 min", "15 min"),
        ("4 working days", "4 jours ouvrés"),
        ("1 working day", "1 jour ouvré"),
        ("1 month", "1 mois"),
        ("2 months", "2 mois"),
        ("2 years", "2 ans"),
        ("1 week", "1 semaine"),
    ] {
        let length = text.parse().unwrap();
        assert_eq!((plain(&delay(length, Lang::Fr)), plain(&delay(length, Lang::En))), (fr.into(), text.into()));
    }
}

#[test]
fn a_month_after_a_noun_is_elided_before_a_vowel() {
    let of = |n, lang| of_month(Month { first: date(2026, n, 1) }, lang);
    let elided = |n: &i8| of(*n, Lang::Fr).starts_with("d'");
    assert_eq!((1..=12).filter(elided).collect::<Vec<_>>(), [4, 8, 10]);
    assert_eq!((of(4, Lang::Fr).as_str(), of(3, Lang::Fr).as_str()), ("d'avril 2026", "de mars 2026"));
    assert_eq!(of(4, Lang::En), "of April 2026");
}
