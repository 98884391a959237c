//! Whether an answer is the recorded one. The rules are those of `astro/README.md`, section "Comparing".

use std::collections::{BTreeMap, BTreeSet};

use transom_testkit::Reply;

use crate::case::{Case, ExpectedBody, Page, from_hex};
use crate::template;

/// Headers that connections and clocks decide.
const IGNORED: [&str; 4] = ["date", "connection", "keep-alive", "transfer-encoding"];

/// Every difference between what was recorded and what came, in words; empty when there is none.
pub(crate) fn differences(case: &Case, reply: &Reply, port: u16) -> Vec<String> {
    let mut found = Vec::new();
    if reply.status != case.status {
        found.push(format!("status: expected {}, got {}", case.status, reply.status));
    }
    if let Some(reason) = &case.reason
        && *reason != reply.head.reason
    {
        found.push(format!("reason: expected {reason:?}, got {:?}", reply.head.reason));
    }
    found.extend(header_differences(case, reply, port));
    if let Err(difference) = body_is_as_expected(case, reply, port) {
        found.push(difference);
    }
    match (case.incomplete, reply.complete) {
        (false, false) => found.push("the answer breaks off".to_owned()),
        (true, true) => found.push("the answer does not break off".to_owned()),
        _ => {}
    }
    found
}

/// Names in lower case with their values; those of one name joined, except of `set-cookie`.
fn by_name<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, Vec<String>> {
    let mut joined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if IGNORED.contains(&name.as_str()) {
            continue;
        }
        let is_list = name == "set-cookie";
        let values = joined.entry(name).or_default();
        match values.first_mut() {
            Some(first) if !is_list => *first = format!("{first}, {value}"),
            _ => values.push(value.to_owned()),
        }
    }
    joined
}

fn header_differences(case: &Case, reply: &Reply, port: u16) -> Vec<String> {
    let pair = |(name, value): &'_ (String, String)| (name.clone(), value.clone());
    let recorded: Vec<_> = case.response_headers.iter().map(pair).collect();
    let expected = by_name(recorded.iter().map(|(name, value)| (&**name, &**value)));
    let actual = by_name(reply.head.headers.iter().map(|(name, value)| (&**name, &**value)));
    let page = match &case.response_body {
        ExpectedBody::Page { page, .. } => Some(*page),
        _ => None,
    };
    let names: BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (wanted, got) = (expected.get(name), actual.get(name));
        let is_same = match (name.as_str(), page) {
            ("content-length", _) => length_is_as_expected(case, wanted, got),
            ("content-type", Some(Page::Redirect)) => true,
            ("content-type", Some(Page::NotFound)) => {
                got.is_some_and(|values| values.iter().all(|value| value.starts_with("text/html")))
            }
            _ => values_match(wanted, got, port),
        };
        if !is_same {
            found.push(format!("header {name}: expected {}, got {}", shown(wanted), shown(got)));
        }
    }
    found
}

fn values_match(wanted: Option<&Vec<String>>, got: Option<&Vec<String>>, port: u16) -> bool {
    let (Some(wanted), Some(got)) = (wanted, got) else { return false };
    let is_same =
        |(wanted, got): (&String, &String)| wanted == "*" || template::matches(wanted, got, port);
    wanted.len() == got.len() && wanted.iter().zip(got).all(is_same)
}

/// Either side may leave the length out, and a recorded one that contradicts the body does not count.
fn length_is_as_expected(
    case: &Case,
    wanted: Option<&Vec<String>>,
    got: Option<&Vec<String>>,
) -> bool {
    let (Some(wanted), Some(got)) = (wanted, got) else { return true };
    let recorded = match &case.response_body {
        ExpectedBody::Text(text) if case.method() != "HEAD" => Some(template::expand(text).len()),
        ExpectedBody::Hex { hex } => Some(hex.len() / 2),
        _ => None,
    };
    let is_false = recorded.is_some_and(|length| *wanted != [length.to_string()]);
    is_false || wanted == got
}

fn shown(values: Option<&Vec<String>>) -> String {
    values.map_or("none".to_owned(), |values| format!("{values:?}"))
}

fn body_is_as_expected(case: &Case, reply: &Reply, port: u16) -> Result<(), String> {
    if case.method() == "HEAD" {
        let is_empty = reply.body.is_empty();
        return if is_empty { Ok(()) } else { Err("an answer to HEAD has a body".to_owned()) };
    }
    match &case.response_body {
        ExpectedBody::Text(text) => text_is(&template::expand(text), &reply.body, port),
        ExpectedBody::Hex { hex } => {
            let is_same = from_hex(hex)? == reply.body;
            let got = || format!("body: expected hex {hex}, got {}", in_hex(&reply.body));
            if is_same { Ok(()) } else { Err(got()) }
        }
        ExpectedBody::Page { page: Page::Redirect, .. } => Ok(()),
        ExpectedBody::Page { page: Page::NotFound, path } => {
            let text = String::from_utf8_lossy(&reply.body);
            let Some(path) = path else { return Ok(()) };
            let wanted = format!("<pre>Path: {path}</pre>");
            if without_escapes(&text).contains(&wanted) {
                return Ok(());
            }
            let at = text.find("<pre>").map_or(&*text, |at| &text[at..]);
            Err(format!("body: expected {wanted:?} in the page, got {:?}", start(at)))
        }
    }
}

fn text_is(wanted: &str, body: &[u8], port: u16) -> Result<(), String> {
    let text = String::from_utf8_lossy(body);
    let is_same_json = || {
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        let wanted = parse(&wanted.replace(":PORT", &format!(":{port}")));
        wanted.is_some() && wanted == parse(&text)
    };
    if template::matches(wanted, &text, port) || is_same_json() {
        return Ok(());
    }
    Err(format!("body: expected {:?}, got {:?}", start(wanted), start(&text)))
}

fn without_escapes(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&")
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().take(200).map(|byte| format!("{byte:02x}")).collect()
}

/// As much of a text as a person will read.
fn start(text: &str) -> String {
    text.chars().take(1200).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use transom_testkit::Connection;

    use super::*;

    /// The differences between an answer, given as its bytes, and a recorded one.
    fn check(recorded: &str, answer: &str) -> Vec<String> {
        let case: Case = serde_json::from_str(&format!(
            r#"{{"id":"X","project":"main","request":"GET /","headers":[],"body":null,{recorded}}}"#
        ))
        .expect("a case");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut client = Connection::open(address).expect("it listens");
        let (mut socket, _) = listener.accept().expect("a client");
        socket.write_all(answer.as_bytes()).expect("writable");
        drop(socket);
        differences(&case, &client.reply_to("GET").expect("an answer"), 4321)
    }

    const OK: &str = r#""status":200,"response_headers":[["x-a","1, 2"]],"response_body":"hi""#;

    #[test]
    fn equal_answers_have_no_differences() {
        let none: [&str; 0] = [];
        let chunked = "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nDate: now\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
        assert_eq!(check(OK, chunked), none);
        let counted = "HTTP/1.1 200 OK\r\nx-a: 1, 2\r\ncontent-length: 2\r\n\r\nhi";
        assert_eq!(check(OK, counted), none);
        let page = r#""status":404,"response_headers":[["content-type","text/html"]],
            "response_body":{"page":"404","path":"/a&b"}"#;
        let html = "HTTP/1.1 404 Not Found\r\ncontent-type: text/html; charset=utf-8\r\n\r\n<pre>Path: /a&amp;b</pre>";
        assert_eq!(check(page, html), none);
    }

    #[test]
    fn each_difference_is_named() {
        let found = check(OK, "HTTP/1.1 404 OK\r\nx-b: 1\r\ncontent-length: 3\r\n\r\nhi");
        let expected = [
            "status: expected 200, got 404",
            r#"header x-a: expected ["1, 2"], got none"#,
            r#"header x-b: expected none, got ["1"]"#,
            "the answer breaks off",
        ];
        assert_eq!(found, expected);
        let cookies = r#""status":200,"response_headers":[["set-cookie","a=1"],["set-cookie","b=2"]],
            "response_body":"""#;
        let found = check(cookies, "HTTP/1.1 200 OK\r\nset-cookie: b=2\r\nset-cookie: a=1\r\n\r\n");
        assert_eq!(found.len(), 1, "their order counts: {found:?}");
    }

    #[test]
    fn a_recorded_length_that_contradicts_its_body_does_not_count() {
        let wrong =
            r#""status":200,"response_headers":[["content-length","9"]],"response_body":"hi""#;
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
        assert!(check(wrong, answer).is_empty());
        let right =
            r#""status":200,"response_headers":[["content-length","2"]],"response_body":"hi""#;
        let longer = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi!";
        assert_eq!(check(right, longer).len(), 2);
    }
}
