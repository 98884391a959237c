//! The evaluated `astro.config.*` as a [`ProjectConfig`].
//!
//! The bundler turns the config file into one module, the engine evaluates it to JSON, and this
//! module checks that JSON and takes from it what concerns endpoints. Adapters and integrations were
//! never run: they are records of the calls that the file makes (`record.rs`). An option without
//! effect here is listed, never an error.
//! Spec: `astro-endpoints.md` sections 1.6, 1.7, 1.9, 3.5, 3.6, 4.2, 4.4, 6.2 and 7.

mod env_schema;
mod reader;
mod record;
mod routing;
mod session;
mod wix;

use serde_json::Value;
use transom_diag::Diagnostic;
use transom_manifest::{Host, Output, ProjectConfig};

use crate::settings::Layer;
use crate::units::ByteSize;
use reader::Reader;

/// The config file, for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConfigFile<'a> {
    /// Path relative to the project.
    pub(crate) name: &'a str,
    /// Its text as written.
    pub(crate) text: &'a str,
}

/// Maps the JSON that the config evaluated to.
///
/// # Errors
/// Every option that has an unusable value, with its place in the file where that can be found.
pub(crate) fn project_config(
    json: &str,
    file: ConfigFile<'_>,
) -> Result<ProjectConfig, Vec<Diagnostic>> {
    let mut reader = Reader::new(file);
    let mut config = ProjectConfig::default();
    match serde_json::from_str::<Value>(json) {
        Ok(value) => read(&mut reader, &value, &mut config),
        Err(error) => reader.fault("", format_args!("the config is not plain data: {error}")),
    }
    if config.integrations.iter().any(|package| package == wix::PACKAGE) {
        wix::add_variables(&mut config.env_schema);
    }
    reader.finish(config)
}

fn read(reader: &mut Reader<'_>, value: &Value, config: &mut ProjectConfig) {
    let Some(object) = reader.object("", value) else { return };
    for (key, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        match key.as_str() {
            "site" => config.site = reader.url(key, value),
            "base" => {
                if let Some(base) = reader.text(key, value) {
                    config.base = base;
                }
            }
            "trailingSlash" => {
                if let Some(choice) = reader.choice(key, value, &["always", "never", "ignore"]) {
                    config.trailing_slash = choice;
                }
            }
            "output" => config.output = output(reader, value),
            "security" => routing::security(reader, value, config),
            "redirects" => config.redirects = routing::redirects(reader, value),
            "i18n" => config.i18n = routing::i18n(reader, value),
            "env" => env_schema::env(reader, value, config),
            "session" => config.session = session::session(reader, value),
            "server" => server(reader, value, config),
            "build" => build(reader, value, config),
            "adapter" => adapter(reader, value, config),
            "integrations" => integrations(value, &mut config.integrations),
            _ => reader.ignore(key),
        }
    }
}

fn output(reader: &mut Reader<'_>, value: &Value) -> Output {
    reader.choice("output", value, &["server", "static"]).unwrap_or_default()
}

fn server(reader: &mut Reader<'_>, value: &Value, config: &mut ProjectConfig) {
    let Some(object) = reader.object("server", value) else { return };
    for (key, value) in object {
        let path = format!("server.{key}");
        match (key.as_str(), value) {
            ("host", Value::Bool(all)) => config.server_host = Host::All(*all),
            ("host", Value::String(name)) => config.server_host = Host::Name(name.clone()),
            ("host", Value::Null) => {}
            ("host", _) => {
                reader.expect::<Host>(&path, value, "`true`, `false` or a name", None);
            }
            ("port", _) => {
                let port = value.as_u64().and_then(|port| u16::try_from(port).ok());
                if let Some(port) = reader.expect(&path, value, "a number from 0 to 65535", port) {
                    config.server_port = port;
                }
            }
            _ => reader.ignore(&path),
        }
    }
}

fn build(reader: &mut Reader<'_>, value: &Value, config: &mut ProjectConfig) {
    let Some(object) = reader.object("build", value) else { return };
    for (key, value) in object {
        let path = format!("build.{key}");
        match (key.as_str(), value) {
            ("assetsPrefix", Value::String(prefix)) => config.assets_prefix = Some(prefix.clone()),
            // One prefix for each type of file; `import.meta.env.ASSETS_PREFIX` shows the fallback.
            ("assetsPrefix", Value::Object(prefixes)) => {
                config.assets_prefix =
                    prefixes.get("fallback").and_then(Value::as_str).map(str::to_owned);
            }
            _ => reader.ignore(&path),
        }
    }
}

/// The adapter is never run; of its options only the Node adapter's body limit concerns transom.
fn adapter(reader: &mut Reader<'_>, value: &Value, config: &mut ProjectConfig) {
    let Some(adapter) = record::recording(value) else { return reader.ignore("adapter") };
    if adapter.package == "@astrojs/node" {
        let limit = adapter.args.first().and_then(|options| options.get("bodySizeLimit"));
        config.body_size_limit = limit.and_then(|limit| {
            // `Infinity` means, like 0, that there is no limit.
            let bytes = limit.as_u64().or(record::is_infinity(limit).then_some(0));
            let expected = "a number of bytes, 0 or `Infinity`";
            reader.expect("adapter.bodySizeLimit", limit, expected, bytes)
        });
    }
    config.adapter = Some(adapter.package.to_owned());
}

/// Collects the packages; Astro accepts nested arrays and falsy entries.
fn integrations(value: &Value, packages: &mut Vec<String>) {
    if let Value::Array(entries) = value {
        entries.iter().for_each(|entry| integrations(entry, packages));
    } else if let Some(integration) = record::recording(value) {
        packages.push(integration.package.to_owned());
    }
}

/// The settings that an Astro config gives, as the weakest source.
pub(crate) fn settings_layer(config: &ProjectConfig) -> Layer {
    let mut layer = Layer::default();
    layer.server.port = Some(config.server_port);
    layer.server.host = match &config.server_host {
        Host::All(false) => None,
        Host::All(true) => Some("0.0.0.0".to_owned()),
        Host::Name(name) => Some(name.clone()),
    };
    layer.limits.body = config.body_size_limit.map(ByteSize::bytes);
    layer
}

#[cfg(test)]
mod tests;
