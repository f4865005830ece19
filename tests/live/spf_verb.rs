//! `nobounce spf` as a program: the page, the JSON, the exit codes, and that it counts as `check` does.

use std::process::Command;

use crate::scripted::Scripted;
use crate::spf_world::World;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

async fn run(server: &Scripted, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .args(arguments)
        .args(["--resolver", &server.address.to_string()])
        .args(["--authoritative-port", &server.address.port().to_string()])
        .args(["--timeout", "1.2"])
        .args(["--now", "2026-11-23T10:00:00Z"])
        .env_remove("NO_COLOR");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The page without the line of times.
    fn page(&self) -> String {
        self.out
            .lines()
            .filter(|line| !line.contains(" questions in ") && !line.contains(" question in "))
            .map(|line| format!("{}\n", line.trim_end()))
            .collect::<String>()
            .trim_end()
            .to_owned()
    }

    fn json(&self) -> serde_json::Value {
        let mut json: serde_json::Value = serde_json::from_str(&self.out).unwrap();
        for field in ["elapsed_ms", "queries"] {
            assert!(json[field].is_u64());
            json[field] = 0.into();
        }
        json
    }
}

/// A bakery that has collected services, with everything that can be wasted.
const BAKERY: &str = "
    bakery.test TXT v=spf1 a mx include:_spf.post.test include:_spf.post.test include:shop.test include:news.test include:gone.test a:old.bakery.test ip4:192.0.2.0/24 ip4:192.0.2.7 ip4:203.0.113.5 ~all include:late.test
    bakery.test A 192.0.2.1
    bakery.test MX 10 mail.bakery.test
    mail.bakery.test A 192.0.2.2
    _spf.post.test TXT v=spf1 include:_net1.post.test include:_net2.post.test ~all
    _net1.post.test TXT v=spf1 ip4:198.51.100.0/25 ~all
    _net2.post.test TXT v=spf1 ip4:203.0.113.0/24 ~all
    shop.test TXT v=spf1 include:_spf.post.test a:out.shop.test ~all
    out.shop.test A 198.51.100.200
    news.test TXT v=spf1 exists:%{i}.list.news.test ~all
    old.bakery.test SPF nothing";

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_tree_what_is_wasted_and_what_helps() {
    let server = World::of(BAKERY).serve().await;
    let ran = run(&server, &["spf", "bakery.test"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    insta::assert_snapshot!(ran.page());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_message_shows_the_way_to_the_result() {
    let zone = "
        shop.test TXT v=spf1 ip4:198.51.100.1 include:_spf.post.test -all exp=why.shop.test
        _spf.post.test TXT v=spf1 a:out.post.test ~all
        out.post.test A 198.51.100.2
        why.shop.test TXT %{i} is not ours";
    let server = World::of(zone).serve().await;
    let ran = run(&server, &["spf", "shop.test", "--ip", "192.0.2.1"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    insta::assert_snapshot!(ran.page());
    let ran = run(&server, &["spf", "shop.test", "--ip", "198.51.100.2"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out
            .contains("✓ pass: 198.51.100.2 may send mail as shop.test")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_is_one_document_of_the_contract() {
    let zone = "
        shop.test TXT v=spf1 include:_spf.post.test a:none.test -all
        _spf.post.test TXT v=spf1 ip4:198.51.100.2 ~all";
    let server = World::of(zone).serve().await;
    let arguments = ["spf", "--json", "--ip", "198.51.100.2", "shop.test"];
    let ran = run(&server, &arguments).await;
    assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 1));
    insta::assert_snapshot!(serde_json::to_string_pretty(&ran.json()).unwrap());
    let json = run(&server, &["spf", "--json", "shop.test"]).await.json();
    assert_eq!(json["result"], serde_json::Value::Null);
    assert_eq!(json["path"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_codes_are_those_of_the_contract() {
    let zone = "
        good.test TXT v=spf1 ip4:192.0.2.1 -all
        soft.test TXT v=spf1 ~all
        warn.test TXT v=spf1 ip4:192.0.2.1
        two.test TXT v=spf1 -all
        two.test TXT v=spf1 ~all
        bare.test TXT hello
        sub.bare.test A 192.0.2.1
        _spf.good.test TXT v=spf1 ip4:192.0.2.9 -all
        www.good.test TXT v=spf1 ip4:192.0.2.8 -all
        -dash.good.test TXT v=spf1 ip4:192.0.2.7 -all
        part.test TXT v=spf1 include:dead.test -all
        dead.test SERVFAIL
        post.test TXT v=spf1 exists:%{l}.%{o}.%{h}.ok.test -all
        u.v.test.w.test.ok.test A 127.0.0.2
        postmaster.post.test.post.test.ok.test A 127.0.0.2";
    let server = World::of(zone).serve().await;
    for (arguments, code) in [
        (&["good.test"][..], 0),
        (&["soft.test"], 0),
        (&["warn.test"], 0),
        (&["two.test"], 1),
        (&["bare.test"], 1),
        (&["sub.bare.test"], 0),
        (&["gone.test"], 1),
        (&["dead.test"], 3),
        (&["part.test"], 3),
        (&["good.test", "--ip", "192.0.2.1"], 0),
        (&["good.test", "--ip", "192.0.2.2"], 1),
        (&["soft.test", "--ip", "192.0.2.2"], 1),
        (&["warn.test", "--ip", "192.0.2.2"], 1),
        (&["two.test", "--ip", "192.0.2.2"], 1),
        (&["gone.test", "--ip", "192.0.2.2"], 1),
        (&["dead.test", "--ip", "192.0.2.2"], 3),
        (&["part.test", "--ip", "192.0.2.2"], 3),
        // Names that are no domain of anybody's own are taken as they stand.
        (&["_spf.good.test", "--ip", "192.0.2.9"], 0),
        (&["www.good.test", "--ip", "192.0.2.8"], 0),
        (&["--ip", "192.0.2.7", "--", "-dash.good.test"], 0),
        (&["https://Good.test/page", "--ip", "192.0.2.1"], 0),
        (
            &[
                "post.test",
                "--ip",
                "192.0.2.1",
                "--sender",
                "u@v.test",
                "--helo",
                "w.test",
            ],
            0,
        ),
        (
            &[
                "post.test",
                "--ip",
                "192.0.2.1",
                "--sender",
                "",
                "--helo",
                "post.test",
            ],
            0,
        ),
        (&["post.test", "--ip", "192.0.2.1"], 0),
        (
            &[
                "post.test",
                "--ip",
                "192.0.2.1",
                "--sender",
                "-x@v.test",
                "--helo",
                "-h",
            ],
            1,
        ),
        (&["."], 2),
        (&[""], 2),
        (&["two words"], 2),
        (&["[192.0.2.1]"], 2),
        (&["192.0.2.1"], 2),
        (&["two", "names"], 2),
        (&["good.test", "--ip", "nowhere"], 2),
        (&["good.test", "--sender", "u@v.test"], 2),
        (&[], 2),
    ] {
        let arguments: Vec<&str> = ["spf"].iter().chain(arguments).copied().collect();
        // Options stand in front of `--`.
        let end = arguments.iter().position(|word| *word == "--");
        let ran = match end {
            None => run(&server, &arguments).await,
            Some(_) => {
                let (address, port) = (
                    server.address.to_string(),
                    server.address.port().to_string(),
                );
                let mut all = vec!["spf", "--resolver", &address, "--authoritative-port", &port];
                all.extend(&arguments[1..]);
                let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
                command.args(&all);
                let output = tokio::task::spawn_blocking(move || command.output().unwrap())
                    .await
                    .unwrap();
                Ran {
                    code: output.status.code(),
                    out: String::from_utf8(output.stdout).unwrap(),
                    err: String::from_utf8(output.stderr).unwrap(),
                }
            }
        };
        assert_eq!(
            ran.code,
            Some(code),
            "{arguments:?}: {}{}",
            ran.out,
            ran.err
        );
        if code == 2 {
            assert_eq!(ran.out, "", "{arguments:?}");
            assert_eq!(ran.err.lines().count(), 2, "{arguments:?}: {}", ran.err);
        }
    }
}

/// What is true of a record is true in both: they draw the same tree.
#[tokio::test(flavor = "multi_thread")]
async fn check_and_spf_count_alike() {
    let zone = format!(
        "{BAKERY}
         red.test TXT v=spf1 redirect=bakery.test
         dead.test TXT v=spf1 include:servfail.test include:_spf.post.test ~all
         servfail.test SERVFAIL
         loop.test TXT v=spf1 include:back.test ~all
         back.test TXT v=spf1 include:loop.test ~all
         mac.test TXT v=spf1 exists:%{{i}}.x.test include:%{{d2}}.gone.test ~all"
    );
    let server = World::of(&zone).serve().await;
    for domain in [
        "bakery.test",
        "red.test",
        "dead.test",
        "loop.test",
        "mac.test",
    ] {
        let spf = run(&server, &["spf", "--json", domain]).await.json();
        let check = run(&server, &["check", "--json", domain]).await.json();
        assert_ne!(spf["tree"], serde_json::Value::Null, "{domain}");
        for field in ["record", "lookups", "void_lookups", "tree"] {
            assert_eq!(spf[field], check["spf"][field], "{domain}: {field}");
        }
        let codes = |report: &serde_json::Value| -> Vec<String> {
            report["findings"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["record"] == "spf" && row["severity"] == "error")
                .map(|row| row["code"].as_str().unwrap().to_owned())
                .filter(|code| code != "dns-trouble")
                .collect()
        };
        assert_eq!(codes(&spf), codes(&check), "{domain}");
    }
}

/// FAULTS D36: what a record holds never reaches the terminal raw.
#[tokio::test(flavor = "multi_thread")]
async fn d36_hostile_text_is_escaped_on_the_page() {
    let zone = "
        esc.test TXT v=spf1 include:x.test \u{1b}]0;owned\u{7} \u{202e}-all
        exp.test TXT v=spf1 -all exp=text.test
        text.test TXT see %{s}
        name.test TXT v=spf1 mx -all
        name.test MX 10 bad\u{1b}[31m.test";
    let server = World::of(zone).serve().await;
    for arguments in [
        &["spf", "esc.test"][..],
        &["spf", "esc.test", "--ip", "192.0.2.1"],
        &["spf", "esc.test", "--json", "--ip", "192.0.2.1"],
        &[
            "spf",
            "exp.test",
            "--ip",
            "192.0.2.1",
            "--sender",
            "\u{1b}[31m\u{202e}@exp.test",
        ],
        &["spf", "name.test", "--ip", "192.0.2.1"],
        &["spf", "name.test", "--json", "--ip", "192.0.2.1"],
    ] {
        let ran = run(&server, arguments).await;
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.err);
        for text in [&ran.out, &ran.err] {
            assert!(
                text.chars()
                    .all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')),
                "{arguments:?}: {text:?}"
            );
        }
    }
}

/// A receiver looks at the domain of the bounce address: where another is checked, that is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_address_elsewhere_is_remarked() {
    let server = World::of("shop.test TXT v=spf1 -all").serve().await;
    let arguments = [
        "spf",
        "shop.test",
        "--ip",
        "192.0.2.1",
        "--sender",
        "a@b.test",
        "--helo",
        "c.test",
    ];
    let ran = run(&server, &arguments).await;
    assert!(
        ran.err.contains("the bounce address is at b.test"),
        "{}",
        ran.err
    );
    for sender in ["a@Shop.test", "a@shop.test.", ""] {
        let arguments = ["spf", "shop.test", "--ip", "192.0.2.1", "--sender", sender];
        let ran = run(&server, &arguments).await;
        assert!(!ran.err.contains("bounce address"), "{sender}: {}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mark_of_the_record_agrees_with_the_findings_below_it() {
    let zone = "
        good.test TXT v=spf1 ip4:192.0.2.1 ~all
        loop.test TXT v=spf1 include:loop.test ~all
        open.test TXT v=spf1 +all
        part.test TXT v=spf1 include:dead.test ~all
        dead.test SERVFAIL";
    let server = World::of(zone).serve().await;
    for (domain, wanted) in [
        ("good.test", "SPF     ✓ 0 of 10 look-ups"),
        ("loop.test", "SPF     ✗ 1 of 10 look-ups"),
        ("open.test", "SPF     ✗ 0 of 10 look-ups"),
        ("part.test", "SPF     ? at least 1 of 10 look-ups"),
    ] {
        let ran = run(&server, &["spf", domain]).await;
        assert!(ran.out.contains(wanted), "{domain}: {}", ran.out);
    }
    let ran = run(&server, &["spf", "good.test"]).await;
    assert!(ran.out.contains("  1 question in "), "{}", ran.out);
}
