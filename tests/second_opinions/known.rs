//! Where other programs read a record differently, and why. `docs/second-opinions.md` tells each at length under the same words.

use nobounce::records::dkim::DkimKey;
use nobounce::records::dkim::der;
use nobounce::records::dmarc::judge;
use nobounce::records::dmarc::judge::Effect;
use nobounce::records::dmarc::judge::Selected;
use nobounce::records::name::DomainName;
use nobounce::records::spf::Spf;
use nobounce::records::untrusted::Untrusted;

/// One reason, and the records that it holds for.
pub struct Known {
    pub kind: &'static str,
    pub why: &'static str,
    pub holds: fn(&str) -> bool,
}

pub const KNOWN: &[Known] = &[
    Known {
        kind: "dkim",
        why: "v= that does not stand first",
        holds: |text| text.contains("; v="),
    },
    Known {
        kind: "dkim",
        why: "h= without sha256",
        holds: |text| text.contains("; h=;") || text.contains("; h=sha1;"),
    },
    Known {
        kind: "dkim",
        why: "s= without email",
        holds: |text| text.contains("; s=chat") || text.contains("; s=tlsrpt"),
    },
    Known {
        kind: "dkim",
        why: "quotation marks inside of p=",
        holds: |text| text.contains("\" \""),
    },
    Known {
        kind: "dmarc",
        why: "a value of adkim= that does not exist",
        holds: |text| text.contains("adkim=strict"),
    },
    Known {
        kind: "dmarc",
        why: "a size limit that is no number of this world",
        holds: |text| text.contains("!9999999999"),
    },
    Known {
        kind: "dmarc",
        why: "addresses without a comma between",
        holds: |text| text.contains(".com mailto:") || text.contains("comruf="),
    },
    Known {
        kind: "dmarc",
        why: "a no-break space between the tags",
        holds: |text| text.contains('\u{a0}'),
    },
    Known {
        kind: "spf",
        why: "a byte that is not ASCII",
        holds: |text| !text.is_ascii(),
    },
    Known {
        kind: "spf",
        why: "a version that only starts like v=spf1",
        holds: |text| text.starts_with("v=spf10"),
    },
    Known {
        kind: "spf",
        why: "a macro that keeps no part, %{d0}",
        holds: |text| text.contains("%{d0}"),
    },
    Known {
        kind: "spf",
        why: "a macro without its closing brace",
        holds: |text| text.contains("%{i."),
    },
];

/// What receivers make of a DMARC record by our judge.
fn effect(text: &str) -> Option<Effect> {
    let owner: DomainName = "_dmarc.example.com".parse().unwrap();
    match judge::select(&owner, &[Untrusted::from(text)]) {
        Selected::One(reading) => Some(reading.effect),
        _ => None,
    }
}

/// The same for mail-auth, whose reading is compared with that of our judges.
pub const MAIL_AUTH: &[Known] = &[
    Known {
        kind: "dkim",
        why: "mail-auth: v= of a key is not looked at",
        holds: |text| text.contains("; v=") || text.starts_with("v=dkim1"),
    },
    Known {
        kind: "dkim",
        why: "mail-auth: a key that is not for this is refused later",
        holds: |text| {
            text.contains("; h=;")
                || text.contains("; h=sha1;")
                || text.contains("; s=chat")
                || text.contains("; s=tlsrpt")
        },
    },
    Known {
        kind: "dkim",
        why: "mail-auth: an empty k= is RSA",
        holds: |text| text.contains("; k=;"),
    },
    Known {
        kind: "dkim",
        why: "mail-auth: the equals signs at the end of a key are missing",
        holds: |text| text.parse::<DkimKey>().is_err(),
    },
    Known {
        kind: "dmarc",
        why: "mail-auth: a policy that cannot be read",
        holds: |text| effect(text) == Some(Effect::AsNone),
    },
    Known {
        kind: "dmarc",
        why: "mail-auth: neither a policy nor an address for reports",
        holds: |text| effect(text) == Some(Effect::Ignored),
    },
    Known {
        kind: "dmarc",
        why: "mail-auth: another tag that cannot be read",
        holds: |text| text.contains("adkim=strict") || text.contains("fo=x"),
    },
    Known {
        kind: "dmarc",
        why: "mail-auth: a tag that comes twice",
        holds: |text| text.contains("p=none; p=reject"),
    },
    Known {
        kind: "dmarc",
        why: "mail-auth: the version in small letters",
        holds: |text| text.starts_with("v=dmarc1"),
    },
    Known {
        kind: "spf",
        why: "mail-auth: names, lengths and modifiers are not checked",
        holds: |text| text.parse::<Spf>().is_err(),
    },
    Known {
        kind: "spf",
        why: "mail-auth: a colon in a name",
        holds: |text| text.contains("foo:bar/baz"),
    },
    Known {
        kind: "dkim",
        why: "mail-auth: bytes behind the end of a key",
        holds: is_left_over,
    },
    Known {
        kind: "spf",
        why: "mail-auth: a modifier that is not known",
        holds: |text| text.contains("ip4=") || text.contains("moo.cow-far_out="),
    },
];

/// True where the key of a record ends before its bytes do.
fn is_left_over(text: &str) -> bool {
    text.parse::<DkimKey>().is_ok_and(|key| {
        matches!(der::shape(&key.public_key), der::Shape::Rsa { left_over, .. } if left_over > 0)
    })
}
