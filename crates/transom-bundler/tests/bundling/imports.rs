//! Which module an import reaches, and what is left of it in the output.

use crate::project::Project;

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str], unexpected: &[&str]) {
    let code = Project::new(files).code();
    for text in expected {
        assert!(code.contains(text), "`{text}` is missing in\n{code}");
    }
    for text in unexpected {
        assert!(!code.contains(text), "`{text}` must not be in\n{code}");
    }
}

#[test]
fn typescript_is_erased() {
    check(
        &[
            (
                "pages/a.ts",
                "import type { APIRoute } from 'astro';\nimport { type X, y } from '../lib';\ninterface Item { id: number }\n\
             enum Color { Red = 'red' }\n\
             export const GET: APIRoute = ({ url }) => { const item = { id: 1 } satisfies Item as X; return Response.json([item!, Color.Red, y, url]); };",
            ),
            ("lib.ts", "export type X = { id: number };\nexport const y = 'why';"),
        ],
        &["Response.json", "why", "red"],
        &["astro", "interface", "satisfies", "APIRoute"],
    );
}

#[test]
fn a_type_imported_like_a_value_is_erased() {
    check(
        &[(
            "pages/a.ts",
            "import { APIRoute } from 'astro';\nexport const GET: APIRoute = () => 1;",
        )],
        &["GET"],
        &["astro"],
    );
}

#[test]
fn json_is_data() {
    check(
        &[
            (
                "pages/a.ts",
                "import all, { name } from '../data.json';\nexport const GET = () => [all.list.length, name];",
            ),
            ("data.json", r#"{ "name": "from json", "list": [1, 2] }"#),
        ],
        &["from json"],
        &["data.json'"],
    );
}

#[test]
fn tsconfig_paths_lead_to_files() {
    check(
        &[
            (
                "pages/a.ts",
                "import { a } from '@/a';\nimport { b } from '~b';\nimport data from '@/d.json';\nexport const GET = () => [a, b, data];",
            ),
            ("src/a.ts", "export const a = 'alias a';"),
            ("src/b/index.ts", "export const b = 'alias b';"),
            ("src/d.json", r#"["alias d"]"#),
            (
                "tsconfig.json",
                r#"{ "extends": "astro/tsconfigs/strict", "compilerOptions": { "paths": { "@/*": ["./src/*"], "~b": ["./src/b"] } } }"#,
            ),
        ],
        &["alias a", "alias b", "alias d"],
        &["@/"],
    );
}

#[test]
fn packages_are_entered_by_server_conditions() {
    let package = |exports: &str| format!(r#"{{ "name": "p", "exports": {exports} }}"#);
    let sources = [
        ("node_modules/p/browser.js", "export default 'wrong: browser';"),
        ("node_modules/p/worker.js", "export default 'wrong: worker';"),
        ("node_modules/p/types.d.ts", "export default 'wrong: types';"),
        ("node_modules/p/require.cjs", "module.exports = 'wrong: require';"),
        ("node_modules/p/import.js", "export default 'by import';"),
        ("node_modules/p/node.js", "export default 'by node';"),
        ("node_modules/p/default.js", "export default 'by default';"),
    ];
    for (exports, expected) in [
        (
            r#"{ "types": "./types.d.ts", "browser": "./browser.js", "import": "./import.js", "default": "./default.js" }"#,
            "by import",
        ),
        (
            r#"{ "browser": "./browser.js", "node": "./node.js", "import": "./import.js" }"#,
            "by node",
        ),
        (
            r#"{ "workerd": "./worker.js", "require": "./require.cjs", "default": "./default.js" }"#,
            "by default",
        ),
        (r#"{ ".": { "development": "./worker.js", "default": "./default.js" } }"#, "by default"),
    ] {
        let manifest = package(exports);
        let mut files = vec![
            ("pages/a.ts", "import p from 'p';\nexport const GET = () => p;"),
            ("node_modules/p/package.json", &manifest),
        ];
        files.extend(sources);
        check(&files, &[expected], &["wrong"]);
    }
}

#[test]
fn without_exports_module_comes_before_main() {
    check(
        &[
            (
                "pages/a.ts",
                "import p from 'p';\nimport q from 'q';\nimport r from 'r/sub';\nexport const GET = () => [p, q, r];",
            ),
            (
                "node_modules/p/package.json",
                r#"{ "main": "main.js", "module": "module.js", "browser": "browser.js" }"#,
            ),
            ("node_modules/p/main.js", "module.exports = 'wrong: main';"),
            ("node_modules/p/module.js", "export default 'by module';"),
            ("node_modules/p/browser.js", "export default 'wrong: browser';"),
            ("node_modules/q/package.json", r#"{ "main": "./lib/q" }"#),
            ("node_modules/q/lib/q.js", "module.exports = 'by main';"),
            ("node_modules/r/sub.js", "exports.default = 'by path';"),
        ],
        &["by module", "by main", "by path"],
        &["wrong"],
    );
}

#[test]
fn commonjs_packages_are_bundled() {
    check(
        &[
            (
                "pages/a.ts",
                "import whole, { part } from 'old';\nexport const GET = () => [whole, part];",
            ),
            ("node_modules/old/package.json", r#"{ "main": "index.js" }"#),
            (
                "node_modules/old/index.js",
                "const fs = require('fs');\nconst { join } = require('node:path');\nlet extra; try { extra = require('not-there'); } catch {}\nexports.part = require('./part');\nexports.x = [fs, join, extra];",
            ),
            ("node_modules/old/part.js", "module.exports = 'a part';"),
        ],
        &["a part", "from \"node:fs\"", "from \"node:path\""],
        &["require(\"fs\")", "__require(\"node:path\")"],
    );
}

#[test]
fn node_modules_stay_imports() {
    check(
        &[(
            "pages/a.ts",
            "import { readFile } from 'fs/promises';\nimport path from 'node:path';\nexport const GET = () => [readFile, path];",
        )],
        &["from \"node:fs/promises\"", "from \"node:path\""],
        &[],
    );
}

#[test]
fn an_installed_package_wins_over_a_built_in_module() {
    let page = (
        "pages/a.ts",
        "import { value } from 'astro/config';\nimport { env } from 'astro:env/server';\nexport const GET = () => [value, env];",
    );
    let installed = [
        ("node_modules/astro/package.json", r#"{ "exports": { "./config": "./config.js" } }"#),
        ("node_modules/astro/config.js", "export const value = 'installed';"),
    ];
    let project = |files: &[(&str, &str)]| {
        Project::new(files)
            .virtual_module("astro/config", "export const value = 'built in';")
            .virtual_module("astro:env/server", "import { secret } from 'transom:internal/app/env';\nexport const env = secret('always built in');")
            .external("transom:internal/")
            .code()
    };
    let bare = project(&[page]);
    assert!(bare.contains("'built in'") || bare.contains("\"built in\""), "{bare}");
    let code = project(&[page, installed[0], installed[1]]);
    assert!(code.contains("installed") && !code.contains("\"built in\""), "{code}");
    assert!(
        code.contains("always built in") && code.contains("from \"transom:internal/app/env\""),
        "{code}"
    );
}

#[test]
fn text_and_addresses_of_files() {
    let project = Project::new(&[
        (
            "pages/a.ts",
            "import text from '../mail.txt?raw';\nimport code from '@/x.ts?raw';\nimport url from '../logo.svg?url';\nimport './style.css';\nexport const GET = () => [text, code, url];",
        ),
        ("mail.txt", "Dear \"you\"\n"),
        ("src/x.ts", "const raw: number = 1;"),
        ("logo.svg", "<svg/>"),
        ("pages/style.css", "p { color: red }"),
        ("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#),
    ]);
    let mut options = project.options.clone();
    options.entries.retain(|entry| entry.name.ends_with(".ts"));
    options.env.base_url = "/docs/".to_owned();
    let bundle = crate::project::runtime()
        .block_on(transom_bundler::Bundler::new(options).bundle())
        .expect("valid");
    let code = &bundle.chunks[0].code;
    assert!(
        code.contains(r#"Dear \"you\"\n"#) && code.contains("const raw: number = 1;"),
        "{code}"
    );
    assert!(code.contains("/docs/_astro/logo.") && !code.contains("color"), "{code}");
    assert!(bundle.assets[0].file.starts_with("_astro/logo."), "{:?}", bundle.assets);
}

#[test]
fn process_env_is_left_alone_and_a_module_keeps_its_place() {
    check(
        &[(
            "pages/a.ts",
            "export const GET = () => [process.env.NODE_ENV, process.env.HOME, import.meta.url, new URL('./x.bin', import.meta.url)];",
        )],
        &[
            "process.env.NODE_ENV",
            "process.env.HOME",
            "new URL(\"./x.bin\", import.meta.url + \"pages/a.ts\")",
        ],
        &[],
    );
}

#[test]
fn import_meta_env_is_inlined() {
    let project = Project::new(&[
        ("pages/a.ts", "export const GET = () => ['a', import.meta.env.MODE, import.meta.env.PROD, import.meta.env.DEV, import.meta.env.SSR, import.meta.env.BASE_URL, import.meta.env.PUBLIC_A, import.meta.env.SECRET, import.meta.env.NOPE, import.meta.env.SITE, import.meta.env?.SECRET, typeof import.meta.env.SECRET.length];\nif (import.meta.env.DEV) console.log('development only');"),
        ("pages/whole.ts", "const { SECRET } = import.meta.env;\nexport const GET = () => ['whole', SECRET, Object.keys(import.meta.env)];"),
        ("pages/computed.ts", "export const GET = () => ['computed', import.meta.env['SECRET'], import.meta.env[String('OTHER')]];"),
    ])
    .env(&[("PUBLIC_A", "open \"quotes\""), ("PUBLIC_B", "b"), ("SECRET", "s3cret"), ("OTHER", "0th3r"), ("odd-name", "odd"), ("MODE", "no")]);
    let bundle = project.bundle().expect("valid");
    let code = |name: &str| bundle.entry(name).expect(name).code.clone();
    let a = code("a.ts");
    assert!(a.contains(r#""production", true, false, true, "/", "open \"quotes\"", "s3cret", void 0, void 0, "s3cret""#) || a.replace("\n", " ").split_whitespace().collect::<Vec<_>>().join(" ").contains(r#""production", true, false, true, "/", "open \"quotes\"", "s3cret", void 0, void 0, "s3cret""#), "{a}");
    assert!(!a.contains("development only") && !a.contains("0th3r"), "{a}");
    let whole = code("whole.ts");
    assert!(
        whole.contains("s3cret") && whole.contains("PUBLIC_B") && whole.contains("BASE_URL"),
        "{whole}"
    );
    assert!(!whole.contains("0th3r") && !whole.contains("SITE"), "{whole}");
    let computed = code("computed.ts");
    assert!(computed.contains("s3cret") && computed.contains("0th3r"), "{computed}");
}
