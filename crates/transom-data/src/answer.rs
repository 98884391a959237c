//! A call and its answer: the wire form without its carrier. Spec: section 10.2.

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// What follows `/wix-data/v2`, such as `/items/query`.
    pub path: &'a str,
    /// What follows `?` in the address, still encoded.
    pub query: Option<&'a str>,
    /// The body: JSON.
    pub body: &'a [u8],
}

/// What a call is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// Value of the header `Retry-After` in seconds.
    pub retry_after: Option<u32>,
}

impl Answer {
    /// An answer to a call that succeeded.
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, body: body.into(), retry_after: None }
    }
}
