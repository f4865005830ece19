//! From the terminal's events to messages.

use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;

use crate::tui::keys::Key;
use crate::tui::message::Message;

/// Characters in front of an Enter that make it pasted text, where more follows in the same breath.
const BURST: usize = 8;
/// Keys that came in one breath and cannot have been typed.
const FLOOD: usize = 200;

/// Messages of events that came in together. Where the terminal cannot tell pasting from typing, an Enter in the
/// middle of a burst of characters is text, as in a paste.
pub fn messages(events: Vec<Event>, types: bool) -> Vec<Message> {
    let keys: Vec<Option<Key>> = events.iter().map(key).collect();
    if types && is_burst(&keys) {
        let text: String = keys
            .iter()
            .filter_map(|key| match key {
                Some(Key::Char(character)) => Some(*character),
                Some(Key::Enter) => Some('\n'),
                Some(Key::Tab) => Some('\t'),
                _ => None,
            })
            .collect();
        return vec![Message::Pasted(text)];
    }
    events
        .into_iter()
        .zip(keys)
        .filter_map(|(event, key)| match (event, key) {
            (_, Some(key)) => Some(Message::Pressed(key)),
            (Event::Paste(text), _) => Some(Message::Pasted(text)),
            (Event::Resize(width, height), _) => Some(Message::Resized { width, height }),
            _ => None,
        })
        .collect()
}

fn is_burst(keys: &[Option<Key>]) -> bool {
    let plain = |key: &Option<Key>| matches!(key, Some(Key::Char(_) | Key::Enter | Key::Tab));
    if keys.len() <= BURST || !keys.iter().all(plain) {
        return false;
    }
    let inside = keys
        .iter()
        .take(keys.len() - 1)
        .skip(BURST)
        .any(|key| *key == Some(Key::Enter));
    inside || (keys.len() >= FLOOD && keys.last() == Some(&Some(Key::Enter)))
}

/// The key of an event. None: an event of another kind, or a key that the wizard does not know.
fn key(event: &Event) -> Option<Key> {
    let KeyEvent {
        code, modifiers, ..
    } = event.as_key_press_event()?;
    if modifiers.contains(KeyModifiers::CONTROL) && !modifiers.contains(KeyModifiers::ALT) {
        return match code {
            KeyCode::Char(' ' | '@' | '2') => None,
            KeyCode::Char(character) => Some(Key::Control(character.to_ascii_lowercase())),
            _ => None,
        };
    }
    if modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META)
        && !modifiers.contains(KeyModifiers::CONTROL)
    {
        return None;
    }
    Some(match code {
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => Key::BackTab,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::F(1) => Key::F1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<Event> {
        text.chars()
            .map(|character| match character {
                '\n' => Event::Key(KeyCode::Enter.into()),
                other => Event::Key(KeyCode::Char(other).into()),
            })
            .collect()
    }

    #[test]
    fn t11_an_enter_inside_a_burst_is_text_and_one_at_its_end_is_a_key() {
        let pasted = messages(typed("v=DKIM1; k=rsa;\np=MIIB"), true);
        assert_eq!(
            pasted,
            [Message::Pasted("v=DKIM1; k=rsa;\np=MIIB".to_owned())]
        );
        let line = messages(typed("shop.example\n"), true);
        assert_eq!(line.last(), Some(&Message::Pressed(Key::Enter)));
        assert_eq!(line.len(), 13);
        let quick = messages(typed("c\nn\nc\nn\nc\nn\n"), false);
        assert_eq!(quick.len(), 12);
    }
}
