//! Somebody between nobounce and the primary server: hands messages on, and does one thing with updates. TCP on loopback.

use std::io::Read;
use std::io::Write;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

/// What happens to an update on its way.
pub enum Mischief {
    /// It arrives, and the answer gets lost.
    LoseAnswer,
    /// It never arrives.
    LoseUpdate,
    /// This happens first.
    Before(Box<dyn Fn() + Send + Sync>),
    /// A byte of the answer is changed.
    SpoilAnswer,
}

pub struct Proxy {
    pub address: SocketAddr,
    /// Updates that came by.
    pub updates: Arc<AtomicUsize>,
}

impl Proxy {
    /// Listens until the test's process ends.
    pub fn new(primary: SocketAddr, mischief: Mischief) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let updates = Arc::new(AtomicUsize::new(0));
        let counted = updates.clone();
        let mischief = Arc::new(mischief);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (mischief, counted) = (mischief.clone(), counted.clone());
                std::thread::spawn(move || hand_on(stream, primary, &mischief, &counted));
            }
        });
        Self { address, updates }
    }
}

/// One message and its answer; nobounce opens a connection for each.
fn hand_on(
    mut stream: TcpStream,
    primary: SocketAddr,
    mischief: &Mischief,
    updates: &AtomicUsize,
) -> Option<()> {
    let message = framed(&mut stream)?;
    let is_update = message.get(2)? & 0x78 == 5 << 3;
    if is_update {
        updates.fetch_add(1, Ordering::SeqCst);
        match mischief {
            Mischief::LoseUpdate => return None,
            Mischief::Before(what) => what(),
            Mischief::LoseAnswer | Mischief::SpoilAnswer => {}
        }
    }
    let mut onward = TcpStream::connect(primary).ok()?;
    send(&mut onward, &message)?;
    let mut answer = framed(&mut onward)?;
    if is_update {
        match mischief {
            Mischief::LoseAnswer => return None,
            Mischief::SpoilAnswer => answer[3] ^= 5,
            _ => {}
        }
    }
    send(&mut stream, &answer)
}

fn framed(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message).ok()?;
    Some(message)
}

fn send(stream: &mut TcpStream, message: &[u8]) -> Option<()> {
    let length = u16::try_from(message.len()).ok()?;
    stream.write_all(&length.to_be_bytes()).ok()?;
    stream.write_all(message).ok()
}
