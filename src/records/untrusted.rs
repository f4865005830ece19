//! Bytes from outside, and the only form of them that may reach a person.

use std::fmt;
use std::fmt::Write;

use unicode_properties::GeneralCategory;
use unicode_properties::UnicodeGeneralCategory;

/// Accents in a row on one letter. No language needs more; many more climb over the lines above.
const ACCENTS: usize = 2;

/// Bytes that came from DNS, a report, a bounce or a paste.
///
/// There is no `Display` on purpose: text for people goes through [`Untrusted::shown`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Untrusted(Vec<u8>);

/// Escaped text, safe on a screen, in a log and in JSON: printable ASCII, and letters and signs of other scripts where
/// [`Untrusted::readable_up_to`] gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Shown(String);

impl Untrusted {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, where every byte is ASCII; what a record parser reads.
    pub fn as_ascii(&self) -> Option<&str> {
        self.0
            .is_ascii()
            .then(|| std::str::from_utf8(&self.0).ok())
            .flatten()
    }

    /// DNS presentation style (RFC 1035, section 5.1) without the quotes: printable ASCII as it is, a
    /// backslash doubled, every other byte as `\DDD`. Nothing is dropped.
    pub fn shown(&self) -> Shown {
        let mut text = String::with_capacity(self.0.len());
        for &byte in &self.0 {
            match byte {
                b'\\' => text.push_str("\\\\"),
                b' '..=b'~' => text.push(char::from(byte)),
                _ => text.push_str(&format!("\\{byte:03}")),
            }
        }
        Shown(text)
    }

    /// As [`Untrusted::shown`], cut after `limit` bytes with the length said.
    pub fn shown_up_to(&self, limit: usize) -> Shown {
        if self.0.len() <= limit {
            return self.shown();
        }
        let head = Self(self.0[..limit].to_vec()).shown();
        Shown(format!("{head}... ({} bytes)", self.0.len()))
    }
}

impl Untrusted {
    /// As [`Untrusted::shown_up_to`], for names that people give to themselves and their files: letters and signs of every script stay as
    /// they are where the bytes are UTF-8. What cannot be seen, moves the cursor or turns the direction of text stands as `\u{..}`.
    pub fn readable_up_to(&self, limit: usize) -> Shown {
        let mut text = String::new();
        let mut letters = 0;
        let mut accents = 0;
        let end = format!("... ({} bytes)", self.0.len());
        for chunk in self.0.utf8_chunks() {
            for letter in chunk.valid().chars() {
                if letters == limit {
                    return Shown(text + &end);
                }
                letters += 1;
                let is_accent = matches!(
                    letter.general_category(),
                    GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
                );
                accents = if is_accent { accents + 1 } else { 0 };
                match letter {
                    '\\' => text.push_str("\\\\"),
                    letter if is_visible(letter) && accents <= ACCENTS => text.push(letter),
                    letter => text.extend(letter.escape_unicode()),
                }
            }
            for byte in chunk.invalid() {
                if letters == limit {
                    return Shown(text + &end);
                }
                letters += 1;
                // Writing to a string does not fail.
                let _ = write!(text, "\\{byte:03}");
            }
        }
        Shown(text)
    }
}

/// Whether a character leaves a mark of its own where it stands, and nowhere else.
fn is_visible(letter: char) -> bool {
    if letter == ' ' {
        return true;
    }
    // Letters and accents without a form: fillers, joiners, variants, an empty pattern of dots (Unicode, Default_Ignorable_Code_Point).
    let is_empty = matches!(letter,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}');
    !is_empty
        && !matches!(
            letter.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Surrogate
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::SpaceSeparator
        )
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({:?})", self.shown().as_str())
    }
}

impl Untrusted {
    /// The bytes behind an escaped text ([`Untrusted::shown`]); None where it is none.
    pub fn from_shown(text: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'\\' => match rest.next()? {
                    b'\\' => bytes.push(b'\\'),
                    first => {
                        let mut number = 0;
                        for digit in [first, rest.next()?, rest.next()?] {
                            let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
                            number = number * 10 + u16::from(digit);
                        }
                        bytes.push(u8::try_from(number).ok()?);
                    }
                },
                b' '..=b'~' => bytes.push(byte),
                _ => return None,
            }
        }
        Some(Self(bytes))
    }
}

impl Shown {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        shown.0
    }
}
