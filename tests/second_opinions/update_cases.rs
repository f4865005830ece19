//! `nobounce publish` against BIND and Knot: what they have afterwards, what they refuse, and what is left alone.

use std::process::Command;
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::programs::Ran;
use crate::update_proxy::Mischief;
use crate::update_proxy::Proxy;
use crate::update_world::DOMAIN;
use crate::update_world::Kind;
use crate::update_world::SECRET;
use crate::update_world::World;

const BOTH: [Kind; 2] = [Kind::Bind, Kind::Knot];

const DMARC: &str = "_dmarc.shop.test";
const OLD_DMARC: &str = r#""v=DMARC1; p=none; rua=mailto:old@shop.test""#;
const NEW_DMARC: &str = r#""v=DMARC1; p=none; rua=mailto:old@shop.test,mailto:reports@shop.test""#;

/// What stands at the apex with this SPF record, byte for byte as `dig` prints it: the tokens of others stay as they are.
fn apex(spf: &str) -> Vec<String> {
    [
        r#""\000\255 bytes""#,
        r#""site-verification=AbC \"quoted\" \\ back" "second part""#,
        spf,
    ]
    .map(str::to_owned)
    .to_vec()
}

const OLD_SPF: &str = r#""v=spf1 mx -all""#;
const NEW_SPF: &str = r#""v=spf1 mx ip4:192.0.2.7 -all""#;

/// The lines of a zone, with TTLs; the SOA record changes with every change.
fn everything(world: &World, server: &str) -> Vec<String> {
    [
        (DOMAIN, "TXT"),
        (DMARC, "TXT"),
        ("nb1._domainkey.shop.test", "TXT"),
        ("taken._domainkey.shop.test", "CNAME"),
    ]
    .iter()
    .flat_map(|(name, record_type)| world.dig(server, name, record_type, true))
    .collect()
}

fn records(document: &Value) -> Vec<(String, String)> {
    document["zones"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|zone| zone["records"].as_array().unwrap())
        .map(|record| {
            let word = |field: &str| record[field].as_str().unwrap_or("-").to_owned();
            (word("id"), word("action"))
        })
        .collect()
}

#[test]
fn records_are_put_in_merged_replaced_read_back_and_taken_back() {
    for kind in BOTH {
        let Some(world) = World::new(kind) else {
            return;
        };
        let before = everything(&world, kind.primary());
        assert_eq!(before.len(), 5, "{before:?}");
        let setup = world.setup();

        let (code, plan) = world.publish_json(&["--dry-run"]);
        assert_eq!(code, Some(0), "{plan:#}");
        assert_eq!(plan["zones"][0]["state"], "planned");
        let pair = |id: &str, action: &str| (id.to_owned(), action.to_owned());
        assert_eq!(
            records(&plan),
            [
                pair("dkim-nb1", "add"),
                pair("spf", "replace"),
                pair("dmarc", "replace")
            ],
            "keys come first"
        );
        assert_eq!(everything(&world, kind.primary()), before);
        assert_eq!(world.setup(), setup, "a dry run keeps nothing");

        // Without a terminal and without --yes: the difference, and nothing else.
        let ran = world.publish(&[]);
        assert_eq!(ran.code, Some(2), "{}", ran.told());
        assert!(ran.stdout.contains("+ v=spf1 mx ip4:192.0.2.7 -all"));
        assert_eq!(everything(&world, kind.primary()), before);

        let (code, done) = world.publish_json(&["--yes"]);
        assert_eq!(code, Some(0), "{done:#}");
        assert_eq!(done["zones"][0]["state"], "done");
        for record in done["zones"][0]["records"].as_array().unwrap() {
            assert_eq!(record["verdict"], "published", "{done:#}");
            assert_eq!(record["nameservers"]["agree"], 2);
            assert_eq!(record["nameservers"]["asked"], 2);
        }
        for server in [kind.primary(), kind.secondary()] {
            let texts = |name: &str| world.dig(server, name, "TXT", true);
            let spf: Vec<String> = apex(NEW_SPF)
                .iter()
                .map(|text| format!("120 {text}"))
                .collect();
            assert_eq!(texts(DOMAIN), spf, "the RRset keeps its TTL");
            assert_eq!(texts(DMARC), [format!("600 {NEW_DMARC}")]);
            let key = texts("nb1._domainkey.shop.test");
            assert_eq!(key.len(), 1);
            assert_eq!(
                key[0].replace("\" \"", ""),
                format!("3600 \"{}\"", world.key_record)
            );
        }
        assert_eq!(
            world.dig(kind.primary(), "taken._domainkey.shop.test", "CNAME", false),
            ["elsewhere.shop.test."]
        );

        let setup = world.setup();
        let seen = &setup["facts"]["seen"]["shop.test TXT"]["verdict"];
        assert_eq!(seen, "published", "the wizard knows it too");
        assert!(!setup.to_string().contains(&SECRET[..20]));

        let (code, again) = world.publish_json(&["--yes"]);
        assert_eq!(code, Some(0), "{again:#}");
        assert_eq!(again["zones"][0]["state"], "nothing");

        let (code, undone) = world.publish_json(&["--undo", "--yes"]);
        assert_eq!(code, Some(0), "{undone:#}");
        for server in [kind.primary(), kind.secondary()] {
            assert_eq!(everything(&world, server), before);
        }
        let (code, nothing) = world.publish_json(&["--undo", "--yes"]);
        assert_eq!((code, &nothing["zones"]), (Some(0), &Value::Array(vec![])));
    }
}

#[test]
fn a_wrong_key_or_clock_or_server_changes_nothing_and_is_named() {
    for kind in BOTH {
        let Some(world) = World::new(kind) else {
            return;
        };
        let before = everything(&world, kind.primary());
        let refused = |arguments: &[&str]| {
            let ran =
                Ran::of(&mut world.nobounce(&[&["publish", DOMAIN, "--yes"], arguments].concat()));
            assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.told());
            ran.stderr
        };
        let right = world.path("nb.key");
        let said = refused(&["--tsig-key", &world.path("wrong.key")]);
        assert!(said.contains("(BADSIG)"), "{said}");
        let said = refused(&["--tsig-key", &world.path("stranger.key")]);
        assert!(
            said.contains("does not know the key stranger (BADKEY)"),
            "{said}"
        );
        let said = refused(&["--tsig-key", &right, "--now", "2026-01-02T03:04:05Z"]);
        assert!(said.contains("(BADTIME)"), "{said}");
        assert!(
            said.contains("this machine's 2026-01-02 03:04:05 UTC"),
            "{said}"
        );
        assert!(
            said.contains("its clock says 20"),
            "the server's time: {said}"
        );
        // The secondary server holds the zone and takes no updates.
        let port = world.port;
        let said = refused(&[
            "--tsig-key",
            &right,
            "--server",
            &format!("{}:{port}", kind.secondary()),
        ]);
        assert!(said.contains("name the primary"), "{said}");
        assert_eq!(everything(&world, kind.primary()), before);
        let kept = &world.setup()["facts"]["publications"];
        assert!(kept.as_array().is_none_or(Vec::is_empty), "{kept}");

        let ran = Ran::of(&mut world.nobounce(&[
            "publish",
            DOMAIN,
            "--yes",
            "--tsig-key",
            &right,
            "--server",
            "127.0.0.3",
        ]));
        assert_eq!(ran.code, Some(3), "nobody is there: {}", ran.told());
    }
}

#[test]
fn what_somebody_changed_since_the_look_is_left_alone() {
    for kind in BOTH {
        let Some(world) = World::new(kind) else {
            return;
        };
        world.somebody_changes(&format!(
            "update delete {DOMAIN} TXT {OLD_SPF}\nupdate add {DOMAIN} 120 TXT \"v=spf1 mx a:theirs.test -all\""
        ));
        let (code, done) = world.publish_json(&["--yes"]);
        assert_eq!(code, Some(1), "{done:#}");
        let actions: Vec<String> = records(&done)
            .into_iter()
            .map(|(_, action)| action)
            .collect();
        assert_eq!(actions, ["add", "refuse", "replace"]);
        assert_eq!(
            world.at_primary(DOMAIN, "TXT"),
            apex(r#""v=spf1 mx a:theirs.test -all""#)
        );
        assert_eq!(world.at_primary(DMARC, "TXT"), [NEW_DMARC]);
    }
}

#[test]
fn what_somebody_changes_between_look_and_change_stops_the_change() {
    for kind in BOTH {
        let Some(world) = World::new(kind) else {
            return;
        };
        let (script, key) = (world.path("race"), world.path("nb.key"));
        let text = format!(
            "server {} {}\nzone {DOMAIN}\nupdate add {DOMAIN} 120 TXT \"theirs\"\nsend\n",
            kind.primary(),
            world.port
        );
        std::fs::write(&script, text).unwrap();
        let proxy = Proxy::new(
            world.primary_address(),
            Mischief::Before(Box::new(move || {
                Ran::of(Command::new("nsupdate").args(["-k", &key, &script])).well();
            })),
        );
        let ran = world.publish(&["--yes", "--server", &proxy.address.to_string()]);
        assert_eq!(ran.code, Some(1), "{}", ran.told());
        assert!(ran.stderr.contains("(NXRRSET)"), "{}", ran.told());
        assert!(
            ran.stderr.contains("run the command again"),
            "{}",
            ran.told()
        );
        let mut there = apex(OLD_SPF);
        there.insert(2, r#""theirs""#.to_owned());
        assert_eq!(world.at_primary(DOMAIN, "TXT"), there);
        assert_eq!(
            world.at_primary(DMARC, "TXT"),
            [OLD_DMARC],
            "all or nothing"
        );
        assert!(
            world
                .at_primary("nb1._domainkey.shop.test", "TXT")
                .is_empty()
        );
    }
}

#[test]
fn an_answer_that_gets_lost_is_resolved_by_looking_and_never_by_sending_again() {
    for kind in BOTH {
        let Some(world) = World::new(kind) else {
            return;
        };
        let through = |mischief: Mischief| {
            let proxy = Proxy::new(world.primary_address(), mischief);
            let (code, done) =
                world.publish_json(&["--yes", "--server", &proxy.address.to_string()]);
            assert_eq!(proxy.updates.load(Ordering::SeqCst), 1, "{done:#}");
            let state = done["zones"][0]["state"].as_str().unwrap().to_owned();
            (code, state)
        };
        assert_eq!(
            through(Mischief::LoseUpdate),
            (Some(3), "unknown".to_owned())
        );
        assert_eq!(world.at_primary(DOMAIN, "TXT"), apex(OLD_SPF));
        let kept = world.setup()["facts"]["publications"].clone();
        assert_eq!(kept[0]["outcome"], "unknown");

        assert_eq!(through(Mischief::LoseAnswer), (Some(0), "done".to_owned()));
        assert_eq!(world.at_primary(DOMAIN, "TXT"), apex(NEW_SPF));

        // Both can be taken back: what never came about is as it was.
        for outcomes in [&["unknown", "undone"], &["undone", "undone"]] {
            assert_eq!(world.publish(&["--undo", "--yes"]).code, Some(0));
            assert_eq!(world.at_primary(DOMAIN, "TXT"), apex(OLD_SPF));
            let kept = world.setup()["facts"]["publications"].clone();
            let told: Vec<&Value> = (0..2).map(|nth| &kept[nth]["outcome"]).collect();
            assert_eq!(told, outcomes);
        }

        // An answer that was tampered with is not believed, whatever it says.
        assert_eq!(through(Mischief::SpoilAnswer), (Some(0), "done".to_owned()));
    }
}

#[test]
fn what_somebody_changed_after_us_is_not_taken_back() {
    for kind in BOTH {
        let Some(world) = World::new(kind) else {
            return;
        };
        world.publish(&["--yes"]).well();
        world.somebody_changes(&format!(
            "update delete {DMARC} TXT\nupdate add {DMARC} 600 TXT \"v=DMARC1; p=reject\"\nupdate add {DOMAIN} 120 TXT \"a new token\""
        ));
        let (code, undone) = world.publish_json(&["--undo", "--yes"]);
        assert_eq!(code, Some(1), "{undone:#}");
        let actions: Vec<String> = records(&undone)
            .into_iter()
            .map(|(_, action)| action)
            .collect();
        assert_eq!(actions, ["remove", "replace", "refuse"]);
        assert_eq!(world.at_primary(DMARC, "TXT"), [r#""v=DMARC1; p=reject""#]);
        let mut there = apex(OLD_SPF);
        there.insert(1, r#""a new token""#.to_owned());
        assert_eq!(
            world.at_primary(DOMAIN, "TXT"),
            there,
            "the new token stays"
        );
    }
}

#[test]
fn only_what_is_named_is_published_and_an_alias_in_the_way_is_left_alone() {
    for kind in BOTH {
        let Some(world) = World::with_selector(kind, "taken") else {
            return;
        };
        let ran = world.publish(&["--yes", "--only", "spf,dkim-taken"]);
        assert_eq!(ran.code, Some(1), "{}", ran.told());
        assert!(
            ran.stdout.contains("An alias (CNAME) stands at"),
            "{}",
            ran.told()
        );
        assert_eq!(
            world.dig(kind.primary(), "taken._domainkey.shop.test", "CNAME", false),
            ["elsewhere.shop.test."]
        );
        assert_eq!(world.at_primary(DOMAIN, "TXT"), apex(NEW_SPF));
        assert_eq!(world.at_primary(DMARC, "TXT"), [OLD_DMARC]);

        let ran = world.publish(&["--yes", "--only", "mx"]);
        assert_eq!(ran.code, Some(2), "{}", ran.told());
        assert!(
            ran.stderr.contains("dkim-taken, spf, dmarc"),
            "{}",
            ran.told()
        );
    }
}

#[test]
fn a_key_that_others_can_read_is_warned_about_and_a_weak_one_refused() {
    use std::os::unix::fs::PermissionsExt;
    let Some(world) = World::new(Kind::Bind) else {
        return;
    };
    let key = world.path("nb.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = world.publish(&["--dry-run"]);
    assert_eq!(ran.code, Some(0), "{}", ran.told());
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.told());

    std::fs::write(&key, format!("hmac-md5:nb:{SECRET}")).unwrap();
    let ran = world.publish(&["--dry-run"]);
    assert_eq!(ran.code, Some(2), "{}", ran.told());
    assert!(
        ran.stderr.contains("hmac-md5, which is too weak"),
        "{}",
        ran.told()
    );
    assert!(!ran.told().contains(SECRET));
}

#[test]
fn a_name_server_that_lags_behind_is_told() {
    // Knot is the secondary here, and the resolver goes on without it.
    let Some(mut world) = World::new(Kind::Bind) else {
        return;
    };
    world.freeze_secondary();
    let (code, done) = world.publish_json(&["--yes", "--wait", "1"]);
    assert_eq!(code, Some(4), "{done:#}");
    for record in done["zones"][0]["records"].as_array().unwrap() {
        assert_eq!(record["nameservers"]["agree"], 1, "{done:#}");
        assert_eq!(record["nameservers"]["answered"], 2, "{done:#}");
    }
}

/// Runs `publish` in a pseudo-terminal, answers its question, and gives what it showed and how it ended.
fn at_a_terminal(world: &World, answer: &str) -> (String, u32) {
    use std::io::Read;
    use std::io::Write;
    let pty = portable_pty::native_pty_system()
        .openpty(portable_pty::PtySize {
            rows: 40,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })
        .unwrap();
    let key = world.path("nb.key");
    let command = world.nobounce(&["publish", DOMAIN, "--tsig-key", &key]);
    let mut inside = portable_pty::CommandBuilder::new(command.get_program());
    inside.args(command.get_args());
    let mut child = pty.slave.spawn_command(inside).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let mut writer = pty.master.take_writer().unwrap();
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    let mut is_asked = false;
    // The other side is closed when the program ends.
    while let Ok(length) = reader.read(&mut buffer) {
        if length == 0 {
            break;
        }
        shown.extend_from_slice(&buffer[..length]);
        if !is_asked && String::from_utf8_lossy(&shown).contains("[y/N] ") {
            is_asked = true;
            writer.write_all(answer.as_bytes()).unwrap();
        }
    }
    let code = child.wait().unwrap().exit_code();
    (String::from_utf8_lossy(&shown).into_owned(), code)
}

#[test]
fn at_a_terminal_the_difference_is_shown_and_a_yes_is_wanted() {
    let Some(world) = World::new(Kind::Bind) else {
        return;
    };
    for answer in ["n\n", "\n", "what?\n"] {
        let (shown, code) = at_a_terminal(&world, answer);
        assert!(
            shown.contains("Change these 3 records in the DNS now? [y/N] "),
            "{shown}"
        );
        assert!(shown.contains("+ v=spf1 mx ip4:192.0.2.7 -all"), "{shown}");
        assert!(shown.contains("nothing was changed"), "{shown}");
        assert_eq!(code, 1, "{shown}");
        assert_eq!(world.at_primary(DOMAIN, "TXT"), apex(OLD_SPF));
    }
    let (shown, code) = at_a_terminal(&world, "y\n");
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.contains("spf: ✓ published (name servers 2 of 2, resolvers 1 of 1)"),
        "{shown}"
    );
    assert_eq!(world.at_primary(DOMAIN, "TXT"), apex(NEW_SPF));
}
