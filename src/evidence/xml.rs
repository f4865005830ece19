//! From the text of a report to its head and its records, one event at a time.

use std::io::Read;

use crate::evidence::aggregate::Format;
use crate::evidence::aggregate::Remark;
use crate::evidence::aggregate::Report;
use crate::evidence::aggregate::Source;
use crate::evidence::bounds;
use crate::evidence::decode::Window;
use crate::evidence::draft::Done;
use crate::evidence::draft::Draft;
use crate::evidence::element::Element;
use crate::evidence::refusal::Refusal;
use crate::evidence::token;
use crate::evidence::token::Token;
use crate::records::untrusted::Untrusted;

/// The namespace of RFC 9990, section 3.1.1.
const NAMESPACE: &str = "urn:ietf:params:xml:ns:dmarc-2.0";

/// Times above this are milliseconds: it is the year 5138 in seconds.
const SECONDS: i64 = 100_000_000_000;

/// What was read, and what is wrong with the rest of the document.
#[derive(Debug)]
pub struct Document {
    pub report: Report,
    pub rest: Option<Refusal>,
}

/// Reads one report; `on_row` gets each record as soon as it ends. The report counts only where this gives `Ok`: what `on_row` got before an
/// error is to be thrown away.
pub fn read(
    input: impl Read,
    head: &[u8],
    mut on_row: impl FnMut(&Draft),
) -> Result<Document, Refusal> {
    let mut window = Window::new(input, head)?;
    let mut state = State::default();
    while !state.ended {
        let at = window.position();
        match token::next(&mut window)? {
            Some(token) => state.take(token, at, &mut on_row)?,
            None if state.begun => return Err(Refusal::CutShort),
            None => return Err(Refusal::OtherKind("plain text")),
        }
    }
    if window.bad_letters {
        state.remark(Remark::BadLetters);
    }
    let report = state.report()?;
    let rest = rest(&mut window);
    Ok(match rest {
        Rest::Nothing => Document { report, rest: None },
        Rest::Damaged(refusal) => return Err(refusal),
        Rest::Second => Document {
            report,
            rest: Some(Refusal::SecondDocument),
        },
        Rest::Padding => {
            let mut report = report;
            report.remarks.push(Remark::Rest);
            Document { report, rest: None }
        }
    })
}

/// What follows after the report.
enum Rest {
    Nothing,
    Padding,
    Second,
    Damaged(Refusal),
}

fn rest<R: Read>(window: &mut Window<R>) -> Rest {
    let mut rest = Rest::Nothing;
    loop {
        match token::next(window) {
            Ok(None) => return rest,
            Ok(Some(Token::Start { .. } | Token::Declaration)) => return Rest::Second,
            Ok(Some(Token::Text(text))) if text.trim().is_empty() => {}
            Ok(Some(Token::Other)) => {}
            Ok(_) => rest = Rest::Padding,
            Err(Refusal::Archive(what)) if what.as_str().contains("checksum") => {
                let what = Untrusted::from("its checksum is wrong").shown();
                return Rest::Damaged(Refusal::Archive(what));
            }
            // The report was whole before this.
            Err(_) => return Rest::Padding,
        }
    }
}

/// An element that is open.
struct Open {
    /// What it is, where it is known at its place.
    element: Option<Element>,
    /// The nearest element around it that is known at its place, itself included.
    place: Element,
    /// Where its name begins in [`State::names`].
    name: usize,
}

#[derive(Default)]
struct State {
    open: Vec<Open>,
    /// The names of the open elements, one after another.
    names: String,
    /// The root was opened.
    begun: bool,
    ended: bool,
    text: String,
    report: Report,
    has_policy: bool,
    records: u64,
    record: Draft,
}

impl State {
    fn take(
        &mut self,
        token: Token<'_>,
        at: u64,
        on_row: &mut impl FnMut(&Draft),
    ) -> Result<(), Refusal> {
        match token {
            Token::Start {
                name,
                attributes,
                is_empty,
            } => {
                let local = name.split_once(':').map_or(name, |(_, local)| local);
                if !self.begun {
                    if !local.eq_ignore_ascii_case("feedback") {
                        return Err(other_root(name));
                    }
                    let mut values = attributes.split(['"', '\'']);
                    if values.any(|value| value == NAMESPACE) {
                        self.report.format = Format::Rfc9990;
                    }
                }
                self.start(local, name)?;
                if is_empty {
                    self.end(name, at, on_row)?;
                }
            }
            Token::End(name) => self.end(name, at, on_row)?,
            Token::Text(text) => self.push(text)?,
            Token::Reference(reference) => self.reference(reference)?,
            Token::DocumentType => return Err(Refusal::DocumentType),
            Token::Declaration | Token::Other => {}
        }
        Ok(())
    }

    /// The nearest open element that is known at its place.
    fn place(&self) -> Option<Element> {
        self.open.last().map(|open| open.place)
    }

    fn start(&mut self, local: &str, name: &str) -> Result<(), Refusal> {
        if self.open.len() >= bounds::DEPTH {
            return Err(Refusal::Deep);
        }
        let around = self.place();
        let element = match around {
            None => Some(Element::Feedback),
            Some(parent) => Element::within(parent, local),
        };
        self.begun = true;
        match element {
            Some(Element::Policy) => self.has_policy = true,
            Some(Element::Record) => self.record.clear(),
            _ => {}
        }
        if element.is_some() {
            self.text.clear();
        }
        self.open.push(Open {
            element,
            place: element.or(around).unwrap_or(Element::Feedback),
            name: self.names.len(),
        });
        self.names.push_str(name);
        Ok(())
    }

    /// The name of an open element, counted from the innermost.
    fn name(&self, outward: usize) -> Option<&str> {
        let index = self.open.len().checked_sub(outward + 1)?;
        let to = self
            .open
            .get(index + 1)
            .map_or(self.names.len(), |next| next.name);
        self.names.get(self.open[index].name..to)
    }

    /// A tag in the middle of a text (`"Reports" <a@b.example>`) is never closed: it is passed over where nothing known is open in it.
    fn end(&mut self, name: &str, at: u64, on_row: &mut impl FnMut(&Draft)) -> Result<(), Refusal> {
        let mismatch = |what: &str| Refusal::Xml {
            at,
            what: Untrusted::from(what).shown(),
        };
        let mut unknown = 0;
        while self.name(unknown).is_some_and(|open| open != name)
            && self.open[self.open.len() - unknown - 1].element.is_none()
        {
            unknown += 1;
        }
        if self.name(unknown) != Some(name) {
            return Err(mismatch("a tag is closed that is not open there"));
        }
        let index = self.open.len() - unknown - 1;
        if unknown > 0 {
            let inside_text = self.open[index].element.is_some_and(Element::is_text);
            if !inside_text {
                return Err(mismatch("a tag is not closed"));
            }
            self.remark(Remark::StrayTag);
            self.open.truncate(index + 1);
        }
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        self.names.truncate(open.name);
        if let Some(element) = open.element {
            self.close(element, on_row)?;
        }
        self.ended = self.open.is_empty();
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Refusal> {
        if self.place().is_some_and(Element::is_text) {
            if self.text.len() + text.len() > bounds::TEXT {
                return Err(Refusal::LongPiece);
            }
            self.text.push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &str) -> Result<(), Refusal> {
        if let Some(letter) = token::letter(reference) {
            return self.push(letter.encode_utf8(&mut [0; 4]));
        }
        self.remark(Remark::UnknownEntity);
        self.push("&")?;
        self.push(reference)?;
        self.push(";")
    }

    fn remark(&mut self, remark: Remark) {
        if !self.report.remarks.contains(&remark) {
            self.report.remarks.push(remark);
        }
    }

    fn close(&mut self, element: Element, on_row: &mut impl FnMut(&Draft)) -> Result<(), Refusal> {
        let text = || Untrusted::from(self.text.trim());
        let given = || Some(text()).filter(|text| !text.as_bytes().is_empty());
        match element {
            Element::OrgName => self.report.org = text(),
            Element::Email => self.report.email = text(),
            Element::ReportId => self.report.report_id = text(),
            Element::Begin => self.report.begin = self.time(),
            Element::End => self.report.end = self.time(),
            Element::PolicyDomain => self.report.policy.domain = text(),
            Element::P => self.report.policy.p = text(),
            Element::Sp => self.report.policy.sp = given(),
            Element::Np => self.report.policy.np = given(),
            Element::Adkim => self.report.policy.adkim = given(),
            Element::Aspf => self.report.policy.aspf = given(),
            Element::Pct => self.report.policy.pct = given(),
            Element::Testing => self.report.policy.testing = given(),
            Element::SourceIp => self.record.source = self.source(),
            Element::Count => self.count(),
            Element::EvaluatedDkim => self.record.dkim = self.evaluated(),
            Element::EvaluatedSpf => self.record.spf = self.evaluated(),
            Element::Disposition => {
                self.record.done = Done::from_word(self.text.trim());
                self.record.put(element, self.text.trim())?;
            }
            Element::ReasonType
            | Element::ReasonComment
            | Element::HeaderFrom
            | Element::EnvelopeFrom
            | Element::DkimDomain
            | Element::DkimSelector
            | Element::DkimResult
            | Element::SpfDomain
            | Element::SpfScope
            | Element::SpfResult => self.record.put(element, self.text.trim())?,
            Element::Reason | Element::Dkim | Element::Spf => self.record.put(element, "")?,
            Element::Record => return self.close_record(on_row),
            _ => {}
        }
        Ok(())
    }

    fn time(&mut self) -> Option<i64> {
        let text = self.text.trim();
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        let time = whole.parse::<i64>().ok().filter(|time| *time >= 0);
        match time {
            None => {
                self.remark(Remark::BadTime);
                None
            }
            Some(time) if time > SECONDS => {
                self.remark(Remark::BadTime);
                Some(time / 1000).filter(|time| *time <= SECONDS)
            }
            Some(time) => Some(time),
        }
    }

    /// `pass` or not; `None` where nothing stands there.
    fn evaluated(&self) -> Option<bool> {
        let text = self.text.trim();
        (!text.is_empty()).then(|| text.eq_ignore_ascii_case("pass"))
    }

    fn source(&self) -> Source {
        let text = self.text.trim();
        match text.parse() {
            Ok(ip) => Source::Ip(ip),
            Err(_) => Source::Text(Untrusted::from(text)),
        }
    }

    fn count(&mut self) {
        let text = self.text.trim();
        let found = if text.is_empty() { "none" } else { text };
        // "+5" is no number of messages.
        let number = text.parse().ok().filter(|_| !text.starts_with('+'));
        self.record.count = number.unwrap_or(0);
        self.record.bad_count = match number {
            Some(_) => None,
            None => Some(Untrusted::from(found).shown_up_to(40)),
        };
    }

    fn close_record(&mut self, on_row: &mut impl FnMut(&Draft)) -> Result<(), Refusal> {
        self.records += 1;
        if self.records > bounds::RECORDS {
            return Err(Refusal::Records);
        }
        if let Some(found) = self.record.bad_count.take() {
            return Err(Refusal::Count {
                record: self.records,
                found,
            });
        }
        if matches!(self.record.source, Source::Text(_)) {
            self.remark(Remark::BadAddress);
        }
        on_row(&self.record);
        Ok(())
    }

    fn report(&mut self) -> Result<Report, Refusal> {
        if self.records == 0
            && (!self.has_policy || self.report.policy.domain.as_bytes().is_empty())
        {
            return Err(Refusal::NoFacts);
        }
        if let (Some(begin), Some(end)) = (self.report.begin, self.report.end)
            && end < begin
        {
            self.remark(Remark::BackwardTime);
        }
        Ok(std::mem::take(&mut self.report))
    }
}

fn other_root(name: &str) -> Refusal {
    match name.to_ascii_lowercase().as_str() {
        "html" | "head" | "body" => Refusal::OtherKind("a web page (HTML)"),
        _ => Refusal::OtherRoot(Untrusted::from(name).shown_up_to(40)),
    }
}
