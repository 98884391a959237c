//! Answers for pages of other origins, where `[compat.cors]` allows some.
//! Spec: <https://fetch.spec.whatwg.org/#http-cors-protocol>.
//!
//! Preflights are answered here, before middleware and handlers, unless the endpoint exports `OPTIONS` itself; other
//! answers get the headers on their way out, unless the handler has set its own. The origin check is not loosened: what
//! a form of another site may send is `security.checkOrigin`'s business.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use transom_server::Reply;

use crate::settings::Cors;

/// What an endpoint that takes every method is said to take.
const EVERY_METHOD: [&str; 6] = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];

/// The protocol's server side.
#[derive(Debug)]
pub(super) struct CorsPolicy {
    settings: Cors,
    /// Answers depend on who asks.
    varies: bool,
}

/// What one request is to be answered with.
#[derive(Debug, Default)]
pub(super) struct Grant {
    /// The origin, when it is allowed.
    origin: Option<HeaderValue>,
}

impl CorsPolicy {
    pub(super) fn new(settings: Cors) -> Self {
        let is_for_all = settings.origins.iter().any(|origin| origin.allows("null"));
        Self { varies: !is_for_all, settings }
    }

    /// Whom the request comes from, if that is an allowed origin.
    pub(super) fn grant(&self, headers: &HeaderMap) -> Grant {
        let origin = headers.get(ORIGIN).filter(|origin| {
            let text = origin.to_str().unwrap_or_default();
            self.settings.origins.iter().any(|allowed| allowed.allows(text))
        });
        let shown = |origin: &HeaderValue| match self.varies {
            true => origin.clone(),
            false => HeaderValue::from_static("*"),
        };
        Grant { origin: origin.map(shown) }
    }

    /// The answer to OPTIONS for a route with these exports; `None` when the handler answers it.
    pub(super) fn options(
        &self,
        method: &Method,
        headers: &HeaderMap,
        exports: &[String],
    ) -> Option<Reply> {
        let has = |name: &str| exports.iter().any(|export| export == name);
        if *method != Method::OPTIONS || has("OPTIONS") {
            return None;
        }
        let is_preflight = headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if !is_preflight && has("ALL") {
            return None;
        }
        let methods = match &self.settings.methods {
            Some(methods) => methods.join(", "),
            None if has("ALL") => EVERY_METHOD.join(", "),
            None => own_methods(exports).join(", "),
        };
        let mut reply = Reply::empty(StatusCode::NO_CONTENT);
        if !is_preflight {
            set(&mut reply, ALLOW, &methods);
            return Some(reply);
        }
        if self.grant(headers).origin.is_none() {
            return Some(reply);
        }
        set(&mut reply, ACCESS_CONTROL_ALLOW_METHODS, &methods);
        match (&self.settings.headers, headers.get(ACCESS_CONTROL_REQUEST_HEADERS)) {
            (Some(allowed), _) => {
                set(&mut reply, ACCESS_CONTROL_ALLOW_HEADERS, &allowed.join(", "))
            }
            (None, Some(asked)) => {
                reply.headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
                reply
                    .headers
                    .append(VARY, HeaderValue::from_static("access-control-request-headers"));
            }
            (None, None) => {}
        }
        if let Some(max_age) = self.settings.max_age {
            set(&mut reply, ACCESS_CONTROL_MAX_AGE, &max_age.as_secs().to_string());
        }
        Some(reply)
    }

    /// Puts the headers on an answer.
    pub(super) fn apply(&self, grant: Grant, reply: &mut Reply) {
        if reply.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        if self.varies {
            reply.headers.append(VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = grant.origin else { return };
        reply.headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.settings.credentials {
            set(reply, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        if !self.settings.expose.is_empty() {
            set(reply, ACCESS_CONTROL_EXPOSE_HEADERS, &self.settings.expose.join(", "));
        }
    }
}

/// The exports that are methods, and HEAD where GET answers it.
fn own_methods(exports: &[String]) -> Vec<&str> {
    let is_method =
        |name: &&str| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    let mut methods: Vec<&str> = exports.iter().map(String::as_str).filter(is_method).collect();
    if methods.contains(&"GET") && !methods.contains(&"HEAD") {
        methods.push("HEAD");
    }
    methods
}

/// Sets a header whose value was checked when the settings were read.
fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers.insert(name, value);
    }
}
