//! How whoever holds the DNS sees that it worked.

use crate::export::Sheet;
use crate::export::hand_over::Check;
use crate::records::name::DomainName;

/// Name servers that are asked in the commands.
const ASKED: usize = 1;

/// How to see that it worked. The domain's own name servers come first: others remember a "no".
pub fn checks(sheet: &Sheet) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut commands: Vec<String> = sheet
        .rows
        .iter()
        .map(|row| {
            let record = &row.record;
            let own = record.owner.is_within(&sheet.domain);
            let servers: Vec<String> = sheet
                .name_servers
                .iter()
                .filter(|_| own)
                .take(ASKED)
                .map(|server| format!(" @{}", word(server)))
                .collect();
            format!(
                "dig +short {} {}{}",
                record.content.record_type(),
                word(&record.owner),
                servers.concat()
            )
        })
        .collect();
    commands.dedup();
    if !commands.is_empty() {
        checks.push(Check {
            text: "Each of these must print the value above. A long value comes in pieces between quotation marks; that is right.".to_owned(),
            commands,
        });
    }
    checks.push(Check {
        text: "This looks at all of it at once and says in plain words what is wrong:".to_owned(),
        commands: vec![format!("nobounce check {}", word(&sheet.domain))],
    });
    checks
}

/// A name as one word of a shell.
fn word(name: &DomainName) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.as_str().chars().all(plain) {
        name.to_string()
    } else {
        format!("'{}'", name.as_str().replace('\'', "'\\''"))
    }
}
