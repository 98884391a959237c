//! What is left of a config file's imports. What the emitted module evaluates to is tested where it is evaluated.

use std::fs;

use crate::project::runtime;
use transom_bundler::{BundleErrors, ConfigBundle, bundle_config, find_config};

fn bundle(
    files: &[(&str, &str)],
    externals: &[&str],
) -> (tempfile::TempDir, Result<ConfigBundle, BundleErrors>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("inside")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    let file = find_config(dir.path()).expect("a config");
    let externals: Vec<String> = externals.iter().map(|&text| text.to_owned()).collect();
    let result = runtime().block_on(bundle_config(dir.path(), &file, &externals));
    (dir, result)
}

#[test]
fn packages_are_recorded_and_never_bundled() {
    let (_dir, config) = bundle(
        &[
            (
                "astro.config.mjs",
                "import { defineConfig, envField } from 'astro/config';\nimport node from '@astrojs/node';\nimport * as all from '@scope/preset/sub';\nimport { resolve } from 'path';\nimport { loadEnv } from 'vite';\nimport { base } from './src/base';\nimport { site } from '@/site';\nexport default defineConfig({ adapter: node(), all, site, base, x: resolve('.'), e: loadEnv('', '', ''), env: envField.string({}), lazy: await import('./src/lazy') });",
            ),
            ("astro.config.ts", "broken, but the other one comes first in Astro's order"),
            ("src/base.ts", "export const base: string = '/from-base';"),
            ("src/lazy.ts", "export default 'from-lazy';"),
            ("src/site.ts", "export const site = 'from-alias';"),
            ("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#),
            ("node_modules/@astrojs/node/index.js", "throw new Error('never run');"),
            ("node_modules/@astrojs/node/package.json", r#"{ "main": "index.js" }"#),
        ],
        &[],
    );
    let config = config.unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(config.recorded, ["@astrojs/node", "@scope/preset/sub", "node:path"]);
    for text in [
        "/from-base",
        "from-lazy",
        "from-alias",
        ".record(\"@astrojs/node\")",
        ".record(\"node:path\")",
        "loadEnv",
    ] {
        assert!(config.code.contains(text), "`{text}` is missing in\n{}", config.code);
    }
    assert!(!config.code.contains("never run"), "{}", config.code);
    assert!(
        !config.code.lines().any(|line| line.starts_with("import ")),
        "one module without imports:\n{}",
        config.code
    );
    assert!(
        config.code.contains("export {") && config.code.contains("as default"),
        "{}",
        config.code
    );
    let names: Vec<String> = config
        .files_read
        .iter()
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["astro.config.mjs", "base.ts", "lazy.ts", "site.ts", "tsconfig.json"]);
}

#[test]
fn a_config_knows_its_place() {
    let (dir, config) = bundle(
        &[(
            "astro.config.mjs",
            "import path from 'node:path';\nexport default { url: import.meta.url, dir: import.meta.dirname, file: __filename, path };",
        )],
        &["node:"],
    );
    let code = config.expect("valid").code;
    let place = dir.path().canonicalize().expect("there");
    assert!(code.contains(&format!("\"file://{}/astro.config.mjs\"", place.display())), "{code}");
    assert!(!code.contains("import.meta") && !code.contains("__filename"), "{code}");
    assert!(code.contains("from \"node:path\""), "{code}");
}

#[test]
fn typescript_and_commonjs_configs() {
    let (_dir, config) = bundle(
        &[(
            "astro.config.ts",
            "import type { AstroUserConfig } from 'astro';\nconst config: AstroUserConfig = { site: 'typed' };\nexport default config;",
        )],
        &[],
    );
    let config = config.expect("valid");
    assert!(config.recorded.is_empty(), "{:?}", config.recorded);
    assert!(config.code.contains("typed") && !config.code.contains("AstroUserConfig"));
    let (_dir, config) = bundle(
        &[(
            "astro.config.cjs",
            "const { defineConfig } = require('astro/config');\nmodule.exports = defineConfig({ site: 'common' });",
        )],
        &[],
    );
    assert!(config.expect("valid").code.contains("common"));
}

#[test]
fn a_broken_config_has_a_place() {
    let check = |text: &str, expected: &str| {
        let (_dir, config) = bundle(&[("astro.config.mjs", text)], &[]);
        let message = config.expect_err("broken").to_string();
        assert!(message.contains(expected), "{message}");
    };
    check("export default {\n  site: ,\n};", "astro.config.mjs:2:9: ");
    check(
        "import './gone.js';\nexport default {};",
        "astro.config.mjs:1:8: cannot find `./gone.js`",
    );
    check("export const config = {};", "`astro.config.mjs` has no export `default`");
}
