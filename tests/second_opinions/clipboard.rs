//! The clipboards of X11 and tmux: what the wizard hands them is read back, byte by byte. tmux is the terminal that the wizard runs in.

use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

use crate::programs::Ran;
use crate::programs::nobounce;
use crate::programs::program;

/// Long enough for the slowest machine; nobody waits for it where all is well.
const PATIENCE: Duration = Duration::from_secs(90);

/// The wizard in a tmux of its own.
struct Wizard {
    tmux: PathBuf,
    folder: TempDir,
}

impl Wizard {
    /// Practice, gone on to the record of Google Workspace. `set_clipboard`: the option of tmux. `without`: options of env; `with`:
    /// variables.
    fn at_a_record(tmux: &Path, set_clipboard: &str, without: &str, with: &str) -> Self {
        let wizard = Self {
            tmux: tmux.to_owned(),
            folder: tempfile::tempdir().unwrap(),
        };
        let data = wizard.folder.path().display();
        let pane = format!(
            "exec env -u DISPLAY -u WAYLAND_DISPLAY -u SSH_CONNECTION -u SSH_TTY -u SSH_CLIENT -u STY -u SUDO_USER -u WSL_DISTRO_NAME -u WSL_INTEROP {without} \
             HOME={data} NOBOUNCE_DATA_DIR={data} LANG=C.UTF-8 {with} '{}' practice --fast",
            Path::new(nobounce().get_program()).display()
        );
        // The option stands before the pane does.
        let configuration = wizard.folder.path().join("tmux.conf");
        std::fs::write(
            &configuration,
            format!("set -s set-clipboard {set_clipboard}\n"),
        )
        .unwrap();
        let configuration = configuration.display().to_string();
        wizard
            .tmux(&[
                "-f",
                &configuration,
                "new-session",
                "-d",
                "-x",
                "80",
                "-y",
                "24",
                &pane,
            ])
            .well();
        wizard.wait("Make it right");
        wizard.press_until("Enter", "Google Workspace: copy its record");
        wizard.press("C-v");
        wizard.wait("QIDAQAB");
        wizard.press_until("Enter", "copy value");
        wizard
    }

    fn tmux(&self, arguments: &[&str]) -> Ran {
        Ran::of(
            Command::new(&self.tmux)
                .arg("-S")
                .arg(self.folder.path().join("socket"))
                .args(arguments)
                .env_remove("TMUX"),
        )
    }

    fn screen(&self) -> String {
        let text = self.tmux(&["capture-pane", "-p"]).stdout;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn until(&self, what: &str, mut holds: impl FnMut(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(&self.screen()) {
            assert!(
                Instant::now() < end,
                "waited for {what}:\n{}",
                self.screen()
            );
            thread::sleep(Duration::from_millis(30));
        }
    }

    fn wait(&self, text: &str) {
        self.until(text, |screen| screen.contains(text));
    }

    fn press(&self, key: &str) {
        self.tmux(&["send-keys", key]).well();
    }

    /// Presses a key on page after page until a text is there.
    fn press_until(&self, key: &str, text: &str) {
        for _ in 0..20 {
            let before = self.screen();
            if before.contains(text) {
                return;
            }
            self.press(key);
            self.until("another page", |screen| screen != before);
            thread::sleep(Duration::from_millis(80));
        }
        panic!("did not come to {text}:\n{}", self.screen());
    }

    /// The record as it was saved, once it was.
    fn value(&self) -> String {
        let file = self
            .folder
            .path()
            .join("practice/bakery.example/setup.json");
        let end = Instant::now() + PATIENCE;
        loop {
            let saved: Option<serde_json::Value> = std::fs::read(&file)
                .ok()
                .and_then(|text| serde_json::from_slice(&text).ok());
            if let Some(value) = saved.as_ref().and_then(|saved| find(saved, "v=DKIM1")) {
                return value;
            }
            assert!(Instant::now() < end, "no record in {}", file.display());
            thread::sleep(Duration::from_millis(30));
        }
    }
}

impl Drop for Wizard {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// The collected value that begins so.
fn find(saved: &serde_json::Value, beginning: &str) -> Option<String> {
    match saved {
        serde_json::Value::Object(fields) => match fields.get("value") {
            Some(serde_json::Value::String(text)) if text.starts_with(beginning) => {
                Some(text.clone())
            }
            _ => fields.values().find_map(|inner| find(inner, beginning)),
        },
        serde_json::Value::Array(items) => items.iter().find_map(|inner| find(inner, beginning)),
        _ => None,
    }
}

/// An X server without a screen, ended with the test.
struct Display {
    server: Child,
    number: String,
}

impl Display {
    fn start() -> Option<Self> {
        let mut server = Command::new(program("Xvfb")?)
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "64x64x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let number = format!(":{}", number.trim());
        Some(Self { server, number })
    }

    fn clipboard(&self, xclip: &Path) -> String {
        // Where the one who has the text does not answer, xclip would wait for ever.
        let mut command = Command::new("timeout");
        command.arg("20").arg(xclip);
        command.args(["-out", "-selection", "clipboard"]);
        Ran::of(command.env("DISPLAY", &self.number)).well().stdout
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn x11_has_exactly_what_was_copied() {
    let (Some(tmux), Some(xclip)) = (program("tmux"), program("xclip")) else {
        return;
    };
    let Some(display) = Display::start() else {
        return;
    };
    let with = format!("DISPLAY={}", display.number);
    let wizard = Wizard::at_a_record(&tmux, "off", "-u TMUX", &with);
    let value = wizard.value();
    wizard.press("n");
    wizard.wait("Name copied (xclip).");
    assert_eq!(display.clipboard(&xclip), "google._domainkey");
    wizard.press("c");
    wizard.wait("Value copied (xclip).");
    assert_eq!(display.clipboard(&xclip), value);
    // It stays there when the wizard and its terminal are gone.
    drop(wizard);
    assert_eq!(display.clipboard(&xclip), value);
}

#[test]
fn t19_a_display_that_is_gone_is_seen_and_the_terminal_is_told() {
    let (Some(tmux), Some(_)) = (program("tmux"), program("xclip")) else {
        return;
    };
    let wizard = Wizard::at_a_record(&tmux, "on", "-u TMUX", "DISPLAY=:4097");
    wizard.press("c");
    wizard.wait("xclip failed (Error: Can't open display: :4097).");
    wizard.wait("sent to your terminal's clipboard; if pasting gives nothing, press v");
    assert_eq!(wizard.tmux(&["show-buffer"]).well().stdout, wizard.value());
}

#[test]
fn tmux_takes_the_sequence_of_terminals() {
    let Some(tmux) = program("tmux") else {
        return;
    };
    // Without a tmux to start, there is only the raw sequence.
    let wizard = Wizard::at_a_record(&tmux, "on", "", "PATH=/nowhere");
    wizard.press("c");
    wizard.wait("Value sent to your terminal's clipboard; if pasting gives nothing, press v");
    wizard.until("a buffer", |_| {
        wizard.tmux(&["show-buffer"]).code == Some(0)
    });
    assert_eq!(wizard.tmux(&["show-buffer"]).well().stdout, wizard.value());
}

#[test]
fn tmux_has_the_text_where_it_takes_no_sequence_from_programs() {
    let Some(tmux) = program("tmux") else {
        return;
    };
    for option in ["external", "off"] {
        let folder = tmux.parent().unwrap().display();
        let wizard = Wizard::at_a_record(&tmux, option, "", &format!("PATH={folder}"));
        wizard.press("n");
        wizard.wait("Name sent to tmux and your terminal; if pasting gives nothing, press v");
        assert_eq!(
            wizard.tmux(&["show-buffer"]).well().stdout,
            "google._domainkey"
        );
        wizard.press("c");
        wizard.wait("Value sent to tmux");
        assert_eq!(wizard.tmux(&["show-buffer"]).well().stdout, wizard.value());
    }
}
