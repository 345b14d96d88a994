//! A server of demonstration on a free port, for the steps that look at the program from outside.
//!
//! It ends with its value: no step may leave one behind.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use cargo_metadata::camino::Utf8Path;

use crate::tree;

/// A server of demonstration; ends with this value.
pub(crate) struct Server {
    child: Child,
    /// Where it answers.
    pub(crate) url: String,
    /// The first account that it announced.
    pub(crate) account: String,
    /// Its password.
    pub(crate) password: String,
    /// Kept open: a server that cannot print would end.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `vigie serve` at this address with these arguments and waits for the address and the first account that it prints.
    pub(crate) fn start(target: &Utf8Path, listen: &str, args: &[&str]) -> Result<Self> {
        let program = target.join("debug/vigie");
        let mut child = Command::new(&program)
            .args(["serve", "--listen", listen])
            .args(args)
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
        Ok(Self { child, url, account, password, _output: output })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that has already ended cannot be ended again.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Empties the folder of a server's data.
pub(crate) fn empty(data: &Utf8Path) -> Result<()> {
    if data.exists() {
        fs::remove_dir_all(data).with_context(|| format!("{data} cannot be emptied"))?;
    }
    Ok(())
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
