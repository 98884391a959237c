//! Chunks, names, exports and source maps.

use std::collections::HashSet;

use crate::project::{Project, runtime};
use transom_bundler::{Bundler, Entry};

#[test]
fn odd_file_names_get_safe_unique_chunks() {
    let names = [
        "index.ts",
        "[id].ts",
        "(id).ts",
        "[...path].ts",
        "a b.ts",
        "ä.ts",
        "日本.ts",
        "it's.ts",
        "$x.ts",
        "a,b.ts",
        "a=b.ts",
        "a+b.ts",
        "@at.ts",
        "~t.ts",
        "a&b.ts",
        "a;b.ts",
        "a:b.ts",
        "{x}.ts",
        "a|b.ts",
        "a^b.ts",
        "star*.ts",
        "users.json.ts",
        "A.ts",
        "a.ts",
        "quo\"te.ts",
        "hash#.ts",
        "quest?ion.ts",
        "per%41cent.ts",
        "new\nline.ts",
    ];
    let files: Vec<(String, String)> = names
        .iter()
        .map(|name| (format!("pages/{name}"), format!("export const GET = () => {name:?};")))
        .collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let project = Project::new(&files);
    let bundle = project.bundle().unwrap_or_else(|errors| panic!("{errors}"));
    let mut seen = HashSet::new();
    for name in names {
        let chunk = bundle.entry(name).unwrap_or_else(|| panic!("{name:?} has a chunk"));
        assert!(chunk.code.contains(&format!("{name:?}")), "{name:?}: {}", chunk.code);
        assert!(
            chunk.file.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)),
            "{}",
            chunk.file
        );
        assert!(seen.insert(chunk.file.to_lowercase()), "{} twice", chunk.file);
        assert_eq!(chunk.exports, ["GET"]);
    }
    let again = project.bundle().expect("still valid");
    assert_eq!(bundle.chunks, again.chunks, "the same input gives the same output");
}

#[test]
fn shared_and_dynamic_code_has_chunks_of_its_own() {
    let project = Project::new(&[
        (
            "pages/a.ts",
            "import { n } from '../shared';\nexport const GET = () => n();\nexport const prerender = false;",
        ),
        (
            "pages/b.ts",
            "import { n } from '../shared';\nexport const POST = async () => (await import('../lazy')).default + n();",
        ),
        ("shared.ts", "let count = 0;\nexport const n = () => ++count;"),
        ("lazy.ts", "import { n } from './shared';\nexport default n();"),
    ]);
    let bundle = project.bundle().expect("valid");
    assert_eq!(bundle.entry("a.ts").expect("a").exports, ["GET", "prerender"]);
    assert_eq!(bundle.entry("b.ts").expect("b").exports, ["POST"]);
    let with_state = bundle.chunks.iter().filter(|chunk| chunk.code.contains("++count")).count();
    assert_eq!(with_state, 1, "one instance of shared state");
    let lazy = bundle
        .chunks
        .iter()
        .find(|chunk| chunk.file.starts_with("chunks/lazy-"))
        .expect("a dynamic chunk");
    assert!(
        bundle.entry("b.ts").expect("b").code.contains(&format!("import(\"../{}\")", lazy.file))
    );
    for chunk in &bundle.chunks {
        for import in imports(&chunk.code) {
            let target = format!("chunks/{}", import.rsplit('/').next().unwrap_or_default());
            assert!(
                bundle.chunks.iter().any(|chunk| chunk.file == target),
                "{import} in {}",
                chunk.file
            );
        }
    }
}

fn imports(code: &str) -> Vec<&str> {
    code.lines()
        .filter_map(|line| line.split_once(" from \"").and_then(|(_, rest)| rest.split('"').next()))
        .collect()
}

#[test]
fn star_exports_are_listed() {
    let project = Project::new(&[
        (
            "pages/a.ts",
            "export * from '../handlers';\nexport { helper as ALL } from '../handlers';\nexport type { T } from '../handlers';",
        ),
        (
            "handlers.ts",
            "export type T = string;\nexport const GET = () => 1;\nexport function POST() {}\nexport const helper = () => 2;",
        ),
        ("pages/empty.ts", "export {};"),
        ("pages/same.ts", "export * from './a';"),
    ]);
    let bundle = project.bundle().expect("valid");
    assert_eq!(bundle.entry("a.ts").expect("a").exports, ["ALL", "GET", "POST", "helper"]);
    assert!(bundle.entry("empty.ts").expect("empty").exports.is_empty());
    assert_eq!(bundle.entry("same.ts").expect("same").exports, ["ALL", "GET", "POST", "helper"]);
}

#[test]
fn source_maps_lead_to_project_files() {
    let project = Project::new(&[
        ("pages/a.ts", "import type { T } from 'astro';\nimport { boom } from '../src/lib';\nimport x from 'virtual:x';\n\nexport const GET = (): T => boom(x);"),
        ("pages/b.ts", "import { boom } from '../src/lib';\nexport const GET = () => boom(1);"),
        ("src/lib.ts", "export function boom(x: unknown): never {\n  throw new Error(String(x));\n}"),
    ])
    .virtual_module("virtual:x", "export default globalThis.x;");
    let bundle = project.bundle().expect("valid");
    let mut sources = Vec::new();
    for chunk in &bundle.chunks {
        let Some(map) = &chunk.map else { continue };
        let map: serde_json::Value = serde_json::from_str(map).expect("JSON");
        sources.extend(
            map["sources"]
                .as_array()
                .expect("sources")
                .iter()
                .map(|s| s.as_str().expect("text").to_owned()),
        );
        assert!(!chunk.code.contains("sourceMappingURL"));
    }
    sources.sort();
    sources.dedup();
    assert_eq!(sources, ["pages/a.ts", "pages/b.ts", "src/lib.ts"]);
}

#[test]
fn two_names_for_one_file_and_none_at_all() {
    let mut project = Project::new(&[("pages/a.ts", "export const GET = () => 1;")]);
    let file = project.options.entries[0].file.clone();
    project.options.entries.push(Entry::new("second", file));
    let bundle = project.bundle().expect("valid");
    assert_eq!(bundle.entry("second").expect("second").exports, ["GET"]);
    assert_eq!(bundle.entry("a.ts").expect("a.ts").exports, ["GET"]);
    let nothing = transom_bundler::BundleOptions { entries: Vec::new(), ..project.options.clone() };
    assert!(
        runtime()
            .block_on(Bundler::new(nothing).bundle())
            .expect("an empty bundle")
            .chunks
            .is_empty()
    );
}
