//! The real client against scripted servers and against the pretend DNS, all on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aliases;
mod answers;
mod blocked;
mod bulk;
mod check;
mod check_codes;
mod dmarc;
mod doh;
mod https;
mod lab;
mod labels;
mod looks;
mod matrix;
mod ordinary;
mod panel;
mod panel_hosts;
mod panel_zone;
mod practice;
mod retries;
mod scripted;
mod servers;
mod spf_host;
mod spf_suite;
mod spf_verb;
mod spf_world;
