//! Endpoints, and what is said about how they are protected.

use std::fmt::Write as _;

use transom_audit::{Handler, Project, Protection, audit};

/// Looks at the methods of `src/pages/a.ts`, the first of the files, and says what was found, one line for each.
fn found(project: Project, methods: &[&str], files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("in a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    }
    let methods = methods.iter().map(|method| (*method).to_owned()).collect();
    let endpoints = vec![(files[0].0.to_owned(), methods)];
    let handlers = audit(&Project { root: folder.path().to_owned(), endpoints, ..project });
    handlers.iter().map(line).collect()
}

fn line(handler: &Handler) -> String {
    let Handler { method, protection, by, limited, flags, .. } = handler;
    let protection = match protection {
        Protection::Guarded => "guarded",
        Protection::Inspects => "inspects",
        Protection::Open => "open",
    };
    let mut text = format!("{method} {protection}");
    if !by.is_empty() {
        let _ = write!(text, " {}", by.join(", "));
    }
    if *limited {
        text.push_str(" limited");
    }
    for flag in flags {
        let _ = write!(
            text,
            " !{}@{}:{}",
            flag.code,
            flag.file.rsplit('/').next().unwrap_or_default(),
            flag.line
        );
    }
    text.push('\n');
    text
}

fn usual() -> Project {
    Project { checks_origin: true, ..Project::default() }
}

#[track_caller]
fn check(text: &str, methods: &[&str], expected: &[&str]) {
    let found = found(usual(), methods, &[("src/pages/a.ts", text)]);
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "{text}");
}

const AUTH: &str = "import { auth, httpClient } from '@wix/essentials';\n";

#[test]
fn guards_are_named() {
    let access = "import { allow, rateLimit, requireMember, requireOwner, requireUser as staff } from 'transom:access';\n";
    for (handler, expected) in [
        ("requireMember(() => new Response())", "GET guarded MEMBER"),
        ("staff(async () => new Response()) satisfies APIRoute", "GET guarded USER"),
        ("allow('MEMBER', 'USER')(handler)", "GET guarded MEMBER, USER"),
        ("requireOwner(({ params }) => params.id)(handler)", "GET guarded the owner"),
        ("own(handler)", "GET guarded USER"),
        ("rateLimit({ limit: 1 })(handler)", "GET open limited"),
        ("rateLimit({ limit: 1 })(requireMember(handler))", "GET guarded MEMBER limited"),
        ("withLog(requireMember(handler))", "GET guarded MEMBER"),
        ("withLog(handler)", "GET open"),
        ("handler", "GET open"),
    ] {
        let text = format!(
            "{access}const own = allow('USER');\nconst withLog = (f) => f;\nfunction handler() {{ return new Response(); }}\nexport const GET = {handler};"
        );
        check(&text, &["GET"], &[expected]);
    }
    check(
        &format!("{access}const GET = requireMember(f);\nexport {{ GET, GET as POST }};"),
        &["GET", "POST"],
        &["GET guarded MEMBER", "POST guarded MEMBER"],
    );
}

#[test]
fn whoever_looks_is_told_from_whoever_does_not() {
    for (body, expected) in [
        (
            "const { subjectType } = await auth.getTokenInfo(); return new Response(subjectType);",
            "GET inspects getTokenInfo()",
        ),
        ("await auth.getTokenInfo(); return new Response();", "GET open"),
        ("return new Response(await who());", "GET inspects getTokenInfo()"),
        (
            "const { getTokenInfo } = auth; return Response.json(await getTokenInfo());",
            "GET inspects getTokenInfo()",
        ),
        ("const auth = other(); return Response.json(auth.getTokenInfo());", "GET open"),
        (
            "if (context.request.headers.get('Authorization') !== key) return new Response(null, { status: 401 });",
            "GET inspects the header Authorization",
        ),
        (
            "if (!await crypto.subtle.verify('HMAC', key, sign, raw)) return new Response();",
            "GET inspects a signature",
        ),
    ] {
        let text = format!(
            "{AUTH}const who = async () => (await auth.getTokenInfo()).subjectId;\nexport const GET = async (context) => {{ {body} }};"
        );
        check(&text, &["GET"], &[expected]);
    }
}

#[test]
fn elevation_for_everybody_is_flagged() {
    let text = format!(
        "{AUTH}const asApp = auth.elevate(httpClient.fetchWithAuth);\n\
         export const GET = () => asApp('/x');\n\
         export const PUT = async () => {{\n  const {{ subjectType }} = await auth.getTokenInfo();\n  if (subjectType !== 'USER') return new Response(null, {{ status: 403 }});\n  return asApp('/x');\n}};\n\
         export async function DELETE() {{ return helper(); }}\n\
         function helper() {{ return auth.elevate(httpClient.fetchWithAuth)('/x'); }}\n"
    );
    check(
        &text,
        &["GET", "PUT", "DELETE"],
        &[
            "GET open !elevation@a.ts:2",
            "PUT inspects getTokenInfo()",
            "DELETE open !elevation@a.ts:10",
        ],
    );
    let guards = "import { allow } from 'transom:access';\nimport { auth } from '@wix/essentials';\nimport { items } from '@wix/data';\nconst all = auth.elevate(items.query);\n";
    check(
        &format!("{guards}export const GET = allow('VISITOR', 'MEMBER')(() => all('x'));"),
        &["GET"],
        &["GET guarded VISITOR, MEMBER !elevation@a.ts:4"],
    );
    check(
        &format!("{guards}export const GET = allow('MEMBER')(() => all('x'));"),
        &["GET"],
        &["GET guarded MEMBER"],
    );
}

#[test]
fn other_modules_are_followed() {
    let files = [
        (
            "src/pages/a.ts",
            "import { staff } from '~/guards';\nimport * as app from '../lib/app';\nimport { who } from '../lib';\nexport { POST } from '../lib/post.js';\nexport const GET = staff(() => new Response());\nexport const PUT = () => app.list();\nexport const PATCH = async () => Response.json(await who());\nexport const DELETE = () => app.harmless();\n",
        ),
        (
            "src/guards.ts",
            "import { requireUser } from 'transom:access';\nexport const staff = requireUser;\n",
        ),
        (
            "src/lib/app.ts",
            "import { auth, httpClient } from '@wix/essentials';\nexport const list = () => auth.elevate(httpClient.fetchWithAuth)('/x');\nexport const harmless = () => new Response();\n",
        ),
        (
            "src/lib/post.ts",
            "import { requireMember } from 'transom:access';\nexport const POST = requireMember(() => new Response());\n",
        ),
        ("src/lib/index.ts", "export * from './who';\n"),
        (
            "src/lib/who.ts",
            "import * as essentials from '@wix/essentials';\nexport async function who() { return essentials.auth.getTokenInfo(); }\n",
        ),
        ("tsconfig.json", r#"{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }"#),
    ];
    let expected = "GET guarded USER\nPOST guarded MEMBER\nPUT open !elevation@app.ts:2\nPATCH inspects getTokenInfo()\nDELETE open\n";
    assert_eq!(found(usual(), &["GET", "POST", "PUT", "PATCH", "DELETE"], &files), expected);
}

#[test]
fn secrets_in_answers_are_flagged() {
    for (body, expected) in [
        ("return Response.json({ key: process.env.API_KEY });", "GET open !secret@a.ts:4"),
        ("return new Response(`x ${import.meta.env.DB_PASSWORD}`);", "GET open !secret@a.ts:4"),
        ("return new Response(null, { headers: { 'x-key': RATES } });", "GET open !secret@a.ts:4"),
        ("return Response.json(process.env);", "GET open !secret@a.ts:4"),
        (
            "const { STRIPE_SECRET } = process.env; return new Response(JSON.stringify({ STRIPE_SECRET }));",
            "GET open !secret@a.ts:4",
        ),
        (
            "const key = getSecret('ANY'); return new Response(key ?? 'none');",
            "GET open !secret@a.ts:4",
        ),
        ("return new Response(top);", "GET open !secret@a.ts:4"),
        (
            "const all = { key: process.env.API_KEY, name: 'x' }; return Response.json(all.name);",
            "GET open",
        ),
        (
            "const all = { key: process.env.API_KEY, name: 'x' }; return Response.json({ all });",
            "GET open !secret@a.ts:4",
        ),
        (
            "return Response.json({ mode: process.env.NODE_ENV, site: import.meta.env.PUBLIC_KEY });",
            "GET open",
        ),
        (
            "return Response.json(await fetch('https://x', { headers: { authorization: RATES } }).then(r => r.json()));",
            "GET open",
        ),
        (
            "if (!RATES) return new Response('set RATES', { status: 503 }); return new Response();",
            "GET open",
        ),
        ("return Response.json({ has: Boolean(process.env.API_KEY) });", "GET open"),
    ] {
        let text = format!(
            "import {{ RATES, getSecret }} from 'astro:env/server';\nconst top = process.env.PRIVATE_THING;\nexport const GET = async () => {{\n{body} }};"
        );
        let project = Project { secrets: vec!["RATES".to_owned()], ..usual() };
        let found = found(project, &["GET"], &[("src/pages/a.ts", &text)]);
        assert_eq!(found.trim_end(), expected, "{body}");
    }
}

#[test]
fn what_changes_on_get_is_flagged() {
    let imports = "import { items } from '@wix/data';\nimport { db, createHash } from './db';\nimport { createReadStream } from 'node:fs';\n";
    for (body, expected) in [
        ("await items.remove('C', 'x');", "GET open !get-changes@a.ts:5"),
        ("await items.createItem('C');", "GET open !get-changes@a.ts:5"),
        ("db.deleteOrder(1);", "GET open !get-changes@a.ts:5"),
        ("db.query(`UPDATE orders SET paid = ${1}`);", "GET open !get-changes@a.ts:5"),
        ("db.query('delete from orders where id = 1');", "GET open !get-changes@a.ts:5"),
        ("await fetch('https://x', { method: 'POST' });", "GET open !get-changes@a.ts:5"),
        ("await fetch('https://x', { method: 'GET' });", "GET open"),
        (
            "new Map().delete(1); createHash('x'); db.query('SELECT 1'); await items.query('C').find();",
            "GET open",
        ),
        ("say('Update your browser'); db.updated();", "GET open"),
    ] {
        let text = format!(
            "{imports}export const GET = async () => {{\n{body} return new Response(); }};\nexport const POST = GET;"
        );
        let post = "POST open".to_owned();
        check(&text, &["GET", "POST"], &[expected, &post]);
    }
}

#[test]
fn cookies_without_the_origin_check_are_flagged() {
    let text = "import { requireMember } from 'transom:access';\nexport const GET = requireMember(f);\nexport const POST = requireMember(f);\nexport const PUT = ({ cookies }) => new Response(cookies.get('a').value);\nexport const DELETE = () => new Response();";
    let off = Project { checks_origin: false, ..Project::default() };
    let methods = ["GET", "POST", "PUT", "DELETE"];
    let expected = "GET guarded MEMBER\nPOST guarded MEMBER !origin@a.ts:3\nPUT open !origin@a.ts:4\nDELETE open\n";
    assert_eq!(found(off, &methods, &[("src/pages/a.ts", text)]), expected);
    let on = found(usual(), &methods, &[("src/pages/a.ts", text)]);
    assert!(!on.contains('!'), "{on}");
}

#[test]
fn a_middleware_that_looks_counts() {
    let middleware = "import { auth } from '@wix/essentials';\nexport const onRequest = async (context, next) => { context.locals.who = await auth.getTokenInfo(); return next(); };";
    let files = [
        ("src/pages/a.ts", "export const GET = () => new Response();"),
        ("src/middleware.ts", middleware),
    ];
    let project = Project { middleware: Some("src/middleware.ts".to_owned()), ..usual() };
    assert_eq!(found(project, &["GET"], &files), "GET inspects the middleware\n");
}

#[test]
fn what_cannot_be_read_is_open() {
    check("export const GET = (", &["GET"], &["GET open"]);
    check("export const { GET } = handlers();", &["GET"], &["GET open"]);
    check("export * from './nowhere';\nexport { GET } from './a';", &["GET"], &["GET open"]);
}
