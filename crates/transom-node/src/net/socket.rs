//! One connection. Reading and writing go on at the same time, and script may take the connection away from both (to
//! speak TLS over it) or close it: then what waits is woken and fails.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;
use transom_engine::OpError;

use super::closed;
use crate::fs::failure::io_number;

/// Bytes in both directions.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Connection for T {}

/// What a socket is over: TCP, a socket in the file system, or TLS over one of them.
pub(crate) type Stream = Box<dyn Connection>;

/// A second descriptor of the system's socket, for its options and addresses.
pub(crate) struct Control(OwnedFd);

impl Control {
    pub(crate) fn of(socket: &impl std::os::fd::AsFd) -> io::Result<Self> {
        socket.as_fd().try_clone_to_owned().map(Self)
    }

    pub(super) fn set_no_delay(&self, on: bool) {
        // Sockets in the file system have no such option.
        drop(SockRef::from(&self.0).set_tcp_nodelay(on));
    }

    pub(super) fn set_keep_alive(&self, on: bool, delay: u32) {
        let socket = SockRef::from(&self.0);
        drop(socket.set_keepalive(on));
        if on && delay > 0 {
            let times = TcpKeepalive::new().with_time(Duration::from_secs(u64::from(delay)));
            drop(socket.set_tcp_keepalive(&times));
        }
    }

    pub(super) fn reset_on_close(&self) {
        drop(SockRef::from(&self.0).set_linger(Some(Duration::ZERO)));
    }

    pub(super) fn local_address(&self) -> Option<(String, u32)> {
        address(SockRef::from(&self.0).local_addr().ok()?.as_socket()?)
    }

    pub(super) fn remote_address(&self) -> Option<(String, u32)> {
        address(SockRef::from(&self.0).peer_addr().ok()?.as_socket()?)
    }
}

fn address(address: SocketAddr) -> Option<(String, u32)> {
    Some((address.ip().to_string(), u32::from(address.port())))
}

pub(crate) struct Socket {
    pub(super) realm: u32,
    stream: RefCell<Option<Stream>>,
    control: RefCell<Option<Control>>,
    reader: RefCell<Option<Waker>>,
    writer: RefCell<Option<Waker>>,
    is_writing: Cell<bool>,
    end: CancellationToken,
}

impl Socket {
    pub(super) fn new(stream: Stream, control: Option<Control>, realm: u32) -> Self {
        Self {
            realm,
            stream: RefCell::new(Some(stream)),
            control: RefCell::new(control),
            reader: RefCell::default(),
            writer: RefCell::default(),
            is_writing: Cell::default(),
            end: CancellationToken::new(),
        }
    }

    pub(super) fn control<R>(&self, work: impl FnOnce(&Control) -> R) -> Option<R> {
        self.control.borrow().as_ref().map(work)
    }

    /// The next bytes; `None` when the other side has ended.
    pub(super) async fn read(
        &self,
        scratch: &RefCell<Box<[u8]>>,
    ) -> Result<Option<Bytes>, OpError> {
        std::future::poll_fn(|context| {
            let mut scratch = scratch.borrow_mut();
            let mut buffer = ReadBuf::new(&mut scratch[..]);
            let polled = self.poll(&self.reader, context, |stream, context| {
                stream.poll_read(context, &mut buffer)
            });
            polled.map_ok(|()| match buffer.filled() {
                [] => None,
                bytes => Some(Bytes::copy_from_slice(bytes)),
            })
        })
        .await
    }

    /// Writes everything.
    pub(super) async fn write(&self, data: &[u8]) -> Result<(), OpError> {
        self.is_writing.set(true);
        let done = self.write_all(data).await;
        self.is_writing.set(false);
        done
    }

    async fn write_all(&self, mut data: &[u8]) -> Result<(), OpError> {
        while !data.is_empty() {
            let written = std::future::poll_fn(|context| {
                self.poll(&self.writer, context, |stream, context| stream.poll_write(context, data))
            })
            .await?;
            data = &data[written..];
        }
        std::future::poll_fn(|context| {
            self.poll(&self.writer, context, |stream, context| stream.poll_flush(context))
        })
        .await
    }

    /// Ends this side.
    pub(super) async fn end(&self) -> Result<(), OpError> {
        std::future::poll_fn(|context| {
            self.poll(&self.writer, context, |stream, context| stream.poll_shutdown(context))
        })
        .await
    }

    fn poll<R>(
        &self,
        place: &RefCell<Option<Waker>>,
        context: &mut Context<'_>,
        work: impl FnOnce(Pin<&mut Stream>, &mut Context<'_>) -> Poll<io::Result<R>>,
    ) -> Poll<Result<R, OpError>> {
        let mut stream = self.stream.borrow_mut();
        let Some(stream) = stream.as_mut() else { return Poll::Ready(Err(closed())) };
        let polled = work(Pin::new(stream), context);
        if polled.is_pending() {
            *place.borrow_mut() = Some(context.waker().clone());
        }
        polled.map_err(|error| io_number(&error))
    }

    /// Takes the connection away, so that it can go on as something else; `None` when it is gone, or in the middle of
    /// writing.
    pub(crate) fn take(&self) -> Option<(Stream, Option<Control>)> {
        if self.is_writing.get() {
            return None;
        }
        let stream = self.stream.borrow_mut().take()?;
        let control = self.control.borrow_mut().take();
        self.wake();
        Some((stream, control))
    }

    /// Goes on over another connection.
    pub(crate) fn put(&self, stream: Stream, control: Option<Control>) {
        *self.stream.borrow_mut() = Some(stream);
        *self.control.borrow_mut() = control;
    }

    /// The result of `work`, or `None` when the socket is closed meanwhile.
    pub(crate) async fn unless_closed<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        self.end.run_until_cancelled(work).await
    }

    pub(super) fn close(&self) {
        self.end.cancel();
        let stream = self.stream.borrow_mut().take();
        let control = self.control.borrow_mut().take();
        drop((stream, control)); // After the borrows have ended.
        self.wake();
    }

    fn wake(&self) {
        let wakers = [self.reader.borrow_mut().take(), self.writer.borrow_mut().take()];
        for waker in wakers.into_iter().flatten() {
            waker.wake();
        }
    }
}
