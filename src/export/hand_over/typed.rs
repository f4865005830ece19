//! What is typed for one record: type, both forms of the name, value and TTL, and what of it is copied.

use crate::catalog::dns_host::TxtSplit;
use crate::export::Row;
use crate::export::fields;
use crate::export::hand_over::Field;
use crate::records::record;
use crate::records::record::Content;
use crate::records::record::strings;

/// The fields of one record, as its panel wants them typed.
pub fn fields_of(row: &Row) -> Vec<Field> {
    let content = &row.record.content;
    let mut fields = vec![plain("Type", content.record_type().to_string())];
    fields.extend(names(row));
    fields.extend(values(row));
    fields.push(plain("TTL", ttl(row)));
    fields
}

fn plain(label: &str, value: String) -> Field {
    Field {
        label: label.to_owned(),
        hint: None,
        value,
        copies: None,
    }
}

fn ttl(row: &Row) -> String {
    format!("{} seconds, or what the panel offers", fields::ttl(row))
}

/// Both forms of the name; the one that the panel wants, where that is known, comes first.
fn names(row: &Row) -> Vec<Field> {
    let owner = &row.record.owner;
    let label = row
        .host
        .and_then(|host| host.name_label.as_deref())
        .unwrap_or("Name");
    let wanted = row
        .host
        .and_then(|host| host.name_in_panel(owner, &row.zone));
    let name = |form: &str, hint: Option<String>, value: String, copies| Field {
        label: format!("{label}, {form}"),
        hint,
        value,
        copies: Some(copies),
    };
    let whole = owner.to_string();
    let Some(relative) = owner.relative_to(&row.zone) else {
        return vec![name("in full", None, whole, "the name in full")];
    };
    let root = row
        .host
        .and_then(|host| host.root_symbol.as_deref())
        .unwrap_or("@");
    let short = if relative.is_empty() { root } else { relative };
    let says = |is_it: bool| {
        (wanted.is_some() && is_it).then(|| {
            let host = row.host.map_or("This panel", |host| host.name.as_str());
            format!("{host} wants this one")
        })
    };
    let wants_whole = wanted.as_deref() == Some(whole.as_str()) && wanted.as_deref() != Some(short);
    let mut relative_name = name(
        "short",
        says(!wants_whole),
        short.to_owned(),
        "the short name",
    );
    if short.is_empty() {
        "leave this field empty".clone_into(&mut relative_name.value);
        relative_name.copies = None;
    } else if relative.is_empty() && wanted.is_none() {
        relative_name.hint =
            Some("stands for the domain itself; some panels want the field empty".to_owned());
    }
    let full = name("in full", says(wants_whole), whole, "the name in full");
    if wants_whole {
        vec![full, relative_name]
    } else {
        vec![relative_name, full]
    }
}

/// The value or target as the panel wants it.
fn values(row: &Row) -> Vec<Field> {
    let content = &row.record.content;
    let host = row.host;
    let target_label = host
        .and_then(|host| host.target_label.as_deref())
        .unwrap_or("Points to");
    let field = |label: &str, value: String, copies| Field {
        label: label.to_owned(),
        hint: None,
        value,
        copies: Some(copies),
    };
    let mut found = match content {
        Content::Cname(_) => vec![field(
            target_label,
            fields::value(content, host),
            "the target",
        )],
        Content::Mx { preference, .. } => {
            vec![
                plain("Priority", preference.to_string()),
                field(target_label, fields::value(content, host), "the target"),
            ]
        }
        content => {
            let label = host
                .and_then(|host| host.value_label.as_deref())
                .unwrap_or("Value");
            let mut values = vec![field(label, fields::value(content, host), "the value")];
            let text = content.to_string();
            let pieces = strings(&text);
            if pieces.len() > 1 && host.and_then(|host| host.txt_split).is_none() {
                let mut cut = field(
                    &format!("{label}, in pieces"),
                    record::quoted(&text),
                    "the value in pieces",
                );
                cut.hint = Some("only where the panel refuses the long one".to_owned());
                values.push(cut);
            } else if pieces.len() > 1
                && host.and_then(|host| host.txt_split) == Some(TxtSplit::Manual)
            {
                values[0].hint =
                    Some("in pieces between quotation marks, as this panel wants it".to_owned());
            }
            values
        }
    };
    // What a clipboard or a panel would spoil is not offered to be copied.
    for field in &mut found {
        if field.value.chars().any(char::is_control) {
            field.copies = None;
        }
    }
    found
}
