//! Where other programs read a record differently, and why. `docs/second-opinions.md` tells each at length under the same words.

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

/// The same for mail-auth, whose reading is compared with that of our judges.
pub const MAIL_AUTH: &[Known] = &[];
