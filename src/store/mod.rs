//! Keeps setups and private keys on disk.
