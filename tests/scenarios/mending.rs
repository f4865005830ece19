//! The remedy of each panel mistake in the words of the panel: Cloudflare, GoDaddy, Route 53, a panel that wants full names, and none that is known.

use nobounce::catalog;
use nobounce::catalog::dns_host::DnsHost;
use nobounce::catalog::dns_host::HostField;
use nobounce::catalog::dns_host::TrailingDot;
use nobounce::catalog::dns_host::ValueQuotes;
use nobounce::catalog::mending::Spot;
use nobounce::catalog::mending::remedy;
use nobounce::records::dkim;
use nobounce::records::dmarc;
use nobounce::records::finding::Code;
use nobounce::records::name::DomainName;
use nobounce::records::spf;
use nobounce::records::verdict::codes;

fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

/// A panel that wants whole names, a dot behind targets and quotes around values.
fn full() -> DnsHost {
    let mut host = catalog::dns_host("hurricane-electric").unwrap().clone();
    host.name = "Full Names".to_owned();
    host.menu_path = vec!["Zones".to_owned(), "Add a record".to_owned()];
    host.host_field = Some(HostField::Full);
    host.value_quotes = Some(ValueQuotes::Required);
    host.cname_trailing_dot = Some(TrailingDot::Required);
    host
}

/// What is said at Cloudflare, GoDaddy, Route 53, the panel of full names, and where no host is known.
fn said(code: Code, owner: &str) -> [String; 5] {
    let full = full();
    let of = |id| catalog::dns_host(id);
    [
        of("cloudflare"),
        of("godaddy"),
        of("route53"),
        Some(&full),
        None,
    ]
    .map(|host| {
        let spot = Spot {
            host,
            zone: &name("shop.example"),
            owner: &name(owner),
            shown: false,
        };
        remedy(code, &spot).unwrap_or_else(|| panic!("{code}"))
    })
}

/// Every mistake with its code, the name at which it is made, and a piece of what is said at each of the five.
#[test]
fn p01_to_p26_the_remedy_has_the_words_of_the_panel() {
    let just = "let the name (field Name) be just _dmarc";
    let names = [
        just,
        just,
        "let the name (field Record name) be just _dmarc",
        "let the name be _dmarc.shop.example, in full, with the domain",
        "be just _dmarc; only a panel that does not put the domain behind it by itself wants _dmarc.shop.example",
    ];
    let key = "s1._domainkey.shop.example";
    let keys = [
        "just s1._domainkey.",
        "just s1._domainkey.",
        "just s1._domainkey.",
        key,
        "just s1._domainkey; only",
    ];
    let called = [
        "named _dmarc.",
        "named _dmarc.",
        "named _dmarc.",
        "named _dmarc.shop.example.",
        "named _dmarc.shop.example.",
    ];
    let there = [
        "At Cloudflare (shop.example > DNS > Records), ",
        "At GoDaddy (My Products > Domains > DNS of the domain), ",
        "At Amazon Route 53 (Hosted zones > shop.example), ",
        "At Full Names (Zones), ",
        "In the panel of your DNS host, ",
    ];
    let whole = [
        "Cloudflare splits it by itself",
        "GoDaddy takes up to 1024 characters",
        "\"first 255 characters\" \"the rest\"",
        "paste the whole value in one piece",
        "If the panel cuts it again",
    ];
    let quotes = [
        "Cloudflare needs none",
        "GoDaddy needs none",
        "Amazon Route 53 puts them there by itself",
        "Full Names wants one pair of straight double quotes",
        "without any quotation marks",
    ];
    let capitals = [
        "of Cloudflare.",
        "of GoDaddy.",
        "of Amazon Route 53.",
        "of Full Names.",
        "of your DNS host.",
    ];
    let proxy = [
        "the grey cloud",
        "web proxy, CDN",
        "web proxy, CDN",
        "web proxy, CDN",
        "web proxy, CDN",
    ];
    let dot = [
        "with a dot at its end",
        "without a dot at its end: GoDaddy wants none",
        "with a dot at its end",
        "without it Full Names puts shop.example behind",
        "with a dot at its end",
    ];
    let policy = "_dmarc.shop.example";
    let same = |text: &'static str| [text; 5];
    for (case, code, owner, pieces) in [
        ("P1", codes::NAME_DOUBLED, policy, names),
        ("P2", codes::AT_APEX, policy, names),
        ("P3", codes::UNDERSCORE_MISSING, policy, names),
        ("P4", codes::DOMAINKEY_MISSING, key, keys),
        ("P4 no selector", codes::SELECTOR_MISSING, key, keys),
        ("P4 order", codes::NAME_SWAPPED, key, keys),
        ("P5", codes::AT_WWW, policy, names),
        ("P6", codes::QUOTES_KEPT, policy, quotes),
        ("P7", codes::CURLY_QUOTES, policy, called),
        ("P8", codes::SECOND_RECORD, key, whole),
        (
            "P9",
            codes::CUT_AT_255,
            key,
            [
                "Cloudflare splits it by itself",
                whole[1],
                whole[2],
                "Paste the whole value",
                whole[4],
            ],
        ),
        ("P10", codes::SPACE_AT_JOIN, policy, called),
        ("P11", codes::BACKSLASH_SEMICOLON, policy, called),
        ("P12", codes::TRAILING_SPACE, policy, called),
        ("P13", codes::KEY_LOWER_CASED, key, capitals),
        (
            "P14",
            dmarc::codes::TWO_RECORDS,
            policy,
            [
                "named _dmarc,",
                "named _dmarc,",
                "named _dmarc,",
                "named _dmarc.shop.example,",
                "named _dmarc.shop.example,",
            ],
        ),
        ("P14 keys", dkim::codes::SEVERAL_RECORDS, key, there),
        (
            "P15",
            spf::codes::TWO_RECORDS,
            "shop.example",
            [
                "record named @,",
                "record named @,",
                "record of the domain itself,",
                "record named shop.example,",
                "record of the domain itself,",
            ],
        ),
        ("P16", codes::CNAME_BESIDE_TXT, policy, called),
        ("P17", codes::WILDCARD_ANSWERS, policy, names),
        (
            "P19",
            codes::NOT_APPLIED,
            policy,
            same("Save, Apply or Publish"),
        ),
        ("P19 other", codes::OTHER_CHANGE, policy, there),
        ("P20", codes::CNAME_PROXIED, key, proxy),
        ("P21", codes::HOST_DEFAULT, policy, called),
        (
            "P22",
            codes::REWRITTEN_BY_HOST,
            "shop.example",
            same("._spfm"),
        ),
        ("P23", codes::TARGET_DOUBLED, key, dot),
        ("P24", dmarc::codes::BAD_REPORT_ADDRESS, policy, called),
        ("P26", codes::WRONG_TYPE, policy, there),
    ] {
        for ((said, piece), there) in said(code, owner).iter().zip(pieces).zip(there) {
            assert!(said.contains(piece), "{case}: {piece:?} is not in {said:?}");
            assert!(said.starts_with(there), "{case}: {said}");
            assert!(
                !said.contains("..") && !said.contains("  "),
                "{case}: {said}"
            );
        }
    }
}

#[test]
fn the_domain_itself_has_the_sign_of_the_panel() {
    let [cloudflare, _, route53, full, unknown] = said(codes::AT_WWW, "shop.example");
    assert!(
        cloudflare.ends_with("let the name (field Name) be just @."),
        "{cloudflare}"
    );
    assert!(
        route53.ends_with("leave the name (field Record name) empty."),
        "{route53}"
    );
    assert!(
        full.ends_with("be shop.example, in full, with the domain."),
        "{full}"
    );
    assert!(unknown.contains("be @, or leave it empty"), "{unknown}");
}

#[test]
fn codes_in_which_the_panel_has_no_part_keep_their_remedy() {
    let spot = Spot {
        host: None,
        zone: &name("shop.example"),
        owner: &name("shop.example"),
        shown: false,
    };
    for code in [
        codes::NS_SILENT,
        spf::codes::TOO_MANY_LOOKUPS,
        codes::AT_APEX,
    ] {
        assert_eq!(remedy(code, &spot), None, "{code}");
    }
}
