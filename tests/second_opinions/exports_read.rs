//! Exports as the tools that they are for read them: octoDNS, Terraform, a JavaScript engine, and Amazon's own description of Route 53.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use nobounce::export;
use nobounce::export::Sheet;
use nobounce::export::set;
use nobounce::export::set::Value as Data;
use nobounce::export::terraform::PROVIDERS;
use nobounce::export::terraform::Provider;
use serde_json::Value;

use crate::exports::own;
use crate::exports::print;
use crate::programs::Ran;
use crate::programs::program;
use crate::programs::python_with;
use crate::rich;
use crate::rich::DOMAIN;

/// Owner, type, TTL and value; a text as it is, names with their dot.
type Record = (String, String, u64, String);

/// What the zone shall hold at the names of the sheet, as far as that is known.
fn wanted(sheet: &Sheet) -> Vec<Record> {
    let mut wanted: Vec<Record> = Vec::new();
    for set in set::sets(sheet) {
        for value in set.after().unwrap_or_default() {
            let text = match &value {
                Data::Text(text) => text.as_ascii().unwrap().to_owned(),
                Data::Alias(target) => format!("{target}."),
                Data::Mx {
                    preference,
                    exchange,
                } => format!("{preference} {exchange}."),
            };
            wanted.push((
                set.owner.to_string(),
                set.record_type.to_string(),
                set.ttl.into(),
                text,
            ));
        }
    }
    wanted.sort();
    wanted
}

/// What the tool makes of the text in a file of this name.
fn read(name: &str, imports: &str, format: &str, file: &str, text: &str) -> Option<Ran> {
    let python = python_with(name, imports)?;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(file);
    fs::write(&file, text).unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/second_opinions/exports.py"
    );
    Some(Ran::of(
        Command::new(python).arg(script).arg(format).arg(file),
    ))
}

fn octodns(text: &str) -> Option<Ran> {
    let file = format!("{DOMAIN}.yaml");
    read(
        "octodns",
        "import octodns.provider.yaml",
        "octodns",
        &file,
        text,
    )
}

#[test]
fn octodns_reads_every_value_as_it_is() {
    let sheet = own(rich::sheet());
    let Some(ran) = octodns(&print("octodns", &sheet)) else {
        return;
    };
    let mut found: Vec<Record> = serde_json::from_str(&ran.well().stdout).unwrap();
    found.sort();
    assert_eq!(found, wanted(&sheet));
}

#[test]
fn octodns_takes_a_file_in_which_all_is_left_out() {
    let mut spf = rich::spf();
    spf.there = export::There::Unknown;
    let Some(ran) = octodns(&print("octodns", &rich::of(vec![spf]))) else {
        return;
    };
    assert_eq!(ran.well().stdout.trim(), "[]");
}

#[test]
fn octodns_tells_a_wrong_file_from_a_right_one() {
    let right = print("octodns", &own(rich::sheet()));
    let wrong = [right.replace("\\;", ";"), right.replace("'k10.", "'a10.")];
    for text in wrong {
        assert_ne!(text, right);
        let Some(ran) = octodns(&text) else {
            return;
        };
        assert_ne!(ran.code, Some(0), "{}", ran.told());
    }
}

fn route53(text: &str) -> Option<Ran> {
    read(
        "botocore",
        "import botocore.validate",
        "route53",
        "batch.json",
        text,
    )
}

/// Sets by name and type: TTL and values.
type Zone = BTreeMap<(String, String), (u64, Vec<String>)>;

/// Carries the batch out as Route 53 does: all of it, or nothing with the reason.
fn applied(batch: &Value, zone: &Zone) -> Result<Zone, String> {
    let mut zone = zone.clone();
    for change in batch["Changes"].as_array().unwrap() {
        let set = &change["ResourceRecordSet"];
        let word = |key: &str| set[key].as_str().unwrap().to_owned();
        let key = (word("Name"), word("Type"));
        let mut values: Vec<String> = set["ResourceRecords"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["Value"].as_str().unwrap().to_owned())
            .collect();
        values.sort();
        let new = (set["TTL"].as_u64().unwrap(), values);
        match change["Action"].as_str().unwrap() {
            "CREATE" if zone.contains_key(&key) => return Err(format!("{key:?} is there")),
            "DELETE" if zone.get(&key) != Some(&new) => return Err(format!("{key:?} differs")),
            "DELETE" => {
                zone.remove(&key);
            }
            _ => {
                zone.insert(key, new);
            }
        }
    }
    Ok(zone)
}

#[test]
fn route53_takes_the_batch_keeps_what_stands_beside_and_refuses_another_zone() {
    let sheet = own(rich::sheet());
    let Some(ran) = route53(&print("route53", &sheet)) else {
        return;
    };
    let batch: Value = serde_json::from_str(&ran.well().stdout).unwrap();
    let key = |owner: &str, kind: &str| (format!("{owner}."), kind.to_owned());
    let quoted = |text: &str| format!("\"{text}\"");
    let apex = key(DOMAIN, "TXT");
    let policy = key(&format!("_dmarc.{DOMAIN}"), "TXT");
    let [first, second] = rich::TOKENS.map(quoted);
    let before = BTreeMap::from([
        (
            apex.clone(),
            (
                600,
                vec![second.clone(), first.clone(), quoted(rich::OLD_SPF)],
            ),
        ),
        (policy.clone(), (3600, vec![quoted(rich::OLD_DMARC)])),
    ]);
    let after = applied(&batch, &before).unwrap();
    assert_eq!(after[&apex].1, [second, first, quoted(rich::SPF)]);
    assert_eq!(after[&policy].1, [quoted(rich::DMARC)]);
    assert_eq!(after.len(), 9);

    let mut other = before.clone();
    other.get_mut(&apex).unwrap().1.push(quoted("came later"));
    applied(&batch, &other).unwrap_err();
    applied(&batch, &after).unwrap_err();
}

#[test]
fn the_shape_of_a_batch_is_held() {
    let right = print("route53", &own(rich::sheet()));
    for (there, instead) in [("\"TTL\"", "\"Ttl\""), ("\"CREATE\"", "\"ADD\"")] {
        let Some(ran) = route53(&right.replacen(there, instead, 1)) else {
            return;
        };
        assert_ne!(ran.code, Some(0), "{instead}");
    }
}

fn terraform_text(provider: &'static Provider, mut sheet: Sheet) -> String {
    sheet.provider = Some(provider);
    print("terraform", &sheet)
}

#[test]
fn terraform_finds_every_file_well_formed() {
    let Some(terraform) = program("terraform") else {
        return;
    };
    for provider in &PROVIDERS {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nobounce.tf");
        fs::write(&file, terraform_text(provider, rich::sheet())).unwrap();
        let ran = terraform_in(&terraform, folder.path(), &["fmt", "-check", "-diff"]);
        assert_eq!(ran.code, Some(0), "{}: {}", provider.id, ran.told());
    }
}

fn terraform_in(terraform: &Path, folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(
        Command::new(terraform)
            .args(arguments)
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .current_dir(folder),
    )
}

/// The variables as they are, and the resources as values that Terraform itself can work out without a provider; their names.
fn as_locals(text: &str) -> (String, Vec<String>) {
    let mut labels = Vec::new();
    let mut locals = String::new();
    let mut is_copied = false;
    let mut end = "";
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("resource ") {
            let label = head.split('"').nth(3).unwrap().to_owned();
            locals += &format!("locals {{\n{label} = {{\n");
            labels.push(label);
            (is_copied, end) = (true, "}\n}\n");
            continue;
        }
        if line.starts_with("variable ") {
            (is_copied, end) = (true, "}\n");
        }
        if is_copied && line == "}" {
            locals += end;
            is_copied = false;
        } else if is_copied {
            locals += &format!("{line}\n");
        }
    }
    (locals, labels)
}

#[test]
fn terraform_works_out_the_values_that_we_mean() {
    let Some(terraform) = program("terraform") else {
        return;
    };
    let mut sheet = own(rich::sheet());
    for row in &mut sheet.rows {
        if let export::There::Seen(seen) = &mut row.there
            && row.record.owner.as_str() == DOMAIN
        {
            let templates = "a ${b} $${c} %{d} %%{e} $$ %% { } #";
            seen.values.push(rich::text(templates));
        }
    }
    for (id, field) in [
        ("aws", "records"),
        ("google", "rrdatas"),
        ("gandi", "values"),
    ] {
        let provider = export::terraform::provider(id).unwrap();
        let text = terraform_text(provider, sheet.clone());
        let values = worked_out(&terraform, &text, field);
        let mut wanted: Vec<String> = wanted(&sheet)
            .into_iter()
            .map(|(.., kind, _, value)| presented(id, &kind, &value))
            .collect();
        if provider.refuses {
            wanted.push("owner=us".to_owned());
        }
        wanted.sort();
        assert_eq!(values, wanted, "{id}");
    }
    // One value each, and only ours.
    for (id, field) in [
        ("cloudflare", "content"),
        ("digitalocean", "value"),
        ("inwx", "content"),
    ] {
        let provider = export::terraform::provider(id).unwrap();
        let values = worked_out(&terraform, &terraform_text(provider, sheet.clone()), field);
        assert_eq!(values.len(), 9, "{id}");
        let spf = if id == "cloudflare" {
            format!("\"{}\"", rich::SPF)
        } else {
            rich::SPF.to_owned()
        };
        assert!(values.contains(&spf), "{id}: {values:?}");
        assert!(!values.iter().any(|value| value.contains(rich::TOKENS[0])));
    }
}

/// A value as the provider hands it to the DNS host; of a text longer than a string the cut is put in.
fn presented(id: &str, kind: &str, value: &str) -> String {
    let pieces: Vec<&str> = if value.len() > 255 {
        let (first, rest) = value.split_at(255);
        vec![first, rest]
    } else {
        vec![value]
    };
    match (kind, id) {
        ("TXT", "aws") => pieces.join("\"\""),
        ("TXT", _) => format!("\"{}\"", pieces.join("\" \"")),
        _ => value.to_owned(),
    }
}

/// The field of every resource, flattened and sorted.
fn worked_out(terraform: &Path, text: &str, field: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (locals, labels) = as_locals(text);
    let list: Vec<String> = labels
        .iter()
        .map(|label| format!("local.{label}.{field}"))
        .collect();
    let file = format!(
        "{}\noutput \"all\" {{\n  value = flatten([{}])\n}}\n",
        locals,
        list.join(", ")
    );
    fs::write(folder.path().join("main.tf"), &file).unwrap();
    for name in variables(text) {
        let line = format!("{name} = \"x\"\n");
        let path: PathBuf = folder.path().join(format!("{name}.auto.tfvars"));
        fs::write(path, line).unwrap();
    }
    let ran = terraform_in(
        terraform,
        folder.path(),
        &["apply", "-auto-approve", "-no-color", "-input=false"],
    );
    assert_eq!(ran.code, Some(0), "{}\n{file}", ran.told());
    let ran = terraform_in(terraform, folder.path(), &["output", "-json", "all"]).well();
    let mut values: Vec<String> = serde_json::from_str(&ran.stdout).unwrap();
    values.sort();
    values
}

fn variables(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("variable \""))
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_parser_of_hcl_reads_every_file() {
    for provider in &PROVIDERS {
        let text = terraform_text(provider, rich::sheet());
        let Some(ran) = read("python-hcl2", "import hcl2", "terraform", "x.tf", &text) else {
            return;
        };
        let document: Value = serde_json::from_str(&ran.well().stdout).unwrap();
        let resources = document["resource"].as_array().unwrap().len();
        // Nine of our own zone where nobody knows what is at `_token`; ten where the provider refuses to touch it.
        let all = if provider.refuses { 10 } else { 9 };
        assert_eq!(resources, all, "{}", provider.id);
    }
}

const JAVASCRIPT: &str = r#"
const fs = require("fs");
const vm = require("vm");
const found = [];
const record = (type) => (name, ...rest) => {
  const ttl = rest.pop().ttl;
  return { name, type, ttl, value: rest.join(" ") };
};
const world = {
  TTL: (ttl) => ({ ttl }),
  TXT: record("TXT"),
  CNAME: record("CNAME"),
  MX: record("MX"),
  D_EXTEND: (zone, ...records) => {
    for (const one of records) {
      const owner = one.name === "@" ? zone : one.name + "." + zone;
      found.push([owner, one.type, one.ttl, one.value]);
    }
  },
};
vm.runInNewContext(fs.readFileSync(process.argv[2], "ascii"), world);
console.log(JSON.stringify(found));
"#;

#[test]
fn a_javascript_engine_reads_what_dnscontrol_would() {
    let Some(node) = program("node") else {
        return;
    };
    let sheet = rich::sheet();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let script = file("read.js", JAVASCRIPT);
    let records = file("records.js", &print("dnscontrol", &sheet));
    let ran = Ran::of(Command::new(node).arg(script).arg(records)).well();
    let mut found: Vec<Record> = serde_json::from_str(&ran.stdout).unwrap();
    found.sort();
    let tokens = rich::TOKENS;
    let wanted: Vec<Record> = wanted(&sheet)
        .into_iter()
        .filter(|(.., value)| !tokens.contains(&value.as_str()))
        .collect();
    assert_eq!(found, wanted);
}
