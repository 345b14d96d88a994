//! The columns of the queue: which there are, which stand when nobody chose, and what each is in a file.

use super::list::RowView;
use crate::{features::desk::view::CaseSort, web::Page};

/// A column beside the case itself, which always stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Phase,
    Priority,
    Who,
    Due,
    Start,
    Stop,
    Service,
    Site,
    Subject,
    Opened,
    Reference,
}

impl Shown {
    /// All of them, in the order in which they stand.
    pub(super) const ALL: [Self; 11] = [
        Self::Phase,
        Self::Priority,
        Self::Who,
        Self::Due,
        Self::Service,
        Self::Site,
        Self::Subject,
        Self::Reference,
        Self::Opened,
        Self::Start,
        Self::Stop,
    ];

    const USUAL: [Self; 6] = [Self::Phase, Self::Priority, Self::Who, Self::Due, Self::Start, Self::Stop];

    /// Its name in addresses.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Phase => "etat",
            Self::Priority => "priorite",
            Self::Who => "chez",
            Self::Due => "echeance",
            Self::Start => "debut",
            Self::Stop => "fin",
            Self::Service => "service",
            Self::Site => "site",
            Self::Subject => "sujet",
            Self::Opened => "ouverture",
            Self::Reference => "reference",
        }
    }

    /// The message of its head.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Phase => "col-phase",
            Self::Priority => "col-priority",
            Self::Who => "col-who",
            Self::Due => "col-due",
            Self::Start => "col-start",
            Self::Stop => "col-stop",
            Self::Service => "case-service",
            Self::Site => "case-site",
            Self::Subject => "case-subject",
            Self::Opened => "col-opened",
            Self::Reference => "case-reference",
        }
    }

    /// The order that it gives, when it gives one.
    pub(super) const fn sort(self) -> Option<CaseSort> {
        match self {
            Self::Priority => Some(CaseSort::Priority),
            Self::Due => Some(CaseSort::Due),
            Self::Start => Some(CaseSort::Start),
            Self::Stop => Some(CaseSort::Stop),
            _ => None,
        }
    }

    pub(super) const fn is_numeric(self) -> bool {
        matches!(self, Self::Start | Self::Stop | Self::Opened)
    }

    /// The messages of its heads in a file.
    const fn heads(self) -> &'static [&'static str] {
        match self {
            Self::Who => &["case-team", "case-assignee"],
            Self::Due => &["col-due", "due-what"],
            Self::Phase => &["col-phase"],
            Self::Priority => &["col-priority"],
            Self::Start => &["col-start"],
            Self::Stop => &["col-stop"],
            Self::Service => &["case-service"],
            Self::Site => &["case-site"],
            Self::Subject => &["case-subject"],
            Self::Opened => &["col-opened"],
            Self::Reference => &["case-reference"],
        }
    }

    /// Its cells in a file.
    fn cells(self, page: &Page, row: &RowView) -> Vec<String> {
        let due = || {
            let parts = [row.due.cause.clone(), row.due.left.clone().unwrap_or_default()];
            parts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" : ")
        };
        match self {
            Self::Phase => vec![page.t(row.phase.0)],
            Self::Priority => vec![row.priority.clone()],
            Self::Who => vec![row.team.clone(), row.assignee.clone()],
            Self::Due => vec![row.due.at.clone(), due()],
            Self::Start => vec![row.start.clone()],
            Self::Stop => vec![row.stop.clone()],
            Self::Service => vec![row.service.clone()],
            Self::Site => vec![row.site.clone()],
            Self::Subject => vec![row.subject.clone()],
            Self::Opened => vec![row.opened.clone()],
            Self::Reference => vec![row.reference.clone()],
        }
    }
}

/// The columns of that choice, in the order in which they stand; the usual ones when nothing was chosen.
pub(super) fn chosen(codes: &str) -> Vec<Shown> {
    if codes.is_empty() {
        return Shown::USUAL.to_vec();
    }
    let named: Vec<&str> = codes.split(',').collect();
    Shown::ALL.into_iter().filter(|c| named.contains(&c.code())).collect()
}

/// A choice as an address holds it: nothing for the usual columns, and for what names none that there are.
pub(super) fn choice<'a>(named: impl Iterator<Item = &'a str>) -> String {
    let named: Vec<&str> = named.flat_map(|codes| codes.split(',')).collect();
    let columns = Shown::ALL.into_iter().filter(|c| named.contains(&c.code()));
    if columns.clone().eq(chosen("")) {
        return String::new();
    }
    columns.map(Shown::code).collect::<Vec<_>>().join(",")
}

/// What stands of the case itself in a file.
const CASE: [&str; 6] = ["col-case", "cases-class", "flag-major", "open-vip", "open-what", "case-requester"];

/// The heads of a file with these columns.
pub(super) fn heads(page: &Page, columns: &[Shown]) -> Vec<String> {
    CASE.iter().chain(columns.iter().flat_map(|c| c.heads())).map(|key| page.t(key)).collect()
}

/// A case as the line of a file with these columns.
pub(super) fn cells(page: &Page, columns: &[Shown], row: &RowView) -> Vec<String> {
    let text = |v: &Option<String>| v.clone().unwrap_or_default();
    let mut cells = vec![
        row.number.clone(),
        page.t(row.class),
        if row.major { page.t("yes") } else { String::new() },
        text(&row.vip),
        text(&row.title),
        text(&row.requester),
    ];
    cells.extend(columns.iter().flat_map(|c| c.cells(page, row)));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_stands_in_its_own_order_and_the_usual_columns_are_none() {
        for (named, expected) in [
            ("", ""),
            ("etat,priorite,chez,echeance,debut,fin", ""),
            ("fin,etat", "etat,fin"),
            ("site,rien,site", "site"),
            ("rien", ""),
        ] {
            assert_eq!(choice([named].into_iter()), expected, "{named}");
        }
        assert_eq!(chosen("etat,fin"), [Shown::Phase, Shown::Stop]);
        assert_eq!(chosen("").len(), 6);
    }
}
