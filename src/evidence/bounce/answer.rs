//! The answer to a bounce: the refusal that matters most, in plain words, and the others.

use std::net::IpAddr;

use crate::catalog::own::is_free_mailbox_domain;
use crate::catalog::owner::Owner;
use crate::catalog::recognize::by_host_name;
use crate::catalog::wording::Receiver;
use crate::evidence::bounce::cause;
use crate::evidence::bounce::cause::Cause;
use crate::evidence::bounce::cause::Class;
use crate::evidence::bounce::codes;
use crate::evidence::bounce::meaning;
use crate::evidence::bounce::message;
use crate::evidence::bounce::message::Action;
use crate::evidence::bounce::message::Kind;
use crate::evidence::bounce::message::Pasted;
use crate::evidence::bounce::message::Refusal;
use crate::evidence::bounce::read;
use crate::records::name::DomainName;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;

/// Bytes of a reply that are shown.
const SHOWN: usize = 1000;

/// What became of the mail to one recipient, or to several who got the same answer.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub recipient: Option<Shown>,
    /// The mail is late and is tried again.
    pub delayed: bool,
    pub receiver: Option<&'static Receiver>,
    /// Enhanced status code (RFC 3463).
    pub status: Option<String>,
    pub reply: Option<u16>,
    pub cause: &'static Cause,
    pub fails: Vec<&'static str>,
    /// The user's domain, as far as the bounce names it.
    pub domain: Option<DomainName>,
    /// The address of the sending server.
    pub ip: Option<IpAddr>,
    pub step: Option<&'static str>,
    pub message: String,
    pub remedy: String,
    /// What the server said.
    pub said: Shown,
}

/// A bounce explained.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The outcome that matters most.
    pub main: Outcome,
    /// All outcomes in the order of the bounce, the main one included.
    pub outcomes: Vec<Outcome>,
    /// The service that sent the mail, where the reporting server is one of its own.
    pub sender: Option<Owner>,
}

impl Answer {
    /// True where the words of the bounce are known.
    pub fn is_recognized(&self) -> bool {
        self.main.is_recognized()
    }
}

impl Outcome {
    pub fn is_recognized(&self) -> bool {
        self.cause.code != codes::NOT_RECOGNIZED
    }
}

/// Explains a bounce. `bytes`: a whole mail, the machine's part of it, a text, or one line; see [`message::LONGEST`].
pub fn explain(bytes: &[u8]) -> Answer {
    let pasted = message::read(bytes);
    let sender = pasted
        .reporter
        .as_deref()
        .and_then(|host| host.parse().ok())
        .and_then(|host: DomainName| by_host_name(&host).into_iter().next());
    let outcomes: Vec<Outcome> = pasted
        .refusals
        .iter()
        .filter(|refusal| refusal.action != Some(Action::Done))
        .map(|refusal| outcome(refusal, &pasted))
        .collect();
    let all_done = !pasted.refusals.is_empty() && outcomes.is_empty();
    let is_other = matches!(pasted.kind, Kind::Complaint | Kind::AutoReply);
    let main = if all_done {
        no_bounce("The mail was delivered: this report says so, and nothing is wrong.")
    } else if pasted.kind == Kind::Complaint {
        no_bounce(
            "This is no bounce. It is a complaint about one mail, or a report about a check that failed.",
        )
    } else if pasted.kind == Kind::AutoReply
        && !outcomes
            .iter()
            .any(|outcome| outcome.is_recognized() && outcome.reply.is_some())
    {
        no_bounce(
            "This is no bounce. It is an answer that a mail program wrote by itself, such as a note about a vacation: the mail has arrived.",
        )
    } else {
        match outcomes.iter().min_by_key(|outcome| rank(outcome)) {
            Some(outcome) if is_empty(outcome) && pasted.kind == Kind::Unclear => {
                no_bounce(cause::of(codes::NOT_A_BOUNCE.as_str()).message)
            }
            Some(outcome) => outcome.clone(),
            None => no_bounce(cause::of(codes::NOT_A_BOUNCE.as_str()).message),
        }
    };
    let outcomes = match main.cause.code == codes::NOT_A_BOUNCE || is_other && !main.is_recognized()
    {
        true => Vec::new(),
        false => outcomes,
    };
    Answer {
        main,
        outcomes,
        sender,
    }
}

/// True where nothing in it looks like a refusal.
fn is_empty(outcome: &Outcome) -> bool {
    !outcome.is_recognized() && outcome.status.is_none() && outcome.reply.is_none()
}

/// Lower matters more: what the owner of the domain can mend, then what was lost for good.
fn rank(outcome: &Outcome) -> (bool, Class, bool) {
    (
        !outcome.is_recognized(),
        outcome.cause.class,
        outcome.delayed,
    )
}

fn outcome(refusal: &Refusal, pasted: &Pasted) -> Outcome {
    let reading = read::refusal(refusal, &pasted.prose);
    let about_domain = !matches!(
        reading.cause.class,
        Class::Recipient | Class::Content | Class::Other
    );
    let domain = reading
        .domain
        .clone()
        .or_else(|| pasted.author.clone().filter(|_| about_domain));
    // Yahoo says "policy reasons" and leaves open which: the word itself has to be there.
    let names_policy = refusal.text.to_ascii_lowercase().contains("dmarc")
        || pasted.prose.to_ascii_lowercase().contains("dmarc");
    let cause = match names_policy {
        true => settled(&reading, domain.as_ref(), pasted.author.as_ref()),
        false => reading.cause,
    };
    let delayed = refusal.action == Some(Action::Delayed);
    let status = match reading.status {
        // RFC 3464 wants a code; some servers write one that says nothing.
        Some(status)
            if status.ends_with(".0.0") && refusal.status.is_none() && reading.reply.is_none() =>
        {
            None
        }
        other => other,
    };
    let receiver = reading.receiver;
    let fill = |text: &str| {
        text.replace(
            "{domain}",
            domain.as_ref().map_or("your domain", DomainName::as_str),
        )
        .replace(
            "{ip}",
            &reading
                .ip
                .map_or_else(|| "the server".to_owned(), |ip| ip.to_string()),
        )
        .replace(
            "{receiver}",
            receiver.map_or("the receiver", |receiver| receiver.name.as_str()),
        )
    };
    let mut message = capital(&fill(cause.message));
    if delayed {
        message =
            format!("The mail is late, not lost: the server tries again by itself. {message}");
    }
    if cause.code == codes::NOT_RECOGNIZED
        && let Some((status, means)) = status
            .as_deref()
            .and_then(|status| Some((status, meaning::of(status)?)))
    {
        message.push_str(&format!(" The code {status} means in general: {means}."));
    }
    if cause.code == codes::AUTHENTICATION_LEVEL
        && !reading.fails.is_empty()
        && reading.fails.len() < 3
    {
        let names: Vec<String> = reading.fails.iter().map(|leg| leg.to_uppercase()).collect();
        message.push_str(&format!(
            " This bounce marks as failed: {}.",
            names.join(", ")
        ));
    }
    if let Some(ip) = reading.ip
        && matches!(
            cause.class,
            Class::Authentication | Class::Infrastructure | Class::OwnPolicy
        )
    {
        message.push_str(&format!(" The mail came from {ip}."));
    }
    Outcome {
        recipient: refusal
            .recipient
            .as_deref()
            .map(|text| Untrusted::from(text).shown_up_to(254)),
        delayed,
        receiver,
        status,
        reply: reading.reply,
        step: step(cause, &reading.fails),
        cause,
        fails: reading.fails,
        remedy: capital(&fill(cause.remedy)),
        domain,
        ip: reading.ip,
        message,
        said: Untrusted::from(refusal.text.as_str()).shown_up_to(SHOWN),
    }
}

/// A refusal by a DMARC policy is one by the user's own policy, where the domain is the user's.
fn settled(
    reading: &read::Reading,
    domain: Option<&DomainName>,
    author: Option<&DomainName>,
) -> &'static Cause {
    let Some(domain) = domain else {
        return reading.cause;
    };
    let is_known_policy = reading.cause.code == codes::DMARC_FAILED;
    let same = |author: &DomainName| {
        author == domain
            || author.registrable().is_some() && author.registrable() == domain.registrable()
    };
    if is_known_policy && author.is_none_or(same) && !is_free_mailbox_domain(domain) {
        return cause::of(codes::OWN_POLICY.as_str());
    }
    reading.cause
}

/// The step that mends it: of Outlook's three checks, the one that failed.
fn step(cause: &Cause, fails: &[&str]) -> Option<&'static str> {
    if cause.code == codes::AUTHENTICATION_LEVEL && fails.len() < 3 {
        return match fails.first() {
            Some(&"spf") if !fails.contains(&"dkim") => Some("spf"),
            Some(&"dmarc") => Some("monitor"),
            _ => Some("dkim"),
        };
    }
    cause.step
}

fn no_bounce(message: &str) -> Outcome {
    let cause = cause::of(codes::NOT_A_BOUNCE.as_str());
    Outcome {
        recipient: None,
        delayed: false,
        receiver: None,
        status: None,
        reply: None,
        cause,
        fails: Vec::new(),
        domain: None,
        ip: None,
        step: None,
        message: message.to_owned(),
        remedy: cause.remedy.to_owned(),
        said: Shown::default(),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if text.starts_with("the receiver") => {
            first.to_uppercase().chain(characters).collect()
        }
        Some(first) => std::iter::once(first).chain(characters).collect(),
        None => String::new(),
    }
}
