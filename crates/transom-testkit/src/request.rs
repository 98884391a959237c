//! Requests, built field by field and written exactly as given.

use serde_json::Value;

use crate::multipart::Multipart;

/// One request. Beside what is set here, `Host` is sent, and `Content-Length` when there is a body.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    same_origin: bool,
}

impl Request {
    /// A request without a body; `target` goes onto the wire as it is.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            same_origin: false,
        }
    }

    /// A GET request.
    #[must_use]
    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    /// A POST request.
    #[must_use]
    pub fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds the `Origin` of the server itself, as a browser does on the server's own pages.
    #[must_use]
    pub fn same_origin(mut self) -> Self {
        self.same_origin = true;
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a JSON body and its content type.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.header("content-type", "application/json").body(value.to_string())
    }

    /// Sets an urlencoded form, already encoded, and its content type.
    #[must_use]
    pub fn form(self, encoded: &str) -> Self {
        self.header("content-type", "application/x-www-form-urlencoded").body(encoded)
    }

    /// Sets a multipart form and its content type.
    #[must_use]
    pub fn multipart(self, form: Multipart) -> Self {
        self.header("content-type", &form.content_type()).body(form.into_bytes())
    }

    /// The bytes for a server at `host`.
    #[must_use]
    pub fn to_bytes(&self, host: &str) -> Vec<u8> {
        let given = |name: &str| self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if !given("host") {
            head += &format!("Host: {host}\r\n");
        }
        if self.same_origin {
            head += &format!("Origin: http://{host}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.body.is_empty() && !given("content-length") && !given("transfer-encoding") {
            head += &format!("Content-Length: {}\r\n", self.body.len());
        }
        head += "\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
