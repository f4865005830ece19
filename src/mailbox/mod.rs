//! Where reports lie: files, folders, Maildir and mbox. Everything here only reads.

pub mod files;
