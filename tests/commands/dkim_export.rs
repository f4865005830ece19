//! `dkim list`, `export`, `rotate`, `retire`: what they print, write and refuse, and that no private byte is shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use jiff::Timestamp;
use nobounce::plan::facts::Seen;
use nobounce::store::Store;
use serde_json::Value;

use crate::program::Ran;
use crate::program::nobounce;
use crate::program::ran;
use crate::program::run;

fn with_key(data: &Path, kind: &str) {
    let made = run(data, ["dkim", "new", "shop.de", "--key", kind, "-q"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
}

fn at(data: &Path, time: &str, words: &[&str]) -> Ran {
    ran(nobounce(data).arg("dkim").args(words).args(["--now", time]))
}

fn export(data: &Path, signer: &str, out: &Path, more: &[&str]) -> Ran {
    let out = out.to_str().unwrap();
    let words = ["dkim", "export", "shop.de", "--for", signer, "--out", out];
    run(data, words.iter().chain(more))
}

/// The records of these keys were seen published, and the mail server signs.
fn seen(data: &Path, selectors: &[&str]) {
    let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
    let mut setup = Store::at(data.to_owned())
        .open(&"shop.de".parse().unwrap(), now)
        .unwrap();
    let mut facts = setup.facts();
    facts.dkim.get_mut("own-server").unwrap().switched_on = true;
    let keys = facts.dkim["own-server"].keys.clone();
    for key in keys
        .iter()
        .filter(|key| selectors.contains(&key.selector.as_str()))
    {
        facts.seen.insert(
            format!("{}._domainkey.shop.de TXT", key.selector),
            Seen {
                verdict: "published".to_owned(),
                value: key.record.clone(),
                at: now,
                since: Some(now),
                days: 1,
                wait: None,
            },
        );
    }
    setup.save(&facts).unwrap();
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"))
}

/// The lines of the private halves, and what a signer gets of them.
fn secrets(data: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for folder in ["shop.de/keys", "shop.de/keys/retired"] {
        let Ok(entries) = fs::read_dir(data.join(folder)) else {
            continue;
        };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_file() {
                let text = fs::read_to_string(path).unwrap();
                lines.extend(
                    text.lines()
                        .filter(|line| line.len() > 20 && !line.starts_with('-'))
                        .map(str::to_owned),
                );
            }
        }
    }
    assert!(!lines.is_empty());
    lines
}

#[test]
fn a_list_shows_keys_and_never_what_is_in_them() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    with_key(data, "rsa2048");
    with_key(data, "ed25519");
    seen(data, &["nb2611"]);
    run(data, ["dkim", "list", "shop.de"]).is(
        0,
        "Selector  Kind     Bits  Made        State    Seen published  For\n\
         nb2611    rsa2048  2048  2026-11-23  signing  2026-11-23      Own server\n\
         nb2611e   ed25519  256   2026-11-23  signing  -               Own server\n\
         nb2611: to be renewed on 23 November 2027\n\
         nb2611e: to be renewed on 23 November 2027\n",
        "",
    );
    let listed = run(data, ["dkim", "list", "shop.de", "--json"]);
    let listed = json(&listed);
    assert_eq!(listed["schema"], 1);
    let first = &listed["keys"][0];
    assert_eq!(first["selector"], "nb2611");
    assert_eq!(first["bits"], 2048);
    assert_eq!(first["owner"], "nb2611._domainkey.shop.de");
    assert_eq!(first["state"], "signing");
    assert_eq!(first["last_published"], "2026-11-23T10:00:00Z");
    assert_eq!(first["kept"], true);
    fs::remove_file(data.join("shop.de/keys/nb2611e.pem")).unwrap();
    let lost = run(data, ["dkim", "list", "shop.de", "--json"]);
    assert_eq!(lost.code, Some(1), "a key that is gone is an error");
    assert_eq!(json(&lost)["keys"][1]["kept"], false);
    assert_eq!(run(data, ["dkim", "list", "other.de"]).code, Some(1));
}

#[test]
fn a_look_that_sees_nobody_says_so_and_keeps_what_was_seen() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    with_key(data, "ed25519");
    seen(data, &["nb2611e"]);
    let ran = run(
        data,
        [
            "dkim",
            "list",
            "shop.de",
            "--check",
            "--json",
            "--resolver",
            "127.0.0.1:9",
            "--timeout",
            "0.2",
        ],
    );
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert_eq!(
        json(&ran)["keys"][0]["last_published"],
        "2026-11-23T10:00:00Z"
    );
}

#[test]
fn each_signer_gets_its_files_and_the_key_alone_is_closed() {
    let data = tempfile::tempdir().unwrap();
    let place = tempfile::tempdir().unwrap();
    with_key(data.path(), "rsa2048");
    let key = fs::read(data.path().join("shop.de/keys/nb2611.pem")).unwrap();
    for (signer, files) in [
        (
            "opendkim",
            &[
                "KeyTable",
                "SigningTable",
                "TrustedHosts",
                "opendkim.conf",
                "shop.de.nb2611.private",
            ][..],
        ),
        ("rspamd", &["dkim_signing.conf", "shop.de.nb2611.key"]),
        ("exim", &["exim4.conf.localmacros", "shop.de.nb2611.pem"]),
        ("stalwart", &["shop.de.nb2611.pem", "stalwart-dkim.toml"]),
    ] {
        let out = place.path().join(signer);
        let ran = export(data.path(), signer, &out, &["--json"]);
        assert_eq!(ran.code, Some(0), "{signer}: {}", ran.err);
        assert!(
            ran.err.contains("switch the signer on only when"),
            "{}",
            ran.err
        );
        assert_eq!(json(&ran)["keys"][0]["published"], false);
        let mut there: Vec<String> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        there.sort();
        assert_eq!(there, files, "{signer}");
        for file in files.iter().filter(|file| file.contains("nb2611")) {
            let path = out.join(file);
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
            assert!(mode == 0o600 || mode == 0o640, "{signer}: {mode:o}");
            assert_eq!(fs::read(&path).unwrap(), key, "{signer}");
        }
        for file in files.iter().filter(|file| !file.contains("nb2611")) {
            let text = fs::read_to_string(out.join(file)).unwrap();
            assert!(!text.contains("PRIVATE KEY"), "{signer} {file}");
        }
    }
    let toml: toml::Table = fs::read_to_string(place.path().join("stalwart/stalwart-dkim.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let signature = &toml["signature"]["nb2611-shop.de"];
    assert_eq!(signature["selector"].as_str(), Some("nb2611"));
    assert_eq!(signature["algorithm"].as_str(), Some("rsa-sha256"));
}

#[test]
fn paths_of_the_server_stand_in_the_files_and_the_commands_bring_them_there() {
    let data = tempfile::tempdir().unwrap();
    let place = tempfile::tempdir().unwrap();
    with_key(data.path(), "rsa2048");
    seen(data.path(), &["nb2611"]);
    let out = place.path().join("files");
    let ran = export(
        data.path(),
        "opendkim",
        &out,
        &["--at", "/etc/dkimkeys/", "--json"],
    );
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (Some(0), ""),
        "it was seen published"
    );
    assert_eq!(
        fs::read_to_string(out.join("KeyTable")).unwrap(),
        "nb2611._domainkey.shop.de shop.de:nb2611:/etc/dkimkeys/shop.de.nb2611.private\n"
    );
    assert_eq!(
        fs::read_to_string(out.join("SigningTable")).unwrap(),
        "*@shop.de nb2611._domainkey.shop.de\n"
    );
    assert_eq!(
        json(&ran)["commands"],
        serde_json::json!([
            "sudo mkdir -p /etc/dkimkeys",
            format!("sudo cp -n {}/* /etc/dkimkeys/", out.display()),
            "sudo chown opendkim:opendkim /etc/dkimkeys/shop.de.nb2611.private",
            "sudo chmod 600 /etc/dkimkeys/shop.de.nb2611.private",
        ])
    );
    let spaced = export(data.path(), "exim", &place.path().join("with space"), &[]);
    assert_eq!(
        (spaced.code, spaced.out.as_str()),
        (Some(2), ""),
        "{}",
        spaced.err
    );
    let relative = export(data.path(), "exim", &out, &["--at", "keys"]);
    assert_eq!(relative.code, Some(2));
}

#[test]
fn a_key_goes_into_a_new_file_and_never_to_the_screen() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let place = tempfile::tempdir().unwrap();
    with_key(data, "ed25519");
    with_key(data, "rsa2048");
    for out in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let ran = export(data, "pem", Path::new(out), &[]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(2), ""),
            "{out}: {}",
            ran.err
        );
    }
    let file = place.path().join("key.pem");
    assert_eq!(
        export(data, "pem", &file, &["--selector", "nb2611"]).code,
        Some(0)
    );
    assert_eq!(
        fs::read(&file).unwrap(),
        fs::read(data.join("shop.de/keys/nb2611.pem")).unwrap()
    );
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    // Nothing is written over: not a file, not what a link leads to, not a folder of files.
    let victim = place.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, place.path().join("link")).unwrap();
    symlink(place.path().join("nowhere"), place.path().join("dangling")).unwrap();
    for name in ["key.pem", "victim", "link", "dangling"] {
        let ran = export(data, "pem", &place.path().join(name), &[]);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(7), ""),
            "{name}: {}",
            ran.err
        );
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert!(!place.path().join("nowhere").exists());
    let out = place.path().join("folder");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("shop.de.nb2611.private"), "precious").unwrap();
    assert_eq!(export(data, "opendkim", &out, &[]).code, Some(7));
    assert_eq!(
        fs::read_dir(&out).unwrap().count(),
        1,
        "nothing half-written is left"
    );
    assert_eq!(
        export(data, "rspamd", &out, &[]).code,
        Some(0),
        "beside what is there"
    );
    assert_eq!(
        export(data, "rspamd", &place.path().join("no/such"), &[]).code,
        Some(7)
    );
}

#[test]
fn what_a_signer_cannot_take_is_refused_with_the_reason() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    with_key(data, "ed25519");
    let ran = export(data, "opendkim", &out, &[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("one kind of key only"), "{}", ran.err);
    assert_eq!(
        export(data, "exim", &out, &["--selector", "nope"]).code,
        Some(2)
    );
    assert_eq!(export(data, "postfix", &out, &[]).code, Some(2));
    assert!(!out.exists());
    // Rspamd gets the seed: one line of base64.
    assert_eq!(export(data, "rspamd", &out, &[]).code, Some(0));
    let seed = fs::read_to_string(out.join("shop.de.nb2611e.key")).unwrap();
    assert_eq!((seed.len(), seed.lines().count()), (45, 1));
    // A key that is not the one of its record is not handed on.
    let other = data.join("shop.de/keys/nb2611e.pem");
    fs::write(&other, "nothing").unwrap();
    let ran = export(data, "exim", &place.path().join("lost"), &[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
    assert!(!place.path().join("lost").exists());
}

#[test]
fn a_key_is_changed_from_beginning_to_end() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    with_key(data, "rsa2048");
    seen(data, &["nb2611"]);
    let first = "2027-11-24T10:00:00Z";
    let made = at(data, first, &["rotate", "shop.de", "--json"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let made = json(&made);
    assert_eq!(
        (&made["old"], &made["new"]),
        (&"nb2611".into(), &"nb2711".into())
    );
    assert_eq!(made["owner"], "nb2711._domainkey.shop.de");
    assert_eq!(
        at(data, first, &["rotate", "shop.de"]).code,
        Some(2),
        "one at a time"
    );
    // The new record was not seen: the word is not taken, and nobody could be asked.
    let blind = [
        "rotate",
        "shop.de",
        "--switched",
        "--resolver",
        "127.0.0.1:9",
        "--timeout",
        "0.2",
    ];
    assert_eq!(at(data, first, &blind).code, Some(3));
    let early = at(data, first, &["retire", "shop.de", "nb2611"]);
    assert_eq!(early.code, Some(2), "{}", early.err);
    seen(data, &["nb2611", "nb2711"]);
    let switched = at(data, first, &blind);
    assert_eq!(
        switched.code,
        Some(0),
        "seen before is seen: {}",
        switched.err
    );
    assert!(
        switched.out.contains("until 1 December 2027"),
        "{}",
        switched.out
    );
    let told = at(
        data,
        "2027-11-30T10:00:00Z",
        &["retire", "shop.de", "nb2611"],
    );
    told.is(
        4,
        "",
        "nobounce: mail signed with nb2611 may be on its way until 1 December 2027\n\
         nobounce: leave its record in the DNS, and come back then\n",
    );
    let back = at(
        data,
        "2027-11-20T10:00:00Z",
        &["retire", "shop.de", "nb2611"],
    );
    assert_eq!(back.code, Some(4), "{}", back.err);
    assert!(
        back.err.contains("clock of this computer went back"),
        "{}",
        back.err
    );
    let done = at(
        data,
        "2027-12-02T10:00:00Z",
        &["retire", "shop.de", "nb2611", "--json"],
    );
    assert_eq!(done.code, Some(0), "{}", done.err);
    let done = json(&done);
    assert_eq!(done["state"], "retired");
    assert_eq!(done["owner"], "nb2611._domainkey.shop.de");
    assert_eq!(done["record"], "v=DKIM1; k=rsa; p=");
    let retired = data.join("shop.de/keys/retired/nb2611.pem");
    assert_eq!(done["key_path"], retired.to_str().unwrap());
    assert_eq!(
        fs::metadata(&retired).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    assert!(!data.join("shop.de/keys/nb2611.pem").exists());
    assert_eq!(
        at(
            data,
            "2027-12-02T10:00:00Z",
            &["retire", "shop.de", "nb2611"]
        )
        .code,
        Some(2)
    );
    // The record to be emptied is among those to publish, and the old key is not handed out again.
    let records = run(data, ["records", "shop.de", "--json"]);
    let texts = records.out.clone();
    assert!(texts.contains("v=DKIM1; k=rsa; p=\""), "{texts}");
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    assert_eq!(
        export(data, "exim", &out, &["--selector", "nb2611"]).code,
        Some(2)
    );
    assert_eq!(export(data, "exim", &out, &[]).code, Some(0));
    assert!(out.join("shop.de.nb2711.pem").is_file());
    // Who deletes the old key for good is not told that a key is missing.
    fs::remove_file(&retired).unwrap();
    assert_eq!(run(data, ["records", "shop.de", "--json"]).code, Some(0));
    assert_eq!(run(data, ["dkim", "list", "shop.de"]).code, Some(0));
}

#[test]
fn no_private_byte_is_shown_by_any_of_them() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let place = tempfile::tempdir().unwrap();
    with_key(data, "rsa2048");
    with_key(data, "ed25519");
    seen(data, &["nb2611", "nb2611e"]);
    let mut told = Vec::new();
    for (number, signer) in ["opendkim", "rspamd", "exim", "stalwart", "pem"]
        .iter()
        .enumerate()
    {
        told.push(export(
            data,
            signer,
            &place.path().join(format!("t{number}")),
            &["-v"],
        ));
        told.push(export(
            data,
            signer,
            &place.path().join(format!("j{number}")),
            &["--json"],
        ));
    }
    told.push(run(data, ["dkim", "list", "shop.de", "--json"]));
    told.push(run(data, ["dkim", "rotate", "shop.de", "-v"]));
    told.push(run(
        data,
        ["dkim", "retire", "shop.de", "nb2611e", "--unused"],
    ));
    let mut secrets = secrets(data);
    secrets.push(
        fs::read_to_string(place.path().join("t1/shop.de.nb2611e.key"))
            .unwrap()
            .trim()
            .to_owned(),
    );
    let setup = fs::read_to_string(data.join("shop.de/setup.json")).unwrap();
    for ran in &told {
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    for text in told
        .iter()
        .flat_map(|ran| [&ran.out, &ran.err])
        .chain([&setup])
    {
        assert!(!text.contains("PRIVATE KEY"));
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()));
        }
    }
}

#[test]
fn a_missing_folder_on_the_way_is_named_with_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path(), "ed25519");
    let parent = data.path().join("missing");
    let ran = export(data.path(), "rspamd", &parent.join("keys"), &[]);
    assert_eq!(ran.code, Some(7), "{}", ran.err);
    let told = format!("make the folder {} first", parent.display());
    assert!(ran.err.contains(&told), "{}", ran.err);
    assert!(!parent.exists());
}

#[test]
fn a_change_of_a_key_that_was_never_seen_is_remarked_on() {
    for known in [false, true] {
        let data = tempfile::tempdir().unwrap();
        let data = data.path();
        with_key(data, "rsa2048");
        if known {
            seen(data, &["nb2611"]);
        }
        let made = at(data, "2027-11-24T10:00:00Z", &["rotate", "shop.de"]);
        assert_eq!(made.code, Some(0), "{}", made.err);
        let is_remarked = made
            .err
            .contains("the record of nb2611 has not been seen in the DNS yet");
        assert_eq!(is_remarked, !known, "{}", made.err);
        // The next key is there: nobody is told to make one more.
        let early = at(
            data,
            "2027-11-24T10:00:00Z",
            &["retire", "shop.de", "nb2611"],
        );
        assert_eq!(early.code, Some(2), "{}", early.err);
        assert!(early.err.contains("--switched"), "{}", early.err);
    }
}
