//! Bodies of incoming requests: read whole, as text, as a form, or piece by piece for a stream.
//!
//! The server's side of a body is behind [`RequestBodies`]. A body is taken from there once; the class
//! in `body.js` makes sure that script cannot ask twice. Limits on size are the source's business.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use transom_engine::{Op, OpError};

use crate::form_data::form_body::{self, FormEntry};
use crate::form_data::spool::Spool;

/// The pieces of a body as they arrive.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyFailure>>>>;

/// Where the bodies of requests come from; the runtime implements it over its server.
pub trait RequestBodies {
    /// Whether the request has a body that nobody took yet.
    fn is_present(&self, request_id: f64) -> bool;
    /// Hands the body over. `None` when there is none, or it was taken before, or the request is over.
    fn take(&self, request_id: f64) -> Option<BodyStream>;
}

/// Why a body ended early.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFailure {
    /// The client went away, or sent something that is no body.
    #[error("the connection was lost before the whole body had arrived")]
    Disconnected,
    /// The body is longer than the configured limit.
    #[error("Body size limit exceeded: received more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The body took longer than the configured time.
    #[error("the body did not arrive in time")]
    TimedOut,
}

impl From<BodyFailure> for OpError {
    fn from(failure: BodyFailure) -> Self {
        match failure {
            BodyFailure::Disconnected => Self::type_error(failure.to_string()).code("ECONNRESET"),
            BodyFailure::TooLarge { .. } => Self::error(failure.to_string()),
            BodyFailure::TimedOut => Self::error(failure.to_string()).code("ETIMEDOUT"),
        }
    }
}

/// The bodies that script reads piece by piece.
pub(crate) struct Incoming {
    source: Rc<dyn RequestBodies>,
    /// `None` while one read is under way, which owns the stream for that time.
    open: RefCell<HashMap<u64, Option<BodyStream>>>,
}

impl Incoming {
    pub(crate) fn new(source: Rc<dyn RequestBodies>) -> Self {
        Self { source, open: RefCell::default() }
    }

    /// Drops what is left of the request's body.
    pub(crate) fn release_request(&self, request_id: f64) {
        if !self.open.borrow().is_empty() {
            self.open.borrow_mut().remove(&request_id.to_bits());
        }
    }

    fn take(&self, request_id: f64) -> Result<BodyStream, OpError> {
        self.source
            .take(request_id)
            .ok_or_else(|| OpError::type_error("the request and its body are gone"))
    }

    async fn read(&self, request_id: f64) -> Result<Option<Bytes>, OpError> {
        let key = request_id.to_bits();
        let known = self.open.borrow_mut().get_mut(&key).map(Option::take);
        let mut stream = match known {
            Some(Some(stream)) => stream,
            Some(None) => return Err(OpError::type_error("the body is being read already")),
            None => {
                let stream = self.take(request_id)?;
                self.open.borrow_mut().insert(key, None);
                stream
            }
        };
        let piece = loop {
            match stream.next().await {
                Some(Ok(piece)) if piece.is_empty() => {}
                other => break other,
            }
        };
        match piece {
            Some(Ok(piece)) => {
                // Cancelled meanwhile: then there is no entry any more, and the stream ends here.
                if let Some(entry) = self.open.borrow_mut().get_mut(&key) {
                    *entry = Some(stream);
                }
                Ok(Some(piece))
            }
            Some(Err(failure)) => {
                self.open.borrow_mut().remove(&key);
                Err(failure.into())
            }
            None => {
                self.open.borrow_mut().remove(&key);
                Ok(None)
            }
        }
    }

    fn cancel(&self, request_id: f64) {
        if self.open.borrow_mut().remove(&request_id.to_bits()).is_none() {
            drop(self.source.take(request_id));
        }
    }
}

/// Everything `stream` has, without a copy when it came in one piece.
///
/// # Errors
/// The first failure of the stream.
pub(crate) async fn collect(mut stream: BodyStream) -> Result<Bytes, BodyFailure> {
    let Some(first) = stream.next().await.transpose()? else { return Ok(Bytes::new()) };
    let Some(second) = stream.next().await.transpose()? else { return Ok(first) };
    let (_, upper) = stream.size_hint();
    let mut whole =
        BytesMut::with_capacity((first.len() + second.len() + upper.unwrap_or(0)).min(1 << 20));
    whole.extend_from_slice(&first);
    whole.extend_from_slice(&second);
    while let Some(piece) = stream.next().await {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole.freeze())
}

/// UTF-8 decode: drops a byte order mark, replaces what is no UTF-8.
pub(crate) fn decode_text(bytes: Bytes) -> String {
    let bytes = if bytes.starts_with(b"\xEF\xBB\xBF") { bytes.slice(3..) } else { bytes };
    String::from_utf8(Vec::from(bytes)).unwrap_or_else(|error| {
        encoding_rs::UTF_8.decode_without_bom_handling(error.as_bytes()).0.into_owned()
    })
}

pub(crate) fn ops(incoming: &Rc<Incoming>, spool: &Rc<Spool>) -> Vec<Op> {
    let [state, bytes, text, form, read, cancel] = std::array::from_fn(|_| Rc::clone(incoming));
    let spool = Rc::clone(spool);
    vec![
        Op::new("body_state", move |request_id: f64| {
            i32::from(state.source.is_present(request_id))
        }),
        Op::future("body_bytes", move |request_id: f64| {
            let body = bytes.take(request_id);
            async move { Ok::<Bytes, OpError>(collect(body?).await?) }
        }),
        Op::future("body_text", move |request_id: f64| {
            let body = text.take(request_id);
            async move { Ok::<String, OpError>(decode_text(collect(body?).await?)) }
        }),
        Op::future("body_form", move |request_id: f64, content_type: String| {
            let body = form.take(request_id);
            let spool = Rc::clone(&spool);
            async move {
                let target = Some((&*spool, request_id));
                Ok::<Vec<FormEntry>, OpError>(form_body::parse(body?, &content_type, target).await?)
            }
        }),
        Op::future("body_read", move |request_id: f64| {
            let incoming = Rc::clone(&read);
            async move { incoming.read(request_id).await }
        }),
        Op::new("body_cancel", move |request_id: f64| cancel.cancel(request_id)),
    ]
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use bytes::Bytes;
    use futures_util::stream;

    use super::{BodyFailure, BodyStream, Incoming, RequestBodies, collect, decode_text};

    type Pieces = Vec<Result<&'static str, BodyFailure>>;

    fn body(pieces: Pieces) -> BodyStream {
        Box::pin(stream::iter(pieces.into_iter().map(|piece| piece.map(Bytes::from))))
    }

    struct One(RefCell<Option<BodyStream>>);

    impl RequestBodies for One {
        fn is_present(&self, _: f64) -> bool {
            self.0.borrow().is_some()
        }
        fn take(&self, _: f64) -> Option<BodyStream> {
            self.0.borrow_mut().take()
        }
    }

    #[test]
    fn text_is_decoded_as_utf_8_without_its_mark() {
        let check = |bytes: &'static [u8], expected: &str| {
            assert_eq!(decode_text(Bytes::from_static(bytes)), expected, "bytes {bytes:?}");
        };
        check(b"", "");
        check(b"plain", "plain");
        check(b"\xEF\xBB\xBFmarked", "marked");
        check(b"\xEF\xBB\xBF\xEF\xBB\xBFx", "\u{feff}x");
        check(b"a\xFFb\xE2\x82", "a\u{fffd}b\u{fffd}");
    }

    #[tokio::test]
    async fn a_body_is_collected_until_its_first_failure() {
        let whole = collect(body(vec![Ok("a"), Ok("bc"), Ok("d")])).await;
        assert_eq!(whole.as_deref().expect("collected"), b"abcd");
        assert_eq!(collect(body(vec![])).await.expect("collected").len(), 0);
        let broken = collect(body(vec![Ok("a"), Err(BodyFailure::TooLarge { limit: 1 })])).await;
        let message = broken.expect_err("too large").to_string();
        assert_eq!(message, "Body size limit exceeded: received more than 1 bytes");
    }

    #[tokio::test]
    async fn pieces_come_one_by_one_until_the_end_or_a_cancel() {
        let incoming =
            Incoming::new(Rc::new(One(RefCell::new(Some(body(vec![Ok("a"), Ok(""), Ok("b")]))))));
        assert_eq!(incoming.read(1.0).await.expect("a piece").as_deref(), Some(&b"a"[..]));
        assert_eq!(incoming.read(1.0).await.expect("a piece").as_deref(), Some(&b"b"[..]));
        assert_eq!(incoming.read(1.0).await.expect("the end"), None);

        let incoming =
            Incoming::new(Rc::new(One(RefCell::new(Some(body(vec![Ok("a"), Ok("b")]))))));
        incoming.read(1.0).await.expect("a piece");
        incoming.cancel(1.0);
        assert!(incoming.read(1.0).await.is_err(), "a cancelled body is gone");
    }
}
