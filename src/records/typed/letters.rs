//! Characters of typed text: what cannot be seen, what looks like another letter, and what is safe to show.

use unicode_properties::GeneralCategoryGroup;
use unicode_properties::UnicodeGeneralCategory;

/// True for control characters and for characters that take no place on a screen.
pub(super) fn is_hidden(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Other
        || matches!(
            c,
            '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{3164}'
                | '\u{ffa0}'
                | '\u{fe00}'..='\u{fe0f}'
        )
        || matches!(c, '\u{e0100}'..='\u{e01ef}')
}

pub(super) fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '\u{b4}' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}'
            | '\u{300c}'..='\u{300f}' | '\u{ff02}' | '\u{ff07}'
    )
}

/// The text with letters, marks and digits as they are and printable ASCII as it is; everything else as `<U+202E>`.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| {
            let safe = c.is_ascii_graphic()
                || c == ' '
                || (!is_hidden(c)
                    && matches!(
                        c.general_category_group(),
                        GeneralCategoryGroup::Letter
                            | GeneralCategoryGroup::Mark
                            | GeneralCategoryGroup::Number
                    ));
            if safe {
                c.to_string()
            } else {
                format!("<U+{:04X}>", u32::from(c))
            }
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
}

/// The scripts whose letters are taken for one another.
fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z'
        | 'A'..='Z'
        | '\u{c0}'..='\u{24f}'
        | '\u{250}'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}' => Some(Script::Latin),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Script::Greek),
        '\u{400}'..='\u{52f}'
        | '\u{1c80}'..='\u{1c8f}'
        | '\u{2de0}'..='\u{2dff}'
        | '\u{a640}'..='\u{a69f}' => Some(Script::Cyrillic),
        '\u{530}'..='\u{58f}' => Some(Script::Armenian),
        _ => None,
    }
}

/// What may surprise in a name of U-labels.
pub(super) fn remarks(unicode: &str) -> Vec<String> {
    let mut remarks = Vec::new();
    let mixed = unicode.split('.').any(|label| {
        let mut scripts = label.chars().filter_map(script);
        scripts
            .next()
            .is_some_and(|first| scripts.any(|other| other != first))
    });
    if mixed {
        remarks.push(
            "Letters of two scripts are mixed in one part of this name. It may look like another domain and not be it."
                .to_owned(),
        );
    }
    if unicode.contains('\u{df}') {
        remarks.push("The same name with ss instead of \u{df} is another domain.".to_owned());
    }
    if unicode.contains('\u{3c2}') {
        remarks.push("The same name with \u{3c3} instead of \u{3c2} is another domain.".to_owned());
    }
    remarks
}
