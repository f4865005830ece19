//! The hand-off sheet in a real browser, opened from a file as people open it.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nobounce::export;
use nobounce::export::Sheet;
use nobounce::export::hand_over;
use serde_json::Value;
use serde_json::json;

use crate::browser::Browser;
use crate::programs::Ran;
use crate::programs::program;
use crate::sheets;

fn page(sheet: &Sheet) -> String {
    (export::format("html").unwrap().print)(sheet)
}

/// Everything that has a button, in the order of the page.
fn copied(sheet: &Sheet) -> Vec<String> {
    let sheet = hand_over::hand_over(sheet);
    let fields = sheet.items.iter().flat_map(|item| &item.fields);
    fields
        .filter(|field| field.copies.is_some())
        .map(|field| field.value.clone())
        .chain(sheet.checks.iter().flat_map(|check| check.commands.clone()))
        .collect()
}

/// The sheet on a page whose clipboard may be used, and read by `clipboard.readText()`. `before` runs before the page does.
fn opened(sheet: &Sheet, before: &str) -> Option<Browser> {
    let mut browser = Browser::start()?;
    browser.ask(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    browser.ask(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": format!("window.clipboard = navigator.clipboard; {before}")}),
    );
    browser.open(&page(sheet));
    Some(browser)
}

/// Presses every button and reads the clipboard after each.
#[track_caller]
fn every_button_copies(browser: &mut Browser, sheet: &Sheet) {
    let wanted = copied(sheet);
    assert!(wanted.len() > 2 * sheet.rows.len());
    assert_eq!(
        browser.run("document.querySelectorAll('button').length"),
        wanted.len()
    );
    for (at, value) in wanted.iter().enumerate() {
        browser.run("clipboard.writeText('something else')");
        browser.run("document.getElementById('said').textContent = ''");
        browser.click("button", at);
        browser.until("document.getElementById('said').textContent.startsWith('Copied ')");
        assert_eq!(
            browser.run("clipboard.readText()"),
            value.as_str(),
            "button {at}"
        );
        let word = browser.run(&format!(
            "document.querySelectorAll('button')[{at}].textContent"
        ));
        assert_eq!(word, "Copied");
    }
    assert_eq!(
        browser.run("document.querySelectorAll('textarea').length"),
        0
    );
    assert_eq!(browser.requests(), Vec::<String>::new());
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn each_button_puts_exactly_its_value_on_the_clipboard() {
    let sheet = sheets::shop(Some("cloudflare"));
    let Some(mut browser) = opened(&sheet, "") else {
        return;
    };
    every_button_copies(&mut browser, &sheet);
}

#[test]
fn each_button_does_so_where_pages_have_no_clipboard() {
    let sheet = sheets::shop(None);
    let Some(mut browser) = opened(
        &sheet,
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});",
    ) else {
        return;
    };
    assert_eq!(browser.run("typeof navigator.clipboard"), "undefined");
    every_button_copies(&mut browser, &sheet);
}

#[test]
fn what_was_not_copied_is_not_called_copied() {
    let refusing = "navigator.clipboard.writeText = () => Promise.reject(new Error('no'));";
    for deaf in [
        "document.execCommand = () => false;",
        "document.execCommand = () => { throw new Error('no'); };",
    ] {
        let sheet = sheets::shop(None);
        let Some(mut browser) = opened(&sheet, &format!("{refusing} {deaf}")) else {
            return;
        };
        let wanted = copied(&sheet);
        for (at, value) in wanted.iter().enumerate().take(3) {
            browser.run("document.getElementById('said').textContent = ''");
            browser.click("button", at);
            browser.until("document.getElementById('said').textContent.includes('press Ctrl+C')");
            assert_eq!(browser.run("document.activeElement.tagName"), "TEXTAREA");
            assert_eq!(browser.run("getSelection().toString()"), value.as_str());
            let claims = browser.run("document.body.innerText.includes('Copied')");
            assert_eq!(claims, false);
        }
    }
}

#[test]
fn a_key_does_what_a_click_does() {
    let sheet = sheets::shop(None);
    let Some(mut browser) = opened(&sheet, "") else {
        return;
    };
    // From the last link before the first button on, by Tab alone.
    browser.run("document.querySelector('nav li:last-child a').focus()");
    for _ in 0..20 {
        if browser.run("document.activeElement.tagName") == "BUTTON" {
            break;
        }
        press(&mut browser, "Tab", 9, "");
    }
    let outline = browser.run("getComputedStyle(document.activeElement).outlineStyle");
    assert_eq!(outline, "solid", "the focus is seen");
    press(&mut browser, "Enter", 13, "\r");
    browser.until("document.getElementById('said').textContent.startsWith('Copied ')");
    assert_eq!(
        browser.run("clipboard.readText()"),
        copied(&sheet)[0].as_str()
    );
    // Every button has a name of its own for those who cannot see it.
    let same = "(() => { const n = [...document.querySelectorAll('button')].map(b => b.getAttribute('aria-label')); \
                return n.length - new Set(n).size; })()";
    assert_eq!(browser.run(same), 0);
    assert_eq!(browser.run("document.documentElement.lang"), "en");
}

fn press(browser: &mut Browser, key: &str, code: u32, text: &str) {
    for kind in ["keyDown", "keyUp"] {
        let mut event =
            json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
        if kind == "keyDown" && !text.is_empty() {
            event["text"] = text.into();
        }
        browser.ask("Input.dispatchKeyEvent", event);
    }
}

/// The least contrast of any text on the page (WCAG 2), with that text.
const CONTRAST: &str = r"(() => {
  const parts = c => c.match(/[\d.]+/g).map(Number);
  const light = c => { const f = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
    const [r, g, b] = parts(c); return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    const p = parts(c); if (p.length < 4 || p[3] > 0.99) return c; } return 'rgb(255, 255, 255)'; };
  let least = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.checkVisibility() || e.tagName === 'SCRIPT') continue;
    const a = light(getComputedStyle(e).color), b = light(ground(e));
    const c = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (c < least[0]) least = [c, walk.currentNode.textContent];
  }
  return least;
})()";

#[test]
fn light_and_dark_are_both_readable() {
    let sheet = sheets::shop(Some("cloudflare"));
    let Some(mut browser) = opened(&sheet, "") else {
        return;
    };
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.media("screen", scheme);
        let ground = browser.run("getComputedStyle(document.body).backgroundColor");
        let least = browser.run(CONTRAST);
        assert!(least[0].as_f64().unwrap() >= 4.5, "{scheme}: {least}");
        grounds.push(ground);
    }
    assert_ne!(grounds[0], grounds[1]);
}

/// Elements that stand out to the right of the window, and boxes whose text is wider than they are.
const TOO_WIDE: &str = "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && \
    (e.getBoundingClientRect().right > innerWidth + 0.5 || (e.tagName === 'CODE' && e.scrollWidth > e.clientWidth + 1 && \
    getComputedStyle(e).display === 'block'))).map(e => e.outerHTML.slice(0, 120))";

#[test]
fn a_phone_needs_no_sideways_scrolling() {
    for sheet in [
        sheets::shop(Some("cloudflare")),
        sheets::shop(None),
        sheets::hostile(),
    ] {
        let Some(mut browser) = opened(&sheet, "") else {
            return;
        };
        for columns in [320, 360, 768, 1280] {
            browser.width(columns);
            // A phone widens its window for a page that is too wide.
            let wide = browser.run("document.documentElement.scrollWidth");
            assert!(
                wide.as_u64().unwrap() <= u64::from(columns),
                "{columns}: {wide}"
            );
            assert_eq!(browser.run(TOO_WIDE), json!([]), "{columns}");
        }
        browser.width(360);
        let lowest = browser.run(
            "Math.min(...[...document.querySelectorAll('button')].map(b => b.getBoundingClientRect().height))",
        );
        assert!(
            lowest.as_f64().unwrap() >= 44.0,
            "a thumb needs room: {lowest}"
        );
    }
}

#[test]
fn the_print_holds_every_value_and_no_button() {
    let Some(pdftotext) = program("pdftotext") else {
        return;
    };
    let sheet = sheets::shop(None);
    let Some(mut browser) = opened(&sheet, "") else {
        return;
    };
    // Who looks at a dark page prints black on white.
    browser.media("print", "dark");
    assert_eq!(
        browser.run(
            "[...document.querySelectorAll('button')].filter(b => b.checkVisibility()).length"
        ),
        0
    );
    assert_eq!(
        browser.run("getComputedStyle(document.body).backgroundColor"),
        "rgb(255, 255, 255)"
    );
    let least = browser.run(CONTRAST);
    assert!(least[0].as_f64().unwrap() >= 7.0, "{least}");
    browser.media("", "dark");
    let printed = browser.ask("Page.printToPDF", json!({"preferCSSPageSize": true}));
    let file = browser.folder().join("sheet.pdf");
    std::fs::write(
        &file,
        STANDARD.decode(printed["data"].as_str().unwrap()).unwrap(),
    )
    .unwrap();
    let text = Ran::of(Command::new(pdftotext).arg("-layout").arg(&file).arg("-"))
        .well()
        .stdout;
    let joined: String = text.split_whitespace().collect();
    for value in copied(&sheet) {
        let value: String = value.split_whitespace().collect();
        let label = "Value";
        // A value that is broken over lines has the label of its row at one of them.
        assert!(
            joined.contains(&value) || joined.replace(label, "").contains(&value),
            "{value}\n{text}"
        );
    }
    assert!(
        !joined.contains("CopyCopy") && !text.lines().any(|line| line.trim() == "Copy"),
        "{text}"
    );
}

#[test]
fn without_scripts_nothing_pretends_to_copy() {
    let sheet = sheets::shop(None);
    let Some(mut browser) = Browser::start() else {
        return;
    };
    browser.ask(
        "Emulation.setScriptExecutionDisabled",
        json!({"value": true}),
    );
    browser.open(&page(&sheet));
    let hidden =
        browser.run("[...document.querySelectorAll('button')].every(b => !b.checkVisibility())");
    assert_eq!(hidden, true);
    for value in copied(&sheet) {
        let there = browser.run(&format!(
            "document.body.innerText.includes({})",
            Value::from(value.as_str())
        ));
        assert_eq!(there, true, "{value}");
    }
}

#[test]
fn d36_hostile_records_are_only_read() {
    let sheet = sheets::hostile();
    let Some(mut browser) = opened(&sheet, "") else {
        return;
    };
    every_button_copies(&mut browser, &sheet);
    assert_eq!(
        browser.run("document.title"),
        "DNS records for the mail of example.com"
    );
    assert_eq!(browser.run("document.scripts.length"), 1);
    assert_eq!(browser.run("document.styleSheets.length"), 1);
    assert_eq!(
        browser.run("document.querySelectorAll('img, b, iframe, object, form').length"),
        0
    );
    let shown = browser.run("document.body.innerText");
    for text in sheets::HOSTILE {
        let seen = hand_over::visible(text);
        // An element shows runs of spaces where it keeps them: in the values.
        assert!(shown.as_str().unwrap().contains(&seen), "{seen}\n{shown}");
    }
}
