//! `session`. Spec: `astro-endpoints.md` section 3.5. The driver is transom's own.

use serde_json::Value;
use transom_manifest::{Session, SessionCookie};

use super::reader::Reader;

pub(super) fn session(reader: &mut Reader<'_>, value: &Value) -> Session {
    let mut session = Session::default();
    if value == &Value::Bool(false) {
        session.enabled = false;
        return session;
    }
    let Some(object) = reader.object("session", value) else { return session };
    for (key, value) in object {
        let path = format!("session.{key}");
        match (key.as_str(), value) {
            ("ttl", _) => session.ttl = reader.whole_number(&path, value),
            ("cookie", Value::String(name)) => session.cookie.name = Some(name.clone()),
            ("cookie", _) => session.cookie = cookie(reader, value),
            _ => reader.ignore(&path),
        }
    }
    session
}

fn cookie(reader: &mut Reader<'_>, value: &Value) -> SessionCookie {
    let mut cookie = SessionCookie::default();
    let Some(object) = reader.object("session.cookie", value) else { return cookie };
    for (key, value) in object {
        let path = format!("session.cookie.{key}");
        match key.as_str() {
            "name" => cookie.name = reader.text(&path, value),
            "domain" => cookie.domain = reader.text(&path, value),
            "path" => cookie.path = reader.text(&path, value),
            "maxAge" => cookie.max_age = reader.whole_number(&path, value),
            "sameSite" => {
                cookie.same_site = reader.choice(&path, value, &["strict", "lax", "none"])
            }
            "secure" => cookie.secure = reader.boolean(&path, value),
            _ => reader.ignore(&path),
        }
    }
    cookie
}
