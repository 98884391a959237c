//! What each option becomes, what is ignored, and what is said about a wrong one.

use serde_json::{Value, json};
use transom_manifest::{Locale, ProjectConfig, SameSite, TrailingSlash};

use super::*;

fn map(config: Value) -> Result<ProjectConfig, Vec<Diagnostic>> {
    let file = ConfigFile { name: "astro.config.mjs", text: "" };
    project_config(&config.to_string(), file)
}

#[track_caller]
fn mapped(config: Value) -> ProjectConfig {
    map(config).expect("the row is a valid config")
}

fn call(package: &str, args: Value) -> Value {
    json!({ "$call": { "package": package, "name": "default", "args": args } })
}

#[test]
fn an_empty_config_has_astros_defaults() {
    assert_eq!(mapped(json!({})), ProjectConfig::default());
    assert_eq!(mapped(json!({ "site": null, "i18n": null })), ProjectConfig::default());
}

#[test]
fn the_options_that_concern_endpoints_are_taken() {
    let config = mapped(json!({
        "site": "https://shop.example",
        "base": "/docs",
        "trailingSlash": "never",
        "security": { "checkOrigin": false, "allowedDomains": [
            { "hostname": "**.example.com", "protocol": "https" }, { "hostname": "a.test", "port": 8080 }] },
        "server": { "host": true, "port": 3000 },
        "redirects": { "/old": "/new", "/a/[b]": { "status": 302, "destination": "/c/[b]" } },
        "i18n": { "defaultLocale": "en", "locales": ["en", { "path": "german", "codes": ["de", "de-AT"] }] },
        "env": { "validateSecrets": true, "schema": {
            "API_URL": { "type": "string", "context": "server", "access": "public", "url": true },
            "LEVEL": { "type": "enum", "context": "client", "access": "public", "values": ["a", "b"], "default": "a" } } },
        "session": { "ttl": 60, "cookie": { "name": "sid", "sameSite": "strict" } },
        "build": { "assetsPrefix": "https://cdn.example" },
    }));
    assert_eq!(config.site.as_deref(), Some("https://shop.example"));
    assert_eq!((config.base.as_str(), config.trailing_slash), ("/docs", TrailingSlash::Never));
    assert!(!config.check_origin && config.validate_secrets);
    assert_eq!(config.allowed_domains[1].port.as_deref(), Some("8080"));
    assert_eq!((config.server_host, config.server_port), (Host::All(true), 3000));
    let redirects: Vec<_> = config.redirects.iter().map(|r| (r.from.as_str(), r.status)).collect();
    assert_eq!(redirects, [("/old", None), ("/a/[b]", Some(302))]);
    assert!(
        matches!(&config.i18n.expect("given").locales[1], Locale::Path { codes, .. } if codes.len() == 2)
    );
    let names: Vec<_> = config.env_schema.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["API_URL", "LEVEL"]);
    assert_eq!(
        (config.session.ttl, config.session.cookie.same_site),
        (Some(60), Some(SameSite::Strict))
    );
    assert_eq!(config.assets_prefix.as_deref(), Some("https://cdn.example"));
    assert!(config.ignored.is_empty(), "{:?}", config.ignored);
    assert!(!mapped(json!({ "session": false })).session.enabled);
}

#[test]
fn what_has_no_effect_is_listed() {
    let config = mapped(json!({
        "vite": {}, "markdown": {}, "server": { "headers": {} }, "build": { "format": "file" },
        "security": { "csp": true }, "session": { "driver": "redis" },
    }));
    let expected =
        ["vite", "markdown", "server.headers", "build.format", "security.csp", "session.driver"];
    assert_eq!(config.ignored, expected);
}

/// Each row: the options of the Node adapter and the limit that they give.
#[test]
fn the_node_adapters_body_limit_is_read_from_its_record() {
    let rows = [
        (json!([]), None),
        (json!([{ "mode": "standalone" }]), None),
        (json!([{ "bodySizeLimit": 1024 }]), Some(1024)),
        (json!([{ "bodySizeLimit": 0 }]), Some(0)),
        (json!([{ "bodySizeLimit": { "$number": "Infinity" } }]), Some(0)),
    ];
    for (args, expected) in rows {
        let config = mapped(json!({ "adapter": call("@astrojs/node", args.clone()) }));
        assert_eq!(config.body_size_limit, expected, "{args}");
        assert_eq!(config.adapter.as_deref(), Some("@astrojs/node"));
    }
    let other =
        mapped(json!({ "adapter": call("@other/adapter", json!([{ "bodySizeLimit": 7 }])) }));
    assert_eq!(other.body_size_limit, None);
}

/// Whatever only running a package or a function would give is left out, so that every config loads.
#[test]
fn a_value_from_a_package_is_ignored() {
    let from_package = json!({ "$ref": { "package": "x", "name": "y" } });
    let config = mapped(json!({
        "site": from_package, "redirects": call("x", json!([])), "server": { "$function": "server" },
        "security": { "checkOrigin": from_package },
    }));
    assert_eq!(config.ignored, ["site", "redirects", "server", "security.checkOrigin"]);
    assert!(config.check_origin);
    assert_eq!(mapped(from_package).ignored, ["default"]);
}

#[test]
fn the_wix_integration_adds_its_variables() {
    let wix = call("@wix/astro", json!([]));
    let own =
        json!({ "WIX_CLIENT_ID": { "type": "string", "context": "client", "access": "public" } });
    let config = mapped(json!({
        "integrations": [false, [wix, call("@astrojs/react", json!([]))]], "env": { "schema": own },
    }));
    assert_eq!(config.integrations, ["@wix/astro", "@astrojs/react"]);
    let fields: Vec<_> = config.env_schema.iter().map(|f| (f.name.as_str(), f.optional)).collect();
    let expected = [
        ("WIX_CLIENT_ID", false), // The project's own entry is kept.
        ("WIX_CLIENT_INSTANCE_ID", true),
        ("WIX_CLIENT_PUBLIC_KEY", true),
        ("WIX_CLIENT_SECRET", true),
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_config_is_the_weakest_source_of_settings() {
    let layer = settings_layer(&mapped(json!({
        "server": { "host": "::1", "port": 3000 },
        "adapter": call("@astrojs/node", json!([{ "bodySizeLimit": 0 }])),
    })));
    assert_eq!((layer.server.host.as_deref(), layer.server.port), (Some("::1"), Some(3000)));
    assert_eq!(layer.limits.body, Some(ByteSize::bytes(0)));
}

/// Each row: a wrong config and the message about it.
#[test]
fn a_wrong_option_is_explained() {
    let rows = [
        (json!(7), "the config must be an object"),
        (json!({ "site": "example" }), "`site` must be a URL such as `https://example.com`"),
        (json!({ "base": 1 }), "`base` must be a string"),
        (
            json!({ "trailingSlash": true }),
            "`trailingSlash` must be one of `always`, `never`, `ignore`",
        ),
        (json!({ "output": "hybrid" }), "`output` must be one of `server`, `static`"),
        (json!({ "server": { "port": "80" } }), "`server.port` must be a number from 0 to 65535"),
        (json!({ "server": { "host": 1 } }), "`server.host` must be `true`, `false` or a name"),
        (
            json!({ "security": { "checkOrigin": "no" } }),
            "`security.checkOrigin` must be `true` or `false`",
        ),
        (
            json!({ "redirects": { "/a": { "status": 200, "destination": "/b" } } }),
            "`redirects./a` must be a redirect with status 300, 301, 302, 303, 304, 307 or 308",
        ),
        (
            json!({ "redirects": { "/a": 1 } }),
            "`redirects./a` must be a path, or `{ status, destination }`",
        ),
        (
            json!({ "i18n": { "defaultLocale": "fr", "locales": ["en"] } }),
            "`i18n.defaultLocale` must be one of `i18n.locales`",
        ),
        (
            json!({ "env": { "schema": { "A": { "type": "string", "context": "client", "access": "secret" } } } }),
            "`env.schema.A` has an invalid combination of access and context: secret client variables are not supported",
        ),
        (
            json!({ "env": { "schema": { "a": {} } } }),
            "`env.schema.a` is not a variable name: it can only contain uppercase letters, numbers and underscores",
        ),
        (
            json!({ "adapter": call("@astrojs/node", json!([{ "bodySizeLimit": "1MB" }])) }),
            "`adapter.bodySizeLimit` must be a number of bytes, 0 or `Infinity`",
        ),
    ];
    for (config, expected) in rows {
        let faults = map(config).expect_err(expected);
        assert_eq!(faults[0].message, expected);
    }
}

#[test]
fn a_wrong_option_is_shown_in_the_file() {
    let text = "export default defineConfig({\n  server: { port: 'x' },\n});\n";
    let file = ConfigFile { name: "astro.config.mjs", text };
    let faults = project_config(r#"{"server":{"port":"x"}}"#, file).expect_err("not a number");
    let span = transom_diag::Span::new(
        text.find("port:").expect("there"),
        text.find(": 'x'").expect("there"),
    );
    assert_eq!(faults[0].labels[0].place, transom_diag::Place::Text(span));
}
