//! `records --format` of a saved setup: what is left out is said, and what a form needs to know is asked for.

use std::fs;
use std::path::Path;

use nobounce::plan::facts::There;
use nobounce::store::Store;

use crate::program::nobounce;
use crate::program::ran;
use crate::program::run;

const FORMS: [&str; 5] = ["nsupdate", "dnscontrol", "octodns", "terraform", "route53"];

fn with_key(data: &Path) {
    let made = run(data, ["dkim", "new", "alpha.de", "--key", "ed25519", "-q"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
}

/// As after a look that found these texts at the name of the key.
fn with_sight(data: &Path, values: &[&str]) {
    let now = "2026-11-23T10:00:00Z".parse().unwrap();
    let mut setup = Store::at(data.to_owned())
        .open(&"alpha.de".parse().unwrap(), now)
        .unwrap();
    let mut facts = setup.facts();
    facts.there.insert(
        "nb2611e._domainkey.alpha.de TXT".to_owned(),
        There {
            at: now,
            alias: None,
            ttl: None,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        },
    );
    setup.save(&facts).unwrap();
}

fn print(data: &Path, form: &str) -> crate::program::Ran {
    let mut arguments = vec!["records", "alpha.de", "--format", form];
    if form == "terraform" {
        arguments.extend(["--provider", "hetzner"]);
    }
    run(data, arguments).masked(data)
}

#[test]
fn where_nobody_looked_the_end_says_so() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path());
    for form in FORMS {
        let ran = print(data.path(), form);
        let name = "nb2611e._domainkey.alpha.de (TXT)";
        let (code, said) = match form {
            "nsupdate" | "route53" => (
                0,
                format!(
                    "nobounce: nobody looked yet at {name}: the change is refused there if anything stands there\n"
                ),
            ),
            _ => (
                3,
                format!(
                    "nobounce: it is not known what is to be kept at {name}, so that is left out\n\
                     nobounce: open `nobounce alpha.de`, let it look at the domain, and export again\n"
                ),
            ),
        };
        assert_eq!((ran.code, ran.err), (Some(code), said), "{form}");
    }
    for form in ["fields", "zone", "json"] {
        assert_eq!(print(data.path(), form).code, Some(0), "{form}");
    }
}

#[test]
fn after_a_look_every_form_holds_the_record() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path());
    with_sight(data.path(), &[]);
    for form in FORMS {
        let ran = print(data.path(), form);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{form}");
        let live = ran
            .out
            .lines()
            .find(|line| line.contains("p=KEY"))
            .unwrap_or_default();
        assert!(
            !live.is_empty() && !live.starts_with(['#', ';', '/']),
            "{form}: {}",
            ran.out
        );
    }
    // Days later that is said, and nothing else changes.
    let arguments = ["records", "alpha.de", "--format", "nsupdate"];
    let later = ran(nobounce(data.path())
        .args(arguments)
        .args(["--now", "2026-11-26T10:00:00Z"]));
    assert_eq!(later.out, run(data.path(), arguments).out);
    assert_eq!(
        (later.code, later.err.as_str()),
        (
            Some(0),
            "nobounce: what is there already was seen some days ago; to be safe, let `nobounce alpha.de` look again before\n"
        )
    );
    // Another key stands there: it is not known to us, so it is not touched.
    with_sight(data.path(), &["v=DKIM1; p="]);
    for form in FORMS {
        let ran = print(data.path(), form);
        assert_eq!(ran.code, Some(3), "{form}");
        assert!(
            ran.err.contains("so that is left out\n"),
            "{form}: {}",
            ran.err
        );
        assert!(
            !ran.out.contains("DELETE") && !ran.out.contains("UPSERT"),
            "{form}"
        );
    }
}

#[test]
fn s13_no_form_holds_a_record_whose_private_key_is_gone() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path());
    with_sight(data.path(), &[]);
    fs::remove_file(data.path().join("alpha.de/keys/nb2611e.pem")).unwrap();
    for format in &nobounce::export::FORMATS {
        let ran = print(data.path(), format.id);
        assert_eq!(ran.code, Some(1), "{}", format.id);
        assert!(!ran.out.contains("ed25519"), "{}", ran.out);
    }
}

#[test]
fn the_words_of_forms_and_providers_are_checked() {
    let data = tempfile::tempdir().unwrap();
    with_key(data.path());
    let ask = |more: &[&str]| {
        let arguments = ["records", "alpha.de"].iter().chain(more);
        run(data.path(), arguments)
    };
    ask(&["--format", "terraform"]).is(
        2,
        "",
        "nobounce: it is not known which Terraform provider the zone is with\n\
         nobounce: say it with --provider, one of: cloudflare, aws, google, azure, digitalocean, hetzner, gandi, linode, inwx\n",
    );
    ask(&["--format", "zone", "--provider", "aws"]).is(
        2,
        "",
        "nobounce: --provider says nothing about the form zone\nnobounce: it goes with --format terraform\n",
    );
    for (words, meant) in [
        (["--format", "octdns"], "octodns"),
        (["--format", "terrafrom"], "terraform"),
        (["--provider", "cloudfare"], "cloudflare"),
    ] {
        let ran = ask(&words);
        assert_eq!(ran.code, Some(2));
        let remedy = format!("nobounce: did you mean `{meant}`?\n");
        assert!(ran.err.ends_with(&remedy), "{}", ran.err);
    }
    let unknown = ask(&["--format", "terraform", "--provider", "qqq"]);
    assert_eq!(unknown.code, Some(2));
    assert!(
        unknown.err.contains("cloudflare, aws, google"),
        "{}",
        unknown.err
    );
}
