//! Why an input was not read as an aggregate report, in words for people.

use crate::evidence::bounds;
use crate::records::untrusted::Shown;

/// Why nothing was taken from an input, or from one part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the file is empty")]
    Empty,
    #[error("this is {0}, not a DMARC aggregate report")]
    OtherKind(&'static str),
    #[error("the document begins with <{0}>; a DMARC aggregate report begins with <feedback>")]
    OtherRoot(Shown),
    #[error("the report is empty: it names no policy and no record")]
    NoFacts,
    #[error("the mail carries no report")]
    NoReportInMail,
    #[error("the archive holds no file")]
    NoMember,
    #[error("the text breaks off: the report is cut short, ask for it again")]
    CutShort,
    #[error("the XML is broken at byte {at}: {what}")]
    Xml { at: u64, what: Shown },
    #[error(
        "it has a document type of its own (DOCTYPE), which can hide things; reports have none"
    )]
    DocumentType,
    #[error("its letters are coded as {0}, which is not known here")]
    Encoding(Shown),
    #[error("record {record} has no usable count of messages ({found})")]
    Count { record: u64, found: Shown },
    #[error("a second document follows after the report; keep each in a file of its own")]
    SecondDocument,
    #[error("it unpacks to more than {} MB, which no report needs", bounds::INFLATED / 1024 / 1024)]
    Inflated,
    #[error("it has more than {} MB; unpack it first if it is an archive", bounds::WHOLE / 1024 / 1024)]
    TooBig,
    #[error("one piece of it is longer than any report needs")]
    LongPiece,
    #[error("its elements stand more than {} deep in one another", bounds::DEPTH)]
    Deep,
    #[error("it has more than {} records", bounds::RECORDS)]
    Records,
    #[error("more than {} archives stand in one another", bounds::LAYERS)]
    Layers,
    #[error(
        "the archive holds more than {} files; only the first of them were looked at",
        bounds::MEMBERS
    )]
    Members,
    #[error(
        "the archive holds an mbox of more than {} mails; unpack it and name the mbox itself",
        bounds::PACKED_MAILS
    )]
    PackedMails,
    #[error("the mail has more parts than any report has")]
    Parts,
    #[error("the header of the mail is longer than any real one")]
    LongHeader,
    #[error("the archive is locked with a password")]
    Locked,
    #[error("the archive is packed in a way that is not known here; unpack it by hand")]
    Method,
    #[error("the archive is damaged: {0}")]
    Archive(Shown),
    #[error("it is a folder behind a link; name it itself")]
    LinkedFolder,
    #[error("it could not be read: {0}")]
    Reading(String),
}
