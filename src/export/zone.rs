//! A fragment of a zone file (RFC 1035, section 5): whole names or names below `$ORIGIN`, TXT as quoted strings.

use crate::export::Row;
use crate::export::Sheet;
use crate::export::set::Why;
use crate::export::set::is_crossed;
use crate::export::text::absolute;
use crate::export::text::comment;
use crate::export::text::relative;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::strings;

pub fn print(sheet: &Sheet) -> String {
    let mut text = format!("; records for the mail of {}\n", sheet.domain);
    let mut origin: Option<&DomainName> = None;
    for row in &sheet.rows {
        if origin != Some(&row.zone) {
            text.push_str(&format!("$ORIGIN {}\n", absolute(&row.zone)));
            origin = Some(&row.zone);
        }
        text.push('\n');
        text.push_str(&comment(";", &row.purpose));
        if let Some(old) = &row.replaces {
            text.push_str(&comment(";", &format!("replaces: {old}")));
        }
        if is_crossed(row, sheet) {
            // Such a line keeps the whole zone from being loaded.
            text.push_str(&comment(";", &format!("left out: {}:", Why::Crossed)));
            text.push_str(&format!(";   {}", line(row).replace('\n', " ").trim_end()));
            text.push('\n');
        } else {
            text.push_str(&line(row));
        }
    }
    text
}

fn line(row: &Row) -> String {
    let record = &row.record;
    let owner = relative(&record.owner, &row.zone);
    format!(
        "{owner} {} IN {} {}\n",
        record.ttl.0,
        record.content.record_type(),
        data(&record.content)
    )
}

fn data(content: &Content) -> String {
    match content {
        Content::Cname(target) => absolute(target),
        Content::Mx {
            preference,
            exchange,
        } => format!("{preference} {}", absolute(exchange)),
        _ => {
            let strings = strings(&content.to_string());
            match strings.as_slice() {
                [only] => format!("\"{only}\""),
                several => {
                    let lines: Vec<String> = several
                        .iter()
                        .map(|string| format!("\n        \"{string}\""))
                        .collect();
                    format!("({}\n        )", lines.concat())
                }
            }
        }
    }
}
