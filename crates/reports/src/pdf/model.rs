//! The journal as texts that are already printed: the JSON file that the template reads.

use std::collections::BTreeMap;

use serde::Serialize;
use vigie_contract::{CalendarRule, Holidays, Window};
use vigie_rules::judgement::{IndicatorResult, Judgement, Month, Status};

use super::{
    sections::{Section, section},
    texts::texts,
};
use crate::{
    chart::{Chart, Ink, points_trend, sparkline},
    format::{self, Lang},
    journal::{JournalContext, PastMonth},
    words::{self, breakable, sentence},
};

#[derive(Serialize)]
pub(super) struct Journal {
    lang: &'static str,
    colon: &'static str,
    t: BTreeMap<&'static str, &'static str>,
    demo: Option<&'static str>,
    contract: String,
    month: String,
    customer: String,
    provider: Option<String>,
    version: String,
    as_of: String,
    generated: String,
    /// The figure of the cover and the word under it.
    total: String,
    total_word: &'static str,
    figures: Vec<Figure>,
    missed: Vec<Missed>,
    trend: Picture,
    rows: Vec<Row>,
    sections: Vec<Section>,
    penalties: Vec<Penalty>,
    total_amount: Option<String>,
    calendars: Vec<Pair>,
    conventions: Vec<Reading>,
    checkpoint: String,
    commands: String,
}

/// A drawing with what it says, for those who do not see it.
#[derive(Serialize)]
pub(super) struct Picture {
    svg: String,
    alt: String,
}

impl Picture {
    pub(super) fn of(chart: Chart, lang: Lang) -> Self {
        let cells: Vec<String> = chart.table.rows.iter().map(|r| r.join(lang.colon())).collect();
        Self { svg: chart.svg, alt: format!("{}. {}.", chart.table.caption, cells.join(lang.semicolon())) }
    }
}

#[derive(Serialize)]
struct Figure {
    value: String,
    name: &'static str,
}

#[derive(Serialize)]
struct Missed {
    row: String,
    label: String,
    about: String,
    why: String,
    points: String,
}

#[derive(Serialize)]
struct Row {
    row: String,
    label: String,
    about: String,
    cases: String,
    measured: String,
    expected: String,
    gap: String,
    steps: String,
    points: String,
    status: &'static str,
    missed: bool,
    trend: Picture,
}

#[derive(Serialize)]
struct Penalty {
    row: String,
    label: String,
    about: String,
    steps: String,
    weight: String,
    points: String,
    amount: Option<String>,
}

#[derive(Serialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Reading {
    clause: String,
    doubts: String,
    rule: String,
    choice: String,
}

pub(super) fn whole(n: u64, lang: Lang) -> String {
    format::number(n.into(), lang)
}

/// Everything that the template prints.
pub(super) fn journal(judgement: &Judgement, context: &JournalContext, lang: Lang) -> Journal {
    let trend = context.trend(judgement);
    let text = |label| breakable(lang.label(label));
    let missed = || judgement.indicators.iter().filter(|r| r.status == Status::Missed);
    let amount =
        |points: u64| context.point_value_cents.map(|c| format::euros(u128::from(points) * u128::from(c), lang));
    let wants_section = |r: &&IndicatorResult| matches!(r.status, Status::Missed | Status::NotComputable);
    Journal {
        lang: lang.code(),
        colon: lang.colon(),
        t: texts(lang),
        demo: context.demo.then(|| lang.pick("DÉMONSTRATION : données inventées", "DEMONSTRATION: invented data")),
        contract: text(&context.contract_label),
        month: sentence(&format::month(judgement.month, lang)),
        customer: text(&context.customer),
        provider: context.provider.as_ref().map(text),
        version: breakable(&judgement.version),
        as_of: format::instant(judgement.as_of, &context.zone),
        generated: format::instant(context.generated_at, &context.zone),
        total: whole(judgement.total_points, lang),
        total_word: plural(
            judgement.total_points,
            lang,
            ("point de pénalité", "points de pénalité"),
            ("penalty point", "penalty points"),
        ),
        figures: figures(judgement, &trend, lang),
        missed: missed().map(|r| missed_line(r, context, lang)).collect(),
        trend: total_trend(&trend, lang),
        rows: judgement.indicators.iter().map(|r| row(r, &trend, context, lang)).collect(),
        sections: judgement
            .indicators
            .iter()
            .filter(wants_section)
            .map(|r| section(r, &trend, context, lang))
            .collect(),
        penalties: judgement
            .indicators
            .iter()
            .filter(|r| r.points > 0)
            .map(|r| penalty(r, context, lang, &amount))
            .collect(),
        total_amount: amount(judgement.total_points),
        calendars: context.calendars.iter().map(|c| Pair { name: text(&c.label), value: calendar(c, lang) }).collect(),
        conventions: context
            .conventions
            .iter()
            .map(|c| Reading {
                clause: breakable(&c.clause),
                doubts: breakable(&c.doubts.join(", ")),
                rule: text(&c.label),
                choice: sentence(&text(&c.choice)),
            })
            .collect(),
        checkpoint: note(&context.head.note),
        commands: commands(judgement.month, &context.head.key, lang),
    }
}

fn plural(n: u64, lang: Lang, fr: (&'static str, &'static str), en: (&'static str, &'static str)) -> &'static str {
    match lang {
        Lang::Fr => {
            if n <= 1 {
                fr.0
            } else {
                fr.1
            }
        }
        Lang::En => {
            if n == 1 {
                en.0
            } else {
                en.1
            }
        }
    }
}

fn figures(judgement: &Judgement, trend: &[PastMonth], lang: Lang) -> Vec<Figure> {
    let with = |status: Status| judgement.indicators.iter().filter(|r| r.status == status).count();
    let figure = |n: u64, name| Figure { value: whole(n, lang), name };
    let rows =
        |status, name| Figure { value: format::number(i128::try_from(with(status)).unwrap_or(i128::MAX), lang), name };
    let mut found = vec![
        figure(judgement.total_points, "points"),
        rows(Status::Met, lang.pick("indicateurs tenus", "indicators met")),
        rows(Status::Missed, lang.pick("indicateurs manqués", "indicators missed")),
        rows(Status::NoData, lang.pick("sans objet ce mois-ci", "without data this month")),
        rows(Status::NotComputable, lang.pick("non calculables", "not computable")),
    ];
    if let [.., before, _] = trend {
        let change = i128::from(judgement.total_points) - i128::from(before.total_points);
        let sign = if change > 0 { "+" } else { "" };
        found.push(Figure {
            value: format!("{sign}{}", format::number(change, lang)),
            name: lang.pick("points par rapport au mois précédent", "points compared with the month before"),
        });
    }
    if judgement.unclassified > 0 {
        found.push(figure(
            judgement.unclassified,
            lang.pick("incidents sans priorité, hors de toute ligne", "incidents without priority, in no row"),
        ));
    }
    found
}

fn missed_line(result: &IndicatorResult, context: &JournalContext, lang: Lang) -> Missed {
    let measured = words::quantity(result.measured, lang);
    let expected = words::quantity(result.expected, lang);
    Missed {
        row: result.row.to_string(),
        label: breakable(&words::row_label(result, lang)),
        about: breakable(context.perimeter(result.row, lang)),
        why: match lang {
            Lang::Fr => format!("{measured} pour {expected} attendu"),
            Lang::En => format!("{measured} for {expected} expected"),
        },
        points: format::count(result.points, lang, "point", "points"),
    }
}

fn total_trend(trend: &[PastMonth], lang: Lang) -> Picture {
    let months: Vec<_> = trend.iter().map(|m| (m.month, m.total_points)).collect();
    Picture::of(
        points_trend(
            "total",
            lang.pick("Points des douze derniers mois", "Points over the last twelve months"),
            &months,
            lang,
            Ink::Paper,
        ),
        lang,
    )
}

fn row(result: &IndicatorResult, trend: &[PastMonth], context: &JournalContext, lang: Lang) -> Row {
    let months: Vec<_> =
        trend.iter().filter_map(|m| m.row(result.row, result.key.as_deref()).map(|r| (m.month, r.points))).collect();
    let title = format!("{} {}", lang.pick("Points, ligne", "Points, row"), words::row_name(result));
    let values: Vec<String> =
        months.iter().map(|(m, p)| format!("{}{}{}", format::month(*m, lang), lang.colon(), whole(*p, lang))).collect();
    Row {
        row: result.row.to_string(),
        label: breakable(&words::row_label(result, lang)),
        about: breakable(context.perimeter(result.row, lang)),
        cases: whole(result.population, lang),
        measured: words::quantity(result.measured, lang),
        expected: words::quantity(result.expected, lang),
        gap: words::gap(result, lang),
        steps: whole(result.steps, lang),
        points: whole(result.points, lang),
        status: words::status(result.status, lang),
        missed: result.status == Status::Missed,
        trend: Picture {
            svg: sparkline("s", &title, &months, lang, Ink::Paper),
            alt: format!("{title}. {}.", values.join(lang.semicolon())),
        },
    }
}

fn penalty(
    result: &IndicatorResult,
    context: &JournalContext,
    lang: Lang,
    amount: &dyn Fn(u64) -> Option<String>,
) -> Penalty {
    Penalty {
        row: result.row.to_string(),
        label: breakable(&words::row_label(result, lang)),
        about: breakable(context.perimeter(result.row, lang)),
        steps: whole(result.steps, lang),
        weight: whole(result.weight.into(), lang),
        points: whole(result.points, lang),
        amount: amount(result.points),
    }
}

/// What the reader types: the export whole and of this journal, going on from the head that stands here, and
/// this month once more.
fn commands(month: Month, key: &str, lang: Lang) -> String {
    let (head, folder) = (lang.pick("TÊTE", "HEAD"), lang.pick("DOSSIER", "FOLDER"));
    // Of a journal without a head there is no key: the one in the export then has to do.
    let key = if key.is_empty() { String::new() } else { format!(" \\\n  --key '{}'", note(key)) };
    format!(
        "vigie verify EXPORT --since {head}{key}\nvigie judge {month} --from EXPORT --contract {folder} --format json{key}"
    )
}

/// The signed note as it stands, without characters that no font prints.
fn note(text: &str) -> String {
    text.trim_end().chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// Opening hours in words: `lun.–ven. 08:00-18:00 ; fermé les jours fériés`.
fn calendar(rule: &CalendarRule, lang: Lang) -> String {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let w = &rule.weekly;
    let week = [
        (Monday, &w.mon),
        (Tuesday, &w.tue),
        (Wednesday, &w.wed),
        (Thursday, &w.thu),
        (Friday, &w.fri),
        (Saturday, &w.sat),
        (Sunday, &w.sun),
    ];
    let hours = |windows: &[Window]| windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    for group in week.chunk_by(|a, b| a.1 == b.1) {
        let ([(first, windows), ..], [.., (last, _)]) = (group, group) else { continue };
        if windows.is_empty() {
            continue;
        }
        let (from, to) = (format::weekday_short(*first, lang), format::weekday_short(*last, lang));
        let days = if first == last { from.to_owned() } else { format!("{from}–{to}") };
        parts.push(format!("{days} {}", hours(windows)));
    }
    parts.push(
        match rule.holidays {
            Holidays::None => lang.pick("ouvert les jours fériés", "open on public holidays"),
            Holidays::FrenchMetropole => lang.pick("fermé les jours fériés", "closed on French public holidays"),
            Holidays::FrenchAlsaceMoselle => {
                lang.pick("fermé les jours fériés d'Alsace-Moselle", "closed on the public holidays of Alsace-Moselle")
            }
        }
        .to_owned(),
    );
    for day in &rule.exceptions {
        let open = if day.windows.is_empty() { lang.pick("fermé", "closed").to_owned() } else { hours(&day.windows) };
        parts.push(format!("{} {open} ({})", format::date_short(day.date), breakable(lang.label(&day.label))));
    }
    parts.join(lang.semicolon())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use vigie_contract::{CalendarId, ExceptionalDay, WeeklyWindows};

    use super::*;
    use crate::sample::label;

    #[test]
    fn a_calendar_is_told_by_runs_of_days_with_the_same_hours() {
        let day = || vec!["08:00-18:00".parse().unwrap()];
        let rule = CalendarRule {
            id: CalendarId::from("HO"),
            weekly: WeeklyWindows {
                mon: day(),
                tue: day(),
                wed: day(),
                thu: day(),
                fri: day(),
                sat: vec!["09:00-12:00".parse().unwrap()],
                sun: vec![],
            },
            holidays: Holidays::FrenchMetropole,
            exceptions: vec![ExceptionalDay {
                date: date(2026, 5, 15),
                windows: vec![],
                label: label("pont", "bridge"),
            }],
            clause: String::new(),
            label: label("Heures ouvrées", "Opening hours"),
            from: None,
            to: None,
            doubts: vec![],
            choice: None,
        };
        assert_eq!(
            calendar(&rule, Lang::Fr),
            "lun.–ven. 08:00-18:00\u{a0}; sam. 09:00-12:00\u{a0}; fermé les jours fériés\u{a0}; 15/05/2026 fermé (pont)"
        );
        assert_eq!(
            calendar(&rule, Lang::En),
            "Mon–Fri 08:00-18:00; Sat 09:00-12:00; closed on French public holidays; 15/05/2026 closed (bridge)"
        );
    }
}
