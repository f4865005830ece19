//! Reads the pieces of an answer: numbers, names, records, signatures. Every step is bounded.

use crate::dns::update::wire::RawRecord;
use crate::dns::update::wire::Tsig;
use crate::records::name::DomainName;

/// Labels of a name, and jumps on the way to them.
const MOST_LABELS: usize = 128;

/// Reads an answer from the front; None where it breaks off or breaks its form.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn at(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<u16> {
        let bytes = self.take(2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    pub(super) fn long(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        Some(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A name, which may go on at an earlier place of the message (RFC 1035, section 4.1.4).
    pub(super) fn name(&mut self) -> Option<DomainName> {
        let mut labels: Vec<&[u8]> = Vec::new();
        let mut at = self.at;
        let mut end = None;
        // Each jump leads further to the front, so that it ends.
        let mut front = self.at;
        loop {
            let length = usize::from(*self.bytes.get(at)?);
            match length {
                0 => {
                    end.get_or_insert(at + 1);
                    break;
                }
                1..=63 => {
                    labels.push(self.bytes.get(at + 1..at + 1 + length)?);
                    if labels.len() > MOST_LABELS {
                        return None;
                    }
                    at += 1 + length;
                }
                0xc0.. => {
                    let low = usize::from(*self.bytes.get(at + 1)?);
                    end.get_or_insert(at + 2);
                    let target = (length & 0x3f) << 8 | low;
                    if target >= front {
                        return None;
                    }
                    front = target;
                    at = target;
                }
                _ => return None,
            }
        }
        self.at = end?;
        DomainName::from_labels(labels).ok()
    }

    pub(super) fn record(&mut self) -> Option<RawRecord> {
        let owner = self.name()?;
        let record_type = self.number()?;
        let class = self.number()?;
        let ttl = self.long()?;
        let length = usize::from(self.number()?);
        let start = self.at;
        self.take(length)?;
        Some(RawRecord {
            owner,
            record_type,
            class,
            ttl,
            data: start..self.at,
        })
    }

    /// The data of a signature record, up to `end`.
    pub(super) fn tsig(&mut self, key: DomainName, end: usize) -> Option<Tsig> {
        let algorithm = self.name()?;
        let high = u64::from(self.number()?);
        let low = u64::from(self.long()?);
        let fudge = self.number()?;
        let length = usize::from(self.number()?);
        let mac = self.take(length)?.to_vec();
        let original_id = self.number()?;
        let error = self.number()?;
        let length = usize::from(self.number()?);
        let other = self.take(length)?.to_vec();
        (self.at == end).then_some(Tsig {
            key,
            algorithm,
            time: high << 32 | low,
            fudge,
            mac,
            original_id,
            error,
            other,
        })
    }
}
