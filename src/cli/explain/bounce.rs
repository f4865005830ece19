//! `nobounce explain FILE`: reads a bounce and says what happened, who can fix it, how, and with which step.

use std::fs::File;
use std::io;
use std::io::IsTerminal;
use std::io::Read;
use std::path::Path;

use crate::catalog::owner::Owner;
use crate::cli::Exit;
use crate::cli::explain::NARROWEST;
use crate::cli::explain::hanging;
use crate::cli::explain::heading;
use crate::cli::explain::paper;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::evidence::bounce;
use crate::evidence::bounce::Answer;
use crate::evidence::bounce::answer::Outcome;
use crate::evidence::bounce::codes;
use crate::evidence::bounce::message::LONGEST;
use crate::records::untrusted::Untrusted;

/// Recipients that the page names one by one.
const LISTED: usize = 10;

#[derive(serde::Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(flatten)]
    main: Row<'a>,
    sender: Option<Named<'a>>,
    recipients: Vec<Row<'a>>,
}

#[derive(serde::Serialize)]
struct Row<'a> {
    recognized: bool,
    recipient: Option<&'a str>,
    delayed: bool,
    receiver: Option<Named<'a>>,
    status: Option<&'a str>,
    reply: Option<u16>,
    class: &'static str,
    cause: &'static str,
    fails: &'a [&'static str],
    domain: Option<&'a str>,
    ip: Option<String>,
    fixable_by: &'static str,
    step: Option<&'static str>,
    message: &'a str,
    remedy: &'a str,
    text: &'a str,
}

#[derive(serde::Serialize)]
struct Named<'a> {
    id: &'a str,
    name: &'a str,
}

/// Exit 0: explained, or no bounce at all. Exit 1: the words are not known.
pub fn run(file: Option<&Path>, globals: &Globals) -> Exit {
    match read(file, globals).and_then(|bytes| print(&bytes, globals)) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn print(bytes: &[u8], globals: &Globals) -> Result<Exit, Exit> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(printer::complain(
            Exit::Usage,
            "there is no bounce to explain: the input is empty",
            "name a file, or pipe or paste the message that came back: `nobounce explain bounce.eml`",
        ));
    }
    let answer = bounce::explain(bytes);
    if globals.json {
        printer::json(&document(&answer))?;
    } else {
        let (width, color) = paper(globals);
        printer::result(&page(&answer, width.max(NARROWEST), color))?;
    }
    Ok(match answer.is_recognized() {
        true => Exit::Well,
        false => Exit::Wrong,
    })
}

/// The first [`LONGEST`] bytes of the file, or of what is piped.
fn read(file: Option<&Path>, globals: &Globals) -> Result<Vec<u8>, Exit> {
    let path = file.filter(|path| *path != Path::new("-"));
    let mut bytes = Vec::new();
    let limit = LONGEST as u64 + 1;
    let read = match path {
        Some(path) if path.is_dir() => {
            return Err(printer::complain(
                Exit::Usage,
                &format!("{} is a folder", shown(path)),
                "name one bounce in it",
            ));
        }
        Some(path) => File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
        None => {
            if io::stdin().is_terminal() {
                printer::remark(
                    globals.quiet,
                    "paste the bounce here, then press Enter and Ctrl-D",
                );
            }
            io::stdin().lock().take(limit).read_to_end(&mut bytes)
        }
    };
    if let Err(error) = read {
        let what = path.map_or_else(|| "the input".to_owned(), shown);
        return Err(printer::complain(
            Exit::Usage,
            &format!("{what} cannot be read: {error}"),
            "check the name of the file, or paste the error line: `nobounce explain -`",
        ));
    }
    if bytes.len() > LONGEST {
        bytes.truncate(LONGEST);
        printer::remark(
            globals.quiet,
            "the message is long; its first 2 MiB were read, where the reason stands",
        );
    }
    Ok(bytes)
}

fn shown(path: &Path) -> String {
    Untrusted::new(path.as_os_str().as_encoded_bytes())
        .shown()
        .into()
}

fn document(answer: &Answer) -> Document<'_> {
    Document {
        schema: 1,
        main: row(&answer.main),
        sender: answer.sender.as_ref().map(|owner| match owner {
            Owner::Provider(entry) => Named {
                id: entry.id.as_str(),
                name: &entry.name,
            },
            Owner::Sender(entry) => Named {
                id: entry.id.as_str(),
                name: &entry.name,
            },
        }),
        recipients: answer.outcomes.iter().map(row).collect(),
    }
}

fn row(outcome: &Outcome) -> Row<'_> {
    Row {
        recognized: outcome.is_recognized(),
        recipient: outcome.recipient.as_ref().map(|shown| shown.as_str()),
        delayed: outcome.delayed,
        receiver: outcome.receiver.map(|receiver| Named {
            id: &receiver.id,
            name: &receiver.name,
        }),
        status: outcome.status.as_deref(),
        reply: outcome.reply,
        class: outcome.cause.class.as_str(),
        cause: outcome.cause.code.as_str(),
        fails: &outcome.fails,
        domain: outcome.domain.as_ref().map(|domain| domain.as_str()),
        ip: outcome.ip.map(|ip| ip.to_string()),
        fixable_by: outcome.cause.fixer.as_str(),
        step: outcome.step,
        message: &outcome.message,
        remedy: &outcome.remedy,
        text: outcome.said.as_str(),
    }
}

fn page(answer: &Answer, width: usize, color: bool) -> String {
    let main = &answer.main;
    let mut out = section("What happened", &main.message, width, color);
    if main.cause.code != codes::NOT_A_BOUNCE {
        out.push('\n');
        out.push_str(&section(
            "Who can fix it",
            main.cause.fixer.words(),
            width,
            color,
        ));
    }
    out.push('\n');
    out.push_str(&section("What to do", &main.remedy, width, color));
    if let Some(step) = main.step {
        let domain = main
            .domain
            .as_ref()
            .map_or("YOUR-DOMAIN", |domain| domain.as_str());
        let words = format!("The step `{step}` of the wizard does it: nobounce {domain}");
        out.push_str(&hanging("  ", &words, width));
    }
    if main.cause.code != codes::NOT_A_BOUNCE {
        let words = format!(
            "More about it: nobounce explain --code {}",
            main.cause.code.as_str()
        );
        out.push_str(&hanging("  ", &words, width));
    }
    let facts = facts(answer);
    if !facts.is_empty() {
        out.push('\n');
        out.push_str(&heading("What the bounce says", width, color));
        for fact in facts {
            out.push_str(&hanging("  ", &fact, width));
        }
    }
    if answer.outcomes.len() > 1 {
        out.push('\n');
        out.push_str(&heading("Each recipient", width, color));
        for outcome in answer.outcomes.iter().take(LISTED) {
            let who = outcome
                .recipient
                .as_ref()
                .map_or("(not named)", |shown| shown.as_str());
            let late = if outcome.delayed { ", late" } else { "" };
            out.push_str(&hanging(
                "  - ",
                &format!("{who}: {}{late}", outcome.cause.code.as_str()),
                width,
            ));
        }
        if answer.outcomes.len() > LISTED {
            let more = answer.outcomes.len() - LISTED;
            out.push_str(&hanging(
                "  ",
                &format!("and {more} more (--json names all)"),
                width,
            ));
        }
    }
    out
}

fn facts(answer: &Answer) -> Vec<String> {
    let main = &answer.main;
    let mut facts = Vec::new();
    if let Some(receiver) = main.receiver {
        facts.push(format!("Refused by: {}", receiver.name));
    }
    if let Some(recipient) = &main.recipient {
        facts.push(format!("Recipient: {recipient}"));
    }
    if let Some(domain) = &main.domain {
        facts.push(format!("Domain: {domain}"));
    }
    if let Some(ip) = main.ip {
        facts.push(format!("Address of the sending server: {ip}"));
    }
    if !main.fails.is_empty() {
        facts.push(format!("Failed: {}", main.fails.join(", ")));
    }
    let codes: Vec<String> = main
        .reply
        .map(|reply| reply.to_string())
        .into_iter()
        .chain(main.status.clone())
        .collect();
    if !codes.is_empty() {
        facts.push(format!("Code: {}", codes.join(" ")));
    }
    if !main.said.as_str().is_empty() {
        facts.push(format!("Its words: {}", main.said));
    }
    facts
}

fn section(title: &str, words: &str, width: usize, color: bool) -> String {
    heading(title, width, color) + &hanging("  ", words, width)
}
