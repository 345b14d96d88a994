//! Reads a contract folder, refuses what is wrong with its place, and lays out its versions.
//!
//! [`parse`] is pure; [`load`] is the only place of this crate that touches a disk. Neither may ever
//! panic on any input, nor give a contract of which one rule was left out: it is all or nothing.

use std::{collections::BTreeMap, fmt::Write as _, fs, io::Read as _, path::Path};

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::{
    amend::{self, Amendment},
    check,
    history::{ContractHistory, ContractVersion},
    model::{
        CalendarRule, Catalogue, Changes, Clocks, Committee, Contract, Escalations, Frame, Indicator, Obligation,
        Perimeter, Priorities, Role, Satisfaction, Teams,
    },
    phrases,
    place::Sources,
    problem::{ContractErrors, Finding, Problem},
    tree::{self, Tree},
};

/// The files that every contract has.
pub const FILES: [&str; 14] = [
    "contract.toml",
    "calendars.toml",
    "perimeter.toml",
    "priorities.toml",
    "clocks.toml",
    "catalogue.toml",
    "indicators.toml",
    "obligations.toml",
    "committees.toml",
    "roles.toml",
    "teams.toml",
    "changes.toml",
    "escalations.toml",
    "satisfaction.toml",
];

/// Folder of the amendments.
const AMENDMENTS: &str = "amendments";

/// Largest file, in bytes: the whole of Callipso takes less than a tenth of it.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// Most files in a folder.
pub const MAX_FILES: usize = 100;

/// Most versions: each is a whole contract in memory.
pub const MAX_VERSIONS: usize = 200;

/// Most misfits shown of one file; more would hide the first.
const MAX_BLAMES: usize = 50;

/// Reads the folder `dir`.
///
/// # Errors
/// All problems found, each with file, line, column and remedy. Nothing of a refused contract is kept.
pub fn load(dir: &Path) -> Result<ContractHistory, ContractErrors> {
    let mut files = BTreeMap::new();
    let mut findings = Vec::new();
    gather(dir, "", &mut files, &mut findings);
    let amendments = dir.join(AMENDMENTS);
    if amendments.is_dir() {
        gather(&amendments, "amendments/", &mut files, &mut findings);
    }
    if findings.is_empty() { parse(&files) } else { Err(ContractErrors(findings)) }
}

/// Reads the files of one folder, without those of its folders.
fn gather(dir: &Path, prefix: &str, files: &mut BTreeMap<String, String>, findings: &mut Vec<Finding>) {
    let mut blame = |name: &str, problem: Problem| {
        findings.push(Finding { place: Sources::whole(&format!("{prefix}{name}")), problem });
    };
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return blame(".", unreadable(&error)),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                blame(".", unreadable(&error));
                continue;
            }
        };
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_dir = entry.path().is_dir();
        if is_dir && prefix.is_empty() && name == AMENDMENTS {
            continue;
        }
        if files.len() >= MAX_FILES {
            blame(&name, Problem::TooMany { what: phrases::FILES, count: files.len() + 1, limit: MAX_FILES });
            return;
        }
        if is_dir {
            blame(&name, Problem::UnknownFile { name: name.clone() });
            continue;
        }
        match read_text(&entry.path()) {
            Ok(text) => {
                files.insert(format!("{prefix}{name}"), text);
            }
            Err(problem) => blame(&name, problem),
        }
    }
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::Unreadable { kind: error.kind(), reason: error.to_string() }
}

fn read_text(path: &Path) -> Result<String, Problem> {
    let file = fs::File::open(path).map_err(|e| unreadable(&e))?;
    let size_bytes = file.metadata().map_err(|e| unreadable(&e))?.len();
    if size_bytes > MAX_FILE_BYTES {
        return Err(Problem::TooLarge { size_bytes, limit_bytes: MAX_FILE_BYTES });
    }
    let mut text = String::new();
    file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(|e| unreadable(&e))?;
    Ok(text)
}

/// Gives the problem that a message of the TOML reader names.
pub(crate) fn shape_of(reason: &str) -> Problem {
    // Our own quantities and windows say the remedy after a semicolon.
    let (reason, said) = reason.split_once("; ").map_or((reason, None), |(r, s)| (r, Some(s)));
    let remedy = match said {
        Some(said) => said.to_owned(),
        None if reason.starts_with("unknown field") => "remove it, or write one of the names expected".into(),
        None if reason.starts_with("unknown variant") => "write one of the names expected".into(),
        None if reason.starts_with("missing field") => "add it to this element".into(),
        None => "give a value of the kind expected".into(),
    };
    Problem::Shape { reason: reason.to_owned(), remedy }
}

/// Reads the files of a contract folder, by name relative to it (`amendments/avenant-1.toml`).
///
/// # Errors
/// All problems found, each with file, line, column and remedy.
pub fn parse(files: &BTreeMap<String, String>) -> Result<ContractHistory, ContractErrors> {
    let mut reading = Reading { sources: Sources::new(), findings: Vec::new() };
    let Some((base, amendments)) = reading.trees(files) else { return Err(reading.refuse()) };
    let stages = reading.stages(&base, &amendments);
    // Elements are given their type before dates filter them, so that none escapes the reading.
    for stage in &stages {
        reading.typed(&stage.tree);
        reading.found(check::check_parts(&stage.tree));
    }
    if !reading.findings.is_empty() {
        return Err(reading.refuse());
    }
    let mut warnings = Vec::new();
    let mut versions = Vec::new();
    for (stage, day) in days(&stages, &mut reading) {
        let tree = stage.tree.on(day);
        let Some(contract) = reading.typed(&tree) else { continue };
        let seen = check::check(&tree, &contract, &reading.sources);
        reading.found(seen.errors);
        for (offset, problem) in seen.warnings {
            warnings.push(Finding { place: reading.sources.place(offset), problem });
        }
        let applied = amendments.get(..stage.applied).unwrap_or_default();
        versions.push(ContractVersion {
            id: day.map_or_else(|| "base".to_owned(), |d| d.to_string()),
            effective: day,
            contract,
            digest: digest(day, files, applied),
            amendments: applied.iter().map(|a| a.info.clone()).collect(),
        });
    }
    if !reading.findings.is_empty() || versions.is_empty() {
        return Err(reading.refuse());
    }
    warnings.sort_by(|a, b| a.place.cmp(&b.place));
    warnings.dedup();
    let first = versions.remove(0);
    Ok(ContractHistory::new(first, versions, warnings))
}

/// The trees from one amendment to the next.
struct Stage<'i> {
    effective: Option<Date>,
    applied: usize,
    tree: Tree<'i>,
}

struct Reading<'i> {
    sources: Sources<'i>,
    findings: Vec<Finding>,
}

impl<'i> Reading<'i> {
    fn found(&mut self, problems: Vec<(usize, Problem)>) {
        for (offset, problem) in problems {
            self.findings.push(Finding { place: self.sources.place(offset), problem });
        }
    }

    fn refuse(&mut self) -> ContractErrors {
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by(|a, b| a.place.cmp(&b.place));
        // The same misfit is met in every version that has it.
        let mut seen = std::collections::HashSet::new();
        findings.retain(|f| seen.insert(f.clone()));
        ContractErrors(findings)
    }

    /// Reads names and syntax; gives the base and the amendments by effective day.
    fn trees(&mut self, files: &'i BTreeMap<String, String>) -> Option<(Tree<'i>, Vec<Amendment<'i>>)> {
        if files.len() > MAX_FILES {
            let problem = Problem::TooMany { what: phrases::FILES, count: files.len(), limit: MAX_FILES };
            self.findings.push(Finding { place: Sources::whole("."), problem });
            return None;
        }
        let mut base = Tree::default();
        let mut amendments = Vec::new();
        for (name, text) in files {
            let amends = name.strip_prefix("amendments/").is_some_and(|n| n.ends_with(".toml") && !n.contains('/'));
            let size_bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
            let refused = if !amends && !FILES.contains(&name.as_str()) {
                Some(Problem::UnknownFile { name: name.clone() })
            } else if size_bytes > MAX_FILE_BYTES {
                Some(Problem::TooLarge { size_bytes, limit_bytes: MAX_FILE_BYTES })
            } else {
                None
            };
            if let Some(problem) = refused {
                self.findings.push(Finding { place: Sources::whole(name), problem });
                continue;
            }
            let offset = self.sources.add(name, text);
            match tree::read(text, offset) {
                Err(blames) => {
                    self.found(blames.into_iter().map(|(at, reason)| (at, Problem::Syntax { reason })).collect());
                }
                Ok(root) if amends => match amend::read(name, root, MAX_BLAMES) {
                    Ok(amendment) => amendments.push(amendment),
                    Err(problems) => self.found(problems),
                },
                Ok(root) => {
                    base.files.insert(name, root);
                }
            }
        }
        for name in FILES {
            if !files.contains_key(name) {
                self.findings.push(Finding { place: Sources::whole(name), problem: Problem::MissingFile });
            }
        }
        if base.files.len() < FILES.len() {
            // What could be read is still looked at, so that the reader mends all in one go.
            self.typed(&base);
            return None;
        }
        amendments.sort_by(|a, b| (a.info.effective, a.name).cmp(&(b.info.effective, b.name)));
        Some((base, amendments))
    }

    /// Applies the amendments one after the other.
    fn stages(&mut self, base: &Tree<'i>, amendments: &[Amendment<'i>]) -> Vec<Stage<'i>> {
        let mut stages = vec![Stage { effective: None, applied: 0, tree: base.clone() }];
        let mut tree = base.clone();
        for (index, amendment) in amendments.iter().enumerate() {
            let problems = amend::apply(amendment, &mut tree);
            self.found(problems);
            let effective = Some(amendment.info.effective);
            // Amendments of one day make one version.
            stages.retain(|s| s.effective != effective);
            stages.push(Stage { effective, applied: index + 1, tree: tree.clone() });
        }
        stages
    }

    /// Gives every file its type; none when one does not fit.
    fn typed(&mut self, tree: &Tree<'i>) -> Option<Contract> {
        // All files are read before any is given up, so that every misfit is shown.
        let frame = self.file::<Frame>(tree, "contract.toml");
        let calendars = self.file::<Calendars>(tree, "calendars.toml");
        let perimeter = self.file::<Perimeter>(tree, "perimeter.toml");
        let priorities = self.file::<Priorities>(tree, "priorities.toml");
        let clocks = self.file::<Clocks>(tree, "clocks.toml");
        let catalogue = self.file::<Catalogue>(tree, "catalogue.toml");
        let indicators = self.file::<Indicators>(tree, "indicators.toml");
        let obligations = self.file::<Obligations>(tree, "obligations.toml");
        let committees = self.file::<Committees>(tree, "committees.toml");
        let roles = self.file::<Roles>(tree, "roles.toml");
        let teams = self.file::<Teams>(tree, "teams.toml");
        let changes = self.file::<Changes>(tree, "changes.toml");
        let escalations = self.file::<Escalations>(tree, "escalations.toml");
        let satisfaction = self.file::<Satisfaction>(tree, "satisfaction.toml");
        let mut indicators = indicators?.indicators;
        indicators.sort_by_key(|i| i.row);
        Some(Contract {
            frame: frame?,
            calendars: calendars?.calendars,
            perimeter: perimeter?,
            priorities: priorities?,
            clocks: clocks?,
            catalogue: catalogue?,
            indicators,
            obligations: obligations?.obligations,
            committees: committees?.committees,
            roles: roles?.roles,
            teams: teams?,
            changes: changes?,
            escalations: escalations?,
            satisfaction: satisfaction?,
        })
    }

    fn file<T: DeserializeOwned>(&mut self, tree: &Tree<'i>, name: &str) -> Option<T> {
        match tree::typed(tree.files.get(name)?, MAX_BLAMES) {
            Ok(value) => Some(value),
            Err(blames) => {
                self.found(blames.into_iter().map(|(at, reason)| (at, shape_of(&reason))).collect());
                None
            }
        }
    }
}

/// The days on which a version begins, with the stage that it belongs to.
fn days<'s, 'i>(stages: &'s [Stage<'i>], reading: &mut Reading<'i>) -> Vec<(&'s Stage<'i>, Option<Date>)> {
    let mut all = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        let next = stages.get(index + 1).and_then(|s| s.effective);
        all.push((stage, stage.effective));
        let inside = |d: &Date| stage.effective.is_none_or(|e| e < *d) && next.is_none_or(|n| *d < n);
        all.extend(stage.tree.boundaries().into_iter().filter(inside).map(|d| (stage, Some(d))));
    }
    if all.len() > MAX_VERSIONS {
        let problem = Problem::TooMany { what: phrases::BOUNDARIES, count: all.len(), limit: MAX_VERSIONS };
        reading.findings.push(Finding { place: Sources::whole("."), problem });
        all.clear();
    }
    all
}

/// Tells one version from another: SHA-256 of the day and of every file that makes it, each with its
/// name and length, so that no two layouts give the same bytes.
fn digest(day: Option<Date>, files: &BTreeMap<String, String>, applied: &[Amendment<'_>]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(day.map_or_else(|| "base".to_owned(), |d| d.to_string()));
    for (name, text) in files {
        if FILES.contains(&name.as_str()) || applied.iter().any(|a| a.name == name) {
            hasher.update(format!("\n{name} {}\n", text.len()));
            hasher.update(text);
        }
    }
    hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

macro_rules! list_file {
    ($name:ident { $field:ident = $key:literal : $ty:ty }) => {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name {
            #[serde(rename = $key, default)]
            $field: Vec<$ty>,
        }
    };
}

list_file!(Calendars { calendars = "calendar": CalendarRule });
list_file!(Indicators { indicators = "indicator": Indicator });
list_file!(Obligations { obligations = "obligation": Obligation });
list_file!(Committees { committees = "committee": Committee });
list_file!(Roles { roles = "role": Role });
