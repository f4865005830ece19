//! The keys: one table, from which both the help line and the help page are printed.

/// A key as the wizard knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Char(char),
    Control(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    Backspace,
    Delete,
    F1,
}

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Up,
    Down,
    Left,
    Right,
    Top,
    Bottom,
    ScrollUp,
    ScrollDown,
    NextField,
    PreviousField,
    Accept,
    Back,
    Toggle,
    CopyValue,
    CopyName,
    ShowBare,
    LookNow,
    OverHttps,
    TypedAt,
    Guide,
    Undo,
    Export,
    Steps,
    Filter,
    Help,
    Panel,
    SkipWait,
    Insert,
    Remove,
    EraseBack,
    EraseAhead,
    EraseAll,
    Suspend,
    Leave,
}

/// Where keys apply: what has the focus right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// A list to choose one from.
    Choose,
    /// A list to tick.
    Tick,
    /// A page that only asks for Enter.
    Read,
    /// Words of the start screen.
    Words,
    /// A record page.
    Record,
    /// A field of one line or of many.
    Field,
    /// The filter of a list.
    FilterField,
    /// A field of the pretend panel.
    PanelField,
    /// The switch of the pretend panel.
    PanelSwitch,
    /// The entries of the pretend panel.
    PanelEntries,
    /// The list of steps.
    Steps,
    /// The forms in which records are written to a file.
    Formats,
    /// A text over the page.
    Over,
    /// The start menu.
    Menu,
    /// The bare value outside the frame.
    Outside,
    /// The terminal is too small to show anything.
    TooSmall,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub action: Action,
    pub keys: &'static [Key],
    /// How the keys are written.
    pub label: &'static str,
    /// What it does, in a few words.
    pub meaning: &'static str,
    pub contexts: &'static [Context],
    pub line: Line,
    pub only: Only,
}

/// Whether a row stands in the help line at the bottom, or only on the help page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Shown,
    HelpOnly,
    /// Works and is too plain to be told.
    Silent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    Always,
    Practice,
    /// Not told of in practice, where there is nothing that it could do.
    Real,
}

use Context as C;
use Key as K;

const PAGES: &[Context] = &[C::Choose, C::Tick, C::Read, C::Record];
const LISTS: &[Context] = &[
    C::Choose,
    C::Tick,
    C::Menu,
    C::Steps,
    C::Formats,
    C::PanelEntries,
    C::PanelSwitch,
];
const FIELDS: &[Context] = &[C::Field, C::FilterField, C::PanelField];
const PANEL: &[Context] = &[C::PanelField, C::PanelSwitch, C::PanelEntries];
const EVERYWHERE: &[Context] = &[
    C::Choose,
    C::Tick,
    C::Read,
    C::Words,
    C::Record,
    C::Field,
    C::FilterField,
    C::PanelField,
    C::PanelSwitch,
    C::PanelEntries,
    C::Steps,
    C::Formats,
    C::Over,
    C::Menu,
    C::Outside,
    C::TooSmall,
];

const fn row(
    action: Action,
    keys: &'static [Key],
    label: &'static str,
    meaning: &'static str,
    contexts: &'static [Context],
    line: Line,
) -> Binding {
    Binding {
        action,
        keys,
        label,
        meaning,
        contexts,
        line,
        only: Only::Always,
    }
}

const fn practice(
    action: Action,
    keys: &'static [Key],
    label: &'static str,
    meaning: &'static str,
    contexts: &'static [Context],
) -> Binding {
    Binding {
        action,
        keys,
        label,
        meaning,
        contexts,
        line: Line::Shown,
        only: Only::Practice,
    }
}

const fn real(binding: Binding) -> Binding {
    Binding {
        only: Only::Real,
        ..binding
    }
}

/// All keys. The order is that of the help line. Rows with the same action and other words serve other places.
#[rustfmt::skip]
pub const KEYS: &[Binding] = &[
    row(Action::Accept, &[K::Enter], "Enter", "go on", &[C::Choose, C::Tick, C::Read, C::Words, C::Record, C::Menu], Line::Shown),
    row(Action::Accept, &[K::Enter], "Enter", "accept", &[C::Field, C::FilterField], Line::Shown),
    row(Action::Accept, &[K::Enter], "Enter", "save the record", &[C::PanelField, C::PanelSwitch], Line::Shown),
    row(Action::Accept, &[K::Enter], "Enter", "go there", &[C::Steps], Line::Shown),
    row(Action::Accept, &[K::Enter], "Enter", "write the file", &[C::Formats], Line::Shown),
    row(Action::Accept, &[K::Enter], "Enter", "go back", &[C::Over, C::Outside], Line::Shown),
    row(Action::Accept, &[K::Enter], "Enter", "change the record", &[C::PanelEntries], Line::Shown),
    row(Action::CopyValue, &[K::Char('c')], "c", "copy value", &[C::Record], Line::Shown),
    row(Action::CopyName, &[K::Char('n')], "n", "copy name", &[C::Record], Line::Shown),
    row(Action::ShowBare, &[K::Char('v')], "v", "bare value", &[C::Record], Line::Shown),
    practice(Action::Panel, &[K::Char('p')], "p", "panel", PAGES),
    practice(Action::SkipWait, &[K::Char('s')], "s", "skip the wait", &[C::Record]),
    row(Action::LookNow, &[K::Char('r')], "r", "look now", PAGES, Line::Shown),
    real(row(Action::OverHttps, &[K::Char('d')], "d", "ask over HTTPS, where DNS is blocked", PAGES, Line::HelpOnly)),
    row(Action::Guide, &[K::Char('i')], "i", "the steps in the panel", &[C::Record], Line::HelpOnly),
    row(Action::TypedAt, &[K::Char('w')], "w", "say where you typed it", &[C::Record], Line::HelpOnly),
    row(Action::Toggle, &[K::Char(' ')], "Space", "tick", &[C::Tick], Line::Shown),
    row(Action::Toggle, &[K::Char(' ')], "Space", "switch", &[C::PanelSwitch], Line::Shown),
    row(Action::Filter, &[K::Char('/')], "/", "filter", &[C::Choose, C::Tick], Line::Shown),
    row(Action::NextField, &[K::Tab], "Tab", "out of the field", &[C::Field], Line::Shown),
    row(Action::NextField, &[K::Tab], "Tab", "next field", PANEL, Line::Shown),
    row(Action::PreviousField, &[K::BackTab], "Shift-Tab", "field before", PANEL, Line::HelpOnly),
    row(Action::NextField, &[K::Tab], "Tab", "next field", PAGES, Line::Silent),
    row(Action::PreviousField, &[K::BackTab], "Shift-Tab", "field before", &[C::Field, C::Choose, C::Tick, C::Read, C::Record], Line::Silent),
    practice(Action::Insert, &[K::Control('v')], "Ctrl-V", "insert the copy", &[C::PanelField]),
    practice(Action::Insert, &[K::Control('v')], "Ctrl-V", "type the console's text", &[C::Field]),
    row(Action::Remove, &[K::Char('d'), K::Delete], "d", "delete the record", &[C::PanelEntries], Line::Shown),
    row(Action::Back, &[K::Esc], "Esc", "back", &[C::Choose, C::Tick, C::Read, C::Words, C::Record, C::Field, C::Steps, C::Formats], Line::Shown),
    row(Action::Back, &[K::Esc], "Esc", "close", &[C::PanelField, C::PanelSwitch, C::PanelEntries, C::Over], Line::Shown),
    row(Action::Back, &[K::Esc], "Esc", "show all", &[C::FilterField], Line::Shown),
    row(Action::Back, &[K::Esc], "Esc", "back", &[C::Outside], Line::Silent),
    row(Action::Undo, &[K::Char('u')], "u", "undo", PAGES, Line::Shown),
    row(Action::Export, &[K::Char('e')], "e", "write the records to a file, or a sheet for whoever has the DNS", PAGES, Line::HelpOnly),
    row(Action::Steps, &[K::Char('g')], "g", "steps", PAGES, Line::Shown),
    row(Action::Help, &[K::Char('?'), K::F1], "?", "why, and all keys", &[C::Choose, C::Tick, C::Read, C::Words, C::Record, C::Menu], Line::Shown),
    row(Action::Help, &[K::F1], "F1", "why, and all keys", &[C::Field, C::PanelField, C::PanelSwitch, C::PanelEntries], Line::Shown),
    row(Action::Up, &[K::Up, K::Char('k')], "Up or k", "one up", LISTS, Line::HelpOnly),
    row(Action::Down, &[K::Down, K::Char('j')], "Down or j", "one down", LISTS, Line::HelpOnly),
    row(Action::ScrollUp, &[K::Up, K::Char('k')], "Up or k", "scroll up", &[C::Read, C::Record, C::Over], Line::HelpOnly),
    row(Action::ScrollDown, &[K::Down, K::Char('j')], "Down or j", "scroll down", &[C::Read, C::Record, C::Over], Line::HelpOnly),
    row(Action::Up, &[K::Up], "Up", "one up", FIELDS, Line::Silent),
    row(Action::Down, &[K::Down], "Down", "one down", FIELDS, Line::Silent),
    row(Action::ScrollUp, &[K::PageUp], "PgUp", "scroll up", EVERYWHERE, Line::HelpOnly),
    row(Action::ScrollDown, &[K::PageDown], "PgDn", "scroll down", EVERYWHERE, Line::HelpOnly),
    row(Action::Back, &[K::Left, K::Char('h')], "Left or h", "back", &[C::Choose, C::Tick, C::Read, C::Words, C::Record, C::Steps, C::Formats], Line::HelpOnly),
    row(Action::Accept, &[K::Right, K::Char('l')], "Right or l", "go on", &[C::Choose, C::Read, C::Words, C::Menu, C::Steps], Line::HelpOnly),
    row(Action::Left, &[K::Left], "Left", "one character left", FIELDS, Line::Silent),
    row(Action::Right, &[K::Right], "Right", "one character right", FIELDS, Line::Silent),
    row(Action::Top, &[K::Home], "Home", "first", EVERYWHERE, Line::Silent),
    row(Action::Bottom, &[K::End], "End", "last", EVERYWHERE, Line::Silent),
    row(Action::EraseBack, &[K::Backspace, K::Control('h')], "Backspace", "erase", FIELDS, Line::Silent),
    row(Action::EraseAhead, &[K::Delete], "Delete", "erase ahead", FIELDS, Line::Silent),
    row(Action::EraseAll, &[K::Control('u')], "Ctrl-U", "empty the field", FIELDS, Line::HelpOnly),
    row(Action::Leave, &[K::Char('q'), K::Control('c')], "q", "leave", &[C::Choose, C::Tick, C::Read, C::Words, C::Record, C::Menu, C::Steps, C::Formats, C::Over, C::PanelSwitch, C::PanelEntries, C::TooSmall], Line::Shown),
    row(Action::Leave, &[K::Control('c')], "Ctrl-C", "leave", &[C::Field, C::FilterField, C::PanelField, C::Outside], Line::Shown),
    row(Action::Suspend, &[K::Control('z')], "Ctrl-Z", "pause; `fg` comes back", EVERYWHERE, Line::HelpOnly),
];

/// What a key means in a context. None: it types, or it means nothing.
pub fn action(context: Context, practice: bool, key: Key) -> Option<Action> {
    rows(context, practice)
        .find(|binding| binding.keys.contains(&key))
        .map(|binding| binding.action)
}

/// The rows that are told of in a context.
pub fn bindings(context: Context, practice: bool) -> impl Iterator<Item = &'static Binding> {
    rows(context, practice).filter(move |binding| !practice || binding.only != Only::Real)
}

/// The rows that apply in a context.
fn rows(context: Context, practice: bool) -> impl Iterator<Item = &'static Binding> {
    KEYS.iter().filter(move |binding| {
        binding.contexts.contains(&context) && (practice || binding.only != Only::Practice)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        for &context in EVERYWHERE {
            let mut seen = Vec::new();
            for binding in bindings(context, true) {
                for key in binding.keys {
                    assert!(!seen.contains(key), "{key:?} twice in {context:?}");
                    seen.push(*key);
                }
            }
        }
    }

    #[test]
    fn a_key_that_types_into_a_field_is_text_there() {
        for &context in FIELDS {
            for binding in bindings(context, true) {
                for key in binding.keys {
                    assert!(!matches!(key, Key::Char(_)), "{key:?} in {context:?}");
                }
            }
        }
    }

    #[test]
    fn leaving_works_everywhere() {
        for &context in EVERYWHERE {
            assert_eq!(
                action(context, false, Key::Control('c')),
                Some(Action::Leave)
            );
        }
    }
}
