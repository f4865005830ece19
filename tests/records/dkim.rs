//! DKIM key records.

use nobounce::records::dkim::DkimKey;
use nobounce::records::dkim::KeyType;
use proptest::prelude::*;

fn key() -> impl Strategy<Value = DkimKey> {
    let words = || prop::option::of(prop::collection::vec("[a-z0-9*]{1,8}", 0..3));
    (
        prop::option::of(Just("DKIM1".to_owned())),
        prop::option::of(prop_oneof![
            Just(KeyType::Rsa),
            Just(KeyType::Ed25519),
            "[a-c0-9]{0,4}".prop_map(KeyType::Unknown),
        ]),
        words(),
        words(),
        words(),
        prop::option::of("([!-:<-~]([ -:<-~]{0,20}[!-:<-~])?)?"),
        prop::collection::vec(any::<u8>(), 0..64),
        prop::option::of(("x[a-z0-9_]{1,5}", "[a-zA-Z0-9=/+]{0,9}")),
    )
        .prop_map(
            |(version, key_type, hashes, services, flags, notes, public_key, other)| DkimKey {
                version,
                key_type,
                hashes,
                services,
                flags,
                notes,
                public_key,
                others: other.into_iter().collect(),
            },
        )
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(key in key()) {
        prop_assert_eq!(key.to_string().parse::<DkimKey>(), Ok(key));
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC*") {
        if let Ok(key) = text.parse::<DkimKey>() {
            prop_assert_eq!(key.to_string().parse::<DkimKey>(), Ok(key));
        }
    }
}

#[test]
fn spaces_in_the_key_are_read_and_not_printed() {
    let key: DkimKey = "k = rsa; p= AAEC Aw==\t; x=1".parse().unwrap();
    assert_eq!(key.public_key, [0, 1, 2, 3]);
    assert_eq!(key.to_string(), "k=rsa; x=1; p=AAECAw==");
}

#[test]
fn errors_say_where() {
    for (text, at) in [
        ("", 0),
        ("v=DKIM1; k=rsa", 14),
        ("k=rsa; v=DKIM1; p=", 7),
        ("v=DKIM1; p=A*", 11),
        ("v=DKIM1; p=AAEC; p=", 17),
        ("v=DKIM1; p:AAEC", 9),
    ] {
        assert_eq!(text.parse::<DkimKey>().unwrap_err().at, at, "{text}");
    }
}
