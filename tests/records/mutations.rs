//! The bodies of the fuzzers (`tests/fuzz`), over their seeds and some thousand changes of each: the same on every run.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;
use std::path::PathBuf;

/// Changed inputs of each target.
const ROUNDS: usize = 4000;

/// A generator of numbers that are alike on every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

/// The files of a folder of seeds, by name.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder().join("seeds").join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// The words of the dictionary, its escapes undone.
fn words() -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(folder().join("dictionary.txt")).unwrap();
    text.lines()
        .filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'))
        .map(|word| {
            let mut bytes = Vec::new();
            let mut rest = word.as_bytes();
            while let [first, after @ ..] = rest {
                rest = after;
                match (first, after) {
                    (b'\\', [b'x', high, low, after @ ..]) => {
                        let digits = String::from_utf8(vec![*high, *low]).unwrap();
                        bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                        rest = after;
                    }
                    (b'\\', [sign, after @ ..]) => {
                        bytes.push(*sign);
                        rest = after;
                    }
                    _ => bytes.push(*first),
                }
            }
            bytes
        })
        .collect()
}

/// One to four changes: a bit, a byte, a piece left out, doubled, or taken from another seed, a word put in.
fn changed(dice: &mut Dice, seeds: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(24)).min(bytes.len());
        match dice.roll(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(dice.roll(256)).unwrap(),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = &seeds[dice.roll(seeds.len())];
                let from = dice.roll(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
            _ => {
                let word = words[dice.roll(words.len())].clone();
                bytes.splice(at..at, word);
            }
        }
    }
    bytes.truncate(4096);
    bytes
}

#[test]
fn no_bytes_break_a_law() {
    let words = words();
    assert!(words.contains(&b"\r\n".to_vec()) && words.contains(&b"\"".to_vec()));
    let mut broken = Vec::new();
    for (name, target) in targets::TARGETS {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name}");
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let rounds = (0..ROUNDS).map(|_| changed(&mut dice, &seeds, &words));
        let first = seeds
            .iter()
            .cloned()
            .chain(rounds)
            .find(|bytes| std::panic::catch_unwind(|| target(bytes)).is_err());
        broken.extend(first.map(|bytes| format!("{name}: {}", bytes.escape_ascii())));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The fuzzers and the functions they run are the same list.
#[test]
fn every_target_has_its_fuzzer() {
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let fuzzers: Vec<&str> = manifest
        .lines()
        .filter_map(|line| {
            line.strip_prefix("path = \"fuzz_targets/")?
                .strip_suffix(".rs\"")
        })
        .collect();
    assert_eq!(fuzzers, targets::TARGETS.map(|(name, _)| name));
    for name in fuzzers {
        let text = std::fs::read_to_string(folder().join(format!("fuzz_targets/{name}.rs")));
        assert!(text.unwrap().contains(&format!("targets::{name}(bytes)")));
    }
}
