//! The hand-off sheet as one HTML page that needs nothing else: no fonts, no pictures, no scripts from anywhere. Works from a file.
//!
//! The policy in its head lets the browser run the one script and the one style below, by their hashes, and load nothing at all.

use crate::export::Sheet;
use crate::export::hand_over;
use crate::export::hand_over::Check;
use crate::export::hand_over::Field;
use crate::export::hand_over::HandOver;
use crate::export::hand_over::Item;
use crate::export::hand_over::Now;
use crate::export::hand_over::Task;
use crate::export::hand_over::visible;

pub const STYLE: &str = include_str!("html/sheet.css");
pub const SCRIPT: &str = include_str!("html/sheet.js");
/// SHA-256 of [`STYLE`] and [`SCRIPT`] in base64, for the policy. A test holds them.
pub const STYLE_HASH: &str = "cPOTV/wsunOlcn2JLxVcDwRD2e+z/ImO96o4qdNeWwo=";
pub const SCRIPT_HASH: &str = "8xsH/knDhwKfeS6SCnzUesnJl3p+pLoVIvblJjhq2CI=";

pub fn print(sheet: &Sheet) -> String {
    let HandOver {
        title,
        lead,
        about,
        cautions,
        items,
        checks,
        end,
    } = hand_over::hand_over(sheet);
    let mut page = head(&title);
    page.push_str(&format!(
        "<body>\n<main>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n<dl class=\"about\">\n",
        escaped(&title),
        escaped(&lead)
    ));
    for (label, said) in about {
        page.push_str(&format!("<dt>{label}</dt><dd>{}</dd>\n", escaped(&said)));
    }
    page.push_str("</dl>\n");
    page.push_str(&overview(&items));
    page.push_str("<section class=\"cautions\">\n<h2>Before you begin</h2>\n<ul>\n");
    for caution in cautions {
        page.push_str(&format!("<li>{}</li>\n", escaped(&caution)));
    }
    page.push_str("</ul>\n</section>\n");
    for (at, item) in items.iter().enumerate() {
        page.push_str(&record(at + 1, item));
    }
    page.push_str("<section class=\"checks\">\n<h2>When it is done</h2>\n");
    for one in &checks {
        page.push_str(&check(one));
    }
    page.push_str(&format!(
        "</section>\n<footer><p>{} This page loads nothing from anywhere and tells nobody what you do on it.</p></footer>\n</main>\n\
         <p id=\"said\" role=\"status\" aria-live=\"polite\"></p>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(&end)
    ));
    page
}

fn head(title: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; \
         script-src 'sha256-{SCRIPT_HASH}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"format-detection\" content=\"telephone=no, email=no, address=no\">\n\
         <title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n",
        escaped(title)
    )
}

/// All records at a glance, each a link to its place below.
fn overview(items: &[Item]) -> String {
    let mut list = String::from("<nav aria-label=\"All records\">\n<ol class=\"overview\">\n");
    for (at, item) in items.iter().enumerate() {
        list.push_str(&format!(
            "<li class=\"{}\"><a href=\"#record-{}\"><span class=\"task\">{}</span> <span class=\"name\">{} <code>{}</code></span></a></li>\n",
            class(item.task),
            at + 1,
            item.task.word(),
            item.record_type,
            escaped(&item.owner)
        ));
    }
    list + "</ol>\n</nav>\n"
}

fn record(number: usize, item: &Item) -> String {
    let mut text = format!(
        "<section class=\"record {}\" id=\"record-{number}\" aria-labelledby=\"title-{number}\">\n<header><h2 id=\"title-{number}\">\
         <span class=\"mark\"></span>{number}. {} <code>{}</code></h2> <span class=\"task\">{}</span></header>\n<p class=\"why\">{}</p>\n<p>{}</p>\n",
        class(item.task),
        item.record_type,
        escaped(&item.owner),
        item.task.word(),
        escaped(&item.why),
        escaped(&item.order)
    );
    text.push_str(&format!(
        "<p class=\"place\">Where: {}{}</p>\n",
        escaped(&item.place),
        item.link.as_ref().map_or_else(String::new, |link| format!(
            " (<a href=\"{0}\" rel=\"noopener noreferrer\">{0}</a>)",
            escaped(link)
        ))
    ));
    match &item.now {
        Now::Words(words) => {
            text.push_str(&format!("<h3>There now</h3>\n<p>{}</p>\n", escaped(words)));
        }
        Now::Record(old) => text.push_str(&format!(
            "<div class=\"old\"><h3>There now</h3>\n<code>{}</code></div>\n",
            escaped(old)
        )),
    }
    text.push_str("<h3>It shall be</h3>\n<dl class=\"values\">\n");
    for field in &item.fields {
        text.push_str(&row(number, field));
    }
    text.push_str("</dl>\n");
    if !item.notes.is_empty() {
        text.push_str("<ul class=\"notes\">\n");
        for note in &item.notes {
            text.push_str(&format!("<li>{}</li>\n", escaped(note)));
        }
        text.push_str("</ul>\n");
    }
    text + "</section>\n"
}

fn row(number: usize, field: &Field) -> String {
    let shown = escaped(&visible(&field.value));
    let hint = field.hint.as_ref().map_or_else(String::new, |hint| {
        format!("<span class=\"hint\">{}</span>", escaped(hint))
    });
    let value = match field.copies {
        Some(_) => format!("<code>{shown}</code>{hint}"),
        None => format!("<span class=\"plain\">{shown}</span>{hint}"),
    };
    let act = field.copies.map_or_else(String::new, |what| {
        let what = format!("{what} of record {number}");
        format!("<dd class=\"act\">{}</dd>", button(&field.value, &what))
    });
    format!(
        "<div class=\"row{}\"><dt>{}</dt><dd>{value}</dd>{act}</div>\n",
        if act.is_empty() { " brief" } else { "" },
        escaped(&field.label)
    )
}

fn check(check: &Check) -> String {
    let mut text = format!("<p>{}</p>\n", escaped(&check.text));
    for command in &check.commands {
        text.push_str(&format!(
            "<div class=\"command\"><code>{}</code><div class=\"act\">{}</div></div>\n",
            escaped(&visible(command)),
            button(command, &format!("the command {command}"))
        ));
    }
    text
}

/// A button that puts exactly `text` on the clipboard. It shows only where the script runs.
fn button(text: &str, what: &str) -> String {
    format!(
        "<button type=\"button\" data-copy=\"{}\" data-what=\"{1}\" aria-label=\"Copy {1}\">Copy</button>",
        escaped(text),
        escaped(&visible(what))
    )
}

fn class(task: Task) -> &'static str {
    match task {
        Task::Add => "add",
        Task::Change => "change",
        Task::Leave => "leave",
    }
}

/// Text for HTML, within an element or between double quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}
