//! `status` and `records`: what they print of saved setups, good and bad.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::nobounce;
use crate::program::ran;
use crate::program::run;

fn with_key(data: &Path, domain: &str) {
    let made = run(data, ["dkim", "new", domain, "--key", "ed25519", "-q"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
}

#[test]
fn status_lists_setups_by_name_and_says_which_cannot_be_read() {
    let data = tempfile::tempdir().unwrap();
    run(data.path(), ["status"]).is(
        0,
        "",
        "nobounce: no setup is saved yet; start one with `nobounce DOMAIN`\n",
    );
    for domain in ["beta.de", "alpha.de", "broken.de"] {
        with_key(data.path(), domain);
    }
    fs::write(data.path().join("broken.de/setup.json"), "{\"schema\"").unwrap();
    fs::create_dir(data.path().join("lost+found")).unwrap();
    let all = run(data.path(), ["status"]).masked(data.path());
    all.is(
        6,
        "alpha.de\n  step   1 of 10: Your domain\n  next   Look at the domain.\n\n\
         beta.de\n  step   1 of 10: Your domain\n  next   Look at the domain.\n",
        "nobounce: the saved setup DATA/broken.de/setup.json is damaged: it breaks off at line 1, column 9\n\
         nobounce: nothing was changed; put a backup in its place, or move DATA/broken.de/setup.json away to start anew (your keys stay)\n",
    );
    let json = run(data.path(), ["status", "--json"]);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json.code, Some(6));
    assert_eq!(document["schema"], 1);
    assert_eq!(document["domains"][1]["domain"], "beta.de");
    assert_eq!(document["domains"][1]["step"], "domain");
    assert_eq!(
        document["domains"][1]["steps"].as_array().unwrap().len(),
        10
    );
    assert_eq!(document["errors"][0]["domain"], "broken.de");
    run(data.path(), ["status", "gamma.de"]).is(
        1,
        "",
        "nobounce: there is no saved setup of gamma.de\n\
         nobounce: start one with `nobounce gamma.de`\n",
    );
}

#[test]
fn records_are_printed_in_each_form() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path(), "alpha.de");
    let print = |more: &[&str]| {
        let arguments = ["records", "alpha.de"].iter().chain(more);
        run(data.path(), arguments).masked(data.path())
    };
    print(&[]).is(
        0,
        "1. Sign your mail (DKIM) [unknown]\n   \
            Type      TXT\n   \
            Name      nb2611e._domainkey\n   \
            In full   nb2611e._domainkey.alpha.de\n   \
            Note      most panels want the short name and add alpha.de themselves; if yours does not, type the name in full\n   \
            Value     v=DKIM1; k=ed25519; p=KEY\n   \
            TTL       3600\n",
        "",
    );
    print(&["--format", "zone"]).is(
        0,
        "; records for the mail of alpha.de\n\
         $ORIGIN alpha.de.\n\n\
         ; Sign your mail (DKIM)\n\
         nb2611e._domainkey 3600 IN TXT \"v=DKIM1; k=ed25519; p=KEY\"\n",
        "",
    );
    let json = print(&["--json"]);
    json.is(
        0,
        "{\"schema\":1,\"domain\":\"alpha.de\",\"records\":[{\"owner\":\"nb2611e._domainkey.alpha.de\",\"type\":\"TXT\",\"ttl\":3600,\
         \"value\":\"v=DKIM1; k=ed25519; p=KEY\",\"strings\":[\"v=DKIM1; k=ed25519; p=KEY\"],\"zone\":\"alpha.de\",\"dns_host\":null,\
         \"name_in_panel\":null,\"purpose\":\"Sign your mail (DKIM)\",\"state\":\"unknown\",\"replaces\":null,\"there\":null}]}\n",
        "",
    );
    assert_eq!(print(&["--format", "json"]), json);
}

#[test]
fn s13_a_record_without_its_private_key_is_not_handed_out() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path(), "alpha.de");
    fs::remove_file(data.path().join("alpha.de/keys/nb2611e.pem")).unwrap();
    run(data.path(), ["records", "alpha.de", "--format", "zone"])
        .masked(data.path())
        .is(
            1,
            "; records for the mail of alpha.de\n",
            "nobounce: the private key DATA/alpha.de/keys/nb2611e.pem is missing\n\
             nobounce: put the file back from a backup; without it the published record is of no use: make a new key under a new selector\n",
        );
}

#[test]
fn records_go_into_a_file_whole_or_not_at_all() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path(), "alpha.de");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alpha.zone");
    fs::write(&file, "old").unwrap();
    let write = |to: &Path| {
        ran(nobounce(data.path())
            .args(["records", "alpha.de", "--format", "zone", "--out"])
            .arg(to))
    };
    write(&file).is(0, "", "");
    let printed = run(data.path(), ["records", "alpha.de", "--format", "zone"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), printed.out);
    assert_eq!(write(Path::new("-")), printed);

    let nowhere = folder.path().join("missing/alpha.zone");
    let failed = write(&nowhere);
    assert_eq!((failed.code, failed.out.as_str()), (Some(7), ""));
    assert_eq!(failed.err.lines().count(), 2);
    if cfg!(target_os = "linux") {
        // S4
        assert_eq!(write(Path::new("/dev/full")).code, Some(7));
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
