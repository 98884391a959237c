//! The access log: one line per request, for people in a terminal or as JSON.
//!
//! Invariants: a worker formats a line into its own buffer and nothing more; a thread of the log
//! does the writing. When that thread cannot keep up, lines are dropped and counted, so that a slow
//! disk or terminal never delays a request. Where the lines go and whether there are any is the
//! caller's choice.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::io::Write;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use http::{Method, StatusCode};
use tokio::sync::Notify;

use crate::app::RequestId;

/// How long a line may wait in its worker's buffer, so that busy workers hand over many at once.
const DELAY: Duration = Duration::from_millis(20);

/// A buffer of this size is handed over without waiting.
const FULL_BYTES: usize = 32 * 1024;

/// Buffers that may wait for the writing thread, of all workers: at most 8 MB.
const QUEUE: usize = 256;

/// Written buffers that are kept for the workers: a new one would cost its pages again.
const SPARE: usize = 8;

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
    /// Address and port of the client, as text.
    pub(crate) remote: &'a str,
    pub(crate) method: &'a Method,
    /// Absent when the target itself was refused.
    pub(crate) target: Option<&'a str>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) sent: u64,
    pub(crate) duration: Duration,
    pub(crate) ended: Instant,
    pub(crate) outcome: Outcome,
}

/// The thread that writes; its senders are the workers' buffers.
#[derive(Debug)]
pub(crate) struct LogWriter {
    thread: Option<JoinHandle<()>>,
    sender: Option<SyncSender<Vec<u8>>>,
    format: LogFormat,
    lost: Arc<AtomicU64>,
    spare: Spare,
}

/// Empty buffers, on their way back from the writing thread.
type Spare = Arc<Mutex<Vec<Vec<u8>>>>;

impl LogWriter {
    /// Starts the writing thread; `lost` counts the lines that were dropped.
    pub(crate) fn start(log: AccessLog, lost: Arc<AtomicU64>) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(QUEUE);
        let AccessLog { format, sink } = log;
        let spare = Spare::default();
        let written = Arc::clone(&spare);
        let thread = std::thread::Builder::new()
            .name("transom-log".to_owned())
            .spawn(move || write_all(&receiver, sink, &written))?;
        Ok(Self { thread: Some(thread), sender: Some(sender), format, lost, spare })
    }

    /// What a worker needs to write lines.
    pub(crate) fn handle(&self) -> LogHandle {
        LogHandle {
            sender: self.sender.clone(),
            format: self.format,
            lost: Arc::clone(&self.lost),
            spare: Arc::clone(&self.spare),
        }
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

fn write_all(receiver: &Receiver<Vec<u8>>, mut sink: Box<dyn Write + Send>, spare: &Spare) {
    while let Ok(mut lines) = receiver.recv() {
        // A closed pipe or a full disk must not stop the server, and there is nowhere to report.
        drop(sink.write_all(&lines).and_then(|()| sink.flush()));
        lines.clear();
        let mut spare = spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE && lines.capacity() <= 2 * FULL_BYTES {
            spare.push(lines);
        }
    }
}

/// Carries the way to the log into a worker's thread.
#[derive(Debug, Clone)]
pub(crate) struct LogHandle {
    sender: Option<SyncSender<Vec<u8>>>,
    format: LogFormat,
    lost: Arc<AtomicU64>,
    spare: Spare,
}

/// The buffer of one worker.
#[derive(Debug, Clone)]
pub(crate) struct LogBuffer(Rc<RefCell<Buffer>>);

#[derive(Debug)]
struct Buffer {
    handle: LogHandle,
    lines: String,
    count: u64,
    /// The same moment by both clocks. Taken with the first line of each buffer: a line costs no look at a clock.
    clocks: (Instant, SystemTime),
    /// Told when the first line comes into an empty buffer.
    first: Rc<Notify>,
}

impl LogBuffer {
    pub(crate) fn new(handle: LogHandle) -> Self {
        let (lines, first) = (String::new(), Rc::default());
        let clocks = (Instant::now(), SystemTime::now());
        Self(Rc::new(RefCell::new(Buffer { handle, lines, count: 0, clocks, first })))
    }

    /// Adds a line; it reaches the sink within [`DELAY`].
    pub(crate) fn write(&self, record: &Record<'_>) {
        let mut buffer = self.0.borrow_mut();
        let first = buffer.lines.is_empty();
        if first {
            buffer.clocks = (Instant::now(), SystemTime::now());
        }
        let time = buffer.time(record.ended);
        match buffer.handle.format {
            LogFormat::Json => json(&mut buffer.lines, record, time),
            LogFormat::Human => human(&mut buffer.lines, record, time, ("", "")),
            LogFormat::HumanColoured => {
                human(&mut buffer.lines, record, time, (colour(record.status), "\x1b[0m"));
            }
        }
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
    /// Time since 1970 at this moment.
    fn time(&self, moment: Instant) -> Duration {
        let (instant, system) = self.clocks;
        let then = system.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        match moment.checked_duration_since(instant) {
            Some(later) => then + later,
            None => then.saturating_sub(instant - moment),
        }
    }

    fn hand_over(&mut self) {
        if self.count == 0 {
            return;
        }
        let spare = self.handle.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let next = spare.and_then(|spare| String::from_utf8(spare).ok()).unwrap_or_default();
        let lines = std::mem::replace(&mut self.lines, next);
        let count = std::mem::take(&mut self.count);
        let Some(sender) = &self.handle.sender else { return };
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

fn human(out: &mut String, record: &Record<'_>, time: Duration, (colour, plain): (&str, &str)) {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    let milliseconds = record.duration.as_secs_f64() * 1000.0;
    let method = record.method;
    let target = record.target.unwrap_or("-");
    let written = write!(out, "{hours:02}:{minutes:02}:{:02} {method} {target} ", seconds % 60)
        .and_then(|()| match record.status {
            Some(status) => write!(out, "{colour}{}{plain}", status.as_u16()),
            None => out.write_char('-'),
        })
        .and_then(|()| write!(out, " {milliseconds:.1}ms"))
        .and_then(|()| match note(record.outcome) {
            Some(note) => write!(out, " ({note})"),
            None => Ok(()),
        });
    debug_assert!(written.is_ok(), "a string takes everything");
    out.push('\n');
}

/// Written for each request of a busy server, hence without the machinery of `write!`.
fn json(out: &mut String, record: &Record<'_>, time: Duration) {
    let mut number = itoa::Buffer::new();
    out.push_str(r#"{"time_ms":"#);
    out.push_str(number.format(time.as_millis() as u64));
    out.push_str(r#","id":""#);
    record.id.append_to(out);
    out.push_str(r#"","remote":""#);
    out.push_str(record.remote);
    // A method is a token, which needs no escapes.
    out.push_str(r#"","method":""#);
    out.push_str(record.method.as_str());
    out.push('"');
    if let Some(target) = record.target {
        out.push_str(r#","target":""#);
        escaped(out, target);
        out.push('"');
    }
    if let Some(status) = record.status {
        out.push_str(r#","status":"#);
        out.push_str(status.as_str());
    }
    out.push_str(r#","bytes":"#);
    out.push_str(number.format(record.sent));
    out.push_str(r#","duration_us":"#);
    out.push_str(number.format(record.duration.as_micros() as u64));
    if let Some(note) = note(record.outcome) {
        out.push_str(r#","outcome":""#);
        out.push_str(note);
        out.push('"');
    }
    out.push_str("}\n");
}

/// Appends `text` as the inside of a JSON string.
fn escaped(out: &mut String, text: &str) {
    let is_plain = |byte: u8| !matches!(byte, b'"' | b'\\' | 0x7f) && (b' '..0x80).contains(&byte);
    if text.bytes().all(is_plain) {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ if character.is_control() => {
                let written = write!(out, "\\u{:04x}", u32::from(character));
                debug_assert!(written.is_ok(), "a string takes everything");
            }
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(target: &str) -> Record<'_> {
        Record {
            id: RequestId(0xab),
            remote: "127.0.0.1:7",
            method: &Method::GET,
            target: Some(target),
            status: Some(StatusCode::NOT_FOUND),
            sent: 5,
            duration: Duration::from_micros(1234),
            ended: Instant::now(),
            outcome: Outcome::ClientGone,
        }
    }

    #[test]
    fn a_person_reads_one_short_line() {
        let mut line = String::new();
        let time = Duration::from_secs(3 * 3600 + 4 * 60 + 5);
        human(&mut line, &record("/a"), time, ("", ""));
        assert_eq!(line, "03:04:05 GET /a 404 1.2ms (client gone)\n");
    }

    #[test]
    fn a_machine_reads_json_with_escapes() {
        let mut line = String::new();
        json(&mut line, &record("/\"\\\u{1}\u{e4}"), Duration::from_millis(1_700_000_000_123));
        let expected = r#"{"time_ms":1700000000123,"id":"00000000000000ab","remote":"127.0.0.1:7","#
            .to_owned()
            + r#""method":"GET","target":"/\"\\\u0001ä","status":404,"bytes":5,"duration_us":1234,"#
            + "\"outcome\":\"client gone\"}\n";
        assert_eq!(line, expected);
    }
}
