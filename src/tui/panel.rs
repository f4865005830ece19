//! The pretend panel of practice: a form with the fields that panels of DNS hosts have, and the records in it.

use crate::tui::field::Field;
use crate::tui::keys::Context;

/// A record as it stands in the pretend panel: the texts that were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub record_type: String,
    pub name: String,
    pub value: String,
}

/// The form over the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    pub record_type: Field,
    pub name: Field,
    pub value: Field,
    /// This panel cuts a value after 255 characters, as some do.
    pub cut: bool,
    pub spot: Spot,
    /// Which of the entries has the cursor.
    pub entry: usize,
    /// The entry that is being changed; None: a new one.
    pub editing: Option<usize>,
    /// The entry that goes away when the key is pressed once more.
    pub removing: Option<usize>,
}

/// What has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Type,
    Name,
    Value,
    Cut,
    Entries,
}

const ORDER: [Spot; 5] = [
    Spot::Type,
    Spot::Name,
    Spot::Value,
    Spot::Cut,
    Spot::Entries,
];

impl Panel {
    /// An empty form; the type is filled in as a panel's menu would be.
    pub fn new(record_type: &str) -> Self {
        Self {
            record_type: Field::line(record_type),
            name: Field::line(""),
            value: Field::line(""),
            cut: false,
            spot: Spot::Name,
            entry: 0,
            editing: None,
            removing: None,
        }
    }

    /// Puts an entry into the form, to be changed.
    pub fn edit(&mut self, at: usize, entry: &Entry) {
        self.record_type = Field::line(&entry.record_type);
        self.name = Field::line(&entry.name);
        self.value = Field::line(&entry.value);
        self.editing = Some(at);
        self.spot = Spot::Value;
    }

    pub fn context(&self) -> Context {
        match self.spot {
            Spot::Type | Spot::Name | Spot::Value => Context::PanelField,
            Spot::Cut => Context::PanelSwitch,
            Spot::Entries => Context::PanelEntries,
        }
    }

    pub fn next(&mut self) {
        self.step(1);
    }

    pub fn previous(&mut self) {
        self.step(ORDER.len() - 1);
    }

    fn step(&mut self, by: usize) {
        let at = ORDER
            .iter()
            .position(|spot| *spot == self.spot)
            .unwrap_or(0);
        self.spot = ORDER[(at + by) % ORDER.len()];
    }

    /// The field that is typed into.
    pub fn field(&mut self) -> Option<&mut Field> {
        match self.spot {
            Spot::Type => Some(&mut self.record_type),
            Spot::Name => Some(&mut self.name),
            Spot::Value => Some(&mut self.value),
            Spot::Cut | Spot::Entries => None,
        }
    }

    pub fn filled(&self) -> Entry {
        Entry {
            record_type: self.record_type.text().trim().to_ascii_uppercase(),
            name: self.name.text().trim().to_owned(),
            value: self.value.text().to_owned(),
        }
    }
}
