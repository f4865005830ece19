//! The matrix of DNS faults, D1 to D64: what happens, and the exact verdict. `docs/dns-faults.md` lists them.

mod hostile;
mod names;
mod network;
mod records;
mod servers;
mod spread;
