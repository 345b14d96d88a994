//! Tables in plain text, for terminals: columns aligned, long cells folded at spaces.

/// Widest cell, in characters, before it is folded.
const WIDEST: usize = 56;

/// A table under construction.
pub(super) struct Table {
    headers: Vec<String>,
    rows: Vec<Row>,
}

enum Row {
    Cells(Vec<String>),
    /// A remark below the row before it, across the columns.
    Note(String),
}

impl Table {
    pub(super) fn new(headers: &[&str]) -> Self {
        Self { headers: headers.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row::Cells(cells.into_iter().collect()));
    }

    pub(super) fn note(&mut self, text: &str) {
        self.rows.push(Row::Note(text.to_owned()));
    }

    pub(super) fn render(&self) -> String {
        let mut widths: Vec<usize> = self.headers.iter().map(|h| h.chars().count()).collect();
        for row in &self.rows {
            if let Row::Cells(cells) = row {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = (*width).max(cell.chars().count().min(WIDEST));
                }
            }
        }
        let mut text = line(&self.headers, &widths);
        let under: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
        text.push_str(&line(&under, &widths));
        for row in &self.rows {
            match row {
                Row::Cells(cells) => {
                    let folded: Vec<Vec<String>> = cells.iter().map(|c| fold(c, WIDEST)).collect();
                    let height = folded.iter().map(Vec::len).max().unwrap_or(0);
                    for at in 0..height {
                        let part: Vec<String> = folded.iter().map(|f| f.get(at).cloned().unwrap_or_default()).collect();
                        text.push_str(&line(&part, &widths));
                    }
                }
                Row::Note(note) => {
                    for part in fold(note, 2 * WIDEST) {
                        text.push_str(&format!("    {part}\n"));
                    }
                }
            }
        }
        text
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let room = width.saturating_sub(cell.chars().count());
        format!("{cell}{}", " ".repeat(room))
    });
    format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
}

/// Folds a text at spaces; a word longer than the width stays whole.
fn fold(text: &str, width: usize) -> Vec<String> {
    // French punctuation stays with the word that it follows or opens.
    let bound = [" ;", " :", " !", " ?", " »"]
        .iter()
        .fold(text.replace("« ", "«\u{a0}"), |t, mark| t.replace(mark, &mark.replace(' ', "\u{a0}")));
    let mut lines = vec![String::new()];
    for word in bound.split(' ') {
        let fits = lines.last().is_some_and(|l| l.is_empty() || l.chars().count() + 1 + word.chars().count() <= width);
        match lines.last_mut() {
            Some(last) if fits => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_long_cells_folded_at_spaces() {
        let mut table = Table::new(&["Clé", "Valeur"]);
        table.row(["é".into(), "mot ".repeat(20).trim().to_owned()]);
        table.note("a remark");
        insta::assert_snapshot!(table.render(), @r"
        Clé  Valeur
        ───  ────────────────────────────────────────────────────────
        é    mot mot mot mot mot mot mot mot mot mot mot mot mot mot
             mot mot mot mot mot mot
            a remark
        ");
    }

    #[test]
    fn french_punctuation_never_begins_a_line() {
        assert_eq!(fold("un délai ; strict", 9), ["un", "délai\u{a0};", "strict"]);
    }
}
