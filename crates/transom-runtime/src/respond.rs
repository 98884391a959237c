//! The answer's way out of script: status, headers and body in one call, or a head and a stream.

use std::rc::Rc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use transom_engine::{Args, Op, OpError, Scope, Value};

use crate::channel::{BodyChannel, channel};
use crate::exchange::Exchanges;

/// An answer.
pub struct Reply {
    /// The status code, 200 to 599.
    pub status: u16,
    /// The reason phrase, where the handler gave one.
    pub reason: Option<Vec<u8>>,
    /// Header fields in the order in which they go out.
    pub headers: HeaderMap,
    /// The body.
    pub body: ReplyBody,
}

/// The body of an answer.
pub enum ReplyBody {
    /// None.
    Empty,
    /// All of it.
    Full(Bytes),
    /// Piece by piece.
    Stream(BodyChannel),
}

impl Reply {
    /// A reply with a status and no more.
    pub fn empty(status: u16) -> Self {
        Self { status, reason: None, headers: HeaderMap::new(), body: ReplyBody::Empty }
    }

    /// A reply with a text body and a content type, when there is one.
    pub(crate) fn text(
        status: u16,
        content_type: Option<&'static str>,
        text: impl Into<Bytes>,
    ) -> Self {
        let mut reply = Self::empty(status);
        if let Some(content_type) = content_type {
            reply
                .headers
                .insert(http::header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        reply.body = ReplyBody::Full(text.into());
        reply
    }
}

/// The ops of an answer.
pub(crate) fn ops(exchanges: &Rc<Exchanges>) -> Vec<Op> {
    let [whole, head, write, end, abort, gone] = std::array::from_fn(|_| Rc::clone(exchanges));
    vec![
        // (requestId, status, statusText | null, headerPairs, null | string | Uint8Array)
        Op::raw("respond", move |scope, args| {
            let mut reply = read_head(scope, args)?;
            reply.body = read_body(scope, args.get(4))?;
            whole.answer(number(args), reply);
            Ok(scope.undefined())
        }),
        // (requestId, status, statusText | null, headerPairs)
        Op::raw("respond_stream", move |scope, args| {
            let mut reply = read_head(scope, args)?;
            let (writer, body) = channel();
            reply.body = ReplyBody::Stream(body);
            let number = number(args);
            if head.with(number, |exchange| exchange.writer = Some(writer)).is_some() {
                head.answer(number, reply);
            }
            Ok(scope.undefined())
        }),
        Op::raw("respond_write", move |scope, args| respond_write(&write, scope, args)),
        Op::new("respond_end", move |number: f64| {
            if let Some(Some(writer)) = end.with(number as u64, |exchange| exchange.writer.take()) {
                writer.finish();
            }
            end.complete(number as u64);
        }),
        Op::new("respond_abort", move |number: f64| {
            if let Some(Some(writer)) = abort.with(number as u64, |exchange| exchange.writer.take())
            {
                writer.abort();
            }
            abort.complete(number as u64);
        }),
        // Fulfils with whether the client left before the end of the exchange.
        Op::future("request_gone", move |number: f64| {
            let gone = gone.gone(number as u64);
            async move { Ok(gone.await) }
        }),
    ]
}

fn number(args: Args<'_>) -> u64 {
    args.get(0).as_f64().unwrap_or(0.0) as u64
}

/// `(requestId, Uint8Array | string)`: null when there is room for more, else a promise to wait for.
fn respond_write<'s>(
    exchanges: &Rc<Exchanges>,
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    let ReplyBody::Full(piece) = read_body(scope, args.get(1))? else { return Ok(scope.null()) };
    let writer = exchanges.with(number(args), |exchange| exchange.writer.clone()).flatten();
    let Some(writer) = writer else { return scope.promise_from(async { Ok(false) }) };
    if writer.write(piece) {
        return Ok(scope.null());
    }
    let room = writer.room();
    scope.promise_from(async move { Ok(room.await) })
}

/// Room for what the server adds: `connection`, `keep-alive`, and a few more.
const ADDED_HEADERS: usize = 4;

/// Status, reason and headers from arguments 1 to 3.
fn read_head<'s>(scope: &mut Scope<'s>, args: Args<'s>) -> Result<Box<Reply>, OpError> {
    let status = args.get(1).as_f64().unwrap_or(0.0) as u16;
    let mut reason = None;
    if args.get(2).is_string() {
        let mut text = Vec::new();
        if scope.append_latin1(args.get(2), &mut text) && !text.is_empty() {
            reason = Some(text);
        }
    }
    let pairs = args.get(3);
    let Some(length) = scope.array_length(pairs) else {
        return Err(OpError::type_error("the headers must be an array"));
    };
    let mut headers = HeaderMap::with_capacity(length as usize / 2 + ADDED_HEADERS);
    let mut text = Vec::with_capacity(64);
    for index in (0..length).step_by(2) {
        let name = scope.element(pairs, index)?;
        text.clear();
        scope.append_latin1(name, &mut text);
        let name = HeaderName::from_bytes(&text).map_err(|_| {
            OpError::type_error(format!("invalid header name `{}`", String::from_utf8_lossy(&text)))
        })?;
        let value = scope.element(pairs, index + 1)?;
        text.clear();
        scope.append_latin1(value, &mut text);
        let value = HeaderValue::from_bytes(&text)
            .map_err(|_| OpError::type_error(format!("invalid value of the header `{name}`")))?;
        headers.append(name, value);
    }
    Ok(Box::new(Reply { status, reason, headers, body: ReplyBody::Empty }))
}

fn read_body<'s>(scope: &mut Scope<'s>, body: Value<'s>) -> Result<ReplyBody, OpError> {
    if body.is_null_or_undefined() {
        return Ok(ReplyBody::Empty);
    }
    let mut text = Vec::new();
    if scope.append_utf8(body, &mut text) {
        return Ok(ReplyBody::Full(text.into()));
    }
    match scope.copy_buffer(body) {
        Some(bytes) => Ok(ReplyBody::Full(bytes.into())),
        None => Err(OpError::type_error("a body must be a string or bytes")),
    }
}
