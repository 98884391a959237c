//! The identity service behind the server: its endpoints below `/_transom/`, and the paths of the original's log-in
//! where a project has none.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest, Response, StatusCode, Uri};
use serde_json::json;
use transom_identity::http as surface;
use transom_identity::{IdentityError, OnDemand, Provider, Role, Subject, SubjectType};
use transom_runtime::Mode;
use transom_server::{BodyError, Reply, ReplyBody, Request, Scheme};
use transom_store::StoreError;

use super::services::Services;
use crate::printer::Printer;
use crate::settings::Settings;

/// Everything that is not a project's lies below this.
const RESERVED: &str = "/_transom/";
/// Paths of the original, and ours for them. Spec: section 1.5.
const ORIGINAL: [(&str, &str); 4] = [
    ("/api/auth/callback", "/_transom/oauth2/callback"),
    ("/api/auth/login", "/_transom/oauth2/login"),
    ("/api/auth/logout", "/_transom/oauth2/logout"),
    ("/api/auth/logout-callback", "/_transom/oauth2/logout-callback"),
];

/// What the original's paths answer while another service says who is calling.
const ELSEWHERE: &str = "with `identity.provider = \"wix\"` members log in and out where the site has them do it: \
                         link to its log-in page, or add a route of this path that sends the browser there, to the \
                         address that `auth.getAuthUrl()` or `auth.logout()` of `OAuthStrategy` (`@wix/sdk`) gives";

/// Names a caller without proof.
const ACT_AS: HeaderName = HeaderName::from_static("x-transom-as");
/// How long the tokens that are printed last.
const TOKENS_LAST: Duration = Duration::from_secs(60 * 60);

/// The service of a server.
#[derive(Clone)]
pub(super) struct Service {
    on_demand: Arc<OnDemand>,
    /// Whether the original's paths are answered, too.
    answers_original: bool,
    /// Whether a caller may be named without proof.
    may_act: bool,
    /// Whether this service says who is calling, and no other.
    is_local: bool,
    printer: Printer,
}

impl Service {
    /// The service of these, as the settings describe it, not open yet.
    pub(super) fn new(
        settings: &Settings,
        services: &Services,
        mode: Mode,
        printer: Printer,
    ) -> Self {
        let on_demand = Arc::clone(&services.identity);
        let answers_original = settings.services.identity_enabled;
        // The real service knows nothing of callers that are only named.
        let is_local = settings.services.identity.provider == Provider::Local;
        let may_act = mode == Mode::Development && is_local;
        Self { on_demand, answers_original, may_act, is_local, printer }
    }

    /// The answer to a request that names its caller without proof, where that is not allowed: that is for development
    /// alone, from this machine, and not through a page of another name.
    pub(super) fn refuse_acting(&self, request: &Request) -> Option<Reply> {
        if !request.headers.contains_key(ACT_AS) {
            return None;
        }
        let is_direct = request.remote.ip().is_loopback()
            && !request.headers.contains_key("forwarded")
            && !request.headers.contains_key("x-forwarded-for");
        let is_allowed = self.may_act && is_direct && names_this_machine(request);
        if is_allowed {
            return None;
        }
        let from = request.remote.ip();
        self.printer.status(format_args!(
            "[identity] refused a request from {from} with the header `X-Transom-As`: it works in `transom dev` \
             only, from this machine and for `localhost`"
        ));
        let mut reply = Reply::empty(StatusCode::FORBIDDEN);
        let kind = HeaderValue::from_static("text/plain;charset=UTF-8");
        reply.headers.insert(http::header::CONTENT_TYPE, kind);
        let text = "The header X-Transom-As works in development only.\n";
        reply.body = ReplyBody::Full(Bytes::from_static(text.as_bytes()));
        Some(reply)
    }

    /// Prints tokens of each kind, for calls by hand.
    pub(super) async fn print_tokens(&self) -> Result<(), IdentityError> {
        if !self.is_local {
            return Ok(());
        }
        let identity = self.on_demand.get().await?;
        self.printer.status(format_args!(
            "tokens for calls by hand, valid for an hour; `transom token` prints others:"
        ));
        for (kind, id, role) in [
            (SubjectType::Visitor, "v1", None),
            (SubjectType::Member, "m1", None),
            (SubjectType::User, "u1", Some(Role::Admin)),
        ] {
            let subject = Subject::new(kind, id);
            let token = identity.issue(&subject, role, TOKENS_LAST)?;
            self.printer.status(format_args!("  {subject}  {token}"));
        }
        Ok(())
    }

    /// Whether the service answers this path, whatever routes a project has.
    pub(super) fn serves(path: &str) -> bool {
        path.starts_with(RESERVED) && surface::serves(path.split('?').next().unwrap_or(path))
    }

    /// The target that the service answers in place of a path of the original that no route has.
    pub(super) fn original(&self, target: &str) -> Option<String> {
        if !self.answers_original {
            return None;
        }
        let path = target.split('?').next().unwrap_or(target);
        let (_, own) = ORIGINAL.iter().find(|(original, _)| *original == path)?;
        Some(format!("{own}{}", &target[path.len()..]))
    }

    /// Answers a request for `target`.
    pub(super) async fn answer(&self, request: Request, target: &str) -> Reply {
        let Ok(uri) = target.parse::<Uri>() else { return Reply::empty(StatusCode::BAD_REQUEST) };
        if !self.is_local {
            // One of the original's paths, or one of ours, which are not there then.
            let is_own = request.target.as_str().starts_with(RESERVED);
            return if is_own { Reply::empty(StatusCode::NOT_FOUND) } else { elsewhere() };
        }
        let identity = match self.on_demand.get().await {
            Ok(identity) => identity,
            Err(error) => return self.failed(&error),
        };
        let is_https = is_https(request.scheme, &request.headers);
        let Request { method, headers, mut body, .. } = request;
        body.set_limit(Some(surface::LONGEST_BODY as u64));
        let body = match body.collect().await {
            Ok(body) => body,
            Err(BodyError::TooLarge { .. }) => return Reply::empty(StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => return Reply::empty(StatusCode::BAD_REQUEST),
        };
        let mut plain = HttpRequest::new(body);
        *plain.method_mut() = method;
        *plain.uri_mut() = uri;
        *plain.headers_mut() = headers;
        to_reply(surface::answer(&identity, plain, is_https).await)
    }

    /// The client learns that it may come again, the operator why.
    fn failed(&self, error: &IdentityError) -> Reply {
        self.printer.status(format_args!("[identity] {error}"));
        match error {
            IdentityError::Store(error) if error.is_temporary() => {}
            IdentityError::Store(StoreError::Full { .. }) => {
                return Reply::empty(StatusCode::INSUFFICIENT_STORAGE);
            }
            _ => return Reply::empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
        let mut reply = Reply::empty(StatusCode::SERVICE_UNAVAILABLE);
        reply.headers.insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
        reply
    }
}

/// Spec: RFC 9457.
fn elsewhere() -> Reply {
    let status = StatusCode::NOT_IMPLEMENTED;
    let title = status.canonical_reason().unwrap_or_default();
    let problem = json!({ "title": title, "status": status.as_u16(), "detail": ELSEWHERE });
    let mut reply = Reply::empty(status);
    let kind = HeaderValue::from_static("application/problem+json");
    reply.headers.insert(http::header::CONTENT_TYPE, kind);
    reply.body = ReplyBody::Full(Bytes::from(problem.to_string()));
    reply
}

/// How the client came: a proxy in front says so in a header, which decides nothing but the kind of cookie.
fn is_https(scheme: Scheme, headers: &HeaderMap) -> bool {
    let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    let first = forwarded.and_then(|value| value.split(',').next());
    scheme == Scheme::Https || first.is_some_and(|scheme| scheme.trim() == "https")
}

/// Whether `Host` is this machine's own name or the address that the connection came to: a page of another name could
/// otherwise make a browser call.
fn names_this_machine(request: &Request) -> bool {
    let host = request.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.is_loopback() || address == request.local.ip())
}

fn to_reply(response: Response<Bytes>) -> Reply {
    let (head, body) = response.into_parts();
    let mut reply = Reply::empty(head.status);
    reply.headers = head.headers;
    if !body.is_empty() {
        reply.body = ReplyBody::Full(body);
    }
    reply
}
