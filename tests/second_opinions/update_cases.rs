//! `nobounce publish` against BIND and Knot: what they have afterwards, and what they refuse.

use serde_json::Value;

use crate::update_world::Kind;
use crate::update_world::World;

/// What stands at the apex besides the SPF record, byte for byte as `dig` prints it.
const TOKENS: [&str; 2] = [
    r#""\000\255 bytes""#,
    r#""site-verification=AbC \"quoted\" \\ back" "second part""#,
];

#[test]
fn bind_first_try() {
    let Some(world) = World::new(Kind::Bind) else { return };
    println!("{}", world.nobounce(&["records", "shop.test"]).output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned() + &String::from_utf8_lossy(&o.stderr)).unwrap());
    let ran = world.publish(&["--dry-run"]);
    println!("{}", ran.told());
    let ran = world.publish(&["--yes"]);
    println!("{}", ran.told());
    println!("{:?}", world.at_primary("shop.test", "TXT"));
    println!("{:?}", world.at_secondary("shop.test", "TXT"));
    let ran = world.publish(&["--yes"]);
    println!("{}", ran.told());
    let ran = world.publish(&["--undo", "--yes"]);
    println!("{}", ran.told());
    println!("{:?}", world.dig("127.0.0.2", "shop.test", "TXT", true));
    let _: Value = world.setup();
}
#[test]
fn knot_first_try() {
    let Some(world) = World::new(Kind::Knot) else { return };
    let ran = world.publish(&["--dry-run"]);
    println!("{}", ran.told());
    let ran = world.publish(&["--yes"]);
    println!("{}", ran.told());
    println!("{}", std::fs::read_to_string(world.path("knot.log")).unwrap());
    println!("{TOKENS:?}");
}
