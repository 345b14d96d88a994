//! Real mail servers of Debian, each started for one test on loopback: Postfix and Dovecot.
//!
//! MUST NOT touch the machine's own mail: each has its folders and its port, and both go with the test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// Processes of Postfix that a mail needs, as its `master.cf` names them.
const SERVICES: &str = "\
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// The user under which mailboxes are written and read: `nobody`.
const NOBODY: u32 = 65_534;

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary directory");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    folder
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}

/// Waits for a line of a server's log, then goes on reading it, so that the server never waits for us.
fn until(log: impl std::io::Read + Send + 'static, says: &str) -> bool {
    let mut lines = BufReader::new(log).lines();
    let heard = lines.by_ref().map_while(Result::ok).any(|line| line.contains(says));
    std::thread::spawn(move || lines.for_each(drop));
    heard
}

/// A mail server that takes mails by SMTP and hands them on as its settings say.
pub struct Postfix {
    folder: TempDir,
    /// Where it listens, on loopback.
    pub port: u16,
    server: Child,
}

impl Postfix {
    /// Starts one; `settings` are lines of `main.cf` that say where mails go.
    ///
    /// # Panics
    /// When Postfix is not installed or does not start.
    #[must_use]
    pub fn start(settings: &str) -> Self {
        let (folder, port) = (folder(), free_port());
        let path = folder.path().display();
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {path}/queue\ndata_directory = {path}/data\n\
             daemon_directory = /usr/lib/postfix/sbin\nmyhostname = mx.b.fr\nmydestination =\nmynetworks = 127.0.0.0/8\n\
             inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nalias_maps =\nlocal_recipient_maps =\n\
             recipient_delimiter = +\nsmtpd_relay_restrictions = permit_mynetworks, reject\n\
             maillog_file = /dev/stdout\nmaillog_file_prefixes = /dev\n\
             message_size_limit = 30000000\nmailbox_size_limit = 0\nvirtual_mailbox_limit = 0\ndisable_dns_lookups = yes\n\
             smtp_host_lookup = native\nminimal_backoff_time = 1s\nqueue_run_delay = 1s\nmaximal_backoff_time = 1s\n{settings}"
        );
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("the folder is ours");
        write("main.cf", &main);
        write("master.cf", &format!("127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"));
        write("dynamicmaps.cf", "");
        for name in ["queue", "data"] {
            fs::create_dir(folder.path().join(name)).expect("the folder is ours");
        }
        let owned = Command::new("chown").arg("postfix").arg(folder.path().join("data")).status();
        assert!(owned.is_ok_and(|s| s.success()), "Postfix is needed: apt-get install postfix");
        let mut server = Command::new("/usr/sbin/postfix")
            .arg("-c")
            .arg(folder.path())
            .arg("start-fg")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Postfix is needed: apt-get install postfix");
        let log = server.stdout.take().expect("its output is a pipe");
        assert!(until(log, "daemon started"), "Postfix did not start");
        Self { folder, port, server }
    }

    /// Settings that put mails for these addresses into mailboxes of a [`Dovecot`].
    #[must_use]
    pub fn into_mailboxes(dovecot: &Dovecot, domains: &str, mailboxes: &[(&str, &str)]) -> String {
        let maps: Vec<String> = mailboxes.iter().map(|(address, user)| format!("{{ {address} = {user}/ }}")).collect();
        format!(
            "virtual_mailbox_domains = {domains}\nvirtual_mailbox_base = {}\nvirtual_mailbox_maps = inline:{{ {} }}\n\
             virtual_minimum_uid = 1\nvirtual_uid_maps = static:{NOBODY}\nvirtual_gid_maps = static:{NOBODY}\n\
             virtual_transport = virtual\n",
            dovecot.mail().display(),
            maps.join(", ")
        )
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let _ = Command::new("/usr/sbin/postfix").arg("-c").arg(self.folder.path()).arg("stop").status();
        let _ = self.server.wait();
    }
}

/// A mail server whose mailboxes are read by IMAP with the password `secret`.
pub struct Dovecot {
    folder: TempDir,
    /// Where it listens, on loopback.
    pub port: u16,
    server: Child,
}

impl Dovecot {
    /// Starts one with a mailbox for each user; each also has a folder `Kept`.
    ///
    /// # Panics
    /// When Dovecot is not installed or does not start.
    #[must_use]
    pub fn start(users: &[&str]) -> Self {
        let (folder, port) = (folder(), free_port());
        let path = folder.path().display().to_string();
        let config = format!(
            "base_dir = {path}/run\nstate_dir = {path}/state\nlog_path = /dev/stderr\nprotocols = imap\nlisten = 127.0.0.1\n\
             ssl = no\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\nmail_location = maildir:{path}/mail/%u\n\
             service imap-login {{\n inet_listener imap {{\n port = {port}\n }}\n inet_listener imaps {{\n port = 0\n }}\n}}\n\
             service stats {{\n chroot =\n}}\n\
             passdb {{\n driver = static\n args = password=secret\n}}\n\
             userdb {{\n driver = static\n args = uid={NOBODY} gid={NOBODY} home={path}/mail/%u\n}}\n"
        );
        fs::write(folder.path().join("dovecot.conf"), config).expect("the folder is ours");
        let mail = folder.path().join("mail");
        let mut places = vec![mail.clone()];
        for user in users {
            let own = mail.join(user);
            places.push(own.clone());
            places.extend(["new", "cur", "tmp", ".Kept"].map(|name| own.join(name)));
            places.extend(["new", "cur", "tmp"].map(|name| own.join(".Kept").join(name)));
        }
        for place in places {
            fs::create_dir(&place).expect("the folder is ours");
            chown(&place, Some(NOBODY), Some(NOBODY)).expect("tests of mail servers run as root");
        }
        let mut server = Command::new("/usr/sbin/dovecot")
            .args(["-F", "-c"])
            .arg(folder.path().join("dovecot.conf"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("Dovecot is needed: apt-get install dovecot-imapd");
        let log = server.stderr.take().expect("its output is a pipe");
        assert!(until(log, "starting up"), "Dovecot did not start");
        Self { folder, port, server }
    }

    /// Where all mailboxes are.
    fn mail(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// The maildir of a user.
    #[must_use]
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.mail().join(user)
    }

    /// Delivers a mail as maildir asks: written aside, then moved in.
    ///
    /// # Panics
    /// When the user has no mailbox.
    pub fn deliver(&self, user: &str, name: &str, mail: impl AsRef<[u8]>) {
        let place = |folder: &str| Path::new(&self.maildir(user)).join(folder).join(name);
        let aside = place("tmp");
        fs::write(&aside, mail).expect("the user has a mailbox");
        chown(&aside, Some(NOBODY), Some(NOBODY)).expect("tests of mail servers run as root");
        fs::rename(aside, place("new")).expect("the user has a mailbox");
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
    }
}
