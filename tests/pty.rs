//! The real program in a pseudo-terminal: manners of the terminal, and the whole practice from the first screen to green.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Read;
use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use portable_pty::Child;
use portable_pty::CommandBuilder;
use portable_pty::MasterPty;
use portable_pty::PtyPair;
use portable_pty::PtySize;
use portable_pty::native_pty_system;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;

/// Long enough for the slowest machine; nobody waits for it where all is well.
const PATIENCE: Duration = Duration::from_secs(60);
const PROGRAM: &str = env!("CARGO_BIN_EXE_nobounce");

struct Wizard {
    screen: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    /// Keys that were pressed, pasted text aside.
    pressed: usize,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn command(arguments: &[&str], data: &Path, variables: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(PROGRAM);
    command.args(arguments);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("TZ", "UTC");
    command.env("HOME", data);
    command.env("NOBOUNCE_DATA_DIR", data);
    for (name, value) in variables {
        command.env(name, value);
    }
    command
}

fn parser(rows: u16, cols: u16) -> vt100::Parser {
    vt100::Parser::new(NonZero::new(rows).unwrap(), NonZero::new(cols).unwrap(), 0)
}

impl Wizard {
    fn start(arguments: &[&str], data: &Path) -> Self {
        Self::start_with(arguments, data, &[], 24, 80)
    }

    fn start_with(
        arguments: &[&str],
        data: &Path,
        variables: &[(&str, &str)],
        rows: u16,
        cols: u16,
    ) -> Self {
        let PtyPair { slave, master } = native_pty_system().openpty(size(rows, cols)).unwrap();
        let child = slave
            .spawn_command(command(arguments, data, variables))
            .unwrap();
        drop(slave);
        let mut reader = master.try_clone_reader().unwrap();
        let keyboard = master.take_writer().unwrap();
        let screen = Arc::new(Mutex::new(parser(rows, cols)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let (drawn, read) = (screen.clone(), raw.clone());
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                drawn.lock().unwrap().process(&buffer[..count]);
                read.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self {
            screen,
            raw,
            keyboard,
            child,
            master,
            pressed: 0,
        }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(
                start.elapsed() < PATIENCE,
                "waited for {what}; the screen:\n{}",
                self.text()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn wait(&self, text: &str) {
        self.until(&format!("{text:?}"), |wizard| wizard.text().contains(text));
    }

    fn send(&mut self, bytes: &[u8]) {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Presses a key.
    fn press(&mut self, key: &str) {
        self.pressed += 1;
        self.send(key.as_bytes());
    }

    fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~").as_bytes());
    }

    fn resize(&mut self, rows: u16, cols: u16) {
        self.screen
            .lock()
            .unwrap()
            .screen_mut()
            .set_size(NonZero::new(rows).unwrap(), NonZero::new(cols).unwrap());
        self.master.resize(size(rows, cols)).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.process_id().unwrap()).unwrap()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn exit(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(start.elapsed() < PATIENCE, "does not end:\n{}", self.text());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The state letter of the process, as `ps` shows it.
    fn state(&self) -> char {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", self.pid().as_raw_nonzero())).unwrap();
        let after = stat.rsplit(')').next().unwrap();
        after.trim_start().chars().next().unwrap()
    }

    fn is_taken_over(&self) -> bool {
        let parser = self.screen.lock().unwrap();
        parser.screen().alternate_screen() && parser.screen().bracketed_paste()
    }

    fn is_given_back(&self) -> bool {
        let parser = self.screen.lock().unwrap();
        let screen = parser.screen();
        !screen.alternate_screen()
            && !screen.bracketed_paste()
            && !screen.hide_cursor()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }

    fn expect_given_back(&self) {
        self.until("the terminal to be given back", Self::is_given_back);
    }
}

impl Drop for Wizard {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn t8_the_terminal_is_given_back_by_q_control_c_sigterm_and_sighup() {
    let data = folder();
    for end in ["q", "\x03"] {
        let mut wizard = Wizard::start(&[], data.path());
        wizard.wait("What brings you here?");
        assert!(wizard.is_taken_over());
        wizard.press(end);
        assert_eq!(wizard.exit(), 0, "{end:?}");
        wizard.expect_given_back();
    }
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut wizard = Wizard::start(&[], data.path());
        wizard.wait("What brings you here?");
        wizard.signal(signal);
        assert_eq!(wizard.exit(), 0, "{signal:?}");
        wizard.expect_given_back();
    }
}

#[test]
fn t5_a_closed_terminal_ends_the_process() {
    let data = folder();
    // With SIGHUP as usual, and in a process that was told to ignore it.
    for program in [
        vec![PROGRAM],
        vec!["sh", "-c", "trap '' HUP; exec \"$0\"", PROGRAM],
    ] {
        let PtyPair { slave, master } = native_pty_system().openpty(size(24, 80)).unwrap();
        let mut line = CommandBuilder::new(program[0]);
        line.args(&program[1..]);
        line.env("TERM", "xterm-256color");
        line.env("NOBOUNCE_DATA_DIR", data.path());
        let mut child = slave.spawn_command(line).unwrap();
        drop(slave);
        let mut reader = master.try_clone_reader().unwrap();
        let mut screen = parser(24, 80);
        let mut buffer = [0; 8192];
        while !screen.screen().contents().contains("What brings you here?") {
            let count = reader.read(&mut buffer).unwrap();
            screen.process(&buffer[..count]);
        }
        drop((reader, master));
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("the process outlives its terminal ({program:?})");
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn t6_suspended_and_resumed_by_key_and_by_signal() {
    let data = folder();
    let mut wizard = Wizard::start(&[], data.path());
    wizard.wait("What brings you here?");
    for round in 0..2 {
        if round == 0 {
            wizard.press("\x1a");
        } else {
            wizard.signal(Signal::TSTP);
        }
        wizard.until("the process to stop", |wizard| wizard.state() == 'T');
        wizard.expect_given_back();
        wizard.signal(Signal::CONT);
        wizard.until("the full screen", Wizard::is_taken_over);
        wizard.wait("What brings you here?");
    }
    // The keys still work.
    wizard.press("\r");
    wizard.wait("My mail is bouncing");
    wizard.press("q");
    assert_eq!(wizard.exit(), 0);
}

#[test]
fn t4_without_a_terminal_it_says_so_and_ends_with_2() {
    let data = folder();
    for arguments in [vec![], vec!["practice"], vec!["shop.example"]] {
        let output = std::process::Command::new(PROGRAM)
            .args(&arguments)
            .env("NOBOUNCE_DATA_DIR", data.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("nobounce check DOMAIN"), "{said}");
    }
}

#[test]
fn t1_t2_a_small_window_loses_nothing() {
    let data = folder();
    let mut wizard = Wizard::start(&[], data.path());
    wizard.wait("What brings you here?");
    wizard.press("j");
    wizard.press("\r");
    wizard.wait("Which domain?");
    wizard.paste("shop.exam");
    wizard.wait("shop.exam");
    for (rows, cols) in [(1, 1), (5, 20), (16, 59), (15, 60), (2, 200), (60, 1)] {
        wizard.resize(rows, cols);
    }
    wizard.resize(10, 50);
    wizard.wait("make the window larger (need 60x16)");
    wizard.resize(16, 60);
    wizard.wait("shop.exam");
    wizard.resize(10, 50);
    wizard.wait("make the window larger");
    wizard.press("q");
    assert_eq!(wizard.exit(), 0);
}

#[test]
fn t3_t16_t17_color_and_signs_follow_the_environment() {
    let data = folder();
    let colored = |raw: &[u8]| {
        let text = String::from_utf8_lossy(raw).into_owned();
        text.split("\x1b[")
            .filter_map(|piece| piece.split_once('m'))
            .any(|(codes, _)| {
                codes.split(';').any(|code| {
                    matches!(
                        code.parse::<u32>(),
                        Ok(30..=37 | 38 | 40..=47 | 48 | 90..=97)
                    )
                })
            })
    };
    for (variables, arguments, color, ascii) in [
        (&[][..], &[][..], true, false),
        (&[("NO_COLOR", "1")][..], &[][..], false, false),
        (&[][..], &["--color", "never"][..], false, false),
        (
            &[("NO_COLOR", "1")][..],
            &["--color", "always"][..],
            true,
            false,
        ),
        (&[("LANG", "C")][..], &[][..], true, true),
        (&[("TERM", "linux")][..], &[][..], true, true),
    ] {
        let mut wizard = Wizard::start_with(arguments, data.path(), variables, 24, 80);
        wizard.wait("What brings you here?");
        wizard.press("q");
        assert_eq!(wizard.exit(), 0);
        let raw = wizard.raw.lock().unwrap().clone();
        assert_eq!(colored(&raw), color, "{variables:?} {arguments:?}");
        assert_eq!(raw.is_ascii(), ascii, "{variables:?} {arguments:?}");
    }
}

#[test]
fn t11_a_megabyte_is_pasted_and_nothing_of_it_is_carried_out() {
    let data = folder();
    let mut wizard = Wizard::start(&[], data.path());
    wizard.wait("What brings you here?");
    wizard.press("j");
    wizard.press("\r");
    wizard.wait("Which domain?");
    let text = "quit\r\n\x1b[31m\u{202e}q\x03".repeat(80_000);
    wizard.paste(&text);
    wizard.wait("The field is full");
    wizard.wait("Which domain?");
    wizard.press("\x03");
    assert_eq!(wizard.exit(), 0);
}

impl Wizard {
    /// The text of the panel's field and the record's own, as the page shows it whole: the bare value outside the frame.
    fn bare_value(&mut self) -> String {
        self.press("v");
        self.wait("Press Enter to go back.");
        let text = self.text();
        let before = text.split("Press Enter to go back.").next().unwrap();
        let value = before.trim().rsplit("\n\n").next().unwrap().to_owned();
        // A value longer than the window is wrapped by the terminal; joined again it is one line.
        let value = value.replace('\n', "");
        self.press("\r");
        self.until("the frame", Self::is_taken_over);
        self.wait("copy value");
        value
    }

    /// Goes on with Enter until one of these stands on the screen.
    fn enter_until(&mut self, texts: &[&str]) {
        for _ in 0..20 {
            if texts.iter().any(|text| self.text().contains(text)) {
                return;
            }
            let before = self.text();
            self.press("\r");
            self.until("another page", |wizard| wizard.text() != before);
            // The page may still settle; a key too many would skip it.
            thread::sleep(Duration::from_millis(50));
        }
        panic!("did not come to any of {texts:?}:\n{}", self.text());
    }

    /// Publishes the record on the page by the pretend panel: both copied, both inserted.
    fn publish(&mut self) {
        let copied = self.raw.lock().unwrap().len();
        self.press("n");
        self.wait("Name sent to your terminal's clipboard");
        self.press("c");
        self.wait("Value sent to your terminal's clipboard");
        let raw = self.raw.lock().unwrap()[copied..].to_vec();
        assert!(
            String::from_utf8_lossy(&raw).contains("\x1b]52;c;"),
            "no OSC 52"
        );
        self.press("p");
        self.wait("The pretend panel");
        self.press("\x16");
        self.press("\t");
        self.press("\x16");
        self.press("\r");
    }
}

#[test]
fn practice_leads_to_green_in_at_most_60_keys_and_survives_a_kill() {
    let data = folder();
    let start = |data: &Path| Wizard::start(&["practice", "--fast"], data);
    let mut wizard = start(data.path());
    wizard.wait("practice: nothing real is touched");
    wizard.wait("Make it right");
    wizard.enter_until(&["Google Workspace: copy its record"]);
    // What the console shows is pasted, and the process is killed before it is accepted.
    wizard.press("\x16");
    wizard.wait("QIDAQAB");
    let saved = data.path().join("practice/bakery.example/setup.json");
    wizard.until("the draft on disk", |_| {
        std::fs::read_to_string(&saved).is_ok_and(|text| text.contains("drafts"))
    });
    wizard.signal(Signal::KILL);
    wizard.child.wait().unwrap();
    let mut pressed = wizard.pressed;
    drop(wizard);

    // The next start goes on at the same page with what was typed.
    let mut wizard = start(data.path());
    wizard.wait("Google Workspace: copy its record");
    wizard.wait("QIDAQAB");
    wizard.press("\r");
    wizard.wait("Google Workspace: publish the");
    wizard.publish();
    wizard.wait("Published");
    wizard.enter_until(&["Mailchimp: publish record 1"]);
    wizard.publish();
    wizard.wait("Published");
    wizard.enter_until(&["Mailchimp: publish record 2"]);
    wizard.publish();
    wizard.wait("Published");
    wizard.enter_until(&["Publish the list of senders"]);
    // The record that is there is changed, not joined by a second one.
    wizard.press("c");
    wizard.press("p");
    wizard.wait("change the record");
    wizard.press("\r");
    wizard.press("\x16");
    wizard.press("\r");
    wizard.wait("Published");
    wizard.enter_until(&["p=none"]);
    wizard.publish();
    wizard.wait("Published");
    pressed += wizard.pressed;
    assert!(pressed <= 60, "{pressed} keys");

    // Outside the count: the bare value, and one more stop and start.
    let value = wizard.bare_value();
    assert!(
        value.starts_with("v=DMARC1; p=none; rua=mailto:"),
        "{value:?}"
    );
    wizard.press("q");
    assert_eq!(wizard.exit(), 0);
    wizard.expect_given_back();
    drop(wizard);
    let mut wizard = start(data.path());
    // What was green is looked at again before it is called green.
    wizard.until("the rungs up to DMARC to be green again", |wizard| {
        wizard.text().contains("✓ Policy: watch (DMARC)")
    });
    wizard.press("\x03");
    assert_eq!(wizard.exit(), 0);
}

#[test]
fn the_second_of_two_can_only_look() {
    let data = folder();
    let arguments = &["--resolver", "127.0.0.1:9", "our-shop.com"];
    let mut first = Wizard::start(arguments, data.path());
    first.wait("Your domain");
    let saved = data.path().join("our-shop.com");
    first.until("the setup", |_| saved.is_dir());
    let mut second = Wizard::start(arguments, data.path());
    second.wait("You can only look: another nobounce has this setup open (process");
    second.wait("Close that one, then press r.");
    second.press("r");
    second.wait("Tried again.");
    first.press("\x03");
    assert_eq!(first.exit(), 0);
    second.press("r");
    second.wait("The setup is free");
    assert!(!second.text().contains("You can only look"));
    second.press("\x03");
    assert_eq!(second.exit(), 0);
    // T9: both left while the network was still being waited for.
}

#[test]
fn d14_what_was_understood_is_said_inside() {
    let data = folder();
    let arguments = &["--resolver", "127.0.0.1:9", "info@müller.de"];
    let mut wizard = Wizard::start(arguments, data.path());
    wizard.wait("Your domain");
    wizard.wait("● Understood as xn--mller-kva.de (müller.de): ");
    wizard.wait("müller.de (xn--mller-kva.de)");
    wizard.press("\x03");
    assert_eq!(wizard.exit(), 0);
}

#[test]
fn practice_from_the_start_screen_leaves_nothing_behind() {
    let data = folder();
    let mut wizard = Wizard::start(&[], data.path());
    wizard.wait("What brings you here?");
    wizard.press("j");
    wizard.press("j");
    wizard.press("\r");
    wizard.wait("practice: nothing real is touched");
    wizard.wait("Make it right");
    wizard.press("q");
    assert_eq!(wizard.exit(), 0);
    assert!(!data.path().join("practice/bakery.example").exists());
}

#[test]
fn a_damaged_setup_ends_with_6_and_stays_as_it_is() {
    let data = folder();
    let setup = data.path().join("our-shop.com");
    std::fs::create_dir(&setup).unwrap();
    std::fs::write(setup.join("setup.json"), "{\"schema\": 1,").unwrap();
    let mut wizard = Wizard::start(&["our-shop.com"], data.path());
    assert_eq!(wizard.exit(), 6);
    assert_eq!(
        std::fs::read_to_string(setup.join("setup.json")).unwrap(),
        "{\"schema\": 1,"
    );
    let mut wizard = Wizard::start(&[], data.path());
    wizard.wait("damaged:");
    wizard.press("q");
    assert_eq!(wizard.exit(), 0);
}

#[test]
fn a_folder_that_takes_no_files_is_said_at_the_start() {
    let data = folder();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut wizard = Wizard::start(&["--data-dir", file.to_str().unwrap()], data.path());
    wizard.wait("✗");
    wizard.press("q");
    assert_eq!(wizard.exit(), 0);
}

#[test]
fn a_key_is_made_on_the_way_and_its_private_half_is_kept_first() {
    let data = folder();
    // A key that a killed run left behind, of which the setup knows nothing: it is never written over.
    let keys = data.path().join("practice/bakery.example/keys");
    let private = |path: &Path| {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
    };
    std::fs::create_dir_all(&keys).unwrap();
    private(&data.path().join("practice/bakery.example"));
    private(&keys);
    std::fs::write(keys.join("nb2611.pem"), "left behind").unwrap();
    let arguments = &["practice", "--fast", "--now", "2026-11-23T12:00:00Z"];
    let mut wizard = Wizard::start(arguments, data.path());
    wizard.wait("Make it right");
    wizard.enter_until(&["Who sends mail for you?"]);
    wizard.press("/");
    wizard.paste("My own server");
    wizard.press("\r");
    wizard.press(" ");
    wizard.wait("[x] My own server");
    for _ in 0..30 {
        if wizard.text().contains("_domainkey") && wizard.text().contains("nb") {
            break;
        }
        if wizard.text().contains("address") && wizard.text().contains("server") {
            wizard.paste("203.0.113.25");
        }
        wizard.press("\r");
        thread::sleep(Duration::from_millis(300));
    }
    wizard.until("the key on disk", |_| keys.join("nb2611-2.pem").exists());
    assert_eq!(
        std::fs::read_to_string(keys.join("nb2611.pem")).unwrap(),
        "left behind"
    );
}

/// A saved setup whose DNS is at Cloudflare, with every answer that its policy record needs.
fn at_cloudflare(data: &Path) {
    let domain = "our-shop.com";
    let facts: nobounce::plan::facts::Facts = serde_json::from_value(serde_json::json!({
        "domain": domain,
        "mailbox": { "kind": "own", "address": "dmarc@our-shop.com", "made": true, "proof": "takes-mail" },
        "senders": { "ticked": ["google-workspace"], "confirmed": true, "habits_confirmed": true, "terms_confirmed": true },
        "spf": { "confirmed": true },
        "dkim": { "google-workspace": { "later": true } },
        "survey": {
            "schema": 1, "domain": domain, "input": domain,
            "checked_at": "2026-11-23T12:00:00Z", "verdict": "error",
            "green": { "record_published": false, "policy_enabled": false, "spf_and_dkim": false },
            "zone": domain,
            "nameservers": [{ "name": "ada.ns.cloudflare.com", "addresses": ["192.0.2.1"], "answers": true, "serial": 1 }],
            "dns_host": { "id": "cloudflare", "name": "Cloudflare" },
            "mx": { "hosts": [{ "preference": 1, "host": "smtp.google.com" }], "null_mx": false, "provider": null, "state": "published" },
            "spf": { "state": "missing", "record": null, "agreed": true, "complete": true, "lookups": 0, "void_lookups": 0, "all": null, "tree": null },
            "dkim": { "state": "missing", "selectors": [] },
            "dmarc": {
                "state": "missing", "record": null, "agreed": true, "found_at": null, "policy": null,
                "subdomain_policy": null, "nonexistent_policy": null, "testing": false,
                "organizational_domain": domain, "rua": [],
            },
            "senders": [], "findings": [], "queries": 20, "rounds": 4, "elapsed_ms": 120,
        },
    }))
    .unwrap();
    let store = nobounce::store::Store::at(data.to_owned());
    store.prepare().unwrap();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut setup = store.open(&domain.parse().unwrap(), now).unwrap();
    setup.save(&facts).unwrap();
}

#[test]
fn the_address_of_the_panel_is_a_link_where_the_terminal_knows_links() {
    let open = "\x1b]8;id=nobounce0;https://dash.cloudflare.com/\x1b\\https://dash.cloudflare.com/\x1b]8;;\x1b\\";
    for (variables, links) in [
        (&[][..], true),
        (&[("FORCE_HYPERLINK", "0")], false),
        (&[("TERM", "linux")], false),
    ] {
        let data = folder();
        at_cloudflare(data.path());
        let arguments = ["--resolver", "127.0.0.1:9", "our-shop.com"];
        let mut wizard = Wizard::start_with(&arguments, data.path(), variables, 24, 80);
        wizard.wait("Your domain");
        wizard.press("g");
        wizard.wait("Go to a step");
        for _ in 0..10 {
            wizard.press("k");
        }
        for _ in 0..5 {
            wizard.press("j");
        }
        wizard.press("\r");
        // The address itself stands there in any case.
        wizard.wait("https://dash.cloudflare.com/");
        wizard.press("i");
        wizard.wait("Step by step at Cloudflare");
        wizard.press("\x03");
        assert_eq!(wizard.exit(), 0);
        let raw = wizard.raw.lock().unwrap().clone();
        let raw = String::from_utf8_lossy(&raw);
        assert_eq!(raw.contains(open), links, "{variables:?}");
        assert_eq!(raw.contains("\x1b]8;"), links, "{variables:?}");
    }
}
