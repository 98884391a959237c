//! Packages with native addons: the error names the package and what to use instead, and a package that has another way
//! takes it.

use transom_testkit::Project;

#[test]
fn an_addon_is_refused_by_the_name_of_its_package() {
    let page = "import soft from 'soft';
        const why = async (load: () => Promise<unknown>) => {
          try { return String(await load()); } catch (error: any) { return `${error.code} ${error.message}`; }
        };
        export const GET = async () => Response.json([soft, await why(() => import('bcrypt')), await why(() => import('@me/unknown'))]);";
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", page)
        .file("node_modules/bcrypt/package.json", r#"{ "name": "bcrypt", "main": "i.js" }"#)
        .file("node_modules/bcrypt/i.js", "module.exports = require('./build/b.node');")
        .file("node_modules/bcrypt/build/b.node", [0x7f, b'E', b'L', b'F', 0xff])
        .file("node_modules/@me/unknown/package.json", r#"{ "name": "@me/unknown", "main": "i.js" }"#)
        .file("node_modules/@me/unknown/i.js", "exports.work = require('bindings')('x');")
        .file("node_modules/soft/package.json", r#"{ "name": "soft", "main": "i.js" }"#)
        .file(
            "node_modules/soft/i.js",
            "try { module.exports = require('node-gyp-build')(__dirname); } catch { module.exports = 'in JavaScript'; }",
        )
        .build_and_serve();
    let found = server.get("/").json();
    assert_eq!(found[0], "in JavaScript");
    let known = found[1].as_str().expect("a text");
    assert!(
        known.starts_with("ERR_DLOPEN_FAILED the package `bcrypt` needs a native addon"),
        "{known}"
    );
    assert!(known.ends_with("use `bcryptjs` instead"), "{known}");
    assert!(found[2].as_str().is_some_and(|text| text.contains("`@me/unknown`")), "{found}");
}

#[test]
fn a_built_in_module_is_the_value_of_a_function_that_requires_it() {
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", "import lazy from 'lazy'; export const GET = () => new Response(typeof lazy.zlib().gzipSync);")
        .file("node_modules/lazy/package.json", r#"{ "name": "lazy", "main": "i.js" }"#)
        .file("node_modules/lazy/i.js", "exports.zlib = () => require('node:zlib');")
        .build_and_serve();
    assert_eq!(server.get("/").text(), "function");
}
