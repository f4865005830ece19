//! The set-ups of senders and mail providers: every value reads as what it is to become, nothing is built that only a console knows, and
//! the words fit the screen.

use std::collections::BTreeSet;

use nobounce::catalog;
use nobounce::catalog::bounce::Bounce;
use nobounce::catalog::dkim::Setup;
use nobounce::catalog::embedded;
use nobounce::catalog::owner::Owner;
use nobounce::catalog::recognize::by_return_path;
use nobounce::catalog::recognize::by_signing_domain;
use nobounce::catalog::sender::ReturnPathKind;
use nobounce::catalog::spf::SpfNeed;
use nobounce::catalog::suffix::Suffix;
use nobounce::catalog::template;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::RecordType;
use nobounce::records::spf::Directive;
use nobounce::records::spf::Spf;

use crate::VARIABLES;
use crate::name;

/// Lines of a set-up, and columns of each, that fit beside the list of steps.
const LINES: usize = 6;
const COLUMNS: usize = 76;

/// Domains as people have them; the values must be right for each.
fn domains() -> Vec<DomainName> {
    [
        "example.com",
        "shop.example.co.uk",
        "xn--bcher-kva.example",
        "a-b.example",
    ]
    .map(name)
    .to_vec()
}

/// True where a part of the text is known to the console of the service alone: all that the domain does not give.
fn asks_console(text: &str) -> bool {
    template::variables(text)
        .iter()
        .any(|variable| !["domain", "domain_dashed"].contains(variable))
}

#[test]
fn every_asset_parses_and_ids_are_unique_across_senders_and_providers() {
    assert_eq!(embedded::problems(), Vec::<String>::new());
    let mut ids = BTreeSet::new();
    for owner in Owner::all() {
        assert!(ids.insert(owner.id()), "{} stands twice", owner.id());
        assert!(!owner.name().trim().is_empty(), "{}", owner.id());
    }
    assert_eq!(ids.len(), 87 + 58);
    assert!(!ids.contains("own-server"));
}

#[test]
fn names_by_which_a_service_is_recognized_match_at_label_boundaries_only() {
    let mut seen = 0;
    for sender in catalog::senders() {
        let recognize = &sender.recognize;
        let lists: [&Vec<Suffix>; 4] = [
            &recognize.rdns,
            &recognize.dkim_d,
            &recognize.return_path,
            &sender.spf_suffixes,
        ];
        for suffix in lists.into_iter().flatten() {
            seen += 1;
            let own = suffix.name();
            assert!(own.labels().count() >= 2, "{}: {own}", sender.id);
            assert!(suffix.length_of_match(own).is_some(), "{own}");
            let below = name(&format!("a1.{own}"));
            assert!(suffix.length_of_match(&below).is_some(), "{below}");
            let glued = name(&format!("not{own}"));
            assert_eq!(suffix.length_of_match(&glued), None, "{glued}");
            let behind = name(&format!("{own}.example"));
            assert_eq!(suffix.length_of_match(&behind), None, "{behind}");
        }
    }
    for provider in catalog::mailbox_providers() {
        for suffix in provider.mx_suffixes.iter().chain(&provider.spf_suffixes) {
            seen += 1;
            let glued = name(&format!("not{}", suffix.name()));
            assert_eq!(suffix.length_of_match(&glued), None, "{glued}");
        }
    }
    assert!(seen > 250, "{seen}");
    let domain = name("mail.notmcsv.net");
    assert!(by_return_path(&domain).is_empty());
    assert!(by_signing_domain(&domain).is_empty());
}

/// A term of an entry: with everything that a console shows filled in by something of the kind.
fn filled(term: &str) -> String {
    let mut text = template::fill_domain(term, &name("example.com"));
    for variable in template::variables(&text.clone()) {
        text = text.replace(&format!("{{{variable}}}"), "7");
    }
    text
}

#[test]
fn every_spf_term_and_record_reads_as_spf() {
    let mut terms: Vec<(&str, String)> = Vec::new();
    let mut records: Vec<(&str, String)> = Vec::new();
    for sender in catalog::senders() {
        let id = sender.id.as_str();
        terms.extend(
            sender
                .spf
                .iter()
                .chain(&sender.spf_legacy)
                .chain(&sender.spf_borrowed)
                .chain(sender.spf_regional.values())
                .map(|term| (id, term.clone())),
        );
        let path = sender.return_path.as_ref();
        records.extend(path.and_then(|path| Some((id, path.spf.clone()?))));
    }
    for provider in catalog::mailbox_providers() {
        let id = provider.id.as_str();
        terms.extend(
            provider
                .spf
                .iter()
                .chain(&provider.spf_legacy)
                .chain(provider.spf_regional.values())
                .map(|term| (id, term.clone())),
        );
        records.extend(
            provider
                .spf_redirect
                .iter()
                .map(|term| (id, format!("v=spf1 {term}"))),
        );
    }
    assert!(terms.len() > 100, "{}", terms.len());
    for (id, term) in terms {
        let filled = filled(&term);
        let is_modifier = filled.starts_with("redirect=");
        let read = filled.parse::<Directive>().map(|term| term.to_string());
        assert!(is_modifier || read.is_ok(), "{id}: {term}: {read:?}");
        let spf: Spf = format!("v=spf1 {filled}").parse().expect(id);
        assert_eq!(spf.terms.len(), 1, "{id}: {term}");
    }
    for (id, record) in records {
        let read: Spf = record.parse().unwrap_or_else(|_| panic!("{id}: {record}"));
        assert_eq!(read.to_string(), record, "{id}");
    }
}

#[test]
fn every_host_and_target_reads_as_a_name() {
    for owner in Owner::all() {
        let id = owner.id();
        let dkim = owner.dkim();
        let path = catalog::sender(id).and_then(|sender| sender.return_path.as_ref());
        let mut hosts: Vec<&str> = Vec::new();
        let mut targets: Vec<&str> = Vec::new();
        for record in dkim
            .iter()
            .flat_map(|dkim| dkim.records.iter().chain(&dkim.records_older))
            .chain(path.iter().flat_map(|path| &path.records))
        {
            hosts.push(&record.host);
            targets.push(&record.target);
        }
        if let Some(path) = path {
            hosts.extend(path.host.as_deref());
            targets.extend(path.target.as_deref());
            let is_mx = path.kind == ReturnPathKind::MxAndTxt;
            let target = path.target.as_deref().unwrap_or_default();
            assert_eq!(is_mx, target.starts_with("MX 10 "), "{id}");
        }
        for host in hosts {
            for domain in domains() {
                let relative = filled(host);
                let full = domain.prefixed(&relative).expect(id);
                assert!(full.is_within(&domain) && full != domain, "{id}: {host}");
            }
        }
        for target in targets {
            let read: DomainName = filled(target.trim_start_matches("MX 10 "))
                .parse()
                .unwrap_or_else(|_| panic!("{id}: {target}"));
            assert!(read.labels().count() >= 2, "{id}: {target}");
            assert!(!target.ends_with('.'), "{id}: {target}");
        }
    }
}

#[test]
fn nothing_is_built_from_what_only_the_console_knows() {
    let mut built = 0;
    let mut collected = 0;
    for owner in Owner::all() {
        let id = owner.id();
        for domain in domains() {
            match owner.dkim_setup(&domain) {
                Setup::Fixed(records) => {
                    let templates = &owner.dkim().expect(id).records;
                    for (record, template) in records.iter().zip(templates) {
                        built += 1;
                        assert!(!asks_console(&template.host), "{id}: {}", template.host);
                        assert!(!asks_console(&template.target), "{id}: {}", template.target);
                        assert!(!record.target.contains('{'), "{id}");
                        assert!(!record.host.contains('{'), "{id}");
                    }
                }
                Setup::FromConsole(console) => {
                    for expected in console.expected {
                        collected += 1;
                        let built = expected
                            .target
                            .clone()
                            .or(expected.host.clone())
                            .unwrap_or_default();
                        assert!(!built.contains('{'), "{id}: {built}");
                        let shown = expected.host.is_none() || expected.looks_like().is_some();
                        assert!(shown, "{id}");
                    }
                }
                _ => {}
            }
            match owner.bounce(&domain) {
                Bounce::Fixed(records) => {
                    for record in records {
                        built += 1;
                        assert!(!record.host.is_empty(), "{id}");
                        assert!(
                            !record.host.contains('{') && !record.target.contains('{'),
                            "{id}: {record:?}"
                        );
                        assert!(domain.prefixed(&record.host).is_ok(), "{id}");
                    }
                    let path = catalog::sender(id).and_then(|s| s.return_path.as_ref());
                    let path = path.expect(id);
                    assert!(!asks_console(path.host.as_deref().unwrap_or_default()));
                    assert!(!asks_console(path.target.as_deref().unwrap_or_default()));
                }
                Bounce::FromConsole(shown) => {
                    collected += 1;
                    assert!(!shown.types.is_empty(), "{id}");
                    assert!(shown.host.is_none_or(|host| !host.contains('{')), "{id}");
                    assert!(shown.spf.is_none_or(|spf| !spf.contains('{')), "{id}");
                }
                Bounce::Own => {}
            }
            match owner.spf_terms() {
                SpfNeed::Terms(terms)
                | SpfNeed::Optional { terms, .. }
                | SpfNeed::OnSubdomain { terms, .. } => {
                    for term in terms {
                        assert!(!term.contains('{'), "{id}: {term} is of an account");
                    }
                }
                _ => {}
            }
        }
    }
    assert!(built > 200, "{built}");
    assert!(collected > 150, "{collected}");
}

#[test]
fn every_variable_is_known() {
    for owner in Owner::all() {
        let sender = catalog::sender(owner.id());
        let path = sender.and_then(|sender| sender.return_path.as_ref());
        let texts = owner
            .dkim()
            .into_iter()
            .flat_map(|dkim| dkim.records.iter().chain(&dkim.records_older))
            .flat_map(|record| [&record.host, &record.target])
            .chain(
                path.into_iter()
                    .flat_map(|path| path.host.iter().chain(&path.target)),
            )
            .chain(sender.into_iter().flat_map(|sender| &sender.spf));
        for text in texts {
            for variable in template::variables(text) {
                let bare = variable.trim_end_matches(char::is_numeric);
                assert!(VARIABLES.contains(&bare), "{}: {variable}", owner.id());
            }
        }
    }
}

#[test]
fn the_words_of_a_set_up_fit_the_screen() {
    let mut told = 0;
    for owner in Owner::all() {
        for steps in [owner.console(), owner.switch_on()] {
            assert!(steps.len() <= LINES, "{}", owner.id());
            for step in steps {
                told += 1;
                assert!(step.len() <= COLUMNS, "{}: {step}", owner.id());
                assert!(step.is_ascii() && !step.contains("48 h"), "{step}");
                assert!(
                    step.chars().next().is_some_and(char::is_uppercase),
                    "{step}"
                );
            }
        }
    }
    assert!(told > 70, "{told}");
    for id in [
        "mailchimp",
        "hubspot",
        "constant-contact",
        "sendgrid",
        "amazon-ses",
        "mailgun",
        "microsoft-365",
        "google-workspace",
        "zoho-mail",
    ] {
        assert!(!catalog::owner(id).unwrap().console().is_empty(), "{id}");
    }
}

#[test]
fn bounce_addresses_come_out_as_what_they_are() {
    let domain = name("example.com");
    let bounce = |id: &str| catalog::owner(id).expect(id).bounce(&domain);
    for id in [
        "mailchimp",
        "constant-contact",
        "hubspot",
        "google-workspace",
    ] {
        assert_eq!(bounce(id), Bounce::Own, "{id}");
    }
    let fixed = |id: &str| match bounce(id) {
        Bounce::Fixed(records) => records
            .iter()
            .map(|record| format!("{} {} {}", record.host, record.record_type, record.target))
            .collect::<Vec<_>>(),
        other => panic!("{id}: {other:?}"),
    };
    assert_eq!(fixed("postmark"), ["pm-bounces CNAME pm.mtasv.net"]);
    assert_eq!(
        fixed("cloudflare-email-service"),
        ["cf-bounce TXT v=spf1 include:_spf.mx.cloudflare.net ~all"]
    );
    assert_eq!(fixed("zendesk").len(), 4);
    let shown = |id: &str| match bounce(id) {
        Bounce::FromConsole(shown) => shown,
        other => panic!("{id}: {other:?}"),
    };
    let ses = shown("amazon-ses");
    assert_eq!(ses.types, [RecordType::Mx, RecordType::Txt]);
    assert_eq!(ses.host, None);
    assert_eq!(
        ses.spf.as_deref(),
        Some("v=spf1 include:amazonses.com ~all")
    );
    assert!(ses.accepts(&name("feedback-smtp.eu-west-1.amazonses.com")));
    assert!(!ses.accepts(&name("feedback-smtp.eu-west-1.example.net")));
    assert_eq!(shown("resend").host.as_deref(), Some("send"));
    let sendgrid = shown("sendgrid");
    assert_eq!(
        sendgrid.types,
        [RecordType::Cname, RecordType::Mx, RecordType::Txt]
    );
    assert!(sendgrid.accepts(&name("u1234567.wl045.sendgrid.net")));
    assert!(!sendgrid.accepts(&name("s1.domainkey.u1234567.wl045.sendgrid.net")));
    assert_eq!(shown("mailgun").types, [RecordType::Txt, RecordType::Mx]);
}

#[test]
fn a_proof_of_ownership_is_asked_for_where_a_sender_has_one() {
    let proof = |id: &str| catalog::owner(id).expect(id).proof();
    let brevo = proof("brevo").unwrap();
    assert_eq!(brevo.begins, ["brevo-code:", "Sendinblue-code:"]);
    assert_eq!(brevo.host, "");
    assert_eq!(proof("zendesk").unwrap().host, "zendeskverification");
    assert_eq!(proof("mailchimp"), None);
    assert_eq!(proof("google-workspace"), None, "the mailboxes came first");
}
