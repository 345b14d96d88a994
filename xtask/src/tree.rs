//! What the checks look at: the files that are or would be committed, and what cargo knows of the workspace.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::process::Run;

/// Root of the workspace: what cargo says when it starts us, since two clones that share a target
/// folder also share what was compiled into us.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let started = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let mut here = started.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
        here.pop();
        here
    });
    &ROOT
}

/// What cargo knows of the workspace and of all that it depends on.
pub(crate) fn metadata() -> Result<Metadata> {
    MetadataCommand::new().current_dir(root()).exec().context("cargo metadata failed")
}

/// The files of the repository by their path from its root, with `/` between folders.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: BTreeMap<String, File>,
}

/// One file of the repository.
#[derive(Debug)]
pub(crate) struct File {
    /// Its size on disk.
    pub(crate) size_bytes: usize,
    /// Its text; none when it is not UTF-8.
    pub(crate) text: Option<String>,
}

impl Tree {
    /// Reads all files that git tracks or would track.
    pub(crate) fn read() -> Result<Self> {
        let listed = Run::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
        let mut files = BTreeMap::new();
        for path in listed.split('\0').filter(|p| !p.is_empty()) {
            let full = root().join(path);
            // A file that was removed but not yet committed is still listed.
            if !full.is_file() {
                continue;
            }
            let bytes = fs::read(&full).with_context(|| format!("{path} cannot be read"))?;
            files.insert(path.to_owned(), File { size_bytes: bytes.len(), text: String::from_utf8(bytes).ok() });
        }
        Ok(Self { files })
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    /// All files of text.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)))
    }

    /// All files of Rust.
    pub(crate) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// Whether a file or a folder of this path is committed.
    pub(crate) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path)
            || self.files.range(folder.clone()..).next().is_some_and(|(first, _)| first.starts_with(&folder))
    }

    /// A tree of texts, for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |text: &str| File { size_bytes: text.len(), text: Some(text.to_owned()) };
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect() }
    }
}
