//! Verdicts where resolvers alone were asked (D58): never more certain than what two of them say.

use std::net::SocketAddr;

use jiff::Timestamp;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::sighting::Answer;
use nobounce::records::sighting::Data;
use nobounce::records::sighting::Outcome;
use nobounce::records::sighting::Question;
use nobounce::records::sighting::RecordType;
use nobounce::records::sighting::Server;
use nobounce::records::sighting::Sighting;
use nobounce::records::sighting::TlsTrouble;
use nobounce::records::sighting::Trouble;
use nobounce::records::untrusted::Untrusted;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::judge;
use nobounce::records::verdict::recursive::judge_by_resolvers;

const WANTED: &str = "v=DMARC1; p=none; rua=mailto:d@example.com";
const OWNER: &str = "_dmarc.example.com";

fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn record() -> Record {
    Record {
        owner: name(OWNER),
        content: Content::Dmarc(WANTED.parse().unwrap()),
        ttl: Ttl(300),
    }
}

/// `yes`, `no`, `weak`, `dead`, `fail`, `login`, or a text that stands there.
fn outcome(said: &str) -> Outcome {
    let text = match said {
        "no" => return Outcome::NoName { ttl: Some(120) },
        "weak" => return Outcome::NoName { ttl: None },
        "dead" => return Outcome::Trouble(Trouble::Timeout),
        "fail" => return Outcome::Trouble(Trouble::ServerFailure { said: None }),
        "login" => return Outcome::Trouble(Trouble::Tls(TlsTrouble::OtherName)),
        "yes" => WANTED,
        text => text,
    };
    Outcome::Records {
        data: vec![Data::Txt(Untrusted::from(text))],
        ttl: 600,
    }
}

fn sighting(number: u8, owner: &str, said: &str) -> Sighting {
    Sighting {
        server: Server::Resolver {
            address: SocketAddr::from(([9, 9, 9, number], 443)),
        },
        question: Question::new(name(owner), RecordType::Txt),
        answer: Answer::direct(outcome(said)),
        seen_at: now(),
    }
}

fn judged(said: &[&str]) -> Judgement {
    let sightings: Vec<Sighting> = (1..)
        .zip(said)
        .map(|(number, said)| sighting(number, OWNER, said))
        .collect();
    judge_by_resolvers(&record(), &name("example.com"), &sightings, now())
}

#[test]
fn d58_two_have_to_answer_or_the_one_that_there_is() {
    for (said, word) in [
        (&[][..], "unknown"),
        (&["yes"], "published"),
        (&["no"], "missing"),
        (&["dead"], "unknown"),
        (&["weak"], "unknown"),
        (&["yes", "yes"], "published"),
        (&["yes", "yes", "yes"], "published"),
        (&["yes", "yes", "dead"], "published"),
        (&["yes", "yes", "fail"], "published"),
        (&["yes", "dead"], "unknown"),
        (&["yes", "dead", "dead"], "unknown"),
        (&["yes", "weak", "weak"], "unknown"),
        (&["yes", "fail", "login"], "unknown"),
        (&["yes", "no"], "spreading"),
        (&["yes", "yes", "no"], "spreading"),
        (&["yes", "no", "dead"], "spreading"),
        (&["no", "no"], "missing"),
        (&["no", "no", "dead"], "missing"),
        (&["no", "dead"], "unknown"),
        (&["no", "dead", "dead"], "unknown"),
        (&["no", "weak"], "unknown"),
        (&["v=DMARC1; p=reject", "v=DMARC1; p=reject"], "differs"),
        (&["v=DMARC1; p=reject", "dead"], "unknown"),
        (&["v=DMARC1; p=reject", "yes"], "spreading"),
    ] {
        let judgement = judged(said);
        assert_eq!(judgement.verdict.word(), word, "{said:?}");
        assert_eq!(judgement.authoritative.asked, 0);
        assert_eq!(judgement.resolvers.asked, said.len());
        assert_eq!(judgement.is_of_resolvers(), !said.is_empty());
        let marked = judgement
            .findings
            .iter()
            .any(|finding| finding.code.as_str() == "dns-resolver-view");
        assert_eq!(marked, word != "unknown", "{said:?}");
        for finding in &judgement.findings {
            assert!(!finding.message.contains("resolver0"), "{finding:?}");
            assert!(!finding.code.as_str().starts_with("ns-"), "{finding:?}");
        }
    }
}

#[test]
fn d58_the_last_old_copy_gives_the_time() {
    let judgement = judged(&["yes", "no", "v=DMARC1; p=reject"]);
    let until = Some("2026-11-23T10:10:00Z".parse().unwrap());
    assert_eq!(
        judgement.verdict,
        nobounce::records::verdict::Verdict::Spreading { until }
    );
}

#[test]
fn d58_a_mistake_is_named_all_the_same() {
    let doubled = "_dmarc.example.com.example.com";
    let sightings = [
        sighting(1, OWNER, "no"),
        sighting(2, OWNER, "no"),
        sighting(1, doubled, "yes"),
    ];
    let judgement = judge_by_resolvers(&record(), &name("example.com"), &sightings, now());
    assert_eq!(judgement.verdict.word(), "misplaced");
    assert_eq!(judgement.findings[0].code.as_str(), "panel-name-doubled");
}

/// Without being told that resolvers alone can be asked, what they say decides nothing.
#[test]
fn d58_the_usual_verdict_wants_name_servers() {
    let sightings = [sighting(1, OWNER, "yes"), sighting(2, OWNER, "yes")];
    let judgement = judge(&record(), &name("example.com"), &sightings, now());
    assert_eq!(judgement.verdict.word(), "unknown");
}
