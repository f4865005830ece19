//! Private keys: their modes, their places, what happens to them, and what is told of it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use nobounce::records::dkim::Algorithm;
use nobounce::records::dkim::Selector;
use nobounce::store::error::StoreError;
use nobounce::store::keys;
use nobounce::store::keys::KeptKey;

use crate::world::World;
use crate::world::end;
use crate::world::mode;
use crate::world::now;
use crate::world::set_mode;

fn selector(text: &str) -> Selector {
    text.parse().unwrap()
}

fn keep(world: &World, name: &str) -> Result<KeptKey, StoreError> {
    let pair = keys::generate(Algorithm::Ed25519).unwrap();
    keys::keep(&world.open()?, &selector(name), &pair)
}

#[test]
fn every_kind_of_key_reads_back_as_the_record_that_was_given() {
    let world = World::new();
    let setup = world.open().unwrap();
    for algorithm in [Algorithm::Rsa2048, Algorithm::Rsa3072, Algorithm::Ed25519] {
        let name = selector(algorithm.as_str());
        let pair = keys::generate(algorithm).unwrap();
        let kept = keys::keep(&setup, &name, &pair).unwrap();
        assert_eq!(kept.algorithm(), algorithm);
        assert_eq!(keys::read(&world.folder(), &name).unwrap(), kept);
        assert_eq!(
            keys::check(&world.folder(), &kept.entry(now())).unwrap(),
            kept
        );
        assert_eq!(kept.warnings(), &[] as &[String]);
    }
}

#[test]
fn s9_modes_do_not_depend_on_the_umask() {
    for umask in ["000", "022", "077", "777"] {
        let world = World::new();
        let output = world.shell(&format!(
            "umask {umask}; $NOBOUNCE dkim new shop.de --key ed25519 --selector s"
        ));
        assert_eq!(end(&output), (Some(0), "nobounce: many receivers do not read ed25519 signatures yet: sign with an rsa key as well\n".to_owned()), "{umask}");
        for folder in [&world.data, &world.folder(), &world.folder().join("keys")] {
            assert_eq!(mode(folder), 0o700, "{umask} {}", folder.display());
        }
        for file in [
            world.key_file("s"),
            world.setup_file(),
            world.folder().join("lock"),
        ] {
            assert_eq!(mode(&file), 0o600, "{umask} {}", file.display());
        }
    }
}

#[test]
fn s10_a_trap_at_the_place_of_a_key_is_left_alone() {
    let world = World::with_setup();
    let victim = world.data.join("victim");
    fs::write(&victim, "precious").unwrap();
    fs::create_dir(world.folder().join("keys")).unwrap();
    let lay = |name: &str, how: &dyn Fn(&Path)| how(&world.key_file(name));
    lay("link", &|path| symlink(&victim, path).unwrap());
    lay("dangling", &|path| {
        symlink(world.data.join("nowhere"), path).unwrap()
    });
    lay("hard", &|path| fs::hard_link(&victim, path).unwrap());
    lay("folder", &|path| fs::create_dir(path).unwrap());
    lay("pipe", &|path| {
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    });
    for name in ["link", "dangling", "hard", "folder", "pipe"] {
        let error = keep(&world, name).unwrap_err();
        assert!(
            matches!(error, StoreError::SelectorTaken { .. }),
            "{name}: {error}"
        );
        let error = keys::read(&world.folder(), &selector(name)).unwrap_err();
        match name {
            "hard" => assert!(matches!(error, StoreError::KeyUnreadable { .. }), "{error}"),
            _ => assert!(
                matches!(error, StoreError::NotOurs { .. }),
                "{name}: {error}"
            ),
        }
        assert!(error.to_string().contains(name));
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert!(!world.data.join("nowhere").exists());
}

#[test]
fn s10_folders_that_are_links_or_open_to_all_are_refused() {
    let world = World::with_setup();
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), world.folder().join("keys")).unwrap();
    assert!(matches!(keep(&world, "s"), Err(StoreError::NotOurs { .. })));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    for open in [
        |world: &World| world.data.clone(),
        |world: &World| world.folder(),
    ] {
        let world = World::with_setup();
        set_mode(&open(&world), 0o777);
        let error = keep(&world, "s").unwrap_err();
        assert!(matches!(error, StoreError::WorldWritable { .. }), "{error}");
        assert!(error.remedy().contains("chmod go-w"));
        set_mode(&open(&world), 0o1777);
        keep(&world, "s").unwrap();
    }

    let world = World::with_setup();
    fs::rename(world.folder(), world.data.join("moved")).unwrap();
    symlink(world.data.join("moved"), world.folder()).unwrap();
    assert!(matches!(world.open(), Err(StoreError::NotOurs { .. })));
}

#[test]
fn s11_a_key_is_never_written_over() {
    let world = World::with_setup();
    keep(&world, "s").unwrap();
    let before = fs::read(world.key_file("s")).unwrap();
    assert!(matches!(
        keep(&world, "s"),
        Err(StoreError::SelectorTaken { .. })
    ));
    assert_eq!(fs::read(world.key_file("s")).unwrap(), before);
    assert_eq!(world.unfinished(), 0);

    let retired = world.folder().join("keys/retired");
    fs::create_dir(&retired).unwrap();
    fs::rename(world.key_file("s"), retired.join("s.pem")).unwrap();
    assert!(matches!(
        keep(&world, "s"),
        Err(StoreError::SelectorTaken { .. })
    ));
}

#[test]
fn s11_a_fresh_selector_is_fresh() {
    let world = World::with_setup();
    let fresh = |algorithm, used: &[&str]| {
        let used: BTreeSet<String> = used.iter().map(|name| name.to_string()).collect();
        keys::fresh_selector(&world.folder(), algorithm, now(), &used)
            .unwrap()
            .to_string()
    };
    assert_eq!(fresh(Algorithm::Rsa2048, &[]), "nb2611");
    assert_eq!(fresh(Algorithm::Ed25519, &[]), "nb2611e");
    keep(&world, "nb2611").unwrap();
    assert_eq!(fresh(Algorithm::Rsa4096, &[]), "nb2611-2");
    assert_eq!(fresh(Algorithm::Rsa4096, &["nb2611-2"]), "nb2611-3");
}

#[test]
fn s12_loosened_modes_are_told_and_the_key_still_works() {
    let world = World::with_setup();
    keep(&world, "s").unwrap();
    set_mode(&world.key_file("s"), 0o644);
    fs::hard_link(world.key_file("s"), world.data.join("second")).unwrap();
    let kept = keys::read(&world.folder(), &selector("s")).unwrap();
    let path = world.key_file("s").display().to_string();
    assert_eq!(
        kept.warnings(),
        [
            format!(
                "the private key {path} can be read by others on this computer; close it with: chmod 600 {path}"
            ),
            format!(
                "the private key {path} has a second name somewhere on this disk; see who made it"
            ),
        ]
    );
}

#[test]
fn s13_what_happened_to_a_key_is_told() {
    let world = World::with_setup();
    let entry = keep(&world, "s").unwrap().entry(now());
    keep(&world, "other").unwrap();
    let path = world.key_file("s");
    let pem = fs::read_to_string(&path).unwrap();
    let told = || {
        let error = keys::check(&world.folder(), &entry)
            .unwrap_err()
            .to_string();
        error
            .strip_prefix(&format!("the private key {} ", path.display()))
            .unwrap_or_else(|| panic!("{error}"))
            .to_owned()
    };
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("empty", Vec::new(), "is empty"),
        ("blank", b" \n".to_vec(), "is empty"),
        ("zeros", vec![0; 119], "is not a key in PEM form (PKCS#8)"),
        (
            "truncated",
            pem.as_bytes()[..60].to_vec(),
            "breaks off in the middle",
        ),
        (
            "altered",
            pem.replace("MC4", "MC5").into_bytes(),
            "is damaged",
        ),
        (
            "encrypted",
            pem.replace("PRIVATE", "ENCRYPTED PRIVATE").into_bytes(),
            "is protected by a passphrase, which nobounce does not know",
        ),
        ("huge", vec![b'x'; 1 << 20], "is far too big for a key"),
        (
            "other",
            fs::read(world.key_file("other")).unwrap(),
            "belongs to another record than the one that was issued",
        ),
    ];
    for (what, bytes, said) in cases {
        fs::write(&path, bytes).unwrap();
        assert_eq!(told(), said, "{what}");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(told(), "is missing");
    for end in 0..pem.len() - 1 {
        fs::write(&path, &pem[..end]).unwrap();
        assert!(
            keys::check(&world.folder(), &entry).is_err(),
            "cut at {end}"
        );
    }
    fs::write(&path, pem).unwrap();
    keys::check(&world.folder(), &entry).unwrap();
}
