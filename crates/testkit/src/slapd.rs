//! A directory that lives as long as the test that started it: Debian's slapd on the loopback.
//!
//! As with the cluster, a small shell waits on its standard input and stops the server when the pipe closes,
//! however the test ends. MUST NOT leave a server behind.

use std::{
    io::{BufRead, BufReader, Read, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
};

/// Makes certificate, configuration and database, serves, waits, cleans. `$1` and `$2` are the ports.
const SCRIPT: &str = r#"
set -eu
PATH="$PATH:/usr/sbin"
dir=$(mktemp -d /tmp/vigie-ldap-XXXXXX)
server=
clean() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"; }
trap clean EXIT
trap 'exit 0' HUP INT TERM
cd "$dir"
mkdir db
cat >req.conf <<EOF
[req]
distinguished_name = name
x509_extensions = own
prompt = no
[name]
CN = localhost
[own]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost
EOF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -config req.conf \
  -keyout key.pem -out cert.pem >log 2>&1 || { cat log; exit 1; }
cat >slapd.conf <<EOF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
TLSCertificateFile $dir/cert.pem
TLSCertificateKeyFile $dir/key.pem
database mdb
suffix dc=example,dc=test
rootdn cn=admin,dc=example,dc=test
rootpw unseen-admin
directory $dir/db
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
EOF
slapd -d 0 -f slapd.conf -h "ldap://127.0.0.1:$1 ldaps://127.0.0.1:$2" >>log 2>&1 &
server=$!
tries=0
until ldapsearch -x -H "ldap://127.0.0.1:$1" -b '' -s base >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] && kill -0 $server 2>/dev/null || { cat log; exit 1; }
  sleep 0.1
done
echo "ready $dir"
read -r _ || true
"#;

/// Distinguished name below which everything is.
pub const BASE: &str = "dc=example,dc=test";
/// Who may change everything.
pub const ADMIN: &str = "cn=admin,dc=example,dc=test";
/// The administrator's password.
pub const ADMIN_PASSWORD: &str = "unseen-admin";

/// A running directory.
pub struct Slapd {
    /// Where it speaks in the clear, and StartTLS.
    pub url: String,
    /// Where it speaks TLS only.
    pub tls_url: String,
    /// Its own certificate, in PEM.
    pub certificate: PathBuf,
    shell: Child,
    // Closing it is the sign to stop.
    stdin: Option<ChildStdin>,
}

impl Slapd {
    /// Starts a directory that holds only its root.
    ///
    /// # Panics
    /// When slapd is not installed or does not start; says why.
    #[must_use]
    pub fn start() -> Slapd {
        let ports = [free_port(), free_port()];
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT, "sh"])
            .args(ports.map(|p| p.to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let stdin = shell.stdin.take();
        let mut out = BufReader::new(shell.stdout.take().expect("its output is a pipe"));
        let mut said = String::new();
        out.read_line(&mut said).expect("its output can be read");
        let Some(dir) = said.strip_prefix("ready ").map(|dir| PathBuf::from(dir.trim())) else {
            out.read_to_string(&mut said).expect("its output can be read");
            panic!("slapd did not start (apt-get install slapd ldap-utils):\n{said}");
        };
        let [plain, tls] = ports;
        let slapd = Slapd {
            url: format!("ldap://localhost:{plain}"),
            tls_url: format!("ldaps://localhost:{tls}"),
            certificate: dir.join("cert.pem"),
            shell,
            stdin,
        };
        slapd.change(&format!(
            "dn: {BASE}\nchangetype: add\nobjectClass: dcObject\nobjectClass: organization\no: test\n"
        ));
        slapd
    }

    /// Applies changes written as LDIF, as the administrator.
    ///
    /// # Panics
    /// When the directory refuses them.
    pub fn change(&self, ldif: &str) {
        let mut child = Command::new("ldapmodify")
            .args(["-x", "-H", &self.url, "-D", ADMIN, "-w", ADMIN_PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("ldapmodify of ldap-utils starts");
        child.stdin.take().expect("its input is a pipe").write_all(ldif.as_bytes()).expect("it reads");
        assert!(child.wait().expect("it ends").success(), "the directory refuses\n{ldif}");
    }

    /// Adds a person with a password.
    pub fn person(&self, uid: &str, password: &str) {
        self.change(&format!(
            "dn: uid={uid},{BASE}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n\
             userPassword: {password}\n"
        ));
    }

    /// Adds a group of people.
    pub fn group(&self, cn: &str, uids: &[&str]) {
        let members: String = uids.iter().map(|uid| format!("member: uid={uid},{BASE}\n")).collect();
        self.change(&format!("dn: cn={cn},{BASE}\nchangetype: add\nobjectClass: groupOfNames\ncn: {cn}\n{members}"));
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // It has been told; what it answers changes nothing.
        let _ = self.shell.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}
