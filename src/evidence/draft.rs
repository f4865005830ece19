//! A record while it is read: its texts stand one after another, and the next record takes the room of the last.

use crate::evidence::aggregate::AuthDkim;
use crate::evidence::aggregate::AuthSpf;
use crate::evidence::aggregate::Reason;
use crate::evidence::aggregate::Row;
use crate::evidence::aggregate::Source;
use crate::evidence::bounds;
use crate::evidence::element::Element;
use crate::evidence::refusal::Refusal;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;

/// What the receiver did with the messages. The words are the public contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Done {
    None,
    Quarantine,
    Reject,
    /// The report does not say, or says another word.
    #[default]
    Unsaid,
}

/// What counts of a record, and the texts that say who sent.
#[derive(Debug)]
pub struct Draft {
    pub source: Source,
    pub count: u64,
    pub done: Done,
    /// Whether a signature passed and aligned; `None` where the report does not say.
    pub dkim: Option<bool>,
    /// Whether SPF passed and aligned; `None` where the report does not say.
    pub spf: Option<bool>,
    /// Why there is no count.
    pub bad_count: Option<Shown>,
    bytes: Vec<u8>,
    /// Where the text of each element ends in `bytes`. An element with others in it (`dkim`) comes after them, without a text.
    fields: Vec<(Element, usize)>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            source: Source::Text(Untrusted::default()),
            count: 0,
            done: Done::Unsaid,
            dkim: None,
            spf: None,
            bad_count: Some(Untrusted::from("none").shown()),
            bytes: Vec::new(),
            fields: Vec::new(),
        }
    }
}

impl Draft {
    /// A new record begins.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.fields.clear();
        *self = Self {
            bytes: std::mem::take(&mut self.bytes),
            fields: std::mem::take(&mut self.fields),
            ..Self::default()
        };
    }

    /// Adds the text of an element.
    pub fn put(&mut self, element: Element, text: &str) -> Result<(), Refusal> {
        if self.fields.len() >= bounds::LISTED || self.bytes.len() + text.len() > bounds::PIECE {
            return Err(Refusal::LongPiece);
        }
        self.bytes.extend_from_slice(text.as_bytes());
        self.fields.push((element, self.bytes.len()));
        Ok(())
    }

    /// DMARC passes where one of both aligned.
    pub fn is_aligned(&self) -> bool {
        self.dkim == Some(true) || self.spf == Some(true)
    }

    /// Writes down all that says who sent; rows of the same sender have the same.
    pub fn fingerprint(&self, key: &mut Vec<u8>) {
        for (element, text) in self.texts() {
            if !matches!(
                element,
                Element::Disposition | Element::EnvelopeFrom | Element::ReasonComment
            ) {
                key.push(element as u8);
                key.extend_from_slice(&text.len().to_le_bytes()[..4]);
                key.extend_from_slice(text);
            }
        }
        let word = |passes: Option<bool>| passes.map_or(2, u8::from);
        key.extend([word(self.dkim), word(self.spf)]);
    }

    fn texts(&self) -> impl Iterator<Item = (Element, &[u8])> {
        let mut from = 0;
        self.fields.iter().map(move |&(element, to)| {
            let text = &self.bytes[from..to];
            from = to;
            (element, text)
        })
    }

    /// The record on its own.
    pub fn row(&self) -> Row {
        let mut row = Row {
            source: self.source.clone(),
            count: self.count,
            disposition: None,
            dkim: self.dkim,
            spf: self.spf,
            reasons: Vec::new(),
            header_from: Untrusted::default(),
            envelope_from: None,
            auth_dkim: Vec::new(),
            auth_spf: Vec::new(),
        };
        let (mut dkim, mut spf, mut reason) =
            (AuthDkim::default(), AuthSpf::default(), Reason::default());
        for (element, text) in self.texts() {
            let value = || Untrusted::new(text);
            let given = || Some(value()).filter(|_| !text.is_empty());
            match element {
                Element::Disposition => row.disposition = given(),
                Element::HeaderFrom => row.header_from = value(),
                Element::EnvelopeFrom => row.envelope_from = given(),
                Element::ReasonType => reason.kind = value(),
                Element::ReasonComment => reason.comment = given(),
                Element::Reason => row.reasons.push(std::mem::take(&mut reason)),
                Element::DkimDomain => dkim.domain = value(),
                Element::DkimSelector => dkim.selector = given(),
                Element::DkimResult => dkim.result = value(),
                Element::Dkim => row.auth_dkim.push(std::mem::take(&mut dkim)),
                Element::SpfDomain => spf.domain = value(),
                Element::SpfScope => spf.scope = given(),
                Element::SpfResult => spf.result = value(),
                Element::Spf => row.auth_spf.push(std::mem::take(&mut spf)),
                _ => {}
            }
        }
        row
    }
}

impl Done {
    pub fn from_word(word: &str) -> Self {
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        if is("none") || is("pass") {
            // "pass" is what receivers write for mail that passed (RFC 9990).
            Self::None
        } else if is("quarantine") {
            Self::Quarantine
        } else if is("reject") {
            Self::Reject
        } else {
            Self::Unsaid
        }
    }
}
