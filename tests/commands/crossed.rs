//! What must not be written side by side: an alias and another record of the setup at one name, our mail servers among those of others.

use nobounce::export;
use nobounce::export::Row;
use nobounce::export::There;
use nobounce::export::set;
use nobounce::export::set::Change;
use nobounce::export::set::Value;
use nobounce::export::set::Why;
use nobounce::records::record::Content;

use crate::rich::name;
use crate::rich::nothing;
use crate::rich::of;
use crate::rich::row;
use crate::rich::seen;
use crate::rich::text;

fn alias(owner: &str, there: There) -> Row {
    row(
        owner,
        Content::Cname(name("u1.wl.sendgrid.net")),
        there,
        None,
    )
}

fn server(exchange: &str) -> Content {
    Content::Mx {
        preference: 10,
        exchange: name(exchange),
    }
}

fn servers(exchanges: &[&str]) -> There {
    let values = exchanges
        .iter()
        .map(|exchange| Value::of(&server(exchange)));
    seen(Some(300), values.collect())
}

fn note(owner: &str) -> Row {
    row(owner, Content::Text("mine=1".to_owned()), nothing(), None)
}

#[test]
fn an_alias_and_another_record_of_ours_are_left_out_of_every_form() {
    let sheet = of(vec![
        alias("mg", nothing()),
        row("mg", server("mxa.mailgun.org"), nothing(), None),
        alias("", nothing()),
        alias("twice", nothing()),
        row(
            "twice",
            Content::Cname(name("u2.wl.sendgrid.net")),
            nothing(),
            None,
        ),
        note("alone"),
    ]);
    for set in set::sets(&sheet) {
        let is_alone = set.owner.as_str().starts_with("alone.");
        let crossed = matches!(
            &set.change,
            Change::Unknown {
                why: Why::Crossed,
                ..
            }
        );
        assert_eq!(crossed, !is_alone, "{}", set.owner);
    }
    let is_record = |line: &&str| !line.trim_start().starts_with([';', '#', '/']);
    for id in [
        "zone",
        "nsupdate",
        "dnscontrol",
        "octodns",
        "terraform",
        "route53",
    ] {
        let printed = (export::format(id).unwrap().print)(&sheet);
        let lines: Vec<&str> = printed.lines().filter(is_record).collect();
        let text = lines.join("\n");
        assert!(text.contains("mine=1"), "{id}: {printed}");
        for wrong in ["sendgrid", "mailgun"] {
            assert!(!text.contains(wrong), "{id}: {printed}");
        }
    }
    for id in ["fields", "html", "markdown"] {
        let printed = (export::format(id).unwrap().print)(&sheet);
        let said = printed.matches("has to stand alone at its name").count();
        assert_eq!(said, 5, "{id}");
    }
}

#[test]
fn the_same_alias_twice_is_one_record() {
    let sheet = of(vec![alias("em", nothing()), alias("em", nothing())]);
    let sets = set::sets(&sheet);
    assert!(matches!(&sets[0].change, Change::Create { added } if added.len() == 1));
}

#[test]
fn our_mail_servers_do_not_get_among_those_of_others() {
    let rows = |there: &[&str]| {
        of(vec![
            row("mg", server("mxa.mailgun.org"), servers(there), None),
            row("mg", server("mxb.mailgun.org"), servers(there), None),
        ])
    };
    let change = |there: &[&str]| set::sets(&rows(there)).remove(0).change.clone();
    assert!(matches!(change(&[]), Change::Create { added } if added.len() == 2));
    assert!(matches!(
        change(&["mail.example.org"]),
        Change::Unknown {
            why: Why::Changed,
            ..
        }
    ));
    let ours = ["mxa.mailgun.org", "mxb.mailgun.org"];
    assert!(matches!(change(&ours), Change::Nothing { kept, .. } if kept.len() == 2));
    assert!(
        matches!(change(&ours[..1]), Change::Change { kept, added, .. } if kept.len() == 1 && added.len() == 1)
    );
}

#[test]
fn a_text_that_octodns_cannot_hold_is_shown_in_its_comment() {
    let odd = Content::Text("say \"yes\"".to_owned());
    let sheet = of(vec![row("_odd", odd, nothing(), None)]);
    let printed = (export::format("octodns").unwrap().print)(&sheet);
    assert!(printed.contains("#     value: say \"yes\""), "{printed}");
}

#[test]
fn a_text_that_differs_is_changed_without_touching_its_neighbors() {
    let mut near = row(
        "",
        Content::Text("mine=1".to_owned()),
        seen(None, vec![text("v=spf1 -all"), text("mine=1 ")]),
        None,
    );
    "differs".clone_into(&mut near.state);
    let printed = (export::format("markdown").unwrap().print)(&of(vec![near]));
    assert!(
        printed.contains("that says nearly this, and give it the new value. All other TXT records at this name stay."),
        "{printed}"
    );
}
