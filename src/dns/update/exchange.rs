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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tokio::net::TcpListener;
    use tokio::net::UdpSocket;

    use crate::dns::update::exchange::*;

    const WAIT: Duration = Duration::from_secs(5);
    const MESSAGE: [u8; 12] = [7, 9, 0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    fn answer(id: u8) -> Vec<u8> {
        let mut answer = MESSAGE.to_vec();
        answer[1] = id;
        answer[2] |= 0x80;
        answer
    }

    #[tokio::test]
    async fn where_tcp_is_closed_one_datagram_is_sent_and_its_answer_heard() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let serve = async {
            let mut buffer = [0; 512];
            let (length, from) = server.recv_from(&mut buffer).await.unwrap();
            // The answer to another message comes first.
            server.send_to(&answer(8), from).await.unwrap();
            server.send_to(&answer(9), from).await.unwrap();
            buffer[..length].to_vec()
        };
        let (heard, got) = tokio::join!(serve, exchange(address, &MESSAGE, WAIT));
        assert_eq!(heard, MESSAGE);
        assert_eq!(got, Ok(answer(9)));
    }

    #[tokio::test]
    async fn a_big_message_is_not_sent_where_tcp_is_closed() {
        let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr().unwrap();
        let big = vec![0; UDP_PAYLOAD + 1];
        let not = Err(Fault::NotSent(Trouble::Unreachable));
        assert_eq!(exchange(address, &big, WAIT).await, not);
        assert!(server.try_recv(&mut [0; 16]).is_err());
    }

    #[tokio::test]
    async fn an_answer_over_tcp_that_is_cut_or_of_another_message_is_lost() {
        for (bytes, trouble) in [
            (vec![0, 12, 7, 9, 0xa8], Trouble::Unreachable),
            ([vec![0, 12], answer(8)].concat(), Trouble::Malformed),
            (vec![0, 0], Trouble::Malformed),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let serve = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut buffer = [0; 14];
                stream.read_exact(&mut buffer).await.unwrap();
                stream.write_all(&bytes).await.unwrap();
            };
            let (_, got) = tokio::join!(serve, exchange(address, &MESSAGE, WAIT));
            assert_eq!(got, Err(Fault::Lost(trouble)), "{bytes:?}");
        }
    }
}
