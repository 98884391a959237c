//! Recorded cases: one request and its answer, as the files in `cases` hold them.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// One request and the answer that was recorded for it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) project: String,
    /// Name of the file that holds the case, without `.jsonl`.
    #[serde(skip)]
    pub(crate) area: String,
    /// The request line without the version; each character is one byte.
    pub(crate) request: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Option<Body>,
    pub(crate) status: u16,
    /// Only where the reason phrase counts.
    pub(crate) reason: Option<String>,
    pub(crate) response_headers: Vec<(String, String)>,
    pub(crate) response_body: ExpectedBody,
    /// The answer must break off.
    #[serde(default)]
    pub(crate) incomplete: bool,
}

/// The body of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Body {
    Text(String),
    Hex { hex: String },
    Repeat { repeat: (String, usize) },
}

/// The body of an answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum ExpectedBody {
    /// UTF-8 text with placeholders.
    Text(String),
    Hex {
        hex: String,
    },
    /// One of the HTML pages of the reference, whose exact text does not count.
    Page {
        page: Page,
        /// What the page for 404 names.
        path: Option<String>,
    },
}

/// A kind of HTML page.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(crate) enum Page {
    #[serde(rename = "404")]
    NotFound,
    #[serde(rename = "redirect")]
    Redirect,
}

impl Case {
    pub(crate) fn method(&self) -> &str {
        self.request.split(' ').next().unwrap_or_default()
    }

    /// What goes onto the wire; `fill` puts session ids into header lines.
    pub(crate) fn to_bytes(&self, fill: impl Fn(&str) -> String) -> Result<Vec<u8>, String> {
        let has = |name: &str| {
            self.headers.iter().any(|line| {
                line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            })
        };
        let body = self.body.as_ref().map(Body::to_bytes).transpose()?;
        let mut lines = vec![format!("{} HTTP/1.1", self.request)];
        if !has("host:") {
            lines.push("Host: example.com".to_owned());
        }
        lines.extend(self.headers.iter().map(|line| fill(line)));
        lines.push("Connection: close".to_owned());
        if let Some(body) = &body
            && !has("transfer-encoding:")
        {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend(latin1(&line)?);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"\r\n");
        bytes.extend(body.unwrap_or_default());
        Ok(bytes)
    }
}

impl Body {
    fn to_bytes(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Hex { hex } => from_hex(hex),
            Self::Repeat { repeat: (text, count) } => Ok(text.repeat(*count).into_bytes()),
        }
    }
}

fn latin1(text: &str) -> Result<Vec<u8>, String> {
    let byte = |character: char| {
        u8::try_from(u32::from(character)).map_err(|_| format!("`{text}` is not Latin-1"))
    };
    text.chars().map(byte).collect()
}

/// Bytes from pairs of hexadecimal digits.
pub(crate) fn from_hex(digits: &str) -> Result<Vec<u8>, String> {
    let pair = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok().filter(|text| text.len() == 2);
        text.and_then(|text| u8::from_str_radix(text, 16).ok())
            .ok_or_else(|| format!("`{digits}` is not hexadecimal"))
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}

/// Every case of a folder, the files in alphabetical order.
pub(crate) fn read_all(folder: &Path) -> Result<Vec<Case>, String> {
    let unreadable = |error| format!("cannot read {}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let area = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let case: Case = serde_json::from_str(line)
                .map_err(|error| format!("{}:{}: {error}", file.display(), index + 1))?;
            cases.push(Case { area: area.clone(), ..case });
        }
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(rest: &str) -> Case {
        let text = format!(
            r#"{{"id":"X1","project":"main","source":"","status":200,"response_headers":[],
                "response_body":"","note":"",{rest}}}"#
        );
        serde_json::from_str(&text).expect("a case")
    }

    #[track_caller]
    fn check(rest: &str, expected: &[u8]) {
        let bytes = case(rest).to_bytes(str::to_owned).expect("sendable");
        assert_eq!(bytes, expected, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn requests_are_written_as_the_recordings_were() {
        check(
            r#""request":"GET /\u00ff","headers":[],"body":null"#,
            b"GET /\xff HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
        );
        check(
            r#""request":"POST /","headers":["host: x"],"body":"\u00ff""#,
            b"POST / HTTP/1.1\r\nhost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n\xc3\xbf",
        );
        check(
            r#""request":"POST /","headers":["Host:","Transfer-Encoding: chunked"],"body":{"hex":"300d0a0d0a"}"#,
            b"POST / HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        );
        check(
            r#""request":"POST /","headers":["Host: a"],"body":{"repeat":["a",3]}"#,
            b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\naaa",
        );
    }
}
