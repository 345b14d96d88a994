//! A PostgreSQL cluster that lives as long as the process that started it.
//!
//! A small shell makes the cluster in a directory of its own, listens on a Unix socket there, and waits
//! on its standard input. When the test process ends, however it ends, the pipe closes: the shell stops the
//! server and removes the directory. MUST NOT leave a server behind.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use postgres::{Client, NoTls};

/// Makes, serves, waits, cleans. `$1` is the directory of the programs, `$2` more options of the server.
/// Runs as the user `postgres` when started by root, since the server refuses to run as root.
const SCRIPT: &str = r#"
set -eu
dir=$(mktemp -d /tmp/vigie-pg-XXXXXX)
clean() { "$1/pg_ctl" -D "$dir/data" -m immediate -s stop || true; rm -rf "$dir"; }
trap 'clean "$1"' EXIT
trap 'exit 0' HUP INT TERM
cd "$dir"
"$1/initdb" -D "$dir/data" -U vigie --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
"$1/pg_ctl" -D "$dir/data" -w -s -l "$dir/log" -o "-k $dir -c listen_addresses='' -c max_connections=400 $2" start || { cat "$dir/log"; exit 1; }
echo "ready $dir"
read -r _ || true
"#;

/// Whether the cluster flushes to disk: tests need no durability, benches measure it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// No flush at all.
    None,
    /// As installed: every commit is flushed.
    Full,
}

/// A running cluster.
pub struct Cluster {
    socket_dir: PathBuf,
    shell: Child,
    // Closing it is the sign to stop.
    stdin: Option<ChildStdin>,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start; says what to install or why.
    #[must_use]
    pub fn start(durability: Durability) -> Cluster {
        let options = match durability {
            Durability::None => "-c fsync=off -c full_page_writes=off -c synchronous_commit=off",
            Durability::Full => "",
        };
        let programs = programs();
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        let mut shell = command
            .args(["-c", SCRIPT, "sh"])
            .arg(&programs)
            .arg(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let stdin = shell.stdin.take();
        let mut out = BufReader::new(shell.stdout.take().expect("its output is a pipe"));
        let mut said = String::new();
        out.read_line(&mut said).expect("its output can be read");
        let Some(socket_dir) = said.strip_prefix("ready ").map(|dir| PathBuf::from(dir.trim())) else {
            out.read_to_string(&mut said).expect("its output can be read");
            panic!("PostgreSQL in {} did not start:\n{said}", programs.display());
        };
        Cluster { socket_dir, shell, stdin }
    }

    /// The URL of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        // The password is not needed and there to be seen where it must not be.
        format!("postgresql://vigie:unseen@/{database}?host={}", self.socket_dir.display())
    }

    /// Creates an empty database and gives its URL.
    ///
    /// # Panics
    /// When the server refuses.
    #[must_use]
    pub fn create(&self, database: &str) -> String {
        self.run(&format!("CREATE DATABASE {database} TEMPLATE template0")).expect("the test cluster makes a database");
        self.url(database)
    }

    /// Drops a database, whoever is connected.
    ///
    /// # Errors
    /// Whatever the server says.
    pub fn drop_database(&self, database: &str) -> Result<(), postgres::Error> {
        self.run(&format!("DROP DATABASE {database} WITH (FORCE)"))
    }

    fn run(&self, sql: &str) -> Result<(), postgres::Error> {
        Client::connect(&self.url("postgres"), NoTls)?.batch_execute(sql)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It has been told; what it answers changes nothing.
        let _ = self.shell.wait();
    }
}

/// The programs of the newest PostgreSQL that Debian's package installed.
fn programs() -> PathBuf {
    let version = |path: &Path| path.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse::<u32>().ok());
    std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| version(path))
        .map(|path| path.join("bin"))
        .expect("PostgreSQL is needed by this test and is not installed: apt-get install postgresql")
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("/proc is there")) == 0
}
