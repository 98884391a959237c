//! A client connection on which every byte is the test's own.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use crate::PATIENCE;
use crate::framing::{Framed, Length, invalid};
use crate::reply::{Head, Reply};
use crate::request::Request;

/// An open connection. A blocked read or write fails after [`PATIENCE`], or what [`Connection::open_with`] got.
#[derive(Debug)]
pub struct Connection {
    framed: Framed<TcpStream>,
    host: String,
}

impl Connection {
    /// Connects to `address`.
    ///
    /// # Errors
    /// When the connection is refused.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        Self::open_with(address, PATIENCE)
    }

    /// Connects to `address`; a blocked read or write fails after `patience`.
    ///
    /// # Errors
    /// When the connection is refused.
    pub fn open_with(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        Ok(Self { framed: Framed::new(stream), host: address.to_string() })
    }

    /// The `Host` that requests carry: the address connected to.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends raw bytes.
    ///
    /// # Errors
    /// When the server has closed the connection.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.framed.get_ref().write_all(bytes.as_ref())
    }

    /// Sends a request and reads the answer.
    ///
    /// # Panics
    /// When there is no whole answer.
    #[must_use]
    #[track_caller]
    pub fn request(&mut self, request: &Request) -> Reply {
        let reply = self.try_request(request).unwrap_or_else(|error| {
            panic!("no answer to {} ({error})", request.method);
        });
        assert!(reply.complete, "the answer was cut off: {reply:?}");
        reply
    }

    /// Sends a request and reads what comes back.
    ///
    /// # Errors
    /// When the connection ends before the head of the answer, or what comes is not HTTP.
    pub fn try_request(&mut self, request: &Request) -> io::Result<Reply> {
        let bytes = request.to_bytes(&self.host);
        // A server may answer and close before it has read the whole body: read in any case.
        let sent = self.send(bytes);
        match self.reply_to(&request.method) {
            Err(error) => Err(sent.err().unwrap_or(error)),
            reply => reply,
        }
    }

    /// Reads the answer to a GET request that was sent with [`send`](Self::send).
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    #[track_caller]
    pub fn reply(&mut self) -> Reply {
        self.reply_to("GET").expect("an answer comes")
    }

    /// Reads the answer to a request with this method. A cut-off body is not an error: see
    /// [`Reply::complete`].
    ///
    /// # Errors
    /// When the connection ends before the head of the answer, or what comes is not HTTP.
    pub fn reply_to(&mut self, method: &str) -> io::Result<Reply> {
        let head = self.head()?;
        let length = body_length(method, &head)?;
        let (body, complete) = self.framed.body(length)?;
        Ok(Reply { status: head.status, head, body, complete })
    }

    /// Reads the head of an answer, and no further. Interim answers (100 to 199) are passed over.
    ///
    /// # Errors
    /// When the connection ends before, or what comes is not HTTP.
    pub fn head(&mut self) -> io::Result<Head> {
        loop {
            let (minor_version, status, reason) = self.status_line()?;
            let headers = self.framed.headers()?;
            if !(100..200).contains(&status) {
                return Ok(Head { minor_version, status, reason, headers });
            }
        }
    }

    fn status_line(&mut self) -> io::Result<(u8, u16, String)> {
        let line = self.framed.line()?;
        let mut parts = line.splitn(3, ' ');
        let minor_version = match parts.next() {
            Some("HTTP/1.1") => 1,
            Some("HTTP/1.0") => 0,
            _ => return Err(invalid(&format!("not a status line: {line:?}"))),
        };
        let status = parts
            .next()
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(|| invalid(&format!("not a status: {line:?}")))?;
        Ok((minor_version, status, parts.next().unwrap_or_default().to_owned()))
    }

    /// Reads an interim answer, such as 100 Continue, and returns its status.
    ///
    /// # Errors
    /// When something else comes.
    pub fn interim(&mut self) -> io::Result<u16> {
        let (_, status, _) = self.status_line()?;
        self.framed.headers()?;
        if (100..200).contains(&status) {
            Ok(status)
        } else {
            Err(invalid("not an interim answer"))
        }
    }

    /// Reads the next chunk of a chunked answer whose head was read: `None` after the last one.
    ///
    /// # Errors
    /// When the answer is cut off or not chunked.
    pub fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.framed.chunk()
    }

    /// Whether something has come that nobody has read yet.
    ///
    /// # Panics
    /// When the connection is gone.
    #[must_use]
    pub fn has_arrived(&self) -> bool {
        let stream = self.framed.get_ref();
        stream.set_nonblocking(true).expect("an open socket can be switched");
        let found = stream.peek(&mut [0]);
        stream.set_nonblocking(false).expect("an open socket can be switched");
        found.is_ok_and(|count| count > 0)
    }

    /// Reads everything up to the end of the connection.
    ///
    /// # Errors
    /// When the connection stays open for [`PATIENCE`].
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        self.framed.rest()
    }

    /// Says that no more will be sent; the answer can still be read.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn finish_sending(&self) -> io::Result<()> {
        self.framed.get_ref().shutdown(Shutdown::Write)
    }
}

/// RFC 9112, section 6.3.
fn body_length(method: &str, head: &Head) -> io::Result<Length> {
    if method == "HEAD" || matches!(head.status, 204 | 304) {
        return Ok(Length::None);
    }
    if head.lists("transfer-encoding", "chunked") {
        return Ok(Length::Chunked);
    }
    match head.header("content-length") {
        Some(digits) => digits
            .parse()
            .map(Length::Exactly)
            .map_err(|_| invalid(&format!("not a length: {digits:?}"))),
        None => Ok(Length::UntilClose),
    }
}
