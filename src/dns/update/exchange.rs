//! One message to one server and its answer: TCP, and UDP once where TCP does not come about. Nothing is ever sent twice.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::dns::exchange::LONGEST_DATAGRAM;
use crate::dns::exchange::header;
use crate::dns::exchange::open;
use crate::dns::update::fault::Fault;
use crate::records::sighting::Trouble;

/// The biggest message that passes every path over UDP (RFC 9715).
const UDP_PAYLOAD: usize = 1232;

/// Sends `message` and waits for the answer with its id, up to `wait`.
pub(super) async fn exchange(
    address: SocketAddr,
    message: &[u8],
    wait: Duration,
) -> Result<Vec<u8>, Fault> {
    let id = header_id(message);
    let stream = match timeout(wait, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        not if message.len() <= UDP_PAYLOAD => {
            let trouble = not.map_or(Trouble::Timeout, |_| Trouble::Unreachable);
            return by_datagram(address, message, id, wait, trouble).await;
        }
        Ok(Err(_)) => return Err(Fault::NotSent(Trouble::Unreachable)),
        Err(_) => return Err(Fault::NotSent(Trouble::Timeout)),
    };
    let answer = match timeout(wait, by_stream(stream, message)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => return Err(Fault::Lost(Trouble::Unreachable)),
        Err(_) => return Err(Fault::Lost(Trouble::Timeout)),
    };
    match header(&answer) {
        Some((theirs, _)) if theirs == id => Ok(answer),
        _ => Err(Fault::Lost(Trouble::Malformed)),
    }
}

async fn by_stream(mut stream: TcpStream, message: &[u8]) -> io::Result<Vec<u8>> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend(message);
    stream.write_all(&framed).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// One datagram. `before`: why TCP did not come about.
async fn by_datagram(
    address: SocketAddr,
    message: &[u8],
    id: u16,
    wait: Duration,
    before: Trouble,
) -> Result<Vec<u8>, Fault> {
    let Ok(socket) = open(address) else {
        return Err(Fault::NotSent(before));
    };
    if socket.send(message).await.is_err() {
        return Err(Fault::NotSent(before));
    }
    let heard = timeout(wait, async {
        let mut buffer = vec![0; LONGEST_DATAGRAM];
        loop {
            let length = socket.recv(&mut buffer).await?;
            let bytes = &buffer[..length];
            if header(bytes).is_some_and(|(theirs, _)| theirs == id) {
                return io::Result::Ok(bytes.to_vec());
            }
        }
    });
    match heard.await {
        Ok(Ok(answer)) => Ok(answer),
        // The network said that nobody listens there.
        Ok(Err(_)) => Err(Fault::NotSent(before)),
        Err(_) => Err(Fault::Lost(Trouble::Timeout)),
    }
}

fn header_id(message: &[u8]) -> u16 {
    match message {
        [high, low, ..] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    }
}
