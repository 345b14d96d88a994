//! Brings the web assets: runs `npm ci` in a copy under `OUT_DIR` and assembles what is embedded.
//!
//! It must never write in the source tree, and runs npm again only when the lock file changes, so
//! that a rebuild after an edit of a style sheet takes a fraction of a second and no network.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

const INPUTS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

fn main() -> Result<(), String> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=web");
    println!("cargo:rerun-if-changed=../reports/templates/chart.css");
    let source =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets no CARGO_MANIFEST_DIR")?).join("web");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets no OUT_DIR")?);
    let npm = out.join("npm");
    fs::create_dir_all(&npm).map_err(|e| format!("cannot create {}: {e}", npm.display()))?;

    let installed = npm.join("installed");
    let wanted = read(&source.join("package-lock.json"))?;
    if fs::read(&installed).ok().as_deref() != Some(wanted.as_slice()) {
        for name in INPUTS {
            let (from, to) = (source.join(name), npm.join(name));
            fs::copy(&from, &to).map_err(|e| format!("cannot copy {} to {}: {e}", from.display(), to.display()))?;
        }
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
            .current_dir(&npm))?;
        fs::write(&installed, wanted).map_err(|e| format!("cannot write {}: {e}", installed.display()))?;
    }
    // Node finds `node_modules` from where it runs, so the script stays in the source tree.
    run(Command::new("node").arg(source.join("assets.mjs")).arg(&source).arg(out.join("assets")).current_dir(&npm))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => format!(
            "`{program}` was not found. Node and npm are needed to bring the web assets; install them and run again."
        ),
        _ => format!("`{program}` could not be started: {e}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`{program}` failed. Node and npm are needed to bring the web assets, and npm must reach its registry or hold them in its cache; mend what it says and run again.\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}
