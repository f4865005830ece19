//! DMARC Policy Records.

use nobounce::records::dmarc::Alignment;
use nobounce::records::dmarc::Dmarc;
use nobounce::records::dmarc::Policy;
use nobounce::records::dmarc::ReportUri;
use proptest::prelude::*;

fn dmarc() -> impl Strategy<Value = Dmarc> {
    let policy = || {
        prop::option::of(prop_oneof![
            Just(Policy::None),
            Just(Policy::Quarantine),
            Just(Policy::Reject),
        ])
    };
    let alignment = || {
        prop::option::of(prop_oneof![
            Just(Alignment::Relaxed),
            Just(Alignment::Strict)
        ])
    };
    let uris = || {
        prop::collection::vec(
            "mailto:[a-z0-9.+_-]{1,8}@[a-z0-9]{1,8}\\.example(![0-9]{1,3}[kmg]?)?",
            0..3,
        )
        .prop_map(|uris| uris.into_iter().map(ReportUri).collect::<Vec<_>>())
    };
    (
        (policy(), policy(), policy()),
        (alignment(), alignment()),
        prop::option::of(any::<bool>()),
        prop::option::of(prop_oneof![Just('y'), Just('n'), Just('u')]),
        (uris(), uris()),
        prop::option::of(prop_oneof![Just("1".to_owned()), Just("1:d:s".to_owned())]),
        prop::option::of(("x[a-z]{1,5}", "[!-:<-~]([ -:<-~]{0,9}[!-:<-~])?")),
    )
        .prop_map(
            |(policies, alignments, testing, public_suffix, uris, failure_options, other)| Dmarc {
                policy: policies.0,
                subdomain_policy: policies.1,
                nonexistent_policy: policies.2,
                dkim_alignment: alignments.0,
                spf_alignment: alignments.1,
                testing,
                public_suffix,
                aggregate: uris.0,
                failure: uris.1,
                failure_options,
                others: other.into_iter().collect(),
            },
        )
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(dmarc in dmarc()) {
        prop_assert_eq!(dmarc.to_string().parse::<Dmarc>(), Ok(dmarc));
    }

    #[test]
    fn no_text_is_too_strange(text in "v=DMARC1;\\PC*") {
        if let Ok(dmarc) = text.parse::<Dmarc>() {
            prop_assert_eq!(dmarc.to_string().parse::<Dmarc>(), Ok(dmarc));
        }
    }
}

#[test]
fn the_policy_is_printed_second() {
    let dmarc: Dmarc =
        "v=DMARC1; rua=mailto:a@b.example ,mailto:c@d.example; PCT=50; sp=NONE; p=Reject;"
            .parse()
            .unwrap();
    assert_eq!(
        dmarc.to_string(),
        "v=DMARC1; p=reject; sp=none; rua=mailto:a@b.example,mailto:c@d.example; PCT=50"
    );
}

#[test]
fn errors_say_where() {
    for (text, at) in [
        ("", 0),
        (" v=DMARC1; p=none", 0),
        ("v=dmarc1; p=none", 0),
        ("p=none; v=DMARC1", 0),
        ("v=DMARC1; p=rejct", 12),
        ("v=DMARC1; p=none; p=reject", 18),
        ("v=DMARC1; rua=a@b.example", 14),
        ("v=DMARC1; p=none; lorem", 18),
    ] {
        assert_eq!(text.parse::<Dmarc>().unwrap_err().at, at, "{text}");
    }
}
