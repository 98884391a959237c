//! A client that sends bytes as they are given and reads answers by the rules of HTTP/1.1.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use super::PATIENCE;

pub struct Client {
    pub stream: TcpStream,
    received: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub version: String,
    pub status: u16,
    pub reason: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Sizes of the chunks, when the answer was chunked.
    pub chunks: Vec<usize>,
    /// The body arrived whole.
    pub complete: bool,
}

impl Answer {
    /// The only field of this name.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(it, _)| it == name).map(|(_, value)| &**value);
        let first = found.next();
        assert_eq!(found.next(), None, "`{name}` occurs once");
        first
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }
}

impl Client {
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream.set_write_timeout(Some(PATIENCE)).expect("a timeout can be set");
        Self { stream, received: Vec::new() }
    }

    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the server reads");
    }

    /// Sends as much as the server takes before it closes the connection.
    pub fn send_while_open(&mut self, bytes: &[u8]) {
        match self.stream.write_all(bytes) {
            Ok(()) => {}
            Err(error) => assert!(
                matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset),
                "{error}"
            ),
        }
    }

    #[track_caller]
    pub fn get(&mut self, target: &str) -> Answer {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: example.com\r\n\r\n"));
        self.answer()
    }

    #[track_caller]
    pub fn post(&mut self, target: &str, body: &[u8]) -> Answer {
        self.send(format!(
            "POST {target} HTTP/1.1\r\nHost: example.com\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        self.send(body);
        self.answer()
    }

    pub fn end_sending(&self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is open");
    }

    /// Reads an answer to anything but `HEAD`.
    #[track_caller]
    pub fn answer(&mut self) -> Answer {
        self.read_answer(true).expect("the server answers")
    }

    /// Reads an answer to `HEAD`.
    #[track_caller]
    pub fn head_answer(&mut self) -> Answer {
        self.read_answer(false).expect("the server answers")
    }

    /// Reads an answer, or nothing when the connection ends before its first byte.
    #[track_caller]
    pub fn read_answer(&mut self, has_body: bool) -> Option<Answer> {
        let mut lines = loop {
            let head = self.read_head()?;
            let text = String::from_utf8(head).expect("a head is text");
            if !text.starts_with("HTTP/1.1 100 ") {
                break text.lines().map(str::to_owned).collect::<Vec<_>>().into_iter();
            }
        };
        let first = lines.next().expect("a head has a first line");
        let mut words = first.splitn(3, ' ').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        let (version, status, reason) = (word(), word(), word());
        let headers: Vec<(String, String)> = lines
            .filter(|line| !line.is_empty())
            .map(|line| {
                let (name, value) = line.split_once(": ").expect("a field has a colon");
                (name.to_ascii_lowercase(), value.to_owned())
            })
            .collect();
        let status: u16 = status.parse().expect("a status is a number");
        let mut answer = Answer {
            version,
            status,
            reason,
            headers,
            body: Vec::new(),
            chunks: Vec::new(),
            complete: true,
        };
        if has_body && !matches!(status, 204 | 304) {
            self.read_body(&mut answer);
        }
        Some(answer)
    }

    #[track_caller]
    fn read_body(&mut self, answer: &mut Answer) {
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let Some(line) = self.read_line() else {
                    answer.complete = false;
                    return;
                };
                let size = usize::from_str_radix(&line, 16).expect("a chunk has a size");
                let Some(chunk) = self.read_exactly(size + 2) else {
                    answer.complete = false;
                    return;
                };
                if size == 0 {
                    return;
                }
                answer.body.extend_from_slice(&chunk[..size]);
                answer.chunks.push(size);
            }
        }
        match answer.header("content-length") {
            Some(length) => {
                let length = length.parse().expect("a length is a number");
                match self.read_exactly(length) {
                    Some(body) => answer.body = body,
                    None => {
                        answer.complete = false;
                        answer.body = std::mem::take(&mut self.received);
                    }
                }
            }
            None => {
                while self.read_more() {}
                answer.body = std::mem::take(&mut self.received);
            }
        }
    }

    /// Reads a head and forgets it.
    #[track_caller]
    pub fn skip_head(&mut self) {
        self.read_head().expect("the server answers");
    }

    /// Whether the server closes without another byte.
    #[track_caller]
    pub fn is_closed(&mut self) -> bool {
        self.received.is_empty() && !self.read_more()
    }

    /// Everything until the server closes.
    pub fn rest(&mut self) -> Vec<u8> {
        while self.read_more() {}
        std::mem::take(&mut self.received)
    }

    /// Reads on; false at the end or when the connection is reset.
    #[track_caller]
    fn read_more(&mut self) -> bool {
        let mut buffer = [0; 65_536];
        match self.stream.read(&mut buffer) {
            Ok(count) => {
                self.received.extend_from_slice(&buffer[..count]);
                count > 0
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("the server neither answers nor closes: {error}"),
        }
    }

    #[track_caller]
    fn read_until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            let found = self.received.windows(end.len()).position(|window| window == end);
            if let Some(position) = found {
                let rest = self.received.split_off(position + end.len());
                let mut line = std::mem::replace(&mut self.received, rest);
                line.truncate(position);
                return Some(line);
            }
            if !self.read_more() {
                return None;
            }
        }
    }

    #[track_caller]
    fn read_head(&mut self) -> Option<Vec<u8>> {
        self.read_until(b"\r\n\r\n")
    }

    #[track_caller]
    pub fn read_line(&mut self) -> Option<String> {
        self.read_until(b"\r\n").map(|line| String::from_utf8(line).expect("a line is text"))
    }

    #[track_caller]
    pub fn read_exactly(&mut self, count: usize) -> Option<Vec<u8>> {
        while self.received.len() < count {
            if !self.read_more() {
                return None;
            }
        }
        let rest = self.received.split_off(count);
        Some(std::mem::replace(&mut self.received, rest))
    }
}
