//! A key pair as nobounce or OpenSSL made it, and what OpenDKIM, dkimpy and OpenSSL say of it.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use crate::bind::Bind;
use crate::programs::Ran;
use crate::programs::nobounce;

/// What `dkim new --key` is asked for.
pub const KINDS: [&str; 3] = ["rsa2048", "rsa4096", "ed25519"];

pub struct Key {
    pub selector: String,
    pub kind: String,
    /// The value to publish, as one string.
    pub record: String,
    /// The file of the private half.
    pub private: PathBuf,
}

impl Key {
    pub fn made_by_nobounce(data: &Path, domain: &str, selector: &str, kind: &str) -> Self {
        let ran = Ran::of(
            nobounce()
                .args(["dkim", "new", domain, "--selector", selector, "--key", kind])
                .args(["--json", "--data-dir"])
                .arg(data),
        )
        .well();
        let printed: Value = serde_json::from_str(&ran.stdout).expect("JSON alone");
        let string = |field: &str| {
            let found = printed[field].as_str();
            found
                .unwrap_or_else(|| panic!("no {field:?} in {printed:#}"))
                .to_owned()
        };
        Self {
            selector: selector.to_owned(),
            kind: kind.to_owned(),
            record: string("record"),
            private: PathBuf::from(string("key_path")),
        }
    }

    /// An RSA pair that owes nothing to us, for tests of the tests.
    pub fn made_by_openssl(openssl: &Path, folder: &Path, selector: &str) -> Self {
        let private = folder.join(format!("{selector}.pem"));
        let mut make = Command::new(openssl);
        make.args(["genpkey", "-algorithm", "rsa", "-quiet"]);
        // OpenSSL makes the file for its owner alone; opendkim-testkey complains of any other.
        Ran::of(make.arg("-out").arg(&private)).well();
        let public = public_half(openssl, &private);
        Self {
            selector: selector.to_owned(),
            kind: "rsa2048".to_owned(),
            record: format!("v=DKIM1; k=rsa; p={}", BASE64_STANDARD.encode(public)),
            private,
        }
    }

    pub fn name(&self, domain: &str) -> String {
        format!("{}._domainkey.{domain}.", self.selector)
    }

    pub fn zone_line(&self, domain: &str) -> String {
        let strings: Vec<String> = self
            .record
            .as_bytes()
            .chunks(255)
            .map(|chunk| format!("\"{}\"", String::from_utf8_lossy(chunk)))
            .collect();
        format!("{} TXT {}\n", self.name(domain), strings.join(" "))
    }

    /// The bytes of `p=`.
    pub fn published_half(&self) -> Vec<u8> {
        let p = self
            .record
            .split(';')
            .find_map(|tag| tag.trim().strip_prefix("p="));
        BASE64_STANDARD
            .decode(p.expect("a p= tag"))
            .expect("base64")
    }

    /// What OpenSSL makes of the private file: SubjectPublicKeyInfo for RSA (RFC 6376), for Ed25519 the
    /// bare 32 bytes at its end (RFC 8463).
    pub fn half_openssl_finds(&self, openssl: &Path) -> Vec<u8> {
        let mut info = public_half(openssl, &self.private);
        match self.kind.as_str() {
            "ed25519" => info.split_off(info.len() - 32),
            _ => info,
        }
    }
}

fn public_half(openssl: &Path, private: &Path) -> Vec<u8> {
    let mut read = Command::new(openssl);
    read.args(["pkey", "-pubout", "-outform", "DER", "-in"])
        .arg(private);
    let output = read.output().expect("openssl starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    output.stdout
}

/// `opendkim-testkey`, led to our server by a libunbound configuration: it knows neither ports nor servers itself,
/// and libunbound refuses loopback servers and `.test` unless told.
pub fn testkey(
    program: &Path,
    bind: &Bind,
    domain: &str,
    selector: &str,
    private: Option<&Key>,
) -> Ran {
    let place = bind.folder.path();
    let resolver = place.join("unbound.conf");
    let settings = place.join("opendkim.conf");
    let stub = format!(
        "server:\n do-not-query-localhost: no\n local-zone: \"test.\" nodefault\n module-config: \"iterator\"\n\
         stub-zone:\n name: \"test\"\n stub-addr: 127.0.0.1@{}\n",
        bind.port
    );
    fs::write(&resolver, stub).expect("a file");
    fs::write(
        &settings,
        format!("ResolverConfiguration {}\n", resolver.display()),
    )
    .expect("a file");
    let mut ask = Command::new(program);
    ask.args(["-vvv", "-d", domain, "-s", selector, "-x"])
        .arg(&settings);
    if let Some(key) = private {
        ask.arg("-k").arg(&key.private);
    }
    Ran::of(&mut ask)
}

/// Signs a message with the private file and verifies it with the record.
pub fn dkimpy(python: &Path, domain: &str, key: &Key) -> Ran {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/second_opinions/dkimpy.py");
    let mut verify = Command::new(python);
    verify.arg(script).args([domain, &key.selector]);
    Ran::of(verify.arg(&key.private).arg(&key.record))
}

/// The text of the TXT record at `name` in a zone as `named-checkzone -D` prints it.
pub fn text_in_zone(zone: &str, name: &str) -> String {
    let line = zone
        .lines()
        .find(|line| line.starts_with(name) && line.contains("TXT"))
        .unwrap_or_else(|| panic!("no TXT at {name} in\n{zone}"));
    // Every second piece between quotation marks is inside them.
    line.split('"').skip(1).step_by(2).collect()
}
