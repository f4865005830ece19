//! The bytes of questions and updates (RFC 1035, section 4; RFC 2136), and of what comes back. Pure: no sockets here.
//!
//! Answers are read record by record, since a signature (TSIG) covers bytes, and data has to be kept exactly as it stands there.

use std::ops::Range;

use crate::dns::update::reader::Reader;
use crate::dns::wire::raw_label;
use crate::dns::wire::wire_type;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::update::Exact;
use crate::records::update::Operation;
use crate::records::update::Prerequisite;
use crate::records::update::Update;

pub(super) const CLASS_IN: u16 = 1;
pub(super) const CLASS_NONE: u16 = 254;
pub(super) const CLASS_ANY: u16 = 255;
const TYPE_ANY: u16 = 255;
const TYPE_TSIG: u16 = 250;

/// Bytes of the header.
const HEADER: usize = 12;

/// The opcode UPDATE, where the flags have it.
const OPCODE_UPDATE: u16 = 5 << 11;

const RESPONSE: u16 = 1 << 15;
const AUTHORITATIVE: u16 = 1 << 10;
const TRUNCATED: u16 = 1 << 9;

/// Records of one answer that are read.
const MOST_RECORDS: usize = 1000;

/// One record of an answer. `data`: where its data stands in the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawRecord {
    pub owner: DomainName,
    pub record_type: u16,
    pub class: u16,
    pub ttl: u32,
    pub data: Range<usize>,
}

/// The signature record of an answer (RFC 8945, section 4.2). Times in seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tsig {
    pub key: DomainName,
    pub algorithm: DomainName,
    pub time: u64,
    pub fudge: u16,
    pub mac: Vec<u8>,
    pub original_id: u16,
    pub error: u16,
    pub other: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub id: u16,
    pub flags: u16,
    pub question: Option<(DomainName, u16)>,
    pub answers: Vec<RawRecord>,
    pub tsig: Option<Tsig>,
    /// The message as it was before it was signed.
    pub unsigned: Vec<u8>,
}

impl Reply {
    pub(super) fn code(&self) -> u16 {
        self.flags & 0x0f
    }

    pub(super) fn is_authoritative(&self) -> bool {
        self.flags & AUTHORITATIVE != 0
    }

    pub(super) fn is_truncated(&self) -> bool {
        self.flags & TRUNCATED != 0
    }

    /// The data of a record of a type that we know; None for others and for data that breaks its form.
    pub(super) fn exact(&self, bytes: &[u8], record: &RawRecord) -> Option<Exact> {
        let data = bytes.get(record.data.clone())?;
        if record.class != CLASS_IN {
            return None;
        }
        let number = |record_type| u16::from(wire_type(record_type));
        if record.record_type == number(RecordType::Txt) {
            return strings(data).map(Exact::Txt);
        }
        if record.record_type == number(RecordType::Cname) {
            let target = Reader::at(bytes, record.data.start).name()?;
            return Some(Exact::Cname(target));
        }
        if record.record_type == number(RecordType::Mx) {
            let mut reader = Reader::at(bytes, record.data.start);
            return Some(Exact::Mx {
                preference: reader.number()?,
                exchange: reader.name()?,
            });
        }
        None
    }
}

/// The character-strings of a TXT; at least one.
fn strings(mut data: &[u8]) -> Option<Vec<Untrusted>> {
    let mut strings = Vec::new();
    while let Some((&length, rest)) = data.split_first() {
        let (string, rest) = rest.split_at_checked(usize::from(length))?;
        strings.push(Untrusted::new(string));
        data = rest;
    }
    (!strings.is_empty()).then_some(strings)
}

/// A question to a server of the zone itself: no recursion.
pub(super) fn question(id: u16, owner: &DomainName, record_type: RecordType) -> Vec<u8> {
    let mut bytes = header(id, 0, [1, 0, 0, 0]);
    put_name(&mut bytes, owner);
    put(&mut bytes, u16::from(wire_type(record_type)));
    put(&mut bytes, CLASS_IN);
    bytes
}

/// An update. None: more steps than a message counts.
pub(super) fn update(id: u16, update: &Update) -> Option<Vec<u8>> {
    let mut prerequisites = Vec::new();
    let mut count = 0_usize;
    for prerequisite in &update.prerequisites {
        match prerequisite {
            Prerequisite::Exactly(rrset) => {
                for data in &rrset.data {
                    put_record(&mut prerequisites, &rrset.owner, data, CLASS_IN, 0)?;
                }
                count += rrset.data.len();
            }
            Prerequisite::NoRrset { owner, record_type } => {
                let number = u16::from(wire_type(*record_type));
                put_bare(&mut prerequisites, owner, number, CLASS_NONE);
                count += 1;
            }
            Prerequisite::NameFree { owner } => {
                put_bare(&mut prerequisites, owner, TYPE_ANY, CLASS_NONE);
                count += 1;
            }
        }
    }
    let mut operations = Vec::new();
    for operation in &update.operations {
        match operation {
            Operation::Add { owner, ttl, data } => {
                put_record(&mut operations, owner, data, CLASS_IN, *ttl)?;
            }
            Operation::Delete { owner, data } => {
                put_record(&mut operations, owner, data, CLASS_NONE, 0)?;
            }
        }
    }
    let counts = [
        1,
        u16::try_from(count).ok()?,
        u16::try_from(update.operations.len()).ok()?,
        0,
    ];
    let mut bytes = header(id, OPCODE_UPDATE, counts);
    put_name(&mut bytes, &update.zone);
    put(&mut bytes, u16::from(wire_type(RecordType::Soa)));
    put(&mut bytes, CLASS_IN);
    bytes.extend(prerequisites);
    bytes.extend(operations);
    (bytes.len() < usize::from(u16::MAX)).then_some(bytes)
}

fn header(id: u16, flags: u16, counts: [u16; 4]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    for number in [id, flags].into_iter().chain(counts) {
        put(&mut bytes, number);
    }
    bytes
}

fn put(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend(number.to_be_bytes());
}

/// The name in canonical form: uncompressed, lower case.
pub(super) fn put_name(bytes: &mut Vec<u8>, name: &DomainName) {
    for label in name.labels() {
        let raw = raw_label(label);
        // A label of a name has 63 bytes at most.
        bytes.push(u8::try_from(raw.len()).unwrap_or_default());
        bytes.extend(raw);
    }
    bytes.push(0);
}

fn put_bare(bytes: &mut Vec<u8>, owner: &DomainName, record_type: u16, class: u16) {
    put_name(bytes, owner);
    put(bytes, record_type);
    put(bytes, class);
    bytes.extend([0; 6]);
}

fn put_record(
    bytes: &mut Vec<u8>,
    owner: &DomainName,
    data: &Exact,
    class: u16,
    ttl: u32,
) -> Option<()> {
    let mut raw = Vec::new();
    match data {
        Exact::Txt(strings) => {
            for string in strings {
                raw.push(u8::try_from(string.as_bytes().len()).ok()?);
                raw.extend(string.as_bytes());
            }
        }
        Exact::Cname(target) => put_name(&mut raw, target),
        Exact::Mx {
            preference,
            exchange,
        } => {
            put(&mut raw, *preference);
            put_name(&mut raw, exchange);
        }
    }
    put_name(bytes, owner);
    put(bytes, u16::from(wire_type(data.record_type())));
    put(bytes, class);
    bytes.extend(ttl.to_be_bytes());
    put(bytes, u16::try_from(raw.len()).ok()?);
    bytes.extend(raw);
    Some(())
}

/// Puts a signature record behind a message and counts it.
pub(super) fn append_tsig(bytes: &mut Vec<u8>, tsig: &Tsig) {
    put_name(bytes, &tsig.key);
    put(bytes, TYPE_TSIG);
    put(bytes, CLASS_ANY);
    bytes.extend([0; 4]);
    let mut data = Vec::new();
    put_name(&mut data, &tsig.algorithm);
    put_time(&mut data, tsig.time);
    put(&mut data, tsig.fudge);
    put(&mut data, u16::try_from(tsig.mac.len()).unwrap_or_default());
    data.extend(&tsig.mac);
    for number in [tsig.original_id, tsig.error, 0] {
        put(&mut data, number);
    }
    put(bytes, u16::try_from(data.len()).unwrap_or_default());
    bytes.extend(data);
    let count = u16::from_be_bytes([bytes[10], bytes[11]]).wrapping_add(1);
    bytes[10..HEADER].copy_from_slice(&count.to_be_bytes());
}

/// 48 bits of seconds since 1970.
fn put_time(bytes: &mut Vec<u8>, time: u64) {
    bytes.extend(&time.to_be_bytes()[2..]);
}

/// What a signature covers besides the message (RFC 8945, section 4.3.3).
pub(super) fn variables(tsig: &Tsig) -> Vec<u8> {
    let mut bytes = Vec::new();
    put_name(&mut bytes, &tsig.key);
    put(&mut bytes, CLASS_ANY);
    bytes.extend([0; 4]);
    put_name(&mut bytes, &tsig.algorithm);
    put_time(&mut bytes, tsig.time);
    put(&mut bytes, tsig.fudge);
    put(&mut bytes, tsig.error);
    put(
        &mut bytes,
        u16::try_from(tsig.other.len()).unwrap_or_default(),
    );
    bytes.extend(&tsig.other);
    bytes
}

/// Reads an answer; None where it breaks its form.
pub(super) fn read(bytes: &[u8]) -> Option<Reply> {
    let mut reader = Reader::at(bytes, 0);
    let id = reader.number()?;
    let flags = reader.number()?;
    let counts = [
        reader.number()?,
        reader.number()?,
        reader.number()?,
        reader.number()?,
    ];
    let [questions, answers, authorities, additionals] = counts.map(usize::from);
    if flags & RESPONSE == 0 || questions > 1 || answers + authorities + additionals > MOST_RECORDS
    {
        return None;
    }
    let mut asked = None;
    for _ in 0..questions {
        let name = reader.name()?;
        asked = Some((name, reader.number()?));
        reader.number()?;
    }
    let mut kept = Vec::new();
    for _ in 0..answers {
        kept.push(reader.record()?);
    }
    for _ in 0..authorities {
        reader.record()?;
    }
    let mut unsigned = bytes.to_vec();
    let mut tsig = None;
    for nth in 0..additionals {
        let start = reader.at;
        let record = reader.record()?;
        if record.record_type != TYPE_TSIG {
            continue;
        }
        // It is the last record, and the only one of its kind (RFC 8945, section 5.1).
        if nth + 1 != additionals || record.class != CLASS_ANY || record.ttl != 0 {
            return None;
        }
        let read = Reader::at(bytes, record.data.start).tsig(record.owner, record.data.end)?;
        unsigned.truncate(start);
        unsigned[..2].copy_from_slice(&read.original_id.to_be_bytes());
        unsigned[10..HEADER].copy_from_slice(&(counts[3] - 1).to_be_bytes());
        tsig = Some(read);
    }
    Some(Reply {
        id,
        flags,
        question: asked,
        answers: kept,
        tsig,
        unsigned,
    })
}
