//! What services ask for besides keys, by DNS UPDATE: several texts and several mail servers of ours at one name, put in, read back one by
//! one, found again and taken back.

use serde_json::Value;
use serde_json::json;

use crate::update_world::DOMAIN;
use crate::update_world::Kind;
use crate::update_world::World;

/// The setup with two services: both prove who owns the domain at its own name, one has two mail servers for its bounces.
fn with_services(world: &World) {
    world.change_setup(|setup| {
        let facts = &mut setup["facts"];
        facts["senders"]["ticked"] = json!(["own-server", "amazon-ses", "mailgun"]);
        let record = |host: &str, record_type: &str, value: &str| json!({"host": host, "record_type": record_type, "value": value});
        facts["dkim"]["amazon-ses"] = json!({
            "begun": true, "parts_seen": ["ownership"], "ownership": [record("", "TXT", "amazonses:one")],
        });
        facts["dkim"]["mailgun"] = json!({
            "begun": true, "parts_seen": ["bounce", "ownership"],
            "bounce": [
                record("mg", "MX", "10 mxa.mailgun.org"),
                record("mg", "MX", "10 mxb.mailgun.org"),
                record("mg", "TXT", "v=spf1 include:mailgun.org ~all"),
            ],
            "ownership": [record("", "TXT", "mailgun=two")],
        });
    });
}

/// Id, action and verdict of each record.
fn records(document: &Value) -> Vec<(String, String, String)> {
    let word = |record: &Value, field: &str| record[field].as_str().unwrap_or("-").to_owned();
    document["zones"][0]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            (
                word(record, "id"),
                word(record, "action"),
                word(record, "verdict"),
            )
        })
        .collect()
}

#[test]
fn several_records_of_ours_at_one_name_are_each_told_apart() {
    for kind in [Kind::Bind, Kind::Knot] {
        let Some(world) = World::new(kind) else {
            return;
        };
        with_services(&world);
        let (code, done) = world.publish_json(&["--yes"]);
        assert_eq!(code, Some(0), "{done:#}");
        let told = records(&done);
        for (id, _, verdict) in &told {
            assert_eq!(verdict, "published", "{done:#}");
            let same = told.iter().filter(|(other, ..)| other == id).count();
            assert_eq!(same, 1, "{id}: {done:#}");
        }
        let (code, again) = world.publish_json(&["--yes"]);
        assert_eq!(code, Some(0), "{again:#}");
        assert_eq!(again["zones"][0]["state"], "nothing", "{again:#}");
        let (code, undone) = world.publish_json(&["--undo", "--yes"]);
        assert_eq!(code, Some(0), "{undone:#}");
        assert!(world.at_primary("mg.shop.test", "MX").is_empty());
        assert_eq!(
            world.at_primary(DOMAIN, "TXT").len(),
            3,
            "{:?}",
            world.at_primary(DOMAIN, "TXT")
        );
    }
}

#[test]
fn a_run_that_was_killed_before_it_sent_is_taken_back_by_doing_nothing() {
    for kind in [Kind::Bind, Kind::Knot] {
        let Some(world) = World::new(kind) else {
            return;
        };
        let before = world.at_primary(DOMAIN, "TXT");
        let (code, done) = world.publish_json(&["--yes", "--only", "spf"]);
        assert_eq!(code, Some(0), "{done:#}");
        // As it is on disk, and in the zone, where the run ended between keeping the change and sending it.
        world.somebody_changes(
            "update delete shop.test. TXT \"v=spf1 mx ip4:192.0.2.7 -all\"\nupdate add shop.test. 120 TXT \"v=spf1 mx -all\"",
        );
        world.change_setup(|setup| setup["facts"]["publications"][0]["outcome"] = json!("unknown"));
        assert_eq!(world.at_primary(DOMAIN, "TXT"), before);
        let (code, undone) = world.publish_json(&["--undo", "--yes"]);
        assert_eq!(code, Some(0), "{undone:#}");
        assert_eq!(undone["zones"][0]["state"], "nothing", "{undone:#}");
        assert_eq!(world.at_primary(DOMAIN, "TXT"), before);
        let kept = world.setup();
        assert_eq!(kept["facts"]["publications"][0]["outcome"], "undone");
        let (code, nothing) = world.publish_json(&["--undo", "--yes"]);
        assert_eq!((code, &nothing["zones"]), (Some(0), &json!([])));
    }
}
