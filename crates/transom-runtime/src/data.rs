//! Operations of the data service: calls of its wire form, answered inside of the process.
//! Spec: `wix-http-endpoints.md` section 10.
//!
//! Who calls is decided here, from what the headers of the request say. A reading call of somebody without any
//! credentials makes no visitor: what a visitor may read does not depend on which one it is.

use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use transom_data::{Answer, Call, Caller, OnDemand};
use transom_engine::{Op, OpError};
use transom_identity::{Claims, Role, SubjectType};

use crate::host::HostOptions;
use crate::identity::{Callers, Credentials};

/// Bits that say how a call is made, as in `caller.js`.
const HTTPS: u32 = 1;
const ELEVATED: u32 = 2;

/// Calls that write nothing, though their method is POST.
const READING: [&str; 8] = [
    "/items/query",
    "/items/count",
    "/items/query-distinct-values",
    "/items/aggregate",
    "/items/aggregate-pipeline",
    "/items/search",
    "/items/query-referenced",
    "/items/is-referenced",
];

/// What the operations share.
struct Data {
    callers: Rc<Callers>,
    service: Option<Arc<OnDemand>>,
}

/// The ops of data.
pub(crate) fn ops(callers: &Rc<Callers>, options: &HostOptions) -> Vec<Op> {
    let data = Rc::new(Data { callers: Rc::clone(callers), service: options.data.clone() });
    let [call, get, query, request] = std::array::from_fn(|_| Rc::clone(&data));
    vec![
        // (requestId, authorization | null, cookies | null, acting | null, bits, "METHOD /path?query", body | null)
        // -> [status, text]
        Op::future(
            "data_call",
            move |id: f64,
                  authorization,
                  cookies,
                  acting,
                  bits,
                  target: String,
                  body: Option<String>| {
                let data = Rc::clone(&call);
                let said = said(id, authorization, cookies, acting, bits);
                async move {
                    let call = parse(&target, body.as_deref().unwrap_or_default().as_bytes())?;
                    let caller = data.caller(said, bits, is_reading(&call)).await?;
                    data.answer(&caller, call)
                        .await
                        .map(|answer| (f64::from(answer.status), answer.body))
                }
            },
        ),
        // (…, collection, item) -> [status, text], in the form of `DataService::item`
        Op::future(
            "data_get",
            move |id: f64,
                  authorization,
                  cookies,
                  acting,
                  bits,
                  collection: String,
                  item: String| {
                let data = Rc::clone(&get);
                let said = said(id, authorization, cookies, acting, bits);
                async move {
                    let caller = data.caller(said, bits, true).await?;
                    let answer = data.service()?.item(&caller, &collection, &item).await;
                    Ok((f64::from(answer.status), answer.body))
                }
            },
        ),
        // (…, body of a query) -> [status, text], in the form of `DataService::items`
        Op::future(
            "data_query",
            move |id: f64, authorization, cookies, acting, bits, body: String| {
                let data = Rc::clone(&query);
                let said = said(id, authorization, cookies, acting, bits);
                async move {
                    let caller = data.caller(said, bits, true).await?;
                    let answer = data.service()?.items(&caller, body.as_bytes()).await;
                    Ok((f64::from(answer.status), answer.body))
                }
            },
        ),
        // A request over HTTP: (authorization | null, "METHOD /path?query", body) -> [status, Retry-After | null, text]
        Op::future(
            "data_request",
            move |authorization: Option<String>, target: String, body: Option<Bytes>| {
                let data = Rc::clone(&request);
                async move {
                    let call = parse(&target, body.as_deref().unwrap_or_default())?;
                    let caller = match authorization {
                        Some(header) => data.of_token(header).await?,
                        None => Caller::Unknown,
                    };
                    let answer = data.answer(&caller, call).await?;
                    let retry_after = answer.retry_after.map(f64::from);
                    Ok((f64::from(answer.status), retry_after, answer.body))
                }
            },
        ),
    ]
}

fn said(
    id: f64,
    authorization: Option<String>,
    cookies: Option<String>,
    acting: Option<String>,
    bits: u32,
) -> Credentials {
    let is_https = bits & HTTPS != 0;
    Credentials { request: id as u64, authorization, cookies, acting, is_https }
}

/// A call in the form `METHOD /path?query`.
fn parse<'a>(target: &'a str, body: &'a [u8]) -> Result<Call<'a>, OpError> {
    let wrong = || OpError::type_error(format!("`{target}` is no call of the data service"));
    let (method, address) = target.split_once(' ').ok_or_else(wrong)?;
    let (path, query) = match address.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (address, None),
    };
    Ok(Call { method, path, query, body })
}

fn is_reading(call: &Call<'_>) -> bool {
    call.method == "GET" || READING.contains(&call.path)
}

impl Data {
    fn service(&self) -> Result<&OnDemand, OpError> {
        self.service.as_deref().ok_or_else(|| {
            OpError::error(
                "collections are there while a server runs, and not while a build is made",
            )
        })
    }

    async fn answer(&self, caller: &Caller, call: Call<'_>) -> Result<Answer, OpError> {
        Ok(self.service()?.answer(caller, call).await)
    }

    async fn caller(
        &self,
        said: Credentials,
        bits: u32,
        is_reading: bool,
    ) -> Result<Caller, OpError> {
        if bits & ELEVATED != 0 {
            return Ok(Caller::App);
        }
        let says_nothing =
            said.authorization.is_none() && said.cookies.is_none() && said.acting.is_none();
        if says_nothing && is_reading {
            return Ok(Caller::Visitor { id: String::new() });
        }
        let identity = self.callers.service().await?;
        let claims = self.callers.caller(&identity, said).await?;
        Ok(claims.map_or(Caller::Unknown, |claims| of_claims(&claims)))
    }

    /// The caller that a token speaks for, of a request that has nothing else.
    async fn of_token(&self, authorization: String) -> Result<Caller, OpError> {
        let said = Credentials {
            request: 0,
            authorization: Some(authorization),
            cookies: None,
            acting: None,
            is_https: false,
        };
        self.caller(said, 0, false).await
    }
}

fn of_claims(claims: &Claims) -> Caller {
    let id = claims.sub.clone();
    match claims.sub_type {
        SubjectType::App => Caller::App,
        SubjectType::User => Caller::User { id, role: claims.role.map(role) },
        SubjectType::Member => Caller::Member { id },
        SubjectType::Visitor => Caller::Visitor { id },
        _ => Caller::Unknown,
    }
}

fn role(role: Role) -> transom_data::Role {
    match role {
        Role::CmsEditor => transom_data::Role::Editor,
        Role::Admin => transom_data::Role::Admin,
    }
}
