//! Which crate may import which, and what the pure crates stay away from.

use cargo_metadata::{DependencyKind, Metadata, Package};

use super::Finding;

/// For each crate, the crates of ours that it may import. Tests may also import `vigie-testkit`.
const MAY_IMPORT: [(&str, &[&str]); 9] = [
    ("vigie-contract", &[]),
    ("vigie-evidence", &[]),
    ("vigie-rules", &["vigie-contract"]),
    ("vigie-store", &["vigie-evidence"]),
    ("vigie-links", &["vigie-rules", "vigie-contract"]),
    ("vigie-reports", &["vigie-rules", "vigie-contract"]),
    ("vigie", &["vigie-contract", "vigie-evidence", "vigie-rules", "vigie-store", "vigie-links", "vigie-reports"]),
    ("vigie-testkit", &[]),
    ("xtask", &[]),
];

/// Crates that compute and never reach out.
const PURE: [&str; 3] = ["vigie-contract", "vigie-rules", "vigie-evidence"];

/// Crates by which a pure crate would reach out: databases, network, threads of control.
const REACHES_OUT: [&str; 16] = [
    "async-std",
    "axum",
    "crossbeam-channel",
    "diesel",
    "hyper",
    "postgres",
    "rayon",
    "reqwest",
    "rusqlite",
    "smol",
    "sqlx",
    "tokio",
    "tokio-postgres",
    "tower",
    "tower-http",
    "ureq",
];

/// Every crate of ours imports only what the list allows.
pub(super) fn between_crates(metadata: &Metadata) -> Vec<Finding> {
    let packages = metadata.workspace_packages();
    let is_ours = |name: &str| packages.iter().any(|p| p.name.as_str() == name);
    let mut findings = Vec::new();
    for package in &packages {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == package.name.as_str()) else {
            findings.push(Finding::new(place(package), "a crate that the list of arrows does not know"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| is_ours(&d.name)) {
            let for_tests = dependency.kind == DependencyKind::Development && dependency.name == "vigie-testkit";
            if !for_tests && !allowed.contains(&dependency.name.as_str()) {
                let what = format!("`{}` may not import `{}`", package.name, dependency.name);
                findings.push(Finding::new(place(package), what));
            }
        }
    }
    findings
}

/// The pure crates import nothing that reaches out.
pub(super) fn pure_crates(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in metadata.workspace_packages().into_iter().filter(|p| PURE.contains(&p.name.as_str())) {
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            if REACHES_OUT.contains(&dependency.name.as_str()) {
                let what = format!("`{}` is pure and may not import `{}`", package.name, dependency.name);
                findings.push(Finding::new(place(package), what));
            }
        }
    }
    findings
}

fn place(package: &Package) -> String {
    package.manifest_path.components().rev().take(2).map(|c| c.as_str()).collect::<Vec<_>>().join(" of ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of one crate with one dependency, as cargo would describe it.
    fn workspace(name: &str, dependency: &str, kind: &str) -> Metadata {
        let package = |name: &str, dependencies: serde_json::Value| {
            serde_json::json!({
                "name": name, "version": "0.1.0", "id": name, "dependencies": dependencies, "targets": [],
                "features": {}, "manifest_path": format!("/w/{name}/Cargo.toml"),
            })
        };
        let dependencies = serde_json::json!([{
            "name": dependency, "req": "*", "kind": kind, "optional": false, "uses_default_features": true,
            "features": [],
        }]);
        let metadata = serde_json::json!({
            "packages": [package(name, dependencies), package("vigie-testkit", serde_json::json!([])), package("vigie-store", serde_json::json!([]))],
            "workspace_members": [name, "vigie-testkit", "vigie-store"], "workspace_root": "/w",
            "target_directory": "/w/target", "version": 1, "resolve": null,
        });
        serde_json::from_value(metadata).expect("metadata as cargo writes it")
    }

    fn check(name: &str, dependency: &str, kind: &str, expected: &[&str]) {
        let metadata = workspace(name, dependency, kind);
        let findings: Vec<String> =
            [between_crates(&metadata), pure_crates(&metadata)].concat().into_iter().map(|f| f.what).collect();
        assert_eq!(findings, expected);
    }

    #[test]
    fn an_arrow_of_the_list_is_allowed() {
        check("vigie", "vigie-store", "normal", &[]);
    }

    #[test]
    fn an_arrow_outside_the_list_is_refused() {
        check("vigie-links", "vigie-store", "normal", &["`vigie-links` may not import `vigie-store`"]);
    }

    #[test]
    fn only_tests_import_the_test_kit() {
        check("vigie-links", "vigie-testkit", "dev", &[]);
        check("vigie-links", "vigie-testkit", "normal", &["`vigie-links` may not import `vigie-testkit`"]);
    }

    #[test]
    fn a_pure_crate_reaches_out_only_in_its_tests() {
        check("vigie-rules", "rayon", "dev", &[]);
        check("vigie-rules", "rayon", "normal", &["`vigie-rules` is pure and may not import `rayon`"]);
        check("vigie-reports", "rayon", "normal", &[]);
    }

    #[test]
    fn a_crate_that_nobody_listed_is_refused() {
        check("vigie-new", "serde", "normal", &["a crate that the list of arrows does not know"]);
    }
}
