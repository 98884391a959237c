//! Answers: JSON, problems, redirects, small pages.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use transom_store::StoreError;

use crate::IdentityError;

/// Seconds after which a client that was turned away may come again.
const RETRY_SECONDS: u16 = 1;

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer with a body of this type.
pub(super) fn with_body(
    status: StatusCode,
    kind: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    *response.body_mut() = body.into();
    response
}

/// An answer of JSON that nobody may keep.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response<Bytes> {
    // Structures of this crate have text keys only, which is all that could fail.
    let body = serde_json::to_vec(value).unwrap_or_default();
    with_body(status, "application/json", body)
}

/// A failure of an OAuth endpoint. Spec: RFC 6749, section 5.2.
pub(super) fn oauth_error(error: &'static str, description: &str) -> Response<Bytes> {
    #[derive(Serialize)]
    struct Failure<'a> {
        error: &'static str,
        error_description: &'a str,
    }
    let status =
        if error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let mut response = json(status, &Failure { error, error_description: description });
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"transom\""));
    }
    response
}

/// A failure of another endpoint. Spec: RFC 9457.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response<Bytes> {
    #[derive(Serialize)]
    struct Problem<'a> {
        title: &'a str,
        status: u16,
        detail: &'a str,
    }
    let title = status.canonical_reason().unwrap_or("Error");
    let mut response = json(status, &Problem { title, status: status.as_u16(), detail });
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The answer to a failure of the service. What the store says is for the log alone.
pub(super) fn failure(error: &IdentityError) -> Response<Bytes> {
    match error {
        IdentityError::Busy => later(StatusCode::TOO_MANY_REQUESTS, "too many log-ins at once"),
        IdentityError::Store(error) if error.is_temporary() => {
            later(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
        }
        IdentityError::Store(StoreError::Full { .. }) => {
            problem(StatusCode::INSUFFICIENT_STORAGE, "the store is full")
        }
        IdentityError::Store(_) | IdentityError::Key(_) => {
            problem(StatusCode::INTERNAL_SERVER_ERROR, "the identity service failed")
        }
        IdentityError::Credentials | IdentityError::Refused(_) => {
            problem(StatusCode::UNAUTHORIZED, &error.to_string())
        }
        IdentityError::Taken(_) => problem(StatusCode::CONFLICT, &error.to_string()),
        IdentityError::NoAccount(_) => problem(StatusCode::NOT_FOUND, &error.to_string()),
        IdentityError::Invalid(_) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn later(status: StatusCode, detail: &str) -> Response<Bytes> {
    let mut response = problem(status, detail);
    response.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS.into());
    response
}

/// A redirect after which the browser uses GET.
pub(super) fn see_other(location: &str) -> Response<Bytes> {
    let mut response = empty(StatusCode::SEE_OTHER);
    match HeaderValue::from_str(location) {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => problem(StatusCode::BAD_REQUEST, "the address to return to cannot be used"),
    }
}

/// A page that runs no script and may not be framed, so that nobody clicks on it unknowingly.
pub(super) fn page(status: StatusCode, html: String) -> Response<Bytes> {
    let mut response = with_body(status, "text/html; charset=utf-8", html);
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// The answer to a method that the endpoint does not have.
pub(super) fn method_not_allowed(allowed: &'static str) -> Response<Bytes> {
    let mut response =
        problem(StatusCode::METHOD_NOT_ALLOWED, &format!("this endpoint takes {allowed}"));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
