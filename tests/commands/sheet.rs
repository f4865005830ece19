//! The hand-off sheet in both forms: whole outputs, and texts from elsewhere that cannot break out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nobounce::export;
use nobounce::export::Sheet;
use nobounce::export::hand_over;
use nobounce::export::html;
use pulldown_cmark::CodeBlockKind;
use pulldown_cmark::Event;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use pulldown_cmark::TagEnd;
use sha2::Digest;
use sha2::Sha256;

use crate::program::run;
use crate::sheets;
use crate::sheets::HOSTILE;
use crate::sheets::KEY;

fn print(format: &str, sheet: &Sheet) -> String {
    (export::format(format).unwrap().print)(sheet)
}

/// The page without its style and script, which stand in files of their own.
fn page(sheet: &Sheet) -> String {
    print("html", sheet)
        .replace(html::STYLE, "(style)")
        .replace(html::SCRIPT, "(script)")
}

#[test]
fn the_page_of_a_known_host() {
    insta::assert_snapshot!(page(&sheets::shop(Some("cloudflare"))));
}

#[test]
fn the_page_of_an_unknown_host() {
    insta::assert_snapshot!(page(&sheets::shop(None)));
}

#[test]
fn the_text_of_a_known_host() {
    insta::assert_snapshot!(print("markdown", &sheets::shop(Some("cloudflare"))));
}

#[test]
fn the_text_of_an_unknown_host() {
    insta::assert_snapshot!(print("markdown", &sheets::shop(None)));
}

#[test]
fn the_policy_lets_only_the_own_style_and_script_run() {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    assert_eq!(html::STYLE_HASH, hash(html::STYLE));
    assert_eq!(html::SCRIPT_HASH, hash(html::SCRIPT));
    let page = print("html", &sheets::shop(None));
    assert!(page.contains("default-src 'none'"));
    for loose in ["unsafe-inline", "unsafe-eval", "@import", "url(", "http:"] {
        assert!(!page.contains(loose), "{loose}");
    }
    let texts_out = page.replace(html::STYLE, "").replace(html::SCRIPT, "");
    for tag in between(&texts_out, "<", ">") {
        for loose in [" style=", " src=", " onclick=", " srcset="] {
            assert!(!tag.contains(loose), "{tag}");
        }
    }
}

/// The text that an element shows or an attribute holds, read as a browser reads it.
fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// What follows `before` up to `end`, each time.
fn between<'a>(text: &'a str, before: &str, end: &str) -> Vec<&'a str> {
    text.split(before)
        .skip(1)
        .filter_map(|rest| rest.split(end).next())
        .collect()
}

#[test]
fn every_record_is_there_in_both_names_with_a_button_for_each_field() {
    for host in [None, Some("cloudflare"), Some("godaddy"), Some("ovhcloud")] {
        if host.is_some_and(|id| nobounce::catalog::dns_host(id).is_none()) {
            continue;
        }
        let page = print("html", &sheets::shop(host));
        let copied: Vec<String> = between(&page, "data-copy=\"", "\"")
            .into_iter()
            .map(unescaped)
            .collect();
        for wanted in [
            "nb2611._domainkey",
            "nb2611._domainkey.example.com",
            "k3._domainkey",
            "k3._domainkey.example.com",
            "example.com",
            "_dmarc",
            "_dmarc.example.com",
            "v=spf1 ip4:192.0.2.7 include:_spf.google.com include:servers.mcsv.net ~all",
            "v=DMARC1; p=none; rua=mailto:dmarc-reports@example.com",
            KEY,
        ] {
            assert!(
                copied.iter().any(|text| text == wanted),
                "{host:?}: {wanted}\n{copied:#?}"
            );
        }
        let target = |text: &&String| text.trim_end_matches('.') == "dkim3.mcsv.net";
        assert!(copied.iter().any(|text| target(&text)), "{host:?}");
    }
}

#[test]
fn d36_hostile_texts_stay_texts_on_the_page() {
    let shop = print("html", &sheets::shop(None));
    let page = print("html", &sheets::hostile());
    let tags = |page: &str| {
        let mut tags: Vec<String> = between(page, "<", ">")
            .into_iter()
            .map(|tag| tag.split([' ', '\n']).next().unwrap().to_owned())
            .collect();
        tags.sort();
        tags.dedup();
        tags
    };
    // No element that an honest page does not have.
    let (body, honest) = (
        page.replace(html::SCRIPT, ""),
        shop.replace(html::SCRIPT, ""),
    );
    let strange: Vec<String> = tags(&body)
        .into_iter()
        .filter(|tag| !tags(&honest).contains(tag))
        .collect();
    assert_eq!(strange, Vec::<String>::new());
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    // Nothing that is not seen, and nothing that moves other text; line breaks are the page's own.
    let odd: Vec<char> = page
        .chars()
        .filter(|c| {
            (c.is_control() && *c != '\n')
                || "\u{202e}\u{200b}\u{ad}\u{feff}\u{e0041}\u{2028}".contains(*c)
        })
        .collect();
    // Only in what is copied, where it has to be exact.
    let copied: String = between(&page, "data-copy=\"", "\"").concat();
    assert!(odd.iter().all(|c| copied.contains(*c)), "{odd:?}");
    assert!(!odd.iter().any(|c| c.is_control()), "{odd:?}");
    for shown in [
        "&lt;U+202E&gt;",
        "&lt;U+200B&gt;",
        "&lt;U+001B&gt;",
        "&lt;U+0000&gt;",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn only_what_a_clipboard_keeps_has_a_button() {
    let page = print("html", &sheets::hostile());
    let copied: Vec<String> = between(&page, "data-copy=\"", "\"")
        .into_iter()
        .map(unescaped)
        .collect();
    for text in HOSTILE {
        let has_button = copied.iter().any(|copied| copied == text);
        assert_eq!(has_button, !text.chars().any(char::is_control), "{text:?}");
    }
}

/// The fences of a text, and everything that is not a paragraph, a heading, a list or a fence.
fn read(text: &str) -> (Vec<String>, Vec<String>) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let (mut fences, mut strange) = (Vec::new(), Vec::new());
    let mut inside = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                assert_eq!(&*kind, "text");
                inside = true;
                fences.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(piece) if inside => fences.last_mut().unwrap().push_str(&piece),
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::List(None) | Tag::Item)
            | Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::List(false) | TagEnd::Item,
            )
            | Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak => {}
            other => strange.push(format!("{other:?}")),
        }
    }
    (fences, strange)
}

#[test]
fn d36_hostile_texts_stay_texts_in_markdown() {
    let sheet = sheets::hostile();
    let (fences, strange) = read(&print("markdown", &sheet));
    assert_eq!(strange, Vec::<String>::new());
    let lines: Vec<&str> = fences
        .iter()
        .map(|fence| fence.trim_end_matches('\n'))
        .collect();
    for text in HOSTILE {
        let shown = hand_over::visible(text);
        let whole = lines.iter().filter(|line| **line == shown).count();
        // As a value and as what is there now.
        assert!(whole >= 2, "{text:?}\n{lines:#?}");
    }
    assert!(
        !print("markdown", &sheet)
            .chars()
            .any(|c| c.is_control() && c != '\n')
    );
}

#[test]
fn fences_of_the_text_hold_exactly_the_values() {
    let sheet = sheets::shop(None);
    let text = print("markdown", &sheet);
    let (fences, strange) = read(&text);
    let strange: Vec<_> = strange
        .iter()
        .filter(|event| !event.contains("Link"))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
    for row in &sheet.rows {
        let value = row.record.content.to_string();
        for wanted in [value.as_str(), row.record.owner.as_str()] {
            assert!(
                fences
                    .iter()
                    .any(|fence| fence.trim_end_matches('\n') == wanted),
                "{wanted}"
            );
        }
    }
}

#[test]
fn the_command_prints_the_sheet_of_a_setup() {
    let data = tempfile::tempdir().unwrap();
    let made = run(
        data.path(),
        ["dkim", "new", "alpha.de", "--key", "ed25519", "-q"],
    );
    let record = "v=DKIM1; k=ed25519; p=";
    assert!(made.out.contains(record), "{}", made.out);
    let file = data.path().join("sheet.html");
    let out = file.display().to_string();
    for (format, more) in [
        ("html", &["--out", out.as_str()] as &[&str]),
        ("markdown", &[]),
    ] {
        let arguments = [
            "records",
            "alpha.de",
            "--format",
            format,
            "--asked-by",
            "Ada <b>",
        ];
        let printed = run(data.path(), arguments.iter().chain(more));
        assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
        let (text, name) = if format == "html" {
            assert_eq!(printed.out, "");
            (std::fs::read_to_string(&file).unwrap(), "Ada &lt;b&gt;")
        } else {
            (printed.out, "Ada \\<b>")
        };
        for wanted in [
            "nb2611e._domainkey.alpha.de",
            record,
            "23 November 2026",
            name,
        ] {
            assert!(text.contains(wanted), "{format}: {wanted}\n{text}");
        }
    }
}

#[test]
fn the_name_that_panels_add_is_that_of_the_zone() {
    let mut sheet = sheets::shop(None);
    sheet.domain = sheets::name("mail.example.com");
    let said = hand_over::hand_over(&sheet).cautions.concat();
    assert!(said.contains("add \".example.com\" to the name"), "{said}");
}

#[test]
fn what_is_to_be_done_follows_what_was_seen() {
    use hand_over::Task;
    for (state, replaces, task) in [
        ("missing", None, Task::Add),
        ("unknown", None, Task::Add),
        ("misplaced", None, Task::Add),
        ("unknown", Some("v=spf1 -all"), Task::Change),
        ("missing", Some("v=spf1 -all"), Task::Change),
        ("differs", None, Task::Change),
        ("invalid", None, Task::Change),
        ("conflict", None, Task::Change),
        ("published", None, Task::Leave),
        ("published", Some("v=spf1 -all"), Task::Leave),
        ("spreading", None, Task::Leave),
    ] {
        let mut sheet = sheets::shop(None);
        sheet.rows.truncate(1);
        sheet.rows[0].state = state.to_owned();
        sheet.rows[0].replaces = replaces.map(str::to_owned);
        let item = &hand_over::hand_over(&sheet).items[0];
        assert_eq!(item.task, task, "{state} {replaces:?}");
        // What nobody could tell is never told as "nothing is there".
        if let hand_over::Now::Words(words) = item.now {
            assert_eq!(words.contains("Nothing"), state == "missing", "{words}");
        }
    }
}
