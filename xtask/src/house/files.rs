//! Rules on every file that is committed.

use super::Finding;
use crate::tree::Tree;

/// Folders of one machine. They are put together here so that this file does not hold them.
const MACHINE_FOLDERS: [&str; 5] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/Us", "ers/"),
];

/// What the host of a package registry has in its name.
const REGISTRY_WORDS: [&str; 4] = ["npm", "python", "crates", "debian"];

/// The largest file: data of others does not belong here.
const LARGEST_BYTES: usize = 400_000;

/// No folder of somebody's machine and no address of a registry.
pub(super) fn free_of_this_machine(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    // cargo writes the address of its registry into its lock file.
    for (path, text) in tree.texts().filter(|(path, _)| *path != "Cargo.lock") {
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = MACHINE_FOLDERS.iter().find(|folder| line.contains(**folder)) {
                findings.push(Finding::at(path, index, format!("`{folder}` is a folder of one machine")));
            }
            if let Some(host) = registry_host(line) {
                findings.push(Finding::at(
                    path,
                    index,
                    format!("`{host}` is a registry: name the package, not its address"),
                ));
            }
        }
    }
    findings
}

/// The host of the first address of a registry in a line.
fn registry_host(line: &str) -> Option<&str> {
    line.split("://")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').next())
        .find(|host| host.contains('.') && REGISTRY_WORDS.iter().any(|word| host.contains(word)))
}

/// No file is larger than a page of work.
pub(super) fn small(tree: &Tree) -> Vec<Finding> {
    tree.files
        .iter()
        .filter(|(_, file)| file.size_bytes > LARGEST_BYTES)
        .map(|(path, file)| Finding::new(path, format!("{} bytes; at most {LARGEST_BYTES}", file.size_bytes)))
        .collect()
}

/// npm's lock files name packages and hashes, not the addresses of the machine that wrote them.
pub(super) fn locks_without_addresses(tree: &Tree) -> Vec<Finding> {
    tree.texts()
        .filter(|(path, text)| path.ends_with("package-lock.json") && text.contains("\"resolved\""))
        .map(|(path, _)| Finding::new(path, "remove the `resolved` lines; npm finds packages by name and hash"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(findings: Vec<Finding>) -> Vec<String> {
        findings.into_iter().map(|f| f.place).collect()
    }

    #[test]
    fn each_folder_of_a_machine_is_found_with_its_line() {
        for folder in MACHINE_FOLDERS {
            let text = format!("first\ncd {folder}vigie\n");
            assert_eq!(places(free_of_this_machine(&Tree::of(&[("a.md", &text)]))), ["a.md:2"], "{folder}");
        }
    }

    #[test]
    fn the_address_of_a_registry_is_found_and_any_other_is_not() {
        for word in REGISTRY_WORDS {
            let text = format!("see https://registry.{word}.org/axum");
            assert_eq!(places(free_of_this_machine(&Tree::of(&[("a.md", &text)]))), ["a.md:1"], "{word}");
        }
        let text = "see https://example.org/npm and http://127.0.0.1:8080/python";
        assert!(free_of_this_machine(&Tree::of(&[("a.md", text)])).is_empty());
    }

    #[test]
    fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
        let at = "x".repeat(LARGEST_BYTES);
        let over = "x".repeat(LARGEST_BYTES + 1);
        assert_eq!(places(small(&Tree::of(&[("at.txt", &at), ("over.txt", &over)]))), ["over.txt"]);
    }

    #[test]
    fn a_lock_file_with_addresses_is_found() {
        let tree = Tree::of(&[
            ("web/package-lock.json", "{\"packages\":{\"a\":{\"resolved\":\"x\"}}}"),
            ("other/package-lock.json", "{\"packages\":{\"a\":{\"integrity\":\"x\"}}}"),
        ]);
        assert_eq!(places(locks_without_addresses(&tree)), ["web/package-lock.json"]);
    }
}
