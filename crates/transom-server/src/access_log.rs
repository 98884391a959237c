//! The access log: one line per request, for people in a terminal or as JSON.
//!
//! Invariants: a worker formats a line into its own buffer and nothing more; a thread of the log
//! does the writing. When that thread cannot keep up, lines are dropped and counted, so that a slow
//! disk or terminal never delays a request. Where the lines go and whether there are any is the
//! caller's choice.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::io::Write;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use http::{Method, StatusCode};
use tokio::sync::Notify;

use crate::app::RequestId;

/// How long a line may wait in its worker's buffer, so that busy workers hand over many at once.
const DELAY: Duration = Duration::from_millis(20);

/// A buffer of this size is handed over without waiting.
const FULL_BYTES: usize = 32 * 1024;

/// Buffers that may wait for the writing thread, of all workers: at most 8 MB.
const QUEUE: usize = 256;

/// Where the access log goes and how its lines look.
pub struct AccessLog {
    /// Form of the lines.
    pub format: LogFormat,
    /// Gets whole lines, many at a time, on a thread of its own.
    pub sink: Box<dyn Write + Send>,
}

/// The form of access log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `12:30:59 GET /path 200 1.2ms`, times in UTC.
    Human,
    /// The same with ANSI colours for the status.
    HumanColoured,
    /// One JSON object per line.
    Json,
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLog").field("format", &self.format).finish_non_exhaustive()
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Complete,
    /// The client went away first.
    ClientGone,
    /// The application broke off its answer.
    Aborted,
}

/// One request, as the log sees it.
pub(crate) struct Record<'a> {
    pub(crate) id: RequestId,
    pub(crate) remote: SocketAddr,
    pub(crate) method: &'a Method,
    /// Absent when the target itself was refused.
    pub(crate) target: Option<&'a str>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) sent: u64,
    pub(crate) duration: Duration,
    pub(crate) outcome: Outcome,
}

/// The thread that writes; its senders are the workers' buffers.
#[derive(Debug)]
pub(crate) struct LogWriter {
    thread: Option<JoinHandle<()>>,
    sender: Option<SyncSender<Vec<u8>>>,
    format: LogFormat,
    lost: Arc<AtomicU64>,
}

impl LogWriter {
    /// Starts the writing thread; `lost` counts the lines that were dropped.
    pub(crate) fn start(log: AccessLog, lost: Arc<AtomicU64>) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let AccessLog { format, sink } = log;
        let thread = std::thread::Builder::new()
            .name("transom-log".to_owned())
            .spawn(move || write_all(&receiver, sink))?;
        Ok(Self { thread: Some(thread), sender: Some(sender), format, lost })
    }

    /// What a worker needs to write lines.
    pub(crate) fn handle(&self) -> LogHandle {
        LogHandle { sender: self.sender.clone(), format: self.format, lost: Arc::clone(&self.lost) }
    }

    /// Waits until everything has been written. The workers must have ended.
    pub(crate) fn finish(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A sink that panicked has lost its lines; there is nobody left to tell.
            drop(thread.join());
        }
    }
}

fn write_all(receiver: &Receiver<Vec<u8>>, mut sink: Box<dyn Write + Send>) {
    while let Ok(lines) = receiver.recv() {
        // A closed pipe or a full disk must not stop the server, and there is nowhere to report.
        drop(sink.write_all(&lines).and_then(|()| sink.flush()));
    }
}

/// Carries the way to the log into a worker's thread.
#[derive(Debug, Clone)]
pub(crate) struct LogHandle {
    sender: Option<SyncSender<Vec<u8>>>,
    format: LogFormat,
    lost: Arc<AtomicU64>,
}

/// The buffer of one worker.
#[derive(Debug, Clone)]
pub(crate) struct LogBuffer(Rc<RefCell<Buffer>>);

#[derive(Debug)]
struct Buffer {
    handle: LogHandle,
    lines: String,
    count: u64,
    /// Told when the first line comes into an empty buffer.
    first: Rc<Notify>,
}

impl LogBuffer {
    pub(crate) fn new(handle: LogHandle) -> Self {
        let (lines, first) = (String::new(), Rc::default());
        Self(Rc::new(RefCell::new(Buffer { handle, lines, count: 0, first })))
    }

    /// Adds a line; it reaches the sink within [`DELAY`].
    pub(crate) fn write(&self, record: &Record<'_>) {
        let mut buffer = self.0.borrow_mut();
        let first = buffer.lines.is_empty();
        let format = buffer.handle.format;
        let now = SystemTime::now();
        let written = match format {
            LogFormat::Json => json(&mut buffer.lines, record, now),
            LogFormat::Human => human(&mut buffer.lines, record, now, ("", "")),
            LogFormat::HumanColoured => {
                human(&mut buffer.lines, record, now, (colour(record.status), "\x1b[0m"))
            }
        };
        debug_assert!(written.is_ok(), "a string takes everything");
        buffer.count += 1;
        if buffer.lines.len() >= FULL_BYTES {
            buffer.hand_over();
        } else if first {
            buffer.first.notify_one();
        }
    }

    /// Hands over what is in the buffer, soon after its first line. Runs as a task of the worker.
    pub(crate) async fn run(self) {
        let first = Rc::clone(&self.0.borrow().first);
        loop {
            first.notified().await;
            tokio::time::sleep(DELAY).await;
            self.0.borrow_mut().hand_over();
        }
    }
}

impl Buffer {
    fn hand_over(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let count = std::mem::take(&mut self.count);
        let Some(sender) = self.handle.sender.as_ref().filter(|_| count > 0) else { return };
        match sender.try_send(lines.into_bytes()) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.handle.lost.fetch_add(count, Relaxed);
            }
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.hand_over();
    }
}

fn colour(status: Option<StatusCode>) -> &'static str {
    match status.map(|status| status.as_u16()) {
        Some(200..=299) => "\x1b[32m",
        Some(300..=399) => "\x1b[36m",
        Some(400..=499) => "\x1b[33m",
        _ => "\x1b[31m",
    }
}

fn note(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Complete => None,
        Outcome::ClientGone => Some("client gone"),
        Outcome::Aborted => Some("aborted"),
    }
}

fn human(
    out: &mut String,
    record: &Record<'_>,
    now: SystemTime,
    (colour, plain): (&str, &str),
) -> fmt::Result {
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    write!(out, "{hours:02}:{minutes:02}:{:02} ", seconds % 60)?;
    write!(out, "{} {} ", record.method, record.target.unwrap_or("-"))?;
    match record.status {
        Some(status) => write!(out, "{colour}{}{plain}", status.as_u16())?,
        None => out.push('-'),
    }
    write!(out, " {:.1}ms", record.duration.as_secs_f64() * 1000.0)?;
    if let Some(note) = note(record.outcome) {
        write!(out, " ({note})")?;
    }
    out.push('\n');
    Ok(())
}

fn json(out: &mut String, record: &Record<'_>, now: SystemTime) -> fmt::Result {
    let millis = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_millis());
    write!(out, r#"{{"time_ms":{millis},"id":"{}","remote":"{}""#, record.id, record.remote)?;
    // A method is a token, which needs no escapes.
    write!(out, r#","method":"{}""#, record.method)?;
    if let Some(target) = record.target {
        out.push_str(r#","target":""#);
        for character in target.chars() {
            match character {
                '"' | '\\' => out.extend(['\\', character]),
                _ if character.is_control() => write!(out, "\\u{:04x}", u32::from(character))?,
                _ => out.push(character),
            }
        }
        out.push('"');
    }
    if let Some(status) = record.status {
        write!(out, r#","status":{}"#, status.as_u16())?;
    }
    write!(out, r#","bytes":{},"duration_us":{}"#, record.sent, record.duration.as_micros())?;
    if let Some(note) = note(record.outcome) {
        write!(out, r#","outcome":"{note}""#)?;
    }
    out.push_str("}\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(target: &str) -> Record<'_> {
        Record {
            id: RequestId(0xab),
            remote: SocketAddr::from(([127, 0, 0, 1], 7)),
            method: &Method::GET,
            target: Some(target),
            status: Some(StatusCode::NOT_FOUND),
            sent: 5,
            duration: Duration::from_micros(1234),
            outcome: Outcome::ClientGone,
        }
    }

    #[test]
    fn a_person_reads_one_short_line() {
        let mut line = String::new();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(3 * 3600 + 4 * 60 + 5);
        human(&mut line, &record("/a"), time, ("", "")).expect("a string takes everything");
        assert_eq!(line, "03:04:05 GET /a 404 1.2ms (client gone)\n");
    }

    #[test]
    fn a_machine_reads_json_with_escapes() {
        let mut line = String::new();
        json(&mut line, &record("/\"\\"), SystemTime::UNIX_EPOCH)
            .expect("a string takes everything");
        let expected = r#"{"time_ms":0,"id":"00000000000000ab","remote":"127.0.0.1:7","#.to_owned()
            + r#""method":"GET","target":"/\"\\","status":404,"bytes":5,"duration_us":1234,"#
            + "\"outcome\":\"client gone\"}\n";
        assert_eq!(line, expected);
    }
}
