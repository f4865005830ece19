//! Killed, out of room, failing disks: afterwards the old or the new state is there, whole.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::time::Duration;

use crate::world::World;
use crate::world::end;

/// What the run printed came after the key was safe: a record that was shown is in the setup.
#[track_caller]
fn holds(world: &World, output: &Output, before: &[String]) {
    let selectors = world.is_whole();
    assert!(selectors.starts_with(before), "nothing is lost");
    let shown: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
    if let Some(shown) = shown {
        let selector = shown["selector"].as_str().unwrap();
        assert!(
            selectors.iter().any(|there| there == selector),
            "{selector} was shown and is not kept"
        );
    }
}

#[test]
fn s2_killed_at_any_time_the_state_is_whole() {
    let world = World::with_setup();
    let mut times: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..100 {
        times ^= times << 13;
        times ^= times >> 7;
        times ^= times << 17;
        let before = world.is_whole();
        let mut child = world
            .making_a_key()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(times % 12_000));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        holds(&world, &output, &before);
    }
    drop(world.open().unwrap());
    assert_eq!(world.unfinished(), 0, "leftovers are swept out");
}

/// More calls of one kind than a run makes.
const MANY: usize = 200;

/// System calls that change the disk, or open what is changed.
const CALLS: [&str; 14] = [
    "mkdir",
    "mkdirat",
    "chmod",
    "fchmod",
    "openat",
    "flock",
    "ftruncate",
    "write",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
    "linkat",
    "unlink",
];

fn strace() -> Option<PathBuf> {
    let found = ["/usr/bin/strace", "/usr/local/bin/strace"]
        .iter()
        .map(Path::new)
        .find(|path| path.is_file());
    let works = found.filter(|path| {
        let tried = Command::new(path)
            .args(["-o", "/dev/null", "true"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    });
    if works.is_none() {
        eprintln!("skipped: strace is not installed or may not trace here");
    }
    works.map(Path::to_owned)
}

/// Runs the making of a key, with `fault` at the `n`th call of `call`.
fn faulted(strace: &Path, world: &World, call: &str, fault: &str, n: usize) -> Output {
    let making = world.making_a_key();
    let mut command = Command::new(strace);
    command
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("trace=?{call}"))
        .arg("-e")
        .arg(format!("inject=?{call}:{fault}:when={n}"))
        .arg(making.get_program())
        .args(making.get_args())
        .env("NOBOUNCE_DATA_DIR", &world.data)
        .stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn s1_killed_at_each_system_call_the_state_is_whole() {
    let Some(strace) = strace() else { return };
    for call in CALLS {
        let mut killed = 0;
        for n in 1..MANY {
            // A new setup, and one that is there already.
            let fresh = World::new();
            let old = World::with_setup();
            let first = faulted(&strace, &fresh, call, "signal=KILL", n);
            holds(&fresh, &first, &[]);
            let second = faulted(&strace, &old, call, "signal=KILL", n);
            holds(&old, &second, &[]);
            let facts = old.look().unwrap().unwrap();
            assert_eq!(facts.mailbox.address.as_deref(), Some("second@shop.de"));
            let again = old.making_a_key().output().unwrap();
            assert_eq!(
                again.status.code(),
                Some(0),
                "{call} {n}: {:?}",
                end(&again)
            );
            assert_eq!(old.unfinished(), 0, "{call} {n}");
            if first.status.success() && second.status.success() {
                break;
            }
            killed += 1;
            assert!(n + 1 < MANY, "{call}: a run comes to its end");
        }
        println!("{call}: killed at {killed} calls");
    }
}

#[test]
fn s3_the_key_is_safe_before_its_record_is_kept_and_that_before_it_is_shown() {
    let Some(strace) = strace() else { return };
    let world = World::with_setup();
    let log = world.data.join("log");
    let making = world.making_a_key();
    let traced = Command::new(strace)
        .args(["-f", "-qq", "-y", "-s", "0", "-e"])
        .arg("trace=fsync,write,?rename,?renameat,?renameat2")
        .arg("-o")
        .arg(&log)
        .arg(making.get_program())
        .args(making.get_args())
        .env("NOBOUNCE_DATA_DIR", &world.data)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(traced.status.code(), Some(0), "{:?}", end(&traced));
    let log = std::fs::read_to_string(&log).unwrap();
    let mut lines = log.lines();
    let steps: [(&str, &[&str]); 9] = [
        (
            "the key is written",
            &["write(", "/shop.de/keys/.nobounce-"],
        ),
        ("and synced", &["fsync(", "/shop.de/keys/.nobounce-"]),
        ("has its name", &["rename", "/shop.de/keys/", ".pem\""]),
        ("and that is synced", &["fsync(", "/shop.de/keys>"]),
        ("the setup is written", &["write(", "/shop.de/.nobounce-"]),
        ("and synced", &["fsync(", "/shop.de/.nobounce-"]),
        ("has its name", &["rename", "/shop.de/setup.json\""]),
        ("and that is synced", &["fsync(", "/shop.de>"]),
        ("the record is shown", &["write(1<"]),
    ];
    for (step, marks) in steps {
        let found = lines.any(|line| marks.iter().all(|mark| line.contains(mark)));
        assert!(found, "{step}:\n{log}");
    }
    let shown = log.lines().filter(|line| line.contains("write(1<"));
    assert_eq!(shown.count(), 1);
}

#[test]
fn s4_s5_a_disk_that_fails_is_told_and_nothing_half_written_is_left() {
    let Some(strace) = strace() else { return };
    for (call, error) in [
        ("write", "ENOSPC"),
        ("write", "EDQUOT"),
        ("fsync", "EIO"),
        ("renameat2", "ENOSPC"),
        ("renameat", "EIO"),
        ("mkdir", "EROFS"),
        ("fchmod", "EPERM"),
    ] {
        let mut failed = 0;
        for n in 1..100 {
            let world = World::with_setup();
            let output = faulted(&strace, &world, call, &format!("error={error}"), n);
            holds(&world, &output, &[]);
            assert_eq!(world.unfinished(), 0, "{call} {error} {n}");
            match output.status.code() {
                Some(0) => {}
                Some(7) => {
                    failed += 1;
                    assert!(output.stdout.is_empty(), "{call} {error} {n}");
                    let (_, said) = end(&output);
                    assert!(said.lines().count() >= 2, "{said}");
                }
                other => panic!("{call} {error} {n}: {other:?} {:?}", end(&output)),
            }
            if n > 12 && output.status.success() {
                break;
            }
        }
        assert!(failed > 0, "{call} {error} was met");
    }
}

#[test]
fn s4_a_file_that_may_not_grow_leaves_the_old_state() {
    let world = World::with_setup();
    let output = world.shell(
        "trap '' XFSZ; ulimit -f 0; exec $NOBOUNCE dkim new shop.de --key ed25519 --selector s -q",
    );
    assert_eq!(output.status.code(), Some(7), "{:?}", end(&output));
    assert!(output.stdout.is_empty());
    assert!(world.is_whole().is_empty());
    let facts = world.look().unwrap().unwrap();
    assert_eq!(facts.mailbox.address.as_deref(), Some("second@shop.de"));
    assert!(!world.key_file("s").exists());
    assert_eq!(world.unfinished(), 0);
}
