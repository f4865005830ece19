//! Programs that sign on mail servers, with the files that `dkim export` writes: what each signs verifies with the record as nobounce printed
//! it. Each runs in the foreground, on loopback, under its own account where this is the superuser.

use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::bind::Bind;
use crate::keys;
use crate::keys::Key;
use crate::programs::Ran;
use crate::programs::missing;
use crate::programs::nobounce;
use crate::programs::program;
use crate::programs::python_with_dkimpy;

const DOMAIN: &str = "good.test";

const MESSAGE: &str = "From: Ann <ann@good.test>\nTo: bob@example.org\nSubject: Invoice\n\
    Date: Mon, 23 Nov 2026 10:00:00 +0000\nMessage-ID: <1@good.test>\n\nHello Bob.\n";

/// Writes the files for a signer into `out`.
fn export(data: &Path, signer: &str, out: &Path, more: &[&str]) -> Ran {
    Ran::of(
        nobounce()
            .args(["dkim", "export", DOMAIN, "--for", signer, "--data-dir"])
            .arg(data)
            .arg("--out")
            .arg(out)
            .args(more),
    )
}

/// What dkimpy says of a signed message.
fn verified(python: &Path, signed: &str, keys: &[&Key]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("signed.eml");
    fs::write(&path, signed).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/second_opinions/signed.py");
    let mut verify = Command::new(python);
    verify.arg(script).arg(path);
    for key in keys {
        verify.arg(key.name(DOMAIN).trim_end_matches('.'));
        verify.arg(&key.record);
    }
    Ran::of(&mut verify)
}

fn is_superuser() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A folder into which nobody else can write, nor into any above it: what OpenDKIM asks for.
fn closed_folder() -> Option<TempDir> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let is_closed = |folder: &Path| {
        folder.ancestors().all(|folder| {
            fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o022 == 0)
        })
    };
    [
        Some(PathBuf::from(env!("CARGO_TARGET_TMPDIR"))),
        Some(PathBuf::from("/var/lib")),
        home,
    ]
    .into_iter()
    .flatten()
    .filter(|folder| is_closed(folder))
    .find_map(|folder| tempfile::tempdir_in(folder).ok())
    .inspect(|folder| open_to_all(folder.path()))
    .or_else(|| {
        missing("a folder that OpenDKIM takes keys from");
        None
    })
}

/// Other accounts may look into the folder.
fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What OpenDKIM says of the message, as the account that the key belongs to. It signs as it would behind a mail server.
fn opendkim(program: &Path, settings: &Path, key: &Path) -> Ran {
    let folder = settings.parent().unwrap();
    let message = folder.join("message");
    fs::write(&message, MESSAGE).unwrap();
    let mut sign = Command::new(program);
    sign.args(["-f", "-vv", "-x"]).arg(settings);
    sign.arg("-t").arg(message).stdin(Stdio::null());
    if is_superuser() {
        let owner = fs::metadata(key).unwrap();
        sign.uid(owner.uid()).gid(owner.gid());
    }
    Ran::of(&mut sign)
}

/// The message with the header that OpenDKIM would have put in.
fn with_header(ran: &Ran) -> Option<String> {
    let (_, rest) = ran.stdout.split_once("hname='DKIM-Signature' hvalue='")?;
    let (header, _) = rest.rsplit_once('\'')?;
    Some(format!("DKIM-Signature: {header}\n{MESSAGE}"))
}

#[test]
fn opendkim_signs_with_the_files_and_the_mail_verifies() {
    let (Some(program), Some(testkey)) = (program("opendkim"), program("opendkim-testkey")) else {
        return;
    };
    let (Some(python), Some(place)) = (python_with_dkimpy(), closed_folder()) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let key = Key::made_by_nobounce(data.path(), DOMAIN, "mail", "rsa2048");
    let out = place.path().join("files");
    let told = export(data.path(), "opendkim", &out, &[]).well();
    assert!(!told.stderr.contains("refuses keys"), "{}", told.told());
    let private = out.join("good.test.mail.private");
    assert_eq!(fs::metadata(&private).unwrap().mode() & 0o7777, 0o600);

    let ran = opendkim(&program, &out.join("opendkim.conf"), &private);
    let signed = with_header(&ran).unwrap_or_else(|| panic!("not signed: {}", ran.told()));
    assert!(signed.contains("d=good.test; s=mail;"), "{signed}");
    verified(&python, &signed, &[&key]).well();

    // opendkim-testkey compares the file with what the DNS says.
    let zones = vec![
        (".", Some(include_str!("zones/root.zone").to_owned())),
        ("test", Some(include_str!("zones/test.zone").to_owned())),
        (
            DOMAIN,
            Some(include_str!("zones/good.test.zone").to_owned() + &key.zone_line(DOMAIN)),
        ),
    ];
    if let Some(bind) = Bind::serving(&zones) {
        let exported = Key {
            private: private.clone(),
            selector: key.selector.clone(),
            kind: key.kind.clone(),
            record: key.record.clone(),
        };
        let ran = keys::testkey(&testkey, &bind, DOMAIN, "mail", Some(&exported)).well();
        assert!(ran.stdout.contains("key OK"), "{}", ran.told());
    }

    // A key that others can read is refused: the mode is not for show.
    fs::set_permissions(&private, fs::Permissions::from_mode(0o644)).unwrap();
    let open = opendkim(&program, &out.join("opendkim.conf"), &private);
    assert_eq!(with_header(&open), None, "{}", open.told());
}

#[test]
fn opendkim_refuses_keys_in_open_folders_and_that_is_told() {
    let Some(program) = program("opendkim") else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    Key::made_by_nobounce(data.path(), DOMAIN, "mail", "rsa2048");
    let place = tempfile::tempdir_in("/tmp").unwrap();
    open_to_all(place.path());
    let out = place.path().join("files");
    let told = export(data.path(), "opendkim", &out, &[]).well();
    assert!(
        told.stderr.contains("OpenDKIM refuses keys below /tmp"),
        "{}",
        told.told()
    );
    let private = out.join("good.test.mail.private");
    let ran = opendkim(&program, &out.join("opendkim.conf"), &private);
    assert_eq!(with_header(&ran), None, "{}", ran.told());
}

/// Why `--for opendkim` does not take Ed25519: OpenDKIM signs all mail with one algorithm, and a domain needs RSA.
#[test]
fn opendkim_signs_with_one_kind_of_key_only() {
    let (Some(program), Some(place)) = (program("opendkim"), closed_folder()) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    Key::made_by_nobounce(data.path(), DOMAIN, "mail", "rsa2048");
    let short = Key::made_by_nobounce(data.path(), DOMAIN, "short", "ed25519");
    let no = place.path().join("no");
    let refused = export(data.path(), "opendkim", &no, &["--selector", "short"]);
    assert_eq!(refused.code, Some(2), "{}", refused.told());
    assert!(!no.exists());

    let out = place.path().join("files");
    let told = export(data.path(), "opendkim", &out, &[]).well();
    assert!(
        told.stderr.contains("the key short is left out"),
        "{}",
        told.told()
    );
    let private = out.join("good.test.mail.private");
    // Both keys in the tables, and both signatures asked for.
    let second = out.join("short.private");
    fs::copy(&private, &second).unwrap();
    let owner = fs::metadata(&private).unwrap();
    std::os::unix::fs::chown(&second, Some(owner.uid()), Some(owner.gid())).unwrap();
    fs::write(&second, fs::read(&short.private).unwrap()).unwrap();
    let add = |name: &str, line: String| {
        let path = out.join(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text + &line).unwrap();
    };
    add(
        "KeyTable",
        format!(
            "short._domainkey.{DOMAIN} {DOMAIN}:short:{}\n",
            second.display()
        ),
    );
    add(
        "SigningTable",
        format!("*@{DOMAIN} short._domainkey.{DOMAIN}\n"),
    );
    add("opendkim.conf", "MultipleSignatures yes\n".to_owned());
    let ran = opendkim(&program, &out.join("opendkim.conf"), &private);
    assert!(!ran.stdout.contains("a=ed25519-sha256"), "{}", ran.told());
}

/// A program that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The number of an account.
fn account(user: &str) -> Option<u32> {
    let ran = Command::new("id").args(["-u", user]).output().ok()?;
    String::from_utf8(ran.stdout).ok()?.trim().parse().ok()
}

fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

#[test]
fn rspamd_signs_with_both_kinds_of_key_and_the_mail_verifies() {
    let (Some(rspamd), Some(rspamc)) = (program("rspamd"), program("rspamc")) else {
        return;
    };
    let Some(python) = python_with_dkimpy() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let rsa = Key::made_by_nobounce(data.path(), DOMAIN, "mail", "rsa2048");
    let short = Key::made_by_nobounce(data.path(), DOMAIN, "short", "ed25519");
    let place = tempfile::tempdir().unwrap();
    open_to_all(place.path());
    let out = place.path().join("files");
    export(data.path(), "rspamd", &out, &[]).well();
    fs::write(place.path().join("message"), MESSAGE).unwrap();
    let own = place.path().join("own");
    fs::create_dir(&own).unwrap();
    let port = free_port();
    let settings = place.path().join("rspamd.conf");
    // Its own module and nothing else; whoever it would ask is on loopback, and silent.
    fs::write(
        &settings,
        format!(
            r#"options {{
  pidfile = "{own}/pid"; temp_dir = "{own}"; filters = "dkim"; local_addrs = ["127.0.0.0/8"];
  control_socket = "{own}/control mode=0600";
  dns {{ nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "console"; level = "notice"; }}
lua = "/usr/share/rspamd/rules/rspamd.lua";
modules {{ path = "/usr/share/rspamd/plugins/dkim_signing.lua"; }}
metric {{ name = default; actions {{ reject = 15; }} }}
dkim_signing {{ .include(duplicate=merge) "{files}/dkim_signing.conf" }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
worker "controller" {{ enabled = false; }}
"#,
            own = own.display(),
            files = out.display(),
        ),
    )
    .unwrap();
    let mut run = Command::new(rspamd);
    run.args(["-f", "-c"]).arg(&settings).current_dir(&own);
    let log = fs::File::create(place.path().join("log")).unwrap();
    run.stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log);
    match account("_rspamd").filter(|_| is_superuser()) {
        Some(user) => {
            // As its own account: the group of the key file is what lets it read.
            let key = fs::metadata(out.join("good.test.mail.key")).unwrap();
            assert_eq!(key.mode() & 0o7777, 0o640);
            std::os::unix::fs::chown(&own, Some(user), Some(key.gid())).unwrap();
            run.uid(user).gid(key.gid());
        }
        None => {
            run.arg("--insecure");
        }
    }
    let _running = Running(run.spawn().unwrap());
    let mut answer = None;
    for _ in 0..240 {
        let ran = Ran::of(
            Command::new(&rspamc)
                .args(["-h", &format!("127.0.0.1:{port}"), "-i", "127.0.0.1", "-j"])
                .args(["-t", "30", "symbols"])
                .arg(place.path().join("message")),
        );
        answer = serde_json::from_str::<Value>(&ran.stdout).ok();
        if answer.is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(250));
    }
    let log = || fs::read_to_string(place.path().join("log")).unwrap_or_default();
    let answer = answer.unwrap_or_else(|| panic!("rspamd never answered: {}", log()));
    let headers: Vec<String> = match &answer["dkim-signature"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several
            .iter()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect(),
        other => panic!("not signed: {other}: {answer:#} {}", log()),
    };
    assert_eq!(headers.len(), 2, "{answer:#} {}", log());
    let mut signed = String::new();
    for header in headers {
        let header = header.replace("\r\n", "\n");
        signed.push_str(&format!("DKIM-Signature: {}\n", header.trim_end()));
    }
    signed.push_str(MESSAGE);
    verified(&python, &signed, &[&rsa, &short]).well();
}

/// Takes one mail over SMTP and gives it.
fn mail_server(socket: TcpListener) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let (stream, _) = socket.accept().unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let mut out = stream.try_clone().unwrap();
        let mut say = move |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).unwrap();
        say("220 sink.test");
        let (mut mail, mut in_data) = (String::new(), false);
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            match (in_data, line.as_str()) {
                (true, ".") => {
                    in_data = false;
                    say("250 taken");
                }
                (true, text) => {
                    mail.push_str(text.strip_prefix('.').unwrap_or(text));
                    mail.push('\n');
                }
                (false, "DATA") => {
                    in_data = true;
                    say("354 go on");
                }
                (false, "QUIT") => {
                    say("221 bye");
                    break;
                }
                (false, _) => say("250 sink.test"),
            }
        }
        mail
    })
}

#[test]
fn exim_signs_with_both_kinds_of_key_and_the_mail_verifies() {
    let (Some(exim), Some(python)) = (program("exim4"), python_with_dkimpy()) else {
        return;
    };
    let Some(user) = account("Debian-exim").filter(|_| is_superuser()) else {
        eprintln!("skipped: exim is tried by the superuser alone, who may give it its files");
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let rsa = Key::made_by_nobounce(data.path(), DOMAIN, "mail", "rsa2048");
    let short = Key::made_by_nobounce(data.path(), DOMAIN, "short", "ed25519");
    let place = tempfile::tempdir().unwrap();
    open_to_all(place.path());
    let out = place.path().join("files");
    export(data.path(), "exim", &out, &[]).well();
    let key = fs::metadata(out.join("good.test.mail.pem")).unwrap();
    assert_eq!(key.mode() & 0o7777, 0o640);
    let spool = place.path().join("spool");
    fs::create_dir(&spool).unwrap();
    std::os::unix::fs::chown(&spool, Some(user), Some(key.gid())).unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = place.path().join("exim.conf");
    // The transport names the macros as Debian's own does.
    fs::write(
        &settings,
        format!(
            "{macros}\n\
             primary_hostname = mail.good.test\n\
             spool_directory = {spool}\n\
             log_file_path = {spool}/%slog\n\
             acl_smtp_rcpt = accept\n\
             begin routers\n\
             all:\n  driver = manualroute\n  route_list = * 127.0.0.1\n  self = send\n  transport = out\n\
             begin transports\n\
             out:\n  driver = smtp\n  port = {port}\n  hosts_avoid_tls = *\n  hosts_try_dane =\n  allow_localhost\n\
             \x20 dkim_domain = DKIM_DOMAIN\n  dkim_selector = DKIM_SELECTOR\n  dkim_private_key = DKIM_PRIVATE_KEY\n\
             \x20 dkim_canon = DKIM_CANON\n  dkim_strict = 1\n",
            macros = fs::read_to_string(out.join("exim4.conf.localmacros")).unwrap(),
            spool = spool.display(),
            port = socket.local_addr().unwrap().port(),
        ),
    )
    .unwrap();
    let taken = mail_server(socket);
    let mut send = Command::new(exim);
    send.arg("-C").arg(&settings);
    send.args(["-odf", "-oi", "-f", "ann@good.test", "bob@example.org"]);
    let mut child = send
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(MESSAGE.as_bytes()).unwrap();
    drop(input);
    let ended = child.wait_with_output().unwrap();
    let log = fs::read_to_string(spool.join("mainlog")).unwrap_or_default();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    // Where nothing was sent the server would wait for ever.
    assert!(log.contains("=> bob@example.org"), "{log} {said}");
    let signed = taken.join().unwrap();
    verified(&python, &signed, &[&rsa, &short]).well();
}
