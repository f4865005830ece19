//! A pretend setup with all that makes exports hard: other texts beside SPF, a key that has to be cut, records that are there already, that
//! take the place of others, that nobody looked at, and that belong to another zone.

use nobounce::export::Row;
use nobounce::export::Sheet;
use nobounce::export::There;
use nobounce::export::set::Seen;
use nobounce::export::set::Value;
use nobounce::records::name::DomainName;
use nobounce::records::record::Content;
use nobounce::records::record::Record;
use nobounce::records::record::Ttl;
use nobounce::records::untrusted::Untrusted;

/// `müller.example`.
pub const DOMAIN: &str = "xn--mller-kva.example";

pub const OLD_SPF: &str = "v=spf1 include:_spf.google.com ~all";
pub const SPF: &str =
    "v=spf1 include:_spf.google.com include:servers.mcsv.net exists:%{i}._spf.%{d2} ~all";
pub const TOKENS: [&str; 2] = [
    "google-site-verification=2LUTdw6IB05ZOkyPOXVzmKmpnn8",
    "door=a;b 'c' ${x} %{y}",
];
pub const OLD_DMARC: &str = "v=DMARC1; p=none";
pub const DMARC: &str = "v=DMARC1; p=none; rua=mailto:dmarc@xn--mller-kva.example";
pub const RSA: &str = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB";
pub const ED25519: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

pub fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

pub fn text(text: &str) -> Value {
    Value::Text(Untrusted::from(text))
}

pub fn seen(ttl: Option<u32>, values: Vec<Value>) -> There {
    There::Seen(Seen {
        at: "2026-11-23T10:00:00Z".parse().unwrap(),
        ttl,
        values,
    })
}

pub fn nothing() -> There {
    seen(None, Vec::new())
}

/// A row below the domain; `owner` is relative to it.
pub fn row(owner: &str, content: Content, there: There, replaces: Option<&str>) -> Row {
    let owner = match owner {
        "" => DOMAIN.to_owned(),
        relative => format!("{relative}.{DOMAIN}"),
    };
    Row {
        purpose: "for the mail".to_owned(),
        record: Record {
            owner: name(&owner),
            content,
            ttl: Ttl(3600),
        },
        zone: name(DOMAIN),
        host: None,
        state: "missing".to_owned(),
        replaces: replaces.map(str::to_owned),
        there,
    }
}

pub fn spf() -> Row {
    let mut values = vec![text(TOKENS[0]), text(OLD_SPF)];
    values.push(text(TOKENS[1]));
    row(
        "",
        Content::Spf(SPF.parse().unwrap()),
        seen(Some(600), values),
        Some(OLD_SPF),
    )
}

pub fn dmarc() -> Row {
    row(
        "_dmarc",
        Content::Dmarc(DMARC.parse().unwrap()),
        seen(Some(3600), vec![text(OLD_DMARC)]),
        Some(OLD_DMARC),
    )
}

/// A sheet of these rows, for this domain.
pub fn of(rows: Vec<Row>) -> Sheet {
    Sheet {
        domain: name(DOMAIN),
        rows,
        made: jiff::civil::date(2026, 11, 24),
        looked: None,
        name_servers: Vec::new(),
        asked_by: None,
        provider: None,
    }
}

pub fn sheet() -> Sheet {
    let alias = |target: &str| Content::Cname(name(target));
    let mut permission = row("", Content::ReportAuthorization, There::Unknown, None);
    permission.record.owner = name(&format!("{DOMAIN}._report._dmarc.reports.example.net"));
    permission.zone = name("example.net");
    of(vec![
        permission,
        row(
            "nb2611._domainkey",
            Content::Dkim(RSA.parse().unwrap()),
            nothing(),
            None,
        ),
        row(
            "nb2611e._domainkey",
            Content::Dkim(ED25519.parse().unwrap()),
            nothing(),
            None,
        ),
        row("k10._domainkey", alias("dkim2.mcsv.net"), nothing(), None),
        row(
            "k2._domainkey",
            alias("dkim.mcsv.net"),
            seen(None, vec![Value::Alias(name("dkim.mcsv.net"))]),
            None,
        ),
        row(
            "s1._domainkey",
            alias("s1.domainkey.u2.wl.sendgrid.net"),
            seen(
                None,
                vec![Value::Alias(name("s1.domainkey.u1.wl.sendgrid.net"))],
            ),
            Some("s1.domainkey.u1.wl.sendgrid.net"),
        ),
        row(
            "bounce",
            Content::Mx {
                preference: 10,
                exchange: name("feedback-smtp.eu-west-1.amazonses.com"),
            },
            nothing(),
            None,
        ),
        row(
            "bounce",
            Content::Spf("v=spf1 include:amazonses.com ~all".parse().unwrap()),
            nothing(),
            None,
        ),
        row(
            "_token",
            Content::Text("owner=us".to_owned()),
            There::Unknown,
            None,
        ),
        spf(),
        dmarc(),
    ])
}

/// What stands in the zone before any of it is published, as lines of a zone file.
#[allow(dead_code)]
pub fn zone_before() -> String {
    format!(
        "$TTL 300\n@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 192.0.2.1\n@ MX 5 mail\nmail A 192.0.2.2\n\
         @ 600 TXT \"{}\"\n@ 600 TXT \"{OLD_SPF}\"\n@ 600 TXT \"{}\"\n_dmarc 3600 TXT \"{OLD_DMARC}\"\n\
         k2._domainkey CNAME dkim.mcsv.net.\ns1._domainkey CNAME s1.domainkey.u1.wl.sendgrid.net.\n",
        TOKENS[0], TOKENS[1]
    )
}
