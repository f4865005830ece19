//! Networks that block DNS, change it, or answer in the place of others: what `nobounce check` says there, and the way out over HTTPS.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::time::Duration;

use hickory_resolver::proto::op::Message as DnsMessage;
use hickory_resolver::proto::op::ResponseCode;
use jiff::SignedDuration;
use jiff::Timestamp;
use nobounce::dns::Client;
use nobounce::dns::Config;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::sighting::Ask;
use nobounce::records::sighting::Whom;
use nobounce::records::verdict::Verdict;
use nobounce::records::verdict::recursive::judge_by_resolvers;
use nobounce::tui::command::Command as TuiCommand;
use nobounce::tui::message::Message;
use nobounce::tui::message::Sight;
use nobounce::tui::perform::Clock;
use nobounce::tui::perform::Performer;
use nobounce::tui::perform::World;

use crate::doh;
use crate::doh::Certificate;
use crate::doh::Doh;
use crate::doh::Manners;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::a;
use crate::scripted::name;
use crate::scripted::ns;
use crate::scripted::question;
use crate::scripted::say;
use crate::scripted::soa;
use crate::scripted::texts;
use crate::scripted::txt;

const SPF: &str = "v=spf1 ip4:192.0.2.1 ~all";
const DMARC: &str = "v=DMARC1; p=reject; rua=mailto:d@example.com";
const PORTAL: [u8; 4] = [10, 9, 9, 9];

/// `example.com` as its own servers have it: SPF and DMARC, without mail servers.
fn honest(heard: &Heard) -> DnsMessage {
    let (owner, kind) = (heard.owner(), heard.kind());
    let record = match (owner.as_str(), kind.as_str()) {
        ("example.com.", "NS") => ns("example.com.", "ns1.host.test."),
        ("example.com.", "SOA") => soa("example.com.", 60),
        ("ns1.host.test.", "A") => a("ns1.host.test.", [127, 0, 0, 1]),
        ("example.com.", "TXT") => txt("example.com.", SPF),
        ("_dmarc.example.com.", "TXT") => txt("_dmarc.example.com.", DMARC),
        ("example.com.", _) => return heard.no(ResponseCode::NoError, "example.com.", 60),
        _ if owner.ends_with("example.com.") => {
            return heard.no(ResponseCode::NXDomain, "example.com.", 60);
        }
        _ => return heard.no(ResponseCode::NXDomain, ".", 60),
    };
    heard.answer([record])
}

/// The same as a resolver says it.
fn resolved(heard: &Heard) -> DnsMessage {
    let mut message = honest(heard);
    message.metadata.authoritative = false;
    message.metadata.recursion_available = true;
    message
}

async fn run(arguments: Vec<String>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .args(["check", "example.com", "--timeout", "1.2"])
        .args(["--now", "2026-11-23T10:00:00Z"])
        .args(arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

/// `nobounce check` through a resolver, with name servers at the port of `authority`.
fn through(resolver: &Scripted, authority: &Scripted) -> Vec<String> {
    vec![
        "--resolver".to_owned(),
        resolver.address.to_string(),
        "--authoritative-port".to_owned(),
        authority.address.port().to_string(),
    ]
}

/// `nobounce check` over HTTPS.
fn over_https(servers: &[&Doh], ca: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = servers
        .iter()
        .map(|server| format!("--doh={}", server.url()))
        .collect();
    arguments.extend(["--doh-ca".to_owned(), ca.display().to_string()]);
    arguments
}

/// All that a look says, in one line: exit code, verdict, view, the states of MX, SPF, DKIM and DMARC, the codes of the findings.
async fn summary(mut arguments: Vec<String>) -> String {
    arguments.push("--json".to_owned());
    let output = run(arguments).await;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut codes: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| word(&finding["code"]))
        .collect();
    codes.sort();
    codes.dedup();
    format!(
        "{} {} {}; {} {} {} {}; {}",
        output.status.code().unwrap(),
        word(&report["verdict"]),
        word(&report["view"]),
        word(&report["mx"]["state"]),
        word(&report["spf"]["state"]),
        word(&report["dkim"]["state"]),
        word(&report["dmarc"]["state"]),
        codes.join(" ")
    )
}

async fn page(arguments: Vec<String>) -> String {
    String::from_utf8(run(arguments).await.stdout).unwrap()
}

/// FAULTS D55: every name leads to the login page, and nothing else is there, as if it did not exist.
#[tokio::test(flavor = "multi_thread")]
async fn d55_a_captive_portal_proves_nothing() {
    for no in [
        |heard: &Heard| heard.code(ResponseCode::NXDomain),
        |heard: &Heard| heard.code(ResponseCode::NoError),
        |heard: &Heard| heard.no(ResponseCode::NXDomain, ".", 60),
        |heard: &Heard| heard.no(ResponseCode::NoError, ".", 60),
    ] {
        let portal = Scripted::start(move |heard| {
            let mut message = match heard.kind().as_str() {
                "A" => heard.answer([a(&heard.owner(), PORTAL)]),
                _ => no(heard),
            };
            message.metadata.recursion_available = true;
            say(message)
        })
        .await;
        let arguments = through(&portal, &portal);
        let said = summary(arguments.clone()).await;
        assert!(
            said.starts_with("3 unknown full; unknown unknown unknown unknown; "),
            "{said}"
        );
        assert!(said.contains("dns-rewritten"), "{said}");
        assert!(
            !said.contains("missing") && !said.contains("exist"),
            "{said}"
        );
        let page = page(arguments).await;
        assert!(
            page.contains("! This network changes DNS answers"),
            "{page}"
        );
        assert!(page.contains("Run again with --doh"), "{page}");
        assert!(!page.contains('✗'), "{page}");
    }
}

/// FAULTS D55: a network that lets names through and answers for everybody else over HTTPS.
#[tokio::test(flavor = "multi_thread")]
async fn d55_a_login_page_in_the_way_of_https_is_named() {
    for certificate in [Certificate::OfAnother, Certificate::Stranger] {
        let manners = Manners {
            certificate,
            ..Manners::default()
        };
        let portal = Doh::with(manners, |heard| say(resolved(heard))).await;
        let said = summary(over_https(&[&portal], &portal.ca)).await;
        assert_eq!(
            said,
            "3 unknown resolver-only; unknown unknown unknown unknown; doh-not-trusted"
        );
        assert!(portal.heard().is_empty());
    }
}

/// FAULTS D56: names that do not exist lead to a page of advertisements; the name servers themselves can be asked.
#[tokio::test(flavor = "multi_thread")]
async fn d56_a_rewriting_resolver_is_not_relied_on_and_name_servers_are() {
    // Some networks leave names alone that are known not to exist.
    for spares_invalid in [false, true] {
        let rewriting = Scripted::start(move |heard| {
            let message = resolved(heard);
            let is_spared = spares_invalid && heard.owner().ends_with("invalid.");
            if message.response_code == ResponseCode::NXDomain && heard.kind() == "A" && !is_spared
            {
                return say(heard.answer([a(&heard.owner(), PORTAL)]));
            }
            say(message)
        })
        .await;
        let own = Scripted::start(|heard| say(honest(heard))).await;
        let said = summary(through(&rewriting, &own)).await;
        assert_eq!(
            said,
            "0 warning full; missing published unknown published; dns-rewritten mx-missing"
        );
    }
}

/// FAULTS D57: whoever is asked on port 53, the network's own resolver answers.
#[tokio::test(flavor = "multi_thread")]
async fn d57_a_network_that_catches_questions_to_name_servers() {
    let proxy = Scripted::start(|heard| say(resolved(heard))).await;
    let arguments = through(&proxy, &proxy);
    let said = summary(arguments.clone()).await;
    assert_eq!(
        said,
        "3 unknown full; unknown unknown unknown unknown; dkim-no-selector-found dns-intercepted dns-resolver-only dns-trouble"
    );
    let page = page(arguments).await;
    assert!(page.contains("! Somebody on the way answers in the place of your name servers"));
    assert!(page.contains("Run again with --doh"), "{page}");
    assert!(!page.contains('✗'), "{page}");
}

/// FAULTS D57: a lame server is no network that catches questions.
#[tokio::test(flavor = "multi_thread")]
async fn d57_a_lame_server_is_not_taken_for_it() {
    let resolver = Scripted::start(|heard| say(resolved(heard))).await;
    let lame = Scripted::start(|heard| {
        let mut message = heard.empty();
        message.metadata.authoritative = false;
        say(message)
    })
    .await;
    let said = summary(through(&resolver, &lame)).await;
    assert!(!said.contains("dns-intercepted"), "{said}");
}

/// FAULTS D58: nothing comes back from port 53.
#[tokio::test(flavor = "multi_thread")]
async fn d58_a_blocked_port_is_named_and_says_nothing_of_records() {
    let silent = Scripted::silent().await;
    let arguments = through(&silent, &silent);
    let said = summary(arguments.clone()).await;
    assert_eq!(
        said,
        "3 unknown full; unknown unknown unknown unknown; dns-blocked"
    );
    let page = page(arguments).await;
    assert!(page.contains("? No DNS server answers"), "{page}");
    assert!(page.contains("Run again with --doh"), "{page}");
    assert!(!page.contains('✗'), "{page}");
    // Only the network's own resolver may ask.
    let resolver = Scripted::start(|heard| say(resolved(heard))).await;
    let said = summary(through(&resolver, &silent)).await;
    assert_eq!(
        said,
        "3 unknown full; unknown unknown unknown unknown; dkim-no-selector-found dns-blocked dns-resolver-only"
    );
}

/// FAULTS D58: resolvers over HTTPS agree, and the result is marked.
#[tokio::test(flavor = "multi_thread")]
async fn d58_over_https_resolvers_that_agree_are_enough_and_marked() {
    let servers = three(resolved, resolved, resolved).await;
    let servers: Vec<&Doh> = servers.iter().collect();
    let all = bundle(&servers);
    let arguments = over_https(&servers, all.path());
    let said = summary(arguments.clone()).await;
    assert_eq!(
        said,
        "0 ok resolver-only; missing published unknown published; \
         dkim-no-selector-found dns-resolver-view mx-missing"
    );
    for server in &servers {
        assert_eq!(server.connections(), 1);
        for record in [
            "example.com. TXT",
            "_dmarc.example.com. TXT",
            "example.com. MX",
        ] {
            let asked = server.asked();
            let times = asked.iter().filter(|one| *one == record).count();
            assert_eq!(times, 1, "{record}");
        }
    }
    let page = page(arguments).await;
    assert!(page.contains("\n  resolver view only: your name servers were not asked"));
    assert!(
        page.contains("ns1.host.test; 1 name server, not asked"),
        "{page}"
    );
    // The one that there is, is enough.
    let one = summary(over_https(&servers[..1], &servers[0].ca)).await;
    assert_eq!(one, said);
}

/// FAULTS D58: resolvers that do not agree, and those that do not answer.
#[tokio::test(flavor = "multi_thread")]
async fn d58_over_https_one_resolver_of_several_is_not_enough() {
    fn without_dmarc(heard: &Heard) -> DnsMessage {
        match heard.owner().as_str() {
            "_dmarc.example.com." => heard.no(ResponseCode::NXDomain, "example.com.", 60),
            _ => resolved(heard),
        }
    }
    fn fails(heard: &Heard) -> DnsMessage {
        heard.code(ResponseCode::ServFail)
    }
    fn empty(heard: &Heard) -> DnsMessage {
        heard.code(ResponseCode::NXDomain)
    }
    type Server = fn(&Heard) -> DnsMessage;
    for (others, said) in [
        (
            [resolved as Server, without_dmarc],
            "4 warning resolver-only; missing published unknown spreading; \
             dkim-no-selector-found dns-resolver-view dns-resolvers-disagree mx-missing",
        ),
        (
            [resolved, fails],
            "0 ok resolver-only; missing published unknown published; \
             dkim-no-selector-found dns-resolver-view mx-missing",
        ),
        (
            [fails, fails],
            "3 unknown resolver-only; unknown unknown unknown unknown; \
             dkim-no-selector-found dns-resolver-view dns-trouble",
        ),
        // A "no" that does not show where it comes from is nothing to go by.
        (
            [empty, empty],
            "3 unknown resolver-only; unknown unknown unknown unknown; \
             dkim-no-selector-found dns-resolver-view dns-trouble",
        ),
    ] {
        let servers = three(resolved, others[0], others[1]).await;
        let servers: Vec<&Doh> = servers.iter().collect();
        let all = bundle(&servers);
        assert_eq!(summary(over_https(&servers, all.path())).await, said);
    }
}

/// FAULTS D58: nothing gets out over HTTPS either.
#[tokio::test(flavor = "multi_thread")]
async fn d58_where_https_is_blocked_too_that_is_said() {
    let manners = Manners {
        status: 403,
        ..Manners::default()
    };
    let server = Doh::with(manners, |heard| say(resolved(heard))).await;
    let said = summary(over_https(&[&server], &server.ca)).await;
    assert_eq!(
        said,
        "3 unknown resolver-only; unknown unknown unknown unknown; doh-blocked"
    );
    // The page leaves it open, with the mark of what is unknown.
    let page = page(over_https(&[&server], &server.ca)).await;
    assert!(
        page.contains("\n  ? No resolver answers over HTTPS"),
        "{page}"
    );
    assert!(!page.contains('✗'), "{page}");
    // So does the look at SPF alone.
    let (code, json) = spf_over_https(&server, "--json").await;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(code, Some(3));
    assert_eq!(report["view"], "resolver-only");
    assert_eq!(report["findings"][0]["code"], "doh-blocked");
    let (_, page) = spf_over_https(&server, "--color=never").await;
    assert!(page.contains("\n  resolver view only: "), "{page}");
    assert!(
        page.contains("\n  ? No resolver answers over HTTPS"),
        "{page}"
    );
    assert!(!page.contains('✗'), "{page}");
}

async fn spf_over_https(server: &Doh, option: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .args(["spf", "example.com", "--timeout", "1.2", option])
        .args(over_https(&[server], &server.ca));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// FAULTS D58: the watching of a record, from the question to the verdict.
#[tokio::test]
async fn d58_a_wanted_record_is_looked_for_at_resolvers() {
    let record = |owner: &str, text: &str| Record {
        owner: name(owner),
        content: Content::Dmarc(text.parse().unwrap()),
        ttl: Ttl(300),
    };
    let servers = three(resolved, resolved, resolved).await;
    let client = doh::client(&servers.iter().collect::<Vec<_>>());
    let zone = client.zone_of(&name("_dmarc.example.com")).await.unwrap();
    assert_eq!(zone.apex, name("example.com"));
    let judged = async |record: &Record| {
        let sightings = client.look(record, &zone).await;
        assert!(
            sightings
                .iter()
                .all(|sighting| !sighting.server.is_authoritative())
        );
        judge_by_resolvers(record, &zone.apex, &sightings, Timestamp::now())
    };
    let there = judged(&record("_dmarc.example.com", DMARC)).await;
    assert_eq!(there.verdict, Verdict::Published);
    assert!(there.is_of_resolvers());
    assert_eq!((there.resolvers.agree, there.resolvers.asked), (3, 3));
    let other = judged(&record("_dmarc.example.com", "v=DMARC1; p=none")).await;
    assert!(
        matches!(other.verdict, Verdict::Differs { .. }),
        "{other:?}"
    );
    let absent = judged(&record("_dmarc.shop.example.com", DMARC)).await;
    assert_eq!(absent.verdict, Verdict::Missing);
}

/// FAULTS D58: the wizard's own way to the world, from the order to the message.
#[tokio::test(flavor = "multi_thread")]
async fn d58_the_wizard_asks_over_https() {
    let servers = three(resolved, resolved, resolved).await;
    let folder = tempfile::tempdir().unwrap();
    let (sender, mut messages) = tokio::sync::mpsc::unbounded_channel();
    let world = World {
        resolvers: Vec::new(),
        over_https: Some(doh::client(&servers.iter().collect::<Vec<_>>())),
        authoritative_port: 1,
        timeout: Some(Duration::from_secs(2)),
        data_dir: Some(folder.path().to_owned()),
        keeps_practice: false,
        clock: Clock::new(None),
    };
    let mut performer = Performer::new(world, tokio::runtime::Handle::current(), sender);
    let wanted = Record {
        owner: name("_dmarc.example.com"),
        content: Content::Dmarc(DMARC.parse().unwrap()),
        ttl: Ttl(300),
    };
    performer.perform(TuiCommand::Survey {
        ticket: 1,
        domain: "example.com".to_owned(),
        selectors: Vec::new(),
    });
    let report = loop {
        match messages.recv().await.unwrap() {
            Message::Surveyed { report, .. } => break report,
            Message::SurveyGrew { report, .. } => assert!(report.is_of_resolvers()),
            other => panic!("{other:?}"),
        }
    };
    assert!(report.is_of_resolvers() && !report.may_https_help());
    assert_eq!(
        (report.spf.state.as_str(), report.dmarc.state.as_str()),
        ("published", "published")
    );
    performer.perform(TuiCommand::Look {
        ticket: 2,
        record: Box::new(wanted.clone()),
    });
    let Some(Message::Looked {
        sight: Sight::ByResolvers { zone, sightings },
        ..
    }) = messages.recv().await
    else {
        panic!("resolvers were asked");
    };
    let judgement = judge_by_resolvers(&wanted, &zone, &sightings, Timestamp::now());
    assert_eq!(judgement.verdict, Verdict::Published);
    performer.perform(TuiCommand::Ask {
        ticket: 3,
        question: question("example.com"),
    });
    let Some(Message::Asked { sightings, .. }) = messages.recv().await else {
        panic!("resolvers were asked");
    };
    assert_eq!(sightings.len(), 3);
    performer.finish();
}

/// FAULTS D64: the certificates, or the times that servers tell, do not fit this machine's clock.
#[tokio::test(flavor = "multi_thread")]
async fn d64_a_wrong_clock_is_named() {
    for certificate in [Certificate::NotYetValid, Certificate::Expired] {
        let manners = Manners {
            certificate,
            ..Manners::default()
        };
        let server = Doh::with(manners, |heard| say(resolved(heard))).await;
        let arguments = over_https(&[&server], &server.ca);
        let said = summary(arguments.clone()).await;
        assert_eq!(
            said,
            "3 unknown resolver-only; unknown unknown unknown unknown; clock-is-wrong"
        );
        assert!(
            page(arguments)
                .await
                .contains("which is 23 November 2026, 10:00 UTC")
        );
    }
    let time = Timestamp::now() + SignedDuration::from_hours(2);
    let manners = Manners {
        date: Some(time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()),
        ..Manners::default()
    };
    let server = Doh::with(manners, |heard| say(resolved(heard))).await;
    let arguments = over_https(&[&server], &server.ca);
    let said = summary(arguments.clone()).await;
    assert_eq!(
        said,
        "0 warning resolver-only; missing published unknown published; \
         clock-is-wrong dkim-no-selector-found dns-resolver-view mx-missing"
    );
    let page = page(arguments).await;
    assert!(page.contains("120 minutes behind"), "{page}");
}

/// FAULTS D60: a list of resolvers that is not there, says nothing, or holds more than addresses.
#[test]
fn d60_the_systems_list_is_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("resolv.conf");
    let read = |text: Option<&str>| {
        match text {
            Some(text) => std::fs::write(&list, text).unwrap(),
            None => drop(std::fs::remove_file(&list)),
        }
        Config::from_list(&[], 53, &list)
    };
    let public = ["1.1.1.1:53", "8.8.8.8:53", "9.9.9.9:53"];
    for (text, own) in [
        (
            "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch .\n",
            vec!["127.0.0.53:53"],
        ),
        (
            "# mine\n; too\nsearch -- corp.example\nnameserver\t192.0.2.1 # office\r\nnameserver 2001:db8::1\noptions ndots:5",
            vec!["192.0.2.1:53", "[2001:db8::1]:53"],
        ),
        (
            "nameserver dns.example\nnameserver 192.0.2.300\nnameserver 192.0.2.1\n",
            vec!["192.0.2.1:53"],
        ),
        (
            "nameserver 192.0.2.1\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
            vec!["192.0.2.1:53", "192.0.2.2:53", "192.0.2.3:53"],
        ),
        ("nameserver 1.1.1.1\n", vec![]),
    ] {
        let all: Vec<SocketAddr> = own
            .iter()
            .chain(&public)
            .map(|address| address.parse().unwrap())
            .collect();
        assert_eq!(read(Some(text)).unwrap().resolvers, all, "{text:?}");
    }
    for text in [
        None,
        Some(""),
        Some("search corp.example\n"),
        Some("nameserver 2001:zz::1\n"),
        Some("\u{0}\u{0}"),
    ] {
        let error = read(text).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(&list.display().to_string()), "{said}");
        assert!(error.remedy().contains("--resolver"));
    }
    // Those that were named need no list.
    let named: SocketAddr = "127.0.0.1:5353".parse().unwrap();
    let config = Config::from_list(&[named], 53, Path::new("/nowhere")).unwrap();
    assert_eq!(config.resolvers, [named]);
}

/// FAULTS D22: a resolver whose address is only good on one network keeps its scope.
#[cfg(target_os = "linux")]
#[test]
fn d22_a_resolver_with_a_scope_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("resolv.conf");
    for (text, scope) in [("fe80::1%lo", 1), ("fe80::1%7", 7)] {
        std::fs::write(&list, format!("nameserver {text}\n")).unwrap();
        let config = Config::from_list(&[], 53, &list).unwrap();
        let SocketAddr::V6(address) = config.resolvers[0] else {
            panic!("{:?}", config.resolvers);
        };
        assert_eq!((address.scope_id(), address.port()), (scope, 53), "{text}");
    }
    // A network that is gone takes its resolver with it; the others stay.
    std::fs::write(&list, "nameserver fe80::1%no-such\nnameserver 192.0.2.1\n").unwrap();
    let config = Config::from_list(&[], 53, &list).unwrap();
    assert_eq!(config.resolvers[0], "192.0.2.1:53".parse().unwrap());
}

/// FAULTS D60: three dead resolvers before one that answers, and names that are whole whatever the search list.
#[tokio::test]
async fn d60_dead_resolvers_are_passed_over_and_names_are_whole() {
    let dead = [Scripted::silent().await, Scripted::silent().await];
    let closed: SocketAddr = {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.local_addr().unwrap()
    };
    let good = Scripted::start(|heard: &Heard| -> Vec<Say> { heard.txt("x") }).await;
    let client = Client::new(Config {
        resolvers: vec![closed, dead[0].address, dead[1].address, good.address],
        authoritative_port: 53,
        pinned: Default::default(),
        timeout: Duration::from_millis(2400),
    });
    let ask = Ask {
        question: question("shop"),
        whom: Whom::AnyResolver,
    };
    let sightings = client.put(&ask).await;
    assert_eq!(texts(&sightings[0].answer.outcome), ["x"]);
    assert_eq!(good.asked(), ["shop. TXT"]);
}

async fn three(
    one: fn(&Heard) -> DnsMessage,
    two: fn(&Heard) -> DnsMessage,
    three: fn(&Heard) -> DnsMessage,
) -> [Doh; 3] {
    [
        Doh::start(move |heard| say(one(heard))).await,
        Doh::start(move |heard| say(two(heard))).await,
        Doh::start(move |heard| say(three(heard))).await,
    ]
}

/// The CAs of all of them in one file.
fn bundle(servers: &[&Doh]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let all: Vec<String> = servers
        .iter()
        .map(|server| std::fs::read_to_string(&server.ca).unwrap())
        .collect();
    std::fs::write(file.path(), all.concat()).unwrap();
    file
}
