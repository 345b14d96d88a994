//! Dependencies that a crate declares and that none of its sources names.

use cargo_metadata::{DependencyKind, Metadata};

use crate::tree::Tree;

/// One line for each dependency that nothing names.
pub(crate) fn find(tree: &Tree, metadata: &Metadata) -> Vec<String> {
    let mut unused = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(folder) = package.manifest_path.parent().and_then(|f| f.strip_prefix(&metadata.workspace_root).ok())
        else {
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
            let read = sources(tree, folder.as_str(), dependency.kind);
            if !read.into_iter().any(|text| names(text, &name)) {
                unused.push(format!("{folder}/Cargo.toml: `{}` is declared and no source names it", dependency.name));
            }
        }
    }
    unused
}

/// The sources in which a dependency of this kind may be named.
fn sources<'a>(tree: &'a Tree, folder: &str, kind: DependencyKind) -> Vec<&'a str> {
    let folders: &[&str] = match kind {
        DependencyKind::Build => &["build.rs", "build/"],
        DependencyKind::Development => &["src/", "tests/", "benches/", "examples/"],
        _ => &["src/"],
    };
    let is_read = |path: &str| {
        path.strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| folders.iter().any(|folder| rest.starts_with(folder)))
    };
    tree.rust().filter(|(path, _)| is_read(path)).map(|(_, text)| text).collect()
}

/// Whether a text holds this name as a whole word, outside comments of a whole line.
fn names(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).and_then(|s| s.chars().next_back());
            let after = line.get(at + name.len()..).and_then(|s| s.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_crate_is_named_by_a_path_or_an_attribute() {
        assert!(names("use serde::Deserialize;", "serde"));
        assert!(names("#[serde(transparent)]", "serde"));
        assert!(names("static A: mimalloc::MiMalloc = mimalloc::MiMalloc;", "mimalloc"));
    }

    #[test]
    fn a_longer_name_or_a_comment_does_not_name_it() {
        assert!(!names("use serde_json::Value;", "serde"));
        assert!(!names("use my_serde::Value;", "serde"));
        assert!(!names("    // serde would do this too", "serde"));
    }
}
