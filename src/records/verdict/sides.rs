//! The two sides of a look: the name servers of the zone, each counted once by name, and the resolvers.

use jiff::Timestamp;

use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::serials::Serials;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::verdict::Tally;
use crate::records::verdict::codes;
use crate::records::verdict::view::Saw;
use crate::records::verdict::view::View;

/// A name server of the zone with what each of its addresses said.
pub(super) struct NameServer<'a> {
    pub(super) name: &'a DomainName,
    pub(super) views: Vec<&'a View<'a>>,
}

impl NameServer<'_> {
    pub(super) fn answered(&self) -> bool {
        self.views.iter().any(|view| view.answered())
    }

    /// True where every address that answered has the record as wanted.
    pub(super) fn agrees(&self) -> bool {
        self.answered()
            && self
                .views
                .iter()
                .filter(|view| view.answered())
                .all(|view| view.agrees())
    }

    /// True where it has the record in one answer and not in another.
    fn is_torn(&self) -> bool {
        let answered = || self.views.iter().filter(|view| view.answered());
        answered().any(|view| view.agrees()) && answered().any(|view| !view.agrees())
    }

    /// True where it says that the zone is none of its own.
    pub(super) fn is_lame(&self) -> bool {
        !self.answered()
            && matches!(
                self.trouble(),
                Some(Trouble::Refused | Trouble::NotAuthoritative)
            )
    }

    fn trouble(&self) -> Option<&Trouble> {
        self.views.iter().find_map(|view| view.own_trouble())
    }
}

/// The newest sighting of each server and question. Several of one time are samples of one look, and all count: a name server that stands
/// for many machines may not say the same twice.
pub(super) fn newest(sightings: &[Sighting]) -> Vec<&Sighting> {
    let is_older = |old: &Sighting, new: &Sighting| {
        old.server == new.server && old.question == new.question && old.seen_at < new.seen_at
    };
    sightings
        .iter()
        .filter(|sighting| !sightings.iter().any(|newer| is_older(sighting, newer)))
        .collect()
}

pub(super) fn name_servers<'a>(views: &'a [View<'a>]) -> Vec<NameServer<'a>> {
    let mut servers: Vec<NameServer<'a>> = Vec::new();
    for view in views {
        let Server::Authoritative { name, .. } = view.server else {
            continue;
        };
        match servers.iter_mut().find(|server| server.name == name) {
            Some(server) => server.views.push(view),
            None => servers.push(NameServer {
                name,
                views: vec![view],
            }),
        }
    }
    servers
}

pub(super) fn resolvers<'a>(views: &'a [View<'a>]) -> Vec<&'a View<'a>> {
    views
        .iter()
        .filter(|view| !view.server.is_authoritative())
        .collect()
}

pub(super) fn tally_servers(servers: &[NameServer<'_>]) -> Tally {
    Tally {
        agree: servers.iter().filter(|server| server.agrees()).count(),
        answered: servers.iter().filter(|server| server.answered()).count(),
        asked: servers.len(),
    }
}

pub(super) fn tally_resolvers(resolvers: &[&View<'_>]) -> Tally {
    Tally {
        agree: resolvers.iter().filter(|view| view.agrees()).count(),
        answered: resolvers.iter().filter(|view| view.answered()).count(),
        asked: resolvers.len(),
    }
}

/// When the last copy that is not the wanted one dies; None where one of them does not say.
pub(super) fn last_old_copy(resolvers: &[&View<'_>], now: Timestamp) -> Option<Timestamp> {
    let old: Vec<Option<Timestamp>> = resolvers
        .iter()
        .filter(|view| view.answered() && !view.agrees())
        .map(|view| view.dies)
        .collect();
    old.into_iter()
        .collect::<Option<Vec<Timestamp>>>()?
        .into_iter()
        .max()
        .filter(|until| *until > now)
}

/// What a finding of a verdict is about.
pub(super) fn subject(content: &Content, owner: &DomainName) -> Subject {
    match content {
        Content::Spf(_) => Subject::Spf,
        Content::Dkim(_) => Subject::Dkim,
        Content::Dmarc(_) | Content::ReportAuthorization => Subject::Dmarc,
        Content::Cname(_) if owner.labels().any(|label| label == "_domainkey") => Subject::Dkim,
        Content::Mx { .. } => Subject::Mx,
        Content::Cname(_) | Content::Text(_) => Subject::Domain,
    }
}

/// Findings about the servers themselves.
pub(super) fn about_servers(
    owner: &DomainName,
    servers: &[NameServer<'_>],
    resolvers: &[&View<'_>],
    versions: Option<&Serials>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |code: Code, severity, message: String, remedy: &str| {
        findings.push(Finding {
            code,
            severity,
            subject: Subject::Ns,
            name: owner.clone(),
            message,
            remedy: remedy.to_owned(),
        });
    };
    for server in servers {
        let Some(trouble) = server.trouble() else {
            continue;
        };
        // A machine without IPv6 cannot reach such addresses, which says nothing about the server.
        if server.answered() && *trouble == Trouble::Unreachable {
            continue;
        }
        if server.is_lame() {
            add(
                codes::NS_LAME,
                Severity::Warning,
                format!(
                    "The name server {} does not serve this zone: it {trouble}.",
                    server.name
                ),
                "Take it out of the list of name servers at your registrar, or have the company that runs it set the domain up there.",
            );
            continue;
        }
        add(
            codes::NS_SILENT,
            Severity::Warning,
            format!("The name server {} {trouble}.", server.name),
            "Look again in a few minutes. If it stays so, tell the company that runs your DNS.",
        );
    }
    let answering: Vec<&NameServer<'_>> = servers.iter().filter(|s| s.answered()).collect();
    let names = |agree: bool| {
        let list: Vec<&str> = answering
            .iter()
            .filter(|server| server.agrees() == agree)
            .map(|server| server.name.as_str())
            .collect();
        list.join(", ")
    };
    let with = names(true);
    let without = names(false);
    if !with.is_empty() && !without.is_empty() {
        let versions = versions.map(Serials::in_words).unwrap_or_default();
        let message = format!(
            "Your name servers do not say the same. With the new record: {with}. Without it: {without}. {versions}"
        );
        add(
            codes::NS_DISAGREE,
            Severity::Warning,
            message.trim_end().to_owned(),
            "This is normal for some minutes after a change. If it stays so for more than an hour, tell the company that runs your DNS that \
             its servers are not in step (zone transfer: AXFR, NOTIFY).",
        );
    }
    for server in answering.iter().filter(|server| server.is_torn()) {
        add(
            codes::NS_DISAGREE,
            Severity::Warning,
            format!(
                "The name server {} says now one thing, now another: it stands for several machines, and not all of them have the new record yet.",
                server.name
            ),
            "This is normal for some minutes after a change. If it stays so, tell the company that runs your DNS.",
        );
    }
    if let Some(said) = broken_signature(resolvers) {
        add(
            codes::DNSSEC_BROKEN,
            Severity::Error,
            format!(
                "The signature of the zone is broken (DNSSEC): receivers that check it see nothing of your records. The resolver {said}."
            ),
            "Ask the company that keeps your DNS to sign the zone anew. If you moved to another DNS host, delete the old DS record at your registrar.",
        );
    }
    for view in resolvers {
        if let Saw::Trouble(trouble) = &view.saw {
            let severity = match trouble {
                Trouble::ServerFailure { .. } | Trouble::BadSignature { .. } => Severity::Warning,
                _ => Severity::Note,
            };
            add(
                codes::RESOLVER_TROUBLE,
                severity,
                format!("The resolver {} {trouble}.", view.server),
                match trouble {
                    Trouble::ServerFailure { .. } => {
                        "If your name servers have the record and resolvers fail, the signatures of the zone (DNSSEC) may be broken."
                    }
                    _ => "",
                },
            );
        }
    }
    findings
}

/// What a resolver says that does not trust the signatures; None where most resolvers see the record, so that the trouble is its own.
pub(super) fn broken_signature(resolvers: &[&View<'_>]) -> Option<String> {
    let agreeing = resolvers.iter().filter(|view| view.agrees()).count();
    resolvers
        .iter()
        .find_map(|view| match view.own_trouble() {
            Some(trouble @ Trouble::BadSignature { .. }) => {
                Some(format!("{} {trouble}", view.server))
            }
            _ => None,
        })
        .filter(|_| agreeing * 2 <= resolvers.len())
}
