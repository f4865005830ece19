//! A primary server (BIND or Knot) that takes updates, a secondary that gets the zone from it and is the resolver too, and a setup that wants
//! records in that zone. All on loopback.

use std::fs;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::programs::Ran;
use crate::programs::nobounce;
use crate::programs::program;

pub const DOMAIN: &str = "shop.test";
pub const SECRET: &str = "bm9ib3VuY2UgYW5kIHRoZSBuYW1lIHNlcnZlciBzaGFyZQ==";
const OTHER_SECRET: &str = "c29tZWJvZHkgZWxzZSBoYXMgYW5vdGhlciBzZWNyZXQgISE=";

/// BIND listens at addresses that an interface has, Knot at any of the loopback net. BIND is the resolver as well.
const BIND: &str = "127.0.0.1";
const KNOT: &str = "127.0.0.2";

/// Which program is the primary server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bind,
    Knot,
}

impl Kind {
    /// Where the server is that takes updates.
    pub fn primary(self) -> &'static str {
        match self {
            Self::Bind => BIND,
            Self::Knot => KNOT,
        }
    }

    /// Where the server is that copies the zone.
    pub fn secondary(self) -> &'static str {
        match self {
            Self::Bind => KNOT,
            Self::Knot => BIND,
        }
    }
}

/// A child that ends with this value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct World {
    kind: Kind,
    pub port: u16,
    pub folder: TempDir,
    primary: Option<Server>,
    secondary: Option<Server>,
    pub selector: String,
    pub key_record: String,
}

impl World {
    /// Both servers with the zone as its file has it, and a setup that wants a key, an SPF and a DMARC record. None where a program is not
    /// installed.
    pub fn new(kind: Kind) -> Option<Self> {
        Self::with_selector(kind, "nb1")
    }

    /// The same, with a key of this selector.
    pub fn with_selector(kind: Kind, selector: &str) -> Option<Self> {
        let named = program("named")?;
        let knotd = program("knotd")?;
        program("nsupdate").and(program("dig"))?;
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let port = free_port();
            for (file, text) in [
                ("root.zone", include_str!("zones/delegation.zone")),
                ("test.zone", include_str!("zones/delegation.test.zone")),
                ("shop.test.zone", include_str!("zones/shop.test.zone")),
            ] {
                let text = text
                    .replace("PRIMARY", kind.primary())
                    .replace("SECONDARY", kind.secondary());
                fs::write(folder.path().join(file), text).unwrap();
            }
            let mut world = Self {
                kind,
                port,
                folder,
                primary: None,
                secondary: None,
                selector: selector.to_owned(),
                key_record: String::new(),
            };
            world.write_keys();
            let bind = |world: &Self| world.bind(&named);
            let knot = |world: &Self| world.knot(&knotd);
            // A copy can be had only from a primary that runs.
            world.primary = Some(match kind {
                Kind::Bind => bind(&world),
                Kind::Knot => knot(&world),
            });
            if !world.answers(kind.primary()) {
                continue;
            }
            world.secondary = Some(match kind {
                Kind::Bind => knot(&world),
                Kind::Knot => bind(&world),
            });
            if !world.answers(kind.secondary()) {
                continue;
            }
            world.make_setup();
            return Some(world);
        }
        panic!("the servers did not start in five attempts");
    }

    pub fn path(&self, file: &str) -> String {
        self.folder.path().join(file).display().to_string()
    }

    /// `nobounce` with the options of this lab.
    pub fn nobounce(&self, arguments: &[&str]) -> Command {
        let mut command = nobounce();
        command
            .args(arguments)
            .args(["--resolver", &format!("{BIND}:{}", self.port)])
            .args(["--authoritative-port", &self.port.to_string()])
            .args(["--timeout", "4", "--data-dir"])
            .arg(self.folder.path().join("data"))
            .stdin(Stdio::null());
        command
    }

    /// `nobounce publish` with the right key.
    pub fn publish(&self, arguments: &[&str]) -> Ran {
        let key = self.path("nb.key");
        let base = ["publish", DOMAIN, "--tsig-key", &key];
        Ran::of(&mut self.nobounce(&[&base, arguments].concat()))
    }

    /// The same, as JSON.
    pub fn publish_json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let ran = self.publish(&[arguments, &["--json"]].concat());
        let document =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.told()));
        (ran.code, document)
    }

    /// What a server has: each record as `dig` prints its data, sorted; with TTL where `ttl`.
    pub fn dig(&self, server: &str, name: &str, record_type: &str, ttl: bool) -> Vec<String> {
        let mut command = Command::new("dig");
        command
            .arg(format!("@{server}"))
            .args([
                "-p",
                &self.port.to_string(),
                "+norec",
                "+noall",
                "+answer",
                "+tcp",
            ])
            .args([name, record_type]);
        let ran = Ran::of(&mut command).well();
        let mut lines: Vec<String> = ran
            .stdout
            .lines()
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let data = line
                    .split_once(&format!("{record_type}\t"))
                    .or_else(|| line.split_once(&format!("{record_type} ")))
                    .map_or(line, |(_, data)| data)
                    .trim();
                if ttl {
                    format!("{} {data}", words[1])
                } else {
                    data.to_owned()
                }
            })
            .collect();
        lines.sort();
        lines
    }

    pub fn at_primary(&self, name: &str, record_type: &str) -> Vec<String> {
        self.dig(self.kind.primary(), name, record_type, false)
    }

    /// Somebody else changes the zone: lines of nsupdate.
    pub fn somebody_changes(&self, lines: &str) {
        let script = self.folder.path().join("somebody");
        let text = format!(
            "server {} {}\nzone {DOMAIN}\n{lines}\nsend\n",
            self.kind.primary(),
            self.port
        );
        fs::write(&script, text).unwrap();
        Ran::of(
            Command::new("nsupdate")
                .arg("-k")
                .arg(self.path("nb.key"))
                .arg(&script),
        )
        .well();
    }

    pub fn primary_address(&self) -> SocketAddr {
        SocketAddr::new(self.kind.primary().parse().unwrap(), self.port)
    }

    /// Starts the secondary server (Knot) anew from a copy of the zone as it is now, as a server that nobody tells of changes.
    pub fn freeze_secondary(&mut self) {
        assert_eq!(self.kind, Kind::Bind);
        self.secondary = None;
        let place = self.folder.path();
        let zone = fs::read_to_string(place.join("shop.test.zone")).unwrap();
        fs::write(place.join("frozen.zone"), zone).unwrap();
        let port = self.port;
        let text = format!(
            "server:\n    rundir: \"{place}\"\n    listen: {KNOT}@{port}\ndatabase:\n    storage: \"{place}/frozen\"\n\
             zone:\n  - domain: {DOMAIN}\n    storage: \"{place}\"\n    file: frozen.zone\n",
            place = place.display()
        );
        let file = place.join("frozen.conf");
        fs::write(&file, text).unwrap();
        let knotd = program("knotd").unwrap();
        // Somebody may hold its port for a moment.
        let started = (0..3).any(|_| {
            self.secondary = None;
            self.secondary = Some(self.start(Command::new(&knotd).arg("-c").arg(&file), "frozen"));
            self.answers(KNOT)
        });
        assert!(started, "the secondary server starts again");
    }

    pub fn setup(&self) -> Value {
        let text = fs::read(self.setup_path()).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn setup_path(&self) -> std::path::PathBuf {
        self.folder
            .path()
            .join("data")
            .join(DOMAIN)
            .join("setup.json")
    }

    pub fn change_setup(&self, change: impl FnOnce(&mut Value)) {
        let mut setup = self.setup();
        change(&mut setup);
        fs::write(self.setup_path(), serde_json::to_vec(&setup).unwrap()).unwrap();
    }

    /// A key made by `dkim new`; the newest look at the domain as `check` prints it; and the answers of somebody who went through the wizard.
    fn make_setup(&mut self) {
        let made = Ran::of(&mut self.nobounce(&[
            "dkim",
            "new",
            DOMAIN,
            "--selector",
            &self.selector,
            "--json",
        ]))
        .well();
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        self.key_record = made["record"].as_str().unwrap().to_owned();
        self.look_again();
        self.change_setup(|setup| {
            let facts = &mut setup["facts"];
            facts["senders"] = json!({
                "ticked": ["own-server"], "confirmed": true, "habits_confirmed": true, "terms_confirmed": true,
                "own_addresses": ["192.0.2.7"], "addresses_confirmed": true
            });
            facts["mailbox"] = json!({"kind": "own", "address": "reports@shop.test", "made": true});
            facts["spf"] = json!({"confirmed": true});
            facts["monitor"] = json!({"confirmed": true});
        });
    }

    /// The full look of the wizard.
    pub fn look_again(&self) {
        let looked = Ran::of(&mut self.nobounce(&["check", DOMAIN, "--json"]));
        let report: Value = serde_json::from_str(&looked.stdout).unwrap();
        self.change_setup(|setup| setup["facts"]["survey"] = report);
    }

    fn write_keys(&self) {
        use std::os::unix::fs::PermissionsExt;
        for (file, name, secret) in [
            ("nb.key", "nb", SECRET),
            ("wrong.key", "nb", OTHER_SECRET),
            ("stranger.key", "stranger", SECRET),
        ] {
            let path = self.folder.path().join(file);
            let text = format!(
                "key \"{name}\" {{\n\talgorithm hmac-sha256;\n\tsecret \"{secret}\";\n}};\n"
            );
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn bind(&self, named: &Path) -> Server {
        let (port, place) = (self.port, self.folder.path().display());
        let zone = match self.kind {
            Kind::Bind => format!(
                r#"zone "{DOMAIN}" {{
    type primary;
    file "{place}/shop.test.zone";
    update-policy {{ grant nb zonesub TXT CNAME MX; }};
    also-notify {{ {KNOT} port {port}; }};
    notify explicit;
}};"#
            ),
            Kind::Knot => format!(
                r#"zone "{DOMAIN}" {{ type secondary; file "{place}/copy.zone"; primaries {{ {KNOT} port {port}; }}; }};"#
            ),
        };
        let text = format!(
            r#"include "{place}/nb.key";
options {{
    directory "{place}";
    pid-file "{place}/named.pid";
    session-keyfile none;
    listen-on port {port} {{ {BIND}; }};
    listen-on-v6 {{ none; }};
    notify-source {BIND};
    notify-delay 0;
    transfer-source {BIND};
    recursion yes;
    allow-recursion {{ 127.0.0.0/8; }};
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    allow-query {{ 127.0.0.0/8; }};
    allow-transfer {{ 127.0.0.0/8; }};
}};
controls {{ }};
zone "." {{ type primary; file "{place}/root.zone"; }};
zone "test" {{ type primary; file "{place}/test.zone"; }};
{zone}
"#
        );
        let file = self.folder.path().join("named.conf");
        fs::write(&file, text).unwrap();
        // A copy, because AppArmor confines the installed path to the system's own zones.
        let ours = self.folder.path().join("named");
        fs::copy(named, &ours).unwrap();
        self.start(
            Command::new(&ours)
                .args(["-4", "-g", "-n", "1", "-c"])
                .arg(&file),
            "named",
        )
    }

    fn knot(&self, knotd: &Path) -> Server {
        let (port, place) = (self.port, self.folder.path().display());
        let role = match self.kind {
            Kind::Bind => "master: other\n    acl: [notify]".to_owned(),
            Kind::Knot => "notify: other\n    acl: [update, transfer]".to_owned(),
        };
        let text = format!(
            r#"server:
    rundir: "{place}"
    listen: {KNOT}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{place}"
key:
  - id: nb
    algorithm: hmac-sha256
    secret: {SECRET}
remote:
  - id: other
    address: {BIND}@{port}
    via: {KNOT}
acl:
  - id: update
    key: nb
    action: update
  - id: transfer
    address: 127.0.0.0/8
    action: transfer
  - id: notify
    address: 127.0.0.0/8
    action: notify
zone:
  - domain: {DOMAIN}
    storage: "{place}"
    file: {file}
    {role}
    zonefile-sync: -1
    zonefile-load: {load}
    journal-content: all
log:
  - target: stderr
    any: info
"#,
            file = match self.kind {
                Kind::Bind => "copy.zone",
                Kind::Knot => "shop.test.zone",
            },
            load = match self.kind {
                Kind::Bind => "none",
                Kind::Knot => "whole",
            },
        );
        let file = self.folder.path().join("knot.conf");
        fs::write(&file, text).unwrap();
        self.start(Command::new(knotd).arg("-c").arg(&file), "knot")
    }

    fn start(&self, command: &mut Command, role: &str) -> Server {
        let log = fs::File::create(self.folder.path().join(format!("{role}.log"))).unwrap();
        Server(
            command
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap(),
        )
    }

    /// Waits until the server answers for the zone with authority.
    fn answers(&self, server: &str) -> bool {
        let ip: IpAddr = server.parse().unwrap();
        let socket = UdpSocket::bind(("127.0.0.1", 0)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        socket.connect(SocketAddr::new(ip, self.port)).unwrap();
        let query = b"\x12\x34\0\0\0\x01\0\0\0\0\0\0\x04shop\x04test\0\0\x06\0\x01";
        for _ in 0..100 {
            let mut buffer = [0; 512];
            if socket.send(query).is_ok()
                && let Ok(length) = socket.recv(&mut buffer)
            {
                // Authority, no error, and an answer.
                if length > 12 && buffer[2] & 0x04 != 0 && buffer[3] & 0x0f == 0 && buffer[7] == 1 {
                    return true;
                }
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        for log in ["named.log", "knot.log", "frozen.log"] {
            eprintln!("{}", fs::read_to_string(self.path(log)).unwrap_or_default());
        }
        false
    }
}

/// A port that is free for UDP and TCP at both addresses, a moment ago.
fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind((BIND, 0)).unwrap();
        let port = tcp.local_addr().unwrap().port();
        let is_free = UdpSocket::bind((BIND, port)).is_ok()
            && UdpSocket::bind((KNOT, port)).is_ok()
            && TcpListener::bind((KNOT, port)).is_ok();
        if is_free {
            return port;
        }
    }
}
