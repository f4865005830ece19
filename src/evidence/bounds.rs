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

/// Mails inside mails.
pub const MAILS: u8 = 4;

/// Elements inside one another. Reports use six.
pub const DEPTH: usize = 32;

/// Bytes of one piece of XML: a tag with its attributes, or a text.
pub const PIECE: usize = 256 * 1024;

/// Bytes of the text of one element.
pub const TEXT: usize = 64 * 1024;

/// Signatures or reasons listed for one record.
pub const LISTED: usize = 1000;

/// Records of one report.
pub const RECORDS: u64 = 2_000_000;
