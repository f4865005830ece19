//! How much of anything is read from a report: one number each, with its reason.

/// Bytes of one input after unpacking, all layers together. Reports of big receivers with 100,000 records have 42 MB.
pub const INFLATED: u64 = 96 * 1024 * 1024;

/// Bytes of a mail or a ZIP file, which have to be in memory as a whole. Mail servers take 25 MB at most.
pub const WHOLE: u64 = 25 * 1024 * 1024;

/// Files looked at inside one archive.
pub const MEMBERS: usize = 256;

/// Archives inside one another: a gzip of a gzip inside a ZIP file is the deepest that real reports use.
pub const LAYERS: u8 = 3;

/// Parts of one mail, the ones of mails inside it included.
pub const PARTS: usize = 500;

/// Bytes of all headers of one mail, and lines in it that may divide parts: what is known of each takes much more room than its bytes.
pub const HEADERS: usize = 1024 * 1024;
pub const DIVIDERS: usize = 20_000;

/// Mails inside mails.
pub const MAILS: u8 = 4;

/// Elements inside one another. Reports use six.
pub const DEPTH: usize = 32;

/// Bytes of one piece of XML: a tag with its attributes, or a text; and of all texts of one record.
pub const PIECE: usize = 256 * 1024;

/// Bytes of the text of one element that is a fact: a name, a domain, a word, a comment.
pub const TEXT: usize = 16 * 1024;

/// Facts listed for one record: a signature has four.
pub const LISTED: usize = 5000;

/// Mails of an mbox inside of an archive. An mbox on its own has no bound: its mails are read one at a time.
pub const PACKED_MAILS: usize = 2000;

/// Senders counted on their own, most of them names that a forger made up; the others are counted together.
pub const SENDERS: usize = 10_000;

/// Records of one report.
pub const RECORDS: u64 = 2_000_000;
