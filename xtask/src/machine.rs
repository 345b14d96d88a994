//! What the machine must have for the whole of `ci`: found, or installed from Debian's packages.

use std::{env, fs, path::Path};

use anyhow::{Result, bail, ensure};

use crate::process::Run;

/// A Debian package, how to see that it is there, and why we need it.
struct Need {
    package: &'static str,
    present: fn() -> bool,
    why: &'static str,
}

const NEEDS: [Need; 11] = [
    Need { package: "postgresql", present: has_postgresql, why: "the tests run on both engines" },
    Need { package: "chromium", present: || on_path("chromium"), why: "the browser journey" },
    Need {
        package: "fonts-liberation",
        present: || Path::new("/usr/share/fonts/truetype/liberation").is_dir(),
        why: "text in the browser",
    },
    Need {
        package: "dovecot-imapd",
        present: || Path::new("/usr/sbin/dovecot").is_file(),
        why: "a mailbox for the tests of mail",
    },
    Need {
        package: "postfix",
        present: || Path::new("/usr/sbin/postfix").is_file(),
        why: "a mail server for the tests of mail",
    },
    Need {
        package: "slapd",
        present: || Path::new("/usr/sbin/slapd").is_file(),
        why: "a directory for the tests of sign-in",
    },
    Need { package: "ldap-utils", present: || on_path("ldapmodify"), why: "filling that directory" },
    Need { package: "python3-venv", present: has_venv, why: "the tool that tries the API from its own description" },
    Need { package: "poppler-utils", present: || on_path("pdftotext"), why: "reading the PDF back" },
    Need { package: "gnumeric", present: || on_path("ssconvert"), why: "working the workbook's formulas out again" },
    Need { package: "bsdutils", present: || on_path("script"), why: "a terminal for the progress of an import" },
];

/// Installs what is missing; fails with the command to type when we may not.
pub(crate) fn prepare() -> Result<()> {
    ensure!(
        on_path("node") && on_path("npm"),
        "Node with npm is missing: the web assets come from its lock file; install Node 20 or later"
    );
    ensure!(
        Run::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).succeeds()?,
        "no file system can be mounted here, even in a namespace of one's own, and a test fills a small one: allow \
         user namespaces (sysctl kernel.unprivileged_userns_clone=1), or run as root with CAP_SYS_ADMIN"
    );
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        println!("nothing is missing");
        return Ok(());
    }
    for need in &missing {
        println!("missing: {} ({})", need.package, need.why);
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let by_hand = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if !on_path("apt-get") || Run::new("id").args(["-u"]).output()?.trim() != "0" {
        bail!("run as root: {by_hand}");
    }
    let apt = || Run::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    if !apt().args(["update", "-qq"]).succeeds()? {
        println!("the list of packages could not be refreshed; going on with the one that is there");
    }
    let installed = apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(&packages).succeeds()?;
    ensure!(installed, "installing failed; look at the lines above, then: {by_hand}");
    match missing.iter().find(|need| !(need.present)()) {
        Some(need) => bail!("{} was installed but is still not found", need.package),
        None => Ok(()),
    }
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Debian's Python makes no environment with a client of packages until this module is there.
fn has_venv() -> bool {
    on_path("python3") && Run::new("python3").args(["-c", "import ensurepip, venv"]).output().is_ok()
}

/// Debian keeps the server's programs out of the path, one folder for each version.
fn has_postgresql() -> bool {
    let Ok(versions) = fs::read_dir("/usr/lib/postgresql") else { return false };
    versions.flatten().any(|version| version.path().join("bin/initdb").is_file())
}
