//! Makes a large synthetic month and prints it, to look at and to time.
//!
//! `cargo run --release -p vigie-reports --example journal -- fr journal.pdf journal.xlsx`

use std::{env, error::Error, fs};

use jiff::{SignedDuration, Timestamp, civil::date, tz::TimeZone};
use num_rational::Ratio;
use vigie_contract::{CalendarId, CalendarRule, ClockId, Holidays, Label, Priority, WeeklyWindows};
use vigie_reports::{
    format::Lang,
    journal::{Convention, JournalContext, PastMonth, SignedHead},
    pdf::{Fonts, PdfRenderer},
    text::month_table,
    xlsx::workbook,
};
use vigie_rules::{
    fact::Subject,
    judgement::{IndicatorResult, Item, Judgement, Month, Quantity, Status},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let lang = if arguments.next().as_deref() == Some("en") { Lang::En } else { Lang::Fr };
    let pdf = arguments.next().unwrap_or_else(|| "journal.pdf".to_owned());
    let xlsx = arguments.next();
    let judgement = judgement(Month { first: date(2026, 3, 1) });
    let context = context(&judgement)?;
    println!("{}", month_table(&judgement, &context.zone, lang, 120));

    let renderer = PdfRenderer::new(&Fonts::bundled())?;
    let before = self::judgement(judgement.month.plus(-1));
    // The first render pays for what later ones keep; the last one is what a server does all day.
    for (run, month) in [("cold", &judgement), ("again", &judgement), ("another month", &before), ("back", &judgement)]
    {
        #[expect(clippy::disallowed_methods, reason = "an example that times itself")]
        let start = std::time::Instant::now();
        let bytes = renderer.journal(month, &context, lang)?;
        println!("{run}: {:?}, {} bytes", start.elapsed(), bytes.len());
        fs::write(&pdf, bytes)?;
    }
    if let Some(path) = xlsx {
        fs::write(path, workbook(&judgement, &context, lang)?)?;
    }
    Ok(())
}

fn label(fr: &str, en: &str) -> Label {
    Label { fr: fr.to_owned(), en: en.to_owned() }
}

const NAMES: [(&str, &str); 8] = [
    ("Résolution d'un incident P1/P2", "Resolution of a P1/P2 incident"),
    ("Résolution d'un incident P2/P3/P4", "Resolution of a P2/P3/P4 incident"),
    (
        "Résolution des incidents P1/P2 dans le mois, 90 % dans la GTR",
        "Resolution of P1/P2 incidents in the month, 90 % within the target",
    ),
    (
        "Remise d'un rapport d'incident majeur complet et du bilan",
        "Delivery of a complete major incident report and review",
    ),
    ("Délai d'information du CD13", "Time to inform CD13"),
    (
        "Traitement des demandes cataloguées (un indicateur par type de demande)",
        "Handling of catalogue requests (one indicator per request type)",
    ),
    ("Disponibilité des éléments nécessaires aux statistiques DQA", "Availability of the inputs to DQA statistics"),
    (
        "Mise à jour de la base documentaire (ajout, modification, suppression)",
        "Updating the document base (addition, change, removal)",
    ),
];

fn judgement(month: Month) -> Judgement {
    let indicators: Vec<IndicatorResult> = (1..=34).map(|row| indicator(row, month)).collect();
    Judgement {
        contract: "callipso".to_owned(),
        version: "2026-01-01".to_owned(),
        month,
        as_of: "2026-04-02T06:00:00Z".parse().unwrap_or_default(),
        total_points: indicators.iter().map(|r| r.points).sum(),
        unclassified: 2,
        indicators,
    }
}

fn indicator(row: u8, month: Month) -> IndicatorResult {
    let (fr, en) = NAMES.get(usize::from(row) % NAMES.len()).copied().unwrap_or_default();
    let salt = i64::from(row) * 7 + i64::from(month.first.month()) * 3;
    let weight = u32::from(row) % 5 + 1;
    let mut result = IndicatorResult {
        key: (row == 23).then(|| "poste-fixe".to_owned()),
        key_label: (row == 23).then(|| label("Poste fixe", "Desk phone")),
        ..IndicatorResult::blank(row, "3.4.6.1".to_owned(), label(fr, en), weight)
    };
    match row % 4 {
        0 => {}
        1 if row.is_multiple_of(3) => {
            result.status = Status::NotComputable;
            result.notes.push(label(
                "la convention de service ne donne pas de délai pour : résolution d'un problème P1",
                "the convention de service gives no delay for: resolution of a P1 problem",
            ));
        }
        1 => {
            let count = 240 + salt % 50;
            result.items = (0..count).map(|n| item(n, salt, true, weight)).collect();
            result.population = 400;
            result.measured = Some(Quantity::Count(count));
            result.expected = Some(Quantity::Count(0));
            result.step = Some(Quantity::Time(SignedDuration::from_hours(2)));
            result.steps = result.items.iter().map(|i| i.steps).sum();
            result.gap =
                Some(Quantity::Time(result.items.iter().filter_map(|i| i.elapsed?.checked_sub(i.target?)).sum()));
            result.status = Status::Missed;
        }
        _ => {
            let late = salt % 23;
            let measured = Ratio::new(150 - late, 150);
            let gap = (Ratio::new(9, 10) - measured).max(Ratio::from_integer(0));
            result.items = (0..late).map(|n| item(n, salt, false, weight)).collect();
            result.population = 150;
            result.measured = Some(Quantity::Share(measured));
            result.expected = Some(Quantity::Share(Ratio::new(9, 10)));
            result.step = Some(Quantity::Share(Ratio::new(1, 100)));
            result.gap = Some(Quantity::Share(gap));
            result.steps = u64::try_from((gap * Ratio::from_integer(100)).ceil().to_integer()).unwrap_or(0);
            result.status = if result.steps > 0 { Status::Missed } else { Status::Met };
        }
    }
    result.points = result.steps * u64::from(weight);
    result
}

fn item(n: i64, salt: i64, by_case: bool, weight: u32) -> Item {
    let start: Timestamp = "2026-03-02T07:10:00Z".parse().unwrap_or_default();
    let start = start + SignedDuration::from_mins(n * 317 + salt);
    let over = 20 + (n * 97 + salt * 13) % 600;
    let steps = if by_case { u64::try_from(over).unwrap_or(0).div_ceil(120) } else { 0 };
    let hours = over / 60;
    Item {
        subject: Subject(format!("case/INC{:07}", salt * 1000 + n)),
        points: by_case.then(|| steps * u64::from(weight)),
        steps,
        reason: label(
            &format!("dépassement de {hours} h {:02} min", over % 60),
            &format!("over by {hours} h {:02} min", over % 60),
        ),
        priority: Priority::ALL.get(usize::try_from(n % 4).unwrap_or(0)).copied(),
        clock: Some(ClockId::from("restoration")),
        start: Some(start),
        stop: (n % 11 != 5).then(|| start + SignedDuration::from_mins(240 + over)),
        due: Some(start + SignedDuration::from_mins(240)),
        elapsed: Some(SignedDuration::from_mins(240 + over)),
        target: Some(SignedDuration::from_mins(240)),
    }
}

fn context(judgement: &Judgement) -> Result<JournalContext, Box<dyn Error>> {
    let day = || "08:00-18:00".parse().map(|w| vec![w]);
    let calendar = CalendarRule {
        id: CalendarId::from("HO"),
        weekly: WeeklyWindows {
            mon: day()?,
            tue: day()?,
            wed: day()?,
            thu: day()?,
            fri: day()?,
            ..WeeklyWindows::default()
        },
        holidays: Holidays::FrenchMetropole,
        exceptions: Vec::new(),
        clause: "3.7.1.2".to_owned(),
        label: label("Heures ouvrées", "Opening hours"),
        from: None,
        to: None,
        doubts: Vec::new(),
        choice: None,
    };
    let convention = |n: u32| Convention {
        clause: "3.4.6.1".to_owned(),
        label: label("Résolution des incidents P1/P2 dans le mois", "Resolution of P1/P2 incidents in the month"),
        choice: label(
            "la ligne 13 double la ligne 11 avec un poids de 2 au lieu de 3 ; la ligne 11, la plus forte, est retenue",
            "row 13 duplicates row 11 with weight 2 instead of 3; row 11, the stronger, is kept",
        ),
        doubts: vec![format!("AMB-{n:02}")],
    };
    Ok(JournalContext {
        contract_label: label("Callipso, téléphonie fixe du Département", "Callipso, the Département's fixed telephony"),
        customer: label("Département des Bouches-du-Rhône", "Département des Bouches-du-Rhône"),
        provider: None,
        zone: TimeZone::get("Europe/Paris")?,
        generated_at: "2026-04-03T06:30:00Z".parse()?,
        demo: true,
        head: SignedHead {
            note: "vigie.example/callipso\n48211\nVGhlIGhhc2ggb2YgdGhlIHRyZWUgc3RhbmRzIGhlcmU=\n\n— vigie.example/callipso Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n".to_owned(),
            key: "vigie.example/callipso+033de096+AZTH4nD3VdAYZj2z8cNFIgj7Y0pPrvqRqDZTm7Jq5gGD".to_owned(),
        },
        point_value_cents: Some(15_000),
        history: (1..12).map(|back| PastMonth::from(&self::judgement(judgement.month.plus(-back)))).collect(),
        perimeters: (1..=34).map(|row| (row, label("Gestion des incidents, majeurs", "Incident management, major"))).collect(),
        calendars: vec![calendar],
        conventions: (1..40).map(convention).collect(),
    })
}
