//! Keys that are changed, put away and handed over: cut short at any moment, nothing is lost, and it can be gone on with.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use jiff::SignedDuration;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::KeyLife;
use nobounce::plan::steps::dkim::rotation;
use nobounce::plan::steps::dkim::rotation::State;
use nobounce::records::dkim::Algorithm;
use nobounce::store::error::StoreError;
use nobounce::store::keys;

use crate::world::World;
use crate::world::end;
use crate::world::mode;
use crate::world::now;

const SENDER: &str = "own-server";

/// A setup with two keys, of which the old one may be put away on 2 December.
fn leaving() -> World {
    let world = World::with_setup();
    let mut setup = world.open().unwrap();
    let mut facts = setup.facts();
    for name in ["old", "new"] {
        let pair = keys::generate(Algorithm::Ed25519).unwrap();
        let kept = keys::keep(&setup, &name.parse().unwrap(), &pair).unwrap();
        nobounce::plan::key_made(&mut facts, SENDER, kept.entry(now()));
    }
    let choice = facts.dkim.get_mut(SENDER).unwrap();
    choice.switched_on = true;
    choice.lives.insert(
        "old".to_owned(),
        KeyLife {
            successor: Some("new".to_owned()),
            stopped_at: Some(now()),
            days: 1,
            last_day: Some(now() + SignedDuration::from_hours(24)),
            ..KeyLife::default()
        },
    );
    setup.save(&facts).unwrap();
    world
}

fn retiring(world: &World) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .args(["dkim", "retire", "shop.de", "old", "--json"])
        .args(["--now", "2026-12-02T10:00:00Z"])
        .env("NOBOUNCE_DATA_DIR", &world.data)
        .stdin(Stdio::null());
    command
}

fn state(facts: &Facts) -> State {
    rotation::state(facts, SENDER, "old").unwrap()
}

/// The law: what is saved can be read, and each key is in one of its places; what was told is true.
#[track_caller]
fn holds(world: &World, output: &Output) -> Facts {
    let selectors = world.is_whole();
    assert_eq!(selectors, ["old", "new"]);
    let facts = world.look().unwrap().unwrap();
    let retired = world.folder().join("keys/retired/old.pem");
    if state(&facts) == State::Retired {
        assert!(retired.is_file(), "told to be put away, and it is");
        assert_eq!(mode(&retired), 0o600);
    }
    if !output.stdout.is_empty() {
        assert_eq!(state(&facts), State::Retired, "told after it was kept");
    }
    facts
}

fn strace() -> Option<PathBuf> {
    let path = Path::new("/usr/bin/strace");
    let works = Command::new(path)
        .args(["-o", "/dev/null", "true"])
        .output();
    if works.is_ok_and(|output| output.status.success()) {
        return Some(path.to_owned());
    }
    eprintln!("skipped: strace is not installed or may not trace here");
    None
}

/// Runs `command` with a fault at the `n`th call of `call`.
fn faulted(strace: &Path, command: &Command, call: &str, fault: &str, n: usize) -> Output {
    let mut run = Command::new(strace);
    run.args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("trace=?{call}"))
        .arg("-e")
        .arg(format!("inject=?{call}:{fault}:when={n}"))
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            run.env(name, value);
        }
    }
    run.output().unwrap()
}

const CALLS: [&str; 9] = [
    "mkdir",
    "fchmod",
    "openat",
    "flock",
    "write",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
];

#[test]
fn killed_at_each_system_call_a_key_is_in_one_of_its_places() {
    let Some(strace) = strace() else { return };
    for call in CALLS {
        for n in 1..200 {
            let world = leaving();
            let output = faulted(&strace, &retiring(&world), call, "signal=KILL", n);
            let facts = holds(&world, &output);
            let was_done = state(&facts) == State::Retired;
            let again = retiring(&world).output().unwrap();
            let code = if was_done { Some(2) } else { Some(0) };
            assert_eq!(again.status.code(), code, "{call} {n}: {:?}", end(&again));
            let facts = holds(&world, &again);
            assert_eq!(state(&facts), State::Retired, "{call} {n}");
            assert_eq!(world.unfinished(), 0, "{call} {n}");
            if output.status.success() {
                break;
            }
        }
    }
}

#[test]
fn a_disk_that_fails_is_told_and_the_key_stays_of_use() {
    let Some(strace) = strace() else { return };
    for (call, error) in [
        ("write", "ENOSPC"),
        ("fsync", "EIO"),
        ("rename", "EIO"),
        ("mkdir", "EROFS"),
    ] {
        let mut failed = 0;
        for n in 1..60 {
            let world = leaving();
            let output = faulted(
                &strace,
                &retiring(&world),
                call,
                &format!("error={error}"),
                n,
            );
            holds(&world, &output);
            match output.status.code() {
                Some(0) if n > 8 => break,
                Some(0) => {}
                Some(7) => failed += 1,
                other => panic!("{call} {error} {n}: {other:?} {:?}", end(&output)),
            }
        }
        assert!(failed > 0, "{call} {error} was met");
    }
}

#[test]
fn putting_away_never_writes_over() {
    let world = leaving();
    let setup = world.open().unwrap();
    let entry = setup.facts().dkim[SENDER].keys[0].clone();
    let retired = world.folder().join("keys/retired");
    fs::create_dir(&retired).unwrap();
    fs::write(retired.join("old.pem"), "precious").unwrap();
    assert!(matches!(
        keys::retire(&setup, &entry),
        Err(StoreError::SelectorTaken { .. })
    ));
    assert_eq!(
        fs::read_to_string(retired.join("old.pem")).unwrap(),
        "precious"
    );
    assert!(world.key_file("old").is_file());
    fs::remove_file(retired.join("old.pem")).unwrap();
    // Copies for a signer go with it, of this key alone.
    let copies = world.folder().join("signers/rspamd-old-new");
    fs::create_dir_all(&copies).unwrap();
    for name in ["shop.de.old.key", "shop.de.new.key", "dkim_signing.conf"] {
        fs::write(copies.join(name), "copy").unwrap();
    }
    keys::retire(&setup, &entry).unwrap();
    assert!(!copies.join("shop.de.old.key").exists());
    assert_eq!(fs::read_dir(&copies).unwrap().count(), 2);
    keys::retire(&setup, &entry).unwrap();
    assert!(!world.key_file("old").exists());
    keys::check(&world.folder(), &entry).unwrap();
}

#[test]
fn the_other_key_must_be_there() {
    let world = leaving();
    fs::remove_file(world.key_file("new")).unwrap();
    let output = retiring(&world).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{:?}", end(&output));
    assert!(world.key_file("old").is_file());
}

#[test]
fn a_change_that_was_cut_short_begins_anew() {
    let Some(strace) = strace() else { return };
    for call in ["write", "fsync", "rename", "renameat2"] {
        for n in 1..60 {
            let world = leaving();
            let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
            command
                .args([
                    "dkim",
                    "rotate",
                    "shop.de",
                    "--json",
                    "--now",
                    "2026-12-02T10:00:00Z",
                ])
                .env("NOBOUNCE_DATA_DIR", &world.data);
            let output = faulted(&strace, &command, call, "signal=KILL", n);
            let selectors = world.is_whole();
            assert!(selectors.starts_with(&["old".to_owned(), "new".to_owned()]));
            let facts = world.look().unwrap().unwrap();
            let waiting = rotation::waiting(&facts, SENDER);
            assert_eq!(
                waiting.len(),
                selectors.len() - 2,
                "a key is tied to the one before it"
            );
            let again = command.output().unwrap();
            let code = if waiting.is_empty() { Some(0) } else { Some(2) };
            assert_eq!(again.status.code(), code, "{call} {n}: {:?}", end(&again));
            if output.status.success() {
                break;
            }
        }
    }
}

#[test]
fn a_hand_over_that_was_cut_short_leaves_no_folder_by_half() {
    let Some(strace) = strace() else { return };
    for call in ["mkdir", "openat", "write", "fsync", "rename", "renameat2"] {
        for n in 1..200 {
            let world = leaving();
            let out = world.data.join("out");
            let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
            command
                .args([
                    "dkim", "export", "shop.de", "--for", "rspamd", "-q", "--out",
                ])
                .arg(&out)
                .env("NOBOUNCE_DATA_DIR", &world.data);
            let output = faulted(&strace, &command, call, "signal=KILL", n);
            if out.exists() {
                assert_eq!(fs::read_dir(&out).unwrap().count(), 2, "{call} {n}");
            } else {
                let again = command.output().unwrap();
                assert_eq!(
                    again.status.code(),
                    Some(0),
                    "{call} {n}: {:?}",
                    end(&again)
                );
            }
            if output.status.success() {
                break;
            }
        }
    }
}
