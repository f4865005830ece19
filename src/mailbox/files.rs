//! The reports in files and folders, read by several threads and handed over in the order of the paths.

use std::collections::BTreeMap;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread;

use crate::evidence::mbox;
use crate::evidence::refusal::Refusal;
use crate::evidence::unpack::Contents;
use crate::evidence::unpack::Unpacker;

/// Folders inside folders.
const DEPTH: usize = 16;

/// Files read side by side at most: each may take some dozen megabytes of memory.
const THREADS: usize = 4;

/// Bytes of a mail or an archive from which on it is read alone.
const HEAVY: u64 = 4 * 1024 * 1024;

/// Results that wait for their turn, for each thread.
const WAITING: usize = 8;

/// What one file held; `message` counts the mails of an mbox from 1.
#[derive(Debug)]
pub struct Item {
    pub path: PathBuf,
    pub message: Option<u64>,
    pub contents: Contents,
}

/// The files below `paths`, sorted inside of each folder. A folder that cannot be listed is in the list itself, and refused when it is read.
pub fn below(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        walk(path, DEPTH, &mut files);
    }
    files
}

fn walk(path: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let entries = fs::metadata(path)
        .ok()
        .filter(fs::Metadata::is_dir)
        .and_then(|_| fs::read_dir(path).ok());
    let Some(entries) = entries.filter(|_| depth > 0) else {
        files.push(path.to_owned());
        return;
    };
    let mut inside: Vec<_> = entries.flatten().collect();
    inside.sort_by_key(fs::DirEntry::file_name);
    for entry in inside {
        let is_kept = entry.file_type().is_ok_and(|kind| match kind {
            kind if kind.is_symlink() => entry
                .path()
                .metadata()
                .is_ok_and(|it| it.is_file() || it.is_dir()),
            kind if kind.is_dir() => true,
            kind => kind.is_file() && !is_of_the_server(&entry.path()),
        });
        let name = entry.file_name();
        // What is in "tmp" of a Maildir is not delivered yet.
        let is_tmp = name == "tmp" && path.join("cur").is_dir();
        if !is_kept || is_tmp {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            // A link to a folder may lead around in a circle: it is not followed, and said to be so.
            files.push(entry.path());
        } else {
            walk(&entry.path(), depth - 1, files);
        }
    }
}

/// Files that mail servers keep beside the mail, and hidden ones.
fn is_of_the_server(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| {
        name.starts_with("dovecot")
            || name.starts_with('.')
            || matches!(name, "maildirfolder" | "subscriptions" | "courierimapuiddb")
    })
}

/// Reads `files` with as many threads as there are processors. `on_item` gets what they hold in the order of the list.
pub fn read(files: &[PathBuf], keep_rows: bool, mut on_item: impl FnMut(Item)) {
    let threads = thread::available_parallelism()
        .map_or(1, NonZeroUsize::get)
        .min(THREADS)
        .min(files.len().max(1));
    let heavy = Mutex::new(());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(threads * WAITING);
    thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (next, heavy) = (&next, &heavy);
            scope.spawn(move || {
                let mut unpacker = Unpacker::new(keep_rows);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(index) else {
                        return;
                    };
                    let mut closed = false;
                    file(path, &mut unpacker, heavy, |item| {
                        closed |= sender.send((index, Some(item))).is_err();
                    });
                    if closed || sender.send((index, None)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        in_order(&receiver, &mut on_item);
    });
}

/// Items of files that are not at their turn wait; `None` ends a file.
fn in_order(receiver: &mpsc::Receiver<(usize, Option<Item>)>, on_item: &mut impl FnMut(Item)) {
    let mut turn = 0;
    let mut waiting: BTreeMap<usize, (Vec<Item>, bool)> = BTreeMap::new();
    for (index, item) in receiver {
        if index == turn && item.is_some() {
            item.into_iter().for_each(&mut *on_item);
            continue;
        }
        let (items, ended) = waiting.entry(index).or_default();
        match item {
            Some(item) => items.push(item),
            None => *ended = true,
        }
        while let Some((items, ended)) = waiting.get_mut(&turn) {
            items.drain(..).for_each(&mut *on_item);
            if !*ended {
                break;
            }
            waiting.remove(&turn);
            turn += 1;
        }
    }
}

/// Reads one file: an mbox mail by mail, everything else as one input.
fn file(path: &Path, unpacker: &mut Unpacker, heavy: &Mutex<()>, mut on_item: impl FnMut(Item)) {
    let item = |message, contents| Item {
        path: path.to_owned(),
        message,
        contents,
    };
    let refused = |error: &io::Error| Contents {
        refused: vec![(None, Refusal::Reading(error.to_string()))],
        ..Contents::default()
    };
    if path.is_symlink() && path.is_dir() {
        on_item(item(
            None,
            Contents {
                refused: vec![(None, Refusal::LinkedFolder)],
                ..Contents::default()
            },
        ));
        return;
    }
    let opened = File::open(path).and_then(|mut file| {
        let mut head = Vec::new();
        file.by_ref().take(5).read_to_end(&mut head)?;
        Ok((head, file))
    });
    // XML is read a little at a time; others are in memory as a whole.
    let is_heavy = opened.as_ref().is_ok_and(|(head, file)| {
        !head.starts_with(b"<") && file.metadata().is_ok_and(|it| it.len() >= HEAVY)
    });
    let _alone = is_heavy.then(|| heavy.lock());
    match opened {
        Err(error) => on_item(item(None, refused(&error))),
        Ok((head, file)) if head == mbox::BEGIN => {
            let mut count = 0;
            let outcome = mbox::each(io::Cursor::new(head).chain(file), |mail| {
                count += 1;
                let contents = match mail {
                    Ok(bytes) => unpacker.read(bytes),
                    Err(refusal) => Contents {
                        refused: vec![(None, refusal)],
                        ..Contents::default()
                    },
                };
                on_item(item(Some(count), contents));
                true
            });
            if let Err(error) = outcome {
                on_item(item(None, refused(&error)));
            }
        }
        Ok((head, file)) => {
            let contents = unpacker.read(io::Cursor::new(head).chain(file));
            on_item(item(None, contents));
        }
    }
}
