//! A folder of mails, in files or in archives.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

/// The files of a set.
pub(crate) struct Folder {
    name: String,
    files: Vec<PathBuf>,
    /// Where archives were taken out; gone with the folder.
    _taken_out: TempDir,
}

impl Folder {
    /// Lists a folder and what its archives hold; none when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>> {
        if !path.is_dir() {
            return Ok(None);
        }
        let taken_out = TempDir::new()?;
        let mut files = list(path);
        let archives: Vec<_> = files.iter().filter(|p| p.to_string_lossy().ends_with(".tar.xz")).cloned().collect();
        for archive in &archives {
            let status = Command::new("tar").arg("-xJf").arg(archive).arg("-C").arg(taken_out.path()).status()?;
            ensure!(status.success(), "tar cannot read {}", archive.display());
        }
        files.retain(|p| !archives.contains(p));
        files.extend(list(taken_out.path()));
        files.sort();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Some(Self { name, files, _taken_out: taken_out }))
    }

    /// The set's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Files that are mails: all but notes and tables.
    pub(crate) fn mails(&self) -> impl Iterator<Item = &Path> {
        let other = ["md", "json", "jsonl", "xz", "py", "sh"];
        self.files
            .iter()
            .map(PathBuf::as_path)
            .filter(move |p| !other.contains(&p.extension().unwrap_or_default().to_string_lossy().as_ref()))
    }

    /// The bytes of the file whose path ends so.
    pub(crate) fn read(&self, ending: &str) -> Result<Vec<u8>> {
        let path = self.files.iter().find(|p| p.ends_with(ending)).with_context(|| format!("{ending} is not there"))?;
        Ok(fs::read(path)?)
    }

    /// All rows of the tables that have this key in their first row.
    pub(crate) fn rows(&self, keys: &[&str]) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        for path in self.files.iter().filter(|p| p.extension().is_some_and(|e| e == "jsonl")) {
            let text = fs::read_to_string(path)?;
            let rows = text.lines().filter(|l| !l.trim().is_empty()).map(serde_json::from_str);
            let rows = rows.collect::<Result<Vec<Value>, _>>().with_context(|| path.display().to_string())?;
            if rows.first().is_some_and(|row| keys.iter().all(|key| row.get(key).is_some())) {
                all.extend(rows);
            }
        }
        Ok(all)
    }
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let below = |path: PathBuf| if path.is_dir() { list(&path) } else { vec![path] };
    entries.flatten().flat_map(|entry| below(entry.path())).collect()
}
