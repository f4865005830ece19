//! The clipboard: which ways there are in which environment, and what is said of a text that went there.

use nobounce::plan::page::Form;
use nobounce::tui::clipboard;
use nobounce::tui::clipboard::Clipboard;
use nobounce::tui::clipboard::Handed;
use nobounce::tui::clipboard::LONGEST;
use nobounce::tui::clipboard::Reach;
use nobounce::tui::clipboard::System;
use nobounce::tui::command::Command;
use nobounce::tui::message::Message;
use nobounce::tui::model::Model;

use crate::press;
use crate::screen;
use crate::tell;
use crate::watching::on_the_record;

/// The ways in a few words: programs with whose clipboard they fill, then the terminal.
fn ways(clipboard: &Clipboard) -> String {
    let mut words: Vec<String> = clipboard
        .programs
        .iter()
        .map(|program| {
            let whose = match program.reach {
                Reach::Person => "",
                Reach::Computer => "?",
                Reach::Terminal => ">",
            };
            format!("{}{whose}", program.name)
        })
        .collect();
    if clipboard.terminal {
        words.push("terminal".to_owned());
    }
    words.join(" ")
}

#[test]
fn the_ways_follow_from_the_environment() {
    const SSH: &str = "SSH_CONNECTION=192.0.2.1 22";
    let cases: &[(&[&str], &str)] = &[
        (&[], "terminal"),
        (&["TERM=xterm-256color"], "terminal"),
        (&["DISPLAY=:0"], "xclip xsel terminal"),
        (&["DISPLAY="], "terminal"),
        (&["WAYLAND_DISPLAY=wayland-0"], "wl-copy terminal"),
        (
            &["WAYLAND_DISPLAY=wayland-0", "DISPLAY=:0"],
            "wl-copy xclip xsel terminal",
        ),
        (
            &["WSL_DISTRO_NAME=Debian", "DISPLAY=:0"],
            "clip.exe xclip xsel terminal",
        ),
        (&["WSL_INTEROP=/run/WSL/1_interop"], "clip.exe terminal"),
        // The clipboard of a computer at the other end is nobody's.
        (&[SSH], "terminal"),
        (
            &[SSH, "DISPLAY=:0", "WAYLAND_DISPLAY=wayland-0"],
            "terminal",
        ),
        (&["SSH_TTY=/dev/pts/1", "DISPLAY=:1.0"], "terminal"),
        (&["SSH_CLIENT=192.0.2.1", "WSL_INTEROP=x"], "terminal"),
        // A display that sshd forwards is the person's own.
        (&[SSH, "DISPLAY=localhost:10.0"], "xclip xsel terminal"),
        (&[SSH, "DISPLAY=host.example:11"], "xclip xsel terminal"),
        (&[SSH, "DISPLAY=localhost:1"], "terminal"),
        (&[SSH, "DISPLAY=unix:10"], "terminal"),
        (&[SSH, "DISPLAY=nonsense"], "terminal"),
        (
            &[SSH, "DISPLAY=localhost:10.0", "WAYLAND_DISPLAY=wayland-0"],
            "xclip xsel terminal",
        ),
        // What outlives a connection does not know where the person is now.
        (&["TMUX=/tmp/tmux-0/default,1,0"], "tmux> terminal"),
        (&["TMUX=x", "DISPLAY=:0"], "xclip? xsel? tmux> terminal"),
        (&["TMUX=x", "WAYLAND_DISPLAY=w"], "wl-copy? tmux> terminal"),
        (&["TMUX=x", SSH], "tmux> terminal"),
        (
            &["TMUX=x", SSH, "DISPLAY=localhost:10.0"],
            "xclip? xsel? tmux> terminal",
        ),
        (&["STY=1.pts-0.host", "TERM=screen"], ""),
        (&["STY=1.pts-0.host", "DISPLAY=:0"], "xclip? xsel?"),
        (&["STY=1.pts-0.host", "TMUX=x"], "tmux> terminal"),
        (&["SUDO_USER=ada", "DISPLAY=:0"], "xclip? xsel? terminal"),
        (&["DOAS_USER=ada", "WAYLAND_DISPLAY=w"], "wl-copy? terminal"),
        // The console of Linux has no clipboard.
        (&["TERM=linux"], ""),
        (&["TERM=linux", "TMUX=x"], "tmux> terminal"),
    ];
    let decide = |system, variables: &[&str]| {
        ways(&clipboard::clipboard(system, |name| {
            let mut pairs = variables.iter().filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.to_owned())
        }))
    };
    for (variables, wanted) in cases {
        assert_eq!(decide(System::Other, variables), *wanted, "{variables:?}");
    }
    assert_eq!(decide(System::Mac, &[]), "pbcopy terminal");
    assert_eq!(
        decide(System::Mac, &["DISPLAY=/private/tmp/x:0"]),
        "pbcopy terminal"
    );
    assert_eq!(decide(System::Mac, &[SSH]), "terminal");
    assert_eq!(decide(System::Mac, &["TMUX=x"]), "pbcopy? tmux> terminal");
}

/// A record page with these ways, and the value of the record.
fn at_a_record(variables: &'static [&'static str]) -> (Model, String) {
    let (mut model, _, record) = on_the_record();
    model.clipboard = clipboard::clipboard(System::Other, |name| {
        variables.contains(&name).then(|| "x:10".to_owned())
    });
    (model, record.content.to_string())
}

/// Presses `c`, lets the programs answer, and gives what is done then.
fn copied(model: &mut Model, value: &str, handed: Handed) -> Vec<Command> {
    let commands = press(model, "c");
    let [
        Command::HandOver {
            ticket,
            programs,
            text,
        },
    ] = commands.as_slice()
    else {
        panic!("{commands:?}");
    };
    assert_eq!(
        (programs, text.as_str()),
        (&model.clipboard.programs, value)
    );
    let ticket = *ticket;
    assert!(
        !screen(model).to_lowercase().contains("copied"),
        "too early"
    );
    tell(model, Message::Handed { ticket, handed })
}

#[test]
fn t19_copied_is_said_only_where_it_is_known() {
    let failed = Some(("xclip", "Error: Can't open display".to_owned()));
    let person = Some(("xclip", Reach::Person));
    let computer = Some(("xclip", Reach::Computer));
    type Case = (&'static [&'static str], Handed, bool, &'static str);
    let cases: [Case; 7] = [
        (
            &["DISPLAY"],
            Handed {
                taken: person,
                ..Handed::default()
            },
            false,
            "Value copied (xclip).",
        ),
        (
            &["DISPLAY"],
            Handed::default(),
            true,
            "Value sent to your terminal's clipboard; if pasting gives nothing, press v",
        ),
        (
            &["DISPLAY"],
            Handed {
                failed: failed.clone(),
                ..Handed::default()
            },
            true,
            "xclip failed (Error: Can't open display). Value sent to your terminal's clipboard",
        ),
        (
            &["DISPLAY", "TMUX"],
            Handed {
                taken: computer,
                passed_on: true,
                failed: None,
            },
            false,
            "Value sent to tmux and your terminal; if pasting gives nothing, press v",
        ),
        (
            &["DISPLAY", "TMUX"],
            Handed {
                taken: computer,
                ..Handed::default()
            },
            true,
            "Value sent to your terminal's clipboard",
        ),
        (
            &["DISPLAY", "STY"],
            Handed {
                taken: computer,
                ..Handed::default()
            },
            false,
            "Value put on the clipboard of this computer (xclip); if pasting gives nothing,",
        ),
        (
            &["DISPLAY", "STY"],
            Handed {
                failed,
                ..Handed::default()
            },
            false,
            "No clipboard can be reached",
        ),
    ];
    for (variables, handed, to_terminal, said) in cases {
        let (mut model, value) = at_a_record(variables);
        let is_known = matches!(handed.taken, Some((_, Reach::Person)));
        let commands = copied(&mut model, &value, handed);
        let wanted = if to_terminal {
            vec![Command::Copy(value)]
        } else {
            Vec::new()
        };
        assert_eq!(commands, wanted, "{said}");
        let drawn = screen(&model)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(drawn.contains(said), "{said}\n{drawn}");
        assert_eq!(drawn.contains("copied"), is_known, "{drawn}");
    }
}

#[test]
fn where_nothing_takes_a_copy_the_way_out_is_said() {
    let (mut model, _) = at_a_record(&["STY"]);
    assert_eq!(press(&mut model, "c"), []);
    let drawn = screen(&model);
    assert!(
        drawn.contains("press v") && drawn.contains("e for a file"),
        "{drawn}"
    );
}

#[test]
fn t19_a_text_too_long_for_a_terminal_is_not_sent_there() {
    for (length, is_sent) in [(LONGEST, true), (LONGEST + 1, false)] {
        let (mut model, _, _) = on_the_record();
        let Some(Form::Record(card)) = model.setup_mut().map(|setup| &mut setup.page.form) else {
            panic!("no record");
        };
        card.value = "x".repeat(length);
        let sent = !press(&mut model, "c").is_empty();
        assert_eq!(sent, is_sent, "{length}");
        assert_eq!(screen(&model).contains("too long"), !is_sent);
    }
}

#[test]
fn an_answer_that_comes_too_late_says_nothing() {
    let (mut model, _) = at_a_record(&["DISPLAY"]);
    let first = press(&mut model, "c");
    let second = press(&mut model, "n");
    let [Command::HandOver { ticket: late, .. }] = first.as_slice() else {
        panic!("{first:?}")
    };
    let [Command::HandOver { ticket, text, .. }] = second.as_slice() else {
        panic!("{second:?}")
    };
    assert_eq!(text, "_dmarc");
    let taken = || Handed {
        taken: Some(("xclip", Reach::Person)),
        ..Handed::default()
    };
    assert_eq!(
        tell(
            &mut model,
            Message::Handed {
                ticket: *late,
                handed: taken()
            }
        ),
        []
    );
    assert!(!screen(&model).contains("copied"));
    tell(
        &mut model,
        Message::Handed {
            ticket: *ticket,
            handed: taken(),
        },
    );
    assert!(screen(&model).contains("Name copied (xclip)."));
    // Nor does one that comes twice.
    let twice = Message::Handed {
        ticket: *ticket,
        handed: Handed::default(),
    };
    assert_eq!(tell(&mut model, twice), []);
}

#[test]
fn a_private_key_is_never_copied() {
    let (mut model, _, _) = on_the_record();
    let Some(Form::Record(card)) = model.setup_mut().map(|setup| &mut setup.page.form) else {
        panic!("no record");
    };
    card.value = "-----BEGIN PRIVATE KEY----- MC4CAQAwBQYDK2VwBCIEIA".into();
    assert_eq!(press(&mut model, "c"), []);
    assert_eq!(model.copied.value, None);
    assert!(screen(&model).contains("never copied"));
}
