//! The places of the demonstration: those that the contract names, and 212 made-up remote ones.

use std::collections::BTreeSet;

use vigie_contract::{Perimeter, SiteClass};

use super::{rng::Rng, tables};

/// Remote sites (2.1: "more than 200").
const REMOTE: usize = 212;
/// Names tried, since some come twice; enough for [`REMOTE`] of them even with a handful of communes.
const ATTEMPTS: usize = 5000;

/// A place where telephones ring.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Its name in facts.
    pub name: String,
    /// Its commune.
    pub commune: String,
    /// Its class.
    pub class: SiteClass,
}

/// All places, by class.
#[derive(Debug)]
pub(super) struct Sites {
    /// Hold central infrastructure.
    pub central: Vec<Site>,
    /// Sensitive: urgency U1.
    pub critical: Vec<Site>,
    /// The others.
    pub standard: Vec<Site>,
}

/// Names places over `communes`, each of which gets one; then every other goes to one of the large towns, as
/// the Département's own estate does.
pub(super) fn sites(perimeter: &Perimeter, communes: &[&str]) -> Sites {
    let mut rng = Rng::new(0x517E5);
    let mut sites = Sites { central: Vec::new(), critical: Vec::new(), standard: Vec::new() };
    for known in &perimeter.sites {
        sites.add(Site { name: known.id.clone(), commune: "Marseille".to_owned(), class: known.class });
    }
    let mut taken = BTreeSet::new();
    for place in 0..ATTEMPTS {
        if taken.len() == REMOTE {
            break;
        }
        let commune = match communes.get(place % communes.len().max(1)) {
            Some(&commune) if place < communes.len() || place % 2 == 0 => commune,
            _ => rng.text(&tables::LARGE_COMMUNES),
        };
        let kind = tables::SITE_KINDS.get(rng.weighted(tables::SITE_KINDS.iter().map(|k| k.weight)));
        let Some(kind) = kind else { break };
        let name = match kind.names {
            [] => format!("{} {commune}", kind.kind),
            names => format!("{} {} ({commune})", kind.kind, rng.text(names)),
        };
        if !taken.insert(name.clone()) {
            continue;
        }
        let class = if rng.per_mille(kind.critical_per_mille) { SiteClass::Critical } else { SiteClass::Standard };
        sites.add(Site { name, commune: commune.to_owned(), class });
    }
    sites
}

impl Sites {
    fn add(&mut self, site: Site) {
        match site.class {
            SiteClass::Central => self.central.push(site),
            SiteClass::Critical => self.critical.push(site),
            SiteClass::Standard => self.standard.push(site),
        }
    }

    /// The site of that name.
    pub(super) fn named(&self, name: &str) -> Option<&Site> {
        self.central.iter().chain(&self.critical).chain(&self.standard).find(|s| s.name == name)
    }
}
