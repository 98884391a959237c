//! A small HTTP server that plays a service outside: what a proxy leads to, or what a handler calls.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::PATIENCE;
use crate::framing::{Framed, Length, invalid};

/// A request as the upstream got it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// Names in lower case and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, with the transfer coding taken off.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of the first header with this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// What the upstream answers.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    /// An answer without headers of its own; `Content-Length` is sent with every answer.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Upstream\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", self.body.len());
        [head.as_bytes(), &self.body].concat()
    }
}

/// The running upstream. It stops listening when the value is dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    received: Receiver<Received>,
    stopped: Arc<AtomicBool>,
}

impl Upstream {
    /// Listens on a free port of 127.0.0.1 and answers every request with `answer`, which may block:
    /// each connection has a thread of its own.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn start(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (sender, received) = channel();
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&stopped);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (sender, answer) = (sender.clone(), Arc::clone(&answer));
                // A client that goes away ends its own thread only.
                thread::spawn(move || serve(stream, &sender, &*answer).ok());
            }
        });
        Self { address, received, stopped }
    }

    /// Its address as a URL, without a final slash.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next request, in order of arrival; waits for it. It is there before it is answered.
    ///
    /// # Panics
    /// When none comes within [`PATIENCE`].
    #[must_use]
    #[track_caller]
    pub fn next(&self) -> Received {
        self.received.recv_timeout(PATIENCE).expect("a request reaches the upstream server")
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        TcpStream::connect(self.address).ok(); // Wakes the listening thread.
    }
}

fn serve(
    mut stream: TcpStream,
    sender: &Sender<Received>,
    answer: &dyn Fn(&Received) -> Answer,
) -> io::Result<()> {
    let mut framed = Framed::new(stream.try_clone()?);
    loop {
        let request = read_request(&mut framed)?;
        sender.send(request.clone()).ok(); // Nobody may be interested.
        stream.write_all(&answer(&request).to_bytes())?;
    }
}

fn read_request(framed: &mut Framed<TcpStream>) -> io::Result<Received> {
    let line = framed.line()?;
    let [method, target, _version] = line.split(' ').collect::<Vec<_>>()[..] else {
        return Err(invalid(&format!("not a request line: {line:?}")));
    };
    let (method, target) = (method.to_owned(), target.to_owned());
    let mut headers = framed.headers()?;
    for (name, _) in &mut headers {
        name.make_ascii_lowercase();
    }
    let value = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let length = match (value("transfer-encoding"), value("content-length")) {
        (Some(_), _) => Length::Chunked,
        (None, Some(digits)) => {
            Length::Exactly(digits.parse().map_err(|_| invalid("not a length"))?)
        }
        (None, None) => Length::None,
    };
    let (body, complete) = framed.body(length)?;
    if !complete {
        return Err(invalid("the request was cut off"));
    }
    Ok(Received { method, target, headers, body })
}
