//! BIND 9 on loopback: a folder of zone files, one port, no way in from outside.

use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use tempfile::TempDir;

use crate::programs::program;

/// A running `named`; it ends with this value.
pub struct Bind {
    pub port: u16,
    pub folder: TempDir,
    child: Child,
}

impl Bind {
    /// Serves each (origin, zone text) from 127.0.0.1, or `None` where BIND is not installed.
    /// A zone without text is one whose file is gone: the server answers SERVFAIL for it.
    pub fn serving(zones: &[(&str, Option<String>)]) -> Option<Self> {
        Self::with(zones, "", "")
    }

    /// As [`Bind::serving`], with a zone that whoever has the key (`key "NAME" { … };`) may change.
    pub fn taking_updates(origin: &str, zone: String, name: &str, key: &str) -> Option<Self> {
        let allow = format!("allow-update {{ key \"{name}\"; }};");
        Self::with(&[(origin, Some(zone))], &allow, key)
    }

    /// `each`: statements for each zone; `more`: statements for the server.
    fn with(zones: &[(&str, Option<String>)], each: &str, more: &str) -> Option<Self> {
        let named = program("named")?;
        // Another process may take the port between our look and its start.
        for _ in 0..5 {
            let folder = tempfile::tempdir().expect("a folder");
            if let Some(bind) = Self::start(&named, folder, zones, each, more) {
                return Some(bind);
            }
        }
        panic!("named did not start in five attempts; what it said is above");
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn start(
        named: &Path,
        folder: TempDir,
        zones: &[(&str, Option<String>)],
        each: &str,
        more: &str,
    ) -> Option<Self> {
        let port = free_port();
        let place = folder.path();
        let mut lines = format!("{more}\n");
        for (origin, text) in zones {
            let file = format!("{}.zone", if *origin == "." { "root" } else { origin });
            if let Some(text) = text {
                fs::write(place.join(&file), text).expect("a zone file");
            }
            lines += &format!("zone \"{origin}\" {{ type primary; file \"{file}\"; {each} }};\n");
        }
        fs::write(place.join("named.conf"), configuration(place, port, &lines)).expect("a file");
        // A copy, because AppArmor confines the installed path to the system's own zones.
        let ours = place.join("named");
        fs::copy(named, &ours).expect("a copy of named");

        let mut child = spawned(
            Command::new(&ours)
                .args(["-4", "-g", "-n", "1", "-c"])
                .arg(place.join("named.conf"))
                .stdout(Stdio::null())
                .stderr(Stdio::piped()),
        );
        let mut log = BufReader::new(child.stderr.take().expect("its log")).lines();
        let mut said = Vec::new();
        let running = log.by_ref().map_while(Result::ok).any(|line| {
            let running = line.ends_with(" running");
            said.push(line);
            running
        });
        let listening = said.iter().any(|line| line.contains("listening on IPv4"));
        if !running || !listening {
            eprintln!("{}", said.join("\n"));
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        // A full pipe would stop the server.
        std::thread::spawn(move || log.for_each(drop));
        Some(Self {
            port,
            folder,
            child,
        })
    }
}

/// Another thread that starts a program at this moment may still hold our copy open for writing.
fn spawned(command: &mut Command) -> Child {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now();
            }
            spawned => return spawned.expect("named starts"),
        }
    }
}

impl Drop for Bind {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One server is both sides: it holds every zone from the root down, and offers recursion as a resolver does,
/// though nothing is left to ask others for. Answers over UDP are held to 512 bytes, so that long keys come over TCP as they do in the field.
fn configuration(place: &Path, port: u16, zones: &str) -> String {
    let place = place.display();
    format!(
        r#"options {{
    directory "{place}";
    pid-file "{place}/named.pid";
    session-keyfile none;
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion yes;
    allow-recursion {{ 127.0.0.0/8; }};
    dnssec-validation no;
    empty-zones-enable no;
    notify no;
    allow-query {{ 127.0.0.0/8; }};
    allow-transfer {{ none; }};
    max-udp-size 512;
}};
controls {{ }};
{zones}"#
    )
}

/// A port free for both UDP and TCP, a moment ago.
pub fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let port = tcp.local_addr().expect("an address").port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
