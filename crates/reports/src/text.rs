//! The month as a table for a terminal.
//!
//! Columns are as wide as what they hold; the indicator's name takes what is left and wraps. When too
//! little is left, the figures move under the name. Widths are counted in terminal cells, so accents
//! and wide characters keep the columns aligned. Control characters of outside text never reach the
//! terminal.

use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;
use vigie_rules::judgement::{IndicatorResult, Judgement};

use crate::{
    format::{self, Lang},
    words::{self, printable},
};

/// The name keeps at least this many cells beside the figures; below it they move to a line of their own.
const MIN_NAME: usize = 24;
/// Below this width nothing can be aligned, so lines overflow instead.
const MIN_WIDTH: usize = 40;
const GAP: usize = 2;
const FIGURES: usize = 7;

/// The month as lines of at most `width` cells (at least 40), ended by a line feed.
#[must_use]
pub fn month_table(judgement: &Judgement, zone: &TimeZone, lang: Lang, width: usize) -> String {
    let width = width.max(MIN_WIDTH);
    let mut out = Lines::default();
    out.wrapped(
        &format!(
            "{} · {} · version {}",
            printable(&judgement.contract),
            format::month(judgement.month, lang),
            printable(&judgement.version)
        ),
        width,
        0,
    );
    out.wrapped(
        &format!(
            "{} {}",
            lang.pick("Faits connus jusqu'au", "Facts known until"),
            format::instant(judgement.as_of, zone)
        ),
        width,
        0,
    );
    out.line("");
    table(judgement, lang, width, &mut out);
    out.line("");
    out.line(&format!("Total{}{}", lang.colon(), format::count(judgement.total_points, lang, "point", "points")));
    notes(judgement, lang, width, &mut out);
    out.0
}

struct Row {
    number: String,
    name: String,
    /// Population, measured, expected, gap, steps, points: to the right; status: to the left.
    figures: [String; FIGURES],
}

fn header(lang: Lang) -> Row {
    let pick = |fr, en| lang.pick(fr, en).to_owned();
    Row {
        number: pick("N°", "No"),
        name: pick("Indicateur", "Indicator"),
        figures: [
            pick("Cas", "Cases"),
            pick("Mesuré", "Measured"),
            pick("Attendu", "Expected"),
            pick("Écart", "Gap"),
            pick("Pas", "Steps"),
            pick("Points", "Points"),
            pick("État", "Status"),
        ],
    }
}

fn row(result: &IndicatorResult, lang: Lang) -> Row {
    Row {
        number: result.row.to_string(),
        name: printable(&words::row_label(result, lang)),
        figures: [
            format::number(result.population.into(), lang),
            words::quantity(result.measured, lang),
            words::quantity(result.expected, lang),
            words::gap(result, lang),
            format::number(result.steps.into(), lang),
            format::number(result.points.into(), lang),
            words::status(result.status, lang).to_owned(),
        ],
    }
}

fn table(judgement: &Judgement, lang: Lang, width: usize, out: &mut Lines) {
    let head = header(lang);
    let rows: Vec<Row> = judgement.indicators.iter().map(|r| row(r, lang)).collect();
    let all = || std::iter::once(&head).chain(&rows);
    let number = all().map(|r| r.number.width()).max().unwrap_or(0);
    let mut widths = [0; FIGURES];
    for r in all() {
        for (w, cell) in widths.iter_mut().zip(&r.figures) {
            *w = (*w).max(cell.width());
        }
    }
    let figures = widths.iter().sum::<usize>() + GAP * (FIGURES - 1);
    let longest = all().map(|r| r.name.width()).max().unwrap_or(0);
    let left = width.saturating_sub(number + GAP + GAP + figures);
    let name = if left >= MIN_NAME.min(longest) { Some(longest.min(left)) } else { None };
    let ruler = name.map_or(width, |n| number + GAP + n + GAP + figures);

    print_row(&head, number, name, &widths, width, out);
    out.line(&"─".repeat(ruler));
    for r in &rows {
        print_row(r, number, name, &widths, width, out);
    }
    out.line(&"─".repeat(ruler));
}

fn print_row(row: &Row, number: usize, name: Option<usize>, widths: &[usize; FIGURES], width: usize, out: &mut Lines) {
    let indent = " ".repeat(number + GAP);
    let mut figures = String::new();
    for (i, (cell, w)) in row.figures.iter().zip(widths).enumerate() {
        let pad = " ".repeat(w.saturating_sub(cell.width()));
        let gap = if i > 0 { " ".repeat(GAP) } else { String::new() };
        let last = i + 1 == FIGURES;
        figures.push_str(&if last { format!("{gap}{cell}{pad}") } else { format!("{gap}{pad}{cell}") });
    }
    let lines = wrap(&row.name, name.unwrap_or_else(|| width.saturating_sub(number + GAP)));
    for (i, line) in lines.iter().enumerate() {
        let lead =
            if i == 0 { format!("{}{}", pad_left(&row.number, number), " ".repeat(GAP)) } else { indent.clone() };
        match name {
            Some(n) if i == 0 => out.line(&format!(
                "{lead}{line}{}{}{figures}",
                " ".repeat(n.saturating_sub(line.width())),
                " ".repeat(GAP)
            )),
            _ => out.line(&format!("{lead}{line}")),
        }
    }
    if name.is_none() {
        out.line(&format!("{indent}{figures}"));
    }
}

fn notes(judgement: &Judgement, lang: Lang, width: usize, out: &mut Lines) {
    let mut first = true;
    for result in &judgement.indicators {
        for note in words::notes(result, lang) {
            if std::mem::take(&mut first) {
                out.line("");
                out.line(lang.pick("Notes", "Notes"));
            }
            let name = format!("{} {}", lang.pick("Ligne", "Row"), words::row_name(result));
            out.wrapped(&printable(&format!("{name}{}{note}", lang.colon())), width, GAP);
        }
    }
}

/// Lines under construction, without spaces at their end.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    /// Wraps, with the lines after the first set in by `indent`.
    fn wrapped(&mut self, text: &str, width: usize, indent: usize) {
        for (i, line) in wrap(text, width.saturating_sub(indent)).iter().enumerate() {
            self.line(&format!("{}{line}", " ".repeat(if i == 0 { 0 } else { indent })));
        }
    }
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

/// Breaks at ordinary spaces; a word longer than a line is cut. Always gives one line at least.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let Some(line) = lines.last_mut() else { continue };
        let space = usize::from(!line.is_empty());
        if line.width() + space + word.width() <= width {
            if space == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        let mut rest = String::new();
        for c in word.chars() {
            rest.push(c);
            if rest.width() > width {
                rest.pop();
                lines.push(std::mem::replace(&mut rest, c.to_string()));
            }
        }
        lines.push(rest);
    }
    if lines.len() > 1 && lines.first().is_some_and(String::is_empty) {
        lines.remove(0);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn table(lang: Lang, width: usize) -> String {
        month_table(&sample::judgement(), &TimeZone::get("Europe/Paris").unwrap(), lang, width)
    }

    #[test]
    fn a_wide_terminal_shows_one_aligned_table_in_french() {
        insta::assert_snapshot!(table(Lang::Fr, 132), @r#"
        callipso · mars 2016 · version 2016-01-01
        Faits connus jusqu'au 01/04/2016 08:30

        N°  Indicateur                                                   Cas   Mesuré  Attendu    Écart  Pas  Points  État
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
         9  Résolution d'un incident P1/P2                                12        2        0        2    4       8  manqué
        11  Résolution des incidents P1/P2 dans le mois                   73  87,67 %     90 %   2,33 %    3       6  manqué
        13  Résolution des incidents P1/P2 dans le mois                    0        –        –        –    0       0  désactivé
        19  Respect des délais des problèmes P1                            4        –        –        –    0       0  non calculable
        23  =cmd|' /C calc'!A0 *#panic()* <b>&"é [31m (=1+1)               1    100 %     80 %        –    0       0  tenu
        30  Disponibilité des éléments nécessaires aux statistiques DQA    1  2 jours   0 jour  2 jours    2      14  manqué
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

        Total : 28 points

        Notes
        Ligne 11 : Provisoire : 1 dossier encore ouvert.
        Ligne 13 : Désactivé : double de la ligne 11 (AMB-01).
        Ligne 19 : Non calculable : la convention de service ne donne pas le délai d'un problème P1.
        "#);
    }

    #[test]
    fn the_table_exists_in_english() {
        insta::assert_snapshot!(table(Lang::En, 110), @r#"
        callipso · March 2016 · version 2016-01-01
        Facts known until 01/04/2016 08:30

        No  Indicator                                 Cases  Measured  Expected     Gap  Steps  Points  Status
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
         9  Resolution of a P1/P2 incident               12         2         0       2      4       8  missed
        11  Resolution of P1/P2 incidents in the         73   87.67 %      90 %  2.33 %      3       6  missed
            month
        13  Resolution of P1/P2 incidents in the          0         –         –       –      0       0  disabled
            month
        19  P1 problems within their delay                4         –         –       –      0       0  not computable
        23  =cmd|' /C calc'!A0 *#panic()* <b>&"é          1     100 %      80 %       –      0       0  met
            [31m (=1+1)
        30  Availability of the inputs to DQA             1    2 days    0 days  2 days      2      14  missed
            statistics
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

        Total: 28 points

        Notes
        Row 11: Provisional: 1 case still open.
        Row 13: Disabled: duplicate of row 11 (AMB-01).
        Row 19: Not computable: the convention de service gives no delay for a P1 problem.
        "#);
    }

    #[test]
    fn a_narrow_terminal_gets_the_figures_under_each_name() {
        insta::assert_snapshot!(table(Lang::Fr, 80), @r#"
        callipso · mars 2016 · version 2016-01-01
        Faits connus jusqu'au 01/04/2016 08:30

        N°  Indicateur
            Cas   Mesuré  Attendu    Écart  Pas  Points  État
        ────────────────────────────────────────────────────────────────────────────────
         9  Résolution d'un incident P1/P2
             12        2        0        2    4       8  manqué
        11  Résolution des incidents P1/P2 dans le mois
             73  87,67 %     90 %   2,33 %    3       6  manqué
        13  Résolution des incidents P1/P2 dans le mois
              0        –        –        –    0       0  désactivé
        19  Respect des délais des problèmes P1
              4        –        –        –    0       0  non calculable
        23  =cmd|' /C calc'!A0 *#panic()* <b>&"é [31m (=1+1)
              1    100 %     80 %        –    0       0  tenu
        30  Disponibilité des éléments nécessaires aux statistiques DQA
              1  2 jours   0 jour  2 jours    2      14  manqué
        ────────────────────────────────────────────────────────────────────────────────

        Total : 28 points

        Notes
        Ligne 11 : Provisoire : 1 dossier encore ouvert.
        Ligne 13 : Désactivé : double de la ligne 11 (AMB-01).
        Ligne 19 : Non calculable : la convention de service ne donne pas le délai
          d'un problème P1.
        "#);
    }

    #[test]
    fn no_line_is_wider_than_asked_and_none_ends_with_a_space() {
        for lang in Lang::ALL {
            for width in [72, 80, 81, 100, 132, 200] {
                for line in table(lang, width).lines() {
                    assert!(line.width() <= width && line.trim_end() == line, "{width}: {} {line:?}", line.width());
                }
            }
        }
    }

    #[test]
    fn outside_text_cannot_drive_the_terminal() {
        assert!(!table(Lang::Fr, 100).contains('\u{1b}'));
    }

    #[test]
    fn wrapping_cuts_only_words_longer_than_a_line() {
        assert_eq!(wrap("un deux trois", 8), ["un deux", "trois"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("été à", 5), ["été à"]);
        assert_eq!(wrap("漢字漢字", 4), ["漢字", "漢字"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
