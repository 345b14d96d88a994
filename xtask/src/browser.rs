//! The journeys in a real browser: a server of demonstration on a free port, and the Node tests against it.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use cargo_metadata::camino::{Utf8Path, Utf8PathBuf};

use crate::{process::Run, tally::Tally, tree};

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
    let server = Server::start(&target)?;
    Run::new("node")
        // One file after the other: one of them writes, and others compare the head of the journal.
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .at(&tests)
        .env("VIGIE_URL", &server.url)
        .env("VIGIE_ACCOUNT", &server.account)
        .env("VIGIE_PASSWORD", &server.password)
        .env("VIGIE_LMTP", &server.lmtp)
        .env("VIGIE_ADDRESS", &server.address)
        .env("VIGIE_OIDC", &server.issuer)
        .each_line(|line| tally.read(line))
}

/// A server of demonstration; ends with this value.
struct Server {
    child: Child,
    url: String,
    account: String,
    password: String,
    /// Where it listens for mails.
    lmtp: String,
    /// Its address in its file of sign-in: passkeys and providers know names, not numbers.
    address: String,
    /// The provider that its people may sign in through, once a test starts it.
    issuer: String,
    /// Kept open: a server that cannot print would end.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it on data of its own, and waits for the address and the first account that it prints.
    fn start(target: &Utf8Path) -> Result<Self> {
        let data = target.join("browser-data");
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("{data} cannot be emptied"))?;
        }
        let program = target.join("debug/vigie");
        let (settings, lmtp) = post(target)?;
        let listen = free_port()?;
        let address = format!("http://localhost:{}", listen.rsplit(':').next().unwrap_or_default());
        let (sign_in, issuer) = provider(target, &address)?;
        let mut child = Command::new(&program)
            .args(["serve", "--demo", "--listen", &listen, "--data", data.as_str(), "--mail", settings.as_str()])
            .args(["--sign-in", sign_in.as_str()])
            .current_dir(tree::root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .env("VIGIE_LOG", "warn")
            .spawn()
            .with_context(|| format!("{program} could not be started"))?;
        let mut output = BufReader::new(child.stdout.take().context("the server's output")?);
        let said = announced(&mut output);
        let Some((url, account, password)) = said else {
            // It has ended or says something else; either way it must not stay.
            let _ = child.kill();
            let _ = child.wait();
            bail!("the server ended before it said its address and an account");
        };
        Ok(Self { child, url, account, password, lmtp, address, issuer, _output: output })
    }
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

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has already ended cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads `listening on URL`, then the first indented line, which is an account with its password.
fn announced(output: &mut impl BufRead) -> Option<(String, String, String)> {
    let mut url = None;
    let mut line = String::new();
    loop {
        line.clear();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(address) = line.trim_end().strip_prefix("listening on ") {
            url = Some(address.to_owned());
        } else if let (Some(url), true) = (&url, line.starts_with("  ")) {
            let mut words = line.split_whitespace();
            let (account, password) = (words.next()?, words.next()?);
            return Some((url.clone(), account.to_owned(), password.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::announced;

    #[test]
    fn the_address_and_the_first_account_are_read() {
        let text =
            "listening on http://127.0.0.1:4040\nstarted in 12 ms\nAccounts:\n  ada  secret  Manager\n  bob  x  y\n";
        let (url, account, password) = announced(&mut text.as_bytes()).expect("all three");
        assert_eq!([url, account, password], ["http://127.0.0.1:4040", "ada", "secret"]);
    }

    #[test]
    fn a_server_that_ends_early_is_noticed() {
        assert_eq!(announced(&mut "listening on http://127.0.0.1:4040\n".as_bytes()), None);
        assert_eq!(announced(&mut "".as_bytes()), None);
    }
}
