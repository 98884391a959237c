//! HTTP/1.1 messages off a byte stream: RFC 9112, sections 2 to 7. Used for the answers of the server
//! under test and for the requests that an [`Upstream`](crate::Upstream) gets.

use std::io::{self, ErrorKind, Read};

/// How the end of a body is found: RFC 9112, section 6.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// There is no body.
    None,
    /// So many bytes.
    Exactly(u64),
    /// Chunks, up to an empty one.
    Chunked,
    /// Everything up to the end of the connection.
    UntilClose,
}

/// A byte source that is read in lines and counts.
#[derive(Debug)]
pub(crate) struct Framed<R> {
    source: R,
    buffer: Vec<u8>,
    at: usize,
}

impl<R: Read> Framed<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), at: 0 }
    }

    pub(crate) fn get_ref(&self) -> &R {
        &self.source
    }

    /// Reads what is there; false at the end of the source.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        let mut block = [0; 64 * 1024];
        let count = self.source.read(&mut block)?;
        self.buffer.extend_from_slice(&block[..count]);
        Ok(count > 0)
    }

    /// One line without its line end; `UnexpectedEof` when the source ends before it.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        let mut seen = 0;
        loop {
            let open = &self.buffer[self.at..];
            if let Some(end) = open[seen..].iter().position(|&byte| byte == b'\n') {
                let line = &open[..seen + end];
                // Latin-1, as HTTP headers are.
                let text = line.iter().map(|&byte| char::from(byte)).collect::<String>();
                self.at += seen + end + 1;
                return Ok(text.trim_end_matches('\r').to_owned());
            }
            seen = open.len();
            if !self.fill()? {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The header lines up to the empty one, as names and values.
    pub(crate) fn headers(&mut self) -> io::Result<Vec<(String, String)>> {
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok(headers);
            }
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| invalid(&format!("not a header line: {line:?}")))?;
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    /// Moves up to `count` bytes into `body`; fewer only when the source ends.
    fn take(&mut self, count: u64, body: &mut Vec<u8>) -> io::Result<bool> {
        let mut missing = count;
        loop {
            let open = &self.buffer[self.at..];
            let now = usize::try_from(missing).unwrap_or(usize::MAX).min(open.len());
            body.extend_from_slice(&open[..now]);
            self.at += now;
            missing -= now as u64;
            if missing == 0 {
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// The next chunk of a chunked body; `None` for the last one, after which trailers are read too.
    pub(crate) fn chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let line = self.line()?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16)
            .map_err(|_| invalid(&format!("not a chunk size: {line:?}")))?;
        if size == 0 {
            self.headers()?;
            return Ok(None);
        }
        let mut chunk = Vec::new();
        if !self.take(size, &mut chunk)? {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        match self.line()?.as_str() {
            "" => Ok(Some(chunk)),
            other => Err(invalid(&format!("after a chunk: {other:?}"))),
        }
    }

    /// A whole body, and whether it came to its proper end.
    pub(crate) fn body(&mut self, length: Length) -> io::Result<(Vec<u8>, bool)> {
        let mut body = Vec::new();
        let complete = match length {
            Length::None => true,
            Length::Exactly(count) => cut_off(self.take(count, &mut body), false)?,
            Length::UntilClose => cut_off(self.take(u64::MAX, &mut body).map(|_| true), false)?,
            Length::Chunked => loop {
                match self.chunk() {
                    Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                    Ok(None) => break true,
                    Err(error) => break cut_off(Err(error), false)?,
                }
            },
        };
        Ok((body, complete))
    }

    /// Everything up to the end of the source; a reset counts as the end.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        cut_off(self.take(u64::MAX, &mut rest), false)?;
        Ok(rest)
    }
}

/// Turns the ways in which a peer ends a connection too early into `value`.
fn cut_off<T>(result: io::Result<T>, value: T) -> io::Result<T> {
    match result {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe
            ) =>
        {
            Ok(value)
        }
        other => other,
    }
}

pub(crate) fn invalid(message: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}
