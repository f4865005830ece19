//! All that the wizard knows while it runs. Changed by `update` alone, drawn by `view`.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder::StepView;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::wanted;
use crate::records::record::Record;
use crate::records::sighting::Question;
use crate::tui::clipboard::Clipboard;
use crate::tui::field::Field;
use crate::tui::keys::Context;
use crate::tui::message::Console;
use crate::tui::message::Listing;
use crate::tui::message::PanelView;
use crate::tui::message::Trouble;
use crate::tui::panel::Panel;

/// Narrowest and lowest terminal that a page fits into.
pub const SMALLEST: (u16, u16) = (60, 16);

#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub now: Timestamp,
    pub width: u16,
    pub height: u16,
    /// Where clock times are told.
    pub time_zone: TimeZone,
    pub look: Look,
    pub place: Place,
    pub overlay: Option<Overlay>,
    pub notice: Option<Notice>,
    /// The saved setups; None until they were read.
    pub listing: Option<Listing>,
    /// One line for each of them.
    pub saved: Vec<SavedLine>,
    /// Practice on a pretend domain.
    pub practice: Option<Practice>,
    pub copied: Copied,
    /// The ways to the clipboard.
    pub clipboard: Clipboard,
    /// A text that programs have and have not answered for.
    pub copying: Option<Copying>,
    /// The last ticket given out.
    pub tickets: u64,
    /// The bare value is shown outside the frame.
    pub outside: bool,
    /// Since when something typed is not saved yet.
    pub unsaved: Option<Timestamp>,
    pub https: Https,
    pub leaving: bool,
}

/// Whether the DNS is asked over HTTPS in this session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Https {
    /// It is not needed, as far as is known.
    #[default]
    Off,
    /// This network blocks or changes DNS: the way out is offered.
    Offered,
    /// Resolvers alone are asked.
    On,
}

/// How things may look on this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub color: bool,
    /// Signs beyond ASCII can be shown.
    pub unicode: bool,
    /// Addresses are laid out as links of the terminal (OSC 8).
    pub links: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Start(Start),
    Setup(Box<Setup>),
}

/// The first screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    pub cursor: usize,
    pub mode: StartMode,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StartMode {
    Menu,
    /// A domain is typed.
    Typing {
        field: Field,
        complaint: Option<String>,
    },
    /// What was understood is asked back.
    Confirm {
        field: Field,
        domain: String,
        says: Vec<String>,
    },
    /// What helps while bounces are not read yet.
    Bouncing,
    /// A setup is being opened.
    Opening(String),
}

/// One line of the start menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Bouncing,
    SetUp,
    Practice,
    /// The saved setup of this number.
    GoOn(usize),
}

/// A saved setup as the start screen tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedLine {
    pub domain: String,
    pub step: String,
    pub next: String,
    pub next_at: Option<Timestamp>,
    /// Why it cannot be opened, where so.
    pub trouble: Option<Trouble>,
}

/// An open setup.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    pub facts: Facts,
    pub live: Live,
    pub page: Page,
    pub steps: Vec<StepView>,
    pub list: List,
    pub field: Field,
    pub focus: Focus,
    /// Why the last answer was not taken.
    pub complaint: Option<String>,
    pub scroll: Scroll,
    pub undo: Vec<Undo>,
    pub look_only: Option<Trouble>,
    /// Every record that is looked at, by `owner TYPE`.
    pub watched: BTreeMap<String, Watched>,
    /// The survey under way, and what it knows so far.
    pub survey: Option<Surveying>,
    /// The last question about the report mailbox, with its ticket.
    pub mailbox: Option<(u64, Question)>,
    /// Pages that were left, for Esc.
    pub trail: Vec<PageId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Surveying {
    pub ticket: u64,
    pub known: Option<Box<crate::audit::report::Report>>,
}

/// Which part of a page is shown where not all fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scroll {
    /// From this row on.
    From(usize),
    /// The part around what has the focus.
    Focus,
}

/// The cursor of a page with options.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct List {
    pub cursor: usize,
    pub ticked: BTreeSet<String>,
    /// The user changed something: a page that changes under the cursor leaves it alone.
    pub touched: bool,
    pub filter: Option<Filter>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub field: Field,
    /// Keys type into it; otherwise it only filters.
    pub open: bool,
}

/// Whether keys type into the page's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Field,
    Page,
}

/// What `u` goes back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    pub facts: Facts,
    pub page: PageId,
}

/// The looking at one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    pub record: Record,
    /// The look under way.
    pub ticket: Option<u64>,
    pub last: Option<Timestamp>,
    pub next: Option<Timestamp>,
    pub tries: u32,
    /// Looks in a row that came to nothing.
    pub troubles: u32,
    pub servers: Vec<ServerMark>,
}

/// One server and whether it has the record as wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerMark {
    pub name: String,
    pub side: Side,
    pub mark: Mark,
    /// What it said where it gave no usable answer.
    pub trouble: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Authoritative,
    Resolver,
}

/// Something over the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// `over`: the panel that it was called from, with all that is typed in it.
    Help {
        scroll: usize,
        over: Option<Box<Panel>>,
    },
    Steps {
        cursor: usize,
    },
    /// The forms in which the records can be written to a file.
    Formats {
        cursor: usize,
    },
    /// How the record is added in the panel, step by step.
    Guide {
        scroll: usize,
    },
    Panel(Panel),
}

/// A line at the bottom, until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub mark: Mark,
    pub text: String,
}

/// The pretend world as the wizard sees it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Practice {
    pub domain: String,
    pub fast: bool,
    pub view: PanelView,
    /// The form as it was sent to the panel, until the panel has said that it took it.
    pub sent: Option<Panel>,
}

/// What was last copied, for the pretend panel.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Copied {
    pub name: Option<String>,
    pub value: Option<String>,
}

/// A text on its way to the clipboard. `what`: how it is called at the beginning of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copying {
    pub ticket: u64,
    pub what: &'static str,
    pub text: String,
}

impl Model {
    pub fn new(now: Timestamp, look: Look, size: (u16, u16)) -> Self {
        Self {
            now,
            width: size.0,
            height: size.1,
            time_zone: TimeZone::UTC,
            look,
            place: Place::Start(Start {
                cursor: 0,
                mode: StartMode::Menu,
            }),
            overlay: None,
            notice: None,
            listing: None,
            saved: Vec::new(),
            practice: None,
            copied: Copied::default(),
            clipboard: Clipboard::default(),
            copying: None,
            tickets: 0,
            outside: false,
            unsaved: None,
            https: Https::default(),
            leaving: false,
        }
    }

    pub fn ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }

    pub fn too_small(&self) -> bool {
        self.width < SMALLEST.0 || self.height < SMALLEST.1
    }

    pub fn setup(&self) -> Option<&Setup> {
        match &self.place {
            Place::Setup(setup) => Some(setup),
            Place::Start(_) => None,
        }
    }

    pub fn setup_mut(&mut self) -> Option<&mut Setup> {
        match &mut self.place {
            Place::Setup(setup) => Some(setup),
            Place::Start(_) => None,
        }
    }

    /// The lines of the start menu.
    pub fn items(&self) -> Vec<Item> {
        let mut items = vec![Item::Bouncing, Item::SetUp, Item::Practice];
        let saved = self
            .listing
            .as_ref()
            .map_or(0, |listing| listing.setups.len());
        items.extend((0..saved).map(Item::GoOn));
        items
    }

    /// What has the focus.
    pub fn context(&self) -> Context {
        if self.outside {
            return Context::Outside;
        }
        if self.too_small() {
            return Context::TooSmall;
        }
        match &self.overlay {
            Some(Overlay::Help { .. } | Overlay::Guide { .. }) => return Context::Over,
            Some(Overlay::Steps { .. }) => return Context::Steps,
            Some(Overlay::Formats { .. }) => return Context::Formats,
            Some(Overlay::Panel(panel)) => return panel.context(),
            None => {}
        }
        match &self.place {
            Place::Start(start) => match start.mode {
                StartMode::Menu => Context::Menu,
                StartMode::Typing { .. } => Context::Field,
                StartMode::Confirm { .. } | StartMode::Bouncing | StartMode::Opening(_) => {
                    Context::Words
                }
            },
            Place::Setup(setup) => setup.context(),
        }
    }

    /// What the pretend console shows for this page.
    pub fn console_here(&self) -> Option<&Console> {
        let PageId::DkimCollect { sender, index } = &self.setup()?.page.id else {
            return None;
        };
        self.practice
            .as_ref()?
            .view
            .console
            .iter()
            .find(|console| &console.sender == sender && console.index == *index)
    }

    /// Whether a clock is on the screen or something falls due: then time is told once a second.
    pub fn ticks(&self) -> bool {
        self.unsaved.is_some()
            || self.setup().is_some_and(|setup| {
                setup
                    .watched
                    .values()
                    .any(|watched| watched.next.is_some() || watched.ticket.is_some())
                    || setup.survey.is_some()
                    || !setup.live.making.is_empty()
            })
    }
}

impl Setup {
    pub fn context(&self) -> Context {
        if self.list.filter.as_ref().is_some_and(|filter| filter.open) {
            return Context::FilterField;
        }
        match (&self.page.form, self.focus) {
            (Form::Type { .. } | Form::Paste { .. }, Focus::Field) => Context::Field,
            (Form::Type { .. } | Form::Paste { .. } | Form::Nothing, _) => Context::Read,
            (Form::Choose { .. }, _) => Context::Choose,
            (Form::Tick { .. }, _) => Context::Tick,
            (Form::Record(_), _) => Context::Record,
        }
    }

    /// The numbers of the options that the filter lets through: the best fit first, and else in order.
    pub fn visible(&self) -> Vec<usize> {
        let options = match &self.page.form {
            Form::Choose { options, .. } | Form::Tick { options, .. } => options,
            _ => return Vec::new(),
        };
        let wanted = self
            .list
            .filter
            .as_ref()
            .map(|filter| filter.field.text().trim().to_lowercase())
            .unwrap_or_default();
        let mut fits: Vec<(Fits, usize)> = options
            .iter()
            .enumerate()
            .filter_map(|(number, option)| Some((fits(option, &wanted)?, number)))
            .collect();
        fits.sort_unstable();
        fits.into_iter().map(|(_, number)| number).collect()
    }

    /// Whether the field holds a suggestion: typing takes its place, and it is shown so.
    pub fn is_suggested(&self) -> bool {
        !self.list.touched && !self.field.is_empty()
    }

    /// The looking at the record of this page.
    pub fn watched_here(&self) -> Option<&Watched> {
        match &self.page.form {
            Form::Record(card) => self.watched.get(&wanted::key(&card.record)),
            _ => None,
        }
    }
}

/// How well an option fits a filter, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fits {
    BeginsLabel,
    BeginsWord,
    InLabel,
    InDetail,
}

/// `wanted`: in small letters. An empty one fits everything alike.
fn fits(option: &Choice, wanted: &str) -> Option<Fits> {
    let label = option.label.to_lowercase();
    if label.starts_with(wanted) {
        return Some(Fits::BeginsLabel);
    }
    let mut places = label.match_indices(wanted).peekable();
    if places.peek().is_some() {
        let begins_word = places.any(|(at, _)| {
            label[..at]
                .chars()
                .next_back()
                .is_some_and(|before| !before.is_alphanumeric())
        });
        return Some(if begins_word {
            Fits::BeginsWord
        } else {
            Fits::InLabel
        });
    }
    (option.detail.to_lowercase().contains(wanted) || option.id.contains(wanted))
        .then_some(Fits::InDetail)
}
