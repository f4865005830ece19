//! Reads a DNS message into what it says about one question. Pure: no sockets here.

use std::net::IpAddr;

use hickory_resolver::proto::dnssec::rdata::DNSSECRData;
use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::DNSClass;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::Record;
use hickory_resolver::proto::rr::RecordType as WireType;
use hickory_resolver::proto::rr::rdata::opt::EdnsCode;
use hickory_resolver::proto::rr::rdata::opt::EdnsOption;

use crate::dns::wire::data_of;
use crate::dns::wire::name_of;
use crate::dns::wire::wire_type;
use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;

/// Aliases followed for one question.
pub(super) const LONGEST_CHAIN: usize = 8;

/// Records kept of one answer.
const MOST_RECORDS: usize = 1000;

/// Bytes kept of the text that comes with a failure.
const LONGEST_REMARK: usize = 200;

/// The Extended DNS Error option (RFC 8914).
const EXTENDED_ERROR: u16 = 15;

/// The byte of the header that holds the opcode, its bits, and the opcode UPDATE.
const FLAGS: usize = 2;
const OPCODE: u8 = 0b0111_1000;
const UPDATE: u8 = 5 << 3;

/// Whose answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Authoritative,
    Resolver,
}

/// What one message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Targets of the aliases that the message holds, in order.
    pub chain: Vec<DomainName>,
    pub end: End,
    /// Owner of the SOA record in the authority section: the zone that says "no".
    pub zone: Option<DomainName>,
    /// Owner of the NS records of a referral: the zone below.
    pub referral: Option<DomainName>,
    /// AD: the resolver checked the signatures, and they hold.
    pub authentic: bool,
    /// Whether a failure is about signatures, where the server says why it failed.
    pub distrusts: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Outcome(Outcome),
    /// The last target of the chain has to be asked for.
    Follow(DomainName),
}

/// Decodes a message. The decoder takes a record without data for a mistake except in updates (RFC 2136): where that is
/// all that is wrong, the message is read as an update is.
pub(super) fn decode(bytes: &[u8]) -> Option<Message> {
    if let Ok(message) = Message::from_vec(bytes) {
        return Some(message);
    }
    let mut lenient = bytes.to_vec();
    let flags = lenient.get_mut(FLAGS)?;
    *flags = (*flags & !OPCODE) | UPDATE;
    Message::from_vec(&lenient).ok()
}

/// Reads what `message` answers about `owner`.
///
/// Of an authoritative server only what lies under the same registrable domain is believed: a target elsewhere
/// is for its own servers to speak of.
pub(super) fn read(
    message: &Message,
    owner: &DomainName,
    record_type: RecordType,
    side: Side,
) -> Reading {
    let soa = authority_soa(message, owner);
    let mut reading = Reading {
        chain: Vec::new(),
        end: End::Outcome(Outcome::Trouble(Trouble::Malformed)),
        zone: soa.as_ref().map(|(zone, _)| zone.clone()),
        referral: None,
        authentic: message.authentic_data,
        distrusts: failure_code(message).map(is_about_signatures),
    };
    if let Some(trouble) = trouble_of(message) {
        reading.end = End::Outcome(Outcome::Trouble(trouble));
        return reading;
    }
    if side == Side::Authoritative && !message.authoritative {
        reading.referral = referral_of(message, owner);
        if record_type == RecordType::Ns && reading.referral.as_ref() == Some(owner) {
            // The servers above the zone say where it is; that is all that they can say.
            reading.end = End::Outcome(delegation(message, owner));
            return reading;
        }
        let trouble = if message.recursion_available && reading.referral.is_none() {
            Trouble::AsResolver
        } else {
            Trouble::NotAuthoritative
        };
        reading.end = End::Outcome(Outcome::Trouble(trouble));
        return reading;
    }
    let exists = message.response_code == ResponseCode::NoError;
    let mut here = owner.clone();
    loop {
        if let Some(records) = records_at(message, &here, record_type) {
            // Data and "no such name" in one message contradict each other: nothing is proved.
            if exists {
                reading.end = End::Outcome(records);
            }
            return reading;
        }
        let Some(target) = alias_at(message, &here, record_type) else {
            break;
        };
        let circle = target == *owner || reading.chain.contains(&target);
        if circle || reading.chain.len() == LONGEST_CHAIN {
            reading.end = End::Outcome(Outcome::Trouble(Trouble::Loop));
            return reading;
        }
        reading.chain.push(target.clone());
        if side == Side::Authoritative && !same_holder(owner, &target) {
            reading.end = End::Follow(target);
            return reading;
        }
        here = target;
    }
    let ttl = authority_soa(message, &here).map(|(_, ttl)| ttl);
    if side == Side::Resolver && ttl.is_none() && is_not_looked_up(message) {
        reading.end = End::Outcome(Outcome::Trouble(Trouble::NotAuthoritative));
        return reading;
    }
    reading.end = match (exists, ttl) {
        (false, _) => End::Outcome(Outcome::NoName { ttl }),
        (true, None) if !reading.chain.is_empty() => End::Follow(here),
        (true, _) => End::Outcome(Outcome::NoData { ttl }),
    };
    reading
}

/// True for an empty answer of a resolver that did not look the name up: it does not do that for us, or only points to others.
fn is_not_looked_up(message: &Message) -> bool {
    let points_on = message
        .authorities
        .iter()
        .any(|record| record.record_type() == WireType::NS);
    !message.authoritative && (points_on || !message.recursion_available)
}

/// True where both names lie under one registrable domain, so that one server may speak of both.
pub(super) fn same_holder(one: &DomainName, other: &DomainName) -> bool {
    match one.registrable() {
        Some(domain) => other.is_within(&domain),
        None => one == other,
    }
}

/// True for the answers of servers that may not stand EDNS (RFC 6891, section 7): every code that says nothing about the name.
pub(super) fn dislikes_edns(message: &Message) -> bool {
    !matches!(
        message.response_code,
        ResponseCode::NoError
            | ResponseCode::NXDomain
            | ResponseCode::ServFail
            | ResponseCode::Refused
    )
}

fn trouble_of(message: &Message) -> Option<Trouble> {
    match message.response_code {
        ResponseCode::NoError | ResponseCode::NXDomain => None,
        ResponseCode::ServFail => Some(Trouble::ServerFailure {
            said: extended_error(message),
        }),
        ResponseCode::Refused => Some(Trouble::Refused),
        code => Some(Trouble::Code(u16::from(code))),
    }
}

/// The code and the text of the extended error (RFC 8914, section 2).
fn failure_parts(message: &Message) -> Option<(u16, &[u8])> {
    let option = message
        .edns
        .as_ref()?
        .option(EdnsCode::Unknown(EXTENDED_ERROR))?;
    let EdnsOption::Unknown(_, bytes) = option else {
        return None;
    };
    let (code, text) = bytes.split_at_checked(2)?;
    Some((u16::from_be_bytes([code[0], code[1]]), text))
}

/// The code of the extended error; None where it gives no reason (0 is "other").
fn failure_code(message: &Message) -> Option<u16> {
    failure_parts(message)
        .map(|(code, _)| code)
        .filter(|code| *code != 0)
}

/// The codes about DNSSEC in the registry of extended errors.
fn is_about_signatures(code: u16) -> bool {
    matches!(code, 1 | 2 | 5..=12 | 25 | 27)
}

/// What the server says about its failure, escaped.
fn extended_error(message: &Message) -> Option<Shown> {
    let (code, text) = failure_parts(message)?;
    let meaning = match code {
        6 => "DNSSEC Bogus",
        7 => "Signature Expired",
        8 => "Signature Not Yet Valid",
        9 => "DNSKEY Missing",
        10 => "RRSIGs Missing",
        22 => "No Reachable Authority",
        23 => "Network Error",
        _ => "",
    };
    let mut said = meaning.as_bytes().to_vec();
    if !said.is_empty() && !text.is_empty() {
        said.extend_from_slice(b": ");
    }
    said.extend_from_slice(text);
    if said.is_empty() {
        return None;
    }
    Some(Untrusted::new(said).shown_up_to(LONGEST_REMARK))
}

/// The SOA record of the authority section that speaks of `owner`, and how long its "no" may be remembered (RFC 2308, section 5).
fn authority_soa(message: &Message, owner: &DomainName) -> Option<(DomainName, u32)> {
    message.authorities.iter().find_map(|record| {
        let RData::SOA(soa) = &record.data else {
            return None;
        };
        let zone = name_of(&record.name)?;
        owner
            .is_within(&zone)
            .then(|| (zone, ttl_of(record).min(soa.minimum)))
    })
}

fn referral_of(message: &Message, owner: &DomainName) -> Option<DomainName> {
    message
        .authorities
        .iter()
        .filter(|record| record.record_type() == WireType::NS)
        .filter_map(|record| name_of(&record.name))
        .find(|zone| owner.is_within(zone))
}

/// The name servers that a referral lists for `owner` itself, and the addresses that it has of those within `owner`.
fn delegation(message: &Message, owner: &DomainName) -> Outcome {
    let of_owner = |record: &&Record| name_of(&record.name).as_ref() == Some(owner);
    let mut ttl = u32::MAX;
    let mut data = Vec::new();
    for record in message.authorities.iter().filter(of_owner) {
        if let (RData::NS(_), Some(one)) = (&record.data, data_of(&record.data)) {
            ttl = ttl.min(ttl_of(record));
            data.push(one);
        }
    }
    data.truncate(MOST_RECORDS);
    if data.is_empty() {
        return Outcome::Trouble(Trouble::NotAuthoritative);
    }
    let glue: Vec<Data> = message
        .additionals
        .iter()
        .filter_map(|record| glue_of(record, owner))
        .filter(|glue| matches!(glue, Data::Glue { host, .. } if data.contains(&Data::Ns(host.clone()))))
        .take(MOST_RECORDS)
        .collect();
    data.extend(glue);
    Outcome::Records { data, ttl }
}

/// The address of a name within `zone`.
fn glue_of(record: &Record, zone: &DomainName) -> Option<Data> {
    let host = name_of(&record.name).filter(|host| host.is_within(zone))?;
    let address = match data_of(&record.data)? {
        Data::A(ip) => IpAddr::V4(ip),
        Data::Aaaa(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    Some(Data::Glue { host, address })
}

/// The records of the type at `owner`; None where there is none. Records that cannot be read are no "no".
fn records_at(message: &Message, owner: &DomainName, record_type: RecordType) -> Option<Outcome> {
    let mut data = Vec::new();
    let mut ttl = u32::MAX;
    let mut unreadable = None;
    for record in answers_at(message, owner) {
        if record.record_type() != wire_type(record_type) || data.len() == MOST_RECORDS {
            continue;
        }
        match data_of(&record.data) {
            Some(one) => {
                ttl = ttl.min(ttl_of(record));
                data.push(one);
            }
            None => unreadable = Some(Outcome::Trouble(Trouble::Malformed)),
        }
    }
    if data.is_empty() {
        return unreadable;
    }
    // An alias may not stand beside other records (RFC 1034, section 3.6.2).
    data.extend(alias_at(message, owner, record_type).map(Data::Cname));
    if record_type == RecordType::Soa {
        data.extend(answers_at(message, owner).find_map(signature));
    }
    Some(Outcome::Records { data, ttl })
}

/// How long the signature of the SOA record holds.
fn signature(record: &Record) -> Option<Data> {
    let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data else {
        return None;
    };
    let input = signature.input();
    (input.type_covered == WireType::SOA).then(|| Data::Signed {
        from: input.sig_inception.get(),
        until: input.sig_expiration.get(),
    })
}

fn alias_at(message: &Message, owner: &DomainName, record_type: RecordType) -> Option<DomainName> {
    if matches!(record_type, RecordType::Cname | RecordType::Dname) {
        return None;
    }
    answers_at(message, owner).find_map(|record| match &record.data {
        RData::CNAME(target) => name_of(&target.0),
        _ => None,
    })
}

fn answers_at<'a>(
    message: &'a Message,
    owner: &'a DomainName,
) -> impl Iterator<Item = &'a Record> + 'a {
    message.answers.iter().filter(move |record| {
        record.dns_class == DNSClass::IN && name_of(&record.name).as_ref() == Some(owner)
    })
}

/// A TTL with the highest bit set counts as zero (RFC 2181, section 8).
fn ttl_of(record: &Record) -> u32 {
    if record.ttl > i32::MAX.unsigned_abs() {
        0
    } else {
        record.ttl
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::ProptestConfig;
    use proptest::proptest;

    use crate::dns::message::*;

    /// An answer with an alias and a text behind it.
    const ANSWER: &[u8] = b"\0\x07\x84\0\0\x01\0\x02\0\0\0\0\x01a\x04test\0\0\x10\0\x01\
        \xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01b\xc0\x0e\xc0\x24\0\x10\0\x01\0\0\0\x3c\0\x05\x04text";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn d32_damaged_bytes_are_read_without_harm(at in 0..ANSWER.len(), byte: u8, end in 0..=ANSWER.len()) {
            let mut bytes = ANSWER[..end].to_vec();
            if let Some(damaged) = bytes.get_mut(at) {
                *damaged = byte;
            }
            let owner: DomainName = "a.test".parse().unwrap();
            if let Some(message) = decode(&bytes) {
                for side in [Side::Authoritative, Side::Resolver] {
                    read(&message, &owner, RecordType::Txt, side);
                }
            }
        }
    }

    #[test]
    fn the_answer_above_is_whole() {
        let owner: DomainName = "a.test".parse().unwrap();
        let reading = read(
            &decode(ANSWER).unwrap(),
            &owner,
            RecordType::Txt,
            Side::Resolver,
        );
        assert_eq!(reading.chain, ["b.test".parse().unwrap()]);
        assert!(matches!(reading.end, End::Outcome(Outcome::Records { .. })));
    }
}
