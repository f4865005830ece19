//! The mails of an mbox file, one at a time (RFC 4155).

use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;

use crate::evidence::bounds;
use crate::evidence::refusal::Refusal;

/// How an mbox begins, and every mail in it.
pub const BEGIN: &[u8] = b"From ";

/// Hands over every mail: its bytes without the line that begins it, or why it was passed over; until `on_mail` says `false`.
pub fn each(
    input: impl Read,
    mut on_mail: impl FnMut(Result<&[u8], Refusal>) -> bool,
) -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut mail = Vec::new();
    let mut too_big = false;
    let mut begun = false;
    let mut after_blank = true;
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = input
            .by_ref()
            .take(bounds::WHOLE)
            .read_until(b'\n', &mut line)?;
        let begins = after_blank && is_beginning(&line, begun);
        if (length == 0 || begins) && begun {
            let goes_on = on_mail(if too_big {
                Err(Refusal::TooBig)
            } else {
                Ok(&mail)
            });
            if !goes_on {
                return Ok(());
            }
            mail.clear();
            too_big = false;
        }
        if length == 0 {
            return Ok(());
        }
        after_blank = line.iter().all(u8::is_ascii_whitespace);
        if begins {
            begun = true;
        } else if (mail.len() + line.len()) as u64 > bounds::WHOLE {
            too_big = true;
            mail.clear();
        } else if !too_big {
            // ">From " at the beginning of a line was "From " once.
            let quoted = line.iter().take_while(|byte| **byte == b'>').count();
            let skip = usize::from(quoted > 0 && line[quoted..].starts_with(BEGIN));
            mail.extend_from_slice(&line[skip..]);
        }
    }
}

/// `From`, a sender and a time; some programs leave all but `From` out. Another line of this kind, in the middle of a mail whose writer
/// did not mark it, is a sentence.
fn is_beginning(line: &[u8], begun: bool) -> bool {
    let Some(rest) = line.strip_prefix(BEGIN) else {
        return false;
    };
    let holds_time = rest.windows(5).any(|five| {
        five[2] == b':'
            && [five[0], five[1], five[3], five[4]]
                .iter()
                .all(u8::is_ascii_digit)
    });
    !begun || holds_time || rest.trim_ascii().is_empty()
}
