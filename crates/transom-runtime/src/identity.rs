//! Operations of identity: who calls the request that script is answering, and tokens for the calls that it makes.
//! Spec: `wix-http-endpoints.md` sections 4 to 6.
//!
//! Script gives what the request's headers say; what comes of it is decided here. A request without any gets a visitor
//! when script first asks, the same one whenever it asks again, and its cookie goes out with the answer.

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use transom_engine::{IntoJs, Op, OpError};
use transom_identity::{
    Caller, Claims, Identity, IdentityError, OnDemand, Rate, Role, Subject, SubjectType, TokenInfo,
    session_cookie,
};

use crate::exchange::Exchanges;
use crate::host::{HostOptions, Mode};
use crate::store;

/// How long a token lives that the development header stands for, in seconds.
const ACTING_SECONDS: u64 = 60 * 60;

/// Who calls the requests of a worker.
pub(crate) struct Callers {
    exchanges: Rc<Exchanges>,
    service: Option<Arc<OnDemand>>,
    mode: Mode,
}

/// What a request says of its caller.
pub(crate) struct Credentials {
    pub(crate) request: u64,
    pub(crate) authorization: Option<String>,
    pub(crate) cookies: Option<String>,
    /// `member:m1`, from the header of development.
    pub(crate) acting: Option<String>,
    pub(crate) is_https: bool,
}

/// The ops of identity.
pub(crate) fn ops(callers: &Rc<Callers>) -> Vec<Op> {
    let [now, own, elevated, inactive, news, soon, rates, provider, cookies, local] =
        std::array::from_fn(|_| Rc::clone(callers));
    vec![
        of_caller("identity_info", callers, async |callers, said| callers.info(said).await),
        // A token to make calls with as the caller, or null for one that is not known.
        of_caller("identity_token", callers, async |callers, said| callers.token(said).await),
        // The same without waiting; null also while the service is not open.
        Op::new(
            "identity_token_now",
            move |request: f64, authorization, cookies, acting, is_https: bool| {
                let request = request as u64;
                now.token_now(&Credentials { request, authorization, cookies, acting, is_https })
            },
        ),
        // Whether a header holds a token of this project, good or not.
        Op::future("identity_is_own_token", move |header: String| {
            let callers = Rc::clone(&own);
            async move {
                if callers.service.is_none() {
                    return Ok(false);
                }
                Ok(callers.service().await?.is_own(&header))
            }
        }),
        Op::future("identity_app_token", move || {
            let callers = Rc::clone(&elevated);
            async move {
                let issued = callers.service().await?.issue_for_app();
                issued.map(|issued| issued.access_token).map_err(|error| failed(&error))
            }
        }),
        Op::future("identity_inactive", move || {
            let callers = Rc::clone(&inactive);
            async move { to_json(&callers.service().await?.inactive()) }
        }),
        // Whether the operator has not been told of this yet, by any worker.
        Op::new("identity_is_news", move |what: String| {
            news.service.as_ref().is_some_and(|service| service.is_news(&what))
        }),
        // Whether a caller can be told apart without a long wait for the store.
        Op::future("identity_opens_soon", move || {
            let service = soon.service.clone();
            async move {
                match service {
                    Some(service) => Ok(service.opens_soon().await),
                    None => Ok(true), // There is nothing to wait for.
                }
            }
        }),
        // (what, caller, calls, window in ms) -> seconds to wait, 0 for none
        Op::future(
            "identity_rate_take",
            move |what: String, caller: String, calls: f64, window_ms: f64| {
                let service = rates.service.clone();
                let window = std::time::Duration::from_millis(window_ms as u64);
                let rate = Rate { calls: calls as u32, window };
                async move {
                    let Some(service) = service else { return Ok(0.0) };
                    let taken = service.rate_limits().take(&what, &caller, rate).await;
                    Ok(taken.map_or_else(|wait| wait.as_secs_f64().ceil(), |()| 0.0))
                }
            },
        ),
        // What another provider needs to know, as JSON; null for transom's own service.
        Op::new("identity_provider", move || {
            provider.service.as_ref().and_then(|service| service.settings().remote_app())
        }),
        // (requestId, the field `Set-Cookie` of the answer)
        Op::new("identity_cookie_set", move |request: f64, cookie: String| {
            let cookie = HeaderValue::try_from(cookie).ok();
            cookies.exchanges.with(request as u64, |exchange| exchange.cookie = cookie);
        }),
        // (method, target, header pairs, body) -> [status, header pairs, body]
        Op::future(
            "identity_request",
            move |method: String, target: String, headers: Vec<String>, body: Option<Bytes>| {
                let callers = Rc::clone(&local);
                async move { callers.request(&method, &target, &headers, body).await }
            },
        ),
    ]
}

/// An operation on the caller of a request: (requestId, authorization | null, cookies | null, acting | null, isHttps).
fn of_caller<T: IntoJs + 'static>(
    name: &'static str,
    callers: &Rc<Callers>,
    work: impl AsyncFn(&Callers, Credentials) -> Result<T, OpError> + Copy + 'static,
) -> Op {
    let callers = Rc::clone(callers);
    Op::future(name, move |request: f64, authorization, cookies, acting, is_https: bool| {
        let callers = Rc::clone(&callers);
        let request = request as u64;
        let said = Credentials { request, authorization, cookies, acting, is_https };
        async move { work(&callers, said).await }
    })
}

impl Callers {
    pub(crate) fn new(exchanges: &Rc<Exchanges>, options: &HostOptions) -> Rc<Self> {
        Rc::new(Self {
            exchanges: Rc::clone(exchanges),
            service: options.identity.clone(),
            mode: options.mode,
        })
    }

    pub(crate) async fn service(&self) -> Result<Identity, OpError> {
        let service = self.service.as_ref().ok_or_else(|| {
            OpError::error("nobody is calling: identity is known while a request is answered only")
        })?;
        service.get().await.map_err(|error| failed(&error))
    }

    async fn info(&self, said: Credentials) -> Result<String, OpError> {
        let identity = self.service().await?;
        let info = match self.caller(&identity, said).await? {
            Some(claims) => identity.info_of(&claims),
            None => identity.inactive(),
        };
        to_json(&info)
    }

    async fn token(&self, said: Credentials) -> Result<Option<String>, OpError> {
        let identity = self.service().await?;
        let Some(claims) = self.caller(&identity, said).await? else { return Ok(None) };
        token_of(&identity, &claims).map(Some)
    }

    fn token_now(&self, said: &Credentials) -> Result<Option<String>, OpError> {
        let Some(identity) = self.service.as_ref().and_then(|service| service.opened()) else {
            return Ok(None);
        };
        match self.known(identity, said)? {
            Some(claims) => token_of(identity, &claims).map(Some),
            None => Ok(None),
        }
    }

    /// The caller; `None` for one whose header is not accepted, after asking its issuer for keys.
    pub(crate) async fn caller(
        &self,
        identity: &Identity,
        said: Credentials,
    ) -> Result<Option<Arc<Claims>>, OpError> {
        if let Some(claims) = self.known(identity, &said)? {
            return Ok(Some(claims));
        }
        match identity.caller_patiently(said.authorization.as_deref(), None, said.is_https).await {
            Caller::Known(claims) => Ok(Some(claims)),
            Caller::Refused | Caller::Nobody => Ok(None),
        }
    }

    /// The caller, as far as that is known without asking anybody.
    fn known(
        &self,
        identity: &Identity,
        said: &Credentials,
    ) -> Result<Option<Arc<Claims>>, OpError> {
        if let (Some(acting), Mode::Development) = (&said.acting, self.mode) {
            return act_as(identity, acting).map(Some);
        }
        let (authorization, cookies) = (said.authorization.as_deref(), said.cookies.as_deref());
        match identity.caller(authorization, cookies, said.is_https) {
            Caller::Known(claims) => Ok(Some(claims)),
            Caller::Refused => Ok(None),
            Caller::Nobody => self.visitor(identity, said).map(Some),
        }
    }

    fn visitor(&self, identity: &Identity, said: &Credentials) -> Result<Arc<Claims>, OpError> {
        let known = self.exchanges.with(said.request, |exchange| exchange.visitor.clone());
        if let Some(Some(claims)) = known {
            return Ok(claims);
        }
        let (token, claims) = identity.begin_visit().map_err(|error| failed(&error))?;
        let cookie = HeaderValue::try_from(session_cookie(&token, said.is_https, None)).ok();
        self.exchanges.with(said.request, |exchange| {
            exchange.visitor = Some(Arc::clone(&claims));
            exchange.cookie = cookie;
        });
        Ok(claims)
    }

    async fn request(
        &self,
        method: &str,
        target: &str,
        headers: &[String],
        body: Option<Bytes>,
    ) -> Result<(f64, Vec<String>, Bytes), OpError> {
        let identity = self.service().await?;
        let wrong = |error: &dyn std::fmt::Display| OpError::type_error(error.to_string());
        let mut request = Request::new(body.unwrap_or_default());
        *request.method_mut() = method.parse().map_err(|error| wrong(&error))?;
        *request.uri_mut() = target.parse().map_err(|error| wrong(&error))?;
        for pair in headers.chunks_exact(2) {
            let name: HeaderName = pair[0].parse().map_err(|error| wrong(&error))?;
            let value: HeaderValue = pair[1].parse().map_err(|error| wrong(&error))?;
            request.headers_mut().append(name, value);
        }
        let answer = transom_identity::http::answer(&identity, request, false).await;
        let (head, body) = answer.into_parts();
        let texts = head.headers.iter().flat_map(|(name, value)| {
            [name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()]
        });
        Ok((f64::from(head.status.as_u16()), texts.collect(), body))
    }
}

fn token_of(identity: &Identity, claims: &Claims) -> Result<String, OpError> {
    let issued = identity.issue_as(claims).map_err(|error| failed(&error))?;
    Ok(issued.access_token)
}

/// The caller that the header of development names: `member:m1`, `user:u1:admin`, `app`.
fn act_as(identity: &Identity, text: &str) -> Result<Arc<Claims>, OpError> {
    let wrong = || {
        OpError::type_error(format!(
            "the header `X-Transom-As` is `{text}`; write `visitor:ID`, `member:ID`, `user:ID`, `user:ID:ROLE` or `app`"
        ))
    };
    let mut parts = text.trim().splitn(3, ':');
    let kind: SubjectType = parts.next().unwrap_or_default().parse().map_err(|_| wrong())?;
    let id = match (kind, parts.next()) {
        (SubjectType::App, None) => identity.client_id(),
        (SubjectType::App, Some(_)) | (_, None | Some("")) => return Err(wrong()),
        (_, Some(id)) => id,
    };
    let role: Option<Role> = parts.next().map(str::parse).transpose().map_err(|_| wrong())?;
    if role.is_some() && kind != SubjectType::User {
        return Err(wrong());
    }
    let lifetime = std::time::Duration::from_secs(ACTING_SECONDS);
    let token = identity.issue(&Subject::new(kind, id), role, lifetime);
    let claims = token.map_err(|error| failed(&error)).map(|token| identity.verify(&token));
    claims?.map_err(|error| OpError::error(error.to_string()))
}

fn to_json(info: &TokenInfo) -> Result<String, OpError> {
    serde_json::to_string(info).map_err(|error| OpError::error(error.to_string()))
}

fn failed(error: &IdentityError) -> OpError {
    if let IdentityError::Store(error) = error {
        return store::failed("the identity service", error);
    }
    OpError::error(format!("the identity service failed: {error}"))
}
