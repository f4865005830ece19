//! Signs messages and checks the signatures of answers (TSIG, RFC 8945). Pure.

use crate::dns::update::fault::Fault;
use crate::dns::update::key::Key;
use crate::dns::update::wire;
use crate::dns::update::wire::Reply;
use crate::dns::update::wire::Tsig;
use crate::records::name::DomainName;

/// Seconds by which clocks may differ (RFC 8945, section 10, recommends it).
const FUDGE: u16 = 300;

const BADSIG: u16 = 16;
const BADKEY: u16 = 17;
const BADTIME: u16 = 18;
const BADTRUNC: u16 = 22;

/// A message as sent, with the code that its answer is bound to.
pub(super) struct Signed {
    pub bytes: Vec<u8>,
    pub mac: Vec<u8>,
}

/// Signs a message. `time` in seconds since 1970. None: the library does not know the algorithm.
pub(super) fn sign(mut bytes: Vec<u8>, key: &Key, time: u64) -> Option<Signed> {
    let mut tsig = Tsig {
        key: key.name.clone(),
        algorithm: algorithm(key)?,
        time,
        fudge: FUDGE,
        mac: Vec::new(),
        original_id: u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]),
        error: 0,
        other: Vec::new(),
    };
    let mut covered = bytes.clone();
    covered.extend(wire::variables(&tsig));
    tsig.mac = key.sign(&covered)?;
    wire::append_tsig(&mut bytes, &tsig);
    Some(Signed {
        bytes,
        mac: tsig.mac,
    })
}

/// Whether the answer to a message with the code `mac` is the server's, and what it says of our signature.
pub(super) fn verify(reply: &Reply, key: &Key, mac: &[u8], now: u64) -> Result<(), Fault> {
    let Some(tsig) = &reply.tsig else {
        return Err(Fault::Unsigned { code: reply.code() });
    };
    match tsig.error {
        // These two come without a signature (RFC 8945, section 5.2).
        BADKEY => {
            return Err(Fault::BadKey {
                key: key.name.clone(),
            });
        }
        BADSIG => {
            return Err(Fault::BadSignature {
                key: key.name.clone(),
            });
        }
        _ => {}
    }
    let ours = tsig.key == key.name && Some(&tsig.algorithm) == algorithm(key).as_ref();
    let length = u16::try_from(mac.len()).unwrap_or_default();
    let mut covered = length.to_be_bytes().to_vec();
    covered.extend(mac);
    covered.extend(&reply.unsigned);
    covered.extend(wire::variables(tsig));
    if !ours || !key.verifies(&covered, &tsig.mac) {
        return Err(Fault::Forged);
    }
    match tsig.error {
        0 if tsig.time.abs_diff(now) > u64::from(tsig.fudge) => Err(Fault::BadTime {
            server: Some(tsig.time),
            ours: now,
        }),
        0 => Ok(()),
        BADTIME => Err(Fault::BadTime {
            server: server_time(&tsig.other),
            ours: now,
        }),
        BADTRUNC => Err(Fault::BadSignature {
            key: key.name.clone(),
        }),
        code => Err(Fault::Code { code }),
    }
}

/// The server's clock, 48 bits of seconds (RFC 8945, section 5.2.3).
fn server_time(other: &[u8]) -> Option<u64> {
    let bytes: [u8; 6] = other.try_into().ok()?;
    Some(
        bytes
            .iter()
            .fold(0, |time, byte| time << 8 | u64::from(*byte)),
    )
}

fn algorithm(key: &Key) -> Option<DomainName> {
    key.algorithm.as_str().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::ProptestConfig;
    use proptest::prelude::any;
    use proptest::prop_assert;
    use proptest::proptest;

    use crate::dns::update::sign::*;
    use crate::records::sighting::RecordType;

    const NOW: u64 = 1_796_000_000;

    fn key() -> Key {
        Key::read("hmac-sha256:nb:c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IQ==").unwrap()
    }

    fn request() -> Signed {
        let owner = "example.com".parse().unwrap();
        sign(wire::question(7, &owner, RecordType::Txt), &key(), NOW).unwrap()
    }

    /// What a server answers to `request`, signed with `key` at `time`, with `error` and its data.
    fn answer(request: &Signed, key: &Key, time: u64, error: u16, other: &[u8]) -> Vec<u8> {
        let owner = "example.com".parse().unwrap();
        let mut bytes = wire::question(7, &owner, RecordType::Txt);
        bytes[2] |= 0x80;
        let mut tsig = Tsig {
            key: key.name.clone(),
            algorithm: "hmac-sha256".parse().unwrap(),
            time,
            fudge: FUDGE,
            mac: Vec::new(),
            original_id: 7,
            error,
            other: other.to_vec(),
        };
        let mut covered = u16::try_from(request.mac.len())
            .unwrap()
            .to_be_bytes()
            .to_vec();
        covered.extend(&request.mac);
        covered.extend(&bytes);
        covered.extend(wire::variables(&tsig));
        if !matches!(error, BADKEY | BADSIG) {
            tsig.mac = key.sign(&covered).unwrap();
        }
        wire::append_tsig(&mut bytes, &tsig);
        // The error and its data stand at the end.
        let end = bytes.len();
        bytes[end - 4..end - 2].copy_from_slice(&error.to_be_bytes());
        bytes[end - 2..].copy_from_slice(&u16::try_from(other.len()).unwrap().to_be_bytes());
        bytes.extend(other);
        let length = tsig.mac.len() + other.len() + 13 + 16;
        let at = end - (length - other.len()) - 2;
        bytes[at..at + 2].copy_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
        bytes
    }

    fn verdict(bytes: &[u8], request: &Signed, now: u64) -> Result<(), Fault> {
        verify(&wire::read(bytes).unwrap(), &key(), &request.mac, now)
    }

    #[test]
    fn an_answer_is_believed_only_with_the_right_signature() {
        let request = request();
        let right = answer(&request, &key(), NOW, 0, &[]);
        assert_eq!(verdict(&right, &request, NOW), Ok(()));
        assert_eq!(verdict(&right, &request, NOW + 300), Ok(()));
        let late = Fault::BadTime {
            server: Some(NOW),
            ours: NOW + 301,
        };
        assert_eq!(verdict(&right, &request, NOW + 301), Err(late));

        let other = Key::read("hmac-sha256:nb:b3RoZXI=").unwrap();
        let forged = answer(&request, &other, NOW, 0, &[]);
        assert_eq!(verdict(&forged, &request, NOW), Err(Fault::Forged));
        let mut renamed = key();
        renamed.name = "nb2".parse().unwrap();
        let forged = answer(&request, &renamed, NOW, 0, &[]);
        assert_eq!(verdict(&forged, &request, NOW), Err(Fault::Forged));

        // The answer to another message of ours.
        let other = Signed {
            mac: vec![1; 32],
            bytes: Vec::new(),
        };
        assert_eq!(verdict(&right, &other, NOW), Err(Fault::Forged));

        let mut bare = wire::question(7, &"example.com".parse().unwrap(), RecordType::Txt);
        bare[2] |= 0x80;
        bare[3] |= 5;
        assert_eq!(
            verdict(&bare, &request, NOW),
            Err(Fault::Unsigned { code: 5 })
        );
    }

    #[test]
    fn what_the_server_says_of_key_and_clock_is_told_apart() {
        let request = request();
        let name = key().name;
        let said = |error, other: &[u8]| {
            verdict(&answer(&request, &key(), NOW, error, other), &request, NOW)
        };
        assert_eq!(said(BADKEY, &[]), Err(Fault::BadKey { key: name.clone() }));
        assert_eq!(said(BADSIG, &[]), Err(Fault::BadSignature { key: name }));
        let time = |server| Err(Fault::BadTime { server, ours: NOW });
        assert_eq!(
            said(BADTIME, &[0, 0, 0x6b, 1, 2, 3]),
            time(Some(0x6b01_0203))
        );
        assert_eq!(said(BADTIME, &[]), time(None));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn damaged_answers_are_read_without_harm_and_not_believed(at in 0..200_usize, byte: u8, cut in 0..200_usize) {
            let request = request();
            let whole = answer(&request, &key(), NOW, 0, &[]);
            let mut bytes = whole.clone();
            if let Some(damaged) = bytes.get_mut(at) {
                *damaged = byte;
            }
            bytes.truncate(bytes.len() - cut.min(bytes.len()) * usize::from(byte % 2 == 0));
            if let Some(reply) = wire::read(&bytes) {
                let verdict = verify(&reply, &key(), &request.mac, NOW);
                // The id on the wire is not covered (RFC 8945, section 4.3.2); letters of names may change their case.
                let same = bytes.len() == whole.len() && bytes[2..].eq_ignore_ascii_case(&whole[2..]);
                prop_assert!(verdict.is_err() || same);
            }
        }

        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Some(reply) = wire::read(&bytes) {
                for record in &reply.answers {
                    reply.exact(&bytes, record);
                }
                prop_assert!(verify(&reply, &key(), b"", NOW).is_err());
            }
        }
    }
}
