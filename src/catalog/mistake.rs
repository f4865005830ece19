//! The 26 mistakes that panels make and people make in them: the codes of each, the first one standing for all.

use crate::records::dkim;
use crate::records::dmarc;
use crate::records::finding::Code;
use crate::records::spf;
use crate::records::verdict::codes;

/// Said by the room that asks about it.
const EXTERNAL_NOT_AUTHORIZED: Code = Code::new("dmarc-external-not-authorized");

/// One of the 26: the code that stands for it, and the others that say the same of another place.
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    pub first: Code,
    pub others: &'static [Code],
}

/// All of them, in the order of `docs/mistakes.md`.
pub const MISTAKES: [Mistake; 26] = [
    one(codes::NAME_DOUBLED),
    one(codes::AT_APEX),
    one(codes::UNDERSCORE_MISSING),
    Mistake {
        first: codes::DOMAINKEY_MISSING,
        others: &[
            codes::SELECTOR_MISSING,
            codes::NAME_SWAPPED,
            codes::DOMAINKEY_ADDED,
        ],
    },
    one(codes::AT_WWW),
    Mistake {
        first: codes::QUOTES_KEPT,
        others: &[
            spf::codes::QUOTES_KEPT,
            dkim::codes::QUOTES,
            dmarc::codes::QUOTES,
        ],
    },
    Mistake {
        first: codes::CURLY_QUOTES,
        others: &[
            spf::codes::CURLY_QUOTES,
            spf::codes::NOT_ASCII,
            dkim::codes::FOREIGN_CHARACTER,
            dmarc::codes::FOREIGN_CHARACTER,
        ],
    },
    Mistake {
        first: codes::SECOND_RECORD,
        others: &[dkim::codes::SEVERAL_RECORDS],
    },
    Mistake {
        first: codes::CUT_AT_255,
        others: &[dkim::codes::KEY_TRUNCATED],
    },
    Mistake {
        first: codes::SPACE_AT_JOIN,
        others: &[dkim::codes::PLUS_LOST],
    },
    Mistake {
        first: codes::BACKSLASH_SEMICOLON,
        others: &[
            spf::codes::BACKSLASH_KEPT,
            dkim::codes::BACKSLASHES,
            dmarc::codes::BACKSLASHES,
        ],
    },
    Mistake {
        first: codes::TRAILING_SPACE,
        others: &[spf::codes::SPACE_IN_FRONT, dmarc::codes::LEADING_SPACE],
    },
    Mistake {
        first: codes::KEY_LOWER_CASED,
        others: &[dkim::codes::KEY_LOWER_CASE],
    },
    one(dmarc::codes::TWO_RECORDS),
    one(spf::codes::TWO_RECORDS),
    one(codes::CNAME_BESIDE_TXT),
    one(codes::WILDCARD_ANSWERS),
    one(codes::EDITED_ELSEWHERE),
    Mistake {
        first: codes::NOT_APPLIED,
        others: &[codes::OTHER_CHANGE],
    },
    one(codes::CNAME_PROXIED),
    one(codes::HOST_DEFAULT),
    one(codes::REWRITTEN_BY_HOST),
    one(codes::TARGET_DOUBLED),
    one(dmarc::codes::BAD_REPORT_ADDRESS),
    one(EXTERNAL_NOT_AUTHORIZED),
    one(codes::WRONG_TYPE),
];

/// The code that stands for the mistake that this code is of; None for other codes.
pub fn first(code: &str) -> Option<Code> {
    MISTAKES
        .iter()
        .find(|mistake| mistake.codes().any(|known| known.as_str() == code))
        .map(|mistake| mistake.first)
}

impl Mistake {
    /// Every code of the mistake, the first one first.
    pub fn codes(&self) -> impl Iterator<Item = Code> + use<> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}

const fn one(first: Code) -> Mistake {
    Mistake { first, others: &[] }
}
