//! How imports find packages and files, and where modules think they are: small packages in `node_modules`, one endpoint
//! that tells what each expression gives or throws.

use std::os::unix::fs::symlink;

use serde_json::Value;
use transom_testkit::{Project, Server};

/// A module with one function, `add(a, b)`.
const ADD_WASM: &[u8] = b"\0asm\x01\0\0\0\x01\x07\x01\x60\x02\x7f\x7f\x01\x7f\x03\x02\x01\0\x07\x07\x01\x03add\0\0\x0a\x09\x01\x07\0\x20\0\x20\x01\x6a\x0b";

/// A project with an endpoint that answers with what each expression gives, or throws, by name.
fn project(expressions: &[(&str, &str)]) -> Project {
    let list: Vec<_> =
        expressions.iter().map(|(name, code)| format!("{name}: async () => {code}")).collect();
    let source = format!(
        "import {{ createRequire }} from 'node:module';
         const require = createRequire(import.meta.url);
         const table = {{ {} }};
         export const GET = async () => {{
           const found: Record<string, unknown> = {{}};
           for (const [name, run] of Object.entries(table)) {{
             try {{ found[name] = await run(); }} catch (error: any) {{ found[name] = `${{error.code}} ${{error.message}}`; }}
           }}
           return Response.json(found);
         }};",
        list.join(",\n")
    );
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("package.json", r##"{ "name": "me", "type": "module", "exports": { "./own": "./src/own.ts" }, "imports": { "#lib/*": "./src/lib/*.ts", "#place": { "browser": "./src/browser.ts", "node": "./src/node.ts" } } }"##)
        .file("src/pages/index.ts", source)
}

fn package(project: Project, folder: &str, manifest: &str, files: &[(&str, &str)]) -> Project {
    let project = project.file(&format!("{folder}/package.json"), manifest);
    files
        .iter()
        .fold(project, |project, (name, text)| project.file(&format!("{folder}/{name}"), text))
}

#[track_caller]
fn check(server: &Server, expected: &[(&str, Value)]) {
    let found = server.get("/").json();
    for (name, value) in expected {
        assert_eq!(&found[name], value, "{name}: {found:#}");
    }
}

#[test]
fn packages_are_found_by_what_they_offer() {
    let project = project(&[
        ("own", "(await import('me/own')).default"),
        ("imports", "(await import('#lib/a')).default"),
        ("place", "(await import('#place')).default"),
        ("conditions", "(await import('cond')).default"),
        ("required", "require('cond')"),
        ("pattern", "(await import('cond/sub/one')).default"),
        ("itself", "(await import('selfy')).default"),
        ("browser", "(await import('brow')).default"),
        ("workspace", "(await import('@me/ws')).x"),
        ("pnpm", "(await import('a')).default"),
        ("ofEsm", "(await import('reqesm')).default"),
        ("json", "(await import('data')).default"),
    ])
    .file("src/own.ts", "export default 'own'")
    .file("src/lib/a.ts", "export default 'a'")
    .file("src/browser.ts", "export default 'browser'")
    .file("src/node.ts", "export default 'node'");
    let project = package(
        project,
        "node_modules/cond",
        r#"{ "name": "cond", "exports": { ".": { "browser": "./b.js", "node": { "import": "./i.mjs", "require": "./r.cjs" }, "default": "./d.js" }, "./sub/*": "./s/*.js" } }"#,
        &[
            ("i.mjs", "export default 'import'"),
            ("r.cjs", "module.exports = 'require'"),
            ("s/one.js", "export default 'one'"),
        ],
    );
    let project = package(
        project,
        "node_modules/selfy",
        r#"{ "name": "selfy", "type": "module", "exports": { ".": "./i.js", "./inner": "./inner.js" } }"#,
        &[
            ("i.js", "import x from 'selfy/inner'; export default x + '!'"),
            ("inner.js", "export default 'inner'"),
        ],
    );
    let project = package(
        project,
        "node_modules/brow",
        r#"{ "name": "brow", "main": "m.js", "browser": { "./m.js": "./b.js" } }"#,
        &[("m.js", "module.exports = 'main'"), ("b.js", "module.exports = 'browser'")],
    );
    let project = package(
        project,
        "packages/ws",
        r#"{ "name": "@me/ws", "type": "module", "main": "i.ts" }"#,
        &[("i.ts", "import c from 'cond'; export const x: string = `ws ${c}`")],
    );
    let store = "node_modules/.pnpm";
    let project = package(
        project,
        &format!("{store}/a@1/node_modules/a"),
        r#"{ "name": "a", "main": "i.js" }"#,
        &[("i.js", "module.exports = 'a ' + require('b')")],
    );
    let project = package(
        project,
        &format!("{store}/b@1/node_modules/b"),
        r#"{ "name": "b", "main": "i.js" }"#,
        &[("i.js", "module.exports = 'b'")],
    );
    let project = package(
        project,
        "node_modules/esm",
        r#"{ "name": "esm", "type": "module", "main": "i.js" }"#,
        &[("i.js", "export default function f() {} export const n = 1;")],
    );
    let project = package(
        project,
        "node_modules/reqesm",
        r#"{ "name": "reqesm", "main": "i.js" }"#,
        &[(
            "i.js",
            "const e = require('esm'); module.exports = [typeof e.default, e.n, e.__esModule]",
        )],
    );
    let project = package(
        project,
        "node_modules/data",
        r#"{ "name": "data", "main": "i.js" }"#,
        &[
            ("i.js", "module.exports = [require('./package.json').name, require('./d').v]"),
            ("d.json", r#"{ "v": 2 }"#),
        ],
    );
    std::fs::create_dir(project.path("node_modules/@me")).expect("it is new");
    for (target, link) in [
        ("../../packages/ws", "node_modules/@me/ws"),
        ("../../b@1/node_modules/b", "node_modules/.pnpm/a@1/node_modules/b"),
        (".pnpm/a@1/node_modules/a", "node_modules/a"),
    ] {
        symlink(target, project.path(link)).expect("linked");
    }
    check(
        &project.build_and_serve(),
        &[
            ("own", "own".into()),
            ("imports", "a".into()),
            ("place", "node".into()),
            ("conditions", "import".into()),
            ("required", "require".into()),
            ("pattern", "one".into()),
            ("itself", "inner!".into()),
            ("browser", "main".into()),
            ("workspace", "ws import".into()),
            ("pnpm", "a b".into()),
            ("ofEsm", serde_json::json!(["function", 1, true])),
            ("json", serde_json::json!(["data", 2])),
        ],
    );
}

#[test]
fn modules_know_where_they_were_written() {
    let project = project(&[
        ("own", "[import.meta.url, import.meta.dirname, import.meta.filename]"),
        ("commonjs", "(await import('old')).where"),
        ("module", "(await import('new')).where"),
        ("nearby", "(await import('old')).add()"),
        ("instantiated", "(await import('new')).add()"),
        ("fetched", "(await import('new')).fetched()"),
        ("secret", "fetch(new URL('../../package.json', import.meta.url)).catch((error) => error.cause.message)"),
    ])
    .file("node_modules/old/a.wasm", ADD_WASM)
    .file("node_modules/new/a.wasm", ADD_WASM);
    let project = package(project, "node_modules/old", r#"{ "name": "old", "main": "i.js" }"#, &[(
        "i.js",
        "const { readFileSync } = require('fs');
         exports.where = [__dirname, __filename];
         exports.add = () => new WebAssembly.Instance(new WebAssembly.Module(readFileSync(__dirname + '/a.wasm'))).exports.add(1, 2);",
    )]);
    let project = package(
        project,
        "node_modules/new",
        r#"{ "name": "new", "type": "module", "main": "i.js" }"#,
        &[(
            "i.js",
            "import { readFile } from 'node:fs/promises';
             const file = new URL('./a.wasm', import.meta.url);
             export const where = [import.meta.dirname, import.meta.url];
             export const add = async () => (await WebAssembly.instantiate(await readFile(file))).instance.exports.add(3, 4);
             export const fetched = async () => (await WebAssembly.instantiateStreaming(fetch(file))).instance.exports.add(5, 6);",
        )],
    );
    let root = project.path("").canonicalize().expect("it is there");
    let root = root.to_string_lossy().into_owned();
    check(&project.build_and_serve(), &[
        (
            "own",
            serde_json::json!([
                format!("file://{root}/src/pages/index.ts"),
                format!("{root}/src/pages"),
                format!("{root}/src/pages/index.ts")
            ]),
        ),
        (
            "commonjs",
            serde_json::json!([format!("{root}/node_modules/old"), format!("{root}/node_modules/old/i.js")]),
        ),
        (
            "module",
            serde_json::json!([format!("{root}/node_modules/new"), format!("file://{root}/node_modules/new/i.js")]),
        ),
        ("nearby", 3.into()),
        ("instantiated", 7.into()),
        ("fetched", 11.into()),
        (
            "secret",
            "of `file:` URLs, only WebAssembly (`.wasm`) can be fetched; read other files with node:fs".into(),
        ),
    ]);
}

#[test]
fn webassembly_can_be_imported() {
    let project = project(&[
        ("module", "new WebAssembly.Instance((await import('../add.wasm?module')).default).exports.add(2, 3)"),
        ("plain", "(await import('../add.wasm')).default instanceof WebAssembly.Module"),
        ("init", "(await (await import('../add.wasm?init')).default()).exports.add(4, 5)"),
        ("url", "(await import('../add.wasm?url')).default.startsWith('/_astro/add.')"),
    ])
    .file("src/add.wasm", ADD_WASM);
    check(
        &project.build_and_serve(),
        &[("module", 5.into()), ("plain", true.into()), ("init", 9.into()), ("url", true.into())],
    );
}

#[test]
fn require_finds_what_a_literal_names() {
    let project = project(&[
        ("made", "[require('./data.json').k, require('plain'), require('node:path').sep, typeof require.resolve]"),
        ("packaged", "(await import('maker')).found"),
        ("computed", "require(['not', 'there'].join('-'))"),
        ("builtIn", "(await import('dynamic')).load('os').EOL"),
        ("dynamic", "(await import('dynamic')).load('./x')"),
        ("optional", "(await import('dynamic')).optional()"),
        ("optionalFile", "(await import('dynamic')).file()"),
        ("peer", "(await import('dynamic')).peer()"),
        ("resolved", "(await import('dynamic')).resolved()"),
        ("names", "(await import('names')).default"),
    ])
    .file("src/pages/data.json", r#"{ "k": "data" }"#);
    let project = package(
        project,
        "node_modules/plain",
        r#"{ "name": "plain", "main": "i.js" }"#,
        &[("i.js", "module.exports = 'plain'")],
    );
    let project = package(
        project,
        "node_modules/maker",
        r#"{ "name": "maker", "type": "module", "main": "i.js" }"#,
        &[(
            "i.js",
            "import { createRequire as make } from 'module';
             const require = make(import.meta.url);
             export const found = [require('./package.json').name, require('plain'), require('path').sep];",
        )],
    );
    let project = package(project, "node_modules/dynamic", r#"{ "name": "dynamic", "main": "i.js" }"#, &[(
        "i.js",
        "exports.load = (name) => require(name);
         exports.optional = () => { try { return require('not-there'); } catch (error) { return [error.code, error.message]; } };
         exports.resolved = () => require('fs').readFileSync(require.resolve('./i.js'), 'utf8').includes('resolved');
         exports.file = () => { try { return require('./build/x.node.js'); } catch (error) { return error.code; } };
         exports.peer = () => import('@scope/peer/sub').catch((error) => [error.code, error.message]);",
    )]);
    // The compiled form of files that import others of the same name.
    let project = package(project, "node_modules/names", r#"{ "name": "names", "main": "i.cjs" }"#, &[
        (
            "i.cjs",
            "const require_context = require('./a/context.cjs'); const require_context$1 = require('./b/context.cjs');
             module.exports = { require_context$1, require_context };",
        ),
        ("a/context.cjs", "module.exports = 'a'"),
        ("b/context.cjs", "module.exports = 'b'"),
    ]);
    let server = project.build_and_serve();
    let who = "imported from node_modules/dynamic/i.js; if it is needed, run";
    check(
        &server,
        &[
            ("made", serde_json::json!(["data", "plain", "/", "function"])),
            ("packaged", serde_json::json!(["maker", "plain", "/"])),
            ("builtIn", "\n".into()),
            (
                "optional",
                serde_json::json!([
                    "MODULE_NOT_FOUND",
                    format!(
                        "Cannot find module 'not-there' {who} `npm install not-there` and build again"
                    )
                ]),
            ),
            ("optionalFile", "MODULE_NOT_FOUND".into()),
            ("resolved", true.into()),
            (
                "peer",
                serde_json::json!([
                    "ERR_MODULE_NOT_FOUND",
                    format!(
                        "Cannot find package '@scope/peer/sub' {who} `npm install @scope/peer` and build again"
                    )
                ]),
            ),
            ("names", serde_json::json!({ "require_context$1": "b", "require_context": "a" })),
        ],
    );
    let found = server.get("/").json();
    for name in ["computed", "dynamic"] {
        let text = found[name].as_str().expect("an error");
        assert!(text.starts_with("MODULE_NOT_FOUND Cannot find module '"), "{name}: {text}");
    }
}

#[test]
fn require_finds_what_only_running_tells() {
    let project = project(&[
        ("made", "[require(['plain', ''].join('')), require('./' + 'data.json').k, require('os'.trim()).EOL]"),
        ("json", "(await import('asker')).load('./data/de.json').hello"),
        ("folder", "(await import('asker')).load('./parts')"),
        ("file", "(await import('asker')).load('./parts/b')"),
        ("packaged", "(await import('asker')).load('plain')"),
        ("exported", "(await import('asker')).load('plain/sub')"),
        ("patterned", "(await import('asker')).load('plain/data/x')"),
        ("own", "(await import('asker')).load('#own')"),
        ("atOnce", "(await import('asker')).atOnce"),
        ("same", "((a) => a.load('./parts') === a.load('./parts/index.cjs'))((await import('asker')).default)"),
        ("resolved", "(await import('asker')).resolve('plain').split('/').slice(-3)"),
        ("peer", "(await import('asker')).load('driver')"),
        ("missing", "(await import('asker')).load('./not-there')"),
        ("package", "(await import('asker')).load('@not/there/x')"),
        ("unbundled", "(await import('asker')).load('./unused')"),
        ("secret", "(await import('asker')).load(process.cwd() + '/.transom/secret.json')"),
    ])
    .file(".transom/secret.json", r#"{ "no": true }"#)
    .file("src/pages/data.json", r#"{ "k": "data" }"#);
    let project = package(
        project,
        "node_modules/plain",
        r##"{ "name": "plain", "exports": {
            ".": { "import": "./i.mjs", "require": "./i.cjs" }, "./sub": "./sub.js", "./data/*": "./d/*.json"
        } }"##,
        &[
            ("i.cjs", "module.exports = 'plain'"),
            ("i.mjs", "export default 'other'"),
            ("sub.js", "module.exports = 'sub'"),
            ("d/x.json", "\"patterned\""),
        ],
    );
    let project = package(
        project,
        "node_modules/driver",
        r#"{ "name": "driver", "main": "d.js" }"#,
        &[("d.js", "module.exports = 'driver'")],
    );
    let project = package(
        project,
        "node_modules/asker",
        r##"{ "name": "asker", "main": "i.js", "imports": { "#own": "./own.js" },
            "peerDependenciesMeta": { "driver": { "optional": true }, "other-driver": { "optional": true } } }"##,
        &[
            (
                "i.js",
                "const literal = () => [require('./parts'), require('./parts/b'), require('./own'), require('plain'), require('plain/sub')];
                 exports.load = (name) => require(name);
                 exports.resolve = (name) => require('module').createRequire(__filename).resolve(name);
                 exports.atOnce = ['a', 'b'].map((name) => require(name === 'a' ? './parts/' + name : `./parts/${name}`));
                 exports.literal = literal;",
            ),
            ("parts/index.cjs", "module.exports = ['parts', require('./a')]"),
            ("parts/a.js", "module.exports = 'a'"),
            ("parts/b.js", "module.exports = 'b'"),
            ("own.js", "module.exports = 'own'"),
            ("unused.js", "module.exports = 'unused'"),
            ("data/de.json", r#"{ "hello": "Hallo" }"#),
        ],
    );
    let server = project.build_and_serve();
    check(
        &server,
        &[
            ("made", serde_json::json!(["plain", "data", "\n"])),
            ("json", "Hallo".into()),
            ("folder", serde_json::json!(["parts", "a"])),
            ("file", "b".into()),
            ("packaged", "plain".into()),
            ("exported", "sub".into()),
            ("patterned", "patterned".into()),
            ("own", "own".into()),
            ("atOnce", serde_json::json!(["a", "b"])),
            ("same", true.into()),
            ("peer", "driver".into()),
            ("resolved", serde_json::json!(["node_modules", "plain", "i.cjs"])),
        ],
    );
    let found = server.get("/").json();
    for (name, specifier, advice) in [
        ("missing", "./not-there", "require it with a literal, so that it is bundled"),
        ("package", "@not/there/x", "run `npm install @not/there` if it is not installed"),
        ("unbundled", "./unused", "no CommonJS module of that file"),
    ] {
        let text = found[name].as_str().expect("an error");
        let start = format!("MODULE_NOT_FOUND Cannot find module '{specifier}', required by /");
        assert!(text.starts_with(&start), "{name}: {text}");
        assert!(text.contains("/node_modules/asker/i.js"), "{name}: {text}");
        assert!(text.contains(advice), "{name}: {text}");
    }
    let text = found["secret"].as_str().expect("an error");
    assert!(text.starts_with("ERR_ACCESS_DENIED"), "{text}");
}

#[test]
fn import_meta_resolve_gives_addresses() {
    let server = project(&[
        ("beside", "import.meta.resolve('./data.json')"),
        ("absolute", "import.meta.resolve('/etc/x y')"),
        ("address", "import.meta.resolve('file:///a/../b.js')"),
        (
            "builtIn",
            "[import.meta.resolve('fs'), import.meta.resolve('node:fs/promises'), import.meta.resolve('node:' + 'os')]",
        ),
        ("unknown", "import.meta.resolve('node:nope')"),
        ("literal", "import.meta.resolve('plain')"),
        ("template", "import.meta.resolve(`plain/sub`)"),
        ("computed", "import.meta.resolve(['plain'].join(''))"),
        ("computedSub", "import.meta.resolve('plain/' + 'sub')"),
        ("missing", "import.meta.resolve('not-there/x')"),
        ("type", "typeof import.meta.resolve"),
        ("packaged", "(await import('plain')).default"),
    ]);
    let server = package(
        server,
        "node_modules/plain",
        r#"{ "name": "plain", "type": "module", "exports": { ".": { "require": "./r.cjs", "import": "./i.js" }, "./sub": "./s.js" } }"#,
        &[
            ("i.js", "export default import.meta.resolve('./s.js')"),
            ("s.js", "export {}"),
            ("r.cjs", ""),
        ],
    );
    let server = server.build_and_serve();
    let found = server.get("/").json();
    let inside = |path: &str| {
        let root = server.project().path(path);
        format!("file://{}", root.display())
    };
    for (name, expected) in [
        ("beside", inside("src/pages/data.json")),
        ("absolute", "file:///etc/x%20y".to_owned()),
        ("address", "file:///b.js".to_owned()),
        ("literal", inside("node_modules/plain/i.js")),
        ("template", inside("node_modules/plain/s.js")),
        ("computed", inside("node_modules/plain/i.js")),
        ("computedSub", inside("node_modules/plain/s.js")),
        ("packaged", inside("node_modules/plain/s.js")),
        ("type", "function".to_owned()),
    ] {
        assert_eq!(found[name], expected, "{name}");
    }
    assert_eq!(found["builtIn"], serde_json::json!(["node:fs", "node:fs/promises", "node:os"]));
    let text = |name: &str| found[name].as_str().expect("an error").to_owned();
    assert_eq!(text("unknown"), "ERR_UNKNOWN_BUILTIN_MODULE No such built-in module: node:nope");
    let missing = text("missing");
    assert!(
        missing
            .starts_with("ERR_MODULE_NOT_FOUND Cannot find package 'not-there/x' imported from /"),
        "{missing}"
    );
    assert!(
        missing.contains("/src/pages/") && missing.contains("npm install not-there"),
        "{missing}"
    );
    // What a literal names was found when the project was built.
    server.project().remove("node_modules/plain/package.json");
    let found = server.get("/").json();
    assert_eq!(found["literal"], inside("node_modules/plain/i.js"));
}

#[test]
fn a_missing_package_names_the_file_and_the_command() {
    let project = Project::new(env!("CARGO_BIN_EXE_transom")).file(
        "src/pages/index.ts",
        "import { z } from 'zod/v4';\nexport const GET = () => Response.json(z);",
    );
    let output = project.run(&["build", &project.path("").to_string_lossy()]);
    assert!(!output.status.success());
    for part in
        ["package `zod` is not installed", "src/pages/index.ts:1:19", "run `npm install zod`"]
    {
        assert!(output.stderr.contains(part), "{}", output.stderr);
    }
}
