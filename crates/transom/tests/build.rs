//! What a build accepts, warns about and refuses: the rows K001 to K018 of `conformance/astro/multi-step.md`. Names of
//! errors and the words that people search for are Astro's; the form of the messages is transom's.

use transom_testkit::Project;

const HANDLER: &str = "export const GET = () => new Response('ok');";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom")).file("src/pages/index.ts", HANDLER)
}

/// What a build of these files prints; it must succeed.
#[track_caller]
fn builds(files: &[(&str, &str)]) -> String {
    let (code, printed) = build(files);
    assert_eq!(code, Some(0), "{printed}");
    printed
}

/// What a build of these files prints; it must fail, and write nothing.
#[track_caller]
fn fails(files: &[(&str, &str)]) -> String {
    let (code, printed) = build(files);
    assert_eq!(code, Some(1), "{printed}");
    printed
}

fn build(files: &[(&str, &str)]) -> (Option<i32>, String) {
    let project = files.iter().fold(project(), |project, (file, text)| project.file(file, text));
    let ended = project.run(&["build"]);
    let exists = project.path(".transom/build/manifest.json").exists();
    assert_eq!(exists, ended.status.success(), "a failed build writes nothing");
    (ended.status.code(), ended.output())
}

#[track_caller]
fn says(printed: &str, expected: &[&str]) {
    for text in expected {
        assert!(printed.contains(text), "{text:?} is not in\n{printed}");
    }
}

/// K001, K002
#[test]
fn files_for_one_route_are_warned_about() {
    let future = "A collision will result in a hard error in following versions of Astro.";
    for files in
        [["src/pages/a.ts", "src/pages/a.js"], ["src/pages/dupe.ts", "src/pages/dupe/index.ts"]]
    {
        let printed = builds(&files.map(|file| (file, HANDLER)));
        says(
            &printed,
            &["is defined in both", "A static route cannot be defined more than once.", future],
        );
    }
    let printed = builds(&[("src/pages/dyn/[a].ts", HANDLER), ("src/pages/dyn/[b].ts", HANDLER)]);
    says(&printed, &["A dynamic SSR route cannot be defined more than once.", future]);
}

/// K003, K004, K005
#[test]
fn names_that_are_no_routes_are_refused() {
    let rows = [
        ("[a][b].ts", "parameters must be separated"),
        ("[a.ts", "brackets are unbalanced"),
        ("a].ts", "brackets are unbalanced"),
        ("[a-b].ts", "parameter name must match /^[a-zA-Z0-9_$]+$/"),
        ("[a b].ts", "parameter name must match /^[a-zA-Z0-9_$]+$/"),
    ];
    for (name, expected) in rows {
        says(&fails(&[(&format!("src/pages/{name}"), HANDLER)]), &[expected]);
    }
    builds(&[("src/pages/[].ts", HANDLER)]);
}

/// K006
#[test]
fn a_rest_parameter_may_share_its_segment_in_endpoints_only() {
    builds(&[("src/pages/pre-[...s].ts", HANDLER)]);
    let printed = fails(&[("src/pages/pre-[...s].astro", "<p>page</p>")]);
    says(&printed, &["rest parameter must be a standalone segment"]);
}

/// K007, and pages, which are not served
#[test]
fn files_of_other_kinds_are_left_out() {
    let printed =
        builds(&[("src/pages/x.tsx", "export default 1;"), ("src/pages/p.astro", "<p>x</p>")]);
    says(&printed, &["src/pages/x.tsx", "underscore", "src/pages/p.astro` is not served"]);
}

/// K008, K009
#[test]
fn static_paths_belong_to_prerendered_routes() {
    let paths = "export const getStaticPaths = () => [{ params: { id: 'a' } }];";
    let printed = builds(&[("src/pages/[id].ts", &format!("{paths}{HANDLER}"))]);
    says(&printed, &["getStaticPaths() ignored in dynamic page /src/pages/[id].ts"]);
    let prerendered = format!("export const prerender = true;\n{HANDLER}");
    let printed = fails(&[("src/pages/[id].ts", &prerendered)]);
    says(&printed, &["GetStaticPathsRequired"]);
}

/// K010
#[test]
fn a_path_that_is_a_file_and_a_folder_is_refused() {
    let text = format!(
        "export const prerender = true;
         export const getStaticPaths = () => [{{ params: {{ slug: undefined }} }}];
         {HANDLER}"
    );
    let printed = fails(&[("src/pages/api/[...slug].ts", &text)]);
    says(&printed, &["PrerenderDynamicEndpointPathCollide", "api/[...slug].json.ts"]);
}

/// K011, K012, K013
#[test]
fn only_what_cannot_be_read_stops_the_build() {
    let printed = fails(&[("src/pages/a.ts", "export const GET = () => {\n  return (;\n};")]);
    says(&printed, &["src/pages/a.ts:2:"]);
    let wrong_type = "const n: number = 'text'; export const GET = () => new Response(n);";
    builds(&[("src/pages/a.ts", wrong_type)]);
    let server = project()
        .file(
            "src/pages/a.ts",
            "throw new Error('at load'); export const GET = () => new Response('x');",
        )
        .build_and_serve();
    for _ in 0..2 {
        let reply = server.get("/a");
        assert_eq!((reply.status, reply.text()), (500, ""));
    }
}

fn schema(fields: &str, validate_secrets: bool) -> String {
    format!(
        "import {{ defineConfig, envField }} from 'astro/config';
         export default defineConfig({{
           output: 'server', env: {{ validateSecrets: {validate_secrets}, schema: {{ {fields} }} }} }});"
    )
}

const CONFIG: &str = "astro.config.mjs";
const PUBLIC: &str = "NEEDED: envField.string({ context: 'server', access: 'public' })";
const SECRET: &str = "NEEDED: envField.string({ context: 'server', access: 'secret' })";
const IMPORT: &str = "import { NEEDED } from 'astro:env/server';
    export const GET = () => new Response(NEEDED);";

/// K014
#[test]
fn a_missing_public_variable_stops_a_build_that_imports_any() {
    let config = schema(PUBLIC, false);
    builds(&[(CONFIG, &config)]);
    for import in [
        IMPORT,
        "import { getSecret } from 'astro:env/server'; export const GET = () => getSecret;",
    ] {
        let printed = fails(&[(CONFIG, &config), ("src/pages/a.ts", import)]);
        says(&printed, &["EnvInvalidVariables", "- NEEDED is missing"]);
    }
}

/// K015
#[test]
fn a_missing_secret_stops_a_build_that_validates_secrets() {
    builds(&[(CONFIG, &schema(SECRET, false)), ("src/pages/a.ts", IMPORT)]);
    builds(&[(CONFIG, &schema(SECRET, true))]);
    let printed = fails(&[(CONFIG, &schema(SECRET, true)), ("src/pages/a.ts", IMPORT)]);
    says(&printed, &["- NEEDED is missing"]);
}

/// K016, K017
#[test]
fn a_schema_that_makes_no_sense_is_refused() {
    let field = "envField.string({ context: 'client', access: 'public', optional: true })";
    let printed = fails(&[(CONFIG, &schema(&format!("foo: {field}"), false))]);
    says(&printed, &["uppercase letters, numbers and underscores"]);
    let printed = fails(&[(CONFIG, &schema(&format!("'1X': {field}"), false))]);
    says(&printed, &["cannot start with a number"]);
    let field = "X: envField.string({ context: 'client', access: 'secret' })";
    let printed = fails(&[(CONFIG, &schema(field, false))]);
    says(&printed, &["invalid combination of access and context"]);
}

/// K018
#[test]
fn a_name_that_is_not_in_the_schema_cannot_be_imported() {
    let text =
        "import { OTHER } from 'astro:env/server'; export const GET = () => new Response(OTHER);";
    let printed = fails(&[(CONFIG, &schema(SECRET, false)), ("src/pages/a.ts", text)]);
    says(&printed, &["OTHER", "astro:env/server"]);
}
