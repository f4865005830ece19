//! DKIM key records.

use nobounce::records::dkim::Algorithm;
use nobounce::records::dkim::DkimKey;
use nobounce::records::dkim::KeyType;
use nobounce::records::dkim::judge;
use nobounce::records::dkim::judge::Selected;
use nobounce::records::finding::Finding;
use nobounce::records::name::DomainName;
use nobounce::records::untrusted::Untrusted;
use proptest::prelude::*;

use crate::accepts;
use crate::corpus;
use crate::texts;
use crate::worst;

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

fn findings(text: &[u8]) -> Vec<Finding> {
    let owner: DomainName = "sel._domainkey.example.com".parse().unwrap();
    match judge::select(&owner, &[Untrusted::new(text)]) {
        Selected::Absent => Vec::new(),
        Selected::One(key) => judge::judge(&owner, &key),
        Selected::Broken { findings, .. } => findings,
        Selected::Several(texts) => vec![judge::several(&owner, &texts)],
    }
}

#[test]
fn the_corpus_of_keys_is_judged_as_known() {
    let owner: DomainName = "sel._domainkey.example.com".parse().unwrap();
    let mut wrong = Vec::new();
    for case in corpus("5-dkim-keys/keys.jsonl").unwrap_or_default() {
        let (found, bits) = match judge::select(&owner, &texts(&case["txt"])) {
            Selected::Absent => (Vec::new(), None),
            Selected::One(key) => (judge::judge(&owner, &key), judge::bits(&key)),
            Selected::Broken { findings, .. } => (findings, None),
            Selected::Several(texts) => (vec![judge::several(&owner, &texts)], None),
        };
        let verdict = worst(&found);
        let codes: Vec<&str> = found.iter().map(|f| f.code.as_str()).collect();
        println!("{}: {verdict} {codes:?} {bits:?}", case["id"]);
        let bits_agree =
            case["verdict"] != "ok" || bits.map(u64::from) == case["key_bits"].as_u64();
        if !accepts(&case, verdict) || !bits_agree {
            wrong.push(format!("{}: {verdict} {codes:?} {bits:?}", case["id"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArwkt2/zeHo17yJ/snOS8gSJAU1+zpxlptmIxu3ah7zZVTv8h0MybTVrnpTBZx6s1EcU4g9zsMJuQ39I0HyNxvySbCXNIRK++ksAKAJFbcB/SxlFky5vD6ZH38qrzSXl+FHcb6BAWSOoUsVJVMfrb4eNrhR4GE/KIpVQxJqDQfQeWN1SKLkS9ZM6ckHToCZXhb2MoW+H5/j5qufPezi71R8wA9IElPKD4saVLoSfJueWD824Sj1uBuuVZnyhV9QKsUT3b148UVuAslRzzRNCNFAMiOXiZ23BsStZNB765cyXKUSjfgJlrEJG841HNioVFheVT+f+IkDvtA2ourx4X7wIDAQAB";

/// FAULTS D47 and P6 to P13: each mistake is named by exactly one code.
#[test]
fn d47_each_mistake_has_its_name() {
    let good = format!("v=DKIM1; k=rsa; p={RSA_2048}");
    assert_eq!(findings(good.as_bytes()), Vec::new());
    for (text, code) in [
        (good[..255].to_owned(), "dkim-key-truncated"),
        (good[..254].to_owned(), "dkim-key-truncated"),
        (good[..410 - 8].to_owned(), "dkim-key-truncated"),
        (format!("\"{good}\""), "dkim-quotes"),
        (good.replace(';', "\\;"), "dkim-backslashes"),
        (good.to_ascii_lowercase(), "dkim-bad-version"),
        (
            format!("v=DKIM1; k=rsa; p={}", RSA_2048.to_ascii_lowercase()),
            "dkim-key-lower-case",
        ),
        (good.replace(' ', "\u{a0}"), "dkim-foreign-character"),
        (
            good.replace("AQEB", "AQ\u{200b}EB")
                .replace("BAQEF", "BAQ\u{200b}EF"),
            "dkim-foreign-character",
        ),
        (good.replace("k=rsa;", "k=rsa"), "dkim-missing-semicolon"),
        (good.replace(';', ","), "dkim-missing-semicolon"),
        (good.replace("p=", "p:"), "dkim-no-key"),
        (RSA_2048.to_owned(), "dkim-tags-missing"),
        ("v=DKIM1; k=rsa; p=".to_owned(), "dkim-revoked"),
        ("v=DKIM1; k=rsa".to_owned(), "dkim-no-key"),
        ("v=DKIM1; p=YOUR_PUBLIC_KEY".to_owned(), "dkim-placeholder"),
        ("v=spf1 -all".to_owned(), "dkim-spf-record-here"),
        ("google-site-verification=abc".to_owned(), "dkim-other-text"),
        (String::new(), "dkim-empty"),
        (good.replace("k=rsa", "k=rsa; t=y"), "dkim-testing"),
    ] {
        let codes: Vec<&str> = findings(text.as_bytes())
            .iter()
            .map(|f| f.code.as_str())
            .collect();
        if code == "dkim-bad-version" {
            assert!(codes.contains(&code), "{text}: {codes:?}");
        } else {
            assert_eq!(codes, [code], "{text}");
        }
    }
}

/// The words "cut at character 255" are only for a record of that length.
#[test]
fn p9_a_cut_at_255_is_said_to_be_one() {
    let good = format!("v=DKIM1; k=rsa; p={RSA_2048}");
    let message = |text: &str| findings(text.as_bytes())[0].message.clone();
    assert!(message(&good[..255]).contains("cut at character 255"));
    assert!(message(&good[..254]).contains("cut at character 255"));
    assert!(!message(&good[..300]).contains("cut at character 255"));
}

/// FAULTS D48: sizes are graded and garbage does not end the program.
#[test]
fn d48_sizes_are_graded() {
    let rsa = |bits: usize| {
        let mut modulus = vec![0x02, 0x82];
        modulus.extend(u16::try_from(bits / 8 + 1).unwrap().to_be_bytes());
        modulus.push(0);
        modulus.extend(vec![0xff; bits / 8]);
        modulus.extend([0x02, 0x03, 1, 0, 1]);
        let mut key = vec![0x30, 0x82];
        key.extend(u16::try_from(modulus.len()).unwrap().to_be_bytes());
        key.extend(modulus);
        // SubjectPublicKeyInfo around it.
        let long = |tag: u8, content: Vec<u8>| {
            let mut bytes = vec![tag, 0x82];
            bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend(content);
            bytes
        };
        key.insert(0, 0);
        let mut info = vec![
            0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0,
        ];
        info.extend(long(0x03, key));
        DkimKey::published(Algorithm::Rsa2048, long(0x30, info))
    };
    let owner: DomainName = "sel._domainkey.example.com".parse().unwrap();
    for (bits, verdict) in [
        (512, "error"),
        (768, "error"),
        (1024, "warning"),
        (1536, "warning"),
        (2048, "ok"),
        (4096, "ok"),
        (8192, "warning"),
    ] {
        let key = rsa(bits);
        assert_eq!(judge::bits(&key).map(|b| b as usize), Some(bits));
        assert_eq!(worst(&judge::judge(&owner, &key)), verdict, "{bits}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let owner: DomainName = "sel._domainkey.example.com".parse().unwrap();
        let key = DkimKey::published(Algorithm::Rsa2048, bytes.clone());
        judge::judge(&owner, &key);
        let found = findings(&bytes);
        prop_assert!(found.iter().all(|f| f.message.bytes().all(|b| matches!(b, b' '..=b'~'))));
    }
}
