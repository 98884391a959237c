//! Native half of the `node:http` client: reading heads of responses. The connections are those of `node:net`.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/http.html>

use bytes::Bytes;
use httparse::{EMPTY_HEADER, Error, Response, Status};
use transom_engine::{Op, OpError};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:_http_agent", include_str!("old/agent.js")),
    ("node:_http_client", include_str!("old/client.js")),
    ("node:_http_common", include_str!("old/common.js")),
    ("node:_http_incoming", include_str!("old/incoming.js")),
    ("node:_http_outgoing", include_str!("old/outgoing.js")),
    ("node:_http_server", include_str!("old/server.js")),
    ("node:http", include_str!("http.js")),
    ("node:https", include_str!("https.js")),
    ("transom:internal/node/http/agent", include_str!("agent.js")),
    ("transom:internal/node/http/body_reader", include_str!("body_reader.js")),
    ("transom:internal/node/http/client_request", include_str!("client_request.js")),
    ("transom:internal/node/http/common", include_str!("common.js")),
    ("transom:internal/node/http/incoming_message", include_str!("incoming_message.js")),
    ("transom:internal/node/http/outgoing_message", include_str!("outgoing_message.js")),
    ("transom:internal/node/http/status_codes", include_str!("status_codes.js")),
];

/// As many header fields as Node takes.
const MOST_HEADERS: usize = 2000;

/// Length of the head, minor version, status, reason phrase, and names and values of the fields in turn.
type Head = (u32, u32, u32, String, Vec<String>);

pub(crate) fn ops() -> Vec<Op> {
    vec![
        // The head of a response, or null when it is not complete.
        Op::new("http_parse_head", |data: Bytes| parse(&data)),
    ]
}

fn parse(data: &[u8]) -> Result<Option<Head>, OpError> {
    let mut fields = vec![EMPTY_HEADER; MOST_HEADERS];
    let mut response = Response::new(&mut fields);
    let length = match response.parse(data) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(error) => return Err(failure(error)),
    };
    let mut flat = Vec::with_capacity(response.headers.len() * 2);
    for field in response.headers.iter() {
        flat.push(field.name.to_owned());
        flat.push(latin1(field.value));
    }
    Ok(Some((
        u32::try_from(length).unwrap_or(u32::MAX),
        response.version.unwrap_or(1).into(),
        response.code.unwrap_or(0).into(),
        response.reason.unwrap_or_default().to_owned(),
        flat,
    )))
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The code that Node's parser has for this.
fn failure(error: Error) -> OpError {
    let (code, reason) = match error {
        Error::Version => ("HPE_INVALID_CONSTANT", "Expected HTTP/"),
        Error::Status => ("HPE_INVALID_STATUS", "Invalid status code"),
        Error::HeaderName => ("HPE_INVALID_HEADER_TOKEN", "Invalid header token"),
        Error::HeaderValue => ("HPE_INVALID_HEADER_TOKEN", "Invalid header value char"),
        Error::TooManyHeaders => ("HPE_HEADER_OVERFLOW", "Header overflow"),
        Error::NewLine => ("HPE_CR_EXPECTED", "Missing expected CR after header value"),
        Error::Token => ("HPE_INVALID_CONSTANT", "Expected HTTP/"),
    };
    OpError::error(format!("Parse Error: {reason}")).code(code)
}
