//! Microsoft 365 and Google Workspace to the end: the record published, signing switched on there, and the sign that it is on.

use nobounce::plan;
use nobounce::plan::StepId;
use nobounce::plan::facts::Facts;
use nobounce::plan::facts::Live;
use nobounce::plan::gate;
use nobounce::plan::page::Block;
use nobounce::plan::page::Form;
use nobounce::plan::page::Mark;
use nobounce::plan::page::Watch;
use nobounce::plan::steps::dkim;
use nobounce::records::finding::Finding;
use nobounce::records::finding::Severity;
use nobounce::records::finding::Subject;
use nobounce::records::verdict::Judgement;
use nobounce::records::verdict::Verdict;
use nobounce::records::verdict::codes;

use crate::given::*;
use crate::senders_services::collect;
use crate::senders_services::record;
use crate::senders_services::switch;

const MS: &str = "microsoft-365";
const GOOGLE: &str = "google-workspace";
const KEY_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC8HGdLyGxTxo4Zel5cOw8ItO9L7PzTkhmXUPc52ziTSP5oDLW3NOp+40j53ObAh7RhfEsfbX1AvJav1/IBkVKwLp9rbQwrb9qUbLOuZIXLV5zQfsrpVH8FPWpoGwYpT/SlalJYwt1e7Wzowh3wTfU74onRVOxBCW+BnUyu7kzQtwIDAQAB";

fn text(facts: &Facts, live: &Live, sender: &str) -> String {
    let page = plan::page(&switch(sender), facts, live);
    format!("{} {:?} {:?}", page.title, page.blocks, page.form)
}

fn is_open(facts: &Facts, live: &Live) -> Option<String> {
    gate::gates(StepId::Quarantine, facts, Some(live), live.now)
        .into_iter()
        .find(|gate| gate.id == "senders-finished")
        .filter(|gate| !gate.holds)
        .map(|gate| gate.reason)
}

/// An alias that is published, and leads to nothing yet.
fn leads_nowhere(key: &str) -> Judgement {
    let mut judgement = judgement(Verdict::Published);
    judgement.findings.push(Finding {
        code: codes::TARGET_EMPTY,
        severity: Severity::Warning,
        subject: Subject::Dkim,
        name: key.split(' ').next().unwrap().parse().unwrap(),
        message: "The alias is right, and nothing stands where it leads yet.".to_owned(),
        remedy: "Switch DKIM on.".to_owned(),
    });
    judgement
}

fn look(facts: &mut Facts, live: &mut Live, key: &str, judgement: Judgement) {
    plan::looked(facts, key, &judgement, live.now);
    live.judged.insert(key.to_owned(), (judgement, live.now));
}

fn selectors() -> [String; 2] {
    [1, 2].map(|number| format!("selector{number}._domainkey.example.com CNAME"))
}

/// Both aliases taken, in the form that the portal or PowerShell shows.
fn collected(text: &str) -> Facts {
    let mut facts = sending(bare(), &[MS]);
    address(&mut facts, "own", "dmarc@example.com");
    give(&mut facts, collect(MS, 0), typed(text));
    facts
}

#[test]
fn microsoft_shows_its_targets_in_the_portal_and_in_powershell() {
    let new = |number| {
        format!("selector{number}-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft")
    };
    let old = |number| format!("selector{number}-example-com._domainkey.contoso.onmicrosoft.com");
    for form in [new, old] as [fn(u8) -> String; 2] {
        let wanted_here: Vec<String> = [1, 2]
            .map(|number| {
                format!(
                    "selector{number}._domainkey.example.com CNAME {}",
                    form(number)
                )
            })
            .to_vec();
        for text in [
            format!("Selector1CNAME : {}\nSelector2CNAME : {}", form(1), form(2)),
            format!(
                "\nSelector1CNAME : {}\r\nSelector2CNAME : {}\r\n\r\n",
                form(1),
                form(2)
            ),
            format!(
                "Host Name : selector1._domainkey\nPoints to address or value: {}\nHost Name : selector2._domainkey\n\
                 Points to address or value: {}",
                form(1),
                form(2)
            ),
            format!("{}\n{}", form(2), form(1)),
        ] {
            let facts = collected(&text);
            assert_eq!(wanted(&facts)[..2], wanted_here, "{text}");
        }
    }
    let page = plan::page(&collect(MS, 0), &sending(bare(), &[MS]), &live());
    let said = format!("{:?}", page.blocks);
    assert!(said.contains("Get-DkimSigningConfig"), "{said}");
    assert!(said.contains("Do not switch signing on yet"), "{said}");
}

#[test]
fn at_microsoft_a_key_that_answers_is_the_sign() {
    let mut facts = collected(
        "selector1-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft\n\
         selector2-example-com._domainkey.contoso.n-v1.dkim.mail.microsoft",
    );
    let mut live = live();
    // 1. Published; where the aliases lead nothing stands yet. That is named, and is no mistake.
    for key in selectors() {
        look(&mut facts, &mut live, &key, leads_nowhere(&key));
    }
    let page = plan::page(&record(MS, 0), &facts, &live);
    let Some(Block::Finding(finding)) = page.blocks.first() else {
        panic!("{:?}", page.blocks);
    };
    assert_eq!(finding.severity, Severity::Note);
    assert!(finding.remedy.contains("That is normal now"), "{finding:?}");
    let Form::Record(card) = page.form else {
        panic!()
    };
    let Watch::Seen { judgement, .. } = card.watch else {
        panic!()
    };
    assert_eq!(judgement.verdict, Verdict::Published);
    assert!(
        judgement
            .findings
            .iter()
            .all(|f| f.severity == Severity::Note)
    );
    assert_eq!(facts.dkim[MS].key_seen, None);
    assert_eq!(dkim::state(&facts, &live, MS).0, Mark::Now);
    // 2. Switched on there.
    let said = text(&facts, &live, MS);
    assert!(said.contains("Sign messages for this domain"), "{said}");
    let reply = plan::reply(&mut facts, &switch(MS), chosen("done"), &live);
    assert_eq!(reply.complaint, None);
    assert_eq!(reply.page, switch(MS), "the sign comes next");
    let said = text(&facts, &live, MS);
    assert!(
        said.contains("No key was seen where your aliases lead"),
        "{said}"
    );
    assert_eq!(dkim::state(&facts, &live, MS).0, Mark::Waiting);
    let open = is_open(&facts, &live).unwrap();
    assert!(open.contains("no message was seen"), "{open}");
    // Now the empty target is worth a warning.
    let page = plan::page(&record(MS, 0), &facts, &live);
    let warned = page
        .blocks
        .iter()
        .any(|block| matches!(block, Block::Finding(f) if f.severity == Severity::Warning));
    assert!(warned, "{:?}", page.blocks);
    // 3. A key answers at one of the two: that is how it is.
    let first = &selectors()[0];
    look(&mut facts, &mut live, first, judgement_published());
    assert_eq!(facts.dkim[MS].key_seen, Some(live.now));
    let said = text(&facts, &live, MS);
    assert!(said.contains("The sign from outside is there"), "{said}");
    assert!(said.contains("Rotate DKIM keys"), "{said}");
    assert_eq!(is_open(&facts, &live), None);
    assert_eq!(dkim::state(&facts, &live, MS).0, Mark::Done);
    let page = plan::page(&record(MS, 1), &facts, &live);
    let calm = page
        .blocks
        .iter()
        .all(|block| !matches!(block, Block::Finding(f) if f.severity != Severity::Note));
    assert!(calm, "{:?}", page.blocks);
}

fn judgement_published() -> Judgement {
    judgement(Verdict::Published)
}

#[test]
fn an_answer_that_proves_nothing_is_no_sign() {
    let mut facts = collected(
        "selector1-example-com._domainkey.contoso.onmicrosoft.com\n\
         selector2-example-com._domainkey.contoso.onmicrosoft.com",
    );
    let mut live = live();
    let [first, second] = selectors();
    for verdict in [
        Verdict::Unknown {
            why: "the alias is right, and the key cannot be looked up".to_owned(),
        },
        Verdict::Spreading { until: None },
        Verdict::Missing,
        Verdict::Invalid,
    ] {
        look(&mut facts, &mut live, &first, judgement(verdict));
        look(&mut facts, &mut live, &second, leads_nowhere(&second));
        assert_eq!(facts.dkim[MS].key_seen, None);
    }
}

#[test]
fn at_google_a_message_is_the_sign() {
    let mut facts = sending(bare(), &[GOOGLE]);
    address(&mut facts, "own", "dmarc@example.com");
    let said = format!(
        "{:?}",
        plan::page(&collect(GOOGLE, 0), &facts, &live()).blocks
    );
    assert!(said.contains("2048 bits"), "{said}");
    assert!(said.contains("Do not press Start yet"), "{said}");
    give(
        &mut facts,
        collect(GOOGLE, 0),
        typed(&format!("google._domainkey {}", key_record())),
    );
    let mut live = live();
    // 1. "Start" before the record is seen is refused.
    let reply = plan::reply(&mut facts, &switch(GOOGLE), chosen("done"), &live);
    assert!(reply.complaint.is_some());
    let reply = plan::reply(&mut facts, &switch(GOOGLE), chosen("signs"), &live);
    assert!(
        reply.complaint.is_some(),
        "no sign before it is switched on"
    );
    publish(&mut facts, &mut live, "google._domainkey.example.com TXT");
    let said = text(&facts, &live, GOOGLE);
    assert!(said.contains("Start authentication"), "{said}");
    assert!(!said.contains("48 h"), "{said}");
    // 2. Switched on, by word.
    let reply = plan::reply(&mut facts, &switch(GOOGLE), chosen("done"), &live);
    assert_eq!(reply.page, switch(GOOGLE));
    let said = text(&facts, &live, GOOGLE);
    for words in [
        "the sign that it signs",
        "gappssmtp.com",
        "DKIM names example.com",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // A key in the user's own zone proves nothing about signing.
    assert!(is_open(&facts, &live).is_some());
    let form = plan::page(&switch(GOOGLE), &facts, &live).form;
    assert_eq!(
        enter(&form),
        chosen("look-later"),
        "Enter alone claims nothing"
    );
    let reply = plan::reply(&mut facts, &switch(GOOGLE), enter(&form), &live);
    assert_ne!(reply.page, switch(GOOGLE));
    assert!(is_open(&facts, &live).unwrap().contains("Google Workspace"));
    // 3. The message names another domain: back to the switch.
    let reply = plan::reply(&mut facts, &switch(GOOGLE), chosen("signs-not"), &live);
    assert_eq!(reply.page, switch(GOOGLE));
    assert!(!facts.dkim[GOOGLE].switched_on);
    let said = text(&facts, &live, GOOGLE);
    assert!(said.contains("Start authentication"), "{said}");
    // And then it names the user's own.
    plan::reply(&mut facts, &switch(GOOGLE), chosen("done"), &live);
    plan::reply(&mut facts, &switch(GOOGLE), chosen("signs"), &live);
    assert_eq!(facts.dkim[GOOGLE].signs_since, Some(live.now));
    assert_eq!(is_open(&facts, &live), None);
    assert_eq!(dkim::state(&facts, &live, GOOGLE).0, Mark::Done);
    let said = text(&facts, &live, GOOGLE);
    assert!(
        said.contains("another prefix"),
        "the way to a new key: {said}"
    );
    let journal = format!("{:?}", facts.journal);
    assert!(
        journal.contains("a message carries the signature"),
        "{journal}"
    );
}

#[test]
fn a_short_key_of_google_is_warned_of() {
    let mut facts = sending(bare(), &[GOOGLE]);
    give(
        &mut facts,
        collect(GOOGLE, 0),
        typed(&format!("google._domainkey v=DKIM1; k=rsa; p={KEY_1024}")),
    );
    let said = format!(
        "{:?}",
        plan::page(&record(GOOGLE, 0), &facts, &live()).blocks
    );
    assert!(said.contains("this key is short (1024 bits)"), "{said}");
    assert!(said.contains("2048 bits"), "{said}");
}
