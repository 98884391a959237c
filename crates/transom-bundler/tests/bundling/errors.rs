//! What the author of a broken project is told.

use crate::project::Project;
use transom_bundler::Mode;

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(Project::new(files).errors(), expected);
}

#[test]
fn a_syntax_error_has_a_position() {
    check(
        &[("pages/a.ts", "export const GET = () => 1;\nconst é = 'ü' const x;\n")],
        &[
            "bundle/syntax pages/a.ts:2:14: Expected a semicolon or an implicit semicolon after a statement, but found none",
        ],
    );
    let bundle = Project::new(&[(
        "pages/a.ts",
        "export const GET = () => {\n  return Response.json(;\n};\n",
    )]);
    let error = bundle.bundle().expect_err("broken").0.remove(0);
    let place = error.place.expect("a place");
    assert_eq!((place.line, place.column, place.end_column), (2, 24, 25));
    assert_eq!(place.source_line, "  return Response.json(;");
}

#[test]
fn an_import_that_leads_nowhere() {
    check(
        &[("pages/a.ts", "import { x } from './nowhere';\nexport const GET = () => x;")],
        &["bundle/unresolved-import pages/a.ts:1:19: cannot find `./nowhere`"],
    );
    check(
        &[(
            "pages/a.ts",
            "\nimport { x } from 'left-pad/lib';\nimport y from '@scope/name/deep';\nexport const GET = () => x + y;",
        )],
        &[
            "bundle/missing-package pages/a.ts:2:19: package `left-pad` is not installed (run `npm install left-pad`)",
            "bundle/missing-package pages/a.ts:3:15: package `@scope/name` is not installed (run `npm install @scope/name`)",
        ],
    );
    check(
        &[
            ("pages/a.ts", "import p from 'p/hidden';\nexport const GET = () => p;"),
            ("node_modules/p/package.json", r#"{ "exports": { ".": "./a.js" } }"#),
        ],
        &[
            "bundle/unresolved-import pages/a.ts:1:15: package `p` does not offer `p/hidden` (see `exports` in the package.json of `p`)",
        ],
    );
    check(
        &[("pages/a.ts", "import x from 'https://x.test/a.js';\nexport const GET = () => x;")],
        &[
            "bundle/url-import pages/a.ts:1:15: `https://x.test/a.js` cannot be imported over the network (install it as a package, or fetch it at run time)",
        ],
    );
}

#[test]
fn a_missing_export_is_an_error() {
    check(
        &[
            ("pages/a.ts", "import { nope } from '../lib';\nexport const GET = () => nope;"),
            ("lib.ts", "export const yes = 1;"),
        ],
        &[
            "bundle/missing-export pages/a.ts:1:10: `lib.ts` has no export `nope` (if `nope` is a type, import it with `import type`)",
        ],
    );
}

#[test]
fn invalid_json_and_unsupported_files() {
    check(
        &[
            ("pages/a.ts", "import x from '../x.json';\nexport const GET = () => x;"),
            ("x.json", "{\n  \"a\": 1,\n}"),
        ],
        &["bundle/json x.json:3:1: invalid JSON: trailing comma"],
    );
    check(
        &[
            ("pages/a.ts", "import x from '../x.png';\nexport const GET = () => x;"),
            ("x.png", "png"),
        ],
        &[
            "bundle/unsupported-file pages/a.ts:1:15: an endpoint cannot import `x.png` (add `?raw` for its text or `?url` for its address)",
        ],
    );
}

#[test]
fn a_file_that_is_not_there() {
    let mut project = Project::new(&[("pages/a.ts", "export const GET = () => 1;")]);
    project.options.entries.push(transom_bundler::Entry::new("gone", "pages/gone.ts"));
    let errors = project.errors();
    assert!(
        errors[0].starts_with("bundle/unreadable-file pages/gone.ts: cannot read the file"),
        "{errors:?}"
    );
}

#[test]
fn one_broken_entry_leaves_the_others_alone() {
    let project = Project::new(&[
        ("pages/good.ts", "import { shared } from '../shared';\nexport const GET = () => shared;"),
        ("pages/syntax.ts", "export const GET = () => {"),
        ("pages/package.ts", "import 'nothing-like-this';\nexport const GET = () => 1;"),
        ("pages/deep.ts", "import { middle } from '../middle';\nexport const GET = () => middle;"),
        ("pages/late.ts", "import { nope } from '../shared';\nexport const GET = () => nope;"),
        ("pages/json.ts", "import x from '../x.json';\nexport const GET = () => x;"),
        ("pages/file.ts", "export const GET = async () => (await import('../x.png')).default;"),
        ("shared.ts", "export const shared = 'shared';"),
        ("middle.ts", "import { broken } from './broken';\nexport const middle = broken;"),
        ("broken.ts", "export const broken = 1 +;"),
        ("x.json", "{"),
        ("x.png", ""),
    ])
    .mode(Mode::Development);
    let bundle = project.bundle().expect("the others");
    assert_eq!(bundle.chunks.iter().filter(|chunk| chunk.is_entry).count(), 1);
    assert!(bundle.entry("good.ts").is_some());
    let failed: Vec<String> = bundle
        .failed
        .iter()
        .map(|failed| {
            let place =
                failed.errors[0].place.as_ref().unwrap_or_else(|| panic!("no place in {failed:?}"));
            format!(
                "{}: {} in {}:{}",
                failed.name,
                failed.errors[0].code,
                place.file.display(),
                place.line
            )
        })
        .collect();
    assert_eq!(
        failed,
        [
            "deep.ts: bundle/syntax in broken.ts:1",
            "file.ts: bundle/unsupported-file in pages/file.ts:1",
            "json.ts: bundle/json in x.json:1",
            "late.ts: bundle/missing-export in pages/late.ts:1",
            "package.ts: bundle/missing-package in pages/package.ts:1",
            "syntax.ts: bundle/syntax in pages/syntax.ts:1",
        ]
    );
    assert!(
        bundle.watch_files.iter().any(|file| file.ends_with("broken.ts")),
        "{:?}",
        bundle.watch_files
    );
}

#[test]
fn a_package_may_fail_to_find_another_at_run_time() {
    let project = Project::new(&[
        ("pages/a.ts", "import 'p';\nexport const GET = () => 1;"),
        (
            "node_modules/p/index.js",
            "export const load = () => import('optional-peer');\nconsole.log(load);",
        ),
    ]);
    let bundle = project.bundle().expect("no error");
    let code: String = bundle.chunks.iter().map(|chunk| chunk.code.as_str()).collect();
    assert!(
        code.contains("Cannot find package 'optional-peer' imported from node_modules/p/index.js")
            && code.contains("npm install optional-peer"),
        "{code}"
    );
    let project = Project::new(&[
        ("pages/a.ts", "import 'p';\nexport const GET = () => 1;"),
        ("node_modules/p/index.js", "import 'needed-peer';"),
    ]);
    let errors = project.errors();
    assert!(
        errors[0].contains("node_modules/p/index.js:1:8: package `needed-peer` is not installed"),
        "{errors:?}"
    );
}

#[test]
fn a_mended_project_is_bundled_again() {
    let project = Project::new(&[
        ("pages/a.ts", "import { x } from './x';\nexport const GET = () => x;"),
        ("pages/b.ts", "export const GET = () => 'b';"),
    ])
    .mode(Mode::Development);
    let mut rebuilder = transom_bundler::Rebuilder::new(project.options.clone());
    let runtime = crate::project::runtime();
    let bundle = runtime.block_on(rebuilder.rebuild()).expect("b works");
    assert_eq!((bundle.failed.len(), bundle.chunks.len()), (1, 1));
    let changes = |name: &str| transom_bundler::Changes {
        list: vec![transom_bundler::Change {
            path: project.options.root.canonicalize().expect("there").join(name),
            kind: transom_bundler::ChangeKind::Written,
        }],
        rescan: false,
    };
    assert!(rebuilder.affects(&changes("notes.txt")), "anything may mend a broken project");
    project.write("pages/x.ts", "export const x = 'mended';");
    let bundle = runtime.block_on(rebuilder.rebuild()).expect("everything works");
    assert!(bundle.failed.is_empty() && bundle.entry("a.ts").expect("a").code.contains("mended"));
    assert!(
        rebuilder.affects(&changes("pages/x.ts")) && rebuilder.affects(&changes("pages/new.ts"))
    );
    assert!(!rebuilder.affects(&changes("notes.txt")));
    project.write("pages/x.ts", "export const x = 'changed';");
    let bundle = runtime.block_on(rebuilder.rebuild()).expect("still works");
    assert!(bundle.entry("a.ts").expect("a").code.contains("changed"));
}
