//! What rules and reports cannot do, in French.

use vigie_reports::{
    pdf::PdfError,
    xlsx::{MAX_ITEMS, WorkbookError},
};
use vigie_rules::{
    book::BookError, calendar::CalendarError, fact::FactError, judge::JudgeError, judgement::MonthError,
    recurrence::RecurrenceError, timeline::TimelineError,
};

use super::French;

impl French for CalendarError {
    fn fr(&self) -> String {
        match self {
            Self::OutOfRange { instant, from, to } => {
                format!("{instant} est hors des années pour lesquelles le calendrier est établi ({from} à {to})")
            }
            Self::NeverOpens { from, to } => {
                format!("le calendrier n'ouvre pas assez longtemps avant {to} (ou après {from}) pour aller si loin")
            }
            Self::Years { first, last } => format!("les années {first} à {last} ne peuvent être établies"),
        }
    }
}

impl French for BookError {
    fn fr(&self) -> String {
        match self {
            Self::Zone(zone) => {
                format!("le fuseau `{zone}` est inconnu ; écrire un nom de l'IANA, par exemple `Europe/Paris`")
            }
            Self::Calendar { id, source: _ } => format!("le calendrier `{id}` ne peut être établi"),
            Self::Empty => "le contrat n'a aucune version".to_owned(),
        }
    }
}

impl French for TimelineError {
    fn fr(&self) -> String {
        match self {
            Self::Form { subject, found } => format!(
                "la chronologie de {subject} a la forme {found}, que ce programme ne lit pas ; lancer `vigie rebuild`"
            ),
            Self::Damaged { subject, source: _ } => {
                format!("la chronologie de {subject} ne se lit pas ; lancer `vigie rebuild`")
            }
        }
    }
}

impl French for JudgeError {
    fn fr(&self) -> String {
        match self {
            Self::Calendar { subject, source: _ } => format!("{subject} ne peut être jugé"),
            Self::Month(month) => format!("le mois {month} ne peut être placé dans le fuseau du contrat"),
        }
    }
}

impl French for FactError {
    fn fr(&self) -> String {
        let why = std::error::Error::source(self).map_or_else(String::new, |source| format!(" : {source}"));
        format!("le corps de `{}` ne convient pas{why}", self.kind)
    }
}

impl French for MonthError {
    fn fr(&self) -> String {
        format!("`{}` n'est pas un mois ; écrire l'année et le mois, par exemple `2026-03`", self.0)
    }
}

impl French for RecurrenceError {
    fn fr(&self) -> String {
        let Self { rule, part } = self;
        format!(
            "`{part}` ne se comprend pas dans la récurrence `{rule}` ; écrire par exemple `FREQ=MONTHLY;BYMONTHDAY=8` ou `FREQ=WEEKLY;BYDAY=MO`"
        )
    }
}

impl French for WorkbookError {
    fn fr(&self) -> String {
        match self {
            Self::TooManyItems { row, items } => format!(
                "la ligne {row} a {items} dossiers en retard et une feuille en tient {MAX_ITEMS} ; exporter le mois en JSON"
            ),
            Self::TooManyRows { rows } => {
                format!("la liste a {rows} lignes et une feuille en tient {MAX_ITEMS} ; la filtrer d'abord")
            }
            Self::Write(_) => "le classeur n'a pu être écrit".to_owned(),
        }
    }
}

impl French for PdfError {
    fn fr(&self) -> String {
        match self {
            Self::NoFont { given } => {
                format!("aucun des {given} fichiers donnés comme polices ne se lit comme police TTF ou OTF")
            }
            Self::Data(_) => "les données du document n'ont pu être écrites".to_owned(),
            Self::Layout(why) => format!("le document n'a pu être mis en page : {why}"),
        }
    }
}
