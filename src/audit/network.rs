//! What the network between this computer and the DNS does to questions: blocks them, answers in the place of others, changes answers.

use jiff::Timestamp;

use crate::audit::Manner;
use crate::audit::codes;
use crate::audit::tell;
use crate::audit::view::View;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::sighting::TlsTrouble;
use crate::records::sighting::Trouble;

/// What asking over HTTPS means for the user.
const RUN_WITH_DOH: &str = "Run again with --doh: the questions then go encrypted (DNS over HTTPS) to the public resolvers of Cloudflare, Google and Quad9, \
     which learn the names that are looked up. Or use another network.";

/// Findings that DNS over HTTPS may help against.
pub const HELPED_BY_HTTPS: [Code; 3] = [
    codes::DNS_BLOCKED,
    codes::DNS_INTERCEPTED,
    codes::DNS_REWRITTEN,
];

/// Findings that are trouble of servers or of the network, and no mistake in a record.
pub const NO_MISTAKE: [Code; 6] = [
    codes::DNS_TROUBLE,
    codes::DELEGATION_BROKEN,
    codes::DNS_BLOCKED,
    codes::DOH_BLOCKED,
    codes::DOH_NOT_TRUSTED,
    codes::CLOCK_IS_WRONG,
];

/// True for the code of a finding that is trouble, and no mistake: what it stands in the way of is unknown.
pub fn is_trouble(code: &str) -> bool {
    NO_MISTAKE.iter().any(|trouble| trouble.as_str() == code)
}

/// What is to be said of the network.
pub fn findings(view: &View<'_>, now: Timestamp) -> Vec<Finding> {
    match view.scope.manner {
        Manner::Resolvers { .. } => over_https(view, now),
        Manner::Quick | Manner::Careful => over_port_53(view),
    }
}

fn over_port_53(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |severity, code, message: &str| {
        findings.push(tell::tell(
            Subject::Domain,
            severity,
            code,
            view.domain(),
            message,
            RUN_WITH_DOH,
        ));
    };
    if view.is_rewritten() {
        add(
            Severity::Warning,
            codes::DNS_REWRITTEN,
            "This network changes DNS answers: it answers for names that cannot exist. What its resolvers say is not relied on. \
             Networks with a login page do that until you have logged in.",
        );
    }
    if view.nobody_answers() {
        add(
            Severity::Error,
            codes::DNS_BLOCKED,
            "No DNS server answers: this computer is offline, or this network does not let DNS questions (port 53) out. \
             That says nothing about your records.",
        );
    } else if view.is_cut_off() {
        add(
            Severity::Warning,
            codes::DNS_BLOCKED,
            "None of your name servers answers this computer, and a resolver does. Either they are all down, or this network lets DNS \
             questions (port 53) out to its own resolver only.",
        );
    }
    if view.is_intercepted() {
        add(
            Severity::Warning,
            codes::DNS_INTERCEPTED,
            "Somebody on the way answers in the place of your name servers: the answers are those of a resolver (not authoritative). \
             Some networks catch all DNS questions (port 53). So it cannot be told what your own name servers say.",
        );
    }
    findings
}

fn over_https(view: &View<'_>, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |severity, code, message: &str, remedy: &str| {
        findings.push(tell::tell(
            Subject::Domain,
            severity,
            code,
            view.domain(),
            message,
            remedy,
        ));
    };
    if !view.nobody_answers() {
        add(
            Severity::Note,
            codes::DNS_RESOLVER_VIEW,
            "Your own name servers were not asked. What is shown is what resolvers say (resolver view only), and they may keep old copies.",
            "",
        );
        if view.is_rewritten() {
            add(
                Severity::Warning,
                codes::DNS_REWRITTEN,
                "The resolver changes DNS answers: it answers for names that cannot exist. What it says is not relied on.",
                "Use --doh alone, or name another server with --doh=URL",
            );
        }
        return findings;
    }
    findings.extend(without_https(
        view.domain(),
        &view.troubles_of_resolvers(),
        now,
    ));
    findings
}

/// What it means that nothing but these troubles comes from resolvers that are asked over HTTPS.
pub fn without_https(
    domain: &DomainName,
    troubles: &[&Trouble],
    now: Timestamp,
) -> Option<Finding> {
    let any = |wanted: &[TlsTrouble]| {
        troubles
            .iter()
            .any(|trouble| matches!(trouble, Trouble::Tls(tls) if wanted.contains(tls)))
    };
    let say = |code, message: &str, remedy: &str| {
        let (subject, severity) = (Subject::Domain, Severity::Error);
        Some(tell::tell(subject, severity, code, domain, message, remedy))
    };
    if any(&[TlsTrouble::NotYetValid, TlsTrouble::Expired]) {
        let shown = now.strftime("%-d %B %Y, %H:%M UTC");
        say(
            codes::CLOCK_IS_WRONG,
            &format!(
                "The certificates of the DNS servers are not valid at the time of this computer, which is {shown}. Most likely its clock is wrong. \
                 That says nothing about your records."
            ),
            "Set the clock of this computer, or switch on that it is set by itself, then look again.",
        )
    } else if any(&[TlsTrouble::OtherName, TlsTrouble::Untrusted]) {
        say(
            codes::DOH_NOT_TRUSTED,
            "Somebody between this computer and the DNS servers answers in their place: the certificate is not theirs. Networks with a login \
             page do that until you have logged in, some company networks always do. That says nothing about your records.",
            "Open a web page to log in to this network, then look again; or use another network.",
        )
    } else if !troubles.is_empty() {
        say(
            codes::DOH_BLOCKED,
            "No resolver answers over HTTPS: this computer is offline, or this network does not let such questions out. \
             That says nothing about your records.",
            "Use another network, such as that of a phone; or name a server that can be reached with --doh=URL",
        )
    } else {
        None
    }
}

/// What is said where the clock of this computer and those of servers differ. `seconds`: how far the others are ahead.
pub fn clock(view: &View<'_>, seconds: i64) -> Finding {
    let minutes = seconds.unsigned_abs().div_ceil(60);
    let way = if seconds > 0 { "behind" } else { "ahead" };
    tell::tell(
        Subject::Domain,
        Severity::Warning,
        codes::CLOCK_IS_WRONG,
        view.domain(),
        &format!(
            "The clock of this computer is {minutes} minutes {way}. Times that are shown are off by as much, and signatures may be taken for \
             expired."
        ),
        "Set the clock of this computer, or switch on that it is set by itself.",
    )
}
