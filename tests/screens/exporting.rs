//! `e`: the forms in which the records are written to a file.

use nobounce::export::FORMATS;
use nobounce::tui::command::Command;
use nobounce::tui::message::Exported;
use nobounce::tui::message::Message;
use nobounce::tui::message::Trouble;
use nobounce::tui::model::Model;

use crate::opened;
use crate::press;
use crate::screen;
use crate::tell;
use crate::watching::facts;
use crate::watching::on_the_record;

fn ordered(commands: &[Command]) -> &'static str {
    let [Command::Export { facts, format }] = commands else {
        panic!("{commands:?}");
    };
    assert_eq!(facts.domain, "shop.example");
    format
}

#[test]
fn every_form_is_offered_and_the_file_is_named() {
    let (mut model, _, _) = on_the_record();
    assert_eq!(press(&mut model, "e"), []);
    let drawn = screen(&model);
    for format in FORMATS {
        assert!(drawn.contains(format.id), "{drawn}");
    }
    insta::assert_snapshot!("formats_80", drawn);
    press(&mut model, "<esc>");
    for (at, format) in FORMATS.iter().enumerate() {
        press(&mut model, "e");
        press(&mut model, &"<down>".repeat(at));
        assert_eq!(ordered(&press(&mut model, "<enter>")), format.id);
        assert_eq!(model.overlay, None);
    }
    // Beyond the last there is nothing.
    press(&mut model, "e<end><down><down>");
    assert_eq!(
        ordered(&press(&mut model, "<enter>")),
        FORMATS[FORMATS.len() - 1].id
    );
    let path = "/data/shop.example/shop.example.html".to_owned();
    let exported = Exported {
        path,
        left_out: Vec::new(),
    };
    tell(&mut model, Message::Exported(Ok(exported)));
    assert!(screen(&model).contains("The records are in /data/shop.example/shop.example.html"));
}

#[test]
fn escape_writes_nothing() {
    let (mut model, _, _) = on_the_record();
    press(&mut model, "e");
    assert!(press(&mut model, "<esc>").is_empty());
    assert_eq!(model.overlay, None);
}

fn told(model: &mut Model) -> String {
    assert_eq!(press(model, "e"), []);
    assert_eq!(model.overlay, None);
    screen(model)
}

#[test]
fn without_records_there_is_nothing_to_write() {
    let (mut model, _) = opened(nobounce::plan::facts::Facts::new("shop.example"));
    assert!(told(&mut model).contains("There is no record to publish yet."));
}

#[test]
fn who_can_only_look_writes_no_file() {
    let (mut model, _) = opened(facts());
    model.setup_mut().unwrap().look_only = Some(Trouble {
        reason: "another nobounce has it".into(),
        remedy: "Close that one.".into(),
    });
    assert!(told(&mut model).contains("nobounce records shop.example"));
}
