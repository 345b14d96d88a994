//! Snapshots that no test reads any more.
//!
//! insta writes the name of each snapshot that a test compared into the file named by
//! `INSTA_SNAPSHOT_REFERENCES_FILE`; what is committed and not named there is an orphan.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::tree::{self, Tree};

/// The list of snapshots that a run of the tests compared.
pub(crate) struct Used(PathBuf);

impl Used {
    /// An empty list, ready for a run.
    pub(crate) fn new() -> Result<Self> {
        let file = tree::metadata()?.target_directory.join("snapshots-used.txt").into_std_path_buf();
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, "")?;
        Ok(Self(file))
    }

    /// Where insta writes it.
    pub(crate) fn file(&self) -> &Path {
        &self.0
    }

    /// The committed snapshots that the run did not compare.
    pub(crate) fn orphans(&self, tree: &Tree) -> Result<Vec<String>> {
        let used: BTreeSet<PathBuf> =
            fs::read_to_string(&self.0)?.lines().filter_map(|line| fs::canonicalize(line).ok()).collect();
        let is_orphan = |path: &&String| {
            path.ends_with(".snap") && fs::canonicalize(tree::root().join(path)).is_ok_and(|full| !used.contains(&full))
        };
        Ok(tree.files.keys().filter(is_orphan).cloned().collect())
    }
}
