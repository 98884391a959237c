//! What a failed request shows in development: in the terminal and in the response.

use std::fmt::Write as _;

use http::HeaderMap;

use crate::respond::{Reply, ReplyBody};
use crate::stack::{Frame, code_frame, to_text};

/// What went wrong with a request.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) method: String,
    /// Pattern of the route, such as `/api/[id]`.
    pub(crate) route: String,
    /// Class of the error, such as `TypeError`.
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) frames: Vec<Frame>,
    /// A ready-made description in place of frames, for errors of the build.
    pub(crate) details: Option<String>,
}

impl Failure {
    /// One line: `TypeError: message`.
    pub(crate) fn headline(&self) -> String {
        match self.name.as_str() {
            "" => self.message.clone(),
            name => format!("{name}: {}", self.message),
        }
    }

    /// For the terminal and the log.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{} {} failed: {}\n", self.method, self.route, self.headline());
        text.push_str(&self.explanation());
        text.truncate(text.trim_end().len());
        text
    }

    fn explanation(&self) -> String {
        if let Some(details) = &self.details {
            return details.clone();
        }
        let mut text = String::new();
        if let Some(frame) = self.frames.first() {
            let _infallible = writeln!(text, "  {}:{}:{}", frame.file, frame.line, frame.column);
            if let Some(code) = code_frame(frame) {
                text.push_str(&code);
            }
        }
        text.push_str(&to_text(&self.frames));
        text
    }

    /// The response in development: JSON for clients that ask for it, else a page.
    pub(crate) fn to_reply(&self, request: &HeaderMap) -> Reply {
        let accept =
            request.get(http::header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
        let (html, json) = (accept.find("text/html"), accept.find("json"));
        let wants_json = match (html, json) {
            (Some(html), Some(json)) => json < html,
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => !accept.contains("text/"),
        };
        if wants_json {
            let stack: Vec<String> =
                to_text(&self.frames).lines().map(|line| line.trim().to_owned()).collect();
            let body = serde_json::json!({ "error": {
                "name": self.name,
                "message": self.message,
                "method": self.method,
                "route": self.route,
                "codeFrame": self.details.clone().or_else(|| self.frames.first().and_then(code_frame)),
                "stack": stack,
            }});
            let text = serde_json::to_string_pretty(&body).unwrap_or_default();
            return Reply::text(500, Some("application/json"), text);
        }
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title>\n\
             <style>body{{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;padding:0 1rem}}\
             pre{{background:#8881;padding:1rem;overflow:auto;border-radius:.4rem}}</style></head>\n\
             <body><h1>{headline}</h1><p><code>{method}</code> <code>{route}</code></p>\n<pre>{text}</pre>\n\
             <p>This page is shown in development only; in production the answer is an empty 500.</p></body></html>\n",
            name = escape(if self.name.is_empty() { "Error" } else { &self.name }),
            headline = escape(&self.headline()),
            method = escape(&self.method),
            route = escape(&self.route),
            text = escape(&self.explanation()),
        );
        Reply::text(500, Some("text/html; charset=utf-8"), page)
    }

    /// Whether `reply` is the empty 500 that the page may take the place of.
    pub(crate) fn may_replace(reply: &Reply) -> bool {
        reply.status == 500
            && match &reply.body {
                ReplyBody::Empty => true,
                ReplyBody::Full(bytes) => &bytes[..] == b"Internal Server Error",
                ReplyBody::Stream(_) => false,
            }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
