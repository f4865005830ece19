//! Options, usage errors and the manners of output.

use std::process::Stdio;

use crate::program::nobounce;
use crate::program::ran;
use crate::program::run;

#[test]
fn wrong_command_lines_are_said_in_two_lines() {
    let data = tempfile::tempdir().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (
            &["chekc-all"],
            "nobounce: `chekc-all` is neither a command nor a domain\n\
             nobounce: type a whole domain such as example.com, or see the commands with `nobounce --help`\n",
        ),
        (
            &["statsu"],
            "nobounce: `statsu` is neither a command nor a domain\n\
             nobounce: did you mean `nobounce status`?\n",
        ),
        (
            &["recrods", "example.com"],
            "nobounce: `recrods` is neither a command nor a domain\n\
             nobounce: did you mean `nobounce records`?\n",
        ),
        (
            &["ex\u{1b}[31m\u{202e}"],
            "nobounce: `ex\\u{1b}[31m\\u{202e}` is neither a command nor a domain\n\
             nobounce: type a whole domain such as example.com, or see the commands with `nobounce --help`\n",
        ),
        (
            &["example.com", "status"],
            "nobounce: `example.com` stands in front of the command\n\
             nobounce: write the command first, then the domain\n",
        ),
        (
            &["a.test", "b.test"],
            "nobounce: the wizard takes one domain at a time\n\
             nobounce: name one domain, or look at several with `nobounce check`\n",
        ),
        (
            &["status", "--resolver", "dns.example"],
            "nobounce: invalid value 'dns.example' for '--resolver <IP[:PORT]>': type an IP address, with a port if it is not 53: 192.0.2.1:5353 or [2001:db8::1]:5353\n\
             nobounce: see how it is written with --help\n",
        ),
        (
            &["status", "--jsno"],
            "nobounce: unexpected argument '--jsno' found\nnobounce: did you mean `--json`?\n",
        ),
        (
            &["records"],
            "nobounce: the following required arguments were not provided: <DOMAIN>\n\
             nobounce: write it so: nobounce records --now <TIME> <DOMAIN>; more with --help\n",
        ),
        (
            &["dkim", "new", "example.com", "--key", "rsa1024"],
            "nobounce: invalid value 'rsa1024' for '--key <KIND>' [possible values: rsa2048, rsa3072, rsa4096, ed25519]\n\
             nobounce: did you mean `rsa2048`?\n",
        ),
        (
            &["records", "example.com", "--json", "--format", "zone"],
            "nobounce: --json and --format zone exclude each other\nnobounce: leave one of them away\n",
        ),
    ];
    for (arguments, said) in cases {
        let ran = run(data.path(), *arguments);
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err.as_str()),
            (Some(2), "", *said),
            "{arguments:?}"
        );
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn t4_without_a_terminal_the_wizard_names_what_works_there() {
    let data = tempfile::tempdir().unwrap();
    for arguments in [
        &[][..],
        &["shop.de"],
        &["practice"],
        &["practice", "--fast"],
    ] {
        run(data.path(), arguments).is(
            2,
            "",
            "nobounce: the wizard needs a terminal, and there is none here\n\
             nobounce: in a script use `nobounce check DOMAIN`, `nobounce status` or `nobounce records DOMAIN`, each with --json if wanted\n",
        );
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let data = tempfile::tempdir().unwrap();
    ran(nobounce(data.path()).arg("-V")).is(
        0,
        concat!("nobounce ", env!("CARGO_PKG_VERSION"), "\n"),
        "",
    );
    let short = ran(nobounce(data.path()).arg("-h"));
    let long = ran(nobounce(data.path()).arg("--help"));
    assert_eq!((short.code, long.code), (Some(0), Some(0)));
    assert!(!short.out.contains("--authoritative-port") && !short.out.contains("--now"));
    assert!(long.out.contains("--authoritative-port") && long.out.contains("--now"));
    for verb in ["practice", "status", "records", "dkim"] {
        assert!(short.out.contains(&format!("\n  {verb}")), "{verb}");
    }
}

#[test]
fn global_options_stand_before_and_after_the_verb() {
    let data = tempfile::tempdir().unwrap();
    for arguments in [["--json", "status"], ["status", "--json"]] {
        run(data.path(), arguments).is(0, "{\"schema\":1,\"domains\":[],\"errors\":[]}\n", "");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    run(
        data.path(),
        ["dkim", "new", "shop.test", "--key", "ed25519", "-q"],
    );
    let option = elsewhere.path().to_str().unwrap();
    for arguments in [
        ["--data-dir", option, "status", "-q"],
        ["status", "-q", "--data-dir", option],
    ] {
        run(data.path(), arguments).is(0, "", "");
    }
}

#[test]
#[cfg(unix)]
fn t26_a_reader_that_goes_away_ends_the_run_quietly() {
    let data = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = nobounce(data.path())
        .arg("--help")
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
#[cfg(unix)]
fn s28_closed_streams_are_no_trouble() {
    let data = tempfile::tempdir().unwrap();
    let shell = |script: &str| {
        ran(std::process::Command::new("sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_nobounce")])
            .env("NOBOUNCE_DATA_DIR", data.path()))
    };
    shell("\"$0\" status <&- >&- 2>&-").is(0, "", "");
    shell("\"$0\" dkim new closed.test --key ed25519 <&- >&- 2>&-").is(0, "", "");
    let kept = std::fs::read_dir(data.path().join("closed.test/keys")).unwrap();
    assert_eq!(kept.count(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn s4_a_full_disk_behind_standard_output_is_said() {
    let data = tempfile::tempdir().unwrap();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = nobounce(data.path())
        .arg("--version")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "nobounce: the result could not be written: No space left on device (os error 28)\n\
         nobounce: make room where the output goes, or send it to another place\n"
    );
}

#[test]
fn i_what_was_understood_is_said() {
    let data = tempfile::tempdir().unwrap();
    for (typed, said) in [
        (
            "shop,de",
            "nobounce: understood as shop.de: the comma was read as a dot\n",
        ),
        (
            "info@m\u{fc}ller.de",
            "nobounce: understood as xn--mller-kva.de (m\u{fc}ller.de): what stands before the @ was taken off\n",
        ),
        (
            "shop.de other.de",
            "nobounce: only the first domain was taken; left out: other.de\n",
        ),
    ] {
        let ran = run(data.path(), [typed]);
        assert_eq!(ran.code, Some(2), "{typed}");
        assert!(ran.err.starts_with(said), "{typed}: {}", ran.err);
    }
}
