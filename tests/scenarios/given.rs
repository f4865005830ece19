//! Facts, reports and judgements made by small functions.

use jiff::Timestamp;
use nobounce::audit::report::Green;
use nobounce::audit::report::Mx;
use nobounce::audit::report::MxHost;
use nobounce::audit::report::NameServer;
use nobounce::audit::report::Named;
use nobounce::audit::report::Recognized;
use nobounce::audit::report::Report;
use nobounce::audit::report::SelectorReport;
use nobounce::audit::report::TreeNode;
use nobounce::plan;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::facts::MadeKey;
use nobounce::plan::page::Answer;
use nobounce::plan::page::Form;
use nobounce::plan::page::PageId;
use nobounce::plan::page::Reply;
use nobounce::plan::page::Wish;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::Tally;
use nobounce::records::verdict::Verdict;

pub const KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAjfrkwP9NLhk+m8A8mSPR8TFel9KiuOguydInmXJxVHUMIZEtivWDpOErhKHGQjXzxBcwpqsZNZiX4E4UK1tXnEevSSEbQQOstpQzqQvxZFnnzsR5B0OjaumLkyFCnMGZrcfrVU02o53JmaP4WWnXruJAGaq6nDkUq9xz9SKDfSXFdoU3SgOtKmD/3FNm3Nr5k36Gm8rqGYkglrYLOI4aoXWSt1X2NVBWGUpsPCQ+PqzbGWALsyc/04WcQNy/tGz4s22IJ+4jCsrA9yq58PRRMmMjLYfEqnMuXRhX8A8I23YEwP9EqvyXAg49ytDFJGOuC2CiFUpryyJlCxpv4nu3BwIDAQAB";
pub const SHORT_KEY: &str = "GVofagNQyyGzVOf2WaX1pAnDmBQ1GCMGEymeUfIS8GE=";

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn now() -> Timestamp {
    time("2026-11-23T10:00:00Z")
}

pub fn key_record() -> String {
    format!("v=DKIM1; k=rsa; p={KEY}")
}

/// A bare domain at Cloudflare with its mail at Google: no SPF, no DKIM, no DMARC.
pub fn bare() -> Report {
    Report {
        schema: 1,
        domain: "example.com".to_owned(),
        input: "example.com".to_owned(),
        checked_at: now(),
        view: "full".to_owned(),
        verdict: "error".to_owned(),
        green: Green::default(),
        zone: Some("example.com".to_owned()),
        nameservers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"]
            .map(|name| NameServer {
                name: name.to_owned(),
                addresses: vec!["192.0.2.53".to_owned()],
                answers: true,
                serial: Some(1),
            })
            .to_vec(),
        dns_host: Some(named("cloudflare", "Cloudflare")),
        dns_host_one_of: Vec::new(),
        dns_host_by: None,
        mx: Mx {
            hosts: vec![MxHost {
                preference: 1,
                host: "smtp.google.com".to_owned(),
            }],
            null_mx: false,
            provider: Some(named("google-workspace", "Google Workspace")),
            state: "published".to_owned(),
        },
        spf: nobounce::audit::report::SpfReport {
            state: "missing".to_owned(),
            agreed: true,
            complete: true,
            ..Default::default()
        },
        dkim: nobounce::audit::report::DkimReport {
            state: "missing".to_owned(),
            selectors: Vec::new(),
        },
        dmarc: nobounce::audit::report::DmarcReport {
            state: "missing".to_owned(),
            agreed: true,
            organizational_domain: "example.com".to_owned(),
            ..Default::default()
        },
        senders: vec![Recognized {
            id: "google-workspace".to_owned(),
            name: "Google Workspace".to_owned(),
            kind: "mailbox".to_owned(),
            by: "MX smtp.google.com".to_owned(),
        }],
        elsewhere: Vec::new(),
        sets: Vec::new(),
        findings: Vec::new(),
        queries: 40,
        rounds: 3,
        elapsed_ms: 400,
    }
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

pub fn with_spf(mut report: Report, record: &str) -> Report {
    report.spf.state = "published".to_owned();
    report.spf.record = Some(record.to_owned());
    report
}

pub fn with_dmarc(mut report: Report, record: &str) -> Report {
    report.dmarc.state = "published".to_owned();
    report.dmarc.record = Some(record.to_owned());
    report.dmarc.found_at = Some("_dmarc.example.com".to_owned());
    report
}

pub fn with_key(
    mut report: Report,
    selector: &str,
    record: Option<&str>,
    cname: Option<&str>,
) -> Report {
    report.dkim.state = "published".to_owned();
    report.dkim.selectors.push(SelectorReport {
        selector: selector.to_owned(),
        state: "published".to_owned(),
        record: record.map(str::to_owned),
        cname: cname.map(str::to_owned),
        key_type: Some("rsa".to_owned()),
        bits: Some(2048),
        revoked: false,
        testing: false,
    });
    report
}

pub fn with_tree(mut report: Report, costs: &[(&str, u32, &str)]) -> Report {
    let children: Vec<TreeNode> = costs
        .iter()
        .map(|(term, total, result)| TreeNode {
            term: (*term).to_owned(),
            domain: term.split(':').nth(1).unwrap_or_default().to_owned(),
            record: None,
            cost: 1,
            total: *total,
            void: u32::from(*result == "missing"),
            result: (*result).to_owned(),
            children: Vec::new(),
        })
        .collect();
    report.spf.lookups = children.iter().map(|node| node.total).sum();
    report.spf.void_lookups = children.iter().map(|node| node.void).sum();
    report.spf.tree = Some(TreeNode {
        term: "v=spf1".to_owned(),
        domain: "example.com".to_owned(),
        record: report.spf.record.clone(),
        cost: 0,
        total: report.spf.lookups,
        void: report.spf.void_lookups,
        result: "ok".to_owned(),
        children,
    });
    report
}

pub fn facts(report: Report) -> Facts {
    let mut facts = Facts::new("example.com");
    plan::surveyed(&mut facts, report, now());
    facts
}

pub fn live() -> Live {
    Live {
        now: now(),
        surveyed: true,
        ..Live::default()
    }
}

pub fn answer(facts: &mut Facts, id: PageId, answer: Answer) -> Reply {
    plan::reply(facts, &id, answer, &live())
}

/// Answers and wants it taken.
pub fn give(facts: &mut Facts, id: PageId, given: Answer) -> Reply {
    let reply = answer(facts, id.clone(), given);
    assert_eq!(reply.complaint, None, "{id:?}");
    reply
}

pub fn tick(ids: &[&str]) -> Answer {
    Answer::Ticked(ids.iter().map(|id| (*id).to_owned()).collect())
}

pub fn typed(text: &str) -> Answer {
    Answer::Typed(text.to_owned())
}

pub fn chosen(id: &str) -> Answer {
    Answer::Chosen(id.to_owned())
}

/// Facts with the senders settled.
pub fn sending(report: Report, senders: &[&str]) -> Facts {
    let mut facts = facts(report);
    give(&mut facts, PageId::Senders, tick(senders));
    give(&mut facts, PageId::Habits, tick(&[]));
    facts.senders.terms_confirmed = true;
    facts.senders.addresses_confirmed = true;
    facts
}

pub fn address(facts: &mut Facts, kind: &str, address: &str) {
    give(facts, PageId::MailboxKind, chosen(kind));
    give(facts, PageId::MailboxAddress, typed(address));
    facts.mailbox.made = true;
}

/// What the doors do with wishes.
pub fn carry_out(facts: &mut Facts, wishes: &[Wish]) {
    for wish in wishes {
        if let Wish::MakeKey {
            sender,
            selector,
            algorithm,
        } = wish
        {
            let ed25519 = algorithm.as_str() == "ed25519";
            plan::key_made(
                facts,
                sender,
                MadeKey {
                    selector: selector.to_string(),
                    algorithm: algorithm.as_str().to_owned(),
                    record: if ed25519 {
                        format!("v=DKIM1; k=ed25519; p={SHORT_KEY}")
                    } else {
                        key_record()
                    },
                    made_at: now(),
                    path: format!("keys/{selector}.pem"),
                },
            );
        }
    }
}

pub fn judgement(verdict: Verdict) -> Judgement {
    Judgement {
        verdict,
        authoritative: Tally::default(),
        resolvers: Tally::default(),
        findings: Vec::new(),
    }
}

/// Looks at every wanted record and finds it published.
pub fn publish_all(facts: &mut Facts, live: &mut Live) {
    for wanted in plan::wanted(facts) {
        publish(facts, live, &wanted.key);
    }
}

pub fn publish(facts: &mut Facts, live: &mut Live, key: &str) {
    see(facts, live, key, Verdict::Published);
}

pub fn see(facts: &mut Facts, live: &mut Live, key: &str, verdict: Verdict) {
    let judgement = judgement(verdict);
    plan::looked(facts, key, &judgement, live.now);
    live.judged.insert(key.to_owned(), (judgement, live.now));
}

/// What Enter sends for a form as it stands.
pub fn enter(form: &Form) -> Answer {
    match form {
        Form::Nothing | Form::Record(_) => Answer::Go,
        Form::Choose { options, selected } => Answer::Chosen(options[*selected].id.clone()),
        Form::Tick { ticked, .. } => Answer::Ticked(ticked.clone()),
        Form::Type { value, .. } | Form::Paste { value, .. } => Answer::Typed(value.clone()),
    }
}

/// The values of all wanted records, as `owner TYPE value`.
pub fn wanted(facts: &Facts) -> Vec<String> {
    plan::wanted(facts)
        .iter()
        .map(|wanted| format!("{} {}", wanted.key, wanted.record.content))
        .collect()
}
