//! What a case is linked to, seen from its page: other cases with their state and title, references of other
//! systems, and the cases that go on in it with who asked for help and what they sent.

use vigie_contract::Party;
use vigie_rules::{life::Life, relation::Relation};

use super::{
    act::system_key,
    case::address,
    names,
    timeline::{FileLink, files_of},
};
use crate::{
    features::desk::view::{CaseFile, Words},
    web::{AppState, Failure, Page},
};

/// What the page shows.
#[derive(Default)]
pub(super) struct LinksPart {
    /// The case that goes on in the place of this one.
    pub(super) merged: Option<LinkView>,
    pub(super) links: Vec<LinkView>,
    pub(super) absorbed: Vec<AbsorbedView>,
    pub(super) may_unlink: bool,
}

/// One link.
pub(super) struct LinkView {
    pub(super) relation: String,
    pub(super) system: String,
    pub(super) reference: String,
    /// In words, before the reference; empty for a case.
    pub(super) of: String,
    pub(super) href: Option<String>,
    pub(super) title: Option<String>,
    pub(super) phase: Option<(&'static str, &'static str, &'static str)>,
}

/// A case that goes on in this one.
pub(super) struct AbsorbedView {
    pub(super) link: LinkView,
    pub(super) requester: Option<String>,
    pub(super) files: Vec<FileLink>,
}

/// Cases that a page looks up at most; the others are named without their state.
const MOST: usize = 30;

/// Of a case, for whoever reads its page.
pub(super) async fn part(state: &AppState, page: &Page, life: &Life, may_write: bool) -> Result<LinksPart, Failure> {
    let load = life.workload();
    let reader = page.party();
    let mut part = LinksPart { may_unlink: may_write, ..LinksPart::default() };
    if let Some((_, into)) = &load.merged {
        part.merged = Some(to_case(state, page, into, page.t("links-merged-into")).await?);
    }
    for (place, link) in life.progress().links.iter().enumerate() {
        let relation = link.relation.map(|r| page.t(relation_key(r))).unwrap_or_default();
        part.links.push(if link.is_case() && place < MOST {
            to_case(state, page, &link.reference, relation).await?
        } else {
            LinkView {
                relation,
                system: link.system.clone(),
                reference: link.reference.clone(),
                of: page.t(system_key(&link.system)),
                href: link.is_case().then(|| address(&link.reference)),
                title: None,
                phase: None,
            }
        });
    }
    for (number, _) in load.absorbed.iter().take(MOST) {
        let link = to_case(state, page, number, page.t("links-absorbed")).await?;
        let (asked, found) = (number.clone(), reader);
        let file = state.ask(move |s| s.source.case(&asked, found)).await?;
        part.absorbed.push(absorbed(page, link, file.as_ref(), reader));
    }
    Ok(part)
}

async fn to_case(state: &AppState, page: &Page, number: &str, relation: String) -> Result<LinkView, Failure> {
    let asked = number.to_owned();
    let line = state.ask(move |s| s.source.case_line(&asked)).await?;
    Ok(LinkView {
        relation: if relation.is_empty() { page.t("relation-relates-to") } else { relation },
        system: "case".to_owned(),
        reference: number.to_owned(),
        of: String::new(),
        // A number that an import brought along may lead nowhere.
        href: line.as_ref().map(|_| address(number)),
        title: line.as_ref().and_then(|l| l.title.clone()),
        phase: line.map(|l| names::phase(l.phase)),
    })
}

/// What its requester sent stays where it was sent and is led to from here, as far as this side may read it.
fn absorbed(page: &Page, link: LinkView, file: Option<&CaseFile>, reader: Party) -> AbsorbedView {
    let entries = file.into_iter().flat_map(|f| &f.entries);
    let readable = entries.filter(|e| e.visible_to.is_none_or(|side| side == reader));
    let files = readable.flat_map(|e| match &e.said {
        Words::Kept { files, .. } => files_of(page, &link.reference, files),
        _ => Vec::new(),
    });
    let files = files.collect();
    AbsorbedView { requester: file.and_then(|f| f.requester.clone()), files, link }
}

/// The message that names what a linked case is.
pub(super) const fn relation_key(relation: Relation) -> &'static str {
    match relation {
        Relation::DuplicateOf => "relation-duplicate-of",
        Relation::HasDuplicate => "relation-has-duplicate",
        Relation::CausedBy => "relation-caused-by",
        Relation::Causes => "relation-causes",
        Relation::ChildOf => "relation-child-of",
        Relation::ParentOf => "relation-parent-of",
        Relation::RelatesTo => "relation-relates-to",
    }
}
