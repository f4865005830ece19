//! Sheets to hand over: one as people get it, and one whose texts want to break out.

use jiff::civil::date;
use nobounce::catalog;
use nobounce::export::Row;
use nobounce::export::Sheet;
use nobounce::export::There;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::untrusted::Untrusted;

/// The public half of a key of 2048 bits: a value of more than 255 characters.
pub const KEY: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqunImZD3gf4lxjbAMKlyhUN/Mpa8TCA/MFQjNzO7aTEkSJg9\
                       wUycXDx1R33xdlh6mTmwwaInS7G98zm84a/AuS25cbuMgzEBwvWpC1hUqU/viDjErJhClFdXHhZ0mEucQZAvAdFnP/1JwoQQnxZOk8SEliJgEe\
                       ye9m0XpXq386YTs3KDu0G8RjLnqzrlYwelL03jxO8JMKP8/vNiGN9IbU8p4uNlSo0hRCl0+YxjtGDZZhl4NzbCe1nNbc+rpbXJ2Z9NdQDUVhZT\
                       YzmxRmwchDq1Lf4NrcNnbpjONb3CshyzVslkIZcjz+A1AK3k/Z+8l00zTFLwoowag90J0SNpqQIDAQAB";

pub fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

fn row(purpose: &str, owner: &str, content: Content, state: &str, replaces: Option<&str>) -> Row {
    Row {
        purpose: purpose.to_owned(),
        record: Record {
            owner: name(owner),
            content,
            ttl: Ttl(3600),
        },
        zone: name("example.com"),
        host: None,
        state: state.to_owned(),
        replaces: replaces.map(str::to_owned),
        there: There::Unknown,
    }
}

/// A shop with a key of its own, a newsletter, an SPF record to change, a new policy, and a record that is there already.
/// `host`: the id of the DNS host, where it is known.
pub fn shop(host: Option<&str>) -> Sheet {
    let spf = "v=spf1 ip4:192.0.2.7 include:_spf.google.com include:servers.mcsv.net ~all";
    let mut rows = vec![
        row(
            "lets receivers check the signature of your own server",
            "nb2611._domainkey.example.com",
            Content::Dkim(KEY.parse().unwrap()),
            "missing",
            None,
        ),
        row(
            "lets receivers check the signature of Mailchimp",
            "k2._domainkey.example.com",
            Content::Cname(name("dkim2.mcsv.net")),
            "published",
            None,
        ),
        row(
            "lets receivers check the signature of Mailchimp",
            "k3._domainkey.example.com",
            Content::Cname(name("dkim3.mcsv.net")),
            "unknown",
            None,
        ),
        row(
            "lists who may send mail as the domain",
            "example.com",
            Content::Spf(spf.parse().unwrap()),
            "differs",
            Some("v=spf1 a mx include:_spf.google.com -all"),
        ),
        row(
            "asks receivers for reports",
            "_dmarc.example.com",
            Content::Dmarc(
                "v=DMARC1; p=none; rua=mailto:dmarc-reports@example.com"
                    .parse()
                    .unwrap(),
            ),
            "missing",
            None,
        ),
    ];
    let host = host.map(|id| catalog::dns_host(id).unwrap());
    for row in &mut rows {
        row.host = host;
    }
    Sheet {
        domain: name("example.com"),
        rows,
        made: date(2026, 11, 24),
        looked: Some(date(2026, 11, 23)),
        name_servers: vec![name("ada.ns.cloudflare.com"), name("bob.ns.cloudflare.com")],
        asked_by: Some("Ada Miller, ada@example.com".to_owned()),
        provider: None,
    }
}

/// What strangers may have put at a name.
pub const HOSTILE: &[&str] = &[
    "</code></script><script>document.title='broken'</script>",
    "\"><img src=x onerror=document.title='broken'>",
    "' onmouseover='document.title=1",
    "]]>--><style>*{display:none}</style>",
    "&lt;&#60;&quot;&amp;",
    "`code` ``two`` ```three``` ````four````",
    "\n```\n# a heading\n\n<b>bold</b>\n[link](https://example.net/)\n",
    "| a | b |\n|---|---|\n| c | d |",
    "![picture](https://example.net/x.png) https://example.net/ www.example.net",
    "pay\u{202e}lap\u{202c} zero\u{200b}width soft\u{ad}hyphen \u{feff}bom tag\u{e0041}",
    "\u{1b}[31mred\u{1b}]52;c;aGk=\u{7} \u{0} \u{9b}31m \u{2028}line",
    "~~~\n*a* _b_ **c**",
    "    indented\n\n- list\n1. one\n> quote",
];

/// Each hostile text where a purpose, a value, an old record and a name of a person stand.
pub fn hostile() -> Sheet {
    let rows = HOSTILE
        .iter()
        .map(|text| {
            let shown = Untrusted::from(*text).shown();
            row(
                text,
                "x.example.com",
                Content::Text((*text).to_owned()),
                "differs",
                Some(shown.as_str()),
            )
        })
        // A value that was handed on without being escaped is made safe all the same.
        .chain(HOSTILE.iter().map(|text| {
            row(
                "lists",
                "y.example.com",
                Content::Text("v=spf1 -all".to_owned()),
                "differs",
                Some(text),
            )
        }))
        .collect();
    Sheet {
        rows,
        asked_by: Some(HOSTILE.concat()),
        ..shop(None)
    }
}
