//! The journeys in a real browser: a server of demonstration on a free port, and the Node tests against it.

use std::{fs, net::TcpListener};

use anyhow::{Context, Result, bail};
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

use crate::{
    process::Run,
    server::{self, Server},
    tally::Tally,
    tree,
};

/// Where the Node tests and their lock file are.
const TESTS: &str = "crates/vigie/tests/browser";

/// Runs the journeys; true when all went well.
pub(crate) fn run(tally: &mut Tally) -> Result<bool> {
    if !Run::cargo(["build", "-p", "vigie", "--bin", "vigie"]).succeeds()? {
        return Ok(false);
    }
    let tests = tree::root().join(TESTS);
    let install = Run::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
    if !install.at(&tests).succeeds()? {
        bail!("npm could not bring what {TESTS}/package-lock.json names");
    }
    let target = tree::metadata()?.target_directory;
    let data = target.join("browser-data");
    server::empty(&data)?;
    let (settings, lmtp) = post(&target)?;
    let listen = free_port()?;
    // Passkeys and providers know names, not numbers.
    let address = format!("http://localhost:{}", listen.rsplit(':').next().unwrap_or_default());
    let (sign_in, issuer) = provider(&target, &address)?;
    let args = ["--demo", "--data", data.as_str(), "--mail", settings.as_str(), "--sign-in", sign_in.as_str()];
    let server = Server::start(&target, &listen, &args)?;
    Run::new("node")
        // One file after the other: one of them writes, and others compare the head of the journal.
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .at(&tests)
        .env("VIGIE_URL", &server.url)
        .env("VIGIE_ACCOUNT", &server.account)
        .env("VIGIE_PASSWORD", &server.password)
        .env("VIGIE_LMTP", &lmtp)
        .env("VIGIE_ADDRESS", &address)
        .env("VIGIE_OIDC", &issuer)
        .each_line(|line| tally.read(line))
}

/// Settings of a post that takes mails on loopback and sends none, and where it takes them.
fn post(target: &Utf8Path) -> Result<(Utf8PathBuf, String)> {
    let folder = target.join("browser-mail");
    fs::create_dir_all(&folder).with_context(|| format!("{folder} cannot be made"))?;
    let lmtp = free_port()?;
    fs::write(folder.join("token.key"), "a key of a demonstration that signs nothing real")?;
    let settings = folder.join("mail.toml");
    let text = format!(
        "addresses = [\"guichet@desk.example\"]\ntoken_key = {{ file = \"token.key\" }}\n\
         [[organisation]]\nname = \"DSIUN\"\nside = \"customer\"\ndomains = [\"customer.example\"]\n\
         [listen]\naddress = \"{lmtp}\"\nname = \"desk.example\"\n"
    );
    fs::write(&settings, text)?;
    Ok((settings, lmtp))
}

/// Free a moment ago; nothing else on this machine takes ports meanwhile.
fn free_port() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// The file of sign-in of a server at that address, with a provider that a test may start, and that provider's issuer.
fn provider(target: &Utf8Path, address: &str) -> Result<(Utf8PathBuf, String)> {
    let folder = target.join("browser-sign-in");
    fs::create_dir_all(&folder).with_context(|| format!("{folder} cannot be made"))?;
    let issuer = format!("http://{}", free_port()?);
    fs::write(folder.join("secret"), "a secret of a demonstration\n")?;
    let text = format!(
        "address = \"{address}\"\n\
         [[provider]]\nid = \"demo\"\nlabel = {{ fr = \"Compte du Département\", en = \"Department account\" }}\n\
         issuer = \"{issuer}\"\nclient_id = \"vigie\"\nclient_secret_file = \"secret\"\nside = \"customer\"\n\
         [[provider.role]]\ngroup = \"vigie-cds\"\nrole = \"cds\"\n"
    );
    let settings = folder.join("sign-in.toml");
    fs::write(&settings, text)?;
    Ok((settings, issuer))
}
