//! The catalog: every asset reads, no two entries claim the same thing, and well-known names are recognized.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod explain;
mod hosts;
mod mistakes;
mod senders;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::catalog;
use nobounce::catalog::dkim::Dkim;
use nobounce::catalog::dkim::DkimKind;
use nobounce::catalog::dkim::Setup;
use nobounce::catalog::dns_host::DnsHostMatch;
use nobounce::catalog::dns_host::dns_host_of;
use nobounce::catalog::embedded;
use nobounce::catalog::mailbox_provider::ProviderKind;
use nobounce::catalog::mailbox_provider::mailbox_provider_of;
use nobounce::catalog::mailbox_provider::mailbox_providers_of;
use nobounce::catalog::own::is_free_mailbox_domain;
use nobounce::catalog::own::own_domain;
use nobounce::catalog::own::remark;
use nobounce::catalog::owner::Owner;
use nobounce::catalog::recognize::by_dkim_target;
use nobounce::catalog::recognize::by_host_name;
use nobounce::catalog::recognize::by_return_path;
use nobounce::catalog::recognize::by_selector;
use nobounce::catalog::recognize::by_signing_domain;
use nobounce::catalog::recognize::by_txt_token;
use nobounce::catalog::report_mailbox::ReportMailboxKind;
use nobounce::catalog::reporter::reporter_of;
use nobounce::catalog::selectors::MOST;
use nobounce::catalog::selectors::common_selectors;
use nobounce::catalog::selectors::selectors_to_try;
use nobounce::catalog::sender::SpfNeeded;
use nobounce::catalog::spf::SpfNeed;
use nobounce::catalog::spf::Standing;
use nobounce::catalog::spf::by_spf_term;
use nobounce::catalog::suffix::Suffix;
use nobounce::catalog::template;
use nobounce::catalog::template::expand;
use nobounce::records::dkim::Selector;
use nobounce::records::name::DomainName;
use nobounce::records::sighting::RecordType;

/// Variables that entries may hold; a new one is either filled from the domain or collected from the user.
const VARIABLES: [&str; 28] = [
    "account",
    "bounce_subdomain",
    "branded_subdomain",
    "chosen",
    "chosen_alternate",
    "chosen_subdomain",
    "domain",
    "domain_dashed",
    "hub_id",
    "id",
    "initial_domain",
    "initial_domain_prefix",
    "mail_from_subdomain",
    "mailserver_subdomain",
    "mmyy",
    "number",
    "partition",
    "proxy_domain",
    "region",
    "selector",
    "sending_subdomain",
    "shard",
    "timestamp",
    "token",
    "uuid",
    "website_id",
    "workspace",
    "yyyymmdd",
];

fn name(text: &str) -> DomainName {
    text.parse().expect(text)
}

fn names(texts: &[&str]) -> Vec<DomainName> {
    texts.iter().map(|text| name(text)).collect()
}

fn ids(owners: &[Owner]) -> Vec<&'static str> {
    owners.iter().map(|owner| owner.id()).collect()
}

fn all_dkim() -> Vec<(&'static str, &'static Dkim)> {
    Owner::all()
        .filter_map(|owner| Some((owner.id(), owner.dkim()?)))
        .collect()
}

// The assets.

#[test]
fn every_asset_reads_and_is_named_after_its_id() {
    assert_eq!(embedded::problems(), Vec::<String>::new());
    assert_eq!(catalog::mailbox_providers().len(), 58);
    assert_eq!(catalog::senders().len(), 87);
    assert_eq!(catalog::dns_hosts().len(), 81);
    assert_eq!(catalog::reporters().len(), 21);
}

#[test]
fn every_file_on_disk_is_embedded() {
    let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    for (kind, count) in [
        ("mailbox_providers", catalog::mailbox_providers().len()),
        ("senders", catalog::senders().len()),
        ("dns_hosts", catalog::dns_hosts().len()),
        ("reporters", catalog::reporters().len()),
    ] {
        let files = std::fs::read_dir(assets.join(kind)).unwrap().count();
        assert_eq!(
            files, count,
            "after adding a file to {kind}, touch src/catalog/embedded.rs"
        );
    }
}

#[test]
fn an_id_stands_for_one_provider_or_one_sender() {
    let all: Vec<_> = Owner::all().map(Owner::id).collect();
    let once: BTreeSet<_> = all.iter().collect();
    assert_eq!(all.len(), once.len());
    for id in all {
        assert_eq!(catalog::owner(id).map(Owner::id), Some(id));
    }
    assert!(catalog::owner("own-server").is_none());
}

#[test]
fn no_text_holds_control_or_invisible_characters() {
    for (path, text) in embedded::texts() {
        let hidden = text.chars().find(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        });
        assert_eq!(hidden, None, "{path}");
        assert!(!text.contains("\\u"), "{path}");
        assert!(!text.trim().is_empty(), "{path}");
    }
}

#[test]
fn every_toml_opens_with_a_line_that_names_it() {
    for (path, text) in embedded::texts() {
        assert!(text.starts_with("# "), "{path}");
    }
}

#[test]
fn references_between_entries_hold() {
    for host in catalog::dns_hosts() {
        for other in &host.ns_shared_with {
            assert!(catalog::dns_host(other.as_str()).is_some(), "{}", host.id);
        }
        for shared in &host.ns_shared_names {
            let own = host
                .ns_suffixes
                .iter()
                .any(|suffix| suffix.name().as_str() == shared);
            assert!(own || host.ns_patterns.contains(shared), "{}", host.id);
        }
    }
    for sender in catalog::senders() {
        if let Some(other) = &sender.runs_on {
            let other = catalog::sender(other.as_str()).unwrap();
            assert_eq!(other.runs_on, None, "{}", sender.id);
        }
    }
    for provider in catalog::mailbox_providers() {
        for other in &provider.mx_shared_with {
            assert!(catalog::mailbox_provider(other.as_str()).is_some());
        }
    }
}

#[test]
fn variables_are_known_and_selectors_are_selectors() {
    for (id, dkim) in all_dkim() {
        for record in dkim.records.iter().chain(&dkim.records_older) {
            for text in [&record.host, &record.target] {
                for variable in template::variables(text) {
                    assert!(
                        VARIABLES.contains(&variable.trim_end_matches(char::is_numeric)),
                        "{id}: {variable}"
                    );
                }
            }
            assert_eq!(record.record_type, RecordType::Cname, "{id}");
            assert!(record.host.ends_with("._domainkey"), "{id}");
            assert!(!record.target.ends_with('.'), "{id}");
        }
        for selector in dkim.literal_selectors() {
            assert!(selector.parse::<Selector>().is_ok(), "{id}: {selector}");
        }
    }
}

#[test]
fn a_template_expands_to_a_name_or_is_collected_from_the_user() {
    let domain = name("shop.example.com");
    for (id, dkim) in all_dkim() {
        match dkim.setup(&domain) {
            Setup::Fixed(records) => {
                assert_eq!(dkim.kind, DkimKind::CnamePattern, "{id}");
                assert_eq!(records.len(), dkim.records.len(), "{id}");
                for record in records {
                    assert!(domain.prefixed(&record.host).is_ok(), "{id}");
                    assert!(!record.target.contains('{'), "{id}");
                    assert!(name(&record.target).labels().count() > 1, "{id}");
                }
            }
            Setup::FromConsole(console) => {
                for expected in &console.expected {
                    assert!(expected.host.is_none() || expected.target.is_none(), "{id}");
                    let shown = expected.looks_like().expect(id);
                    assert!(!shown.contains('{'), "{id}: {shown}");
                }
            }
            Setup::OwnKey { .. } | Setup::PresetByHost { .. } => {}
            Setup::Unknown => panic!("{id}"),
        }
    }
}

#[test]
fn no_two_entries_claim_the_same_suffix_unless_they_say_so() {
    let mut mx: BTreeMap<&Suffix, Vec<&str>> = BTreeMap::new();
    for provider in catalog::mailbox_providers() {
        if provider.mx_shared_with.is_empty() {
            for suffix in &provider.mx_suffixes {
                mx.entry(suffix).or_default().push(provider.id.as_str());
            }
        }
    }
    for (suffix, claimants) in mx {
        assert_eq!(claimants.len(), 1, "{suffix:?}: {claimants:?}");
    }
    let mut seen: BTreeMap<(&str, &Suffix), Vec<&str>> = BTreeMap::new();
    for sender in catalog::senders()
        .iter()
        .filter(|sender| sender.runs_on.is_none())
    {
        for (what, suffixes) in [
            ("rdns", &sender.recognize.rdns),
            ("dkim_d", &sender.recognize.dkim_d),
            ("return_path", &sender.recognize.return_path),
        ] {
            for suffix in suffixes {
                seen.entry((what, suffix))
                    .or_default()
                    .push(sender.id.as_str());
            }
        }
    }
    for (suffix, claimants) in seen {
        assert_eq!(claimants.len(), 1, "{suffix:?}: {claimants:?}");
    }
    let mut ns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for host in catalog::dns_hosts() {
        for suffix in &host.ns_suffixes {
            let text = suffix.name().as_str();
            if !host.ns_shared_names.iter().any(|shared| shared == text) {
                ns.entry(text).or_default().push(host.id.as_str());
            }
        }
    }
    for (suffix, claimants) in ns {
        assert_eq!(claimants.len(), 1, "{suffix}: {claimants:?}");
    }
}

#[test]
fn each_spf_term_has_one_owner() {
    let mut owners: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut claim = |id: &'static str, terms: &[String], borrowed: &[String]| {
        for term in terms {
            if term.contains(':') && !term.contains('{') && !borrowed.contains(term) {
                owners.entry(term.clone()).or_default().push(id);
            }
        }
    };
    for entry in catalog::mailbox_providers() {
        claim(entry.id.as_str(), &entry.spf, &entry.spf_borrowed);
        claim(entry.id.as_str(), &entry.spf_legacy, &entry.spf_borrowed);
    }
    for entry in catalog::senders() {
        claim(entry.id.as_str(), &entry.spf, &entry.spf_borrowed);
        claim(entry.id.as_str(), &entry.spf_legacy, &entry.spf_borrowed);
    }
    assert!(owners.len() > 80);
    for (term, claimants) in owners {
        assert_eq!(claimants.len(), 1, "{term}: {claimants:?}");
        assert_eq!(
            by_spf_term(&term).unwrap().owner.id(),
            claimants[0],
            "{term}"
        );
    }
}

#[test]
fn numbers_are_sane() {
    for host in catalog::dns_hosts() {
        assert!(
            host.txt_max_len.is_none_or(|limit| limit >= 255),
            "{}",
            host.id
        );
        assert!(
            host.ttl_min <= host.ttl_default || host.ttl_default.is_none(),
            "{}",
            host.id
        );
        assert!(
            host.root_symbol.is_none() || host.host_field.is_some(),
            "{}",
            host.id
        );
    }
}

// Recognizing.

#[test]
fn well_known_spf_terms_have_their_owner() {
    for (term, id) in [
        ("include:_spf.google.com", "google-workspace"),
        ("+include:_SPF.google.com", "google-workspace"),
        ("include:spf.protection.outlook.com", "microsoft-365"),
        ("include:spf.protection.office365.us", "microsoft-365"),
        ("include:zohomail.eu", "zoho-mail"),
        ("include:secureserver.net", "godaddy-professional-email"),
        ("redirect=_spf.yandex.net", "yandex-360"),
        ("include:amazonses.com", "amazon-ses"),
        ("include:mailgun.org", "mailgun"),
        ("include:relay.mailchannels.net", "mailchannels"),
        ("include:_spf.mx.cloudflare.net", "cloudflare-email-routing"),
        ("include:sendgrid.net", "sendgrid"),
        ("include:u1234.wl099.sendgrid.net", "sendgrid"),
        ("include:12345.spf02.hubspotemail.net", "hubspot"),
        ("include:eu._netblocks.mimecast.com", "mimecast"),
        ("include:a.secureserver.net", "godaddy-professional-email"),
        (
            "include:a.em.secureserver.net",
            "godaddy-websites-marketing",
        ),
        ("exists:%{i}._spf.mta.salesforce.com", "salesforce"),
    ] {
        let owner = by_spf_term(term).expect(term).owner;
        assert_eq!(owner.id(), id, "{term}");
    }
    for term in [
        "include:spf.example.com",
        "mx",
        "a",
        "-all",
        "ip4:192.0.2.1",
        "",
        "include:notgoogle.com",
        "include:",
    ] {
        assert_eq!(by_spf_term(term), None, "{term}");
    }
}

#[test]
fn an_spf_term_that_can_go_says_why() {
    let standing = |term: &str| by_spf_term(term).expect(term).standing;
    assert_eq!(standing("include:_spf.google.com"), Standing::Current);
    assert_eq!(standing("include:zohomail.eu"), Standing::Current);
    assert_eq!(
        standing("include:1.spf03.hubspotemail.net"),
        Standing::Current
    );
    assert!(matches!(
        standing("include:servers.mcsv.net"),
        Standing::NotNeeded { .. }
    ));
    assert!(matches!(
        standing("include:sendgrid.net"),
        Standing::NotNeeded { .. }
    ));
    assert!(matches!(
        standing("include:amazonses.com"),
        Standing::OnSubdomain { .. }
    ));
    assert!(matches!(
        standing("include:_netblocks2.google.com"),
        Standing::Older { .. }
    ));
    assert!(matches!(
        standing("include:et._spf.pardot.com"),
        Standing::Older { .. }
    ));
    assert!(matches!(
        standing("include:spf.mailjet.com"),
        Standing::Optional { .. }
    ));
    assert_eq!(standing("include:u1.wl2.sendgrid.net"), Standing::Unlisted);
    for owner in Owner::all() {
        if let Owner::Sender(sender) = owner {
            for term in &sender.spf_legacy {
                assert!(standing(term).why_not_needed().is_some(), "{term}");
            }
        }
    }
}

#[test]
fn services_that_run_on_another_are_named_beside_it() {
    let ses = by_spf_term("include:amazonses.com").unwrap();
    assert_eq!(ids(&ses.also), ["posthog", "resend", "trustifi"]);
    let godaddy = by_spf_term("include:secureserver.net").unwrap();
    assert_eq!(
        ids(&godaddy.also),
        ["godaddy-cpanel-mail", "microsoft-365-godaddy"]
    );
}

#[test]
fn mail_servers_match_on_label_boundaries_and_the_longest_wins() {
    let provider = |mx: &[&str]| mailbox_provider_of(&names(mx)).map(|entry| entry.id.to_string());
    let is = |id: &str| Some(id.to_owned());
    assert_eq!(provider(&["aspmx.l.google.com"]), is("google-workspace"));
    assert_eq!(
        provider(&["example-com.mail.protection.outlook.com"]),
        is("microsoft-365")
    );
    assert_eq!(provider(&["spool.mail.gandi.net"]), is("gandi-mail"));
    assert_eq!(provider(&["mx.zoho.com.au"]), is("zoho-mail"));
    assert_eq!(provider(&["notgoogle.com"]), None);
    assert_eq!(provider(&["google.com.example"]), None);
    assert_eq!(
        provider(&["mail.example.com", "aspmx.l.google.com"]),
        is("google-workspace")
    );
    assert_eq!(provider(&[]), None);
    let shared = mailbox_providers_of(&names(&["x.mail.protection.outlook.com"]));
    let shared: Vec<_> = shared.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(shared, ["microsoft-365", "microsoft-365-godaddy"]);
}

#[test]
fn a_mail_filter_is_known_as_one() {
    let provider = mailbox_provider_of(&names(&["us-smtp-inbound-1.mimecast.com"])).unwrap();
    assert_eq!(provider.kind, ProviderKind::Gateway);
    assert!(matches!(provider.spf_terms(), SpfNeed::PerAccount { .. }));
}

#[test]
fn name_servers_tell_the_dns_host() {
    let known = |ns: &[&str]| match dns_host_of(&names(ns)) {
        DnsHostMatch::Known(host) => host.id.to_string(),
        DnsHostMatch::Shared(hosts) => hosts
            .iter()
            .map(|host| host.id.as_str())
            .collect::<Vec<_>>()
            .join(" | "),
        DnsHostMatch::Unknown => "?".to_owned(),
    };
    for (ns, expected) in [
        (
            &["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"][..],
            "cloudflare",
        ),
        (
            &["ns-1536.awsdns-00.co.uk", "ns-0.awsdns-00.com"],
            "route53",
        ),
        (&["ns-x.awsdns-00.com"], "?"),
        (&["ns37.domaincontrol.com"], "godaddy"),
        (&["notdomaincontrol.com"], "?"),
        (
            &["ns-cloud-a1.googledomains.com"],
            "google-cloud-dns | squarespace-domains",
        ),
        (
            &["ns01.squarespacedns.com", "dns1.p01.nsone.net"],
            "squarespace-domains",
        ),
        (&["dns1.p01.nsone.net"], "netlify | ns1"),
        (
            &["x.nsone.net"],
            "ns1 | netlify | squarespace-domains | wix",
        ),
        (&["ns1.example.net", "ns1.dns-parking.com"], "hostinger"),
        (
            &["ada.ns.cloudflare.com", "ns1.hover.com"],
            "cloudflare | hover",
        ),
        (&[], "?"),
    ] {
        assert_eq!(known(ns), expected, "{ns:?}");
    }
    for host in catalog::dns_hosts() {
        for suffix in &host.ns_suffixes {
            let server = suffix.name().prefixed("ns1").unwrap();
            let found = match dns_host_of(&[server]) {
                DnsHostMatch::Known(found) => vec![found],
                DnsHostMatch::Shared(found) => found,
                DnsHostMatch::Unknown => Vec::new(),
            };
            assert!(found.contains(&host), "{}", suffix.name());
        }
    }
}

#[test]
fn a_dkim_target_tells_the_service() {
    for (target, id) in [
        ("dkim2.mcsv.net", "mailchimp"),
        ("dkim.mcsv.net", "mailchimp"),
        ("s1.domainkey.u1446226.wl012.sendgrid.net", "sendgrid"),
        ("st.domainkey.u17391058.wl059.sendgrid.net", "stytch"),
        (
            "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
            "microsoft-365",
        ),
        (
            "selector1-example-com._domainkey.contoso.onmicrosoft.com",
            "microsoft-365",
        ),
        ("fm1.example.com.dkim.fmhosted.com", "fastmail"),
        ("b1.example-com.dkim.brevo.com", "brevo"),
        ("abcdef.dkim.amazonses.com", "amazon-ses"),
        ("dkim.infusionmail.com", "keap"),
    ] {
        let found = by_dkim_target(&name(target));
        assert_eq!(found.first().map(|owner| owner.id()), Some(id), "{target}");
    }
    for target in [
        "dkim.example.com",
        "dkim2.mcsv.net.example.com",
        "selector1-x._domainkey.example.com",
    ] {
        assert_eq!(
            ids(&by_dkim_target(&name(target))),
            Vec::<&str>::new(),
            "{target}"
        );
    }
}

#[test]
fn a_selector_hints_at_services() {
    assert_eq!(ids(&by_selector("google")), ["google-workspace"]);
    assert_eq!(ids(&by_selector("mbo0001")), ["mailbox-org"]);
    assert_eq!(ids(&by_selector("20240512093011pm")), ["postmark"]);
    assert_eq!(ids(&by_selector("hs1-243199302")), ["hubspot"]);
    assert!(ids(&by_selector("s1")).starts_with(&["tuta"]));
    assert!(ids(&by_selector("s1")).contains(&"sendgrid"));
    assert!(by_selector("20260214").is_empty());
    assert!(by_selector("nobody-has-this").is_empty());
}

#[test]
fn an_ownership_token_tells_the_service() {
    assert_eq!(
        ids(&by_txt_token("google-site-verification=abc")),
        ["google-workspace"]
    );
    assert_eq!(ids(&by_txt_token("MS=ms12345678")), ["microsoft-365"]);
    assert_eq!(ids(&by_txt_token("pardot1234567=abc")), ["pardot"]);
    assert_eq!(ids(&by_txt_token("brevo-code:1a2b")), ["brevo"]);
    assert!(by_txt_token("pardotabc=1").is_empty());
    assert!(by_txt_token("v=spf1 -all").is_empty());
    assert!(by_txt_token("").is_empty());
    assert!(by_txt_token("ünïcode MS=").is_empty());
    assert!(by_txt_token(&"p".repeat(60_000)).is_empty());
}

#[test]
fn names_in_reports_tell_the_service() {
    assert_eq!(ids(&by_host_name(&name("mail1.mcsv.net"))), ["mailchimp"]);
    assert_eq!(
        ids(&by_host_name(&name("a1-2.smtp-out.amazonses.com"))),
        ["amazon-ses", "resend"]
    );
    assert_eq!(
        ids(&by_signing_domain(&name(
            "example-com.20230601.gappssmtp.com"
        ))),
        ["google-workspace"]
    );
    assert_eq!(ids(&by_signing_domain(&name("sendgrid.net"))), ["sendgrid"]);
    assert_eq!(
        ids(&by_return_path(&name("mail123.suw17.mcsv.net"))),
        ["mailchimp"]
    );
    assert_eq!(
        ids(&by_host_name(&name("o1.ptr.sendgrid.net"))),
        ["sendgrid", "drip"]
    );
    assert!(by_host_name(&name("mail.example.com")).is_empty());
    assert_eq!(reporter_of("google.com").unwrap().id, "google");
    assert_eq!(reporter_of("Enterprise Outlook").unwrap().id, "microsoft");
    assert!(reporter_of("example.com").is_none());
}

// Setting up.

#[test]
fn microsoft_targets_are_collected_never_built() {
    let domain = name("shop.example.com");
    for id in ["microsoft-365", "microsoft-365-godaddy"] {
        let Setup::FromConsole(console) = catalog::owner(id).unwrap().dkim_setup(&domain) else {
            panic!("{id}");
        };
        assert_eq!(console.record_type, Some(RecordType::Cname));
        let hosts: Vec<_> = console.expected.iter().map(|e| e.host.as_deref()).collect();
        assert_eq!(
            hosts,
            [Some("selector1._domainkey"), Some("selector2._domainkey")]
        );
        let first = &console.expected[0];
        assert_eq!(first.target, None);
        assert_eq!(
            first.looks_like().unwrap(),
            "selector1-shop-example-com._domainkey.<...>.<...>-v1.dkim.mail.microsoft"
        );
        for (target, good) in [
            (
                "selector1-shop-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
                true,
            ),
            (
                "selector1-shop-example-com._domainkey.contoso.onmicrosoft.com",
                true,
            ),
            (
                "selector2-shop-example-com._domainkey.contoso.onmicrosoft.com",
                false,
            ),
            (
                "selector1-other-com._domainkey.contoso.onmicrosoft.com",
                false,
            ),
            ("selector1-shop-example-com._domainkey.example.com", false),
        ] {
            assert_eq!(first.accepts(&name(target)), good, "{id}: {target}");
        }
    }
}

#[test]
fn dkim_setups_come_out_as_what_they_are() {
    let domain = name("example.com");
    let setup = |id: &str| catalog::owner(id).expect(id).dkim_setup(&domain);
    let Setup::Fixed(records) = setup("mailchimp") else {
        panic!("mailchimp");
    };
    let lines: Vec<_> = records
        .iter()
        .map(|r| format!("{} -> {}", r.host, r.target))
        .collect();
    assert_eq!(
        lines,
        [
            "k2._domainkey -> dkim2.mcsv.net",
            "k3._domainkey -> dkim3.mcsv.net"
        ]
    );
    let Setup::Fixed(records) = setup("fastmail") else {
        panic!("fastmail");
    };
    assert_eq!(records[2].target, "fm3.example.com.dkim.fmhosted.com");
    let Setup::FromConsole(google) = setup("google-workspace") else {
        panic!("google-workspace");
    };
    assert_eq!(
        (google.record_type, google.selectors_fixed),
        (Some(RecordType::Txt), false)
    );
    assert_eq!(google.selectors, ["google"]);
    let Setup::FromConsole(stripe) = setup("stripe") else {
        panic!("stripe");
    };
    assert_eq!(stripe.expected.len(), 6);
    let Setup::FromConsole(sendgrid) = setup("sendgrid") else {
        panic!("sendgrid");
    };
    assert!(sendgrid.expected[1].accepts(&name("s2.domainkey.u1446226.wl012.sendgrid.net")));
    assert!(!sendgrid.expected[1].accepts(&name("s1.domainkey.u1446226.wl012.sendgrid.net")));
    let Setup::FromConsole(omnisend) = setup("omnisend") else {
        panic!("omnisend");
    };
    assert_eq!(omnisend.record_type, None);
    assert!(matches!(setup("plesk-mail"), Setup::OwnKey { .. }));
    assert!(matches!(setup("strato-mail"), Setup::PresetByHost { .. }));
    assert_eq!(setup("zoom"), Setup::Unknown);
}

#[test]
fn templates_fill_the_domain_and_nothing_else() {
    let domain = name("my-shop.example.com");
    assert_eq!(
        expand("fm1.{domain}.x", &domain).unwrap(),
        "fm1.my-shop.example.com.x"
    );
    assert_eq!(
        expand("b1.{domain_dashed}.x", &domain).unwrap(),
        "b1.my-shop-example-com.x"
    );
    assert_eq!(expand("{token}.{domain}", &domain), None);
    assert_eq!(expand("plain", &domain).unwrap(), "plain");
}

#[test]
fn spf_needs_come_out_as_what_they_are() {
    let need = |id: &str| catalog::owner(id).expect(id).spf_terms();
    assert_eq!(
        need("google-workspace"),
        SpfNeed::Terms(vec!["include:_spf.google.com".to_owned()])
    );
    assert_eq!(
        need("zendesk"),
        SpfNeed::Terms(vec!["include:mail.zendesk.com".to_owned()])
    );
    assert!(
        matches!(need("mailchimp"), SpfNeed::None { why } if why.contains("address of its own"))
    );
    assert!(matches!(need("postmark"), SpfNeed::None { why } if why.contains("that you set up")));
    assert!(
        matches!(need("mailjet"), SpfNeed::Optional { terms, .. } if terms == ["include:spf.mailjet.com"])
    );
    assert!(matches!(
        need("resend"),
        SpfNeed::OnSubdomain { place: Some(_), .. }
    ));
    assert!(matches!(need("campaigner"), SpfNeed::OnSubdomain { .. }));
    assert!(
        matches!(need("hubspot"), SpfNeed::PerAccount { looks_like: Some(text), .. } if text == "include:<...>.spf<...>.hubspotemail.net")
    );
    assert!(matches!(need("exclaimer"), SpfNeed::PerAccount { .. }));
    assert_eq!(need("zoom"), SpfNeed::Unknown);
    for sender in catalog::senders() {
        if let SpfNeed::Terms(terms) = sender.spf_terms() {
            assert_eq!(sender.spf_needed, SpfNeeded::Yes, "{}", sender.id);
            assert!(
                terms.iter().all(|term| !term.contains('{')),
                "{}",
                sender.id
            );
        }
    }
}

#[test]
fn selectors_to_try_are_few_and_begin_with_what_was_recognized() {
    let common = common_selectors();
    assert_eq!(common.len(), MOST);
    let once: BTreeSet<_> = common.iter().map(|s| s.to_ascii_lowercase()).collect();
    assert_eq!(once.len(), common.len());
    for usual in ["default", "selector1", "google", "k1", "s1", "mail", "dkim"] {
        assert!(common.iter().any(|s| s == usual), "{usual}");
    }
    for selector in &common {
        assert!(selector.parse::<Selector>().is_ok(), "{selector}");
    }
    let tried = selectors_to_try(&[
        catalog::owner("mailbox-org").unwrap(),
        catalog::owner("mailchimp").unwrap(),
    ]);
    assert_eq!(
        tried[..7],
        ["MBO0001", "MBO0002", "MBO0003", "MBO0004", "k2", "k3", "k1"]
    );
    assert_eq!(
        tried.len(),
        tried
            .iter()
            .map(|s| s.to_ascii_lowercase())
            .collect::<BTreeSet<_>>()
            .len()
    );
}

#[test]
fn report_mailboxes_warn_of_groups_at_microsoft() {
    let provider = catalog::mailbox_provider("microsoft-365").unwrap();
    let first = &provider.report_mailboxes()[0];
    assert_eq!(first.kind, ReportMailboxKind::Shared);
    assert!(first.warning.as_ref().unwrap().contains("group"));
    let google = catalog::mailbox_provider("google-workspace").unwrap();
    assert_eq!(google.report_mailboxes()[0].kind, ReportMailboxKind::Group);
    for provider in catalog::mailbox_providers() {
        assert!(!provider.report_mailboxes().is_empty(), "{}", provider.id);
    }
}

#[test]
fn a_name_is_written_as_the_panel_wants_it() {
    let zone = name("example.com");
    let owner = name("_dmarc.example.com");
    let host = |id: &str| catalog::dns_host(id).unwrap();
    let shown = |id: &str, owner: &DomainName| host(id).name_in_panel(owner, &zone);
    assert_eq!(shown("godaddy", &owner).as_deref(), Some("_dmarc"));
    assert_eq!(shown("godaddy", &zone).as_deref(), Some("@"));
    assert_eq!(shown("route53", &zone).as_deref(), Some(""));
    assert_eq!(shown("porkbun", &owner).as_deref(), Some("_dmarc"));
    assert_eq!(shown("porkbun", &zone), None);
    assert_eq!(shown("aruba", &owner), None);
    assert_eq!(shown("godaddy", &name("_dmarc.example.net")), None);
    let target = name("dkim2.mcsv.net");
    assert_eq!(
        host("ovhcloud").target_in_panel(&target).as_deref(),
        Some("dkim2.mcsv.net.")
    );
    assert_eq!(
        host("gandi").target_in_panel(&target).as_deref(),
        Some("dkim2.mcsv.net.")
    );
    assert_eq!(
        host("godaddy").target_in_panel(&target).as_deref(),
        Some("dkim2.mcsv.net")
    );
    assert_eq!(host("aruba").target_in_panel(&target), None);
    // An RSA-2048 key record has 410 characters, an RSA-3072 one 582.
    assert_eq!(host("loopia").takes_txt(410), Some(true));
    assert_eq!(host("alibaba-dns").takes_txt(582), Some(false));
    assert_eq!(host("godaddy").takes_txt(582), Some(true));
    assert_eq!(host("aruba").takes_txt(582), None);
}

// Whose domain it can be.

#[test]
fn bad_input_i_public_suffixes_and_consumer_mailboxes_are_refused_with_the_reason() {
    for (domain, part) in [
        ("gmail.com", "belongs to a mail provider"),
        ("mail.gmail.com", "belongs to a mail provider"),
        ("outlook.com", "belongs to a mail provider"),
        ("co.uk", "many owners"),
        ("github.io", "many owners"),
        ("com", "only an ending"),
        ("test", "only an ending"),
        ("4.3.2.1.in-addr.arpa", "address of a machine"),
    ] {
        let refused = own_domain(&name(domain)).expect_err(domain);
        assert!(refused.reason.contains(part), "{domain}: {refused}");
        assert!(!refused.remedy.is_empty());
        assert!(remark(&name(domain)).is_some(), "{domain}");
    }
    assert!(own_domain(&DomainName::root()).is_err());
}

#[test]
fn bad_input_i_reserved_names_are_accepted_with_a_remark() {
    for domain in [
        "example.com",
        "www.example.org",
        "shop.test",
        "a.invalid",
        "shop.example",
        "localhost",
        "mail.internal",
        "shop.local",
    ] {
        assert_eq!(own_domain(&name(domain)), Ok(()), "{domain}");
        assert!(
            remark(&name(domain)).unwrap().starts_with(domain),
            "{domain}"
        );
    }
}

#[test]
fn own_domains_are_accepted_without_a_remark() {
    for domain in [
        "nobounce.dev",
        "shop.co.uk",
        "foo.github.io",
        "notgmail.com",
        "examples.com",
        "example.shop",
    ] {
        assert_eq!(own_domain(&name(domain)), Ok(()), "{domain}");
        assert_eq!(remark(&name(domain)), None, "{domain}");
    }
}

#[test]
fn no_consumer_mailbox_domain_is_an_ending_with_other_owners() {
    let (_, text) = embedded::texts()
        .into_iter()
        .find(|(path, _)| path == "free_mailbox_domains.txt")
        .unwrap();
    let listed: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(listed.len(), 622);
    for line in listed {
        let domain = name(line);
        assert!(is_free_mailbox_domain(&domain), "{line}");
        assert_ne!(domain.public_suffix(), Some(domain.clone()), "{line}");
    }
    assert!(!is_free_mailbox_domain(&name("com")));
}

#[test]
fn a_target_at_microsoft_ends_where_microsoft_ends_it() {
    let domain = name("shop.de");
    let Setup::FromConsole(console) = catalog::mailbox_provider("microsoft-365")
        .and_then(|provider| provider.dkim.as_ref())
        .unwrap()
        .setup(&domain)
    else {
        panic!("its targets are collected");
    };
    let accepts = |target: &str| console.expected[0].accepts(&name(target));
    assert!(accepts("selector1-shop-de._domainkey.shop.onmicrosoft.com"));
    assert!(!accepts(
        "selector1-shop-de._domainkey.shop.onmicrosoft.com.evil"
    ));
}
