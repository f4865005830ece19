//! Says what mail-auth thinks of records: JSON lines in (`{"kind", "text"}`), JSON lines out (`{"says"}`), as `records.py` does for others.

use std::io::BufRead;

use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dmarc::Dmarc;
use mail_auth::dmarc::Policy;
use mail_auth::spf::Spf;
use serde_json::Value;
use serde_json::json;

fn dmarc(text: &str) -> Option<String> {
    let record = Dmarc::parse(text.as_bytes()).ok()?;
    let word = |name: &str, policy: Policy| {
        let word = match policy {
            Policy::None => "none",
            Policy::Quarantine => "quarantine",
            Policy::Reject => "reject",
            Policy::Unspecified => return None,
        };
        Some(format!("{name}={word}"))
    };
    let words: Vec<String> = [("p", record.p), ("sp", record.sp), ("np", record.np)]
        .into_iter()
        .filter_map(|(name, policy)| word(name, policy))
        .collect();
    Some(words.join(" "))
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let Ok(asked) = serde_json::from_str::<Value>(&line.unwrap_or_default()) else {
            continue;
        };
        let text = asked["text"].as_str().unwrap_or_default();
        let readable = || "readable".to_owned();
        let says = match asked["kind"].as_str() {
            Some("dmarc") => dmarc(text),
            Some("spf") => Spf::parse(text.as_bytes()).ok().map(|_| readable()),
            _ => DomainKey::parse(text.as_bytes()).ok().map(|_| readable()),
        };
        println!("{}", json!({"says": says.unwrap_or_else(|| "refused".to_owned())}));
    }
}
