//! A text field: what was typed, where the cursor stands, and how much fits. Keeps every character as it came in, odd ones too.

/// Longest text of one line.
pub const LINE_LIMIT: usize = 2_000;
/// Longest pasted text.
pub const PASTE_LIMIT: usize = 64_000;

/// A text field of one line or of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// Byte index of the cursor; always at the edge of a character.
    at: usize,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    OneLine,
    ManyLines,
}

/// Whether all of a text went into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    All,
    /// The end was left out: the field is full.
    Cut,
}

impl Field {
    pub fn new(shape: Shape, text: &str) -> Self {
        let mut field = Self {
            text: String::new(),
            at: 0,
            shape,
        };
        field.insert(text);
        field
    }

    pub fn line(text: &str) -> Self {
        Self::new(Shape::OneLine, text)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor and the text after it.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at(self.at)
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    fn limit(&self) -> usize {
        match self.shape {
            Shape::OneLine => LINE_LIMIT,
            Shape::ManyLines => PASTE_LIMIT,
        }
    }

    /// Puts text at the cursor. Line breaks become spaces where the field holds one line; a tab becomes a space.
    pub fn insert(&mut self, text: &str) -> Fit {
        let room = self.limit().saturating_sub(self.text.len());
        let mut taken = String::new();
        let mut fit = Fit::All;
        let mut after_return = false;
        let text = match self.shape {
            Shape::OneLine => text.trim_end_matches(['\r', '\n']),
            Shape::ManyLines => text,
        };
        for character in text.chars() {
            let put = match (character, self.shape) {
                ('\n', _) if after_return => {
                    after_return = false;
                    continue;
                }
                ('\r' | '\n', Shape::OneLine) | ('\t', _) => ' ',
                ('\r', Shape::ManyLines) => '\n',
                (other, _) => other,
            };
            after_return = character == '\r';
            if taken.len() + put.len_utf8() > room {
                fit = Fit::Cut;
                break;
            }
            taken.push(put);
        }
        self.text.insert_str(self.at, &taken);
        self.at += taken.len();
        fit
    }

    pub fn backspace(&mut self) {
        if let Some(character) = self.text[..self.at].chars().next_back() {
            self.at -= character.len_utf8();
            self.text.remove(self.at);
        }
    }

    pub fn delete(&mut self) {
        if self.at < self.text.len() {
            self.text.remove(self.at);
        }
    }

    pub fn left(&mut self) {
        if let Some(character) = self.text[..self.at].chars().next_back() {
            self.at -= character.len_utf8();
        }
    }

    pub fn right(&mut self) {
        if let Some(character) = self.text[self.at..].chars().next() {
            self.at += character.len_utf8();
        }
    }

    pub fn home(&mut self) {
        self.at = 0;
    }

    pub fn end(&mut self) {
        self.at = self.text.len();
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_enter_is_text_and_a_huge_paste_is_cut() {
        let mut line = Field::line("");
        assert_eq!(line.insert("a\r\nb\tc\n"), Fit::All);
        assert_eq!(line.text(), "a b c");
        let mut paste = Field::new(Shape::ManyLines, "");
        assert_eq!(paste.insert(&"x\r\n".repeat(400_000)), Fit::Cut);
        assert_eq!(paste.text().len(), PASTE_LIMIT);
        assert!(paste.text().starts_with("x\nx\n"));
    }

    #[test]
    fn the_cursor_stays_between_characters() {
        let mut field = Field::line("aü漢");
        field.left();
        field.left();
        field.backspace();
        assert_eq!(field.halves(), ("", "ü漢"));
        field.delete();
        assert_eq!(field.text(), "漢");
        field.backspace();
        field.right();
        field.right();
        field.delete();
        assert_eq!(field.halves(), ("漢", ""));
    }
}
