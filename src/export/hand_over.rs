//! What the hand-off sheet says, before it is a page or a text: for somebody who has the DNS and has never seen nobounce.
//!
//! Everything here is safe to read: odd characters stand in the open. What is copied stays exact.

mod checks;
mod typed;

use crate::catalog::dns_host::DnsHost;
use crate::export::Row;
use crate::export::Sheet;
use crate::export::fields;
use crate::export::main_zone;
use crate::export::set::is_crossed;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::sighting::RecordType;

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
        checks: checks::checks(sheet),
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
        fields: typed::fields_of(row),
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
