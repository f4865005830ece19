//! Names, types and data between the DNS library's forms and ours.

use hickory_resolver::proto::rr::Name;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::serialize::binary::BinDecodable;
use hickory_resolver::proto::serialize::binary::BinDecoder;

use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::RecordType;
use crate::records::sighting::Soa;
use crate::records::untrusted::Untrusted;

/// The abandoned record type SPF.
const SPF_TYPE: u16 = 99;

/// A record's data as we keep it; None for types that nobody asks for, and for data that cannot be read.
pub(super) fn data_of(data: &RData) -> Option<Data> {
    match data {
        RData::A(address) => Some(Data::A(address.0)),
        RData::AAAA(address) => Some(Data::Aaaa(address.0)),
        RData::NS(name) => Some(Data::Ns(name_of(&name.0)?)),
        RData::CNAME(name) => Some(Data::Cname(name_of(&name.0)?)),
        RData::PTR(name) => Some(Data::Ptr(name_of(&name.0)?)),
        RData::SOA(soa) => Some(Data::Soa(Soa {
            primary: name_of(&soa.mname)?,
            serial: soa.serial,
            minimum: soa.minimum,
        })),
        RData::MX(mx) => Some(Data::Mx {
            preference: mx.preference,
            exchange: name_of(&mx.exchange)?,
        }),
        RData::TXT(text) => Some(Data::Txt(Untrusted::new(text.txt_data.concat()))),
        // A TXT without a single string breaks RFC 1035 and reads as an empty text.
        RData::Update0(WireType::TXT) => Some(Data::Txt(Untrusted::default())),
        RData::Unknown { code, rdata } if u16::from(*code) == SPF_TYPE => {
            Some(Data::Txt(joined(&rdata.anything)?))
        }
        RData::Unknown { code, rdata } if *code == WireType::DNAME => {
            let name = Name::read(&mut BinDecoder::new(&rdata.anything)).ok()?;
            Some(Data::Dname(name_of(&name)?))
        }
        _ => None,
    }
}

/// The character-strings of raw RDATA as one string.
fn joined(mut rdata: &[u8]) -> Option<Untrusted> {
    let mut text = Vec::with_capacity(rdata.len());
    while let Some((&length, rest)) = rdata.split_first() {
        let (string, rest) = rest.split_at_checked(usize::from(length))?;
        text.extend_from_slice(string);
        rdata = rest;
    }
    Some(Untrusted::new(text))
}

/// The name with its escapes; None where it is none.
pub(super) fn name_of(name: &Name) -> Option<DomainName> {
    DomainName::from_labels(name.iter()).ok()
}

/// The name as the wire has it, escapes undone.
pub(super) fn wire_name(name: &DomainName) -> Option<Name> {
    let labels: Vec<Vec<u8>> = name.labels().map(raw_label).collect();
    let mut wire = Name::from_labels(labels).ok()?;
    wire.set_fqdn(true);
    Some(wire)
}

/// The bytes of one label, escapes undone.
pub(super) fn raw_label(label: &str) -> Vec<u8> {
    let mut raw = Vec::with_capacity(label.len());
    let mut bytes = label.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' {
            let value = bytes.by_ref().take(3).fold(0u16, |value, digit| {
                value * 10 + u16::from(digit.wrapping_sub(b'0'))
            });
            raw.push(value as u8);
        } else {
            raw.push(byte);
        }
    }
    raw
}

/// The number of a record type.
pub(super) fn wire_type(record_type: RecordType) -> WireType {
    match record_type {
        RecordType::A => WireType::A,
        RecordType::Aaaa => WireType::AAAA,
        RecordType::Ns => WireType::NS,
        RecordType::Cname => WireType::CNAME,
        RecordType::Soa => WireType::SOA,
        RecordType::Mx => WireType::MX,
        RecordType::Txt => WireType::TXT,
        RecordType::Ptr => WireType::PTR,
        RecordType::Dname => WireType::DNAME,
        RecordType::Spf => WireType::Unknown(SPF_TYPE),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::ProptestConfig;
    use proptest::prelude::any;
    use proptest::prop_assert_eq;
    use proptest::proptest;

    use crate::dns::wire::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_name_survives_the_wire(labels in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 0..9)) {
            let name = DomainName::from_labels(labels.iter().map(Vec::as_slice)).unwrap();
            prop_assert_eq!(name_of(&wire_name(&name).unwrap()), Some(name));
        }
    }
}
