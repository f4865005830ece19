//! The bounce address (return-path) of a service under a name of the user's domain, and the proof that the domain is the user's.

use crate::catalog::dkim::KeyRecord;
use crate::catalog::dkim::expanded;
use crate::catalog::owner::Owner;
use crate::catalog::sender::Aligned;
use crate::catalog::sender::ReturnPath;
use crate::catalog::sender::ReturnPathKind;
use crate::catalog::sender::Sender;
use crate::catalog::sender::SpfNeeded;
use crate::catalog::template;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// What the bounce address of a service asks of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bounce {
    /// It has one of its own, or it is not known that it can have another.
    Own,
    /// The records are the same for everybody.
    Fixed(Vec<KeyRecord>),
    /// The service shows them to the account holder.
    FromConsole(Shown),
}

/// Records of a bounce address that the service shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The types that it can show.
    pub types: Vec<RecordType>,
    /// The name, relative to the domain, where it is the same for everybody.
    pub host: Option<String>,
    /// The name with `<...>` for what the service or the user chooses.
    pub host_looks_like: Option<String>,
    /// The form of the target of the alias or of the mail server; None where it is not known.
    form: Option<String>,
    /// The SPF record that belongs on the same name, where it is the same for everybody.
    pub spf: Option<String>,
}

impl Shown {
    /// The target as it will look, with `<...>` for each part that the service chose.
    pub fn looks_like(&self) -> Option<String> {
        self.form.as_deref().map(template::pattern_for_people)
    }

    /// Whether a collected target has the known form; true where none is known.
    pub fn accepts(&self, target: &DomainName) -> bool {
        self.form
            .as_deref()
            .is_none_or(|form| template::matches(form, target.as_str()).is_some())
    }
}

/// A TXT record that proves to the service that the domain is the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How the text begins, with `<...>` for what the service chooses; one of these.
    pub begins: Vec<String>,
    /// Where it stands, relative to the domain; empty: at the domain itself.
    pub host: String,
}

impl Sender {
    pub fn bounce(&self, domain: &DomainName) -> Bounce {
        match &self.return_path {
            Some(path) => of_path(path, domain),
            None if self.spf_needed == SpfNeeded::OnReturnPathSubdomain => {
                Bounce::FromConsole(Shown {
                    types: vec![RecordType::Txt, RecordType::Mx],
                    host: None,
                    host_looks_like: None,
                    form: None,
                    spf: None,
                })
            }
            None => Bounce::Own,
        }
    }

    /// True where mail counts as the user's only by its signature, whatever SPF says.
    pub fn counts_by_signature_alone(&self) -> bool {
        self.aligned_by == [Aligned::Dkim]
    }
}

fn of_path(path: &ReturnPath, domain: &DomainName) -> Bounce {
    if !path.records.is_empty()
        && let Some(fixed) = expanded(&path.records, domain)
    {
        return Bounce::Fixed(fixed);
    }
    let host = path
        .host
        .as_deref()
        .and_then(|host| template::expand(host, domain));
    let target = path
        .target
        .as_deref()
        .and_then(|target| template::expand(target, domain));
    let spf = path
        .spf
        .as_deref()
        .and_then(|spf| template::expand(spf, domain));
    let fixed = |record_type, value: &String| {
        Bounce::Fixed(vec![KeyRecord {
            host: host.clone().unwrap_or_default(),
            record_type,
            target: value.clone(),
        }])
    };
    match (path.kind, &host, &target, &spf) {
        (ReturnPathKind::Cname, Some(_), Some(target), _) => fixed(RecordType::Cname, target),
        (ReturnPathKind::Txt, Some(_), _, Some(spf)) => fixed(RecordType::Txt, spf),
        _ => Bounce::FromConsole(Shown {
            types: match path.kind {
                ReturnPathKind::MxAndTxt => vec![RecordType::Mx, RecordType::Txt],
                ReturnPathKind::Txt => vec![RecordType::Txt],
                // What stands in for automatic security, or for a subdomain that is handed over.
                ReturnPathKind::Cname if path.manual.is_some() => {
                    vec![RecordType::Cname, RecordType::Mx, RecordType::Txt]
                }
                ReturnPathKind::DelegationOrCname => vec![RecordType::Cname, RecordType::Txt],
                _ => vec![RecordType::Cname],
            },
            host_looks_like: path
                .host
                .as_deref()
                .map(|host| template::pattern_for_people(&template::fill_domain(host, domain))),
            host,
            form: path.target.as_deref().map(|target| {
                // `MX 10 mail.example.net`: the name is what can be compared.
                let name = target.rsplit(' ').next().unwrap_or(target);
                template::fill_domain(name, domain)
            }),
            spf,
        }),
    }
}

impl Owner {
    /// What the bounce address asks of the user. That of a mail provider is the user's own domain.
    pub fn bounce(self, domain: &DomainName) -> Bounce {
        match self {
            Self::Provider(_) => Bounce::Own,
            Self::Sender(sender) => sender.bounce(domain),
        }
    }

    /// The proof of ownership that the service may ask for. A mail provider asks for it when the mailboxes are made, long before.
    pub fn proof(self) -> Option<Proof> {
        let Self::Sender(sender) = self else {
            return None;
        };
        (!sender.txt_tokens.is_empty() || sender.txt_host.is_some()).then(|| Proof {
            begins: sender
                .txt_tokens
                .iter()
                .map(|token| template::pattern_for_people(token))
                .collect(),
            host: sender.txt_host.clone().unwrap_or_default(),
        })
    }

    /// What to do in the service's console, in words; empty where that is not known.
    pub fn console(self) -> &'static [String] {
        match self {
            Self::Provider(provider) => &provider.console,
            Self::Sender(sender) => &sender.console,
        }
    }

    /// How signing is switched on there once the records are seen, in words; empty where that is not known.
    pub fn switch_on(self) -> &'static [String] {
        self.dkim().map_or(&[], |dkim| &dkim.switch_on)
    }
}
