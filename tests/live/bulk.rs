//! Many domains at once: what they share is asked once, a resolver that has enough is spared, and a list of any length is walked through.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use hickory_resolver::proto::op::ResponseCode;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::Whom;

use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::client;
use crate::scripted::cname;
use crate::scripted::mx;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::texts;
use crate::scripted::txt;

fn bulk(servers: &[&Scripted]) -> Client {
    let config = Config {
        timeout: Duration::from_secs(20),
        ..client(servers).config
    };
    Client::new(config).for_many(1024)
}

/// The questions that a server heard, by "RD, owner type"; one that was only sent again, under its id, counts once.
fn put(server: &Scripted) -> Vec<(bool, String)> {
    let heard: BTreeSet<(u16, bool, String)> = server
        .heard()
        .iter()
        .map(|one| {
            let question = format!("{} {}", one.owner(), one.kind());
            let metadata = &one.message.metadata;
            (metadata.id, metadata.recursion_desired, question)
        })
        .collect();
    heard
        .into_iter()
        .map(|(_, to_resolver, question)| (to_resolver, question))
        .collect()
}

async fn any(client: &Client, owner: &str) -> Sighting {
    let ask = Ask {
        question: question(owner),
        whom: Whom::AnyResolver,
    };
    client.put(&ask).await.remove(0)
}

/// Answers after a moment, so that many ask before the first has its answer.
fn slowly(heard: &Heard) -> Vec<Say> {
    let record = txt(&heard.owner(), "v=spf1 -all");
    let bytes = heard.answer([record]).to_vec().unwrap();
    vec![Say::After(Duration::from_millis(30), bytes)]
}

#[tokio::test]
async fn two_hundred_that_want_the_same_at_once_ask_once() {
    let server = Scripted::start(slowly).await;
    let client = bulk(&[&server]);
    let seen = join_all((0..200).map(|_| any(&client, "_spf.shared.test"))).await;
    assert!(
        seen.iter()
            .all(|sighting| texts(&sighting.answer.outcome) == ["v=spf1 -all"])
    );
    let later = any(&client, "_spf.shared.test").await;
    assert_eq!(texts(&later.answer.outcome), ["v=spf1 -all"]);
    assert_eq!(put(&server), [(true, "_spf.shared.test. TXT".to_owned())]);
}

/// Whoever asked first may go away: another one of those who wait asks in its place.
#[tokio::test]
async fn nobody_waits_for_one_who_went_away() {
    let server = Scripted::start(slowly).await;
    let client = bulk(&[&server]);
    let gone = tokio::time::timeout(Duration::from_millis(5), any(&client, "shared.test"));
    let (gone, stayed) = tokio::join!(gone, any(&client, "shared.test"));
    assert!(gone.is_err());
    assert_eq!(texts(&stayed.answer.outcome), ["v=spf1 -all"]);
    assert_eq!(put(&server).len(), 2);
}

#[tokio::test]
async fn a_no_is_kept_and_a_no_without_soa_and_trouble_are_not() {
    let server = Scripted::start(|heard| match heard.owner().as_str() {
        "no.test." => say(heard.no(ResponseCode::NXDomain, "test.", 60)),
        "weak.test." => {
            let mut weak = heard.empty();
            weak.metadata.recursion_available = true;
            say(weak)
        }
        "now.test." => {
            let mut message = heard.answer([txt("now.test.", "x")]);
            message.answers[0].ttl = 0;
            say(message)
        }
        _ => say(heard.code(ResponseCode::ServFail)),
    })
    .await;
    let client = bulk(&[&server]);
    for owner in ["no.test", "weak.test", "now.test", "trouble.test"] {
        for _ in 0..3 {
            any(&client, owner).await;
        }
    }
    let asked = put(&server);
    let times = |owner: &str| {
        let of_owner = |(_, question): &&(bool, String)| question.starts_with(owner);
        asked.iter().filter(of_owner).count()
    };
    assert_eq!(times("no.test."), 1);
    assert_eq!(times("weak.test."), 3);
    assert_eq!(times("now.test."), 3);
    // Each time once more without the check of signatures.
    assert_eq!(times("trouble.test."), 6);
}

/// An answer with aliases is kept whole, and tells about their targets too.
#[tokio::test]
async fn an_answer_is_kept_with_its_aliases() {
    let server = Scripted::start(|heard| match heard.owner().as_str() {
        "s1._domainkey.shop.test." => say(heard.answer([
            cname("s1._domainkey.shop.test.", "one.mailer.test."),
            cname("one.mailer.test.", "two.mailer.test."),
            txt("two.mailer.test.", "v=DKIM1; p="),
        ])),
        _ => Vec::new(),
    })
    .await;
    let client = bulk(&[&server]);
    for (owner, chain) in [
        (
            "s1._domainkey.shop.test",
            vec!["one.mailer.test", "two.mailer.test"],
        ),
        (
            "s1._domainkey.shop.test",
            vec!["one.mailer.test", "two.mailer.test"],
        ),
        ("one.mailer.test", vec!["two.mailer.test"]),
        ("two.mailer.test", vec![]),
    ] {
        let sighting = any(&client, owner).await;
        let chain: Vec<_> = chain.into_iter().map(name).collect();
        assert_eq!(sighting.answer.chain, chain, "{owner}");
        assert_eq!(sighting.question, question(owner));
        assert_eq!(texts(&sighting.answer.outcome), ["v=DKIM1; p="], "{owner}");
    }
    assert_eq!(put(&server).len(), 1);
}

/// Without a cache each question is asked: the wizard has to see the world as it is now.
#[tokio::test]
async fn the_wizard_remembers_nothing() {
    let server = Scripted::start(slowly).await;
    let client = client(&[&server]);
    any(&client, "shop.test").await;
    any(&client, "shop.test").await;
    assert_eq!(put(&server).len(), 2);
}

/// A resolver that refuses what goes beyond twenty at a time: fewer are sent, and in the end every question has its answer.
#[tokio::test]
async fn a_resolver_that_has_enough_is_spared_and_every_question_answered() {
    let busy = Arc::new(AtomicI64::new(0));
    let refused = Arc::new(AtomicI64::new(0));
    let (at_work, counted) = (busy.clone(), refused.clone());
    let server = Scripted::start(move |heard| {
        if at_work.fetch_add(1, Ordering::SeqCst) >= 20 {
            at_work.fetch_sub(1, Ordering::SeqCst);
            counted.fetch_add(1, Ordering::SeqCst);
            return say(heard.code(ResponseCode::Refused));
        }
        let at_work = at_work.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(5)).await;
            at_work.fetch_sub(1, Ordering::SeqCst);
        });
        let record = txt(&heard.owner(), "x");
        let bytes = heard.answer([record]).to_vec().unwrap();
        vec![Say::After(Duration::from_millis(4), bytes)]
    })
    .await;
    let client = bulk(&[&server]);
    let owners: Vec<String> = (0..2_000).map(|n| format!("t.d{n}.test")).collect();
    let seen = join_all(owners.iter().map(|owner| any(&client, owner))).await;
    let answered = seen
        .iter()
        .filter(|sighting| matches!(sighting.answer.outcome, Outcome::Records { .. }))
        .count();
    let refused = refused.load(Ordering::SeqCst);
    assert!(refused > 0);
    assert_eq!(answered, owners.len(), "{refused} refused");
}

/// `dN.test` has no mail and says so; all share one name server.
fn parked(heard: &Heard) -> Vec<Say> {
    let owner = heard.owner();
    let is_domain = owner.starts_with('d') && owner.matches('.').count() == 2;
    let record = match (owner.as_str(), heard.kind().as_str()) {
        (".", _) => return say(heard.no(ResponseCode::NoError, ".", 60)),
        ("ns1.host.test.", "A") => a(&owner, [127, 0, 0, 1]),
        (_, "TXT") if owner.starts_with("_dmarc.d") => txt(&owner, "v=DMARC1; p=reject"),
        _ if !is_domain => return say(heard.no(ResponseCode::NXDomain, "test.", 60)),
        (_, "NS") => ns(&owner, "ns1.host.test."),
        (_, "SOA") => soa(&owner, 60),
        (_, "TXT") => txt(&owner, "v=spf1 -all"),
        _ => return say(heard.no(ResponseCode::NoError, &owner, 60)),
    };
    say(heard.answer([record]))
}

async fn check(server: &Scripted, arguments: &[&str], list: String) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .arg("check")
        .args(arguments)
        .args(["--resolver", &server.address.to_string()])
        .args(["--authoritative-port", &server.address.port().to_string()])
        .args(["--now", "2026-11-23T10:00:00Z"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || {
            // The program may have enough before the end of the list.
            let _ = stdin.write_all(list.as_bytes());
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    })
    .await
    .unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_keeps_its_order_and_a_line_that_is_no_domain_stops_nothing() {
    let server = Scripted::start(parked).await;
    let list = "d1.test\nnot a domain!\n# remark\n\nd2.test\nhttps://www.D3.test/\n".to_owned();
    let output = check(&server, &["d0.test", "--from", "-", "--json"], list).await;
    let out = text(output.stdout);
    let domains: Vec<String> = out
        .lines()
        .map(|line| {
            let report: serde_json::Value = serde_json::from_str(line).unwrap();
            report["domain"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(domains, ["d0.test", "d1.test", "d2.test", "d3.test"]);
    let err = text(output.stderr);
    assert!(
        err.contains("nobounce: line 2 of standard input is left out: "),
        "{err}"
    );
    assert!(
        err.contains("nobounce: 4 domains looked at, 0 with errors, 0 could not be told"),
        "{err}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_domains_are_a_table_and_quiet_says_nothing_besides() {
    let server = Scripted::start(parked).await;
    let list = "d1.test\ngone.test\n".to_owned();
    let output = check(&server, &["--from", "-", "-q"], list).await;
    let wanted = "  DOMAIN                         VERDICT  RECORD  POLICY  SPF+DKIM  WORST FINDING
! d1.test                        warning  ✓       ✓       ?         The record names no usable address for reports (rua=), so you cannot see who sends mail as your domain
✗ gone.test                      error    ✗       ✗       ?         gone.test does not exist in the DNS
";
    assert_eq!(text(output.stdout), wanted);
    assert_eq!(text(output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

/// What the domains share is asked once in the whole run, be it the servers, the wildcard of a registry or an include.
#[tokio::test(flavor = "multi_thread")]
async fn what_domains_share_is_asked_once() {
    let server = Scripted::start(parked).await;
    let list: String = (0..60).map(|n| format!("d{n}.test\n")).collect();
    let output = check(&server, &["--from", "-", "-q", "--json"], list).await;
    assert_eq!(text(output.stdout).lines().count(), 60);
    let asked = put(&server);
    for shared in ["ns1.host.test. A", "_dmarc.test. TXT"] {
        let times = asked.iter().filter(|(_, line)| line == shared).count();
        assert_eq!(times, 1, "{shared}");
    }
}

/// A reader that goes away ends the run quietly, be the list endless.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_ends_the_run() {
    let server = Scripted::start(parked).await;
    let program = format!(
        "yes d1.test | {} check --from - -q --json --resolver {address} --authoritative-port {port} | head -n 3",
        env!("CARGO_BIN_EXE_nobounce"),
        address = server.address,
        port = server.address.port()
    );
    let output = tokio::task::spawn_blocking(move || {
        Command::new("sh").args(["-c", &program]).output().unwrap()
    })
    .await
    .unwrap();
    assert_eq!(text(output.stdout).lines().count(), 3);
    let err = text(output.stderr);
    assert!(!err.contains("nobounce:"), "{err}");
}

/// Ctrl-C ends the run at once, whatever is under way.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_ends_the_run_at_once() {
    use std::os::unix::process::ExitStatusExt;

    // Who runs the tests in the background may have turned the signal off.
    let clean = ["--default-signal=INT"];
    if !Command::new("env")
        .args(clean)
        .arg("true")
        .status()
        .unwrap()
        .success()
    {
        println!("skipped: this env cannot give a program its signals back");
        return;
    }
    let server = Scripted::silent().await;
    let address = server.address.to_string();
    let mut child = Command::new("env")
        .args(clean)
        .arg(env!("CARGO_BIN_EXE_nobounce"))
        .args([
            "check",
            "shop.test",
            "--timeout",
            "600",
            "--resolver",
            &address,
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while server.heard().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap())
        .await
        .unwrap();
    assert_eq!(ended.signal(), Some(2));
}

/// Many questions share a socket, and each gets its own answer; one that comes twice or for nobody harms none.
#[tokio::test]
async fn d30_questions_that_share_a_socket_get_their_own_answers() {
    let server = Scripted::start(|heard| {
        let own = heard
            .answer([txt(&heard.owner(), &heard.owner())])
            .to_vec()
            .unwrap();
        let mut strange = own.clone();
        strange[0] ^= 0x5a;
        let mut other = heard.message.clone();
        other.queries[0] = hickory_resolver::proto::op::Query::query(
            hickory_resolver::proto::rr::Name::from_ascii("other.test.").unwrap(),
            other.queries[0].query_type(),
        );
        let other = Heard {
            message: other,
            ..heard.clone()
        };
        let forged = other.answer([txt("other.test.", "forged")]);
        let forged = forged.to_vec().unwrap();
        vec![
            Say::Now(strange),
            Say::Now(forged),
            Say::Now(own.clone()),
            Say::Now(own),
        ]
    })
    .await;
    let client = bulk(&[&server]);
    let owners: Vec<String> = (0..300).map(|n| format!("t{n}.test")).collect();
    let seen = join_all(owners.iter().map(|owner| any(&client, owner))).await;
    for (owner, sighting) in owners.iter().zip(&seen) {
        assert_eq!(texts(&sighting.answer.outcome), [format!("{owner}.")]);
    }
    assert_eq!(put(&server).len(), owners.len());
}

/// A domain with the usual services: mail at Google, three includes that lead on, a key behind an alias, reports to another company.
fn workspace(heard: &Heard) -> Vec<Say> {
    let owner = heard.owner();
    let record = match (owner.as_str(), heard.kind().as_str()) {
        ("ns1.host.test.", "A") => a(&owner, [127, 0, 0, 1]),
        ("shop.test.", "NS") => ns(&owner, "ns1.host.test."),
        ("shop.test.", "SOA") => soa(&owner, 60),
        ("shop.test.", "MX") => mx(&owner, "aspmx.l.google.com."),
        ("shop.test.", "TXT") => txt(
            &owner,
            "v=spf1 include:_spf.google.com include:sendgrid.net include:servers.mcsv.net ~all",
        ),
        ("_spf.google.com.", _) => txt(
            &owner,
            "v=spf1 include:_netblocks.google.com include:_netblocks2.google.com ~all",
        ),
        ("_dmarc.shop.test.", "TXT") => txt(
            &owner,
            "v=DMARC1; p=reject; rua=mailto:d@shop.test,mailto:x@reports.net",
        ),
        ("shop.test._report._dmarc.reports.net.", _) => txt(&owner, "v=DMARC1"),
        ("s1._domainkey.shop.test.", _) => {
            let alias = cname(&owner, "s1.mailer.net.");
            // A name server of the domain speaks of the domain alone.
            return say(if heard.message.metadata.recursion_desired {
                heard.answer([alias, txt("s1.mailer.net.", "v=DKIM1; p=")])
            } else {
                heard.answer([alias])
            });
        }
        ("s1.mailer.net.", _) => txt(&owner, "v=DKIM1; p="),
        (name, "TXT") if name.ends_with(".google.com.") || name.ends_with(".net.") => {
            txt(&owner, "v=spf1 ip4:192.0.2.0/24 -all")
        }
        ("shop.test.", _) => return say(heard.no(ResponseCode::NoError, &owner, 60)),
        _ => return say(heard.no(ResponseCode::NXDomain, "test.", 60)),
    };
    say(heard.answer([record]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_with_the_usual_services_takes_three_rounds_and_no_question_twice() {
    let server = Scripted::start(workspace).await;
    let output = check(&server, &["shop.test", "--json"], String::new()).await;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["spf"]["complete"], true);
    assert_eq!(report["dmarc"]["rua"][1]["authorized"], "yes");
    assert_eq!(report["dkim"]["selectors"][0]["cname"], "s1.mailer.net");
    assert_eq!(report["rounds"], 3);
    let mut asked = put(&server);
    let besides = asked
        .iter()
        .filter(|(_, question)| !question.contains("._domainkey."))
        .count();
    assert!(besides <= 30, "{besides} questions besides selectors");
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all, "a question was asked twice");
}

/// Below a name that does not exist, and behind servers that are dead, nothing is guessed.
#[tokio::test(flavor = "multi_thread")]
async fn d61_no_selector_is_guessed_for_a_domain_that_is_not_there() {
    let server = Scripted::start(|heard| match heard.owner() {
        owner if owner.ends_with("gone.test.") => {
            say(heard.no(ResponseCode::NXDomain, "test.", 60))
        }
        owner if owner.ends_with("dead.test.") => say(heard.code(ResponseCode::ServFail)),
        _ => say(heard.no(ResponseCode::NoError, "test.", 60)),
    })
    .await;
    let arguments = ["gone.test", "dead.test", "--selector", "named", "-q"];
    check(&server, &arguments, String::new()).await;
    let mut guessed: Vec<String> = server
        .asked()
        .into_iter()
        .filter(|line| line.contains("._domainkey.") && !line.contains("probe"))
        .collect();
    guessed.sort();
    guessed.dedup();
    guessed.retain(|line| !line.starts_with("named._domainkey."));
    // Where the name of a named selector says no, its usual misspellings are looked at.
    guessed.retain(|line| !line.contains("named"));
    assert_eq!(guessed, Vec::<String>::new());
}
