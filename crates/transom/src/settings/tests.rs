//! Precedence, the environment, and what is said about a wrong `transom.toml`.

use std::ffi::OsString;
use std::path::Path;

use super::*;

/// Builds a layer from `path=value` pairs in the notation of flags.
fn given(pairs: &[&str]) -> Layer {
    let mut layer = Layer::default();
    for pair in pairs {
        let (path, value) = pair.split_once('=').expect("the row is path=value");
        let key = KEYS.iter().find(|key| key.path == path).expect("the row names a setting");
        key.set(&mut layer, value, None).expect("the row's value is valid");
    }
    layer
}

fn resolve(sources: Sources) -> Result<Settings, SettingsError> {
    Settings::resolve(sources, Purpose::Development, Path::new("/p/.transom"))
}

#[test]
fn without_any_source_the_defaults_hold() {
    let settings = resolve(Sources::default()).expect("the defaults are valid");
    let server = settings.server;
    assert_eq!((server.host.as_str(), server.port, server.workers.get()), ("localhost", 4321, 1));
    assert_eq!((server.tls, server.admin), (None, None));
    assert_eq!((server.compression, server.access_log), (Compression::On, AccessLog::Auto));
    assert_eq!(settings.limits.body, Some(ByteSize::bytes(1 << 30)));
    assert_eq!(settings.data, Path::new("/p/.transom"));
}

/// The texts of the table, as far as they are a single value, are the values that are used.
#[test]
fn the_documented_defaults_are_the_real_ones() {
    let mut documented = Layer::default();
    for key in KEYS {
        let first = key.default.split(',').next().unwrap_or_default();
        key.set(&mut documented, first, None).ok();
    }
    let from_text = resolve(Sources { flags: documented, ..Sources::default() }).expect("valid");
    assert_eq!(from_text.limits, resolve(Sources::default()).expect("valid").limits);
    assert_eq!(from_text.server.port, 4321);
}

/// Each row: the port in the flags, the environment, the file, the Astro config; the one that wins.
#[test]
fn the_stronger_source_wins_for_each_setting_by_itself() {
    let rows = [
        (["1", "2", "3", "4"], 1),
        (["", "2", "3", "4"], 2),
        (["", "", "3", "4"], 3),
        (["", "", "", "4"], 4),
        (["", "", "", ""], 4321),
    ];
    for (ports, expected) in rows {
        let [flags, environment, file, astro_config] = ports.map(|port| match port {
            "" => Layer::default(),
            port => given(&[&format!("server.port={port}")]),
        });
        let file = file.over(given(&["limits.cpu=2s"]));
        let settings = resolve(Sources { flags, environment, file, astro_config }).expect("valid");
        assert_eq!(settings.server.port, expected, "{ports:?}");
        assert_eq!(settings.limits.cpu, Duration::from_secs(2), "{ports:?}");
    }
}

#[test]
fn no_body_limit_is_written_as_zero() {
    let flags = given(&["limits.body=0"]);
    let settings = resolve(Sources { flags, ..Sources::default() }).expect("valid");
    assert_eq!(settings.limits.body, None);
}

#[test]
fn a_certificate_and_its_key_belong_together() {
    let flags = given(&["server.https.cert=c.pem"]);
    let environment = given(&["server.https.key=k.pem"]);
    let both = resolve(Sources { flags: flags.clone(), environment, ..Sources::default() });
    assert!(both.expect("the halves may come from two sources").server.tls.is_some());
    let half = resolve(Sources { flags, ..Sources::default() }).expect_err("the key is missing");
    assert_eq!(half.to_string(), "a TLS certificate is given without its private key");
}

/// Each row: variables, and the layer they make or the name of the wrong variable.
#[test]
fn variables_are_read_and_checked() {
    let check = |variables: &[(&str, &str)], expected: Result<&[&str], &str>| {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(candidate, _)| *candidate == name);
            found.map(|(_, value)| OsString::from(*value))
        };
        match (environment::layer(lookup), expected) {
            (Ok(layer), Ok(pairs)) => assert_eq!(layer, given(pairs), "{variables:?}"),
            (Err(errors), Err(name)) => assert_eq!(errors[0].name, name, "{variables:?}"),
            (found, _) => panic!("{variables:?} gave {found:?}"),
        }
    };
    check(&[("PORT", "0"), ("HOST", "0.0.0.0")], Ok(&["server.port=0", "server.host=0.0.0.0"]));
    check(&[("PORT", "")], Ok(&[])); // Empty counts as unset, as for the Node adapter.
    check(&[("PORT", "1"), ("TRANSOM_PORT", "2")], Ok(&["server.port=2"]));
    check(&[("HOST", "[::1]")], Ok(&["server.host=::1"]));
    check(&[("TRANSOM_LIMIT_BODY", "20MB")], Ok(&["limits.body=20000000"]));
    check(&[("TRANSOM_ADMIN", "9090")], Ok(&["server.admin=127.0.0.1:9090"]));
    check(&[("PORT", "abc")], Err("PORT"));
    check(&[("PORT", "65536")], Err("PORT"));
    check(&[("TRANSOM_WORKERS", "0")], Err("TRANSOM_WORKERS"));
    check(&[("TRANSOM_LIMIT_CPU", "10")], Err("TRANSOM_LIMIT_CPU"));
    check(&[("TRANSOM_LIMIT_HEADERS", "1KiB")], Err("TRANSOM_LIMIT_HEADERS"));
}

#[test]
fn a_file_with_every_setting_is_read() {
    let text = r#"
data = "state"
[server]
host = "0.0.0.0"
port = 8_080
workers = 2
https = { cert = "tls/c.pem", key = "/etc/k.pem" }
admin = "[::1]:9090"
compression = false
access_log = "json"
[limits]
headers = "32KiB"
header_timeout = "10s"
body = 0x1000
body_timeout = "1m"
keep_alive = "3s"
http2_idle = "20s"
connections = 50
cpu = "500ms"
heap = "256MB"
drain = "0"
"#;
    let expected = given(&[
        "data=/p/state",
        "server.host=0.0.0.0",
        "server.port=8080",
        "server.workers=2",
        "server.https.cert=/p/tls/c.pem",
        "server.https.key=/etc/k.pem",
        "server.admin=[::1]:9090",
        "server.compression=off",
        "server.access_log=json",
        "limits.headers=32768",
        "limits.header_timeout=10s",
        "limits.body=4096",
        "limits.body_timeout=60s",
        "limits.keep_alive=3s",
        "limits.http2_idle=20s",
        "limits.connections=50",
        "limits.cpu=500ms",
        "limits.heap=256MB",
        "limits.drain=0",
    ]);
    assert_eq!(file::parse(text, Path::new("/p")), Ok(expected));
    assert_eq!(file::parse("", Path::new("/p")), Ok(Layer::default()));
}

/// Each row: a file, and for each problem the text it points at, its message and its hint.
#[test]
fn a_wrong_file_says_where_and_what_to_write() {
    check(
        "[server]\nprot = 1",
        &[("prot", "unknown key `prot` in `[server]`", "did you mean `port`?")],
    );
    check("[serve]", &[("serve", "unknown key `serve`", "did you mean `server`?")]);
    check(
        "[collection.notes]",
        &[("collection", "unknown key `collection`", "did you mean `collections`?")],
    );
    check(
        "[[identity.isuer]]",
        &[("isuer", "unknown key `isuer` in `[identity]`", "did you mean `issuer`?")],
    );
    check("port = 1", &[("port", "unknown key `port`", "`port` belongs below `[server]`")]);
    check(
        "[limits]\nheader-timeout = \"1s\"",
        &[(
            "header-timeout",
            "unknown key `header-timeout` in `[limits]`",
            "did you mean `header_timeout`?",
        )],
    );
    check(
        "[server]\nport = \"80\"",
        &[("\"80\"", "`server.port` is wrong: write a whole number, without quotes", "")],
    );
    check(
        "[server]\nport = 70000\n[limits]\ncpu = 10",
        &[
            (
                "70000",
                "`server.port` is wrong: `70000` is not a port; write a number from 0 to 65535, 0 picks one",
                "",
            ),
            ("10", "`limits.cpu` is wrong: the unit is missing; write for example `\"10s\"`", ""),
        ],
    );
    check("server = 1", &[("1", "`server` must be a table", "write its keys below `[server]`")]);
    check(
        "[server]\nadmin = true",
        &[("true", "`server.admin` is wrong: write a text in quotes", "")],
    );
    check(
        "[server.https]\nzzz = 1",
        &[("zzz", "unknown key `zzz` in `[server.https]`", "known here: `cert`, `key`")],
    );
}

#[track_caller]
fn check(text: &str, expected: &[(&str, &str, &str)]) {
    let errors = file::parse(text, Path::new("/p")).expect_err(text);
    let seen: Vec<_> = errors
        .iter()
        .map(|error| {
            (&text[error.span.clone()], error.message.as_str(), error.hint.as_deref().unwrap_or(""))
        })
        .collect();
    assert_eq!(seen, expected, "{text}");
}

#[test]
fn a_syntax_error_has_a_place() {
    let errors = file::parse("[server]\nport = = 1\n", Path::new("/p")).expect_err("not TOML");
    assert_eq!((errors[0].code, errors[0].span.start), ("settings/syntax", 16));
}
