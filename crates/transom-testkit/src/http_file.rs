//! `requests.http` files: requests in the form that editors can send, with what must come back.
//!
//! Understood are `###` separators, `@name = value` variables, `# @name x` for later use as
//! `{{x.response.body.$.member}}`, and `# expect …` lines, which `examples/storefront/requests.http`
//! explains. Requests are sent in order, each on a connection of its own.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::Value;

use crate::connection::Connection;
use crate::reply::Reply;
use crate::request::Request;

/// A file with requests and expected replies.
#[derive(Debug)]
pub struct HttpFile {
    exchanges: Vec<Exchange>,
}

/// One request and what must come back.
#[derive(Debug)]
pub struct Exchange {
    /// The text after `###`.
    pub title: String,
    name: Option<String>,
    expectations: Vec<String>,
    request_line: String,
    headers: Vec<String>,
    body: Vec<String>,
}

impl HttpFile {
    /// Reads a file.
    ///
    /// # Panics
    /// When it cannot be read or has no requests.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        let exchanges: Vec<_> = text.split("\n### ").skip(1).map(Exchange::parse).collect();
        assert!(!exchanges.is_empty(), "{} has no requests", path.display());
        Self { exchanges }
    }

    /// The requests in order.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Sends every request to the server at `address`.
    ///
    /// # Errors
    /// What was not as expected, with the whole answers.
    pub fn replay(&self, address: SocketAddr) -> Result<(), String> {
        let origin = format!("http://{address}");
        let mut variables = HashMap::from([("host".to_owned(), Value::from(origin.as_str()))]);
        let mut failures = String::new();
        for exchange in &self.exchanges {
            match exchange.send(address, &origin, &variables) {
                Err(problem) => failures += &format!("### {}\n{problem}\n\n", exchange.title),
                Ok(reply) => {
                    for problem in exchange.check(&reply, &variables) {
                        let title = &exchange.title;
                        failures +=
                            &format!("### {title}\n{problem}, but the answer is\n{reply:?}\n\n");
                    }
                    if let (Some(name), Ok(body)) =
                        (&exchange.name, serde_json::from_slice(&reply.body))
                    {
                        variables.insert(format!("{name}.response.body.$"), body);
                    }
                }
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(failures) }
    }
}

impl Exchange {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let mut exchange = Self {
            title: lines.next().unwrap_or_default().to_owned(),
            name: None,
            expectations: Vec::new(),
            request_line: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        for line in lines.by_ref() {
            if let Some(expectation) = line.strip_prefix("# expect ") {
                exchange.expectations.push(expectation.to_owned());
            } else if let Some(name) = line.strip_prefix("# @name ") {
                exchange.name = Some(name.trim().to_owned());
            } else if !line.starts_with('#') {
                line.clone_into(&mut exchange.request_line);
                break;
            }
        }
        exchange.headers =
            lines.by_ref().take_while(|l| !l.is_empty()).map(str::to_owned).collect();
        exchange.body = lines.map(str::to_owned).collect();
        while exchange.body.last().is_some_and(String::is_empty) {
            exchange.body.pop();
        }
        exchange
    }

    fn send(
        &self,
        address: SocketAddr,
        origin: &str,
        variables: &HashMap<String, Value>,
    ) -> Result<Reply, String> {
        let line = substitute(&self.request_line, variables);
        let (method, url) =
            line.split_once(' ').ok_or_else(|| format!("not a request line: {line:?}"))?;
        let target = url.strip_prefix(origin).ok_or_else(|| format!("{url} is elsewhere"))?;
        let mut request = Request::new(method, target);
        let mut line_end = "\n";
        for header in &self.headers {
            let header = substitute(header, variables);
            let (name, value) =
                header.split_once(": ").ok_or_else(|| format!("not a header: {header:?}"))?;
            if value.starts_with("multipart/") {
                line_end = "\r\n"; // As RFC 7578 wants it, and as editors send it.
            }
            request = request.header(name, value);
        }
        if !self.body.is_empty() {
            let mut body = substitute(&self.body.join(line_end), variables);
            if line_end == "\r\n" {
                body += line_end;
            }
            request = request.body(body);
        }
        let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
        connection.try_request(&request).map_err(|error| format!("no answer: {error}"))
    }

    /// Sentences about everything that is not as expected.
    fn check(&self, reply: &Reply, variables: &HashMap<String, Value>) -> Vec<String> {
        let mut problems = Vec::new();
        if !reply.complete {
            problems.push("the answer was to be complete".to_owned());
        }
        for expectation in &self.expectations {
            let expectation = substitute(expectation, variables);
            if !holds(&expectation, reply) {
                problems.push(format!("expected {expectation}"));
            }
        }
        if self.expectations.is_empty() {
            problems.push("the request has no expectations".to_owned());
        }
        problems
    }
}

/// Whether one `# expect` line is true of the answer.
fn holds(expectation: &str, reply: &Reply) -> bool {
    if let Ok(status) = expectation.parse::<u16>() {
        return reply.status == status;
    }
    if let Some(name) = expectation.strip_prefix("no ") {
        return reply.header(name).is_none();
    }
    match expectation.split_once(": ") {
        Some(("json", expected)) => {
            let expected: Value = serde_json::from_str(expected)
                .unwrap_or_else(|error| panic!("`{expectation}` is not JSON: {error}"));
            serde_json::from_slice(&reply.body).is_ok_and(|found| has(&found, &expected))
        }
        Some(("body", text)) => String::from_utf8_lossy(&reply.body).contains(text),
        Some((name, pattern)) => reply.all(name).any(|value| matches_pattern(value, pattern)),
        None => panic!("`{expectation}` is not an expectation"),
    }
}

/// Whether `found` has at least what `expected` has; an empty object is only like an empty one.
fn has(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            (!expected.is_empty() || found.is_empty())
                && expected.iter().all(|(k, v)| found.get(k).is_some_and(|f| has(f, v)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| has(f, e))
        }
        (Value::Number(found), Value::Number(expected)) => found.as_f64() == expected.as_f64(),
        _ => found == expected,
    }
}

/// Whether the parts of `pattern` between its `*` come one after the other in `text`.
fn matches_pattern(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return text == pattern };
    let Some(mut open) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((last, between)) = parts.split_last() else { return false };
    for part in between {
        let Some((_, after)) = open.split_once(part) else { return false };
        open = after;
    }
    open.ends_with(last)
}

/// Replaces every `{{…}}`.
fn substitute(text: &str, variables: &HashMap<String, Value>) -> String {
    let mut result = String::new();
    let mut open = text;
    while let Some((before, rest)) = open.split_once("{{") {
        let (name, after) = rest
            .split_once("}}")
            .unwrap_or_else(|| panic!("`{text}` opens a variable and does not close it"));
        result += before;
        result += &lookup(name, variables);
        open = after;
    }
    result + open
}

fn lookup(name: &str, variables: &HashMap<String, Value>) -> String {
    let value = variables.get(name).cloned().or_else(|| {
        let (of, member) = name.rsplit_once('.')?;
        variables.get(of)?.get(member).cloned()
    });
    match value {
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
        None => panic!("there is no variable `{name}` (was an earlier request refused?)"),
    }
}

#[cfg(test)]
mod tests {
    use super::{has, matches_pattern};
    use serde_json::json;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches_pattern("/api/7", "/api/*"));
        assert!(matches_pattern("a-b-c", "*-*"));
        assert!(matches_pattern("exact", "exact"));
        assert!(!matches_pattern("exact!", "exact"));
        assert!(!matches_pattern("/api", "/api/*"));
        assert!(!matches_pattern("a-b", "*-*-*"));
    }

    #[test]
    fn json_may_have_more_members_but_not_more_elements() {
        assert!(has(&json!({ "a": 1, "b": 2 }), &json!({ "a": 1.0 })));
        assert!(has(&json!([{ "a": 1, "b": 2 }]), &json!([{ "b": 2 }])));
        assert!(!has(&json!([1, 2]), &json!([1])));
        assert!(!has(&json!({ "a": 1 }), &json!({})));
    }
}
