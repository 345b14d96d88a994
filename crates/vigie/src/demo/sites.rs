//! The places of the demonstration: the central ones of the contract, and 212 made-up remote ones.

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

/// Names places over `communes`, each of which gets one before any gets many.
pub(super) fn sites(perimeter: &Perimeter, communes: &[&str]) -> Sites {
    let mut rng = Rng::new(0x517E5);
    let mut central: Vec<Site> = perimeter
        .sites
        .iter()
        .filter(|s| s.class == SiteClass::Central)
        .map(|s| Site { name: s.id.clone(), commune: "Marseille".to_owned(), class: SiteClass::Central })
        .collect();
    if central.is_empty() {
        central = tables::CENTRAL
            .map(|n| Site { name: n.to_owned(), commune: "Marseille".to_owned(), class: SiteClass::Central })
            .to_vec();
    }
    let (mut critical, mut standard, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
    for place in 0..ATTEMPTS {
        if taken.len() == REMOTE {
            break;
        }
        // Every other site goes to one of the six large towns, as the Département's own estate does.
        let commune = match communes.get((place / 2) % communes.len().max(1)) {
            Some(&commune) if place % 2 == 0 => commune,
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
        let site = Site { name, commune: commune.to_owned(), class };
        match class {
            SiteClass::Critical => critical.push(site),
            _ => standard.push(site),
        }
    }
    Sites { central, critical, standard }
}
