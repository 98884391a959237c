//! Options about where requests come from and go to: `security`, `redirects`, `i18n`.

use serde_json::Value;
use transom_manifest::{AllowedDomain, I18n, Locale, ProjectConfig, Redirect};

use super::reader::Reader;

/// The statuses that a redirect of the config may have.
const REDIRECT_STATUSES: [u64; 7] = [300, 301, 302, 303, 304, 307, 308];

pub(super) fn security(reader: &mut Reader<'_>, value: &Value, config: &mut ProjectConfig) {
    let Some(object) = reader.object("security", value) else { return };
    for (key, value) in object {
        let path = format!("security.{key}");
        match key.as_str() {
            "checkOrigin" => config.check_origin = reader.boolean(&path, value).unwrap_or(true),
            "allowedDomains" => {
                let domains = reader.array(&path, value).map(Vec::as_slice).unwrap_or_default();
                let read = domains.iter().filter_map(|value| allowed_domain(reader, &path, value));
                config.allowed_domains = read.collect();
            }
            _ => reader.ignore(&path),
        }
    }
}

fn allowed_domain(reader: &mut Reader<'_>, path: &str, value: &Value) -> Option<AllowedDomain> {
    let mut domain = AllowedDomain::default();
    for (key, value) in reader.object(path, value)? {
        let path = format!("{path}.{key}");
        match (key.as_str(), value) {
            ("hostname", _) => domain.hostname = reader.text(&path, value),
            ("protocol", _) => domain.protocol = reader.text(&path, value),
            ("port", Value::Number(port)) => domain.port = Some(port.to_string()),
            ("port", _) => domain.port = reader.text(&path, value),
            _ => reader.ignore(&path),
        }
    }
    Some(domain)
}

pub(super) fn redirects(reader: &mut Reader<'_>, value: &Value) -> Vec<Redirect> {
    let Some(object) = reader.object("redirects", value) else { return Vec::new() };
    object.iter().filter_map(|(from, value)| redirect(reader, from, value)).collect()
}

fn redirect(reader: &mut Reader<'_>, from: &str, value: &Value) -> Option<Redirect> {
    let path = format!("redirects.{from}");
    if let Value::String(destination) = value {
        let destination = destination.clone();
        return Some(Redirect { from: from.to_owned(), destination, status: None });
    }
    let expected = "a path, or `{ status, destination }`";
    let destination = value.get("destination").and_then(Value::as_str);
    let destination = reader.expect(&path, value, expected, destination)?.to_owned();
    let Some(status) = value.get("status") else {
        return Some(Redirect { from: from.to_owned(), destination, status: None });
    };
    let number = status.as_u64().filter(|number| REDIRECT_STATUSES.contains(number));
    let number = number.and_then(|number| u16::try_from(number).ok());
    let expected = "a redirect with status 300, 301, 302, 303, 304, 307 or 308";
    let status = Some(reader.expect(&path, status, expected, number)?);
    Some(Redirect { from: from.to_owned(), destination, status })
}

pub(super) fn i18n(reader: &mut Reader<'_>, value: &Value) -> Option<I18n> {
    let object = reader.object("i18n", value)?;
    let mut i18n = I18n::default();
    for (key, value) in object {
        let path = format!("i18n.{key}");
        match key.as_str() {
            "defaultLocale" => i18n.default_locale = reader.text(&path, value)?,
            "locales" => {
                for value in reader.array(&path, value)? {
                    i18n.locales.push(locale(reader, &path, value)?);
                }
            }
            _ => reader.ignore(&path),
        }
    }
    let known = i18n.locales.iter().any(|locale| match locale {
        Locale::Code(code) => *code == i18n.default_locale,
        Locale::Path { path, .. } => *path == i18n.default_locale,
    });
    let known = known.then_some(i18n);
    reader.expect("i18n.defaultLocale", &Value::Null, "one of `i18n.locales`", known)
}

fn locale(reader: &mut Reader<'_>, path: &str, value: &Value) -> Option<Locale> {
    let locale = serde_json::from_value::<Locale>(value.clone()).ok();
    let locale =
        locale.filter(|locale| !matches!(locale, Locale::Path { codes, .. } if codes.is_empty()));
    reader.expect(path, value, "an array of language codes, or of `{ path, codes }`", locale)
}
