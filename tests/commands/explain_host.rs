//! `nobounce explain --code CODE --host HOST`: how a mistake looks in the panel of one DNS host.

use crate::program::run;

#[test]
fn the_page_says_how_the_mistake_looks_there() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["explain", "--code", "panel-wildcard-answers", "--host"];
    let at = |host: &str| run(data.path(), arguments.into_iter().chain([host]));
    let general = run(data.path(), ["explain", "--code", "panel-wildcard-answers"]);
    let expected = "\
At Porkbun
  A new domain at Porkbun has an entry named * with a CNAME to
  pixie.porkbun.com, which answers for every name. Delete it if you do not use
  it.

";
    let said = at("porkbun");
    let (before, after) = said.out.split_once(expected).expect(&said.out);
    // It stands behind what to do, and nothing else is changed by it.
    assert_eq!(format!("{before}{after}"), general.out);
    assert!(after.starts_with("How to see that it is mended"));
    said.is(0, &format!("{before}{expected}{after}"), "");
    assert_eq!(at("Porkbum").out, at("porkbun").out);
    // Where nothing is known of it there, that is said.
    let unknown = at("aruba");
    assert!(
        unknown.out.contains("At Aruba.it\n  Nothing is known"),
        "{}",
        unknown.out
    );
}

#[test]
fn json_holds_the_host() {
    let data = tempfile::tempdir().unwrap();
    let json = |arguments: &[&str]| -> serde_json::Value {
        let arguments = ["--json", "explain", "--code", "dkim-quotes"]
            .iter()
            .chain(arguments);
        serde_json::from_str(&run(data.path(), arguments.copied()).out).unwrap()
    };
    assert!(json(&[]).get("host").is_none());
    let host = &json(&["--host", "cloudflare"])["host"];
    assert_eq!(host["id"], "cloudflare");
    assert_eq!(host["name"], "Cloudflare");
    // Another code of the same mistake says the same.
    assert!(
        host["text"]
            .as_str()
            .unwrap()
            .starts_with("Cloudflare wants no quotation marks")
    );
    assert!(json(&["--host", "aruba"])["host"]["text"].is_null());
}

#[test]
fn a_host_that_nobody_knows_is_a_slip() {
    let data = tempfile::tempdir().unwrap();
    run(data.path(), ["explain", "--code", "dkim-quotes", "--host", "hostign"]).is(
        2,
        "",
        "nobounce: there is no DNS host called `hostign` in the catalog\nnobounce: did you mean `a2hosting` or `hostinger`?\n",
    );
    run(data.path(), ["explain", "--code", "dkim-quotes", "--host", "my cousin"]).is(
        2,
        "",
        "nobounce: there is no DNS host called `my cousin` in the catalog\nnobounce: leave --host out: the page itself holds for any panel\n",
    );
    let alone = run(data.path(), ["explain", "--host", "cloudflare"]);
    assert!(alone.err.contains("--code"), "{}", alone.err);
}
