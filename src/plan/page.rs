//! A page of the wizard as data: what it says, what it asks, what comes next. The full screen and plain prompts walk the same pages.

use crate::catalog::signer::Signer;
use crate::plan::StepId;
use crate::records::dkim::Selector;
use crate::records::finding::Finding;
use crate::records::record::Record;
use crate::records::verdict::Judgement;

/// Names a page. Where a page exists per sender or per record, that is part of its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageId {
    /// The live look: who hosts what, three check marks, the plan.
    Domain,
    /// Which of the companies that share the name servers it is.
    WhichHost,
    /// At which company the record `key` was typed in. Asked only where it stays away.
    TypedAt {
        key: String,
    },
    /// Which services send as the domain: a list to tick.
    Senders,
    /// Plain questions: web shop, newsletter, invoices, own server.
    Habits,
    /// Terms of the present SPF record that belong to nobody known: kept unless dropped.
    UnknownTerms,
    /// Addresses or names of own servers that send.
    OwnAddresses,
    /// Where reports shall go: own mailbox, shared mailbox, alias, another domain.
    MailboxKind,
    MailboxAddress,
    /// What to click at the mail provider.
    MailboxGuide,
    /// The `_report._dmarc` record in the other domain.
    MailboxAuthorization,
    /// What is proved about the mailbox, and what is not.
    MailboxProof,
    /// Each sender with its state.
    DkimOverview,
    /// What a service that sends needs, before it is set up.
    DkimSetup {
        sender: String,
    },
    /// What to do in the console of a service that sends.
    DkimConsole {
        sender: String,
    },
    /// Key type and selector for an own server.
    DkimKey {
        sender: String,
    },
    /// What to do in the sender's console; what to paste from it.
    DkimCollect {
        sender: String,
        index: usize,
    },
    /// A part of the set-up besides the keys, shown in the sender's console.
    DkimPart {
        sender: String,
        part: Part,
    },
    /// A record of the sender to publish.
    DkimRecord {
        sender: String,
        index: usize,
    },
    /// Switch signing on there.
    DkimSwitch {
        sender: String,
    },
    /// What is done with a key made here beyond its making.
    OwnKey {
        sender: String,
        part: KeyPart,
    },
    /// The merged record, where each term comes from, what it costs.
    SpfPlan,
    SpfRecord,
    /// Report addresses of the present record that are not ours: kept unless dropped.
    MonitorAddresses,
    MonitorRecord,
    /// A step that is still to come: what it will need.
    Later(StepId),
}

/// What a page about a key made here is for. `selector`: the key that it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyPart {
    /// Which program signs; its files are written.
    Signer,
    /// How old the key is; a new one is made.
    Rotate { selector: String },
    /// The record of the new key.
    Publish { selector: String },
    /// The signer takes the new key.
    Switch { selector: String },
    /// Nothing is signed with the old key any more: it is put away when no mail of it is on its way.
    Retire { selector: String },
    /// The record of the old key is emptied.
    Revoke { selector: String },
}

/// A part of the set-up of a sender besides its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The bounce address (return-path) under a name of the domain.
    Bounce,
    /// The term for the SPF record that it shows to this account.
    Spf,
    /// The proof that the domain is the user's.
    Ownership,
}

/// What stands on a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub id: PageId,
    pub step: StepId,
    pub title: String,
    /// From top to bottom, above the form.
    pub blocks: Vec<Block>,
    pub form: Form,
    /// Why this matters: the third column at 120 columns, `?` at 80.
    pub why: String,
    pub next: Next,
}

/// One piece of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph; wrapped by the door.
    Text(String),
    /// A remark of less weight.
    Note(String),
    /// Things to do one after the other, numbered by the door.
    Steps(Vec<String>),
    /// Rows of a mark, a label and a detail.
    Checks(Vec<Check>),
    /// Label and value, in two columns.
    Rows(Vec<(String, String)>),
    Finding(Finding),
    /// The SPF tree: rows with their depth.
    Tree(Vec<TreeRow>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub mark: Mark,
    pub label: String,
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow {
    pub depth: usize,
    pub mark: Mark,
    pub text: String,
    /// What it costs, or where it comes from; stands on the right.
    pub detail: String,
}

/// A state that has a sign and a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Done,
    Now,
    Waiting,
    Wrong,
    Warning,
    Later,
    Unknown,
}

/// What a page asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Nothing: Enter goes on.
    Nothing,
    Choose {
        options: Vec<Choice>,
        selected: usize,
    },
    /// Any number of these; `/` filters.
    Tick {
        options: Vec<Choice>,
        ticked: Vec<String>,
    },
    /// One line.
    Type {
        label: String,
        value: String,
        hint: String,
    },
    /// Text from another window; may hold line breaks.
    Paste {
        label: String,
        value: String,
        hint: String,
    },
    /// A record to publish, watched until the world sees it.
    Record(Box<Card>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub label: String,
    pub detail: String,
}

/// A record as its page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub record: Record,
    /// Where to click, such as `Cloudflare > DNS > Records > Add record`.
    pub place: String,
    /// The address of the panel.
    pub link: Option<String>,
    /// Type, name, value, TTL and what else, with the labels and in the order of the DNS host's panel.
    pub fields: Vec<Field>,
    /// The name as the panel wants it; what `n` copies.
    pub name: String,
    /// The whole name, always shown beside it.
    pub full_name: String,
    /// The value as it is typed there; what `c` copies.
    pub value: String,
    /// What is at the name now, where this record replaces it; escaped.
    pub replaces: Option<String>,
    /// Why the panel does not take the record as it is.
    pub caution: Option<String>,
    pub guide: Guide,
    pub watch: Watch,
}

/// How a record is added in the panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guide {
    /// The name of the company; empty where it is not known.
    pub at: String,
    pub steps: Vec<String>,
    /// What is good to know there.
    pub remarks: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub label: String,
    pub value: String,
}

/// What the watcher knows about a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Watch {
    /// Not looked at yet in this session.
    NotYet,
    Asking {
        last: Option<Judgement>,
    },
    Seen {
        judgement: Judgement,
        at: jiff::Timestamp,
    },
}

/// What Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Goes on; the label of the key.
    Go(String),
    /// Does not go on yet: why, and what is missing.
    Closed(String),
}

/// An answer to the form of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Enter on a page that asks nothing or shows a record.
    Go,
    Chosen(String),
    Ticked(Vec<String>),
    Typed(String),
}

/// What the plan wants done in the world after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Make a key pair and keep it; the record may be shown only after that.
    MakeKey {
        sender: String,
        selector: Selector,
        algorithm: crate::records::dkim::Algorithm,
    },
    /// Write what a signer needs, with the private halves of these keys.
    FilesForSigner {
        sender: String,
        signer: Signer,
        selectors: Vec<String>,
    },
    /// Put the private half of a key away.
    RetireKey { sender: String, selector: String },
    /// Look at the whole domain again.
    Survey,
    /// Ask whether the domain of the report address takes mail; the answer goes to `plan::mailbox_looked`.
    AskMailbox(crate::records::sighting::Question),
}

/// What an answer led to. The facts were changed in place where `complaint` is None.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Why the answer was not taken, and what to type instead. The typed text stays.
    pub complaint: Option<String>,
    pub wishes: Vec<Wish>,
    /// Where to go.
    pub page: PageId,
}
