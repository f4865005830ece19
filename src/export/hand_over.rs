//! What the hand-off sheet says, before it is a page or a text: for somebody who has the DNS and has never seen nobounce.
//!
//! Everything here is safe to read: odd characters stand in the open. What is copied stays exact.

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::TxtSplit;
use crate::export::Row;
use crate::export::Sheet;
use crate::export::fields;
use crate::export::main_zone;
use crate::export::set::is_crossed;
use crate::records::name::DomainName;
use crate::records::record;
use crate::records::record::Content;
use crate::records::record::strings;
use crate::records::sighting::RecordType;

/// Name servers that are asked in the commands.
const ASKED: usize = 1;

/// The sheet in words.
pub struct HandOver {
    pub title: String,
    pub lead: String,
    /// Who asks, when, and what is known: label and text.
    pub about: Vec<(&'static str, String)>,
    /// What must not go wrong.
    pub cautions: Vec<String>,
    pub items: Vec<Item>,
    pub checks: Vec<Check>,
    pub end: String,
}

/// One record.
pub struct Item {
    pub task: Task,
    pub record_type: RecordType,
    /// The whole owner name.
    pub owner: String,
    pub why: String,
    /// What to do, in one or two sentences.
    pub order: String,
    /// Where to click.
    pub place: String,
    /// The address of the panel.
    pub link: Option<String>,
    pub now: Now,
    pub fields: Vec<Field>,
    pub notes: Vec<String>,
}

/// What is to be done at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Add,
    Change,
    Leave,
}

/// What is at the name now.
pub enum Now {
    /// In a sentence.
    Words(&'static str),
    /// The record as it was seen; escaped.
    Record(String),
}

/// One field of the panel.
pub struct Field {
    pub label: String,
    /// A word on it, such as which of two names the panel wants.
    pub hint: Option<String>,
    /// As it is typed.
    pub value: String,
    /// What a button says that it copies; None: there is nothing to copy.
    pub copies: Option<&'static str>,
}

/// How to see whether it worked.
pub struct Check {
    pub text: String,
    pub commands: Vec<String>,
}

impl Task {
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Change => "Change",
            Self::Leave => "Leave alone",
        }
    }
}

/// The text with every character in the open that cannot be seen or moves others, as `<U+202E>`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        let is_filler = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
        if c == ' ' || c.is_ascii_graphic() || (c.is_alphanumeric() && !is_filler) {
            shown.push(c);
        } else {
            shown.push_str(&format!("<U+{:04X}>", u32::from(c)));
        }
    }
    shown
}

pub fn hand_over(sheet: &Sheet) -> HandOver {
    let domain = &sheet.domain;
    let items: Vec<Item> = sheet
        .rows
        .iter()
        .map(|row| {
            let mut item = item(row);
            if is_crossed(row, sheet) {
                item.notes.push(
                    "An alias (CNAME) has to stand alone at its name, and here it would not. Ask before you add this record."
                        .to_owned(),
                );
            }
            item
        })
        .collect();
    HandOver {
        title: format!("DNS records for the mail of {domain}"),
        lead: format!(
            "These records let receivers tell real mail of {domain} from forged mail, so that the real mail arrives. Please put them into the DNS as \
             they stand here, from top to bottom."
        ),
        about: about(sheet),
        cautions: cautions(sheet),
        checks: checks(sheet),
        items,
        end: format!(
            "Made with nobounce for {domain}. There is nothing secret here: all of it is public once it is in the DNS."
        ),
    }
}

fn about(sheet: &Sheet) -> Vec<(&'static str, String)> {
    let day = |date: jiff::civil::Date| date.strftime("%-d %B %Y").to_string();
    let who = match &sheet.asked_by {
        Some(name) => visible(name),
        None => format!("the owner of {}", sheet.domain),
    };
    let mut about = vec![("Asked for by", who), ("Date", day(sheet.made))];
    about.push((
        "What is there now",
        match sheet.looked {
            Some(date) => format!("as seen on {}; look before you change it", day(date)),
            None => "nobody looked yet; look before you change anything".to_owned(),
        },
    ));
    if let Some(host) = hosts(sheet).first() {
        about.push(("DNS host", host.name.clone()));
    }
    let servers: Vec<&str> = sheet.name_servers.iter().map(DomainName::as_str).collect();
    if !servers.is_empty() {
        about.push(("Name servers", servers.join(", ")));
    }
    about
}

/// The DNS hosts that were recognized, each once.
fn hosts(sheet: &Sheet) -> Vec<&'static DnsHost> {
    let mut hosts: Vec<&'static DnsHost> = Vec::new();
    for host in sheet.rows.iter().filter_map(|row| row.host) {
        if !hosts.iter().any(|known| known.id == host.id) {
            hosts.push(host);
        }
    }
    hosts
}

fn cautions(sheet: &Sheet) -> Vec<String> {
    // Panels add the name of the zone, which may be above the domain.
    let zone = main_zone(sheet);
    let mut cautions = vec![
        "Touch only what is listed here. Do not delete other records: above all no other TXT record at the same name, no MX and no NS record. Web \
         pages and mail depend on them."
            .to_owned(),
        "Where it says \"Change\", change the record that is there. A second one beside it makes both void.".to_owned(),
        format!(
            "Many panels add \".{0}\" to the name by themselves. Type the short name there, and see that the saved name does not end in \"{0}.{0}\".",
            zone
        ),
        "Copy each value whole: no line breaks, no added spaces, no curly quotation marks.".to_owned(),
    ];
    let has_alias = |row: &Row| {
        row.record.content.record_type() == RecordType::Cname
            && row.host.and_then(|host| host.cname_proxy) != Some(false)
    };
    if sheet.rows.iter().any(has_alias) {
        let how = hosts(sheet)
            .first()
            .and_then(|host| host.proxy_off.as_ref())
            .map_or_else(
                || "(\"DNS only\", a grey cloud)".to_owned(),
                |how| format!("({how})"),
            );
        cautions.push(format!(
            "Where the panel has a proxy for CNAME records, switch it off for these {how}. Behind a proxy nobody finds the key."
        ));
    }
    cautions
}

fn item(row: &Row) -> Item {
    let content = &row.record.content;
    let task = task(row);
    let mut notes: Vec<String> = fields::notes(row)
        .iter()
        .filter(|_| task != Task::Leave)
        .map(|note| sentence(note))
        .collect();
    if matches!(&row.replaces, Some(text) if text.contains('\\')) {
        notes.push(
            "In what is there now, \\ and three digits stand for a byte that cannot be shown."
                .to_owned(),
        );
    }
    Item {
        task,
        record_type: content.record_type(),
        owner: row.record.owner.to_string(),
        why: why(row),
        order: order(row, task),
        place: place(row, task),
        link: row
            .host
            .and_then(|host| host.panel_url.clone())
            .filter(|url| url.starts_with("https://")),
        now: now(row),
        fields: fields_of(row),
        notes,
    }
}

fn task(row: &Row) -> Task {
    match row.state.as_str() {
        "published" | "spreading" => Task::Leave,
        _ if row.replaces.is_some() => Task::Change,
        "differs" | "invalid" | "conflict" => Task::Change,
        _ => Task::Add,
    }
}

fn now(row: &Row) -> Now {
    match (row.state.as_str(), &row.replaces) {
        ("published", _) => Now::Words("It is there, just as it shall be."),
        ("spreading", _) => Now::Words(
            "It is there. Some places still remember an older answer; that ends by itself.",
        ),
        (_, Some(old)) => Now::Record(visible(old)),
        ("missing", None) => Now::Words("Nothing of this kind was there at the last look."),
        ("differs" | "invalid", None) => {
            Now::Words("A record of this kind is there, and it does not say what it shall say.")
        }
        ("conflict", None) => Now::Words(
            "Something else at this name makes the record void: a second one, or an alias.",
        ),
        ("misplaced", None) => {
            Now::Words("Not here: the record was found at another name, by mistake.")
        }
        _ => Now::Words(
            "Not known: nobody looked yet, or the servers did not tell. Look in the panel first.",
        ),
    }
}

/// One plain sentence on what the record is for.
fn why(row: &Row) -> String {
    let purpose = visible(&row.purpose);
    let mut letters = purpose.chars();
    match (&row.record.content, letters.next()) {
        // The words of the plan are the middle of a sentence.
        (_, Some(first)) if first.is_lowercase() => sentence(&format!("This record {purpose}")),
        (Content::Text(_) | Content::Mx { .. }, _) => sentence(&purpose),
        (content, _) => reason(content).to_owned(),
    }
}

fn reason(content: &Content) -> &'static str {
    match content {
        Content::Spf(_) => "This record lists who may send mail as the domain.",
        Content::Dkim(_) | Content::Cname(_) => {
            "This record lets receivers check the signature of the mail."
        }
        Content::Dmarc(_) => {
            "This record says what receivers do with forged mail and where they report."
        }
        Content::ReportAuthorization => "This record allows reports about another domain here.",
        Content::Text(_) | Content::Mx { .. } => "",
    }
}

/// What a record of this kind begins with, where a name may hold only one.
fn beginning(content: &Content) -> Option<&'static str> {
    match content {
        Content::Spf(_) => Some("v=spf1"),
        Content::Dmarc(_) => Some("v=DMARC1"),
        _ => None,
    }
}

fn order(row: &Row, task: Task) -> String {
    let record_type = row.record.content.record_type();
    match (task, beginning(&row.record.content)) {
        (Task::Leave, _) => "There is nothing to do. Leave it as it is.".to_owned(),
        (Task::Add, Some(beginning)) => format!(
            "Make a new {record_type} record. If one that begins with {beginning} is at this name already, change that one instead. Other TXT records \
             at this name stay."
        ),
        (Task::Add, None) => {
            let mut order = format!("Make a new {record_type} record.");
            if row.state == "misplaced" {
                order += " Then delete the one at the wrong name.";
            }
            order
        }
        (Task::Change, Some(beginning)) => format!(
            "Open the TXT record that begins with {beginning} and give it the new value. If several begin so, change one and delete the others. All \
             other TXT records at this name stay."
        ),
        // Other texts stand at such a name, and this is one that nearly says it.
        (Task::Change, None) if matches!(row.record.content, Content::Text(_)) => format!(
            "Find the {record_type} record that says nearly this, and give it the new value. All other TXT records at this name stay."
        ),
        (Task::Change, None) => format!(
            "Open the record that is there and give it the new type and value ({record_type}). Do not add a second one."
        ),
    }
}

fn place(row: &Row, task: Task) -> String {
    let zone = &row.zone;
    let Some(host) = row.host else {
        return format!("The DNS panel of {zone}");
    };
    let mut path = vec![host.name.clone()];
    if host.menu_path.is_empty() {
        path.push(format!("DNS of {zone}"));
    }
    path.extend(
        host.menu_path
            .iter()
            .filter(|step| task == Task::Add || !step.starts_with("Add "))
            .map(|step| {
                if step == "your domain" {
                    zone.to_string()
                } else {
                    step.clone()
                }
            }),
    );
    path.join(" > ")
}

fn fields_of(row: &Row) -> Vec<Field> {
    let content = &row.record.content;
    let mut fields = vec![plain("Type", content.record_type().to_string())];
    fields.extend(names(row));
    fields.extend(values(row));
    fields.push(plain("TTL", ttl(row)));
    fields
}

fn plain(label: &str, value: String) -> Field {
    Field {
        label: label.to_owned(),
        hint: None,
        value,
        copies: None,
    }
}

fn ttl(row: &Row) -> String {
    format!("{} seconds, or what the panel offers", fields::ttl(row))
}

/// Both forms of the name; the one that the panel wants, where that is known, comes first.
fn names(row: &Row) -> Vec<Field> {
    let owner = &row.record.owner;
    let label = row
        .host
        .and_then(|host| host.name_label.as_deref())
        .unwrap_or("Name");
    let wanted = row
        .host
        .and_then(|host| host.name_in_panel(owner, &row.zone));
    let name = |form: &str, hint: Option<String>, value: String, copies| Field {
        label: format!("{label}, {form}"),
        hint,
        value,
        copies: Some(copies),
    };
    let whole = owner.to_string();
    let Some(relative) = owner.relative_to(&row.zone) else {
        return vec![name("in full", None, whole, "the name in full")];
    };
    let root = row
        .host
        .and_then(|host| host.root_symbol.as_deref())
        .unwrap_or("@");
    let short = if relative.is_empty() { root } else { relative };
    let says = |is_it: bool| {
        (wanted.is_some() && is_it).then(|| {
            let host = row.host.map_or("This panel", |host| host.name.as_str());
            format!("{host} wants this one")
        })
    };
    let wants_whole = wanted.as_deref() == Some(whole.as_str()) && wanted.as_deref() != Some(short);
    let mut relative_name = name(
        "short",
        says(!wants_whole),
        short.to_owned(),
        "the short name",
    );
    if short.is_empty() {
        "leave this field empty".clone_into(&mut relative_name.value);
        relative_name.copies = None;
    } else if relative.is_empty() && wanted.is_none() {
        relative_name.hint =
            Some("stands for the domain itself; some panels want the field empty".to_owned());
    }
    let full = name("in full", says(wants_whole), whole, "the name in full");
    if wants_whole {
        vec![full, relative_name]
    } else {
        vec![relative_name, full]
    }
}

/// The value or target as the panel wants it.
fn values(row: &Row) -> Vec<Field> {
    let content = &row.record.content;
    let host = row.host;
    let target_label = host
        .and_then(|host| host.target_label.as_deref())
        .unwrap_or("Points to");
    let field = |label: &str, value: String, copies| Field {
        label: label.to_owned(),
        hint: None,
        value,
        copies: Some(copies),
    };
    let mut found = match content {
        Content::Cname(_) => vec![field(
            target_label,
            fields::value(content, host),
            "the target",
        )],
        Content::Mx { preference, .. } => {
            vec![
                plain("Priority", preference.to_string()),
                field(target_label, fields::value(content, host), "the target"),
            ]
        }
        content => {
            let label = host
                .and_then(|host| host.value_label.as_deref())
                .unwrap_or("Value");
            let mut values = vec![field(label, fields::value(content, host), "the value")];
            let text = content.to_string();
            let pieces = strings(&text);
            if pieces.len() > 1 && host.and_then(|host| host.txt_split).is_none() {
                let mut cut = field(
                    &format!("{label}, in pieces"),
                    record::quoted(&text),
                    "the value in pieces",
                );
                cut.hint = Some("only where the panel refuses the long one".to_owned());
                values.push(cut);
            } else if pieces.len() > 1
                && host.and_then(|host| host.txt_split) == Some(TxtSplit::Manual)
            {
                values[0].hint =
                    Some("in pieces between quotation marks, as this panel wants it".to_owned());
            }
            values
        }
    };
    // What a clipboard or a panel would spoil is not offered to be copied.
    for field in &mut found {
        if field.value.chars().any(char::is_control) {
            field.copies = None;
        }
    }
    found
}

/// How to see that it worked. The domain's own name servers come first: others remember a "no".
fn checks(sheet: &Sheet) -> Vec<Check> {
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

/// Begun with a capital, ended with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    let end = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{end}", letters.as_str())
}
