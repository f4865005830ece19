//! A real browser without a window, driven over two pipes by the DevTools protocol. It runs for one test and is ended with it.

use std::collections::VecDeque;
use std::fs::File;
use std::fs::OpenOptions;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::programs::program;

/// Long enough for the slowest machine; nobody waits for it where all is well.
const PATIENCE: Duration = Duration::from_secs(90);

pub struct Browser {
    child: Child,
    orders: File,
    answers: Receiver<Value>,
    /// Of the page.
    session: Option<String>,
    number: u64,
    /// What happened meanwhile: method and parameters.
    pub events: VecDeque<Value>,
    folder: TempDir,
}

impl Browser {
    /// Debian's Chromium with one empty page; None where it is not installed, which is said.
    pub fn start() -> Option<Self> {
        let chromium = program("chromium")?;
        let folder = tempfile::tempdir().unwrap();
        let (orders, answers) = (folder.path().join("orders"), folder.path().join("answers"));
        for pipe in [&orders, &answers] {
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        }
        // The protocol wants the pipes as file descriptors 3 and 4; a shell can give them.
        let child = Command::new("/bin/sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$ORDERS\" 4>\"$ANSWERS\""])
            .arg(chromium)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args([
                "--disable-sync",
                "--no-proxy-server",
                "--host-resolver-rules=MAP * ~NOTFOUND",
            ])
            .arg("--remote-debugging-pipe")
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .arg("about:blank")
            .env("ORDERS", &orders)
            .env("ANSWERS", &answers)
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let orders = OpenOptions::new().write(true).open(orders).unwrap();
        let said = File::open(answers).unwrap();
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for message in BufReader::new(said).split(0) {
                let read = message
                    .ok()
                    .and_then(|text| serde_json::from_slice(&text).ok());
                if read.is_none_or(|value: Value| sender.send(value).is_err()) {
                    break;
                }
            }
        });
        let mut browser = Self {
            child,
            orders,
            answers,
            session: None,
            number: 0,
            events: VecDeque::new(),
            folder,
        };
        let page = browser.ask("Target.createTarget", json!({"url": "about:blank"}));
        let session = browser.ask(
            "Target.attachToTarget",
            json!({"targetId": page["targetId"], "flatten": true}),
        );
        browser.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Network", "Log", "Runtime"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        browser.ask(
            "Emulation.setFocusEmulationEnabled",
            json!({"enabled": true}),
        );
        Some(browser)
    }

    /// One order and its answer.
    pub fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut order = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            order["sessionId"] = session.as_str().into();
        }
        let mut bytes = order.to_string().into_bytes();
        bytes.push(0);
        self.orders.write_all(&bytes).unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self
                .answers
                .recv_timeout(left)
                .unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] == self.number {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            if message["method"].is_string() {
                self.events.push_back(message);
            }
        }
    }

    /// Writes the page to a file and opens it from there.
    pub fn open(&mut self, html: &str) {
        let file = self.folder.path().join("sheet.html");
        std::fs::write(&file, html).unwrap();
        self.ask(
            "Page.navigate",
            json!({"url": format!("file://{}", file.display())}),
        );
        self.until("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// What an expression gives; a promise is waited for.
    pub fn run(&mut self, script: &str) -> Value {
        let given = self.ask(
            "Runtime.evaluate",
            json!({"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true}),
        );
        assert!(given["exceptionDetails"].is_null(), "{script}: {given}");
        given["result"]["value"].clone()
    }

    pub fn until(&mut self, condition: &str) {
        let end = Instant::now() + PATIENCE;
        while self.run(condition) != Value::Bool(true) {
            if Instant::now() > end {
                let text = self.run("document.body.innerText.slice(0, 500)");
                panic!("waited for {condition}:\n{text}");
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks in the middle of the element of this number among those that fit.
    pub fn click(&mut self, selector: &str, at: usize) {
        let place = self.run(&format!(
            "(() => {{ const e = document.querySelectorAll('{selector}')[{at}]; e.scrollIntoView({{block: 'center'}}); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.ask(
                "Input.dispatchMouseEvent",
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}),
            );
        }
    }

    pub fn width(&mut self, columns: u32) {
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": columns, "height": 740, "deviceScaleFactor": 1, "mobile": columns < 600}),
        );
    }

    pub fn media(&mut self, media: &str, scheme: &str) {
        self.ask(
            "Emulation.setEmulatedMedia",
            json!({"media": media, "features": [
                {"name": "prefers-color-scheme", "value": scheme},
                // Colors are measured where they have come to rest.
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]}),
        );
    }

    /// Addresses that were asked for since the start, the page's own file aside.
    pub fn requests(&self) -> Vec<String> {
        self.told("Network.requestWillBeSent")
            .map(|event| {
                event["params"]["request"]["url"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .filter(|url| !(url.starts_with("file://") && url.ends_with("/sheet.html")))
            .filter(|url| url != "about:blank")
            .collect()
    }

    /// What the browser complained of: refused scripts and styles, exceptions.
    pub fn complaints(&self) -> Vec<String> {
        self.told("Log.entryAdded")
            .chain(self.told("Runtime.exceptionThrown"))
            .map(|event| event["params"].to_string())
            .collect()
    }

    fn told(&self, method: &'static str) -> impl Iterator<Item = &Value> {
        self.events
            .iter()
            .filter(move |event| event["method"] == method)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let close = json!({"id": 0, "method": "Browser.close"}).to_string() + "\0";
        let _ = self.orders.write_all(close.as_bytes());
        let end = Instant::now() + Duration::from_secs(5);
        while matches!(self.child.try_wait(), Ok(None)) {
            if Instant::now() > end {
                let _ = self.child.kill();
                let _ = self.child.wait();
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
