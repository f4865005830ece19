//! Pages of `check` and `spf` keep to 80 columns where no terminal says how wide it is, and show records whole.

use std::process::Command;

use unicode_width::UnicodeWidthStr;

use crate::check::check;
use crate::scripted::Heard;
use crate::scripted::Say;
use crate::scripted::Scripted;
use crate::scripted::say;
use crate::scripted::txt;

/// A record of thirty addresses, far too long for a line, and one include that leads deep.
fn long() -> String {
    let addresses: String = (0..30).map(|n| format!(" ip4:198.51.100.{n}")).collect();
    format!("v=spf1{addresses} include:a1.example.com ~all")
}

fn zone(heard: &Heard) -> Vec<Say> {
    let owner = heard.owner();
    let is_text = heard.kind() == "TXT";
    if is_text && owner == "example.com." {
        return say(heard.answer([txt(&owner, &long())]));
    }
    let depth = owner
        .strip_prefix('a')
        .and_then(|rest| rest.strip_suffix(".example.com."))
        .and_then(|number| number.parse::<u32>().ok());
    match depth.filter(|_| is_text) {
        Some(depth) if depth < 9 => {
            let next = depth + 1;
            let text = format!("v=spf1 include:a{next}.example.com ~all");
            say(heard.answer([txt(&owner, &text)]))
        }
        _ => crate::check::zone(heard),
    }
}

fn assert_fits(page: &str) {
    for line in page.lines() {
        assert!(line.width() <= 80, "{line}\n{page}");
    }
    let bare: Vec<&str> = page.split_whitespace().collect();
    assert!(bare.join(" ").contains(&long()), "{page}");
    assert!(!page.contains("characters)"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_check_keeps_to_the_width_and_shows_whole_records() {
    let server = Scripted::start(zone).await;
    for color in ["never", "always"] {
        let output = check(&server, &["example.com", "--color", color]).await;
        let page = String::from_utf8(output.stdout).unwrap();
        let colors = [
            "\u{1b}[32m",
            "\u{1b}[31m",
            "\u{1b}[33m",
            "\u{1b}[2m",
            "\u{1b}[0m",
        ];
        let bare = colors
            .iter()
            .fold(page, |page, code| page.replace(code, ""));
        assert_fits(&bare);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_spf_keeps_to_the_width_and_shows_whole_records() {
    let server = Scripted::start(zone).await;
    for more in [&[][..], &["--ip", "192.0.2.77"]] {
        let address = server.address.to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
        command.args(["spf", "example.com", "--resolver", &address]);
        command.args(more);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        assert_fits(&String::from_utf8(output.stdout).unwrap());
    }
}
