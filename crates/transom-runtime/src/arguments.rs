//! What script gets of a request: eight plain values. What is mostly the same from one request to the next (method,
//! origin, address) is made once and remembered.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use http::header::HOST;
use transom_engine::{OpError, Persistent, Scope, Value};
use transom_router::Matched;

use crate::Request;
use crate::bridge;

/// The strings of the last request, and room for the next.
#[derive(Default)]
pub(crate) struct Arguments {
    method: RefCell<Option<(http::Method, Persistent)>>,
    origin: RefCell<Option<Origin>>,
    address: RefCell<Option<(IpAddr, Persistent)>>,
    scratch: RefCell<Vec<u8>>,
}

/// Scheme and host as they arrived, and the origin that they make.
struct Origin {
    scheme: &'static str,
    /// `None` without the header.
    host: Option<Box<[u8]>>,
    port: u16,
    text: Rc<str>,
    value: Option<Persistent>,
}

impl Arguments {
    /// Scheme and `Host`, or the local address when there is none (HTTP/1.0; section 4.3).
    pub(crate) fn origin(&self, request: &Request) -> Rc<str> {
        let host = request.headers.get(HOST).map(http::HeaderValue::as_bytes);
        let mut known = self.origin.borrow_mut();
        if let Some(known) = &*known
            && known.host.as_deref() == host
            && known.scheme == request.scheme
            && known.port == request.local_port
        {
            return Rc::clone(&known.text);
        }
        let text: Rc<str> = match host {
            None => format!("{}://localhost:{}", request.scheme, request.local_port).into(),
            // An empty one makes the first segment of the path the host.
            Some(host) => {
                let host: String = host.iter().map(|byte| char::from(*byte)).collect();
                format!("{}://{host}", request.scheme).into()
            }
        };
        *known = Some(Origin {
            scheme: request.scheme,
            host: host.map(Into::into),
            port: request.local_port,
            text: Rc::clone(&text),
            value: None,
        });
        text
    }

    /// `(number, route, method, target, origin, headers, address, params)`. To be called after
    /// [`Arguments::origin`] for the same request.
    pub(crate) fn values<'s>(
        &self,
        scope: &mut Scope<'s>,
        number: u64,
        route: i32,
        request: &Request,
        found: Option<&Matched<'_, '_>>,
    ) -> Result<[Value<'s>; 8], OpError> {
        Ok([
            scope.number(number as f64),
            scope.integer(route),
            self.method(scope, &request.method)?,
            scope.latin1(request.target.as_bytes())?,
            self.origin_value(scope)?,
            self.headers(scope, request)?,
            self.address(scope, request.address)?,
            match found {
                Some(found) => self.params(scope, found)?,
                None => scope.null(),
            },
        ])
    }

    fn method<'s>(
        &self,
        scope: &mut Scope<'s>,
        method: &http::Method,
    ) -> Result<Value<'s>, OpError> {
        let mut known = self.method.borrow_mut();
        if let Some((last, value)) = &*known
            && last == method
        {
            return Ok(scope.value_of(value));
        }
        let value = scope.string(method.as_str())?;
        *known = Some((method.clone(), scope.persist(value)));
        Ok(value)
    }

    fn origin_value<'s>(&self, scope: &mut Scope<'s>) -> Result<Value<'s>, OpError> {
        let mut known = self.origin.borrow_mut();
        let Some(origin) = &mut *known else { return scope.string("") };
        if let Some(value) = &origin.value {
            return Ok(scope.value_of(value));
        }
        let value = scope.string(&origin.text)?;
        origin.value = Some(scope.persist(value));
        Ok(value)
    }

    fn address<'s>(&self, scope: &mut Scope<'s>, address: IpAddr) -> Result<Value<'s>, OpError> {
        let mut known = self.address.borrow_mut();
        if let Some((last, value)) = &*known
            && *last == address
        {
            return Ok(scope.value_of(value));
        }
        let value = scope.string(&address.to_string())?;
        *known = Some((address, scope.persist(value)));
        Ok(value)
    }

    /// `name\0value\0…`, Latin-1.
    fn headers<'s>(&self, scope: &mut Scope<'s>, request: &Request) -> Result<Value<'s>, OpError> {
        let mut text = self.scratch.borrow_mut();
        text.clear();
        for (name, value) in &request.headers {
            text.extend_from_slice(name.as_str().as_bytes());
            text.push(0);
            text.extend_from_slice(value.as_bytes());
            text.push(0);
        }
        scope.latin1(&text)
    }

    /// `name\0value\0…` where that says it all, else an array; null without parameters.
    fn params<'s>(
        &self,
        scope: &mut Scope<'s>,
        found: &Matched<'_, '_>,
    ) -> Result<Value<'s>, OpError> {
        let mut text = self.scratch.borrow_mut();
        text.clear();
        for (name, value) in found.params() {
            let value = value.unwrap_or("\0");
            if !name.is_ascii() || !value.is_ascii() || value.contains('\0') || name.contains('\0')
            {
                drop(text);
                return bridge::params(scope, found);
            }
            text.extend_from_slice(name.as_bytes());
            text.push(0);
            text.extend_from_slice(value.as_bytes());
            text.push(0);
        }
        if text.is_empty() { Ok(scope.null()) } else { scope.latin1(&text) }
    }
}
