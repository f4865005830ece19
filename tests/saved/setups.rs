//! `setup.json`: damaged, newer, unknown, in use by two, many.

use std::fs;
use std::io::Write;

use nobounce::store::error::StoreError;

use crate::world::DOMAIN;
use crate::world::World;
use crate::world::domain;
use crate::world::end;
use crate::world::now;

#[test]
fn a_setup_comes_back_as_it_was_saved() {
    let world = World::with_setup();
    let facts = world.look().unwrap().unwrap();
    assert_eq!(facts.mailbox.address.as_deref(), Some("second@shop.de"));
    assert_eq!(world.open().unwrap().facts(), facts);
    let previous = fs::read_to_string(world.folder().join("setup.json.prev")).unwrap();
    assert!(previous.contains("first@shop.de"));
    let saved = fs::read_to_string(world.setup_file()).unwrap();
    assert!(saved.starts_with("{\n  \"schema\": 1,\n  \"nobounce\": \"0.1.0\",\n  \"facts\": {"));
}

#[test]
fn saving_what_is_saved_keeps_the_copy_before() {
    let world = World::with_setup();
    let mut setup = world.open().unwrap();
    let facts = setup.facts();
    setup.save(&facts).unwrap();
    let previous = fs::read_to_string(world.folder().join("setup.json.prev")).unwrap();
    assert!(previous.contains("first@shop.de"));
}

#[test]
fn a_private_key_does_not_live_on_in_the_copy_before() {
    for secret in [
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n",
        "\nMIIEvQIBADANBg",
    ] {
        let world = World::with_setup();
        let mut setup = world.open().unwrap();
        let mut facts = setup.facts();
        facts.others.insert("drafts".into(), secret.into());
        setup.save(&facts).unwrap();
        facts.others.remove("drafts");
        setup.save(&facts).unwrap();
        for name in ["setup.json", "setup.json.prev"] {
            let text = fs::read_to_string(world.folder().join(name)).unwrap();
            assert!(!text.contains("MIIEvQ"), "{name}: {text}");
            assert!(text.contains("second@shop.de"));
        }
    }
}

/// Puts `bytes` in the place of the setup: it must read as a setup or as damage, and stay as it is.
#[track_caller]
fn damaged(world: &World, bytes: &[u8]) -> bool {
    fs::write(world.setup_file(), bytes).unwrap();
    let damaged = match world.open() {
        Ok(_) => false,
        Err(StoreError::Damaged { previous, .. }) => {
            assert_eq!(previous, Some(world.folder().join("setup.json.prev")));
            true
        }
        Err(StoreError::Newer { .. }) => true,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(fs::read(world.setup_file()).unwrap(), bytes);
    damaged
}

#[test]
fn s14_a_setup_cut_at_any_byte_is_damage_and_stays_as_it_is() {
    let world = World::with_setup();
    let whole = fs::read(world.setup_file()).unwrap();
    for end in 0..whole.len() - 1 {
        assert!(damaged(&world, &whole[..end]), "cut at {end}");
    }
    assert!(
        !damaged(&world, &whole[..whole.len() - 1]),
        "only the line break is gone"
    );
    assert!(!damaged(&world, &whole));
}

#[test]
fn s14_no_flipped_bit_makes_a_panic_or_a_change() {
    let world = World::with_setup();
    let whole = fs::read(world.setup_file()).unwrap();
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        damaged(&world, &flipped);
    }
}

#[test]
fn s14_odd_files_are_damage_or_read() {
    let world = World::with_setup();
    let whole = fs::read_to_string(world.setup_file()).unwrap();
    let bad: [(&str, Vec<u8>); 10] = [
        ("empty", Vec::new()),
        ("zeros", vec![0; whole.len()]),
        ("not UTF-8", vec![0xff; 100]),
        ("an array", b"[]".to_vec()),
        ("a number", b"1".to_vec()),
        ("deep", "[".repeat(100_000).into_bytes()),
        (
            "deep facts",
            format!(
                "{{\"schema\":1,\"nobounce\":\"\",\"facts\":{}",
                "{\"x\":".repeat(100_000)
            )
            .into_bytes(),
        ),
        (
            "doubled",
            whole
                .replacen("\"facts\"", "\"facts\": {}, \"facts\"", 1)
                .into_bytes(),
        ),
        (
            "another domain",
            whole.replace(DOMAIN, "else.de").into_bytes(),
        ),
        (
            "version 0",
            whole
                .replacen("\"schema\": 1", "\"schema\": 0", 1)
                .into_bytes(),
        ),
    ];
    for (what, bytes) in bad {
        assert!(damaged(&world, &bytes), "{what}");
    }
    let good: [(&str, Vec<u8>); 2] = [
        (
            "byte order mark",
            [b"\xef\xbb\xbf", whole.as_bytes()].concat(),
        ),
        ("CRLF", whole.replace('\n', "\r\n").into_bytes()),
    ];
    for (what, bytes) in good {
        assert!(!damaged(&world, &bytes), "{what}");
    }
}

#[test]
fn s14_a_huge_file_is_not_read_to_its_end() {
    let world = World::with_setup();
    let file = fs::File::create(world.setup_file()).unwrap();
    file.set_len(100 << 30).unwrap();
    let error = world.look().unwrap_err().to_string();
    assert!(
        error.ends_with("is damaged: it is bigger than 16 MB"),
        "{error}"
    );
}

#[test]
fn a_setup_that_was_taken_away_is_not_begun_anew() {
    let world = World::with_setup();
    fs::remove_file(world.setup_file()).unwrap();
    assert!(matches!(world.open(), Err(StoreError::Damaged { .. })));
}

#[test]
fn s14_the_way_back_is_named_and_works() {
    let world = World::with_setup();
    fs::write(world.setup_file(), "{").unwrap();
    let output = world.making_a_key().output().unwrap();
    let (code, said) = end(&output);
    assert_eq!(code, Some(6));
    assert_eq!(
        said.replace(world.data.to_str().unwrap(), "DATA"),
        "nobounce: the saved setup DATA/shop.de/setup.json is damaged: it breaks off at line 1, column 1\n\
         nobounce: nothing was changed; to go back to the copy before the last change, move DATA/shop.de/setup.json away and copy DATA/shop.de/setup.json.prev to its place\n"
    );
    fs::rename(world.setup_file(), world.folder().join("broken")).unwrap();
    fs::copy(world.folder().join("setup.json.prev"), world.setup_file()).unwrap();
    let facts = world.look().unwrap().unwrap();
    assert_eq!(facts.mailbox.address.as_deref(), Some("first@shop.de"));
}

#[test]
fn s15_a_newer_setup_is_not_touched() {
    let world = World::with_setup();
    let newer = "{\"schema\": 2, \"nobounce\": \"9.1.0\", \"facts\": [\"of another shape\"]}";
    fs::write(world.setup_file(), newer).unwrap();
    for line in [
        "$NOBOUNCE status shop.de",
        "$NOBOUNCE records shop.de",
        "$NOBOUNCE dkim new shop.de",
    ] {
        let (code, said) = end(&world.shell(line));
        assert_eq!(code, Some(6), "{line}");
        assert_eq!(
            said.replace(world.data.to_str().unwrap(), "DATA"),
            "nobounce: the saved setup DATA/shop.de/setup.json was written by a newer nobounce (9.1.0)\n\
             nobounce: nothing was changed; install the newest nobounce to go on\n"
        );
    }
    assert_eq!(fs::read_to_string(world.setup_file()).unwrap(), newer);
    assert!(!world.folder().join("keys").exists());
}

#[test]
fn s17_unknown_fields_survive() {
    let world = World::with_setup();
    let text = fs::read_to_string(world.setup_file()).unwrap();
    let text = text
        .replacen(
            "\"schema\": 1,",
            "\"schema\": 1, \"later\": {\"a\": [1, 2.5]},",
            1,
        )
        .replacen(
            "\"facts\": {",
            "\"facts\": { \"evidence\": {\"days\": 18446744073709551615},",
            1,
        )
        .replacen("\"mailbox\": {", "\"mailbox\": { \"color\": \"green\",", 1);
    fs::write(world.setup_file(), text).unwrap();
    let output = world.making_a_key().output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let text = fs::read_to_string(world.setup_file()).unwrap();
    let saved: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(saved["later"], serde_json::json!({"a": [1, 2.5]}));
    assert_eq!(saved["facts"]["evidence"]["days"], u64::MAX);
    assert_eq!(saved["facts"]["mailbox"]["color"], "green");
    assert_eq!(
        saved["facts"]["dkim"]["own-server"]["keys"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// Puts a field that nobody knows into every object.
fn mark(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(mark);
            fields.insert("newer".to_owned(), "kept".into());
        }
        serde_json::Value::Array(entries) => entries.iter_mut().for_each(mark),
        _ => {}
    }
}

#[test]
fn s17_unknown_fields_survive_in_every_entry() {
    let world = World::with_setup();
    let mut text: serde_json::Value =
        serde_json::from_slice(&fs::read(world.setup_file()).unwrap()).unwrap();
    let facts = &mut text["facts"];
    facts["seen"]["_dmarc.shop.de TXT"] = serde_json::json!({
        "verdict": "missing", "value": "v=DMARC1; p=none", "at": "2026-11-23T10:00:00Z", "since": null,
    });
    facts["journal"] = serde_json::json!([
        { "at": "2026-11-23T10:00:00Z", "what": "first" },
        { "at": "2026-11-23T10:00:00Z", "what": "second" },
    ]);
    facts["dkim"]["google-workspace"] = serde_json::json!({
        "records": [{ "host": "google._domainkey", "record_type": "TXT", "value": "v=DKIM1; p=AAAA" }],
        "keys": [{
            "selector": "nb2611", "algorithm": "rsa2048", "record": "v=DKIM1; k=rsa; p=AAAA",
            "made_at": "2026-11-23T10:00:00Z", "path": "keys/nb2611.pem",
        }],
    });
    facts["survey"] = serde_json::json!({
        "schema": 1, "domain": "shop.de", "input": "shop.de",
        "checked_at": "2026-11-23T12:00:00Z", "verdict": "error",
        "green": { "record_published": false, "policy_enabled": false, "spf_and_dkim": false },
        "zone": "shop.de", "nameservers": [], "dns_host": { "id": "cloudflare", "name": "Cloudflare" },
        "mx": { "hosts": [{ "preference": 1, "host": "mx.shop.de" }], "null_mx": false, "provider": null },
        "spf": { "state": "missing", "record": null, "lookups": 0, "void_lookups": 0, "all": null, "tree": null },
        "dkim": { "state": "missing", "selectors": [] },
        "dmarc": {
            "state": "missing", "record": null, "found_at": null, "policy": null,
            "subdomain_policy": null, "nonexistent_policy": null, "testing": false,
            "organizational_domain": "shop.de", "rua": [],
        },
        "senders": [], "findings": [], "queries": 20, "rounds": 4, "elapsed_ms": 120,
    });
    mark(&mut text);
    // These would be records and senders of that name.
    for map in ["seen", "there", "dkim"] {
        text["facts"][map].as_object_mut().unwrap().remove("newer");
    }
    fs::write(world.setup_file(), text.to_string()).unwrap();

    let mut setup = world.open().unwrap();
    let mut facts = setup.facts();
    facts.journal.remove(0);
    facts.journal.insert(0, facts.journal[0].clone());
    facts.journal[0].what = "third".to_owned();
    facts.mailbox.made = true;
    let seen = facts.seen.get_mut("_dmarc.shop.de TXT").unwrap();
    seen.verdict = "published".to_owned();
    seen.at = now();
    setup.save(&facts).unwrap();
    let read = || -> serde_json::Value {
        serde_json::from_slice(&fs::read(world.setup_file()).unwrap()).unwrap()
    };
    let saved = read();
    for place in [
        "",
        "/facts",
        "/facts/mailbox",
        "/facts/senders",
        "/facts/spf",
        "/facts/monitor",
        "/facts/seen/_dmarc.shop.de TXT",
        "/facts/journal/1",
        "/facts/dkim/google-workspace",
        "/facts/dkim/google-workspace/records/0",
        "/facts/dkim/google-workspace/keys/0",
        "/facts/survey",
        "/facts/survey/green",
        "/facts/survey/dns_host",
        "/facts/survey/mx",
        "/facts/survey/mx/hosts/0",
        "/facts/survey/spf",
        "/facts/survey/dkim",
        "/facts/survey/dmarc",
    ] {
        assert_eq!(
            saved.pointer(place).unwrap()["newer"],
            "kept",
            "{place}: {saved:#}"
        );
    }
    assert_eq!(
        saved["facts"]["journal"][0]["newer"],
        serde_json::Value::Null
    );
    assert_eq!(
        saved["facts"]["seen"]["_dmarc.shop.de TXT"]["verdict"],
        "published"
    );

    // Another look, another value: what stood beside the old ones says nothing about them.
    facts.survey.as_mut().unwrap().checked_at = now();
    facts.seen.get_mut("_dmarc.shop.de TXT").unwrap().value = "v=DMARC1; p=reject".to_owned();
    setup.save(&facts).unwrap();
    let saved = read();
    for place in [
        "/facts/survey",
        "/facts/survey/spf",
        "/facts/seen/_dmarc.shop.de TXT",
    ] {
        assert_eq!(
            saved.pointer(place).unwrap()["newer"],
            serde_json::Value::Null,
            "{place}"
        );
    }
    assert_eq!(saved["facts"]["newer"], "kept");
}

#[test]
fn s18_of_many_at_once_one_writes_and_nothing_is_lost() {
    let world = World::new();
    let children: Vec<_> = (0..40)
        .map(|_| {
            world
                .making_a_key()
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut made = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        match output.status.code() {
            Some(0) => made += 1,
            Some(5) => assert!(output.stdout.is_empty()),
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
    assert!(made >= 1);
    assert_eq!(world.is_whole().len(), made);
}

#[test]
fn s18_the_second_is_told_who_holds_the_setup_and_may_look() {
    let world = World::with_setup();
    let held = world.open().unwrap();
    let (code, said) = end(&world.making_a_key().output().unwrap());
    assert_eq!(code, Some(5));
    let (first, second) = said.split_once('\n').unwrap();
    let begin = format!(
        "nobounce: the setup of shop.de is in use by another nobounce (process {} on ",
        std::process::id()
    );
    assert!(first.starts_with(&begin), "{first}");
    assert!(first.ends_with(", since 2026-11-23T10:00:00Z)"), "{first}");
    assert_eq!(
        second,
        "nobounce: close the other one first; looking without changing is possible with `nobounce status`\n"
    );
    assert_eq!(
        world.shell("$NOBOUNCE status shop.de").status.code(),
        Some(0)
    );
    assert_eq!(
        world.shell("$NOBOUNCE records shop.de").status.code(),
        Some(0)
    );
    drop(held);
    assert_eq!(
        world.making_a_key().output().unwrap().status.code(),
        Some(0)
    );
}

#[test]
fn s19_what_a_dead_holder_left_does_not_lock() {
    let world = World::with_setup();
    let lock = world.folder().join("lock");
    for text in [
        &b"{\"pid\":1,\"host\":\"elsewhere\",\"since\":\"2020-01-01T00:00:00Z\"}"[..],
        b"",
        b"\xff\x00 not what it was",
    ] {
        fs::write(&lock, text).unwrap();
        drop(world.open().unwrap());
    }
    assert!(lock.is_file(), "the lock is never deleted");
}

#[test]
fn s7_a_folder_that_is_taken_away_is_not_made_again() {
    let world = World::with_setup();
    let mut setup = world.open().unwrap();
    fs::remove_dir_all(world.folder()).unwrap();
    let mut facts = setup.facts();
    facts.mailbox.made = true;
    let error = setup.save(&facts).unwrap_err();
    assert!(matches!(error, StoreError::NotWritten { .. }), "{error}");
    assert_eq!(
        error.remedy(),
        "the folder was taken away while in use: put it back, or start again"
    );
    assert!(!world.folder().exists());
}

#[test]
fn s23_many_setups_are_listed_by_name() {
    let world = World::new();
    let store = world.store();
    for number in 0..500 {
        let name = format!("d{number:03}.de").parse().unwrap();
        let mut setup = store.open(&name, now()).unwrap();
        let facts = setup.facts();
        setup.save(&facts).unwrap();
    }
    fs::create_dir(world.data.join("Not-A-Setup")).unwrap();
    fs::create_dir(world.data.join("empty.de")).unwrap();
    fs::File::create(world.data.join("file.de"))
        .unwrap()
        .write_all(b"x")
        .unwrap();
    std::os::unix::fs::symlink(world.data.join("d000.de"), world.data.join("link.de")).unwrap();
    let listed = store.list().unwrap();
    let names: Vec<_> = listed
        .iter()
        .map(|entry| entry.domain.to_string())
        .collect();
    let wanted: Vec<_> = (0..500).map(|number| format!("d{number:03}.de")).collect();
    assert_eq!(names, wanted);
    assert!(listed.iter().all(|entry| entry.facts.is_ok()));
    assert!(store.look(&domain()).unwrap().is_none());
}
