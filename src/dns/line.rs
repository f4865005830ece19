//! UDP sockets that many questions to one resolver share: a socket for each would cost more than the question.
//!
//! A line carries few questions at a time and is given up after some, so that its port is worth little to somebody who guesses. Every
//! datagram goes to the question with its id, which looks at the rest itself.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::Weak;

use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::dns::exchange::LONGEST_DATAGRAM;
use crate::dns::exchange::header;
use crate::dns::exchange::open;

/// Questions on one line at a time: their answers fit into the usual buffer of a socket.
const MOST_AT_ONCE: usize = 64;

/// Questions that one line carries in its life.
const MOST_EVER: usize = 512;

/// Datagrams that wait for one question; more are dropped.
const MOST_WAITING: usize = 8;

/// The lines to every resolver.
#[derive(Debug, Default)]
pub(super) struct Lines {
    open: Mutex<HashMap<SocketAddr, Vec<Arc<Line>>>>,
}

#[derive(Debug)]
struct Line {
    socket: Arc<UdpSocket>,
    seats: Mutex<Seats>,
    reader: AbortHandle,
}

#[derive(Debug, Default)]
struct Seats {
    by_id: HashMap<u16, Arc<Mailbox>>,
    /// Questions so far, and those of now.
    ever: usize,
    now: usize,
}

#[derive(Debug, Default)]
struct Mailbox {
    letters: Mutex<VecDeque<io::Result<Vec<u8>>>>,
    bell: Notify,
}

/// The place of one question on a line.
#[derive(Debug)]
pub(super) struct Seat {
    line: Arc<Line>,
    mailbox: Arc<Mailbox>,
    ids: [u16; 2],
}

impl Lines {
    /// A place for a question with two ids of its own, on a line to `address`.
    pub(super) fn seat(&self, address: SocketAddr) -> io::Result<Seat> {
        let mut open_lines = locked(&self.open);
        let lines = open_lines.entry(address).or_default();
        lines.retain(|line| locked(&line.seats).ever < MOST_EVER);
        let free = lines
            .iter()
            .find(|line| locked(&line.seats).now < MOST_AT_ONCE);
        let line = match free {
            Some(line) => Arc::clone(line),
            None => {
                let line = Line::open(address)?;
                lines.push(Arc::clone(&line));
                line
            }
        };
        Ok(line.seat())
    }
}

impl Line {
    fn open(address: SocketAddr) -> io::Result<Arc<Self>> {
        let socket = Arc::new(open(address)?);
        Ok(Arc::new_cyclic(|line| Self {
            reader: tokio::spawn(deliver(Arc::clone(&socket), line.clone())).abort_handle(),
            socket,
            seats: Mutex::default(),
        }))
    }

    fn seat(self: Arc<Self>) -> Seat {
        let mailbox: Arc<Mailbox> = Arc::default();
        let mut seats = locked(&self.seats);
        let ids = [0; 2].map(|_| {
            let id = loop {
                let id = rand::random::<u16>();
                if !seats.by_id.contains_key(&id) {
                    break id;
                }
            };
            seats.by_id.insert(id, Arc::clone(&mailbox));
            id
        });
        seats.ever += 1;
        seats.now += 1;
        drop(seats);
        Seat {
            line: self,
            mailbox,
            ids,
        }
    }
}

/// Hands every datagram to the question with its id, and what the network says to all.
async fn deliver(socket: Arc<UdpSocket>, line: Weak<Line>) {
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    loop {
        let received = socket.recv(&mut buffer).await;
        let Some(line) = line.upgrade() else {
            return;
        };
        let seats = locked(&line.seats);
        match received {
            Ok(length) => {
                let mailbox = header(&buffer[..length]).and_then(|(id, _)| seats.by_id.get(&id));
                if let Some(mailbox) = mailbox {
                    mailbox.put(Ok(buffer[..length].to_vec()));
                }
            }
            Err(error) => {
                for mailbox in seats.by_id.values() {
                    mailbox.put(Err(error.kind().into()));
                }
            }
        }
    }
}

impl Mailbox {
    fn put(&self, letter: io::Result<Vec<u8>>) {
        let mut letters = locked(&self.letters);
        if letters.len() < MOST_WAITING {
            letters.push_back(letter);
        }
        self.bell.notify_one();
    }
}

impl Seat {
    pub(super) fn ids(&self) -> [u16; 2] {
        self.ids
    }

    pub(super) async fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.line.socket.send(bytes).await
    }

    pub(super) async fn receive(&self) -> io::Result<Vec<u8>> {
        loop {
            let letter = locked(&self.mailbox.letters).pop_front();
            match letter {
                Some(letter) => return letter,
                None => self.mailbox.bell.notified().await,
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = locked(&self.line.seats);
        for id in self.ids {
            seats.by_id.remove(&id);
        }
        seats.now -= 1;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
