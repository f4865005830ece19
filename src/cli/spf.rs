//! `nobounce spf`: the SPF record of a domain as a tree with its costs, and what it says about one message.

mod page;

use std::net::IpAddr;
use std::time::Duration;
use std::time::Instant;

use tokio::runtime::Builder;

use crate::audit::network::is_trouble;
use crate::audit::report::FindingRow;
use crate::audit::spf_look::SpfLook;
use crate::audit::spf_look::SpfLookReport;
use crate::audit::spf_look::Way;
use crate::cli::Exit;
use crate::cli::client;
use crate::cli::domain;
use crate::cli::globals::Globals;
use crate::cli::paper::Paper;
use crate::cli::printer;
use crate::dns::Client;
use crate::records::name::DomainName;
use crate::records::spf::check_host::Message;

/// A check may take this long, as with receivers: 20 seconds at least (RFC 7208, section 4.6.4).
const LONGEST: Duration = Duration::from_secs(20);

/// Characters of a mail address or of the name of a server; no mail server takes longer ones (RFC 5321, section 4.5.3.1).
const LONGEST_WORD: usize = 512;

/// Show the SPF record of a domain as a tree with the cost of every term; with --ip, say whether that address may send
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Domain to look at, such as example.com
    #[arg(value_name = "DOMAIN")]
    domain: String,

    /// Check whether this address may send as the domain
    #[arg(long, value_name = "IP")]
    ip: Option<IpAddr>,

    /// The bounce address of the message (MAIL FROM); postmaster at the domain unless said
    #[arg(long, value_name = "ADDR", requires = "ip", value_parser = word, allow_hyphen_values = true)]
    sender: Option<String>,

    /// The name that the sending server gives itself (HELO); the domain unless said
    #[arg(long, value_name = "NAME", requires = "ip", value_parser = word, allow_hyphen_values = true)]
    helo: Option<String>,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match look(&arguments, globals) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn word(text: &str) -> Result<String, String> {
    if text.len() > LONGEST_WORD {
        return Err(format!("type at most {LONGEST_WORD} characters"));
    }
    Ok(text.to_owned())
}

fn look(arguments: &Arguments, globals: &Globals) -> Result<Exit, Exit> {
    let domain = domain::name(&arguments.domain, globals)?;
    let message = arguments.ip.map(|ip| message(ip, &domain, arguments));
    if let Some(message) = &message {
        other_domain(message, &domain, globals);
    }
    let client = client::client(globals)?;
    let way = if client.asks_resolvers_only() {
        Way::Https
    } else {
        Way::Port53
    };
    let runtime = client::runtime(&mut Builder::new_current_thread())?;
    let look = SpfLook::new(domain, message, way, globals.clock());
    let report = runtime.block_on(drive(look, client));
    if globals.json {
        printer::json(&report)?;
    } else {
        let paper = Paper::of_stdout(globals);
        printer::result(&page::page(&report, arguments.ip, paper))?;
    }
    Ok(exit(&report))
}

fn message(ip: IpAddr, domain: &DomainName, arguments: &Arguments) -> Message {
    let given = |word: &Option<String>| word.clone().filter(|word| !word.is_empty());
    let helo = given(&arguments.helo).unwrap_or_else(|| domain.to_string());
    let sender = arguments
        .sender
        .clone()
        .unwrap_or_else(|| domain.to_string());
    Message::new(ip, &sender, &helo, "")
}

/// Mail servers check the domain of MAIL FROM and that of HELO.
fn other_domain(message: &Message, domain: &DomainName, globals: &Globals) {
    let is_checked = |name: &str| name.parse().is_ok_and(|name: DomainName| name == *domain);
    if !is_checked(&message.domain) && !is_checked(&message.helo) {
        printer::remark(
            globals.quiet,
            &format!(
                "the bounce address is at {}, and mail servers look at the SPF record there; here the one of {domain} is checked",
                message.domain
            ),
        );
    }
}

/// Asks until nothing is open, or the time is over.
async fn drive(mut look: SpfLook, client: Client) -> SpfLookReport {
    let started = Instant::now();
    let longest = LONGEST.max(client.config.timeout * 4);
    let first = look.first();
    let asking = client.run(first, |sighting| look.take(sighting));
    let spent = tokio::time::timeout(longest, asking).await.ok();
    if spent.is_none() {
        look.close();
    }
    let mut report = look.report();
    if let Some(spent) = spent {
        report.queries = spent.queries;
        report.rounds = spent.rounds;
    }
    report.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    report
}

/// A finding that breaks or opens the record, and no trouble on the way to it.
fn is_mistake(row: &FindingRow) -> bool {
    row.severity == "error" && !is_trouble(&row.code)
}

/// How the run ends: by the result where a message was checked, else by the findings.
fn exit(report: &SpfLookReport) -> Exit {
    match report.result.as_deref() {
        Some("pass") => return Exit::Well,
        Some("temperror") => return Exit::Unknown,
        Some(_) => return Exit::Wrong,
        None => {}
    }
    match (report.findings.iter().any(is_mistake), report.complete) {
        (true, _) => Exit::Wrong,
        (false, false) => Exit::Unknown,
        (false, true) => Exit::Well,
    }
}
