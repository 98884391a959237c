//! The bookkeeping of one request from its head to the last byte of its answer.
//!
//! Invariant: [`InFlight`] is dropped exactly once per request, wherever that request ends: answered,
//! refused, given up by the client, or lost with the worker. Counters, log line and the `Gone`
//! notice all hang on that drop.

use std::rc::Rc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};

use crate::access_log::{Outcome, Record};
use crate::app::RequestId;
use crate::connection::Connection;
use crate::gone::{Exchange, Gone};
use crate::target::Target;
use crate::worker::WorkerState;

/// One request that is not completely answered.
pub(crate) struct InFlight {
    worker: Rc<WorkerState>,
    connection: Rc<Connection>,
    exchange: Rc<Exchange>,
    id: RequestId,
    /// Absent when neither log nor metrics want durations.
    started: Option<Instant>,
    /// Present when there is an access log.
    line: Option<Line>,
    status: Option<StatusCode>,
    sent: u64,
    outcome: Outcome,
}

/// What the access log says about a request besides its answer.
struct Line {
    method: Method,
    target: Option<Target>,
}

impl InFlight {
    /// Starts the books of a request on `connection`.
    pub(crate) fn begin(worker: &Rc<WorkerState>, connection: &Rc<Connection>) -> Self {
        worker.metrics.request_begins();
        Self {
            worker: Rc::clone(worker),
            connection: Rc::clone(connection),
            exchange: Rc::default(),
            id: worker.next_request_id(),
            started: worker.measures().then(Instant::now),
            line: None,
            status: None,
            sent: 0,
            outcome: Outcome::ClientGone,
        }
    }

    pub(crate) fn id(&self) -> RequestId {
        self.id
    }

    pub(crate) fn worker(&self) -> &WorkerState {
        &self.worker
    }

    pub(crate) fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    pub(crate) fn gone(&self) -> Gone {
        Gone::new(Rc::clone(&self.exchange))
    }

    /// Keeps what the log line needs; nothing is copied without a log.
    pub(crate) fn describe(&mut self, method: &Method, target: Option<&Target>) {
        if self.worker.log.is_some() {
            self.line = Some(Line { method: method.clone(), target: target.cloned() });
        }
    }

    /// The answer has this status.
    pub(crate) fn head_is_ready(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// More bytes of the body were handed over.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        self.sent += bytes as u64;
    }

    /// The whole answer was handed over.
    pub(crate) fn finish(&mut self) {
        self.outcome = Outcome::Complete;
    }

    /// The application gave up in the middle of the body.
    pub(crate) fn abort(&mut self) {
        self.outcome = Outcome::Aborted;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.connection.request_ended();
        if self.outcome == Outcome::ClientGone {
            self.exchange.set_gone();
        }
        let ended = self.started.map(|started| (Instant::now(), started));
        let duration = ended.map_or(Duration::ZERO, |(ended, started)| ended - started);
        self.worker.metrics.request_ends(self.status, self.sent, duration);
        if let (Some(log), Some(line), Some((ended, _))) = (&self.worker.log, &self.line, ended) {
            log.write(&Record {
                id: self.id,
                remote: self.connection.remote_text(),
                method: &line.method,
                target: line.target.as_deref(),
                status: self.status,
                sent: self.sent,
                duration,
                ended,
                outcome: self.outcome,
            });
        }
    }
}
