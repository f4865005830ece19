//! `nobounce explain --code`: the page, the list, and what is said of a word that is no code.

use crate::program::run;

const PAGE: &str = "\
The list of allowed senders (SPF) has no end word

What it means
  The last word of the list says what to think of mail from servers that are not
  on it. Yours stops without it, and without handing over to another list
  (redirect=).

    v=spf1 include:_spf.google.com

  Receivers then take the mildest view (neutral): they learn who is allowed, and
  nothing about the rest.

Why it matters
  Your own mail is not harmed. But the list keeps nobody else from sending in
  your name, and it looks unfinished to filters. Mend it when you are in the
  panel anyway; it is not urgent.

What to do
  1. Open the record in the panel of your DNS host.
  2. Add a space and ~all at the very end. The sign ~ means: mail from elsewhere
     is suspicious.

    v=spf1 include:_spf.google.com ~all

  3. Save.

How to see that it is mended
  `nobounce check example.com` shows the list with ~all at its end. The change
  counts everywhere when old copies have expired (TTL).

Source
  RFC 7208, section 4.7 (the default result is neutral) and section 5.1 (all).
";

#[test]
fn a_code_is_explained_in_eighty_columns() {
    let data = tempfile::tempdir().unwrap();
    run(data.path(), ["explain", "--code", "spf-all-missing"]).is(0, PAGE, "");
    run(data.path(), ["explain", "--code", " SPF-ALL-MISSING"]).is(0, PAGE, "");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn headings_are_bold_where_color_holds() {
    let data = tempfile::tempdir().unwrap();
    let ran = run(
        data.path(),
        ["explain", "--code", "spf-all-missing", "--color", "always"],
    );
    let bold: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("\u{1b}[1m")?.strip_suffix("\u{1b}[0m"))
        .collect();
    assert_eq!(
        bold,
        [
            "The list of allowed senders (SPF) has no end word",
            "What it means",
            "Why it matters",
            "What to do",
            "How to see that it is mended",
            "Source"
        ]
    );
    assert_eq!(
        ran.out.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""),
        PAGE
    );
}

#[test]
fn json_holds_the_sections() {
    let data = tempfile::tempdir().unwrap();
    let ran = run(
        data.path(),
        ["explain", "--code", "spf-all-missing", "--json"],
    );
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["schema"], 1);
    assert_eq!(document["code"], "spf-all-missing");
    assert_eq!(
        document["title"],
        "The list of allowed senders (SPF) has no end word"
    );
    let sections: Vec<(&str, &str)> = document["sections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|section| {
            (
                section["id"].as_str().unwrap(),
                section["heading"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        sections,
        [
            ("meaning", "What it means"),
            ("weight", "Why it matters"),
            ("doing", "What to do"),
            ("mended", "How to see that it is mended"),
            ("source", "Source"),
        ]
    );
    assert_eq!(
        document["sections"][2]["text"],
        "1. Open the record in the panel of your DNS host.\n\
         2. Add a space and ~all at the very end. The sign ~ means: mail from elsewhere is suspicious.\n\n    \
         v=spf1 include:_spf.google.com ~all\n\n3. Save."
    );
}

#[test]
fn every_page_prints_in_eighty_columns() {
    let data = tempfile::tempdir().unwrap();
    let list = run(data.path(), ["explain", "--codes"]);
    assert_eq!((list.code, list.err.as_str()), (Some(0), ""));
    let rows: Vec<&str> = list.out.lines().collect();
    assert!(rows.len() > 300, "{}", rows.len());
    for row in rows.chunks(2) {
        let [code, title] = row else {
            panic!("{row:?}");
        };
        let title = title.strip_prefix("    ").unwrap();
        let page = run(data.path(), ["explain", "--code", code]);
        assert_eq!((page.code, page.err.as_str()), (Some(0), ""), "{code}");
        assert_eq!(page.out.lines().next(), Some(title), "{code}");
        for line in page.out.lines() {
            assert!(line.chars().count() <= 80, "{code}: {line}");
            assert_eq!(line, line.trim_end(), "{code}");
        }
    }
}

#[test]
fn the_list_is_json_too() {
    let data = tempfile::tempdir().unwrap();
    let ran = run(data.path(), ["explain", "--codes", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let rows = document["codes"].as_array().unwrap();
    assert_eq!(document["schema"], 1);
    assert!(rows.iter().any(|row| {
        row["code"] == "spf-two-records"
            && row["title"] == "More than one list of allowed senders (SPF)"
    }));
}

#[test]
fn a_word_that_is_no_code_is_answered_with_the_nearest() {
    let data = tempfile::tempdir().unwrap();
    for (typed, said) in [
        (
            "spf-two-record",
            "nobounce: there is no finding with the code `spf-two-record`\n\
             nobounce: did you mean `spf-two-records`? All codes: `nobounce explain --codes`\n",
        ),
        (
            "two-records",
            "nobounce: there is no finding with the code `two-records`\n\
             nobounce: did you mean `spf-two-records` or `dmarc-two-records`? All codes: `nobounce explain --codes`\n",
        ),
        (
            "dmarc-organisational-domain-difers",
            "nobounce: there is no finding with the code `dmarc-organisational-domain-difers`\n\
             nobounce: did you mean `dmarc-organizational-domain-differs`? All codes: `nobounce explain --codes`\n",
        ),
        (
            "\u{1b}[31m\u{202e}",
            "nobounce: there is no finding with the code `\\u{1b}[31m\\u{202e}`\n\
             nobounce: see all codes with `nobounce explain --codes`\n",
        ),
        (
            "",
            "nobounce: there is no finding with the code ``\n\
             nobounce: see all codes with `nobounce explain --codes`\n",
        ),
    ] {
        run(data.path(), ["explain", "--code", typed]).is(2, "", said);
    }
}

#[test]
fn without_a_bounce_it_says_what_is_possible() {
    let data = tempfile::tempdir().unwrap();
    let said = "nobounce: there is no bounce to explain: the input is empty\n\
                nobounce: name a file, or pipe or paste the message that came back: `nobounce explain bounce.eml`\n";
    for arguments in [
        &["explain"] as &[&str],
        &["explain", "-"],
        &["explain", "--json"],
    ] {
        run(data.path(), arguments).is(2, "", said);
    }
    let missing = run(data.path(), ["explain", "no-such-file.eml"]);
    assert_eq!(missing.code, Some(2));
    assert!(
        missing
            .err
            .starts_with("nobounce: no-such-file.eml cannot be read: "),
        "{}",
        missing.err
    );
}

const BOUNCE_PAGE: &str = "\
What happened
  Your own rule turned your own mail away: example.com asks receivers to refuse
  mail that is not proven to be yours (DMARC), and this mail was not.

Who can fix it
  You, as the owner of the domain.

What to do
  Set up the service that sent it, so that it signs as your domain (DKIM). Until
  then, go one step back with the policy, so that no more mail is lost.
  The step `quarantine` of the wizard does it: nobounce example.com
  More about it: nobounce explain --code bounce-own-policy

What the bounce says
  Refused by: Zoho Mail
  Domain: example.com
  Failed: dmarc
  Code: 550 5.7.1
  Its words: 550 5.7.1 Email rejected per DMARC policy for example.com
";

#[test]
fn a_bounce_is_explained_in_eighty_columns_and_as_one_object() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("bounce.txt");
    let path_text = path.to_str().unwrap();
    std::fs::write(
        &path,
        "> 550 5.7.1 Email rejected per DMARC policy for example.com\n",
    )
    .unwrap();
    run(data.path(), ["explain", path_text]).is(0, BOUNCE_PAGE, "");
    let ran = run(data.path(), ["explain", path_text, "--json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        document["receiver"],
        serde_json::json!({"id": "zoho", "name": "Zoho Mail"})
    );
    for (field, value) in [
        ("schema", serde_json::json!(1)),
        ("recognized", serde_json::json!(true)),
        ("status", serde_json::json!("5.7.1")),
        ("reply", serde_json::json!(550)),
        ("class", serde_json::json!("own-policy")),
        ("cause", serde_json::json!("bounce-own-policy")),
        ("fails", serde_json::json!(["dmarc"])),
        ("domain", serde_json::json!("example.com")),
        ("ip", serde_json::json!(null)),
        ("fixable_by", serde_json::json!("domain-owner")),
        ("step", serde_json::json!("quarantine")),
    ] {
        assert_eq!(document[field], value, "{field}");
    }
    assert!(document["message"].is_string() && document["remedy"].is_string());
    assert_eq!(document["recipients"].as_array().unwrap().len(), 1);
    // Words that nobody knows: said, and told by the exit code.
    std::fs::write(&path, "554 5.7.1 (E4711)\n").unwrap();
    let ran = run(data.path(), ["explain", path_text]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("The words of this refusal are not known"),
        "{}",
        ran.out
    );
}
