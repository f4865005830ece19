//! A reader that works ahead in a thread of its own, so that a large report is unpacked on one processor and read on another.

use std::io;
use std::io::Cursor;
use std::io::ErrorKind;
use std::io::Read;
use std::sync::mpsc;
use std::thread;

/// Bytes that are read without a thread. Most reports are smaller.
const AT_ONCE: u64 = 512 * 1024;

/// Bytes of a piece, and the pieces that may wait.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

/// Gives `inner` to `then`, read ahead where it is large. The thread has ended when this returns.
pub fn ahead<T>(mut inner: impl Read + Send, then: impl FnOnce(&mut dyn Read) -> T) -> T {
    let mut first = Vec::new();
    match inner.by_ref().take(AT_ONCE).read_to_end(&mut first) {
        Err(error) => then(&mut Cursor::new(first).chain(Failed(Some(error)))),
        Ok(length) if (length as u64) < AT_ONCE => then(&mut Cursor::new(first)),
        Ok(_) => thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(WAITING);
            let begun = thread::Builder::new().spawn_scoped(scope, move || feed(inner, &sender));
            if let Err(error) = begun {
                return then(&mut Failed(Some(error)));
            }
            let pieces = Pieces {
                receiver,
                piece: Cursor::default(),
            };
            let mut whole = Cursor::new(first).chain(pieces);
            let result = then(&mut whole);
            // The thread ends where nobody takes its pieces.
            drop(whole);
            result
        }),
    }
}

fn feed(mut inner: impl Read, sender: &mpsc::SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = vec![0; PIECE];
        let read = match inner.read(&mut piece) {
            Ok(0) => return,
            Ok(length) => {
                piece.truncate(length);
                Ok(piece)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = read.is_err();
        if sender.send(read).is_err() || failed {
            return;
        }
    }
}

struct Pieces {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.piece.read(buffer)?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            match self.receiver.recv() {
                Ok(piece) => self.piece = Cursor::new(piece?),
                Err(mpsc::RecvError) => return Ok(0),
            }
        }
    }
}

/// Gives an error once, and nothing after it.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_come_in_order_whether_a_thread_helps_or_not() {
        for length in [0, 10, 524_287, 524_288, 524_289, 3_000_000] {
            let bytes: Vec<u8> = (0..length)
                .map(|n: u32| n.to_le_bytes()[n as usize % 3])
                .collect();
            let mut found = Vec::new();
            ahead(&bytes[..], |whole| whole.read_to_end(&mut found)).unwrap();
            assert!(found == bytes, "{length}");
        }
    }

    #[test]
    fn an_error_comes_where_it_happened_and_one_who_stops_is_not_held_up() {
        for length in [10_usize, 1_000_000] {
            let bytes = vec![b'x'; length];
            let broken = (&bytes[..]).chain(Failed(Some(io::Error::other("torn"))));
            let mut found = Vec::new();
            let error = ahead(broken, |whole| whole.read_to_end(&mut found)).unwrap_err();
            assert_eq!((error.to_string().as_str(), found.len()), ("torn", length));
        }
        let mut first = [0; 5];
        ahead(io::repeat(b'y'), |whole| whole.read_exact(&mut first)).unwrap();
        assert_eq!(&first, b"yyyyy");
    }
}
