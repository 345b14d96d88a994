//! Starting other programs: their output is passed on as it comes, and kept where a count is read from it.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::tree;

/// A program about to be started at the root of the workspace.
pub(crate) struct Run {
    command: Command,
    line: String,
}

impl Run {
    /// A program by name.
    pub(crate) fn new(program: &str) -> Self {
        let mut command = Command::new(program);
        command.current_dir(tree::root()).stdin(Stdio::null());
        Self { command, line: program.to_owned() }
    }

    /// The cargo that started us.
    pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Self {
        let mut run = Self::new("cargo");
        if let Some(cargo) = std::env::var_os("CARGO") {
            let mut command = Command::new(cargo);
            command.current_dir(tree::root()).stdin(Stdio::null());
            run.command = command;
        }
        run.args(args)
    }

    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        for arg in args {
            self.line.push(' ');
            self.line.push_str(&arg.as_ref().to_string_lossy());
            self.command.arg(arg);
        }
        self
    }

    /// Runs it in another folder than the root of the workspace.
    pub(crate) fn at(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it with our own output; true when it ends well.
    pub(crate) fn succeeds(mut self) -> Result<bool> {
        let status = self.command.status().with_context(|| format!("`{}` could not be started", self.line))?;
        Ok(status.success())
    }

    /// Runs it, passes on each line that it prints and hands it over; true when it ends well.
    pub(crate) fn each_line(mut self, mut read: impl FnMut(&str)) -> Result<bool> {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{}` could not be started", self.line))?;
        if let Some(stdout) = child.stdout.take() {
            let mut reader = BufReader::new(stdout);
            let mut bytes = Vec::new();
            while reader.read_until(b'\n', &mut bytes)? > 0 {
                let line = String::from_utf8_lossy(&bytes).into_owned();
                print!("{line}");
                read(line.trim_end());
                bytes.clear();
            }
        }
        Ok(child.wait()?.success())
    }

    /// What it prints, when it ends well.
    pub(crate) fn output(mut self) -> Result<String> {
        let output = self.command.output().with_context(|| format!("`{}` could not be started", self.line))?;
        anyhow::ensure!(
            output.status.success(),
            "`{}` failed: {}",
            self.line,
            String::from_utf8_lossy(&output.stderr).trim()
        );
        String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print text", self.line))
    }
}
