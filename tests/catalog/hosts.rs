//! The DNS hosts: recognized on label boundaries, guides and mistakes whole and short, limits with a way out that works.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use nobounce::catalog;
use nobounce::catalog::dns_host::DnsHost;
use nobounce::catalog::dns_host::DnsHostMatch;
use nobounce::catalog::dns_host::PanelField;
use nobounce::catalog::dns_host::TxtSplit;
use nobounce::catalog::dns_host::by_domain_connect;
use nobounce::catalog::dns_host::dns_host_of;
use nobounce::catalog::dns_host::limits::Fit;
use nobounce::catalog::dns_host::limits::WayOut;
use nobounce::catalog::dns_host::limits::fit;
use nobounce::catalog::dns_host::named;
use nobounce::catalog::embedded;
use nobounce::catalog::mistake;
use nobounce::catalog::mistake::MISTAKES;
use nobounce::records::dkim::Algorithm;
use nobounce::records::dkim::DkimKey;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;

/// The hosts that most people use: they say of each mistake how it looks there.
const MOST_USED: [&str; 15] = [
    "cloudflare",
    "cpanel",
    "digitalocean",
    "gandi",
    "godaddy",
    "hetzner",
    "hostinger",
    "ionos",
    "namecheap",
    "ovhcloud",
    "porkbun",
    "route53",
    "squarespace-domains",
    "strato",
    "wix",
];

/// Words that nobody with bouncing mail should have to read, and words that make light of it.
const NEVER: [&str; 14] = [
    "apex",
    "FQDN",
    "NXDOMAIN",
    "NODATA",
    "RRset",
    "propagat",
    "48 hours",
    "simply",
    "obviously",
    "please",
    "just ",
    "easy",
    "1024 bit",
    "1024-bit",
];

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn host(id: &str) -> &'static DnsHost {
    catalog::dns_host(id).unwrap_or_else(|| panic!("{id}"))
}

fn whose(server: &str) -> Vec<&'static str> {
    match dns_host_of(&[name(server)]) {
        DnsHostMatch::Known(host) => vec![host.id.as_str()],
        DnsHostMatch::Shared(hosts) => hosts.iter().map(|host| host.id.as_str()).collect(),
        DnsHostMatch::Unknown => Vec::new(),
    }
}

#[test]
fn every_suffix_matches_on_label_boundaries_alone() {
    for host in catalog::dns_hosts() {
        for suffix in &host.ns_suffixes {
            let suffix = suffix.name().as_str();
            let id = host.id.as_str();
            assert!(whose(suffix).contains(&id), "{suffix}");
            assert!(whose(&format!("ns1.{suffix}")).contains(&id), "{suffix}");
            // foo.com is not in barfoo.com, nor in foo.com.example.
            assert!(!whose(&format!("bar{suffix}")).contains(&id), "{suffix}");
            assert!(
                !whose(&format!("ns1.{suffix}.example")).contains(&id),
                "{suffix}"
            );
        }
    }
}

#[test]
fn the_longest_suffix_wins() {
    let mut pairs = 0;
    for inner in catalog::dns_hosts() {
        for outer in catalog::dns_hosts() {
            if inner.id == outer.id {
                continue;
            }
            for long in &inner.ns_suffixes {
                for short in &outer.ns_suffixes {
                    if long != short && long.name().is_within(short.name()) {
                        pairs += 1;
                        let found = whose(&format!("ns1.{}", long.name()));
                        assert_eq!(found, [inner.id.as_str()], "{}", long.name());
                    }
                }
            }
        }
    }
    // A whole name is longer than the suffix that it ends with.
    assert_eq!(whose("dns1.p01.nsone.net"), ["netlify", "ns1"]);
    assert_eq!(pairs, 0, "a new pair: see that the longer one is meant");
}

#[test]
fn guides_are_six_short_lines_in_plain_words() {
    let guided: Vec<&DnsHost> = catalog::dns_hosts()
        .iter()
        .filter(|host| !host.guide.is_empty())
        .collect();
    assert!(guided.len() >= 25, "{}", guided.len());
    for host in guided {
        let id = &host.id;
        assert!((4..=6).contains(&host.guide.len()), "{id}");
        for line in &host.guide {
            assert!(line.chars().count() <= 76, "{id}: {line}");
            assert!(line.ends_with('.') || line.ends_with('!'), "{id}: {line}");
            for word in NEVER {
                assert!(!line.contains(word), "{id}: {line}");
            }
        }
        let says_name = host
            .guide
            .iter()
            .any(|line| line.contains("short name") || line.contains("full name"));
        assert!(says_name, "{id} does not say what to type as the name");
        let is_sourced = host.docs.is_some() || !host.menu_path.is_empty();
        assert!(is_sourced, "{id}: where was it seen?");
        // A label that the card shows is the label that the guide says.
        if let Some(label) = &host.name_label {
            let said = host.guide.iter().any(|line| line.contains(label.as_str()));
            assert!(said, "{id}: the guide does not name the field {label}");
        }
    }
    for id in MOST_USED {
        assert!(!host(id).guide.is_empty(), "{id}");
    }
}

#[test]
fn p1_to_p26_the_most_used_hosts_say_how_each_looks_there() {
    let all: BTreeSet<&str> = MISTAKES
        .iter()
        .map(|mistake| mistake.first.as_str())
        .collect();
    assert_eq!(all.len(), 26);
    for host in catalog::dns_hosts() {
        let id = &host.id;
        let said: BTreeSet<&str> = host.mistakes.keys().map(String::as_str).collect();
        if MOST_USED.contains(&id.as_str()) {
            assert_eq!(said, all, "{id}");
        } else {
            assert!(said.is_subset(&all), "{id}: {said:?}");
        }
        for (code, text) in &host.mistakes {
            let long = text.chars().count();
            assert!((40..=240).contains(&long), "{id} {code}: {long}");
            assert!(text.ends_with('.'), "{id} {code}");
            let sentences = text.matches(". ").count() + text.matches("? ").count() + 1;
            assert!(sentences <= 2, "{id} {code}: {sentences} sentences");
            for word in NEVER {
                assert!(!text.contains(word), "{id} {code}: {word}");
            }
            // Read in a terminal too, where nothing is shown beside it.
            assert!(!text.contains("shown here"), "{id} {code}");
        }
        for code in &host.remedies {
            assert!(host.mistakes.contains_key(code), "{id}: {code}");
        }
    }
    // In the panel's own words: no two hosts say all of it alike.
    for code in all {
        let texts: BTreeSet<&str> = MOST_USED
            .iter()
            .filter_map(|id| host(id).mistake(code))
            .collect();
        assert!(texts.len() >= 8, "{code}: {}", texts.len());
    }
}

/// The codes of the table in `docs/mistakes.md`, row by row.
fn documented() -> Vec<BTreeSet<String>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/mistakes.md");
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| {
            line.strip_prefix("| P")
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
        .map(|line| {
            let cell = line.split('|').nth(3).unwrap();
            let codes = cell.split('`').skip(1).step_by(2);
            codes.map(str::to_owned).collect()
        })
        .collect()
}

#[test]
fn the_codes_of_the_26_are_those_of_the_table() {
    let documented = documented();
    assert_eq!(documented.len(), 26);
    for (mistake, row) in MISTAKES.iter().zip(documented) {
        let codes: BTreeSet<String> = mistake
            .codes()
            .map(|code| code.as_str().to_owned())
            .collect();
        assert_eq!(codes, row);
        for code in row {
            assert_eq!(mistake::first(&code), Some(mistake.first), "{code}");
            assert_eq!(
                host("cloudflare").mistake(&code),
                host("cloudflare").mistake(mistake.first.as_str()),
                "{code}"
            );
        }
    }
    assert_eq!(mistake::first("spf-too-many-lookups"), None);
    assert_eq!(host("cloudflare").mistake("spf-too-many-lookups"), None);
}

#[test]
fn what_is_not_known_of_a_host_stays_unknown() {
    let zone = name("example.com");
    let owner = name("_dmarc.example.com");
    let target = name("dkim2.mcsv.net");
    for host in catalog::dns_hosts() {
        let id = &host.id;
        if host.host_field.is_none() {
            assert_eq!(host.name_in_panel(&owner, &zone), None, "{id}");
            assert!(host.name_trailing_dot.is_none(), "{id}");
        }
        if host.cname_trailing_dot.is_none() {
            assert_eq!(host.target_in_panel(&target), None, "{id}");
        }
        if host.txt_max_len.is_none() {
            assert_eq!(host.takes_txt(100_000), None, "{id}");
            let is_bare = host.txt_limit_in.is_none() && host.txt_way_out.is_none();
            assert!(is_bare, "{id}: a limit without its number");
        }
        let distinct: BTreeSet<&PanelField> = host.fields.iter().collect();
        assert_eq!(distinct.len(), host.fields.len(), "{id}");
    }
    // A host of which nothing but its name servers is known claims nothing.
    let bare = host("one-com");
    let content = Content::Cname(target);
    assert_eq!(bare.value_in_panel(&content), "dkim2.mcsv.net");
    assert_eq!(fit(bare, &owner, &zone, &content), Fit::default());
}

#[test]
fn addresses_of_panels_are_links_that_may_stand_on_a_screen() {
    for host in catalog::dns_hosts() {
        for address in host.panel_url.iter().chain(&host.docs) {
            let rest = address.strip_prefix("https://");
            let is_clean =
                rest.is_some_and(|rest| rest.bytes().all(|b| (b'!'..=b'~').contains(&b)));
            assert!(is_clean, "{}: {address}", host.id);
        }
    }
}

// Domain Connect.

#[test]
fn domain_connect_entries_name_their_host() {
    let known = |texts: &[&str], chain: &[&str]| {
        let chain: Vec<DomainName> = chain.iter().map(|text| name(text)).collect();
        by_domain_connect(texts.iter().copied(), &chain).map(|host| host.id.as_str())
    };
    for (texts, chain, expected) in [
        (
            &["api.cloudflare.com/client/v4/dns/domainconnect"][..],
            &[][..],
            Some("cloudflare"),
        ),
        (
            &["https://domainconnect.godaddy.com/"],
            &[],
            Some("godaddy"),
        ),
        (&["domainconnect.vercel.com"], &[], Some("vercel")),
        (
            &["domainconnect.plesk.com/host/a.example/port/8443"],
            &[],
            Some("plesk"),
        ),
        (
            &["public-api.wordpress.com/rest/v1.3/domain-connect"],
            &[],
            Some("wordpress-com"),
        ),
        (&["API.DomainConnect.ionos.com"], &[], Some("ionos")),
        // The alias tells it too, where the text behind it is gone.
        (
            &[],
            &["_domainconnect.gd.domaincontrol.com"],
            Some("godaddy"),
        ),
        (
            &[],
            &["_domainconnect.domains.squarespace.com"],
            Some("squarespace-domains"),
        ),
        // Nobody, somebody else's name, and what is no name.
        (&["connect.example.net"], &[], None),
        (&["evilapi.cloudflare.com.example"], &[], None),
        (&["xapi.cloudflare.com"], &[], None),
        (&[""], &[], None),
        (&["https://"], &[], None),
        (&["\u{1b}]8;;x api.cloudflare.com"], &[], None),
        (
            &["v=spf1 -all", "api.cloudflare.com"],
            &[],
            Some("cloudflare"),
        ),
        (&[], &[], None),
    ] {
        assert_eq!(known(texts, chain), expected, "{texts:?} {chain:?}");
    }
    let long = "a".repeat(100_000);
    assert_eq!(known(&[&long], &[]), None);
}

#[test]
fn no_two_hosts_have_the_same_domain_connect_name() {
    let mut claimed: BTreeMap<&str, &str> = BTreeMap::new();
    for host in catalog::dns_hosts() {
        for suffix in &host.domain_connect_hosts {
            let before = claimed.insert(suffix.name().as_str(), host.id.as_str());
            assert_eq!(before, None, "{}", suffix.name());
            assert_eq!(host.domain_connect, Some(true), "{}", host.id);
        }
    }
    assert!(claimed.len() >= 10);
}

#[test]
fn a_company_is_known_by_what_people_call_it() {
    for (said, expected) in [
        ("Cloudflare", Some("cloudflare")),
        ("cloud flare", Some("cloudflare")),
        ("cloudfare", Some("cloudflare")),
        ("GoDaddy", Some("godaddy")),
        ("ovh", Some("ovhcloud")),
        ("IONOS", Some("ionos")),
        ("cPanel", Some("cpanel")),
        ("squarespace", Some("squarespace-domains")),
        ("one.com", Some("one-com")),
        ("x", None),
        ("", None),
        ("my cousin", None),
    ] {
        assert_eq!(named(said).map(|host| host.id.as_str()), expected, "{said}");
    }
}

// Limits, and the way out of each.

fn key(algorithm: Algorithm, bytes: usize) -> Content {
    Content::Dkim(DkimKey::published(algorithm, vec![0x30; bytes]))
}

/// Records by what decides whether they fit: RSA keys of 2048, 3072 and 4096 bits, a short key, long lists.
fn records() -> [(&'static str, Content); 6] {
    let spf: String = (0..30).map(|n| format!("ip4:198.51.100.{n} ")).collect();
    let addresses: Vec<String> = (0..40)
        .map(|n| format!("mailto:reports{n}@example.com"))
        .collect();
    [
        ("rsa2048", key(Algorithm::Rsa2048, 294)),
        ("rsa3072", key(Algorithm::Rsa3072, 422)),
        ("rsa4096", key(Algorithm::Rsa4096, 550)),
        ("ed25519", key(Algorithm::Ed25519, 32)),
        (
            "spf",
            Content::Spf(format!("v=spf1 {spf}~all").parse().unwrap()),
        ),
        (
            "dmarc",
            Content::Dmarc(
                format!("v=DMARC1; p=none; rua={}", addresses.join(","))
                    .parse()
                    .unwrap(),
            ),
        ),
    ]
}

/// The ways out as short words; `fits` where nothing stands in the way.
fn ways(host: &DnsHost, content: &Content) -> String {
    let zone = name("example.com");
    let fit = fit(host, &name("s1._domainkey.example.com"), &zone, content);
    if !fit.is_too_long() {
        assert!(
            fit.ways.iter().all(|way| *way == WayOut::Pieces),
            "{}",
            host.id
        );
        return if fit.ways.is_empty() {
            "fits"
        } else {
            "in pieces"
        }
        .to_owned();
    }
    assert!(!fit.ways.is_empty(), "{}: no way out", host.id);
    let word = |way: &WayOut| match way {
        WayOut::Pieces => "pieces",
        WayOut::There(_) => "there",
        WayOut::Try => "try",
        WayOut::Rsa2048 => "rsa2048",
        WayOut::OtherZone => "other zone",
        WayOut::Ed25519Beside => "ed25519",
        WayOut::Import => "import",
        WayOut::SecondList => "second list",
        WayOut::FewerReports => "fewer",
        WayOut::ShorterSelector => "selector",
    };
    fit.ways.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_host_with_a_limit_has_a_way_out_that_works_there() {
    let fits = "fits";
    let table = [
        // 410, 582, 754 and 64 characters; the lists have 600 and 1200.
        (
            "alibaba-dns",
            [
                fits,
                "rsa2048, import",
                "rsa2048, import",
                fits,
                "second list, import",
                "fewer, import",
            ],
        ),
        ("azure-dns", [fits, fits, fits, fits, fits, fits]),
        ("cloudflare", [fits, fits, fits, fits, fits, fits]),
        (
            "digitalocean",
            [
                fits,
                "try, rsa2048",
                "try, rsa2048",
                fits,
                "try, second list",
                "try, fewer",
            ],
        ),
        ("dnsimple", [fits, fits, fits, fits, fits, "fewer, import"]),
        ("godaddy", [fits, fits, fits, fits, fits, "fewer, import"]),
        (
            "loopia",
            [
                fits,
                "rsa2048, import",
                "rsa2048, import",
                fits,
                "second list, import",
                "fewer, import",
            ],
        ),
        (
            "name-com",
            [
                fits,
                "try, rsa2048",
                "try, rsa2048",
                fits,
                "try, second list",
                "try, fewer",
            ],
        ),
        (
            "ovhcloud",
            [
                "there, import",
                "there, import",
                "there, import",
                fits,
                "there, import",
                "there, import",
            ],
        ),
        ("transip", [fits, fits, fits, fits, fits, "fewer, import"]),
    ];
    let limited: Vec<&str> = catalog::dns_hosts()
        .iter()
        .filter(|host| host.txt_max_len.is_some())
        .map(|host| host.id.as_str())
        .collect();
    assert_eq!(table.map(|(id, _)| id).to_vec(), limited);
    for (id, expected) in table {
        for ((what, content), expected) in records().iter().zip(expected) {
            assert_eq!(ways(host(id), content), expected, "{id} {what}");
        }
    }
}

#[test]
fn a_panel_that_does_not_cut_gets_the_pieces() {
    let [(_, rsa), .., (_, _)] = records();
    let by_hand: Vec<&str> = catalog::dns_hosts()
        .iter()
        .filter(|host| host.txt_split == Some(TxtSplit::Manual))
        .map(|host| host.id.as_str())
        .collect();
    assert_eq!(by_hand, ["dnsmadeeasy", "route53"]);
    for id in by_hand {
        assert_eq!(ways(host(id), &rsa), "in pieces");
        let typed = host(id).value_in_panel(&rsa);
        let pieces: Vec<&str> = typed
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap()
            .split("\" \"")
            .collect();
        assert_eq!(pieces.concat(), rsa.to_string());
        assert!(pieces.iter().all(|piece| piece.len() <= 255));
        assert_eq!(pieces.len(), 2);
    }
    // A short value needs no pieces; quotes stand where the panel wants them.
    let short = Content::Text("v=DMARC1; p=none".to_owned());
    assert_eq!(host("route53").value_in_panel(&short), "v=DMARC1; p=none");
    assert_eq!(
        host("dnsmadeeasy").value_in_panel(&short),
        "\"v=DMARC1; p=none\""
    );
    assert_eq!(host("cloudflare").value_in_panel(&rsa), rsa.to_string());
}

/// A host made up for limits that no host of the catalog has.
fn made_up(lines: &str) -> DnsHost {
    let head = "id = \"made-up\"\nname = \"Made Up\"\nkind = \"dns-host\"\nconfidence = \"low\"\nns_suffixes = []\nhost_field = \"relative\"\n";
    toml::from_str(&format!("{head}{lines}")).unwrap()
}

#[test]
fn a_key_that_does_not_fit_goes_elsewhere_and_never_gets_weaker() {
    let [(_, rsa), (_, longer), .., (_, _)] = records();
    let tight = made_up("txt_max_len = 255\n");
    assert_eq!(ways(&tight, &rsa), "other zone, ed25519");
    assert_eq!(ways(&tight, &longer), "other zone, ed25519");
    let by_panel = made_up("txt_max_len = 255\ntxt_limit_in = \"panel\"\napi = true\n");
    assert_eq!(ways(&by_panel, &rsa), "other zone, ed25519, import");
    let narrow = made_up("name_max_len = 10\napi = true\n");
    assert_eq!(ways(&narrow, &rsa), "selector, import");
    let exact = made_up("txt_max_len = 410\n");
    assert_eq!(ways(&exact, &rsa), "fits");
    let counted = made_up("txt_max_len = 414\ntxt_limit_counts_quotes = true\n");
    assert_eq!(ways(&counted, &rsa), "other zone, ed25519");
    // An alias has no limit.
    let alias = Content::Cname(name("k1.example.net"));
    assert_eq!(ways(&tight, &alias), "fits");
    let zone = name("example.com");
    for host in [&tight, &by_panel, &narrow, &counted] {
        for (_, content) in records() {
            for way in fit(host, &zone, &zone, &content).ways {
                let words = way.words(&host.name, &zone);
                for weaker in ["1024", "512", "768"] {
                    assert!(!words.contains(weaker), "{words}");
                }
                assert!(!words.contains("  "), "{words}");
            }
        }
    }
}

#[test]
fn the_files_of_hosts_hold_their_name_and_no_field_twice() {
    for (path, text) in embedded::texts() {
        if !path.starts_with("dns_hosts/") {
            continue;
        }
        assert!(text.starts_with("# DNS host: "), "{path}");
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
    }
}
