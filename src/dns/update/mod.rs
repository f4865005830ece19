//! Looks at a zone and changes it at its primary server, with signed messages (RFC 2136, RFC 8945). Used by the one command that is
//! asked for it by name.
//!
//! `key` the shared key from its file · `wire` the bytes, `reader` their pieces · `sign` signatures made and checked · `exchange` the sockets · `fault` why not.

mod exchange;
pub mod fault;
pub mod key;
mod reader;
mod sign;
mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use crate::dns::Client;
use crate::dns::Zone;
use crate::dns::update::fault::Fault;
use crate::dns::update::fault::code;
use crate::dns::update::key::Key;
use crate::dns::update::wire::Reply;
use crate::dns::wire::wire_type;
use crate::records::name::DomainName;
use crate::records::sighting::Ask;
use crate::records::sighting::Data;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Trouble;
use crate::records::sighting::Whom;
use crate::records::update::Rrset;
use crate::records::update::Update;

/// The server that takes changes, and how to talk to it.
#[derive(Clone, Debug)]
pub struct Primary {
    pub address: SocketAddr,
    pub key: Key,
    /// The longest wait for one answer.
    pub wait: Duration,
}

impl Primary {
    /// Whether the server holds `zone`, knows the key and agrees on the time. `now` in seconds since 1970.
    pub async fn greet(&self, zone: &DomainName, now: u64) -> Result<(), Fault> {
        let (bytes, reply) = self.ask(zone, RecordType::Soa, now).await?;
        let soa = u16::from(wire_type(RecordType::Soa));
        let holds = reply
            .answers
            .iter()
            .any(|record| record.owner == *zone && record.record_type == soa);
        drop(bytes);
        if holds {
            Ok(())
        } else {
            Err(Fault::NotAuthoritative)
        }
    }

    /// The records of a type at a name, and an alias where one stands there; exactly as the server has them.
    pub async fn rrsets(
        &self,
        owner: &DomainName,
        record_type: RecordType,
        now: u64,
    ) -> Result<Vec<Rrset>, Fault> {
        let (bytes, reply) = self.ask(owner, record_type, now).await?;
        let mut found: Vec<Rrset> = Vec::new();
        for wanted in [record_type, RecordType::Cname] {
            let number = u16::from(wire_type(wanted));
            let mut records = reply
                .answers
                .iter()
                .filter(|record| record.owner == *owner && record.record_type == number)
                .peekable();
            let Some(first) = records.peek() else {
                continue;
            };
            if found.iter().any(|rrset| rrset.record_type == wanted) {
                continue;
            }
            let ttl = first.ttl;
            // A record that cannot be read could not be named in the change.
            let data = records
                .map(|record| reply.exact(&bytes, record))
                .collect::<Option<Vec<_>>>()
                .ok_or(Fault::Lost(Trouble::Malformed))?;
            found.push(Rrset {
                owner: owner.clone(),
                record_type: wanted,
                ttl,
                data,
            });
        }
        Ok(found)
    }

    /// Sends a change, once. Ok: the server did all of it. An error that is no refusal leaves open what happened.
    pub async fn send(&self, update: &Update, now: u64) -> Result<(), Fault> {
        let id = rand::random();
        let message = wire::update(id, update).ok_or(Fault::TooBig)?;
        let (_, reply) = self.signed(message, now).await?;
        match reply.code() {
            0 => Ok(()),
            code => Err(Fault::Code { code }),
        }
    }

    async fn ask(
        &self,
        owner: &DomainName,
        record_type: RecordType,
        now: u64,
    ) -> Result<(Vec<u8>, Reply), Fault> {
        let message = wire::question(rand::random(), owner, record_type);
        let (bytes, reply) = self.signed(message, now).await?;
        let asked = (owner.clone(), u16::from(wire_type(record_type)));
        match reply.code() {
            0 | code::NXDOMAIN if reply.question.as_ref() != Some(&asked) => {
                Err(Fault::Lost(Trouble::Malformed))
            }
            0 | code::NXDOMAIN if reply.is_truncated() => Err(Fault::Lost(Trouble::Truncated)),
            0 | code::NXDOMAIN if !reply.is_authoritative() => Err(Fault::NotAuthoritative),
            0 | code::NXDOMAIN => Ok((bytes, reply)),
            code => Err(Fault::Code { code }),
        }
    }

    async fn signed(&self, message: Vec<u8>, now: u64) -> Result<(Vec<u8>, Reply), Fault> {
        let signed = sign::sign(message, &self.key, now).ok_or(Fault::TooBig)?;
        let bytes = exchange::exchange(self.address, &signed.bytes, self.wait).await?;
        let reply = wire::read(&bytes).ok_or(Fault::Lost(Trouble::Malformed))?;
        sign::verify(&reply, &self.key, &signed.mac, now)?;
        Ok((bytes, reply))
    }
}

impl Client {
    /// The primary server that the zone names in its SOA record (MNAME), as any of `servers` has it.
    pub async fn primary_of(&self, zone: &Zone) -> Option<DomainName> {
        let ask = Ask {
            question: Question::new(zone.apex.clone(), RecordType::Soa),
            whom: Whom::Servers(zone.servers.clone()),
        };
        self.put(&ask).await.iter().find_map(|sighting| {
            sighting.answer.data().iter().find_map(|data| match data {
                Data::Soa(soa) => Some(soa.primary.clone()),
                _ => None,
            })
        })
    }
}
