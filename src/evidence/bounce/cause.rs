//! What is known about each cause: its class, what failed, who can mend it, how, and the step of the wizard.

use crate::evidence::bounce::codes;
use crate::records::finding::Code;

/// The kind of trouble. The first is what matters most to the owner of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    OwnPolicy,
    Authentication,
    Infrastructure,
    Reputation,
    Content,
    Recipient,
    Other,
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixer {
    DomainOwner,
    MailHost,
    Recipient,
    Nobody,
}

/// What one cause means. In the texts, `{domain}`, `{ip}` and `{receiver}` are filled in.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    pub code: Code,
    pub class: Class,
    pub fails: &'static [&'static str],
    pub fixer: Fixer,
    /// The id of the step of the wizard that mends it.
    pub step: Option<&'static str>,
    pub message: &'static str,
    pub remedy: &'static str,
}

impl Class {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OwnPolicy => "own-policy",
            Self::Authentication => "authentication",
            Self::Infrastructure => "infrastructure",
            Self::Reputation => "reputation",
            Self::Content => "content",
            Self::Recipient => "recipient",
            Self::Other => "other",
        }
    }
}

impl Fixer {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DomainOwner => "domain-owner",
            Self::MailHost => "mail-host",
            Self::Recipient => "recipient",
            Self::Nobody => "nobody",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::DomainOwner => "You, as the owner of the domain.",
            Self::MailHost => "Your mail host: whoever runs the server that sent the mail.",
            Self::Recipient => "The recipient, or whoever runs their mail.",
            Self::Nobody => "Nobody at once. Changes in the DNS do not help here.",
        }
    }
}

/// The cause of a code; a code that is none is not recognized.
pub fn of(code: &str) -> &'static Cause {
    CAUSES
        .iter()
        .find(|cause| cause.code.as_str() == code)
        .unwrap_or(&CAUSES[0])
}

/// One row for each code.
pub const CAUSES: &[Cause] = &[
    Cause {
        code: codes::NOT_RECOGNIZED,
        class: Class::Other,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "The words of this refusal are not known to nobounce, so it does not say why the mail was refused.",
        remedy: "Change nothing in the DNS because of it. Ask the receiver's postmaster, and send the whole bounce along.",
    },
    Cause {
        code: codes::OWN_POLICY,
        class: Class::OwnPolicy,
        fails: &["dmarc"],
        fixer: Fixer::DomainOwner,
        step: Some("quarantine"),
        message: "Your own rule turned your own mail away: {domain} asks receivers to refuse mail that is not proven to be yours (DMARC), and this mail was not.",
        remedy: "Set up the service that sent it, so that it signs as your domain (DKIM). Until then, go one step back with the policy, so that no more mail is lost.",
    },
    Cause {
        code: codes::DMARC_FAILED,
        class: Class::Authentication,
        fails: &["dmarc"],
        fixer: Fixer::DomainOwner,
        step: Some("senders"),
        message: "{receiver} refused the mail because it was not proven to come from the domain in its From line (DMARC).",
        remedy: "Find the service that sent it in your list of senders, and let it sign as your domain (DKIM). A form on a website must send from your own domain, never from the visitor's address.",
    },
    Cause {
        code: codes::ALIGNMENT,
        class: Class::Authentication,
        fails: &["alignment", "dmarc"],
        fixer: Fixer::DomainOwner,
        step: Some("dkim"),
        message: "The mail carries proof of origin, but for another domain than the one in its From line (no alignment).",
        remedy: "Let the service that sends it sign as your own domain (DKIM) instead of its own.",
    },
    Cause {
        code: codes::DMARC_MISSING,
        class: Class::Authentication,
        fails: &["dmarc"],
        fixer: Fixer::DomainOwner,
        step: Some("monitor"),
        message: "{receiver} asks for a DMARC record, and the domain has none that it can use.",
        remedy: "Publish a DMARC record that only watches (p=none). It is one text record (TXT), and it turns no mail away.",
    },
    Cause {
        code: codes::UNAUTHENTICATED,
        class: Class::Authentication,
        fails: &["spf", "dkim"],
        fixer: Fixer::DomainOwner,
        step: Some("dkim"),
        message: "{receiver} found no proof of who sent the mail: neither the list of allowed servers (SPF) nor the signature (DKIM) holds.",
        remedy: "Turn on signing (DKIM) at the service that sent it, and add the service to your list of allowed servers (SPF).",
    },
    Cause {
        code: codes::AUTHENTICATION_LEVEL,
        class: Class::Authentication,
        fails: &["spf", "dkim", "dmarc"],
        fixer: Fixer::DomainOwner,
        step: Some("dkim"),
        message: "Outlook.com asks of domains that send much mail that SPF, DKIM and DMARC all pass, and one of them did not.",
        remedy: "Mend what the bounce marks with Fail; the other results are in order.",
    },
    Cause {
        code: codes::SPF_FAILED,
        class: Class::Authentication,
        fails: &["spf"],
        fixer: Fixer::DomainOwner,
        step: Some("spf"),
        message: "The server that sent the mail is not in the list of servers that may send for the domain (SPF).",
        remedy: "If the server is yours or your service's, add it to the list (SPF). If the mail was forwarded on its way, the list cannot help: a signature (DKIM) does.",
    },
    Cause {
        code: codes::SPF_BROKEN,
        class: Class::Authentication,
        fails: &["spf"],
        fixer: Fixer::DomainOwner,
        step: Some("spf"),
        message: "The list of servers that may send for the domain (SPF) cannot be read: {receiver} says that the record is wrong.",
        remedy: "Look at the record with `nobounce check`, and mend what it names.",
    },
    Cause {
        code: codes::SPF_TOO_WIDE,
        class: Class::Authentication,
        fails: &["spf"],
        fixer: Fixer::DomainOwner,
        step: Some("spf"),
        message: "The list of servers that may send for the domain (SPF) lets in far too many, and {receiver} does not trust it.",
        remedy: "Take out terms such as +all and very large ranges of addresses; keep the services that you use.",
    },
    Cause {
        code: codes::DKIM_FAILED,
        class: Class::Authentication,
        fails: &["dkim"],
        fixer: Fixer::DomainOwner,
        step: Some("dkim"),
        message: "The mail has no signature that holds (DKIM).",
        remedy: "Turn on signing at the service that sent the mail, and publish the key that it shows.",
    },
    Cause {
        code: codes::DNS_UNANSWERED,
        class: Class::Authentication,
        fails: &["dmarc"],
        fixer: Fixer::DomainOwner,
        step: Some("domain"),
        message: "{receiver} could not check the mail, since the name servers of the domain gave it no answer at that time.",
        remedy: "The mail may go through later by itself. Look with `nobounce check` whether all name servers answer; if not, tell your DNS host.",
    },
    Cause {
        code: codes::SPOOFING,
        class: Class::Authentication,
        fails: &["alignment"],
        fixer: Fixer::Recipient,
        step: Some("senders"),
        message: "The mail looks forged to {receiver}: it claims to come from a domain that this server does not count as its own sender.",
        remedy: "If you sent it, let the sending service sign as your domain (DKIM), and ask the recipient's administrator to allow it.",
    },
    Cause {
        code: codes::PTR,
        class: Class::Infrastructure,
        fails: &["ptr"],
        fixer: Fixer::MailHost,
        step: None,
        message: "The address of the sending server has no name, or a name that does not lead back to it (reverse DNS, PTR).",
        remedy: "Whoever gave you the server's address sets this name; you cannot do it in your own DNS. Send them this bounce.",
    },
    Cause {
        code: codes::HELO,
        class: Class::Infrastructure,
        fails: &["helo"],
        fixer: Fixer::MailHost,
        step: None,
        message: "The sending server greets with a name that {receiver} does not accept (HELO).",
        remedy: "The host of the sending server gives it a full name that exists in the DNS.",
    },
    Cause {
        code: codes::TLS,
        class: Class::Infrastructure,
        fails: &["tls"],
        fixer: Fixer::MailHost,
        step: None,
        message: "The mail was not sent encrypted, or encryption could not be agreed on (TLS).",
        remedy: "The host of the sending server turns on TLS for outgoing mail.",
    },
    Cause {
        code: codes::SENDER_DOMAIN,
        class: Class::Infrastructure,
        fails: &["dns"],
        fixer: Fixer::DomainOwner,
        step: Some("domain"),
        message: "{receiver} could not find the sender's domain in the DNS.",
        remedy: "Check that the domain is registered, spelled right in the sending program, and that its name servers answer: `nobounce check`.",
    },
    Cause {
        code: codes::SENDER_PARKED,
        class: Class::Infrastructure,
        fails: &["mx"],
        fixer: Fixer::DomainOwner,
        step: Some("domain"),
        message: "The domain says of itself that it has no mail (as a parked domain does), and yet mail comes from it.",
        remedy: "Take out the records that park the domain: `MX 0 .` and `v=spf1 -all`.",
    },
    Cause {
        code: codes::SENDER_REFUSED,
        class: Class::Other,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "{receiver} does not accept mail from this sender's address.",
        remedy: "Check that the address exists and is spelled right. If it is, the recipient can allow it.",
    },
    Cause {
        code: codes::DIRECT_SENDING,
        class: Class::Reputation,
        fails: &[],
        fixer: Fixer::MailHost,
        step: None,
        message: "The mail came straight from an address that is not meant for mail servers, such as a connection at home or in an office.",
        remedy: "Send through the outgoing server of your mail host, with your user name and password.",
    },
    Cause {
        code: codes::REPUTATION,
        class: Class::Reputation,
        fails: &[],
        fixer: Fixer::Nobody,
        step: None,
        message: "{receiver} does not trust the sending server or the domain because of mail it sent before (reputation), or it is on a list of bad senders.",
        remedy: "Leave the DNS as it is. Ask the host of the sending server to find the cause, and then to ask the list named in the bounce to take it off.",
    },
    Cause {
        code: codes::RATE,
        class: Class::Reputation,
        fails: &[],
        fixer: Fixer::Nobody,
        step: None,
        message: "Too much mail came at once, or the server wants it to come later (rate limit, greylisting).",
        remedy: "Wait, and send more slowly. Leave the DNS as it is.",
    },
    Cause {
        code: codes::CONTENT,
        class: Class::Content,
        fails: &[],
        fixer: Fixer::Nobody,
        step: None,
        message: "{receiver} did not like what is in the mail: it looks like spam, or holds a file or link that is not allowed.",
        remedy: "Look at links and attachments, and send a short plain text to see whether that goes through. Leave the DNS as it is.",
    },
    Cause {
        code: codes::HEADERS,
        class: Class::Content,
        fails: &[],
        fixer: Fixer::MailHost,
        step: None,
        message: "The mail is not built as mail has to be: a line such as From is missing, double or wrong.",
        remedy: "Whoever makes the program that wrote the mail mends it. The DNS has no part in it.",
    },
    Cause {
        code: codes::SIZE,
        class: Class::Content,
        fails: &[],
        fixer: Fixer::Nobody,
        step: None,
        message: "The mail is larger than the receiver takes.",
        remedy: "Send a link instead of the file, or a smaller file.",
    },
    Cause {
        code: codes::UNKNOWN_RECIPIENT,
        class: Class::Recipient,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "The recipient's address does not exist, or no longer takes mail.",
        remedy: "Check the spelling of the address, and ask the recipient in another way.",
    },
    Cause {
        code: codes::MAILBOX_FULL,
        class: Class::Recipient,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "The recipient's mailbox is full.",
        remedy: "Try again later, or tell the recipient in another way.",
    },
    Cause {
        code: codes::RESTRICTED,
        class: Class::Recipient,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "The recipient takes mail from certain people only, such as members of a group. \"Authentication\" in such a bounce speaks of that, not of your domain.",
        remedy: "Ask the recipient, or the owner of the group, to let you write to it.",
    },
    Cause {
        code: codes::NOT_REACHED,
        class: Class::Recipient,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "The recipient's mail server could not be found or reached.",
        remedy: "Check the part of the address behind the @. If it is right, try again later.",
    },
    Cause {
        code: codes::RECEIVER_TROUBLE,
        class: Class::Recipient,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "The recipient's mail system has trouble of its own.",
        remedy: "Try again later. If it stays, tell the recipient in another way.",
    },
    Cause {
        code: codes::LOGIN,
        class: Class::Other,
        fails: &[],
        fixer: Fixer::MailHost,
        step: None,
        message: "Your mail program did not log in to the outgoing server as it should. \"Authentication\" here means user name and password, not your domain.",
        remedy: "Check user name, password and the setting \"outgoing server needs a login\" in the program or device that sent the mail.",
    },
    Cause {
        code: codes::RELAY,
        class: Class::Other,
        fails: &[],
        fixer: Fixer::MailHost,
        step: None,
        message: "The server does not pass on mail for this recipient (relaying denied).",
        remedy: "Log in to the outgoing server before sending. If you did, the recipient's domain may name the wrong mail server; tell them.",
    },
    Cause {
        code: codes::BLOCKED_BY_POLICY,
        class: Class::Other,
        fails: &[],
        fixer: Fixer::Recipient,
        step: None,
        message: "{receiver} refused the mail by a rule of its own, and does not say which.",
        remedy: "Ask the recipient or their administrator for the reason. Change nothing in the DNS because of it.",
    },
    Cause {
        code: codes::NOT_A_BOUNCE,
        class: Class::Other,
        fails: &[],
        fixer: Fixer::Nobody,
        step: None,
        message: "This is no bounce: nothing in it says that a mail was refused.",
        remedy: "Paste the whole message that came back, or the line with the error.",
    },
];
